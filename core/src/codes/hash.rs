//! Slow hashes for codes of fewer than 112 random bits.
//!
//! NIST SP 800-63B-4 §3.1.1.2 and §3.1.2: such codes are stored under a salted password hash. A stored record says how much work its
//! hash is; what is not within the bounds below is a damaged record, so that no record costs more than they allow. Leaks:
//! nothing of the code: both hashes take time by their parameters alone.

use super::stored::Fields;
use crate::error::Error;
use core::fmt;
use zeroize::Zeroizing;

/// A slow hash with its costs. `Display` writes its parameters as a record has them, such as
/// `h=pbkdf2-sha256,i=600000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SlowHash {
    /// PBKDF2 with HMAC-SHA-256 (RFC 8018 §5.2, NIST SP 800-132).
    #[cfg(feature = "pbkdf2")]
    Pbkdf2Sha256 {
        /// 100 000 to 2 000 000.
        rounds: u32,
    },
    /// Argon2id with one lane (RFC 9106).
    #[cfg(feature = "argon2")]
    Argon2id {
        /// Memory in KiB: 19 456 to 131 072.
        memory: u32,
        /// Passes over it: 2 to 8.
        passes: u32,
    },
}

/// Rounds of PBKDF2 for new records: what OWASP asks of passwords.
#[cfg(feature = "pbkdf2")]
const ROUNDS: u32 = 600_000;

impl SlowHash {
    /// PBKDF2 with 600 000 rounds, for new records.
    #[cfg(feature = "pbkdf2")]
    pub const PBKDF2: Self = Self::Pbkdf2Sha256 { rounds: ROUNDS };
    /// Argon2id with 19 MiB and two passes, what OWASP asks of passwords.
    #[cfg(feature = "argon2")]
    pub const ARGON2ID: Self = Self::Argon2id { memory: 19_456, passes: 2 };

    /// Whether the costs are within the bounds that a record may have.
    pub(crate) fn is_bounded(self) -> bool {
        match self {
            #[cfg(feature = "pbkdf2")]
            Self::Pbkdf2Sha256 { rounds } => (100_000..=2_000_000).contains(&rounds),
            #[cfg(feature = "argon2")]
            Self::Argon2id { memory, passes } => {
                (19_456..=131_072).contains(&memory) && (2..=8).contains(&passes)
            }
        }
    }

    /// Whether it is cheaper than what new records are made with.
    pub(crate) fn is_outdated(self) -> bool {
        match self {
            #[cfg(feature = "pbkdf2")]
            Self::Pbkdf2Sha256 { rounds } => rounds < ROUNDS,
            #[cfg(feature = "argon2")]
            Self::Argon2id { .. } => false,
        }
    }

    /// Reads `h=…` and its costs.
    pub(crate) fn read(fields: &mut Fields<'_>) -> Result<Self, Error> {
        let name = fields.next("h=").ok_or(Error::RecordCorrupt)?;
        #[allow(unused_variables, reason = "without a hash, every name is unknown")]
        let hash: Self = match name {
            #[cfg(feature = "pbkdf2")]
            "pbkdf2-sha256" => {
                let rounds = fields.number("i=").ok_or(Error::RecordCorrupt)?;
                Self::Pbkdf2Sha256 { rounds }
            }
            #[cfg(feature = "argon2")]
            "argon2id" => {
                let (memory, passes) = (fields.number("m="), fields.number("t="));
                let (memory, passes) = memory.zip(passes).ok_or(Error::RecordCorrupt)?;
                if fields.number("p=") != Some(1) {
                    return Err(Error::RecordCorrupt);
                }
                Self::Argon2id { memory, passes }
            }
            other => return Err(unknown_hash(other)),
        };
        // Reached only where one of the hashes is built in.
        #[allow(unreachable_code, reason = "without a hash, every name is unknown")]
        if hash.is_bounded() { Ok(hash) } else { Err(Error::RecordCorrupt) }
    }

    /// The slow hash of a fast one, which has bound user, slot and all else.
    #[allow(unused_variables, reason = "without a hash, nothing is computed")]
    pub(crate) fn derive(
        self,
        fast: &[u8; 32],
        salt: &[u8; 16],
    ) -> Result<Zeroizing<[u8; 32]>, Error> {
        match self {
            #[cfg(feature = "pbkdf2")]
            Self::Pbkdf2Sha256 { rounds } => {
                let mut out = Zeroizing::new([0; 32]);
                pbkdf2::pbkdf2_hmac::<sha2::Sha256>(fast, salt, rounds, &mut *out);
                Ok(out)
            }
            #[cfg(feature = "argon2")]
            Self::Argon2id { memory, passes } => {
                use argon2::{Algorithm, Argon2, Params, Version};
                let mut out = Zeroizing::new([0; 32]);
                let params = Params::new(memory, passes, 1, Some(32));
                let params = params.map_err(|_| Error::ArgumentValueInvalid)?;
                Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                    .hash_password_into(fast, salt, &mut *out)
                    .map_err(|_| Error::ArgumentValueInvalid)?;
                Ok(out)
            }
        }
    }
}

impl fmt::Display for SlowHash {
    #[allow(unused_variables, reason = "without a hash, nothing is written")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            #[cfg(feature = "pbkdf2")]
            Self::Pbkdf2Sha256 { rounds } => write!(f, "h=pbkdf2-sha256,i={rounds}"),
            #[cfg(feature = "argon2")]
            Self::Argon2id { memory, passes } => {
                write!(f, "h=argon2id,m={memory},t={passes},p=1")
            }
        }
    }
}

/// A name that a record may have is a hash that this copy lacks; anything else is damage.
fn unknown_hash(name: &str) -> Error {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let named = (1..=32).contains(&name.len()) && name.bytes().all(allowed);
    if named { Error::CodeHashUnsupported } else { Error::RecordCorrupt }
}

#[cfg(all(test, feature = "pbkdf2"))]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_outdated_below_what_new_records_have() {
        assert!(!SlowHash::PBKDF2.is_outdated());
        assert!(SlowHash::Pbkdf2Sha256 { rounds: 599_999 }.is_outdated());
        assert!(!SlowHash::Pbkdf2Sha256 { rounds: 2_000_000 }.is_outdated());
    }
}
