//! Nine limbs of 29 bits in 64-bit words, for WebAssembly, which has neither carries nor a product of 128 bits. R = 2²⁶¹.
//!
//! Limbs are signed and may stand outside 29 bits for a while, so that sums and differences carry nothing. The magnitudes:
//!
//! | element | limbs 0 to 7 | the number itself |
//! |---|---|---|
//! | tight: of `mul`, `square`, `carry` … | 0 ≤ limb < 2²⁹ | −2²⁵³ … 2²⁵⁶ + 2²⁵³ |
//! | difference of two tight ones | magnitude below 2²⁹ | magnitude below 2²⁵⁶ + 2²⁵⁴ |
//! | sum of two tight ones, a double | magnitude below 2³⁰ | magnitude below 2²⁵⁷ + 2²⁵⁴ |
//!
//! The highest limb is a signed number of at most 27 bits. A column of a product has nine terms: of a tight element or difference and
//! a sum, each is below 2⁵⁹, the column below 2⁶²·¹⁷. Invariant: no column of what is multiplied passes 2⁶²·⁷⁵. Leaks: everything;
//! public inputs only.
#![allow(clippy::as_conversions, reason = "`From` is not const; every cast keeps the number")]
#![allow(
    clippy::arithmetic_side_effects,
    reason = "a `Limb`'s operators cannot panic; debug builds assert their bounds"
)]

use super::limbs4x64::constant::power_of_two;
use super::{Field, P};
use crate::table::{self, Narrow, Radix, Wide};
use crate::words::less;
use core::ops::{Add, Mul, Shl, Shr, Sub};

const BITS: u32 = 29;
const MASK: i64 = (1 << BITS) - 1;

/// A limb, or a column of products. The operators cannot panic; that they do not overflow is asserted in debug builds.
#[derive(Clone, Copy, Debug)]
struct Limb(i64);

/// An element in Montgomery form, congruent to a·2²⁶¹ modulo p: the sum of limb·2^(29·i).
#[derive(Clone, Copy, Debug)]
pub struct Limbs9x29([Limb; 9]);

/// p, and 2⁵²² mod p, which brings a number into Montgomery form.
const MODULUS: [Limb; 9] = split(&P);
const R2: Limbs9x29 = Limbs9x29(split(&power_of_two(266)));

impl Field for Limbs9x29 {
    const ZERO: Self = Self([Limb(0); 9]);
    // 2²⁶¹ mod p.
    const ONE: Self = Self(split(&power_of_two(5)));
    const RADIX: Radix = Radix::Bits261;

    fn from_words(words: &[u64; 4]) -> Self {
        debug_assert!(less(words, &P));
        Self(split(words)).mul(&R2)
    }

    fn to_words(self) -> [u64; 4] {
        self.mul(&Self(split(&[1, 0, 0, 0]))).pack()
    }

    fn pack(self) -> [u64; 4] {
        // Between −p and 2p.
        let number = carried(self.0);
        let number = if number[8].0 < 0 { plus(&number, &MODULUS) } else { number };
        let less_p = minus(&number, &MODULUS);
        join(if less_p[8].0 < 0 { &number } else { &less_p })
    }

    fn unpack(packed: &[u64; 4]) -> Self {
        debug_assert!(less(packed, &P));
        Self(split(packed))
    }

    fn generator() -> &'static Wide {
        static TABLE: Wide = table::generator(Limbs9x29::RADIX);
        &TABLE
    }

    fn generator_shifted() -> &'static [Narrow; 3] {
        static TABLES: [Narrow; 3] = table::generator_shifted(Limbs9x29::RADIX);
        &TABLES
    }

    #[inline]
    fn add(&self, b: &Self) -> Self {
        Self(each(&self.0, &b.0, |a, b| a + b))
    }

    #[inline]
    fn sub(&self, b: &Self) -> Self {
        Self(each(&self.0, &b.0, |a, b| a - b))
    }

    #[inline]
    fn double(&self) -> Self {
        self.add(self)
    }

    #[inline]
    fn half(&self) -> Self {
        // Of an odd number, (a + p)/2. The limbs of that are below 2³⁰, and half of them with a bit from above below 2²⁹ + 2²⁸.
        let odd = self.0[0].0 & 1;
        let sum = each(&self.0, &MODULUS, |a, p| a + Limb(p.0 & odd.wrapping_neg()));
        let [_, above @ ..] = sum;
        let mut halves = sum.map(|limb| limb >> 1);
        for (half, above) in halves.iter_mut().zip(above) {
            *half = *half + (Limb(above.0 & 1) << 28);
        }
        Self(halves)
    }

    #[inline(never)]
    fn tight(self) -> Self {
        debug_assert!(self.magnitude() < 1 << 32);
        let mut number = self.0;
        // So many times 2²⁵⁶ = p + 2²²⁴ − 2¹⁹² − 2⁹⁶ + 1, but for what the lower limbs carry.
        let times = (number[8] + (number[7] >> BITS)) >> 24;
        number[0] = number[0] + times;
        number[3] = number[3] - (times << 9);
        number[6] = number[6] - (times << 18);
        number[7] = number[7] + (times << 21);
        number[8] = number[8] - (times << 24);
        Self(carried(number))
    }

    #[inline(never)]
    fn mul(&self, b: &Self) -> Self {
        debug_assert!(self.magnitude() * b.magnitude() <= 1 << 59);
        reduced(columns(&self.0, &b.0))
    }

    #[inline(never)]
    fn square(&self) -> Self {
        debug_assert!(self.magnitude() <= 1 << 29);
        reduced(columns_of_square(&self.0))
    }

    #[inline(never)]
    fn mul_sub(a: &Self, b: &Self, c: &Self, d: &Self) -> Self {
        // The columns are below 2·9·2⁵⁸.
        debug_assert!(a.magnitude() * b.magnitude() <= 1 << 58);
        debug_assert!(c.magnitude() * d.magnitude() <= 1 << 58);
        difference(columns(&a.0, &b.0), columns(&c.0, &d.0))
    }

    #[inline(never)]
    fn mul_sub_square(a: &Self, b: &Self, c: &Self) -> Self {
        debug_assert!(a.magnitude() * b.magnitude() <= 1 << 58);
        debug_assert!(c.magnitude() <= 1 << 29);
        difference(columns(&a.0, &b.0), columns_of_square(&c.0))
    }

    #[inline]
    fn is_zero(&self) -> bool {
        // A difference is a multiple of p only if it is −p, 0 or p, whose lowest limbs are 1, 0 and −1 modulo 2²⁹.
        (self.0[0].0.wrapping_add(1)) & MASK <= 2 && is_multiple(&self.0)
    }
}

impl Limbs9x29 {
    /// The largest limb.
    fn magnitude(&self) -> i64 {
        self.0.iter().fold(0, |largest, limb| largest.max(limb.0.saturating_abs()))
    }
}

#[cold]
#[inline(never)]
fn is_multiple(number: &[Limb; 9]) -> bool {
    let number = carried(*number);
    let is = |other: [Limb; 9]| number.iter().zip(other).all(|(a, b)| a.0 == b.0);
    is([Limb(0); 9]) || is(MODULUS) || is(minus(&[Limb(0); 9], &MODULUS))
}

/// The columns of the product: the sums of all a\[i\]·b\[j\] with the same i + j.
#[inline(always)]
#[rustfmt::skip]
fn columns(a: &[Limb; 9], b: &[Limb; 9]) -> [Limb; 17] {
    [
        a[0] * b[0],
        a[0] * b[1] + a[1] * b[0],
        a[0] * b[2] + a[1] * b[1] + a[2] * b[0],
        a[0] * b[3] + a[1] * b[2] + a[2] * b[1] + a[3] * b[0],
        a[0] * b[4] + a[1] * b[3] + a[2] * b[2] + a[3] * b[1] + a[4] * b[0],
        a[0] * b[5] + a[1] * b[4] + a[2] * b[3] + a[3] * b[2] + a[4] * b[1] + a[5] * b[0],
        a[0] * b[6] + a[1] * b[5] + a[2] * b[4] + a[3] * b[3] + a[4] * b[2] + a[5] * b[1] + a[6] * b[0],
        a[0] * b[7] + a[1] * b[6] + a[2] * b[5] + a[3] * b[4] + a[4] * b[3] + a[5] * b[2] + a[6] * b[1] + a[7] * b[0],
        a[0] * b[8] + a[1] * b[7] + a[2] * b[6] + a[3] * b[5] + a[4] * b[4] + a[5] * b[3] + a[6] * b[2] + a[7] * b[1] + a[8] * b[0],
        a[1] * b[8] + a[2] * b[7] + a[3] * b[6] + a[4] * b[5] + a[5] * b[4] + a[6] * b[3] + a[7] * b[2] + a[8] * b[1],
        a[2] * b[8] + a[3] * b[7] + a[4] * b[6] + a[5] * b[5] + a[6] * b[4] + a[7] * b[3] + a[8] * b[2],
        a[3] * b[8] + a[4] * b[7] + a[5] * b[6] + a[6] * b[5] + a[7] * b[4] + a[8] * b[3],
        a[4] * b[8] + a[5] * b[7] + a[6] * b[6] + a[7] * b[5] + a[8] * b[4],
        a[5] * b[8] + a[6] * b[7] + a[7] * b[6] + a[8] * b[5],
        a[6] * b[8] + a[7] * b[7] + a[8] * b[6],
        a[7] * b[8] + a[8] * b[7],
        a[8] * b[8],
    ]
}

/// As [`columns`] of a and a: a product of two different limbs counts twice.
#[inline(always)]
#[rustfmt::skip]
fn columns_of_square(a: &[Limb; 9]) -> [Limb; 17] {
    [
        a[0] * a[0],
        (a[0] * a[1]) << 1,
        ((a[0] * a[2]) << 1) + a[1] * a[1],
        (a[0] * a[3] + a[1] * a[2]) << 1,
        ((a[0] * a[4] + a[1] * a[3]) << 1) + a[2] * a[2],
        (a[0] * a[5] + a[1] * a[4] + a[2] * a[3]) << 1,
        ((a[0] * a[6] + a[1] * a[5] + a[2] * a[4]) << 1) + a[3] * a[3],
        (a[0] * a[7] + a[1] * a[6] + a[2] * a[5] + a[3] * a[4]) << 1,
        ((a[0] * a[8] + a[1] * a[7] + a[2] * a[6] + a[3] * a[5]) << 1) + a[4] * a[4],
        (a[1] * a[8] + a[2] * a[7] + a[3] * a[6] + a[4] * a[5]) << 1,
        ((a[2] * a[8] + a[3] * a[7] + a[4] * a[6]) << 1) + a[5] * a[5],
        (a[3] * a[8] + a[4] * a[7] + a[5] * a[6]) << 1,
        ((a[4] * a[8] + a[5] * a[7]) << 1) + a[6] * a[6],
        (a[5] * a[8] + a[6] * a[7]) << 1,
        ((a[6] * a[8]) << 1) + a[7] * a[7],
        (a[7] * a[8]) << 1,
        a[8] * a[8],
    ]
}

/// (x − y) / 2²⁶¹ modulo p.
#[inline(always)]
fn difference(mut x: [Limb; 17], y: [Limb; 17]) -> Limbs9x29 {
    for (column, y) in x.iter_mut().zip(y) {
        *column = *column - y;
    }
    reduced(x)
}

/// The number / 2²⁶¹ modulo p (Montgomery, 1985): a multiple q·p is added that makes the nine lowest limbs zero.
///
/// −1/p is 1 modulo 2²⁹, so that the factor of each step is the lowest limb itself, and q·p = q·2²⁵⁶ − q·2²²⁴ + q·2¹⁹² + q·2⁹⁶ − q:
/// four shifts, as 96 = 3·29 + 9, 192 = 6·29 + 18, 224 = 7·29 + 21 and 256 = 8·29 + 24. They add less than 2⁵⁴ to a column, and what
/// is carried from the column below less than 2³⁵. The result is the product's number / 2²⁶¹ plus less than p, where the product's number
/// is below 2⁵¹⁴ in magnitude: it is tight.
#[inline(always)]
fn reduced(mut t: [Limb; 17]) -> Limbs9x29 {
    macro_rules! step {
        ($($at:literal $next:literal $third:literal $sixth:literal $seventh:literal $eighth:literal;)*) => {$(
            let q = t[$at].low();
            t[$next] = t[$next] + (t[$at] >> BITS);
            t[$third] = t[$third] + (q << 9);
            t[$sixth] = t[$sixth] + (q << 18);
            t[$seventh] = t[$seventh] - (q << 21);
            t[$eighth] = t[$eighth] + (q << 24);
        )*};
    }
    step! {
        0 1 3 6 7 8;
        1 2 4 7 8 9;
        2 3 5 8 9 10;
        3 4 6 9 10 11;
        4 5 7 10 11 12;
        5 6 8 11 12 13;
        6 7 9 12 13 14;
        7 8 10 13 14 15;
        8 9 11 14 15 16;
    }
    let [.., a, b, c, d, e, f, g, h] = t;
    Limbs9x29(carried([a, b, c, d, e, f, g, h, Limb(0)]))
}

/// The same number with all limbs but the highest in 0..2²⁹.
#[inline(always)]
fn carried(number: [Limb; 9]) -> [Limb; 9] {
    let [a, b, c, d, e, f, g, h, i] = number;
    let b = b + (a >> BITS);
    let c = c + (b >> BITS);
    let d = d + (c >> BITS);
    let e = e + (d >> BITS);
    let f = f + (e >> BITS);
    let g = g + (f >> BITS);
    let h = h + (g >> BITS);
    let i = i + (h >> BITS);
    [a.low(), b.low(), c.low(), d.low(), e.low(), f.low(), g.low(), h.low(), i]
}

fn plus(a: &[Limb; 9], b: &[Limb; 9]) -> [Limb; 9] {
    carried(each(a, b, |a, b| a + b))
}

fn minus(a: &[Limb; 9], b: &[Limb; 9]) -> [Limb; 9] {
    carried(each(a, b, |a, b| a - b))
}

#[inline(always)]
fn each(a: &[Limb; 9], b: &[Limb; 9], op: impl Fn(Limb, Limb) -> Limb) -> [Limb; 9] {
    let mut result = *a;
    for (limb, b) in result.iter_mut().zip(b) {
        *limb = op(*limb, *b);
    }
    result
}

/// The limbs of a number below 2²⁵⁶.
const fn split(words: &[u64; 4]) -> [Limb; 9] {
    let [a, b, c, d] = *words;
    const fn low(word: u64) -> Limb {
        Limb((word & MASK as u64) as i64)
    }
    [
        low(a),
        low(a >> 29),
        low(a >> 58 | b << 6),
        low(b >> 23),
        low(b >> 52 | c << 12),
        low(c >> 17),
        low(c >> 46 | d << 18),
        low(d >> 11),
        low(d >> 40),
    ]
}

/// The number below 2²⁵⁶ of limbs in 0..2²⁹.
fn join(limbs: &[Limb; 9]) -> [u64; 4] {
    let [a, b, c, d, e, f, g, h, i] = limbs.map(|limb| limb.0 as u64);
    [
        a | b << 29 | c << 58,
        c >> 6 | d << 23 | e << 52,
        e >> 12 | f << 17 | g << 46,
        g >> 18 | h << 11 | i << 40,
    ]
}

impl Limb {
    /// The lowest 29 bits: a number in 0..2²⁹, of negative limbs too.
    #[inline(always)]
    const fn low(self) -> Self {
        Self(self.0 & MASK)
    }
}

impl Add for Limb {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        debug_assert!(self.0.checked_add(other.0).is_some());
        Self(self.0.wrapping_add(other.0))
    }
}

impl Sub for Limb {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        debug_assert!(self.0.checked_sub(other.0).is_some());
        Self(self.0.wrapping_sub(other.0))
    }
}

impl Mul for Limb {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        debug_assert!(self.0.checked_mul(other.0).is_some());
        Self(self.0.wrapping_mul(other.0))
    }
}

impl Shl<u32> for Limb {
    type Output = Self;

    #[inline(always)]
    fn shl(self, bits: u32) -> Self {
        debug_assert!(self.0.wrapping_shl(bits).wrapping_shr(bits) == self.0);
        Self(self.0.wrapping_shl(bits))
    }
}

/// Rounds down.
impl Shr<u32> for Limb {
    type Output = Self;

    #[inline(always)]
    fn shr(self, bits: u32) -> Self {
        Self(self.0.wrapping_shr(bits))
    }
}
