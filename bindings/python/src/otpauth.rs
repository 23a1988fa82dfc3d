//! Import: otpauth URIs, and what Google Authenticator exports.

use crate::convert::{self, Any, no_truth_value, raise};
use crate::hotp::Hotp;
use crate::totp::Totp;
use mfakit::{Error, Otp};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::PyString;

/// Where an entry stood in an export of several QR codes.
#[pyclass(frozen, get_all, module = "mfakit")]
pub(crate) struct MigrationEntry {
    batch_index: u32,
    batch_size: u32,
    batch_id: i32,
    unique_id: Option<String>,
}

#[pymethods]
impl MigrationEntry {
    fn __repr__(&self) -> String {
        format!("MigrationEntry(batch_index={}, batch_size={})", self.batch_index, self.batch_size)
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}

/// What a URI says.
#[pyclass(frozen, get_all, module = "mfakit")]
pub(crate) struct Otpauth {
    otp: Py<PyAny>,
    issuer: Option<String>,
    account: String,
    counter: Option<u64>,
    warnings: Vec<&'static str>,
    migration: Option<Py<MigrationEntry>>,
}

impl Otpauth {
    fn make(py: Python<'_>, read: mfakit::Otpauth) -> PyResult<Self> {
        let migration = read.migration.map(|entry| {
            let mfakit::MigrationEntry { batch_index, batch_size, batch_id, unique_id } = entry;
            Py::new(py, MigrationEntry { batch_index, batch_size, batch_id, unique_id })
        });
        Ok(Self {
            otp: match read.otp {
                Otp::Totp(totp) => Totp(totp).into_py_any(py)?,
                Otp::Hotp(hotp) => Hotp(hotp).into_py_any(py)?,
            },
            issuer: read.issuer,
            account: read.account,
            counter: read.counter,
            warnings: read.warnings.iter().map(|warning| warning.as_str()).collect(),
            migration: migration.transpose()?,
        })
    }
}

/// The most bytes of a URI, and of an export, that are looked at: more than a QR code holds.
const MAX_URI: usize = 2400;
const MAX_EXPORT: usize = 4096;

/// Reads an otpauth URI that another service wrote.
#[pyfunction]
pub(crate) fn parse_otpauth(py: Python<'_>, uri: Any<'_, '_>) -> PyResult<Otpauth> {
    let uri = convert::uri(uri, MAX_URI, Error::OtpauthMalformed)?;
    Otpauth::make(py, mfakit::parse_otpauth(&uri).map_err(raise)?)
}

/// Reads one QR code of an export.
#[pyfunction]
pub(crate) fn parse_otpauth_migration(py: Python<'_>, uri: Any<'_, '_>) -> PyResult<Vec<Otpauth>> {
    let uri = convert::uri(uri, MAX_EXPORT, Error::MigrationMalformed)?;
    let entries = mfakit::parse_otpauth_migration(&uri).map_err(raise)?;
    entries.into_iter().map(|entry| Otpauth::make(py, entry)).collect()
}

#[pymethods]
impl Otpauth {
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let issuer = self.issuer.as_deref().into_bound_py_any(py)?.repr()?;
        let account = PyString::new(py, &self.account).repr()?;
        Ok(format!("Otpauth({}, issuer={issuer}, account={account})", self.otp.bind(py).repr()?))
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}
