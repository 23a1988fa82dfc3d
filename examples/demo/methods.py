"""The methods of an account: adding several of each, naming, replacing and removing them, and turning it all off.

Adding asks for `policy.adding`: a first method needs no proof, the next one does. Everything that takes a method away,
or puts another in its place, asks for a proof of the last ten minutes.
"""

from http import HTTPStatus

import mfakit

import accounts
import policy
from common import (
    PUBLIC_MESSAGES,
    SITE_NAME,
    Refusal,
    accepted,
    challenge_of,
    label,
    one_of,
    refused,
    require_one,
    text,
)
from proofs import WRONG_CODE
from sign_in import WRONG_PASSKEY, keep_ceremony, take_ceremony
from store import UNFINISHED_SECONDS


def added(site, db, here, name, *, now):
    """The first method turns two-factor authentication on; then the session that did it has yet to prove itself."""
    event = "method_added" if here.methods else "mfa_enabled"
    if not here.methods and here.session["kind"] in ("web", "started"):
        expires_at = now + UNFINISHED_SECONDS
        site.store.change_session(db, here.session["token_hash"], kind="enrolling", expires_at=expires_at)
    site.store.connected(db, here.user["id"])
    site.audit(db, here.user, event, standing=here.assessment, now=now)
    return accounts.carry_out(site, db, here, event, detail=name, now=now)


# Passkeys, built-in authenticators and security keys


def begin_passkey(site, body, session):
    user = policy.adding(site, session).user
    ceremony = site.relying_party.begin_registration(
        user["handle"],
        user_name=user["name"],
        exclude=[row["record"] for row in site.store.credentials_of(user["id"])],
        now=site.now(),
    )
    keep_ceremony(site, ceremony, "register", user=user)
    return {"ceremony": ceremony.id, "options": ceremony.options}


def finish_passkey(site, body, session):
    here, now = policy.adding(site, session), site.now()
    ceremony = take_ceremony(site, body, "register", user=here.user)
    check = {
        "operation": "verify_registration",
        "challenge": challenge_of(ceremony),
        "userHandle": here.user["handle"],
    }
    try:
        verified = site.relying_party.finish_registration(body.get("response"), state=ceremony["state"], now=now)
        credential = verified.credential
        kind, name = credential.kind, f"{KIND_NAMES[credential.kind]} {len(here.methods) + 1}"
        with site.store.transaction() as db:
            rows = site.store.insert_credential(
                db, here.user["id"], credential.id, verified.transition, kind=kind, name=name, now=now
            )
            verified.commit(rows)  # no Evidence: registering a passkey signs nobody in
            effects = added(site, db, here, name, now=now)
    except mfakit.VerificationError as error:
        return refused("passkey_registration", error, check, WRONG_PASSKEY)
    answer = accepted(
        "passkey_registration", verified, check, f"{KIND_NAMES[kind]} added.", userVerified=verified.user_verified
    )
    return {**answer, "method": {"store": "passkey", "id": credential.id, "name": name}, **effects}


KIND_NAMES = {
    "security_key": "Security key",
    "built_in_authenticator": "Built-in authenticator",
    "synced_passkey": "Passkey",
    "device_bound_passkey": "Passkey",
}


# The authenticator app


def begin_totp(site, body, session):
    """A new secret waits beside the live one, if there is one, and the live one signs in until this one is confirmed."""
    here = policy.adding(site, session)
    if here.user["totp_secret"] is not None:
        here.fresh()
    pending = mfakit.PendingTotp.generate()
    secret, uri = pending.expose_secret(), pending.uri(issuer=SITE_NAME, account=here.user["name"])
    site.store.offer_totp(here.user["id"], secret)
    return {"secret": secret, "uri": uri, "qr": mfakit.qr_svg(uri)}


def confirm_totp(site, body, session):
    """The first code proves that the app holds the secret; its step is burnt, so it cannot sign in afterwards."""
    here, now = policy.adding(site, session), site.now()
    if here.user["totp_secret"] is not None:
        here.fresh()
    check = {"operation": "totp_confirm", "now": now}
    try:
        verified, effects = confirm(site, here, body.get("code"), label(body, "Authenticator app"), now=now)
    except mfakit.VerificationError as error:
        return refused("totp_confirmation", error, check, WRONG_CODE)
    message = "Authenticator app added."
    answer = accepted("totp_confirmation", verified, check, message, timeStep=verified.step, drift=verified.drift)
    return {**answer, **effects}


def confirm(site, here, code, name, *, now):
    secret = here.user["totp_pending"]
    if secret is None:
        raise Refusal(HTTPStatus.CONFLICT, "totp_not_begun", PUBLIC_MESSAGES["retry"])
    verified = mfakit.PendingTotp(secret).confirm(code, now=now)
    with site.store.transaction() as db:
        rows = site.store.confirm_totp(db, here.user["id"], secret, verified.transition, name=name, now=now)
        verified.commit(rows)  # no Evidence: setting an app up signs nobody in
        if here.user["totp_secret"] is not None:  # which is gone now
            accounts.carry_out(site, db, here, "method_removed", detail=here.user["totp_name"], now=now)
        return verified, added(site, db, here, name, now=now)


# Recovery codes


def make_recovery_codes(site, body, session):
    """New codes in the place of the old ones. This answer is the only one that ever has them."""
    here = policy.adding(site, session)
    if here.user["recovery_record"] is not None:
        here.fresh()
    codes = new_recovery_codes(site, here, now=site.now())
    # DEMO: the record is for the page's own check.
    return {"codes": codes.codes, "text": codes.text, "record": codes.record, "userId": here.user["handle"]}


def new_recovery_codes(site, here, *, now):
    if not here.methods:
        raise Refusal(HTTPStatus.CONFLICT, "no_method", "Add a passkey or an authenticator app first.")
    user, codes = here.user, mfakit.generate_recovery_codes(here.user["handle"])
    with site.store.transaction() as db:
        old = user["recovery_record"]
        require_one(site.store.replace_recovery_codes(db, user["id"], old, codes.record, len(codes.codes)))
        site.audit(db, user, "recovery_codes_replaced", standing=here.assessment, now=now)
        accounts.carry_out(site, db, here, "recovery_codes_replaced", now=now)
    return codes


# Naming and removing


def rename(site, body, session):
    """By whoever may add one; and a method that this session has just added gets its name, whatever is asked next."""
    here, name = policy.standing(site, session), label(body)
    method = find(site, here, body)
    if method["createdAt"] < session["created_at"]:
        here = policy.adding(site, session)
    with site.store.transaction() as db:
        require_one(site.store.rename_method(db, here.user["id"], method["store"], method["id"], name))
    return {"message": f"It is called {name} now."}


def find(site, here, body):
    named = one_of(body, "store", ("passkey", "totp", "device")), text(body, "id")
    for method in accounts.methods(site, here.user):
        if (method["store"], method["id"]) == named:
            return method
    raise Refusal(HTTPStatus.NOT_FOUND, "method_unknown", "There is no such method.")


def remove(site, body, session):
    here, now = policy.signed_in(site, session), site.now()
    here.fresh()
    method = find(site, here, body)
    # By the organisation's rule, not by the person's own choice.
    requirement = policy.requirement(site, here.user, own_choice=False)
    require_removable(mfakit.can_remove(here.methods, remove=method["kind"], requirement=requirement, now=now))
    if len(here.methods) == 1:
        message = "This is your only method. To go without one, turn two-factor authentication off below."
        raise Refusal(HTTPStatus.CONFLICT, "last_method", message)
    with site.store.transaction() as db:
        require_one(site.store.remove_method(db, here.user["id"], method["store"], method["id"]))
        site.audit(db, here.user, "method_removed", standing=here.assessment, now=now)
        effects = accounts.carry_out(site, db, here, "method_removed", detail=method["name"], now=now)
    return {"message": f"{method['name']} is removed.", **effects}


def require_removable(removal):
    try:
        removal.or_raise()
    except mfakit.MfaError as error:
        raise Refusal(HTTPStatus.CONFLICT, error.code, f"This stays. {removal.message}") from None


def disable(site, body, session):
    """Everything at once, with a fresh proof and the password; never where the organisation asks for a second factor."""
    here = policy.signed_in(site, session)
    here.fresh()
    return turn_off(site, here, [accounts.check_password(site, here.user, text(body, "password"))])


def turn_off(site, here, proven):
    now = site.now()
    if not here.methods:
        raise Refusal(HTTPStatus.CONFLICT, "two_factor_not_enabled", "Two-factor authentication is not on.")
    assessment = mfakit.assess(proven, previous=here.assessment, now=now)
    requirement = policy.requirement(site, here.user, own_choice=False)
    require_removable(mfakit.can_disable(assessment, requirement=requirement, now=now))
    with site.store.transaction() as db:
        site.store.remove_every_method(db, here.user["id"])
        site.audit(db, here.user, "mfa_disabled", standing=here.assessment, now=now)
        effects = accounts.carry_out(site, db, here, "mfa_disabled", now=now)
    return {"message": "Two-factor authentication is off. Your password alone signs you in.", **effects}
