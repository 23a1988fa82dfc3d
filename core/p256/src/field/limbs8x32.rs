//! Eight limbs of 32 bits, for targets that multiply 32 by 32 bits. R = 2²⁵⁶.
//!
//! Invariant: an element is below p before and after each operation; loose and tight are the same. Products are loops over rows, which
//! are small as well as quick where adding two words to a product is one instruction. Leaks: everything; public inputs only.

use super::limbs4x64::constant::{self, R2};
use super::{Field, P};
use crate::table::{self, Narrow, Radix, Wide};
use crate::words::{adc32, halves, less, mac32, sbb32, whole};

/// An element in Montgomery form, a·2²⁵⁶ mod p, below p; lowest limb first.
#[derive(Clone, Copy, Debug)]
pub struct Limbs8x32([u32; 8]);

const MODULUS: [u32; 8] = halves(&P);

impl Field for Limbs8x32 {
    const ZERO: Self = Self([0; 8]);
    const ONE: Self = Self(halves(&constant::ONE));
    const RADIX: Radix = Radix::Bits256;

    fn from_words(words: &[u64; 4]) -> Self {
        debug_assert!(less(words, &P));
        Self(halves(words)).mul(&Self(halves(&R2)))
    }

    fn to_words(self) -> [u64; 4] {
        whole(&self.mul(&Self([1, 0, 0, 0, 0, 0, 0, 0])).0)
    }

    fn pack(self) -> [u64; 4] {
        whole(&self.0)
    }

    fn unpack(packed: &[u64; 4]) -> Self {
        debug_assert!(less(packed, &P));
        Self(halves(packed))
    }

    fn generator() -> &'static Wide {
        static TABLE: Wide = table::generator(Limbs8x32::RADIX);
        &TABLE
    }

    fn generator_shifted() -> &'static [Narrow; 3] {
        static TABLES: [Narrow; 3] = table::generator_shifted(Limbs8x32::RADIX);
        &TABLES
    }

    #[inline(never)]
    fn add(&self, b: &Self) -> Self {
        let (sum, carry) = added(&self.0, &b.0);
        folded(sum, carry)
    }

    #[inline(never)]
    fn sub(&self, b: &Self) -> Self {
        let (difference, borrow) = subtracted(&self.0, &b.0);
        // Below 0 by less than p: p is added, and the carry of that cancels the borrow.
        Self(if borrow == 0 { difference } else { added(&difference, &MODULUS).0 })
    }

    fn double(&self) -> Self {
        self.add(self)
    }

    #[inline(never)]
    fn half(&self) -> Self {
        // Of an odd number, (a + p)/2.
        let odd = self.0[0] & 1 == 1;
        let (mut sum, mut above) = if odd { added(&self.0, &MODULUS) } else { (self.0, 0) };
        for word in sum.iter_mut().rev() {
            (*word, above) = (*word >> 1 | above << 31, *word & 1);
        }
        Self(sum)
    }

    fn tight(self) -> Self {
        self
    }

    #[inline(never)]
    fn mul(&self, b: &Self) -> Self {
        reduced(product(&self.0, &b.0))
    }

    #[inline(never)]
    fn square(&self) -> Self {
        reduced(squared(&self.0))
    }

    #[inline(never)]
    fn mul_sub(a: &Self, b: &Self, c: &Self, d: &Self) -> Self {
        difference(product(&a.0, &b.0), &product(&c.0, &d.0))
    }

    fn mul_sub_square(a: &Self, b: &Self, c: &Self) -> Self {
        Self::mul_sub(a, b, c, c)
    }

    fn is_zero(&self) -> bool {
        self.0 == [0; 8]
    }
}

/// (x − y) / 2²⁵⁶ mod p of products of elements.
#[inline(always)]
fn difference(mut x: [u32; 16], y: &[u32; 16]) -> Limbs8x32 {
    let mut borrow = 0;
    for (word, y) in x.iter_mut().zip(y) {
        (*word, borrow) = sbb32(*word, *y, borrow);
    }
    if borrow == 1 {
        // Below 0 by less than p²: p·2²⁵⁶ is added, which leaves it below p·2²⁵⁶.
        let mut carry = 0;
        for (word, p) in x.iter_mut().skip(8).zip(MODULUS) {
            (*word, carry) = adc32(*word, p, carry);
        }
    }
    reduced(x)
}

#[inline(never)]
fn added(a: &[u32; 8], b: &[u32; 8]) -> ([u32; 8], u32) {
    let (mut sum, mut carry) = (*a, 0);
    for (word, b) in sum.iter_mut().zip(b) {
        (*word, carry) = adc32(*word, *b, carry);
    }
    (sum, carry)
}

#[inline(never)]
fn subtracted(a: &[u32; 8], b: &[u32; 8]) -> ([u32; 8], u32) {
    let (mut difference, mut borrow) = (*a, 0);
    for (word, b) in difference.iter_mut().zip(b) {
        (*word, borrow) = sbb32(*word, *b, borrow);
    }
    (difference, borrow)
}

/// The number carry·2²⁵⁶ + a, which is below 2p, modulo p. Without a carry, it is at least p only where the highest limb is all ones:
/// one number in 2³².
#[inline(always)]
fn folded(a: [u32; 8], carry: u32) -> Limbs8x32 {
    if carry == 0 && a[7] != u32::MAX {
        return Limbs8x32(a);
    }
    let (less_p, borrow) = subtracted(&a, &MODULUS);
    Limbs8x32(if carry == 0 && borrow == 1 { a } else { less_p })
}

/// a·b, row by row.
#[inline(always)]
fn product(a: &[u32; 8], b: &[u32; 8]) -> [u32; 16] {
    let mut t = [0; 16];
    for (i, a) in a.iter().enumerate() {
        let row = t.get_mut(i..).and_then(|words| words.first_chunk_mut::<9>());
        let Some([low @ .., high]) = row else { break };
        let mut carry = 0;
        for (word, b) in low.iter_mut().zip(b) {
            (*word, carry) = mac32(*word, *a, *b, carry);
        }
        *high = carry;
    }
    t
}

/// a²: the products of two different limbs, twice, and the squares.
#[inline(always)]
fn squared(a: &[u32; 8]) -> [u32; 16] {
    let mut t = [0; 16];
    let (mut limbs, mut words) = (a.as_slice(), t.as_mut_slice());
    while let [limb, above @ ..] = limbs {
        let row = words.get_mut(1..).unwrap_or_default();
        let (mut carry, mut slots) = (0, row.iter_mut());
        for (b, word) in above.iter().zip(&mut slots) {
            (*word, carry) = mac32(*word, *limb, *b, carry);
        }
        if let Some(high) = slots.next() {
            *high = carry;
        }
        (limbs, words) = (above, words.get_mut(2..).unwrap_or_default());
    }

    let (mut carry, mut bit) = (0, 0);
    for ([low, high], limb) in t.as_chunks_mut::<2>().0.iter_mut().zip(a) {
        let doubled = [*low << 1 | bit, *high << 1 | *low >> 31];
        bit = *high >> 31;
        (*low, carry) = mac32(doubled[0], *limb, *limb, carry);
        (*high, carry) = adc32(doubled[1], carry, 0);
    }
    t
}

/// t / 2²⁵⁶ mod p of a t below p·2²⁵⁶ (Montgomery, 1985): a multiple q·p is added that makes the eight lowest words zero.
///
/// −1/p is 1 modulo 2³², so that the factor of each step is the lowest word itself, and q·p = q·(2³² − 1)·2²²⁴ + q·2¹⁹² + q·2⁹⁶ − q.
#[inline(always)]
fn reduced(mut t: [u32; 16]) -> Limbs8x32 {
    let mut top = 0;
    for i in 0..8 {
        let window = t.get_mut(i..).and_then(|words| words.first_chunk_mut::<9>());
        let Some([q, _, _, w3, w4, w5, w6, w7, w8]) = window else { break };
        let mut carry;
        (*w3, carry) = adc32(*w3, *q, 0);
        (*w4, carry) = adc32(*w4, 0, carry);
        (*w5, carry) = adc32(*w5, 0, carry);
        (*w6, carry) = adc32(*w6, *q, carry);
        (*w7, carry) = mac32(*w7, *q, u32::MAX, carry);
        (*w8, top) = adc32(*w8, carry, top);
    }
    let [.., a, b, c, d, e, f, g, h] = t;
    folded([a, b, c, d, e, f, g, h], top)
}
