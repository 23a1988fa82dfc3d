//! Inputs by type, and room for what has no fixed length.

use super::Failure;
use crate::frame::{Fields, List, Value};
use core::fmt::{self, Write};
use mfakit_core::approval::MAX_REQUEST;
use mfakit_core::otp::otpauth::MAX_URI;
use mfakit_core::{Error, UnixTime};

/// Above this a time is no host's: mfakit's other APIs refuse it, the core takes every u64.
const MAX_HOST_TIME: u64 = 100_000_000_000;

impl<'a> Fields<'a> {
    pub(super) fn integer(&self, name: &str) -> Result<u64, Failure> {
        match self.get(name) {
            Value::Unsigned(number) => Ok(number),
            _ => Err(Failure::WrongType),
        }
    }

    /// A number, or its decimal digits: the vectors write large ones so.
    pub(super) fn number(&self, name: &str) -> Result<u64, Failure> {
        self.optional_number(name)?.ok_or(Failure::WrongType)
    }

    pub(super) fn optional_number(&self, name: &str) -> Result<Option<u64>, Failure> {
        match self.get(name) {
            Value::Null => Ok(None),
            Value::Text(digits) => {
                let digits = core::str::from_utf8(digits).map_err(|_| Failure::WrongType)?;
                digits.parse().map(Some).map_err(|_| Failure::WrongType)
            }
            _ => self.integer(name).map(Some),
        }
    }

    /// A whole number in its JSON form, if the field is there.
    pub(super) fn optional_integer(&self, name: &str) -> Result<Option<u64>, Failure> {
        match self.get(name) {
            Value::Null => Ok(None),
            _ => self.integer(name).map(Some),
        }
    }

    /// A time that a host may pass.
    pub(super) fn host_time(&self, name: &str) -> Result<UnixTime, Failure> {
        host_time(self.get(name))
    }

    pub(super) fn flag_or(&self, name: &str, default: bool) -> Result<bool, Failure> {
        Ok(self.optional_flag(name)?.unwrap_or(default))
    }

    pub(super) fn optional_flag(&self, name: &str) -> Result<Option<bool>, Failure> {
        match self.get(name) {
            Value::Null => Ok(None),
            Value::Flag(flag) => Ok(Some(flag)),
            _ => Err(Failure::WrongType),
        }
    }

    pub(super) fn bytes(&self, name: &str) -> Result<&'a [u8], Failure> {
        bytes(self.get(name))
    }

    pub(super) fn optional_bytes(&self, name: &str) -> Result<Option<&'a [u8]>, Failure> {
        match self.get(name) {
            Value::Null => Ok(None),
            other => bytes(other).map(Some),
        }
    }

    pub(super) fn text(&self, name: &str) -> Result<&'a [u8], Failure> {
        match self.get(name) {
            Value::Text(text) => Ok(text),
            _ => Err(Failure::WrongType),
        }
    }

    pub(super) fn string(&self, name: &str) -> Result<&'a str, Failure> {
        string(self.get(name))
    }

    pub(super) fn string_or(&self, name: &str, default: &'a str) -> Result<&'a str, Failure> {
        match self.get(name) {
            Value::Null => Ok(default),
            other => string(other),
        }
    }

    pub(super) fn list(&self, name: &str) -> Result<Option<List<'a>>, Failure> {
        match self.get(name) {
            Value::Null => Ok(None),
            Value::List(list) => Ok(Some(list)),
            _ => Err(Failure::WrongType),
        }
    }
}

/// A time that a host may pass.
pub(super) fn host_time(value: Value<'_>) -> Result<UnixTime, Failure> {
    match value {
        Value::Unsigned(now) if now > MAX_HOST_TIME => Err(Error::TimeInvalid.into()),
        Value::Negative(_) => Err(Error::TimeInvalid.into()),
        Value::Unsigned(now) => Ok(UnixTime::from_seconds(now)),
        _ => Err(Failure::WrongType),
    }
}

pub(super) fn bytes(value: Value<'_>) -> Result<&[u8], Failure> {
    match value {
        Value::Bytes(bytes) => Ok(bytes),
        _ => Err(Failure::WrongType),
    }
}

pub(super) fn string(value: Value<'_>) -> Result<&str, Failure> {
    match value {
        Value::Text(text) => core::str::from_utf8(text).map_err(|_| Failure::WrongType),
        _ => Err(Failure::WrongType),
    }
}

pub(super) fn integer(value: Value<'_>) -> Result<i64, Failure> {
    match value {
        Value::Negative(number) => Ok(number),
        Value::Unsigned(number) => i64::try_from(number).map_err(|_| Failure::WrongType),
        _ => Err(Failure::WrongType),
    }
}

/// The longest list that an operation takes.
pub(super) const ROOM: usize = 128;

/// Room for a list of strings.
pub(super) struct Strings<'a>([&'a str; ROOM]);

impl<'a> Strings<'a> {
    pub(super) const fn new() -> Self {
        Self([""; ROOM])
    }

    pub(super) fn fill(&mut self, list: List<'a>) -> Result<&[&'a str], Failure> {
        fill(&mut self.0, list.map(string))
    }
}

/// The longest text that the core writes: a request for an approval, in base64url.
const LONGEST: usize = MAX_REQUEST.div_ceil(3) * 4;
/// A label of the longest URI that is read fits too.
const _: () = assert!(LONGEST >= MAX_URI);

/// Room for a text that the core writes.
pub(super) struct Text {
    bytes: [u8; LONGEST],
    len: usize,
}

impl Text {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; LONGEST], len: 0 }
    }

    /// The text that `value` writes.
    pub(super) fn of(value: impl fmt::Display) -> Result<Self, Failure> {
        let mut text = Self::new();
        write!(text, "{value}").map_err(|_| Failure::Harness)?;
        Ok(text)
    }

    pub(super) fn as_str(&self) -> &str {
        // Only `write_str` writes here, and whole texts.
        core::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }

    pub(super) fn value(&self) -> Value<'_> {
        Value::Text(&self.bytes[..self.len])
    }
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

/// Stores a list's items in `room`.
pub(super) fn fill<T>(
    room: &mut [T],
    items: impl Iterator<Item = Result<T, Failure>>,
) -> Result<&[T], Failure> {
    let mut count = 0;
    for item in items {
        *room.get_mut(count).ok_or(Failure::Harness)? = item?;
        count += 1;
    }
    Ok(&room[..count])
}
