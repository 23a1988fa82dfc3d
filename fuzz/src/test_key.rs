//! The two keys that sign messages in the oracles, one for each algorithm.

use crate::{authenticator, cose, ed25519};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// The private key for Ed25519.
const ED25519: [u8; 32] = [5; 32];

static ED25519_PUBLIC: LazyLock<[u8; 32]> = LazyLock::new(|| ed25519::public_key(&ED25519));
static ES256_COSE: LazyLock<Vec<u8>> = LazyLock::new(authenticator::public_key);

/// A key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TestKey {
    /// That of [`authenticator`].
    Es256,
    /// One for [`ed25519`].
    Ed25519,
}

impl TestKey {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Es256, Self::Ed25519];

    /// The key with this COSE key.
    #[must_use]
    pub fn named(public_key: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.public_key() == public_key)
    }

    /// The COSE number.
    #[must_use]
    pub const fn algorithm(self) -> i64 {
        match self {
            Self::Es256 => -7,
            Self::Ed25519 => -8,
        }
    }

    /// The public key as a COSE key in canonical form.
    #[must_use]
    pub fn public_key(self) -> Vec<u8> {
        match self {
            Self::Es256 => ES256_COSE.clone(),
            Self::Ed25519 => cose::ed25519_key(&ED25519_PUBLIC),
        }
    }

    /// The signature over authenticator data and the hash of client data.
    #[must_use]
    pub fn sign(self, authenticator_data: &[u8], client_data_json: &[u8]) -> Vec<u8> {
        match self {
            Self::Es256 => authenticator::sign(authenticator_data, client_data_json),
            Self::Ed25519 => {
                let hash = Sha256::digest(client_data_json);
                ed25519::sign(&ED25519, &[authenticator_data, &hash].concat()).to_vec()
            }
        }
    }
}
