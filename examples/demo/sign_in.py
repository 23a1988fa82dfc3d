"""Signing in: a name, a password, and then whichever method of the person's own the policy lets them use.

A passkey that checks it is its person (user verification) is two factors by itself, and signs in without a password.
Every proof ends in `conclude`: it joins what the session has proven already, and the policy decides whether that is
enough.
"""

import json
from http import HTTPStatus

import mfakit

import accounts
import policy
import proofs
from common import PUBLIC_MESSAGES, Refusal, accepted, challenge_of, refused, text, user_name

WRONG_PASSKEY = "That passkey was not accepted."


def conclude(site, db, user, evidence, *, session, now, ends_with_code=None, credential_id=None):
    """Returns the token of a new session, or None where this one goes on."""
    own = session is not None and session["user_id"] == user["id"]
    previous = mfakit.Assessment.from_trusted_json(session["assessment"]) if own else None
    assessment = mfakit.assess([evidence], previous=previous, now=now)
    facts = {"credential_id": credential_id} if credential_id else {}
    if evidence.method == "recovery_code":
        for effect in mfakit.effects("recovery_code_used"):
            if effect.kind == "notify_by_email":
                site.store.put_in_outbox(db, user, effect.template, "", now=now)
    return settle(
        site, db, user, assessment, session=session if own else None, now=now, ends_with_code=ends_with_code, **facts
    )


def settle(site, db, user, assessment, *, session, now, ends_with_code=None, **facts):
    requirement = policy.requirement(site, user)
    decision = mfakit.decide(assessment, requirement=requirement, enrolled=policy.enrolled(site, user, now=now), now=now)
    site.audit(
        db, user, "sign_in", decision=decision, standing=assessment, requirement=requirement, now=now, **facts
    )
    if decision.kind == "allow":
        expires_at = mfakit.session_expires_at("web", created=now)
        return site.store.open_session(
            db,
            user["id"],
            "web",
            assessment,
            now=now,
            # A session by a temporary code ends with the code.
            expires_at=min(expires_at, ends_with_code or expires_at),
            ends_with_code=ends_with_code,
        )
    if session is None:
        return accounts.open_unfinished(site, db, user["id"], "started", assessment, now=now)
    site.store.change_session(db, session["token_hash"], assessment=assessment)
    return None


def with_password(site, body, session):
    """The first step. What comes next is the policy's answer: the page asks for it with /api/me."""
    user = site.store.user_by_name(user_name(body))
    evidence = accounts.check_password(site, user, text(body, "password"))
    with site.store.transaction() as db:
        token = conclude(site, db, user, evidence, session=None, now=site.now())
    return {"message": "That is your password."}, token


def go_on(site, body, session):
    """What was proven is enough without another word: the person does without a second factor, where they may."""
    here, now = policy.standing(site, session), site.now()
    if here.session["kind"] not in ("enrolling", "started") or here.decision.kind != "allow":
        # A web session does not begin anew without a proof: its ten days are counted from its beginning.
        raise Refusal(HTTPStatus.FORBIDDEN, "nothing_new", "Please prove first that it is you.")
    with site.store.transaction() as db:
        token = settle(site, db, here.user, here.assessment, session=session, now=now)
    return {"message": "Signed in."}, token


# With a passkey


def begin_passkey(site, body, session):
    now = site.now()
    if session is None and body.get("name") is None:  # no name: the authenticator says who it is
        user = None
        ceremony = site.relying_party.begin_discoverable_authentication(user_verification="required", now=now)
    else:
        if session is None:  # instead of the password
            user, verification = site.store.user_by_name(user_name(body)), "required"
        else:  # after it, or to prove it once more: with one of this person's own
            user, verification = policy.standing(site, session).user, "preferred"
        records = [row["record"] for row in site.store.credentials_of(user["id"])] if user else []
        if not records:
            raise Refusal(HTTPStatus.NOT_FOUND, "no_passkey", "There is no passkey for that name.")
        ceremony = site.relying_party.begin_authentication(
            user["handle"], allow=records, user_verification=verification, now=now
        )
    keep_ceremony(site, ceremony, "sign_in", user=user)
    return {"ceremony": ceremony.id, "options": ceremony.options}


def keep_ceremony(site, ceremony, kind, *, user):
    site.store.keep_ceremony(
        ceremony.id,
        kind,
        user_id=user["id"] if user else None,
        state=ceremony.state,
        options=ceremony.options_json,
        expires_at=ceremony.expires_at,
        now=site.now(),
    )


def take_ceremony(site, body, kind, *, user=None):
    """Consumes the ceremony, whatever happens to it next. A second use, or another person's, finds nothing."""
    ceremony = site.store.take_ceremony(text(body, "ceremony"), kind)
    if ceremony is None or (user is not None and ceremony["user_id"] != user["id"]):
        raise Refusal(HTTPStatus.GONE, "ceremony_gone", PUBLIC_MESSAGES["retry"])
    return ceremony


def finish_passkey(site, body, session):
    ceremony = take_ceremony(site, body, "sign_in")
    response, check, now = body.get("response"), {"operation": "read_response"}, site.now()
    try:
        # Only to find the record; nothing in it is believed.
        credential = site.store.credential(mfakit.read_response(response).credential_id)
        if credential is None:
            # Deleted here but still on the device, or made up: the same words as for any other failure.
            raise Refusal(HTTPStatus.UNAUTHORIZED, "credential_unknown", WRONG_PASSKEY)
        check = passkey_check(site, ceremony, credential)
        verified = site.relying_party.finish_authentication(
            response, state=ceremony["state"], record=credential["record"], now=now
        )
        with site.store.transaction() as db:
            transition = verified.transition
            if verified.uv_transition is not None and password_proven(session, credential["user_id"]):
                # A PIN that was set after the key was added counts from now on: the password vouches for it.
                transition = verified.uv_transition
            rows = site.store.update_credential(db, credential["id"], transition, now=now)
            evidence = verified.commit(rows)
            user = site.store.user(credential["user_id"])
            token = conclude(site, db, user, evidence, session=session, credential_id=credential["id"], now=now)
    except mfakit.VerificationError as error:
        return refused("passkey_sign_in", error, check, WRONG_PASSKEY)
    return (
        accepted(
            "passkey_sign_in",
            verified,
            check,
            "Your passkey was accepted.",
            userVerified=verified.user_verified,
            counter=verified.counter,
        ),
        token,
    )


def password_proven(session, user_id):
    if session is None or session["user_id"] != user_id:
        return False
    return "password" in mfakit.Assessment.from_trusted_json(session["assessment"]).methods


def passkey_check(site, ceremony, credential):
    """DEMO: what this server used, so that the page can repeat it. Nothing in it is secret."""
    check = {
        "operation": "verify_discoverable_authentication",
        "challenge": challenge_of(ceremony),
        "record": credential["record"],
        "userVerification": json.loads(ceremony["options"])["userVerification"],
    }
    if ceremony["user_id"] is not None:
        check["operation"] = "verify_authentication"
        check["userHandle"] = site.store.user(ceremony["user_id"])["handle"]
        check["allow"] = [row["record"] for row in site.store.credentials_of(ceremony["user_id"])]
    return check


# With a code, after the password


def with_totp(site, body, session):
    here, now = offered(site, session, "totp"), site.now()
    guess = proofs.totp(site, here.user, body.get("code"), now=now)
    answer = with_code(site, here, guess, now=now)
    if answer[0]["verdict"]["server"].get("code") in (None, "otp_replayed"):
        guess.check["lastStep"] = here.user["totp_last_step"]  # whoever sent this code knows its step
    return answer


def with_recovery_code(site, body, session):
    here, now = offered(site, session, "recovery_code"), site.now()
    guess = proofs.recovery_code(site, here.user, body.get("code"), now=now)
    answer = with_code(site, here, guess, now=now)
    if answer[0]["verdict"]["server"].get("kind") != "malformed":
        guess.check["used"] = here.user["recovery_used"]  # a typing error costs nothing, and tells nothing
    return answer


def with_temporary_code(site, body, session):
    """Whether there is one is not told before it is typed, so anybody who knows the password may try."""
    here, now = policy.standing(site, session), site.now()
    return with_code(site, here, proofs.temporary_code(site, here.user, body.get("code"), now=now), now=now)


def offered(site, session, method):
    here = policy.standing(site, session)
    if method not in here.offered:
        message = "This method cannot be used here. Pick another one."
        raise Refusal(HTTPStatus.FORBIDDEN, "method_not_eligible", message)
    return here


def with_code(site, here, guess, *, now):
    def then(db, evidence, verified):
        until = None
        if guess.method == "temporary_code":
            until = verified.audit.not_after
            site.audit(db, here.user, "temporary_code_verified", now=now)
        return conclude(site, db, here.user, evidence, session=here.session, ends_with_code=until, now=now)

    operation = f"{guess.method}_sign_in"
    try:
        verified, token = proofs.prove(site, here.user, guess, then, now=now)
    except mfakit.VerificationError as error:
        return refused(operation, error, guess.check, guess.wrong), None
    return accepted(operation, verified, guess.check, "Your code was accepted.", **guess.facts(verified)), token
