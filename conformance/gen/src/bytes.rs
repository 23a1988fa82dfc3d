//! Hex, base64, base64url and base32 as RFC 4648 gives them: plain, slow, obvious.

pub(crate) use mfakit_testing::text::{base64url, from_base64url, hex, unhex};

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
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

/// Base32 without padding.
pub(crate) fn base32(bytes: &[u8]) -> String {
    symbols(bytes, 5, BASE32)
}

/// Base32 with padding.
pub(crate) fn base32_padded(bytes: &[u8]) -> String {
    padded(base32(bytes), 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_4648_section_10() {
        assert_eq!(base64(b"fooba"), "Zm9vYmE=");
        assert_eq!(base32_padded(b"foob"), "MZXW6YQ=");
        assert_eq!(base32(b"foobar"), "MZXW6YTBOI");
    }
}
