//! The border between secret and public.
//!
//! Invariant: secret-dependent values stay in `subtle::Choice` or in masked integers until [`declassify`]; nothing before
//! that point branches on them or uses them as an address. Leaks: exactly the declassified bit.
//!
//! Under the feature `ctgrind` a hook learns of each declassification, so that valgrind can be told that the bit is public
//! from here on; without it these functions are the identity.

use subtle::Choice;
#[cfg(any(feature = "otp", feature = "codes", feature = "approval-device"))]
use subtle::{ConditionallySelectable, ConstantTimeEq};

#[cfg(feature = "ctgrind")]
static HOOK: std::sync::OnceLock<fn(&mut [u8])> = std::sync::OnceLock::new();

/// Sets the function that is told of every declassified byte. Tests only.
#[cfg(feature = "ctgrind")]
pub fn set_declassify_hook(hook: fn(&mut [u8])) {
    let _ = HOOK.set(hook);
}

/// Makes one secret bit public.
pub(crate) fn declassify(choice: Choice) -> bool {
    let mut bit = [choice.unwrap_u8()];
    declassify_bytes(&mut bit);
    bit != [0]
}

/// Makes bytes public, such as the digits of a code that is about to be shown.
pub(crate) fn declassify_bytes(bytes: &mut [u8]) {
    #[cfg(feature = "ctgrind")]
    if let Some(hook) = HOOK.get() {
        hook(bytes);
    }
    let _ = bytes;
}

/// Whether `a < b`, for values below 2^63.
#[cfg(any(feature = "otp", feature = "codes", feature = "approval-device"))]
pub(crate) fn less_than(a: u64, b: u64) -> Choice {
    // The subtraction borrows into the top bit exactly when a < b.
    let top = a.wrapping_sub(b) >> 63;
    (top).ct_eq(&1)
}

/// The value of a byte that lies in one of the ranges `(low, high, value of low)`, and whether it does. Arithmetic only:
/// the byte is secret.
#[cfg(any(feature = "otp", feature = "codes", feature = "approval-device"))]
pub(crate) fn value_in_ranges(byte: u8, ranges: &[(u8, u8, u8)]) -> (u8, Choice) {
    let byte = u64::from(byte);
    let mut value = 0_u64;
    let mut known = Choice::from(0);
    for &(low, high, first) in ranges {
        let here = !less_than(byte, u64::from(low)) & !less_than(u64::from(high), byte);
        let offset = byte.wrapping_sub(u64::from(low)).wrapping_add(u64::from(first));
        value.conditional_assign(&offset, here);
        known |= here;
    }
    let [.., low] = value.to_be_bytes();
    (low, known)
}

/// Subtracts `modulus` from `value` if that does not make it negative; 1 if it did so, else 0. Both are below 2^63.
///
/// Arithmetic alone: to select a byte, subtle negates an `i8`, which under overflow checks is a branch. The borrow goes
/// through `black_box` so that the compiler makes none of its own.
#[cfg(feature = "otp")]
pub(crate) fn subtract_if_possible(value: &mut u64, modulus: u64) -> u64 {
    let difference = value.wrapping_sub(modulus);
    let borrow = core::hint::black_box(difference >> 63);
    *value = difference.wrapping_add(modulus & borrow.wrapping_neg());
    1 ^ borrow
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "otp")]
    #[test]
    fn subtraction_at_the_edges() {
        for (value, modulus) in
            [(0, 1), (1, 1), (2, 1), (0, 1 << 62), ((1 << 63) - 1, (1 << 63) - 1)]
        {
            let mut reduced = value;
            let taken = subtract_if_possible(&mut reduced, modulus);
            assert_eq!(
                (reduced, taken),
                if value < modulus { (value, 0) } else { (value - modulus, 1) }
            );
        }
    }

    #[cfg(any(feature = "otp", feature = "codes"))]
    #[test]
    fn less_than_at_the_edges() {
        for (a, b) in [(0, 0), (0, 1), (1, 0), (7, 7), ((1 << 63) - 1, 0), (0, (1 << 63) - 1)] {
            assert_eq!(declassify(less_than(a, b)), a < b, "{a} {b}");
        }
    }
}
