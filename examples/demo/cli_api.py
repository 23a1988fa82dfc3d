"""What the command line talks to: JSON over HTTP, a bearer token for thirty days, and a code in a header.

`Authorization: Bearer TOKEN` names the session, `Mfakit-Two-Factor-Code` carries an authenticator code or a recovery
code. A failure is `{"id", "message"}`: the id is for the program, the message for the person.
"""

from http import HTTPStatus

import mfakit

import accounts
import methods
import policy
import proofs
from common import SITE_NAME, Refusal, text, user_name

CODE_HEADER = "Mfakit-Two-Factor-Code"
REQUIRED = ("Mfakit-Two-Factor-Required", "true")
WRONG_CODE = (
    "That code was not accepted. "
    "Check that it was typed correctly and that your authenticator's time keeping is accurate."
)


def login(site, body, session, code):
    user, assessment = credentials(site, body, code)
    now = site.now()
    with site.store.transaction() as db:
        expires_at, until = mfakit.session_expires_at("cli", created=now), None
        if "admin_code" in assessment.methods:
            until = user["temporary_until"]
            expires_at = min(expires_at, until)
        token = site.store.open_session(
            db, user["id"], "cli", assessment, now=now, expires_at=expires_at, ends_with_code=until
        )
        site.audit(db, user, "cli_login", standing=assessment, now=now)
    return {"token": token, "expiresAt": expires_at, "name": user["name"]}


def credentials(site, body, code):
    """A password, and a code where the account has a second factor."""
    user, evidence = password(site, user_name(body, "email"), text(body, "password"))
    proven = [evidence]
    if policy.enrolled(site, user, now=site.now()):  # after a disconnection, too: then it is a temporary code
        proven.append(two_factor(site, user, code))
    return user, mfakit.assess(proven, now=site.now())


def password(site, name, value):
    user = site.store.user_by_name(name)
    try:
        return user, accounts.check_password(site, user, value)
    except Refusal as refusal:
        raise renamed(refusal, "unauthorized") from None


def renamed(refusal, wrong):
    """The command line's own ids: one for being wrong, one for having to wait."""
    code = "too_many_attempts" if refusal.status == HTTPStatus.TOO_MANY_REQUESTS else wrong
    return Refusal(refusal.status, code, refusal.message)


def two_factor(site, user, code):
    """Evidence of one code, which is used up by it."""
    if not code:
        message = "This account has two-factor authentication: a code is needed too."
        raise Refusal(HTTPStatus.UNAUTHORIZED, "two_factor_required", message, headers=[REQUIRED])
    now = site.now()
    try:
        guess = kind_of(code)(site, user, code, now=now)
        return proofs.prove(site, user, guess, lambda db, evidence, verified: evidence, now=now)[1]
    except mfakit.VerificationError:
        raise Refusal(HTTPStatus.FORBIDDEN, "invalid_two_factor_code", WRONG_CODE) from None
    except Refusal as refusal:
        if refusal.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise renamed(refusal, "") from None
        # No authenticator app, or no recovery codes: the same answer as for a wrong one.
        raise Refusal(HTTPStatus.FORBIDDEN, "invalid_two_factor_code", WRONG_CODE) from None


def kind_of(code):
    """By how much was typed: six to eight digits, the sixteen symbols of a temporary code, or more."""
    symbols = code.replace(" ", "").replace("-", "")
    if len(symbols) <= 8:
        return proofs.totp
    return proofs.temporary_code if len(symbols) == 16 else proofs.recovery_code


def logout(site, body, session, code):
    here(site, session)
    site.store.end_session(session)
    return {}


def two_factor_status(site, body, session, code):
    person = here(site, session, kinds=("cli", "api_key"))
    key = site.store.api_key_of(person.user["id"])
    return {
        "enabled": bool(person.methods),
        "methods": [
            {"kind": method["kind"], "name": method["name"]} for method in accounts.methods(site, person.user)
        ],
        "recoveryCodesLeft": policy.recovery_codes_left(person.user),
        "apiKeyExpiresAt": key["expires_at"] if key else None,
        "page": f"{site.origin}/",
    }


def enable(site, body, session, code):
    """A secret that waits: nothing is on before its first code. Who has a second factor already proves it here too."""
    person = here(site, session)
    user, _ = password(site, user_name(body, "email"), text(body, "password"))
    if user["id"] != person.user["id"]:
        raise Refusal(HTTPStatus.FORBIDDEN, "unauthorized", "You are logged in as somebody else. Log in again.")
    if person.enrolled:
        two_factor(site, user, code)
    pending = mfakit.PendingTotp.generate()
    secret = pending.expose_secret()
    site.store.offer_totp(user["id"], secret)
    return {"uri": pending.uri(issuer=SITE_NAME, account=user["name"]), "secret": secret}


def confirm(site, body, session, code):
    person, now = here(site, session), site.now()
    try:
        _, effects = methods.confirm(site, person, body.get("code"), "Authenticator app", now=now)
    except mfakit.VerificationError:
        raise Refusal(HTTPStatus.FORBIDDEN, "invalid_two_factor_code", WRONG_CODE) from None
    key = effects.get("apiKey")
    if key is None:  # an app in another's place: as this command says, the key changes all the same
        with site.store.transaction() as db:
            key = accounts.rotate_api_key(site, db, person, now=now)
    return {"apiKey": key["key"], "apiKeyExpiresAt": key["expiresAt"]}


def disable(site, body, session, code):
    """A login that was made before there was a second factor proves it now: a stolen password is not enough."""
    person = here(site, session)
    proven = [password(site, person.user["name"], text(body, "password"))[1]]
    if person.methods and set(person.assessment.methods) == {"password"}:
        proven.append(two_factor(site, person.user, code))
    methods.turn_off(site, person, proven)
    return {}


def recovery_codes(site, body, session, code):
    person = here(site, session)
    if not person.methods:
        message = "Two-factor authentication is not on: enable it first."
        raise Refusal(HTTPStatus.CONFLICT, "two_factor_not_enabled", message)
    two_factor(site, person.user, code)
    codes = methods.new_recovery_codes(site, here(site, session), now=site.now())
    return {"codes": codes.codes, "text": codes.text}


def here(site, session, *, kinds=("cli",)):
    """Whoever's token it is. The policy leaves this channel alone: what is dangerous asks for a proof of its own."""
    if session is None or session["kind"] not in kinds:
        raise Refusal(HTTPStatus.UNAUTHORIZED, "unauthorized", "You are not logged in, or your login has ended.")
    return policy.Standing(site, session, now=site.now(), channel="api")
