//! The second opinion: readers that share no code with mfakit. They are asked only about inputs that mfakit accepted, so they
//! may be slow, and refuse more than a reader for the world would.

pub(crate) mod cbor;
pub(crate) mod codes;
pub(crate) mod json;
pub(crate) mod otp;
pub(crate) mod text;
pub(crate) mod webauthn;
