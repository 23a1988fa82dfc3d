//! Reading otpauth URIs that other services wrote.
//!
//! The Key URI format, <https://github.com/google/google-authenticator/wiki/Key-Uri-Format>, as the field writes it. Reading
//! is lenient with [`Warning`]s where one meaning is left, and refuses where there are two or none: a parameter that
//! stands twice, a number out of range, a missing counter, a secret that is no base32. Invariant: no heap, no panic, one
//! walk; what comes back is owned (the secret) or borrows from the text (the labels). Leaks: where the URI's parts stand, and
//! whether it is well formed; of the secret what `base32::decode` leaks.

use super::code::Digits;
use super::uri::{MovingFactor, is_forbidden};
use crate::crypto::hmac::HashAlgorithm;
use crate::encoding::base32;
use crate::encoding::percent::{bytes, split_byte};
use crate::error::Error;
use crate::secret::OtpSecret;
use crate::time::Period;
use core::fmt::{self, Write};
use zeroize::Zeroizing;

/// The longest URI that is looked at, in bytes. What services write has a few hundred.
pub const MAX_URI: usize = 2400;
/// The longest base32 text of a secret: 205 symbols, and room for separators and padding.
const MAX_SECRET: usize = 512;

/// Something in a URI that works here and may not work elsewhere, or says that somebody was careless.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// The issuer before the account is not the issuer parameter, which wins.
    IssuerMismatch,
    /// An algorithm other than SHA-1: some apps ignore it and show wrong codes.
    NonDefaultAlgorithm,
    /// A secret of fewer than 16 bytes (RFC 4226 §4, R6).
    ShortSecret,
    /// A parameter that nothing here reads.
    UnknownParameter,
    /// A period other than 30 seconds: some apps ignore it and show wrong codes.
    AppMayIgnorePeriod,
}

impl Warning {
    const ALL: [Self; 5] = [
        Self::IssuerMismatch,
        Self::NonDefaultAlgorithm,
        Self::ShortSecret,
        Self::UnknownParameter,
        Self::AppMayIgnorePeriod,
    ];

    /// The warning's stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IssuerMismatch => "issuer_mismatch",
            Self::NonDefaultAlgorithm => "non_default_algorithm",
            Self::ShortSecret => "short_secret",
            Self::UnknownParameter => "unknown_parameter",
            Self::AppMayIgnorePeriod => "app_may_ignore_period",
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::IssuerMismatch => 1,
            Self::NonDefaultAlgorithm => 2,
            Self::ShortSecret => 4,
            Self::UnknownParameter => 8,
            Self::AppMayIgnorePeriod => 16,
        }
    }
}

/// A set of [`Warning`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Warnings(u8);

impl Warnings {
    fn add_if(&mut self, condition: bool, warning: Warning) {
        if condition {
            self.0 |= warning.bit();
        }
    }

    /// What about these parameters may not work elsewhere.
    #[must_use]
    pub fn of(secret: &OtpSecret, algorithm: HashAlgorithm, moving: MovingFactor) -> Self {
        let mut warnings = Self::default();
        warnings.add_if(algorithm != HashAlgorithm::Sha1, Warning::NonDefaultAlgorithm);
        warnings.add_if(secret.len() < OtpSecret::MIN, Warning::ShortSecret);
        let odd = matches!(moving, MovingFactor::Time(period) if period != Period::THIRTY_SECONDS);
        warnings.add_if(odd, Warning::AppMayIgnorePeriod);
        warnings
    }

    /// The warnings, in the order in which [`Warning`] lists them.
    pub fn iter(self) -> impl Iterator<Item = Warning> {
        Warning::ALL.into_iter().filter(move |warning| self.0 & warning.bit() != 0)
    }
}

/// A label of a URI, percent-encoded UTF-8 without a character that [`is_forbidden`]. `Display` writes it decoded.
#[derive(Clone, Copy, Debug, Default)]
pub struct Label<'a>(&'a str);

impl<'a> Label<'a> {
    /// Takes the label without the spaces around it.
    fn new(raw: &'a str) -> Result<Self, Error> {
        let mut raw = raw;
        while let Some(rest) = raw.strip_prefix(' ').or_else(|| raw.strip_prefix("%20")) {
            raw = rest;
        }
        while let Some(rest) = raw.strip_suffix(' ').or_else(|| raw.strip_suffix("%20")) {
            raw = rest;
        }
        let good = chars(raw).all(|c| c.is_some_and(|c| !is_forbidden(c)));
        if good { Ok(Self(raw)) } else { Err(Error::OtpauthMalformed) }
    }

    fn present(self) -> Option<Self> {
        (!self.0.is_empty()).then_some(self)
    }

    fn is(self, other: Self) -> bool {
        chars(self.0).eq(chars(other.0))
    }

    /// Whether this is `other` as form encoding writes it, with a plus sign for a space.
    fn is_form_of(self, other: Self) -> bool {
        let plus = self.0.split('+').flat_map(|part| chars(part).chain([Some(' ')]));
        plus.eq(chars(other.0).chain([Some(' ')]))
    }
}

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        chars(self.0).flatten().try_for_each(|c| f.write_char(c))
    }
}

/// The characters that percent-encoded text stands for; `None` where it is not percent-encoded UTF-8.
fn chars(raw: &str) -> impl Iterator<Item = Option<char>> + '_ {
    let mut bytes = bytes(raw);
    core::iter::from_fn(move || {
        let first = bytes.next()?;
        let mut character = || {
            let first = first?;
            let mut sequence = [first, 0, 0, 0];
            let len = match first {
                0..0x80 => 1,
                0x80..0xe0 => 2,
                0xe0..0xf0 => 3,
                _ => 4,
            };
            for slot in sequence.get_mut(1..len)? {
                *slot = bytes.next()??;
            }
            core::str::from_utf8(sequence.get(..len)?).ok()?.chars().next()
        };
        Some(character())
    })
}

/// What a URI says.
///
/// # Examples
///
/// ```
/// use mfakit_core::otp::otpauth::{Otpauth, Warning};
///
/// let uri = "otpauth://totp/Acme%3Aalice?secret=JBSW%20Y3DP-EHPK3PXP&issuer=ACME&period=60";
/// let otpauth = Otpauth::parse(uri.as_bytes())?;
/// assert_eq!(otpauth.issuer().map(|i| i.to_string()).as_deref(), Some("ACME"));
/// assert_eq!(otpauth.account().to_string(), "alice");
/// let warnings: Vec<Warning> = otpauth.warnings().iter().collect();
/// assert_eq!(warnings, [Warning::IssuerMismatch, Warning::ShortSecret, Warning::AppMayIgnorePeriod]);
/// # Ok::<(), mfakit_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Otpauth<'a> {
    secret: OtpSecret,
    algorithm: HashAlgorithm,
    digits: Digits,
    moving: MovingFactor,
    issuer: Option<Label<'a>>,
    account: Label<'a>,
    warnings: Warnings,
}

impl<'a> Otpauth<'a> {
    /// Reads a URI.
    ///
    /// # Errors
    ///
    /// [`Error::InputTooLarge`], [`Error::OtpauthMalformed`], [`Error::OtpauthParameterDuplicate`],
    /// [`Error::OtpauthSecretInvalid`], [`Error::OtpauthParameterInvalid`], [`Error::OtpauthUnsupported`].
    ///
    /// # Leakage
    ///
    /// Where the parts stand and whether each is well formed.
    pub fn parse(uri: &'a [u8]) -> Result<Self, Error> {
        if uri.len() > MAX_URI {
            return Err(Error::InputTooLarge);
        }
        let uri = core::str::from_utf8(uri).map_err(|_| Error::OtpauthMalformed)?;
        let rest =
            strip_scheme(uri).filter(|_| !uri.contains('#')).ok_or(Error::OtpauthMalformed)?;
        // Without a query there is no secret; everything else is looked at first.
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (kind, label) = path.split_once('/').ok_or(Error::OtpauthMalformed)?;
        let (parameters, unknown) = Parameters::read(query)?;

        let kind = Kind::of(kind, &parameters)?;
        let secret = read_secret(parameters.secret)?;
        let algorithm = read_algorithm(parameters.algorithm)?;
        let digits = kind.digits(parameters.digits)?;
        let (moving, idle) = match kind {
            Kind::Hotp => {
                let counter = number(parameters.counter).ok_or(Error::OtpauthParameterInvalid)?;
                (MovingFactor::Counter(counter), parameters.period)
            }
            Kind::Totp | Kind::Steam => {
                let period = parameters.period.map_or(Some(30), |text| number(Some(text)));
                let period = period.and_then(|p| Period::from_seconds(p).ok());
                let period = period.ok_or(Error::OtpauthParameterInvalid)?;
                (MovingFactor::Time(period), parameters.counter)
            }
        };
        let steams = MovingFactor::Time(Period::THIRTY_SECONDS);
        if digits == Digits::STEAM && (algorithm != HashAlgorithm::Sha1 || moving != steams) {
            return Err(Error::OtpauthUnsupported);
        }
        let (prefix, account) = split_label(label, parameters.issuer)?;
        let issuer = parameters.issuer.map(Label::new).transpose()?.and_then(Label::present);
        let mut warnings = Warnings::of(&secret, algorithm, moving);
        warnings.add_if(unknown || idle.is_some(), Warning::UnknownParameter);
        let issuer = match (prefix, issuer) {
            (Some(prefix), Some(issuer)) if issuer.is_form_of(prefix) => Some(prefix),
            (Some(prefix), Some(issuer)) => {
                warnings.add_if(!issuer.is(prefix), Warning::IssuerMismatch);
                Some(issuer)
            }
            (prefix, issuer) => issuer.or(prefix),
        };
        Ok(Self { secret, algorithm, digits, moving, issuer, account, warnings })
    }

    /// The secret.
    #[must_use]
    pub const fn secret(&self) -> &OtpSecret {
        &self.secret
    }
    /// The secret, owned.
    #[must_use]
    pub fn into_secret(self) -> OtpSecret {
        self.secret
    }
    /// The hash inside the HMAC; SHA-1 where the URI names none.
    #[must_use]
    pub const fn algorithm(&self) -> HashAlgorithm {
        self.algorithm
    }
    /// The digits; six where the URI names none.
    #[must_use]
    pub const fn digits(&self) -> Digits {
        self.digits
    }
    /// The period (30 seconds where the URI names none) or the counter.
    #[must_use]
    pub const fn moving(&self) -> MovingFactor {
        self.moving
    }
    /// Who issued the secret: the parameter, or else what stands before the account.
    #[must_use]
    pub const fn issuer(&self) -> Option<Label<'a>> {
        self.issuer
    }
    /// The account's name; it may be empty.
    #[must_use]
    pub const fn account(&self) -> Label<'a> {
        self.account
    }
    /// What may not work elsewhere.
    #[must_use]
    pub const fn warnings(&self) -> Warnings {
        self.warnings
    }
}

fn strip_scheme(uri: &str) -> Option<&str> {
    const SCHEME: &str = "otpauth://";
    let (scheme, rest) = uri.split_at_checked(SCHEME.len())?;
    scheme.eq_ignore_ascii_case(SCHEME).then_some(rest)
}

#[derive(Clone, Copy)]
enum Kind {
    Totp,
    Hotp,
    Steam,
}

impl Kind {
    /// The type in the path; Steam is written there, or as an encoder of TOTP.
    fn of(kind: &str, parameters: &Parameters<'_>) -> Result<Self, Error> {
        let is = |name: &str| kind.eq_ignore_ascii_case(name);
        let encoder = parameters.encoder.map(|name| name.eq_ignore_ascii_case("steam"));
        match encoder {
            None if is("totp") => Ok(Self::Totp),
            None if is("hotp") => Ok(Self::Hotp),
            None | Some(true) if is("steam") => Ok(Self::Steam),
            Some(true) if is("totp") => Ok(Self::Steam),
            _ => Err(Error::OtpauthUnsupported),
        }
    }

    fn digits(self, text: Option<&str>) -> Result<Digits, Error> {
        let given = match text {
            None => None,
            some => Some(number(some).ok_or(Error::OtpauthParameterInvalid)?),
        };
        match (self, given) {
            (Self::Steam, None | Some(5)) => Ok(Digits::STEAM),
            (Self::Hotp, Some(10)) => Ok(Digits::TEN),
            (Self::Totp | Self::Hotp, given) => {
                Digits::new(given.unwrap_or(6)).map_err(|_| Error::OtpauthParameterInvalid)
            }
            (Self::Steam, Some(_)) => Err(Error::OtpauthParameterInvalid),
        }
    }
}

/// The parameters that are read, as they stand in the URI.
#[derive(Default)]
struct Parameters<'a> {
    secret: Option<&'a str>,
    issuer: Option<&'a str>,
    algorithm: Option<&'a str>,
    digits: Option<&'a str>,
    period: Option<&'a str>,
    counter: Option<&'a str>,
    encoder: Option<&'a str>,
}

impl<'a> Parameters<'a> {
    /// The parameters, and whether there are others. Names in any case, each at most once.
    fn read(query: &'a str) -> Result<(Self, bool), Error> {
        let mut read = Self::default();
        let mut unknown = false;
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            // Other readers decode names, so an encoded one has two meanings; nobody writes one in good faith.
            if name.contains('%') {
                return Err(Error::OtpauthMalformed);
            }
            let known = [
                ("secret", &mut read.secret),
                ("issuer", &mut read.issuer),
                ("algorithm", &mut read.algorithm),
                ("digits", &mut read.digits),
                ("period", &mut read.period),
                ("counter", &mut read.counter),
                ("encoder", &mut read.encoder),
            ];
            match known.into_iter().find(|(known, _)| name.eq_ignore_ascii_case(known)) {
                None => unknown = true,
                Some((_, place)) if place.is_none() => *place = Some(value),
                Some(_) => return Err(Error::OtpauthParameterDuplicate),
            }
        }
        Ok((read, unknown))
    }
}

fn read_secret(text: Option<&str>) -> Result<OtpSecret, Error> {
    const INVALID: Error = Error::OtpauthSecretInvalid;
    let mut base32_text = Zeroizing::new([0; MAX_SECRET]);
    let mut len = 0_usize;
    for byte in bytes(text.ok_or(INVALID)?) {
        *base32_text.get_mut(len).ok_or(INVALID)? = byte.ok_or(INVALID)?;
        len = len.saturating_add(1);
    }
    let base32_text = base32_text.get(..len).unwrap_or_default();
    OtpSecret::written_by(1, |out| base32::decode(base32_text, out)).map_err(|_| INVALID)
}

/// An algorithm's name in any case, with or without its hyphen.
fn read_algorithm(text: Option<&str>) -> Result<HashAlgorithm, Error> {
    let Some(text) = text else { return Ok(HashAlgorithm::Sha1) };
    let (family, size) = text.split_at_checked(3).ok_or(Error::OtpauthUnsupported)?;
    match (family.eq_ignore_ascii_case("SHA"), size.strip_prefix('-').unwrap_or(size)) {
        (true, "1") => Ok(HashAlgorithm::Sha1),
        (true, "256") => Ok(HashAlgorithm::Sha256),
        (true, "512") => Ok(HashAlgorithm::Sha512),
        _ => Err(Error::OtpauthUnsupported),
    }
}

/// A number of ASCII digits and nothing else.
fn number(text: Option<&str>) -> Option<u64> {
    // `parse` alone would take a plus sign.
    text.filter(|text| text.bytes().all(|b| b.is_ascii_digit())).and_then(|text| text.parse().ok())
}

/// The issuer before the account, and the account. What separates them is the colon after the issuer parameter's text if the
/// label begins with it (an issuer may have a colon of its own), else the first colon, else the first `%3A`.
fn split_label<'a>(
    label: &'a str,
    issuer: Option<&str>,
) -> Result<(Option<Label<'a>>, Label<'a>), Error> {
    let plain = || label.split_once(':');
    let encoded = || {
        let at = [label.find("%3A"), label.find("%3a")].into_iter().flatten().min()?;
        let (before, colon) = label.split_at_checked(at)?;
        Some((before, colon.get(3..)?))
    };
    let chosen = issuer.and_then(|issuer| after_issuer(label, issuer)).or_else(plain);
    match chosen.or_else(encoded) {
        Some((before, after)) => Ok((Label::new(before)?.present(), Label::new(after)?)),
        None => Ok((None, Label::new(label)?)),
    }
}

/// What stands before and after the colon that follows the issuer's own text at the start of the label.
fn after_issuer<'a>(label: &'a str, issuer: &str) -> Option<(&'a str, &'a str)> {
    let mut rest = label.as_bytes();
    for wanted in bytes(issuer) {
        let (byte, after) = split_byte(rest)?;
        if byte.is_none() || byte != wanted {
            return None;
        }
        rest = after;
    }
    let (before, colon) = label.split_at_checked(label.len().checked_sub(rest.len())?)?;
    let after = [":", "%3A", "%3a"].into_iter().find_map(|text| colon.strip_prefix(text))?;
    Some((before, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::{String, ToString};
    use std::{format, vec, vec::Vec};

    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn with(more: &str) -> String {
        format!("otpauth://totp/a?secret={SECRET}{more}")
    }

    fn parse(uri: &str) -> Result<Otpauth<'_>, Error> {
        Otpauth::parse(uri.as_bytes())
    }

    fn names(uri: &str) -> (Option<String>, String, Vec<Warning>) {
        let read = parse(uri).unwrap();
        let issuer = read.issuer().map(|issuer| issuer.to_string());
        (issuer, read.account().to_string(), read.warnings().iter().collect())
    }

    #[test]
    fn the_label_is_split_where_its_writer_meant_it() {
        for (label, issuer, expected) in [
            ("alice", "", (None, "alice", false)),
            ("Acme:alice", "", (Some("Acme"), "alice", false)),
            ("Acme%3Aalice", "&issuer=Acme", (Some("Acme"), "alice", false)),
            ("Acme%3a%20alice%20", "&issuer=Acme", (Some("Acme"), "alice", false)),
            ("Acme: alice", "", (Some("Acme"), "alice", false)),
            ("alice", "&issuer=Acme", (Some("Acme"), "alice", false)),
            ("alice", "&issuer=", (None, "alice", false)),
            ("Acme:alice", "&issuer=acme.example", (Some("acme.example"), "alice", true)),
            ("Text%3A%20More:a", "&issuer=Text%3A%20More", (Some("Text: More"), "a", false)),
            ("Text%3A%20More%3Aa", "&issuer=Text%3A%20More", (Some("Text: More"), "a", false)),
            ("Text%3A%20More:a", "", (Some("Text: More"), "a", false)),
            ("a%3Ab%3Ac", "", (Some("a"), "b:c", false)),
            ("a%3ab%3Ac", "", (Some("a"), "b:c", false)),
            ("a:b:c", "", (Some("a"), "b:c", false)),
            ("Big%20Bank:a", "&issuer=Big+Bank", (Some("Big Bank"), "a", false)),
            ("Big+Bank:a+b", "&issuer=Big+Bank", (Some("Big+Bank"), "a+b", false)),
            ("Some+Co%3ame", "&issuer=Other", (Some("Other"), "me", true)),
            (":a", "&issuer=E", (Some("E"), "a", false)),
            ("", "", (None, "", false)),
            ("Große:Ä", "&issuer=Gro%C3%9Fe", (Some("Große"), "Ä", false)),
            ("%F0%9F%94%91:a", "", (Some("🔑"), "a", false)),
        ] {
            let uri = format!("otpauth://totp/{label}?secret={SECRET}{issuer}");
            let (issuer, account, mismatch) = expected;
            let warnings = if mismatch { vec![Warning::IssuerMismatch] } else { Vec::new() };
            assert_eq!(names(&uri), (issuer.map(String::from), account.into(), warnings), "{uri}");
        }
        for bad in [
            "%ZZ",
            "%",
            "%4",
            "%80",
            "%C3",
            "%C3%28",
            "a%00",
            "a\n",
            "%F5%80%80%80",
            "%E2%80%AEa",
            "\u{2028}",
            "%ED%A0%80",
            "a#b",
        ] {
            let uri = format!("otpauth://totp/{bad}?secret={SECRET}");
            assert_eq!(parse(&uri).err(), Some(Error::OtpauthMalformed), "{uri}");
            let uri = with(&format!("&issuer={bad}"));
            assert_eq!(parse(&uri).err(), Some(Error::OtpauthMalformed), "{uri}");
        }
    }

    #[test]
    fn parameters_have_one_meaning() {
        let read = |more: &str| {
            let uri = with(more);
            parse(&uri).map(|o| (o.algorithm(), o.digits().get(), o.moving()))
        };
        let (sha1, time) =
            (HashAlgorithm::Sha1, |s| MovingFactor::Time(Period::from_seconds(s).unwrap()));
        assert_eq!(read(""), Ok((sha1, 6, time(30))));
        assert_eq!(read("&&digits=8&period=060"), Ok((sha1, 8, time(60))));
        for name in ["SHA256", "sha256", "SHA-256", "sha-256"] {
            assert_eq!(
                read(&format!("&algorithm={name}")),
                Ok((HashAlgorithm::Sha256, 6, time(30)))
            );
        }
        assert_eq!(read("&AlgoRithm=sha512").map(|r| r.0), Ok(HashAlgorithm::Sha512));
        for (more, error) in [
            ("&algorithm=MD5", Error::OtpauthUnsupported),
            ("&algorithm=", Error::OtpauthUnsupported),
            ("&algorithm=SHA--1", Error::OtpauthUnsupported),
            ("&algorithm=SHA-51-2", Error::OtpauthUnsupported),
            ("&encoder=other", Error::OtpauthUnsupported),
            ("&digits=5", Error::OtpauthParameterInvalid),
            ("&digits=9", Error::OtpauthParameterInvalid),
            ("&digits=10", Error::OtpauthParameterInvalid),
            ("&digits=", Error::OtpauthParameterInvalid),
            ("&digits=+6", Error::OtpauthParameterInvalid),
            ("&digits=6.0", Error::OtpauthParameterInvalid),
            ("&period=0", Error::OtpauthParameterInvalid),
            ("&period=3601", Error::OtpauthParameterInvalid),
            ("&period=-30", Error::OtpauthParameterInvalid),
            ("&d%69gits=8", Error::OtpauthMalformed),
            ("&%73ecret=GEZDGNBV", Error::OtpauthMalformed),
            ("&secret=GEZDGNBV", Error::OtpauthParameterDuplicate),
            ("&SECRET=GEZDGNBV", Error::OtpauthParameterDuplicate),
            ("&issuer=a&issuer=a", Error::OtpauthParameterDuplicate),
            ("&digits=6&digits=6", Error::OtpauthParameterDuplicate),
        ] {
            assert_eq!(read(more).err(), Some(error), "{more}");
        }
    }

    #[test]
    fn hotp_needs_its_counter_and_steam_its_own_shape() {
        let read = |kind: &str, more: &str| {
            let uri = format!("otpauth://{kind}/a?secret={SECRET}{more}");
            parse(&uri).map(|o| (o.digits(), o.moving(), o.warnings().iter().count()))
        };
        let counter = MovingFactor::Counter;
        assert_eq!(read("hotp", "&counter=0"), Ok((Digits::SIX, counter(0), 0)));
        let last = "&counter=18446744073709551615&digits=10";
        assert_eq!(read("HOTP", last), Ok((Digits::TEN, counter(u64::MAX), 0)));
        assert_eq!(read("hotp", "&counter=5&period=30"), Ok((Digits::SIX, counter(5), 1)));
        for bad in ["", "&counter=", "&counter=-1", "&counter=18446744073709551616", "&counter=1e3"]
        {
            assert_eq!(read("hotp", bad), Err(Error::OtpauthParameterInvalid), "{bad}");
        }
        let time = MovingFactor::Time(Period::THIRTY_SECONDS);
        assert_eq!(read("totp", "&counter=9"), Ok((Digits::SIX, time, 1)));
        for (kind, more) in
            [("steam", ""), ("totp", "&encoder=steam"), ("steam", "&digits=5&encoder=Steam")]
        {
            assert_eq!(read(kind, more), Ok((Digits::STEAM, time, 0)), "{kind} {more}");
        }
        assert_eq!(read("steam", "&digits=6"), Err(Error::OtpauthParameterInvalid));
        for (kind, more) in [
            ("steam", "&algorithm=SHA256"),
            ("steam", "&period=60"),
            ("hotp", "&encoder=steam&counter=0"),
            ("motp", ""),
            ("", ""),
        ] {
            assert_eq!(read(kind, more), Err(Error::OtpauthUnsupported), "{kind} {more}");
        }
    }

    #[test]
    fn secrets_are_lenient_in_form_and_strict_in_content() {
        let read = |secret: &str| {
            let uri = format!("otpauth://totp/a?secret={secret}");
            parse(&uri).map(|o| (o.secret().len(), o.warnings().iter().count()))
        };
        let long = "A".repeat(206);
        for (text, expected) in [
            (SECRET, Ok((20, 0))),
            ("gezd%20gnbv-gy3t qojq%20GEZDGNBV", Ok((15, 1))),
            ("JBSWY3DPEHPK3PXP", Ok((10, 1))),
            ("MZXW6%3D%3D%3D", Ok((3, 1))),
            ("MZXW6===", Ok((3, 1))),
            ("MY", Ok((1, 1))),
            ("", Err(Error::OtpauthSecretInvalid)),
            ("A", Err(Error::OtpauthSecretInvalid)),
            ("MZ", Err(Error::OtpauthSecretInvalid)),
            ("MZXW60", Err(Error::OtpauthSecretInvalid)),
            ("MZXW6%", Err(Error::OtpauthSecretInvalid)),
            ("MZXW6+", Err(Error::OtpauthSecretInvalid)),
            (&long, Err(Error::OtpauthSecretInvalid)),
            (&"-".repeat(513), Err(Error::OtpauthSecretInvalid)),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        for (uri, error) in [
            ("otpauth://totp/a", Error::OtpauthSecretInvalid),
            ("otpauth://totp/a?", Error::OtpauthSecretInvalid),
            ("otpauth://totp", Error::OtpauthMalformed),
            ("otpauth:/totp/a", Error::OtpauthMalformed),
            ("https://example.org", Error::OtpauthMalformed),
            ("otpaüth://totp/a", Error::OtpauthMalformed),
            ("", Error::OtpauthMalformed),
            (&with(&"&".repeat(MAX_URI)), Error::InputTooLarge),
        ] {
            assert_eq!(parse(uri).err(), Some(error), "{uri}");
        }
        assert!(parse(&with(&"&".repeat(MAX_URI - with("").len()))).is_ok());
        assert_eq!(Otpauth::parse(b"otpauth://totp/\xff").err(), Some(Error::OtpauthMalformed));
    }

    #[test]
    fn warnings_come_in_their_order() {
        let uri = "otpauth://totp/a:b?secret=MY&issuer=c&algorithm=SHA512&period=10&image=x";
        let (.., warnings) = names(uri);
        assert_eq!(warnings, Warning::ALL);
        let text: Vec<&str> = warnings.iter().map(|w| w.as_str()).collect();
        assert_eq!(text[4], "app_may_ignore_period");
    }
}
