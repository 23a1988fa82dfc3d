//! libFuzzer's way into the oracle `attestation_object`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::attestation_object::check(data);
});
