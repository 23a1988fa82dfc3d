//! `Throttle` against NIST SP 800-63B-4 §3.2.2 and the back-off, counted over a history of calls: whatever clock and host do,
//! between two successes no more charges stand than are allowed, and each after the free ones has waited. The same through
//! mfakit's texts.

use crate::input::{Input, Output};
use mfakit_core::throttle::{Throttle, ThrottleState};
use mfakit_core::{Error, UnixTime};

/// The calls of a history, in the low bits of a byte.
mod calls {
    /// 0 to 3.
    pub(super) const CHARGE: u8 = 0;
    pub(super) const SUCCEED: u8 = 4;
    pub(super) const REFUND: u8 = 5;
    /// A charge at the very second at which one is granted.
    pub(super) const CHARGE_WHEN_GRANTED: u8 = 6;
    /// A charge one second before.
    pub(super) const CHARGE_BEFORE: u8 = 7;
}

/// What each charge that still counts was granted at; refunds take the last one away.
#[derive(Default)]
struct History {
    charges: Vec<u64>,
    last: u64,
}

/// The limits.
#[derive(Clone, Copy)]
struct Limits {
    max_failures: u64,
    free_failures: u64,
    delay: u64,
    max_delay: u64,
}

impl Limits {
    /// Seconds between the last charge and the next, after so many that count.
    fn wait(self, failures: usize) -> u64 {
        let Some(doublings) = (failures as u64).checked_sub(self.free_failures) else { return 0 };
        (0..doublings).fold(self.delay, |delay, _| (2 * delay).min(self.max_delay))
    }

    fn are_good(self) -> bool {
        (1..=100).contains(&self.max_failures)
            && self.free_failures < self.max_failures
            && 1 <= self.delay
            && self.delay <= self.max_delay
            && self.max_delay <= 24 * 60 * 60
    }
}

impl History {
    /// The first second in which a charge is granted; `None` if it never is.
    fn granted_at(&self, limits: Limits) -> Option<u64> {
        let failures = self.charges.len();
        if failures as u64 >= limits.max_failures {
            return None;
        }
        if (failures as u64) < limits.free_failures {
            return Some(0);
        }
        Some(self.last.saturating_add(limits.wait(failures)))
    }
}

/// Whether core grants charges; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let mut input = Input::new(data);
    let limits = Limits {
        max_failures: u64::from(input.u8()),
        free_failures: u64::from(input.u8()),
        delay: u64::from(input.u32()),
        max_delay: u64::from(input.u32()),
    };
    let Limits { max_failures, free_failures, delay, max_delay } = limits;
    let throttle = Throttle::new(max_failures, free_failures, delay, max_delay);
    let usual = mfakit::ThrottleOptions::default();
    let options =
        mfakit::ThrottleOptions { max_failures, free_failures, delay, max_delay, ..usual };
    let hosts = mfakit::Throttle::new(options);
    let (Ok(throttle), Ok(hosts)) = (throttle, hosts) else {
        assert_eq!(throttle.err(), Some(Error::ArgumentValueInvalid));
        assert!(hosts.is_err() && !limits.are_good());
        return false;
    };
    assert!(limits.are_good());

    let mut now = input.u64();
    let (mut state, mut stored): (_, Option<String>) = (ThrottleState::default(), None);
    let (mut history, mut granted) = (History::default(), 0);
    while !input.rest().is_empty() {
        let call = input.u8();
        let at = history.granted_at(limits);
        now = match (call % 8, at) {
            (calls::CHARGE_WHEN_GRANTED, Some(at)) => at,
            (calls::CHARGE_BEFORE, Some(at)) => at.saturating_sub(1),
            // The clock goes on, or back; now and then far.
            _ if call < 0xf0 => now.saturating_add_signed(i64::from(input.u16().cast_signed())),
            _ => input.u64(),
        };
        match call % 8 {
            calls::SUCCEED => {
                state = throttle.succeed(state);
                stored = store(stored, |stored| hosts.succeed(stored)).expect("a good state");
                history.charges.clear();
            }
            calls::REFUND => {
                let error = Error::ALL[usize::from(input.u8()) % Error::ALL.len()];
                state = throttle.refund(state, error);
                stored = store(stored, |stored| hosts.refund(stored, error)).expect("a good state");
                // The throttle's own refusals end before a charge: there is nothing to give back.
                let charged = !matches!(error, Error::ThrottleWait | Error::ThrottleDisabled);
                if charged && !error.counts_toward_throttle() {
                    history.charges.pop();
                }
            }
            _ => {
                let expected = match at {
                    None => Err(Error::ThrottleDisabled),
                    Some(at) if now < at => Err(Error::ThrottleWait),
                    Some(_) => Ok(()),
                };
                check_retry_at(&throttle, &hosts, (state, &stored), at, now);
                let ours = throttle.charge(state, UnixTime::from_seconds(now));
                assert_eq!(ours.map(|_| ()), expected);
                let time = Some(UnixTime::from_seconds(now));
                let texts = store(stored.clone(), |stored| hosts.charge(stored, time));
                if now <= 100_000_000_000 {
                    assert_eq!(texts.as_ref().map(|_| ()).map_err(|e| *e), expected);
                } else {
                    assert_eq!(texts, Err(Error::TimeInvalid));
                }
                if let Ok(charged) = ours {
                    state = charged;
                    // A time that no host has: its state is made without it.
                    stored = texts.unwrap_or_else(|_| Some(charged.to_string()));
                    history.charges.push(now);
                    history.last = now;
                    granted += 1;
                }
            }
        }
        assert!(history.charges.len() as u64 <= max_failures, "more charges than are allowed");
        assert_eq!(state.failures() as usize, history.charges.len());
        assert_eq!(state.charged_at().seconds(), history.last);
        assert_eq!(ThrottleState::parse(&state.to_string()), Ok(state));
        assert_eq!(stored.unwrap_or(ThrottleState::default().to_string()), state.to_string());
        stored = Some(state.to_string());
    }
    granted > 0
}

/// The text that a call of the host's leaves behind, having named the one it found.
fn store(
    stored: Option<String>,
    call: impl FnOnce(Option<&str>) -> Result<mfakit::Transition<String>, Error>,
) -> Result<Option<String>, Error> {
    let transition = call(stored.as_deref())?;
    assert_eq!(transition.prev, stored);
    Ok(Some(transition.next))
}

fn check_retry_at(
    throttle: &Throttle,
    hosts: &mfakit::Throttle,
    (state, stored): (ThrottleState, &Option<String>),
    at: Option<u64>,
    now: u64,
) {
    let expected = at.map(|at| Some(at).filter(|at| now < *at)).ok_or(Error::ThrottleDisabled);
    let time = UnixTime::from_seconds(now);
    let ours = throttle.retry_at(state, time).map(|at| at.map(UnixTime::seconds));
    assert_eq!(ours, expected);
    if now <= 100_000_000_000 {
        assert_eq!(hosts.retry_at(stored.as_deref(), Some(time)), expected);
    }
}

/// The input that makes every charge as soon as it is granted.
#[must_use]
pub fn input(failures: [u8; 2], delays: [u32; 2], start: u64) -> Vec<u8> {
    let [delay, max_delay] = delays.map(u32::to_be_bytes);
    let begun = Output::default().number(failures).raw(&[delay, max_delay].concat());
    begun.number(start.to_be_bytes()).raw(&[calls::CHARGE_WHEN_GRANTED; 130]).finish()
}

/// Histories under limits of every shape: guesses as fast as they are granted, a second too early, with clocks that go back,
/// successes and refunds between them; and limits that are refused.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    use calls::{CHARGE, CHARGE_BEFORE, CHARGE_WHEN_GRANTED, REFUND, SUCCEED};
    let mut all = Vec::new();
    let shapes: [(u8, u8, u32, u32); 14] = [
        (100, 5, 30, 3600),
        (1, 0, 86_400, 86_400),
        (100, 0, 1, 86_400),
        (100, 99, 1, 1),
        (3, 1, 3, 5),
        (100, 0, 86_400, 86_400),
        (0, 0, 30, 3600),
        (101, 5, 30, 3600),
        (5, 5, 30, 3600),
        (5, 6, 30, 3600),
        (5, 1, 0, 3600),
        (5, 1, 31, 30),
        (5, 1, 30, 86_401),
        (5, 1, 0, 0),
    ];
    for (max_failures, free_failures, delay, max_delay) in shapes {
        for start in [0, 1_700_000_000, 100_000_000_000, u64::MAX - 5] {
            let begun = || {
                Output::default()
                    .number([max_failures, free_failures])
                    .number(delay.to_be_bytes())
                    .number(max_delay.to_be_bytes())
                    .number(start.to_be_bytes())
            };
            all.push(input([max_failures, free_failures], [delay, max_delay], start));
            all.push(begun().raw(&[CHARGE_BEFORE, CHARGE_WHEN_GRANTED].repeat(102)).finish());
            for step in [0_i16, 1, -1, 30, 3600, i16::MAX, i16::MIN] {
                let charge = [&[CHARGE][..], &step.to_be_bytes()].concat();
                all.push(begun().raw(&charge.repeat(102)).finish());
                // One in three is refunded, one in seven right.
                let refund = [&[REFUND][..], &step.to_be_bytes(), &[0]].concat();
                let three = [&charge[..], &charge, &charge, &refund].concat();
                let success = [&[SUCCEED][..], &step.to_be_bytes()].concat();
                all.push(begun().raw(&[three.repeat(2), success].concat().repeat(20)).finish());
            }
        }
    }
    // Every error, once charged.
    for error in 0..Error::ALL.len() {
        let seed = Output::default().number([100, 5]).raw(&[0, 0, 0, 30, 0, 0, 14, 16]);
        let seed = seed.number([0; 8]).raw(&[CHARGE, 0, 0, CHARGE, 0, 0]);
        all.push(seed.raw(&[REFUND, 0, 0, error as u8, REFUND, 0, 0, error as u8]).finish());
    }
    all
}
