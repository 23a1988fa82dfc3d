//! libFuzzer's way into the oracle `path`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::path::check(data);
});
