//! The extension of Apple's certificates (§8.8), mutated and signed afterwards: DER is canonical, so exactly one content is the
//! one that holds this registration's hash.

use crate::certified::{self, CREDENTIAL_KEY};
use crate::tlv::{self, context};
use mfakit_core::Error;
use mfakit_testing::x509::Extension;
use mfakit_testing::{attestation, sha256};

/// Whether core accepts; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    if data.len() > 8192 {
        return false;
    }
    let auth_data = certified::auth_data(&CREDENTIAL_KEY);
    let object = attestation::object("apple", &certified::apple(data), &auth_data);
    let client_data = certified::client_data();
    let ours = certified::verify(0, &client_data, &object).map(|_| ());
    let nonce = sha256(&certified::message(&auth_data));
    let good = [&[0x30, 0x24, 0xa1, 0x22, 0x04, 0x20][..], &nonce].concat();
    let read = tlv::only(data, tlv::SEQUENCE)
        .and_then(|content| tlv::only(content, context(1)))
        .and_then(|content| tlv::only(content, tlv::OCTETS));
    let expected = match read {
        None => Err(Error::CertificateMalformed),
        Some(_) if data == good => Ok(()),
        Some(_) => Err(Error::AttestationNonceMismatch),
    };
    assert_eq!(ours, expected);
    ours.is_ok()
}

/// The good content, and others of its shape.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let nonce = sha256(&certified::message(&certified::auth_data(&CREDENTIAL_KEY)));
    let good = Extension::apple_nonce(&nonce).value;
    let mut seeds = vec![good.clone()];
    for at in 0..good.len() {
        let mut wrong = good.clone();
        wrong[at] ^= 1;
        seeds.push(wrong);
    }
    for nonce in [&nonce[..31], &[&nonce[..], &[0]].concat(), &[], &[0; 200]] {
        seeds.push(Extension::apple_nonce(nonce).value);
    }
    seeds.push([&good[..], &[0]].concat());
    seeds
}
