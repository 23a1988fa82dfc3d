//! `encoding::cose` and the check of keys against the parameters that ciborium finds, the points that p256 takes, and the
//! curve of Ed25519 in plain arithmetic.

use crate::{authenticator, cbor as reference_cbor, ed25519};
use ciborium::Value as Ciborium;
use mfakit_core::Error;
use mfakit_core::crypto;
use mfakit_core::encoding::cbor::Limits;
use mfakit_core::encoding::cose::{self, PublicKey};
use p256::ecdsa::signature::Verifier;

/// A key whose parameters belong together; its point need not be on the curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Key {
    /// ECDSA with P-256 and SHA-256.
    Es256 {
        /// The coordinates.
        x: [u8; 32],
        /// The coordinates.
        y: [u8; 32],
    },
    /// Ed25519.
    Ed25519 {
        /// The encoded point.
        x: [u8; 32],
    },
}

impl Key {
    /// The COSE number.
    #[must_use]
    pub const fn algorithm(&self) -> i64 {
        match self {
            Self::Es256 { .. } => -7,
            Self::Ed25519 { .. } => -8,
        }
    }

    /// Whether its point is one that may be used.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        match self {
            Self::Es256 { x, y } => verifying_key(x, y).is_some(),
            Self::Ed25519 { x } => ed25519::is_key(x),
        }
    }

    /// A signature's verdict.
    ///
    /// # Errors
    ///
    /// As `crypto::verify`.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        match self {
            Self::Es256 { x, y } => {
                let key = verifying_key(x, y).ok_or(Error::CosePointInvalid)?;
                let signature = p256::ecdsa::Signature::from_der(signature)
                    .map_err(|_| Error::SignatureMalformed)?;
                key.verify(message, &signature).map_err(|_| Error::SignatureInvalid)
            }
            Self::Ed25519 { x } => ed25519::verify(x, message, signature),
        }
    }
}

fn verifying_key(x: &[u8; 32], y: &[u8; 32]) -> Option<p256::ecdsa::VerifyingKey> {
    let point = p256::Sec1Point::from_affine_coordinates(&(*x).into(), &(*y).into(), false);
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

    fn coordinate(&self, label: i64) -> Result<[u8; 32], Option<Error>> {
        let value = self.get(label).and_then(Ciborium::as_bytes);
        let bytes = value.and_then(|bytes| <[u8; 32]>::try_from(&bytes[..]).ok());
        bytes.ok_or(Some(Error::CoseKeyMalformed))
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
    if ![-7, -8].contains(&algorithm) {
        return Err(Some(Error::AlgorithmUnsupported));
    }
    if encoding.len() > cose::MAX_LEN {
        return Err(Some(Error::CoseKeyMalformed));
    }
    // RFC 9053 §7: the numbers of OKP and Ed25519, of EC2 and P-256.
    let (kty, crv) = (parameters.integer(1)?, parameters.integer(-1)?);
    let expected = if algorithm == -8 { (1, 6) } else { (2, 1) };
    if (kty, crv) != expected {
        return Err(Some(Error::CoseKeyMismatch));
    }
    let x = parameters.coordinate(-2)?;
    if algorithm == -8 {
        return Ok(Key::Ed25519 { x });
    }
    Ok(Key::Es256 { x, y: parameters.coordinate(-3)? })
}

/// Whether core takes the key; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let ours = cose::parse_all(data);
    match (reference(data), &ours) {
        (Ok(expected), Ok(key)) => {
            let seen = match *key {
                PublicKey::Es256 { x, y } => Key::Es256 { x: *x, y: *y },
                PublicKey::Ed25519 { x } => Key::Ed25519 { x: *x },
                _ => panic!("the oracle knows no such key: {key:?}"),
            };
            assert_eq!(seen, expected);
            assert_eq!(key.algorithm(), expected.algorithm());
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
    // Neutral, of order 8, and another name of the number 3.
    for (low, high) in [(1, 0), (0xec, 0x7f), (0xf0, 0x7f)] {
        let mut x = [if high == 0 { 0 } else { 0xff }; 32];
        (x[0], x[31]) = (low, high);
        seeds.push(ed25519_key(&x));
    }
    seeds
}
