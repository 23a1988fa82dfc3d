//! Against `num-bigint`, against the textbook's group law on it, and against the crates p384, p521 and k256.

use super::field::{bits, number};
use super::point::recode;
use super::*;
use crate::crypto::test_numbers::Random;
use num_bigint::BigUint;
use std::vec;
use std::vec::Vec;

fn small(number: u32) -> BigUint {
    BigUint::from(number)
}

fn big<const L: usize>(number: &Number<L>) -> BigUint {
    let bits = 8 * size_of_val(&number[0]);
    number.iter().rev().fold(BigUint::ZERO, |n, word| (n << bits) + *word)
}

fn words<const L: usize>(number_: &BigUint) -> Number<L> {
    number(&number_.to_bytes_be())
}

/// In as many bytes as the curve has.
fn bytes(number: &BigUint, len: usize) -> Vec<u8> {
    let bytes = number.to_bytes_be();
    [vec![0; len - bytes.len()], bytes].concat()
}

fn value<const L: usize>(modulus: &Modulus<L>) -> BigUint {
    big(&modulus.plus(&[0; L]).expect("it fits"))
}

/// Numbers at every edge, and others; all are below m.
fn numbers(m: &BigUint, random: &mut Random) -> Vec<BigUint> {
    let mut numbers: Vec<BigUint> = (0..4).map(small).collect();
    numbers.extend((1..4).map(|few| m - small(few)));
    for bit in [31, 32, 63, 64, 127, 128, m.bits() - 1] {
        numbers.extend([small(1) << bit, (small(1) << bit) - small(1), m - (small(1) << bit)]);
    }
    numbers.extend([m >> 1, (m >> 1) + small(1)]);
    numbers.extend((0..12).map(|_| random.pattern(m.bits()) % m));
    numbers.extend((0..6).map(|_| random.below(m)));
    numbers
}

fn calculates<const L: usize>(modulus: &Modulus<L>) {
    let mut random = Random(1);
    let m = value(modulus);
    let r = modulus.one();
    // R, which is 1 in Montgomery's form, and its inverse.
    let base = BigUint::from(1_u8) << (8 * size_of_val(&r[0]) * used(&m, size_of_val(&r[0])));
    assert_eq!(big(&r), &base % &m);
    let inverse = base.modinv(&m).expect("odd");
    let numbers = numbers(&m, &mut random);
    for a in &numbers {
        let number = words(a);
        assert_eq!(modulus.read(&a.to_bytes_be()), Some(number));
        assert_eq!(big(&modulus.form(&number)), a * &base % &m);
        for b in &numbers {
            let other = words(b);
            assert_eq!(big(&modulus.add(&number, &other)), (a + b) % &m, "{a:x} + {b:x}");
            assert_eq!(big(&modulus.sub(&number, &other)), (&m + a - b) % &m, "{a:x} - {b:x}");
            let product = a * b * &inverse % &m;
            assert_eq!(big(&modulus.mul(&number, &other)), product, "{a:x} · {b:x}");
        }
        // The first factor may be anything below R.
        for b in [&base - small(1), &base - small(2), (&base >> 1) + a, &m + small(1)] {
            let b = &b % &base;
            if b.bits() > 528 {
                continue;
            }
            let product = a * &b * &inverse % &m;
            assert_eq!(big(&modulus.mul(&words(&b), &number)), product, "{a:x} · {b:x}");
        }
    }
    for a in numbers.iter().step_by(5) {
        let form = modulus.form(&words(a));
        let one = if *a == BigUint::ZERO { [0; L] } else { r };
        assert_eq!(modulus.mul(&modulus.invert(&form), &form), one, "1/{a:x}");
    }
    let most = modulus.plus(&words(&(&m - small(1))));
    assert_eq!(most.map(|sum| big(&sum)), Some(&m + &m - small(1)).filter(|sum| *sum < base));
    let highest = (small(1) << (8 * m.bits().div_ceil(8))) - small(1);
    for beyond in [m.clone(), &m + small(1), highest] {
        assert_eq!(modulus.read(&beyond.to_bytes_be()), None);
        assert_eq!(modulus.below(words(&beyond)), None);
    }
}

/// How many words of so many bytes the modulus takes.
fn used(m: &BigUint, bytes: usize) -> usize {
    m.to_bytes_be().len().div_ceil(bytes)
}

#[test]
fn numbers_are_those_of_big_integers() {
    calculates(&P384.p);
    calculates(&P384.n);
    calculates(&P521.p);
    calculates(&P521.n);
    calculates(&SECP256K1.p);
    calculates(&SECP256K1.n);
}

fn recodes<const L: usize>(modulus: &Modulus<L>) {
    let mut random = Random(2);
    for factor in numbers(&value(modulus), &mut random) {
        let factor_words = words::<L>(&factor);
        let digits = recode(&factor_words);
        let (mut more, mut less) = (BigUint::ZERO, BigUint::ZERO);
        for (position, digit) in digits.iter().enumerate() {
            assert!(*digit == 0 || *digit % 2 != 0 && digit.unsigned_abs() < 16);
            let side = if *digit < 0 { &mut less } else { &mut more };
            *side += small(u32::from(digit.unsigned_abs())) << position;
            assert_eq!(bits(&factor_words, position) & 1 == 1, factor.bit(position as u64));
        }
        assert_eq!(more, factor + less);
        assert!(digits.windows(5).all(|row| row.iter().filter(|digit| **digit != 0).count() < 2));
    }
}

#[test]
fn digits_are_few_and_make_the_factor() {
    recodes(&P384.n);
    recodes(&P521.n);
    recodes(&SECP256K1.n);
}

/// A point by its coordinates; `None` is the identity.
type Affine = Option<(BigUint, BigUint)>;

/// A curve in big integers, with the group law of school.
struct Slow {
    p: BigUint,
    n: BigUint,
    a: BigUint,
    b: BigUint,
    generator: Affine,
}

impl Slow {
    fn new<const L: usize>(curve: &Curve<L>) -> Self {
        let p = value(&curve.p);
        let a = match curve.a {
            A::Zero => BigUint::ZERO,
            A::MinusThree => &p - small(3),
        };
        let [x, y] = &curve.generator;
        let (n, b) = (value(&curve.n), big(&curve.b));
        Self { p, n, a, b, generator: Some((big(x), big(y))) }
    }

    fn right_side(&self, x: &BigUint) -> BigUint {
        (x * x * x + &self.a * x + &self.b) % &self.p
    }

    /// The point with this x, if there is one. p is 3 modulo 4.
    fn lift(&self, x: &BigUint) -> Affine {
        let square = self.right_side(x);
        let y = square.modpow(&((&self.p + small(1)) >> 2), &self.p);
        (&y * &y % &self.p == square).then(|| (x.clone(), y))
    }

    fn negate(&self, point: &Affine) -> Affine {
        point.as_ref().map(|(x, y)| (x.clone(), &self.p - y))
    }

    fn add(&self, one: &Affine, other: &Affine) -> Affine {
        let ((Some((x1, y1)), Some((x2, y2))), p) = ((one, other), &self.p) else {
            return one.clone().or_else(|| other.clone());
        };
        let (rise, run) = if x1 == x2 {
            if (y1 + y2) % p == BigUint::ZERO {
                return None;
            }
            (small(3) * x1 * x1 + &self.a, y1 + y2)
        } else {
            (p + y2 - y1, p + x2 - x1)
        };
        let slope = rise * run.modinv(p)? % p;
        let x = (&slope * &slope + p + p - x1 - x2) % p;
        let y = (slope * (p + x1 - &x) + p - y1) % p;
        Some((x, y))
    }

    fn multiple(&self, factor: &BigUint, point: &Affine) -> Affine {
        (0..factor.bits()).rev().fold(None, |sum, bit| {
            let sum = self.add(&sum, &sum);
            if factor.bit(bit) { self.add(&sum, point) } else { sum }
        })
    }
}

fn affine<const L: usize>(curve: &Curve<L>, point: &Point<L>) -> Affine {
    let p = &curve.p;
    let inverse = p.invert(&point.z);
    let square = p.square(&inverse);
    // A product with 1 takes a number out of Montgomery's form.
    let plain = |number: &Number<L>| big(&p.mul(number, &number_one()));
    let coordinates =
        (plain(&p.mul(&point.x, &square)), plain(&p.mul(&point.y, &p.mul(&square, &inverse))));
    (!point.is_identity()).then_some(coordinates)
}

fn number_one<const L: usize>() -> Number<L> {
    number(&[1])
}

/// The point, with a z of its own.
fn jacobian<const L: usize>(curve: &Curve<L>, point: &Affine, z: u32) -> Point<L> {
    let Some((x, y)) = point else {
        return Point { x: curve.p.one(), y: curve.p.one(), z: [0; L] };
    };
    let point = curve.point(&words(x), &words(y)).expect("on the curve");
    let p = &curve.p;
    let z = p.form(&words(&small(z)));
    let zz = p.square(&z);
    Point { x: p.mul(&point.x, &zz), y: p.mul(&point.y, &p.mul(&zz, &z)), z }
}

fn adds<const L: usize>(curve: &Curve<L>) {
    let slow = Slow::new(curve);
    assert_eq!(slow.multiple(&slow.n, &slow.generator), None);
    let two = slow.add(&slow.generator, &slow.generator);
    let many = slow.multiple(&small(0x1234_5679), &slow.generator);
    let mut points = vec![None, slow.generator.clone(), two, many];
    points.extend(points.clone().iter().skip(1).map(|point| slow.negate(point)));
    for (i, one) in (7..).zip(&points) {
        let first = jacobian(curve, one, i);
        assert_eq!(affine(curve, &curve.double(&first)), slow.add(one, one));
        for (j, other) in (1..).zip(&points) {
            let second = jacobian(curve, other, j);
            assert_eq!(affine(curve, &curve.add(&first, &second)), slow.add(one, other));
        }
        if let Some((x, y)) = one {
            assert!(curve.has_x(&first, &words(x)));
            assert!(!curve.has_x(&first, &words(&((x + small(1)) % &slow.p))));
            assert!(curve.point(&words(x), &words(&((y + small(1)) % &slow.p))).is_none());
        }
    }
}

#[test]
fn the_group_law_has_no_special_case_left() {
    adds(&P384);
    adds(&P521);
    adds(&SECP256K1);
}

fn multiplies<const L: usize>(curve: &Curve<L>) {
    let slow = Slow::new(curve);
    let mut random = Random(3);
    let point = slow.multiple(&random.below(&slow.n), &slow.generator);
    let (first, second) = (jacobian(curve, &slow.generator, 1), jacobian(curve, &point, 1));
    let (one, last) = (small(1), &slow.n - small(1));
    let any = random.below(&slow.n);
    let pattern = random.pattern(slow.n.bits()) % &slow.n;
    for [u1, u2] in [
        [&BigUint::ZERO, &BigUint::ZERO],
        [&BigUint::ZERO, &any],
        [&any, &BigUint::ZERO],
        [&one, &last],
        [&last, &pattern],
    ] {
        let sum = curve.sum([&words(u1), &words(u2)], [&first, &second]);
        let expected = slow.add(&slow.multiple(u1, &slow.generator), &slow.multiple(u2, &point));
        assert_eq!(affine(curve, &sum), expected, "{u1:x} {u2:x}");
    }
    // The same point twice: the sum is (u1 + u2)·G, and on the way it is whatever makes trouble.
    let few = (0..19).map(small).collect::<Vec<_>>();
    for (i, u1) in few.iter().enumerate() {
        let u2 = &few[(7 * i) % few.len()];
        for (u2, sum) in [(u2.clone(), u1 + u2), (&slow.n - u1, BigUint::ZERO)] {
            let u2 = u2 % &slow.n;
            let found = curve.sum([&words(u1), &words(&u2)], [&first, &first]);
            assert_eq!(affine(curve, &found), slow.multiple(&sum, &slow.generator));
        }
    }
}

#[test]
fn sums_of_multiples_are_those_of_the_textbook() {
    multiplies(&P384);
    multiplies(&P521);
    multiplies(&SECP256K1);
}

/// x, y, digest, r and s to a verdict.
type Verify = fn([&[u8]; 5]) -> Result<(), Error>;

macro_rules! theirs {
    ($curve:ident, $len:literal) => {
        |[x, y, digest, r, s]| {
            use $curve::ecdsa::signature::hazmat::PrehashVerifier;
            let point = [&[4], x, y].concat();
            let key = $curve::ecdsa::VerifyingKey::from_sec1_bytes(&point)
                .map_err(|_| Error::CosePointInvalid)?;
            let [r, s]: [[u8; $len]; 2] = [r, s].map(|scalar| scalar.try_into().expect("a size"));
            let signature = $curve::ecdsa::Signature::from_scalars(r, s)
                .map_err(|_| Error::SignatureMalformed)?;
            // They want digests of more than half the size: zeros before it do not change a short one. k256 wants the smaller s.
            let digest = [vec![0; ($len as usize).saturating_sub(digest.len())], digest.to_vec()];
            key.verify_prehash(&digest.concat(), &signature.normalize_s())
                .map_err(|_| Error::SignatureInvalid)
        }
    };
}

macro_rules! ours {
    ($new:expr) => {
        |[x, y, digest, r, s]| {
            let [Ok(x), Ok(y)] = [x.try_into(), y.try_into()] else { panic!("a size") };
            $new(x, y)?.verify(digest, r, s)
        }
    };
}

const P384_BOTH: [Verify; 2] = [ours!(p384), theirs!(p384, 48)];
const P521_BOTH: [Verify; 2] = [ours!(p521), theirs!(p521, 66)];
const SECP256K1_BOTH: [Verify; 2] = [ours!(secp256k1), theirs!(k256, 32)];

struct Differential<'c, const L: usize> {
    curve: &'c Curve<L>,
    slow: Slow,
    both: [Verify; 2],
    random: Random,
    held: u32,
}

impl<'c, const L: usize> Differential<'c, L> {
    fn new(curve: &'c Curve<L>, both: [Verify; 2], seed: u64) -> Self {
        Self { curve, slow: Slow::new(curve), both, random: Random(seed), held: 0 }
    }

    /// Both give one verdict, which comes back.
    fn verdict(&mut self, [x, y]: [&BigUint; 2], digest: &[u8], [r, s]: [&BigUint; 2]) -> bool {
        let [x, y, r, s] = [x, y, r, s].map(|number| bytes(number, self.curve.len));
        let [ours, theirs] = self.both.map(|verify| verify([&x, &y, digest, &r, &s]));
        assert_eq!(ours, theirs, "{x:x?} {y:x?} {digest:x?} {r:x?} {s:x?}");
        self.held += u32::from(ours.is_ok());
        ours.is_ok()
    }

    /// factor · G, by the code under test: it has been tested before.
    fn of_generator(&self, factor: &BigUint) -> (BigUint, BigUint) {
        let generator = jacobian(self.curve, &self.slow.generator, 1);
        let sum = self.curve.sum([&words(factor), &[0; L]], [&generator; 2]);
        affine(self.curve, &sum).expect("not the identity")
    }

    fn factor(&mut self) -> BigUint {
        let most = &self.slow.n - small(1);
        self.random.below(&most) + small(1)
    }

    /// A key, its point, a nonce, and the nonce's r.
    fn signer(&mut self) -> (BigUint, (BigUint, BigUint), BigUint, BigUint) {
        let (d, k) = (self.factor(), self.factor());
        let (q, r) = (self.of_generator(&d), self.of_generator(&k).0 % &self.slow.n);
        (d, q, k, r)
    }

    fn digest_number(&self, digest: &[u8]) -> BigUint {
        BigUint::from_bytes_be(&digest[..digest.len().min(self.curve.len)])
    }

    /// A signature that holds, and what is near it.
    fn signs(&mut self, digest: &[u8]) {
        let n = self.slow.n.clone();
        let (d, (x, y), k, r) = self.signer();
        let e = self.digest_number(digest);
        let s = (&e + &r * &d) * k.modinv(&n).expect("prime") % &n;
        assert!(self.verdict([&x, &y], digest, [&r, &s]), "{digest:x?}");
        assert!(self.verdict([&x, &y], digest, [&r, &(&n - &s)]));
        let mut other = digest.to_vec();
        let last = other.len().min(self.curve.len) - 1;
        other[last] ^= 1;
        assert!(!self.verdict([&x, &y], &other, [&r, &s]));
        let negative = &self.slow.p - &y;
        self.verdict([&x, &negative], digest, [&r, &s]);
        self.verdict([&x, &y], digest, [&s, &r]);
    }

    fn random_cases(&mut self, count: usize) {
        for i in 0..count {
            let len = [32, 48, 64][i % 3];
            let digest: Vec<u8> = (0..len).map(|_| self.random.next() as u8).collect();
            self.signs(&digest);
        }
    }

    fn structured_cases(&mut self) {
        for digest in [[0; 64], [0xff; 64]] {
            for len in [32, 48, 64] {
                self.signs(&digest[..len]);
            }
        }
        self.ranges();
        self.equal_and_opposite();
        self.beyond_the_order();
        self.no_points();
    }

    fn ranges(&mut self) {
        let (n, p) = (self.slow.n.clone(), self.slow.p.clone());
        let (d, (x, y), k, r) = self.signer();
        let digest = [7; 32];
        let s = (self.digest_number(&digest) + &r * &d) * k.modinv(&n).expect("prime") % &n;
        let highest = (small(1) << (8 * self.curve.len)) - small(1);
        let beyond = [&r + &n, &s + &n].map(|number| number.min(highest.clone()));
        let edges = [BigUint::ZERO, small(1), &n - small(1), n.clone(), &n + small(1), p, highest];
        for edge in edges.iter().chain(&beyond) {
            assert!(!self.verdict([&x, &y], &digest, [edge, &s]));
            assert!(!self.verdict([&x, &y], &digest, [&r, edge]));
            assert!(!self.verdict([&x, &y], &digest, [edge, edge]));
        }
    }

    /// u1·G is u2·Q, or its negative. The digest is chosen for it, and as long as the curve.
    fn equal_and_opposite(&mut self) {
        let n = self.slow.n.clone();
        let (d, (x, y), k, r) = self.signer();
        let same = &r * &d % &n;
        let s = small(2) * &same * k.modinv(&n).expect("prime") % &n;
        let len = self.curve.len;
        assert!(self.verdict([&x, &y], &bytes(&same, len), [&r, &s]));
        assert!(!self.verdict([&x, &y], &bytes(&(&n - &same), len), [&r, &s]));
        // Q is G, or its negative.
        let (x, y) = self.slow.generator.clone().expect("a point");
        let negative = &self.slow.p - &y;
        for (y, d) in [(&y, small(1)), (&negative, &n - small(1))] {
            let s = (&r + &r * &d) * k.modinv(&n).expect("prime") % &n;
            let s = if s == BigUint::ZERO { small(1) } else { s };
            self.verdict([&x, y], &bytes(&r, len), [&r, &s]);
        }
    }

    /// A key and a digest with which the chain's sum is R, whatever r is to be. Whether it holds.
    fn forged(&mut self, point: (BigUint, BigUint), r: &BigUint) -> bool {
        let n = self.slow.n.clone();
        // Q = (R − u1·G)/u2
        let (u1, u2) = (self.factor(), self.factor());
        let inverse = u2.modinv(&n).expect("prime");
        let points = [&self.slow.generator, &Some(point)];
        let points = points.map(|point| jacobian(self.curve, point, 1));
        let [first, second] =
            [(&n - &u1) * &inverse % &n, inverse.clone()].map(|factor| words(&factor));
        let q = self.curve.sum([&first, &second], [&points[0], &points[1]]);
        let (x, y) = affine(self.curve, &q).expect("not the identity");
        let s = r * inverse % &n;
        let digest = bytes(&(u1 * &s % &n), self.curve.len);
        self.verdict([&x, &y], &digest, [r, &s])
    }

    /// R's x is not below n: r is x − n. And r + n that is p or more, or takes more than the curve's size.
    fn beyond_the_order(&mut self) {
        let (n, p) = (self.slow.n.clone(), self.slow.p.clone());
        let size = small(1) << (8 * self.curve.len);
        let (mut x, mut found) = (BigUint::ZERO, 0);
        while found < 3 {
            x += small(1);
            if let Some(point) = self.slow.lift(&(&x + &n)) {
                found += 1;
                assert!(self.forged(point.clone(), &x), "{x}");
                assert!(!self.forged(point, &(&x + small(1))), "{x}");
            }
            if let Some(point) = self.slow.lift(&x) {
                assert!(self.forged(point.clone(), &x), "{x}");
                assert!(!self.forged(point.clone(), &(&x + &p - &n)), "{x}");
                let wrapped = &x + &size - &n;
                assert!(wrapped >= n || !self.forged(point, &wrapped), "{x}");
            }
        }
    }

    fn no_points(&mut self) {
        let p = self.slow.p.clone();
        let (x, y) = self.slow.generator.clone().expect("a point");
        let one = small(1);
        // A small x of a point, which more than p stands for too.
        let low = (1..).find_map(|x| self.slow.lift(&small(x))).expect("a point");
        let beyond = (&p + &low.0, low.1.clone());
        let highest = (small(1) << (8 * self.curve.len)) - &one;
        for (x, y) in [
            (&x, &((&y + &one) % &p)),
            (&((&x + &one) % &p), &y),
            (&y, &x),
            (&BigUint::ZERO, &BigUint::ZERO),
            (&p, &y),
            (&x, &p),
            (&highest, &y),
            (&x, &highest),
            (&beyond.0, &beyond.1),
        ] {
            assert!(!self.verdict([x, y], &[1; 48], [&one, &one]));
        }
        self.verdict([&low.0, &low.1], &[1; 48], [&one, &one]);
    }
}

fn differential(random: usize, structured: usize, seed: u64) {
    fn run<const L: usize>(mut cases: Differential<'_, L>, random: usize, structured: usize) {
        cases.random_cases(random);
        for _ in 0..structured {
            cases.structured_cases();
        }
        assert!(cases.held as usize >= 2 * random + 16 * structured, "{}", cases.held);
    }
    run(Differential::new(&P384, P384_BOTH, seed), random, structured);
    run(Differential::new(&P521, P521_BOTH, seed), random, structured);
    run(Differential::new(&SECP256K1, SECP256K1_BOTH, seed), random, structured);
}

#[test]
fn verdicts_are_those_of_other_crates() {
    differential(6, 1, 4);
}

/// `cargo test --release -- --ignored`
#[test]
#[ignore = "takes minutes"]
fn many_verdicts_are_those_of_other_crates() {
    for seed in 5..25 {
        differential(200, 3, seed);
    }
}
