//! For tests of logins: a passkey without a browser, and the parts that WebAuthn messages are made of.
//!
//! **Never in production**: private keys lie in memory in the clear, nobody is asked, nothing is protected.
//!
//! [`SoftAuthenticator`] answers the options of a ceremony like a browser with an authenticator behind it, and its fields are
//! knobs: each one makes it lie in one way. The modules under it build every part of a message on its own, right or wrong;
//! mfakit's own test vectors are made of them. Nothing here uses mfakit: it is a second opinion.
//!
//! | module | what it makes |
//! |---|---|
//! | [`client_data`] | `clientDataJSON` |
//! | [`auth_data`] | authenticator data, flags |
//! | [`attestation`] | attestation objects and statements, the bytes that are signed |
//! | [`keys`], [`rsa`] | key pairs of every algorithm |
//! | [`x509`] | certificates and paths of them |
//! | [`tpm`], [`android`] | what the statements of TPMs and Android devices are made of |
//! | [`cose`], [`der`], [`cbor`], [`text`] | encodings |
//!
//! # Examples
//!
//! A test of a login:
//!
//! ```
//! use mfakit::{BeginAuthentication, BeginRegistration, Error, RelyingParty, RelyingPartyOptions, UserVerification};
//! use mfakit_testing::SoftAuthenticator;
//!
//! let options = RelyingPartyOptions::new("Example", &["https://example.org"], UserVerification::Required);
//! let rp = RelyingParty::new("example.org", options)?;
//! let mut passkey = SoftAuthenticator::new("https://example.org");
//!
//! let user = mfakit::generate_user_handle()?;
//! let ceremony = rp.begin_registration(&user, BeginRegistration { user_name: "alice", ..Default::default() })?;
//! let response = passkey.create(ceremony.options_json())?;
//! let record = rp.finish_registration(response.as_bytes(), ceremony.state(), None)?.commit(1)?;
//!
//! let ceremony = rp.begin_discoverable_authentication(BeginAuthentication::default())?;
//! let response = passkey.get(ceremony.options_json())?;
//! let verified = rp.finish_authentication(response.as_bytes(), ceremony.state(), &record, None)?;
//! assert_eq!(verified.user_handle(), user);
//!
//! passkey.user_verified = false; // a stolen key, without its PIN
//! let ceremony = rp.begin_discoverable_authentication(BeginAuthentication::default())?;
//! let response = passkey.get(ceremony.options_json())?;
//! let refused = rp.finish_authentication(response.as_bytes(), ceremony.state(), &record, None);
//! assert_eq!(refused.err(), Some(Error::UserNotVerified));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod android;
pub mod attestation;
pub mod auth_data;
pub mod cbor;
pub mod client_data;
pub mod cose;
pub mod der;
pub mod keys;
pub mod rsa;
mod soft;
pub mod text;
pub mod tpm;
pub mod x509;

pub use soft::{Attestation, SoftAuthenticator, SoftError};

/// SHA-256.
#[must_use]
pub fn sha256(message: &[u8]) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    Sha256::digest(message).to_vec()
}
