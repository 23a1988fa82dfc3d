//! `Totp`, `PendingTotp` and their result.

use crate::convert::{self, Any, Maybe, Number, Steps, Text, no_truth_value, raise};
use crate::results::{Evidence, Once, Transition, evidence};
use mfakit::{Preset, TotpOptions, VerifyTotp};
use pyo3::prelude::*;
use pyo3::types::PyString;

/// A new base32 secret for an authenticator app.
#[pyfunction]
#[pyo3(signature = (length=Number(20)), text_signature = "(length=20)")]
pub(crate) fn generate_secret(length: Number) -> PyResult<String> {
    mfakit::generate_secret(usize::try_from(length.0).unwrap_or(usize::MAX)).map_err(raise)
}

fn options(hash: Text, digits: Number, period: Number, preset: Text) -> PyResult<TotpOptions> {
    Ok(TotpOptions {
        algorithm: convert::algorithm(&hash)?,
        digits: digits.0,
        period: period.0,
        preset: Preset::from_name(&preset.0).map_err(raise)?,
    })
}

/// A time-based authenticator.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct Totp(pub(crate) mfakit::Totp);

#[pymethods]
impl Totp {
    #[new]
    #[pyo3(signature = (secret, *, algorithm=Text::new("SHA1"), digits=Number(6), period=Number(30), preset=Text::new("usual")),
        text_signature = "(secret, *, algorithm='SHA1', digits=6, period=30, preset='usual')")]
    fn new(
        secret: Any<'_, '_>,
        algorithm: Text,
        digits: Number,
        period: Number,
        preset: Text,
    ) -> PyResult<Self> {
        let options = options(algorithm, digits, period, preset)?;
        mfakit::Totp::new(&convert::secret(secret)?, options).map(Self).map_err(raise)
    }

    #[staticmethod]
    #[pyo3(signature = (raw, *, algorithm=Text::new("SHA1"), digits=Number(6), period=Number(30), preset=Text::new("usual")),
        text_signature = "(raw, *, algorithm='SHA1', digits=6, period=30, preset='usual')")]
    fn from_key(
        raw: Any<'_, '_>,
        algorithm: Text,
        digits: Number,
        period: Number,
        preset: Text,
    ) -> PyResult<Self> {
        let options = options(algorithm, digits, period, preset)?;
        mfakit::Totp::from_key(&convert::key(raw)?, options).map(Self).map_err(raise)
    }

    #[staticmethod]
    #[pyo3(signature = (secret, *, algorithm=Text::new("SHA1"), digits=Number(6), period=Number(30), preset=Text::new("usual")),
        text_signature = "(secret, *, algorithm='SHA1', digits=6, period=30, preset='usual')")]
    fn danger_legacy(
        secret: Any<'_, '_>,
        algorithm: Text,
        digits: Number,
        period: Number,
        preset: Text,
    ) -> PyResult<Self> {
        let options = options(algorithm, digits, period, preset)?;
        mfakit::Totp::danger_legacy(&convert::secret(secret)?, options).map(Self).map_err(raise)
    }

    #[staticmethod]
    fn steam(secret: Any<'_, '_>) -> PyResult<Self> {
        mfakit::Totp::steam(&convert::secret(secret)?).map(Self).map_err(raise)
    }

    #[getter]
    fn algorithm(&self) -> &'static str {
        self.0.algorithm().as_str()
    }

    #[getter]
    fn digits(&self) -> u8 {
        self.0.digits()
    }

    #[getter]
    fn period(&self) -> u16 {
        self.0.period()
    }

    fn expose_secret<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::new(py, &self.0.expose_secret())
    }

    #[pyo3(signature = (*, issuer, account))]
    fn uri(&self, issuer: Any<'_, '_>, account: Any<'_, '_>) -> PyResult<String> {
        self.0.uri(&convert::text(issuer)?, &convert::text(account)?).map_err(raise)
    }

    #[pyo3(signature = (now=None))]
    fn code_at(&self, now: Maybe<'_, '_>) -> PyResult<String> {
        self.0.code_at(convert::now(now)?).map_err(raise)
    }

    fn check_code(&self, code: Any<'_, '_>) -> PyResult<()> {
        self.0.check_code(&convert::otp(code)?).map_err(raise)
    }

    #[pyo3(signature = (code, *, now=None))]
    fn confirm(
        &self,
        py: Python<'_>,
        code: Any<'_, '_>,
        now: Maybe<'_, '_>,
    ) -> PyResult<TotpVerified> {
        let now = convert::now(now)?;
        TotpVerified::make(py, self.0.confirm(&convert::otp(code)?, now).map_err(raise)?)
    }

    #[pyo3(signature = (code, *, last_step, now=None, past=None, future=None, drift=Steps(0)),
        text_signature = "($self, code, *, last_step, now=None, past=None, future=None, drift=0)")]
    #[allow(clippy::too_many_arguments, reason = "they are Python's keywords")]
    fn verify(
        &self,
        py: Python<'_>,
        code: Any<'_, '_>,
        last_step: Any<'_, '_>,
        now: Maybe<'_, '_>,
        past: Maybe<'_, '_>,
        future: Maybe<'_, '_>,
        drift: Steps,
    ) -> PyResult<TotpVerified> {
        let options = VerifyTotp {
            last_step: convert::optional(Some(last_step), convert::u64)?,
            now: convert::now(now)?,
            past: convert::optional(past, convert::u64)?,
            future: convert::optional(future, convert::u64)?,
            drift: drift.0,
        };
        TotpVerified::make(py, self.0.verify(&convert::otp(code)?, options).map_err(raise)?)
    }

    fn __repr__(&self) -> &'static str {
        "Totp(***)"
    }
}

/// An authenticator that is being enrolled.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct PendingTotp(mfakit::PendingTotp);

#[pymethods]
impl PendingTotp {
    #[new]
    #[pyo3(signature = (secret, *, algorithm=Text::new("SHA1"), digits=Number(6), period=Number(30), preset=Text::new("usual")),
        text_signature = "(secret, *, algorithm='SHA1', digits=6, period=30, preset='usual')")]
    fn new(
        secret: Any<'_, '_>,
        algorithm: Text,
        digits: Number,
        period: Number,
        preset: Text,
    ) -> PyResult<Self> {
        let options = options(algorithm, digits, period, preset)?;
        mfakit::PendingTotp::new(&convert::secret(secret)?, options).map(Self).map_err(raise)
    }

    #[staticmethod]
    #[pyo3(signature = (*, algorithm=Text::new("SHA1"), digits=Number(6), period=Number(30), preset=Text::new("usual")),
        text_signature = "(*, algorithm='SHA1', digits=6, period=30, preset='usual')")]
    fn generate(algorithm: Text, digits: Number, period: Number, preset: Text) -> PyResult<Self> {
        let options = options(algorithm, digits, period, preset)?;
        mfakit::PendingTotp::generate(options).map(Self).map_err(raise)
    }

    fn expose_secret<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::new(py, &self.0.expose_secret())
    }

    #[pyo3(signature = (*, issuer, account))]
    fn uri(&self, issuer: Any<'_, '_>, account: Any<'_, '_>) -> PyResult<String> {
        self.0.uri(&convert::text(issuer)?, &convert::text(account)?).map_err(raise)
    }

    fn check_code(&self, code: Any<'_, '_>) -> PyResult<()> {
        self.0.check_code(&convert::otp(code)?).map_err(raise)
    }

    #[pyo3(signature = (code, *, now=None))]
    fn confirm(
        &self,
        py: Python<'_>,
        code: Any<'_, '_>,
        now: Maybe<'_, '_>,
    ) -> PyResult<TotpConfirmed> {
        let now = convert::now(now)?;
        TotpConfirmed::make(py, self.0.confirm(&convert::otp(code)?, now).map_err(raise)?)
    }

    fn __repr__(&self) -> &'static str {
        "PendingTotp(***)"
    }
}

/// A first TOTP code that was right: the end of an enrolment, and no evidence.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct TotpConfirmed {
    #[pyo3(get)]
    step: u64,
    #[pyo3(get)]
    drift: i8,
    #[pyo3(get)]
    transition: Py<Transition>,
    proof: Once<mfakit::TotpConfirmed>,
}

impl TotpConfirmed {
    fn make(py: Python<'_>, confirmed: mfakit::TotpConfirmed) -> PyResult<Self> {
        Ok(Self {
            step: confirmed.step().get(),
            drift: confirmed.drift(),
            transition: Transition::make(py, confirmed.transition())?,
            proof: Once::new(confirmed),
        })
    }
}

#[pymethods]
impl TotpConfirmed {
    fn commit(&self, rows: Any<'_, '_>) -> PyResult<()> {
        let rows = convert::rows(rows)?;
        self.proof.take()?.commit(rows).map_err(raise)
    }

    fn __repr__(&self) -> String {
        format!("TotpConfirmed(step={}, drift={})", self.step, self.drift)
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}

/// A TOTP code that was right.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct TotpVerified {
    #[pyo3(get)]
    step: u64,
    #[pyo3(get)]
    drift: i8,
    #[pyo3(get)]
    transition: Py<Transition>,
    proof: Once<mfakit::TotpVerified>,
}

impl TotpVerified {
    fn make(py: Python<'_>, verified: mfakit::TotpVerified) -> PyResult<Self> {
        Ok(Self {
            step: verified.step().get(),
            drift: verified.drift(),
            transition: Transition::make(py, verified.transition())?,
            proof: Once::new(verified),
        })
    }
}

#[pymethods]
impl TotpVerified {
    fn commit(&self, rows: Any<'_, '_>) -> PyResult<Evidence> {
        let rows = convert::rows(rows)?;
        evidence(self.proof.take()?.commit(rows))
    }

    fn __repr__(&self) -> String {
        format!("TotpVerified(step={}, drift={})", self.step, self.drift)
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}
