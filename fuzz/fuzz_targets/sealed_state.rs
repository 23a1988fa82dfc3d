//! libFuzzer's way into the oracle `sealed_state`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::sealed_state::check(data);
});
