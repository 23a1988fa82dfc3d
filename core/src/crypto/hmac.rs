//! HMAC with SHA-1, SHA-256 and SHA-512: RFC 2104, keyed once and used for many messages.
//!
//! Leaks: which algorithm, and the lengths. The key state is wiped on drop (feature `zeroize` of the hashes).

use crate::error::Error;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

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
    Sha1(Hmac<Sha1>),
    Sha256(Hmac<Sha256>),
    Sha512(Hmac<Sha512>),
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
    pub fn new(algorithm: HashAlgorithm, key: &[u8]) -> Option<Self> {
        Some(Self(match algorithm {
            HashAlgorithm::Sha1 => State::Sha1(Hmac::new_from_slice(key).ok()?),
            HashAlgorithm::Sha256 => State::Sha256(Hmac::new_from_slice(key).ok()?),
            HashAlgorithm::Sha512 => State::Sha512(Hmac::new_from_slice(key).ok()?),
        }))
    }

    /// The code of a message.
    #[must_use]
    pub fn tag(&self, message: &[u8]) -> Tag {
        fn finish<M: Mac + Clone>(keyed: &M, message: &[u8]) -> Tag {
            let mut mac = keyed.clone();
            mac.update(message);
            let mut output = mac.finalize().into_bytes();
            let mut tag = Tag { bytes: [0; 64], len: output.len() };
            if let Some(start) = tag.bytes.get_mut(..output.len()) {
                start.copy_from_slice(&output);
            }
            zeroize::Zeroize::zeroize(output.as_mut_slice());
            tag
        }
        match &self.0 {
            State::Sha1(keyed) => finish(keyed, message),
            State::Sha256(keyed) => finish(keyed, message),
            State::Sha512(keyed) => finish(keyed, message),
        }
    }
}

impl Tag {
    /// The bytes. They are as secret as the key's use demands.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl Drop for Tag {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.bytes);
    }
}
