//! Push approvals: the host's side and the device's.

use crate::Buffer;
use core::fmt::Write;
use mfakit_core::approval::device::{
    ApprovalRequest, Decision, DeviceKey, EnrollmentRequest, SignedAnswer, ToSign,
};
use mfakit_core::approval::{
    Approval, ApprovalState, ApprovalVerified, Begin, DeviceRecord, RequestText, UnverifiedAnswer,
    begin, enrollment, finish,
};
use mfakit_core::{Error, UnixTime};

/// Beginning an approval.
#[unsafe(no_mangle)]
pub fn entry_approval_begin(arguments: Begin<'_>) -> Result<Approval<'_>, Error> {
    begin(arguments)
}

/// Its request.
#[unsafe(no_mangle)]
pub fn entry_approval_request(approval: &Approval<'_>) -> Result<RequestText, Error> {
    approval.request()
}

/// Finishing it.
#[unsafe(no_mangle)]
pub fn entry_approval_finish(
    answer: &[u8],
    state: &ApprovalState,
    now: UnixTime,
) -> Result<ApprovalVerified, Error> {
    finish(answer, state, now)
}

/// Reading a state.
#[unsafe(no_mangle)]
pub fn entry_approval_state_parse(text: &str) -> Result<ApprovalState, Error> {
    ApprovalState::parse(text)
}

/// Writing a state.
#[unsafe(no_mangle)]
pub fn entry_approval_state_write(state: &ApprovalState, out: &mut [u8]) -> bool {
    write!(Buffer::new(out), "{state}").is_ok()
}

/// Reading a device's record.
#[unsafe(no_mangle)]
pub fn entry_approval_device_parse(text: &str) -> Result<DeviceRecord, Error> {
    DeviceRecord::parse(text)
}

/// Writing a device's record.
#[unsafe(no_mangle)]
pub fn entry_approval_device_write(device: &DeviceRecord, out: &mut [u8]) -> bool {
    write!(Buffer::new(out), "{device}").is_ok()
}

/// Whose answer it is.
#[unsafe(no_mangle)]
pub fn entry_approval_read_answer<'b>(
    answer: &[u8],
    buffer: &'b mut [u8],
) -> Result<UnverifiedAnswer<'b>, Error> {
    UnverifiedAnswer::read(answer, buffer)
}

/// Beginning an enrolment.
#[unsafe(no_mangle)]
pub fn entry_approval_enroll(
    arguments: enrollment::Begin<'_>,
) -> Result<enrollment::EnrollmentState, Error> {
    enrollment::begin(arguments)
}

/// Reading an enrolment's state.
#[unsafe(no_mangle)]
pub fn entry_approval_enrollment_parse(text: &str) -> Result<enrollment::EnrollmentState, Error> {
    enrollment::EnrollmentState::parse(text)
}

/// Finishing it.
#[unsafe(no_mangle)]
pub fn entry_approval_enrollment_finish(
    answer: &[u8],
    state: &enrollment::EnrollmentState,
    now: UnixTime,
) -> Result<enrollment::DeviceVerified, Error> {
    enrollment::finish(answer, state, now)
}

/// The device reads a request.
#[unsafe(no_mangle)]
pub fn entry_approval_device_read<'b>(
    text: &[u8],
    buffer: &'b mut [u8],
) -> Result<ApprovalRequest<'b>, Error> {
    ApprovalRequest::read(text, buffer)
}

/// The device reads a request to enrol.
#[unsafe(no_mangle)]
pub fn entry_approval_device_read_enrollment<'b>(
    text: &[u8],
    buffer: &'b mut [u8],
) -> Result<EnrollmentRequest<'b>, Error> {
    EnrollmentRequest::read(text, buffer)
}

/// The device signs.
#[unsafe(no_mangle)]
pub fn entry_approval_device_sign(
    request: &ApprovalRequest<'_>,
    key: &DeviceKey,
    decision: Decision<'_>,
    now: Option<UnixTime>,
) -> Result<SignedAnswer, Error> {
    request.sign(key, decision, now)
}

/// The device signs its enrolment.
#[unsafe(no_mangle)]
pub fn entry_approval_device_enroll(
    request: &EnrollmentRequest<'_>,
    key: &DeviceKey,
    name: Option<&str>,
    now: Option<UnixTime>,
) -> Result<SignedAnswer, Error> {
    request.sign(key, name, now)
}

/// A key in hardware signed.
#[unsafe(no_mangle)]
pub fn entry_approval_device_answer(
    to_sign: &[u8],
    signature: &[u8],
) -> Result<SignedAnswer, Error> {
    ToSign::from_bytes(to_sign)?.answer(signature)
}

/// Reading a device's key.
#[unsafe(no_mangle)]
pub fn entry_approval_device_key(text: &str) -> Result<DeviceKey, Error> {
    DeviceKey::parse(text)
}
