//! A device's answer to an approval: held against the state, then verified, then told once it is stored.

use super::enrollment;
use super::message::{self, MAX_ANSWER, Members, Sign1, key, label};
use super::request::{ApprovalState, Status, is_number};
use super::text::Name;
use crate::crypto::sha256;
use crate::ct;
use crate::error::Error;
use crate::evidence::{Evidence, Method, MethodKind};
use crate::state::require_one_row;
use crate::time::UnixTime;
use subtle::ConstantTimeEq;

/// What a device answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Approved, with the right number.
    Approved,
    /// Denied.
    Denied,
    /// Approved, with another number: nobody who sees the login screen typed it.
    NumberMismatch,
}

impl Outcome {
    /// The outcome's stable name: `approved`, `denied` or `number_mismatch`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.status().as_str()
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        [Self::Approved, Self::Denied, Self::NumberMismatch]
            .into_iter()
            .find(|o| o.as_str() == name)
    }

    pub(super) const fn status(self) -> Status {
        match self {
            Self::Approved => Status::Approved,
            Self::Denied => Status::Denied,
            Self::NumberMismatch => Status::NumberMismatch,
        }
    }
}

/// An authentic answer, which need not be a yes. It counts once its transition is stored.
#[derive(Debug)]
#[must_use]
pub struct ApprovalVerified {
    next: ApprovalState,
    outcome: Outcome,
    device: [u8; 16],
    user: Name,
}

impl ApprovalVerified {
    /// What the device answered.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }
    /// The device that answered.
    #[must_use]
    pub const fn device_id(&self) -> &[u8; 16] {
        &self.device
    }
    /// The user who answered: the one that the approval was begun for. See that it is the one who signs in.
    #[must_use]
    pub fn user_id(&self) -> &str {
        self.user.as_str()
    }
    /// Names the approval. The evidence is for the login that began it, and for no other.
    #[must_use]
    pub const fn approval_id(&self) -> &[u8; 16] {
        self.next.id()
    }
    /// The state to store in place of the one that was passed in: whatever the answer was, it is the last.
    #[must_use]
    pub const fn next(&self) -> &ApprovalState {
        &self.next
    }
    /// Turns the answer into evidence, given how many rows the compare-and-set changed.
    ///
    /// # Errors
    ///
    /// [`Error::StateConflict`] unless exactly one; then [`Error::ApprovalDenied`], [`Error::ApprovalNumberMismatch`].
    pub fn commit(self, rows: u64) -> Result<Evidence, Error> {
        require_one_row(rows)?;
        match self.outcome {
            Outcome::Approved => {
                Evidence::commit(rows, Method::PushApproval, MethodKind::PushApproval)
            }
            Outcome::Denied => Err(Error::ApprovalDenied),
            Outcome::NumberMismatch => Err(Error::ApprovalNumberMismatch),
        }
    }
}

/// Verifies a device's answer to the approval that is stored for a user. A denial and a wrong number are answers too: store the
/// transition of either before it is told, by [`ApprovalVerified::commit`].
///
/// # Errors
///
/// [`Error::ApprovalMalformed`]; [`Error::ApprovalAnswered`], if an answer was stored before, or the approval was cancelled;
/// [`Error::ApprovalExpired`]; [`Error::ApprovalDeviceUnknown`]; [`Error::ApprovalAudienceMismatch`];
/// [`Error::ApprovalRequestMismatch`] for another request, user, action or context; [`Error::ApprovalAlgorithmMismatch`] for another
/// algorithm than the device's record has; [`Error::SignatureMalformed`], [`Error::SignatureInvalid`].
///
/// # Leakage
///
/// Of the number, whether it was right.
pub fn finish(
    answer: &[u8],
    state: &ApprovalState,
    now: UnixTime,
) -> Result<ApprovalVerified, Error> {
    let mut buffer = [0; MAX_ANSWER];
    let message = message::decode(answer, &mut buffer)?;
    let signed = Sign1::parse(message).ok_or(Error::ApprovalMalformed)?;
    let answer = Answer::read(signed.payload()).ok_or(Error::ApprovalMalformed)?;
    let pending = state.pending()?;
    if !state.is_live(now) {
        return Err(Error::ApprovalExpired);
    }
    let key = pending.key(answer.device).ok_or(Error::ApprovalDeviceUnknown)?;
    if sha256(&[answer.audience.as_bytes()]) != pending.audience {
        return Err(Error::ApprovalAudienceMismatch);
    }
    let same = answer.id == state.id()
        && sha256(&[answer.user.as_bytes()]) == pending.user
        && *answer.content == pending.content
        && answer.expires_at == state.expires_at().seconds();
    if !same {
        return Err(Error::ApprovalRequestMismatch);
    }
    signed.verify(&key.public()?)?;
    let outcome = match answer.number {
        None => Outcome::Denied,
        Some(typed) if ct::declassify(pending.number.digits().ct_eq(typed)) => Outcome::Approved,
        Some(_) => Outcome::NumberMismatch,
    };
    Ok(ApprovalVerified {
        next: state.answered(outcome, *answer.device),
        outcome,
        device: *answer.device,
        user: Name::new(answer.user).ok_or(Error::ApprovalRequestMismatch)?,
    })
}

/// What an answer says of itself, to look the state up by; nothing of it is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnverifiedAnswer<'a> {
    user: &'a str,
    device: &'a [u8; 16],
    request: Option<&'a [u8; 16]>,
}

impl<'a> UnverifiedAnswer<'a> {
    /// Reads the answer to an approval or to an enrolment into `buffer`.
    ///
    /// # Errors
    ///
    /// [`Error::ApprovalMalformed`], also if `buffer` is too small: [`MAX_ANSWER`] never is.
    pub fn read(answer: &[u8], buffer: &'a mut [u8]) -> Result<Self, Error> {
        Self::parse(message::decode(answer, buffer)?).ok_or(Error::ApprovalMalformed)
    }

    fn parse(message: &'a [u8]) -> Option<Self> {
        let payload = Sign1::parse(message)?.payload();
        match Answer::read(payload) {
            Some(Answer { user, device, id, .. }) => Some(Self { user, device, request: Some(id) }),
            None => {
                let (user, device) = enrollment::claims(payload)?;
                Some(Self { user, device, request: None })
            }
        }
    }

    /// The user that it names.
    #[must_use]
    pub const fn user_id(&self) -> &'a str {
        self.user
    }
    /// The device that it names.
    #[must_use]
    pub const fn device_id(&self) -> &'a [u8; 16] {
        self.device
    }
    /// The approval that it names; `None` for the answer to an enrolment.
    #[must_use]
    pub const fn request_id(&self) -> Option<&'a [u8; 16]> {
        self.request
    }
}

struct Answer<'a> {
    audience: &'a str,
    id: &'a [u8; 16],
    user: &'a str,
    expires_at: u64,
    device: &'a [u8; 16],
    content: &'a [u8; 32],
    /// The two digits that were typed; `None` for a denial.
    number: Option<&'a [u8; 2]>,
}

impl<'a> Answer<'a> {
    fn read(payload: &'a [u8]) -> Option<Self> {
        let mut members = Members::read(payload, label::ANSWER)?;
        let answer = Self {
            audience: members.text(key::AUDIENCE)?,
            id: members.array(key::REQUEST_ID)?,
            user: members.text(key::USER)?,
            expires_at: members.uint(key::EXPIRY)?,
            device: members.array(key::DEVICE_ID)?,
            content: members.array(key::CONTENT_HASH)?,
            number: match (members.text(key::DECISION)?, members.text(key::NUMBER)?) {
                (message::DENY, "") => None,
                (message::APPROVE, typed) if is_number(typed) => {
                    Some(typed.as_bytes().try_into().ok()?)
                }
                _ => return None,
            },
        };
        members.end()?;
        Some(answer)
    }
}
