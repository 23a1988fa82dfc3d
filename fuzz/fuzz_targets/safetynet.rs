//! libFuzzer's way into the oracle `safetynet`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::safetynet::check(data);
});
