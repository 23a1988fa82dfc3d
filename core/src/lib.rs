//! mfakit-core verifies second factors: one-time passwords, recovery and temporary codes, push approvals and WebAuthn; and turns what was
//! proven into a tier and a decision. No heap, no clock, no randomness, no I/O: every
//! function is a function of its arguments, and every byte from outside is treated as hostile.
//!
//! ```text
//! bytes ─▶ parse (total, borrowed) ─▶ check (policy) ─▶ verify ─▶ …Verified + Transition ─▶ host stores ─▶ Evidence
//!          Malformed                  Rejected          Rejected                             StateConflict
//! ```
//!
//! | floor | modules | job |
//! |---|---|---|
//! | 6 decision | [`policy`], [`session`], [`throttle`] | who must step up, how long a session lives, when the next guess is granted |
//! | 5 assurance | [`assurance`] | what was proven, or what an identity provider said, to `amr`, `acr` and a tier |
//! | 4 factors | [`otp`], [`codes`], [`webauthn`] | RFC 4226, RFC 6238, otpauth URIs, codes, WebAuthn Level 3 |
//! | 3 crypto | [`crypto`] | hashes, HMAC, signatures |
//! | 2 encoding | [`encoding`] | total readers of hostile bytes |
//! | 1 ground | [`Error`], [`OtpSecret`], [`Pepper`], [`UnixTime`], [`Transition`], [`Evidence`] | errors, secrets, time, state, what a stored proof is worth |
//!
//! | feature | default | what it builds |
//! |---|---|---|
//! | `otp` | yes | HOTP and TOTP |
//! | `codes` | yes | recovery codes in the full format, delivered temporary codes |
//! | `pbkdf2` | yes | the slow hash of typeable recovery codes and of administrators' and support's temporary codes |
//! | `argon2` | no | Argon2id for the same; needs the heap |
//! | `webauthn` | yes | registrations and assertions, attestation `none` and packed self |
//! | `approval` | yes | signed push approvals, the server's side |
//! | `approval-device` | no | their device's side: reading requests, signing answers with ES256 |
//! | `signatures` | yes | COSE keys and signatures: on wherever `webauthn` or `approval` is |
//! | `es256` | yes | ECDSA with P-256 and SHA-256, by the crate `mfakit-p256` |
//! | `es256-p256` | no | the same by the crate `p256`, to be chosen at run time |
//! | `es384`, `es512`, `es256k` | no | ECDSA with P-384 and SHA-384, P-521 and SHA-512, secp256k1 and SHA-256 |
//! | `ed25519`, `ed448` | no | EdDSA, strict |
//! | `rsassa-pkcs1`, `rsassa-pss` | no | RSA with SHA-256, -384, -512; takes 8 KiB of stack, 12 with its callers |
//! | `ml-dsa` | no | ML-DSA-44, -65, -87; takes 56 KiB of stack without the heap |
//! | `all-algorithms` | no | all of these |
//! | `assurance` | yes | assessments, profiles of claims, policies, sessions; needs nothing else |
//! | `attestation` | no | attestation statements with certificates, paths to anchors; needs the heap |
//! | `alloc`, `std` | no | nothing that changes a verdict |
//! | `ctgrind` | no | a hook for constant-time checks; tests only |
//!
//! # Examples
//!
//! A one-time password:
//!
//! ```
//! use mfakit_core::otp::{Digits, HashAlgorithm, totp::{Totp, Window}};
//! use mfakit_core::{Error, OtpSecret, Period, UnixTime};
//!
//! let secret = OtpSecret::from_base32("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ")?;
//! let totp = Totp::new(&secret, HashAlgorithm::Sha1, Digits::SIX, Period::THIRTY_SECONDS)?;
//! let verified = totp.verify(b"287082", None, UnixTime::from_seconds(59), Window::ONE_STEP)?;
//! let evidence = verified.commit(1)?; // after a compare-and-set that changed one row
//! assert_eq!(evidence.method().as_str(), "totp");
//! # Ok::<(), Error>(())
//! ```
//!
//! See [`otp::otpauth::Otpauth`] for an import, [`codes::recovery::verify`] and [`codes::temporary::verify`] for codes,
//! [`webauthn::registration::verify`] and [`webauthn::assertion::verify`] for WebAuthn, [`assurance::assess()`] and [`policy::decide`] for
//! what follows.
#![no_std]
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

#[cfg(feature = "attestation")]
extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

#[cfg(feature = "approval")]
pub mod approval;
#[cfg(feature = "assurance")]
pub mod assurance;
#[cfg(feature = "codes")]
pub mod codes;
pub mod crypto;
#[cfg(feature = "ctgrind")]
pub mod ct;
#[cfg(all(
    any(feature = "otp", feature = "codes", feature = "webauthn", feature = "approval"),
    not(feature = "ctgrind")
))]
mod ct;
pub mod encoding;
mod error;
mod evidence;
#[cfg(feature = "otp")]
pub mod otp;
#[cfg(feature = "assurance")]
pub mod policy;
mod secret;
#[cfg(feature = "assurance")]
pub mod session;
mod state;
pub mod throttle;
mod time;
#[cfg(feature = "webauthn")]
pub mod webauthn;

pub use error::{Error, Kind};
pub use evidence::{Evidence, Facts, Method, MethodKind, MethodKinds, VerifiedBy};
pub use secret::OtpSecret;
#[cfg(any(feature = "codes", feature = "webauthn"))]
pub use secret::{Pepper, Peppers};
pub use state::{Transition, require_one_row};
pub use time::{CLOCK_SKEW, Period, Step, UnixTime};
