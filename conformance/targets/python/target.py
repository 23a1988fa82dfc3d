"""The Python target: answers conformance lines through the public API of mfakit, and low-level operations through the hidden
entry of a test build. One JSON object a line in, one out, in order. It never sees what a case expects."""

import base64
import json
import sys

import mfakit
from mfakit import CredentialRecord, Hotp, RelyingParty, Totp
from mfakit._native import _conformance

# Above this a time is no host's; the core takes every u64.
MAX_HOST_TIME = 100_000_000_000
# Any user: most cases say nothing about who it is.
ANY_USER = b"conformance"


def low_level(message):
    return json.loads(_conformance(json.dumps(message)))


BUILT = low_level({"op": "hello"})["algorithms"]


def unhex(text):
    return None if text is None else bytes.fromhex(text)


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def rehex(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).hex()


def base32(data):
    return base64.b32encode(data).decode().rstrip("=")


def given(inputs, name, default):
    """The bytes of an input, empty ones too; the default where it is missing or null."""
    return default if inputs.get(name) is None else unhex(inputs[name])


def number(value):
    return int(value) if isinstance(value, str) else value


def hotp(inputs):
    key, algorithm, digits = unhex(inputs["secret_hex"]), inputs["algorithm"], number(inputs["digits"])
    if digits == 10:
        return Hotp.ten_digits(base32(key), algorithm=algorithm)
    # RFC 4226 asks for 16 bytes; a vector with fewer means the constructor that says so.
    if len(key) < 16:
        return Hotp.danger_legacy(base32(key), algorithm=algorithm, digits=digits)
    return Hotp.from_key(key, algorithm=algorithm, digits=digits)


def totp(inputs):
    key = unhex(inputs["secret_hex"])
    options = {name: number(inputs[name]) for name in ("digits", "period")}
    options["algorithm"] = inputs["algorithm"]
    if len(key) < 16:
        return Totp.danger_legacy(base32(key), **options)
    return Totp.from_key(key, **options)


def beyond_host_time(inputs):
    return number(inputs.get("t0") or 0) != 0 or number(inputs["time"]) > MAX_HOST_TIME


def hotp_generate(inputs):
    return {"code": hotp(inputs).code_at(number(inputs["counter"]))}


def hotp_fields(verified):
    return {"matched_counter": str(verified.matched_counter), "next_counter": str(verified.next_counter)}


def hotp_verify(inputs):
    counter, look_ahead = number(inputs["counter"]), number(inputs["look_ahead"])
    return hotp_fields(hotp(inputs).verify(inputs["code"], counter=counter, look_ahead=look_ahead))


def hotp_resync(inputs):
    counter, look_ahead = number(inputs["counter"]), number(inputs["look_ahead"])
    verified = hotp(inputs).resync(inputs["first"], second=inputs["second"], counter=counter, look_ahead=look_ahead)
    return hotp_fields(verified)


def totp_generate(inputs):
    return {"code": totp(inputs).code_at(number(inputs["time"]))}


def totp_verify(inputs):
    verified = totp(inputs).verify(
        inputs["code"],
        last_step=number(inputs.get("last_accepted_step")),
        now=number(inputs["time"]),
        past=number(inputs["window_past"]),
        future=number(inputs["window_future"]),
    )
    return {"matched_step": str(verified.step), "drift": verified.drift}


def relying_party(inputs):
    options = {}
    if inputs.get("allow_cross_origin"):
        tops = inputs.get("expected_top_origins")
        options["cross_origin"] = "danger_any_top_origin" if tops is None else "allow_listed"
        options["top_origins"] = tops or ()
    if inputs.get("sign_count_policy"):
        options["counter"] = inputs["sign_count_policy"]
    if inputs.get("backup_policy"):
        options["backup"] = inputs["backup_policy"]
    if inputs.get("allowed_algs") is not None:
        # A relying party offers what it can verify: of the case's list, what is built in.
        options["algorithms"] = [number for number in inputs["allowed_algs"] if number in BUILT]
        if not options["algorithms"]:
            raise NotOffered
    return RelyingParty(
        inputs["rp_id"],
        name="conformance",
        origins=inputs["expected_origins"],
        user_verification="required" if inputs.get("require_user_verification") else "preferred",
        danger_allow_absent_user=inputs.get("require_user_presence") is False,
        **options,
    )


def response(inputs, credential_id, **members):
    """What the case sends as a whole, or what a browser would have sent."""
    if "response_value" in inputs:
        return inputs["response_value"]
    if "response_hex" in inputs:
        return unhex(inputs["response_hex"])
    encoded = {name: b64(unhex(inputs[field])) for name, field in members.items() if inputs.get(field) is not None}
    name = b64(credential_id)
    return {"id": name, "rawId": name, "type": "public-key", "clientExtensionResults": {}, "response": encoded}


def attested_credential_id(inputs):
    """What a browser would send as `id`: the one in the attested data, where there is one to be read."""
    wanted = {"attestation_object_hex": inputs.get("attestation_object_hex")}
    answer = low_level({"op": "attested_credential_id", "inputs": wanted})
    return unhex(answer.get("accept", {}).get("credential_id_hex", "00"))


def register(inputs):
    rp = relying_party(inputs)
    credential_id = given(inputs, "credential_id_hex", None)
    if credential_id is None:
        credential_id = attested_credential_id(inputs)
    verified = rp.verify_registration(
        response(
            inputs,
            credential_id,
            clientDataJSON="client_data_json_hex",
            attestationObject="attestation_object_hex",
        ),
        challenge=unhex(inputs["expected_challenge_hex"]),
        user_handle=given(inputs, "expected_user_handle_hex", ANY_USER),
        # The one registration that needs no presence is a conditional one.
        mediation=inputs.get("mediation") or ("conditional" if inputs.get("require_user_presence") is False else None),
    )
    credential = verified.credential
    return {
        "fmt": verified.attestation.format,
        "attestation_type": verified.attestation.type,
        "aaguid_hex": credential.aaguid.replace("-", ""),
        "credential_id_hex": rehex(credential.id),
        "credential_public_key_cose_hex": rehex(credential.public_key),
        "alg": credential.algorithm,
        "sign_count": credential.sign_count,
        "flags_hex": f"{verified.flags:02x}",
        "up": verified.flags & 1 == 1,
        "uv": verified.user_verified,
        "backup_eligible": credential.backup_eligible,
        "backup_state": credential.backed_up,
        "extensions_hex": None if verified.extensions is None else verified.extensions.hex(),
    }


def authenticate(inputs):
    rp = relying_party(inputs)
    credential_id = given(inputs, "credential_id_hex", b"")
    user = given(inputs, "expected_user_handle_hex", given(inputs, "user_handle_hex", b"") or ANY_USER)
    record = CredentialRecord(
        given(inputs, "record_credential_id_hex", credential_id),
        public_key=unhex(inputs["credential_public_key_cose_hex"]),
        user_handle=given(inputs, "record_user_handle_hex", user),
        sign_count=inputs.get("stored_sign_count") or 0,
        backup_eligible=inputs.get("stored_backup_eligible"),
    )
    sent = response(
        inputs,
        credential_id,
        clientDataJSON="client_data_json_hex",
        authenticatorData="authenticator_data_hex",
        signature="signature_hex",
        userHandle="user_handle_hex",
    )
    challenge = unhex(inputs["expected_challenge_hex"])
    if inputs.get("discoverable"):
        verified = rp.verify_discoverable_authentication(sent, challenge=challenge, record=record)
    else:
        allow = inputs.get("allow_credentials_hex")
        allow = None if allow is None else [b64(unhex(entry)) for entry in allow]
        verified = rp.verify_authentication(
            sent, challenge=challenge, user_handle=user, record=record, allow=allow
        )
    return {
        "new_sign_count": verified.counter,
        "flags_hex": f"{verified.flags:02x}",
        "up": verified.flags & 1 == 1,
        "uv": verified.user_verified,
        "backup_eligible": verified.backup_eligible,
        "backup_state": verified.backed_up,
        "extensions_hex": None if verified.extensions is None else verified.extensions.hex(),
    }


def config_totp(inputs):
    inputs = dict(inputs)
    make = Totp.danger_legacy if inputs.pop("legacy", False) else Totp
    make(inputs.pop("secret"), **inputs)
    return {}


def config_hotp(inputs):
    inputs = dict(inputs)
    if inputs.pop("ten_digits", False):
        Hotp.ten_digits(inputs["secret"], algorithm=inputs["algorithm"])
        return {}
    make = Hotp.danger_legacy if inputs.pop("legacy", False) else Hotp
    make(inputs.pop("secret"), **inputs)
    return {}


def config_relying_party(inputs):
    inputs = dict(inputs)
    RelyingParty(inputs.pop("id"), **inputs)
    return {}


class NotOffered(Exception):
    """Nothing that the case offers is built in."""


PUBLIC = {
    "hotp.generate": hotp_generate,
    "hotp.verify": hotp_verify,
    "hotp.resync": hotp_resync,
    "totp.generate": totp_generate,
    "totp.verify": totp_verify,
    "webauthn.register": register,
    "webauthn.authenticate": authenticate,
    "config.totp": config_totp,
    "config.hotp": config_hotp,
    "config.relying_party": config_relying_party,
}


def answer(message):
    op, inputs = message["op"], message.get("inputs", {})
    if op == "hello":
        hello = low_level(message)
        features = [*hello["features"], "dynamic_input"]
        return {"features": features, "ops": sorted({*hello["ops"], *PUBLIC})}
    run = PUBLIC.get(op)
    if run is None or (op in ("totp.generate", "totp.verify") and beyond_host_time(inputs)):
        result = low_level(message)
    else:
        try:
            result = {"accept": run(inputs)}
        except mfakit.MfaError as error:
            result = {"reject": error.code}
        except NotOffered:
            result = {"reject": "algorithm_not_offered"}
    return {"id": message["id"], **result}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
