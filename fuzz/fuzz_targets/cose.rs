//! libFuzzer's way into the oracle `cose`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::cose::check(data);
});
