//! `ExtensionInputs` against serde_json and the specification's types (§9, §10): the same texts are inputs of the same
//! ceremonies, and what the browser is given is what the host wrote.

use crate::json::{self, Reference, Tree};
use data_encoding::BASE64URL_NOPAD;
use mfakit::{Error, ExtensionInputs};

fn reference(tree: &Tree, registration: bool) -> Result<(), Error> {
    let Tree::Object(members) = tree else { return Err(Error::ArgumentTypeInvalid) };
    let mut names: Vec<&str> = members.iter().map(|(name, _)| &**name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    let fits = names.len() == count
        && count <= 32
        && members
            .iter()
            .all(|(name, value)| name.len() <= 64 && is_input(name, value, registration));
    if fits { Ok(()) } else { Err(Error::ArgumentValueInvalid) }
}

fn is_input(name: &str, value: &Tree, registration: bool) -> bool {
    let url = |url: &str| url.starts_with("https://") && url.len() <= 512;
    match (name, value) {
        ("credProps" | "minPinLength" | "enforceCredentialProtectionPolicy", Tree::Bool(_)) => {
            registration
        }
        ("uvm", Tree::Bool(_)) => true,
        ("appidExclude", Tree::String(text)) => registration && url(text),
        ("appid", Tree::String(text)) => !registration && url(text),
        ("credentialProtectionPolicy", Tree::String(policy)) => {
            let rest = policy.strip_prefix("userVerification");
            let known = ["Optional", "OptionalWithCredentialIDList", "Required"];
            registration && rest.is_some_and(|rest| known.contains(&rest))
        }
        ("largeBlob", blob) => is_large_blob(blob, registration),
        ("prf", prf) => is_prf(prf, registration),
        (
            "credProps"
            | "minPinLength"
            | "enforceCredentialProtectionPolicy"
            | "uvm"
            | "appidExclude"
            | "appid"
            | "credentialProtectionPolicy",
            _,
        ) => false,
        _ => true,
    }
}

/// A member, null being none; `Err` if it stands twice or this is no object.
fn member<'t>(tree: &'t Tree, name: &str) -> Result<Option<&'t Tree>, ()> {
    let Tree::Object(members) = tree else { return Err(()) };
    let mut found = members.iter().filter(|(found, _)| found == name).map(|(_, value)| value);
    match (found.next(), found.next()) {
        (first, None) => Ok(first.filter(|value| **value != Tree::Null)),
        _ => Err(()),
    }
}

fn is_bytes(tree: Option<&Tree>) -> bool {
    matches!(tree, Some(Tree::String(text)) if BASE64URL_NOPAD.decode(text.as_bytes()).is_ok())
}

fn is_large_blob(tree: &Tree, registration: bool) -> bool {
    let read = [member(tree, "support"), member(tree, "read"), member(tree, "write")];
    let [Ok(support), Ok(read), Ok(write)] = read else { return false };
    match (support, read, write) {
        (Some(Tree::String(name)), None, None) => {
            registration && ["required", "preferred"].contains(&&**name)
        }
        (None, Some(Tree::Bool(true)), None) => !registration,
        (None, None, Some(_)) => !registration && is_bytes(write),
        _ => false,
    }
}

fn is_prf(tree: &Tree, registration: bool) -> bool {
    let (Ok(eval), Ok(by_credential)) = (member(tree, "eval"), member(tree, "evalByCredential"))
    else {
        return false;
    };
    let values = |tree: &Tree| match (member(tree, "first"), member(tree, "second")) {
        (Ok(first), Ok(second)) => is_bytes(first) && second.is_none_or(|s| is_bytes(Some(s))),
        _ => false,
    };
    let by_credential = match by_credential {
        None => true,
        Some(Tree::Object(map)) => {
            let id = |id: &str| {
                BASE64URL_NOPAD.decode(id.as_bytes()).is_ok_and(|bytes| !bytes.is_empty())
            };
            !registration && map.iter().all(|(name, eval)| id(name) && values(eval))
        }
        Some(_) => false,
    };
    eval.is_none_or(values) && by_credential
}

/// Whether mfakit takes the inputs for either ceremony; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let tree = match json::reference(data) {
        Reference::Accepted(tree) => Some(tree),
        Reference::Refused => None,
        Reference::OutOfRange => return false,
    };
    let mut accepted = false;
    for registration in [true, false] {
        let ours = if registration {
            ExtensionInputs::registration(text)
        } else {
            ExtensionInputs::authentication(text)
        };
        let expected = match &tree {
            Some(tree) => reference(tree, registration),
            None => Err(Error::ArgumentTypeInvalid),
        };
        assert_eq!(ours.as_ref().map(|_| ()).map_err(|error| *error), expected);
        if let (Ok(ours), Some(tree)) = (&ours, &tree) {
            let Reference::Accepted(given) = json::reference(ours.to_json().as_bytes()) else {
                panic!("the browser cannot read {}", ours.to_json());
            };
            assert_eq!(given, *tree, "the browser is given something else");
            accepted = true;
        }
    }
    accepted
}

/// Inputs of every extension, with the right type and with others.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let many: Vec<String> = (0..33).map(|n| format!("\"x{n}\":1")).collect();
    let mut texts: Vec<String> = [
        "{}",
        "[]",
        "{\"credProps\":true}",
        "{\"credProps\":true,\"credProps\":true}",
        "{\"cred\\u0050rops\":false,\"uvm\":true}",
        "{\"appid\":\"https://example.org/u2f\"}",
        "{\"appidExclude\":\"https://example.org/u2f\"}",
        "{\"appid\":\"http://example.org\"}",
        "{\"largeBlob\":{\"support\":\"required\"}}",
        "{\"largeBlob\":{\"read\":true,\"write\":null}}",
        "{\"largeBlob\":{\"read\":true,\"write\":\"AA\"}}",
        "{\"largeBlob\":{\"write\":\"AAEC\"}}",
        "{\"largeBlob\":{\"support\":1,\"read\":true}}",
        "{\"prf\":{}}",
        "{\"prf\":{\"eval\":{\"first\":\"AAEC\",\"second\":\"AQ\"}}}",
        "{\"prf\":{\"evalByCredential\":{\"AAEC\":{\"first\":\"AQ\"}}}}",
        "{\"prf\":{\"evalByCredential\":{\"\":{\"first\":\"AQ\"}}}}",
        "{\"prf\":{\"eval\":null,\"evalByCredential\":null}}",
        "{\"credentialProtectionPolicy\":\"userVerificationRequired\",\"enforceCredentialProtectionPolicy\":true}",
        "{\"minPinLength\":true,\"credBlob\":\"AAEC\",\"x\":{\"deep\":[1,null,-0,1e5,\"\\ud83d\\ude00\"]}}",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push(format!("{{{}}}", many.join(",")));
    texts.push(format!("{{{}}}", many[..32].join(",")));
    texts.push(format!("{{\"{}\":1}}", "n".repeat(64)));
    texts.push(format!("{{\"{}\":1}}", "n".repeat(65)));
    texts.into_iter().map(String::into_bytes).collect()
}
