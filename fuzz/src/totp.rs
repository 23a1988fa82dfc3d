//! TOTP against totp-rs for the codes and against the rule of single use written over sets for the verdicts.
//!
//! The rule: with N = past + future + 1, candidates are max(last + 1, now − past) ..= now + future, burnt steps are
//! now − past − N ..= last; a code is accepted if and only if a candidate has it and no burnt step does, and the highest such
//! candidate is stored. Burnt steps after now + future are left out on both sides: there is no candidate then, and only the
//! name of the refusal would differ.

use crate::hotp::Authenticator;
use crate::input::{Input, Output};
use mfakit_core::otp::totp::{MAX_WINDOW, Totp, TotpVerified, Window};
use mfakit_core::{Error, Period, UnixTime};
use std::collections::BTreeSet;

/// Whether core accepts the code; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let mut input = Input::new(data);
    let Some(authenticator) = Authenticator::read(&mut input) else { return false };
    let Some(period) = read_period(&mut input) else { return false };
    let (t0, now) = (input.u64(), input.u64());
    let totp =
        Totp::new(&authenticator.secret, authenticator.algorithm, authenticator.digits, period)
            .expect("6 to 8 digits")
            .with_t0(UnixTime::from_seconds(t0));
    let now_time = UnixTime::from_seconds(now);

    let Some(elapsed) = now.checked_sub(t0) else {
        assert_eq!(totp.step_at(now_time), Err(Error::TimeBeforeT0));
        assert_eq!(totp.code_at(now_time).err(), Some(Error::TimeBeforeT0));
        return false;
    };
    let now = elapsed / u64::from(period.seconds());
    assert_eq!(totp.step_at(now_time).map(|step| step.get()), Ok(now));
    let shown = totp.code_at(now_time).expect("not before T0");
    assert_eq!(shown.expose(), authenticator.code(now));

    let (past, future) = (u64::from(input.u8() % 12), u64::from(input.u8() % 12));
    let window = match Window::new(past, future) {
        Ok(window) => window,
        Err(error) => {
            assert!(error == Error::WindowTooLarge && past.max(future) > MAX_WINDOW);
            return false;
        }
    };
    assert!(past.max(future) <= MAX_WINDOW);
    let last_step = match input.u8() {
        0 => None,
        1 => Some(input.u64()),
        near => Some(now.saturating_add_signed(i64::from(near.cast_signed() / 4))),
    };
    let (text, digits) = authenticator.typed(&mut input, now);

    let expected = digits.and_then(|digits| {
        let has_code = |step: &u64| authenticator.code(*step) == digits;
        decide(last_step, now, past, future, has_code)
    });
    let ours = totp.verify(&text, last_step, now_time, window);
    compare(&ours, last_step, now, expected);
    let Ok(verified) = ours else { return false };

    // What was accepted is burnt: now, and for as long as the window still reaches it.
    let last_step = Some(verified.step().get());
    for later in [0, 1, past + future] {
        let seconds = later * u64::from(period.seconds());
        if let Some(later) = now_time.seconds().checked_add(seconds) {
            let again = totp.verify(&text, last_step, UnixTime::from_seconds(later), window);
            assert_eq!(again, Err(Error::OtpReplayed));
        }
    }
    if (past, future) == (1, 1) && verified.transition().prev.is_none() {
        assert_eq!(totp.confirm(&text, now_time), Ok(verified));
    }
    true
}

fn read_period(input: &mut Input<'_>) -> Option<Period> {
    let seconds = u64::from(input.u16());
    let period = Period::from_seconds(seconds);
    assert_eq!(
        period.map(|p| u64::from(p.seconds())).ok(),
        Some(seconds).filter(|s| (1..=3600).contains(s))
    );
    period.ok()
}

fn decide(
    last_step: Option<u64>,
    now: u64,
    past: u64,
    future: u64,
    has_code: impl Fn(&u64) -> bool,
) -> Result<u64, Error> {
    // Wide integers: nothing below saturates or wraps.
    let (now, past, future) = (i128::from(now), i128::from(past), i128::from(future));
    let steps = |from: i128, to: i128| -> BTreeSet<u64> {
        (from..=to).filter_map(|step| u64::try_from(step).ok()).collect()
    };
    let n = past + future + 1;
    let (oldest, newest) = (now - past, now + future);
    let (candidates, burnt) = match last_step.map(i128::from) {
        None => (steps(oldest, newest), BTreeSet::new()),
        Some(last) => (
            steps(oldest.max(last + 1), newest),
            // Near the epoch the window is cut off at step 0, and N counts from there.
            steps(oldest.max(0) - n, last.min(newest)),
        ),
    };
    if burnt.iter().any(&has_code) {
        return Err(Error::OtpReplayed);
    }
    candidates.into_iter().rev().find(has_code).ok_or(Error::OtpRejected)
}

fn compare(
    ours: &Result<TotpVerified, Error>,
    last_step: Option<u64>,
    now: u64,
    expected: Result<u64, Error>,
) {
    assert_eq!(ours.as_ref().map(|v| v.step().get()).map_err(|e| *e), expected);
    if let (Ok(verified), Ok(step)) = (ours, expected) {
        assert_eq!(i128::from(verified.drift()), i128::from(step) - i128::from(now));
        assert_eq!((verified.transition().prev, verified.transition().next), (last_step, step));
        assert!(last_step.is_none_or(|last| last < step), "the step moves on");
    }
}

/// Codes at both ends of time and of the window, burnt and not, and the codes that two near steps share.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let rfc = b"12345678901234567890";
    let seed = |hash: u8, t0: u64, now: u64, past: u8, future: u8, last: &[u8], typed: &[u8]| {
        let start = Output::default()
            .number([hash, hash])
            .bytes(rfc)
            .number(30_u16.to_be_bytes())
            .number(t0.to_be_bytes())
            .number(now.to_be_bytes())
            .number([past, future]);
        [&start.finish(), last, typed].concat()
    };
    let mut seeds = Vec::new();
    let times = [0, 59, 1 << 31, 1 << 32, 1 << 63, u64::MAX];
    for (hash, now) in [0, 1, 2].into_iter().flat_map(|h| times.map(|t| (h, t))) {
        // One step ahead, one behind, two ahead; nothing burnt, and the step before the current one.
        for (typed, last) in [(1, 0), (0xff, 0), (2, 0), (1, 0xfc), (0xff, 0xfc), (1, 4)] {
            seeds.push(seed(hash, 0, now, 1, 1, &[last], &[typed]));
        }
        seeds.push(seed(hash, 59, now, 10, 10, &[0], &[10]));
    }
    // Under the RFC's key steps 57766335 and 57766336 have the code 251166, 57017782 and 57017784 have 882938.
    for (step, other, code) in
        [(57_766_335_u64, 57_766_336_u64, b"251166"), (57_017_782, 57_017_784, b"882938")]
    {
        for now in step - 1..=other + 6 {
            for last in [[&[0][..]].concat(), [&[1][..], &step.to_be_bytes()].concat()] {
                let typed = Output::default().number([0]).bytes(code).finish();
                seeds.push(seed(0, 0, now * 30, 1, 1, &last, &typed));
            }
        }
    }
    seeds
}
