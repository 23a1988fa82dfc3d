//! Asking for an approval, the host's side: the request, the number, and the one state that is stored for a user.

use super::message::{self, MAX_REQUEST, key, label};
use super::record::{DeviceRecord, Key};
use super::text::{is_context, is_line, is_user};
use super::{RequestText, expiry, is_live, stored_time};
use crate::crypto::sha256;
use crate::ct;
use crate::encoding::cbor_writer::Writer;
use crate::encoding::decimal;
use crate::encoding::stored::{self, Fields};
use crate::error::Error;
use crate::time::UnixTime;
use core::fmt;

/// The lifetime of an approval in seconds, where the host names none.
pub const DEFAULT_LIFETIME: u64 = 120;
/// The shortest: a person must find the device.
pub const MIN_LIFETIME: u64 = 60;
/// The longest: 10 minutes (NIST SP 800-63B-4 §3.1.3.2).
pub const MAX_LIFETIME: u64 = 600;
/// How many devices one approval may be sent to.
pub const MAX_DEVICES: usize = 4;

/// How long after its end an approval's outcome can be read: a login screen asks every few seconds.
const READABLE: u64 = 60;

const PREFIX: &str = "$mfakit-ap$";
/// Four keys of P-521 take 900 bytes, everything else 260.
const MAX_STATE: usize = 1400;

/// The number that the login screen shows and the person types on the device: two ASCII digits. `Debug` shows nothing.
pub struct Number([u8; 2]);

impl Number {
    /// A number from random bytes.
    #[must_use]
    pub fn new(entropy: &[u8; 8]) -> Self {
        // The bits are a fraction below 1 in units of 2^-60; its decimals are the digits. Nothing divides, and a number is off its
        // fair share by less than 100 / 2^60.
        let tenfold = (u64::from_be_bytes(*entropy) >> 4).wrapping_mul(10);
        let hundredfold = (tenfold & (u64::MAX >> 4)).wrapping_mul(10);
        let digit = |times: u64| {
            let [.., digit] = (times >> 60).to_be_bytes();
            b'0' | digit
        };
        Self([digit(tenfold), digit(hundredfold)])
    }

    /// The two digits, for showing them.
    #[must_use]
    pub fn expose(&self) -> [u8; 2] {
        let mut digits = self.0;
        ct::declassify_bytes(&mut digits);
        digits
    }

    pub(super) const fn digits(&self) -> &[u8; 2] {
        &self.0
    }

    fn read(text: &str) -> Option<Self> {
        is_number(text).then_some(())?;
        Some(Self(text.as_bytes().try_into().ok()?))
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Number(**)")
    }
}

/// Two ASCII digits.
pub(super) fn is_number(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What an approval is for.
#[derive(Debug)]
pub struct Begin<'a> {
    /// The user's id, 1 to 255 bytes. The device is told it.
    pub user_id: &'a str,
    /// The host's own name for itself, which the devices were enrolled for.
    pub audience: &'a str,
    /// What is asked, such as `Sign in`: 1 to 255 bytes, without control characters.
    pub action: &'a str,
    /// What helps the person to tell their own sign-in from another's, such as browser and place: up to 1024 bytes; the only control
    /// character that may stand is the line feed.
    pub context: &'a str,
    /// The user's devices to ask: 1 to 4. The first that answers decides.
    pub devices: &'a [DeviceRecord],
    /// The user's stored state until now, if there is one.
    pub previous: Option<&'a ApprovalState>,
    /// Seconds, 60 to 600; `None` for 120.
    pub lifetime: Option<u64>,
    /// 16 fresh random bytes.
    pub id: [u8; 16],
    /// A fresh number.
    pub number: Number,
    /// The time.
    pub now: UnixTime,
}

/// An approval that was begun. Store its state, send its request to the devices, show its number.
#[derive(Debug)]
#[must_use]
pub struct Approval<'a> {
    state: ApprovalState,
    number: Number,
    audience: &'a str,
    user: &'a str,
    action: &'a str,
    context: &'a str,
}

/// Begins an approval. One may be pending for a user.
///
/// # Errors
///
/// [`Error::ApprovalPending`] while the previous one is. The host's: [`Error::UserIdInvalid`]; [`Error::TimeInvalid`];
/// [`Error::ArgumentValueInvalid`] for an audience, action, context or lifetime out of bounds, for no device or more than four, for a
/// device of another user or audience, and for one that stands twice.
pub fn begin(begin: Begin<'_>) -> Result<Approval<'_>, Error> {
    let Begin { user_id: user, audience, action, context, id, number, now, .. } = begin;
    if !is_user(user) {
        return Err(Error::UserIdInvalid);
    }
    let lifetime = begin.lifetime.unwrap_or(DEFAULT_LIFETIME);
    let bounded = is_line(audience)
        && is_line(action)
        && is_context(context)
        && (MIN_LIFETIME..=MAX_LIFETIME).contains(&lifetime);
    if !bounded {
        return Err(Error::ArgumentValueInvalid);
    }
    let expires_at = expiry(now, lifetime)?;
    let devices = Devices::new(begin.devices, audience, user).ok_or(Error::ArgumentValueInvalid)?;
    if begin.previous.is_some_and(|p| p.pending().is_ok() && p.is_live(now)) {
        return Err(Error::ApprovalPending);
    }
    let pending = Pending {
        audience: sha256(&[audience.as_bytes()]),
        user: sha256(&[user.as_bytes()]),
        content: message::content_hash(action, context),
        number: Number(*number.digits()),
        devices,
    };
    let state = ApprovalState { id, expires_at, stage: Stage::Pending(pending) };
    Ok(Approval { state, number, audience, user, action, context })
}

impl Approval<'_> {
    /// The state to store in place of the previous one. The number is in it: keep it on the server.
    #[must_use]
    pub const fn state(&self) -> &ApprovalState {
        &self.state
    }
    /// The number for the login screen. Never send it to the device.
    #[must_use]
    pub const fn number(&self) -> &Number {
        &self.number
    }
    /// The last second in which a device may answer.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.state.expires_at()
    }

    /// What the devices are sent. Nothing in it is secret.
    ///
    /// # Errors
    ///
    /// None has a cause: [`Error::InputTooLarge`] if it did not fit.
    pub fn request(&self) -> Result<RequestText, Error> {
        let mut bytes = [0; MAX_REQUEST];
        let mut writer = Writer::new(&mut bytes);
        writer.map(7).int(key::LABEL).text(label::REQUEST);
        writer.int(key::AUDIENCE).text(self.audience);
        writer.int(key::REQUEST_ID).bytes(&self.state.id);
        writer.int(key::USER).text(self.user);
        writer.int(key::EXPIRY).uint(self.state.expires_at);
        writer.int(key::ACTION).text(self.action);
        let len = writer.int(key::CONTEXT).text(self.context).finish()?;
        Ok(RequestText { bytes, len })
    }
}

/// What is stored for a user: at most one approval. `Display` writes its text, while it is pending
/// `$mfakit-ap$v=1,s=pending,e=EXPIRES$ID$AUDIENCE$USER$CONTENT$NUMBER$DEVICE,KEY.DEVICE,KEY…`, the three in the middle as hashes;
/// afterwards `$mfakit-ap$v=1,s=approved,e=EXPIRES$ID$DEVICE`, or `s=denied`, `s=number_mismatch`, and `s=cancelled` without a device.
pub struct ApprovalState {
    id: [u8; 16],
    expires_at: u64,
    stage: Stage,
}

#[allow(clippy::large_enum_variant, reason = "there is no heap to put the larger one on")]
enum Stage {
    Pending(Pending),
    Answered(super::Outcome, [u8; 16]),
    Cancelled,
}

impl Stage {
    const fn as_str(&self) -> &'static str {
        match self {
            Self::Pending(_) => "pending",
            Self::Answered(outcome, _) => outcome.as_str(),
            Self::Cancelled => "cancelled",
        }
    }
}

/// What an answer is held against.
pub(super) struct Pending {
    pub(super) audience: [u8; 32],
    pub(super) user: [u8; 32],
    pub(super) content: [u8; 32],
    pub(super) number: Number,
    devices: Devices,
}

impl Pending {
    /// The key of the device with this id.
    pub(super) fn key(&self, id: &[u8; 16]) -> Option<&Key> {
        self.devices.iter().find(|device| device.id == *id).map(|device| &device.key)
    }
}

/// The devices that were asked: their ids and keys.
struct Devices([Option<Device>; MAX_DEVICES]);

#[derive(Clone, Copy)]
struct Device {
    id: [u8; 16],
    key: Key,
}

impl Devices {
    fn new(records: &[DeviceRecord], audience: &str, user: &str) -> Option<Self> {
        let mut devices = Self([None; MAX_DEVICES]);
        for record in records {
            (record.audience() == audience && record.user_id() == user).then_some(())?;
            devices.push(Device { id: *record.id(), key: *record.key() })?;
        }
        (!records.is_empty()).then_some(devices)
    }

    fn push(&mut self, device: Device) -> Option<()> {
        self.iter().all(|other| other.id != device.id).then_some(())?;
        *self.0.iter_mut().find(|place| place.is_none())? = Some(device);
        Some(())
    }

    fn iter(&self) -> impl Iterator<Item = &Device> {
        self.0.iter().flatten()
    }
}

/// How an approval stands, for the login screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// No device has answered.
    Pending,
    /// A device approved with the right number.
    Approved,
    /// A device denied.
    Denied,
    /// A device approved with another number.
    NumberMismatch,
    /// The host cancelled it.
    Cancelled,
    /// No device answered in time, or another approval was begun.
    Expired,
}

impl Status {
    /// The status's stable name: `pending`, `approved`, `denied`, `number_mismatch`, `cancelled` or `expired`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::NumberMismatch => "number_mismatch",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }
}

impl ApprovalState {
    /// Takes a state apart that its `Display` wrote.
    ///
    /// # Errors
    ///
    /// [`Error::RecordVersionUnknown`] for a later version, [`Error::AlgorithmUnsupported`] for a device's key whose algorithm is not
    /// built in, else [`Error::RecordCorrupt`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        const CORRUPT: Error = Error::RecordCorrupt;
        let rest = stored::version_1(text, PREFIX, MAX_STATE)?;
        let (parameters, rest) = rest.split_once('$').ok_or(CORRUPT)?;
        let mut fields = Fields(parameters);
        let name = fields.next("s=").ok_or(CORRUPT)?;
        let expires_at = fields.next("e=").and_then(decimal).and_then(stored_time);
        let expires_at = expires_at.filter(|_| fields.0.is_empty()).ok_or(CORRUPT)?;
        let mut parts = rest.split('$');
        let mut part = || parts.next().ok_or(CORRUPT);
        let id = stored::read_base64url(part()?).ok_or(CORRUPT)?;
        let stage = match name {
            "pending" => {
                let mut hash = || part().and_then(|t| stored::read_base64url(t).ok_or(CORRUPT));
                let (audience, user, content) = (hash()?, hash()?, hash()?);
                let number = Number::read(part()?).ok_or(CORRUPT)?;
                Stage::Pending(Pending {
                    audience,
                    user,
                    content,
                    number,
                    devices: Devices::stored(part()?)?,
                })
            }
            "cancelled" => Stage::Cancelled,
            name => {
                let outcome = super::Outcome::from_name(name).ok_or(CORRUPT)?;
                Stage::Answered(outcome, stored::read_base64url(part()?).ok_or(CORRUPT)?)
            }
        };
        if parts.next().is_some() { Err(CORRUPT) } else { Ok(Self { id, expires_at, stage }) }
    }

    /// How the approval with this id stands, for the login that began it. If the user has begun another since, or the time is over, it
    /// is expired: what is read here is no standing permission. An answer of the last second can be read for a minute more.
    #[must_use]
    pub fn status(&self, id: &[u8; 16], now: UnixTime) -> Status {
        let late = now.seconds() > self.expires_at.saturating_add(READABLE);
        match &self.stage {
            _ if *id != self.id || late => Status::Expired,
            Stage::Pending(_) if self.is_live(now) => Status::Pending,
            Stage::Pending(_) => Status::Expired,
            Stage::Answered(outcome, _) => outcome.status(),
            Stage::Cancelled => Status::Cancelled,
        }
    }

    /// The state to store for an approval that the person gave up.
    ///
    /// # Errors
    ///
    /// [`Error::ApprovalAnswered`] if it was answered or cancelled.
    pub fn cancel(&self) -> Result<Self, Error> {
        self.pending()?;
        Ok(Self { id: self.id, expires_at: self.expires_at, stage: Stage::Cancelled })
    }

    /// Names the approval, for a log.
    #[must_use]
    pub const fn id(&self) -> &[u8; 16] {
        &self.id
    }
    /// The last second in which a device may answer.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        UnixTime::from_seconds(self.expires_at)
    }

    pub(super) const fn pending(&self) -> Result<&Pending, Error> {
        match &self.stage {
            Stage::Pending(pending) => Ok(pending),
            Stage::Answered(..) | Stage::Cancelled => Err(Error::ApprovalAnswered),
        }
    }

    pub(super) fn is_live(&self, now: UnixTime) -> bool {
        is_live(now.seconds(), self.expires_at, MAX_LIFETIME)
    }

    pub(super) const fn answered(&self, outcome: super::Outcome, device: [u8; 16]) -> Self {
        Self { id: self.id, expires_at: self.expires_at, stage: Stage::Answered(outcome, device) }
    }
}

impl Devices {
    fn stored(text: &str) -> Result<Self, Error> {
        const CORRUPT: Error = Error::RecordCorrupt;
        let mut devices = Self([None; MAX_DEVICES]);
        for device in text.split('.') {
            let (id, key) = device.split_once(',').ok_or(CORRUPT)?;
            let id = stored::read_base64url(id).ok_or(CORRUPT)?;
            devices.push(Device { id, key: Key::stored(key)? }).ok_or(CORRUPT)?;
        }
        Ok(devices)
    }
}

impl fmt::Display for ApprovalState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}v=1,s={},e={}$", self.stage.as_str(), self.expires_at)?;
        stored::write_base64url(f, &self.id)?;
        match &self.stage {
            Stage::Cancelled => Ok(()),
            Stage::Answered(_, device) => {
                f.write_str("$")?;
                stored::write_base64url(f, device)
            }
            Stage::Pending(pending) => {
                for hash in [&pending.audience, &pending.user, &pending.content] {
                    f.write_str("$")?;
                    stored::write_base64url(f, hash)?;
                }
                let [tens, ones] = pending.number.expose().map(char::from);
                write!(f, "${tens}{ones}")?;
                for (index, device) in pending.devices.iter().enumerate() {
                    f.write_str(if index == 0 { "$" } else { "." })?;
                    stored::write_base64url(f, &device.id)?;
                    f.write_str(",")?;
                    stored::write_base64url(f, device.key.encoding())?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Debug for ApprovalState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApprovalState({})", self.stage.as_str())
    }
}
