//! From an identity provider's claims to a tier.
//!
//! The claims must be *verified already*: nothing here checks a signature, an issuer, an audience or a nonce. OpenID Connect Core 1.0
//! §2 (`amr`, `acr`, `auth_time`), SAML 2.0 `AuthnContextClassRef`. Invariant: a value is an opaque, case-sensitive text, never a
//! number; what the profile does not list contributes nothing and is reported; nothing unrecognised ever satisfies anything.
//! Leaks: nothing secret here.

use super::assess::is_recent;
use super::profile::{
    Combine, Entry, Factor, MAX_COMBINATION_BITS, MAX_VALUE, Match, Profile, eq_folded,
};
use super::tier::Tier;
use crate::encoding::json::Str;
use crate::error::Error;
use crate::time::{CLOCK_SKEW, UnixTime};

/// The most values that one claim may have. Genuine ones have up to six.
const MAX_VALUES: usize = 64;

/// The claims of one sign-in, out of a verified ID token or SAML assertion.
#[derive(Clone, Copy, Debug, Default)]
pub struct Claims<'a> {
    /// `amr`; empty if absent.
    pub amr: &'a [&'a str],
    /// `acr`.
    pub acr: Option<&'a str>,
    /// `AuthnContextClassRef`, of which there may be several; empty if absent.
    pub authn_context: &'a [&'a str],
    /// `auth_time`, or SAML's `AuthnInstant`.
    pub auth_time: Option<UnixTime>,
    /// How many seconds ago the person may have signed in at the identity provider; `None` does not look.
    pub max_age: Option<u64>,
}

/// Where a value stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// In `amr`.
    Amr,
    /// In `acr`.
    Acr,
    /// In `AuthnContextClassRef`.
    AuthnContext,
}

impl Source {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Amr => "amr",
            Self::Acr => "acr",
            Self::AuthnContext => "authn_context",
        }
    }
}

/// One value and where it stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim<'a> {
    /// Where it stood.
    pub source: Source,
    /// The value, as it was sent.
    pub value: &'a str,
}

/// What a profile makes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is listed as it stands.
    Exact(Tier),
    /// What follows one of the profile's prefixes is listed.
    LastSegment(Tier),
    /// The profile refuses every sign-in in which it occurs.
    Denied,
    /// The profile does not list it.
    Unknown,
}

impl Outcome {
    /// The stable code: `exact`, `last_segment`, `denied`, `unknown`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Exact(_) => "exact",
            Self::LastSegment(_) => "last_segment",
            Self::Denied => "denied",
            Self::Unknown => "unknown",
        }
    }

    /// The value's own tier.
    #[must_use]
    pub const fn tier(self) -> Option<Tier> {
        match self {
            Self::Exact(tier) | Self::LastSegment(tier) => Some(tier),
            Self::Denied | Self::Unknown => None,
        }
    }

    /// One sentence.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::Exact(_) => "The profile lists this value.",
            Self::LastSegment(_) => {
                "The profile lists the last segment of this URI, under one of its prefixes."
            }
            Self::Denied => "The profile refuses every sign-in with this value.",
            Self::Unknown => "The profile does not list this value: it contributes nothing.",
        }
    }
}

/// A value, and what a profile makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding<'a> {
    /// The value.
    pub claim: Claim<'a>,
    /// What the profile makes of it.
    pub outcome: Outcome,
}

/// The tier of a sign-in through an identity provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Classification {
    pub(crate) tier: Tier,
    pub(crate) recognised: bool,
    pub(crate) auth_time: Option<UnixTime>,
}

impl Classification {
    /// The tier; [`Tier::Weak`] where nothing was recognised.
    #[must_use]
    pub const fn tier(&self) -> Tier {
        self.tier
    }
    /// Whether the profile lists any of the values and denies none. Without it the tier says nothing and satisfies nothing.
    #[must_use]
    pub const fn recognised(&self) -> bool {
        self.recognised
    }
    /// When the person signed in at the identity provider, as it says.
    #[must_use]
    pub const fn auth_time(&self) -> Option<UnixTime> {
        self.auth_time
    }
    /// Whether the tier is reached.
    #[must_use]
    pub fn meets(&self, tier: Tier) -> bool {
        self.recognised && self.tier >= tier
    }
    /// Whether the tier is reached by a sign-in of the last `max_age` seconds. One of an unknown time is not recent.
    #[must_use]
    pub fn meets_recently(&self, tier: Tier, max_age: u64, now: UnixTime) -> bool {
        self.meets(tier) && self.auth_time.is_some_and(|at| is_recent(at, max_age, now))
    }
}

/// Classifies claims under the profile that the caller chose for their issuer.
///
/// # Errors
///
/// [`Error::ClaimsMalformed`] for more than 64 values, or one of more than 256 bytes; with `max_age`, [`Error::AuthTimeMissing`] and
/// [`Error::AuthTimeStale`]; [`Error::AuthTimeFuture`].
///
/// # Examples
///
/// ```
/// use mfakit_core::assurance::{Claims, Profile, Tier, classify};
/// use mfakit_core::{Error, UnixTime};
///
/// let profile = Profile::named("salesforce-2026-05-05")?;
/// let now = UnixTime::from_seconds(1_800_000_000);
/// let okta = classify(&profile, &Claims { amr: &["pwd", "mfa", "swk"], ..Claims::default() }, now)?;
/// assert_eq!(okta.tier(), Tier::PhishingResistant); // as published; profile.lint() says what is odd about it
///
/// let auth0 = classify(&profile, &Claims { amr: &["mfa"], ..Claims::default() }, now)?;
/// assert!(!auth0.recognised());
/// # Ok::<(), Error>(())
/// ```
pub fn classify(
    profile: &Profile<'_>,
    claims: &Claims<'_>,
    now: UnixTime,
) -> Result<Classification, Error> {
    check(claims)?;
    check_time(claims, now)?;
    let tally = Tally::of(profile, claims);
    let tier = match profile.combine() {
        Combine::Strongest => {
            [tally.strongest, tally.together(profile)].into_iter().max().flatten()
        }
        Combine::Weakest => tally.weakest,
    };
    // Whatever stands beside a denied value, the sign-in counts for nothing: it does not even meet a weak requirement.
    let tier = tier.filter(|_| !tally.denied);
    Ok(Classification {
        tier: tier.unwrap_or(Tier::Weak),
        recognised: tier.is_some(),
        auth_time: claims.auth_time,
    })
}

/// What the values are worth one by one: each is looked up once, whatever the profile.
#[derive(Default)]
struct Tally {
    denied: bool,
    strongest: Option<Tier>,
    weakest: Option<Tier>,
    /// Of knowledge, possession and inherence.
    factors: [bool; 3],
    /// A bit for each value of each combination, in the profile's order.
    combined: u128,
}

impl Tally {
    fn of(profile: &Profile<'_>, claims: &Claims<'_>) -> Self {
        claims.values().fold(Self::default(), |mut tally, claim| {
            match profile.judge(&claim) {
                Judgement::Denied => tally.denied = true,
                Judgement::Unknown => {}
                Judgement::Recognised(entry, _) => tally.add(profile, &entry),
            }
            tally
        })
    }

    fn add(&mut self, profile: &Profile<'_>, entry: &Entry<'_>) {
        self.strongest = self.strongest.max(Some(entry.tier));
        self.weakest = Some(self.weakest.map_or(entry.tier, |weakest| weakest.min(entry.tier)));
        for (slot, factor) in self.factors.iter_mut().zip(FACTORS) {
            *slot |= entry.factor == Some(factor);
        }
        let wanted = profile.combinations().flat_map(|combination| combination.bits());
        for (bit, value) in wanted.scan(1_u128, next_bit) {
            if value.is_some_and(|value| value.bytes().eq(entry.value.bytes())) {
                self.combined |= bit;
            }
        }
    }

    /// What several values are worth together.
    fn together(&self, profile: &Profile<'_>) -> Option<Tier> {
        let met = profile.combinations().scan(self.combined, |rest, combination| {
            let present = *rest;
            *rest = rest.checked_shr(MAX_COMBINATION_BITS).unwrap_or(0);
            let complete = combination.bits().zip(0_u32..).all(|(value, at)| {
                value.is_none() || present.checked_shr(at).unwrap_or(0) & 1 == 1
            });
            Some(complete.then_some(combination.tier))
        });
        let kinds = self.factors.into_iter().filter(|there| *there).count();
        let by_factors = profile.two_factors().filter(|_| kinds >= 2);
        met.flatten().chain(by_factors).max()
    }
}

const FACTORS: [Factor; 3] = [Factor::Knowledge, Factor::Possession, Factor::Inherence];

/// Each value with its own bit, from the lowest.
fn next_bit<T>(bit: &mut u128, value: T) -> Option<(u128, T)> {
    let this = *bit;
    *bit = bit.checked_shl(1).unwrap_or(0);
    Some((this, value))
}

fn check(claims: &Claims<'_>) -> Result<(), Error> {
    let lists = [claims.amr, claims.authn_context];
    let long = |value: &str| value.len() > MAX_VALUE;
    let malformed = lists.iter().any(|values| values.len() > MAX_VALUES)
        || lists.iter().any(|values| values.iter().any(|value| long(value)))
        || claims.acr.is_some_and(long);
    if malformed { Err(Error::ClaimsMalformed) } else { Ok(()) }
}

fn check_time(claims: &Claims<'_>, now: UnixTime) -> Result<(), Error> {
    match (claims.auth_time, claims.max_age) {
        (Some(at), _) if at.seconds() > now.seconds().saturating_add(CLOCK_SKEW) => {
            Err(Error::AuthTimeFuture)
        }
        (Some(at), Some(max_age)) if !is_recent(at, max_age, now) => Err(Error::AuthTimeStale),
        (None, Some(_)) => Err(Error::AuthTimeMissing),
        _ => Ok(()),
    }
}

impl Claims<'_> {
    /// Every value, in the order `amr`, `acr`, `AuthnContextClassRef`.
    pub fn values(&self) -> impl Iterator<Item = Claim<'_>> {
        let amr = self.amr.iter().map(|value| Claim { source: Source::Amr, value });
        let acr = self.acr.into_iter().map(|value| Claim { source: Source::Acr, value });
        let contexts = self.authn_context.iter();
        let contexts = contexts.map(|value| Claim { source: Source::AuthnContext, value });
        amr.chain(acr).chain(contexts)
    }
}

impl<'a> Profile<'a> {
    /// Each value and what the profile makes of it.
    pub fn findings<'c>(
        &self,
        claims: &'c Claims<'_>,
    ) -> impl Iterator<Item = Finding<'c>> + use<'a, 'c, '_> {
        let profile = *self;
        claims
            .values()
            .map(move |claim| Finding { claim, outcome: profile.judge(&claim).outcome() })
    }

    fn judge(&self, claim: &Claim<'_>) -> Judgement<'a> {
        // A refusal is taken widely: the value as it stands, and as the last segment of a URI.
        let is_denied = |denied: Str<'_>| {
            denied == *claim.value
                || self.prefixes().any(|p| is_segment(claim.value.bytes(), p, denied))
        };
        if self.denied().any(is_denied) {
            return Judgement::Denied;
        }
        match self.recognise(claim) {
            Some((entry, matching)) => Judgement::Recognised(entry, matching),
            None => Judgement::Unknown,
        }
    }

    /// The entry that a value stands for, and how it was found. A profile has no value twice, so that there is one at most.
    fn recognise(&self, claim: &Claim<'_>) -> Option<(Entry<'a>, Match)> {
        let of_source = || {
            self.entries().filter(|entry| match claim.source {
                Source::Amr => entry.sources.amr,
                Source::Acr => entry.sources.acr,
                Source::AuthnContext => entry.sources.authn_context,
            })
        };
        if let Some(entry) = of_source().find(|entry| entry.value == *claim.value) {
            return Some((entry, Match::Exact));
        }
        of_source()
            .filter(|entry| entry.matching == Match::LastSegment)
            .find(|entry| {
                self.prefixes().any(|prefix| is_segment(claim.value.bytes(), prefix, entry.value))
            })
            .map(|entry| (entry, Match::LastSegment))
    }
}

/// What a profile makes of a value, with the entry.
enum Judgement<'a> {
    Denied,
    Recognised(Entry<'a>, Match),
    Unknown,
}

impl Judgement<'_> {
    const fn outcome(&self) -> Outcome {
        match self {
            Self::Denied => Outcome::Denied,
            Self::Recognised(entry, Match::Exact) => Outcome::Exact(entry.tier),
            Self::Recognised(entry, Match::LastSegment) => Outcome::LastSegment(entry.tier),
            Self::Unknown => Outcome::Unknown,
        }
    }
}

/// Whether a value is the prefix and then, without regard to ASCII case, the segment: all of it, so that `SmartcardPKI` is not
/// `Smartcard`.
pub(super) fn is_segment(
    mut bytes: impl Iterator<Item = u8>,
    prefix: Str<'_>,
    segment: Str<'_>,
) -> bool {
    prefix.bytes().all(|expected| bytes.next() == Some(expected))
        && eq_folded(bytes, segment.bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;
    use std::string::String;
    use std::vec::Vec;

    const NOW: UnixTime = UnixTime::from_seconds(1_800_000_000);

    fn salesforce() -> Profile<'static> {
        Profile::named("salesforce-2026-05-05").unwrap()
    }

    /// The tier, if anything was recognised.
    fn tier(profile: &Profile<'_>, claims: &Claims<'_>) -> Option<Tier> {
        let classified = classify(profile, claims, NOW).unwrap();
        assert_eq!(classified.meets(Tier::Weak), classified.recognised());
        classified.recognised().then(|| classified.tier())
    }

    fn amr(profile: &Profile<'_>, amr: &[&str]) -> Option<Tier> {
        tier(profile, &Claims { amr, ..Claims::default() })
    }

    fn context(profile: &Profile<'_>, value: &str) -> Option<Tier> {
        tier(profile, &Claims { authn_context: &[value], ..Claims::default() })
    }

    fn profile_of(members: &str) -> String {
        format!(
            r#"{{"schema": "mfakit-assurance-profile/1", "id": "own", "version": "1", {members}}}"#
        )
    }

    #[test]
    fn the_strongest_recognised_value_wins() {
        let profile = salesforce();
        let weak_first = ["pwd", "okta_verify", "hwk"];
        for (values, expected) in [
            (&weak_first[..0], None),
            (&weak_first[..1], Some(Tier::Weak)),
            (&weak_first[..2], Some(Tier::Standard)),
            (&weak_first, Some(Tier::PhishingResistant)),
        ] {
            assert_eq!(amr(&profile, values), expected);
            let turned: Vec<_> = values.iter().rev().chain(values).copied().collect();
            assert_eq!(amr(&profile, &turned), expected, "order and duplicates");
        }
    }

    #[test]
    fn what_is_not_listed_contributes_nothing() {
        let profile = salesforce();
        for value in [
            "mfa",
            "otp",
            "kba",
            "face",
            "FPT",
            "Pwd",
            " hwk",
            "hwk ",
            "hwk\0",
            "h\u{ff57}k",
            "",
            "0",
            "1",
            "true",
            "[\"hwk\"]",
            "hwk,pin",
            "SmartcardPKI",
            "NotX509",
            "smartcard",
            "x509",
        ] {
            assert_eq!(amr(&profile, &[value]), None, "{value:?}");
            let acr = Claims { acr: Some(value), ..Claims::default() };
            assert_eq!(tier(&profile, &acr), None, "{value:?}");
            assert_eq!(amr(&profile, &["pwd", value]), Some(Tier::Weak), "{value:?}");
        }
        let claims = Claims { amr: &["pwd", "mfa"], acr: Some("1"), ..Claims::default() };
        let found: Vec<_> = profile.findings(&claims).map(|finding| finding.outcome).collect();
        assert_eq!(found, [Outcome::Exact(Tier::Weak), Outcome::Unknown, Outcome::Unknown]);
        let where_from: Vec<_> = claims.values().map(|claim| claim.source.as_str()).collect();
        assert_eq!(where_from, ["amr", "amr", "acr"]);
    }

    #[test]
    fn acr_or_a_context_class_is_enough() {
        let profile = salesforce();
        let acr = Claims { acr: Some("hwk"), ..Claims::default() };
        assert_eq!(tier(&profile, &acr), Some(Tier::PhishingResistant));
        let both = Claims { amr: &["pwd"], acr: Some("okta_verify"), ..Claims::default() };
        assert_eq!(tier(&profile, &both), Some(Tier::Standard));
        assert_eq!(context(&profile, "X509"), Some(Tier::PhishingResistant));
    }

    #[test]
    fn a_last_segment_stands_alone_and_under_a_listed_prefix() {
        let (profile, resistant) = (salesforce(), Some(Tier::PhishingResistant));
        let saml = "urn:oasis:names:tc:SAML:2.0:ac:classes:";
        let claims = "http://schemas.microsoft.com/claims/";
        for segment in ["X509", "x509", "Smartcard", "SMARTCARD", "TLSClient", "tlsclient"] {
            assert_eq!(context(&profile, &format!("{saml}{segment}")), resistant, "{segment}");
            assert_eq!(context(&profile, &format!("{claims}{segment}")), resistant, "{segment}");
        }
        let mobile = format!("{saml}MobileTwoFactorContract");
        assert_eq!(context(&profile, &mobile), Some(Tier::Standard));
        let multiple = format!("{claims}multipleauthn");
        assert_eq!(context(&profile, &multiple), Some(Tier::Standard));
        for value in [
            format!("{saml}SmartcardPKI"),
            format!("{saml}NotX509"),
            format!("{saml}X509 "),
            format!("{saml}a:X509"),
            String::from(saml),
            format!("{saml}pwd"),
            format!("{saml}hwk"),
            format!("{}X509", saml.to_lowercase()),
            "urn:example:X509".into(),
            "ac:classes:X509".into(),
            format!("x{saml}X509"),
        ] {
            assert_eq!(context(&profile, &value), None, "{value}");
        }
        let found = |value: &str| {
            let claims = Claims { authn_context: &[value], ..Claims::default() };
            profile.findings(&claims).next().map(|finding| finding.outcome.code())
        };
        assert_eq!(found("X509"), Some("exact"));
        assert_eq!(found(&format!("{saml}X509")), Some("last_segment"));
    }

    #[test]
    fn an_entry_is_about_the_claims_that_it_names() {
        let profile = Profile::named("refeds").unwrap();
        let mfa = "https://refeds.org/profile/mfa";
        assert_eq!(context(&profile, mfa), Some(Tier::Standard));
        assert_eq!(amr(&profile, &[mfa]), None);
        let eap = Profile::named("openid-eap").unwrap();
        assert_eq!(amr(&eap, &["phr"]), None);
        let acr = Claims { acr: Some("phr"), ..Claims::default() };
        assert_eq!(tier(&eap, &acr), Some(Tier::PhishingResistant));
        let pwd_as_acr = Claims { acr: Some("pwd"), ..Claims::default() };
        assert_eq!(tier(&eap, &pwd_as_acr), None);
    }

    #[test]
    fn two_factors_are_two_kinds() {
        let profile = Profile::named("rfc8176").unwrap();
        for (values, expected) in [
            (&["pwd"][..], Tier::Weak),
            (&["otp"], Tier::Weak),
            (&["pwd", "otp"], Tier::Standard),
            (&["pwd", "pin"], Tier::Weak),
            (&["otp", "otp"], Tier::Weak),
            (&["otp", "hwk", "sc"], Tier::Weak),
            (&["fpt", "face"], Tier::Weak),
            (&["fpt", "hwk"], Tier::Standard),
            (&["pwd", "sms"], Tier::Weak),
            (&["pwd", "user", "tel", "geo"], Tier::Weak),
            (&["mfa"], Tier::Standard),
            (&["pwd", "hwk", "fpt", "mfa"], Tier::Standard),
        ] {
            assert_eq!(amr(&profile, values), Some(expected), "{values:?}");
        }
    }

    #[test]
    fn a_combination_needs_all_of_its_values() {
        let text = profile_of(
            r#""combine": "strongest", "entries": [{"value": "swk", "tier": "weak"}, {"value": "pin", "tier": "weak"}],
               "combinations": [{"all": ["swk", "pin"], "tier": "phishing_resistant"}]"#,
        );
        let profile = Profile::from_json(text.as_bytes()).unwrap();
        assert_eq!(amr(&profile, &["swk"]), Some(Tier::Weak));
        assert_eq!(amr(&profile, &["swk", "swk"]), Some(Tier::Weak));
        assert_eq!(amr(&profile, &["swk", "PIN"]), Some(Tier::Weak));
        assert_eq!(amr(&profile, &["pin", "x", "swk"]), Some(Tier::PhishingResistant));
        let apart = Claims { amr: &["pin"], acr: Some("swk"), ..Claims::default() };
        assert_eq!(tier(&profile, &apart), Some(Tier::PhishingResistant));
    }

    #[test]
    fn the_weakest_wins_where_the_profile_says_so() {
        let text = profile_of(
            r#""combine": "weakest", "entries": [{"value": "hwk", "tier": "phishing_resistant"}, {"value": "sms", "tier": "weak"}]"#,
        );
        let profile = Profile::from_json(text.as_bytes()).unwrap();
        assert_eq!(amr(&profile, &["hwk"]), Some(Tier::PhishingResistant));
        assert_eq!(amr(&profile, &["hwk", "other"]), Some(Tier::PhishingResistant));
        assert_eq!(amr(&profile, &["hwk", "sms"]), Some(Tier::Weak));
        assert_eq!(amr(&profile, &["other"]), None);
    }

    #[test]
    fn a_denied_value_outweighs_every_other() {
        let text = profile_of(
            r#""combine": "strongest", "entries": [{"value": "hwk", "tier": "phishing_resistant"}], "deny": ["none"]"#,
        );
        let profile = Profile::from_json(text.as_bytes()).unwrap();
        assert_eq!(amr(&profile, &["hwk"]), Some(Tier::PhishingResistant));
        assert_eq!(amr(&profile, &["hwk", "None"]), Some(Tier::PhishingResistant));
        for claims in [
            Claims { amr: &["hwk", "none"], ..Claims::default() },
            Claims { amr: &["none", "hwk"], ..Claims::default() },
            Claims { amr: &["hwk"], acr: Some("none"), ..Claims::default() },
            Claims { amr: &["none"], ..Claims::default() },
        ] {
            assert_eq!(tier(&profile, &claims), None);
        }
    }

    #[test]
    fn a_denied_value_is_denied_as_a_segment_too() {
        let text = profile_of(
            r#""combine": "strongest", "uri_prefixes": ["urn:x:"], "deny": ["Smartcard", "sms"],
               "entries": [{"value": "Smartcard", "tier": "phishing_resistant", "match": "last_segment"}, {"value": "hwk", "tier": "standard"}]"#,
        );
        let profile = Profile::from_json(text.as_bytes()).unwrap();
        for value in ["Smartcard", "urn:x:Smartcard", "urn:x:SMARTCARD", "sms", "urn:x:SMS"] {
            assert_eq!(amr(&profile, &["hwk", value]), None, "{value}");
        }
        for value in ["SMS", "urn:y:sms", "urn:x:smsx", "urn:x:a:sms", "smartcard"] {
            assert_eq!(amr(&profile, &["hwk", value]), Some(Tier::Standard), "{value}");
        }
    }

    #[test]
    fn what_is_not_recognised_meets_nothing() {
        let classified =
            |tier, recognised, auth_time| Classification { tier, recognised, auth_time };
        let nothing = classified(Tier::PhishingResistant, false, Some(NOW));
        assert!(!nothing.meets(Tier::Weak) && !nothing.meets_recently(Tier::Weak, 60, NOW));
        let standard = classified(Tier::Standard, true, None);
        assert!(standard.meets(Tier::Standard) && !standard.meets(Tier::PhishingResistant));
        assert!(!standard.meets_recently(Tier::Standard, u64::MAX, NOW), "of an unknown time");
        let dated = classified(Tier::Standard, true, Some(NOW));
        assert!(dated.meets_recently(Tier::Standard, 0, NOW));
        let later = UnixTime::from_seconds(NOW.seconds() + 61);
        assert!(!dated.meets_recently(Tier::Standard, 60, later));
    }

    #[test]
    fn auth_time_is_checked() {
        let with = |ago: i64, max_age: Option<u64>| {
            let auth_time = NOW.seconds().checked_add_signed(-ago).map(UnixTime::from_seconds);
            let claims = Claims { amr: &["hwk"], auth_time, max_age, ..Claims::default() };
            classify(&salesforce(), &claims, NOW).map(|classified| classified.auth_time())
        };
        assert!(with(300, Some(300)).is_ok());
        assert_eq!(with(301, Some(300)), Err(Error::AuthTimeStale));
        assert!(with(301, None).is_ok());
        assert!(with(-5, Some(0)).is_ok());
        assert_eq!(with(-6, Some(0)), Err(Error::AuthTimeFuture));
        assert_eq!(with(-6, None), Err(Error::AuthTimeFuture));
        let missing = Claims { amr: &["hwk"], max_age: Some(300), ..Claims::default() };
        assert_eq!(classify(&salesforce(), &missing, NOW), Err(Error::AuthTimeMissing));
    }

    #[test]
    fn the_limits_are_those_of_the_form() {
        let profile = salesforce();
        let at_most = ["hwk"; MAX_VALUES];
        let more = ["hwk"; MAX_VALUES + 1];
        let (long, longer) = ("x".repeat(MAX_VALUE), "x".repeat(MAX_VALUE + 1));
        assert_eq!(amr(&profile, &at_most), Some(Tier::PhishingResistant));
        assert_eq!(amr(&profile, &[&long, "hwk"]), Some(Tier::PhishingResistant));
        for claims in [
            Claims { amr: &more, ..Claims::default() },
            Claims { authn_context: &more, ..Claims::default() },
            Claims { amr: &["hwk", &longer], ..Claims::default() },
            Claims { acr: Some(&longer), ..Claims::default() },
            Claims { authn_context: &[&longer], ..Claims::default() },
        ] {
            assert_eq!(classify(&profile, &claims, NOW), Err(Error::ClaimsMalformed));
        }
    }
}
