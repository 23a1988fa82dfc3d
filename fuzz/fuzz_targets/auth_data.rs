//! libFuzzer's way into the oracle `auth_data`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::auth_data::check(data);
});
