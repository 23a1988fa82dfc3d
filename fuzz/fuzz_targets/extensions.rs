//! libFuzzer's way into the oracle `extensions`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::extensions::check(data);
});
