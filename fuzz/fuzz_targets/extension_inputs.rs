//! libFuzzer's way into the oracle `extension_inputs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::extension_inputs::check(data);
});
