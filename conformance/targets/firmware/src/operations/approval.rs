//! Push approvals: the host's side and the device's.

use super::inputs::{Text, fill, string};
use super::otp::put_evidence;
use super::{Failure, Outcome};
use crate::frame::{Fields, Response, Value};
use mfakit_core::approval::device::{
    ApprovalRequest, Decision, DeviceKey, EnrollmentRequest, ToSign,
};
use mfakit_core::approval::{
    self, ApprovalState, Begin, DeviceRecord, MAX_ANSWER, MAX_REQUEST, Number, UnverifiedAnswer,
    enrollment,
};
use mfakit_core::encoding::base64url;
use mfakit_core::{Error, UnixTime};

/// More devices than a host may name, so that one too many is the core's to refuse.
const ROOM: usize = approval::MAX_DEVICES + 4;

fn optional_now(fields: &Fields<'_>) -> Result<Option<UnixTime>, Failure> {
    match fields.get("now") {
        Value::Null => Ok(None),
        _ => fields.host_time("now").map(Some),
    }
}

fn optional_string<'a>(fields: &Fields<'a>, name: &str) -> Result<Option<&'a str>, Failure> {
    match fields.get(name) {
        Value::Null => Ok(None),
        text => string(text).map(Some),
    }
}

fn put_id(response: &mut Response<'_>, name: &str, id: &[u8; 16]) {
    response.text(name, base64url::encode(id));
}

fn put_device(response: &mut Response<'_>, device: &DeviceRecord) -> Outcome {
    put_id(response, "device_id", device.id());
    response.field("user_id", device.user_id());
    response.field("audience", device.audience());
    response.field("algorithm", device.algorithm());
    response.field("public_key_hex", device.public_key());
    response.field("name", device.name().map_or(Value::Null, Value::from));
    response.field("record", Text::of(device)?.value());
    Ok(())
}

// ---------------------------------------------------------------- the host's side

/// The host's part is randomness, which nothing that is answered depends on: here it is constant.
pub(super) fn enroll(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let state = enrollment::begin(enrollment::Begin {
        user_id: fields.string("user_id")?,
        audience: fields.string("audience")?,
        lifetime: fields.optional_integer("lifetime")?,
        id: [0xa5; 16],
        now: fields.host_time("now")?,
    })?;
    let (text, mut room) = (Text::of(state.request()?)?, [0; MAX_REQUEST]);
    let request = EnrollmentRequest::read(text.as_str().as_bytes(), &mut room)?;
    response.field("audience", request.audience());
    response.field("user_id", request.user_id());
    response.field("expires_at", request.expires_at().seconds());
    Ok(())
}

pub(super) fn finish_enrollment(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let (answer, state) = (fields.text("answer")?, fields.string("state")?);
    let state = enrollment::EnrollmentState::parse(state)?;
    let verified = enrollment::finish(answer, &state, fields.host_time("now")?)?;
    put_device(response, verified.device())?;
    response.field("next", Text::of(verified.device())?.value());
    if let Some(rows) = fields.optional_number("rows")? {
        verified.commit(rows)?;
    }
    Ok(())
}

pub(super) fn device(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    put_device(response, &DeviceRecord::parse(fields.string("record")?)?)
}

pub(super) fn begin(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let mut devices = [const { None }; ROOM];
    let records = fields.list("devices")?.into_iter().flatten();
    let read = records.map(|record| Ok(Some(DeviceRecord::parse(string(record)?)?)));
    let devices = fill(&mut devices, read)?;
    let previous = optional_string(fields, "previous")?.map(ApprovalState::parse).transpose()?;
    let now = fields.host_time("now")?;
    let begin = |devices: &[DeviceRecord], response: &mut Response<'_>| {
        let begun = approval::begin(Begin {
            user_id: fields.string("user_id")?,
            audience: fields.string("audience")?,
            action: fields.string("action")?,
            context: fields.string_or("context", "")?,
            devices,
            previous: previous.as_ref(),
            lifetime: fields.optional_integer("lifetime")?,
            id: [0xa5; 16],
            number: Number::new(&[0x5a; 8]),
            now,
        })?;
        let (text, mut room) = (Text::of(begun.request()?)?, [0; MAX_REQUEST]);
        let request = ApprovalRequest::read(text.as_str().as_bytes(), &mut room)?;
        let next = Text::of(begun.state())?;
        let third = next.as_str().match_indices('$').nth(2).map_or(0, |(at, _)| at + 1);
        response.field("prev", fields.get("previous"));
        response.field("expires_at", begun.expires_at().seconds());
        response.field("prefix", &next.as_str()[..third]);
        response.field("number_length", u32::try_from(begun.number().expose().len()).unwrap_or(0));
        response.field(
            "status",
            ApprovalState::parse(next.as_str())?.status(begun.state().id(), now).as_str(),
        );
        response.field("audience", request.audience());
        response.field("user_id", request.user_id());
        response.field("action", request.action());
        response.field("context", request.context());
        Ok(())
    };
    match devices.first().copied().flatten() {
        None => begin(&[], response),
        Some(first) => {
            let mut room = [first; ROOM];
            room.iter_mut().zip(devices).for_each(|(slot, device)| {
                *slot = device.unwrap_or(first);
            });
            begin(&room[..devices.len()], response)
        }
    }
}

pub(super) fn finish(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let (answer, state) = (fields.text("answer")?, fields.string("state")?);
    let state = ApprovalState::parse(state)?;
    let verified = approval::finish(answer, &state, fields.host_time("now")?)?;
    response.field("decision", verified.outcome().as_str());
    put_id(response, "device_id", verified.device_id());
    response.field("user_id", verified.user_id());
    put_id(response, "approval_id", verified.approval_id());
    response.field("prev", fields.get("state"));
    response.field("next", Text::of(verified.next())?.value());
    if let Some(rows) = fields.optional_number("rows")? {
        put_evidence(response, &verified.commit(rows)?);
    }
    Ok(())
}

pub(super) fn status(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let mut room = [0; 24];
    let id = base64url::decode(fields.text("id")?, &mut room).ok();
    let id = id.and_then(|id| <&[u8; 16]>::try_from(id).ok()).ok_or(Error::ArgumentValueInvalid)?;
    let state = ApprovalState::parse(fields.string("state")?)?;
    response.field("status", state.status(id, fields.host_time("now")?).as_str());
    Ok(())
}

pub(super) fn cancel(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let next = ApprovalState::parse(fields.string("state")?)?.cancel()?;
    response.field("prev", fields.get("state"));
    response.field("next", Text::of(next)?.value());
    Ok(())
}

pub(super) fn read_answer(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let mut room = [0; MAX_ANSWER];
    let read = UnverifiedAnswer::read(fields.text("answer")?, &mut room)?;
    response.field("user_id", read.user_id());
    put_id(response, "device_id", read.device_id());
    match read.request_id() {
        None => response.field("request_id", Value::Null),
        Some(id) => put_id(response, "request_id", id),
    }
    Ok(())
}

// ---------------------------------------------------------------- the device's side

pub(super) fn read_request(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let mut room = [0; MAX_REQUEST];
    let request = ApprovalRequest::read(fields.text("request")?, &mut room)?;
    put_id(response, "id", request.id());
    response.field("audience", request.audience());
    response.field("user_id", request.user_id());
    response.field("action", request.action());
    response.field("context", request.context());
    response.field("expires_at", request.expires_at().seconds());
    Ok(())
}

pub(super) fn read_enrollment(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let mut room = [0; MAX_REQUEST];
    let request = EnrollmentRequest::read(fields.text("request")?, &mut room)?;
    response.field("audience", request.audience());
    response.field("user_id", request.user_id());
    put_id(response, "device_id", request.device_id());
    response.field("expires_at", request.expires_at().seconds());
    Ok(())
}

pub(super) fn enroll_device(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let mut room = [0; MAX_REQUEST];
    let request = EnrollmentRequest::read(fields.text("request")?, &mut room)?;
    let name = optional_string(fields, "name")?;
    put_device(response, &request.device(fields.bytes("public_key_hex")?, name)?)
}

fn key(fields: &Fields<'_>) -> Result<DeviceKey, Failure> {
    Ok(DeviceKey::parse(fields.string("key")?)?)
}

pub(super) fn device_key(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let (key, mut text) = (key(fields)?, Text::new());
    key.write_text(&mut text).map_err(|_| Failure::Harness)?;
    if text.as_str() != fields.string("key")? {
        return Err(Failure::Harness);
    }
    put_device(response, key.record())
}

/// The person's decision. The core's type cannot say another, nor a denial with a number.
fn decision<'a>(fields: &Fields<'a>) -> Result<Decision<'a>, Failure> {
    match (fields.string("decision")?, optional_string(fields, "number")?) {
        ("approve", Some(number)) => Ok(Decision::Approve { number }),
        ("deny", None) => Ok(Decision::Deny),
        _ => Err(Failure::WrongType),
    }
}

pub(super) fn sign(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let mut room = [0; MAX_REQUEST];
    let request = ApprovalRequest::read(fields.text("request")?, &mut room)?;
    let key = key(fields)?;
    let answer = request.sign(&key, decision(fields)?, optional_now(fields)?)?;
    response.field("answer", Text::of(answer)?.value());
    Ok(())
}

pub(super) fn sign_enrollment(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let mut room = [0; MAX_REQUEST];
    let request = EnrollmentRequest::read(fields.text("request")?, &mut room)?;
    let name = optional_string(fields, "name")?;
    let answer = request.sign(&key(fields)?, name, optional_now(fields)?)?;
    response.field("answer", Text::of(answer)?.value());
    Ok(())
}

pub(super) fn to_sign(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let mut room = [0; MAX_REQUEST];
    let request = ApprovalRequest::read(fields.text("request")?, &mut room)?;
    let record = DeviceRecord::parse(fields.string("record")?)?;
    let to_sign = request.to_sign(&record, decision(fields)?, optional_now(fields)?)?;
    response.field("to_sign_hex", to_sign.as_bytes());
    Ok(())
}

pub(super) fn enrollment_to_sign(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let mut room = [0; MAX_REQUEST];
    let request = EnrollmentRequest::read(fields.text("request")?, &mut room)?;
    let record = DeviceRecord::parse(fields.string("record")?)?;
    response.field("to_sign_hex", request.to_sign(&record, optional_now(fields)?)?.as_bytes());
    Ok(())
}

pub(super) fn answer(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let answer =
        ToSign::from_bytes(fields.bytes("to_sign_hex")?)?.answer(fields.bytes("signature_hex")?)?;
    response.field("answer", Text::of(answer)?.value());
    Ok(())
}
