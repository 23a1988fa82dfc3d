//! Attestation objects (WebAuthn Level 3 §6.5.4) and the two statements that need no certificate: none and packed self.

use crate::cbor::{Item, bytes, int, map, text};
use crate::keys::Key;

/// The statement of the format `none` (§8.7): an empty map.
#[must_use]
pub fn none() -> Item {
    map(&[])
}

/// The statement of the format `packed` (§8.2) in its self form: the credential's own key signs.
#[must_use]
pub fn packed_self(key: &Key, auth_data: &[u8], client_data: &[u8]) -> Item {
    let signature = key.sign(&signed_bytes(auth_data, client_data));
    packed(key.algorithm(), &signature)
}

/// The statement of the format `packed` around any signature.
#[must_use]
pub fn packed(algorithm: i64, signature: &[u8]) -> Item {
    map(&[(text("alg"), int(algorithm)), (text("sig"), bytes(signature))])
}

/// What a packed statement and an assertion sign: the authenticator data and the hash of the client data.
#[must_use]
pub fn signed_bytes(auth_data: &[u8], client_data: &[u8]) -> Vec<u8> {
    [auth_data, &crate::sha256(client_data)].concat()
}

/// The attestation object, its keys in canonical order.
#[must_use]
pub fn object(format: &str, statement: &[u8], auth_data: &[u8]) -> Item {
    map(&[
        (text("fmt"), text(format)),
        (text("attStmt"), statement.to_vec()),
        (text("authData"), bytes(auth_data)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cbor::{Value, read};
    use crate::keys::{Ed25519Key, verifies};

    #[test]
    fn a_packed_self_statement_verifies_under_the_credentials_key() {
        let key = Key::Ed25519(Ed25519Key::new(&[7; 32]));
        let whole = object("packed", &packed_self(&key, b"data", b"{}"), b"data");
        let (value, rest) = read(&whole).expect("an object");
        assert!(rest.is_empty());
        assert_eq!(value.get("fmt"), Some(&Value::Text("packed".into())));
        assert_eq!(value.get("authData").and_then(Value::as_bytes), Some(&b"data"[..]));
        let statement = value.get("attStmt").expect("a statement");
        assert_eq!(statement.get("alg"), Some(&Value::Int(-8)));
        let signature = statement.get("sig").and_then(Value::as_bytes).expect("a signature");
        assert!(verifies(&key.cose(), &signed_bytes(b"data", b"{}"), signature));
        assert_eq!(object("none", &none(), &[])[..12], *b"\xa3\x63fmt\x64none\x67a");
    }
}
