//! What the generator needs of keys beyond those that `mfakit-testing` makes.

use crate::bytes::unhex;
use crate::der;
use mfakit_testing::cbor::Item;
use mfakit_testing::cose::{es256_entries, with, without};

pub(crate) use mfakit_testing::cose::es256;
pub(crate) use mfakit_testing::keys::{Ed25519Key, Es256Key, Key, verifies};

/// n - s: the other s that fits the same r.
pub(crate) fn other_s(s: &[u8; 32]) -> [u8; 32] {
    let order = unhex(der::ORDER);
    let mut result = [0; 32];
    let mut borrow = 0_i16;
    for i in (0..32).rev() {
        let digit = i16::from(order[i]) - i16::from(s[i]) - borrow;
        borrow = i16::from(digit < 0);
        result[i] = u8::try_from(digit.rem_euclid(256)).expect("a byte");
    }
    result
}

/// The ES256 key with one parameter replaced.
pub(crate) fn es256_with(x: &[u8], y: &[u8], label: i64, value: Item) -> Item {
    with(es256_entries(x, y), label, &value)
}

/// The ES256 key without one parameter.
pub(crate) fn es256_without(x: &[u8], y: &[u8], label: i64) -> Item {
    without(es256_entries(x, y), label)
}
