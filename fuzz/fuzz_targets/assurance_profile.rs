//! libFuzzer's way into the oracle `assurance_profile`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::assurance_profile::check(data);
});
