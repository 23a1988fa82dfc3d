//! What stored texts have in common: `$name$v=1,parameter=value,…$field$field…`.
//!
//! Invariant: a value has one text; what a later version wrote is told from damage. Leaks: nothing; what is stored is public to
//! the host.

use super::base64url;
use crate::error::Error;
use core::fmt;

/// What stands after `prefix` and `v=1,`.
pub(crate) fn version_1<'a>(text: &'a str, prefix: &str, max: usize) -> Result<&'a str, Error> {
    let rest =
        text.strip_prefix(prefix).filter(|_| text.len() <= max).ok_or(Error::RecordCorrupt)?;
    match rest.split_once([',', '$']) {
        Some(("v=1", after)) if rest.starts_with("v=1,") => Ok(after),
        Some((version, _)) if version != "v=1" && is_version(version) => {
            Err(Error::RecordVersionUnknown)
        }
        _ => Err(Error::RecordCorrupt),
    }
}

fn is_version(parameter: &str) -> bool {
    parameter.strip_prefix("v=").is_some_and(|digits| {
        (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

/// The comma-separated parameters of a record.
pub(crate) struct Fields<'a>(pub(crate) &'a str);

impl<'a> Fields<'a> {
    /// The value of the next parameter, if it has this name (which ends in `=`).
    pub(crate) fn next(&mut self, name: &str) -> Option<&'a str> {
        let value = self.0.strip_prefix(name)?;
        let (value, rest) = match value.split_once(',') {
            // A comma has a parameter after it.
            Some((_, "")) => return None,
            Some(split) => split,
            None => (value, ""),
        };
        self.0 = rest;
        Some(value)
    }
}

pub(crate) fn write_base64url(out: &mut impl fmt::Write, bytes: &[u8]) -> fmt::Result {
    base64url::encode(bytes).try_for_each(|symbol| out.write_char(char::from(symbol)))
}

/// Exactly `N` bytes of base64url.
pub(crate) fn read_base64url<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let len = base64url::decode(text.as_bytes(), &mut bytes).ok()?.len();
    (len == N).then_some(bytes)
}
