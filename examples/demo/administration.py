"""The administrator's page: help for people who are locked out, rights, exemptions, and the organisation's setting.

Others do not learn that there is such a page. Whatever happens here is written down with the administrator's name.
"""

from http import HTTPStatus

import mfakit

import policy
from common import NOT_FOUND, Refusal, require_one, some_of, text, user_name


def administrator(site, session):
    if session is None:
        raise NOT_FOUND
    here = policy.standing(site, session)
    if not here.administrator:
        raise NOT_FOUND
    return here


def somebody(site, body):
    user = site.store.user_by_name(user_name(body))
    if user is None:
        raise Refusal(HTTPStatus.NOT_FOUND, "name_unknown", "There is no account of that name.")
    return user


def look_up(site, body, session):
    """What the administrator has to know before they help."""
    administrator(site, session)
    user = somebody(site, body)
    return {
        "name": user["name"],
        "methods": policy.methods_of(site, user),
        "recoveryCodes": policy.recovery_codes_left(user),
        "rights": policy.rights_of(user),
        "waiver": bool(user["waiver"]),
        "exemption": user["exemption"],
    }


# For somebody who is locked out


def issue_temporary_code(site, body, session):
    """This answer is the only one that ever has the code."""
    by, user, now = administrator(site, session).user["name"], somebody(site, body), site.now()
    hours = body.get("hours")
    if type(hours) is not int or not 1 <= hours <= 24:
        raise Refusal(HTTPStatus.BAD_REQUEST, "hours_invalid", "A temporary code lives for 1 to 24 hours.")
    try:
        code = mfakit.issue_temporary_code(
            user["handle"],
            kind="admin",
            issued_by=by,
            previous=user["temporary_code"],
            lifetime=hours * 3600,
            now=now,
        )
    except mfakit.RejectedError as error:  # temporary_code_limit
        message = "Six codes were issued for this account within the last hour. Try again later."
        raise Refusal(HTTPStatus.TOO_MANY_REQUESTS, error.code, message) from None
    with site.store.transaction() as db:
        until = code.expires_at
        require_one(site.store.issue_temporary_code(db, user["id"], code.transition, until=until))
        site.audit(db, user, "temporary_code_issued", by=by, now=now)
        tell(site, db, user, "temporary_code_issued", now=now)
    return {"name": user["name"], "code": code.code, "expiresAt": code.expires_at}


def revoke_temporary_code(site, body, session):
    by, user, now = administrator(site, session).user["name"], somebody(site, body), site.now()
    record = user["temporary_code"]
    revoked = mfakit.revoke_temporary_code(record) if record else None
    if revoked is None or revoked.next == record:
        raise Refusal(HTTPStatus.NOT_FOUND, "no_temporary_code", "There is no temporary code of that name.")
    with site.store.transaction() as db:
        require_one(site.store.revoke_temporary_code(db, user["id"], revoked))
        site.audit(db, user, "temporary_code_revoked", by=by, now=now)
    return {"message": f"The temporary code of {user['name']} is revoked."}


def disconnect_methods(site, body, session):
    """The telephone is lost: what is on it signs nobody in from now on, and whoever is signed in is so no more.

    The account then opens with the password and a temporary code, and with nothing less, until a method is added.
    """
    by, user, now = administrator(site, session).user["name"], somebody(site, body), site.now()
    if not policy.methods_of(site, user):
        raise Refusal(HTTPStatus.CONFLICT, "no_method", f"{user['name']} has no method to disconnect.")
    with site.store.transaction() as db:
        site.store.remove_every_method(db, user["id"], disconnected=True)
        site.store.close_other_sessions(db, user["id"], None)
        site.store.remove_api_key(db, user["id"])
        site.audit(db, user, "methods_disconnected", by=by, now=now)
        tell(site, db, user, "methods_disconnected", now=now)
    return {"message": f"All methods of {user['name']} are disconnected. Issue a temporary code: it lets them back in."}


def tell(site, db, user, event, *, now):
    """The person hears of what somebody else did to their account."""
    for effect in mfakit.effects(event):
        if effect.kind == "notify_by_email":
            site.store.put_in_outbox(db, user, effect.template, "by the administrator", now=now)


# Rights and exceptions


def change_standing(site, body, session):
    """Rights, the waiver permission, and an exemption that support approved, with its reason.

    The permission to waive is there to be seen doing nothing: once the rule is in force, only the exemption exempts.
    """
    by, user, now = administrator(site, session).user["name"], somebody(site, body), site.now()
    rights = some_of(body, "rights", policy.RIGHTS)
    exemption = text(body, "exemption").strip()[:200] if body.get("exemption") else None
    if type(body.get("waiver")) is not bool:
        raise Refusal(HTTPStatus.BAD_REQUEST, "request_malformed", "That is not understood.")
    if user["name_key"] == policy.ADMINISTRATOR and policy.ADMINISTRATION not in rights:
        raise Refusal(HTTPStatus.CONFLICT, "administrator_needed", "Somebody has to run the site.")
    with site.store.transaction() as db:
        site.store.change_standing(db, user["id"], rights=rights, waiver=body["waiver"], exemption=exemption)
        site.audit(db, user, "standing_changed", by=by, now=now)
    return {"message": f"Saved. It counts for {user['name']} from the next request on."}


# The organisation


def enforce(site, body, session):
    """Multi-factor authentication for everybody, from now on: a setting that cannot be turned off again."""
    here, now = administrator(site, session), site.now()
    with site.store.transaction() as db:
        if not site.store.set_once(db, "enforced_from", str(now)):
            raise Refusal(HTTPStatus.CONFLICT, "already_enforced", "The setting is on, and cannot be turned off.")
        site.audit(db, here.user, "enforcement_began", now=now)
    return {"message": "Everybody needs a second factor from now on."}


def configure_sso(site, body, session):
    here, now = administrator(site, session), site.now()
    with site.store.transaction() as db:
        site.store.set_once(db, "sso", "configured")
        site.audit(db, here.user, "sso_configured", now=now)
    return {"message": "Single sign-on counts as configured."}
