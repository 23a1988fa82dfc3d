//! The throttle over stored texts.

use crate::time::or_clock;
use mfakit_core::throttle::{self, ThrottleState};
use mfakit_core::{Error, Transition, UnixTime};

pub use mfakit_core::throttle::{GuessBudget, guess_odds};

/// The limits of a [`Throttle`]. The default grants five guesses at once, the next after 30 seconds, doubling up to an hour, and
/// disables the method at 100.
#[derive(Clone, Copy, Debug)]
pub struct ThrottleOptions {
    /// Consecutive failures at which the method is disabled: 1 to 100.
    pub max_failures: u64,
    /// Failures that cost no wait: fewer than `max_failures`.
    pub free_failures: u64,
    /// The first wait, in seconds.
    pub delay: u64,
    /// The longest wait, in seconds: at most a day.
    pub max_delay: u64,
    /// The digits of the codes that are guarded.
    pub digits: u64,
    /// How many codes are good at a time: past + future + 1 for TOTP, look-ahead + 1 for HOTP.
    pub window: u64,
    /// How likely a guesser may be to get in before the method is disabled.
    pub budget: GuessBudget,
}

impl Default for ThrottleOptions {
    fn default() -> Self {
        Self {
            max_failures: 100,
            free_failures: 5,
            delay: 30,
            max_delay: 3600,
            digits: 6,
            window: 3,
            budget: GuessBudget::Usual,
        }
    }
}

/// A throttle for guesses at one factor of one account, over a text that the host stores (`None` before the first).
///
/// # Examples
///
/// ```
/// use mfakit::{Error, Throttle, ThrottleOptions, UnixTime};
///
/// let throttle = Throttle::new(ThrottleOptions::default())?;
/// let now = Some(UnixTime::from_seconds(1_800_000_000));
/// let mut stored: Option<String> = None;
/// for _ in 0..5 {
///     let charged = throttle.charge(stored.as_deref(), now)?;
///     stored = Some(charged.next); // a compare-and-set, committed before the code is verified
/// }
/// assert_eq!(throttle.charge(stored.as_deref(), now), Err(Error::ThrottleWait));
/// assert_eq!(throttle.retry_at(stored.as_deref(), now)?, Some(1_800_000_030));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Throttle(throttle::Throttle);

impl Throttle {
    /// A throttle with these limits.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`]; [`Error::GuessBudgetExceeded`] if a guesser is likelier to get in than the budget allows.
    pub fn new(options: ThrottleOptions) -> Result<Self, Error> {
        let ThrottleOptions { max_failures, free_failures, delay, max_delay, .. } = options;
        let throttle = throttle::Throttle::new(max_failures, free_failures, delay, max_delay)?;
        throttle.guarding(options.digits, options.window, options.budget).map(Self)
    }

    /// Counts an attempt as failed. Store the transition with a compare-and-set in a transaction of its own; if that changed
    /// exactly one row, verify. Who loses the race tries again, and verifies nothing before.
    ///
    /// # Errors
    ///
    /// [`Error::ThrottleWait`] until [`Throttle::retry_at`], [`Error::ThrottleDisabled`] at the cap; [`Error::StateMalformed`],
    /// [`Error::RecordVersionUnknown`], [`Error::TimeInvalid`].
    pub fn charge(
        &self,
        state: Option<&str>,
        now: Option<UnixTime>,
    ) -> Result<Transition<String>, Error> {
        let next = self.0.charge(read(state)?, or_clock(now)?)?;
        Ok(transition(state, next))
    }

    /// No failures any more: the attempt proved right.
    ///
    /// # Errors
    ///
    /// [`Error::StateMalformed`], [`Error::RecordVersionUnknown`].
    pub fn succeed(&self, state: Option<&str>) -> Result<Transition<String>, Error> {
        Ok(transition(state, self.0.succeed(read(state)?)))
    }

    /// Gives a charge back where `error` says nothing about a guess; where it does, or where it is `charge`'s own, the state
    /// stays as it is. What is given back is the failure; a wait that there was starts again.
    ///
    /// # Errors
    ///
    /// [`Error::StateMalformed`], [`Error::RecordVersionUnknown`].
    pub fn refund(&self, state: Option<&str>, error: Error) -> Result<Transition<String>, Error> {
        Ok(transition(state, self.0.refund(read(state)?, error)))
    }

    /// The Unix second from which a charge is granted; `None` if it is now.
    ///
    /// # Errors
    ///
    /// [`Error::ThrottleDisabled`] at the cap; [`Error::StateMalformed`], [`Error::RecordVersionUnknown`],
    /// [`Error::TimeInvalid`].
    pub fn retry_at(
        &self,
        state: Option<&str>,
        now: Option<UnixTime>,
    ) -> Result<Option<u64>, Error> {
        Ok(self.0.retry_at(read(state)?, or_clock(now)?)?.map(UnixTime::seconds))
    }
}

fn read(state: Option<&str>) -> Result<ThrottleState, Error> {
    state.map_or(Ok(ThrottleState::default()), ThrottleState::parse)
}

fn transition(prev: Option<&str>, next: ThrottleState) -> Transition<String> {
    Transition { prev: prev.map(str::to_owned), next: next.to_string() }
}
