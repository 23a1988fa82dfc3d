//! The border to TypeScript: one function, text in and text out, stateless.
//!
//! `client` is what came from the browser: everything wrong with it is the client's fault. `host` is a JSON object of the
//! host's arguments: everything wrong with it is a `config` error. Numbers that may pass 2^53 are decimal strings in the
//! results; `host` may pass them either way. TypeScript checks its own types first; this module checks again.

use crate::json::{self, Object};
use crate::{
    AuthenticationState, AuthenticationVerified, BackupPolicy, BeginAuthentication,
    BeginRegistration, Ceremony, CounterPolicy, CredentialRecord, CrossOriginPolicy,
    GenerateRecoveryCodes, HashAlgorithm, Hotp, HotpOptions, Mediation, NewRecord, Peppers,
    RegistrationState, RegistrationVerified, RelyingParty, RelyingPartyOptions, Stateless,
    Throttle, ThrottleOptions, Totp, TotpOptions, Transition, UserVerification, VerifyRecoveryCode,
    VerifyTotp, host_time, read_response, to_base64url,
};
use mfakit_core::encoding::json as reader;
use mfakit_core::otp::hotp::HotpVerified;
use mfakit_core::otp::totp::TotpVerified;
use mfakit_core::{Error, UnixTime};
use zeroize::Zeroizing;

/// Runs the operation `op`. The result is a JSON object.
///
/// # Errors
///
/// The operation's; [`Error::ArgumentTypeInvalid`] if `host` is not a JSON object or a member has the wrong type;
/// [`Error::ArgumentValueInvalid`] for an unknown operation.
pub fn call(op: &str, client: &[u8], host: &str) -> Result<String, Error> {
    let host = Host(reader::read_all(host.as_bytes()).map_err(|_| Error::ArgumentTypeInvalid)?);
    if host.0.as_object().is_none() {
        return Err(Error::ArgumentTypeInvalid);
    }
    match op {
        "generate_secret" => generate_secret(&host),
        "generate_user_handle" => {
            Ok(Object::new().string("userHandle", &crate::generate_user_handle()?).end())
        }
        "totp_check" => totp(&host).map(|_| Object::new().end()),
        "totp_code" => {
            Ok(Object::new().string("code", &totp(&host)?.code_at(Some(host.now()?))?).end())
        }
        "totp_verify" => totp_verify(client, &host),
        "totp_confirm" => totp_verified(&totp(&host)?.confirm(code(client)?, Some(host.now()?))?),
        "totp_uri" => {
            let uri = totp(&host)?.uri(&host.string("issuer")?, &host.string("account")?)?;
            Ok(Object::new().string("uri", &uri).end())
        }
        "hotp_check" => hotp(&host).map(|_| Object::new().end()),
        "hotp_code" => {
            Ok(Object::new().string("code", &hotp(&host)?.code_at(host.u64("counter")?)).end())
        }
        "hotp_verify" => {
            let (counter, look_ahead) = (host.u64("counter")?, host.u64("lookAhead")?);
            hotp_verified(&hotp(&host)?.verify(code(client)?, counter, look_ahead)?)
        }
        "hotp_resync" => {
            let (counter, look_ahead) = (host.u64("counter")?, host.u64("lookAhead")?);
            // The second code is the client's too, wherever it stands.
            let second = host.string("second").map_err(|_| Error::OtpMalformed)?;
            hotp_verified(&hotp(&host)?.resync(code(client)?, &second, counter, look_ahead)?)
        }
        #[cfg(feature = "qr")]
        "qr_svg" => Ok(Object::new().string("svg", &crate::qr_svg(&host.string("text")?)?).end()),
        "rp_check" => relying_party(&host).map(|_| Object::new().end()),
        "ceremony_id" => {
            let id = relying_party(&host)?.ceremony_id(&host.string("state")?)?;
            Ok(Object::new().string("id", &id).end())
        }
        "begin_registration" => begin_registration(&host),
        "begin_authentication" => {
            let allow = host.records("allow")?;
            let rp = relying_party(&host)?;
            ceremony(&rp.begin_authentication(
                &host.string("userHandle")?,
                &allow,
                begin_authentication(&host)?,
            )?)
        }
        "begin_discoverable_authentication" => ceremony(
            &relying_party(&host)?
                .begin_discoverable_authentication(begin_authentication(&host)?)?,
        ),
        "finish_registration" => {
            let rp = relying_party(&host)?;
            registration(&rp.finish_registration(
                client,
                &RegistrationState::from_text(host.string("state")?),
                Some(host.now()?),
            )?)
        }
        "finish_authentication" => {
            let (rp, record) = (relying_party(&host)?, host.record()?);
            authentication(&rp.finish_authentication(
                client,
                &AuthenticationState::from_text(host.string("state")?),
                &record,
                Some(host.now()?),
            )?)
        }
        "verify_registration" => {
            let (challenge, user_handle) = (host.string("challenge")?, host.string("userHandle")?);
            let stateless = stateless(&host)?;
            registration(&relying_party(&host)?.verify_registration(
                client,
                &challenge,
                &user_handle,
                stateless,
            )?)
        }
        "verify_authentication" => verify_authentication(client, &host),
        "verify_discoverable_authentication" => {
            let (rp, record) = (relying_party(&host)?, host.record()?);
            let challenge = host.string("challenge")?;
            authentication(&rp.verify_discoverable_authentication(
                client,
                &challenge,
                &record,
                stateless(&host)?,
            )?)
        }
        "read_response" => {
            let response = read_response(client)?;
            Ok(Object::new()
                .string("credentialId", &response.credential_id)
                .optional_string("userHandle", response.user_handle.as_deref())
                .string("challenge", &response.challenge)
                .end())
        }
        "peppers_check" => {
            host.required("peppers", Some)?;
            peppers(&host).map(|_| Object::new().end())
        }
        "recovery_generate" => recovery_generate(&host),
        "recovery_verify" => recovery_verify(client, &host),
        "throttle_check" => throttle(&host).map(|_| Object::new().end()),
        "throttle_charge" => {
            let state = host.optional_string("state")?;
            transition(&throttle(&host)?.charge(state.as_deref(), Some(host.now()?))?)
        }
        "throttle_succeed" => {
            transition(&throttle(&host)?.succeed(host.optional_string("state")?.as_deref())?)
        }
        "throttle_refund" => {
            let number = u16::try_from(host.u64("error")?).ok();
            let error = number.and_then(Error::from_number).ok_or(Error::ArgumentValueInvalid)?;
            transition(&throttle(&host)?.refund(host.optional_string("state")?.as_deref(), error)?)
        }
        "throttle_retry_at" => {
            let state = host.optional_string("state")?;
            let at = throttle(&host)?.retry_at(state.as_deref(), Some(host.now()?))?;
            let at = at.map_or_else(|| "null".to_owned(), |at| at.to_string());
            Ok(Object::new().raw("retryAt", &at).end())
        }
        "record_new" => record_new(&host),
        "record_read" => Ok(record(&host.record()?)),
        _ => Err(Error::ArgumentValueInvalid),
    }
}

/// The host's arguments.
struct Host<'a>(reader::Value<'a>);

impl<'a> Host<'a> {
    fn member(&self, name: &str) -> Result<Option<reader::Value<'a>>, Error> {
        match self.0.members([name]) {
            Ok(Some([member])) => Ok(json::present(member)),
            _ => Err(Error::ArgumentTypeInvalid),
        }
    }

    /// A member that may be absent or null; of another type it is an error.
    fn optional<T>(
        &self,
        name: &str,
        read: impl FnOnce(reader::Value<'a>) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        self.member(name)?.map(|value| read(value).ok_or(Error::ArgumentTypeInvalid)).transpose()
    }

    fn required<T>(
        &self,
        name: &str,
        read: impl FnOnce(reader::Value<'a>) -> Option<T>,
    ) -> Result<T, Error> {
        self.optional(name, read)?.ok_or(Error::ArgumentTypeInvalid)
    }

    fn string(&self, name: &str) -> Result<String, Error> {
        self.required(name, |v| json::text(Some(v)))
    }

    /// The secret of an authenticator, wiped when it is dropped.
    fn secret(&self) -> Result<Zeroizing<String>, Error> {
        self.string("secret").map(Zeroizing::new)
    }

    fn optional_string(&self, name: &str) -> Result<Option<String>, Error> {
        self.optional(name, |v| json::text(Some(v)))
    }

    fn u64(&self, name: &str) -> Result<u64, Error> {
        self.required(name, whole)
    }

    fn strings(&self, name: &str) -> Result<Option<Vec<String>>, Error> {
        self.optional(name, |v| v.as_array()?.map(|e| json::text(Some(e))).collect())
    }

    fn now(&self) -> Result<UnixTime, Error> {
        host_time(self.required("now", |v| v.as_f64()).map_err(|_| Error::TimeInvalid)?)
    }

    fn record(&self) -> Result<CredentialRecord, Error> {
        CredentialRecord::from_text(&self.string("record")?)
    }

    fn records(&self, name: &str) -> Result<Vec<CredentialRecord>, Error> {
        let texts = self.strings(name)?.unwrap_or_default();
        texts.iter().map(|text| CredentialRecord::from_text(text)).collect()
    }

    /// A member that names one of a few values.
    fn choice<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<Option<T>, Error> {
        let Some(chosen) = self.optional_string(name)? else { return Ok(None) };
        let found = choices.iter().find(|(name, _)| *name == chosen);
        found.map(|(_, value)| Some(*value)).ok_or(Error::ArgumentValueInvalid)
    }

    fn user_verification(&self) -> Result<Option<UserVerification>, Error> {
        self.optional_string("userVerification")?
            .map(|name| UserVerification::from_name(&name))
            .transpose()
    }

    fn mediation(&self) -> Result<Option<Mediation>, Error> {
        self.choice("mediation", &[("conditional", Mediation::Conditional)])
    }
}

/// A whole number, plain or as a decimal string.
fn whole(value: reader::Value<'_>) -> Option<u64> {
    value.as_u64().or_else(|| json::text(Some(value))?.parse().ok())
}

/// A code that is not UTF-8 is not a string of digits.
fn code(client: &[u8]) -> Result<&str, Error> {
    std::str::from_utf8(client).map_err(|_| Error::OtpMalformed)
}

/// A key, wiped when it is dropped.
fn bytes(text: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
    crate::from_base64url(text).map(Zeroizing::new).map_err(|_| Error::ArgumentTypeInvalid)
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
    };
    match host.optional("legacy", |v| v.as_bool())? {
        Some(true) => Totp::danger_legacy(&host.secret()?, options),
        _ => Totp::new(&host.secret()?, options),
    }
}

fn hotp(host: &Host<'_>) -> Result<Hotp, Error> {
    let (secret, algorithm) =
        (host.secret()?, HashAlgorithm::from_name(&host.string("algorithm")?)?);
    if host.optional("tenDigits", |v| v.as_bool())? == Some(true) {
        return Hotp::ten_digits(&secret, algorithm);
    }
    let options = HotpOptions { algorithm, digits: host.u64("digits")? };
    match host.optional("legacy", |v| v.as_bool())? {
        Some(true) => Hotp::danger_legacy(&secret, options),
        _ => Hotp::new(&secret, options),
    }
}

fn totp_verify(client: &[u8], host: &Host<'_>) -> Result<String, Error> {
    let options = VerifyTotp {
        last_step: host.optional("lastStep", whole)?,
        now: Some(host.now()?),
        past: host.u64("past")?,
        future: host.u64("future")?,
    };
    totp_verified(&totp(host)?.verify(code(client)?, options)?)
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

fn peppers(host: &Host<'_>) -> Result<Option<Peppers>, Error> {
    let Some(peppers) = host.member("peppers")?.map(Host) else { return Ok(None) };
    let current = peppers.string("current")?;
    let keys = peppers.required("keys", |v| v.as_array())?.map(|entry| {
        let entry = Host(entry);
        let key = Zeroizing::new(entry.string("key")?);
        Ok((entry.string("id")?, bytes(&key)?))
    });
    let keys = keys.collect::<Result<Vec<_>, Error>>()?;
    Peppers::new(keys.iter().map(|(id, key)| (id.as_str(), key.as_slice())), &current).map(Some)
}

fn recovery_generate(host: &Host<'_>) -> Result<String, Error> {
    let peppers = peppers(host)?;
    let count = host.optional("count", whole)?.unwrap_or(10);
    let options = GenerateRecoveryCodes { count, peppers: peppers.as_ref() };
    let set = crate::generate_recovery_codes(&host.string("userId")?, options)?;
    Ok(Object::new()
        .array("codes", set.codes().map(json::quoted))
        .string("record", set.record())
        .string("text", &set.text())
        .end())
}

fn recovery_verify(client: &[u8], host: &Host<'_>) -> Result<String, Error> {
    let (peppers, user_id, record) =
        (peppers(host)?, host.string("userId")?, host.string("record")?);
    let stored = VerifyRecoveryCode {
        user_id: &user_id,
        record: &record,
        used: host.required("used", |v| v.as_i64())?,
        peppers: peppers.as_ref(),
    };
    // A code that is not UTF-8 is no code.
    let code = std::str::from_utf8(client).map_err(|_| Error::RecoveryCodeMalformed)?;
    let verified = crate::verify_recovery_code(code, stored)?;
    let transition = verified.transition();
    Ok(Object::new()
        .number("bit", verified.bit())
        .number("remaining", verified.remaining())
        .bool("low", verified.low())
        .bool("needsRegeneration", verified.needs_regeneration())
        .number("prev", transition.prev.unwrap_or_default())
        .number("next", transition.next)
        .end())
}

fn throttle(host: &Host<'_>) -> Result<Throttle, Error> {
    let limits = Host(host.required("throttle", Some)?);
    Throttle::new(ThrottleOptions {
        max_failures: limits.u64("maxFailures")?,
        free_failures: limits.u64("freeFailures")?,
        delay: limits.u64("delay")?,
        max_delay: limits.u64("maxDelay")?,
    })
}

fn transition(transition: &Transition<String>) -> Result<String, Error> {
    Ok(Object::new()
        .optional_string("prev", transition.prev.as_deref())
        .string("next", &transition.next)
        .end())
}

fn relying_party(host: &Host<'_>) -> Result<RelyingParty, Error> {
    let rp = Host(host.required("rp", Some)?);
    let uv = rp.user_verification()?.ok_or(Error::ArgumentTypeInvalid)?;
    let origins = rp.strings("origins")?.ok_or(Error::ArgumentTypeInvalid)?;
    let mut options = RelyingPartyOptions::new(&rp.string("name")?, &[], uv);
    options.origins = origins;
    let cross_origins = [
        ("deny", CrossOriginPolicy::Deny),
        ("allow_listed", CrossOriginPolicy::AllowListed),
        ("danger_any_top_origin", CrossOriginPolicy::DangerAnyTopOrigin),
    ];
    let counters = [("reject", CounterPolicy::Reject), ("report", CounterPolicy::Report)];
    let backups = [("strict", BackupPolicy::Strict), ("allow_upgrade", BackupPolicy::AllowUpgrade)];
    options.cross_origin = rp.choice("crossOrigin", &cross_origins)?.unwrap_or_default();
    options.top_origins = rp.strings("topOrigins")?.unwrap_or_default();
    options.counter = rp.choice("counter", &counters)?.unwrap_or_default();
    options.backup = rp.choice("backup", &backups)?.unwrap_or_default();
    options.danger_allow_absent_user =
        rp.optional("dangerAllowAbsentUser", |v| v.as_bool())?.unwrap_or(false);
    if let Some(algorithms) =
        rp.optional("algorithms", |v| v.as_array()?.map(|e| e.as_i64()).collect())?
    {
        options.algorithms = algorithms;
    }
    let key = rp.optional_string("stateKey")?.map(Zeroizing::new);
    let rp = RelyingParty::new(&rp.string("id")?, options)?;
    match key {
        None => Ok(rp),
        Some(key) => rp.with_state_key(&bytes(&key)?),
    }
}

fn begin_registration(host: &Host<'_>) -> Result<String, Error> {
    let (user_name, display_name) =
        (host.string("userName")?, host.optional_string("displayName")?);
    let exclude = host.records("exclude")?;
    let begin = BeginRegistration {
        user_name: &user_name,
        display_name: display_name.as_deref(),
        exclude: &exclude,
        user_verification: host.user_verification()?,
        mediation: host.mediation()?,
        lifetime: host.optional("lifetime", whole)?,
        now: Some(host.now()?),
    };
    ceremony(&relying_party(host)?.begin_registration(&host.string("userHandle")?, begin)?)
}

fn begin_authentication(host: &Host<'_>) -> Result<BeginAuthentication, Error> {
    Ok(BeginAuthentication {
        user_verification: host.user_verification()?,
        lifetime: host.optional("lifetime", whole)?,
        now: Some(host.now()?),
    })
}

fn stateless<'a>(host: &Host<'_>) -> Result<Stateless<'a>, Error> {
    Ok(Stateless {
        user_verification: host.user_verification()?,
        mediation: host.mediation()?,
        allow: None,
    })
}

fn verify_authentication(client: &[u8], host: &Host<'_>) -> Result<String, Error> {
    let (rp, record) = (relying_party(host)?, host.record()?);
    let ids = host.strings("allow")?.map(|entries| {
        entries.iter().map(|entry| crate::allowed_id(entry)).collect::<Result<Vec<_>, _>>()
    });
    let ids = ids.transpose()?;
    let slices: Option<Vec<&[u8]>> =
        ids.as_ref().map(|ids| ids.iter().map(Vec::as_slice).collect());
    let more = Stateless { allow: slices.as_deref(), ..stateless(host)? };
    let (challenge, user_handle) = (host.string("challenge")?, host.string("userHandle")?);
    authentication(&rp.verify_authentication(client, &challenge, &user_handle, &record, more)?)
}

fn record_new(host: &Host<'_>) -> Result<String, Error> {
    let (public_key, user_handle) = (host.string("publicKey")?, host.string("userHandle")?);
    let parts = NewRecord {
        public_key: &public_key,
        user_handle: &user_handle,
        sign_count: u32::try_from(host.u64("signCount")?)
            .map_err(|_| Error::ArgumentValueInvalid)?,
        transports: host.strings("transports")?.unwrap_or_default(),
        backup_eligible: host.optional("backupEligible", |v| v.as_bool())?,
        backed_up: host.optional("backedUp", |v| v.as_bool())?,
        aaguid: host
            .optional_string("aaguid")?
            .map(|text| crate::record::read_aaguid(&text))
            .transpose()?,
    };
    Ok(record(&CredentialRecord::new(&host.string("id")?, parts)?))
}

fn record(record: &CredentialRecord) -> String {
    Object::new()
        .string("text", record.to_text())
        .string("id", &record.id())
        .string("publicKey", &record.public_key())
        .number("algorithm", record.algorithm())
        .string("userHandle", &record.user_handle())
        .number("signCount", record.sign_count())
        .array("transports", record.transports().iter().map(|t| json::quoted(t)))
        .optional_bool("backupEligible", record.backup_eligible())
        .optional_bool("backedUp", record.backed_up())
        .optional_string("aaguid", record.aaguid().as_deref())
        .end()
}

fn ceremony<S: AsRef<str>>(ceremony: &Ceremony<S>) -> Result<String, Error> {
    Ok(Object::new()
        .raw("options", ceremony.options_json())
        .string("state", ceremony.state().as_ref())
        .string("id", ceremony.id())
        .number("expiresAt", ceremony.expires_at())
        .end())
}

fn registration(verified: &RegistrationVerified) -> Result<String, Error> {
    let attestation = Object::new()
        .string("format", verified.attestation().format())
        .string("type", verified.attestation().attestation_type())
        .string("trust", "not_requested")
        .end();
    Ok(Object::new()
        .raw("credential", &record(verified.credential()))
        .string("userHandle", &verified.user_handle())
        .bool("userVerified", verified.user_verified())
        .number("flags", verified.flags())
        .raw("attestation", &attestation)
        .optional_string("extensions", verified.extensions().map(to_base64url).as_deref())
        .optional_string("prev", None)
        .string("next", verified.credential().to_text())
        .end())
}

fn authentication(verified: &AuthenticationVerified) -> Result<String, Error> {
    let transition = verified.transition();
    Ok(Object::new()
        .string("credentialId", verified.credential_id())
        .string("userHandle", verified.user_handle())
        .bool("userVerified", verified.user_verified())
        .number("flags", verified.flags())
        .bool("backupEligible", verified.backup_eligible())
        .bool("backedUp", verified.backed_up())
        .number("counter", verified.counter())
        .bool("counterRegressed", verified.counter_regressed())
        .optional_string("extensions", verified.extensions().map(to_base64url).as_deref())
        .optional_string("prev", transition.prev.as_deref())
        .string("next", &transition.next)
        .end())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = r#"{"secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ","algorithm":"SHA1","digits":6,"period":30,
        "now":59.5,"lastStep":null,"past":1,"future":1,"counter":"0","lookAhead":10,"second":"755224"}"#;

    #[test]
    fn what_the_client_sent_fails_as_the_clients_and_what_the_host_sent_as_the_hosts() {
        assert_eq!(
            call("totp_verify", b"287082", HOST).as_deref(),
            Ok(r#"{"step":"1","drift":0,"prev":null,"next":"1"}"#)
        );
        assert_eq!(call("totp_verify", b"\xff", HOST), Err(Error::OtpMalformed));
        assert_eq!(call("totp_verify", b"287082", "[]"), Err(Error::ArgumentTypeInvalid));
        assert_eq!(call("totp_uri", b"", "{}"), Err(Error::ArgumentTypeInvalid));
        let milliseconds = HOST.replace("59.5", "1800000000000");
        assert_eq!(call("totp_verify", b"287082", &milliseconds), Err(Error::TimeInvalid));
        assert_eq!(
            call("hotp_resync", b"755224", &HOST.replace("\"755224\"", "7")),
            Err(Error::OtpMalformed)
        );
        assert_eq!(call("no such operation", b"", HOST), Err(Error::ArgumentValueInvalid));
    }

    #[test]
    fn every_prefix_of_the_hosts_text_is_an_error() {
        for end in 0..HOST.len() {
            let cut = HOST.get(..end).unwrap_or_default();
            assert_eq!(call("totp_code", b"", cut), Err(Error::ArgumentTypeInvalid), "{cut}");
        }
    }
}
