//! The first half of a ceremony: what the browser is asked, and what the host keeps.
//!
//! WebAuthn Level 3 §5.4, §5.5, in the JSON form of §5.1.9 and §5.1.10.

use super::{Attachment, AttestationConveyance, Hint, RelyingParty, ResidentKey, read_user_handle};
use crate::ceremony::{
    AuthenticationState, Ceremony, CeremonyKind, RegistrationState, State, id_hashes,
};
use crate::entropy::random;
use crate::extensions::{self, Asked, ExtensionInputs};
use crate::json::{self, Object};
use crate::record::CredentialRecord;
use crate::text::to_base64url;
use crate::time::or_clock;
use mfakit_core::webauthn::UserVerification;
use mfakit_core::{Error, UnixTime};

/// How long a ceremony may take unless the caller says otherwise: five minutes, as WebAuthn Level 3 §15.1 recommends.
const DEFAULT_LIFETIME: u64 = 300;
/// The longest lifetime taken: a day.
const MAX_LIFETIME: u64 = 86_400;
/// The most credentials in a sealed state, which then stays within the 64 KiB that are read back. A cookie holds about 80.
const MAX_SEALED_CREDENTIALS: usize = 1000;

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
    /// The relying party's policy if `None`.
    pub resident_key: Option<ResidentKey>,
    /// The relying party's policy if `None`.
    pub attachment: Option<Attachment>,
    /// The relying party's if `None`.
    pub hints: Option<&'a [Hint]>,
    /// A conditional registration is exempt from user presence (§7.1 step 15).
    pub mediation: Option<Mediation>,
    /// The extensions asked for; `credProps` if `None`.
    pub extensions: Option<&'a ExtensionInputs>,
    /// Seconds, 300 if `None`, at most a day.
    pub lifetime: Option<u64>,
    /// The host's clock if `None`.
    pub now: Option<UnixTime>,
}

/// What an authentication is begun with.
#[derive(Clone, Copy, Debug, Default)]
pub struct BeginAuthentication<'a> {
    /// The relying party's policy if `None`.
    pub user_verification: Option<UserVerification>,
    /// The relying party's if `None`.
    pub hints: Option<&'a [Hint]>,
    /// Passkeys in autofill: for a discoverable authentication only.
    pub mediation: Option<Mediation>,
    /// The extensions asked for; none if `None`.
    pub extensions: Option<&'a ExtensionInputs>,
    /// Seconds, 300 if `None`, at most a day.
    pub lifetime: Option<u64>,
    /// The host's clock if `None`.
    pub now: Option<UnixTime>,
}

impl RelyingParty {
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
        let owner = read_user_handle(user_handle)?;
        let default = extensions::default_inputs();
        let inputs = begin.extensions.unwrap_or(&default);
        let uv = begin.user_verification.unwrap_or(self.options.user_verification);
        let general = BeginAuthentication {
            user_verification: Some(uv),
            hints: begin.hints,
            mediation: begin.mediation,
            extensions: Some(inputs),
            lifetime: begin.lifetime,
            now: begin.now,
        };
        let state = self.state(CeremonyKind::Registration, owner, general, None)?;
        let rp = Object::new().string("id", &self.id).string("name", &self.options.name).end();
        let user = Object::new()
            .string("id", user_handle)
            .string("name", begin.user_name)
            .string("displayName", begin.display_name.unwrap_or(begin.user_name))
            .end();
        let parameters = self.options.algorithms.iter().map(|&algorithm| {
            Object::new().string("type", "public-key").number("alg", algorithm).end()
        });
        let options = Object::new()
            .raw("rp", &rp)
            .raw("user", &user)
            .string("challenge", &to_base64url(&state.challenge))
            .array("pubKeyCredParams", parameters)
            .number("timeout", milliseconds(&state))
            .array("excludeCredentials", begin.exclude.iter().map(descriptor))
            .raw("authenticatorSelection", &self.selection(&begin, uv))
            .string("attestation", self.options.attestation.as_str());
        // Formats are a preference among statements: of none there is nothing to prefer.
        let options = if self.options.attestation == AttestationConveyance::None {
            options
        } else {
            let names = self.options.attestation_formats.names().filter(|name| *name != "none");
            options.array("attestationFormats", names.map(json::quoted))
        };
        let options =
            self.with_hints(options, begin.hints).raw("extensions", inputs.to_json()).end();
        Ok(self.ceremony(options, state, RegistrationState::from_text))
    }

    /// An `AuthenticatorSelectionCriteria`.
    fn selection(&self, begin: &BeginRegistration<'_>, uv: UserVerification) -> String {
        let resident_key = begin.resident_key.unwrap_or(self.options.resident_key);
        let selection = match begin.attachment.or(self.options.attachment) {
            None => Object::new(),
            Some(attachment) => {
                Object::new().string("authenticatorAttachment", attachment.as_str())
            }
        };
        selection
            .string("residentKey", resident_key.as_str())
            .bool("requireResidentKey", resident_key == ResidentKey::Required)
            .string("userVerification", uv.as_str())
            .end()
    }

    fn with_hints(&self, options: Object, hints: Option<&[Hint]>) -> Object {
        match hints.unwrap_or(&self.options.hints) {
            [] => options,
            hints => options.array("hints", hints.iter().map(|hint| json::quoted(hint.as_str()))),
        }
    }

    /// Begins an authentication of the user with this handle (base64url), who was identified first; `allow` are the
    /// user's records.
    ///
    /// # Errors
    ///
    /// [`Error::UserHandleInvalid`]; [`Error::ArgumentValueInvalid`] if `allow` is empty, holds another user's record, or has more
    /// than 1000 for a state that is sealed, or the mediation is conditional;
    /// [`Error::TimeInvalid`], [`Error::EntropyUnavailable`].
    pub fn begin_authentication(
        &self,
        user_handle: &str,
        allow: &[CredentialRecord],
        begin: BeginAuthentication<'_>,
    ) -> Result<Ceremony<AuthenticationState>, Error> {
        let owner = read_user_handle(user_handle)?;
        let too_many = self.state_key.is_some() && allow.len() > MAX_SEALED_CREDENTIALS;
        if allow.is_empty() || too_many || allow.iter().any(|record| record.user_handle != owner) {
            return Err(Error::ArgumentValueInvalid);
        }
        let allowed = allow.iter().map(|record| {
            (record.id.as_slice(), record.transports().iter().map(String::as_str).collect())
        });
        self.begin_listed(owner, &allowed.collect::<Vec<_>>(), begin)
    }

    /// Begins an authentication with a list of credential ids and their transports.
    pub(super) fn begin_listed(
        &self,
        owner: Vec<u8>,
        allowed: &[(&[u8], Vec<&str>)],
        begin: BeginAuthentication<'_>,
    ) -> Result<Ceremony<AuthenticationState>, Error> {
        if begin.mediation.is_some() {
            return Err(Error::ArgumentValueInvalid);
        }
        let hashes = id_hashes(allowed.iter().map(|(id, _)| *id));
        let state = self.state(CeremonyKind::Authentication, owner, begin, Some(hashes))?;
        let descriptors =
            allowed.iter().map(|(id, transports)| describe(id, transports.iter().copied()));
        let options = self.request_options(&state, descriptors.collect(), begin);
        Ok(self.ceremony(options, state, AuthenticationState::from_text))
    }

    /// Begins an authentication of whoever answers: the passkey itself names the user.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`], [`Error::TimeInvalid`], [`Error::EntropyUnavailable`].
    pub fn begin_discoverable_authentication(
        &self,
        begin: BeginAuthentication<'_>,
    ) -> Result<Ceremony<AuthenticationState>, Error> {
        let state = self.state(CeremonyKind::Discoverable, Vec::new(), begin, None)?;
        let options = self.request_options(&state, Vec::new(), begin);
        Ok(self.ceremony(options, state, AuthenticationState::from_text))
    }

    fn request_options(
        &self,
        state: &State,
        allow: Vec<String>,
        begin: BeginAuthentication<'_>,
    ) -> String {
        let options = Object::new()
            .string("challenge", &to_base64url(&state.challenge))
            .number("timeout", milliseconds(state))
            .string("rpId", &self.id)
            .array("allowCredentials", allow)
            .string("userVerification", state.user_verification.as_str());
        let options = self.with_hints(options, begin.hints);
        match begin.extensions {
            None => options.end(),
            Some(inputs) => options.raw("extensions", inputs.to_json()).end(),
        }
    }

    fn state(
        &self,
        kind: CeremonyKind,
        user_handle: Vec<u8>,
        begin: BeginAuthentication<'_>,
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
            owner_tag: None,
            user_verification: begin.user_verification.unwrap_or(self.options.user_verification),
            conditional: begin.mediation == Some(Mediation::Conditional),
            allow,
            asked: begin.extensions.map_or_else(Asked::default, |inputs| inputs.asked.clone()),
            issued_at,
            expires_at: issued_at.saturating_add(lifetime),
        })
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
}

fn milliseconds(state: &State) -> u64 {
    state.expires_at.saturating_sub(state.issued_at).saturating_mul(1000)
}

fn descriptor(record: &CredentialRecord) -> String {
    describe(&record.id, record.transports().iter().map(String::as_str))
}

/// A `PublicKeyCredentialDescriptorJSON`.
fn describe<'a>(id: &[u8], transports: impl Iterator<Item = &'a str>) -> String {
    Object::new()
        .string("type", "public-key")
        .string("id", &to_base64url(id))
        .array("transports", transports.map(json::quoted))
        .end()
}
