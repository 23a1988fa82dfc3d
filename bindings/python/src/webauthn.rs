//! `RelyingParty`, its ceremonies, records and results.

use crate::convert::{self, Any, Flag, Maybe, Text, no_truth_value, raise};
use crate::results::{Evidence, Once, Transition, evidence};
use mfakit::{
    BackupPolicy, BeginAuthentication, BeginRegistration, CounterPolicy, CrossOriginPolicy,
    Mediation, NewRecord, RelyingPartyOptions, Stateless, UserVerification,
};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// A new random user handle.
#[pyfunction]
pub(crate) fn generate_user_handle() -> PyResult<String> {
    mfakit::generate_user_handle().map_err(raise)
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

const USER_VERIFICATION: [(&str, UserVerification); 3] = [
    ("required", UserVerification::Required),
    ("preferred", UserVerification::Preferred),
    ("discouraged", UserVerification::Discouraged),
];

fn user_verification(value: Any<'_, '_>) -> PyResult<UserVerification> {
    convert::choice(&convert::text(value)?, &USER_VERIFICATION)
}

fn mediation(value: Maybe<'_, '_>) -> PyResult<Option<Mediation>> {
    convert::optional(value, |v| {
        convert::choice(&convert::text(v)?, &[("conditional", Mediation::Conditional)])
    })
}

fn algorithms(value: Maybe<'_, '_>) -> PyResult<Option<Vec<i64>>> {
    convert::optional(value, |list| convert::list(Some(list), convert::i64))
}

/// A relying party.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct RelyingParty(mfakit::RelyingParty);

#[pymethods]
impl RelyingParty {
    #[new]
    #[pyo3(signature = (id, *, name, origins, user_verification, cross_origin=Text::new("deny"), top_origins=None,
        counter=Text::new("reject"), backup=Text::new("strict"), algorithms=None, state_key=None,
        danger_allow_absent_user=Flag(false)),
        text_signature = "(id, *, name, origins, user_verification, cross_origin='deny', top_origins=(), counter='reject', \
            backup='strict', algorithms=None, state_key=None, danger_allow_absent_user=False)")]
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
        state_key: Maybe<'_, '_>,
        danger_allow_absent_user: Flag,
    ) -> PyResult<Self> {
        let uv = self::user_verification(user_verification)?;
        let mut options = RelyingPartyOptions::new(&convert::text(name)?, &[], uv);
        options.origins = convert::list(Some(origins), convert::text)?;
        options.top_origins = convert::list(top_origins.filter(|v| !v.is_none()), convert::text)?;
        let cross_origins = [
            ("deny", CrossOriginPolicy::Deny),
            ("allow_listed", CrossOriginPolicy::AllowListed),
            ("danger_any_top_origin", CrossOriginPolicy::DangerAnyTopOrigin),
        ];
        let counters = [("reject", CounterPolicy::Reject), ("report", CounterPolicy::Report)];
        let backups =
            [("strict", BackupPolicy::Strict), ("allow_upgrade", BackupPolicy::AllowUpgrade)];
        options.cross_origin = convert::choice(&cross_origin.0, &cross_origins)?;
        options.counter = convert::choice(&counter.0, &counters)?;
        options.backup = convert::choice(&backup.0, &backups)?;
        options.danger_allow_absent_user = danger_allow_absent_user.0;
        if let Some(algorithms) = self::algorithms(algorithms)? {
            options.algorithms = algorithms;
        }
        let state_key = convert::optional(state_key, convert::key)?;
        let rp = mfakit::RelyingParty::new(&convert::text(id)?, options);
        let rp = match state_key {
            Some(key) => rp.and_then(|rp| rp.with_state_key(&key)),
            None => rp,
        };
        rp.map(Self).map_err(raise)
    }

    #[getter]
    fn id(&self) -> &str {
        self.0.id()
    }

    fn ceremony_id(&self, state: Any<'_, '_>) -> PyResult<String> {
        self.0.ceremony_id(&convert::text(state)?).map_err(raise)
    }

    #[pyo3(signature = (user_handle, *, user_name, display_name=None, exclude=None, user_verification=None, mediation=None,
        lifetime=None, now=None), text_signature = "($self, user_handle, *, user_name, display_name=None, exclude=(), \
            user_verification=None, mediation=None, lifetime=None, now=None)")]
    #[allow(clippy::too_many_arguments, reason = "keywords in Python")]
    fn begin_registration(
        &self,
        user_handle: Any<'_, '_>,
        user_name: Any<'_, '_>,
        display_name: Maybe<'_, '_>,
        exclude: Maybe<'_, '_>,
        user_verification: Maybe<'_, '_>,
        mediation: Maybe<'_, '_>,
        lifetime: Maybe<'_, '_>,
        now: Maybe<'_, '_>,
    ) -> PyResult<Ceremony> {
        let (user_name, display_name) =
            (convert::text(user_name)?, convert::optional(display_name, convert::text)?);
        let exclude = convert::list(exclude.filter(|v| !v.is_none()), read_record)?;
        let begin = BeginRegistration {
            user_name: &user_name,
            display_name: display_name.as_deref(),
            exclude: &exclude,
            user_verification: convert::optional(user_verification, self::user_verification)?,
            mediation: self::mediation(mediation)?,
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
        let (state, now) = (convert::text(state)?, convert::now(now)?);
        let response = convert::response(response)?;
        let verified = py.detach(|| {
            self.0.finish_registration(&response, &mfakit::RegistrationState::from_text(state), now)
        });
        RegistrationVerified::make(py, verified.map_err(raise)?)
    }

    #[pyo3(signature = (user_handle, *, allow, user_verification=None, lifetime=None, now=None))]
    fn begin_authentication(
        &self,
        user_handle: Any<'_, '_>,
        allow: Any<'_, '_>,
        user_verification: Maybe<'_, '_>,
        lifetime: Maybe<'_, '_>,
        now: Maybe<'_, '_>,
    ) -> PyResult<Ceremony> {
        let allow = convert::list(Some(allow), read_record)?;
        let begin = begin_authentication(user_verification, lifetime, now)?;
        Ceremony::make(self.0.begin_authentication(
            &convert::base64url(user_handle)?,
            &allow,
            begin,
        ))
    }

    #[pyo3(signature = (*, user_verification=None, mediation=None, lifetime=None, now=None))]
    fn begin_discoverable_authentication(
        &self,
        user_verification: Maybe<'_, '_>,
        mediation: Maybe<'_, '_>,
        lifetime: Maybe<'_, '_>,
        now: Maybe<'_, '_>,
    ) -> PyResult<Ceremony> {
        // The browser is told about mediation by the page; the ceremony is the same.
        self::mediation(mediation)?;
        let begin = begin_authentication(user_verification, lifetime, now)?;
        Ceremony::make(self.0.begin_discoverable_authentication(begin))
    }

    #[pyo3(signature = (response, *, state, record, now=None))]
    fn finish_authentication(
        &self,
        py: Python<'_>,
        response: Any<'_, '_>,
        state: Any<'_, '_>,
        record: Any<'_, '_>,
        now: Maybe<'_, '_>,
    ) -> PyResult<AuthenticationVerified> {
        let (state, record, now) =
            (convert::text(state)?, read_record(record)?, convert::now(now)?);
        let response = convert::response(response)?;
        let verified = py.detach(|| {
            self.0.finish_authentication(
                &response,
                &mfakit::AuthenticationState::from_text(state),
                &record,
                now,
            )
        });
        AuthenticationVerified::make(py, verified.map_err(raise)?)
    }

    #[pyo3(signature = (response, *, challenge, user_handle, user_verification=None, mediation=None))]
    fn verify_registration(
        &self,
        py: Python<'_>,
        response: Any<'_, '_>,
        challenge: Any<'_, '_>,
        user_handle: Any<'_, '_>,
        user_verification: Maybe<'_, '_>,
        mediation: Maybe<'_, '_>,
    ) -> PyResult<RegistrationVerified> {
        let (challenge, user_handle) =
            (convert::base64url(challenge)?, convert::base64url(user_handle)?);
        let user_verification = convert::optional(user_verification, self::user_verification)?;
        let more =
            Stateless { user_verification, mediation: self::mediation(mediation)?, allow: None };
        let response = convert::response(response)?;
        let verified =
            py.detach(|| self.0.verify_registration(&response, &challenge, &user_handle, more));
        RegistrationVerified::make(py, verified.map_err(raise)?)
    }

    #[pyo3(signature = (response, *, challenge, user_handle, record, allow=None, user_verification=None))]
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
    ) -> PyResult<AuthenticationVerified> {
        let (challenge, user_handle) =
            (convert::base64url(challenge)?, convert::base64url(user_handle)?);
        let record = read_record(record)?;
        let allow = convert::optional(allow, |list| convert::list(Some(list), credential_id))?;
        let slices: Option<Vec<&[u8]>> =
            allow.as_ref().map(|ids| ids.iter().map(Vec::as_slice).collect());
        let user_verification = convert::optional(user_verification, self::user_verification)?;
        let more = Stateless { user_verification, mediation: None, allow: slices.as_deref() };
        let response = convert::response(response)?;
        let verified = py.detach(|| {
            self.0.verify_authentication(&response, &challenge, &user_handle, &record, more)
        });
        AuthenticationVerified::make(py, verified.map_err(raise)?)
    }

    #[pyo3(signature = (response, *, challenge, record, user_verification=None))]
    fn verify_discoverable_authentication(
        &self,
        py: Python<'_>,
        response: Any<'_, '_>,
        challenge: Any<'_, '_>,
        record: Any<'_, '_>,
        user_verification: Maybe<'_, '_>,
    ) -> PyResult<AuthenticationVerified> {
        let (challenge, record) = (convert::base64url(challenge)?, read_record(record)?);
        let user_verification = convert::optional(user_verification, self::user_verification)?;
        let more = Stateless { user_verification, mediation: None, allow: None };
        let response = convert::response(response)?;
        let verified = py.detach(|| {
            self.0.verify_discoverable_authentication(&response, &challenge, &record, more)
        });
        AuthenticationVerified::make(py, verified.map_err(raise)?)
    }

    fn __repr__(&self) -> String {
        format!("RelyingParty({:?})", self.0.id())
    }
}

fn begin_authentication(
    user_verification: Maybe<'_, '_>,
    lifetime: Maybe<'_, '_>,
    now: Maybe<'_, '_>,
) -> PyResult<BeginAuthentication> {
    Ok(BeginAuthentication {
        user_verification: convert::optional(user_verification, self::user_verification)?,
        lifetime: convert::optional(lifetime, convert::u64)?,
        now: convert::now(now)?,
    })
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
    fn make<S: AsRef<str>>(begun: Result<mfakit::Ceremony<S>, mfakit::Error>) -> PyResult<Self> {
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
        py.import("json")?.call_method1("loads", (&self.options_json,))
    }

    fn __repr__(&self) -> String {
        format!("Ceremony(id={:?}, expires_at={})", self.id, self.expires_at)
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}

/// A stored record: the object, or the text.
fn read_record(value: &Bound<'_, PyAny>) -> PyResult<mfakit::CredentialRecord> {
    match value.cast::<CredentialRecord>() {
        Ok(record) => Ok(record.get().0.clone()),
        Err(_) => mfakit::CredentialRecord::from_text(&convert::text(value)?).map_err(raise),
    }
}

/// The id of a record, or a bare id.
fn credential_id(value: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    let entry = match value.cast::<CredentialRecord>() {
        Ok(record) => record.get().0.id(),
        Err(_) => convert::base64url(value)?,
    };
    mfakit::allowed_id(&entry).map_err(raise)
}

/// A stored credential.
#[pyclass(frozen, eq, module = "mfakit")]
#[derive(Clone, PartialEq)]
pub(crate) struct CredentialRecord(mfakit::CredentialRecord);

#[pymethods]
impl CredentialRecord {
    #[new]
    #[pyo3(signature = (id, *, public_key, user_handle, sign_count, transports=None, backup_eligible=None, backed_up=None,
        aaguid=None), text_signature = "(id, *, public_key, user_handle, sign_count, transports=(), backup_eligible=None, \
            backed_up=None, aaguid=None)")]
    #[allow(clippy::too_many_arguments, reason = "keywords in Python")]
    fn new(
        id: Any<'_, '_>,
        public_key: Any<'_, '_>,
        user_handle: Any<'_, '_>,
        sign_count: Any<'_, '_>,
        transports: Maybe<'_, '_>,
        backup_eligible: Maybe<'_, '_>,
        backed_up: Maybe<'_, '_>,
        aaguid: Maybe<'_, '_>,
    ) -> PyResult<Self> {
        let (public_key, user_handle) =
            (convert::base64url(public_key)?, convert::base64url(user_handle)?);
        let sign_count = convert::u64(sign_count)?;
        let parts = NewRecord {
            public_key: &public_key,
            user_handle: &user_handle,
            sign_count: u32::try_from(sign_count)
                .map_err(|_| raise(mfakit::Error::ArgumentValueInvalid))?,
            transports: convert::list(transports.filter(|v| !v.is_none()), convert::text)?,
            backup_eligible: convert::optional(backup_eligible, convert::bool)?,
            backed_up: convert::optional(backed_up, convert::bool)?,
            aaguid: convert::optional(aaguid, convert::base64url)?
                .map(|text| mfakit::read_aaguid(&text))
                .transpose()
                .map_err(raise)?,
        };
        mfakit::CredentialRecord::new(&convert::base64url(id)?, parts).map(Self).map_err(raise)
    }

    #[staticmethod]
    fn from_text(text: Any<'_, '_>) -> PyResult<Self> {
        mfakit::CredentialRecord::from_text(&convert::text(text)?).map(Self).map_err(raise)
    }

    fn to_text(&self) -> &str {
        self.0.to_text()
    }

    #[getter]
    fn id(&self) -> String {
        self.0.id()
    }

    #[getter]
    fn public_key(&self) -> String {
        self.0.public_key()
    }

    #[getter]
    fn algorithm(&self) -> i64 {
        self.0.algorithm()
    }

    #[getter]
    fn user_handle(&self) -> String {
        self.0.user_handle()
    }

    #[getter]
    fn sign_count(&self) -> u32 {
        self.0.sign_count()
    }

    #[getter]
    fn transports(&self) -> Vec<String> {
        self.0.transports().to_vec()
    }

    #[getter]
    fn backup_eligible(&self) -> Option<bool> {
        self.0.backup_eligible()
    }

    #[getter]
    fn backed_up(&self) -> Option<bool> {
        self.0.backed_up()
    }

    #[getter]
    fn aaguid(&self) -> Option<String> {
        self.0.aaguid()
    }

    fn __repr__(&self) -> String {
        format!("CredentialRecord({:?})", self.0.id())
    }
}

/// What the attestation says: `none` claims nothing, and `self` only that the credential signs.
#[pyclass(frozen, get_all, module = "mfakit")]
pub(crate) struct Attestation {
    format: &'static str,
    r#type: &'static str,
    trust: &'static str,
}

#[pymethods]
impl Attestation {
    fn __repr__(&self) -> String {
        format!(
            "Attestation(format={:?}, type={:?}, trust={:?})",
            self.format, self.r#type, self.trust
        )
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}

/// A registration that passed every step.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct RegistrationVerified {
    #[pyo3(get)]
    credential: Py<CredentialRecord>,
    #[pyo3(get)]
    user_handle: String,
    #[pyo3(get)]
    user_verified: bool,
    #[pyo3(get)]
    flags: u8,
    #[pyo3(get)]
    attestation: Py<Attestation>,
    #[pyo3(get)]
    extensions: Option<Py<PyBytes>>,
    #[pyo3(get)]
    transition: Py<Transition>,
    proof: Once<mfakit::RegistrationVerified>,
}

impl RegistrationVerified {
    fn make(py: Python<'_>, verified: mfakit::RegistrationVerified) -> PyResult<Self> {
        let attestation = Attestation {
            format: verified.attestation().format(),
            r#type: verified.attestation().attestation_type(),
            trust: "not_requested",
        };
        Ok(Self {
            credential: Py::new(py, CredentialRecord(verified.credential().clone()))?,
            user_handle: verified.user_handle(),
            user_verified: verified.user_verified(),
            flags: verified.flags(),
            attestation: Py::new(py, attestation)?,
            extensions: verified.extensions().map(|bytes| PyBytes::new(py, bytes).unbind()),
            transition: Transition::make(py, verified.transition())?,
            proof: Once::new(verified),
        })
    }
}

#[pymethods]
impl RegistrationVerified {
    /// A registration is not a sign-in: this returns the stored record, never evidence.
    fn commit(&self, rows: Any<'_, '_>) -> PyResult<CredentialRecord> {
        let rows = convert::rows(rows)?;
        self.proof.take()?.commit(rows).map(CredentialRecord).map_err(raise)
    }

    fn __repr__(&self) -> String {
        format!("RegistrationVerified(user_handle={:?})", self.user_handle)
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}

/// An assertion that passed every step.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct AuthenticationVerified {
    #[pyo3(get)]
    credential_id: String,
    #[pyo3(get)]
    user_handle: String,
    #[pyo3(get)]
    user_verified: bool,
    #[pyo3(get)]
    flags: u8,
    #[pyo3(get)]
    backup_eligible: bool,
    #[pyo3(get)]
    backed_up: bool,
    #[pyo3(get)]
    counter: u32,
    #[pyo3(get)]
    counter_regressed: bool,
    #[pyo3(get)]
    extensions: Option<Py<PyBytes>>,
    #[pyo3(get)]
    transition: Py<Transition>,
    proof: Once<mfakit::AuthenticationVerified>,
}

impl AuthenticationVerified {
    fn make(py: Python<'_>, verified: mfakit::AuthenticationVerified) -> PyResult<Self> {
        Ok(Self {
            credential_id: verified.credential_id().to_owned(),
            user_handle: verified.user_handle().to_owned(),
            user_verified: verified.user_verified(),
            flags: verified.flags(),
            backup_eligible: verified.backup_eligible(),
            backed_up: verified.backed_up(),
            counter: verified.counter(),
            counter_regressed: verified.counter_regressed(),
            extensions: verified.extensions().map(|bytes| PyBytes::new(py, bytes).unbind()),
            transition: Transition::make(py, verified.transition().clone())?,
            proof: Once::new(verified),
        })
    }
}

#[pymethods]
impl AuthenticationVerified {
    fn commit(&self, rows: Any<'_, '_>) -> PyResult<Evidence> {
        let rows = convert::rows(rows)?;
        evidence(self.proof.take()?.commit(rows))
    }

    fn __repr__(&self) -> String {
        format!(
            "AuthenticationVerified(user_handle={:?}, user_verified={})",
            self.user_handle,
            if self.user_verified { "True" } else { "False" }
        )
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}
