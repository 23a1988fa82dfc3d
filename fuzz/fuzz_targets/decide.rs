//! libFuzzer's way into the oracle `decide`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::decide::check(data);
});
