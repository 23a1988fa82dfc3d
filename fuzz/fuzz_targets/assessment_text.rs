//! libFuzzer's way into the oracle `assessment_text`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::assessment_text::check(data);
});
