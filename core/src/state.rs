//! What the host stores, and what a stored proof is worth.
//!
//! Invariant: a proof becomes [`Evidence`] only through a compare-and-set that changed exactly one row; so a login cannot
//! skip its compare-and-set, and a replay dies in the database.

use crate::error::Error;

/// A compare-and-set for the host: store `next` where the stored value still is `prev`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Transition<S> {
    /// The value that the caller passed in, verbatim; `None` where nothing is stored yet (SQL `NULL`).
    pub prev: Option<S>,
    /// The value to store.
    pub next: S,
}

/// Which factor was proven.
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
        }
    }
}

/// A proof that was stored: what a session may be opened with. Made only by a `commit`.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct Evidence {
    method: Method,
    user_verified: bool,
}

impl Evidence {
    /// The factor that was proven.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.method
    }

    /// Whether the authenticator verified the user (a fingerprint, a PIN); false for codes.
    #[must_use]
    pub const fn user_verified(&self) -> bool {
        self.user_verified
    }

    #[cfg(any(feature = "otp", feature = "codes", feature = "webauthn"))]
    pub(crate) fn commit(rows: u64, method: Method, user_verified: bool) -> Result<Self, Error> {
        require_one_row(rows)?;
        Ok(Self { method, user_verified })
    }
}

/// Checks the row count of a compare-and-set.
///
/// # Errors
///
/// [`Error::StateConflict`] unless exactly one row changed.
pub const fn require_one_row(rows: u64) -> Result<(), Error> {
    if rows == 1 { Ok(()) } else { Err(Error::StateConflict) }
}
