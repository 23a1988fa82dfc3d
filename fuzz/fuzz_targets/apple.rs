//! libFuzzer's way into the oracle `apple`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::apple::check(data);
});
