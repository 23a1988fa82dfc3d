//! libFuzzer's way into the oracle `json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::json::check(data);
});
