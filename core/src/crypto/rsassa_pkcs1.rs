//! RS256, RS384 and RS512: RSASSA-PKCS1-v1_5 (COSE −257, −258 and −259).
//!
//! VARIABLE TIME: every input is public. RFC 8017 §8.2.2, §9.2: the encoding is made anew and compared whole, so that a
//! DigestInfo has one form, with its NULL. SHA-1 is for TPM statements alone, by `verify_rs1`. Leaks: nothing secret here.

use super::rsa::{MOST_BYTES, PublicKey};
use super::{SignatureVerifier, hash};
use crate::encoding::cose::Hash;
use crate::error::Error;
use core::iter::repeat_n;
use sha2::{Sha256, Sha384, Sha512};

// What a DigestInfo has before the hash: RFC 8017 §9.2, note 1.
#[cfg(feature = "attestation")]
const SHA1: &[u8] = b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14";
const SHA256: &[u8] =
    b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
const SHA384: &[u8] =
    b"\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30";
const SHA512: &[u8] =
    b"\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40";

/// A key, and the hash that it signs.
#[derive(Debug)]
pub struct RsassaPkcs1 {
    hash: Hash,
    key: PublicKey,
}

impl SignatureVerifier for RsassaPkcs1 {
    /// The hash, the modulus and the exponent.
    type Key<'k> = (Hash, &'k [u8], &'k [u8]);

    fn new((hash, n, e): Self::Key<'_>) -> Result<Self, Error> {
        Ok(Self { hash, key: PublicKey::new(n, e)? })
    }

    fn verify(&self, message: &[&[u8]], signature: &[u8]) -> Result<(), Error> {
        match self.hash {
            Hash::Sha256 => verify(&self.key, SHA256, &hash::<Sha256>(message), signature),
            Hash::Sha384 => verify(&self.key, SHA384, &hash::<Sha384>(message), signature),
            Hash::Sha512 => verify(&self.key, SHA512, &hash::<Sha512>(message), signature),
        }
    }
}

/// Verifies RS1 (COSE −65535): RSASSA-PKCS1-v1_5 with SHA-1, which can be forged by who chooses the message. TPM statements
/// alone may have it, under a switch; no credential can.
///
/// # Errors
///
/// As [`SignatureVerifier::verify`].
#[cfg(feature = "attestation")]
pub fn verify_rs1(n: &[u8], e: &[u8], message: &[&[u8]], signature: &[u8]) -> Result<(), Error> {
    verify(&PublicKey::new(n, e)?, SHA1, &hash::<sha1::Sha1>(message), signature)
}

/// RSASSA-PKCS1-V1_5-VERIFY (§8.2.2) of a hash, with what a DigestInfo has before it.
fn verify(key: &PublicKey, prefix: &[u8], hash: &[u8], signature: &[u8]) -> Result<(), Error> {
    let mut buffer = [0; MOST_BYTES];
    let encoded = key.open(signature, &mut buffer)?;
    if is_encoding(encoded, prefix, hash) { Ok(()) } else { Err(Error::SignatureInvalid) }
}

/// Whether this is what EMSA-PKCS1-v1_5 (§9.2) makes of a hash, in as many bytes. The shortest modulus, 256 bytes, leaves the
/// longest DigestInfo room for more padding than the 8 bytes that are asked for.
fn is_encoding(encoded: &[u8], prefix: &[u8], hash: &[u8]) -> bool {
    let info = [prefix, hash];
    let room = info.iter().fold(encoded.len(), |room, part| room.saturating_sub(part.len()));
    let padding = repeat_n(&0xff, room.saturating_sub(3));
    let expected = [0, 1].iter().chain(padding).chain(&[0]).chain(info.into_iter().flatten());
    encoded.iter().eq(expected)
}

#[cfg(test)]
mod tests {
    use super::super::rsa::tests::{E, N, PAYLOAD, decode};
    use super::*;

    // RFC 7520 §4.1.
    const HEADER: &[u8] =
        b"eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9";
    const RS256: &str = "MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx\
        996ivp83xuglII7PNDi84wnB-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHR\
        D68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrD\
        aLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH8\
        4ogoree7vjbU5y18kDquDg";

    // OpenSSL's signatures of "sample" with the same key.
    const RS384: &str = "FtCP3L76IJcNUchMTdLzImtsENxhhjKsKF2yFSbcPZ65QX2qDeKDIplumn9hyycBldfd1X4aPFZMEY_7\
        0Hm0ZNUDgl06AUjRUnFQrVf2lFjfmrnAQCz7B_elmnZPEzjHfl4yl8zZEOLzfA6BC9YIbtAo5l_y8jw2\
        0GS56hPD79ooT4cAjGSNGS9gLr1ac1mVdGwspTpqb6i-6Q_AOPCQAR0XzoUOTT3KXpMlrHPaLTU76D3J\
        eDbE2EPN8UzfbN5acUl1bhKUIg_3OqJM1eOFYbm0b-p6ZSdmdjdzqFDiBlAkvhCJOLdBfbUbRmQMSsh8\
        z2FNTXeepHBcFX2P3lYPKg";
    const RS512: &str = "cxy1o6WIkdvTHRH5Ei7UdhICv_lylLIQTcv79RKSdw018xGQ1U2MkYMyfeIp5MKKvNugjfxmr_H1zl4I\
        usZG0bPC6o1uA3qHErjzJ9rimn2Q94qqoxufjzMOwcE2m_-DVkWk6QJSvZnxMveFar2pMefByQDhBinU\
        egC1lHWrx4sLpvDe60_NHDdouIw6jCFhkDkxf38HBrOsIFPolxd4y7iVMXlAQ_qaBMcBR7bDxdRCONkv\
        j2OPU3wQq9uj1B1IVWU34lSkzL7BIxUtTW63ysEMVoUaXGcVi4WaZmZnyEuHP6sL9VFHXmzL20bRFRJX\
        jpb63KJHWOE1OJ-jy37k7g";
    #[cfg(feature = "attestation")]
    const RS1: &str = "A_vXwsHmzK0PVPMHr1ZRRJ1FAueHWAcGzVDc4Pd6IDRBxqTwc54DTkurPXN5EFhxWIZS6WZ2DCV8gUyW\
        XhDVdXHpp5WijhmRiKO4cZoo8DA1KpDkLkmpEn3Pdw0uNjtNNYIa35R0HShruoZ36ZyzyOLUPIY26-D7\
        IhPqt1aQM92cYy5yGkAarRA2Vo9xgLSV6mTuP7w_IZpcarnktPjaGxxPc-AqFDO3FybwXgG612rmdQHd\
        qUDhAVSXr3WiSMa6m2BbV4KYg-JRoWY2MNQnUtM__bX8WmHH1YfKGM4o8X7-7PQbv37TzYagBFIA3JBZ\
        n8KA5KDVgdfjAoH39SyV6w";

    fn verify(hash: Hash, message: &[&[u8]], signature: &[u8]) -> Result<(), Error> {
        RsassaPkcs1::new((hash, &decode(N), E))?.verify(message, signature)
    }

    #[test]
    fn each_hash_verifies_its_own_signature_alone() {
        let message: &[&[u8]] = &[HEADER, b".", PAYLOAD];
        assert_eq!(verify(Hash::Sha256, message, &decode(RS256)), Ok(()));
        for hash in [Hash::Sha256, Hash::Sha384, Hash::Sha512] {
            for (own, signature) in [(Hash::Sha384, RS384), (Hash::Sha512, RS512)] {
                let expected = if hash == own { Ok(()) } else { Err(Error::SignatureInvalid) };
                assert_eq!(verify(hash, &[b"sam", b"ple"], &decode(signature)), expected);
            }
        }
        assert_eq!(
            verify(Hash::Sha256, &message[1..], &decode(RS256)),
            Err(Error::SignatureInvalid)
        );
    }

    #[test]
    fn a_signature_is_as_long_as_the_modulus_and_below_it() {
        let signature = decode(RS384);
        for wrong in [&[], &signature[..255], &[&[0], &signature[..]].concat()] {
            assert_eq!(verify(Hash::Sha384, &[b"sample"], wrong), Err(Error::SignatureMalformed));
        }
        assert_eq!(verify(Hash::Sha384, &[b"sample"], &decode(N)), Err(Error::SignatureInvalid));
        assert_eq!(verify(Hash::Sha384, &[b"sample"], &[0xff; 256]), Err(Error::SignatureInvalid));
    }

    #[test]
    #[cfg(feature = "attestation")]
    fn sha1_is_apart() {
        let n = decode(N);
        assert_eq!(verify_rs1(&n, E, &[b"sam", b"ple"], &decode(RS1)), Ok(()));
        assert_eq!(verify_rs1(&n, E, &[b"simple"], &decode(RS1)), Err(Error::SignatureInvalid));
        assert_eq!(verify_rs1(&n, E, &[b"sample"], &decode(RS384)), Err(Error::SignatureInvalid));
        assert_eq!(
            verify_rs1(&n, E, &[b"sample"], &decode(RS1)[1..]),
            Err(Error::SignatureMalformed)
        );
        assert_eq!(verify_rs1(&n, &[1], &[b"sample"], &decode(RS1)), Err(Error::CosePointInvalid));
        for hash in [Hash::Sha256, Hash::Sha384, Hash::Sha512] {
            assert_eq!(verify(hash, &[b"sample"], &decode(RS1)), Err(Error::SignatureInvalid));
        }
    }

    #[test]
    fn every_bit_of_an_encoding_counts() {
        let hash = hash::<Sha256>(&[HEADER, b".", PAYLOAD]);
        let mut buffer = [0; MOST_BYTES];
        let key = PublicKey::new(&decode(N), E).expect("a key");
        let encoded = key.open(&decode(RS256), &mut buffer).expect("an encoding");
        assert!(is_encoding(encoded, SHA256, &hash));
        for bit in 0..8 * encoded.len() {
            encoded[bit / 8] ^= 1 << (bit % 8);
            assert!(!is_encoding(encoded, SHA256, &hash), "{bit}");
            encoded[bit / 8] ^= 1 << (bit % 8);
        }
        assert!(!is_encoding(&encoded[1..], SHA256, &hash));
        assert!(!is_encoding(&[&[0], &encoded[..]].concat(), SHA256, &hash));
        assert!(!is_encoding(&encoded[..255], SHA256, &hash));
        // Longer by another byte of padding, and shorter than its DigestInfo.
        assert!(is_encoding(&[&[0, 1, 0xff], &encoded[2..]].concat(), SHA256, &hash));
        assert!(!is_encoding(&encoded[204..], SHA256, &hash));
        assert!(!is_encoding(&[], SHA256, &hash));
    }

    /// The DigestInfo is the one that another encoder makes, in moduli of every length.
    #[test]
    fn a_modulus_may_have_any_length() {
        for (p, q) in [(521, 2281), (1279, 2203), (2203, 2281), (3217, 4423)] {
            let key = mfakit_testing::rsa::RsaKey::mersenne(-257, p, q);
            let bits = p as usize + q as usize;
            let (n, e) = (key.n(), key.e());
            assert_eq!(
                PublicKey::new(&n, &e).expect("a key").open(&[], &mut [0; MOST_BYTES]).err(),
                Some(Error::SignatureMalformed)
            );
            assert_eq!(n.len(), bits.div_ceil(8));
            for (number, hash) in [(-257, Hash::Sha256), (-258, Hash::Sha384), (-259, Hash::Sha512)]
            {
                let mut signature = key.clone().under(number).sign(b"sample");
                let verifier = RsassaPkcs1::new((hash, &n, &e)).expect("a key");
                assert_eq!(verifier.verify(&[b"sam", b"ple"], &signature), Ok(()), "{bits}");
                assert_eq!(verifier.verify(&[b"simple"], &signature), Err(Error::SignatureInvalid));
                signature[200] ^= 1;
                assert_eq!(verifier.verify(&[b"sample"], &signature), Err(Error::SignatureInvalid));
            }
        }
    }
}
