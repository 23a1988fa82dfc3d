//! Requirements, decisions, a person's methods, sessions and the audit.

use crate::assurance::{Assessment, Classification, Reason};
use crate::convert::{self, Any, Flag, Maybe, Text, no_truth_value, raise, wrong_type};
use mfakit::{AuditRecord, MethodKind, Person, Standing, UnixTime};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

/// `"approved"`, or nothing.
fn exempt(value: Maybe<'_, '_>) -> PyResult<bool> {
    let approved =
        |v: &Bound<'_, PyAny>| convert::choice(&convert::text(v)?, &[("approved", true)]);
    Ok(convert::optional(value, approved)?.unwrap_or(false))
}

/// What one request demands.
#[pyclass(frozen, eq, module = "mfakit")]
#[derive(PartialEq)]
pub(crate) struct Requirement(mfakit::Requirement);

/// The requirement of a call.
fn requirement<'a>(value: Any<'a, '_>) -> PyResult<&'a mfakit::Requirement> {
    value.cast::<Requirement>().map(|requirement| &requirement.get().0).map_err(|_| wrong_type())
}

#[pymethods]
impl Requirement {
    #[new]
    #[pyo3(signature = (tier, *, max_age=None, exemption=None, waiver=Flag(false), enforced_from=None, client_can=None,
            acr_values=None),
        text_signature = "(tier, *, max_age=None, exemption=None, waiver=False, enforced_from=None, client_can=None, \
            acr_values=None)")]
    fn new(
        tier: Any<'_, '_>,
        max_age: Maybe<'_, '_>,
        exemption: Maybe<'_, '_>,
        waiver: Flag,
        enforced_from: Maybe<'_, '_>,
        client_can: Maybe<'_, '_>,
        acr_values: Maybe<'_, '_>,
    ) -> PyResult<Self> {
        let requirement = mfakit::Requirement {
            max_age: convert::optional(max_age, convert::u64)?,
            exempt: exempt(exemption)?,
            waiver: waiver.0,
            enforced_from: convert::now(enforced_from)?,
            client_can: convert::names(client_can, MethodKind::from_name)?,
            acr_values: convert::optional(acr_values, convert::text)?,
            ..mfakit::Requirement::new(convert::tier(tier)?)
        };
        requirement.check().map_err(raise)?;
        Ok(Self(requirement))
    }

    #[getter]
    fn tier<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::tier_object(py, self.0.tier)
    }

    #[getter]
    fn max_age(&self) -> Option<u64> {
        self.0.max_age
    }

    #[getter]
    fn exempt(&self) -> bool {
        self.0.exempt
    }

    #[getter]
    fn waiver(&self) -> bool {
        self.0.waiver
    }

    #[getter]
    fn enforced_from(&self) -> Option<u64> {
        self.0.enforced_from.map(UnixTime::seconds)
    }

    #[getter]
    fn client_can<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        self.0.client_can.as_ref().map(|kinds| convert::kind_tuple(py, kinds)).transpose()
    }

    #[getter]
    fn acr_values(&self) -> Option<&str> {
        self.0.acr_values.as_deref()
    }

    #[getter]
    fn policy(&self) -> Option<&str> {
        self.0.policy.as_ref().map(|(id, _)| id.as_str())
    }

    #[getter]
    fn policy_version(&self) -> Option<&str> {
        self.0.policy.as_ref().map(|(_, version)| version.as_str())
    }

    #[pyo3(signature = (now=None))]
    fn applies(&self, now: Maybe<'_, '_>) -> PyResult<&'static str> {
        self.0.applies(convert::now(now)?).map_err(raise)
    }

    fn __repr__(&self) -> String {
        format!("Requirement({:?})", self.0.tier.as_str())
    }
}

/// A published enforcement.
#[pyclass(frozen, eq, module = "mfakit")]
#[derive(PartialEq)]
pub(crate) struct PolicyProfile(mfakit::PolicyProfile);

#[pymethods]
impl PolicyProfile {
    #[staticmethod]
    fn named(id: Any<'_, '_>) -> PyResult<Self> {
        mfakit::PolicyProfile::named(&convert::text(id)?).map(Self).map_err(raise)
    }

    #[staticmethod]
    fn from_json(text: Any<'_, '_>) -> PyResult<Self> {
        mfakit::PolicyProfile::from_json(&convert::text(text)?).map(Self).map_err(raise)
    }

    #[staticmethod]
    fn names() -> Vec<&'static str> {
        mfakit::PolicyProfile::names()
    }

    #[getter]
    fn id(&self) -> &str {
        self.0.id()
    }

    #[getter]
    fn version(&self) -> &str {
        self.0.version()
    }

    fn to_json(&self) -> &str {
        self.0.to_json()
    }

    fn label(&self, tier: Any<'_, '_>) -> PyResult<String> {
        self.0.label(convert::tier(tier)?).map_err(raise)
    }

    #[getter]
    fn channels<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let channels = PyDict::new(py);
        for (name, covered) in self.0.channels().map_err(raise)? {
            channels.set_item(name, covered)?;
        }
        Ok(channels)
    }

    #[getter]
    fn privileged_rights<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.privileged_rights().map_err(raise)?)
    }

    #[pyo3(signature = (*, rights, channel=Text::new("ui"), environment=Text::new("production"), waiver=Flag(false),
            exemption=None, enforced_from=None, client_can=None, max_age=None),
        text_signature = "($self, *, rights, channel='ui', environment='production', waiver=False, exemption=None, \
            enforced_from=None, client_can=None, max_age=None)")]
    #[allow(clippy::too_many_arguments, reason = "keywords in Python")]
    fn requirement(
        &self,
        rights: Any<'_, '_>,
        channel: Text,
        environment: Text,
        waiver: Flag,
        exemption: Maybe<'_, '_>,
        enforced_from: Maybe<'_, '_>,
        client_can: Maybe<'_, '_>,
        max_age: Maybe<'_, '_>,
    ) -> PyResult<Requirement> {
        let person = Person {
            rights: convert::list(rights, convert::text)?,
            channel: channel.0.into_owned(),
            environment: environment.0.into_owned(),
            enforced_from: convert::now(enforced_from)?,
            waiver: waiver.0,
            exempt: exempt(exemption)?,
            client_can: convert::names(client_can, MethodKind::from_name)?,
            max_age: convert::optional(max_age, convert::u64)?,
        };
        self.0.requirement(&person).map(Requirement).map_err(raise)
    }

    fn __repr__(&self) -> String {
        format!("PolicyProfile(id={:?}, version={:?})", self.0.id(), self.0.version())
    }
}

/// What the person has shown.
fn standing<'a>(value: Any<'a, '_>) -> PyResult<Standing<'a>> {
    if let Ok(assessment) = value.cast::<Assessment>() {
        return Ok(Standing::Methods(&assessment.get().0));
    }
    let classification = value.cast::<Classification>().map_err(|_| wrong_type())?;
    Ok(Standing::Claims(&classification.get().0))
}

/// The kinds that the person has, one element each.
fn kinds(value: Any<'_, '_>) -> PyResult<Vec<MethodKind>> {
    convert::list(value, |v| MethodKind::from_name(&convert::text(v)?).map_err(raise))
}

fn names(kinds: Vec<MethodKind>) -> Vec<&'static str> {
    kinds.into_iter().map(MethodKind::as_str).collect()
}

/// What to do with a request.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct Decision(mfakit::Decision);

/// Decides about one request.
#[pyfunction]
#[pyo3(signature = (standing, *, requirement, enrolled, now=None))]
pub(crate) fn decide(
    standing: Any<'_, '_>,
    requirement: Any<'_, '_>,
    enrolled: Any<'_, '_>,
    now: Maybe<'_, '_>,
) -> PyResult<Decision> {
    let (standing, requirement) = (self::standing(standing)?, self::requirement(requirement)?);
    let decided = mfakit::decide(standing, requirement, &kinds(enrolled)?, convert::now(now)?);
    decided.map(Decision).map_err(raise)
}

#[pymethods]
impl Decision {
    #[getter]
    fn kind(&self) -> &'static str {
        self.0.kind()
    }

    #[getter]
    fn reason(&self) -> &'static str {
        self.0.reason()
    }

    #[getter]
    fn need<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.0.need().map(|tier| convert::tier_object(py, tier)).transpose()
    }

    #[getter]
    fn options<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        convert::kind_tuple(py, self.0.options())
    }

    #[getter]
    fn challenge(&self) -> Option<&str> {
        self.0.challenge()
    }

    fn explain(&self, py: Python<'_>) -> PyResult<Vec<Reason>> {
        Reason::list(py, self.0.explain())
    }

    fn or_raise(&self) -> PyResult<()> {
        self.0.or_error().map_err(raise)
    }

    fn __repr__(&self) -> String {
        format!("Decision(kind={:?}, reason={:?})", self.0.kind(), self.0.reason())
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}

/// The methods to choose from.
#[pyfunction]
#[pyo3(signature = (enrolled, *, requirement, now=None))]
pub(crate) fn eligible_methods(
    enrolled: Any<'_, '_>,
    requirement: Any<'_, '_>,
    now: Maybe<'_, '_>,
) -> PyResult<Vec<&'static str>> {
    let (enrolled, requirement) = (kinds(enrolled)?, self::requirement(requirement)?);
    mfakit::eligible_methods(&enrolled, requirement, convert::now(now)?).map(names).map_err(raise)
}

/// The methods to add.
#[pyfunction]
pub(crate) fn enrollable_methods(requirement: Any<'_, '_>) -> PyResult<Vec<&'static str>> {
    mfakit::enrollable_methods(self::requirement(requirement)?).map(names).map_err(raise)
}

/// Whether a method may be removed.
#[pyclass(frozen, module = "mfakit")]
pub(crate) struct Removal(mfakit::Removal);

/// Whether a person may remove a method.
#[pyfunction]
#[pyo3(signature = (enrolled, *, remove, requirement, now=None))]
pub(crate) fn can_remove(
    enrolled: Any<'_, '_>,
    remove: Any<'_, '_>,
    requirement: Any<'_, '_>,
    now: Maybe<'_, '_>,
) -> PyResult<Removal> {
    let (enrolled, requirement) = (kinds(enrolled)?, self::requirement(requirement)?);
    let remove = MethodKind::from_name(&convert::text(remove)?).map_err(raise)?;
    let removal = mfakit::can_remove(&enrolled, remove, requirement, convert::now(now)?);
    removal.map(Removal).map_err(raise)
}

/// Whether a person may turn two-factor authentication off.
#[pyfunction]
#[pyo3(signature = (assessment, *, requirement, now=None))]
pub(crate) fn can_disable(
    assessment: Any<'_, '_>,
    requirement: Any<'_, '_>,
    now: Maybe<'_, '_>,
) -> PyResult<Removal> {
    let assessment = assessment.cast::<Assessment>().map_err(|_| wrong_type())?;
    let (requirement, now) = (self::requirement(requirement)?, convert::now(now)?);
    mfakit::can_disable(&assessment.get().0, requirement, now).map(Removal).map_err(raise)
}

#[pymethods]
impl Removal {
    #[getter]
    fn allowed(&self) -> bool {
        self.0.allowed()
    }

    #[getter]
    fn reason(&self) -> &'static str {
        self.0.reason()
    }

    #[getter]
    fn message(&self) -> &'static str {
        self.0.message()
    }

    fn or_raise(&self) -> PyResult<()> {
        self.0.or_error().map_err(raise)
    }

    fn __repr__(&self) -> String {
        let allowed = if self.0.allowed() { "True" } else { "False" };
        format!("Removal(allowed={allowed}, reason={:?})", self.0.reason())
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}

/// What to recommend.
#[pyfunction]
pub(crate) fn method_advice(enrolled: Any<'_, '_>) -> PyResult<Vec<&'static str>> {
    Ok(mfakit::method_advice(&kinds(enrolled)?))
}

/// Whether a method that nobody may add any more still serves.
#[pyfunction]
#[pyo3(signature = (enrolled_at, *, enrolled_before, until, now=None))]
pub(crate) fn grandfathered(
    enrolled_at: Any<'_, '_>,
    enrolled_before: Any<'_, '_>,
    until: Any<'_, '_>,
    now: Maybe<'_, '_>,
) -> PyResult<bool> {
    let (enrolled_at, before) = (convert::now(Some(enrolled_at))?, convert::time(enrolled_before)?);
    let (until, now) = (convert::time(until)?, convert::now(now)?);
    mfakit::grandfathered(enrolled_at, before, until, now).map_err(raise)
}

/// Something to carry out.
#[pyclass(frozen, get_all, module = "mfakit")]
pub(crate) struct Effect {
    kind: &'static str,
    lifetime: Option<u64>,
    template: Option<&'static str>,
}

/// What an event entails.
#[pyfunction]
pub(crate) fn effects(event: Any<'_, '_>) -> PyResult<Vec<Effect>> {
    let effects = mfakit::effects(&convert::text(event)?).map_err(raise)?;
    let effect = |mfakit::Effect { kind, lifetime, template }| Effect { kind, lifetime, template };
    Ok(effects.into_iter().map(effect).collect())
}

#[pymethods]
impl Effect {
    fn __repr__(&self) -> String {
        format!("Effect(kind={:?})", self.kind)
    }

    fn __bool__(&self) -> PyResult<bool> {
        no_truth_value()
    }
}

/// When a session is over.
#[pyfunction]
#[pyo3(signature = (kind, *, created, last_active=None))]
pub(crate) fn session_expires_at(
    kind: Any<'_, '_>,
    created: Any<'_, '_>,
    last_active: Maybe<'_, '_>,
) -> PyResult<u64> {
    let (kind, created) = (convert::text(kind)?, convert::time(created)?);
    let expires = mfakit::session_expires_at(&kind, created, convert::now(last_active)?);
    expires.map(UnixTime::seconds).map_err(raise)
}

/// Counts a request as activity.
#[pyfunction]
#[pyo3(signature = (kind, *, created, last_active, now=None))]
pub(crate) fn touch_session(
    kind: Any<'_, '_>,
    created: Any<'_, '_>,
    last_active: Any<'_, '_>,
    now: Maybe<'_, '_>,
) -> PyResult<u64> {
    let (kind, created) = (convert::text(kind)?, convert::time(created)?);
    let last_active = convert::time(last_active)?;
    let expires = mfakit::touch_session(&kind, created, last_active, convert::now(now)?);
    expires.map(UnixTime::seconds).map_err(raise)
}

/// One line for the audit.
#[pyfunction]
#[pyo3(signature = (event, *, user=None, standing=None, requirement=None, decision=None, credential_id=None, now=None))]
pub(crate) fn audit_record(
    event: Any<'_, '_>,
    user: Maybe<'_, '_>,
    standing: Maybe<'_, '_>,
    requirement: Maybe<'_, '_>,
    decision: Maybe<'_, '_>,
    credential_id: Maybe<'_, '_>,
    now: Maybe<'_, '_>,
) -> PyResult<String> {
    let (event, user) = (convert::text(event)?, convert::optional(user, convert::text)?);
    let credential_id = convert::optional(credential_id, convert::base64url)?;
    let record = AuditRecord {
        event: &event,
        user: user.as_deref(),
        standing: standing.filter(|v| !v.is_none()).map(self::standing).transpose()?,
        requirement: requirement.filter(|v| !v.is_none()).map(self::requirement).transpose()?,
        decision: convert::instance::<Decision>(decision)?.map(|decision| &decision.get().0),
        credential_id: credential_id.as_deref(),
        now: convert::now(now)?,
    };
    mfakit::audit_record(&record).map_err(raise)
}
