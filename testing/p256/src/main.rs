//! What mfakit-p256 computes, against other implementations and known verdicts.
//!
//! usage: mfakit-p256-check (all | wycheproof | field | scalar | ecdsa)
//!            [--cases N] [--seed N] [--threads N] [--layout 4x64|8x32|9x29] [--quick]
//!        mfakit-p256-check vectors     prints core/p256/src/tests/vectors.txt
//!
//! Every part has controls: something that is wrong, and has to fail. The last line is `N passed, N failed`, and the exit status
//! is 1 if one failed. The same seed gives the same cases.

mod ecdsa;
mod field;
mod numbers;
mod scalar;
mod subject;
mod tally;
mod wycheproof;

use std::process::ExitCode;
use tally::Tally;

const PARTS: [&str; 4] = ["wycheproof", "field", "scalar", "ecdsa"];

fn main() -> ExitCode {
    let Some((part, options)) = arguments() else {
        eprintln!(
            "mfakit-p256-check (all | vectors | {}) [--cases N] [--seed N] [--threads N] [--layout NAME]",
            PARTS.join(" | ")
        );
        return ExitCode::from(2);
    };
    if part == "vectors" {
        print!("{}", ecdsa::vectors());
        return ExitCode::SUCCESS;
    }
    let mut total = Tally::default();
    let committed = include_str!("../../../core/p256/src/tests/vectors.txt");
    total.case(committed == ecdsa::vectors(), || "vectors.txt is not what `vectors` prints".into());
    for name in PARTS {
        if part != name && part != "all" {
            continue;
        }
        println!("== {name}");
        let tally = match name {
            "wycheproof" => wycheproof::run(),
            "field" => field::run(options.cases, options.seed),
            "scalar" => scalar::run(options.cases, options.seed),
            _ => ecdsa::run(&options),
        };
        println!("{name}: {} passed, {} failed", tally.passed, tally.failed);
        total.add(&tally);
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    if total.failed == 0 && total.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn arguments() -> Option<(String, ecdsa::Options)> {
    let mut arguments = std::env::args().skip(1);
    let names =
        |part: &String| part == "all" || part == "vectors" || PARTS.contains(&part.as_str());
    let part = arguments.next().filter(names)?;
    let mut options =
        ecdsa::Options { cases: None, seed: 1, threads: 1, layout: None, quick: false };
    while let Some(name) = arguments.next() {
        if name == "--quick" {
            options.quick = true;
            continue;
        }
        let value = arguments.next()?;
        match name.as_str() {
            "--cases" => options.cases = Some(value.parse().ok().filter(|cases| *cases > 0)?),
            "--seed" => options.seed = value.parse().ok()?,
            "--threads" => options.threads = value.parse().ok()?,
            "--layout" => {
                options.layout =
                    Some(value).filter(|name| subject::LAYOUTS.contains(&name.as_str()));
                options.layout.as_ref()?;
            }
            _ => return None,
        }
    }
    Some((part, options))
}
