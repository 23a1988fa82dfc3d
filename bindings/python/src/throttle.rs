//! `Throttle`.

use crate::convert::{self, Any, Maybe, Number, Text, raise};
use crate::results::Transition;
use mfakit::{GuessBudget, ThrottleOptions};
use pyo3::prelude::*;

/// How many guesses are granted, and how fast.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct Throttle {
    throttle: mfakit::Throttle,
    options: ThrottleOptions,
}

fn state(value: Any<'_, '_>) -> PyResult<Option<String>> {
    convert::optional(Some(value), convert::text)
}

#[pymethods]
impl Throttle {
    #[new]
    #[pyo3(signature = (*, max_failures=Number(100), free_failures=Number(5), delay=Number(30), max_delay=Number(3600),
            digits=Number(6), window=Number(3), budget=Text::new("usual")),
        text_signature = "(*, max_failures=100, free_failures=5, delay=30, max_delay=3600, digits=6, window=3, budget='usual')")]
    fn new(
        max_failures: Number,
        free_failures: Number,
        delay: Number,
        max_delay: Number,
        digits: Number,
        window: Number,
        budget: Text,
    ) -> PyResult<Self> {
        let options = ThrottleOptions {
            max_failures: max_failures.0,
            free_failures: free_failures.0,
            delay: delay.0,
            max_delay: max_delay.0,
            digits: digits.0,
            window: window.0,
            budget: GuessBudget::from_name(&budget.0).map_err(raise)?,
        };
        let throttle = mfakit::Throttle::new(options).map_err(raise)?;
        Ok(Self { throttle, options })
    }

    #[pyo3(signature = (state, *, now=None))]
    fn charge(
        &self,
        py: Python<'_>,
        state: Any<'_, '_>,
        now: Maybe<'_, '_>,
    ) -> PyResult<Py<Transition>> {
        let (state, now) = (self::state(state)?, convert::now(now)?);
        Transition::make(py, self.throttle.charge(state.as_deref(), now).map_err(raise)?)
    }

    fn succeed(&self, py: Python<'_>, state: Any<'_, '_>) -> PyResult<Py<Transition>> {
        let state = self::state(state)?;
        Transition::make(py, self.throttle.succeed(state.as_deref()).map_err(raise)?)
    }

    fn refund(
        &self,
        py: Python<'_>,
        state: Any<'_, '_>,
        error: Any<'_, '_>,
    ) -> PyResult<Py<Transition>> {
        let (state, error) = (self::state(state)?, convert::error(error)?);
        Transition::make(py, self.throttle.refund(state.as_deref(), error).map_err(raise)?)
    }

    #[pyo3(signature = (state, *, now=None))]
    fn retry_at(&self, state: Any<'_, '_>, now: Maybe<'_, '_>) -> PyResult<Option<u64>> {
        let (state, now) = (self::state(state)?, convert::now(now)?);
        self.throttle.retry_at(state.as_deref(), now).map_err(raise)
    }

    fn __repr__(&self) -> String {
        let ThrottleOptions {
            max_failures,
            free_failures,
            delay,
            max_delay,
            digits,
            window,
            budget,
        } = self.options;
        format!(
            "Throttle(max_failures={max_failures}, free_failures={free_failures}, delay={delay}, max_delay={max_delay}, \
             digits={digits}, window={window}, budget='{}')",
            budget.as_str()
        )
    }
}

/// The odds of at least one right guess.
#[pyfunction]
#[pyo3(signature = (*, digits, window, attempts))]
pub(crate) fn guess_odds(
    digits: Any<'_, '_>,
    window: Any<'_, '_>,
    attempts: Any<'_, '_>,
) -> PyResult<f64> {
    let (digits, window) = (convert::u64(digits)?, convert::u64(window)?);
    mfakit::guess_odds(digits, window, convert::u64(attempts)?).map_err(raise)
}
