//! libFuzzer's way into the oracle `ed25519`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::ed25519::check(data);
});
