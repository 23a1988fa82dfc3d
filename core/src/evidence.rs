//! What a stored proof is worth: which method was proven, and what is known of how.
//!
//! Invariant: [`Evidence`] comes from a `commit` that stored exactly one row, or from [`Evidence::password`], which is the caller's
//! own assertion and named as such. So a login cannot skip its compare-and-set, and a replay dies in the database.
//! Leaks: nothing; no secret is in it.

use crate::error::Error;
#[cfg(any(feature = "otp", feature = "codes", feature = "webauthn", feature = "approval"))]
use crate::state::require_one_row;
use crate::time::UnixTime;

/// Which verification gave a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// A time-based one-time password.
    Totp,
    /// A counter-based one-time password.
    Hotp,
    /// A WebAuthn assertion.
    Webauthn,
    /// A recovery code.
    RecoveryCode,
    /// An administrator's temporary code.
    AdminCode,
    /// Support's temporary code.
    SupportCode,
    /// A code sent by mail or SMS.
    DeliveredCode,
    /// A signed push approval.
    PushApproval,
    /// A password, on the caller's word.
    Password,
}

impl Method {
    /// The method's stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Hotp => "hotp",
            Self::Webauthn => "webauthn",
            Self::RecoveryCode => "recovery_code",
            Self::AdminCode => "admin_code",
            Self::SupportCode => "support_code",
            Self::DeliveredCode => "delivered_code",
            Self::PushApproval => "push_approval",
            Self::Password => "password",
        }
    }
}

/// The kinds of method that an assessment and a policy tell apart, the ones to offer first in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum MethodKind {
    /// A WebAuthn authenticator that is not part of the device, as the client says.
    SecurityKey,
    /// A WebAuthn authenticator of the device itself, as the client says, whose credential stays on it.
    BuiltInAuthenticator,
    /// A WebAuthn credential that may be synced.
    SyncedPasskey,
    /// A WebAuthn credential that stays on one authenticator, of which the client said nothing more.
    DeviceBoundPasskey,
    /// A signed push approval.
    PushApproval,
    /// A time-based one-time password.
    Totp,
    /// A counter-based one-time password.
    Hotp,
    /// An administrator's temporary code.
    AdminCode,
    /// Support's temporary code.
    SupportCode,
    /// A recovery code.
    RecoveryCode,
    /// A code sent by SMS.
    Sms,
    /// A code told in a telephone call.
    Phone,
    /// A code sent by e-mail.
    Email,
    /// A code that was sent in a way that the host did not tell.
    DeliveredCode,
    /// A password.
    Password,
}

impl MethodKind {
    /// Every kind, the ones to offer first in front.
    pub const ALL: [Self; 15] = [
        Self::SecurityKey,
        Self::BuiltInAuthenticator,
        Self::SyncedPasskey,
        Self::DeviceBoundPasskey,
        Self::PushApproval,
        Self::Totp,
        Self::Hotp,
        Self::AdminCode,
        Self::SupportCode,
        Self::RecoveryCode,
        Self::Sms,
        Self::Phone,
        Self::Email,
        Self::DeliveredCode,
        Self::Password,
    ];

    /// The kind's stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SecurityKey => "security_key",
            Self::BuiltInAuthenticator => "built_in_authenticator",
            Self::SyncedPasskey => "synced_passkey",
            Self::DeviceBoundPasskey => "device_bound_passkey",
            Self::PushApproval => "push_approval",
            Self::Totp => "totp",
            Self::Hotp => "hotp",
            Self::AdminCode => "admin_code",
            Self::SupportCode => "support_code",
            Self::RecoveryCode => "recovery_code",
            Self::Sms => "sms",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::DeliveredCode => "delivered_code",
            Self::Password => "password",
        }
    }

    /// The kind of this name.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`].
    pub fn from_name(name: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or(Error::ArgumentValueInvalid)
    }

    /// Whether it is one of the four that WebAuthn proves.
    #[must_use]
    pub const fn is_webauthn(self) -> bool {
        matches!(
            self,
            Self::SecurityKey
                | Self::BuiltInAuthenticator
                | Self::SyncedPasskey
                | Self::DeviceBoundPasskey
        )
    }

    const fn bit(self) -> u16 {
        match self {
            Self::SecurityKey => 1,
            Self::BuiltInAuthenticator => 1 << 1,
            Self::SyncedPasskey => 1 << 2,
            Self::DeviceBoundPasskey => 1 << 3,
            Self::PushApproval => 1 << 4,
            Self::Totp => 1 << 5,
            Self::Hotp => 1 << 6,
            Self::AdminCode => 1 << 7,
            Self::SupportCode => 1 << 8,
            Self::RecoveryCode => 1 << 9,
            Self::Sms => 1 << 10,
            Self::Phone => 1 << 11,
            Self::Email => 1 << 12,
            Self::DeliveredCode => 1 << 13,
            Self::Password => 1 << 14,
        }
    }
}

/// A set of kinds. It is read in the order of [`MethodKind::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MethodKinds(u16);

impl MethodKinds {
    /// No kind.
    pub const NONE: Self = Self(0);
    /// Every kind.
    pub const ALL: Self = Self(0x7fff);

    /// The set with one more kind.
    #[must_use]
    pub const fn with(self, kind: MethodKind) -> Self {
        Self(self.0 | kind.bit())
    }
    /// The kinds that are in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
    /// Whether the kind is in the set.
    #[must_use]
    pub const fn contains(self, kind: MethodKind) -> bool {
        self.0 & kind.bit() != 0
    }
    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
    /// The kinds, the ones to offer first in front.
    pub fn iter(self) -> impl Iterator<Item = MethodKind> {
        MethodKind::ALL.into_iter().filter(move |kind| self.contains(*kind))
    }
}

impl FromIterator<MethodKind> for MethodKinds {
    fn from_iter<I: IntoIterator<Item = MethodKind>>(kinds: I) -> Self {
        kinds.into_iter().fold(Self::NONE, Self::with)
    }
}

/// How an authenticator verified its user, as far as the extension `uvm` told: a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct VerifiedBy(u8);

impl VerifiedBy {
    /// Nothing was told.
    pub const UNKNOWN: Self = Self(0);
    /// A PIN, a passcode or a pattern.
    pub const PIN: Self = Self(1);
    /// A fingerprint.
    pub const FINGERPRINT: Self = Self(2);
    /// A face.
    pub const FACE: Self = Self(4);

    /// Both sets together.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// Whether all of `other` is in the set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
    /// Whether nothing was told.
    #[must_use]
    pub const fn is_unknown(self) -> bool {
        self.0 == 0
    }

    /// One entry's first number in `uvm` (FIDO Registry of Predefined Values §3.1). A number that names several ways at once tells
    /// none of them for certain.
    #[must_use]
    pub const fn from_uvm(method: u32) -> Self {
        match method {
            0x02 => Self::FINGERPRINT,
            0x04 | 0x80 | 0x800 | 0x1000 => Self::PIN,
            0x10 => Self::FACE,
            _ => Self::UNKNOWN,
        }
    }
}

/// What is known of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Facts {
    /// The kind of method.
    pub kind: MethodKind,
    /// Whether the authenticator verified the user; false for everything but WebAuthn.
    pub user_verified: bool,
    /// How it did so.
    pub verified_by: VerifiedBy,
    /// Whether a trusted attestation and its metadata said that hardware keeps the key.
    pub hardware: bool,
    /// Whether the credential may be synced.
    pub backup_eligible: bool,
}

impl Facts {
    /// A proof of this kind, of which nothing more is known.
    #[must_use]
    pub const fn of(kind: MethodKind) -> Self {
        Self {
            kind,
            user_verified: false,
            verified_by: VerifiedBy::UNKNOWN,
            hardware: false,
            backup_eligible: false,
        }
    }
}

/// A proof that was stored: what a session may be opened with. Made by a `commit`, and by [`Evidence::password`].
///
/// It does not name the user: gather for one sign-in only what was proven for one and the same user.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct Evidence {
    method: Method,
    facts: Facts,
    at: Option<UnixTime>,
}

impl Evidence {
    /// The caller checked a password of this user at this time. mfakit has not, and takes the caller's word.
    pub const fn password(at: UnixTime) -> Self {
        Self { method: Method::Password, facts: Facts::of(MethodKind::Password), at: Some(at) }
    }

    /// The verification that gave the proof.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.method
    }
    /// The kind of method, as assessments and policies tell them apart.
    #[must_use]
    pub const fn kind(&self) -> MethodKind {
        self.facts.kind
    }
    /// Whether the authenticator verified the user (a fingerprint, a PIN); false for codes.
    #[must_use]
    pub const fn user_verified(&self) -> bool {
        self.facts.user_verified
    }
    /// What is known of the proof.
    #[must_use]
    pub const fn facts(&self) -> Facts {
        self.facts
    }
    /// When it was given, if that is not simply now.
    #[must_use]
    pub const fn at(&self) -> Option<UnixTime> {
        self.at
    }

    /// How a delivered code was sent: [`MethodKind::Sms`], [`MethodKind::Phone`] or [`MethodKind::Email`].
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`] for another kind, or for the evidence of another method.
    pub fn delivered_by(mut self, kind: MethodKind) -> Result<Self, Error> {
        let way = matches!(kind, MethodKind::Sms | MethodKind::Phone | MethodKind::Email);
        if !way || self.method != Method::DeliveredCode {
            return Err(Error::ArgumentValueInvalid);
        }
        self.facts.kind = kind;
        Ok(self)
    }

    #[cfg(any(feature = "otp", feature = "codes", feature = "approval"))]
    pub(crate) fn commit(rows: u64, method: Method, kind: MethodKind) -> Result<Self, Error> {
        require_one_row(rows)?;
        Ok(Self { method, facts: Facts::of(kind), at: None })
    }

    #[cfg(feature = "webauthn")]
    pub(crate) fn commit_webauthn(rows: u64, facts: Facts) -> Result<Self, Error> {
        require_one_row(rows)?;
        Ok(Self { method: Method::Webauthn, facts, at: None })
    }
}
