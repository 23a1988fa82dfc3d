//! Temporary codes, and the form of every code. A changed code is accepted only with the same digits or symbols; of a changed record
//! the next one keeps the change, and only what the tag does not cover may change. What stands behind a slow hash is swept up to
//! that hash: the record's text and the code's form.

use super::codes::{Named, Peppered, as_text, utf8};
use super::otp;
use super::primitives::surface;
use crate::judge::{as_read, as_read_injectively, equal, meaning, nothing, require};
use crate::reference::{codes, otp as reference};
use crate::surface::{Surface, Whose};
use crate::vectors::Inputs;
use mfakit::{
    Error, IssueTemporaryCode, TemporaryKind, UnixTime, VerifyTemporaryCode, issue_temporary_code,
    revoke_temporary_code, verify_temporary_code,
};
use mfakit_core::codes::recovery::RecoveryRecord;
use mfakit_core::codes::temporary::TemporaryRecord;
use mfakit_fuzz::temporary_record::{Record, Storage, reference as read_record};
use serde_json::{Value, json};

fn record_of(text: &[u8]) -> Result<Record, String> {
    read_record(utf8(text)).map_err(|error| error.code().to_owned())
}

fn time(inputs: &Inputs) -> Option<UnixTime> {
    Some(UnixTime::from_seconds(inputs.number_or_zero("now")))
}

pub(crate) fn verify(inputs: &Inputs) -> Result<Vec<Surface>, String> {
    let record = inputs.text("record").to_owned();
    let known = record_of(record.as_bytes())?;
    let Storage::Digits(_) = known.storage else {
        return Ok(vec![form_of_record(&record), form(inputs, "temporary")?]);
    };
    let digits = reference::typed(inputs.text("code").as_bytes())?;
    let peppers = Named::peppers(inputs)?;
    let (code, user) = (inputs.text("code").to_owned(), inputs.text("user_id").to_owned());
    let now = time(inputs);
    let verify = move |code: &str, user_id: &str, record: &str, peppers: &Peppered| {
        let stored = VerifyTemporaryCode { user_id, record, peppers: peppers.as_deref(), now };
        let verified = verify_temporary_code(code, stored)?;
        Ok(json!([verified.transition().next, verified.uses_left()]))
    };

    let (by_code, by_record, by_user) = (peppers.clone(), peppers.clone(), peppers);
    let (the_user, the_record) = (user.clone(), record.clone());
    let run = move |code: &[u8]| verify(utf8(code), &the_user, &the_record, &by_code);
    let judge = move |changed: &[u8], original: &Value, answer: &Value| {
        equal("the digits", &reference::typed(changed)?, &digits)?;
        equal("the answer", answer, original)?;
        Ok(meaning(original, answer))
    };
    let bytes = code.as_bytes().to_vec();
    let by_code = surface("code", Whose::Client, bytes, Box::new(run), Box::new(judge));

    let (the_user, the_code) = (user.clone(), code.clone());
    let run = move |record: &[u8]| verify(&the_code, &the_user, utf8(record), &by_record);
    let seconds = inputs.number_or_zero("now");
    let judge = move |changed: &[u8], original: &Value, answer: &Value| {
        let read = record_of(changed)?;
        equal("the kind", &read.kind, &known.kind)?;
        equal("the form", &read.storage, &known.storage)?;
        equal("the pepper", &read.pepper_id, &known.pepper_id)?;
        equal("the id", &read.id, &known.id)?;
        equal("the tag", &read.tag, &known.tag)?;
        let [from, to] = read.life;
        require(seconds + 5 >= from && seconds <= to, "not at this time")?;
        require(!read.revoked && read.uses < read.max_uses(), "revoked or used up")?;
        let next = Record { uses: read.uses + 1, ..read };
        let left = next.max_uses() - next.uses;
        equal("the answer", answer, &json!([next.text(), left]))?;
        Ok(meaning(original, answer))
    };
    let bytes = record.as_bytes().to_vec();
    let by_record = surface("record", Whose::Either, bytes, Box::new(run), Box::new(judge));

    let bytes = user.into_bytes();
    let run = move |user: &[u8]| verify(&code, utf8(user), &record, &by_user);
    let by_user = surface("user id", Whose::Either, bytes, Box::new(run), nothing());
    Ok([by_code, by_record, by_user].map(as_text).into())
}

/// A record and the text that it writes: one each.
fn form_of_record(record: &str) -> Surface {
    let run = |record: &[u8]| {
        let read = TemporaryRecord::parse(utf8(record))?;
        Ok(json!([read.to_string(), read.issued_by(), read.uses()]))
    };
    let judge = as_read_injectively(|changed| {
        let read = record_of(changed)?;
        Ok(json!([read.text(), read.issued_by, read.uses]))
    });
    let bytes = record.as_bytes().to_vec();
    as_text(surface("record's form", Whose::Host, bytes, Box::new(run), judge))
}

pub(crate) fn revoke(inputs: &Inputs) -> Surface {
    let run = |record: &[u8]| Ok(json!(revoke_temporary_code(utf8(record))?.transition.next));
    let judge =
        as_read(|changed| Ok(json!(Record { revoked: true, ..record_of(changed)? }.text())));
    let bytes = inputs.text("record").as_bytes().to_vec();
    as_text(surface("record", Whose::Host, bytes, Box::new(run), judge))
}

/// What is issued is random: judged is what its record says, and that its code is accepted.
pub(crate) fn issue(inputs: &Inputs) -> Result<Vec<Surface>, String> {
    let kind = TemporaryKind::from_name(inputs.text("kind")).ok_or("no kind")?;
    if kind != TemporaryKind::Delivered {
        // 600 000 rounds for each change.
        return Ok(Vec::new());
    }
    let arguments = Arguments {
        peppers: Named::peppers(inputs)?,
        user_id: inputs.text("user_id").to_owned(),
        issued_by: inputs.text("issued_by").to_owned(),
        previous: inputs.get("previous").and_then(Value::as_str).map(str::to_owned),
        lifetime: inputs.number("lifetime"),
        digits: inputs.number("digits").unwrap_or(6),
        now: inputs.number_or_zero("now"),
    };
    let mut places: Vec<(&'static str, Set)> = vec![
        ("user id", |arguments, text| arguments.user_id = text),
        ("issuer", |arguments, text| arguments.issued_by = text),
    ];
    if arguments.previous.is_some() {
        places.push(("previous", |arguments, text| arguments.previous = Some(text)));
    }
    let surfaces = places.into_iter().map(|(name, set)| {
        let with = move |arguments: &Arguments, text: &[u8]| {
            let mut changed = arguments.clone();
            set(&mut changed, utf8(text).to_owned());
            changed
        };
        let (ours, theirs) = (arguments.clone(), arguments.clone());
        let run = move |text: &[u8]| with(&ours, text).issue();
        let judge = as_read(move |text| with(&theirs, text).expected());
        let original = match name {
            "user id" => arguments.user_id.clone(),
            "issuer" => arguments.issued_by.clone(),
            _ => arguments.previous.clone().unwrap_or_default(),
        };
        // The limit of codes in an hour is no mistake of the host's.
        let whose = if name == "previous" { Whose::Either } else { Whose::Host };
        as_text(surface(name, whose, original.into_bytes(), Box::new(run), judge))
    });
    Ok(surfaces.collect())
}

type Set = fn(&mut Arguments, String);

#[derive(Clone)]
struct Arguments {
    peppers: Peppered,
    user_id: String,
    issued_by: String,
    previous: Option<String>,
    lifetime: Option<u64>,
    digits: u64,
    now: u64,
}

impl Arguments {
    fn issue(&self) -> Result<Value, Error> {
        let now = Some(UnixTime::from_seconds(self.now));
        let (digits, lifetime, peppers) = (self.digits, self.lifetime, self.peppers.as_deref());
        let usual = IssueTemporaryCode::new(TemporaryKind::Delivered, &self.issued_by);
        let previous = self.previous.as_deref();
        let options = IssueTemporaryCode { previous, lifetime, digits, peppers, now, ..usual };
        let issued = issue_temporary_code(&self.user_id, options)?;
        let record = &issued.transition().next;
        let stored = VerifyTemporaryCode { user_id: &self.user_id, record, peppers, now };
        let accepted = verify_temporary_code(issued.code(), stored).is_ok();
        let issued_at = record.rsplit('$').next();
        Ok(json!([issued.transition().prev, issued.audit().issued_by, issued_at, accepted]))
    }

    fn expected(&self) -> Result<Value, String> {
        for (name, text) in [("user id", &self.user_id), ("issuer", &self.issued_by)] {
            require((1..=255).contains(&text.len()), &format!("a forbidden {name}"))?;
        }
        let previous = self.previous.as_ref().map(|text| record_of(text.as_bytes())).transpose()?;
        let mut times = previous.map_or(Vec::new(), |record| record.issued);
        times.retain(|time| u128::from(*time) + 3600 > u128::from(self.now));
        times.push(self.now);
        require(times.len() <= 6, "the seventh within an hour")?;
        let times: Vec<String> = times.iter().map(u64::to_string).collect();
        Ok(json!([self.previous, self.issued_by, times.join("."), true]))
    }
}

pub(crate) fn code_check(inputs: &Inputs) -> Result<Vec<Surface>, String> {
    let factor = inputs.text("factor").to_owned();
    Ok(vec![form(inputs, &factor)?])
}

/// A code that passes the check has the form; what it says is not looked at.
fn form(inputs: &Inputs, factor: &str) -> Result<Surface, String> {
    let record = inputs.text("record").to_owned();
    let typeable = |text: &str| text.starts_with("$mfakit-rc$v=1,f=typeable");
    let (run, len): (crate::surface::Run, Option<usize>) = match factor {
        "recovery" => {
            let len = if typeable(&record) { 16 } else { 26 };
            let run = move |code: &[u8]| {
                RecoveryRecord::parse(&record)?.check_code(code).map(|()| Value::Null)
            };
            (Box::new(run), Some(len))
        }
        "temporary" => {
            let len = match record_of(record.as_bytes())?.storage {
                Storage::Rounds(_) => 16,
                Storage::Digits(digits) => usize::from(digits),
            };
            let symbols = len == 16;
            let run = move |code: &[u8]| {
                TemporaryRecord::parse(&record)?.check_code(code).map(|()| Value::Null)
            };
            let bytes = inputs.text("code").as_bytes().to_vec();
            if !symbols {
                let judge = as_read(move |code| digits_of(code, len, false));
                return Ok(surface("code", Whose::Client, bytes, Box::new(run), judge));
            }
            (Box::new(run), Some(len))
        }
        _ => (otp::check(inputs, factor), None),
    };
    let steam = inputs.flag("steam") == Some(true);
    let digits = if steam { 5 } else { inputs.number("digits").unwrap_or(6) };
    let judge = as_read(move |code| match len {
        Some(len) => {
            let text = std::str::from_utf8(code).map_err(|error| error.to_string())?;
            codes::symbols(text, len).map(|_| Value::Null)
        }
        None => digits_of(code, usize::try_from(digits).map_err(|e| e.to_string())?, steam),
    });
    let bytes = inputs.text("code").as_bytes().to_vec();
    Ok(surface("code", Whose::Client, bytes, run, judge))
}

fn digits_of(code: &[u8], len: usize, steam: bool) -> Result<Value, String> {
    let typed = if steam { reference::steam_typed(code)? } else { reference::typed(code)? };
    require(typed.len() == len && code.len() <= 64, "another number of digits")?;
    Ok(Value::Null)
}
