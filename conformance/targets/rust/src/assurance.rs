//! Claims, assessments, policies, sessions and the audit.

use crate::host::now;
use crate::{Answer, DYNAMIC_INPUT, Inputs, Refusal};
use mfakit::{
    Assessment, AssuranceProfile, AuditRecord, Claims, Classification, Error, Evidence, MethodKind,
    Person, PolicyProfile, Reason, Removal, Requirement, Standing, Tier, UnixTime, amr_description,
    assess as judge, audit_record, can_disable, can_remove, classify as read, decide as settle,
    effects as entailed, eligible_methods, enrollable_methods, grandfathered, host_time, lint,
    method_advice, session_expires_at, touch_session,
};
use serde_json::{Value, json};

const DYNAMIC: Refusal = Refusal::Skip(DYNAMIC_INPUT);
const SALESFORCE: &str = "salesforce-2026-05-05";

// ---------------------------------------------------------------- inputs

/// Strings that the API's type demands; none where the case names none.
pub(crate) fn texts(inputs: &Inputs, name: &str) -> Result<Option<Vec<String>>, Refusal> {
    let Some(list) = inputs.get(name) else { return Ok(None) };
    let texts = list.as_array().ok_or(DYNAMIC)?.iter().map(|text| text.as_str().map(str::to_owned));
    texts.collect::<Option<_>>().map(Some).ok_or(DYNAMIC)
}

pub(crate) fn optional_text<'a>(
    inputs: &'a Inputs,
    name: &str,
) -> Result<Option<&'a str>, Refusal> {
    inputs.get(name).map(|_| inputs.typed_text(name)).transpose()
}

pub(crate) fn optional_number(inputs: &Inputs, name: &str) -> Result<Option<u64>, Refusal> {
    inputs.get(name).map(|value| value.as_u64().ok_or(DYNAMIC)).transpose()
}

/// A time as a host passes it.
fn time(inputs: &Inputs, name: &str) -> Result<Option<UnixTime>, Refusal> {
    let Some(value) = inputs.get(name) else { return Ok(None) };
    Ok(Some(host_time(value.as_f64().ok_or(DYNAMIC)?)?))
}

fn required_time(inputs: &Inputs, name: &str) -> Result<UnixTime, Refusal> {
    time(inputs, name)?.ok_or(DYNAMIC)
}

/// A name of one of the API's enumerations: Rust cannot say another.
fn tier(inputs: &Inputs) -> Result<Tier, Refusal> {
    Tier::from_name(inputs.typed_text("tier")?).map_err(|_| DYNAMIC)
}

fn kinds(inputs: &Inputs, name: &str) -> Result<Option<Vec<MethodKind>>, Refusal> {
    let Some(names) = texts(inputs, name)? else { return Ok(None) };
    let kinds = names.iter().map(|name| MethodKind::from_name(name).map_err(|_| DYNAMIC));
    kinds.collect::<Result<_, _>>().map(Some)
}

fn exempt(inputs: &Inputs) -> Result<bool, Refusal> {
    match optional_text(inputs, "exemption")? {
        None => Ok(false),
        Some("approved") => Ok(true),
        Some(_) => Err(DYNAMIC),
    }
}

fn flag(inputs: &Inputs, name: &str) -> Result<bool, Refusal> {
    inputs.get(name).map_or(Ok(false), |value| value.as_bool().ok_or(DYNAMIC))
}

fn profile_of(inputs: &Inputs) -> Result<AssuranceProfile, Refusal> {
    Ok(match optional_text(inputs, "profile_json")? {
        Some(text) => AssuranceProfile::from_json(text)?,
        None => AssuranceProfile::named(inputs.typed_text("profile")?)?,
    })
}

fn policy_of(inputs: &Inputs) -> Result<PolicyProfile, Refusal> {
    Ok(match optional_text(inputs, "policy_json")? {
        Some(text) => PolicyProfile::from_json(text)?,
        None => PolicyProfile::named(optional_text(inputs, "policy")?.unwrap_or(SALESFORCE))?,
    })
}

fn requirement_of(inputs: &Inputs) -> Result<Option<Requirement>, Refusal> {
    let Some(object) = inputs.get("requirement") else { return Ok(None) };
    let inputs = &Inputs(object.as_object().cloned().ok_or(DYNAMIC)?);
    let (max_age, enforced_from) =
        (optional_number(inputs, "max_age")?, time(inputs, "enforced_from")?);
    let (waiver, exempt, client_can) =
        (flag(inputs, "waiver")?, exempt(inputs)?, kinds(inputs, "client_can")?);
    if inputs.get("tier").is_some() {
        let requirement = Requirement {
            max_age,
            exempt,
            waiver,
            enforced_from,
            client_can,
            acr_values: optional_text(inputs, "acr_values")?.map(str::to_owned),
            ..Requirement::new(tier(inputs)?)
        };
        requirement.check()?;
        return Ok(Some(requirement));
    }
    let rights = texts(inputs, "rights")?.unwrap_or_default();
    let rights: Vec<&str> = rights.iter().map(String::as_str).collect();
    let usual = Person::new(&rights, optional_text(inputs, "channel")?.unwrap_or("ui"));
    let environment = optional_text(inputs, "environment")?.map(str::to_owned);
    let person = Person {
        environment: environment.unwrap_or(usual.environment),
        enforced_from,
        waiver,
        exempt,
        client_can,
        max_age,
        ..usual
    };
    Ok(Some(policy_of(inputs)?.requirement(&person)?))
}

fn required_requirement(inputs: &Inputs) -> Result<Requirement, Refusal> {
    requirement_of(inputs)?.ok_or(DYNAMIC)
}

/// What was proven, as the text that an assessment is stored as.
fn proven(inputs: &Inputs) -> Result<Option<Assessment>, Refusal> {
    let Some(list) = inputs.get("proven") else { return Ok(None) };
    let methods: Vec<Value> = list.as_array().into_iter().flatten().map(stored_proof).collect();
    let stored = json!({"v": 1, "methods": methods}).to_string();
    Ok(Some(Assessment::from_trusted_json(&stored)?))
}

fn stored_proof(proof: &Value) -> Value {
    let mut stored = json!({"kind": proof["kind"], "at": proof["at"]});
    for (name, member) in [
        ("user_verified", "userVerified"),
        ("hardware", "hardware"),
        ("backup_eligible", "backupEligible"),
    ] {
        if proof[name] == true {
            stored[member] = true.into();
        }
    }
    let told: Vec<&str> =
        proof["verified_by"].as_str().unwrap_or_default().split_whitespace().collect();
    if !told.is_empty() {
        stored["verifiedBy"] = told.into();
    }
    stored
}

fn passwords(inputs: &Inputs) -> Result<Vec<Evidence>, Refusal> {
    let Some(list) = inputs.get("passwords") else { return Ok(Vec::new()) };
    let times = list.as_array().into_iter().flatten();
    let evidence = |at: &Value| Ok(Evidence::password(host_time(at.as_f64().ok_or(DYNAMIC)?)?));
    times.map(evidence).collect()
}

fn assessment(inputs: &Inputs) -> Result<Assessment, Refusal> {
    let (proven, passwords) = (proven(inputs)?, passwords(inputs)?);
    Ok(judge(&passwords, proven.as_ref(), now(inputs)?)?)
}

/// Claims in the names of the arguments, if the case names a profile.
fn classification(inputs: &Inputs) -> Result<Option<Classification>, Refusal> {
    if inputs.get("profile").is_none() && inputs.get("profile_json").is_none() {
        return Ok(None);
    }
    let claims = Claims {
        amr: texts(inputs, "amr")?.unwrap_or_default(),
        acr: optional_text(inputs, "acr")?.map(str::to_owned),
        authn_context: texts(inputs, "authn_context")?.unwrap_or_default(),
        // What an identity provider says is no time of the host's.
        auth_time: match inputs.get("auth_time") {
            None => None,
            Some(value) => {
                let time = host_time(value.as_f64().ok_or(DYNAMIC)?);
                Some(time.map_err(|_| Error::ClaimsMalformed)?)
            }
        },
    };
    let then = match time(inputs, "claims_now")? {
        Some(then) => Some(then),
        None => now(inputs)?,
    };
    Ok(Some(read(&profile_of(inputs)?, claims, optional_number(inputs, "claims_max_age")?, then)?))
}

/// Runs with what the person has shown.
fn with_standing<T>(
    inputs: &Inputs,
    run: impl FnOnce(Standing<'_>) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    match classification(inputs)? {
        Some(classification) => run(Standing::Claims(&classification)),
        None => run(Standing::Methods(&assessment(inputs)?)),
    }
}

// ---------------------------------------------------------------- results

/// A reason in three words.
fn line(reason: &Reason) -> String {
    let subject = reason.subject.as_deref().unwrap_or("-");
    format!("{} {subject} {}", reason.code, reason.tier.map_or("-", Tier::as_str))
}

fn lines(reasons: &[Reason]) -> Vec<String> {
    reasons.iter().map(line).collect()
}

fn names(kinds: &[MethodKind]) -> Vec<&'static str> {
    kinds.iter().map(|kind| kind.as_str()).collect()
}

fn classified(classification: &Classification) -> Value {
    let claims = classification.claims();
    json!({
        "tier": classification.tier().as_str(),
        "recognised": classification.recognised(),
        "unknown": classification.unknown(),
        "explain": lines(classification.explain()),
        "profile": classification.profile(),
        "version": classification.version(),
        "amr": claims.amr,
        "acr": claims.acr,
        "authn_context": claims.authn_context,
        "auth_time": claims.auth_time.map(UnixTime::seconds),
    })
}

fn assessed(assessment: &Assessment) -> Value {
    let factors = assessment.factors();
    json!({
        "tier": assessment.tier().as_str(),
        "amr": assessment.amr(),
        "acr": assessment.acr(),
        "methods": names(&assessment.methods()),
        "factors": [
            factors.knowledge, factors.possession, factors.inherence, factors.unspecified, factors.kinds(),
        ],
        "recovery": assessment.recovery(),
        "explain": lines(&assessment.explain()),
    })
}

// ---------------------------------------------------------------- claims and methods

pub(crate) fn salesforce(inputs: &Inputs) -> Answer {
    let claims = Claims { amr: texts(inputs, "amr")?.ok_or(DYNAMIC)?, ..Claims::default() };
    let classification = read(&AssuranceProfile::named(SALESFORCE)?, claims, None, None)?;
    let tier = classification.recognised().then(|| classification.tier().as_str());
    Ok(json!({"tier": tier.unwrap_or("unrecognised")}))
}

pub(crate) fn parse_claim(inputs: &Inputs) -> Answer {
    let token = format!(r#"{{"amr": {}}}"#, inputs.text("claim_json"));
    let claims = Claims::from_id_token(token.as_bytes())?;
    let classification = read(&AssuranceProfile::named(SALESFORCE)?, claims, None, None)?;
    Ok(json!({"amr": classification.claims().amr}))
}

pub(crate) fn registered(inputs: &Inputs) -> Answer {
    let description = amr_description(inputs.typed_text("value")?);
    Ok(json!({"registered": description.is_some(), "description": description}))
}

pub(crate) fn classify(inputs: &Inputs) -> Answer {
    Ok(classified(&classification(inputs)?.ok_or(DYNAMIC)?))
}

pub(crate) fn id_token(inputs: &Inputs) -> Answer {
    let profile = profile_of(inputs)?;
    let claims = Claims::from_id_token(inputs.typed_text("id_token")?.as_bytes())?;
    let max_age = optional_number(inputs, "max_age")?;
    Ok(classified(&read(&profile, claims, max_age, now(inputs)?)?))
}

pub(crate) fn stored_claims(inputs: &Inputs) -> Answer {
    let stored = inputs.typed_text("stored")?;
    let classification = Classification::from_trusted_json(stored, &profile_of(inputs)?)?;
    let mut fields = classified(&classification);
    fields["stored"] = classification.to_json().into();
    Ok(fields)
}

pub(crate) fn profile(inputs: &Inputs) -> Answer {
    let profile = profile_of(inputs)?;
    Ok(json!({"id": profile.id(), "version": profile.version(), "lint": lines(&lint(&profile)?)}))
}

pub(crate) fn assess(inputs: &Inputs) -> Answer {
    Ok(assessed(&assessment(inputs)?))
}

pub(crate) fn stored(inputs: &Inputs) -> Answer {
    let stored = Assessment::from_trusted_json(inputs.typed_text("stored")?)?;
    let assessment = judge(&passwords(inputs)?, Some(&stored), now(inputs)?)?;
    let mut fields = assessed(&assessment);
    fields["stored"] = assessment.to_json().into();
    Ok(fields)
}

pub(crate) fn meets(inputs: &Inputs) -> Answer {
    let (tier, max_age) = (tier(inputs)?, optional_number(inputs, "max_age")?);
    let meets = match classification(inputs)? {
        Some(classification) => classification.meets(tier),
        None => assessment(inputs)?.meets(tier, max_age, now(inputs)?)?,
    };
    Ok(json!({"meets": meets}))
}

// ---------------------------------------------------------------- policy

pub(crate) fn policy(inputs: &Inputs) -> Answer {
    let policy = policy_of(inputs)?;
    let labels: Result<Vec<String>, Error> =
        Tier::ALL.into_iter().map(|tier| policy.label(tier)).collect();
    let word = |on| if on { "subject" } else { "unaffected" };
    let channels = policy.channels()?.into_iter();
    let mut channels: Vec<String> =
        channels.map(|(name, on)| format!("{name} {}", word(on))).collect();
    channels.sort();
    Ok(json!({
        "id": policy.id(),
        "version": policy.version(),
        "labels": labels?,
        "channels": channels,
        "privileged_rights": policy.privileged_rights()?,
    }))
}

pub(crate) fn requirement(inputs: &Inputs) -> Answer {
    let requirement = required_requirement(inputs)?;
    let (policy, version) = requirement.policy.clone().unzip();
    Ok(json!({
        "tier": requirement.tier.as_str(),
        "applies": requirement.applies(now(inputs)?)?,
        "max_age": requirement.max_age,
        "exempt": requirement.exempt,
        "waiver": requirement.waiver,
        "enforced_from": requirement.enforced_from.map(UnixTime::seconds),
        "client_can": requirement.client_can.as_deref().map(names),
        "acr_values": requirement.acr_values,
        "policy": policy,
        "policy_version": version,
    }))
}

pub(crate) fn decide(inputs: &Inputs) -> Answer {
    let (requirement, enrolled) = (required_requirement(inputs)?, enrolled(inputs)?);
    let now = now(inputs)?;
    with_standing(inputs, |standing| {
        let decision = settle(standing, &requirement, &enrolled, now)?;
        if flag(inputs, "enforce")? {
            decision.or_error()?;
        }
        Ok(json!({
            "kind": decision.kind(),
            "reason": decision.reason(),
            "need": decision.need().map(Tier::as_str),
            "options": names(decision.options()),
            "challenge": decision.challenge(),
            "explain": lines(decision.explain()),
        }))
    })
}

fn enrolled(inputs: &Inputs) -> Result<Vec<MethodKind>, Refusal> {
    Ok(kinds(inputs, "enrolled")?.unwrap_or_default())
}

pub(crate) fn methods(inputs: &Inputs) -> Answer {
    let (requirement, enrolled) = (required_requirement(inputs)?, enrolled(inputs)?);
    Ok(json!({
        "eligible": names(&eligible_methods(&enrolled, &requirement, now(inputs)?)?),
        "enrollable": names(&enrollable_methods(&requirement)?),
        "advice": method_advice(&enrolled),
    }))
}

pub(crate) fn remove(inputs: &Inputs) -> Answer {
    let (requirement, enrolled) = (required_requirement(inputs)?, enrolled(inputs)?);
    let kind = MethodKind::from_name(inputs.typed_text("remove")?).map_err(|_| DYNAMIC)?;
    removal(inputs, can_remove(&enrolled, kind, &requirement, now(inputs)?)?)
}

pub(crate) fn disable(inputs: &Inputs) -> Answer {
    let requirement = required_requirement(inputs)?;
    removal(inputs, can_disable(&assessment(inputs)?, &requirement, now(inputs)?)?)
}

fn removal(inputs: &Inputs, removal: Removal) -> Answer {
    if flag(inputs, "enforce")? {
        removal.or_error()?;
    }
    Ok(json!({"allowed": removal.allowed(), "reason": removal.reason()}))
}

pub(crate) fn still_served(inputs: &Inputs) -> Answer {
    let still = grandfathered(
        time(inputs, "enrolled_at")?,
        required_time(inputs, "enrolled_before")?,
        required_time(inputs, "until")?,
        now(inputs)?,
    )?;
    Ok(json!({"grandfathered": still}))
}

pub(crate) fn effects(inputs: &Inputs) -> Answer {
    let effects = entailed(inputs.typed_text("event")?)?;
    let lines: Vec<String> = effects
        .iter()
        .map(|effect| {
            let lifetime = effect.lifetime.map_or("-".to_owned(), |seconds| seconds.to_string());
            format!("{} {lifetime} {}", effect.kind, effect.template.unwrap_or("-"))
        })
        .collect();
    Ok(json!({"effects": lines}))
}

// ---------------------------------------------------------------- sessions and the audit

pub(crate) fn expires_at(inputs: &Inputs) -> Answer {
    let (created, active) = (required_time(inputs, "created")?, time(inputs, "last_active")?);
    let at = session_expires_at(inputs.typed_text("kind")?, created, active)?;
    Ok(json!({"expires_at": at.seconds()}))
}

pub(crate) fn touch(inputs: &Inputs) -> Answer {
    let created = required_time(inputs, "created")?;
    let active = required_time(inputs, "last_active")?;
    let at = touch_session(inputs.typed_text("kind")?, created, active, now(inputs)?)?;
    Ok(json!({"expires_at": at.seconds()}))
}

pub(crate) fn audit(inputs: &Inputs) -> Answer {
    let (requirement, enrolled) = (requirement_of(inputs)?, enrolled(inputs)?);
    let now = now(inputs)?;
    let write = |standing: Option<Standing<'_>>| {
        let decision = match (standing, &requirement, flag(inputs, "decided")?) {
            (Some(standing), Some(requirement), true) => {
                Some(settle(standing, requirement, &enrolled, now)?)
            }
            _ => None,
        };
        let line = audit_record(&AuditRecord {
            event: inputs.typed_text("event")?,
            user: optional_text(inputs, "user")?,
            standing,
            requirement: requirement.as_ref(),
            decision: decision.as_ref(),
            credential_id: optional_text(inputs, "credential_id")?,
            now,
        })?;
        Ok(json!({"record": line}))
    };
    let shown = ["profile", "profile_json", "proven", "passwords"];
    if shown.iter().all(|name| inputs.get(name).is_none()) {
        return write(None);
    }
    with_standing(inputs, |standing| write(Some(standing)))
}
