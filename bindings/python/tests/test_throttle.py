"""The throttle: charge, verify, succeed."""

import datetime
import fractions
import pickle
import sqlite3
import threading

import pytest

import mfakit
from mfakit import (
    ConfigError,
    MfaError,
    RejectedError,
    Throttle,
    Totp,
    VerificationError,
    generate_recovery_codes,
    guess_odds,
)

NOON = 1_800_000_000
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def text(failures, time=NOON):
    return f"$mfakit-throttle$v=1${failures}${time}"


def test_failures_are_free_then_wait_then_end():
    throttle, state, now = Throttle(), None, NOON
    for failures in range(5):
        transition = throttle.charge(state, now=now)
        assert (transition.prev, transition.next) == (state, text(failures + 1))
        state = transition.next
    waits = []
    for _ in range(95):
        retry_at = throttle.retry_at(state, now=now)
        waits.append(retry_at - now)
        with pytest.raises(RejectedError) as caught:
            throttle.charge(state, now=retry_at - 1)
        assert (caught.value.code, caught.value.public_code) == ("throttle_wait", "retry")
        now = retry_at
        assert throttle.retry_at(state, now=now) is None
        state = throttle.charge(state, now=now).next
    assert waits == [30, 60, 120, 240, 480, 960, 1920] + [3600] * 88
    assert state == text(100, now)
    for call in (throttle.charge, throttle.retry_at):
        with pytest.raises(RejectedError) as caught:
            call(state, now=now + 10**8)
        assert (caught.value.code, caught.value.public_code) == ("throttle_disabled", "locked")


def test_success_clears_the_failures():
    throttle = Throttle()
    transition = throttle.succeed(text(99))
    assert (transition.prev, transition.next) == (text(99), text(0))
    assert throttle.retry_at(transition.next, now=NOON) is None


def test_a_refund_gives_back_what_was_no_guess():
    throttle, totp = Throttle(), Totp(SECRET)

    def after(call):
        with pytest.raises(VerificationError) as caught:
            call()
        transition = throttle.refund(text(3), caught.value)
        assert transition.prev == text(3)
        return transition.next

    assert after(lambda: totp.verify("12", last_step=None, now=NOON)) == text(2)
    assert after(lambda: totp.verify("000000", last_step=None, now=NOON)) == text(3)
    made = generate_recovery_codes("alice")
    for typed, failures in ((made.codes[0][:-1], 2), (made.codes[0], 3), (None, 2)):
        call = lambda: mfakit.verify_recovery_code(typed, user_id="bob", record=made.record, used=0)  # noqa: E731
        assert after(call) == text(failures)
    assert throttle.refund(text(0), MfaError(90)).next == text(0)
    with pytest.raises(ConfigError) as server:
        totp.verify("000000", last_step=-1)
    assert throttle.refund(text(3), server.value).next == text(2)


def test_the_odds_are_the_formula_and_bound_a_throttle():
    for digits, window, attempts in ((6, 3, 100), (6, 1, 1), (8, 21, 100), (1, 5, 2), (10, 1000, 1000)):
        exact = 1 - (1 - fractions.Fraction(window, 10**digits)) ** attempts
        assert guess_odds(digits=digits, window=window, attempts=attempts) == pytest.approx(float(exact), rel=1e-12)
    assert guess_odds(digits=6, window=1, attempts=0) == 0.0
    assert guess_odds(digits=10, window=1, attempts=2**64 - 1) == pytest.approx(1.0)
    for window, budget, most in ((3, "usual", 1e-3), (10, "usual", 1e-3), (1, "strict", 1e-4)):
        Throttle(window=window, budget=budget)
        assert guess_odds(digits=6, window=window, attempts=100) <= most
    Throttle(digits=8, window=21, budget="strict")
    Throttle(max_failures=20, window=21)


def test_time_comes_in_every_form_and_from_the_clock():
    throttle = Throttle(max_failures=2, free_failures=1, delay=10, max_delay=10)
    noon = datetime.datetime.fromtimestamp(NOON, datetime.timezone.utc)
    for now in (NOON, NOON + 0.9, noon):
        assert throttle.charge(None, now=now).next == text(1)
        assert throttle.retry_at(text(1), now=now) == NOON + 10
    state = throttle.charge(None).next
    with pytest.raises(RejectedError):
        throttle.charge(state)
    assert throttle.retry_at(state) == int(state.rsplit("$", 1)[1]) + 10


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: Throttle(max_failures=0, free_failures=0), "argument_value_invalid"),
        (lambda: Throttle(max_failures=101), "argument_value_invalid"),
        (lambda: Throttle(max_failures=2**80), "argument_value_invalid"),
        (lambda: Throttle(max_failures=5), "argument_value_invalid"),
        (lambda: Throttle(free_failures=100), "argument_value_invalid"),
        (lambda: Throttle(delay=0), "argument_value_invalid"),
        (lambda: Throttle(delay=3601), "argument_value_invalid"),
        (lambda: Throttle(max_delay=86_401), "argument_value_invalid"),
        (lambda: Throttle(delay=-1), "argument_value_invalid"),
        (lambda: Throttle(window=11), "guess_budget_exceeded"),
        (lambda: Throttle(window=2, budget="strict"), "guess_budget_exceeded"),
        (lambda: Throttle(digits=5), "guess_budget_exceeded"),
        (lambda: Throttle(digits=0), "argument_value_invalid"),
        (lambda: Throttle(digits=11), "argument_value_invalid"),
        (lambda: Throttle(window=0), "argument_value_invalid"),
        (lambda: Throttle(window=1001), "argument_value_invalid"),
        (lambda: Throttle(budget="lax"), "argument_value_invalid"),
        (lambda: Throttle(budget=None), "argument_type_invalid"),
        (lambda: Throttle(window="3"), "argument_type_invalid"),
        (lambda: Throttle(digits=True), "argument_type_invalid"),
        (lambda: guess_odds(digits=0, window=1, attempts=1), "argument_value_invalid"),
        (lambda: guess_odds(digits=11, window=1, attempts=1), "argument_value_invalid"),
        (lambda: guess_odds(digits=6, window=1001, attempts=1), "argument_value_invalid"),
        (lambda: guess_odds(digits=6, window=1, attempts=-1), "argument_value_invalid"),
        (lambda: guess_odds(digits=6, window=1, attempts=None), "argument_type_invalid"),
        (lambda: guess_odds(digits=6.0, window=1, attempts=1), "argument_type_invalid"),
        (lambda: Throttle(delay="30"), "argument_type_invalid"),
        (lambda: Throttle(delay=30.0), "argument_type_invalid"),
        (lambda: Throttle(max_failures=None), "argument_type_invalid"),
        (lambda: Throttle(free_failures=True), "argument_type_invalid"),
        (lambda: Throttle().charge(""), "state_malformed"),
        (lambda: Throttle().charge("$mfakit-throttle$v=1$3"), "state_malformed"),
        (lambda: Throttle().charge(text("03")), "state_malformed"),
        (lambda: Throttle().succeed(text(3) + " "), "state_malformed"),
        (lambda: Throttle().retry_at("{}"), "state_malformed"),
        (lambda: Throttle().refund("null", MfaError(90)), "state_malformed"),
        (lambda: Throttle().charge(text(3).replace("v=1", "v=2")), "record_version_unknown"),
        (lambda: Throttle().charge(3), "argument_type_invalid"),
        (lambda: Throttle().succeed(b"x"), "argument_type_invalid"),
        (lambda: Throttle().charge(None, now="noon"), "time_invalid"),
        (lambda: Throttle().charge(None, now=NOON * 1000), "time_invalid"),
        (lambda: Throttle().retry_at(None, now=True), "time_invalid"),
        (lambda: Throttle().refund(text(3), None), "argument_type_invalid"),
        (lambda: Throttle().refund(text(3), 90), "argument_type_invalid"),
        (lambda: Throttle().refund(text(3), ValueError("otp_malformed")), "argument_type_invalid"),
        (lambda: Throttle().refund(text(3), MfaError), "argument_type_invalid"),
    ],
)
def test_the_hosts_mistakes_are_config_errors(call, code):
    with pytest.raises(ConfigError) as caught:
        call()
    assert (caught.value.code, caught.value.public_code) == (code, "server")


def test_an_error_that_was_changed_is_no_error_of_ours():
    error = MfaError(90)
    for number in (0, 91_000, -1, None, "90", 2**80):
        error.number = number
        with pytest.raises(ConfigError):
            Throttle().refund(text(3), error)


def test_the_shape_of_a_throttle():
    throttle = Throttle(delay=7)
    assert repr(throttle) == (
        "Throttle(max_failures=100, free_failures=5, delay=7, max_delay=3600, digits=6, window=3, budget='usual')"
    )
    transition = throttle.charge(None, now=NOON)
    for value in (throttle, transition):
        with pytest.raises((AttributeError, TypeError)):
            value.next = 1
        with pytest.raises(TypeError):
            pickle.dumps(value)
    with pytest.raises(ConfigError):
        bool(transition)
    with pytest.raises(TypeError):
        Throttle(100)
    with pytest.raises(TypeError):
        throttle.charge()


def test_64_guesses_at_once_share_one_count(tmp_path):
    """Each guess is charged by a compare-and-set of its own before it is verified: no more than the free ones get that far."""
    path = str(tmp_path / "factors.sqlite")
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE factors (id INTEGER PRIMARY KEY, throttle TEXT)")
        db.execute("INSERT INTO factors VALUES (1, NULL)")
    throttle, totp = Throttle(), Totp(SECRET)
    start, verified, refused, broken = threading.Barrier(64, timeout=60), [], [], []

    def guess(number):
        db = sqlite3.connect(path, timeout=60, isolation_level=None)
        try:
            (state,) = db.execute("SELECT throttle FROM factors WHERE id = 1").fetchone()
            # All have read the same state: without the compare-and-set, all would be granted a guess.
            start.wait()
            while True:
                try:
                    charged = throttle.charge(state, now=NOON)
                except RejectedError as error:
                    refused.append(error.code)
                    return
                changed = db.execute(
                    "UPDATE factors SET throttle = ? WHERE id = 1 AND throttle IS ?", (charged.next, charged.prev)
                ).rowcount
                if changed == 1:
                    break
                (state,) = db.execute("SELECT throttle FROM factors WHERE id = 1").fetchone()
            with pytest.raises(RejectedError):
                totp.verify(f"{number:06}", last_step=None, now=NOON)
            verified.append(number)
        except BaseException as error:
            broken.append(error)
        finally:
            db.close()

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not broken
    assert len(verified) == 5
    assert refused == ["throttle_wait"] * 59
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT throttle FROM factors").fetchone() == (text(5),)
