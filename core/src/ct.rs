//! The border between secret and public.
//!
//! Invariant: secret-dependent values stay in `subtle::Choice` or in masked integers until [`declassify`]; nothing before
//! that point branches on them or uses them as an address. Leaks: exactly the declassified bit.
//!
//! Under the feature `ctgrind` a hook learns of each declassification, so that valgrind can be told that the bit is public
//! from here on; without it these functions are the identity.

use subtle::Choice;

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

/// The value of a byte that lies in one of the ranges `(low, high, value of low)`, and whether it does. Arithmetic only:
/// the byte is secret.
#[cfg(any(feature = "codes", feature = "approval-device"))]
pub(crate) fn value_in_ranges(byte: u8, ranges: &[(u8, u8, u8)]) -> (u8, Choice) {
    let byte = u32::from(byte);
    let (mut value, mut known) = (0_u32, 0_u32);
    for &(low, high, first) in ranges {
        // One of the differences borrows into the top bit unless the byte lies between.
        let (above, below) =
            (byte.wrapping_sub(u32::from(low)), u32::from(high).wrapping_sub(byte));
        let here = core::hint::black_box((above | below) >> 31).wrapping_sub(1);
        value |= here & above.wrapping_add(u32::from(first));
        known |= here & 1;
    }
    let ([.., value], [.., known]) = (value.to_be_bytes(), known.to_be_bytes());
    (value, Choice::from(known))
}

/// 1 for the same byte, else 0. Arithmetic only.
#[cfg(feature = "otp")]
pub(crate) fn same_byte(byte: u8, other: u8) -> u8 {
    // Only zero borrows.
    let [same, ..] = u32::from(byte ^ other).wrapping_sub(1).to_be_bytes();
    core::hint::black_box(same >> 7)
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

    #[cfg(all(feature = "otp", feature = "codes"))]
    #[test]
    fn every_byte_has_its_value() {
        let ranges = [(b'A', b'Z', 0), (b'a', b'z', 0), (b'2', b'7', 26), (0xfe, 0xff, 7)];
        for byte in 0..=u8::MAX {
            let expected = match byte {
                b'A'..=b'Z' => Some(byte - b'A'),
                b'a'..=b'z' => Some(byte - b'a'),
                b'2'..=b'7' => Some(byte - b'2' + 26),
                0xfe..=0xff => Some(byte - 0xfe + 7),
                _ => None,
            };
            let (value, known) = value_in_ranges(byte, &ranges);
            assert_eq!(declassify(known).then_some(value), expected, "{byte}");
            assert_eq!(value, expected.unwrap_or(0), "{byte}");
            for other in 0..=u8::MAX {
                assert_eq!(same_byte(byte, other), u8::from(byte == other));
            }
        }
    }
}
