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
    let mut written = out.iter_mut();
    for chunk in text.chunks(4) {
        let mut word = 0_u32;
        for &byte in chunk {
            word = (word << 6) | u32::from(symbol_value(byte).ok_or(Error::Base64urlMalformed)?);
        }
        // 4 symbols carry 3 bytes, 3 carry 2, 2 carry 1; the rest of the word must be zero.
        let (used, spare) = match chunk.len() {
            4 => (3, 0),
            3 => (2, 2),
            _ => (1, 4),
        };
        if word & !(u32::MAX << spare) != 0 {
            return Err(Error::Base64urlMalformed);
        }
        let bytes = (word
            << (8_u32.saturating_mul(4_u32.saturating_sub(used)).saturating_sub(spare)))
        .to_be_bytes();
        for (byte, slot) in
            bytes.into_iter().zip(written.by_ref().take(usize::try_from(used).unwrap_or_default()))
        {
            *slot = byte;
        }
    }
    Ok(out)
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

/// The symbols of the canonical text.
pub fn encode(bytes: &[u8]) -> impl Iterator<Item = u8> + '_ {
    bytes.chunks(3).flat_map(|chunk| {
        let word = match *chunk {
            [a, b, c] => u32::from_be_bytes([a, b, c, 0]),
            [a, b] => u32::from_be_bytes([a, b, 0, 0]),
            [a] => u32::from_be_bytes([a, 0, 0, 0]),
            _ => 0,
        };
        let symbols = u32::try_from(chunk.len()).unwrap_or_default().saturating_add(1);
        (0..symbols).map(move |i| {
            let index = usize::try_from((word >> 26_u32.saturating_sub(i.saturating_mul(6))) & 63)
                .unwrap_or_default();
            ALPHABET.get(index).copied().unwrap_or_default()
        })
    })
}

const fn symbol_value(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte.wrapping_sub(b'A'),
        b'a'..=b'z' => byte.wrapping_sub(b'a').wrapping_add(26),
        b'0'..=b'9' => byte.wrapping_sub(b'0').wrapping_add(52),
        b'-' => 62,
        b'_' => 63,
        _ => return None,
    })
}

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
