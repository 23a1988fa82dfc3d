//! HOTP: RFC 4226.
//!
//! The counter never moves back; the lowest matching counter in the look-ahead wins; the whole look-ahead is scanned. The
//! code of the counter just used is refused by name, so that a code sent twice never passes as a later counter's equal
//! code. Leaks: the verdict and, after acceptance, which counter matched.

use super::code::{Code, Digits, Generator};
use crate::crypto::hmac::HashAlgorithm;
use crate::ct;
use crate::error::Error;
use crate::evidence::{Evidence, Method, MethodKind};
use crate::secret::OtpSecret;
use crate::state::Transition;
use core::fmt;
use subtle::{Choice, ConditionallySelectable};

/// The furthest that [`Hotp::verify`] looks ahead.
pub const MAX_LOOK_AHEAD: u64 = 100;
/// The furthest that [`Hotp::resync`] looks ahead.
pub const MAX_RESYNC: u64 = 1000;

/// A counter-based authenticator.
///
/// # Examples
///
/// ```
/// use mfakit_core::otp::{Digits, HashAlgorithm, hotp::Hotp};
/// use mfakit_core::{Error, OtpSecret};
///
/// let secret = OtpSecret::new(b"12345678901234567890")?;
/// let hotp = Hotp::new(&secret, HashAlgorithm::Sha1, Digits::SIX)?;
/// let verified = hotp.verify(b"359152", 0, 10)?; // RFC 4226 Appendix D, counter 2
/// assert_eq!(verified.next_counter(), 3);
/// // UPDATE … SET counter = 3 WHERE id = … AND counter = 0, which changed one row:
/// let evidence = verified.commit(1)?;
/// assert_eq!(evidence.method().as_str(), "hotp");
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone)]
pub struct Hotp {
    generator: Generator,
}

/// A code that was right. It counts once its transition is stored.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct HotpVerified {
    matched: u64,
    transition: Transition<u64>,
}

impl Hotp {
    /// An authenticator with this secret.
    ///
    /// # Errors
    ///
    /// [`Error::DigitsInvalid`] for Steam's symbols, which only TOTP has.
    pub fn new(
        secret: &OtpSecret,
        algorithm: HashAlgorithm,
        digits: Digits,
    ) -> Result<Self, Error> {
        if digits == Digits::STEAM {
            return Err(Error::DigitsInvalid);
        }
        Ok(Self { generator: Generator::new(secret, algorithm, digits) })
    }

    /// Checks the form of a code and nothing else: what fails here is a typing error, and is charged to no throttle.
    ///
    /// # Errors
    ///
    /// [`Error::OtpMalformed`].
    pub fn check_code(&self, code: &[u8]) -> Result<(), Error> {
        self.generator.digits().parse(code).map(|_| ())
    }

    /// The code at a counter.
    #[must_use]
    pub fn code_at(&self, counter: u64) -> Code {
        self.generator.code(counter)
    }

    /// Verifies a code at `counter`, the next one expected, or up to `look_ahead` (at most 100) after it.
    ///
    /// # Errors
    ///
    /// [`Error::WindowTooLarge`], [`Error::OtpMalformed`], [`Error::OtpReplayed`], [`Error::OtpRejected`],
    /// [`Error::OtpCounterExhausted`].
    ///
    /// # Leakage
    ///
    /// The verdict and, after acceptance, the matching counter.
    pub fn verify(
        &self,
        code: &[u8],
        counter: u64,
        look_ahead: u64,
    ) -> Result<HotpVerified, Error> {
        if look_ahead > MAX_LOOK_AHEAD {
            return Err(Error::WindowTooLarge);
        }
        let code = self.generator.digits().parse(code)?;
        let (mut matched, mut found) = (0_u64, Choice::from(0));
        for candidate in counter..=counter.saturating_add(look_ahead) {
            let here = self.generator.matches(candidate, code);
            matched.conditional_assign(&candidate, here & !found);
            found |= here;
        }
        self.decide(code, counter, matched, 1, found)
    }

    /// Verifies two consecutive codes, the first at `counter` or up to `look_ahead` (at most 1000) after it: for a token
    /// whose button was pressed too often.
    ///
    /// # Errors
    ///
    /// As [`Hotp::verify`].
    ///
    /// # Leakage
    ///
    /// The verdict and, after acceptance, the matching counter.
    pub fn resync(
        &self,
        first: &[u8],
        second: &[u8],
        counter: u64,
        look_ahead: u64,
    ) -> Result<HotpVerified, Error> {
        if look_ahead > MAX_RESYNC {
            return Err(Error::WindowTooLarge);
        }
        let first = self.generator.digits().parse(first)?;
        let second = self.generator.digits().parse(second)?;
        let (mut matched, mut found) = (0_u64, Choice::from(0));
        let mut value = self.generator.value(counter);
        for candidate in counter..=counter.saturating_add(look_ahead) {
            // The second code needs a counter of its own; at u64::MAX there is none.
            let Some(after) = candidate.checked_add(1) else { break };
            let next = self.generator.value(after);
            let here = equal(value, first) & equal(next, second);
            matched.conditional_assign(&candidate, here & !found);
            found |= here;
            value = next;
        }
        self.decide(first, counter, matched, 2, found)
    }

    fn decide(
        &self,
        code: u64,
        counter: u64,
        matched: u64,
        used: u64,
        found: Choice,
    ) -> Result<HotpVerified, Error> {
        let replayed = match counter.checked_sub(1) {
            Some(previous) => self.generator.matches(previous, code),
            None => Choice::from(0),
        };
        if ct::declassify(replayed) {
            return Err(Error::OtpReplayed);
        }
        if !ct::declassify(found) {
            return Err(Error::OtpRejected);
        }
        // The verdict is public from here, and so is the counter that gave it.
        let mut matched = matched.to_be_bytes();
        ct::declassify_bytes(&mut matched);
        let matched = u64::from_be_bytes(matched);
        let next = matched.checked_add(used).ok_or(Error::OtpCounterExhausted)?;
        Ok(HotpVerified { matched, transition: Transition { prev: Some(counter), next } })
    }
}

fn equal(a: u64, b: u64) -> Choice {
    subtle::ConstantTimeEq::ct_eq(&a, &b)
}

impl fmt::Debug for Hotp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hotp(***)")
    }
}

impl HotpVerified {
    /// The counter whose code it was (of the first code, after a resynchronisation).
    #[must_use]
    pub const fn matched_counter(&self) -> u64 {
        self.matched
    }

    /// The counter to expect next.
    #[must_use]
    pub const fn next_counter(&self) -> u64 {
        self.transition.next
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
        Evidence::commit(rows, Method::Hotp, MethodKind::Hotp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODES: [&[u8]; 10] = [
        b"755224", b"287082", b"359152", b"969429", b"338314", b"254676", b"287922", b"162583",
        b"399871", b"520489",
    ];

    fn hotp() -> Hotp {
        Hotp::new(
            &OtpSecret::new(b"12345678901234567890").unwrap(),
            HashAlgorithm::Sha1,
            Digits::SIX,
        )
        .unwrap()
    }

    #[test]
    fn rfc4226_appendix_d() {
        for (counter, code) in (0_u64..).zip(CODES) {
            assert_eq!(hotp().code_at(counter).expose().as_bytes(), code);
            let verified = hotp().verify(code, 0, 9).unwrap();
            assert_eq!(
                (verified.matched_counter(), verified.next_counter()),
                (counter, counter + 1)
            );
            assert_eq!(verified.transition(), Transition { prev: Some(0), next: counter + 1 });
        }
    }

    #[test]
    fn never_back_never_twice_never_past_the_end() {
        assert_eq!(hotp().verify(CODES[3], 4, 10), Err(Error::OtpReplayed));
        assert_eq!(hotp().verify(CODES[3], 5, 10), Err(Error::OtpRejected));
        assert_eq!(hotp().verify(CODES[3], 0, 2), Err(Error::OtpRejected));
        assert_eq!(hotp().verify(CODES[0], 0, 101), Err(Error::WindowTooLarge));
        let last = hotp().code_at(u64::MAX);
        assert_eq!(
            hotp().verify(last.expose().as_bytes(), u64::MAX, 100),
            Err(Error::OtpCounterExhausted)
        );
        let before = hotp().code_at(u64::MAX - 1);
        assert_eq!(
            hotp().verify(before.expose().as_bytes(), u64::MAX - 1, 100).unwrap().next_counter(),
            u64::MAX
        );
    }

    #[test]
    fn resync_takes_two_consecutive_codes() {
        let verified = hotp().resync(CODES[6], CODES[7], 2, 100).unwrap();
        assert_eq!((verified.matched_counter(), verified.next_counter()), (6, 8));
        assert_eq!(hotp().resync(CODES[6], CODES[8], 2, 100), Err(Error::OtpRejected));
        assert_eq!(hotp().resync(CODES[7], CODES[6], 2, 100), Err(Error::OtpRejected));
        assert_eq!(hotp().resync(CODES[1], CODES[2], 2, 100), Err(Error::OtpReplayed));
        assert_eq!(hotp().resync(CODES[6], CODES[7], 2, 1001), Err(Error::WindowTooLarge));
        let (a, b) = (hotp().code_at(u64::MAX - 1), hotp().code_at(u64::MAX));
        let end = hotp().resync(a.expose().as_bytes(), b.expose().as_bytes(), u64::MAX - 1, 1000);
        assert_eq!(end, Err(Error::OtpCounterExhausted));
    }

    #[test]
    fn a_proof_counts_once_it_is_stored() {
        for rows in [0, 2, u64::MAX] {
            assert_eq!(
                hotp().verify(CODES[0], 0, 0).unwrap().commit(rows),
                Err(Error::StateConflict)
            );
        }
        assert_eq!(
            hotp().verify(CODES[0], 0, 0).unwrap().commit(1).unwrap().method(),
            Method::Hotp
        );
    }
}
