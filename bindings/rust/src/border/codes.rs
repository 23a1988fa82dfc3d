//! The border's recovery codes, temporary codes, peppers and throttle.

use super::{Host, bytes, checked, text, whole};
use crate::json::{self, Object};
use crate::{
    GenerateRecoveryCodes, GuessBudget, IssueTemporaryCode, Peppers, RecoveryFormat,
    TemporaryAudit, TemporaryKind, Throttle, ThrottleOptions, Transition, VerifyRecoveryCode,
    VerifyTemporaryCode,
};
use mfakit_core::Error;
use zeroize::Zeroizing;

pub(super) fn call(op: &str, client: &[u8], host: &Host<'_>) -> Option<Result<String, Error>> {
    Some(match op {
        "peppers_check" => {
            host.required("peppers", Some).and_then(|_| peppers(host)).map(|_| Object::new().end())
        }
        "recovery_generate" => recovery_generate(host),
        "recovery_verify" => recovery_verify(client, host),
        "recovery_check_code" => checked(host.string("record").and_then(|record| {
            crate::check_recovery_code(text(client, Error::RecoveryCodeMalformed)?, &record)
        })),
        "temporary_issue" => temporary_issue(host),
        "temporary_verify" => temporary_verify(client, host),
        "temporary_check_code" => checked(host.string("record").and_then(|record| {
            crate::check_temporary_code(text(client, Error::TemporaryCodeMalformed)?, &record)
        })),
        "temporary_revoke" => host.string("record").and_then(|record| {
            let revoked = crate::revoke_temporary_code(&record)?;
            Ok(audited(Object::new(), &revoked.transition, &revoked.audit))
        }),
        "throttle_check" => throttle(host).map(|_| Object::new().end()),
        "throttle_charge" => throttle_charge(host),
        "throttle_succeed" => throttle_succeed(host),
        "throttle_refund" => throttle_refund(host),
        "throttle_retry_at" => throttle_retry_at(host),
        "guess_odds" => guess_odds(host),
        _ => return None,
    })
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
    let format = host
        .optional_string("format")?
        .map_or(Ok(RecoveryFormat::Full), |name| RecoveryFormat::from_name(&name))?;
    let options = GenerateRecoveryCodes { count, format, peppers: peppers.as_ref() };
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
    let code = text(client, Error::RecoveryCodeMalformed)?;
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

fn temporary_issue(host: &Host<'_>) -> Result<String, Error> {
    let (peppers, issued_by, previous) =
        (peppers(host)?, host.string("issuedBy")?, host.optional_string("previous")?);
    let kind =
        TemporaryKind::from_name(&host.string("kind")?).ok_or(Error::ArgumentValueInvalid)?;
    let options = IssueTemporaryCode {
        previous: previous.as_deref(),
        lifetime: host.optional("lifetime", whole)?,
        digits: host.optional("digits", whole)?.unwrap_or(6),
        peppers: peppers.as_ref(),
        now: Some(host.now()?),
        ..IssueTemporaryCode::new(kind, &issued_by)
    };
    let issued = crate::issue_temporary_code(&host.string("userId")?, options)?;
    let answer =
        Object::new().string("code", issued.code()).number("expiresAt", issued.expires_at());
    Ok(audited(answer, issued.transition(), issued.audit()))
}

fn temporary_verify(client: &[u8], host: &Host<'_>) -> Result<String, Error> {
    let (peppers, user_id, record) =
        (peppers(host)?, host.string("userId")?, host.string("record")?);
    let stored = VerifyTemporaryCode {
        peppers: peppers.as_ref(),
        now: Some(host.now()?),
        ..VerifyTemporaryCode::new(&user_id, &record)
    };
    let code = text(client, Error::TemporaryCodeMalformed)?;
    let verified = crate::verify_temporary_code(code, stored)?;
    let answer = Object::new()
        .string("kind", verified.kind().as_str())
        .number("usesLeft", verified.uses_left());
    Ok(audited(answer, verified.transition(), verified.audit()))
}

fn audited(answer: Object, transition: &Transition<String>, audit: &TemporaryAudit) -> String {
    let audit = Object::new()
        .string("event", audit.event)
        .string("id", &audit.id)
        .string("kind", audit.kind.as_str())
        .string("issuedBy", &audit.issued_by)
        .number("notBefore", audit.not_before)
        .number("notAfter", audit.not_after)
        .number("maxUses", audit.max_uses)
        .number("uses", audit.uses)
        .bool("revoked", audit.revoked)
        .end();
    answer
        .optional_string("prev", transition.prev.as_deref())
        .string("next", &transition.next)
        .raw("audit", &audit)
        .end()
}

fn throttle(host: &Host<'_>) -> Result<Throttle, Error> {
    let limits = Host(host.required("throttle", Some)?);
    let usual = ThrottleOptions::default();
    Throttle::new(ThrottleOptions {
        max_failures: limits.u64("maxFailures")?,
        free_failures: limits.u64("freeFailures")?,
        delay: limits.u64("delay")?,
        max_delay: limits.u64("maxDelay")?,
        digits: limits.optional("digits", whole)?.unwrap_or(usual.digits),
        window: limits.optional("window", whole)?.unwrap_or(usual.window),
        budget: limits
            .optional_string("budget")?
            .map_or(Ok(usual.budget), |name| GuessBudget::from_name(&name))?,
    })
}

fn throttle_charge(host: &Host<'_>) -> Result<String, Error> {
    let state = host.optional_string("state")?;
    transition(&throttle(host)?.charge(state.as_deref(), Some(host.now()?))?)
}

fn throttle_succeed(host: &Host<'_>) -> Result<String, Error> {
    transition(&throttle(host)?.succeed(host.optional_string("state")?.as_deref())?)
}

fn throttle_refund(host: &Host<'_>) -> Result<String, Error> {
    let number = u16::try_from(host.u64("error")?).ok();
    let error = number.and_then(Error::from_number).ok_or(Error::ArgumentValueInvalid)?;
    transition(&throttle(host)?.refund(host.optional_string("state")?.as_deref(), error)?)
}

fn throttle_retry_at(host: &Host<'_>) -> Result<String, Error> {
    let state = host.optional_string("state")?;
    let at = throttle(host)?.retry_at(state.as_deref(), Some(host.now()?))?;
    let at = at.map_or_else(|| "null".to_owned(), |at| at.to_string());
    Ok(Object::new().raw("retryAt", &at).end())
}

fn guess_odds(host: &Host<'_>) -> Result<String, Error> {
    let (digits, window) = (host.u64("digits")?, host.u64("window")?);
    let odds = crate::guess_odds(digits, window, host.u64("attempts")?)?;
    // By its bits: writing floats as decimals is 9 KB of code.
    Ok(Object::new().string("bits", &odds.to_bits().to_string()).end())
}

fn transition(transition: &Transition<String>) -> Result<String, Error> {
    Ok(Object::new()
        .optional_string("prev", transition.prev.as_deref())
        .string("next", &transition.next)
        .end())
}
