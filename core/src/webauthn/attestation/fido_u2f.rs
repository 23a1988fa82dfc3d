//! The format `fido-u2f`.

use super::{Attestation, Subject};
use crate::encoding::cbor::Value;
use crate::error::Error;

pub(super) fn verify<'a>(
    _format: &'a str,
    _statement: Value<'a>,
    _subject: &Subject<'a, '_>,
) -> Result<Attestation<'a>, Error> {
    Err(Error::AttestationFormatUnsupported)
}
