//! HMAC-SHA-256 as RFC 2104 writes it, and PBKDF2 over it as RFC 8018 does.

use sha2::{Digest, Sha256};

/// The code of a message under a key of any length.
#[must_use]
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0; 64];
    if key.len() > block.len() {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner = Sha256::digest([&block.map(|byte| byte ^ 0x36), message].concat());
    Sha256::digest([&block.map(|byte| byte ^ 0x5c)[..], &inner].concat()).into()
}

/// RFC 8018 §5.2 for one block: the first 32 bytes. Its key has 32 bytes.
#[must_use]
pub fn pbkdf2(key: &[u8; 32], salt: &[u8], rounds: u32) -> [u8; 32] {
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    // The same two starts in every round.
    let start = |pad: u8| Sha256::new_with_prefix(block.map(|byte| byte ^ pad));
    let (inner, outer) = (start(0x36), start(0x5c));
    let prf = |message: &[u8]| -> [u8; 32] {
        let inner = inner.clone().chain_update(message).finalize();
        outer.clone().chain_update(inner).finalize().into()
    };
    let mut last = prf(&[salt, &[0, 0, 0, 1]].concat());
    let mut sum = last;
    for _ in 1..rounds {
        last = prf(&last);
        sum.iter_mut().zip(last).for_each(|(sum, byte)| *sum ^= byte);
    }
    sum
}
