"""Accounts: names and passwords, what a change brings with it, and what the page shows of a person.

The password is the site's own first factor; mfakit only hears that it was right (`Evidence.password`). A password that is
changed leaves every second factor where it is.
"""

import hashlib
import hmac
import os
import unicodedata
from http import HTTPStatus

import mfakit

import policy
from common import SITE_NAME, Refusal, require_one, seconds, text, user_name
from store import UNFINISHED_SECONDS

SCRYPT = {"n": 2**14, "r": 8, "p": 5}  # one of OWASP's settings for scrypt: 16 MiB
PASSWORD_LENGTH = range(8, 257)  # NIST SP 800-63B: eight where a second factor stands beside it
WRONG_PASSWORD = "That name or password was not accepted."


def hash_password(password):
    salt = os.urandom(16)
    return f"scrypt${salt.hex()}${_scrypt(password, salt).hex()}"


def _scrypt(password, salt):
    return hashlib.scrypt(unicodedata.normalize("NFKC", password).encode(), salt=salt, **SCRYPT)


# Where no account is, a password is checked against this one: the answer then takes as long as where there is one.
NOBODYS_PASSWORD = hash_password(os.urandom(16).hex())


def new_password(body, member="password"):
    password = text(body, member)
    if len(password) not in PASSWORD_LENGTH:
        raise Refusal(HTTPStatus.BAD_REQUEST, "password_invalid", "A password has 8 to 256 characters.")
    return password


def check_password(site, user, password):
    """Charged before it is looked at. Returns Evidence, the site's own word for it."""
    now = site.now()
    if user is not None:
        try:
            wait = site.store.charge(user["id"], "password", now=now)
        except mfakit.RejectedError as error:
            message = "There were too many wrong passwords. Ask the administrator for help."
            raise Refusal(HTTPStatus.TOO_MANY_REQUESTS, error.code, message) from None
        if wait:
            message = f"Too many wrong passwords. Try again in {seconds(wait)}."
            raise Refusal(HTTPStatus.TOO_MANY_REQUESTS, "throttle_wait", message)
    _, salt, stored = (NOBODYS_PASSWORD if user is None else user["password"]).split("$")
    if not hmac.compare_digest(_scrypt(password, bytes.fromhex(salt)).hex(), stored) or user is None:
        raise Refusal(HTTPStatus.UNAUTHORIZED, "password_rejected", WRONG_PASSWORD)
    with site.store.transaction() as db:
        site.store.guess_was_right(db, user["id"], "password")
    return mfakit.Evidence.password(at=now)


# Signing up, and the password


def sign_up(site, body, session):
    """The session that this opens is enough to add methods, and nothing else."""
    name, password, now = user_name(body), new_password(body), site.now()
    rights = [policy.ADMINISTRATION] if name.casefold() == policy.ADMINISTRATOR else []
    user_id = site.store.add_user(name, password=hash_password(password), rights=rights, now=now)
    if user_id is None:
        raise Refusal(HTTPStatus.CONFLICT, "name_taken", "That name is taken. Choose another one.")
    assessment = mfakit.assess([mfakit.Evidence.password(at=now)], now=now)
    with site.store.transaction() as db:
        site.audit(db, site.store.user(user_id), "account_created", standing=assessment, now=now)
        token = open_unfinished(site, db, user_id, "enrolling", assessment, now=now)
    return {"message": f"Welcome, {name}."}, token


def open_unfinished(site, db, user_id, kind, assessment, *, now):
    return site.store.open_session(db, user_id, kind, assessment, now=now, expires_at=now + UNFINISHED_SECONDS)


def change_password(site, body, session):
    here = policy.signed_in(site, session)
    here.fresh()
    check_password(site, here.user, text(body, "password"))
    password, now = hash_password(new_password(body, "newPassword")), site.now()
    with site.store.transaction() as db:
        require_one(site.store.change_password(db, here.user, password))
        answer = carry_out(site, db, here, "password_changed", now=now)
        site.audit(db, here.user, "password_changed", standing=here.assessment, now=now)
    return {"message": "Password changed. Your two-factor methods are as they were.", **answer}


# What a change brings with it


def carry_out(site, db, here, event, *, now, detail=""):
    """mfakit says what follows from an event; the site does it, in the transaction of the change itself."""
    answer = {}
    for effect in mfakit.effects(event):
        if effect.kind == "revoke_other_sessions":
            site.store.close_other_sessions(db, here.user["id"], here.session["token_hash"])
        elif effect.kind == "rotate_api_key":
            answer["apiKey"] = rotate_api_key(site, db, here, now=now)
        elif effect.kind == "notify_by_email":
            site.store.put_in_outbox(db, here.user, effect.template, detail, now=now)
    return answer


def rotate_api_key(site, db, here, *, now):
    """This answer is the only one that ever has the key."""
    expires_at = mfakit.session_expires_at("api_key", created=now)
    site.store.remove_api_key(db, here.user["id"])
    key = site.store.open_session(db, here.user["id"], "api_key", here.assessment, now=now, expires_at=expires_at)
    return {"key": key, "expiresAt": expires_at}


def new_api_key(site, body, session):
    here = policy.signed_in(site, session)
    here.fresh()
    now = site.now()
    with site.store.transaction() as db:
        site.audit(db, here.user, "api_key_rotated", standing=here.assessment, now=now)
        return {"message": "The key before this one has ended.", "apiKey": rotate_api_key(site, db, here, now=now)}


def outbox(site, body, session):
    """DEMO: the mail that a real site would send, to the person whom it is for."""
    here = policy.standing(site, session)
    if here.view == "prove":
        raise Refusal(HTTPStatus.UNAUTHORIZED, "not_signed_in", "Please finish signing in first.")
    return {
        "mails": [
            {"at": row["at"], "to": row["recipient"], "template": row["template"], "detail": row["detail"]}
            for row in site.store.outbox_of(here.user["id"])
        ]
    }


def audit(site, body, session):
    """Everybody's lines to the administrator, one's own to everybody else."""
    here = policy.signed_in(site, session)
    rows = site.store.audit(None if here.administrator else here.user["name"])
    return {
        "everybody": here.administrator,
        "lines": [{key: row[key] for key in ("at", "name", "event", "done_by", "record")} for row in rows],
    }


# What the page shows


def me(site, session):
    answer = {
        "person": None,
        # DEMO: for the page's own relying party, which repeats the checks.
        "relyingParty": {
            "id": "localhost",
            "name": SITE_NAME,
            "origins": [site.origin],
            "userVerification": "preferred",
        },
    }
    if session is not None:
        here = policy.standing(site, session)
        answer["person"] = {
            "name": here.user["name"],
            "view": here.view,
            "offered": here.offered if here.view == "prove" else [],
            "decision": policy.decision(here.decision),
            "proven": proven(here),
            "session": session_times(session),
        }
        if here.view in ("account", "enrol"):
            answer["person"] |= account(site, here)
    return answer


def proven(here):
    """What the session knows of the person, in mfakit's words."""
    assessment = here.assessment
    return {
        "tier": policy.tier(assessment.tier),
        "methods": list(assessment.methods),
        "amr": list(assessment.amr),
        "acr": assessment.acr,
        "factors": assessment.factors,
        "recovery": assessment.recovery,
        "explain": policy.reasons(assessment.explain()),
    }


def session_times(session):
    """When it ends without another click, and when it ends at the latest."""
    times = {"kind": session["kind"], "createdAt": session["created_at"], "expiresAt": session["expires_at"]}
    if session["kind"] == "web":
        latest = mfakit.session_expires_at("web", created=session["created_at"], last_active=policy.NEVER)
        times["endsAt"] = min(latest, session["ends_with_code"] or latest)
    return times


def account(site, here):
    user, key = here.user, site.store.api_key_of(here.user["id"])
    return {
        "methods": methods(site, user),
        "recoveryCodes": policy.recovery_codes_left(user),
        "advice": mfakit.method_advice(here.enrolled) if here.methods else [],
        "banner": policy.banner(site, here),
        "enrollable": mfakit.enrollable_methods(requirement=here.requirement),
        "skippable": here.session["kind"] != "web" and here.decision.kind == "allow",
        "rights": policy.rights_of(user),
        "apiKeyExpiresAt": key["expires_at"] if key else None,
        "administrator": here.administrator,
        "administration": administration(site) if here.administrator else None,
    }


def methods(site, user):
    """Every method that the person added: where it is stored, mfakit's word for it, and its name."""
    store = site.store
    found = [dict(row) | {"store": "passkey"} for row in store.credentials_of(user["id"])]
    if user["totp_secret"] is not None:
        app = {"id": "totp", "kind": "totp", "name": user["totp_name"], "created_at": user["totp_added_at"]}
        found.append(app | {"store": "totp", "used_at": None})
    found += [dict(row) | {"store": "device", "kind": "push_approval"} for row in store.devices_of(user["id"])]
    return [
        {
            "store": method["store"],
            "id": method["id"],
            "kind": method["kind"],
            "name": method["name"],
            "createdAt": method["created_at"],
            "usedAt": method["used_at"],
        }
        for method in found
    ]


def administration(site):
    enforced_from = site.store.setting("enforced_from")
    return {
        "enforcedFrom": enforced_from and int(enforced_from),
        "sso": site.store.setting("sso") is not None,
        "codes": [
            {"at": row["at"], "name": row["name"], "event": row["event"], "by": row["done_by"]}
            for row in site.store.audit()
            if row["event"].startswith("temporary_code_")
        ][:20],
    }
