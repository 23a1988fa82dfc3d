//! Recovery codes, peppers and the throttle.

use crate::host::{now, rows, with_evidence};
use crate::{Answer, DYNAMIC_INPUT, Inputs, Refusal, unhex};
use mfakit::{
    Error, GenerateRecoveryCodes, Peppers, Throttle, ThrottleOptions, Transition,
    VerifyRecoveryCode, generate_recovery_codes, verify_recovery_code,
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
    // Rust has one format and no argument for it.
    if inputs.get("format").is_some_and(|format| format != "full") {
        return Err(Refusal::Skip(DYNAMIC_INPUT));
    }
    let peppers = optional_peppers(inputs)?;
    let user_id = inputs.typed_text("user_id")?;
    let options = GenerateRecoveryCodes {
        count: inputs.typed_number("count", GenerateRecoveryCodes::default().count)?,
        peppers: peppers.as_ref(),
    };
    let set = generate_recovery_codes(user_id, options)?;
    let stored =
        VerifyRecoveryCode { user_id, record: set.record(), used: 0, peppers: peppers.as_ref() };
    let accepted = set.codes().filter(|code| verify_recovery_code(code, stored).is_ok()).count();
    let lines: String = set.codes().map(|code| format!("{code}\n")).collect();
    Ok(json!({"codes": set.codes().len(), "accepted": accepted, "lines": *set.text() == lines}))
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
