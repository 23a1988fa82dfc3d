//! libFuzzer's way into the oracle `p256`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::p256::check(data);
});
