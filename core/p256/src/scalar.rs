//! Numbers modulo n, the order of the generator: products and the inverse.
//!
//! Invariant: a [`Scalar`] is below n. Leaks: everything; variable time, public inputs only.

use crate::curve::N;
use crate::field::P;
use crate::inverse::{Prime, inverse};
use crate::words::{self, adc32, from_bytes, halves, less, mac32, sbb32, sum, whole};

/// A number below n, lowest word first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scalar([u64; 4]);

const N32: [u32; 8] = halves(&N);

/// −1/n mod 2³².
const FACTOR: u32 = {
    // Each round doubles the bits of 1/n that are right; n·n is 1 modulo 8.
    let (mut inverse, mut round) = (N32[0], 0u32);
    while round < 4 {
        inverse = inverse.wrapping_mul(2u32.wrapping_sub(N32[0].wrapping_mul(inverse)));
        round = round.wrapping_add(1);
    }
    inverse.wrapping_neg()
};

/// 2⁵¹² mod n, which takes a product out of Montgomery's form again.
const R2: [u32; 8] = {
    // 2²⁵⁶ − n, doubled 256 times.
    let (mut power, mut i) = (subtract(&[0; 8], &N32).0, 0u32);
    while i < 256 {
        let (doubled, carry) = double(&power);
        let (reduced, borrow) = subtract(&doubled, &N32);
        power = if carry == 1 || borrow == 0 { reduced } else { doubled };
        i = i.wrapping_add(1);
    }
    power
};

impl Scalar {
    /// The number that these bytes are, if it is in 1..n.
    pub fn in_range(bytes: &[u8; 32]) -> Option<Self> {
        let words = from_bytes(bytes);
        (less(&words, &N) && words != [0; 4]).then_some(Self(words))
    }

    /// The number that these bytes are, modulo n. They are below 2n.
    pub fn reduced(bytes: &[u8; 32]) -> Self {
        let words = from_bytes(bytes);
        match words::subtract(&words, &N) {
            (_, true) => Self(words),
            (reduced, false) => Self(reduced),
        }
    }

    /// The words, lowest first.
    pub fn words(&self) -> &[u64; 4] {
        &self.0
    }

    /// The number plus n, if that is below p.
    pub(crate) fn plus_order_in_field(&self) -> Option<[u64; 4]> {
        let (sum, carry) = sum(&self.0, &N);
        (!carry && less(&sum, &P)).then_some(sum)
    }

    /// The product modulo n.
    #[must_use]
    pub fn mul(&self, other: &Self) -> Self {
        // (a·b / 2²⁵⁶)·2⁵¹² / 2²⁵⁶
        let product = montgomery(&halves(&self.0), &halves(&other.0));
        Self(whole(&montgomery(&product, &R2)))
    }

    /// 1/a modulo n of an a that is not 0; 0 of 0.
    #[must_use]
    pub fn invert(&self) -> Self {
        const ORDER: Prime = Prime::new(&N);
        Self(inverse(&self.0, &ORDER))
    }
}

/// a·b / 2²⁵⁶ mod n of an a and a b of which one is below n (Montgomery, 1985).
fn montgomery(a: &[u32; 8], b: &[u32; 8]) -> [u32; 8] {
    // Below 2n after each round; `top` is bit 256.
    let (mut sum, mut top) = ([0; 8], 0);
    for a in a {
        let mut carry = 0;
        for (word, b) in sum.iter_mut().zip(b) {
            (*word, carry) = mac32(*word, *a, *b, carry);
        }
        let (high, over) = adc32(top, carry, 0);

        // Adds a multiple of n that makes the lowest word 0, and shifts that out.
        let factor = sum[0].wrapping_mul(FACTOR);
        let (_, mut carry) = mac32(sum[0], factor, N32[0], 0);
        let before = sum;
        for (word, (above, n)) in sum.iter_mut().zip(before.iter().zip(&N32).skip(1)) {
            (*word, carry) = mac32(*above, factor, *n, carry);
        }
        (sum[7], carry) = adc32(high, carry, 0);
        top = over.wrapping_add(carry);
    }
    let (reduced, borrow) = subtract(&sum, &N32);
    if top == 1 || borrow == 0 { reduced } else { sum }
}

const fn subtract(a: &[u32; 8], b: &[u32; 8]) -> ([u32; 8], u32) {
    let (d0, borrow) = sbb32(a[0], b[0], 0);
    let (d1, borrow) = sbb32(a[1], b[1], borrow);
    let (d2, borrow) = sbb32(a[2], b[2], borrow);
    let (d3, borrow) = sbb32(a[3], b[3], borrow);
    let (d4, borrow) = sbb32(a[4], b[4], borrow);
    let (d5, borrow) = sbb32(a[5], b[5], borrow);
    let (d6, borrow) = sbb32(a[6], b[6], borrow);
    let (d7, borrow) = sbb32(a[7], b[7], borrow);
    ([d0, d1, d2, d3, d4, d5, d6, d7], borrow)
}

const fn double(a: &[u32; 8]) -> ([u32; 8], u32) {
    let (s0, carry) = adc32(a[0], a[0], 0);
    let (s1, carry) = adc32(a[1], a[1], carry);
    let (s2, carry) = adc32(a[2], a[2], carry);
    let (s3, carry) = adc32(a[3], a[3], carry);
    let (s4, carry) = adc32(a[4], a[4], carry);
    let (s5, carry) = adc32(a[5], a[5], carry);
    let (s6, carry) = adc32(a[6], a[6], carry);
    let (s7, carry) = adc32(a[7], a[7], carry);
    ([s0, s1, s2, s3, s4, s5, s6, s7], carry)
}
