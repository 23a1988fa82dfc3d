//! libFuzzer's way into the oracle `client_data`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::client_data::check(data);
});
