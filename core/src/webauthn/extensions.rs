//! What authenticators say in extension outputs, as far as this library knows the extensions.
//!
//! WebAuthn Level 3 §9, §10; CTAP 2.2 §12. Invariant: an output that nobody asked for never becomes a typed value; whether it is
//! ignored or refused is a policy with a name. Client outputs are JSON and no part of this module: nothing signs them. Leaks:
//! nothing secret here.

use crate::encoding::cbor::Value;
use crate::error::Error;

/// A set of the extensions whose authenticator outputs this library knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ExtensionSet(u8);

impl ExtensionSet {
    /// None of them.
    pub const EMPTY: Self = Self(0);
    /// `hmac-secret` (CTAP 2.2 §12.7), the authenticator's half of `prf` (§10.1.4).
    pub const PRF: Self = Self(1);
    /// `uvm`: how the user was verified (WebAuthn Level 2 §10.3).
    pub const UVM: Self = Self(1 << 1);
    /// `credProtect` (CTAP 2.2 §12.1).
    pub const CRED_PROTECT: Self = Self(1 << 2);
    /// `minPinLength` (CTAP 2.2 §12.5).
    pub const MIN_PIN_LENGTH: Self = Self(1 << 3);

    /// These and those.
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether all of those are among these.
    #[must_use]
    pub const fn contains(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// What a client that was asked for these, by its own names for them, asks of the authenticator.
    #[must_use]
    pub fn from_client_names<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        names.into_iter().fold(Self::EMPTY, |set, name| {
            set.and(match name {
                "prf" | "hmacCreateSecret" => Self::PRF,
                "uvm" => Self::UVM,
                "credentialProtectionPolicy" => Self::CRED_PROTECT,
                "minPinLength" => Self::MIN_PIN_LENGTH,
                _ => Self::EMPTY,
            })
        })
    }

    /// The extension whose authenticator output has this name.
    fn from_authenticator_name(name: &str) -> Option<Self> {
        match name {
            "credProtect" => Some(Self::CRED_PROTECT),
            "hmac-secret" => Some(Self::PRF),
            "minPinLength" => Some(Self::MIN_PIN_LENGTH),
            "uvm" => Some(Self::UVM),
            _ => None,
        }
    }
}

/// What happens to outputs of extensions that were not asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnsolicitedExtensions {
    /// They are ignored: browsers and authenticators may send some of their own accord (§9.3).
    #[default]
    Ignore,
    /// The ceremony is refused.
    Reject,
}

/// What was asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Requested<'a> {
    /// Extensions that this library knows.
    pub known: ExtensionSet,
    /// Others, by name.
    pub others: &'a [&'a str],
    /// What happens to the rest.
    pub unsolicited: UnsolicitedExtensions,
}

/// When the credential may be used (CTAP 2.2 §12.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CredentialProtection {
    /// Always.
    UserVerificationOptional,
    /// Without user verification only by who knows its id.
    UserVerificationOptionalWithCredentialIdList,
    /// Only with user verification.
    UserVerificationRequired,
}

impl CredentialProtection {
    /// The name that clients give it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserVerificationOptional => "userVerificationOptional",
            Self::UserVerificationOptionalWithCredentialIdList => {
                "userVerificationOptionalWithCredentialIDList"
            }
            Self::UserVerificationRequired => "userVerificationRequired",
        }
    }
}

/// One way in which the user was verified: numbers of the FIDO Registry of Predefined Values §3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UserVerificationMethod {
    /// §3.1: how, such as 2 for a fingerprint, 4 for a passcode.
    pub method: u32,
    /// §3.2: how the key is kept.
    pub key_protection: u16,
    /// §3.3: where the match is made.
    pub matcher_protection: u16,
}

/// The authenticator's outputs: signed with the rest of the authenticator data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuthenticatorExtensions<'a> {
    raw: Option<&'a [u8]>,
    credential_protection: Option<CredentialProtection>,
    hmac_secret: Option<bool>,
    min_pin_length: Option<u32>,
    uvm: [Option<UserVerificationMethod>; 3],
}

impl<'a> AuthenticatorExtensions<'a> {
    /// Reads what was asked for. Step 28 of §7.1, 23 of §7.2.
    ///
    /// # Errors
    ///
    /// [`Error::ExtensionOutputMalformed`], [`Error::ExtensionUnsolicited`].
    pub fn read(outputs: Option<&Value<'a>>, requested: &Requested<'_>) -> Result<Self, Error> {
        let mut read = Self { raw: outputs.map(Value::encoding), ..Self::default() };
        for (name, value) in outputs.and_then(Value::as_map).into_iter().flatten() {
            let name = name.as_text().ok_or(Error::ExtensionOutputMalformed)?;
            let known = ExtensionSet::from_authenticator_name(name);
            let asked = match known {
                Some(extension) => requested.known.contains(extension),
                None => requested.others.contains(&name),
            };
            match known {
                Some(extension) if asked => read.set(extension, value)?,
                _ if asked => {}
                _ if requested.unsolicited == UnsolicitedExtensions::Ignore => {}
                _ => return Err(Error::ExtensionUnsolicited),
            }
        }
        Ok(read)
    }

    fn set(&mut self, extension: ExtensionSet, value: Value<'a>) -> Result<(), Error> {
        let malformed = Error::ExtensionOutputMalformed;
        match extension {
            ExtensionSet::CRED_PROTECT => {
                self.credential_protection = Some(match value.as_int() {
                    Some(1) => CredentialProtection::UserVerificationOptional,
                    Some(2) => CredentialProtection::UserVerificationOptionalWithCredentialIdList,
                    Some(3) => CredentialProtection::UserVerificationRequired,
                    _ => return Err(malformed),
                });
            }
            // In assertions it is a byte string, encrypted for the client, which alone can read it.
            ExtensionSet::PRF if value.as_bytes().is_some() => {}
            ExtensionSet::PRF => self.hmac_secret = Some(value.as_bool().ok_or(malformed)?),
            ExtensionSet::MIN_PIN_LENGTH => {
                let length = value.as_int().and_then(|n| u32::try_from(n).ok());
                self.min_pin_length = Some(length.ok_or(malformed)?);
            }
            _ => self.uvm = read_uvm(&value).ok_or(malformed)?,
        }
        Ok(())
    }

    /// The whole output: a CBOR map, with what was not asked for.
    #[must_use]
    pub const fn raw(&self) -> Option<&'a [u8]> {
        self.raw
    }
    /// `credProtect`: when the credential may be used.
    #[must_use]
    pub const fn credential_protection(&self) -> Option<CredentialProtection> {
        self.credential_protection
    }
    /// `hmac-secret` of a registration: whether the credential can be used with `prf`.
    #[must_use]
    pub const fn hmac_secret(&self) -> Option<bool> {
        self.hmac_secret
    }
    /// `minPinLength`: the shortest PIN, in characters, that the authenticator takes.
    #[must_use]
    pub const fn min_pin_length(&self) -> Option<u32> {
        self.min_pin_length
    }
    /// `uvm`: the one to three ways in which the user was verified.
    pub fn uvm(&self) -> impl Iterator<Item = UserVerificationMethod> {
        self.uvm.into_iter().flatten()
    }
}

/// One to three arrays of three numbers.
fn read_uvm(value: &Value<'_>) -> Option<[Option<UserVerificationMethod>; 3]> {
    let mut methods = [None; 3];
    let mut count = 0_usize;
    for entry in value.as_array()? {
        let mut numbers = entry.as_array()?.map(|number| number.as_int());
        let (method, key, matcher) = (numbers.next()??, numbers.next()??, numbers.next()??);
        if numbers.next().is_some() {
            return None;
        }
        *methods.get_mut(count)? = Some(UserVerificationMethod {
            method: u32::try_from(method).ok()?,
            key_protection: u16::try_from(key).ok()?,
            matcher_protection: u16::try_from(matcher).ok()?,
        });
        count = count.saturating_add(1);
    }
    (count > 0).then_some(methods)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::cbor::{self, Limits};

    fn read<'a>(
        bytes: &'a [u8],
        known: ExtensionSet,
        unsolicited: UnsolicitedExtensions,
    ) -> Result<AuthenticatorExtensions<'a>, Error> {
        let value = cbor::read_all(bytes, Limits::EXTENSIONS).expect("CBOR");
        let requested = Requested { known, others: &["credBlob"], unsolicited };
        AuthenticatorExtensions::read(Some(&value), &requested)
    }

    const ALL: ExtensionSet = ExtensionSet(u8::MAX);
    use UnsolicitedExtensions::{Ignore, Reject};

    #[test]
    fn what_was_asked_for_is_typed() {
        let outputs = b"\xa4\x63uvm\x82\x83\x02\x04\x02\x83\x19\x04\x00\x01\x01\x6bcredProtect\x03\x6bhmac-secret\xf5\x6cminPinLength\x06";
        let read = read(outputs, ALL, Reject).expect("outputs");
        assert_eq!(
            read.credential_protection(),
            Some(CredentialProtection::UserVerificationRequired)
        );
        assert_eq!((read.hmac_secret(), read.min_pin_length()), (Some(true), Some(6)));
        let methods: [UserVerificationMethod; 2] =
            [(2, 4, 2), (1024, 1, 1)].map(|(method, key_protection, matcher_protection)| {
                UserVerificationMethod { method, key_protection, matcher_protection }
            });
        assert!(read.uvm().eq(methods));
        assert_eq!(read.raw(), Some(&outputs[..]));
    }

    #[test]
    fn what_was_not_asked_for_is_ignored_or_refused_by_name() {
        for outputs in
            [&b"\xa1\x6bcredProtect\x03"[..], b"\xa1\x61x\x01", b"\xa1\x6bcredProtect\x09"]
        {
            let ignored = read(outputs, ExtensionSet::EMPTY, Ignore).expect("ignored");
            assert_eq!(ignored.credential_protection(), None);
            let refused = read(outputs, ExtensionSet::EMPTY, Reject);
            assert_eq!(refused, Err(Error::ExtensionUnsolicited));
        }
        assert!(read(b"\xa1\x68credBlob\xf5", ExtensionSet::EMPTY, Reject).is_ok());
    }

    #[test]
    fn an_output_of_another_shape_is_malformed() {
        for outputs in [
            &b"\xa1\x6bcredProtect\x00"[..],
            b"\xa1\x6bcredProtect\x04",
            b"\xa1\x6bcredProtect\xf5",
            b"\xa1\x6bhmac-secret\x01",
            b"\xa1\x6cminPinLength\x20",
            b"\xa1\x6cminPinLength\x1b\x00\x00\x00\x01\x00\x00\x00\x00",
            b"\xa1\x63uvm\x80",
            b"\xa1\x63uvm\x81\x82\x02\x04",
            b"\xa1\x63uvm\x81\x84\x02\x04\x02\x01",
            b"\xa1\x63uvm\x84\x83\x02\x04\x02\x83\x02\x04\x02\x83\x02\x04\x02\x83\x02\x04\x02",
            b"\xa1\x63uvm\x81\x83\x02\x1a\x00\x01\x00\x00\x02",
            b"\xa1\x01\x01",
        ] {
            let refused = read(outputs, ALL, Ignore);
            assert_eq!(refused, Err(Error::ExtensionOutputMalformed), "{outputs:x?}");
        }
    }
}
