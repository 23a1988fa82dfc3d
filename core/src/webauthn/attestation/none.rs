//! The format `none`: WebAuthn Level 3 §8.7. The statement is an empty map and proves nothing.

use super::{Attestation, AttestationType};
use crate::encoding::cbor::Value;
use crate::error::Error;

pub(super) fn verify<'a>(format: &'a str, statement: Value<'a>) -> Result<Attestation<'a>, Error> {
    match statement.as_map().map(|mut entries| entries.next()) {
        Some(None) => Ok(Attestation::new(format, AttestationType::None)),
        _ => Err(Error::AttestationStatementMalformed),
    }
}
