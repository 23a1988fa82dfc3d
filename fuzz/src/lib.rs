//! Agreement oracles: each takes any bytes, lets mfakit read or judge them, and panics if an independent implementation
//! says otherwise. A panic is a finding, in core or in the oracle.
//!
//! | target | mfakit | the other side |
//! |---|---|---|
//! | `json` | `encoding::json` | serde_json |
//! | `client_data` | `ClientData::parse` | serde_json |
//! | `cbor` | `encoding::cbor` | RFC 8949 Appendix C, and ciborium |
//! | `cose` | `encoding::cose`, key check | ciborium, p256, the curves in plain arithmetic |
//! | `signature` | `crypto::verify` of every algorithm | curves and RSA in plain arithmetic; of ML-DSA, the key's own signature |
//! | `p256` | `mfakit_p256`, every layout, plain and prepared | the crate p256 |
//! | `p256_field` | its field, every layout | num-bigint |
//! | `der` | `crypto::es256::parse_signature` | p256's reader |
//! | `ed25519` | `crypto::verify` | RFC 8032 in plain arithmetic |
//! | `base32`, `base64url` | `encoding` | data-encoding |
//! | `auth_data`, `attestation_object` | `webauthn` | slices and ciborium |
//! | `registration`, `assertion` | `verify` | the rules written a second time, over the readers above |
//! | `statement` | attestation statements of every format | what was signed for the seeds, and what the authority issued |
//! | `tpm`, `android_key`, `apple`, `safetynet` | what is in them | the structures read a second time, and signed after each mutation |
//! | `certificate` | `Certificate` | x509-parser |
//! | `path` | `path::verify` | the rules over paths that are built to order |
//! | `metadata` | `Metadata` | serde_json, and what was signed |
//! | `extensions`, `extension_inputs`, `extension_outputs` | outputs of authenticators, inputs of ceremonies, outputs of clients | the rules over the reference readers |
//! | `explain` | `explain_…` | `verify_…`: the same error, or none |
//! | `hotp`, `totp` | `otp` | totp-rs, and the acceptance rules written over sets |
//! | `recovery_code`, `recovery_record` | `codes::recovery` | the alphabet and the grammar over characters, data-encoding |
//! | `recovery_verify` | `verify`, `verify_recovery_code` | the rules written a second time, HMAC as RFC 2104 writes it |
//! | `temporary_record`, `temporary_verify` | `codes::temporary` | the grammar; the rules written a second time, PBKDF2 as RFC 8018 writes it |
//! | `approval` | `approval` and its `device`, stored texts | the rules over the reference reader of CBOR, payloads signed after each mutation |
//! | `otpauth`, `migration` | `Otpauth::parse`, `parse_otpauth_migration` | the rules over decoded text; a protocol buffer's fields |
//! | `assurance_profile`, `policy_profile` | `Profile`, `classify`, `PolicyProfile` | serde_json, and a naive matcher |
//! | `claims`, `assessment_text`, `requirement_text` | ID tokens and stored texts | serde_json, and the method table written a second time |
//! | `decide` | `decide` | what must hold of every decision |
//! | `guess_odds` | `guess_odds`, budgets | the formula by logarithms |
//! | `throttle_state`, `throttle` | `throttle`, `Throttle` | the grammar; the limits counted over a history of calls |
//! | `sealed_state` | states of ceremonies | the same HMAC, serde_json |
//! | `record_text` | `CredentialRecord::from_text` | serde_json, ciborium |
//! | `response` | `RelyingParty`, `read_response` | serde_json, and the rules of `registration` and `assertion` |
//!
//! An oracle returns whether mfakit accepted: a run in which nothing was accepted has shown little, and the smoke test says so.
//!
//! The same functions serve libFuzzer (`fuzz/run`, nightly) and the smoke test (`fuzz/smoke`, any compiler).

pub mod android_key;
pub mod apple;
pub mod approval;
pub mod assertion;
pub mod assessment_text;
pub mod assurance_profile;
pub mod attestation_object;
pub mod auth_data;
pub mod authenticator;
pub mod base32;
pub mod base64url;
pub mod cbor;
pub mod certificate;
pub mod certified;
pub mod claims;
pub mod client_data;
pub mod cose;
pub mod curves;
pub mod decide;
pub mod der;
pub mod ed25519;
pub mod explain;
pub mod extension_inputs;
pub mod extension_outputs;
pub mod extensions;
pub mod guess_odds;
pub mod hmac;
pub mod hotp;
pub mod input;
pub mod json;
pub mod metadata;
pub mod migration;
pub mod mutate;
pub mod otpauth;
pub mod p256;
pub mod p256_field;
pub mod path;
pub mod policy_profile;
pub mod record_text;
pub mod recovery_code;
pub mod recovery_record;
pub mod recovery_verify;
pub mod registration;
pub mod relying_party;
pub mod requirement_text;
pub mod response;
pub mod safetynet;
pub mod sealed_state;
pub mod signature;
pub mod statement;
pub mod temporary_record;
pub mod temporary_verify;
pub mod test_key;
pub mod throttle;
pub mod throttle_state;
pub mod tlv;
pub mod totp;
pub mod tpm;
pub mod vectors;
/// One oracle.
pub struct Target {
    /// The name of the libFuzzer target.
    pub name: &'static str,
    /// Panics on disagreement; returns whether mfakit accepted.
    pub check: fn(&[u8]) -> bool,
    /// Inputs to start from, most of them accepted.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// How many mutations of the quick oracles one of this one's stands for, where the smoke test counts them.
    pub cost: u64,
}

macro_rules! targets {
    ($($name:ident $($cost:literal)?)*) => {
        /// Every oracle.
        pub const TARGETS: &[Target] = &[
            $( Target {
                name: stringify!($name),
                check: $name::check,
                seeds: $name::seeds,
                cost: 1 $( * $cost )?,
            }, )*
        ];
    };
}

// The costly ones sign and verify.
targets! {
    json client_data cbor cose der signature 200 p256 100 p256_field 5 ed25519 10 base32 base64url auth_data attestation_object registration assertion 5 statement 20 tpm 20 android_key 20 apple 20 safetynet 20
    certificate path 50 metadata 20 extensions extension_inputs extension_outputs 5 explain 20 hotp totp
    otpauth migration recovery_code recovery_record recovery_verify temporary_record temporary_verify approval 10 assurance_profile 10 policy_profile 2 claims 20 assessment_text requirement_text decide 5 guess_odds throttle throttle_state sealed_state record_text response
}
