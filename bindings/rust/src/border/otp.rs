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
        "totp_check" => Parameters::read(host).and_then(|parameters| {
            parameters.totp(&host.secret()?)?;
            Ok(Object::new().number("form", parameters.pack()).end())
        }),
        "totp_secret" => totp(host).map(|totp| secret(&totp.expose_secret())),
        "totp_code" => totp_code(host),
        "totp_check_code" => checked(totp(host).and_then(|totp| totp.check_code(code(client)?))),
        "totp_verify" => totp_verify_text(client, host),
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

/// What a TOTP authenticator is besides its secret.
struct Parameters {
    options: TotpOptions,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Usual,
    Legacy,
    Steam,
}

impl Parameters {
    fn read(host: &Host<'_>) -> Result<Self, Error> {
        let options = TotpOptions {
            algorithm: HashAlgorithm::from_name(&host.string("algorithm")?)?,
            digits: host.u64("digits")?,
            period: host.u64("period")?,
            preset: host
                .optional_string("preset")?
                .map_or(Ok(Preset::Usual), |name| Preset::from_name(&name))?,
        };
        let kind = match (host.flag("steam")?, host.flag("legacy")?) {
            (true, _) => Kind::Steam,
            (false, true) => Kind::Legacy,
            (false, false) => Kind::Usual,
        };
        Ok(Self { options, kind })
    }

    fn totp(&self, secret: &str) -> Result<Totp, Error> {
        match self.kind {
            Kind::Usual => Totp::new(secret, self.options),
            Kind::Legacy => Totp::danger_legacy(secret, self.options),
            Kind::Steam => Totp::steam(secret),
        }
    }

    /// As one number, which the other side hands back. What is in it was checked: digits are below 16, and a period below 2^12.
    fn pack(&self) -> u64 {
        let algorithm = match self.options.algorithm {
            HashAlgorithm::Sha256 => 1,
            HashAlgorithm::Sha512 => 2,
            _ => 0,
        };
        let preset = match self.options.preset {
            Preset::Usual => 0,
            Preset::Strict => 1,
        };
        let kind = match self.kind {
            Kind::Usual => 0,
            Kind::Legacy => 1,
            Kind::Steam => 2,
        };
        let (digits, period) = (self.options.digits & 15, self.options.period & 0xfff);
        algorithm | preset << 2 | kind << 3 | digits << 5 | period << 9
    }

    /// Whatever the number is, these are parameters, and making an authenticator of them checks them once more.
    fn unpack(form: u32) -> Self {
        let algorithm = match form & 3 {
            0 => HashAlgorithm::Sha1,
            1 => HashAlgorithm::Sha256,
            _ => HashAlgorithm::Sha512,
        };
        let preset = if form >> 2 & 1 == 0 { Preset::Usual } else { Preset::Strict };
        let kind = match form >> 3 & 3 {
            0 => Kind::Usual,
            1 => Kind::Legacy,
            _ => Kind::Steam,
        };
        let (digits, period) = ((form >> 5 & 15).into(), (form >> 9 & 0xfff).into());
        Self { options: TotpOptions { algorithm, digits, period, preset }, kind }
    }
}

fn totp(host: &Host<'_>) -> Result<Totp, Error> {
    Parameters::read(host)?.totp(&host.secret()?)
}

/// A TOTP code without JSON around it. Of the numbers −1 stands for one that is left out; whole ones are below 2^53, and a
/// larger `last_step` is as good as any that no step reaches.
#[derive(Clone, Copy)]
pub struct HotTotp<'a> {
    /// Base32 text.
    pub secret: &'a str,
    /// The `form` that `totp_check` gave.
    pub form: u32,
    /// The client's.
    pub code: &'a str,
    /// The stored one.
    pub last_step: f64,
    /// Unix seconds.
    pub now: f64,
    /// Steps before the current one.
    pub past: f64,
    /// Steps after the current one.
    pub future: f64,
    /// What the last result said; zero is as good as left out.
    pub drift: i32,
}

/// As the operation `totp_verify`. A failure is the error's number, negated; else the answer is `step * 64 + drift + 32`: a drift is
/// at most ten, a step 1e11, and so the number is exact.
#[must_use]
pub fn totp_verify(asked: &HotTotp<'_>) -> f64 {
    let verify = || {
        // What is no number, not finite or a fraction is neither a step nor one that is left out.
        let given = |number: f64| match number {
            -1.0 => Ok(None),
            _ if number >= 0.0 && number.fract() == 0.0 => Ok(Some(number as u64)),
            _ => Err(Error::ArgumentValueInvalid),
        };
        let options = VerifyTotp {
            last_step: given(asked.last_step)?,
            now: Some(crate::host_time(asked.now)?),
            past: given(asked.past)?,
            future: given(asked.future)?,
            drift: asked.drift.into(),
        };
        let Parameters { options: form, kind } = Parameters::unpack(asked.form);
        let secret = match kind {
            Kind::Usual => OtpSecret::from_base32(asked.secret)?,
            Kind::Legacy | Kind::Steam => OtpSecret::danger_legacy_from_base32(asked.secret)?,
        };
        Totp::verify_once(&secret, matches!(kind, Kind::Steam), form, asked.code, options)
    };
    match verify() {
        Ok(verified) => verified.step().get() as f64 * 64.0 + verified.drift() as f64 + 32.0,
        Err(error) => -f64::from(error.number()),
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

fn totp_verify_text(client: &[u8], host: &Host<'_>) -> Result<String, Error> {
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

#[cfg(test)]
mod tests {
    use super::super::call;
    use super::*;

    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn form(more: &str) -> Result<u32, Error> {
        let answer = call("totp_check", b"", &host(more))?;
        let number = answer.trim_start_matches("{\"form\":").trim_end_matches('}');
        number.parse().map_err(|_| Error::ArgumentTypeInvalid)
    }

    fn host(more: &str) -> String {
        format!(r#"{{"secret":"{SECRET}",{more}}}"#)
    }

    /// The same by the way of JSON: the packed number, or that of the error.
    fn by_json(asked: &HotTotp<'_>, parameters: &str) -> f64 {
        let number = |name: &str, value: f64| {
            if value < 0.0 { String::new() } else { format!(r#","{name}":{value}"#) }
        };
        let more = [
            number("lastStep", asked.last_step),
            number("past", asked.past),
            number("future", asked.future),
        ];
        let (now, drift) = (asked.now, asked.drift);
        let host = host(&format!("{parameters},\"now\":{now},\"drift\":{drift}{}", more.concat()));
        match call("totp_verify", asked.code.as_bytes(), &host) {
            Err(error) => -f64::from(error.number()),
            Ok(answer) => {
                let part = |name: &str| {
                    let rest = answer.split(&format!("\"{name}\":")).nth(1).unwrap_or_default();
                    let text = rest.split([',', '}']).next().unwrap_or_default();
                    text.trim_matches('"').parse().unwrap_or(f64::NAN)
                };
                part("step") * 64.0 + part("drift") + 32.0
            }
        }
    }

    #[test]
    fn a_code_without_json_has_the_verdict_that_it_has_with_it() -> Result<(), Error> {
        let parameters = [
            r#""algorithm":"SHA1","digits":6,"period":30"#,
            r#""algorithm":"SHA1","digits":6,"period":30,"preset":"strict""#,
            r#""algorithm":"SHA256","digits":8,"period":3600,"legacy":true"#,
            r#""algorithm":"SHA512","digits":7,"period":1"#,
            r#""algorithm":"SHA1","digits":5,"period":30,"steam":true"#,
        ];
        let mut accepted = 0;
        for parameters in parameters {
            let form = form(parameters)?;
            for now in [0.0, 59.9, 1e11, 1e11 + 1.0, -1.0] {
                let at = format!("{parameters},\"now\":{}", now - 40.0);
                let near = call("totp_code", b"", &host(&at)).unwrap_or_default();
                let right = call("totp_code", b"", &host(&format!("{parameters},\"now\":{now}")));
                let right = right.unwrap_or_default();
                let codes =
                    [&near, &right].map(|answer| answer.split('"').nth(3).unwrap_or_default());
                for code in [codes[0], codes[1], "", "1234567", "12a456"] {
                    for (last_step, past, future, drift) in [
                        (-1.0, -1.0, -1.0, 0),
                        (0.0, 2.0, 0.0, -1),
                        (9e15, 1.0, 1.0, 1),
                        (1.0, 11.0, 0.0, 0),
                        (-1.0, 0.0, 0.0, 11),
                    ] {
                        let secret = SECRET;
                        let asked =
                            HotTotp { secret, form, code, last_step, now, past, future, drift };
                        let verdict = totp_verify(&asked);
                        // A number that is negative is not in JSON: time is then another kind of wrong, with the same error.
                        assert_eq!(
                            verdict,
                            by_json(&asked, parameters),
                            "{parameters} {now} {code}"
                        );
                        accepted += u32::from(verdict > 0.0);
                    }
                }
            }
        }
        assert!(accepted > 20, "{accepted}");
        Ok(())
    }

    #[test]
    fn whatever_the_form_says_there_is_a_verdict() {
        for form in (0..u32::MAX).step_by(7_654_321) {
            let (secret, code) = (SECRET, "123456");
            let (last_step, past, future) = (f64::NAN, f64::INFINITY, 1.0);
            let asked =
                HotTotp { secret, form, code, last_step, now: 59.0, past, future, drift: i32::MIN };
            assert!(totp_verify(&asked) < 0.0);
        }
    }
}
