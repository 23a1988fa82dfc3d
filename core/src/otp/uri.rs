//! Building otpauth URIs, as authenticator apps scan them.
//!
//! The Key URI format: `otpauth://totp/Issuer:account?secret=…&issuer=…`. Building is strict, so that every app reads the
//! same: percent-encoding with `%20`, never `+`; issuer both as prefix and as parameter; no colon inside either.
//! Leaks: the URI *is* the secret; whoever reads it can make codes.

use super::code::Digits;
use crate::crypto::hmac::HashAlgorithm;
use crate::encoding::base32;
use crate::error::Error;
use crate::secret::OtpSecret;
use crate::time::Period;
use core::fmt::{self, Write};

/// What moves from code to code (RFC 4226 §5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MovingFactor {
    /// TOTP: the number of the period since the epoch.
    Time(Period),
    /// HOTP: a counter, of which this is the next value.
    Counter(u64),
}

/// Everything that an enrolment shows.
///
/// # Examples
///
/// ```
/// use mfakit_core::otp::{Digits, HashAlgorithm, uri::{MovingFactor, OtpUri}};
/// use mfakit_core::{Error, OtpSecret, Period};
///
/// let secret = OtpSecret::new(b"12345678901234567890")?;
/// let moving = MovingFactor::Time(Period::THIRTY_SECONDS);
/// let uri = OtpUri::new(&secret, HashAlgorithm::Sha1, Digits::SIX, moving, "Example", "alice@example.com")?;
/// let mut text = String::new();
/// uri.write(&mut text).ok();
/// assert!(text.starts_with("otpauth://totp/Example:alice%40example.com?secret=GEZDGNBV"));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct OtpUri<'a> {
    secret: &'a OtpSecret,
    algorithm: HashAlgorithm,
    digits: Digits,
    moving: MovingFactor,
    issuer: &'a str,
    account: &'a str,
}

impl<'a> OtpUri<'a> {
    /// A URI for this account at this issuer.
    ///
    /// # Errors
    ///
    /// [`Error::OtpLabelInvalid`] if either is empty, longer than 128 bytes, or has a colon or a character that
    /// [`is_forbidden`].
    pub fn new(
        secret: &'a OtpSecret,
        algorithm: HashAlgorithm,
        digits: Digits,
        moving: MovingFactor,
        issuer: &'a str,
        account: &'a str,
    ) -> Result<Self, Error> {
        for part in [issuer, account] {
            let sized = (1..=128).contains(&part.len()) && part.trim() == part;
            if !sized || part.chars().any(|c| c == ':' || is_forbidden(c)) {
                return Err(Error::OtpLabelInvalid);
            }
        }
        Ok(Self { secret, algorithm, digits, moving, issuer, account })
    }

    /// Writes the URI.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write(&self, out: &mut impl Write) -> fmt::Result {
        let kind = match self.moving {
            MovingFactor::Time(_) => "totp",
            MovingFactor::Counter(_) => "hotp",
        };
        write!(out, "otpauth://{kind}/")?;
        percent_encode(self.issuer, out)?;
        out.write_char(':')?;
        percent_encode(self.account, out)?;
        out.write_str("?secret=")?;
        base32::encode(self.secret.expose()).try_for_each(|symbol| out.write_char(symbol))?;
        out.write_str("&issuer=")?;
        percent_encode(self.issuer, out)?;
        let (algorithm, digits) = (self.algorithm.as_str(), self.digits.get());
        write!(out, "&algorithm={algorithm}&digits={digits}")?;
        match self.moving {
            MovingFactor::Time(period) => write!(out, "&period={}", period.seconds())?,
            MovingFactor::Counter(counter) => write!(out, "&counter={counter}")?,
        }
        if self.digits == Digits::STEAM { out.write_str("&encoder=steam") } else { Ok(()) }
    }
}

/// Whether a character may not be in a name: a control character, a line or paragraph separator, or one that turns the
/// direction of what follows, so that a name shows as another.
#[must_use]
pub fn is_forbidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// RFC 3986 §2.3: everything but the unreserved characters is encoded.
fn percent_encode(text: &str, out: &mut impl Write) -> fmt::Result {
    text.bytes().try_for_each(|byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            out.write_char(char::from(byte))
        }
        _ => write!(out, "%{byte:02X}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    #[test]
    fn every_app_reads_the_same() {
        let secret = OtpSecret::new(b"12345678901234567890").unwrap();
        let build = |moving, digits, issuer, account| {
            let uri = OtpUri::new(&secret, HashAlgorithm::Sha1, digits, moving, issuer, account)?;
            let mut text = String::new();
            uri.write(&mut text).unwrap();
            Ok(text)
        };
        let time = MovingFactor::Time(Period::THIRTY_SECONDS);
        let uri = |issuer, account| build(time, Digits::SIX, issuer, account);
        assert_eq!(
            uri("Große Bank & Co", "alice+1@example.com").unwrap(),
            "otpauth://totp/Gro%C3%9Fe%20Bank%20%26%20Co:alice%2B1%40example.com\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Gro%C3%9Fe%20Bank%20%26%20Co\
             &algorithm=SHA1&digits=6&period=30"
        );
        assert_eq!(
            build(MovingFactor::Counter(7), Digits::TEN, "E", "a").unwrap(),
            "otpauth://hotp/E:a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=E\
             &algorithm=SHA1&digits=10&counter=7"
        );
        let steam = build(time, Digits::STEAM, "Steam", "a").unwrap();
        assert!(steam.ends_with("&algorithm=SHA1&digits=5&period=30&encoder=steam"), "{steam}");
        for (issuer, account) in [
            ("", "a"),
            ("a", ""),
            ("a:b", "c"),
            ("a", "b:c"),
            ("a", "b\n"),
            (" a", "b"),
            ("a", "\u{202e}b"),
        ] {
            assert_eq!(uri(issuer, account), Err(Error::OtpLabelInvalid));
        }
    }
}
