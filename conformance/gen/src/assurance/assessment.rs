//! What proofs are worth: every kind alone, beside a password, with and without user verification; stored assessments.
//!
//! The table is typed in; the model counts factors as NIST SP 800-63B-4 §1.3.1 and our documents say.

use super::{
    DAY, DOCS, NOW, Proof, RESISTANT, STANDARD, TIERS, WEAK, proof, proven, texts, verified,
};
use crate::case::{Case, File};
use crate::json::Json;

const SKEW: u64 = 5;
const WEBAUTHN: [&str; 4] =
    ["security_key", "built_in_authenticator", "synced_passkey", "device_bound_passkey"];

/// Kind, tier, reason, amr, whether it is possession, whether it is a way back in.
type Code = (&'static str, &'static str, &'static str, Option<&'static str>, bool, bool);

const CODES: [Code; 10] = [
    ("push_approval", STANDARD, "push_approval", Some("mca"), true, false),
    ("totp", STANDARD, "one_time_password", Some("otp"), true, false),
    ("hotp", STANDARD, "one_time_password", Some("otp"), true, false),
    ("admin_code", STANDARD, "temporary_code", None, true, false),
    ("support_code", STANDARD, "recovery", None, true, true),
    ("recovery_code", STANDARD, "recovery", None, true, true),
    ("sms", WEAK, "delivered", Some("sms"), true, false),
    ("phone", WEAK, "delivered", Some("tel"), true, false),
    ("email", WEAK, "delivered", None, false, false),
    ("delivered_code", WEAK, "delivered", None, false, false),
];

/// The order in which `amr` is written.
const ORDER: [&str; 12] =
    ["pwd", "otp", "sms", "tel", "mca", "pin", "fpt", "face", "user", "pop", "hwk", "mfa"];

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    alone(&mut cases);
    webauthn(&mut cases);
    together(&mut cases);
    passwords(&mut cases);
    recent(&mut cases);
    stored(&mut cases);
    File {
        topic: "assurance-assessment",
        description: "Assessments: every method alone and beside others, user verification, hardware, step-up, age, stored texts",
        notes: vec![
            "Phishing-resistant: WebAuthn with user verification, or without it beside knowledge or inherence. Standard: codes of an app, \
             push approvals, temporary and recovery codes. Weak: passwords, delivered codes, WebAuthn alone without user verification."
                .into(),
            "factors = knowledge, possession, inherence, unspecified (verified, not told how), kinds of factor for certain. amr has mfa \
             for two kinds or more."
                .into(),
        ],
        cases,
    }
}

// ---------------------------------------------------------------- the model

fn is_webauthn(proof: &Proof) -> bool {
    WEBAUTHN.contains(&proof.kind)
}

fn told(proof: &Proof, by: &str) -> bool {
    proof.user_verified && proof.verified_by.split(' ').any(|told| told == by)
}

/// Knowledge, possession, inherence, unspecified.
fn factors(proof: &Proof) -> [u64; 4] {
    let knowledge = proof.kind == "password" || told(proof, "pin");
    let possession = is_webauthn(proof)
        || CODES.iter().any(|(kind, _, _, _, possession, _)| *kind == proof.kind && *possession);
    let inherence = told(proof, "fpt") || told(proof, "face");
    let unspecified = proof.user_verified && proof.verified_by.is_empty();
    [knowledge, possession, inherence, unspecified].map(u64::from)
}

fn sum(proofs: &[Proof]) -> [u64; 4] {
    proofs.iter().fold([0; 4], |mut sum, proof| {
        sum.iter_mut().zip(factors(proof)).for_each(|(sum, more)| *sum += more);
        sum
    })
}

fn kinds([knowledge, possession, inherence, unspecified]: [u64; 4]) -> u64 {
    let verified = knowledge > 0 || inherence > 0;
    [knowledge > 0, possession > 0, inherence > 0, unspecified > 0 && !verified]
        .iter()
        .filter(|there| **there)
        .count()
        .try_into()
        .expect("at most 4")
}

/// Reason and tier.
fn reason(proof: &Proof, proofs: &[Proof]) -> (&'static str, &'static str) {
    if let Some((_, tier, reason, ..)) = CODES.iter().find(|(kind, ..)| *kind == proof.kind) {
        return (reason, tier);
    }
    let [knowledge, _, inherence, unspecified] = sum(proofs);
    match () {
        () if proof.kind == "password" => ("password", WEAK),
        () if proof.user_verified => ("webauthn_user_verified", RESISTANT),
        () if knowledge + inherence + unspecified > 0 => ("webauthn_with_other_factor", RESISTANT),
        () => ("webauthn_alone", WEAK),
    }
}

pub(crate) fn tier(proofs: &[Proof]) -> &'static str {
    let rank = |tier: &str| TIERS.iter().position(|known| *known == tier);
    proofs.iter().map(|proof| reason(proof, proofs).1).max_by_key(|tier| rank(tier)).unwrap_or(WEAK)
}

/// The lines of an explanation.
pub(crate) fn explain(proofs: &[Proof]) -> Vec<String> {
    let line = |proof: &Proof| {
        let (reason, tier) = reason(proof, proofs);
        format!("{reason} {} {tier}", proof.kind)
    };
    proofs.iter().map(line).collect()
}

pub(crate) fn amr(proofs: &[Proof]) -> Vec<String> {
    let mut emitted = Vec::new();
    for proof in proofs {
        emitted.extend((proof.kind == "password").then_some("pwd"));
        emitted.extend(CODES.iter().find(|code| code.0 == proof.kind).and_then(|code| code.3));
        if is_webauthn(proof) {
            emitted.extend(["user", if proof.hardware { "hwk" } else { "pop" }]);
            emitted.extend(["pin", "fpt", "face"].into_iter().filter(|by| told(proof, by)));
        }
    }
    emitted.extend((kinds(sum(proofs)) >= 2).then_some("mfa"));
    ORDER.into_iter().filter(|value| emitted.contains(value)).map(str::to_owned).collect()
}

pub(crate) fn acr(proofs: &[Proof]) -> Option<&'static str> {
    let resists = |proof: &&Proof| reason(proof, proofs).1 == RESISTANT;
    let mut passes = proofs.iter().filter(resists).peekable();
    passes.peek()?;
    Some(if passes.any(|proof| proof.hardware && !proof.backup_eligible) { "phrh" } else { "phr" })
}

pub(crate) fn recovery(proofs: &[Proof]) -> bool {
    proofs.iter().any(|proof| reason(proof, proofs).0 == "recovery")
}

/// What an assessment of these shows.
fn fields(proofs: &[Proof]) -> [(&'static str, Json); 7] {
    let factors = sum(proofs);
    let factors: Vec<u64> = factors.into_iter().chain([kinds(factors)]).collect();
    let methods: Vec<String> = proofs.iter().map(|proof| proof.kind.to_owned()).collect();
    [
        ("tier", tier(proofs).into()),
        ("amr", amr(proofs).into()),
        ("acr", acr(proofs).into()),
        ("methods", methods.into()),
        ("factors", factors.into()),
        ("recovery", recovery(proofs).into()),
        ("explain", explain(proofs).into()),
    ]
}

/// The text to store.
pub(crate) fn text(proofs: &[Proof]) -> String {
    let quoted: Vec<String> = amr(proofs).iter().map(|value| format!("\"{value}\"")).collect();
    let acr = acr(proofs).map_or("null".to_owned(), |acr| format!("\"{acr}\""));
    let methods: Vec<String> = proofs.iter().map(|proof| proof.stored()).collect();
    format!(
        "{{\"v\":1,\"tier\":\"{}\",\"amr\":[{}],\"acr\":{acr},\"methods\":[{}]}}",
        tier(proofs),
        quoted.join(","),
        methods.join(",")
    )
}

// ---------------------------------------------------------------- cases

fn case(id: &str, proofs: &[Proof]) -> Case {
    Case::new("assurance.assess", id)
        .source(DOCS, "Methods")
        .input("proven", proven(proofs))
        .input("now", NOW)
}

fn judged(id: &str, proofs: &[Proof], expected: &str, why: &str) -> Case {
    assert_eq!(tier(proofs), expected, "{id}: the model and the table");
    case(id, proofs).accept("ok", fields(proofs)).why(why)
}

fn alone(cases: &mut Vec<Case>) {
    cases.push(judged("nothing", &[], WEAK, "nothing was proven"));
    let password = proof("password");
    cases.push(judged("password", &[password], WEAK, "one factor"));
    for (kind, tier, ..) in CODES {
        let why = "by itself";
        cases.push(judged(&format!("{kind}-alone"), &[proof(kind)], tier, why));
        let why = "beside a password";
        cases.push(judged(&format!("{kind}-password"), &[password, proof(kind)], tier, why));
    }
}

fn webauthn(cases: &mut Vec<Case>) {
    let password = proof("password");
    for kind in WEBAUTHN {
        let why = "whoever holds the authenticator could have given it";
        cases.push(judged(&format!("{kind}-alone"), &[proof(kind)], WEAK, why));
        let why = "the password is the second factor";
        cases.push(judged(&format!("{kind}-password"), &[password, proof(kind)], RESISTANT, why));
        let why = "two factors in one";
        cases.push(judged(&format!("{kind}-verified"), &[verified(kind, "")], RESISTANT, why));
    }
    let key = "security_key";
    for (id, by, why) in [
        ("pin", "pin", "uvm: a PIN is knowledge"),
        ("fpt", "fpt", "uvm: a fingerprint is inherence"),
        ("face", "face", "uvm: a face is inherence"),
        ("pin-fpt", "pin fpt", "uvm: both, which makes three kinds"),
        ("pin-fpt-face", "pin fpt face", "uvm: all three"),
    ] {
        cases.push(judged(&format!("verified-by-{id}"), &[verified(key, by)], RESISTANT, why));
    }
    let uv = verified(key, "");
    for (id, proofs, why) in [
        ("hardware", vec![uv.in_hardware()], "hwk, and phrh"),
        (
            "hardware-backed-up",
            vec![uv.in_hardware().backed_up()],
            "a key that may leave its hardware: phr",
        ),
        (
            "backed-up",
            vec![verified("synced_passkey", "").backed_up()],
            "a passkey that may be synced: phr",
        ),
        (
            "hardware-without-verification",
            vec![proof("password"), proof(key).in_hardware()],
            "hwk beside a password: phrh",
        ),
        (
            "hardware-and-other",
            vec![uv, verified("device_bound_passkey", "").in_hardware()],
            "one of two in hardware: phrh, pop and hwk",
        ),
        (
            "verified-beside-unverified",
            vec![proof("security_key"), verified("built_in_authenticator", "")],
            "the verification of one is the other factor beside the other",
        ),
    ] {
        cases.push(judged(&format!("webauthn-{id}"), &proofs, RESISTANT, why));
    }
    let weak_hardware = [proof(key).in_hardware()];
    cases.push(judged(
        "webauthn-hardware-alone",
        &weak_hardware,
        WEAK,
        "hardware without verification is no second factor: no acr",
    ));
    for (id, beside, why) in [
        (
            "totp",
            proof("totp"),
            "both are possession: the key by itself stays weak, the code is standard",
        ),
        ("recovery", proof("recovery_code"), "both are possession"),
        ("admin", proof("admin_code"), "both are possession"),
        ("push", proof("push_approval"), "both are possession"),
    ] {
        let proofs = [proof(key), beside];
        cases.push(judged(&format!("webauthn-beside-{id}"), &proofs, STANDARD, why));
    }
    for beside in ["email", "sms", "delivered_code"] {
        let proofs = [proof(key), proof(beside)];
        let why = "a delivered code is neither knowledge nor inherence";
        cases.push(judged(&format!("webauthn-beside-{beside}"), &proofs, WEAK, why));
    }
    let two = [proof("security_key"), proof("synced_passkey")];
    cases.push(judged("webauthn-two-unverified", &two, WEAK, "twice possession"));
}

fn together(cases: &mut Vec<Case>) {
    let password = proof("password");
    for (id, proofs, tier, why) in [
        ("sms-email", vec![proof("sms"), proof("email")], WEAK, "two delivered codes"),
        ("password-email", vec![password, proof("email")], WEAK, "an e-mail is no factor: no mfa"),
        (
            "password-delivered",
            vec![password, proof("delivered_code")],
            WEAK,
            "a code of an unknown way is no factor: no mfa",
        ),
        (
            "password-sms",
            vec![password, proof("sms")],
            WEAK,
            "two kinds of factor, so mfa, and weak nevertheless",
        ),
        (
            "totp-hotp",
            vec![proof("totp"), proof("hotp")],
            STANDARD,
            "otp once, and no mfa: twice possession",
        ),
        ("totp-sms", vec![proof("totp"), proof("sms")], STANDARD, "the strongest counts"),
        (
            "recovery-then-key",
            vec![password, proof("recovery_code"), verified("security_key", "pin")],
            RESISTANT,
            "recovery stays told beside the strongest proof",
        ),
        (
            "support-then-totp",
            vec![proof("support_code"), proof("totp")],
            STANDARD,
            "recovery is told",
        ),
        (
            "all-order",
            vec![
                verified("security_key", "face fpt").in_hardware(),
                proof("push_approval"),
                proof("phone"),
                proof("sms"),
                proof("totp"),
                password,
            ],
            RESISTANT,
            "amr has one order, whatever that of the proofs",
        ),
        (
            "order",
            vec![proof("totp"), password],
            STANDARD,
            "the order of the proofs is that of methods and lines, and changes nothing else",
        ),
    ] {
        cases.push(judged(&format!("together-{id}"), &proofs, tier, why));
    }
    let twice = [proof("totp").at(NOW - 60), proof("totp")];
    cases.push(
        case("together-twice", &twice)
            .accept("ok", fields(&twice[1..]))
            .why("the same proof twice is one"),
    );
    let differ = [verified("security_key", "pin"), verified("security_key", "")];
    cases.push(judged(
        "together-differ",
        &differ,
        RESISTANT,
        "the same kind with other facts is another proof",
    ));
    let many = sixteen();
    cases.push(judged(
        "proofs-16",
        &many,
        RESISTANT,
        "as many different proofs as one assessment holds",
    ));
    let mut more = many.clone();
    more.push(proof("hotp"));
    let stored = Case::new("assurance.stored", "proofs-17").source(DOCS, "Storing");
    let stored = stored.input("stored", text(&more)).input("now", NOW);
    cases.push(stored.reject("record_corrupt").why("a stored text of more"));
    let again = case("proofs-16-and-password", &many).input("passwords", vec![NOW]);
    cases.push(again.reject("argument_value_invalid").why("a seventeenth proof"));
    let mut with_password = many.clone();
    with_password[15] = proof("password").at(NOW - 10);
    let mut renewed = with_password.clone();
    renewed[15] = proof("password");
    cases.push(
        case("proofs-16-and-password-again", &with_password)
            .input("passwords", vec![NOW])
            .accept("ok", fields(&renewed))
            .why("a proof that is there already takes no room"),
    );
}

/// Sixteen different proofs.
fn sixteen() -> Vec<Proof> {
    let mut proofs: Vec<Proof> =
        CODES.iter().filter(|code| code.0 != "hotp").map(|code| proof(code.0)).collect();
    proofs.extend(
        ["", "pin", "fpt", "face", "pin fpt", "pin face", "fpt face"]
            .map(|by| verified("security_key", by)),
    );
    assert_eq!(proofs.len(), 16);
    proofs
}

fn passwords(cases: &mut Vec<Case>) {
    let case = |id: &str, previous: Option<&[Proof]>, passwords: &[u64]| {
        let mut case = Case::new("assurance.assess", format!("step-up-{id}"))
            .source(DOCS, "Methods")
            .input("passwords", passwords.to_vec())
            .input("now", NOW);
        if let Some(previous) = previous {
            case = case.input("proven", proven(previous));
        }
        case
    };
    let password = proof("password");
    let key = verified("security_key", "");
    for (id, previous, passwords, after, why) in [
        ("password", None, &[NOW][..], vec![password], "without a session"),
        ("password-twice", None, &[NOW - 60, NOW], vec![password], "the same proof twice is one"),
        (
            "skew",
            None,
            &[NOW + SKEW],
            vec![password.at(NOW + SKEW)],
            "a clock that is as far ahead as it may be",
        ),
        (
            "onto-totp",
            Some(vec![proof("totp").at(NOW - DAY)]),
            &[NOW],
            vec![proof("totp").at(NOW - DAY), password],
            "the session's proofs stay, and stay in front",
        ),
        (
            "onto-key",
            Some(vec![key.at(NOW - DAY)]),
            &[NOW],
            vec![key.at(NOW - DAY), password],
            "another proof never lowers",
        ),
        (
            "onto-unverified-key",
            Some(vec![proof("security_key").at(NOW - DAY)]),
            &[NOW],
            vec![proof("security_key").at(NOW - DAY), password],
            "the password is the other factor of a key that was weak alone",
        ),
        (
            "renewed",
            Some(vec![password.at(NOW - DAY)]),
            &[NOW],
            vec![password],
            "the latest time counts",
        ),
        (
            "earlier",
            Some(vec![password]),
            &[NOW - DAY],
            vec![password],
            "an earlier time makes nothing older",
        ),
        (
            "nothing-new",
            Some(vec![password.at(NOW - DAY)]),
            &[],
            vec![password.at(NOW - DAY)],
            "the session's assessment by itself",
        ),
    ] {
        let stored = case(id, previous.as_deref(), passwords);
        cases.push(stored.accept("ok", fields(&after)).why(why));
    }
    cases.push(
        case("future", None, &[NOW + SKEW + 1])
            .reject("time_invalid")
            .why("one second past the skew"),
    );
    cases.push(
        case("milliseconds", None, &[1_800_000_000_000]).reject("time_invalid").why("no seconds"),
    );
}

/// Proofs of the last so many seconds.
fn recent(cases: &mut Vec<Case>) {
    let case =
        |id: &str, proofs: &[Proof], tier: &str, max_age: Option<u64>, meets: bool, why: &str| {
            let mut case = Case::new("assurance.meets", format!("meets-{id}"))
                .source(DOCS, "Methods")
                .input("proven", proven(proofs))
                .input("tier", tier)
                .input("now", NOW);
            if let Some(max_age) = max_age {
                case = case.input("max_age", max_age);
            }
            case.accept("ok", [("meets", meets.into())]).why(why)
        };
    let password = proof("password");
    let (totp, key) = (proof("totp"), verified("security_key", ""));
    for (shown, proofs, reached) in
        [("password", [password], 0), ("totp", [totp], 1), ("key", [key], 2)]
    {
        for (rank, tier) in TIERS.into_iter().enumerate() {
            let id = format!("{shown}-{tier}");
            cases.push(case(&id, &proofs, tier, None, rank <= reached, "tiers are an order"));
        }
    }
    let bare = proof("security_key");
    for (id, proofs, tier, max_age, meets, why) in [
        ("nothing", vec![], WEAK, None, false, "nothing reaches no tier"),
        ("nothing-recent", vec![], WEAK, Some(300), false, "nothing reaches no tier"),
        (
            "age-at-the-limit",
            vec![totp.at(NOW - 300)],
            STANDARD,
            Some(300),
            true,
            "as old as it may be",
        ),
        ("age-past", vec![totp.at(NOW - 301)], STANDARD, Some(300), false, "one second too old"),
        ("age-zero", vec![totp], STANDARD, Some(0), true, "in the same second"),
        ("age-zero-past", vec![totp.at(NOW - 1)], STANDARD, Some(0), false, "one second ago"),
        (
            "age-old-without",
            vec![totp.at(0)],
            STANDARD,
            None,
            true,
            "without max_age no age is too great",
        ),
        (
            "age-skew",
            vec![totp.at(NOW + SKEW)],
            STANDARD,
            Some(300),
            true,
            "a clock that is as far ahead as it may be",
        ),
        (
            "age-future",
            vec![totp.at(NOW + SKEW + 1)],
            STANDARD,
            Some(300),
            false,
            "a proof of the future is not recent",
        ),
        (
            "age-weaker-left",
            vec![key.at(NOW - 301), totp],
            RESISTANT,
            Some(300),
            false,
            "the strong proof is too old",
        ),
        (
            "age-weaker-enough",
            vec![key.at(NOW - 301), totp],
            STANDARD,
            Some(300),
            true,
            "the weaker one is not",
        ),
        (
            "age-other-factor-old",
            vec![password.at(NOW - 301), bare],
            RESISTANT,
            Some(300),
            false,
            "the factor beside the key is too old, which leaves it alone",
        ),
        (
            "age-both-recent",
            vec![password.at(NOW - 300), bare],
            RESISTANT,
            Some(300),
            true,
            "both factors are recent",
        ),
        (
            "age-huge",
            vec![totp.at(0)],
            STANDARD,
            Some((1 << 53) - 1),
            true,
            "an age beyond all time",
        ),
    ] {
        cases.push(case(id, &proofs, tier, max_age, meets, why));
    }
    let claims = |id: &str, amr: &[&str], tier: &str, meets: bool, why: &str| {
        Case::new("assurance.meets", format!("meets-claims-{id}"))
            .source(DOCS, "Claims")
            .input("profile", "rfc8176")
            .input("amr", texts(amr))
            .input("tier", tier)
            .input("now", NOW)
            .accept("ok", [("meets", meets.into())])
            .why(why)
    };
    cases.push(claims("two-factors", &["pwd", "otp"], STANDARD, true, "standard"));
    cases.push(claims("above", &["pwd", "otp"], RESISTANT, false, "not phishing-resistant"));
    cases.push(claims("weak", &["pwd"], WEAK, true, "weak, and recognised"));
    cases.push(claims(
        "unrecognised",
        &["foo"],
        WEAK,
        false,
        "what is not recognised does not even reach weak",
    ));
    cases.push(claims("empty", &[], WEAK, false, "no claims reach no tier"));
}

fn stored(cases: &mut Vec<Case>) {
    let case = |id: &str, stored: &str| {
        Case::new("assurance.stored", format!("stored-{id}"))
            .source(DOCS, "Storing")
            .input("stored", stored)
            .input("now", NOW)
    };
    let accepted = |case: Case, proofs: &[Proof]| {
        let mut all = fields(proofs).to_vec();
        all.push(("stored", text(proofs).into()));
        let all: [_; 8] = all.try_into().expect("eight");
        case.accept("ok", all)
    };
    let session = [proof("password"), verified("security_key", "pin").in_hardware()];
    for (id, proofs) in [
        ("empty", vec![]),
        ("password", vec![proof("password")]),
        ("session", session.to_vec()),
        ("backed-up", vec![verified("synced_passkey", "pin fpt face").backed_up()]),
        ("latest-time", vec![proof("totp").at(u64::from(u32::MAX))]),
        ("sixteen", sixteen()),
    ] {
        cases.push(accepted(case(id, &text(&proofs)), &proofs).why("read and written back"));
    }
    let good = text(&session);
    let with_password = case("step-up", &text(&[proof("totp")])).input("passwords", vec![NOW]);
    cases.push(accepted(with_password, &[proof("totp"), proof("password")]));
    let lied = good.replace("\"tier\":\"phishing_resistant\"", "\"tier\":\"weak\"");
    cases.push(
        accepted(case("tier-is-computed", &lied), &session)
            .why("the stored tier is for people: it is computed anew"),
    );
    let raised =
        text(&[proof("sms")]).replace("\"tier\":\"weak\"", "\"tier\":\"phishing_resistant\"");
    cases.push(
        accepted(case("tier-is-not-believed", &raised), &[proof("sms")])
            .why("the same the other way"),
    );
    let more = good.replace("{\"v\":1,", "{\"v\":1,\"later\":true,");
    cases.push(
        accepted(case("unknown-member", &more), &session)
            .why("a member that is not known is left out"),
    );
    let spaced = good.replace("\":", "\" : ");
    cases.push(accepted(case("space", &spaced), &session).why("a database that formats JSON"));
    for (id, text) in [
        ("no-text", String::new()),
        ("array", "[]".into()),
        ("null", "null".into()),
        ("cut", good[..good.len() - 1].to_owned()),
        ("trailing", format!("{good}x")),
        ("no-version", good.replace("\"v\":1,", "")),
        ("version-zero", good.replace("\"v\":1", "\"v\":0")),
        ("version-text", good.replace("\"v\":1", "\"v\":\"1\"")),
        ("version-fraction", good.replace("\"v\":1", "\"v\":1.5")),
        ("version-negative", good.replace("\"v\":1", "\"v\":-1")),
        ("version-twice", good.replace("\"v\":1,", "\"v\":1,\"v\":1,")),
        ("no-methods", good.replace("\"methods\"", "\"method\"")),
        ("methods-object", good.replace("\"methods\":[", "\"methods\":{\"a\":[").replace("]}]}", "]}]}}")),
        ("method-text", r#"{"v":1,"methods":["totp"]}"#.into()),
        ("method-no-kind", r#"{"v":1,"methods":[{"at":1800000000}]}"#.into()),
        ("method-unknown-kind", r#"{"v":1,"methods":[{"kind":"fob","at":1800000000}]}"#.into()),
        ("method-upper-case", r#"{"v":1,"methods":[{"kind":"TOTP","at":1800000000}]}"#.into()),
        ("method-no-time", r#"{"v":1,"methods":[{"kind":"totp"}]}"#.into()),
        ("method-time-text", r#"{"v":1,"methods":[{"kind":"totp","at":"1800000000"}]}"#.into()),
        ("method-time-negative", r#"{"v":1,"methods":[{"kind":"totp","at":-1}]}"#.into()),
        ("method-time-fraction", r#"{"v":1,"methods":[{"kind":"totp","at":1.5}]}"#.into()),
        ("method-time-past-64-bits", r#"{"v":1,"methods":[{"kind":"totp","at":18446744073709551616}]}"#.into()),
        ("method-kind-twice", r#"{"v":1,"methods":[{"kind":"totp","kind":"security_key","at":1}]}"#.into()),
        ("totp-verified", r#"{"v":1,"methods":[{"kind":"totp","at":1,"userVerified":true}]}"#.into()),
        ("password-hardware", r#"{"v":1,"methods":[{"kind":"password","at":1,"hardware":true}]}"#.into()),
        ("recovery-backed-up", r#"{"v":1,"methods":[{"kind":"recovery_code","at":1,"backupEligible":true}]}"#.into()),
        ("told-without-verification", r#"{"v":1,"methods":[{"kind":"security_key","at":1,"verifiedBy":["pin"]}]}"#.into()),
        ("told-unknown", r#"{"v":1,"methods":[{"kind":"security_key","at":1,"userVerified":true,"verifiedBy":["voice"]}]}"#.into()),
        ("told-text", r#"{"v":1,"methods":[{"kind":"security_key","at":1,"userVerified":true,"verifiedBy":"pin"}]}"#.into()),
        ("verified-text", r#"{"v":1,"methods":[{"kind":"security_key","at":1,"userVerified":"true"}]}"#.into()),
        ("verified-one", r#"{"v":1,"methods":[{"kind":"security_key","at":1,"userVerified":1}]}"#.into()),
    ] {
        cases.push(case(&format!("corrupt-{id}"), &text).reject("record_corrupt"));
    }
    for version in ["2", "18446744073709551615"] {
        let later = good.replace("\"v\":1", &format!("\"v\":{version}"));
        cases.push(case(&format!("version-{version}"), &later).reject("record_version_unknown"));
    }
    let padding = " ".repeat(16 * 1024 + 1 - good.len());
    cases.push(
        case("past-16-kib", &format!("{good}{padding}"))
            .reject("record_corrupt")
            .requires("large_inputs"),
    );
    for (id, value) in [("number", Json::from(1_u32)), ("null", Json::Null)] {
        let case = case(&format!("argument-{id}"), "").input("stored", value);
        cases.push(case.reject("argument_type_invalid").requires("dynamic_input"));
    }
}
