//! The decision: let in, ask for more, have a method added, or refuse.
//!
//! Invariant: total, and a function of its arguments alone. Nothing that was not recognised ever satisfies a requirement. Whoever has
//! methods proves the best of them before a new one is added: a stolen password must not be enough to add an attacker's key.

use super::challenge::Challenge;
use super::methods::{eligible, enrollable, tier_of};
use super::requirement::{Applies, Requirement};
use crate::assurance::{Assessment, Classification, MethodReason, Tier, is_recent};
use crate::error::Error;
use crate::evidence::{MethodKind, MethodKinds};
use crate::time::UnixTime;

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
    /// The tier, if anything was recognised.
    #[must_use]
    pub fn tier(&self) -> Option<Tier> {
        match self {
            Self::Methods(assessment) => (!assessment.is_empty()).then(|| assessment.tier()),
            Self::Claims(classification) => {
                classification.recognised().then(|| classification.tier())
            }
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::Methods(assessment) if assessment.is_empty())
    }

    /// Whether a direct sign-in shows none of the person's methods, nor another that is more than weak.
    fn shows_no_method(&self, own: MethodKinds) -> bool {
        matches!(self, Self::Methods(assessment) if !shows_method(assessment, own))
    }

    /// Whether a key without user verification would reach a higher tier beside another factor.
    fn lacks_other_factor(&self, max_age: Option<u64>, now: UnixTime) -> bool {
        match self {
            Self::Methods(assessment) => {
                let recent = assessment.within(max_age, now);
                recent.reasons().any(|(_, reason)| reason == MethodReason::WebauthnAlone)
            }
            Self::Claims(_) => false,
        }
    }

    /// Whether the best of the person's own methods is shown; one of them, if the best is weak.
    fn shows(&self, own: MethodKinds, best: Tier, max_age: Option<u64>, now: UnixTime) -> bool {
        if best > Tier::Weak {
            return self.meets(best, max_age, now);
        }
        match self {
            Self::Methods(assessment) => shows_method(&assessment.within(max_age, now), own),
            Self::Claims(_) => self.meets(Tier::Standard, max_age, now),
        }
    }

    /// Whether the person signed in within the largest age.
    fn is_recent(&self, max_age: Option<u64>, now: UnixTime) -> bool {
        match self {
            Self::Methods(assessment) => !assessment.within(max_age, now).is_empty(),
            Self::Claims(classification) => max_age.is_none_or(|age| {
                classification.auth_time().is_some_and(|at| is_recent(at, age, now))
            }),
        }
    }

    fn meets(&self, tier: Tier, max_age: Option<u64>, now: UnixTime) -> bool {
        match self {
            Self::Methods(assessment) => assessment.within(max_age, now).meets(tier),
            Self::Claims(classification) => match max_age {
                None => classification.meets(tier),
                Some(age) => classification.meets_recently(tier, age, now),
            },
        }
    }
}

/// Why a decision was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DecisionReason {
    /// What was shown is enough.
    Satisfied,
    /// The policy does not cover the channel.
    ChannelUnaffected,
    /// An exemption was approved.
    Exempt,
    /// Enforcement has not begun, and the person was let off until then.
    Waived,
    /// Enforcement has not begun.
    NotYetEnforced,
    /// A method of a higher tier is needed, and the person has one.
    TierTooLow,
    /// The tier was reached too long ago.
    TooOld,
    /// Nothing that was said is known, and the person has a method of their own.
    NotRecognised,
    /// A method must be added, and one that the person has must be proven before.
    ProveBeforeEnrolling,
    /// The person has no method of the tier.
    NoSuitableMethod,
    /// The person's client cannot perform any method of the tier.
    ClientCannotPerform,
    /// Nobody has signed in: there is nobody to let in or to add a method for.
    NothingProven,
    /// A key was used without user verification and stands alone: another factor, such as the password, is missing.
    OtherFactorNeeded,
    /// No policy demands a second factor, the person has turned two-factor authentication on, and none of it was proven.
    SecondFactorOn,
}

impl DecisionReason {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Satisfied => "satisfied",
            Self::ChannelUnaffected => "channel_unaffected",
            Self::Exempt => "exempt",
            Self::Waived => "waived",
            Self::NotYetEnforced => "not_yet_enforced",
            Self::TierTooLow => "tier_too_low",
            Self::TooOld => "too_old",
            Self::NotRecognised => "not_recognised",
            Self::ProveBeforeEnrolling => "prove_before_enrolling",
            Self::NoSuitableMethod => "no_suitable_method",
            Self::ClientCannotPerform => "client_cannot_perform",
            Self::NothingProven => "nothing_proven",
            Self::OtherFactorNeeded => "other_factor_needed",
            Self::SecondFactorOn => "second_factor_on",
        }
    }

    /// One sentence.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::Satisfied => "What was proven is enough.",
            Self::ChannelUnaffected => "The policy does not cover this channel.",
            Self::Exempt => "An exemption was approved for this person.",
            Self::Waived => "Enforcement has not begun, and this person was let off until then.",
            Self::NotYetEnforced => "Enforcement has not begun.",
            Self::TierTooLow => "A method of a higher tier is needed, and the person has one.",
            Self::TooOld => "What was proven is enough, but was proven too long ago.",
            Self::NotRecognised => {
                "Nothing that the identity provider said is recognised, and the person has a method here."
            }
            Self::ProveBeforeEnrolling => {
                "A method of a higher tier must be added, and first the best one that the person has must be proven."
            }
            Self::NoSuitableMethod => "The person has no method of the tier and must add one.",
            Self::ClientCannotPerform => {
                "The person's client cannot perform any method that would be enough."
            }
            Self::NothingProven => "Nothing was proven at all: the person must sign in first.",
            Self::OtherFactorNeeded => {
                "The key did not verify its user and stands alone: another factor is missing, or the same with user verification."
            }
            Self::SecondFactorOn => {
                "The person has turned two-factor authentication on, and only the password was proven."
            }
        }
    }
}

/// What to do with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Decision<'a> {
    /// Let it through.
    Allow {
        /// Why.
        reason: DecisionReason,
    },
    /// Ask for one of the person's methods.
    StepUp {
        /// Why.
        reason: DecisionReason,
        /// The tier that is missing.
        need: Tier,
        /// The methods to offer, the best first.
        options: MethodKinds,
        /// What an API answers.
        challenge: Challenge<'a>,
    },
    /// Have the person add a method.
    Enroll {
        /// Why.
        reason: DecisionReason,
        /// The tier that is missing.
        need: Tier,
        /// The methods to offer, the phishing-resistant first.
        options: MethodKinds,
        /// What an API answers to a sign-in through an identity provider, which may be able to do better itself.
        challenge: Option<Challenge<'a>>,
    },
    /// Refuse.
    Block {
        /// Why.
        reason: DecisionReason,
    },
}

impl<'a> Decision<'a> {
    /// `allow`, `step_up`, `enroll` or `block`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Allow { .. } => "allow",
            Self::StepUp { .. } => "step_up",
            Self::Enroll { .. } => "enroll",
            Self::Block { .. } => "block",
        }
    }
    /// Why.
    #[must_use]
    pub const fn reason(&self) -> DecisionReason {
        match self {
            Self::Allow { reason }
            | Self::StepUp { reason, .. }
            | Self::Enroll { reason, .. }
            | Self::Block { reason } => *reason,
        }
    }
    /// The tier that is missing.
    #[must_use]
    pub const fn need(&self) -> Option<Tier> {
        match self {
            Self::StepUp { need, .. } | Self::Enroll { need, .. } => Some(*need),
            _ => None,
        }
    }
    /// The methods to offer, the best first.
    #[must_use]
    pub const fn options(&self) -> MethodKinds {
        match self {
            Self::StepUp { options, .. } | Self::Enroll { options, .. } => *options,
            _ => MethodKinds::NONE,
        }
    }
    /// What an API answers to a request that needs more.
    #[must_use]
    pub const fn challenge(&self) -> Option<Challenge<'a>> {
        match self {
            Self::StepUp { challenge, .. } => Some(*challenge),
            Self::Enroll { challenge, .. } => *challenge,
            _ => None,
        }
    }

    /// Nothing, if the request is let through.
    ///
    /// # Errors
    ///
    /// [`Error::StepUpRequired`], [`Error::EnrollmentRequired`], [`Error::LoginBlocked`].
    pub const fn or_error(&self) -> Result<(), Error> {
        match self {
            Self::Allow { .. } => Ok(()),
            Self::StepUp { .. } => Err(Error::StepUpRequired),
            Self::Enroll { .. } => Err(Error::EnrollmentRequired),
            Self::Block { .. } => Err(Error::LoginBlocked),
        }
    }
}

/// Decides about one request of a person who has `enrolled` these kinds of method here.
///
/// # Examples
///
/// ```
/// use mfakit_core::assurance::{Tier, assess};
/// use mfakit_core::policy::{Decision, DecisionReason, Requirement, decide};
/// use mfakit_core::{Error, Evidence, MethodKind, MethodKinds, UnixTime};
///
/// let now = UnixTime::from_seconds(1_800_000_000);
/// let session = assess(&[Evidence::password(now)], None, now)?;
/// let requirement = Requirement::new(Tier::PhishingResistant);
///
/// // Who has a telephone with codes proves that first, and then adds a key.
/// let enrolled = MethodKinds::NONE.with(MethodKind::Totp);
/// let decision = decide(&session, &requirement, enrolled, now);
/// assert_eq!(decision.reason(), DecisionReason::ProveBeforeEnrolling);
/// assert!(decision.options().iter().eq([MethodKind::Totp]));
/// # Ok::<(), Error>(())
/// ```
pub fn decide<'s, 'a>(
    standing: impl Into<Standing<'s>>,
    requirement: &Requirement<'a>,
    enrolled: MethodKinds,
    now: UnixTime,
) -> Decision<'a> {
    let standing = standing.into();
    let (need, max_age) = (requirement.tier, requirement.max_age);
    let own = eligible(enrolled, Tier::Weak);
    if standing.is_empty() {
        return Decision::Block { reason: DecisionReason::NothingProven };
    }
    // What a person turned on stays on, whether or not a policy demands it: a password alone does not open the account.
    let skipped = !own.is_empty() && standing.shows_no_method(own);
    match requirement.applies(now) {
        Applies::Yes if need == Tier::Weak && skipped => {}
        Applies::NotYetEnforced if skipped => {}
        Applies::Yes if standing.meets(need, max_age, now) => {
            return allow(DecisionReason::Satisfied);
        }
        Applies::Yes => return missing(&standing, requirement, own, now),
        Applies::ChannelUnaffected => return allow(DecisionReason::ChannelUnaffected),
        Applies::Exempt => return allow(DecisionReason::Exempt),
        Applies::Waived => return allow(DecisionReason::Waived),
        Applies::NotYetEnforced => return allow(DecisionReason::NotYetEnforced),
    }
    let need = best(own).min(Tier::Standard);
    let options = eligible(own, need).and(requirement.client_can);
    if standing.lacks_other_factor(None, now) {
        let options = options.with(MethodKind::Password);
        return step_up(requirement, DecisionReason::OtherFactorNeeded, need, options);
    }
    if options.is_empty() {
        return Decision::Block { reason: DecisionReason::ClientCannotPerform };
    }
    step_up(requirement, DecisionReason::SecondFactorOn, need, options)
}

/// What to do where the tier is not reached.
fn missing<'a>(
    standing: &Standing<'_>,
    requirement: &Requirement<'a>,
    own: MethodKinds,
    now: UnixTime,
) -> Decision<'a> {
    let (need, max_age) = (requirement.tier, requirement.max_age);
    let client_can = requirement.client_can;
    let step_up = |reason, need, options| step_up(requirement, reason, need, options);
    let cannot = Decision::Block { reason: DecisionReason::ClientCannotPerform };
    let enough = eligible(own, need);

    // A key without user verification was used, and another factor is missing: the key again would change nothing.
    if !enough.is_empty() && standing.lacks_other_factor(max_age, now) {
        let options = enough.and(client_can).with(MethodKind::Password);
        return step_up(DecisionReason::OtherFactorNeeded, need, options);
    }
    // Only too old: the same again, here or at the identity provider.
    if standing.meets(need, None, now) {
        return step_up(DecisionReason::TooOld, need, enough.and(client_can));
    }
    // One of the person's own methods is enough.
    if !enough.is_empty() {
        let options = enough.and(client_can);
        return if options.is_empty() {
            cannot
        } else if standing.tier().is_none() {
            step_up(DecisionReason::NotRecognised, need, options)
        } else {
            step_up(DecisionReason::TierTooLow, need, options)
        };
    }
    let offered = enrollable(need).and(client_can);
    if offered.is_empty() {
        return cannot;
    }
    // A method is to be added. Who has others proves the best of them first; who has none has signed in recently enough.
    let best = best(own);
    if !own.is_empty() && !standing.shows(own, best, max_age, now) {
        let options = eligible(own, best).and(client_can);
        return if options.is_empty() {
            cannot
        } else {
            step_up(DecisionReason::ProveBeforeEnrolling, best, options)
        };
    }
    if !standing.is_recent(max_age, now) {
        return step_up(DecisionReason::TooOld, need, MethodKinds::NONE);
    }
    let elsewhere = matches!(standing, Standing::Claims(_))
        .then(|| Challenge::new(need, requirement.acr_values, max_age));
    Decision::Enroll {
        reason: DecisionReason::NoSuitableMethod,
        need,
        options: offered,
        challenge: elsewhere,
    }
}

fn step_up<'a>(
    requirement: &Requirement<'a>,
    reason: DecisionReason,
    need: Tier,
    options: MethodKinds,
) -> Decision<'a> {
    let challenge = Challenge::new(need, requirement.acr_values, requirement.max_age);
    Decision::StepUp { reason, need, options, challenge }
}

/// Whether one of these methods was proven, or another that is more than weak. Where the best of them is more than weak, only such a
/// proof counts: a code by e-mail does not stand for the app beside it, nor a key that somebody found for its owner.
fn shows_method(assessment: &Assessment, own: MethodKinds) -> bool {
    let weak = best(own) == Tier::Weak;
    assessment.reasons().any(|(proven, reason)| {
        reason.tier() > Tier::Weak || (weak && own.contains(proven.facts.kind))
    })
}

/// The tier of the best of these methods.
fn best(own: MethodKinds) -> Tier {
    own.iter().map(tier_of).max().unwrap_or(Tier::Weak)
}

const fn allow<'a>(reason: DecisionReason) -> Decision<'a> {
    Decision::Allow { reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assurance::Proven;
    use crate::evidence::{Facts, MethodKind, VerifiedBy};
    use std::vec::Vec;

    const NOW: UnixTime = UnixTime::from_seconds(1_800_000_000);

    const PASSWORD: Facts = Facts::of(MethodKind::Password);
    const TOTP: Facts = Facts::of(MethodKind::Totp);
    const PASSKEY: Facts = Facts {
        user_verified: true,
        verified_by: VerifiedBy::UNKNOWN,
        ..Facts::of(MethodKind::SyncedPasskey)
    };

    fn session(facts: &[Facts], ago: u64) -> Assessment {
        let at = UnixTime::from_seconds(NOW.seconds() - ago);
        Assessment::from_trusted(facts.iter().map(|facts| Proven { facts: *facts, at })).unwrap()
    }

    fn kinds(kinds: &[MethodKind]) -> MethodKinds {
        kinds.iter().copied().collect()
    }

    /// Kind, reason, what is needed and offered.
    type Seen = (&'static str, &'static str, Option<Tier>, Vec<&'static str>);

    fn seen(decision: &Decision<'_>) -> Seen {
        let options = decision.options().iter().map(MethodKind::as_str).collect();
        let (reason, need) = (decision.reason().code(), decision.need());
        assert!(decision.challenge().is_some() || decision.kind() != "step_up");
        assert_eq!(decision.or_error().is_ok(), decision.kind() == "allow");
        (decision.kind(), reason, need, options)
    }

    fn asked(facts: &[Facts], tier: Tier, enrolled: &[MethodKind]) -> Seen {
        let requirement = Requirement::new(tier);
        seen(&decide(&session(facts, 0), &requirement, kinds(enrolled), NOW))
    }

    fn allowed(reason: &'static str) -> Seen {
        ("allow", reason, None, Vec::new())
    }

    fn blocked(reason: &'static str) -> Seen {
        ("block", reason, None, Vec::new())
    }

    #[test]
    fn enough_is_let_through_and_less_is_asked_for_more() {
        use MethodKind::{RecoveryCode, SecurityKey, Sms, Totp};
        let standard = Tier::Standard;
        assert_eq!(asked(&[PASSWORD, TOTP], standard, &[]), allowed("satisfied"));
        assert_eq!(asked(&[PASSKEY], Tier::PhishingResistant, &[]), allowed("satisfied"));
        assert_eq!(asked(&[PASSWORD], Tier::Weak, &[]), allowed("satisfied"));
        let step_up = |options: &[&'static str]| {
            ("step_up", "tier_too_low", Some(standard), options.to_vec())
        };
        let enrolled = [Sms, RecoveryCode, Totp, SecurityKey];
        let options = ["security_key", "totp", "recovery_code"];
        assert_eq!(asked(&[PASSWORD], standard, &enrolled), step_up(&options));
        let resistant =
            ("step_up", "tier_too_low", Some(Tier::PhishingResistant), ["security_key"].to_vec());
        assert_eq!(asked(&[PASSWORD, TOTP], Tier::PhishingResistant, &enrolled), resistant);
    }

    #[test]
    fn who_has_nothing_suitable_adds_a_method_and_sees_the_resistant_ones_first() {
        let everybody =
            ["security_key", "built_in_authenticator", "synced_passkey", "push_approval", "totp"];
        let enroll = |tier, options: &[&'static str]| {
            ("enroll", "no_suitable_method", Some(tier), options.to_vec())
        };
        for enrolled in [&[][..], &[MethodKind::Password]] {
            assert_eq!(
                asked(&[PASSWORD], Tier::Standard, enrolled),
                enroll(Tier::Standard, &everybody)
            );
        }
        let resistant = enroll(Tier::PhishingResistant, &everybody[..3]);
        assert_eq!(asked(&[PASSWORD], Tier::PhishingResistant, &[]), resistant);
    }

    #[test]
    fn whoever_has_methods_proves_the_best_before_adding_one() {
        use MethodKind::{Sms, SupportCode, Totp};
        let resistant = Tier::PhishingResistant;
        let first = ("step_up", "prove_before_enrolling", Some(Tier::Standard), ["totp"].to_vec());
        assert_eq!(asked(&[PASSWORD], resistant, &[Totp, Sms]), first);
        let sms = [PASSWORD, Facts::of(Sms)];
        assert_eq!(asked(&sms, resistant, &[Totp, Sms]), first);
        assert_eq!(asked(&[PASSWORD, TOTP], resistant, &[Totp, Sms]).0, "enroll");
        assert_eq!(asked(&[PASSWORD, Facts::of(SupportCode)], resistant, &[Totp]).0, "enroll");
        // Proven, but too long ago to add a key with.
        let requirement = Requirement { max_age: Some(300), ..Requirement::new(resistant) };
        let old = session(&[PASSWORD, TOTP], 301);
        assert_eq!(seen(&decide(&old, &requirement, kinds(&[Totp]), NOW)), first);
    }

    #[test]
    fn nobody_signed_in_is_nobody_to_let_in_whatever_the_policy() {
        let later = Some(UnixTime::from_seconds(NOW.seconds() + 1));
        for tier in Tier::ALL {
            for enrolled in [&[][..], &[MethodKind::SecurityKey]] {
                assert_eq!(asked(&[], tier, enrolled), blocked("nothing_proven"));
            }
            let strict = Requirement::new(tier);
            for requirement in [
                Requirement { channel_subject: false, ..strict },
                Requirement { exempt: true, ..strict },
                Requirement { waiver: true, enforced_from: later, ..strict },
                Requirement { enforced_from: later, ..strict },
            ] {
                let decision = decide(&session(&[], 0), &requirement, MethodKinds::NONE, NOW);
                assert_eq!(seen(&decision), blocked("nothing_proven"));
            }
        }
    }

    #[test]
    fn a_weak_method_too_is_proven_before_another_is_added() {
        use MethodKind::{Email, Phone, Sms};
        for kind in [Sms, Phone, Email] {
            for tier in [Tier::Standard, Tier::PhishingResistant] {
                let first = (
                    "step_up",
                    "prove_before_enrolling",
                    Some(Tier::Weak),
                    [kind.as_str()].to_vec(),
                );
                assert_eq!(asked(&[PASSWORD], tier, &[kind]), first, "{kind:?}");
                assert_eq!(asked(&[PASSWORD, Facts::of(kind)], tier, &[kind]).0, "enroll");
            }
        }
        let other = asked(&[PASSWORD, Facts::of(Email)], Tier::Standard, &[Sms]);
        assert_eq!(other.1, "prove_before_enrolling", "somebody else's mailbox");
        let recent = Requirement { max_age: Some(60), ..Requirement::new(Tier::Standard) };
        let old = session(&[PASSWORD, Facts::of(Sms)], 61);
        let seen = seen(&decide(&old, &recent, kinds(&[Sms]), NOW));
        assert_eq!(seen.1, "prove_before_enrolling");
        // Through an identity provider, a recognised second factor will do.
        let said = |tier| Classification { tier, recognised: true, auth_time: None };
        let resistant = Requirement::new(Tier::PhishingResistant);
        let kind = |tier| decide(&said(tier), &resistant, kinds(&[Sms]), NOW).kind();
        assert_eq!((kind(Tier::Weak), kind(Tier::Standard)), ("step_up", "enroll"));
    }

    #[test]
    fn an_old_session_signs_in_again_and_adds_nothing() {
        let requirement = |tier| Requirement { max_age: Some(300), ..Requirement::new(tier) };
        let again = |tier| ("step_up", "too_old", Some(tier), Vec::new());
        let resistant = requirement(Tier::PhishingResistant);
        let auth_time = Some(UnixTime::from_seconds(NOW.seconds() - 301));
        for (tier, recognised) in
            [(Tier::PhishingResistant, true), (Tier::Weak, true), (Tier::Weak, false)]
        {
            let claims = Classification { tier, recognised, auth_time };
            let decision = decide(&claims, &resistant, MethodKinds::NONE, NOW);
            assert_eq!(seen(&decision), again(Tier::PhishingResistant));
            assert_eq!(decision.challenge().and_then(|c| c.max_age()), Some(300));
        }
        let standard = requirement(Tier::Standard);
        let password = |ago| decide(&session(&[PASSWORD], ago), &standard, MethodKinds::NONE, NOW);
        assert_eq!(seen(&password(301)), again(Tier::Standard));
        assert_eq!(password(300).kind(), "enroll");
    }

    #[test]
    fn an_identity_provider_that_can_do_better_is_asked() {
        let requirement = Requirement::new(Tier::PhishingResistant);
        let claims = Classification { tier: Tier::Weak, recognised: true, auth_time: None };
        let decision = decide(&claims, &requirement, MethodKinds::NONE, NOW);
        let values = decision.challenge().and_then(|challenge| challenge.acr_values());
        assert_eq!((decision.kind(), values), ("enroll", Some("phr phrh")));
        let direct = decide(&session(&[PASSWORD], 0), &requirement, MethodKinds::NONE, NOW);
        assert_eq!((direct.kind(), direct.challenge()), ("enroll", None));
    }

    #[test]
    fn what_a_person_turned_on_stays_on() {
        use MethodKind::{Password, SecurityKey, Sms, Totp};
        let later = Some(UnixTime::from_seconds(NOW.seconds() + 1));
        let voluntary = Requirement::new(Tier::Weak);
        let soon = Requirement { enforced_from: later, ..Requirement::new(Tier::Standard) };
        let ask = |requirement: &Requirement<'_>, facts: &[Facts], enrolled: &[MethodKind]| {
            seen(&decide(&session(facts, 0), requirement, kinds(enrolled), NOW))
        };
        for requirement in [voluntary, soon] {
            for (enrolled, need) in
                [(SecurityKey, Tier::Standard), (Totp, Tier::Standard), (Sms, Tier::Weak)]
            {
                let on = ("step_up", "second_factor_on", Some(need), [enrolled.as_str()].to_vec());
                assert_eq!(ask(&requirement, &[PASSWORD], &[enrolled]), on);
                assert_eq!(
                    ask(&requirement, &[PASSWORD, Facts::of(enrolled)], &[enrolled]).0,
                    "allow"
                );
                let cannot = Requirement { client_can: MethodKinds::NONE, ..requirement };
                let seen = ask(&cannot, &[PASSWORD], &[enrolled]);
                assert_eq!(seen, blocked("client_cannot_perform"));
            }
            // A code by e-mail does not stand for the app beside it, and is not offered.
            let beside = ask(&requirement, &[PASSWORD], &[MethodKind::Email, Totp]);
            assert_eq!((beside.1, beside.3), ("second_factor_on", ["totp"].to_vec()));
            let mailed = [PASSWORD, Facts::of(MethodKind::Email)];
            assert_eq!(
                ask(&requirement, &mailed, &[MethodKind::Email, Totp]).1,
                "second_factor_on"
            );
            // Nor does a key that somebody found.
            let alone = ask(&requirement, &[Facts::of(SecurityKey)], &[SecurityKey]);
            let options = ["security_key", "password"].to_vec();
            let expected = ("step_up", "other_factor_needed", Some(Tier::Standard), options);
            assert_eq!(alone, expected);
            assert_eq!(ask(&requirement, &[PASSWORD], &[Password]).0, "allow");
            assert_eq!(ask(&requirement, &[PASSWORD], &[]).0, "allow");
        }
        let claims = Classification { tier: Tier::Weak, recognised: true, auth_time: None };
        let single_sign_on = decide(&claims, &soon, kinds(&[Totp]), NOW);
        assert_eq!(single_sign_on.reason(), DecisionReason::NotYetEnforced);
    }

    #[test]
    fn a_key_that_stands_alone_needs_another_factor_and_not_itself_again() {
        use MethodKind::SecurityKey;
        let key = Facts::of(SecurityKey);
        let alone = asked(&[key], Tier::Standard, &[SecurityKey]);
        let options = ["security_key", "password"].to_vec();
        assert_eq!(alone, ("step_up", "other_factor_needed", Some(Tier::Standard), options));
        assert_eq!(asked(&[key, PASSWORD], Tier::PhishingResistant, &[SecurityKey]).0, "allow");
        assert_eq!(asked(&[PASSWORD], Tier::Standard, &[SecurityKey]).1, "tier_too_low");
    }

    #[test]
    fn what_was_proven_too_long_ago_is_asked_for_again() {
        let requirement = Requirement { max_age: Some(300), ..Requirement::new(Tier::Standard) };
        let enrolled = kinds(&[MethodKind::Totp]);
        let at = |ago| seen(&decide(&session(&[PASSWORD, TOTP], ago), &requirement, enrolled, NOW));
        assert_eq!(at(300), allowed("satisfied"));
        assert_eq!(at(301), ("step_up", "too_old", Some(Tier::Standard), ["totp"].to_vec()));
        let aged = decide(&session(&[PASSWORD, TOTP], 301), &requirement, enrolled, NOW);
        assert_eq!(aged.challenge().and_then(|challenge| challenge.max_age()), Some(300));
    }

    #[test]
    fn claims_are_judged_by_what_was_recognised_and_when() {
        let requirement = Requirement::new(Tier::Standard);
        let said = |tier, recognised, at: Option<u64>| {
            let auth_time = at.map(UnixTime::from_seconds);
            Classification { tier, recognised, auth_time }
        };
        let asked =
            |claims: Classification, requirement: &Requirement<'_>, enrolled: &[MethodKind]| {
                seen(&decide(&claims, requirement, kinds(enrolled), NOW))
            };
        let totp = [MethodKind::Totp];
        let options = || ["totp"].to_vec();
        let strong = said(Tier::PhishingResistant, true, None);
        assert_eq!(asked(strong, &requirement, &[]), allowed("satisfied"));
        let unknown = said(Tier::PhishingResistant, false, None);
        for tier in Tier::ALL {
            let not = ("step_up", "not_recognised", Some(tier), options());
            let enrolled = if tier == Tier::PhishingResistant { &[][..] } else { &totp };
            let seen = asked(unknown, &Requirement::new(tier), enrolled);
            if enrolled.is_empty() { assert_eq!(seen.0, "enroll") } else { assert_eq!(seen, not) }
        }
        assert_eq!(asked(unknown, &requirement, &[]).0, "enroll", "whatever the provider did");
        let weak = said(Tier::Weak, true, None);
        let low = ("step_up", "tier_too_low", Some(Tier::Standard), options());
        assert_eq!(asked(weak, &requirement, &totp), low);

        let recent = Requirement { max_age: Some(60), ..requirement };
        let old = ("step_up", "too_old", Some(Tier::Standard), options());
        assert_eq!(asked(strong, &recent, &totp), old, "of an unknown time");
        let dated = |ago| said(Tier::Standard, true, Some(NOW.seconds() - ago));
        assert_eq!(asked(dated(60), &recent, &totp), allowed("satisfied"));
        assert_eq!(asked(dated(61), &recent, &totp), old);
        assert_eq!(asked(said(Tier::Standard, true, Some(NOW.seconds() + 6)), &recent, &totp), old);
    }

    #[test]
    fn a_client_that_cannot_is_refused_with_its_own_reason() {
        use MethodKind::{SecurityKey, SyncedPasskey, Totp};
        let can = |kind| kinds(&[kind]);
        let (password, code) = (session(&[PASSWORD], 0), session(&[PASSWORD, TOTP], 0));
        let ask = |tier, session: &Assessment, enrolled: &[MethodKind], client_can| {
            let requirement = Requirement { client_can, ..Requirement::new(tier) };
            seen(&decide(session, &requirement, kinds(enrolled), NOW))
        };
        let (resistant, standard) = (Tier::PhishingResistant, Tier::Standard);
        let cannot = blocked("client_cannot_perform");
        assert_eq!(ask(resistant, &code, &[SecurityKey, Totp], can(Totp)), cannot);
        assert_eq!(ask(resistant, &code, &[Totp], can(Totp)), cannot, "nor can it add one");
        assert_eq!(
            ask(resistant, &password, &[Totp], can(SecurityKey)),
            cannot,
            "nor prove its code"
        );
        assert_eq!(ask(standard, &password, &[], MethodKinds::NONE), cannot);
        let one = ask(standard, &password, &[SyncedPasskey, Totp], can(Totp));
        assert_eq!(one, ("step_up", "tier_too_low", Some(standard), ["totp"].to_vec()));
        let add = ask(standard, &password, &[], can(Totp));
        assert_eq!(add, ("enroll", "no_suitable_method", Some(standard), ["totp"].to_vec()));
        assert_eq!(ask(standard, &code, &[Totp], MethodKinds::NONE), allowed("satisfied"));
    }

    #[test]
    fn what_does_not_apply_is_let_through_with_its_reason() {
        let strict = Requirement::new(Tier::PhishingResistant);
        let later = Some(UnixTime::from_seconds(NOW.seconds() + 1));
        for (requirement, reason) in [
            (Requirement { channel_subject: false, ..strict }, "channel_unaffected"),
            (Requirement { exempt: true, ..strict }, "exempt"),
            (Requirement { waiver: true, enforced_from: later, ..strict }, "waived"),
            (Requirement { enforced_from: later, ..strict }, "not_yet_enforced"),
        ] {
            let seen =
                seen(&decide(&session(&[PASSWORD], 0), &requirement, MethodKinds::NONE, NOW));
            assert_eq!(seen, allowed(reason));
        }
        let waived = Requirement { waiver: true, enforced_from: Some(NOW), ..strict };
        let ignored = decide(&session(&[PASSWORD], 0), &waived, MethodKinds::NONE, NOW);
        assert_eq!(ignored.kind(), "enroll", "a waiver counts for nothing once enforced");
    }

    #[test]
    fn a_person_who_becomes_privileged_is_asked_for_more_at_once() {
        let (session, enrolled) =
            (session(&[PASSWORD, TOTP], 0), kinds(&[MethodKind::SecurityKey]));
        let before = decide(&session, &Requirement::new(Tier::Standard), enrolled, NOW);
        let after = decide(&session, &Requirement::new(Tier::PhishingResistant), enrolled, NOW);
        assert_eq!((before.kind(), after.kind()), ("allow", "step_up"));
    }

    #[test]
    fn each_kind_of_decision_has_its_error() {
        let reason = DecisionReason::Satisfied;
        let (need, options) = (Tier::Standard, MethodKinds::ALL);
        let challenge = Challenge::new(need, None, None);
        let step_up = Decision::StepUp { reason, need, options, challenge };
        let enroll = Decision::Enroll { reason, need, options, challenge: None };
        assert_eq!(Decision::Allow { reason }.or_error(), Ok(()));
        assert_eq!(step_up.or_error(), Err(Error::StepUpRequired));
        assert_eq!(enroll.or_error(), Err(Error::EnrollmentRequired));
        assert_eq!(Decision::Block { reason }.or_error(), Err(Error::LoginBlocked));
    }

    #[test]
    fn more_proof_never_turns_a_yes_into_a_no() {
        for first in MethodKind::ALL {
            for second in MethodKind::ALL {
                for tier in Tier::ALL {
                    let one = asked(&[Facts::of(first)], tier, &[first, second]);
                    let both =
                        asked(&[Facts::of(second), Facts::of(first)], tier, &[first, second]);
                    assert!(one.0 != "allow" || both.0 == "allow", "{first:?} and {second:?}");
                }
            }
        }
    }
}
