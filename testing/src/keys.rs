//! Credential keys: P-256 with nonces by RFC 6979, and Ed25519. The same key and message always give the same signature.

use crate::cbor::{self, Value};
use crate::cose::{self, EDDSA, ES256};
use crate::der;
use p256::ecdsa::signature::{Signer, Verifier};
use p256::elliptic_curve::sec1::ToSec1Point;
use std::fmt;

/// The key pair of a credential.
#[derive(Clone)]
pub enum Key {
    /// ECDSA with P-256 and SHA-256.
    Es256(Es256Key),
    /// Ed25519.
    Ed25519(Ed25519Key),
}

impl Key {
    /// The COSE number.
    #[must_use]
    pub const fn algorithm(&self) -> i64 {
        match self {
            Self::Es256(_) => ES256,
            Self::Ed25519(_) => EDDSA,
        }
    }

    /// The public key as WebAuthn sends it.
    #[must_use]
    pub fn cose(&self) -> cbor::Item {
        match self {
            Self::Es256(key) => key.cose(),
            Self::Ed25519(key) => key.cose(),
        }
    }

    /// The signature as WebAuthn sends it (§6.5.5): DER for ECDSA, 64 bytes for Ed25519.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Es256(key) => key.sign_der(message),
            Self::Ed25519(key) => key.sign(message).to_vec(),
        }
    }

    /// The P-256 key.
    ///
    /// # Panics
    ///
    /// If it is another.
    #[must_use]
    pub fn es256(&self) -> &Es256Key {
        match self {
            Self::Es256(key) => key,
            Self::Ed25519(_) => panic!("an Ed25519 key"),
        }
    }

    /// The Ed25519 key.
    ///
    /// # Panics
    ///
    /// If it is another.
    #[must_use]
    pub fn ed25519(&self) -> &Ed25519Key {
        match self {
            Self::Ed25519(key) => key,
            Self::Es256(_) => panic!("a P-256 key"),
        }
    }

    /// The public key as `SubjectPublicKeyInfo`, as browsers show it in `getPublicKey()`.
    #[must_use]
    pub fn spki(&self) -> Vec<u8> {
        match self {
            Self::Es256(key) => {
                let (x, y) = key.point();
                [P256_SPKI, &x, &y].concat()
            }
            Self::Ed25519(key) => [ED25519_SPKI, &key.public()].concat(),
        }
    }
}

/// Without the private key.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Key").field(&self.algorithm()).finish()
    }
}

/// id-ecPublicKey with prime256v1 (RFC 5480 §2.1), up to the first byte of an uncompressed point.
const P256_SPKI: &[u8] =
    b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04";
/// id-Ed25519 (RFC 8410 §4), up to the key.
const ED25519_SPKI: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";

/// A P-256 key pair.
#[derive(Clone)]
pub struct Es256Key {
    signing: p256::ecdsa::SigningKey,
}

impl Es256Key {
    /// From the private key as a big-endian number.
    ///
    /// # Panics
    ///
    /// Unless it has 32 bytes and is between 1 and the order of the curve.
    #[must_use]
    pub fn new(private: &[u8]) -> Self {
        Self::from_slice(private).expect("a private key in range")
    }

    pub(crate) fn from_slice(private: &[u8]) -> Option<Self> {
        p256::ecdsa::SigningKey::from_slice(private).ok().map(|signing| Self { signing })
    }

    /// The public point: x and y.
    #[must_use]
    pub fn point(&self) -> ([u8; 32], [u8; 32]) {
        let point = self.signing.verifying_key().as_affine().to_sec1_point(false);
        let bytes = point.as_bytes();
        (bytes[1..33].try_into().expect("x"), bytes[33..65].try_into().expect("y"))
    }

    /// The public key as WebAuthn sends it.
    #[must_use]
    pub fn cose(&self) -> cbor::Item {
        let (x, y) = self.point();
        cose::es256(&x, &y)
    }

    /// r and s over SHA-256 of the message, the nonce by RFC 6979. s is not made low.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> ([u8; 32], [u8; 32]) {
        let signature: p256::ecdsa::Signature = self.signing.sign(message);
        let (r, s) = signature.split_bytes();
        (r.into(), s.into())
    }

    /// The signature in DER.
    #[must_use]
    pub fn sign_der(&self, message: &[u8]) -> Vec<u8> {
        let (r, s) = self.sign(message);
        der::signature(&r, &s)
    }
}

/// An Ed25519 key pair.
#[derive(Clone)]
pub struct Ed25519Key {
    signing: ed25519_dalek::SigningKey,
}

impl Ed25519Key {
    /// From the private key of RFC 8032 §5.1.5: any 32 bytes.
    #[must_use]
    pub fn new(private: &[u8; 32]) -> Self {
        Self { signing: ed25519_dalek::SigningKey::from_bytes(private) }
    }

    /// The private key.
    #[must_use]
    pub fn private(&self) -> [u8; 32] {
        self.signing.to_bytes()
    }

    /// The public key: an encoded point.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.signing.verifying_key().to_bytes()
    }

    /// The public key as WebAuthn sends it.
    #[must_use]
    pub fn cose(&self) -> cbor::Item {
        cose::ed25519(&self.public())
    }

    /// R and S, one after the other.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.signing.sign(message).to_bytes()
    }
}

/// Whether `signature` is one over the message by the key in this COSE encoding. For Ed25519 the strict rules hold.
#[must_use]
pub fn verifies(cose: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let check = || {
        let (key, rest) = cbor::read(cose)?;
        let coordinate = |label| <[u8; 32]>::try_from(key.get_int(label)?.as_bytes()?).ok();
        if !rest.is_empty() {
            return None;
        }
        match (key.get_int(1)?, key.get_int(3)?, key.get_int(-1)?) {
            (Value::Int(2), Value::Int(-7), Value::Int(1)) => {
                let point = [&[4][..], &coordinate(-2)?, &coordinate(-3)?].concat();
                let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(&point).ok()?;
                key.verify(message, &p256::ecdsa::Signature::from_der(signature).ok()?).ok()
            }
            (Value::Int(1), Value::Int(-8), Value::Int(6)) => {
                let key = ed25519_dalek::VerifyingKey::from_bytes(&coordinate(-2)?).ok()?;
                let signature = ed25519_dalek::Signature::from_slice(signature).ok()?;
                key.verify_strict(message, &signature).ok()
            }
            _ => None,
        }
    };
    check().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{hex, unhex};

    /// RFC 6979 A.2.5, SHA-256, the message "sample".
    #[test]
    fn p256_by_rfc_6979() {
        let key = Es256Key::new(&unhex(
            "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
        ));
        let (r, s) = key.sign(b"sample");
        assert_eq!(hex(&r), "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716");
        assert_eq!(hex(&s), "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
        let (public, signature) = (key.cose(), key.sign_der(b"sample"));
        assert!(verifies(&public, b"sample", &signature));
        assert!(!verifies(&public, b"Sample", &signature));
        assert!(!verifies(&public[..76], b"sample", &signature));
    }

    /// RFC 8032 §7.1 TEST 2: a message of one byte.
    #[test]
    fn ed25519_by_rfc_8032() {
        let private = unhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        let key = Ed25519Key::new(&private.try_into().expect("32 bytes"));
        assert_eq!(
            hex(&key.public()),
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
        );
        let signature = key.sign(&[0x72]);
        assert_eq!(
            hex(&signature),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        );
        assert!(verifies(&key.cose(), &[0x72], &signature));
        assert!(!verifies(&key.cose(), &[0x73], &signature));
        assert!(!verifies(&key.cose(), &[0x72], &signature[..63]));
    }

    #[test]
    fn a_public_key_has_a_spki_form() {
        let p256 = Key::Es256(Es256Key::new(&[7; 32]));
        assert_eq!((p256.spki().len(), p256.algorithm()), (91, -7));
        let ed25519 = Key::Ed25519(Ed25519Key::new(&[7; 32]));
        assert_eq!((ed25519.spki().len(), ed25519.algorithm()), (44, -8));
        assert!(ed25519.spki().ends_with(&ed25519.ed25519().public()));
        assert!(p256.spki().ends_with(&p256.es256().point().1));
    }
}
