//! Seals the state of a ceremony that is kept where the client can reach it, such as a cookie.
//!
//! WebAuthn Level 3 §13.4.3: a challenge must come back from where only the relying party could have put it. The tag is
//! HMAC-SHA-256 over the purpose and version, the key's id, and the content, which names the kind of ceremony. A sealed state
//! can be presented twice: the host must keep the ids of the ceremonies that were finished. Leaks: whether a tag is right.

use crate::crypto::hmac_sha256;
use crate::ct;
use crate::error::Error;
use crate::secret::Pepper;
use core::fmt;
use subtle::ConstantTimeEq;

const CONTEXT: &[u8] = b"mfakit-st-v1";
const KEY_ID: &[u8] = b"mfakit-st-key-id";

/// The key under which ceremonies' states are sealed. No `Clone`, no `PartialEq`; `Debug` shows nothing.
///
/// # Examples
///
/// ```
/// use mfakit_core::webauthn::StateKey;
/// let key = StateKey::new(&[7; 32])?; // random bytes, really
/// let tag = key.tag(b"state");
/// assert!(key.is_tag(b"state", &tag) && !key.is_tag(b"other", &tag));
/// # Ok::<(), mfakit_core::Error>(())
/// ```
pub struct StateKey(Pepper);

impl StateKey {
    /// Takes a key of 32 to 64 random bytes.
    ///
    /// # Errors
    ///
    /// [`Error::StateKeyInvalid`].
    pub fn new(bytes: &[u8]) -> Result<Self, Error> {
        Pepper::new(bytes).map(Self).map_err(|_| Error::StateKeyInvalid)
    }

    /// Names the key without telling it: the first 8 bytes of an HMAC under it.
    #[must_use]
    pub fn id(&self) -> [u8; 8] {
        let code = hmac_sha256(self.0.expose(), &[KEY_ID]);
        let mut id = [0; 8];
        for (slot, byte) in id.iter_mut().zip(code.iter()) {
            *slot = *byte;
        }
        ct::declassify_bytes(&mut id);
        id
    }

    /// The tag of a content.
    #[must_use]
    pub fn tag(&self, content: &[u8]) -> [u8; 32] {
        let mut tag = *self.code(content);
        ct::declassify_bytes(&mut tag);
        tag
    }

    /// Whether this is the content's tag.
    #[must_use]
    pub fn is_tag(&self, content: &[u8], tag: &[u8]) -> bool {
        ct::declassify(self.code(content).ct_eq(tag))
    }

    fn code(&self, content: &[u8]) -> zeroize::Zeroizing<[u8; 32]> {
        hmac_sha256(self.0.expose(), &[CONTEXT, &self.id(), content])
    }
}

impl fmt::Debug for StateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StateKey(***)")
    }
}
