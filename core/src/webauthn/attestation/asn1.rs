//! DER elements in certificates and their extensions: X.690, by the crate `der`.
//!
//! Invariant: lengths have their one shortest form, nothing is read past the end of an element, and what [`Elements::end`]
//! passed has no byte left over. Leaks: nothing secret here.

use crate::error::Error;
use der::asn1::AnyRef;
use der::{Header, Reader, SliceReader, Tag, TagNumber};

/// Elements one after the other: the content of a SEQUENCE, say.
///
/// Every failure is [`Error::CertificateMalformed`].
#[derive(Clone, Debug)]
pub(super) struct Elements<'a> {
    reader: SliceReader<'a>,
}

/// The content of the one element that `bytes` are.
pub(super) fn only(bytes: &[u8], tag: Tag) -> Result<&[u8], Error> {
    let mut elements = Elements::new(bytes)?;
    let content = elements.take(tag)?;
    elements.end()?;
    Ok(content)
}

/// The elements in the one SEQUENCE that `bytes` are.
pub(super) fn sequence(bytes: &[u8]) -> Result<Elements<'_>, Error> {
    Elements::new(only(bytes, Tag::Sequence)?)
}

/// The tag `[number]`, around one or more other elements.
pub(super) const fn context(number: u32) -> Tag {
    Tag::ContextSpecific { constructed: true, number: TagNumber(number) }
}

/// The value of a BOOLEAN's content: 0x00 or 0xff (X.690 §11.1).
pub(super) fn boolean(content: &[u8]) -> Result<bool, Error> {
    match content {
        [0] => Ok(false),
        [0xff] => Ok(true),
        _ => Err(Error::CertificateMalformed),
    }
}

impl<'a> Elements<'a> {
    pub(super) fn new(content: &'a [u8]) -> Result<Self, Error> {
        SliceReader::new(content).map(|reader| Self { reader }).map_err(malformed)
    }

    /// The next element, whatever it is.
    pub(super) fn next(&mut self) -> Result<AnyRef<'a>, Error> {
        self.reader.decode().map_err(malformed)
    }

    /// The content of the next element, which has this tag.
    pub(super) fn take(&mut self, tag: Tag) -> Result<&'a [u8], Error> {
        self.take_if(tag)?.ok_or(Error::CertificateMalformed)
    }

    /// The content of the next element if it has this tag.
    pub(super) fn take_if(&mut self, tag: Tag) -> Result<Option<&'a [u8]>, Error> {
        if self.is_empty() || Header::peek(&self.reader).map_err(malformed)?.tag() != tag {
            return Ok(None);
        }
        Ok(Some(self.next()?.value()))
    }

    /// The elements in the next element, a SEQUENCE.
    pub(super) fn sequence(&mut self) -> Result<Self, Error> {
        Self::new(self.take(Tag::Sequence)?)
    }

    /// The magnitude of the next element, an INTEGER that is not negative: without leading zeros, so empty for 0.
    pub(super) fn unsigned(&mut self) -> Result<&'a [u8], Error> {
        match self.take(Tag::Integer)? {
            [0, rest @ ..] if rest.first().is_none_or(|&first| first >= 0x80) => Ok(rest),
            number @ [1..=0x7f, ..] => Ok(number),
            _ => Err(Error::CertificateMalformed),
        }
    }

    /// The next element with its tag and length.
    pub(super) fn encoding(&mut self) -> Result<&'a [u8], Error> {
        self.reader.tlv_bytes().map_err(malformed)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.reader.is_finished()
    }

    /// Nothing follows.
    pub(super) fn end(self) -> Result<(), Error> {
        self.reader.finish().map_err(malformed)
    }
}

fn malformed(_: der::Error) -> Error {
    Error::CertificateMalformed
}
