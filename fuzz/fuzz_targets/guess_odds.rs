//! libFuzzer's way into the oracle `guess_odds`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::guess_odds::check(data);
});
