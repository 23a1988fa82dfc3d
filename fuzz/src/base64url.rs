//! `encoding::base64url` against data-encoding's canonical reader: both accept the same texts, for the same bytes.

use data_encoding::BASE64URL_NOPAD;
use mfakit_core::Error;
use mfakit_core::encoding::base64url;

/// Whether core accepts; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    // The same bytes as a value to write.
    let written: Vec<u8> = base64url::encode(data).collect();
    assert_eq!(written, BASE64URL_NOPAD.encode(data).into_bytes());

    let mut out = vec![0xa5; data.len()];
    let ours = base64url::decode(data, &mut out).map(<[u8]>::to_vec);
    match BASE64URL_NOPAD.decode(data) {
        Ok(bytes) => {
            assert_eq!(base64url::decoded_len(data.len()), Some(bytes.len()));
            if let Some(short) = bytes.len().checked_sub(1) {
                assert_eq!(base64url::decode(data, &mut vec![0; short]), Err(Error::InputTooLarge));
            }
            assert_eq!(ours, Ok(bytes));
            true
        }
        Err(_) => {
            assert_eq!(ours, Err(Error::Base64urlMalformed));
            false
        }
    }
}

/// Texts of every length of tail, and in forms that are not ours.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let texts =
        ["", "Zg", "Zm8", "Zm9v", "Zm9vYg", "-_-_", "Zg==", "Zh", "Zm9", "+/+/", "Zm9v\n", "Z"];
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}
