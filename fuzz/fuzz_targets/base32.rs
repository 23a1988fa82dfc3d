//! libFuzzer's way into the oracle `base32`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::base32::check(data);
});
