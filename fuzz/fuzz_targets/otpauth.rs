//! libFuzzer's way into the oracle `otpauth`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::otpauth::check(data);
});
