"""Verifies second factors: one-time passwords (HOTP, TOTP) and WebAuthn.

Success is a value, failure is an exception. Catch VerificationError, never MfaError. A proof counts once it is stored: run the
compare-and-set of its transition, then pass the row count to commit(). A ceremony is consumed before it is finished.
"""

from ._errors import (
    ConfigError,
    MalformedError,
    MfaError,
    RejectedError,
    UnsupportedError,
    VerificationError,
)
from ._native import (
    Attestation,
    AuthenticationVerified,
    Ceremony,
    CredentialRecord,
    Evidence,
    Hotp,
    HotpVerified,
    RegistrationVerified,
    RelyingParty,
    Totp,
    TotpVerified,
    Transition,
    UnverifiedResponse,
    generate_secret,
    generate_user_handle,
    qr_svg,
    read_response,
)

__all__ = [
    "Attestation",
    "AuthenticationVerified",
    "Ceremony",
    "ConfigError",
    "CredentialRecord",
    "Evidence",
    "Hotp",
    "HotpVerified",
    "MalformedError",
    "MfaError",
    "RegistrationVerified",
    "RejectedError",
    "RelyingParty",
    "Totp",
    "TotpVerified",
    "Transition",
    "UnsupportedError",
    "UnverifiedResponse",
    "VerificationError",
    "generate_secret",
    "generate_user_handle",
    "qr_svg",
    "read_response",
]
