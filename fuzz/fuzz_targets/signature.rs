//! libFuzzer's way into the oracle `signature`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::signature::check(data);
});
