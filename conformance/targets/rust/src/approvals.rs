//! Push approvals: the host's side and the device's.

use crate::assurance::{optional_number, optional_text, texts};
use crate::host::{now, rows, with_evidence};
use crate::webauthn::rehex;
use crate::{Answer, DYNAMIC_INPUT, Inputs, Refusal};
use mfakit::{
    BeginApproval, BeginDeviceEnrollment, DeviceKey, DeviceRecord, Error, SignApproval, Transition,
    approval_answer, approval_to_sign, begin_approval, begin_device_enrollment, cancel_approval,
    enrollment_to_sign, finish_approval, finish_device_enrollment, read_approval,
    read_approval_answer, read_approval_request, read_device_enrollment, sign_approval,
    sign_enrollment,
};
use serde_json::{Value, json};

fn device(record: &DeviceRecord) -> Value {
    json!({
        "device_id": record.id(),
        "user_id": record.user_id(),
        "audience": record.audience(),
        "algorithm": record.algorithm(),
        "public_key_hex": rehex(&record.public_key()),
        "name": record.name(),
        "record": record.to_text(),
    })
}

fn with_transition(mut fields: Value, transition: &Transition<String>) -> Value {
    fields["prev"] = transition.prev.clone().into();
    fields["next"] = transition.next.clone().into();
    fields
}

// ---------------------------------------------------------------- the host's side

pub(crate) fn enroll(inputs: &Inputs) -> Answer {
    let options = BeginDeviceEnrollment {
        lifetime: optional_number(inputs, "lifetime")?,
        now: now(inputs)?,
        ..BeginDeviceEnrollment::new(inputs.typed_text("audience")?)
    };
    let begun = begin_device_enrollment(inputs.typed_text("user_id")?, options)?;
    let request = read_device_enrollment(begun.request())?;
    if (request.device_id(), request.expires_at()) != (begun.device_id(), begun.expires_at()) {
        return Ok(Value::Null);
    }
    Ok(json!({
        "audience": request.audience(),
        "user_id": request.user_id(),
        "expires_at": begun.expires_at(),
    }))
}

pub(crate) fn finish_enrollment(inputs: &Inputs) -> Answer {
    let (answer, state) = (inputs.typed_text("answer")?, inputs.typed_text("state")?);
    let verified = finish_device_enrollment(answer, state, now(inputs)?)?;
    let mut fields = device(verified.device());
    fields["next"] = verified.transition().next.clone().into();
    if inputs.get("rows").is_some() {
        // No sign-in: what comes is the record, and it is the same.
        let record = verified.commit(rows(inputs)?)?;
        return Ok(if fields["next"] == record.to_text() { fields } else { Value::Null });
    }
    Ok(fields)
}

pub(crate) fn read_device(inputs: &Inputs) -> Answer {
    Ok(device(&DeviceRecord::from_text(inputs.typed_text("record")?)?))
}

pub(crate) fn begin(inputs: &Inputs) -> Answer {
    let records = texts(inputs, "devices")?.unwrap_or_default();
    let devices: Result<Vec<DeviceRecord>, Error> =
        records.iter().map(|record| DeviceRecord::from_text(record)).collect();
    let devices = devices?;
    let (audience, action) = (inputs.typed_text("audience")?, inputs.typed_text("action")?);
    let options = BeginApproval {
        context: optional_text(inputs, "context")?.unwrap_or_default(),
        previous: optional_text(inputs, "previous")?,
        lifetime: optional_number(inputs, "lifetime")?,
        now: now(inputs)?,
        ..BeginApproval::new(audience, action, &devices)
    };
    let begun = begin_approval(inputs.typed_text("user_id")?, options)?;
    let request = read_approval_request(begun.request())?;
    if (request.id(), request.expires_at()) != (begun.id(), begun.expires_at()) {
        return Ok(Value::Null);
    }
    let next = &begun.transition().next;
    Ok(json!({
        "prev": begun.transition().prev,
        "expires_at": begun.expires_at(),
        "prefix": next.split_inclusive('$').take(3).collect::<String>(),
        "number_length": begun.number().len(),
        "status": read_approval(next, begun.id(), options.now)?.as_str(),
        "audience": request.audience(),
        "user_id": request.user_id(),
        "action": request.action(),
        "context": request.context(),
    }))
}

pub(crate) fn finish(inputs: &Inputs) -> Answer {
    let (answer, state) = (inputs.typed_text("answer")?, inputs.typed_text("state")?);
    let verified = finish_approval(answer, state, now(inputs)?)?;
    let fields = json!({
        "decision": verified.decision().as_str(),
        "device_id": verified.device_id(),
        "user_id": verified.user_id(),
        "approval_id": verified.approval_id(),
    });
    let fields = with_transition(fields, verified.transition());
    if inputs.get("rows").is_some() {
        return Ok(with_evidence(fields, &verified.commit(rows(inputs)?)?));
    }
    Ok(fields)
}

pub(crate) fn read(inputs: &Inputs) -> Answer {
    let status =
        read_approval(inputs.typed_text("state")?, inputs.typed_text("id")?, now(inputs)?)?;
    Ok(json!({"status": status.as_str()}))
}

pub(crate) fn cancel(inputs: &Inputs) -> Answer {
    Ok(with_transition(json!({}), &cancel_approval(inputs.typed_text("state")?)?))
}

pub(crate) fn read_answer(inputs: &Inputs) -> Answer {
    let read = read_approval_answer(inputs.typed_text("answer")?)?;
    Ok(json!({
        "user_id": read.user_id(),
        "device_id": read.device_id(),
        "request_id": read.request_id(),
    }))
}

// ---------------------------------------------------------------- the device's side

pub(crate) fn read_request(inputs: &Inputs) -> Answer {
    let request = read_approval_request(inputs.typed_text("request")?)?;
    Ok(json!({
        "id": request.id(),
        "audience": request.audience(),
        "user_id": request.user_id(),
        "action": request.action(),
        "context": request.context(),
        "expires_at": request.expires_at(),
    }))
}

pub(crate) fn read_enrollment(inputs: &Inputs) -> Answer {
    let request = read_device_enrollment(inputs.typed_text("request")?)?;
    Ok(json!({
        "audience": request.audience(),
        "user_id": request.user_id(),
        "device_id": request.device_id(),
        "expires_at": request.expires_at(),
    }))
}

pub(crate) fn enroll_device(inputs: &Inputs) -> Answer {
    let request = read_device_enrollment(inputs.typed_text("request")?)?;
    let public_key = inputs.bytes("public_key_hex").unwrap_or_default();
    Ok(device(&request.device(&public_key, optional_text(inputs, "name")?)?))
}

fn key(inputs: &Inputs) -> Result<DeviceKey, Refusal> {
    Ok(DeviceKey::from_text(inputs.typed_text("key")?)?)
}

pub(crate) fn device_key(inputs: &Inputs) -> Answer {
    let text = inputs.typed_text("key")?;
    let key = key(inputs)?;
    Ok(if *key.to_text() == text { device(&key.record()) } else { Value::Null })
}

/// The person's decision. Rust cannot say another, nor a denial with a number.
fn decided<'a, D>(inputs: &'a Inputs, device: &'a D) -> Result<SignApproval<'a, D>, Refusal> {
    let number = optional_text(inputs, "number")?;
    let signed = match (inputs.typed_text("decision")?, number) {
        ("approve", Some(number)) => SignApproval::approve(device, number),
        ("deny", None) => SignApproval::deny(device),
        _ => return Err(Refusal::Skip(DYNAMIC_INPUT)),
    };
    Ok(SignApproval { now: now(inputs)?, ..signed })
}

pub(crate) fn sign(inputs: &Inputs) -> Answer {
    let request = read_approval_request(inputs.typed_text("request")?)?;
    Ok(json!({"answer": sign_approval(&request, decided(inputs, &key(inputs)?)?)?}))
}

pub(crate) fn sign_enrolling(inputs: &Inputs) -> Answer {
    let request = read_device_enrollment(inputs.typed_text("request")?)?;
    let name = optional_text(inputs, "name")?;
    Ok(json!({"answer": sign_enrollment(&request, &key(inputs)?, name, now(inputs)?)?}))
}

pub(crate) fn to_sign(inputs: &Inputs) -> Answer {
    let request = read_approval_request(inputs.typed_text("request")?)?;
    let record = DeviceRecord::from_text(inputs.typed_text("record")?)?;
    let to_sign = approval_to_sign(&request, decided(inputs, &record)?)?;
    Ok(json!({"to_sign_hex": rehex(&mfakit::to_base64url(&to_sign))}))
}

pub(crate) fn enrolling_to_sign(inputs: &Inputs) -> Answer {
    let request = read_device_enrollment(inputs.typed_text("request")?)?;
    let record = DeviceRecord::from_text(inputs.typed_text("record")?)?;
    let to_sign = enrollment_to_sign(&request, &record, now(inputs)?)?;
    Ok(json!({"to_sign_hex": rehex(&mfakit::to_base64url(&to_sign))}))
}

pub(crate) fn answer(inputs: &Inputs) -> Answer {
    let to_sign = inputs.bytes("to_sign_hex").unwrap_or_default();
    let signature = inputs.bytes("signature_hex").unwrap_or_default();
    Ok(json!({"answer": approval_answer(&to_sign, &signature)?}))
}
