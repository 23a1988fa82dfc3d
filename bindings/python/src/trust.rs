//! `AttestationTrust` and `Metadata`: whom attestation is trusted from.

use crate::convert::{self, Any, Flag, Maybe, Text, no_truth_value, raise};
use mfakit::{AndroidKeyPolicy, MAX_BLOB, MetadataOptions};
use pyo3::prelude::*;

/// Certificates: PEM, as `str` or bytes, or DER.
fn certificates(value: Any<'_, '_>) -> PyResult<Vec<Vec<u8>>> {
    convert::list(value, |file| match convert::bytes(file) {
        Some(bytes) => Ok(bytes),
        None => convert::text(file).map(String::into_bytes),
    })
}

/// Which authenticators' attestation is trusted.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct AttestationTrust(pub(crate) mfakit::AttestationTrust);

#[pymethods]
impl AttestationTrust {
    #[new]
    #[pyo3(signature = (*, anchors=None, metadata=None, require=Flag(true), android_key=Text::new("union"), fido_switches=None,
        tolerances=None, also_reject=None, danger_accept_statuses=None, danger_ignore_validity=Flag(false)),
        text_signature = "(*, anchors=(), metadata=None, require=True, android_key='union', fido_switches=(), tolerances=(), \
            also_reject=(), danger_accept_statuses=(), danger_ignore_validity=False)")]
    #[allow(clippy::too_many_arguments, reason = "keywords in Python")]
    fn new(
        anchors: Maybe<'_, '_>,
        metadata: Maybe<'_, '_>,
        require: Flag,
        android_key: Text,
        fido_switches: Maybe<'_, '_>,
        tolerances: Maybe<'_, '_>,
        also_reject: Maybe<'_, '_>,
        danger_accept_statuses: Maybe<'_, '_>,
        danger_ignore_validity: Flag,
    ) -> PyResult<Self> {
        let anchors = convert::optional(anchors, certificates)?.unwrap_or_default();
        let metadata = convert::instance::<Metadata>(metadata)?;
        let policies =
            [("union", AndroidKeyPolicy::Union), ("tee_only", AndroidKeyPolicy::TeeOnly)];
        let mut trust = mfakit::AttestationTrust::new(&anchors).map_err(raise)?;
        if let Some(metadata) = metadata {
            trust = trust.with_metadata(metadata.get().0.clone());
        }
        trust.require = require.0;
        trust.android_key = convert::choice(&android_key.0, &policies)?;
        trust.also_reject = convert::texts(also_reject)?;
        trust.danger_accept_statuses = convert::texts(danger_accept_statuses)?;
        trust.danger_ignore_validity = danger_ignore_validity.0;
        trust.set_fido_switches(&convert::texts(fido_switches)?).map_err(raise)?;
        trust.set_tolerances(&convert::texts(tolerances)?).map_err(raise)?;
        Ok(Self(trust))
    }

    fn __repr__(&self) -> String {
        format!("AttestationTrust(require={})", if self.0.require { "True" } else { "False" })
    }
}

/// A verified metadata BLOB.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct Metadata(mfakit::Metadata);

#[pymethods]
impl Metadata {
    #[staticmethod]
    #[pyo3(signature = (blob, *, roots, signer=None, now=None, previous_number=None, allow_stale=Flag(false)),
        text_signature = "(blob, *, roots, signer=None, now=None, previous_number=None, allow_stale=False)")]
    fn parse(
        py: Python<'_>,
        blob: Any<'_, '_>,
        roots: Any<'_, '_>,
        signer: Maybe<'_, '_>,
        now: Maybe<'_, '_>,
        previous_number: Maybe<'_, '_>,
        allow_stale: Flag,
    ) -> PyResult<Self> {
        let roots = certificates(roots)?;
        let roots: Vec<&[u8]> = roots.iter().map(Vec::as_slice).collect();
        let signer = convert::optional(signer, convert::text)?;
        let options = MetadataOptions {
            roots: &roots,
            signer: signer.as_deref(),
            now: convert::now(now)?,
            previous_number: convert::optional(previous_number, convert::u64)?,
            allow_stale: allow_stale.0,
        };
        let blob = convert::file(blob, MAX_BLOB).map_err(raise)?;
        py.detach(|| mfakit::Metadata::parse(&blob, options)).map(Self).map_err(raise)
    }

    #[getter]
    fn number(&self) -> u64 {
        self.0.number()
    }

    #[getter]
    fn next_update(&self) -> &str {
        self.0.next_update()
    }

    #[getter]
    fn next_update_time(&self) -> u64 {
        self.0.next_update_time().seconds()
    }

    #[getter]
    fn entry_count(&self) -> usize {
        self.0.entries().len()
    }

    #[getter]
    fn skipped(&self) -> usize {
        self.0.skipped()
    }

    fn find<'py>(
        &self,
        py: Python<'py>,
        aaguid: Any<'_, '_>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let entry = self.0.find(&convert::aaguid(aaguid)?);
        entry.map(|entry| convert::loaded(py, &entry.to_json())).transpose()
    }

    fn __repr__(&self) -> String {
        format!("Metadata(number={}, next_update={:?})", self.0.number(), self.0.next_update())
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}
