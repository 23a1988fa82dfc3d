//! `CredentialRecord`.

use crate::convert::{self, Any, Maybe, raise};
use mfakit::{Error, NewRecord};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use std::borrow::Cow;

/// A stored record, which may be an object's.
pub(crate) type Record<'a> = Cow<'a, mfakit::CredentialRecord>;

/// A stored record: the object, or the text.
pub(crate) fn read_record<'a>(value: &'a Bound<'_, PyAny>) -> PyResult<Record<'a>> {
    match value.cast::<CredentialRecord>() {
        Ok(record) => Ok(Cow::Borrowed(&record.get().0)),
        Err(_) => {
            let record = mfakit::CredentialRecord::from_text(&convert::text(value)?);
            record.map(Cow::Owned).map_err(raise)
        }
    }
}

/// Stored records.
pub(crate) fn read_records(value: Any<'_, '_>) -> PyResult<Vec<mfakit::CredentialRecord>> {
    convert::list(value, |v| read_record(v).map(Cow::into_owned))
}

/// The id of a record, or a bare id.
pub(crate) fn credential_id(value: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    let entry = match value.cast::<CredentialRecord>() {
        Ok(record) => record.get().0.id(),
        Err(_) => convert::base64url(value)?,
    };
    mfakit::allowed_id(&entry).map_err(raise)
}

/// A stored credential.
#[pyclass(frozen, eq, module = "mfakit")]
#[derive(Clone, PartialEq)]
pub(crate) struct CredentialRecord(pub(crate) mfakit::CredentialRecord);

#[pymethods]
impl CredentialRecord {
    #[new]
    #[pyo3(signature = (id, *, public_key, user_handle, sign_count, transports=None, backup_eligible=None, backed_up=None,
        aaguid=None, uv_initialized=None), text_signature = "(id, *, public_key, user_handle, sign_count, transports=(), \
            backup_eligible=None, backed_up=None, aaguid=None, uv_initialized=None)")]
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
        uv_initialized: Maybe<'_, '_>,
    ) -> PyResult<Self> {
        let (public_key, user_handle) =
            (convert::base64url(public_key)?, convert::base64url(user_handle)?);
        let parts = NewRecord {
            public_key: &public_key,
            user_handle: &user_handle,
            sign_count: convert::whole(sign_count, Error::ArgumentValueInvalid)?,
            transports: convert::texts(transports)?,
            backup_eligible: convert::optional(backup_eligible, convert::bool)?,
            backed_up: convert::optional(backed_up, convert::bool)?,
            aaguid: convert::optional(aaguid, convert::aaguid)?,
            uv_initialized: convert::optional(uv_initialized, convert::bool)?,
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

    fn to_json(&self) -> String {
        self.0.to_json()
    }

    fn to_compact(&self) -> String {
        self.0.to_compact()
    }

    fn compact(&self) -> Self {
        Self(self.0.clone().into_compact())
    }

    /// Other threads run meanwhile: it takes as long as one verification.
    fn prepare(&self, py: Python<'_>) -> PyResult<PreparedKey> {
        py.detach(|| self.0.prepare()).map(PreparedKey).map_err(raise)
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

    #[getter]
    fn uv_initialized(&self) -> Option<bool> {
        self.0.uv_initialized()
    }

    #[getter]
    fn kind(&self) -> &'static str {
        self.0.kind().as_str()
    }

    #[getter]
    fn hardware(&self) -> bool {
        self.0.hardware()
    }

    #[getter]
    fn attestation_object(&self) -> Option<String> {
        self.0.attestation_object()
    }

    #[getter]
    fn attestation_client_data_json(&self) -> Option<String> {
        self.0.attestation_client_data_json()
    }

    fn __repr__(&self) -> String {
        format!("CredentialRecord({:?})", self.0.id())
    }
}

/// A stored credential's key, prepared. It has no bytes: nothing of it can be written down.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct PreparedKey(pub(crate) mfakit::PreparedKey);

#[pymethods]
impl PreparedKey {
    #[getter]
    fn algorithm(&self) -> i64 {
        self.0.algorithm()
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("cannot pickle 'PreparedKey' object"))
    }

    fn __repr__(&self) -> String {
        format!("PreparedKey(algorithm={})", self.0.algorithm())
    }
}
