//! libFuzzer's way into the oracle `throttle`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::throttle::check(data);
});
