//! mfakit's Rust operations beside those of other crates.
//!
//! ```text
//! mfakit-benches inputs [N]            the inputs as JSON, with N sign-ins in the batch
//! mfakit-benches times ROUNDS MS       CPU time: each contestant in turn, MS milliseconds a turn, ROUNDS times
//! mfakit-benches list                  contests and contestants, a line each
//! mfakit-benches once CONTEST NAME N   one contestant's work N times, for callgrind
//! ```
//!
//! A contestant that refuses the good input or accepts the bad one ends the program. Times are printed a line of JSON each.

mod inputs;
mod operations;

use operations::{Contest, Contestant, contests};
use serde_json::json;
use std::hint::black_box;
use std::time::Instant;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["inputs"] => println!("{}", inputs::json(1000)),
        ["inputs", batch] => println!("{}", inputs::json(number(batch))),
        ["times", rounds, milliseconds] => times(number(rounds), number(milliseconds)),
        ["list"] => {
            for contest in contests() {
                for contestant in contest.contestants {
                    println!("{}\t{}", contest.name, contestant.name);
                }
            }
        }
        ["once", contest, name, count] => once(contest, name, number(count)),
        _ => panic!("usage: see src/main.rs"),
    }
}

fn times(rounds: usize, milliseconds: usize) {
    for Contest { name, contestants } in contests() {
        contestants.iter().for_each(check);
        let counts: Vec<usize> =
            contestants.iter().map(|one| count_for(one, milliseconds)).collect();
        let mut found = vec![Vec::new(); contestants.len()];
        for _ in 0..rounds {
            for ((one, count), found) in contestants.iter().zip(&counts).zip(&mut found) {
                found.push(cpu_time(one, *count) / *count as f64);
            }
        }
        for (one, found) in contestants.iter().zip(found) {
            println!("{}", json!({"contest": name, "name": one.name, "ns": found}));
        }
    }
}

fn check(one: &Contestant) {
    assert!((one.run)(true), "{} refuses the good input", one.name);
    assert!(!(one.run)(false), "{} accepts the bad input", one.name);
}

/// How often it can be run in so many milliseconds; warms it up meanwhile.
fn count_for(one: &Contestant, milliseconds: usize) -> usize {
    let start = Instant::now();
    let mut count = 0;
    while start.elapsed().as_millis() < milliseconds as u128 || count < 3 {
        assert!((one.run)(black_box(true)));
        count += 1;
    }
    count
}

/// Nanoseconds of CPU time.
fn cpu_time(one: &Contestant, count: usize) -> f64 {
    let start = process_time();
    repeat(one, count);
    process_time() - start
}

fn process_time() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the clock exists, and `time` is writable.
    let status = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    assert_eq!(status, 0);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

fn once(contest: &str, name: &str, count: usize) {
    let contest = contests().into_iter().find(|one| one.name == contest).expect("a contest");
    let one = contest.contestants.iter().find(|one| one.name == name).expect("a contestant");
    // What a library sets up when it is used first is not counted.
    check(one);
    repeat(one, count);
}

/// What callgrind counts, by its name.
#[inline(never)]
fn repeat(one: &Contestant, count: usize) {
    for _ in 0..count {
        assert!((one.run)(black_box(true)));
    }
}

fn number(text: &str) -> usize {
    text.parse().expect("a number")
}
