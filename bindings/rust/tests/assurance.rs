//! Assurance and policy by properties: what holds for every sign-in, every profile and every requirement.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use mfakit::{
    Assessment, AssuranceProfile, Claims, Classification, Decision, MethodKind, Requirement,
    Standing, Tier, UnixTime, classify, decide,
};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

const NOW: UnixTime = UnixTime::from_seconds(1_800_000_000);
/// Values that no profile here lists, some of them close to one that does.
const UNLISTED: [&str; 8] = [
    "",
    "0",
    "foo",
    "HWK",
    " pwd",
    "urn:oasis:names:tc:SAML:2.0:ac:classes:NotX509",
    "phr phrh",
    "X509\0",
];

// ---------------------------------------------------------------- claims

/// Where a value stands.
#[derive(Clone, Copy, Debug)]
enum Place {
    Amr,
    Context,
}

type Said = Vec<(Place, String)>;

fn claims(said: &[(Place, String)], acr: Option<&str>) -> Claims {
    let all = |amr: bool| {
        let there = said.iter().filter(|(place, _)| matches!(place, Place::Amr) == amr);
        there.map(|(_, value)| value.clone()).collect()
    };
    Claims {
        amr: all(true),
        acr: acr.map(str::to_owned),
        authn_context: all(false),
        auth_time: None,
    }
}

fn classified(
    profile: &AssuranceProfile,
    said: &[(Place, String)],
    acr: Option<&str>,
) -> Classification {
    classify(profile, claims(said, acr), None, Some(NOW)).unwrap()
}

/// The values that a profile lists, as its text has them.
fn listed(profile: &AssuranceProfile) -> Vec<String> {
    let json: serde_json::Value = serde_json::from_str(profile.to_json()).unwrap();
    let entries = json["entries"].as_array().unwrap();
    entries.iter().map(|entry| entry["value"].as_str().unwrap().to_owned()).collect()
}

/// A value that is listed, one under a prefix, or one that is neither.
fn value(listed: Vec<String>) -> impl Strategy<Value = String> {
    let under = select(vec!["X509", "multipleauthn", "Smartcard", "SmartcardPKI"])
        .prop_map(|segment| format!("urn:oasis:names:tc:SAML:2.0:ac:classes:{segment}"));
    prop_oneof![
        6 => select(listed),
        1 => under,
        1 => select(UNLISTED.to_vec()).prop_map(str::to_owned),
    ]
}

fn said(listed: Vec<String>) -> impl Strategy<Value = Said> {
    let place = select(vec![Place::Amr, Place::Amr, Place::Context]);
    prop::collection::vec((place, value(listed)), 0..7)
}

/// A built-in profile, what is said, an `acr`, and one value more.
fn built_in() -> impl Strategy<Value = (AssuranceProfile, Said, Option<String>, (Place, String))> {
    select(AssuranceProfile::names()).prop_flat_map(|name| {
        let profile = AssuranceProfile::named(name).unwrap();
        let values = listed(&profile);
        let more = (select(vec![Place::Amr, Place::Context]), value(values.clone()));
        (Just(profile), said(values.clone()), prop::option::of(value(values)), more)
    })
}

/// What counts of a classification: nothing where nothing was recognised.
fn worth(classification: &Classification) -> Option<Tier> {
    classification.recognised().then(|| classification.tier())
}

const TIERS: [Tier; 3] = [Tier::Weak, Tier::Standard, Tier::PhishingResistant];

proptest! {
    #[test]
    fn another_value_never_lowers_what_a_built_in_profile_makes_of_a_sign_in(
        (profile, said, acr, more) in built_in(),
        enrolled in enrolled(),
    ) {
        let before = classified(&profile, &said, acr.as_deref());
        let mut all = said;
        all.push(more);
        let after = classified(&profile, &all, acr.as_deref());
        prop_assert!(worth(&after) >= worth(&before));
        for tier in TIERS {
            let requirement = Requirement::new(tier);
            let kind = |shown| decide(Standing::Claims(shown), &requirement, &enrolled, Some(NOW)).unwrap().kind();
            if kind(&before) == "allow" {
                prop_assert_eq!(kind(&after), "allow");
            }
        }
    }

    #[test]
    fn a_value_less_never_raises_it(
        (profile, said, acr, _) in built_in(),
        without in any::<prop::sample::Index>(),
    ) {
        let before = classified(&profile, &said, acr.as_deref());
        prop_assert!(worth(&classified(&profile, &said, None)) <= worth(&before));
        if !said.is_empty() {
            let mut fewer = said;
            fewer.remove(without.index(fewer.len()));
            prop_assert!(worth(&classified(&profile, &fewer, acr.as_deref())) <= worth(&before));
        }
    }

    #[test]
    fn neither_order_nor_number_of_values_matters(
        (profile, said, acr, _) in built_in(),
        keys in prop::collection::vec(any::<u32>(), 7),
        again in any::<prop::sample::Index>(),
    ) {
        let before = worth(&classified(&profile, &said, acr.as_deref()));
        let mut keyed: Vec<_> = said.into_iter().zip(keys).collect();
        keyed.sort_by_key(|(_, key)| *key);
        let mut turned: Said = keyed.into_iter().map(|(said, _)| said).collect();
        prop_assert_eq!(worth(&classified(&profile, &turned, acr.as_deref())), before);
        if !turned.is_empty() {
            turned.push(turned[again.index(turned.len())].clone());
            prop_assert_eq!(worth(&classified(&profile, &turned, acr.as_deref())), before);
        }
    }

    #[test]
    fn nothing_unrecognised_satisfies_anything_under_any_profile(
        profile in own_profile(),
        amr in prop::collection::vec("[u-z]{1,3}", 0..4),
        enrolled in enrolled(),
    ) {
        // The profiles list words of other letters.
        let said: Said = amr.into_iter().map(|value| (Place::Amr, value)).collect();
        let shown = classified(&profile, &said, Some("0"));
        prop_assert!(!shown.recognised());
        prop_assert_eq!(shown.unknown().len(), said.len() + 1);
        for tier in TIERS {
            prop_assert!(!shown.meets(tier));
            let decision = decide(Standing::Claims(&shown), &Requirement::new(tier), &enrolled, Some(NOW)).unwrap();
            prop_assert!(decision.or_error().is_err());
        }
    }

    #[test]
    fn a_tier_under_any_profile_is_recognised_and_neither_order_nor_number_matters(
        profile in own_profile(),
        amr in prop::collection::vec("[a-f]", 0..5),
    ) {
        let said: Said = amr.iter().map(|value| (Place::Amr, value.clone())).collect();
        let shown = classified(&profile, &said, None);
        for tier in TIERS {
            prop_assert_eq!(shown.meets(tier), worth(&shown) >= Some(tier));
        }
        let turned: Said = said.iter().rev().chain(&said).cloned().collect();
        prop_assert_eq!(worth(&classified(&profile, &turned, None)), worth(&shown));
        let stored = Classification::from_trusted_json(&shown.to_json(), &profile).unwrap();
        prop_assert_eq!(stored, shown);
    }
}

/// A profile of words of the letters a to f, with every rule that a profile can have.
fn own_profile() -> impl Strategy<Value = AssuranceProfile> {
    let tier = || select(vec!["weak", "standard", "phishing_resistant"]);
    let factor = select(vec!["", r#", "factor": "knowledge""#, r#", "factor": "possession""#]);
    let words = subsequence(vec!["a", "b", "c", "d", "e", "f"], 2..=6);
    let entries = words.prop_flat_map(move |words| {
        let tiers = prop::collection::vec((tier(), factor.clone()), words.len());
        (Just(words), tiers)
    });
    let rest = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), tier());
    (entries, rest).prop_map(|((words, tiers), (weakest, two, combined, denies, tier))| {
        let entry = |(word, (tier, factor)): (&&str, &(&str, &str))| {
            format!(r#"{{"value": "{word}", "tier": "{tier}"{factor}}}"#)
        };
        let entries: Vec<String> = words.iter().zip(&tiers).map(entry).collect();
        let mut members = vec![format!(r#""entries": [{}]"#, entries.join(", "))];
        if two && !weakest {
            members.push(format!(r#""two_factors": "{tier}""#));
        }
        if combined && !weakest {
            let (one, other) = (words[0], words[1]);
            members.push(format!(r#""combinations": [{{"all": ["{one}", "{other}"], "tier": "{tier}"}}]"#));
        }
        if denies {
            members.push(r#""deny": ["a"]"#.to_owned());
        }
        let combine = if weakest { "weakest" } else { "strongest" };
        let text = format!(
            r#"{{"schema": "mfakit-assurance-profile/1", "id": "own", "version": "1", "combine": "{combine}", {}}}"#,
            members.join(", ")
        );
        AssuranceProfile::from_json(&text).unwrap()
    })
}

// ---------------------------------------------------------------- assessments

/// A proof, as an assessment stores it.
fn proof() -> impl Strategy<Value = String> {
    let at = 1_799_990_000_u64..=1_800_000_000;
    let code = (select(MethodKind::ALL.to_vec()), at.clone())
        .prop_map(|(kind, at)| format!(r#"{{"kind":"{}","at":{at}}}"#, kind.as_str()));
    let webauthn: Vec<MethodKind> =
        MethodKind::ALL.into_iter().filter(|kind| kind.is_webauthn()).collect();
    let told = subsequence(vec![r#""pin""#, r#""fpt""#, r#""face""#], 0..=3);
    let key = (select(webauthn), at, any::<bool>(), any::<bool>(), any::<bool>(), told).prop_map(
        |(kind, at, verified, hardware, eligible, told)| {
            let told = if verified && !told.is_empty() {
                format!(r#","verifiedBy":[{}]"#, told.join(","))
            } else {
                String::new()
            };
            format!(
                r#"{{"kind":"{}","at":{at},"userVerified":{verified},"hardware":{hardware},"backupEligible":{eligible}{told}}}"#,
                kind.as_str()
            )
        },
    );
    prop_oneof![code, key]
}

fn assessment(proofs: &[String]) -> Assessment {
    let stored = format!(r#"{{"v":1,"methods":[{}]}}"#, proofs.join(","));
    Assessment::from_trusted_json(&stored).unwrap()
}

fn enrolled() -> impl Strategy<Value = Vec<MethodKind>> {
    subsequence(MethodKind::ALL.to_vec(), 0..=MethodKind::ALL.len())
}

/// What an assessment says that does not depend on the order of its proofs.
fn summary(assessment: &Assessment) -> (Tier, Vec<&'static str>, Option<&'static str>, bool, u8) {
    let factors = assessment.factors().kinds();
    (assessment.tier(), assessment.amr(), assessment.acr(), assessment.recovery(), factors)
}

proptest! {
    #[test]
    fn another_proof_never_lowers_an_assessment(
        proofs in prop::collection::vec(proof(), 0..8),
        more in proof(),
    ) {
        let before = assessment(&proofs);
        let mut all = proofs;
        all.push(more);
        let after = assessment(&all);
        prop_assert!(after.tier() >= before.tier());
        prop_assert!(after.factors().kinds() >= before.factors().kinds());
        prop_assert!(after.recovery() >= before.recovery());
        prop_assert!(after.acr().is_some() >= before.acr().is_some());
        for tier in TIERS {
            for age in [None, Some(0), Some(300), Some(9_000)] {
                let meets = |assessment: &Assessment| assessment.meets(tier, age, Some(NOW)).unwrap();
                prop_assert!(meets(&after) >= meets(&before), "{tier:?} within {age:?}");
            }
        }
    }

    #[test]
    fn neither_order_nor_number_of_proofs_matters(proofs in prop::collection::vec(proof(), 0..8)) {
        let once = assessment(&proofs);
        let turned: Vec<String> = proofs.iter().rev().cloned().collect();
        let twice: Vec<String> = proofs.iter().chain(&proofs).cloned().collect();
        prop_assert_eq!(summary(&assessment(&turned)), summary(&once));
        prop_assert_eq!(assessment(&twice), once);
    }

    #[test]
    fn an_assessment_is_read_back_as_it_was_stored(proofs in prop::collection::vec(proof(), 0..8)) {
        let before = assessment(&proofs);
        let stored = before.to_json();
        let after = Assessment::from_trusted_json(&stored).unwrap();
        prop_assert_eq!(after, before);
        prop_assert_eq!(after.to_json(), stored);
    }

    #[test]
    fn a_tier_follows_from_its_proofs(proofs in prop::collection::vec(proof(), 0..8)) {
        let shown = assessment(&proofs);
        let best = shown.explain().iter().filter_map(|reason| reason.tier).max();
        prop_assert_eq!(shown.tier(), best.unwrap_or(Tier::Weak));
        prop_assert_eq!(shown.acr().is_some(), shown.tier() == Tier::PhishingResistant);
        prop_assert_eq!(shown.amr().contains(&"mfa"), shown.factors().kinds() >= 2);
        for tier in TIERS {
            let meets = !shown.is_empty() && shown.tier() >= tier;
            prop_assert_eq!(shown.meets(tier, None, None).unwrap(), meets);
        }
    }
}

// ---------------------------------------------------------------- decisions

fn requirement() -> impl Strategy<Value = Requirement> {
    let from = prop::option::of(select(vec![0, NOW.seconds(), NOW.seconds() + 1]));
    let age = prop::option::of(select(vec![0_u64, 300, 20_000]));
    let can = prop::option::of(enrolled());
    let flags = (any::<bool>(), any::<bool>(), prop::bool::weighted(0.9));
    (select(TIERS.to_vec()), age, from, can, flags).prop_map(
        |(tier, max_age, from, client_can, (exempt, waiver, subject))| Requirement {
            max_age,
            exempt: exempt && waiver,
            waiver,
            enforced_from: from.map(UnixTime::from_seconds),
            channel_subject: subject,
            client_can,
            ..Requirement::new(tier)
        },
    )
}

/// What must hold of every decision.
fn check(decision: &Decision, requirement: &Requirement, meets: bool) -> Result<(), TestCaseError> {
    let applies = requirement.applies(Some(NOW)).unwrap();
    match decision.kind() {
        "allow" if applies == "yes" => {
            prop_assert_eq!(decision.reason(), "satisfied");
            prop_assert!(meets, "allowed without the tier");
        }
        "allow" => prop_assert_eq!(decision.reason(), applies),
        "step_up" => prop_assert!(decision.challenge().is_some() && decision.need().is_some()),
        "enroll" => prop_assert!(!decision.options().is_empty() && decision.need().is_some()),
        other => prop_assert_eq!(other, "block"),
    }
    prop_assert_eq!(decision.or_error().is_ok(), decision.kind() == "allow");
    prop_assert_eq!(decision.explain()[0].code, decision.reason());
    for kind in decision.options().iter().filter(|kind| **kind != MethodKind::Password) {
        let can = requirement.client_can.as_ref().is_none_or(|can| can.contains(kind));
        prop_assert!(can, "offered what the client cannot");
    }
    Ok(())
}

proptest! {
    #[test]
    fn who_is_let_in_has_the_tier_or_a_named_exception(
        proofs in prop::collection::vec(proof(), 0..6),
        requirement in requirement(),
        enrolled in enrolled(),
    ) {
        let shown = assessment(&proofs);
        let decision = decide(Standing::Methods(&shown), &requirement, &enrolled, Some(NOW)).unwrap();
        let meets = shown.meets(requirement.tier, requirement.max_age, Some(NOW)).unwrap();
        check(&decision, &requirement, meets)?;
        if shown.is_empty() {
            prop_assert_eq!(decision.reason(), "nothing_proven");
        }
    }

    #[test]
    fn the_same_holds_of_claims(
        (profile, said, acr, _) in built_in(),
        requirement in requirement(),
        enrolled in enrolled(),
        age in prop::option::of(0_u64..400),
    ) {
        let mut claims = claims(&said, acr.as_deref());
        claims.auth_time = age.map(|age| UnixTime::from_seconds(NOW.seconds() - age));
        let shown = classify(&profile, claims, None, Some(NOW)).unwrap();
        let decision = decide(Standing::Claims(&shown), &requirement, &enrolled, Some(NOW)).unwrap();
        let recent = requirement.max_age.is_none_or(|most| age.is_some_and(|age| age <= most));
        check(&decision, &requirement, shown.meets(requirement.tier) && recent)?;
    }
}
