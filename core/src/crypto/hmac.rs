//! HMAC with SHA-1, SHA-256 and SHA-512: RFC 2104, keyed once and used for many messages.
//!
//! A window of codes is many short messages under one key. So the two key blocks are hashed once, a code takes two compressions and
//! copies no buffers; the compression functions are those of `sha1` and `sha2`. Invariant: every block and state that a key went into
//! and that stands here is wiped; what the compression functions leave on the stack is not. Leaks: which algorithm, and the lengths.

use crate::error::Error;
use sha1::block_api::compress as compress1;
use sha2::block_api::{compress256, compress512};
use zeroize::Zeroize;

/// The hash inside HOTP's and TOTP's HMAC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HashAlgorithm {
    /// The default of RFC 4226, and the one that every authenticator app knows.
    #[default]
    Sha1,
    /// RFC 6238 §1.2.
    Sha256,
    /// RFC 6238 §1.2.
    Sha512,
}

impl HashAlgorithm {
    /// `SHA1`, `SHA256` or `SHA512`, as otpauth URIs spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }

    /// The algorithm of this name, exactly as [`HashAlgorithm::as_str`] writes it.
    ///
    /// # Errors
    ///
    /// [`Error::HashAlgorithmUnknown`].
    pub fn from_name(name: &str) -> Result<Self, Error> {
        match name {
            "SHA1" => Ok(Self::Sha1),
            "SHA256" => Ok(Self::Sha256),
            "SHA512" => Ok(Self::Sha512),
            _ => Err(Error::HashAlgorithmUnknown),
        }
    }
}

/// An HMAC key: the two key blocks, hashed already.
#[derive(Clone)]
pub struct HmacKey(State);

#[derive(Clone)]
enum State {
    Sha1(Keyed<Sha1>),
    Sha256(Keyed<Sha256>),
    Sha512(Keyed<Sha512>),
}

/// An authentication code of 20, 32 or 64 bytes.
#[derive(Clone)]
pub struct Tag {
    bytes: [u8; 64],
    len: usize,
}

impl HmacKey {
    /// A key of any length.
    #[must_use]
    pub fn new(algorithm: HashAlgorithm, key: &[u8]) -> Self {
        Self(match algorithm {
            HashAlgorithm::Sha1 => State::Sha1(Keyed::new(key)),
            HashAlgorithm::Sha256 => State::Sha256(Keyed::new(key)),
            HashAlgorithm::Sha512 => State::Sha512(Keyed::new(key)),
        })
    }

    /// The code of a message.
    #[must_use]
    pub fn tag(&self, message: &[u8]) -> Tag {
        match &self.0 {
            State::Sha1(key) => key.tag(message),
            State::Sha256(key) => key.tag(message),
            State::Sha512(key) => key.tag(message),
        }
    }
}

/// The states after the inner and the outer key block.
struct Keyed<H: Compression> {
    inner: H::State,
    outer: H::State,
}

impl<H: Compression> Keyed<H> {
    fn new(key: &[u8]) -> Self {
        let mut block = H::ZEROS;
        let slots = block.as_mut();
        if key.len() <= slots.len() {
            copy(key, slots);
        } else {
            // A key that is longer than a block is hashed first.
            let mut state = H::INITIAL;
            finish::<H>(&mut state, 0, key);
            H::write(&state, slots);
            state.zeroize();
        }
        let [mut inner, mut outer] = [H::INITIAL; 2];
        add(block.as_mut(), 0x36);
        H::compress(&mut inner, &block);
        add(block.as_mut(), 0x36 ^ 0x5c);
        H::compress(&mut outer, &block);
        block.zeroize();
        Self { inner, outer }
    }

    fn tag(&self, message: &[u8]) -> Tag {
        let mut tag = Tag { bytes: [0; 64], len: H::LENGTH };
        let mut state = self.inner;
        finish::<H>(&mut state, 1, message);
        H::write(&state, &mut tag.bytes);
        state = self.outer;
        finish::<H>(&mut state, 1, tag.expose());
        H::write(&state, &mut tag.bytes);
        state.zeroize();
        tag
    }
}

impl<H: Compression> Clone for Keyed<H> {
    fn clone(&self) -> Self {
        Self { inner: self.inner, outer: self.outer }
    }
}

impl<H: Compression> Drop for Keyed<H> {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

/// Hashes the rest of a message of which so many whole blocks were hashed, with the padding of FIPS 180-4 §5.1: a one bit, zeros, and the
/// number of bits at the end of a block.
fn finish<H: Compression>(state: &mut H::State, blocks: u64, mut rest: &[u8]) {
    let mut block = H::ZEROS;
    let size = block.as_mut().len();
    let used = rest.len().min(size);
    let bits = H::BLOCK_BITS.wrapping_mul(blocks).wrapping_add(8u64.wrapping_mul(H::count(rest)));
    while let Some((full, after)) = rest.split_at_checked(size) {
        copy(full, block.as_mut());
        H::compress(state, &block);
        rest = after;
    }
    if used == size {
        block.zeroize();
    }
    if let Some((start, [one, ..])) = block.as_mut().split_at_mut_checked(rest.len()) {
        copy(rest, start);
        *one = 0x80;
    }
    if rest.len() >= size.wrapping_sub(H::LENGTH_FIELD) {
        H::compress(state, &block);
        block.zeroize();
    }
    if let Some(end) = block.as_mut().last_chunk_mut() {
        *end = bits.to_be_bytes();
    }
    H::compress(state, &block);
    // The rest of the block is padding.
    if let Some(bytes) = block.as_mut().get_mut(..used) {
        bytes.zeroize();
    }
}

/// `copy_from_slice` without its panic: there is room.
fn copy(from: &[u8], to: &mut [u8]) {
    if let Some(to) = to.get_mut(..from.len()) {
        to.copy_from_slice(from);
    }
}

/// The exclusive or of each byte of a block with `byte`, eight at a time.
fn add(block: &mut [u8], byte: u8) {
    let (words, _) = block.as_chunks_mut();
    for word in words {
        *word = (u64::from_ne_bytes(*word) ^ u64::from_ne_bytes([byte; 8])).to_ne_bytes();
    }
}

/// A hash function as FIPS 180-4 has it: a state, and blocks that are worked into it.
trait Compression {
    type State: Copy + Zeroize;
    type Block: Copy + Zeroize + AsMut<[u8]>;
    /// The state before the first block.
    const INITIAL: Self::State;
    const ZEROS: Self::Block;
    const BLOCK_BITS: u64;
    /// Bytes of the hash.
    const LENGTH: usize;
    /// Bytes at the end of the last block that hold the message's length.
    const LENGTH_FIELD: usize;

    fn compress(state: &mut Self::State, block: &Self::Block);

    /// Writes the state, the most significant byte of each word first.
    fn write(state: &Self::State, to: &mut [u8]);

    /// The length of a slice, which never has more than 2⁶³ bytes.
    fn count(bytes: &[u8]) -> u64 {
        u64::try_from(bytes.len()).unwrap_or(u64::MAX)
    }
}

macro_rules! compression {
    ($name:ident, $word:ty, $words:literal, $block:literal, $field:literal, $compress:ident, $initial:expr) => {
        struct $name;

        impl Compression for $name {
            type State = [$word; $words];
            type Block = [u8; $block];
            const INITIAL: Self::State = $initial;
            const ZEROS: Self::Block = [0; $block];
            const BLOCK_BITS: u64 = 8 * $block;
            const LENGTH: usize = size_of::<Self::State>();
            const LENGTH_FIELD: usize = $field;

            fn compress(state: &mut Self::State, block: &Self::Block) {
                $compress(state, core::slice::from_ref(block));
            }

            fn write(state: &Self::State, to: &mut [u8]) {
                let (slots, _) = to.as_chunks_mut();
                for (slot, word) in slots.iter_mut().zip(state) {
                    *slot = word.to_be_bytes();
                }
            }
        }
    };
}

// FIPS 180-4 §5.3.
compression!(
    Sha1,
    u32,
    5,
    64,
    8,
    compress1,
    [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0,]
);
compression!(
    Sha256,
    u32,
    8,
    64,
    8,
    compress256,
    [
        0x6a09_e667,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19,
    ]
);
compression!(
    Sha512,
    u64,
    8,
    128,
    16,
    compress512,
    [
        0x6a09_e667_f3bc_c908,
        0xbb67_ae85_84ca_a73b,
        0x3c6e_f372_fe94_f82b,
        0xa54f_f53a_5f1d_36f1,
        0x510e_527f_ade6_82d1,
        0x9b05_688c_2b3e_6c1f,
        0x1f83_d9ab_fb41_bd6b,
        0x5be0_cd19_137e_2179,
    ]
);

impl Tag {
    /// The bytes. They are as secret as the key's use demands.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl Drop for Tag {
    fn drop(&mut self) {
        if let Some(bytes) = self.bytes.get_mut(..self.len) {
            bytes.zeroize();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::hmac::{Hmac, KeyInit, Mac};
    use std::vec::Vec;

    /// The code by the crate `hmac`.
    fn peer(algorithm: HashAlgorithm, key: &[u8], message: &[u8]) -> Vec<u8> {
        fn run<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> Vec<u8> {
            let mut mac = <M as KeyInit>::new_from_slice(key).unwrap();
            mac.update(message);
            mac.finalize().into_bytes().to_vec()
        }
        match algorithm {
            HashAlgorithm::Sha1 => run::<Hmac<::sha1::Sha1>>(key, message),
            HashAlgorithm::Sha256 => run::<Hmac<sha2::Sha256>>(key, message),
            HashAlgorithm::Sha512 => run::<Hmac<sha2::Sha512>>(key, message),
        }
    }

    #[test]
    fn every_length_around_the_blocks_equals_another_implementation() {
        let bytes: Vec<u8> = (0..300_u32).map(|i| (i * 37 % 251) as u8).collect();
        for algorithm in [HashAlgorithm::Sha1, HashAlgorithm::Sha256, HashAlgorithm::Sha512] {
            for length in 0..=bytes.len() {
                let some = &bytes[..length];
                for (key, message) in [(some, &bytes[..8]), (&bytes[..20], some), (some, some)] {
                    let tag = HmacKey::new(algorithm, key).tag(message);
                    assert_eq!(tag.expose(), peer(algorithm, key, message), "{length}");
                }
            }
        }
    }
}
