//! Powers modulo an odd number of up to 8192 bits, without a heap.
//!
//! VARIABLE TIME: for numbers that everybody may know, a public key and a signature. Never for decryption or signing.
//!
//! Montgomery's method (Mathematics of Computation 44, 1985): with R = 2^(bits of the limbs in use), a product is followed by a
//! reduction that divides by R instead of n. Both take two rows at a time, which halves the loads and stores and gives the
//! processor two carry chains that do not wait for each other. Invariant: a number in Montgomery form is below n, little-endian,
//! and has as many limbs as the modulus, an even number of them. No sum of a step can overflow the limbs it goes to; the bound
//! stands beside the step. Leaks: nothing secret here; the time tells every number.

/// A digit: 64 bits where the processor has such registers, 32 elsewhere.
pub(super) trait Limb: Copy + Ord + core::fmt::Debug {
    const ZERO: Self;
    const BYTES: usize;

    /// `addend + a · b + carry`, low limb first. At most (B − 1) + (B − 1)² + (B − 1) = B² − 1, which two limbs hold.
    fn mac(addend: Self, a: Self, b: Self, carry: Self) -> (Self, Self);
    /// `a + b + carry`, and the carry.
    fn adc(a: Self, b: Self, carry: bool) -> (Self, bool);
    /// `a − b − borrow`, and the borrow.
    fn sbb(a: Self, b: Self, borrow: bool) -> (Self, bool);
    /// `high · B + low` divided by `divisor`, where 0 stands for B and `high` is below the divisor.
    fn divide(high: Self, low: Self, divisor: Self) -> Self;
    /// The upper limb of `high · B + low`, shifted to the left by less than a limb.
    fn shift(high: Self, low: Self, bits: u32) -> Self;
    fn leading_zeros(self) -> u32;
    fn wrapping_add(self, other: Self) -> Self;
    fn wrapping_mul(self, other: Self) -> Self;
    /// −1/self modulo B, for an odd number.
    fn negated_inverse(self) -> Self;
    /// From big-endian bytes, of which there are at most [`Self::BYTES`].
    fn from_bytes(bytes: &[u8]) -> Self;
    /// Writes the last of the big-endian bytes, as many as fit.
    fn write(self, to: &mut [u8]);
}

macro_rules! limb {
    ($limb:ty, $wide:ty) => {
        impl Limb for $limb {
            const ZERO: Self = 0;
            const BYTES: usize = size_of::<Self>();

            #[inline(always)]
            #[allow(clippy::as_conversions, reason = "cut in two: no bit is lost")]
            fn mac(addend: Self, a: Self, b: Self, carry: Self) -> (Self, Self) {
                let product = <$wide>::from(a).wrapping_mul(<$wide>::from(b));
                let sum = product.wrapping_add(addend.into()).wrapping_add(carry.into());
                (sum as Self, (sum >> Self::BITS) as Self)
            }

            #[inline(always)]
            fn adc(a: Self, b: Self, carry: bool) -> (Self, bool) {
                let (sum, first) = a.overflowing_add(b);
                let (sum, second) = sum.overflowing_add(carry.into());
                (sum, first | second)
            }

            #[inline(always)]
            fn sbb(a: Self, b: Self, borrow: bool) -> (Self, bool) {
                let (difference, first) = a.overflowing_sub(b);
                let (difference, second) = difference.overflowing_sub(borrow.into());
                (difference, first | second)
            }

            fn divide(high: Self, low: Self, divisor: Self) -> Self {
                let number = (<$wide>::from(high) << Self::BITS) | <$wide>::from(low);
                let quotient = number.checked_div(divisor.into());
                quotient.map_or(high, |quotient| quotient.try_into().unwrap_or(Self::MAX))
            }

            fn shift(high: Self, low: Self, bits: u32) -> Self {
                let from_low = low.checked_shr(Self::BITS.wrapping_sub(bits)).unwrap_or(0);
                high.wrapping_shl(bits) | from_low
            }

            fn leading_zeros(self) -> u32 {
                self.leading_zeros()
            }

            fn wrapping_add(self, other: Self) -> Self {
                self.wrapping_add(other)
            }

            #[inline(always)]
            fn wrapping_mul(self, other: Self) -> Self {
                self.wrapping_mul(other)
            }

            fn negated_inverse(self) -> Self {
                // Newton: an odd number is its own inverse modulo 8, and each round doubles the bits that are right: 6, 12, 24,
                // 48, 96.
                let round = |x: Self, _| {
                    x.wrapping_mul(Self::from(2_u8).wrapping_sub(self.wrapping_mul(x)))
                };
                (0..5).fold(self, round).wrapping_neg()
            }

            fn from_bytes(bytes: &[u8]) -> Self {
                let mut limb = [0; Self::BYTES];
                for (to, from) in limb.iter_mut().rev().zip(bytes.iter().rev()) {
                    *to = *from;
                }
                Self::from_be_bytes(limb)
            }

            fn write(self, to: &mut [u8]) {
                for (to, from) in to.iter_mut().rev().zip(self.to_be_bytes().iter().rev()) {
                    *to = *from;
                }
            }
        }
    };
}

limb!(u32, u64);
limb!(u64, u128);

/// An odd number to calculate modulo of, of more than two limbs and at most `N`; `N` is even.
#[derive(Debug)]
pub(super) struct Modulus<L, const N: usize> {
    limbs: [L; N],
    /// How many limbs its value takes.
    significant: usize,
    /// How many limbs are calculated with: `significant`, made even.
    used: usize,
    /// −1/n modulo B.
    negated_inverse: L,
}

impl<L: Limb, const N: usize> Modulus<L, N> {
    /// From big-endian bytes without leading zeros; `None` for a number that is even, or of another size.
    #[inline(always)]
    pub(super) fn new(bytes: &[u8]) -> Option<Self> {
        let significant = bytes.len().div_ceil(L::BYTES);
        let used = significant.checked_next_multiple_of(2)?;
        let odd = bytes.last()? & 1 == 1 && *bytes.first()? != 0;
        if !odd || significant < 3 || used > N {
            return None;
        }
        let mut limbs = [L::ZERO; N];
        read(bytes, &mut limbs);
        let negated_inverse = limbs.first()?.negated_inverse();
        Some(Self { limbs, significant, used, negated_inverse })
    }

    /// Writes `base` to the power of `exponent`, which is odd and not 1, as big-endian bytes. `None`, if the base is not below
    /// the modulus.
    #[inline(never)]
    pub(super) fn power(&self, base: &[u8], exponent: u64, to: &mut [u8]) -> Option<()> {
        let n = self.limbs.get(..self.used)?;
        let mut factor = [L::ZERO; N];
        let factor = factor.get_mut(..self.used)?;
        read(base, factor);
        if factor.iter().rev().ge(n.iter().rev()) {
            return None;
        }
        self.convert(factor)?;
        let mut power = [L::ZERO; N];
        let power = power.get_mut(..self.used)?;
        for (power, limb) in power.iter_mut().zip(&*factor) {
            *power = *limb;
        }
        let mut product = [[L::ZERO; N]; 2];
        let product = product.as_flattened_mut().get_mut(..self.used.checked_mul(2)?)?;
        // From the bit after the highest down to the second.
        let bits = exponent.checked_ilog2()?;
        for bit in (1..bits).rev() {
            square(power, product)?;
            self.reduce(product, power)?;
            if exponent.checked_shr(bit)? & 1 == 1 {
                multiply(power, factor, product)?;
                self.reduce(product, power)?;
            }
        }
        // The lowest bit is set. Its factor, as it was given, takes the power out of Montgomery form.
        square(power, product)?;
        self.reduce(product, power)?;
        read(base, factor);
        multiply(power, factor, product)?;
        self.reduce(product, power)?;
        for (chunk, limb) in to.rchunks_mut(L::BYTES).zip(power) {
            limb.write(chunk);
        }
        Some(())
    }

    /// Multiplies a number below n by R, modulo n: a limb at a time, by long division with a quotient that is never too large.
    fn convert(&self, number: &mut [L]) -> Option<()> {
        let n = self.limbs.get(..self.used)?;
        let shift = n.get(self.significant.checked_sub(1)?)?.leading_zeros();
        // Both from the highest bit of n: the upper limb of n, rounded up, and the upper two of the number.
        let (divisor, _) = self.upper(n, shift)?;
        let divisor = divisor.wrapping_add(L::from_bytes(&[1]));
        for _ in 0..self.used {
            let (high, low) = self.upper(number, shift)?;
            let quotient = L::divide(high, low, divisor);
            // number · B − quotient · n. The divisor is n's upper limb d ≥ B/2, plus 1: the fractions that the two quotients are
            // cut from differ by at most B/(d + 1) + 1/d < 2, and so the quotient is at most 2 too small.
            let (mut from_below, mut carry) = (L::ZERO, L::ZERO);
            for (limb, n) in number.iter_mut().zip(n) {
                let (low, high) = L::mac(L::ZERO, quotient, *n, carry);
                let (difference, borrow) = L::sbb(from_below, low, false);
                from_below = core::mem::replace(limb, difference);
                // Where something is borrowed low is not 0, and then high is at most B − 2.
                (carry, _) = L::adc(high, L::ZERO, borrow);
            }
            let (mut above, _) = L::sbb(from_below, carry, false);
            for _ in 0..2 {
                if above == L::ZERO && number.iter().rev().lt(n.iter().rev()) {
                    break;
                }
                let borrow = subtract(number, n);
                (above, _) = L::sbb(above, L::ZERO, borrow);
            }
        }
        Some(())
    }

    /// The two limbs that begin at the highest bit of n.
    fn upper(&self, number: &[L], shift: u32) -> Option<(L, L)> {
        let mut limbs = number.get(..self.significant)?.iter().rev();
        let (first, second, third) = (*limbs.next()?, *limbs.next()?, *limbs.next()?);
        Some((L::shift(first, second, shift), L::shift(second, third, shift)))
    }

    /// Divides a product by R, modulo n. The product is below n · R: so is what comes of it below 2n.
    fn reduce(&self, product: &mut [L], to: &mut [L]) -> Option<()> {
        let n = self.limbs.get(..self.used)?;
        let (&n0, &n1) = n.first().zip(n.get(1))?;
        let mut carry = false;
        for row in (0..self.used).step_by(2) {
            let (low, high) = product.get_mut(row..)?.split_at_mut_checked(self.used)?;
            let (&t0, &t1) = low.first().zip(low.get(1))?;
            // The factors with which the lowest two limbs become 0.
            let m0 = t0.wrapping_mul(self.negated_inverse);
            let (_, above) = L::mac(t0, m0, n0, L::ZERO);
            let (t1, _) = L::mac(t1, m0, n1, above);
            let m1 = t1.wrapping_mul(self.negated_inverse);
            let [first, second] = add_two_rows(low, n, [m0, m1], L::ZERO);
            let [to_first, to_second] = high.first_chunk_mut()?;
            (*to_first, carry) = L::adc(*to_first, first, carry);
            (*to_second, carry) = L::adc(*to_second, second, carry);
        }
        let (_, upper) = product.split_at_checked(self.used)?;
        for (to, from) in to.iter_mut().zip(upper) {
            *to = *from;
        }
        if carry || to.iter().rev().ge(n.iter().rev()) {
            subtract(to, n);
        }
        Some(())
    }
}

/// Little-endian limbs from big-endian bytes, of which there are not more.
fn read<L: Limb>(bytes: &[u8], limbs: &mut [L]) {
    limbs.fill(L::ZERO);
    for (limb, chunk) in limbs.iter_mut().zip(bytes.rchunks(L::BYTES)) {
        *limb = L::from_bytes(chunk);
    }
}

/// The product of two numbers of the same even length, in twice that length.
fn multiply<L: Limb>(a: &[L], b: &[L], product: &mut [L]) -> Option<()> {
    product.fill(L::ZERO);
    let (pairs, _) = b.as_chunks::<2>();
    for (row, pair) in (0..).step_by(2).zip(pairs) {
        let (low, high) = product.get_mut(row..)?.split_at_mut_checked(a.len())?;
        // No row before has reached these two.
        *high.first_chunk_mut()? = add_two_rows(low, a, *pair, L::ZERO);
    }
    Some(())
}

/// The square of a number of an even length, in twice that length: each product of two limbs once, doubled, and the squares.
fn square<L: Limb>(a: &[L], product: &mut [L]) -> Option<()> {
    product.fill(L::ZERO);
    let mut rest = a;
    let mut at = &mut *product;
    // `at` begins at the square of the rest's first limb.
    while let Some(([a0, a1], above)) = rest.split_first_chunk::<2>() {
        let ([_, t1], upper) = at.split_first_chunk_mut::<2>()?;
        let (low, high) = upper.split_at_mut_checked(above.len())?;
        let (between, carry) = L::mac(*t1, *a0, *a1, L::ZERO);
        *t1 = between;
        // No row before has reached these two.
        *high.first_chunk_mut()? = add_two_rows(low, above, [*a0, *a1], carry);
        (rest, at) = (above, upper.get_mut(2..)?);
    }
    let (mut doubling, mut carry) = (false, false);
    let (pairs, _) = product.as_chunks_mut::<2>();
    for ([low, high], limb) in pairs.iter_mut().zip(a) {
        let (square_low, square_high) = L::mac(L::ZERO, *limb, *limb, L::ZERO);
        (*low, doubling) = L::adc(*low, *low, doubling);
        (*high, doubling) = L::adc(*high, *high, doubling);
        (*low, carry) = L::adc(*low, square_low, carry);
        (*high, carry) = L::adc(*high, square_high, carry);
    }
    Some(())
}

/// Adds `number · (m0 + m1 · B) + carry` to `to`, which has the number's even length; what comes out above it.
#[inline(always)]
fn add_two_rows<L: Limb>(to: &mut [L], number: &[L], [m0, m1]: [L; 2], carry: L) -> [L; 2] {
    let (mut carry, mut carry1, mut before) = (carry, L::ZERO, L::ZERO);
    let ((to, _), (number, _)) = (to.as_chunks_mut::<2>(), number.as_chunks::<2>());
    for ([to0, to1], [a0, a1]) in to.iter_mut().zip(number) {
        (*to0, carry) = L::mac(*to0, m0, *a0, carry);
        (*to0, carry1) = L::mac(*to0, m1, before, carry1);
        (*to1, carry) = L::mac(*to1, m0, *a1, carry);
        (*to1, carry1) = L::mac(*to1, m1, *a0, carry1);
        before = *a1;
    }
    let (low, high) = L::mac(carry, m1, before, carry1);
    [low, high]
}

/// Subtracts a number of the same length; whether something is borrowed from above.
fn subtract<L: Limb>(from: &mut [L], number: &[L]) -> bool {
    let mut borrow = false;
    for (from, number) in from.iter_mut().zip(number) {
        (*from, borrow) = L::sbb(*from, *number, borrow);
    }
    borrow
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::test_numbers::Random;
    use num_bigint::BigUint;
    use std::vec;
    use std::vec::Vec;

    fn one() -> BigUint {
        BigUint::from(1_u8)
    }

    fn power<L: Limb, const N: usize>(n: &[u8], base: &[u8], exponent: u64) -> Option<Vec<u8>> {
        let mut power = vec![0x55; n.len()];
        Modulus::<L, N>::new(n).expect("a modulus").power(base, exponent, &mut power)?;
        Some(power)
    }

    /// Both limbs, on buffers that are just long enough and on longer ones, give what `num-bigint` gives.
    fn check<const NARROW: usize, const WIDE: usize>(n: &BigUint, base: &BigUint, exponent: u64) {
        let len = n.to_bytes_be().len();
        let padded = |number: &BigUint| {
            let bytes = number.to_bytes_be();
            [vec![0; len - bytes.len()], bytes].concat()
        };
        let expected = (base < n).then(|| padded(&base.modpow(&exponent.into(), n)));
        let (n, base) = (n.to_bytes_be(), padded(base));
        assert_eq!(power::<u32, NARROW>(&n, &base, exponent), expected, "u32 {n:x?} {base:x?}");
        assert_eq!(power::<u64, WIDE>(&n, &base, exponent), expected, "u64 {n:x?} {base:x?}");
    }

    /// Odd numbers of this size.
    fn moduli(bits: u64, random: &mut Random) -> [BigUint; 8] {
        let (lowest, beyond) = (one() << (bits - 1), one() << bits);
        let with_ends = |number: BigUint| number | (one() << (bits - 1)) | one();
        [
            &beyond - one(),
            &lowest + one(),
            &beyond - BigUint::from(0x1_0000_0001_u64),
            &beyond - (one() << (bits / 2)) - one(),
            &lowest + (one() << (bits / 2)) + one(),
            with_ends(random.uniform(bits)),
            with_ends(random.pattern(bits)),
            with_ends(random.pattern(bits)),
        ]
    }

    fn bases(n: &BigUint, random: &mut Random) -> [BigUint; 11] {
        let bits = n.bits();
        [
            BigUint::ZERO,
            one(),
            BigUint::from(2_u8),
            n - one(),
            n - BigUint::from(2_u8),
            n >> 1,
            one() << (bits - 1),
            random.uniform(bits) % n,
            random.pattern(bits) % n,
            n.clone(),
            (one() << (8 * n.to_bytes_be().len())) - one(),
        ]
    }

    /// Short numbers, which take the same steps as long ones, and many of them.
    #[test]
    fn short_powers_are_those_of_big_integers() {
        let mut random = Random(1);
        for bits in 129..=385 {
            for n in moduli(bits, &mut random) {
                let mut bases = bases(&n, &mut random);
                bases.rotate_left(random.next() as usize % 11);
                for base in &bases[..3] {
                    let exponent = [3, 65537, random.next() >> 31 | 5][random.next() as usize % 3];
                    check::<14, 8>(&n, base, exponent);
                }
            }
        }
    }

    /// The sizes of keys, and such as are a multiple of nothing.
    #[test]
    fn long_powers_are_those_of_big_integers() {
        let mut random = Random(2);
        for bits in [2048, 2049, 2111, 2112, 2113, 3482, 4095, 4096] {
            for n in moduli(bits, &mut random) {
                let mut bases = bases(&n, &mut random);
                bases.rotate_left(random.next() as usize % 11);
                for base in &bases[..2] {
                    check::<128, 64>(&n, base, 65537);
                }
            }
        }
        for bits in [8191, 8192] {
            for n in &moduli(bits, &mut random)[random.next() as usize % 6..][..2] {
                check::<256, 128>(n, &(n - one()), 65537);
                check::<256, 128>(n, &(random.uniform(bits) % n), 3);
            }
        }
    }

    /// A power that is a multiple of the modulus is 0 and not the modulus.
    #[test]
    fn a_modulus_may_be_a_square() {
        for root in [(one() << 80) - one(), (one() << 90) + one(), (one() << 127) + one()] {
            check::<8, 4>(&(&root * &root), &root, 65537);
            check::<8, 4>(&(&root * &root), &(&root * 5_u8), 3);
        }
    }

    #[test]
    fn exponents_are_of_any_size() {
        let mut random = Random(3);
        let n = random.uniform(200) | one() << 199 | one();
        let base = random.uniform(190);
        for shift in 0..63 {
            for exponent in [u64::MAX >> shift, (1 << 63 | random.next()) >> shift | 3] {
                check::<8, 4>(&n, &base, exponent);
            }
        }
        assert_eq!(power::<u64, 4>(&n.to_bytes_be(), &base.to_bytes_be(), 0), None);
    }

    #[test]
    fn a_base_may_have_fewer_bytes() {
        let mut random = Random(4);
        for n in moduli(250, &mut random) {
            let n = n.to_bytes_be();
            let short = random.next().to_be_bytes();
            let padded = [&vec![0; n.len() - 8][..], &short].concat();
            assert_eq!(power::<u64, 4>(&n, &short, 65537), power::<u32, 8>(&n, &padded, 65537));
            assert_eq!(power::<u32, 8>(&n, &short, 65537), power::<u64, 4>(&n, &padded, 65537));
        }
    }

    #[test]
    fn a_modulus_is_odd_and_fits() {
        let sound = |bytes: &[u8]| {
            let sound = Modulus::<u32, 8>::new(bytes).is_some();
            assert_eq!(Modulus::<u64, 4>::new(bytes).is_some(), sound && bytes.len() > 16);
            sound
        };
        assert!(!sound(&[]));
        assert!(!sound(&[0xff; 8]));
        for len in 9..=32 {
            assert!(sound(&vec![0xff; len]));
            assert!(sound(&[&vec![0x01; len - 1][..], &[0x03]].concat()));
            assert!(!sound(&[&vec![0xff; len - 1][..], &[0xfe]].concat()));
            assert!(!sound(&[&[0], &vec![0xff; len - 1][..]].concat()));
        }
        assert!(!sound(&[0xff; 33]));
    }

    /// The bounds of every step, at their largest.
    #[test]
    fn no_sum_overflows() {
        let most = [u64::MAX; 8];
        let mut sum = most;
        let above = add_two_rows(&mut sum, &most, [u64::MAX; 2], u64::MAX);
        let number = |limbs: &[u64]| limbs.iter().rev().fold(BigUint::ZERO, |n, l| (n << 64) + *l);
        let factor = number(&[u64::MAX; 2]);
        let expected = number(&most) + number(&most) * factor + u64::MAX;
        assert_eq!(number(&[&sum[..], &above].concat()), expected);

        for len in [2, 4, 6, 8] {
            let (most, mut product) = (&most[..len], vec![1; 2 * len]);
            let expected = number(most) * number(most);
            square(most, &mut product).expect("a square");
            assert_eq!(number(&product), expected);
            multiply(most, most, &mut product).expect("a product");
            assert_eq!(number(&product), expected);
        }
    }
}
