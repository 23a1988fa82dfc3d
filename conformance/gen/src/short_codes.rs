//! Codes of 16 symbols and the slow hash under which they are stored: typeable recovery codes, administrators' and support's
//! temporary codes.
//!
//! PBKDF2 is written out from RFC 8018 §5.2; the check symbol is the sum of products that recovery.rs has for 26 symbols.

use crate::recovery::{ALPHABET, weighted_sum};
use hmac::{Hmac, KeyInit, Mac};
use std::collections::HashMap;
use std::sync::Mutex;

/// First symbol, 14 random symbols, check symbol.
pub(crate) const SYMBOLS: usize = 16;

/// A code by its symbols' values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShortCode(pub(crate) [u8; SYMBOLS]);

impl ShortCode {
    /// The code of a first symbol and 14 random ones: the check symbol has weight 1, so it is the sum of the others.
    pub(crate) fn new(first: u8, random: &[u8]) -> Self {
        let mut symbols = [0; SYMBOLS];
        symbols[0] = first;
        for (symbol, byte) in symbols[1..SYMBOLS - 1].iter_mut().zip(random) {
            *symbol = byte & 31;
        }
        assert_eq!(random.len(), SYMBOLS - 2, "14 random symbols");
        symbols[SYMBOLS - 1] = weighted_sum(&symbols);
        assert_eq!(weighted_sum(&symbols), 0);
        Self(symbols)
    }

    /// With one of the symbols before the check symbol changed, and the check symbol made to fit.
    pub(crate) fn with(&self, position: usize, value: u8) -> Self {
        let mut symbols = self.0;
        symbols[position] = value;
        Self::new(symbols[0], &symbols[1..SYMBOLS - 1])
    }

    /// What a tag covers of it: every symbol but the last, a byte each.
    pub(crate) fn covered(&self) -> &[u8] {
        &self.0[..SYMBOLS - 1]
    }

    /// The symbols without hyphens.
    pub(crate) fn plain(&self) -> String {
        self.0.iter().map(|value| char::from(ALPHABET[usize::from(*value)])).collect()
    }

    /// As it is shown: 4-4-4-4.
    pub(crate) fn shown(&self) -> String {
        grouped(&self.plain(), "-")
    }
}

/// Groups of four.
pub(crate) fn grouped(plain: &str, between: &str) -> String {
    [&plain[..4], &plain[4..8], &plain[8..12], &plain[12..]].join(between)
}

/// One block of PBKDF2 with HMAC-SHA-256 (RFC 8018 §5.2).
///
/// Several files ask for the same ones, and a hash takes its time: each is computed once.
pub(crate) fn pbkdf2(password: &[u8], salt: &[u8], rounds: u32) -> Vec<u8> {
    type Known = HashMap<(Vec<u8>, Vec<u8>, u32), Vec<u8>>;
    static KNOWN: Mutex<Option<Known>> = Mutex::new(None);
    let key = (password.to_vec(), salt.to_vec(), rounds);
    let known =
        KNOWN.lock().expect("nobody panics in here").as_ref().and_then(|k| k.get(&key).cloned());
    if let Some(block) = known {
        return block;
    }
    let prf = Hmac::<sha2::Sha256>::new_from_slice(password).expect("any key length");
    let tag = |message: &[u8]| {
        let mut prf = prf.clone();
        prf.update(message);
        prf.finalize().into_bytes()
    };
    // The block's number follows the salt; there is one.
    let mut turn = tag(&[salt, &[0, 0, 0, 1]].concat());
    let mut block = turn.to_vec();
    for _ in 1..rounds {
        turn = tag(&turn);
        for (sum, byte) in block.iter_mut().zip(turn) {
            *sum ^= byte;
        }
    }
    KNOWN.lock().expect("nobody panics in here").get_or_insert_default().insert(key, block.clone());
    block
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::hex;

    /// RFC 7914 §11, the first 32 bytes of each.
    #[test]
    fn pbkdf2_gives_what_rfc_7914_prints() {
        assert_eq!(
            hex(&pbkdf2(b"passwd", b"salt", 1)),
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
        );
        assert_eq!(
            hex(&pbkdf2(b"Password", b"NaCl", 80_000)),
            "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
        );
    }

    /// Every single substitution and every exchange of neighbours of many codes: the sum is linear, so one code would do; these
    /// are for whoever does not want to take that on trust.
    #[test]
    fn the_check_symbol_sees_every_substitution_and_every_exchange() {
        for seed in 0..64_u8 {
            let random: Vec<u8> = (0..14_u8)
                .map(|i| seed.wrapping_mul(37).wrapping_add(i.wrapping_mul(11 + seed)) & 31)
                .collect();
            let code = ShortCode::new(seed & 31, &random);
            for position in 0..SYMBOLS {
                for value in (0..32).filter(|value| *value != code.0[position]) {
                    let mut typed = code.0;
                    typed[position] = value;
                    assert_ne!(weighted_sum(&typed), 0, "{position} {value}");
                }
            }
            for position in 0..SYMBOLS - 1 {
                let mut typed = code.0;
                typed.swap(position, position + 1);
                assert_eq!(weighted_sum(&typed) == 0, typed == code.0, "{position}");
            }
        }
        // Linear: the sum of a code and a change is the sum of the change. A change of one symbol, or of two neighbours by the same
        // amount, never sums to 0.
        for position in 0..SYMBOLS {
            for change in 1..32 {
                let mut difference = [0; SYMBOLS];
                difference[position] = change;
                assert_ne!(weighted_sum(&difference), 0);
                if position + 1 < SYMBOLS {
                    difference[position + 1] = change;
                    assert_ne!(weighted_sum(&difference), 0);
                }
            }
        }
    }

    #[test]
    fn a_code_is_shown_in_four_groups() {
        let code = ShortCode::new(31, &[0; 14]);
        assert!(code.shown().starts_with("Z000-0000-0000-000"), "{}", code.shown());
        assert_eq!(code.with(3, 7).0[3], 7);
    }
}
