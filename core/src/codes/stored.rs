//! What the records of codes have in common: `$name$v=1,parameter=value,…$field$field…`, and the tag in them.
//!
//! Invariant: a record has one text; what a later version wrote is told from damage. Leaks: nothing; records are public to the
//! host.

use super::symbols::Symbols;
use crate::crypto::hmac_sha256;
use crate::encoding::decimal;
use crate::error::Error;
use crate::secret::{Pepper, Peppers};
use core::fmt;
use zeroize::Zeroizing;

pub(crate) use crate::encoding::stored::{Fields, read_base64url, version_1, write_base64url};

impl<'a> Fields<'a> {
    /// The number that is the next parameter's value.
    pub(crate) fn number(&mut self, name: &str) -> Option<u32> {
        decimal(self.next(name)?).and_then(|n| u32::try_from(n).ok())
    }

    /// The pepper's id, which is the last parameter if there is one; `None` for anything else.
    pub(crate) fn pepper_id(mut self) -> Option<Option<&'a str>> {
        if self.0.is_empty() {
            return Some(None);
        }
        let id = self.next("k=").filter(|id| Peppers::is_id(id) && self.0.is_empty())?;
        Some(Some(id))
    }
}

/// Writes `,k=ID` where there is a pepper.
pub(crate) fn write_pepper_id(out: &mut impl fmt::Write, pepper: Option<&str>) -> fmt::Result {
    pepper.map_or(Ok(()), |id| write!(out, ",k={id}"))
}

/// The key of a record's tags: the pepper, or the record's random id where there is none.
///
/// # Errors
///
/// [`Error::PepperUnknown`].
pub(crate) fn key<'a>(
    pepper_id: Option<&str>,
    peppers: Option<&Peppers<'a>>,
    id: &'a [u8; 16],
) -> Result<&'a [u8], Error> {
    match pepper_id {
        None => Ok(id),
        Some(pepper) => {
            let pepper = peppers.and_then(|p| p.get(pepper)).ok_or(Error::PepperUnknown)?;
            Ok(Pepper::expose(pepper))
        }
    }
}

/// A user's id of 1 to 255 bytes, with its length.
#[derive(Clone, Copy)]
pub(crate) struct User<'a> {
    len: u8,
    id: &'a [u8],
}

impl<'a> User<'a> {
    pub(crate) fn new(id: &'a [u8]) -> Result<Self, Error> {
        let len = u8::try_from(id.len()).ok().filter(|&len| len > 0);
        len.map(|len| Self { len, id }).ok_or(Error::UserIdInvalid)
    }

    /// The tag of a secret under `key`: it binds the purpose, the form, the user and the record.
    pub(crate) fn tag(
        self,
        key: &[u8],
        purpose: &[u8],
        form: u8,
        id: &[u8; 16],
        secret: &[&[u8]; 2],
    ) -> Zeroizing<[u8; 32]> {
        let [first, rest] = secret;
        hmac_sha256(key, &[purpose, &[form, 0, self.len], self.id, id, first, rest])
    }

    /// The tag of a code of symbols.
    pub(crate) fn symbols_tag(
        self,
        key: &[u8],
        purpose: &[u8],
        form: u8,
        id: &[u8; 16],
        code: &Symbols,
    ) -> Zeroizing<[u8; 32]> {
        let (first, random) = code.parts();
        self.tag(key, purpose, form, id, &[&[first], random])
    }
}
