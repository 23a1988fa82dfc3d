//! libFuzzer's way into the oracle `extension_outputs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::extension_outputs::check(data);
});
