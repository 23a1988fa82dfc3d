//! Numbers modulo p and n of a curve: primes of up to 521 bits.
//!
//! VARIABLE TIME: for numbers that everybody may know, a public key, a signature and a digest. Never for signing.
//!
//! Montgomery's method (Mathematics of Computation 44, 1985): with B the base of the words and R = Bˡᵉⁿ, a·R mod m stands for a, and the
//! product of two such numbers is divided by R. Invariant: a number is below its modulus, lowest word first, and its words beyond the
//! modulus' are 0; where more is allowed, it is said. Leaks: everything, by time.
//!
//! Where words have 64 bits, each size of curve has its own code, which the compiler unrolls. Elsewhere the count of words is a value,
//! so that the code is there once for all curves: in a browser and in flash small comes first.

/// A word, and what a product of two of them fits in: 64 bits where the processor has such registers, 32 elsewhere. The `cfg` is for
/// tests of the narrow ones.
#[cfg(all(target_pointer_width = "64", not(mfakit_words = "32")))]
mod word {
    pub(super) type Word = u64;
    pub(super) type Wide = u128;
}
#[cfg(not(all(target_pointer_width = "64", not(mfakit_words = "32"))))]
mod word {
    pub(super) type Word = u32;
    pub(super) type Wide = u64;
}
use word::{Wide, Word};

/// How many bits the longest modulus has.
pub(super) const MOST_BITS: usize = 521;

const BYTES: usize = size_of::<Word>();
const BITS: usize = 8 * BYTES;

/// Whether each size has code of its own.
const UNROLLED: bool = BYTES == 8;

/// How many words the numbers of a curve are kept in.
pub(super) const fn len(bits: usize) -> usize {
    if UNROLLED { bits.div_ceil(BITS) } else { MOST_BITS.div_ceil(BITS) }
}

/// A number, lowest word first.
pub(super) type Number<const L: usize> = [Word; L];

/// An odd prime of at least two words.
#[derive(Debug)]
pub(super) struct Modulus<const L: usize> {
    words: Number<L>,
    /// How many words are calculated with.
    len: usize,
    /// −1/m modulo B.
    negated_inverse: Word,
    /// R² mod m.
    r_squared: Number<L>,
    /// Whether this is 2⁵²¹ − 1.
    is_p521: bool,
}

impl<const L: usize> Modulus<L> {
    /// For constants: from two hexadecimal digits for each byte.
    #[allow(clippy::arithmetic_side_effects, reason = "not at run time")]
    pub(super) const fn new(hex: &str) -> Self {
        let words = constant(hex);
        let len = (hex.len() / 2).div_ceil(BYTES);
        // Newton: an odd number is its own inverse modulo 8, and each round doubles the bits that are right.
        let (two, mut inverse, mut round): (Word, _, _) = (2, words[0], 0_u32);
        while round < 5 {
            inverse = inverse.wrapping_mul(two.wrapping_sub(words[0].wrapping_mul(inverse)));
            round = round.wrapping_add(1);
        }
        let mut power = [0; L];
        power[0] = 1;
        let mut doublings = 0;
        while doublings < 2 * BITS * len {
            power = doubled(&power, &words, len);
            doublings = doublings.wrapping_add(1);
        }
        let negated_inverse = inverse.wrapping_neg();
        // n of that curve is not −1 modulo B.
        let is_p521 = hex.len() / 2 == MOST_BITS.div_ceil(8) && negated_inverse == 1;
        Self { words, len, negated_inverse, r_squared: power, is_p521 }
    }

    #[inline(always)]
    const fn len(&self) -> usize {
        if UNROLLED { L } else { self.len }
    }

    /// The number that big-endian bytes are, if it is below m. They are not more than the longest modulus has.
    pub(super) fn read(&self, bytes: &[u8]) -> Option<Number<L>> {
        let number = number(bytes);
        self.is_above(&number).then_some(number)
    }

    fn is_above(&self, number: &Number<L>) -> bool {
        number.iter().rev().lt(self.words.iter().rev())
    }

    /// a + m, for an a that is below another modulus of as many words; `None`, if it takes more words.
    pub(super) fn plus(&self, a: &Number<L>) -> Option<Number<L>> {
        let (sum, carry) = sum(a, &self.words, self.len());
        (!carry).then_some(sum)
    }

    /// a, if it is below m.
    pub(super) fn below(&self, a: Number<L>) -> Option<Number<L>> {
        self.is_above(&a).then_some(a)
    }

    /// a·R mod m, of an a below R.
    pub(super) fn form(&self, a: &Number<L>) -> Number<L> {
        self.mul(a, &self.r_squared)
    }

    /// R mod m, which stands for 1.
    pub(super) fn one(&self) -> Number<L> {
        let mut one = [0; L];
        if let Some(low) = one.first_mut() {
            *low = 1;
        }
        self.form(&one)
    }

    pub(super) fn add(&self, a: &Number<L>, b: &Number<L>) -> Number<L> {
        let (sum, carry) = sum(a, b, self.len());
        self.reduced(sum, carry)
    }

    pub(super) fn sub(&self, a: &Number<L>, b: &Number<L>) -> Number<L> {
        let (difference, borrow) = difference(a, b, self.len());
        if borrow { sum(&difference, &self.words, self.len()).0 } else { difference }
    }

    /// A number below 2m, of which the highest bit may be a carry, modulo m.
    #[inline(always)]
    fn reduced(&self, number: Number<L>, carry: bool) -> Number<L> {
        let (difference, borrow) = difference(&number, &self.words, self.len());
        if carry || !borrow { difference } else { number }
    }

    /// a·b/R mod m, of an a below R and a b below m.
    #[inline(never)]
    pub(super) fn mul(&self, a: &Number<L>, b: &Number<L>) -> Number<L> {
        let len = self.len();
        let mut sum = [0; L];
        // The bit above the sum's words: with it, the sum is below 2m after each row.
        let mut top = false;
        for a in a.iter().take(len) {
            (sum, top) = if self.is_p521 {
                (self.row_of_p521(&sum, *a, b), false)
            } else {
                self.row(&sum, top, *a, b)
            };
        }
        self.reduced(sum, top)
    }

    /// The sum and a·b and the multiple of m that makes the lowest word 0, without that word.
    #[inline(always)]
    fn row(&self, sum: &Number<L>, top: bool, a: Word, b: &Number<L>) -> (Number<L>, bool) {
        let low = |number: &Number<L>| number.first().copied().unwrap_or(0);
        let (lowest, mut carry) = mac(low(sum), a, low(b), 0);
        let factor = lowest.wrapping_mul(self.negated_inverse);
        let (_, mut carry_of_m) = mac(lowest, factor, low(&self.words), 0);
        let rest = sum.iter().zip(b).zip(&self.words).take(self.len()).skip(1);
        let (mut next, mut top_of_next) = ([0; L], false);
        let mut to = next.iter_mut();
        for (((sum, b), m), to) in rest.zip(&mut to) {
            let word;
            (word, carry) = mac(*sum, a, *b, carry);
            (*to, carry_of_m) = mac(word, factor, *m, carry_of_m);
        }
        if let Some(to) = to.next() {
            (*to, top_of_next) = adc(carry, carry_of_m, top);
        }
        (next, top_of_next)
    }

    /// The same modulo 2⁵²¹ − 1. The multiple is the lowest word's: times 2⁵²¹, it takes that word away and adds it above.
    #[inline(always)]
    fn row_of_p521(&self, sum: &Number<L>, a: Word, b: &Number<L>) -> Number<L> {
        const SHIFT: usize = MOST_BITS % BITS;
        let mut words = sum.iter().zip(b).take(self.len());
        let (lowest, mut carry) = words.next().map_or((0, 0), |(sum, b)| mac(*sum, a, *b, 0));
        let mut next = [0; L];
        let mut to = next.iter_mut();
        for ((sum, b), to) in words.zip(&mut to) {
            (*to, carry) = mac(*sum, a, *b, carry);
        }
        if let Some(to) = to.next() {
            *to = carry;
        }
        // The upper two words have room for it: the sum is below 2⁵²².
        let above = [lowest << SHIFT, lowest >> (BITS - SHIFT)];
        let mut carry = false;
        for (to, above) in next.iter_mut().skip(self.len().wrapping_sub(2)).zip(above) {
            (*to, carry) = adc(*to, above, carry);
        }
        next
    }

    pub(super) fn square(&self, a: &Number<L>) -> Number<L> {
        self.mul(a, a)
    }

    /// What stands for 1/a: a to the power of m − 2 (Fermat), four bits at a time; 0 for 0.
    pub(super) fn invert(&self, a: &Number<L>) -> Number<L> {
        let mut exponent = self.words;
        if let Some(low) = exponent.first_mut() {
            // It does not borrow: the lowest word of no modulus is 1.
            *low = low.wrapping_sub(2);
        }
        let mut powers = [self.one(); 16];
        let mut last = self.one();
        for power in powers.iter_mut().skip(1) {
            last = self.mul(&last, a);
            *power = last;
        }
        let mut power = self.one();
        for position in (0..MOST_BITS).rev().filter(|position| position & 3 == 0) {
            power = (0..4).fold(power, |power, _| self.square(&power));
            let nibble = bits(&exponent, position) & 15;
            if let Some(factor) = usize::try_from(nibble).ok().and_then(|i| powers.get(i)) {
                power = self.mul(&power, factor);
            }
        }
        power
    }
}

/// The number that big-endian bytes are, which are not more than the longest modulus has.
pub(super) fn number<const L: usize>(bytes: &[u8]) -> Number<L> {
    let mut number = [0; L];
    for (word, chunk) in number.iter_mut().zip(bytes.rchunks(BYTES)) {
        let mut full = [0; BYTES];
        for (to, from) in full.iter_mut().rev().zip(chunk.iter().rev()) {
            *to = *from;
        }
        *word = Word::from_be_bytes(full);
    }
    number
}

/// The bits of a number from a position on: as many as a word has, or up to its end.
pub(super) fn bits<const L: usize>(number: &Number<L>, position: usize) -> Word {
    let mut above = number.iter().skip(position.wrapping_div(BITS)).copied();
    let (low, high) = (above.next().unwrap_or(0), above.next().unwrap_or(0));
    low_half((Wide::from(low) | Wide::from(high) << BITS) >> (position % BITS))
}

/// a + b and the carry, of numbers of so many words.
#[inline(always)]
fn sum<const L: usize>(a: &Number<L>, b: &Number<L>, len: usize) -> (Number<L>, bool) {
    let (mut sum, mut carry) = ([0; L], false);
    for ((to, a), b) in sum.iter_mut().zip(a).zip(b).take(len) {
        (*to, carry) = adc(*a, *b, carry);
    }
    (sum, carry)
}

/// a − b and the borrow, of numbers of so many words.
#[inline(always)]
fn difference<const L: usize>(a: &Number<L>, b: &Number<L>, len: usize) -> (Number<L>, bool) {
    let (mut difference, mut borrow) = ([0; L], false);
    for ((to, a), b) in difference.iter_mut().zip(a).zip(b).take(len) {
        (*to, borrow) = sbb(*a, *b, borrow);
    }
    (difference, borrow)
}

/// `addend + a · b + carry`, low word first. At most (B − 1) + (B − 1)² + (B − 1) = B² − 1, which two words hold.
#[inline(always)]
fn mac(addend: Word, a: Word, b: Word, carry: Word) -> (Word, Word) {
    let product = Wide::from(a).wrapping_mul(b.into());
    let sum = product.wrapping_add(addend.into()).wrapping_add(carry.into());
    (low_half(sum), low_half(sum >> BITS))
}

/// `a + b + carry`, and the carry.
#[inline(always)]
const fn adc(a: Word, b: Word, carry: bool) -> (Word, bool) {
    let (sum, first) = a.overflowing_add(b);
    let (sum, second) = sum.overflowing_add(if carry { 1 } else { 0 });
    (sum, first | second)
}

/// `a − b − borrow`, and the borrow.
#[inline(always)]
const fn sbb(a: Word, b: Word, borrow: bool) -> (Word, bool) {
    let (difference, first) = a.overflowing_sub(b);
    let (difference, second) = difference.overflowing_sub(if borrow { 1 } else { 0 });
    (difference, first | second)
}

#[inline(always)]
#[allow(clippy::as_conversions, reason = "cut on purpose")]
const fn low_half(wide: Wide) -> Word {
    wide as Word
}

/// The number of these hexadecimal digits. For constants: other digits, or too many, are an error when this is compiled.
#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "not at run time"
)]
pub(super) const fn constant<const L: usize>(hex: &str) -> Number<L> {
    let (digits, mut number, mut position) = (hex.as_bytes(), [0; L], 0);
    while position < digits.len() {
        let digit = match digits[digits.len() - 1 - position] {
            digit @ b'0'..=b'9' => digit - b'0',
            digit => digit - b'a' + 10,
        };
        number[4 * position / BITS] |= low_half(digit as Wide) << (4 * position % BITS);
        position += 1;
    }
    number
}

/// 2a mod m, of an a below m. For constants.
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "not at run time")]
const fn doubled<const L: usize>(a: &Number<L>, m: &Number<L>, len: usize) -> Number<L> {
    let (mut twice, mut carry) = ([0; L], false);
    let (mut less, mut borrow) = ([0; L], false);
    let mut i = 0;
    while i < len {
        (twice[i], carry) = adc(a[i], a[i], carry);
        (less[i], borrow) = sbb(twice[i], m[i], borrow);
        i += 1;
    }
    if carry || !borrow { less } else { twice }
}
