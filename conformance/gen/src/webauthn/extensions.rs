//! Extensions (§9, §10): what was asked for, what came of it, and what becomes of the rest. §7.1 step 28, §7.2 steps 15 and 23.

use super::authentication::Out as Assertions;
use super::ceremony::{Authentication, ED, Registration};
use super::recipe::{PLAIN, build};
use super::registration::Out as Registrations;
use crate::bytes::base64url;
use crate::case::File;
use crate::json::Json;
use mfakit_testing::auth_data::AuthData;
use mfakit_testing::cbor::{Item, array, bytes, int, map, raw, text};
use mfakit_testing::sha256;

const MALFORMED: &str = "extension_output_malformed";
const UNSOLICITED: &str = "extension_unsolicited";
const APPID: &str = "https://example.org/u2f-appid.json";

pub(crate) fn file() -> File {
    let (registration, authentication) = build(PLAIN);
    let mut out = Registrations::default();
    registrations(&mut out, &registration);
    let mut cases = out.cases;
    let mut out = Assertions::default();
    assertions(&mut out, &authentication);
    cases.extend(out.cases);
    cases.iter_mut().for_each(|case| case.requires.push("response_json"));
    File {
        topic: "webauthn-extensions",
        description: "Extensions: typed outputs, malformed ones, unsolicited ones, AppIDs",
        notes: vec![
            "What the client says of itself is in client_extension_results and signed by nobody; what the authenticator says is in \
             the authenticator data."
                .into(),
        ],
        cases,
    }
}

/// A JSON value from its text.
pub(super) fn json(text: &str) -> Json {
    fn convert(value: serde_json::Value) -> Json {
        match value {
            serde_json::Value::Null => Json::Null,
            serde_json::Value::Bool(value) => value.into(),
            serde_json::Value::Number(number) => number.as_i64().expect("an integer").into(),
            serde_json::Value::String(text) => text.into(),
            serde_json::Value::Array(items) => {
                Json::Array(items.into_iter().map(convert).collect())
            }
            serde_json::Value::Object(members) => Json::Object(
                members.into_iter().map(|(name, value)| (name, convert(value))).collect(),
            ),
        }
    }
    convert(serde_json::from_str(text).expect("JSON"))
}

/// The outputs of an extension: what both sides say, and what is made of it.
struct Output {
    id: &'static str,
    asked: &'static str,
    client: &'static str,
    authenticator: Option<Item>,
    /// Members of the outputs beside `raw`.
    typed: &'static str,
}

impl Output {
    fn outputs(&self) -> Json {
        let mut outputs = json(self.typed);
        let authenticator = self.authenticator.as_deref().map(base64url);
        let raw = [("authenticator", authenticator.into()), ("client", json(self.client))];
        outputs.set("raw", Json::object(raw));
        outputs
    }

    fn more(&self) -> Vec<(&'static str, Json)> {
        vec![("extensions", json(self.asked)), ("client_extension_results", json(self.client))]
    }
}

fn said(data: &mut AuthData, extensions: Option<Item>) {
    if extensions.is_some() {
        data.flags |= ED;
        data.extensions = extensions;
    }
}

fn one(name: &str, value: Item) -> Option<Item> {
    Some(map(&[(text(name), value)]))
}

fn registrations(out: &mut Registrations, base: &Registration) {
    let typed = [
        Output {
            id: "cred-props",
            asked: r#"{"credProps":true}"#,
            client: r#"{"credProps":{"rk":true}}"#,
            authenticator: None,
            typed: r#"{"credProps":{"rk":true}}"#,
        },
        Output {
            id: "cred-props-not-discoverable",
            asked: r#"{"credProps":true}"#,
            client: r#"{"credProps":{"rk":false}}"#,
            authenticator: None,
            typed: r#"{"credProps":{"rk":false}}"#,
        },
        Output {
            id: "cred-props-unknown",
            asked: r#"{"credProps":true}"#,
            client: r#"{"credProps":{}}"#,
            authenticator: None,
            typed: "{}",
        },
        Output {
            id: "appid-exclude",
            asked: r#"{"appidExclude":"https://example.org/u2f"}"#,
            client: r#"{"appidExclude":true}"#,
            authenticator: None,
            typed: r#"{"appidExclude":true}"#,
        },
        Output {
            id: "large-blob",
            asked: r#"{"largeBlob":{"support":"preferred"}}"#,
            client: r#"{"largeBlob":{"supported":true}}"#,
            authenticator: None,
            typed: r#"{"largeBlob":{"supported":true,"blob":null,"written":null}}"#,
        },
        Output {
            id: "prf",
            asked: r#"{"prf":{}}"#,
            client: r#"{"prf":{"enabled":true}}"#,
            authenticator: one("hmac-secret", raw("f5")),
            typed: r#"{"hmacCreateSecret":true,"prf":{"enabled":true,"results":null}}"#,
        },
        Output {
            id: "cred-protect",
            asked: r#"{"credentialProtectionPolicy":"userVerificationRequired"}"#,
            client: "{}",
            authenticator: one("credProtect", int(3)),
            typed: r#"{"credentialProtectionPolicy":"userVerificationRequired"}"#,
        },
        Output {
            id: "cred-protect-list",
            asked: r#"{"credentialProtectionPolicy":"userVerificationRequired"}"#,
            client: "{}",
            authenticator: one("credProtect", int(2)),
            typed: r#"{"credentialProtectionPolicy":"userVerificationOptionalWithCredentialIDList"}"#,
        },
        Output {
            id: "min-pin-length",
            asked: r#"{"minPinLength":true}"#,
            client: "{}",
            authenticator: one("minPinLength", int(6)),
            typed: r#"{"minPinLength":6}"#,
        },
        Output {
            id: "uvm",
            asked: r#"{"uvm":true}"#,
            client: "{}",
            authenticator: one("uvm", array(&[array(&[int(2), int(4), int(2)])])),
            typed: r#"{"uvm":[[2,4,2]]}"#,
        },
        Output {
            id: "not-answered",
            asked: r#"{"credProps":true,"prf":{},"uvm":true}"#,
            client: "{}",
            authenticator: None,
            typed: "{}",
        },
        Output {
            id: "other",
            asked: r#"{"example":1}"#,
            client: r#"{"example":{"x":1}}"#,
            authenticator: one("example", int(1)),
            typed: "{}",
        },
        Output {
            id: "unsolicited-ignored",
            asked: "{}",
            client: r#"{"credProps":{"rk":true},"prf":{"enabled":true}}"#,
            authenticator: one("credProtect", int(3)),
            typed: "{}",
        },
        Output {
            id: "unsolicited-malformed-ignored",
            asked: "{}",
            client: r#"{"credProps":1}"#,
            authenticator: one("credProtect", int(9)),
            typed: "{}",
        },
    ];
    for output in typed {
        let why = "what was asked for is read, what was not is only kept";
        out.accept(base, &format!("extension-{}", output.id), "7.1-28", why, |r| {
            said(&mut r.auth_data, output.authenticator.clone());
            r.more = output.more();
        });
        out.cases.last_mut().expect("a case").expect.set("extension_outputs", output.outputs());
    }
    let asked = r#"{"credProps":true,"credentialProtectionPolicy":"userVerificationOptional","minPinLength":true,"prf":{},"uvm":true,"largeBlob":{"support":"required"},"appidExclude":"https://example.org/u2f"}"#;
    let mut refuse = |id: &str,
                      code: &str,
                      why: &str,
                      client: &str,
                      item: Option<Item>,
                      policy: Option<&str>| {
        out.refuse(base, &format!("extension-{id}"), "7.1-28", code, why, |r| {
            said(&mut r.auth_data, item);
            let asked = if code == UNSOLICITED { "{}" } else { asked };
            r.more = vec![("extensions", json(asked)), ("client_extension_results", json(client))];
            if let Some(policy) = policy {
                r.more.push(("unsolicited_extensions", policy.into()));
            }
        });
    };
    for (id, client, why) in [
        ("cred-props-true", r#"{"credProps":true}"#, "an object is due"),
        ("cred-props-text", r#"{"credProps":{"rk":"true"}}"#, "a boolean is due"),
        ("appid-exclude-text", r#"{"appidExclude":"true"}"#, "a boolean is due"),
        ("large-blob-supported", r#"{"largeBlob":{"supported":1}}"#, "a boolean is due"),
        ("prf-enabled", r#"{"prf":{"enabled":"yes"}}"#, "a boolean is due"),
        ("prf-results", r#"{"prf":{"results":{"first":"="}}}"#, "base64url is due"),
    ] {
        refuse(&format!("client-{id}"), MALFORMED, why, client, None, None);
    }
    for (id, item, why) in [
        ("cred-protect-0", one("credProtect", int(0)), "1 to 3 are policies"),
        ("cred-protect-4", one("credProtect", int(4)), "1 to 3 are policies"),
        (
            "cred-protect-text",
            one("credProtect", text("userVerificationRequired")),
            "a number is due",
        ),
        ("hmac-secret-number", one("hmac-secret", int(1)), "a boolean is due"),
        ("min-pin-length-negative", one("minPinLength", int(-1)), "no length is negative"),
        ("min-pin-length-text", one("minPinLength", text("6")), "a number is due"),
        ("uvm-empty", one("uvm", array(&[])), "one to three methods"),
        (
            "uvm-four",
            one("uvm", array(&vec![array(&[int(2), int(4), int(2)]); 4])),
            "one to three methods",
        ),
        (
            "uvm-two-numbers",
            one("uvm", array(&[array(&[int(2), int(4)])])),
            "three numbers are a method",
        ),
        ("uvm-text", one("uvm", text("pin")), "a list is due"),
        ("integer-name", Some(map(&[(int(1), int(1))])), "names are texts"),
    ] {
        refuse(&format!("authenticator-{id}"), MALFORMED, why, "{}", item, None);
    }
    let reject = Some("reject");
    refuse(
        "unsolicited-client",
        UNSOLICITED,
        "the client answers what nobody asked",
        r#"{"credProps":{"rk":true}}"#,
        None,
        reject,
    );
    refuse(
        "unsolicited-client-unknown",
        UNSOLICITED,
        "the client answers what nobody asked",
        r#"{"example":1}"#,
        None,
        reject,
    );
    refuse(
        "unsolicited-authenticator",
        UNSOLICITED,
        "the authenticator answers what nobody asked",
        "{}",
        one("credProtect", int(3)),
        reject,
    );
    refuse(
        "unsolicited-authenticator-unknown",
        UNSOLICITED,
        "the authenticator answers what nobody asked",
        "{}",
        one("example", int(1)),
        reject,
    );
}

fn assertions(out: &mut Assertions, base: &Authentication) {
    let results = r#"{"prf":{"results":{"first":"AQID"}}}"#;
    let typed = [
        Output {
            id: "prf",
            asked: r#"{"prf":{"eval":{"first":"AAAA"}}}"#,
            client: results,
            authenticator: one("hmac-secret", bytes(&[7; 32])),
            typed: r#"{"prf":{"enabled":null,"results":{"first":"AQID","second":null}}}"#,
        },
        Output {
            id: "large-blob-read",
            asked: r#"{"largeBlob":{"read":true}}"#,
            client: r#"{"largeBlob":{"blob":"AQID"}}"#,
            authenticator: None,
            typed: r#"{"largeBlob":{"supported":null,"blob":"AQID","written":null}}"#,
        },
        Output {
            id: "large-blob-written",
            asked: r#"{"largeBlob":{"write":"AQID"}}"#,
            client: r#"{"largeBlob":{"written":true}}"#,
            authenticator: None,
            typed: r#"{"largeBlob":{"supported":null,"blob":null,"written":true}}"#,
        },
        Output {
            id: "uvm",
            asked: r#"{"uvm":true}"#,
            client: "{}",
            authenticator: one(
                "uvm",
                array(&[array(&[int(2), int(4), int(2)]), array(&[int(1024), int(1), int(1)])]),
            ),
            typed: r#"{"uvm":[[2,4,2],[1024,1,1]]}"#,
        },
        Output {
            id: "unsolicited-ignored",
            asked: "{}",
            client: results,
            authenticator: one("uvm", int(0)),
            typed: "{}",
        },
        Output {
            id: "appid-not-used",
            asked: r#"{"appid":"https://example.org/u2f-appid.json"}"#,
            client: r#"{"appid":false}"#,
            authenticator: None,
            typed: r#"{"appid":false}"#,
        },
    ];
    for output in typed {
        let why = "what was asked for is read, what was not is only kept";
        out.accept(base, &format!("extension-{}", output.id), "7.2-23", why, |a| {
            said(&mut a.auth_data, output.authenticator.clone());
            a.more = output.more();
        });
        out.cases.last_mut().expect("a case").expect.set("extension_outputs", output.outputs());
    }
    let mut refuse = |id: &str,
                      step: &str,
                      code: &str,
                      why: &str,
                      asked: &str,
                      client: &str,
                      change: &dyn Fn(&mut Authentication)| {
        out.refuse(base, &format!("extension-{id}"), step, code, why, |a| {
            a.more = vec![("extensions", json(asked)), ("client_extension_results", json(client))];
            change(a);
        });
    };
    let nothing = |_: &mut Authentication| ();
    let step = "7.2-23";
    refuse(
        "client-appid-text",
        step,
        MALFORMED,
        "a boolean is due",
        r#"{"appid":"https://example.org/u2f-appid.json"}"#,
        r#"{"appid":"x"}"#,
        &nothing,
    );
    refuse(
        "client-prf-list",
        step,
        MALFORMED,
        "an object is due",
        r#"{"prf":{}}"#,
        r#"{"prf":[]}"#,
        &nothing,
    );
    refuse(
        "client-large-blob",
        step,
        MALFORMED,
        "base64url is due",
        r#"{"largeBlob":{"read":true}}"#,
        r#"{"largeBlob":{"blob":"="}}"#,
        &nothing,
    );
    refuse("authenticator-uvm", step, MALFORMED, "a list is due", r#"{"uvm":true}"#, "{}", &|a| {
        said(&mut a.auth_data, one("uvm", int(2)))
    });
    refuse(
        "unsolicited-client",
        step,
        UNSOLICITED,
        "the client answers what nobody asked",
        "{}",
        results,
        &|a| a.more.push(("unsolicited_extensions", "reject".into())),
    );
    refuse(
        "unsolicited-authenticator",
        step,
        UNSOLICITED,
        "the authenticator answers what nobody asked",
        "{}",
        "{}",
        &|a| {
            a.more.push(("unsolicited_extensions", "reject".into()));
            said(&mut a.auth_data, one("uvm", array(&[array(&[int(2), int(4), int(2)])])));
        },
    );
    // §10.1.1: a credential of U2F's time signs for the AppID in place of the RP ID.
    let for_appid = |a: &mut Authentication| a.auth_data.rp_id_hash = sha256(APPID.as_bytes());
    let asked = format!("{{\"appid\":\"{APPID}\"}}");
    let (step, mismatch) = ("7.2-15", "rp_id_hash_mismatch");
    refuse(
        "appid-not-asked",
        step,
        mismatch,
        "nobody asked for an AppID",
        "{}",
        r#"{"appid":true}"#,
        &for_appid,
    );
    refuse(
        "appid-not-said",
        step,
        mismatch,
        "the client does not say that it used it",
        &asked,
        "{}",
        &for_appid,
    );
    refuse(
        "appid-denied",
        step,
        mismatch,
        "the client says that it did not use it",
        &asked,
        r#"{"appid":false}"#,
        &for_appid,
    );
    refuse("appid-other", step, mismatch, "another AppID", &asked, r#"{"appid":true}"#, &|a| {
        a.auth_data.rp_id_hash = sha256(b"https://example.com/u2f-appid.json")
    });
    refuse(
        "appid-rp-id",
        step,
        mismatch,
        "the client says that it used it, and the RP ID is signed",
        &asked,
        r#"{"appid":true}"#,
        &nothing,
    );
    out.accept(base, "extension-appid", step, "the AppID that was asked for", |a| {
        a.more = vec![
            ("extensions", json(&asked)),
            ("client_extension_results", json(r#"{"appid":true}"#)),
        ];
        for_appid(a);
    });
}
