//! `amr` values: the registry (RFC 8176, IANA), the shape of the claim, and Salesforce's published tiers, each value alone.

use super::{ARTICLE, RESISTANT, STANDARD, WEAK, texts};
use crate::case::{Case, File};

/// RFC 8176 §2, with the descriptions of §6.2.
pub(crate) const REGISTERED: [(&str, &str); 20] = [
    ("face", "Facial recognition"),
    ("fpt", "Fingerprint biometric"),
    ("geo", "Geolocation"),
    ("hwk", "Proof-of-possession of a hardware-secured key"),
    ("iris", "Iris scan biometric"),
    ("kba", "Knowledge-based authentication"),
    ("mca", "Multiple-channel authentication"),
    ("mfa", "Multiple-factor authentication"),
    ("otp", "One-time password"),
    ("pin", "Personal Identification Number or pattern"),
    ("pwd", "Password-based authentication"),
    ("rba", "Risk-based authentication"),
    ("retina", "Retina scan biometric"),
    ("sc", "Smart card"),
    ("sms", "Confirmation using SMS"),
    ("swk", "Proof-of-possession of a software-secured key"),
    ("tel", "Confirmation by telephone call"),
    ("user", "User presence test"),
    ("vbm", "Voice biometric"),
    ("wia", "Windows integrated authentication"),
];

/// The values of Salesforce's table, in its order and its letters, by tier.
pub(crate) const PUBLISHED: [(&str, &[&str]); 3] = [
    (
        RESISTANT,
        &[
            "cert",
            "fido",
            "fido2",
            "fpt",
            "hwk",
            "iris",
            "pin",
            "pki",
            "pop",
            "retina",
            "sc",
            "Smartcard",
            "swk",
            "TLSClient",
            "user",
            "vbm",
            "wia",
            "X509",
        ],
    ),
    (
        STANDARD,
        &["Face", "mobiletwofactorcontract", "multipleauthn", "okta_verify", "passkey", "webauthn"],
    ),
    (WEAK, &["pwd", "sms", "tel", "email"]),
];

/// Registered values that stand in no row of the table.
const UNLISTED: [&str; 7] = ["face", "geo", "kba", "mca", "mfa", "otp", "rba"];

const UNRECOGNISED: &str = "unrecognised";

/// How we read the table where it is silent: id, values, tier, why.
const READ: [(&str, &[&str], &str, &str); 16] = [
    ("combo-pwd-otp", &["pwd", "otp"], WEAK, "a password, and a value that no row has"),
    (
        "combo-pwd-mfa",
        &["pwd", "mfa"],
        WEAK,
        "mfa says that there were several factors, and the table does not say what it makes of that",
    ),
    ("combo-pwd-hwk", &["pwd", "hwk"], RESISTANT, "the strongest signal counts"),
    ("combo-order", &["hwk", "pwd"], RESISTANT, "in whichever order"),
    ("combo-pwd-face-std", &["pwd", "Face"], STANDARD, "the strongest signal counts"),
    ("combo-all", &["pwd", "sms", "webauthn", "fido2"], RESISTANT, "a row of each tier"),
    ("empty", &[], UNRECOGNISED, "no signal is no second factor"),
    (
        "case-face-rfc",
        &["face"],
        UNRECOGNISED,
        "amr values are case-sensitive (RFC 8176 section 1), and the table has Face",
    ),
    ("case-smartcard", &["smartcard"], UNRECOGNISED, "the table has Smartcard"),
    ("case-x509", &["x509"], UNRECOGNISED, "the table has X509"),
    ("case-tlsclient", &["tlsclient"], UNRECOGNISED, "the table has TLSClient"),
    ("case-hwk", &["HWK"], UNRECOGNISED, "the table has hwk"),
    ("space", &[" hwk"], UNRECOGNISED, "nothing is trimmed"),
    ("joined", &["pwd,hwk"], UNRECOGNISED, "a comma divides nothing"),
    ("dup", &["pwd", "pwd", "fido"], RESISTANT, "a value that stands twice"),
    ("unknown", &["foo"], UNRECOGNISED, "a value that nobody knows"),
];

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    salesforce(&mut cases);
    shapes(&mut cases);
    registry(&mut cases);
    File {
        topic: "amr",
        description: "amr: registered values, the shape of the claim, Salesforce's published tiers",
        notes: vec![
            "EXACT: a value as the published table has it. INTERPRETATION: our reading where the table is silent.".into(),
            "tier unrecognised: nothing of the claim is in the table, which is less than weak: it satisfies nothing.".into(),
        ],
        cases,
    }
}

fn salesforce(cases: &mut Vec<Case>) {
    let case = |id: &str, values: &[&str], tier: &str, normative: &str| {
        Case::new("amr.salesforce_tier", format!("sf-{id}"))
            .source(ARTICLE, "Authentication Strength Tiers")
            .input("amr", texts(values))
            .accept("ok", [("tier", tier.into())])
            .normative(normative)
    };
    for (tier, values) in PUBLISHED {
        cases.extend(values.iter().map(|value| case(value, &[value], tier, "EXACT")));
    }
    for value in UNLISTED {
        let unlisted = case(&format!("unlisted-{value}"), &[value], UNRECOGNISED, "EXACT");
        cases.push(unlisted.why(
            "registered, and in no row: until a listed signal comes, there was no second factor",
        ));
    }
    for (id, values, tier, why) in READ {
        cases.push(case(id, values, tier, "INTERPRETATION").why(why));
    }
}

fn shapes(cases: &mut Vec<Case>) {
    let case = |id: &str, json: &str| {
        Case::new("amr.parse_claim", format!("claim-{id}"))
            .source("RFC 8176; OpenID Connect Core 1.0", "1; 2")
            .input("claim_json", json)
    };
    let array = r#"["pwd","hwk"]"#;
    cases.push(case("array", array).accept("ok", [("amr", texts(&["pwd", "hwk"]))]));
    for (id, json, why) in [
        ("string", r#""hwk""#, "a bare string, which some identity providers send"),
        ("number", r#"["hwk",1]"#, "a number among the strings"),
        ("null", "null", "null is no array"),
        ("object", r#"{"0":"hwk"}"#, "an object is no array"),
        ("nested", r#"[["hwk"]]"#, "an array among the strings"),
    ] {
        cases.push(case(id, json).reject("claims_malformed").why(why));
    }
    cases.push(case("empty", "[]").accept("ok", [("amr", texts(&[]))]));
}

fn registry(cases: &mut Vec<Case>) {
    let case = |id: String, value: &str, document: &str, section: &str| {
        Case::new("amr.registered", id).source(document, section).input("value", value)
    };
    let yes = |case: Case, description: &str| {
        case.accept("ok", [("registered", true.into()), ("description", description.into())])
    };
    for (value, description) in REGISTERED {
        cases.push(yes(case(format!("rfc8176-{value}"), value, "RFC 8176", "2; 6.2"), description));
    }
    let pop = case("iana-pop".into(), "pop", "OpenID Connect EAP ACR Values 1.0", "4");
    cases.push(yes(pop, "Proof-of-possession of a key").why("registered after RFC 8176"));
    for value in ["fido", "fido2", "webauthn", "passkey", "Face", "MFA"] {
        let case = case(format!("not-registered-{value}"), value, "IANA AMR registry", "all of it");
        cases.push(case.accept(
            "ok",
            [("registered", false.into()), ("description", crate::json::Json::Null)],
        ));
    }
}
