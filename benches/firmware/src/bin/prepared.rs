//! mfakit's own arithmetic, with tables that were made when the image was built.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use mfakit_bench_firmware::{SIGNED, measure};
use mfakit_p256::PreparedVerifyingKey;

static KEY: Option<PreparedVerifyingKey> =
    PreparedVerifyingKey::at_build_time(&SIGNED.x, &SIGNED.y);

#[entry]
fn main() -> ! {
    measure(|signed| {
        KEY.as_ref().is_some_and(|key| key.verify(&signed.digest, &signed.r, &signed.s).is_ok())
    })
}
