//! One-time passwords.

use crate::Buffer;
use core::fmt::Write;
use mfakit_core::crypto::hmac::{HashAlgorithm, HmacKey};
use mfakit_core::otp::hotp::{Hotp, HotpVerified};
use mfakit_core::otp::otpauth::Otpauth;
use mfakit_core::otp::totp::{PendingTotp, Totp, TotpVerified, Window};
use mfakit_core::otp::uri::{MovingFactor, OtpUri};
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
    HmacKey::new(algorithm, key).tag(message).expose().last().copied()
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

/// The form of a code.
#[unsafe(no_mangle)]
pub fn entry_otp_check_code(totp: &Totp, hotp: &Hotp, code: &[u8]) -> [Result<(), Error>; 2] {
    [totp.check_code(code), hotp.check_code(code)]
}

/// A Steam code.
#[unsafe(no_mangle)]
pub fn entry_totp_steam(secret: &OtpSecret, now: u64) -> Result<u8, Error> {
    let totp = Totp::new(secret, HashAlgorithm::Sha1, Digits::STEAM, Period::THIRTY_SECONDS)?;
    entry_totp_code(&totp, now)
}

/// Verifying a TOTP code.
#[unsafe(no_mangle)]
pub fn entry_totp_verify(
    totp: &Totp,
    code: &[u8],
    last_step: Option<u64>,
    now: u64,
    window: [u64; 2],
    drift: i8,
) -> Result<TotpVerified, Error> {
    let [past, future] = window;
    let window = Window::new(past, future)?.with_drift(drift)?;
    totp.verify(code, last_step, UnixTime::from_seconds(now), window)
}

/// Confirming an enrolment.
#[unsafe(no_mangle)]
pub fn entry_totp_confirm(totp: Totp, code: &[u8], now: u64) -> Result<TotpVerified, Error> {
    let pending = PendingTotp::new(totp);
    let proof = pending.confirm(code, UnixTime::from_seconds(now))?;
    pending.confirmed(&proof).verify(code, None, UnixTime::from_seconds(now), Window::STRICT)
}

/// Writing an otpauth URI.
#[unsafe(no_mangle)]
pub fn entry_otp_uri(
    secret: &OtpSecret,
    algorithm: HashAlgorithm,
    moving: MovingFactor,
    issuer: &str,
    account: &str,
    out: &mut [u8],
) -> Result<(), Error> {
    let uri = OtpUri::new(secret, algorithm, Digits::SIX, moving, issuer, account)?;
    uri.write(&mut Buffer::new(out)).map_err(|_| Error::InputTooLarge)
}

/// Reading an otpauth URI.
#[unsafe(no_mangle)]
pub fn entry_otpauth_parse(uri: &[u8]) -> Result<Otpauth<'_>, Error> {
    Otpauth::parse(uri)
}

/// What a URI says.
#[unsafe(no_mangle)]
pub fn entry_otpauth_fields(read: &Otpauth<'_>, out: &mut [u8]) -> (bool, usize, u8) {
    let mut out = Buffer::new(out);
    let account = write!(out, "{}", read.account()).is_ok();
    let issuer = read.issuer().is_none_or(|issuer| write!(out, "{issuer}").is_ok());
    let warnings = read.warnings().iter().map(|warning| warning.as_str().len()).sum();
    (account && issuer, warnings, read.digits().get())
}
