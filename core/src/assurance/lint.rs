//! What is odd about a profile: traps that its author, or whoever relies on it, should know.
//!
//! Nothing here changes a verdict. A published profile is taken literally, and some published tables are odd. Leaks: nothing.

use super::amr;
use super::profile::{Match, Profile, eq_folded};
use super::tier::Tier;
use crate::encoding::json::Str;

/// Something odd about a value of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Warning {
    /// It says how the user unlocked a key, or that somebody was there: no phisher is kept out by that alone.
    NotPhishingResistant,
    /// It says that there were several factors, and not which.
    AggregateTrusted,
    /// A delivered code counts for more than weak.
    DeliveredTrusted,
    /// WebAuthn as a claim is worth less than WebAuthn as a method of one's own.
    BelowDirect,
    /// Another spelling of a registered value: those who send the registered one are not recognised.
    CaseDiffers,
    /// A number: it is compared as a text, and no order is known.
    NumericLevel,
    /// A registered value that the profile does not list: those who send it are not recognised by it.
    RegisteredUnlisted,
}

impl Warning {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotPhishingResistant => "not_phishing_resistant",
            Self::AggregateTrusted => "aggregate_trusted",
            Self::DeliveredTrusted => "delivered_trusted",
            Self::BelowDirect => "below_direct",
            Self::CaseDiffers => "case_differs",
            Self::NumericLevel => "numeric_level",
            Self::RegisteredUnlisted => "registered_unlisted",
        }
    }

    /// One sentence.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::NotPhishingResistant => {
                "Listed as phishing-resistant, though a phishing site can pass on what this value stands for: alone it satisfies a privileged user."
            }
            Self::AggregateTrusted => {
                "Says that there were several factors and not which: a delivered code may be one of them."
            }
            Self::DeliveredTrusted => "A delivered code counts for more than weak.",
            Self::BelowDirect => {
                "WebAuthn through the identity provider counts for less than WebAuthn on a direct sign-in."
            }
            Self::CaseDiffers => {
                "Differs from a registered value in upper and lower case only: the registered one is not recognised."
            }
            Self::NumericLevel => {
                "A number is compared as a text: a higher one is not recognised as higher."
            }
            Self::RegisteredUnlisted => {
                "A registered amr value that the profile does not list: it contributes nothing."
            }
        }
    }
}

/// Names of methods that a phishing site can stand in the middle of.
const RELAYABLE: [&str; 15] = [
    "pin",
    "user",
    "vbm",
    "fpt",
    "face",
    "iris",
    "retina",
    "wia",
    "swk",
    "pwd",
    "otp",
    "kba",
    "mfa",
    "okta_verify",
    "multipleauthn",
];
const DELIVERED: [&str; 4] = ["sms", "tel", "email", "phone"];
const AGGREGATES: [&str; 3] = ["mfa", "mca", "multipleauthn"];
const WEBAUTHN: [&str; 5] = ["webauthn", "passkey", "fido", "fido2", "hwk"];

impl<'a> Profile<'a> {
    /// Tells each oddity: the warning, and the value that it is about.
    pub fn lint(&self, mut tell: impl FnMut(Warning, Str<'a>)) {
        for entry in self.entries() {
            let is_one_of = |names: &[&str]| names.iter().any(|name| entry.value == **name);
            if entry.tier == Tier::PhishingResistant && is_one_of(&RELAYABLE) {
                tell(Warning::NotPhishingResistant, entry.value);
            }
            if entry.tier > Tier::Weak && is_one_of(&AGGREGATES) {
                tell(Warning::AggregateTrusted, entry.value);
            }
            if entry.tier > Tier::Weak && is_one_of(&DELIVERED) {
                tell(Warning::DeliveredTrusted, entry.value);
            }
            if entry.tier < Tier::PhishingResistant && is_one_of(&WEBAUTHN) && !self.adds_up() {
                tell(Warning::BelowDirect, entry.value);
            }
            let differs =
                |name: &str| entry.value != *name && eq_folded(entry.value.bytes(), name.bytes());
            let by_segment = entry.matching == Match::LastSegment;
            if !by_segment && amr::REGISTERED.iter().any(|(name, _)| differs(name)) {
                tell(Warning::CaseDiffers, entry.value);
            }
            if entry.value.bytes().all(|byte| byte.is_ascii_digit()) {
                tell(Warning::NumericLevel, entry.value);
            }
        }
    }

    /// The registered `amr` values that the profile does not list; none if it lists no `amr` value at all.
    pub fn unlisted(&self) -> impl Iterator<Item = &'static str> {
        let reads_amr = self.entries().any(|entry| entry.sources.amr);
        let listed =
            |name: &str| self.entries().any(|entry| entry.sources.amr && entry.value == *name);
        let names = amr::REGISTERED.into_iter().map(|(name, _)| name);
        names.filter(move |name| reads_amr && !listed(name))
    }

    /// Whether values are meant to be weak alone and more together.
    fn adds_up(&self) -> bool {
        self.two_factors().is_some() || self.combinations().next().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;
    use std::string::String;
    use std::vec::Vec;

    fn warnings(profile: &Profile<'_>) -> Vec<(&'static str, String)> {
        let mut all = Vec::new();
        profile.lint(|warning, value| {
            all.push((warning.code(), String::from_utf8(value.bytes().collect()).unwrap()));
        });
        all
    }

    fn of(code: &str, profile: &str) -> Vec<String> {
        let found = warnings(&Profile::named(profile).unwrap());
        found.into_iter().filter(|(known, _)| *known == code).map(|(_, value)| value).collect()
    }

    #[test]
    fn the_traps_of_a_published_table_are_told() {
        let table = "salesforce-2026-05-05";
        let relayable = ["fpt", "iris", "pin", "retina", "swk", "user", "vbm", "wia"];
        assert_eq!(of("not_phishing_resistant", table), relayable);
        assert_eq!(of("below_direct", table), ["passkey", "webauthn"]);
        assert_eq!(of("case_differs", table), ["Face"]);
        assert_eq!(of("aggregate_trusted", table), ["multipleauthn"]);
        assert!(of("delivered_trusted", table).is_empty());
        let unlisted: Vec<_> = Profile::named(table).unwrap().unlisted().collect();
        assert_eq!(unlisted, ["face", "geo", "kba", "mca", "mfa", "otp", "rba"]);
    }

    #[test]
    fn the_other_built_in_profiles_have_no_more_than_their_known_oddity() {
        for profile in Profile::names().filter(|name| *name != "salesforce-2026-05-05") {
            for (code, value) in warnings(&Profile::named(profile).unwrap()) {
                assert_eq!((code, &*value), ("aggregate_trusted", "mfa"), "{profile}");
            }
        }
        for (profile, expected) in [("rfc8176", &["pop"][..]), ("openid-eap", &[]), ("refeds", &[])]
        {
            let profile = Profile::named(profile).unwrap();
            assert_eq!(profile.unlisted().collect::<Vec<_>>(), expected, "{}", profile.id());
        }
    }

    #[test]
    fn each_warning_has_an_entry_that_causes_it_and_one_that_does_not() {
        for (entry, expected) in [
            (r#""pin", "tier": "phishing_resistant""#, &["not_phishing_resistant"][..]),
            (r#""pin", "tier": "standard""#, &[]),
            (r#""mfa", "tier": "standard""#, &["aggregate_trusted"]),
            (r#""mfa", "tier": "weak""#, &[]),
            (r#""sms", "tier": "standard""#, &["delivered_trusted"]),
            (r#""sms", "tier": "weak""#, &[]),
            (r#""fido2", "tier": "standard""#, &["below_direct"]),
            (r#""fido2", "tier": "phishing_resistant""#, &[]),
            (r#""PWD", "tier": "weak""#, &["case_differs"]),
            (r#""pwd", "tier": "weak""#, &[]),
            (r#""PWD", "tier": "weak", "match": "last_segment""#, &[]),
            (r#""2", "tier": "standard""#, &["numeric_level"]),
            (r#""2a", "tier": "standard""#, &[]),
        ] {
            let segment = entry.contains("last_segment");
            let prefixes = if segment { r#""uri_prefixes": ["urn:x:"], "# } else { "" };
            let text = format!(
                r#"{{"schema": "mfakit-assurance-profile/1", "id": "own", "version": "1", "combine": "strongest", {prefixes}"entries": [{{"value": {entry}}}]}}"#
            );
            let profile = Profile::from_json(text.as_bytes()).unwrap();
            let codes: Vec<_> = warnings(&profile).into_iter().map(|(code, _)| code).collect();
            assert_eq!(codes, expected, "{entry}");
        }
    }
}
