//! Nothing is verified: what the other images hold beside their library.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use mfakit_bench_firmware::{SIGNED, measure};

#[entry]
fn main() -> ! {
    measure(|signed| signed.digest == SIGNED.digest)
}
