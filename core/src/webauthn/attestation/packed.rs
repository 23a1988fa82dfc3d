//! The format `packed`: WebAuthn Level 3 §8.2.
//!
//! The statement is `{alg, sig}`, signed with the credential's own key, or `{alg, sig, x5c}`, signed with a certified one, over
//! the authenticator data and the hash of the client data. Certificates need the feature `attestation`. Leaks: nothing secret
//! here.

use super::{Attestation, AttestationType, Subject};
use crate::crypto;
use crate::encoding::cbor::Value;
use crate::error::Error;

pub(super) fn verify<'a>(
    format: &'a str,
    statement: Value<'a>,
    subject: &Subject<'a, '_>,
) -> Result<Attestation<'a>, Error> {
    let (algorithm, signature, certificates) = read(&statement)?;
    if certificates.is_some() {
        return Err(Error::AttestationFormatUnsupported);
    }
    if algorithm != subject.key.algorithm() {
        return Err(Error::AttestationStatementMismatch);
    }
    crypto::verify(&subject.key, &[subject.auth_data, subject.client_data_hash], signature)?;
    Ok(Attestation::new(format, AttestationType::SelfAttested))
}

/// The members of the statement; any other member is refused, as the format's syntax has none.
fn read<'a>(statement: &Value<'a>) -> Result<(i64, &'a [u8], Option<Value<'a>>), Error> {
    let (mut algorithm, mut signature, mut certificates) = (None, None, None);
    for (name, value) in statement.as_map().into_iter().flatten() {
        match name.as_text() {
            Some("alg") => algorithm = value.as_int(),
            Some("sig") => signature = value.as_bytes(),
            Some("x5c") => certificates = Some(value),
            _ => return Err(Error::AttestationStatementMalformed),
        }
    }
    let (algorithm, signature) =
        algorithm.zip(signature).ok_or(Error::AttestationStatementMalformed)?;
    Ok((algorithm, signature, certificates))
}
