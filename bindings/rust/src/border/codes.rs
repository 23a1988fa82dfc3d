//! The border's recovery codes, temporary codes and peppers.

use super::{Host, bytes, checked, text, whole};
use crate::json::{self, Object};
use crate::{
    GenerateRecoveryCodes, IssueTemporaryCode, Peppers, RecoveryFormat, TemporaryAudit,
    TemporaryKind, Transition, VerifyRecoveryCode, VerifyTemporaryCode,
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
        _ => return None,
    })
}

fn peppers(host: &Host<'_>) -> Result<Option<Peppers>, Error> {
    let Some(peppers) = host.member("peppers")?.map(Host::new) else { return Ok(None) };
    let current = peppers.string("current")?;
    let keys = peppers.required("keys", |v| v.as_array())?.map(|entry| {
        let entry = Host::new(entry);
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
