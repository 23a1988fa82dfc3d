//! libFuzzer's way into the oracle `explain`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::explain::check(data);
});
