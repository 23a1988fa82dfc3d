//! EdDSA with Ed25519 (COSE −8 and −19), by the crate `ed25519-dalek`, strictly.
//!
//! RFC 8032 §5.1.7 without the cofactor. Beyond it: a key or an R of small order, under which one signature can hold for
//! many messages, and a key whose y is not below p are refused; S is below the group's order; R is compared as bytes, so
//! it has one form. Leaks: nothing secret here, every input is public.

use super::SignatureVerifier;
use crate::error::Error;
use ed25519_dalek::{Signature, VerifyingKey};

/// A point that is on the curve, canonically encoded and not of small order.
#[derive(Debug)]
pub struct Ed25519(VerifyingKey);

impl SignatureVerifier for Ed25519 {
    type Key<'k> = &'k [u8; 32];

    fn new(x: Self::Key<'_>) -> Result<Self, Error> {
        let key = VerifyingKey::from_bytes(x).map_err(|_| Error::CosePointInvalid)?;
        if key.is_weak() || !is_canonical(x) {
            return Err(Error::CosePointInvalid);
        }
        Ok(Self(key))
    }

    fn verify(&self, message: &[&[u8]], signature: &[u8]) -> Result<(), Error> {
        let (r, s): ([u8; 32], [u8; 32]) = signature
            .split_first_chunk::<32>()
            .and_then(|(r, s)| Some((*r, s.try_into().ok()?)))
            .ok_or(Error::SignatureMalformed)?;
        // Refuses an S that is not below the group's order.
        let mut stream = self
            .0
            .verify_stream(&Signature::from_components(r, s))
            .map_err(|_| Error::SignatureMalformed)?;
        let r = VerifyingKey::from_bytes(&r).map_err(|_| Error::SignatureInvalid)?;
        if r.is_weak() {
            return Err(Error::SignatureInvalid);
        }
        for part in message {
            stream.update(part);
        }
        stream.finalize_and_verify().map_err(|_| Error::SignatureInvalid)
    }
}

/// Whether y, the number without its top bit, is below p = 2^255 − 19: only then has the point one encoding. The
/// other double encodings, x = 0 with the sign bit set, are points of small order.
fn is_canonical(y: &[u8; 32]) -> bool {
    let [low, middle @ .., high] = y;
    high & 0x7f != 0x7f || middle.iter().any(|&byte| byte != 0xff) || *low < 0xed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::from_hex;

    // RFC 8032 §7.1, test 3.
    const KEY: &str = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025";
    const SIGNATURE: &str = "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac\
        18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a";

    #[test]
    fn a_message_in_parts_is_the_message() {
        let key = Ed25519::new(&from_hex(KEY)).expect("a key");
        let signature: [u8; 64] = from_hex(SIGNATURE);
        assert_eq!(key.verify(&[b"\xaf\x82"], &signature), Ok(()));
        assert_eq!(key.verify(&[b"\xaf", b"", b"\x82"], &signature), Ok(()));
        assert_eq!(key.verify(&[b"\xaf"], &signature), Err(Error::SignatureInvalid));
        assert_eq!(key.verify(&[b"\xaf\x82"], &signature[..63]), Err(Error::SignatureMalformed));
    }

    #[test]
    fn a_key_is_canonical_and_not_of_small_order() {
        let small = [
            "0100000000000000000000000000000000000000000000000000000000000000",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "0000000000000000000000000000000000000000000000000000000000000080",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "0100000000000000000000000000000000000000000000000000000000000080",
            // y = p + 3: on the curve, and another name for 3.
            "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        ];
        for hex in small {
            assert_eq!(Ed25519::new(&from_hex(hex)).err(), Some(Error::CosePointInvalid), "{hex}");
        }
    }

    #[test]
    fn canonical_ends_below_p() {
        let mut p = [0xff; 32];
        (p[0], p[31]) = (0xed, 0x7f);
        assert!(!is_canonical(&p));
        for (index, below) in [(0, 0xec), (1, 0xfe), (30, 0xfe), (31, 0x7e), (31, 0xfe)] {
            let mut y = p;
            y[index] = below;
            assert!(is_canonical(&y), "{index} {below}");
        }
        p[31] = 0xff;
        assert!(!is_canonical(&p), "the sign is no part of y");
    }
}
