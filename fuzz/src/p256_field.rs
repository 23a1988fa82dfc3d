//! The field of `mfakit_p256` in every layout against num-bigint: a program of operations over a few elements, whose numbers and
//! Montgomery forms are the input's.

use crate::input::{Input, Output};
use mfakit_p256::layouts::{Field, Limbs4x64, Limbs8x32, Limbs9x29};
use num_bigint::BigUint;

/// Elements that a program works on.
const REGISTERS: usize = 4;
/// Its longest.
const STEPS: usize = 64;

fn p() -> BigUint {
    (BigUint::from(0xffff_ffff_u32) << 224_u8)
        + (BigUint::from(1_u8) << 192_u8)
        + (BigUint::from(1_u8) << 96_u8)
        - 1_u8
}

/// Whether every layout computed something; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    in_layout::<Limbs4x64>(data);
    in_layout::<Limbs8x32>(data);
    in_layout::<Limbs9x29>(data)
}

fn in_layout<F: Field>(data: &[u8]) -> bool {
    let p = p();
    let mut input = Input::new(data);
    let packed = input.u8();
    let radix = number(&F::ONE.pack());
    let unradix = radix.modpow(&(&p - 2_u8), &p);
    let mut registers: Vec<(F, BigUint)> = (0..REGISTERS)
        .map(|place| {
            let mut value = BigUint::from_bytes_be(&input.array::<32>());
            if value >= p {
                value -= &p;
            }
            let words = words(&value);
            if packed >> place & 1 == 0 {
                return (F::from_words(&words), value);
            }
            assert_eq!(F::unpack(&words).pack(), words);
            (F::unpack(&words), value * &unradix % &p)
        })
        .collect();
    let program = &input.rest()[..input.rest().len().min(STEPS)];
    for step in program {
        let place = |shift: u8| usize::from(step >> shift) % REGISTERS;
        let ((x, a), (y, b)) = (&registers[place(0)], &registers[place(2)]);
        let difference = (a + &p - b) % &p;
        let (element, value) = match step >> 4 {
            0 | 1 => (x.mul(y), a * b),
            2 | 3 => (x.square(), a * a),
            4 => (x.add(y).tight(), a + b),
            5 => (x.sub(y).tight(), difference),
            6 => (x.double().add(y).tight(), a * 2_u8 + b),
            7 => (x.sub(y).sub(&x.double()).tight(), difference + (&p - a) * 2_u8),
            8 => (x.sub(y).square(), &difference * &difference),
            9 => (x.sub(y).mul(&x.add(y)), difference * (a + b)),
            10 => (F::mul_sub(x, y, &x.sub(y), x), a * b + (&p - difference) * a),
            11 => (F::mul_sub(x, x, y, y), a * a + (&p - b) * b),
            12 => (x.sub(y).mul(&y.double()), difference * b * 2_u8),
            13 => (F::mul_sub(x, &y.sub(x), y, x), a * (b + &p - a) + (&p - b) * a),
            14 => (F::ZERO.sub(x).tight(), &p - a),
            _ => (x.invert(), a.modpow(&(&p - 2_u8), &p)),
        };
        let value = value % &p;
        assert_eq!(x.sub(y).is_zero(), a == b, "{x:?} - {y:?}");
        assert_eq!(number(&element.to_words()), value, "{step:x}: {x:?}, {y:?}");
        assert_eq!(number(&element.pack()), &value * &radix % &p, "{step:x}: {x:?}, {y:?}");
        registers[place(0)] = (element, value);
    }
    !program.is_empty()
}

fn number(words: &[u64; 4]) -> BigUint {
    words.iter().rev().fold(BigUint::default(), |number, word| (number << 64_u8) + *word)
}

fn words(number: &BigUint) -> [u64; 4] {
    let digits = number.to_u64_digits();
    core::array::from_fn(|place| digits.get(place).copied().unwrap_or(0))
}

/// Every operation on numbers next to 0, p and 2²²⁴, plain and in Montgomery form.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let bytes = |number: &BigUint| {
        let digits = number.to_bytes_be();
        let mut bytes = [0; 32];
        bytes[32 - digits.len()..].copy_from_slice(&digits);
        bytes
    };
    let power = |k: u8| BigUint::from(1_u8) << k;
    let sets = [
        [BigUint::default(), BigUint::from(1_u8), p() - 1_u8, power(224)],
        [power(224) - 1_u8, p() - power(224), power(255), power(128)],
        [
            BigUint::from_bytes_be(&[0x5a; 32]),
            BigUint::from_bytes_be(&[0xa5; 32]),
            power(29),
            power(32),
        ],
        [BigUint::from_bytes_be(&[0xff; 32]), p(), power(232) - 1_u8, power(203)],
    ];
    let program: Vec<u8> = (0..16_u8).map(|operation| operation << 4 | operation % 16).collect();
    let mut seeds = Vec::new();
    for packed in [0, 0b1111, 0b0101] {
        for set in &sets {
            let start = Output::default().number([packed]);
            let mut seed =
                set.iter().fold(start, |seed, number| seed.number(bytes(number))).finish();
            seed.extend(&program);
            seeds.push(seed);
        }
    }
    seeds
}
