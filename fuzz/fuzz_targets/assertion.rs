//! libFuzzer's way into the oracle `assertion`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::assertion::check(data);
});
