//! Writes CBOR into a buffer of fixed size: RFC 8949 §4.2.1, the shortest heads and definite lengths.
//!
//! Invariant: what does not fit is an error at the end, never a cut text. The order of a map's keys and the number of its entries
//! are the caller's. Leaks: everything; no secret is written here.

use crate::error::Error;

/// A buffer and how much of it is written.
#[derive(Debug)]
pub(crate) struct Writer<'o> {
    out: &'o mut [u8],
    /// `None` once something did not fit.
    len: Option<usize>,
}

impl<'o> Writer<'o> {
    pub(crate) const fn new(out: &'o mut [u8]) -> Self {
        Self { out, len: Some(0) }
    }

    pub(crate) fn int(&mut self, value: i64) -> &mut Self {
        match u64::try_from(value) {
            Ok(value) => self.head(0, value),
            // −1 − n of a negative n: its bits turned over.
            Err(_) => self.head(1, u64::try_from(!value).unwrap_or_default()),
        }
    }

    pub(crate) fn uint(&mut self, value: u64) -> &mut Self {
        self.head(0, value)
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes_head(bytes.len()).raw(bytes)
    }

    /// The head of a byte string, whose bytes are the caller's to add.
    pub(crate) fn bytes_head(&mut self, len: usize) -> &mut Self {
        self.head_of_len(2, len)
    }

    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.head_of_len(3, text.len()).raw(text.as_bytes())
    }

    pub(crate) fn array(&mut self, elements: u64) -> &mut Self {
        self.head(4, elements)
    }

    pub(crate) fn map(&mut self, entries: u64) -> &mut Self {
        self.head(5, entries)
    }

    /// What is encoded already.
    pub(crate) fn raw(&mut self, encoded: &[u8]) -> &mut Self {
        self.len = self.len.and_then(|from| {
            let to = from.checked_add(encoded.len())?;
            self.out.get_mut(from..to)?.copy_from_slice(encoded);
            Some(to)
        });
        self
    }

    /// How many bytes were written.
    ///
    /// # Errors
    ///
    /// [`Error::InputTooLarge`] if the buffer was too small.
    pub(crate) fn finish(&self) -> Result<usize, Error> {
        self.len.ok_or(Error::InputTooLarge)
    }

    fn head_of_len(&mut self, major: u8, len: usize) -> &mut Self {
        match u64::try_from(len) {
            Ok(len) => self.head(major, len),
            Err(_) => {
                self.len = None;
                self
            }
        }
    }

    fn head(&mut self, major: u8, argument: u64) -> &mut Self {
        let major = major << 5;
        let [.., a, b, c, d, e, f, g, h] = argument.to_be_bytes();
        match argument {
            0..24 => self.raw(&[major | h]),
            24..0x100 => self.raw(&[major | 24, h]),
            0x100..0x1_0000 => self.raw(&[major | 25, g, h]),
            0x1_0000..0x1_0000_0000 => self.raw(&[major | 26, e, f, g, h]),
            _ => self.raw(&[major | 27, a, b, c, d, e, f, g, h]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::cbor::{self, Limits};
    use std::vec::Vec;

    fn written(write: impl FnOnce(&mut Writer<'_>)) -> Result<Vec<u8>, Error> {
        let mut out = [0; 64];
        let mut writer = Writer::new(&mut out);
        write(&mut writer);
        let len = writer.finish()?;
        Ok(out[..len].to_vec())
    }

    // RFC 8949, Appendix A.
    #[test]
    fn the_examples_of_the_standard() {
        for (value, expected) in [
            (0, &[0x00][..]),
            (23, &[0x17]),
            (24, &[0x18, 0x18]),
            (100, &[0x18, 0x64]),
            (1000, &[0x19, 0x03, 0xe8]),
            (1_000_000, &[0x1a, 0x00, 0x0f, 0x42, 0x40]),
            (1_000_000_000_000, &[0x1b, 0x00, 0x00, 0x00, 0xe8, 0xd4, 0xa5, 0x10, 0x00]),
            (-1, &[0x20]),
            (-10, &[0x29]),
            (-100, &[0x38, 0x63]),
            (-1000, &[0x39, 0x03, 0xe7]),
            (i64::MIN, &[0x3b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        ] {
            assert_eq!(written(|w| _ = w.int(value)).as_deref(), Ok(expected), "{value}");
        }
        assert_eq!(
            written(|w| _ = w.uint(u64::MAX)).as_deref(),
            Ok(&[0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff][..])
        );
        assert_eq!(
            written(|w| _ = w.map(2).text("a").int(1).text("b").array(2).int(2).int(3)).as_deref(),
            Ok(&[0xa2, 0x61, 0x61, 0x01, 0x61, 0x62, 0x82, 0x02, 0x03][..])
        );
        assert_eq!(written(|w| _ = w.bytes(&[1, 2, 3, 4])).as_deref(), Ok(&[0x44, 1, 2, 3, 4][..]));
        assert_eq!(written(|w| _ = w.text("\u{fc}")).as_deref(), Ok(&[0x62, 0xc3, 0xbc][..]));
    }

    #[test]
    fn every_head_at_its_edges_is_the_shortest() {
        for edge in [0, 24, 1 << 8, 1 << 16, 1 << 32, i64::MAX as u64] {
            for value in [edge.saturating_sub(1), edge, edge + 1]
                .into_iter()
                .filter(|v| *v <= i64::MAX as u64)
            {
                let bytes = written(|w| _ = w.uint(value)).expect("it fits");
                let read = cbor::read_all(&bytes, Limits::CTAP2).expect("canonical");
                assert_eq!(read.as_int(), i64::try_from(value).ok());
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_an_error_and_stays_one() {
        let mut out = [0; 4];
        for len in 0..8 {
            let mut writer = Writer::new(&mut out);
            writer.bytes(&[7; 8][..len]).raw(&[]);
            let expected = if len <= 3 { Ok(len + 1) } else { Err(Error::InputTooLarge) };
            assert_eq!(writer.finish(), expected, "{len}");
        }
        let mut writer = Writer::new(&mut out);
        writer.bytes(&[7; 8]).int(1);
        assert_eq!(writer.finish(), Err(Error::InputTooLarge));
    }
}
