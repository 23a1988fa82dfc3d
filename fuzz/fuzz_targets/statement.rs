//! libFuzzer's way into the oracle `statement`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::statement::check(data);
});
