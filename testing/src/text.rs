//! Hex and unpadded base64url (RFC 4648 §5): plain, slow, obvious.

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes from hex; spaces and line breaks are ignored.
///
/// # Panics
///
/// On anything else: the text is a test's own.
#[must_use]
pub fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .map(|c| u8::try_from(c.to_digit(16).expect("a hex digit")).expect("four bits"))
        .collect();
    assert!(digits.len().is_multiple_of(2), "whole bytes");
    digits.chunks_exact(2).map(|pair| (pair[0] << 4) | pair[1]).collect()
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Base64url without padding.
#[must_use]
pub fn base64url(bytes: &[u8]) -> String {
    bytes
        .chunks(3)
        .flat_map(|chunk| {
            let group = (0..3).fold(0, |n, i| (n << 8) | usize::from(*chunk.get(i).unwrap_or(&0)));
            // A group of n bytes has n + 1 symbols.
            (0..=chunk.len()).map(move |i| char::from(ALPHABET[(group >> (18 - 6 * i)) & 63]))
        })
        .collect()
}

/// Bytes from unpadded base64url; `None` unless the text is exactly what [`base64url`] writes for them.
#[must_use]
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0_u32);
    for symbol in text.bytes() {
        let value = ALPHABET.iter().position(|known| *known == symbol)?;
        bits = (bits << 6 | u32::try_from(value).ok()?) & 0xffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).ok()?);
        }
    }
    (base64url(&bytes) == text).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_4648_section_10() {
        let rows = [("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("", "")];
        for (plain, encoded) in rows {
            assert_eq!(base64url(plain.as_bytes()), encoded);
            assert_eq!(from_base64url(encoded).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!(base64url(&[0xfb, 0xff, 0xbf]), "-_-_");
        assert_eq!(unhex("00 fF\n10"), [0, 0xff, 0x10]);
        assert_eq!(hex(&[0, 0xff, 0x10]), "00ff10");
    }

    #[test]
    fn base64url_is_read_strictly() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(from_base64url(&base64url(&all)).as_deref(), Some(&all[..]));
        for text in ["Z", "Zh", "Zg==", "Z+8", "Zm 9", "\u{e9}"] {
            assert_eq!(from_base64url(text), None, "{text}");
        }
    }
}
