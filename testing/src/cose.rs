//! COSE keys of credentials (RFC 9053 §7, WebAuthn Level 3 §5.8.5), right and wrong.

use crate::cbor::{Item, bytes, int, map};

/// ECDSA with P-256 and SHA-256.
pub const ES256: i64 = -7;
/// EdDSA, which in WebAuthn means Ed25519.
pub const EDDSA: i64 = -8;

/// The parameters of a key: labels and values.
pub type Entries = Vec<(Item, Item)>;

/// The parameters of an ES256 key, in canonical order: kty, alg, crv, x, y.
#[must_use]
pub fn es256_entries(x: &[u8], y: &[u8]) -> Entries {
    vec![
        (int(1), int(2)),
        (int(3), int(ES256)),
        (int(-1), int(1)),
        (int(-2), bytes(x)),
        (int(-3), bytes(y)),
    ]
}

/// The parameters of an Ed25519 key, in canonical order: kty, alg, crv, x.
#[must_use]
pub fn ed25519_entries(x: &[u8]) -> Entries {
    vec![(int(1), int(1)), (int(3), int(EDDSA)), (int(-1), int(6)), (int(-2), bytes(x))]
}

/// An ES256 key.
#[must_use]
pub fn es256(x: &[u8], y: &[u8]) -> Item {
    map(&es256_entries(x, y))
}

/// An Ed25519 key.
#[must_use]
pub fn ed25519(x: &[u8]) -> Item {
    map(&ed25519_entries(x))
}

/// A key with one parameter replaced.
#[must_use]
pub fn with(entries: Entries, label: i64, value: &[u8]) -> Item {
    let replaced: Entries = entries
        .into_iter()
        .map(|(k, v)| if k == int(label) { (k, value.to_vec()) } else { (k, v) })
        .collect();
    map(&replaced)
}

/// A key without one parameter.
#[must_use]
pub fn without(entries: Entries, label: i64) -> Item {
    let entries: Entries = entries.into_iter().filter(|(k, _)| *k != int(label)).collect();
    map(&entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The public key of RFC 8032 §7.1 TEST 1, as WebAuthn sends it.
    #[test]
    fn an_ed25519_key() {
        let x = [0xd7; 32];
        let expected = [&[0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32][..], &x].concat();
        assert_eq!(ed25519(&x), expected);
        assert_eq!(with(ed25519_entries(&x), -1, &int(4))[6], 4);
        assert_eq!(without(ed25519_entries(&x), 3)[..3], [0xa3, 1, 1]);
        assert_eq!(es256(&[1; 32], &[2; 32]).len(), 77);
    }
}
