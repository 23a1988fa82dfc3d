//! COSE keys of credentials: RFC 9052 §7, narrowed by WebAuthn Level 3 §5.8.5.
//!
//! Invariant: algorithm, key type and curve belong together, coordinates have their exact size and are never compressed;
//! an algorithm that is not built in is `Unsupported`, never read as another. Whether the point is on its curve is
//! `crypto`'s to check. Leaks: nothing secret here.

use super::cbor::{self, Limits, Value};
use crate::error::Error;

/// ECDSA with P-256 and SHA-256.
pub const ES256: i64 = -7;

/// EdDSA; in credentials, with Ed25519 only (WebAuthn Level 3 §5.8.5).
pub const EDDSA: i64 = -8;

/// The longest key that is read. An RSA key of 8192 bits takes 1 KiB, the largest of ML-DSA 2.6 KiB.
pub const MAX_LEN: usize = 4096;

/// The algorithms that this build verifies, strongest preference first.
pub const SUPPORTED: &[i64] = &[
    #[cfg(feature = "ed25519")]
    EDDSA,
    #[cfg(feature = "es256")]
    ES256,
];

/// A credential's public key, of the right type and size for its algorithm.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum PublicKey<'a> {
    /// An uncompressed point for [`ES256`].
    Es256 {
        /// The x coordinate, big-endian.
        x: &'a [u8; 32],
        /// The y coordinate, big-endian.
        y: &'a [u8; 32],
    },
    /// A compressed point for [`EDDSA`].
    Ed25519 {
        /// The encoded point (RFC 8032 §5.1.2).
        x: &'a [u8; 32],
    },
}

impl PublicKey<'_> {
    /// The COSE number of the key's algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> i64 {
        match self {
            Self::Es256 { .. } => ES256,
            Self::Ed25519 { .. } => EDDSA,
        }
    }
}

/// The `alg` of a key that has not been read further, to be checked against the numbers offered.
///
/// # Errors
///
/// [`Error::CoseKeyMalformed`].
pub fn algorithm(key: &Value<'_>) -> Result<i64, Error> {
    key.get_int(3).and_then(|v| v.as_int()).ok_or(Error::CoseKeyMalformed)
}

/// Reads a key from bytes that hold nothing else.
///
/// # Errors
///
/// The `cbor_…` codes and those of [`parse`].
pub fn parse_all(bytes: &[u8]) -> Result<PublicKey<'_>, Error> {
    parse(&cbor::read_all(bytes, Limits::CTAP2)?)
}

/// Reads a key. Parameters that the algorithm does not use are ignored.
///
/// # Errors
///
/// [`Error::CoseKeyMalformed`], [`Error::AlgorithmUnsupported`], [`Error::CoseKeyMismatch`].
pub fn parse<'a>(key: &Value<'a>) -> Result<PublicKey<'a>, Error> {
    let parameter = |label| key.get_int(label).ok_or(Error::CoseKeyMalformed);
    let integer = |label| parameter(label)?.as_int().ok_or(Error::CoseKeyMalformed);
    let algorithm = algorithm(key)?;
    if !SUPPORTED.contains(&algorithm) {
        return Err(Error::AlgorithmUnsupported);
    }
    if key.encoding().len() > MAX_LEN {
        return Err(Error::CoseKeyMalformed);
    }
    let bytes = |label| -> Result<&'a [u8; 32], Error> {
        parameter(label)?.as_bytes().and_then(|b| b.try_into().ok()).ok_or(Error::CoseKeyMalformed)
    };
    // RFC 9053 §7: kty 1 is OKP, 2 is EC2; crv 1 is P-256, 6 is Ed25519.
    match (algorithm, integer(1)?, integer(-1)?) {
        // Compressed points, whose y is a boolean, are forbidden.
        (ES256, 2, 1) => Ok(PublicKey::Es256 { x: bytes(-2)?, y: bytes(-3)? }),
        (EDDSA, 1, 6) => Ok(PublicKey::Ed25519 { x: bytes(-2)? }),
        _ => Err(Error::CoseKeyMismatch),
    }
}
