//! Verifying an authentication assertion: WebAuthn Level 3 §7.2, step by step.
//!
//! <https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion>. Invariant: nothing can be read from
//! [`AssertionVerified`] before the signature was checked; the counter is judged after it. Leaks: nothing secret here.

use super::auth_data::{AuthData, Flags};
use super::client_data::{Ceremony, ClientData};
use super::extensions::AuthenticatorExtensions;
use super::relying_party::{BackupPolicy, CounterPolicy, RelyingParty};
use crate::crypto;
#[cfg(feature = "es256")]
use crate::crypto::PreparedKey;
use crate::encoding::cose::{self, PublicKey};
use crate::error::Error;
use crate::evidence::{Evidence, Facts, MethodKind, VerifiedBy};

/// What the client sent, decoded to bytes.
#[derive(Clone, Copy, Debug)]
pub struct AssertionResponse<'a> {
    /// `rawId`
    pub credential_id: &'a [u8],
    /// `response.clientDataJSON`
    pub client_data_json: &'a [u8],
    /// `response.authenticatorData`
    pub authenticator_data: &'a [u8],
    /// `response.signature`
    pub signature: &'a [u8],
    /// `response.userHandle`; null, absent and empty all mean absent.
    pub user_handle: Option<&'a [u8]>,
}

/// The stored credential that the response names.
#[derive(Clone, Copy, Debug)]
pub struct StoredCredential<'a> {
    /// The credential id.
    pub id: &'a [u8],
    /// The COSE key, as it was registered.
    pub public_key: &'a [u8],
    /// The user handle of the owner.
    pub user_handle: &'a [u8],
    /// The stored signature counter.
    pub sign_count: u32,
    /// The stored backup eligibility; `None` for records from before it was kept.
    pub backup_eligible: Option<bool>,
}

/// Whom the ceremony was begun for.
#[derive(Clone, Copy, Debug)]
pub enum User<'a> {
    /// A user who was identified first, by this user handle.
    Known(&'a [u8]),
    /// Nobody yet: the response itself must name the user.
    Discoverable,
}

/// Which credentials the ceremony allowed.
#[derive(Clone, Copy, Debug)]
pub enum Allow<'a> {
    /// Any credential of the user.
    Any,
    /// Those with these ids.
    Ids(&'a [&'a [u8]]),
    /// Those whose ids have these [`id_hash`]es, one after the other.
    IdHashes(&'a [[u8; 16]]),
}

/// The first 16 bytes of the SHA-256 hash of a credential id: an allow-list that fits in a cookie.
#[must_use]
pub fn id_hash(credential_id: &[u8]) -> [u8; 16] {
    let mut hash = [0; 16];
    for (slot, byte) in hash.iter_mut().zip(crypto::sha256(&[credential_id])) {
        *slot = byte;
    }
    hash
}

impl Allow<'_> {
    pub(super) fn allows(&self, credential_id: &[u8]) -> bool {
        match self {
            Self::Any => true,
            Self::Ids(ids) => ids.contains(&credential_id),
            Self::IdHashes(hashes) => hashes.contains(&id_hash(credential_id)),
        }
    }
}

/// An assertion that passed every step. Borrows from the response.
#[derive(Debug)]
#[must_use]
pub struct AssertionVerified<'a> {
    flags: Flags,
    sign_count: u32,
    next_sign_count: u32,
    counter_regressed: bool,
    extensions: AuthenticatorExtensions<'a>,
}

/// Verifies an assertion against the challenge that was issued and the credential that is stored.
///
/// # Errors
///
/// The first step that fails gives its code; see the error table. A stored key that cannot be read is
/// [`Error::RecordCorrupt`].
pub fn verify<'a>(
    rp: &RelyingParty<'_>,
    challenge: &[u8],
    user: User<'_>,
    allow: Allow<'_>,
    stored: &StoredCredential<'_>,
    response: &AssertionResponse<'a>,
) -> Result<AssertionVerified<'a>, Error> {
    verify_with(rp, challenge, user, allow, stored, response, |key, message, signature| {
        crypto::verify_by(rp.es256_backend(), key, message, signature)
    })
}

/// As [`verify`], with an ES256 key that was prepared; the verdict is the same. Prepared keys are mfakit's own arithmetic, whatever
/// [`RelyingParty::es256`] says.
///
/// # Errors
///
/// As [`verify`]; [`Error::PreparedKeyMismatch`] if the prepared key is not the record's.
#[cfg(feature = "es256")]
pub fn verify_prepared<'a>(
    rp: &RelyingParty<'_>,
    challenge: &[u8],
    user: User<'_>,
    allow: Allow<'_>,
    stored: &StoredCredential<'_>,
    prepared: &PreparedKey,
    response: &AssertionResponse<'a>,
) -> Result<AssertionVerified<'a>, Error> {
    if !prepared.is(&read_key(stored)?) {
        return Err(Error::PreparedKeyMismatch);
    }
    verify_with(rp, challenge, user, allow, stored, response, |_, message, signature| {
        prepared.verify(message, signature)
    })
}

fn verify_with<'a>(
    rp: &RelyingParty<'_>,
    challenge: &[u8],
    user: User<'_>,
    allow: Allow<'_>,
    stored: &StoredCredential<'_>,
    response: &AssertionResponse<'a>,
    signed: impl FnOnce(&PublicKey<'_>, &[&[u8]], &[u8]) -> Result<(), Error>,
) -> Result<AssertionVerified<'a>, Error> {
    if challenge.len() < 16 {
        return Err(Error::ChallengeTooShort);
    }
    // Steps 1 to 4 are the client's and the host's: options, navigator.credentials.get(), the response.
    // Step 5: the credential is one of those allowed.
    if !allow.allows(response.credential_id) {
        return Err(Error::CredentialNotAllowed);
    }
    // Step 6: the user, and that the credential is theirs: this very one.
    check_owner(user, stored, response)?;
    check_id(stored, response)?;
    let key = read_key(stored)?;
    // Steps 7 to 9: the client data, decoded and parsed.
    let client_data = ClientData::parse(response.client_data_json)?;
    // Steps 10 to 14: type, challenge, origin, crossOrigin, topOrigin.
    client_data.check(Ceremony::Assertion, challenge, rp)?;
    // Steps 15 to 18: RP ID hash, UP, UV, BE and BS.
    let auth_data = AuthData::parse(response.authenticator_data)?;
    check_no_attested_data(&auth_data)?;
    auth_data.check(rp)?;
    // Step 19: backup eligibility against the record.
    check_backup_eligibility(rp, stored, &auth_data)?;
    // Step 20: the hash of the client data.
    let hash = crypto::sha256(&[response.client_data_json]);
    // Step 21: the signature over the authenticator data and that hash.
    check_signature(response, &hash, |message, signature| signed(&key, message, signature))?;
    // Step 22: the counter.
    let (new, known) = (auth_data.sign_count, stored.sign_count);
    let counter_regressed = check_counter(rp, stored, &auth_data)?;
    // Step 23: the extension outputs.
    let extensions = AuthenticatorExtensions::read(auth_data.extensions.as_ref(), rp.requested())?;
    // Steps 24 and 25, the record's update and success, are the host's, by the transition.
    Ok(AssertionVerified {
        flags: auth_data.flags,
        sign_count: new,
        next_sign_count: new.max(known),
        counter_regressed,
        extensions,
    })
}

pub(super) fn check_owner(
    user: User<'_>,
    stored: &StoredCredential<'_>,
    response: &AssertionResponse<'_>,
) -> Result<(), Error> {
    let claimed = response.user_handle.filter(|handle| !handle.is_empty());
    // An empty handle names nobody: two of them are not the same person.
    if stored.user_handle.is_empty() || matches!(user, User::Known([])) {
        return Err(Error::UserHandleInvalid);
    }
    match user {
        User::Known(known) if known != stored.user_handle => {
            return Err(Error::CredentialOwnerMismatch);
        }
        User::Discoverable if claimed.is_none() => return Err(Error::UserHandleMissing),
        _ => {}
    }
    match claimed {
        Some(handle) if handle != stored.user_handle => Err(Error::UserHandleMismatch),
        _ => Ok(()),
    }
}

pub(super) fn check_id(
    stored: &StoredCredential<'_>,
    response: &AssertionResponse<'_>,
) -> Result<(), Error> {
    if stored.id == response.credential_id { Ok(()) } else { Err(Error::CredentialIdMismatch) }
}

pub(super) fn read_key<'s>(stored: &StoredCredential<'s>) -> Result<PublicKey<'s>, Error> {
    cose::parse_all(stored.public_key).map_err(|error| match error {
        Error::AlgorithmUnsupported => Error::AlgorithmUnsupported,
        _ => Error::RecordCorrupt,
    })
}

pub(super) fn check_no_attested_data(auth_data: &AuthData<'_>) -> Result<(), Error> {
    if auth_data.attested.is_some() { Err(Error::AttestedDataForbidden) } else { Ok(()) }
}

/// Step 19
pub(super) fn check_backup_eligibility(
    rp: &RelyingParty<'_>,
    stored: &StoredCredential<'_>,
    auth_data: &AuthData<'_>,
) -> Result<(), Error> {
    let eligible = auth_data.flags.backup_eligible();
    let changed = stored.backup_eligible.is_some_and(|known| known != eligible);
    let upgrade = eligible && rp.backup_policy() == BackupPolicy::AllowUpgrade;
    if changed && !upgrade { Err(Error::BackupEligibilityChanged) } else { Ok(()) }
}

/// Step 21
pub(super) fn check_signature(
    response: &AssertionResponse<'_>,
    client_data_hash: &[u8; 32],
    signed: impl FnOnce(&[&[u8]], &[u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    let message = [response.authenticator_data, client_data_hash];
    signed(&message, response.signature).map_err(|error| match error {
        Error::CosePointInvalid => Error::RecordCorrupt,
        other => other,
    })
}

/// Step 22: whether the counter did not increase, unless the authenticator has none.
pub(super) fn check_counter(
    rp: &RelyingParty<'_>,
    stored: &StoredCredential<'_>,
    auth_data: &AuthData<'_>,
) -> Result<bool, Error> {
    let (new, known) = (auth_data.sign_count, stored.sign_count);
    let regressed = (new != 0 || known != 0) && new <= known;
    match rp.counter_policy() {
        CounterPolicy::Reject if regressed => Err(Error::CounterRegressed),
        _ => Ok(regressed),
    }
}

impl<'a> AssertionVerified<'a> {
    /// The authenticator's flags.
    #[must_use]
    pub const fn flags(&self) -> Flags {
        self.flags
    }
    /// The counter that the authenticator sent.
    #[must_use]
    pub const fn sign_count(&self) -> u32 {
        self.sign_count
    }
    /// The counter to store: never lower than the one stored.
    #[must_use]
    pub const fn next_sign_count(&self) -> u32 {
        self.next_sign_count
    }
    /// Whether the counter did not increase; true only under [`CounterPolicy::Report`].
    #[must_use]
    pub const fn counter_regressed(&self) -> bool {
        self.counter_regressed
    }
    /// The authenticator's extension outputs.
    #[must_use]
    pub const fn extensions(&self) -> &AuthenticatorExtensions<'a> {
        &self.extensions
    }

    /// The proof without the borrowed bytes, for a caller that stores it later.
    pub fn into_proof(self) -> AssertionProof {
        let user_verified = self.flags.user_verified();
        // What an authenticator says of a verification that did not happen is nothing.
        let told = self.extensions.uvm().filter(|_| user_verified);
        let verified_by =
            told.fold(VerifiedBy::UNKNOWN, |all, entry| all.or(VerifiedBy::from_uvm(entry.method)));
        let backup_eligible = self.flags.backup_eligible();
        let kind = if backup_eligible {
            MethodKind::SyncedPasskey
        } else {
            MethodKind::DeviceBoundPasskey
        };
        AssertionProof {
            facts: Facts { kind, user_verified, verified_by, hardware: false, backup_eligible },
        }
    }

    /// Turns the proof into evidence, given how many rows the compare-and-set changed.
    ///
    /// # Errors
    ///
    /// [`Error::StateConflict`] unless exactly one.
    pub fn commit(self, rows: u64) -> Result<Evidence, Error> {
        self.into_proof().commit(rows)
    }
}

/// A proof that waits for its compare-and-set.
#[derive(Debug)]
#[must_use]
pub struct AssertionProof {
    facts: Facts,
}

impl AssertionProof {
    /// Adds that the authenticator is one of the client's device (`true`) or is not, as the client says; a credential that may be
    /// synced is at home on no device.
    pub const fn built_in(mut self, built_in: bool) -> Self {
        if !self.facts.backup_eligible {
            self.facts.kind =
                if built_in { MethodKind::BuiltInAuthenticator } else { MethodKind::SecurityKey };
        }
        self
    }

    /// Adds whether the record says that the user was ever verified with this credential (§4, `uvInitialized`). While it says no, a user
    /// verification must not be relied upon as a factor: whoever finds a key without a PIN can set one.
    pub const fn uv_initialized(mut self, uv_initialized: Option<bool>) -> Self {
        if matches!(uv_initialized, Some(false)) {
            self.facts.user_verified = false;
            self.facts.verified_by = VerifiedBy::UNKNOWN;
        }
        self
    }

    /// Adds that hardware keeps the key, as a trusted attestation and its metadata said at registration. The caller's word.
    pub const fn hardware(mut self, hardware: bool) -> Self {
        self.facts.hardware = hardware;
        self
    }

    /// What the evidence will say.
    #[must_use]
    pub const fn facts(&self) -> Facts {
        self.facts
    }

    /// Turns the proof into evidence, given how many rows the compare-and-set changed.
    ///
    /// # Errors
    ///
    /// [`Error::StateConflict`] unless exactly one.
    pub fn commit(self, rows: u64) -> Result<Evidence, Error> {
        Evidence::commit_webauthn(rows, self.facts)
    }
}
