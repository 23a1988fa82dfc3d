//! Recovery codes, temporary codes, peppers, the throttle.

use crate::Buffer;
use core::fmt::Write;
use mfakit_core::codes::SlowHash;
use mfakit_core::codes::recovery::{
    Format, RecoveryCode, RecoveryRecord, RecoveryVerified, verify, write_record,
};
use mfakit_core::codes::temporary::{
    Issue, TemporaryCode, TemporaryKind, TemporaryRecord, TemporaryVerified, issue,
    verify as verify_temporary,
};
use mfakit_core::throttle::{GuessBudget, Throttle, ThrottleState, guess_odds};
use mfakit_core::{Error, Pepper, Peppers, UnixTime};

/// Making a code.
#[unsafe(no_mangle)]
pub fn entry_recovery_code_new(slot: u8, entropy: &[u8; 24]) -> Result<RecoveryCode, Error> {
    RecoveryCode::full(slot, entropy)
}

/// Making a typeable code.
#[unsafe(no_mangle)]
pub fn entry_recovery_code_typeable(slot: u8, entropy: &[u8; 14]) -> Result<RecoveryCode, Error> {
    RecoveryCode::typeable(slot, entropy)
}

/// Showing a code.
#[unsafe(no_mangle)]
pub fn entry_recovery_code_expose(code: &RecoveryCode) -> u8 {
    code.expose().as_str().as_bytes().last().copied().unwrap_or_default()
}

/// Reading a code.
#[unsafe(no_mangle)]
pub fn entry_recovery_code_parse(text: &[u8], format: Format) -> Result<RecoveryCode, Error> {
    RecoveryCode::parse(text, format)
}

/// Writing a record.
#[unsafe(no_mangle)]
pub fn entry_recovery_write_record(
    user_id: &[u8],
    set_id: &[u8; 16],
    format: Format,
    pepper: Option<(&str, &Pepper)>,
    codes: &[RecoveryCode],
    out: &mut [u8],
) -> Result<(), Error> {
    write_record(&mut Buffer::new(out), user_id, set_id, format, pepper, codes)
}

/// Reading a record.
#[unsafe(no_mangle)]
pub fn entry_recovery_record_parse(text: &str) -> Result<RecoveryRecord<'_>, Error> {
    RecoveryRecord::parse(text)
}

/// The form of a code.
#[unsafe(no_mangle)]
pub fn entry_recovery_check_code(record: &RecoveryRecord<'_>, code: &[u8]) -> Result<(), Error> {
    record.check_code(code)
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

/// A slow hash's parameters.
#[unsafe(no_mangle)]
pub fn entry_slow_hash_display(hash: SlowHash, out: &mut [u8]) -> bool {
    write!(Buffer::new(out), "{hash}").is_ok()
}

/// Making a temporary code of symbols, and of digits.
#[unsafe(no_mangle)]
pub fn entry_temporary_code_new(
    symbols: &[u8; 14],
    len: u64,
    digits: &[u8; 8],
) -> Result<[TemporaryCode; 2], Error> {
    Ok([TemporaryCode::symbols(symbols), TemporaryCode::digits(len, digits)?])
}

/// Showing one.
#[unsafe(no_mangle)]
pub fn entry_temporary_code_expose(code: &TemporaryCode) -> u8 {
    code.expose().as_str().as_bytes().last().copied().unwrap_or_default()
}

/// Issuing one.
#[unsafe(no_mangle)]
pub fn entry_temporary_issue<'a>(
    code: &TemporaryCode,
    wanted: Issue<'a>,
) -> Result<TemporaryRecord<'a>, Error> {
    issue(code, wanted)
}

/// Reading a temporary code's record.
#[unsafe(no_mangle)]
pub fn entry_temporary_record_parse(text: &str) -> Result<TemporaryRecord<'_>, Error> {
    TemporaryRecord::parse(text)
}

/// Writing it.
#[unsafe(no_mangle)]
pub fn entry_temporary_record_display(record: &TemporaryRecord<'_>, out: &mut [u8]) -> bool {
    write!(Buffer::new(out), "{record}").is_ok()
}

/// What a record says, and the same one revoked.
#[unsafe(no_mangle)]
pub fn entry_temporary_record_fields<'a>(
    record: TemporaryRecord<'a>,
    out: &mut [u8],
) -> (TemporaryRecord<'a>, TemporaryKind, u64, u64, [u32; 2], bool) {
    let uses = [record.uses(), record.max_uses()];
    let (from, to) = (record.not_before().seconds(), record.not_after().seconds());
    let written = Buffer::new(out).write_str(record.issued_by()).is_ok();
    (record.revoked_now(), record.kind(), from, to, uses, written)
}

/// The form of a code.
#[unsafe(no_mangle)]
pub fn entry_temporary_check_code(record: &TemporaryRecord<'_>, code: &[u8]) -> Result<(), Error> {
    record.check_code(code)
}

/// Verifying a temporary code.
#[unsafe(no_mangle)]
pub fn entry_temporary_verify<'a>(
    code: &[u8],
    user_id: &[u8],
    record: &TemporaryRecord<'a>,
    peppers: Option<&Peppers<'_>>,
    now: u64,
) -> Result<TemporaryVerified<'a>, Error> {
    verify_temporary(code, user_id, record, peppers, UnixTime::from_seconds(now))
}

/// What a verified code reports.
#[unsafe(no_mangle)]
pub fn entry_temporary_verified(
    verified: TemporaryVerified<'_>,
    rows: u64,
    out: &mut [u8],
) -> Result<(u32, bool), Error> {
    let written = write!(Buffer::new(out), "{}", verified.next()).is_ok();
    let left = verified.uses_left();
    Ok((left, written && verified.commit(rows)?.user_verified()))
}

/// The odds of a guesser.
#[unsafe(no_mangle)]
pub fn entry_guess_odds(digits: u64, window: u64, attempts: u64) -> Result<f64, Error> {
    guess_odds(digits, window, attempts)
}

/// A throttle within a budget.
#[unsafe(no_mangle)]
pub fn entry_throttle_guarding(
    throttle: Throttle,
    digits: u64,
    window: u64,
    budget: GuessBudget,
) -> Result<Throttle, Error> {
    throttle.guarding(digits, window, budget)
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
