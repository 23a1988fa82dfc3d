//! `crypto::es256::parse_signature` against p256's own reader of DER: both accept the same encodings, with the same r and s.

use crate::authenticator;
use mfakit_core::Error;
use mfakit_core::crypto::es256;

/// Whether core accepts; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let ours = es256::parse_signature(data);
    match p256::ecdsa::Signature::from_der(data) {
        Ok(theirs) => {
            let (r, s) = theirs.split_bytes();
            assert_eq!(ours, Ok((r.into(), s.into())));
            assert_eq!(theirs.to_der().as_bytes(), data, "one signature has one encoding");
        }
        Err(_) => assert_eq!(ours, Err(Error::SignatureMalformed)),
    }
    ours.is_ok()
}

/// Signatures with numbers of every length that matters.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = vec![authenticator::sign(b"a", b"b")];
    let numbers: [&[u8]; 6] = [
        &[1],
        &[0x7f],
        &[0x00, 0x80],
        &[0x00],
        &[0x7f; 32],
        // The order of the curve less one, with the zero in front that keeps it positive.
        &[
            0x00, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff,
            0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca,
            0xc2, 0xfc, 0x63, 0x25, 0x50,
        ],
    ];
    for r in numbers {
        for s in numbers {
            let body = [&[2, r.len() as u8][..], r, &[2, s.len() as u8], s].concat();
            seeds.push([&[0x30, body.len() as u8][..], &body].concat());
        }
    }
    seeds
}
