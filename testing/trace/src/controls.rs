//! What must give different traces: a comparison of traces that misses one of these shows nothing.

use crate::secrets::{COUNT, secret};
use crate::{Case, traced};
use core::hint::black_box;

pub(crate) const CONTROLS: &[Case] = &[
    Case { name: "control compare-with-early-exit", run: compare_with_early_exit },
    Case { name: "control scan-with-early-exit", run: scan_with_early_exit },
    Case { name: "control branch-on-a-bit", run: branch_on_a_bit },
    Case { name: "control remainder-by-a-loop", run: remainder_by_a_loop },
    Case { name: "control time-after-the-tag", run: time_after_the_tag },
    Case { name: "control digits-by-rejection", run: digits_by_rejection },
];

fn each(run: impl Fn(&[u8; 20])) -> bool {
    (0..COUNT).for_each(|index| run(&secret(index)));
    true
}

/// Returns at the first difference.
fn compare_with_early_exit() -> bool {
    let typed = black_box(secret::<20>(2));
    each(|key| {
        traced(|| {
            for (a, b) in key.iter().zip(&typed) {
                if black_box(*a) != *b {
                    return false;
                }
            }
            true
        });
    })
}

/// Stops at the first match.
fn scan_with_early_exit() -> bool {
    each(|key| {
        traced(|| key.iter().position(|byte| black_box(*byte) == 0));
    })
}

/// Works for a bit that is set.
fn branch_on_a_bit() -> bool {
    each(|key| {
        traced(|| {
            let mut sum = 0_u32;
            for byte in key {
                if black_box(*byte) & 1 == 1 {
                    sum = black_box(sum).wrapping_mul(31).wrapping_add(7);
                }
            }
            sum
        });
    })
}

/// Subtracts as often as it takes.
fn remainder_by_a_loop() -> bool {
    each(|key| {
        traced(|| {
            let mut value = u32::from(key[0]) << 8 | u32::from(key[1]);
            while value >= 1000 {
                value = black_box(value - 1000);
            }
            value
        });
    })
}

/// Asks whether a code is still good only where it is right.
fn time_after_the_tag() -> bool {
    let expected = black_box(secret::<20>(2));
    each(|key| {
        traced(|| *key == expected && black_box(1_800_000_000_u64) <= black_box(1_800_000_600));
    })
}

/// Draws again where a byte is too large to be evenly many digits.
fn digits_by_rejection() -> bool {
    each(|key| {
        traced(|| {
            let mut sum = 0_u32;
            for byte in key {
                if black_box(*byte) < 250 {
                    sum = black_box(sum).wrapping_mul(10).wrapping_add(u32::from(*byte) % 10);
                }
            }
            sum
        });
    })
}
