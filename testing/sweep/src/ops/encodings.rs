//! Decoders. Nothing signs here: an accepted change must read as an independent reader reads it; and where an encoding has one
//! form for each value, a changed form must never be the same value.

use super::primitives::{same_item, surface};
use crate::judge::{Meaning, as_read, as_read_injectively, equal, require};
use crate::reference::webauthn::{AuthData, ClientData};
use crate::reference::{cbor, text};
use crate::surface::{Surface, Whose};
use crate::vectors::Inputs;
use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD, HEXLOWER};
use mfakit_core::encoding::{base32, base64url, cbor as core_cbor, json::Str};
use mfakit_core::webauthn::{auth_data, client_data};
use mfakit_core::{Error, OtpSecret};
use serde_json::{Value, json};

fn hex(bytes: &[u8]) -> Value {
    json!(HEXLOWER.encode(bytes))
}

fn decode_base32(text: &[u8]) -> Result<Vec<u8>, Error> {
    let mut out = [0; OtpSecret::MAX];
    let len = base32::decode(text, &mut out)?;
    Ok(out[..len].to_vec())
}

fn decode_base64url(text: &[u8]) -> Result<Vec<u8>, Error> {
    let mut out = vec![0; text.len()];
    Ok(base64url::decode(text, &mut out)?.to_vec())
}

pub(crate) fn base32_decode(inputs: &Inputs) -> Vec<Surface> {
    let run = |text: &[u8]| Ok(hex(&decode_base32(text)?));
    let judge = as_read(|text| Ok(hex(&text::base32(text)?)));
    let bytes = inputs.text("text").as_bytes().to_vec();
    vec![surface("text", Whose::Host, bytes, Box::new(run), judge)]
}

pub(crate) fn base64url_decode(inputs: &Inputs) -> Vec<Surface> {
    let run = |text: &[u8]| Ok(hex(&decode_base64url(text)?));
    let judge = as_read_injectively(|text| Ok(hex(&text::base64url(text)?)));
    let bytes = inputs.text("text").as_bytes().to_vec();
    vec![surface("text", Whose::Client, bytes, Box::new(run), judge)]
}

pub(crate) fn base32_round_trip(inputs: &Inputs) -> Vec<Surface> {
    let run = |data: &[u8]| {
        let text: String = base32::encode(data).collect();
        Ok(json!([text, HEXLOWER.encode(&decode_base32(text.as_bytes())?)]))
    };
    let judge =
        as_read_injectively(|data| Ok(json!([BASE32_NOPAD.encode(data), HEXLOWER.encode(data)])));
    vec![surface("data", Whose::Host, inputs.bytes("data_hex"), Box::new(run), judge)]
}

pub(crate) fn base64url_round_trip(inputs: &Inputs) -> Vec<Surface> {
    let run = |data: &[u8]| {
        let text: Vec<u8> = base64url::encode(data).collect();
        let again = decode_base64url(&text)?;
        Ok(json!([String::from_utf8_lossy(&text), HEXLOWER.encode(&again)]))
    };
    let judge = as_read_injectively(|data| {
        Ok(json!([BASE64URL_NOPAD.encode(data), HEXLOWER.encode(data)]))
    });
    vec![surface("data", Whose::Client, inputs.bytes("data_hex"), Box::new(run), judge)]
}

pub(crate) fn cbor_decode(inputs: &Inputs) -> Vec<Surface> {
    let limits = core_cbor::Limits {
        depth: usize::try_from(inputs.number("max_depth").unwrap_or(4)).unwrap_or(4),
        any_simple: inputs.flag("any_simple") != Some(false),
        strict_order: inputs.flag("strict_order") == Some(true),
    };
    let run = move |item: &[u8]| {
        Ok(json!({"non_canonical_order": core_cbor::read_all(item, limits)?.non_canonical_order()}))
    };
    let original = inputs.bytes("cbor_hex");
    let theirs = original.clone();
    let judge = move |changed: &[u8], _: &Value, answer: &Value| {
        let read = cbor::read(changed)?;
        equal("the order", &answer["non_canonical_order"], &json!(!read.in_order))?;
        require(read.depth <= limits.depth, "nested too deeply")?;
        require(limits.any_simple || !read.unusual, "a simple value that is forbidden here")?;
        require(!limits.strict_order || read.in_order, "out of order, under the strict switch")?;
        // A change of one byte cannot reorder keys, so that it never leaves the item what it was.
        require(!same_item(changed, &theirs)?, "another encoding of the same item")?;
        Ok(Meaning::Reported)
    };
    vec![surface("item", Whose::Client, original, Box::new(run), Box::new(judge))]
}

pub(crate) fn client_data(inputs: &Inputs) -> Vec<Surface> {
    let run = |text: &[u8]| {
        let data = client_data::ClientData::parse(text)?;
        let string = |text: Str<'_>| String::from_utf8(text.bytes().collect()).ok();
        Ok(json!([
            string(data.kind),
            string(data.challenge),
            string(data.origin),
            data.cross_origin,
            data.top_origin.map(string),
        ]))
    };
    let judge = as_read(|text| {
        let data = ClientData::read(text)?;
        let ClientData { kind, challenge, origin, cross_origin, top_origin } = data;
        Ok(json!([kind, challenge, origin, cross_origin, top_origin]))
    });
    let bytes = inputs.bytes("client_data_json_hex");
    vec![surface("clientDataJSON", Whose::Client, bytes, Box::new(run), judge)]
}

pub(crate) fn auth_data(inputs: &Inputs) -> Vec<Surface> {
    let run = |bytes: &[u8]| {
        let data = auth_data::AuthData::parse(bytes)?;
        let attested = data.attested.map(|a| {
            let parts = [&a.aaguid[..], a.credential_id, a.public_key.encoding()];
            parts.map(|part| HEXLOWER.encode(part))
        });
        Ok(json!([
            HEXLOWER.encode(data.rp_id_hash),
            data.flags.bits(),
            data.sign_count,
            attested,
            data.extensions.map(|e| HEXLOWER.encode(e.encoding())),
        ]))
    };
    // Every byte stands in some field, so no change leaves all fields as they were.
    let judge = as_read_injectively(|bytes| {
        let data = AuthData::read(bytes)?;
        let attested = data
            .attested
            .map(|a| [a.aaguid, a.credential_id, a.public_key].map(|part| HEXLOWER.encode(&part)));
        Ok(json!([
            HEXLOWER.encode(&data.rp_id_hash),
            data.flags,
            data.sign_count,
            attested,
            data.extensions.map(|e| HEXLOWER.encode(&e)),
        ]))
    });
    let bytes = inputs.bytes("authenticator_data_hex");
    vec![surface("authenticatorData", Whose::Client, bytes, Box::new(run), judge)]
}
