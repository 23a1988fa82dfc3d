//! Evidence to an assessment, an identity provider's claims to a tier, and why.

use crate::convert::{self, Any, Maybe, no_truth_value, raise, wrong_type};
use crate::results::Evidence;
use mfakit::{Claims, Error};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

/// One line of an explanation.
#[pyclass(frozen, get_all, module = "mfakit")]
pub(crate) struct Reason {
    code: &'static str,
    subject: Option<String>,
    tier: Option<Py<PyAny>>,
    message: &'static str,
}

impl Reason {
    pub(crate) fn list(py: Python<'_>, reasons: &[mfakit::Reason]) -> PyResult<Vec<Self>> {
        let reason = |reason: &mfakit::Reason| {
            let tier = reason.tier.map(|tier| convert::tier_object(py, tier)).transpose()?;
            let (code, message, subject) = (reason.code, reason.message, reason.subject.clone());
            Ok(Self { code, subject, tier: tier.map(Bound::unbind), message })
        };
        reasons.iter().map(reason).collect()
    }
}

#[pymethods]
impl Reason {
    fn __repr__(&self) -> String {
        let subject =
            self.subject.as_ref().map_or("None".to_owned(), |subject| format!("{subject:?}"));
        format!("Reason(code={:?}, subject={subject})", self.code)
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}

/// What a session is worth.
#[pyclass(frozen, eq, module = "mfakit")]
#[derive(PartialEq)]
pub(crate) struct Assessment(pub(crate) mfakit::Assessment);

/// Judges what was proven.
#[pyfunction]
#[pyo3(signature = (evidence, *, previous=None, now=None))]
pub(crate) fn assess(
    evidence: Any<'_, '_>,
    previous: Maybe<'_, '_>,
    now: Maybe<'_, '_>,
) -> PyResult<Assessment> {
    let given = match evidence.cast::<Evidence>() {
        Ok(one) => vec![one.clone()],
        Err(_) => convert::several(evidence, |element| {
            element.cast::<Evidence>().cloned().map_err(|_| wrong_type())
        })?,
    };
    let previous = convert::instance::<Assessment>(previous)?;
    let previous = previous.map(|previous| &previous.get().0);
    let assessed = mfakit::assess(given.iter().map(|e| &e.get().0), previous, convert::now(now)?);
    assessed.map(Assessment).map_err(raise)
}

#[pymethods]
impl Assessment {
    #[staticmethod]
    fn from_trusted_json(text: Any<'_, '_>) -> PyResult<Self> {
        mfakit::Assessment::from_trusted_json(&convert::text(text)?).map(Self).map_err(raise)
    }

    fn to_json(&self) -> String {
        self.0.to_json()
    }

    #[getter]
    fn tier<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::tier_object(py, self.0.tier())
    }

    #[getter]
    fn amr<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.amr())
    }

    #[getter]
    fn acr(&self) -> Option<&'static str> {
        self.0.acr()
    }

    #[getter]
    fn methods<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        convert::kind_tuple(py, &self.0.methods())
    }

    #[getter]
    fn factors<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (factors, dictionary) = (self.0.factors(), PyDict::new(py));
        dictionary.set_item("knowledge", factors.knowledge)?;
        dictionary.set_item("possession", factors.possession)?;
        dictionary.set_item("inherence", factors.inherence)?;
        dictionary.set_item("unspecified", factors.unspecified)?;
        dictionary.set_item("kinds", factors.kinds())?;
        Ok(dictionary)
    }

    #[getter]
    fn recovery(&self) -> bool {
        self.0.recovery()
    }

    fn explain(&self, py: Python<'_>) -> PyResult<Vec<Reason>> {
        Reason::list(py, &self.0.explain())
    }

    #[pyo3(signature = (tier, *, max_age=None, now=None))]
    fn meets(
        &self,
        tier: Any<'_, '_>,
        max_age: Maybe<'_, '_>,
        now: Maybe<'_, '_>,
    ) -> PyResult<bool> {
        let max_age = convert::optional(max_age, convert::u64)?;
        self.0.meets(convert::tier(tier)?, max_age, convert::now(now)?).map_err(raise)
    }

    fn __repr__(&self) -> String {
        let methods: Vec<_> = self.0.methods().iter().map(|kind| kind.as_str()).collect();
        format!("Assessment(tier={:?}, methods={methods:?})", self.0.tier().as_str())
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}

/// Which claim stands for which tier.
#[pyclass(frozen, eq, module = "mfakit")]
#[derive(PartialEq)]
pub(crate) struct AssuranceProfile(mfakit::AssuranceProfile);

/// A profile, or the name of a built-in one.
fn profile(value: Any<'_, '_>) -> PyResult<mfakit::AssuranceProfile> {
    match value.cast::<AssuranceProfile>() {
        Ok(profile) => Ok(profile.get().0.clone()),
        Err(_) => mfakit::AssuranceProfile::named(&convert::text(value)?).map_err(raise),
    }
}

#[pymethods]
impl AssuranceProfile {
    #[staticmethod]
    fn named(id: Any<'_, '_>) -> PyResult<Self> {
        mfakit::AssuranceProfile::named(&convert::text(id)?).map(Self).map_err(raise)
    }

    #[staticmethod]
    fn from_json(text: Any<'_, '_>) -> PyResult<Self> {
        mfakit::AssuranceProfile::from_json(&convert::text(text)?).map(Self).map_err(raise)
    }

    #[staticmethod]
    fn names() -> Vec<&'static str> {
        mfakit::AssuranceProfile::names()
    }

    #[getter]
    fn id(&self) -> &str {
        self.0.id()
    }

    #[getter]
    fn version(&self) -> &str {
        self.0.version()
    }

    fn to_json(&self) -> &str {
        self.0.to_json()
    }

    fn __repr__(&self) -> String {
        format!("AssuranceProfile(id={:?}, version={:?})", self.0.id(), self.0.version())
    }
}

/// What is odd about a profile.
#[pyfunction]
pub(crate) fn lint(py: Python<'_>, profile: Any<'_, '_>) -> PyResult<Vec<Reason>> {
    Reason::list(py, &mfakit::lint(&self::profile(profile)?).map_err(raise)?)
}

/// What the IANA registry says of a value of `amr`.
#[pyfunction]
pub(crate) fn amr_description(value: Any<'_, '_>) -> PyResult<Option<&'static str>> {
    Ok(mfakit::amr_description(&convert::claim(value)?))
}

/// The tier of a sign-in through an identity provider.
#[pyclass(frozen, eq, module = "mfakit")]
#[derive(PartialEq)]
pub(crate) struct Classification(pub(crate) mfakit::Classification);

/// Classifies verified claims.
#[pyfunction]
#[pyo3(signature = (profile, *, claims=None, amr=None, acr=None, authn_context=None, auth_time=None, max_age=None, now=None))]
#[allow(clippy::too_many_arguments, reason = "keywords in Python")]
pub(crate) fn classify(
    profile: Any<'_, '_>,
    claims: Maybe<'_, '_>,
    amr: Maybe<'_, '_>,
    acr: Maybe<'_, '_>,
    authn_context: Maybe<'_, '_>,
    auth_time: Maybe<'_, '_>,
    max_age: Maybe<'_, '_>,
    now: Maybe<'_, '_>,
) -> PyResult<Classification> {
    let profile = self::profile(profile)?;
    let (max_age, now) = (convert::optional(max_age, convert::u64)?, convert::now(now)?);
    let single = [amr, acr, authn_context, auth_time];
    let claims = match claims.filter(|claims| !claims.is_none()) {
        Some(_) if single.into_iter().flatten().any(|claim| !claim.is_none()) => {
            return Err(raise(Error::ArgumentValueInvalid));
        }
        Some(payload) => convert::claims(payload)?,
        None => Claims {
            amr: convert::optional(amr, convert::claim_list)?.unwrap_or_default(),
            acr: convert::optional(acr, convert::claim)?,
            authn_context: convert::optional(authn_context, convert::claim_list)?
                .unwrap_or_default(),
            auth_time: convert::optional(auth_time, convert::claim_time)?,
        },
    };
    mfakit::classify(&profile, claims, max_age, now).map(Classification).map_err(raise)
}

#[pymethods]
impl Classification {
    #[staticmethod]
    #[pyo3(signature = (text, *, profile))]
    fn from_trusted_json(text: Any<'_, '_>, profile: Any<'_, '_>) -> PyResult<Self> {
        let (text, profile) = (convert::text(text)?, self::profile(profile)?);
        mfakit::Classification::from_trusted_json(&text, &profile).map(Self).map_err(raise)
    }

    fn to_json(&self) -> String {
        self.0.to_json()
    }

    #[getter]
    fn tier<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::tier_object(py, self.0.tier())
    }

    #[getter]
    fn recognised(&self) -> bool {
        self.0.recognised()
    }

    #[getter]
    fn unknown<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.unknown())
    }

    #[getter]
    fn profile(&self) -> &str {
        self.0.profile()
    }

    #[getter]
    fn version(&self) -> &str {
        self.0.version()
    }

    #[getter]
    fn amr<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.0.claims().amr)
    }

    #[getter]
    fn acr(&self) -> Option<&str> {
        self.0.claims().acr.as_deref()
    }

    #[getter]
    fn authn_context<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.0.claims().authn_context)
    }

    #[getter]
    fn auth_time(&self) -> Option<u64> {
        self.0.claims().auth_time.map(mfakit::UnixTime::seconds)
    }

    fn explain(&self, py: Python<'_>) -> PyResult<Vec<Reason>> {
        Reason::list(py, self.0.explain())
    }

    fn meets(&self, tier: Any<'_, '_>) -> PyResult<bool> {
        Ok(self.0.meets(convert::tier(tier)?))
    }

    fn __repr__(&self) -> String {
        format!(
            "Classification(tier={:?}, recognised={}, profile={:?})",
            self.0.tier().as_str(),
            if self.0.recognised() { "True" } else { "False" },
            self.0.profile()
        )
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}
