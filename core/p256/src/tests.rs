//! Every layout against slow arithmetic that shares nothing with it, and verdicts that another implementation gave.
//!
//! `tests/vectors.txt` is what `mfakit-p256-check vectors` (testing/p256) prints: a key, a digest, r, s and the verdict of the crate
//! p256, for signatures with factors that make points meet within the chain, r + n < p, and what is out of range.

use crate::curve::{GENERATOR, N};
use crate::field::{Field, Limbs4x64, Limbs8x32, Limbs9x29, P};
use crate::point::Affine;
use crate::recoding::recode;
use crate::scalar::Scalar;
use crate::table::{self, Radix};
use crate::verifier::{Prepared, Verifier};
use crate::words::{from_bytes, halves, less, whole};
use crate::{PreparedVerifyingKey, Rejected, VerifyingKey, is_in_range};
use std::format;
use std::panic::catch_unwind;
use std::string::ToString;
use std::vec::Vec;

type Words = [u64; 4];

/// Arithmetic by single bits, with the modulus subtracted where it can be.
mod slow {
    use super::{Words, halves, whole};

    pub(super) fn add(a: &Words, b: &Words, modulus: &Words) -> Words {
        let (a, b, modulus) = (halves(a), halves(b), halves(modulus));
        let (mut sum, mut carry) = ([0_u32; 9], 0);
        for i in 0..8 {
            let column = u64::from(a[i]) + u64::from(b[i]) + carry;
            (sum[i], carry) = (column as u32, column >> 32);
        }
        sum[8] = carry as u32;
        let (mut less, mut borrow) = ([0_u32; 9], 0_i64);
        for i in 0..9 {
            let m = if i < 8 { modulus[i] } else { 0 };
            let column = i64::from(sum[i]) - i64::from(m) + borrow;
            (less[i], borrow) = (column as u32, column >> 32);
        }
        let result = if borrow < 0 { sum } else { less };
        whole(&core::array::from_fn(|i| result[i]))
    }

    pub(super) fn sub(a: &Words, b: &Words, modulus: &Words) -> Words {
        let negative = if *b == [0; 4] { [0; 4] } else { plain_sub(modulus, b) };
        add(a, &negative, modulus)
    }

    /// a − b of a b that is not larger.
    pub(super) fn plain_sub(a: &Words, b: &Words) -> Words {
        let (a, b) = (halves(a), halves(b));
        let (mut difference, mut borrow) = ([0_u32; 8], 0_i64);
        for i in 0..8 {
            let column = i64::from(a[i]) - i64::from(b[i]) + borrow;
            (difference[i], borrow) = (column as u32, column >> 32);
        }
        whole(&difference)
    }

    pub(super) fn mul(a: &Words, b: &Words, modulus: &Words) -> Words {
        let mut product = [0; 4];
        for word in a.iter().rev() {
            for bit in (0..64).rev() {
                product = add(&product, &product, modulus);
                if word >> bit & 1 == 1 {
                    product = add(&product, b, modulus);
                }
            }
        }
        product
    }

    /// 2^k.
    pub(super) fn power(k: u32, modulus: &Words) -> Words {
        (0..k).fold([1, 0, 0, 0], |power, _| add(&power, &power, modulus))
    }
}

/// A small generator (xorshift64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn words(&mut self, modulus: &Words) -> Words {
        let words = [(); 4].map(|()| match self.next() % 5 {
            0 => 0,
            1 => u64::MAX,
            2 => 1 << (self.next() % 64),
            _ => self.next(),
        });
        if less(&words, modulus) { words } else { slow::plain_sub(&words, modulus) }
    }
}

/// Next to 0, to the modulus and to the powers of two where carries begin or end.
fn edges(modulus: &Words) -> Vec<Words> {
    let mut edges: Vec<Words> = (0..3).map(|few| [few, 0, 0, 0]).collect();
    for k in [29, 31, 32, 63, 64, 96, 128, 192, 203, 224, 232, 255] {
        let power = slow::power(k, modulus);
        edges.extend([power, slow::plain_sub(&power, &[1, 0, 0, 0])]);
    }
    edges.push([0xffff_ffff_8000_0000, 0x7fff_ffff, 0x8000_0000_0000_0000, 0x8000_0000_7fff_ffff]);
    edges.push([u64::MAX, u64::MAX, u64::MAX, 0xffff_fffe_ffff_ffff]);
    let negative: Vec<Words> = edges.iter().map(|edge| slow::sub(&[0; 4], edge, modulus)).collect();
    edges.extend(negative);
    edges
}

fn radix<F: Field>() -> Words {
    slow::power(if matches!(F::RADIX, Radix::Bits256) { 256 } else { 261 }, &P)
}

/// The packed form of the products that `product` is the sum of: `result`·R is that sum.
#[track_caller]
fn is_product<F: Field>(result: F, product: &Words) {
    let packed = result.pack();
    assert!(less(&packed, &P), "{packed:x?}");
    assert_eq!(slow::mul(&radix::<F>(), &packed, &P), *product, "{result:?}");
    assert_eq!(result.is_zero(), *product == [0; 4], "{result:?}");
}

#[track_caller]
fn is_number<F: Field>(result: F, number: &Words) {
    assert_eq!(result.tight().pack(), *number, "{result:?}");
}

fn field_at_the_edges<F: Field>() {
    assert_eq!(F::ONE.pack(), radix::<F>());
    assert_eq!(F::ZERO.pack(), [0; 4]);
    let edges = edges(&P);
    for (i, a) in edges.iter().enumerate() {
        let (x, number) = (F::unpack(a), F::from_words(a));
        assert_eq!(x.pack(), *a);
        assert_eq!(number.to_words(), *a);
        is_product(
            F::from_words(a),
            &slow::mul(&radix::<F>(), &slow::mul(&radix::<F>(), a, &P), &P),
        );
        is_number(x.double(), &slow::add(a, a, &P));
        is_number(x.double().add(&x), &slow::add(a, &slow::add(a, a, &P), &P));
        let half = x.half().tight().pack();
        assert!(less(&half, &P));
        assert_eq!(slow::add(&half, &half, &P), *a);
        is_number(x.half().add(&x.half()), a);
        is_number(F::ZERO.sub(&x), &slow::sub(&[0; 4], a, &P));
        assert_eq!(x.is_zero(), *a == [0; 4]);
        let squared = slow::mul(a, a, &P);
        is_product(x.square(), &squared);
        is_product(
            F::unpack(a).invert().mul(&x),
            &if *a == [0; 4] { *a } else { slow::mul(&radix::<F>(), &radix::<F>(), &P) },
        );
        for (j, b) in edges.iter().enumerate().skip(i % 2).step_by(2) {
            let y = F::unpack(b);
            is_number(x.add(&y), &slow::add(a, b, &P));
            is_number(x.sub(&y), &slow::sub(a, b, &P));
            assert_eq!(x.sub(&y).is_zero(), a == b);
            let product = slow::mul(a, b, &P);
            is_product(x.mul(&y), &product);
            if j / 2 % 3 != i / 2 % 3 {
                continue;
            }
            // Loose operands, as the point formulas have them.
            let (sum, difference) = (slow::add(a, b, &P), slow::sub(a, b, &P));
            let squares = slow::mul(&difference, &sum, &P);
            is_product(x.sub(&y).mul(&x.add(&y)), &squares);
            is_product(x.sub(&y).square(), &slow::mul(&difference, &difference, &P));
            is_number(
                x.sub(&y).sub(&x.double()),
                &slow::sub(&difference, &slow::add(a, a, &P), &P),
            );
            is_number(x.double().add(&y.double()), &slow::add(&sum, &sum, &P));
            // a·b − b·(a − b), and the like.
            let second = slow::mul(b, &difference, &P);
            is_product(F::mul_sub(&x, &y, &y, &x.sub(&y)), &slow::sub(&product, &second, &P));
            is_product(F::mul_sub(&y, &x.sub(&y), &x, &y), &slow::sub(&second, &product, &P));
            is_product(F::mul_sub(&x, &y, &y, &x), &[0; 4]);
            let expected = slow::sub(&second, &squared, &P);
            is_product(F::mul_sub_square(&y, &x.sub(&y), &x), &expected);
            let expected = slow::sub(&product, &slow::mul(&difference, &difference, &P), &P);
            is_product(F::mul_sub_square(&x, &y, &x.sub(&y)), &expected);
            // Of an element with negative limbs.
            is_number(x.sub(&y).tight().half().double().tight(), &difference);
        }
    }
}

#[test]
fn limbs_4x64_are_right_at_the_edges() {
    field_at_the_edges::<Limbs4x64>();
}

#[test]
fn limbs_8x32_are_right_at_the_edges() {
    field_at_the_edges::<Limbs8x32>();
}

#[test]
fn limbs_9x29_are_right_at_the_edges() {
    field_at_the_edges::<Limbs9x29>();
}

/// Long chains, so that each operation meets elements as the others leave them.
fn field_in_chains<F: Field>() {
    let mut random = Random(0x1234_5678_9abc_def1);
    let radix = radix::<F>();
    let numbers = |random: &mut Random| random.words(&P);
    let first = numbers(&mut random);
    let (mut x, mut a) = (F::from_words(&first), first);
    for step in 0..400 {
        let b = numbers(&mut random);
        let y = F::from_words(&b);
        (x, a) = match step % 6 {
            0 => (x.mul(&y), slow::mul(&a, &b, &P)),
            1 => (x.sub(&y).tight(), slow::sub(&a, &b, &P)),
            2 => (x.sub(&y).square(), {
                let difference = slow::sub(&a, &b, &P);
                slow::mul(&difference, &difference, &P)
            }),
            3 => (x.add(&y).add(&x).tight(), slow::add(&slow::add(&a, &b, &P), &a, &P)),
            4 => (F::mul_sub(&x, &y, &y, &y), slow::mul(&slow::sub(&a, &b, &P), &b, &P)),
            _ => (x.mul(&x.double()), {
                let squared = slow::mul(&a, &a, &P);
                slow::add(&squared, &squared, &P)
            }),
        };
        assert_eq!(x.to_words(), a, "step {step}");
        assert_eq!(x.pack(), slow::mul(&radix, &a, &P), "step {step}");
    }
}

#[test]
fn chains_of_operations_are_right_in_every_layout() {
    field_in_chains::<Limbs4x64>();
    field_in_chains::<Limbs8x32>();
    field_in_chains::<Limbs9x29>();
}

/// Products between p and 2²⁵⁶ before the last subtraction, which random operands never have.
fn products_that_need_p_without_a_carry<F: Field>() {
    let mut random = Random(99);
    for k in 0..225 {
        let wished = slow::plain_sub(&slow::power(k, &P), &[u64::from(k % 2), 0, 0, 0]);
        let (mut a, wished_element) = (random.words(&P), F::unpack(&wished));
        a[0] |= 1;
        let x = F::unpack(&a);
        let y = wished_element.mul(&x.invert());
        assert_eq!(x.mul(&y).pack(), wished, "2^{k}");
        is_product(x.mul(&y), &slow::mul(&a, &y.pack(), &P));
        // a·y − b·b for the same result.
        let b = F::unpack(&random.words(&P));
        let z = wished_element.add(&b.square()).tight().mul(&x.invert());
        assert_eq!(F::mul_sub(&x, &z, &b, &b).pack(), wished, "2^{k}");
        // Sums as well.
        let rest = F::unpack(&slow::sub(&wished, &a, &P));
        is_number(x.add(&rest), &wished);
        is_number(wished_element.double().tight().half(), &wished);
        let z = wished_element.add(&b.square()).tight().mul(&x.invert());
        assert_eq!(F::mul_sub_square(&x, &z, &b).pack(), wished, "2^{k}");
        is_number(rest.sub(&F::ZERO.sub(&x).tight()), &wished);
    }
}

#[test]
fn p_is_taken_where_there_is_no_carry() {
    products_that_need_p_without_a_carry::<Limbs4x64>();
    products_that_need_p_without_a_carry::<Limbs8x32>();
    products_that_need_p_without_a_carry::<Limbs9x29>();
}

#[cfg(debug_assertions)]
#[test]
fn operands_beyond_their_bounds_are_noticed() {
    let top = Limbs9x29::unpack(&slow::plain_sub(&P, &[1, 0, 0, 0]));
    let double = top.double();
    let eight = double.add(&double).add(&double.add(&double));
    let good = top.sub(&Limbs9x29::ZERO);
    let _ = good.square();
    let _ = good.mul(&double);
    let bad: [fn(&Limbs9x29, &Limbs9x29, &Limbs9x29); 8] = [
        |_, double, _| drop(format!("{:?}", double.square())),
        |_, double, _| drop(format!("{:?}", double.mul(double))),
        |top, double, _| drop(format!("{:?}", Limbs9x29::mul_sub(top, double, top, top))),
        |top, double, _| drop(format!("{:?}", Limbs9x29::mul_sub(top, top, top, double))),
        |top, double, _| drop(format!("{:?}", Limbs9x29::mul_sub_square(top, double, top))),
        |top, double, _| drop(format!("{:?}", Limbs9x29::mul_sub_square(top, top, double))),
        |top, _, eight| drop(format!("{:?}", top.mul(eight))),
        |_, _, eight| drop(format!("{:?}", eight.add(eight).tight())),
    ];
    for (number, bad) in bad.iter().enumerate() {
        assert!(catch_unwind(|| bad(&top, &double, &eight)).is_err(), "operand {number}");
    }
    for words in [P, [u64::MAX; 4]] {
        assert!(catch_unwind(|| Limbs4x64::unpack(&words)).is_err());
        assert!(catch_unwind(|| Limbs8x32::unpack(&words)).is_err());
        assert!(catch_unwind(|| Limbs9x29::unpack(&words)).is_err());
        assert!(catch_unwind(|| Limbs4x64::from_words(&words)).is_err());
        assert!(catch_unwind(|| Limbs8x32::from_words(&words)).is_err());
        assert!(catch_unwind(|| Limbs9x29::from_words(&words)).is_err());
    }
}

fn big_endian(words: &Words) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (chunk, word) in bytes.chunks_exact_mut(8).zip(words.iter().rev()) {
        chunk.copy_from_slice(&word.to_be_bytes());
    }
    bytes
}

#[test]
fn scalars_are_in_range_or_reduced() {
    let one = [1, 0, 0, 0];
    let below = slow::plain_sub(&N, &one);
    for (words, in_range) in
        [([0; 4], false), (one, true), (below, true), (N, false), ([u64::MAX; 4], false)]
    {
        let found = Scalar::in_range(&big_endian(&words));
        assert_eq!(found.map(|scalar| *scalar.words()), in_range.then_some(words));
        assert_eq!(is_in_range(&big_endian(&words)), in_range);
    }
    for words in [[0; 4], one, below] {
        assert_eq!(*Scalar::reduced(&big_endian(&words)).words(), words);
    }
    assert_eq!(*Scalar::reduced(&big_endian(&N)).words(), [0; 4]);
    let most = Scalar::reduced(&[255; 32]);
    assert_eq!(*most.words(), slow::plain_sub(&[u64::MAX; 4], &N));
}

#[test]
fn products_and_inverses_of_scalars_are_right() {
    let mut random = Random(7);
    let mut numbers = edges(&N);
    numbers.extend((0..40).map(|_| random.words(&N)));
    // The inverses of small numbers, which take the division many steps.
    numbers.extend((3..20).map(|few| [few, 0, 0, 0]));
    let scalar = |words: &Words| Scalar::reduced(&big_endian(words));
    for (i, a) in numbers.iter().enumerate() {
        let inverse = scalar(a).invert();
        let expected = if *a == [0; 4] { [0; 4] } else { [1, 0, 0, 0] };
        assert!(less(inverse.words(), &N));
        assert_eq!(slow::mul(a, inverse.words(), &N), expected, "{a:x?}");
        assert_eq!(*inverse.invert().words(), *a, "{a:x?}");
        for b in numbers.iter().skip(i % 5).step_by(5) {
            assert_eq!(*scalar(a).mul(&scalar(b)).words(), slow::mul(a, b, &N), "{a:x?} {b:x?}");
        }
    }
}

#[test]
fn an_order_more_is_below_p_or_nothing() {
    let order_below_p = slow::plain_sub(&P, &N);
    let one = [1, 0, 0, 0];
    let most = slow::plain_sub(&order_below_p, &one);
    let plus = |words: &Words| Scalar::reduced(&big_endian(words)).plus_order_in_field();
    assert_eq!(plus(&most), Some(slow::plain_sub(&P, &one)));
    assert_eq!(plus(&one), Some([N[0] + 1, N[1], N[2], N[3]]));
    assert_eq!(plus(&order_below_p), None);
    assert_eq!(plus(&slow::plain_sub(&N, &one)), None);
}

fn recoding<const LEN: usize>(words: &[u64], width: u32) {
    let digits = recode::<LEN>(words, width);
    let mut wide = [0; 4];
    wide[..words.len()].copy_from_slice(words);
    // Modulo a prime that no sum here comes near: what is negative on the way does not matter.
    let mut sum = [0; 4];
    for digit in digits.iter().rev() {
        sum = slow::add(&sum, &sum, &P);
        let magnitude = [u64::from(digit.unsigned_abs()), 0, 0, 0];
        let step = if *digit < 0 { slow::sub } else { slow::add };
        sum = step(&sum, &magnitude, &P);
        assert!(*digit == 0 || *digit % 2 != 0, "{digits:?}");
        assert!(i32::from(*digit).abs() < 1 << (width - 1), "{digits:?}");
    }
    assert_eq!(sum, wide, "{digits:?}");
    let mut rows = digits.windows(width as usize);
    assert!(rows.all(|row| row.iter().filter(|digit| **digit != 0).count() <= 1), "{digits:?}");
}

#[test]
fn recodings_are_sums_of_sparse_odd_digits() {
    let mut random = Random(3);
    let mut numbers = edges(&N);
    numbers.extend((0..60).map(|_| random.words(&N)));
    for number in &numbers {
        for width in 2..8 {
            recoding::<257>(number, width);
        }
        for word in number {
            recoding::<65>(&[*word], 5);
            recoding::<65>(&[*word], 7);
        }
    }
}

/// The tables that the compiler made are those that the group law gives.
fn tables<F: Field>() {
    let generator = Affine::<F>::new(&GENERATOR[0], &GENERATOR[1]).unwrap();
    let made = generator.prepare();
    assert_eq!(F::generator()[..8], made[0]);
    assert_eq!(F::generator_shifted()[..], made[1..]);
    assert_eq!(table::key(&GENERATOR[0], &GENERATOR[1], F::RADIX), Some(made));
    // The others, one by one: each is the one before and 2G.
    let twice = generator.jacobian().double();
    let mut multiple = generator;
    for expected in F::generator() {
        let [x, _] = expected;
        assert!(multiple.jacobian().has_x(&F::unpack(x).to_words()));
        let difference = Affine::<F>::unpack(expected).negate();
        assert!(multiple.jacobian().add(&difference).is_none());
        multiple = Affine::unpack(expected);
        // P + G + G, as twice has a z.
        let next = twice.add(&multiple).unwrap();
        let place = F::generator().iter().position(|entry| entry == expected).unwrap();
        if let Some(after) = F::generator().get(place + 1) {
            let after = Affine::<F>::unpack(after);
            assert!(next.add(&after.negate()).is_none());
            // The same point: doubled.
            let doubled = next.add(&after).unwrap();
            let expected = after.jacobian().double();
            let back = doubled.add(&after.negate()).unwrap().add(&after.negate());
            assert!(back.is_none() && expected.add(&after.negate()).is_some());
            multiple = after;
        }
    }
}

#[test]
fn tables_of_the_compiler_are_those_of_the_group_law() {
    tables::<Limbs4x64>();
    tables::<Limbs8x32>();
    tables::<Limbs9x29>();
}

fn vectors() -> impl Iterator<Item = ([[u8; 32]; 5], Result<(), Rejected>)> {
    include_str!("tests/vectors.txt").lines().map(|line| {
        let mut words = line.split(' ');
        let numbers = [(); 5].map(|()| {
            let digits = words.next().unwrap();
            core::array::from_fn(|i| u8::from_str_radix(&digits[2 * i..2 * i + 2], 16).unwrap())
        });
        let verdict = match words.next().unwrap() {
            "Accepted" => Ok(()),
            "Point" => Err(Rejected::Point),
            "Scalar" => Err(Rejected::Scalar),
            "Signature" => Err(Rejected::Signature),
            other => panic!("{other}"),
        };
        (numbers, verdict)
    })
}

fn verdicts<F: Field>() {
    let mut count = 0;
    for (number, ([x, y, digest, r, s], expected)) in vectors().enumerate() {
        let key = Verifier::<F>::new(&x, &y);
        let verdict = key.and_then(|key| key.verify(&digest, &r, &s));
        assert_eq!(verdict, expected, "line {}", number + 1);
        let verdict = key.and_then(|key| key.prepare().verify(&digest, &r, &s));
        assert_eq!(verdict, expected, "line {}, prepared", number + 1);
        count += 1;
    }
    assert!(count > 100);
}

#[test]
fn limbs_4x64_give_the_verdicts() {
    verdicts::<Limbs4x64>();
}

#[test]
fn limbs_8x32_give_the_verdicts() {
    verdicts::<Limbs8x32>();
}

#[test]
fn limbs_9x29_give_the_verdicts() {
    verdicts::<Limbs9x29>();
}

#[test]
fn keys_give_the_verdicts_however_they_were_prepared() {
    for (number, ([x, y, digest, r, s], expected)) in vectors().enumerate().step_by(3) {
        let key = VerifyingKey::new(&x, &y);
        assert_eq!(
            key.and_then(|key| key.verify(&digest, &r, &s)),
            expected,
            "line {}",
            number + 1
        );
        let prepared = key.map(|key| key.prepare());
        assert_eq!(prepared.and_then(|key| key.verify(&digest, &r, &s)), expected);
        let built = PreparedVerifyingKey::at_build_time(&x, &y).ok_or(Rejected::Point);
        assert_eq!(built.and_then(|key| key.verify(&digest, &r, &s)), expected);
    }
}

#[test]
fn coordinates_off_the_curve_are_no_key() {
    let p = big_endian(&P);
    let [x, y] = GENERATOR.map(|words| big_endian(&words));
    let zero = [0; 32];
    let mut beside = y;
    beside[31] ^= 1;
    for (x, y) in [
        (zero, zero),
        (p, y),
        (x, p),
        (x, beside),
        (y, x),
        ([255; 32], y),
        (x, [255; 32]),
        (x, zero),
    ] {
        assert_eq!(VerifyingKey::new(&x, &y).err(), Some(Rejected::Point));
        assert_eq!(Verifier::<Limbs8x32>::new(&x, &y).err(), Some(Rejected::Point));
        assert_eq!(Verifier::<Limbs9x29>::new(&x, &y).err(), Some(Rejected::Point));
        assert!(PreparedVerifyingKey::at_build_time(&x, &y).is_none());
        assert!(table::key(&from_bytes(&x), &from_bytes(&y), Radix::Bits261).is_none());
    }
    assert!(Prepared::<Limbs9x29>::at_build_time(&x, &y).is_some());
}

/// y² is not what it should be by a number whose Montgomery form has two words that are the same, and no others.
#[test]
fn differences_of_equal_words_are_differences() {
    for (x, y) in [
        (6, "1b8b92d2fed95e86efc655498b06482cb3ba28986dce8c91ea06c17ce91eb813"),
        (6, "2b6c7163dcea3659d126b8ed74e10241cccd247bb76f8492b63fc52115b93e89"),
        (8, "e9a17acefe011f282d8eee5d0744c42890cce03ee5fbf536f9015c2d70f69ca5"),
    ] {
        let y = core::array::from_fn(|i| u8::from_str_radix(&y[2 * i..2 * i + 2], 16).unwrap());
        let x = big_endian(&[x, 0, 0, 0]);
        assert_eq!(VerifyingKey::new(&x, &y).err(), Some(Rejected::Point));
        assert!(PreparedVerifyingKey::at_build_time(&x, &y).is_none());
    }
}

#[test]
fn reasons_can_be_read() {
    let texts = [Rejected::Point, Rejected::Scalar, Rejected::Signature].map(|why| why.to_string());
    assert!(texts.iter().all(|text| text.len() > 10));
    assert!(texts[0] != texts[1] && texts[1] != texts[2] && texts[0] != texts[2]);
}
