//! libFuzzer's way into the oracle `recovery_code`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::recovery_code::check(data);
});
