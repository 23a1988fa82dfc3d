//! Verifies ECDSA signatures on the curve P-256 (FIPS 186-5 §6.4, SP 800-186 §3.2.1.3), and does nothing else.
//!
//! **Variable time, public inputs only.** Never use any part of it to sign, to agree on keys, or on anything that is secret: time and
//! memory accesses tell every input. Its types take a public key, a digest and a signature, and nothing else.
//!
//! ```text
//! lib.rs     the keys, and FIPS 186-5 §6.4.2 in order
//! chain.rs   u1·G + u2·Q
//! point.rs   the group law                    table.rs    odd multiples, made when the crate is compiled
//! scalar.rs  numbers modulo n                 field/      numbers modulo p, in three layouts; one suits each target
//! inverse.rs the inverse modulo p and n       recoding.rs factors in few digits
//! ```
//!
//! No heap, no `unsafe`, no dependency, and no operation that can panic, whatever the build's overflow checks. What is assumed of the
//! operands of each step is asserted in debug builds.
//!
//! # Examples
//!
//! The key and a signature of RFC 6979 §A.2.5, over the SHA-256 digest of "sample":
//!
//! ```
//! # fn hex(text: &str) -> [u8; 32] {
//! #     core::array::from_fn(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap())
//! # }
//! use mfakit_p256::{Rejected, VerifyingKey};
//!
//! let x = hex("60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6");
//! let y = hex("7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
//! let digest = hex("af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf");
//! let r = hex("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716");
//! let s = hex("f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
//!
//! let key = VerifyingKey::new(&x, &y)?;
//! key.verify(&digest, &r, &s)?;
//! assert_eq!(key.verify(&digest, &s, &r), Err(Rejected::Signature));
//! key.prepare().verify(&digest, &r, &s)?; // half the time, from the second signature on
//! # Ok::<(), Rejected>(())
//! ```
#![no_std]
#![cfg_attr(not(feature = "layouts"), allow(dead_code, reason = "one layout is in use"))]
#![allow(unreachable_pub, reason = "the feature `layouts` shows what is inside")]
#![cfg_attr(
    test,
    allow(
        clippy::panic,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        reason = "tests may panic"
    )
)]

#[cfg(test)]
extern crate std;

mod chain;
mod curve;
mod field;
mod inverse;
mod point;
mod recoding;
mod scalar;
mod table;
#[cfg(test)]
mod tests;
mod verifier;
mod words;

/// All three layouts, and what is inside, for tests and fuzzing. Not part of the API.
#[cfg(feature = "layouts")]
#[doc(hidden)]
pub mod layouts {
    pub use crate::field::{Field, Limbs4x64, Limbs8x32, Limbs9x29};
    pub use crate::recoding::recode;
    pub use crate::scalar::Scalar;
    pub use crate::verifier::{Prepared, Verifier};
}

use field::Native;
use verifier::{Prepared, Verifier};

/// Why a key or a signature was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// The coordinates are not those of a point of the curve.
    Point,
    /// r or s is not in 1..n.
    Scalar,
    /// The signature does not hold.
    Signature,
}

impl core::fmt::Display for Rejected {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str(match self {
            Self::Point => "the coordinates are not those of a point of the curve",
            Self::Scalar => "r or s is out of range",
            Self::Signature => "the signature does not hold",
        })
    }
}

impl core::error::Error for Rejected {}

/// Whether a number, the most significant byte first, is in 1..n, as r and s of a signature must be.
#[must_use]
pub fn is_in_range(number: &[u8; 32]) -> bool {
    scalar::Scalar::in_range(number).is_some()
}

/// A public key: a point that is on the curve and not the identity.
#[derive(Clone, Copy, Debug)]
pub struct VerifyingKey(Verifier<Native>);

impl VerifyingKey {
    /// The key with these coordinates, the most significant byte first.
    ///
    /// # Errors
    ///
    /// [`Rejected::Point`].
    pub fn new(x: &[u8; 32], y: &[u8; 32]) -> Result<Self, Rejected> {
        Verifier::new(x, y).map(Self)
    }

    /// Verifies a signature, r and s with the most significant byte first, over a digest of 256 bits. A longer digest is cut to its
    /// first 32 bytes by the caller (FIPS 186-5 §6.4.2). High s is accepted.
    ///
    /// # Errors
    ///
    /// [`Rejected::Scalar`], [`Rejected::Signature`].
    pub fn verify(&self, digest: &[u8; 32], r: &[u8; 32], s: &[u8; 32]) -> Result<(), Rejected> {
        self.0.verify(digest, r, s)
    }

    /// The key with 2 KiB of multiples, which halve the time of each verification. Takes the time of about one verification.
    #[must_use]
    pub fn prepare(&self) -> PreparedVerifyingKey {
        PreparedVerifyingKey(self.0.prepare())
    }
}

/// A public key with 2 KiB of its multiples.
#[derive(Clone, Debug)]
pub struct PreparedVerifyingKey(Prepared<Native>);

impl PreparedVerifyingKey {
    /// As [`VerifyingKey::new`] and [`VerifyingKey::prepare`], for keys that are known when a program is compiled: a `static` of it
    /// stands in flash. `None` if the coordinates are not those of a point of the curve.
    ///
    /// At run time it is the slower of the two.
    ///
    /// # Examples
    ///
    /// ```
    /// use mfakit_p256::PreparedVerifyingKey;
    ///
    /// // As an enrolled key would be; these are the coordinates of the curve's generator.
    /// const X: [u8; 32] = [
    ///     0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2,
    ///     0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96,
    /// ];
    /// const Y: [u8; 32] = [
    ///     0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16,
    ///     0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
    /// ];
    /// static KEY: PreparedVerifyingKey = match PreparedVerifyingKey::at_build_time(&X, &Y) {
    ///     Some(key) => key,
    ///     None => panic!("no point of the curve"),
    /// };
    /// assert!(KEY.verify(&[0; 32], &[0; 32], &[1; 32]).is_err());
    /// ```
    #[must_use]
    pub const fn at_build_time(x: &[u8; 32], y: &[u8; 32]) -> Option<Self> {
        match Prepared::at_build_time(x, y) {
            Some(prepared) => Some(Self(prepared)),
            None => None,
        }
    }

    /// As [`VerifyingKey::verify`], with the same verdict.
    ///
    /// # Errors
    ///
    /// [`Rejected::Scalar`], [`Rejected::Signature`].
    pub fn verify(&self, digest: &[u8; 32], r: &[u8; 32], s: &[u8; 32]) -> Result<(), Rejected> {
        self.0.verify(digest, r, s)
    }
}
