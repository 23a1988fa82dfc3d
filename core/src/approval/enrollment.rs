//! Enrolling a device, the host's side: a request for it to show, a state to keep, and the device's first signed answer.
//!
//! The answer proves that the device has the private key. Invariant: the device's id is the request's, which the host drew: a
//! device cannot take another's, and a record is inserted under a unique id once. Leaks: nothing secret here.

use super::message::{self, MAX_ANSWER, MAX_REQUEST, Members, Sign1, key, label};
use super::record::{DeviceRecord, Key};
use super::text::{self, Name};
use super::{RequestText, is_live};
use crate::encoding::cbor_writer::Writer;
use crate::encoding::{decimal, stored};
use crate::error::Error;
use crate::state::require_one_row;
use crate::time::UnixTime;
use core::fmt;

/// The lifetime of an enrolment in seconds, where the host names none.
pub const DEFAULT_LIFETIME: u64 = 600;
/// The longest: an hour, to install the program that answers.
pub const MAX_LIFETIME: u64 = 3600;
/// The shortest.
pub const MIN_LIFETIME: u64 = 60;

const PREFIX: &str = "$mfakit-ae$";
const MAX_STATE: usize = 800;

/// What an enrolment is for.
#[derive(Clone, Copy, Debug)]
pub struct Begin<'a> {
    /// The user's id, 1 to 255 bytes. The device is told it.
    pub user_id: &'a str,
    /// The host's own name for itself, such as its domain: 1 to 255 bytes without control characters. The device shows it, and signs
    /// for no other.
    pub audience: &'a str,
    /// Seconds, 60 to 3600; `None` for 600.
    pub lifetime: Option<u64>,
    /// 16 fresh random bytes: the device's id.
    pub id: [u8; 16],
    /// The time.
    pub now: UnixTime,
}

/// An enrolment that was begun: what the host keeps until the device answers. `Display` writes its text,
/// `$mfakit-ae$v=1,e=EXPIRES$ID$AUDIENCE$USER`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct EnrollmentState {
    id: [u8; 16],
    audience: Name,
    user: Name,
    expires_at: u64,
}

/// Begins the enrolment of a device. Show the request as a QR code or a link to the signed-in user, keep the state.
///
/// # Errors
///
/// The host's: [`Error::UserIdInvalid`]; [`Error::ArgumentValueInvalid`] for an audience or a lifetime out of bounds.
pub fn begin(begin: Begin<'_>) -> Result<EnrollmentState, Error> {
    let Begin { user_id, audience, id, now, .. } = begin;
    let user = Name::new(user_id).ok_or(Error::UserIdInvalid)?;
    let audience = Name::new(audience)
        .filter(|_| text::is_line(audience))
        .ok_or(Error::ArgumentValueInvalid)?;
    let lifetime = begin.lifetime.unwrap_or(DEFAULT_LIFETIME);
    if !(MIN_LIFETIME..=MAX_LIFETIME).contains(&lifetime) {
        return Err(Error::ArgumentValueInvalid);
    }
    let expires_at = super::expiry(now, lifetime)?;
    Ok(EnrollmentState { id, audience, user, expires_at })
}

impl EnrollmentState {
    /// Takes a state apart that its `Display` wrote.
    ///
    /// # Errors
    ///
    /// [`Error::RecordVersionUnknown`] for a later version, else [`Error::RecordCorrupt`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let rest = stored::version_1(text, PREFIX, MAX_STATE)?;
        Self::rest(rest).ok_or(Error::RecordCorrupt)
    }

    fn rest(text: &str) -> Option<Self> {
        let mut parts = text.split('$');
        let expires_at = super::stored_time(decimal(parts.next()?.strip_prefix("e=")?)?)?;
        let id = stored::read_base64url(parts.next()?)?;
        let (audience, user) = (Name::read(parts.next()?)?, Name::read(parts.next()?)?);
        (parts.next().is_none() && text::is_line(audience.as_str())).then_some(())?;
        Some(Self { id, audience, user, expires_at })
    }

    /// What the device reads: the `Display` of it is base64url text.
    ///
    /// # Errors
    ///
    /// None has a cause: [`Error::InputTooLarge`] if it did not fit.
    pub fn request(&self) -> Result<RequestText, Error> {
        let mut bytes = [0; MAX_REQUEST];
        let mut writer = Writer::new(&mut bytes);
        writer.map(5).int(key::LABEL).text(label::DEVICE_REQUEST);
        writer.int(key::AUDIENCE).text(self.audience.as_str());
        writer.int(key::USER).text(self.user.as_str());
        writer.int(key::EXPIRY).uint(self.expires_at);
        let len = writer.int(key::DEVICE_ID).bytes(&self.id).finish()?;
        Ok(RequestText { bytes, len })
    }

    /// The id that the device will have.
    #[must_use]
    pub const fn id(&self) -> &[u8; 16] {
        &self.id
    }
    /// The last second in which the device may answer.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        UnixTime::from_seconds(self.expires_at)
    }
}

impl fmt::Display for EnrollmentState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}v=1,e={}$", self.expires_at)?;
        stored::write_base64url(f, &self.id)?;
        f.write_str("$")?;
        self.audience.write(f)?;
        f.write_str("$")?;
        self.user.write(f)
    }
}

impl fmt::Debug for EnrollmentState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnrollmentState(…)")
    }
}

/// A device that has proven its key. It counts once its record is inserted.
#[derive(Debug)]
#[must_use]
pub struct DeviceVerified {
    record: DeviceRecord,
}

impl DeviceVerified {
    /// The record to insert, under its unique id.
    #[must_use]
    pub const fn device(&self) -> &DeviceRecord {
        &self.record
    }
    /// The record, given how many rows the insert changed.
    ///
    /// # Errors
    ///
    /// [`Error::StateConflict`] unless exactly one.
    pub fn commit(self, rows: u64) -> Result<DeviceRecord, Error> {
        require_one_row(rows)?;
        Ok(self.record)
    }
}

/// Verifies a device's answer to an enrolment.
///
/// # Errors
///
/// [`Error::ApprovalMalformed`]; [`Error::ApprovalExpired`]; [`Error::ApprovalAudienceMismatch`]; [`Error::ApprovalRequestMismatch`]
/// for another enrolment or user; of the key [`Error::CoseKeyMalformed`], [`Error::CoseKeyMismatch`], [`Error::CosePointInvalid`],
/// [`Error::AlgorithmUnsupported`] (also for RSA and ML-DSA, whose keys are too long for a record);
/// [`Error::ApprovalAlgorithmMismatch`]; [`Error::SignatureMalformed`], [`Error::SignatureInvalid`].
pub fn finish(
    answer: &[u8],
    state: &EnrollmentState,
    now: UnixTime,
) -> Result<DeviceVerified, Error> {
    let mut buffer = [0; MAX_ANSWER];
    let message = message::decode(answer, &mut buffer)?;
    let signed = Sign1::parse(message).ok_or(Error::ApprovalMalformed)?;
    let answer = Answer::read(signed.payload()).ok_or(Error::ApprovalMalformed)?;
    if !is_live(now.seconds(), state.expires_at, MAX_LIFETIME) {
        return Err(Error::ApprovalExpired);
    }
    if answer.audience != state.audience.as_str() {
        return Err(Error::ApprovalAudienceMismatch);
    }
    let same = *answer.id == state.id
        && answer.user == state.user.as_str()
        && answer.expires_at == state.expires_at;
    if !same {
        return Err(Error::ApprovalRequestMismatch);
    }
    let key = Key::read(answer.key)?;
    signed.verify(&key.public()?)?;
    let record = DeviceRecord::new(&state.id, answer.audience, answer.user, key, answer.name);
    Ok(DeviceVerified { record: record.ok_or(Error::ApprovalMalformed)? })
}

/// The user and the device that an answer names.
pub(super) fn claims(payload: &[u8]) -> Option<(&str, &[u8; 16])> {
    Answer::read(payload).map(|answer| (answer.user, answer.id))
}

struct Answer<'a> {
    audience: &'a str,
    user: &'a str,
    expires_at: u64,
    id: &'a [u8; 16],
    key: &'a [u8],
    name: Option<&'a str>,
}

impl<'a> Answer<'a> {
    fn read(payload: &'a [u8]) -> Option<Self> {
        let mut members = Members::read(payload, label::DEVICE_ANSWER)?;
        let answer = Self {
            audience: members.text(key::AUDIENCE)?,
            user: members.text(key::USER)?,
            expires_at: members.uint(key::EXPIRY)?,
            id: members.array(key::DEVICE_ID)?,
            key: members.next(key::PUBLIC_KEY)?.encoding(),
            name: match members.optional(key::NAME) {
                None => None,
                Some(name) => Some(name.as_text().filter(|name| text::is_line(name))?),
            },
        };
        members.end()?;
        Some(answer)
    }
}
