"""mfakit.testing: a login test as a user writes it, and what each knob of the authenticator makes of a sign-in."""

import doctest
import subprocess
import sys

import pytest

import mfakit
import mfakit.testing
from mfakit import CredentialRecord, RelyingParty, VerificationError, generate_user_handle
from mfakit.testing import SoftAuthenticator, SoftAuthenticatorError

ORIGIN = "https://login.example.org"


def relying_party(**options):
    options = {"name": "Example", "origins": [ORIGIN], "user_verification": "required", **options}
    return RelyingParty("example.org", **options)


def register(rp, passkey, user):
    ceremony = rp.begin_registration(user, user_name="alice")
    return rp.finish_registration(passkey.create(ceremony.options), state=ceremony.state)


def sign_in(rp, passkey, record):
    ceremony = rp.begin_authentication(record.user_handle, allow=[record])
    return rp.finish_authentication(passkey.get(ceremony.options), state=ceremony.state, record=record)


def refusal(call, *arguments):
    with pytest.raises(VerificationError) as caught:
        call(*arguments)
    return caught.value.code


def test_a_login():
    rp, passkey, user = relying_party(), SoftAuthenticator(ORIGIN), generate_user_handle()
    record = register(rp, passkey, user).commit(1)
    verified = sign_in(rp, passkey, record)
    assert verified.commit(1).method == "webauthn"
    assert verified.user_handle == user and verified.user_verified


def test_the_example_of_the_module():
    tried = doctest.testmod(mfakit.testing)
    assert tried.failed == 0 and tried.attempted >= 9


@pytest.mark.parametrize(
    ("knobs", "code"),
    [
        ({"wrong_origin": "https://login.example.org.evil.example"}, "origin_mismatch"),
        ({"user_verified": False}, "user_not_verified"),
        ({"user_present": False}, "user_not_present"),
        ({"backed_up": True}, "backup_flags_invalid"),
        ({"cross_origin": True}, "cross_origin_forbidden"),
        ({"cross_origin": True, "top_origin": "https://portal.example"}, "cross_origin_forbidden"),
    ],
)
def test_a_knob_is_refused_by_its_code_in_both_ceremonies(knobs, code):
    rp, passkey, user = relying_party(), SoftAuthenticator(ORIGIN), generate_user_handle()
    assert refusal(register, rp, SoftAuthenticator(ORIGIN, **knobs), user) == code
    record = register(rp, passkey, user).commit(1)
    sign_in(rp, passkey, record)
    for name, value in knobs.items():
        setattr(passkey, name, value)
    assert refusal(sign_in, rp, passkey, record) == code


def test_frames():
    portal = "https://portal.example"
    rp = relying_party(cross_origin="allow_listed", top_origins=[portal])
    passkey, user = SoftAuthenticator(ORIGIN, cross_origin=True, top_origin=portal), generate_user_handle()
    record = register(rp, passkey, user).commit(1)
    sign_in(rp, passkey, record)
    passkey.top_origin = "https://other.example"
    assert refusal(sign_in, rp, passkey, record) == "top_origin_mismatch"


def test_the_counter():
    rp, user = relying_party(), generate_user_handle()
    passkey = SoftAuthenticator(ORIGIN, counter=7)
    record = register(rp, passkey, user).commit(1)
    assert record.sign_count == 7 and passkey.counter == 8
    verified = sign_in(rp, passkey, record)
    assert verified.counter == 8 and passkey.counter == 9
    record = CredentialRecord.from_text(verified.transition.next)
    passkey.counter = 8
    assert refusal(sign_in, rp, passkey, record) == "counter_regressed"
    sign_in(rp, passkey, record)

    passkey.counter = 2**32 - 1
    sign_in(rp, passkey, record)
    assert passkey.counter == 2**32 - 1

    without = SoftAuthenticator(ORIGIN)
    record = register(rp, without, user).commit(1)
    assert sign_in(rp, without, record).counter == 0 and without.counter == 0


def test_backup_flags():
    rp, user = relying_party(), generate_user_handle()
    passkey = SoftAuthenticator(ORIGIN, backup_eligible=True, backed_up=True)
    record = register(rp, passkey, user).commit(1)
    assert (record.backup_eligible, record.backed_up) == (True, True)
    passkey.backed_up = False
    assert not sign_in(rp, passkey, record).backed_up
    passkey.backup_eligible = False
    assert refusal(sign_in, rp, passkey, record) == "backup_eligibility_changed"


def test_what_a_registration_tells():
    aaguid = "00112233-4455-6677-8899-aabbccddeeff"
    passkey = SoftAuthenticator(ORIGIN, aaguid=aaguid, transports=["usb", "nfc"])
    rp, user = relying_party(), generate_user_handle()
    ceremony = rp.begin_registration(user, user_name="alice")
    answer = passkey.create(ceremony.options_json)
    assert answer["authenticatorAttachment"] == "cross-platform"
    assert answer["clientExtensionResults"] == {"credProps": {"rk": True}}
    assert answer["response"]["publicKeyAlgorithm"] == -7
    record = rp.finish_registration(answer, state=ceremony.state).credential
    assert record.aaguid == aaguid and record.transports == ["usb", "nfc"]


@pytest.mark.parametrize("algorithm", [-7, -8])
def test_each_algorithm_and_each_statement(algorithm):
    rp, user = relying_party(), generate_user_handle()
    for attestation, kind in (("none", "none"), ("packed", "self")):
        passkey = SoftAuthenticator(ORIGIN, algorithm=algorithm, attestation=attestation)
        registered = register(rp, passkey, user)
        assert registered.attestation.format == attestation
        assert registered.attestation.type == kind
        assert registered.attestation.trust == "not_requested"
        record = registered.commit(1)
        assert record.algorithm == algorithm
        sign_in(rp, passkey, record)
    assert refusal(sign_in, rp, stranger(record, passkey), record) == "signature_invalid"


class Stranger(SoftAuthenticator):
    """Another authenticator that claims to hold the credential."""

    def get(self, options):
        answer = super().get({**options, "allowCredentials": []})
        return {**answer, "id": self.record.id, "rawId": self.record.id}


def stranger(record, passkey):
    other = Stranger(ORIGIN, algorithm=passkey.algorithm)
    other.record = record
    register(relying_party(), other, record.user_handle)
    return other


def test_a_misspelt_knob_is_an_error():
    with pytest.raises(AttributeError):
        SoftAuthenticator(ORIGIN).user_verifed = False


def test_an_algorithm_that_was_not_offered():
    rp = relying_party(algorithms=[-8])
    ceremony = rp.begin_registration(generate_user_handle(), user_name="alice")
    assert ceremony.options["pubKeyCredParams"] == [{"type": "public-key", "alg": -8}]
    forced = {**ceremony.options, "pubKeyCredParams": [{"type": "public-key", "alg": -7}]}
    answer = SoftAuthenticator(ORIGIN).create(forced)
    assert refusal(lambda: rp.finish_registration(answer, state=ceremony.state)) == "algorithm_not_offered"


def test_one_authenticator_serves_several_users_and_sites():
    rp, passkey = relying_party(), SoftAuthenticator(ORIGIN)
    alice, bob = (register(rp, passkey, generate_user_handle()).commit(1) for _ in range(2))
    for record in (alice, bob):
        assert sign_in(rp, passkey, record).user_handle == record.user_handle
    ceremony = rp.begin_discoverable_authentication()
    assert passkey.get(ceremony.options)["id"] == bob.id
    other = RelyingParty("login.example.org", name="Other", origins=[ORIGIN], user_verification="required")
    elsewhere = other.begin_discoverable_authentication().options
    for options in (elsewhere, {**elsewhere, "allowCredentials": [{"type": "public-key", "id": bob.id}]}):
        with pytest.raises(SoftAuthenticatorError):
            passkey.get(options)


def test_a_credential_that_is_not_discoverable_needs_its_allow_list():
    rp, passkey = relying_party(), SoftAuthenticator(ORIGIN, discoverable=False)
    record = register(rp, passkey, generate_user_handle()).commit(1)
    sign_in(rp, passkey, record)
    ceremony = rp.begin_discoverable_authentication()
    with pytest.raises(SoftAuthenticatorError) as caught:
        passkey.get(ceremony.options)
    assert caught.value.name == "NotAllowedError"
    passkey.discoverable = True
    ceremony = rp.begin_authentication(record.user_handle, allow=[record])
    assert "userHandle" not in passkey.get(ceremony.options)["response"]


def test_what_a_browser_refuses():
    rp, passkey, user = relying_party(), SoftAuthenticator(ORIGIN), generate_user_handle()
    record = register(rp, passkey, user).commit(1)
    again = rp.begin_registration(user, user_name="alice", exclude=[record]).options
    fresh = rp.begin_registration(user, user_name="alice").options
    login = rp.begin_authentication(user, allow=[record]).options
    passkey.create(fresh)
    passkey.create({**fresh, "pubKeyCredParams": []})
    not_discoverable = SoftAuthenticator(ORIGIN, discoverable=False)
    elsewhere = SoftAuthenticator("https://example.org.evil.example")
    lookalike = SoftAuthenticator("https://notexample.org")
    for name, call, options in [
        ("InvalidStateError", passkey.create, again),
        ("ConstraintError", not_discoverable.create, {**fresh, "authenticatorSelection": {"residentKey": "required"}}),
        ("NotSupportedError", passkey.create, {**fresh, "pubKeyCredParams": [{"type": "public-key", "alg": -257}]}),
        ("SecurityError", elsewhere.create, fresh),
        ("SecurityError", elsewhere.get, login),
        ("SecurityError", lookalike.create, fresh),
        ("NotAllowedError", SoftAuthenticator(ORIGIN).get, login),
        ("NotAllowedError", passkey.get, {**login, "allowCredentials": [{"type": "public-key", "id": "AAAA"}]}),
    ]:
        with pytest.raises(SoftAuthenticatorError) as caught:
            call(options)
        assert caught.value.name == name


def test_a_seed_repeats_keys_and_ids():
    rp, user = relying_party(), generate_user_handle()
    options = rp.begin_registration(user, user_name="alice").options

    def made(**knobs):
        passkey = SoftAuthenticator(ORIGIN, **knobs)
        return [(answer["id"], answer["response"]["publicKey"]) for answer in (passkey.create(options), passkey.create(options))]

    first, second = made(seed="a test")
    assert [first, second] == made(seed=b"a test")
    assert first[0] != second[0] and first[1] != second[1]
    assert made(seed="another") != made(seed="a test")
    assert made() != made()


def test_a_knob_that_means_nothing_is_a_mistake():
    options = relying_party().begin_registration(generate_user_handle(), user_name="alice").options
    with pytest.raises(ValueError):
        SoftAuthenticator(ORIGIN, attestation="tpm").create(options)
    with pytest.raises(ValueError):
        SoftAuthenticator(ORIGIN, algorithm=-257).create({**options, "pubKeyCredParams": [{"type": "public-key", "alg": -257}]})


def run(program):
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)


def test_the_package_itself_imports_neither_this_module_nor_cryptography():
    done = run("import sys, mfakit; print([n for n in ('mfakit.testing', 'cryptography') if n in sys.modules])")
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_without_cryptography_the_error_names_the_extra():
    done = run("import sys; sys.modules['cryptography'] = None; import mfakit; import mfakit.testing")
    assert done.returncode == 1 and "ImportError: " in done.stderr and "pip install 'mfakit[testing]'" in done.stderr
