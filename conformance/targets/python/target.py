"""The Python target: answers conformance lines through the public API of mfakit, and low-level operations through the hidden
entry of a test build. One JSON object a line in, one out, in order. It never sees what a case expects."""

import base64
import json
import struct
import sys

import mfakit
from mfakit import (
    Assessment,
    AssuranceProfile,
    AttestationTrust,
    Classification,
    CredentialRecord,
    DeviceKey,
    DeviceRecord,
    Evidence,
    Hotp,
    Metadata,
    Peppers,
    PendingTotp,
    PolicyProfile,
    RelyingParty,
    Requirement,
    Throttle,
    Tier,
    Totp,
)
from mfakit._native import _conformance

# Above this a time is no host's; the core takes every u64.
MAX_HOST_TIME = 100_000_000_000
# Any user: most cases say nothing about who it is.
ANY_USER = b"conformance"
# When the evidence of a commit is assessed.
ASSESSED_AT = 1_800_000_000
SALESFORCE = "salesforce-2026-05-05"


def low_level(message):
    return json.loads(_conformance(json.dumps(message)))


BUILT = low_level({"op": "hello"})["algorithms"]


def unhex(text):
    return None if text is None else bytes.fromhex(text)


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def rehex(text):
    return None if text is None else base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).hex()


def uuid_hex(text):
    return None if text is None else text.replace("-", "")


def base32(data):
    return base64.b32encode(data).decode().rstrip("=")


def unbase32(text):
    return base64.b32decode(text + "=" * (-len(text) % 8))


def given(inputs, name, default):
    """The bytes of an input, empty ones too; the default where it is missing or null."""
    return default if inputs.get(name) is None else unhex(inputs[name])


def number(value):
    return int(value) if isinstance(value, str) else value


def named(inputs, *names):
    """The keywords among the inputs, as they stand; what is absent is left to its default."""
    return {name: inputs[name] for name in names if name in inputs}


def stored(transition):
    return {"prev": transition.prev, "next": transition.next}


def tier_name(tier):
    return None if tier is None else tier.name.lower()


def committed(verified, inputs):
    """The evidence, where the case has rows; of a registration there is none."""
    if "rows" not in inputs:
        return {}
    evidence = verified.commit(inputs["rows"], **named(inputs, "via"))
    if isinstance(evidence, CredentialRecord):
        return {}
    assessed = mfakit.assess(evidence, now=ASSESSED_AT)
    return {
        "method": evidence.method,
        "user_verified": evidence.user_verified,
        "evidence_kind": evidence.kind,
        "assessed_tier": tier_name(assessed.tier),
        "assessed_amr": assessed.amr,
        "assessed_acr": assessed.acr,
    }


def now(inputs):
    """The time, where the case names one."""
    if "now_thousandths" in inputs:
        return {"now": inputs["now_thousandths"] / 1000}
    return named(inputs, "now")


def hotp(inputs):
    key, algorithm, digits = unhex(inputs["secret_hex"]), inputs.get("algorithm", "SHA1"), number(inputs.get("digits", 6))
    if digits == 10:
        return Hotp.ten_digits(base32(key), algorithm=algorithm)
    # RFC 4226 asks for 16 bytes; a vector with fewer means the constructor that says so.
    if len(key) < 16:
        return Hotp.danger_legacy(base32(key), algorithm=algorithm, digits=digits)
    return Hotp.from_key(key, algorithm=algorithm, digits=digits)


def totp_options(inputs):
    numbers = {name: number(inputs[name]) for name in ("digits", "period") if name in inputs}
    return {**numbers, **named(inputs, "algorithm", "preset")}


def totp(inputs):
    key, options = unhex(inputs["secret_hex"]), totp_options(inputs)
    if len(key) < 16:
        return Totp.danger_legacy(base32(key), **options)
    return Totp.from_key(key, **options)


def steam(inputs):
    return Totp.steam(base32(unhex(inputs["secret_hex"])))


def time_based(inputs):
    return steam(inputs) if inputs.get("steam") else totp(inputs)


def beyond_host_time(inputs):
    return number(inputs.get("t0") or 0) != 0 or number(inputs["time"]) > MAX_HOST_TIME


def hotp_generate(inputs):
    return {"code": hotp(inputs).code_at(number(inputs["counter"]))}


def hotp_fields(verified):
    return {"matched_counter": str(verified.matched_counter), "next_counter": str(verified.next_counter)}


def verified_hotp(inputs):
    window = {name: number(value) for name, value in named(inputs, "look_ahead").items()}
    return hotp(inputs).verify(inputs["code"], counter=number(inputs["counter"]), **window)


def hotp_verify(inputs):
    return hotp_fields(verified_hotp(inputs))


def hotp_commit(inputs):
    verified = verified_hotp(inputs)
    return {**hotp_fields(verified), **committed(verified, inputs), **stored(verified.transition)}


def hotp_resync(inputs):
    counter, look_ahead = number(inputs["counter"]), number(inputs["look_ahead"])
    verified = hotp(inputs).resync(inputs["first"], second=inputs["second"], counter=counter, look_ahead=look_ahead)
    return hotp_fields(verified)


def totp_generate(inputs):
    return {"code": totp(inputs).code_at(number(inputs["time"]))}


def verified_totp(authenticator, inputs):
    fields = {"now": "time", "past": "window_past", "future": "window_future", "drift": "drift"}
    options = {name: number(inputs[field]) for name, field in fields.items() if field in inputs}
    return authenticator.verify(inputs["code"], last_step=number(inputs.get("last_accepted_step")), **options)


def totp_fields(verified):
    return {"matched_step": str(verified.step), "drift": verified.drift}


def totp_verify(inputs):
    return totp_fields(verified_totp(totp(inputs), inputs))


def totp_commit(inputs):
    proof = verified_totp(totp(inputs), inputs)
    return {**totp_fields(proof), **committed(proof, inputs), **stored(proof.transition)}


def totp_verify_at(inputs):
    options = {**now(inputs), **named(inputs, "past", "future", "drift")}
    return totp_fields(totp(inputs).verify(inputs["code"], last_step=number(inputs.get("last_accepted_step")), **options))


def totp_confirm(inputs):
    secret, options, code = base32(unhex(inputs["secret_hex"])), totp_options(inputs), inputs["code"]
    proof = PendingTotp(secret, **options).confirm(code, **now(inputs))
    try:
        Totp(secret, **options).verify(code, last_step=proof.transition.next, **now(inputs))
        again = None
    except mfakit.MfaError as error:
        again = error.code
    if "rows" in inputs and proof.commit(inputs["rows"]) is not None:
        raise TypeError("an enrolment gives no evidence")
    return {**totp_fields(proof), **stored(proof.transition), "again": again}


def steam_generate(inputs):
    return {"code": steam(inputs).code_at(number(inputs["time"]))}


def steam_verify(inputs):
    return totp_fields(verified_totp(steam(inputs), inputs))


def totp_uri(inputs):
    return {"uri": totp(inputs).uri(**named(inputs, "issuer", "account"))}


def otpauth(read):
    is_totp = isinstance(read.otp, Totp)
    return {
        "type": "totp" if is_totp else "hotp",
        "secret_hex": unbase32(read.otp.expose_secret()).hex(),
        "algorithm": read.otp.algorithm,
        "digits": read.otp.digits,
        "period": read.otp.period if is_totp else None,
        "steam": read.otp.digits == 5,
        "issuer": read.issuer,
        "account": read.account,
        "counter": None if read.counter is None else str(read.counter),
        "warnings": read.warnings,
    }


def otpauth_parse(inputs):
    return otpauth(mfakit.parse_otpauth(inputs["uri"]))


def otpauth_build(inputs):
    labels = named(inputs, "issuer", "account")
    if inputs["type"] == "hotp":
        return {"uri": hotp(inputs).uri(**labels, counter=number(inputs["counter"]))}
    return {"uri": time_based(inputs).uri(**labels)}


def migration_parse(inputs):
    def entry(read):
        place = read.migration
        where = {name: getattr(place, name) for name in ("batch_index", "batch_size", "batch_id", "unique_id")}
        return {**otpauth(read), **where}

    return {"entries": [entry(read) for read in mfakit.parse_otpauth_migration(inputs["uri"])]}


def code_check(inputs):
    code, factor = inputs["code"], inputs["factor"]
    if factor == "recovery":
        mfakit.check_recovery_code(code, **named(inputs, "record"))
    elif factor == "temporary":
        mfakit.check_temporary_code(code, **named(inputs, "record"))
    else:
        (hotp if factor == "hotp" else time_based)(inputs).check_code(code)
    return {}


def certificates(texts):
    return [unhex(text) for text in texts]


def metadata(inputs):
    options = named(inputs, "signer", "now", "allow_stale")
    options["previous_number"] = number(inputs.get("previous_number"))
    return Metadata.parse(inputs["blob"], roots=certificates(inputs["roots_hex"]), **options)


def metadata_parse(inputs):
    parsed = metadata(inputs)
    return {
        "number": parsed.number,
        "next_update": parsed.next_update,
        "entries": parsed.entry_count,
        "skipped": parsed.skipped,
    }


def attestation_trust(inputs):
    """What is asked about trust: our own input, or those of the reference files."""
    trust = inputs.get("trust")
    if trust is not None:
        asked = named(trust, "require", "android_key", "fido_switches", "tolerances", "danger_ignore_validity")
        if trust.get("metadata") is not None:
            asked["metadata"] = metadata(trust["metadata"])
            asked.update(named(trust["metadata"], "also_reject", "danger_accept_statuses"))
        return AttestationTrust(anchors=certificates(trust.get("anchors_hex", ())), **asked)
    anchors, android_key = inputs.get("trust_anchors_hex"), inputs.get("android_key_policy")
    if anchors is None and android_key is None:
        return None
    return AttestationTrust(
        anchors=certificates(anchors or ()),
        # There, anchors are judged where a path exists: a member `x5c`, which is a text of three letters.
        require=anchors is not None and "63783563" in inputs["attestation_object_hex"],
        android_key="tee_only" if android_key == "tee" else android_key or "union",
        danger_ignore_validity=inputs.get("verification_time") is None,
    )


def attestation_type(attestation):
    """`compound:a,b` of a compound statement."""
    if attestation.type != "compound":
        return attestation.type
    return "compound:" + ",".join(part.type for part in attestation.parts)


def extensions(verified):
    """What came of them, and what the authenticator sent, as it stood."""
    outputs = verified.extensions
    return {"extensions_hex": rehex(outputs["raw"]["authenticator"]), "extension_outputs": outputs}


def keys(inputs):
    """The keys of a relying party, where the case names them."""
    names = ("state_key", "enumeration_key")
    return {name: unhex(inputs[f"{name}_hex"]) for name in names if inputs.get(f"{name}_hex") is not None}


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
    # A relying party offers what it can verify: of the case's list, what is built in.
    wanted = BUILT if inputs.get("allowed_algs") is None else inputs["allowed_algs"]
    options["algorithms"] = [algorithm for algorithm in wanted if algorithm in BUILT]
    if not options["algorithms"]:
        raise NotOffered
    if inputs.get("formats") is not None:
        options["attestation_formats"] = inputs["formats"]
    options.update(named(inputs, "unknown_attestation", "unsolicited_extensions"))
    trust = attestation_trust(inputs)
    if trust is not None:
        options.update(trust=trust, attestation="direct")
    options.update(keys(inputs))
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
    results = inputs.get("client_extension_results", {})
    return {"id": name, "rawId": name, "type": "public-key", "clientExtensionResults": results, "response": encoded}


def attested_credential_id(inputs):
    """What a browser would send as `id`: the one in the attested data, where there is one to be read."""
    wanted = {"attestation_object_hex": inputs.get("attestation_object_hex")}
    answer = low_level({"op": "attested_credential_id", "inputs": wanted})
    return unhex(answer.get("accept", {}).get("credential_id_hex", "00"))


def sent_registration(inputs):
    credential_id = given(inputs, "credential_id_hex", None)
    if credential_id is None:
        credential_id = attested_credential_id(inputs)
    return response(
        inputs, credential_id, clientDataJSON="client_data_json_hex", attestationObject="attestation_object_hex"
    )


def sent_authentication(inputs, credential_id):
    return response(
        inputs,
        credential_id,
        clientDataJSON="client_data_json_hex",
        authenticatorData="authenticator_data_hex",
        signature="signature_hex",
        userHandle="user_handle_hex",
    )


def registering(call, inputs):
    """What verifies a registration or explains one."""
    return call(
        sent_registration(inputs),
        challenge=unhex(inputs["expected_challenge_hex"]),
        user_handle=given(inputs, "expected_user_handle_hex", ANY_USER),
        # The one registration that needs no presence is a conditional one.
        mediation=inputs.get("mediation") or ("conditional" if inputs.get("require_user_presence") is False else None),
        now=number(inputs.get("verification_time") if inputs.get("now") is None else inputs["now"]),
        **named(inputs, "extensions"),
    )


def register(inputs):
    verified = registering(relying_party(inputs).verify_registration, inputs)
    credential, attestation = verified.credential, verified.attestation
    return {
        "fmt": attestation.format,
        "attestation_type": attestation_type(attestation),
        "trust": attestation.trust,
        "anchor_sha256_hex": attestation.anchor,
        "path_len": len(attestation.path),
        "proven_aaguid_hex": uuid_hex(attestation.proven_aaguid),
        "aaguid_hex": uuid_hex(credential.aaguid),
        "credential_id_hex": rehex(credential.id),
        "credential_public_key_cose_hex": rehex(credential.public_key),
        "alg": credential.algorithm,
        "sign_count": credential.sign_count,
        "flags_hex": f"{verified.flags:02x}",
        "up": verified.flags & 1 == 1,
        "uv": verified.user_verified,
        "backup_eligible": credential.backup_eligible,
        "backup_state": credential.backed_up,
        **extensions(verified),
    }


def authenticating(known, discoverable, inputs):
    """What verifies an authentication or explains one: of a user who was asked, and of whoever answers."""
    credential_id = given(inputs, "credential_id_hex", b"")
    user = given(inputs, "expected_user_handle_hex", given(inputs, "user_handle_hex", b"") or ANY_USER)
    parts = {
        "user_handle": given(inputs, "record_user_handle_hex", user),
        "sign_count": inputs.get("stored_sign_count") or 0,
        "backup_eligible": inputs.get("stored_backup_eligible"),
    }
    record_id = given(inputs, "record_credential_id_hex", credential_id)
    record = CredentialRecord(record_id, public_key=unhex(inputs["credential_public_key_cose_hex"]), **parts)
    sent = sent_authentication(inputs, credential_id)
    arguments = {"challenge": unhex(inputs["expected_challenge_hex"]), "record": record, **named(inputs, "extensions")}
    if "prepared_public_key_cose_hex" in inputs:
        prepared = CredentialRecord(record_id, public_key=unhex(inputs["prepared_public_key_cose_hex"]), **parts)
        arguments["prepared"] = prepared.prepare()
    if inputs.get("discoverable"):
        return discoverable(sent, **arguments)
    allow = inputs.get("allow_credentials_hex")
    allow = None if allow is None else [b64(unhex(entry)) for entry in allow]
    return known(sent, user_handle=user, allow=allow, **arguments)


def authenticate(inputs):
    rp = relying_party(inputs)
    verified = authenticating(rp.verify_authentication, rp.verify_discoverable_authentication, inputs)
    return {
        "new_sign_count": verified.counter,
        "flags_hex": f"{verified.flags:02x}",
        "up": verified.flags & 1 == 1,
        "uv": verified.user_verified,
        "backup_eligible": verified.backup_eligible,
        "backup_state": verified.backed_up,
        **extensions(verified),
    }


def failed(steps):
    return {"failed": [{"step": step.number, "code": step.code} for step in steps if step.verdict == "failed"]}


def explain_registration(inputs):
    return failed(registering(relying_party(inputs).explain_registration, inputs))


def explain_authentication(inputs):
    explain = relying_party(inputs).explain_authentication
    return failed(authenticating(explain, explain, inputs))


def decoy_begin(inputs):
    begun = relying_party(inputs).begin_decoy_authentication(inputs["identifier"])
    return {"allow_credentials": begun.options["allowCredentials"]}


def extensions_inputs(inputs):
    options = {"name": "conformance", "origins": ["https://example.org"], "user_verification": "preferred"}
    rp, asked = RelyingParty("example.org", **options), named(inputs, "extensions")
    if inputs["ceremony"] == "registration":
        begun = rp.begin_registration(ANY_USER, user_name="conformance", **asked)
    else:
        begun = rp.begin_discoverable_authentication(**asked)
    return {"extensions": begun.options.get("extensions")}


def related_origins(inputs):
    return {"text": mfakit.related_origins_json(inputs["origins"])}


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
    options = {name: value for name, value in inputs.items() if name != "id" and not name.endswith("_hex")}
    RelyingParty(inputs["id"], **options, **keys(inputs))
    return {}


def record_read(inputs):
    record = CredentialRecord.from_text(inputs["record"])
    return {
        "credential_id_hex": rehex(record.id),
        "public_key_cose_hex": rehex(record.public_key),
        "user_handle_hex": rehex(record.user_handle),
        "sign_count": record.sign_count,
        "backup_eligible": record.backup_eligible,
        "backed_up": record.backed_up,
        "transports": record.transports,
        "aaguid_hex": uuid_hex(record.aaguid),
        "uv_initialized": record.uv_initialized,
        "attestation_object_hex": rehex(record.attestation_object),
        "attestation_client_data_json_hex": rehex(record.attestation_client_data_json),
        "json": record.to_json(),
        "compact": record.to_compact(),
        "record": record.to_text(),
    }


def ceremony_finish(inputs):
    rp = relying_party(inputs)
    if inputs["kind"] == "registration":
        verified = rp.finish_registration(sent_registration(inputs), **named(inputs, "state", "now"))
        return {
            "credential_id_hex": rehex(verified.credential.id),
            "user_handle_hex": rehex(verified.user_handle),
            "uv": verified.user_verified,
            "next": verified.transition.next,
            **committed(verified, inputs),
        }
    sent = sent_authentication(inputs, given(inputs, "credential_id_hex", b""))
    verified = rp.finish_authentication(sent, **named(inputs, "state", "record", "now"))
    return {
        "credential_id_hex": rehex(verified.credential_id),
        "user_handle_hex": rehex(verified.user_handle),
        "new_sign_count": verified.counter,
        "uv": verified.user_verified,
        **stored(verified.transition),
        **committed(verified, inputs),
    }


def peppers(value):
    """What the case says of peppers; what is not of that shape is handed on as it stands."""
    if not isinstance(value, dict):
        return value
    keys = value["keys"]
    if isinstance(keys, list):
        keys = {entry["id"]: unhex(entry["key_hex"]) for entry in keys}
    return Peppers(keys, current=value["current"])


def config_peppers(inputs):
    peppers(inputs)
    return {}


def with_peppers(inputs):
    """The argument, where the case names peppers."""
    return {"peppers": peppers(inputs["peppers"])} if "peppers" in inputs else {}


def prefix(record):
    """A record's name and parameters, which no random byte is in."""
    return "".join(part + "$" for part in record.split("$")[:3])


def config_recovery(inputs):
    keys = with_peppers(inputs)
    made = mfakit.generate_recovery_codes(inputs["user_id"], **named(inputs, "count", "format"), **keys)
    for code in made.codes:
        mfakit.verify_recovery_code(code, user_id=inputs["user_id"], record=made.record, used=0, **keys)
    lines = made.text == "".join(code + "\n" for code in made.codes)
    return {"codes": len(made.codes), "accepted": len(made.codes), "lines": lines, "prefix": prefix(made.record)}


def recovery_verify(inputs):
    options = {**named(inputs, "user_id", "record", "used"), "peppers": peppers(inputs.get("peppers"))}
    verified = mfakit.verify_recovery_code(inputs["code"], **options)
    return {
        "bit": verified.bit,
        "remaining": verified.remaining,
        "low": verified.low,
        "needs_regeneration": verified.needs_regeneration,
        **stored(verified.transition),
        **committed(verified, inputs),
    }


def audited(audit):
    """The audit's fields but for the id, which a new code has at random."""
    names = ("event", "kind", "issued_by", "not_before", "not_after", "max_uses", "uses", "revoked")
    return {name: getattr(audit, name) for name in names}


def temporary_verify(inputs):
    options = {**named(inputs, "user_id", "record"), **with_peppers(inputs), **now(inputs)}
    verified = mfakit.verify_temporary_code(inputs["code"], **options)
    return {
        **audited(verified.audit),
        "id": verified.audit.id,
        "kind": verified.kind,
        "uses_left": verified.uses_left,
        **stored(verified.transition),
        **committed(verified, inputs),
    }


def temporary_revoke(inputs):
    revoked = mfakit.revoke_temporary_code(inputs["record"])
    return {**audited(revoked.audit), "id": revoked.audit.id, **stored(revoked)}


def config_temporary(inputs):
    keys, when = with_peppers(inputs), now(inputs)
    options = named(inputs, "kind", "issued_by", "previous", "lifetime", "digits")
    made = mfakit.issue_temporary_code(inputs["user_id"], **options, **keys, **when)
    record = made.transition.next
    mfakit.verify_temporary_code(made.code, user_id=inputs["user_id"], record=record, **keys, **when)
    return {
        **audited(made.audit),
        "code_length": len(made.code),
        "expires_at": made.expires_at,
        "prev": made.transition.prev,
        "prefix": prefix(record),
        "issued": record.rpartition("$")[2],
        "accepted": True,
    }


def guess_odds(inputs):
    return {"odds_hex": struct.pack(">d", mfakit.guess_odds(**named(inputs, "digits", "window", "attempts"))).hex()}


def throttle(inputs):
    names = ("max_failures", "free_failures", "delay", "max_delay", "digits", "window", "budget")
    return Throttle(**named(inputs, *names))


def config_throttle(inputs):
    throttle(inputs)
    return {}


def throttle_charge(inputs):
    return stored(throttle(inputs).charge(inputs.get("state"), **now(inputs)))


def throttle_succeed(inputs):
    return stored(throttle(inputs).succeed(inputs.get("state")))


def throttle_refund(inputs):
    return stored(throttle(inputs).refund(inputs.get("state"), mfakit.MfaError(inputs["error_number"])))


def throttle_retry_at(inputs):
    return {"retry_at": throttle(inputs).retry_at(inputs.get("state"), **now(inputs))}


def profile_of(inputs):
    """The case's own profile, or the name of a built-in one."""
    return AssuranceProfile.from_json(inputs["profile_json"]) if "profile_json" in inputs else inputs["profile"]


def policy_of(inputs):
    if "policy_json" in inputs:
        return PolicyProfile.from_json(inputs["policy_json"])
    return PolicyProfile.named(inputs.get("policy", SALESFORCE))


def requirement_of(inputs):
    """The requirement as the case describes it: one of its own, or a policy's."""
    asked = inputs["requirement"]
    common = named(asked, "max_age", "exemption", "waiver", "enforced_from", "client_can")
    if "tier" in asked:
        return Requirement(asked["tier"], **common, **named(asked, "acr_values"))
    rights = asked.get("rights", ())
    return policy_of(asked).requirement(rights=rights, **common, **named(asked, "channel", "environment"))


def stored_proof(proof):
    stored = {"kind": proof["kind"], "at": proof["at"]}
    members = {"user_verified": "userVerified", "hardware": "hardware", "backup_eligible": "backupEligible"}
    stored.update({member: True for name, member in members.items() if proof.get(name)})
    told = proof.get("verified_by", "").split()
    return {**stored, "verifiedBy": told} if told else stored


def proven(inputs):
    """What was proven, as an assessment that was stored."""
    if "proven" not in inputs:
        return None
    return Assessment.from_trusted_json(json.dumps({"v": 1, "methods": [stored_proof(p) for p in inputs["proven"]]}))


def passwords(inputs):
    return [Evidence.password(at=at) for at in inputs.get("passwords", ())]


def assessment(inputs):
    return mfakit.assess(passwords(inputs), previous=proven(inputs), **now(inputs))


def classification(inputs):
    options = {name: inputs[given] for name, given in (("max_age", "claims_max_age"),) if given in inputs}
    when = {"now": inputs["claims_now"]} if "claims_now" in inputs else now(inputs)
    claims = named(inputs, "amr", "acr", "authn_context", "auth_time")
    return mfakit.classify(profile_of(inputs), **claims, **options, **when)


def has_claims(inputs):
    return "profile" in inputs or "profile_json" in inputs


def standing(inputs):
    return classification(inputs) if has_claims(inputs) else assessment(inputs)


def lines(reasons):
    """Each reason in three words."""
    return [f"{r.code} {'-' if r.subject is None else r.subject} {tier_name(r.tier) or '-'}" for r in reasons]


def classified(value):
    names = ("recognised", "unknown", "profile", "version", "amr", "acr", "authn_context", "auth_time")
    fields = {name: getattr(value, name) for name in names}
    return {**fields, "tier": tier_name(value.tier), "explain": lines(value.explain())}


def assessed(value):
    factors = [value.factors[name] for name in ("knowledge", "possession", "inherence", "unspecified", "kinds")]
    fields = {name: getattr(value, name) for name in ("amr", "acr", "methods", "recovery")}
    return {**fields, "tier": tier_name(value.tier), "factors": factors, "explain": lines(value.explain())}


def amr_salesforce_tier(inputs):
    read = mfakit.classify(SALESFORCE, **named(inputs, "amr"))
    return {"tier": tier_name(read.tier) if read.recognised else "unrecognised"}


def amr_parse_claim(inputs):
    token = '{"amr": ' + inputs["claim_json"] + "}"
    return {"amr": mfakit.classify(SALESFORCE, claims=token).amr}


def amr_registered(inputs):
    description = mfakit.amr_description(inputs["value"])
    return {"registered": description is not None, "description": description}


def assurance_classify(inputs):
    return classified(classification(inputs))


def assurance_id_token(inputs):
    options = {**named(inputs, "max_age"), **now(inputs)}
    return classified(mfakit.classify(profile_of(inputs), claims=inputs["id_token"], **options))


def assurance_stored_claims(inputs):
    read = Classification.from_trusted_json(inputs["stored"], profile=profile_of(inputs))
    return {**classified(read), "stored": read.to_json()}


def assurance_profile(inputs):
    profile = profile_of(inputs)
    profile = AssuranceProfile.named(profile) if isinstance(profile, str) else profile
    return {"id": profile.id, "version": profile.version, "lint": lines(mfakit.lint(profile))}


def assurance_assess(inputs):
    return assessed(assessment(inputs))


def assurance_stored(inputs):
    stored = Assessment.from_trusted_json(inputs["stored"])
    read = mfakit.assess(passwords(inputs), previous=stored, **now(inputs))
    return {**assessed(read), "stored": read.to_json()}


def assurance_meets(inputs):
    if has_claims(inputs):
        return {"meets": classification(inputs).meets(inputs["tier"])}
    return {"meets": assessment(inputs).meets(inputs["tier"], **named(inputs, "max_age"), **now(inputs))}


def policy_profile(inputs):
    policy = policy_of(inputs)
    channels = [f"{name} {'subject' if covered else 'unaffected'}" for name, covered in policy.channels.items()]
    fields = {name: getattr(policy, name) for name in ("id", "version", "privileged_rights")}
    return {**fields, "labels": [policy.label(tier) for tier in Tier], "channels": sorted(channels)}


def policy_requirement(inputs):
    required = requirement_of(inputs)
    names = ("max_age", "exempt", "waiver", "enforced_from", "client_can", "acr_values", "policy", "policy_version")
    fields = {name: getattr(required, name) for name in names}
    return {**fields, "tier": tier_name(required.tier), "applies": required.applies(**now(inputs))}


def decision(shown, inputs):
    enrolled = inputs.get("enrolled", ())
    return mfakit.decide(shown, requirement=requirement_of(inputs), enrolled=enrolled, **now(inputs))


def policy_decide(inputs):
    decided = decision(standing(inputs), inputs)
    if inputs.get("enforce"):
        decided.or_raise()
    fields = {name: getattr(decided, name) for name in ("kind", "reason", "options", "challenge")}
    return {**fields, "need": tier_name(decided.need), "explain": lines(decided.explain())}


def policy_methods(inputs):
    required, enrolled = requirement_of(inputs), inputs["enrolled"]
    return {
        "eligible": mfakit.eligible_methods(enrolled, requirement=required, **now(inputs)),
        "enrollable": mfakit.enrollable_methods(required),
        "advice": mfakit.method_advice(enrolled),
    }


def removal(removed, inputs):
    if inputs.get("enforce"):
        removed.or_raise()
    return {"allowed": removed.allowed, "reason": removed.reason}


def policy_remove(inputs):
    options = {"requirement": requirement_of(inputs), **named(inputs, "remove"), **now(inputs)}
    return removal(mfakit.can_remove(inputs["enrolled"], **options), inputs)


def policy_disable(inputs):
    required = requirement_of(inputs)
    return removal(mfakit.can_disable(assessment(inputs), requirement=required, **now(inputs)), inputs)


def policy_grandfathered(inputs):
    options = {**named(inputs, "enrolled_before", "until"), **now(inputs)}
    return {"grandfathered": mfakit.grandfathered(inputs["enrolled_at"], **options)}


def policy_effects(inputs):
    def line(effect):
        return f"{effect.kind} {'-' if effect.lifetime is None else effect.lifetime} {effect.template or '-'}"

    return {"effects": [line(effect) for effect in mfakit.effects(inputs["event"])]}


def expires_at(inputs):
    return {"expires_at": mfakit.session_expires_at(inputs["kind"], **named(inputs, "created", "last_active"))}


def session_touch(inputs):
    options = {**named(inputs, "created", "last_active"), **now(inputs)}
    return {"expires_at": mfakit.touch_session(inputs["kind"], **options)}


def audit_record(inputs):
    options = {**named(inputs, "user", "credential_id"), **now(inputs)}
    if "requirement" in inputs:
        options["requirement"] = requirement_of(inputs)
    if has_claims(inputs) or "proven" in inputs or "passwords" in inputs:
        options["standing"] = standing(inputs)
        if inputs.get("decided"):
            options["decision"] = decision(options["standing"], inputs)
    return {"record": mfakit.audit_record(inputs["event"], **options)}


def device(record):
    fields = {name: getattr(record, name) for name in ("user_id", "audience", "algorithm", "name")}
    return {**fields, "device_id": record.id, "public_key_hex": rehex(record.public_key), "record": record.to_text()}


def of(value, *names):
    return {name: getattr(value, name) for name in names}


def approval_enroll(inputs):
    options = {**named(inputs, "audience", "lifetime"), **now(inputs)}
    begun = mfakit.begin_device_enrollment(inputs["user_id"], **options)
    request = mfakit.read_device_enrollment(begun.request)
    if (request.device_id, request.expires_at) != (begun.device_id, begun.expires_at):
        raise TypeError("the request is another than was begun")
    return of(request, "audience", "user_id", "expires_at")


def approval_finish_enrollment(inputs):
    verified = mfakit.finish_device_enrollment(inputs["answer"], **named(inputs, "state"), **now(inputs))
    if "rows" in inputs and verified.commit(inputs["rows"]) != verified.device:
        raise TypeError("another device than was verified")
    return {**device(verified.device), "next": verified.transition.next}


def approval_device(inputs):
    return device(DeviceRecord.from_text(inputs["record"]))


def approval_begin(inputs):
    options = {**named(inputs, "audience", "action", "context", "devices", "previous", "lifetime"), **now(inputs)}
    begun = mfakit.begin_approval(inputs["user_id"], **options)
    request = mfakit.read_approval_request(begun.request)
    if (request.id, request.expires_at) != (begun.id, begun.expires_at):
        raise TypeError("the request is another than was begun")
    return {
        **of(request, "audience", "user_id", "action", "context"),
        "prev": begun.transition.prev,
        "expires_at": begun.expires_at,
        "prefix": prefix(begun.transition.next),
        "number_length": len(begun.number),
        "status": mfakit.read_approval(begun.transition.next, id=begun.id, **now(inputs)),
    }


def approval_finish(inputs):
    verified = mfakit.finish_approval(inputs["answer"], **named(inputs, "state"), **now(inputs))
    fields = of(verified, "decision", "user_id", "approval_id", "device_id")
    return {**fields, **stored(verified.transition), **committed(verified, inputs)}


def approval_read(inputs):
    return {"status": mfakit.read_approval(inputs["state"], **named(inputs, "id"), **now(inputs))}


def approval_cancel(inputs):
    return stored(mfakit.cancel_approval(inputs["state"]))


def approval_read_answer(inputs):
    return of(mfakit.read_approval_answer(inputs["answer"]), "user_id", "device_id", "request_id")


def approval_read_request(inputs):
    request = mfakit.read_approval_request(inputs["request"])
    return of(request, "id", "audience", "user_id", "action", "context", "expires_at")


def approval_read_enrollment(inputs):
    request = mfakit.read_device_enrollment(inputs["request"])
    return of(request, "audience", "user_id", "device_id", "expires_at")


def approval_enroll_device(inputs):
    request = mfakit.read_device_enrollment(inputs["request"])
    return device(request.device(unhex(inputs["public_key_hex"]), **named(inputs, "name")))


def approval_device_key(inputs):
    key = DeviceKey.from_text(inputs["key"])
    if key.to_text() != inputs["key"]:
        raise TypeError("another key than was read")
    return device(key.record)


def chosen(inputs):
    return {**named(inputs, "decision", "number"), **now(inputs)}


def approval_sign(inputs):
    request, key = mfakit.read_approval_request(inputs["request"]), DeviceKey.from_text(inputs["key"])
    return {"answer": mfakit.sign_approval(request, device=key, **chosen(inputs))}


def approval_sign_enrollment(inputs):
    request, key = mfakit.read_device_enrollment(inputs["request"]), DeviceKey.from_text(inputs["key"])
    return {"answer": mfakit.sign_enrollment(request, device=key, **named(inputs, "name"), **now(inputs))}


def approval_to_sign(inputs):
    request = mfakit.read_approval_request(inputs["request"])
    return {"to_sign_hex": mfakit.approval_to_sign(request, device=inputs["record"], **chosen(inputs)).hex()}


def approval_enrollment_to_sign(inputs):
    request = mfakit.read_device_enrollment(inputs["request"])
    return {"to_sign_hex": mfakit.enrollment_to_sign(request, device=inputs["record"], **now(inputs)).hex()}


def approval_answer(inputs):
    signature = unhex(inputs["signature_hex"])
    return {"answer": mfakit.approval_answer(unhex(inputs["to_sign_hex"]), signature=signature)}


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
    "explain.registration": explain_registration,
    "explain.authentication": explain_authentication,
    "metadata.parse": metadata_parse,
    "decoy.begin": decoy_begin,
    "extensions.inputs": extensions_inputs,
    "related_origins": related_origins,
    "config.totp": config_totp,
    "config.hotp": config_hotp,
    "config.relying_party": config_relying_party,
    "totp.commit": totp_commit,
    "hotp.commit": hotp_commit,
    "totp.verify_at": totp_verify_at,
    "totp.confirm": totp_confirm,
    "totp.uri": totp_uri,
    "steam.generate": steam_generate,
    "steam.verify": steam_verify,
    "otpauth.parse": otpauth_parse,
    "otpauth.build": otpauth_build,
    "migration.parse": migration_parse,
    "code.check": code_check,
    "record.read": record_read,
    "ceremony.finish": ceremony_finish,
    "recovery.verify": recovery_verify,
    "config.recovery": config_recovery,
    "temporary.verify": temporary_verify,
    "temporary.revoke": temporary_revoke,
    "config.temporary": config_temporary,
    "guess_odds": guess_odds,
    "config.peppers": config_peppers,
    "config.throttle": config_throttle,
    "throttle.charge": throttle_charge,
    "throttle.succeed": throttle_succeed,
    "throttle.refund": throttle_refund,
    "throttle.retry_at": throttle_retry_at,
    "amr.salesforce_tier": amr_salesforce_tier,
    "amr.parse_claim": amr_parse_claim,
    "amr.registered": amr_registered,
    "assurance.classify": assurance_classify,
    "assurance.id_token": assurance_id_token,
    "assurance.stored_claims": assurance_stored_claims,
    "assurance.profile": assurance_profile,
    "assurance.assess": assurance_assess,
    "assurance.stored": assurance_stored,
    "assurance.meets": assurance_meets,
    "policy.profile": policy_profile,
    "policy.requirement": policy_requirement,
    "policy.decide": policy_decide,
    "policy.methods": policy_methods,
    "policy.remove": policy_remove,
    "policy.disable": policy_disable,
    "policy.grandfathered": policy_grandfathered,
    "policy.effects": policy_effects,
    "session.expires_at": expires_at,
    "session.touch": session_touch,
    "audit.record": audit_record,
    "approval.enroll": approval_enroll,
    "approval.finish_enrollment": approval_finish_enrollment,
    "approval.device": approval_device,
    "approval.begin": approval_begin,
    "approval.finish": approval_finish,
    "approval.read": approval_read,
    "approval.cancel": approval_cancel,
    "approval.read_answer": approval_read_answer,
    "approval.read_request": approval_read_request,
    "approval.read_enrollment": approval_read_enrollment,
    "approval.enroll_device": approval_enroll_device,
    "approval.device_key": approval_device_key,
    "approval.sign": approval_sign,
    "approval.sign_enrollment": approval_sign_enrollment,
    "approval.to_sign": approval_to_sign,
    "approval.enrollment_to_sign": approval_enrollment_to_sign,
    "approval.answer": approval_answer,
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
