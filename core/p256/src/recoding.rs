//! The recoding of a factor into few odd digits (width-w non-adjacent form): of w digits in a row at most one is not 0.
//!
//! Hankerson, Menezes, Vanstone: Guide to Elliptic Curve Cryptography, §3.3.1. Leaks: everything; public inputs only.

/// The digits, lowest first: 0 or odd, below 2^(width − 1) in magnitude; the sum of digit·2^position is the factor.
///
/// The factor has at most LEN − 1 bits; bits beyond the words are 0. The width is 2 to 7.
pub fn recode<const LEN: usize>(words: &[u64], width: u32) -> [i8; LEN] {
    let mut digits = [0; LEN];
    // What the digits so far are too low by, in units of the present position.
    let (mut carry, mut next) = (0, 0usize);
    for (position, digit) in digits.iter_mut().enumerate() {
        if position < next || bits(words, position, 1) == carry {
            continue;
        }
        // Odd, as its lowest bit is not the carry.
        let window = bits(words, position, width).wrapping_add(carry);
        carry = window >> width.wrapping_sub(1);
        *digit = window.wrapping_sub(carry.wrapping_shl(width)) as i8;
        next = position.wrapping_add(width as usize);
    }
    digits
}

/// So many bits from this position on, fewer than 8.
fn bits(words: &[u64], position: usize, count: u32) -> u64 {
    let (index, shift) = (position >> 6, position & 63);
    let word = |index: usize| words.get(index).copied().unwrap_or(0);
    let pair = u128::from(word(index)) | u128::from(word(index.wrapping_add(1))) << 64;
    (pair >> shift) as u64 & 1u64.wrapping_shl(count).wrapping_sub(1)
}
