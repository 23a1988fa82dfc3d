//! The border's one-time passwords, imports and QR codes.

use super::{Host, checked, text, whole};
use crate::json::{self, Object};
use crate::{
    HashAlgorithm, Hotp, HotpOptions, HotpVerified, Otp, Otpauth, Preset, Totp, TotpOptions,
    TotpVerified, VerifyTotp,
};
use mfakit_core::otp::Digits;
use mfakit_core::{Error, OtpSecret};

pub(super) fn call(op: &str, client: &[u8], host: &Host<'_>) -> Option<Result<String, Error>> {
    Some(match op {
        "generate_secret" => generate_secret(host),
        "totp_check" => totp(host).map(|_| Object::new().end()),
        "totp_secret" => totp(host).map(|totp| secret(&totp.expose_secret())),
        "totp_code" => totp_code(host),
        "totp_check_code" => checked(totp(host).and_then(|totp| totp.check_code(code(client)?))),
        "totp_verify" => totp_verify(client, host),
        "totp_confirm" => totp_confirm(client, host),
        "totp_uri" => totp_uri(host),
        "hotp_check" => hotp(host).map(|_| Object::new().end()),
        "hotp_secret" => hotp(host).map(|hotp| secret(&hotp.expose_secret())),
        "hotp_code" => hotp_code(host),
        "hotp_check_code" => checked(hotp(host).and_then(|hotp| hotp.check_code(code(client)?))),
        "hotp_verify" => hotp_verify(client, host),
        "hotp_resync" => hotp_resync(client, host),
        "hotp_uri" => hotp_uri(host),
        "otpauth_parse" => text(client, Error::OtpauthMalformed)
            .and_then(crate::parse_otpauth)
            .map(|read| otpauth(&read)),
        "migration_parse" => text(client, Error::MigrationMalformed)
            .and_then(crate::parse_otpauth_migration)
            .map(|read| Object::new().array("entries", read.iter().map(otpauth)).end()),
        #[cfg(feature = "qr")]
        "qr_svg" => host
            .string("text")
            .and_then(|text| Ok(Object::new().string("svg", &crate::qr_svg(&text)?).end())),
        #[cfg(feature = "qr")]
        "qr_png" => host.string("text").and_then(|text| {
            Ok(Object::new().string("png", &crate::to_base64url(&crate::qr_png(&text)?)).end())
        }),
        #[cfg(feature = "qr")]
        "qr_terminal" => qr_terminal(host),
        _ => return None,
    })
}

fn code(client: &[u8]) -> Result<&str, Error> {
    text(client, Error::OtpMalformed)
}

fn secret(secret: &str) -> String {
    Object::new().string("secret", secret).end()
}

fn generate_secret(host: &Host<'_>) -> Result<String, Error> {
    let length = host.optional("length", whole)?.unwrap_or(20);
    let length = usize::try_from(length).map_err(|_| Error::SecretTooLong)?;
    Ok(Object::new().string("secret", &crate::generate_secret(length)?).end())
}

fn totp(host: &Host<'_>) -> Result<Totp, Error> {
    let options = TotpOptions {
        algorithm: HashAlgorithm::from_name(&host.string("algorithm")?)?,
        digits: host.u64("digits")?,
        period: host.u64("period")?,
        preset: host
            .optional_string("preset")?
            .map_or(Ok(Preset::Usual), |name| Preset::from_name(&name))?,
    };
    if host.optional("steam", |v| v.as_bool())? == Some(true) {
        return Totp::steam(&host.secret()?);
    }
    match host.optional("legacy", |v| v.as_bool())? {
        Some(true) => Totp::danger_legacy(&host.secret()?, options),
        _ => Totp::new(&host.secret()?, options),
    }
}

fn hotp(host: &Host<'_>) -> Result<Hotp, Error> {
    let (secret, algorithm) =
        (host.secret()?, HashAlgorithm::from_name(&host.string("algorithm")?)?);
    let flag = |name: &str| Ok(host.optional(name, |v| v.as_bool())? == Some(true));
    match (flag("tenDigits")?, flag("legacy")?) {
        (true, false) => Hotp::ten_digits(&secret, algorithm),
        // What an import may have.
        (true, true) => {
            Hotp::of(OtpSecret::danger_legacy_from_base32(&secret)?, algorithm, Digits::TEN)
        }
        (false, legacy) => {
            let options = HotpOptions { algorithm, digits: host.u64("digits")? };
            if legacy { Hotp::danger_legacy(&secret, options) } else { Hotp::new(&secret, options) }
        }
    }
}

fn totp_verify(client: &[u8], host: &Host<'_>) -> Result<String, Error> {
    let options = VerifyTotp {
        last_step: host.optional("lastStep", whole)?,
        now: Some(host.now()?),
        past: host.optional("past", whole)?,
        future: host.optional("future", whole)?,
        drift: host.optional("drift", |v| v.as_i64())?.unwrap_or(0),
    };
    totp_verified(&totp(host)?.verify(code(client)?, options)?)
}

fn totp_code(host: &Host<'_>) -> Result<String, Error> {
    Ok(Object::new().string("code", &totp(host)?.code_at(Some(host.now()?))?).end())
}

fn totp_confirm(client: &[u8], host: &Host<'_>) -> Result<String, Error> {
    totp_verified(&totp(host)?.confirm(code(client)?, Some(host.now()?))?)
}

fn totp_uri(host: &Host<'_>) -> Result<String, Error> {
    let uri = totp(host)?.uri(&host.string("issuer")?, &host.string("account")?)?;
    Ok(Object::new().string("uri", &uri).end())
}

fn hotp_code(host: &Host<'_>) -> Result<String, Error> {
    Ok(Object::new().string("code", &hotp(host)?.code_at(host.u64("counter")?)).end())
}

fn hotp_verify(client: &[u8], host: &Host<'_>) -> Result<String, Error> {
    let (counter, look_ahead) = (host.u64("counter")?, host.u64("lookAhead")?);
    hotp_verified(&hotp(host)?.verify(code(client)?, counter, look_ahead)?)
}

fn hotp_resync(client: &[u8], host: &Host<'_>) -> Result<String, Error> {
    let (counter, look_ahead) = (host.u64("counter")?, host.u64("lookAhead")?);
    // The second code is the client's too, wherever it stands.
    let second = host.string("second").map_err(|_| Error::OtpMalformed)?;
    hotp_verified(&hotp(host)?.resync(code(client)?, &second, counter, look_ahead)?)
}

fn hotp_uri(host: &Host<'_>) -> Result<String, Error> {
    let (issuer, account) = (host.string("issuer")?, host.string("account")?);
    let uri = hotp(host)?.uri(&issuer, &account, host.u64("counter")?)?;
    Ok(Object::new().string("uri", &uri).end())
}

/// What a constructor on the other side takes, and what the URI says besides.
fn otpauth(read: &Otpauth) -> String {
    let (kind, secret, algorithm, digits) = match &read.otp {
        Otp::Totp(totp) => ("totp", totp.expose_secret(), totp.algorithm(), totp.digits()),
        Otp::Hotp(hotp) => ("hotp", hotp.expose_secret(), hotp.algorithm(), hotp.digits()),
    };
    let period = match &read.otp {
        Otp::Totp(totp) => totp.period().to_string(),
        Otp::Hotp(_) => "null".to_owned(),
    };
    let migration = read.migration.as_ref().map(|entry| {
        Object::new()
            .number("batchIndex", entry.batch_index)
            .number("batchSize", entry.batch_size)
            .number("batchId", entry.batch_id)
            .optional_string("uniqueId", entry.unique_id.as_deref())
            .end()
    });
    Object::new()
        .string("type", kind)
        .string("secret", &secret)
        .string("algorithm", algorithm.as_str())
        .number("digits", digits)
        .raw("period", &period)
        .bool("steam", matches!(&read.otp, Otp::Totp(totp) if totp.is_steam()))
        .optional_string("issuer", read.issuer.as_deref())
        .string("account", &read.account)
        .optional_string("counter", read.counter.map(|c| c.to_string()).as_deref())
        .array("warnings", read.warnings.iter().map(|w| json::quoted(w.as_str())))
        .raw("migration", migration.as_deref().unwrap_or("null"))
        .end()
}

#[cfg(feature = "qr")]
fn qr_terminal(host: &Host<'_>) -> Result<String, Error> {
    let style = match host.optional("ascii", |v| v.as_bool())? {
        Some(true) => crate::TerminalStyle::Ascii,
        _ => crate::TerminalStyle::HalfBlocks,
    };
    let text = crate::qr_terminal(&host.string("text")?, style)?;
    Ok(Object::new().string("text", &text).end())
}

fn totp_verified(verified: &TotpVerified) -> Result<String, Error> {
    let transition = verified.transition();
    Ok(Object::new()
        .string("step", &verified.step().get().to_string())
        .number("drift", verified.drift())
        .optional_string("prev", transition.prev.map(|p| p.to_string()).as_deref())
        .string("next", &transition.next.to_string())
        .end())
}

fn hotp_verified(verified: &HotpVerified) -> Result<String, Error> {
    let transition = verified.transition();
    Ok(Object::new()
        .string("matchedCounter", &verified.matched_counter().to_string())
        .string("nextCounter", &verified.next_counter().to_string())
        .optional_string("prev", transition.prev.map(|p| p.to_string()).as_deref())
        .string("next", &transition.next.to_string())
        .end())
}
