//! TOTP: RFC 6238, with single use made exact.
//!
//! One code can belong to two steps close to each other, so "the step is newer than the last one" does not stop a replay.
//! With N = past + future + 1, the candidates are max(last_step + 1, now − past) ..= now + future and the burnt steps are
//! now − past − N ..= last_step (as far as they are not beyond every candidate); a code is accepted if and only if a candidate matches and no burnt step does, and the
//! highest matching candidate is stored. Every step is computed, whatever matched before. Leaks: the verdict and, after
//! acceptance, the step.

use super::code::{Code, Digits, Generator};
use crate::crypto::hmac::HashAlgorithm;
use crate::ct;
use crate::error::Error;
use crate::evidence::{Evidence, Method, MethodKind};
use crate::secret::OtpSecret;
use crate::state::Transition;
use crate::time::{Period, Step, UnixTime};
use core::fmt;
use subtle::{Choice, ConditionallySelectable};

/// The most steps that a [`Window`] has on each side.
pub const MAX_WINDOW: u64 = 10;

/// How many steps before and after the current one are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    past: u64,
    future: u64,
    /// Steps by which the authenticator's clock is known to be ahead: −10 to 10.
    drift: i8,
}

impl Window {
    /// One step each side: with 30 seconds, a code is accepted up to 59 seconds after it first appeared.
    pub const ONE_STEP: Self = Self { past: 1, future: 1, drift: 0 };
    /// The current step alone: a code is accepted for no longer than its period (OWASP ASVS 5.0, 6.5.5 with 30 seconds).
    pub const STRICT: Self = Self { past: 0, future: 0, drift: 0 };

    /// At most 10 steps each side.
    ///
    /// # Errors
    ///
    /// [`Error::WindowTooLarge`].
    pub const fn new(past: u64, future: u64) -> Result<Self, Error> {
        if past > MAX_WINDOW || future > MAX_WINDOW {
            Err(Error::WindowTooLarge)
        } else {
            Ok(Self { past, future, drift: 0 })
        }
    }

    /// The same window around the step that the authenticator's clock shows: RFC 6238 §6. `drift` is what
    /// [`TotpVerified::drift`] said last time, −10 to 10. However large it is, the window stays within ten steps of now.
    ///
    /// # Errors
    ///
    /// [`Error::WindowTooLarge`].
    pub const fn with_drift(self, drift: i8) -> Result<Self, Error> {
        if drift.unsigned_abs() > 10 {
            Err(Error::WindowTooLarge)
        } else {
            Ok(Self { drift, ..self })
        }
    }

    /// The first and the last step that this window has at `now`.
    fn around(self, now: u64) -> (u64, u64) {
        let ahead =
            u64::from(self.drift.max(0).unsigned_abs()).min(MAX_WINDOW.saturating_sub(self.future));
        let behind =
            u64::from(self.drift.min(0).unsigned_abs()).min(MAX_WINDOW.saturating_sub(self.past));
        let centre = now.saturating_add(ahead).saturating_sub(behind);
        (centre.saturating_sub(self.past), centre.saturating_add(self.future))
    }
}

/// A time-based authenticator.
///
/// # Examples
///
/// ```
/// use mfakit_core::otp::{Digits, HashAlgorithm, totp::{Totp, Window}};
/// use mfakit_core::{Error, OtpSecret, Period, UnixTime};
///
/// let secret = OtpSecret::new(b"12345678901234567890")?;
/// let totp = Totp::new(&secret, HashAlgorithm::Sha1, Digits::new(8)?, Period::THIRTY_SECONDS)?;
/// let now = UnixTime::from_seconds(1_111_111_109); // RFC 6238 Appendix B
/// let verified = totp.verify(b"07081804", None, now, Window::ONE_STEP)?;
/// assert_eq!(verified.transition().next, 37_037_036);
/// assert_eq!(totp.verify(b"07081804", Some(37_037_036), now, Window::ONE_STEP), Err(Error::OtpReplayed));
/// // UPDATE … SET last_step = 37037036 WHERE id = … AND last_step IS NULL, which changed one row:
/// let evidence = verified.commit(1)?;
/// # let _ = evidence;
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone)]
pub struct Totp {
    generator: Generator,
    period: Period,
    t0: UnixTime,
}

/// A code that was right. It counts once its transition is stored.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct TotpVerified {
    drift: i8,
    transition: Transition<u64>,
}

impl Totp {
    /// An authenticator with this secret, counting from the Unix epoch.
    ///
    /// # Errors
    ///
    /// [`Error::DigitsInvalid`] for ten digits, which only HOTP has, and for Steam's symbols with anything but SHA-1 and 30
    /// seconds.
    pub fn new(
        secret: &OtpSecret,
        algorithm: HashAlgorithm,
        digits: Digits,
        period: Period,
    ) -> Result<Self, Error> {
        let steams = algorithm == HashAlgorithm::Sha1 && period == Period::THIRTY_SECONDS;
        if digits == Digits::TEN || (digits == Digits::STEAM && !steams) {
            return Err(Error::DigitsInvalid);
        }
        let generator = Generator::new(secret, algorithm, digits);
        Ok(Self { generator, period, t0: UnixTime::from_seconds(0) })
    }

    /// The same authenticator, counting from `t0` (RFC 6238 §4.1).
    #[must_use]
    pub fn with_t0(mut self, t0: UnixTime) -> Self {
        self.t0 = t0;
        self
    }

    /// The step at a moment.
    ///
    /// # Errors
    ///
    /// [`Error::TimeBeforeT0`].
    pub fn step_at(&self, now: UnixTime) -> Result<Step, Error> {
        Step::at(now, self.t0, self.period)
    }

    /// The code at a moment.
    ///
    /// # Errors
    ///
    /// [`Error::TimeBeforeT0`].
    pub fn code_at(&self, now: UnixTime) -> Result<Code, Error> {
        Ok(self.generator.code(self.step_at(now)?.get()))
    }

    /// Checks the form of a code and nothing else: what fails here is a typing error, and is charged to no throttle.
    ///
    /// # Errors
    ///
    /// [`Error::OtpMalformed`].
    pub fn check_code(&self, code: &[u8]) -> Result<(), Error> {
        self.generator.digits().parse(code).map(|_| ())
    }

    /// Verifies a code; `last_step` is the stored step of the last accepted code, `None` before the first.
    ///
    /// # Errors
    ///
    /// [`Error::OtpMalformed`], [`Error::TimeBeforeT0`], [`Error::OtpReplayed`] if the code belongs to a burnt step,
    /// [`Error::OtpRejected`] if it belongs to none.
    ///
    /// # Leakage
    ///
    /// The verdict and, after acceptance, the step.
    pub fn verify(
        &self,
        code: &[u8],
        last_step: Option<u64>,
        now: UnixTime,
        window: Window,
    ) -> Result<TotpVerified, Error> {
        let code = self.generator.digits().parse(code)?;
        let now = self.step_at(now)?.get();
        let (first, last) = window.around(now);
        // N more steps back: far enough that whatever was accepted from within the window is remembered.
        let width = window.past.saturating_add(window.future).saturating_add(1);
        let remembered = first.saturating_sub(width);

        let mut replayed = Choice::from(0);
        if let Some(last_step) = last_step {
            for burnt in remembered..=last_step.min(last) {
                replayed |= self.generator.matches(burnt, code);
            }
        }
        let (mut matched, mut found) = (0_u64, Choice::from(0));
        let first =
            last_step.map_or(Some(first), |burnt| burnt.checked_add(1).map(|next| next.max(first)));
        if let Some(first) = first {
            for candidate in first..=last {
                let here = self.generator.matches(candidate, code);
                matched.conditional_assign(&candidate, here);
                found |= here;
            }
        }

        if ct::declassify(replayed) {
            return Err(Error::OtpReplayed);
        }
        if !ct::declassify(found) {
            return Err(Error::OtpRejected);
        }
        // The verdict is public from here, and so is the step that gave it.
        let mut matched = matched.to_be_bytes();
        ct::declassify_bytes(&mut matched);
        let next = u64::from_be_bytes(matched);
        let drift = match next.checked_sub(now) {
            Some(ahead) => i8::try_from(ahead).unwrap_or(i8::MAX),
            None => i8::try_from(now.saturating_sub(next)).map_or(i8::MIN, i8::saturating_neg),
        };
        Ok(TotpVerified { drift, transition: Transition { prev: last_step, next } })
    }
}

/// An authenticator that is being enrolled. It confirms its first code, and verifies no sign-in.
///
/// While the new secret is pending, the old one, if there is one, stays what signs in. The code that confirms is burnt: its step is in
/// the transition, to be stored with the secret in one statement.
///
/// # Examples
///
/// ```
/// use mfakit_core::otp::{Digits, HashAlgorithm, totp::{PendingTotp, Totp, Window}};
/// use mfakit_core::{Error, OtpSecret, Period, UnixTime};
///
/// let secret = OtpSecret::new(b"12345678901234567890")?;
/// let totp = Totp::new(&secret, HashAlgorithm::Sha1, Digits::SIX, Period::THIRTY_SECONDS)?;
/// let now = UnixTime::from_seconds(59);
/// let pending = PendingTotp::new(totp);
/// let first = pending.confirm(b"287082", now)?;
/// let totp = pending.confirmed(&first);
/// // UPDATE … SET secret = pending, last_step = 1, pending = NULL WHERE id = … AND pending = …
/// let again = totp.verify(b"287082", Some(first.transition().next), now, Window::ONE_STEP);
/// assert_eq!(again, Err(Error::OtpReplayed));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct PendingTotp(Totp);

impl PendingTotp {
    /// Starts the enrolment of an authenticator.
    #[must_use]
    pub const fn new(totp: Totp) -> Self {
        Self(totp)
    }

    /// Verifies the first code, with one step each side and nothing burnt.
    ///
    /// # Errors
    ///
    /// Those of [`Totp::verify`]; the enrolment stays as it was, and the person may try again.
    ///
    /// # Leakage
    ///
    /// As [`Totp::verify`].
    pub fn confirm(&self, code: &[u8], now: UnixTime) -> Result<TotpConfirmed, Error> {
        self.confirm_within(code, now, Window::ONE_STEP)
    }

    /// As [`PendingTotp::confirm`], with a window of the caller's.
    ///
    /// # Errors
    ///
    /// As [`PendingTotp::confirm`].
    pub fn confirm_within(
        &self,
        code: &[u8],
        now: UnixTime,
        window: Window,
    ) -> Result<TotpConfirmed, Error> {
        self.0.verify(code, None, now, window).map(TotpConfirmed)
    }

    /// The authenticator, once its first code proved right.
    #[must_use]
    pub fn confirmed(self, _proof: &TotpConfirmed) -> Totp {
        self.0
    }
}

/// A first code that was right. Its step is burnt once the transition is stored.
///
/// It is no evidence of a sign-in: the secret is as new as the enrolment, and says nothing about whose account it is.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct TotpConfirmed(TotpVerified);

/// What was right for a sign-in is right for an enrolment, and gives up its evidence.
impl From<TotpVerified> for TotpConfirmed {
    fn from(verified: TotpVerified) -> Self {
        Self(verified)
    }
}

impl TotpConfirmed {
    /// The step whose code it was.
    #[must_use]
    pub const fn step(&self) -> Step {
        self.0.step()
    }

    /// As [`TotpVerified::drift`].
    #[must_use]
    pub const fn drift(&self) -> i8 {
        self.0.drift()
    }

    /// What to store beside the secret, in one statement.
    #[must_use]
    pub const fn transition(&self) -> Transition<u64> {
        self.0.transition()
    }

    /// Ends the enrolment, given how many rows the compare-and-set changed.
    ///
    /// # Errors
    ///
    /// [`Error::StateConflict`] unless exactly one.
    pub fn commit(self, rows: u64) -> Result<(), Error> {
        crate::state::require_one_row(rows)
    }
}

impl fmt::Debug for Totp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Totp(***)")
    }
}

impl TotpVerified {
    /// The step whose code it was.
    #[must_use]
    pub const fn step(&self) -> Step {
        Step::new(self.transition.next)
    }

    /// That step minus the current one: −10 to 10. Constantly off zero means that a clock is wrong; kept and passed to
    /// [`Window::with_drift`] the next time, it moves the window there.
    #[must_use]
    pub const fn drift(&self) -> i8 {
        self.drift
    }

    /// What to store.
    #[must_use]
    pub const fn transition(&self) -> Transition<u64> {
        self.transition
    }

    /// Turns the proof into evidence, given how many rows the compare-and-set changed.
    ///
    /// # Errors
    ///
    /// [`Error::StateConflict`] unless exactly one.
    pub fn commit(self, rows: u64) -> Result<Evidence, Error> {
        Evidence::commit(rows, Method::Totp, MethodKind::Totp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn totp(period: u64) -> Totp {
        let secret = OtpSecret::new(b"12345678901234567890").unwrap();
        let period = Period::from_seconds(period).unwrap();
        Totp::new(&secret, HashAlgorithm::Sha1, Digits::SIX, period).unwrap()
    }

    fn at(step: u64) -> UnixTime {
        UnixTime::from_seconds(step * 30)
    }

    #[test]
    fn a_code_of_two_steps_is_spent_once() {
        // Steps 57766335 and 57766336 have the same code.
        let (low, high) = (57_766_335, 57_766_336);
        let verified = totp(30).verify(b"251166", None, at(low), Window::ONE_STEP).unwrap();
        assert_eq!(verified.step().get(), high);
        assert_eq!(verified.drift(), 1);
        for now in low..=high + 2 {
            let again = totp(30).verify(b"251166", Some(low), at(now), Window::ONE_STEP);
            assert_eq!(again, Err(Error::OtpReplayed), "{now}");
        }
        // Far enough from the window the burnt step is forgotten, and the code belongs to no candidate.
        assert_eq!(
            totp(30).verify(b"251166", Some(low), at(high + 4), Window::ONE_STEP),
            Err(Error::OtpRejected)
        );
    }

    #[test]
    fn windows_stop_at_both_ends_of_time() {
        let window = Window::new(10, 10).unwrap();
        for period in [1, 30, 3600] {
            for now in [0, 1, 1 << 31, 1 << 32, 1 << 63, u64::MAX] {
                let now = UnixTime::from_seconds(now);
                let code = totp(period).code_at(now).unwrap();
                let verified =
                    totp(period).verify(code.expose().as_bytes(), None, now, window).unwrap();
                assert_eq!(verified.step(), totp(period).step_at(now).unwrap());
                let last = Some(verified.step().get());
                let again = totp(period).verify(code.expose().as_bytes(), last, now, window);
                assert_eq!(again, Err(Error::OtpReplayed));
                let other = if code.expose() == "000000" { &b"000001"[..] } else { b"000000" };
                assert!(totp(period).verify(other, Some(u64::MAX), now, window).is_err());
            }
        }
    }

    #[test]
    fn the_oracle_agrees_on_every_small_case() {
        // The rule of the module header, written a second time over sets.
        let totp = totp(30);
        let code_of = |step: u64| totp.generator.value(step);
        let base = 57_766_330_u64;
        for now in base..base + 12 {
            for typed in base - 4..base + 16 {
                for last in (base - 4..base + 16).map(Some).chain([None]) {
                    for (past, future) in [(0, 0), (1, 1), (2, 0), (0, 3)] {
                        let n = past + future + 1;
                        let first = last.map_or(now - past, |l| (l + 1).max(now - past));
                        let candidates: Vec<u64> = (first..=now + future).collect();
                        let burnt: Vec<u64> =
                            last.map_or(Vec::new(), |l| (now - past - n..=l).collect());
                        let code = code_of(typed);
                        let hit = candidates.iter().rev().find(|s| code_of(**s) == code);
                        // A step beyond now + future is no candidate whether burnt or not.
                        let spent = burnt.iter().any(|s| *s <= now + future && code_of(*s) == code);
                        let expected = match (spent, hit) {
                            (true, _) => Err(Error::OtpReplayed),
                            (false, Some(step)) => Ok(*step),
                            (false, None) => Err(Error::OtpRejected),
                        };
                        let text = totp.generator.code(typed);
                        let window = Window::new(past, future).unwrap();
                        let got = totp.verify(text.expose().as_bytes(), last, at(now), window);
                        assert_eq!(
                            got.map(|v| v.step().get()),
                            expected,
                            "{now} {typed} {last:?} {past} {future}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn drift_moves_the_window_and_never_out_of_reach() {
        for (drift, past, future, first, last) in [
            (0_i8, 1, 1, 999, 1001),
            (3, 1, 1, 1002, 1004),
            (-3, 1, 1, 996, 998),
            (10, 1, 1, 1008, 1010),
            (-10, 1, 1, 990, 992),
            (10, 0, 0, 1010, 1010),
            (10, 10, 10, 990, 1010),
            (-10, 10, 10, 990, 1010),
            (-4, 8, 2, 990, 1000),
        ] {
            let window = Window::new(past, future).unwrap().with_drift(drift).unwrap();
            assert_eq!(window.around(1000), (first, last), "{drift} {past} {future}");
            for step in 985..=1015 {
                let code = totp(30).code_at(at(step)).unwrap();
                let verified = totp(30).verify(code.expose().as_bytes(), None, at(1000), window);
                assert_eq!(verified.is_ok(), (first..=last).contains(&step), "{drift} {step}");
                if let Ok(verified) = verified {
                    assert_eq!(i64::from(verified.drift()), step as i64 - 1000);
                }
            }
        }
        for drift in [11, -11, i8::MIN, i8::MAX] {
            assert_eq!(Window::ONE_STEP.with_drift(drift), Err(Error::WindowTooLarge));
        }
        assert_eq!(Window::new(0, 0), Ok(Window::STRICT));
        assert_eq!(Window::ONE_STEP.with_drift(-10).unwrap().around(5), (0, 1));
        let ahead = Window::ONE_STEP.with_drift(10).unwrap();
        assert_eq!(ahead.around(u64::MAX), (u64::MAX - 1, u64::MAX));
    }

    #[test]
    fn a_pending_authenticator_stays_pending_until_its_first_code() {
        let pending = PendingTotp::new(totp(30));
        let wrong =
            if totp(30).code_at(at(1)).unwrap().expose() == "000000" { "1" } else { "000000" };
        assert_eq!(pending.confirm(wrong.as_bytes(), at(1)), Err(Error::OtpRejected));
        let first = pending.confirm(b"287082", at(1)).unwrap();
        assert_eq!(first.transition(), Transition { prev: None, next: 1 });
        let live = pending.confirmed(&first);
        let again = live.verify(b"287082", Some(1), at(1), Window::ONE_STEP);
        assert_eq!(again, Err(Error::OtpReplayed));
    }

    #[test]
    fn a_code_sent_again_within_reach_is_a_replay() {
        let code = totp(30).code_at(at(1000)).unwrap();
        let code = code.expose().as_bytes();
        for now in 999..=1003 {
            assert_eq!(
                totp(30).verify(code, Some(1000), at(now), Window::ONE_STEP),
                Err(Error::OtpReplayed),
                "{now}"
            );
        }
    }
}
