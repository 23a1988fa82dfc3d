//! libFuzzer's way into the oracle `requirement_text`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::requirement_text::check(data);
});
