//! ES256: ECDSA with P-256 and SHA-256 (COSE −7), by the crate `p256`.
//!
//! WebAuthn Level 3 §6.5.5: the signature is DER; r and s are in 1..n; high s is accepted (Secure Enclave writes it).
//! Leaks: nothing secret here, every input is public.

use super::{SignatureVerifier, sha256};
use crate::encoding::der;
use crate::error::Error;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::ecdsa::{Signature, VerifyingKey};

/// A point that is on the curve and not the identity.
#[derive(Debug)]
pub struct Es256(VerifyingKey);

impl SignatureVerifier for Es256 {
    type Key<'k> = (&'k [u8; 32], &'k [u8; 32]);

    fn new((x, y): Self::Key<'_>) -> Result<Self, Error> {
        let mut sec1 = [4; 65];
        let (_, coordinates) = sec1.split_at_mut(1);
        let (first, second) = coordinates.split_at_mut(32);
        first.copy_from_slice(x);
        second.copy_from_slice(y);
        VerifyingKey::from_sec1_bytes(&sec1).map(Self).map_err(|_| Error::CosePointInvalid)
    }

    fn verify(&self, message: &[&[u8]], signature: &[u8]) -> Result<(), Error> {
        let (r, s) = der::read_ecdsa_p256(signature)?;
        let signature = Signature::from_scalars(r, s).map_err(|_| Error::SignatureMalformed)?;
        self.0.verify_prehash(&sha256(message), &signature).map_err(|_| Error::SignatureInvalid)
    }
}

/// Reads a DER signature and checks that r and s are in 1..n.
///
/// # Errors
///
/// [`Error::SignatureMalformed`].
pub fn parse_signature(der: &[u8]) -> Result<([u8; 32], [u8; 32]), Error> {
    let (r, s) = der::read_ecdsa_p256(der)?;
    Signature::from_scalars(r, s).map_err(|_| Error::SignatureMalformed)?;
    Ok((r, s))
}
