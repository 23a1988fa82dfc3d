//! Base32 for secrets: RFC 4648 §6, read leniently in form and strictly in content.
//!
//! Case, spaces, hyphens and padding are as people and services write them; lengths that no byte string has and non-zero
//! trailing bits are refused, so that one secret has one meaning. Leaks: the length, where separators and padding stand,
//! and whether the text is well formed; never a symbol's value: symbols are mapped by arithmetic, not by a table.

use crate::ct;
use crate::error::Error;
use crate::secret::OtpSecret;
use subtle::{Choice, ConstantTimeEq};

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

impl OtpSecret {
    /// Decodes a base32 secret: any case, with or without padding; spaces and hyphens are skipped. Then as
    /// [`OtpSecret::new`].
    ///
    /// # Errors
    ///
    /// [`Error::SecretMalformed`], [`Error::SecretTooShort`], [`Error::SecretTooLong`].
    ///
    /// # Leakage
    ///
    /// The length, where separators stand, and whether the text is well formed.
    pub fn from_base32(text: &str) -> Result<Self, Error> {
        Self::written_by(Self::MIN, |out| decode(text.as_bytes(), out))
    }

    /// As [`OtpSecret::from_base32`], for secrets of 1 byte and more: see [`OtpSecret::danger_legacy`].
    ///
    /// # Errors
    ///
    /// [`Error::SecretMalformed`], [`Error::SecretTooShort`], [`Error::SecretTooLong`].
    pub fn danger_legacy_from_base32(text: &str) -> Result<Self, Error> {
        Self::written_by(1, |out| decode(text.as_bytes(), out))
    }
}

/// Decodes `text` into the start of `out` and returns the number of bytes.
///
/// # Errors
///
/// [`Error::SecretMalformed`]; [`Error::SecretTooLong`] if `out` is too small. On an error `out` is zeroed.
///
/// # Leakage
///
/// The length, the layout, and whether the text is well formed.
pub fn decode(text: &[u8], out: &mut [u8]) -> Result<usize, Error> {
    let result = decode_inner(text, out);
    if result.is_err() {
        zeroize::Zeroize::zeroize(out);
    }
    result
}

fn decode_inner(text: &[u8], out: &mut [u8]) -> Result<usize, Error> {
    // 205 symbols carry the longest secret; the rest is room for separators. More is refused before any work.
    if text.len() > 1024 {
        return Err(Error::SecretTooLong);
    }
    let (mut accumulator, mut bits, mut symbols, mut padding) = (0_u16, 0_u32, 0_usize, 0_usize);
    let mut len = 0_usize;
    let mut valid = 1_u8;
    for &byte in text {
        // The layout is public.
        let separator = ct::same_byte(byte, b' ') | ct::same_byte(byte, b'-');
        let mut layout = [separator, ct::same_byte(byte, b'=')];
        ct::declassify_bytes(&mut layout);
        match layout {
            [0, 0] => {}
            [0, _] => {
                padding = padding.saturating_add(1);
                continue;
            }
            _ => continue,
        }
        if padding > 0 {
            return Err(Error::SecretMalformed);
        }
        let (value, known) = symbol_value(byte);
        valid &= known;
        accumulator = (accumulator << 5) | value;
        bits = bits.saturating_add(5);
        symbols = symbols.saturating_add(1);
        if let Some(left) = bits.checked_sub(8) {
            let [_, octet] = (accumulator >> left).to_be_bytes();
            *out.get_mut(len).ok_or(Error::SecretTooLong)? = octet;
            len = len.saturating_add(1);
            bits = left;
            accumulator &= low_bits(left);
        }
    }
    // What is left over must be zero: it belongs to no byte.
    let valid = Choice::from(valid) & accumulator.ct_eq(&0);
    let whole = matches!(symbols % 8, 0 | 2 | 4 | 5 | 7);
    let padded = padding == 0 || (symbols % 8 != 0 && (symbols % 8).saturating_add(padding) == 8);
    if whole && padded && ct::declassify(valid) { Ok(len) } else { Err(Error::SecretMalformed) }
}

const fn low_bits(n: u32) -> u16 {
    match n {
        0 => 0,
        1 => 0x1,
        2 => 0x3,
        3 => 0x7,
        _ => 0xf,
    }
}

/// The five bits of a symbol, and whether it is one.
fn symbol_value(byte: u8) -> (u16, u8) {
    let (value, known) =
        ct::value_and_bit(byte, &[(b'A', b'Z', 0), (b'a', b'z', 0), (b'2', b'7', 26)]);
    (u16::from(value), known)
}

/// The characters of the unpadded, upper-case form.
///
/// # Leakage
///
/// Writing a secret makes it public to whoever reads the text; nothing here is constant time.
pub fn encode(bytes: &[u8]) -> impl Iterator<Item = char> + '_ {
    bytes.chunks(5).flat_map(|chunk| {
        let mut block = [0_u8; 8];
        if let Some(part) = block.get_mut(3..).and_then(|tail| tail.get_mut(..chunk.len())) {
            part.copy_from_slice(chunk);
        }
        let word = u64::from_be_bytes(block);
        let symbols = match chunk.len() {
            1 => 2_u32,
            2 => 4,
            3 => 5,
            4 => 7,
            _ => 8,
        };
        (0..symbols).map(move |i| {
            let shift = 35_u32.saturating_sub(i.saturating_mul(5));
            let index = usize::try_from((word >> shift) & 31).unwrap_or_default();
            char::from(ALPHABET.get(index).copied().unwrap_or_default())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Result<std::vec::Vec<u8>, Error> {
        let mut out = [0; 128];
        decode(text.as_bytes(), &mut out).map(|n| out[..n].to_vec())
    }

    #[test]
    fn rfc4648_section_10_round_trips() {
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(encode(bytes.as_bytes()).collect::<std::string::String>(), text);
            assert_eq!(decoded(text).unwrap(), bytes.as_bytes());
        }
    }

    #[test]
    fn every_byte_value_is_a_symbol_a_separator_or_refused() {
        for byte in 0..=255_u8 {
            let expected = match byte {
                b'A'..=b'Z' => Some(byte - b'A'),
                b'a'..=b'z' => Some(byte - b'a'),
                b'2'..=b'7' => Some(byte - b'2' + 26),
                _ => None,
            };
            let (value, known) = symbol_value(byte);
            assert_eq!(
                ct::declassify(known.into()).then_some(value),
                expected.map(u16::from),
                "{byte}"
            );
        }
    }

    #[test]
    fn form_is_lenient_and_content_strict() {
        for text in ["mzxw6ytboi", "MZXW 6YTB-OI", "MZXW6YTBOI======", "MZXW6YTB OI======"] {
            assert_eq!(decoded(text).unwrap(), b"foobar", "{text}");
        }
        for text in [
            "M",
            "MZX",
            "MZXW6Y",
            "MZ",
            "MY=====",
            "MY======MY======",
            "MZXW60TB",
            "MZXW6YTB\u{130}",
            "=",
            "========",
            "MZXW6YTB========",
            "MY=A",
        ] {
            assert_eq!(decoded(text), Err(Error::SecretMalformed), "{text}");
        }
    }
}
