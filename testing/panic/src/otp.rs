//! One-time passwords.

use crate::Buffer;
use mfakit_core::crypto::hmac::{HashAlgorithm, HmacKey};
use mfakit_core::otp::hotp::{Hotp, HotpVerified};
use mfakit_core::otp::totp::{Totp, TotpVerified, Window};
use mfakit_core::otp::uri::TotpUri;
use mfakit_core::otp::{Digits, truncate_to_code};
use mfakit_core::{Error, OtpSecret, Period, UnixTime};

/// A secret's bytes, checked and held.
#[unsafe(no_mangle)]
pub fn entry_secret_new(bytes: &[u8]) -> Result<OtpSecret, Error> {
    OtpSecret::new(bytes)
}

/// A base32 secret.
#[unsafe(no_mangle)]
pub fn entry_secret_from_base32(text: &str) -> Result<OtpSecret, Error> {
    OtpSecret::from_base32(text)
}

/// An HMAC.
#[unsafe(no_mangle)]
pub fn entry_hmac(algorithm: HashAlgorithm, key: &[u8], message: &[u8]) -> Option<u8> {
    HmacKey::new(algorithm, key)?.tag(message).expose().last().copied()
}

/// The truncation alone.
#[unsafe(no_mangle)]
pub fn entry_truncate(tag: &[u8], digits: Digits) -> Result<u8, Error> {
    let code = truncate_to_code(tag, digits)?;
    Ok(code.expose().as_bytes().last().copied().unwrap_or_default())
}

/// Making an HOTP authenticator and showing a code.
#[unsafe(no_mangle)]
pub fn entry_hotp_code(
    secret: &OtpSecret,
    algorithm: HashAlgorithm,
    digits: Digits,
    counter: u64,
) -> Result<u8, Error> {
    let code = Hotp::new(secret, algorithm, digits)?.code_at(counter);
    Ok(code.expose().as_bytes().last().copied().unwrap_or_default())
}

/// Verifying an HOTP code.
#[unsafe(no_mangle)]
pub fn entry_hotp_verify(
    hotp: &Hotp,
    code: &[u8],
    counter: u64,
    look_ahead: u64,
) -> Result<HotpVerified, Error> {
    hotp.verify(code, counter, look_ahead)
}

/// Resynchronising.
#[unsafe(no_mangle)]
pub fn entry_hotp_resync(
    hotp: &Hotp,
    first: &[u8],
    second: &[u8],
    counter: u64,
    look_ahead: u64,
) -> Result<HotpVerified, Error> {
    hotp.resync(first, second, counter, look_ahead)
}

/// Making a TOTP authenticator.
#[unsafe(no_mangle)]
pub fn entry_totp_new(
    secret: &OtpSecret,
    algorithm: HashAlgorithm,
    digits: u64,
    period: u64,
    t0: u64,
) -> Result<Totp, Error> {
    let totp = Totp::new(secret, algorithm, Digits::new(digits)?, Period::from_seconds(period)?)?;
    Ok(totp.with_t0(UnixTime::from_seconds(t0)))
}

/// Showing a TOTP code.
#[unsafe(no_mangle)]
pub fn entry_totp_code(totp: &Totp, now: u64) -> Result<u8, Error> {
    let code = totp.code_at(UnixTime::from_seconds(now))?;
    Ok(code.expose().as_bytes().last().copied().unwrap_or_default())
}

/// Verifying a TOTP code.
#[unsafe(no_mangle)]
pub fn entry_totp_verify(
    totp: &Totp,
    code: &[u8],
    last_step: Option<u64>,
    now: u64,
    past: u64,
    future: u64,
) -> Result<TotpVerified, Error> {
    totp.verify(code, last_step, UnixTime::from_seconds(now), Window::new(past, future)?)
}

/// Confirming an enrolment.
#[unsafe(no_mangle)]
pub fn entry_totp_confirm(totp: &Totp, code: &[u8], now: u64) -> Result<TotpVerified, Error> {
    totp.confirm(code, UnixTime::from_seconds(now))
}

/// Writing an otpauth URI.
#[unsafe(no_mangle)]
pub fn entry_totp_uri(
    secret: &OtpSecret,
    algorithm: HashAlgorithm,
    issuer: &str,
    account: &str,
    out: &mut [u8],
) -> Result<(), Error> {
    let uri =
        TotpUri::new(secret, algorithm, Digits::SIX, Period::THIRTY_SECONDS, issuer, account)?;
    uri.write(&mut Buffer::new(out)).map_err(|_| Error::InputTooLarge)
}
