//! What verifications give back: frozen, without constructor, without truth value.

use crate::convert::{self, Maybe, no_truth_value, raise};
use mfakit::Error;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use std::sync::Mutex;

/// A compare-and-set for the host.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct Transition {
    #[pyo3(get)]
    prev: Py<PyAny>,
    #[pyo3(get)]
    next: Py<PyAny>,
    /// Whether what is stored stays out of the repr.
    hidden: bool,
}

impl Transition {
    pub(crate) fn make<'py, S: IntoPyObject<'py>>(
        py: Python<'py>,
        transition: mfakit::Transition<S>,
    ) -> PyResult<Py<Self>> {
        Self::new(py, transition, false)
    }

    /// The transition of a state that holds a secret.
    pub(crate) fn hide(
        py: Python<'_>,
        transition: mfakit::Transition<String>,
    ) -> PyResult<Py<Self>> {
        Self::new(py, transition, true)
    }

    fn new<'py, S: IntoPyObject<'py>>(
        py: Python<'py>,
        transition: mfakit::Transition<S>,
        hidden: bool,
    ) -> PyResult<Py<Self>> {
        let prev = transition.prev.map_or_else(|| Ok(py.None()), |prev| prev.into_py_any(py))?;
        Py::new(py, Self { prev, next: transition.next.into_py_any(py)?, hidden })
    }
}

#[pymethods]
impl Transition {
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        if self.hidden {
            return Ok("Transition(***)".to_owned());
        }
        Ok(format!(
            "Transition(prev={}, next={})",
            self.prev.bind(py).repr()?,
            self.next.bind(py).repr()?
        ))
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}

/// A proof that was stored.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct Evidence(pub(crate) mfakit::Evidence);

#[pymethods]
impl Evidence {
    #[staticmethod]
    #[pyo3(signature = (*, at=None))]
    fn password(at: Maybe<'_, '_>) -> PyResult<Self> {
        convert::at(at).map(|at| Self(mfakit::Evidence::password(at)))
    }

    #[getter]
    fn kind(&self) -> &'static str {
        self.0.kind().as_str()
    }

    #[getter]
    fn method(&self) -> &'static str {
        self.0.method().as_str()
    }

    #[getter]
    fn user_verified(&self) -> bool {
        self.0.user_verified()
    }

    fn __repr__(&self) -> String {
        let verified = if self.0.user_verified() { "True" } else { "False" };
        format!("Evidence(method={:?}, user_verified={verified})", self.0.method().as_str())
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}

/// A proof that can be committed once.
pub(crate) struct Once<T>(Mutex<Option<T>>);

impl<T> Once<T> {
    pub(crate) fn new(proof: T) -> Self {
        Self(Mutex::new(Some(proof)))
    }

    /// The proof, for the first caller; a proof that was committed already does not count again.
    pub(crate) fn take(&self) -> PyResult<T> {
        let taken = self.0.lock().ok().and_then(|mut proof| proof.take());
        taken.ok_or_else(|| raise(Error::StateConflict))
    }
}

/// The evidence of a commit.
pub(crate) fn evidence(committed: Result<mfakit::Evidence, Error>) -> PyResult<Evidence> {
    committed.map(Evidence).map_err(raise)
}
