//! One-time passwords with owned secrets: [`Totp`] and [`Hotp`].

use crate::time::or_clock;
use mfakit_core::otp::hotp::{self, HotpVerified};
use mfakit_core::otp::totp::{self, TotpVerified, Window};
use mfakit_core::otp::uri::TotpUri;
use mfakit_core::otp::{Digits, HashAlgorithm};
use mfakit_core::{Error, OtpSecret, Period, UnixTime};

/// The parameters of a [`Totp`]. The default is what every authenticator app knows: SHA-1, 6 digits, 30 seconds.
#[derive(Clone, Copy, Debug)]
pub struct TotpOptions {
    /// The hash inside the HMAC.
    pub algorithm: HashAlgorithm,
    /// 6, 7 or 8.
    pub digits: u64,
    /// 1 to 3600 seconds.
    pub period: u64,
}

impl Default for TotpOptions {
    fn default() -> Self {
        Self { algorithm: HashAlgorithm::Sha1, digits: 6, period: 30 }
    }
}

/// What a verification needs besides the code.
#[derive(Clone, Copy, Debug)]
pub struct VerifyTotp {
    /// The stored step of the last accepted code; `None` before the first.
    pub last_step: Option<u64>,
    /// The time; `None` for the host's clock.
    pub now: Option<UnixTime>,
    /// Steps before the current one that are accepted: 0 to 10.
    pub past: u64,
    /// Steps after the current one that are accepted: 0 to 10.
    pub future: u64,
}

impl Default for VerifyTotp {
    fn default() -> Self {
        Self { last_step: None, now: None, past: 1, future: 1 }
    }
}

/// A time-based authenticator (RFC 6238). `Debug` shows no secret; the secret is wiped on drop.
#[derive(Debug)]
pub struct Totp {
    secret: OtpSecret,
    algorithm: HashAlgorithm,
    digits: Digits,
    period: Period,
    inner: totp::Totp,
}

impl Totp {
    /// An authenticator with a base32 secret of at least 16 bytes; case, spaces, hyphens and padding do not matter.
    ///
    /// # Errors
    ///
    /// [`Error::SecretMalformed`], [`Error::SecretTooShort`], [`Error::SecretTooLong`], [`Error::DigitsInvalid`],
    /// [`Error::PeriodInvalid`].
    pub fn new(secret: &str, options: TotpOptions) -> Result<Self, Error> {
        Self::with(OtpSecret::from_base32(secret)?, options)
    }

    /// As [`Totp::new`], from the secret's bytes.
    ///
    /// # Errors
    ///
    /// As [`Totp::new`].
    pub fn from_key(raw: &[u8], options: TotpOptions) -> Result<Self, Error> {
        Self::with(OtpSecret::new(raw)?, options)
    }

    /// As [`Totp::new`], for a secret of fewer than 16 bytes that another service issued.
    ///
    /// # Errors
    ///
    /// As [`Totp::new`]; [`Error::SecretTooShort`] only if empty.
    pub fn danger_legacy(secret: &str, options: TotpOptions) -> Result<Self, Error> {
        Self::with(OtpSecret::danger_legacy_from_base32(secret)?, options)
    }

    fn with(secret: OtpSecret, options: TotpOptions) -> Result<Self, Error> {
        let digits = Digits::new(options.digits)?;
        let period = Period::from_seconds(options.period)?;
        let inner = totp::Totp::new(&secret, options.algorithm, digits, period)?;
        Ok(Self { secret, algorithm: options.algorithm, digits, period, inner })
    }

    /// The code at a time (`None` for now): for tests and for authenticators.
    ///
    /// # Errors
    ///
    /// [`Error::TimeInvalid`].
    pub fn code_at(&self, now: Option<UnixTime>) -> Result<String, Error> {
        Ok(self.inner.code_at(or_clock(now)?)?.expose().to_owned())
    }

    /// Verifies the first code of an enrolment. Its step is burnt by the transition.
    ///
    /// # Errors
    ///
    /// [`Error::OtpMalformed`], [`Error::OtpRejected`], [`Error::TimeInvalid`].
    pub fn confirm(&self, code: &str, now: Option<UnixTime>) -> Result<TotpVerified, Error> {
        self.inner.confirm(code.as_bytes(), or_clock(now)?)
    }

    /// Verifies a code.
    ///
    /// # Errors
    ///
    /// [`Error::OtpMalformed`], [`Error::OtpReplayed`], [`Error::OtpRejected`], [`Error::WindowTooLarge`],
    /// [`Error::TimeInvalid`].
    pub fn verify(&self, code: &str, options: VerifyTotp) -> Result<TotpVerified, Error> {
        let window = Window::new(options.past, options.future)?;
        self.inner.verify(code.as_bytes(), options.last_step, or_clock(options.now)?, window)
    }

    /// The otpauth URI that an authenticator app scans.
    ///
    /// # Errors
    ///
    /// [`Error::OtpLabelInvalid`] if issuer or account is empty, longer than 128 bytes, or has a colon or control character.
    pub fn uri(&self, issuer: &str, account: &str) -> Result<String, Error> {
        let uri =
            TotpUri::new(&self.secret, self.algorithm, self.digits, self.period, issuer, account)?;
        let mut text = String::new();
        // Writing to a String cannot fail.
        uri.write(&mut text).map_err(|_| Error::OtpLabelInvalid)?;
        Ok(text)
    }
}

/// The parameters of a [`Hotp`]. The default is SHA-1 and 6 digits.
#[derive(Clone, Copy, Debug)]
pub struct HotpOptions {
    /// The hash inside the HMAC.
    pub algorithm: HashAlgorithm,
    /// 6, 7 or 8.
    pub digits: u64,
}

impl Default for HotpOptions {
    fn default() -> Self {
        Self { algorithm: HashAlgorithm::Sha1, digits: 6 }
    }
}

/// A counter-based authenticator (RFC 4226). `Debug` shows no secret.
#[derive(Debug)]
pub struct Hotp {
    inner: hotp::Hotp,
}

impl Hotp {
    /// An authenticator with a base32 secret of at least 16 bytes.
    ///
    /// # Errors
    ///
    /// [`Error::SecretMalformed`], [`Error::SecretTooShort`], [`Error::SecretTooLong`], [`Error::DigitsInvalid`].
    pub fn new(secret: &str, options: HotpOptions) -> Result<Self, Error> {
        Self::with(
            &OtpSecret::from_base32(secret)?,
            options.algorithm,
            Digits::new(options.digits)?,
        )
    }

    /// As [`Hotp::new`], from the secret's bytes.
    ///
    /// # Errors
    ///
    /// As [`Hotp::new`].
    pub fn from_key(raw: &[u8], options: HotpOptions) -> Result<Self, Error> {
        Self::with(&OtpSecret::new(raw)?, options.algorithm, Digits::new(options.digits)?)
    }

    /// As [`Hotp::new`], for a secret of fewer than 16 bytes that another service issued.
    ///
    /// # Errors
    ///
    /// As [`Hotp::new`]; [`Error::SecretTooShort`] only if empty.
    pub fn danger_legacy(secret: &str, options: HotpOptions) -> Result<Self, Error> {
        let secret = OtpSecret::danger_legacy_from_base32(secret)?;
        Self::with(&secret, options.algorithm, Digits::new(options.digits)?)
    }

    /// As [`Hotp::new`], for tokens that show ten digits.
    ///
    /// # Errors
    ///
    /// [`Error::SecretMalformed`], [`Error::SecretTooShort`], [`Error::SecretTooLong`].
    pub fn ten_digits(secret: &str, algorithm: HashAlgorithm) -> Result<Self, Error> {
        Self::with(&OtpSecret::from_base32(secret)?, algorithm, Digits::TEN)
    }

    fn with(secret: &OtpSecret, algorithm: HashAlgorithm, digits: Digits) -> Result<Self, Error> {
        Ok(Self { inner: hotp::Hotp::new(secret, algorithm, digits)? })
    }

    /// The code at a counter.
    #[must_use]
    pub fn code_at(&self, counter: u64) -> String {
        self.inner.code_at(counter).expose().to_owned()
    }

    /// Verifies a code at `counter`, the next one expected, or up to `look_ahead` (at most 100) after it.
    ///
    /// # Errors
    ///
    /// [`Error::OtpMalformed`], [`Error::OtpReplayed`], [`Error::OtpRejected`], [`Error::OtpCounterExhausted`],
    /// [`Error::WindowTooLarge`].
    pub fn verify(&self, code: &str, counter: u64, look_ahead: u64) -> Result<HotpVerified, Error> {
        self.inner.verify(code.as_bytes(), counter, look_ahead)
    }

    /// Verifies two consecutive codes, up to `look_ahead` (at most 1000) after `counter`.
    ///
    /// # Errors
    ///
    /// As [`Hotp::verify`].
    pub fn resync(
        &self,
        first: &str,
        second: &str,
        counter: u64,
        look_ahead: u64,
    ) -> Result<HotpVerified, Error> {
        self.inner.resync(first.as_bytes(), second.as_bytes(), counter, look_ahead)
    }
}
