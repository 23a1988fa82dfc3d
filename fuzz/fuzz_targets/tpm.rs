//! libFuzzer's way into the oracle `tpm`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::tpm::check(data);
});
