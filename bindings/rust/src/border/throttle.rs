//! The border's throttle, and the odds of guesses.

use super::{Host, whole};
use crate::json::Object;
use crate::{GuessBudget, Throttle, ThrottleOptions, Transition};
use mfakit_core::Error;

pub(super) fn call(op: &str, host: &Host<'_>) -> Option<Result<String, Error>> {
    Some(match op {
        "throttle_check" => throttle(host).map(|_| Object::new().end()),
        "throttle_charge" => throttle_charge(host),
        "throttle_succeed" => throttle_succeed(host),
        "throttle_refund" => throttle_refund(host),
        "throttle_retry_at" => throttle_retry_at(host),
        "guess_odds" => guess_odds(host),
        _ => return None,
    })
}

fn throttle(host: &Host<'_>) -> Result<Throttle, Error> {
    let limits = Host::new(host.required("throttle", Some)?);
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
