//! mfakit's own arithmetic.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use mfakit_bench_firmware::measure;
use mfakit_p256::VerifyingKey;

#[entry]
fn main() -> ! {
    measure(|signed| {
        let key = VerifyingKey::new(&signed.x, &signed.y);
        key.is_ok_and(|key| key.verify(&signed.digest, &signed.r, &signed.s).is_ok())
    })
}
