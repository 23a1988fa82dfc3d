//! RS256, RS384 and RS512: RSASSA-PKCS1-v1_5 (COSE −257, −258 and −259), by the crate `rsa`.
//!
//! RFC 8017 §8.2.2: the padding is made anew and compared whole, so that a DigestInfo has one form, with its NULL. SHA-1 is
//! for TPM statements alone, by [`verify_rs1`]. Leaks: nothing secret here, every input is public.

use super::{SignatureVerifier, hash, rsa};
use crate::encoding::cose::Hash;
use crate::error::Error;
use ::rsa::{Pkcs1v15Sign, RsaPublicKey};
use sha2::{Sha256, Sha384, Sha512};

/// A key, and the hash that it signs.
#[derive(Debug)]
pub struct RsassaPkcs1 {
    hash: Hash,
    key: RsaPublicKey,
}

impl SignatureVerifier for RsassaPkcs1 {
    /// The hash, the modulus and the exponent.
    type Key<'k> = (Hash, &'k [u8], &'k [u8]);

    fn new((hash, n, e): Self::Key<'_>) -> Result<Self, Error> {
        Ok(Self { hash, key: rsa::public_key(n, e)? })
    }

    fn verify(&self, message: &[&[u8]], signature: &[u8]) -> Result<(), Error> {
        rsa::check_length(&self.key, signature)?;
        let verify =
            |padding, hash: &[u8]| self.key.verify::<Pkcs1v15Sign>(padding, hash, signature);
        match self.hash {
            Hash::Sha256 => verify(Pkcs1v15Sign::new::<Sha256>(), &hash::<Sha256>(message)),
            Hash::Sha384 => verify(Pkcs1v15Sign::new::<Sha384>(), &hash::<Sha384>(message)),
            Hash::Sha512 => verify(Pkcs1v15Sign::new::<Sha512>(), &hash::<Sha512>(message)),
        }
        .map_err(|_| Error::SignatureInvalid)
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
    let key = rsa::public_key(n, e)?;
    rsa::check_length(&key, signature)?;
    key.verify(Pkcs1v15Sign::new::<sha1::Sha1>(), &hash::<sha1::Sha1>(message), signature)
        .map_err(|_| Error::SignatureInvalid)
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
}
