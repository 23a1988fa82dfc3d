//! libFuzzer's way into the oracle `policy_profile`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::policy_profile::check(data);
});
