"""Random mutations of valid responses and of every public function's arguments: nothing outside the mfakit family is raised, and
nothing is accepted whose signed bytes differ. MFAKIT_MUTATIONS sets how many a seed or function gets."""

import base64
import json
import math
import os
import pathlib
import random

import pytest

import mfakit
from mfakit import CredentialRecord, Hotp, MfaError, Peppers, RelyingParty, Throttle, Totp
from mfakit.testing import SoftAuthenticator

MUTATIONS = int(os.environ.get("MFAKIT_MUTATIONS", "1000"))
VECTORS = pathlib.Path(__file__).parents[3] / "conformance" / "vectors" / "webauthn-none.json"
USER = "dXNlcg"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def mutate(chance, data):
    out = bytearray(data)
    for _ in range(1 + chance.randrange(3)):
        at = chance.randrange(len(out) + 1)
        kind = chance.randrange(5)
        if kind == 0 and at < len(out):
            out[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            out.insert(at, chance.randrange(256))
        elif kind == 2 and at < len(out):
            del out[at]
        elif kind == 3:
            del out[at:]
        else:
            out[at:at] = out[at : at + chance.randrange(16)]
    return bytes(out)


def cases(op):
    for case in json.loads(VECTORS.read_text())["cases"]:
        plain = "client_data_json_hex" in case["inputs"] and not case["inputs"].get("backup_policy")
        if case["op"] == op and case["expect"]["result"] == "valid" and plain:
            if "credential_id_hex" in case["expect"]:
                case["inputs"].setdefault("credential_id_hex", case["expect"]["credential_id_hex"])
            yield {k: bytes.fromhex(v) if k.endswith("_hex") and isinstance(v, str) else v for k, v in case["inputs"].items()}


def relying_party(inputs):
    options = {}
    if inputs.get("allow_cross_origin"):
        tops = inputs.get("expected_top_origins")
        options = {"cross_origin": "allow_listed" if tops else "danger_any_top_origin", "top_origins": tops or ()}
    return RelyingParty(
        inputs["rp_id"],
        name="test",
        origins=inputs["expected_origins"],
        user_verification="preferred",
        counter=inputs.get("sign_count_policy") or "reject",
        danger_allow_absent_user=inputs.get("require_user_presence") is False,
        **options,
    )


def response(credential_id, **members):
    name = b64(credential_id)
    encoded = {key: b64(value) for key, value in members.items()}
    return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": encoded}).encode()


def soft(**knobs):
    origin = "https://example.org"
    rp = RelyingParty("example.org", name="E", origins=[origin], user_verification="required")
    return rp, SoftAuthenticator(origin, seed="hostile", **knobs)


def soft_assertion(algorithm):
    rp, passkey = soft(algorithm=algorithm)
    ceremony = rp.begin_registration(USER, user_name="alice")
    record = rp.finish_registration(passkey.create(ceremony.options), state=ceremony.state).commit(1)
    ceremony = rp.begin_authentication(USER, allow=[record])
    sent = passkey.get(ceremony.options)["response"]
    return {
        "rp_id": "example.org",
        "expected_origins": ["https://example.org"],
        "expected_challenge_hex": unb64(ceremony.options["challenge"]),
        "credential_id_hex": unb64(record.id),
        "credential_public_key_cose_hex": unb64(record.public_key),
        "client_data_json_hex": unb64(sent["clientDataJSON"]),
        "authenticator_data_hex": unb64(sent["authenticatorData"]),
        "signature_hex": unb64(sent["signature"]),
    }


def test_mutated_assertions():
    chance, seeds, refused = random.Random(1), 0, 0
    for inputs in [*cases("webauthn.authenticate"), soft_assertion(-7), soft_assertion(-8)]:
        rp, credential_id = relying_party(inputs), inputs["credential_id_hex"]
        record = CredentialRecord(
            credential_id,
            public_key=inputs["credential_public_key_cose_hex"],
            user_handle=USER,
            sign_count=inputs.get("stored_sign_count") or 0,
        )
        parts = {
            "clientDataJSON": inputs["client_data_json_hex"],
            "authenticatorData": inputs["authenticator_data_hex"],
            "signature": inputs["signature_hex"],
        }

        def verify(data):
            challenge = inputs["expected_challenge_hex"]
            return rp.verify_authentication(data, challenge=challenge, user_handle=USER, record=record)

        good = response(credential_id, **parts)
        verify(good)
        seeds += 1
        for turn in range(MUTATIONS):
            name = [None, *parts][turn % 4]
            changed = mutate(chance, good) if name is None else response(
                credential_id, **{**parts, name: mutate(chance, parts[name])}
            )
            try:
                verify(changed)
            except MfaError:
                refused += 1
                continue
            sent = json.loads(changed)["response"]
            assert sent["clientDataJSON"] == b64(parts["clientDataJSON"])
            assert sent["authenticatorData"] == b64(parts["authenticatorData"])
    assert seeds >= 6 and refused > seeds * MUTATIONS / 2


def test_mutated_registrations():
    chance, seeds = random.Random(2), 0
    for inputs in cases("webauthn.register"):
        rp, challenge = relying_party(inputs), inputs["expected_challenge_hex"]
        parts = {"clientDataJSON": inputs["client_data_json_hex"], "attestationObject": inputs["attestation_object_hex"]}

        def verify(data):
            return rp.verify_registration(data, challenge=challenge, user_handle=USER, mediation=inputs.get("mediation"))

        good = response(inputs["credential_id_hex"], **parts)
        verify(good)
        seeds += 1
        for turn in range(MUTATIONS):
            name = [None, *parts][turn % 3]
            changed = mutate(chance, good) if name is None else response(
                inputs["credential_id_hex"], **{**parts, name: mutate(chance, parts[name])}
            )
            try:
                accepted = verify(changed)
            except MfaError:
                continue
            assert accepted.credential.id == b64(inputs["credential_id_hex"])
            assert mfakit.read_response(changed).challenge == b64(challenge)
    assert seeds >= 4


@pytest.mark.parametrize("algorithm", [-7, -8])
def test_mutated_signed_registrations(algorithm):
    """A packed statement signs everything: what is accepted has the very bytes that were signed."""
    chance, refused = random.Random(4), 0
    rp, passkey = soft(algorithm=algorithm, attestation="packed")
    ceremony = rp.begin_registration(USER, user_name="alice")
    answer = passkey.create(ceremony.options)
    assert rp.finish_registration(answer, state=ceremony.state).attestation.type == "self"
    parts = {name: unb64(answer["response"][name]) for name in ("clientDataJSON", "attestationObject")}
    for turn in range(MUTATIONS):
        name = list(parts)[turn % 2]
        changed = {**parts, name: mutate(chance, parts[name])}
        try:
            rp.finish_registration(response(unb64(answer["id"]), **changed), state=ceremony.state)
        except MfaError:
            refused += 1
            continue
        assert changed["clientDataJSON"] == parts["clientDataJSON"]
        assert unb64(answer["response"]["authenticatorData"]) in changed["attestationObject"]
    assert refused > MUTATIONS / 2


def test_mutated_recovery_codes_and_records():
    chance, made = random.Random(5), mfakit.generate_recovery_codes("alice", count=3)
    code, wanted = made.codes[1], made.codes[1].replace("-", "")
    drop = str.maketrans("OIL", "011", " -\u00a0\u2010\u2011\u2013")
    refused = 0
    for turn in range(MUTATIONS):
        typed = mutate(chance, code.encode()).decode("utf-8", "surrogateescape") if turn % 2 else code
        record = made.record if turn % 2 else mutate(chance, made.record.encode()).decode("utf-8", "surrogateescape")
        try:
            verified = mfakit.verify_recovery_code(typed, user_id="alice", record=record, used=0)
        except MfaError:
            refused += 1
            continue
        assert verified.bit == 2 and typed.upper().translate(drop) == wanted
        # The set's id and the code's own tag: all that its proof depends on.
        assert record.split("$")[:4] == made.record.split("$")[:4]
        assert record.split(".")[1] == made.record.split(".")[1]
    assert refused > MUTATIONS / 2


JUNK = [
    None, True, False, 0, 1, -1, 6, 30, 2**31, 2**53, 2**63, 2**64, -(2**64), 10**400, 0.5, -0.0, math.nan, math.inf, 1e300,
    "", "0", "755224", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "\ud800", "\0", "é😀", "{}", "null", "x" * 70000, b"", b"\xff" * 40,
    bytearray(20), memoryview(b"abc"), [], [1], {}, {"id": 1}, (), set(), object(), lambda: None, Exception, float, 1j, "required",
]  # fmt: skip


class Explosive:
    """Raises whatever is done with it."""

    def _raise(self, *_):
        raise RuntimeError("mine")

    __str__ = __int__ = __float__ = __index__ = __iter__ = __len__ = __bool__ = __bytes__ = __getitem__ = _raise
    __class__ = property(_raise)


class ExplosiveError(MfaError):
    """An error of ours that cannot be read."""

    number = property(Explosive._raise, lambda *_: None)


def test_hostile_arguments_of_every_function():
    chance = random.Random(3)
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    totp, hotp = Totp(secret), Hotp(secret)
    rp = RelyingParty("example.org", name="E", origins=["https://example.org"], user_verification="required")
    login = rp.begin_discoverable_authentication()
    sealing = RelyingParty(
        "example.org", name="E", origins=["https://example.org"], user_verification="required", state_key=b"k" * 32
    )
    peppers, throttle = Peppers({"2026-05": b"k" * 32}, current="2026-05"), Throttle()
    made = mfakit.generate_recovery_codes("alice")
    recovered = mfakit.verify_recovery_code(made.codes[0], user_id="alice", record=made.record, used=0)
    functions = [
        (Totp, ["secret"], ["algorithm", "digits", "period"]),
        (Totp.from_key, ["raw"], ["algorithm", "digits", "period"]),
        (Totp.danger_legacy, ["secret"], ["algorithm", "digits", "period"]),
        (totp.code_at, ["now"], []),
        (totp.confirm, ["code"], ["now"]),
        (totp.verify, ["code"], ["last_step", "now", "past", "future"]),
        (totp.uri, [], ["issuer", "account"]),
        (totp.verify("287082", last_step=None, now=59).commit, ["rows"], []),
        (Hotp, ["secret"], ["algorithm", "digits"]),
        (Hotp.from_key, ["raw"], ["algorithm", "digits"]),
        (Hotp.ten_digits, ["secret"], ["algorithm"]),
        (hotp.code_at, ["counter"], []),
        (hotp.verify, ["code"], ["counter", "look_ahead"]),
        (hotp.resync, ["first"], ["second", "counter", "look_ahead"]),
        (Peppers, ["keys"], ["current"]),
        (mfakit.generate_recovery_codes, ["user_id"], ["count", "format", "peppers"]),
        (mfakit.verify_recovery_code, ["code"], ["user_id", "record", "used", "peppers"]),
        (recovered.commit, ["rows"], []),
        (Throttle, [], ["max_failures", "free_failures", "delay", "max_delay"]),
        (throttle.charge, ["state"], ["now"]),
        (throttle.succeed, ["state"], []),
        (throttle.refund, ["state", "error"], []),
        (throttle.retry_at, ["state"], ["now"]),
        (mfakit.generate_secret, ["length"], []),
        (mfakit.qr_svg, ["text"], []),
        (mfakit.read_response, ["response"], []),
        (CredentialRecord.from_text, ["text"], []),
        (CredentialRecord, ["id"], ["public_key", "user_handle", "sign_count", "transports", "backup_eligible", "aaguid"]),
        (RelyingParty, ["id"], ["name", "origins", "user_verification", "cross_origin", "top_origins", "counter", "algorithms", "state_key"]),
        (sealing.ceremony_id, ["state"], []),
        (sealing.finish_authentication, ["response"], ["state", "record", "now"]),
        (rp.begin_registration, ["user_handle"], ["user_name", "display_name", "exclude", "mediation", "lifetime", "now"]),
        (rp.begin_authentication, ["user_handle"], ["allow", "user_verification", "lifetime", "now"]),
        (rp.begin_discoverable_authentication, [], ["user_verification", "mediation", "lifetime", "now"]),
        (rp.finish_registration, ["response"], ["state", "now"]),
        (rp.finish_authentication, ["response"], ["state", "record", "now"]),
        (rp.verify_registration, ["response"], ["challenge", "user_handle", "mediation"]),
        (rp.verify_authentication, ["response"], ["challenge", "user_handle", "record", "allow"]),
        (rp.verify_discoverable_authentication, ["response"], ["challenge", "record"]),
    ]
    ours = [login.state, sealing.begin_discoverable_authentication().state, peppers, {"2026-05": b"k" * 32}, "2026-05"]
    ours += [made.record, made.codes[0], "$mfakit-throttle$v=1$3$7", MfaError(90)]
    values = [*JUNK, *ours, Explosive(), ExplosiveError(90)]
    for function, positional, keywords in functions:
        for _ in range(MUTATIONS):
            arguments = [chance.choice(values) for _ in positional]
            named = {name: chance.choice(values) for name in keywords}
            try:
                function(*arguments, **named)
            except MfaError:
                pass


@pytest.mark.parametrize("value", JUNK)
def test_the_states_text_may_be_anything(value):
    rp = RelyingParty("example.org", name="E", origins=["https://example.org"], user_verification="required")
    with pytest.raises(MfaError):
        rp.finish_registration("{}", state=value)
