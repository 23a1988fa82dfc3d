"""One-time passwords, as a backend uses them."""

import base64
import datetime
import hashlib
import hmac
import sqlite3

import pytest

import mfakit
from mfakit import ConfigError, Hotp, MalformedError, PendingTotp, RejectedError, Totp, VerificationError

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


def test_a_re_enrolment_keeps_the_old_secret_until_the_new_one_confirms():
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE factors (id INTEGER PRIMARY KEY, secret TEXT, last_step INTEGER, pending TEXT)")
    db.execute("INSERT INTO factors VALUES (1, ?, 59999999, NULL)", (SECRET,))
    noon = 1_800_000_000

    def sign_in(code):
        secret, last_step = db.execute("SELECT secret, last_step FROM factors").fetchone()
        return Totp(secret).verify(code, last_step=last_step, now=noon)

    pending = PendingTotp.generate()
    db.execute("UPDATE factors SET pending = ?", (pending.expose_secret(),))
    assert pending.expose_secret() in pending.uri(issuer="Example", account="alice")
    new = Totp(pending.expose_secret())
    assert sign_in(Totp(SECRET).code_at(noon)).step == 60_000_000
    with pytest.raises(RejectedError):
        sign_in(new.code_at(noon))

    # The next request reads what is pending.
    (stored,) = db.execute("SELECT pending FROM factors").fetchone()
    pending = PendingTotp(stored)
    with pytest.raises(RejectedError) as caught:
        pending.confirm(Totp(SECRET).code_at(noon), now=noon)
    assert caught.value.code == "otp_rejected"
    confirmed = pending.confirm(new.code_at(noon), now=noon)
    rows = db.execute(
        "UPDATE factors SET secret = pending, last_step = ?, pending = NULL WHERE id = 1 AND pending = ?",
        (confirmed.transition.next, stored),
    ).rowcount
    assert repr(confirmed) == f"TotpConfirmed(step={confirmed.step}, drift=0)"
    assert confirmed.commit(rows) is None  # an enrolment is no sign-in
    with pytest.raises(RejectedError):
        confirmed.commit(rows)
    with pytest.raises(RejectedError):
        pending.confirm(new.code_at(noon), now=noon).commit(0)
    with pytest.raises(ConfigError):
        bool(confirmed)
    with pytest.raises(RejectedError) as caught:
        sign_in(new.code_at(noon))
    assert caught.value.code == "otp_replayed"
    with pytest.raises(RejectedError) as caught:
        sign_in(Totp(SECRET).code_at(noon))
    assert caught.value.code == "otp_rejected"


def test_what_is_pending_verifies_no_sign_in_and_shows_no_code():
    pending = PendingTotp(SECRET, algorithm="SHA256", digits=8, period=60, preset="usual")
    assert {name for name in dir(pending) if not name.startswith("_")} == {
        "check_code", "confirm", "expose_secret", "generate", "uri",
    }  # fmt: skip
    assert (repr(pending), pending.expose_secret()) == ("PendingTotp(***)", SECRET)
    assert PendingTotp.generate().expose_secret() != PendingTotp.generate().expose_secret()
    assert len(PendingTotp.generate().expose_secret()) == 32
    assert pending.check_code("1234 5678") is None
    for code in ("123456", "123456789", ""):
        with pytest.raises(MalformedError):
            pending.check_code(code)
    code = Totp(SECRET, algorithm="SHA256", digits=8, period=60).code_at(59)
    assert pending.confirm(code, now=59).step == 0


def test_the_strict_preset_accepts_the_current_step_alone():
    usual, strict = Totp(SECRET), Totp(SECRET, preset="strict")
    codes = {step: usual.code_at(1_800_000_000 + 30 * step) for step in (-1, 0, 1)}
    for step in (-1, 0, 1):
        assert usual.verify(codes[step], last_step=None, now=1_800_000_000).drift == step
    assert strict.verify(codes[0], last_step=None, now=1_800_000_000).drift == 0
    assert strict.verify(codes[0], last_step=None, now=1_800_000_000, past=0, future=0).drift == 0
    for step in (-1, 1):
        for call in (
            lambda: strict.verify(codes[step], last_step=None, now=1_800_000_000),
            lambda: strict.confirm(codes[step], now=1_800_000_000),
            lambda: PendingTotp(SECRET, preset="strict").confirm(codes[step], now=1_800_000_000),
        ):
            with pytest.raises(RejectedError):
                call()
    for call in (
        lambda: strict.verify(codes[0], last_step=None, now=1_800_000_000, past=1),
        lambda: strict.verify(codes[0], last_step=None, now=1_800_000_000, drift=1),
        lambda: strict.verify(codes[0], last_step=None, now=1_800_000_000, future=1),
        lambda: Totp(SECRET, period=31, preset="strict"),
        lambda: Totp.from_key(b"k" * 20, period=60, preset="strict"),
        lambda: PendingTotp(SECRET, period=60, preset="strict"),
        lambda: PendingTotp.generate(period=60, preset="strict"),
    ):
        with pytest.raises(ConfigError) as caught:
            call()
        assert caught.value.code == "guess_budget_exceeded"
    assert Totp(SECRET, period=15, preset="strict").period == 15


def test_drift_moves_the_window_but_not_out_of_reach():
    totp, noon = Totp(SECRET), 1_800_000_000
    code = totp.code_at(noon + 9 * 30)
    with pytest.raises(RejectedError):
        totp.verify(code, last_step=None, now=noon)
    verified = totp.verify(code, last_step=None, now=noon, drift=8)
    assert (verified.drift, verified.step) == (9, 60_000_009)
    assert totp.verify(totp.code_at(noon - 300), last_step=None, now=noon, drift=-10).drift == -10
    # Ten steps is the furthest, wherever the window stands.
    with pytest.raises(RejectedError):
        totp.verify(totp.code_at(noon + 330), last_step=None, now=noon, drift=10, future=10)


def test_steam_codes():
    def steam(key, now):
        alphabet = "23456789BCDFGHJKMNPQRTVWXY"
        digest = hmac.digest(key, (now // 30).to_bytes(8, "big"), hashlib.sha1)
        at = digest[19] & 15
        value = int.from_bytes(digest[at : at + 4], "big") & 0x7FFF_FFFF
        return "".join(alphabet[value // 26**place % 26] for place in range(5))

    for key in (b"12345678901234567890", b"x", bytes(range(128))):
        totp = Totp.steam(base64.b32encode(key).decode())
        for now in (59, 1_111_111_109, 1_800_000_000):
            code = steam(key, now)
            assert totp.code_at(now) == code
            assert totp.verify(code.lower(), last_step=None, now=now).drift == 0
        assert (totp.algorithm, totp.digits, totp.period) == ("SHA1", 5, 30)
        assert base64.b32decode(totp.expose_secret() + "=" * (-len(totp.expose_secret()) % 8)) == key
    for code in ("00000", "AAAAA", "2345", "234567", "287082"):
        with pytest.raises(MalformedError):
            Totp.steam(SECRET).check_code(code)


def test_what_an_authenticator_says_of_itself():
    totp = Totp("gezd-gnbv gy3t-qojq gezd-gnbv gy3t-qojq", algorithm="SHA512", digits=8, period=60)
    assert (totp.algorithm, totp.digits, totp.period, totp.expose_secret()) == ("SHA512", 8, 60, SECRET)
    hotp = Hotp.ten_digits(SECRET, algorithm="SHA256")
    assert (hotp.algorithm, hotp.digits, hotp.expose_secret()) == ("SHA256", 10, SECRET)
    assert Totp.from_key(b"12345678901234567890").expose_secret() == SECRET
    for value in (totp, hotp):
        for name in ("algorithm", "digits", "period"):
            with pytest.raises(AttributeError):
                setattr(value, name, 7)
    uri = Hotp(SECRET).uri(issuer="Example", account="a b", counter=2**64 - 1)
    assert uri == (
        f"otpauth://hotp/Example:a%20b?secret={SECRET}&issuer=Example&algorithm=SHA1&digits=6&counter=18446744073709551615"
    )


def test_the_form_of_a_code_is_checked_alone():
    for value in (Totp(SECRET), Hotp(SECRET)):
        for code in ("000000", " 123-456 "):
            assert value.check_code(code) is None
        for code in ("12345", "1234567", "12345a", ""):
            with pytest.raises(MalformedError) as caught:
                value.check_code(code)
            assert caught.value.code == "otp_malformed"


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
        (lambda: Totp(SECRET).verify("287082", last_step=None, drift=11), "window_too_large"),
        (lambda: Totp(SECRET).verify("287082", last_step=None, drift=-11), "window_too_large"),
        (lambda: Totp(SECRET, preset="lax"), "argument_value_invalid"),
        (lambda: Totp.steam(""), "secret_too_short"),
        (lambda: Hotp(SECRET).uri(issuer="", account="c", counter=0), "otp_label_invalid"),
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
