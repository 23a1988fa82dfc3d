//! Cryptography: hashes, message authentication codes, and signature verification, one file an algorithm.
//!
//! Invariant: an algorithm whose feature is off is not linked. Of signatures, ECDSA and RSA are our own code, for verification alone; the
//! other primitives come from RustCrypto.

#[cfg(all(
    feature = "signatures",
    any(feature = "es256-p256", feature = "es384", feature = "es512", feature = "es256k", test)
))]
mod ecdsa;
#[cfg(feature = "ed25519")]
pub mod ed25519;
#[cfg(feature = "ed448")]
pub mod ed448;
#[cfg(all(feature = "signatures", feature = "es256"))]
pub mod es256;
#[cfg(all(feature = "signatures", feature = "es256-p256"))]
pub mod es256_p256;
#[cfg(all(feature = "signatures", feature = "es256k"))]
pub mod es256k;
#[cfg(all(feature = "signatures", feature = "es384"))]
pub mod es384;
#[cfg(all(feature = "signatures", feature = "es512"))]
pub mod es512;
#[cfg(feature = "otp")]
pub mod hmac;
#[cfg(feature = "ml-dsa")]
pub mod ml_dsa;
#[cfg(all(feature = "signatures", any(feature = "rsassa-pkcs1", feature = "rsassa-pss")))]
mod rsa;
#[cfg(all(feature = "signatures", feature = "rsassa-pkcs1"))]
pub mod rsassa_pkcs1;
#[cfg(all(feature = "signatures", feature = "rsassa-pss"))]
pub mod rsassa_pss;
#[cfg(test)]
#[allow(dead_code, reason = "a build for tests may have none of the algorithms")]
mod test_numbers;
#[cfg(all(feature = "signatures", any(feature = "es384", feature = "es512", feature = "es256k")))]
mod weierstrass;

#[cfg(all(feature = "signatures", any(feature = "rsassa-pkcs1", feature = "rsassa-pss")))]
use crate::encoding::cose::Scheme;
#[cfg(feature = "signatures")]
use crate::encoding::cose::{Hash, PublicKey};
use crate::error::Error;
#[cfg(all(feature = "signatures", feature = "es256"))]
pub use es256::PreparedKey;
use sha2::{Digest, Sha256};

/// The SHA-256 hash of the parts, one after the other.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    hash::<Sha256>(parts).into()
}

/// The SHA-1 hash of the parts, one after the other: for names of keys in certificates and TPM structures, never for a signature
/// that anything rests on.
#[cfg(feature = "attestation")]
#[must_use]
pub fn sha1(parts: &[&[u8]]) -> [u8; 20] {
    hash::<::sha1::Sha1>(parts).into()
}

/// The SHA-384 hash of the parts, one after the other.
#[cfg(feature = "attestation")]
#[must_use]
pub fn sha384(parts: &[&[u8]]) -> [u8; 48] {
    hash::<sha2::Sha384>(parts).into()
}

/// The SHA-512 hash of the parts, one after the other.
#[cfg(feature = "attestation")]
#[must_use]
pub fn sha512(parts: &[&[u8]]) -> [u8; 64] {
    hash::<sha2::Sha512>(parts).into()
}

/// The hash of the parts, one after the other.
fn hash<D: Digest>(parts: &[&[u8]]) -> sha2::digest::Output<D> {
    let mut hash = D::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize()
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

/// Runs `$result` with the verifier of a key. Of an algorithm that is not built in no key can be read; the last arm makes the
/// match total all the same.
#[cfg(feature = "signatures")]
macro_rules! with_verifier {
    ($key:expr, $verifier:ident => $result:expr) => {{
        #[allow(unreachable_patterns, reason = "a build may have every algorithm")]
        match *$key {
            #[cfg(feature = "es256")]
            PublicKey::Es256 { x, y, .. } => {
                es256::Es256::new((x, y)).and_then(|$verifier| $result)
            }
            #[cfg(feature = "es384")]
            PublicKey::Es384 { x, y, .. } => {
                es384::Es384::new((x, y)).and_then(|$verifier| $result)
            }
            #[cfg(feature = "es512")]
            PublicKey::Es512 { x, y, .. } => {
                es512::Es512::new((x, y)).and_then(|$verifier| $result)
            }
            #[cfg(feature = "es256k")]
            PublicKey::Es256k { x, y } => es256k::Es256k::new((x, y)).and_then(|$verifier| $result),
            #[cfg(feature = "ed25519")]
            PublicKey::Ed25519 { x, .. } => ed25519::Ed25519::new(x).and_then(|$verifier| $result),
            #[cfg(feature = "ed448")]
            PublicKey::Ed448 { x } => ed448::Ed448::new(x).and_then(|$verifier| $result),
            #[cfg(any(feature = "rsassa-pkcs1", feature = "rsassa-pss"))]
            PublicKey::Rsa { algorithm, n, e } => match Scheme::built_in(algorithm) {
                #[cfg(feature = "rsassa-pkcs1")]
                Some(Scheme::Pkcs1(hash)) => {
                    rsa::apart(|| match &rsassa_pkcs1::RsassaPkcs1::new((hash, n, e)) {
                        Ok($verifier) => $result,
                        Err(error) => Err(*error),
                    })
                }
                #[cfg(feature = "rsassa-pss")]
                Some(Scheme::Pss(hash)) => {
                    rsa::apart(|| match &rsassa_pss::RsassaPss::new((hash, n, e)) {
                        Ok($verifier) => $result,
                        Err(error) => Err(*error),
                    })
                }
                _ => Err(Error::AlgorithmUnsupported),
            },
            #[cfg(feature = "ml-dsa")]
            PublicKey::MlDsa { key, .. } => ml_dsa::MlDsa::new(key).and_then(|$verifier| $result),
            _ => Err(Error::AlgorithmUnsupported),
        }
    }};
}

/// Checks that a key is one that this build can verify with.
///
/// # Errors
///
/// [`Error::CosePointInvalid`].
#[cfg(feature = "signatures")]
pub fn check_key(key: &PublicKey<'_>) -> Result<(), Error> {
    with_verifier!(key, _verifier => Ok(()))
}

/// Verifies a signature under a key, by the key's algorithm, over the concatenation of `message`.
///
/// # Errors
///
/// [`Error::CosePointInvalid`], [`Error::SignatureMalformed`], [`Error::SignatureInvalid`].
#[cfg(feature = "signatures")]
#[allow(unused_variables, reason = "a build may have no algorithm")]
pub fn verify(key: &PublicKey<'_>, message: &[&[u8]], signature: &[u8]) -> Result<(), Error> {
    with_verifier!(key, verifier => verifier.verify(message, signature))
}

/// By which implementation ES256 is verified. The verdicts are the same.
#[cfg(feature = "signatures")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Es256Backend {
    /// `mfakit-p256`: quick and small.
    #[default]
    Mfakit,
    /// The crate `p256`, of RustCrypto.
    #[cfg(feature = "es256-p256")]
    P256,
}

#[cfg(feature = "signatures")]
impl Es256Backend {
    /// The implementation of this name: `mfakit`, or `p256` where it is built in.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`].
    pub fn from_name(name: &str) -> Result<Self, Error> {
        match name {
            "mfakit" => Ok(Self::Mfakit),
            #[cfg(feature = "es256-p256")]
            "p256" => Ok(Self::P256),
            _ => Err(Error::ArgumentValueInvalid),
        }
    }
}

/// As [`verify`], with ES256 by a named implementation.
///
/// # Errors
///
/// As [`verify`].
#[cfg(feature = "signatures")]
pub fn verify_by(
    backend: Es256Backend,
    key: &PublicKey<'_>,
    message: &[&[u8]],
    signature: &[u8],
) -> Result<(), Error> {
    match (backend, key) {
        #[cfg(feature = "es256-p256")]
        (Es256Backend::P256, PublicKey::Es256 { x, y, .. }) => {
            es256_p256::Es256P256::new((x, y))?.verify(message, signature)
        }
        _ => verify(key, message, signature),
    }
}

/// Verifies a signature in the form that COSE messages have: as [`verify`], but of ECDSA r and s, each of the curve's size, one
/// after the other (RFC 9053 §2.1).
///
/// # Errors
///
/// As [`verify`].
#[cfg(feature = "approval")]
pub fn verify_cose(key: &PublicKey<'_>, message: &[&[u8]], signature: &[u8]) -> Result<(), Error> {
    match *key {
        #[cfg(feature = "es256")]
        PublicKey::Es256 { x, y, .. } => {
            es256::Es256::new((x, y))?.verify_fixed(message, signature)
        }
        #[cfg(feature = "es384")]
        PublicKey::Es384 { x, y, .. } => {
            es384::Es384::new((x, y))?.verify_fixed(message, signature)
        }
        #[cfg(feature = "es512")]
        PublicKey::Es512 { x, y, .. } => {
            es512::Es512::new((x, y))?.verify_fixed(message, signature)
        }
        #[cfg(feature = "es256k")]
        PublicKey::Es256k { x, y } => es256k::Es256k::new((x, y))?.verify_fixed(message, signature),
        _ => verify(key, message, signature),
    }
}

/// Verifies an ECDSA signature with another hash than the key's algorithm has, as certificates may: a P-384 key may sign over
/// SHA-256. A hash longer than the curve's order is cut short (FIPS 186-5 §6.4.2).
///
/// # Errors
///
/// [`Error::AlgorithmUnsupported`], if the key is not for ECDSA; else as [`verify`].
#[cfg(feature = "signatures")]
#[allow(unused_variables, reason = "a build may have no such algorithm")]
pub fn verify_ecdsa_with(
    hash: Hash,
    key: &PublicKey<'_>,
    message: &[&[u8]],
    signature: &[u8],
) -> Result<(), Error> {
    #[allow(unreachable_patterns, reason = "a build may have every algorithm")]
    match *key {
        #[cfg(feature = "es256")]
        PublicKey::Es256 { x, y, .. } => {
            es256::Es256::new((x, y))?.verify_with(hash, message, signature)
        }
        #[cfg(feature = "es384")]
        PublicKey::Es384 { x, y, .. } => {
            es384::Es384::new((x, y))?.verify_with(hash, message, signature)
        }
        #[cfg(feature = "es512")]
        PublicKey::Es512 { x, y, .. } => {
            es512::Es512::new((x, y))?.verify_with(hash, message, signature)
        }
        #[cfg(feature = "es256k")]
        PublicKey::Es256k { x, y } => {
            es256k::Es256k::new((x, y))?.verify_with(hash, message, signature)
        }
        _ => Err(Error::AlgorithmUnsupported),
    }
}

#[cfg(test)]
#[allow(dead_code, reason = "a build may have no algorithm")]
fn from_hex<const N: usize>(hex: &str) -> [u8; N] {
    assert_eq!(hex.len(), 2 * N);
    core::array::from_fn(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("hex"))
}

#[cfg(all(test, feature = "signatures", feature = "es384"))]
mod tests {
    use super::*;
    use crate::encoding::cose::{ES384, KeyParts};

    // RFC 6979 §A.2.6: one key and the message "sample" under three hashes.
    const X: &str = "ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64\
        def8f0ea9055866064a254515480bc13";
    const Y: &str = "8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1\
        288b231c3ae0d4fe7344fd2533264720";
    const SIGNATURES: [(Hash, &str, &str); 3] = [
        (
            Hash::Sha256,
            "21b13d1e013c7fa1392d03c5f99af8b30c570c6f98d4ea8e354b63a21d3daa33\
             bde1e888e63355d92fa2b3c36d8fb2cd",
            "f3aa443fb107745bf4bd77cb3891674632068a10ca67e3d45db2266fa7d1feeb\
             efdc63eccd1ac42ec0cb8668a4fa0ab0",
        ),
        (
            Hash::Sha384,
            "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c\
             81a648152e44acf96e36dd1e80fabe46",
            "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f\
             a329c145786e679e7b82c71a38628ac8",
        ),
        (
            Hash::Sha512,
            "ed0959d5880ab2d869ae7f6c2915c6d60f96507f9cb3e047c0046861da4a799c\
             fe30f35cc900056d7c99cd7882433709",
            "512c8cceee3890a84058ce1e22dbc2198f42323ce8aca9135329f03c068e5112\
             dc7cc3ef3446defceb01a45c2667fdd5",
        ),
    ];

    #[test]
    fn a_certificate_s_hash_need_not_be_the_algorithm_s() {
        let (x, y) = (from_hex::<48>(X), from_hex::<48>(Y));
        let parts = KeyParts::Ec { curve: crate::encoding::cose::Curve::P384, x: &x, y: &y };
        let key = PublicKey::from_parts(ES384, parts).expect("a key");
        for (own, r, s) in SIGNATURES {
            let signature = ecdsa::tests::der(&from_hex::<48>(r), &from_hex::<48>(s));
            for (hash, _, _) in SIGNATURES {
                let expected = if hash == own { Ok(()) } else { Err(Error::SignatureInvalid) };
                assert_eq!(verify_ecdsa_with(hash, &key, &[b"sam", b"ple"], &signature), expected);
            }
            let expected = if own == Hash::Sha384 { Ok(()) } else { Err(Error::SignatureInvalid) };
            assert_eq!(verify(&key, &[b"sam", b"ple"], &signature), expected);
        }
    }

    #[test]
    fn a_point_beside_the_curve_is_no_key() {
        let (x, mut y) = (from_hex::<48>(X), from_hex::<48>(Y));
        let check = |y: [u8; 48]| check_key(&PublicKey::Es384 { algorithm: ES384, x: &x, y: &y });
        assert_eq!(check(y), Ok(()));
        y[47] ^= 1;
        assert_eq!(check(y), Err(Error::CosePointInvalid));
    }

    #[test]
    fn other_keys_have_no_other_hash() {
        let key = PublicKey::Ed448 { x: &[0; 57] };
        let refused = verify_ecdsa_with(Hash::Sha256, &key, &[b"sample"], &[]);
        assert_eq!(refused, Err(Error::AlgorithmUnsupported));
    }
}
