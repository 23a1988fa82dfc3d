//! The device's side of push approvals.

use super::DeviceRecord;
use crate::entropy::random;
use crate::text::to_base64url;
use crate::time::or_clock;
use mfakit_core::approval::{MAX_REQUEST, device};
use mfakit_core::{Error, UnixTime};
use std::fmt;
use zeroize::Zeroizing;

/// How often random bytes are drawn for a private key. One draw in 2^32 is not one.
const DRAWS: usize = 4;

/// A request to approve. Show `audience`, `action` and `context`, ask for the number on the login screen, then sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalRequest {
    text: String,
    id: String,
    audience: String,
    user_id: String,
    action: String,
    context: String,
    expires_at: u64,
}

impl ApprovalRequest {
    /// Names the request.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
    /// Who asks.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }
    /// The id of the user who is asked.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.user_id
    }
    /// What is asked.
    #[must_use]
    pub fn action(&self) -> &str {
        &self.action
    }
    /// Where it is asked from, as far as the host told; may be empty.
    #[must_use]
    pub fn context(&self) -> &str {
        &self.context
    }
    /// The last second in which an answer counts, in Unix seconds.
    #[must_use]
    pub const fn expires_at(&self) -> u64 {
        self.expires_at
    }

    fn with<T>(
        &self,
        run: impl FnOnce(device::ApprovalRequest<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        run(device::ApprovalRequest::read(self.text.as_bytes(), &mut [0; MAX_REQUEST])?)
    }
}

/// Reads a request as it was pushed.
///
/// # Errors
///
/// [`Error::ApprovalMalformed`].
pub fn read_approval_request(request: &str) -> Result<ApprovalRequest, Error> {
    let mut buffer = [0; MAX_REQUEST];
    let read = device::ApprovalRequest::read(request.as_bytes(), &mut buffer)?;
    Ok(ApprovalRequest {
        text: request.to_owned(),
        id: to_base64url(read.id()),
        audience: read.audience().to_owned(),
        user_id: read.user_id().to_owned(),
        action: read.action().to_owned(),
        context: read.context().to_owned(),
        expires_at: read.expires_at().seconds(),
    })
}

/// A request to enrol. Show `audience`, make a key, answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceEnrollmentRequest {
    text: String,
    audience: String,
    user_id: String,
    device_id: String,
    expires_at: u64,
}

impl DeviceEnrollmentRequest {
    /// Who asks.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }
    /// The id of the user that the device will belong to.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.user_id
    }
    /// The id that the device will have.
    #[must_use]
    pub fn device_id(&self) -> &str {
        &self.device_id
    }
    /// The last second in which an answer counts, in Unix seconds.
    #[must_use]
    pub const fn expires_at(&self) -> u64 {
        self.expires_at
    }

    /// The record of this device, whose key lives in hardware: a COSE key, in its canonical encoding and without other parameters.
    ///
    /// # Errors
    ///
    /// [`Error::CoseKeyMalformed`], [`Error::CoseKeyMismatch`], [`Error::CosePointInvalid`], [`Error::AlgorithmUnsupported`];
    /// [`Error::ArgumentValueInvalid`] for a name out of bounds.
    pub fn device(&self, public_key: &[u8], name: Option<&str>) -> Result<DeviceRecord, Error> {
        self.with(|request| request.device(public_key, name)).map(DeviceRecord)
    }

    fn with<T>(
        &self,
        run: impl FnOnce(device::EnrollmentRequest<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        run(device::EnrollmentRequest::read(self.text.as_bytes(), &mut [0; MAX_REQUEST])?)
    }
}

/// Reads the request of an enrolment, as a QR code or a link gave it.
///
/// # Errors
///
/// [`Error::ApprovalMalformed`].
pub fn read_device_enrollment(request: &str) -> Result<DeviceEnrollmentRequest, Error> {
    let mut buffer = [0; MAX_REQUEST];
    let read = device::EnrollmentRequest::read(request.as_bytes(), &mut buffer)?;
    Ok(DeviceEnrollmentRequest {
        text: request.to_owned(),
        audience: read.audience().to_owned(),
        user_id: read.user_id().to_owned(),
        device_id: to_base64url(read.device_id()),
        expires_at: read.expires_at().seconds(),
    })
}

/// A device's private key for ES256, and whom it is for. Wiped on drop; `Debug` shows nothing.
#[derive(Debug)]
pub struct DeviceKey(device::DeviceKey);

impl DeviceKey {
    /// Reads a stored key.
    ///
    /// # Errors
    ///
    /// [`Error::RecordCorrupt`], [`Error::RecordVersionUnknown`].
    pub fn from_text(text: &str) -> Result<Self, Error> {
        device::DeviceKey::parse(text).map(Self)
    }
    /// The text to keep where the system keeps keys: it is a secret.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        // Longer than any: as it grows, a String leaves copies behind.
        let mut text = Zeroizing::new(String::with_capacity(1024));
        let written = self.0.write_text(&mut *text);
        debug_assert!(written == Ok(()) && text.capacity() == 1024);
        text
    }
    /// Whom the key is for, and its public half; without a name.
    #[must_use]
    pub const fn record(&self) -> DeviceRecord {
        DeviceRecord(*self.0.record())
    }
}

/// Makes a key for the device that is being enrolled. Each enrolment has its own: no key serves two accounts.
///
/// # Errors
///
/// [`Error::EntropyUnavailable`].
pub fn generate_device_key(request: &DeviceEnrollmentRequest) -> Result<DeviceKey, Error> {
    request.with(|request| {
        for _ in 0..DRAWS {
            match device::DeviceKey::new(&request, &Zeroizing::new(random::<32>()?)) {
                Err(Error::EntropyUnavailable) => {}
                made => return made.map(DeviceKey),
            }
        }
        Err(Error::EntropyUnavailable)
    })
}

/// Signs the answer to an enrolment. `now` is `None` for the system's clock.
///
/// # Errors
///
/// [`Error::ApprovalExpired`]; [`Error::ApprovalAudienceMismatch`], [`Error::ApprovalRequestMismatch`] for the key of another
/// enrolment; [`Error::ArgumentValueInvalid`] for a name out of bounds; [`Error::TimeInvalid`].
pub fn sign_enrollment(
    request: &DeviceEnrollmentRequest,
    device: &DeviceKey,
    name: Option<&str>,
    now: Option<UnixTime>,
) -> Result<String, Error> {
    let now = Some(or_clock(now)?);
    request.with(|request| request.sign(&device.0, name, now)).map(|answer| answer.to_string())
}

/// What a key in hardware must sign to answer an enrolment. `now` is `None` for the system's clock.
///
/// # Errors
///
/// [`Error::ApprovalExpired`]; [`Error::ApprovalAudienceMismatch`], [`Error::ApprovalRequestMismatch`] for the record of another
/// enrolment; [`Error::TimeInvalid`].
pub fn enrollment_to_sign(
    request: &DeviceEnrollmentRequest,
    device: &DeviceRecord,
    now: Option<UnixTime>,
) -> Result<Vec<u8>, Error> {
    let now = Some(or_clock(now)?);
    request.with(|request| Ok(request.to_sign(&device.0, now)?.as_bytes().to_vec()))
}

/// How an approval is signed; `D` is a [`DeviceKey`], or a [`DeviceRecord`] whose key lives in hardware.
pub struct SignApproval<'a, D> {
    /// The device.
    pub device: &'a D,
    /// The two digits that the person typed; `None` to deny.
    pub number: Option<&'a str>,
    /// The time; `None` for the system's clock.
    pub now: Option<UnixTime>,
}

impl<'a, D> SignApproval<'a, D> {
    /// Yes, with the two digits that the person typed.
    #[must_use]
    pub const fn approve(device: &'a D, number: &'a str) -> Self {
        Self { device, number: Some(number), now: None }
    }
    /// No.
    #[must_use]
    pub const fn deny(device: &'a D) -> Self {
        Self { device, number: None, now: None }
    }

    fn decision(&self) -> device::Decision<'a> {
        self.number.map_or(device::Decision::Deny, |number| device::Decision::Approve { number })
    }
}

impl<D> Clone for SignApproval<'_, D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D> Copy for SignApproval<'_, D> {}

impl<D> fmt::Debug for SignApproval<'_, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignApproval(***)")
    }
}

/// Signs the answer to an approval.
///
/// # Errors
///
/// [`Error::ApprovalExpired`]; [`Error::ApprovalAudienceMismatch`], [`Error::ApprovalRequestMismatch`] for the key of another audience
/// or user; [`Error::ArgumentValueInvalid`] for a number that is not two digits; [`Error::TimeInvalid`].
pub fn sign_approval(
    request: &ApprovalRequest,
    options: SignApproval<'_, DeviceKey>,
) -> Result<String, Error> {
    let now = Some(or_clock(options.now)?);
    let answer = request.with(|r| r.sign(&options.device.0, options.decision(), now))?;
    Ok(answer.to_string())
}

/// What a key in hardware must sign to answer an approval.
///
/// # Errors
///
/// Those of [`sign_approval`].
pub fn approval_to_sign(
    request: &ApprovalRequest,
    options: SignApproval<'_, DeviceRecord>,
) -> Result<Vec<u8>, Error> {
    let now = Some(or_clock(options.now)?);
    let decision = options.decision();
    request.with(|r| Ok(r.to_sign(&options.device.0, decision, now)?.as_bytes().to_vec()))
}

/// The answer to an approval or an enrolment, of what was to be signed and a signature over it. Of ECDSA it may be in DER, as hardware
/// gives it, or r and s one after the other.
///
/// # Errors
///
/// [`Error::ArgumentValueInvalid`] for bytes that neither [`approval_to_sign`] nor [`enrollment_to_sign`] gave;
/// [`Error::SignatureMalformed`]. Whether the signature is right is the host's to tell.
pub fn approval_answer(to_sign: &[u8], signature: &[u8]) -> Result<String, Error> {
    Ok(device::ToSign::from_bytes(to_sign)?.answer(signature)?.to_string())
}
