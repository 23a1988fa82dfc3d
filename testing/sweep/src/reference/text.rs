//! Text forms of bytes, by data-encoding.

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};

/// Unpadded base64url.
pub(crate) fn base64url(text: &[u8]) -> Result<Vec<u8>, String> {
    BASE64URL_NOPAD.decode(text).map_err(|error| format!("not base64url: {error}"))
}

/// Base32 as people write it: any case, spaces and hyphens anywhere, padding whole or not at all.
pub(crate) fn base32(text: &[u8]) -> Result<Vec<u8>, String> {
    let symbols: Vec<u8> = text
        .iter()
        .filter(|byte| !matches!(byte, b' ' | b'-'))
        .map(u8::to_ascii_uppercase)
        .collect();
    let end = symbols.iter().position(|byte| *byte == b'=').unwrap_or(symbols.len());
    let (symbols, padding) = symbols.split_at(end);
    if !padding.is_empty() {
        let whole = (symbols.len() + padding.len()) % 8 == 0 && padding.len() < 8;
        if !whole || padding.iter().any(|byte| *byte != b'=') {
            return Err("not base32: padding".to_owned());
        }
    }
    BASE32_NOPAD.decode(symbols).map_err(|error| format!("not base32: {error}"))
}
