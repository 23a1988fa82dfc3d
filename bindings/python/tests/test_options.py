"""What ceremonies are begun with: hints, attachments, discoverable credentials, decoys, related origins."""

import base64
import json

import pytest

import mfakit
from mfakit import ConfigError, CredentialRecord, MalformedError, MfaError, RelyingParty, VerificationError
from mfakit.testing import SoftAuthenticator

ORIGIN, USER = "https://example.org", "dXNlcg"
# A COSE key on the base point of P-256.
KEY = "pQECAyYgASFYIGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWIlggT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"
# Each number that is built in (the COSE registry).
ALGORITHMS = [-8, -19, -53, -7, -9, -35, -51, -36, -52, -47, -257, -258, -259, -37, -38, -39, -48, -49, -50]


def relying_party(**options):
    return RelyingParty("example.org", **{"name": "E", "origins": [ORIGIN], "user_verification": "required", **options})


def registration(rp=None, **options):
    return (rp or relying_party()).begin_registration(USER, user_name="alice", **options).options


def refusal(call, *arguments, **named):
    with pytest.raises(ConfigError) as caught:
        call(*arguments, **named)
    return caught.value.code


def test_the_defaults():
    options = registration()
    assert [parameter["alg"] for parameter in options["pubKeyCredParams"]] == [-8, -7, -257]
    assert options["authenticatorSelection"] == {
        "residentKey": "preferred",
        "requireResidentKey": False,
        "userVerification": "required",
    }
    assert options["attestation"] == "none"
    assert "attestationFormats" not in options and "hints" not in options


def test_every_algorithm_can_be_offered():
    options = registration(relying_party(algorithms=ALGORITHMS))
    assert [parameter["alg"] for parameter in options["pubKeyCredParams"]] == ALGORITHMS
    for wrong, code in [
        ([-65535], "argument_value_invalid"),
        ([], "argument_value_invalid"),
        (-7, "argument_type_invalid"),
        (["ES256"], "argument_type_invalid"),
        ([2**64], "argument_value_invalid"),
    ]:
        assert refusal(relying_party, algorithms=wrong) == code


def test_a_ceremony_may_say_otherwise_than_the_relying_party():
    rp = relying_party(resident_key="required", attachment="cross-platform", hints=("security-key", "hybrid"))
    options = registration(rp)
    assert options["authenticatorSelection"]["authenticatorAttachment"] == "cross-platform"
    assert options["authenticatorSelection"]["requireResidentKey"] is True
    assert options["hints"] == ["security-key", "hybrid"]
    options = registration(rp, resident_key="discouraged", attachment="platform", hints=["client-device"])
    assert options["authenticatorSelection"]["authenticatorAttachment"] == "platform"
    assert options["authenticatorSelection"]["residentKey"] == "discouraged"
    assert options["hints"] == ["client-device"]
    assert "hints" not in registration(rp, hints=())
    assert rp.begin_discoverable_authentication().options["hints"] == ["security-key", "hybrid"]
    assert "hints" not in rp.begin_discoverable_authentication(hints=[]).options


@pytest.mark.parametrize("place", ["relying party", "ceremony"])
def test_names_that_are_none_are_the_hosts_mistake(place):
    call = relying_party if place == "relying party" else registration
    for options, code in [
        ({"resident_key": "Required"}, "argument_value_invalid"),
        ({"resident_key": True}, "argument_type_invalid"),
        ({"attachment": "cross_platform"}, "argument_value_invalid"),
        ({"attachment": 1}, "argument_type_invalid"),
        ({"hints": ["phone"]}, "argument_value_invalid"),
        ({"hints": "hybrid"}, "argument_type_invalid"),
        ({"hints": [None]}, "argument_type_invalid"),
        ({"hints": {"hybrid": 1}}, "argument_type_invalid"),
    ]:
        assert refusal(call, **options) == code, options
    if place == "relying party":
        assert refusal(call, resident_key=None) == "argument_type_invalid"


def test_conditional_mediation_is_for_discoverable_credentials():
    rp, passkey = relying_party(), SoftAuthenticator(ORIGIN)
    ceremony = rp.begin_registration(USER, user_name="alice", mediation="conditional")
    passkey.user_present = False
    record = rp.finish_registration(passkey.create(ceremony.options), state=ceremony.state).commit(1)
    passkey.user_present = True
    ceremony = rp.begin_discoverable_authentication(mediation="conditional")
    assert rp.finish_authentication(passkey.get(ceremony.options), state=ceremony.state, record=record).user_verified
    assert refusal(rp.begin_discoverable_authentication, mediation="silent") == "argument_value_invalid"
    with pytest.raises(TypeError):
        rp.begin_authentication(USER, allow=[record], mediation="conditional")


# ---- decoys


def decoying(key=b"k" * 32):
    return relying_party(enumeration_key=key)


def allowed(ceremony):
    return ceremony.options["allowCredentials"]


def test_a_decoy_looks_like_a_user_and_stays_the_same():
    rp, passkey = decoying(), SoftAuthenticator(ORIGIN)
    ceremony = rp.begin_registration(USER, user_name="alice")
    record = rp.finish_registration(passkey.create(ceremony.options), state=ceremony.state).commit(1)
    real, decoy = rp.begin_authentication(USER, allow=[record]), rp.begin_decoy_authentication("nobody@example.com")
    assert list(real.options) == list(decoy.options)
    assert [list(entry) for entry in allowed(decoy)[:1]] == [list(entry) for entry in allowed(real)]
    assert list(json.loads(real.state)) == list(json.loads(decoy.state))
    assert allowed(decoy) == allowed(rp.begin_decoy_authentication("nobody@example.com"))
    assert decoy.options["challenge"] != rp.begin_decoy_authentication("nobody@example.com").options["challenge"]
    assert allowed(decoy) != allowed(rp.begin_decoy_authentication("somebody@example.com"))
    assert allowed(decoy) != allowed(decoying(b"o" * 32).begin_decoy_authentication("nobody@example.com"))
    # Whoever answers it is told what who signs wrongly is told: there is no record.
    login = {**real.options, "challenge": decoy.options["challenge"]}
    with pytest.raises(VerificationError):
        rp.finish_authentication(passkey.get(login), state=decoy.state, record=record)


def test_a_sealed_decoy_tells_no_more_than_a_user():
    rp = relying_party(enumeration_key=b"k" * 32, state_key=b"s" * 32)
    record = CredentialRecord("AAAA", public_key=KEY, user_handle=USER, sign_count=0)

    def shape(ceremony):
        content = base64.urlsafe_b64decode(ceremony.state.split("$")[3] + "==")
        return [(name, len(str(value))) for name, value in json.loads(content).items() if name != "allow"]

    real = rp.begin_authentication(USER, allow=[record], now=1_800_000_000)
    decoy = rp.begin_decoy_authentication("nobody", now=1_800_000_000)
    assert shape(real) == shape(decoy) and len(shape(real)) > 9


def test_a_decoy_is_begun_like_a_sign_in():
    arguments = {"user_verification": "preferred", "hints": ["hybrid"], "extensions": {"uvm": True}, "lifetime": 60, "now": 1_800_000_000}
    ceremony = decoying().begin_decoy_authentication("nobody", **arguments)
    options = ceremony.options
    assert (options["userVerification"], options["hints"], options["extensions"]) == ("preferred", ["hybrid"], {"uvm": True})
    assert options["timeout"] == 60_000 and ceremony.expires_at == 1_800_000_060
    for wrong, code in [
        ({"user_verification": "no"}, "argument_value_invalid"),
        ({"hints": "hybrid"}, "argument_type_invalid"),
        ({"extensions": []}, "argument_type_invalid"),
        ({"lifetime": 0}, "argument_value_invalid"),
        ({"now": -1}, "time_invalid"),
    ]:
        assert refusal(decoying().begin_decoy_authentication, "nobody", **wrong) == code
    assert refusal(relying_party().begin_decoy_authentication, "nobody") == "enumeration_key_invalid"
    for key, code in [(b"k" * 31, "enumeration_key_invalid"), (b"k" * 65, "enumeration_key_invalid"), ("k" * 32, "argument_type_invalid")]:
        assert refusal(decoying, key) == code
    assert decoying(None).id == "example.org"
    assert "k" * 8 not in repr(decoying())


def test_whatever_a_client_types_has_a_decoy():
    rp = decoying()

    def decoy(typed):
        return tuple(entry["id"] for entry in allowed(rp.begin_decoy_authentication(typed)))

    typed = ["", "\0", "é😀", "x" * 10**6, " ", "\ud800", "a\udc00b", "\udfff\ud800"]
    assert len({decoy(text) for text in typed}) == len(typed)
    # As a browser would have sent it: one replacement character for each lone surrogate, and a pair is a character.
    assert decoy("\ud800") == decoy("\udfff") == decoy("\ufffd")
    assert decoy("a\udc00b") == decoy("a\ufffdb")
    assert decoy("\udfff\ud800") == decoy("\ufffd\ufffd")
    assert decoy("\ud83d\ude00") == decoy("😀")
    for value in (None, 7, True, b"nobody", ["nobody"], {}, object(), str):
        with pytest.raises(MfaError) as caught:
            rp.begin_decoy_authentication(value)
        assert (caught.value.code, type(caught.value)) == ("input_malformed", MalformedError)


# ---- related origins


def test_related_origins():
    document = mfakit.related_origins_json(("https://example.org", "https://example.de:8443"))
    assert document == '{"origins":["https://example.org","https://example.de:8443"]}'
    for wrong, code in [
        ([], "origin_invalid"),
        (["https://example.org/"], "origin_invalid"),
        (["android:apk-key-hash:2jmj7l5rSw0yVb-vlWAYkK-YBwk"], "origin_invalid"),
        (["\0"], "origin_invalid"),
        ("https://example.org", "argument_type_invalid"),
        (None, "argument_type_invalid"),
        ([b"https://example.org"], "argument_type_invalid"),
        (["\ud800"], "argument_type_invalid"),
    ]:
        assert refusal(mfakit.related_origins_json, wrong) == code
