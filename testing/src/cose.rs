//! COSE keys of credentials (RFC 9053 §7, WebAuthn Level 3 §5.8.5), right and wrong.

use crate::cbor::{Item, bytes, int, map};

/// ECDSA with P-256 and SHA-256.
pub const ES256: i64 = -7;
/// EdDSA, which in WebAuthn means Ed25519.
pub const EDDSA: i64 = -8;
/// ECDSA with P-384 and SHA-384.
pub const ES384: i64 = -35;
/// ECDSA with P-521 and SHA-512.
pub const ES512: i64 = -36;
/// ECDSA with secp256k1 and SHA-256.
pub const ES256K: i64 = -47;
/// Ed448.
pub const ED448: i64 = -53;
/// RSASSA-PKCS1-v1_5 with SHA-256.
pub const RS256: i64 = -257;

/// The parameters of a key: labels and values.
pub type Entries = Vec<(Item, Item)>;

/// The parameters of a key on a Weierstrass curve, in canonical order: kty, alg, crv, x, y.
#[must_use]
pub fn ec2_entries(algorithm: i64, curve: i64, x: &[u8], y: &[u8]) -> Entries {
    vec![
        (int(1), int(2)),
        (int(3), int(algorithm)),
        (int(-1), int(curve)),
        (int(-2), bytes(x)),
        (int(-3), bytes(y)),
    ]
}

/// The parameters of a key on an Edwards curve, in canonical order: kty, alg, crv, x.
#[must_use]
pub fn okp_entries(algorithm: i64, curve: i64, x: &[u8]) -> Entries {
    vec![(int(1), int(1)), (int(3), int(algorithm)), (int(-1), int(curve)), (int(-2), bytes(x))]
}

/// The parameters of an RSA key, in canonical order: kty, alg, n, e.
#[must_use]
pub fn rsa_entries(algorithm: i64, n: &[u8], e: &[u8]) -> Entries {
    vec![(int(1), int(3)), (int(3), int(algorithm)), (int(-1), bytes(n)), (int(-2), bytes(e))]
}

/// The parameters of a key that is one string of bytes, as ML-DSA has them, in canonical order: kty, alg, pub.
#[must_use]
pub fn akp_entries(algorithm: i64, public: &[u8]) -> Entries {
    vec![(int(1), int(7)), (int(3), int(algorithm)), (int(-1), bytes(public))]
}

/// The parameters of an ES256 key.
#[must_use]
pub fn es256_entries(x: &[u8], y: &[u8]) -> Entries {
    ec2_entries(ES256, 1, x, y)
}

/// The parameters of an Ed25519 key.
#[must_use]
pub fn ed25519_entries(x: &[u8]) -> Entries {
    okp_entries(EDDSA, 6, x)
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

    #[test]
    fn every_type_of_key_has_its_labels() {
        let rsa = map(&rsa_entries(RS256, &[9], &[1, 0, 1]));
        assert_eq!(rsa, [0xa4, 1, 3, 3, 0x39, 1, 0, 0x20, 0x41, 9, 0x21, 0x43, 1, 0, 1]);
        let akp = map(&akp_entries(-48, &[9]));
        assert_eq!(akp, [0xa3, 1, 7, 3, 0x38, 47, 0x20, 0x41, 9]);
    }
}
