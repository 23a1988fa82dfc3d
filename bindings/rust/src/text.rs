//! Bytes as text: unpadded base64url, hexadecimal.

use mfakit_core::Error;
use mfakit_core::encoding::base64url;

/// The unpadded base64url text of bytes.
#[must_use]
pub fn to_base64url(bytes: &[u8]) -> String {
    base64url::encode(bytes).map(char::from).collect()
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
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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
