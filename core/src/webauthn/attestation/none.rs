//! The format `none`: WebAuthn Level 3 §8.7. The statement is an empty map and proves nothing.

use super::AttestationObject;
use crate::error::Error;

pub(super) fn verify(object: &AttestationObject<'_>) -> Result<(), Error> {
    match object.statement.as_map().and_then(|mut entries| entries.next()) {
        None => Ok(()),
        Some(_) => Err(Error::AttestationStatementMalformed),
    }
}
