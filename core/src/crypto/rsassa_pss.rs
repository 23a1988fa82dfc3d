//! PS256, PS384 and PS512: RSASSA-PSS (COSE −37, −38 and −39).
//!
//! VARIABLE TIME: every input is public. RFC 8017 §8.1.2, §9.1.2 and RFC 8230 §2: the mask is MGF1 with the same hash, and the
//! salt is as long as the hash. Leaks: nothing secret here.

use super::rsa::{MOST_BYTES, PublicKey};
use super::{SignatureVerifier, hash};
use crate::encoding::cose::Hash;
use crate::error::Error;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// A key, and the hash that it signs.
#[derive(Debug)]
pub struct RsassaPss {
    hash: Hash,
    key: PublicKey,
}

impl SignatureVerifier for RsassaPss {
    /// The hash, the modulus and the exponent.
    type Key<'k> = (Hash, &'k [u8], &'k [u8]);

    fn new((hash, n, e): Self::Key<'_>) -> Result<Self, Error> {
        Ok(Self { hash, key: PublicKey::new(n, e)? })
    }

    fn verify(&self, message: &[&[u8]], signature: &[u8]) -> Result<(), Error> {
        let mut buffer = [0; MOST_BYTES];
        let encoded = self.key.open(signature, &mut buffer)?;
        let bits = self.key.bits().saturating_sub(1);
        let consistent = match self.hash {
            Hash::Sha256 => is_consistent::<Sha256>(message, encoded, bits),
            Hash::Sha384 => is_consistent::<Sha384>(message, encoded, bits),
            Hash::Sha512 => is_consistent::<Sha512>(message, encoded, bits),
        };
        if consistent == Some(true) { Ok(()) } else { Err(Error::SignatureInvalid) }
    }
}

/// EMSA-PSS-VERIFY (§9.1.2), whose steps are numbered here. It takes the mask off `encoded`, a number of at most `bits` bits;
/// `None`, as `false`, for what is no encoding.
fn is_consistent<D: Digest>(message: &[&[u8]], encoded: &mut [u8], bits: usize) -> Option<bool> {
    // §8.1.2, step 2c: if the modulus has one bit more than a multiple of 8, the encoding has a byte less.
    let len = bits.div_ceil(8);
    let (beyond, encoded) = encoded.split_at_mut_checked(encoded.len().checked_sub(len)?)?;
    // Step 2. Of the shortest modulus, 256 bytes, the longest hash and salt leave room: step 3.
    let message_hash = hash::<D>(message);
    let hash_len = message_hash.len();
    // Steps 4 and 5.
    let (&mut last, encoded) = encoded.split_last_mut()?;
    let (block, block_hash) = encoded.split_at_mut_checked(encoded.len().checked_sub(hash_len)?)?;
    // Step 6: as many bits of the first byte are beyond `bits`.
    let spare = u32::try_from(len.checked_mul(8)?.checked_sub(bits)?).ok()?;
    let inside = 0xff_u8.checked_shr(spare)?;
    let first = *block.first()?;
    if beyond.iter().any(|byte| *byte != 0) || last != 0xbc || first & !inside != 0 {
        return Some(false);
    }
    // Steps 7 to 9: MGF1 (§B.2.1).
    let mut counter = 0_u32;
    for chunk in block.chunks_mut(<D as Digest>::output_size()) {
        let mask = hash::<D>(&[block_hash, &counter.to_be_bytes()]);
        for (byte, mask) in chunk.iter_mut().zip(mask) {
            *byte ^= mask;
        }
        counter = counter.wrapping_add(1);
    }
    *block.first_mut()? &= inside;
    // Steps 10 and 11.
    let (padding, salt) = block.split_at_checked(block.len().checked_sub(hash_len)?)?;
    let (one, zeros) = padding.split_last()?;
    if *one != 1 || zeros.iter().any(|byte| *byte != 0) {
        return Some(false);
    }
    // Steps 12 to 14.
    let expected = hash::<D>(&[&[0; 8], &message_hash, salt]);
    Some(expected.as_slice() == block_hash)
}

#[cfg(test)]
mod tests {
    use super::super::rsa::tests::{E, N, PAYLOAD, decode};
    use super::*;
    use mfakit_testing::rsa as testing;

    // RFC 7520 §4.2.
    const HEADER: &[u8] =
        b"eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9";
    const PS384: &str = "cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN6-tPid6VrklHkqsG\
        qDqHCdP6O8TTB5dDDItllVo6_1OLPpcbUrhiUSMxbbXUvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8Z\
        nyPEgVFn442ZdNqiVJRmBqrYRXe8P_ijQ7p8Vdz0TTrxUeT3lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8c\
        BE5awDzT0qI0n6uiP1aCN_2_jLAeQTlqRHtfa64QQSUmFAAjVKPbByi7xho0uTOcbH510a6GYmJUAfmW\
        jwZ6oD4ifKo8DYM-X72Eaw";

    // OpenSSL's signatures of "sample" with the same key; the last has an empty salt.
    const PS256: &str = "da0Oft3IXxW2idAOUCee9bNvHPtggIyUwx8IUaibMjJl03Sk6tvNrTNGDOjVn9t5FmbrBSjJqjGmemVo\
        ObrR7_DMWwUT1d_VcsB1SW4g4bVWcmvj2RgQpnBSpNURDwt6dHK2o8bDBJqxQMHja66n1BaekUSFs1C1\
        oZiqvh6mPMFlJKcMD6QOl31NTIZ0I0r-zuqQ4Wk-mOOuEmFRvIwYA-peaR1vcaL_-m6Wp57dAmiocGA8\
        KMhB_KABwvhQ4iDf40WrYmEGmG3p_OqOk3UIH3AtPRZpwbIKppawkxrqw_A73Wn8THvOQ64MY42ZwQHA\
        sgaHEkyATsPDM2dueWos4A";
    const PS512: &str = "Rym3NA174KkOm40UjT_B19VOHqFFZIF8PbLe7dQ-zoKkJyIg7K_BIvSyhZ-gXGnVN5tjfwMpRne1Z7ac\
        Uy_FMzVoRD81bAQJ8wltz9UpNBc0_7FjABDvl7EifiSDK4Mvopa9AuOHeXfzmxlekKDY1XHvcg_j08t0\
        BuMmdzEyCEaeVHrbKjckX3mA4_Ek6V2V_dKJ_NRwRZ9iAyCYStzE6l9kS85wTlNZCOLWrU-H3tb6SULo\
        fEGBTOE1s3NQL95rGKW61kir4SFeqSZeCCni33o9xEftvnb5pXtaPE0PYbsuDywMc0Z7FcJSOr_OiURJ\
        O3BSjrrCLSZI3fO3paYN3w";
    const UNSALTED: &str = "iUUBcVvS0dRvajwzIzztosKvPcqKR0J5Jix4lTSnnQGfVflBOgUN9l3bHA1dPzq_3Skyo96Lujck4aDc\
        1X9Ioh_K6bQsA_ld50qqXLRtUtqrT900ouUkalDpbziacw7aR2IXoyet83NeOncVR2rFpwQxUGJRzg8V\
        q0Wr_fR_GCnJtFIKP_6SUJjLT_Zsv5bYzGanFvCbGmPWIQfQMe6qpkbf7W2LZ7JtOrmBrGRMOijSd2OT\
        6wXOBo_7mE9n8dRHDwRWGJ0BT4xXD66A0-K3OEIEV_y6Na6VEbW7BCKt_pKTwkUG9TmOkqYZRNMhxF6I\
        H75YgddFJlfPm9faelHsAg";

    fn verify(hash: Hash, message: &[&[u8]], signature: &[u8]) -> Result<(), Error> {
        RsassaPss::new((hash, &decode(N), E))?.verify(message, signature)
    }

    #[test]
    fn each_hash_verifies_its_own_signature_alone() {
        let message: &[&[u8]] = &[HEADER, b".", PAYLOAD];
        assert_eq!(verify(Hash::Sha384, message, &decode(PS384)), Ok(()));
        for hash in [Hash::Sha256, Hash::Sha384, Hash::Sha512] {
            for (own, signature) in [(Hash::Sha256, PS256), (Hash::Sha512, PS512)] {
                let expected = if hash == own { Ok(()) } else { Err(Error::SignatureInvalid) };
                assert_eq!(verify(hash, &[b"sam", b"ple"], &decode(signature)), expected);
            }
        }
        assert_eq!(
            verify(Hash::Sha384, &message[1..], &decode(PS384)),
            Err(Error::SignatureInvalid)
        );
    }

    #[test]
    fn a_salt_is_as_long_as_the_hash() {
        assert_eq!(
            verify(Hash::Sha384, &[b"sample"], &decode(UNSALTED)),
            Err(Error::SignatureInvalid)
        );
    }

    #[test]
    fn a_signature_is_as_long_as_the_modulus_and_below_it() {
        let signature = decode(PS256);
        for wrong in [&[], &signature[..255], &[&[0], &signature[..]].concat()] {
            assert_eq!(verify(Hash::Sha256, &[b"sample"], wrong), Err(Error::SignatureMalformed));
        }
        assert_eq!(verify(Hash::Sha256, &[b"sample"], &decode(N)), Err(Error::SignatureInvalid));
        assert_eq!(verify(Hash::Sha256, &[b"sample"], &[0xff; 256]), Err(Error::SignatureInvalid));
    }

    const HASHES: [(i64, Hash, testing::Hash, usize); 3] = [
        (-37, Hash::Sha256, testing::Hash::Sha256, 32),
        (-38, Hash::Sha384, testing::Hash::Sha384, 48),
        (-39, Hash::Sha512, testing::Hash::Sha512, 64),
    ];

    fn consistent(hash: Hash, message: &[u8], encoded: &[u8], bits: usize) -> bool {
        let (message, mut encoded) = ([message], encoded.to_vec());
        let consistent = match hash {
            Hash::Sha256 => is_consistent::<Sha256>(&message, &mut encoded, bits),
            Hash::Sha384 => is_consistent::<Sha384>(&message, &mut encoded, bits),
            Hash::Sha512 => is_consistent::<Sha512>(&message, &mut encoded, bits),
        };
        consistent == Some(true)
    }

    /// 2^1279 − 1 and 3 · 2^768 + 83: a modulus of 2049 bits, whose encodings have a byte less.
    fn key_of_2049_bits() -> testing::RsaKey {
        let p = [&[0x7f][..], &[0xff; 159]].concat();
        let q = [&[3][..], &[0; 95], &[83]].concat();
        testing::RsaKey::new(-37, &p, &q)
    }

    #[test]
    fn every_bit_of_an_encoding_counts() {
        let message = [HEADER, b".", PAYLOAD].concat();
        for key in [key_of_2049_bits(), testing::RsaKey::mersenne(-38, 607, 2281)] {
            for (number, hash, _, _) in HASHES {
                let signature = key.clone().under(number).sign(&message);
                let public = PublicKey::new(&key.n(), &key.e()).expect("a key");
                let mut buffer = [0; MOST_BYTES];
                let encoded = public.open(&signature, &mut buffer).expect("an encoding");
                let bits = public.bits() - 1;
                assert!(consistent(hash, &message, encoded, bits));
                assert!(!consistent(hash, &message[1..], encoded, bits));
                for bit in 0..8 * encoded.len() {
                    encoded[bit / 8] ^= 1 << (bit % 8);
                    assert!(!consistent(hash, &message, encoded, bits), "{bit}");
                    encoded[bit / 8] ^= 1 << (bit % 8);
                }
                for short in 0..=2 * 64 + 2 {
                    assert!(!consistent(hash, &message, &encoded[..short], 8 * short));
                }
            }
        }
    }

    #[test]
    fn a_modulus_may_have_any_length() {
        let mersenne = |p, q| testing::RsaKey::mersenne(-37, p, q);
        for key in [key_of_2049_bits(), mersenne(1279, 2203), mersenne(3217, 4423)] {
            let (n, e) = (key.n(), key.e());
            for (_, hash, other, len) in HASHES {
                let verifier = RsassaPss::new((hash, &n, &e)).expect("a key");
                for salt in [0, len - 1, len, len + 1] {
                    let mut signature = key.sign_pss(other, salt, b"sample");
                    let valid = if salt == len { Ok(()) } else { Err(Error::SignatureInvalid) };
                    assert_eq!(verifier.verify(&[b"sam", b"ple"], &signature), valid);
                    signature[200] ^= 1;
                    let invalid = verifier.verify(&[b"sample"], &signature);
                    assert_eq!(invalid, Err(Error::SignatureInvalid));
                }
            }
        }
    }

    /// What stands before an encoding that has a byte less than the modulus is not cut off.
    #[test]
    fn the_byte_before_an_encoding_is_zero() {
        let key = key_of_2049_bits();
        let (n, e) = (key.n(), key.e());
        assert_eq!((n.len(), n[0]), (257, 1));
        let public = PublicKey::new(&n, &e).expect("a key");
        let verifier = RsassaPss::new((Hash::Sha256, &n, &e)).expect("a key");
        let mut tried = 0;
        for message in [b"a", b"b", b"c", b"d", b"e", b"f", b"g"] {
            let signature = key.sign(message);
            assert_eq!(verifier.verify(&[message], &signature), Ok(()));
            let mut buffer = [0; MOST_BYTES];
            let encoded = public.open(&signature, &mut buffer).expect("an encoding");
            assert_eq!(encoded[0], 0);
            encoded[0] = 1;
            if *encoded < n[..] {
                tried += 1;
                let signature = key.sign_encoded(encoded);
                assert_eq!(verifier.verify(&[message], &signature), Err(Error::SignatureInvalid));
            }
        }
        assert!(tried > 0);
    }
}
