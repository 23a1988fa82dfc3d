//! P-256 keys, ECDSA with RFC 6979 nonces, and COSE_Key encodings.

use crate::bytes::unhex;
use crate::cbor_build::{self, Item, bytes, int, map};
use crate::der;
use p256::ecdsa::signature::{Signer, Verifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use p256::elliptic_curve::sec1::ToSec1Point;

/// A P-256 key pair.
#[derive(Clone)]
pub(crate) struct Key {
    signing: SigningKey,
}

impl Key {
    /// From the private key as a big-endian number.
    pub(crate) fn new(private: &[u8]) -> Self {
        Self { signing: SigningKey::from_slice(private).expect("a private key in range") }
    }

    /// The public point: x and y, 32 bytes each.
    pub(crate) fn point(&self) -> ([u8; 32], [u8; 32]) {
        let point = self.signing.verifying_key().as_affine().to_sec1_point(false);
        let bytes = point.as_bytes();
        (bytes[1..33].try_into().expect("x"), bytes[33..65].try_into().expect("y"))
    }

    /// The public key as WebAuthn sends it: ES256.
    pub(crate) fn cose(&self) -> Item {
        let (x, y) = self.point();
        es256(&x, &y)
    }

    /// r and s over SHA-256 of the message, the nonce by RFC 6979. s is not made low.
    pub(crate) fn sign(&self, message: &[u8]) -> ([u8; 32], [u8; 32]) {
        let signature: Signature = self.signing.sign(message);
        let (r, s) = signature.split_bytes();
        (r.into(), s.into())
    }

    /// The signature in DER.
    pub(crate) fn sign_der(&self, message: &[u8]) -> Vec<u8> {
        let (r, s) = self.sign(message);
        der::signature(&r, &s)
    }
}

/// Whether `der` is a signature over the message by the key with this point.
pub(crate) fn verifies(x: &[u8], y: &[u8], message: &[u8], der: &[u8]) -> bool {
    let point = [&[4][..], x, y].concat();
    let (Ok(key), Ok(signature)) =
        (VerifyingKey::from_sec1_bytes(&point), Signature::from_der(der))
    else {
        return false;
    };
    key.verify(message, &signature).is_ok()
}

/// The point within an ES256 key in canonical form.
pub(crate) fn point_of(cose: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let (value, rest) = cbor_build::read(cose).expect("a COSE key");
    assert!(rest.is_empty(), "one key");
    let coordinate = |label| {
        let bytes = value.get_int(label).and_then(cbor_build::Value::as_bytes);
        bytes.expect("a coordinate").to_vec()
    };
    (coordinate(-2), coordinate(-3))
}

/// n - s: the other s that fits the same r.
pub(crate) fn other_s(s: &[u8; 32]) -> [u8; 32] {
    let order = unhex(der::ORDER);
    let mut result = [0; 32];
    let mut borrow = 0_i16;
    for i in (0..32).rev() {
        let digit = i16::from(order[i]) - i16::from(s[i]) - borrow;
        borrow = i16::from(digit < 0);
        result[i] = u8::try_from(digit.rem_euclid(256)).expect("a byte");
    }
    result
}

/// The entries of an ES256 key, in canonical order: kty, alg, crv, x, y.
pub(crate) fn es256_entries(x: &[u8], y: &[u8]) -> Vec<(Item, Item)> {
    vec![
        (int(1), int(2)),
        (int(3), int(-7)),
        (int(-1), int(1)),
        (int(-2), bytes(x)),
        (int(-3), bytes(y)),
    ]
}

/// An ES256 key.
pub(crate) fn es256(x: &[u8], y: &[u8]) -> Item {
    map(&es256_entries(x, y))
}

/// The ES256 key with one parameter replaced.
pub(crate) fn es256_with(x: &[u8], y: &[u8], label: i64, value: Item) -> Item {
    let entries = es256_entries(x, y);
    let replaced: Vec<_> = entries
        .into_iter()
        .map(|(k, v)| if k == int(label) { (k, value.clone()) } else { (k, v) })
        .collect();
    map(&replaced)
}

/// The ES256 key without one parameter.
pub(crate) fn es256_without(x: &[u8], y: &[u8], label: i64) -> Item {
    let entries: Vec<_> =
        es256_entries(x, y).into_iter().filter(|(k, _)| *k != int(label)).collect();
    map(&entries)
}
