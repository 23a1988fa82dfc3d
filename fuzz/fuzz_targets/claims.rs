//! libFuzzer's way into the oracle `claims`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::claims::check(data);
});
