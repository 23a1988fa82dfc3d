//! Percent-encoded text of URIs: RFC 3986 §2.1.
//!
//! Invariant: total over any text, one walk. Leaks: where escapes stand and whether each is well formed.

/// The first byte that percent-encoded text stands for (`None` for an escape without two hexadecimal digits), and the rest.
pub(crate) fn split_byte(raw: &[u8]) -> Option<(Option<u8>, &[u8])> {
    let hex = |digit: &u8| char::from(*digit).to_digit(16).and_then(|n| u8::try_from(n).ok());
    match raw {
        [] => None,
        [b'%', high, low, rest @ ..] => {
            Some((hex(high).zip(hex(low)).map(|(high, low)| (high << 4) | low), rest))
        }
        [b'%', ..] => Some((None, &[])),
        [byte, rest @ ..] => Some((Some(*byte), rest)),
    }
}

/// The bytes that percent-encoded text stands for; `None` for an escape without two hexadecimal digits.
///
/// # Examples
///
/// ```
/// use mfakit_core::encoding::percent;
/// let decoded: Option<Vec<u8>> = percent::bytes("a%2Bb").collect();
/// assert_eq!(decoded.as_deref(), Some(&b"a+b"[..]));
/// assert_eq!(percent::bytes("%2").next(), Some(None));
/// ```
pub fn bytes(raw: &str) -> impl Iterator<Item = Option<u8>> + '_ {
    let mut rest = raw.as_bytes();
    core::iter::from_fn(move || {
        let (byte, after) = split_byte(rest)?;
        rest = after;
        Some(byte)
    })
}
