//! Words with carries: what the saturated layouts and the scalars are made of.
//!
//! Invariant: nothing here can overflow unseen; each sum is computed in a type that holds it. Leaks: nothing secret here.
#![allow(
    clippy::as_conversions,
    reason = "`From` is not const; every cast widens, or takes the low or the high half"
)]

/// a + b + carry: the low word, and the carry. Written so that compilers find the processor's add-with-carry.
#[inline(always)]
pub(crate) const fn adc(a: u64, b: u64, carry: bool) -> (u64, bool) {
    let (sum, first) = a.overflowing_add(b);
    let (sum, second) = sum.overflowing_add(carry as u64);
    (sum, first | second)
}

/// a − b − borrow: the low word, and the borrow.
#[inline(always)]
pub(crate) const fn sbb(a: u64, b: u64, borrow: bool) -> (u64, bool) {
    let (difference, first) = a.overflowing_sub(b);
    let (difference, second) = difference.overflowing_sub(borrow as u64);
    (difference, first | second)
}

/// a·b: the low and the high word. The high one is at most 2⁶⁴ − 2: it has room for a carry.
#[inline(always)]
pub(crate) const fn product(a: u64, b: u64) -> (u64, u64) {
    let product = (a as u128).wrapping_mul(b as u128);
    (product as u64, (product >> 64) as u64)
}

/// High word and carry, where both together fit: a debug build asserts it.
#[inline(always)]
pub(crate) const fn top(high: u64, carry: bool) -> u64 {
    debug_assert!(high.checked_add(carry as u64).is_some());
    high.wrapping_add(carry as u64)
}

/// a + b + carry of 32 bits: the low word, and the carry, which is 0 or 1 if `carry` was.
#[inline(always)]
pub(crate) const fn adc32(a: u32, b: u32, carry: u32) -> (u32, u32) {
    let sum = (a as u64).wrapping_add(b as u64).wrapping_add(carry as u64);
    (sum as u32, (sum >> 32) as u32)
}

/// a − b − borrow of 32 bits: the low word, and the borrow, 0 or 1.
#[inline(always)]
pub(crate) const fn sbb32(a: u32, b: u32, borrow: u32) -> (u32, u32) {
    let difference = (a as u64).wrapping_sub(b as u64).wrapping_sub(borrow as u64);
    (difference as u32, (difference >> 32) as u32 & 1)
}

/// sum + a·b + carry, which two words always hold: (2³² − 1)² + 2·(2³² − 1) = 2⁶⁴ − 1.
#[inline(always)]
pub(crate) const fn mac32(sum: u32, a: u32, b: u32, carry: u32) -> (u32, u32) {
    let product = (a as u64).wrapping_mul(b as u64);
    let total = product.wrapping_add(sum as u64).wrapping_add(carry as u64);
    (total as u32, (total >> 32) as u32)
}

/// The low and the high half of each word, lowest first.
pub(crate) const fn halves(words: &[u64; 4]) -> [u32; 8] {
    let [a, b, c, d] = *words;
    [
        a as u32,
        (a >> 32) as u32,
        b as u32,
        (b >> 32) as u32,
        c as u32,
        (c >> 32) as u32,
        d as u32,
        (d >> 32) as u32,
    ]
}

/// The words of these halves, lowest first.
pub(crate) const fn whole(halves: &[u32; 8]) -> [u64; 4] {
    let [a, b, c, d, e, f, g, h] = *halves;
    [join(a, b), join(c, d), join(e, f), join(g, h)]
}

const fn join(low: u32, high: u32) -> u64 {
    low as u64 | (high as u64) << 32
}

/// The number that 32 bytes are, the most significant first; the words are lowest first.
pub(crate) const fn from_bytes(bytes: &[u8; 32]) -> [u64; 4] {
    match bytes.as_chunks::<8>().0 {
        [d, c, b, a] => [
            u64::from_be_bytes(*a),
            u64::from_be_bytes(*b),
            u64::from_be_bytes(*c),
            u64::from_be_bytes(*d),
        ],
        // There are four.
        _ => [0; 4],
    }
}

/// Whether a < b.
pub(crate) const fn less(a: &[u64; 4], b: &[u64; 4]) -> bool {
    subtract(a, b).1
}

/// a − b, and whether that borrowed.
#[inline(always)]
pub(crate) const fn subtract(a: &[u64; 4], b: &[u64; 4]) -> ([u64; 4], bool) {
    let (d0, borrow) = sbb(a[0], b[0], false);
    let (d1, borrow) = sbb(a[1], b[1], borrow);
    let (d2, borrow) = sbb(a[2], b[2], borrow);
    let (d3, borrow) = sbb(a[3], b[3], borrow);
    ([d0, d1, d2, d3], borrow)
}

/// a + b, and whether that carried.
#[inline(always)]
pub(crate) const fn sum(a: &[u64; 4], b: &[u64; 4]) -> ([u64; 4], bool) {
    let (s0, carry) = adc(a[0], b[0], false);
    let (s1, carry) = adc(a[1], b[1], carry);
    let (s2, carry) = adc(a[2], b[2], carry);
    let (s3, carry) = adc(a[3], b[3], carry);
    ([s0, s1, s2, s3], carry)
}
