//! What stands around the ceremonies: why one failed, decoys, related origins, and Level 1's token binding.

use super::authentication::Out as Assertions;
use super::ceremony::{UP, UV};
use super::certified::Trust;
use super::recipe::{PLAIN, authority, build};
use super::registration::Out as Registrations;
use crate::bytes::{base64url, hex};
use crate::case::{Case, File};
use crate::json::Json;
use crate::otp::{Algorithm, mac};

pub(crate) fn file() -> File {
    let mut cases = explained();
    cases.extend(decoys());
    cases.extend(related_origins());
    cases.extend(token_binding());
    File {
        topic: "webauthn-around",
        description: "Explanations, decoys against user enumeration, related origins, token binding",
        notes: vec![
            "A decoy's credentials follow from HMAC-SHA-256 under the enumeration key over mfakit-decoy-v1, the RP ID, a zero, the \
             block's number and the identifier: block 0 says how many there are and of which kinds, blocks 2 and 3, and 4 and 5, \
             hold their ids."
                .into(),
        ],
        cases,
    }
}

/// The steps that fail, one for each case but the last ones.
fn explained() -> Vec<Case> {
    let (registration, authentication) = build(PLAIN);
    let mut out = Registrations::default();
    let why = "one step fails, and no other";
    out.accept(&registration, "explained-verified", "7.1-16", "no step fails", |r| {
        r.auth_data.flags |= UV
    });
    out.refuse(&registration, "explained-type", "7.1-7", "client_data_type_mismatch", why, |r| {
        r.ceremony.replace("webauthn.create", "webauthn.get")
    });
    out.refuse(&registration, "explained-challenge", "7.1-8", "challenge_mismatch", why, |r| {
        r.ceremony.challenge[0] ^= 1
    });
    out.refuse(&registration, "explained-origin", "7.1-9", "origin_mismatch", why, |r| {
        r.ceremony.origins = vec!["https://example.com".into()]
    });
    out.refuse(&registration, "explained-rp-id", "7.1-14", "rp_id_hash_mismatch", why, |r| {
        r.auth_data.rp_id_hash[0] ^= 1
    });
    out.refuse(&registration, "explained-presence", "7.1-15", "user_not_present", why, |r| {
        r.auth_data.flags &= !UP
    });
    out.refuse(&registration, "explained-verification", "7.1-16", "user_not_verified", why, |r| {
        r.ceremony.require_verification = true
    });
    out.refuse(&registration, "explained-algorithm", "7.1-20", "algorithm_not_offered", why, |r| {
        r.offered = vec![-9]
    });
    let mut cases = out.cases;
    let mut out = Assertions::default();
    out.accept(&authentication, "explained-verified", "7.2-22", "no step fails", |a| {
        a.auth_data.sign_count = 1
    });
    out.refuse(&authentication, "explained-challenge", "7.2-11", "challenge_mismatch", why, |a| {
        a.ceremony.challenge[0] ^= 1
    });
    out.refuse(&authentication, "explained-signature", "7.2-21", "signature_invalid", why, |a| {
        let good = a.sent_signature();
        a.auth_data.flags |= UV;
        a.signature = Some(good);
    });
    out.refuse(&authentication, "explained-counter", "7.2-22", "counter_regressed", why, |a| {
        a.stored_sign_count = 5;
        a.auth_data.sign_count = 5;
    });
    cases.extend(out.cases);
    for case in &mut cases {
        case.op = match case.op {
            "webauthn.register" => "explain.registration",
            _ => "explain.authentication",
        };
        let (code, step) = (case.expect.get("code").cloned(), case.expect.get("step").cloned());
        let failed = code
            .map(|code| Json::object([("step", step.clone().expect("a step")), ("code", code)]));
        // Whatever fails, the explanation itself succeeds.
        let mut expect = Json::object([("result", "ok".into())]);
        expect.set("failed", Json::Array(failed.into_iter().collect()));
        expect.set("why", case.expect.get("why").cloned().expect("a reason"));
        case.expect = expect;
    }
    cases
}

const KINDS: [(usize, &[&str]); 8] = [
    (16, &["hybrid", "internal"]),
    (16, &["internal"]),
    (20, &["hybrid", "internal"]),
    (20, &["hybrid", "internal"]),
    (32, &["hybrid", "internal"]),
    (32, &["internal"]),
    (48, &["nfc", "usb"]),
    (64, &["usb"]),
];

fn decoys() -> Vec<Case> {
    let ask = |id: &str, key: Option<&[u8]>, identifier: &str| {
        Case::new("decoy.begin", format!("decoy-{id}"))
            .source("WebAuthn Level 3", "14.6.2")
            .input("rp_id", "example.org")
            .input("expected_origins", vec!["https://example.org"])
            .input("identifier", identifier)
            .input("enumeration_key_hex", key.map(hex))
    };
    let decoy = |key: &[u8], identifier: &str| {
        let block = |number: u8| {
            let message =
                [b"mfakit-decoy-v1example.org\0", &[number][..], identifier.as_bytes()].concat();
            mac(Algorithm::Sha256, key, &message)
        };
        let first = block(0);
        let count = if first[0] < 64 { 2 } else { 1 };
        let credential = |(draw, number): (u8, u8)| {
            let (len, transports) = KINDS[usize::from(draw % 8)];
            let id = [block(number), block(number + 1)].concat()[..len].to_vec();
            Json::object([
                ("type", "public-key".into()),
                ("id", base64url(&id).into()),
                ("transports", transports.to_vec().into()),
            ])
        };
        Json::Array(
            [(first[1], 2), (first[2], 4)].into_iter().take(count).map(credential).collect(),
        )
    };
    let mut cases = Vec::new();
    let keys: [(&str, Vec<u8>); 3] =
        [("32", vec![1; 32]), ("64", vec![2; 64]), ("other", vec![3; 32])];
    for (name, key) in &keys {
        for identifier in
            ["nobody@example.com", "Nobody@example.com", "", "\u{e9}", "user-7", "user-8"]
        {
            let id = format!("{name}-{}", base64url(identifier.as_bytes()));
            cases.push(
                ask(&id, Some(key), identifier)
                    .accept("ok", [("allow_credentials", decoy(key, identifier))])
                    .why("the same for the same name and key"),
            );
        }
    }
    let invalid = "enumeration_key_invalid";
    cases.push(ask("without-key", None, "x").reject(invalid).why("no key was set"));
    for (id, len) in [("31-bytes", 31), ("65-bytes", 65), ("empty", 0)] {
        cases.push(ask(id, Some(&vec![1; len]), "x").reject(invalid).why("32 to 64 bytes"));
    }
    cases
}

fn related_origins() -> Vec<Case> {
    let ask = |id: &str, origins: &[&str]| {
        Case::new("related_origins", format!("related-origins-{id}"))
            .source("WebAuthn Level 3", "5.11")
            .input("origins", origins.to_vec())
    };
    let text = r#"{"origins":["https://example.org","https://example.de"]}"#;
    let mut cases = vec![
        ask("two", &["https://example.org", "https://example.de"])
            .accept("ok", [("text", text.into())])
            .why("in their order"),
        ask("port", &["https://example.org:8443"])
            .accept("ok", [("text", r#"{"origins":["https://example.org:8443"]}"#.into())])
            .why("a port belongs to an origin"),
    ];
    for (id, origins, why) in [
        ("none", &[][..], "no origin"),
        ("path", &["https://example.org/"], "an origin has no path"),
        ("app", &["android:apk-key-hash:AAAA"], "an app serves no pages"),
        ("no-scheme", &["example.org"], "no scheme"),
        (
            "second",
            &["https://example.org", "https://EXAMPLE.de"],
            "the second one is not serialised",
        ),
    ] {
        cases.push(ask(id, origins).reject("origin_invalid").why(why));
    }
    cases
}

/// Level 1 §5.8.1, by the switch that FIDO's requirements name.
fn token_binding() -> Vec<Case> {
    let (base, _) = build(PLAIN);
    let mut out = Registrations::default();
    let (_, root) = authority();
    let with = |r: &mut super::ceremony::Registration, member: &str, switch: bool| {
        let to = format!("\"crossOrigin\":false,\"tokenBinding\":{member}");
        r.ceremony.replace("\"crossOrigin\":false", &to);
        let switches = if switch { vec!["token_binding"] } else { vec!["u2f_zero_aaguid"] };
        r.trust = Some(Trust {
            require: false,
            fido_switches: switches,
            ..Trust::required(std::slice::from_ref(&root))
        });
        r.now = Some(super::attestation::NOW);
        r.verdict.asked = true;
    };
    for (id, member, why) in [
        ("supported", r#"{"status":"supported"}"#, "supported, and not used"),
        ("not-supported", r#"{"status":"not-supported"}"#, "a status of an early draft"),
        ("present", r#"{"status":"present","id":"AQID"}"#, "used, with its id"),
        ("more", r#"{"status":"supported","x":1}"#, "another member"),
    ] {
        out.accept(&base, &format!("token-binding-{id}"), "7.1-6", why, |r| with(r, member, true));
    }
    for (id, member, why) in [
        ("unknown", r#"{"status":"maybe"}"#, "an unknown status"),
        ("text", r#""present""#, "no object"),
        ("null", "null", "null is no object"),
        ("without-status", r#"{"id":"AQID"}"#, "no status"),
        ("without-id", r#"{"status":"present"}"#, "used, without an id"),
        ("id-number", r#"{"status":"present","id":1}"#, "an id that is no text"),
    ] {
        let id = format!("token-binding-{id}");
        out.refuse(&base, &id, "7.1-6", "client_data_malformed", why, |r| with(r, member, true));
        out.accept(
            &base,
            &format!("{id}-without-switch"),
            "7.1-6",
            "Level 3 does not read it",
            |r| with(r, member, false),
        );
    }
    let twice = r#"{"status":"supported"},"tokenBinding":{"status":"supported"}"#;
    let why = "under the switch it is a known member: it stands once";
    let code = "json_duplicate_member";
    out.refuse(&base, "token-binding-twice", "7.1-6", code, why, |r| with(r, twice, true));
    let why = "without the switch it is not known";
    out.accept(&base, "token-binding-twice-without-switch", "7.1-6", why, |r| {
        with(r, twice, false)
    });
    out.cases
}
