//! The oracles without libFuzzer: `smoke VECTORS ARTIFACTS LIMIT [TARGET…]` runs each over its seeds, the conformance vectors
//! and mutations of both. LIMIT is a number of mutations for each target (`20000`; fewer for costly ones), or a time for all of
//! them (`60s`).
//!
//! An input that makes an oracle panic is written to ARTIFACTS. A target also fails if mfakit accepted none of its seeds: then
//! it has shown nothing. The last line is `N passed, N failed`.

use mfakit_fuzz::mutate::{Random, mutate};
use mfakit_fuzz::{TARGETS, Target, vectors};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// When a target is done.
#[derive(Clone, Copy)]
enum Limit {
    Count(u64),
    Time(Duration),
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [vectors, artifacts, limit, names @ ..] = &arguments[..] else {
        eprintln!("smoke VECTORS ARTIFACTS COUNT|SECONDSs [TARGET…]");
        return ExitCode::from(2);
    };
    let targets: Vec<&Target> = TARGETS
        .iter()
        .filter(|t| names.is_empty() || names.iter().any(|name| name == t.name))
        .collect();
    let known = names.iter().all(|name| TARGETS.iter().any(|t| t.name == name));
    let (Some(limit), true) = (parse_limit(limit, targets.len()), known) else {
        eprintln!("smoke: LIMIT is a count or seconds with an s; targets are:");
        TARGETS.iter().for_each(|t| eprintln!("  {}", t.name));
        return ExitCode::from(2);
    };
    let vectors = match vectors::read(Path::new(vectors)) {
        Ok(vectors) => vectors,
        Err(error) => {
            eprintln!("smoke: {error}");
            return ExitCode::FAILURE;
        }
    };
    let mut failed = 0;
    for target in &targets {
        let from_vectors = vectors.get(target.name).map_or(&[][..], Vec::as_slice);
        failed += usize::from(!run(target, from_vectors, limit, Path::new(artifacts)));
    }
    println!("{} passed, {failed} failed", targets.len() - failed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn parse_limit(text: &str, targets: usize) -> Option<Limit> {
    match text.strip_suffix('s') {
        Some(seconds) => {
            let seconds: u32 = seconds.parse().ok()?;
            let each =
                Duration::from_secs(u64::from(seconds)) / u32::try_from(targets).ok()?.max(1);
            Some(Limit::Time(each))
        }
        None => text.parse().ok().map(Limit::Count),
    }
}

/// Whether the target agreed on every input, and accepted some.
fn run(target: &Target, from_vectors: &[Vec<u8>], limit: Limit, artifacts: &Path) -> bool {
    let begun = Instant::now();
    let own = (target.seeds)();
    let seeds: Vec<&Vec<u8>> = own.iter().chain(from_vectors).collect();
    let mut seeds_accepted = 0_u64;
    for seed in &seeds {
        match agrees(target, seed, artifacts) {
            Some(accepted) => seeds_accepted += u64::from(accepted),
            None => return false,
        }
    }
    // The same inputs in every run; another length of run only adds to them.
    let mut random = Random::new(0x6d66_616b_6974);
    let (mut count, mut accepted) = (0_u64, 0_u64);
    while match limit {
        Limit::Count(most) => count < most.div_ceil(target.cost),
        Limit::Time(most) => begun.elapsed() < most,
    } {
        let mut input = seeds[random.below(seeds.len())].clone();
        mutate(&mut input, seeds[random.below(seeds.len())], &mut random);
        match agrees(target, &input, artifacts) {
            Some(yes) => accepted += u64::from(yes),
            None => return false,
        }
        count += 1;
    }
    let empty = seeds_accepted == 0;
    println!(
        "{:4} {:18} {:6.1} s  {seeds_accepted} of {} seeds and {accepted} of {count} mutations accepted",
        if empty { "FAIL" } else { "ok" },
        target.name,
        begun.elapsed().as_secs_f64(),
        seeds.len(),
    );
    !empty
}

/// Whether mfakit accepted the input; `None`, with the input saved, if the oracle panicked.
fn agrees(target: &Target, input: &[u8], artifacts: &Path) -> Option<bool> {
    let result = catch_unwind(AssertUnwindSafe(|| (target.check)(input)));
    if result.is_err() {
        let folder = artifacts.join(target.name);
        let path = folder.join("smoke");
        let saved = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, input));
        let hex = data_encoding::HEXLOWER.encode(input);
        println!("FAIL {:18} on {} bytes: {hex}", target.name, input.len());
        match saved {
            Ok(()) => println!("     saved as {}", path.display()),
            Err(error) => println!("     not saved: {error}"),
        }
    }
    result.ok()
}
