//! Assurance profiles: which claim of an identity provider stands for which tier, as versioned data.
//!
//! A profile is JSON (`mfakit-assurance-profile/1`, docs/assurance.md), the built-in ones as much as a caller's own. It is checked whole
//! when it is read: an unknown member, a value that stands twice or a `"0"` is an error, so that a typing error cannot grant a tier.
//! Invariant: no recursion, no allocation; after [`Profile::from_json`] nothing in it can fail. Leaks: nothing secret here.

use super::classify::is_segment;
use super::tier::Tier;
use crate::encoding::json::{self, Str, Value};
use crate::error::Error;

/// The largest profile. Genuine ones have two or three thousand bytes.
pub const MAX_PROFILE: usize = 16 * 1024;
/// The most entries, so that the search for values that stand twice stays short.
const MAX_ENTRIES: usize = 128;
/// The longest value, in bytes. Context classes are URIs of less than a hundred.
pub(super) const MAX_VALUE: usize = 256;
/// The most prefixes, combinations and denied values: each is held against each of the claims.
const MAX_PREFIXES: usize = 8;
const MAX_COMBINATIONS: usize = 16;
const MAX_DENIED: usize = 16;
/// The most values in a combination.
const MAX_COMBINATION: usize = 8;
/// The same as a number of bits; with 16 combinations there are 128.
pub(super) const MAX_COMBINATION_BITS: u32 = 8;

const SCHEMA: &str = "mfakit-assurance-profile/1";

/// The built-in profiles by their ids.
const NAMED: [(&str, &str); 5] = [
    ("salesforce-2026-05-05", include_str!("../profiles/salesforce-2026-05-05.json")),
    ("rfc8176", include_str!("../profiles/rfc8176.json")),
    ("openid-eap", include_str!("../profiles/openid-eap.json")),
    ("refeds", include_str!("../profiles/refeds.json")),
    ("nist-800-63", include_str!("../profiles/nist-800-63.json")),
];

/// How the tiers of several recognised values make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Combine {
    /// The strongest.
    Strongest,
    /// The weakest.
    Weakest,
}

/// The kind of factor that a value stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Factor {
    /// Something that the person knows.
    Knowledge,
    /// Something that the person has.
    Possession,
    /// Something that the person is.
    Inherence,
}

/// How a value of a claim is compared with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Match {
    /// Byte for byte.
    Exact,
    /// Byte for byte; or what follows one of the profile's prefixes, without regard to ASCII case.
    LastSegment,
}

/// Which claims an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sources {
    pub(super) amr: bool,
    pub(super) acr: bool,
    pub(super) authn_context: bool,
}

/// One line of a profile.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    pub(super) value: Str<'a>,
    pub(super) tier: Tier,
    pub(super) matching: Match,
    pub(super) sources: Sources,
    pub(super) factor: Option<Factor>,
}

/// Values that together stand for a tier.
#[derive(Clone, Copy, Debug)]
pub(super) struct Combination<'a> {
    all: Value<'a>,
    pub(super) tier: Tier,
}

impl<'a> Combination<'a> {
    pub(super) fn values(self) -> impl Iterator<Item = Str<'a>> {
        strings(Some(self.all))
    }

    /// The values, and nothing after them up to the most that there may be.
    pub(super) fn bits(self) -> impl Iterator<Item = Option<Str<'a>>> {
        self.values().map(Some).chain(core::iter::repeat(None)).take(MAX_COMBINATION)
    }
}

/// A checked profile.
#[derive(Clone, Copy, Debug)]
pub struct Profile<'a> {
    text: Value<'a>,
    id: &'a str,
    version: &'a str,
    combine: Combine,
    two_factors: Option<Tier>,
    prefixes: Option<Value<'a>>,
    entries: Option<Value<'a>>,
    combinations: Option<Value<'a>>,
    deny: Option<Value<'a>>,
}

impl Profile<'static> {
    /// The built-in profile of this id: `salesforce-2026-05-05`, `rfc8176`, `openid-eap`, `refeds`, `nist-800-63`.
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

impl<'a> Profile<'a> {
    /// Reads a profile and checks all of it.
    ///
    /// # Errors
    ///
    /// [`Error::ProfileInvalid`].
    ///
    /// # Examples
    ///
    /// ```
    /// use mfakit_core::assurance::Profile;
    /// let own = br#"{"schema": "mfakit-assurance-profile/1", "id": "example", "version": "1", "combine": "strongest",
    ///   "entries": [{"value": "urn:example:strong", "tier": "phishing_resistant", "in": ["acr"]}]}"#;
    /// assert_eq!(Profile::from_json(own)?.id(), "example");
    ///
    /// let mistyped = br#"{"schema": "mfakit-assurance-profile/1", "id": "example", "version": "1", "combine": "strongest",
    ///   "entries": [{"value": "urn:example:strong", "teir": "phishing_resistant"}]}"#;
    /// assert!(Profile::from_json(mistyped).is_err());
    /// # Ok::<(), mfakit_core::Error>(())
    /// ```
    pub fn from_json(text: &'a [u8]) -> Result<Self, Error> {
        if text.len() > MAX_PROFILE {
            return Err(Error::ProfileInvalid);
        }
        let profile = json::read_all(text).ok().and_then(read);
        let own = profile.filter(|profile| check(profile).is_some());
        own.filter(|own| keeps_ids(&NAMED, own.id, own.json())).ok_or(Error::ProfileInvalid)
    }

    /// Reads the text of a profile that was checked before, without the search for values that stand twice.
    ///
    /// # Errors
    ///
    /// [`Error::ProfileInvalid`].
    #[doc(hidden)]
    pub fn from_checked_json(text: &'a [u8]) -> Result<Self, Error> {
        json::read_all(text).ok().and_then(read).ok_or(Error::ProfileInvalid)
    }

    /// The id: 1 to 64 of `a-z 0-9 . _ -`.
    #[must_use]
    pub const fn id(&self) -> &'a str {
        self.id
    }
    /// The version, of the same form. Another content has another version.
    #[must_use]
    pub const fn version(&self) -> &'a str {
        self.version
    }
    /// How the tiers of several recognised values make one.
    #[must_use]
    pub const fn combine(&self) -> Combine {
        self.combine
    }
    /// The profile's text.
    #[must_use]
    pub const fn json(&self) -> &'a [u8] {
        self.text.text()
    }
    /// The tier of two values that stand for different kinds of factor, if the profile has one.
    pub(super) const fn two_factors(&self) -> Option<Tier> {
        self.two_factors
    }
    /// Whether nothing in it lets another value lower a tier: more recognised claims can only help.
    #[must_use]
    pub fn is_monotonic(&self) -> bool {
        self.combine == Combine::Strongest && self.denied().next().is_none()
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = Entry<'a>> {
        elements(self.entries).filter_map(|entry| read_entry(entry))
    }
    pub(super) fn combinations(&self) -> impl Iterator<Item = Combination<'a>> {
        elements(self.combinations).filter_map(|value| read_combination(value))
    }
    pub(super) fn prefixes(&self) -> impl Iterator<Item = Str<'a>> {
        strings(self.prefixes)
    }
    pub(super) fn denied(&self) -> impl Iterator<Item = Str<'a>> {
        strings(self.deny)
    }
}

/// Whether an id is not that of a built-in profile with another content: an audit that names a built-in one means that one.
pub(crate) fn keeps_ids(named: &[(&str, &str)], id: &str, json: &[u8]) -> bool {
    let built_in = named.iter().find(|(name, _)| *name == id);
    built_in.is_none_or(|(_, text)| text.trim_ascii().as_bytes() == json)
}

fn elements<'a>(array: Option<Value<'a>>) -> impl Iterator<Item = Value<'a>> {
    array.and_then(|value| value.as_array()).into_iter().flatten()
}

fn strings<'a>(array: Option<Value<'a>>) -> impl Iterator<Item = Str<'a>> {
    elements(array).filter_map(|value| value.as_str())
}

const MEMBERS: [&str; 11] = [
    "schema",
    "id",
    "version",
    "title",
    "source",
    "combine",
    "two_factors",
    "uri_prefixes",
    "entries",
    "combinations",
    "deny",
];

fn read(text: Value<'_>) -> Option<Profile<'_>> {
    let members = only_members(text, MEMBERS)?;
    let [
        schema,
        id,
        version,
        title,
        source,
        combine,
        two_factors,
        prefixes,
        entries,
        combinations,
        deny,
    ] = members;
    if schema?.as_str()? != *SCHEMA {
        return None;
    }
    for remark in [title, source].into_iter().flatten() {
        remark.as_str()?;
    }
    Some(Profile {
        text,
        id: name(id?)?,
        version: name(version?)?,
        combine: match combine?.as_str()?.plain()? {
            "strongest" => Combine::Strongest,
            "weakest" => Combine::Weakest,
            _ => return None,
        },
        two_factors: match two_factors {
            None => None,
            Some(value) => Some(tier(value)?),
        },
        prefixes,
        entries: Some(entries?),
        combinations,
        deny,
    })
}

fn check(profile: &Profile<'_>) -> Option<()> {
    let count = profile.entries?.as_array()?.take(MAX_ENTRIES.saturating_add(1)).count();
    if !(1..=MAX_ENTRIES).contains(&count) {
        return None;
    }
    for value in profile.entries?.as_array()? {
        read_entry(value)?;
    }
    for (list, most) in [(profile.prefixes, MAX_PREFIXES), (profile.deny, MAX_DENIED)] {
        check_strings(list, most)?;
    }
    if let Some(list) = profile.combinations {
        for (number, value) in list.as_array()?.enumerate() {
            if number >= MAX_COMBINATIONS {
                return None;
            }
            let combination = read_combination(value)?;
            // A combination of one value is an entry, and one of a value without an entry can never be.
            let known = |value: &Str<'_>| profile.entries().any(|entry| same(entry.value, *value));
            let count = combination.values().count();
            let twice = combination.values().enumerate().any(|(at, one)| {
                combination.values().skip(at.saturating_add(1)).any(|other| same(one, other))
            });
            let fits = (2..=MAX_COMBINATION).contains(&count) && !twice;
            if !fits || !combination.values().all(|value| known(&value)) {
                return None;
            }
        }
    }
    // Only the strongest of several is a rule under which two can be more than each of them.
    let adds = profile.two_factors.is_some() || profile.combinations.is_some();
    if profile.combine == Combine::Weakest && adds {
        return None;
    }
    // A segment is what follows a whole prefix: without a prefix nothing does, and half a path is none.
    let by_segment = profile.entries().any(|entry| entry.matching == Match::LastSegment);
    if by_segment != profile.prefixes().next().is_some()
        || !profile.prefixes().all(|prefix| matches!(prefix.bytes().last(), Some(b':' | b'/')))
    {
        return None;
    }
    let twice = profile.entries().enumerate().any(|(at, one)| {
        let others = || profile.entries().skip(at.saturating_add(1));
        others().any(|other| collide(profile, &one, &other) || collide(profile, &other, &one))
    });
    (!twice).then_some(())
}

/// Whether one value could be recognised by both: the same text, or a whole URI beside its last segment.
fn collide(profile: &Profile<'_>, one: &Entry<'_>, other: &Entry<'_>) -> bool {
    let shared = (one.sources.amr && other.sources.amr)
        || (one.sources.acr && other.sources.acr)
        || (one.sources.authn_context && other.sources.authn_context);
    let by_segment = one.matching == Match::LastSegment && other.matching == Match::LastSegment;
    shared
        && (same(one.value, other.value)
            || (by_segment && eq_folded(one.value.bytes(), other.value.bytes()))
            || (other.matching == Match::LastSegment
                && profile.prefixes().any(|p| is_segment(one.value.bytes(), p, other.value))))
}

fn same(one: Str<'_>, other: Str<'_>) -> bool {
    one.bytes().eq(other.bytes())
}

/// Whether two texts differ in the case of ASCII letters alone.
pub(super) fn eq_folded(one: impl Iterator<Item = u8>, other: impl Iterator<Item = u8>) -> bool {
    let fold = |byte: u8| byte.to_ascii_lowercase();
    one.map(fold).eq(other.map(fold))
}

/// The members of an object that has no other members.
pub(crate) fn only_members<'a, const N: usize>(
    object: Value<'a>,
    names: [&str; N],
) -> Option<[Option<Value<'a>>; N]> {
    let known = |name: Str<'_>| names.iter().any(|known| name == **known);
    if !object.as_object()?.all(|(name, _)| known(name)) {
        return None;
    }
    object.members(names).ok()?
}

/// An id or a version.
pub(crate) fn name<'a>(value: Value<'a>) -> Option<&'a str> {
    let text = value.as_str()?.plain()?;
    let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-');
    ((1..=64).contains(&text.len()) && text.bytes().all(allowed)).then_some(text)
}

pub(crate) fn tier(value: Value<'_>) -> Option<Tier> {
    Tier::from_name(value.as_str()?.plain()?).ok()
}

/// A value that a claim may have. The empty one and `0` say that nothing was proven, whatever a profile would like.
fn value(value: Value<'_>) -> Option<Str<'_>> {
    let text = value.as_str()?;
    let length = text.bytes().take(MAX_VALUE.saturating_add(1)).count();
    ((1..=MAX_VALUE).contains(&length) && text != *"0").then_some(text)
}

fn check_strings(list: Option<Value<'_>>, most: usize) -> Option<()> {
    let Some(list) = list else { return Some(()) };
    for (number, element) in list.as_array()?.enumerate() {
        if number >= most {
            return None;
        }
        value(element)?;
    }
    Some(())
}

fn read_entry(entry: Value<'_>) -> Option<Entry<'_>> {
    let [text, tier_name, matching, sources, factor] =
        only_members(entry, ["value", "tier", "match", "in", "factor"])?;
    let text = value(text?)?;
    let matching = match matching {
        None => Match::Exact,
        Some(value) => match value.as_str()?.plain()? {
            "exact" => Match::Exact,
            // One segment: with a separator in it the same URI could be cut in two ways.
            "last_segment" if !text.bytes().any(|byte| matches!(byte, b':' | b'/')) => {
                Match::LastSegment
            }
            _ => return None,
        },
    };
    Some(Entry {
        value: text,
        tier: tier(tier_name?)?,
        matching,
        sources: match sources {
            None => Sources { amr: true, acr: true, authn_context: true },
            Some(value) => read_sources(value)?,
        },
        factor: match factor {
            None => None,
            Some(value) => Some(match value.as_str()?.plain()? {
                "knowledge" => Factor::Knowledge,
                "possession" => Factor::Possession,
                "inherence" => Factor::Inherence,
                _ => return None,
            }),
        },
    })
}

fn read_sources(list: Value<'_>) -> Option<Sources> {
    let mut sources = Sources { amr: false, acr: false, authn_context: false };
    for element in list.as_array()? {
        let source = match element.as_str()?.plain()? {
            "amr" => &mut sources.amr,
            "acr" => &mut sources.acr,
            "authn_context" => &mut sources.authn_context,
            _ => return None,
        };
        if core::mem::replace(source, true) {
            return None;
        }
    }
    (sources.amr || sources.acr || sources.authn_context).then_some(sources)
}

fn read_combination(combination: Value<'_>) -> Option<Combination<'_>> {
    let [all, tier_name] = only_members(combination, ["all", "tier"])?;
    check_strings(all, MAX_COMBINATION)?;
    Some(Combination { all: all?, tier: tier(tier_name?)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;
    use std::string::{String, ToString};
    use std::vec::Vec;

    const WHOLE: &str = r#"{"schema": "mfakit-assurance-profile/1", "id": "own", "version": "1.0", "title": "t", "source": "s",
        "combine": "strongest", "two_factors": "standard", "uri_prefixes": ["urn:a:", "https://b/"],
        "entries": [{"value": "one", "tier": "weak", "match": "last_segment", "in": ["acr", "authn_context"], "factor": "possession"},
                    {"value": "two", "tier": "standard", "match": "exact"}],
        "combinations": [{"all": ["one", "two"], "tier": "phishing_resistant"}], "deny": ["none"]}"#;

    fn with(from: &str, to: &str) -> String {
        let text = WHOLE.replacen(from, to, 1);
        assert_ne!(text, WHOLE, "{from}");
        text
    }

    fn takes(text: &str) -> bool {
        let read = Profile::from_json(text.as_bytes());
        assert!(matches!(read, Ok(_) | Err(Error::ProfileInvalid)));
        read.is_ok()
    }

    #[test]
    fn the_built_in_profiles_are_well_formed_and_no_others_have_names() {
        let names: Vec<_> = Profile::names().collect();
        assert_eq!(
            names,
            ["salesforce-2026-05-05", "rfc8176", "openid-eap", "refeds", "nist-800-63"]
        );
        for name in names {
            let profile = Profile::named(name).unwrap();
            assert_eq!(profile.id(), name);
            assert!(profile.is_monotonic() && !profile.json().is_empty());
        }
        for name in ["", "salesforce", "RFC8176", "rfc8176 "] {
            assert_eq!(Profile::named(name).err(), Some(Error::ArgumentValueInvalid), "{name}");
        }
    }

    #[test]
    fn the_published_table_has_its_eighteen_six_and_four() {
        let profile = Profile::named("salesforce-2026-05-05").unwrap();
        let count = |tier| profile.entries().filter(|entry| entry.tier == tier).count();
        assert_eq!(Tier::ALL.map(count), [4, 6, 18]);
        assert!(profile.entries().all(|entry| entry.sources == Sources { amr: true, acr: true, authn_context: true }));
        assert!(profile.two_factors().is_none() && profile.combinations().next().is_none());
    }

    #[test]
    fn a_profile_that_has_everything_is_read() {
        let profile = Profile::from_json(WHOLE.as_bytes()).unwrap();
        assert_eq!((profile.id(), profile.version()), ("own", "1.0"));
        assert_eq!(
            (profile.combine(), profile.two_factors()),
            (Combine::Strongest, Some(Tier::Standard))
        );
        assert!(!profile.is_monotonic(), "it denies");
        let [one, two] = [0, 1].map(|at| profile.entries().nth(at).unwrap());
        assert_eq!((one.matching, one.factor), (Match::LastSegment, Some(Factor::Possession)));
        assert_eq!(one.sources, Sources { amr: false, acr: true, authn_context: true });
        assert_eq!((two.matching, two.factor), (Match::Exact, None));
        assert!(takes(&with(", \"deny\": [\"none\"]", "")));
        assert!(Profile::from_checked_json(WHOLE.as_bytes()).is_ok());
    }

    #[test]
    fn anything_else_is_refused() {
        for (from, to) in [
            ("profile/1", "profile/2"),
            ("\"schema\": \"mfakit-assurance-profile/1\", ", ""),
            ("\"id\": \"own\", ", ""),
            ("\"own\"", "\"Own\""),
            ("\"own\"", "\"\""),
            ("\"own\"", "\"o wn\""),
            ("\"own\"", "7"),
            ("\"1.0\"", "1.0"),
            ("\"title\": \"t\"", "\"title\": 1"),
            ("\"title\": \"t\"", "\"titel\": \"t\""),
            ("\"source\": \"s\"", "\"title\": \"s\""),
            ("strongest", "Strongest"),
            ("\"combine\": \"strongest\", ", ""),
            ("strongest", "weakest"),
            ("\"two_factors\": \"standard\"", "\"two_factors\": \"strong\""),
            ("\"two_factors\": \"standard\"", "\"two_factors\": null"),
            ("\"uri_prefixes\": [\"urn:a:\", \"https://b/\"],", ""),
            ("\"uri_prefixes\": [\"urn:a:\", \"https://b/\"]", "\"uri_prefixes\": []"),
            ("urn:a:", "urn:a"),
            ("urn:a:", ""),
            ("\"match\": \"last_segment\", ", ""),
            ("last_segment", "suffix"),
            ("\"one\", \"tier\"", "\"\", \"tier\""),
            ("\"one\", \"tier\"", "\"0\", \"tier\""),
            ("\"one\", \"tier\"", "1, \"tier\""),
            ("\"one\", \"tier\"", "\"two\", \"tier\""),
            ("\"tier\": \"weak\"", "\"tier\": 1"),
            ("\"tier\": \"weak\"", "\"tier\": \"none\""),
            ("\"tier\": \"weak\", ", ""),
            ("\"match\": \"exact\"", "\"match\": \"exact\", \"mach\": \"exact\""),
            ("\"match\": \"exact\"", "\"match\": \"exact\", \"match\": \"exact\""),
            ("[\"acr\", \"authn_context\"]", "[]"),
            ("[\"acr\", \"authn_context\"]", "\"acr\""),
            ("[\"acr\", \"authn_context\"]", "[\"acr\", \"acr\"]"),
            ("[\"acr\", \"authn_context\"]", "[\"acr\", \"amrs\"]"),
            ("possession", "having"),
            ("[\"one\", \"two\"]", "[\"one\"]"),
            ("[\"one\", \"two\"]", "[]"),
            ("[\"one\", \"two\"]", "[\"one\", \"three\"]"),
            ("[\"one\", \"two\"]", "[\"one\", \"one\"]"),
            ("[\"one\", \"two\"]", "[\"two\", \"one\", \"t\\u0077o\"]"),
            ("[\"one\", \"two\"]", "\"one two\""),
            ("[\"none\"]", "\"none\""),
            ("[\"none\"]", "[\"0\"]"),
            ("[\"none\"]", "[null]"),
            ("\"deny\"", "\"denied\""),
            ("{\"schema\"", "[{\"schema\""),
            ("[\"none\"]}", "[\"none\"]"),
            ("[\"none\"]}", "[\"none\"]} {}"),
        ] {
            assert!(!takes(&with(from, to)), "{from} became {to}");
        }
        let no_entries = r#"{"schema": "mfakit-assurance-profile/1", "id": "own", "version": "1", "combine": "strongest", "entries": []}"#;
        assert!(!takes(no_entries) && !takes("null") && !takes("") && !takes("[]"));
    }

    #[test]
    fn the_id_of_a_built_in_profile_is_its_own() {
        for id in Profile::names() {
            assert!(!takes(&with("\"own\"", &format!("\"{id}\""))), "{id}");
            let built_in = String::from_utf8(Profile::named(id).unwrap().json().to_vec()).unwrap();
            assert!(takes(&built_in) && takes(&format!(" {built_in}\n")), "{id}");
            assert!(
                !takes(&built_in.replacen("\"tier\": \"weak\"", "\"tier\": \"standard\"", 1)),
                "{id}"
            );
        }
    }

    #[test]
    fn one_value_has_one_entry_in_each_claim() {
        let entries = |one: &str, two: &str, prefixes: &str| {
            takes(&format!(
                r#"{{"schema": "mfakit-assurance-profile/1", "id": "own", "version": "1", "combine": "strongest", {prefixes}"entries": [{{"value": {one}, "tier": "weak"}}, {{"value": {two}, "tier": "standard"}}]}}"#
            ))
        };
        let prefixes = r#""uri_prefixes": ["urn:a:"], "#;
        assert!(entries(r#""a""#, r#""A""#, ""));
        assert!(!entries(r#""a""#, r#""a""#, ""));
        assert!(!entries(r#""a""#, r#""\u0061""#, ""));
        assert!(!entries(r#""a", "in": ["acr", "amr"]"#, r#""a", "in": ["amr"]"#, ""));
        assert!(entries(r#""a", "in": ["acr"]"#, r#""a", "in": ["amr", "authn_context"]"#, ""));
        for claim in ["amr", "acr", "authn_context"] {
            let alone = format!(r#""a", "in": ["{claim}"]"#);
            assert!(!entries(&alone, &alone, "") && !entries(&alone, r#""a""#, ""), "{claim}");
        }
        let segment = r#""a", "match": "last_segment""#;
        assert!(!entries(segment, r#""A", "match": "last_segment""#, prefixes));
        assert!(entries(segment, r#""A""#, prefixes));
        assert!(!entries(segment, r#""a""#, prefixes));
        // A whole URI beside its own last segment, in either order; a segment of several segments.
        assert!(!entries(segment, r#""urn:a:A""#, prefixes));
        assert!(!entries(r#""urn:a:A""#, segment, prefixes));
        assert!(entries(segment, r#""urn:b:A""#, prefixes));
        assert!(entries(
            r#""urn:a:A", "in": ["amr"]"#,
            r#""a", "match": "last_segment", "in": ["acr"]"#,
            prefixes
        ));
        for several in [r#""b:c", "match": "last_segment""#, r#""b/c", "match": "last_segment""#] {
            assert!(!entries(several, r#""x""#, prefixes), "{several}");
        }
    }

    #[test]
    fn every_limit_is_the_last_that_is_taken() {
        let listed = |name: &str, count: usize, text: &str| {
            let list: Vec<_> = (0..count).map(|n| text.replace('#', &n.to_string())).collect();
            format!("\"{name}\": [{}]", list.join(","))
        };
        let one = "{\"value\": \"v#\", \"tier\": \"weak\"}";
        let head = r#"{"schema": "mfakit-assurance-profile/1", "id": "own", "version": "1", "combine": "strongest", "#;
        let entries = |count| takes(&format!("{head}{}}}", listed("entries", count, one)));
        assert_eq!((entries(MAX_ENTRIES), entries(MAX_ENTRIES + 1)), (true, false));

        let deny = |count| takes(&with("\"deny\": [\"none\"]", &listed("deny", count, "\"x#\"")));
        assert_eq!((deny(MAX_DENIED), deny(MAX_DENIED + 1)), (true, false));
        let old = "\"uri_prefixes\": [\"urn:a:\", \"https://b/\"]";
        let prefixes = |count| takes(&with(old, &listed("uri_prefixes", count, "\"urn:#:\"")));
        assert_eq!((prefixes(MAX_PREFIXES), prefixes(MAX_PREFIXES + 1)), (true, false));
        let all = "{\"all\": [\"one\", \"two\"], \"tier\": \"weak\"}";
        let old =
            "\"combinations\": [{\"all\": [\"one\", \"two\"], \"tier\": \"phishing_resistant\"}]";
        let combinations = |count| takes(&with(old, &listed("combinations", count, all)));
        let more = MAX_COMBINATIONS + 1;
        assert_eq!((combinations(more - 1), combinations(more)), (true, false));
        let values = |count| {
            let list: Vec<_> = (0..count).map(|n| format!("\"v{n}\"")).collect();
            let all = format!(
                "\"combinations\": [{{\"all\": [{}], \"tier\": \"weak\"}}]",
                list.join(",")
            );
            takes(&format!("{head}{}, {all}}}", listed("entries", 9, one)))
        };
        assert_eq!((values(MAX_COMBINATION), values(MAX_COMBINATION + 1)), (true, false));

        let value = |length| takes(&with("\"none\"", &format!("\"{}\"", "x".repeat(length))));
        assert_eq!((value(MAX_VALUE), value(MAX_VALUE + 1)), (true, false));
        let id = |length| takes(&with("\"own\"", &format!("\"{}\"", "x".repeat(length))));
        assert_eq!((id(64), id(65)), (true, false));
        let padded = |length: usize| takes(&(" ".repeat(length - WHOLE.len()) + WHOLE));
        assert_eq!((padded(MAX_PROFILE), padded(MAX_PROFILE + 1)), (true, false));
    }

    #[test]
    fn what_adds_up_needs_the_strongest_of_several() {
        let head =
            r#"{"schema": "mfakit-assurance-profile/1", "id": "own", "version": "1", "combine": "#;
        let entries =
            r#""entries": [{"value": "a", "tier": "weak"}, {"value": "b", "tier": "weak"}]"#;
        for more in [
            r#", "two_factors": "standard""#,
            r#", "combinations": [{"all": ["a", "b"], "tier": "standard"}]"#,
        ] {
            assert!(takes(&format!("{head}\"strongest\", {entries}{more}}}")), "{more}");
            assert!(!takes(&format!("{head}\"weakest\", {entries}{more}}}")), "{more}");
        }
    }

    #[test]
    fn a_profile_in_which_more_claims_may_be_worth_less_says_so() {
        let monotonic = |text: &str| Profile::from_json(text.as_bytes()).unwrap().is_monotonic();
        assert!(monotonic(&with(", \"deny\": [\"none\"]", "")));
        assert!(monotonic(&with("[\"none\"]", "[]")));
        let weakest = r#"{"schema": "mfakit-assurance-profile/1", "id": "own", "version": "1", "combine": "weakest", "entries": [{"value": "a", "tier": "weak"}]}"#;
        assert!(!monotonic(weakest));
    }
}
