//! Readers of hostile bytes.

use mfakit_core::Error;
use mfakit_core::crypto::es256;
use mfakit_core::encoding::cbor::{self, Limits};
use mfakit_core::encoding::{base32, base64url, cose, der, json};

/// Base32 into a buffer.
#[unsafe(no_mangle)]
pub fn entry_base32_decode(text: &[u8], out: &mut [u8]) -> Result<usize, Error> {
    base32::decode(text, out)
}

/// Base32 out of bytes.
#[unsafe(no_mangle)]
pub fn entry_base32_encode(bytes: &[u8]) -> u32 {
    base32::encode(bytes).fold(0, |sum, symbol| sum ^ u32::from(symbol))
}

/// Base64url into a buffer.
#[unsafe(no_mangle)]
pub fn entry_base64url_decode<'o>(text: &[u8], out: &'o mut [u8]) -> Result<&'o [u8], Error> {
    base64url::decode(text, out)
}

/// Base64url out of bytes.
#[unsafe(no_mangle)]
pub fn entry_base64url_encode(bytes: &[u8]) -> u8 {
    base64url::encode(bytes).fold(0, |sum, symbol| sum ^ symbol)
}

/// CBOR, under any limits.
#[unsafe(no_mangle)]
pub fn entry_cbor_read(bytes: &[u8], limits: Limits) -> Result<cbor::Value<'_>, Error> {
    cbor::read_all(bytes, limits)
}

/// Every accessor of a CBOR item.
#[unsafe(no_mangle)]
pub fn entry_cbor_accessors(value: &cbor::Value<'_>, int: i64, text: &str) -> [bool; 6] {
    [
        value.as_int().is_some(),
        value.as_bytes().is_some(),
        value.as_text().is_some(),
        value.as_map().is_some_and(|entries| entries.last().is_some()),
        value.get_int(int).is_some(),
        value.get_text(text).is_some(),
    ]
}

/// A COSE key.
#[unsafe(no_mangle)]
pub fn entry_cose_parse(bytes: &[u8]) -> Result<cose::PublicKey<'_>, Error> {
    cose::parse_all(bytes)
}

/// The DER of an ECDSA signature.
#[unsafe(no_mangle)]
pub fn entry_der_read(bytes: &[u8]) -> Result<([u8; 32], [u8; 32]), Error> {
    der::read_ecdsa_p256(bytes)
}

/// The same with the range of r and s, which is the curve's to check.
#[unsafe(no_mangle)]
pub fn entry_es256_parse_signature(bytes: &[u8]) -> Result<([u8; 32], [u8; 32]), Error> {
    es256::parse_signature(bytes)
}

/// JSON.
#[unsafe(no_mangle)]
pub fn entry_json_read(text: &[u8]) -> Result<json::Value<'_>, Error> {
    json::read_all(text)
}

/// The accessors of a JSON value but the one for fractions.
#[unsafe(no_mangle)]
pub fn entry_json_accessors(value: &json::Value<'_>, name: &str) -> Result<[bool; 7], Error> {
    let members = value.members([name])?;
    Ok([
        value.as_bool().is_some(),
        value.as_u64().is_some(),
        value.as_i64().is_some(),
        value.as_str().is_some_and(|text| text == *name || text.plain().is_some()),
        value.as_array().is_some_and(|elements| elements.last().is_some()),
        value.as_object().is_some_and(|members| members.last().is_some()),
        members.is_some(),
    ])
}

/// The accessor for fractions.
#[unsafe(no_mangle)]
pub fn entry_json_as_rounded_down(value: &json::Value<'_>) -> Option<(u64, bool)> {
    value.as_rounded_down()
}
