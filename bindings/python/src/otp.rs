//! `Totp`, `Hotp` and their results.

use crate::convert::{self, Number, Text, no_truth_value, now, raise, rows};
use crate::results::{Evidence, Once, Transition, evidence};
use mfakit::{HashAlgorithm, HotpOptions, TotpOptions, VerifyTotp};
use pyo3::prelude::*;

type Any<'a, 'py> = &'a Bound<'py, PyAny>;
type Maybe<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

/// A new base32 secret for an authenticator app.
#[pyfunction]
#[pyo3(signature = (length=Number(20)), text_signature = "(length=20)")]
pub(crate) fn generate_secret(length: Number) -> PyResult<String> {
    mfakit::generate_secret(usize::try_from(length.0).unwrap_or(usize::MAX)).map_err(raise)
}

/// A QR code of a text, as SVG.
#[pyfunction]
pub(crate) fn qr_svg(text: Any<'_, '_>) -> PyResult<String> {
    mfakit::qr_svg(&convert::text(text)?).map_err(raise)
}

fn algorithm(name: &Text) -> PyResult<HashAlgorithm> {
    HashAlgorithm::from_name(&name.0).map_err(raise)
}

fn totp_options(hash: Text, digits: Number, period: Number) -> PyResult<TotpOptions> {
    Ok(TotpOptions { algorithm: algorithm(&hash)?, digits: digits.0, period: period.0 })
}

fn hotp_options(hash: Text, digits: Number) -> PyResult<HotpOptions> {
    Ok(HotpOptions { algorithm: algorithm(&hash)?, digits: digits.0 })
}

/// A time-based authenticator.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct Totp(mfakit::Totp);

#[pymethods]
impl Totp {
    #[new]
    #[pyo3(signature = (secret, *, algorithm=Text::new("SHA1"), digits=Number(6), period=Number(30)), text_signature = "(secret, *, algorithm='SHA1', digits=6, period=30)")]
    fn new(secret: Any<'_, '_>, algorithm: Text, digits: Number, period: Number) -> PyResult<Self> {
        let options = totp_options(algorithm, digits, period)?;
        mfakit::Totp::new(&convert::secret(secret)?, options).map(Self).map_err(raise)
    }

    #[staticmethod]
    #[pyo3(signature = (raw, *, algorithm=Text::new("SHA1"), digits=Number(6), period=Number(30)), text_signature = "(raw, *, algorithm='SHA1', digits=6, period=30)")]
    fn from_key(
        raw: Any<'_, '_>,
        algorithm: Text,
        digits: Number,
        period: Number,
    ) -> PyResult<Self> {
        let options = totp_options(algorithm, digits, period)?;
        mfakit::Totp::from_key(&convert::key(raw)?, options).map(Self).map_err(raise)
    }

    #[staticmethod]
    #[pyo3(signature = (secret, *, algorithm=Text::new("SHA1"), digits=Number(6), period=Number(30)), text_signature = "(secret, *, algorithm='SHA1', digits=6, period=30)")]
    fn danger_legacy(
        secret: Any<'_, '_>,
        algorithm: Text,
        digits: Number,
        period: Number,
    ) -> PyResult<Self> {
        let options = totp_options(algorithm, digits, period)?;
        mfakit::Totp::danger_legacy(&convert::secret(secret)?, options).map(Self).map_err(raise)
    }

    #[pyo3(signature = (now=None))]
    fn code_at(&self, now: Maybe<'_, '_>) -> PyResult<String> {
        self.0.code_at(convert::now(now)?).map_err(raise)
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

    #[pyo3(signature = (code, *, last_step, now=None, past=Number(1), future=Number(1)), text_signature = "($self, code, *, last_step, now=None, past=1, future=1)")]
    fn verify(
        &self,
        py: Python<'_>,
        code: Any<'_, '_>,
        last_step: Any<'_, '_>,
        now: Maybe<'_, '_>,
        past: Number,
        future: Number,
    ) -> PyResult<TotpVerified> {
        let options = VerifyTotp {
            last_step: convert::optional(Some(last_step), convert::u64)?,
            now: self::now(now)?,
            past: past.0,
            future: future.0,
        };
        TotpVerified::make(py, self.0.verify(&convert::otp(code)?, options).map_err(raise)?)
    }

    #[pyo3(signature = (*, issuer, account))]
    fn uri(&self, issuer: Any<'_, '_>, account: Any<'_, '_>) -> PyResult<String> {
        self.0.uri(&convert::text(issuer)?, &convert::text(account)?).map_err(raise)
    }

    fn __repr__(&self) -> &'static str {
        "Totp(***)"
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
        let rows = self::rows(rows)?;
        evidence(self.proof.take()?.commit(rows))
    }

    fn __repr__(&self) -> String {
        format!("TotpVerified(step={}, drift={})", self.step, self.drift)
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}

/// A counter-based authenticator.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct Hotp(mfakit::Hotp);

#[pymethods]
impl Hotp {
    #[new]
    #[pyo3(signature = (secret, *, algorithm=Text::new("SHA1"), digits=Number(6)), text_signature = "(secret, *, algorithm='SHA1', digits=6)")]
    fn new(secret: Any<'_, '_>, algorithm: Text, digits: Number) -> PyResult<Self> {
        let options = hotp_options(algorithm, digits)?;
        mfakit::Hotp::new(&convert::secret(secret)?, options).map(Self).map_err(raise)
    }

    #[staticmethod]
    #[pyo3(signature = (raw, *, algorithm=Text::new("SHA1"), digits=Number(6)), text_signature = "(raw, *, algorithm='SHA1', digits=6)")]
    fn from_key(raw: Any<'_, '_>, algorithm: Text, digits: Number) -> PyResult<Self> {
        let options = hotp_options(algorithm, digits)?;
        mfakit::Hotp::from_key(&convert::key(raw)?, options).map(Self).map_err(raise)
    }

    #[staticmethod]
    #[pyo3(signature = (secret, *, algorithm=Text::new("SHA1"), digits=Number(6)), text_signature = "(secret, *, algorithm='SHA1', digits=6)")]
    fn danger_legacy(secret: Any<'_, '_>, algorithm: Text, digits: Number) -> PyResult<Self> {
        let options = hotp_options(algorithm, digits)?;
        mfakit::Hotp::danger_legacy(&convert::secret(secret)?, options).map(Self).map_err(raise)
    }

    #[staticmethod]
    #[pyo3(signature = (secret, *, algorithm=Text::new("SHA1")), text_signature = "(secret, *, algorithm='SHA1')")]
    fn ten_digits(secret: Any<'_, '_>, algorithm: Text) -> PyResult<Self> {
        mfakit::Hotp::ten_digits(&convert::secret(secret)?, self::algorithm(&algorithm)?)
            .map(Self)
            .map_err(raise)
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
        let rows = self::rows(rows)?;
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
