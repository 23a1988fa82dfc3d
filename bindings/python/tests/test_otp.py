"""One-time passwords, as a backend uses them."""

import datetime
import sqlite3

import pytest

import mfakit
from mfakit import ConfigError, Hotp, RejectedError, Totp, VerificationError

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 4226: 12345678901234567890


def test_an_enrolment_and_a_sign_in_with_sqlite():
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE factors (id INTEGER PRIMARY KEY, secret TEXT, last_step INTEGER)")
    db.execute("INSERT INTO factors VALUES (1, ?, NULL)", (mfakit.generate_secret(),))
    (secret,) = db.execute("SELECT secret FROM factors").fetchone()

    def sign_in(code, now, confirm=False):
        (last_step,) = db.execute("SELECT last_step FROM factors").fetchone()
        totp = Totp(secret)
        verified = totp.confirm(code, now=now) if confirm else totp.verify(code, last_step=last_step, now=now)
        transition = verified.transition
        rows = db.execute(
            "UPDATE factors SET last_step = ? WHERE id = 1 AND last_step IS ?", (transition.next, transition.prev)
        ).rowcount
        return verified.commit(rows)

    noon = 1_800_000_000
    code = Totp(secret).code_at(noon)
    assert sign_in(code, noon, confirm=True).method == "totp"
    # The code that confirmed the enrolment is spent.
    with pytest.raises(RejectedError) as caught:
        sign_in(code, noon + 5)
    assert caught.value.code == "otp_replayed"
    assert caught.value.public_code == "invalid"
    assert sign_in(Totp(secret).code_at(noon + 30), noon + 30).user_verified is False


def test_a_lost_race_is_a_verification_error():
    verified = Totp(SECRET).verify("287082", last_step=None, now=59)
    with pytest.raises(VerificationError) as caught:
        verified.commit(0)
    assert caught.value.code == "state_conflict"
    # A proof is committed once.
    again = Totp(SECRET).verify("287082", last_step=None, now=59)
    again.commit(1)
    with pytest.raises(VerificationError):
        again.commit(1)


def test_rfc6238_appendix_b():
    cases = [
        ("SHA1", b"12345678901234567890", 59, "94287082"),
        ("SHA256", b"12345678901234567890123456789012", 1111111109, "68084774"),
        ("SHA512", b"1234567890" * 6 + b"1234", 20000000000, "47863826"),
    ]
    for algorithm, key, now, code in cases:
        totp = Totp.from_key(key, algorithm=algorithm, digits=8)
        assert totp.code_at(now) == code
        assert totp.verify(code, last_step=None, now=now).drift == 0


def test_times_are_seconds_however_they_are_written():
    totp = Totp(SECRET)
    aware = datetime.datetime(1970, 1, 1, 0, 0, 59, 900_000, tzinfo=datetime.timezone.utc)
    for now in (59, 59.9, aware):
        assert totp.code_at(now) == "287082"
    naive = datetime.datetime(1970, 1, 1)
    for now in (-1, -0.5, float("nan"), float("inf"), 1e11 + 1, 1_800_000_000_000, True, naive, "59", 10**400):
        with pytest.raises(ConfigError) as caught:
            totp.code_at(now)
        assert caught.value.code == "time_invalid", now


def test_hotp_moves_forward_only():
    hotp = Hotp(SECRET)
    verified = hotp.verify("359152", counter=0)
    assert (verified.matched_counter, verified.next_counter) == (2, 3)
    assert (verified.transition.prev, verified.transition.next) == (0, 3)
    with pytest.raises(RejectedError) as caught:
        hotp.verify("359152", counter=3)
    assert caught.value.code == "otp_replayed"
    assert hotp.resync("287922", second="162583", counter=0).next_counter == 8


@pytest.mark.parametrize("code", [None, 287082, 2.5, True, b"287082", ["287082"], {"code": 1}, object()])
def test_a_code_of_another_type_is_the_clients_mistake(code):
    for call in (
        lambda: Totp(SECRET).verify(code, last_step=None, now=59),
        lambda: Totp(SECRET).confirm(code, now=59),
        lambda: Hotp(SECRET).verify(code, counter=0),
        lambda: Hotp(SECRET).resync("755224", second=code, counter=0),
    ):
        with pytest.raises(VerificationError) as caught:
            call()
        assert caught.value.code == "input_malformed"


@pytest.mark.parametrize("code", ["", "12345", "1234567", "２８７０８２", "28708a", "+87082", "287082\0", "\ud800", "9" * 10**6])
def test_a_code_that_is_no_code_is_malformed(code):
    with pytest.raises(VerificationError) as caught:
        Totp(SECRET).verify(code, last_step=None, now=59)
    assert caught.value.code == "otp_malformed"


def test_the_hosts_mistakes_are_config_errors():
    cases = [
        (lambda: Totp(b"raw bytes that are a key"), "argument_type_invalid"),
        (lambda: Totp.from_key("text"), "argument_type_invalid"),
        (lambda: Totp("!!!"), "secret_malformed"),
        (lambda: Totp("GEZDGNBV"), "secret_too_short"),
        (lambda: Totp(SECRET, digits=9), "digits_invalid"),
        (lambda: Totp(SECRET, digits=True), "argument_type_invalid"),
        (lambda: Totp(SECRET, digits="6"), "argument_type_invalid"),
        (lambda: Totp(SECRET, period=0), "period_invalid"),
        (lambda: Totp(SECRET, algorithm="md5"), "hash_algorithm_unknown"),
        (lambda: Totp(SECRET).verify("287082", last_step="1"), "argument_type_invalid"),
        (lambda: Totp(SECRET).verify("287082", last_step=-1), "argument_value_invalid"),
        (lambda: Totp(SECRET).verify("287082", last_step=None, past=11), "window_too_large"),
        (lambda: Totp(SECRET).verify("287082", last_step=None, now=59).commit(True), "argument_type_invalid"),
        (lambda: Totp(SECRET).uri(issuer="a:b", account="c"), "otp_label_invalid"),
        (lambda: Hotp(SECRET).verify("755224", counter=0, look_ahead=101), "window_too_large"),
        (lambda: mfakit.generate_secret(15), "secret_too_short"),
    ]
    for call, code in cases:
        with pytest.raises(ConfigError) as caught:
            call()
        assert caught.value.code == code
        assert caught.value.public_code == "server"
    with pytest.raises(TypeError):
        Totp(SECRET, size=6)
    with pytest.raises(TypeError):
        Totp(SECRET).verify("287082")


def test_short_secrets_by_name_only():
    assert Totp.danger_legacy("GEZDGNBVGY3TQOJQ").code_at(59) == Totp.danger_legacy("gezd gnbv gy3t qojq").code_at(59)
    assert len(Hotp.ten_digits(SECRET).code_at(0)) == 10


def test_what_is_shown_is_a_qr_code_of_the_uri():
    uri = Totp(SECRET).uri(issuer="Example", account="alice@example.com")
    assert uri == (
        "otpauth://totp/Example:alice%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        "&issuer=Example&algorithm=SHA1&digits=6&period=30"
    )
    assert mfakit.qr_svg(uri).startswith("<svg ")
