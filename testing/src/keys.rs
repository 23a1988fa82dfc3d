//! Key pairs of credentials and certificates. The same key and message always give the same signature: nonces follow RFC 6979.

use crate::cbor::{self, Value, map};
use crate::cose::{self, ED448, EDDSA, ES256, ES256K, ES384, ES512};
use crate::der;
use crate::rsa::{self, Hash, RsaKey};
use p256::ecdsa::signature::{Signer, Verifier};
use p256::elliptic_curve::sec1::ToSec1Point;
use std::fmt;

/// The key pair of a credential or a certificate.
#[derive(Clone)]
#[allow(clippy::large_enum_variant, reason = "tests hold a few of them")]
pub enum Key {
    /// ECDSA with P-256 and SHA-256.
    Es256(Es256Key),
    /// Ed25519.
    Ed25519(Ed25519Key),
    /// ECDSA with P-384 and SHA-384.
    Es384(Es384Key),
    /// ECDSA with P-521 and SHA-512.
    Es512(Es512Key),
    /// ECDSA with secp256k1 and SHA-256.
    Es256k(Es256kKey),
    /// Ed448.
    Ed448(Ed448Key),
    /// RSA.
    Rsa(RsaKey),
    /// ML-DSA.
    MlDsa(MlDsaKey),
    /// The same key under another COSE number.
    Renamed(i64, Box<Key>),
}

impl Key {
    /// The same key under another COSE number: what signs does not change.
    #[must_use]
    pub fn under(self, algorithm: i64) -> Self {
        Self::Renamed(algorithm, Box::new(self))
    }

    /// The COSE number.
    #[must_use]
    pub const fn algorithm(&self) -> i64 {
        match self {
            Self::Es256(_) => ES256,
            Self::Ed25519(_) => EDDSA,
            Self::Es384(_) => ES384,
            Self::Es512(_) => ES512,
            Self::Es256k(_) => ES256K,
            Self::Ed448(_) => ED448,
            Self::Rsa(key) => key.algorithm(),
            Self::MlDsa(key) => key.algorithm(),
            Self::Renamed(algorithm, _) => *algorithm,
        }
    }

    /// The parameters of the public key as WebAuthn sends it.
    #[must_use]
    pub fn entries(&self) -> cose::Entries {
        let own = self.algorithm();
        match self {
            Self::Es256(key) => {
                let (x, y) = key.point();
                cose::ec2_entries(own, 1, &x, &y)
            }
            Self::Es384(key) => cose::ec2_entries(own, 2, &key.point().0, &key.point().1),
            Self::Es512(key) => cose::ec2_entries(own, 3, &key.point().0, &key.point().1),
            Self::Es256k(key) => cose::ec2_entries(own, 8, &key.point().0, &key.point().1),
            Self::Ed25519(key) => cose::okp_entries(own, 6, &key.public()),
            Self::Ed448(key) => cose::okp_entries(own, 7, &key.public()),
            Self::Rsa(key) => cose::rsa_entries(own, &key.n(), &key.e()),
            Self::MlDsa(key) => cose::akp_entries(own, &key.public()),
            Self::Renamed(algorithm, key) => {
                let mut entries = key.entries();
                entries[1].1 = cbor::int(*algorithm);
                entries
            }
        }
    }

    /// The public key as WebAuthn sends it.
    #[must_use]
    pub fn cose(&self) -> cbor::Item {
        map(&self.entries())
    }

    /// The signature as WebAuthn sends it (§6.5.5): DER for ECDSA, the algorithm's own bytes elsewhere.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Es256(key) => key.sign_der(message),
            Self::Es384(key) => key.sign_der(message),
            Self::Es512(key) => key.sign_der(message),
            Self::Es256k(key) => key.sign_der(message),
            Self::Ed25519(key) => key.sign(message).to_vec(),
            Self::Ed448(key) => key.sign(message),
            Self::Rsa(key) => key.sign(message),
            Self::MlDsa(key) => key.sign(message),
            Self::Renamed(_, key) => key.sign(message),
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
            other => panic!("a key of the algorithm {}", other.algorithm()),
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
            other => panic!("a key of the algorithm {}", other.algorithm()),
        }
    }

    /// The public key as `SubjectPublicKeyInfo`, as certificates hold it and browsers show it in `getPublicKey()`.
    #[must_use]
    pub fn spki(&self) -> der::Element {
        der::list(&[self.spki_algorithm(), der::bits(&self.spki_key())])
    }

    /// The algorithm in `SubjectPublicKeyInfo` (RFC 3279, 5480, 8410, 9881).
    #[must_use]
    pub fn spki_algorithm(&self) -> der::Element {
        let ec = |curve| der::list(&[der::oid("1.2.840.10045.2.1"), der::oid(curve)]);
        match self {
            Self::Es256(_) => ec("1.2.840.10045.3.1.7"),
            Self::Es384(_) => ec("1.3.132.0.34"),
            Self::Es512(_) => ec("1.3.132.0.35"),
            Self::Es256k(_) => ec("1.3.132.0.10"),
            Self::Rsa(_) => der::list(&[der::oid("1.2.840.113549.1.1.1"), der::null()]),
            Self::Ed25519(_) | Self::Ed448(_) | Self::MlDsa(_) => self.signature_algorithm(),
            Self::Renamed(_, key) => key.spki_algorithm(),
        }
    }

    /// The content of the BIT STRING in `SubjectPublicKeyInfo`.
    #[must_use]
    pub fn spki_key(&self) -> Vec<u8> {
        let uncompressed = |(x, y): (Vec<u8>, Vec<u8>)| [&[4][..], &x, &y].concat();
        match self {
            Self::Es256(key) => {
                let (x, y) = key.point();
                [&[4][..], &x, &y].concat()
            }
            Self::Es384(key) => uncompressed(key.point()),
            Self::Es512(key) => uncompressed(key.point()),
            Self::Es256k(key) => uncompressed(key.point()),
            Self::Ed25519(key) => key.public().to_vec(),
            Self::Ed448(key) => key.public(),
            Self::Rsa(key) => {
                let number = |digits: &[u8]| der::integer(&der::positive(digits));
                der::list(&[number(&key.n()), number(&key.e())])
            }
            Self::MlDsa(key) => key.public(),
            Self::Renamed(_, key) => key.spki_key(),
        }
    }

    /// The `AlgorithmIdentifier` of what this key signs (RFC 5758, 8017, 8410, 9881).
    #[must_use]
    pub fn signature_algorithm(&self) -> der::Element {
        let named = |oid| der::list(&[der::oid(oid)]);
        let pkcs1 = |oid| der::list(&[der::oid(oid), der::null()]);
        match self {
            Self::Es256(_) | Self::Es256k(_) => named("1.2.840.10045.4.3.2"),
            Self::Es384(_) => named("1.2.840.10045.4.3.3"),
            Self::Es512(_) => named("1.2.840.10045.4.3.4"),
            Self::Ed25519(_) => named("1.3.101.112"),
            Self::Ed448(_) => named("1.3.101.113"),
            Self::Rsa(key) => match key.algorithm() {
                -65535 => pkcs1("1.2.840.113549.1.1.5"),
                -257 => pkcs1("1.2.840.113549.1.1.11"),
                -258 => pkcs1("1.2.840.113549.1.1.12"),
                -259 => pkcs1("1.2.840.113549.1.1.13"),
                -37 => pss(Hash::Sha256, 32),
                -38 => pss(Hash::Sha384, 48),
                _ => pss(Hash::Sha512, 64),
            },
            Self::MlDsa(key) => named(match key.algorithm() {
                -48 => "2.16.840.1.101.3.4.3.17",
                -49 => "2.16.840.1.101.3.4.3.18",
                _ => "2.16.840.1.101.3.4.3.19",
            }),
            Self::Renamed(_, key) => key.signature_algorithm(),
        }
    }
}

/// id-RSASSA-PSS with its parameters (RFC 4055 §3.1).
fn pss(hash: Hash, salt_len: u64) -> der::Element {
    let mgf1 = der::list(&[der::oid("1.2.840.113549.1.1.8"), hash.identifier()]);
    let parameters = der::list(&[
        der::explicit(0, &hash.identifier()),
        der::explicit(1, &mgf1),
        der::explicit(2, &der::number(salt_len)),
    ]);
    der::list(&[der::oid("1.2.840.113549.1.1.10"), parameters])
}

/// Without the private key.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Key").field(&self.algorithm()).finish()
    }
}

macro_rules! ecdsa_key {
    ($name:ident, $curve:ident, $bytes:literal, $what:literal) => {
        #[doc = concat!("A ", $what, " key pair.")]
        #[derive(Clone)]
        pub struct $name {
            signing: $curve::ecdsa::SigningKey,
        }

        impl $name {
            /// From the private key as a big-endian number; leading zeros may be left out.
            ///
            /// # Panics
            ///
            /// Unless it is between 1 and the order of the curve.
            #[must_use]
            pub fn new(private: &[u8]) -> Self {
                let padded = [&vec![0; $bytes - private.len()], private].concat();
                let signing = $curve::ecdsa::SigningKey::from_slice(&padded);
                Self { signing: signing.expect("a private key in range") }
            }

            /// The public point: x and y.
            #[must_use]
            pub fn point(&self) -> (Vec<u8>, Vec<u8>) {
                let point = self.signing.verifying_key().as_affine().to_sec1_point(false);
                let (x, y) = point.as_bytes()[1..].split_at($bytes);
                (x.to_vec(), y.to_vec())
            }

            /// r and s over the message, the nonce by RFC 6979.
            #[must_use]
            pub fn sign(&self, message: &[u8]) -> (Vec<u8>, Vec<u8>) {
                let signature: $curve::ecdsa::Signature = self.signing.sign(message);
                let (r, s) = signature.split_bytes();
                (r.to_vec(), s.to_vec())
            }

            /// The signature in DER.
            #[must_use]
            pub fn sign_der(&self, message: &[u8]) -> Vec<u8> {
                let (r, s) = self.sign(message);
                der::signature(&r, &s)
            }
        }
    };
}

ecdsa_key!(Es384Key, p384, 48, "P-384");
ecdsa_key!(Es512Key, p521, 66, "P-521");
ecdsa_key!(Es256kKey, k256, 32, "secp256k1");

/// An Ed448 key pair.
#[derive(Clone)]
pub struct Ed448Key {
    signing: ed448_goldilocks::SigningKey,
}

impl Ed448Key {
    /// From the private key of RFC 8032 §5.2.5: any 57 bytes.
    #[must_use]
    pub fn new(private: &[u8; 57]) -> Self {
        Self {
            signing: ed448_goldilocks::SigningKey::from(ed448_goldilocks::SecretKey::from(
                *private,
            )),
        }
    }

    /// The public key: an encoded point, 57 bytes.
    #[must_use]
    pub fn public(&self) -> Vec<u8> {
        self.signing.verifying_key().to_bytes().to_vec()
    }

    /// R and S, one after the other: 114 bytes.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.signing.sign_raw(message).to_bytes().to_vec()
    }
}

/// An ML-DSA key pair (FIPS 204) of any of the three sizes.
#[derive(Clone)]
pub struct MlDsaKey {
    algorithm: i64,
    seed: [u8; 32],
}

macro_rules! by_size {
    ($key:expr, |$signing:ident| $then:expr) => {{
        use ml_dsa::{MlDsa44, MlDsa65, MlDsa87, SigningKey};
        let seed = $key.seed.into();
        match $key.algorithm {
            -48 => {
                let $signing = SigningKey::<MlDsa44>::from_seed(&seed);
                $then
            }
            -49 => {
                let $signing = SigningKey::<MlDsa65>::from_seed(&seed);
                $then
            }
            _ => {
                let $signing = SigningKey::<MlDsa87>::from_seed(&seed);
                $then
            }
        }
    }};
}

impl MlDsaKey {
    /// From the COSE number, -48, -49 or -50 (ML-DSA-44, 65, 87), and the seed.
    ///
    /// # Panics
    ///
    /// If the number is another.
    #[must_use]
    pub fn new(algorithm: i64, seed: [u8; 32]) -> Self {
        assert!((-50..=-48).contains(&algorithm), "{algorithm} is not ML-DSA");
        Self { algorithm, seed }
    }

    /// The COSE number.
    #[must_use]
    pub const fn algorithm(&self) -> i64 {
        self.algorithm
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> Vec<u8> {
        by_size!(self, |key| key.expanded_key().verifying_key().encode().to_vec())
    }

    /// The deterministic signature, with an empty context.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.sign_in(message, &[])
    }

    /// The deterministic signature in a context of at most 255 bytes.
    #[must_use]
    pub fn sign_in(&self, message: &[u8], context: &[u8]) -> Vec<u8> {
        by_size!(self, |key| {
            let signature = key.expanded_key().sign_deterministic(message, context);
            signature.expect("a short context").encode().to_vec()
        })
    }
}

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

/// Whether `signature` is one over the message by the key in this COSE encoding: ECDSA, EdDSA or RS256. For Ed25519 the strict
/// rules hold.
#[must_use]
pub fn verifies(cose: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let check = || {
        let (key, rest) = cbor::read(cose)?;
        let bytes = |label| key.get_int(label)?.as_bytes();
        let coordinate = |label| <[u8; 32]>::try_from(bytes(label)?).ok();
        if !rest.is_empty() {
            return None;
        }
        macro_rules! ecdsa {
            ($curve:ident) => {{
                let point = [&[4][..], bytes(-2)?, bytes(-3)?].concat();
                let key = $curve::ecdsa::VerifyingKey::from_sec1_bytes(&point).ok()?;
                key.verify(message, &$curve::ecdsa::Signature::from_der(signature).ok()?).ok()
            }};
        }
        match (key.get_int(1)?, key.get_int(3)?, key.get_int(-1)?) {
            (Value::Int(2), Value::Int(-7), Value::Int(1)) => ecdsa!(p256),
            (Value::Int(2), Value::Int(-35), Value::Int(2)) => ecdsa!(p384),
            (Value::Int(2), Value::Int(-36), Value::Int(3)) => ecdsa!(p521),
            (Value::Int(2), Value::Int(-47), Value::Int(8)) => ecdsa!(k256),
            (Value::Int(1), Value::Int(-8), Value::Int(6)) => {
                let key = ed25519_dalek::VerifyingKey::from_bytes(&coordinate(-2)?).ok()?;
                let signature = ed25519_dalek::Signature::from_slice(signature).ok()?;
                key.verify_strict(message, &signature).ok()
            }
            (Value::Int(1), Value::Int(-53), Value::Int(7)) => {
                let x = ed448_goldilocks::VerifyingKey::from_bytes(bytes(-2)?.try_into().ok()?);
                let signature = ed448_goldilocks::Signature::try_from(signature).ok()?;
                x.ok()?.verify_raw(&signature, message).ok()
            }
            (Value::Int(3), Value::Int(-257), Value::Bytes(n)) => {
                rsa::verifies_pkcs1(n, bytes(-2)?, Hash::Sha256, message, signature).then_some(())
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

    /// RFC 6979 A.2.6, SHA-384, and A.2.7, SHA-512, the message "sample".
    #[test]
    fn p384_and_p521_by_rfc_6979() {
        let key = Es384Key::new(&unhex(
            "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5",
        ));
        assert_eq!(
            key.sign(b"sample"),
            (
                unhex(
                    "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46"
                ),
                unhex(
                    "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8"
                ),
            )
        );
        let key = Es512Key::new(&unhex(
            "fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75caa896eb32f1f47c70855836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b83538",
        ));
        assert_eq!(
            key.sign(b"sample"),
            (
                unhex(
                    "00c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f174e25a1ee9017b5d450606add152b534931d7d4e8455cc91f9b15bf05ec36e377fa"
                ),
                unhex(
                    "00617cce7cf5064806c467f678d3b4080d6f1cc50af26ca209417308281b68af282623eaa63e5b5c0723d8b8c37ff0777b1a20f8ccb1dccc43997f1ee0e44da4a67a"
                ),
            )
        );
    }

    /// RFC 8032 §7.4, the blank message.
    #[test]
    fn ed448_by_rfc_8032() {
        let private = unhex(
            "6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b",
        );
        let key = Ed448Key::new(&private.try_into().expect("57 bytes"));
        assert_eq!(
            hex(&key.public()),
            "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180"
        );
        assert_eq!(
            hex(&key.sign(&[])),
            "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f034f628281f2fd7a22ddd47d7828c59bd0a21bfd3980\
             ff0d2028d4b18a9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4dbb61149f05a7363268c71d95808ff2e652600"
        );
    }

    #[test]
    fn ml_dsa_has_the_sizes_of_fips_204() {
        for (algorithm, public, signature) in
            [(-48, 1312, 2420), (-49, 1952, 3309), (-50, 2592, 4627)]
        {
            let key = MlDsaKey::new(algorithm, [7; 32]);
            assert_eq!((key.public().len(), key.sign(b"sample").len()), (public, signature));
            assert_ne!(key.sign(b"sample"), key.sign_in(b"sample", b"x"));
        }
    }

    #[test]
    fn a_renamed_key_is_the_same_key() {
        let key = Key::Es256(Es256Key::new(&[7; 32]));
        let renamed = key.clone().under(-9);
        assert_eq!((renamed.algorithm(), renamed.sign(b"x")), (-9, key.sign(b"x")));
        assert_eq!(renamed.cose()[..5], [0xa5, 1, 2, 3, 0x28]);
        assert_eq!(renamed.cose()[5..], key.cose()[5..]);
        assert_eq!(renamed.spki(), key.spki());
    }

    #[test]
    fn what_a_key_signs_verifies_under_its_public_half() {
        let keys = [
            Key::Es384(Es384Key::new(&[7; 48])),
            Key::Es512(Es512Key::new(&[7; 65])),
            Key::Es256k(Es256kKey::new(&[7; 32])),
            Key::Ed448(Ed448Key::new(&[7; 57])),
            Key::Rsa(RsaKey::mersenne(-257, 607, 1279)),
        ];
        for key in keys {
            let (public, signature) = (key.cose(), key.sign(b"sample"));
            assert!(verifies(&public, b"sample", &signature), "{key:?}");
            assert!(!verifies(&public, b"Sample", &signature), "{key:?}");
        }
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
