//! Crockford's base32 for codes that people type, with a check symbol over GF(32).
//!
//! <https://www.crockford.com/base32.html> for the symbols; the check symbol is our own: the code is read as a polynomial
//! over GF(2)[x]/(x⁵ + x² + 1) and must vanish at the generator x. Weights of up to 31 positions differ and are not zero,
//! so every single substitution and every swap of two symbols is noticed. Leaks: the length, where separators stand, and
//! whether the text is well formed; never a symbol's value: symbols are mapped by arithmetic, not by a table.

use crate::ct;
use crate::error::Error;
use subtle::{Choice, ConstantTimeEq};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Characters that people and word processors put between groups: space, hyphen, no-break space, the two Unicode
/// hyphens, the en dash.
const SEPARATORS: [&[u8]; 6] =
    [b" ", b"-", b"\xc2\xa0", b"\xe2\x80\x90", b"\xe2\x80\x91", b"\xe2\x80\x93"];

/// The most bytes of a text that are looked at: 26 symbols with three bytes of separator after each.
const MAX_TEXT: usize = 128;

/// Reads `N` symbols, the last of which checks the others. Any case; separators are skipped; O is 0, I and L are 1.
///
/// # Errors
///
/// [`Error::RecoveryCodeMalformed`].
///
/// # Leakage
///
/// The length, where separators stand, and whether the text is well formed.
pub(crate) fn decode<const N: usize>(text: &[u8]) -> Result<zeroize::Zeroizing<[u8; N]>, Error> {
    const MALFORMED: Error = Error::RecoveryCodeMalformed;
    if text.len() > MAX_TEXT {
        return Err(MALFORMED);
    }
    let mut symbols = zeroize::Zeroizing::new([0; N]);
    let mut slots = symbols.iter_mut();
    let mut valid = Choice::from(1);
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        if let Some(separated) = skip_separator(rest) {
            rest = separated;
            continue;
        }
        let (value, known) = symbol_value(byte);
        *slots.next().ok_or(MALFORMED)? = value;
        valid &= known;
        rest = after;
    }
    let whole = slots.next().is_none();
    valid &= remainder(symbols.as_slice()).ct_eq(&0);
    if whole && ct::declassify(valid) { Ok(symbols) } else { Err(MALFORMED) }
}

/// The symbol that makes `symbols` and itself a code.
pub(crate) fn check_symbol(symbols: &[u8]) -> u8 {
    times_x(remainder(symbols))
}

/// A symbol's character. The symbol is public from here on.
pub(crate) fn character(symbol: u8) -> u8 {
    let mut public = [symbol & 31];
    ct::declassify_bytes(&mut public);
    let [index] = public;
    ALPHABET.get(usize::from(index)).copied().unwrap_or_default()
}

fn skip_separator(rest: &[u8]) -> Option<&[u8]> {
    SEPARATORS.iter().find_map(|separator| {
        let (start, after) = rest.split_at_checked(separator.len())?;
        ct::declassify(start.ct_eq(separator)).then_some(after)
    })
}

/// The five bits of a symbol, and whether it is one. There is no U: it could be taken for a V.
fn symbol_value(byte: u8) -> (u8, Choice) {
    ct::value_in_ranges(
        byte,
        &[
            (b'0', b'9', 0),
            (b'A', b'H', 10),
            (b'I', b'I', 1),
            (b'J', b'K', 18),
            (b'L', b'L', 1),
            (b'M', b'N', 20),
            (b'O', b'O', 0),
            (b'P', b'T', 22),
            (b'V', b'Z', 27),
            (b'a', b'h', 10),
            (b'i', b'i', 1),
            (b'j', b'k', 18),
            (b'l', b'l', 1),
            (b'm', b'n', 20),
            (b'o', b'o', 0),
            (b'p', b't', 22),
            (b'v', b'z', 27),
        ],
    )
}

/// The polynomial of the symbols, the last being the constant, at x: Horner's rule.
fn remainder(symbols: &[u8]) -> u8 {
    symbols.iter().fold(0, |sum, &symbol| times_x(sum) ^ symbol)
}

/// Multiplies by x in GF(2)[x]/(x⁵ + x² + 1): what passes x⁴ comes back as x² + 1.
fn times_x(element: u8) -> u8 {
    ((element << 1) & 31) ^ (0b101 & ((element >> 4) & 1).wrapping_neg())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(symbols: &[u8]) -> std::vec::Vec<u8> {
        symbols.iter().map(|&s| character(s)).collect()
    }

    fn code(seed: u8) -> [u8; 26] {
        let mut symbols: [u8; 26] =
            core::array::from_fn(|i| (seed.wrapping_mul(29) ^ (i as u8).wrapping_mul(11)) & 31);
        symbols[25] = check_symbol(&symbols[..25]);
        symbols
    }

    #[test]
    fn every_byte_is_a_symbol_or_refused() {
        for byte in 0..=255_u8 {
            let upper = match byte.to_ascii_uppercase() {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                other => other,
            };
            let expected = ALPHABET.iter().position(|&s| s == upper).map(|i| i as u8);
            let (value, known) = symbol_value(byte);
            assert_eq!(ct::declassify(known).then_some(value), expected, "{byte}");
        }
    }

    #[test]
    fn x_generates_the_field() {
        let mut element = 1;
        for power in 1..31 {
            element = times_x(element);
            assert_ne!(element, 1, "{power}");
        }
        assert_eq!(times_x(element), 1);
    }

    #[test]
    fn every_substitution_and_every_swap_is_noticed() {
        for seed in 0..32 {
            let good = code(seed);
            assert_eq!(decode::<26>(&text(&good)).map(|s| *s), Ok(good));
            for position in 0..26 {
                for symbol in (0..32).filter(|&symbol| symbol != good[position]) {
                    let mut wrong = good;
                    wrong[position] = symbol;
                    assert!(decode::<26>(&text(&wrong)).is_err(), "{position} {symbol}");
                }
                for other in (0..position).filter(|&other| good[other] != good[position]) {
                    let mut wrong = good;
                    wrong.swap(position, other);
                    assert!(decode::<26>(&text(&wrong)).is_err(), "{position} {other}");
                }
            }
        }
    }

    #[test]
    fn form_is_lenient_and_content_strict() {
        let good = code(7);
        let plain = std::string::String::from_utf8(text(&good)).unwrap();
        let spread: std::string::String = plain.chars().flat_map(|c| [c, '\u{2013}']).collect();
        let written = plain.replace('0', "o").replace('1', "l");
        for form in [&plain, &plain.to_lowercase(), &spread, &written, &std::format!(" {plain}- ")]
        {
            assert_eq!(decode::<26>(form.as_bytes()).map(|s| *s), Ok(good), "{form}");
        }
        let long = std::format!("{plain}{}", " ".repeat(103));
        for form in ["", &plain[1..], &std::format!("{plain}0"), &std::format!("{plain}\n"), &long]
        {
            assert_eq!(decode::<26>(form.as_bytes()).err(), Some(Error::RecoveryCodeMalformed));
        }
        assert!(decode::<26>(&[plain.as_bytes(), &[b' '; 102][..]].concat()).is_ok());
        assert!(decode::<26>(&[plain.as_bytes(), b"\xe2\x80"].concat()).is_err());
    }
}
