//! The public names of each language. A test in each language holds its exports to this list.

use std::fmt::Write as _;

/// Classes and exceptions that Python and TypeScript share.
const SHARED: [&str; 15] = [
    "AttestationTrust",
    "ConfigError",
    "CredentialRecord",
    "Hotp",
    "MalformedError",
    "Metadata",
    "MfaError",
    "PendingTotp",
    "Peppers",
    "RejectedError",
    "RelyingParty",
    "Throttle",
    "Totp",
    "UnsupportedError",
    "VerificationError",
];

/// Classes of results: run-time names in Python, types in TypeScript.
const PYTHON: [&str; 19] = [
    "Attestation",
    "AuthenticationVerified",
    "Ceremony",
    "Evidence",
    "HotpVerified",
    "MigrationEntry",
    "Otpauth",
    "RecoverySet",
    "RecoveryVerified",
    "RegistrationVerified",
    "Step",
    "TemporaryAudit",
    "TemporaryCode",
    "TemporaryRevoked",
    "TemporaryVerified",
    "TotpConfirmed",
    "TotpVerified",
    "Transition",
    "UnverifiedResponse",
];

/// Functions, in Python's spelling; TypeScript's is camelCase of the same words.
const FUNCTIONS: [&str; 17] = [
    "check_recovery_code",
    "check_temporary_code",
    "generate_recovery_codes",
    "generate_secret",
    "generate_user_handle",
    "guess_odds",
    "issue_temporary_code",
    "parse_otpauth",
    "parse_otpauth_migration",
    "qr_png",
    "qr_svg",
    "qr_terminal",
    "read_response",
    "related_origins_json",
    "revoke_temporary_code",
    "verify_recovery_code",
    "verify_temporary_code",
];

/// Rust's names: its results are types, its options are structs, its policies enumerations.
const RUST: [&str; 89] = [
    "AndroidKeyPolicy",
    "Attachment",
    "AttestationConveyance",
    "AttestationReport",
    "AttestationTrust",
    "AuthenticationState",
    "AuthenticationVerified",
    "BackupPolicy",
    "BeginAuthentication",
    "BeginRegistration",
    "Ceremony",
    "CounterPolicy",
    "CredentialRecord",
    "CrossOriginPolicy",
    "Error",
    "Evidence",
    "ExtensionInputs",
    "ExtensionOutputs",
    "FidoSwitches",
    "Formats",
    "GenerateRecoveryCodes",
    "GuessBudget",
    "HashAlgorithm",
    "Hint",
    "Hotp",
    "HotpOptions",
    "HotpVerified",
    "IssueTemporaryCode",
    "Kind",
    "LargeBlob",
    "MAX_BLOB",
    "MAX_RESPONSE",
    "Mediation",
    "Metadata",
    "MetadataEntry",
    "MetadataOptions",
    "Method",
    "MigrationEntry",
    "NewRecord",
    "Otp",
    "Otpauth",
    "PendingTotp",
    "Peppers",
    "Preset",
    "Prf",
    "REJECTED_STATUSES",
    "RecoveryFormat",
    "RecoverySet",
    "RecoveryVerified",
    "RegistrationState",
    "RegistrationVerified",
    "RelyingParty",
    "RelyingPartyOptions",
    "ResidentKey",
    "Stateless",
    "StatusReport",
    "Step",
    "TemporaryAudit",
    "TemporaryCode",
    "TemporaryKind",
    "TemporaryRevoked",
    "TemporaryVerified",
    "TerminalStyle",
    "Throttle",
    "ThrottleOptions",
    "Tolerances",
    "Totp",
    "TotpConfirmed",
    "TotpOptions",
    "TotpVerified",
    "Transition",
    "Trust",
    "UnixTime",
    "UnknownAttestation",
    "UnsolicitedExtensions",
    "UnverifiedResponse",
    "UserVerification",
    "VERSION",
    "Verdict",
    "VerifyRecoveryCode",
    "VerifyTemporaryCode",
    "VerifyTotp",
    "Warning",
    "allowed_id",
    "from_base64url",
    "host_time",
    "read_aaguid",
    "require_one_row",
    "to_base64url",
];

/// TypeScript's own: slow hashes that give a promise, and what its type system cannot tell at run time.
const TYPESCRIPT: [&str; 6] = [
    "generateRecoveryCodesAsync",
    "isEvidence",
    "isMfaError",
    "issueTemporaryCodeAsync",
    "verifyRecoveryCodeAsync",
    "verifyTemporaryCodeAsync",
];

/// `mfakit/client`, the browser's half.
const TYPESCRIPT_CLIENT: [&str; 5] = [
    "ClientError",
    "authenticate",
    "isConditionalAvailable",
    "isPlatformAuthenticatorAvailable",
    "register",
];

/// The manifest as JSON.
pub(crate) fn json() -> String {
    let camel = |name: &&str| {
        let mut words = name.split('_');
        let first = words.next().unwrap_or_default().to_owned();
        words.fold(first, |out, word| {
            let (head, tail) = word.split_at(1);
            out + &head.to_uppercase() + tail
        })
    };
    let own = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    let functions: Vec<String> = FUNCTIONS.iter().map(camel).collect();
    let mut out = String::from("{\n");
    let lists = [
        ("python", [own(&SHARED), own(&PYTHON), own(&FUNCTIONS)].concat()),
        ("rust", [own(&RUST), own(&FUNCTIONS)].concat()),
        ("typescript", [own(&SHARED), own(&TYPESCRIPT), functions].concat()),
        ("typescript_client", own(&TYPESCRIPT_CLIENT)),
    ];
    for (index, (language, mut names)) in lists.into_iter().enumerate() {
        names.sort();
        let names: Vec<String> = names.iter().map(|name| format!("    {name:?}")).collect();
        let comma = if index == 3 { "" } else { "," };
        let _ = writeln!(out, "  {language:?}: [\n{}\n  ]{comma}", names.join(",\n"));
    }
    out + "}\n"
}
