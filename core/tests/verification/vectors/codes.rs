//! Recovery codes, peppers, and the throttle that counts guesses at them.

use super::{Answer, Inputs};
use crate::support::unhex;
use mfakit_core::codes::recovery::{self, RecoveryRecord};
use mfakit_core::throttle::{Throttle, ThrottleState};
use mfakit_core::{Error, Pepper, Peppers, UnixTime};
use serde_json::{Value, json};

pub(super) fn config_peppers(inputs: &Inputs<'_>) -> Answer {
    let keys = Keys::read(inputs.get("keys").expect("keys"))?;
    let keys = keys.pairs();
    Peppers::new(&keys, inputs.text("current"))?;
    Ok(json!({}))
}

pub(super) fn recovery_verify(inputs: &Inputs<'_>) -> Answer {
    let peppers = inputs.get("peppers").map(|peppers| &peppers["keys"]);
    let keys = peppers.map(Keys::read).transpose()?;
    let keys = keys.as_ref().map(Keys::pairs);
    let current = inputs.get("peppers").and_then(|peppers| peppers["current"].as_str());
    let peppers = match (&keys, current) {
        (Some(keys), Some(current)) => Some(Peppers::new(keys, current)?),
        _ => None,
    };
    let record = RecoveryRecord::parse(inputs.text("record"))?;
    let used = u32::try_from(inputs.number("used")).expect("a mask");
    let (code, user_id) = (inputs.text("code").as_bytes(), inputs.text("user_id").as_bytes());
    let verified = recovery::verify(code, user_id, &record, used, peppers.as_ref())?;
    let transition = verified.transition();
    let mut fields = json!({
        "bit": verified.bit(),
        "remaining": verified.remaining(),
        "low": verified.low(),
        "needs_regeneration": verified.needs_regeneration(),
        "prev": transition.prev,
        "next": transition.next,
    });
    if let Some(rows) = inputs.optional("rows") {
        let evidence = verified.commit(rows)?;
        fields["method"] = evidence.method().as_str().into();
        fields["user_verified"] = evidence.user_verified().into();
    }
    Ok(fields)
}

struct Keys<'a>(Vec<(&'a str, Pepper)>);

impl<'a> Keys<'a> {
    fn read(list: &'a Value) -> Result<Self, Error> {
        let key = |entry: &'a Value| {
            let key = entry["key_hex"].as_str().expect("a key");
            Ok((entry["id"].as_str().expect("an id"), Pepper::new(&unhex(key))?))
        };
        list.as_array().expect("a list").iter().map(key).collect::<Result<_, _>>().map(Self)
    }

    fn pairs(&self) -> Vec<(&str, &Pepper)> {
        self.0.iter().map(|(id, pepper)| (*id, pepper)).collect()
    }
}

fn throttle(inputs: &Inputs<'_>) -> Result<Throttle, Error> {
    Throttle::new(
        inputs.number_or("max_failures", 100),
        inputs.number_or("free_failures", 5),
        inputs.number_or("delay", 30),
        inputs.number_or("max_delay", 3600),
    )
}

pub(super) fn config_throttle(inputs: &Inputs<'_>) -> Answer {
    throttle(inputs).map(|_| json!({}))
}

fn state(inputs: &Inputs<'_>) -> Result<ThrottleState, Error> {
    match inputs.get("state") {
        None => Ok(ThrottleState::default()),
        Some(text) => ThrottleState::parse(text.as_str().expect("a text")),
    }
}

fn now(inputs: &Inputs<'_>) -> UnixTime {
    UnixTime::from_seconds(inputs.number("now"))
}

fn stored(inputs: &Inputs<'_>, next: ThrottleState) -> Value {
    json!({"prev": inputs.get("state"), "next": next.to_string()})
}

pub(super) fn throttle_charge(inputs: &Inputs<'_>) -> Answer {
    Ok(stored(inputs, throttle(inputs)?.charge(state(inputs)?, now(inputs))?))
}

pub(super) fn throttle_succeed(inputs: &Inputs<'_>) -> Answer {
    Ok(stored(inputs, throttle(inputs)?.succeed(state(inputs)?)))
}

pub(super) fn throttle_refund(inputs: &Inputs<'_>) -> Answer {
    let number = u16::try_from(inputs.number("error_number")).expect("a number");
    let error = Error::from_number(number).expect("an error of the table");
    assert_eq!(error.code(), inputs.text("error"));
    Ok(stored(inputs, throttle(inputs)?.refund(state(inputs)?, error)))
}

pub(super) fn throttle_retry_at(inputs: &Inputs<'_>) -> Answer {
    let at = throttle(inputs)?.retry_at(state(inputs)?, now(inputs))?;
    Ok(json!({"retry_at": at.map(UnixTime::seconds)}))
}
