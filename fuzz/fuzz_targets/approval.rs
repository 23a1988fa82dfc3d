//! libFuzzer's way into the oracle `approval`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::approval::check(data);
});
