//! `PolicyProfile::from_json` and the requirement that it makes, against the rules over serde_json's reading: any listed right makes a
//! person privileged, one that is nearly listed is an error, and a requirement is never weaker than everybody's.

use crate::assurance_profile::{get, is_name, list, object, text, text_is, tier};
use crate::input::{Input, Output};
use crate::json::{self, Reference, Tree};
use mfakit_core::assurance::Tier;
use mfakit_core::policy::{Person, PolicyProfile};
use mfakit_core::{Error, UnixTime};

/// A profile, as the text says it.
struct Expected {
    rights: Vec<String>,
    privileged: Tier,
    everyone: Tier,
    channels: Vec<(String, bool)>,
    environments: Vec<(String, u64)>,
}

fn label(tree: &Tree) -> Option<String> {
    text(tree).filter(|text| (1..=255).contains(&text.len()))
}

/// An object of 1 to 64 names, none of which stands twice.
fn named<T>(tree: &Tree, read: impl Fn(&Tree) -> Option<T>) -> Option<Vec<(String, T)>> {
    let Tree::Object(members) = tree else { return None };
    let once = |at: usize, name: &String| members[..at].iter().all(|other| other.0 != *name);
    let fine = members
        .iter()
        .enumerate()
        .all(|(at, (name, _))| (1..=255).contains(&name.len()) && once(at, name));
    if !fine || !(1..=64).contains(&members.len()) {
        return None;
    }
    members.iter().map(|(name, value)| Some((name.clone(), read(value)?))).collect()
}

fn window(tree: &Tree) -> Option<u64> {
    let members = object(tree, &["enforced_from", "staggered_days"])?;
    let days = get(&members, "staggered_days");
    if !matches!(days, None | Some(Tree::Unsigned(0..=366))) {
        return None;
    }
    if let Tree::Unsigned(from) = get(&members, "enforced_from")? { Some(*from) } else { None }
}

fn read(tree: &Tree) -> Option<Expected> {
    let names = [
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
    ];
    let members = object(tree, &names)?;
    let get_ = |name| get(&members, name);
    let remarks = ["title", "source"].into_iter().filter_map(get_).all(|tree| text(tree).is_some());
    let is_named = |name| get_(name).and_then(text).is_some_and(|text| is_name(&text));
    let schema = text_is(get_("schema"), "mfakit-policy-profile/1");
    if !schema || !remarks || !is_named("id") || !is_named("version") {
        return None;
    }
    let tiers = object(get_("tiers")?, &["privileged", "everyone"])?;
    let labels = object(get_("labels")?, &["weak", "standard", "phishing_resistant"])?;
    let labels: Option<Vec<_>> = labels.iter().map(|(_, value)| label(value)).collect();
    let rights: Option<Vec<_>> = list(get_("privileged_rights")?)?.iter().map(label).collect();
    let expected = Expected {
        rights: rights?,
        privileged: tier(get(&tiers, "privileged")?)?,
        everyone: tier(get(&tiers, "everyone")?)?,
        channels: named(get_("channels")?, |word| {
            let subject = text_is(Some(word), "subject");
            (subject || text_is(Some(word), "unaffected")).then_some(subject)
        })?,
        environments: named(get_("environments")?, window)?,
    };
    let sound = labels?.len() == 3
        && expected.rights.len() <= 64
        && expected.privileged >= expected.everyone;
    sound.then_some(expected)
}

/// The letters and digits of a text, in lower case, full-width forms as ASCII.
fn bare(text: &str) -> String {
    let ascii = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    };
    let letters = text.chars().map(ascii).filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

fn is_nearly(right: &str, listed: &str) -> bool {
    let listed = bare(listed);
    let mut parts = right.split([',', ';', '|', '\n']).map(bare);
    !listed.is_empty() && parts.any(|part| part == listed || part == format!("permissions{listed}"))
}

/// Whether core takes the profile and the person; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let mut input = Input::new(data);
    let count = usize::from(input.u8() % 5);
    let texts: Vec<String> =
        (0..count + 2).map(|_| String::from_utf8_lossy(input.bytes()).into_owned()).collect();
    let own = input.u32();
    let json = input.rest();
    let expected = match json::reference(json) {
        Reference::Accepted(tree) if json.len() <= 16 * 1024 => read(&tree),
        Reference::OutOfRange => return false,
        _ => None,
    };
    let ours = PolicyProfile::from_json(json);
    let (profile, expected) = match (ours, expected) {
        (Ok(profile), Some(expected)) => (profile, expected),
        (Err(Error::ProfileInvalid), None) => return false,
        // Words are compared as they stand, and the id of a built-in profile is its own.
        (Err(Error::ProfileInvalid), Some(_)) => {
            let named = |id: &str| String::from_utf8_lossy(json).contains(id);
            assert!(json.contains(&b'\\') || PolicyProfile::names().any(named));
            return false;
        }
        (ours, _) => panic!("{ours:?}, the rules say otherwise"),
    };
    let rights: Vec<&str> = texts[2..].iter().map(String::as_str).collect();
    let enforced_from = (own != 0).then(|| UnixTime::from_seconds(own.into()));
    let (channel, environment) = (texts[0].as_str(), texts[1].as_str());
    let person = Person { environment, enforced_from, ..Person::new(&rights, channel) };
    let subject = expected.channels.iter().find(|(name, _)| name == channel);
    let window = expected.environments.iter().find(|(name, _)| name == environment);
    let is_listed = |right: &str| expected.rights.iter().any(|listed| listed == right);
    let near = |right: &&str| {
        expected.rights.iter().any(|listed| listed != right && is_nearly(right, listed))
    };
    let Ok(requirement) = profile.requirement(&person) else {
        assert!(subject.is_none() || window.is_none() || rights.iter().any(near));
        return false;
    };
    let (Some((_, subject)), Some((_, from))) = (subject, window) else {
        panic!("a channel or environment that the profile does not name");
    };
    assert!(!rights.iter().any(near), "nearly a right");
    let privileged = rights.iter().any(|right| is_listed(right));
    let tier = if privileged { expected.privileged } else { expected.everyone };
    assert_eq!((requirement.tier, requirement.channel_subject), (tier, *subject));
    let from = enforced_from.unwrap_or(UnixTime::from_seconds(*from));
    assert_eq!(requirement.enforced_from, Some(from));
    true
}

/// The built-in profile and one of our own, with persons of each kind.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let own = br#"{"schema":"mfakit-policy-profile/1","id":"own","version":"1","privileged_rights":["Root","Mo re"],"tiers":{"privileged":"standard","everyone":"weak"},
"channels":{"ui":"subject","api":"unaffected"},"environments":{"production":{"enforced_from":200,"staggered_days":30},"sandbox":{"enforced_from":0}},"labels":{"weak":"W","standard":"S","phishing_resistant":"P"}}"#;
    let mut profiles = vec![own.to_vec()];
    profiles.extend(
        PolicyProfile::names()
            .filter_map(|id| Some(PolicyProfile::named(id).ok()?.json().to_vec())),
    );
    let mut all = Vec::new();
    for profile in profiles {
        for channel in ["ui", "api", "UI"] {
            for environment in ["production", "sandbox", "trial"] {
                let lists: [&[&str]; 7] = [
                    &[],
                    &["Root"],
                    &["Author Apex", "API Enabled"],
                    &["more", "Root"],
                    &["ModifyAllData"],
                    &["API Enabled,Author Apex"],
                    &["Permissions Mo re"],
                ];
                for rights in lists {
                    let mut output = Output::default().number([rights.len() as u8]);
                    for text in [channel, environment].iter().chain(rights) {
                        output = output.bytes(text.as_bytes());
                    }
                    all.push(output.number(7_u32.to_be_bytes()).raw(&profile).finish());
                }
            }
        }
    }
    all
}
