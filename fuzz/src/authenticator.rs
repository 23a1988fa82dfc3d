//! A small authenticator with one key, to make messages that are valid: seeds for the oracles, and signatures over whatever
//! the fuzzer makes of them.

use data_encoding::BASE64URL_NOPAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use sha2::{Digest, Sha256};

/// The challenge of the seeds.
pub const CHALLENGE: [u8; 32] = [0x2a; 32];
/// The credential id of the seeds.
pub const CREDENTIAL_ID: &[u8] = b"credential";
/// The user handle of the seeds.
pub const USER_HANDLE: &[u8] = b"user";

fn key() -> SigningKey {
    SigningKey::from_slice(&[7; 32]).expect("a number below the order of the curve")
}

/// The public key as a COSE key in canonical form.
#[must_use]
pub fn public_key() -> Vec<u8> {
    let point = key().verifying_key().to_sec1_point(false);
    let (x, y) = point.as_bytes()[1..].split_at(32);
    // kty: EC2, alg: ES256, crv: P-256, x, y
    let head = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
    [&head[..], x, &[0x22, 0x58, 0x20], y].concat()
}

/// The signature over authenticator data and the hash of client data.
#[must_use]
pub fn sign(authenticator_data: &[u8], client_data_json: &[u8]) -> Vec<u8> {
    let hash = Sha256::digest(client_data_json);
    let signature: Signature = key().sign(&[authenticator_data, &hash[..]].concat());
    signature.to_der().as_bytes().to_vec()
}

/// Client data as a browser writes it.
#[must_use]
pub fn client_data(kind: &str, challenge: &[u8]) -> Vec<u8> {
    let challenge = BASE64URL_NOPAD.encode(challenge);
    format!(
        r#"{{"type":"{kind}","challenge":"{challenge}","origin":"https://example.org","crossOrigin":false}}"#
    )
    .into_bytes()
}

/// Client data of a page in another site's frame.
#[must_use]
pub fn framed_client_data(kind: &str, challenge: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(client_data(kind, challenge)).expect("it was a String");
    text.replace("false}", r#"true,"topOrigin":"https://example.com"}"#).into_bytes()
}

/// Client data of a page in a frame, where the client does not say whose page is around it.
#[must_use]
pub fn unnamed_frame(kind: &str, challenge: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(client_data(kind, challenge)).expect("it was a String");
    text.replace("false}", "true}").into_bytes()
}

/// Authenticator data of an assertion for `example.org`.
#[must_use]
pub fn assertion_data(flags: u8, sign_count: u32, extensions: &[u8]) -> Vec<u8> {
    let hash = Sha256::digest(b"example.org");
    [&hash[..], &[flags], &sign_count.to_be_bytes(), extensions].concat()
}

/// Authenticator data of a registration for `example.org`.
#[must_use]
pub fn attested_data(flags: u8, id: &[u8], public_key: &[u8], extensions: &[u8]) -> Vec<u8> {
    let id_len = u16::try_from(id.len()).expect("a short id").to_be_bytes();
    let attested = [&[0; 16][..], &id_len, id, public_key].concat();
    assertion_data(flags, 0, &[&attested, extensions].concat())
}

/// An attestation object in canonical form.
#[must_use]
pub fn attestation_object(format: &str, statement: &[u8], auth_data: &[u8]) -> Vec<u8> {
    assert!(format.len() < 24);
    let len = u16::try_from(auth_data.len()).expect("short data");
    // The shortest head: one byte of length up to 255, two from there.
    let head =
        if len < 256 { vec![0x58, len as u8] } else { [&[0x59][..], &len.to_be_bytes()].concat() };
    [
        &[0xa3, 0x63][..],
        b"fmt",
        &[0x60 | format.len() as u8],
        format.as_bytes(),
        &[0x67],
        b"attStmt",
        statement,
        &[0x68],
        b"authData",
        &head,
        auth_data,
    ]
    .concat()
}
