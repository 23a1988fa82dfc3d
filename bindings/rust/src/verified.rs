//! What ceremonies give: results that count once their transition is stored.

use crate::extensions::ExtensionOutputs;
use crate::json::{self, Object};
use crate::record::{CredentialRecord, uuid_text};
use crate::text::{to_base64url, to_hex};
use mfakit_core::webauthn::assertion::AssertionProof;
use mfakit_core::webauthn::attestation::{Attestation, Trust};
use mfakit_core::{Error, Evidence, Transition, require_one_row};

/// What became of an attestation statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttestationReport {
    format: String,
    kind: &'static str,
    trust: Trust,
    proven_aaguid: Option<[u8; 16]>,
    path: Vec<Vec<u8>>,
    parts: Vec<AttestationReport>,
}

impl AttestationReport {
    pub(crate) fn new(attestation: &Attestation<'_>) -> Self {
        Self {
            format: attestation.format().to_owned(),
            kind: attestation.attestation_type().as_str(),
            trust: attestation.trust(),
            proven_aaguid: attestation.proven_aaguid().copied(),
            #[cfg(feature = "attestation")]
            path: attestation.path().iter().map(|der| der.to_vec()).collect(),
            #[cfg(feature = "attestation")]
            parts: attestation.parts().iter().map(Self::new).collect(),
            #[cfg(not(feature = "attestation"))]
            path: Vec::new(),
            #[cfg(not(feature = "attestation"))]
            parts: Vec::new(),
        }
    }

    /// The statement's format (§8): `none`, `packed`, `fido-u2f`, `tpm`, `android-key`, `android-safetynet`, `apple`, `compound`;
    /// another name only where unknown formats are ignored.
    #[must_use]
    pub fn format(&self) -> &str {
        &self.format
    }
    /// Who signed it (§6.5.3): `none`, `self`, `basic`, `attca`, `anonca`, `compound`; `unverified` for a format that was ignored.
    #[must_use]
    pub const fn attestation_type(&self) -> &'static str {
        self.kind
    }
    /// Whether a path leads to an anchor of the caller's. Nothing is trusted where nobody asked.
    #[must_use]
    pub const fn trust(&self) -> Trust {
        self.trust
    }
    /// The SHA-256 hash of the anchor's certificate, in hexadecimal.
    #[must_use]
    pub fn anchor(&self) -> Option<String> {
        match self.trust {
            Trust::Trusted(hash) => Some(to_hex(&hash)),
            _ => None,
        }
    }
    /// The authenticator's model as a UUID, proven: `None` unless the statement is trusted and its signature covers the id, as that
    /// of `fido-u2f` does not.
    #[must_use]
    pub fn proven_aaguid(&self) -> Option<String> {
        self.proven_aaguid.as_ref().map(uuid_text)
    }
    /// The certificates (DER) that came with the statement, the attestation certificate first.
    #[must_use]
    pub fn path(&self) -> &[Vec<u8>] {
        &self.path
    }
    /// The statements in a compound one.
    #[must_use]
    pub fn parts(&self) -> &[AttestationReport] {
        &self.parts
    }

    /// All of it as a JSON object: `format`, `type`, `trust`, `anchor`, `provenAaguid`, `path` (base64url), `parts`.
    #[must_use]
    pub fn to_json(&self) -> String {
        Object::new()
            .string("format", &self.format)
            .string("type", self.kind)
            .string("trust", self.trust.as_str())
            .optional_string("anchor", self.anchor().as_deref())
            .optional_string("provenAaguid", self.proven_aaguid().as_deref())
            .array("path", self.path.iter().map(|der| json::quoted(&to_base64url(der))))
            .array("parts", self.parts.iter().map(Self::to_json))
            .end()
    }
}

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
    pub(crate) attachment: Option<String>,
    pub(crate) attestation: AttestationReport,
    pub(crate) extensions: ExtensionOutputs,
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
    /// How the authenticator is attached (`platform`, `cross-platform`), as the client says; names that are not known are kept.
    #[must_use]
    pub fn attachment(&self) -> Option<&str> {
        self.attachment.as_deref()
    }
    /// The attestation statement. Neither `none` nor self attestation says anything about the authenticator's maker, and no other
    /// does unless it is trusted.
    #[must_use]
    pub const fn attestation(&self) -> &AttestationReport {
        &self.attestation
    }
    /// What came of the extensions that were asked for.
    #[must_use]
    pub const fn extensions(&self) -> &ExtensionOutputs {
        &self.extensions
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
    pub(crate) attachment: Option<String>,
    pub(crate) extensions: ExtensionOutputs,
    /// Whether the user was verified, which the record does not say yet.
    pub(crate) upgrade: bool,
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
    /// How the authenticator is attached (`platform`, `cross-platform`), as the client says; names that are not known are kept.
    #[must_use]
    pub fn attachment(&self) -> Option<&str> {
        self.attachment.as_deref()
    }
    /// What came of the extensions that were asked for.
    #[must_use]
    pub const fn extensions(&self) -> &ExtensionOutputs {
        &self.extensions
    }
    /// From the record's text, as it was passed in, to its next text.
    ///
    /// The two are equal where nothing changed, as with most synced passkeys. A database must count the rows that *matched*:
    /// MySQL counts those that changed unless the connection sets `CLIENT_FOUND_ROWS`.
    #[must_use]
    pub const fn transition(&self) -> &Transition<String> {
        &self.transition
    }
    /// The same transition, whose next text also says that the user was verified with this credential (§7.2 step 24); `None`
    /// unless the user was verified now and the record does not say so already.
    ///
    /// Store it in place of [`AuthenticationVerified::transition`] only if another factor of the same strength was proven beside
    /// this one: a record that says so lets the credential stand alone. Until then the evidence of such a sign-in counts as one without
    /// user verification: whoever finds a key without a PIN can set one.
    #[must_use]
    pub fn uv_transition(&self) -> Option<Transition<String>> {
        // A text that was written a moment ago is one that can be read.
        let next =
            self.upgrade.then(|| CredentialRecord::from_text(&self.transition.next).ok())??;
        Some(Transition { prev: self.transition.prev.clone(), next: next.with_uv_initialized() })
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
