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

mod approval;
mod assurance;
mod audit;
#[cfg(feature = "border")]
pub mod border;
mod ceremony;
mod claims;
mod codes;
#[cfg(feature = "conformance")]
#[doc(hidden)]
pub mod conformance;
mod entropy;
mod extensions;
mod json;
mod metadata;
mod migration;
mod otp;
mod otpauth;
mod policy;
#[cfg(feature = "qr")]
mod qr;
mod record;
mod relying_party;
mod response;
mod session;
mod temporary;
mod text;
mod throttle;
mod time;
mod verified;

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
pub use assurance::{Assessment, Reason, assess};
pub use audit::{AuditRecord, audit_record};
pub use ceremony::{AuthenticationState, Ceremony, RegistrationState};
pub use claims::{AssuranceProfile, Claims, Classification, amr_description, classify, lint};
pub use codes::{
    GenerateRecoveryCodes, Peppers, RecoveryFormat, RecoverySet, RecoveryVerified,
    VerifyRecoveryCode, check_recovery_code, generate_recovery_codes, verify_recovery_code,
};
pub use entropy::{generate_secret, generate_user_handle};
pub use extensions::{ExtensionInputs, ExtensionOutputs, LargeBlob, Prf};
pub use metadata::{
    AttestationTrust, MAX_BLOB, Metadata, MetadataEntry, MetadataOptions, REJECTED_STATUSES,
    StatusReport,
};
pub use mfakit_core::assurance::{Factors, Tier};
pub use mfakit_core::otp::HashAlgorithm;
pub use mfakit_core::otp::hotp::HotpVerified;
pub use mfakit_core::otp::totp::{TotpConfirmed, TotpVerified};
pub use mfakit_core::webauthn::attestation::{
    AndroidKeyPolicy, FidoSwitches, Formats, Tolerances, Trust, UnknownAttestation,
};
pub use mfakit_core::webauthn::explain::{Step, Verdict};
pub use mfakit_core::webauthn::extensions::UnsolicitedExtensions;
pub use mfakit_core::webauthn::{BackupPolicy, CounterPolicy, UserVerification};
pub use mfakit_core::{
    Error, Evidence, Kind, Method, MethodKind, Transition, UnixTime, require_one_row,
};
pub use migration::parse_otpauth_migration;
pub use otp::{Hotp, HotpOptions, PendingTotp, Preset, Totp, TotpOptions, VerifyTotp};
pub use otpauth::{MigrationEntry, Otp, Otpauth, Warning, parse_otpauth};
pub use policy::{
    Decision, Effect, Person, PolicyProfile, Removal, Requirement, Standing, can_disable,
    can_remove, decide, effects, eligible_methods, enrollable_methods, grandfathered,
    method_advice,
};
#[cfg(feature = "qr")]
pub use qr::{TerminalStyle, qr_png, qr_svg, qr_terminal};
pub use record::{CredentialRecord, NewRecord, allowed_id, read_aaguid};
pub use relying_party::{
    Attachment, AttestationConveyance, BeginAuthentication, BeginRegistration, CrossOriginPolicy,
    Hint, Mediation, RelyingParty, RelyingPartyOptions, ResidentKey, Stateless,
    related_origins_json,
};
#[doc(hidden)]
pub use response::registration_keys;
pub use response::{MAX_RESPONSE, UnverifiedResponse, read_response};
pub use session::{session_expires_at, touch_session};
pub use temporary::{
    IssueTemporaryCode, TemporaryAudit, TemporaryCode, TemporaryKind, TemporaryRevoked,
    TemporaryVerified, VerifyTemporaryCode, check_temporary_code, issue_temporary_code,
    revoke_temporary_code, verify_temporary_code,
};
pub use text::{from_base64url, to_base64url};
pub use throttle::{GuessBudget, Throttle, ThrottleOptions, guess_odds};
pub use time::host_time;
pub use verified::{AttestationReport, AuthenticationVerified, RegistrationVerified};
#[doc(hidden)]
pub use zeroize::Zeroizing;

/// The version of this library.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
