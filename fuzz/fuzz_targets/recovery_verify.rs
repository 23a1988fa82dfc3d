//! libFuzzer's way into the oracle `recovery_verify`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::recovery_verify::check(data);
});
