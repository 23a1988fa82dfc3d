//! Signed push approvals: the login screen shows a number, the person types it on a device, the device signs what was asked.
//!
//! ```text
//! host                                   login screen      device
//! begin ─▶ state, request, number ─────▶ "type 42"
//!          request (never the number) ───────────────────▶ read, show action and context, ask for the number
//! finish ◀─────────────────────── signed answer ◀───────── approve with 42, or deny
//!        ─▶ ApprovalVerified: compare-and-set of the state, then commit ─▶ Evidence, or denied, or wrong number
//! ```
//!
//! Answers are COSE_Sign1 (RFC 9052 §4.2) over canonical CBOR that starts with a label of its own. What WebAuthn signs starts with
//! the hash of a domain, what is signed here with the text `Signature1`: a signature over one is none over the other, and yet a key
//! serves only one of them. NIST SP 800-63B-4 §3.1.3.3 asks for a number that is compared (it calls it a transferred secret), because
//! a person who is asked often enough taps "yes".
//!
//! Invariant: the first authentic answer of any kind, a denial or a wrong number included, ends the approval; the number is in the
//! host's state and on the login screen, never in the request. An answer counts for one audience, one request, one user and one text
//! of what was asked. Leaks: of the number, whether it was right.
//!
//! What it cannot do: a person who types the number of a page that an attacker relays approves the attacker's login. So it is
//! worth [`Method::PushApproval`](crate::Method::PushApproval), the middle tier.
//!
//! # Examples
//!
//! ```
//! # #[cfg(feature = "approval-device")]
//! # fn main() -> Result<(), mfakit_core::Error> {
//! use mfakit_core::approval::device::{ApprovalRequest, Decision, DeviceKey, EnrollmentRequest};
//! use mfakit_core::approval::{self, ApprovalState, Begin, Number, enrollment};
//! use mfakit_core::UnixTime;
//!
//! let now = UnixTime::from_seconds(1_800_000_000);
//!
//! // Once: the device makes a key, and proves that it has it.
//! let enrolling = enrollment::begin(enrollment::Begin {
//!     user_id: "alice",
//!     audience: "example.com",
//!     lifetime: None,
//!     id: [7; 16], // random bytes, really
//!     now,
//! })?;
//! let mut buffer = [0; approval::MAX_REQUEST];
//! let shown = enrolling.request()?.to_string(); // a QR code, say
//! let request = EnrollmentRequest::read(shown.as_bytes(), &mut buffer)?;
//! let device = DeviceKey::new(&request, &[9; 32])?; // random bytes, really
//! let answer = request.sign(&device, Some("Alice's phone"), Some(now))?.to_string();
//! let devices = [enrollment::finish(answer.as_bytes(), &enrolling, now)?.commit(1)?];
//!
//! // At each sign-in:
//! let begun = approval::begin(Begin {
//!     user_id: "alice",
//!     audience: "example.com",
//!     action: "Sign in",
//!     context: "Firefox on Linux, Berlin",
//!     devices: &devices,
//!     previous: None,
//!     lifetime: None,
//!     id: [3; 16],                      // random bytes, really
//!     number: Number::new(&[0x6f; 8]), // random bytes, really
//!     now,
//! })?;
//! let number = begun.number().expose(); // for the login screen
//! let pushed = begun.request()?.to_string();
//!
//! let mut buffer = [0; approval::MAX_REQUEST];
//! let request = ApprovalRequest::read(pushed.as_bytes(), &mut buffer)?;
//! assert_eq!((request.audience(), request.action()), ("example.com", "Sign in"));
//! let typed = core::str::from_utf8(&number).unwrap_or_default();
//! let answer = request.sign(&device, Decision::Approve { number: typed }, Some(now))?.to_string();
//!
//! let verified = approval::finish(answer.as_bytes(), begun.state(), now)?;
//! let next = verified.next().to_string(); // UPDATE … SET approval = next WHERE user = … AND approval = prev
//! let evidence = verified.commit(1)?;
//! assert_eq!(evidence.method().as_str(), "push_approval");
//! let state = ApprovalState::parse(&next)?;
//! assert_eq!(state.status(state.id(), now).as_str(), "approved"); // for the login screen that waits
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "approval-device"))]
//! # fn main() {}
//! ```

mod answer;
#[cfg(feature = "approval-device")]
pub mod device;
pub mod enrollment;
mod message;
mod record;
mod request;
#[cfg(all(test, feature = "es256"))]
mod tests;
mod text;

pub use answer::{ApprovalVerified, Outcome, UnverifiedAnswer, finish};
pub use message::{MAX_ANSWER, MAX_REQUEST, MAX_TO_SIGN};
pub use record::DeviceRecord;
pub use request::{
    Approval, ApprovalState, Begin, DEFAULT_LIFETIME, MAX_DEVICES, MAX_LIFETIME, MIN_LIFETIME,
    Number, Status, begin,
};
pub use text::{MAX_CONTEXT, MAX_NAME};

use crate::encoding::stored;
use crate::error::Error;
use crate::time::{CLOCK_SKEW, UnixTime};
use core::fmt;

/// The latest time in a stored text: what hosts may pass as a time, and the longest lifetime.
const LATEST: u64 = 100_000_000_000 + enrollment::MAX_LIFETIME;

/// A request for a device. `Display` writes it as base64url text: at most 2.7 KB, which a push message of 4 KB holds.
#[derive(Clone, Copy)]
pub struct RequestText {
    bytes: [u8; MAX_REQUEST],
    len: usize,
}

impl RequestText {
    /// The same in bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl fmt::Display for RequestText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        stored::write_base64url(f, self.as_bytes())
    }
}

impl fmt::Debug for RequestText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestText({self})")
    }
}

/// When a lifetime that begins now ends.
fn expiry(now: UnixTime, lifetime: u64) -> Result<u64, Error> {
    stored_time(now.seconds().saturating_add(lifetime)).ok_or(Error::TimeInvalid)
}

fn stored_time(seconds: u64) -> Option<u64> {
    (seconds <= LATEST).then_some(seconds)
}

/// Whether the end is not over, nor farther off than any lifetime reaches: then the clock was set back.
fn is_live(now: u64, expires_at: u64, longest: u64) -> bool {
    now <= expires_at && expires_at <= now.saturating_add(longest).saturating_add(CLOCK_SKEW)
}
