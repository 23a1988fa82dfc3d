//! Encodings and primitives.

use super::{Failure, Outcome, otp};
use crate::frame::{Fields, Response, Value};
use mfakit_core::crypto;
use mfakit_core::crypto::hmac::HmacKey;
use mfakit_core::encoding::{base32, base64url, cbor, cose};

pub(super) fn cose_parse_key(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let key = cose::parse_all(fields.bytes("cose_hex")?)?;
    crypto::check_key(&key)?;
    response.field("alg", key.algorithm());
    Ok(())
}

pub(super) fn sig_verify(fields: &Fields<'_>, _: &mut Response<'_>) -> Outcome {
    let key = cose::parse_all(fields.bytes("public_key_cose_hex")?)?;
    let (message, signature) = (fields.bytes("message_hex")?, fields.bytes("signature_hex")?);
    Ok(crypto::verify(&key, &[message], signature)?)
}

pub(super) fn ecdsa_der_parse(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let (r, s) = crypto::es256::parse_signature(fields.bytes("signature_hex")?)?;
    response.field("r_hex", &r[..]);
    response.field("s_hex", &s[..]);
    Ok(())
}

pub(super) fn cbor_decode(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let depth = match fields.optional_number("max_depth")? {
        Some(depth) => usize::try_from(depth).map_err(|_| Failure::WrongType)?,
        None => cbor::Limits::CTAP2.depth,
    };
    let limits = cbor::Limits {
        depth,
        any_simple: fields.flag_or("any_simple", true)?,
        strict_order: fields.flag_or("strict_order", false)?,
    };
    let value = cbor::read_all(fields.bytes("cbor_hex")?, limits)?;
    response.field("non_canonical_order", value.non_canonical_order());
    Ok(())
}

pub(super) fn base64url_decode(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    // More than any vector decodes to.
    let mut room = [0; 64 * 1024];
    response.field("data_hex", base64url::decode(fields.text("text")?, &mut room)?);
    Ok(())
}

pub(super) fn base32_decode(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let mut room = [0; BASE32_MAX];
    let len = base32::decode(fields.text("text")?, &mut room)?;
    response.field("data_hex", &room[..len]);
    Ok(())
}

/// What the longest text that the core decodes can hold: 1024 symbols of five bits.
const BASE32_MAX: usize = 640;

pub(super) fn base32_roundtrip(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let data = fields.bytes("data_hex")?;
    let (mut text, mut len) = ([0; 1024], 0);
    for symbol in base32::encode(data) {
        let byte = u8::try_from(symbol).map_err(|_| Failure::Harness)?;
        *text.get_mut(len).ok_or(Failure::Harness)? = byte;
        len += 1;
    }
    let text = &text[..len];
    let mut room = [0; BASE32_MAX];
    let decoded = base32::decode(text, &mut room)?;
    response.field("encoded_nopad", Value::Text(text));
    response.field("data_hex", &room[..decoded]);
    Ok(())
}

pub(super) fn hmac(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let key = HmacKey::new(otp::algorithm(fields)?, fields.bytes("key_hex")?);
    response.field("mac_hex", key.tag(fields.bytes("message_hex")?).expose());
    Ok(())
}
