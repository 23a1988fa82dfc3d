//! `encoding::cose` and the check of keys against the parameters that ciborium finds, the points that p256 takes, and the
//! curves in plain arithmetic.

use crate::curves::{self, Weierstrass};
use crate::{authenticator, cbor as reference_cbor, ed25519, signature};
use ciborium::Value as Ciborium;
use mfakit_core::Error;
use mfakit_core::crypto;
use mfakit_core::encoding::cbor::Limits;
use mfakit_core::encoding::cose::{self, KeyParts, PublicKey};
use mfakit_testing::rsa::Hash;
use num_bigint::BigUint;

/// A key whose parameters belong together; its point need not be on the curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The COSE number.
    pub algorithm: i64,
    /// What the number stands for.
    pub kind: Kind,
}

/// What a key is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// ECDSA: the value of `crv`, the hash, and the coordinates.
    Ec {
        /// The value of `crv`.
        crv: i64,
        /// The hash.
        hash: Hash,
        /// The coordinates.
        x: Vec<u8>,
        /// The coordinates.
        y: Vec<u8>,
    },
    /// Ed25519.
    Ed25519 {
        /// The encoded point.
        x: [u8; 32],
    },
    /// Ed448.
    Ed448 {
        /// The encoded point.
        x: [u8; 57],
    },
    /// RSA.
    Rsa {
        /// Whether the padding is PSS.
        pss: bool,
        /// The hash.
        hash: Hash,
        /// The modulus.
        n: Vec<u8>,
        /// The exponent.
        e: Vec<u8>,
    },
    /// ML-DSA: the public key.
    MlDsa(Vec<u8>),
}

/// What belongs to a COSE number: the values of `kty` and `crv`, and the hash.
#[derive(Clone, Copy)]
enum Scheme {
    Ec(i64, Hash),
    Okp(i64),
    Rsa(bool, Hash),
    Akp(usize),
}

/// RFC 9053 §2, §7; RFC 8812 §2, §3; RFC 9864 §2; RFC 9964 for ML-DSA; WebAuthn Level 3 §5.8.5.
const ALGORITHMS: [(i64, Scheme); 19] = [
    (-7, Scheme::Ec(1, Hash::Sha256)),
    (-9, Scheme::Ec(1, Hash::Sha256)),
    (-35, Scheme::Ec(2, Hash::Sha384)),
    (-51, Scheme::Ec(2, Hash::Sha384)),
    (-36, Scheme::Ec(3, Hash::Sha512)),
    (-52, Scheme::Ec(3, Hash::Sha512)),
    (-47, Scheme::Ec(8, Hash::Sha256)),
    (-8, Scheme::Okp(6)),
    (-19, Scheme::Okp(6)),
    (-53, Scheme::Okp(7)),
    (-257, Scheme::Rsa(false, Hash::Sha256)),
    (-258, Scheme::Rsa(false, Hash::Sha384)),
    (-259, Scheme::Rsa(false, Hash::Sha512)),
    (-37, Scheme::Rsa(true, Hash::Sha256)),
    (-38, Scheme::Rsa(true, Hash::Sha384)),
    (-39, Scheme::Rsa(true, Hash::Sha512)),
    (-48, Scheme::Akp(1312)),
    (-49, Scheme::Akp(1952)),
    (-50, Scheme::Akp(2592)),
];

impl Key {
    /// The COSE number.
    #[must_use]
    pub const fn algorithm(&self) -> i64 {
        self.algorithm
    }

    /// Whether its point is one that may be used. Of RSA and ML-DSA every key of the right size is one.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        match &self.kind {
            Kind::Ec { crv: 1, x, y, .. } => {
                let by_crate = verifying_key(x, y).is_some();
                assert_eq!(by_crate, curve(1).contains(x, y), "p256 and plain arithmetic");
                by_crate
            }
            Kind::Ec { crv, x, y, .. } => curve(*crv).contains(x, y),
            Kind::Ed25519 { x } => ed25519::is_key(x),
            Kind::Ed448 { x } => curves::is_ed448_key(x),
            Kind::Rsa { .. } | Kind::MlDsa(_) => true,
        }
    }

    /// A signature's verdict.
    ///
    /// # Errors
    ///
    /// As `crypto::verify`.
    ///
    /// # Panics
    ///
    /// Under ML-DSA, of which there is one implementation only.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        let valid = |holds: bool| if holds { Ok(()) } else { Err(Error::SignatureInvalid) };
        if !self.is_valid() {
            return Err(Error::CosePointInvalid);
        }
        match &self.kind {
            Kind::Ec { crv, hash, x, y } => {
                let curve = curve(*crv);
                let (r, s) = curve.read_signature(signature).ok_or(Error::SignatureMalformed)?;
                valid(curve.verifies(x, y, &hash.of(message), &r, &s))
            }
            Kind::Ed25519 { x } => ed25519::verify(x, message, signature),
            Kind::Ed448 { x } => {
                if !curves::is_ed448_signature(signature) {
                    return Err(Error::SignatureMalformed);
                }
                valid(curves::verifies_ed448(x, message, signature))
            }
            Kind::Rsa { n, .. } if signature.len() != n.len() => Err(Error::SignatureMalformed),
            Kind::Rsa { pss: true, hash, n, e } => {
                valid(curves::verifies_pss(n, e, *hash, message, signature))
            }
            Kind::Rsa { pss: false, hash, n, e } => {
                valid(curves::verifies_pkcs1(n, e, *hash, message, signature))
            }
            Kind::MlDsa(_) => panic!("the oracle `signature` knows what to say of ML-DSA"),
        }
    }
}

fn curve(crv: i64) -> &'static Weierstrass {
    Weierstrass::named(crv).expect("a curve of the table")
}

fn verifying_key(x: &[u8], y: &[u8]) -> Option<p256::ecdsa::VerifyingKey> {
    let point =
        p256::Sec1Point::from_affine_coordinates(x.try_into().ok()?, y.try_into().ok()?, false);
    p256::ecdsa::VerifyingKey::from_sec1_point(&point).ok()
}

/// A COSE map as ciborium reads it.
struct Parameters(Ciborium);

impl Parameters {
    /// `Err(None)`: not one item of canonical CBOR.
    fn read(encoding: &[u8]) -> Result<Self, Option<Error>> {
        match reference_cbor::reference(encoding, Limits::CTAP2) {
            Some((_, _, [])) => {}
            _ => return Err(None),
        }
        Ok(Self(ciborium::from_reader(encoding).expect("the reference reader accepts less")))
    }

    fn get(&self, label: i64) -> Option<&Ciborium> {
        let entries = self.0.as_map()?;
        let entry = entries.iter().find(|(k, _)| *k == Ciborium::from(label))?;
        Some(&entry.1)
    }

    fn integer(&self, label: i64) -> Result<i64, Option<Error>> {
        let number = self.get(label).and_then(Ciborium::as_integer);
        number.and_then(|n| i64::try_from(n).ok()).ok_or(Some(Error::CoseKeyMalformed))
    }

    fn bytes(&self, label: i64) -> Result<Vec<u8>, Option<Error>> {
        let value = self.get(label).and_then(Ciborium::as_bytes);
        value.cloned().ok_or(Some(Error::CoseKeyMalformed))
    }

    fn coordinate(&self, label: i64, size: usize) -> Result<Vec<u8>, Option<Error>> {
        self.bytes(label).and_then(|bytes| sized(bytes, size))
    }
}

/// The `alg` of a key.
///
/// # Errors
///
/// As [`reference`].
pub fn algorithm(encoding: &[u8]) -> Result<i64, Option<Error>> {
    Parameters::read(encoding)?.integer(3)
}

/// The key, or why there is none: not canonical CBOR, or the first parameter that is wrong.
///
/// # Errors
///
/// As `cose::parse_all`; `None` where the error is one of CBOR's own.
pub fn reference(encoding: &[u8]) -> Result<Key, Option<Error>> {
    let parameters = Parameters::read(encoding)?;
    let algorithm = parameters.integer(3)?;
    let (_, scheme) = ALGORITHMS
        .iter()
        .find(|(number, _)| *number == algorithm)
        .ok_or(Some(Error::AlgorithmUnsupported))?;
    if encoding.len() > cose::MAX_LEN {
        return Err(Some(Error::CoseKeyMalformed));
    }
    let kty = parameters.integer(1)?;
    let fits = match *scheme {
        Scheme::Ec(crv, _) => (kty, parameters.integer(-1)?) == (2, crv),
        Scheme::Okp(crv) => (kty, parameters.integer(-1)?) == (1, crv),
        Scheme::Rsa(..) => kty == 3,
        Scheme::Akp(_) => kty == 7,
    };
    if !fits {
        return Err(Some(Error::CoseKeyMismatch));
    }
    let kind = match *scheme {
        Scheme::Ec(crv, hash) => {
            let size = curve(crv).size;
            let (x, y) = (parameters.coordinate(-2, size)?, parameters.coordinate(-3, size)?);
            Kind::Ec { crv, hash, x, y }
        }
        Scheme::Okp(6) => {
            Kind::Ed25519 { x: parameters.coordinate(-2, 32)?.try_into().expect("32 bytes") }
        }
        Scheme::Okp(_) => {
            Kind::Ed448 { x: parameters.coordinate(-2, 57)?.try_into().expect("57 bytes") }
        }
        Scheme::Rsa(pss, hash) => {
            let (n, e) = (parameters.bytes(-1)?, parameters.bytes(-2)?);
            let [modulus, exponent] = [&n, &e].map(|bytes| BigUint::from_bytes_be(bytes));
            let minimal = n.first() != Some(&0) && e.first() != Some(&0);
            let sound = minimal
                && (2048..=8192).contains(&modulus.bits())
                && modulus.bit(0)
                && exponent.bit(0)
                && exponent >= BigUint::from(65537_u32)
                && exponent.bits() <= 33;
            if !sound {
                return Err(Some(Error::CoseKeyMalformed));
            }
            Kind::Rsa { pss, hash, n, e }
        }
        Scheme::Akp(size) => Kind::MlDsa(sized(parameters.bytes(-1)?, size)?),
    };
    Ok(Key { algorithm, kind })
}

fn sized(bytes: Vec<u8>, size: usize) -> Result<Vec<u8>, Option<Error>> {
    if bytes.len() == size { Ok(bytes) } else { Err(Some(Error::CoseKeyMalformed)) }
}

/// A key as core reads it, in the words of this oracle.
fn seen(key: &PublicKey<'_>) -> Key {
    let scheme = ALGORITHMS.iter().find(|(number, _)| *number == key.algorithm());
    let kind = match (key.parts(), scheme.expect("a number of the table").1) {
        (KeyParts::Ec { x, y, .. }, Scheme::Ec(crv, hash)) => {
            Kind::Ec { crv, hash, x: x.to_vec(), y: y.to_vec() }
        }
        (KeyParts::Okp { x, .. }, Scheme::Okp(6)) => {
            Kind::Ed25519 { x: x.try_into().expect("32 bytes") }
        }
        (KeyParts::Okp { x, .. }, Scheme::Okp(_)) => {
            Kind::Ed448 { x: x.try_into().expect("57 bytes") }
        }
        (KeyParts::Rsa { n, e }, Scheme::Rsa(pss, hash)) => {
            Kind::Rsa { pss, hash, n: n.to_vec(), e: e.to_vec() }
        }
        (KeyParts::Akp { key }, Scheme::Akp(_)) => Kind::MlDsa(key.to_vec()),
        (parts, _) => panic!("{parts:?} under {}", key.algorithm()),
    };
    Key { algorithm: key.algorithm(), kind }
}

/// Whether core takes the key; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let ours = cose::parse_all(data);
    match (reference(data), &ours) {
        (Ok(expected), Ok(key)) => {
            assert_eq!(seen(key), expected);
            assert_eq!(PublicKey::from_parts(key.algorithm(), key.parts()), Ok(*key));
            let valid = expected.is_valid();
            let verdict = if valid { Ok(()) } else { Err(Error::CosePointInvalid) };
            assert_eq!(crypto::check_key(key), verdict);
            valid
        }
        (Err(Some(expected)), Err(error)) => {
            assert_eq!(*error, expected);
            false
        }
        (Err(None), Err(error)) => {
            assert!(error.code().starts_with("cbor_"), "{error:?}");
            false
        }
        (expected, ours) => panic!("{expected:?} {ours:?}"),
    }
}

/// The test key for Ed25519 as a COSE key in canonical form.
#[must_use]
pub fn ed25519_key(x: &[u8; 32]) -> Vec<u8> {
    // kty: OKP, alg: EdDSA, crv: Ed25519, x
    [&[0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20][..], x].concat()
}

/// A good key for each algorithm, and one for each parameter that can be wrong or missing.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let (es256, ed25519) =
        (authenticator::public_key(), ed25519_key(&ed25519::public_key(&[5; 32])));
    let mut seeds = Vec::new();
    // The values of kty, alg and crv, and a byte of each coordinate.
    for (good, places) in [(&es256, &[2, 4, 6, 20, 60][..]), (&ed25519, &[2, 4, 6, 10, 41])] {
        seeds.push(good.clone());
        for (&at, change) in places.iter().flat_map(|at| (0..8).map(move |bit| (at, 1 << bit))) {
            let mut wrong = good.clone();
            wrong[at] ^= change;
            seeds.push(wrong);
        }
        // The other algorithm's numbers, one at a time.
        for (at, value) in [(2, [1, 2]), (4, [0x26, 0x27]), (6, [1, 6])] {
            for value in value {
                let mut wrong = good.clone();
                wrong[at] = value;
                seeds.push(wrong);
            }
        }
        // Without the last parameter, which is a coordinate of 32 bytes behind three bytes of head and label.
        let mut shorter = good[..good.len() - 35].to_vec();
        shorter[0] -= 1;
        seeds.push(shorter);
    }
    // Every algorithm, under its own number and under each other.
    for key in signature::KEYS.iter() {
        seeds.push(key.cose());
        for (number, _) in ALGORITHMS {
            seeds.push(key.clone().under(number).cose());
        }
    }
    // Neutral, of order 8, and another name of the number 3.
    for (low, high) in [(1, 0), (0xec, 0x7f), (0xf0, 0x7f)] {
        let mut x = [if high == 0 { 0 } else { 0xff }; 32];
        (x[0], x[31]) = (low, high);
        seeds.push(ed25519_key(&x));
    }
    seeds
}
