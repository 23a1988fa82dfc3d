//! EdDSA with Ed448 (COSE −53), on the curve of the crate `ed448-goldilocks`, strictly.
//!
//! RFC 8032 §5.2.7 without the cofactor. Beyond it: a key must be a point of the prime-order group, canonically encoded; S is
//! below the group's order; R is compared as bytes, so it has one form and is of that group too; R is not the identity. The
//! crate's own verifier wants the message in one piece, and takes keys that are not canonical. Leaks: nothing secret here,
//! every input is public.

use super::SignatureVerifier;
use crate::error::Error;
use ed448_goldilocks::shake::Shake256;
use ed448_goldilocks::shake::digest::{ExtendableOutput, Update, XofReader};
use ed448_goldilocks::{CompressedEdwardsY, EdwardsPoint, EdwardsScalar, WideEdwardsScalarBytes};

/// dom4(0, ""): Ed448 itself, neither prehashed nor with a context (RFC 8032 §2).
const DOMAIN: &[u8] = b"SigEd448\x00\x00";

/// A point of the prime-order group, with its only encoding.
#[derive(Debug)]
pub struct Ed448 {
    encoded: [u8; 57],
    point: EdwardsPoint,
}

impl SignatureVerifier for Ed448 {
    type Key<'k> = &'k [u8; 57];

    fn new(x: Self::Key<'_>) -> Result<Self, Error> {
        let affine = CompressedEdwardsY(*x)
            .decompress()
            .into_option()
            .filter(|affine| affine.compress().to_bytes() == *x)
            .ok_or(Error::CosePointInvalid)?;
        let point = affine.to_edwards();
        if point == EdwardsPoint::IDENTITY {
            return Err(Error::CosePointInvalid);
        }
        Ok(Self { encoded: *x, point })
    }

    fn verify(&self, message: &[&[u8]], signature: &[u8]) -> Result<(), Error> {
        let (r, s): (&[u8; 57], &[u8; 57]) = signature
            .split_first_chunk::<57>()
            .and_then(|(r, s)| Some((r, s.try_into().ok()?)))
            .ok_or(Error::SignatureMalformed)?;
        let s = scalar(s).ok_or(Error::SignatureMalformed)?;
        let mut hash = Shake256::default().chain(DOMAIN).chain(r).chain(self.encoded);
        for part in message {
            hash.update(part);
        }
        let mut k = WideEdwardsScalarBytes::default();
        hash.finalize_xof().read(&mut k);
        let k = EdwardsScalar::from_bytes_mod_order_wide(&k);
        let negative = self.point.negate().scalar_mul(&k);
        let expected = EdwardsPoint::GENERATOR.scalar_mul(&s).add(&negative);
        if expected == EdwardsPoint::IDENTITY || expected.to_affine().compress().to_bytes() != *r {
            return Err(Error::SignatureInvalid);
        }
        Ok(())
    }
}

/// An S below the group's order. The crate does not look at its last byte, which is then zero.
fn scalar(s: &[u8; 57]) -> Option<EdwardsScalar> {
    let [.., last] = s;
    EdwardsScalar::from_canonical_bytes(&(*s).into()).into_option().filter(|_| *last == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::from_hex;

    // RFC 8032 §7.4: "1 octet"; the same with a context; "Blank".
    const KEY: &str = "43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c6798c0866aea01eb0074\
        2802b8438ea4cb82169c235160627b4c3a9480";
    const SIGNATURE: &str = "26b8f91727bd62897af15e41eb43c377efb9c610d48f2335cb0bd0087810f4352541b143c4b9\
        81b7e18f62de8ccdf633fc1bf037ab7cd779805e0dbcc0aae1cbcee1afb2e027df36bc04dcec\
        bf154336c19f0af7e0a6472905e799f1953d2a0ff3348ab21aa4adafd1d234441cf807c03a00";
    const WITH_CONTEXT: &str = "d4f8f6131770dd46f40867d6fd5d5055de43541f8c5e35abbcd001b32a89f7d2151f7647f11d\
        8ca2ae279fb842d607217fce6e042f6815ea000c85741de5c8da1144a6a1aba7f96de42505d7\
        a7298524fda538fccbbb754f578c1cad10d54d0d5428407e85dcbc98a49155c13764e66c3c00";
    const BLANK_KEY: &str = "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46\
        c7061bd6783df1e50f6cd1fa1abeafe8256180";
    const BLANK_SIGNATURE: &str = "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f034f62\
        8281f2fd7a22ddd47d7828c59bd0a21bfd3980ff0d2028d4b18a9df63e006c5d1c2d345b925d\
        8dc00b4104852db99ac5c7cdda8530a113a0f4dbb61149f05a7363268c71d95808ff2e652600";

    #[test]
    fn public_vectors_hold_and_nothing_near_them() {
        let blank = Ed448::new(&from_hex(BLANK_KEY)).expect("a key");
        let signature = from_hex::<114>(BLANK_SIGNATURE);
        assert_eq!(blank.verify(&[], &signature), Ok(()));
        assert_eq!(blank.verify(&[b"", b""], &signature), Ok(()));
        assert_eq!(blank.verify(&[b"\x03"], &signature), Err(Error::SignatureInvalid));

        let key = Ed448::new(&from_hex(KEY)).expect("a key");
        let signature = from_hex::<114>(SIGNATURE);
        assert_eq!(key.verify(&[b"\x03"], &signature), Ok(()));
        assert_eq!(key.verify(&[b"", b"\x03", b""], &signature), Ok(()));
        assert_eq!(key.verify(&[b"\x03\x03"], &signature), Err(Error::SignatureInvalid));
        assert_eq!(blank.verify(&[b"\x03"], &signature), Err(Error::SignatureInvalid));
        assert_eq!(
            key.verify(&[b"\x03"], &from_hex::<114>(WITH_CONTEXT)),
            Err(Error::SignatureInvalid)
        );
        for wrong in [&[][..], &signature[..113], &[&signature[..], &[0]].concat()] {
            assert_eq!(key.verify(&[b"\x03"], wrong), Err(Error::SignatureMalformed));
        }
        // The sign of R, and the bits of its last byte that are no part of a point.
        for bit in [0x80, 0x01, 0x40] {
            let mut other = signature;
            other[56] ^= bit;
            assert_eq!(key.verify(&[b"\x03"], &other), Err(Error::SignatureInvalid));
        }
        for byte in [1, 0x40, 0x80, 0xff] {
            let mut high = signature;
            high[113] = byte;
            assert_eq!(key.verify(&[b"\x03"], &high), Err(Error::SignatureMalformed), "{byte:x}");
        }
    }

    /// The group's order, little-endian (RFC 8032 §5.2): 2^446 less a number of half that length.
    fn order() -> [u8; 57] {
        let mut order = [0xff; 57];
        order[..28].copy_from_slice(&from_hex::<28>(
            "f34458ab92c27823558fc58d72c26c219036d6ae49db4ec4e923ca7c",
        ));
        (order[55], order[56]) = (0x3f, 0);
        order
    }

    #[test]
    fn s_is_below_the_order() {
        let key = Ed448::new(&from_hex(KEY)).expect("a key");
        let signature = from_hex::<114>(SIGNATURE);
        let order = order();
        let (mut sum, mut carry) = (signature, 0);
        for (byte, add) in sum[57..].iter_mut().zip(order) {
            let total = u16::from(*byte) + u16::from(add) + carry;
            (*byte, carry) = (total.to_le_bytes()[0], total >> 8);
        }
        assert_eq!(key.verify(&[b"\x03"], &sum), Err(Error::SignatureMalformed), "S + L");
        let mut exact = signature;
        exact[57..].copy_from_slice(&order);
        assert_eq!(key.verify(&[b"\x03"], &exact), Err(Error::SignatureMalformed), "L");
        exact[57] -= 1;
        assert_eq!(key.verify(&[b"\x03"], &exact), Err(Error::SignatureInvalid), "L − 1");
    }

    #[test]
    fn a_key_is_canonical_and_of_prime_order() {
        // y = 19 is a point of the group, y = 3 is one beside it.
        let small = |y: u8| core::array::from_fn(|i| if i == 0 { y } else { 0 });
        assert!(Ed448::new(&small(19)).is_ok());
        assert_eq!(Ed448::new(&small(3)).err(), Some(Error::CosePointInvalid));
        let refused = [
            "0100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000\
             00",
            "0100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000\
             80",
            "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000\
             00",
            "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000\
             80",
            "fefffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffffffffffffffffffffffffffffffffffffffffffffffffff\
             00",
            // y = p + 19: another name for 19.
            "12000000000000000000000000000000000000000000000000000000ffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
             00",
        ];
        for hex in refused {
            assert_eq!(Ed448::new(&from_hex(hex)).err(), Some(Error::CosePointInvalid), "{hex}");
        }
        for bit in 0..7 {
            let mut key = from_hex(KEY);
            key[56] |= 1 << bit;
            assert_eq!(Ed448::new(&key).err(), Some(Error::CosePointInvalid), "{bit}");
        }
    }

    /// A signature under the private scalar 7, with R = r·B.
    fn sign(r: u8, message: &[u8]) -> (Ed448, [u8; 114]) {
        let scalar = |n: u8| EdwardsScalar::from(n);
        let encode =
            |n: u8| (EdwardsPoint::GENERATOR * scalar(n)).to_affine().compress().to_bytes();
        let key = encode(7);
        let mut wide = WideEdwardsScalarBytes::default();
        Shake256::default()
            .chain(DOMAIN)
            .chain(encode(r))
            .chain(key)
            .chain(message)
            .finalize_xof()
            .read(&mut wide);
        let s = scalar(r) + EdwardsScalar::from_bytes_mod_order_wide(&wide) * scalar(7);
        let mut signature = [0; 114];
        signature[..57].copy_from_slice(&encode(r));
        signature[57..].copy_from_slice(&s.to_bytes_rfc_8032());
        (Ed448::new(&key).expect("a key"), signature)
    }

    #[test]
    fn r_is_not_the_identity() {
        let (key, signature) = sign(5, b"message");
        assert_eq!(key.verify(&[b"message"], &signature), Ok(()));
        let (key, signature) = sign(0, b"message");
        assert_eq!(key.verify(&[b"message"], &signature), Err(Error::SignatureInvalid));
    }
}
