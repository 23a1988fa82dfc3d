//! The client's extension outputs (§9.4, §10) beside a good registration or assertion, against serde_json and the rules written a
//! second time: which become values, and which refuse the ceremony.

use crate::authenticator::{self, CHALLENGE, CREDENTIAL_ID, USER_HANDLE};
use crate::json::{self, Members, Reference, Tree};
use crate::record_text::RECORD;
use crate::relying_party::{ID, ORIGINS, require};
use data_encoding::BASE64URL_NOPAD;
use mfakit::{
    Error, ExtensionInputs, ExtensionOutputs, RelyingParty, RelyingPartyOptions, Stateless,
    UnsolicitedExtensions, UserVerification,
};

/// Bits of the first byte.
const AUTHENTICATION: u8 = 0x01;
const REJECT: u8 = 0x02;
const NOTHING_ASKED: u8 = 0x04;

const REGISTRATION_ASKS: &str = r#"{"credProps":true,"prf":{},"largeBlob":{"support":"preferred"},"appidExclude":"https://example.com","x":1}"#;
const AUTHENTICATION_ASKS: &str =
    r#"{"appid":"https://example.com","prf":{},"largeBlob":{"read":true},"x":1}"#;

/// The values.
#[derive(Debug, Default, PartialEq)]
struct Expected {
    discoverable: Option<bool>,
    appid: Option<bool>,
    appid_exclude: Option<bool>,
    /// `supported`, `blob` and `written`.
    large_blob: Option<(Option<bool>, Option<Vec<u8>>, Option<bool>)>,
    /// `enabled`, and the results.
    prf: Option<(Option<bool>, Option<(Vec<u8>, Option<Vec<u8>>)>)>,
}

fn reference(tree: &Tree, chosen: u8) -> Result<Expected, Error> {
    let members = match tree {
        Tree::Null => return Ok(Expected::default()),
        Tree::Object(members) => members,
        _ => return Err(Error::ResponseMalformed),
    };
    let asked: &[&str] = match chosen & (AUTHENTICATION | NOTHING_ASKED) {
        0 => &["credProps", "prf", "largeBlob", "appidExclude", "x"],
        AUTHENTICATION => &["appid", "prf", "largeBlob", "x"],
        _ => &[],
    };
    let mut expected = Expected::default();
    let mut seen = Vec::new();
    for (name, value) in members {
        if !asked.contains(&&**name) {
            require(chosen & REJECT == 0, Error::ExtensionUnsolicited)?;
            continue;
        }
        require(!seen.contains(&name), Error::JsonDuplicateMember)?;
        read(&mut expected, name, value).ok_or(Error::ExtensionOutputMalformed)?;
        seen.push(name);
    }
    Ok(expected)
}

fn read(expected: &mut Expected, name: &str, value: &Tree) -> Option<()> {
    let flag = |tree: &Tree| match tree {
        Tree::Bool(flag) => Some(*flag),
        _ => None,
    };
    let bytes = |tree: &Tree| match tree {
        Tree::String(text) => BASE64URL_NOPAD.decode(text.as_bytes()).ok(),
        _ => None,
    };
    match name {
        "appid" => expected.appid = Some(flag(value)?),
        "appidExclude" => expected.appid_exclude = Some(flag(value)?),
        "credProps" => {
            let [rk] = members(value, ["rk"])?;
            expected.discoverable = optional(rk, flag)?;
        }
        "largeBlob" => {
            let [supported, blob, written] = members(value, ["supported", "blob", "written"])?;
            expected.large_blob = Some((
                optional(supported, flag)?,
                optional(blob, bytes)?,
                optional(written, flag)?,
            ));
        }
        "prf" => {
            let [enabled, results] = members(value, ["enabled", "results"])?;
            let results = optional(results, |results| {
                let [first, second] = members(results, ["first", "second"])?;
                Some((bytes(&first?)?, optional(second, bytes)?))
            })?;
            expected.prf = Some((optional(enabled, flag)?, results));
        }
        _ => {}
    }
    Some(())
}

fn members<const N: usize>(tree: &Tree, names: [&str; N]) -> Option<[Option<Tree>; N]> {
    match tree.members(names) {
        Members::Found(found) => Some(found.map(|member| member.filter(|m| *m != Tree::Null))),
        _ => None,
    }
}

fn optional<T>(member: Option<Tree>, read: impl Fn(&Tree) -> Option<T>) -> Option<Option<T>> {
    match member {
        None => Some(None),
        Some(member) => read(&member).map(Some),
    }
}

/// The outputs that mfakit reports of a ceremony with these in it.
fn verify(chosen: u8, results: &str) -> Result<ExtensionOutputs, Error> {
    let mut options = RelyingPartyOptions::new("Example", ORIGINS, UserVerification::Preferred);
    if chosen & REJECT != 0 {
        options.unsolicited_extensions = UnsolicitedExtensions::Reject;
    }
    let rp = RelyingParty::new(ID, options).expect("a valid configuration");
    let (id, challenge) =
        (BASE64URL_NOPAD.encode(CREDENTIAL_ID), BASE64URL_NOPAD.encode(&CHALLENGE));
    let user = BASE64URL_NOPAD.encode(USER_HANDLE);
    let text = |parts: &[(&str, &[u8])]| {
        let parts: Vec<String> = parts
            .iter()
            .map(|(name, bytes)| format!(r#""{name}":"{}""#, BASE64URL_NOPAD.encode(bytes)))
            .collect();
        format!(
            r#"{{"id":"{id}","rawId":"{id}","type":"public-key","clientExtensionResults":{results},"response":{{{}}}}}"#,
            parts.join(",")
        )
    };
    if chosen & AUTHENTICATION != 0 {
        let used = results.contains("true");
        let data = authenticator::assertion_data(0x05, 7, &[]);
        // Signed for the AppID where the client says so: which of the two it is, the authenticator data tells.
        let data_for_appid =
            [&mfakit_testing::sha256(b"https://example.com")[..], &data[32..]].concat();
        let client_data = authenticator::client_data("webauthn.get", &CHALLENGE);
        let asked = (chosen & NOTHING_ASKED == 0)
            .then(|| ExtensionInputs::authentication(AUTHENTICATION_ASKS).expect("inputs"));
        let more = Stateless { extensions: asked.as_ref(), ..Stateless::default() };
        let run = |data: &[u8]| {
            let signature = authenticator::sign(data, &client_data);
            let text = text(&[
                ("clientDataJSON", &client_data),
                ("authenticatorData", data),
                ("signature", &signature),
            ]);
            rp.verify_authentication(text.as_bytes(), &challenge, &user, &RECORD, more)
                .map(|verified| verified.extensions().clone())
        };
        match run(&data) {
            Err(Error::RpIdHashMismatch) => {
                let outputs = run(&data_for_appid);
                let appid = outputs.as_ref().map(|outputs| outputs.appid());
                assert!(used && (appid.is_err() || appid == Ok(Some(true))), "{results}");
                outputs
            }
            outputs => {
                let other = run(&data_for_appid).err();
                assert_eq!(other, Some(Error::RpIdHashMismatch), "{results}");
                outputs
            }
        }
    } else {
        let data =
            authenticator::attested_data(0x45, CREDENTIAL_ID, &authenticator::public_key(), &[]);
        let client_data = authenticator::client_data("webauthn.create", &CHALLENGE);
        let object = authenticator::attestation_object("none", &[0xa0], &data);
        let asked = (chosen & NOTHING_ASKED == 0)
            .then(|| ExtensionInputs::registration(REGISTRATION_ASKS).expect("inputs"));
        let more = Stateless { extensions: asked.as_ref(), ..Stateless::default() };
        let text = text(&[("clientDataJSON", &client_data), ("attestationObject", &object)]);
        rp.verify_registration(text.as_bytes(), &challenge, &user, more)
            .map(|verified| verified.extensions().clone())
    }
}

/// Whether mfakit accepts the outputs; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let (&chosen, results) = data.split_first().unwrap_or((&0, &[]));
    let Ok(results) = std::str::from_utf8(results) else { return false };
    // Members beside the outputs, or levels that the response adds, are another oracle's.
    let tree = match json::reference(format!("[{results}]").as_bytes()) {
        Reference::Accepted(Tree::Array(items)) if items.len() == 1 => items.into_iter().next(),
        _ => None,
    };
    let Some(tree) = tree.filter(|_| results.len() < 32 * 1024) else { return false };
    let ours = verify(chosen, results);
    if ours == Err(Error::JsonMalformed) {
        return false;
    }
    let seen = ours.as_ref().map_err(|error| *error).map(|ours| Expected {
        discoverable: ours.discoverable(),
        appid: ours.appid(),
        appid_exclude: ours.appid_exclude(),
        large_blob: ours.large_blob().map(|b| (b.supported, b.blob.clone(), b.written)),
        prf: ours.prf().map(|prf| (prf.enabled, prf.results.clone())),
    });
    assert_eq!(seen, reference(&tree, chosen));
    if let Ok(ours) = &ours {
        let all = json::reference(ours.to_json().as_bytes());
        assert!(
            matches!(all, Reference::Accepted(_) | Reference::OutOfRange),
            "{}",
            ours.to_json()
        );
    }
    ours.is_ok()
}

/// Good outputs in every form, and ones of every other shape.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "{}",
        "null",
        "[]",
        r#"{"credProps":{"rk":true}}"#,
        r#"{"credProps":{}}"#,
        r#"{"credProps":{"rk":1}}"#,
        r#"{"credProps":true}"#,
        r#"{"credProps":{"rk":true},"credProps":{}}"#,
        r#"{"prf":{"enabled":true,"results":{"first":"AAEC","second":"AQ"}}}"#,
        r#"{"prf":{"enabled":false}}"#,
        r#"{"prf":{"results":{"first":"AA","second":null}}}"#,
        r#"{"prf":{"results":{}}}"#,
        r#"{"largeBlob":{"supported":true}}"#,
        r#"{"largeBlob":{"blob":"AAEC","written":false}}"#,
        r#"{"largeBlob":{"blob":"A"}}"#,
        r#"{"appid":true}"#,
        r#"{"appid":false}"#,
        r#"{"appid":"true"}"#,
        r#"{"appid":true,"prf":1}"#,
        r#"{"appidExclude":true}"#,
        r#"{"x":[1e5,null],"y":{}}"#,
        r#"{"\u0063redProps":{"rk":false}}"#,
    ];
    texts
        .iter()
        .flat_map(|text| (0..8).map(move |chosen| [&[chosen], text.as_bytes()].concat()))
        .collect()
}
