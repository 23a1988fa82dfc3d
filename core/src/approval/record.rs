//! Devices that may approve: what the host stores of each, and their public keys.
//!
//! Invariant: a key is of an elliptic curve and has one encoding, so that records and states are bounded. Leaks: nothing; public
//! keys are public.

use super::text::{self, Name};
use crate::encoding::cbor_writer::Writer;
use crate::encoding::cose::{self, KeyParts, PublicKey};
use crate::encoding::{base64url, decimal, stored};
use crate::error::Error;
use core::fmt;

const PREFIX: &str = "$mfakit-ad$";
/// Three names in base64url take 1020 bytes, the key 196.
const MAX_RECORD: usize = 1400;
/// A key of P-521 takes 146 bytes.
const MAX_KEY: usize = 160;

/// A public key, as the canonical COSE key of its required parameters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    bytes: [u8; MAX_KEY],
    len: usize,
    algorithm: i64,
}

impl Key {
    /// Whether the point is on its curve is [`Key::check`]'s to tell, or a signature's.
    pub(super) fn of(key: &PublicKey<'_>) -> Result<Self, Error> {
        let mut bytes = [0; MAX_KEY];
        let mut writer = Writer::new(&mut bytes);
        // RFC 9052 §7: 1 is kty, 3 is alg; RFC 9053 §7.1, §7.2: −1 is crv, −2 is x, −3 is y.
        match key.parts() {
            KeyParts::Ec { curve, x, y } => {
                writer.map(5).int(1).int(2).int(3).int(key.algorithm());
                writer.int(-1).int(curve.number()).int(-2).bytes(x).int(-3).bytes(y);
            }
            KeyParts::Okp { curve, x } => {
                writer.map(4).int(1).int(1).int(3).int(key.algorithm());
                writer.int(-1).int(curve.number()).int(-2).bytes(x);
            }
            KeyParts::Rsa { .. } | KeyParts::Akp { .. } => return Err(Error::AlgorithmUnsupported),
        }
        let len = writer.finish().map_err(|_| Error::CoseKeyMalformed)?;
        Ok(Self { bytes, len, algorithm: key.algorithm() })
    }

    /// Reads a COSE key. Another encoding than the canonical, or another parameter, is refused.
    pub(super) fn read(cose: &[u8]) -> Result<Self, Error> {
        let key = Self::of(&cose::parse_all(cose).map_err(|error| match error {
            Error::AlgorithmUnsupported | Error::CoseKeyMismatch => error,
            _ => Error::CoseKeyMalformed,
        })?)?;
        if key.encoding() == cose { Ok(key) } else { Err(Error::CoseKeyMalformed) }
    }

    /// The key in a stored text. One whose algorithm is not built in is no damage.
    pub(super) fn stored(text: &str) -> Result<Self, Error> {
        let mut bytes = [0; MAX_KEY];
        base64url::decode(text.as_bytes(), &mut bytes).and_then(Self::read).map_err(|error| {
            if error == Error::AlgorithmUnsupported { error } else { Error::RecordCorrupt }
        })
    }

    pub(super) fn encoding(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    pub(super) fn public(&self) -> Result<PublicKey<'_>, Error> {
        cose::parse_all(self.encoding())
    }

    #[cfg(feature = "approval-device")]
    pub(super) fn check(self) -> Result<Self, Error> {
        crate::crypto::check_key(&self.public()?)?;
        Ok(self)
    }
}

/// Whether the parameters are `a=` and this negative number in its one decimal form.
fn is_algorithm(parameters: &str, algorithm: i64) -> bool {
    let magnitude = parameters.strip_prefix("a=-").and_then(decimal);
    magnitude == Some(algorithm.unsigned_abs()) && algorithm < 0
}

/// A device that may approve for one user towards one audience. `Display` writes the text to store:
/// `$mfakit-ad$v=1,a=ALGORITHM$ID$AUDIENCE$USER$KEY$NAME`, each field as base64url.
///
/// Nothing in it is secret. It comes from [`super::enrollment::finish`], and on a device whose key lives in hardware from
/// `EnrollmentRequest::device`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DeviceRecord {
    id: [u8; 16],
    audience: Name,
    user: Name,
    key: Key,
    name: Option<Name>,
}

impl DeviceRecord {
    /// The caller has checked the texts, or gets `None`.
    pub(super) fn new(
        id: &[u8; 16],
        audience: &str,
        user: &str,
        key: Key,
        name: Option<&str>,
    ) -> Option<Self> {
        (text::is_line(audience) && name.is_none_or(text::is_line)).then_some(())?;
        Some(Self {
            id: *id,
            audience: Name::new(audience)?,
            user: Name::new(user)?,
            key,
            name: match name {
                Some(name) => Some(Name::new(name)?),
                None => None,
            },
        })
    }

    /// Takes a record apart that its `Display` wrote.
    ///
    /// # Errors
    ///
    /// [`Error::RecordVersionUnknown`] for a later version, [`Error::AlgorithmUnsupported`] for a key whose algorithm is not built in,
    /// else [`Error::RecordCorrupt`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        const CORRUPT: Error = Error::RecordCorrupt;
        let rest = stored::version_1(text, PREFIX, MAX_RECORD)?;
        let (parameters, rest) = rest.split_once('$').ok_or(CORRUPT)?;
        let mut parts = rest.split('$');
        let mut part = || parts.next().ok_or(CORRUPT);
        let id = stored::read_base64url(part()?).ok_or(CORRUPT)?;
        let audience = Name::read(part()?).ok_or(CORRUPT)?;
        let user = Name::read(part()?).ok_or(CORRUPT)?;
        let key = Key::stored(part()?)?;
        let name = match part()? {
            "" => None,
            name => Some(Name::read(name).ok_or(CORRUPT)?),
        };
        let good = parts.next().is_none() && is_algorithm(parameters, key.algorithm);
        let name = name.as_ref().map(Name::as_str);
        let record = Self::new(&id, audience.as_str(), user.as_str(), key, name);
        record.filter(|_| good).ok_or(CORRUPT)
    }

    /// The device's id: 16 random bytes that the host chose when it began the enrolment.
    #[must_use]
    pub const fn id(&self) -> &[u8; 16] {
        &self.id
    }
    /// What it approves towards: the host's own name for itself, such as its domain.
    #[must_use]
    pub fn audience(&self) -> &str {
        self.audience.as_str()
    }
    /// The user it belongs to.
    #[must_use]
    pub fn user_id(&self) -> &str {
        self.user.as_str()
    }
    /// The COSE number of the one algorithm that its answers may have.
    #[must_use]
    pub const fn algorithm(&self) -> i64 {
        self.key.algorithm
    }
    /// The public key, as a COSE key.
    #[must_use]
    pub fn public_key(&self) -> &[u8] {
        self.key.encoding()
    }
    /// What the device calls itself. It chose that: show it as text, never as markup.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_ref().map(Name::as_str)
    }

    /// The same device under another name.
    #[cfg(feature = "approval-device")]
    pub(super) fn named(&self, name: Option<&str>) -> Option<Self> {
        Self::new(&self.id, self.audience(), self.user_id(), self.key, name)
    }

    pub(super) const fn key(&self) -> &Key {
        &self.key
    }
}

impl fmt::Display for DeviceRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}v=1,a={}$", self.key.algorithm)?;
        stored::write_base64url(f, &self.id)?;
        f.write_str("$")?;
        self.audience.write(f)?;
        f.write_str("$")?;
        self.user.write(f)?;
        f.write_str("$")?;
        stored::write_base64url(f, self.key.encoding())?;
        f.write_str("$")?;
        self.name.map_or(Ok(()), |name| name.write(f))
    }
}

impl fmt::Debug for DeviceRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceRecord")
            .field("audience", &self.audience())
            .field("algorithm", &self.key.algorithm)
            .finish_non_exhaustive()
    }
}
