//! `Profile::from_json` and `classify` against the rules written a second time, over serde_json's reading of the profile and lists of
//! owned strings. Order and duplicates of values never matter; in a profile that is monotonic, another value never lowers a tier; what is
//! not recognised satisfies nothing.

use crate::input::{Input, Output};
use crate::json::{self, Reference, Tree};
use mfakit_core::assurance::{Claims, Profile, Tier, classify};
use mfakit_core::{Error, UnixTime};

/// An entry, as the text says it.
struct Entry {
    value: String,
    tier: Tier,
    by_segment: bool,
    sources: [bool; 3],
    factor: Option<String>,
}

/// A profile, as the text says it.
struct Expected {
    strongest: bool,
    two_factors: Option<Tier>,
    prefixes: Vec<String>,
    entries: Vec<Entry>,
    combinations: Vec<(Vec<String>, Tier)>,
    deny: Vec<String>,
}

/// The members of an object that has no others and none twice.
pub(crate) fn object<'t>(tree: &'t Tree, names: &[&str]) -> Option<Vec<(&'t str, &'t Tree)>> {
    let Tree::Object(members) = tree else { return None };
    let known = |at: usize, name: &String| {
        names.contains(&name.as_str()) && members[..at].iter().all(|other| other.0 != *name)
    };
    let fine = members.iter().enumerate().all(|(at, (name, _))| known(at, name));
    fine.then(|| members.iter().map(|(name, value)| (name.as_str(), value)).collect())
}

pub(crate) fn get<'t>(members: &[(&str, &'t Tree)], name: &str) -> Option<&'t Tree> {
    members.iter().find(|member| member.0 == name).map(|member| member.1)
}

pub(crate) fn text(tree: &Tree) -> Option<String> {
    if let Tree::String(text) = tree { Some(text.clone()) } else { None }
}

pub(crate) fn list(tree: &Tree) -> Option<&[Tree]> {
    if let Tree::Array(elements) = tree { Some(elements) } else { None }
}

pub(crate) fn tier(tree: &Tree) -> Option<Tier> {
    Tier::ALL.into_iter().find(|tier| text_is(Some(tree), tier.as_str()))
}

pub(crate) fn text_is(tree: Option<&Tree>, wanted: &str) -> bool {
    matches!(tree, Some(Tree::String(text)) if text == wanted)
}

/// Whether it is an id or a version.
pub(crate) fn is_name(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    (1..=64).contains(&text.len()) && text.chars().all(allowed)
}

fn value(tree: &Tree) -> Option<String> {
    text(tree).filter(|text| (1..=256).contains(&text.len()) && text != "0")
}

/// A list of values, empty if it is absent.
fn values(tree: Option<&Tree>, most: usize) -> Option<Vec<String>> {
    let Some(tree) = tree else { return Some(Vec::new()) };
    let all: Option<Vec<String>> = list(tree)?.iter().map(value).collect();
    all.filter(|all| all.len() <= most)
}

fn read(tree: &Tree) -> Option<Expected> {
    let members = object(
        tree,
        &[
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
        ],
    )?;
    let get = |name| get(&members, name);
    let remarks = ["title", "source"].into_iter().filter_map(get).all(|tree| text(tree).is_some());
    let named = ["id", "version"]
        .into_iter()
        .all(|name| get(name).and_then(text).is_some_and(|text| is_name(&text)));
    if !text_is(get("schema"), "mfakit-assurance-profile/1") || !remarks || !named {
        return None;
    }
    let combine = text(get("combine")?)?;
    let expected = Expected {
        strongest: match combine.as_str() {
            "strongest" => true,
            "weakest" => false,
            _ => return None,
        },
        two_factors: match get("two_factors") {
            None => None,
            Some(tree) => Some(tier(tree)?),
        },
        prefixes: values(get("uri_prefixes"), 8)?,
        entries: list(get("entries")?)?.iter().map(entry).collect::<Option<_>>()?,
        combinations: match get("combinations") {
            None => Vec::new(),
            Some(tree) => list(tree)?.iter().map(combination).collect::<Option<_>>()?,
        },
        deny: values(get("deny"), 16)?,
    };
    let adds = expected.two_factors.is_some() || get("combinations").is_some();
    is_sound(&expected, adds).then_some(expected)
}

fn entry(tree: &Tree) -> Option<Entry> {
    let members = object(tree, &["value", "tier", "match", "in", "factor"])?;
    let get = |name| get(&members, name);
    let value = value(get("value")?)?;
    let by_segment = match get("match") {
        None => false,
        some if text_is(some, "exact") => false,
        some if text_is(some, "last_segment") && !value.contains([':', '/']) => true,
        Some(_) => return None,
    };
    let sources = match get("in") {
        None => [true; 3],
        Some(tree) => {
            let mut sources = [false; 3];
            for name in list(tree)? {
                let name = text(name)?;
                let names = ["amr", "acr", "authn_context"];
                let at = names.iter().position(|known| *known == name)?;
                if std::mem::replace(&mut sources[at], true) {
                    return None;
                }
            }
            sources
        }
    };
    let factor = match get("factor") {
        None => None,
        Some(tree) => Some(
            text(tree)
                .filter(|text| ["knowledge", "possession", "inherence"].contains(&text.as_str()))?,
        ),
    };
    let fine = sources.contains(&true);
    fine.then_some(Entry { value, tier: tier(get("tier")?)?, by_segment, sources, factor })
}

fn combination(tree: &Tree) -> Option<(Vec<String>, Tier)> {
    let members = object(tree, &["all", "tier"])?;
    let all = values(Some(get(&members, "all")?), 8)?;
    Some((all, tier(get(&members, "tier")?)?))
}

fn is_sound(profile: &Expected, adds: bool) -> bool {
    let entries = &profile.entries;
    let by_segment = entries.iter().any(|entry| entry.by_segment);
    let combined = |(all, _): &(Vec<String>, Tier)| {
        let known = |value: &String| entries.iter().any(|entry| entry.value == *value);
        let mut different = all.clone();
        different.sort();
        different.dedup();
        all.len() >= 2 && different.len() == all.len() && all.iter().all(known)
    };
    // Two entries collide if one text could be recognised by both.
    let collide = |one: &Entry, other: &Entry| {
        let shared = (0..3).any(|at| one.sources[at] && other.sources[at]);
        let segment = |uri: &Entry, segment: &Entry| {
            let is = |prefix: &String| after(prefix, &uri.value, &segment.value);
            segment.by_segment && profile.prefixes.iter().any(is)
        };
        let folded = one.value.eq_ignore_ascii_case(&other.value);
        let same = one.value == other.value || (one.by_segment && other.by_segment && folded);
        shared && (same || segment(one, other) || segment(other, one))
    };
    let apart = entries
        .iter()
        .enumerate()
        .all(|(at, one)| entries[..at].iter().all(|other| !collide(one, other)));
    (1..=128).contains(&entries.len())
        && profile.combinations.len() <= 16
        && profile.combinations.iter().all(combined)
        && (profile.strongest || !adds)
        && by_segment != profile.prefixes.is_empty()
        && profile.prefixes.iter().all(|prefix| prefix.ends_with([':', '/']))
        && apart
}

/// Whether a value is the prefix and then, in any case, the segment.
fn after(prefix: &str, value: &str, segment: &str) -> bool {
    value.strip_prefix(prefix).is_some_and(|rest| rest.eq_ignore_ascii_case(segment))
}

impl Expected {
    fn recognise(&self, source: usize, value: &str) -> Option<&Entry> {
        let mut of_source = self.entries.iter().filter(|entry| entry.sources[source]);
        of_source.find(|entry| {
            let segment = |prefix: &String| after(prefix, value, &entry.value);
            entry.value == value || (entry.by_segment && self.prefixes.iter().any(segment))
        })
    }

    /// The tier, if anything is recognised and nothing is denied.
    fn judge(&self, values: &[(usize, String)]) -> Option<Tier> {
        let denied = |(_, value): &(usize, String)| {
            self.deny.iter().any(|denied| {
                value == denied || self.prefixes.iter().any(|prefix| after(prefix, value, denied))
            })
        };
        if values.iter().any(denied) {
            return None;
        }
        let found: Vec<&Entry> =
            values.iter().filter_map(|(at, value)| self.recognise(*at, value)).collect();
        let tiers = found.iter().map(|entry| entry.tier);
        if !self.strongest {
            return tiers.min();
        }
        let there = |value: &String| found.iter().any(|entry| entry.value == *value);
        let combined = self.combinations.iter().filter(|(all, _)| all.iter().all(there));
        let mut factors: Vec<_> = found.iter().filter_map(|entry| entry.factor.clone()).collect();
        factors.sort();
        factors.dedup();
        let two = self.two_factors.filter(|_| factors.len() >= 2);
        tiers.chain(combined.map(|(_, tier)| *tier)).chain(two).max()
    }
}

/// What a case consists of.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    /// The profile.
    pub profile: Vec<u8>,
    /// The values: where each stood (`amr`, `acr`, `AuthnContextClassRef`: 0 to 2), and it.
    pub values: Vec<(u8, Vec<u8>)>,
    /// `auth_time`, if it is not 0; the largest age and the present time.
    pub times: [u32; 3],
}

impl Arguments {
    fn read(data: &[u8]) -> Self {
        let mut input = Input::new(data);
        let times = [input.u32(), input.u32(), input.u32()];
        let values = (0..input.u8() % 12).map(|_| (input.u8() % 3, input.bytes().to_vec()));
        let values = values.collect();
        Self { profile: input.rest().to_vec(), values, times }
    }

    /// The input that is read as these.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut output = Output::default();
        for time in self.times {
            output = output.number(time.to_be_bytes());
        }
        output = output.number([self.values.len() as u8]);
        for (source, value) in &self.values {
            output = output.number([*source]).bytes(value);
        }
        output.raw(&self.profile).finish()
    }
}

/// Whether core takes the profile and recognises something; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let arguments = Arguments::read(data);
    let ours = Profile::from_json(&arguments.profile);
    let expected = match json::reference(&arguments.profile) {
        Reference::Accepted(tree) if arguments.profile.len() <= 16 * 1024 => read(&tree),
        Reference::OutOfRange => return false,
        _ => None,
    };
    let (profile, expected) = match (ours, expected) {
        (Ok(profile), Some(expected)) => (profile, expected),
        (Err(Error::ProfileInvalid), None) => return false,
        // Names and words are compared as they stand: an escape in one is refused. The id of a built-in profile is its own.
        (Err(Error::ProfileInvalid), Some(_)) => {
            let named = |id: &str| String::from_utf8_lossy(&arguments.profile).contains(id);
            assert!(arguments.profile.contains(&b'\\') || Profile::names().any(named));
            return false;
        }
        (ours, _) => panic!("{ours:?}, the rules say otherwise"),
    };
    assert!(Profile::from_checked_json(profile.json()).is_ok());
    let monotonic = expected.strongest && expected.deny.is_empty();
    assert_eq!(profile.is_monotonic(), monotonic);

    let [auth_time, max_age, now] = arguments.times.map(u64::from);
    let auth_time = (auth_time != 0).then_some(UnixTime::from_seconds(auth_time));
    let max_age = (max_age != 0).then_some(max_age);
    let now = UnixTime::from_seconds(now);
    let values: Vec<(usize, String)> = arguments
        .values
        .iter()
        .map(|(source, value)| (usize::from(*source), String::from_utf8_lossy(value).into_owned()))
        .collect();
    let acr = values.iter().find(|value| value.0 == 1).cloned();
    let values: Vec<_> =
        values.into_iter().filter(|value| value.0 != 1).chain(acr.clone()).collect();
    let of = |values: &[(usize, String)]| {
        let of = |at: usize| {
            values.iter().filter(move |value| value.0 == at).map(|value| value.1.clone())
        };
        let (amr, contexts): (Vec<String>, Vec<String>) = (of(0).collect(), of(2).collect());
        let amr: Vec<&str> = amr.iter().map(String::as_str).collect();
        let authn_context: Vec<&str> = contexts.iter().map(String::as_str).collect();
        let acr = of(1).next();
        let claims = Claims {
            amr: &amr,
            acr: acr.as_deref(),
            authn_context: &authn_context,
            auth_time,
            max_age,
        };
        classify(&profile, &claims, now)
    };
    let classified = of(&values);
    let time = match (auth_time, max_age) {
        (Some(at), _) if at.seconds() > now.seconds() + 5 => Err(Error::AuthTimeFuture),
        (Some(at), Some(age)) if now.seconds().saturating_sub(at.seconds()) > age => {
            Err(Error::AuthTimeStale)
        }
        (None, Some(_)) => Err(Error::AuthTimeMissing),
        _ => Ok(()),
    };
    let long = values.iter().any(|(_, value)| value.len() > 256);
    let refusal = if long { Err(Error::ClaimsMalformed) } else { time };
    assert_eq!(classified.map(|_| ()), refusal);
    let Ok(classified) = classified else { return true };
    let tier = expected.judge(&values);
    assert_eq!(classified.recognised().then(|| classified.tier()), tier);
    assert!(classified.recognised() || Tier::ALL.into_iter().all(|tier| !classified.meets(tier)));

    let turned = values.iter().rev().chain(&values).filter(|value| value.0 != 1);
    let turned: Vec<_> = turned.cloned().chain(acr).collect();
    assert_eq!(of(&turned), Ok(classified), "order and duplicates");
    if monotonic {
        for left in 0..values.len() {
            let mut fewer = values.clone();
            fewer.remove(left);
            let fewer = of(&fewer).expect("the others were no error");
            let reached = |classified: &mfakit_core::assurance::Classification| {
                classified.recognised().then(|| classified.tier())
            };
            assert!(reached(&fewer) <= reached(&classified), "a value more, a tier less");
        }
    }
    tier.is_some()
}

/// Built-in profiles and one of our own, with values that they list and values that are nearly those.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let own = br#"{"schema":"mfakit-assurance-profile/1","id":"own","version":"1","combine":"strongest","two_factors":"standard","uri_prefixes":["urn:a:","https://b/"],
"entries":[{"value":"one","tier":"weak","match":"last_segment","in":["amr","acr"],"factor":"possession"},{"value":"two","tier":"standard","factor":"knowledge"},{"value":"three","tier":"weak"}],
"combinations":[{"all":["one","three"],"tier":"phishing_resistant"}],"deny":["none"]}"#;
    let weakest = br#"{"schema":"mfakit-assurance-profile/1","id":"own","version":"1","combine":"weakest","entries":[{"value":"one","tier":"standard"},{"value":"two","tier":"weak","in":["amr"]}]}"#;
    let mut profiles: Vec<Vec<u8>> = vec![own.to_vec(), weakest.to_vec()];
    profiles
        .extend(Profile::names().filter_map(|id| Some(Profile::named(id).ok()?.json().to_vec())));
    let lists: [&[(u8, &str)]; 8] = [
        &[],
        &[(0, "one"), (0, "two")],
        &[(1, "urn:a:ONE"), (0, "three"), (2, "urn:a:oneone")],
        &[(0, "one"), (0, "none")],
        &[(0, "pwd"), (0, "mfa"), (0, "swk")],
        &[(2, "urn:oasis:names:tc:SAML:2.0:ac:classes:X509"), (0, "pwd")],
        &[(1, "phr"), (0, "otp"), (0, "pin")],
        &[(1, "https://refeds.org/profile/mfa"), (0, "0"), (0, "")],
    ];
    let mut all = Vec::new();
    for profile in profiles {
        for (at, list) in lists.iter().enumerate() {
            let values = list.iter().map(|(source, value)| (*source, value.as_bytes().to_vec()));
            let times = [[0, 0, 1000], [900, 100, 1000], [900, 99, 1000], [1006, 0, 1000]][at % 4];
            let arguments = Arguments { profile: profile.clone(), values: values.collect(), times };
            all.push(arguments.write());
        }
    }
    all
}
