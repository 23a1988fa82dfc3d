//! What a ceremony may ask of extensions: WebAuthn Level 3 §9.3, §10; CTAP 2.2 §12.

use super::extensions::json;
use crate::case::{Case, File};
use crate::json::Json;

const TYPE: &str = "argument_type_invalid";
const VALUE: &str = "argument_value_invalid";

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    defaults(&mut cases);
    taken(&mut cases);
    refused(&mut cases);
    bounds(&mut cases);
    File {
        topic: "extension-inputs",
        description: "Inputs of extensions: what reaches the browser, and what does not",
        notes: vec![
            "Inputs of extensions that mfakit does not know are passed on as they are.".into(),
        ],
        cases,
    }
}

/// The two ceremonies, by the letters that the rows below use.
fn ceremonies(letters: &'static str) -> impl Iterator<Item = &'static str> {
    letters.chars().map(|letter| if letter == 'r' { "registration" } else { "authentication" })
}

fn ask(id: &str, ceremony: &str, inputs: Json) -> Case {
    Case::new("extensions.inputs", format!("inputs-{id}-{ceremony}"))
        .source("WebAuthn Level 3", "9.3")
        .input("ceremony", ceremony)
        .input("extensions", inputs)
}

fn defaults(cases: &mut Vec<Case>) {
    let why = "whether a credential is discoverable is asked of every registration";
    let asked = json(r#"{"credProps": true}"#);
    cases.push(
        ask("absent", "registration", Json::Null).accept("ok", [("extensions", asked)]).why(why),
    );
    let none =
        ask("absent", "authentication", Json::Null).accept("ok", [("extensions", Json::Null)]);
    cases.push(none.why("an authentication asks for nothing"));
}

/// `r`: a registration may ask for it, `a`: an authentication may. Where it stands for one, the other refuses it.
fn taken(cases: &mut Vec<Case>) {
    for (id, inputs, both) in [
        ("empty", "{}", "ra"),
        ("cred-props", r#"{"credProps": true}"#, "r"),
        ("cred-props-false", r#"{"credProps": false}"#, "r"),
        ("min-pin-length", r#"{"minPinLength": true}"#, "r"),
        (
            "cred-protect",
            r#"{"credentialProtectionPolicy": "userVerificationRequired", "enforceCredentialProtectionPolicy": true}"#,
            "r",
        ),
        (
            "cred-protect-optional",
            r#"{"credentialProtectionPolicy": "userVerificationOptional"}"#,
            "r",
        ),
        (
            "cred-protect-list",
            r#"{"credentialProtectionPolicy": "userVerificationOptionalWithCredentialIDList"}"#,
            "r",
        ),
        ("uvm", r#"{"uvm": true}"#, "ra"),
        ("appid", r#"{"appid": "https://example.org/u2f"}"#, "a"),
        ("appid-exclude", r#"{"appidExclude": "https://example.org/u2f"}"#, "r"),
        ("large-blob-required", r#"{"largeBlob": {"support": "required"}}"#, "r"),
        ("large-blob-preferred", r#"{"largeBlob": {"support": "preferred"}}"#, "r"),
        ("large-blob-read", r#"{"largeBlob": {"read": true}}"#, "a"),
        ("large-blob-write", r#"{"largeBlob": {"write": "AQID"}}"#, "a"),
        ("prf", r#"{"prf": {}}"#, "ra"),
        ("prf-eval", r#"{"prf": {"eval": {"first": "AQID"}}}"#, "ra"),
        ("prf-eval-two", r#"{"prf": {"eval": {"first": "AQID", "second": "BAUG"}}}"#, "ra"),
        ("prf-by-credential", r#"{"prf": {"evalByCredential": {"AQID": {"first": "BAUG"}}}}"#, "a"),
        ("unknown", r#"{"example": {"x": [1, "y", null, true]}}"#, "ra"),
        ("unknown-and-known", r#"{"example": 1, "uvm": true}"#, "ra"),
    ] {
        for ceremony in ceremonies(both) {
            let case = ask(id, ceremony, json(inputs)).accept("ok", [("extensions", json(inputs))]);
            cases.push(case.why("handed to the browser as it is"));
        }
        if both.len() == 1 {
            for ceremony in ceremonies(if both == "r" { "a" } else { "r" }) {
                let case = ask(id, ceremony, json(inputs)).reject(VALUE);
                cases.push(case.why("it belongs to the other ceremony"));
            }
        }
    }
}

fn refused(cases: &mut Vec<Case>) {
    for (id, inputs) in
        [("text", r#""credProps""#), ("list", "[]"), ("number", "1"), ("true", "true")]
    {
        for ceremony in ceremonies("ra") {
            cases.push(ask(id, ceremony, json(inputs)).reject(TYPE).why("inputs are an object"));
        }
    }
    for (id, inputs, both, why) in [
        ("cred-props-text", r#"{"credProps": "true"}"#, "r", "a boolean is due"),
        ("cred-props-null", r#"{"credProps": null}"#, "r", "a boolean is due"),
        ("min-pin-length-number", r#"{"minPinLength": 4}"#, "r", "a boolean is due"),
        ("uvm-number", r#"{"uvm": 1}"#, "ra", "a boolean is due"),
        (
            "cred-protect-number",
            r#"{"credentialProtectionPolicy": 3}"#,
            "r",
            "the name of a policy is due",
        ),
        (
            "cred-protect-unknown",
            r#"{"credentialProtectionPolicy": "userVerificationDiscouraged"}"#,
            "r",
            "no such policy",
        ),
        (
            "enforce-text",
            r#"{"enforceCredentialProtectionPolicy": "yes"}"#,
            "r",
            "a boolean is due",
        ),
        ("appid-http", r#"{"appid": "http://example.org/u2f"}"#, "a", "a URL of https is due"),
        ("appid-boolean", r#"{"appid": true}"#, "a", "a URL is due"),
        (
            "appid-exclude-http",
            r#"{"appidExclude": "http://example.org/u2f"}"#,
            "r",
            "a URL of https is due",
        ),
        ("large-blob-boolean", r#"{"largeBlob": true}"#, "ra", "an object is due"),
        ("large-blob-empty", r#"{"largeBlob": {}}"#, "ra", "it says what is wanted"),
        ("large-blob-unknown", r#"{"largeBlob": {"support": "maybe"}}"#, "r", "no such word"),
        (
            "large-blob-read-false",
            r#"{"largeBlob": {"read": false}}"#,
            "a",
            "to read nothing is no wish",
        ),
        (
            "large-blob-read-and-write",
            r#"{"largeBlob": {"read": true, "write": "AQID"}}"#,
            "a",
            "one of the two",
        ),
        (
            "large-blob-write-padded",
            r#"{"largeBlob": {"write": "AQ=="}}"#,
            "a",
            "base64url is not padded",
        ),
        ("prf-boolean", r#"{"prf": true}"#, "ra", "an object is due"),
        ("prf-eval-empty", r#"{"prf": {"eval": {}}}"#, "ra", "a first input is due"),
        (
            "prf-eval-padded",
            r#"{"prf": {"eval": {"first": "AQ=="}}}"#,
            "ra",
            "base64url is not padded",
        ),
        (
            "prf-eval-second-number",
            r#"{"prf": {"eval": {"first": "AQID", "second": 1}}}"#,
            "ra",
            "bytes are due",
        ),
        ("prf-by-credential-list", r#"{"prf": {"evalByCredential": []}}"#, "a", "an object is due"),
        (
            "prf-by-credential-empty-id",
            r#"{"prf": {"evalByCredential": {"": {"first": "AQID"}}}}"#,
            "a",
            "a credential's id has at least one byte",
        ),
        (
            "prf-by-credential-id-padded",
            r#"{"prf": {"evalByCredential": {"AQ==": {"first": "AQID"}}}}"#,
            "a",
            "base64url is not padded",
        ),
        (
            "prf-by-credential-without-first",
            r#"{"prf": {"evalByCredential": {"AQID": {}}}}"#,
            "a",
            "a first input is due",
        ),
    ] {
        for ceremony in ceremonies(both) {
            cases.push(ask(id, ceremony, json(inputs)).reject(VALUE).why(why));
        }
    }
}

fn bounds(cases: &mut Vec<Case>) {
    let object = |members: Vec<(String, Json)>| Json::Object(members);
    let many =
        |count: usize| object((0..count).map(|i| (format!("x{i:02}"), true.into())).collect());
    let long = |len: usize| object(vec![("x".repeat(len), true.into())]);
    let appid = |len: usize| {
        let url = format!("https://{}", "x".repeat(len - 8));
        object(vec![("appid".to_owned(), url.into())])
    };
    for (id, ceremony, inputs, why) in [
        ("32", "registration", many(32), "the most extensions"),
        ("name-of-64", "registration", long(64), "the longest name"),
        ("appid-of-512", "authentication", appid(512), "the longest AppID"),
    ] {
        let case = ask(id, ceremony, inputs.clone()).accept("ok", [("extensions", inputs)]);
        cases.push(case.why(why));
    }
    for (id, ceremony, inputs, why) in [
        ("33", "registration", many(33), "one too many"),
        ("name-of-65", "registration", long(65), "a name of more than 64 bytes"),
        ("appid-of-513", "authentication", appid(513), "an AppID of more than 512 bytes"),
    ] {
        cases.push(ask(id, ceremony, inputs).reject(VALUE).why(why));
    }
}
