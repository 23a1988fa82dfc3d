//! Recovery codes, peppers and the throttle.
//!
//! A code is accepted only as the same code: written another way, never with another symbol. A record that is accepted must
//! have the same set, the same pepper and the same tag in the code's slot. A throttle's state must give what the rule of
//! SP 800-63B-4 §3.2.2 and the back-off, written a second time, make of the numbers in it.

use super::primitives::surface;
use crate::judge::{Judge, as_read, equal, meaning, nothing, require};
use crate::reference::codes::{self, Record, State};
use crate::surface::{Run, Surface, Whose};
use crate::vectors::Inputs;
use mfakit::{
    Error, GenerateRecoveryCodes, Peppers, RecoveryFormat, Throttle, ThrottleOptions, Transition,
    UnixTime, VerifyRecoveryCode, generate_recovery_codes, verify_recovery_code,
};
use mfakit_core::Pepper;
use mfakit_core::codes::recovery;
use serde_json::{Value, json};
use std::sync::Arc;

/// Peppers as a case names them.
#[derive(Clone, Default)]
pub(super) struct Named {
    keys: Vec<(String, Vec<u8>)>,
    current: String,
}

impl Named {
    /// The peppers of a case, if it has any.
    pub(super) fn peppers(inputs: &Inputs) -> Result<Peppered, String> {
        let named = inputs.inner("peppers").map(|inputs| Self::of(&inputs));
        let peppers = named.map(|named| named.make()).transpose().map_err(|error| error.code())?;
        Ok(peppers.map(Arc::new))
    }

    fn of(inputs: &Inputs) -> Self {
        let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let keys = inputs.get("keys").and_then(Value::as_array).into_iter().flatten().map(|key| {
            let hex = text(key, "key_hex");
            let bytes = data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap_or_default();
            (text(key, "id"), bytes)
        });
        Self { keys: keys.collect(), current: inputs.text("current").to_owned() }
    }

    fn make(&self) -> Result<Peppers, Error> {
        let keys = self.keys.iter().map(|(id, key)| (id.clone(), key.clone()));
        Peppers::new(keys, &self.current)
    }
}

/// Peppers, if there are any.
pub(super) type Peppered = Option<Arc<Peppers>>;

/// The stored values that a code is verified against.
#[derive(Clone)]
struct Stored {
    user_id: String,
    record: String,
    used: i64,
    peppers: Option<Arc<Peppers>>,
    current: Option<String>,
}

pub(super) fn as_text(mut surface: Surface) -> Surface {
    surface.text = true;
    surface
}

pub(super) fn utf8(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

pub(crate) fn recovery(inputs: &Inputs) -> Result<Vec<Surface>, String> {
    if inputs.text("record").starts_with("$mfakit-rc$v=1,f=typeable") {
        return typeable(inputs);
    }
    let named = inputs.inner("peppers").map(|inputs| Named::of(&inputs));
    let peppers = named.as_ref().map(Named::make).transpose().map_err(|error| error.code())?;
    let stored = Stored {
        user_id: inputs.text("user_id").to_owned(),
        record: inputs.text("record").to_owned(),
        used: inputs.get("used").and_then(Value::as_i64).unwrap_or(0),
        peppers: peppers.map(Arc::new),
        current: named.clone().map(|named| named.current),
    };
    let code = inputs.text("code").to_owned();
    let symbols = codes::symbols(&code, FULL)?;
    let surfaces = [
        by_code(&stored, &code, named, symbols.clone()),
        by_record(&stored, &code, symbols[0]),
        by_user(&stored, &code),
    ];
    Ok(surfaces.into())
}

/// The symbols of a full code.
const FULL: usize = 26;

/// What stands behind a slow hash, up to that hash: the record's text, and the code's form.
fn typeable(inputs: &Inputs) -> Result<Vec<Surface>, String> {
    let run = |record: &[u8]| {
        let record = recovery::RecoveryRecord::parse(utf8(record))?;
        Ok(json!(record.count()))
    };
    let judge = as_read(|changed| Ok(json!(Record::read(utf8(changed))?.tags.len())));
    let record = inputs.text("record").as_bytes().to_vec();
    let by_record = surface("record's form", Whose::Host, record, Box::new(run), judge);

    let record = inputs.text("record").to_owned();
    let run = move |code: &[u8]| {
        recovery::RecoveryRecord::parse(&record)?.check_code(code).map(|()| Value::Null)
    };
    let judge = as_read(|changed| {
        let text = std::str::from_utf8(changed).map_err(|error| error.to_string())?;
        codes::symbols(text, 16).map(|_| Value::Null)
    });
    let code = inputs.text("code").as_bytes().to_vec();
    let by_code = surface("code's form", Whose::Client, code, Box::new(run), judge);
    Ok(vec![as_text(by_record), by_code])
}

fn fields(bit: u32, remaining: u32, low: bool, needs_regeneration: bool) -> Value {
    json!({"bit": bit, "remaining": remaining, "low": low, "renew": needs_regeneration})
}

fn verify(stored: &Stored, code: &str) -> Result<Value, Error> {
    let Stored { user_id, record, used, peppers, .. } = stored;
    let peppers = peppers.as_deref();
    let verified =
        verify_recovery_code(code, VerifyRecoveryCode { user_id, record, used: *used, peppers })?;
    Ok(fields(verified.bit(), verified.remaining(), verified.low(), verified.needs_regeneration()))
}

/// Through core, which takes any bytes for a code.
fn by_code(stored: &Stored, code: &str, named: Option<Named>, symbols: Vec<u8>) -> Surface {
    let stored = stored.clone();
    let run = move |code: &[u8]| {
        let record = recovery::RecoveryRecord::parse(&stored.record)?;
        let used = u32::try_from(stored.used).map_err(|_| Error::RecordCorrupt)?;
        let named = named.clone().unwrap_or_default();
        let keys = named.keys.iter().map(|(id, key)| Ok((id.as_str(), Pepper::new(key)?)));
        let keys: Vec<(&str, Pepper)> = keys.collect::<Result<_, Error>>()?;
        let keys: Vec<(&str, &Pepper)> = keys.iter().map(|(id, key)| (*id, key)).collect();
        let peppers = match keys.is_empty() {
            true => None,
            false => Some(mfakit_core::Peppers::new(&keys, &named.current)?),
        };
        let user = stored.user_id.as_bytes();
        let verified = recovery::verify(code, user, &record, used, peppers.as_ref())?;
        Ok(fields(
            verified.bit(),
            verified.remaining(),
            verified.low(),
            verified.needs_regeneration(),
        ))
    };
    let judge = move |changed: &[u8], original: &Value, answer: &Value| {
        let text = std::str::from_utf8(changed).map_err(|error| error.to_string())?;
        equal("the code", &codes::symbols(text, FULL)?, &symbols)?;
        equal("the answer", answer, original)?;
        Ok(meaning(original, answer))
    };
    surface("code", Whose::Client, code.as_bytes().to_vec(), Box::new(run), Box::new(judge))
}

fn by_record(stored: &Stored, code: &str, slot: u8) -> Surface {
    let (known, code) = (Record::read(&stored.record), code.to_owned());
    let bytes = stored.record.as_bytes().to_vec();
    let (used, current) = (stored.used, stored.current.clone());
    let stored = stored.clone();
    let run = move |record: &[u8]| {
        verify(&Stored { record: utf8(record).to_owned(), ..stored.clone() }, &code)
    };
    let judge = move |changed: &[u8], original: &Value, answer: &Value| {
        let (record, known) = (Record::read(utf8(changed))?, known.clone()?);
        equal("the set", &record.set_id, &known.set_id)?;
        equal("the pepper", &record.pepper_id, &known.pepper_id)?;
        let tag = usize::from(slot);
        equal("the tag", &record.tags.get(tag), &known.tags.get(tag))?;
        let left = record.tags.len() - (used | 1 << slot).count_ones() as usize;
        let renew = current.is_some() && record.pepper_id != current;
        let expected =
            json!({"bit": 1_u32 << slot, "remaining": left, "low": left <= 3, "renew": renew});
        equal("the answer", answer, &expected)?;
        Ok(meaning(original, answer))
    };
    as_text(surface("record", Whose::Either, bytes, Box::new(run), Box::new(judge)))
}

fn by_user(stored: &Stored, code: &str) -> Surface {
    let (bytes, code) = (stored.user_id.as_bytes().to_vec(), code.to_owned());
    let stored = stored.clone();
    let run = move |user: &[u8]| {
        verify(&Stored { user_id: utf8(user).to_owned(), ..stored.clone() }, &code)
    };
    as_text(surface("user id", Whose::Either, bytes, Box::new(run), nothing()))
}

/// The set is random: what is judged is that each of its codes is accepted.
pub(crate) fn generate(inputs: &Inputs) -> Result<Vec<Surface>, String> {
    let named = inputs.inner("peppers").map(|inputs| Named::of(&inputs));
    let peppers = named.map(|named| named.make()).transpose().map_err(|error| error.code())?;
    let count = inputs.number("count").unwrap_or(10);
    let format = match inputs.text("format") {
        "" => RecoveryFormat::Full,
        name => RecoveryFormat::from_name(name).map_err(|error| error.code())?,
    };
    if format != RecoveryFormat::Full {
        // 600 000 rounds for each code of each change.
        return Ok(Vec::new());
    }
    let run = move |user: &[u8]| {
        let options = GenerateRecoveryCodes { count, format, peppers: peppers.as_ref() };
        let set = generate_recovery_codes(utf8(user), options)?;
        let stored = VerifyRecoveryCode {
            user_id: utf8(user),
            record: set.record(),
            used: 0,
            peppers: peppers.as_ref(),
        };
        let accepted = set.codes().filter(|code| verify_recovery_code(code, stored).is_ok());
        Ok(json!([accepted.count(), set.codes().len(), Record::read(set.record()).is_ok()]))
    };
    let judge = as_read(move |user| {
        require((1..=255).contains(&user.len()), "a user id of a forbidden length")?;
        Ok(json!([count, count, true]))
    });
    let bytes = inputs.text("user_id").as_bytes().to_vec();
    Ok(vec![as_text(surface("user id", Whose::Host, bytes, Box::new(run), judge))])
}

pub(crate) fn peppers(inputs: &Inputs) -> Vec<Surface> {
    let named = Named::of(inputs);
    let text = |name, bytes: &str, run: Run, judge: Judge| {
        as_text(surface(name, Whose::Host, bytes.as_bytes().to_vec(), run, judge))
    };
    let changed = |set: fn(&mut Named, usize, &[u8]), index: usize| {
        let named = named.clone();
        move |bytes: &[u8]| {
            let mut named = named.clone();
            set(&mut named, index, bytes);
            named
        }
    };
    let well_formed = |named: &Named| {
        let id = |id: &str| {
            let symbols = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
            (1..=32).contains(&id.len()) && id.bytes().all(symbols)
        };
        let ids: Vec<&str> = named.keys.iter().map(|(id, _)| id.as_str()).collect();
        let distinct = (1..ids.len()).all(|i| !ids[..i].contains(&ids[i]));
        require(ids.iter().all(|name| id(name)) && distinct, "ids that are not allowed")?;
        require(ids.contains(&named.current.as_str()), "no current pepper")?;
        let sized = named.keys.iter().all(|(_, key)| (32..=64).contains(&key.len()));
        require(sized, "a key of a forbidden length")?;
        Ok(Value::Null)
    };
    let mut all = Vec::new();
    let make = |named: Named| named.make().map(|_| Value::Null);
    for (index, (id, key)) in named.keys.iter().enumerate() {
        let (run, judge) = (
            changed(|n, i, bytes| n.keys[i].1 = bytes.to_vec(), index),
            changed(|n, i, bytes| n.keys[i].1 = bytes.to_vec(), index),
        );
        let run: Run = Box::new(move |key| make(run(key)));
        let judge = as_read(move |key| well_formed(&judge(key)));
        all.push(surface("key", Whose::Host, key.clone(), run, judge));
        let (run, judge) = (
            changed(|n, i, bytes| n.keys[i].0 = utf8(bytes).to_owned(), index),
            changed(|n, i, bytes| n.keys[i].0 = utf8(bytes).to_owned(), index),
        );
        let run: Run = Box::new(move |id| make(run(id)));
        all.push(text("id", id, run, as_read(move |id| well_formed(&judge(id)))));
    }
    let (run, judge) = (
        changed(|n, _, bytes| n.current = utf8(bytes).to_owned(), 0),
        changed(|n, _, bytes| n.current = utf8(bytes).to_owned(), 0),
    );
    let run: Run = Box::new(move |current| make(run(current)));
    let current = named.current.clone();
    all.push(text("current", &current, run, as_read(move |c| well_formed(&judge(c)))));
    all
}

/// `throttle.charge`, `throttle.succeed`, `throttle.refund` or `throttle.retry_at`.
pub(crate) fn throttle(op: &str, inputs: &Inputs) -> Result<Vec<Surface>, String> {
    let Some(state) = inputs.get("state").and_then(Value::as_str).map(str::to_owned) else {
        return Ok(Vec::new());
    };
    let limits = codes::Limits {
        max_failures: inputs.number("max_failures").unwrap_or(100),
        free_failures: inputs.number("free_failures").unwrap_or(5),
        delay: inputs.number("delay").unwrap_or(30),
        max_delay: inputs.number("max_delay").unwrap_or(3600),
    };
    let throttle = Throttle::new(ThrottleOptions {
        max_failures: limits.max_failures,
        free_failures: limits.free_failures,
        delay: limits.delay,
        max_delay: limits.max_delay,
        ..ThrottleOptions::default()
    })
    .map_err(|error| error.code())?;
    let now = inputs.number_or_zero("now");
    let error = Error::ALL.iter().find(|error| error.code() == inputs.text("error")).copied();
    let stored = |transition: Transition<String>| json!([transition.prev, transition.next]);
    let time = Some(UnixTime::from_seconds(now));
    let run: Run = match (op, error) {
        ("throttle.charge", _) => {
            Box::new(move |state| Ok(stored(throttle.charge(Some(utf8(state)), time)?)))
        }
        ("throttle.succeed", _) => {
            Box::new(move |state| Ok(stored(throttle.succeed(Some(utf8(state)))?)))
        }
        ("throttle.refund", Some(error)) => {
            Box::new(move |state| Ok(stored(throttle.refund(Some(utf8(state)), error)?)))
        }
        ("throttle.retry_at", _) => {
            Box::new(move |state| Ok(json!(throttle.retry_at(Some(utf8(state)), time)?)))
        }
        _ => return Err(format!("{op} of an unknown error")),
    };
    // What the charge itself refused was never charged.
    let refused = matches!(error, Some(Error::ThrottleWait | Error::ThrottleDisabled));
    let counts = refused || error.is_some_and(|error| error.counts_toward_throttle());
    let op = op.to_owned();
    let judge = as_read(move |text| {
        let state = State::read(utf8(text))?;
        let next = match op.as_str() {
            "throttle.charge" => {
                require(limits.retry_at(&state, now)?.is_none(), "a charge before its time")?;
                State { failures: state.failures + 1, time: now }
            }
            "throttle.succeed" => State { failures: 0, ..state },
            "throttle.refund" => {
                let given_back = u64::from(!counts && state.failures > 0);
                State { failures: state.failures - given_back, ..state }
            }
            _ => return Ok(json!(limits.retry_at(&state, now)?)),
        };
        Ok(json!([utf8(text), next.text()]))
    });
    Ok(vec![as_text(surface("state", Whose::Either, state.into_bytes(), run, judge))])
}
