//! HMAC, signatures, keys, DER.

use crate::judge::{Judge, Meaning, as_read, as_read_injectively, equal, nothing, require};
use crate::reference::webauthn::Key;
use crate::reference::{cbor, otp as reference};
use crate::surface::{Run, Surface, Whose};
use crate::vectors::Inputs;
use data_encoding::HEXLOWER;
use mfakit_core::crypto::hmac::HmacKey;
use mfakit_core::crypto::{self, es256};
use mfakit_core::encoding::cose;
use mfakit_core::otp::HashAlgorithm;
use mfakit_core::{Error, crypto::check_key};
use serde_json::{Value, json};

pub(super) fn surface(
    name: &'static str,
    whose: Whose,
    bytes: Vec<u8>,
    run: Run,
    judge: Judge,
) -> Surface {
    Surface { op: String::new(), name, case: String::new(), whose, text: false, bytes, run, judge }
}

pub(crate) fn hmac(inputs: &Inputs) -> Vec<Surface> {
    let name = inputs.text("algorithm").to_owned();
    let (key, message) = (inputs.bytes("key_hex"), inputs.bytes("message_hex"));
    let tag = |name: &str, key: &[u8], message: &[u8]| -> Result<Value, Error> {
        let key = HmacKey::new(HashAlgorithm::from_name(name)?, key);
        Ok(json!(HEXLOWER.encode(key.tag(message).expose())))
    };
    let expected = |name: &str, key: &[u8], message: &[u8]| -> Result<Value, String> {
        Ok(json!(HEXLOWER.encode(&reference::hmac(name, key, message)?)))
    };
    let (n, m) = ([name.clone(), name.clone()], [message.clone(), message.clone()]);
    let [n1, n2] = n;
    let [m1, m2] = m;
    // A key that ends in zero bytes is the shorter key (RFC 2104 §2): so only messages are told apart.
    let by_key = surface(
        "key",
        Whose::Host,
        key.clone(),
        Box::new(move |key| tag(&n1, key, &m1)),
        as_read(move |key| expected(&n2, key, &m2)),
    );
    let [n1, n2] = [name.clone(), name];
    let [k1, k2] = [key.clone(), key];
    let by_message = surface(
        "message",
        Whose::Client,
        message,
        Box::new(move |message| tag(&n1, &k1, message)),
        as_read_injectively(move |message| expected(&n2, &k2, message)),
    );
    vec![by_key, by_message]
}

pub(crate) fn signature(inputs: &Inputs) -> Vec<Surface> {
    const PARTS: [(&str, &str); 3] = [
        ("key", "public_key_cose_hex"),
        ("message", "message_hex"),
        ("signature", "signature_hex"),
    ];
    let originals = PARTS.map(|(_, field)| inputs.bytes(field));
    (0..PARTS.len())
        .map(|place| {
            let parts = originals.clone();
            let run = move |changed: &[u8]| {
                let mut parts = parts.clone();
                parts[place] = changed.to_vec();
                let [key, message, signature] = &parts;
                crypto::verify(&cose::parse_all(key)?, &[message], signature)?;
                Ok(Value::Null)
            };
            // The key is not signed: what of it verifies nothing may differ.
            let judge = if place == 0 { same_key(originals[0].clone()) } else { nothing() };
            let bytes = originals[place].clone();
            surface(PARTS[place].0, Whose::Client, bytes, Box::new(run), judge)
        })
        .collect()
}

/// A key beside a signature that it must verify: only the same one does.
fn same_key(original: Vec<u8>) -> Judge {
    Box::new(move |changed, _, _| {
        require(Key::read(changed)?.is_the_same(&Key::read(&original)?), "another key")?;
        Ok(Meaning::Same)
    })
}

pub(crate) fn cose_key(inputs: &Inputs) -> Vec<Surface> {
    let original = inputs.bytes("cose_hex");
    let run = |key: &[u8]| {
        let key = cose::parse_all(key)?;
        check_key(&key)?;
        Ok(json!(key.algorithm()))
    };
    let known = original.clone();
    let judge = move |changed: &[u8], _: &Value, answer: &Value| {
        let (key, known) = (Key::read(changed)?, Key::read(&known)?);
        equal("the algorithm", answer, &json!(key.algorithm()))?;
        key.may_replace(&known)?;
        Ok(if key == known { Meaning::Same } else { Meaning::Reported })
    };
    vec![surface("key", Whose::Client, original, Box::new(run), Box::new(judge))]
}

pub(crate) fn der(inputs: &Inputs) -> Vec<Surface> {
    let run = |signature: &[u8]| {
        let (r, s) = es256::parse_signature(signature)?;
        Ok(json!({"r": HEXLOWER.encode(&r), "s": HEXLOWER.encode(&s)}))
    };
    // DER is injective, and writing it is simpler than reading it: what was read, written again, is what stood there.
    let judge = |changed: &[u8], original: &Value, answer: &Value| {
        let number = |name: &str| {
            let hex = answer[name].as_str().unwrap_or_default().as_bytes();
            HEXLOWER.decode(hex).map_err(|error| error.to_string())
        };
        let (r, s) = (number("r")?, number("s")?);
        let in_range = |n: &[u8]| n.len() == 32 && n.iter().any(|b| *b != 0) && *n < ORDER[..];
        require(in_range(&r) && in_range(&s), "r or s is not in 1 to n - 1")?;
        equal(
            "the signature",
            &changed.to_vec(),
            &element(0x30, [integer(&r), integer(&s)].concat()),
        )?;
        match original == answer {
            true => Err("another encoding has the same answer".to_owned()),
            false => Ok(Meaning::Reported),
        }
    };
    let bytes = inputs.bytes("signature_hex");
    vec![surface("signature", Whose::Client, bytes, Box::new(run), Box::new(judge))]
}

/// The order of P-256's base point (FIPS 186-4, D.1.2.3).
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6,
    0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

fn element(tag: u8, content: Vec<u8>) -> Vec<u8> {
    let len = u8::try_from(content.len()).unwrap_or(u8::MAX);
    [vec![tag, len], content].concat()
}

fn integer(number: &[u8]) -> Vec<u8> {
    let start = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
    let mut content = number[start..].to_vec();
    if content.first().is_some_and(|byte| *byte >= 0x80) {
        content.insert(0, 0);
    }
    element(2, content)
}

/// Whether two CBOR texts hold the same item.
pub(super) fn same_item(a: &[u8], b: &[u8]) -> Result<bool, String> {
    Ok(cbor::read(a)?.item == cbor::read(b)?.item)
}
