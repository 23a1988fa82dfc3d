//! Registering a new credential: WebAuthn Level 3 §7.1, step by step.
//!
//! <https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential>. Invariant: nothing can be read from
//! [`RegistrationVerified`] before every step passed. Leaks: nothing secret here.

use super::attestation::{self, Attestation, AttestationObject, Subject};
use super::auth_data::{Attested, AuthData, Flags};
use super::client_data::{Ceremony, ClientData};
use super::extensions::AuthenticatorExtensions;
use super::relying_party::RelyingParty;
use crate::crypto;
use crate::encoding::cose::{self, PublicKey};
use crate::error::Error;

/// What the client sent, decoded to bytes.
#[derive(Clone, Copy, Debug)]
pub struct RegistrationResponse<'a> {
    /// `rawId`
    pub credential_id: &'a [u8],
    /// `response.clientDataJSON`
    pub client_data_json: &'a [u8],
    /// `response.attestationObject`
    pub attestation_object: &'a [u8],
}

/// A registration that passed every step. Borrows from the response.
///
/// The host stores it under a unique credential id (step 26): the transition is from absent to this record.
#[derive(Clone, Debug)]
#[must_use]
pub struct RegistrationVerified<'a> {
    credential_id: &'a [u8],
    public_key: &'a [u8],
    algorithm: i64,
    aaguid: &'a [u8; 16],
    sign_count: u32,
    flags: Flags,
    attestation: Attestation<'a>,
    extensions: AuthenticatorExtensions<'a>,
    non_canonical_order: bool,
}

/// Verifies a registration against the challenge that was issued.
///
/// # Errors
///
/// The first step that fails gives its code; see the error table.
///
/// # Examples
///
/// ```
/// use mfakit_core::Error;
/// use mfakit_core::webauthn::{RelyingParty, UserVerification, registration};
///
/// let rp = RelyingParty::new("example.org", &["https://example.org"], UserVerification::Required)?;
/// let response = registration::RegistrationResponse {
///     credential_id: b"id",
///     client_data_json: br#"{"type":"webauthn.create","challenge":"AAAA","origin":"https://example.org"}"#,
///     attestation_object: b"",
/// };
/// let refused = registration::verify(&rp, &[7; 32], &response);
/// assert_eq!(refused.err(), Some(Error::ChallengeMismatch));
/// # Ok::<(), Error>(())
/// ```
pub fn verify<'a>(
    rp: &RelyingParty<'_>,
    challenge: &[u8],
    response: &RegistrationResponse<'a>,
) -> Result<RegistrationVerified<'a>, Error> {
    if challenge.len() < 16 {
        return Err(Error::ChallengeTooShort);
    }
    // Steps 1 to 4 are the client's and the host's: options, navigator.credentials.create(), the response.
    // Steps 5 and 6: the client data, decoded and parsed.
    let client_data = ClientData::parse(response.client_data_json)?;
    // Steps 7 to 11: type, challenge, origin, crossOrigin, topOrigin.
    client_data.check(Ceremony::Registration, challenge, rp)?;
    // Step 12: the hash of the client data, which signed statements cover.
    let client_data_hash = crypto::sha256(&[response.client_data_json]);
    // Step 13: the attestation object and the authenticator data in it.
    let object = AttestationObject::parse(response.attestation_object)?;
    let auth_data = AuthData::parse(object.auth_data)?;
    let attested = auth_data.attested.ok_or(Error::AttestedDataMissing)?;
    if attested.credential_id != response.credential_id {
        return Err(Error::CredentialIdMismatch);
    }
    object.check_key_order(rp)?;
    // Steps 14 to 17: RP ID hash, UP, UV, BE and BS. Step 15 exempts conditional registrations: `UserPresence`.
    auth_data.check(rp)?;
    // Steps 18 and 19, policy on backup eligibility and state, are the host's: both are in the result.
    // Step 20: the algorithm, and the key.
    let key = check_key(rp, &attested)?;
    // Steps 21 and 22: the attestation statement's format, and the statement.
    let subject = Subject::new(rp, &object, &auth_data, attested, key, &client_data_hash);
    let attestation = attestation::verify(object.format, object.statement, &subject)?;
    // Steps 23 and 24: trust anchors, and whether the policy is content with what was found.
    #[cfg(feature = "attestation")]
    let attestation = attestation::evaluate_trust(attestation, &subject)?;
    // Step 25: the length of the credential id was checked when it was read.
    // Step 26, that no user has this credential id, is the unique key of the host's table.
    // Step 27, the record, is made of what is returned.
    // Step 28: the extension outputs.
    let extensions = AuthenticatorExtensions::read(auth_data.extensions.as_ref(), rp.requested())?;
    // Step 29: success.
    Ok(RegistrationVerified {
        credential_id: attested.credential_id,
        public_key: attested.public_key.encoding(),
        algorithm: key.algorithm(),
        aaguid: attested.aaguid,
        sign_count: auth_data.sign_count,
        flags: auth_data.flags,
        attestation,
        extensions,
        non_canonical_order: object.non_canonical_order || auth_data.non_canonical_order(),
    })
}

/// Step 20: the algorithm is one of those offered, and the key one that can log in.
pub(super) fn check_key<'a>(
    rp: &RelyingParty<'_>,
    attested: &Attested<'a>,
) -> Result<PublicKey<'a>, Error> {
    if !rp.offered().contains(&cose::algorithm(&attested.public_key)?) {
        return Err(Error::AlgorithmNotOffered);
    }
    let key = cose::parse(&attested.public_key)?;
    crypto::check_key(&key)?;
    Ok(key)
}

impl<'a> RegistrationVerified<'a> {
    /// 1 to 1023 bytes.
    #[must_use]
    pub const fn credential_id(&self) -> &'a [u8] {
        self.credential_id
    }
    /// The COSE key, as the authenticator wrote it.
    #[must_use]
    pub const fn public_key(&self) -> &'a [u8] {
        self.public_key
    }
    /// The key's COSE algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> i64 {
        self.algorithm
    }
    /// The authenticator's model, as it claims it: nothing proves it without a trusted attestation.
    #[must_use]
    pub const fn unproven_aaguid(&self) -> &'a [u8; 16] {
        self.aaguid
    }
    /// The signature counter to store.
    #[must_use]
    pub const fn sign_count(&self) -> u32 {
        self.sign_count
    }
    /// The authenticator's flags.
    #[must_use]
    pub const fn flags(&self) -> Flags {
        self.flags
    }
    /// The attestation statement's format and type, and whether it is trusted.
    #[must_use]
    pub const fn attestation(&self) -> &Attestation<'a> {
        &self.attestation
    }
    /// The authenticator's extension outputs.
    #[must_use]
    pub const fn extensions(&self) -> &AuthenticatorExtensions<'a> {
        &self.extensions
    }
    /// Whether some CBOR map's keys were not in canonical order.
    #[must_use]
    pub const fn non_canonical_order(&self) -> bool {
        self.non_canonical_order
    }
}
