//! What ceremonies give: results that count once their transition is stored.

use crate::record::CredentialRecord;
use mfakit_core::webauthn::assertion::AssertionProof;
use mfakit_core::webauthn::attestation::Attestation;
use mfakit_core::{Error, Evidence, Transition, require_one_row};

/// A registration that passed every step of §7.1.
///
/// Insert `credential` under a unique credential id, then `commit` the row count. A registration is not a sign-in: commit
/// returns the record, never [`Evidence`].
#[derive(Debug)]
#[must_use]
pub struct RegistrationVerified {
    pub(crate) credential: CredentialRecord,
    pub(crate) user_verified: bool,
    pub(crate) flags: u8,
    pub(crate) attestation: Attestation,
    pub(crate) extensions: Option<Vec<u8>>,
}

impl RegistrationVerified {
    /// The record to store.
    #[must_use]
    pub const fn credential(&self) -> &CredentialRecord {
        &self.credential
    }
    /// The owner's user handle, base64url.
    #[must_use]
    pub fn user_handle(&self) -> String {
        self.credential.user_handle()
    }
    /// Whether the authenticator verified the user.
    #[must_use]
    pub const fn user_verified(&self) -> bool {
        self.user_verified
    }
    /// The authenticator's flags byte (§6.1).
    #[must_use]
    pub const fn flags(&self) -> u8 {
        self.flags
    }
    /// The attestation statement's format and type. Neither `none` nor self attestation says anything about the
    /// authenticator's maker.
    #[must_use]
    pub const fn attestation(&self) -> Attestation {
        self.attestation
    }
    /// The authenticator's extension outputs: a CBOR map.
    #[must_use]
    pub fn extensions(&self) -> Option<&[u8]> {
        self.extensions.as_deref()
    }
    /// From absent to the record's text.
    #[must_use]
    pub fn transition(&self) -> Transition<String> {
        Transition { prev: None, next: self.credential.to_text().to_owned() }
    }
    /// The stored record, given how many rows the insert made.
    ///
    /// # Errors
    ///
    /// [`Error::StateConflict`] unless exactly one.
    pub fn commit(self, rows: u64) -> Result<CredentialRecord, Error> {
        require_one_row(rows)?;
        Ok(self.credential)
    }
}

/// An assertion that passed every step of §7.2.
#[derive(Debug)]
#[must_use]
pub struct AuthenticationVerified {
    pub(crate) credential_id: String,
    pub(crate) user_handle: String,
    pub(crate) flags: u8,
    pub(crate) user_verified: bool,
    pub(crate) backup_eligible: bool,
    pub(crate) backed_up: bool,
    pub(crate) counter: u32,
    pub(crate) counter_regressed: bool,
    pub(crate) extensions: Option<Vec<u8>>,
    pub(crate) transition: Transition<String>,
    pub(crate) proof: AssertionProof,
}

impl AuthenticationVerified {
    /// The credential id, base64url.
    #[must_use]
    pub fn credential_id(&self) -> &str {
        &self.credential_id
    }
    /// The owner's user handle, base64url: who signed in.
    #[must_use]
    pub fn user_handle(&self) -> &str {
        &self.user_handle
    }
    /// The authenticator's flags byte (§6.1).
    #[must_use]
    pub const fn flags(&self) -> u8 {
        self.flags
    }
    /// Whether the authenticator verified the user.
    #[must_use]
    pub const fn user_verified(&self) -> bool {
        self.user_verified
    }
    /// Whether the credential may be synced.
    #[must_use]
    pub const fn backup_eligible(&self) -> bool {
        self.backup_eligible
    }
    /// Whether the credential is synced.
    #[must_use]
    pub const fn backed_up(&self) -> bool {
        self.backed_up
    }
    /// The authenticator's signature counter; 0 if it has none.
    #[must_use]
    pub const fn counter(&self) -> u32 {
        self.counter
    }
    /// Whether the counter did not increase; true only under [`crate::CounterPolicy::Report`].
    #[must_use]
    pub const fn counter_regressed(&self) -> bool {
        self.counter_regressed
    }
    /// The authenticator's extension outputs: a CBOR map.
    #[must_use]
    pub fn extensions(&self) -> Option<&[u8]> {
        self.extensions.as_deref()
    }
    /// From the record's text, as it was passed in, to its next text.
    ///
    /// The two are equal where nothing changed, as with most synced passkeys. A database must count the rows that *matched*:
    /// MySQL counts those that changed unless the connection sets `CLIENT_FOUND_ROWS`.
    #[must_use]
    pub const fn transition(&self) -> &Transition<String> {
        &self.transition
    }
    /// Turns the proof into evidence, given how many rows the compare-and-set changed.
    ///
    /// # Errors
    ///
    /// [`Error::StateConflict`] unless exactly one.
    pub fn commit(self, rows: u64) -> Result<Evidence, Error> {
        self.proof.commit(rows)
    }
}
