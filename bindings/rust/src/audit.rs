//! One line for the audit: flat JSON with stable members, of what was decided and why.
//!
//! Invariant: no secret and no credential id goes in; a credential is named by the SHA-256 hash of its id. Values of an identity
//! provider are kept as they were sent, escaped as JSON. Leaks: what an audit is for.

use crate::json::{Object, list, quoted};
use crate::policy::{Decision, Requirement, Standing};
use crate::text::{from_base64url, to_hex};
use crate::time::or_clock;
use mfakit_core::assurance::Tier;
use mfakit_core::crypto::sha256;
use mfakit_core::{Error, UnixTime};

/// The version that is written.
const VERSION: u64 = 1;
/// The longest event or user, in bytes.
const MAX_TEXT: usize = 255;

/// What to write down.
#[derive(Clone, Copy, Debug)]
pub struct AuditRecord<'a> {
    /// What happened, in the host's words: `sign_in`, `step_up`.
    pub event: &'a str,
    /// Whose account it is, as the host names people in its audit.
    pub user: Option<&'a str>,
    /// What was shown.
    pub standing: Option<Standing<'a>>,
    /// What was demanded.
    pub requirement: Option<&'a Requirement>,
    /// What was decided.
    pub decision: Option<&'a Decision>,
    /// The id of the credential that was used, base64url. Its hash is written.
    pub credential_id: Option<&'a str>,
    /// The time; `None` for the host's clock.
    pub now: Option<UnixTime>,
}

impl<'a> AuditRecord<'a> {
    /// A record of this event, and of nothing else yet.
    #[must_use]
    pub const fn new(event: &'a str) -> Self {
        Self {
            event,
            user: None,
            standing: None,
            requirement: None,
            decision: None,
            credential_id: None,
            now: None,
        }
    }
}

/// The record as one line of JSON. Every member is always there, `null` where nothing is known, in this order: `v`, `at`, `event`,
/// `user`, `decision`, `reason`, `need`, `tier`, `twoLevel`, `recognised`, `methods`, `recovery`, `profile`, `profileVersion`, `amr`,
/// `acr`, `authnContext`, `authTime`, `unknown`, `policy`, `policyVersion`, `required`, `exempt`, `waiver`, `credentialIdHash`.
///
/// # Errors
///
/// [`Error::ArgumentValueInvalid`] for an event or user that is empty or longer than 255 bytes, or a credential id that is not
/// base64url; [`Error::TimeInvalid`].
///
/// # Examples
///
/// ```
/// use mfakit::{AuditRecord, Evidence, Standing, UnixTime, assess, audit_record};
/// let noon = UnixTime::from_seconds(1_800_000_000);
/// let session = assess(&[Evidence::password(noon)], None, Some(noon))?;
/// let line = audit_record(&AuditRecord {
///     standing: Some(Standing::Methods(&session)),
///     now: Some(noon),
///     ..AuditRecord::new("sign_in")
/// })?;
/// assert!(line.contains(r#""tier":"weak""#));
/// # Ok::<(), mfakit::Error>(())
/// ```
pub fn audit_record(record: &AuditRecord<'_>) -> Result<String, Error> {
    let at = or_clock(record.now)?.seconds();
    let texts = [Some(record.event), record.user];
    if texts.into_iter().flatten().any(|text| !(1..=MAX_TEXT).contains(&text.len())) {
        return Err(Error::ArgumentValueInvalid);
    }
    let hash = record.credential_id.map(|id| {
        let id = from_base64url(id).map_err(|_| Error::ArgumentValueInvalid)?;
        Ok::<_, Error>(to_hex(&sha256(&[&id])))
    });
    let hash = hash.transpose()?;
    let decision = record.decision;
    let tier = record.standing.map(|standing| standing.tier().unwrap_or(Tier::Weak));
    let object = Object::new()
        .number("v", VERSION)
        .number("at", at)
        .string("event", record.event)
        .optional_string("user", record.user)
        .optional_string("decision", decision.map(Decision::kind))
        .optional_string("reason", decision.map(Decision::reason))
        .optional_string("need", decision.and_then(Decision::need).map(Tier::as_str))
        .optional_string("tier", tier.map(Tier::as_str))
        .optional_string("twoLevel", tier.map(Tier::two_level))
        .optional_bool("recognised", record.standing.map(|standing| standing.tier().is_some()));
    let object = shown(object, record.standing);
    let required = record.requirement;
    let (policy, version) = required.and_then(|r| r.policy.clone()).unzip();
    Ok(object
        .optional_string("policy", policy.as_deref())
        .optional_string("policyVersion", version.as_deref())
        .optional_string("required", required.map(|requirement| requirement.tier.as_str()))
        .optional_bool("exempt", required.map(|requirement| requirement.exempt))
        .optional_bool("waiver", required.map(|requirement| requirement.waiver))
        .optional_string("credentialIdHash", hash.as_deref())
        .end())
}

/// What was proven or said.
fn shown(object: Object, standing: Option<Standing<'_>>) -> Object {
    let list = |values: &[&str]| list(values.iter().map(|value| quoted(value)));
    let texts = |values: &[String]| list(&values.iter().map(String::as_str).collect::<Vec<_>>());
    match standing {
        None => ["methods", "recovery", "profile", "profileVersion", "amr", "acr", "authnContext"]
            .into_iter()
            .chain(["authTime", "unknown"])
            .fold(object, |object, name| object.raw(name, "null")),
        Some(Standing::Methods(assessment)) => {
            let methods: Vec<&str> =
                assessment.methods().into_iter().map(|kind| kind.as_str()).collect();
            object
                .raw("methods", &list(&methods))
                .bool("recovery", assessment.recovery())
                .raw("profile", "null")
                .raw("profileVersion", "null")
                .raw("amr", &list(&assessment.amr()))
                .optional_string("acr", assessment.acr())
                .raw("authnContext", "null")
                .raw("authTime", "null")
                .raw("unknown", "null")
        }
        Some(Standing::Claims(classification)) => {
            let claims = classification.claims();
            let auth_time = claims.auth_time.map(|at| at.seconds().to_string());
            object
                .raw("methods", "null")
                .raw("recovery", "null")
                .string("profile", classification.profile())
                .string("profileVersion", classification.version())
                .raw("amr", &texts(&claims.amr))
                .optional_string("acr", claims.acr.as_deref())
                .raw("authnContext", &texts(&claims.authn_context))
                .raw("authTime", auth_time.as_deref().unwrap_or("null"))
                .raw("unknown", &list(&classification.unknown()))
        }
    }
}
