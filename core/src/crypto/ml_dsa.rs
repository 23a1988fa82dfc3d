//! ML-DSA-44, ML-DSA-65 and ML-DSA-87 (COSE −48, −49 and −50), by the crate `ml-dsa`.
//!
//! FIPS 204 §5.3: pure, with an empty context. Every key of the right length is a key; a signature has one encoding. Without
//! the heap, the matrix of ML-DSA-87 alone takes 56 KiB of the stack. Leaks: nothing secret here, every input is public.

use super::SignatureVerifier;
use crate::error::Error;
use ml_dsa::signature::MultipartVerifier;
use ml_dsa::{
    EncodedVerifyingKey, MlDsa44, MlDsa65, MlDsa87, MlDsaParams, Signature, VerifyingKey,
};

/// A key, expanded; its length tells the parameters.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "with the heap they are small; without it there is no box"
)]
pub enum MlDsa {
    /// ML-DSA-44, whose keys have 1312 bytes.
    MlDsa44(VerifyingKey<MlDsa44>),
    /// ML-DSA-65, whose keys have 1952 bytes.
    MlDsa65(VerifyingKey<MlDsa65>),
    /// ML-DSA-87, whose keys have 2592 bytes.
    MlDsa87(VerifyingKey<MlDsa87>),
}

impl SignatureVerifier for MlDsa {
    type Key<'k> = &'k [u8];

    fn new(key: Self::Key<'_>) -> Result<Self, Error> {
        match key.len() {
            1312 => expand(key).map(Self::MlDsa44),
            1952 => expand(key).map(Self::MlDsa65),
            2592 => expand(key).map(Self::MlDsa87),
            _ => Err(Error::CosePointInvalid),
        }
    }

    fn verify(&self, message: &[&[u8]], signature: &[u8]) -> Result<(), Error> {
        match self {
            Self::MlDsa44(key) => verify(key, message, signature),
            Self::MlDsa65(key) => verify(key, message, signature),
            Self::MlDsa87(key) => verify(key, message, signature),
        }
    }
}

fn expand<P: MlDsaParams>(key: &[u8]) -> Result<VerifyingKey<P>, Error> {
    let encoded = EncodedVerifyingKey::<P>::try_from(key).map_err(|_| Error::CosePointInvalid)?;
    Ok(VerifyingKey::decode(&encoded))
}

fn verify<P: MlDsaParams>(
    key: &VerifyingKey<P>,
    message: &[&[u8]],
    signature: &[u8],
) -> Result<(), Error> {
    // Refuses another length, hints that are not sorted or padded with zeros, and a response whose norm is too large.
    let signature = Signature::<P>::try_from(signature).map_err(|_| Error::SignatureMalformed)?;
    key.multipart_verify(message, &signature).map_err(|_| Error::SignatureInvalid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{from_hex, sha256};
    use ml_dsa::SigningKey;
    use ml_dsa::signature::Keypair;
    use std::vec::Vec;

    // Project Wycheproof's vectors `mldsa_…_sign_seed`, 1: keys and signatures are too long to stand here, their hashes are not.
    const SEED: [u8; 32] = [0x2a; 32];
    const MESSAGE: &[u8] = b"Hello world";

    fn check<P: MlDsaParams>(key_hash: &str, signature_hash: &str) {
        let signer = SigningKey::<P>::from_seed(&SEED.into());
        let key = signer.verifying_key().encode().to_vec();
        let sign = |context: &[u8]| -> Vec<u8> {
            signer.expanded_key().sign_deterministic(MESSAGE, context).unwrap().encode().to_vec()
        };
        let signature = sign(&[]);
        assert_eq!(sha256(&[&key]), from_hex(key_hash));
        assert_eq!(sha256(&[&signature]), from_hex(signature_hash));

        let verifier = MlDsa::new(&key).expect("a key");
        let (head, tail) = MESSAGE.split_at(5);
        assert_eq!(verifier.verify(&[MESSAGE], &signature), Ok(()));
        assert_eq!(verifier.verify(&[head, &[], tail], &signature), Ok(()));
        assert_eq!(verifier.verify(&[tail, head], &signature), Err(Error::SignatureInvalid));
        assert_eq!(verifier.verify(&[MESSAGE], &sign(b"a context")), Err(Error::SignatureInvalid));
        for len in [0, 1, signature.len() - 1] {
            assert_eq!(
                verifier.verify(&[MESSAGE], &signature[..len]),
                Err(Error::SignatureMalformed)
            );
        }
        // The hint's last byte counts its ones: there are never as many.
        let mut hint = signature.clone();
        *hint.last_mut().unwrap() = 0xff;
        assert_eq!(verifier.verify(&[MESSAGE], &hint), Err(Error::SignatureMalformed));
        let mut challenge = signature;
        challenge[0] ^= 1;
        assert_eq!(verifier.verify(&[MESSAGE], &challenge), Err(Error::SignatureInvalid));
        for len in [0, key.len() - 1] {
            assert_eq!(MlDsa::new(&key[..len]).err(), Some(Error::CosePointInvalid));
        }
    }

    #[test]
    fn public_vectors_hold_and_nothing_near_them() {
        check::<MlDsa44>(
            "d87f8ca136ac1aa55e2d6c4521680efb3a378cbb9bc0bfb446e9c60893931ea3",
            "8cd6fc03daa72e87210a4e721523e84c14f27733789075e65736744d4787fdd5",
        );
        check::<MlDsa65>(
            "b7acce2ddb11f8cc1aa46e2bafac6eacfa2b732ef192bd636ad8d3a56d649c66",
            "39fbbb0d97a52c79844213b325af823a7f16a174e00a5b3daeb3e6e6d1c89681",
        );
        check::<MlDsa87>(
            "d43128fa8a8c785c1d44c9e7db538dbf9dd88fe6c8ad911a344bcec1017c6d54",
            "1ad45bd0419e694375bd38ec11d8e0c228ab9ffac2fce4adbe6218d9c949e293",
        );
    }
}
