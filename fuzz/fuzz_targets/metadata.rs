//! libFuzzer's way into the oracle `metadata`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::metadata::check(data);
});
