//! Push approvals over stored texts: the host's side, and where the feature `approval-device` is on, the device's.

use crate::entropy::random;
use crate::text::{from_base64url, to_base64url};
use crate::time::or_clock;
use mfakit_core::approval::{self, ApprovalState, Begin, MAX_ANSWER, Number, enrollment};
use mfakit_core::{Error, Evidence, Transition, UnixTime};
use std::fmt;
use zeroize::Zeroizing;

#[cfg(feature = "approval-device")]
mod device;

#[cfg(feature = "approval-device")]
pub use device::{
    ApprovalRequest, DeviceEnrollmentRequest, DeviceKey, SignApproval, approval_answer,
    approval_to_sign, enrollment_to_sign, generate_device_key, read_approval_request,
    read_device_enrollment, sign_approval, sign_enrollment,
};
pub use mfakit_core::approval::{Outcome as ApprovalOutcome, Status as ApprovalStatus};

/// A device that may approve for one user: the record that the host stores. Nothing in it is secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceRecord(approval::DeviceRecord);

impl DeviceRecord {
    /// Reads a stored record.
    ///
    /// # Errors
    ///
    /// [`Error::RecordCorrupt`], [`Error::RecordVersionUnknown`]; [`Error::AlgorithmUnsupported`] for a key whose algorithm is not
    /// built in.
    pub fn from_text(text: &str) -> Result<Self, Error> {
        approval::DeviceRecord::parse(text).map(Self)
    }
    /// The text to store.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.0.to_string()
    }
    /// The device's id: 16 random bytes as base64url.
    #[must_use]
    pub fn id(&self) -> String {
        to_base64url(self.0.id())
    }
    /// The user it belongs to.
    #[must_use]
    pub fn user_id(&self) -> &str {
        self.0.user_id()
    }
    /// What it approves towards.
    #[must_use]
    pub fn audience(&self) -> &str {
        self.0.audience()
    }
    /// The COSE number of the one algorithm that its answers may have.
    #[must_use]
    pub const fn algorithm(&self) -> i64 {
        self.0.algorithm()
    }
    /// The public key, as a COSE key in base64url.
    #[must_use]
    pub fn public_key(&self) -> String {
        to_base64url(self.0.public_key())
    }
    /// What the device calls itself. It chose that: show it as text, never as markup.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.0.name()
    }
}

/// How the enrolment of a device begins.
#[derive(Clone, Copy, Debug)]
pub struct BeginDeviceEnrollment<'a> {
    /// The host's own name for itself, such as its domain. The device shows it, and signs for no other: never change it.
    pub audience: &'a str,
    /// Seconds, 60 to 3600; `None` for 600.
    pub lifetime: Option<u64>,
    /// The time; `None` for the host's clock.
    pub now: Option<UnixTime>,
}

impl<'a> BeginDeviceEnrollment<'a> {
    /// For this audience, everything else as usual.
    #[must_use]
    pub const fn new(audience: &'a str) -> Self {
        Self { audience, lifetime: None, now: None }
    }
}

/// An enrolment that was begun. Store `state` under `device_id` until `expires_at`, show `request` to the signed-in user as a QR code or
/// a link, and when the answer comes *delete* the row and finish with what the delete returned.
#[derive(Clone, Debug)]
#[must_use]
pub struct DeviceEnrollment {
    request: String,
    state: String,
    device_id: String,
    expires_at: u64,
}

impl DeviceEnrollment {
    /// What the device reads.
    #[must_use]
    pub fn request(&self) -> &str {
        &self.request
    }
    /// What the host keeps.
    #[must_use]
    pub fn state(&self) -> &str {
        &self.state
    }
    /// The id that the device will have.
    #[must_use]
    pub fn device_id(&self) -> &str {
        &self.device_id
    }
    /// The last second in which the device may answer, in Unix seconds.
    #[must_use]
    pub const fn expires_at(&self) -> u64 {
        self.expires_at
    }
}

/// Begins the enrolment of a device for a user who is signed in, with a second factor if they have one.
///
/// # Errors
///
/// The host's: [`Error::UserIdInvalid`]; [`Error::ArgumentValueInvalid`] for an audience or a lifetime out of bounds;
/// [`Error::TimeInvalid`], [`Error::EntropyUnavailable`].
pub fn begin_device_enrollment(
    user_id: &str,
    options: BeginDeviceEnrollment<'_>,
) -> Result<DeviceEnrollment, Error> {
    let state = enrollment::begin(enrollment::Begin {
        user_id,
        audience: options.audience,
        lifetime: options.lifetime,
        id: random::<16>()?,
        now: or_clock(options.now)?,
    })?;
    Ok(DeviceEnrollment {
        request: state.request()?.to_string(),
        state: state.to_string(),
        device_id: to_base64url(state.id()),
        expires_at: state.expires_at().seconds(),
    })
}

/// A device that has proven its key. It counts once its record is inserted.
#[derive(Debug)]
#[must_use]
pub struct DeviceVerified {
    verified: enrollment::DeviceVerified,
    device: DeviceRecord,
    transition: Transition<String>,
}

impl DeviceVerified {
    /// The record.
    #[must_use]
    pub const fn device(&self) -> &DeviceRecord {
        &self.device
    }
    /// From nothing to the record: insert it under its unique id.
    #[must_use]
    pub const fn transition(&self) -> &Transition<String> {
        &self.transition
    }
    /// The record, given how many rows the insert changed.
    ///
    /// # Errors
    ///
    /// [`Error::StateConflict`] unless exactly one.
    pub fn commit(self, rows: u64) -> Result<DeviceRecord, Error> {
        self.verified.commit(rows).map(DeviceRecord)
    }
}

/// Verifies a device's answer to an enrolment. `now` is `None` for the host's clock.
///
/// # Errors
///
/// [`Error::ApprovalMalformed`], [`Error::ApprovalExpired`], [`Error::ApprovalAudienceMismatch`], [`Error::ApprovalRequestMismatch`],
/// [`Error::ApprovalAlgorithmMismatch`], [`Error::SignatureMalformed`], [`Error::SignatureInvalid`]; of the key
/// [`Error::CoseKeyMalformed`], [`Error::CoseKeyMismatch`], [`Error::CosePointInvalid`], [`Error::AlgorithmUnsupported`]. The host's:
/// [`Error::RecordCorrupt`], [`Error::RecordVersionUnknown`], [`Error::TimeInvalid`].
pub fn finish_device_enrollment(
    answer: &str,
    state: &str,
    now: Option<UnixTime>,
) -> Result<DeviceVerified, Error> {
    let state = enrollment::EnrollmentState::parse(state)?;
    let verified = enrollment::finish(answer.as_bytes(), &state, or_clock(now)?)?;
    let device = DeviceRecord(*verified.device());
    let transition = Transition { prev: None, next: device.to_text() };
    Ok(DeviceVerified { verified, device, transition })
}

/// How an approval begins.
#[derive(Clone, Copy, Debug)]
pub struct BeginApproval<'a> {
    /// The host's own name for itself, which the devices were enrolled for.
    pub audience: &'a str,
    /// What is asked, such as `Sign in`: 1 to 255 bytes without control characters.
    pub action: &'a str,
    /// What helps the person to tell their own sign-in from another's, such as browser and place: up to 1024 bytes; lines are divided by
    /// line feeds.
    pub context: &'a str,
    /// The user's devices to ask: 1 to 4. The first that answers decides.
    pub devices: &'a [DeviceRecord],
    /// The user's stored state until now, if there is one.
    pub previous: Option<&'a str>,
    /// Seconds, 60 to 600; `None` for 120.
    pub lifetime: Option<u64>,
    /// The time; `None` for the host's clock.
    pub now: Option<UnixTime>,
}

impl<'a> BeginApproval<'a> {
    /// Asks these devices, everything else as usual, without a context.
    #[must_use]
    pub const fn new(audience: &'a str, action: &'a str, devices: &'a [DeviceRecord]) -> Self {
        Self { audience, action, context: "", devices, previous: None, lifetime: None, now: None }
    }
}

/// An approval that was begun: store the transition, then send `request` to the devices and show `number` on the login screen. `Debug`
/// shows no number.
#[must_use]
pub struct Approval {
    id: String,
    request: String,
    number: Zeroizing<String>,
    transition: Transition<String>,
    expires_at: u64,
}

impl Approval {
    /// Names the approval: 16 random bytes as base64url.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
    /// What the devices are sent. Nothing in it is secret.
    #[must_use]
    pub fn request(&self) -> &str {
        &self.request
    }
    /// The two digits for the login screen. Never send them to the device.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }
    /// From the previous state to the pending one.
    #[must_use]
    pub const fn transition(&self) -> &Transition<String> {
        &self.transition
    }
    /// The last second in which a device may answer, in Unix seconds.
    #[must_use]
    pub const fn expires_at(&self) -> u64 {
        self.expires_at
    }
}

impl fmt::Debug for Approval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Approval").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Begins an approval for a user who has given their password. One may be pending for a user.
///
/// # Errors
///
/// [`Error::ApprovalPending`]. The host's: [`Error::UserIdInvalid`]; [`Error::ArgumentValueInvalid`] for a text or a lifetime out of
/// bounds, for no device or more than four, and for a device of another user or audience; [`Error::RecordCorrupt`],
/// [`Error::RecordVersionUnknown`], [`Error::TimeInvalid`], [`Error::EntropyUnavailable`].
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "approval-device")]
/// # fn main() -> Result<(), mfakit::Error> {
/// use mfakit::{BeginApproval, BeginDeviceEnrollment, SignApproval};
///
/// // Once: the person's device.
/// let enrollment = mfakit::begin_device_enrollment("alice", BeginDeviceEnrollment::new("example.com"))?;
/// let request = mfakit::read_device_enrollment(enrollment.request())?; //         on the device
/// let key = mfakit::generate_device_key(&request)?; //                            on the device
/// let answer = mfakit::sign_enrollment(&request, &key, Some("Phone"), None)?; //  on the device
/// let device = mfakit::finish_device_enrollment(&answer, enrollment.state(), None)?.commit(1)?;
///
/// // At each sign-in:
/// let approval = mfakit::begin_approval("alice", BeginApproval::new("example.com", "Sign in", &[device]))?;
/// let state = approval.transition().next.clone(); // UPDATE … SET approval = next WHERE user = … AND approval IS prev
/// let request = mfakit::read_approval_request(approval.request())?; //            on the device
/// let typed = approval.number(); //                                               read off the login screen
/// let answer = mfakit::sign_approval(&request, SignApproval::approve(&key, typed))?; // on the device
///
/// let verified = mfakit::finish_approval(&answer, &state, None)?;
/// let next = verified.transition().next.clone(); // UPDATE … SET approval = next WHERE user = … AND approval = prev
/// let evidence = verified.commit(1)?;
/// assert_eq!(evidence.method().as_str(), "push_approval");
/// assert_eq!(mfakit::read_approval(&next, approval.id(), None)?.as_str(), "approved");
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "approval-device"))]
/// # fn main() {}
/// ```
pub fn begin_approval(user_id: &str, options: BeginApproval<'_>) -> Result<Approval, Error> {
    let previous = options.previous.map(ApprovalState::parse).transpose()?;
    let devices: Vec<_> = options.devices.iter().map(|device| device.0).collect();
    let begun = approval::begin(Begin {
        user_id,
        audience: options.audience,
        action: options.action,
        context: options.context,
        devices: &devices,
        previous: previous.as_ref(),
        lifetime: options.lifetime,
        id: random::<16>()?,
        number: Number::new(&Zeroizing::new(random::<8>()?)),
        now: or_clock(options.now)?,
    })?;
    Ok(Approval {
        id: to_base64url(begun.state().id()),
        request: begun.request()?.to_string(),
        number: Zeroizing::new(begun.number().expose().map(char::from).iter().collect()),
        transition: Transition {
            prev: options.previous.map(str::to_owned),
            next: begun.state().to_string(),
        },
        expires_at: begun.expires_at().seconds(),
    })
}

/// An authentic answer, which need not be a yes. It counts once its transition is stored.
#[derive(Debug)]
#[must_use]
pub struct ApprovalVerified {
    verified: approval::ApprovalVerified,
    transition: Transition<String>,
}

impl ApprovalVerified {
    /// What the device answered: for a log. Whether the person may go on, [`ApprovalVerified::commit`] tells.
    #[must_use]
    pub const fn decision(&self) -> ApprovalOutcome {
        self.verified.outcome()
    }
    /// The device that answered.
    #[must_use]
    pub fn device_id(&self) -> String {
        to_base64url(self.verified.device_id())
    }
    /// The user who answered: the one that the approval was begun for. See that it is the one who signs in.
    #[must_use]
    pub fn user_id(&self) -> &str {
        self.verified.user_id()
    }
    /// Names the approval. The evidence is for the login that began it, and for no other.
    #[must_use]
    pub fn approval_id(&self) -> String {
        to_base64url(self.verified.approval_id())
    }
    /// From the state, as it was passed in, to its end.
    #[must_use]
    pub const fn transition(&self) -> &Transition<String> {
        &self.transition
    }
    /// Turns the answer into evidence, given how many rows the compare-and-set changed.
    ///
    /// # Errors
    ///
    /// [`Error::StateConflict`] unless exactly one; then [`Error::ApprovalDenied`], [`Error::ApprovalNumberMismatch`].
    pub fn commit(self, rows: u64) -> Result<Evidence, Error> {
        self.verified.commit(rows)
    }
}

/// Verifies a device's answer to the approval that is stored for a user. A denial and a wrong number are answers too: store the
/// transition of either, then commit. `now` is `None` for the host's clock.
///
/// # Errors
///
/// [`Error::ApprovalMalformed`], [`Error::ApprovalAnswered`], [`Error::ApprovalExpired`], [`Error::ApprovalDeviceUnknown`],
/// [`Error::ApprovalAudienceMismatch`], [`Error::ApprovalRequestMismatch`], [`Error::ApprovalAlgorithmMismatch`],
/// [`Error::SignatureMalformed`], [`Error::SignatureInvalid`]. The host's: [`Error::RecordCorrupt`], [`Error::RecordVersionUnknown`],
/// [`Error::AlgorithmUnsupported`], [`Error::TimeInvalid`].
pub fn finish_approval(
    answer: &str,
    state: &str,
    now: Option<UnixTime>,
) -> Result<ApprovalVerified, Error> {
    let verified =
        approval::finish(answer.as_bytes(), &ApprovalState::parse(state)?, or_clock(now)?)?;
    let transition = Transition { prev: Some(state.to_owned()), next: verified.next().to_string() };
    Ok(ApprovalVerified { verified, transition })
}

/// How the approval with this id stands, for the login that began it and waits: `id` is [`Approval::id`], kept in that login. If the user
/// has begun another since, or the time is over (for an outcome, by more than a minute), it is expired. It opens no session: only
/// evidence does. `now` is `None` for the host's clock.
///
/// # Errors
///
/// The host's: [`Error::ArgumentValueInvalid`] for an id that is none; [`Error::RecordCorrupt`], [`Error::RecordVersionUnknown`],
/// [`Error::AlgorithmUnsupported`], [`Error::TimeInvalid`].
pub fn read_approval(
    state: &str,
    id: &str,
    now: Option<UnixTime>,
) -> Result<ApprovalStatus, Error> {
    let id = from_base64url(id).ok().and_then(|id| <[u8; 16]>::try_from(id).ok());
    let id = id.ok_or(Error::ArgumentValueInvalid)?;
    Ok(ApprovalState::parse(state)?.status(&id, or_clock(now)?))
}

/// Ends a pending approval, because the person chose another way or left.
///
/// # Errors
///
/// [`Error::ApprovalAnswered`]. The host's: [`Error::RecordCorrupt`], [`Error::RecordVersionUnknown`],
/// [`Error::AlgorithmUnsupported`].
pub fn cancel_approval(state: &str) -> Result<Transition<String>, Error> {
    let next = ApprovalState::parse(state)?.cancel()?.to_string();
    Ok(Transition { prev: Some(state.to_owned()), next })
}

/// What an answer says of itself, to look the state up by; nothing of it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnverifiedAnswer {
    user_id: String,
    device_id: String,
    request_id: Option<String>,
}

impl UnverifiedAnswer {
    /// The user that it names.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.user_id
    }
    /// The device that it names.
    #[must_use]
    pub fn device_id(&self) -> &str {
        &self.device_id
    }
    /// The approval that it names; `None` for the answer to an enrolment.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }
}

/// Reads the answer to an approval or an enrolment, to look its state up, and nothing else.
///
/// # Errors
///
/// [`Error::ApprovalMalformed`].
pub fn read_approval_answer(answer: &str) -> Result<UnverifiedAnswer, Error> {
    let mut buffer = [0; MAX_ANSWER];
    let read = approval::UnverifiedAnswer::read(answer.as_bytes(), &mut buffer)?;
    Ok(UnverifiedAnswer {
        user_id: read.user_id().to_owned(),
        device_id: to_base64url(read.device_id()),
        request_id: read.request_id().map(|id| to_base64url(id)),
    })
}

#[cfg(all(test, feature = "approval-device"))]
mod tests {
    use super::*;
    use mfakit_testing::keys::{Es256Key, Key};

    const NOW: u64 = 1_800_000_000;

    fn at(seconds: u64) -> Option<UnixTime> {
        Some(UnixTime::from_seconds(seconds))
    }

    fn enrolled(user: &str, now: u64) -> Result<(DeviceKey, DeviceRecord), Error> {
        let options =
            BeginDeviceEnrollment { now: at(now), ..BeginDeviceEnrollment::new("example.com") };
        let enrollment = begin_device_enrollment(user, options)?;
        assert_eq!(enrollment.expires_at(), now + 600);
        let request = read_device_enrollment(enrollment.request())?;
        assert_eq!((request.audience(), request.user_id()), ("example.com", user));
        assert_eq!(request.device_id(), enrollment.device_id());
        assert_eq!(request.expires_at(), enrollment.expires_at());
        let key = generate_device_key(&request)?;
        let answer = sign_enrollment(&request, &key, Some("Phone"), at(now))?;
        let read = read_approval_answer(&answer)?;
        assert_eq!((read.user_id(), read.device_id()), (user, enrollment.device_id()));
        assert_eq!(read.request_id(), None);
        let finish = || finish_device_enrollment(&answer, enrollment.state(), at(now));
        assert_eq!(finish()?.commit(0), Err(Error::StateConflict));
        let verified = finish()?;
        assert_eq!(verified.transition().prev, None);
        assert_eq!(verified.transition().next, verified.device().to_text());
        let device = verified.commit(1)?;
        assert_eq!(DeviceRecord::from_text(&device.to_text()), Ok(device));
        assert_eq!((device.id().as_str(), device.user_id()), (enrollment.device_id(), user));
        assert_eq!((device.audience(), device.algorithm()), ("example.com", -7));
        assert_eq!((device.name(), key.record().name()), (Some("Phone"), None));
        assert_eq!(device.public_key(), key.record().public_key());
        Ok((DeviceKey::from_text(&key.to_text())?, device))
    }

    fn other_number(number: &str) -> &'static str {
        if number == "00" { "01" } else { "00" }
    }

    #[test]
    fn an_approval_from_its_request_to_its_end() -> Result<(), Error> {
        let (key, device) = enrolled("alice", NOW)?;
        let devices = [device];
        let options = BeginApproval {
            context: "Berlin",
            now: at(NOW),
            ..BeginApproval::new("example.com", "Sign in", &devices)
        };
        let mut previous: Option<String> = None;
        for (number, outcome) in
            [(Some(false), "approved"), (Some(true), "number_mismatch"), (None, "denied")]
        {
            let options = BeginApproval { previous: previous.as_deref(), ..options };
            let approval = begin_approval("alice", options)?;
            assert_eq!(approval.transition().prev, previous);
            assert_eq!(approval.number().len(), 2);
            assert_eq!(
                format!("{approval:?}"),
                format!("Approval {{ id: {:?}, .. }}", approval.id())
            );
            let state = &approval.transition().next;
            assert_eq!(read_approval(state, approval.id(), at(NOW))?.as_str(), "pending");
            let again = BeginApproval { previous: Some(state), ..options };
            assert_eq!(begin_approval("alice", again).err(), Some(Error::ApprovalPending));

            let request = read_approval_request(approval.request())?;
            assert_eq!((request.id(), request.user_id()), (approval.id(), "alice"));
            assert_eq!((request.audience(), request.action()), ("example.com", "Sign in"));
            assert_eq!(
                (request.context(), request.expires_at()),
                ("Berlin", approval.expires_at())
            );
            let signing = match number {
                None => SignApproval::deny(&key),
                Some(false) => SignApproval::approve(&key, approval.number()),
                Some(true) => SignApproval::approve(&key, other_number(approval.number())),
            };
            assert_eq!(format!("{signing:?}"), "SignApproval(***)");
            let answer = sign_approval(&request, SignApproval { now: at(NOW), ..signing })?;
            assert_eq!(read_approval_answer(&answer)?.request_id(), Some(approval.id()));

            let verified = finish_approval(&answer, state, at(NOW))?;
            assert_eq!(
                (verified.decision().as_str(), verified.device_id()),
                (outcome, device.id())
            );
            assert_eq!(verified.transition().prev.as_ref(), Some(state));
            let next = verified.transition().next.clone();
            let evidence = verified.commit(1).map(|evidence| evidence.method().as_str());
            assert_eq!(
                evidence,
                match number {
                    Some(false) => Ok("push_approval"),
                    Some(true) => Err(Error::ApprovalNumberMismatch),
                    None => Err(Error::ApprovalDenied),
                }
            );
            let lost = finish_approval(&answer, state, at(NOW))?;
            assert_eq!(lost.commit(0).err(), Some(Error::StateConflict));
            assert_eq!(read_approval(&next, approval.id(), at(NOW))?.as_str(), outcome);
            let replayed = finish_approval(&answer, &next, at(NOW)).err();
            assert_eq!(replayed, Some(Error::ApprovalAnswered));
            assert_eq!(cancel_approval(&next).err(), Some(Error::ApprovalAnswered));
            previous = Some(next);
        }
        Ok(())
    }

    #[test]
    fn an_approval_that_is_cancelled_or_late_is_over() -> Result<(), Error> {
        let (key, device) = enrolled("alice", NOW)?;
        let devices = [device];
        let options = BeginApproval {
            lifetime: Some(60),
            now: at(NOW),
            ..BeginApproval::new("example.com", "Sign in", &devices)
        };
        let approval = begin_approval("alice", options)?;
        let state = &approval.transition().next;
        let request = read_approval_request(approval.request())?;
        let signing =
            SignApproval { now: at(NOW), ..SignApproval::approve(&key, approval.number()) };
        let answer = sign_approval(&request, signing)?;
        assert_eq!(read_approval(state, approval.id(), at(NOW + 61))?.as_str(), "expired");
        let late = finish_approval(&answer, state, at(NOW + 61)).err();
        assert_eq!(late, Some(Error::ApprovalExpired));
        let late = sign_approval(&request, SignApproval { now: at(NOW + 66), ..signing });
        assert_eq!(late.err(), Some(Error::ApprovalExpired));

        let cancelled = cancel_approval(state)?;
        assert_eq!(cancelled.prev.as_ref(), Some(state));
        assert_eq!(read_approval(&cancelled.next, approval.id(), at(NOW))?.as_str(), "cancelled");
        let refused = finish_approval(&answer, &cancelled.next, at(NOW)).err();
        assert_eq!(refused, Some(Error::ApprovalAnswered));
        let next = BeginApproval { previous: Some(&cancelled.next), ..options };
        assert!(begin_approval("alice", next).is_ok());
        Ok(())
    }

    #[test]
    fn the_client_s_fault_is_malformed_and_the_host_s_is_its_own() -> Result<(), Error> {
        let (key, device) = enrolled("alice", NOW)?;
        let (other, stranger) = enrolled("bob", NOW)?;
        let devices = [device];
        let options = BeginApproval {
            now: at(NOW),
            ..BeginApproval::new("example.com", "Sign in", &devices)
        };
        let approval = begin_approval("alice", options)?;
        let state = &approval.transition().next;
        for text in ["", "{}", "AAAA", "\u{e9}", &"A".repeat(1 << 20)] {
            const MALFORMED: Option<Error> = Some(Error::ApprovalMalformed);
            assert_eq!(finish_approval(text, state, at(NOW)).err(), MALFORMED);
            assert_eq!(read_approval_answer(text).err(), MALFORMED);
            assert_eq!(read_approval_request(text).err(), MALFORMED);
            assert_eq!(read_device_enrollment(text).err(), MALFORMED);
            const CORRUPT: Option<Error> = Some(Error::RecordCorrupt);
            assert_eq!(finish_approval("", text, at(NOW)).err(), CORRUPT);
            assert_eq!(finish_device_enrollment("", text, at(NOW)).err(), CORRUPT);
            assert_eq!(read_approval(text, approval.id(), at(NOW)).err(), CORRUPT);
            assert_eq!(cancel_approval(text).err(), CORRUPT);
            assert_eq!(DeviceRecord::from_text(text).err(), CORRUPT);
            assert_eq!(DeviceKey::from_text(text).err(), CORRUPT);
            let previous = BeginApproval { previous: Some(text), ..options };
            assert_eq!(begin_approval("alice", previous).err(), CORRUPT);
        }
        let theirs = [stranger];
        let strangers = BeginApproval { devices: &theirs, ..options };
        let refused = begin_approval("alice", strangers).err();
        assert_eq!(refused, Some(Error::ArgumentValueInvalid));
        let request = read_approval_request(approval.request())?;
        let refused =
            sign_approval(&request, SignApproval { now: at(NOW), ..SignApproval::deny(&other) });
        assert_eq!(refused.err(), Some(Error::ApprovalRequestMismatch));
        let milliseconds = at(NOW * 1000);
        for error in [
            begin_approval("alice", BeginApproval { now: milliseconds, ..options }).err(),
            finish_approval("", state, milliseconds).err(),
            read_approval(state, approval.id(), milliseconds).err(),
            sign_approval(&request, SignApproval { now: milliseconds, ..SignApproval::deny(&key) })
                .err(),
        ] {
            assert_eq!(error, Some(Error::TimeInvalid));
        }
        Ok(())
    }

    #[test]
    fn a_key_in_hardware_signs_bytes() -> Result<(), Error> {
        let options =
            BeginDeviceEnrollment { now: at(NOW), ..BeginDeviceEnrollment::new("example.com") };
        let enrollment = begin_device_enrollment("alice", options)?;
        let request = read_device_enrollment(enrollment.request())?;
        // The hardware: a key that only signs.
        let hardware = Key::Es256(Es256Key::new(&[7; 32]));
        let device = request.device(&hardware.cose(), Some("Token"))?;
        let to_sign = enrollment_to_sign(&request, &device, at(NOW))?;
        let answer = approval_answer(&to_sign, &hardware.sign(&to_sign))?;
        let record = finish_device_enrollment(&answer, enrollment.state(), at(NOW))?.commit(1)?;
        assert_eq!(record, device);

        let devices = [record];
        let options = BeginApproval {
            now: at(NOW),
            ..BeginApproval::new("example.com", "Sign in", &devices)
        };
        let approval = begin_approval("alice", options)?;
        let request = read_approval_request(approval.request())?;
        let signing =
            SignApproval { now: at(NOW), ..SignApproval::approve(&device, approval.number()) };
        let to_sign = approval_to_sign(&request, signing)?;
        let answer = approval_answer(&to_sign, &hardware.sign(&to_sign))?;
        let verified = finish_approval(&answer, &approval.transition().next, at(NOW))?;
        assert_eq!(verified.decision(), ApprovalOutcome::Approved);

        let tampered = approval_answer(&to_sign, &hardware.sign(b"something else"))?;
        let refused = finish_approval(&tampered, &approval.transition().next, at(NOW)).err();
        assert_eq!(refused, Some(Error::SignatureInvalid));
        let refused = approval_answer(&to_sign, b"short").err();
        assert_eq!(refused, Some(Error::SignatureMalformed));
        let refused = approval_answer(b"other bytes", &hardware.sign(b"")).err();
        assert_eq!(refused, Some(Error::ArgumentValueInvalid));
        Ok(())
    }
}
