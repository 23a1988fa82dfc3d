//! What ceremonies give, and the steps of one that failed.

use crate::convert::{self, Any, no_truth_value, raise};
use crate::record::CredentialRecord;
use crate::results::{Evidence, Once, Transition, evidence};
use mfakit::{AttestationReport, Error};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// What became of an attestation statement.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct Attestation(AttestationReport);

#[pymethods]
impl Attestation {
    #[getter]
    fn format(&self) -> &str {
        self.0.format()
    }

    #[getter]
    fn r#type(&self) -> &'static str {
        self.0.attestation_type()
    }

    #[getter]
    fn trust(&self) -> &'static str {
        self.0.trust().as_str()
    }

    #[getter]
    fn anchor(&self) -> Option<String> {
        self.0.anchor()
    }

    #[getter]
    fn proven_aaguid(&self) -> Option<String> {
        self.0.proven_aaguid()
    }

    #[getter]
    fn path<'py>(&self, py: Python<'py>) -> Vec<Bound<'py, PyBytes>> {
        self.0.path().iter().map(|der| PyBytes::new(py, der)).collect()
    }

    #[getter]
    fn parts(&self) -> Vec<Attestation> {
        self.0.parts().iter().cloned().map(Self).collect()
    }

    fn __repr__(&self) -> String {
        format!(
            "Attestation(format={:?}, type={:?}, trust={:?})",
            self.0.format(),
            self.0.attestation_type(),
            self.0.trust().as_str()
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
    attachment: Option<String>,
    #[pyo3(get)]
    attestation: Py<Attestation>,
    extensions: String,
    #[pyo3(get)]
    transition: Py<Transition>,
    proof: Once<mfakit::RegistrationVerified>,
}

impl RegistrationVerified {
    pub(crate) fn make(
        py: Python<'_>,
        verified: Result<mfakit::RegistrationVerified, Error>,
    ) -> PyResult<Self> {
        let verified = verified.map_err(raise)?;
        Ok(Self {
            credential: Py::new(py, CredentialRecord(verified.credential().clone()))?,
            user_handle: verified.user_handle(),
            user_verified: verified.user_verified(),
            flags: verified.flags(),
            attachment: verified.attachment().map(str::to_owned),
            attestation: Py::new(py, Attestation(verified.attestation().clone()))?,
            extensions: verified.extensions().to_json(),
            transition: Transition::make(py, verified.transition())?,
            proof: Once::new(verified),
        })
    }
}

#[pymethods]
impl RegistrationVerified {
    #[getter]
    fn extensions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::loaded(py, &self.extensions)
    }

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
    attachment: Option<String>,
    extensions: String,
    #[pyo3(get)]
    transition: Py<Transition>,
    #[pyo3(get)]
    uv_transition: Option<Py<Transition>>,
    proof: Once<mfakit::AuthenticationVerified>,
}

impl AuthenticationVerified {
    pub(crate) fn make(
        py: Python<'_>,
        verified: Result<mfakit::AuthenticationVerified, Error>,
    ) -> PyResult<Self> {
        let verified = verified.map_err(raise)?;
        let upgrade = verified.uv_transition().map(|upgrade| Transition::make(py, upgrade));
        Ok(Self {
            credential_id: verified.credential_id().to_owned(),
            user_handle: verified.user_handle().to_owned(),
            user_verified: verified.user_verified(),
            flags: verified.flags(),
            backup_eligible: verified.backup_eligible(),
            backed_up: verified.backed_up(),
            counter: verified.counter(),
            counter_regressed: verified.counter_regressed(),
            attachment: verified.attachment().map(str::to_owned),
            extensions: verified.extensions().to_json(),
            transition: Transition::make(py, verified.transition().clone())?,
            uv_transition: upgrade.transpose()?,
            proof: Once::new(verified),
        })
    }
}

#[pymethods]
impl AuthenticationVerified {
    #[getter]
    fn extensions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::loaded(py, &self.extensions)
    }

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

/// What became of one step of a ceremony.
#[pyclass(frozen, get_all, module = "mfakit")]
pub(crate) struct Step {
    number: &'static str,
    title: &'static str,
    verdict: &'static str,
    code: Option<&'static str>,
}

impl Step {
    /// The steps of a response. One that could not even be read fails the step that it would otherwise fail as an empty one.
    pub(crate) fn list(
        response: Any<'_, '_>,
        explain: impl FnOnce(&[u8]) -> Result<Vec<mfakit::Step>, Error>,
    ) -> PyResult<Vec<Self>> {
        let sent = convert::sent(response)?;
        let steps = explain(sent.as_deref().unwrap_or_default()).map_err(raise)?;
        let step = |step: mfakit::Step| Self {
            number: step.number,
            title: step.title,
            verdict: step.verdict.as_str(),
            code: step.verdict.error().map(|e| sent.as_ref().err().unwrap_or(&e).code()),
        };
        Ok(steps.into_iter().map(step).collect())
    }
}

#[pymethods]
impl Step {
    fn __repr__(&self) -> String {
        format!(
            "Step(number={:?}, title={:?}, verdict={:?})",
            self.number, self.title, self.verdict
        )
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}
