//! Decisions: every kind and every reason, from methods and from claims.

use super::Outcome::{Exact, Unknown};
use super::assessment;
use super::requirement::{PRODUCTION, requirement};
use super::{
    DOCS, NOW, Proof, RESISTANT, SALESFORCE, STANDARD, Said, TIERS, WEAK, amr, claims, proof,
    proven, texts, verified, with_inputs,
};
use crate::case::{Case, File};
use crate::json::Json;

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    satisfied(&mut cases);
    excused(&mut cases);
    refused(&mut cases);
    through_claims(&mut cases);
    published(&mut cases);
    enforced(&mut cases);
    challenges(&mut cases);
    faults(&mut cases);
    File {
        topic: "policy-decision",
        description: "Decisions: allow, step up, enrol, block, and why",
        notes: vec![
            "Order: whether anything was proven; whether the requirement applies, and where a password is enough, whether the person \
             turned a second factor on; whether the tier is reached, or was too long ago; whether a method that the person has is enough; \
             whether the client can perform one that could be added; who has other methods proves the best of them first; else one is \
             added."
                .into(),
            "options are in the order in which to offer them; need is the tier that is missing, of prove_before_enrolling that of the \
             person's best method."
                .into(),
        ],
        cases,
    }
}

// ---------------------------------------------------------------- what is expected

#[derive(Clone)]
struct Expected<'a> {
    kind: &'static str,
    reason: &'static str,
    need: Option<&'static str>,
    options: &'a [&'a str],
    /// `None` for the tier's own.
    acr_values: Option<&'a str>,
    max_age: Option<u64>,
    /// Whether an API answers with a challenge: for a step-up, and where an identity provider could be asked again.
    challenged: bool,
}

fn allow(reason: &'static str) -> Expected<'static> {
    Expected {
        kind: "allow",
        reason,
        need: None,
        options: &[],
        acr_values: None,
        max_age: None,
        challenged: false,
    }
}
fn block(reason: &'static str) -> Expected<'static> {
    Expected { kind: "block", ..allow(reason) }
}
fn step_up<'a>(reason: &'static str, need: &'static str, options: &'a [&'a str]) -> Expected<'a> {
    Expected { kind: "step_up", need: Some(need), options, challenged: true, ..allow(reason) }
}
fn enroll<'a>(need: &'static str, options: &'a [&'a str]) -> Expected<'a> {
    Expected { kind: "enroll", need: Some(need), options, ..allow("no_suitable_method") }
}

impl Expected<'_> {
    fn within(self, seconds: u64) -> Self {
        Self { max_age: Some(seconds), ..self }
    }

    fn of_claims(self) -> Self {
        Self { challenged: self.challenged || self.kind == "enroll", ..self }
    }

    /// RFC 9470 §3.
    fn challenge(&self) -> Option<String> {
        self.challenged.then_some(())?;
        let mut text = String::from(
            "Bearer error=\"insufficient_user_authentication\", error_description=\"A stronger or more recent authentication is required\"",
        );
        let usual = (self.need == Some(RESISTANT)).then_some("phr phrh");
        if let Some(values) = self.acr_values.or(usual) {
            text.push_str(&format!(", acr_values=\"{values}\""));
        }
        if let Some(seconds) = self.max_age {
            text.push_str(&format!(", max_age=\"{seconds}\""));
        }
        Some(text)
    }

    /// `shown` are the lines about what the person has shown.
    fn fields(&self, shown: Vec<String>) -> [(&'static str, Json); 6] {
        let mut explain = vec![format!("{} - {}", self.reason, self.need.unwrap_or("-"))];
        explain.extend(shown);
        [
            ("kind", self.kind.into()),
            ("reason", self.reason.into()),
            ("need", self.need.into()),
            ("options", texts(self.options)),
            ("challenge", self.challenge().into()),
            ("explain", explain.into()),
        ]
    }
}

fn asked(id: &str, requirement: &Json, enrolled: &[&str]) -> Case {
    Case::new("policy.decide", id)
        .source(DOCS, "Decisions")
        .input("requirement", requirement.clone())
        .input("enrolled", texts(enrolled))
        .input("now", NOW)
}

/// A decision about methods.
fn decided(
    id: &str,
    proofs: &[Proof],
    requirement: &Json,
    enrolled: &[&str],
    expected: &Expected<'_>,
    why: &str,
) -> Case {
    asked(id, requirement, enrolled)
        .input("proven", proven(proofs))
        .accept("ok", expected.fields(assessment::explain(proofs)))
        .why(why)
}

/// Id, what was shown, requirement, methods, what is expected, why.
type Row<'a, S> = (&'a str, S, Json, &'a [&'a str], Expected<'a>, &'a str);
/// The same with a time after what was shown.
type TimedRow<'a, S, T> = (&'a str, S, T, Json, &'a [&'a str], Expected<'a>, &'a str);
/// The same with a time after the requirement.
type PublishedRow<'a> = (&'a str, Vec<Proof>, Json, u64, &'a [&'a str], Expected<'a>, &'a str);

fn demand(tier: &str) -> Json {
    requirement([("tier", tier.into())])
}

fn within(tier: &str, seconds: u64) -> Json {
    requirement([("tier", tier.into()), ("max_age", seconds.into())])
}

const RESISTING: [&str; 3] = ["security_key", "built_in_authenticator", "synced_passkey"];
const OFFERED: [&str; 5] =
    ["security_key", "built_in_authenticator", "synced_passkey", "push_approval", "totp"];

fn password() -> Proof {
    proof("password")
}
fn key() -> Proof {
    verified("security_key", "")
}

// ---------------------------------------------------------------- methods

fn satisfied(cases: &mut Vec<Case>) {
    let shown = [
        ("password", vec![password()], 0),
        ("totp", vec![password(), proof("totp")], 1),
        ("key", vec![key()], 2),
    ];
    for (id, proofs, reached) in &shown {
        for tier in &TIERS[..=*reached] {
            cases.push(decided(
                &format!("satisfied-{id}-{tier}"),
                proofs,
                &demand(tier),
                &[],
                &allow("satisfied"),
                "the tier is reached, whatever is enrolled",
            ));
        }
    }
    for (id, proofs, requirement, why) in [
        (
            "recovery",
            vec![password(), proof("recovery_code")],
            demand(STANDARD),
            "a recovery code is standard",
        ),
        (
            "admin",
            vec![proof("admin_code")],
            demand(STANDARD),
            "a temporary code of an administrator is standard",
        ),
        (
            "unverified-key",
            vec![password(), proof("security_key")],
            demand(RESISTANT),
            "a key and a password",
        ),
        (
            "age-at-the-limit",
            vec![key().at(NOW - 300)],
            within(RESISTANT, 300),
            "as old as it may be",
        ),
        (
            "age-of-the-stronger-only",
            vec![password().at(NOW - 9000), key().at(NOW - 300)],
            within(RESISTANT, 300),
            "the age of what is enough by itself",
        ),
    ] {
        cases.push(decided(
            &format!("satisfied-{id}"),
            &proofs,
            &requirement,
            &["totp"],
            &allow("satisfied"),
            why,
        ));
    }
}

fn excused(cases: &mut Vec<Case>) {
    let before = requirement([("tier", RESISTANT.into()), ("enforced_from", (NOW + 1).into())]);
    let waived = requirement([
        ("tier", RESISTANT.into()),
        ("enforced_from", (NOW + 1).into()),
        ("waiver", true.into()),
    ]);
    let waived_now = requirement([
        ("tier", STANDARD.into()),
        ("enforced_from", NOW.into()),
        ("waiver", true.into()),
    ]);
    let waived_always = requirement([("tier", STANDARD.into()), ("waiver", true.into())]);
    let exempt = requirement([("tier", RESISTANT.into()), ("exemption", "approved".into())]);
    let api = requirement([("channel", "api".into()), ("rights", texts(&["Author Apex"]))]);
    for (id, proofs, requirement, reason, why) in [
        (
            "not-yet-enforced",
            vec![password()],
            &before,
            "not_yet_enforced",
            "the last second before enforcement",
        ),
        (
            "waived",
            vec![password()],
            &waived,
            "waived",
            "a waiver, in the last second before enforcement",
        ),
        ("exempt", vec![password()], &exempt, "exempt", "an approved exemption"),
        (
            "channel-unaffected",
            vec![password()],
            &api,
            "channel_unaffected",
            "the policy does not cover the channel",
        ),
    ] {
        cases.push(decided(id, &proofs, requirement, &[], &allow(reason), why));
    }
    for (id, requirement) in
        [("exempt", &exempt), ("not-yet-enforced", &before), ("channel-unaffected", &api)]
    {
        let id = format!("nothing-proven-{id}");
        let why = "whoever is not asked for a second factor must have signed in all the same";
        cases.push(decided(&id, &[], requirement, &["totp"], &block("nothing_proven"), why));
    }
    for (id, requirement) in
        [("waived-first-second", &waived_now), ("waived-without-date", &waived_always)]
    {
        let expected = enroll(STANDARD, &OFFERED);
        cases.push(decided(
            id,
            &[password()],
            requirement,
            &[],
            &expected,
            "once it is enforced a waiver helps nobody",
        ));
    }
}

fn refused(cases: &mut Vec<Case>) {
    let pw = || vec![password()];
    let rows: Vec<Row<'_, Vec<Proof>>> = vec![
        (
            "nothing-proven",
            vec![],
            demand(STANDARD),
            &["totp"],
            block("nothing_proven"),
            "nobody has signed in",
        ),
        (
            "nothing-proven-weak",
            vec![],
            demand(WEAK),
            &[],
            block("nothing_proven"),
            "weak, too, is something proven",
        ),
        (
            "step-up-totp",
            pw(),
            demand(STANDARD),
            &["totp"],
            step_up("tier_too_low", STANDARD, &["totp"]),
            "the person has an app",
        ),
        (
            "step-up-all",
            pw(),
            demand(STANDARD),
            &["recovery_code", "sms", "totp", "security_key", "password"],
            step_up("tier_too_low", STANDARD, &["security_key", "totp", "recovery_code"]),
            "what is enough, the best first; a password is no choice",
        ),
        (
            "step-up-key",
            vec![password(), proof("totp")],
            demand(RESISTANT),
            &["totp", "security_key"],
            step_up("tier_too_low", RESISTANT, &["security_key"]),
            "codes are not enough, and the person has a key",
        ),
        (
            "step-up-delivered",
            vec![password(), proof("sms")],
            demand(STANDARD),
            &["sms", "totp"],
            step_up("tier_too_low", STANDARD, &["totp"]),
            "a delivered code is weak",
        ),
        (
            "other-factor",
            vec![proof("security_key")],
            demand(STANDARD),
            &["security_key"],
            step_up("other_factor_needed", STANDARD, &["security_key", "password"]),
            "a key alone, without user verification: the password is missing",
        ),
        (
            "other-factor-weak",
            vec![proof("security_key")],
            demand(WEAK),
            &["security_key"],
            step_up("other_factor_needed", STANDARD, &["security_key", "password"]),
            "what the person turned on stays on: whoever found the key has no more than that",
        ),
        (
            "other-factor-resistant",
            vec![proof("security_key"), proof("totp")],
            demand(RESISTANT),
            &["security_key", "totp"],
            step_up("other_factor_needed", RESISTANT, &["security_key", "password"]),
            "a key and a code are both possession",
        ),
        (
            "too-old",
            vec![key().at(NOW - 301)],
            within(RESISTANT, 300),
            &["security_key"],
            step_up("too_old", RESISTANT, &["security_key"]).within(300),
            "one second too old",
        ),
        (
            "too-old-zero",
            vec![key().at(NOW - 1)],
            within(RESISTANT, 0),
            &["security_key"],
            step_up("too_old", RESISTANT, &["security_key"]).within(0),
            "max_age 0: in this second",
        ),
        (
            "too-old-future",
            vec![key().at(NOW + 6)],
            within(RESISTANT, 300),
            &["security_key"],
            step_up("too_old", RESISTANT, &["security_key"]).within(300),
            "a proof of the future is not recent",
        ),
        (
            "too-old-and-too-low",
            vec![password().at(NOW - 301)],
            within(STANDARD, 300),
            &["totp"],
            step_up("tier_too_low", STANDARD, &["totp"]).within(300),
            "a tier that was never reached is too low, not too old",
        ),
        (
            "enroll",
            pw(),
            demand(STANDARD),
            &[],
            enroll(STANDARD, &OFFERED),
            "no method, and weak as it was shown",
        ),
        (
            "enroll-privileged",
            pw(),
            demand(RESISTANT),
            &[],
            enroll(RESISTANT, &RESISTING),
            "a privileged person adds a key",
        ),
        (
            "enroll-delivered-only",
            vec![password(), proof("sms")],
            demand(STANDARD),
            &["sms"],
            enroll(STANDARD, &OFFERED),
            "a delivered code is nothing to prove first",
        ),
        (
            "enroll-after-totp",
            vec![password(), proof("totp")],
            demand(RESISTANT),
            &["totp"],
            enroll(RESISTANT, &RESISTING),
            "the best method was proven: a key may be added",
        ),
        (
            "enroll-after-recovery",
            vec![password(), proof("recovery_code")],
            demand(RESISTANT),
            &["totp", "recovery_code"],
            enroll(RESISTANT, &RESISTING),
            "a recovery code is of the same tier as the app that was lost",
        ),
        (
            "prove-delivered",
            pw(),
            demand(STANDARD),
            &["sms"],
            step_up("prove_before_enrolling", WEAK, &["sms"]),
            "who has a method, a weak one even, proves it first",
        ),
        (
            "enroll-too-old",
            vec![password().at(NOW - 301)],
            within(STANDARD, 300),
            &[],
            step_up("too_old", STANDARD, &[]).within(300),
            "who has no method has signed in recently",
        ),
        (
            "enroll-at-the-limit",
            vec![password().at(NOW - 300)],
            within(STANDARD, 300),
            &[],
            enroll(STANDARD, &OFFERED),
            "as long ago as may be",
        ),
        (
            "second-factor-on",
            pw(),
            demand(WEAK),
            &["totp"],
            step_up("second_factor_on", STANDARD, &["totp"]),
            "nothing demands it, and the person turned it on: a password alone does not open the account",
        ),
        (
            "second-factor-on-key",
            pw(),
            demand(WEAK),
            &["security_key", "totp"],
            step_up("second_factor_on", STANDARD, &["security_key", "totp"]),
            "any method that the person has",
        ),
        (
            "second-factor-on-delivered",
            pw(),
            demand(WEAK),
            &["sms"],
            step_up("second_factor_on", WEAK, &["sms"]),
            "a weak method, too",
        ),
        (
            "second-factor-on-not-yet",
            pw(),
            requirement([("tier", STANDARD.into()), ("enforced_from", (NOW + 1).into())]),
            &["totp"],
            step_up("second_factor_on", STANDARD, &["totp"]),
            "before enforcement, too",
        ),
        (
            "second-factor-on-email",
            vec![password(), proof("email")],
            demand(WEAK),
            &["totp"],
            step_up("second_factor_on", STANDARD, &["totp"]),
            "a code sent by e-mail does not stand for the app",
        ),
        (
            "second-factor-on-sms",
            vec![password(), proof("sms")],
            demand(WEAK),
            &["security_key"],
            step_up("second_factor_on", STANDARD, &["security_key"]),
            "nor a text message for the key",
        ),
        (
            "second-factor-on-not-delivered",
            pw(),
            demand(WEAK),
            &["email", "totp"],
            step_up("second_factor_on", STANDARD, &["totp"]),
            "a delivered code is not offered beside the app",
        ),
        (
            "second-factor-shown-recovery",
            vec![password(), proof("recovery_code")],
            demand(WEAK),
            &["totp"],
            allow("satisfied"),
            "a recovery code stands for what was lost",
        ),
        (
            "other-factor-too-old",
            vec![password().at(NOW - 301), proof("security_key")],
            within(RESISTANT, 300),
            &["security_key"],
            step_up("other_factor_needed", RESISTANT, &["security_key", "password"]).within(300),
            "the password is too old, and the key again would change nothing",
        ),
        (
            "second-factor-shown",
            vec![password(), proof("totp")],
            demand(WEAK),
            &["totp"],
            allow("satisfied"),
            "shown",
        ),
        ("second-factor-off", pw(), demand(WEAK), &[], allow("satisfied"), "never turned on"),
        (
            "prove-totp",
            pw(),
            demand(RESISTANT),
            &["totp"],
            step_up("prove_before_enrolling", STANDARD, &["totp"]),
            "a stolen password must not be enough to add a key",
        ),
        (
            "prove-best",
            pw(),
            demand(RESISTANT),
            &["totp", "push_approval", "sms", "recovery_code"],
            step_up(
                "prove_before_enrolling",
                STANDARD,
                &["push_approval", "totp", "recovery_code"],
            ),
            "any of the best tier that the person has",
        ),
        (
            "prove-after-sms",
            vec![password(), proof("sms")],
            demand(RESISTANT),
            &["totp", "sms"],
            step_up("prove_before_enrolling", STANDARD, &["totp"]),
            "a delivered code does not stand for the app",
        ),
        (
            "prove-too-old",
            vec![password().at(NOW), proof("totp").at(NOW - 301)],
            within(RESISTANT, 300),
            &["totp"],
            step_up("prove_before_enrolling", STANDARD, &["totp"]).within(300),
            "proven, and too long ago",
        ),
    ];
    for (id, proofs, requirement, enrolled, expected, why) in rows {
        cases.push(decided(id, &proofs, &requirement, enrolled, &expected, why));
    }
    let can =
        |tier: &str, can: &[&str]| requirement([("tier", tier.into()), ("client_can", texts(can))]);
    let cannot = || block("client_cannot_perform");
    let rows: Vec<Row<'_, Vec<Proof>>> = vec![
        (
            "client-some",
            pw(),
            can(STANDARD, &["totp"]),
            &["totp", "security_key"],
            step_up("tier_too_low", STANDARD, &["totp"]),
            "what the client can perform",
        ),
        (
            "client-none-of-mine",
            pw(),
            can(RESISTANT, &["totp"]),
            &["security_key"],
            cannot(),
            "the person's key, and a client that can do codes only",
        ),
        (
            "client-nothing",
            pw(),
            can(STANDARD, &[]),
            &["totp"],
            cannot(),
            "a client that can do nothing",
        ),
        (
            "client-nothing-to-add",
            pw(),
            can(RESISTANT, &["totp", "push_approval"]),
            &[],
            cannot(),
            "no key can be added on this client",
        ),
        (
            "client-nothing-to-prove",
            pw(),
            can(RESISTANT, &["security_key"]),
            &["totp"],
            cannot(),
            "the app must be proven first, and this client cannot",
        ),
        (
            "client-some-to-add",
            pw(),
            can(STANDARD, &["totp"]),
            &[],
            enroll(STANDARD, &["totp"]),
            "what can be added on this client",
        ),
        (
            "client-second-factor-on",
            pw(),
            can(WEAK, &["security_key"]),
            &["totp"],
            cannot(),
            "turned on, and a client that cannot",
        ),
        (
            "client-satisfied",
            vec![key()],
            can(RESISTANT, &[]),
            &[],
            allow("satisfied"),
            "what was proven was proven",
        ),
    ];
    for (id, proofs, requirement, enrolled, expected, why) in rows {
        cases.push(decided(id, &proofs, &requirement, enrolled, &expected, why));
    }
}

// ---------------------------------------------------------------- claims

fn through_claims(cases: &mut Vec<Case>) {
    let case = |id: &str,
                profile: &str,
                said: &[Said],
                auth_time: Option<u64>,
                requirement: &Json,
                enrolled: &[&str]| {
        let case = asked(&format!("claims-{id}"), requirement, enrolled).input("profile", profile);
        let case = with_inputs(case, &claims(said));
        match auth_time {
            Some(time) => case.input("auth_time", time),
            None => case,
        }
    };
    let line = |said: &[Said]| said.iter().map(Said::line).collect::<Vec<_>>();
    let hwk = || vec![amr("hwk", Exact(RESISTANT))];
    let pwd = || vec![amr("pwd", Exact(WEAK))];
    let mfa = || vec![amr("mfa", Unknown)];
    let cannot = || block("client_cannot_perform");
    let can =
        |kinds: &[&str]| requirement([("tier", STANDARD.into()), ("client_can", texts(kinds))]);
    let rows: Vec<TimedRow<'_, Vec<Said>, Option<u64>>> = vec![
        (
            "satisfied",
            hwk(),
            None,
            demand(RESISTANT),
            &[],
            allow("satisfied"),
            "hwk is in the first row",
        ),
        (
            "satisfied-weak",
            pwd(),
            None,
            demand(WEAK),
            &[],
            allow("satisfied"),
            "weak, and recognised",
        ),
        (
            "unrecognised-weak",
            mfa(),
            None,
            demand(WEAK),
            &["totp"],
            step_up("not_recognised", WEAK, &["totp"]),
            "what is not recognised does not satisfy weak either",
        ),
        (
            "unrecognised",
            mfa(),
            None,
            demand(STANDARD),
            &["totp"],
            step_up("not_recognised", STANDARD, &["totp"]),
            "the person has a method here",
        ),
        (
            "unrecognised-enroll",
            mfa(),
            None,
            demand(STANDARD),
            &[],
            enroll(STANDARD, &OFFERED),
            "nothing recognised and nothing here: a method is added here",
        ),
        (
            "empty",
            vec![],
            None,
            demand(WEAK),
            &["sms"],
            step_up("not_recognised", WEAK, &["sms"]),
            "no claims at all",
        ),
        (
            "empty-enroll",
            vec![],
            None,
            demand(STANDARD),
            &[],
            enroll(STANDARD, &OFFERED),
            "the identity provider said nothing",
        ),
        (
            "too-low",
            pwd(),
            None,
            demand(STANDARD),
            &["totp"],
            step_up("tier_too_low", STANDARD, &["totp"]),
            "recognised, and weak",
        ),
        (
            "prove",
            pwd(),
            None,
            demand(RESISTANT),
            &["totp"],
            step_up("prove_before_enrolling", STANDARD, &["totp"]),
            "a method here is proven before a key is added",
        ),
        (
            "enroll-after-standard",
            vec![amr("okta_verify", Exact(STANDARD))],
            None,
            demand(RESISTANT),
            &["totp"],
            enroll(RESISTANT, &RESISTING),
            "standard at the identity provider is as good as the app here",
        ),
        (
            "recent",
            hwk(),
            Some(NOW - 300),
            within(RESISTANT, 300),
            &["security_key"],
            allow("satisfied"),
            "as old as it may be",
        ),
        (
            "too-old",
            hwk(),
            Some(NOW - 301),
            within(RESISTANT, 300),
            &["security_key"],
            step_up("too_old", RESISTANT, &["security_key"]).within(300),
            "one second too old",
        ),
        (
            "no-time",
            hwk(),
            None,
            within(RESISTANT, 300),
            &["security_key"],
            step_up("too_old", RESISTANT, &["security_key"]).within(300),
            "a sign-in of an unknown time is not recent",
        ),
        (
            "no-time-no-method",
            hwk(),
            None,
            within(RESISTANT, 300),
            &[],
            step_up("too_old", RESISTANT, &[]).within(300),
            "nor where the person has no method here: the identity provider is asked again",
        ),
        (
            "weak-with-method",
            pwd(),
            None,
            demand(WEAK),
            &["totp"],
            allow("satisfied"),
            "a sign-in through an identity provider is its second factor's matter",
        ),
        ("client", mfa(), None, can(&[]), &["totp"], cannot(), "a client that can do nothing"),
    ];
    for (id, said, time, requirement, enrolled, expected, why) in rows {
        let case = case(id, SALESFORCE, &said, time, &requirement, enrolled);
        cases.push(case.accept("ok", expected.of_claims().fields(line(&said))).why(why));
    }
    let okta = [amr("pwd", Exact(WEAK)), amr("mfa", Exact(STANDARD)), amr("swk", Exact(WEAK))];
    let neutral = case("neutral", "rfc8176", &okta, None, &demand(RESISTANT), &["security_key"]);
    let expected = step_up("tier_too_low", RESISTANT, &["security_key"]);
    cases.push(
        neutral
            .accept("ok", expected.fields(line(&okta)))
            .why("a tap on a telephone is not phishing-resistant"),
    );
    let later = case(
        "classified-earlier",
        SALESFORCE,
        &hwk(),
        Some(NOW - 400),
        &within(RESISTANT, 300),
        &["security_key"],
    )
    .input("claims_max_age", 60_u32)
    .input("claims_now", NOW - 400);
    let expected = step_up("too_old", RESISTANT, &["security_key"]).within(300);
    cases.push(
        later
            .accept("ok", expected.fields(line(&hwk())))
            .why("fresh when it was classified, too old now"),
    );
    let stale = case("stale", SALESFORCE, &hwk(), Some(NOW - 61), &demand(RESISTANT), &[])
        .input("claims_max_age", 60_u32);
    cases.push(
        stale.reject("auth_time_stale").why("classifying refuses it before anything is decided"),
    );
}

/// The published enforcement, end to end.
fn published(cases: &mut Vec<Case>) {
    let admin = || ("rights", texts(&["System Administrator"]));
    let privileged = requirement([admin()]);
    let ordinary = requirement([]);
    let sandbox = requirement([("environment", "sandbox".into())]);
    let rows: Vec<PublishedRow<'_>> = vec![
        (
            "admin-key",
            vec![password(), key()],
            privileged.clone(),
            NOW,
            &["security_key"],
            allow("satisfied"),
            "a key",
        ),
        (
            "admin-built-in",
            vec![verified("built_in_authenticator", "fpt")],
            privileged.clone(),
            NOW,
            &[],
            allow("satisfied"),
            "the computer's own",
        ),
        (
            "admin-totp",
            vec![password(), proof("totp")],
            privileged.clone(),
            NOW,
            &["totp"],
            enroll(RESISTANT, &RESISTING),
            "codes are not enough: a key is added",
        ),
        (
            "admin-push",
            vec![password(), proof("push_approval")],
            privileged.clone(),
            NOW,
            &["push_approval"],
            enroll(RESISTANT, &RESISTING),
            "a tap is not enough",
        ),
        (
            "admin-recovery",
            vec![password(), proof("recovery_code")],
            privileged.clone(),
            NOW,
            &["security_key", "recovery_code"],
            step_up("tier_too_low", RESISTANT, &["security_key"]),
            "a recovery code is not enough, and the person has a key",
        ),
        (
            "admin-before",
            vec![password()],
            privileged,
            PRODUCTION - 1,
            &[],
            allow("not_yet_enforced"),
            "the last second before",
        ),
        (
            "user-totp",
            vec![password(), proof("totp")],
            ordinary.clone(),
            NOW,
            &["totp"],
            allow("satisfied"),
            "an app",
        ),
        (
            "user-admin-code",
            vec![password(), proof("admin_code")],
            ordinary.clone(),
            NOW,
            &[],
            allow("satisfied"),
            "a temporary code of an administrator",
        ),
        (
            "user-sms",
            vec![password(), proof("sms")],
            ordinary.clone(),
            NOW,
            &["sms"],
            enroll(STANDARD, &OFFERED),
            "a text message: a method is added",
        ),
        (
            "user-password",
            vec![password()],
            ordinary.clone(),
            PRODUCTION,
            &["totp"],
            step_up("tier_too_low", STANDARD, &["totp"]),
            "in the first second",
        ),
        (
            "user-before",
            vec![password()],
            ordinary.clone(),
            PRODUCTION - 1,
            &[],
            allow("not_yet_enforced"),
            "the last second before",
        ),
        (
            "user-before-turned-on",
            vec![password()],
            ordinary,
            PRODUCTION - 1,
            &["totp"],
            step_up("second_factor_on", STANDARD, &["totp"]),
            "who turned it on before it was demanded",
        ),
        (
            "sandbox",
            vec![password()],
            sandbox,
            PRODUCTION - 1,
            &["totp"],
            step_up("tier_too_low", STANDARD, &["totp"]),
            "a sandbox is enforced earlier",
        ),
    ];
    for (id, proofs, requirement, now, enrolled, expected, why) in rows {
        let proofs: Vec<Proof> = proofs.into_iter().map(|proof| proof.at(now)).collect();
        let case =
            decided(&format!("published-{id}"), &proofs, &requirement, enrolled, &expected, why);
        cases.push(case.input("now", now));
    }
}

fn enforced(cases: &mut Vec<Case>) {
    let case = |id: &str, proofs: &[Proof], tier: &str, enrolled: &[&str]| {
        asked(&format!("enforce-{id}"), &demand(tier), enrolled)
            .input("proven", proven(proofs))
            .input("enforce", true)
    };
    let fields = allow("satisfied").fields(assessment::explain(&[key()]));
    cases.push(case("allow", &[key()], RESISTANT, &[]).accept("ok", fields));
    cases.push(case("step-up", &[password()], STANDARD, &["totp"]).reject("step_up_required"));
    cases.push(case("prove", &[password()], RESISTANT, &["totp"]).reject("step_up_required"));
    cases.push(case("enroll", &[password()], STANDARD, &[]).reject("enrollment_required"));
    cases.push(case("block", &[], STANDARD, &["totp"]).reject("login_blocked"));
}

fn challenges(cases: &mut Vec<Case>) {
    for (id, tier, acr_values, max_age, method) in [
        ("standard", STANDARD, None, None, "totp"),
        ("standard-age", STANDARD, None, Some(0), "totp"),
        ("resistant-age", RESISTANT, None, Some(3600), "security_key"),
        ("own", STANDARD, Some("https://refeds.org/profile/mfa"), None, "totp"),
        ("own-several", RESISTANT, Some("phrh phr"), Some(300), "security_key"),
    ] {
        let mut asked = demand(tier);
        for (name, value) in [
            ("acr_values", acr_values.map(Json::from)),
            ("max_age", max_age.map(|age: u64| age.into())),
        ] {
            if let Some(value) = value {
                asked.set(name, value);
            }
        }
        let options = [method];
        let expected = Expected { acr_values, max_age, ..step_up("tier_too_low", tier, &options) };
        let why = "the WWW-Authenticate field of RFC 9470 section 3";
        let case =
            decided(&format!("challenge-{id}"), &[password()], &asked, &[method], &expected, why);
        cases.push(case.source("RFC 9470", "3"));
    }
}

fn faults(cases: &mut Vec<Case>) {
    let case = |id: &str| {
        asked(&format!("argument-{id}"), &demand(STANDARD), &["totp"])
            .input("proven", proven(&[password()]))
    };
    for (id, name, value, code) in [
        ("enrolled-text", "enrolled", Json::from("totp"), "argument_type_invalid"),
        (
            "enrolled-number-within",
            "enrolled",
            Json::Array(vec![Json::from(1_u32)]),
            "argument_type_invalid",
        ),
        ("enrolled-unknown", "enrolled", texts(&["fob"]), "argument_value_invalid"),
    ] {
        cases.push(case(id).input(name, value).reject(code).requires("dynamic_input"));
    }
    cases.push(case("now-milliseconds").input("now", NOW * 1000).reject("time_invalid"));
}
