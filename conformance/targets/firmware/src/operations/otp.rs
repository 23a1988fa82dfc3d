//! One-time passwords, their enrolment and their URIs.

use super::assurance;
use super::inputs::{Text, integer};
use super::{Failure, Outcome};
use crate::frame::{Fields, Response, Value};
use mfakit_core::crypto::hmac::HashAlgorithm;
use mfakit_core::otp::hotp::{Hotp, HotpVerified};
use mfakit_core::otp::otpauth::Otpauth;
use mfakit_core::otp::totp::{PendingTotp, Totp, TotpVerified, Window};
use mfakit_core::otp::uri::{MovingFactor, OtpUri};
use mfakit_core::otp::{Code, Digits, truncate_to_code};
use mfakit_core::{Error, Evidence, OtpSecret, Period, Step, UnixTime};

pub(super) fn config_totp(fields: &Fields<'_>, _: &mut Response<'_>) -> Outcome {
    let (digits, period) = (fields.integer("digits")?, fields.integer("period")?);
    let (algorithm, secret) = (algorithm(fields)?, config_secret(fields)?);
    let digits = Digits::new(digits)?;
    Totp::new(&secret, algorithm, digits, Period::from_seconds(period)?)?;
    Ok(())
}

pub(super) fn config_hotp(fields: &Fields<'_>, _: &mut Response<'_>) -> Outcome {
    let digits = fields.integer("digits")?;
    let (algorithm, secret) = (algorithm(fields)?, config_secret(fields)?);
    let digits = match fields.flag_or("ten_digits", false)? {
        true => Digits::TEN,
        false => Digits::new(digits)?,
    };
    Hotp::new(&secret, algorithm, digits)?;
    Ok(())
}

fn config_secret(fields: &Fields<'_>) -> Result<OtpSecret, Failure> {
    let text = fields.string("secret")?;
    Ok(match fields.flag_or("legacy", false)? {
        true => OtpSecret::danger_legacy_from_base32(text)?,
        false => OtpSecret::from_base32(text)?,
    })
}

// ---------------------------------------------------------------- TOTP and Steam

/// What a time-based authenticator is made of. Parameters that a case does not name are the usual ones.
struct TimeBased {
    secret: OtpSecret,
    algorithm: HashAlgorithm,
    digits: Digits,
    period: Period,
}

impl TimeBased {
    fn read(fields: &Fields<'_>) -> Result<Self, Failure> {
        let (algorithm, secret) = (algorithm(fields)?, secret(fields)?);
        let digits = Digits::new(fields.optional_number("digits")?.unwrap_or(6))?;
        let period = Period::from_seconds(fields.optional_number("period")?.unwrap_or(30))?;
        Ok(Self { secret, algorithm, digits, period })
    }

    fn steam(fields: &Fields<'_>) -> Result<Self, Failure> {
        Ok(Self {
            secret: secret(fields)?,
            algorithm: HashAlgorithm::Sha1,
            digits: Digits::STEAM,
            period: Period::THIRTY_SECONDS,
        })
    }

    /// Steam's where the case says so.
    fn either(fields: &Fields<'_>) -> Result<Self, Failure> {
        if fields.flag_or("steam", false)? { Self::steam(fields) } else { Self::read(fields) }
    }

    fn totp(&self) -> Result<Totp, Error> {
        Totp::new(&self.secret, self.algorithm, self.digits, self.period)
    }

    fn put_uri(&self, fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
        let Self { secret, algorithm, digits, period } = self;
        put_uri(fields, response, secret, *algorithm, *digits, MovingFactor::Time(*period))
    }
}

pub(super) fn totp_generate(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let now = any_time(fields)?;
    let totp = totp(fields)?;
    let step = totp.step_at(now)?;
    put_code(response, &totp.code_at(now)?);
    response.field("time_step", step.get());
    Ok(())
}

pub(super) fn totp_verify(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    put_totp(response, &verified(totp(fields)?, fields, any_time(fields)?)?);
    Ok(())
}

pub(super) fn totp_commit(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let verified = verified(totp(fields)?, fields, any_time(fields)?)?;
    put_totp(response, &verified);
    let transition = verified.transition();
    put_transition(response, transition.prev, transition.next);
    put_evidence(response, &verified.commit(fields.number("rows")?)?);
    Ok(())
}

pub(super) fn steam_generate(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let now = fields.host_time("time")?;
    put_code(response, &TimeBased::steam(fields)?.totp()?.code_at(now)?);
    Ok(())
}

pub(super) fn steam_verify(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let now = fields.host_time("time")?;
    put_totp(response, &verified(TimeBased::steam(fields)?.totp()?, fields, now)?);
    Ok(())
}

/// Through the enrolment's own type; then the same code is tried at the authenticator that came of it.
pub(super) fn totp_confirm(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let (code, now) = (fields.text("code")?, fields.host_time("now")?);
    // An enrolment has no constructor for short secrets.
    OtpSecret::new(fields.bytes("secret_hex")?)?;
    let pending = PendingTotp::new(totp(fields)?);
    let verified = pending.confirm(code, now)?;
    let transition = verified.transition();
    let live = pending.confirmed(&verified);
    let again = live.verify(code, Some(transition.next), now, Window::ONE_STEP);
    put_step(response, verified.step(), verified.drift());
    put_transition(response, transition.prev, transition.next);
    response.field("again", again.err().map_or(Value::Null, |error| error.code().into()));
    if let Some(rows) = fields.optional_number("rows")? {
        verified.commit(rows)?;
    }
    Ok(())
}

pub(super) fn totp_uri(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    TimeBased::read(fields)?.put_uri(fields, response)
}

/// Checks the form of a code, of either kind of authenticator.
pub(super) fn check_code(fields: &Fields<'_>, is_hotp: bool) -> Outcome {
    let code = fields.text("code")?;
    if is_hotp {
        return Ok(hotp(fields)?.check_code(code)?);
    }
    Ok(TimeBased::either(fields)?.totp()?.check_code(code)?)
}

fn totp(fields: &Fields<'_>) -> Result<Totp, Failure> {
    let t0 = UnixTime::from_seconds(fields.optional_number("t0")?.unwrap_or_default());
    Ok(TimeBased::read(fields)?.totp()?.with_t0(t0))
}

/// What goes through the hidden entry elsewhere: times that no host passes.
fn any_time(fields: &Fields<'_>) -> Result<UnixTime, Failure> {
    Ok(UnixTime::from_seconds(fields.number("time")?))
}

fn verified(totp: Totp, fields: &Fields<'_>, now: UnixTime) -> Result<TotpVerified, Failure> {
    let code = fields.text("code")?;
    let last_step = fields.optional_number("last_accepted_step")?;
    let window = Window::new(fields.number("window_past")?, fields.number("window_future")?)?;
    let drift = match fields.get("drift") {
        Value::Null => 0,
        drift => i8::try_from(integer(drift)?).map_err(|_| Error::WindowTooLarge)?,
    };
    Ok(totp.verify(code, last_step, now, window.with_drift(drift)?)?)
}

fn put_totp(response: &mut Response<'_>, verified: &TotpVerified) {
    put_step(response, verified.step(), verified.drift());
}

fn put_step(response: &mut Response<'_>, step: Step, drift: i8) {
    response.field("matched_step", step.get());
    response.field("drift", i64::from(drift));
}

fn put_transition(response: &mut Response<'_>, prev: Option<u64>, next: u64) {
    response.field("prev", prev.map_or(Value::Null, Value::Unsigned));
    response.field("next", next);
}

pub(super) fn put_evidence(response: &mut Response<'_>, evidence: &Evidence) {
    response.field("method", evidence.method().as_str());
    response.field("user_verified", evidence.user_verified());
    assurance::put_assessed(response, evidence);
}

// ---------------------------------------------------------------- HOTP

pub(super) fn hotp_generate(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let counter = fields.number("counter")?;
    put_code(response, &hotp(fields)?.code_at(counter));
    Ok(())
}

pub(super) fn hotp_verify(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    put_hotp(response, &verified_hotp(fields)?);
    Ok(())
}

pub(super) fn hotp_commit(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let verified = verified_hotp(fields)?;
    put_hotp(response, &verified);
    let transition = verified.transition();
    put_transition(response, transition.prev, transition.next);
    put_evidence(response, &verified.commit(fields.number("rows")?)?);
    Ok(())
}

pub(super) fn hotp_resync(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let (first, second) = (fields.text("first")?, fields.text("second")?);
    let (counter, look_ahead) = (fields.number("counter")?, fields.number("look_ahead")?);
    put_hotp(response, &hotp(fields)?.resync(first, second, counter, look_ahead)?);
    Ok(())
}

pub(super) fn hotp_truncate(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let digits = hotp_digits(fields.number("digits")?)?;
    put_code(response, &truncate_to_code(fields.bytes("hmac_hex")?, digits)?);
    Ok(())
}

fn hotp(fields: &Fields<'_>) -> Result<Hotp, Failure> {
    let (secret, algorithm, digits) = hotp_parameters(fields)?;
    Ok(Hotp::new(&secret, algorithm, digits)?)
}

fn hotp_parameters(fields: &Fields<'_>) -> Result<(OtpSecret, HashAlgorithm, Digits), Failure> {
    let algorithm = algorithm(fields)?;
    let digits = fields.optional_number("digits")?.unwrap_or(6);
    let secret = match digits {
        // No API has a constructor for both ten digits and short secrets.
        10 => OtpSecret::new(fields.bytes("secret_hex")?)?,
        _ => secret(fields)?,
    };
    Ok((secret, algorithm, hotp_digits(digits)?))
}

fn verified_hotp(fields: &Fields<'_>) -> Result<HotpVerified, Failure> {
    let code = fields.text("code")?;
    let (counter, look_ahead) = (fields.number("counter")?, fields.number("look_ahead")?);
    Ok(hotp(fields)?.verify(code, counter, look_ahead)?)
}

/// The vectors name ten digits like any other number; the core has a constructor of its own for them.
fn hotp_digits(digits: u64) -> Result<Digits, Error> {
    if digits == 10 { Ok(Digits::TEN) } else { Digits::new(digits) }
}

fn put_hotp(response: &mut Response<'_>, verified: &HotpVerified) {
    response.field("matched_counter", verified.matched_counter());
    response.field("next_counter", verified.next_counter());
}

// ---------------------------------------------------------------- URIs

pub(super) fn otpauth_parse(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let read = Otpauth::parse(fields.text("uri")?)?;
    let (kind, period, counter) = match read.moving() {
        MovingFactor::Time(period) => {
            ("totp", Value::Unsigned(period.seconds().into()), Value::Null)
        }
        MovingFactor::Counter(counter) => ("hotp", Value::Null, Value::Unsigned(counter)),
    };
    response.field("type", kind);
    response.field("secret_hex", read.secret().expose());
    response.field("algorithm", read.algorithm().as_str());
    response.field("digits", u32::from(read.digits().get()));
    response.field("period", period);
    response.field("steam", read.digits() == Digits::STEAM);
    match read.issuer() {
        Some(issuer) => response.field("issuer", Text::of(issuer)?.value()),
        None => response.field("issuer", Value::Null),
    }
    response.field("account", Text::of(read.account())?.value());
    response.field("counter", counter);
    response.list("warnings", read.warnings().iter().map(|warning| warning.as_str().into()));
    Ok(())
}

pub(super) fn otpauth_build(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    if fields.string("type")? != "hotp" {
        return TimeBased::either(fields)?.put_uri(fields, response);
    }
    let (secret, algorithm, digits) = hotp_parameters(fields)?;
    let moving = MovingFactor::Counter(fields.number("counter")?);
    put_uri(fields, response, &secret, algorithm, digits, moving)
}

fn put_uri(
    fields: &Fields<'_>,
    response: &mut Response<'_>,
    secret: &OtpSecret,
    algorithm: HashAlgorithm,
    digits: Digits,
    moving: MovingFactor,
) -> Outcome {
    let (issuer, account) = (fields.string("issuer")?, fields.string("account")?);
    let uri = OtpUri::new(secret, algorithm, digits, moving, issuer, account)?;
    let mut text = Text::new();
    uri.write(&mut text).map_err(|_| Failure::Harness)?;
    response.field("uri", text.value());
    Ok(())
}

// ---------------------------------------------------------------- what all have

/// The vectors hold short secrets too; they go through the constructor that is named for them.
fn secret(fields: &Fields<'_>) -> Result<OtpSecret, Failure> {
    Ok(OtpSecret::danger_legacy(fields.bytes("secret_hex")?)?)
}

pub(super) fn algorithm(fields: &Fields<'_>) -> Result<HashAlgorithm, Failure> {
    Ok(HashAlgorithm::from_name(fields.string_or("algorithm", "SHA1")?)?)
}

fn put_code(response: &mut Response<'_>, code: &Code) {
    response.field("code", code.expose());
}
