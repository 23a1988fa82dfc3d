//! libFuzzer's way into the oracle `hotp`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::hotp::check(data);
});
