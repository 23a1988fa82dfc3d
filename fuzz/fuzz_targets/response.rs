//! libFuzzer's way into the oracle `response`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::response::check(data);
});
