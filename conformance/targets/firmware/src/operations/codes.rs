//! Recovery and temporary codes, peppers, the throttle and the odds of a guess.

use super::inputs::{Text, bytes, fill, integer, string};
use super::otp::{self, put_evidence};
use super::{Failure, Outcome};
use crate::frame::{Fields, List, Response, Value};
use mfakit_core::codes::recovery::{self, RecoveryRecord};
use mfakit_core::codes::temporary::{self, Issue, TemporaryCode, TemporaryKind, TemporaryRecord};
use mfakit_core::encoding::base64url;
use mfakit_core::throttle::{GuessBudget, Throttle, ThrottleState, guess_odds};
use mfakit_core::{Error, MethodKind, Pepper, Peppers};

pub(super) fn check(fields: &Fields<'_>, _: &mut Response<'_>) -> Outcome {
    match fields.string("factor")? {
        "recovery" => {
            let record = RecoveryRecord::parse(fields.string("record")?)?;
            Ok(record.check_code(fields.text("code")?)?)
        }
        "temporary" => {
            let record = TemporaryRecord::parse(fields.string("record")?)?;
            Ok(record.check_code(fields.text("code")?)?)
        }
        factor => otp::check_code(fields, factor == "hotp"),
    }
}

// ---------------------------------------------------------------- recovery codes

pub(super) fn recovery_verify(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let (code, user_id) = (fields.text("code")?, fields.text("user_id")?);
    let used = integer(fields.get("used"))?;
    with_peppers(fields, |peppers| {
        let record = RecoveryRecord::parse(fields.string("record")?)?;
        let used = u32::try_from(used).map_err(|_| Error::RecordCorrupt)?;
        let verified = recovery::verify(code, user_id, &record, used, peppers)?;
        let transition = verified.transition();
        response.field("bit", verified.bit());
        response.field("remaining", verified.remaining());
        response.field("low", verified.low());
        response.field("needs_regeneration", verified.needs_regeneration());
        response.field("prev", transition.prev.map_or(Value::Null, Value::from));
        response.field("next", transition.next);
        if let Some(rows) = fields.optional_number("rows")? {
            put_evidence(response, &verified.commit(rows)?);
        }
        Ok(())
    })
}

// ---------------------------------------------------------------- temporary codes

pub(super) fn temporary_verify(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let (code, user_id) = (fields.text("code")?, fields.text("user_id")?);
    with_peppers(fields, |peppers| {
        let record = TemporaryRecord::parse(fields.string("record")?)?;
        let now = fields.host_time("now")?;
        let verified = temporary::verify(code, user_id, &record, peppers, now)?;
        response.field("uses_left", verified.uses_left());
        response.field("prev", fields.get("record"));
        response.field("next", Text::of(verified.next())?.value());
        response.text("id", base64url::encode(record.id()));
        put_audit(response, "verified", verified.next());
        if let Some(rows) = fields.optional_number("rows")? {
            let evidence = verified.commit(rows)?;
            let evidence = match fields.get("via") {
                Value::Null => evidence,
                via => evidence.delivered_by(MethodKind::from_name(string(via)?)?)?,
            };
            put_evidence(response, &evidence);
        }
        Ok(())
    })
}

pub(super) fn temporary_revoke(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let revoked = TemporaryRecord::parse(fields.string("record")?)?.revoked_now();
    response.field("prev", fields.get("record"));
    response.field("next", Text::of(revoked)?.value());
    response.text("id", base64url::encode(revoked.id()));
    put_audit(response, "revoked", &revoked);
    Ok(())
}

/// Issues a code and tries it. The host's part is randomness, which nothing that is answered depends on: here it is constant.
pub(super) fn config_temporary(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let user_id = fields.text("user_id")?;
    let (issued_by, now) = (fields.string("issued_by")?, fields.host_time("now")?);
    let lifetime = fields.optional_integer("lifetime")?;
    let digits = fields.optional_integer("digits")?.unwrap_or(6);
    let kind = TemporaryKind::from_name(fields.string("kind")?);
    let kind = kind.ok_or(Error::ArgumentValueInvalid)?;
    with_peppers(fields, |peppers| {
        let previous = match fields.get("previous") {
            Value::Null => None,
            previous => Some(TemporaryRecord::parse(string(previous)?)?),
        };
        let code = match kind {
            TemporaryKind::Delivered => TemporaryCode::digits(digits, &[0x5a; 8])?,
            TemporaryKind::Admin | TemporaryKind::Support => TemporaryCode::symbols(&[0x5a; 14]),
        };
        let issue = Issue {
            user_id,
            kind,
            issued_by,
            previous: previous.as_ref(),
            lifetime,
            id: [0xa5; 16],
            pepper: peppers.and_then(|p| Some((p.current(), p.get(p.current())?))),
            hash: None,
            now,
        };
        let record = Text::of(temporary::issue(&code, issue)?)?;
        let stored = TemporaryRecord::parse(record.as_str())?;
        let shown = code.expose();
        let typed = shown.as_str().as_bytes();
        let accepted = temporary::verify(typed, user_id, &stored, peppers, now).is_ok();
        let third = record.as_str().match_indices('$').nth(2).map_or(0, |(at, _)| at + 1);
        let issued = record.as_str().rsplit('$').next().unwrap_or_default();
        response.field("code_length", u32::try_from(typed.len()).unwrap_or(u32::MAX));
        response.field("expires_at", stored.not_after().seconds());
        response.field("prev", fields.get("previous"));
        response.field("prefix", &record.as_str()[..third]);
        response.field("issued", issued);
        response.field("accepted", accepted);
        put_audit(response, "issued", &stored);
        Ok(())
    })
}

/// The audit's fields but for the id, which a new code has at random.
fn put_audit(response: &mut Response<'_>, event: &str, record: &TemporaryRecord<'_>) {
    response.field("event", event);
    response.field("kind", record.kind().as_str());
    response.field("issued_by", record.issued_by());
    response.field("not_before", record.not_before().seconds());
    response.field("not_after", record.not_after().seconds());
    response.field("max_uses", record.max_uses());
    response.field("uses", record.uses());
    response.field("revoked", record.is_revoked());
}

// ---------------------------------------------------------------- peppers

pub(super) fn config_peppers(fields: &Fields<'_>, _: &mut Response<'_>) -> Outcome {
    let keys = Keys::read(fields.list("keys.id")?, fields.list("keys.key_hex")?)?;
    keys.with(fields.string("current")?, |_| Ok(()))
}

/// Runs with the case's peppers, if it has any.
fn with_peppers<T>(
    fields: &Fields<'_>,
    run: impl FnOnce(Option<&Peppers<'_>>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let ids = fields.list("peppers.keys.id")?;
    let keys = Keys::read(ids, fields.list("peppers.keys.key_hex")?)?;
    match ids {
        None => run(None),
        Some(_) => keys.with(fields.string("peppers.current")?, |peppers| run(Some(peppers))),
    }
}

/// The most peppers in a case.
const MAX_PEPPERS: usize = 4;

/// Peppers in the making: ids and keys that the bridge sends as two lists.
struct Keys<'a> {
    ids: [&'a str; MAX_PEPPERS],
    keys: [Option<Pepper>; MAX_PEPPERS],
}

impl<'a> Keys<'a> {
    fn read(ids: Option<List<'a>>, keys: Option<List<'a>>) -> Result<Self, Failure> {
        let mut read = Self { ids: [""; MAX_PEPPERS], keys: [const { None }; MAX_PEPPERS] };
        let (Some(ids), Some(keys)) = (ids, keys) else { return Ok(read) };
        fill(&mut read.ids, ids.map(string))?;
        fill(&mut read.keys, keys.map(|key| Ok(Some(Pepper::new(bytes(key)?)?))))?;
        Ok(read)
    }

    fn with<T>(
        &self,
        current: &str,
        run: impl FnOnce(&Peppers<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let Some(first) = &self.keys[0] else { return Err(Error::PepperInvalid.into()) };
        let mut pairs = [("", first); MAX_PEPPERS];
        let pair = |(id, key): (&&'a str, _)| Some((*id, Option::as_ref(key)?));
        let given = fill(&mut pairs, self.ids.iter().zip(&self.keys).filter_map(pair).map(Ok))?;
        run(&Peppers::new(given, current)?)
    }
}

// ---------------------------------------------------------------- the throttle

pub(super) fn throttle_charge(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let (throttle, now) = (throttle(fields)?, fields.host_time("now")?);
    put_state(fields, response, throttle.charge(throttle_state(fields)?, now)?)
}

pub(super) fn throttle_succeed(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    put_state(fields, response, Throttle::default().succeed(throttle_state(fields)?))
}

pub(super) fn throttle_refund(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let code = fields.string("error")?;
    let error = Error::ALL.iter().find(|error| error.code() == code).ok_or(Failure::WrongType)?;
    put_state(fields, response, Throttle::default().refund(throttle_state(fields)?, *error))
}

pub(super) fn throttle_retry_at(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let (throttle, now) = (throttle(fields)?, fields.host_time("now")?);
    let at = throttle.retry_at(throttle_state(fields)?, now)?;
    response.field("retry_at", at.map_or(Value::Null, |at| Value::Unsigned(at.seconds())));
    Ok(())
}

pub(super) fn config_throttle(fields: &Fields<'_>, _: &mut Response<'_>) -> Outcome {
    throttle(fields).map(|_| ())
}

/// Without a floating-point unit for doubles, the odds are worked out by software; the bits must be the same.
pub(super) fn odds(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let (digits, window) = (fields.integer("digits")?, fields.integer("window")?);
    let odds = guess_odds(digits, window, fields.integer("attempts")?)?;
    response.field("odds_hex", Text::of(format_args!("{:016x}", odds.to_bits()))?.value());
    Ok(())
}

fn throttle(fields: &Fields<'_>) -> Result<Throttle, Failure> {
    // The defaults of the other APIs, where the options are one struct.
    let number =
        |name, default| Ok::<_, Failure>(fields.optional_integer(name)?.unwrap_or(default));
    let throttle = Throttle::new(
        number("max_failures", 100)?,
        number("free_failures", 5)?,
        number("delay", 30)?,
        number("max_delay", 3600)?,
    )?;
    let budget = GuessBudget::from_name(fields.string_or("budget", "usual")?)?;
    Ok(throttle.guarding(number("digits", 6)?, number("window", 3)?, budget)?)
}

fn throttle_state(fields: &Fields<'_>) -> Result<ThrottleState, Failure> {
    match fields.get("state") {
        Value::Null => Ok(ThrottleState::default()),
        text => Ok(ThrottleState::parse(string(text)?)?),
    }
}

fn put_state(fields: &Fields<'_>, response: &mut Response<'_>, next: ThrottleState) -> Outcome {
    response.field("prev", fields.get("state"));
    response.field("next", Text::of(next)?.value());
    Ok(())
}
