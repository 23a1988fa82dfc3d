//! ES256: ECDSA with P-256 and SHA-256 (COSE −7 and −9), by the crate `mfakit-p256`.
//!
//! The rules are in `ecdsa`. Leaks: nothing secret here, every input is public; verification takes variable time.

use super::{SignatureVerifier, hash};
use crate::encoding::cose::{self, Hash, PublicKey};
use crate::encoding::der;
use crate::error::Error;
use mfakit_p256::{PreparedVerifyingKey, Rejected, VerifyingKey, is_in_range};
use sha2::digest::Output;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// A point that is on the curve and not the identity.
#[derive(Debug)]
pub struct Es256(VerifyingKey);

impl SignatureVerifier for Es256 {
    type Key<'k> = (&'k [u8; 32], &'k [u8; 32]);

    fn new((x, y): Self::Key<'_>) -> Result<Self, Error> {
        VerifyingKey::new(x, y).map(Self).map_err(to_error)
    }

    fn verify(&self, message: &[&[u8]], signature: &[u8]) -> Result<(), Error> {
        self.verify_with(Hash::Sha256, message, signature)
    }
}

impl Es256 {
    /// Verifies a signature over another hash of the message.
    pub(super) fn verify_with(
        &self,
        with: Hash,
        message: &[&[u8]],
        signature: &[u8],
    ) -> Result<(), Error> {
        let digest = match with {
            Hash::Sha256 => hash::<Sha256>(message).into(),
            Hash::Sha384 => cut::<Sha384>(&hash::<Sha384>(message)),
            Hash::Sha512 => cut::<Sha512>(&hash::<Sha512>(message)),
        };
        let (r, s) = der::read_ecdsa(signature)?;
        self.0.verify(&digest, &r, &s).map_err(to_error)
    }

    /// Verifies a signature that is r and s, each of 32 bytes, one after the other (RFC 9053 §2.1).
    #[cfg(feature = "approval")]
    pub(super) fn verify_fixed(&self, message: &[&[u8]], signature: &[u8]) -> Result<(), Error> {
        let [r, s] = signature.as_chunks().0 else { return Err(Error::SignatureMalformed) };
        if signature.len() != 64 {
            return Err(Error::SignatureMalformed);
        }
        self.0.verify(&hash::<Sha256>(message).into(), r, s).map_err(to_error)
    }
}

/// A hash that is longer than the curve's order, cut short (FIPS 186-5 §6.4.2).
fn cut<D: Digest>(hash: &Output<D>) -> [u8; 32] {
    hash.first_chunk().copied().unwrap_or_default()
}

fn to_error(rejected: Rejected) -> Error {
    match rejected {
        Rejected::Point => Error::CosePointInvalid,
        Rejected::Scalar => Error::SignatureMalformed,
        Rejected::Signature => Error::SignatureInvalid,
    }
}

/// Reads a DER signature and checks that r and s are in 1..n.
///
/// # Errors
///
/// [`Error::SignatureMalformed`].
pub fn parse_signature(der: &[u8]) -> Result<([u8; 32], [u8; 32]), Error> {
    let (r, s) = der::read_ecdsa::<32>(der)?;
    if is_in_range(&r) && is_in_range(&s) { Ok((r, s)) } else { Err(Error::SignatureMalformed) }
}

/// An ES256 key with 2 KiB of its multiples, with which a signature takes half the time; for a key that is used again soon, or one
/// that a firmware has in flash. The verdicts are the same.
///
/// It knows its key, and it is refused for any other.
///
/// # Examples
///
/// ```
/// use mfakit_core::Error;
/// use mfakit_core::crypto::PreparedKey;
///
/// assert_eq!(PreparedKey::new(b"not a COSE key").err(), Some(Error::CborMalformed));
/// ```
#[derive(Debug)]
pub struct PreparedKey {
    algorithm: i64,
    x: [u8; 32],
    y: [u8; 32],
    key: PreparedVerifyingKey,
}

impl PreparedKey {
    /// Prepares a COSE key. Takes the time of about one verification.
    ///
    /// # Errors
    ///
    /// The error of a key that cannot be read; [`Error::AlgorithmUnsupported`] of any other than ES256: there is nothing to prepare.
    pub fn new(public_key: &[u8]) -> Result<Self, Error> {
        let PublicKey::Es256 { algorithm, x, y } = cose::parse_all(public_key)? else {
            return Err(Error::AlgorithmUnsupported);
        };
        let key = VerifyingKey::new(x, y).map_err(to_error)?.prepare();
        Ok(Self { algorithm, x: *x, y: *y, key })
    }

    /// The key with these coordinates, for a `static` that is made when a program is compiled; `None` if they are not those of a
    /// point of the curve. The COSE number is −7 or −9.
    #[must_use]
    pub const fn at_build_time(algorithm: i64, x: [u8; 32], y: [u8; 32]) -> Option<Self> {
        match PreparedVerifyingKey::at_build_time(&x, &y) {
            Some(key) => Some(Self { algorithm, x, y, key }),
            None => None,
        }
    }

    /// Whether this is the COSE key that was prepared. Other bytes may say the same key.
    #[must_use]
    pub fn is_for(&self, public_key: &[u8]) -> bool {
        cose::parse_all(public_key).is_ok_and(|key| self.is(&key))
    }

    pub(crate) fn is(&self, key: &PublicKey<'_>) -> bool {
        let own = (self.algorithm, &self.x, &self.y);
        matches!(*key, PublicKey::Es256 { algorithm, x, y } if (algorithm, x, y) == own)
    }

    /// Verifies a DER signature over the concatenation of `message`, as [`super::verify`] does.
    ///
    /// # Errors
    ///
    /// [`Error::SignatureMalformed`], [`Error::SignatureInvalid`].
    pub fn verify(&self, message: &[&[u8]], signature: &[u8]) -> Result<(), Error> {
        let (r, s) = der::read_ecdsa(signature)?;
        self.key.verify(&hash::<Sha256>(message).into(), &r, &s).map_err(to_error)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::ecdsa::tests::{Vector, check, der};
    use super::super::from_hex;
    use super::*;

    // RFC 6979 §A.2.5.
    pub(in crate::crypto) const VECTOR: Vector = Vector {
        x: "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
        y: "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
        message: b"sample",
        r: "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
        s: "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
        n: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    };

    #[test]
    fn a_public_vector_holds_and_nothing_near_it() {
        check::<Es256, 32>(&VECTOR);
    }

    /// The vector's COSE key under an algorithm's number, −7 or −9.
    fn cose_key(algorithm: u8) -> std::vec::Vec<u8> {
        let (x, y) = (from_hex::<32>(VECTOR.x), from_hex::<32>(VECTOR.y));
        [&[0xa5, 1, 2, 3, algorithm, 0x20, 1, 0x21, 0x58, 32], &x[..], &[0x22, 0x58, 32], &y]
            .concat()
    }

    #[test]
    fn a_prepared_key_holds_as_the_plain_one_and_knows_its_key() {
        let key = cose_key(0x26);
        let prepared = PreparedKey::new(&key).expect("a key");
        let (x, y) = (from_hex(VECTOR.x), from_hex(VECTOR.y));
        let in_flash = PreparedKey::at_build_time(-7, x, y).expect("a key");
        let signature = der(&from_hex::<32>(VECTOR.r), &from_hex::<32>(VECTOR.s));
        for prepared in [&prepared, &in_flash] {
            assert_eq!(prepared.verify(&[b"sam", b"ple"], &signature), Ok(()));
            let refused = prepared.verify(&[b"simple"], &signature);
            assert_eq!(refused, Err(Error::SignatureInvalid));
            assert_eq!(prepared.verify(&[b"sample"], b"raw"), Err(Error::SignatureMalformed));
            assert!(prepared.is_for(&key));
            assert!(!prepared.is_for(&cose_key(0x28)), "another algorithm's number");
            for i in [10, 41, 45, 76] {
                let mut other = key.clone();
                other[i] ^= 1;
                assert!(!prepared.is_for(&other), "byte {i}");
            }
            assert!(!prepared.is_for(b""));
        }
        let mut beside = key;
        beside[76] ^= 1;
        assert_eq!(PreparedKey::new(&beside).err(), Some(Error::CosePointInvalid));
        assert!(PreparedKey::at_build_time(-7, y, x).is_none());
    }

    #[cfg(feature = "ed25519")]
    #[test]
    fn there_is_nothing_to_prepare_in_other_keys() {
        let x = from_hex::<32>("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
        let key = [&[0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32], &x[..]].concat();
        assert_eq!(PreparedKey::new(&key).err(), Some(Error::AlgorithmUnsupported));
    }
}
