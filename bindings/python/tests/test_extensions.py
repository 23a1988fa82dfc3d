"""Extensions: what a ceremony asks for, and what a result says of them."""

import json

import pytest

import mfakit
from attested import NOON, b64, unb64, with_authenticator_extensions
from mfakit import ConfigError, MfaError, RelyingParty, VerificationError
from mfakit.testing import SoftAuthenticator

ORIGIN = "https://example.org"
CHALLENGE = b"0123456789abcdef"


def relying_party(**options):
    return RelyingParty("example.org", **{"name": "E", "origins": [ORIGIN], "user_verification": "required", **options})


RP = relying_party()
PASSKEY, USER = SoftAuthenticator(ORIGIN), mfakit.generate_user_handle()
FIRST = RP.begin_registration(USER, user_name="alice")
RECORD = RP.finish_registration(PASSKEY.create(FIRST.options), state=FIRST.state).commit(1)


def registered(inputs, client, authenticator=None, rp=RP):
    """What a registration that asked for `inputs` says of these outputs."""
    ceremony = rp.begin_registration(USER, user_name="alice", extensions=inputs, now=NOON)
    answer = SoftAuthenticator(ORIGIN).create(ceremony.options)
    if authenticator is not None:
        answer = with_authenticator_extensions(answer, authenticator)
    answer["clientExtensionResults"] = client
    return rp.finish_registration(answer, state=ceremony.state, now=NOON).extensions


def signed_in(inputs, client, rp=RP):
    ceremony = rp.begin_authentication(USER, allow=[RECORD], extensions=inputs, now=NOON)
    answer = PASSKEY.get(ceremony.options)
    answer["clientExtensionResults"] = client
    return rp.finish_authentication(answer, state=ceremony.state, record=RECORD, now=NOON).extensions


def refusal(call, *arguments, **named):
    with pytest.raises(MfaError) as caught:
        call(*arguments, **named)
    return caught.value.code, type(caught.value).__bases__[0]


def test_what_is_asked_reaches_the_browser():
    def options(**arguments):
        return RP.begin_registration(USER, user_name="alice", **arguments).options

    assert options()["extensions"] == {"credProps": True}
    assert options(extensions=None)["extensions"] == {"credProps": True}
    assert options(extensions={})["extensions"] == {}
    asked = {
        "credProps": True,
        "credentialProtectionPolicy": "userVerificationRequired",
        "enforceCredentialProtectionPolicy": True,
        "minPinLength": True,
        "largeBlob": {"support": "preferred"},
        "prf": {"eval": {"first": "AAAA", "second": "BBBB"}},
        "uvm": True,
        "ключ": [1, 2.5, None],
    }
    assert options(extensions=asked)["extensions"] == asked
    login = {"appid": "https://example.org/u2f", "largeBlob": {"read": True}, "prf": {"evalByCredential": {RECORD.id: {"first": "AA"}}}}
    for ceremony in (
        RP.begin_authentication(USER, allow=[RECORD], extensions=login),
        RP.begin_discoverable_authentication(extensions=login),
    ):
        assert ceremony.options["extensions"] == login
    assert "extensions" not in RP.begin_discoverable_authentication().options


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ("{}", "argument_type_invalid"),
        ([], "argument_type_invalid"),
        (True, "argument_type_invalid"),
        (object(), "argument_type_invalid"),
        ({"prf": {"eval": {"first": b"bytes"}}}, "argument_type_invalid"),
        ({"x": float("nan")}, "argument_type_invalid"),
        ({"x": "\ud800"}, "argument_type_invalid"),
        ({b"credProps": True}, "argument_type_invalid"),
        ({"credProps": "yes"}, "argument_value_invalid"),
        ({"credProps": 1}, "argument_value_invalid"),
        ({"largeBlob": {"support": "maybe"}}, "argument_value_invalid"),
        ({"credentialProtectionPolicy": "required"}, "argument_value_invalid"),
        ({"prf": {"eval": {"first": "not base64url!"}}}, "argument_value_invalid"),
        ({"prf": {"eval": {}}}, "argument_value_invalid"),
        ({"appid": "https://example.org"}, "argument_value_invalid"),
        ({f"x{i}": 1 for i in range(33)}, "argument_value_invalid"),
        ({"x" * 65: 1}, "argument_value_invalid"),
    ],
)
def test_inputs_are_the_hosts(inputs, code):
    arguments = {"challenge": CHALLENGE, "user_handle": USER, "extensions": inputs}
    for call in (
        lambda: RP.begin_registration(USER, user_name="alice", extensions=inputs),
        lambda: RP.verify_registration("{}", **arguments),
        lambda: RP.explain_registration("{}", **arguments),
    ):
        assert refusal(call) == (code, MfaError)


@pytest.mark.parametrize("inputs", [{"credProps": True}, {"appidExclude": "https://example.org"}, {"appid": "http://example.org"}, {"largeBlob": {"read": False}}])
def test_inputs_of_the_other_ceremony_are_refused(inputs):
    login = RelyingParty(
        "example.org", name="E", origins=[ORIGIN], user_verification="required", enumeration_key=b"k" * 32
    )
    for call in (
        lambda: login.begin_authentication(USER, allow=[RECORD], extensions=inputs),
        lambda: login.begin_discoverable_authentication(extensions=inputs),
        lambda: login.begin_decoy_authentication("alice", extensions=inputs),
        lambda: login.verify_authentication("{}", challenge=CHALLENGE, user_handle=USER, record=RECORD, extensions=inputs),
        lambda: login.verify_discoverable_authentication("{}", challenge=CHALLENGE, record=RECORD, extensions=inputs),
        lambda: login.explain_authentication("{}", challenge=CHALLENGE, record=RECORD, extensions=inputs),
    ):
        with pytest.raises(ConfigError) as caught:
            call()
        assert caught.value.code == "argument_value_invalid"


def test_outputs_that_were_asked_for_are_values():
    inputs = {
        "credProps": True,
        "credentialProtectionPolicy": "userVerificationRequired",
        "minPinLength": True,
        "largeBlob": {"support": "required"},
        "prf": {},
        "uvm": True,
    }
    client = {
        "credProps": {"rk": True},
        "largeBlob": {"supported": True},
        "prf": {"enabled": True, "results": {"first": b64(b"1" * 32)}},
        "other": {"long": [1, None]},
    }
    authenticator = {"uvm": [[2, 4, 2]], "credProtect": 3, "hmac-secret": True, "minPinLength": 6}
    outputs = registered(inputs, client, authenticator)
    raw = outputs.pop("raw")
    assert outputs == {
        "credProps": {"rk": True},
        "hmacCreateSecret": True,
        "largeBlob": {"supported": True, "blob": None, "written": None},
        "prf": {"enabled": True, "results": {"first": b64(b"1" * 32), "second": None}},
        "credentialProtectionPolicy": "userVerificationRequired",
        "minPinLength": 6,
        "uvm": [[2, 4, 2]],
    }
    assert raw["client"] == client and unb64(raw["authenticator"])[0] == 0xA4
    login = signed_in({"largeBlob": {"read": True}, "appid": "https://example.org"}, {"largeBlob": {"blob": "AQID"}, "appid": False})
    assert login["largeBlob"] == {"supported": None, "blob": "AQID", "written": None} and login["appid"] is False
    assert login["raw"]["authenticator"] is None


def test_outputs_that_nobody_asked_for_are_none():
    unasked = registered({}, {"credProps": {"rk": True}}, {"minPinLength": 6})
    assert list(unasked) == ["raw"] and unasked["raw"]["client"] == {"credProps": {"rk": True}}
    strict = relying_party(unsolicited_extensions="reject")
    assert registered({"credProps": True}, {"credProps": {"rk": False}}, rp=strict)["credProps"] == {"rk": False}
    for call in (
        lambda: registered({}, {"credProps": {"rk": True}}, rp=strict),
        lambda: registered({}, {}, {"minPinLength": 6}, rp=strict),
        lambda: signed_in(None, {"appid": True}, rp=strict),
    ):
        assert refusal(call) == ("extension_unsolicited", VerificationError)
    for value, code in (("Reject", "argument_value_invalid"), (None, "argument_type_invalid")):
        assert refusal(relying_party, unsolicited_extensions=value)[0] == code


def test_outputs_are_the_clients():
    for inputs, client in [
        ({"credProps": True}, {"credProps": True}),
        ({"credProps": True}, {"credProps": {"rk": 1}}),
        ({"prf": {}}, {"prf": {"results": {"first": "!"}}}),
    ]:
        assert refusal(registered, inputs, client) == ("extension_output_malformed", VerificationError)
    assert refusal(registered, {"minPinLength": True}, {}, {"minPinLength": "6"}) == ("extension_output_malformed", VerificationError)
    assert refusal(registered, {}, 7) == ("response_malformed", VerificationError)


def test_a_result_stays_what_it_is():
    ceremony = RP.begin_registration(USER, user_name="alice", extensions={"credProps": True})
    verified = RP.finish_registration(SoftAuthenticator(ORIGIN).create(ceremony.options), state=ceremony.state)
    verified.extensions["credProps"]["rk"] = None
    verified.extensions.clear()
    assert verified.extensions["credProps"] == {"rk": True}
    assert verified.attachment == "platform"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("9" * 32, 10**32 - 1),
        ("-1.5e999", float("-inf")),
        ('"\\ud83d\\ude00\\u0000"', "😀\0"),
        ("[" * 12 + "]" * 12, [[[[[[[[[[[[]]]]]]]]]]]]),
        ('{"a":1,"a":2}', {"a": 2}),
        # int() raises from 4301 digits on, and json from some thousand levels on.
        ("9" * 5000, None),
        ("[" * 20_000 + "]" * 20_000, None),
        ('"\\ud800"', None),
    ],
    ids=lambda value: str(value)[:20],
)
def test_raw_outputs_can_be_read_or_were_refused(written, read):
    ceremony = RP.begin_authentication(USER, allow=[RECORD])
    sent = {**PASSKEY.get(ceremony.options), "clientExtensionResults": {"x": "HERE"}}
    text = json.dumps(sent).replace('"HERE"', written)
    if read is None:
        assert refusal(RP.finish_authentication, text, state=ceremony.state, record=RECORD) == ("json_malformed", VerificationError)
        return
    verified = RP.finish_authentication(text, state=ceremony.state, record=RECORD)
    assert verified.extensions["raw"]["client"] == {"x": read}


def test_the_stateless_calls_take_inputs():
    ceremony = RP.begin_registration(USER, user_name="alice", extensions={"credProps": True})
    answer = SoftAuthenticator(ORIGIN).create(ceremony.options)
    arguments = {"challenge": ceremony.options["challenge"], "user_handle": USER}
    assert RP.verify_registration(answer, **arguments).extensions == {"raw": {"authenticator": None, "client": {"credProps": {"rk": True}}}}
    verified = RP.verify_registration(answer, **arguments, extensions={"credProps": True}, now=NOON)
    assert verified.extensions["credProps"] == {"rk": True}
    ceremony = RP.begin_authentication(USER, allow=[RECORD])
    answer = {**PASSKEY.get(ceremony.options), "clientExtensionResults": {"uvm": 7, "appid": False}}
    arguments = {"challenge": ceremony.options["challenge"], "record": RECORD, "extensions": {"appid": "https://example.org"}}
    assert RP.verify_authentication(answer, user_handle=USER, **arguments).extensions["appid"] is False
    assert RP.verify_discoverable_authentication(answer, **arguments).extensions["appid"] is False
