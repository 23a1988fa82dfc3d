//! libFuzzer's way into the oracle `base64url`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::base64url::check(data);
});
