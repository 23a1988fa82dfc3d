"""The mfakit demo: a site where people sign up, add a passkey and an authenticator app, save
recovery codes, and sign in with any of them; an administrator helps whoever is locked out.

    python examples/demo/server.py [--port 8080] [--database FILE]

Standard library only, beside mfakit itself. What to read, in order: `Demo`, whose methods are the whole of a site's
work with mfakit; then store.py, the compare-and-set; then `Handler`, the plain HTTP around them.

Three things here are for show and would not be in a real site, and each is marked DEMO where it stands: the exact
error code goes to the page, the inputs of each check go to the page (which repeats the check in WebAssembly), and a
sign-up needs nothing but a free name.
"""

import argparse
import base64
import hashlib
import json
import mimetypes
import os
import re
import sys
import time
import traceback
import unicodedata
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import mfakit

from store import SIGNED_IN_SECONDS, Store

HERE = Path(__file__).resolve().parent
NPM_PACKAGE = HERE.parent.parent / "bindings" / "ts"

SITE_NAME = "mfakit demo"
COOKIE = "mfakit_demo_session"
LARGEST_BODY = 64 * 1024  # mfakit's own limit for a response from a browser
USER_NAME = re.compile(r"[\w.@+-]{1,40}")  # no colon or slash: it also labels the entry in an authenticator app


class Refusal(Exception):
    """A request that is turned away before mfakit is asked: status, code and what the person may read."""

    def __init__(self, status, code, message):
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


# What a person may read about a failed proof. The exact reason would help whoever is guessing.
PUBLIC_MESSAGES = {
    "retry": "That request expired or was already used. Please try again.",
    "server": "Something is wrong on our side, not yours. Please try again later.",
}
WRONG_CODE = "That code was not accepted. Use the newest code in your app: each code works only once."
WRONG_RECOVERY_CODE = "That recovery code was not accepted. Check your typing; each code works only once."
DISABLED = "There were too many wrong codes, so this method is switched off. Sign in with another one."
WRONG_TEMPORARY_CODE = "That temporary code was not accepted. Check your typing, or ask the administrator for a new one."
WRONG_PASSKEY = "That passkey was not accepted."
# DEMO: who takes this name runs the site. A real site keeps a list.
ADMINISTRATOR = "admin"
FRESH_SECONDS = 10 * 60  # who replaces a method has just proven to be the one that it belongs to
# Where nobody's record is, a code is checked against this one: the answer then takes as long as where there is one.
NOBODY = mfakit.issue_temporary_code(mfakit.generate_user_handle(), kind="admin", issued_by="nobody").transition.next


class Demo:
    """The site. Every method takes the request's JSON body and the session, and returns the answer's JSON."""

    def __init__(self, store, *, port):
        self.store = store
        self.origin = f"http://localhost:{port}"
        # "preferred": a security key without PIN may register too. Its sign-in is then one factor, not two, and the
        # session says so (user_verified); a site that wants two factors from the passkey alone says "required".
        self.relying_party = mfakit.RelyingParty(
            "localhost", name=SITE_NAME, origins=[self.origin], user_verification="preferred"
        )

    def me(self, session):
        """Who is here, and what they have."""
        answer = {
            "person": None,
            # DEMO: for the page's own relying party, which repeats the checks.
            "relyingParty": {
                "id": "localhost",
                "name": SITE_NAME,
                "origins": [self.origin],
                "userVerification": "preferred",
            },
        }
        if session is not None:
            user = self.store.user(session["user_id"])
            answer["person"] = {
                "name": user["name"],
                "session": session["kind"],
                "method": session["method"],
                "userVerified": bool(session["user_verified"]),
                "passkeys": [
                    {"id": row["id"], "createdAt": row["created_at"], "usedAt": row["used_at"]}
                    for row in self.store.credentials_of(user["id"])
                ],
                "totp": user["totp_secret"] is not None,
                "recoveryCodes": recovery_codes_left(user),
                "administrator": runs_the_site(user, session),
            }
            if answer["person"]["administrator"]:
                answer["person"]["audit"] = [
                    {"at": row["at"], "name": row["name"], "event": row["event"], "by": row["done_by"]}
                    for row in self.store.audit()
                ]
        return answer

    # Signing up

    def sign_up(self, body, session):
        """DEMO: a free name is enough. A real site checks its own first factor (a password, an invitation) here."""
        name = user_name(body)
        user_id = self.store.add_user(name, now=clock())
        if user_id is None:
            raise Refusal(HTTPStatus.CONFLICT, "name_taken", "That name is taken. Choose another one.")
        return {"message": f"Welcome, {name}."}, self.store.open_enrolling_session(user_id, now=clock())

    # Adding a passkey

    def begin_passkey(self, body, session):
        user = self.person(session)
        ceremony = self.relying_party.begin_registration(
            user["handle"],
            user_name=user["name"],
            exclude=[row["record"] for row in self.store.credentials_of(user["id"])],
        )
        self.store.keep_ceremony(ceremony, "register", user_id=user["id"], now=clock())
        return {"ceremony": ceremony.id, "options": ceremony.options}

    def finish_passkey(self, body, session):
        user = self.person(session)
        ceremony = self.ceremony(body, "register", user_id=user["id"])
        check = {
            "operation": "verify_registration",
            "challenge": challenge_of(ceremony),
            "userHandle": user["handle"],
        }
        try:
            verified = self.relying_party.finish_registration(body.get("response"), state=ceremony["state"])
            with self.store.transaction() as db:
                rows = self.store.insert_credential(
                    db, verified.credential.id, user["id"], verified.transition, now=clock()
                )
                verified.commit(rows)  # no Evidence: registering a passkey signs nobody in
        except mfakit.VerificationError as error:
            return refused("passkey_registration", error, check, WRONG_PASSKEY)
        return accepted("passkey_registration", verified, check, "Passkey added.", userVerified=verified.user_verified)

    # Adding an authenticator app

    def begin_totp(self, body, session):
        """A new secret waits beside the live one, if there is one, and the live one signs in until this one is confirmed."""
        user = self.person(session)
        if user["totp_secret"] is not None:
            self.just_signed_in(session)
        pending = mfakit.PendingTotp.generate()
        secret, uri = pending.expose_secret(), pending.uri(issuer=SITE_NAME, account=user["name"])
        self.store.offer_totp(user["id"], secret)
        return {"secret": secret, "uri": uri, "qr": mfakit.qr_svg(uri)}

    def confirm_totp(self, body, session):
        """The first code proves that the app holds the secret; its step is burnt, so it cannot sign in afterwards."""
        user = self.person(session)
        secret, now = user["totp_pending"], clock()
        if secret is None:
            raise Refusal(HTTPStatus.CONFLICT, "totp_not_begun", PUBLIC_MESSAGES["retry"])
        if user["totp_secret"] is not None:
            self.just_signed_in(session)
        check = {"operation": "totp_confirm", "now": now}
        try:
            verified = mfakit.PendingTotp(secret).confirm(body.get("code"), now=now)
            with self.store.transaction() as db:
                # No Evidence: setting an app up signs nobody in. Whoever else was signed in proves themselves anew.
                verified.commit(self.store.confirm_totp(db, user["id"], secret, verified.transition))
                self.store.close_other_sessions(db, session)
        except mfakit.VerificationError as error:
            return refused("totp_confirmation", error, check, WRONG_CODE)
        return accepted(
            "totp_confirmation",
            verified,
            check,
            "Authenticator app added.",
            timeStep=verified.step,
            drift=verified.drift,
        )

    # Recovery codes

    def make_recovery_codes(self, body, session):
        """New codes in the place of the old ones. This answer is the only one that ever has them."""
        user = self.person(session)
        if user["totp_secret"] is None and not self.store.credentials_of(user["id"]):
            raise Refusal(HTTPStatus.CONFLICT, "no_method", "Add a passkey or an authenticator app first.")
        codes = mfakit.generate_recovery_codes(user["handle"])
        if not self.store.replace_recovery_codes(user["id"], user["recovery_record"], codes.record, len(codes.codes)):
            raise Refusal(HTTPStatus.CONFLICT, "state_conflict", PUBLIC_MESSAGES["retry"])
        # DEMO: the record is for the page's own check.
        return {"codes": codes.codes, "text": codes.text, "record": codes.record, "userId": user["handle"]}

    # Temporary codes, for somebody who is locked out

    def issue_temporary_code(self, body, session):
        """The administrator's page. This answer is the only one that ever has the code."""
        administrator, user = self.administrator(session), self.somebody(body)
        hours = body.get("hours")
        if type(hours) is not int or not 1 <= hours <= 24:
            raise Refusal(HTTPStatus.BAD_REQUEST, "hours_invalid", "A temporary code lives for 1 to 24 hours.")
        now = clock()
        try:
            code = mfakit.issue_temporary_code(
                user["handle"],
                kind="admin",
                issued_by=administrator["name"],
                previous=user["temporary_code"],
                lifetime=hours * 3600,
                now=now,
            )
        except mfakit.RejectedError as error:  # temporary_code_limit
            message = "Six codes were issued for this account within the last hour. Try again later."
            raise Refusal(HTTPStatus.TOO_MANY_REQUESTS, error.code, message) from None
        if not self.store.issue_temporary_code(user, code, by=administrator["name"], now=now):
            raise Refusal(HTTPStatus.CONFLICT, "state_conflict", PUBLIC_MESSAGES["retry"])
        return {"name": user["name"], "code": code.code, "expiresAt": code.expires_at}

    def revoke_temporary_code(self, body, session):
        administrator, user = self.administrator(session), self.somebody(body)
        record = user["temporary_code"]
        revoked = mfakit.revoke_temporary_code(record) if record else None
        if revoked is None or revoked.next == record:
            raise Refusal(HTTPStatus.NOT_FOUND, "no_temporary_code", "There is no temporary code of that name.")
        if not self.store.revoke_temporary_code(user, revoked, by=administrator["name"], now=clock()):
            raise Refusal(HTTPStatus.CONFLICT, "state_conflict", PUBLIC_MESSAGES["retry"])
        return {"message": f"The temporary code of {user['name']} is revoked."}

    # Signing in

    def begin_passkey_sign_in(self, body, session):
        if body.get("name") is None:  # no name: the authenticator says who it is
            user, ceremony = None, self.relying_party.begin_discoverable_authentication()
        else:
            user = self.store.user_by_name(user_name(body))
            records = [row["record"] for row in self.store.credentials_of(user["id"])] if user else []
            if not records:
                raise Refusal(HTTPStatus.NOT_FOUND, "no_passkey", "There is no passkey for that name.")
            ceremony = self.relying_party.begin_authentication(user["handle"], allow=records)
        self.store.keep_ceremony(ceremony, "sign_in", user_id=user["id"] if user else None, now=clock())
        return {"ceremony": ceremony.id, "options": ceremony.options}

    def finish_passkey_sign_in(self, body, session):
        ceremony = self.ceremony(body, "sign_in")
        response, check = body.get("response"), {"operation": "read_response"}
        try:
            # Only to find the record; nothing in it is believed.
            credential = self.store.credential(mfakit.read_response(response).credential_id)
            if credential is None:
                # Deleted here but still on the device, or made up: the same words as for any other failure.
                raise Refusal(HTTPStatus.UNAUTHORIZED, "credential_unknown", WRONG_PASSKEY)
            check = self.passkey_check(ceremony, credential)
            verified = self.relying_party.finish_authentication(
                response, state=ceremony["state"], record=credential["record"]
            )
            with self.store.transaction() as db:
                rows = self.store.update_credential(db, credential["id"], verified.transition, now=clock())
                evidence = verified.commit(rows)
                token = self.store.open_session(db, credential["user_id"], evidence, now=clock())
        except mfakit.VerificationError as error:
            return refused("passkey_sign_in", error, check, WRONG_PASSKEY)
        return (
            accepted(
                "passkey_sign_in",
                verified,
                check,
                "Signed in with a passkey.",
                userVerified=verified.user_verified,
                counter=verified.counter,
            ),
            token,
        )

    def passkey_check(self, ceremony, credential):
        """DEMO: what this server used, so that the page can repeat it. Nothing in it is secret."""
        check = {
            "operation": "verify_discoverable_authentication",
            "challenge": challenge_of(ceremony),
            "record": credential["record"],
        }
        if ceremony["user_id"] is not None:
            check["operation"] = "verify_authentication"
            check["userHandle"] = self.store.user(ceremony["user_id"])["handle"]
            check["allow"] = [row["record"] for row in self.store.credentials_of(ceremony["user_id"])]
        return check

    def totp_sign_in(self, body, session):
        user, now = self.store.user_by_name(user_name(body)), clock()
        if user is None or user["totp_secret"] is None:
            # The same words as for a wrong code; that the name is taken, sign-up tells anyone.
            raise Refusal(HTTPStatus.UNAUTHORIZED, "totp_not_set_up", WRONG_CODE)
        code, totp = body.get("code"), mfakit.Totp(user["totp_secret"])
        check = {"operation": "totp_verify", "now": now}
        answer = self.guess(
            "totp",
            user,
            check,
            WRONG_CODE,
            lambda: totp.check_code(code),
            lambda: totp.verify(code, last_step=user["totp_last_step"], now=now),
            lambda db, verified: self.store.update_totp(db, user["id"], user["totp_secret"], verified.transition),
            lambda verified: {"timeStep": verified.step, "drift": verified.drift},
            now=now,
        )
        if answer[0]["verdict"]["server"].get("code") in (None, "otp_replayed"):
            check["lastStep"] = user["totp_last_step"]  # whoever sent this code knows its step
        return answer

    def recovery_sign_in(self, body, session):
        user, now = self.store.user_by_name(user_name(body)), clock()
        if user is None or user["recovery_record"] is None:
            raise Refusal(HTTPStatus.UNAUTHORIZED, "recovery_codes_not_made", WRONG_RECOVERY_CODE)
        code, record, used = body.get("code"), user["recovery_record"], user["recovery_used"]
        check = {"operation": "verify_recovery_code"}
        answer = self.guess(
            "recovery_code",
            user,
            check,
            WRONG_RECOVERY_CODE,
            lambda: mfakit.check_recovery_code(code, record=record),
            lambda: mfakit.verify_recovery_code(code, user_id=user["handle"], record=record, used=used),
            lambda db, verified: self.store.use_recovery_code(db, user["id"], record, verified.bit),
            lambda verified: {"left": verified.remaining},
            now=now,
        )
        if answer[0]["verdict"]["server"].get("kind") != "malformed":
            check["used"] = used  # a typing error costs nothing, and tells nothing
        return answer

    def temporary_sign_in(self, body, session):
        user, now = self.store.user_by_name(user_name(body)), clock()
        if user is None:
            raise Refusal(HTTPStatus.UNAUTHORIZED, "name_unknown", WRONG_TEMPORARY_CODE)
        # Who has a temporary code is worth knowing to a guesser: without one the work and the charge are the same.
        code, record = body.get("code"), user["temporary_code"] or NOBODY

        def keep(db, verified):
            rows = self.store.change_temporary_code(db, user["id"], verified.transition)
            self.store.write_down(db, user, verified.audit, by=user["name"], now=now)
            return rows

        return self.guess(
            "temporary_code",
            user,
            {"operation": "verify_temporary_code"},
            WRONG_TEMPORARY_CODE,
            lambda: mfakit.check_temporary_code(code, record=record),
            lambda: mfakit.verify_temporary_code(code, user_id=user["handle"], record=record, now=now),
            keep,
            lambda verified: {"left": verified.uses_left},
            now=now,
        )

    def guess(self, method, user, check, wrong, check_form, verify, keep, facts, *, now):
        """A sign-in with something that can be guessed.

        A typing error ends first, free of charge. Then charge and commit, then verify, then compare-and-set.
        """
        operation = f"{method}_sign_in"
        try:
            check_form()
        except mfakit.VerificationError as error:
            return refused(operation, error, check, wrong), None
        try:
            wait = self.store.charge(user["id"], method, now=now)
        except mfakit.RejectedError as error:
            raise Refusal(HTTPStatus.TOO_MANY_REQUESTS, error.code, DISABLED) from None
        if wait:
            message = f"Too many wrong codes. Try again in {seconds(wait)}, or use another method."
            raise Refusal(HTTPStatus.TOO_MANY_REQUESTS, "throttle_wait", message)
        try:
            verified = verify()
            with self.store.transaction() as db:
                evidence = verified.commit(keep(db, verified))
                self.store.guess_was_right(db, user["id"], method)
                # A session by a temporary code ends with the code.
                until = verified.audit.not_after if method == "temporary_code" else None
                token = self.store.open_session(db, user["id"], evidence, now=now, until=until)
        except mfakit.VerificationError as error:
            return refused(operation, error, check, wrong), None
        return accepted(operation, verified, check, "Signed in with a code.", **facts(verified)), token

    # What the methods above share

    def person(self, session):
        """The person who may add methods: whoever just signed up, or has signed in."""
        if session is None:
            raise Refusal(HTTPStatus.UNAUTHORIZED, "no_session", "Your session has ended. Please sign in.")
        return self.store.user(session["user_id"])

    def just_signed_in(self, session):
        """Who finds a browser that somebody left signed in does not take the account over with an app of their own."""
        if session["kind"] != "signed_in" or clock() - session["opened_at"] > FRESH_SECONDS:
            raise Refusal(HTTPStatus.FORBIDDEN, "sign_in_again", "Sign in again first, then set up the other app.")

    def administrator(self, session):
        """Whoever runs the site, proven by a passkey that checked it was them. Others do not learn that there is such a page."""
        if session is None or not runs_the_site(self.person(session), session):
            raise Refusal(HTTPStatus.NOT_FOUND, "not_found", "There is no such page.")
        return self.person(session)

    def somebody(self, body):
        user = self.store.user_by_name(user_name(body))
        if user is None:
            raise Refusal(HTTPStatus.NOT_FOUND, "name_unknown", "There is no account of that name.")
        return user

    def ceremony(self, body, kind, *, user_id=None):
        """Consumes the ceremony, whatever happens to it next. A second use, or another person's, finds nothing."""
        ceremony = self.store.take_ceremony(text(body, "ceremony"), kind)
        if ceremony is None or (user_id is not None and ceremony["user_id"] != user_id):
            raise Refusal(HTTPStatus.GONE, "ceremony_gone", PUBLIC_MESSAGES["retry"])
        return ceremony


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


def runs_the_site(user, session):
    """A code is not enough to give out codes: the administrator signs in with a passkey and its PIN, finger or face."""
    signed_in_well = session["method"] == "webauthn" and session["user_verified"]
    return user["name_key"] == ADMINISTRATOR and session["kind"] == "signed_in" and bool(signed_in_well)


def recovery_codes_left(user):
    """How many are unused; None before the first set."""
    if user["recovery_record"] is None:
        return None
    return user["recovery_total"] - bin(user["recovery_used"]).count("1")


def challenge_of(ceremony):
    return json.loads(ceremony["options"])["challenge"]


def text(body, member):
    value = body.get(member)
    if not isinstance(value, str) or not value.isprintable():  # an unpaired surrogate is not, and SQLite takes none
        raise Refusal(HTTPStatus.BAD_REQUEST, "request_malformed", PUBLIC_MESSAGES["retry"])
    return value


def user_name(body):
    name = unicodedata.normalize("NFKC", text(body, "name")).strip()
    if not USER_NAME.fullmatch(name):
        raise Refusal(
            HTTPStatus.BAD_REQUEST,
            "name_invalid",
            "A user name has 1 to 40 letters or digits; . _ - + and @ are fine too.",
        )
    return name


def seconds(count):
    return f"{count} second" if count == 1 else f"{count} seconds"


def clock():
    return int(time.time())


POST_ROUTES = {
    "/api/sign-up": Demo.sign_up,
    "/api/passkey/begin": Demo.begin_passkey,
    "/api/passkey/finish": Demo.finish_passkey,
    "/api/totp/begin": Demo.begin_totp,
    "/api/totp/confirm": Demo.confirm_totp,
    "/api/sign-in/passkey/begin": Demo.begin_passkey_sign_in,
    "/api/sign-in/passkey/finish": Demo.finish_passkey_sign_in,
    "/api/sign-in/totp": Demo.totp_sign_in,
    "/api/sign-in/recovery-code": Demo.recovery_sign_in,
    "/api/sign-in/temporary-code": Demo.temporary_sign_in,
    "/api/recovery-codes": Demo.make_recovery_codes,
    "/api/admin/temporary-code": Demo.issue_temporary_code,
    "/api/admin/temporary-code/revoke": Demo.revoke_temporary_code,
}


class Handler(BaseHTTPRequestHandler):
    """HTTP: same-origin JSON posts in, JSON out, one session cookie, and files from a fixed list."""

    protocol_version = "HTTP/1.1"
    server_version = "mfakit-demo"
    sys_version = ""
    timeout = 20  # seconds a silent connection may hold a thread

    def do_GET(self):
        if not self.host_is_ours():
            return self.answer_json(HTTPStatus.MISDIRECTED_REQUEST, {"error": "This server answers to localhost only."})
        path = self.path.partition("?")[0]
        if path == "/api/me":
            return self.answer_json(HTTPStatus.OK, self.server.demo.me(self.session()))
        found = self.server.files.get(path)
        if found is None:
            return self.answer_json(HTTPStatus.NOT_FOUND, {"error": "There is no such page."})
        content, kind = found
        self.answer(HTTPStatus.OK, content, kind)

    do_HEAD = do_GET

    def do_POST(self):
        try:
            body = self.body()
            if self.path == "/api/sign-out":
                return self.sign_out()
            route = POST_ROUTES.get(self.path)
            if route is None:
                raise Refusal(HTTPStatus.NOT_FOUND, "not_found", "There is no such page.")
            outcome = route(self.server.demo, body, self.session())
        except Refusal as refusal:
            verdict = {"operation": self.path, "server": {"accepted": False, "code": refusal.code}, "check": None}
            return self.answer_json(refusal.status, {"error": refusal.message, "verdict": verdict})
        except Exception:  # a ConfigError among them: our mistake, so the person gets no details and the log gets all
            traceback.print_exc()
            return self.answer_json(HTTPStatus.INTERNAL_SERVER_ERROR, {"error": PUBLIC_MESSAGES["server"]})
        answer, token = outcome if isinstance(outcome, tuple) else (outcome, None)
        status = HTTPStatus.UNAUTHORIZED if "error" in answer else HTTPStatus.OK
        if token is None:
            return self.answer_json(status, answer)
        # A new session replaces the old one: an enrolling session does not live on beside a signed-in one.
        self.close_session()
        self.answer_json(status, answer, cookie=self.cookie(token, SIGNED_IN_SECONDS))

    def sign_out(self):
        self.close_session()
        self.answer_json(HTTPStatus.OK, {"message": "Signed out."}, cookie=self.cookie("", 0))

    # Reading a request

    def host_is_ours(self):
        """A foreign name that resolves to this machine (DNS rebinding) gets nothing."""
        port = self.server.server_address[1]
        return self.headers.get("Host") in (f"localhost:{port}", f"127.0.0.1:{port}")

    def body(self):
        """The JSON object of a same-origin post. A form on another site can send neither this type nor this Origin."""
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError:
            length = -1
        if not 0 <= length <= LARGEST_BODY or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # what follows on this connection is not read
            raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large", "That request is too large.")
        raw = self.rfile.read(length)
        same_origin = self.headers.get("Origin") == f"http://{self.headers.get('Host')}"
        if not (self.host_is_ours() and same_origin):
            raise Refusal(HTTPStatus.FORBIDDEN, "cross_site", "That request came from another site.")
        if self.headers.get_content_type() != "application/json":
            raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not_json", PUBLIC_MESSAGES["retry"])
        try:
            body = json.loads(raw)
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            raise Refusal(HTTPStatus.BAD_REQUEST, "request_malformed", PUBLIC_MESSAGES["retry"])
        return body

    def token(self):
        try:
            morsel = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        except CookieError:
            return None
        return morsel.value if morsel else None

    def session(self):
        token = self.token()
        return self.server.demo.store.session(token, now=clock()) if token else None

    def close_session(self):
        token = self.token()
        if token:
            self.server.demo.store.close_session(token)

    # Writing an answer

    @staticmethod
    def cookie(token, seconds_to_live):
        # On a real site also `Secure`, and the name prefixed with `__Host-`; this one is plain http on localhost.
        return f"{COOKIE}={token}; Path=/; Max-Age={seconds_to_live}; HttpOnly; SameSite=Lax"

    def answer_json(self, status, value, *, cookie=None):
        self.answer(status, json.dumps(value).encode(), "application/json", cookie=cookie)

    def answer(self, status, content, kind, *, cookie=None):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in self.server.security_headers:
            self.send_header(name, value)
        if cookie is not None:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_):
        """Quiet: what goes wrong is logged where it happens, and an idle connection's end is nothing wrong."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port, store):
        super().__init__(("127.0.0.1", port), Handler)  # this machine only
        self.demo = Demo(store, port=self.server_address[1])
        self.files, import_map_hash = site_files()
        self.security_headers = [
            (
                "Content-Security-Policy",
                "default-src 'none'; connect-src 'self'; img-src 'self' data:; style-src 'self'; "
                # The one inline script is the import map, by its hash; wasm-unsafe-eval lets WebAssembly compile.
                f"script-src 'self' 'wasm-unsafe-eval' '{import_map_hash}'; "
                "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
            ),
            ("Permissions-Policy", "publickey-credentials-create=(self), publickey-credentials-get=(self)"),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cache-Control", "no-store"),
        ]

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):  # a browser that left is no error
            super().handle_error(request, client_address)


def site_files():
    """Every file the server gives out, by its path, read once: a path in a request never reaches the file system.

    The npm package `mfakit` is served as built; its own export map says which file a browser loads.
    """
    files = {}
    for file in sorted((HERE / "static").iterdir()):
        files["/" + file.name] = (file.read_bytes(), content_type(file))
    for folder in ("dist", "wasm"):
        for file in sorted((NPM_PACKAGE / folder).rglob("*")):
            if file.suffix in (".js", ".mjs", ".wasm"):
                path = file.relative_to(NPM_PACKAGE).as_posix()
                files[f"/vendor/mfakit/{path}"] = (file.read_bytes(), content_type(file))

    import_map = json.dumps({"imports": {name: "/vendor/mfakit/" + path for name, path in browser_exports().items()}})
    for path in json.loads(import_map)["imports"].values():
        if path not in files:
            raise SystemExit("the npm package is not built: run `./dev demo`, which builds it first")
    html = files.pop("/index.html")[0].decode().replace("{{IMPORT_MAP}}", import_map)
    files["/"] = (html.encode(), "text/html; charset=utf-8")
    digest = base64.b64encode(hashlib.sha256(import_map.encode()).digest()).decode()
    return files, f"sha256-{digest}"


def browser_exports():
    """`mfakit` and `mfakit/client`, resolved as a bundler would for a browser."""
    exports = json.loads((NPM_PACKAGE / "package.json").read_text())["exports"]

    def resolve(target):
        while isinstance(target, dict):
            target = next(target[condition] for condition in ("browser", "import", "default") if condition in target)
        return target.removeprefix("./")

    return {"mfakit": resolve(exports["."]), "mfakit/client": resolve(exports["./client"])}


def content_type(file):
    known = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm"}
    return known.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"


def main():
    parser = argparse.ArgumentParser(description="The mfakit demo: passkeys and authenticator apps.")
    parser.add_argument(
        "--port",
        type=int,
        default=int(os.environ.get("MFAKIT_DEMO_PORT", "8080")),
        help="0 takes any free port; also MFAKIT_DEMO_PORT (default: 8080)",
    )
    parser.add_argument(
        "--database",
        default=os.environ.get("MFAKIT_DEMO_DATABASE", str(HERE / "demo.sqlite3")),
        help="the SQLite file, made when missing; also MFAKIT_DEMO_DATABASE",
    )
    arguments = parser.parse_args()
    store = Store(arguments.database)
    try:
        server = Server(arguments.port, store)
    except OSError as error:
        reason = f"{error.strerror}; --port 0 takes a free one"
        raise SystemExit(f"cannot start on port {arguments.port}: {reason}") from None
    print(f"mfakit demo: {server.demo.origin}  (Ctrl-C stops it)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print("stopped")


if __name__ == "__main__":
    sys.exit(main())
