//! The border's assurance, policy, sessions and audit.
//!
//! Evidence stays in TypeScript, which made it from a commit; here it comes as the facts that [`write_facts`] wrote.
//!
//! [`write_facts`]: crate::facts::write_facts

use super::{Host, whole};
use crate::facts::read_facts;
use crate::json::{self, Object};
use crate::time::json_time;
use crate::{
    Assessment, AssuranceProfile, AuditRecord, Claims, Classification, Decision, Person,
    PolicyProfile, Reason, Removal, Requirement, Standing, Tier, audit_record, can_disable,
    can_remove, classify, decide, effects, eligible_methods, enrollable_methods, grandfathered,
    lint, method_advice, session_expires_at, touch_session,
};
use mfakit_core::assurance::Proven;
use mfakit_core::{Error, MethodKind, UnixTime};

pub(super) fn call(op: &str, client: &[u8], host: &Host<'_>) -> Option<Result<String, Error>> {
    Some(match op {
        "assess" => assess(host),
        "assessment_read" => stored(host).map(|assessment| assessed(&assessment)),
        "assessment_meets" => meets(host),
        "classify" => classified(client, host),
        "classification_read" => classification(host).map(|c| classification_json(&c)),
        "profile_read" => profile(host).map(|profile| {
            Object::new()
                .string("id", profile.id())
                .string("version", profile.version())
                .string("json", profile.to_json())
                .end()
        }),
        "profile_lint" => profile(host).and_then(|profile| Ok(reasons(&lint(&profile)?))),
        "amr_description" => super::text(client, Error::ClaimsMalformed).map(|value| {
            Object::new().optional_string("description", crate::amr_description(value)).end()
        }),
        "policy_profile_read" => policy_profile(host).and_then(|p| policy_json(&p)),
        "policy_requirement" => policy_requirement(host).map(|r| r.to_json()),
        "requirement_check" => requirement(host).map(|r| r.to_json()),
        "requirement_applies" => applies(host),
        "decide" => decided(host),
        "eligible_methods" => eligible(host),
        "enrollable_methods" => {
            requirement(host).and_then(|r| Ok(methods(&enrollable_methods(&r)?)))
        }
        "can_remove" => removal(host),
        "can_disable" => disabling(host),
        "method_advice" => kinds(host, "enrolled").map(|enrolled| {
            let advice = method_advice(&enrolled);
            Object::new().array("advice", advice.into_iter().map(json::quoted)).end()
        }),
        "grandfathered" => is_grandfathered(host),
        "effects" => entailed(host),
        "session_expires_at" => expires(host),
        "touch_session" => touched(host),
        "audit_record" => audited(host),
        _ => return None,
    })
}

fn assess(host: &Host<'_>) -> Result<String, Error> {
    let now = host.now()?;
    let given = host.required("evidence", |value| value.as_array())?;
    let proven = given.map(|value| {
        let (facts, at) = read_facts(value)?;
        Some(Proven { facts, at: at.unwrap_or(now) })
    });
    let previous = host.optional_string("previous")?;
    let start = match previous {
        Some(text) => Assessment::from_trusted_json(&text)?,
        None => Assessment::default(),
    };
    let assessment = proven.into_iter().try_fold(start, |assessment, proven| {
        assessment.and(proven.ok_or(Error::ArgumentValueInvalid)?, now)
    });
    assessment.map(|assessment| assessed(&assessment))
}

fn stored(host: &Host<'_>) -> Result<Assessment, Error> {
    Assessment::from_trusted_json(&host.string("assessment")?)
}

fn assessed(assessment: &Assessment) -> String {
    let factors = assessment.factors();
    let factors = Object::new()
        .number("knowledge", factors.knowledge)
        .number("possession", factors.possession)
        .number("inherence", factors.inherence)
        .number("unspecified", factors.unspecified)
        .number("kinds", factors.kinds())
        .end();
    Object::new()
        .number("tier", assessment.tier().number())
        .array("amr", assessment.amr().into_iter().map(json::quoted))
        .optional_string("acr", assessment.acr())
        .array("methods", assessment.methods().into_iter().map(|k| json::quoted(k.as_str())))
        .raw("factors", &factors)
        .bool("recovery", assessment.recovery())
        .array("explain", assessment.explain().iter().map(Reason::to_json))
        .string("json", &assessment.to_json())
        .end()
}

fn meets(host: &Host<'_>) -> Result<String, Error> {
    let (tier, max_age) = (tier(host, "tier")?, host.optional("maxAge", whole)?);
    let meets = match host.optional_string("assessment")? {
        Some(text) => {
            Assessment::from_trusted_json(&text)?.meets(tier, max_age, Some(host.now()?))?
        }
        None => classification(host)?.meets(tier),
    };
    Ok(Object::new().bool("meets", meets).end())
}

/// A tier by its number.
fn tier(host: &Host<'_>, name: &str) -> Result<Tier, Error> {
    let number = u8::try_from(host.u64(name)?).map_err(|_| Error::ArgumentValueInvalid)?;
    Tier::from_number(number)
}

/// A profile of the caller's own, or a built-in one by its id.
fn profile(host: &Host<'_>) -> Result<AssuranceProfile, Error> {
    match host.optional_string("profileJson")? {
        Some(text) => AssuranceProfile::from_json(&text),
        None => AssuranceProfile::named(&host.string("profile")?),
    }
}

fn policy_profile(host: &Host<'_>) -> Result<PolicyProfile, Error> {
    match host.optional_string("profileJson")? {
        Some(text) => PolicyProfile::from_json(&text),
        None => PolicyProfile::named(&host.string("profile")?),
    }
}

/// `client` holds the claims: the payload of an ID token, or an object of the four claims in the names of their arguments.
fn classified(client: &[u8], host: &Host<'_>) -> Result<String, Error> {
    let profile = profile(host)?;
    let (max_age, now) = (host.optional("maxAge", whole)?, host.now()?);
    let claims = if host.flag("idToken")? {
        Claims::from_id_token(client)?
    } else {
        Claims::from_fields(client)?
    };
    Ok(classification_json(&classify(&profile, claims, max_age, Some(now))?))
}

fn classification(host: &Host<'_>) -> Result<Classification, Error> {
    Classification::from_trusted_json(&host.string("classification")?, &profile(host)?)
}

fn classification_json(classification: &Classification) -> String {
    let texts = |values: &[String]| values.iter().map(|v| json::quoted(v)).collect::<Vec<_>>();
    let claims = classification.claims();
    let auth_time = claims.auth_time.map(|at| at.seconds().to_string());
    Object::new()
        .number("tier", classification.tier().number())
        .bool("recognised", classification.recognised())
        .array("unknown", classification.unknown().into_iter().map(json::quoted))
        .string("profile", classification.profile())
        .string("version", classification.version())
        .array("amr", texts(&claims.amr))
        .optional_string("acr", claims.acr.as_deref())
        .array("authnContext", texts(&claims.authn_context))
        .raw("authTime", auth_time.as_deref().unwrap_or("null"))
        .array("explain", classification.explain().iter().map(Reason::to_json))
        .string("json", &classification.to_json())
        .end()
}

fn reasons(reasons: &[Reason]) -> String {
    Object::new().array("reasons", reasons.iter().map(Reason::to_json)).end()
}

fn policy_json(policy: &PolicyProfile) -> Result<String, Error> {
    let mut labels = Object::new();
    for tier in Tier::ALL {
        labels = labels.string(tier.as_str(), &policy.label(tier)?);
    }
    let channels = policy.channels()?;
    let channels = channels.iter().fold(Object::new(), |all, (name, on)| all.bool(name, *on));
    Ok(Object::new()
        .string("id", policy.id())
        .string("version", policy.version())
        .raw("labels", &labels.end())
        .raw("channels", &channels.end())
        .array(
            "privilegedRights",
            policy.privileged_rights()?.iter().map(|right| json::quoted(right)),
        )
        .string("json", policy.to_json())
        .end())
}

fn policy_requirement(host: &Host<'_>) -> Result<Requirement, Error> {
    let person = Person {
        rights: host.strings("rights")?.unwrap_or_default(),
        channel: host.string("channel")?,
        environment: host.string("environment")?,
        enforced_from: time(host, "enforcedFrom")?,
        waiver: host.flag("waiver")?,
        exempt: exempt(host)?,
        client_can: optional_kinds(host, "clientCan")?,
        max_age: host.optional("maxAge", whole)?,
    };
    policy_profile(host)?.requirement(&person)
}

/// `"approved"`, or nothing.
fn exempt(host: &Host<'_>) -> Result<bool, Error> {
    Ok(host.choice("exemption", &[("approved", true)])?.unwrap_or(false))
}

fn time(host: &Host<'_>, name: &str) -> Result<Option<UnixTime>, Error> {
    host.optional(name, json_time)?.transpose()
}

fn required_time(host: &Host<'_>, name: &str) -> Result<UnixTime, Error> {
    time(host, name)?.ok_or(Error::ArgumentTypeInvalid)
}

fn requirement(host: &Host<'_>) -> Result<Requirement, Error> {
    let value = host.required("requirement", |value| value.as_object().map(|_| value))?;
    let text = std::str::from_utf8(value.text()).map_err(|_| Error::ArgumentTypeInvalid)?;
    Requirement::from_json(text)
}

fn applies(host: &Host<'_>) -> Result<String, Error> {
    let applies = requirement(host)?.applies(Some(host.now()?))?;
    Ok(Object::new().string("applies", applies).end())
}

fn kinds(host: &Host<'_>, name: &str) -> Result<Vec<MethodKind>, Error> {
    Ok(optional_kinds(host, name)?.unwrap_or_default())
}

fn optional_kinds(host: &Host<'_>, name: &str) -> Result<Option<Vec<MethodKind>>, Error> {
    let names = host.strings(name)?;
    names.map(|names| names.iter().map(|name| MethodKind::from_name(name)).collect()).transpose()
}

fn methods(kinds: &[MethodKind]) -> String {
    Object::new().array("methods", kinds.iter().map(|kind| json::quoted(kind.as_str()))).end()
}

/// Runs with what the person has shown: an assessment, or a classification and its profile.
fn with_standing<T>(
    host: &Host<'_>,
    run: impl FnOnce(Option<Standing<'_>>) -> Result<T, Error>,
) -> Result<T, Error> {
    if host.member("assessment")?.is_some() {
        return run(Some(Standing::Methods(&stored(host)?)));
    }
    if host.member("classification")?.is_some() {
        return run(Some(Standing::Claims(&classification(host)?)));
    }
    run(None)
}

fn decided(host: &Host<'_>) -> Result<String, Error> {
    with_standing(host, |standing| {
        let standing = standing.ok_or(Error::ArgumentTypeInvalid)?;
        Ok(decision(&decision_of(host, standing)?))
    })
}

fn decision_of(host: &Host<'_>, standing: Standing<'_>) -> Result<Decision, Error> {
    decide(standing, &requirement(host)?, &kinds(host, "enrolled")?, Some(host.now()?))
}

fn decision(decision: &Decision) -> String {
    let object = Object::new().string("kind", decision.kind()).string("reason", decision.reason());
    let object = match decision.need() {
        Some(tier) => object.number("need", tier.number()),
        None => object.raw("need", "null"),
    };
    let error = decision.or_error().err().map(Error::number);
    let object = object
        .array("options", decision.options().iter().map(|kind| json::quoted(kind.as_str())))
        .optional_string("challenge", decision.challenge())
        .array("explain", decision.explain().iter().map(Reason::to_json));
    match error {
        Some(number) => object.number("error", number),
        None => object.raw("error", "null"),
    }
    .end()
}

fn eligible(host: &Host<'_>) -> Result<String, Error> {
    let (enrolled, requirement) = (kinds(host, "enrolled")?, requirement(host)?);
    Ok(methods(&eligible_methods(&enrolled, &requirement, Some(host.now()?))?))
}

fn removal(host: &Host<'_>) -> Result<String, Error> {
    let (enrolled, requirement) = (kinds(host, "enrolled")?, requirement(host)?);
    let remove = MethodKind::from_name(&host.string("remove")?)?;
    Ok(removal_json(can_remove(&enrolled, remove, &requirement, Some(host.now()?))?))
}

fn disabling(host: &Host<'_>) -> Result<String, Error> {
    let (assessment, requirement) = (stored(host)?, requirement(host)?);
    Ok(removal_json(can_disable(&assessment, &requirement, Some(host.now()?))?))
}

fn removal_json(removal: Removal) -> String {
    let object = Object::new()
        .bool("allowed", removal.allowed())
        .string("reason", removal.reason())
        .string("message", removal.message());
    match removal.or_error() {
        Ok(()) => object.raw("error", "null"),
        Err(error) => object.number("error", error.number()),
    }
    .end()
}

fn is_grandfathered(host: &Host<'_>) -> Result<String, Error> {
    let (enrolled_at, now) = (time(host, "enrolledAt")?, host.now()?);
    let before = required_time(host, "enrolledBefore")?;
    let until = required_time(host, "until")?;
    let still = grandfathered(enrolled_at, before, until, Some(now))?;
    Ok(Object::new().bool("grandfathered", still).end())
}

fn entailed(host: &Host<'_>) -> Result<String, Error> {
    let effects = effects(&host.string("event")?)?;
    let effect = |effect: &crate::Effect| {
        let lifetime = effect.lifetime.map_or("null".to_owned(), |seconds| seconds.to_string());
        Object::new()
            .string("kind", effect.kind)
            .raw("lifetime", &lifetime)
            .optional_string("template", effect.template)
            .end()
    };
    Ok(Object::new().array("effects", effects.iter().map(effect)).end())
}

fn expires(host: &Host<'_>) -> Result<String, Error> {
    let created = required_time(host, "created")?;
    let at = session_expires_at(&host.string("kind")?, created, time(host, "lastActive")?)?;
    Ok(Object::new().number("expiresAt", at.seconds()).end())
}

fn touched(host: &Host<'_>) -> Result<String, Error> {
    let created = required_time(host, "created")?;
    let last_active = required_time(host, "lastActive")?;
    let at = touch_session(&host.string("kind")?, created, last_active, Some(host.now()?))?;
    Ok(Object::new().number("expiresAt", at.seconds()).end())
}

/// `decision` holds what a decision was made of, its time included: it is made once more from that.
fn audited(host: &Host<'_>) -> Result<String, Error> {
    let (event, user) = (host.string("event")?, host.optional_string("user")?);
    let credential_id = host.optional_string("credentialId")?;
    let now = host.now()?;
    let made_of = host.optional("decision", |value| value.as_object().map(|_| Host::new(value)))?;
    let decided = made_of.map(|host| {
        with_standing(&host, |standing| {
            decision_of(&host, standing.ok_or(Error::ArgumentTypeInvalid)?)
        })
    });
    let decided = decided.transpose()?;
    let required = match host.member("requirement")? {
        Some(_) => Some(requirement(host)?),
        None => None,
    };
    with_standing(host, |standing| {
        let line = audit_record(&AuditRecord {
            event: &event,
            user: user.as_deref(),
            standing,
            requirement: required.as_ref(),
            decision: decided.as_ref(),
            credential_id: credential_id.as_deref(),
            now: Some(now),
        })?;
        Ok(Object::new().string("record", &line).end())
    })
}

#[cfg(test)]
mod tests {
    use crate::border::call;
    use mfakit_core::Error;

    #[test]
    fn what_assess_answers_is_read_back_and_decided_upon() {
        let host = r#"{"evidence":[{"kind":"password"},{"kind":"totp","at":1800000000}],"now":1800000005}"#;
        let assessed = call("assess", b"", host);
        let assessed = assessed.unwrap_or_default();
        assert!(assessed.contains(r#""tier":2,"amr":["pwd","otp","mfa"]"#), "{assessed}");
        let stored = serde_json::from_str::<serde_json::Value>(&assessed)
            .ok()
            .and_then(|value| value["json"].as_str().map(str::to_owned))
            .unwrap_or_default();
        let host = serde_json::json!({
            "assessment": stored,
            "requirement": {"tier": "phishing_resistant"},
            "enrolled": ["security_key"],
            "now": 1_800_000_010,
        });
        let decided = call("decide", b"", &host.to_string()).unwrap_or_default();
        assert!(decided.starts_with(r#"{"kind":"step_up","reason":"tier_too_low","need":3"#));
    }

    #[test]
    fn no_kind_takes_the_facts_of_another() {
        for facts in [
            r#"{"kind":"totp","userVerified":true}"#,
            r#"{"kind":"password","hardware":true}"#,
            r#"{"kind":"security_key","verifiedBy":["pin"]}"#,
            r#"{"kind":"fob"}"#,
            r#"{"kind":"totp","at":-1}"#,
            "7",
        ] {
            let host = format!(r#"{{"evidence":[{facts}],"now":1800000000}}"#);
            assert_eq!(call("assess", b"", &host), Err(Error::ArgumentValueInvalid), "{facts}");
        }
    }

    #[test]
    fn claims_of_a_wrong_shape_are_the_identity_providers_fault() {
        let host = r#"{"profile":"rfc8176","now":1800000000,"idToken":true}"#;
        for claims in
            [r#"{"amr":"hwk"}"#, r#"{"amr":null}"#, r#"{"amr":[1]}"#, r#"{"acr":1}"#, "[]"]
        {
            let got = call("classify", claims.as_bytes(), host);
            assert_eq!(got, Err(Error::ClaimsMalformed), "{claims}");
        }
        let unknown = r#"{"profile":"rfc","now":1800000000}"#;
        assert_eq!(call("classify", b"{}", unknown), Err(Error::ArgumentValueInvalid));
    }
}
