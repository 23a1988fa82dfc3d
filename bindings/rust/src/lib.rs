//! mfakit verifies second factors: one-time passwords (HOTP, TOTP), recovery and temporary codes, and WebAuthn, with owned types, JSON, a clock and the
//! system's random generator around [`mfakit_core`], which decides every verdict.
//!
//! Three rules:
//!
//! 1. Success is a value, failure is an [`Error`] with a stable code. What the client sent fails as `malformed`,
//!    `rejected` or `unsupported`; what the host passed fails as `config`.
//! 2. A proof counts once it is stored: run the compare-and-set of its transition, then `commit` the row count.
//! 3. A ceremony is consumed before it is finished: delete it from your store, and finish with what the delete returned.
//!
//! # Examples
//!
//! An authenticator app, from enrolment to the first sign-in:
//!
//! ```
//! use mfakit::{Totp, TotpOptions, VerifyTotp, UnixTime};
//!
//! let secret = mfakit::generate_secret(20)?;
//! let totp = Totp::new(&secret, TotpOptions::default())?;
//! let uri = totp.uri("Example", "alice@example.com")?; // show it as a QR code: mfakit::qr_svg(&uri)
//! # let _ = uri;
//!
//! let noon = UnixTime::from_seconds(1_800_000_000);
//! # let typed = totp.code_at(Some(noon))?;
//! let confirmed = totp.confirm(&typed, Some(noon))?; // burns the step
//! let last_step = confirmed.transition().next; //       UPDATE … SET last_step = ? WHERE … AND last_step IS NULL
//! let evidence = confirmed.commit(1)?; //               one row changed
//!
//! let again = totp.verify(&typed, VerifyTotp { last_step: Some(last_step), now: Some(noon), ..VerifyTotp::default() });
//! assert_eq!(again.err().map(|e| e.code()), Some("otp_replayed"));
//! # let _ = evidence;
//! # Ok::<(), mfakit::Error>(())
//! ```

#![cfg_attr(
    not(feature = "all-factors"),
    allow(dead_code, unused_imports, reason = "the parts that share these may be absent")
)]

#[cfg(feature = "approval")]
mod approval;
#[cfg(feature = "assurance")]
mod assurance;
#[cfg(feature = "assurance")]
mod audit;
#[cfg(feature = "webauthn")]
mod batch;
#[cfg(feature = "border")]
pub mod border;
#[cfg(feature = "webauthn")]
mod ceremony;
#[cfg(feature = "assurance")]
mod claims;
#[cfg(feature = "codes")]
mod codes;
#[cfg(feature = "conformance")]
#[doc(hidden)]
pub mod conformance;
mod entropy;
#[cfg(feature = "webauthn")]
mod extensions;
mod facts;
mod json;
#[cfg(feature = "attestation")]
mod metadata;
#[cfg(feature = "otp")]
mod migration;
#[cfg(feature = "otp")]
mod otp;
#[cfg(feature = "otp")]
mod otpauth;
#[cfg(feature = "assurance")]
mod policy;
#[cfg(feature = "webauthn")]
mod prepared;
#[cfg(feature = "qr")]
mod qr;
#[cfg(feature = "webauthn")]
mod record;
#[cfg(feature = "webauthn")]
mod relying_party;
#[cfg(feature = "webauthn")]
mod response;
#[cfg(feature = "assurance")]
mod session;
#[cfg(feature = "codes")]
mod temporary;
mod text;
mod throttle;
mod time;
#[cfg(feature = "webauthn")]
mod verified;

#[cfg(feature = "approval")]
pub use approval::{
    Approval, ApprovalOutcome, ApprovalStatus, ApprovalVerified, BeginApproval,
    BeginDeviceEnrollment, DeviceEnrollment, DeviceRecord, DeviceVerified, UnverifiedAnswer,
    begin_approval, begin_device_enrollment, cancel_approval, finish_approval,
    finish_device_enrollment, read_approval, read_approval_answer,
};
#[cfg(feature = "approval-device")]
pub use approval::{
    ApprovalRequest, DeviceEnrollmentRequest, DeviceKey, SignApproval, approval_answer,
    approval_to_sign, enrollment_to_sign, generate_device_key, read_approval_request,
    read_device_enrollment, sign_approval, sign_enrollment,
};
#[cfg(feature = "assurance")]
pub use assurance::{Assessment, Reason, assess};
#[cfg(feature = "assurance")]
pub use audit::{AuditRecord, audit_record};
#[cfg(feature = "webauthn")]
#[doc(hidden)]
pub use batch::in_parallel;
#[cfg(feature = "webauthn")]
pub use batch::{AuthenticationItem, Expected, Outcome, verify_authentications};
#[cfg(feature = "webauthn")]
pub use ceremony::{AuthenticationState, Ceremony, RegistrationState};
#[cfg(feature = "assurance")]
pub use claims::{AssuranceProfile, Claims, Classification, amr_description, classify, lint};
#[cfg(feature = "codes")]
pub use codes::{
    GenerateRecoveryCodes, Peppers, RecoveryFormat, RecoverySet, RecoveryVerified,
    VerifyRecoveryCode, check_recovery_code, generate_recovery_codes, verify_recovery_code,
};
#[cfg(feature = "otp")]
pub use entropy::generate_secret;
pub use entropy::generate_user_handle;
#[cfg(feature = "webauthn")]
pub use extensions::{ExtensionInputs, ExtensionOutputs, LargeBlob, Prf};
#[doc(hidden)]
pub use json::push_string as push_json_string;
#[cfg(feature = "attestation")]
pub use metadata::{
    AttestationTrust, MAX_BLOB, Metadata, MetadataEntry, MetadataOptions, REJECTED_STATUSES,
    StatusReport,
};
#[cfg(feature = "assurance")]
pub use mfakit_core::assurance::{Factors, Tier};
#[cfg(feature = "webauthn")]
pub use mfakit_core::crypto::Es256Backend;
#[cfg(feature = "otp")]
pub use mfakit_core::otp::HashAlgorithm;
#[cfg(feature = "otp")]
pub use mfakit_core::otp::hotp::HotpVerified;
#[cfg(feature = "otp")]
pub use mfakit_core::otp::totp::{TotpConfirmed, TotpVerified};
#[cfg(feature = "attestation")]
pub use mfakit_core::webauthn::attestation::{AndroidKeyPolicy, FidoSwitches, Tolerances};
#[cfg(feature = "webauthn")]
pub use mfakit_core::webauthn::attestation::{Formats, Trust, UnknownAttestation};
#[cfg(feature = "webauthn")]
pub use mfakit_core::webauthn::explain::{Step, Verdict};
#[cfg(feature = "webauthn")]
pub use mfakit_core::webauthn::extensions::UnsolicitedExtensions;
#[cfg(feature = "webauthn")]
pub use mfakit_core::webauthn::{BackupPolicy, CounterPolicy, UserVerification};
pub use mfakit_core::{
    Error, Evidence, Kind, Method, MethodKind, Transition, UnixTime, require_one_row,
};
#[cfg(feature = "otp")]
pub use migration::parse_otpauth_migration;
#[cfg(feature = "otp")]
pub use otp::{Hotp, HotpOptions, PendingTotp, Preset, Totp, TotpOptions, VerifyTotp};
#[cfg(feature = "otp")]
pub use otpauth::{MigrationEntry, Otp, Otpauth, Warning, parse_otpauth};
#[cfg(feature = "assurance")]
pub use policy::{
    Decision, Effect, Person, PolicyProfile, Removal, Requirement, Standing, can_disable,
    can_remove, decide, effects, eligible_methods, enrollable_methods, grandfathered,
    method_advice,
};
#[cfg(feature = "webauthn")]
pub use prepared::PreparedKey;
#[cfg(feature = "qr")]
pub use qr::{TerminalStyle, qr_png, qr_svg, qr_terminal};
#[cfg(feature = "webauthn")]
pub use record::{CredentialRecord, NewRecord, allowed_id, read_aaguid};
#[cfg(feature = "webauthn")]
pub use relying_party::{
    Attachment, AttestationConveyance, BeginAuthentication, BeginRegistration, CrossOriginPolicy,
    Hint, Mediation, RelyingParty, RelyingPartyOptions, ResidentKey, Stateless,
    related_origins_json,
};
#[cfg(feature = "attestation")]
#[doc(hidden)]
pub use response::registration_keys;
#[cfg(feature = "webauthn")]
pub use response::{MAX_RESPONSE, UnverifiedResponse, read_response};
#[cfg(feature = "assurance")]
pub use session::{session_expires_at, touch_session};
#[cfg(feature = "codes")]
pub use temporary::{
    IssueTemporaryCode, TemporaryAudit, TemporaryCode, TemporaryKind, TemporaryRevoked,
    TemporaryVerified, VerifyTemporaryCode, check_temporary_code, issue_temporary_code,
    revoke_temporary_code, verify_temporary_code,
};
pub use text::{from_base64url, to_base64url};
pub use throttle::{GuessBudget, Throttle, ThrottleOptions, guess_odds};
pub use time::host_time;
#[cfg(feature = "webauthn")]
pub use verified::{AttestationReport, AuthenticationVerified, RegistrationVerified};
#[doc(hidden)]
pub use zeroize::Zeroizing;

/// The version of this library.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
