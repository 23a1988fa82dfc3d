"""Stored credentials: two forms of one record, and what earlier versions stored."""

import json

import pytest

import mfakit
from mfakit import ConfigError, CredentialRecord, RelyingParty
from mfakit.testing import SoftAuthenticator

ORIGIN = "https://example.org"


@pytest.fixture
def registered():
    rp = RelyingParty("example.org", name="E", origins=[ORIGIN], user_verification="preferred")
    passkey, user = SoftAuthenticator(ORIGIN, counter=1), mfakit.generate_user_handle()
    ceremony = rp.begin_registration(user, user_name="alice")
    return rp, passkey, rp.finish_registration(passkey.create(ceremony.options), state=ceremony.state).commit(1)


def sign_in(rp, passkey, stored):
    user = CredentialRecord.from_text(stored).user_handle
    ceremony = rp.begin_authentication(user, allow=[stored])
    return rp.finish_authentication(passkey.get(ceremony.options), state=ceremony.state, record=stored)


def version_1(record):
    """The text of the version before, member by member as it was written."""
    members = json.loads(record.to_json())
    names = ("id", "publicKey", "userHandle", "signCount", "backupEligible", "backedUp", "transports", "aaguid")
    return json.dumps({"v": 1, **{name: members[name] for name in names}}, separators=(",", ":"))


def test_a_record_says_version_2(registered):
    _, _, record = registered
    members = json.loads(record.to_text())
    assert record.to_text() == record.to_json()
    assert members["v"] == 2 and members["uvInitialized"] is True
    assert record.uv_initialized is True
    assert record.attestation_object is None and record.attestation_client_data_json is None


def test_version_1_signs_in_and_becomes_version_2(registered):
    rp, passkey, record = registered
    stored = version_1(record)
    read = CredentialRecord.from_text(stored)
    assert read.to_text() == stored and read.uv_initialized is None
    verified = sign_in(rp, passkey, stored)
    assert verified.transition.prev == stored
    members = json.loads(verified.transition.next)
    assert members["v"] == 2 and members["uvInitialized"] is None and members["signCount"] == 2
    assert sign_in(rp, passkey, verified.transition.next).counter == 3


def test_a_record_learns_that_the_user_was_verified_only_on_request(registered):
    rp, passkey, record = registered
    stored = version_1(record)
    verified = sign_in(rp, passkey, stored)
    upgrade = verified.uv_transition
    assert upgrade.prev == stored and json.loads(upgrade.next) == {**json.loads(verified.transition.next), "uvInitialized": True}
    assert sign_in(rp, passkey, upgrade.next).uv_transition is None
    passkey.user_verified = False
    assert sign_in(rp, passkey, stored).uv_transition is None


def test_the_compact_form_holds_the_same_and_stays(registered):
    rp, passkey, record = registered
    compact = record.compact()
    text = compact.to_text()
    assert text == record.to_compact() and text.startswith("$mfakit-cr$v=2$")
    assert len(text) < 0.75 * len(record.to_text())
    read = CredentialRecord.from_text(text)
    assert read == compact and read.to_json() == record.to_text() and read.id == record.id
    assert record.to_text().startswith("{")
    verified = sign_in(rp, passkey, text)
    assert verified.transition.prev == text and verified.transition.next.startswith("$mfakit-cr$v=2$")
    assert sign_in(rp, passkey, verified.transition.next).counter == 3
    challenge = b"0123456789abcdef"
    with pytest.raises(mfakit.VerificationError):
        rp.verify_authentication("{}", challenge=challenge, user_handle=record.user_handle, record=text, allow=[text, compact])


def test_damage_and_later_versions(registered):
    _, _, record = registered
    text, compact = record.to_text(), record.to_compact()
    for damaged, code in [
        (text.replace('"v":2', '"v":3'), "record_version_unknown"),
        (compact.replace("v=2", "v=3"), "record_version_unknown"),
        (compact.replace("v=2", "v=1"), "record_corrupt"),
        (compact[:-1], "record_corrupt"),
        (compact + "A", "record_corrupt"),
        ("$" + compact, "record_corrupt"),
        (text.replace('"uvInitialized":true', '"uvInitialized":1'), "record_corrupt"),
    ]:
        assert damaged not in (text, compact)
        with pytest.raises(ConfigError) as caught:
            CredentialRecord.from_text(damaged)
        assert caught.value.code == code


def test_a_record_of_another_library(registered):
    _, _, record = registered
    parts = {"public_key": record.public_key, "user_handle": record.user_handle, "sign_count": 0}
    for value in (None, True, False):
        made = CredentialRecord(record.id, **parts, uv_initialized=value)
        assert made.uv_initialized is value
        assert CredentialRecord.from_text(made.to_compact()).uv_initialized is value
    assert CredentialRecord(record.id, **parts).uv_initialized is None
    for value in (1, "true", []):
        with pytest.raises(ConfigError) as caught:
            CredentialRecord(record.id, **parts, uv_initialized=value)
        assert caught.value.code == "argument_type_invalid"
    for name in ("uv_initialized", "attestation_object"):
        with pytest.raises(AttributeError):
            setattr(record, name, None)
