//! Hex, base64, base64url and base32 as RFC 4648 gives them: plain, slow, obvious.

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes from hex; spaces and line breaks are ignored. Panics on anything else: the text is ours.
pub(crate) fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .map(|c| u8::try_from(c.to_digit(16).expect("a hex digit")).expect("four bits"))
        .collect();
    assert!(digits.len().is_multiple_of(2), "whole bytes");
    digits.chunks_exact(2).map(|pair| (pair[0] << 4) | pair[1]).collect()
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE64URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The symbols of `bytes`, `bits` to a symbol, without padding.
fn symbols(bytes: &[u8], bits: usize, alphabet: &[u8]) -> String {
    let stream: Vec<u8> =
        bytes.iter().flat_map(|byte| (0..8).rev().map(move |i| (byte >> i) & 1)).collect();
    stream
        .chunks(bits)
        .map(|chunk| {
            let value =
                (0..bits).fold(0, |n, i| (n << 1) | usize::from(*chunk.get(i).unwrap_or(&0)));
            char::from(alphabet[value])
        })
        .collect()
}

fn padded(mut text: String, quantum: usize) -> String {
    while !text.len().is_multiple_of(quantum) {
        text.push('=');
    }
    text
}

/// Base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    padded(symbols(bytes, 6, BASE64), 4)
}

/// Base64url without padding.
pub(crate) fn base64url(bytes: &[u8]) -> String {
    symbols(bytes, 6, BASE64URL)
}

/// Base32 without padding.
pub(crate) fn base32(bytes: &[u8]) -> String {
    symbols(bytes, 5, BASE32)
}

/// Base32 with padding.
pub(crate) fn base32_padded(bytes: &[u8]) -> String {
    padded(base32(bytes), 8)
}

/// Bytes from unpadded base64url, if it is that.
pub(crate) fn from_base64url(text: &str) -> Option<Vec<u8>> {
    let mut stream = Vec::new();
    for symbol in text.bytes() {
        let value = BASE64URL.iter().position(|known| *known == symbol)?;
        stream.extend((0..6).rev().map(|i| (value >> i) & 1));
    }
    let bytes: Vec<u8> = stream
        .chunks_exact(8)
        .map(|bits| {
            bits.iter().fold(0, |byte, bit| (byte << 1) | u8::try_from(*bit).expect("a bit"))
        })
        .collect();
    (base64url(&bytes) == text).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_4648_section_10() {
        assert_eq!(base64(b"fooba"), "Zm9vYmE=");
        assert_eq!(base64url(&[0xfb, 0xff, 0xbf]), "-_-_");
        assert_eq!(base32_padded(b"foob"), "MZXW6YQ=");
        assert_eq!(base32(b"foobar"), "MZXW6YTBOI");
        assert_eq!(unhex("00 fF\n10"), [0, 0xff, 0x10]);
    }

    #[test]
    fn base64url_is_read_strictly() {
        for bytes in [&b""[..], b"f", b"fo", b"foo", b"\xfb\xff\xbf"] {
            assert_eq!(from_base64url(&base64url(bytes)).as_deref(), Some(bytes));
        }
        for text in ["Z", "Zh", "Zg==", "Z+8", "Zm 9"] {
            assert_eq!(from_base64url(text), None, "{text}");
        }
    }
}
