//! The recoding of a factor into few odd digits (width-w non-adjacent form): of w digits in a row at most one is not 0.
//!
//! Hankerson, Menezes, Vanstone: Guide to Elliptic Curve Cryptography, §3.3.1. Leaks: everything; public inputs only.
#![allow(clippy::as_conversions, reason = "numbers of a few bits")]

/// The digits, lowest first: 0 or odd, below 2^(width − 1) in magnitude; the sum of digit·2^position is the factor.
///
/// The factor has at most LEN − 1 bits; bits beyond the words are 0. The width is 2 to 7.
pub fn recode<const LEN: usize>(words: &[u64], width: u32) -> [i8; LEN] {
    let mut digits = [0; LEN];
    // What the digits so far are too low by, in units of the present position.
    let (mut carry, mut position) = (0, 0);
    loop {
        // The bits from here on, and as many again as a run of bits that are the carry may have.
        let window = bits(words, position);
        let same = (window ^ 0u64.wrapping_sub(carry)).trailing_zeros();
        if same > 32 {
            position = position.wrapping_add(32);
            if position >= LEN {
                return digits;
            }
            continue;
        }
        position = position.wrapping_add(same as usize);
        let Some(digit) = digits.get_mut(position) else { return digits };
        // Odd, as its lowest bit is not the carry.
        let odd = (window >> same & 1u64.wrapping_shl(width).wrapping_sub(1)).wrapping_add(carry);
        carry = odd >> width.wrapping_sub(1);
        *digit = odd.wrapping_sub(carry.wrapping_shl(width)) as i8;
        position = position.wrapping_add(width as usize);
    }
}

/// The 64 bits from this position on.
fn bits(words: &[u64], position: usize) -> u64 {
    let (index, shift) = (position >> 6, position & 63);
    let word = |index: usize| words.get(index).copied().unwrap_or(0);
    let above = word(index.wrapping_add(1)).wrapping_shl(1);
    word(index) >> shift | above << (63 & !shift)
}
