//! TOTP against totp-rs for the codes and against the rule of single use written over sets for the verdicts.
//!
//! The rule: with N = past + future + 1, candidates are max(last + 1, now − past) ..= now + future, burnt steps are
//! now − past − N ..= last; a code is accepted if and only if a candidate has it and no burnt step does, and the highest such
//! candidate is stored. With a drift, "now" is the step that the other clock shows in all of this, but for the window's reach:
//! neither end is further than ten steps from the clock here. Burnt steps after now + future are left out on both sides: there is no candidate then, and only the
//! name of the refusal would differ.

use crate::hotp::Authenticator;
use crate::input::{Input, Output};
use mfakit_core::otp::Digits;
use mfakit_core::otp::totp::{MAX_WINDOW, PendingTotp, Totp, TotpVerified, Window};
use mfakit_core::{Error, Period, UnixTime};
use std::collections::BTreeSet;

/// Whether core accepts the code; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let mut input = Input::new(data);
    let Some(authenticator) = Authenticator::read(&mut input) else { return false };
    let Some(period) = read_period(&mut input) else { return false };
    let (t0, now) = (input.u64(), input.u64());
    let totp =
        Totp::new(&authenticator.secret, authenticator.algorithm, authenticator.digits, period);
    if authenticator.digits == Digits::STEAM && period.seconds() != 30 {
        assert_eq!(totp.err(), Some(Error::DigitsInvalid));
        return false;
    }
    let totp = totp.expect("6 to 8 digits, or Steam's symbols").with_t0(UnixTime::from_seconds(t0));
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
    let drift = i64::from(input.u8().cast_signed()) % 12;
    let window = match window.with_drift(drift as i8) {
        Ok(window) => window,
        Err(error) => {
            assert!(error == Error::WindowTooLarge && drift.abs() > 10);
            return false;
        }
    };
    assert!(drift.abs() <= 10);
    let window_at = |now: u64| reach(now, past, future, drift);
    let last_step = match input.u8() {
        0 => None,
        1 => Some(input.u64()),
        near => Some(now.saturating_add_signed(i64::from(near.cast_signed() / 4))),
    };
    let (text, digits) = authenticator.typed(&mut input, now);

    let digits_of_text = digits.clone();
    let expected = digits.and_then(|digits| {
        let has_code = |step: &u64| authenticator.code(*step) == digits;
        decide(last_step, window_at(now), past + future + 1, has_code)
    });
    assert_eq!(totp.check_code(&text), digits_of_text.map(|_| ()));
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
    if (past, future, drift) == (1, 1, 0) && verified.transition().prev.is_none() {
        let pending = PendingTotp::new(totp);
        let first = pending.confirm(&text, now_time).expect("the same code");
        assert_eq!((first.step(), first.drift()), (verified.step(), verified.drift()));
        assert_eq!(first.transition(), verified.transition());
        let again = pending.confirmed(&first).verify(&text, last_step, now_time, window);
        assert_eq!(again, Err(Error::OtpReplayed));
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

/// The first and the last step of a window at a time; they may lie before the epoch.
fn reach(now: u64, past: u64, future: u64, drift: i64) -> (i128, i128) {
    let (now, past, future) = (i128::from(now), i128::from(past), i128::from(future));
    // As far as the other clock is ahead, but so that the last step is at most ten ahead; and the same behind.
    let centre = now + i128::from(drift).clamp(-(10 - past), 10 - future);
    // Time has two ends: what is ahead of the last second is not, and a window does not begin before the epoch.
    let centre = centre.clamp(0, i128::from(u64::MAX));
    (centre - past, centre + future)
}

fn decide(
    last_step: Option<u64>,
    (oldest, newest): (i128, i128),
    n: u64,
    has_code: impl Fn(&u64) -> bool,
) -> Result<u64, Error> {
    // Wide integers: nothing below saturates or wraps.
    let n = i128::from(n);
    let steps = |from: i128, to: i128| -> BTreeSet<u64> {
        (from..=to).filter_map(|step| u64::try_from(step).ok()).collect()
    };
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
    let seed_at = |kind: [u8; 2],
                   t0: u64,
                   now: u64,
                   [past, future, drift]: [u8; 3],
                   last: &[u8],
                   typed: &[u8]| {
        let start = Output::default()
            .number(kind)
            .bytes(rfc)
            .number(30_u16.to_be_bytes())
            .number(t0.to_be_bytes())
            .number(now.to_be_bytes())
            .number([past, future, drift]);
        [&start.finish(), last, typed].concat()
    };
    let seed = |hash: u8, t0, now, past: u8, future: u8, last: &[u8], typed: &[u8]| {
        seed_at([hash, hash], t0, now, [past, future, 0], last, typed)
    };
    let mut seeds = Vec::new();
    // Steam's symbols, and clocks that are ahead or behind by as much as a window may follow, and by more.
    for kind in [[0, 3], [1, 1], [1, 3]] {
        for (drift, typed) in
            [(3_i8, 4_i8), (3, 1), (-3, -4), (10, 10), (-10, -10), (11, 1), (-5, 0)]
        {
            for now in [0_u64, 59, 1_800_000_000, u64::MAX] {
                for (past, future) in [(1, 1), (0, 0), (10, 10)] {
                    let shape = [past, future, drift.cast_unsigned()];
                    seeds.push(seed_at(kind, 0, now, shape, &[0], &[typed.cast_unsigned()]));
                    seeds.push(seed_at(kind, 0, now, shape, &[0xfc], &[typed.cast_unsigned()]));
                }
            }
        }
    }
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
