//! Recovery codes, temporary codes, peppers, and the throttle that counts guesses at them.

use super::{Answer, Inputs};
use crate::support::unhex;
use mfakit_core::codes::SlowHash;
use mfakit_core::codes::recovery::{self, RecoveryRecord};
use mfakit_core::codes::temporary::{self, Issue, TemporaryCode, TemporaryKind, TemporaryRecord};
use mfakit_core::encoding::base64url;
use mfakit_core::throttle::{self, GuessBudget, Throttle, ThrottleState};
use mfakit_core::{Error, Pepper, Peppers, UnixTime};
use serde_json::{Value, json};

pub(super) fn config_peppers(inputs: &Inputs<'_>) -> Answer {
    let keys = Keys::read(inputs.get("keys").expect("keys"))?;
    let keys = keys.pairs();
    Peppers::new(&keys, inputs.text("current"))?;
    Ok(json!({}))
}

pub(super) fn recovery_verify(inputs: &Inputs<'_>) -> Answer {
    let used = u32::try_from(inputs.number("used")).expect("a mask");
    let (code, user_id) = (inputs.text("code").as_bytes(), inputs.text("user_id").as_bytes());
    let verified = with_peppers(inputs, |peppers| {
        let record = RecoveryRecord::parse(inputs.text("record"))?;
        recovery::verify(code, user_id, &record, used, peppers)
    })?;
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

/// Runs with the peppers of a case, if it has any.
fn with_peppers<T>(
    inputs: &Inputs<'_>,
    run: impl FnOnce(Option<&Peppers<'_>>) -> Result<T, Error>,
) -> Result<T, Error> {
    let Some(peppers) = inputs.get("peppers") else { return run(None) };
    let keys = Keys::read(&peppers["keys"])?;
    let keys = keys.pairs();
    run(Some(&Peppers::new(&keys, peppers["current"].as_str().expect("an id"))?))
}

pub(super) fn temporary_verify(inputs: &Inputs<'_>) -> Answer {
    let (code, user_id) = (inputs.text("code").as_bytes(), inputs.text("user_id").as_bytes());
    let verified = with_peppers(inputs, |peppers| {
        let record = TemporaryRecord::parse(inputs.text("record"))?;
        temporary::verify(code, user_id, &record, peppers, now(inputs))
    })?;
    let mut fields = audit("verified", verified.next());
    fields["prev"] = inputs.text("record").into();
    fields["next"] = verified.next().to_string().into();
    fields["uses_left"] = verified.uses_left().into();
    assert_eq!(fields["kind"], verified.kind().as_str());
    if let Some(rows) = inputs.optional("rows") {
        let evidence = verified.commit(rows)?;
        fields["method"] = evidence.method().as_str().into();
        fields["user_verified"] = evidence.user_verified().into();
    }
    Ok(fields)
}

pub(super) fn temporary_revoke(inputs: &Inputs<'_>) -> Answer {
    let revoked = TemporaryRecord::parse(inputs.text("record"))?.revoked_now();
    let mut fields = audit("revoked", &revoked);
    fields["prev"] = inputs.text("record").into();
    fields["next"] = revoked.to_string().into();
    Ok(fields)
}

fn audit(event: &str, record: &TemporaryRecord<'_>) -> Value {
    json!({
        "event": event,
        "id": base64url::encode(record.id()).map(char::from).collect::<String>(),
        "kind": record.kind().as_str(),
        "issued_by": record.issued_by(),
        "not_before": record.not_before().seconds(),
        "not_after": record.not_after().seconds(),
        "max_uses": record.max_uses(),
        "uses": record.uses(),
        "revoked": record.is_revoked(),
    })
}

/// Issues a code of known random bytes, and tries it.
pub(super) fn config_temporary(inputs: &Inputs<'_>) -> Answer {
    let kind = TemporaryKind::from_name(inputs.text("kind")).ok_or(Error::ArgumentValueInvalid)?;
    let previous = inputs.get("previous").map(|text| text.as_str().expect("a text"));
    let previous_record = previous.map(TemporaryRecord::parse).transpose()?;
    let code = match kind {
        TemporaryKind::Delivered => {
            TemporaryCode::digits(inputs.number_or("digits", 6), &[0x5a; 8])?
        }
        TemporaryKind::Admin | TemporaryKind::Support => TemporaryCode::symbols(&[0x5a; 14]),
    };
    let user_id = inputs.text("user_id").as_bytes();
    with_peppers(inputs, |peppers| {
        let pepper =
            peppers.and_then(|peppers| Some((peppers.current(), peppers.get(peppers.current())?)));
        let issue = Issue {
            user_id,
            kind,
            issued_by: inputs.text("issued_by"),
            previous: previous_record.as_ref(),
            lifetime: inputs.optional("lifetime"),
            id: [9; 16],
            pepper,
            hash: Some(SlowHash::PBKDF2),
            now: now(inputs),
        };
        let record = temporary::issue(&code, issue)?;
        let text = record.to_string();
        let shown = code.expose();
        let shown = shown.as_str().as_bytes();
        let read = TemporaryRecord::parse(&text)?;
        let accepted = temporary::verify(shown, user_id, &read, peppers, now(inputs)).is_ok();
        let ends: Vec<usize> = text.match_indices('$').map(|(at, _)| at + 1).collect();
        let mut fields = audit("issued", &record);
        fields["code_length"] = shown.len().into();
        fields["expires_at"] = record.not_after().seconds().into();
        fields["prev"] = previous.into();
        fields["prefix"] = text[..ends[2]].into();
        fields["issued"] = text[ends[ends.len() - 1]..].into();
        fields["accepted"] = accepted.into();
        Ok(fields)
    })
}

/// The form of a code, by the record or the authenticator that would verify it.
pub(super) fn code_check(inputs: &Inputs<'_>) -> Answer {
    let (code, record) = (inputs.text("code").as_bytes(), inputs.text("record"));
    match inputs.text("factor") {
        "recovery" => RecoveryRecord::parse(record)?.check_code(code),
        "temporary" => TemporaryRecord::parse(record)?.check_code(code),
        _ => super::otp::check_code(inputs),
    }
    .map(|()| json!({}))
}

/// The double, as exact as the bits that are compared: core promises sums and products that every target rounds alike.
pub(super) fn guess_odds(inputs: &Inputs<'_>) -> Answer {
    let number = |name| inputs.number(name);
    let odds = throttle::guess_odds(number("digits"), number("window"), number("attempts"))?;
    Ok(json!({"odds_hex": format!("{:016x}", odds.to_bits())}))
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
    )?
    .guarding(
        inputs.number_or("digits", 6),
        inputs.number_or("window", 3),
        match inputs.get("budget") {
            None => GuessBudget::Usual,
            Some(name) => GuessBudget::from_name(name.as_str().expect("a name"))?,
        },
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
