//! `Requirement::from_json` against serde_json's reading: which texts are a requirement, that an absent member is the strictest choice,
//! and that what is written is read back.

use crate::json::{self, Reference, Tree};
use mfakit::{Error, MethodKind, Requirement, Tier, UnixTime};

const NAMES: [&str; 10] = [
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

fn read(tree: &Tree) -> Option<Requirement> {
    let members = crate::assurance_profile::object(tree, &NAMES)?;
    // A member that is null is absent.
    let get = |name| {
        let tree = crate::assurance_profile::get(&members, name)?;
        if matches!(tree, Tree::Null) { None } else { Some(tree) }
    };
    let text = |name| match get(name) {
        None => Some(None),
        Some(Tree::String(text)) => Some(Some(text.clone())),
        Some(_) => None,
    };
    let whole = |name| match get(name) {
        None => Some(None),
        Some(Tree::Unsigned(number)) => Some(Some(*number)),
        Some(_) => None,
    };
    let flag = |name, default| match get(name) {
        None => Some(default),
        Some(Tree::Bool(flag)) => Some(*flag),
        Some(_) => None,
    };
    let acr_values = text("acrValues")?;
    let plain = |c: char| matches!(c, '!'..='~') && c != '"' && c != '\\';
    let is_value = |value: &str| !value.is_empty() && value.chars().all(plain);
    let fits = |values: &String| values.len() <= 512 && values.split(' ').all(is_value);
    if acr_values.as_ref().is_some_and(|values| !fits(values)) {
        return None;
    }
    Some(Requirement {
        tier: Tier::from_name(&text("tier")??).ok()?,
        max_age: whole("maxAge")?,
        exempt: flag("exempt", false)?,
        waiver: flag("waiver", false)?,
        enforced_from: whole("enforcedFrom")?.map(UnixTime::from_seconds),
        channel_subject: flag("channelSubject", true)?,
        client_can: match get("clientCan") {
            None => None,
            Some(Tree::Array(kinds)) => {
                let kind = |tree: &Tree| match tree {
                    Tree::String(name) => MethodKind::from_name(name).ok(),
                    _ => None,
                };
                Some(kinds.iter().map(kind).collect::<Option<_>>()?)
            }
            Some(_) => return None,
        },
        acr_values,
        policy: text("policy")?.zip(text("policyVersion")?),
    })
}

/// Whether mfakit takes the text; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let expected = match json::reference(data) {
        Reference::Accepted(tree) if text.len() <= 16 * 1024 => read(&tree),
        Reference::OutOfRange => return false,
        _ => None,
    };
    let ours = Requirement::from_json(text);
    match (ours, expected) {
        (Ok(ours), Some(expected)) => {
            assert_eq!(ours, expected);
            assert_eq!(Requirement::from_json(&ours.to_json()), Ok(ours));
            true
        }
        (Err(error), expected) => {
            let own = [Error::ArgumentTypeInvalid, Error::ArgumentValueInvalid, Error::TimeInvalid];
            assert!(own.contains(&error), "{error:?}");
            // A time above what a host may pass is refused: it would be milliseconds.
            let late = expected.as_ref().and_then(|expected| expected.enforced_from);
            let late = late.is_some_and(|time| time.seconds() > 100_000_000_000);
            assert!(late || expected.is_none(), "{expected:?}");
            false
        }
        (Ok(ours), None) => panic!("{ours:?}, the rules say otherwise"),
    }
}

/// Requirements with each member, right and wrong.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let members = [
        "",
        r#","maxAge":300"#,
        r#","maxAge":null"#,
        r#","maxAge":-1"#,
        r#","maxAge":1.5"#,
        r#","exempt":true,"waiver":true"#,
        r#","exempt":"approved""#,
        r#","enforcedFrom":1784505600"#,
        r#","enforcedFrom":1784505600000"#,
        r#","channelSubject":false"#,
        r#","clientCan":["totp","recovery_code"]"#,
        r#","clientCan":[]"#,
        r#","clientCan":["other"]"#,
        r#","clientCan":"totp""#,
        r#","acrValues":"urn:a urn:b""#,
        r#","acrValues":"""#,
        r#","acrValues":"a\"b""#,
        r#","acrValues":"a\r\nb""#,
        r#","policy":"own","policyVersion":"1""#,
        r#","policy":"own""#,
        r#","other":1"#,
        r#","tier":"weak""#,
    ];
    let mut texts: Vec<String> =
        members.map(|members| format!(r#"{{"tier":"standard"{members}}}"#)).into();
    for tier in ["weak", "phishing_resistant", "Standard", ""] {
        texts.push(format!(r#"{{"tier":"{tier}"}}"#));
    }
    texts.extend(["{}", r#"{"tier":2}"#, "[]", "null"].map(str::to_owned));
    texts.into_iter().map(String::into_bytes).collect()
}
