//! PS256, PS384 and PS512: RSASSA-PSS (COSE −37, −38 and −39), by the crate `rsa`.
//!
//! RFC 8017 §8.1.2, RFC 8230 §2: the mask is MGF1 with the same hash, and the salt is as long as the hash. Leaks: nothing
//! secret here, every input is public.

use super::{SignatureVerifier, hash, rsa};
use crate::encoding::cose::Hash;
use crate::error::Error;
use ::rsa::{Pss, RsaPublicKey};
use sha2::{Sha256, Sha384, Sha512};

/// A key, and the hash that it signs.
#[derive(Debug)]
pub struct RsassaPss {
    hash: Hash,
    key: RsaPublicKey,
}

impl SignatureVerifier for RsassaPss {
    /// The hash, the modulus and the exponent.
    type Key<'k> = (Hash, &'k [u8], &'k [u8]);

    fn new((hash, n, e): Self::Key<'_>) -> Result<Self, Error> {
        Ok(Self { hash, key: rsa::public_key(n, e)? })
    }

    fn verify(&self, message: &[&[u8]], signature: &[u8]) -> Result<(), Error> {
        rsa::check_length(&self.key, signature)?;
        // `new` takes the salt's length from the hash.
        match self.hash {
            Hash::Sha256 => {
                self.key.verify(Pss::<Sha256>::new(), &hash::<Sha256>(message), signature)
            }
            Hash::Sha384 => {
                self.key.verify(Pss::<Sha384>::new(), &hash::<Sha384>(message), signature)
            }
            Hash::Sha512 => {
                self.key.verify(Pss::<Sha512>::new(), &hash::<Sha512>(message), signature)
            }
        }
        .map_err(|_| Error::SignatureInvalid)
    }
}

#[cfg(test)]
mod tests {
    use super::super::rsa::tests::{E, N, PAYLOAD, decode};
    use super::*;

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
}
