//! One-time passwords: HMAC, HOTP, TOTP, and their constructors' arguments.

use super::{Answer, Inputs};
use crate::support::hex;
use mfakit_core::crypto::hmac::HmacKey;
use mfakit_core::otp::hotp::{Hotp, HotpVerified};
use mfakit_core::otp::otpauth::Otpauth;
use mfakit_core::otp::totp::{PendingTotp, Totp, TotpVerified, Window};
use mfakit_core::otp::uri::{MovingFactor, OtpUri};
use mfakit_core::otp::{Digits, HashAlgorithm, truncate_to_code};
use mfakit_core::{Error, OtpSecret, Period, UnixTime};
use serde_json::{Value, json};

fn algorithm(inputs: &Inputs<'_>) -> Result<HashAlgorithm, Error> {
    inputs.get("algorithm").map_or(Ok(HashAlgorithm::Sha1), |name| {
        HashAlgorithm::from_name(name.as_str().expect("a name"))
    })
}

pub(super) fn hmac(inputs: &Inputs<'_>) -> Answer {
    let key = HmacKey::new(algorithm(inputs)?, &inputs.bytes("key_hex"));
    Ok(json!({"mac_hex": hex(key.tag(&inputs.bytes("message_hex")).expose())}))
}

/// Six, seven or eight; ten where the operation has a constructor for it.
fn digits(inputs: &Inputs<'_>, ten: bool) -> Result<Digits, Error> {
    match inputs.number_or("digits", 6) {
        10 if ten => Ok(Digits::TEN),
        other => Digits::new(other),
    }
}

pub(super) fn hotp_truncate(inputs: &Inputs<'_>) -> Answer {
    let code = truncate_to_code(&inputs.bytes("hmac_hex"), digits(inputs, true)?)?;
    Ok(json!({"code": code.expose()}))
}

fn secret(inputs: &Inputs<'_>) -> Result<OtpSecret, Error> {
    OtpSecret::danger_legacy(&inputs.bytes("secret_hex"))
}

fn hotp(inputs: &Inputs<'_>) -> Result<Hotp, Error> {
    Hotp::new(&secret(inputs)?, algorithm(inputs)?, digits(inputs, true)?)
}

pub(super) fn hotp_generate(inputs: &Inputs<'_>) -> Answer {
    Ok(json!({"code": hotp(inputs)?.code_at(inputs.number("counter")).expose()}))
}

fn verified_hotp(inputs: &Inputs<'_>) -> Result<HotpVerified, Error> {
    let (code, counter) = (inputs.text("code").as_bytes(), inputs.number("counter"));
    hotp(inputs)?.verify(code, counter, inputs.number("look_ahead"))
}

pub(super) fn hotp_verify(inputs: &Inputs<'_>) -> Answer {
    Ok(hotp_fields(&verified_hotp(inputs)?, inputs.number("counter")))
}

pub(super) fn hotp_commit(inputs: &Inputs<'_>) -> Answer {
    let verified = verified_hotp(inputs)?;
    let (next, transition) = (verified.next_counter(), verified.transition());
    let evidence = verified.commit(inputs.number("rows"))?;
    Ok(json!({
        "next_counter": next,
        "prev": transition.prev,
        "next": transition.next,
        "method": evidence.method().as_str(),
        "user_verified": evidence.user_verified(),
    }))
}

pub(super) fn hotp_resync(inputs: &Inputs<'_>) -> Answer {
    let (first, second) = (inputs.text("first").as_bytes(), inputs.text("second").as_bytes());
    let counter = inputs.number("counter");
    let verified = hotp(inputs)?.resync(first, second, counter, inputs.number("look_ahead"))?;
    Ok(hotp_fields(&verified, counter))
}

fn hotp_fields(verified: &HotpVerified, counter: u64) -> Value {
    assert_eq!(verified.transition().prev, Some(counter));
    assert_eq!(verified.transition().next, verified.next_counter());
    json!({"matched_counter": verified.matched_counter(), "next_counter": verified.next_counter()})
}

fn totp(inputs: &Inputs<'_>) -> Result<Totp, Error> {
    let period = Period::from_seconds(inputs.number_or("period", 30))?;
    let totp = Totp::new(&secret(inputs)?, algorithm(inputs)?, digits(inputs, false)?, period)?;
    Ok(totp.with_t0(UnixTime::from_seconds(inputs.number_or("t0", 0))))
}

pub(super) fn totp_generate(inputs: &Inputs<'_>) -> Answer {
    let (totp, now) = (totp(inputs)?, UnixTime::from_seconds(inputs.number("time")));
    Ok(json!({"code": totp.code_at(now)?.expose(), "time_step": totp.step_at(now)?.get()}))
}

fn verified_totp(inputs: &Inputs<'_>) -> Result<TotpVerified, Error> {
    let (totp, now) = (totp(inputs)?, UnixTime::from_seconds(inputs.number("time")));
    verified_by(&totp, now, inputs)
}

fn verified_by(totp: &Totp, now: UnixTime, inputs: &Inputs<'_>) -> Result<TotpVerified, Error> {
    let window = Window::new(inputs.number("window_past"), inputs.number("window_future"))?;
    // What no byte holds is out of bounds like what one does.
    let drift = i8::try_from(inputs.signed("drift").unwrap_or(0)).unwrap_or(i8::MAX);
    let last = inputs.optional("last_accepted_step");
    totp.verify(inputs.text("code").as_bytes(), last, now, window.with_drift(drift)?)
}

pub(super) fn totp_verify(inputs: &Inputs<'_>) -> Answer {
    let verified = verified_totp(inputs)?;
    assert_eq!(verified.transition().prev, inputs.optional("last_accepted_step"));
    assert_eq!(verified.transition().next, verified.step().get());
    Ok(json!({"matched_step": verified.step().get(), "drift": verified.drift()}))
}

pub(super) fn totp_commit(inputs: &Inputs<'_>) -> Answer {
    let verified = verified_totp(inputs)?;
    let (step, transition) = (verified.step().get(), verified.transition());
    let evidence = verified.commit(inputs.number("rows"))?;
    Ok(json!({
        "matched_step": step,
        "prev": transition.prev,
        "next": transition.next,
        "method": evidence.method().as_str(),
        "user_verified": evidence.user_verified(),
    }))
}

/// The first code, and what the same code gives after it.
pub(super) fn totp_confirm(inputs: &Inputs<'_>) -> Answer {
    let now = UnixTime::from_seconds(inputs.number("now"));
    let code = inputs.text("code").as_bytes();
    // Nobody enrols a secret that is too short.
    OtpSecret::new(&inputs.bytes("secret_hex"))?;
    let pending = PendingTotp::new(totp(inputs)?);
    let first = pending.confirm(code, now)?;
    let (step, drift, transition) = (first.step().get(), first.drift(), first.transition());
    let live = pending.confirmed(&first);
    let again = live.verify(code, Some(transition.next), now, Window::ONE_STEP);
    let fields = json!({
        "matched_step": step,
        "drift": drift,
        "prev": transition.prev,
        "next": transition.next,
        "again": again.expect_err("burnt").code(),
    });
    if let Some(rows) = inputs.optional("rows") {
        // An enrolment is no sign-in: what comes back of a stored one is nothing.
        first.commit(rows)?;
    }
    Ok(fields)
}

fn steam(inputs: &Inputs<'_>) -> Result<Totp, Error> {
    let secret = secret(inputs)?;
    Totp::new(&secret, HashAlgorithm::Sha1, Digits::STEAM, Period::THIRTY_SECONDS)
}

pub(super) fn steam_generate(inputs: &Inputs<'_>) -> Answer {
    let now = UnixTime::from_seconds(inputs.number("time"));
    Ok(json!({"code": steam(inputs)?.code_at(now)?.expose()}))
}

pub(super) fn steam_verify(inputs: &Inputs<'_>) -> Answer {
    let now = UnixTime::from_seconds(inputs.number("time"));
    let verified = verified_by(&steam(inputs)?, now, inputs)?;
    assert_eq!(verified.transition().prev, inputs.optional("last_accepted_step"));
    Ok(json!({"matched_step": verified.step().get(), "drift": verified.drift()}))
}

/// The form of a code, by the factor that would verify it.
pub(super) fn check_code(inputs: &Inputs<'_>) -> Result<(), Error> {
    let code = inputs.text("code").as_bytes();
    match inputs.text("factor") {
        "hotp" => hotp(inputs)?.check_code(code),
        _ if inputs.flag("steam") == Some(true) => steam(inputs)?.check_code(code),
        _ => totp(inputs)?.check_code(code),
    }
}

pub(super) fn otpauth_parse(inputs: &Inputs<'_>) -> Answer {
    let read = Otpauth::parse(inputs.text("uri").as_bytes())?;
    let (kind, period, counter) = match read.moving() {
        MovingFactor::Time(period) => ("totp", Some(period.seconds()), None),
        MovingFactor::Counter(counter) => ("hotp", None, Some(counter.to_string())),
    };
    Ok(json!({
        "type": kind,
        "secret_hex": hex(read.secret().expose()),
        "algorithm": read.algorithm().as_str(),
        "digits": read.digits().get(),
        "period": period,
        "steam": read.digits() == Digits::STEAM,
        "issuer": read.issuer().map(|issuer| issuer.to_string()),
        "account": read.account().to_string(),
        "counter": counter,
        "warnings": read.warnings().iter().map(|warning| warning.as_str()).collect::<Vec<_>>(),
    }))
}

pub(super) fn otpauth_build(inputs: &Inputs<'_>) -> Answer {
    let (secret, algorithm) = (secret(inputs)?, algorithm(inputs)?);
    let (moving, digits) = match inputs.text("type") {
        "hotp" => (MovingFactor::Counter(inputs.number("counter")), digits(inputs, true)?),
        _ => {
            let period = Period::from_seconds(inputs.number_or("period", 30))?;
            let steam = inputs.flag("steam") == Some(true);
            let digits = if steam { Digits::STEAM } else { digits(inputs, false)? };
            (MovingFactor::Time(period), digits)
        }
    };
    let (issuer, account) = (inputs.text("issuer"), inputs.text("account"));
    let mut uri = String::new();
    OtpUri::new(&secret, algorithm, digits, moving, issuer, account)?
        .write(&mut uri)
        .expect("a String takes any text");
    Ok(json!({"uri": uri}))
}

pub(super) fn totp_uri(inputs: &Inputs<'_>) -> Answer {
    let (secret, algorithm) = (secret(inputs)?, algorithm(inputs)?);
    let period = Period::from_seconds(inputs.number_or("period", 30))?;
    let (issuer, account) = (inputs.text("issuer"), inputs.text("account"));
    let digits = digits(inputs, false)?;
    let mut uri = String::new();
    OtpUri::new(&secret, algorithm, digits, MovingFactor::Time(period), issuer, account)?
        .write(&mut uri)
        .expect("a String takes any text");
    Ok(json!({"uri": uri}))
}

/// The secret and the digits, in the order in which the bindings' constructors check them.
fn config_secret(inputs: &Inputs<'_>) -> Result<OtpSecret, Error> {
    match inputs.flag("legacy") {
        Some(true) => OtpSecret::danger_legacy_from_base32(inputs.text("secret")),
        _ => OtpSecret::from_base32(inputs.text("secret")),
    }
}

pub(super) fn config_totp(inputs: &Inputs<'_>) -> Answer {
    let (algorithm, secret) = (algorithm(inputs)?, config_secret(inputs)?);
    let period = Period::from_seconds(inputs.number_or("period", 30))?;
    Totp::new(&secret, algorithm, digits(inputs, false)?, period)?;
    Ok(json!({}))
}

pub(super) fn config_hotp(inputs: &Inputs<'_>) -> Answer {
    let (algorithm, secret) = (algorithm(inputs)?, config_secret(inputs)?);
    let ten = inputs.flag("ten_digits") == Some(true);
    Hotp::new(&secret, algorithm, digits(inputs, ten)?)?;
    Ok(json!({}))
}
