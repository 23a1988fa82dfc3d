//! `crypto::verify` under keys of every algorithm, against curves and RSA in plain arithmetic: the same verdict and the same
//! code. ML-DSA has one implementation here; of it, a signature that is not the one that the key made is never accepted.
//!
//! Signatures over what was mutated cannot be found by mutation, so the input may ask for one to be made, and for it to be
//! changed in the ways in which verifiers are known to differ.

use crate::cose::{self, Kind};
use crate::curves::{Weierstrass, only_signature};
use crate::input::{Input, Output};
use mfakit_core::Error;
use mfakit_core::crypto;
use mfakit_core::encoding::cose as core_cose;
use mfakit_testing::keys::{
    Ed448Key, Ed25519Key, Es256Key, Es256kKey, Es384Key, Es512Key, Key, MlDsaKey,
};
use mfakit_testing::rsa::RsaKey;
use std::sync::LazyLock;

/// A key of every algorithm, each kind under its first number.
pub static KEYS: LazyLock<Vec<Key>> = LazyLock::new(|| {
    let mut keys = vec![
        Key::Es256(Es256Key::new(&[7; 32])),
        Key::Es384(Es384Key::new(&[7; 48])),
        Key::Es512(Es512Key::new(&[&[0][..], &[7; 65]].concat())),
        Key::Es256k(Es256kKey::new(&[7; 32])),
        Key::Ed25519(Ed25519Key::new(&[7; 32])),
        Key::Ed448(Ed448Key::new(&[7; 57])),
    ];
    // Moduli of 3482, 2802 and 2810 bits: PSS depends on how many bits of the first byte there are.
    for (algorithm, p, q) in [
        (-257, 1279, 2203),
        (-258, 521, 2281),
        (-259, 1279, 2203),
        (-37, 1279, 2203),
        (-38, 521, 2281),
        (-39, 607, 2203),
    ] {
        keys.push(Key::Rsa(RsaKey::mersenne(algorithm, p, q)));
    }
    for algorithm in [-48, -49, -50] {
        keys.push(Key::MlDsa(MlDsaKey::new(algorithm, [7; 32])));
    }
    keys
});

/// Bits of the first byte of an input.
mod options {
    /// The signature is made by the key whose number follows, and what stands as the signature is added to it, bit by bit.
    pub(super) const SIGN: u8 = 0x01;
    /// Of a made ECDSA signature, n − s stands in place of s.
    pub(super) const OTHER_S: u8 = 0x02;
    /// The made signature is over another message.
    pub(super) const OTHER_MESSAGE: u8 = 0x04;
}

/// Whether core accepts; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let mut input = Input::new(data);
    let (chosen, number) = (input.u8(), usize::from(input.u8()));
    let (mut public, message) = (input.bytes().to_vec(), input.bytes());
    let mut signature = input.bytes().to_vec();
    let signer = (chosen & options::SIGN != 0).then(|| &KEYS[number % KEYS.len()]);
    if let Some(key) = signer {
        public = key.cose();
        let other = [message, b"other"].concat();
        let signed = if chosen & options::OTHER_MESSAGE != 0 { &other } else { message };
        let mut made = key.sign(signed);
        if let (true, Ok(cose::Key { kind: Kind::Ec { crv, .. }, .. })) =
            (chosen & options::OTHER_S != 0, cose::reference(&public))
        {
            let curve = Weierstrass::named(crv).expect("a curve of the table");
            made = curve.other_s(&made).expect("a signature");
        }
        made.iter_mut().zip(&signature).for_each(|(byte, change)| *byte ^= change);
        made.extend(signature.get(made.len()..).unwrap_or_default());
        signature = made;
    }
    let (Ok(key), Ok(expected)) = (core_cose::parse_all(&public), cose::reference(&public)) else {
        // Which keys can be read is for the oracle `cose`.
        return false;
    };
    let verdict = crypto::verify(&key, &[message], &signature);
    let (first, second) = message.split_at(message.len() / 2);
    assert_eq!(crypto::verify(&key, &[first, &[], second], &signature), verdict, "in pieces");
    if let Kind::MlDsa(_) = expected.kind {
        let malformed = matches!(verdict, Err(Error::SignatureMalformed | Error::SignatureInvalid));
        let owner = KEYS.iter().find(|key| key.cose() == public);
        let good = owner.and_then(|key| only_signature(key, message));
        assert!(malformed || verdict == Ok(()), "{verdict:?}");
        if owner.is_some() {
            assert_eq!(verdict.is_ok(), good.as_deref() == Some(&signature[..]));
        }
    } else {
        assert_eq!(verdict, expected.verify(message, &signature));
    }
    verdict.is_ok()
}

/// The input in which key, message and signature stand as they are.
#[must_use]
pub fn input(public: &[u8], message: &[u8], signature: &[u8]) -> Vec<u8> {
    Output::default().number([0, 0]).bytes(public).bytes(message).bytes(signature).finish()
}

fn made(chosen: u8, number: usize, message: &[u8], change: &[u8]) -> Vec<u8> {
    let number = u8::try_from(number).expect("few keys");
    let start = Output::default().number([options::SIGN | chosen, number]).bytes(&[]);
    start.bytes(message).bytes(change).finish()
}

/// A good signature of every algorithm, as it is and made, and ones that are wrong in each way.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (number, key) in KEYS.iter().enumerate() {
        let signature = key.sign(b"message");
        seeds.push(input(&key.cose(), b"message", &signature));
        seeds.push(input(&key.cose(), b"message", &signature[1..]));
        seeds.push(input(&key.cose(), b"message", &[&signature[..], &[0]].concat()));
        seeds.push(input(&key.cose(), b"message", &vec![0; signature.len()]));
        seeds.push(input(&key.cose(), b"message", &vec![0xff; signature.len()]));
        for chosen in [0, options::OTHER_S, options::OTHER_MESSAGE] {
            seeds.push(made(chosen, number, b"message", &[]));
            seeds.push(made(chosen, number, b"", &[]));
        }
        for at in [0, 1, 2, 3, 4, 5, 31, 56, 57, 63, 113, signature.len() - 1] {
            for bit in [1, 0x80] {
                let mut change = vec![0; at + 1];
                change[at] = bit;
                seeds.push(made(0, number, b"message", &change));
            }
        }
    }
    seeds
}
