//! An identity provider's claims to a tier: profiles, claims and classifications that own their texts.
//!
//! The claims must be *verified already*: no signature, issuer, audience or nonce is checked here. OpenID Connect Core 1.0 §2; the rules
//! are core's. Invariant: what has the wrong shape is an error, never a weak or a strong sign-in. Leaks: nothing secret here.

use crate::assurance::Reason;
use crate::json::{self, Object};
use crate::time::{json_time, or_clock};
use mfakit_core::assurance as core;
use mfakit_core::assurance::{Claim, Outcome, Profile, Tier, amr};
use mfakit_core::encoding::json as reader;
use mfakit_core::{Error, UnixTime};
use std::borrow::Cow;

/// The version of a stored classification that is written.
const VERSION: u64 = 1;
/// The largest payload of an ID token that is read.
const MAX_PAYLOAD: usize = 64 * 1024;
/// The largest stored classification: 129 values of 256 bytes, each byte written as an escape of six, and the rest.
const MAX_STORED: usize = 256 * 1024;

/// Which claim of an identity provider stands for which tier: versioned data, chosen for each issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssuranceProfile {
    json: Cow<'static, str>,
    id: String,
    version: String,
}

impl AssuranceProfile {
    /// A built-in profile: `salesforce-2026-05-05`, `rfc8176`, `openid-eap`, `refeds`, `nist-800-63`.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`] for another id.
    pub fn named(id: &str) -> Result<Self, Error> {
        let profile = Profile::named(id)?;
        let json = std::str::from_utf8(profile.json()).map_err(|_| Error::ProfileInvalid)?;
        Ok(Self::of(&profile, Cow::Borrowed(json)))
    }

    /// A profile of the caller's own, as JSON (docs/assurance.md). All of it is checked.
    ///
    /// # Errors
    ///
    /// [`Error::ProfileInvalid`].
    pub fn from_json(text: &str) -> Result<Self, Error> {
        Ok(Self::of(&Profile::from_json(text.as_bytes())?, Cow::Owned(text.to_owned())))
    }

    fn of(profile: &Profile<'_>, json: Cow<'static, str>) -> Self {
        let (id, version) = (profile.id().to_owned(), profile.version().to_owned());
        Self { json, id, version }
    }

    /// The ids of the built-in profiles.
    #[must_use]
    pub fn names() -> Vec<&'static str> {
        Profile::names().collect()
    }
    /// The id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
    /// The version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }
    /// The profile as JSON.
    #[must_use]
    pub fn to_json(&self) -> &str {
        &self.json
    }

    fn core(&self) -> Result<Profile<'_>, Error> {
        Profile::from_checked_json(self.json.as_bytes())
    }
}

/// What is odd about a profile. Nothing of it changes a verdict.
///
/// # Errors
///
/// None for a profile that was read.
///
/// # Examples
///
/// ```
/// use mfakit::{AssuranceProfile, lint};
/// let published = AssuranceProfile::named("salesforce-2026-05-05")?;
/// let pin = lint(&published)?.into_iter().find(|reason| reason.subject.as_deref() == Some("pin"));
/// assert_eq!(pin.map(|reason| reason.code), Some("not_phishing_resistant"));
/// # Ok::<(), mfakit::Error>(())
/// ```
pub fn lint(profile: &AssuranceProfile) -> Result<Vec<Reason>, Error> {
    let profile = profile.core()?;
    let mut found = Vec::new();
    profile.lint(|warning, value| {
        found.push(Reason {
            code: warning.code(),
            subject: json::owned(value),
            tier: None,
            message: warning.message(),
        });
    });
    let unlisted = core::Warning::RegisteredUnlisted;
    found.extend(profile.unlisted().map(|name| Reason {
        code: unlisted.code(),
        subject: Some(name.to_owned()),
        tier: None,
        message: unlisted.message(),
    }));
    Ok(found)
}

/// What the IANA registry says of an `amr` value; `None` if it does not know it.
#[must_use]
pub fn amr_description(value: &str) -> Option<&'static str> {
    amr::description(value)
}

/// The claims of one sign-in, out of a verified ID token or SAML assertion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// `amr`; empty if absent.
    pub amr: Vec<String>,
    /// `acr`.
    pub acr: Option<String>,
    /// SAML's `AuthnContextClassRef`, of which there may be several.
    pub authn_context: Vec<String>,
    /// `auth_time`, or SAML's `AuthnInstant`.
    pub auth_time: Option<UnixTime>,
}

impl Claims {
    /// Reads `amr`, `acr` and `auth_time` out of the payload of an ID token that the caller has verified.
    ///
    /// # Errors
    ///
    /// [`Error::InputTooLarge`], [`Error::JsonMalformed`], [`Error::JsonDuplicateMember`]; [`Error::ClaimsMalformed`] for a bare string
    /// in place of an array, a number, null and other shapes.
    pub fn from_id_token(payload: &[u8]) -> Result<Self, Error> {
        let [amr, acr, auth_time] = members(payload, MAX_PAYLOAD, ["amr", "acr", "auth_time"])?;
        Self::read(amr, acr, None, auth_time)
    }

    /// The same of four members in the names of this type's own fields.
    #[cfg(any(feature = "border", test))]
    pub(crate) fn from_fields(json: &[u8]) -> Result<Self, Error> {
        let names = ["amr", "acr", "authn_context", "auth_time"];
        let [amr, acr, authn_context, auth_time] = members(json, MAX_STORED, names)?;
        Self::read(amr, acr, authn_context, auth_time)
    }

    fn read(
        amr: Option<reader::Value<'_>>,
        acr: Option<reader::Value<'_>>,
        authn_context: Option<reader::Value<'_>>,
        auth_time: Option<reader::Value<'_>>,
    ) -> Result<Self, Error> {
        let read = || {
            Some(Self {
                amr: strings(amr)?,
                acr: match acr {
                    None => None,
                    some => Some(json::text(some)?),
                },
                authn_context: strings(authn_context)?,
                auth_time: match auth_time {
                    None => None,
                    Some(value) => Some(json_time(value)?.ok()?),
                },
            })
        };
        read().ok_or(Error::ClaimsMalformed)
    }
}

fn members<'a, const N: usize>(
    text: &'a [u8],
    most: usize,
    names: [&str; N],
) -> Result<[Option<reader::Value<'a>>; N], Error> {
    if text.len() > most {
        return Err(Error::InputTooLarge);
    }
    reader::read_all(text)?.members(names)?.ok_or(Error::ClaimsMalformed)
}

fn strings(value: Option<reader::Value<'_>>) -> Option<Vec<String>> {
    let Some(value) = value else { return Some(Vec::new()) };
    value.as_array()?.map(|element| json::text(Some(element))).collect()
}

/// The tier of a sign-in through an identity provider, with the raw claims for the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classification {
    core: core::Classification,
    profile: String,
    version: String,
    claims: Claims,
    explain: Vec<Reason>,
}

/// Classifies verified claims under the profile that the caller chose for their issuer. `max_age` is how many seconds ago the person
/// may have signed in there.
///
/// # Errors
///
/// [`Error::ClaimsMalformed`]; with `max_age`, [`Error::AuthTimeMissing`] and [`Error::AuthTimeStale`]; [`Error::AuthTimeFuture`];
/// [`Error::TimeInvalid`].
///
/// # Examples
///
/// ```
/// use mfakit::{AssuranceProfile, Claims, Tier, classify};
/// let profile = AssuranceProfile::named("salesforce-2026-05-05")?;
/// let claims = Claims::from_id_token(br#"{"sub": "alice", "amr": ["pwd", "hwk"]}"#)?;
/// let classification = classify(&profile, claims, None, None)?;
/// assert_eq!(classification.tier(), Tier::PhishingResistant);
///
/// let bare = Claims::from_id_token(br#"{"sub": "alice", "amr": "hwk"}"#);
/// assert_eq!(bare.err().map(|e| e.code()), Some("claims_malformed"));
/// # Ok::<(), mfakit::Error>(())
/// ```
pub fn classify(
    profile: &AssuranceProfile,
    claims: Claims,
    max_age: Option<u64>,
    now: Option<UnixTime>,
) -> Result<Classification, Error> {
    let read = profile.core()?;
    let amr: Vec<&str> = claims.amr.iter().map(String::as_str).collect();
    let authn_context: Vec<&str> = claims.authn_context.iter().map(String::as_str).collect();
    let values = core::Claims {
        amr: &amr,
        acr: claims.acr.as_deref(),
        authn_context: &authn_context,
        auth_time: claims.auth_time,
        max_age,
    };
    let classified = core::classify(&read, &values, or_clock(now)?)?;
    let explain = read.findings(&values).map(|finding| explain(&finding.claim, finding.outcome));
    let explain = explain.collect();
    Ok(Classification {
        core: classified,
        profile: profile.id.clone(),
        version: profile.version.clone(),
        explain,
        claims,
    })
}

fn explain(claim: &Claim<'_>, outcome: Outcome) -> Reason {
    Reason {
        code: outcome.code(),
        subject: Some(format!("{}:{}", claim.source.as_str(), claim.value)),
        tier: outcome.tier(),
        message: outcome.message(),
    }
}

impl Classification {
    pub(crate) const fn core(&self) -> &core::Classification {
        &self.core
    }

    /// The tier; [`Tier::Weak`] where nothing was recognised.
    #[must_use]
    pub const fn tier(&self) -> Tier {
        self.core.tier()
    }
    /// Whether the profile lists any of the values. Without it nothing is satisfied.
    #[must_use]
    pub const fn recognised(&self) -> bool {
        self.core.recognised()
    }
    /// The values that the profile does not list, in the order in which they were sent.
    #[must_use]
    pub fn unknown(&self) -> Vec<&str> {
        let unknown = self.explain.iter().filter(|line| line.code == Outcome::Unknown.code());
        unknown
            .filter_map(|line| line.subject.as_deref()?.split_once(':'))
            .map(|(_, v)| v)
            .collect()
    }
    /// The profile's id.
    #[must_use]
    pub fn profile(&self) -> &str {
        &self.profile
    }
    /// The profile's version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }
    /// The claims, as they were sent.
    #[must_use]
    pub const fn claims(&self) -> &Claims {
        &self.claims
    }
    /// Whether the tier is reached.
    #[must_use]
    pub fn meets(&self, tier: Tier) -> bool {
        self.core.meets(tier)
    }
    /// Each value, as `amr:value`, `acr:value` or `authn_context:value`, and what the profile makes of it.
    #[must_use]
    pub fn explain(&self) -> &[Reason] {
        &self.explain
    }

    /// The text to store beside the session. Reading classifies the claims anew, under the profile of the same id and version.
    #[must_use]
    pub fn to_json(&self) -> String {
        let strings =
            |values: &[String]| values.iter().map(|v| json::quoted(v)).collect::<Vec<_>>();
        let object = Object::new()
            .number("v", VERSION)
            .string("profile", &self.profile)
            .string("version", &self.version)
            .string("tier", self.tier().as_str())
            .bool("recognised", self.recognised())
            .array("amr", strings(&self.claims.amr))
            .optional_string("acr", self.claims.acr.as_deref())
            .array("authnContext", strings(&self.claims.authn_context));
        match self.claims.auth_time {
            Some(at) => object.number("authTime", at.seconds()),
            None => object.raw("authTime", "null"),
        }
        .end()
    }

    /// Reads a stored text: the claims are classified anew under `profile`, which must be the one they were classified under before.
    ///
    /// # Errors
    ///
    /// [`Error::RecordCorrupt`], [`Error::RecordVersionUnknown`]; [`Error::ArgumentValueInvalid`] for another profile or another version
    /// of it.
    pub fn from_trusted_json(text: &str, profile: &AssuranceProfile) -> Result<Self, Error> {
        let corrupt = Error::RecordCorrupt;
        let names = ["v", "profile", "version", "amr", "acr", "authnContext", "authTime"];
        let found = members(text.as_bytes(), MAX_STORED, names).map_err(|_| corrupt)?;
        let [stored, id, version, amr, acr, authn_context, auth_time] = found;
        match stored.and_then(|value| value.as_u64()) {
            Some(VERSION) => {}
            Some(0) | None => return Err(corrupt),
            Some(_) => return Err(Error::RecordVersionUnknown),
        }
        let (id, version) = (json::text(id).ok_or(corrupt)?, json::text(version).ok_or(corrupt)?);
        if (id, version) != (profile.id.clone(), profile.version.clone()) {
            return Err(Error::ArgumentValueInvalid);
        }
        let claims = Claims::read(amr, json::present(acr), authn_context, json::present(auth_time));
        let claims = claims.map_err(|_| corrupt)?;
        // The time was checked when the person signed in.
        let now = claims.auth_time.unwrap_or(UnixTime::from_seconds(0));
        classify(profile, claims, None, Some(now)).map_err(|_| corrupt)
    }
}
