//! What Google Authenticator exports: `otpauth-migration://offline?data=…`, a protocol buffer in base64.
//!
//! `MigrationPayload { 1 repeated OtpParameters, 2 version, 3 batch_size, 4 batch_index, 5 batch_id }` and
//! `OtpParameters { 1 secret, 2 name, 3 issuer, 4 algorithm, 5 digits, 6 type, 7 counter, 8 unique_id }`: varints and
//! length-delimited fields (<https://protobuf.dev/programming-guides/encoding>). Invariant: total over any bytes; a field that
//! stands twice, or is of another wire type, is an error; unknown fields are skipped.

use crate::otp::{Hotp, Preset, Totp};
use crate::otpauth::{MigrationEntry, Otp, Otpauth};
use mfakit_core::encoding::{base64url, percent};
use mfakit_core::otp::otpauth::{Warning, Warnings};
use mfakit_core::otp::uri::{MovingFactor, is_forbidden};
use mfakit_core::otp::{Digits, HashAlgorithm};
use mfakit_core::{Error, OtpSecret, Period};
use zeroize::Zeroizing;

const MALFORMED: Error = Error::MigrationMalformed;
/// A QR code holds 2 953 bytes.
const MAX_URI: usize = 4096;

/// Reads one QR code of an export. An export of many accounts has several: each entry says how many.
///
/// # Errors
///
/// [`Error::InputTooLarge`], [`Error::MigrationMalformed`], [`Error::OtpauthSecretInvalid`] for an entry whose secret is
/// empty or has more than 128 bytes, [`Error::OtpauthUnsupported`] for an algorithm (MD5), number of digits or type that is not built in.
/// One entry that fails fails them all: nothing is left out silently.
///
/// # Examples
///
/// ```
/// let uri = "otpauth-migration://offline?data=CigKCkhlbGxvId6tvu8SBWFsaWNlGgRBY21lIAEoATACOAASABoAEAEYASAA";
/// let error = mfakit::parse_otpauth_migration(uri).err();
/// assert_eq!(error.map(|e| e.code()), Some("migration_malformed")); // a damaged one
///
/// let uri = "otpauth-migration://offline?data=Ch0KCkhlbGxvId6tvu8SBWFsaWNlGgRBY21lKAEwAhABGAEgACgH";
/// let read = mfakit::parse_otpauth_migration(uri)?;
/// assert_eq!((read[0].issuer.as_deref(), read[0].account.as_str()), (Some("Acme"), "alice"));
/// # Ok::<(), mfakit::Error>(())
/// ```
pub fn parse_otpauth_migration(uri: &str) -> Result<Vec<Otpauth>, Error> {
    if uri.len() > MAX_URI {
        return Err(Error::InputTooLarge);
    }
    let payload = decode(uri)?;
    let (mut entries, mut version, mut size, mut index, mut id) =
        (Vec::new(), None, None, None, None);
    let mut fields = Fields(&payload);
    while let Some((number, field)) = fields.next()? {
        match number {
            1 => entries.push(Entry::read(field.bytes()?)?),
            2 => set(&mut version, field.varint()?)?,
            3 => set(&mut size, field.varint()?)?,
            4 => set(&mut index, field.varint()?)?,
            5 => set(&mut id, field.varint()?)?,
            _ => {}
        }
    }
    // 1 until 2023, 2 since entries have an id; a later one may mean something else by the same numbers.
    if version.is_some_and(|version| version > 2) {
        return Err(Error::OtpauthUnsupported);
    }
    let small = |value: Option<u64>| u32::try_from(value.unwrap_or(0)).map_err(|_| MALFORMED);
    let (batch_size, batch_index) = (small(size)?.max(1), small(index)?);
    if entries.is_empty() || batch_index >= batch_size {
        return Err(MALFORMED);
    }
    // A negative int32 is written as ten bytes of a 64-bit one.
    let batch_id = i32::try_from(id.unwrap_or(0).cast_signed()).map_err(|_| MALFORMED)?;
    let batch = |unique_id| MigrationEntry { batch_index, batch_size, batch_id, unique_id };
    entries.into_iter().map(|entry| entry.otpauth(batch)).collect()
}

/// The payload's bytes: base64 with padding, percent-encoded or not.
fn decode(uri: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
    const SCHEME: &str = "otpauth-migration://offline?";
    let (scheme, query) = uri.split_at_checked(SCHEME.len()).ok_or(MALFORMED)?;
    let mut data = query.split('&').filter_map(|parameter| parameter.strip_prefix("data="));
    let (Some(data), None, true) = (data.next(), data.next(), scheme.eq_ignore_ascii_case(SCHEME))
    else {
        return Err(MALFORMED);
    };
    let mut text = Zeroizing::new(Vec::with_capacity(data.len()));
    for byte in percent::bytes(data) {
        text.push(match byte.ok_or(MALFORMED)? {
            b'+' => b'-',
            b'/' => b'_',
            b'-' | b'_' => return Err(MALFORMED),
            other => other,
        });
    }
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    if padding > 0 && (padding > 2 || text.len() % 4 != 0) {
        return Err(MALFORMED);
    }
    let symbols = text.get(..text.len() - padding).unwrap_or_default();
    let len = base64url::decoded_len(symbols.len()).ok_or(MALFORMED)?;
    let mut bytes = Zeroizing::new(vec![0; len]);
    base64url::decode(symbols, &mut bytes).map_err(|_| MALFORMED)?;
    Ok(bytes)
}

fn set<T>(place: &mut Option<T>, value: T) -> Result<(), Error> {
    if place.replace(value).is_some() { Err(MALFORMED) } else { Ok(()) }
}

/// The fields of a message.
struct Fields<'a>(&'a [u8]);

enum Field<'a> {
    Varint(u64),
    Bytes(&'a [u8]),
    /// A wire type that nothing here has.
    Fixed,
}

impl<'a> Fields<'a> {
    fn next(&mut self) -> Result<Option<(u64, Field<'a>)>, Error> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let key = self.varint()?;
        let number = key >> 3;
        if number == 0 || number > 0x1fff_ffff {
            return Err(MALFORMED);
        }
        let field = match key & 7 {
            0 => Field::Varint(self.varint()?),
            1 => self.take(8).map(|_| Field::Fixed)?,
            2 => {
                let len = usize::try_from(self.varint()?).map_err(|_| MALFORMED)?;
                Field::Bytes(self.take(len)?)
            }
            5 => self.take(4).map(|_| Field::Fixed)?,
            _ => return Err(MALFORMED),
        };
        Ok(Some((number, field)))
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or(MALFORMED)?;
        self.0 = rest;
        Ok(taken)
    }

    /// Seven bits a byte, the lowest first, at most 64 in all.
    fn varint(&mut self) -> Result<u64, Error> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let [byte] = *self.take(1)? else { return Err(MALFORMED) };
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(MALFORMED);
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(MALFORMED)
    }
}

impl<'a> Field<'a> {
    const fn varint(&self) -> Result<u64, Error> {
        if let Self::Varint(value) = *self { Ok(value) } else { Err(MALFORMED) }
    }

    const fn bytes(&self) -> Result<&'a [u8], Error> {
        if let Self::Bytes(bytes) = *self { Ok(bytes) } else { Err(MALFORMED) }
    }

    fn text(&self) -> Result<&'a str, Error> {
        let text = std::str::from_utf8(self.bytes()?).map_err(|_| MALFORMED)?;
        if text.chars().any(is_forbidden) { Err(MALFORMED) } else { Ok(text) }
    }
}

/// An entry, as it is written.
#[derive(Default)]
struct Entry<'a> {
    secret: Option<&'a [u8]>,
    name: Option<&'a str>,
    issuer: Option<&'a str>,
    algorithm: Option<u64>,
    digits: Option<u64>,
    kind: Option<u64>,
    counter: Option<u64>,
    unique_id: Option<&'a str>,
}

impl<'a> Entry<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut entry = Self::default();
        let mut fields = Fields(bytes);
        while let Some((number, field)) = fields.next()? {
            match number {
                1 => set(&mut entry.secret, field.bytes()?)?,
                2 => set(&mut entry.name, field.text()?.trim())?,
                3 => set(&mut entry.issuer, field.text()?.trim())?,
                4 => set(&mut entry.algorithm, field.varint()?)?,
                5 => set(&mut entry.digits, field.varint()?)?,
                6 => set(&mut entry.kind, field.varint()?)?,
                7 => set(&mut entry.counter, field.varint()?)?,
                8 => set(&mut entry.unique_id, field.text()?)?,
                _ => {}
            }
        }
        Ok(entry)
    }

    fn otpauth(self, batch: impl Fn(Option<String>) -> MigrationEntry) -> Result<Otpauth, Error> {
        let secret = OtpSecret::danger_legacy(self.secret.unwrap_or_default())
            .map_err(|_| Error::OtpauthSecretInvalid)?;
        let algorithm = match self.algorithm.unwrap_or(0) {
            0 | 1 => HashAlgorithm::Sha1,
            2 => HashAlgorithm::Sha256,
            3 => HashAlgorithm::Sha512,
            _ => return Err(Error::OtpauthUnsupported),
        };
        let digits = match self.digits.unwrap_or(0) {
            0 | 1 => Digits::SIX,
            2 => Digits::new(8)?,
            _ => return Err(Error::OtpauthUnsupported),
        };
        let counter = self.counter.unwrap_or(0);
        let moving = match self.kind {
            // An int64: what has the top bit is negative.
            Some(1) if counter.cast_signed() < 0 => return Err(Error::OtpauthParameterInvalid),
            Some(1) => MovingFactor::Counter(counter),
            Some(2) => MovingFactor::Time(Period::THIRTY_SECONDS),
            _ => return Err(Error::OtpauthUnsupported),
        };
        let mut warnings: Vec<Warning> = Warnings::of(&secret, algorithm, moving).iter().collect();
        let (otp, counter) = match moving {
            MovingFactor::Counter(counter) => {
                (Otp::Hotp(Hotp::of(secret, algorithm, digits)?), Some(counter))
            }
            MovingFactor::Time(period) => {
                (Otp::Totp(Totp::of(secret, algorithm, digits, period, Preset::Usual)?), None)
            }
        };
        // The name is `issuer:account` or the account alone; of two issuers the field wins, as a URI's parameter does.
        let (name, issuer) = (self.name.unwrap_or_default(), self.issuer.filter(|i| !i.is_empty()));
        let own =
            issuer.and_then(|issuer| Some((issuer, name.strip_prefix(issuer)?.strip_prefix(':')?)));
        let (prefix, account) = match own.or_else(|| name.split_once(':')) {
            Some((prefix, account)) => {
                (Some(prefix.trim()).filter(|p| !p.is_empty()), account.trim())
            }
            None => (None, name),
        };
        if issuer.zip(prefix).is_some_and(|(issuer, prefix)| issuer != prefix) {
            warnings.insert(0, Warning::IssuerMismatch);
        }
        let (issuer, account) = (issuer.or(prefix).map(str::to_owned), account.to_owned());
        let migration = Some(batch(self.unique_id.map(str::to_owned)));
        Ok(Otpauth { otp, issuer, account, counter, warnings, migration })
    }
}
