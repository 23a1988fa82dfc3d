"""Push approval: a device signs what the person saw and decided, with the number that only the login screen shows.

The request never carries the number, so nobody approves a sign-in that they do not have in front of them. The first
authentic answer ends the request, whatever it says: a wrong number is not tried again. Delivery is the site's work; here
the device's page asks every second, where a real site sends a push message.
"""

import hashlib
import json
import secrets
from http import HTTPStatus

import mfakit

import methods
import policy
from common import PUBLIC_MESSAGES, Refusal, conflict, seconds, text
from sign_in import offered, take_ceremony
from store import token_hash

MOST_DEVICES = 4  # as many as mfakit asks with one request
ENROLMENT_SECONDS = 10 * 60  # as long as mfakit's own request for one
REQUEST_SECONDS = 120  # long enough to find the phone, short enough to remember having asked

# Enrolling a device


def begin_device(site, body, session):
    here, now = policy.adding(site, session), site.now()
    if len(site.store.devices_of(here.user["id"])) >= MOST_DEVICES:
        message = f"{MOST_DEVICES} devices are the most that can be asked at once. Remove one first."
        raise Refusal(HTTPStatus.CONFLICT, "too_many_devices", message)
    enrolment = mfakit.begin_device_enrollment(here.user["handle"], audience=site.origin, now=now)
    ceremony = keep(site, here.user["id"], "device", enrolment.state, {}, now=now)
    # In the fragment, which no server sees and no log has.
    link = f"{site.origin}/device#{ceremony}.{enrolment.request}"
    return {"ceremony": ceremony, "link": link, "qr": mfakit.qr_svg(link)}


def keep(site, user_id, kind, state, options, *, now, ceremony=None):
    ceremony = ceremony or secrets.token_urlsafe(16)
    expires_at, options = now + ENROLMENT_SECONDS, json.dumps(options)
    site.store.keep_ceremony(
        ceremony, kind, user_id=user_id, state=state, options=options, expires_at=expires_at, now=now
    )
    return ceremony


def answer_device(site, body, session):
    """The device has no session: the ceremony says whose it is. Nothing is enrolled before that person has confirmed it:
    whoever saw the link first could be answering."""
    ceremony, answer, now = take_ceremony(site, body, "device"), body.get("answer"), site.now()
    try:
        mfakit.finish_device_enrollment(answer, state=ceremony["state"], now=now)
    except mfakit.VerificationError as error:
        raise Refusal(HTTPStatus.UNAUTHORIZED, error.code, "This device was not accepted. Begin again.") from None
    token = secrets.token_urlsafe(32)
    options = {"answer": answer, "token": token_hash(token).hex()}
    keep(site, ceremony["user_id"], "device_answer", ceremony["state"], options, ceremony=ceremony["id"], now=now)
    return {"token": token, "name": site.store.user(ceremony["user_id"])["name"]}


def answered_device(site, body, session):
    """What the person compares: the device made the same digits out of what it sent."""
    here = policy.adding(site, session)
    ceremony = site.store.ceremony(text(body, "ceremony"), "device_answer", user_id=here.user["id"], now=site.now())
    return {"check": ceremony and check_digits(json.loads(ceremony["options"])["answer"])}


def check_digits(answer):
    return f"{int.from_bytes(hashlib.sha256(answer.encode()).digest()[:4], 'big') % 1_000_000:06d}"


def confirm_device(site, body, session):
    here, now = policy.adding(site, session), site.now()
    ceremony = take_ceremony(site, body, "device_answer", user=here.user)
    answered, name = json.loads(ceremony["options"]), f"Approval device {len(here.methods) + 1}"
    token = bytes.fromhex(answered["token"])  # its hash, that is
    try:
        verified = mfakit.finish_device_enrollment(answered["answer"], state=ceremony["state"], now=now)
        with site.store.transaction() as db:
            rows = site.store.insert_device(
                db, here.user["id"], verified.device.id, verified.transition, name=name, token_hash=token, now=now
            )
            verified.commit(rows)
            effects = methods.added(site, db, here, name, now=now)
    except mfakit.VerificationError as error:
        raise Refusal(HTTPStatus.UNAUTHORIZED, error.code, "This device was not accepted. Begin again.") from None
    method = {"store": "device", "id": verified.device.id, "name": name}
    return {"message": "Approval device added.", "method": method, **effects}


# Asking, at the login screen


def begin(site, body, session):
    here, now = offered(site, session, "push_approval"), site.now()
    # Who knows the password could tire the person with requests until one is approved: each is charged.
    try:
        wait = site.store.charge(here.user["id"], "push_approval", now=now)
    except mfakit.RejectedError as error:
        message = "There were too many requests, so this method is switched off. Use another one."
        raise Refusal(HTTPStatus.TOO_MANY_REQUESTS, error.code, message) from None
    if wait:
        message = f"Too many requests. Try again in {seconds(wait)}, or use another method."
        raise Refusal(HTTPStatus.TOO_MANY_REQUESTS, "throttle_wait", message)
    try:
        approval = mfakit.begin_approval(
            here.user["handle"],
            audience=site.origin,
            action="Sign in",
            context=f"{here.user['name']} at {site.origin}, from this computer",
            devices=[row["record"] for row in site.store.devices_of(here.user["id"])],
            previous=here.user["approval"],
            lifetime=REQUEST_SECONDS,
            now=now,
        )
    except mfakit.RejectedError as error:  # approval_pending
        message = "Another sign-in waits for your device already. Answer or cancel that one first."
        raise Refusal(HTTPStatus.CONFLICT, error.code, message) from None
    with site.store.transaction() as db:
        rows = site.store.ask_approval(
            db, here.user["id"], approval, session=session
        )
        if rows != 1:
            raise Refusal(HTTPStatus.CONFLICT, "state_conflict", PUBLIC_MESSAGES["retry"])
        site.audit(db, here.user, "approval_asked", standing=here.assessment, now=now)
    return {"number": approval.number, "expiresAt": approval.expires_at}


def status(site, body, session):
    """What the login screen asks until it is not pending any more. Only the session that asked hears of it."""
    here = waiting(site, session)
    return {"status": mfakit.read_approval(here.user["approval"], id=here.user["approval_id"], now=site.now())}


def cancel(site, body, session):
    here = waiting(site, session)
    try:
        transition = mfakit.cancel_approval(here.user["approval"])
    except mfakit.MfaError as error:  # answered meanwhile
        raise conflict(error) from None
    with site.store.transaction() as db:
        site.store.change_approval(db, here.user["id"], transition)
    return {"message": "The request is cancelled."}


def waiting(site, session):
    here = policy.standing(site, session)
    if here.user["approval"] is None or here.user["approval_session"] != session["token_hash"]:
        raise Refusal(HTTPStatus.NOT_FOUND, "no_approval", "There is no request that waits.")
    return here


# Answering, on the device


def pending(site, body, session):
    device, user = device_of(site, body)
    state, request = user["approval"], None
    if state and mfakit.read_approval(state, id=user["approval_id"], now=site.now()) == "pending":
        request = user["approval_request"]
    return {"name": user["name"], "device": device["name"], "request": request}


def answer(site, body, session):
    """The end of the request and what it proves are stored at once, and committed before anybody hears of it: whoever is told of
    an approval finds the waiting session ready. A denial ends the request too."""
    device, user = device_of(site, body)
    now = site.now()
    if user["approval"] is None:
        raise Refusal(HTTPStatus.NOT_FOUND, "no_approval", "There is no request that waits.")
    try:
        verified = mfakit.finish_approval(body.get("answer"), state=user["approval"], now=now)
    except mfakit.VerificationError as error:
        return outcome(error)
    refused = None
    with site.store.transaction() as db:
        rows = site.store.change_approval(db, user["id"], verified.transition)
        if rows == 1:
            site.store.device_used(db, device["id"], now=now)
            site.audit(db, user, f"approval_{verified.decision}", now=now)
        try:
            join(site, db, user, verified.commit(rows), now=now)
        except mfakit.VerificationError as error:  # caught here, so that the transaction is committed
            refused = error
    return outcome(refused) if refused else {"message": "Approved. The other page goes on by itself."}


def join(site, db, user, evidence, *, now):
    """The session that waits has proven this, too."""
    site.store.guess_was_right(db, user["id"], "push_approval")
    session = site.store.session_by_hash(user["approval_session"], now=now)
    if session is not None:
        previous = mfakit.Assessment.from_trusted_json(session["assessment"])
        assessment = mfakit.assess([evidence], previous=previous, now=now)
        site.store.change_session(db, session["token_hash"], assessment=assessment)


OUTCOMES = {
    "approval_denied": "Denied. If it was not you who asked, change your password: somebody knows it.",
    "approval_number_mismatch": "That is not the number on the login screen, so the request is over. Sign in again there.",
    "approval_expired": "That request is too old. Sign in again.",
    "approval_answered": "That request was answered already.",
}


def outcome(error):
    message = OUTCOMES.get(error.code, "That answer was not accepted.")
    # Denying is what the person wanted: it is no failure of the page's.
    return {"message" if error.code == "approval_denied" else "error": message, "code": error.code}


def device_of(site, body):
    device = site.store.device_by_token(text(body, "token"))
    if device is None:
        raise Refusal(HTTPStatus.NOT_FOUND, "device_unknown", "This device approves for nobody here any more.")
    return device, site.store.user(device["user_id"])
