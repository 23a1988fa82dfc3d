//! Unpadded base64url text and bytes.

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

pub(crate) fn decode(text: &[u8]) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![0; base64url::decoded_len(text.len()).ok_or(Error::Base64urlMalformed)?];
    base64url::decode(text, &mut bytes)?;
    Ok(bytes)
}
