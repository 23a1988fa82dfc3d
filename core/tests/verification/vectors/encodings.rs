//! Readers of hostile bytes, keys and signatures.

use super::{Answer, Inputs};
use crate::support::hex;
use mfakit_core::crypto::{self, es256};
use mfakit_core::encoding::{base32, base64url, cbor, cose, der};
use mfakit_core::{Error, OtpSecret};
use serde_json::json;

fn base32_bytes(text: &str) -> Result<Vec<u8>, Error> {
    let mut out = [0xa5; OtpSecret::MAX];
    let decoded = base32::decode(text.as_bytes(), &mut out);
    assert!(decoded.is_ok() || out == [0; OtpSecret::MAX], "a refused secret stays in the buffer");
    Ok(out[..decoded?].to_vec())
}

pub(super) fn base32_decode(inputs: &Inputs<'_>) -> Answer {
    Ok(json!({"data_hex": hex(&base32_bytes(inputs.text("text"))?)}))
}

pub(super) fn base32_roundtrip(inputs: &Inputs<'_>) -> Answer {
    let data = inputs.bytes("data_hex");
    let mut text: String = base32::encode(&data).collect();
    let unpadded = text.clone();
    while !text.len().is_multiple_of(8) {
        text.push('=');
    }
    for text in [&unpadded, &text] {
        assert_eq!(base32_bytes(text).as_deref(), Ok(&data[..]));
    }
    Ok(json!({"encoded_nopad": unpadded, "encoded": text}))
}

fn base64url_bytes(text: &str) -> Result<Vec<u8>, Error> {
    let mut out = vec![0; text.len()];
    base64url::decode(text.as_bytes(), &mut out).map(<[u8]>::to_vec)
}

pub(super) fn base64url_decode(inputs: &Inputs<'_>) -> Answer {
    Ok(json!({"data_hex": hex(&base64url_bytes(inputs.text("text"))?)}))
}

/// Standard base64 differs from base64url in two symbols and the padding.
pub(super) fn base64_roundtrip(inputs: &Inputs<'_>) -> Answer {
    let data = inputs.bytes("data_hex");
    let text: String = base64url::encode(&data).map(char::from).collect();
    assert_eq!(base64url_bytes(&text).as_deref(), Ok(&data[..]));
    let mut padded = text.replace('-', "+").replace('_', "/");
    while !padded.len().is_multiple_of(4) {
        padded.push('=');
    }
    Ok(json!({"base64url_nopad": text, "encoded": padded}))
}

pub(super) fn cbor_decode(inputs: &Inputs<'_>) -> Answer {
    let limits = cbor::Limits {
        depth: usize::try_from(inputs.optional("max_depth").unwrap_or(4)).expect("a small number"),
        any_simple: inputs.flag("any_simple").unwrap_or(true),
        strict_order: inputs.flag("strict_order").unwrap_or(false),
    };
    let bytes = inputs.bytes("cbor_hex");
    let value = cbor::read_all(&bytes, limits)?;
    assert_eq!(value.encoding(), bytes);
    Ok(json!({"non_canonical_order": value.non_canonical_order()}))
}

pub(super) fn cose_parse_key(inputs: &Inputs<'_>) -> Answer {
    let bytes = inputs.bytes("cose_hex");
    let key = cose::parse_all(&bytes)?;
    crypto::check_key(&key)?;
    Ok(json!({"alg": key.algorithm()}))
}

pub(super) fn ecdsa_der_parse(inputs: &Inputs<'_>) -> Answer {
    let signature = inputs.bytes("signature_hex");
    let (r, s) = es256::parse_signature(&signature)?;
    assert_eq!(der::read_ecdsa_p256(&signature), Ok((r, s)));
    Ok(json!({"r_hex": hex(&r), "s_hex": hex(&s)}))
}

pub(super) fn sig_verify(inputs: &Inputs<'_>) -> Answer {
    let bytes = inputs.bytes("public_key_cose_hex");
    let key = cose::parse_all(&bytes)?;
    let message = inputs.bytes("message_hex");
    let (head, tail) = message.split_at(message.len() / 2);
    crypto::verify(&key, &[head, tail], &inputs.bytes("signature_hex"))?;
    Ok(json!({}))
}
