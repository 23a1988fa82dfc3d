//! Total readers of hostile bytes, and the few writers that verification needs.
//!
//! Invariant: every reader takes any bytes, ends in bounded time without a panic, borrows from its input and never
//! allocates; `read_all` forms make trailing bytes an error.

#[cfg(feature = "otp")]
pub mod base32;
pub mod base64url;
#[cfg(feature = "signatures")]
pub mod cbor;
#[cfg(feature = "approval")]
pub(crate) mod cbor_writer;
#[cfg(feature = "signatures")]
pub mod cose;
#[cfg(feature = "codes")]
pub(crate) mod crockford;
mod decimal;
#[cfg(feature = "signatures")]
pub mod der;
pub mod json;
#[cfg(feature = "otp")]
pub mod percent;
pub(crate) mod reader;
#[cfg(any(feature = "codes", feature = "approval"))]
pub(crate) mod stored;

pub(crate) use decimal::decimal;
