//! One-time passwords: HOTP (RFC 4226) and TOTP (RFC 6238).

mod code;
pub mod hotp;
pub mod otpauth;
pub mod totp;
pub mod uri;

pub use crate::crypto::hmac::HashAlgorithm;
#[doc(hidden)]
pub use code::truncate_to_code;
pub use code::{Code, Digits};
