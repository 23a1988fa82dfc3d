//! What is enrolled and imported: otpauth URIs, exports, Steam's codes, confirmations, and the form of a code.

use crate::host::{now, rows};
use crate::webauthn::hex;
use crate::{Answer, DYNAMIC_INPUT, Inputs, Refusal, base32, hotp, last_step, totp};
use mfakit::{
    Error, Otp, Otpauth, PendingTotp, Totp, UnixTime, VerifyTotp, check_recovery_code,
    check_temporary_code, host_time, parse_otpauth, parse_otpauth_migration,
};
use serde_json::{Value, json};

/// The bytes of a secret that the API shows as base32 text.
fn unbase32(text: &str) -> Vec<u8> {
    let (mut word, mut bits, mut bytes) = (0_u32, 0, Vec::new());
    for symbol in text.bytes() {
        let value = match symbol {
            b'A'..=b'Z' => symbol - b'A',
            _ => symbol.wrapping_sub(b'2').wrapping_add(26) & 31,
        };
        word = word << 5 | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.extend(u8::try_from(word >> bits & 0xff));
        }
    }
    bytes
}

fn fields(read: &Otpauth) -> Value {
    let (kind, secret, algorithm, digits) = match &read.otp {
        Otp::Totp(totp) => ("totp", totp.expose_secret(), totp.algorithm(), totp.digits()),
        Otp::Hotp(hotp) => ("hotp", hotp.expose_secret(), hotp.algorithm(), hotp.digits()),
    };
    let (period, steam) = match &read.otp {
        Otp::Totp(totp) => (Some(totp.period()), totp.is_steam()),
        Otp::Hotp(_) => (None, false),
    };
    let warnings: Vec<&str> = read.warnings.iter().map(|warning| warning.as_str()).collect();
    json!({
        "type": kind,
        "secret_hex": hex(&unbase32(&secret)),
        "algorithm": algorithm.as_str(),
        "digits": digits,
        "period": period,
        "steam": steam,
        "issuer": read.issuer,
        "account": read.account,
        "counter": read.counter.map(|counter| counter.to_string()),
        "warnings": warnings,
    })
}

pub(crate) fn parse(inputs: &Inputs) -> Answer {
    Ok(fields(&parse_otpauth(inputs.typed_text("uri")?)?))
}

pub(crate) fn migration(inputs: &Inputs) -> Answer {
    let entry = |read: &Otpauth| {
        let mut entry = fields(read);
        if let Some(place) = &read.migration {
            entry["batch_index"] = place.batch_index.into();
            entry["batch_size"] = place.batch_size.into();
            entry["batch_id"] = place.batch_id.into();
            entry["unique_id"] = place.unique_id.clone().into();
        }
        entry
    };
    let read = parse_otpauth_migration(inputs.typed_text("uri")?)?;
    Ok(json!({"entries": read.iter().map(entry).collect::<Vec<Value>>()}))
}

pub(crate) fn build(inputs: &Inputs) -> Answer {
    let (issuer, account) = (inputs.typed_text("issuer")?, inputs.typed_text("account")?);
    let uri = match inputs.text("type") {
        "hotp" => hotp(inputs)?.uri(issuer, account, inputs.number("counter"))?,
        _ if inputs.flag("steam") == Some(true) => steam(inputs)?.uri(issuer, account)?,
        _ => totp(inputs)?.uri(issuer, account)?,
    };
    Ok(json!({"uri": uri}))
}

fn steam(inputs: &Inputs) -> Result<Totp, Error> {
    Totp::steam(&base32(&inputs.bytes("secret_hex").unwrap_or_default()))
}

pub(crate) fn steam_generate(inputs: &Inputs) -> Answer {
    Ok(json!({"code": steam(inputs)?.code_at(Some(steam_time(inputs)?))?}))
}

/// Steam has no hidden entry: its times are those that a host may pass.
fn steam_time(inputs: &Inputs) -> Result<UnixTime, Refusal> {
    let seconds = inputs.get("time").and_then(Value::as_f64);
    Ok(host_time(seconds.ok_or(Refusal::Skip(DYNAMIC_INPUT))?)?)
}

pub(crate) fn steam_verify(inputs: &Inputs) -> Answer {
    let options = VerifyTotp { now: Some(steam_time(inputs)?), ..crate::verify_totp(inputs) };
    let verified = steam(inputs)?.verify(inputs.typed_text("code")?, options)?;
    Ok(json!({"matched_step": verified.step().get().to_string(), "drift": verified.drift()}))
}

/// Through the enrolment's own type; then the same code is tried at the authenticator that came of it.
pub(crate) fn confirm(inputs: &Inputs) -> Answer {
    let secret = base32(&inputs.bytes("secret_hex").unwrap_or_default());
    let options = crate::totp_options(inputs)?;
    let (code, now) = (inputs.typed_text("code")?, now(inputs)?);
    let verified = PendingTotp::new(&secret, options)?.confirm(code, now)?;
    let transition = verified.transition();
    let live = Totp::new(&secret, options)?;
    let again = VerifyTotp { last_step: Some(transition.next), now, ..VerifyTotp::default() };
    let fields = json!({
        "matched_step": verified.step().get().to_string(),
        "drift": verified.drift(),
        "prev": transition.prev,
        "next": transition.next.to_string(),
        "again": live.verify(code, again).err().map(|error| error.code()),
    });
    if inputs.get("rows").is_some() {
        verified.commit(rows(inputs)?)?;
    }
    Ok(fields)
}

pub(crate) fn totp_verify_at(inputs: &Inputs) -> Answer {
    let totp = totp(inputs)?;
    let steps = |name| inputs.get(name).map(|_| inputs.typed_number(name, 0)).transpose();
    let options = VerifyTotp {
        last_step: last_step(inputs),
        now: now(inputs)?,
        past: steps("past")?,
        future: steps("future")?,
        drift: inputs.typed_drift()?,
    };
    let verified = totp.verify(inputs.typed_text("code")?, options)?;
    Ok(json!({"matched_step": verified.step().get(), "drift": verified.drift()}))
}

pub(crate) fn check_code(inputs: &Inputs) -> Answer {
    let code = inputs.typed_text("code")?;
    match inputs.text("factor") {
        "recovery" => check_recovery_code(code, inputs.typed_text("record")?)?,
        "temporary" => check_temporary_code(code, inputs.typed_text("record")?)?,
        "hotp" => hotp(inputs)?.check_code(code)?,
        _ if inputs.flag("steam") == Some(true) => steam(inputs)?.check_code(code)?,
        _ => totp(inputs)?.check_code(code)?,
    }
    Ok(json!({}))
}
