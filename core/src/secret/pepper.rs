//! Peppers: keys that stand outside the database, so that its copy alone cannot be guessed against.
//!
//! NIST SP 800-63B-4 §3.1.1.2 (keyed hashing). Leaks: the ids and the lengths.

use super::Held;
use crate::error::Error;
use core::fmt;
use zeroize::ZeroizeOnDrop;

/// A key of 32 to 64 bytes. No `Clone`, no `PartialEq`; `Debug` shows nothing.
pub struct Pepper(Held<{ Self::MAX }>);

impl Pepper {
    /// The shortest: the output of SHA-256.
    pub const MIN: usize = 32;
    /// The longest: the block of SHA-256. A longer HMAC key would be hashed down anyway.
    pub const MAX: usize = 64;

    /// Takes a key of 32 to 64 random bytes.
    ///
    /// # Errors
    ///
    /// [`Error::PepperInvalid`].
    pub fn new(bytes: &[u8]) -> Result<Self, Error> {
        let held = (bytes.len() >= Self::MIN).then(|| Held::new(bytes)).flatten();
        held.map(Self).ok_or(Error::PepperInvalid)
    }

    /// The bytes. Everything done with them afterwards is the caller's to keep secret.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.0.expose()
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pepper(***)")
    }
}

impl ZeroizeOnDrop for Pepper {}

/// Peppers by id: the current one for new records, earlier ones for records that name them.
///
/// # Examples
///
/// ```
/// use mfakit_core::{Error, Pepper, Peppers};
/// let (old, new) = (Pepper::new(&[1; 32])?, Pepper::new(&[2; 32])?);
/// let peppers = [("2026-05", &old), ("2026-11", &new)];
/// assert_eq!(Peppers::new(&peppers, "2026-11")?.current(), "2026-11");
/// assert_eq!(Peppers::new(&peppers, "2027-01").err(), Some(Error::PepperInvalid));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Peppers<'a> {
    keys: &'a [(&'a str, &'a Pepper)],
    current: &'a str,
}

impl<'a> Peppers<'a> {
    /// Peppers by id, of which `current` is one.
    ///
    /// # Errors
    ///
    /// [`Error::PepperInvalid`] if an id is not 1 to 32 of `A-Z a-z 0-9 . _ -`, stands twice, or `current` is not there.
    pub fn new(keys: &'a [(&'a str, &'a Pepper)], current: &'a str) -> Result<Self, Error> {
        let peppers = Self { keys, current };
        let once = |id: &str| keys.iter().filter(|(other, _)| *other == id).count() == 1;
        let good = keys.iter().all(|(id, _)| Self::is_id(id) && once(id));
        if good && peppers.get(current).is_some() { Ok(peppers) } else { Err(Error::PepperInvalid) }
    }

    /// The id of the pepper for new records.
    #[must_use]
    pub const fn current(&self) -> &'a str {
        self.current
    }

    /// The pepper with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&'a Pepper> {
        self.keys.iter().find(|(other, _)| *other == id).map(|(_, pepper)| *pepper)
    }

    /// The key of new records and its id, if that is one that a record can have.
    #[cfg(feature = "codes")]
    pub(crate) fn checked<'p>(
        pepper: Option<(&'p str, &'p Pepper)>,
    ) -> Result<Option<(&'p str, &'p Pepper)>, Error> {
        let good = pepper.is_none_or(|(id, _)| Self::is_id(id));
        if good { Ok(pepper) } else { Err(Error::PepperInvalid) }
    }

    pub(crate) fn is_id(id: &str) -> bool {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        (1..=32).contains(&id.len()) && id.bytes().all(allowed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_lengths_are_bounded() -> Result<(), Error> {
        assert!(Pepper::new(&[0; 31]).is_err() && Pepper::new(&[0; 65]).is_err());
        let pepper = Pepper::new(&[0; 64])?;
        let long = "k".repeat(33);
        for id in ["", "a b", "a$", "ü", &long] {
            assert_eq!(
                Peppers::new(&[(id, &pepper)], id).err(),
                Some(Error::PepperInvalid),
                "{id}"
            );
        }
        assert!(Peppers::new(&[(&long[1..], &pepper)], &long[1..]).is_ok());
        let twice = [("a", &pepper), ("a", &pepper)];
        assert_eq!(Peppers::new(&twice, "a").err(), Some(Error::PepperInvalid));
        Ok(())
    }
}
