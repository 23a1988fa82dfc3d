//! What a host keeps and passes in: stored states and records, row counts, times, labels.

use crate::webauthn::{registered_id, rehex, relying_party, response};
use crate::{Answer, DYNAMIC_INPUT, Inputs, Refusal, hotp, totp, verify_totp};
use mfakit::{
    AuthenticationState, CredentialRecord, Evidence, RegistrationState, Transition, UnixTime,
    assess, host_time,
};
use serde_json::{Value, json};

/// When evidence is assessed: it does not know its own time.
const ASSESSED_AT: UnixTime = UnixTime::from_seconds(1_800_000_000);

/// A time as a host passes it; `None` if the case names none.
pub(crate) fn now(inputs: &Inputs) -> Result<Option<UnixTime>, Refusal> {
    let seconds = match (inputs.get("now"), inputs.get("now_thousandths")) {
        (Some(now), _) => now.as_f64(),
        (None, Some(thousandths)) => thousandths.as_f64().map(|thousandths| thousandths / 1000.0),
        (None, None) => return Ok(None),
    };
    Ok(Some(host_time(seconds.ok_or(Refusal::Skip(DYNAMIC_INPUT))?)?))
}

/// The row count that `commit` is given; Rust's type is u64.
pub(crate) fn rows(inputs: &Inputs) -> Result<u64, Refusal> {
    inputs.optional("rows").ok_or(Refusal::Skip(DYNAMIC_INPUT))
}

/// Adds the fields of a transition and of the evidence that `commit` gave.
pub(crate) fn with_evidence(mut fields: Value, evidence: &Evidence) -> Value {
    fields["method"] = evidence.method().as_str().into();
    fields["user_verified"] = evidence.user_verified().into();
    fields["evidence_kind"] = evidence.kind().as_str().into();
    if let Ok(assessment) = assess([evidence], None, Some(ASSESSED_AT)) {
        fields["assessed_tier"] = assessment.tier().as_str().into();
        fields["assessed_amr"] = assessment.amr().into();
        fields["assessed_acr"] = assessment.acr().into();
    }
    fields
}

fn with_transition<S: Clone + Into<Value>>(mut fields: Value, transition: &Transition<S>) -> Value {
    fields["prev"] = transition.prev.clone().map_or(Value::Null, Into::into);
    fields["next"] = transition.next.clone().into();
    fields
}

pub(crate) fn totp_commit(inputs: &Inputs) -> Answer {
    let verified = totp(inputs)?.verify(inputs.typed_text("code")?, verify_totp(inputs))?;
    let fields = json!({"matched_step": verified.step().get()});
    let fields = with_transition(fields, &verified.transition());
    Ok(with_evidence(fields, &verified.commit(rows(inputs)?)?))
}

pub(crate) fn hotp_commit(inputs: &Inputs) -> Answer {
    let verified = hotp(inputs)?.verify(
        inputs.typed_text("code")?,
        inputs.number("counter"),
        inputs.number("look_ahead"),
    )?;
    let fields = json!({"next_counter": verified.next_counter()});
    let fields = with_transition(fields, &verified.transition());
    Ok(with_evidence(fields, &verified.commit(rows(inputs)?)?))
}

pub(crate) fn totp_uri(inputs: &Inputs) -> Answer {
    let uri = totp(inputs)?.uri(inputs.typed_text("issuer")?, inputs.typed_text("account")?)?;
    Ok(json!({"uri": uri}))
}

pub(crate) fn record_read(inputs: &Inputs) -> Answer {
    let record = CredentialRecord::from_text(inputs.typed_text("record")?)?;
    Ok(json!({
        "credential_id_hex": rehex(&record.id()),
        "public_key_cose_hex": rehex(&record.public_key()),
        "user_handle_hex": rehex(&record.user_handle()),
        "sign_count": record.sign_count(),
        "backup_eligible": record.backup_eligible(),
        "backed_up": record.backed_up(),
        "uv_initialized": record.uv_initialized(),
        "transports": record.transports(),
        "aaguid_hex": record.aaguid().map(|aaguid| aaguid.replace('-', "")),
        "attestation_object_hex": record.attestation_object().map(|object| rehex(&object)),
        "attestation_client_data_json_hex": record.attestation_client_data_json().map(|data| rehex(&data)),
        "record": record.to_text(),
        "json": record.to_json(),
        "compact": record.to_compact(),
    }))
}

pub(crate) fn ceremony_finish(inputs: &Inputs) -> Answer {
    match inputs.text("kind") {
        "registration" => finish_registration(inputs),
        _ => finish_authentication(inputs),
    }
}

fn finish_registration(inputs: &Inputs) -> Answer {
    let rp = relying_party(inputs)?;
    let members = [
        ("clientDataJSON", "client_data_json_hex"),
        ("attestationObject", "attestation_object_hex"),
    ];
    let id = registered_id(inputs);
    let response = response(inputs, &id, &members)?;
    let state = RegistrationState::from_text(inputs.typed_text("state")?);
    let verified = rp.finish_registration(&response, &state, now(inputs)?)?;
    let credential = verified.credential();
    let fields = json!({
        "credential_id_hex": rehex(&credential.id()),
        "user_handle_hex": rehex(&verified.user_handle()),
        "uv": verified.user_verified(),
        "next": verified.transition().next,
    });
    if inputs.get("rows").is_some() {
        // A registration is no sign-in: what comes is the record, and it is the same.
        let record = verified.commit(rows(inputs)?)?;
        return Ok(if fields["next"] == record.to_text() { fields } else { Value::Null });
    }
    Ok(fields)
}

fn finish_authentication(inputs: &Inputs) -> Answer {
    let rp = relying_party(inputs)?;
    let members = [
        ("clientDataJSON", "client_data_json_hex"),
        ("authenticatorData", "authenticator_data_hex"),
        ("signature", "signature_hex"),
        ("userHandle", "user_handle_hex"),
    ];
    let id = inputs.bytes("credential_id_hex").unwrap_or_default();
    let response = response(inputs, &id, &members)?;
    let state = AuthenticationState::from_text(inputs.typed_text("state")?);
    let record = CredentialRecord::from_text(inputs.typed_text("record")?)?;
    let verified = rp.finish_authentication(&response, &state, &record, now(inputs)?)?;
    let fields = json!({
        "credential_id_hex": rehex(verified.credential_id()),
        "user_handle_hex": rehex(verified.user_handle()),
        "new_sign_count": verified.counter(),
        "uv": verified.user_verified(),
    });
    let fields = with_transition(fields, verified.transition());
    if inputs.get("rows").is_some() {
        return Ok(with_evidence(fields, &verified.commit(rows(inputs)?)?));
    }
    Ok(fields)
}
