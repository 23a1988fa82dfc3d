//! The second half of a ceremony: the answer is verified against what was kept, and the stateless calls under that.
//!
//! WebAuthn Level 3 §7.1, §7.2. Every verdict is core's.

use super::{Mediation, RelyingParty, read_user_handle};
use crate::ceremony::{AuthenticationState, CeremonyKind, RegistrationState, State};
use crate::extensions::{Asked, ClientOutputs, ExtensionInputs, ExtensionOutputs};
use crate::prepared::PreparedKey;
use crate::record::{CredentialRecord, KeptAttestation};
use crate::response;
use crate::text::decode;
use crate::time::or_clock;
use crate::verified::{AttestationReport, AuthenticationVerified, RegistrationVerified};
use mfakit_core::crypto::Es256Backend;
use mfakit_core::webauthn::assertion::{
    self, Allow, AssertionProof, AssertionResponse, StoredCredential, User,
};
use mfakit_core::webauthn::registration::{self, RegistrationResponse};
use mfakit_core::webauthn::{self as core, UserPresence, UserVerification};
use mfakit_core::{Error, Transition, UnixTime};

/// Longer than any user handle: the user of a ceremony that was begun for another than the record's owner.
const NOBODY: [u8; 65] = [0; 65];

/// What a stateless verification takes besides the challenge.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stateless<'a> {
    /// The relying party's policy if `None`.
    pub user_verification: Option<UserVerification>,
    /// Whether a registration was conditional.
    pub mediation: Option<Mediation>,
    /// The credential ids (bytes) that an authentication allowed; `None` allows any.
    pub allow: Option<&'a [&'a [u8]]>,
    /// The extensions that were asked for; none if `None`.
    pub extensions: Option<&'a ExtensionInputs>,
    /// When a registration took place, for the dates of its certificates; the host's clock if `None`.
    pub now: Option<UnixTime>,
    /// The prepared key of an authentication's record. Explanations do without.
    pub prepared: Option<&'a PreparedKey>,
}

/// What a registration is verified against.
pub(super) struct Registering<'a> {
    pub(super) challenge: &'a [u8],
    pub(super) user_verification: UserVerification,
    pub(super) conditional: bool,
    pub(super) asked: &'a Asked,
    pub(super) now: UnixTime,
}

/// What an authentication is verified against.
pub(super) struct Authenticating<'a> {
    pub(super) challenge: &'a [u8],
    pub(super) user: User<'a>,
    pub(super) allow: Allow<'a>,
    pub(super) user_verification: UserVerification,
    pub(super) asked: &'a Asked,
}

impl RelyingParty {
    pub(super) fn open(
        &self,
        text: &str,
        registration: bool,
        now: Option<UnixTime>,
    ) -> Result<State, Error> {
        State::open(text, self.state_key.as_deref(), &self.id, registration, or_clock(now)?)
    }

    /// Finishes a registration: `response` is the JSON text from the browser, `state` what deleting the ceremony returned.
    ///
    /// # Errors
    ///
    /// The first step of §7.1 that fails; [`Error::StateMalformed`], [`Error::StateKindMismatch`],
    /// [`Error::CeremonyExpired`].
    pub fn finish_registration(
        &self,
        response: &[u8],
        state: &RegistrationState,
        now: Option<UnixTime>,
    ) -> Result<RegistrationVerified, Error> {
        let now = or_clock(now)?;
        let state = self.open(state.to_text(), true, Some(now))?;
        let expected = Registering {
            challenge: &state.challenge,
            user_verification: state.user_verification,
            conditional: state.conditional,
            asked: &state.asked,
            now,
        };
        self.registration(response, state.user_handle, &expected)
    }

    /// Finishes an authentication with the record of the credential that [`crate::read_response`] names.
    ///
    /// # Errors
    ///
    /// The first step of §7.2 that fails; [`Error::StateMalformed`], [`Error::StateKindMismatch`],
    /// [`Error::CeremonyExpired`].
    pub fn finish_authentication(
        &self,
        response: &[u8],
        state: &AuthenticationState,
        record: &CredentialRecord,
        now: Option<UnixTime>,
    ) -> Result<AuthenticationVerified, Error> {
        self.finish_with(response, state, record, None, now)
    }

    /// As [`RelyingParty::finish_authentication`], with the record's prepared key; the verdict is the same.
    ///
    /// # Errors
    ///
    /// As [`RelyingParty::finish_authentication`]; [`Error::PreparedKeyMismatch`] if the prepared key is not the record's.
    pub fn finish_authentication_prepared(
        &self,
        response: &[u8],
        state: &AuthenticationState,
        record: &CredentialRecord,
        prepared: &PreparedKey,
        now: Option<UnixTime>,
    ) -> Result<AuthenticationVerified, Error> {
        self.finish_with(response, state, record, Some(prepared), now)
    }

    pub(crate) fn finish_with(
        &self,
        response: &[u8],
        state: &AuthenticationState,
        record: &CredentialRecord,
        prepared: Option<&PreparedKey>,
        now: Option<UnixTime>,
    ) -> Result<AuthenticationVerified, Error> {
        let state = self.open(state.to_text(), false, now)?;
        let is_owner = state.is_for(self.state_key.as_deref(), &record.user_handle);
        let expected = Authenticating {
            challenge: &state.challenge,
            user: match state.kind {
                CeremonyKind::Authentication if is_owner => User::Known(&record.user_handle),
                CeremonyKind::Authentication => User::Known(&NOBODY),
                _ => User::Discoverable,
            },
            allow: state.allow.as_deref().map_or(Allow::Any, Allow::IdHashes),
            user_verification: state.user_verification,
            asked: &state.asked,
        };
        self.authentication(response, record, prepared, &expected)
    }

    /// Verifies a registration against a challenge (base64url) that the caller kept. The caller sees to it that a challenge
    /// is accepted once.
    ///
    /// # Errors
    ///
    /// The first step of §7.1 that fails; [`Error::UserHandleInvalid`], [`Error::ChallengeTooShort`].
    pub fn verify_registration(
        &self,
        response: &[u8],
        challenge: &str,
        user_handle: &str,
        more: Stateless<'_>,
    ) -> Result<RegistrationVerified, Error> {
        let (challenge, asked) = (read_challenge(challenge)?, more.asked());
        let owner = read_user_handle(user_handle)?;
        self.registration(response, owner, &self.registering(&challenge, &asked, more)?)
    }

    /// Verifies an authentication of a user who was identified first. The caller sees to it that a challenge is accepted
    /// once.
    ///
    /// # Errors
    ///
    /// The first step of §7.2 that fails; [`Error::UserHandleInvalid`], [`Error::ChallengeTooShort`].
    pub fn verify_authentication(
        &self,
        response: &[u8],
        challenge: &str,
        user_handle: &str,
        record: &CredentialRecord,
        more: Stateless<'_>,
    ) -> Result<AuthenticationVerified, Error> {
        let owner = read_user_handle(user_handle)?;
        let (challenge, asked) = (read_challenge(challenge)?, more.asked());
        let expected = self.authenticating(&challenge, User::Known(&owner), &asked, more);
        self.authentication(response, record, more.prepared, &expected)
    }

    /// Verifies an authentication that names its user itself. The caller sees to it that a challenge is accepted once.
    ///
    /// # Errors
    ///
    /// The first step of §7.2 that fails; [`Error::ChallengeTooShort`].
    pub fn verify_discoverable_authentication(
        &self,
        response: &[u8],
        challenge: &str,
        record: &CredentialRecord,
        more: Stateless<'_>,
    ) -> Result<AuthenticationVerified, Error> {
        let (challenge, asked) = (read_challenge(challenge)?, more.asked());
        let more = Stateless { allow: None, ..more };
        let expected = self.authenticating(&challenge, User::Discoverable, &asked, more);
        self.authentication(response, record, more.prepared, &expected)
    }

    pub(super) fn registering<'a>(
        &self,
        challenge: &'a [u8],
        asked: &'a Asked,
        more: Stateless<'_>,
    ) -> Result<Registering<'a>, Error> {
        Ok(Registering {
            challenge,
            user_verification: more.user_verification.unwrap_or(self.options.user_verification),
            conditional: more.mediation == Some(Mediation::Conditional),
            asked,
            now: or_clock(more.now)?,
        })
    }

    pub(super) fn authenticating<'a>(
        &self,
        challenge: &'a [u8],
        user: User<'a>,
        asked: &'a Asked,
        more: Stateless<'a>,
    ) -> Authenticating<'a> {
        Authenticating {
            challenge,
            user,
            allow: more.allow.map_or(Allow::Any, Allow::Ids),
            user_verification: more.user_verification.unwrap_or(self.options.user_verification),
            asked,
        }
    }

    /// Core's relying party for one registration.
    pub(super) fn with_registering<T>(
        &self,
        expected: &Registering<'_>,
        run: impl FnOnce(core::RelyingParty<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.with_core(|rp| {
            let mut rp = rp?.user_verification(expected.user_verification).at(expected.now);
            if expected.conditional {
                rp = rp.user_presence(UserPresence::DangerNotRequired);
            }
            expected.asked.with_requested(self.options.unsolicited_extensions, |requested| {
                run(rp.extensions(requested))
            })
        })
    }

    /// Core's relying party for one authentication.
    pub(super) fn with_authenticating<T>(
        &self,
        expected: &Authenticating<'_>,
        used_appid: bool,
        run: impl FnOnce(core::RelyingParty<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.with_core(|rp| {
            let mut rp = rp?.user_verification(expected.user_verification);
            if self.options.danger_allow_absent_user {
                rp = rp.user_presence(UserPresence::DangerNotRequired);
            }
            if let Some(appid) = expected.asked.appid.as_deref().filter(|_| used_appid) {
                rp = rp.appid(appid);
            }
            expected.asked.with_requested(self.options.unsolicited_extensions, |requested| {
                run(rp.extensions(requested))
            })
        })
    }

    pub(super) fn client_outputs(
        &self,
        results: Option<mfakit_core::encoding::json::Value<'_>>,
        asked: &Asked,
    ) -> Result<ClientOutputs, Error> {
        ClientOutputs::read(results, asked, self.options.unsolicited_extensions)
    }

    fn registration(
        &self,
        response: &[u8],
        user_handle: Vec<u8>,
        expected: &Registering<'_>,
    ) -> Result<RegistrationVerified, Error> {
        let response = response::registration(response)?;
        self.with_registering(expected, |rp| {
            let parts = registration_parts(&response);
            let verified = registration::verify(&rp, expected.challenge, &parts)?;
            let client = self.client_outputs(response.extension_results, expected.asked)?;
            let flags = verified.flags();
            #[cfg(feature = "attestation")]
            let hardware = self.options.trust.as_ref().is_some_and(|trust| {
                trust.is_hardware(verified.attestation(), verified.unproven_aaguid())
            });
            #[cfg(not(feature = "attestation"))]
            let hardware = false;
            let kept = self.options.keep_attestation.then(|| KeptAttestation {
                object: response.attestation_object.clone(),
                client_data_json: response.client_data_json.clone(),
            });
            Ok(RegistrationVerified {
                credential: CredentialRecord::registered(
                    &verified,
                    user_handle,
                    response.transports.clone(),
                    hardware,
                    kept,
                ),
                user_verified: flags.user_verified(),
                flags: flags.bits(),
                attachment: response.attachment.clone(),
                attestation: AttestationReport::new(verified.attestation()),
                extensions: ExtensionOutputs::new(client, verified.extensions()),
            })
        })
    }

    fn authentication(
        &self,
        response: &[u8],
        record: &CredentialRecord,
        prepared: Option<&PreparedKey>,
        expected: &Authenticating<'_>,
    ) -> Result<AuthenticationVerified, Error> {
        // The key is the host's: what is wrong with it comes before whatever the client sent.
        let tables = prepared.map(|prepared| prepared.tables_of(record)).transpose()?.flatten();
        let cache = self.prepared_keys.as_ref().filter(|_| prepared.is_none());
        let cached = cache.and_then(|cache| cache.get(record));
        let tables = match &cached {
            Some(cached) => cached.tables_of(record)?,
            None => tables,
        };
        // Who asked for another implementation gets that one.
        let tables = tables.filter(|_| self.options.es256 == Es256Backend::Mfakit);
        let response = response::authentication(response)?;
        let client = self.client_outputs(response.extension_results, expected.asked);
        // What the client says of the AppID decides a check before the step that judges its outputs.
        let used_appid = client.as_ref().is_ok_and(ClientOutputs::used_appid);
        self.with_authenticating(expected, used_appid, |rp| {
            let Authenticating { challenge, user, allow, .. } = *expected;
            let (stored, parts) = (stored(record), assertion_parts(&response));
            let verified = match tables {
                Some(tables) => {
                    assertion::verify_prepared(&rp, challenge, user, allow, &stored, tables, &parts)
                }
                None => assertion::verify(&rp, challenge, user, allow, &stored, &parts),
            }?;
            let client = client?;
            if let (Some(cache), None) = (cache, &cached) {
                cache.keep(record);
            }
            let flags = verified.flags();
            let next = record.after_assertion(
                verified.next_sign_count(),
                flags.backup_eligible(),
                flags.backed_up(),
            );
            Ok(AuthenticationVerified {
                credential_id: record.id(),
                user_handle: record.user_handle(),
                flags: flags.bits(),
                user_verified: flags.user_verified(),
                backup_eligible: flags.backup_eligible(),
                backed_up: flags.backed_up(),
                counter: verified.sign_count(),
                counter_regressed: verified.counter_regressed(),
                attachment: response.attachment.clone(),
                extensions: ExtensionOutputs::new(client, verified.extensions()),
                upgrade: flags.user_verified() && record.uv_initialized() != Some(true),
                transition: Transition { prev: Some(record.to_text().to_owned()), next },
                proof: proof(verified.into_proof(), &response, record),
            })
        })
    }
}

/// The proof, with what the client says of the authenticator and what the registration found out.
fn proof(
    proof: AssertionProof,
    response: &response::Authentication<'_>,
    record: &CredentialRecord,
) -> AssertionProof {
    let proof = proof.hardware(record.hardware).uv_initialized(record.uv_initialized);
    match response.attachment.as_deref() {
        Some("platform") => proof.built_in(true),
        Some("cross-platform") => proof.built_in(false),
        _ => proof,
    }
}

impl Stateless<'_> {
    pub(super) fn asked(&self) -> Asked {
        self.extensions.map_or_else(Asked::default, |inputs| inputs.asked.clone())
    }
}

pub(super) fn registration_parts<'a>(
    response: &'a response::Registration<'_>,
) -> RegistrationResponse<'a> {
    RegistrationResponse {
        credential_id: &response.id,
        client_data_json: &response.client_data_json,
        attestation_object: &response.attestation_object,
    }
}

pub(super) fn assertion_parts<'a>(
    response: &'a response::Authentication<'_>,
) -> AssertionResponse<'a> {
    AssertionResponse {
        credential_id: &response.id,
        client_data_json: &response.client_data_json,
        authenticator_data: &response.authenticator_data,
        signature: &response.signature,
        user_handle: response.user_handle.as_deref(),
    }
}

pub(super) fn stored(record: &CredentialRecord) -> StoredCredential<'_> {
    StoredCredential {
        id: &record.id,
        public_key: &record.public_key,
        user_handle: &record.user_handle,
        sign_count: record.sign_count,
        backup_eligible: record.backup_eligible,
    }
}

pub(super) fn read_challenge(text: &str) -> Result<Vec<u8>, Error> {
    let challenge = decode(text.as_bytes()).map_err(|_| Error::ArgumentValueInvalid)?;
    if challenge.len() < 16 { Err(Error::ChallengeTooShort) } else { Ok(challenge) }
}
