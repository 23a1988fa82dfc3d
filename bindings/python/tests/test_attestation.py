"""Whom attestation is trusted from: anchors, metadata, and what a registration says of them."""

import json
import pathlib
import threading

import pytest

import mfakit
from attested import AAGUID, MDS, MODEL, NOON, Authority, attested, b64, blob, entry
from mfakit import AttestationTrust, ConfigError, Metadata, MfaError, RelyingParty, VerificationError
from mfakit.testing import SoftAuthenticator

VECTORS = pathlib.Path(__file__).parents[3] / "conformance" / "vectors"
ORIGIN = "https://example.org"
MAKER, STRANGER, FIDO = Authority(), Authority("Another Root"), Authority("Metadata Root", host=MDS)
LATE = NOON + 90 * 86_400


def relying_party(**options):
    options = {"user_verification": "required", "attestation": "direct", **options}
    return RelyingParty("example.org", name="E", origins=[ORIGIN], **options)


def register(rp, maker=MAKER, now=NOON, **knobs):
    ceremony = rp.begin_registration(mfakit.generate_user_handle(), user_name="alice", now=NOON)
    passkey = SoftAuthenticator(ORIGIN, aaguid=AAGUID, **knobs)
    answer = passkey.create(ceremony.options)
    if maker is not None:
        answer = attested(answer, maker)
    return rp.finish_registration(answer, state=ceremony.state, now=now)


def refusal(call, *arguments, **named):
    with pytest.raises(MfaError) as caught:
        call(*arguments, **named)
    family = ConfigError if caught.value.kind == "config" else VerificationError
    assert isinstance(caught.value, family)
    return caught.value.code


def metadata(entries=None, signer=FIDO, **options):
    made = blob(signer, [entry(MAKER)] if entries is None else entries)
    return Metadata.parse(made, **{"roots": [FIDO.root_der], "now": NOON, **options})


# ---- anchors


def test_nothing_is_trusted_where_nobody_asked():
    attestation = register(relying_party()).attestation
    assert (attestation.format, attestation.type, attestation.trust) == ("packed", "basic", "not_requested")
    assert attestation.anchor is None and attestation.proven_aaguid is None
    assert attestation.path == [MAKER.leaf_der] and attestation.parts == []
    assert "packed" in repr(attestation)
    with pytest.raises(ConfigError):
        bool(attestation)


@pytest.mark.parametrize(
    "anchors",
    [
        [MAKER.root_der],
        (bytearray(MAKER.root_der),),
        [MAKER.root_pem],
        [MAKER.root_pem.encode()],
        [STRANGER.root_pem + "between\n" + MAKER.root_pem],
        [STRANGER.root_der, MAKER.root_pem],
    ],
    ids=["DER", "bytearray", "PEM", "PEM as bytes", "PEM of two", "both"],
)
def test_every_way_of_giving_an_anchor(anchors):
    attestation = register(relying_party(trust=AttestationTrust(anchors=anchors))).attestation
    assert attestation.trust == "trusted" and attestation.proven_aaguid == MODEL
    assert attestation.anchor == MAKER.root.fingerprint(MAKER.root.signature_hash_algorithm).hex()


def test_trust_is_required_unless_said_otherwise():
    strict = relying_party(trust=AttestationTrust(anchors=[STRANGER.root_der]))
    assert refusal(register, strict) == "attestation_untrusted"
    assert refusal(register, strict, maker=None) == "attestation_required"
    lenient = relying_party(trust=AttestationTrust(anchors=[STRANGER.root_der], require=False))
    attestation = register(lenient).attestation
    assert attestation.trust == "untrusted" and attestation.proven_aaguid is None


def test_the_dates_of_certificates_are_those_of_the_ceremony():
    short, anchors = Authority(days=1), {}
    anchors["anchors"] = [short.root_der]
    rp = relying_party(trust=AttestationTrust(**anchors))
    assert register(rp, maker=short).attestation.trust == "trusted"
    late = RelyingParty(
        "example.org",
        name="E",
        origins=[ORIGIN],
        user_verification="required",
        attestation="direct",
        trust=AttestationTrust(**anchors, danger_ignore_validity=True),
    )
    for party, now, outcome in [
        (rp, NOON, "trusted"),
        (rp, NOON + 2 * 86_400, "certificate_expired"),
        (rp, NOON - 2 * 86_400, "certificate_not_yet_valid"),
        (late, NOON + 2 * 86_400, "trusted"),
    ]:
        passkey = SoftAuthenticator(ORIGIN, aaguid=AAGUID)
        challenge, user = b"0123456789abcdef", mfakit.generate_user_handle()
        options = party.begin_registration(user, user_name="alice").options
        answer = attested(passkey.create({**options, "challenge": "MDEyMzQ1Njc4OWFiY2RlZg"}), short)

        def verify():
            return party.verify_registration(answer, challenge=challenge, user_handle=user, now=now)

        assert (verify().attestation.trust if outcome == "trusted" else refusal(verify)) == outcome


def test_formats_are_accepted_by_name():
    only_none = relying_party(attestation_formats=["none"])
    assert refusal(register, only_none) == "attestation_format_unsupported"
    ignoring = relying_party(attestation_formats=("none",), unknown_attestation="ignore")
    attestation = register(ignoring).attestation
    assert (attestation.format, attestation.type) == ("packed", "unverified")
    ceremony = relying_party(attestation_formats=["packed", "tpm"]).begin_registration(b"u", user_name="a")
    assert ceremony.options["attestation"] == "direct"
    assert ceremony.options["attestationFormats"] == ["packed", "tpm"]


def test_what_a_host_says_of_trust():
    for arguments, code in [
        ({"anchors": [b"not a certificate"]}, "anchor_invalid"),
        ({"anchors": ["not a certificate"]}, "anchor_invalid"),
        ({"anchors": [MAKER.root_der[:-1]]}, "anchor_invalid"),
        ({"anchors": [MAKER.root_pem.replace("CERTIFICATE", "PUBLIC KEY")]}, "anchor_invalid"),
        ({"anchors": MAKER.root_pem}, "argument_type_invalid"),
        ({"anchors": MAKER.root_der}, "argument_type_invalid"),
        ({"anchors": [7]}, "argument_type_invalid"),
        ({"anchors": ["\ud800"]}, "argument_type_invalid"),
        ({"metadata": b"blob"}, "argument_type_invalid"),
        ({"metadata": Metadata}, "argument_type_invalid"),
        ({"require": None}, "argument_type_invalid"),
        ({"require": 1}, "argument_type_invalid"),
        ({"android_key": None}, "argument_type_invalid"),
        ({"android_key": "tee"}, "argument_value_invalid"),
        ({"fido_switches": "tpm_rs1"}, "argument_type_invalid"),
        ({"fido_switches": ["tpm_sha1"]}, "argument_value_invalid"),
        ({"fido_switches": [None]}, "argument_type_invalid"),
        ({"tolerances": ["tpm_rs1"]}, "argument_value_invalid"),
        ({"tolerances": {"signature_unused_bits"}}, "argument_type_invalid"),
        ({"also_reject": "NOT_FIDO_CERTIFIED"}, "argument_type_invalid"),
        ({"also_reject": [None]}, "argument_type_invalid"),
        ({"danger_accept_statuses": {"REVOKED": True}}, "argument_type_invalid"),
        ({"danger_accept_statuses": ["\ud800"]}, "argument_type_invalid"),
        ({"danger_ignore_validity": "no"}, "argument_type_invalid"),
    ]:
        assert refusal(AttestationTrust, **arguments) == code, arguments
    switches = ["u2f_zero_aaguid", "tpm_known_vendor", "tpm_rs1", "no_root_in_x5c", "token_binding"]
    tolerances = ["ecdsa_null_parameters", "signature_unused_bits"]
    trust = AttestationTrust(
        anchors=[MAKER.root_der], android_key="tee_only", fido_switches=switches, tolerances=tolerances, require=False
    )
    assert repr(trust) == "AttestationTrust(require=False)"
    with pytest.raises(AttributeError):
        trust.require = True
    with pytest.raises(TypeError):
        AttestationTrust([MAKER.root_der])
    # Trust that is required of statements that nobody asks for refuses everybody.
    required = AttestationTrust(anchors=[MAKER.root_der])
    assert refusal(relying_party, attestation="none", trust=required) == "argument_value_invalid"
    relying_party(attestation="none", trust=trust)
    for options, code in [
        ({"trust": {"anchors": []}}, "argument_type_invalid"),
        ({"attestation": None}, "argument_type_invalid"),
        ({"attestation": "Direct"}, "argument_value_invalid"),
        ({"attestation_formats": "packed"}, "argument_type_invalid"),
        ({"attestation_formats": []}, "argument_value_invalid"),
        ({"attestation_formats": ["Packed"]}, "argument_value_invalid"),
        ({"unknown_attestation": None}, "argument_type_invalid"),
        ({"unknown_attestation": "accept"}, "argument_value_invalid"),
        ({"keep_attestation": 1}, "argument_type_invalid"),
    ]:
        assert refusal(relying_party, **options) == code, options


def registrations(wanted):
    """The valid registrations among the vectors that trust somebody, by what the vectors say of them."""
    for file in sorted(VECTORS.glob("*.json")):
        for case in json.loads(file.read_text())["cases"]:
            if case["op"] == "webauthn.register" and case["expect"].get("trust") == "trusted" and wanted(case["expect"]):
                yield case["inputs"], case["expect"]


def verified(inputs, credential_id):
    """With the anchors of the vectors in the specification, or with those that our own name."""
    own = inputs.get("trust") or {"anchors_hex": inputs.get("trust_anchors_hex"), "android_key": "union"}
    trust = AttestationTrust(
        anchors=[bytes.fromhex(anchor) for anchor in own["anchors_hex"]],
        android_key=own.get("android_key", "union"),
        danger_ignore_validity=own.get("danger_ignore_validity", inputs.get("verification_time") is None),
    )
    rp = RelyingParty(
        inputs["rp_id"],
        name="E",
        origins=inputs["expected_origins"],
        user_verification="preferred",
        attestation="direct",
        trust=trust,
        algorithms=inputs.get("allowed_algs") or [-8, -53, -7, -35, -36, -257],
        cross_origin="danger_any_top_origin",
    )
    members = {"clientDataJSON": "client_data_json_hex", "attestationObject": "attestation_object_hex"}
    sent = {name: b64(bytes.fromhex(inputs[field])) for name, field in members.items()}
    answer = {"id": credential_id, "rawId": credential_id, "type": "public-key", "response": sent}
    challenge = bytes.fromhex(inputs["expected_challenge_hex"])
    now = inputs.get("now") or inputs.get("verification_time") or NOON
    return rp.verify_registration(answer, challenge=challenge, user_handle=b"user", now=now)


def test_the_vectors_of_the_specification_are_trusted():
    seen = set()
    for inputs, expect in registrations(lambda expect: expect["fmt"] != "compound"):
        if not inputs.get("trust_anchors_hex"):
            continue
        made = verified(inputs, b64(bytes.fromhex(expect["credential_id_hex"])))
        attestation = made.attestation
        assert (attestation.format, attestation.type) == (expect["fmt"], expect["attestation_type"])
        assert (attestation.trust, attestation.anchor) == ("trusted", expect["anchor_sha256_hex"])
        (leaf,) = attestation.path
        assert leaf.hex() in inputs["attestation_object_hex"] and attestation.parts == []
        # A statement of U2F does not sign the model's id.
        if expect["fmt"] in ("packed", "fido-u2f"):
            assert attestation.proven_aaguid == (made.credential.aaguid if expect["fmt"] == "packed" else None)
        seen.add((expect["fmt"], made.credential.algorithm))
    assert {("packed", algorithm) for algorithm in (-7, -8, -35, -36, -53, -257)} <= seen
    assert {fmt for fmt, _ in seen} >= {"packed", "tpm", "android-key", "apple", "fido-u2f"}


def test_a_compound_statement_has_parts():
    count = 0
    for inputs, expect in registrations(lambda expect: expect["fmt"] == "compound"):
        attestation = verified(inputs, b64(bytes.fromhex(expect["credential_id_hex"]))).attestation
        assert (attestation.format, attestation.type, attestation.path) == ("compound", "compound", [])
        types = [part.type for part in attestation.parts]
        assert "compound:" + ",".join(types) == expect["attestation_type"]
        # Whose trust it has: that of a part.
        assert attestation.anchor in [part.anchor for part in attestation.parts if part.trust == "trusted"]
        with pytest.raises(ConfigError):
            bool(attestation.parts[0])
        count += 1
    assert count > 0


def test_the_attestation_is_kept_on_request():
    assert register(relying_party()).credential.attestation_object is None
    record = register(relying_party(keep_attestation=True)).commit(1)
    again = mfakit.CredentialRecord.from_text(record.to_text())
    assert again.attestation_object == record.attestation_object
    assert again.attestation_client_data_json == record.attestation_client_data_json
    assert mfakit.CredentialRecord.from_text(record.to_compact()).attestation_object == record.attestation_object


# ---- metadata


def test_a_blob_is_read_and_asked():
    known = metadata([entry(MAKER), {"aaguid": "not one"}])
    assert (known.number, known.next_update, known.entry_count, known.skipped) == (7, "2027-02-01", 1, 1)
    assert known.next_update_time == 1_801_440_000
    found = known.find(MODEL)
    assert found == {
        "aaguid": MODEL,
        "description": "Test Key ключ",
        "isHardware": True,
        "attestationTypes": ["basic_full"],
        "keyProtection": ["hardware", "secure_element"],
        "attachmentHint": ["internal"],
        "statusReports": [{"status": "FIDO_CERTIFIED_L1", "effectiveDate": "2026-01-01"}],
        "attestationRootCertificates": found["attestationRootCertificates"],
    }
    assert len(found["attestationRootCertificates"]) == 1
    assert known.find(AAGUID) == known.find(bytearray(AAGUID)) == found and known.find(AAGUID) is not found
    assert known.find(bytes(16)) is None
    for wrong, code in [("x", "argument_value_invalid"), (b"", "argument_value_invalid"), (None, "argument_type_invalid")]:
        assert refusal(known.find, wrong) == code
    assert repr(known) == "Metadata(number=7, next_update=\"2027-02-01\")"
    with pytest.raises(ConfigError):
        bool(known)
    with pytest.raises(AttributeError):
        known.number = 8
    with pytest.raises(TypeError):
        Metadata()


def test_a_blob_may_be_text_or_bytes():
    made = blob(FIDO, [entry(MAKER)])
    for given in (made, made.encode(), bytearray(made.encode()), made + "\n"):
        assert Metadata.parse(given, roots=[FIDO.root_pem], now=NOON).entry_count == 1


def test_a_blob_is_the_clients_and_its_roots_are_the_hosts():
    made = blob(FIDO, [])
    head, payload, signature = made.split(".")

    def parse(given=made, **options):
        return Metadata.parse(given, **{"roots": [FIDO.root_der], "now": NOON, **options})

    parse(previous_number=7)
    parse(previous_number=None, allow_stale=True, now=LATE)
    mirror = Authority("Another Root", host="mds.example.org")
    parse(blob(mirror, []), roots=[mirror.root_der], signer="mds.example.org")
    for call, code in [
        (lambda: parse(f"{head}.{payload}.{signature[:-4]}AAAA"), "signature_invalid"),
        (lambda: parse(f"{head}.{payload}"), "metadata_malformed"),
        (lambda: parse(""), "metadata_malformed"),
        (lambda: parse(b"\xff"), "metadata_malformed"),
        (lambda: parse(blob(STRANGER, [])), "attestation_untrusted"),
        (lambda: parse(blob(mirror, []), roots=[mirror.root_der]), "certificate_rejected"),
        (lambda: parse(signer="mds.example.org"), "certificate_rejected"),
        (lambda: parse(signer=""), "certificate_rejected"),
        (lambda: parse(previous_number=8), "metadata_rollback"),
        (lambda: parse("x" * (32 * 1024 * 1024 + 1)), "input_too_large"),
        (lambda: parse("\ud800"), "input_malformed"),
        (lambda: parse(None), "input_malformed"),
        (lambda: parse(7), "input_malformed"),
        (lambda: parse(memoryview(b"a.b.c")), "input_malformed"),
    ]:
        with pytest.raises(VerificationError) as caught:
            call()
        assert caught.value.code == code
    for options, code in [
        ({"roots": []}, "anchor_invalid"),
        ({"roots": ["x"]}, "anchor_invalid"),
        ({"roots": None}, "argument_type_invalid"),
        ({"roots": FIDO.root_pem}, "argument_type_invalid"),
        ({"roots": [FIDO]}, "argument_type_invalid"),
        ({"signer": 7}, "argument_type_invalid"),
        ({"signer": b"mds.fidoalliance.org"}, "argument_type_invalid"),
        ({"signer": "\ud800"}, "argument_type_invalid"),
        ({"now": LATE}, "metadata_stale"),
        ({"now": -1}, "time_invalid"),
        ({"previous_number": -1}, "argument_value_invalid"),
        ({"previous_number": "7"}, "argument_type_invalid"),
        ({"previous_number": True}, "argument_type_invalid"),
        ({"allow_stale": None}, "argument_type_invalid"),
    ]:
        with pytest.raises(ConfigError) as caught:
            parse(**options)
        assert caught.value.code == code, options


def test_metadata_vouches_for_a_model_and_speaks_against_one():
    def outcome(*entries, **options):
        rp = relying_party(trust=AttestationTrust(metadata=metadata(list(entries)), **options))
        try:
            return register(rp).attestation.trust
        except VerificationError as error:
            return error.code

    assert outcome(entry(MAKER)) == "trusted"
    assert outcome() == "authenticator_unknown"
    assert outcome(anchors=[MAKER.root_der]) == "trusted"
    assert outcome(entry(STRANGER)) == "attestation_untrusted"
    assert outcome(entry(MAKER, "REVOKED")) == "authenticator_status_rejected"
    assert outcome(entry(MAKER, "REVOKED"), anchors=[MAKER.root_der]) == "authenticator_status_rejected"
    assert outcome(entry(MAKER, "REVOKED"), danger_accept_statuses=["REVOKED"]) == "trusted"
    assert outcome(entry(MAKER, "NOT_FIDO_CERTIFIED")) == "trusted"
    assert outcome(entry(MAKER, "NOT_FIDO_CERTIFIED"), also_reject=("NOT_FIDO_CERTIFIED",)) == "authenticator_status_rejected"
    other_kind = entry(MAKER)
    other_kind["metadataStatement"]["attestationTypes"] = ["basic_surrogate"]
    assert outcome(other_kind) == "metadata_mismatch"


def test_a_blob_that_grows_stale_is_the_hosts_mistake():
    for require in (True, False):
        rp = relying_party(trust=AttestationTrust(metadata=metadata(), require=require))
        ceremony = rp.begin_registration(b"user", user_name="alice", now=LATE)
        answer = attested(SoftAuthenticator(ORIGIN, aaguid=AAGUID).create(ceremony.options), MAKER)
        arguments = {"challenge": ceremony.options["challenge"], "user_handle": b"user", "now": LATE}
        for call in (
            lambda: rp.finish_registration(answer, state=ceremony.state, now=LATE),
            lambda: rp.verify_registration(answer, **arguments),
            lambda: rp.explain_registration(answer, **arguments),
        ):
            with pytest.raises(ConfigError) as caught:
                call()
            assert caught.value.code == "metadata_stale"


def test_one_trust_serves_many_threads():
    rp, done = relying_party(trust=AttestationTrust(metadata=metadata())), []

    def work():
        for _ in range(5):
            done.append(register(rp).attestation.trust)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == ["trusted"] * 20
