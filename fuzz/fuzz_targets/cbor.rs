//! libFuzzer's way into the oracle `cbor`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::cbor::check(data);
});
