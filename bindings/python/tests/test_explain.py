"""The verdict of every step, for support staff."""

import json

import pytest

import mfakit
from attested import b64
from mfakit import ConfigError, MfaError, RelyingParty, Step
from mfakit.testing import SoftAuthenticator

ORIGIN, CHALLENGE = "https://example.org", "MDEyMzQ1Njc4OWFiY2RlZg"
RP = RelyingParty("example.org", name="E", origins=[ORIGIN], user_verification="required")
PASSKEY, USER = SoftAuthenticator(ORIGIN), mfakit.generate_user_handle()
OPTIONS = {**RP.begin_registration(USER, user_name="alice").options, "challenge": CHALLENGE}
CREATED = PASSKEY.create(OPTIONS)
RECORD = RP.verify_registration(CREATED, challenge=CHALLENGE, user_handle=USER).commit(1)
GOT = PASSKEY.get({"challenge": CHALLENGE, "rpId": "example.org", "allowCredentials": [{"id": RECORD.id}]})


class Hostile(dict):
    def items(self):
        raise RuntimeError("mine")


NOT_A_RESPONSE = [None, 7, True, 1.5, [], object(), {"a": object()}, {"a": float("nan")}, Hostile(a=1), "\ud800", "x" * 10**6, b"\xff", "{}", "", {}]


def registration(response=CREATED, challenge=CHALLENGE, user_handle=USER, **more):
    return RP.explain_registration(response, challenge=challenge, user_handle=user_handle, **more)


def authentication(response=GOT, challenge=CHALLENGE, record=RECORD, **more):
    return RP.explain_authentication(response, challenge=challenge, record=record, **more)


def failed(steps):
    return {step.number: step.code for step in steps if step.verdict == "failed"}


def test_every_step_has_a_verdict():
    for steps, section, count in ((registration(), "7.1", 29), (authentication(user_handle=USER), "7.2", 25)):
        assert [step.number for step in steps] == [f"{section}-{i + 1}" for i in range(count)]
        assert {step.verdict for step in steps} <= {"passed", "caller", "not_applicable"}
        assert all(step.title and step.code is None for step in steps)
        assert type(steps[0]) is Step


def test_one_failure_does_not_hide_the_next():
    client_data = {"type": "webauthn.create", "challenge": "AAAA", "origin": "https://evil.example", "crossOrigin": False}
    answer = json.loads(json.dumps(CREATED))
    answer["response"]["clientDataJSON"] = b64(json.dumps(client_data).encode())
    assert failed(registration(answer)) == {"7.1-8": "challenge_mismatch", "7.1-9": "origin_mismatch"}
    answer = json.loads(json.dumps(GOT))
    answer["response"]["signature"] = GOT["response"]["signature"][:-4] + "AAAA"
    steps = authentication(answer, user_handle=mfakit.generate_user_handle(), allow=["AAAA"])
    assert failed(steps) == {
        "7.2-5": "credential_not_allowed",
        "7.2-6": "credential_owner_mismatch",
        "7.2-21": "signature_invalid",
    }


def test_a_discoverable_authentication_names_its_user():
    assert failed(authentication()) == {}
    nobody = json.loads(json.dumps(GOT))
    del nobody["response"]["userHandle"]
    assert failed(authentication(nobody)) == {"7.2-6": "user_handle_missing"}
    assert failed(authentication(nobody, user_handle=USER)) == {}


@pytest.mark.parametrize("response", NOT_A_RESPONSE)
def test_whatever_the_client_sent_is_explained(response):
    """With the code that verification gives."""
    for explain, verify in [
        (registration, lambda: RP.verify_registration(response, challenge=CHALLENGE, user_handle=USER)),
        (authentication, lambda: RP.verify_discoverable_authentication(response, challenge=CHALLENGE, record=RECORD)),
    ]:
        steps = explain(response)
        with pytest.raises(MfaError) as caught:
            verify()
        assert list(failed(steps).values()) == [caught.value.code]
        assert {step.verdict for step in steps} == {"failed", "caller", "not_reached"}


def test_the_hosts_mistakes_are_config_errors():
    for call, code in [
        (lambda x=None: registration(x, challenge="AAAA"), "challenge_too_short"),
        (lambda x=None: registration(x, challenge=7), "argument_type_invalid"),
        (lambda x=None: registration(x, user_handle=""), "user_handle_invalid"),
        (lambda x=None: registration(x, user_verification="yes"), "argument_value_invalid"),
        (lambda x=None: registration(x, mediation="silent"), "argument_value_invalid"),
        (lambda x=None: registration(x, extensions=[]), "argument_type_invalid"),
        (lambda x=None: registration(x, now=-1), "time_invalid"),
        (lambda x=None: authentication(x, challenge="!"), "argument_value_invalid"),
        (lambda x=None: authentication(x, record="{}"), "record_corrupt"),
        (lambda x=None: authentication(x, record=None), "argument_type_invalid"),
        (lambda x=None: authentication(x, user_handle="!"), "user_handle_invalid"),
        (lambda x=None: authentication(x, user_handle=7), "argument_type_invalid"),
        (lambda x=None: authentication(x, allow="AAAA"), "argument_type_invalid"),
        (lambda x=None: authentication(x, allow=["!"]), "argument_value_invalid"),
        (lambda x=None: authentication(x, extensions={"credProps": True}), "argument_value_invalid"),
    ]:
        for response in (None, GOT):
            with pytest.raises(ConfigError) as caught:
                call(response)
            assert caught.value.code == code


def test_a_step_is_no_proof():
    step = registration()[0]
    with pytest.raises(ConfigError):
        bool(step)
    with pytest.raises(TypeError):
        Step()
    with pytest.raises(AttributeError):
        step.verdict = "passed"
    assert repr(step) == 'Step(number="7.1-1", title="creation options", verdict="caller")'
