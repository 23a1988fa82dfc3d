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
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroize;

/// What Steam writes in place of digits: five symbols of these, the lowest first.
const STEAM_ALPHABET: &[u8; 26] = b"23456789BCDFGHJKMNPQRTVWXY";

/// How many digits a code has: 6, 7 or 8; 10, and the five symbols of Steam, by name only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Digits(u8);

impl Digits {
    /// The usual six.
    pub const SIX: Self = Self(6);
    /// Ten, for HOTP tokens that need it. The truncated value has 31 bits: the first digit is 0, 1 or 2.
    pub const TEN: Self = Self(10);
    /// Steam's five symbols of `23456789BCDFGHJKMNPQRTVWXY`, for TOTP with SHA-1 and 30 seconds.
    pub const STEAM: Self = Self(5);

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

    /// The number of digits (5 for [`Digits::STEAM`]).
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }

    /// How many codes there are: ten to the power of the number of digits; 26⁵ of Steam's.
    const fn modulus(self) -> u64 {
        match self.0 {
            5 => 11_881_376,
            6 => 1_000_000,
            7 => 10_000_000,
            8 => 100_000_000,
            _ => 10_000_000_000,
        }
    }

    /// 2^64 divided by [`Self::modulus`], rounded up.
    const fn reciprocal(self) -> u64 {
        const fn of(digits: u8) -> u64 {
            match u64::MAX.checked_div(Digits(digits).modulus()) {
                Some(quotient) => quotient.wrapping_add(1),
                None => 0,
            }
        }
        match self.0 {
            5 => const { of(5) },
            6 => const { of(6) },
            7 => const { of(7) },
            8 => const { of(8) },
            _ => const { of(10) },
        }
    }

    /// Reads what a person typed: exactly this many ASCII digits (of Steam's symbols, in either case); ASCII spaces and
    /// hyphens are dropped.
    ///
    /// # Errors
    ///
    /// [`Error::OtpMalformed`].
    pub(crate) fn parse(self, text: &[u8]) -> Result<u64, Error> {
        // Room for ten digits and generous grouping; anything longer is refused before any work.
        if text.len() > 64 {
            return Err(Error::OtpMalformed);
        }
        let (mut value, mut count, mut weight) = (0_u64, 0_u8, 1_u64);
        for &byte in text {
            match byte {
                b' ' | b'-' => continue,
                _ if count == self.0 => return Err(Error::OtpMalformed),
                _ if self == Self::STEAM => {
                    let found = (0_u64..)
                        .zip(STEAM_ALPHABET)
                        .find(|(_, symbol)| byte.eq_ignore_ascii_case(symbol));
                    let (index, _) = found.ok_or(Error::OtpMalformed)?;
                    value = value.wrapping_add(index.wrapping_mul(weight));
                    weight = weight.wrapping_mul(26);
                }
                b'0'..=b'9' => {
                    value = value.wrapping_mul(10).wrapping_add(u64::from(byte.wrapping_sub(b'0')));
                }
                _ => return Err(Error::OtpMalformed),
            }
            count = count.saturating_add(1);
        }
        if count == self.0 { Ok(value) } else { Err(Error::OtpMalformed) }
    }
}

/// A code to be shown: its ASCII digits (or Steam's symbols), leading zeros included. Wiped on drop; `Debug` shows nothing.
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
    pub(crate) fn new(secret: &OtpSecret, algorithm: HashAlgorithm, digits: Digits) -> Self {
        Self { key: HmacKey::new(algorithm, secret.expose()), digits }
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

/// RFC 4226 §5.3: the 31 bits at the offset that the last byte's low half gives. Bit by bit of the offset, what it could point at is
/// halved: 19 bytes, 11, 7, 5, 4.
fn truncate(tag: &[u8]) -> u64 {
    let offset = u32::from(tag.last().copied().unwrap_or_default());
    let (words, _) = tag.as_chunks();
    let &[a, b, c, d, e, ..] = words else { return 0 };
    let [a, b, c, d, e] = [a, b, c, d, e].map(u32::from_be_bytes);
    let bit = mask(offset >> 3);
    let (a, b, c) = (select(bit, a, c), select(bit, b, d), select(bit, c, e));
    let bit = mask(offset >> 2);
    let (a, b) = (select(bit, a, b), select(bit, b, c));
    let bit = mask(offset >> 1);
    let (a, b) = (select(bit, a, (a << 16) | (b >> 16)), select(bit, b, b << 16));
    let word = select(mask(offset), a, (a << 8) | (b >> 24));
    u64::from(word & 0x7fff_ffff)
}

/// All ones if the lowest bit is set, else zero. No compiler may make a choice of it.
fn mask(number: u32) -> u32 {
    core::hint::black_box((number & 1).wrapping_neg())
}

/// `yes` where the mask is all ones, `no` where it is zero.
fn select(mask: u32, no: u32, yes: u32) -> u32 {
    no ^ ((no ^ yes) & mask)
}

/// `value mod 10^digits` of a value below 2^31, without a division.
fn reduce(value: u64, digits: Digits) -> u64 {
    // Where a product of 64 bits takes the same time for all operands; on a Cortex-M3, for one, it does not.
    if cfg!(any(target_arch = "x86_64", target_arch = "aarch64", target_family = "wasm")) {
        reduce_by_product(value, digits)
    } else {
        reduce_by_subtraction(value, digits)
    }
}

/// By the product with 2^64 / 10^digits, rounded up: its high half is the quotient. The rounding adds less than value·10^digits / 2^64, which
/// is too little to matter for up to eight digits; for ten, value and quotient are small enough.
fn reduce_by_product(value: u64, digits: Digits) -> u64 {
    let product = u128::from(value).wrapping_mul(u128::from(digits.reciprocal()));
    let quotient = high_half(product);
    value.wrapping_sub(quotient.wrapping_mul(digits.modulus()))
}

#[allow(clippy::as_conversions, reason = "`try_from` would branch on a secret")]
const fn high_half(product: u128) -> u64 {
    (product >> 64) as u64
}

/// By masked subtraction. 2^31 / 10^6 < 2^12: twelve doublings of the modulus suffice.
fn reduce_by_subtraction(mut value: u64, digits: Digits) -> u64 {
    for doublings in (0..12_u32).rev() {
        ct::subtract_if_possible(&mut value, digits.modulus() << doublings);
    }
    value
}

/// The decimal digits by masked subtraction.
fn render(mut value: u64, digits: Digits) -> Code {
    if digits == Digits::STEAM {
        return render_steam(value);
    }
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

/// Steam's symbols by masked subtraction, the highest power of 26 last. 26 < 2^5: five doublings a symbol suffice.
fn render_steam(mut value: u64) -> Code {
    let mut code = Code { digits: [0; 10], len: Digits::STEAM.get() };
    let mut power = 26_u64.pow(4);
    for slot in code.digits.iter_mut().rev().take(5) {
        let mut index = 0;
        for weight in (0..5_u32).rev() {
            index |= ct::subtract_if_possible(&mut value, power << weight) << weight;
        }
        [.., *slot] = index.to_be_bytes();
        power /= 26;
    }
    ct::declassify_bytes(&mut code.digits);
    for slot in &mut code.digits {
        *slot = STEAM_ALPHABET.get(usize::from(*slot)).copied().unwrap_or_default();
    }
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
    fn truncation_takes_the_word_at_the_offset() {
        for length in [20, 32, 64] {
            let mut tag: std::vec::Vec<u8> = (0..length).map(|i| (i * 151 + 97) as u8).collect();
            for last in 0..=255_u8 {
                *tag.last_mut().unwrap() = last;
                let offset = usize::from(last & 15);
                let word = u32::from_be_bytes(tag[offset..offset + 4].try_into().unwrap());
                assert_eq!(truncate(&tag), u64::from(word & 0x7fff_ffff));
            }
        }
    }

    #[test]
    fn masked_arithmetic_equals_division() {
        for digits in [Digits::SIX, Digits(7), Digits(8), Digits::TEN] {
            let modulus = digits.modulus();
            let mut value = 0x7fff_ffff_u64;
            while value > 0 {
                assert_eq!(reduce_by_product(value, digits), value % modulus);
                assert_eq!(reduce_by_subtraction(value, digits), value % modulus);
                let width = usize::from(digits.get());
                assert_eq!(
                    render(value % modulus, digits).expose(),
                    format!("{:0width$}", value % modulus)
                );
                value = value * 2 / 3;
            }
            let multiples = (0..2148).flat_map(|k| [k * modulus, (k * modulus).saturating_sub(1)]);
            for near in [0, 1, modulus - 1, modulus, modulus + 1].into_iter().chain(multiples) {
                let near = near & 0x7fff_ffff;
                assert_eq!(reduce_by_product(near, digits), near % modulus);
                assert_eq!(reduce_by_subtraction(near, digits), near % modulus);
            }
        }
    }

    #[test]
    fn steams_symbols_are_the_remainders_of_26() {
        let mut value = 0x7fff_ffff_u64;
        while value > 0 {
            let reduced = reduce_by_product(value, Digits::STEAM);
            assert_eq!(reduced, reduce_by_subtraction(value, Digits::STEAM));
            assert_eq!(reduced, value % 26_u64.pow(5));
            let mut left = reduced;
            let symbols: std::string::String = (0..5)
                .map(|_| {
                    let symbol = STEAM_ALPHABET[(left % 26) as usize];
                    left /= 26;
                    char::from(symbol)
                })
                .collect();
            assert_eq!(render(reduced, Digits::STEAM).expose(), symbols);
            assert_eq!(Digits::STEAM.parse(symbols.to_lowercase().as_bytes()), Ok(reduced));
            value = value * 2 / 3;
        }
        for bad in ["2345", "234567", "2345A", "23451", "2345\u{663}"] {
            assert_eq!(Digits::STEAM.parse(bad.as_bytes()), Err(Error::OtpMalformed), "{bad}");
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
