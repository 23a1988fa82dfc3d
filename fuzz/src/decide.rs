//! `decide` over standings and requirements of every kind, against what must hold of every decision: nothing proven or recognised is
//! never enough, nothing is offered that the person or the client has not, nobody adds a method before an own one is proven, and more
//! proof never turns a yes into a no.

use crate::input::{Input, Output};
use mfakit_core::assurance::{Assessment, Claims, Profile, Proven, Tier, classify};
use mfakit_core::policy::{Applies, Decision, Requirement, Standing, decide, enrollable, tier_of};
use mfakit_core::{Error, Facts, MethodKind, MethodKinds, UnixTime, VerifiedBy};

/// The present.
const NOW: u64 = 1_800_000_000;
/// Values of a profile that says something of each, and some that no profile has.
const VALUES: [&str; 6] = ["hwk", "okta_verify", "pwd", "mfa", "0", ""];

fn kinds(bits: u16) -> MethodKinds {
    let kinds = MethodKind::ALL.into_iter().enumerate();
    kinds.filter(|(at, _)| bits >> at & 1 == 1).map(|(_, kind)| kind).collect()
}

fn is_within(these: MethodKinds, those: MethodKinds) -> bool {
    these.iter().all(|kind| those.contains(kind))
}

fn proof(input: &mut Input<'_>) -> Proven {
    let kind = MethodKind::ALL[usize::from(input.u8()) % MethodKind::ALL.len()];
    let flags = input.u8();
    let mut facts = Facts::of(kind);
    if kind.is_webauthn() {
        facts.user_verified = flags & 1 == 1;
        facts.hardware = flags & 2 == 2;
        facts.backup_eligible = flags & 4 == 4;
        if facts.user_verified && flags & 8 == 8 {
            facts.verified_by = VerifiedBy::PIN;
        }
    }
    Proven { facts, at: UnixTime::from_seconds(NOW - u64::from(input.u16())) }
}

/// The tier of these proofs, by the method table; `None` of nothing.
fn tier(proofs: &[Proven]) -> Option<Tier> {
    let is_other =
        |proof: &Proven| proof.facts.kind == MethodKind::Password || proof.facts.user_verified;
    let other = proofs.iter().any(is_other);
    let of = |proof: &Proven| match tier_of(proof.facts.kind) {
        Tier::PhishingResistant if !proof.facts.user_verified && !other => Tier::Weak,
        tier => tier,
    };
    proofs.iter().map(of).max()
}

/// Whether the request is let through; panics where a decision is not as it must be.
pub fn check(data: &[u8]) -> bool {
    let mut input = Input::new(data);
    let switches = input.u8();
    let need = Tier::ALL[usize::from(input.u8() % 3)];
    let ages = [input.u16(), input.u16()].map(u64::from);
    let requirement = Requirement {
        max_age: (switches & 1 == 1).then_some(ages[0]),
        exempt: switches & 2 == 2,
        waiver: switches & 4 == 4,
        enforced_from: (switches & 8 == 8)
            .then_some(UnixTime::from_seconds(NOW + ages[1] - u64::from(u16::MAX) / 2)),
        channel_subject: switches & 16 == 0,
        client_can: kinds(if switches & 32 == 32 { input.u16() } else { u16::MAX }),
        ..Requirement::new(need)
    };
    let enrolled = kinds(input.u16());
    let now = UnixTime::from_seconds(NOW);
    if switches & 64 == 64 {
        let amr: Vec<&str> =
            (0..input.u8() % 4).map(|_| VALUES[usize::from(input.u8() % 6)]).collect();
        let at = input.u16();
        let auth_time = (at != 0).then(|| UnixTime::from_seconds(NOW - u64::from(at)));
        let profile = Profile::named("salesforce-2026-05-05").expect("a built-in profile");
        let of = |amr: &[&str]| {
            let claims = Claims { amr, auth_time, ..Claims::default() };
            classify(&profile, &claims, now).expect("nothing is wrong with them")
        };
        let classified = of(&amr);
        let reached = classified.recognised().then(|| classified.tier());
        let recent = requirement
            .max_age
            .is_none_or(|age| auth_time.is_some_and(|at| NOW - at.seconds() <= age));
        let decided = decide(&classified, &requirement, enrolled, now);
        must_hold(&decided, &requirement, enrolled, Standing::Claims(&classified));
        let satisfied = recent && reached >= Some(need);
        if requirement.applies(now) == Applies::Yes {
            assert_eq!(decided.kind() == "allow", satisfied);
        }
        let more: Vec<&str> = amr.iter().copied().chain(["hwk"]).collect();
        let stronger = decide(&of(&more), &requirement, enrolled, now);
        assert!(decided.kind() != "allow" || stronger.kind() == "allow");
        return decided.kind() == "allow";
    }
    let proofs: Vec<Proven> = (0..input.u8() % 5).map(|_| proof(&mut input)).collect();
    let Ok(assessment) = Assessment::from_trusted(proofs.iter().copied()) else { return false };
    let decided = decide(&assessment, &requirement, enrolled, now);
    must_hold(&decided, &requirement, enrolled, Standing::Methods(&assessment));
    if proofs.is_empty() {
        assert_eq!(decided.reason().code(), "nothing_proven");
        return false;
    }
    // A proof that was given twice has its later time.
    let recent: Vec<Proven> = assessment
        .proven()
        .copied()
        .filter(|proof| requirement.max_age.is_none_or(|age| NOW - proof.at.seconds() <= age))
        .collect();
    let satisfied = tier(&recent) >= Some(need);
    let own: Vec<MethodKind> =
        enrolled.iter().filter(|kind| *kind != MethodKind::Password).collect();
    // What stands for the person's methods: a proof above weak, or one of theirs where they have only weak ones.
    let only_weak = own.iter().all(|kind| tier_of(*kind) == Tier::Weak);
    // A key that did not verify its user stands for nobody unless something stands beside it.
    let other = proofs
        .iter()
        .any(|proof| proof.facts.kind == MethodKind::Password || proof.facts.user_verified);
    let stands = |proof: &Proven| {
        let kind = proof.facts.kind;
        (tier_of(kind) > Tier::Weak && (other || !kind.is_webauthn()))
            || (only_weak && own.contains(&kind))
    };
    if requirement.applies(now) == Applies::Yes {
        let turned_on = need == Tier::Weak && !own.is_empty() && !proofs.iter().any(stands);
        assert_eq!(decided.kind() == "allow", satisfied && !turned_on);
    }
    if matches!(decided, Decision::Enroll { .. }) && !own.is_empty() {
        assert!(recent.iter().any(stands), "a method is added, and no own one was proven");
    }
    let mut more = proofs.clone();
    more.push(Proven { at: now, ..proof(&mut input) });
    let stronger = Assessment::from_trusted(more).expect("five proofs");
    let again = decide(&stronger, &requirement, enrolled, now);
    assert!(decided.kind() != "allow" || again.kind() == "allow", "more proof, and refused");
    decided.kind() == "allow"
}

fn must_hold(
    decided: &Decision<'_>,
    requirement: &Requirement<'_>,
    enrolled: MethodKinds,
    standing: Standing<'_>,
) {
    let options = decided.options();
    let client_can = requirement.client_can;
    match decided {
        Decision::Allow { reason } => {
            assert!(reason.code() != "satisfied" || standing.tier() >= Some(requirement.tier));
            assert_eq!(decided.or_error(), Ok(()));
        }
        Decision::StepUp { reason, need, .. } => {
            let password = MethodKinds::NONE.with(MethodKind::Password);
            let offered = if reason.code() == "other_factor_needed" {
                assert!(options.contains(MethodKind::Password));
                options.iter().filter(|kind| !password.contains(*kind)).collect()
            } else {
                options
            };
            assert!(is_within(offered, enrolled) && is_within(offered, client_can));
            assert!(!offered.contains(MethodKind::Password));
            assert!(offered.iter().all(|kind| tier_of(kind) >= *need));
            assert!(!options.is_empty() || reason.code() == "too_old", "{reason:?}");
            assert!(*need <= requirement.tier.max(Tier::Standard));
            assert_eq!(decided.or_error(), Err(Error::StepUpRequired));
        }
        Decision::Enroll { need, .. } => {
            assert!(*need == requirement.tier && !options.is_empty());
            assert!(is_within(options, enrollable(*need)) && is_within(options, client_can));
            assert_eq!(decided.or_error(), Err(Error::EnrollmentRequired));
        }
        Decision::Block { .. } => assert_eq!(decided.or_error(), Err(Error::LoginBlocked)),
    }
    let challenged = decided.challenge().map(|challenge| challenge.to_string());
    assert!(challenged.is_some() || decided.kind() != "step_up");
    assert!(challenged.is_none_or(|text| text.starts_with("Bearer error=\"insufficient_")));
}

/// A person of each kind under requirements of each kind.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for switches in 0..128_u8 {
        for need in 0..3_u8 {
            for enrolled in [0_u16, 1, 0b10_0000, 0b100_0000_0000, 0x7fff] {
                let mut output = Output::default().number([switches, need]);
                output = output.number(300_u16.to_be_bytes()).number(40_000_u16.to_be_bytes());
                if switches & 32 == 32 {
                    output = output.number(0b10_0010_0001_u16.to_be_bytes());
                }
                output = output.number(enrolled.to_be_bytes());
                output = if switches & 64 == 64 {
                    output.number([2, 2, switches % 6]).number(250_u16.to_be_bytes())
                } else {
                    let password = output.number([2, 14, 0]).number(20_u16.to_be_bytes());
                    password.number([switches % 15, 9]).number(310_u16.to_be_bytes())
                };
                all.push(output.number([5, 0]).finish());
            }
        }
    }
    all
}
