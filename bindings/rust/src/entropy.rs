//! The system's random generator. If it fails, nothing is returned; there is no fallback.

use crate::text::to_base64url;
use mfakit_core::Error;
#[cfg(feature = "otp")]
use mfakit_core::OtpSecret;
#[cfg(feature = "otp")]
use zeroize::Zeroizing;

pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    #[cfg(feature = "conformance")]
    if failure::is_on() {
        return Err(Error::EntropyUnavailable);
    }
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::EntropyUnavailable)?;
    Ok(bytes)
}

/// A generator that fails, for the vectors that show what becomes of it. Test builds only.
#[cfg(feature = "conformance")]
pub(crate) mod failure {
    use std::cell::Cell;

    thread_local! {
        static ON: Cell<bool> = const { Cell::new(false) };
    }

    pub(crate) fn is_on() -> bool {
        ON.get()
    }

    /// Runs `call` on a generator that fails.
    pub(crate) fn with<T>(call: impl FnOnce() -> T) -> T {
        ON.set(true);
        let outcome = call();
        ON.set(false);
        outcome
    }
}

/// A new secret for an authenticator app, as base32 text. Twenty bytes (160 bits) are what RFC 4226 §4 recommends.
///
/// # Errors
///
/// [`Error::SecretTooShort`] and [`Error::SecretTooLong`] outside 16 to 128 bytes; [`Error::EntropyUnavailable`].
#[cfg(feature = "otp")]
pub fn generate_secret(length: usize) -> Result<String, Error> {
    let bytes = Zeroizing::new(random::<{ OtpSecret::MAX }>()?);
    if length < OtpSecret::MIN {
        return Err(Error::SecretTooShort);
    }
    let bytes = bytes.get(..length).ok_or(Error::SecretTooLong)?;
    Ok(mfakit_core::encoding::base32::encode(bytes).collect())
}

/// A new user handle for an account: 32 random bytes as base64url text. It names the account and tells nothing about it.
///
/// # Errors
///
/// [`Error::EntropyUnavailable`].
pub fn generate_user_handle() -> Result<String, Error> {
    Ok(to_base64url(&random::<32>()?))
}

#[cfg(all(test, feature = "otp"))]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_the_length_asked_for_in_bytes() -> Result<(), Error> {
        for length in [16, 20, 32, 64, 128] {
            let text = generate_secret(length)?;
            assert_eq!(OtpSecret::from_base32(&text)?.len(), length);
            assert_ne!(text, generate_secret(length)?);
        }
        assert_eq!(generate_secret(15), Err(Error::SecretTooShort));
        assert_eq!(generate_secret(129), Err(Error::SecretTooLong));
        Ok(())
    }
}
