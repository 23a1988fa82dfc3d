//! Codes: from a message authentication code to decimal digits, and the comparison of them.
//!
//! RFC 4226 §5.3 picks four bytes at an offset that is itself part of the secret code. Invariant: the offset never becomes
//! an address, the reduction to digits never divides (a divide instruction takes time that depends on its operands), and
//! nothing compares with an early exit. Leaks: nothing until the caller declassifies.

use crate::crypto::hmac::{HashAlgorithm, HmacKey};
use crate::ct;
use crate::error::Error;
use crate::secret::OtpSecret;
use core::fmt;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroize;

/// How many digits a code has: 6, 7 or 8; 10 by name only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Digits(u8);

impl Digits {
    /// The usual six.
    pub const SIX: Self = Self(6);
    /// Ten, for HOTP tokens that need it. The truncated value has 31 bits: the first digit is 0, 1 or 2.
    pub const TEN: Self = Self(10);

    /// Six, seven or eight digits.
    ///
    /// # Errors
    ///
    /// [`Error::DigitsInvalid`].
    pub fn new(digits: u64) -> Result<Self, Error> {
        match u8::try_from(digits) {
            Ok(digits @ 6..=8) => Ok(Self(digits)),
            _ => Err(Error::DigitsInvalid),
        }
    }

    /// The number of digits.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }

    /// Ten to the power of the number of digits.
    const fn modulus(self) -> u64 {
        match self.0 {
            6 => 1_000_000,
            7 => 10_000_000,
            8 => 100_000_000,
            _ => 10_000_000_000,
        }
    }

    /// Reads what a person typed: exactly this many ASCII digits; ASCII spaces and hyphens are dropped.
    ///
    /// # Errors
    ///
    /// [`Error::OtpMalformed`].
    pub(crate) fn parse(self, text: &[u8]) -> Result<u64, Error> {
        // Room for ten digits and generous grouping; anything longer is refused before any work.
        if text.len() > 64 {
            return Err(Error::OtpMalformed);
        }
        let (mut value, mut count) = (0_u64, 0_u8);
        for &byte in text {
            match byte {
                b'0'..=b'9' if count < self.0 => {
                    value = value.wrapping_mul(10).wrapping_add(u64::from(byte.wrapping_sub(b'0')));
                    count = count.saturating_add(1);
                }
                b' ' | b'-' => {}
                _ => return Err(Error::OtpMalformed),
            }
        }
        if count == self.0 { Ok(value) } else { Err(Error::OtpMalformed) }
    }
}

/// A code to be shown: its ASCII digits, leading zeros included. Wiped on drop; `Debug` shows nothing.
pub struct Code {
    digits: [u8; 10],
    len: u8,
}

impl Code {
    /// The digits.
    #[must_use]
    pub fn expose(&self) -> &str {
        let start = 10_usize.saturating_sub(usize::from(self.len));
        self.digits.get(start..).and_then(|d| core::str::from_utf8(d).ok()).unwrap_or_default()
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(***)")
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        self.digits.zeroize();
    }
}

/// The key and the number of digits: what turns a counter into a code.
#[derive(Clone)]
pub(crate) struct Generator {
    key: HmacKey,
    digits: Digits,
}

impl Generator {
    pub(crate) fn new(
        secret: &OtpSecret,
        algorithm: HashAlgorithm,
        digits: Digits,
    ) -> Result<Self, Error> {
        let key = HmacKey::new(algorithm, secret.expose()).ok_or(Error::SecretTooLong)?;
        Ok(Self { key, digits })
    }

    pub(crate) const fn digits(&self) -> Digits {
        self.digits
    }

    /// The code at a counter, as a number. Secret.
    pub(crate) fn value(&self, counter: u64) -> u64 {
        reduce(truncate(self.key.tag(&counter.to_be_bytes()).expose()), self.digits)
    }

    /// Whether the code at a counter is this one. Secret until declassified.
    pub(crate) fn matches(&self, counter: u64, code: u64) -> Choice {
        self.value(counter).ct_eq(&code)
    }

    /// The code at a counter, for showing it.
    pub(crate) fn code(&self, counter: u64) -> Code {
        render(self.value(counter), self.digits)
    }
}

/// RFC 4226 §5.3: the 31 bits at the offset that the last byte's low half gives. Every offset is read; one is kept.
fn truncate(tag: &[u8]) -> u64 {
    let offset = tag.last().copied().unwrap_or_default() & 0xf;
    let mut word = 0_u32;
    for (here, four) in (0_u8..16).zip(tag.windows(4)) {
        if let &[a, b, c, d] = four {
            word.conditional_assign(&u32::from_be_bytes([a, b, c, d]), here.ct_eq(&offset));
        }
    }
    u64::from(word & 0x7fff_ffff)
}

/// `value mod 10^digits` by masked subtraction. 2^31 / 10^6 < 2^12: twelve doublings of the modulus suffice.
fn reduce(mut value: u64, digits: Digits) -> u64 {
    for doublings in (0..12_u32).rev() {
        ct::subtract_if_possible(&mut value, digits.modulus() << doublings);
    }
    value
}

/// The decimal digits by masked subtraction.
fn render(mut value: u64, digits: Digits) -> Code {
    let mut code = Code { digits: [b'0'; 10], len: digits.get() };
    let mut power = 1_000_000_000_u64;
    for slot in &mut code.digits {
        let mut digit = 0;
        for weight in (0..4_u32).rev() {
            digit |= ct::subtract_if_possible(&mut value, power << weight) << weight;
        }
        let [.., low] = digit.to_be_bytes();
        *slot |= low;
        power /= 10;
    }
    ct::declassify_bytes(&mut code.digits);
    code
}

/// Cuts an authentication code of at least 20 bytes down to digits: the step of RFC 4226 §5.4 alone, for reference vectors.
///
/// # Errors
///
/// [`Error::OtpMalformed`] if it is shorter.
#[doc(hidden)]
pub fn truncate_to_code(tag: &[u8], digits: Digits) -> Result<Code, Error> {
    if tag.len() < 20 {
        Err(Error::OtpMalformed)
    } else {
        Ok(render(reduce(truncate(tag), digits), digits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;

    #[test]
    fn masked_arithmetic_equals_division() {
        for digits in [Digits::SIX, Digits(7), Digits(8), Digits::TEN] {
            let modulus = digits.modulus();
            let mut value = 0x7fff_ffff_u64;
            while value > 0 {
                assert_eq!(reduce(value, digits), value % modulus);
                let width = usize::from(digits.get());
                assert_eq!(
                    render(value % modulus, digits).expose(),
                    format!("{:0width$}", value % modulus)
                );
                value = value * 2 / 3;
            }
            for near in [0, 1, modulus - 1, modulus, modulus + 1, 2 * modulus - 1] {
                assert_eq!(reduce(near & 0x7fff_ffff, digits), (near & 0x7fff_ffff) % modulus);
            }
        }
    }

    #[test]
    fn only_the_exact_number_of_ascii_digits_is_a_code() {
        assert_eq!(Digits::SIX.parse(b" 012-345 "), Ok(12345));
        let long = [b' '; 65];
        for bad in [
            &b""[..],
            b"12345",
            b"1234567",
            b"12345a",
            b"+12345",
            "１２３４５６".as_bytes(),
            b"12345\0",
            &long,
        ] {
            assert_eq!(Digits::SIX.parse(bad), Err(Error::OtpMalformed));
        }
    }
}
