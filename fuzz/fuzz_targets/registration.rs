//! libFuzzer's way into the oracle `registration`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::registration::check(data);
});
