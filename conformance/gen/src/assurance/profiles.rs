//! Profiles: every value of the built-in ones and its near misses, and each rule that a profile of one's own must keep.

use super::Outcome::{self, Denied, Exact, Segment, Unknown};
use super::amr::{PUBLISHED, REGISTERED};
use super::{
    ARTICLE, DOCS, NOW, RESISTANT, SALESFORCE, STANDARD, Said, TIERS, WEAK, acr, amr, claims,
    classified, context, with_inputs,
};
use crate::case::{Case, File};

const INVALID: &str = "profile_invalid";
const RFC8176: &str = "RFC 8176";
const EAP: &str = "OpenID Connect EAP ACR Values 1.0";

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    salesforce(&mut cases);
    neutral(&mut cases);
    eap(&mut cases);
    refeds(&mut cases);
    nist(&mut cases);
    described(&mut cases);
    own(&mut cases);
    rules(&mut cases);
    File {
        topic: "assurance-profiles",
        description: "Assurance profiles: the built-in ones value by value, combinations, and every rule for profiles of one's own",
        notes: vec![
            "rfc8176 and openid-eap: every amr value alone is weak, but mfa; values of two different kinds of factor are standard; no amr \
             value is phishing-resistant, whatever stands beside it."
                .into(),
            "A profile is refused whole (profile_invalid) for an unknown member, a value that stands twice, the value 0 and every other \
             fault: a typing error must not grant a tier."
                .into(),
        ],
        cases,
    }
}

fn judged(profile: &str, id: &str, said: &[Said], tier: &'static str) -> Case {
    let case = Case::new("assurance.classify", id).input("profile", profile).input("now", NOW);
    with_inputs(case, &claims(said)).accept("ok", classified(said, tier))
}

// ---------------------------------------------------------------- the built-in ones

fn salesforce(cases: &mut Vec<Case>) {
    for (tier, values) in PUBLISHED {
        for value in values {
            let case =
                judged(SALESFORCE, &format!("sf-acr-{value}"), &[acr(*value, Exact(tier))], tier);
            cases.push(case.source(ARTICLE, "Authentication Strength Tiers"));
        }
    }
    for (id, said, tier, why) in [
        (
            "okta-push",
            vec![amr("pwd", Exact(WEAK)), amr("mfa", Unknown), amr("swk", Exact(RESISTANT))],
            RESISTANT,
            "as published: what Okta sends for a password and a tap on the telephone",
        ),
        ("auth0-mfa", vec![amr("mfa", Unknown)], WEAK, "the table does not have mfa: unrecognised"),
        (
            "cognito",
            vec![amr("pwd", Exact(WEAK)), amr("otp", Unknown), amr("mfa", Unknown)],
            WEAK,
            "otp and mfa are not in the table",
        ),
        (
            "pwd-pin",
            vec![amr("pwd", Exact(WEAK)), amr("pin", Exact(RESISTANT))],
            RESISTANT,
            "as published: a PIN is in the first row",
        ),
        (
            "numbers",
            vec![amr("104", Unknown), amr("106", Unknown)],
            WEAK,
            "an identity provider that numbers its methods",
        ),
        ("private", vec![amr("x_passkey", Unknown)], WEAK, "a private value is not passkey"),
        (
            "passkey-direct",
            vec![amr("passkey", Exact(STANDARD))],
            STANDARD,
            "as published: a passkey by SSO is in the second row",
        ),
        (
            "microsoft",
            vec![
                amr("pwd", Exact(WEAK)),
                amr("rsa", Unknown),
                amr("http://schemas.microsoft.com/claims/multipleauthn", Segment(STANDARD)),
            ],
            STANDARD,
            "Microsoft's claims beside each other",
        ),
    ] {
        let case = judged(SALESFORCE, &format!("sf-{id}"), &said, tier);
        cases.push(case.source(ARTICLE, "Authentication Strength Tiers").why(why));
    }
}

/// The kind of factor that a registered value stands for; `-` for those that are none.
const FACTORS: [(&str, &[&str]); 4] = [
    ("knowledge", &["kba", "pin", "pwd"]),
    ("possession", &["hwk", "otp", "sc", "swk"]),
    ("inherence", &["face", "fpt", "iris", "retina", "vbm"]),
    ("-", &["geo", "mca", "rba", "sms", "tel", "user", "wia", "mfa"]),
];

fn weak(value: &str) -> Said {
    amr(value, Exact(WEAK))
}

fn neutral(cases: &mut Vec<Case>) {
    let listed: usize = FACTORS.iter().map(|(_, values)| values.len()).sum();
    assert_eq!(listed, REGISTERED.len(), "each value in one row");
    let judged = |id: &str, said: &[Said], tier| {
        judged("rfc8176", &format!("rfc8176-{id}"), said, tier).source(RFC8176, "2")
    };
    for (value, _) in REGISTERED {
        let tier = if value == "mfa" { STANDARD } else { WEAK };
        let case = judged(&format!("alone-{value}"), &[amr(value, Exact(tier))], tier);
        cases.push(if value == "mfa" {
            case.why("several factors, whichever they were")
        } else {
            case.why("one value is one factor, or none")
        });
    }
    // Each kind beside each other kind: by every value of one, and the first of the other.
    for (i, (kind, values)) in FACTORS[..3].iter().enumerate() {
        for (other, others) in &FACTORS[i + 1..3] {
            for value in *values {
                let pair = [weak(value), weak(others[0])];
                let case = judged(&format!("two-{value}-{}", others[0]), &pair, STANDARD);
                cases.push(case.why(&format!("{kind} and {other} are two factors")));
            }
        }
    }
    for (id, values, why) in [
        ("pwd-pin", &["pwd", "pin"][..], "both are knowledge"),
        ("pwd-kba", &["pwd", "kba"], "both are knowledge"),
        ("otp-hwk", &["otp", "hwk"], "both are possession"),
        ("hwk-swk-sc", &["hwk", "swk", "sc"], "all three are possession"),
        ("face-fpt", &["face", "fpt"], "both are inherence"),
        ("pwd-sms", &["pwd", "sms"], "a delivered code is no factor here"),
        ("pwd-tel", &["pwd", "tel"], "a telephone call is no factor here"),
        ("pwd-user", &["pwd", "user"], "that somebody was there is no factor"),
        ("pwd-geo-rba", &["pwd", "geo", "rba"], "circumstances are no factor"),
        ("pwd-mca", &["pwd", "mca"], "several channels are not several factors"),
        ("pwd-wia", &["pwd", "wia"], "what stands behind wia is not known"),
        ("pwd-pwd", &["pwd", "pwd"], "twice the same"),
    ] {
        let said: Vec<Said> = values.iter().map(|value| weak(value)).collect();
        cases.push(judged(&format!("one-{id}"), &said, WEAK).why(why));
    }
    let mfa = || amr("mfa", Exact(STANDARD));
    for (id, said, why) in [
        (
            "mfa-hwk-pin",
            vec![mfa(), weak("hwk"), weak("pin")],
            "a hardware key with a PIN: the values do not say that it is bound to the site",
        ),
        ("mfa-swk-fpt", vec![mfa(), weak("swk"), weak("fpt")], "mfa is never phishing-resistant"),
        (
            "hwk-user-pin-fpt",
            vec![weak("hwk"), weak("user"), weak("pin"), weak("fpt")],
            "whatever stands together, nothing here is phishing-resistant",
        ),
        (
            "all",
            REGISTERED
                .map(|(value, _)| amr(value, Exact(if value == "mfa" { STANDARD } else { WEAK })))
                .to_vec(),
            "every value at once",
        ),
    ] {
        cases.push(judged(id, &said, STANDARD).why(why));
    }
    for (id, said, why) in [
        ("case-PWD", amr("PWD", Unknown), "values are case-sensitive"),
        ("case-Face", amr("Face", Unknown), "values are case-sensitive"),
        ("pop", amr("pop", Unknown), "registered after RFC 8176"),
        ("fido", amr("fido", Unknown), "not registered"),
        ("webauthn", amr("webauthn", Unknown), "not registered"),
        ("acr-mfa", acr("mfa", Unknown), "an amr value in acr"),
        ("acr-hwk", acr("hwk", Unknown), "an amr value in acr"),
        ("context-pwd", context("pwd", Unknown), "an amr value in a context"),
        ("acr-phr", acr("phr", Unknown), "no acr value is in RFC 8176"),
    ] {
        cases.push(judged(&format!("not-{id}"), &[said], WEAK).why(why));
    }
    let unknown_beside = [amr("foo", Unknown), weak("pwd"), weak("otp")];
    cases.push(
        judged("unknown-beside-two", &unknown_beside, STANDARD)
            .why("what is unknown takes nothing away"),
    );
    let split = [weak("pwd"), acr("otp", Unknown)];
    cases.push(
        judged("second-in-acr", &split, WEAK).why("the second factor stands in the wrong claim"),
    );
}

fn eap(cases: &mut Vec<Case>) {
    let judged = |id: &str, said: &[Said], tier| {
        judged("openid-eap", &format!("eap-{id}"), said, tier).source(EAP, "2; 3; 4")
    };
    let beside = |value, outcome| [weak("pwd"), acr(value, outcome)];
    for (id, said, tier, why) in [
        ("phr", vec![acr("phr", Exact(RESISTANT))], RESISTANT, "phishing-resistant"),
        ("phrh", vec![acr("phrh", Exact(RESISTANT))], RESISTANT, "and in hardware"),
        ("phr-beside-pwd", beside("phr", Exact(RESISTANT)).to_vec(), RESISTANT, "acr beside amr"),
        ("pop", vec![weak("pop")], WEAK, "a key is one factor"),
        ("pop-pin", vec![weak("pop"), weak("pin")], STANDARD, "a key and a PIN are two"),
        ("pop-fpt", vec![weak("pop"), weak("fpt")], STANDARD, "a key and a finger are two"),
        ("pop-hwk", vec![weak("pop"), weak("hwk")], WEAK, "a key twice"),
        ("mfa", vec![amr("mfa", Exact(STANDARD))], STANDARD, "several factors"),
        ("upper-case", vec![acr("PHR", Unknown)], WEAK, "acr is case-sensitive"),
        (
            "both-in-one",
            vec![acr("phr phrh", Unknown)],
            WEAK,
            "acr is one value, acr_values asks for several",
        ),
        ("longer", vec![acr("phrhx", Unknown)], WEAK, "what begins with the value is another one"),
        ("in-amr", vec![amr("phr", Unknown)], WEAK, "an acr value in amr"),
        ("in-context", vec![context("phr", Unknown)], WEAK, "an acr value in a context"),
        ("zero", vec![acr("0", Unknown)], WEAK, "0 satisfies nothing"),
        ("two", vec![acr("2", Unknown)], WEAK, "a level of ISO/IEC 29115 is not known here"),
        (
            "pape",
            vec![acr(
                "http://schemas.openid.net/pape/policies/2007/06/phishing-resistant",
                Unknown,
            )],
            WEAK,
            "the value of the older specification is another one",
        ),
    ] {
        cases.push(judged(id, &said, tier).why(why));
    }
}

fn refeds(cases: &mut Vec<Case>) {
    let (mfa, sfa) = ("https://refeds.org/profile/mfa", "https://refeds.org/profile/sfa");
    let judged = |id: &str, said: &[Said], tier| {
        judged("refeds", &format!("refeds-{id}"), said, tier)
            .source("REFEDS MFA Profile 1.2", "2; 3")
    };
    for (id, said, tier, why) in [
        ("mfa", vec![context(mfa, Exact(STANDARD))], STANDARD, "in SAML"),
        ("mfa-acr", vec![acr(mfa, Exact(STANDARD))], STANDARD, "in OpenID Connect"),
        ("sfa", vec![context(sfa, Exact(WEAK))], WEAK, "one factor"),
        (
            "both",
            vec![context(sfa, Exact(WEAK)), context(mfa, Exact(STANDARD))],
            STANDARD,
            "the strongest counts",
        ),
        ("amr", vec![amr(mfa, Unknown)], WEAK, "no amr value"),
        (
            "http",
            vec![context("http://refeds.org/profile/mfa", Unknown)],
            WEAK,
            "http is another URI",
        ),
        ("slash", vec![context(format!("{mfa}/"), Unknown)], WEAK, "a slash more is another URI"),
        (
            "upper-case",
            vec![context("https://refeds.org/profile/MFA", Unknown)],
            WEAK,
            "no segment is matched without regard to case",
        ),
        (
            "host-case",
            vec![context("https://REFEDS.org/profile/mfa", Unknown)],
            WEAK,
            "URIs are compared as texts",
        ),
        (
            "version",
            vec![context(format!("{mfa}/v1.2"), Unknown)],
            WEAK,
            "something after the value",
        ),
        ("segment", vec![context("mfa", Unknown)], WEAK, "the last segment alone"),
    ] {
        cases.push(judged(id, &said, tier).why(why));
    }
}

fn nist(cases: &mut Vec<Case>) {
    let aal = |rest: &str| format!("http://idmanagement.gov/ns/assurance/aal/{rest}");
    let judged = |id: &str, said: &[Said], tier| {
        judged("nist-800-63", &format!("nist-{id}"), said, tier)
            .source("NIST SP 800-63B-4", "2.1; 2.2; 2.3")
    };
    for (id, rest, tier) in [
        ("aal-1", "1", WEAK),
        ("aal-2", "2", STANDARD),
        ("aal-2-phishing-resistant", "2?phishing_resistant=true", RESISTANT),
        ("aal-2-hspd12", "2?hspd12=true", RESISTANT),
        ("aal-3", "3", RESISTANT),
        ("aal-3-hspd12", "3?hspd12=true", RESISTANT),
    ] {
        cases.push(judged(id, &[acr(aal(rest), Exact(tier))], tier));
        cases.push(judged(&format!("{id}-context"), &[context(aal(rest), Exact(tier))], tier));
    }
    for (id, value, why) in [
        ("no-level", aal(""), "a level is missing"),
        ("zero", aal("0"), "there is no such level"),
        ("four", aal("4"), "there is no such level"),
        ("twenty-two", aal("22"), "what begins with the value is another one"),
        ("query-false", aal("2?phishing_resistant=false"), "the query is part of the value"),
        ("query-empty", aal("2?"), "the query is part of the value"),
        ("query-other", aal("2?hspd12=true&x=1"), "the query is part of the value"),
        ("query-order", aal("3?phishing_resistant=true"), "a query that no document names"),
        ("query-case", aal("2?Phishing_Resistant=true"), "the query is compared as a text"),
        ("https", "https://idmanagement.gov/ns/assurance/aal/2".into(), "https is another URI"),
        (
            "ial",
            "http://idmanagement.gov/ns/assurance/ial/2".into(),
            "how a person was identified is another matter",
        ),
        ("fragment", aal("2#3"), "a fragment is part of the value"),
        ("space", aal("2 "), "nothing is trimmed"),
        ("bare", "2".into(), "the number alone"),
    ] {
        cases.push(judged(&format!("not-{id}"), &[acr(value, Unknown)], WEAK).why(why));
    }
    cases.push(judged("not-amr", &[amr(aal("2"), Unknown)], WEAK).why("no amr value"));
}

/// What each built-in profile says of itself, and what is odd about it.
fn described(cases: &mut Vec<Case>) {
    let lint = |code: &str, values: &[&str]| -> Vec<String> {
        values.iter().map(|value| format!("{code} {value} -")).collect()
    };
    let relayable = ["fpt", "iris", "pin", "retina", "swk", "user", "vbm", "wia"];
    let unlisted = ["face", "geo", "kba", "mca", "mfa", "otp", "rba"];
    let published = [
        lint("not_phishing_resistant", &relayable),
        lint("case_differs", &["Face"]),
        lint("aggregate_trusted", &["multipleauthn"]),
        lint("below_direct", &["passkey", "webauthn"]),
        lint("registered_unlisted", &unlisted),
    ]
    .concat();
    let neutral =
        [lint("aggregate_trusted", &["mfa"]), lint("registered_unlisted", &["pop"])].concat();
    for (id, version, lint) in [
        (SALESFORCE, "2026-05-05", published),
        ("rfc8176", "1", neutral),
        ("openid-eap", "1", lint("aggregate_trusted", &["mfa"])),
        ("refeds", "1", Vec::new()),
        ("nist-800-63", "1", Vec::new()),
    ] {
        cases.push(
            Case::new("assurance.profile", format!("built-in-{id}"))
                .source(DOCS, "Profiles")
                .input("profile", id)
                .accept(
                    "ok",
                    [("id", id.into()), ("version", version.into()), ("lint", lint.into())],
                ),
        );
    }
}

// ---------------------------------------------------------------- one's own

/// A profile that is well formed, and the places in it that cases change.
const GOOD: &str = r#"{"schema": "mfakit-assurance-profile/1", "id": "example", "version": "7", "title": "Example", "source": "Example", "combine": "strongest", "uri_prefixes": ["urn:example:"], "entries": [{"value": "gold", "tier": "phishing_resistant", "match": "last_segment"}, {"value": "silver", "tier": "standard", "in": ["acr", "authn_context"]}, {"value": "bronze", "tier": "weak", "match": "exact", "in": ["amr"], "factor": "knowledge"}, {"value": "token", "tier": "weak", "in": ["amr"], "factor": "possession"}], "two_factors": "standard", "combinations": [{"all": ["bronze", "silver"], "tier": "phishing_resistant"}], "deny": ["sms"]}"#;

fn changed(from: &str, to: &str) -> String {
    assert_eq!(GOOD.matches(from).count(), 1, "{from} stands once");
    GOOD.replace(from, to)
}

/// A profile of few words.
fn short(combine: &str, rest: &str, entries: &str) -> String {
    format!(
        r#"{{"schema": "mfakit-assurance-profile/1", "id": "a", "version": "1", "combine": "{combine}", {rest}"entries": [{entries}]}}"#
    )
}

fn own(cases: &mut Vec<Case>) {
    let judged = |id: &str, json: &str, said: &[Said], tier: &'static str, why: &str| {
        let case = Case::new("assurance.classify", format!("own-{id}"))
            .source(DOCS, "Profiles")
            .input("profile_json", json)
            .input("now", NOW);
        with_inputs(case, &claims(said)).accept("ok", classified(said, tier)).why(why)
    };
    let bronze = || amr("bronze", Exact(WEAK));
    let silver = || acr("silver", Exact(STANDARD));
    for (id, said, tier, why) in [
        (
            "last-segment",
            vec![acr("urn:example:Gold", Segment(RESISTANT))],
            RESISTANT,
            "under its prefix, in another case",
        ),
        (
            "last-segment-bare",
            vec![amr("gold", Exact(RESISTANT))],
            RESISTANT,
            "as it stands, in every claim",
        ),
        (
            "last-segment-bare-case",
            vec![amr("Gold", Unknown)],
            WEAK,
            "as it stands, in another case",
        ),
        ("wrong-claim", vec![amr("silver", Unknown)], WEAK, "an acr value in amr"),
        ("right-claim", vec![silver()], STANDARD, "in acr"),
        (
            "two-factors",
            vec![bronze(), amr("token", Exact(WEAK))],
            STANDARD,
            "knowledge and possession",
        ),
        ("combination", vec![bronze(), silver()], RESISTANT, "both values of a combination"),
        ("combination-half", vec![bronze()], WEAK, "one value of a combination"),
        (
            "combination-wrong-claim",
            vec![amr("bronze", Exact(WEAK)), amr("silver", Unknown)],
            WEAK,
            "a value in the wrong claim is none",
        ),
        ("denied-alone", vec![amr("sms", Denied)], WEAK, "denied: nothing is recognised"),
        (
            "denied-beside-gold",
            vec![amr("gold", Exact(RESISTANT)), amr("sms", Denied)],
            WEAK,
            "whatever stands beside it, a denied value ends it",
        ),
        (
            "denied-beside-combination",
            vec![bronze(), amr("sms", Denied), silver()],
            WEAK,
            "a combination does not outweigh it",
        ),
        (
            "denied-in-acr",
            vec![amr("gold", Exact(RESISTANT)), acr("sms", Denied)],
            WEAK,
            "it is denied in every claim",
        ),
        (
            "denied-segment",
            vec![amr("gold", Exact(RESISTANT)), acr("urn:example:sms", Denied)],
            WEAK,
            "denied as the last segment of a URI, too",
        ),
        (
            "denied-segment-case",
            vec![amr("gold", Exact(RESISTANT)), acr("urn:example:SMS", Denied)],
            WEAK,
            "and there in either case",
        ),
        (
            "denied-segment-elsewhere",
            vec![amr("gold", Exact(RESISTANT)), acr("urn:other:sms", Unknown)],
            RESISTANT,
            "under another prefix it is another value",
        ),
        (
            "denied-other-case",
            vec![amr("gold", Exact(RESISTANT)), amr("SMS", Unknown)],
            RESISTANT,
            "denied values are case-sensitive",
        ),
    ] {
        cases.push(judged(id, GOOD, &said, tier, why));
    }
    let entries = r#"{"value": "a", "tier": "phishing_resistant"}, {"value": "b", "tier": "standard"}, {"value": "c", "tier": "weak"}"#;
    let weakest = short("weakest", "", entries);
    let a = || amr("a", Exact(RESISTANT));
    let b = || amr("b", Exact(STANDARD));
    for (id, said, tier, why) in [
        ("one", vec![a()], RESISTANT, "one value"),
        ("two", vec![a(), b()], STANDARD, "the weaker of two"),
        ("three", vec![amr("c", Exact(WEAK)), a(), b()], WEAK, "the weakest of three"),
        ("unknown", vec![a(), amr("foo", Unknown)], RESISTANT, "what is unknown is not weak"),
        ("none", vec![amr("foo", Unknown)], WEAK, "nothing is recognised"),
        ("acr", vec![a(), acr("b", Exact(STANDARD))], STANDARD, "over all claims"),
    ] {
        cases.push(judged(&format!("weakest-{id}"), &weakest, &said, tier, why));
    }
    let same_value = short(
        "strongest",
        "",
        r#"{"value": "x", "tier": "weak", "in": ["amr"]}, {"value": "x", "tier": "standard", "in": ["acr"]}"#,
    );
    let in_both = [amr("x", Exact(WEAK)), acr("x", Exact(STANDARD))];
    cases.push(judged(
        "value-of-two-claims",
        &same_value,
        &in_both,
        STANDARD,
        "one value, another tier in each claim",
    ));
    cases.push(judged("value-of-one-claim", &same_value, &in_both[..1], WEAK, "in amr it is weak"));
    let three = short(
        "strongest",
        r#""combinations": [{"all": ["a", "b", "c"], "tier": "phishing_resistant"}, {"all": ["a", "b"], "tier": "standard"}], "#,
        r#"{"value": "a", "tier": "weak"}, {"value": "b", "tier": "weak"}, {"value": "c", "tier": "weak"}"#,
    );
    let w = |value: &str| amr(value, Exact(WEAK));
    for (id, said, tier) in [
        ("all", vec![w("c"), w("b"), w("a")], RESISTANT),
        ("two", vec![w("a"), w("b")], STANDARD),
        ("other-two", vec![w("a"), w("c")], WEAK),
        ("twice-one", vec![w("a"), w("a"), w("c")], WEAK),
        ("across-claims", vec![w("a"), acr("b", Exact(WEAK))], STANDARD),
    ] {
        cases.push(judged(
            &format!("combinations-{id}"),
            &three,
            &said,
            tier,
            "a combination needs each of its values",
        ));
    }
    let low = short(
        "strongest",
        r#""combinations": [{"all": ["a", "b"], "tier": "weak"}], "#,
        r#"{"value": "a", "tier": "standard"}, {"value": "b", "tier": "weak"}"#,
    );
    let both = [b_like("a", STANDARD), b_like("b", WEAK)];
    cases.push(judged("combination-below", &low, &both, STANDARD, "a combination never lowers"));
    let escaped = short("strongest", "", r#"{"value": "\u0061\u002f\u00e9", "tier": "standard"}"#);
    cases.push(judged(
        "escapes",
        &escaped,
        &[amr("a/\u{e9}", Exact(STANDARD))],
        STANDARD,
        "a profile's texts are read with their escapes decoded",
    ));
    let other_version = Case::new("assurance.classify", "own-invalid").source(DOCS, "Profiles");
    cases.push(
        other_version
            .input(
                "profile_json",
                changed("\"tier\": \"standard\", \"in\"", "\"teir\": \"standard\", \"in\""),
            )
            .input("amr", super::texts(&["gold"]))
            .input("now", NOW)
            .reject(INVALID)
            .why("a profile that is not well formed classifies nothing"),
    );
}

fn b_like(value: &str, tier: &'static str) -> Said {
    let outcome: Outcome = Exact(tier);
    amr(value, outcome)
}

fn rules(cases: &mut Vec<Case>) {
    let case = |id: &str, json: String| {
        Case::new("assurance.profile", format!("rule-{id}"))
            .source(DOCS, "Profiles")
            .input("profile_json", json)
    };
    let told = |id: &str, version: &str, lint: &[&str]| {
        [("id", id.into()), ("version", version.into()), ("lint", super::texts(lint))]
    };
    // No registered amr value is listed, but amr is read.
    let unlisted: Vec<String> = [
        "face", "fpt", "geo", "hwk", "iris", "kba", "mca", "mfa", "otp", "pin", "pop", "pwd",
        "rba", "retina", "sc", "sms", "swk", "tel", "user", "vbm", "wia",
    ]
    .map(|value| format!("registered_unlisted {value} -"))
    .to_vec();
    let unlisted: Vec<&str> = unlisted.iter().map(String::as_str).collect();
    cases.push(case("good", GOOD.into()).accept("ok", told("example", "7", &unlisted)));
    let acr_only = |entries: &str| short("strongest", "", entries);
    for (id, json, lint, why) in [
        (
            "least",
            acr_only(r#"{"value": "x", "tier": "weak", "in": ["acr"]}"#),
            &[][..],
            "the members that must be there",
        ),
        (
            "bom",
            format!("\u{feff}{}", acr_only(r#"{"value": "x", "tier": "weak", "in": ["acr"]}"#)),
            &[],
            "one byte order mark is dropped",
        ),
        (
            "empty-lists",
            short(
                "strongest",
                r#""combinations": [], "deny": [], "uri_prefixes": [], "#,
                r#"{"value": "x", "tier": "weak", "in": ["acr"]}"#,
            ),
            &[],
            "lists may be empty",
        ),
        (
            "lint-number",
            acr_only(r#"{"value": "3", "tier": "standard", "in": ["acr"]}"#),
            &["numeric_level 3 -"],
            "levels that are numbers",
        ),
        (
            "lint-delivered",
            acr_only(r#"{"value": "sms", "tier": "standard", "in": ["acr"]}"#),
            &["delivered_trusted sms -"],
            "a delivered code above weak",
        ),
        (
            "lint-aggregate",
            acr_only(r#"{"value": "mca", "tier": "standard", "in": ["acr"]}"#),
            &["aggregate_trusted mca -"],
            "several of something",
        ),
        (
            "lint-case",
            acr_only(r#"{"value": "PIN", "tier": "weak", "in": ["acr"]}"#),
            &["case_differs PIN -"],
            "a registered value in other letters",
        ),
        (
            "lint-below",
            acr_only(r#"{"value": "fido2", "tier": "standard", "in": ["acr"]}"#),
            &["below_direct fido2 -"],
            "WebAuthn below its direct tier",
        ),
        (
            "lint-relayable",
            acr_only(r#"{"value": "otp", "tier": "phishing_resistant", "in": ["acr"]}"#),
            &["not_phishing_resistant otp -"],
            "a code that a phisher relays",
        ),
        (
            "version-longest",
            short("strongest", "", r#"{"value": "x", "tier": "weak", "in": ["acr"]}"#)
                .replace("\"version\": \"1\"", &format!("\"version\": \"{}\"", "v".repeat(64))),
            &[],
            "64 characters",
        ),
        (
            "entries-128",
            acr_only(
                list(128, |n| format!(r#"{{"value":"v{n}","tier":"weak","in":["acr"]}}"#))
                    .trim_matches(['[', ']']),
            ),
            &[],
            "128 entries",
        ),
        (
            "value-256-bytes",
            acr_only(&format!(
                r#"{{"value": "{}", "tier": "weak", "in": ["acr"]}}"#,
                "x".repeat(256)
            )),
            &[],
            "256 bytes",
        ),
    ] {
        let (name, version) =
            ("a", if id == "version-longest" { "v".repeat(64) } else { "1".into() });
        cases.push(case(id, json).accept("ok", told(name, &version, lint)).why(why));
    }
    let entry = |entry: &str| {
        changed(r#"{"value": "silver", "tier": "standard", "in": ["acr", "authn_context"]}"#, entry)
    };
    let combination = |combination: &str| {
        changed(r#"{"all": ["bronze", "silver"], "tier": "phishing_resistant"}"#, combination)
    };
    let nine = short(
        "strongest",
        &format!(
            r#""combinations": [{{"all": {}, "tier": "standard"}}], "#,
            list(9, |n| format!("\"v{n}\""))
        ),
        list(9, |n| format!(r#"{{"value":"v{n}","tier":"weak"}}"#)).trim_matches(['[', ']']),
    );
    for (id, json, why) in [
        ("empty", String::new(), "nothing"),
        ("no-object", "[]".into(), "no object"),
        ("null", "null".into(), "no object"),
        ("cut", GOOD[..GOOD.len() - 1].into(), "not JSON"),
        ("trailing", format!("{GOOD},"), "something after it"),
        ("comment", format!("// {GOOD}"), "JSON has no comments"),
        (
            "schema",
            changed("mfakit-assurance-profile/1", "mfakit-assurance-profile/2"),
            "another schema",
        ),
        (
            "schema-of-policy",
            changed("mfakit-assurance-profile/1", "mfakit-policy-profile/1"),
            "the schema of policies",
        ),
        (
            "no-schema",
            changed(r#""schema": "mfakit-assurance-profile/1", "#, ""),
            "the schema is missing",
        ),
        ("no-id", changed(r#""id": "example", "#, ""), "the id is missing"),
        ("no-version", changed(r#""version": "7", "#, ""), "the version is missing"),
        ("no-combine", changed(r#""combine": "strongest", "#, ""), "how tiers combine is missing"),
        ("no-entries", short("strongest", "", ""), "no entries"),
        ("unknown-member", changed(r#""title""#, r#""titel""#), "an unknown member"),
        (
            "member-twice",
            changed(r#""deny": ["sms"]"#, r#""deny": ["sms"], "deny": []"#),
            "a member that stands twice",
        ),
        (
            "member-twice-escaped",
            changed(r#""deny": ["sms"]"#, r#""deny": ["sms"], "den\u0079": []"#),
            "a member that stands twice, once with an escape",
        ),
        ("id-empty", changed(r#""id": "example""#, r#""id": """#), "an id has a character"),
        ("id-upper-case", changed(r#""id": "example""#, r#""id": "Example""#), "lower case only"),
        ("id-space", changed(r#""id": "example""#, r#""id": "an example""#), "no spaces"),
        ("id-slash", changed(r#""id": "example""#, r#""id": "a/b""#), "no slashes"),
        (
            "id-65",
            changed(r#""id": "example""#, &format!(r#""id": "{}""#, "x".repeat(65))),
            "64 characters at most",
        ),
        (
            "version-number",
            changed(r#""version": "7""#, r#""version": 7"#),
            "the version is a text",
        ),
        ("title-number", changed(r#""title": "Example""#, r#""title": 7"#), "the title is a text"),
        (
            "source-null",
            changed(r#""source": "Example""#, r#""source": null"#),
            "the source is a text",
        ),
        ("combine-word", changed("strongest", "best"), "strongest or weakest"),
        ("combine-case", changed("strongest", "Strongest"), "the words are case-sensitive"),
        (
            "two-factors-word",
            changed(r#""two_factors": "standard""#, r#""two_factors": "strong""#),
            "a tier",
        ),
        (
            "two-factors-flag",
            changed(r#""two_factors": "standard""#, r#""two_factors": true"#),
            "a tier",
        ),
        ("entries-object", short("strongest", "", "").replace("[]", "{}"), "entries are a list"),
        ("entry-text", entry(r#""silver""#), "an entry is an object"),
        (
            "entry-unknown-member",
            entry(r#"{"value": "silver", "tier": "standard", "note": "x"}"#),
            "an unknown member",
        ),
        (
            "entry-member-twice",
            entry(r#"{"value": "silver", "tier": "weak", "tier": "standard"}"#),
            "a member that stands twice",
        ),
        ("entry-no-value", entry(r#"{"tier": "standard"}"#), "the value is missing"),
        ("entry-no-tier", entry(r#"{"value": "silver"}"#), "the tier is missing"),
        (
            "entry-empty-value",
            entry(r#"{"value": "", "tier": "weak"}"#),
            "an empty value says nothing",
        ),
        (
            "entry-zero",
            entry(r#"{"value": "0", "tier": "weak"}"#),
            "0 is less than any level, weak included",
        ),
        (
            "entry-zero-escaped",
            entry(r#"{"value": "\u0030", "tier": "weak"}"#),
            "the same with an escape",
        ),
        ("entry-number", entry(r#"{"value": 3, "tier": "weak"}"#), "a value is a text"),
        (
            "entry-257-bytes",
            entry(&format!(r#"{{"value": "{}", "tier": "weak"}}"#, "x".repeat(257))),
            "256 bytes at most",
        ),
        ("entry-tier-word", entry(r#"{"value": "silver", "tier": "strong"}"#), "a tier"),
        ("entry-tier-number", entry(r#"{"value": "silver", "tier": 2}"#), "a tier by its name"),
        (
            "entry-match-word",
            entry(r#"{"value": "silver", "tier": "weak", "match": "suffix"}"#),
            "exact or last_segment",
        ),
        (
            "entry-in-word",
            entry(r#"{"value": "silver", "tier": "weak", "in": ["saml"]}"#),
            "amr, acr or authn_context",
        ),
        (
            "entry-in-empty",
            entry(r#"{"value": "silver", "tier": "weak", "in": []}"#),
            "an entry for no claim",
        ),
        (
            "entry-in-twice",
            entry(r#"{"value": "silver", "tier": "weak", "in": ["acr", "acr"]}"#),
            "a claim that stands twice",
        ),
        (
            "entry-in-text",
            entry(r#"{"value": "silver", "tier": "weak", "in": "acr"}"#),
            "claims are a list",
        ),
        (
            "entry-factor-word",
            entry(r#"{"value": "silver", "tier": "weak", "factor": "ownership"}"#),
            "knowledge, possession or inherence",
        ),
        (
            "value-twice",
            entry(r#"{"value": "token", "tier": "standard"}"#),
            "a value that stands twice for one claim",
        ),
        (
            "value-twice-escaped",
            entry(r#"{"value": "\u0074oken", "tier": "standard"}"#),
            "the same with an escape",
        ),
        (
            "segment-twice",
            entry(r#"{"value": "GOLD", "tier": "weak", "match": "last_segment"}"#),
            "two last segments that differ in case",
        ),
        (
            "segment-colon",
            entry(r#"{"value": "a:b", "tier": "weak", "match": "last_segment"}"#),
            "a last segment has no colon",
        ),
        (
            "segment-slash",
            entry(r#"{"value": "a/b", "tier": "weak", "match": "last_segment"}"#),
            "a last segment has no slash",
        ),
        (
            "segment-and-uri",
            entry(r#"{"value": "urn:example:gold", "tier": "weak"}"#),
            "a URI whose last segment is another entry",
        ),
        (
            "prefix-missing",
            changed(r#""uri_prefixes": ["urn:example:"], "#, ""),
            "a last segment without a prefix",
        ),
        (
            "prefix-unused",
            changed(r#", "match": "last_segment""#, ""),
            "a prefix without a last segment",
        ),
        (
            "prefix-cut",
            changed("urn:example:", "urn:example"),
            "a prefix ends with a colon or a slash",
        ),
        ("prefix-empty", changed("urn:example:", ""), "an empty prefix would be none"),
        ("prefix-text", changed(r#"["urn:example:"]"#, r#""urn:example:""#), "prefixes are a list"),
        (
            "prefixes-9",
            changed(r#"["urn:example:"]"#, &list(9, |n| format!("\"urn:example:{n}:\""))),
            "8 prefixes at most",
        ),
        (
            "combination-one",
            combination(r#"{"all": ["bronze"], "tier": "standard"}"#),
            "one value is an entry",
        ),
        (
            "combination-none",
            combination(r#"{"all": [], "tier": "standard"}"#),
            "no value would always be there",
        ),
        (
            "combination-unlisted",
            combination(r#"{"all": ["bronze", "iron"], "tier": "standard"}"#),
            "a value without an entry can never be there",
        ),
        (
            "combination-twice",
            combination(r#"{"all": ["bronze", "bronze"], "tier": "standard"}"#),
            "one value twice is one value",
        ),
        ("combination-nine", nine, "8 values at most"),
        (
            "built-in-id",
            changed(r#""id": "example""#, r#""id": "rfc8176""#),
            "the id of a built-in profile with another content",
        ),
        (
            "combination-no-tier",
            combination(r#"{"all": ["bronze", "silver"]}"#),
            "the tier is missing",
        ),
        (
            "combination-any",
            combination(r#"{"any": ["bronze", "silver"], "tier": "standard"}"#),
            "an unknown member",
        ),
        (
            "combination-zero",
            combination(r#"{"all": ["bronze", "0"], "tier": "standard"}"#),
            "0 is no value",
        ),
        ("deny-text", changed(r#"["sms"]"#, r#""sms""#), "what is denied is a list"),
        ("deny-number", changed(r#"["sms"]"#, "[1]"), "what is denied are texts"),
        ("deny-empty-value", changed(r#"["sms"]"#, r#"[""]"#), "an empty value says nothing"),
        ("deny-65", changed(r#"["sms"]"#, &list(65, |n| format!("\"v{n}\""))), "64 values at most"),
        (
            "weakest-two-factors",
            short("weakest", r#""two_factors": "standard", "#, r#"{"value": "x", "tier": "weak"}"#),
            "under weakest nothing adds up",
        ),
        (
            "weakest-combination",
            short("weakest", r#""combinations": [], "#, r#"{"value": "x", "tier": "weak"}"#),
            "under weakest nothing adds up",
        ),
        (
            "combinations-17",
            changed(
                r#"[{"all": ["bronze", "silver"], "tier": "phishing_resistant"}]"#,
                &list(17, |_| r#"{"all": ["bronze", "silver"], "tier": "standard"}"#.into()),
            ),
            "16 combinations at most",
        ),
        (
            "entries-129",
            short(
                "strongest",
                "",
                list(129, |n| format!(r#"{{"value":"v{n}","tier":"weak"}}"#))
                    .trim_matches(['[', ']']),
            ),
            "128 entries at most",
        ),
        ("lone-surrogate", entry(r#"{"value": "\ud800", "tier": "weak"}"#), "half a character"),
    ] {
        let large = json.len() > 8192;
        let case = case(id, json).reject(INVALID).why(why);
        cases.push(if large { case.requires("large_inputs") } else { case });
    }
    for tier in TIERS {
        let json = acr_only(&format!(r#"{{"value": "x", "tier": "{tier}", "in": ["acr"]}}"#));
        cases.push(case(&format!("tier-{tier}"), json).accept("ok", told("a", "1", &[])));
    }
    cases.push(
        case("16-kib-and-one", format!("{}{}", GOOD, " ".repeat(16_385 - GOOD.len())))
            .reject(INVALID)
            .why("16 KiB at most")
            .requires("large_inputs"),
    );
}

fn list(count: usize, item: impl Fn(usize) -> String) -> String {
    format!("[{}]", (0..count).map(item).collect::<Vec<_>>().join(","))
}
