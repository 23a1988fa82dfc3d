//! Many authentications at once, and what became of each.

use crate::convert::{self, Any, no_truth_value, raise, wrong_type};
use crate::record::{CredentialRecord, PreparedKey, Record};
use crate::verified::AuthenticationVerified;
use crate::webauthn::RelyingParty;
use mfakit::{AuthenticationItem, AuthenticationState, Error, Expected, UnixTime, in_parallel};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// An item that owns what a thread without Python needs.
struct Item {
    rp: Py<RelyingParty>,
    response: Vec<u8>,
    record: Stored,
    state: Option<AuthenticationState>,
    challenge: Option<(String, String)>,
    prepared: Option<Py<PreparedKey>>,
    now: Option<UnixTime>,
}

enum Stored {
    Read(Py<CredentialRecord>),
    Text(String),
}

impl Item {
    fn read(item: Any<'_, '_>) -> PyResult<Self> {
        let (py, item) = (item.py(), item.cast::<PyDict>().map_err(|_| wrong_type())?);
        let members = [
            item.get_item(intern!(py, "rp"))?,
            item.get_item(intern!(py, "response"))?,
            item.get_item(intern!(py, "record"))?,
            item.get_item(intern!(py, "state"))?,
            item.get_item(intern!(py, "challenge"))?,
            item.get_item(intern!(py, "user_handle"))?,
            item.get_item(intern!(py, "prepared"))?,
            item.get_item(intern!(py, "now"))?,
        ];
        // What has another name is a mistake.
        if members.iter().flatten().count() != item.len() {
            return Err(raise(Error::ArgumentValueInvalid));
        }
        let [rp, response, record, state, challenge, user_handle, prepared, now] = members;
        let record = given(record).ok_or_else(wrong_type)?;
        let state = given(state).map(|v| convert::text(&v)).transpose()?;
        let challenge = given(challenge).map(|v| convert::base64url(&v)).transpose()?;
        let user_handle = given(user_handle).map(|v| convert::base64url(&v)).transpose()?;
        Ok(Self {
            rp: given(rp)
                .ok_or_else(wrong_type)?
                .cast::<RelyingParty>()
                .map_err(|_| wrong_type())?
                .clone()
                .unbind(),
            record: match record.cast::<CredentialRecord>() {
                Ok(record) => Stored::Read(record.clone().unbind()),
                Err(_) => Stored::Text(convert::text(&record)?),
            },
            challenge: match (&state, challenge, user_handle) {
                (Some(_), None, None) => None,
                (None, Some(challenge), Some(user_handle)) => Some((challenge, user_handle)),
                _ => return Err(wrong_type()),
            },
            state: state.map(AuthenticationState::from_text),
            prepared: convert::instance(given(prepared).as_ref())?.map(|v| v.clone().unbind()),
            now: convert::now(given(now).as_ref())?,
            // The client's, whatever it is: last, so that a mistake of the host's is named as such.
            response: convert::response(&response.ok_or_else(wrong_type)?)?,
        })
    }

    fn verify(&self) -> Result<mfakit::AuthenticationVerified, Error> {
        let record = match &self.record {
            Stored::Read(record) => Record::Borrowed(&record.get().0),
            Stored::Text(text) => Record::Owned(mfakit::CredentialRecord::from_text(text)?),
        };
        let expected = match (&self.state, &self.challenge) {
            (Some(state), _) => Expected::State(state),
            (None, Some((challenge, user_handle))) => {
                Expected::Challenge { challenge, user_handle }
            }
            (None, None) => return Err(Error::ArgumentTypeInvalid),
        };
        let item = AuthenticationItem {
            rp: &self.rp.get().0,
            response: &self.response,
            expected,
            record: &record,
            prepared: self.prepared.as_ref().map(|prepared| &prepared.get().0),
            now: self.now,
        };
        item.verify().verified()
    }
}

/// A member that may be left out; `None` is as good.
fn given<'py>(member: Option<Bound<'py, PyAny>>) -> Option<Bound<'py, PyAny>> {
    member.filter(|value| !value.is_none())
}

/// Verifies many authentications on all cores, while other Python threads run.
#[pyfunction]
pub(crate) fn verify_authentications(py: Python<'_>, items: Any<'_, '_>) -> PyResult<Vec<Outcome>> {
    let items = convert::elements(items).ok_or_else(wrong_type)?;
    if !items.iter().all(|item| item.is_instance_of::<PyDict>()) {
        return Err(wrong_type());
    }
    // What is wrong with one item is that item's; an interrupt is the batch's.
    let read = |item| Item::read(item).map(Ok).or_else(|error| convert::ours(py, error).map(Err));
    let items = items.iter().map(read).collect::<PyResult<Vec<_>>>()?;
    let outcomes = py.detach(|| {
        in_parallel(&items, |item| item.as_ref().map_err(|error| *error).and_then(Item::verify))
    });
    let outcome = |outcome: Result<_, Error>| match outcome {
        Ok(verified) => {
            let verified = AuthenticationVerified::make(py, Ok(verified))?;
            Ok(Outcome(Ok(Py::new(py, verified)?)))
        }
        Err(error) => Ok(Outcome(Err(error))),
    };
    outcomes.into_iter().map(outcome).collect()
}

/// What became of one item of a batch.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct Outcome(Result<Py<AuthenticationVerified>, Error>);

#[pymethods]
impl Outcome {
    /// The same object each time, so that the proof in it is one proof.
    fn verified(&self, py: Python<'_>) -> PyResult<Py<AuthenticationVerified>> {
        let Self(outcome) = self;
        outcome.as_ref().map(|verified| verified.clone_ref(py)).map_err(|error| raise(*error))
    }

    fn __repr__(&self) -> &'static str {
        "Outcome()"
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}
