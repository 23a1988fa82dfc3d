//! `Hotp` and its result.

use crate::convert::{self, Any, Number, Text, no_truth_value, raise};
use crate::results::{Evidence, Once, Transition, evidence};
use mfakit::HotpOptions;
use pyo3::prelude::*;
use pyo3::types::PyString;

fn options(hash: Text, digits: Number) -> PyResult<HotpOptions> {
    Ok(HotpOptions { algorithm: convert::algorithm(&hash)?, digits: digits.0 })
}

/// A counter-based authenticator.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct Hotp(pub(crate) mfakit::Hotp);

#[pymethods]
impl Hotp {
    #[new]
    #[pyo3(signature = (secret, *, algorithm=Text::new("SHA1"), digits=Number(6)), text_signature = "(secret, *, algorithm='SHA1', digits=6)")]
    fn new(secret: Any<'_, '_>, algorithm: Text, digits: Number) -> PyResult<Self> {
        let options = options(algorithm, digits)?;
        mfakit::Hotp::new(&convert::secret(secret)?, options).map(Self).map_err(raise)
    }

    #[staticmethod]
    #[pyo3(signature = (raw, *, algorithm=Text::new("SHA1"), digits=Number(6)), text_signature = "(raw, *, algorithm='SHA1', digits=6)")]
    fn from_key(raw: Any<'_, '_>, algorithm: Text, digits: Number) -> PyResult<Self> {
        let options = options(algorithm, digits)?;
        mfakit::Hotp::from_key(&convert::key(raw)?, options).map(Self).map_err(raise)
    }

    #[staticmethod]
    #[pyo3(signature = (secret, *, algorithm=Text::new("SHA1"), digits=Number(6)), text_signature = "(secret, *, algorithm='SHA1', digits=6)")]
    fn danger_legacy(secret: Any<'_, '_>, algorithm: Text, digits: Number) -> PyResult<Self> {
        let options = options(algorithm, digits)?;
        mfakit::Hotp::danger_legacy(&convert::secret(secret)?, options).map(Self).map_err(raise)
    }

    #[staticmethod]
    #[pyo3(signature = (secret, *, algorithm=Text::new("SHA1")), text_signature = "(secret, *, algorithm='SHA1')")]
    fn ten_digits(secret: Any<'_, '_>, algorithm: Text) -> PyResult<Self> {
        mfakit::Hotp::ten_digits(&convert::secret(secret)?, convert::algorithm(&algorithm)?)
            .map(Self)
            .map_err(raise)
    }

    #[getter]
    fn algorithm(&self) -> &'static str {
        self.0.algorithm().as_str()
    }

    #[getter]
    fn digits(&self) -> u8 {
        self.0.digits()
    }

    fn expose_secret<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::new(py, &self.0.expose_secret())
    }

    #[pyo3(signature = (*, issuer, account, counter))]
    fn uri(
        &self,
        issuer: Any<'_, '_>,
        account: Any<'_, '_>,
        counter: Any<'_, '_>,
    ) -> PyResult<String> {
        let (issuer, account) = (convert::text(issuer)?, convert::text(account)?);
        self.0.uri(&issuer, &account, convert::u64(counter)?).map_err(raise)
    }

    fn check_code(&self, code: Any<'_, '_>) -> PyResult<()> {
        self.0.check_code(&convert::otp(code)?).map_err(raise)
    }

    fn code_at(&self, counter: Any<'_, '_>) -> PyResult<String> {
        Ok(self.0.code_at(convert::u64(counter)?))
    }

    #[pyo3(signature = (code, *, counter, look_ahead=Number(10)), text_signature = "($self, code, *, counter, look_ahead=10)")]
    fn verify(
        &self,
        py: Python<'_>,
        code: Any<'_, '_>,
        counter: Any<'_, '_>,
        look_ahead: Number,
    ) -> PyResult<HotpVerified> {
        let (counter, look_ahead) = (convert::u64(counter)?, look_ahead.0);
        let code = convert::otp(code)?;
        HotpVerified::make(
            py,
            py.detach(|| self.0.verify(&code, counter, look_ahead)).map_err(raise)?,
        )
    }

    #[pyo3(signature = (first, *, second, counter, look_ahead=Number(100)), text_signature = "($self, first, *, second, counter, look_ahead=100)")]
    fn resync(
        &self,
        py: Python<'_>,
        first: Any<'_, '_>,
        second: Any<'_, '_>,
        counter: Any<'_, '_>,
        look_ahead: Number,
    ) -> PyResult<HotpVerified> {
        let (counter, look_ahead) = (convert::u64(counter)?, look_ahead.0);
        let (first, second) = (convert::otp(first)?, convert::otp(second)?);
        HotpVerified::make(
            py,
            py.detach(|| self.0.resync(&first, &second, counter, look_ahead)).map_err(raise)?,
        )
    }

    fn __repr__(&self) -> &'static str {
        "Hotp(***)"
    }
}

/// An HOTP code that was right.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct HotpVerified {
    #[pyo3(get)]
    matched_counter: u64,
    #[pyo3(get)]
    next_counter: u64,
    #[pyo3(get)]
    transition: Py<Transition>,
    proof: Once<mfakit::HotpVerified>,
}

impl HotpVerified {
    fn make(py: Python<'_>, verified: mfakit::HotpVerified) -> PyResult<Self> {
        Ok(Self {
            matched_counter: verified.matched_counter(),
            next_counter: verified.next_counter(),
            transition: Transition::make(py, verified.transition())?,
            proof: Once::new(verified),
        })
    }
}

#[pymethods]
impl HotpVerified {
    fn commit(&self, rows: Any<'_, '_>) -> PyResult<Evidence> {
        let rows = convert::rows(rows)?;
        evidence(self.proof.take()?.commit(rows))
    }

    fn __repr__(&self) -> String {
        format!(
            "HotpVerified(matched_counter={}, next_counter={})",
            self.matched_counter, self.next_counter
        )
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}
