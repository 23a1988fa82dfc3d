//! The sweep: every prefix and every single-byte change of every input that the vectors say must be accepted.
//!
//! No change may bring a panic. A changed input is refused, by an error of the right side (the client's input never gives
//! `config`, the host's always does), or it is accepted and the answer is provably right: the same meaning as before, or, only
//! where nothing signs it, the changed value itself, as an independent reader finds it. What may be accepted is written down
//! for each operation, beside the operation, in `ops/`.
//!
//! ```text
//! mfakit-sweep [--every K] [--only TEXT] [--vectors DIR]
//! ```
//!
//! Each judge is itself tried on every input set: it is shown answers of a verifier that accepts everything, and must object.

mod changes;
mod judge;
mod ops;
mod reference;
mod surface;
mod vectors;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use surface::{Surface, Tally};

/// What the full run must at least try.
const LEAST_INPUTS: u64 = 1_000_000;
/// Findings of one surface that are printed.
const SHOWN: usize = 3;

struct Options {
    every: usize,
    only: String,
    vectors: PathBuf,
}

fn main() -> ExitCode {
    let Some(options) = options() else {
        eprintln!("mfakit-sweep [--every K, odd] [--only TEXT] [--vectors DIR]");
        return ExitCode::from(2);
    };
    match run(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("sweep: {error}");
            ExitCode::from(2)
        }
    }
}

fn options() -> Option<Options> {
    let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/../../conformance/vectors");
    let mut options = Options { every: 1, only: String::new(), vectors: PathBuf::from(vectors) };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next()?;
        match argument.as_str() {
            // A position has 256 inputs: an even K would try only some values, an odd one meets all.
            "--every" => options.every = value.parse().ok().filter(|k| k % 2 == 1)?,
            "--only" => options.only = value,
            "--vectors" => options.vectors = PathBuf::from(value),
            _ => return None,
        }
    }
    Some(options)
}

fn run(options: &Options) -> Result<bool, String> {
    let mut surfaces = Vec::new();
    for case in vectors::accepted(&options.vectors)? {
        let found = ops::surfaces(&case).map_err(|error| format!("{}: {error}", case.name))?;
        surfaces.extend(found);
    }
    surfaces.extend(ops::of_our_own()?);
    surfaces.retain(|surface| surface.op.contains(&options.only));
    // The long ones first, so that no processor ends alone.
    surfaces.sort_by_key(|surface| std::cmp::Reverse(surface.bytes.len()));

    let begun = Instant::now();
    let tallies = sweep_all(&surfaces, options.every);
    let seconds = begun.elapsed().as_secs_f64();

    let failed = tallies.iter().filter(|tally| !tally.findings.is_empty()).count();
    print_findings(&surfaces, &tallies);
    let total = print_table(&surfaces, &tallies);
    print_omissions(&surfaces, &tallies);
    println!(
        "{total} inputs in {seconds:.1} s, {:.0} a second; {} of {} changes judged as if all were accepted: objected to",
        total as f64 / seconds.max(0.001),
        tallies.iter().map(|tally| tally.objections).sum::<u64>(),
        tallies.iter().map(|tally| tally.lenient).sum::<u64>(),
    );
    let full = options.every == 1 && options.only.is_empty();
    let enough = !full || total >= LEAST_INPUTS;
    if !enough {
        println!("FAIL fewer than {LEAST_INPUTS} inputs");
    }
    let passed = tallies.len() - failed;
    println!("{passed} passed, {} failed", failed + usize::from(!enough));
    Ok(failed == 0 && enough && passed > 0)
}

fn sweep_all(surfaces: &[Surface], every: usize) -> Vec<Tally> {
    surface::watch_panics();
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, Tally)>> = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(surface) = surfaces.get(index) else { break };
                    let tally = surface.sweep(every);
                    results.lock().expect("a worker does not panic").push((index, tally));
                }
            });
        }
    });
    let mut results = results.into_inner().expect("a worker does not panic");
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, tally)| tally).collect()
}

/// Nothing is left out in silence.
fn print_omissions(surfaces: &[Surface], tallies: &[Tally]) {
    for (surface, tally) in surfaces.iter().zip(tallies) {
        let what = format!("{} {}, {}", surface.op, surface.name, surface.case);
        if tally.left_out > 0 {
            let len = surface.bytes.len();
            println!("     {len} bytes, {} changes left out: {what}", tally.left_out);
        }
        if tally.not_built {
            println!("     its algorithm is not built in, every change refused: {what}");
        }
    }
}

fn print_findings(surfaces: &[Surface], tallies: &[Tally]) {
    for (surface, tally) in surfaces.iter().zip(tallies) {
        for finding in tally.findings.iter().take(SHOWN) {
            println!("FAIL {} {}, {}: {finding}", surface.op, surface.name, surface.case);
        }
        if let Some(more) = tally.findings.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            println!("     … and {more} more");
        }
    }
}

/// A line for each operation and what was changed of it. Returns the number of inputs.
fn print_table(surfaces: &[Surface], tallies: &[Tally]) -> u64 {
    let mut rows: BTreeMap<(&str, &str), (u64, Tally)> = BTreeMap::new();
    for (surface, tally) in surfaces.iter().zip(tallies) {
        let row = rows.entry((&surface.op, surface.name)).or_default();
        row.0 += 1;
        row.1.add(tally);
    }
    println!(
        "     {:24} {:20} {:>7} {:>10} {:>10} {:>8} {:>12}",
        "operation", "changed", "vectors", "inputs", "refused", "the same", "as changed"
    );
    for ((op, name), (vectors, tally)) in &rows {
        println!(
            "{:4} {op:24} {name:20} {vectors:7} {:10} {:10} {:8} {:12}",
            if tally.findings.is_empty() { "ok" } else { "FAIL" },
            tally.inputs,
            tally.refused,
            tally.same,
            tally.reported,
        );
    }
    rows.values().map(|(_, tally)| tally.inputs).sum()
}
