//! The secrets: as different as they come, the same in length.

use core::hint::black_box;

/// How many there are.
pub(crate) const COUNT: usize = 8;

/// The bytes of a secret.
pub(crate) fn secret<const N: usize>(index: usize) -> [u8; N] {
    let mut state = black_box(0x6d66_616b_u32).wrapping_add(index as u32);
    let bytes = core::array::from_fn(|i| match index {
        0 => 0x00,
        1 => 0xff,
        2 => b"12345678901234567890"[i % 20],
        // One bit.
        3 => u8::from(i == N - 1),
        // xorshift32
        _ => {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state.to_le_bytes()[0]
        }
    });
    black_box(bytes)
}
