//! `encoding::base32` and `OtpSecret::from_base32` against data-encoding.
//!
//! What is lenient in ours is taken away first: spaces and hyphens go, lower case becomes upper. What is left must decode by
//! data-encoding, padded in full or not at all, and with nothing after the padding.

use data_encoding::{BASE32, BASE32_NOPAD};
use mfakit_core::encoding::base32;
use mfakit_core::{Error, OtpSecret};

/// The bytes that a text stands for.
#[must_use]
pub fn reference(text: &[u8]) -> Option<Vec<u8>> {
    let symbols: Vec<u8> = text
        .iter()
        .filter(|byte| !matches!(byte, b' ' | b'-'))
        .map(u8::to_ascii_uppercase)
        .collect();
    match symbols.iter().position(|&byte| byte == b'=') {
        None => BASE32_NOPAD.decode(&symbols).ok(),
        // data-encoding takes padded texts one after the other for one text.
        Some(at) if symbols[at..].iter().any(|&byte| byte != b'=') => None,
        // It also takes no whole quantum of padding.
        Some(_) => BASE32.decode(&symbols).ok(),
    }
}

/// Whether core accepts; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let mut out = [0xa5; 128];
    let ours = base32::decode(data, &mut out);
    match reference(data) {
        Some(bytes) if data.len() <= 1024 && bytes.len() <= 128 => {
            assert_eq!(ours, Ok(bytes.len()));
            assert_eq!(&out[..bytes.len()], bytes);
            let text: String = base32::encode(&bytes).collect();
            assert_eq!(text, BASE32_NOPAD.encode(&bytes));
        }
        Some(_) => assert_eq!(ours, Err(Error::SecretTooLong)),
        None => {
            // A text can be malformed behind the point where it is too long.
            assert!(matches!(ours, Err(Error::SecretMalformed | Error::SecretTooLong)), "{ours:?}");
        }
    }
    if ours.is_err() {
        assert_eq!(out, [0; 128], "nothing of a refused secret is left");
    }
    if let Ok(text) = std::str::from_utf8(data) {
        check_secret(text, ours, &out);
    }
    ours.is_ok()
}

fn check_secret(text: &str, decoded: Result<usize, Error>, bytes: &[u8]) {
    let expected = |least: usize| match decoded {
        Ok(len) if len < least => Err(Error::SecretTooShort),
        Ok(len) => Ok(bytes[..len].to_vec()),
        Err(error) => Err(error),
    };
    assert_eq!(OtpSecret::from_base32(text).map(|s| s.expose().to_vec()), expected(16));
    let legacy = OtpSecret::danger_legacy_from_base32(text);
    assert_eq!(legacy.map(|s| s.expose().to_vec()), expected(1));
}

/// Texts as people and services write them.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let longest = "7".repeat(205);
    let texts = [
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
        "gezd gnbv-gy3t qojq gezd gnbv gy3t qojq ge======",
        "MZXW6YTB",
        "MZXW6YTBOI",
        "MY======",
        "MY = = = = = =",
        "MZ",
        "MY======MY======",
        "MZXW6YTB========",
        "========",
        "",
        " - ",
        &longest,
    ];
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}
