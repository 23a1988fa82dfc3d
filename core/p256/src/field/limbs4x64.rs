//! Four limbs of 64 bits, for targets that multiply 64 by 64 bits. R = 2²⁵⁶.
//!
//! Invariant: an element is below p before and after each operation; loose and tight are the same. The arithmetic is `const`, as
//! the tables are made with it when the crate is compiled.

use super::{Field, P};
use crate::table::{self, Narrow, Radix, Wide};
use crate::words::{adc, less, product, sbb, subtract, sum, top};

/// An element in Montgomery form, a·2²⁵⁶ mod p, below p; lowest limb first.
#[derive(Clone, Copy, Debug)]
pub struct Limbs4x64([u64; 4]);

/// The arithmetic on plain words.
pub(crate) mod constant {
    use super::{P, adc, product, sbb, subtract, sum, top};

    /// 2²⁵⁶ mod p, which is 2²⁵⁶ − p: 1 in Montgomery form.
    pub(crate) const ONE: [u64; 4] = [1, 0xffff_ffff_0000_0000, 0xffff_ffff_ffff_ffff, 0xffff_fffe];

    /// 2⁵¹² mod p: brings a number into Montgomery form.
    pub(crate) const R2: [u64; 4] = power_of_two(256);

    /// 2^(256 + exponent) mod p.
    pub(crate) const fn power_of_two(exponent: u32) -> [u64; 4] {
        let (mut power, mut i) = (ONE, 0u32);
        while i < exponent {
            power = add(&power, &power);
            i = i.wrapping_add(1);
        }
        power
    }

    /// p where there is a carry or a borrow, else 0.
    #[inline(always)]
    const fn modulus_if(condition: bool) -> [u64; 4] {
        let mask = if condition { u64::MAX } else { 0 };
        [mask, mask >> 32, 0, mask & P[3]]
    }

    /// The number carry·2²⁵⁶ + a, which is below 2p, modulo p.
    ///
    /// Nearly every number that p has to be taken from has a carry. The branch is for the others, which are in p … 2²⁵⁶: one in 2³²
    /// of all numbers.
    #[inline(always)]
    const fn fold(a: [u64; 4], carry: bool) -> [u64; 4] {
        let (folded, _) = subtract(&a, &modulus_if(carry));
        if folded[3] >= P[3] { fold_rarely(folded) } else { folded }
    }

    #[cold]
    #[inline(never)]
    const fn fold_rarely(a: [u64; 4]) -> [u64; 4] {
        match subtract(&a, &P) {
            (_, true) => a,
            (folded, false) => folded,
        }
    }

    #[inline(always)]
    pub(crate) const fn add(a: &[u64; 4], b: &[u64; 4]) -> [u64; 4] {
        let (sum, carry) = sum(a, b);
        fold(sum, carry)
    }

    #[inline(always)]
    pub(crate) const fn sub(a: &[u64; 4], b: &[u64; 4]) -> [u64; 4] {
        let (difference, borrow) = subtract(a, b);
        // Below 0 by less than p: p is added, and the carry of that cancels the borrow.
        sum(&difference, &modulus_if(borrow)).0
    }

    #[inline(always)]
    pub(crate) const fn mul(a: &[u64; 4], b: &[u64; 4]) -> [u64; 4] {
        reduce(wide_product(a, b))
    }

    #[inline(always)]
    pub(crate) const fn square(a: &[u64; 4]) -> [u64; 4] {
        reduce(wide_square(a))
    }

    /// a/2: of an odd a, (a + p)/2.
    #[inline(always)]
    pub(crate) const fn half(a: &[u64; 4]) -> [u64; 4] {
        let ([s0, s1, s2, s3], carry) = sum(a, &modulus_if(a[0] & 1 == 1));
        let s4 = top(0, carry);
        [s0 >> 1 | s1 << 63, s1 >> 1 | s2 << 63, s2 >> 1 | s3 << 63, s3 >> 1 | s4 << 63]
    }

    /// a·b − c·d.
    #[inline(always)]
    pub(crate) const fn mul_sub(
        a: &[u64; 4],
        b: &[u64; 4],
        c: &[u64; 4],
        d: &[u64; 4],
    ) -> [u64; 4] {
        reduce(less(wide_product(a, b), wide_product(c, d)))
    }

    /// a·b − c².
    #[inline(always)]
    pub(crate) const fn mul_sub_square(a: &[u64; 4], b: &[u64; 4], c: &[u64; 4]) -> [u64; 4] {
        reduce(less(wide_product(a, b), wide_square(c)))
    }

    /// x − y modulo p·2²⁵⁶, of products of elements: where it is below 0, p·2²⁵⁶ is added, so that it is below that again.
    #[inline(always)]
    const fn less(x: [u64; 8], y: [u64; 8]) -> [u64; 8] {
        let [x0, x1, x2, x3, x4, x5, x6, x7] = x;
        let [y0, y1, y2, y3, y4, y5, y6, y7] = y;
        let ([t0, t1, t2, t3], borrow) = subtract(&[x0, x1, x2, x3], &[y0, y1, y2, y3]);
        let (t4, borrow) = sbb(x4, y4, borrow);
        let (t5, borrow) = sbb(x5, y5, borrow);
        let (t6, borrow) = sbb(x6, y6, borrow);
        let (t7, borrow) = sbb(x7, y7, borrow);
        let ([t4, t5, t6, t7], _) = sum(&[t4, t5, t6, t7], &modulus_if(borrow));
        [t0, t1, t2, t3, t4, t5, t6, t7]
    }

    /// a·b, row by row.
    #[inline(always)]
    const fn wide_product(a: &[u64; 4], b: &[u64; 4]) -> [u64; 8] {
        let [t0, t1, t2, t3, t4] = row(a[0], b);
        let ([t1, t2, t3, t4], t5) = add_row([t1, t2, t3, t4], row(a[1], b));
        let ([t2, t3, t4, t5], t6) = add_row([t2, t3, t4, t5], row(a[2], b));
        let ([t3, t4, t5, t6], t7) = add_row([t3, t4, t5, t6], row(a[3], b));
        [t0, t1, t2, t3, t4, t5, t6, t7]
    }

    /// a·b of one limb a.
    #[inline(always)]
    const fn row(a: u64, b: &[u64; 4]) -> [u64; 5] {
        let (t0, h0) = product(a, b[0]);
        let (l1, h1) = product(a, b[1]);
        let (l2, h2) = product(a, b[2]);
        let (l3, h3) = product(a, b[3]);
        let (t1, carry) = adc(l1, h0, false);
        let (t2, carry) = adc(l2, h1, carry);
        let (t3, carry) = adc(l3, h2, carry);
        [t0, t1, t2, t3, top(h3, carry)]
    }

    #[inline(always)]
    const fn add_row(t: [u64; 4], row: [u64; 5]) -> ([u64; 4], u64) {
        let [r0, r1, r2, r3, high] = row;
        let (sum, carry) = sum(&t, &[r0, r1, r2, r3]);
        (sum, top(high, carry))
    }

    /// a²: the six products of two different limbs count twice.
    #[inline(always)]
    const fn wide_square(a: &[u64; 4]) -> [u64; 8] {
        let (t1, h1) = product(a[0], a[1]);
        let (l2, h2) = product(a[0], a[2]);
        let (l3, h3) = product(a[0], a[3]);
        let (t2, carry) = adc(l2, h1, false);
        let (t3, carry) = adc(l3, h2, carry);
        let t4 = top(h3, carry);

        let (m3, h3) = product(a[1], a[2]);
        let (l4, h4) = product(a[1], a[3]);
        let (l5, h5) = product(a[2], a[3]);
        let (m4, carry) = adc(l4, h3, false);
        let (m5, carry) = adc(l5, h4, carry);
        let m6 = top(h5, carry);

        let (t3, carry) = adc(t3, m3, false);
        let (t4, carry) = adc(t4, m4, carry);
        let (t5, carry) = adc(m5, 0, carry);
        let t6 = top(m6, carry);

        let (t1, carry) = adc(t1, t1, false);
        let (t2, carry) = adc(t2, t2, carry);
        let (t3, carry) = adc(t3, t3, carry);
        let (t4, carry) = adc(t4, t4, carry);
        let (t5, carry) = adc(t5, t5, carry);
        let (t6, carry) = adc(t6, t6, carry);
        let t7 = top(0, carry);

        let (t0, h0) = product(a[0], a[0]);
        let (l2, h2) = product(a[1], a[1]);
        let (l4, h4) = product(a[2], a[2]);
        let (l6, h6) = product(a[3], a[3]);
        let (t1, carry) = adc(t1, h0, false);
        let (t2, carry) = adc(t2, l2, carry);
        let (t3, carry) = adc(t3, h2, carry);
        let (t4, carry) = adc(t4, l4, carry);
        let (t5, carry) = adc(t5, h4, carry);
        let (t6, carry) = adc(t6, l6, carry);
        let (t7, _) = adc(t7, h6, carry);
        [t0, t1, t2, t3, t4, t5, t6, t7]
    }

    /// t / 2²⁵⁶ mod p of a t below p·2²⁵⁶ (Montgomery, 1985). The low half becomes a number up to p that is congruent to it
    /// divided by 2²⁵⁶; with the high half, which is below p, it is below 2p.
    #[inline(always)]
    const fn reduce(t: [u64; 8]) -> [u64; 4] {
        let [t0, t1, t2, t3, t4, t5, t6, t7] = t;
        let low = step(step(step(step([t0, t1, t2, t3]))));
        let (sum, carry) = sum(&low, &[t4, t5, t6, t7]);
        fold(sum, carry)
    }

    /// (t + q·p) / 2⁶⁴ of q = t0, which makes t0 zero, as −1/p is 1 modulo 2⁶⁴. q·p is −q + q·2⁹⁶ and the product with the highest
    /// limb. Of a t below 2²⁵⁶, one step gives at most p + 2¹⁶⁰, and four steps at most p.
    #[inline(always)]
    const fn step(t: [u64; 4]) -> [u64; 4] {
        let [q, t1, t2, t3] = t;
        let (low, high) = product(q, P[3]);
        let (t1, carry) = adc(t1, q << 32, false);
        let (t2, carry) = adc(t2, q >> 32, carry);
        let (t3, carry) = adc(t3, low, carry);
        [t1, t2, t3, top(high, carry)]
    }
}

impl Field for Limbs4x64 {
    const ZERO: Self = Self([0; 4]);
    const ONE: Self = Self(constant::ONE);
    const RADIX: Radix = Radix::Bits256;

    fn from_words(words: &[u64; 4]) -> Self {
        debug_assert!(less(words, &P));
        Self(constant::mul(words, &constant::R2))
    }

    fn to_words(self) -> [u64; 4] {
        constant::mul(&self.0, &[1, 0, 0, 0])
    }

    #[inline(always)]
    fn pack(self) -> [u64; 4] {
        self.0
    }

    #[inline(always)]
    fn unpack(packed: &[u64; 4]) -> Self {
        debug_assert!(less(packed, &P));
        Self(*packed)
    }

    fn generator() -> &'static Wide {
        static TABLE: Wide = table::generator(Limbs4x64::RADIX);
        &TABLE
    }

    fn generator_shifted() -> &'static [Narrow; 3] {
        static TABLES: [Narrow; 3] = table::generator_shifted(Limbs4x64::RADIX);
        &TABLES
    }

    #[inline(always)]
    fn add(&self, b: &Self) -> Self {
        Self(constant::add(&self.0, &b.0))
    }

    #[inline(always)]
    fn sub(&self, b: &Self) -> Self {
        Self(constant::sub(&self.0, &b.0))
    }

    #[inline(always)]
    fn double(&self) -> Self {
        self.add(self)
    }

    #[inline(always)]
    fn half(&self) -> Self {
        Self(constant::half(&self.0))
    }

    #[inline(always)]
    fn tight(self) -> Self {
        self
    }

    #[inline(always)]
    fn mul(&self, b: &Self) -> Self {
        Self(constant::mul(&self.0, &b.0))
    }

    #[inline(always)]
    fn square(&self) -> Self {
        Self(constant::square(&self.0))
    }

    #[inline(always)]
    fn mul_sub(a: &Self, b: &Self, c: &Self, d: &Self) -> Self {
        Self(constant::mul_sub(&a.0, &b.0, &c.0, &d.0))
    }

    #[inline(always)]
    fn mul_sub_square(a: &Self, b: &Self, c: &Self) -> Self {
        Self(constant::mul_sub_square(&a.0, &b.0, &c.0))
    }

    #[inline(always)]
    fn is_zero(&self) -> bool {
        self.0 == [0; 4]
    }
}
