//! From evidence to an assessment: `amr`, `acr`, tier, factors, and the reason for each.
//!
//! The method table of direct sign-ins. `amr`: RFC 8176; `acr`: OpenID EAP ACR Values 1.0 (`phr`, `phrh`). Invariant: the tier depends
//! on the set of proofs alone, never on order or number; another proof never lowers it. Leaks: nothing; no secret is in it.

use super::amr::AmrSet;
use super::tier::Tier;
use crate::error::Error;
use crate::evidence::{Evidence, Facts, MethodKind, VerifiedBy};
use crate::time::{CLOCK_SKEW, UnixTime};

/// How many different proofs one assessment holds. A sign-in has two or three; a session gathers more as it steps up.
const MAX_PROVEN: usize = 16;

/// A proof and its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proven {
    /// What is known of it.
    pub facts: Facts,
    /// When it was given.
    pub at: UnixTime,
}

/// How many proofs there were of each kind of factor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Factors {
    /// Something that the person knows.
    pub knowledge: u8,
    /// Something that the person has.
    pub possession: u8,
    /// Something that the person is.
    pub inherence: u8,
    /// An authenticator verified its user and did not tell how: knowledge or inherence.
    pub unspecified: u8,
}

impl Factors {
    /// How many different kinds there are for certain: 0 to 3.
    #[must_use]
    pub fn kinds(self) -> u8 {
        let verified = self.knowledge > 0 || self.inherence > 0;
        [
            self.knowledge > 0,
            self.possession > 0,
            self.inherence > 0,
            // It may be the same kind as one of the others.
            self.unspecified > 0 && !verified,
        ]
        .into_iter()
        .fold(0, |sum: u8, there| sum.saturating_add(u8::from(there)))
    }
}

/// Why a proof has its tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MethodReason {
    /// Bound to the site, and the user was verified: two factors in one.
    WebauthnUserVerified,
    /// Bound to the site, and another factor stands beside it.
    WebauthnWithOtherFactor,
    /// Bound to the site, but whoever holds the authenticator could have given it.
    WebauthnAlone,
    /// A code that a phisher can relay.
    OneTimePassword,
    /// An approval that a phisher can ask for.
    PushApproval,
    /// A code of an administrator.
    TemporaryCode,
    /// A way back in.
    Recovery,
    /// Whoever has the mailbox or the telephone number has it.
    Delivered,
    /// A first factor.
    Password,
}

impl MethodReason {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::WebauthnUserVerified => "webauthn_user_verified",
            Self::WebauthnWithOtherFactor => "webauthn_with_other_factor",
            Self::WebauthnAlone => "webauthn_alone",
            Self::OneTimePassword => "one_time_password",
            Self::PushApproval => "push_approval",
            Self::TemporaryCode => "temporary_code",
            Self::Recovery => "recovery",
            Self::Delivered => "delivered",
            Self::Password => "password",
        }
    }

    /// One sentence.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::WebauthnUserVerified => {
                "WebAuthn with user verification: bound to this site, and two factors in one."
            }
            Self::WebauthnWithOtherFactor => {
                "WebAuthn without user verification, beside another factor: bound to this site."
            }
            Self::WebauthnAlone => {
                "WebAuthn without user verification and without another factor: whoever holds the authenticator can do this."
            }
            Self::OneTimePassword => "A one-time password: a phishing site can pass it on.",
            Self::PushApproval => {
                "A signed approval with a number to match: a phishing site can show the number."
            }
            Self::TemporaryCode => "A temporary code of an administrator.",
            Self::Recovery => {
                "A code to get back in: the methods should be set up again afterwards."
            }
            Self::Delivered => {
                "A delivered code: whoever has the mailbox or the telephone number has it."
            }
            Self::Password => "A password, on the caller's word: one factor.",
        }
    }

    /// The tier that goes with it.
    #[must_use]
    pub const fn tier(self) -> Tier {
        match self {
            Self::WebauthnUserVerified | Self::WebauthnWithOtherFactor => Tier::PhishingResistant,
            Self::OneTimePassword | Self::PushApproval | Self::TemporaryCode | Self::Recovery => {
                Tier::Standard
            }
            Self::WebauthnAlone | Self::Delivered | Self::Password => Tier::Weak,
        }
    }
}

/// What a session is worth: everything that was proven for it. A value to store beside the session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Assessment {
    proven: [Option<Proven>; MAX_PROVEN],
}

/// Judges what was proven for one user, on top of `previous`, the session's assessment until now.
///
/// Evidence that does not know its own time was given `now`.
///
/// # Errors
///
/// [`Error::ArgumentValueInvalid`] for more than 16 different proofs; [`Error::TimeInvalid`] for evidence of the future, beyond a few
/// seconds of clock skew.
///
/// # Examples
///
/// ```
/// use mfakit_core::assurance::{Tier, assess};
/// use mfakit_core::otp::{Digits, HashAlgorithm, totp::{Totp, Window}};
/// use mfakit_core::{Error, Evidence, OtpSecret, Period, UnixTime};
///
/// let now = UnixTime::from_seconds(59);
/// let secret = OtpSecret::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")?;
/// let totp = Totp::new(&secret, HashAlgorithm::Sha1, Digits::SIX, Period::THIRTY_SECONDS)?;
/// let code = totp.verify(b"287082", None, now, Window::ONE_STEP)?.commit(1)?;
///
/// let session = assess(&[Evidence::password(now), code], None, now)?;
/// assert_eq!(session.tier(), Tier::Standard);
/// assert!(session.amr().iter().eq(["pwd", "otp", "mfa"]));
/// assert_eq!(session.acr(), None);
/// # Ok::<(), Error>(())
/// ```
pub fn assess<'e>(
    evidence: impl IntoIterator<Item = &'e Evidence>,
    previous: Option<&Assessment>,
    now: UnixTime,
) -> Result<Assessment, Error> {
    let start = previous.copied().unwrap_or_default();
    evidence.into_iter().try_fold(start, |assessment, evidence| {
        let at = evidence.at().unwrap_or(now);
        assessment.and(Proven { facts: evidence.facts(), at }, now)
    })
}

impl Assessment {
    /// The assessment of these proofs, as [`Assessment::proven`] told them and the caller stored them. Trusts the caller: whoever can
    /// write the stored value can claim any proof.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`] for more than 16 different proofs.
    pub fn from_trusted(proven: impl IntoIterator<Item = Proven>) -> Result<Self, Error> {
        proven.into_iter().try_fold(Self::default(), |assessment, proven| {
            assessment.with(proven, |old, new| old.max(new))
        })
    }

    /// The assessment with one more proof, as [`assess`] adds it.
    ///
    /// # Errors
    ///
    /// Those of [`assess`].
    pub fn and(self, proven: Proven, now: UnixTime) -> Result<Self, Error> {
        let latest = now.seconds().saturating_add(CLOCK_SKEW);
        if proven.at.seconds() > latest {
            return Err(Error::TimeInvalid);
        }
        // A stored time of the future is that of a clock that was wrong: the new proof does not inherit it.
        self.with(proven, |old, new| if old.seconds() > latest { new } else { old.max(new) })
    }

    fn with(
        mut self,
        new: Proven,
        later: impl Fn(UnixTime, UnixTime) -> UnixTime,
    ) -> Result<Self, Error> {
        for slot in &mut self.proven {
            match slot {
                Some(old) if old.facts == new.facts => {
                    old.at = later(old.at, new.at);
                    return Ok(self);
                }
                Some(_) => {}
                None => {
                    *slot = Some(new);
                    return Ok(self);
                }
            }
        }
        Err(Error::ArgumentValueInvalid)
    }

    /// The proofs, each kind once, with its latest time.
    pub fn proven(&self) -> impl Iterator<Item = &Proven> {
        self.proven.iter().flatten()
    }

    /// Whether nothing was proven.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.proven().next().is_none()
    }

    /// The tier: that of the strongest proof.
    #[must_use]
    pub fn tier(&self) -> Tier {
        self.reasons().map(|(_, reason)| reason.tier()).max().unwrap_or(Tier::Weak)
    }

    /// Whether the tier is reached. Nothing reaches no tier.
    #[must_use]
    pub fn meets(&self, tier: Tier) -> bool {
        !self.is_empty() && self.tier() >= tier
    }

    /// The assessment of what was proven within the last `max_age` seconds.
    ///
    /// A time after `now` is not recent but wrong, beyond a few seconds of clock skew.
    #[must_use]
    pub fn recent(&self, max_age: u64, now: UnixTime) -> Self {
        let is_recent = |proven: &Proven| is_recent(proven.at, max_age, now);
        Self { proven: self.proven.map(|slot| slot.filter(is_recent)) }
    }

    /// The same where a largest age is asked for; all of it where none is.
    pub(crate) fn within(&self, max_age: Option<u64>, now: UnixTime) -> Self {
        max_age.map_or(*self, |age| self.recent(age, now))
    }

    /// Each proof and why it has its tier.
    pub fn reasons(&self) -> impl Iterator<Item = (&Proven, MethodReason)> {
        // Evidence of another kind than possession: what the authenticator's thief lacks.
        let other = self.proven().any(|proven| {
            let factors = factors(&proven.facts);
            factors.knowledge > 0 || factors.inherence > 0 || factors.unspecified > 0
        });
        self.proven().map(move |proven| (proven, reason(&proven.facts, other)))
    }

    /// How many factors there are of each kind.
    #[must_use]
    pub fn factors(&self) -> Factors {
        self.proven().fold(Factors::default(), |sum, proven| {
            let more = factors(&proven.facts);
            Factors {
                knowledge: sum.knowledge.saturating_add(more.knowledge),
                possession: sum.possession.saturating_add(more.possession),
                inherence: sum.inherence.saturating_add(more.inherence),
                unspecified: sum.unspecified.saturating_add(more.unspecified),
            }
        })
    }

    /// Whether a code to get back in was used: the methods should be set up again.
    #[must_use]
    pub fn recovery(&self) -> bool {
        self.reasons().any(|(_, reason)| reason == MethodReason::Recovery)
    }

    /// The `amr` values (RFC 8176). What has no registered name, such as a recovery code, has none here.
    #[must_use]
    pub fn amr(&self) -> AmrSet {
        let set = self.proven().fold(AmrSet::default(), |set, proven| emit(set, &proven.facts));
        if self.factors().kinds() >= 2 { set.with("mfa") } else { set }
    }

    /// The `acr` value (OpenID EAP): `phr` for a phishing-resistant sign-in, `phrh` if its key never leaves hardware; else none.
    #[must_use]
    pub fn acr(&self) -> Option<&'static str> {
        let passes =
            || self.reasons().filter(|(_, reason)| reason.tier() == Tier::PhishingResistant);
        let in_hardware =
            |(proven, _): (&Proven, _)| proven.facts.hardware && !proven.facts.backup_eligible;
        passes().next()?;
        Some(if passes().any(in_hardware) { "phrh" } else { "phr" })
    }
}

pub(crate) fn is_recent(at: UnixTime, max_age: u64, now: UnixTime) -> bool {
    at.seconds() <= now.seconds().saturating_add(CLOCK_SKEW)
        && now.seconds().saturating_sub(at.seconds()) <= max_age
}

fn reason(facts: &Facts, other_factor: bool) -> MethodReason {
    match facts.kind {
        MethodKind::SecurityKey
        | MethodKind::BuiltInAuthenticator
        | MethodKind::SyncedPasskey
        | MethodKind::DeviceBoundPasskey => {
            if facts.user_verified {
                MethodReason::WebauthnUserVerified
            } else if other_factor {
                MethodReason::WebauthnWithOtherFactor
            } else {
                MethodReason::WebauthnAlone
            }
        }
        MethodKind::Totp | MethodKind::Hotp => MethodReason::OneTimePassword,
        MethodKind::PushApproval => MethodReason::PushApproval,
        MethodKind::AdminCode => MethodReason::TemporaryCode,
        MethodKind::SupportCode | MethodKind::RecoveryCode => MethodReason::Recovery,
        MethodKind::Sms | MethodKind::Phone | MethodKind::Email | MethodKind::DeliveredCode => {
            MethodReason::Delivered
        }
        MethodKind::Password => MethodReason::Password,
    }
}

/// The factors of one proof.
fn factors(facts: &Facts) -> Factors {
    let mut factors = Factors::default();
    match facts.kind {
        MethodKind::Password => factors.knowledge = 1,
        // A mailbox is reached by a password: NIST SP 800-63B-4 §3.1.3.1 takes it for no factor at all.
        MethodKind::Email | MethodKind::DeliveredCode => {}
        _ => factors.possession = 1,
    }
    if facts.user_verified {
        let by = facts.verified_by;
        factors.knowledge = u8::from(by.contains(VerifiedBy::PIN));
        let biometric = by.contains(VerifiedBy::FINGERPRINT) || by.contains(VerifiedBy::FACE);
        factors.inherence = u8::from(biometric);
        factors.unspecified = u8::from(by.is_unknown());
    }
    factors
}

fn emit(set: AmrSet, facts: &Facts) -> AmrSet {
    match facts.kind {
        MethodKind::Password => set.with("pwd"),
        MethodKind::Totp | MethodKind::Hotp => set.with("otp"),
        MethodKind::Sms => set.with("sms"),
        MethodKind::Phone => set.with("tel"),
        // Not `pop` or `swk`, true as they are: readers take those for phishing-resistant, and a tap on a telephone is not.
        MethodKind::PushApproval => set.with("mca"),
        MethodKind::AdminCode
        | MethodKind::SupportCode
        | MethodKind::RecoveryCode
        | MethodKind::Email
        | MethodKind::DeliveredCode => set,
        MethodKind::SecurityKey
        | MethodKind::BuiltInAuthenticator
        | MethodKind::SyncedPasskey
        | MethodKind::DeviceBoundPasskey => {
            let told = [
                (VerifiedBy::PIN, "pin"),
                (VerifiedBy::FINGERPRINT, "fpt"),
                (VerifiedBy::FACE, "face"),
            ];
            let key = if facts.hardware { "hwk" } else { "pop" };
            told.into_iter()
                .filter(|(by, _)| facts.user_verified && facts.verified_by.contains(*by))
                .fold(set.with("user").with(key), |set, (_, name)| set.with(name))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;
    use std::vec::Vec;

    const NOW: u64 = 1_800_000_000;

    const WEBAUTHN: [MethodKind; 4] = [
        MethodKind::SecurityKey,
        MethodKind::BuiltInAuthenticator,
        MethodKind::SyncedPasskey,
        MethodKind::DeviceBoundPasskey,
    ];

    const fn at(seconds: u64) -> UnixTime {
        UnixTime::from_seconds(seconds)
    }

    fn session(facts: &[Facts]) -> Assessment {
        let proven = facts.iter().map(|facts| Proven { facts: *facts, at: at(NOW) });
        Assessment::from_trusted(proven).unwrap()
    }

    fn of(kinds: &[MethodKind]) -> Assessment {
        session(&kinds.iter().map(|kind| Facts::of(*kind)).collect::<Vec<_>>())
    }

    const fn verified(kind: MethodKind, verified_by: VerifiedBy) -> Facts {
        Facts { user_verified: true, verified_by, ..Facts::of(kind) }
    }

    fn amr(session: &Assessment) -> Vec<&'static str> {
        session.amr().iter().collect()
    }

    #[test]
    fn each_method_alone_has_the_tier_of_the_table() {
        for kind in MethodKind::ALL {
            let expected = match kind {
                MethodKind::Totp
                | MethodKind::Hotp
                | MethodKind::PushApproval
                | MethodKind::AdminCode
                | MethodKind::SupportCode
                | MethodKind::RecoveryCode => Tier::Standard,
                _ => Tier::Weak,
            };
            let alone = of(&[kind]);
            assert_eq!(alone.tier(), expected, "{}", kind.as_str());
            assert!(alone.meets(expected));
            let way_back = matches!(kind, MethodKind::SupportCode | MethodKind::RecoveryCode);
            assert_eq!(alone.recovery(), way_back, "{}", kind.as_str());
            assert_eq!(alone.acr(), None, "{}", kind.as_str());
            assert_eq!(of(&[MethodKind::Password, kind]).recovery(), way_back);
        }
    }

    #[test]
    fn a_key_resists_phishing_with_user_verification_or_beside_another_factor() {
        for kind in WEBAUTHN {
            for by in [VerifiedBy::UNKNOWN, VerifiedBy::PIN, VerifiedBy::FACE] {
                let alone = session(&[verified(kind, by)]);
                assert_eq!((alone.tier(), alone.acr()), (Tier::PhishingResistant, Some("phr")));
            }
            assert_eq!(of(&[kind]).tier(), Tier::Weak);
            assert_eq!(of(&[kind, MethodKind::Password]).tier(), Tier::PhishingResistant);
            // A second thing that the thief may have as well is no other factor.
            for beside in [MethodKind::Totp, MethodKind::RecoveryCode, MethodKind::PushApproval] {
                assert_eq!(of(&[kind, beside]).tier(), Tier::Standard, "{}", beside.as_str());
            }
            for beside in [MethodKind::Sms, MethodKind::Email, MethodKind::DeliveredCode] {
                assert_eq!(of(&[kind, beside]).tier(), Tier::Weak, "{}", beside.as_str());
            }
            for beside in WEBAUTHN {
                assert_eq!(of(&[kind, beside]).tier(), Tier::Weak);
            }
        }
        // One key's user verification stands beside another key.
        let both = session(&[
            Facts::of(MethodKind::SecurityKey),
            verified(MethodKind::SyncedPasskey, VerifiedBy::FINGERPRINT),
        ]);
        let reasons: Vec<_> = both.reasons().map(|(_, reason)| reason.code()).collect();
        assert_eq!(reasons, ["webauthn_with_other_factor", "webauthn_user_verified"]);
    }

    #[test]
    fn nothing_reaches_no_tier() {
        let nothing = Assessment::default();
        assert!(nothing.is_empty() && nothing.tier() == Tier::Weak);
        assert!(Tier::ALL.into_iter().all(|tier| !nothing.meets(tier)));
        assert_eq!((amr(&nothing), nothing.acr(), nothing.recovery()), (vec![], None, false));
        assert_eq!(nothing.factors(), Factors::default());
    }

    #[test]
    fn each_kind_says_its_own_values() {
        for (kind, expected) in [
            (MethodKind::Password, &["pwd"][..]),
            (MethodKind::Totp, &["otp"]),
            (MethodKind::Hotp, &["otp"]),
            (MethodKind::Sms, &["sms"]),
            (MethodKind::Phone, &["tel"]),
            (MethodKind::PushApproval, &["mca"]),
            (MethodKind::AdminCode, &[]),
            (MethodKind::SupportCode, &[]),
            (MethodKind::RecoveryCode, &[]),
            (MethodKind::Email, &[]),
            (MethodKind::DeliveredCode, &[]),
            (MethodKind::SecurityKey, &["user", "pop"]),
            (MethodKind::BuiltInAuthenticator, &["user", "pop"]),
            (MethodKind::SyncedPasskey, &["user", "pop"]),
            (MethodKind::DeviceBoundPasskey, &["user", "pop"]),
        ] {
            assert_eq!(amr(&of(&[kind])), expected, "{}", kind.as_str());
        }
    }

    #[test]
    fn how_the_user_was_verified_is_said_only_if_it_was_told() {
        let key = MethodKind::SecurityKey;
        for (by, expected) in [
            (VerifiedBy::UNKNOWN, &["user", "pop", "mfa"][..]),
            (VerifiedBy::PIN, &["pin", "user", "pop", "mfa"]),
            (VerifiedBy::FINGERPRINT, &["fpt", "user", "pop", "mfa"]),
            (VerifiedBy::FACE, &["face", "user", "pop", "mfa"]),
            (VerifiedBy::PIN.or(VerifiedBy::FACE), &["pin", "face", "user", "pop", "mfa"]),
        ] {
            assert_eq!(amr(&session(&[verified(key, by)])), expected);
        }
        // Told without the flag: not said, and no factor.
        let untrue = Facts { verified_by: VerifiedBy::PIN, ..Facts::of(key) };
        assert_eq!(amr(&session(&[untrue])), ["user", "pop"]);
        assert_eq!(session(&[untrue]).tier(), Tier::Weak);
        assert_eq!(session(&[untrue]).factors().kinds(), 1);
    }

    #[test]
    fn hardware_is_said_by_a_trusted_attestation_and_phrh_only_of_a_key_that_stays() {
        let key = verified(MethodKind::SecurityKey, VerifiedBy::UNKNOWN);
        let hardware = Facts { hardware: true, ..key };
        let synced = Facts { backup_eligible: true, ..hardware };
        assert_eq!(session(&[key]).acr(), Some("phr"));
        assert_eq!(session(&[hardware]).acr(), Some("phrh"));
        assert_eq!(amr(&session(&[hardware])), ["user", "hwk", "mfa"]);
        assert_eq!(session(&[synced]).acr(), Some("phr"));
        // The hardware key that does not pass lends its hardware to no other.
        let unverified = Facts { user_verified: false, ..hardware };
        let without_factor = [unverified, Facts::of(MethodKind::Totp)];
        assert_eq!(session(&without_factor).acr(), None);
        assert_eq!(session(&[unverified, Facts::of(MethodKind::Password)]).acr(), Some("phrh"));
        assert_eq!(
            session(&[key, Facts { hardware: true, backup_eligible: true, ..key }]).acr(),
            Some("phr")
        );
    }

    #[test]
    fn factors_are_counted_by_kind_and_mfa_takes_two_kinds() {
        for (kinds, expected, count) in [
            (&[MethodKind::Password][..], [1, 0, 0, 0], 1),
            (&[MethodKind::Password, MethodKind::Totp], [1, 1, 0, 0], 2),
            (&[MethodKind::Totp, MethodKind::Hotp, MethodKind::Sms], [0, 3, 0, 0], 1),
            (&[MethodKind::Password, MethodKind::Email], [1, 0, 0, 0], 1),
            (&[MethodKind::Password, MethodKind::DeliveredCode], [1, 0, 0, 0], 1),
            (&[MethodKind::Password, MethodKind::Phone], [1, 1, 0, 0], 2),
            (&[MethodKind::RecoveryCode, MethodKind::PushApproval], [0, 2, 0, 0], 1),
        ] {
            let session = of(kinds);
            let Factors { knowledge, possession, inherence, unspecified } = session.factors();
            assert_eq!([knowledge, possession, inherence, unspecified], expected, "{kinds:?}");
            assert_eq!(session.factors().kinds(), count, "{kinds:?}");
            assert_eq!(amr(&session).contains(&"mfa"), count >= 2, "{kinds:?}");
        }
        for (by, expected, count) in [
            (VerifiedBy::UNKNOWN, [0, 1, 0, 1], 2),
            (VerifiedBy::PIN, [1, 1, 0, 0], 2),
            (VerifiedBy::FINGERPRINT, [0, 1, 1, 0], 2),
            (VerifiedBy::PIN.or(VerifiedBy::FACE), [1, 1, 1, 0], 3),
        ] {
            let session = session(&[verified(MethodKind::SyncedPasskey, by)]);
            let Factors { knowledge, possession, inherence, unspecified } = session.factors();
            assert_eq!([knowledge, possession, inherence, unspecified], expected);
            assert_eq!(session.factors().kinds(), count);
        }
        // What was not told may be the password's own kind.
        let passkey = verified(MethodKind::SyncedPasskey, VerifiedBy::UNKNOWN);
        let with_password = session(&[passkey, Facts::of(MethodKind::Password)]);
        assert_eq!(with_password.factors().kinds(), 2);
        let with_face = session(&[passkey, verified(MethodKind::SecurityKey, VerifiedBy::FACE)]);
        assert_eq!(with_face.factors().kinds(), 2);
    }

    #[test]
    fn order_and_number_never_matter_and_another_proof_never_lowers() {
        let every: Vec<Facts> = MethodKind::ALL
            .into_iter()
            .map(Facts::of)
            .chain([verified(MethodKind::SecurityKey, VerifiedBy::UNKNOWN)])
            .collect();
        for one in &every {
            for two in &every {
                let both = session(&[*one, *two]);
                let turned = session(&[*two, *one, *one, *two]);
                assert_eq!(both.proven().count(), if one == two { 1 } else { 2 });
                assert_eq!((both.tier(), amr(&both)), (turned.tier(), amr(&turned)));
                assert_eq!((both.acr(), both.factors()), (turned.acr(), turned.factors()));
                assert!(both.tier() >= session(&[*one]).tier().max(session(&[*two]).tier()));
            }
        }
    }

    #[test]
    fn a_proof_that_is_given_again_has_its_later_time() -> Result<(), Error> {
        let first = assess(&[Evidence::password(at(100))], None, at(NOW))?;
        let second = assess(&[Evidence::password(at(300))], Some(&first), at(NOW))?;
        let third = assess(&[Evidence::password(at(200))], Some(&second), at(NOW))?;
        assert_eq!(third.proven().map(|proven| proven.at).collect::<Vec<_>>(), [at(300)]);
        Ok(())
    }

    #[test]
    fn of_a_proof_that_was_stored_twice_the_later_time_counts() -> Result<(), Error> {
        for times in [[100, 300], [300, 100]] {
            let stored =
                times.map(|seconds| Proven { facts: Facts::of(MethodKind::Totp), at: at(seconds) });
            let session = Assessment::from_trusted(stored)?;
            assert_eq!(session.proven().map(|proven| proven.at).collect::<Vec<_>>(), [at(300)]);
        }
        Ok(())
    }

    #[test]
    fn evidence_of_the_future_is_refused_and_a_stored_time_of_the_future_is_not_inherited()
    -> Result<(), Error> {
        let password = |ahead: u64| [Evidence::password(at(NOW + ahead))];
        assert!(assess(&password(CLOCK_SKEW), None, at(NOW)).is_ok());
        let refused = assess(&password(CLOCK_SKEW + 1), None, at(NOW));
        assert_eq!(refused.err(), Some(Error::TimeInvalid));
        for (ahead, kept) in [(CLOCK_SKEW, NOW + CLOCK_SKEW), (CLOCK_SKEW + 1, NOW), (1 << 40, NOW)]
        {
            let stored = Proven { facts: Facts::of(MethodKind::Password), at: at(NOW + ahead) };
            let stored = Assessment::from_trusted([stored])?;
            let now = assess(&password(0), Some(&stored), at(NOW))?;
            assert_eq!(now.proven().next().map(|proven| proven.at), Some(at(kept)), "{ahead}");
        }
        Ok(())
    }

    #[cfg(feature = "otp")]
    #[test]
    fn a_step_up_adds_to_what_the_session_had_and_dates_it_now() -> Result<(), Error> {
        use crate::evidence::Method;

        let password = assess(&[Evidence::password(at(NOW - 900))], None, at(NOW))?;
        let code = Evidence::commit(1, Method::Totp, MethodKind::Totp)?;
        let both = assess(&[code], Some(&password), at(NOW))?;
        assert_eq!(amr(&both), ["pwd", "otp", "mfa"]);
        let times: Vec<_> = both.proven().map(|proven| proven.at).collect();
        assert_eq!(times, [at(NOW - 900), at(NOW)]);
        assert_eq!(
            Evidence::commit(0, Method::Totp, MethodKind::Totp).err(),
            Some(Error::StateConflict)
        );
        Ok(())
    }

    #[test]
    fn sixteen_different_proofs_fit_and_no_more() {
        let ways = |count: u8| {
            (0..count).map(|n| Proven {
                facts: Facts {
                    user_verified: n & 1 == 1,
                    hardware: n & 2 == 2,
                    backup_eligible: n & 4 == 4,
                    ..Facts::of(WEBAUTHN[usize::from(n >> 3)])
                },
                at: at(NOW),
            })
        };
        let full = Assessment::from_trusted(ways(16)).unwrap();
        assert_eq!(full.proven().count(), 16);
        assert_eq!(Assessment::from_trusted(ways(17)).err(), Some(Error::ArgumentValueInvalid));
        assert!(Assessment::from_trusted(ways(16).chain(ways(16))).is_ok());
    }

    #[test]
    fn what_is_recent_is_judged_without_the_rest() {
        let proven = [
            Proven { facts: Facts::of(MethodKind::Password), at: at(NOW - 600) },
            Proven { facts: Facts::of(MethodKind::SecurityKey), at: at(NOW - 10) },
        ];
        let session = Assessment::from_trusted(proven).unwrap();
        let tier = |max_age| session.recent(max_age, at(NOW)).tier();
        assert_eq!((tier(600), tier(599)), (Tier::PhishingResistant, Tier::Weak));
        assert!(session.recent(10, at(NOW)).meets(Tier::Weak));
        assert!(session.recent(9, at(NOW)).is_empty());
        assert!(!session.recent(9, at(NOW)).meets(Tier::Weak));
    }

    #[test]
    fn a_time_to_come_is_not_recent_but_for_clock_skew() {
        for (ahead, recent) in
            [(0, true), (CLOCK_SKEW, true), (CLOCK_SKEW + 1, false), (1 << 40, false)]
        {
            assert_eq!(is_recent(at(NOW + ahead), 300, at(NOW)), recent, "{ahead}");
        }
        assert!(is_recent(at(u64::MAX), 0, at(u64::MAX)));
        assert!(!is_recent(at(0), u64::MAX - 1, at(u64::MAX)));
    }
}
