"""What every part of the demo shares: the site itself, refusals, the words a person reads, and reading a request."""

import json
import re
import time
import unicodedata
from http import HTTPStatus

import mfakit

SITE_NAME = "mfakit demo"
USER_NAME = re.compile(r"[\w.@+-]{1,40}")  # no colon or slash: it also labels the entry in an authenticator app


class Site:
    """The store, the clock, and the relying party that passkeys belong to."""

    def __init__(self, store, *, port, clock_offset=0):
        self.store = store
        self.origin = f"http://localhost:{port}"
        self._clock_offset = clock_offset
        # "preferred": a security key without PIN may register too. After a password it is a second factor all the same;
        # a sign-in without password asks for "required", see sign_in.py.
        self.relying_party = mfakit.RelyingParty(
            "localhost", name=SITE_NAME, origins=[self.origin], user_verification="preferred"
        )

    def now(self):
        return int(time.time()) + self._clock_offset

    def audit(self, db, user, event, *, now, by=None, **facts):
        """One line in mfakit's form for each thing that matters afterwards. Nothing in it is secret."""
        record = mfakit.audit_record(event=event, user=user["handle"], now=now, **facts)
        self.store.write_down(db, user["name"], event, record, by=by or user["name"], now=now)


class Refusal(Exception):
    """A request that is turned away: status, code and what the person may read."""

    def __init__(self, status, code, message, *, headers=()):
        super().__init__(code)
        self.status, self.code, self.message, self.headers = status, code, message, headers


# What a person may read about a failed proof. The exact reason would help whoever is guessing.
PUBLIC_MESSAGES = {
    "retry": "That request expired or was already used. Please try again.",
    "server": "Something is wrong on our side, not yours. Please try again later.",
}
NOT_FOUND = Refusal(HTTPStatus.NOT_FOUND, "not_found", "There is no such page.")


def accepted(operation, verified, check, message, **facts):
    transition = verified.transition
    server = {"accepted": True, "prev": transition.prev, "next": transition.next, **facts}
    return {"message": message, "verdict": {"operation": operation, "server": server, "check": check}}


def refused(operation, error, check, wrong):
    # DEMO: the page shows the exact code under the hood. A real site writes it to its log and sends the message only.
    server = {"accepted": False, "code": error.code, "kind": error.kind, "step": error.step, "detail": str(error)}
    return {
        "error": PUBLIC_MESSAGES.get(error.public_code, wrong),
        "verdict": {"operation": operation, "server": server, "check": check},
    }


def conflict(error):
    """Somebody else was quicker: nothing was changed."""
    return Refusal(HTTPStatus.CONFLICT, error.code, PUBLIC_MESSAGES["retry"])


def require_one(rows):
    """For a compare-and-set that has no proof to commit."""
    if rows != 1:
        raise Refusal(HTTPStatus.CONFLICT, "state_conflict", PUBLIC_MESSAGES["retry"])


def challenge_of(ceremony):
    return json.loads(ceremony["options"])["challenge"]


# Reading a request


def text(body, member):
    value = body.get(member)
    if not isinstance(value, str) or not value.isprintable():  # an unpaired surrogate is not, and SQLite takes none
        raise Refusal(HTTPStatus.BAD_REQUEST, "request_malformed", PUBLIC_MESSAGES["retry"])
    return value


def user_name(body, member="name"):
    name = unicodedata.normalize("NFKC", text(body, member)).strip()
    if not USER_NAME.fullmatch(name):
        raise Refusal(
            HTTPStatus.BAD_REQUEST,
            "name_invalid",
            "A user name has 1 to 40 letters or digits; . _ - + and @ are fine too.",
        )
    return name


LONGEST_LABEL = 40  # characters: it stays on one line of a telephone


def label(body, default=None):
    """A person's own name for a method: any script, any emoji, no control characters and no halves of characters."""
    value = body.get("name")
    if default is not None and value in (None, ""):
        return default
    if isinstance(value, str):
        value = unicodedata.normalize("NFC", value).strip()
        if 1 <= len(value) <= LONGEST_LABEL and not any(unicodedata.category(c) in ("Cc", "Cs") for c in value):
            return value
    message = f"A name has 1 to {LONGEST_LABEL} characters."
    raise Refusal(HTTPStatus.BAD_REQUEST, "label_invalid", message)


def some_of(body, member, allowed):
    """A list of words, of those that there are."""
    words = body.get(member)
    if not isinstance(words, list) or not all(isinstance(word, str) and word in allowed for word in words):
        raise Refusal(HTTPStatus.BAD_REQUEST, "request_malformed", PUBLIC_MESSAGES["retry"])
    return words


def one_of(body, member, allowed):
    return some_of({member: [body.get(member)]}, member, allowed)[0]


def seconds(count):
    return f"{count} second" if count == 1 else f"{count} seconds"
