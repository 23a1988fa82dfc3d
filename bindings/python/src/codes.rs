//! `Peppers`, recovery codes and their results.

use crate::convert::{self, Any, Maybe, Number, Text, no_truth_value, raise};
use crate::results::{Evidence, Once, Transition, evidence};
use mfakit::{Error, GenerateRecoveryCodes, RecoveryFormat, VerifyRecoveryCode};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

/// Keys of stored tags, by id.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct Peppers(mfakit::Peppers);

#[pymethods]
impl Peppers {
    #[new]
    #[pyo3(signature = (keys, *, current))]
    fn new(keys: Any<'_, '_>, current: Any<'_, '_>) -> PyResult<Self> {
        let keys = keys.cast::<PyDict>().map_err(|_| raise(Error::ArgumentTypeInvalid))?;
        let keys = keys.iter().map(|(id, key)| Ok((convert::text(&id)?, convert::key(&key)?)));
        let keys = keys.collect::<PyResult<Vec<_>>>()?;
        mfakit::Peppers::new(keys, &convert::text(current)?).map(Self).map_err(raise)
    }

    fn __repr__(&self) -> &'static str {
        "Peppers(***)"
    }
}

/// The peppers of a call, if it has any.
pub(crate) fn peppers<'a>(value: Maybe<'a, '_>) -> PyResult<Option<&'a mfakit::Peppers>> {
    Ok(convert::instance::<Peppers>(value)?.map(|peppers| &peppers.get().0))
}

/// New recovery codes.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct RecoverySet(mfakit::RecoverySet);

/// Makes a new set for a user.
#[pyfunction]
#[pyo3(signature = (user_id, *, count=Number(10), format=Text::new("full"), peppers=None),
    text_signature = "(user_id, *, count=10, format='full', peppers=None)")]
pub(crate) fn generate_recovery_codes(
    py: Python<'_>,
    user_id: Any<'_, '_>,
    count: Number,
    format: Text,
    peppers: Maybe<'_, '_>,
) -> PyResult<RecoverySet> {
    let options = GenerateRecoveryCodes {
        count: count.0,
        format: RecoveryFormat::from_name(&format.0).map_err(raise)?,
        peppers: self::peppers(peppers)?,
    };
    let user_id = convert::text(user_id)?;
    py.detach(|| mfakit::generate_recovery_codes(&user_id, options)).map(RecoverySet).map_err(raise)
}

#[pymethods]
impl RecoverySet {
    #[getter]
    fn codes(&self) -> Vec<&str> {
        self.0.codes().collect()
    }

    #[getter]
    fn record(&self) -> &str {
        self.0.record()
    }

    #[getter]
    fn text<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::new(py, &self.0.text())
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}

/// A recovery code that was right.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct RecoveryVerified {
    #[pyo3(get)]
    bit: u32,
    #[pyo3(get)]
    remaining: u32,
    #[pyo3(get)]
    low: bool,
    #[pyo3(get)]
    needs_regeneration: bool,
    #[pyo3(get)]
    transition: Py<Transition>,
    proof: Once<mfakit::RecoveryVerified>,
}

/// Verifies a code as a person typed it.
#[pyfunction]
#[pyo3(signature = (code, *, user_id, record, used, peppers=None))]
pub(crate) fn verify_recovery_code(
    py: Python<'_>,
    code: Any<'_, '_>,
    user_id: Any<'_, '_>,
    record: Any<'_, '_>,
    used: Any<'_, '_>,
    peppers: Maybe<'_, '_>,
) -> PyResult<RecoveryVerified> {
    let (user_id, record) = (convert::text(user_id)?, convert::text(record)?);
    let stored = VerifyRecoveryCode {
        user_id: &user_id,
        record: &record,
        used: convert::whole(used, Error::RecordCorrupt)?,
        peppers: self::peppers(peppers)?,
    };
    let code = convert::code(code, Error::RecoveryCodeMalformed)?;
    let verified = py.detach(|| mfakit::verify_recovery_code(&code, stored)).map_err(raise)?;
    Ok(RecoveryVerified {
        bit: verified.bit(),
        remaining: verified.remaining(),
        low: verified.low(),
        needs_regeneration: verified.needs_regeneration(),
        transition: Transition::make(py, verified.transition())?,
        proof: Once::new(verified),
    })
}

#[pymethods]
impl RecoveryVerified {
    fn commit(&self, rows: Any<'_, '_>) -> PyResult<Evidence> {
        let rows = convert::rows(rows)?;
        evidence(self.proof.take()?.commit(rows))
    }

    fn __repr__(&self) -> String {
        format!("RecoveryVerified(remaining={})", self.remaining)
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}

/// Checks the form of a code.
#[pyfunction]
#[pyo3(signature = (code, *, record))]
pub(crate) fn check_recovery_code(code: Any<'_, '_>, record: Any<'_, '_>) -> PyResult<()> {
    let record = convert::text(record)?;
    let code = convert::code(code, Error::RecoveryCodeMalformed)?;
    mfakit::check_recovery_code(&code, &record).map_err(raise)
}
