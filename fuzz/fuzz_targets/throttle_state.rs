//! libFuzzer's way into the oracle `throttle_state`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::throttle_state::check(data);
});
