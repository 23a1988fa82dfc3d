"""Proofs that can be guessed: an authenticator code, a recovery code, a temporary code.

All three go one way, which `prove` is: a typing error ends first and costs nothing; then the guess is charged, and the
charge committed; then it is verified; then its state is compared and set, and only that gives Evidence.
"""

import dataclasses
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import mfakit

from common import Refusal, seconds

WRONG_CODE = "That code was not accepted. Use the newest code in your app: each code works only once."
WRONG_RECOVERY_CODE = "That recovery code was not accepted. Check your typing; each code works only once."
WRONG_TEMPORARY_CODE = "That temporary code was not accepted. Check your typing, or ask the administrator for a new one."
DISABLED = "There were too many wrong codes, so this method is switched off. Sign in with another one."
# Where nobody's record is, a code is checked against this one: the answer then takes as long as where there is one.
NOBODY = mfakit.issue_temporary_code(mfakit.generate_user_handle(), kind="admin", issued_by="nobody").transition.next


@dataclasses.dataclass
class Guess:
    method: str  # also the name of its throttle
    check: dict  # DEMO: what this server used, so that the page can repeat it. Nothing in it is secret.
    wrong: str  # what the person reads
    check_form: Callable[[], None]
    verify: Callable[[], Any]
    keep: Callable[[Any, Any], int]  # (db, verified) → how many rows the compare-and-set changed
    facts: Callable[[Any], dict]


def totp(site, user, code, *, now):
    if user["totp_secret"] is None:
        raise Refusal(HTTPStatus.UNAUTHORIZED, "totp_not_set_up", WRONG_CODE)
    app = mfakit.Totp(user["totp_secret"])
    return Guess(
        "totp",
        {"operation": "totp_verify", "now": now},
        WRONG_CODE,
        lambda: app.check_code(code),
        lambda: app.verify(code, last_step=user["totp_last_step"], now=now),
        lambda db, verified: site.store.update_totp(db, user["id"], user["totp_secret"], verified.transition),
        lambda verified: {"timeStep": verified.step, "drift": verified.drift},
    )


def recovery_code(site, user, code, *, now):
    record, used = user["recovery_record"], user["recovery_used"]
    if record is None:
        raise Refusal(HTTPStatus.UNAUTHORIZED, "recovery_codes_not_made", WRONG_RECOVERY_CODE)
    return Guess(
        "recovery_code",
        {"operation": "verify_recovery_code"},
        WRONG_RECOVERY_CODE,
        lambda: mfakit.check_recovery_code(code, record=record),
        lambda: mfakit.verify_recovery_code(code, user_id=user["handle"], record=record, used=used),
        lambda db, verified: site.store.use_recovery_code(db, user["id"], record, verified.bit),
        lambda verified: {"left": verified.remaining},
    )


def temporary_code(site, user, code, *, now):
    # Who has a temporary code is worth knowing to a guesser: without one the work and the charge are the same.
    record = user["temporary_code"] or NOBODY

    return Guess(
        "temporary_code",
        {"operation": "verify_temporary_code"},
        WRONG_TEMPORARY_CODE,
        lambda: mfakit.check_temporary_code(code, record=record),
        lambda: mfakit.verify_temporary_code(code, user_id=user["handle"], record=record, now=now),
        lambda db, verified: site.store.change_temporary_code(db, user["id"], verified.transition),
        lambda verified: {"left": verified.uses_left},
    )


def prove(site, user, guess, then, *, now):
    """Returns what was verified, and what `then(db, evidence, verified)` made of it in the transaction that stores it."""
    guess.check_form()
    try:
        wait = site.store.charge(user["id"], guess.method, now=now)
    except mfakit.RejectedError as error:
        raise Refusal(HTTPStatus.TOO_MANY_REQUESTS, error.code, DISABLED) from None
    if wait:
        message = f"Too many wrong codes. Try again in {seconds(wait)}, or use another method."
        raise Refusal(HTTPStatus.TOO_MANY_REQUESTS, "throttle_wait", message)
    verified = guess.verify()
    with site.store.transaction() as db:
        evidence = verified.commit(guess.keep(db, verified))
        site.store.guess_was_right(db, user["id"], guess.method)
        return verified, then(db, evidence, verified)
