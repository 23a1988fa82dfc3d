//! The one table of errors.
//!
//! A row has a number (in decades: one decade a floor or a factor), a stable code, a kind, a message, the specification
//! that asks for the check, the steps of WebAuthn Level 3 §7.1 and §7.2 where it applies, whether it counts toward a
//! throttle, and a public code, which is all that the person at the keyboard may be shown.
//!
//! Invariant: numbers and codes never change meaning; only the number crosses a language border. No error carries input.
//! Leaks: nothing beyond which check failed.

use core::fmt;

/// What a failure means for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The bytes are not what they claim to be.
    Malformed,
    /// Well formed, but the proof or the policy failed.
    Rejected,
    /// Valid as far as can be told, but this build or configuration does not support it.
    Unsupported,
    /// The caller's mistake, never the user's.
    Config,
}

impl Kind {
    /// The kind's stable name: `malformed`, `rejected`, `unsupported` or `config`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Rejected => "rejected",
            Self::Unsupported => "unsupported",
            Self::Config => "config",
        }
    }
}

macro_rules! error_codes {
    ($( $number:literal $name:ident $code:literal $kind:ident $throttle:ident $public:literal $step:literal $spec:literal $message:literal; )*) => {
        /// Why a call failed: one row of the error table.
        ///
        /// Fieldless and `Copy`: an error carries no input and no secret.
        ///
        /// # Examples
        ///
        /// ```
        /// use mfakit_core::{Error, Kind};
        /// assert_eq!(Error::OtpReplayed.code(), "otp_replayed");
        /// assert_eq!(Error::OtpReplayed.kind(), Kind::Rejected);
        /// assert_eq!(Error::from_number(92), Some(Error::OtpReplayed));
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Error {
            $( #[doc = $message] $name, )*
        }

        impl Error {
            /// Every error, in the order of the table.
            pub const ALL: &'static [Self] = &[ $( Self::$name, )* ];

            /// The stable number, the only thing that crosses a language border.
            #[must_use]
            pub const fn number(self) -> u16 { match self { $( Self::$name => $number, )* } }

            /// The stable code, lower_snake_case.
            #[must_use]
            pub const fn code(self) -> &'static str { match self { $( Self::$name => $code, )* } }

            /// The kind.
            #[must_use]
            pub const fn kind(self) -> Kind { match self { $( Self::$name => Kind::$kind, )* } }

            /// One sentence for the developer's log.
            #[must_use]
            pub const fn message(self) -> &'static str { match self { $( Self::$name => $message, )* } }

            /// The document and section that ask for the check.
            #[must_use]
            pub const fn spec(self) -> &'static str { match self { $( Self::$name => $spec, )* } }

            /// The steps of WebAuthn Level 3 where the check stands, such as `"7.1-8 7.2-11"`; empty where none applies.
            #[must_use]
            pub const fn step(self) -> &'static str { match self { $( Self::$name => $step, )* } }

            /// Whether a throttle should keep the attempt counted as failed.
            #[must_use]
            pub const fn counts_toward_throttle(self) -> bool { match self { $( Self::$name => error_codes!(@$throttle), )* } }

            /// What may be shown to the person at the keyboard: `invalid`, `locked`, `retry` or `server`.
            #[must_use]
            pub const fn public_code(self) -> &'static str { match self { $( Self::$name => $public, )* } }

            /// The error with this number.
            #[must_use]
            pub const fn from_number(number: u16) -> Option<Self> {
                match number { $( $number => Some(Self::$name), )* _ => None }
            }
        }
    };
    (@counts) => { true };
    (@free) => { false };
}

error_codes! {
    // 10: what reaches the border
    10 InputTooLarge "input_too_large" Malformed free "invalid" "" "mfakit limits" "The input is larger than any genuine one.";
    11 InputMalformed "input_malformed" Malformed free "invalid" "" "mfakit API" "The client's value is neither text, bytes nor an object.";
    12 JsonMalformed "json_malformed" Malformed free "invalid" "7.1-6 7.2-9" "RFC 8259" "The JSON text is not well formed.";
    13 JsonDuplicateMember "json_duplicate_member" Malformed free "invalid" "7.1-6 7.2-9" "RFC 8259 §4" "A known JSON member stands twice.";
    14 Base64urlMalformed "base64url_malformed" Malformed free "invalid" "" "RFC 4648 §5" "A value is not unpadded base64url.";
    15 ResponseMalformed "response_malformed" Malformed free "invalid" "7.1-3 7.2-3" "WebAuthn Level 3 §5.1" "A member of the response is missing or of the wrong type.";
    // 20: CBOR
    20 CborMalformed "cbor_malformed" Malformed free "invalid" "7.1-13" "RFC 8949 §5.3" "The CBOR is truncated, reserved or not UTF-8.";
    21 CborDuplicateKey "cbor_duplicate_key" Malformed free "invalid" "7.1-13" "RFC 8949 §5.6" "A CBOR map has the same key twice.";
    22 CborIndefiniteLength "cbor_indefinite_length" Malformed free "invalid" "7.1-13" "CTAP 2.2 §8" "A CBOR item has an indefinite length.";
    23 CborNonMinimal "cbor_non_minimal" Malformed free "invalid" "7.1-13" "CTAP 2.2 §8" "A CBOR integer or length is not in its shortest form.";
    24 CborTagForbidden "cbor_tag_forbidden" Malformed free "invalid" "7.1-13" "CTAP 2.2 §8" "A CBOR tag stands where none may.";
    25 CborTooDeep "cbor_too_deep" Malformed free "invalid" "7.1-13" "CTAP 2.2 §8" "The CBOR is nested too deeply or has too many items.";
    26 CborTrailingBytes "cbor_trailing_bytes" Malformed free "invalid" "7.1-13" "RFC 8949 §5.3.1" "Bytes follow the CBOR item.";
    27 CborKeyOrder "cbor_key_order" Malformed free "invalid" "7.1-13" "CTAP 2.2 §8" "The keys of a CBOR map are not in canonical order, and the strict switch is on.";
    28 CborTypeForbidden "cbor_type_forbidden" Malformed free "invalid" "7.1-13" "CTAP 2.2 §8" "A CBOR float or simple value stands where none may.";
    // 30: keys and signatures
    30 CoseKeyMalformed "cose_key_malformed" Malformed free "invalid" "7.1-13" "RFC 9052 §7" "The COSE key lacks a parameter, or one has the wrong type or size.";
    31 CoseKeyMismatch "cose_key_mismatch" Malformed free "invalid" "7.1-13" "WebAuthn Level 3 §5.8.5" "The COSE key's type or curve does not belong to its algorithm.";
    32 CosePointInvalid "cose_point_invalid" Malformed free "invalid" "7.1-13" "WebAuthn Level 3 §5.8.5" "The COSE key's point is not on its curve.";
    33 AlgorithmUnsupported "algorithm_unsupported" Unsupported free "invalid" "7.1-20" "WebAuthn Level 3 §5.8.5" "The algorithm is not built into this copy.";
    34 SignatureMalformed "signature_malformed" Malformed free "invalid" "7.1-22 7.2-21" "WebAuthn Level 3 §6.5.5" "The signature does not have the form of its algorithm, or a number in it is out of range.";
    // 40: authenticator data
    40 AuthDataMalformed "auth_data_malformed" Malformed free "invalid" "7.1-13 7.2-15" "WebAuthn Level 3 §6.1" "The authenticator data is too short for what its flags announce.";
    41 AuthDataTrailingBytes "auth_data_trailing_bytes" Malformed free "invalid" "7.1-13 7.2-15" "WebAuthn Level 3 §6.1" "Bytes follow the authenticator data.";
    42 CredentialIdLength "credential_id_length" Malformed free "invalid" "7.1-25" "WebAuthn Level 3 §7.1" "The credential id is not 1 to 1023 bytes long.";
    43 AttestedDataMissing "attested_data_missing" Rejected counts "invalid" "7.1-13" "WebAuthn Level 3 §6.1" "A registration carries no attested credential data.";
    44 AttestedDataForbidden "attested_data_forbidden" Rejected counts "invalid" "7.2-15" "WebAuthn Level 3 §6.1" "An assertion carries attested credential data.";
    45 BackupFlagsInvalid "backup_flags_invalid" Rejected counts "invalid" "7.1-17 7.2-18" "WebAuthn Level 3 §6.1.3" "The credential claims to be backed up though it is not eligible for backup.";
    46 ExtensionOutputMalformed "extension_output_malformed" Malformed free "invalid" "7.1-28 7.2-23" "WebAuthn Level 3 §9" "The output of an extension does not have the shape that the extension gives it.";
    47 ExtensionUnsolicited "extension_unsolicited" Rejected counts "invalid" "7.1-28 7.2-23" "WebAuthn Level 3 §9.3" "An extension that was not asked for has an output, and the policy refuses those.";
    // 50: client data
    50 ClientDataMalformed "client_data_malformed" Malformed free "invalid" "7.1-6 7.2-9" "WebAuthn Level 3 §5.8.1" "A member of the client data is missing or of the wrong type.";
    51 ClientDataTypeMismatch "client_data_type_mismatch" Rejected counts "invalid" "7.1-7 7.2-10" "WebAuthn Level 3 §5.8.1" "The client data belongs to the other ceremony.";
    52 ChallengeMismatch "challenge_mismatch" Rejected counts "invalid" "7.1-8 7.2-11" "WebAuthn Level 3 §13.4.3" "The challenge is not the one that was issued.";
    53 OriginMismatch "origin_mismatch" Rejected counts "invalid" "7.1-9 7.2-12" "WebAuthn Level 3 §13.4.9" "The origin is not an expected one.";
    54 CrossOriginForbidden "cross_origin_forbidden" Rejected counts "invalid" "7.1-10 7.2-13" "WebAuthn Level 3 §13.4.9" "The ceremony ran in a cross-origin frame, which is not allowed.";
    55 TopOriginMismatch "top_origin_mismatch" Rejected counts "invalid" "7.1-11 7.2-14" "WebAuthn Level 3 §13.4.9" "The page around the frame is not an expected one.";
    // 60: the proof
    60 RpIdHashMismatch "rp_id_hash_mismatch" Rejected counts "invalid" "7.1-14 7.2-15" "WebAuthn Level 3 §6.1" "The authenticator answered for another relying party.";
    61 UserNotPresent "user_not_present" Rejected counts "invalid" "7.1-15 7.2-16" "WebAuthn Level 3 §6.1" "The user-present flag is not set.";
    62 UserNotVerified "user_not_verified" Rejected counts "invalid" "7.1-16 7.2-17" "WebAuthn Level 3 §6.1" "User verification is required and did not happen.";
    63 AlgorithmNotOffered "algorithm_not_offered" Rejected counts "invalid" "7.1-20" "WebAuthn Level 3 §7.1" "The credential's algorithm was not offered.";
    64 BackupEligibilityChanged "backup_eligibility_changed" Rejected counts "invalid" "7.2-19" "WebAuthn Level 3 §6.1.3" "The credential's backup eligibility differs from the record.";
    65 SignatureInvalid "signature_invalid" Rejected counts "invalid" "7.1-22 7.2-21" "WebAuthn Level 3 §7.2" "The signature does not verify.";
    66 CounterRegressed "counter_regressed" Rejected counts "invalid" "7.2-22" "WebAuthn Level 3 §6.1.1" "The signature counter did not increase: the authenticator may be cloned.";
    67 CredentialNotAllowed "credential_not_allowed" Rejected counts "invalid" "7.2-5" "WebAuthn Level 3 §7.2" "The credential is not in the allow-list.";
    68 CredentialIdMismatch "credential_id_mismatch" Rejected counts "invalid" "7.1-13 7.2-6" "WebAuthn Level 3 §7.2" "The response names another credential than the record or the attested data.";
    69 UserHandleMissing "user_handle_missing" Rejected counts "invalid" "7.2-6" "WebAuthn Level 3 §7.2" "A sign-in without a user name carries no user handle.";
    70 UserHandleMismatch "user_handle_mismatch" Rejected counts "invalid" "7.2-6" "WebAuthn Level 3 §7.2" "The user handle is not the owner's.";
    71 CredentialOwnerMismatch "credential_owner_mismatch" Rejected counts "invalid" "7.2-6" "WebAuthn Level 3 §7.2" "The credential belongs to another user.";
    72 CeremonyExpired "ceremony_expired" Rejected free "retry" "" "WebAuthn Level 3 §13.4.3" "The ceremony took too long.";
    73 StateConflict "state_conflict" Rejected counts "retry" "" "mfakit storage" "The stored state changed in between: the proof was not stored and does not count.";
    // 80: attestation
    80 AttestationObjectMalformed "attestation_object_malformed" Malformed free "invalid" "7.1-13" "WebAuthn Level 3 §6.5.4" "The attestation object lacks a member, or one has the wrong type.";
    81 AttestationFormatUnsupported "attestation_format_unsupported" Unsupported free "invalid" "7.1-21" "WebAuthn Level 3 §8" "The attestation statement format is unknown or not built in.";
    82 AttestationStatementMalformed "attestation_statement_malformed" Malformed free "invalid" "7.1-22" "WebAuthn Level 3 §8" "The attestation statement does not have the shape its format demands.";
    83 AttestationStatementMismatch "attestation_statement_mismatch" Rejected counts "invalid" "7.1-22" "WebAuthn Level 3 §8.2" "The attestation statement is for another algorithm than the credential's.";
    84 AttestationKeyMismatch "attestation_key_mismatch" Rejected counts "invalid" "7.1-22" "WebAuthn Level 3 §8" "The attestation statement certifies another key than the credential's.";
    85 AttestationNonceMismatch "attestation_nonce_mismatch" Rejected counts "invalid" "7.1-22" "WebAuthn Level 3 §8" "The attestation statement was made for another registration.";
    86 AttestationClaimRejected "attestation_claim_rejected" Rejected counts "invalid" "7.1-22" "WebAuthn Level 3 §8" "The attestation statement says of the key or the device what its format does not allow.";
    87 AttestationAaguidMismatch "attestation_aaguid_mismatch" Rejected counts "invalid" "7.1-22" "WebAuthn Level 3 §8.2.1" "The certificate or the metadata names another authenticator model than the authenticator data.";
    88 AttestationRequired "attestation_required" Rejected counts "invalid" "7.1-24" "WebAuthn Level 3 §7.1" "A trusted attestation is required, and the statement has no certificate.";
    89 AttestationUntrusted "attestation_untrusted" Rejected counts "invalid" "7.1-24" "WebAuthn Level 3 §7.1" "No certificate path leads from the attestation statement to a trust anchor.";
    // 90: one-time passwords
    90 OtpMalformed "otp_malformed" Malformed free "invalid" "" "RFC 4226 §5.3" "The code is not a string of the expected number of ASCII digits.";
    91 OtpRejected "otp_rejected" Rejected counts "invalid" "" "RFC 6238 §5.2" "The code is wrong, too old or too new.";
    92 OtpReplayed "otp_replayed" Rejected counts "invalid" "" "RFC 6238 §5.2" "The code was used before.";
    93 OtpCounterExhausted "otp_counter_exhausted" Rejected counts "invalid" "" "RFC 4226 §7.2" "The counter has reached its end; the secret must be replaced.";
    94 RecoveryCodeMalformed "recovery_code_malformed" Malformed free "invalid" "" "mfakit recovery codes" "The recovery code has a typing error: a symbol, the length or the check symbol is wrong.";
    95 RecoveryCodeRejected "recovery_code_rejected" Rejected counts "invalid" "" "NIST SP 800-63B-4 §3.1.2" "The recovery code is wrong, used or unknown.";
    96 ThrottleWait "throttle_wait" Rejected free "retry" "" "NIST SP 800-63B-4 §3.2.2" "Too many failed attempts: the next one is granted later.";
    97 ThrottleDisabled "throttle_disabled" Rejected free "locked" "" "NIST SP 800-63B-4 §3.2.2" "Too many failed attempts: the method is disabled until it is bound anew.";
    98 TemporaryCodeMalformed "temporary_code_malformed" Malformed free "invalid" "" "mfakit temporary codes" "The temporary code has a typing error: a symbol, the length or the check symbol is wrong.";
    99 TemporaryCodeRejected "temporary_code_rejected" Rejected counts "invalid" "" "NIST SP 800-63B-4 §3.1.3" "The temporary code is wrong, used, revoked, or its time is over.";
    // 100: arguments of the caller
    100 ArgumentTypeInvalid "argument_type_invalid" Config free "server" "" "mfakit API" "An argument has the wrong type.";
    101 ArgumentValueInvalid "argument_value_invalid" Config free "server" "" "mfakit API" "An argument is out of range or not one of the allowed values.";
    102 TimeInvalid "time_invalid" Config free "server" "" "mfakit API" "The time is not a number of Unix seconds (milliseconds are refused).";
    103 TimeBeforeT0 "time_before_t0" Config free "server" "" "RFC 6238 §4.2" "The time is before the start of the step count.";
    // 110: arguments of one-time passwords
    110 SecretMalformed "secret_malformed" Config free "server" "" "RFC 4648 §6" "The secret is not base32.";
    111 SecretTooShort "secret_too_short" Config free "server" "" "RFC 4226 §4" "The secret has fewer than 16 bytes.";
    112 SecretTooLong "secret_too_long" Config free "server" "" "mfakit limits" "The secret has more than 128 bytes.";
    113 DigitsInvalid "digits_invalid" Config free "server" "" "RFC 4226 §5.3" "The number of digits is not 6, 7 or 8.";
    114 PeriodInvalid "period_invalid" Config free "server" "" "RFC 6238 §4.1" "The period is not 1 to 3600 seconds.";
    115 HashAlgorithmUnknown "hash_algorithm_unknown" Config free "server" "" "RFC 6238 §1.2" "The hash algorithm is not SHA1, SHA256 or SHA512.";
    116 WindowTooLarge "window_too_large" Config free "server" "" "RFC 6238 §5.2" "The window is larger than 10 steps a side, or the look-ahead larger than allowed.";
    117 OtpLabelInvalid "otp_label_invalid" Config free "server" "" "otpauth Key URI" "The issuer or account is empty, too long, or has a colon or control character.";
    118 UserIdInvalid "user_id_invalid" Config free "server" "" "mfakit recovery codes" "The user id is not 1 to 255 bytes long.";
    119 PepperInvalid "pepper_invalid" Config free "server" "" "mfakit recovery codes" "A pepper is not 32 to 64 bytes long, an id is not 1 to 32 of A-Z a-z 0-9 . _ -, or the current id names no pepper.";
    // 120: arguments of WebAuthn and stored values
    120 RpIdInvalid "rp_id_invalid" Config free "server" "" "WebAuthn Level 3 §4" "The relying party id is not a lower-case domain name.";
    121 OriginInvalid "origin_invalid" Config free "server" "" "WebAuthn Level 3 §13.4.9" "An origin is not a serialised origin.";
    122 UserHandleInvalid "user_handle_invalid" Config free "server" "" "WebAuthn Level 3 §5.4.3" "The user handle is not 1 to 64 bytes long.";
    123 ChallengeTooShort "challenge_too_short" Config free "server" "" "WebAuthn Level 3 §13.4.3" "The challenge has fewer than 16 bytes.";
    124 StateMalformed "state_malformed" Config free "server" "" "mfakit storage" "The stored state is not one that this library wrote.";
    125 StateKindMismatch "state_kind_mismatch" Config free "server" "" "mfakit storage" "The ceremony's state belongs to another kind of ceremony.";
    126 RecordCorrupt "record_corrupt" Config free "server" "" "mfakit storage" "The stored record is damaged.";
    127 RecordVersionUnknown "record_version_unknown" Config free "server" "" "mfakit storage" "The stored record was written by a later version.";
    128 EntropyUnavailable "entropy_unavailable" Config free "server" "" "mfakit API" "The system's random generator failed.";
    129 PepperUnknown "pepper_unknown" Config free "server" "" "mfakit recovery codes" "The stored record names a pepper that was not passed in.";
    130 StateKeyInvalid "state_key_invalid" Config free "server" "" "mfakit storage" "The state key is not 32 to 64 bytes long.";
    131 CodeHashUnsupported "code_hash_unsupported" Config free "server" "" "mfakit storage" "The stored record's hash is not built into this copy.";
    132 PepperRequired "pepper_required" Config free "server" "" "NIST SP 800-63B-4 §3.1.3" "Codes of so few digits are stored only under a pepper, and none was passed in.";
    133 GuessBudgetExceeded "guess_budget_exceeded" Config free "server" "" "NIST SP 800-63B-4 §3.2.2" "The odds of a guess are above the named budget: fewer attempts, a smaller window or more digits are needed.";
    134 AnchorInvalid "anchor_invalid" Config free "server" "" "mfakit attestation" "A trust anchor is not an X.509 certificate in DER or PEM.";
    135 EnumerationKeyInvalid "enumeration_key_invalid" Config free "server" "" "WebAuthn Level 3 §14.6.2" "The enumeration key is not 32 to 64 bytes long, or none was set.";
    136 PreparedKeyMismatch "prepared_key_mismatch" Config free "server" "" "mfakit API" "The prepared key is not the record's key, or has been released.";
    // 140: what is imported
    140 OtpauthMalformed "otpauth_malformed" Malformed free "invalid" "" "otpauth Key URI" "The text is not an otpauth URI, or a label in it cannot be read.";
    141 OtpauthParameterDuplicate "otpauth_parameter_duplicate" Malformed free "invalid" "" "otpauth Key URI" "A parameter of the otpauth URI stands twice.";
    142 OtpauthSecretInvalid "otpauth_secret_invalid" Malformed free "invalid" "" "otpauth Key URI" "The otpauth URI has no secret, or one that is not base32 of 1 to 128 bytes.";
    143 OtpauthParameterInvalid "otpauth_parameter_invalid" Malformed free "invalid" "" "otpauth Key URI" "Digits, period or counter of the otpauth URI is not a number in range, or the counter is missing.";
    144 OtpauthUnsupported "otpauth_unsupported" Unsupported free "invalid" "" "otpauth Key URI" "The otpauth URI asks for a type, an algorithm or an encoding that is not built in.";
    145 MigrationMalformed "migration_malformed" Malformed free "invalid" "" "otpauth-migration" "The export of an authenticator app is not one, or is damaged.";
    // 150: temporary codes
    150 TemporaryCodeLimit "temporary_code_limit" Rejected free "retry" "" "mfakit temporary codes" "Six codes were issued for this user within the last hour.";
    // 160: certificates and metadata
    160 CertificateMalformed "certificate_malformed" Malformed free "invalid" "7.1-22" "RFC 5280 §4.1" "A certificate is not an X.509 certificate in DER.";
    161 CertificateRejected "certificate_rejected" Rejected counts "invalid" "7.1-22" "WebAuthn Level 3 §8.2.1" "The attestation certificate breaks a rule of its format: version, subject, extension or CA flag.";
    162 CertificateAlgorithmUnsupported "certificate_algorithm_unsupported" Unsupported free "invalid" "7.1-22" "RFC 5280 §4.1.1.2" "A certificate's key or signature algorithm is not built in, or too weak.";
    163 CertificateExpired "certificate_expired" Rejected counts "invalid" "7.1-24" "RFC 5280 §6.1.3" "A certificate of the path is not valid any more.";
    164 CertificateNotYetValid "certificate_not_yet_valid" Rejected counts "invalid" "7.1-24" "RFC 5280 §6.1.3" "A certificate of the path is not valid yet.";
    165 CertificatePathInvalid "certificate_path_invalid" Rejected counts "invalid" "7.1-24" "RFC 5280 §6.1" "The certificate path breaks a rule: CA flag, path length, key usage, name constraint, signature or critical extension.";
    166 AuthenticatorStatusRejected "authenticator_status_rejected" Rejected counts "invalid" "7.1-24" "FIDO Metadata Service 3 §3.1.4" "The metadata says that the authenticator is revoked or compromised.";
    167 AuthenticatorUnknown "authenticator_unknown" Rejected counts "invalid" "7.1-23" "FIDO Metadata Service 3 §3.2" "The metadata has no entry for the authenticator.";
    168 MetadataMalformed "metadata_malformed" Malformed free "invalid" "" "FIDO Metadata Service 3 §3.1.7" "The metadata is not a signed BLOB.";
    169 MetadataRollback "metadata_rollback" Rejected counts "invalid" "" "FIDO Metadata Service 3 §3.2" "The metadata's number is lower than that of the metadata known before.";
    170 MetadataStale "metadata_stale" Config free "server" "" "FIDO Metadata Service 3 §3.2" "The metadata's next update is overdue.";
    171 MetadataMismatch "metadata_mismatch" Rejected counts "invalid" "7.1-24" "FIDO Metadata Statement §4" "The registration does not fit the authenticator's metadata: attestation type or algorithm, or an entry that cannot be read.";
    // 180: claims, profiles, policy and sessions
    180 ClaimsMalformed "claims_malformed" Malformed free "invalid" "" "OpenID Connect Core 1.0 §2" "A claim has the wrong shape: amr is an array of strings, acr a string, auth_time a number.";
    181 AuthTimeMissing "auth_time_missing" Rejected free "retry" "" "OpenID Connect Core 1.0 §2" "A largest age is asked for, and the identity provider does not say when the person signed in.";
    182 AuthTimeStale "auth_time_stale" Rejected free "retry" "" "OpenID Connect Core 1.0 §3.1.3.7" "The person signed in at the identity provider too long ago.";
    183 AuthTimeFuture "auth_time_future" Rejected free "invalid" "" "OpenID Connect Core 1.0 §3.1.3.7" "The identity provider says that the person signed in in the future.";
    184 ProfileInvalid "profile_invalid" Config free "server" "" "mfakit profiles" "The profile is not one: an unknown member or name, a value that stands twice, or a part missing.";
    185 StepUpRequired "step_up_required" Rejected free "retry" "" "RFC 9470 §3" "A stronger or more recent sign-in is needed, and the person has a method for it.";
    186 EnrollmentRequired "enrollment_required" Rejected free "retry" "" "mfakit policy" "The person must add a method before they are let in.";
    187 LoginBlocked "login_blocked" Rejected free "locked" "" "mfakit policy" "The policy lets nobody in this way.";
    188 MethodRequired "method_required" Rejected free "invalid" "" "mfakit policy" "The method cannot be removed: what the policy demands would be gone.";
    189 SessionExpired "session_expired" Rejected free "retry" "" "NIST SP 800-63B-4 §5.2" "The session is over.";
    // 190: push approvals
    190 ApprovalMalformed "approval_malformed" Malformed free "invalid" "" "RFC 9052 §4.2" "The approval's request or answer is not one: its form, an entry or its encoding is wrong.";
    191 ApprovalExpired "approval_expired" Rejected free "retry" "" "mfakit push approvals" "The approval or the enrolment took too long.";
    192 ApprovalAnswered "approval_answered" Rejected free "retry" "" "mfakit push approvals" "The approval was answered or cancelled before; the first answer counts.";
    193 ApprovalPending "approval_pending" Rejected free "retry" "" "mfakit push approvals" "Another approval of this user is pending.";
    194 ApprovalDenied "approval_denied" Rejected counts "invalid" "" "mfakit push approvals" "The person denied the approval on the device.";
    195 ApprovalNumberMismatch "approval_number_mismatch" Rejected counts "invalid" "" "NIST SP 800-63B-4 §3.1.3.3" "Another number was typed on the device than the login screen shows.";
    196 ApprovalDeviceUnknown "approval_device_unknown" Rejected counts "invalid" "" "mfakit push approvals" "The answer is from a device that was not asked.";
    197 ApprovalAudienceMismatch "approval_audience_mismatch" Rejected counts "invalid" "" "mfakit push approvals" "The request or answer is for another audience.";
    198 ApprovalRequestMismatch "approval_request_mismatch" Rejected counts "invalid" "" "mfakit push approvals" "The request or answer is for another request, user, action or context.";
    199 ApprovalAlgorithmMismatch "approval_algorithm_mismatch" Rejected counts "invalid" "" "RFC 9052 §4.4" "The answer names another algorithm than the device's record.";
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_codes_are_unique_and_ascend() {
        for pair in Error::ALL.windows(2) {
            assert!(pair[0].number() < pair[1].number());
        }
        for (i, a) in Error::ALL.iter().enumerate() {
            assert_eq!(Error::from_number(a.number()), Some(*a));
            assert!(
                a.code().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            );
            assert!(Error::ALL[i + 1..].iter().all(|b| a.code() != b.code()));
        }
        assert_eq!(Error::from_number(0), None);
    }

    #[test]
    fn config_errors_never_count_and_never_blame_the_person() {
        for e in Error::ALL {
            let config = e.kind() == Kind::Config;
            assert_eq!(config, e.public_code() == "server", "{e:?}");
            assert!(!(config && e.counts_toward_throttle()), "{e:?}");
            assert!(!(e.kind() == Kind::Malformed && e.counts_toward_throttle()), "{e:?}");
        }
    }
}
