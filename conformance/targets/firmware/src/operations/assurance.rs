//! Claims, assessments, policies and sessions.

use super::inputs::{Strings, Text, fill, string};
use super::{Failure, Outcome};
use crate::frame::{Fields, List, Response, Value};
use core::fmt::{self, Write};
use mfakit_core::assurance::{
    Assessment, Claims, Classification, Profile, Proven, Tier, Warning, amr, assess as judge,
    classify as read,
};
use mfakit_core::encoding::json::Str;
use mfakit_core::policy::{
    AcrValues, Applies, DecisionReason, Effect, Event, Person, PolicyProfile, Removal, Requirement,
    Standing, advice, can_disable, can_remove, choices, decide as settle, effects as entailed,
    enrollable, grandfathered,
};
use mfakit_core::session::SessionLimits;
use mfakit_core::{Error, Evidence, Facts, MethodKind, MethodKinds, UnixTime, VerifiedBy};

const SALESFORCE: &str = "salesforce-2026-05-05";
/// The time of a case that names none: nothing that it expects depends on the clock, and the board has none.
const SOME_TIME: UnixTime = UnixTime::from_seconds(1_800_000_000);

// ---------------------------------------------------------------- inputs

fn time(fields: &Fields<'_>, name: &str) -> Result<Option<UnixTime>, Failure> {
    match fields.get(name) {
        Value::Null => Ok(None),
        _ => fields.host_time(name).map(Some),
    }
}

fn now(fields: &Fields<'_>) -> Result<UnixTime, Failure> {
    Ok(time(fields, "now")?.unwrap_or(SOME_TIME))
}

/// A name that the other APIs' types rule out is no argument.
fn tier(fields: &Fields<'_>, name: &str) -> Result<Tier, Failure> {
    Tier::from_name(fields.string(name)?).map_err(|_| Failure::WrongType)
}

fn kind(value: Value<'_>) -> Result<MethodKind, Failure> {
    MethodKind::from_name(string(value)?).map_err(|_| Failure::WrongType)
}

/// The kinds that a person has, one element each.
struct Enrolled([MethodKind; 64]);

impl Enrolled {
    const fn new() -> Self {
        Self([MethodKind::Password; 64])
    }

    fn fill(&mut self, fields: &Fields<'_>) -> Result<&[MethodKind], Failure> {
        match fields.list("enrolled")? {
            None => Ok(&[]),
            Some(list) => fill(&mut self.0, list.map(kind)),
        }
    }
}

fn set(kinds: &[MethodKind]) -> MethodKinds {
    kinds.iter().copied().collect()
}

fn profile<'a>(fields: &Fields<'a>) -> Result<Profile<'a>, Failure> {
    Ok(match fields.get("profile_json") {
        Value::Null => Profile::named(fields.string("profile")?)?,
        text => Profile::from_json(string(text)?.as_bytes())?,
    })
}

fn policy<'a>(fields: &Fields<'a>, prefix: &Prefix) -> Result<PolicyProfile<'a>, Failure> {
    Ok(match fields.get(prefix.json) {
        Value::Null => PolicyProfile::named(fields.string_or(prefix.id, SALESFORCE)?)?,
        text => PolicyProfile::from_json(string(text)?.as_bytes())?,
    })
}

/// What a policy is called on its own and within a requirement.
struct Prefix {
    id: &'static str,
    json: &'static str,
}

const ALONE: Prefix = Prefix { id: "policy", json: "policy_json" };
const WITHIN: Prefix = Prefix { id: "requirement.policy", json: "requirement.policy_json" };

/// The requirement, and the policy that made it, by id and version.
type Demanded<'a> = (Requirement<'a>, Option<(&'a str, &'a str)>);

fn requirement<'a>(fields: &Fields<'a>) -> Result<Demanded<'a>, Failure> {
    let max_age = fields.optional_integer("requirement.max_age")?;
    let enforced_from = time(fields, "requirement.enforced_from")?;
    let waiver = fields.flag_or("requirement.waiver", false)?;
    let exempt = match fields.get("requirement.exemption") {
        Value::Null => false,
        Value::Text(b"approved") => true,
        _ => return Err(Failure::WrongType),
    };
    let client_can = match fields.list("requirement.client_can")? {
        None => MethodKinds::ALL,
        Some(list) => list.map(kind).collect::<Result<_, _>>()?,
    };
    if !matches!(fields.get("requirement.tier"), Value::Null) {
        let usual = Requirement::new(tier(fields, "requirement.tier")?);
        let requirement =
            Requirement { max_age, exempt, waiver, enforced_from, client_can, ..usual };
        let acr_values = match fields.get("requirement.acr_values") {
            Value::Null => None,
            values => Some(AcrValues::new(string(values)?)?),
        };
        return Ok((Requirement { acr_values, ..requirement }, None));
    }
    let mut rights = Strings::new();
    let rights = match fields.list("requirement.rights")? {
        None => &[],
        Some(list) => rights.fill(list)?,
    };
    let person = Person {
        environment: fields.string_or("requirement.environment", "production")?,
        enforced_from,
        waiver,
        exempt,
        client_can,
        max_age,
        ..Person::new(rights, fields.string_or("requirement.channel", "ui")?)
    };
    let policy = policy(fields, &WITHIN)?;
    Ok((policy.requirement(&person)?, Some((policy.id(), policy.version()))))
}

/// What was proven, which the bridge sends as a list for each member.
fn proven(fields: &Fields<'_>) -> Result<Option<Assessment>, Failure> {
    let Some(kinds) = fields.list("proven.kind")? else { return Ok(None) };
    let mut columns = [
        "proven.at",
        "proven.user_verified",
        "proven.hardware",
        "proven.backup_eligible",
        "proven.verified_by",
    ]
    .map(|name| fields.list(name).ok().flatten());
    let mut assessment = Assessment::default();
    for name in kinds {
        let [at, user_verified, hardware, backup_eligible, told] =
            columns.each_mut().map(|column| next(column));
        let stored = stored(name, at, [user_verified, hardware, backup_eligible], told);
        let proven = stored.ok_or(Error::RecordCorrupt)?;
        let both = assessment.proven().copied().chain([proven]);
        assessment = Assessment::from_trusted(both).map_err(|_| Error::RecordCorrupt)?;
    }
    Ok(Some(assessment))
}

fn next<'a>(column: &mut Option<List<'a>>) -> Value<'a> {
    column.as_mut().and_then(Iterator::next).unwrap_or(Value::Null)
}

/// A stored proof, as the other APIs read it: a fact that only an authenticator can give is taken from no other kind.
fn stored(
    name: Value<'_>,
    at: Value<'_>,
    flags: [Value<'_>; 3],
    told: Value<'_>,
) -> Option<Proven> {
    let [user_verified, hardware, backup_eligible] =
        flags.map(|flag| matches!(flag, Value::Flag(true)));
    let told = if let Value::Text(_) = told { string(told).ok()? } else { "" };
    let verified_by = told.split_ascii_whitespace().try_fold(VerifiedBy::UNKNOWN, |all, by| {
        Some(all.or(match by {
            "pin" => VerifiedBy::PIN,
            "fpt" => VerifiedBy::FINGERPRINT,
            "face" => VerifiedBy::FACE,
            _ => return None,
        }))
    })?;
    let kind = MethodKind::from_name(string(name).ok()?).ok()?;
    let facts = Facts { kind, user_verified, verified_by, hardware, backup_eligible };
    let plain = facts == Facts::of(kind);
    let told_without = !user_verified && !verified_by.is_unknown();
    let Value::Unsigned(at) = at else { return None };
    let sound = (plain || kind.is_webauthn()) && !told_without;
    sound.then_some(Proven { facts, at: UnixTime::from_seconds(at) })
}

fn assessment(fields: &Fields<'_>) -> Result<Assessment, Failure> {
    let proven = proven(fields)?.unwrap_or_default();
    let now = now(fields)?;
    fields.list("passwords")?.into_iter().flatten().try_fold(proven, |all, at| {
        let at = super::inputs::host_time(at)?;
        Ok(judge(&[Evidence::password(at)], Some(&all), now)?)
    })
}

/// Runs with the case's claims.
fn with_claims<'a, T>(
    fields: &Fields<'a>,
    run: impl FnOnce(&Profile<'a>, &Claims<'_>, &Classification) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let (mut amr, mut authn_context) = (Strings::new(), Strings::new());
    let claims = Claims {
        amr: match fields.list("amr")? {
            None => &[],
            Some(list) => amr.fill(list)?,
        },
        acr: match fields.get("acr") {
            Value::Null => None,
            acr => Some(string(acr)?),
        },
        authn_context: match fields.list("authn_context")? {
            None => &[],
            Some(list) => authn_context.fill(list)?,
        },
        // What an identity provider says is no time of the host's.
        auth_time: match fields.get("auth_time") {
            Value::Null => None,
            Value::Negative(_) => return Err(Error::ClaimsMalformed.into()),
            time => Some(super::inputs::host_time(time).map_err(|failure| match failure {
                Failure::Core(_) => Error::ClaimsMalformed.into(),
                other => other,
            })?),
        },
        max_age: fields.optional_integer("claims_max_age")?,
    };
    let then = match time(fields, "claims_now")? {
        Some(then) => then,
        None => now(fields)?,
    };
    let profile = profile(fields)?;
    let classification = read(&profile, &claims, then)?;
    run(&profile, &claims, &classification)
}

fn has_claims(fields: &Fields<'_>) -> bool {
    ["profile", "profile_json"].iter().any(|name| !matches!(fields.get(name), Value::Null))
}

/// Runs with what the person has shown; what is explained of it goes into `lines`.
fn with_standing<T>(
    fields: &Fields<'_>,
    lines: &mut Lines,
    run: impl FnOnce(Standing<'_>, &mut Lines) -> Result<T, Failure>,
) -> Result<T, Failure> {
    if has_claims(fields) {
        return with_claims(fields, |profile, claims, classification| {
            let done = run(Standing::Claims(classification), lines)?;
            explain_claims(profile, claims, lines)?;
            Ok(done)
        });
    }
    let assessment = assessment(fields)?;
    let done = run(Standing::Methods(&assessment), lines)?;
    explain_methods(&assessment, lines)?;
    Ok(done)
}

// ---------------------------------------------------------------- results

/// The most lines: two lists of claims, an `acr`, and a reason.
const MAX_LINES: usize = 130;
/// Room for as many lines as long as a value may be.
const MAX_CHARACTERS: usize = MAX_LINES * 320;

/// Lines of text that the core does not hold.
struct Lines {
    bytes: [u8; MAX_CHARACTERS],
    len: usize,
    ends: [usize; MAX_LINES],
    count: usize,
}

impl Lines {
    const fn new() -> Self {
        Self { bytes: [0; MAX_CHARACTERS], len: 0, ends: [0; MAX_LINES], count: 0 }
    }

    fn push(&mut self, line: fmt::Arguments<'_>) -> Outcome {
        self.write_fmt(line).map_err(|_| Failure::Harness)?;
        *self.ends.get_mut(self.count).ok_or(Failure::Harness)? = self.len;
        self.count += 1;
        Ok(())
    }

    fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = core::iter::once(0).chain(self.ends);
        let ends = &self.ends[..self.count];
        starts.zip(ends).map(|(start, end)| &self.bytes[start..*end])
    }

    fn put(&self, response: &mut Response<'_>, name: &str) {
        response.list(name, self.iter().map(Value::Text));
    }
}

impl Write for Lines {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

/// A string of a profile.
struct Shown<'a>(Str<'a>);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut room = [0; 1024];
        let mut len = 0;
        for byte in self.0.bytes() {
            *room.get_mut(len).ok_or(fmt::Error)? = byte;
            len += 1;
        }
        f.write_str(core::str::from_utf8(&room[..len]).map_err(|_| fmt::Error)?)
    }
}

fn put_kinds(response: &mut Response<'_>, name: &str, kinds: impl Iterator<Item = MethodKind>) {
    response.list(name, kinds.map(|kind| kind.as_str().into()));
}

fn optional_text(text: Option<&str>) -> Value<'_> {
    text.map_or(Value::Null, Value::from)
}

fn optional_number(number: Option<u64>) -> Value<'static> {
    number.map_or(Value::Null, Value::Unsigned)
}

fn tier_or_dash(tier: Option<Tier>) -> &'static str {
    tier.map_or("-", Tier::as_str)
}

fn explain_claims(profile: &Profile<'_>, claims: &Claims<'_>, lines: &mut Lines) -> Outcome {
    for finding in profile.findings(claims) {
        let (source, value) = (finding.claim.source.as_str(), finding.claim.value);
        let (code, tier) = (finding.outcome.code(), tier_or_dash(finding.outcome.tier()));
        lines.push(format_args!("{code} {source}:{value} {tier}"))?;
    }
    Ok(())
}

fn explain_methods(assessment: &Assessment, lines: &mut Lines) -> Outcome {
    for (proven, reason) in assessment.reasons() {
        let (kind, tier) = (proven.facts.kind.as_str(), reason.tier().as_str());
        lines.push(format_args!("{} {kind} {tier}", reason.code()))?;
    }
    Ok(())
}

// ---------------------------------------------------------------- claims and methods

pub(super) fn salesforce_tier(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let mut amr = Strings::new();
    let amr = amr.fill(fields.list("amr")?.ok_or(Failure::WrongType)?)?;
    let claims = Claims { amr, ..Claims::default() };
    let classification = read(&Profile::named(SALESFORCE)?, &claims, SOME_TIME)?;
    let tier = classification.recognised().then(|| classification.tier().as_str());
    response.field("tier", tier.unwrap_or("unrecognised"));
    Ok(())
}

pub(super) fn registered(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let description = amr::description(fields.string("value")?);
    response.field("registered", description.is_some());
    response.field("description", optional_text(description));
    Ok(())
}

pub(super) fn classify(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let mut lines = Lines::new();
    with_claims(fields, |profile, claims, classification| {
        explain_claims(profile, claims, &mut lines)?;
        let findings = profile.findings(claims);
        let unknown = findings.filter(|finding| finding.outcome.code() == "unknown");
        response.field("tier", classification.tier().as_str());
        response.field("recognised", classification.recognised());
        response.list("unknown", unknown.map(|finding| finding.claim.value.into()));
        lines.put(response, "explain");
        response.field("profile", profile.id());
        response.field("version", profile.version());
        response.list("amr", claims.amr.iter().map(|value| (*value).into()));
        response.field("acr", optional_text(claims.acr));
        response.list("authn_context", claims.authn_context.iter().map(|value| (*value).into()));
        let auth_time = classification.auth_time().map(UnixTime::seconds);
        response.field("auth_time", optional_number(auth_time));
        Ok(())
    })
}

pub(super) fn profile_read(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let profile = profile(fields)?;
    let (mut lines, mut done) = (Lines::new(), Ok(()));
    profile.lint(|warning, value| {
        let pushed = lines.push(format_args!("{} {} -", warning.code(), Shown(value)));
        done = done.and(pushed);
    });
    done?;
    for name in profile.unlisted() {
        lines.push(format_args!("{} {name} -", Warning::RegisteredUnlisted.code()))?;
    }
    response.field("id", profile.id());
    response.field("version", profile.version());
    lines.put(response, "lint");
    Ok(())
}

pub(super) fn assess(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let assessment = assessment(fields)?;
    let mut lines = Lines::new();
    explain_methods(&assessment, &mut lines)?;
    let factors = assessment.factors();
    let counted = [factors.knowledge, factors.possession, factors.inherence, factors.unspecified];
    response.field("tier", assessment.tier().as_str());
    response.list("amr", assessment.amr().iter().map(Value::from));
    response.field("acr", optional_text(assessment.acr()));
    let kinds = assessment.proven().map(|proven| proven.facts.kind);
    put_kinds(response, "methods", kinds);
    let counted = counted.into_iter().chain([factors.kinds()]);
    response.list("factors", counted.map(|count| u32::from(count).into()));
    response.field("recovery", assessment.recovery());
    lines.put(response, "explain");
    Ok(())
}

pub(super) fn meets(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let tier = tier(fields, "tier")?;
    let max_age = fields.optional_integer("max_age")?;
    let meets = if has_claims(fields) {
        with_claims(fields, |_, _, classification| Ok(classification.meets(tier)))?
    } else {
        let assessment = assessment(fields)?;
        match max_age {
            None => assessment.meets(tier),
            Some(max_age) => assessment.recent(max_age, now(fields)?).meets(tier),
        }
    };
    response.field("meets", meets);
    Ok(())
}

// ---------------------------------------------------------------- policy

pub(super) fn policy_read(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let policy = policy(fields, &ALONE)?;
    let (mut labels, mut channels, mut rights) = (Lines::new(), Lines::new(), Lines::new());
    for tier in Tier::ALL {
        labels.push(format_args!("{}", Shown(policy.label(tier))))?;
    }
    for (name, subject) in policy.channels() {
        let word = if subject { "subject" } else { "unaffected" };
        channels.push(format_args!("{} {word}", Shown(name)))?;
    }
    for right in policy.privileged_rights() {
        rights.push(format_args!("{}", Shown(right)))?;
    }
    let mut sorted = [&[][..]; MAX_LINES];
    let sorted = &mut sorted[..channels.count];
    sorted.iter_mut().zip(channels.iter()).for_each(|(slot, line)| *slot = line);
    sorted.sort_unstable();
    response.field("id", policy.id());
    response.field("version", policy.version());
    labels.put(response, "labels");
    response.list("channels", sorted.iter().map(|line| Value::Text(line)));
    rights.put(response, "privileged_rights");
    Ok(())
}

pub(super) fn demanded(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let (requirement, policy) = requirement(fields)?;
    let applies = match requirement.applies(now(fields)?) {
        Applies::Yes => "yes",
        Applies::ChannelUnaffected => DecisionReason::ChannelUnaffected.code(),
        Applies::Exempt => DecisionReason::Exempt.code(),
        Applies::Waived => DecisionReason::Waived.code(),
        Applies::NotYetEnforced => DecisionReason::NotYetEnforced.code(),
    };
    response.field("tier", requirement.tier.as_str());
    response.field("applies", applies);
    response.field("max_age", optional_number(requirement.max_age));
    response.field("exempt", requirement.exempt);
    response.field("waiver", requirement.waiver);
    let enforced_from = requirement.enforced_from.map(UnixTime::seconds);
    response.field("enforced_from", optional_number(enforced_from));
    // As it was given: the core knows a set.
    match fields.list("requirement.client_can")? {
        None => response.field("client_can", Value::Null),
        Some(list) => response.list("client_can", list),
    }
    response.field("acr_values", optional_text(requirement.acr_values.map(AcrValues::as_str)));
    response.field("policy", optional_text(policy.map(|(id, _)| id)));
    response.field("policy_version", optional_text(policy.map(|(_, version)| version)));
    Ok(())
}

pub(super) fn decide(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let (requirement, _) = requirement(fields)?;
    let mut enrolled = Enrolled::new();
    let enrolled = set(enrolled.fill(fields)?);
    let (now, enforce) = (now(fields)?, fields.flag_or("enforce", false)?);
    let mut lines = Lines::new();
    let decision = with_standing(fields, &mut lines, |standing, lines| {
        let decision = settle(standing, &requirement, enrolled, now);
        if enforce {
            decision.or_error()?;
        }
        let (reason, need) = (decision.reason().code(), tier_or_dash(decision.need()));
        lines.push(format_args!("{reason} - {need}"))?;
        Ok(decision)
    })?;
    response.field("kind", decision.kind());
    response.field("reason", decision.reason().code());
    response.field("need", optional_text(decision.need().map(Tier::as_str)));
    put_kinds(response, "options", decision.options().iter());
    match decision.challenge() {
        None => response.field("challenge", Value::Null),
        Some(challenge) => response.field("challenge", Text::of(challenge)?.value()),
    }
    lines.put(response, "explain");
    Ok(())
}

pub(super) fn methods(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let (requirement, _) = requirement(fields)?;
    let mut enrolled = Enrolled::new();
    let enrolled = enrolled.fill(fields)?;
    let eligible = choices(set(enrolled), &requirement, now(fields)?);
    put_kinds(response, "eligible", eligible.iter());
    let addable = enrollable(requirement.tier).and(requirement.client_can);
    put_kinds(response, "enrollable", addable.iter());
    response.list("advice", advice(enrolled).map(|advice| advice.code().into()));
    Ok(())
}

pub(super) fn remove(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let (requirement, _) = requirement(fields)?;
    let mut enrolled = Enrolled::new();
    let enrolled = enrolled.fill(fields)?;
    let removed = kind(fields.get("remove"))?;
    put_removal(fields, response, can_remove(enrolled, removed, &requirement, now(fields)?))
}

pub(super) fn disable(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let (requirement, _) = requirement(fields)?;
    let assessment = assessment(fields)?;
    put_removal(fields, response, can_disable(&assessment, &requirement, now(fields)?))
}

fn put_removal(fields: &Fields<'_>, response: &mut Response<'_>, removal: Removal) -> Outcome {
    if fields.flag_or("enforce", false)? {
        removal.or_error()?;
    }
    response.field("allowed", removal.allowed());
    response.field("reason", removal.reason.code());
    Ok(())
}

pub(super) fn still_served(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let (before, until) = (fields.host_time("enrolled_before")?, fields.host_time("until")?);
    let still = grandfathered(time(fields, "enrolled_at")?, before, until, now(fields)?);
    response.field("grandfathered", still);
    Ok(())
}

pub(super) fn effects(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let name = fields.string("event")?;
    let event = Event::ALL.into_iter().find(|event| event.as_str() == name);
    let event = event.ok_or(Error::ArgumentValueInvalid)?;
    let mut lines = Lines::new();
    for effect in entailed(event) {
        let code = effect.code();
        match effect {
            Effect::RotateApiKey { lifetime } => lines.push(format_args!("{code} {lifetime} -")),
            Effect::NotifyByEmail => lines.push(format_args!("{code} - {name}")),
            _ => lines.push(format_args!("{code} - -")),
        }?;
    }
    lines.put(response, "effects");
    Ok(())
}

// ---------------------------------------------------------------- sessions

pub(super) fn expires_at(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let created = fields.host_time("created")?;
    let active = time(fields, "last_active")?.unwrap_or(created);
    let limits = SessionLimits::from_name(fields.string("kind")?)?;
    response.field("expires_at", limits.expires_at(created, active)?.seconds());
    Ok(())
}

pub(super) fn touch(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let (created, active) = (fields.host_time("created")?, fields.host_time("last_active")?);
    let limits = SessionLimits::from_name(fields.string("kind")?)?;
    response.field("expires_at", limits.touch(created, active, now(fields)?)?.seconds());
    Ok(())
}

/// What an assessment of this evidence alone makes of it.
pub(super) fn put_assessed(response: &mut Response<'_>, evidence: &Evidence) {
    response.field("evidence_kind", evidence.kind().as_str());
    if let Ok(assessment) = judge([evidence], None, SOME_TIME) {
        response.field("assessed_tier", assessment.tier().as_str());
        response.list("assessed_amr", assessment.amr().iter().map(Value::from));
        response.field("assessed_acr", optional_text(assessment.acr()));
    }
}
