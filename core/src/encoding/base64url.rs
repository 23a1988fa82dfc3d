//! Unpadded base64url: RFC 4648 §5, in its one canonical form.
//!
//! Invariant: one byte string has one text; padding, the other alphabet, white space and non-zero trailing bits are
//! refused. Leaks: everything; no secret is handled here.

use crate::error::Error;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Decodes `text` into the start of `out` and returns the decoded part.
///
/// # Errors
///
/// [`Error::Base64urlMalformed`]; [`Error::InputTooLarge`] if `out` is too small.
///
/// # Examples
///
/// ```
/// use mfakit_core::encoding::base64url;
/// let mut out = [0; 8];
/// assert_eq!(base64url::decode(b"Zm9v", &mut out)?, b"foo");
/// assert!(base64url::decode(b"Zg==", &mut out).is_err());
/// # Ok::<(), mfakit_core::Error>(())
/// ```
pub fn decode<'o>(text: &[u8], out: &'o mut [u8]) -> Result<&'o [u8], Error> {
    let len = decoded_len(text.len()).ok_or(Error::Base64urlMalformed)?;
    let out = out.get_mut(..len).ok_or(Error::InputTooLarge)?;
    let (groups, tail) = text.as_chunks::<4>();
    let (triples, rest) = out.as_chunks_mut::<3>();
    // Every value that was seen: what is no symbol leaves a bit that no value has.
    let mut seen = 0;
    for (group, triple) in groups.iter().zip(triples) {
        let [_, bytes @ ..] = join(*group, &mut seen).to_be_bytes();
        *triple = bytes;
    }
    // 3 symbols carry 2 bytes, 2 carry 1; the rest of the word must be zero.
    let mut last = [b'A'; 4];
    for (slot, symbol) in last.iter_mut().zip(tail) {
        *slot = *symbol;
    }
    let [_, first, second, third] = join(last, &mut seen).to_be_bytes();
    let spare = match rest {
        [slot] => {
            *slot = first;
            second | third
        }
        [slot, next] => {
            (*slot, *next) = (first, second);
            third
        }
        _ => 0,
    };
    if seen & NO_VALUE != 0 || spare != 0 { Err(Error::Base64urlMalformed) } else { Ok(out) }
}

/// The 24 bits that four symbols carry.
fn join(symbols: [u8; 4], seen: &mut u8) -> u32 {
    symbols.into_iter().fold(0, |word, symbol| {
        let value = VALUES.get(usize::from(symbol)).copied().unwrap_or(NO_VALUE);
        *seen |= value;
        (word << 6) | u32::from(value & 63)
    })
}

/// The number of bytes that `symbols` symbols carry, or `None` for a length that no byte string has.
#[must_use]
pub fn decoded_len(symbols: usize) -> Option<usize> {
    let tail = match symbols % 4 {
        0 => 0,
        2 => 1,
        3 => 2,
        _ => return None,
    };
    Some((symbols / 4).saturating_mul(3).saturating_add(tail))
}

/// The number of symbols of the canonical text of so many bytes.
#[must_use]
pub fn encoded_len(bytes: usize) -> usize {
    let tail = if bytes.is_multiple_of(3) { 0 } else { (bytes % 3).saturating_add(1) };
    (bytes / 3).saturating_mul(4).saturating_add(tail)
}

/// Encodes `bytes` into the start of `out` and returns the text.
///
/// # Errors
///
/// [`Error::InputTooLarge`] if `out` is smaller than [`encoded_len`].
pub fn encode_into<'o>(bytes: &[u8], out: &'o mut [u8]) -> Result<&'o [u8], Error> {
    let out = out.get_mut(..encoded_len(bytes.len())).ok_or(Error::InputTooLarge)?;
    for (group, chunk) in out.chunks_mut(4).zip(bytes.chunks(3)) {
        for (slot, symbol) in group.iter_mut().zip(symbols(chunk)) {
            *slot = symbol;
        }
    }
    Ok(out)
}

/// The symbols of the canonical text.
pub fn encode(bytes: &[u8]) -> impl Iterator<Item = u8> + '_ {
    bytes.chunks(3).flat_map(|chunk| symbols(chunk).into_iter().take(chunk.len().saturating_add(1)))
}

/// Whether `text` is the canonical text of `bytes`.
#[must_use]
pub fn is_text_of(text: &[u8], bytes: &[u8]) -> bool {
    text.len() == encoded_len(bytes.len())
        && text
            .chunks(4)
            .zip(bytes.chunks(3))
            .all(|(group, chunk)| symbols(chunk).starts_with(group))
}

/// The symbols of up to three bytes; those of fewer begin with as many and one more.
fn symbols(chunk: &[u8]) -> [u8; 4] {
    let word = match *chunk {
        [a, b, c] => u32::from_be_bytes([0, a, b, c]),
        [a, b] => u32::from_be_bytes([0, a, b, 0]),
        [a] => u32::from_be_bytes([0, a, 0, 0]),
        _ => 0,
    };
    [18, 12, 6, 0].map(|shift| {
        let index = usize::try_from((word >> shift) & 63).unwrap_or_default();
        ALPHABET.get(index).copied().unwrap_or_default()
    })
}

/// What a byte that is no symbol has in place of a value.
const NO_VALUE: u8 = 0x80;
/// The value of each byte as a symbol.
const VALUES: [u8; 256] = {
    let (mut values, mut value) = ([NO_VALUE; 256], 0_u8);
    #[allow(
        clippy::indexing_slicing,
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        reason = "the compiler runs it, and stops at what is out of bounds"
    )]
    while value < 64 {
        values[ALPHABET[value as usize] as usize] = value;
        value += 1;
    }
    values
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trips_and_is_canonical() {
        let mut out = [0; 64];
        for len in 0..40_u8 {
            let bytes: std::vec::Vec<u8> = (0..len).map(|i| i.wrapping_mul(37) ^ len).collect();
            let text: std::vec::Vec<u8> = encode(&bytes).collect();
            assert_eq!(decode(&text, &mut out).unwrap(), bytes);
            assert_eq!(encode_into(&bytes, &mut out).unwrap(), text);
            assert_eq!(encode_into(&bytes, &mut out[..encoded_len(bytes.len())]).unwrap(), text);
            assert!(is_text_of(&text, &bytes));
            for index in 0..text.len() {
                let mut other = text.clone();
                other[index] ^= 1;
                assert!(!is_text_of(&other, &bytes) && !is_text_of(&text[..index], &bytes));
                let short = encode_into(&bytes, &mut out[..index]);
                assert_eq!(short, Err(Error::InputTooLarge));
            }
        }
        for bad in ["Zg==", "+/+/", "Zh", "Z", "Zm9v\nYg", "Zm9v Yg", "Zm9vYh", "\u{30}\u{660}"] {
            assert_eq!(decode(bad.as_bytes(), &mut out), Err(Error::Base64urlMalformed), "{bad}");
        }
    }

    #[test]
    fn of_all_two_symbol_texts_exactly_256_decode() {
        let mut out = [0; 4];
        let count = (0..=u16::MAX).filter(|n| decode(&n.to_be_bytes(), &mut out).is_ok()).count();
        assert_eq!(count, 256);
    }
}
