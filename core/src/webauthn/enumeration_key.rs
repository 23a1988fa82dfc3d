//! Derives what answers for accounts that do not exist.
//!
//! WebAuthn Level 3 §14.6.2: who asks for the credentials of a user name must not learn from the answer whether there is an
//! account. What is derived is the same every time, and random to who does not have the key. Leaks: nothing of the key.

use crate::crypto::hmac_sha256;
use crate::ct;
use crate::error::Error;
use crate::secret::Pepper;
use core::fmt;

const CONTEXT: &[u8] = b"mfakit-decoy-v1";

/// The key under which decoys are derived. No `Clone`, no `PartialEq`; `Debug` shows nothing.
///
/// # Examples
///
/// ```
/// use mfakit_core::webauthn::EnumerationKey;
/// let key = EnumerationKey::new(&[7; 32])?; // random bytes, really
/// assert_eq!(key.block("example.org", b"nobody", 0), key.block("example.org", b"nobody", 0));
/// assert_ne!(key.block("example.org", b"nobody", 0), key.block("example.org", b"nobody", 1));
/// # Ok::<(), mfakit_core::Error>(())
/// ```
pub struct EnumerationKey(Pepper);

impl EnumerationKey {
    /// Takes a key of 32 to 64 random bytes.
    ///
    /// # Errors
    ///
    /// [`Error::EnumerationKeyInvalid`].
    pub fn new(bytes: &[u8]) -> Result<Self, Error> {
        Pepper::new(bytes).map(Self).map_err(|_| Error::EnumerationKeyInvalid)
    }

    /// The block of this number for a relying party and what the person typed.
    #[must_use]
    pub fn block(&self, rp_id: &str, identifier: &[u8], number: u8) -> [u8; 32] {
        // A relying party id has no NUL: the parts cannot run into one another.
        let parts = [CONTEXT, rp_id.as_bytes(), &[0, number], identifier];
        let mut block = *hmac_sha256(self.0.expose(), &parts);
        ct::declassify_bytes(&mut block);
        block
    }
}

impl fmt::Debug for EnumerationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnumerationKey(***)")
    }
}
