//! A throttle for guesses at one factor of one account.
//!
//! NIST SP 800-63B-4 §3.2.2: at most 100 consecutive failures. The order is parse → charge → verify → succeed: a charge counts
//! the attempt as failed and is committed in a transaction of its own before anything is verified, so that many guesses at
//! once cannot share one count. Invariant: between two successes at most `max_failures` charges are granted, and after the
//! free ones each waits for the back-off before it. Leaks: nothing secret here.

use crate::encoding::decimal;
use crate::error::Error;
use crate::time::UnixTime;
use core::fmt;

/// The most consecutive failures that any throttle allows (NIST SP 800-63B-4 §3.2.2).
pub const MAX_FAILURES: u32 = 100;
/// The longest back-off: a day.
pub const MAX_DELAY: u64 = 86_400;

const PREFIX: &str = "$mfakit-throttle$";

/// How many guesses are granted, and how fast.
///
/// # Examples
///
/// ```
/// use mfakit_core::throttle::{Throttle, ThrottleState};
/// use mfakit_core::{Error, UnixTime};
///
/// let throttle = Throttle::default(); // 5 at once, then after 30 s, 60 s, 120 s … one hour; 100 in all
/// let now = UnixTime::from_seconds(1_800_000_000);
/// let mut state = ThrottleState::default();
/// for _ in 0..5 {
///     state = throttle.charge(state, now)?; // compare-and-set, commit; then verify the code
/// }
/// assert_eq!(throttle.charge(state, now).err(), Some(Error::ThrottleWait));
/// assert_eq!(throttle.retry_at(state, now)?, Some(UnixTime::from_seconds(1_800_000_030)));
/// assert_eq!(throttle.succeed(state).failures(), 0);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttle {
    max_failures: u32,
    free_failures: u32,
    delay: u64,
    max_delay: u64,
}

impl Default for Throttle {
    /// 100 failures; five without a wait, then 30 seconds, doubling up to an hour.
    fn default() -> Self {
        Self { max_failures: MAX_FAILURES, free_failures: 5, delay: 30, max_delay: 3600 }
    }
}

impl Throttle {
    /// A throttle that disables the method at `max_failures` (1 to 100) consecutive failures, grants `free_failures` (fewer
    /// than that) at once, and then waits `delay` seconds, doubled by each further failure up to `max_delay` (1 to 86400).
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`].
    pub fn new(
        max_failures: u64,
        free_failures: u64,
        delay: u64,
        max_delay: u64,
    ) -> Result<Self, Error> {
        let small = |n: u64| u32::try_from(n).map_err(|_| Error::ArgumentValueInvalid);
        let (max_failures, free_failures) = (small(max_failures)?, small(free_failures)?);
        let good = (1..=MAX_FAILURES).contains(&max_failures)
            && free_failures < max_failures
            && (1..=max_delay).contains(&delay)
            && max_delay <= MAX_DELAY;
        if good {
            Ok(Self { max_failures, free_failures, delay, max_delay })
        } else {
            Err(Error::ArgumentValueInvalid)
        }
    }

    /// The same throttle, if whoever guesses at codes of so many digits, of which `window` are good at a time, stays within the
    /// budget until the method is disabled.
    ///
    /// # Errors
    ///
    /// [`Error::GuessBudgetExceeded`]; those of [`guess_odds`].
    pub fn guarding(self, digits: u64, window: u64, budget: GuessBudget) -> Result<Self, Error> {
        let odds = guess_odds(digits, window, u64::from(self.max_failures))?;
        if odds <= budget.odds() { Ok(self) } else { Err(Error::GuessBudgetExceeded) }
    }

    /// Counts an attempt as failed, before it is verified. The attempt may go on once the new state is stored in place of
    /// the old one; who loses that race tries again.
    ///
    /// # Errors
    ///
    /// [`Error::ThrottleWait`] until [`Throttle::retry_at`]; [`Error::ThrottleDisabled`] at the cap: the person must prove who
    /// they are in another way, and bind the factor anew.
    pub fn charge(&self, state: ThrottleState, now: UnixTime) -> Result<ThrottleState, Error> {
        match self.retry_at(state, now)? {
            Some(_) => Err(Error::ThrottleWait),
            None => {
                Ok(ThrottleState { failures: state.failures.saturating_add(1), charged_at: now })
            }
        }
    }

    /// When the next charge is granted; `None` if it is now.
    ///
    /// A clock that went back does not shorten the wait.
    ///
    /// # Errors
    ///
    /// [`Error::ThrottleDisabled`] at the cap.
    pub fn retry_at(&self, state: ThrottleState, now: UnixTime) -> Result<Option<UnixTime>, Error> {
        if state.failures >= self.max_failures {
            return Err(Error::ThrottleDisabled);
        }
        let Some(doublings) = state.failures.checked_sub(self.free_failures) else {
            return Ok(None);
        };
        let delay = 1_u64
            .checked_shl(doublings)
            .and_then(|factor| self.delay.checked_mul(factor))
            .map_or(self.max_delay, |delay| delay.min(self.max_delay));
        let at = UnixTime::from_seconds(state.charged_at.seconds().saturating_add(delay));
        Ok((now < at).then_some(at))
    }

    /// The state after the attempt proved right: no failures. Only the method that succeeded is reset.
    #[must_use]
    pub const fn succeed(&self, state: ThrottleState) -> ThrottleState {
        ThrottleState { failures: 0, ..state }
    }

    /// The state after the attempt ended with `error`: the charge is given back where the error says nothing about a guess
    /// ([`Error::counts_toward_throttle`]), and stays where it does. Where [`Throttle::charge`] itself refused, nothing was
    /// charged, and nothing is given back.
    ///
    /// What is given back is the failure. The time of the charge stays, so a wait that there was starts again.
    #[must_use]
    pub const fn refund(&self, state: ThrottleState, error: Error) -> ThrottleState {
        let charged = !matches!(error, Error::ThrottleWait | Error::ThrottleDisabled);
        if charged && !error.counts_toward_throttle() {
            ThrottleState { failures: state.failures.saturating_sub(1), ..state }
        } else {
            state
        }
    }
}

/// What is stored for an account and a factor. `Display` writes its text, `$mfakit-throttle$v=1$FAILURES$TIME`; the default
/// stands for nothing stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThrottleState {
    failures: u32,
    charged_at: UnixTime,
}

impl Default for ThrottleState {
    fn default() -> Self {
        Self { failures: 0, charged_at: UnixTime::from_seconds(0) }
    }
}

impl ThrottleState {
    /// Reads a stored text.
    ///
    /// # Errors
    ///
    /// [`Error::RecordVersionUnknown`] for a later version, else [`Error::StateMalformed`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let fields = || {
            let mut fields = text.strip_prefix(PREFIX)?.split('$');
            let version = decimal(fields.next()?.strip_prefix("v=")?)?;
            Some((version, fields))
        };
        let (version, mut fields) = fields().ok_or(Error::StateMalformed)?;
        if version != 1 {
            return Err(Error::RecordVersionUnknown);
        }
        let mut rest = || {
            let failures =
                u32::try_from(decimal(fields.next()?)?).ok().filter(|n| *n <= MAX_FAILURES)?;
            let charged_at = UnixTime::from_seconds(decimal(fields.next()?)?);
            fields.next().is_none().then_some(Self { failures, charged_at })
        };
        rest().ok_or(Error::StateMalformed)
    }

    /// The attempts counted as failed since the last success.
    #[must_use]
    pub const fn failures(&self) -> u32 {
        self.failures
    }

    /// When the last charge was granted.
    #[must_use]
    pub const fn charged_at(&self) -> UnixTime {
        self.charged_at
    }
}

impl fmt::Display for ThrottleState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}v=1${}${}", self.failures, self.charged_at.seconds())
    }
}

/// The odds of at least one right guess: `P = 1 − (1 − window / 10^digits)^attempts`, for a code of so many digits of which
/// `window` are good at a time (past + future + 1 for TOTP, look-ahead + 1 for HOTP).
///
/// # Errors
///
/// [`Error::ArgumentValueInvalid`] unless digits are 1 to 10 and the window is 1 to 1000.
///
/// # Examples
///
/// ```
/// use mfakit_core::throttle::guess_odds;
/// let usual = guess_odds(6, 3, 100)?; // one step each side, the most attempts that NIST allows
/// assert!((usual - 0.000_299_955).abs() < 1e-9);
/// # Ok::<(), mfakit_core::Error>(())
/// ```
pub fn guess_odds(digits: u64, window: u64, attempts: u64) -> Result<f64, Error> {
    let window = u16::try_from(window).ok().filter(|window| (1..=1000).contains(window));
    let window = window.ok_or(Error::ArgumentValueInvalid)?;
    if !(1..=10).contains(&digits) {
        return Err(Error::ArgumentValueInvalid);
    }
    let codes = (0..digits).fold(1.0, |codes: f64, _| codes * 10.0);
    // Doubling: either of two independent tries succeeds with a + b − ab. Only sums and products, which every target rounds the
    // same way, and no cancellation where the odds are small.
    let either = |a: f64, b: f64| a + b - a * b;
    let mut power = (f64::from(window) / codes).min(1.0);
    let (mut odds, mut left) = (0.0, attempts);
    while left > 0 {
        if left & 1 == 1 {
            odds = either(odds, power);
        }
        power = either(power, power);
        left >>= 1;
    }
    Ok(odds)
}

/// How likely a guesser may be to get in before the method is disabled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum GuessBudget {
    /// One in a thousand: six digits, one step each side and 100 attempts come to 0.0003.
    #[default]
    Usual,
    /// One in ten thousand: what six digits, one good code at a time and the 100 attempts of NIST SP 800-63B-4 §3.2.2 come to.
    Strict,
}

impl GuessBudget {
    /// The budget's stable name: `usual` or `strict`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::Strict => "strict",
        }
    }

    /// The budget with this name.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`].
    pub fn from_name(name: &str) -> Result<Self, Error> {
        let found = [Self::Usual, Self::Strict].into_iter().find(|budget| budget.as_str() == name);
        found.ok_or(Error::ArgumentValueInvalid)
    }

    /// The largest odds that are within it.
    #[must_use]
    pub const fn odds(self) -> f64 {
        match self {
            Self::Usual => 0.001,
            Self::Strict => 0.0001,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    const fn at(seconds: u64) -> UnixTime {
        UnixTime::from_seconds(seconds)
    }

    #[test]
    fn the_back_off_doubles_to_its_end_and_the_cap_is_final() -> Result<(), Error> {
        let throttle = Throttle::default();
        let (mut state, mut now) = (ThrottleState::default(), 1000);
        for failures in 0..100_u32 {
            if let Some(doublings) = failures.checked_sub(5) {
                let wait = if doublings > 6 { 3600 } else { 30 << doublings };
                assert_eq!(throttle.charge(state, at(now + wait - 1)), Err(Error::ThrottleWait));
                assert_eq!(throttle.charge(state, at(0)), Err(Error::ThrottleWait));
                assert_eq!(throttle.retry_at(state, at(now))?, Some(at(now + wait)));
                now += wait;
            }
            assert_eq!(throttle.retry_at(state, at(now))?, None);
            state = throttle.charge(state, at(now))?;
            assert_eq!((state.failures(), state.charged_at()), (failures + 1, at(now)));
        }
        assert_eq!(throttle.charge(state, at(u64::MAX)), Err(Error::ThrottleDisabled));
        assert_eq!(throttle.retry_at(state, at(u64::MAX)), Err(Error::ThrottleDisabled));
        assert!(throttle.charge(throttle.succeed(state), at(now)).is_ok());
        Ok(())
    }

    #[test]
    fn a_refund_is_for_errors_that_say_nothing_about_a_guess() -> Result<(), Error> {
        let throttle = Throttle::default();
        let state = throttle.charge(ThrottleState::default(), at(7))?;
        assert_eq!(throttle.refund(state, Error::OtpRejected), state);
        assert_eq!(throttle.refund(state, Error::OtpMalformed).failures(), 0);
        for own in [Error::ThrottleWait, Error::ThrottleDisabled] {
            assert_eq!(throttle.refund(state, own), state, "charge refused: nothing was charged");
        }
        assert_eq!(throttle.refund(ThrottleState::default(), Error::OtpMalformed).failures(), 0);
        Ok(())
    }

    #[test]
    fn a_state_has_one_text() {
        for state in
            [ThrottleState::default(), ThrottleState { failures: 100, charged_at: at(u64::MAX) }]
        {
            assert_eq!(ThrottleState::parse(&state.to_string()), Ok(state));
        }
        for bad in [
            "",
            "$mfakit-throttle$",
            "$mfakit-throttle$v=1$3",
            "$mfakit-throttle$v=1$3$5$",
            "$mfakit-throttle$v=1$03$5",
            "$mfakit-throttle$v=1$+3$5",
            "$mfakit-throttle$v=1$3$",
            "$mfakit-throttle$v=1$101$5",
            "$mfakit-throttle$v=1$3$18446744073709551616",
            "$mfakit-throttle$v=01$3$5",
        ] {
            assert_eq!(ThrottleState::parse(bad), Err(Error::StateMalformed), "{bad}");
        }
        let later = ThrottleState::parse("$mfakit-throttle$v=2$anything");
        assert_eq!(later, Err(Error::RecordVersionUnknown));
    }

    #[test]
    fn odds_are_the_formula_and_budgets_hold() {
        for (digits, window, attempts, odds) in [
            (6, 1, 0, 0.0),
            (6, 1, 1, 1e-6),
            (1, 10, 1, 1.0),
            (1, 1000, 3, 1.0),
            (6, 3, 100, 2.999_554_5e-4),
            (8, 3, 100, 2.999_995_5e-6),
            (6, 21, 100, 2.097_817e-3),
            (1, 5, 2, 0.75),
            (1, 1, 3, 0.271),
            (6, 1, u64::MAX, 1.0),
        ] {
            let got = guess_odds(digits, window, attempts).unwrap();
            assert!((got - odds).abs() <= odds * 1e-6, "{digits} {window} {attempts}: {got}");
        }
        for (digits, window) in [(0, 1), (11, 1), (6, 0), (6, 1001), (6, u64::MAX), (u64::MAX, 1)] {
            assert_eq!(guess_odds(digits, window, 1), Err(Error::ArgumentValueInvalid));
        }
        let throttle = Throttle::default();
        for (digits, window, budget, within) in [
            (6, 3, GuessBudget::Usual, true),
            (6, 10, GuessBudget::Usual, true),
            (6, 11, GuessBudget::Usual, false),
            (6, 1, GuessBudget::Strict, true),
            (6, 2, GuessBudget::Strict, false),
            (7, 10, GuessBudget::Strict, true),
            (8, 21, GuessBudget::Strict, true),
        ] {
            let expected = if within { Ok(throttle) } else { Err(Error::GuessBudgetExceeded) };
            assert_eq!(throttle.guarding(digits, window, budget), expected, "{digits} {window}");
        }
    }

    #[test]
    fn options_are_bounded() {
        assert_eq!(Throttle::new(100, 5, 30, 3600), Ok(Throttle::default()));
        assert!(Throttle::new(1, 0, 86_400, 86_400).is_ok());
        for (max, free, delay, longest) in [
            (0, 0, 30, 3600),
            (101, 5, 30, 3600),
            (5, 5, 30, 3600),
            (5, u64::MAX, 30, 3600),
            (5, 1, 0, 3600),
            (5, 1, 31, 30),
            (5, 1, 30, 86_401),
        ] {
            assert_eq!(Throttle::new(max, free, delay, longest), Err(Error::ArgumentValueInvalid));
        }
    }
}
