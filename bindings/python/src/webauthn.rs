//! `RelyingParty` and its ceremonies.

use crate::convert::{self, Any, Flag, Maybe, Number, Text, no_truth_value, raise};
use crate::record::{PreparedKey, credential_id, read_record, read_records};
use crate::trust::AttestationTrust;
use crate::verified::{AuthenticationVerified, RegistrationVerified, Step};
use mfakit::{
    Attachment, AttestationConveyance, AuthenticationState, BackupPolicy, BeginAuthentication,
    BeginRegistration, CounterPolicy, CrossOriginPolicy, Error, Es256Backend, ExtensionInputs,
    Hint, Mediation, RegistrationState, RelyingPartyOptions, ResidentKey, Stateless, UnixTime,
    UnknownAttestation, UnsolicitedExtensions, UserVerification,
};
use pyo3::prelude::*;

/// A new random user handle.
#[pyfunction]
pub(crate) fn generate_user_handle() -> PyResult<String> {
    mfakit::generate_user_handle().map_err(raise)
}

/// The document that lets pages of other domains use the passkeys of this one.
#[pyfunction]
pub(crate) fn related_origins_json(origins: Any<'_, '_>) -> PyResult<String> {
    mfakit::related_origins_json(&convert::list(origins, convert::text)?).map_err(raise)
}

/// What a response claims, before anything is verified.
#[pyclass(frozen, get_all, module = "mfakit")]
pub(crate) struct UnverifiedResponse {
    credential_id: String,
    user_handle: Option<String>,
    challenge: String,
}

/// Reads a response without verifying anything.
#[pyfunction]
pub(crate) fn read_response(response: Any<'_, '_>) -> PyResult<UnverifiedResponse> {
    let read = mfakit::read_response(&convert::response(response)?).map_err(raise)?;
    Ok(UnverifiedResponse {
        credential_id: read.credential_id,
        user_handle: read.user_handle,
        challenge: read.challenge,
    })
}

#[pymethods]
impl UnverifiedResponse {
    fn __repr__(&self) -> String {
        format!("UnverifiedResponse(credential_id={:?})", self.credential_id)
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}

const CROSS_ORIGINS: [(&str, CrossOriginPolicy); 3] = [
    ("deny", CrossOriginPolicy::Deny),
    ("allow_listed", CrossOriginPolicy::AllowListed),
    ("danger_any_top_origin", CrossOriginPolicy::DangerAnyTopOrigin),
];
const COUNTERS: [(&str, CounterPolicy); 2] =
    [("reject", CounterPolicy::Reject), ("report", CounterPolicy::Report)];
const BACKUPS: [(&str, BackupPolicy); 2] =
    [("strict", BackupPolicy::Strict), ("allow_upgrade", BackupPolicy::AllowUpgrade)];
const UNKNOWN_ATTESTATIONS: [(&str, UnknownAttestation); 2] =
    [("reject", UnknownAttestation::Reject), ("ignore", UnknownAttestation::Ignore)];
const UNSOLICITED: [(&str, UnsolicitedExtensions); 2] =
    [("ignore", UnsolicitedExtensions::Ignore), ("reject", UnsolicitedExtensions::Reject)];

fn user_verification(value: Maybe<'_, '_>) -> PyResult<Option<UserVerification>> {
    let choices = [
        ("required", UserVerification::Required),
        ("preferred", UserVerification::Preferred),
        ("discouraged", UserVerification::Discouraged),
    ];
    convert::optional(value, |v| convert::choice(&convert::text(v)?, &choices))
}

fn mediation(value: Maybe<'_, '_>) -> PyResult<Option<Mediation>> {
    let choices = [("conditional", Mediation::Conditional)];
    convert::optional(value, |v| convert::choice(&convert::text(v)?, &choices))
}

fn inputs(
    value: Maybe<'_, '_>,
    read: fn(&str) -> Result<ExtensionInputs, Error>,
) -> PyResult<Option<ExtensionInputs>> {
    convert::optional(value, |v| read(&convert::dictionary(v)?).map_err(raise))
}

/// A relying party.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct RelyingParty(pub(crate) mfakit::RelyingParty);

#[pymethods]
impl RelyingParty {
    #[new]
    #[pyo3(signature = (id, *, name, origins, user_verification, cross_origin=Text::new("deny"), top_origins=None,
        counter=Text::new("reject"), backup=Text::new("strict"), algorithms=None, resident_key=Text::new("preferred"),
        attachment=None, hints=None, attestation=Text::new("none"), attestation_formats=None,
        unknown_attestation=Text::new("reject"), trust=None, keep_attestation=Flag(false),
        unsolicited_extensions=Text::new("ignore"), state_key=None, enumeration_key=None,
        es256=Text::new("mfakit"), prepared_keys=Number(0), danger_allow_absent_user=Flag(false)),
        text_signature = "(id, *, name, origins, user_verification, cross_origin='deny', top_origins=(), counter='reject', \
            backup='strict', algorithms=None, resident_key='preferred', attachment=None, hints=(), attestation='none', \
            attestation_formats=None, unknown_attestation='reject', trust=None, keep_attestation=False, \
            unsolicited_extensions='ignore', state_key=None, enumeration_key=None, es256='mfakit', prepared_keys=0, danger_allow_absent_user=False)")]
    #[allow(clippy::too_many_arguments, reason = "keywords in Python")]
    fn new(
        id: Any<'_, '_>,
        name: Any<'_, '_>,
        origins: Any<'_, '_>,
        user_verification: Any<'_, '_>,
        cross_origin: Text,
        top_origins: Maybe<'_, '_>,
        counter: Text,
        backup: Text,
        algorithms: Maybe<'_, '_>,
        resident_key: Text,
        attachment: Maybe<'_, '_>,
        hints: Maybe<'_, '_>,
        attestation: Text,
        attestation_formats: Maybe<'_, '_>,
        unknown_attestation: Text,
        trust: Maybe<'_, '_>,
        keep_attestation: Flag,
        unsolicited_extensions: Text,
        state_key: Maybe<'_, '_>,
        enumeration_key: Maybe<'_, '_>,
        es256: Text,
        prepared_keys: Number,
        danger_allow_absent_user: Flag,
    ) -> PyResult<Self> {
        let uv = self::user_verification(Some(user_verification))?;
        let uv = uv.ok_or_else(convert::wrong_type)?;
        let mut options = RelyingPartyOptions::new(&convert::text(name)?, &[], uv);
        options.origins = convert::list(origins, convert::text)?;
        options.top_origins = convert::texts(top_origins)?;
        options.cross_origin = convert::choice(&cross_origin.0, &CROSS_ORIGINS)?;
        options.counter = convert::choice(&counter.0, &COUNTERS)?;
        options.backup = convert::choice(&backup.0, &BACKUPS)?;
        if let Some(list) = convert::optional(algorithms, |v| convert::list(v, convert::i64))? {
            options.algorithms = list;
        }
        options.resident_key = ResidentKey::from_name(&resident_key.0).map_err(raise)?;
        options.attachment = convert::name(attachment, Attachment::from_name)?;
        options.hints = convert::names(hints, Hint::from_name)?.unwrap_or_default();
        options.attestation = AttestationConveyance::from_name(&attestation.0).map_err(raise)?;
        if let Some(formats) =
            convert::optional(attestation_formats, |v| convert::list(v, convert::text))?
        {
            options.set_attestation_formats(&formats).map_err(raise)?;
        }
        options.unknown_attestation =
            convert::choice(&unknown_attestation.0, &UNKNOWN_ATTESTATIONS)?;
        let trust = convert::instance::<AttestationTrust>(trust)?;
        options.trust = trust.map(|trust| trust.get().0.clone());
        options.keep_attestation = keep_attestation.0;
        options.unsolicited_extensions = convert::choice(&unsolicited_extensions.0, &UNSOLICITED)?;
        options.es256 = Es256Backend::from_name(&es256.0).map_err(raise)?;
        options.prepared_keys =
            prepared_keys.0.try_into().map_err(|_| raise(Error::ArgumentValueInvalid))?;
        options.danger_allow_absent_user = danger_allow_absent_user.0;
        let state_key = convert::optional(state_key, convert::key)?;
        let enumeration_key = convert::optional(enumeration_key, convert::key)?;
        let mut rp = mfakit::RelyingParty::new(&convert::text(id)?, options).map_err(raise)?;
        if let Some(key) = state_key {
            rp = rp.with_state_key(&key).map_err(raise)?;
        }
        if let Some(key) = enumeration_key {
            rp = rp.with_enumeration_key(&key).map_err(raise)?;
        }
        Ok(Self(rp))
    }

    #[getter]
    fn id(&self) -> &str {
        self.0.id()
    }

    fn ceremony_id(&self, state: Any<'_, '_>) -> PyResult<String> {
        self.0.ceremony_id(&convert::text(state)?).map_err(raise)
    }

    #[pyo3(signature = (user_handle, *, user_name, display_name=None, exclude=None, user_verification=None, resident_key=None,
        attachment=None, hints=None, mediation=None, extensions=None, lifetime=None, now=None),
        text_signature = "($self, user_handle, *, user_name, display_name=None, exclude=(), user_verification=None, \
            resident_key=None, attachment=None, hints=None, mediation=None, extensions=None, lifetime=None, now=None)")]
    #[allow(clippy::too_many_arguments, reason = "keywords in Python")]
    fn begin_registration(
        &self,
        user_handle: Any<'_, '_>,
        user_name: Any<'_, '_>,
        display_name: Maybe<'_, '_>,
        exclude: Maybe<'_, '_>,
        user_verification: Maybe<'_, '_>,
        resident_key: Maybe<'_, '_>,
        attachment: Maybe<'_, '_>,
        hints: Maybe<'_, '_>,
        mediation: Maybe<'_, '_>,
        extensions: Maybe<'_, '_>,
        lifetime: Maybe<'_, '_>,
        now: Maybe<'_, '_>,
    ) -> PyResult<Ceremony> {
        let user_name = convert::text(user_name)?;
        let display_name = convert::optional(display_name, convert::text)?;
        let exclude = convert::optional(exclude, read_records)?;
        let hints = convert::names(hints, Hint::from_name)?;
        let extensions = inputs(extensions, ExtensionInputs::registration)?;
        let begin = BeginRegistration {
            user_name: &user_name,
            display_name: display_name.as_deref(),
            exclude: exclude.as_deref().unwrap_or_default(),
            user_verification: self::user_verification(user_verification)?,
            resident_key: convert::name(resident_key, ResidentKey::from_name)?,
            attachment: convert::name(attachment, Attachment::from_name)?,
            hints: hints.as_deref(),
            mediation: self::mediation(mediation)?,
            extensions: extensions.as_ref(),
            lifetime: convert::optional(lifetime, convert::u64)?,
            now: convert::now(now)?,
        };
        Ceremony::make(self.0.begin_registration(&convert::base64url(user_handle)?, begin))
    }

    #[pyo3(signature = (response, *, state, now=None))]
    fn finish_registration(
        &self,
        py: Python<'_>,
        response: Any<'_, '_>,
        state: Any<'_, '_>,
        now: Maybe<'_, '_>,
    ) -> PyResult<RegistrationVerified> {
        let state = RegistrationState::from_text(convert::text(state)?);
        let now = convert::now(now)?;
        let response = convert::response(response)?;
        let verified = py.detach(|| self.0.finish_registration(&response, &state, now));
        RegistrationVerified::make(py, verified)
    }

    #[pyo3(signature = (user_handle, *, allow, user_verification=None, hints=None, extensions=None, lifetime=None, now=None))]
    #[allow(clippy::too_many_arguments, reason = "keywords in Python")]
    fn begin_authentication(
        &self,
        user_handle: Any<'_, '_>,
        allow: Any<'_, '_>,
        user_verification: Maybe<'_, '_>,
        hints: Maybe<'_, '_>,
        extensions: Maybe<'_, '_>,
        lifetime: Maybe<'_, '_>,
        now: Maybe<'_, '_>,
    ) -> PyResult<Ceremony> {
        let allow = read_records(allow)?;
        let asked = Asked::read(user_verification, None, hints, extensions, lifetime, now)?;
        let user_handle = convert::base64url(user_handle)?;
        Ceremony::make(self.0.begin_authentication(&user_handle, &allow, asked.begin()))
    }

    #[pyo3(signature = (*, user_verification=None, mediation=None, hints=None, extensions=None, lifetime=None, now=None))]
    fn begin_discoverable_authentication(
        &self,
        user_verification: Maybe<'_, '_>,
        mediation: Maybe<'_, '_>,
        hints: Maybe<'_, '_>,
        extensions: Maybe<'_, '_>,
        lifetime: Maybe<'_, '_>,
        now: Maybe<'_, '_>,
    ) -> PyResult<Ceremony> {
        let asked = Asked::read(user_verification, mediation, hints, extensions, lifetime, now)?;
        Ceremony::make(self.0.begin_discoverable_authentication(asked.begin()))
    }

    #[pyo3(signature = (identifier, *, user_verification=None, hints=None, extensions=None, lifetime=None, now=None))]
    fn begin_decoy_authentication(
        &self,
        identifier: Any<'_, '_>,
        user_verification: Maybe<'_, '_>,
        hints: Maybe<'_, '_>,
        extensions: Maybe<'_, '_>,
        lifetime: Maybe<'_, '_>,
        now: Maybe<'_, '_>,
    ) -> PyResult<Ceremony> {
        let asked = Asked::read(user_verification, None, hints, extensions, lifetime, now)?;
        let identifier = convert::any_text(identifier)?;
        Ceremony::make(self.0.begin_decoy_authentication(&identifier, asked.begin()))
    }

    #[pyo3(signature = (response, *, state, record, prepared=None, now=None))]
    fn finish_authentication(
        &self,
        py: Python<'_>,
        response: Any<'_, '_>,
        state: Any<'_, '_>,
        record: Any<'_, '_>,
        prepared: Maybe<'_, '_>,
        now: Maybe<'_, '_>,
    ) -> PyResult<AuthenticationVerified> {
        let state = AuthenticationState::from_text(convert::text(state)?);
        let (record, now) = (read_record(record)?, convert::now(now)?);
        let prepared = convert::instance::<PreparedKey>(prepared)?.map(|key| &key.get().0);
        let response = convert::response(response)?;
        let verified = py.detach(|| match prepared {
            None => self.0.finish_authentication(&response, &state, &record, now),
            Some(prepared) => {
                self.0.finish_authentication_prepared(&response, &state, &record, prepared, now)
            }
        });
        AuthenticationVerified::make(py, verified)
    }

    #[pyo3(signature = (response, *, challenge, user_handle, user_verification=None, mediation=None, extensions=None, now=None))]
    #[allow(clippy::too_many_arguments, reason = "keywords in Python")]
    fn verify_registration(
        &self,
        py: Python<'_>,
        response: Any<'_, '_>,
        challenge: Any<'_, '_>,
        user_handle: Any<'_, '_>,
        user_verification: Maybe<'_, '_>,
        mediation: Maybe<'_, '_>,
        extensions: Maybe<'_, '_>,
        now: Maybe<'_, '_>,
    ) -> PyResult<RegistrationVerified> {
        let expected = Expected::registration(challenge, user_verification, extensions)?;
        let (user_handle, expected) =
            (convert::base64url(user_handle)?, expected.at(mediation, now)?);
        let response = convert::response(response)?;
        let verified = expected.run(py, |challenge, more| {
            self.0.verify_registration(&response, challenge, &user_handle, more)
        });
        RegistrationVerified::make(py, verified)
    }

    #[pyo3(signature = (response, *, challenge, user_handle, user_verification=None, mediation=None, extensions=None, now=None))]
    #[allow(clippy::too_many_arguments, reason = "keywords in Python")]
    fn explain_registration(
        &self,
        py: Python<'_>,
        response: Any<'_, '_>,
        challenge: Any<'_, '_>,
        user_handle: Any<'_, '_>,
        user_verification: Maybe<'_, '_>,
        mediation: Maybe<'_, '_>,
        extensions: Maybe<'_, '_>,
        now: Maybe<'_, '_>,
    ) -> PyResult<Vec<Step>> {
        let expected = Expected::registration(challenge, user_verification, extensions)?;
        let (user_handle, expected) =
            (convert::base64url(user_handle)?, expected.at(mediation, now)?);
        Step::list(response, |response| {
            expected.run(py, |challenge, more| {
                self.0.explain_registration(response, challenge, &user_handle, more)
            })
        })
    }

    #[pyo3(signature = (response, *, challenge, user_handle, record, allow=None, user_verification=None, extensions=None,
        prepared=None))]
    #[allow(clippy::too_many_arguments, reason = "keywords in Python")]
    fn verify_authentication(
        &self,
        py: Python<'_>,
        response: Any<'_, '_>,
        challenge: Any<'_, '_>,
        user_handle: Any<'_, '_>,
        record: Any<'_, '_>,
        allow: Maybe<'_, '_>,
        user_verification: Maybe<'_, '_>,
        extensions: Maybe<'_, '_>,
        prepared: Maybe<'_, '_>,
    ) -> PyResult<AuthenticationVerified> {
        let expected = Expected::authentication(challenge, user_verification, extensions)?;
        let (user_handle, expected) =
            (convert::base64url(user_handle)?, expected.of(allow)?.with(prepared)?);
        let (record, response) = (read_record(record)?, convert::response(response)?);
        let verified = expected.run(py, |challenge, more| {
            self.0.verify_authentication(&response, challenge, &user_handle, &record, more)
        });
        AuthenticationVerified::make(py, verified)
    }

    #[pyo3(signature = (response, *, challenge, record, user_verification=None, extensions=None, prepared=None))]
    #[allow(clippy::too_many_arguments, reason = "keywords in Python")]
    fn verify_discoverable_authentication(
        &self,
        py: Python<'_>,
        response: Any<'_, '_>,
        challenge: Any<'_, '_>,
        record: Any<'_, '_>,
        user_verification: Maybe<'_, '_>,
        extensions: Maybe<'_, '_>,
        prepared: Maybe<'_, '_>,
    ) -> PyResult<AuthenticationVerified> {
        let expected = Expected::authentication(challenge, user_verification, extensions)?;
        let expected = expected.with(prepared)?;
        let (record, response) = (read_record(record)?, convert::response(response)?);
        let verified = expected.run(py, |challenge, more| {
            self.0.verify_discoverable_authentication(&response, challenge, &record, more)
        });
        AuthenticationVerified::make(py, verified)
    }

    #[pyo3(signature = (response, *, challenge, record, user_handle=None, allow=None, user_verification=None, extensions=None))]
    #[allow(clippy::too_many_arguments, reason = "keywords in Python")]
    fn explain_authentication(
        &self,
        py: Python<'_>,
        response: Any<'_, '_>,
        challenge: Any<'_, '_>,
        record: Any<'_, '_>,
        user_handle: Maybe<'_, '_>,
        allow: Maybe<'_, '_>,
        user_verification: Maybe<'_, '_>,
        extensions: Maybe<'_, '_>,
    ) -> PyResult<Vec<Step>> {
        let expected = Expected::authentication(challenge, user_verification, extensions)?;
        let (record, expected) = (read_record(record)?, expected.of(allow)?);
        let user_handle = convert::optional(user_handle, convert::base64url)?;
        Step::list(response, |response| {
            expected.run(py, |challenge, more| {
                let user_handle = user_handle.as_deref();
                self.0.explain_authentication(response, challenge, user_handle, &record, more)
            })
        })
    }

    fn __repr__(&self) -> String {
        format!("RelyingParty({:?})", self.0.id())
    }
}

/// What an authentication is begun with.
struct Asked {
    user_verification: Option<UserVerification>,
    hints: Option<Vec<Hint>>,
    mediation: Option<Mediation>,
    extensions: Option<ExtensionInputs>,
    lifetime: Option<u64>,
    now: Option<UnixTime>,
}

impl Asked {
    fn read(
        user_verification: Maybe<'_, '_>,
        mediation: Maybe<'_, '_>,
        hints: Maybe<'_, '_>,
        extensions: Maybe<'_, '_>,
        lifetime: Maybe<'_, '_>,
        now: Maybe<'_, '_>,
    ) -> PyResult<Self> {
        Ok(Self {
            user_verification: self::user_verification(user_verification)?,
            hints: convert::names(hints, Hint::from_name)?,
            mediation: self::mediation(mediation)?,
            extensions: inputs(extensions, ExtensionInputs::authentication)?,
            lifetime: convert::optional(lifetime, convert::u64)?,
            now: convert::now(now)?,
        })
    }

    fn begin(&self) -> BeginAuthentication<'_> {
        BeginAuthentication {
            user_verification: self.user_verification,
            hints: self.hints.as_deref(),
            mediation: self.mediation,
            extensions: self.extensions.as_ref(),
            lifetime: self.lifetime,
            now: self.now,
        }
    }
}

/// What a ceremony without a state is verified against.
struct Expected {
    challenge: String,
    user_verification: Option<UserVerification>,
    extensions: Option<ExtensionInputs>,
    mediation: Option<Mediation>,
    now: Option<UnixTime>,
    allow: Option<Vec<Vec<u8>>>,
    prepared: Option<mfakit::PreparedKey>,
}

impl Expected {
    fn registration(
        challenge: Any<'_, '_>,
        user_verification: Maybe<'_, '_>,
        extensions: Maybe<'_, '_>,
    ) -> PyResult<Self> {
        let extensions = inputs(extensions, ExtensionInputs::registration)?;
        Self::read(challenge, user_verification, extensions)
    }

    fn authentication(
        challenge: Any<'_, '_>,
        user_verification: Maybe<'_, '_>,
        extensions: Maybe<'_, '_>,
    ) -> PyResult<Self> {
        let extensions = inputs(extensions, ExtensionInputs::authentication)?;
        Self::read(challenge, user_verification, extensions)
    }

    fn read(
        challenge: Any<'_, '_>,
        user_verification: Maybe<'_, '_>,
        extensions: Option<ExtensionInputs>,
    ) -> PyResult<Self> {
        Ok(Self {
            challenge: convert::base64url(challenge)?,
            user_verification: self::user_verification(user_verification)?,
            extensions,
            mediation: None,
            now: None,
            allow: None,
            prepared: None,
        })
    }

    fn at(self, mediation: Maybe<'_, '_>, now: Maybe<'_, '_>) -> PyResult<Self> {
        Ok(Self { mediation: self::mediation(mediation)?, now: convert::now(now)?, ..self })
    }

    fn of(self, allow: Maybe<'_, '_>) -> PyResult<Self> {
        let allow = convert::optional(allow, |v| convert::list(v, credential_id))?;
        Ok(Self { allow, ..self })
    }

    fn with(self, prepared: Maybe<'_, '_>) -> PyResult<Self> {
        let prepared = convert::instance::<PreparedKey>(prepared)?.map(|key| key.get().0.clone());
        Ok(Self { prepared, ..self })
    }

    /// Runs a verification while other threads run.
    fn run<T: Send>(
        &self,
        py: Python<'_>,
        verify: impl FnOnce(&str, Stateless<'_>) -> Result<T, Error> + Send,
    ) -> Result<T, Error> {
        let allow: Option<Vec<&[u8]>> =
            self.allow.as_ref().map(|ids| ids.iter().map(Vec::as_slice).collect());
        let more = Stateless {
            user_verification: self.user_verification,
            mediation: self.mediation,
            allow: allow.as_deref(),
            extensions: self.extensions.as_ref(),
            now: self.now,
            prepared: self.prepared.as_ref(),
        };
        py.detach(|| verify(&self.challenge, more))
    }
}

/// A ceremony that was begun.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct Ceremony {
    #[pyo3(get)]
    options_json: String,
    #[pyo3(get)]
    state: String,
    #[pyo3(get)]
    id: String,
    #[pyo3(get)]
    expires_at: u64,
}

impl Ceremony {
    fn make<S: AsRef<str>>(begun: Result<mfakit::Ceremony<S>, Error>) -> PyResult<Self> {
        let begun = begun.map_err(raise)?;
        Ok(Self {
            options_json: begun.options_json().to_owned(),
            state: begun.state().as_ref().to_owned(),
            id: begun.id().to_owned(),
            expires_at: begun.expires_at(),
        })
    }
}

#[pymethods]
impl Ceremony {
    #[getter]
    fn options<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::loaded(py, &self.options_json)
    }

    fn __repr__(&self) -> String {
        format!("Ceremony(id={:?}, expires_at={})", self.id, self.expires_at)
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}
