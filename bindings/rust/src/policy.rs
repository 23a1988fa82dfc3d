//! Requirements, decisions and a person's methods, as values that own their texts.
//!
//! Every decision is core's. Leaks: nothing secret here.

use crate::assurance::{Assessment, Reason};
use crate::claims::Classification;
use crate::json::{self, Object};
use crate::time::or_clock;
use mfakit_core::assurance::Tier;
use mfakit_core::encoding::json as reader;
use mfakit_core::policy::{self as core, Applies, DecisionReason, RemovalReason};
use mfakit_core::{Error, MethodKind, MethodKinds, UnixTime};
use std::borrow::Cow;

/// The largest requirement that is read.
const MAX_TEXT: usize = 16 * 1024;

/// What one request demands. Make it anew at each request: rights change while a session lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The tier that must be reached.
    pub tier: Tier,
    /// How many seconds ago at most it was reached; `None` for any time within the session.
    pub max_age: Option<u64>,
    /// Whether an exemption was approved for the person.
    pub exempt: bool,
    /// Whether the person has a permission that waives until enforcement begins, and not after.
    pub waiver: bool,
    /// When enforcement begins; `None` if it has.
    pub enforced_from: Option<UnixTime>,
    /// Whether the policy covers the channel.
    pub channel_subject: bool,
    /// The kinds of method that the person's client can perform; `None` for all.
    pub client_can: Option<Vec<MethodKind>>,
    /// `acr` values to ask an identity provider for, separated by spaces, the best first; `None` for those of the tier.
    pub acr_values: Option<String>,
    /// The id and version of the policy profile that it came from.
    pub policy: Option<(String, String)>,
}

impl Requirement {
    /// This tier, of everybody, now.
    #[must_use]
    pub const fn new(tier: Tier) -> Self {
        Self {
            tier,
            max_age: None,
            exempt: false,
            waiver: false,
            enforced_from: None,
            channel_subject: true,
            client_can: None,
            acr_values: None,
            policy: None,
        }
    }

    fn core(&self) -> Result<core::Requirement<'_>, Error> {
        if let Some(from) = self.enforced_from {
            or_clock(Some(from))?;
        }
        let acr_values = self.acr_values.as_deref().map(core::AcrValues::new).transpose()?;
        Ok(core::Requirement {
            tier: self.tier,
            max_age: self.max_age,
            exempt: self.exempt,
            waiver: self.waiver,
            enforced_from: self.enforced_from,
            channel_subject: self.channel_subject,
            client_can: self
                .client_can
                .as_ref()
                .map_or(MethodKinds::ALL, |kinds| kinds.iter().copied().collect()),
            acr_values,
        })
    }

    /// Checks every field.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`] for `acr_values` that cannot stand in an HTTP field; [`Error::TimeInvalid`] for an `enforced_from` in
    /// milliseconds.
    pub fn check(&self) -> Result<(), Error> {
        self.core().map(|_| ())
    }

    /// Whether it applies, and if not, why: `yes`, `channel_unaffected`, `exempt`, `waived`, `not_yet_enforced`.
    ///
    /// # Errors
    ///
    /// [`Error::TimeInvalid`], and those of [`Requirement::check`].
    pub fn applies(&self, now: Option<UnixTime>) -> Result<&'static str, Error> {
        Ok(match self.core()?.applies(or_clock(now)?) {
            Applies::Yes => "yes",
            Applies::ChannelUnaffected => DecisionReason::ChannelUnaffected.code(),
            Applies::Exempt => DecisionReason::Exempt.code(),
            Applies::Waived => DecisionReason::Waived.code(),
            Applies::NotYetEnforced => DecisionReason::NotYetEnforced.code(),
        })
    }

    /// The requirement as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let optional = |value: Option<u64>| value.map_or("null".to_owned(), |v| v.to_string());
        let object = Object::new()
            .string("tier", self.tier.as_str())
            .raw("maxAge", &optional(self.max_age))
            .bool("exempt", self.exempt)
            .bool("waiver", self.waiver)
            .raw("enforcedFrom", &optional(self.enforced_from.map(UnixTime::seconds)))
            .bool("channelSubject", self.channel_subject);
        let object = match &self.client_can {
            None => object.raw("clientCan", "null"),
            Some(kinds) => {
                object.array("clientCan", kinds.iter().map(|k| json::quoted(k.as_str())))
            }
        };
        let (policy, version) = self.policy.clone().unzip();
        object
            .optional_string("acrValues", self.acr_values.as_deref())
            .optional_string("policy", policy.as_deref())
            .optional_string("policyVersion", version.as_deref())
            .end()
    }

    /// Reads what [`Requirement::to_json`] wrote. Members that are missing have their strictest value, those that are not known are
    /// errors.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentTypeInvalid`], [`Error::ArgumentValueInvalid`].
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let kind = Error::ArgumentTypeInvalid;
        if text.len() > MAX_TEXT {
            return Err(Error::ArgumentValueInvalid);
        }
        let names = [
            "tier",
            "maxAge",
            "exempt",
            "waiver",
            "enforcedFrom",
            "channelSubject",
            "clientCan",
            "acrValues",
            "policy",
            "policyVersion",
        ];
        let value = reader::read_all(text.as_bytes()).map_err(|_| kind)?;
        let mut known = value.as_object().ok_or(kind)?;
        if !known.all(|(name, _)| names.iter().any(|known| name == **known)) {
            return Err(Error::ArgumentValueInvalid);
        }
        let members = value.members(names).map_err(|_| kind)?.ok_or(kind)?;
        let [
            tier,
            max_age,
            exempt,
            waiver,
            enforced_from,
            channel_subject,
            client_can,
            acr_values,
            policy,
            version,
        ] = members.map(json::present);
        let whole = |member: Option<reader::Value<'_>>| {
            member.map(|value| value.as_u64().ok_or(kind)).transpose()
        };
        let flag = |member: Option<reader::Value<'_>>, default: bool| {
            member.map_or(Some(default), |value| value.as_bool()).ok_or(kind)
        };
        let string = |member: Option<reader::Value<'_>>| {
            member.map(|value| json::text(Some(value)).ok_or(kind)).transpose()
        };
        let client_can = client_can.map(|list| {
            let kinds = list.as_array().ok_or(kind)?;
            kinds.map(|name| MethodKind::from_name(&json::text(Some(name)).ok_or(kind)?)).collect()
        });
        let requirement = Self {
            tier: Tier::from_name(&json::text(tier).ok_or(kind)?)?,
            max_age: whole(max_age)?,
            exempt: flag(exempt, false)?,
            waiver: flag(waiver, false)?,
            enforced_from: whole(enforced_from)?.map(UnixTime::from_seconds),
            channel_subject: flag(channel_subject, true)?,
            client_can: client_can.transpose()?,
            acr_values: string(acr_values)?,
            policy: string(policy)?.zip(string(version)?),
        };
        requirement.check()?;
        Ok(requirement)
    }
}

/// A published enforcement as versioned data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyProfile {
    json: Cow<'static, str>,
    id: String,
    version: String,
}

/// Who asks, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Every right that the person has, as the host names them.
    pub rights: Vec<String>,
    /// The channel, by the profile's name for it.
    pub channel: String,
    /// The environment, by the profile's name for it.
    pub environment: String,
    /// The host's own date of enforcement, if it is known; else the first day of the published window.
    pub enforced_from: Option<UnixTime>,
    /// Whether the person has the old permission that waives.
    pub waiver: bool,
    /// Whether an exemption was approved for this person.
    pub exempt: bool,
    /// What the person's client can perform; `None` for everything.
    pub client_can: Option<Vec<MethodKind>>,
    /// How many seconds ago at most the tier was reached.
    pub max_age: Option<u64>,
}

impl Person {
    /// A person with these rights on this channel, in production, without exemption.
    #[must_use]
    pub fn new(rights: &[&str], channel: &str) -> Self {
        Self {
            rights: rights.iter().map(|right| (*right).to_owned()).collect(),
            channel: channel.to_owned(),
            environment: "production".to_owned(),
            enforced_from: None,
            waiver: false,
            exempt: false,
            client_can: None,
            max_age: None,
        }
    }
}

impl PolicyProfile {
    /// A built-in profile: `salesforce-2026-05-05`.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`] for another id.
    pub fn named(id: &str) -> Result<Self, Error> {
        let profile = core::PolicyProfile::named(id)?;
        let json = std::str::from_utf8(profile.json()).map_err(|_| Error::ProfileInvalid)?;
        Ok(Self::of(&profile, Cow::Borrowed(json)))
    }

    /// A profile of the caller's own, as JSON (docs/assurance.md). All of it is checked.
    ///
    /// # Errors
    ///
    /// [`Error::ProfileInvalid`].
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let profile = core::PolicyProfile::from_json(text.as_bytes())?;
        Ok(Self::of(&profile, Cow::Owned(text.to_owned())))
    }

    fn of(profile: &core::PolicyProfile<'_>, json: Cow<'static, str>) -> Self {
        let (id, version) = (profile.id().to_owned(), profile.version().to_owned());
        Self { json, id, version }
    }

    /// The ids of the built-in profiles.
    #[must_use]
    pub fn names() -> Vec<&'static str> {
        core::PolicyProfile::names().collect()
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

    fn core(&self) -> Result<core::PolicyProfile<'_>, Error> {
        core::PolicyProfile::from_checked_json(self.json.as_bytes())
    }

    /// What people call a tier.
    ///
    /// # Errors
    ///
    /// None for a profile that was read.
    pub fn label(&self, tier: Tier) -> Result<String, Error> {
        json::owned(self.core()?.label(tier)).ok_or(Error::ProfileInvalid)
    }

    /// The rights of which any one makes a person privileged.
    ///
    /// # Errors
    ///
    /// None for a profile that was read.
    pub fn privileged_rights(&self) -> Result<Vec<String>, Error> {
        Ok(self.core()?.privileged_rights().filter_map(json::owned).collect())
    }

    /// The channels, and whether the policy covers each.
    ///
    /// # Errors
    ///
    /// None for a profile that was read.
    pub fn channels(&self) -> Result<Vec<(String, bool)>, Error> {
        let profile = self.core()?;
        let channels = profile.channels().filter_map(|(name, on)| Some((json::owned(name)?, on)));
        Ok(channels.collect())
    }

    /// What the policy demands of a person.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`] for a channel or environment that the profile does not name, and for a right that differs from a
    /// listed one in case, spaces or form only (`ModifyAllData`); [`Error::TimeInvalid`] for an `enforced_from` in milliseconds.
    pub fn requirement(&self, person: &Person) -> Result<Requirement, Error> {
        let rights: Vec<&str> = person.rights.iter().map(String::as_str).collect();
        let asked = core::Person {
            environment: &person.environment,
            enforced_from: person.enforced_from,
            waiver: person.waiver,
            exempt: person.exempt,
            max_age: person.max_age,
            ..core::Person::new(&rights, &person.channel)
        };
        let demanded = self.core()?.requirement(&asked)?;
        let requirement = Requirement {
            tier: demanded.tier,
            max_age: demanded.max_age,
            exempt: demanded.exempt,
            waiver: demanded.waiver,
            enforced_from: demanded.enforced_from,
            channel_subject: demanded.channel_subject,
            client_can: person.client_can.clone(),
            acr_values: None,
            policy: Some((self.id.clone(), self.version.clone())),
        };
        requirement.check()?;
        Ok(requirement)
    }
}

/// What the person has shown: methods on a direct sign-in, claims on one through an identity provider.
#[derive(Clone, Copy, Debug)]
pub enum Standing<'a> {
    /// A direct sign-in.
    Methods(&'a Assessment),
    /// A sign-in through an identity provider.
    Claims(&'a Classification),
}

impl<'a> From<&'a Assessment> for Standing<'a> {
    fn from(assessment: &'a Assessment) -> Self {
        Self::Methods(assessment)
    }
}

impl<'a> From<&'a Classification> for Standing<'a> {
    fn from(classification: &'a Classification) -> Self {
        Self::Claims(classification)
    }
}

impl Standing<'_> {
    /// Each proof or claim, and what it is worth.
    #[must_use]
    pub fn explain(&self) -> Vec<Reason> {
        match self {
            Self::Methods(assessment) => assessment.explain(),
            Self::Claims(classification) => classification.explain().to_vec(),
        }
    }

    pub(crate) fn tier(&self) -> Option<Tier> {
        self.core().tier()
    }

    const fn core(&self) -> core::Standing<'_> {
        match self {
            Self::Methods(assessment) => core::Standing::Methods(assessment.core()),
            Self::Claims(classification) => core::Standing::Claims(classification.core()),
        }
    }
}

/// What to do with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Decision {
    kind: &'static str,
    reason: DecisionReason,
    need: Option<Tier>,
    options: Vec<MethodKind>,
    challenge: Option<String>,
    outcome: Result<(), Error>,
    explain: Vec<Reason>,
}

/// Decides about one request of a person who has `enrolled` these kinds of method here.
///
/// # Errors
///
/// [`Error::TimeInvalid`], and those of [`Requirement::check`].
///
/// # Examples
///
/// ```
/// use mfakit::{Evidence, MethodKind, Person, PolicyProfile, UnixTime, assess, decide};
///
/// let noon = UnixTime::from_seconds(1_800_000_000);
/// let session = assess(&[Evidence::password(noon)], None, Some(noon))?;
/// let policy = PolicyProfile::named("salesforce-2026-05-05")?;
/// let administrator = policy.requirement(&Person::new(&["Modify All Data"], "ui"))?;
///
/// let decision = decide(&session, &administrator, &[MethodKind::SecurityKey], Some(noon))?;
/// assert_eq!((decision.kind(), decision.reason()), ("step_up", "tier_too_low"));
/// let nothing_yet = decide(&session, &administrator, &[], Some(noon))?;
/// assert_eq!(nothing_yet.kind(), "enroll");
/// # Ok::<(), mfakit::Error>(())
/// ```
pub fn decide<'s>(
    standing: impl Into<Standing<'s>>,
    requirement: &Requirement,
    enrolled: &[MethodKind],
    now: Option<UnixTime>,
) -> Result<Decision, Error> {
    let standing = standing.into();
    let enrolled = enrolled.iter().copied().collect();
    let demanded = requirement.core()?;
    let decision = core::decide(standing.core(), &demanded, enrolled, or_clock(now)?);
    let reason = decision.reason();
    let mut explain = vec![Reason {
        code: reason.code(),
        subject: None,
        tier: decision.need(),
        message: reason.message(),
    }];
    explain.extend(standing.explain());
    Ok(Decision {
        kind: decision.kind(),
        reason,
        need: decision.need(),
        options: decision.options().iter().collect(),
        challenge: decision.challenge().map(|challenge| challenge.to_string()),
        outcome: decision.or_error(),
        explain,
    })
}

impl Decision {
    /// `allow`, `step_up`, `enroll` or `block`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        self.kind
    }
    /// The code of the reason.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        self.reason.code()
    }
    /// The tier that is missing.
    #[must_use]
    pub const fn need(&self) -> Option<Tier> {
        self.need
    }
    /// The methods to offer, the best first.
    #[must_use]
    pub fn options(&self) -> &[MethodKind] {
        &self.options
    }
    /// The `WWW-Authenticate` field that an API answers to a request that needs more (RFC 9470 §3).
    #[must_use]
    pub fn challenge(&self) -> Option<&str> {
        self.challenge.as_deref()
    }
    /// The reason, then what each proof or claim is worth.
    #[must_use]
    pub fn explain(&self) -> &[Reason] {
        &self.explain
    }
    /// Nothing, if the request is let through.
    ///
    /// # Errors
    ///
    /// [`Error::StepUpRequired`], [`Error::EnrollmentRequired`], [`Error::LoginBlocked`].
    pub const fn or_error(&self) -> Result<(), Error> {
        self.outcome
    }
}

/// The methods that a requirement lets the person choose from, out of those that they have, the best first.
///
/// # Errors
///
/// [`Error::TimeInvalid`], and those of [`Requirement::check`].
pub fn eligible_methods(
    enrolled: &[MethodKind],
    requirement: &Requirement,
    now: Option<UnixTime>,
) -> Result<Vec<MethodKind>, Error> {
    let enrolled = enrolled.iter().copied().collect();
    Ok(core::choices(enrolled, &requirement.core()?, or_clock(now)?).iter().collect())
}

/// The methods that a person may add to satisfy a requirement, the phishing-resistant first.
///
/// # Errors
///
/// Those of [`Requirement::check`].
pub fn enrollable_methods(requirement: &Requirement) -> Result<Vec<MethodKind>, Error> {
    let demanded = requirement.core()?;
    Ok(core::enrollable(demanded.tier).and(demanded.client_can).iter().collect())
}

/// Whether a method may be removed, or two-factor authentication turned off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Removal(core::Removal);

impl Removal {
    /// Whether it may.
    #[must_use]
    pub const fn allowed(&self) -> bool {
        self.0.allowed()
    }
    /// The code of the reason.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        self.0.reason.code()
    }
    /// One sentence.
    #[must_use]
    pub const fn message(&self) -> &'static str {
        let reason: RemovalReason = self.0.reason;
        reason.message()
    }
    /// Nothing, if it may.
    ///
    /// # Errors
    ///
    /// [`Error::MethodRequired`]; [`Error::StepUpRequired`] for a proof that is needed; [`Error::ArgumentValueInvalid`] if the
    /// person has no such method.
    pub const fn or_error(&self) -> Result<(), Error> {
        self.0.or_error()
    }
}

/// Whether a person who has `enrolled` these methods, one element each, may remove one of the kind `remove`.
///
/// # Errors
///
/// [`Error::TimeInvalid`], and those of [`Requirement::check`].
///
/// # Examples
///
/// ```
/// use mfakit::{MethodKind, Requirement, Tier, can_remove};
/// let demanded = Requirement::new(Tier::Standard);
/// let last = can_remove(&[MethodKind::Totp, MethodKind::RecoveryCode], MethodKind::Totp, &demanded, None)?;
/// assert_eq!((last.allowed(), last.reason()), (false, "last_method"));
/// # Ok::<(), mfakit::Error>(())
/// ```
pub fn can_remove(
    enrolled: &[MethodKind],
    remove: MethodKind,
    requirement: &Requirement,
    now: Option<UnixTime>,
) -> Result<Removal, Error> {
    Ok(Removal(core::can_remove(enrolled, remove, &requirement.core()?, or_clock(now)?)))
}

/// Whether a person may turn two-factor authentication off: nothing demands it, a second factor was proven for the session, and the
/// password within five minutes.
///
/// # Errors
///
/// [`Error::TimeInvalid`], and those of [`Requirement::check`].
pub fn can_disable(
    assessment: &Assessment,
    requirement: &Requirement,
    now: Option<UnixTime>,
) -> Result<Removal, Error> {
    Ok(Removal(core::can_disable(assessment.core(), &requirement.core()?, or_clock(now)?)))
}

/// What to recommend to a person who has `enrolled` these methods, one element each: `no_method`, `no_backup`, `no_recovery_codes`,
/// `not_phishing_resistant`.
#[must_use]
pub fn method_advice(enrolled: &[MethodKind]) -> Vec<&'static str> {
    core::advice(enrolled).map(core::Advice::code).collect()
}

/// Whether a method that nobody may add any more still serves a person who had it.
///
/// # Errors
///
/// [`Error::TimeInvalid`].
pub fn grandfathered(
    enrolled_at: Option<UnixTime>,
    enrolled_before: UnixTime,
    until: UnixTime,
    now: Option<UnixTime>,
) -> Result<bool, Error> {
    let enrolled_at = enrolled_at.map(|at| or_clock(Some(at))).transpose()?;
    let (before, until) = (or_clock(Some(enrolled_before))?, or_clock(Some(until))?);
    Ok(core::grandfathered(enrolled_at, before, until, or_clock(now)?))
}

/// Something to carry out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// `revoke_other_sessions`, `rotate_api_key` or `notify_by_email`.
    pub kind: &'static str,
    /// How long a new API key lives, in seconds.
    pub lifetime: Option<u64>,
    /// Which message to send: the event's name.
    pub template: Option<&'static str>,
}

/// What an event entails, in the order in which to do it: `mfa_enabled`, `mfa_disabled`, `method_added`, `method_removed`,
/// `methods_disconnected`, `recovery_codes_replaced`, `recovery_code_used`, `temporary_code_issued`, `password_changed`.
///
/// # Errors
///
/// [`Error::ArgumentValueInvalid`] for another event.
pub fn effects(event: &str) -> Result<Vec<Effect>, Error> {
    let found = core::Event::ALL.into_iter().find(|known| known.as_str() == event);
    let event = found.ok_or(Error::ArgumentValueInvalid)?;
    let effects = core::effects(event).iter().map(|effect| Effect {
        kind: effect.code(),
        lifetime: match effect {
            core::Effect::RotateApiKey { lifetime } => Some(*lifetime),
            _ => None,
        },
        template: matches!(effect, core::Effect::NotifyByEmail).then_some(event.as_str()),
    });
    Ok(effects.collect())
}
