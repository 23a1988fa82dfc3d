//! libFuzzer's way into the oracle `temporary_record`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mfakit_fuzz::temporary_record::check(data);
});
