//! Recovery and temporary codes, peppers, the throttle and the odds of a guess.

use crate::host::{now, rows, with_evidence};
use crate::{Answer, DYNAMIC_INPUT, Inputs, Refusal, unhex};
use mfakit::{
    Error, GenerateRecoveryCodes, GuessBudget, IssueTemporaryCode, MethodKind, Peppers,
    RecoveryFormat, TemporaryAudit, TemporaryKind, Throttle, ThrottleOptions, Transition,
    VerifyRecoveryCode, VerifyTemporaryCode, generate_recovery_codes, guess_odds,
    issue_temporary_code, revoke_temporary_code, verify_recovery_code, verify_temporary_code,
};
use serde_json::{Value, json};

/// The peppers of `{"current": …, "keys": [{"id": …, "key_hex": …}, …]}`.
fn peppers(value: &Value) -> Result<Peppers, Refusal> {
    let dynamic = Refusal::Skip(DYNAMIC_INPUT);
    let (Some(keys), Some(current)) = (value["keys"].as_array(), value["current"].as_str()) else {
        return Err(dynamic);
    };
    let key =
        |entry: &Value| Some((entry["id"].as_str()?.to_owned(), unhex(entry["key_hex"].as_str()?)));
    let keys: Option<Vec<_>> = keys.iter().map(key).collect();
    Ok(Peppers::new(keys.ok_or(dynamic)?, current)?)
}

fn optional_peppers(inputs: &Inputs) -> Result<Option<Peppers>, Refusal> {
    inputs.get("peppers").map(peppers).transpose()
}

pub(crate) fn verify(inputs: &Inputs) -> Answer {
    let peppers = optional_peppers(inputs)?;
    let used = inputs.get("used").and_then(Value::as_i64).ok_or(Refusal::Skip(DYNAMIC_INPUT))?;
    let stored = VerifyRecoveryCode {
        user_id: inputs.typed_text("user_id")?,
        record: inputs.typed_text("record")?,
        used,
        peppers: peppers.as_ref(),
    };
    let verified = verify_recovery_code(inputs.typed_text("code")?, stored)?;
    let transition = verified.transition();
    let fields = json!({
        "bit": verified.bit(),
        "remaining": verified.remaining(),
        "low": verified.low(),
        "needs_regeneration": verified.needs_regeneration(),
        "prev": transition.prev,
        "next": transition.next,
    });
    if inputs.get("rows").is_some() {
        return Ok(with_evidence(fields, &verified.commit(rows(inputs)?)?));
    }
    Ok(fields)
}

/// Generates a set and tries every code of it.
pub(crate) fn config_recovery(inputs: &Inputs) -> Answer {
    let peppers = optional_peppers(inputs)?;
    let user_id = inputs.typed_text("user_id")?;
    let usual = GenerateRecoveryCodes::default();
    let options = GenerateRecoveryCodes {
        count: inputs.typed_number("count", usual.count)?,
        format: choice(inputs, "format", usual.format, RecoveryFormat::from_name)?,
        peppers: peppers.as_ref(),
    };
    let set = generate_recovery_codes(user_id, options)?;
    let stored =
        VerifyRecoveryCode { user_id, record: set.record(), used: 0, peppers: peppers.as_ref() };
    let accepted = set.codes().filter(|code| verify_recovery_code(code, stored).is_ok()).count();
    let lines: String = set.codes().map(|code| format!("{code}\n")).collect();
    Ok(json!({
        "codes": set.codes().len(),
        "accepted": accepted,
        "lines": *set.text() == lines,
        "prefix": prefix(set.record()),
    }))
}

/// One of the API's words. Rust's type is an enumeration: another word cannot be said.
fn choice<T>(
    inputs: &Inputs,
    name: &str,
    usual: T,
    named: fn(&str) -> Result<T, Error>,
) -> Result<T, Refusal> {
    match inputs.0.get(name) {
        None => Ok(usual),
        Some(word) => {
            let word = word.as_str().and_then(|word| named(word).ok());
            word.ok_or(Refusal::Skip(DYNAMIC_INPUT))
        }
    }
}

/// A record's name and parameters, which no random byte is in.
fn prefix(record: &str) -> String {
    record.split_inclusive('$').take(3).collect()
}

fn audited(mut fields: Value, transition: &Transition<String>, audit: &TemporaryAudit) -> Value {
    fields["prev"] = transition.prev.clone().into();
    fields["next"] = transition.next.clone().into();
    fields["event"] = audit.event.into();
    fields["id"] = audit.id.clone().into();
    fields["kind"] = audit.kind.as_str().into();
    fields["issued_by"] = audit.issued_by.clone().into();
    fields["not_before"] = audit.not_before.into();
    fields["not_after"] = audit.not_after.into();
    fields["max_uses"] = audit.max_uses.into();
    fields["uses"] = audit.uses.into();
    fields["revoked"] = audit.revoked.into();
    fields
}

pub(crate) fn temporary_verify(inputs: &Inputs) -> Answer {
    let peppers = optional_peppers(inputs)?;
    let stored = VerifyTemporaryCode {
        user_id: inputs.typed_text("user_id")?,
        record: inputs.typed_text("record")?,
        peppers: peppers.as_ref(),
        now: now(inputs)?,
    };
    let verified = verify_temporary_code(inputs.typed_text("code")?, stored)?;
    let fields = json!({"uses_left": verified.uses_left()});
    let fields = audited(fields, verified.transition(), verified.audit());
    if inputs.get("rows").is_some() {
        let evidence = verified.commit(rows(inputs)?)?;
        let evidence = match inputs.get("via").map(Value::as_str) {
            None => evidence,
            Some(way) => {
                let kind = way.and_then(|way| MethodKind::from_name(way).ok());
                evidence.delivered_by(kind.ok_or(Refusal::Skip(DYNAMIC_INPUT))?)?
            }
        };
        return Ok(with_evidence(fields, &evidence));
    }
    Ok(fields)
}

pub(crate) fn temporary_revoke(inputs: &Inputs) -> Answer {
    let revoked = revoke_temporary_code(inputs.typed_text("record")?)?;
    Ok(audited(json!({}), &revoked.transition, &revoked.audit))
}

/// Issues a code and tries it.
pub(crate) fn config_temporary(inputs: &Inputs) -> Answer {
    let peppers = optional_peppers(inputs)?;
    let user_id = inputs.typed_text("user_id")?;
    let kind = inputs.text("kind");
    let kind = TemporaryKind::from_name(kind).ok_or(Refusal::Skip(DYNAMIC_INPUT))?;
    let usual = IssueTemporaryCode::new(kind, inputs.typed_text("issued_by")?);
    let options = IssueTemporaryCode {
        previous: inputs.get("previous").map(|_| inputs.typed_text("previous")).transpose()?,
        lifetime: inputs.get("lifetime").map(|_| inputs.typed_number("lifetime", 0)).transpose()?,
        digits: inputs.typed_number("digits", usual.digits)?,
        peppers: peppers.as_ref(),
        now: now(inputs)?,
        ..usual
    };
    let code = issue_temporary_code(user_id, options)?;
    let record = &code.transition().next;
    let stored = VerifyTemporaryCode {
        peppers: peppers.as_ref(),
        now: options.now,
        ..VerifyTemporaryCode::new(user_id, record)
    };
    let fields = json!({
        "code_length": code.code().len(),
        "expires_at": code.expires_at(),
        "prefix": prefix(record),
        "issued": record.rsplit('$').next(),
        "accepted": verify_temporary_code(code.code(), stored).is_ok(),
    });
    let mut fields = audited(fields, code.transition(), code.audit());
    if let Some(fields) = fields.as_object_mut() {
        // Random: two targets never agree on them.
        fields.retain(|name, _| name != "id" && name != "next");
    }
    Ok(fields)
}

pub(crate) fn odds(inputs: &Inputs) -> Answer {
    let number = |name| inputs.typed_number(name, 0);
    let odds = guess_odds(number("digits")?, number("window")?, number("attempts")?)?;
    Ok(json!({"odds_hex": format!("{:016x}", odds.to_bits())}))
}

pub(crate) fn config_peppers(inputs: &Inputs) -> Answer {
    peppers(&json!({"keys": inputs.get("keys"), "current": inputs.get("current")}))?;
    Ok(json!({}))
}

fn throttle(inputs: &Inputs) -> Result<Throttle, Refusal> {
    let default = ThrottleOptions::default();
    Ok(Throttle::new(ThrottleOptions {
        max_failures: inputs.typed_number("max_failures", default.max_failures)?,
        free_failures: inputs.typed_number("free_failures", default.free_failures)?,
        delay: inputs.typed_number("delay", default.delay)?,
        max_delay: inputs.typed_number("max_delay", default.max_delay)?,
        digits: inputs.typed_number("digits", default.digits)?,
        window: inputs.typed_number("window", default.window)?,
        budget: choice(inputs, "budget", default.budget, GuessBudget::from_name)?,
    })?)
}

/// The stored text, if anything is stored.
fn state(inputs: &Inputs) -> Result<Option<&str>, Refusal> {
    inputs.get("state").map(|_| inputs.typed_text("state")).transpose()
}

fn transition(transition: &Transition<String>) -> Value {
    json!({"prev": transition.prev, "next": transition.next})
}

pub(crate) fn config_throttle(inputs: &Inputs) -> Answer {
    throttle(inputs).map(|_| json!({}))
}

pub(crate) fn charge(inputs: &Inputs) -> Answer {
    Ok(transition(&throttle(inputs)?.charge(state(inputs)?, now(inputs)?)?))
}

pub(crate) fn succeed(inputs: &Inputs) -> Answer {
    Ok(transition(&Throttle::default().succeed(state(inputs)?)?))
}

pub(crate) fn refund(inputs: &Inputs) -> Answer {
    let error = Error::ALL.iter().find(|error| error.code() == inputs.text("error"));
    let error = error.ok_or(Refusal::Skip(DYNAMIC_INPUT))?;
    Ok(transition(&Throttle::default().refund(state(inputs)?, *error)?))
}

pub(crate) fn retry_at(inputs: &Inputs) -> Answer {
    Ok(json!({"retry_at": throttle(inputs)?.retry_at(state(inputs)?, now(inputs)?)?}))
}
