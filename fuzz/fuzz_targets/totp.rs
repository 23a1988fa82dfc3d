//! libFuzzer's way into the oracle `totp`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::totp::check(data);
});
