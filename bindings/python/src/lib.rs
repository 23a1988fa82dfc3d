//! The Python module `mfakit._native`: convert, call, convert. Every verdict is made by `mfakit`.
//!
//! The first positional argument of a verification is the client's: whatever is in it, failure is a `VerificationError`. So are an
//! identity provider's claims. Everything else is the host's: failure is a `ConfigError`.
#![allow(missing_docs, reason = "Python's documentation is in the stubs")]

mod approval;
mod assurance;
mod batch;
mod codes;
mod convert;
mod device;
mod hotp;
mod otpauth;
mod policy;
mod qr;
mod record;
mod results;
mod temporary;
mod throttle;
mod totp;
mod trust;
mod verified;
mod webauthn;

use pyo3::prelude::*;

#[pymodule(gil_used = false)]
mod _native {
    #[pymodule_export]
    use crate::approval::{
        Approval, ApprovalVerified, DeviceEnrollment, DeviceRecord, DeviceVerified,
        UnverifiedAnswer, begin_approval, begin_device_enrollment, cancel_approval,
        finish_approval, finish_device_enrollment, read_approval, read_approval_answer,
    };
    #[pymodule_export]
    use crate::assurance::{
        Assessment, AssuranceProfile, Classification, Reason, amr_description, assess, classify,
        lint,
    };
    #[pymodule_export]
    use crate::batch::{Outcome, verify_authentications};
    #[pymodule_export]
    use crate::codes::{
        Peppers, RecoverySet, RecoveryVerified, check_recovery_code, generate_recovery_codes,
        verify_recovery_code,
    };
    #[pymodule_export]
    use crate::device::{
        ApprovalRequest, DeviceEnrollmentRequest, DeviceKey, approval_answer, approval_to_sign,
        enrollment_to_sign, generate_device_key, read_approval_request, read_device_enrollment,
        sign_approval, sign_enrollment,
    };
    #[pymodule_export]
    use crate::hotp::{Hotp, HotpVerified};
    #[pymodule_export]
    use crate::otpauth::{MigrationEntry, Otpauth, parse_otpauth, parse_otpauth_migration};
    #[pymodule_export]
    use crate::policy::{
        Decision, Effect, PolicyProfile, Removal, Requirement, audit_record, can_disable,
        can_remove, decide, effects, eligible_methods, enrollable_methods, grandfathered,
        method_advice, session_expires_at, touch_session,
    };
    #[pymodule_export]
    use crate::qr::{qr_png, qr_svg, qr_terminal};
    #[pymodule_export]
    use crate::record::{CredentialRecord, PreparedKey};
    #[pymodule_export]
    use crate::results::{Evidence, Transition};
    #[pymodule_export]
    use crate::temporary::{
        TemporaryAudit, TemporaryCode, TemporaryRevoked, TemporaryVerified, check_temporary_code,
        issue_temporary_code, revoke_temporary_code, verify_temporary_code,
    };
    #[pymodule_export]
    use crate::throttle::{Throttle, guess_odds};
    #[pymodule_export]
    use crate::totp::{PendingTotp, Totp, TotpConfirmed, TotpVerified, generate_secret};
    #[pymodule_export]
    use crate::trust::{AttestationTrust, Metadata};
    #[pymodule_export]
    use crate::verified::{Attestation, AuthenticationVerified, RegistrationVerified, Step};
    #[pymodule_export]
    use crate::webauthn::{
        Ceremony, RelyingParty, UnverifiedResponse, generate_user_handle, read_response,
        related_origins_json,
    };

    #[cfg(feature = "conformance")]
    #[pymodule_export]
    use crate::conformance::_conformance;
}

#[cfg(feature = "conformance")]
mod conformance {
    use pyo3::prelude::*;

    #[pyfunction]
    pub(crate) fn _conformance(request: &str) -> String {
        mfakit::conformance::run(request)
    }
}
