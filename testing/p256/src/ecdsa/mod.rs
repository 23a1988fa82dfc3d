//! Whole verifications, in every layout, with plain and prepared keys, against the crate p256 and against what is known of each
//! case by its construction.

mod cases;
mod faulty;

use crate::numbers::{B, P, number};
use crate::subject::{self, Keyed};
use crate::tally::Tally;
pub(crate) use cases::Verdict;
use cases::{Cases, Group, Signature, point};
use faulty::Fault;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::ecdsa::{self, VerifyingKey};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Cases of a smoke run, and of the controls.
const SMOKE: u64 = 4_000;
/// One key in so many is also made as if at build time, which takes long.
const BUILT: u64 = 64;
/// In a quick run, one signature of a key in so many is verified by the crate p256 too.
const VERIFIED: usize = 12;
/// Between two lines of a long run.
const STEP: u64 = 100_000;

pub(crate) struct Options {
    pub(crate) cases: Option<u64>,
    pub(crate) seed: u64,
    pub(crate) threads: u64,
    /// Only the layout of this name.
    pub(crate) layout: Option<String>,
    /// Of most cases whose verdict is known by construction, the crate p256 has computed the sum u1·G + u2·Q, and does not verify as well,
    /// which is what takes the time.
    pub(crate) quick: bool,
}

#[derive(Default)]
struct Counts {
    tally: Tally,
    /// By the key, the factors, the change, and the verdict.
    kinds: BTreeMap<[String; 2], u64>,
}

pub(crate) fn run(options: &Options) -> Tally {
    let cases = options.cases.unwrap_or(SMOKE);
    let (begun, done) = (Instant::now(), AtomicU64::new(0));
    let threads = options.threads.max(1);
    let counts: Vec<Counts> = std::thread::scope(|scope| {
        let (done, begun) = (&done, &begun);
        let workers = (0..threads).map(|thread| {
            scope.spawn(move || {
                let mut counts = Counts::default();
                let mut generator = Cases::new(options.seed.wrapping_add(thread << 32));
                let mut groups = 0_u64;
                while done.load(Ordering::Relaxed) < cases {
                    let group = generator.next();
                    judge(&group, options, groups % BUILT == 0, &mut counts);
                    groups += 1;
                    let fresh = group.signatures.len() as u64;
                    let before = done.fetch_add(fresh, Ordering::Relaxed);
                    if before / STEP != (before + fresh) / STEP {
                        let (done, seconds) = (before + fresh, begun.elapsed().as_secs());
                        println!(
                            "{done} cases, {seconds} s, {} failed in this thread",
                            counts.tally.failed
                        );
                    }
                }
                counts
            })
        });
        let workers: Vec<_> = workers.collect();
        workers.into_iter().map(|worker| worker.join().expect("a thread that ends")).collect()
    });

    let (mut total, mut kinds) = (Tally::default(), BTreeMap::new());
    for counts in counts {
        total.add(&counts.tally);
        for (kind, count) in counts.kinds {
            *kinds.entry(kind).or_insert(0_u64) += count;
        }
    }
    for ([kind, verdict], count) in &kinds {
        println!("  {kind}: {verdict}: {count}");
    }
    // Each verdict has been met.
    for verdict in [Verdict::Accepted, Verdict::Point, Verdict::Scalar, Verdict::Signature] {
        let met = kinds.iter().any(|([_, name], _)| *name == format!("{verdict:?}"));
        total.case(met, || format!("no case is {verdict:?}"));
    }
    controls(options.seed, &mut total);
    total
}

/// Verifiers that are wrong in a way in which some have been, over the same cases.
fn controls(seed: u64, total: &mut Tally) {
    for (fault, name) in faulty::FAULTS {
        let (mut control, mut generator) = (Tally::quiet(), Cases::new(seed));
        let mut left = SMOKE;
        while left > 0 && control.failed == 0 {
            let group = generator.next();
            left = left.saturating_sub(group.signatures.len() as u64);
            let Some(q) = point(&group.x, &group.y) else { continue };
            for made in &group.signatures {
                let verdict = faulty::verify(fault, &q, made);
                control.case(verdict == reference(&group, made), || "as it should".into());
            }
        }
        total.control(name, &control);
    }
    assert!(faulty::FAULTS.iter().all(|(fault, _)| *fault != Fault::None));
}

/// Lines of the committed vectors.
const VECTORS: usize = 120;

/// The vectors that the crate's own tests have: key, digest, r, s and verdict, of every kind of case.
pub(crate) fn vectors() -> String {
    let (mut generator, mut kinds, mut lines) = (Cases::new(7), BTreeMap::new(), Vec::new());
    while lines.len() < VECTORS {
        let group = generator.next();
        let mut taken = 0;
        for made in &group.signatures {
            let kind = [group.key, made.factors, made.change];
            // One more of what there are fewest of.
            let most = kind.iter().map(|kind| *kinds.get(kind).unwrap_or(&0)).min();
            if taken < 2 && most.unwrap_or(0) <= lines.len() / 12 {
                taken += 1;
                kind.iter().for_each(|kind| *kinds.entry(*kind).or_insert(0) += 1);
                let parts = [group.x, group.y, made.digest, made.r, made.s];
                let mut line: String =
                    parts.map(|part| format!("{:064x} ", number(&part))).concat();
                line += &format!("{:?}\n", reference(&group, made));
                lines.push(line);
            }
        }
    }
    lines.concat()
}

fn judge(group: &Group, options: &Options, build: bool, counts: &mut Counts) {
    let valid = is_on_curve(&group.x, &group.y);
    let keys: Vec<(String, Result<Box<dyn Keyed>, Verdict>)> =
        subject::keys(&group.x, &group.y, options.layout.as_deref(), build);
    let reference_key = reference_key(group);
    for (index, made) in group.signatures.iter().enumerate() {
        let expected = match (&reference_key, made.expected) {
            (None, _) => Verdict::Point,
            (Some(_), Some(known)) if options.quick && index % VERIFIED != 0 => known,
            (Some(key), _) => reference_with(key, made),
        };
        let known =
            made.expected.is_none_or(|known| known == expected) && valid == reference_key.is_some();
        let context =
            || format!("{} | {} | {} | {}", group.key, made.factors, made.change, hex(group, made));
        let mut good = known;
        let mut complaint = String::new();
        if !known {
            complaint = format!("p256 says {expected:?}, by construction {:?}", made.expected);
        }
        for (name, key) in &keys {
            let verdict = match key {
                Ok(key) => key.verify(&made.digest, &made.r, &made.s),
                Err(verdict) => *verdict,
            };
            if verdict != expected {
                good = false;
                complaint = format!("{complaint}; {name} says {verdict:?}, p256 {expected:?}");
            }
        }
        counts.tally.case(good, || format!("{complaint}: {}", context()));
        let verdict = format!("{expected:?}");
        for kind in [
            format!("key {}", group.key),
            format!("factors {}", made.factors),
            format!("change {}", made.change),
        ] {
            *counts.kinds.entry([kind, verdict.clone()]).or_default() += 1;
        }
    }
}

/// The equation, in plain arithmetic.
fn is_on_curve(x: &[u8; 32], y: &[u8; 32]) -> bool {
    let (x, y) = (number(x), number(y));
    x < *P && y < *P && &y * &y % &*P == (&x * &x * &x + (&*P - 3_u8) * &x + &*B) % &*P
}

fn reference(group: &Group, made: &Signature) -> Verdict {
    reference_key(group).map_or(Verdict::Point, |key| reference_with(&key, made))
}

fn reference_key(group: &Group) -> Option<VerifyingKey> {
    VerifyingKey::from_affine(point(&group.x, &group.y)?).ok()
}

/// What the crate p256 says.
fn reference_with(key: &VerifyingKey, made: &Signature) -> Verdict {
    let Ok(signature) = ecdsa::Signature::from_scalars(made.r, made.s) else {
        return Verdict::Scalar;
    };
    match key.verify_prehash(&made.digest, &signature) {
        Ok(()) => Verdict::Accepted,
        Err(_) => Verdict::Signature,
    }
}

fn hex(group: &Group, made: &Signature) -> String {
    let parts = [group.x, group.y, made.digest, made.r, made.s];
    let names = ["x", "y", "digest", "r", "s"];
    let texts =
        names.iter().zip(parts).map(|(name, bytes)| format!("{name} {:064x}", number(&bytes)));
    texts.collect::<Vec<_>>().join(" ")
}
