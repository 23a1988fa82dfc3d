//! libFuzzer's way into the oracle `certificate`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::certificate::check(data);
});
