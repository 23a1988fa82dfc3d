//! Import: otpauth URIs, and what Google Authenticator exports.

use crate::otp::{Hotp, Preset, Totp};
use mfakit_core::Error;
use mfakit_core::otp::otpauth;
use mfakit_core::otp::uri::MovingFactor;

pub use mfakit_core::otp::otpauth::Warning;

/// An authenticator that was imported.
#[derive(Debug)]
pub enum Otp {
    /// Time-based (Steam's too).
    Totp(Totp),
    /// Counter-based.
    Hotp(Hotp),
}

/// What an otpauth URI, or an entry of an export, says. `Debug` shows no secret.
#[derive(Debug)]
pub struct Otpauth {
    /// The authenticator. To store it, `expose_secret` and keep its parameters beside it.
    pub otp: Otp,
    /// Who issued the secret.
    pub issuer: Option<String>,
    /// The account's name; it may be empty.
    pub account: String,
    /// The next counter, where the authenticator is counter-based.
    pub counter: Option<u64>,
    /// What may not work in other apps, or was written carelessly.
    pub warnings: Vec<Warning>,
    /// Where the entry stood, if it comes from an export.
    pub migration: Option<MigrationEntry>,
}

/// Where an entry stood in an export of several QR codes, and its id there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationEntry {
    /// The number of this QR code among those of the export, from 0.
    pub batch_index: u32,
    /// How many QR codes the export has: read them all.
    pub batch_size: u32,
    /// What the QR codes of one export share.
    pub batch_id: i32,
    /// The entry's id in the app, if it has one.
    pub unique_id: Option<String>,
}

/// Reads an otpauth URI that another service wrote: lenient, with warnings, where one meaning is left.
///
/// # Errors
///
/// [`Error::InputTooLarge`] above 2400 bytes, [`Error::OtpauthMalformed`], [`Error::OtpauthParameterDuplicate`],
/// [`Error::OtpauthSecretInvalid`], [`Error::OtpauthParameterInvalid`], [`Error::OtpauthUnsupported`].
///
/// # Examples
///
/// ```
/// use mfakit::{Otp, UnixTime, Warning, parse_otpauth};
///
/// let uri = "otpauth://totp/Acme:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=acme.example";
/// let read = parse_otpauth(uri)?;
/// assert_eq!((read.issuer.as_deref(), read.account.as_str()), (Some("acme.example"), "alice"));
/// assert_eq!(read.warnings, [Warning::IssuerMismatch]);
/// let Otp::Totp(totp) = read.otp else { panic!("time-based") };
/// assert_eq!(totp.code_at(Some(UnixTime::from_seconds(59)))?, "287082");
/// # Ok::<(), mfakit::Error>(())
/// ```
pub fn parse_otpauth(uri: &str) -> Result<Otpauth, Error> {
    let read = otpauth::Otpauth::parse(uri.as_bytes())?;
    let issuer = read.issuer().map(|issuer| issuer.to_string());
    let account = read.account().to_string();
    let warnings = read.warnings().iter().collect();
    let (algorithm, digits, moving) = (read.algorithm(), read.digits(), read.moving());
    let secret = read.into_secret();
    let (otp, counter) = match moving {
        MovingFactor::Time(period) => {
            (Otp::Totp(Totp::of(secret, algorithm, digits, period, Preset::Usual)?), None)
        }
        MovingFactor::Counter(counter) => {
            (Otp::Hotp(Hotp::of(secret, algorithm, digits)?), Some(counter))
        }
    };
    Ok(Otpauth { otp, issuer, account, counter, warnings, migration: None })
}
