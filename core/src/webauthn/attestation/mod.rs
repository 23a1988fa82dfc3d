//! Attestation statements: what the authenticator's maker says about it.
//!
//! WebAuthn Level 3 §6.5, §8. A statement that is present is always verified; an unknown or unbuilt format is
//! `Unsupported`, never treated as absent.

mod none;
mod packed;

use crate::encoding::cbor::{self, Limits, Value};
use crate::encoding::cose::PublicKey;
use crate::error::Error;

/// The largest attestation object that is read.
pub const MAX_LEN: usize = 64 * 1024;

/// An attestation object (§6.5.4), taken apart.
#[derive(Clone, Copy, Debug)]
pub struct AttestationObject<'a> {
    /// The statement's format.
    pub format: &'a str,
    /// The statement: a CBOR map.
    pub statement: Value<'a>,
    /// The authenticator data.
    pub auth_data: &'a [u8],
    /// Whether some map's keys are not in canonical order.
    pub non_canonical_order: bool,
}

impl<'a> AttestationObject<'a> {
    /// Takes an attestation object apart. Step 13 of §7.1.
    ///
    /// # Errors
    ///
    /// [`Error::InputTooLarge`], the `cbor_…` codes, [`Error::AttestationObjectMalformed`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        if bytes.len() > MAX_LEN {
            return Err(Error::InputTooLarge);
        }
        let object = cbor::read_all(bytes, Limits::ATTESTATION_OBJECT)?;
        let parts = (|| {
            let format = object.get_text("fmt")?.as_text()?;
            let statement = object.get_text("attStmt").filter(|s| s.as_map().is_some())?;
            let auth_data = object.get_text("authData")?.as_bytes()?;
            Some((format, statement, auth_data))
        })();
        let (format, statement, auth_data) = parts.ok_or(Error::AttestationObjectMalformed)?;
        Ok(Self { format, statement, auth_data, non_canonical_order: object.non_canonical_order() })
    }
}

/// A statement that was verified, or is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Attestation {
    /// No statement: nothing is claimed.
    None,
    /// Packed, signed with the credential's own key: it proves that the key signs, not who made the authenticator.
    PackedSelf,
}

impl Attestation {
    /// The format's registered name (§8).
    #[must_use]
    pub const fn format(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::PackedSelf => "packed",
        }
    }

    /// The attestation type (§6.5.3): `none` or `self`.
    #[must_use]
    pub const fn attestation_type(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::PackedSelf => "self",
        }
    }
}

/// Verifies the statement. Steps 21 and 22 of §7.1.
pub(super) fn verify(
    object: &AttestationObject<'_>,
    key: &PublicKey<'_>,
    client_data_hash: &[u8; 32],
) -> Result<Attestation, Error> {
    // Names of formats are compared exactly: "None" is not "none" (§8.1).
    match object.format {
        "none" => none::verify(object).map(|()| Attestation::None),
        "packed" => packed::verify(object, key, client_data_hash).map(|()| Attestation::PackedSelf),
        _ => Err(Error::AttestationFormatUnsupported),
    }
}
