//! Secrets: held in place, wiped on drop, never printed, compared or cloned.
//!
//! RFC 4226 §4 (R6) asks for a shared secret of at least 128 bits. Leaks: the length.

#[cfg(any(feature = "codes", feature = "webauthn"))]
mod pepper;

#[cfg(any(feature = "codes", feature = "webauthn"))]
pub use pepper::{Pepper, Peppers};

use crate::error::Error;
use core::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The shared secret of an HOTP or TOTP authenticator: 16 to 128 bytes.
///
/// No `Clone`, no `PartialEq`, no serialisation; `Debug` shows nothing.
///
/// # Examples
///
/// ```
/// use mfakit_core::{Error, OtpSecret};
/// let secret = OtpSecret::new(b"12345678901234567890")?;
/// assert_eq!(format!("{secret:?}"), "OtpSecret(***)");
/// assert_eq!(OtpSecret::new(b"too short").err(), Some(Error::SecretTooShort));
/// # Ok::<(), Error>(())
/// ```
pub struct OtpSecret(Held<{ Self::MAX }>);

impl OtpSecret {
    /// The shortest secret that [`OtpSecret::new`] takes: 16 bytes (RFC 4226 §4, R6).
    pub const MIN: usize = 16;
    /// The longest: 128 bytes, the block of SHA-512. A longer HMAC key would be hashed down anyway.
    pub const MAX: usize = 128;

    /// Takes a secret of 16 to 128 bytes.
    ///
    /// # Errors
    ///
    /// [`Error::SecretTooShort`], [`Error::SecretTooLong`].
    pub fn new(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() < Self::MIN {
            return Err(Error::SecretTooShort);
        }
        Self::danger_legacy(bytes)
    }

    /// Takes a secret of 1 to 128 bytes. Some services still issue 10 bytes (80 bits), which can be guessed offline
    /// from observed codes by a well-funded attacker; replace such secrets when you can.
    ///
    /// # Errors
    ///
    /// [`Error::SecretTooShort`] if empty, [`Error::SecretTooLong`].
    pub fn danger_legacy(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.is_empty() {
            return Err(Error::SecretTooShort);
        }
        Held::new(bytes).map(Self).ok_or(Error::SecretTooLong)
    }

    /// A secret of at least `min` bytes that `write` puts into the buffer, returning how many there are.
    #[cfg(feature = "otp")]
    pub(crate) fn written_by(
        min: usize,
        write: impl FnOnce(&mut [u8]) -> Result<usize, Error>,
    ) -> Result<Self, Error> {
        // All of it is wiped if it ends here.
        let mut held = Held { bytes: [0; Self::MAX], len: Self::MAX };
        held.len = write(&mut held.bytes)?;
        if held.len < min { Err(Error::SecretTooShort) } else { Ok(Self(held)) }
    }

    /// The bytes. Everything done with them afterwards is the caller's to keep secret.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.0.expose()
    }

    /// The length in bytes.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "a secret is never empty")]
    pub fn len(&self) -> usize {
        self.0.len
    }
}

impl fmt::Debug for OtpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OtpSecret(***)")
    }
}

impl ZeroizeOnDrop for OtpSecret {}

/// Up to `MAX` bytes in place, wiped on drop; past `len` there are zeros.
struct Held<const MAX: usize> {
    bytes: [u8; MAX],
    len: usize,
}

impl<const MAX: usize> Held<MAX> {
    fn new(bytes: &[u8]) -> Option<Self> {
        let mut held = Self { bytes: [0; MAX], len: bytes.len() };
        held.bytes.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(held)
    }

    fn expose(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl<const MAX: usize> Drop for Held<MAX> {
    fn drop(&mut self) {
        if let Some(bytes) = self.bytes.get_mut(..self.len) {
            bytes.zeroize();
        }
    }
}
