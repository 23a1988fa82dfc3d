//! Cryptography: hashes, message authentication codes, and signature verification, one file an algorithm.
//!
//! Invariant: an algorithm whose feature is off is not linked. Primitives come from RustCrypto.

#[cfg(feature = "ed25519")]
pub mod ed25519;
#[cfg(feature = "es256")]
pub mod es256;
#[cfg(feature = "otp")]
pub mod hmac;

use crate::error::Error;
use sha2::{Digest, Sha256};

/// The SHA-256 hash of the parts, one after the other.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// The HMAC-SHA-256 code of the parts, one after the other, under a key of any length.
#[cfg(any(feature = "codes", feature = "webauthn"))]
#[must_use]
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> zeroize::Zeroizing<[u8; 32]> {
    use ::hmac::{Hmac, KeyInit, Mac};
    let mut code = zeroize::Zeroizing::new([0; 32]);
    // HMAC takes a key of any length: the error has no cause.
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) {
        for part in parts {
            mac.update(part);
        }
        let mut output = mac.finalize().into_bytes();
        code.copy_from_slice(&output);
        zeroize::Zeroize::zeroize(output.as_mut_slice());
    }
    code
}

/// Verifies signatures under one public key. Everything here is public; verification may take variable time.
pub trait SignatureVerifier: Sized {
    /// The public key, as `encoding::cose` reads it.
    type Key<'k>;

    /// Checks the key once: an invalid key never becomes a verifier.
    ///
    /// # Errors
    ///
    /// [`Error::CosePointInvalid`].
    fn new(key: Self::Key<'_>) -> Result<Self, Error>;

    /// Verifies a signature over the concatenation of `message`.
    ///
    /// # Errors
    ///
    /// [`Error::SignatureMalformed`], [`Error::SignatureInvalid`].
    fn verify(&self, message: &[&[u8]], signature: &[u8]) -> Result<(), Error>;
}

/// Checks that a credential's key is one that this build can verify with.
///
/// # Errors
///
/// [`Error::CosePointInvalid`].
#[cfg(feature = "webauthn")]
pub fn check_key(key: &crate::encoding::cose::PublicKey<'_>) -> Result<(), Error> {
    use crate::encoding::cose::PublicKey;
    match *key {
        #[cfg(feature = "es256")]
        PublicKey::Es256 { x, y } => es256::Es256::new((x, y)).map(|_| ()),
        #[cfg(not(feature = "es256"))]
        PublicKey::Es256 { .. } => Err(Error::AlgorithmUnsupported),
        #[cfg(feature = "ed25519")]
        PublicKey::Ed25519 { x } => ed25519::Ed25519::new(x).map(|_| ()),
        #[cfg(not(feature = "ed25519"))]
        PublicKey::Ed25519 { .. } => Err(Error::AlgorithmUnsupported),
    }
}

/// Verifies a signature under a credential's key, over the concatenation of `message`.
///
/// # Errors
///
/// [`Error::CosePointInvalid`], [`Error::SignatureMalformed`], [`Error::SignatureInvalid`].
#[cfg(feature = "webauthn")]
pub fn verify(
    key: &crate::encoding::cose::PublicKey<'_>,
    message: &[&[u8]],
    signature: &[u8],
) -> Result<(), Error> {
    use crate::encoding::cose::PublicKey;
    match *key {
        #[cfg(feature = "es256")]
        PublicKey::Es256 { x, y } => es256::Es256::new((x, y))?.verify(message, signature),
        #[cfg(not(feature = "es256"))]
        PublicKey::Es256 { .. } => {
            let _ = (message, signature);
            Err(Error::AlgorithmUnsupported)
        }
        #[cfg(feature = "ed25519")]
        PublicKey::Ed25519 { x } => ed25519::Ed25519::new(x)?.verify(message, signature),
        #[cfg(not(feature = "ed25519"))]
        PublicKey::Ed25519 { .. } => {
            let _ = (message, signature);
            Err(Error::AlgorithmUnsupported)
        }
    }
}
