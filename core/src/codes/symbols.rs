//! The symbols of a code that people type: a first one that says what it is for, random ones, and a check symbol.
//!
//! Two lengths: 26 symbols (120 random bits) and 16 (70 random bits). Invariant: a code's symbols are wiped on drop and shown
//! only by name. Leaks: the length, where separators stand, and whether the check symbol is right.

use crate::encoding::crockford;
use crate::error::Error;
use core::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The random symbols of a long code, five bits each.
pub(crate) const LONG: usize = 24;
/// The random symbols of a short code.
pub(crate) const SHORT: usize = 14;

const MOST: usize = LONG + 2;
const MOST_SHOWN: usize = MOST + 4;

/// A code's symbols, zeros behind those of a short one.
pub(crate) struct Symbols {
    symbols: [u8; MOST],
    long: bool,
}

impl Symbols {
    /// A first symbol, then five bits of each of `entropy`, of which there are 24 or 14, then the check symbol.
    pub(crate) fn new(first: u8, entropy: &[u8]) -> Self {
        let mut code = Self { symbols: [0; MOST], long: entropy.len() == LONG };
        let [head, random @ ..] = &mut code.symbols;
        *head = first & 31;
        for (symbol, byte) in random.iter_mut().zip(entropy) {
            *symbol = byte & 31;
        }
        let covered = entropy.len().saturating_add(1);
        let check = code.symbols.get(..covered).map(crockford::check_symbol);
        if let (Some(place), Some(check)) = (code.symbols.get_mut(covered), check) {
            *place = check;
        }
        code
    }

    /// Reads a code as a person typed it.
    pub(crate) fn parse(text: &[u8], long: bool) -> Result<Self, Error> {
        let mut code = Self { symbols: [0; MOST], long };
        if long {
            code.symbols = *crockford::decode::<MOST>(text)?;
        } else if let Some(start) = code.symbols.first_chunk_mut() {
            *start = *crockford::decode::<{ SHORT + 2 }>(text)?;
        }
        Ok(code)
    }

    pub(crate) const fn is_long(&self) -> bool {
        self.long
    }

    /// The first symbol, and the random ones.
    pub(crate) fn parts(&self) -> (u8, &[u8]) {
        let [first, rest @ ..] = &self.symbols;
        (*first, rest.get(..if self.long { LONG } else { SHORT }).unwrap_or_default())
    }

    /// The code in groups with hyphens: 5, 5, 5, 5 and 6 symbols, or four times 4.
    pub(crate) fn expose(&self) -> ShownCode {
        let (len, breaks): (usize, &[usize]) =
            if self.long { (30, &[5, 11, 17, 23]) } else { (19, &[4, 9, 14]) };
        let mut shown = ShownCode { text: [b'-'; MOST_SHOWN], len };
        let places = (0..len).filter(|place| !breaks.contains(place));
        for (place, &symbol) in places.zip(&self.symbols) {
            if let Some(slot) = shown.text.get_mut(place) {
                *slot = crockford::character(symbol);
            }
        }
        shown
    }
}

impl Drop for Symbols {
    fn drop(&mut self) {
        self.symbols.zeroize();
    }
}

impl ZeroizeOnDrop for Symbols {}

/// A code's text, ASCII, wiped on drop.
pub struct ShownCode {
    text: [u8; MOST_SHOWN],
    len: usize,
}

impl ShownCode {
    /// A text that is none of symbols; at most 30 bytes of it.
    pub(crate) fn of(ascii: &[u8]) -> Self {
        let mut shown = Self { text: [0; MOST_SHOWN], len: ascii.len().min(MOST_SHOWN) };
        for (slot, byte) in shown.text.iter_mut().zip(ascii) {
            *slot = *byte;
        }
        shown
    }

    pub(crate) const fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.text
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.text.get(..self.len).and_then(|t| core::str::from_utf8(t).ok()).unwrap_or_default()
    }
}

impl fmt::Debug for ShownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShownCode(***)")
    }
}

impl Drop for ShownCode {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

impl ZeroizeOnDrop for ShownCode {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_lengths_come_back_from_what_is_shown() {
        for (entropy, shown_len) in [(&[7; LONG][..], 30), (&[9; SHORT], 19)] {
            let code = Symbols::new(3, entropy);
            let shown = code.expose();
            assert_eq!(shown.as_str().len(), shown_len);
            let again = Symbols::parse(shown.as_str().as_bytes(), code.is_long()).unwrap();
            assert_eq!(again.parts(), (3, entropy));
            assert!(Symbols::parse(shown.as_str().as_bytes(), !code.is_long()).is_err());
        }
    }
}
