//! [`RelyingParty`]: ceremonies with state, and the stateless calls under them.

use crate::ceremony::{
    AuthenticationState, Ceremony, CeremonyKind, RegistrationState, State, id_hashes,
};
use crate::entropy::random;
use crate::json::{self, Object};
use crate::record::CredentialRecord;
use crate::response;
use crate::text::{decode, to_base64url};
use crate::time::or_clock;
use crate::verified::{AuthenticationVerified, RegistrationVerified};
use mfakit_core::encoding::cose;
use mfakit_core::webauthn::assertion::{self, Allow, AssertionResponse, StoredCredential, User};
use mfakit_core::webauthn::registration::{self, RegistrationResponse};
use mfakit_core::webauthn::{
    self as core, BackupPolicy, CounterPolicy, CrossOrigin, StateKey, UserPresence,
    UserVerification,
};
use mfakit_core::{Error, Transition, UnixTime};
use std::sync::Arc;

/// How long a ceremony may take unless the caller says otherwise: five minutes, as WebAuthn Level 3 §15.1 recommends.
const DEFAULT_LIFETIME: u64 = 300;
/// The longest lifetime taken: a day.
const MAX_LIFETIME: u64 = 86_400;
/// The most credentials in a sealed state, which then stays within the 64 KiB that are read back. A cookie holds about 80.
const MAX_SEALED_CREDENTIALS: usize = 1000;

/// Whether a ceremony may run in a frame of another site's page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CrossOriginPolicy {
    /// Never.
    #[default]
    Deny,
    /// In a frame of the pages in [`RelyingPartyOptions::top_origins`].
    AllowListed,
    /// In a frame of any page. Any site can then show your prompts.
    DangerAnyTopOrigin,
}

/// The policies of a [`RelyingParty`]. The defaults are the strictest; user verification has none and is always named.
#[derive(Clone, Debug)]
pub struct RelyingPartyOptions {
    /// The name that prompts show.
    pub name: String,
    /// The origins of the pages that run ceremonies, exactly as browsers write them: `https://example.org`.
    pub origins: Vec<String>,
    /// Whether users must be verified.
    pub user_verification: UserVerification,
    /// Whether frames may run ceremonies.
    pub cross_origin: CrossOriginPolicy,
    /// The pages that may frame them.
    pub top_origins: Vec<String>,
    /// What happens when the signature counter does not increase.
    pub counter: CounterPolicy,
    /// What happens when backup eligibility changes.
    pub backup: BackupPolicy,
    /// The COSE numbers offered at registration, strongest preference first.
    pub algorithms: Vec<i64>,
    /// Whether an *assertion* may come without user presence, which proves no person. Registrations never may, unless they
    /// are conditional.
    pub danger_allow_absent_user: bool,
}

impl RelyingPartyOptions {
    /// The strictest policies.
    #[must_use]
    pub fn new(name: &str, origins: &[&str], user_verification: UserVerification) -> Self {
        Self {
            name: name.to_owned(),
            origins: origins.iter().map(|&o| o.to_owned()).collect(),
            user_verification,
            cross_origin: CrossOriginPolicy::Deny,
            top_origins: Vec::new(),
            counter: CounterPolicy::Reject,
            backup: BackupPolicy::Strict,
            algorithms: cose::SUPPORTED.to_vec(),
            danger_allow_absent_user: false,
        }
    }
}

/// How the browser offers the ceremony.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mediation {
    /// Without a prompt of its own: passkeys in autofill, or a passkey made right after a password sign-in.
    Conditional,
}

/// What a registration is begun with.
#[derive(Clone, Debug, Default)]
pub struct BeginRegistration<'a> {
    /// The account's name, for telling accounts apart.
    pub user_name: &'a str,
    /// The person's name; the account's if `None`.
    pub display_name: Option<&'a str>,
    /// The user's records: their authenticators will not register again.
    pub exclude: &'a [CredentialRecord],
    /// The relying party's policy if `None`.
    pub user_verification: Option<UserVerification>,
    /// A conditional registration is exempt from user presence (§7.1 step 15).
    pub mediation: Option<Mediation>,
    /// Seconds, 300 if `None`, at most a day.
    pub lifetime: Option<u64>,
    /// The host's clock if `None`.
    pub now: Option<UnixTime>,
}

/// What an authentication is begun with.
#[derive(Clone, Copy, Debug, Default)]
pub struct BeginAuthentication {
    /// The relying party's policy if `None`.
    pub user_verification: Option<UserVerification>,
    /// Seconds, 300 if `None`, at most a day.
    pub lifetime: Option<u64>,
    /// The host's clock if `None`.
    pub now: Option<UnixTime>,
}

/// What a stateless verification takes besides the challenge.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stateless<'a> {
    /// The relying party's policy if `None`.
    pub user_verification: Option<UserVerification>,
    /// Whether a registration was conditional.
    pub mediation: Option<Mediation>,
    /// The credential ids (bytes) that an authentication allowed; `None` allows any.
    pub allow: Option<&'a [&'a [u8]]>,
}

/// A relying party. Immutable; share it between threads.
///
/// # Examples
///
/// ```
/// use mfakit::{BeginRegistration, RelyingParty, RelyingPartyOptions, UserVerification};
///
/// let rp = RelyingParty::new(
///     "example.org",
///     RelyingPartyOptions::new("Example", &["https://example.org"], UserVerification::Required),
/// )?;
/// let user_handle = mfakit::generate_user_handle()?;
/// let ceremony = rp.begin_registration(
///     &user_handle,
///     BeginRegistration { user_name: "alice@example.com", ..BeginRegistration::default() },
/// )?;
/// // INSERT INTO ceremonies (id, state, expires_at) …; send ceremony.options_json() to the browser.
/// let refused = rp.finish_registration(b"{}", ceremony.state(), None);
/// assert_eq!(refused.err().map(|e| e.code()), Some("response_malformed"));
/// # Ok::<(), mfakit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct RelyingParty {
    id: String,
    options: RelyingPartyOptions,
    state_key: Option<Arc<StateKey>>,
}

impl RelyingParty {
    /// A relying party with this id, a domain name.
    ///
    /// # Errors
    ///
    /// [`Error::RpIdInvalid`], [`Error::OriginInvalid`], and [`Error::ArgumentValueInvalid`] for an algorithm that is not
    /// built in, an empty name, or top origins without [`CrossOriginPolicy::AllowListed`] (or that without them).
    pub fn new(id: &str, options: RelyingPartyOptions) -> Result<Self, Error> {
        let listed = options.cross_origin == CrossOriginPolicy::AllowListed;
        if options.name.is_empty() || listed == options.top_origins.is_empty() {
            return Err(Error::ArgumentValueInvalid);
        }
        let rp = Self { id: id.to_owned(), options, state_key: None };
        rp.with_core(|core| core.map(|_| ()))?;
        Ok(rp)
    }

    /// The same relying party with a key of 32 to 64 random bytes, under which the states of its ceremonies are sealed: they may
    /// then be kept where the client can reach them, such as a cookie. It takes no other state from then on.
    ///
    /// A sealed state can be presented again. Before finishing, insert its [`RelyingParty::ceremony_id`] under a unique key, to be
    /// kept until the ceremony expires; who cannot insert it, does not finish.
    ///
    /// What the client did to a sealed state is [`Error::StateMalformed`], a [`crate::Kind::Config`] error like every error about a
    /// state. Where the state comes from a cookie, treat it as a ceremony that is not there.
    ///
    /// # Errors
    ///
    /// [`Error::StateKeyInvalid`].
    pub fn with_state_key(self, key: &[u8]) -> Result<Self, Error> {
        Ok(Self { state_key: Some(Arc::new(StateKey::new(key)?)), ..self })
    }

    /// The id of the ceremony that a state belongs to, as [`Ceremony::id`] gave it.
    ///
    /// # Errors
    ///
    /// [`Error::StateMalformed`].
    pub fn ceremony_id(&self, state: &str) -> Result<String, Error> {
        State::unseal(state, self.state_key.as_deref()).map(|state| state.id)
    }

    /// The relying party id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    fn with_core<T>(
        &self,
        run: impl FnOnce(Result<core::RelyingParty<'_>, Error>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let options = &self.options;
        let origins: Vec<&str> = options.origins.iter().map(String::as_str).collect();
        let top_origins: Vec<&str> = options.top_origins.iter().map(String::as_str).collect();
        let cross_origin = match options.cross_origin {
            CrossOriginPolicy::Deny => CrossOrigin::Deny,
            CrossOriginPolicy::AllowListed => CrossOrigin::AllowListed(&top_origins),
            CrossOriginPolicy::DangerAnyTopOrigin => CrossOrigin::DangerAnyTopOrigin,
        };
        run((|| {
            Ok(core::RelyingParty::new(&self.id, &origins, options.user_verification)?
                .cross_origin(cross_origin)?
                .algorithms(&options.algorithms)?
                .counter(options.counter)
                .backup(options.backup))
        })())
    }

    /// Begins a registration for the account with this user handle (base64url).
    ///
    /// # Errors
    ///
    /// [`Error::UserHandleInvalid`], [`Error::ArgumentValueInvalid`], [`Error::TimeInvalid`],
    /// [`Error::EntropyUnavailable`].
    pub fn begin_registration(
        &self,
        user_handle: &str,
        begin: BeginRegistration<'_>,
    ) -> Result<Ceremony<RegistrationState>, Error> {
        if begin.user_name.is_empty() {
            return Err(Error::ArgumentValueInvalid);
        }
        let uv = begin.user_verification.unwrap_or(self.options.user_verification);
        let state = self.state(
            CeremonyKind::Registration,
            read_user_handle(user_handle)?,
            BeginAuthentication {
                user_verification: Some(uv),
                lifetime: begin.lifetime,
                now: begin.now,
            },
            begin.mediation == Some(Mediation::Conditional),
            None,
        )?;
        let rp = Object::new().string("id", &self.id).string("name", &self.options.name).end();
        let user = Object::new()
            .string("id", user_handle)
            .string("name", begin.user_name)
            .string("displayName", begin.display_name.unwrap_or(begin.user_name))
            .end();
        let parameters = self.options.algorithms.iter().map(|&algorithm| {
            Object::new().string("type", "public-key").number("alg", algorithm).end()
        });
        let selection = Object::new()
            .string("residentKey", "preferred")
            .bool("requireResidentKey", false)
            .string("userVerification", uv.as_str())
            .end();
        let options = Object::new()
            .raw("rp", &rp)
            .raw("user", &user)
            .string("challenge", &to_base64url(&state.challenge))
            .array("pubKeyCredParams", parameters)
            .number("timeout", milliseconds(&state))
            .array("excludeCredentials", begin.exclude.iter().map(descriptor))
            .raw("authenticatorSelection", &selection)
            .string("attestation", "none")
            .raw("extensions", &Object::new().bool("credProps", true).end())
            .end();
        Ok(self.ceremony(options, state, RegistrationState::from_text))
    }

    /// Begins an authentication of the user with this handle (base64url), who was identified first; `allow` are the
    /// user's records.
    ///
    /// # Errors
    ///
    /// [`Error::UserHandleInvalid`]; [`Error::ArgumentValueInvalid`] if `allow` is empty, holds another user's record, or has more
    /// than 1000 for a state that is sealed;
    /// [`Error::TimeInvalid`], [`Error::EntropyUnavailable`].
    pub fn begin_authentication(
        &self,
        user_handle: &str,
        allow: &[CredentialRecord],
        begin: BeginAuthentication,
    ) -> Result<Ceremony<AuthenticationState>, Error> {
        let owner = read_user_handle(user_handle)?;
        let too_many = self.state_key.is_some() && allow.len() > MAX_SEALED_CREDENTIALS;
        if allow.is_empty() || too_many || allow.iter().any(|record| record.user_handle != owner) {
            return Err(Error::ArgumentValueInvalid);
        }
        let hashes = id_hashes(allow.iter().map(|record| record.id.as_slice()));
        let state = self.state(CeremonyKind::Authentication, owner, begin, false, Some(hashes))?;
        let options = self.request_options(&state, allow);
        Ok(self.ceremony(options, state, AuthenticationState::from_text))
    }

    /// Begins an authentication of whoever answers: the passkey itself names the user.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`], [`Error::TimeInvalid`], [`Error::EntropyUnavailable`].
    pub fn begin_discoverable_authentication(
        &self,
        begin: BeginAuthentication,
    ) -> Result<Ceremony<AuthenticationState>, Error> {
        let state = self.state(CeremonyKind::Discoverable, Vec::new(), begin, false, None)?;
        let options = self.request_options(&state, &[]);
        Ok(self.ceremony(options, state, AuthenticationState::from_text))
    }

    fn request_options(&self, state: &State, allow: &[CredentialRecord]) -> String {
        Object::new()
            .string("challenge", &to_base64url(&state.challenge))
            .number("timeout", milliseconds(state))
            .string("rpId", &self.id)
            .array("allowCredentials", allow.iter().map(descriptor))
            .string("userVerification", state.user_verification.as_str())
            .end()
    }

    fn state(
        &self,
        kind: CeremonyKind,
        user_handle: Vec<u8>,
        begin: BeginAuthentication,
        conditional: bool,
        allow: Option<Vec<[u8; 16]>>,
    ) -> Result<State, Error> {
        let lifetime = begin.lifetime.unwrap_or(DEFAULT_LIFETIME);
        if !(1..=MAX_LIFETIME).contains(&lifetime) {
            return Err(Error::ArgumentValueInvalid);
        }
        let issued_at = or_clock(begin.now)?.seconds();
        Ok(State {
            kind,
            rp_id: self.id.clone(),
            id: to_base64url(&random::<16>()?),
            challenge: random::<32>()?.to_vec(),
            user_handle,
            user_verification: begin.user_verification.unwrap_or(self.options.user_verification),
            conditional,
            allow,
            issued_at,
            expires_at: issued_at.saturating_add(lifetime),
        })
    }

    fn open(&self, text: &str, registration: bool, now: Option<UnixTime>) -> Result<State, Error> {
        State::open(text, self.state_key.as_deref(), &self.id, registration, or_clock(now)?)
    }

    fn ceremony<S>(
        &self,
        options_json: String,
        state: State,
        typed: fn(String) -> S,
    ) -> Ceremony<S> {
        Ceremony {
            options_json,
            state: typed(state.seal(self.state_key.as_deref())),
            expires_at: state.expires_at,
            id: state.id,
        }
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
        let state = self.open(state.to_text(), true, now)?;
        let presence = if state.conditional { Some(Mediation::Conditional) } else { None };
        self.registration(
            response,
            &state.challenge,
            state.user_handle,
            state.user_verification,
            presence,
        )
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
        let state = self.open(state.to_text(), false, now)?;
        let user = match state.kind {
            CeremonyKind::Authentication => User::Known(&state.user_handle),
            _ => User::Discoverable,
        };
        let allow = state.allow.as_deref().map_or(Allow::Any, Allow::IdHashes);
        self.authentication(
            response,
            &state.challenge,
            user,
            allow,
            record,
            state.user_verification,
        )
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
        let uv = more.user_verification.unwrap_or(self.options.user_verification);
        self.registration(
            response,
            &read_challenge(challenge)?,
            read_user_handle(user_handle)?,
            uv,
            more.mediation,
        )
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
        let uv = more.user_verification.unwrap_or(self.options.user_verification);
        let owner = read_user_handle(user_handle)?;
        let allow = more.allow.map_or(Allow::Any, Allow::Ids);
        self.authentication(
            response,
            &read_challenge(challenge)?,
            User::Known(&owner),
            allow,
            record,
            uv,
        )
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
        let uv = more.user_verification.unwrap_or(self.options.user_verification);
        let challenge = read_challenge(challenge)?;
        self.authentication(response, &challenge, User::Discoverable, Allow::Any, record, uv)
    }

    fn registration(
        &self,
        response: &[u8],
        challenge: &[u8],
        user_handle: Vec<u8>,
        user_verification: UserVerification,
        mediation: Option<Mediation>,
    ) -> Result<RegistrationVerified, Error> {
        let response = response::registration(response)?;
        self.with_core(|rp| {
            let mut rp = rp?.user_verification(user_verification);
            if mediation == Some(Mediation::Conditional) {
                rp = rp.user_presence(UserPresence::DangerNotRequired);
            }
            let parts = RegistrationResponse {
                credential_id: &response.id,
                client_data_json: &response.client_data_json,
                attestation_object: &response.attestation_object,
            };
            let verified = registration::verify(&rp, challenge, &parts)?;
            let flags = verified.flags();
            Ok(RegistrationVerified {
                credential: CredentialRecord::registered(
                    verified.credential_id(),
                    verified.public_key(),
                    user_handle,
                    verified.sign_count(),
                    flags.backup_eligible(),
                    flags.backed_up(),
                    response.transports.clone(),
                    *verified.unproven_aaguid(),
                ),
                user_verified: flags.user_verified(),
                flags: flags.bits(),
                attestation: verified.attestation(),
                extensions: verified.extensions().map(<[u8]>::to_vec),
            })
        })
    }

    fn authentication(
        &self,
        response: &[u8],
        challenge: &[u8],
        user: User<'_>,
        allow: Allow<'_>,
        record: &CredentialRecord,
        user_verification: UserVerification,
    ) -> Result<AuthenticationVerified, Error> {
        let response = response::authentication(response)?;
        self.with_core(|rp| {
            let parts = AssertionResponse {
                credential_id: &response.id,
                client_data_json: &response.client_data_json,
                authenticator_data: &response.authenticator_data,
                signature: &response.signature,
                user_handle: response.user_handle.as_deref(),
            };
            let stored = StoredCredential {
                id: &record.id,
                public_key: &record.public_key,
                user_handle: &record.user_handle,
                sign_count: record.sign_count,
                backup_eligible: record.backup_eligible,
            };
            let mut rp = rp?.user_verification(user_verification);
            if self.options.danger_allow_absent_user {
                rp = rp.user_presence(UserPresence::DangerNotRequired);
            }
            let verified = assertion::verify(&rp, challenge, user, allow, &stored, &parts)?;
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
                extensions: verified.extensions().map(<[u8]>::to_vec),
                transition: Transition {
                    prev: Some(record.to_text().to_owned()),
                    next: next.to_text().to_owned(),
                },
                proof: verified.into_proof(),
            })
        })
    }
}

fn milliseconds(state: &State) -> u64 {
    state.expires_at.saturating_sub(state.issued_at).saturating_mul(1000)
}

/// A `PublicKeyCredentialDescriptorJSON`.
fn descriptor(record: &CredentialRecord) -> String {
    Object::new()
        .string("type", "public-key")
        .string("id", &record.id())
        .array("transports", record.transports().iter().map(|t| json::quoted(t)))
        .end()
}

fn read_user_handle(text: &str) -> Result<Vec<u8>, Error> {
    decode(text.as_bytes())
        .ok()
        .filter(|handle| (1..=64).contains(&handle.len()))
        .ok_or(Error::UserHandleInvalid)
}

fn read_challenge(text: &str) -> Result<Vec<u8>, Error> {
    let challenge = decode(text.as_bytes()).map_err(|_| Error::ArgumentValueInvalid)?;
    if challenge.len() < 16 { Err(Error::ChallengeTooShort) } else { Ok(challenge) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_key_seals_every_state_and_takes_no_other() -> Result<(), Error> {
        let options =
            RelyingPartyOptions::new("E", &["https://example.org"], UserVerification::Required);
        let open = RelyingParty::new("example.org", options)?;
        let sealed = open.clone().with_state_key(&[7; 32])?;
        for (rp, other) in [(&open, &sealed), (&sealed, &open)] {
            let ceremony = rp.begin_discoverable_authentication(BeginAuthentication::default())?;
            let state = ceremony.state().to_text();
            assert_eq!(rp.ceremony_id(state).as_deref(), Ok(ceremony.id()));
            assert_eq!(rp.open(state, false, None).err(), None);
            assert_eq!(rp.open(state, true, None).err(), Some(Error::StateKindMismatch));
            assert_eq!(other.ceremony_id(state), Err(Error::StateMalformed));
            assert_eq!(other.open(state, false, None).err(), Some(Error::StateMalformed));
        }
        assert_eq!(open.with_state_key(&[7; 31]).err(), Some(Error::StateKeyInvalid));
        Ok(())
    }
}
