//! libFuzzer's way into the oracle `p256_field`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::p256_field::check(data);
});
