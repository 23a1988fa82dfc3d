//! Audit records: the line, byte for byte.

use super::assessment;
use super::requirement::requirement;
use super::{DOCS, NOW, Proof, RESISTANT, SALESFORCE, STANDARD, proof, proven, texts, verified};
use crate::bytes::{base64url, hex};
use crate::case::{Case, File};
use crate::json::Json;
use sha2::{Digest, Sha256};

/// The members, in their order, and what stands where nothing is known.
const MEMBERS: [&str; 25] = [
    "v",
    "at",
    "event",
    "user",
    "decision",
    "reason",
    "need",
    "tier",
    "twoLevel",
    "recognised",
    "methods",
    "recovery",
    "profile",
    "profileVersion",
    "amr",
    "acr",
    "authnContext",
    "authTime",
    "unknown",
    "policy",
    "policyVersion",
    "required",
    "exempt",
    "waiver",
    "credentialIdHash",
];

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    records(&mut cases);
    escapes(&mut cases);
    faults(&mut cases);
    File {
        topic: "audit",
        description: "Audit records: flat JSON, every member always there, byte for byte",
        notes: vec![
            "A credential is named by the SHA-256 hash of its id. Escaped are the quote, the backslash, and as \\u00xx control characters, \
             U+2028 to U+202E and U+2066 to U+2069; everything else stands as it is."
                .into(),
        ],
        cases,
    }
}

/// The line with these members (as JSON), all others null.
fn line(members: &[(&str, String)]) -> String {
    assert!(members.iter().all(|(name, _)| MEMBERS.contains(name)));
    let value = |name: &str| members.iter().find(|(n, _)| *n == name).map_or("null", |(_, v)| v);
    let all: Vec<String> = MEMBERS.map(|name| format!("\"{name}\":{}", value(name))).to_vec();
    format!("{{{}}}", all.join(","))
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(","))
}

fn start(event: &str) -> Vec<(&'static str, String)> {
    vec![("v", "1".into()), ("at", NOW.to_string()), ("event", quoted(event))]
}

/// What was proven.
fn shown(proofs: &[Proof]) -> Vec<(&'static str, String)> {
    let tier = assessment::tier(proofs);
    let kinds: Vec<String> = proofs.iter().map(|proof| proof.kind.to_owned()).collect();
    let acr = assessment::acr(proofs).map_or("null".into(), quoted);
    vec![
        ("tier", quoted(tier)),
        ("twoLevel", quoted(if tier == "weak" { "weak" } else { "strong" })),
        ("recognised", (!proofs.is_empty()).to_string()),
        ("methods", list(&kinds)),
        ("recovery", assessment::recovery(proofs).to_string()),
        ("amr", list(&assessment::amr(proofs))),
        ("acr", acr),
    ]
}

fn case(id: &str, event: &str) -> Case {
    Case::new("audit.record", id).source(DOCS, "Audit").input("event", event).input("now", NOW)
}

fn written(case: Case, members: &[(&str, String)], why: &str) -> Case {
    case.accept("ok", [("record", line(members).into())]).why(why)
}

fn records(cases: &mut Vec<Case>) {
    cases.push(written(case("event", "sign_in"), &start("sign_in"), "an event and nothing else"));
    let mut members = start("sign_out");
    members.push(("user", quoted("alice")));
    cases.push(written(case("user", "sign_out").input("user", "alice"), &members, "and a user"));
    let id = b"credential";
    let mut members = start("sign_in");
    members.push(("credentialIdHash", quoted(&hex(&Sha256::digest(id)))));
    let named = case("credential", "sign_in").input("credential_id", base64url(id));
    cases.push(written(named, &members, "the hash of an id, never the id"));
    for (name, proofs) in [
        ("nothing", vec![]),
        ("password", vec![proof("password")]),
        ("totp", vec![proof("password"), proof("totp")]),
        ("recovery", vec![proof("password"), proof("recovery_code")]),
        ("key", vec![verified("security_key", "pin").in_hardware()]),
    ] {
        let mut members = start("sign_in");
        members.extend(shown(&proofs));
        let shown = case(&format!("methods-{name}"), "sign_in").input("proven", proven(&proofs));
        cases.push(written(shown, &members, "what was proven"));
    }
    claims(cases);
    decisions(cases);
}

fn claims(cases: &mut Vec<Case>) {
    let mut members = start("sign_in");
    members.extend([
        ("tier", quoted(RESISTANT)),
        ("twoLevel", quoted("strong")),
        ("recognised", "true".into()),
        ("profile", quoted(SALESFORCE)),
        ("profileVersion", quoted("2026-05-05")),
        ("amr", r#"["pwd","mfa","swk"]"#.into()),
        ("acr", quoted("urn:example:silver")),
        ("authnContext", r#"["urn:oasis:names:tc:SAML:2.0:ac:classes:Password"]"#.into()),
        ("authTime", (NOW - 10).to_string()),
        (
            "unknown",
            r#"["mfa","urn:example:silver","urn:oasis:names:tc:SAML:2.0:ac:classes:Password"]"#
                .into(),
        ),
    ]);
    let whole = case("claims", "sign_in")
        .input("profile", SALESFORCE)
        .input("amr", texts(&["pwd", "mfa", "swk"]))
        .input("acr", "urn:example:silver")
        .input("authn_context", texts(&["urn:oasis:names:tc:SAML:2.0:ac:classes:Password"]))
        .input("auth_time", NOW - 10);
    cases.push(written(
        whole,
        &members,
        "the claims as they were sent, and what is not known of them",
    ));
    let mut members = start("sign_in");
    members.extend([
        ("tier", quoted("weak")),
        ("twoLevel", quoted("weak")),
        ("recognised", "false".into()),
        ("profile", quoted("rfc8176")),
        ("profileVersion", quoted("1")),
        ("amr", "[]".into()),
        ("authnContext", "[]".into()),
        ("unknown", "[]".into()),
    ]);
    let nothing = case("claims-nothing", "sign_in").input("profile", "rfc8176");
    cases.push(written(nothing, &members, "an identity provider that said nothing"));
}

/// Id, requirement, methods, members, why.
type Row<'a> = (&'a str, &'a Json, &'a [&'a str], Vec<(&'static str, String)>, &'a str);

fn decisions(cases: &mut Vec<Case>) {
    let demanded = |required: &str, exempt: bool, waiver: bool| {
        [
            ("required", quoted(required)),
            ("exempt", exempt.to_string()),
            ("waiver", waiver.to_string()),
        ]
    };
    let decision = |kind: &str, reason: &str, need: Option<&str>| {
        let need = need.map_or("null".into(), quoted);
        [("decision", quoted(kind)), ("reason", quoted(reason)), ("need", need)]
    };
    let proofs = [proof("password")];
    let asked = |id: &str, requirement: &Json, enrolled: &[&str]| {
        case(id, "sign_in")
            .input("proven", proven(&proofs))
            .input("requirement", requirement.clone())
            .input("enrolled", texts(enrolled))
    };
    let standard = requirement([("tier", STANDARD.into())]);
    let exempt = requirement([
        ("tier", STANDARD.into()),
        ("exemption", "approved".into()),
        ("waiver", true.into()),
    ]);
    let policy = requirement([("rights", texts(&["Author Apex"]))]);
    let mut members = start("sign_in");
    members.extend(shown(&proofs));
    members.extend(demanded(STANDARD, false, false));
    cases.push(written(
        asked("requirement", &standard, &[]),
        &members,
        "what was demanded, and nothing decided",
    ));
    let rows: [Row<'_>; 4] = [
        (
            "step-up",
            &standard,
            &["totp"],
            [
                decision("step_up", "tier_too_low", Some(STANDARD)).to_vec(),
                demanded(STANDARD, false, false).to_vec(),
            ]
            .concat(),
            "a step-up",
        ),
        (
            "enroll",
            &standard,
            &[],
            [
                decision("enroll", "no_suitable_method", Some(STANDARD)).to_vec(),
                demanded(STANDARD, false, false).to_vec(),
            ]
            .concat(),
            "an enrolment",
        ),
        (
            "exempt",
            &exempt,
            &[],
            [decision("allow", "exempt", None).to_vec(), demanded(STANDARD, true, true).to_vec()]
                .concat(),
            "let in by an exemption, and the record says so",
        ),
        (
            "policy",
            &policy,
            &["totp"],
            [
                decision("step_up", "prove_before_enrolling", Some(STANDARD)).to_vec(),
                demanded(RESISTANT, false, false).to_vec(),
                vec![("policy", quoted(SALESFORCE)), ("policyVersion", quoted("2026-05-05"))],
            ]
            .concat(),
            "the policy that demanded it",
        ),
    ];
    for (id, requirement, enrolled, decided, why) in rows {
        let mut members = start("sign_in");
        members.extend(shown(&proofs));
        members.extend(decided);
        let case = asked(&format!("decision-{id}"), requirement, enrolled).input("decided", true);
        cases.push(written(case, &members, why));
    }
    let mut members = start("sign_in");
    members.extend(shown(&[]));
    members.extend(decision("block", "nothing_proven", None));
    members.extend(demanded(STANDARD, false, false));
    let blocked = case("decision-block", "sign_in")
        .input("proven", proven(&[]))
        .input("requirement", standard)
        .input("enrolled", texts(&["totp"]))
        .input("decided", true);
    cases.push(written(blocked, &members, "nobody signed in"));
}

/// What could break out of the line, or of a page that shows it.
fn escapes(cases: &mut Vec<Case>) {
    for (id, user, escaped) in [
        ("quote", "a\"b", r#"a\"b"#),
        ("backslash", "a\\b", r"a\\b"),
        ("line-feed", "a\nb", r"a\u000ab"),
        ("carriage-return", "a\rb", r"a\u000db"),
        ("tab", "a\tb", r"a\u0009b"),
        ("nul", "a\u{0}b", r"a\u0000b"),
        ("unit-separator", "a\u{1f}b", r"a\u001fb"),
        ("forged", "x\",\"decision\":\"allow", r#"x\",\"decision\":\"allow"#),
        ("line-separator", "a\u{2028}b", r"a\u2028b"),
        ("paragraph-separator", "a\u{2029}b", r"a\u2029b"),
        ("delete", "a\u{7f}b", r"a\u007fb"),
        ("next-line", "a\u{85}b", r"a\u0085b"),
        ("right-to-left-override", "a\u{202e}b", r"a\u202eb"),
        ("right-to-left-isolate", "a\u{2067}b", r"a\u2067b"),
        ("letters", "\u{fc}\u{20ac}\u{1f600}", "\u{fc}\u{20ac}\u{1f600}"),
        ("slash", "a/b<c>", "a/b<c>"),
    ] {
        let mut members = start("sign_in");
        members.push(("user", quoted(escaped)));
        let case = case(&format!("escape-{id}"), "sign_in").input("user", user);
        cases.push(written(case, &members, "a text cannot leave its quotes"));
    }
    let longest = "x".repeat(255);
    let mut members = start(&longest);
    members.push(("user", quoted(&longest)));
    let case = case("longest", &longest).input("user", longest.as_str());
    cases.push(written(case, &members, "255 bytes"));
}

fn faults(cases: &mut Vec<Case>) {
    let invalid = "argument_value_invalid";
    let long = "x".repeat(256);
    let wide = "\u{20ac}".repeat(86);
    cases.push(case("event-empty", "").reject(invalid));
    cases.push(case("event-256-bytes", &long).reject(invalid));
    cases.push(
        case("event-258-bytes", &wide).reject(invalid).why("bytes are counted, not characters"),
    );
    cases.push(case("user-empty", "sign_in").input("user", "").reject(invalid));
    cases.push(case("user-256-bytes", "sign_in").input("user", long).reject(invalid));
    for (id, text) in
        [("padded", "Y3JlZGVudGlhbA=="), ("base64", "+/8"), ("space", "Y3Jl ZGU"), ("bits", "Yf")]
    {
        let case = case(&format!("credential-{id}"), "sign_in").input("credential_id", text);
        cases.push(case.reject(invalid).why("base64url without padding"));
    }
    cases.push(case("milliseconds", "sign_in").input("now", NOW * 1000).reject("time_invalid"));
    let number = case("event-number", "").input("event", 1_u32);
    cases.push(number.reject("argument_type_invalid").requires("dynamic_input"));
}
