//! Base32 for secrets: RFC 4648 §6, read leniently in form and strictly in content.
//!
//! Case, spaces, hyphens and padding are as people and services write them; lengths that no byte string has and non-zero
//! trailing bits are refused, so that one secret has one meaning. Leaks: the length, where separators and padding stand,
//! and whether the text is well formed; never a symbol's value: eight symbols at once are mapped by arithmetic, not by a table.

use crate::ct;
use crate::error::Error;
use crate::secret::OtpSecret;
use subtle::ConstantTimeEq;

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
    let (mut decoded, mut padding) = (Decoded { out, len: 0, known: LANES_HIGH }, 0_usize);
    let (mut block, mut held) = (0_u64, 0_usize);
    for chunk in text.chunks(8) {
        if let (&[a, b, c, d, e, f, g, h], 0, 0) = (chunk, held, padding) {
            let whole = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
            if !has_layout(whole) {
                decoded.push(whole)?;
                continue;
            }
        }
        for &byte in chunk {
            // The layout is public.
            let separator = ct::same_byte(byte, b' ') | ct::same_byte(byte, b'-');
            let mut layout = [separator, ct::same_byte(byte, b'=')];
            ct::declassify_bytes(&mut layout);
            match layout {
                [0, 0] if padding > 0 => return Err(Error::SecretMalformed),
                [0, 0] => {
                    block = (block << 8) | u64::from(byte);
                    held = held.wrapping_add(1);
                }
                [0, _] => padding = padding.saturating_add(1),
                _ => {}
            }
            if held == 8 {
                decoded.push(block)?;
                (block, held) = (0, 0);
            }
        }
    }
    // Of the last symbols so many bytes are whole; a symbol alone, three and six are what no byte string has.
    let whole = match held {
        0 => 0,
        2 => 1,
        4 => 2,
        5 => 3,
        7 => 4,
        _ => return Err(Error::SecretMalformed),
    };
    if padding > 0 && (held == 0 || held.saturating_add(padding) != 8) {
        return Err(Error::SecretMalformed);
    }
    for _ in held..8 {
        block = (block << 8) | u64::from(b'A');
    }
    decoded.end(block, whole)
}

/// What was decoded so far.
struct Decoded<'a> {
    out: &'a mut [u8],
    len: usize,
    /// The highest bit of each lane as long as every byte there was a symbol. Secret.
    known: u64,
}

impl Decoded<'_> {
    /// Takes eight symbols, the first in the highest byte.
    fn push(&mut self, block: u64) -> Result<(), Error> {
        let bytes = self.bytes(block);
        let place = self.out.get_mut(self.len..).and_then(<[u8]>::first_chunk_mut);
        *place.ok_or(Error::SecretTooLong)? = bytes;
        self.len = self.len.saturating_add(5);
        Ok(())
    }

    /// Takes the last symbols, of which so many bytes are kept. The rest must be zero: it belongs to no byte.
    fn end(mut self, block: u64, kept: usize) -> Result<usize, Error> {
        let bytes = self.bytes(block);
        let (whole, rest) = bytes.split_at_checked(kept).unwrap_or_default();
        let end = self.len.saturating_add(kept);
        let place = self.out.get_mut(self.len..end).ok_or(Error::SecretTooLong)?;
        place.iter_mut().zip(whole).for_each(|(place, byte)| *place = *byte);
        let left = rest.iter().fold(0, |all, byte| all | *byte);
        if ct::declassify(self.known.ct_eq(&LANES_HIGH) & left.ct_eq(&0)) {
            Ok(end)
        } else {
            Err(Error::SecretMalformed)
        }
    }

    fn bytes(&mut self, block: u64) -> [u8; 5] {
        let (values, known) = symbol_values(block);
        self.known &= known;
        let [_, _, _, bytes @ ..] = joined(values).to_be_bytes();
        bytes
    }
}

// Eight bytes are worked on at once, each in a lane of its own. A lane's highest bit says yes or no, and no sum below carries
// into the next lane.

/// The same byte in every lane.
const fn lanes(byte: u8) -> u64 {
    u64::from_be_bytes([byte; 8])
}

const LANES_HIGH: u64 = lanes(0x80);

/// Whether one of eight bytes is a space, a hyphen or padding, which is public.
fn has_layout(block: u64) -> bool {
    let others = [b' ', b'-', b'='].iter().fold(LANES_HIGH, |others, byte| {
        let difference = block ^ lanes(*byte);
        others & (difference | (difference & !LANES_HIGH).wrapping_add(!LANES_HIGH))
    });
    // Of zero alone neither it nor its negative has the highest bit.
    let found = others ^ LANES_HIGH;
    let [high, ..] = (found | found.wrapping_neg()).to_be_bytes();
    let mut layout = [core::hint::black_box(high >> 7)];
    ct::declassify_bytes(&mut layout);
    layout != [0]
}

/// The five bits of each of eight symbols, and the highest bit of each lane where there is a symbol.
fn symbol_values(block: u64) -> (u64, u64) {
    let seven = block & !LANES_HIGH;
    let from = |bytes: u64, low: u8| bytes.wrapping_add(lanes(0x80_u8.wrapping_sub(low)));
    let lower = seven | lanes(0x20);
    let letters = from(lower, b'a') & !from(lower, b'{') & LANES_HIGH;
    let digits = from(seven, b'2') & !from(seven, b'8') & LANES_HIGH;
    // Both have their value in the lowest five bits, from 1 and from 18.
    let low = block & lanes(0x1f);
    let values = low.wrapping_add(digits >> 4).wrapping_sub(letters >> 7);
    (values, (letters | digits) & !block)
}

/// Eight times five bits, one after the other.
fn joined(values: u64) -> u64 {
    let tens = (values & 0x001f_001f_001f_001f) | ((values & 0x1f00_1f00_1f00_1f00) >> 3);
    let twenties = (tens & 0x03ff_0000_03ff) | ((tens & 0x03ff_0000_03ff_0000) >> 6);
    (twenties & 0xf_ffff) | ((twenties >> 12) & 0xff_fff0_0000)
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
            for lane in 0..8 {
                let mut block = *b"A7zAQ2bY";
                block[lane] = byte;
                let (values, known) = symbol_values(u64::from_be_bytes(block));
                let mut here = LANES_HIGH.to_be_bytes();
                here[lane] = if expected.is_some() { 0x80 } else { 0 };
                assert_eq!(known.to_be_bytes(), here, "{byte}");
                if let Some(value) = expected {
                    let mut expected = [0, 31, 25, 0, 16, 26, 1, 24];
                    expected[lane] = value;
                    assert_eq!(values.to_be_bytes(), expected, "{byte}");
                }
                let layout = matches!(byte, b' ' | b'-' | b'=');
                assert_eq!(has_layout(u64::from_be_bytes(block)), layout, "{byte}");
            }
        }
    }

    /// The same with one symbol after the other, as RFC 4648 section 6 says it.
    fn by_the_symbol(text: &str) -> Result<std::vec::Vec<u8>, Error> {
        let bits: std::string::String = text
            .bytes()
            .map(|symbol| ALPHABET.iter().position(|known| known.eq_ignore_ascii_case(&symbol)))
            .map(|value| value.map(|value| std::format!("{value:05b}")))
            .collect::<Option<_>>()
            .ok_or(Error::SecretMalformed)?;
        let (whole, rest) = bits.split_at(bits.len() / 8 * 8);
        if rest.len() >= 5 || rest.contains('1') {
            return Err(Error::SecretMalformed);
        }
        let byte = |at: usize| u8::from_str_radix(&whole[at..at + 8], 2).unwrap();
        Ok((0..whole.len()).step_by(8).map(byte).collect())
    }

    #[test]
    fn wherever_separators_stand_the_bytes_are_the_same() {
        let symbols = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQabcdefghijklmnopqrstuvwxyz234567";
        for length in 0..=symbols.len() {
            let text = &symbols[..length];
            // The last symbol's bits that belong to no byte are zero.
            for last in ["", "A", "Q", "E", "I", "4", "1", "\u{e1}"] {
                let text = std::format!("{text}{last}");
                let expected = by_the_symbol(&text);
                assert_eq!(decoded(&text), expected, "{text}");
                let padding = "=".repeat(text.len().next_multiple_of(8).saturating_sub(text.len()));
                assert_eq!(decoded(&std::format!("{text}{padding}")), expected, "{text}");
                for every in 1..10 {
                    let mut spaced = std::string::String::new();
                    for (at, symbol) in text.chars().enumerate() {
                        spaced.push_str(if at % every == every - 1 { " " } else { "" });
                        spaced.push(symbol);
                    }
                    assert_eq!(decoded(&spaced), expected, "{spaced}");
                    assert_eq!(decoded(&spaced.replace(' ', "--")), expected, "{spaced}");
                }
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_too_long() {
        for length in 0..40 {
            let text = encode(&[0x5a; 40][..length]).collect::<std::string::String>();
            for room in 0..40 {
                let mut out = [1; 40];
                let decoded = decode(text.as_bytes(), &mut out[..room]);
                let expected = if length <= room { Ok(length) } else { Err(Error::SecretTooLong) };
                assert_eq!(decoded, expected, "{length} in {room}");
                if length > room {
                    assert_eq!(out[..room], [0; 40][..room]);
                }
                assert!(out[room..].iter().all(|byte| *byte == 1));
            }
        }
        let mut out = [0; 128];
        assert_eq!(decode(&[b' '; 1024], &mut out), Ok(0));
        assert_eq!(decode(&[b' '; 1025], &mut out), Err(Error::SecretTooLong));
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
