//! Numbers modulo n against num-bigint: range, reduction, products, inverses; and the recodings of factors.

use crate::numbers::{N, Random, bytes, inverse, power, small};
use crate::tally::Tally;
use mfakit_p256::layouts::{Scalar, recode};
use num_bigint::{BigInt, BigUint};

/// Cases of a smoke run.
const SMOKE: u64 = 20_000;

pub(crate) fn run(cases: Option<u64>, seed: u64) -> Tally {
    let (cases, mut random) = (cases.unwrap_or(SMOKE), Random::new(seed));
    let mut tally = Tally::default();
    let fixed = fixed();
    for number in &fixed {
        one(number, &mut random, &mut tally);
    }
    for _ in 0..cases {
        let number = match random.below(4) {
            0 => random.bits(),
            1 => random.near(&[small(0), N.clone(), &*N >> 1, power(256)]),
            // The inverses of small numbers are where a division of small numbers takes long.
            2 => inverse(&(random.pattern() % &*N), &N),
            _ => random.pattern(),
        };
        one(&number, &mut random, &mut tally);
    }
    println!("{} fixed numbers, {cases} others", fixed.len());

    // The controls are wrong for some numbers alone.
    let mut controls = [Tally::quiet(), Tally::quiet(), Tally::quiet()];
    for number in fixed.iter().map(|number| number % &*N) {
        let scalar = Scalar::reduced(&bytes(&number));
        // Without the last addition of n, half of the inverses are negative.
        let inverse = value(&scalar.invert());
        let lazy = if number.bit(0) { inverse } else { inverse + &*N };
        controls[0].case(lazy < *N, || "as it should".into());
        // A recoding without a place for the last carry.
        let mut digits = recode::<257>(scalar.words(), 5);
        digits[256] = 0;
        controls[1].case(sum(&digits) == BigInt::from(number.clone()), || "as it should".into());
        let mut digits = recode::<257>(scalar.words(), 7);
        digits[0] = digits[0].saturating_abs();
        controls[2].case(sum(&digits) == BigInt::from(number.clone()), || "as it should".into());
    }
    let names =
        ["inverses may be n and more", "the last carry is lost", "the lowest digit has no sign"];
    for (name, control) in names.iter().zip(&controls) {
        tally.control(name, control);
    }
    tally
}

/// Next to 0, n, n/2, and every power of two; n minus all those.
fn fixed() -> Vec<BigUint> {
    let mut numbers: Vec<BigUint> = (0..40_u64).map(small).collect();
    for k in 0..256 {
        numbers.extend([power(k), power(k) - 1_u8, power(k) + 1_u8, power(256) - power(k)]);
        numbers.extend([&*N >> k, (&*N >> k) + 1_u8]);
    }
    let middle: BigUint = (&*N - 1_u8) >> 1_u8;
    numbers.extend([middle.clone(), middle + 1_u8]);
    let negative: Vec<BigUint> = numbers.iter().map(|number| &*N - number % &*N).collect();
    numbers.extend(negative);
    numbers.extend((0..4_u8).map(|few| power(256) - 1_u8 - few));
    numbers.extend((0..4_u8).map(|few| &*N + few));
    numbers
}

fn value(scalar: &Scalar) -> BigUint {
    scalar.words().iter().rev().fold(small(0), |number, word| (number << 64) | small(*word))
}

fn one(a: &BigUint, random: &mut Random, tally: &mut Tally) {
    let reduced = a % &*N;
    let in_range = Scalar::in_range(&bytes(a));
    let expected = *a < *N && *a != small(0);
    tally.case(in_range.is_some() == expected, || format!("in_range {a:x}"));
    if let Some(scalar) = &in_range {
        tally.case(value(scalar) == *a, || format!("in_range {a:x}: another number"));
    }
    let scalar = Scalar::reduced(&bytes(a));
    tally.case(value(&scalar) == reduced, || format!("reduced {a:x}"));

    let inverted = value(&scalar.invert());
    tally.case(inverted == inverse(&reduced, &N), || format!("1/{a:x} = {inverted:x}"));
    let patterns = [random.pattern(), random.bits()];
    for b in patterns.iter().chain([a]) {
        let other = Scalar::reduced(&bytes(b));
        let product = value(&scalar.mul(&other));
        tally.case(product == a * b % &*N, || format!("{a:x}·{b:x} = {product:x}"));
    }
    for width in [5, 7] {
        recoding::<257>(&words(a), width, a, tally);
        for word in words(a) {
            recoding::<65>(&[word], width, &small(word), tally);
        }
    }
    let width = 2 + random.below(6) as u32;
    recoding::<257>(&words(a), width, a, tally);
}

fn words(number: &BigUint) -> [u64; 4] {
    let digits = number.to_u64_digits();
    std::array::from_fn(|place| digits.get(place).copied().unwrap_or(0))
}

fn sum(digits: &[i8]) -> BigInt {
    digits.iter().rev().fold(BigInt::from(0), |sum, digit| sum * 2 + *digit)
}

/// The digits sum up to the number; each is 0 or odd and below 2^(width − 1), and of `width` in a row one is not 0 at most.
fn recoding<const LEN: usize>(words: &[u64], width: u32, number: &BigUint, tally: &mut Tally) {
    let digits = recode::<LEN>(words, width);
    let sums = sum(&digits) == BigInt::from(number.clone());
    let odd = digits.iter().all(|digit| *digit == 0 || digit % 2 != 0);
    let bound = 1 << (width - 1);
    let bounded = digits.iter().all(|digit| i32::from(*digit).abs() < bound);
    let apart = digits
        .windows(width as usize)
        .all(|row| row.iter().filter(|digit| **digit != 0).count() <= 1);
    tally.case(sums && odd && bounded && apart, || {
        format!("recoding {number:x}, width {width}: {digits:?}")
    });
}
