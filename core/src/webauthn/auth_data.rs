//! The authenticator data: what the authenticator says that it did.
//!
//! WebAuthn Level 3 §6.1. Invariant: the bytes present are exactly those that the flags announce.

use super::relying_party::RelyingParty;
use crate::crypto::sha256;
use crate::encoding::cbor::{self, Limits, Value};
use crate::encoding::reader::Reader;
use crate::error::Error;

/// The flags byte (§6.1). Reserved bits are kept and mean nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flags(u8);

impl Flags {
    /// The byte.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }
    /// UP: a person was there.
    #[must_use]
    pub const fn user_present(self) -> bool {
        self.0 & 0x01 != 0
    }
    /// UV: the authenticator verified the person.
    #[must_use]
    pub const fn user_verified(self) -> bool {
        self.0 & 0x04 != 0
    }
    /// BE: the credential may be synced to other devices.
    #[must_use]
    pub const fn backup_eligible(self) -> bool {
        self.0 & 0x08 != 0
    }
    /// BS: the credential is synced.
    #[must_use]
    pub const fn backed_up(self) -> bool {
        self.0 & 0x10 != 0
    }
    const fn attested(self) -> bool {
        self.0 & 0x40 != 0
    }
    const fn extensions(self) -> bool {
        self.0 & 0x80 != 0
    }
}

/// The attested credential data (§6.5.1).
#[derive(Clone, Copy, Debug)]
pub struct Attested<'a> {
    /// The authenticator's model. Unproven without a trusted attestation.
    pub aaguid: &'a [u8; 16],
    /// 1 to 1023 bytes.
    pub credential_id: &'a [u8],
    /// The COSE key.
    pub public_key: Value<'a>,
}

/// Authenticator data, taken apart.
#[derive(Clone, Copy, Debug)]
pub struct AuthData<'a> {
    /// The SHA-256 hash of the RP ID.
    pub rp_id_hash: &'a [u8; 32],
    /// The flags.
    pub flags: Flags,
    /// The signature counter.
    pub sign_count: u32,
    /// Present in registrations.
    pub attested: Option<Attested<'a>>,
    /// The extension outputs, a CBOR map.
    pub extensions: Option<Value<'a>>,
}

impl<'a> AuthData<'a> {
    /// Takes authenticator data apart.
    ///
    /// # Errors
    ///
    /// [`Error::AuthDataMalformed`], [`Error::AuthDataTrailingBytes`], [`Error::CredentialIdLength`], the `cbor_…` codes.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(bytes);
        let fixed = (|| Some((reader.array::<32>()?, reader.u8()?, reader.u32()?)))();
        let (rp_id_hash, flags, sign_count) = fixed.ok_or(Error::AuthDataMalformed)?;
        let flags = Flags(flags);
        let mut rest = reader.rest();
        let mut attested = None;
        if flags.attested() {
            let fixed = (|| {
                let aaguid = reader.array::<16>()?;
                let len = reader.u16()?;
                Some((aaguid, reader.take(usize::from(len))?))
            })();
            let (aaguid, credential_id) = fixed.ok_or(Error::AuthDataMalformed)?;
            // §7.1 step 25
            if !(1..=1023).contains(&credential_id.len()) {
                return Err(Error::CredentialIdLength);
            }
            let (public_key, after) = cbor::read_prefix(reader.rest(), Limits::CTAP2)?;
            attested = Some(Attested { aaguid, credential_id, public_key });
            rest = after;
        }
        let mut extensions = None;
        if flags.extensions() {
            if rest.is_empty() {
                return Err(Error::AuthDataMalformed);
            }
            let (outputs, after) = cbor::read_prefix(rest, Limits::EXTENSIONS)?;
            if outputs.as_map().is_none() {
                return Err(Error::AuthDataMalformed);
            }
            extensions = Some(outputs);
            rest = after;
        }
        if !rest.is_empty() {
            return Err(Error::AuthDataTrailingBytes);
        }
        Ok(Self { rp_id_hash, flags, sign_count, attested, extensions })
    }

    /// Whether the keys of the credential's key or of the extension outputs are not in canonical order.
    #[must_use]
    pub fn non_canonical_order(&self) -> bool {
        let parts = [self.attested.map(|a| a.public_key), self.extensions];
        parts.iter().flatten().any(Value::non_canonical_order)
    }

    /// Checks relying party, presence, verification and backup flags. Steps 14 to 17 of §7.1, 15 to 18 of §7.2.
    ///
    /// # Errors
    ///
    /// [`Error::CborKeyOrder`] under the strict switch, [`Error::RpIdHashMismatch`], [`Error::UserNotPresent`],
    /// [`Error::UserNotVerified`], [`Error::BackupFlagsInvalid`].
    pub(super) fn check(&self, rp: &RelyingParty<'_>) -> Result<(), Error> {
        self.check_key_order(rp)?;
        self.check_rp_id(rp)?;
        self.check_presence(rp)?;
        self.check_verification(rp)?;
        self.check_backup()
    }

    pub(super) fn check_key_order(&self, rp: &RelyingParty<'_>) -> Result<(), Error> {
        let refused = rp.wants_strict_key_order() && self.non_canonical_order();
        if refused { Err(Error::CborKeyOrder) } else { Ok(()) }
    }

    /// §7.1 step 14, §7.2 step 15. The hash is that of the AppID where the client said that it used one (§10.1.1).
    pub(super) fn check_rp_id(&self, rp: &RelyingParty<'_>) -> Result<(), Error> {
        let same = *self.rp_id_hash == sha256(&[rp.signed_id().as_bytes()]);
        if same { Ok(()) } else { Err(Error::RpIdHashMismatch) }
    }

    /// §7.1 step 15, §7.2 step 16
    pub(super) fn check_presence(&self, rp: &RelyingParty<'_>) -> Result<(), Error> {
        let absent = rp.requires_user_presence() && !self.flags.user_present();
        if absent { Err(Error::UserNotPresent) } else { Ok(()) }
    }

    /// §7.1 step 16, §7.2 step 17
    pub(super) fn check_verification(&self, rp: &RelyingParty<'_>) -> Result<(), Error> {
        let unverified = rp.requires_user_verification() && !self.flags.user_verified();
        if unverified { Err(Error::UserNotVerified) } else { Ok(()) }
    }

    /// §7.1 step 17, §7.2 step 18
    pub(super) fn check_backup(&self) -> Result<(), Error> {
        let impossible = self.flags.backed_up() && !self.flags.backup_eligible();
        if impossible { Err(Error::BackupFlagsInvalid) } else { Ok(()) }
    }
}
