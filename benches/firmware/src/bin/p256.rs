//! The crate p256.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use mfakit_bench_firmware::measure;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::ecdsa::{Signature, VerifyingKey};

#[entry]
fn main() -> ! {
    measure(|signed| {
        let mut sec1 = [4; 65];
        sec1[1..33].copy_from_slice(&signed.x);
        sec1[33..].copy_from_slice(&signed.y);
        let key = VerifyingKey::from_sec1_bytes(&sec1);
        let signature = Signature::from_scalars(signed.r, signed.s);
        key.is_ok_and(|key| {
            signature.is_ok_and(|signature| key.verify_prehash(&signed.digest, &signature).is_ok())
        })
    })
}
