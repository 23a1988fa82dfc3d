//! A person's methods: what may be picked, added and removed, what to recommend, and what each change entails.

use super::requirement::{PRODUCTION, requirement};
use super::{DAY, DOCS, NOW, RESISTANT, STANDARD, WEAK, proof, proven, texts, verified};
use crate::case::{Case, File};
use crate::json::Json;

/// Every kind, the ones to offer first in front, and its tier.
const KINDS: [(&str, &str); 15] = [
    ("security_key", RESISTANT),
    ("built_in_authenticator", RESISTANT),
    ("synced_passkey", RESISTANT),
    ("device_bound_passkey", RESISTANT),
    ("push_approval", STANDARD),
    ("totp", STANDARD),
    ("hotp", STANDARD),
    ("admin_code", STANDARD),
    ("support_code", STANDARD),
    ("recovery_code", STANDARD),
    ("sms", WEAK),
    ("phone", WEAK),
    ("email", WEAK),
    ("delivered_code", WEAK),
    ("password", WEAK),
];
const RESISTING: [&str; 3] = ["security_key", "built_in_authenticator", "synced_passkey"];
const OFFERED: [&str; 5] =
    ["security_key", "built_in_authenticator", "synced_passkey", "push_approval", "totp"];

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    choices(&mut cases);
    removals(&mut cases);
    disabling(&mut cases);
    grandfathered(&mut cases);
    effects(&mut cases);
    File {
        topic: "policy-methods",
        description: "Methods: eligible, enrollable, removable; advice; what a change entails",
        notes: vec![
            "A password is no choice in the second step. Phishing-resistant methods are offered to everybody, first. Recovery and \
             temporary codes are ways back in: they are no methods that may stay as the last."
                .into(),
        ],
        cases,
    }
}

fn demand(tier: &str) -> Json {
    requirement([("tier", tier.into())])
}

/// One that does not apply yet.
fn later(tier: &str) -> Json {
    requirement([("tier", tier.into()), ("enforced_from", (NOW + 1).into())])
}

fn choices(cases: &mut Vec<Case>) {
    let case = |id: &str, enrolled: &[&str], requirement: &Json| {
        Case::new("policy.methods", format!("methods-{id}"))
            .source(DOCS, "Methods")
            .input("enrolled", texts(enrolled))
            .input("requirement", requirement.clone())
            .input("now", NOW)
    };
    let told = |eligible: &[&str], enrollable: &[&str], advice: &[&str]| {
        [
            ("eligible", texts(eligible)),
            ("enrollable", texts(enrollable)),
            ("advice", texts(advice)),
        ]
    };
    let all: Vec<&str> = KINDS.iter().map(|(kind, _)| *kind).collect();
    let upward = |tiers: &[&str]| -> Vec<&str> {
        let there = KINDS.iter().filter(|(kind, tier)| *kind != "password" && tiers.contains(tier));
        there.map(|(kind, _)| *kind).collect()
    };
    for (tier, tiers, enrollable) in [
        (WEAK, &[WEAK, STANDARD, RESISTANT][..], &OFFERED[..]),
        (STANDARD, &[STANDARD, RESISTANT], &OFFERED),
        (RESISTANT, &[RESISTANT], &RESISTING),
    ] {
        cases.push(
            case(&format!("all-{tier}"), &all, &demand(tier))
                .accept("ok", told(&upward(tiers), enrollable, &[])),
        );
    }
    let mut turned = all.clone();
    turned.reverse();
    cases.push(
        case("order", &turned, &demand(STANDARD))
            .accept("ok", told(&upward(&[STANDARD, RESISTANT]), &OFFERED, &[]))
            .why("the best first, whatever the order they were named in"),
    );
    let (none, backup, codes, resists) =
        ("no_method", "no_backup", "no_recovery_codes", "not_phishing_resistant");
    for (id, enrolled, tier, eligible, advice, why) in [
        (
            "privileged-totp",
            &["totp"][..],
            RESISTANT,
            &[][..],
            &[backup, codes, resists][..],
            "a privileged person is not offered codes",
        ),
        (
            "privileged-both",
            &["totp", "security_key"],
            RESISTANT,
            &["security_key"],
            &[codes],
            "nor beside a key",
        ),
        (
            "privileged-push",
            &["push_approval", "recovery_code"],
            RESISTANT,
            &[],
            &[backup, resists],
            "nor push approvals",
        ),
        (
            "ordinary",
            &["totp", "recovery_code"],
            STANDARD,
            &["totp", "recovery_code"],
            &[backup, resists],
            "a recovery code may be picked",
        ),
        (
            "two-keys",
            &["security_key", "security_key", "recovery_code"],
            STANDARD,
            &["security_key", "recovery_code"],
            &[],
            "two keys are a backup",
        ),
        (
            "passkey",
            &["synced_passkey"],
            RESISTANT,
            &["synced_passkey"],
            &[backup, codes],
            "one method",
        ),
        (
            "delivered",
            &["sms", "email"],
            STANDARD,
            &[],
            &[codes, resists],
            "delivered codes are weak",
        ),
        ("nothing", &[], STANDARD, &[], &[none], "no method"),
        ("password", &["password"], WEAK, &[], &[none], "a password is no second factor"),
        (
            "recovery-only",
            &["recovery_code"],
            STANDARD,
            &["recovery_code"],
            &[none],
            "a way back in is no method",
        ),
        (
            "temporary-only",
            &["admin_code"],
            STANDARD,
            &["admin_code"],
            &[none],
            "neither is a temporary code",
        ),
    ] {
        let enrollable = if tier == RESISTANT { &RESISTING[..] } else { &OFFERED };
        let case = case(id, enrolled, &demand(tier));
        cases.push(case.accept("ok", told(eligible, enrollable, advice)).why(why));
    }
    let limited =
        |tier: &str, can: &[&str]| requirement([("tier", tier.into()), ("client_can", texts(can))]);
    for (id, can, eligible, enrollable) in [
        ("codes", &["totp", "push_approval"][..], &["totp"][..], &["push_approval", "totp"][..]),
        ("nothing", &[], &[], &[]),
        ("keys", &["security_key"], &["security_key"], &["security_key"]),
    ] {
        let case =
            case(&format!("client-{id}"), &["totp", "security_key"], &limited(STANDARD, can));
        let why = "what the person's client can perform";
        cases.push(case.accept("ok", told(eligible, enrollable, &[codes])).why(why));
    }
    let before = case("not-yet", &["totp", "sms"], &later(RESISTANT));
    cases.push(
        before
            .accept("ok", told(&["totp", "sms"], &RESISTING, &[codes, resists]))
            .why("while nothing is demanded every method may be picked"),
    );
    for (id, enrolled, code) in [
        ("text", Json::from("totp"), "argument_type_invalid"),
        ("number-within", Json::Array(vec![Json::from(1_u32)]), "argument_type_invalid"),
        ("unknown", texts(&["fob"]), "argument_value_invalid"),
        ("upper-case", texts(&["TOTP"]), "argument_value_invalid"),
    ] {
        let case =
            case(&format!("enrolled-{id}"), &[], &demand(STANDARD)).input("enrolled", enrolled);
        cases.push(case.reject(code).requires("dynamic_input"));
    }
}

/// Id, methods, the one to remove, requirement, reason, why.
type Row<'a> = (&'a str, &'a [&'a str], &'a str, Json, &'a str, &'a str);

fn removals(cases: &mut Vec<Case>) {
    let case = |id: &str, enrolled: &[&str], remove: &str, requirement: &Json| {
        Case::new("policy.remove", format!("remove-{id}"))
            .source(DOCS, "Methods")
            .input("enrolled", texts(enrolled))
            .input("remove", remove)
            .input("requirement", requirement.clone())
            .input("now", NOW)
    };
    let exempt = requirement([("tier", RESISTANT.into()), ("exemption", "approved".into())]);
    let api = requirement([("channel", "api".into())]);
    let rows: [Row<'_>; 27] = [
        ("last", &["totp"], "totp", demand(STANDARD), "last_method", "the only one"),
        (
            "last-key",
            &["security_key"],
            "security_key",
            demand(STANDARD),
            "last_method",
            "the only one",
        ),
        (
            "last-recovery-left",
            &["totp", "recovery_code"],
            "totp",
            demand(STANDARD),
            "last_method",
            "a way back in may not stay as the last",
        ),
        (
            "last-password-left",
            &["totp", "password"],
            "totp",
            demand(STANDARD),
            "last_method",
            "neither may a password",
        ),
        (
            "last-temporary-left",
            &["totp", "admin_code", "support_code"],
            "totp",
            demand(STANDARD),
            "last_method",
            "neither may temporary codes",
        ),
        (
            "one-of-two",
            &["totp", "security_key"],
            "totp",
            demand(STANDARD),
            "enough_left",
            "a key stays",
        ),
        (
            "key-of-two",
            &["totp", "security_key"],
            "security_key",
            demand(STANDARD),
            "enough_left",
            "codes are enough",
        ),
        (
            "last-resistant",
            &["totp", "security_key"],
            "security_key",
            demand(RESISTANT),
            "no_suitable_method_left",
            "the last of the demanded tier",
        ),
        (
            "weaker",
            &["totp", "security_key"],
            "totp",
            demand(RESISTANT),
            "enough_left",
            "the key stays",
        ),
        (
            "one-of-two-keys",
            &["security_key", "security_key"],
            "security_key",
            demand(RESISTANT),
            "enough_left",
            "the other key stays",
        ),
        (
            "key-passkey-left",
            &["security_key", "synced_passkey"],
            "security_key",
            demand(RESISTANT),
            "enough_left",
            "a passkey stays",
        ),
        (
            "delivered-left",
            &["totp", "sms"],
            "totp",
            demand(STANDARD),
            "no_suitable_method_left",
            "what is left is weak",
        ),
        (
            "delivered",
            &["totp", "sms"],
            "sms",
            demand(STANDARD),
            "enough_left",
            "codes of an app stay",
        ),
        (
            "tidy-up",
            &["sms", "email"],
            "sms",
            demand(STANDARD),
            "enough_left",
            "who has nothing good enough may tidy up: nothing gets worse",
        ),
        (
            "tidy-up-totp",
            &["totp", "hotp"],
            "hotp",
            demand(RESISTANT),
            "enough_left",
            "the same above",
        ),
        (
            "worse",
            &["totp", "sms"],
            "totp",
            demand(RESISTANT),
            "no_suitable_method_left",
            "the same where something gets worse",
        ),
        (
            "recovery",
            &["totp", "recovery_code"],
            "recovery_code",
            demand(STANDARD),
            "enough_left",
            "ways back in may go at any time",
        ),
        (
            "recovery-alone",
            &["recovery_code"],
            "recovery_code",
            demand(STANDARD),
            "enough_left",
            "even where they are all there is",
        ),
        (
            "turns-off-not-yet",
            &["totp"],
            "totp",
            later(STANDARD),
            "turns_off",
            "the last one, before enforcement",
        ),
        (
            "turns-off-exempt",
            &["security_key"],
            "security_key",
            exempt.clone(),
            "turns_off",
            "the last one, by an approved exemption",
        ),
        (
            "turns-off-unaffected",
            &["totp"],
            "totp",
            api.clone(),
            "turns_off",
            "the last one, on a channel without demands",
        ),
        (
            "turns-off-weak",
            &["sms"],
            "sms",
            demand(WEAK),
            "turns_off",
            "the last one, where a password is enough",
        ),
        (
            "turns-off-recovery-left",
            &["totp", "recovery_code"],
            "totp",
            demand(WEAK),
            "turns_off",
            "a way back in is no method",
        ),
        (
            "not-yet",
            &["totp", "sms"],
            "totp",
            later(STANDARD),
            "not_enforced",
            "before enforcement",
        ),
        (
            "exempt",
            &["security_key", "sms"],
            "security_key",
            exempt,
            "not_enforced",
            "an approved exemption",
        ),
        (
            "unaffected",
            &["totp", "sms"],
            "totp",
            api,
            "not_enforced",
            "on a channel without demands",
        ),
        (
            "weak",
            &["totp", "sms"],
            "totp",
            demand(WEAK),
            "not_enforced",
            "where a password is enough",
        ),
    ];
    for (id, enrolled, remove, requirement, reason, why) in rows {
        let allowed = matches!(reason, "enough_left" | "not_enforced");
        let code = if reason == "turns_off" { "step_up_required" } else { "method_required" };
        let fields = [("allowed", allowed.into()), ("reason", reason.into())];
        cases.push(case(id, enrolled, remove, &requirement).accept("ok", fields.clone()).why(why));
        let enforced =
            case(&format!("{id}-enforced"), enrolled, remove, &requirement).input("enforce", true);
        cases.push(if allowed { enforced.accept("ok", fields) } else { enforced.reject(code) });
    }
    for (id, enrolled, requirement) in [
        ("not-enrolled", &["totp"][..], demand(STANDARD)),
        ("nothing-enrolled", &[], demand(STANDARD)),
        ("not-enrolled-not-yet", &["totp"], later(STANDARD)),
    ] {
        let asked = || case(id, enrolled, "security_key", &requirement);
        let fields = [("allowed", false.into()), ("reason", "not_enrolled".into())];
        cases.push(asked().accept("ok", fields).why("the person has no such method"));
        let enforced = Case { id: format!("remove-{id}-enforced"), ..asked() };
        cases.push(enforced.input("enforce", true).reject("argument_value_invalid"));
    }
}

fn disabling(cases: &mut Vec<Case>) {
    let case = |id: &str, proofs: &[super::Proof], requirement: &Json| {
        Case::new("policy.disable", format!("disable-{id}"))
            .source(DOCS, "Methods")
            .input("proven", proven(proofs))
            .input("requirement", requirement.clone())
            .input("now", NOW)
    };
    let (free, weak) = (later(STANDARD), demand(WEAK));
    let (enforced, privileged) = (demand(STANDARD), demand(RESISTANT));
    let (password, totp) = (proof("password"), proof("totp"));
    for (id, proofs, requirement, reason, code, why) in [
        (
            "both",
            vec![password, totp],
            &free,
            "not_enforced",
            None,
            "nothing demands it, and both factors were proven",
        ),
        (
            "recovery",
            vec![password, proof("recovery_code")],
            &free,
            "not_enforced",
            None,
            "a recovery code is the second factor of who lost the other",
        ),
        (
            "weak",
            vec![password, totp],
            &weak,
            "not_enforced",
            None,
            "a password is all that is demanded",
        ),
        (
            "password-at-the-limit",
            vec![password.at(NOW - 300), totp.at(NOW - 9000)],
            &free,
            "not_enforced",
            None,
            "the password five minutes ago, the code whenever",
        ),
        (
            "password-old",
            vec![password.at(NOW - 301), totp],
            &free,
            "password_needed",
            Some("step_up_required"),
            "one second more: a session may be stolen",
        ),
        (
            "password-future",
            vec![password.at(NOW + 6), totp],
            &free,
            "password_needed",
            Some("step_up_required"),
            "a proof of the future",
        ),
        (
            "no-password",
            vec![verified("security_key", "")],
            &free,
            "password_needed",
            Some("step_up_required"),
            "no other proof stands for it",
        ),
        (
            "password-alone",
            vec![password],
            &free,
            "second_factor_needed",
            Some("step_up_required"),
            "a stolen password must not turn it off",
        ),
        (
            "email",
            vec![password, proof("email")],
            &free,
            "second_factor_needed",
            Some("step_up_required"),
            "a code sent by e-mail is no second factor",
        ),
        (
            "sms",
            vec![password, proof("sms")],
            &weak,
            "second_factor_needed",
            Some("step_up_required"),
            "neither is a text message here",
        ),
        (
            "nothing",
            vec![],
            &free,
            "second_factor_needed",
            Some("step_up_required"),
            "nobody signed in",
        ),
        (
            "enforced",
            vec![password, totp],
            &enforced,
            "enforced",
            Some("method_required"),
            "the policy demands it",
        ),
        (
            "enforced-privileged",
            vec![password, verified("security_key", "")],
            &privileged,
            "enforced",
            Some("method_required"),
            "whatever was proven",
        ),
    ] {
        let fields = [("allowed", code.is_none().into()), ("reason", reason.into())];
        cases.push(case(id, &proofs, requirement).accept("ok", fields.clone()).why(why));
        let enforced = case(&format!("{id}-enforced"), &proofs, requirement).input("enforce", true);
        cases.push(match code {
            Some(code) => enforced.reject(code),
            None => enforced.accept("ok", fields),
        });
    }
    let waived = requirement([("waiver", true.into())]);
    let early = case("waived", &[password.at(PRODUCTION - 1), totp.at(PRODUCTION - 1)], &waived)
        .input("now", PRODUCTION - 1);
    cases.push(early.accept("ok", [("allowed", true.into()), ("reason", "not_enforced".into())]));
    let late =
        case("waived-enforced-date", &[password.at(PRODUCTION), totp.at(PRODUCTION)], &waived)
            .input("now", PRODUCTION);
    cases.push(
        late.accept("ok", [("allowed", false.into()), ("reason", "enforced".into())])
            .why("from the first second on it cannot be turned off"),
    );
}

fn grandfathered(cases: &mut Vec<Case>) {
    let (before, until) = (NOW - 100 * DAY, NOW);
    for (id, enrolled_at, now, still, why) in [
        ("long-before", Some(before - DAY), until - DAY, true, "set up before, used before"),
        ("second-before", Some(before - 1), until - 1, true, "each in the last second"),
        ("first-second", Some(before), until - 1, false, "set up in the first second after"),
        ("ended", Some(before - 1), until, false, "used in the first second after"),
        ("never", None, until - 1, false, "never set up"),
        ("epoch", Some(0), until - 1, true, "set up in 1970"),
    ] {
        cases.push(
            Case::new("policy.grandfathered", format!("grandfathered-{id}"))
                .source(DOCS, "Methods")
                .input("enrolled_at", enrolled_at)
                .input("enrolled_before", before)
                .input("until", until)
                .input("now", now)
                .accept("ok", [("grandfathered", still.into())])
                .why(why),
        );
    }
}

fn effects(cases: &mut Vec<Case>) {
    let case = |id: &str, event: &str| {
        Case::new("policy.effects", format!("effects-{id}"))
            .source("NIST SP 800-63B-4", "4.6")
            .input("event", event)
    };
    let (revoke, rotate) = ("revoke_other_sessions - -", "rotate_api_key 2592000 -");
    for (event, before, why) in [
        ("mfa_enabled", &[revoke, rotate][..], "an API key then lives 30 days"),
        ("mfa_disabled", &[revoke], "what a lost method had opened is closed"),
        ("method_added", &[], "a notice, to an address that was known before"),
        ("method_removed", &[revoke], "what a lost method had opened is closed"),
        ("methods_disconnected", &[revoke], "an administrator took everything away"),
        ("recovery_codes_replaced", &[], "a notice"),
        ("recovery_code_used", &[], "a notice"),
        ("temporary_code_issued", &[], "a notice"),
        ("password_changed", &[revoke], "no method is removed by a new password"),
    ] {
        let mut lines: Vec<String> = before.iter().map(|line| (*line).to_owned()).collect();
        lines.push(format!("notify_by_email - {event}"));
        cases.push(case(event, event).accept("ok", [("effects", lines.into())]).why(why));
    }
    for (id, event) in [
        ("unknown", "method_renamed"),
        ("upper-case", "MFA_ENABLED"),
        ("empty", ""),
        ("space", "mfa_enabled "),
    ] {
        cases.push(case(&format!("not-{id}"), event).reject("argument_value_invalid"));
    }
    let number = case("not-text", "").input("event", 1_u32);
    cases.push(number.reject("argument_type_invalid").requires("dynamic_input"));
}
