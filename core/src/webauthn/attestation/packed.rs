//! The format `packed`: WebAuthn Level 3 §8.2, as far as self attestation goes.
//!
//! The statement is `{alg, sig}`, signed with the credential's own key over the authenticator data and the hash of the
//! client data. A statement with certificates (`x5c`) is not built in, and is refused as such. Leaks: nothing secret here.

use super::AttestationObject;
use crate::crypto;
use crate::encoding::cose::PublicKey;
use crate::error::Error;

pub(super) fn verify(
    object: &AttestationObject<'_>,
    key: &PublicKey<'_>,
    client_data_hash: &[u8; 32],
) -> Result<(), Error> {
    let (algorithm, signature) = read(object)?;
    if algorithm != key.algorithm() {
        return Err(Error::AttestationStatementMismatch);
    }
    crypto::verify(key, &[object.auth_data, client_data_hash], signature)
}

/// The members of a self-signed statement; any other member is refused, as the format's syntax has none.
fn read<'a>(object: &AttestationObject<'a>) -> Result<(i64, &'a [u8]), Error> {
    let (mut algorithm, mut signature, mut certificates) = (None, None, false);
    for (name, value) in object.statement.as_map().into_iter().flatten() {
        match name.as_text() {
            Some("alg") => algorithm = value.as_int(),
            Some("sig") => signature = value.as_bytes(),
            Some("x5c") => certificates = true,
            _ => return Err(Error::AttestationStatementMalformed),
        }
    }
    let read = algorithm.zip(signature).ok_or(Error::AttestationStatementMalformed)?;
    if certificates { Err(Error::AttestationFormatUnsupported) } else { Ok(read) }
}
