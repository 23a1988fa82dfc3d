//! libFuzzer's way into the oracle `android_key`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::android_key::check(data);
});
