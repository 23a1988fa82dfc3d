//! libFuzzer's way into the oracle `record_text`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::record_text::check(data);
});
