//! otpauth URIs, as authenticator apps scan them.
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

/// Everything that a TOTP enrolment shows.
#[derive(Debug)]
pub struct TotpUri<'a> {
    secret: &'a OtpSecret,
    algorithm: HashAlgorithm,
    digits: Digits,
    period: Period,
    issuer: &'a str,
    account: &'a str,
}

impl<'a> TotpUri<'a> {
    /// A URI for this account at this issuer.
    ///
    /// # Errors
    ///
    /// [`Error::OtpLabelInvalid`] if either is empty, longer than 128 bytes, or has a colon or a control character.
    pub fn new(
        secret: &'a OtpSecret,
        algorithm: HashAlgorithm,
        digits: Digits,
        period: Period,
        issuer: &'a str,
        account: &'a str,
    ) -> Result<Self, Error> {
        for part in [issuer, account] {
            let sized = (1..=128).contains(&part.len()) && part.trim() == part;
            if !sized || part.chars().any(|c| c == ':' || c.is_control()) {
                return Err(Error::OtpLabelInvalid);
            }
        }
        Ok(Self { secret, algorithm, digits, period, issuer, account })
    }

    /// Writes the URI.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write(&self, out: &mut impl Write) -> fmt::Result {
        out.write_str("otpauth://totp/")?;
        percent_encode(self.issuer, out)?;
        out.write_char(':')?;
        percent_encode(self.account, out)?;
        out.write_str("?secret=")?;
        base32::encode(self.secret.expose()).try_for_each(|symbol| out.write_char(symbol))?;
        out.write_str("&issuer=")?;
        percent_encode(self.issuer, out)?;
        let (algorithm, digits, period) =
            (self.algorithm.as_str(), self.digits.get(), self.period.seconds());
        write!(out, "&algorithm={algorithm}&digits={digits}&period={period}")
    }
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
        let uri = |issuer, account| {
            let period = Period::THIRTY_SECONDS;
            let uri =
                TotpUri::new(&secret, HashAlgorithm::Sha1, Digits::SIX, period, issuer, account)?;
            let mut text = String::new();
            uri.write(&mut text).unwrap();
            Ok(text)
        };
        assert_eq!(
            uri("Große Bank & Co", "alice+1@example.com").unwrap(),
            "otpauth://totp/Gro%C3%9Fe%20Bank%20%26%20Co:alice%2B1%40example.com\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Gro%C3%9Fe%20Bank%20%26%20Co\
             &algorithm=SHA1&digits=6&period=30"
        );
        for (issuer, account) in
            [("", "a"), ("a", ""), ("a:b", "c"), ("a", "b:c"), ("a", "b\n"), (" a", "b")]
        {
            assert_eq!(uri(issuer, account), Err(Error::OtpLabelInvalid));
        }
    }
}
