//! Profiles, claims, assessments, policies, sessions.

use crate::Buffer;
use core::fmt::Write;
use mfakit_core::assurance::{
    Assessment, Claims, Classification, Finding, Outcome, Profile, Proven, Tier, assess, classify,
};
use mfakit_core::policy::{
    AcrValues, Advice, Decision, Person, PolicyProfile, Removal, Requirement, Standing, advice,
    can_disable, can_remove, choices, decide,
};
use mfakit_core::session::SessionLimits;
use mfakit_core::{Error, Evidence, MethodKind, MethodKinds, UnixTime};

/// Reading a profile.
#[unsafe(no_mangle)]
pub fn entry_assurance_profile(text: &[u8]) -> Result<Profile<'_>, Error> {
    Profile::from_json(text)
}

/// A profile by its name.
#[unsafe(no_mangle)]
pub fn entry_assurance_profile_named(id: &str) -> Result<Profile<'static>, Error> {
    Profile::named(id)
}

/// What is odd about a profile.
#[unsafe(no_mangle)]
pub fn entry_assurance_lint(profile: &Profile<'_>) -> usize {
    let mut count = profile.unlisted().count();
    profile.lint(|warning, value| {
        count ^= warning.message().len() ^ value.bytes().count();
    });
    count
}

/// Classifying claims.
#[unsafe(no_mangle)]
pub fn entry_assurance_classify(
    profile: &Profile<'_>,
    claims: &Claims<'_>,
    now: UnixTime,
) -> Result<Classification, Error> {
    classify(profile, claims, now)
}

/// Explaining claims.
#[unsafe(no_mangle)]
pub fn entry_assurance_findings(profile: &Profile<'_>, claims: &Claims<'_>) -> Option<Outcome> {
    profile.findings(claims).last().map(|Finding { outcome, .. }| outcome)
}

/// Judging evidence.
#[unsafe(no_mangle)]
pub fn entry_assurance_assess(
    evidence: &[Evidence],
    previous: Option<&Assessment>,
    now: UnixTime,
) -> Result<Assessment, Error> {
    assess(evidence, previous, now)
}

/// An assessment out of what was stored.
#[unsafe(no_mangle)]
pub fn entry_assurance_from_trusted(proven: &[Proven]) -> Result<Assessment, Error> {
    Assessment::from_trusted(proven.iter().copied())
}

/// Everything that an assessment tells.
#[unsafe(no_mangle)]
pub fn entry_assurance_told(
    assessment: &Assessment,
    max_age: u64,
    now: UnixTime,
) -> (Tier, bool, u8, usize, Option<&'static str>) {
    let recent = assessment.recent(max_age, now);
    let told = recent
        .amr()
        .iter()
        .map(str::len)
        .chain(recent.reasons().map(|(_, reason)| reason.message().len()));
    let total = told.fold(0, usize::wrapping_add);
    (recent.tier(), recent.recovery(), recent.factors().kinds(), total, recent.acr())
}

/// Reading a policy.
#[unsafe(no_mangle)]
pub fn entry_policy_profile(text: &[u8]) -> Result<PolicyProfile<'_>, Error> {
    PolicyProfile::from_json(text)
}

/// What a policy demands of a person.
#[unsafe(no_mangle)]
pub fn entry_policy_requirement(
    policy: &PolicyProfile<'_>,
    person: &Person<'_>,
) -> Result<Requirement<'static>, Error> {
    policy.requirement(person)
}

/// Values for a header.
#[unsafe(no_mangle)]
pub fn entry_policy_acr_values(values: &str) -> Result<AcrValues<'_>, Error> {
    AcrValues::new(values)
}

/// Deciding.
#[unsafe(no_mangle)]
pub fn entry_policy_decide<'a>(
    standing: Standing<'_>,
    requirement: &Requirement<'a>,
    enrolled: MethodKinds,
    now: UnixTime,
) -> Decision<'a> {
    decide(standing, requirement, enrolled, now)
}

/// Writing a challenge.
#[unsafe(no_mangle)]
pub fn entry_policy_challenge(decision: &Decision<'_>, out: &mut [u8]) -> bool {
    let mut out = Buffer::new(out);
    decision.challenge().is_none_or(|challenge| write!(out, "{challenge}").is_ok())
}

/// The methods to choose from.
#[unsafe(no_mangle)]
pub fn entry_policy_choices(
    enrolled: MethodKinds,
    requirement: &Requirement<'_>,
    now: UnixTime,
) -> MethodKinds {
    choices(enrolled, requirement, now)
}

/// Whether a method may be removed.
#[unsafe(no_mangle)]
pub fn entry_policy_can_remove(
    enrolled: &[MethodKind],
    remove: MethodKind,
    requirement: &Requirement<'_>,
    now: UnixTime,
) -> Removal {
    can_remove(enrolled, remove, requirement, now)
}

/// Whether it may be turned off.
#[unsafe(no_mangle)]
pub fn entry_policy_can_disable(
    assessment: &Assessment,
    requirement: &Requirement<'_>,
    now: UnixTime,
) -> Removal {
    can_disable(assessment, requirement, now)
}

/// What to recommend.
#[unsafe(no_mangle)]
pub fn entry_policy_advice(enrolled: &[MethodKind]) -> Option<Advice> {
    advice(enrolled).last()
}

/// A session's end.
#[unsafe(no_mangle)]
pub fn entry_session_touch(
    limits: &SessionLimits,
    created: UnixTime,
    last_active: UnixTime,
    now: UnixTime,
) -> Result<UnixTime, Error> {
    limits.touch(created, last_active, now)
}
