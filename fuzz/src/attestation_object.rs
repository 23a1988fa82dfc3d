//! `AttestationObject::parse` against the reference reader of CBOR.

use crate::authenticator;
use crate::cbor::{self, Node};
use mfakit_core::Error;
use mfakit_core::encoding::cbor::Limits;
use mfakit_core::webauthn::attestation::{AttestationObject, MAX_LEN};

/// The three members.
#[derive(Debug, PartialEq)]
pub struct Expected {
    /// `fmt`
    pub format: String,
    /// `attStmt`
    pub statement: Node,
    /// `authData`
    pub auth_data: Vec<u8>,
    /// Whether all keys stand in canonical order.
    pub ordered: bool,
}

/// The members; `None` if they are not there or the rest is not as it must be.
#[must_use]
pub fn reference(bytes: &[u8]) -> Option<Expected> {
    let (object, ordered, rest) = cbor::reference(bytes, Limits::ATTESTATION_OBJECT)?;
    let Node::Map(entries) = object else { return None };
    let member = |name: &str| {
        let entry = entries.iter().find(|(key, _)| *key == Node::Text(name.to_owned()));
        entry.map(|entry| entry.1.clone())
    };
    match (member("fmt")?, member("attStmt")?, member("authData")?) {
        (Node::Text(format), statement, Node::Bytes(auth_data))
            if rest.is_empty()
                && bytes.len() <= MAX_LEN
                && match statement {
                    Node::Map(_) => true,
                    // §8.9
                    Node::Array(_) => format == "compound",
                    _ => false,
                } =>
        {
            Some(Expected { format, statement, auth_data, ordered })
        }
        _ => None,
    }
}

/// Whether core accepts; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    match (AttestationObject::parse(data), reference(data)) {
        (Ok(ours), Some(expected)) => {
            assert_eq!(ours.format, expected.format);
            assert_eq!(ours.auth_data, expected.auth_data);
            assert_eq!(ours.non_canonical_order, !expected.ordered);
            let statement = cbor::reference(ours.statement.encoding(), Limits::ATTESTATION_OBJECT);
            let (statement, _, rest) = statement.expect("it was one valid item");
            assert_eq!((statement, rest.len()), (expected.statement, 0));
            true
        }
        (Err(error), None) => {
            let one_of_ours =
                matches!(error, Error::InputTooLarge | Error::AttestationObjectMalformed);
            assert!(one_of_ours || error.code().starts_with("cbor_"), "{error:?}");
            false
        }
        (ours, expected) => panic!("{ours:?} {expected:?}"),
    }
}

/// Objects with and without a statement, and with a member missing.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let data = authenticator::attested_data(0x45, b"credential", &authenticator::public_key(), &[]);
    let none = authenticator::attestation_object("none", &[0xa0], &data);
    // The statements of `packed` without and with certificates; nested as deep as is allowed, and one level deeper.
    let own = b"\xa2\x63alg\x27\x63sig\x42\x00\x00";
    let certified = b"\xa3\x63alg\x26\x63sig\x42\x00\x00\x63x5c\x81\x41\x00";
    let deepest = [0xa1, 0x00, 0x81, 0x81, 0x81, 0x00];
    let deeper = [0xa1, 0x00, 0x81, 0x81, 0x81, 0x81, 0x00];
    vec![
        authenticator::attestation_object("packed", own, &data),
        authenticator::attestation_object("packed", certified, &data),
        authenticator::attestation_object("x", &deepest, &data),
        authenticator::attestation_object("x", &deeper, &data),
        authenticator::attestation_object("x", &[0x80], &data),
        authenticator::attestation_object("compound", &[0x80], &data),
        authenticator::attestation_object("compound", &[0xa0], &data),
        none[..none.len() - 1].to_vec(),
        vec![0xa1, 0x63, b'f', b'm', b't', 0x60],
        none,
    ]
}
