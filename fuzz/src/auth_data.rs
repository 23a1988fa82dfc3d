//! `AuthData::parse` against fixed offsets and the reference reader of CBOR.

use crate::authenticator;
use crate::cbor::{self, Node};
use mfakit_core::Error;
use mfakit_core::encoding::cbor::Limits;
use mfakit_core::webauthn::auth_data::AuthData;

/// Authenticator data, cut up by offsets.
#[derive(Debug)]
pub struct Expected<'a> {
    /// Bytes 0 to 31.
    pub rp_id_hash: &'a [u8],
    /// Byte 32.
    pub flags: u8,
    /// Bytes 33 to 36.
    pub sign_count: u32,
    /// The attested credential data, under flag AT.
    pub attested: Option<Attested<'a>>,
    /// The extension outputs, under flag ED.
    pub extensions: Option<&'a [u8]>,
    /// Whether all keys stand in canonical order.
    pub ordered: bool,
}

/// The attested credential data, cut up by offsets.
#[derive(Debug)]
pub struct Attested<'a> {
    /// 16 bytes.
    pub aaguid: &'a [u8],
    /// 1 to 1023 bytes.
    pub credential_id: &'a [u8],
    /// The COSE key.
    pub public_key: &'a [u8],
}

/// Cuts authenticator data up; `None` if something is missing, forbidden or left over.
#[must_use]
pub fn reference(bytes: &[u8]) -> Option<Expected<'_>> {
    let (fixed, mut rest) = bytes.split_at_checked(37)?;
    let flags = fixed[32];
    let sign_count = u32::from_be_bytes(fixed[33..].try_into().expect("four bytes"));
    let mut ordered = true;
    let mut attested = None;
    if flags & 0x40 != 0 {
        let (fixed, after) = rest.split_at_checked(18)?;
        let len = usize::from(fixed[16]) << 8 | usize::from(fixed[17]);
        let (credential_id, after) = after.split_at_checked(len)?;
        if len == 0 || len > 1023 {
            return None;
        }
        let (_, key_ordered, after_key) = cbor::reference(after, Limits::CTAP2)?;
        ordered &= key_ordered;
        let public_key = &after[..after.len() - after_key.len()];
        attested = Some(Attested { aaguid: &fixed[..16], credential_id, public_key });
        rest = after_key;
    }
    let mut extensions = None;
    if flags & 0x80 != 0 {
        let (outputs, extensions_ordered, after) = cbor::reference(rest, Limits::EXTENSIONS)?;
        if !matches!(outputs, Node::Map(_)) {
            return None;
        }
        ordered &= extensions_ordered;
        extensions = Some(&rest[..rest.len() - after.len()]);
        rest = after;
    }
    rest.is_empty().then_some(Expected {
        rp_id_hash: &fixed[..32],
        flags,
        sign_count,
        attested,
        extensions,
        ordered,
    })
}

/// Whether core accepts; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    match (AuthData::parse(data), reference(data)) {
        (Ok(ours), Some(expected)) => {
            compare(&ours, &expected);
            true
        }
        (Err(error), None) => {
            let one_of_ours = matches!(
                error,
                Error::AuthDataMalformed | Error::AuthDataTrailingBytes | Error::CredentialIdLength
            );
            assert!(one_of_ours || error.code().starts_with("cbor_"), "{error:?}");
            false
        }
        (ours, expected) => panic!("{ours:?} {expected:?}"),
    }
}

fn compare(ours: &AuthData<'_>, expected: &Expected<'_>) {
    let flag = |bit: u8| expected.flags & bit != 0;
    assert_eq!(ours.rp_id_hash, expected.rp_id_hash);
    assert_eq!(ours.sign_count, expected.sign_count);
    let flags = ours.flags;
    assert_eq!(flags.bits(), expected.flags);
    assert_eq!((flags.user_present(), flags.user_verified()), (flag(0x01), flag(0x04)));
    assert_eq!((flags.backup_eligible(), flags.backed_up()), (flag(0x08), flag(0x10)));
    assert_eq!(ours.extensions.map(|e| e.encoding()), expected.extensions);
    assert_eq!(ours.attested.is_some(), expected.attested.is_some());
    let mut non_canonical = ours.extensions.is_some_and(|e| e.non_canonical_order());
    if let (Some(ours), Some(expected)) = (ours.attested, &expected.attested) {
        assert_eq!(ours.aaguid, expected.aaguid);
        assert_eq!(ours.credential_id, expected.credential_id);
        assert_eq!(ours.public_key.encoding(), expected.public_key);
        non_canonical |= ours.public_key.non_canonical_order();
    }
    assert_eq!(non_canonical, !expected.ordered);
}

/// Authenticator data of both ceremonies, with and without extensions.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let extensions = [0xa1, 0x61, 0x61, 0xf9, 0x3c, 0x00];
    vec![
        authenticator::assertion_data(0x05, 1, &[]),
        authenticator::assertion_data(0x85, 1, &extensions),
        authenticator::attested_data(0x45, b"credential", &authenticator::public_key(), &[]),
        authenticator::attested_data(0xdd, &[7; 1023], &authenticator::public_key(), &extensions),
        authenticator::attested_data(0x45, b"", &authenticator::public_key(), &[]),
        authenticator::attested_data(0x45, &[7; 1024], &authenticator::public_key(), &[]),
    ]
}
