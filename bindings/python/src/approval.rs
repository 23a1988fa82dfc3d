//! Push approvals, the host's side: devices, approvals and their results.

use crate::convert::{self, Any, Maybe, Text, no_truth_value, raise};
use crate::results::{Evidence, Once, Transition, evidence};
use mfakit::{BeginApproval, BeginDeviceEnrollment, Zeroizing};
use pyo3::prelude::*;

/// A device that may approve for one user.
#[pyclass(frozen, eq, module = "mfakit")]
#[derive(PartialEq)]
pub(crate) struct DeviceRecord(pub(crate) mfakit::DeviceRecord);

/// A stored device: the object, or the text.
pub(crate) fn read_device(value: Any<'_, '_>) -> PyResult<mfakit::DeviceRecord> {
    match value.cast::<DeviceRecord>() {
        Ok(record) => Ok(record.get().0),
        Err(_) => mfakit::DeviceRecord::from_text(&convert::text(value)?).map_err(raise),
    }
}

#[pymethods]
impl DeviceRecord {
    #[staticmethod]
    fn from_text(text: Any<'_, '_>) -> PyResult<Self> {
        mfakit::DeviceRecord::from_text(&convert::text(text)?).map(Self).map_err(raise)
    }

    fn to_text(&self) -> String {
        self.0.to_text()
    }

    #[getter]
    fn id(&self) -> String {
        self.0.id()
    }

    #[getter]
    fn user_id(&self) -> &str {
        self.0.user_id()
    }

    #[getter]
    fn audience(&self) -> &str {
        self.0.audience()
    }

    #[getter]
    fn algorithm(&self) -> i64 {
        self.0.algorithm()
    }

    #[getter]
    fn public_key(&self) -> String {
        self.0.public_key()
    }

    #[getter]
    fn name(&self) -> Option<&str> {
        self.0.name()
    }

    fn __repr__(&self) -> String {
        format!("DeviceRecord({:?})", self.0.id())
    }
}

/// An enrolment that was begun.
#[pyclass(frozen, get_all, module = "mfakit")]
pub(crate) struct DeviceEnrollment {
    request: String,
    state: String,
    device_id: String,
    expires_at: u64,
}

/// Begins the enrolment of a device.
#[pyfunction]
#[pyo3(signature = (user_id, *, audience, lifetime=None, now=None))]
pub(crate) fn begin_device_enrollment(
    user_id: Any<'_, '_>,
    audience: Any<'_, '_>,
    lifetime: Maybe<'_, '_>,
    now: Maybe<'_, '_>,
) -> PyResult<DeviceEnrollment> {
    let (user_id, audience) = (convert::text(user_id)?, convert::text(audience)?);
    let options = BeginDeviceEnrollment {
        lifetime: convert::optional(lifetime, convert::u64)?,
        now: convert::now(now)?,
        ..BeginDeviceEnrollment::new(&audience)
    };
    let begun = mfakit::begin_device_enrollment(&user_id, options).map_err(raise)?;
    Ok(DeviceEnrollment {
        request: begun.request().to_owned(),
        state: begun.state().to_owned(),
        device_id: begun.device_id().to_owned(),
        expires_at: begun.expires_at(),
    })
}

#[pymethods]
impl DeviceEnrollment {
    fn __repr__(&self) -> String {
        format!("DeviceEnrollment(device_id={:?})", self.device_id)
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}

/// A device that has proven its key.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct DeviceVerified {
    #[pyo3(get)]
    device: Py<DeviceRecord>,
    #[pyo3(get)]
    transition: Py<Transition>,
    proof: Once<mfakit::DeviceVerified>,
}

/// Verifies a device's answer to an enrolment.
#[pyfunction]
#[pyo3(signature = (answer, *, state, now=None))]
pub(crate) fn finish_device_enrollment(
    py: Python<'_>,
    answer: Any<'_, '_>,
    state: Any<'_, '_>,
    now: Maybe<'_, '_>,
) -> PyResult<DeviceVerified> {
    let (state, now) = (convert::text(state)?, convert::now(now)?);
    let answer = convert::approval(answer)?;
    let verified =
        py.detach(|| mfakit::finish_device_enrollment(&answer, &state, now)).map_err(raise)?;
    Ok(DeviceVerified {
        device: Py::new(py, DeviceRecord(*verified.device()))?,
        transition: Transition::make(py, verified.transition().clone())?,
        proof: Once::new(verified),
    })
}

#[pymethods]
impl DeviceVerified {
    /// An enrolment is not a sign-in: this returns the stored record, never evidence.
    fn commit(&self, rows: Any<'_, '_>) -> PyResult<DeviceRecord> {
        let rows = convert::rows(rows)?;
        self.proof.take()?.commit(rows).map(DeviceRecord).map_err(raise)
    }

    fn __repr__(&self) -> String {
        format!("DeviceVerified(device=DeviceRecord({:?}))", self.device.get().0.id())
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}

/// An approval that was begun.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct Approval {
    #[pyo3(get)]
    id: String,
    #[pyo3(get)]
    request: String,
    number: Zeroizing<String>,
    #[pyo3(get)]
    transition: Py<Transition>,
    #[pyo3(get)]
    expires_at: u64,
}

/// Begins an approval.
#[pyfunction]
#[pyo3(signature = (user_id, *, audience, action, devices, context=Text::new(""), previous=None, lifetime=None, now=None),
    text_signature = "(user_id, *, audience, action, devices, context='', previous=None, lifetime=None, now=None)")]
#[allow(clippy::too_many_arguments, reason = "keywords in Python")]
pub(crate) fn begin_approval(
    py: Python<'_>,
    user_id: Any<'_, '_>,
    audience: Any<'_, '_>,
    action: Any<'_, '_>,
    devices: Any<'_, '_>,
    context: Text,
    previous: Maybe<'_, '_>,
    lifetime: Maybe<'_, '_>,
    now: Maybe<'_, '_>,
) -> PyResult<Approval> {
    let (user_id, audience) = (convert::text(user_id)?, convert::text(audience)?);
    let (action, devices) = (convert::text(action)?, convert::list(devices, read_device)?);
    let previous = convert::optional(previous, convert::text)?;
    let options = BeginApproval {
        context: &context.0,
        previous: previous.as_deref(),
        lifetime: convert::optional(lifetime, convert::u64)?,
        now: convert::now(now)?,
        ..BeginApproval::new(&audience, &action, &devices)
    };
    let begun = mfakit::begin_approval(&user_id, options).map_err(raise)?;
    Ok(Approval {
        id: begun.id().to_owned(),
        request: begun.request().to_owned(),
        number: Zeroizing::new(begun.number().to_owned()),
        transition: Transition::hide(py, begun.transition().clone())?,
        expires_at: begun.expires_at(),
    })
}

#[pymethods]
impl Approval {
    #[getter]
    fn number(&self) -> &str {
        &self.number
    }

    fn __repr__(&self) -> String {
        format!("Approval(id={:?})", self.id)
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}

/// An authentic answer.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct ApprovalVerified {
    #[pyo3(get)]
    decision: &'static str,
    #[pyo3(get)]
    user_id: String,
    #[pyo3(get)]
    approval_id: String,
    #[pyo3(get)]
    device_id: String,
    #[pyo3(get)]
    transition: Py<Transition>,
    proof: Once<mfakit::ApprovalVerified>,
}

/// Verifies a device's answer.
#[pyfunction]
#[pyo3(signature = (answer, *, state, now=None))]
pub(crate) fn finish_approval(
    py: Python<'_>,
    answer: Any<'_, '_>,
    state: Any<'_, '_>,
    now: Maybe<'_, '_>,
) -> PyResult<ApprovalVerified> {
    let (state, now) = (convert::text(state)?, convert::now(now)?);
    let answer = convert::approval(answer)?;
    let verified = py.detach(|| mfakit::finish_approval(&answer, &state, now)).map_err(raise)?;
    Ok(ApprovalVerified {
        decision: verified.decision().as_str(),
        user_id: verified.user_id().to_owned(),
        approval_id: verified.approval_id(),
        device_id: verified.device_id(),
        transition: Transition::hide(py, verified.transition().clone())?,
        proof: Once::new(verified),
    })
}

#[pymethods]
impl ApprovalVerified {
    fn commit(&self, rows: Any<'_, '_>) -> PyResult<Evidence> {
        let rows = convert::rows(rows)?;
        evidence(self.proof.take()?.commit(rows))
    }

    fn __repr__(&self) -> String {
        format!("ApprovalVerified(decision={:?})", self.decision)
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}

/// How a stored approval stands.
#[pyfunction]
#[pyo3(signature = (state, *, id, now=None))]
pub(crate) fn read_approval(
    state: Any<'_, '_>,
    id: Any<'_, '_>,
    now: Maybe<'_, '_>,
) -> PyResult<&'static str> {
    let (state, id) = (convert::text(state)?, convert::text(id)?);
    let status = mfakit::read_approval(&state, &id, convert::now(now)?);
    status.map(|status| status.as_str()).map_err(raise)
}

/// Ends a pending approval.
#[pyfunction]
pub(crate) fn cancel_approval(py: Python<'_>, state: Any<'_, '_>) -> PyResult<Py<Transition>> {
    Transition::hide(py, mfakit::cancel_approval(&convert::text(state)?).map_err(raise)?)
}

/// What an answer claims, before anything is verified.
#[pyclass(frozen, get_all, module = "mfakit")]
pub(crate) struct UnverifiedAnswer {
    user_id: String,
    device_id: String,
    request_id: Option<String>,
}

/// Reads an answer without verifying anything.
#[pyfunction]
pub(crate) fn read_approval_answer(answer: Any<'_, '_>) -> PyResult<UnverifiedAnswer> {
    let read = mfakit::read_approval_answer(&convert::approval(answer)?).map_err(raise)?;
    Ok(UnverifiedAnswer {
        user_id: read.user_id().to_owned(),
        device_id: read.device_id().to_owned(),
        request_id: read.request_id().map(str::to_owned),
    })
}

#[pymethods]
impl UnverifiedAnswer {
    fn __repr__(&self) -> String {
        format!("UnverifiedAnswer(device_id={:?})", self.device_id)
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}
