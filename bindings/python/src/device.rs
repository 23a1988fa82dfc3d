//! Push approvals, the device's side. The request is the first argument here: it comes from outside.

use crate::approval::{DeviceRecord, read_device};
use crate::convert::{self, Any, Maybe, no_truth_value, raise, wrong_type};
use mfakit::{Error, SignApproval, UnixTime, Zeroizing};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

/// A request to enrol.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct DeviceEnrollmentRequest(mfakit::DeviceEnrollmentRequest);

/// Reads the request of an enrolment.
#[pyfunction]
pub(crate) fn read_device_enrollment(request: Any<'_, '_>) -> PyResult<DeviceEnrollmentRequest> {
    let request = convert::approval(request)?;
    mfakit::read_device_enrollment(&request).map(DeviceEnrollmentRequest).map_err(raise)
}

fn enrollment<'a>(value: Any<'a, '_>) -> PyResult<&'a mfakit::DeviceEnrollmentRequest> {
    let request = value.cast::<DeviceEnrollmentRequest>().map_err(|_| wrong_type())?;
    Ok(&request.get().0)
}

#[pymethods]
impl DeviceEnrollmentRequest {
    #[getter]
    fn audience(&self) -> &str {
        self.0.audience()
    }

    #[getter]
    fn user_id(&self) -> &str {
        self.0.user_id()
    }

    #[getter]
    fn device_id(&self) -> &str {
        self.0.device_id()
    }

    #[getter]
    fn expires_at(&self) -> u64 {
        self.0.expires_at()
    }

    #[pyo3(signature = (public_key, *, name=None))]
    fn device(&self, public_key: Any<'_, '_>, name: Maybe<'_, '_>) -> PyResult<DeviceRecord> {
        let name = convert::optional(name, convert::text)?;
        let key = convert::octets(public_key)?;
        self.0.device(&key, name.as_deref()).map(DeviceRecord).map_err(raise)
    }

    fn __repr__(&self) -> String {
        format!("DeviceEnrollmentRequest(device_id={:?})", self.0.device_id())
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}

/// A device's private key.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct DeviceKey(mfakit::DeviceKey);

/// Makes a key for the device that is being enrolled.
#[pyfunction]
pub(crate) fn generate_device_key(request: Any<'_, '_>) -> PyResult<DeviceKey> {
    mfakit::generate_device_key(enrollment(request)?).map(DeviceKey).map_err(raise)
}

fn key<'a>(value: Any<'a, '_>) -> PyResult<&'a mfakit::DeviceKey> {
    value.cast::<DeviceKey>().map(|key| &key.get().0).map_err(|_| wrong_type())
}

#[pymethods]
impl DeviceKey {
    #[staticmethod]
    fn from_text(text: Any<'_, '_>) -> PyResult<Self> {
        mfakit::DeviceKey::from_text(&convert::secret(text)?).map(Self).map_err(raise)
    }

    fn to_text<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::new(py, &self.0.to_text())
    }

    #[getter]
    fn record(&self) -> DeviceRecord {
        DeviceRecord(self.0.record())
    }

    fn __repr__(&self) -> &'static str {
        "DeviceKey(***)"
    }
}

/// Signs the answer to an enrolment.
#[pyfunction]
#[pyo3(signature = (request, *, device, name=None, now=None))]
pub(crate) fn sign_enrollment(
    request: Any<'_, '_>,
    device: Any<'_, '_>,
    name: Maybe<'_, '_>,
    now: Maybe<'_, '_>,
) -> PyResult<String> {
    let (request, key) = (enrollment(request)?, key(device)?);
    let (name, now) = (convert::optional(name, convert::text)?, convert::now(now)?);
    mfakit::sign_enrollment(request, key, name.as_deref(), now).map_err(raise)
}

/// What a key in hardware must sign to answer an enrolment.
#[pyfunction]
#[pyo3(signature = (request, *, device, now=None))]
pub(crate) fn enrollment_to_sign<'py>(
    py: Python<'py>,
    request: Any<'_, 'py>,
    device: Any<'_, 'py>,
    now: Maybe<'_, 'py>,
) -> PyResult<Bound<'py, PyBytes>> {
    let (request, record, now) = (enrollment(request)?, read_device(device)?, convert::now(now)?);
    let signed = mfakit::enrollment_to_sign(request, &record, now).map_err(raise)?;
    Ok(PyBytes::new(py, &signed))
}

/// A request to approve.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct ApprovalRequest(mfakit::ApprovalRequest);

/// Reads a request as it was pushed.
#[pyfunction]
pub(crate) fn read_approval_request(request: Any<'_, '_>) -> PyResult<ApprovalRequest> {
    let request = convert::approval(request)?;
    mfakit::read_approval_request(&request).map(ApprovalRequest).map_err(raise)
}

fn asked<'a>(value: Any<'a, '_>) -> PyResult<&'a mfakit::ApprovalRequest> {
    value.cast::<ApprovalRequest>().map(|request| &request.get().0).map_err(|_| wrong_type())
}

#[pymethods]
impl ApprovalRequest {
    #[getter]
    fn id(&self) -> &str {
        self.0.id()
    }

    #[getter]
    fn audience(&self) -> &str {
        self.0.audience()
    }

    #[getter]
    fn user_id(&self) -> &str {
        self.0.user_id()
    }

    #[getter]
    fn action(&self) -> &str {
        self.0.action()
    }

    #[getter]
    fn context(&self) -> &str {
        self.0.context()
    }

    #[getter]
    fn expires_at(&self) -> u64 {
        self.0.expires_at()
    }

    fn __repr__(&self) -> String {
        format!("ApprovalRequest(id={:?})", self.0.id())
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}

/// What the person chose: the number that they typed if it is a yes, and when.
struct Chosen {
    number: Option<Zeroizing<String>>,
    now: Option<UnixTime>,
}

impl Chosen {
    fn read(decision: Any<'_, '_>, number: Maybe<'_, '_>, now: Maybe<'_, '_>) -> PyResult<Self> {
        let choices = [("approve", true), ("deny", false)];
        let approve = convert::choice(&convert::text(decision)?, &choices)?;
        let chosen =
            Self { number: convert::optional(number, convert::secret)?, now: convert::now(now)? };
        // A yes without a number, and a no with one, would be signed as the other.
        if approve != chosen.number.is_some() {
            return Err(raise(Error::ArgumentValueInvalid));
        }
        Ok(chosen)
    }

    fn by<'a, D>(&'a self, device: &'a D) -> SignApproval<'a, D> {
        SignApproval { device, number: self.number.as_ref().map(|n| n.as_str()), now: self.now }
    }
}

/// Signs the answer to an approval.
#[pyfunction]
#[pyo3(signature = (request, *, device, decision, number=None, now=None))]
pub(crate) fn sign_approval(
    request: Any<'_, '_>,
    device: Any<'_, '_>,
    decision: Any<'_, '_>,
    number: Maybe<'_, '_>,
    now: Maybe<'_, '_>,
) -> PyResult<String> {
    let (request, key) = (asked(request)?, key(device)?);
    let chosen = Chosen::read(decision, number, now)?;
    mfakit::sign_approval(request, chosen.by(key)).map_err(raise)
}

/// What a key in hardware must sign to answer an approval.
#[pyfunction]
#[pyo3(signature = (request, *, device, decision, number=None, now=None))]
pub(crate) fn approval_to_sign<'py>(
    py: Python<'py>,
    request: Any<'_, 'py>,
    device: Any<'_, 'py>,
    decision: Any<'_, 'py>,
    number: Maybe<'_, 'py>,
    now: Maybe<'_, 'py>,
) -> PyResult<Bound<'py, PyBytes>> {
    let (request, record) = (asked(request)?, read_device(device)?);
    let chosen = Chosen::read(decision, number, now)?;
    let signed = mfakit::approval_to_sign(request, chosen.by(&record)).map_err(raise)?;
    Ok(PyBytes::new(py, &signed))
}

/// The answer, of what was to be signed and a signature over it.
#[pyfunction]
#[pyo3(signature = (to_sign, *, signature))]
pub(crate) fn approval_answer(to_sign: Any<'_, '_>, signature: Any<'_, '_>) -> PyResult<String> {
    let (signed, signature) = (convert::octets(to_sign)?, convert::octets(signature)?);
    mfakit::approval_answer(&signed, &signature).map_err(raise)
}
