//! One-time passwords with owned secrets: [`Totp`] and [`Hotp`].

use crate::time::or_clock;
use mfakit_core::encoding::base32;
use mfakit_core::otp::hotp::{self, HotpVerified};
use mfakit_core::otp::totp::{self, TotpConfirmed, TotpVerified, Window};
use mfakit_core::otp::uri::{MovingFactor, OtpUri};
use mfakit_core::otp::{Digits, HashAlgorithm};
use mfakit_core::{Error, OtpSecret, Period, UnixTime};
use zeroize::Zeroizing;

/// How long a code is good.
///
/// | | window | a code is accepted for | meets |
/// |---|---|---|---|
/// | `Usual` | one step each side | up to 90 s, period 30 | RFC 6238 §5.2 (one step of delay), NIST SP 800-63B-4 §3.1.4 |
/// | `Strict` | the current step | 30 s at most | those, and OWASP ASVS 5.0 6.5.5 |
///
/// With `Strict`, a wider window is [`Error::GuessBudgetExceeded`], and so are a drift and a period above 30 seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Preset {
    /// One step each side; up to ten where the host asks for it.
    #[default]
    Usual,
    /// The current step alone, 30 seconds at most.
    Strict,
}

impl Preset {
    /// The preset with this name: `usual` or `strict`.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`].
    pub fn from_name(name: &str) -> Result<Self, Error> {
        match name {
            "usual" => Ok(Self::Usual),
            "strict" => Ok(Self::Strict),
            _ => Err(Error::ArgumentValueInvalid),
        }
    }

    fn window(self, past: Option<u64>, future: Option<u64>, drift: i64) -> Result<Window, Error> {
        let steps = match self {
            Self::Usual => 1,
            Self::Strict => 0,
        };
        let window = Window::new(past.unwrap_or(steps), future.unwrap_or(steps))?;
        let drift = i8::try_from(drift).map_err(|_| Error::WindowTooLarge)?;
        let window = window.with_drift(drift)?;
        let wide = self == Self::Strict && window != Window::STRICT;
        if wide { Err(Error::GuessBudgetExceeded) } else { Ok(window) }
    }
}

/// The parameters of a [`Totp`]. The default is what every authenticator app knows: SHA-1, 6 digits, 30 seconds.
#[derive(Clone, Copy, Debug)]
pub struct TotpOptions {
    /// The hash inside the HMAC.
    pub algorithm: HashAlgorithm,
    /// 6, 7 or 8.
    pub digits: u64,
    /// 1 to 3600 seconds.
    pub period: u64,
    /// How long a code is good.
    pub preset: Preset,
}

impl TotpOptions {
    fn checked(self) -> Result<Checked, Error> {
        let (digits, period) = (Digits::new(self.digits)?, Period::from_seconds(self.period)?);
        if self.preset == Preset::Strict && period.seconds() > 30 {
            return Err(Error::GuessBudgetExceeded);
        }
        Ok((self.algorithm, digits, period, self.preset))
    }
}

/// Parameters that an authenticator can have.
type Checked = (HashAlgorithm, Digits, Period, Preset);

const STEAM: Checked = (HashAlgorithm::Sha1, Digits::STEAM, Period::THIRTY_SECONDS, Preset::Usual);

impl Default for TotpOptions {
    fn default() -> Self {
        Self { algorithm: HashAlgorithm::Sha1, digits: 6, period: 30, preset: Preset::Usual }
    }
}

/// What a verification needs besides the code.
#[derive(Clone, Copy, Debug, Default)]
pub struct VerifyTotp {
    /// The stored step of the last accepted code; `None` before the first.
    pub last_step: Option<u64>,
    /// The time; `None` for the host's clock.
    pub now: Option<UnixTime>,
    /// Steps before the current one that are accepted: 0 to 10; `None` for the preset's.
    pub past: Option<u64>,
    /// Steps after the current one that are accepted: 0 to 10; `None` for the preset's.
    pub future: Option<u64>,
    /// Steps by which the authenticator's clock was ahead last time ([`TotpVerified::drift`]), −10 to 10: the window moves
    /// there, but never further than ten steps from now (RFC 6238 §6).
    pub drift: i64,
}

/// A time-based authenticator (RFC 6238). `Debug` shows no secret; the secret is wiped on drop.
#[derive(Debug)]
pub struct Totp {
    // In places of their own: what is moved, into a list for example, would leave copies behind.
    secret: Box<OtpSecret>,
    algorithm: HashAlgorithm,
    digits: Digits,
    period: Period,
    preset: Preset,
    inner: Box<totp::Totp>,
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

    /// A Steam authenticator: SHA-1, 30 seconds, five symbols. Secrets of any length, as Steam's exports have them.
    ///
    /// # Errors
    ///
    /// [`Error::SecretMalformed`], [`Error::SecretTooShort`] only if empty, [`Error::SecretTooLong`].
    pub fn steam(secret: &str) -> Result<Self, Error> {
        let secret = OtpSecret::danger_legacy_from_base32(secret)?;
        let (algorithm, digits, period, preset) = STEAM;
        Self::of(secret, algorithm, digits, period, preset)
    }

    fn with(secret: OtpSecret, options: TotpOptions) -> Result<Self, Error> {
        let (algorithm, digits, period, preset) = options.checked()?;
        Self::of(secret, algorithm, digits, period, preset)
    }

    /// As an authenticator made for this one code, without a place of its own for what nobody keeps.
    #[cfg(feature = "border")]
    pub(crate) fn verify_once(
        secret: &OtpSecret,
        steam: bool,
        options: TotpOptions,
        code: &str,
        asked: VerifyTotp,
    ) -> Result<TotpVerified, Error> {
        let (algorithm, digits, period, preset) = if steam { STEAM } else { options.checked()? };
        let inner = totp::Totp::new(secret, algorithm, digits, period)?;
        let window = preset.window(asked.past, asked.future, asked.drift)?;
        inner.verify(code.as_bytes(), asked.last_step, or_clock(asked.now)?, window)
    }

    pub(crate) fn of(
        secret: OtpSecret,
        algorithm: HashAlgorithm,
        digits: Digits,
        period: Period,
        preset: Preset,
    ) -> Result<Self, Error> {
        let secret = Box::new(secret);
        let inner = Box::new(totp::Totp::new(&secret, algorithm, digits, period)?);
        Ok(Self { secret, algorithm, digits, period, preset, inner })
    }

    /// The secret as base32 text, for storing what was imported. Whoever reads it can make codes.
    #[must_use]
    pub fn expose_secret(&self) -> Zeroizing<String> {
        exposed(&self.secret)
    }
    /// The hash inside the HMAC.
    #[must_use]
    pub const fn algorithm(&self) -> HashAlgorithm {
        self.algorithm
    }
    /// The digits of a code; 5 where they are Steam's symbols.
    #[must_use]
    pub const fn digits(&self) -> u8 {
        self.digits.get()
    }
    /// The period in seconds.
    #[must_use]
    pub const fn period(&self) -> u16 {
        self.period.seconds()
    }
    /// Whether codes are Steam's five symbols.
    #[must_use]
    pub fn is_steam(&self) -> bool {
        self.digits == Digits::STEAM
    }

    /// Checks the form of a code and nothing else. What fails here is a typing error: end before the throttle is charged.
    ///
    /// # Errors
    ///
    /// [`Error::OtpMalformed`].
    pub fn check_code(&self, code: &str) -> Result<(), Error> {
        self.inner.check_code(code.as_bytes())
    }

    /// The code at a time (`None` for now): for tests and for authenticators.
    ///
    /// # Errors
    ///
    /// [`Error::TimeInvalid`].
    pub fn code_at(&self, now: Option<UnixTime>) -> Result<String, Error> {
        Ok(self.inner.code_at(or_clock(now)?)?.expose().to_owned())
    }

    /// Verifies the first code of an enrolment, with the preset's window. Its step is burnt by the transition.
    ///
    /// The evidence that it gives is that of an enrolment: it opens no session. [`PendingTotp`] gives none.
    ///
    /// # Errors
    ///
    /// [`Error::OtpMalformed`], [`Error::OtpRejected`], [`Error::TimeInvalid`].
    pub fn confirm(&self, code: &str, now: Option<UnixTime>) -> Result<TotpVerified, Error> {
        self.verify(code, VerifyTotp { now, ..VerifyTotp::default() })
    }

    /// Verifies a code.
    ///
    /// # Errors
    ///
    /// [`Error::OtpMalformed`], [`Error::OtpReplayed`], [`Error::OtpRejected`], [`Error::WindowTooLarge`],
    /// [`Error::GuessBudgetExceeded`], [`Error::TimeInvalid`].
    pub fn verify(&self, code: &str, options: VerifyTotp) -> Result<TotpVerified, Error> {
        let window = self.preset.window(options.past, options.future, options.drift)?;
        self.inner.verify(code.as_bytes(), options.last_step, or_clock(options.now)?, window)
    }

    /// The otpauth URI that an authenticator app scans.
    ///
    /// # Errors
    ///
    /// [`Error::OtpLabelInvalid`] if issuer or account is empty, longer than 128 bytes, or has a colon or control character.
    pub fn uri(&self, issuer: &str, account: &str) -> Result<String, Error> {
        let moving = MovingFactor::Time(self.period);
        written(OtpUri::new(&self.secret, self.algorithm, self.digits, moving, issuer, account)?)
    }
}

fn written(uri: OtpUri<'_>) -> Result<String, Error> {
    let mut text = String::new();
    // Writing to a String cannot fail.
    uri.write(&mut text).map_err(|_| Error::OtpLabelInvalid)?;
    Ok(text)
}

fn exposed(secret: &OtpSecret) -> Zeroizing<String> {
    // Room for all of it: a string that grows leaves copies behind.
    let mut text = Zeroizing::new(String::with_capacity(secret.len() * 2));
    text.extend(base32::encode(secret.expose()));
    text
}

/// An authenticator that is being enrolled: it shows its URI and confirms its first code, and verifies no sign-in.
///
/// The secret waits in a place of its own beside the live one, if there is one, and the live one stays what signs in until the
/// first code of the new one is confirmed. Then one statement moves it over:
/// `UPDATE … SET secret = pending, last_step = :next, pending = NULL WHERE id = … AND pending = :pending`.
///
/// # Examples
///
/// ```
/// use mfakit::{Error, PendingTotp, Totp, TotpOptions, UnixTime, VerifyTotp};
///
/// let pending = PendingTotp::generate(TotpOptions::default())?;
/// let stored = pending.expose_secret(); // beside the live secret
/// let uri = pending.uri("Example", "alice@example.com")?; // shown as a QR code
/// # let _ = uri;
///
/// let pending = PendingTotp::new(&stored, TotpOptions::default())?; // the next request
/// let now = Some(UnixTime::from_seconds(1_800_000_000));
/// # let typed = Totp::new(&stored, TotpOptions::default())?.code_at(now)?;
/// let confirmed = pending.confirm(&typed, now)?;
/// let last_step = Some(confirmed.transition().next); // the statement above
/// confirmed.commit(1)?; // no evidence: that is for a sign-in
///
/// let live = Totp::new(&stored, TotpOptions::default())?;
/// let again = live.verify(&typed, VerifyTotp { last_step, now, ..VerifyTotp::default() });
/// assert_eq!(again, Err(Error::OtpReplayed));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct PendingTotp(Totp);

impl PendingTotp {
    /// An enrolment with a fresh secret of 20 bytes.
    ///
    /// # Errors
    ///
    /// [`Error::EntropyUnavailable`]; those of [`Totp::new`] for the options.
    pub fn generate(options: TotpOptions) -> Result<Self, Error> {
        let secret = Zeroizing::new(crate::generate_secret(20)?);
        Self::new(&secret, options)
    }

    /// The enrolment whose secret was stored.
    ///
    /// # Errors
    ///
    /// As [`Totp::new`].
    pub fn new(secret: &str, options: TotpOptions) -> Result<Self, Error> {
        Totp::new(secret, options).map(Self)
    }

    /// The secret as base32 text, to be stored beside the live one.
    #[must_use]
    pub fn expose_secret(&self) -> Zeroizing<String> {
        self.0.expose_secret()
    }

    /// The otpauth URI that an authenticator app scans.
    ///
    /// # Errors
    ///
    /// As [`Totp::uri`].
    pub fn uri(&self, issuer: &str, account: &str) -> Result<String, Error> {
        self.0.uri(issuer, account)
    }

    /// Checks the form of a code and nothing else.
    ///
    /// # Errors
    ///
    /// [`Error::OtpMalformed`].
    pub fn check_code(&self, code: &str) -> Result<(), Error> {
        self.0.check_code(code)
    }

    /// Verifies the first code, with the preset's window. Its step is burnt by the transition; on an error the enrolment stays as
    /// it was. What comes back is no evidence: a secret that is a minute old says nothing about whose account it is.
    ///
    /// # Errors
    ///
    /// [`Error::OtpMalformed`], [`Error::OtpRejected`], [`Error::TimeInvalid`].
    pub fn confirm(&self, code: &str, now: Option<UnixTime>) -> Result<TotpConfirmed, Error> {
        self.0.confirm(code, now).map(TotpConfirmed::from)
    }

    /// The authenticator, once its first code proved right.
    #[must_use]
    pub fn confirmed(self, _proof: &TotpConfirmed) -> Totp {
        self.0
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
    secret: Box<OtpSecret>,
    algorithm: HashAlgorithm,
    digits: Digits,
    inner: Box<hotp::Hotp>,
}

impl Hotp {
    /// An authenticator with a base32 secret of at least 16 bytes.
    ///
    /// # Errors
    ///
    /// [`Error::SecretMalformed`], [`Error::SecretTooShort`], [`Error::SecretTooLong`], [`Error::DigitsInvalid`].
    pub fn new(secret: &str, options: HotpOptions) -> Result<Self, Error> {
        Self::of(OtpSecret::from_base32(secret)?, options.algorithm, Digits::new(options.digits)?)
    }

    /// As [`Hotp::new`], from the secret's bytes.
    ///
    /// # Errors
    ///
    /// As [`Hotp::new`].
    pub fn from_key(raw: &[u8], options: HotpOptions) -> Result<Self, Error> {
        Self::of(OtpSecret::new(raw)?, options.algorithm, Digits::new(options.digits)?)
    }

    /// As [`Hotp::new`], for a secret of fewer than 16 bytes that another service issued.
    ///
    /// # Errors
    ///
    /// As [`Hotp::new`]; [`Error::SecretTooShort`] only if empty.
    pub fn danger_legacy(secret: &str, options: HotpOptions) -> Result<Self, Error> {
        let secret = OtpSecret::danger_legacy_from_base32(secret)?;
        Self::of(secret, options.algorithm, Digits::new(options.digits)?)
    }

    /// As [`Hotp::new`], for tokens that show ten digits.
    ///
    /// # Errors
    ///
    /// [`Error::SecretMalformed`], [`Error::SecretTooShort`], [`Error::SecretTooLong`].
    pub fn ten_digits(secret: &str, algorithm: HashAlgorithm) -> Result<Self, Error> {
        Self::of(OtpSecret::from_base32(secret)?, algorithm, Digits::TEN)
    }

    pub(crate) fn of(
        secret: OtpSecret,
        algorithm: HashAlgorithm,
        digits: Digits,
    ) -> Result<Self, Error> {
        let secret = Box::new(secret);
        let inner = Box::new(hotp::Hotp::new(&secret, algorithm, digits)?);
        Ok(Self { secret, algorithm, digits, inner })
    }

    /// The secret as base32 text, for storing what was imported. Whoever reads it can make codes.
    #[must_use]
    pub fn expose_secret(&self) -> Zeroizing<String> {
        exposed(&self.secret)
    }
    /// The hash inside the HMAC.
    #[must_use]
    pub const fn algorithm(&self) -> HashAlgorithm {
        self.algorithm
    }
    /// The digits of a code.
    #[must_use]
    pub const fn digits(&self) -> u8 {
        self.digits.get()
    }

    /// Checks the form of a code and nothing else. What fails here is a typing error: end before the throttle is charged.
    ///
    /// # Errors
    ///
    /// [`Error::OtpMalformed`].
    pub fn check_code(&self, code: &str) -> Result<(), Error> {
        self.inner.check_code(code.as_bytes())
    }

    /// The otpauth URI that an authenticator app scans; `counter` is the next one expected.
    ///
    /// # Errors
    ///
    /// [`Error::OtpLabelInvalid`] if issuer or account is empty, longer than 128 bytes, or has a colon or control character.
    pub fn uri(&self, issuer: &str, account: &str, counter: u64) -> Result<String, Error> {
        let moving = MovingFactor::Counter(counter);
        written(OtpUri::new(&self.secret, self.algorithm, self.digits, moving, issuer, account)?)
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
