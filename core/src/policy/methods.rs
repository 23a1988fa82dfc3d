//! A person's methods: which ones a policy lets them choose from, add and remove.

use super::requirement::{Applies, Requirement};
use crate::assurance::{Assessment, Proven, Tier};
use crate::error::Error;
use crate::evidence::{MethodKind, MethodKinds};
use crate::time::UnixTime;

/// The tier that a method of this kind reaches, beside a password: the method table of direct sign-ins.
#[must_use]
pub const fn tier_of(kind: MethodKind) -> Tier {
    match kind {
        MethodKind::SecurityKey
        | MethodKind::BuiltInAuthenticator
        | MethodKind::SyncedPasskey
        | MethodKind::DeviceBoundPasskey => Tier::PhishingResistant,
        MethodKind::PushApproval
        | MethodKind::Totp
        | MethodKind::Hotp
        | MethodKind::AdminCode
        | MethodKind::SupportCode
        | MethodKind::RecoveryCode => Tier::Standard,
        MethodKind::Sms
        | MethodKind::Phone
        | MethodKind::Email
        | MethodKind::DeliveredCode
        | MethodKind::Password => Tier::Weak,
    }
}

/// The kinds that a person may be asked to add, for everybody: phishing-resistant methods are never kept for administrators.
const OFFERED: [MethodKind; 5] = [
    MethodKind::SecurityKey,
    MethodKind::BuiltInAuthenticator,
    MethodKind::SyncedPasskey,
    MethodKind::PushApproval,
    MethodKind::Totp,
];

/// The methods that reach a tier, out of those that a person has: what to offer at a sign-in. A password is the first step of a
/// sign-in and no choice in the second.
#[must_use]
pub fn eligible(enrolled: MethodKinds, tier: Tier) -> MethodKinds {
    let reaches = |kind: &MethodKind| *kind != MethodKind::Password && tier_of(*kind) >= tier;
    enrolled.iter().filter(reaches).collect()
}

/// The methods that a person may add to reach a tier, the phishing-resistant first. Delivered codes and codes to get back in are
/// never offered.
#[must_use]
pub fn enrollable(tier: Tier) -> MethodKinds {
    OFFERED.into_iter().filter(|kind| tier_of(*kind) >= tier).collect()
}

/// What a requirement lets a person choose from at a sign-in, out of the methods that they have and their client can perform.
#[must_use]
pub fn choices(enrolled: MethodKinds, requirement: &Requirement<'_>, now: UnixTime) -> MethodKinds {
    let demanded = requirement.applies(now) == Applies::Yes;
    let tier = if demanded { requirement.tier } else { Tier::Weak };
    eligible(enrolled, tier).and(requirement.client_can)
}

/// Why a method may or may not be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RemovalReason {
    /// What is left is enough.
    EnoughLeft,
    /// Nothing is demanded of this person.
    NotEnforced,
    /// It is the last one, and one is demanded.
    LastMethod,
    /// What is left is weaker than what is demanded.
    NoSuitableMethodLeft,
    /// The person has no such method.
    NotEnrolled,
    /// Two-factor authentication is demanded and cannot be turned off.
    Enforced,
    /// The password was not proven within the last five minutes.
    PasswordNeeded,
    /// No second factor was proven for the session.
    SecondFactorNeeded,
    /// It is the last one, and none is demanded: without it two-factor authentication is off. [`can_disable`] says whether it may be.
    TurnsOff,
}

impl RemovalReason {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::EnoughLeft => "enough_left",
            Self::NotEnforced => "not_enforced",
            Self::LastMethod => "last_method",
            Self::NoSuitableMethodLeft => "no_suitable_method_left",
            Self::NotEnrolled => "not_enrolled",
            Self::Enforced => "enforced",
            Self::PasswordNeeded => "password_needed",
            Self::SecondFactorNeeded => "second_factor_needed",
            Self::TurnsOff => "turns_off",
        }
    }

    /// One sentence.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::EnoughLeft => "What is left is enough.",
            Self::NotEnforced => "Nothing is demanded of this person.",
            Self::LastMethod => "It is the last method, and the policy demands one.",
            Self::NoSuitableMethodLeft => {
                "What is left is weaker than what the policy demands of this person."
            }
            Self::NotEnrolled => "The person has no such method.",
            Self::Enforced => "The policy demands two-factor authentication of this person.",
            Self::PasswordNeeded => {
                "The password must be proven anew: it is older than five minutes."
            }
            Self::SecondFactorNeeded => "A second factor must be proven before it is turned off.",
            Self::TurnsOff => {
                "It is the last method: without it two-factor authentication is off, which needs the password."
            }
        }
    }
}

/// Whether a method may be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Removal {
    /// Why.
    pub reason: RemovalReason,
}

impl Removal {
    /// Whether it may be removed.
    #[must_use]
    pub const fn allowed(&self) -> bool {
        matches!(self.reason, RemovalReason::EnoughLeft | RemovalReason::NotEnforced)
    }

    /// Nothing, if it may be removed.
    ///
    /// # Errors
    ///
    /// [`Error::MethodRequired`]; [`Error::StepUpRequired`] for a proof that is needed; [`Error::ArgumentValueInvalid`] if the
    /// person has no such method.
    pub const fn or_error(&self) -> Result<(), Error> {
        match self.reason {
            RemovalReason::EnoughLeft | RemovalReason::NotEnforced => Ok(()),
            RemovalReason::NotEnrolled => Err(Error::ArgumentValueInvalid),
            RemovalReason::PasswordNeeded
            | RemovalReason::SecondFactorNeeded
            | RemovalReason::TurnsOff => Err(Error::StepUpRequired),
            _ => Err(Error::MethodRequired),
        }
    }
}

/// Whether a person who has `enrolled` these methods, one element each, may remove one of the kind `remove`.
///
/// While something is demanded, the last method stays, and so does the last one of the demanded tier. Recovery codes and other ways
/// back in count for no method here.
pub fn can_remove(
    enrolled: &[MethodKind],
    remove: MethodKind,
    requirement: &Requirement<'_>,
    now: UnixTime,
) -> Removal {
    let Some(position) = enrolled.iter().position(|kind| *kind == remove) else {
        return Removal { reason: RemovalReason::NotEnrolled };
    };
    let best = |skipped: Option<usize>| {
        let left = enrolled.iter().enumerate().filter(|(at, _)| Some(*at) != skipped);
        left.filter(|(_, kind)| is_own_method(**kind)).map(|(_, kind)| tier_of(*kind)).max()
    };
    let reason = if !requirement.demands_more_than_a_password(now) {
        let turns_off = is_own_method(remove) && best(Some(position)).is_none();
        if turns_off { RemovalReason::TurnsOff } else { RemovalReason::NotEnforced }
    } else if !is_own_method(remove) {
        RemovalReason::EnoughLeft
    } else {
        match (best(None), best(Some(position))) {
            (_, None) => RemovalReason::LastMethod,
            // Who has nothing good enough may still tidy up, as long as nothing gets worse.
            (before, Some(left)) if Some(left) >= before.min(Some(requirement.tier)) => {
                RemovalReason::EnoughLeft
            }
            _ => RemovalReason::NoSuitableMethodLeft,
        }
    };
    Removal { reason }
}

/// How recently the password was proven by whoever turns two-factor authentication off, in seconds.
const FRESH_PASSWORD: u64 = 5 * 60;

/// Whether a person may turn two-factor authentication off: nothing demands it, a second factor that is more than weak was proven for the session, and the
/// password was proven anew. Neither a stolen session nor a stolen password is enough.
pub fn can_disable(
    assessment: &Assessment,
    requirement: &Requirement<'_>,
    now: UnixTime,
) -> Removal {
    let recent = assessment.recent(FRESH_PASSWORD, now);
    let is_password = |proven: &Proven| proven.facts.kind == MethodKind::Password;
    let reason = if requirement.demands_more_than_a_password(now) {
        RemovalReason::Enforced
    } else if !assessment.proven().any(|proven| tier_of(proven.facts.kind) > Tier::Weak) {
        RemovalReason::SecondFactorNeeded
    } else if recent.proven().any(is_password) {
        RemovalReason::NotEnforced
    } else {
        RemovalReason::PasswordNeeded
    };
    Removal { reason }
}

/// A method that the person keeps, in contrast to a way back in.
const fn is_own_method(kind: MethodKind) -> bool {
    !matches!(
        kind,
        MethodKind::AdminCode
            | MethodKind::SupportCode
            | MethodKind::RecoveryCode
            | MethodKind::Password
    )
}

/// What to recommend to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Advice {
    /// There is no method at all.
    NoMethod,
    /// There is one method: who loses it is locked out.
    NoBackup,
    /// There are no recovery codes.
    NoRecoveryCodes,
    /// There is no phishing-resistant method.
    NotPhishingResistant,
}

impl Advice {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoMethod => "no_method",
            Self::NoBackup => "no_backup",
            Self::NoRecoveryCodes => "no_recovery_codes",
            Self::NotPhishingResistant => "not_phishing_resistant",
        }
    }
}

/// What to recommend to a person who has `enrolled` these methods, one element each.
pub fn advice(enrolled: &[MethodKind]) -> impl Iterator<Item = Advice> {
    let own = enrolled.iter().filter(|kind| is_own_method(**kind)).count();
    let resists = enrolled.iter().any(|kind| tier_of(*kind) == Tier::PhishingResistant);
    let recovery = enrolled.contains(&MethodKind::RecoveryCode);
    [
        (own == 0, Advice::NoMethod),
        (own == 1, Advice::NoBackup),
        (own > 0 && !recovery, Advice::NoRecoveryCodes),
        (own > 0 && !resists, Advice::NotPhishingResistant),
    ]
    .into_iter()
    .filter_map(|(there, advice)| there.then_some(advice))
}

/// Whether a method that nobody may add any more still serves a person who had it: set up before `enrolled_before`, and used before
/// `until`. Text messages were taken out of service in this way. Its tier stays what it is.
#[must_use]
pub fn grandfathered(
    enrolled_at: Option<UnixTime>,
    enrolled_before: UnixTime,
    until: UnixTime,
    now: UnixTime,
) -> bool {
    enrolled_at.is_some_and(|at| at < enrolled_before) && now < until
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assurance::Proven;
    use crate::evidence::Facts;
    use std::vec::Vec;

    const NOW: UnixTime = UnixTime::from_seconds(1_800_000_000);

    const RESISTANT: [MethodKind; 4] = [
        MethodKind::SecurityKey,
        MethodKind::BuiltInAuthenticator,
        MethodKind::SyncedPasskey,
        MethodKind::DeviceBoundPasskey,
    ];

    fn demanded(tier: Tier) -> Requirement<'static> {
        Requirement::new(tier)
    }

    fn names(kinds: MethodKinds) -> Vec<&'static str> {
        kinds.iter().map(MethodKind::as_str).collect()
    }

    #[test]
    fn a_privileged_person_is_offered_nothing_weaker() {
        let all = MethodKinds::ALL;
        let resistant: MethodKinds = RESISTANT.into_iter().collect();
        assert_eq!(eligible(all, Tier::PhishingResistant), resistant);
        assert_eq!(choices(all, &demanded(Tier::PhishingResistant), NOW), resistant);
        let standard = [
            "security_key",
            "built_in_authenticator",
            "synced_passkey",
            "device_bound_passkey",
            "push_approval",
            "totp",
            "hotp",
            "admin_code",
            "support_code",
            "recovery_code",
        ];
        assert_eq!(names(eligible(all, Tier::Standard)), standard);
        let weak = names(eligible(all, Tier::Weak));
        assert!(!weak.contains(&"password") && weak.contains(&"sms") && weak.len() == 14);
    }

    #[test]
    fn who_has_a_method_and_a_client_that_can_chooses() {
        let enrolled = MethodKinds::NONE.with(MethodKind::Totp).with(MethodKind::Sms);
        assert_eq!(names(choices(enrolled, &demanded(Tier::Standard), NOW)), ["totp"]);
        let exempt = Requirement { exempt: true, ..demanded(Tier::Standard) };
        assert_eq!(names(choices(enrolled, &exempt, NOW)), ["totp", "sms"]);
        let cannot = Requirement { client_can: MethodKinds::NONE, ..demanded(Tier::Standard) };
        assert!(choices(enrolled, &cannot, NOW).is_empty());
    }

    #[test]
    fn everybody_may_add_a_phishing_resistant_method_and_sees_it_first() {
        let everybody =
            ["security_key", "built_in_authenticator", "synced_passkey", "push_approval", "totp"];
        assert_eq!(names(enrollable(Tier::Weak)), everybody);
        assert_eq!(names(enrollable(Tier::Standard)), everybody);
        assert_eq!(names(enrollable(Tier::PhishingResistant)), everybody[..3]);
    }

    #[test]
    fn the_last_method_stays_while_one_is_demanded() {
        use MethodKind::{AdminCode, Hotp, Password, RecoveryCode, SecurityKey, Sms, Totp};
        for (enrolled, remove, tier, expected) in [
            (&[Totp][..], Totp, Tier::Standard, RemovalReason::LastMethod),
            (&[Totp], Totp, Tier::Weak, RemovalReason::TurnsOff),
            (&[Totp, RecoveryCode], Totp, Tier::Weak, RemovalReason::TurnsOff),
            (&[Totp, RecoveryCode], RecoveryCode, Tier::Weak, RemovalReason::NotEnforced),
            (&[RecoveryCode], RecoveryCode, Tier::Weak, RemovalReason::NotEnforced),
            (&[RecoveryCode], RecoveryCode, Tier::Standard, RemovalReason::EnoughLeft),
            (&[Totp, RecoveryCode], Totp, Tier::Standard, RemovalReason::LastMethod),
            (&[Totp, AdminCode, Password], Totp, Tier::Standard, RemovalReason::LastMethod),
            (&[Totp, Totp], Totp, Tier::Standard, RemovalReason::EnoughLeft),
            (&[Totp, Hotp], Totp, Tier::Standard, RemovalReason::EnoughLeft),
            (&[Totp, Sms], Totp, Tier::Standard, RemovalReason::NoSuitableMethodLeft),
            (&[Totp, Sms], Totp, Tier::Weak, RemovalReason::NotEnforced),
            (
                &[SecurityKey, Totp],
                SecurityKey,
                Tier::PhishingResistant,
                RemovalReason::NoSuitableMethodLeft,
            ),
            (&[SecurityKey, Totp], Totp, Tier::PhishingResistant, RemovalReason::EnoughLeft),
            (&[SecurityKey, Totp], SecurityKey, Tier::Standard, RemovalReason::EnoughLeft),
            (&[Totp, Hotp], Totp, Tier::PhishingResistant, RemovalReason::EnoughLeft),
            (&[Totp, Sms], Totp, Tier::PhishingResistant, RemovalReason::NoSuitableMethodLeft),
            (&[Totp, RecoveryCode], RecoveryCode, Tier::Standard, RemovalReason::EnoughLeft),
            (&[Totp], Hotp, Tier::Standard, RemovalReason::NotEnrolled),
            (&[], Totp, Tier::Standard, RemovalReason::NotEnrolled),
        ] {
            let removal = can_remove(enrolled, remove, &demanded(tier), NOW);
            assert_eq!(removal.reason, expected, "{enrolled:?} without {remove:?}");
        }
        let exempt = Requirement { exempt: true, ..demanded(Tier::Standard) };
        assert_eq!(can_remove(&[Totp], Totp, &exempt, NOW).reason, RemovalReason::TurnsOff);
        assert_eq!(
            can_remove(&[Totp, Hotp], Totp, &exempt, NOW).reason,
            RemovalReason::NotEnforced
        );
        assert_eq!(can_remove(&[], Totp, &exempt, NOW).reason, RemovalReason::NotEnrolled);
    }

    #[test]
    fn turning_it_off_takes_a_second_factor_and_a_new_password_and_no_demand() {
        use MethodKind::{Password, RecoveryCode, Totp};
        let at = |ago: u64| UnixTime::from_seconds(NOW.seconds() - ago);
        let of = |proven: &[(MethodKind, u64)]| {
            let proven =
                proven.iter().map(|(kind, ago)| Proven { facts: Facts::of(*kind), at: at(*ago) });
            Assessment::from_trusted(proven).unwrap()
        };
        let exempt = Requirement { exempt: true, ..demanded(Tier::Standard) };
        for free in [exempt, demanded(Tier::Weak)] {
            let reason = |proven: &[(MethodKind, u64)]| can_disable(&of(proven), &free, NOW).reason;
            assert_eq!(reason(&[(Password, 300), (Totp, 5000)]), RemovalReason::NotEnforced);
            assert_eq!(reason(&[(Password, 0), (RecoveryCode, 0)]), RemovalReason::NotEnforced);
            assert_eq!(reason(&[(Password, 301), (Totp, 0)]), RemovalReason::PasswordNeeded);
            assert_eq!(reason(&[(Totp, 0)]), RemovalReason::PasswordNeeded);
            assert_eq!(reason(&[(Password, 0)]), RemovalReason::SecondFactorNeeded);
            assert_eq!(reason(&[]), RemovalReason::SecondFactorNeeded);
        }
        let fresh = of(&[(Password, 0), (Totp, 0)]);
        let enforced = demanded(Tier::Standard);
        assert_eq!(can_disable(&fresh, &enforced, NOW).reason, RemovalReason::Enforced);
    }

    #[test]
    fn each_reason_is_yes_or_has_its_error() {
        for (reason, expected) in [
            (RemovalReason::EnoughLeft, Ok(())),
            (RemovalReason::NotEnforced, Ok(())),
            (RemovalReason::TurnsOff, Err(Error::StepUpRequired)),
            (RemovalReason::SecondFactorNeeded, Err(Error::StepUpRequired)),
            (RemovalReason::LastMethod, Err(Error::MethodRequired)),
            (RemovalReason::NoSuitableMethodLeft, Err(Error::MethodRequired)),
            (RemovalReason::Enforced, Err(Error::MethodRequired)),
            (RemovalReason::NotEnrolled, Err(Error::ArgumentValueInvalid)),
            (RemovalReason::PasswordNeeded, Err(Error::StepUpRequired)),
        ] {
            let removal = Removal { reason };
            assert_eq!(removal.or_error(), expected, "{}", reason.code());
            assert_eq!(removal.allowed(), expected.is_ok(), "{}", reason.code());
        }
    }

    #[test]
    fn advice_is_given_while_something_is_missing() {
        use MethodKind::{AdminCode, RecoveryCode, SecurityKey, Sms, Totp};
        for (enrolled, expected) in [
            (&[][..], &["no_method"][..]),
            (&[RecoveryCode, AdminCode], &["no_method"]),
            (&[Totp], &["no_backup", "no_recovery_codes", "not_phishing_resistant"]),
            (&[Totp, Sms], &["no_recovery_codes", "not_phishing_resistant"]),
            (&[Totp, RecoveryCode], &["no_backup", "not_phishing_resistant"]),
            (&[SecurityKey, RecoveryCode], &["no_backup"]),
            (&[SecurityKey, SecurityKey], &["no_recovery_codes"]),
            (&[SecurityKey, Totp, RecoveryCode], &[]),
        ] {
            let codes: Vec<_> = advice(enrolled).map(Advice::code).collect();
            assert_eq!(codes, expected, "{enrolled:?}");
        }
    }

    #[test]
    fn an_old_method_serves_for_a_limited_time_and_nobody_new() {
        let at = |seconds| UnixTime::from_seconds(seconds);
        let serves = |enrolled, now| grandfathered(enrolled, at(100), at(200), at(now));
        assert!(serves(Some(at(99)), 199) && serves(Some(at(0)), 0));
        assert!(!serves(Some(at(100)), 150), "set up too late");
        assert!(!serves(Some(at(99)), 200), "over");
        assert!(!serves(None, 150), "never set up");
    }
}
