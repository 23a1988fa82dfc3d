//! Client data, authenticator data, both ceremonies, and the configuration of a relying party.

use super::{Answer, Inputs};
use crate::support::{hex, unhex};
use mfakit_core::Error;
use mfakit_core::encoding::{cose, json};
use mfakit_core::webauthn::assertion::{self, Allow, AssertionResponse, StoredCredential, User};
use mfakit_core::webauthn::attestation::AttestationObject;
use mfakit_core::webauthn::auth_data::{AuthData, Flags};
use mfakit_core::webauthn::client_data::ClientData;
use mfakit_core::webauthn::registration::{self, RegistrationResponse};
use mfakit_core::webauthn::{
    BackupPolicy, CounterPolicy, CrossOrigin, RelyingParty, UserPresence, UserVerification,
};
use serde_json::{Value, json};

fn owned(text: json::Str<'_>) -> String {
    String::from_utf8(text.bytes().collect()).expect("UTF-8")
}

pub(super) fn client_data(inputs: &Inputs<'_>) -> Answer {
    let text = inputs.bytes("client_data_json_hex");
    let parsed = ClientData::parse(&text)?;
    Ok(json!({
        "type": owned(parsed.kind),
        "challenge": owned(parsed.challenge),
        "origin": owned(parsed.origin),
        "cross_origin": parsed.cross_origin,
        "top_origin": parsed.top_origin.map(owned),
    }))
}

pub(super) fn auth_data(inputs: &Inputs<'_>) -> Answer {
    let bytes = inputs.bytes("authenticator_data_hex");
    let parsed = AuthData::parse(&bytes)?;
    Ok(json!({
        "rp_id_hash_hex": hex(parsed.rp_id_hash),
        "flags_hex": hex(&[parsed.flags.bits()]),
        "sign_count": parsed.sign_count,
        "aaguid_hex": parsed.attested.map(|a| hex(a.aaguid)),
        "credential_id_hex": parsed.attested.map(|a| hex(a.credential_id)),
        "credential_public_key_cose_hex": parsed.attested.map(|a| hex(a.public_key.encoding())),
        "extensions_hex": parsed.extensions.map(|e| hex(e.encoding())),
    }))
}

pub(super) fn config(inputs: &Inputs<'_>) -> Answer {
    let (origins, top_origins) = (inputs.texts("origins"), inputs.texts("top_origins"));
    let uv = UserVerification::from_name(inputs.text("user_verification"))?;
    RelyingParty::new(inputs.text("id"), &origins, uv)?
        .cross_origin(CrossOrigin::AllowListed(&top_origins))?;
    Ok(json!({}))
}

fn with_relying_party(
    inputs: &Inputs<'_>,
    run: impl FnOnce(&RelyingParty<'_>) -> Answer,
) -> Answer {
    let flag = |name| inputs.flag(name) == Some(true);
    let uv = match flag("require_user_verification") {
        true => UserVerification::Required,
        false => UserVerification::Preferred,
    };
    let (origins, top_origins) =
        (inputs.texts("expected_origins"), inputs.texts("expected_top_origins"));
    let mut rp = RelyingParty::new(inputs.text("rp_id"), &origins, uv)?;
    if flag("allow_cross_origin") {
        rp = rp.cross_origin(match inputs.get("expected_top_origins") {
            None => CrossOrigin::DangerAnyTopOrigin,
            Some(_) => CrossOrigin::AllowListed(&top_origins),
        })?;
    }
    if inputs.flag("require_user_presence") == Some(false) {
        rp = rp.user_presence(UserPresence::DangerNotRequired);
    }
    rp = match inputs.text("sign_count_policy") {
        "" | "reject" => rp,
        "report" => rp.counter(CounterPolicy::Report),
        other => panic!("{other}"),
    };
    rp = match inputs.text("backup_policy") {
        "" | "strict" => rp,
        "allow_upgrade" => rp.backup(BackupPolicy::AllowUpgrade),
        other => panic!("{other}"),
    };
    let offered: Vec<i64>;
    if let Some(algorithms) = inputs.get("allowed_algs").and_then(Value::as_array) {
        // A relying party offers what it can verify: of the case's list, what is built in.
        offered = algorithms
            .iter()
            .filter_map(Value::as_i64)
            .filter(|a| cose::SUPPORTED.contains(a))
            .collect();
        if offered.is_empty() {
            return Err(Error::AlgorithmNotOffered);
        }
        rp = rp.algorithms(&offered)?;
    }
    run(&rp)
}

fn flag_fields(flags: Flags) -> Value {
    json!({
        "flags_hex": hex(&[flags.bits()]),
        "up": flags.user_present(),
        "uv": flags.user_verified(),
        "backup_eligible": flags.backup_eligible(),
        "backup_state": flags.backed_up(),
    })
}

fn joined(mut fields: Value, more: Value) -> Value {
    if let (Some(fields), Value::Object(more)) = (fields.as_object_mut(), more) {
        fields.extend(more);
    }
    fields
}

pub(super) fn register(inputs: &Inputs<'_>) -> Answer {
    let attestation_object = inputs.bytes("attestation_object_hex");
    let id = inputs.optional_bytes("credential_id_hex").or_else(|| {
        // What a browser would send as `id`: the one in the attested data, where there is one to be read.
        let object = AttestationObject::parse(&attestation_object).ok()?;
        let attested = AuthData::parse(object.auth_data).ok()?.attested?;
        Some(attested.credential_id.to_vec())
    });
    let client_data_json = inputs.bytes("client_data_json_hex");
    let response = RegistrationResponse {
        credential_id: id.as_deref().unwrap_or(&[0]),
        client_data_json: &client_data_json,
        attestation_object: &attestation_object,
    };
    with_relying_party(inputs, |rp| {
        let challenge = inputs.bytes("expected_challenge_hex");
        let verified = registration::verify(rp, &challenge, &response)?;
        let fields = json!({
            "fmt": verified.attestation().format(),
            "attestation_type": verified.attestation().attestation_type(),
            "aaguid_hex": hex(verified.unproven_aaguid()),
            "credential_id_hex": hex(verified.credential_id()),
            "credential_public_key_cose_hex": hex(verified.public_key()),
            "alg": verified.algorithm(),
            "sign_count": verified.sign_count(),
            "extensions_hex": verified.extensions().map(hex),
        });
        Ok(joined(fields, flag_fields(verified.flags())))
    })
}

/// Any user: most cases say nothing about who it is.
const ANY_USER: &[u8] = b"conformance";

pub(super) fn authenticate(inputs: &Inputs<'_>) -> Answer {
    let id = inputs.bytes("credential_id_hex");
    let claimed = inputs.optional_bytes("user_handle_hex");
    let known = inputs
        .optional_bytes("expected_user_handle_hex")
        .or_else(|| claimed.clone())
        .filter(|handle| !handle.is_empty())
        .unwrap_or_else(|| ANY_USER.to_vec());
    let stored = StoredCredential {
        id: &inputs.optional_bytes("record_credential_id_hex").unwrap_or_else(|| id.clone()),
        public_key: &inputs.bytes("credential_public_key_cose_hex"),
        user_handle: &inputs
            .optional_bytes("record_user_handle_hex")
            .unwrap_or_else(|| known.clone()),
        sign_count: u32::try_from(inputs.number("stored_sign_count")).expect("a counter"),
        backup_eligible: inputs.flag("stored_backup_eligible"),
    };
    let response = AssertionResponse {
        credential_id: &id,
        client_data_json: &inputs.bytes("client_data_json_hex"),
        authenticator_data: &inputs.bytes("authenticator_data_hex"),
        signature: &inputs.bytes("signature_hex"),
        user_handle: claimed.as_deref(),
    };
    let user = match inputs.flag("discoverable") {
        Some(true) => User::Discoverable,
        _ => User::Known(&known),
    };
    let ids: Vec<Vec<u8>> =
        inputs.texts("allow_credentials_hex").iter().map(|id| unhex(id)).collect();
    let ids: Vec<&[u8]> = ids.iter().map(Vec::as_slice).collect();
    let hashes: Vec<[u8; 16]> = ids.iter().map(|id| assertion::id_hash(id)).collect();
    // The list and the form of it that fits in a cookie must decide alike.
    let allows = match inputs.get("allow_credentials_hex") {
        None => vec![Allow::Any],
        Some(_) => vec![Allow::Ids(&ids), Allow::IdHashes(&hashes)],
    };
    with_relying_party(inputs, |rp| {
        let challenge = inputs.bytes("expected_challenge_hex");
        let mut answers: Vec<Answer> = allows
            .into_iter()
            .map(|allow| {
                let verified = assertion::verify(rp, &challenge, user, allow, &stored, &response)?;
                let fields = json!({
                    "new_sign_count": verified.sign_count(),
                    "counter_regressed": verified.counter_regressed(),
                    "extensions_hex": verified.extensions().map(hex),
                });
                let fields = joined(fields, flag_fields(verified.flags()));
                let (sent, known) = (verified.sign_count(), stored.sign_count);
                assert_eq!(verified.next_sign_count(), sent.max(known));
                let regressed = sent <= known && (sent, known) != (0, 0);
                assert_eq!(verified.counter_regressed(), regressed);
                let uv = verified.flags().user_verified();
                let evidence = verified.commit(1)?;
                assert_eq!(
                    (evidence.method().as_str(), evidence.user_verified()),
                    ("webauthn", uv)
                );
                Ok(fields)
            })
            .collect();
        let last = answers.pop().expect("an answer");
        assert!(answers.iter().all(|answer| *answer == last), "{answers:?} {last:?}");
        last
    })
}
