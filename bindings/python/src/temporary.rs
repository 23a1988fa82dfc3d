//! Temporary codes and their results.

use crate::codes::peppers;
use crate::convert::{self, Any, Maybe, Number, no_truth_value, raise};
use crate::results::{Evidence, Once, Transition, evidence};
use mfakit::{
    Error, IssueTemporaryCode, MethodKind, TemporaryKind, VerifyTemporaryCode, Zeroizing,
};
use pyo3::prelude::*;

/// What is written down of a temporary code.
#[pyclass(frozen, get_all, module = "mfakit")]
pub(crate) struct TemporaryAudit {
    event: &'static str,
    id: String,
    kind: &'static str,
    issued_by: String,
    not_before: u64,
    not_after: u64,
    max_uses: u32,
    uses: u32,
    revoked: bool,
}

impl TemporaryAudit {
    fn make(py: Python<'_>, audit: &mfakit::TemporaryAudit) -> PyResult<Py<Self>> {
        let audit = Self {
            event: audit.event,
            id: audit.id.clone(),
            kind: audit.kind.as_str(),
            issued_by: audit.issued_by.clone(),
            not_before: audit.not_before,
            not_after: audit.not_after,
            max_uses: audit.max_uses,
            uses: audit.uses,
            revoked: audit.revoked,
        };
        Py::new(py, audit)
    }
}

#[pymethods]
impl TemporaryAudit {
    fn __repr__(&self) -> String {
        let Self { event, id, kind, uses, .. } = self;
        format!("TemporaryAudit(event='{event}', id='{id}', kind='{kind}', uses={uses})")
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}

/// A new temporary code.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct TemporaryCode {
    code: Zeroizing<String>,
    #[pyo3(get)]
    expires_at: u64,
    #[pyo3(get)]
    transition: Py<Transition>,
    #[pyo3(get)]
    audit: Py<TemporaryAudit>,
}

/// Issues a code for a user.
#[pyfunction]
#[pyo3(signature = (user_id, *, kind, issued_by, previous=None, lifetime=None, digits=Number(6), peppers=None, now=None),
    text_signature = "(user_id, *, kind, issued_by, previous=None, lifetime=None, digits=6, peppers=None, now=None)")]
#[allow(clippy::too_many_arguments, reason = "they are Python's keywords")]
pub(crate) fn issue_temporary_code(
    py: Python<'_>,
    user_id: Any<'_, '_>,
    kind: Any<'_, '_>,
    issued_by: Any<'_, '_>,
    previous: Maybe<'_, '_>,
    lifetime: Maybe<'_, '_>,
    digits: Number,
    peppers: Maybe<'_, '_>,
    now: Maybe<'_, '_>,
) -> PyResult<TemporaryCode> {
    let kind = TemporaryKind::from_name(&convert::text(kind)?);
    let (user_id, issued_by) = (convert::text(user_id)?, convert::text(issued_by)?);
    let previous = convert::optional(previous, convert::text)?;
    let options = IssueTemporaryCode {
        previous: previous.as_deref(),
        lifetime: convert::optional(lifetime, convert::u64)?,
        digits: digits.0,
        peppers: self::peppers(peppers)?,
        now: convert::now(now)?,
        ..IssueTemporaryCode::new(
            kind.ok_or_else(|| raise(Error::ArgumentValueInvalid))?,
            &issued_by,
        )
    };
    let issued = py.detach(|| mfakit::issue_temporary_code(&user_id, options)).map_err(raise)?;
    Ok(TemporaryCode {
        code: Zeroizing::new(issued.code().to_owned()),
        expires_at: issued.expires_at(),
        transition: Transition::make(py, issued.transition().clone())?,
        audit: TemporaryAudit::make(py, issued.audit())?,
    })
}

#[pymethods]
impl TemporaryCode {
    #[getter]
    fn code(&self) -> &str {
        &self.code
    }

    fn __repr__(&self) -> String {
        format!("TemporaryCode(expires_at={})", self.expires_at)
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}

/// A temporary code that was right.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct TemporaryVerified {
    #[pyo3(get)]
    kind: &'static str,
    #[pyo3(get)]
    uses_left: u32,
    #[pyo3(get)]
    transition: Py<Transition>,
    #[pyo3(get)]
    audit: Py<TemporaryAudit>,
    proof: Once<mfakit::TemporaryVerified>,
}

/// Verifies a code as a person typed it.
#[pyfunction]
#[pyo3(signature = (code, *, user_id, record, peppers=None, now=None))]
pub(crate) fn verify_temporary_code(
    py: Python<'_>,
    code: Any<'_, '_>,
    user_id: Any<'_, '_>,
    record: Any<'_, '_>,
    peppers: Maybe<'_, '_>,
    now: Maybe<'_, '_>,
) -> PyResult<TemporaryVerified> {
    let (user_id, record) = (convert::text(user_id)?, convert::text(record)?);
    let stored = VerifyTemporaryCode {
        peppers: self::peppers(peppers)?,
        now: convert::now(now)?,
        ..VerifyTemporaryCode::new(&user_id, &record)
    };
    let code = convert::code(code, Error::TemporaryCodeMalformed)?;
    let verified = py.detach(|| mfakit::verify_temporary_code(&code, stored)).map_err(raise)?;
    Ok(TemporaryVerified {
        kind: verified.kind().as_str(),
        uses_left: verified.uses_left(),
        transition: Transition::make(py, verified.transition().clone())?,
        audit: TemporaryAudit::make(py, verified.audit())?,
        proof: Once::new(verified),
    })
}

#[pymethods]
impl TemporaryVerified {
    #[pyo3(signature = (rows, *, via=None))]
    fn commit(&self, rows: Any<'_, '_>, via: Maybe<'_, '_>) -> PyResult<Evidence> {
        let (rows, via) = (convert::rows(rows)?, convert::name(via, MethodKind::from_name)?);
        let committed = self.proof.take()?.commit(rows);
        evidence(match via {
            Some(way) => committed.and_then(|evidence| evidence.delivered_by(way)),
            None => committed,
        })
    }

    fn __repr__(&self) -> String {
        format!("TemporaryVerified(kind='{}', uses_left={})", self.kind, self.uses_left)
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}

/// Checks the form of a code.
#[pyfunction]
#[pyo3(signature = (code, *, record))]
pub(crate) fn check_temporary_code(code: Any<'_, '_>, record: Any<'_, '_>) -> PyResult<()> {
    let record = convert::text(record)?;
    let code = convert::code(code, Error::TemporaryCodeMalformed)?;
    mfakit::check_temporary_code(&code, &record).map_err(raise)
}

/// A revocation, to be stored.
#[pyclass(frozen, get_all, module = "mfakit")]
pub(crate) struct TemporaryRevoked {
    prev: String,
    next: String,
    audit: Py<TemporaryAudit>,
}

/// Revokes a code.
#[pyfunction]
pub(crate) fn revoke_temporary_code(
    py: Python<'_>,
    record: Any<'_, '_>,
) -> PyResult<TemporaryRevoked> {
    let prev = convert::text(record)?;
    let revoked = mfakit::revoke_temporary_code(&prev).map_err(raise)?;
    let audit = TemporaryAudit::make(py, &revoked.audit)?;
    Ok(TemporaryRevoked { prev, next: revoked.transition.next, audit })
}

#[pymethods]
impl TemporaryRevoked {
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("TemporaryRevoked(audit={})", self.audit.bind(py).repr()?))
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}
