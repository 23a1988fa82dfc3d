//! Policy profiles: a published enforcement as versioned data.
//!
//! JSON (`mfakit-policy-profile/1`, docs/assurance.md), checked whole when it is read. Invariant: no recursion, no allocation; after
//! [`PolicyProfile::from_json`] nothing in it can fail. Leaks: nothing secret here.

use super::requirement::Requirement;
use crate::assurance::{Tier, keeps_ids, name, only_members, tier_named};
use crate::encoding::json::{self, Str, Value};
use crate::error::Error;
use crate::evidence::MethodKinds;
use crate::time::UnixTime;

const SCHEMA: &str = "mfakit-policy-profile/1";
/// The largest profile. Genuine ones have one or two thousand bytes.
const MAX_PROFILE: usize = 64 * 1024;
/// The most elements of a list in a profile.
const MAX_ELEMENTS: usize = 64;
/// The longest name of a right or a label, in bytes.
const MAX_TEXT: usize = 255;

const NAMED: [(&str, &str); 1] =
    [("salesforce-2026-05-05", include_str!("../profiles/policy-salesforce-2026-05-05.json"))];

/// A checked profile.
#[derive(Clone, Copy, Debug)]
pub struct PolicyProfile<'a> {
    text: Value<'a>,
    id: &'a str,
    version: &'a str,
    rights: Value<'a>,
    privileged: Tier,
    everyone: Tier,
    channels: Value<'a>,
    environments: Value<'a>,
    labels: Value<'a>,
}

/// Who asks, and how.
#[derive(Clone, Copy, Debug)]
pub struct Person<'p> {
    /// Every right that the person has, as the host names them; those that the profile does not list count for nothing.
    pub rights: &'p [&'p str],
    /// The channel, by the profile's name for it.
    pub channel: &'p str,
    /// The environment, by the profile's name for it.
    pub environment: &'p str,
    /// When enforcement begins for this host, if its own date within the published window is known; else the first day of the window.
    pub enforced_from: Option<UnixTime>,
    /// Whether the person has the old permission that waives.
    pub waiver: bool,
    /// Whether an exemption was approved for this person.
    pub exempt: bool,
    /// What the person's client can perform.
    pub client_can: MethodKinds,
    /// How many seconds ago at most the tier was reached.
    pub max_age: Option<u64>,
}

impl<'p> Person<'p> {
    /// A person with these rights on this channel, in production, without exemption.
    #[must_use]
    pub const fn new(rights: &'p [&'p str], channel: &'p str) -> Self {
        Self {
            rights,
            channel,
            environment: "production",
            enforced_from: None,
            waiver: false,
            exempt: false,
            client_can: MethodKinds::ALL,
            max_age: None,
        }
    }
}

impl PolicyProfile<'static> {
    /// The built-in profile of this id: `salesforce-2026-05-05`.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`] for another id.
    pub fn named(id: &str) -> Result<Self, Error> {
        let found = NAMED.iter().find(|(name, _)| *name == id);
        Self::from_checked_json(found.ok_or(Error::ArgumentValueInvalid)?.1.as_bytes())
    }

    /// The ids of the built-in profiles.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMED.iter().map(|(name, _)| *name)
    }
}

impl<'a> PolicyProfile<'a> {
    /// Reads a profile and checks all of it.
    ///
    /// # Errors
    ///
    /// [`Error::ProfileInvalid`].
    pub fn from_json(text: &'a [u8]) -> Result<Self, Error> {
        if text.len() > MAX_PROFILE {
            return Err(Error::ProfileInvalid);
        }
        let profile = json::read_all(text).ok().and_then(read);
        let own = profile.filter(|profile| check(profile).is_some());
        own.filter(|own| keeps_ids(&NAMED, own.id, own.json())).ok_or(Error::ProfileInvalid)
    }

    /// Reads the text of a profile that was checked before.
    ///
    /// # Errors
    ///
    /// [`Error::ProfileInvalid`].
    #[doc(hidden)]
    pub fn from_checked_json(text: &'a [u8]) -> Result<Self, Error> {
        json::read_all(text).ok().and_then(read).ok_or(Error::ProfileInvalid)
    }

    /// The id.
    #[must_use]
    pub const fn id(&self) -> &'a str {
        self.id
    }
    /// The version.
    #[must_use]
    pub const fn version(&self) -> &'a str {
        self.version
    }
    /// The profile's text.
    #[must_use]
    pub const fn json(&self) -> &'a [u8] {
        self.text.text()
    }
    /// What people call a tier.
    #[must_use]
    pub fn label(&self, tier: Tier) -> Str<'a> {
        member(self.labels, tier.as_str()).and_then(|value| value.as_str()).unwrap_or_default()
    }
    /// The rights of which any one makes a person privileged.
    pub fn privileged_rights(&self) -> impl Iterator<Item = Str<'a>> {
        self.rights.as_array().into_iter().flatten().filter_map(|right| right.as_str())
    }
    /// The channels, and whether the policy covers each.
    pub fn channels(&self) -> impl Iterator<Item = (Str<'a>, bool)> {
        let members = self.channels.as_object().into_iter().flatten();
        members.map(|(name, value)| (name, value.as_str().is_some_and(|v| v == *"subject")))
    }

    /// What the policy demands of a person.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`] for a channel or environment that the profile does not name, and for a right that differs from a
    /// listed one in case, spaces or form only (`ModifyAllData`): taken for another right it would make an administrator an ordinary
    /// person.
    ///
    /// # Examples
    ///
    /// ```
    /// use mfakit_core::assurance::Tier;
    /// use mfakit_core::policy::{Person, PolicyProfile};
    ///
    /// let policy = PolicyProfile::named("salesforce-2026-05-05")?;
    /// let administrator = policy.requirement(&Person::new(&["Author Apex", "API Enabled"], "ui"))?;
    /// assert_eq!(administrator.tier, Tier::PhishingResistant);
    /// assert!(policy.requirement(&Person::new(&["author apex"], "ui")).is_err());
    /// # Ok::<(), mfakit_core::Error>(())
    /// ```
    pub fn requirement(&self, person: &Person<'_>) -> Result<Requirement<'static>, Error> {
        let subject = self.channels().find(|(name, _)| *name == *person.channel);
        let (_, channel_subject) = subject.ok_or(Error::ArgumentValueInvalid)?;
        let environment = member(self.environments, person.environment);
        let window = environment.and_then(read_window).ok_or(Error::ArgumentValueInvalid)?;
        let tier = if self.is_privileged(person.rights)? { self.privileged } else { self.everyone };
        Ok(Requirement {
            max_age: person.max_age,
            exempt: person.exempt,
            waiver: person.waiver,
            enforced_from: Some(person.enforced_from.unwrap_or(window)),
            channel_subject,
            client_can: person.client_can,
            ..Requirement::new(tier)
        })
    }

    fn is_privileged(&self, rights: &[&str]) -> Result<bool, Error> {
        let mut privileged = false;
        for right in rights {
            for listed in self.privileged_rights() {
                if listed == **right {
                    privileged = true;
                } else if is_near_miss(listed, right) {
                    return Err(Error::ArgumentValueInvalid);
                }
            }
        }
        Ok(privileged)
    }
}

/// Whether a right, or a part of a list of rights in one text, is a listed one written otherwise: in other case, with other spaces or
/// none, in full-width letters, as the name that an API has for it (`PermissionsModifyAllData`).
fn is_near_miss(listed: Str<'_>, right: &str) -> bool {
    let listed = || listed.plain().unwrap_or_default();
    let mut parts = right.split([',', ';', '|', '\n']);
    let is_empty = bare(listed()).next().is_none();
    !is_empty
        && parts.any(|part| {
            let prefixed = "permissions".chars().chain(bare(listed()));
            bare(part).eq(bare(listed())) || bare(part).eq(prefixed)
        })
}

/// The letters and digits of a text, in lower case.
fn bare(text: &str) -> impl Iterator<Item = char> {
    let plain = |c: char| match u32::from(c) {
        // Full-width forms lie at a fixed distance from ASCII.
        wide @ 0xff01..=0xff5e => char::from_u32(wide.saturating_sub(0xfee0)).unwrap_or(c),
        _ => c,
    };
    text.chars().map(plain).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

fn member<'a>(object: Value<'a>, name: &str) -> Option<Value<'a>> {
    object.members([name]).ok().flatten().and_then(|[value]| value)
}

fn read(text: Value<'_>) -> Option<PolicyProfile<'_>> {
    let members = only_members(
        text,
        [
            "schema",
            "id",
            "version",
            "title",
            "source",
            "privileged_rights",
            "tiers",
            "channels",
            "environments",
            "labels",
        ],
    )?;
    let [schema, id, version, title, source, rights, tiers, channels, environments, labels] =
        members;
    if schema?.as_str()? != *SCHEMA {
        return None;
    }
    for remark in [title, source].into_iter().flatten() {
        remark.as_str()?;
    }
    let [privileged, everyone] = only_members(tiers?, ["privileged", "everyone"])?;
    Some(PolicyProfile {
        text,
        id: name(id?)?,
        version: name(version?)?,
        rights: rights?,
        privileged: tier_named(privileged?)?,
        everyone: tier_named(everyone?)?,
        channels: channels?,
        environments: environments?,
        labels: labels?,
    })
}

fn check(profile: &PolicyProfile<'_>) -> Option<()> {
    // Privilege that asks for less would be a mistake.
    if profile.privileged < profile.everyone {
        return None;
    }
    let mut rights = profile.rights.as_array()?;
    if rights.clone().count() > MAX_ELEMENTS || !rights.all(|right| is_plain(right.as_str())) {
        return None;
    }
    check_names(profile.channels, |value| {
        value.as_str().is_some_and(|v| v == *"subject" || v == *"unaffected")
    })?;
    check_names(profile.environments, |value| read_window(value).is_some())?;
    let labels = only_members(profile.labels, ["weak", "standard", "phishing_resistant"])?;
    labels.into_iter().all(|label| is_text(label.and_then(|value| value.as_str()))).then_some(())
}

/// An object of 1 to 64 names, none of which stands twice.
fn check_names(object: Value<'_>, check: impl Fn(Value<'_>) -> bool) -> Option<()> {
    let count = object.as_object()?.take(MAX_ELEMENTS.saturating_add(1)).count();
    if !(1..=MAX_ELEMENTS).contains(&count) {
        return None;
    }
    let mut members = object.as_object()?;
    let fine = members.all(|(key, value)| {
        let plain = key.plain();
        check(value) && is_text(Some(key)) && plain.is_some_and(|key| object.members([key]).is_ok())
    });
    fine.then_some(())
}

/// A text without escapes, so that it is one text to every reader.
fn is_plain(text: Option<Str<'_>>) -> bool {
    is_text(text) && text.is_some_and(|text| text.plain().is_some())
}

fn is_text(text: Option<Str<'_>>) -> bool {
    text.is_some_and(|text| (1..=MAX_TEXT).contains(&text.bytes().take(256).count()))
}

/// The first day of enforcement. How many days it takes to reach everybody stands beside it, for people.
fn read_window(window: Value<'_>) -> Option<UnixTime> {
    let [from, days] = only_members(window, ["enforced_from", "staggered_days"])?;
    if let Some(days) = days {
        days.as_u64().filter(|days| *days <= 366)?;
    }
    Some(UnixTime::from_seconds(from?.as_u64()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;
    use std::string::String;
    use std::vec::Vec;

    const WHOLE: &str = r#"{"schema": "mfakit-policy-profile/1", "id": "own", "version": "1", "title": "t", "source": "s",
        "privileged_rights": ["Root", "café"], "tiers": {"privileged": "phishing_resistant", "everyone": "standard"},
        "channels": {"ui": "subject", "api": "unaffected"},
        "environments": {"production": {"enforced_from": 200, "staggered_days": 30}, "test": {"enforced_from": 100}},
        "labels": {"weak": "W", "standard": "S", "phishing_resistant": "P"}}"#;

    fn published() -> PolicyProfile<'static> {
        PolicyProfile::named("salesforce-2026-05-05").unwrap()
    }

    fn takes(text: &str) -> bool {
        let read = PolicyProfile::from_json(text.as_bytes());
        assert!(matches!(read, Ok(_) | Err(Error::ProfileInvalid)));
        read.is_ok()
    }

    fn with(from: &str, to: &str) -> String {
        let text = WHOLE.replacen(from, to, 1);
        assert_ne!(text, WHOLE, "{from}");
        text
    }

    fn text(text: Str<'_>) -> String {
        String::from_utf8(text.bytes().collect()).unwrap()
    }

    #[test]
    fn any_one_of_the_five_rights_makes_a_person_privileged() -> Result<(), Error> {
        let policy = published();
        let tier =
            |rights: &[&str]| Ok::<_, Error>(policy.requirement(&Person::new(rights, "ui"))?.tier);
        let rights: Vec<_> = policy.privileged_rights().map(text).collect();
        let expected = [
            "System Administrator",
            "Modify All Data",
            "View All Data",
            "Customize Application",
            "Author Apex",
        ];
        assert_eq!(rights, expected);
        for right in expected {
            assert_eq!(tier(&[right])?, Tier::PhishingResistant, "{right}");
            assert_eq!(tier(&["API Enabled", right])?, Tier::PhishingResistant, "{right}");
        }
        for rights in [
            &[][..],
            &["API Enabled"],
            &["Modify All", "Data"],
            &[""],
            &["Permissions", "Author Apexes"],
        ] {
            assert_eq!(tier(rights)?, Tier::Standard, "{rights:?}");
        }
        // Almost a right is no other right.
        for right in [
            "author apex",
            "Author Apex ",
            " View All Data",
            "SYSTEM ADMINISTRATOR",
            "Author\u{a0}Apex",
            "Author  Apex",
            "Author\tApex",
            "Author Apex\u{200b}",
            "Author Apex\0",
            "\u{ff21}uthor Apex",
            "AuthorApex",
            "Author_Apex",
            "ModifyAllData",
            "PermissionsModifyAllData",
            "permissions author apex",
            "Author Apex,View All Data",
            "API Enabled;Author Apex",
            "API Enabled | Author Apex",
            "API Enabled\nauthor-apex",
        ] {
            assert_eq!(tier(&[right]), Err(Error::ArgumentValueInvalid), "{right}");
            assert_eq!(tier(&["Modify All Data", right]), Err(Error::ArgumentValueInvalid));
        }
        Ok(())
    }

    #[test]
    fn the_channel_decides_who_is_asked_at_all() -> Result<(), Error> {
        let policy = published();
        for (channel, subject) in [
            ("ui", true),
            ("sso", true),
            ("oauth_web_server", true),
            ("oauth_hybrid", true),
            ("api", false),
            ("oauth_jwt_bearer", false),
            ("oauth_client_credentials", false),
            ("site", false),
        ] {
            let requirement = policy.requirement(&Person::new(&["Author Apex"], channel))?;
            assert_eq!(requirement.channel_subject, subject, "{channel}");
            assert!(
                policy.channels().any(|(name, is)| (text(name), is) == (channel.into(), subject))
            );
        }
        assert_eq!(policy.channels().count(), 8);
        for channel in ["", "UI", "ui ", "oauth"] {
            let person = Person::new(&[], channel);
            assert_eq!(
                policy.requirement(&person).err(),
                Some(Error::ArgumentValueInvalid),
                "{channel}"
            );
        }
        Ok(())
    }

    #[test]
    fn enforcement_begins_on_the_published_day_or_the_hosts_own() -> Result<(), Error> {
        let policy = published();
        let from = |environment, own: Option<u64>| {
            let enforced_from = own.map(UnixTime::from_seconds);
            let person = Person { environment, enforced_from, ..Person::new(&[], "ui") };
            policy
                .requirement(&person)
                .map(|requirement| requirement.enforced_from.unwrap().seconds())
        };
        // 2026-06-22 and 2026-07-20, 00:00 UTC.
        assert_eq!(
            (from("sandbox", None)?, from("production", None)?),
            (1_782_086_400, 1_784_505_600)
        );
        assert_eq!(from("production", Some(7))?, 7);
        for environment in ["", "Production", "trial"] {
            assert_eq!(
                from(environment, Some(7)),
                Err(Error::ArgumentValueInvalid),
                "{environment}"
            );
        }
        Ok(())
    }

    #[test]
    fn what_is_known_of_the_person_goes_into_the_requirement() -> Result<(), Error> {
        let client_can = MethodKinds::NONE.with(crate::MethodKind::Totp);
        let person = Person {
            waiver: true,
            exempt: true,
            client_can,
            max_age: Some(60),
            ..Person::new(&[], "ui")
        };
        let all = published().requirement(&person)?;
        assert_eq!((all.waiver, all.exempt, all.max_age), (true, true, Some(60)));
        assert_eq!(all.client_can, client_can);
        let none = published().requirement(&Person::new(&[], "ui"))?;
        assert_eq!((none.waiver, none.exempt, none.max_age), (false, false, None));
        assert_eq!((none.client_can, none.acr_values), (MethodKinds::ALL, None));
        Ok(())
    }

    #[test]
    fn the_tiers_are_called_as_published() {
        let labels = Tier::ALL.map(|tier| text(published().label(tier)));
        let expected =
            ["Weak MFA / No MFA", "Standard MFA", "Phishing-Resistant MFA (Recommended)"];
        assert_eq!(labels, expected);
    }

    #[test]
    fn a_hosts_own_policy_is_read_whole_or_refused() {
        let own = PolicyProfile::from_json(WHOLE.as_bytes()).unwrap();
        assert_eq!((own.id(), own.version()), ("own", "1"));
        assert!(own.json().starts_with(b"{") && own.json().ends_with(b"}"));
        assert_eq!(own.privileged_rights().map(text).collect::<Vec<_>>(), ["Root", "caf\u{e9}"]);
        let tier =
            own.requirement(&Person::new(&["caf\u{e9}"], "ui")).map(|demanded| demanded.tier);
        assert_eq!(tier, Ok(Tier::PhishingResistant));
        assert!(takes(&with("\"title\": \"t\", ", "")));
        assert!(takes(&with("[\"Root\", \"café\"]", "[]")));
        for (from, to) in [
            ("profile/1", "profile/2"),
            ("\"id\": \"own\", ", ""),
            ("\"own\"", "\"Own\""),
            ("\"title\"", "\"titel\""),
            ("\"title\": \"t\"", "\"title\": 1"),
            ("\"source\"", "\"title\""),
            ("\"Root\"", "\"\""),
            ("\"Root\"", "1"),
            ("\"phishing_resistant\", \"everyone\"", "\"weak\", \"everyone\""),
            ("\"everyone\": \"standard\"", "\"everyone\": \"strong\""),
            (", \"everyone\": \"standard\"", ""),
            ("\"unaffected\"", "\"free\""),
            ("\"unaffected\"", "false"),
            ("\"api\"", "\"ui\""),
            ("\"api\"", "\"u\\u0069\""),
            ("\"api\"", "\"\""),
            ("{\"ui\": \"subject\", \"api\": \"unaffected\"}", "{}"),
            ("{\"ui\": \"subject\", \"api\": \"unaffected\"}", "[]"),
            ("\"test\"", "\"production\""),
            ("\"enforced_from\": 200", "\"enforced_from\": \"200\""),
            ("\"enforced_from\": 200", "\"enforced_from\": -1"),
            ("\"enforced_from\": 200", "\"enforced_from\": 2e2"),
            ("\"enforced_from\": 200, ", ""),
            ("\"staggered_days\": 30", "\"staggered_days\": 367"),
            ("\"staggered_days\": 30", "\"days\": 30"),
            ("\"weak\": \"W\", ", ""),
            ("\"weak\": \"W\"", "\"weak\": \"\""),
            ("\"weak\": \"W\"", "\"weak\": null"),
            ("\"P\"}}", "\"P\"}, \"x\": 1}"),
            ("\"P\"}}", "\"P\"}"),
        ] {
            assert!(!takes(&with(from, to)), "{from} became {to}");
        }
        assert!(!takes("") && !takes("null") && !takes("[]"));
    }

    #[test]
    fn every_limit_is_the_last_that_is_taken() {
        let listed =
            |count: usize| (0..count).map(|n| format!("\"r{n}\"")).collect::<Vec<_>>().join(",");
        let rights = |count| takes(&with("\"Root\", \"café\"", &listed(count)));
        assert_eq!((rights(64), rights(65)), (true, false));
        let channels = |count: usize| {
            let more: Vec<_> = (0..count).map(|n| format!("\"c{n}\": \"subject\"")).collect();
            takes(&with("\"ui\": \"subject\", \"api\": \"unaffected\"", &more.join(",")))
        };
        assert_eq!((channels(64), channels(65)), (true, false));
        let label = |length| takes(&with("\"W\"", &format!("\"{}\"", "x".repeat(length))));
        assert_eq!((label(255), label(256)), (true, false));
        assert!(takes(&with("\"staggered_days\": 30", "\"staggered_days\": 366")));
        let padded = |length: usize| takes(&(" ".repeat(length - WHOLE.len()) + WHOLE));
        assert_eq!((padded(MAX_PROFILE), padded(MAX_PROFILE + 1)), (true, false));
    }
}
