//! Agreement oracles: each takes any bytes, lets mfakit-core read or judge them, and panics if an independent implementation
//! says otherwise. A panic is a finding, in core or in the oracle.
//!
//! | target | core | the other side |
//! |---|---|---|
//! | `json` | `encoding::json` | serde_json |
//! | `client_data` | `ClientData::parse` | serde_json |
//! | `cbor` | `encoding::cbor` | RFC 8949 Appendix C, and ciborium |
//! | `cose` | `encoding::cose`, key check | ciborium, p256 |
//! | `der` | `crypto::es256::parse_signature` | p256's reader |
//! | `base32`, `base64url` | `encoding` | data-encoding |
//! | `auth_data`, `attestation_object` | `webauthn` | slices and ciborium |
//! | `registration`, `assertion` | `verify` | the rules written a second time, over the readers above |
//! | `hotp`, `totp` | `otp` | totp-rs, and the acceptance rules written over sets |
//!
//! An oracle returns whether core accepted: a run in which nothing was accepted has shown little, and the smoke test says so.
//!
//! The same functions serve libFuzzer (`fuzz/run`, nightly) and the smoke test (`fuzz/smoke`, any compiler).

pub mod assertion;
pub mod attestation_object;
pub mod auth_data;
pub mod authenticator;
pub mod base32;
pub mod base64url;
pub mod cbor;
pub mod client_data;
pub mod cose;
pub mod der;
pub mod hotp;
pub mod input;
pub mod json;
pub mod mutate;
pub mod registration;
pub mod relying_party;
pub mod totp;
pub mod vectors;

/// One oracle.
pub struct Target {
    /// The name of the libFuzzer target.
    pub name: &'static str,
    /// Panics on disagreement; returns whether core accepted.
    pub check: fn(&[u8]) -> bool,
    /// Inputs to start from, most of them accepted.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

macro_rules! targets {
    ($($name:ident)*) => {
        /// Every oracle.
        pub const TARGETS: &[Target] = &[
            $( Target { name: stringify!($name), check: $name::check, seeds: $name::seeds }, )*
        ];
    };
}

targets! {
    json client_data cbor cose der base32 base64url auth_data attestation_object registration assertion hotp totp
}
