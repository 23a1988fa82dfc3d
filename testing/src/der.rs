//! The little DER that a signature needs (WebAuthn Level 3 §6.5.5): written, never read.

/// An INTEGER from its content, whatever that is. At most 127 bytes.
///
/// # Panics
///
/// If the content is longer.
#[must_use]
pub fn integer(content: &[u8]) -> Vec<u8> {
    [&[0x02, short(content)][..], content].concat()
}

/// The content of a positive INTEGER: no leading zeros but the one that keeps the sign.
#[must_use]
pub fn positive(number: &[u8]) -> Vec<u8> {
    let first = number.iter().position(|b| *b != 0).unwrap_or(number.len() - 1);
    let digits = &number[first..];
    if digits[0] >= 0x80 { [&[0][..], digits].concat() } else { digits.to_vec() }
}

/// A SEQUENCE from its content. At most 127 bytes.
///
/// # Panics
///
/// If the content is longer.
#[must_use]
pub fn sequence(content: &[u8]) -> Vec<u8> {
    [&[0x30, short(content)][..], content].concat()
}

/// `Ecdsa-Sig-Value` from r and s, big-endian.
#[must_use]
pub fn signature(r: &[u8], s: &[u8]) -> Vec<u8> {
    sequence(&[integer(&positive(r)), integer(&positive(s))].concat())
}

fn short(content: &[u8]) -> u8 {
    assert!(content.len() < 128, "a length in one byte");
    u8::try_from(content.len()).expect("below 128")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{hex, unhex};

    /// The example of WebAuthn Level 3 §6.5.5: r takes a leading 00, s is 30 bytes long.
    #[test]
    fn the_example_of_the_specification() {
        let r = unhex("89909504e14f1e29dba8158fa7c387e888ffbe07d824bb2143205506ab159c3e");
        let s = unhex("000056554fb5819b12845e85be2f78371cf3cb95e387f451cb362b9478d183d2");
        let expected = "3043\
            02210089909504e14f1e29dba8158fa7c387e888ffbe07d824bb2143205506ab159c3e\
            021e56554fb5819b12845e85be2f78371cf3cb95e387f451cb362b9478d183d2";
        assert_eq!(hex(&signature(&r, &s)), expected);
        assert_eq!(signature(&[0], &[0x80]), [0x30, 7, 2, 1, 0, 2, 2, 0, 0x80]);
    }
}
