//! libFuzzer's way into the oracle `der`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::der::check(data);
});
