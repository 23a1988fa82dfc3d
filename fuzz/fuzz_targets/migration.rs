//! libFuzzer's way into the oracle `migration`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::migration::check(data);
});
