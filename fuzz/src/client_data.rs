//! `ClientData::parse` against serde_json: accepted exactly where the five members have their types and stand at most once,
//! and then with the same contents.

use crate::authenticator;
use crate::json::{self, Members, Reference, Tree};
use mfakit_core::Error;
use mfakit_core::webauthn::client_data::{ClientData, MAX_LEN};

/// The members that a relying party checks, as serde_json reads them.
#[derive(Debug, PartialEq)]
pub struct Expected {
    /// `type`
    pub kind: String,
    /// `challenge`
    pub challenge: String,
    /// `origin`
    pub origin: String,
    /// `crossOrigin`
    pub cross_origin: bool,
    /// `topOrigin`
    pub top_origin: Option<String>,
}

/// What the text holds, `Err` if it is no client data, or `None` if serde_json cannot tell.
#[must_use]
pub fn reference(text: &[u8]) -> Option<Result<Expected, Error>> {
    if text.len() > MAX_LEN {
        return Some(Err(Error::InputTooLarge));
    }
    let tree = match json::reference(text) {
        Reference::Accepted(tree) => tree,
        Reference::Refused => return Some(Err(Error::JsonMalformed)),
        Reference::OutOfRange => return None,
    };
    let members = tree.members(["type", "challenge", "origin", "crossOrigin", "topOrigin"]);
    Some(match members {
        Members::Duplicate => Err(Error::JsonDuplicateMember),
        Members::Found(
            [
                Some(Tree::String(kind)),
                Some(Tree::String(challenge)),
                Some(Tree::String(origin)),
                cross_origin @ (None | Some(Tree::Bool(_))),
                top_origin @ (None | Some(Tree::String(_))),
            ],
        ) => Ok(Expected {
            kind,
            challenge,
            origin,
            cross_origin: cross_origin == Some(Tree::Bool(true)),
            top_origin: if let Some(Tree::String(s)) = top_origin { Some(s) } else { None },
        }),
        _ => Err(Error::ClientDataMalformed),
    })
}

/// Whether core accepts; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let ours = ClientData::parse(data).map(|ours| Expected {
        kind: json::decoded(ours.kind),
        challenge: json::decoded(ours.challenge),
        origin: json::decoded(ours.origin),
        cross_origin: ours.cross_origin,
        top_origin: ours.top_origin.map(json::decoded),
    });
    if let Some(expected) = reference(data) {
        assert_eq!(ours, expected);
    }
    ours.is_ok()
}

/// Client data as browsers write it, and with each member in another form.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = vec![
        authenticator::client_data("webauthn.create", &authenticator::CHALLENGE),
        authenticator::client_data("webauthn.get", &authenticator::CHALLENGE),
    ];
    let texts = [
        r#"{"type":"webauthn.get","challenge":"AAAA","origin":"https://example.org","crossOrigin":true,"topOrigin":"https://example.com"}"#,
        r#"{"\u0074ype":"webauthn.get","challenge":"AA\u0041A","origin":"https:\/\/example.org","other":{"type":1},"n":1e999}"#,
        r#"{"type":"webauthn.get","challenge":"AAAA","origin":"https://example.org","crossOrigin":null}"#,
        r#"{"type":"webauthn.get","challenge":"AAAA","origin":"https://example.org","type":"webauthn.get"}"#,
        r#"{"type":"webauthn.get","challenge":"AAAA"}"#,
        "[]",
    ];
    seeds.extend(texts.iter().map(|text| text.as_bytes().to_vec()));
    seeds
}
