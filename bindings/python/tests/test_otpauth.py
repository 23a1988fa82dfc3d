"""Import: otpauth URIs that other services wrote, and what Google Authenticator exports."""

import base64
import urllib.parse

import pytest

from mfakit import ConfigError, Hotp, Otpauth, Totp, VerificationError, parse_otpauth, parse_otpauth_migration

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
KEY = b"12345678901234567890"


def field(number, value):
    """A field of a protocol buffer: a varint, or bytes with their length."""

    def varint(n):
        return bytes([n & 127 | 128]) + varint(n >> 7) if n > 127 else bytes([n])

    if isinstance(value, int):
        return varint(number << 3) + varint(value & 2**64 - 1)
    return varint(number << 3 | 2) + varint(len(value)) + value


def message(**fields):
    numbers = {"secret": 1, "name": 2, "issuer": 3, "algorithm": 4, "digits": 5, "type": 6, "counter": 7, "unique_id": 8}
    return b"".join(field(numbers[name], v.encode() if isinstance(v, str) else v) for name, v in fields.items())


def export(*entries, version=2, size=1, index=0, id=7):
    fields = b"".join(field(1, entry) for entry in entries)
    fields += field(2, version) + field(3, size) + field(4, index) + field(5, id)
    return "otpauth-migration://offline?data=" + urllib.parse.quote(base64.b64encode(fields).decode(), safe="")


def test_a_totp_from_its_uri():
    read = parse_otpauth(Totp(SECRET).uri(issuer="Acme Co", account="alice@example.com"))
    assert (read.issuer, read.account, read.counter, read.migration) == ("Acme Co", "alice@example.com", None, None)
    assert read.warnings == []
    assert isinstance(read.otp, Totp)
    assert (read.otp.expose_secret(), read.otp.code_at(59)) == (SECRET, "287082")


def test_a_hotp_from_its_uri():
    read = parse_otpauth(Hotp(SECRET, digits=8).uri(issuer="Acme", account="alice", counter=2**64 - 1))
    assert (read.counter, read.warnings) == (2**64 - 1, [])
    assert isinstance(read.otp, Hotp)
    assert (read.otp.expose_secret(), read.otp.digits) == (SECRET, 8)
    assert len(parse_otpauth(f"otpauth://hotp/a?secret={SECRET}&counter=0&digits=10").otp.code_at(0)) == 10


def test_a_steam_authenticator_from_its_uri():
    for uri in ("otpauth://steam/Steam:alice?secret=GEZDGNBV", "otpauth://totp/Steam:alice?secret=GEZDGNBV&encoder=steam"):
        read = parse_otpauth(uri)
        assert read.otp.digits == 5
        assert read.otp.code_at(59) == Totp.steam("GEZDGNBV").code_at(59)
        assert read.warnings == ["short_secret"]


@pytest.mark.parametrize(
    ("uri", "warnings"),
    [
        (f"otpauth://totp/Acme:alice?secret={SECRET}&issuer=acme.example", ["issuer_mismatch"]),
        (f"otpauth://totp/alice?secret={SECRET}&algorithm=sha-256", ["non_default_algorithm"]),
        ("otpauth://totp/alice?secret=gezd%20gnbv-gy3tqoi%3D", ["short_secret"]),
        (f"otpauth://totp/alice?secret={SECRET}&image=x", ["unknown_parameter"]),
        (f"otpauth://totp/alice?secret={SECRET}&period=60", ["app_may_ignore_period"]),
        (
            "otpauth://totp/A:alice?secret=GEZDGNBV&issuer=B&algorithm=SHA512&period=15&counter=1",
            ["issuer_mismatch", "non_default_algorithm", "short_secret", "unknown_parameter", "app_may_ignore_period"],
        ),
    ],
)
def test_what_may_not_work_elsewhere_is_a_warning(uri, warnings):
    read = parse_otpauth(uri)
    assert read.warnings == warnings
    read.warnings.clear()
    assert read.warnings == warnings


def test_labels_are_decoded():
    read = parse_otpauth(f"otpauth://totp/Acm%C3%A9%3A%20alice%2Bx?secret={SECRET}")
    assert (read.issuer, read.account) == ("Acmé", "alice+x")
    read = parse_otpauth(f"otpauth://totp/?secret={SECRET}")
    assert (read.issuer, read.account) == (None, "")


@pytest.mark.parametrize(
    ("uri", "code", "kind"),
    [
        ("", "otpauth_malformed", "malformed"),
        ("https://example.org/", "otpauth_malformed", "malformed"),
        (f"otpauth://totp/a%ff?secret={SECRET}", "otpauth_malformed", "malformed"),
        (f"otpauth://totp/a?secret={SECRET}&secret={SECRET}", "otpauth_parameter_duplicate", "malformed"),
        ("otpauth://totp/a", "otpauth_secret_invalid", "malformed"),
        ("otpauth://totp/a?secret=1", "otpauth_secret_invalid", "malformed"),
        (f"otpauth://totp/a?secret={SECRET}&digits=9", "otpauth_parameter_invalid", "malformed"),
        (f"otpauth://totp/a?secret={SECRET}&period=0", "otpauth_parameter_invalid", "malformed"),
        (f"otpauth://hotp/a?secret={SECRET}", "otpauth_parameter_invalid", "malformed"),
        (f"otpauth://hotp/a?secret={SECRET}&counter=-1", "otpauth_parameter_invalid", "malformed"),
        (f"otpauth://hotp/a?secret={SECRET}&counter=18446744073709551616", "otpauth_parameter_invalid", "malformed"),
        (f"otpauth://yaotp/a?secret={SECRET}", "otpauth_unsupported", "unsupported"),
        (f"otpauth://totp/a?secret={SECRET}&algorithm=MD5", "otpauth_unsupported", "unsupported"),
        (f"otpauth://totp/a?secret={SECRET}&x={'x' * 2400}", "input_too_large", "malformed"),
    ],
    ids=lambda value: value[:70],
)
def test_what_cannot_be_read_is_the_clients_mistake(uri, code, kind):
    with pytest.raises(VerificationError) as caught:
        parse_otpauth(uri)
    assert (caught.value.code, caught.value.kind, caught.value.public_code) == (code, kind, "invalid")


def test_an_export_of_two_accounts():
    first = message(secret=KEY, name="Acme:alice", issuer="Acme", algorithm=1, digits=1, type=2)
    second = message(secret=KEY[:10], name="bob", algorithm=3, digits=2, type=1, counter=41, unique_id="b-1")
    read = parse_otpauth_migration(export(first, second, size=3, index=2, id=-9))
    assert [(entry.issuer, entry.account, entry.counter) for entry in read] == [("Acme", "alice", None), (None, "bob", 41)]
    assert [entry.warnings for entry in read] == [[], ["non_default_algorithm", "short_secret"]]
    totp, hotp = (entry.otp for entry in read)
    assert isinstance(totp, Totp) and totp.code_at(59) == "287082"
    assert isinstance(hotp, Hotp) and (hotp.algorithm, hotp.digits) == ("SHA512", 8)
    places = [(m.batch_index, m.batch_size, m.batch_id, m.unique_id) for m in (entry.migration for entry in read)]
    assert places == [(2, 3, -9, None), (2, 3, -9, "b-1")]


@pytest.mark.parametrize(
    ("uri", "code"),
    [
        ("", "migration_malformed"),
        ("otpauth-migration://offline", "migration_malformed"),
        ("otpauth-migration://offline?data=%", "migration_malformed"),
        ("otpauth-migration://offline?data=AAAA", "migration_malformed"),
        (export(), "migration_malformed"),
        (export(message(secret=KEY, type=2), index=1), "migration_malformed"),
        (export(message(secret=KEY, type=2, name="\0")), "migration_malformed"),
        (export(message(secret=KEY, type=2, name=b"\xff")), "migration_malformed"),
        (export(message(secret=b"", type=2)), "otpauth_secret_invalid"),
        (export(message(secret=KEY, type=2), message(secret=b"", type=2)), "otpauth_secret_invalid"),
        (export(message(secret=KEY, type=1, counter=-1)), "otpauth_parameter_invalid"),
        (export(message(secret=KEY, type=2, algorithm=4)), "otpauth_unsupported"),
        (export(message(secret=KEY, type=0)), "otpauth_unsupported"),
        (export(message(secret=KEY, type=2), version=3), "otpauth_unsupported"),
        ("otpauth-migration://offline?data=" + "A" * 4096, "input_too_large"),
    ],
    ids=lambda value: value[:70],
)
def test_an_export_that_cannot_be_read_is_the_clients_mistake(uri, code):
    with pytest.raises(VerificationError) as caught:
        parse_otpauth_migration(uri)
    assert caught.value.code == code


def test_the_shape_of_what_was_read():
    (read,) = parse_otpauth_migration(export(message(secret=KEY, name="it's", type=2)))
    assert repr(read) == "Otpauth(Totp(***), issuer=None, account=\"it's\")"
    assert repr(read.migration) == "MigrationEntry(batch_index=0, batch_size=1)"
    for value in (read, read.migration):
        with pytest.raises(ConfigError):
            bool(value)
        with pytest.raises(TypeError):
            type(value)()
        for name in [name for name in dir(value) if not name.startswith("_")]:
            with pytest.raises(AttributeError):
                setattr(value, name, 1)
    with pytest.raises(TypeError):
        Otpauth(read.otp)
