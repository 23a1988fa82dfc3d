//! ES256 by the crate `p256`, in constant time: slower, and by other hands than the default, which is tested against it.
//!
//! The rules are in `ecdsa`. Leaks: nothing secret here, every input is public.

use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::ecdsa::{Signature, VerifyingKey};

super::ecdsa::ecdsa_verifier! {
    /// A point that is on the curve and not the identity.
    Es256P256: Key = Key::new, 32, Sha256
}

#[derive(Debug)]
struct Key(VerifyingKey);

impl Key {
    fn new(x: &[u8; 32], y: &[u8; 32]) -> Result<Self, Error> {
        let mut sec1 = [4; 65];
        for (to, from) in sec1.iter_mut().skip(1).zip(x.iter().chain(y)) {
            *to = *from;
        }
        VerifyingKey::from_sec1_bytes(&sec1).map(Self).map_err(|_| Error::CosePointInvalid)
    }

    fn verify(&self, digest: &[u8], r: &[u8; 32], s: &[u8; 32]) -> Result<(), Error> {
        let signature = Signature::from_scalars(*r, *s).map_err(|_| Error::SignatureMalformed)?;
        self.0.verify_prehash(digest, &signature).map_err(|_| Error::SignatureInvalid)
    }
}

#[cfg(test)]
mod tests {
    use super::super::ecdsa::tests::check;
    use super::super::es256::tests::VECTOR;
    use super::*;

    #[test]
    fn a_public_vector_holds_and_nothing_near_it() {
        check::<Es256P256, 32>(&VECTOR);
    }
}
