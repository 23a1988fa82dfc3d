//! `Claims::from_id_token` against serde_json's reading: which payloads have claims of the right shape, and which claims those are.

use crate::json::{self, Members, Reference, Tree};
use mfakit::{AssuranceProfile, Claims, Classification, Error, UnixTime, classify};

/// The latest time that a host may pass, in seconds; above it, it would be milliseconds.
const MAX_TIME: f64 = 1e11;

/// `amr`, `acr` and `auth_time` of a payload.
///
/// # Errors
///
/// As `Claims::from_id_token`.
fn reference(payload: &[u8]) -> Option<Result<Claims, Error>> {
    if payload.len() > 64 * 1024 {
        return Some(Err(Error::InputTooLarge));
    }
    let tree = match json::reference(payload) {
        Reference::Accepted(tree) => tree,
        Reference::Refused => return Some(Err(Error::JsonMalformed)),
        Reference::OutOfRange => return None,
    };
    Some(match tree.members(["amr", "acr", "auth_time"]) {
        Members::NoObject => Err(Error::ClaimsMalformed),
        Members::Duplicate => Err(Error::JsonDuplicateMember),
        Members::Found(members) => read(members).ok_or(Error::ClaimsMalformed),
    })
}

fn read([amr, acr, auth_time]: [Option<Tree>; 3]) -> Option<Claims> {
    let text = |tree: &Tree| if let Tree::String(text) = tree { Some(text.clone()) } else { None };
    Some(Claims {
        amr: match amr {
            None => Vec::new(),
            Some(Tree::Array(values)) => values.iter().map(text).collect::<Option<_>>()?,
            Some(_) => return None,
        },
        acr: match acr {
            None => None,
            Some(tree) => Some(text(&tree)?),
        },
        authn_context: Vec::new(),
        auth_time: match auth_time {
            None => None,
            Some(tree) => {
                let seconds = match tree {
                    Tree::Unsigned(seconds) => seconds as f64,
                    Tree::Signed(seconds) => seconds as f64,
                    Tree::Float(seconds) => seconds,
                    _ => return None,
                };
                let fits = (0.0..=MAX_TIME).contains(&seconds);
                Some(UnixTime::from_seconds(fits.then_some(seconds)? as u64))
            }
        },
    })
}

/// Whether mfakit takes the payload; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let Some(expected) = reference(data) else { return false };
    let ours = Claims::from_id_token(data);
    assert_eq!(ours, expected);
    let Ok(claims) = ours else { return false };
    // What was classified is stored and read back as it was, whatever the identity provider sent.
    for id in AssuranceProfile::names() {
        let profile = AssuranceProfile::named(id).expect("a built-in profile");
        let now = Some(claims.auth_time.unwrap_or(UnixTime::from_seconds(0)));
        match classify(&profile, claims.clone(), None, now) {
            Ok(classified) => {
                let stored = classified.to_json();
                assert_eq!(Classification::from_trusted_json(&stored, &profile), Ok(classified));
            }
            Err(error) => assert_eq!(error, Error::ClaimsMalformed),
        }
    }
    true
}

/// Payloads of each shape, right and wrong.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let values = [
        r#"["pwd","mfa","swk"]"#,
        r#"["hwk"]"#,
        "[]",
        r#""hwk""#,
        "[1]",
        "[null]",
        r#"[["hwk"]]"#,
        "null",
        "{}",
        "true",
        r#"["h\u0077k","\ud83d\ude00\u0000\u0085"]"#,
        r#""0""#,
        r#""urn:oasis:names:tc:SAML:2.0:ac:classes:X509""#,
        "1",
        "1800000000",
        "1800000000.9",
        "-1",
        "-0.0",
        "1e11",
        "1e12",
        "1e400",
    ];
    let mut texts: Vec<String> = ["amr", "acr", "auth_time"]
        .iter()
        .flat_map(|name| values.map(|value| format!(r#"{{"sub":"a","{name}":{value}}}"#)))
        .collect();
    texts.push(r#"{"amr":["pwd","otp"],"acr":"phr","auth_time":1800000000,"x":{"amr":1}}"#.into());
    texts.push(r#"{"amr":["pwd"],"\u0061mr":["hwk"]}"#.into());
    texts.push(format!(r#"{{"amr":[{}"hwk"]}}"#, r#""x","#.repeat(63)));
    texts.push(format!(r#"{{"amr":[{}"hwk"]}}"#, r#""x","#.repeat(64)));
    texts.push(format!(r#"{{"acr":"{}"}}"#, "x".repeat(257)));
    texts.into_iter().map(String::into_bytes).collect()
}
