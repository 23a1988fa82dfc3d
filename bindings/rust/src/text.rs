//! Bytes as text: unpadded base64url, hexadecimal.

use mfakit_core::Error;
use mfakit_core::encoding::base64url;

/// The unpadded base64url text of bytes.
#[must_use]
pub fn to_base64url(bytes: &[u8]) -> String {
    let mut text = Vec::new();
    push_base64url(&mut text, bytes);
    String::from_utf8(text).unwrap_or_default()
}

/// Writes the unpadded base64url text of bytes behind what is there.
pub(crate) fn push_base64url(out: &mut Vec<u8>, bytes: &[u8]) {
    let start = out.len();
    out.resize(start + base64url::encoded_len(bytes.len()), 0);
    // There is room for exactly this.
    let _ = base64url::encode_into(bytes, out.get_mut(start..).unwrap_or_default());
}

/// The bytes of an unpadded base64url text.
///
/// # Errors
///
/// [`Error::Base64urlMalformed`].
pub fn from_base64url(text: &str) -> Result<Vec<u8>, Error> {
    decode(text.as_bytes())
}

/// The lower-case hexadecimal text of bytes.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// The bytes of a hexadecimal text of exactly this size, in either case.
pub(crate) fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if text.len() != 2 * N {
        return None;
    }
    for (slot, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        let mut value = 0;
        for digit in pair {
            value = value * 16 + u8::try_from(char::from(*digit).to_digit(16)?).ok()?;
        }
        *slot = value;
    }
    Some(bytes)
}

pub(crate) fn decode(text: &[u8]) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![0; base64url::decoded_len(text.len()).ok_or(Error::Base64urlMalformed)?];
    base64url::decode(text, &mut bytes)?;
    Ok(bytes)
}
