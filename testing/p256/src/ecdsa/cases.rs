//! Signatures whose verdict is known before anybody verifies them.
//!
//! A signature is made from the outside: u1, u2 and the key are chosen, R = u1·G + u2·Q is computed, then r = x(R) mod n,
//! s = r/u2 and the digest e = u1·s. So the verifier meets exactly the factors, and within its chain exactly the partial sums,
//! that are wanted.

use crate::numbers::{N, P, Random, bytes, number, power, small, y_at};
use num_bigint::BigUint;
use p256::elliptic_curve::ops::Reduce;
use p256::elliptic_curve::point::AffineCoordinates;
use p256::elliptic_curve::sec1::{FromSec1Point, ToSec1Point};
use p256::elliptic_curve::{BatchNormalize, Field, Group as _, PrimeField};
use p256::{AffinePoint, FieldBytes, ProjectivePoint, Scalar, Sec1Point};

/// What a verifier says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Accepted,
    /// No such key.
    Point,
    /// r or s is not in 1..n.
    Scalar,
    /// The signature does not hold.
    Signature,
}

/// Signatures under one key.
pub(crate) struct Group {
    pub(crate) key: &'static str,
    pub(crate) x: [u8; 32],
    pub(crate) y: [u8; 32],
    pub(crate) signatures: Vec<Signature>,
}

#[derive(Clone)]
pub(crate) struct Signature {
    pub(crate) factors: &'static str,
    pub(crate) change: &'static str,
    pub(crate) digest: [u8; 32],
    pub(crate) r: [u8; 32],
    pub(crate) s: [u8; 32],
    /// By construction. Nothing is known of what was changed without a plan.
    pub(crate) expected: Option<Verdict>,
}

/// Signatures that have a key in common, where its discrete logarithm is known: preparing a key is not what takes the time.
const TOGETHER: usize = 24;

pub(crate) struct Cases {
    random: Random,
    comb: Comb,
}

impl Cases {
    pub(crate) fn new(seed: u64) -> Self {
        Self { random: Random::new(seed), comb: Comb::new() }
    }

    /// The next key and its signatures.
    pub(crate) fn next(&mut self) -> Group {
        match self.random.below(64) {
            0..=7 => self.over_the_order(),
            8..=9 => self.of_a_strange_point(),
            10..=13 => self.refused_key(),
            _ => self.of_a_known_logarithm(),
        }
    }

    /// Q = d·G: every R is a multiple of G.
    fn of_a_known_logarithm(&mut self) -> Group {
        let (key, d) = self.logarithm();
        let q = AffinePoint::from(self.comb.times(&d));
        // 64-bit pieces that several factors have in common, so that partial sums of the chain meet.
        let pieces =
            [self.random.next() | 1, self.random.next() & 0xffff, 1 << self.random.below(64)];
        let factors: Vec<_> = (0..TOGETHER).map(|_| self.factors(&d, &pieces)).collect();
        let sums: Vec<_> =
            factors.iter().map(|(_, u1, u2)| self.comb.times(&(*u1 + *u2 * d))).collect();
        let signatures = self.sign(&factors, &sums);
        self.group(key, &q, signatures)
    }

    /// The logarithm of a key: often one under which odd multiples of Q are those of G, or of 2⁶⁴ᵏG.
    fn logarithm(&mut self) -> (&'static str, Scalar) {
        let random = &mut self.random;
        let few = Scalar::from(1 + random.below(40));
        let shift = scalar(&power(64 * random.below(4) as usize));
        let (name, d) = match random.below(10) {
            0 => ("±few·G", few),
            1 => ("±few·2^64k·G", few * shift),
            2 => ("±few/2^64k·G", few * invert(&shift)),
            3 => (
                "few·2^64k·G ± few·2^64j·G",
                few * shift + scalar(&power(64 * random.below(4) as usize)),
            ),
            4 => ("±2^k·G", scalar(&power(random.below(256) as usize))),
            5 => ("±G", Scalar::ONE),
            6 => ("pattern·G", scalar(&random.pattern())),
            _ => ("random·G", scalar(&random.bits())),
        };
        let d = if random.one_in(2) { d } else { -d };
        if bool::from(d.is_zero()) { ("±G", Scalar::ONE) } else { (name, d) }
    }

    /// u1 and u2, which is not 0, for the key d·G.
    fn factors(&mut self, d: &Scalar, pieces: &[u64; 3]) -> (&'static str, Scalar, Scalar) {
        let random = &mut self.random;
        let (name, u1, u2) = match random.below(12) {
            0 => ("u1 = 0", Scalar::ZERO, factor(random)),
            1 => {
                let u2 = factor(random);
                ("u1·G = −u2·Q", -(u2 * d), u2)
            }
            2 => {
                let u2 = factor(random);
                ("u1·G = u2·Q", u2 * d, u2)
            }
            3 => {
                // All but the last digits cancel, or the other way about.
                let (u2, few) = (factor(random), Scalar::from(random.below(300)));
                let u1 = if random.one_in(2) { -(u2 * d) } else { u2 * d };
                ("u1·G = ±u2·Q ± few·G", if random.one_in(2) { u1 + few } else { u1 - few }, u2)
            }
            4 => {
                // The high halves cancel, the low halves do not.
                let k = random.below(250) as usize;
                let (high, low) = (
                    scalar(&(random.bits() >> (k + 2).min(255))),
                    scalar(&(random.bits() >> (256 - k))),
                );
                let u2 = high * scalar(&power(k));
                let u1 = if random.one_in(2) { -(u2 * d) } else { u2 * d };
                (
                    "u1·G = ±u2·Q, then low digits",
                    u1 + low,
                    u2 + scalar(&(random.bits() >> (256 - k))),
                )
            }
            5..=7 => (
                "pieces of 64 bits in common",
                self::pieces(random, pieces),
                self::pieces(random, pieces),
            ),
            8 => ("pattern", factor(random), factor(random)),
            _ => ("random", scalar(&random.bits()), scalar(&random.bits())),
        };
        // u2 = r/s is not 0.
        if bool::from(u2.is_zero()) { ("u2 = 1", u1, Scalar::ONE) } else { (name, u1, u2) }
    }

    /// The signatures with these factors and these u1·G + u2·Q.
    fn sign(
        &mut self,
        factors: &[(&'static str, Scalar, Scalar)],
        sums: &[ProjectivePoint],
    ) -> Vec<Signature> {
        let points: Vec<AffinePoint> = ProjectivePoint::batch_normalize(sums);
        let inverses = invert_all(factors.iter().map(|(_, _, u2)| *u2));
        let all = factors.iter().zip(&points).zip(&inverses);
        all.map(|((&(factors, u1, _), point), over_u2)| {
            let identity = bool::from(point.is_identity());
            let x = if identity { bytes(&self.random.bits()) } else { point.x().into() };
            let mut r = scalar(&number(&x));
            let none = identity || bool::from(r.is_zero());
            if bool::from(r.is_zero()) {
                r = Scalar::ONE;
            }
            let s = r * over_u2;
            // Where x(R) is a multiple of n there is no r.
            let expected = if none { Verdict::Signature } else { Verdict::Accepted };
            let good = Signature {
                factors: if identity { "R at infinity" } else { factors },
                change: "none",
                digest: self.digest_of(&(u1 * s)),
                r: s_bytes(&r),
                s: s_bytes(&s),
                expected: Some(expected),
            };
            if self.random.one_in(2) { good } else { self.changed(good, &u1, &over_u2, &x) }
        })
        .collect()
    }

    /// A digest may be n and more.
    fn digest_of(&mut self, e: &Scalar) -> [u8; 32] {
        let e = number(&s_bytes(e));
        let over = &e + &*N;
        bytes(if over.bits() <= 256 && self.random.one_in(2) { &over } else { &e })
    }

    /// The same signature with one thing about it changed.
    fn changed(
        &mut self,
        mut made: Signature,
        u1: &Scalar,
        over_u2: &Scalar,
        x: &[u8; 32],
    ) -> Signature {
        let random = &mut self.random;
        let (r, s) = (number(&made.r), number(&made.s));
        match random.below(10) {
            0 | 1 => {
                made.change = "a bit";
                let (field, bit) = (random.below(3), random.below(256) as usize);
                let bytes = match field {
                    0 => &mut made.digest,
                    1 => &mut made.r,
                    _ => &mut made.s,
                };
                bytes[bit / 8] ^= 1 << (bit % 8);
                made.expected = None;
            }
            2 | 3 => {
                // −R has the same x.
                made.change = "n − s";
                made.s = bytes(&(&*N - s));
            }
            4 => {
                made.change = "r + n or s + n";
                let (place, of) =
                    if random.one_in(2) { (&mut made.r, r) } else { (&mut made.s, s) };
                let over = of + &*N;
                *place = bytes(&if over.bits() <= 256 { over } else { power(256) - 1_u8 });
                made.expected = Some(Verdict::Scalar);
            }
            5 => {
                made.change = "r or s out of range";
                let ends =
                    [small(0), N.clone(), &*N + 1_u8, P.clone(), &*P - 1_u8, power(256) - 1_u8];
                *(if random.one_in(2) { &mut made.r } else { &mut made.s }) =
                    bytes(&random.one_of(&ends));
                made.expected = Some(Verdict::Scalar);
            }
            6 => {
                made.change = "r or s at an end";
                let ends = [small(1), small(2), &*N - 1_u8, &*N - 2_u8, &*P - &*N, &*N >> 1];
                *(if random.one_in(2) { &mut made.r } else { &mut made.s }) =
                    bytes(&random.one_of(&ends));
                made.expected = None;
            }
            7 | 8 => {
                self.wrap(&mut made, u1, over_u2, &number(x));
            }
            _ => {
                made.change = "the digest at an end";
                let ends = [
                    small(0),
                    small(1),
                    N.clone(),
                    &*N - 1_u8,
                    &*N + 1_u8,
                    P.clone(),
                    power(256) - 1_u8,
                ];
                made.digest = bytes(&random.one_of(&ends));
                made.expected = None;
            }
        }
        made
    }

    /// The same R, with an r for which r + n is x + p: that is x for whoever compares modulo p.
    fn wrap(&mut self, made: &mut Signature, u1: &Scalar, over_u2: &Scalar, x: &BigUint) {
        let wrapped = x + (&*P - &*N);
        if wrapped >= *N {
            return;
        }
        made.change = "r + n = x + p";
        let r = scalar(&wrapped);
        let s = r * over_u2;
        made.digest = self.digest_of(&(u1 * &s));
        (made.r, made.s) = (s_bytes(&r), s_bytes(&s));
        made.expected = Some(Verdict::Signature);
    }

    /// x(R) is n or more, so that r + n is what has to be compared; or so small that the same happens to a wrong r.
    fn over_the_order(&mut self) -> Group {
        let few = self.random.one_in(2);
        let (start, end) =
            if self.random.one_in(2) { (small(0), &*P - &*N) } else { (N.clone(), P.clone()) };
        let mut x = &start
            + if few { small(self.random.below(64)) } else { self.random.bits() % (&end - &start) };
        if self.random.one_in(4) {
            // From the end.
            x = &end - 1_u8 - small(self.random.below(64));
        }
        let y = loop {
            if let Some(y) = y_at(&x) {
                break y;
            }
            x = if &x + 1_u8 < end { x + 1_u8 } else { start.clone() };
        };
        let point = ProjectivePoint::from(self.point(&x, &y));
        let pieces = [1, 2, 3];
        let (name, u1, u2) = self.factors(&Scalar::ONE, &pieces);
        // Q = (R − u1·G)/u2
        let q = (point - self.comb.times(&u1)) * invert(&u2);
        if bool::from(q.is_identity()) {
            return self.of_a_known_logarithm();
        }
        let q = AffinePoint::from(q);
        let mut signatures = self.sign(&[(name, u1, u2); 4], &[point; 4]);
        if x >= *N {
            // The r that is too large is refused, however right it is.
            let mut unreduced = signatures[0].clone();
            unreduced.change = "r = x(R), n or more";
            unreduced.r = bytes(&x);
            unreduced.expected = Some(Verdict::Scalar);
            signatures.push(unreduced);
        } else {
            let mut wrapped = signatures[0].clone();
            self.wrap(&mut wrapped, &u1, &invert(&u2), &x);
            signatures.push(wrapped);
        }
        self.group(if x >= *N { "x(R) ≥ n" } else { "x(R) < p − n" }, &q, signatures)
    }

    /// A key whose coordinates are strange, and whose logarithm nobody knows.
    fn of_a_strange_point(&mut self) -> Group {
        let ends = [small(0), P.clone(), N.clone(), power(255), power(224), power(128)];
        let mut x =
            if self.random.one_in(2) { self.random.near(&ends) } else { self.random.pattern() }
                % &*P;
        let y = loop {
            if let Some(y) = y_at(&x) {
                break y;
            }
            x = (x + 1_u8) % &*P;
        };
        let q = self.point(&x, &y);
        let pieces = [1, 2, 3];
        let factors: Vec<_> = (0..4).map(|_| self.factors(&Scalar::ONE, &pieces)).collect();
        let sums: Vec<_> = factors
            .iter()
            .map(|(_, u1, u2)| self.comb.times(u1) + ProjectivePoint::from(q) * u2)
            .collect();
        let signatures = self.sign(&factors, &sums);
        self.group("a strange x", &q, signatures)
    }

    /// Coordinates that are no key.
    fn refused_key(&mut self) -> Group {
        let random = &mut self.random;
        let mut x = random.pattern();
        let on_curve = loop {
            x %= &*P;
            if let Some(y) = y_at(&x) {
                break (x.clone(), y);
            }
            x += 1_u8;
        };
        let (x, y) = on_curve;
        let (key, x, y) = match random.below(8) {
            0 => ("x + p", &x + &*P, y),
            1 => ("y + p", x, y + &*P),
            2 => ("x of p and more", random.near(&[P.clone(), power(256)]), y),
            3 => ("y of p and more", x, random.near(&[P.clone(), power(256)])),
            4 => ("x = 0", small(0), random.near(&[small(0)])),
            5 => ("another y", x, random.pattern()),
            6 => ("a bit of y", x, y ^ power(random.below(256) as usize)),
            _ => ("the twist", &*P - x, y),
        };
        // Only numbers of 256 bits can be written.
        let (x, y) = (x % power(256), y % power(256));
        let signature = Signature {
            factors: "any",
            change: "none",
            digest: bytes(&random.bits()),
            r: s_bytes(&scalar(&random.bits())),
            s: s_bytes(&scalar(&random.bits())),
            expected: None,
        };
        Group { key, x: bytes(&x), y: bytes(&y), signatures: vec![signature] }
    }

    fn point(&mut self, x: &BigUint, y: &BigUint) -> AffinePoint {
        let y = if self.random.one_in(2) { y.clone() } else { &*P - y };
        point(&bytes(x), &bytes(&y)).expect("a point of the curve")
    }

    fn group(&self, key: &'static str, q: &AffinePoint, signatures: Vec<Signature>) -> Group {
        let (x, y) = coordinates(q);
        Group { key, x, y, signatures }
    }
}

/// A factor with long runs, or next to 0, n or a power of two.
fn factor(random: &mut Random) -> Scalar {
    let factor = match random.below(5) {
        0 => random.near(&[small(0), N.clone(), &*N >> 1]),
        1 => {
            let power = power(random.below(256) as usize);
            random.near(&[power])
        }
        2 => scalar_from_digits(random),
        _ => random.pattern(),
    };
    let factor = scalar(&factor);
    if random.one_in(2) { factor } else { -factor }
}

/// Few digits, each at the bounds of what a recoding writes.
fn scalar_from_digits(random: &mut Random) -> BigUint {
    let digits = [1, 3, 15, 16, 17, 31, 33, 63, 64, 65, 127, 128, 129];
    let mut sum = small(0);
    for _ in 0..1 + random.below(6) {
        let digit = small(random.one_of(&digits)) << random.below(250) as usize;
        sum = if random.one_in(2) { sum + digit } else { sum + &*N * 128_u8 - digit };
        sum %= &*N;
    }
    sum
}

/// Four pieces of 64 bits, each one of a few, or nothing.
fn pieces(random: &mut Random, pieces: &[u64; 3]) -> Scalar {
    let mut sum = small(0);
    for at in 0..4 {
        let piece = match random.below(8) {
            0 | 1 => 0,
            2..=4 => pieces[random.below(3) as usize],
            5 => pieces[0].wrapping_add(random.below(64)),
            6 => 1 + random.below(40),
            _ => pieces[0] & (u64::MAX << random.below(64)),
        };
        sum |= small(piece) << (64 * at);
    }
    let sum = scalar(&sum);
    if random.one_in(2) { sum } else { -sum }
}

/// Modulo n.
pub(crate) fn scalar(number: &BigUint) -> Scalar {
    <Scalar as Reduce<FieldBytes>>::reduce(&bytes(number).into())
}

pub(crate) fn s_bytes(scalar: &Scalar) -> [u8; 32] {
    scalar.to_repr().into()
}

pub(crate) fn invert(scalar: &Scalar) -> Scalar {
    scalar.invert().expect("not zero")
}

/// With one inversion (Montgomery's trick).
fn invert_all(scalars: impl Iterator<Item = Scalar>) -> Vec<Scalar> {
    let (mut product, mut steps) = (Scalar::ONE, Vec::new());
    for scalar in scalars {
        steps.push((scalar, product));
        product *= scalar;
    }
    let mut inverse = invert(&product);
    let mut inverses = Vec::new();
    for (scalar, before) in steps.into_iter().rev() {
        inverses.push(inverse * before);
        inverse *= scalar;
    }
    inverses.reverse();
    inverses
}

/// The point with these coordinates, if there is one.
pub(crate) fn point(x: &[u8; 32], y: &[u8; 32]) -> Option<AffinePoint> {
    let encoded = Sec1Point::from_affine_coordinates(&(*x).into(), &(*y).into(), false);
    AffinePoint::from_sec1_point(&encoded).into_option()
}

pub(crate) fn coordinates(point: &AffinePoint) -> ([u8; 32], [u8; 32]) {
    let encoded = point.to_sec1_point(false);
    let coordinate = |bytes: &[u8]| bytes.try_into().expect("32 bytes");
    let (head, y) = encoded.as_bytes().split_at(33);
    (coordinate(&head[1..]), coordinate(y))
}

/// Multiples of G by a table of every byte's: j·256ⁱ·G.
struct Comb {
    table: Vec<[AffinePoint; 255]>,
}

impl Comb {
    fn new() -> Self {
        let mut base = ProjectivePoint::GENERATOR;
        let mut table = Vec::new();
        for _ in 0..32 {
            let mut multiples = [base; 255];
            for i in 1..255 {
                multiples[i] = multiples[i - 1] + base;
            }
            base += multiples[254];
            table.push(ProjectivePoint::batch_normalize(&multiples));
        }
        Self { table }
    }

    fn times(&self, k: &Scalar) -> ProjectivePoint {
        let bytes = s_bytes(k);
        let steps = bytes.iter().rev().zip(&self.table).filter(|(byte, _)| **byte != 0);
        steps.fold(ProjectivePoint::IDENTITY, |sum, (byte, row)| sum + row[usize::from(*byte) - 1])
    }
}
