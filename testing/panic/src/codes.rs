//! Recovery codes, peppers, the throttle.

use crate::Buffer;
use core::fmt::Write;
use mfakit_core::codes::recovery::{
    RecoveryCode, RecoveryRecord, RecoveryVerified, verify, write_record,
};
use mfakit_core::throttle::{Throttle, ThrottleState};
use mfakit_core::{Error, Pepper, Peppers, UnixTime};

/// Making a code.
#[unsafe(no_mangle)]
pub fn entry_recovery_code_new(slot: u8, entropy: &[u8; 24]) -> Result<RecoveryCode, Error> {
    RecoveryCode::new(slot, entropy)
}

/// Showing a code.
#[unsafe(no_mangle)]
pub fn entry_recovery_code_expose(code: &RecoveryCode) -> u8 {
    code.expose().as_str().as_bytes().last().copied().unwrap_or_default()
}

/// Reading a code.
#[unsafe(no_mangle)]
pub fn entry_recovery_code_parse(text: &[u8]) -> Result<RecoveryCode, Error> {
    RecoveryCode::parse(text)
}

/// Writing a record.
#[unsafe(no_mangle)]
pub fn entry_recovery_write_record(
    user_id: &[u8],
    set_id: &[u8; 16],
    pepper: Option<(&str, &Pepper)>,
    codes: &[RecoveryCode],
    out: &mut [u8],
) -> Result<(), Error> {
    write_record(&mut Buffer::new(out), user_id, set_id, pepper, codes)
}

/// Reading a record.
#[unsafe(no_mangle)]
pub fn entry_recovery_record_parse(text: &str) -> Result<RecoveryRecord<'_>, Error> {
    RecoveryRecord::parse(text)
}

/// Verifying a code.
#[unsafe(no_mangle)]
pub fn entry_recovery_verify(
    code: &[u8],
    user_id: &[u8],
    record: &RecoveryRecord<'_>,
    used: u32,
    peppers: Option<&Peppers<'_>>,
) -> Result<RecoveryVerified, Error> {
    verify(code, user_id, record, used, peppers)
}

/// What a verified code reports.
#[unsafe(no_mangle)]
pub fn entry_recovery_verified(verified: &RecoveryVerified) -> (u32, u32, bool, bool, u32) {
    let next = verified.transition().next;
    (verified.bit(), verified.remaining(), verified.low(), verified.needs_regeneration(), next)
}

/// A pepper.
#[unsafe(no_mangle)]
pub fn entry_pepper_new(bytes: &[u8]) -> Result<Pepper, Error> {
    Pepper::new(bytes)
}

/// Peppers by id.
#[unsafe(no_mangle)]
pub fn entry_peppers_new<'a>(
    keys: &'a [(&'a str, &'a Pepper)],
    current: &'a str,
) -> Result<Peppers<'a>, Error> {
    Peppers::new(keys, current)
}

/// A throttle's limits.
#[unsafe(no_mangle)]
pub fn entry_throttle_new(
    max: u64,
    free: u64,
    delay: u64,
    longest: u64,
) -> Result<Throttle, Error> {
    Throttle::new(max, free, delay, longest)
}

/// Reading a throttle's state.
#[unsafe(no_mangle)]
pub fn entry_throttle_parse(text: &str) -> Result<ThrottleState, Error> {
    ThrottleState::parse(text)
}

/// Writing it.
#[unsafe(no_mangle)]
pub fn entry_throttle_display(state: &ThrottleState, out: &mut [u8]) -> bool {
    write!(Buffer::new(out), "{state}").is_ok()
}

/// Charging.
#[unsafe(no_mangle)]
pub fn entry_throttle_charge(
    throttle: &Throttle,
    state: ThrottleState,
    now: u64,
) -> Result<ThrottleState, Error> {
    throttle.charge(state, UnixTime::from_seconds(now))
}

/// Giving back, and starting anew.
#[unsafe(no_mangle)]
pub fn entry_throttle_refund(
    throttle: &Throttle,
    state: ThrottleState,
    error: Error,
) -> [ThrottleState; 2] {
    [throttle.refund(state, error), throttle.succeed(state)]
}
