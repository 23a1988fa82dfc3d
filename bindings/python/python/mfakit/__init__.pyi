from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any, Generic, Literal, NoReturn, Optional, TypedDict, TypeVar, Union, final

__all__ = [
    "Approval",
    "ApprovalRequest",
    "ApprovalVerified",
    "Assessment",
    "AssuranceProfile",
    "Attestation",
    "AttestationTrust",
    "AuthenticationVerified",
    "Ceremony",
    "Classification",
    "ConfigError",
    "CredentialRecord",
    "Decision",
    "DeviceEnrollment",
    "DeviceEnrollmentRequest",
    "DeviceKey",
    "DeviceRecord",
    "DeviceVerified",
    "Effect",
    "Evidence",
    "Hotp",
    "HotpVerified",
    "MalformedError",
    "Metadata",
    "MfaError",
    "MigrationEntry",
    "Otpauth",
    "Outcome",
    "PendingTotp",
    "Peppers",
    "PolicyProfile",
    "PreparedKey",
    "Reason",
    "RecoverySet",
    "RecoveryVerified",
    "RegistrationVerified",
    "RejectedError",
    "RelyingParty",
    "Removal",
    "Requirement",
    "Step",
    "TemporaryAudit",
    "TemporaryCode",
    "TemporaryRevoked",
    "TemporaryVerified",
    "Throttle",
    "Tier",
    "Totp",
    "TotpConfirmed",
    "TotpVerified",
    "Transition",
    "UnsupportedError",
    "UnverifiedAnswer",
    "UnverifiedResponse",
    "VerificationError",
    "amr_description",
    "approval_answer",
    "approval_to_sign",
    "assess",
    "audit_record",
    "begin_approval",
    "begin_device_enrollment",
    "can_disable",
    "can_remove",
    "cancel_approval",
    "check_recovery_code",
    "check_temporary_code",
    "classify",
    "decide",
    "effects",
    "eligible_methods",
    "enrollable_methods",
    "enrollment_to_sign",
    "finish_approval",
    "finish_device_enrollment",
    "generate_device_key",
    "generate_recovery_codes",
    "generate_secret",
    "generate_user_handle",
    "grandfathered",
    "guess_odds",
    "issue_temporary_code",
    "lint",
    "method_advice",
    "parse_otpauth",
    "parse_otpauth_migration",
    "qr_png",
    "qr_svg",
    "qr_terminal",
    "read_approval",
    "read_approval_answer",
    "read_approval_request",
    "read_device_enrollment",
    "read_response",
    "related_origins_json",
    "revoke_temporary_code",
    "session_expires_at",
    "sign_approval",
    "sign_enrollment",
    "touch_session",
    "verify_authentications",
    "verify_recovery_code",
    "verify_temporary_code",
]

# Unix seconds, whole or fractional, or an aware datetime.
_Time = Union[int, float, datetime]
_Bytes = Union[bytes, bytearray]
_Response = Union[str, bytes, bytearray, Mapping[str, Any]]
_Hash = Literal["SHA1", "SHA256", "SHA512"]
_Preset = Literal["usual", "strict"]
_Kind = Literal["admin", "support", "delivered"]
_UserVerification = Literal["required", "preferred", "discouraged"]
_ResidentKey = Literal["required", "preferred", "discouraged"]
_Attachment = Literal["platform", "cross-platform"]
_Hint = Literal["security-key", "client-device", "hybrid"]
_Format = Literal["none", "packed", "fido-u2f", "tpm", "android-key", "android-safetynet", "apple", "compound"]
# The kinds of method, the ones to offer first in front.
_MethodKind = Literal[
    "security_key",
    "built_in_authenticator",
    "synced_passkey",
    "device_bound_passkey",
    "push_approval",
    "totp",
    "hotp",
    "admin_code",
    "support_code",
    "recovery_code",
    "sms",
    "phone",
    "email",
    "delivered_code",
    "password",
]
_Tier = Union[Tier, Literal[1, 2, 3], Literal["weak", "standard", "phishing_resistant"]]
_Standing = Union[Assessment, Classification]
_SessionKind = Literal["web", "cli", "api_key"]
_Event = Literal[
    "mfa_enabled",
    "mfa_disabled",
    "method_added",
    "method_removed",
    "methods_disconnected",
    "recovery_codes_replaced",
    "recovery_code_used",
    "temporary_code_issued",
    "password_changed",
]
# PEM, which may hold several, or DER.
_Certificate = Union[str, _Bytes]
# The members that are known are those of AuthenticationExtensionsClientInputsJSON; bytes are base64url text.
_Extensions = dict[str, Any]
_S = TypeVar("_S", covariant=True)

class MfaError(Exception):
    """The base of everything that mfakit raises. Catch VerificationError instead."""

    number: int
    code: str
    kind: str
    spec: str
    step: Optional[str]
    public_code: str
    def __init__(self, number: int) -> None: ...
    def __reduce__(self) -> tuple[type[MfaError], tuple[int]]: ...

class VerificationError(MfaError):
    """What the client sent does not prove what it should. This is what a login catches."""

class MalformedError(VerificationError):
    """The bytes are not what they claim to be."""

class RejectedError(VerificationError):
    """Well formed, but the proof or the policy failed."""

class UnsupportedError(VerificationError):
    """Valid as far as can be told, but this build does not support it."""

class ConfigError(MfaError, ValueError):
    """The program's mistake, never the user's."""

@final
class Transition(Generic[_S]):
    """A compare-and-set: store next where the stored value still is prev (IS NOT DISTINCT FROM)."""

    @property
    def prev(self) -> Optional[_S]: ...
    @property
    def next(self) -> _S: ...
    def __bool__(self) -> NoReturn: ...

@final
class Evidence:
    """A proof that was stored: what a session may be opened with. It does not name the user: assess together only what was proven for one
    and the same.
    """

    @staticmethod
    def password(*, at: Optional[_Time] = ...) -> Evidence:
        """You checked a password of this user, now or then. mfakit has not, and takes your word."""

    @property
    def method(self) -> Literal[
        "totp",
        "hotp",
        "recovery_code",
        "admin_code",
        "support_code",
        "delivered_code",
        "webauthn",
        "push_approval",
        "password",
    ]: ...
    @property
    def kind(self) -> _MethodKind:
        """The kind of method, as assessments and policies tell them apart."""

    @property
    def user_verified(self) -> bool: ...
    def __bool__(self) -> NoReturn: ...

def generate_secret(length: int = ...) -> str:
    """A new base32 secret of that many bytes: 16 to 128, 20 unless said otherwise.

    ConfigError: `secret_too_short`, `secret_too_long`, `entropy_unavailable`.
    """

def qr_svg(text: str) -> str:
    """A QR code of a text, such as an otpauth URI, as SVG: dark on light, a quiet zone of four modules, no size of its own.

    The picture is the text: whoever sees the code of an otpauth URI can make codes.

    ConfigError: `argument_value_invalid` if the text does not fit into a QR code (2331 bytes).
    """

def qr_png(text: str) -> bytes:
    """As qr_svg, as a PNG file: black and white, eight pixels to a module."""

def qr_terminal(text: str, *, ascii: bool = ...) -> str:
    """As qr_svg, for a terminal: half blocks, or with `ascii` two spaces to a module. Both colours are set on every line. What a terminal
    shows, its scroll-back keeps.
    """

@final
class Totp:
    """A time-based authenticator (RFC 6238).

    The secret is base32 of 16 to 128 bytes; case, spaces, hyphens and padding do not matter. digits: 6 to 8. period: 1 to 3600 seconds.
    preset "usual" accepts one step each side; "strict" the current step alone, and a period of at most 30 seconds (OWASP ASVS 6.5.5).

    ConfigError: `secret_malformed`, `secret_too_short`, `secret_too_long`, `hash_algorithm_unknown`, `digits_invalid`, `period_invalid`,
    `guess_budget_exceeded` where "strict" is asked for more than it allows.
    """

    def __new__(
        cls, secret: str, *, algorithm: _Hash = ..., digits: int = ..., period: int = ..., preset: _Preset = ...
    ) -> Totp: ...
    @staticmethod
    def from_key(
        raw: _Bytes, *, algorithm: _Hash = ..., digits: int = ..., period: int = ..., preset: _Preset = ...
    ) -> Totp:
        """The secret as bytes."""

    @staticmethod
    def danger_legacy(
        secret: str, *, algorithm: _Hash = ..., digits: int = ..., period: int = ..., preset: _Preset = ...
    ) -> Totp:
        """For secrets of fewer than 16 bytes that another service issued."""

    @staticmethod
    def steam(secret: str) -> Totp:
        """A Steam authenticator: five symbols of 23456789BCDFGHJKMNPQRTVWXY, SHA-1, 30 seconds. Secrets of 1 to 128 bytes."""

    @property
    def algorithm(self) -> _Hash: ...
    @property
    def digits(self) -> int:
        """The digits of a code; 5 where they are Steam's symbols."""

    @property
    def period(self) -> int:
        """Seconds."""

    def expose_secret(self) -> str:
        """The secret as base32 without padding, for storing what was imported. Whoever reads it can make codes."""

    def uri(self, *, issuer: str, account: str) -> str:
        """The otpauth URI that an authenticator app scans. issuer and account: 1 to 128 bytes, no colon, no control characters.

        ConfigError: `otp_label_invalid`.
        """

    def code_at(self, now: Optional[_Time] = ...) -> str:
        """The code at a time: for tests and for authenticators."""

    def check_code(self, code: str) -> None:
        """Checks the form of a code and nothing else. What fails here is a typing error: end before the throttle is charged.

        VerificationError: `otp_malformed`; `input_malformed` if it is not text.
        """

    def confirm(self, code: str, *, now: Optional[_Time] = ...) -> TotpVerified:
        """Verifies the first code of an enrolment; its step is burnt by the transition. PendingTotp is the same for programs that want the
        type to say that an enrolment is not over.
        """

    def verify(
        self,
        code: str,
        *,
        last_step: Optional[int],
        now: Optional[_Time] = ...,
        past: Optional[int] = ...,
        future: Optional[int] = ...,
        drift: int = ...,
    ) -> TotpVerified:
        """Verifies a code. last_step is the stored step of the last accepted one, None before the first.

        past and future: steps before and after the current one that are accepted, 0 to 10; None for the preset's. drift: how many steps the
        authenticator's clock was ahead last time (TotpVerified.drift), -10 to 10: the window moves there, but never further than ten
        steps from now (RFC 6238 section 6).

        VerificationError: `otp_malformed`, `otp_replayed`, `otp_rejected`, `input_malformed`. ConfigError: `window_too_large`,
        `guess_budget_exceeded` for a window under the strict preset, `time_invalid`.
        """

@final
class PendingTotp:
    """An authenticator that is being enrolled: it confirms its first code, and verifies no sign-in.

    Its secret waits beside the live one, which stays what signs in until the first code is confirmed. Then one statement moves it over:
    UPDATE ... SET secret = pending, last_step = :next, pending = NULL WHERE id = ... AND pending = :pending. Parameters as Totp.
    """

    def __new__(
        cls, secret: str, *, algorithm: _Hash = ..., digits: int = ..., period: int = ..., preset: _Preset = ...
    ) -> PendingTotp: ...
    @staticmethod
    def generate(
        *, algorithm: _Hash = ..., digits: int = ..., period: int = ..., preset: _Preset = ...
    ) -> PendingTotp:
        """With a fresh secret of 20 bytes. ConfigError: `entropy_unavailable`."""

    def expose_secret(self) -> str:
        """The secret as base32 without padding, to be stored beside the live one."""

    def uri(self, *, issuer: str, account: str) -> str:
        """As Totp.uri."""

    def check_code(self, code: str) -> None:
        """As Totp.check_code."""

    def confirm(self, code: str, *, now: Optional[_Time] = ...) -> TotpConfirmed:
        """Verifies the first code; its step is burnt by the transition. After an error the enrolment is as it was.

        VerificationError: `otp_malformed`, `otp_rejected`, `input_malformed`. ConfigError: `time_invalid`.
        """

@final
class TotpConfirmed:
    """The end of an enrolment. It is no evidence: a secret that is a minute old says nothing about whose account it is."""

    @property
    def step(self) -> int: ...
    @property
    def drift(self) -> int:
        """How many steps the authenticator's clock is ahead, -10 to 10."""

    @property
    def transition(self) -> Transition[int]: ...
    def commit(self, rows: int) -> None:
        """Raises `state_conflict` unless the compare-and-set changed exactly one row."""

    def __bool__(self) -> NoReturn: ...

@final
class TotpVerified:
    @property
    def step(self) -> int: ...
    @property
    def drift(self) -> int:
        """How many steps the authenticator's clock is ahead, -10 to 10: pass it to the next verify, if clocks are known to drift."""

    @property
    def transition(self) -> Transition[int]: ...
    def commit(self, rows: int) -> Evidence:
        """The evidence, given how many rows the compare-and-set changed: exactly one."""

    def __bool__(self) -> NoReturn: ...

@final
class Hotp:
    """A counter-based authenticator (RFC 4226)."""

    def __new__(cls, secret: str, *, algorithm: _Hash = ..., digits: int = ...) -> Hotp: ...
    @staticmethod
    def from_key(raw: _Bytes, *, algorithm: _Hash = ..., digits: int = ...) -> Hotp: ...
    @staticmethod
    def danger_legacy(secret: str, *, algorithm: _Hash = ..., digits: int = ...) -> Hotp: ...
    @staticmethod
    def ten_digits(secret: str, *, algorithm: _Hash = ...) -> Hotp: ...
    @property
    def algorithm(self) -> _Hash: ...
    @property
    def digits(self) -> int: ...
    def expose_secret(self) -> str:
        """The secret as base32 without padding, for storing what was imported. Whoever reads it can make codes."""

    def uri(self, *, issuer: str, account: str, counter: int) -> str:
        """The otpauth URI; counter is the next one expected. issuer and account as in Totp.uri."""

    def code_at(self, counter: int) -> str: ...
    def check_code(self, code: str) -> None:
        """As Totp.check_code."""

    def verify(self, code: str, *, counter: int, look_ahead: int = ...) -> HotpVerified: ...
    def resync(self, first: str, *, second: str, counter: int, look_ahead: int = ...) -> HotpVerified: ...

@final
class HotpVerified:
    @property
    def matched_counter(self) -> int: ...
    @property
    def next_counter(self) -> int: ...
    @property
    def transition(self) -> Transition[int]: ...
    def commit(self, rows: int) -> Evidence: ...
    def __bool__(self) -> NoReturn: ...

@final
class MigrationEntry:
    """Where an entry stood in an export of several QR codes: read them all."""

    @property
    def batch_index(self) -> int:
        """The number of this QR code among those of the export, from 0."""

    @property
    def batch_size(self) -> int: ...
    @property
    def batch_id(self) -> int:
        """What the QR codes of one export share."""

    @property
    def unique_id(self) -> Optional[str]: ...
    def __bool__(self) -> NoReturn: ...

@final
class Otpauth:
    """What an otpauth URI, or an entry of an export, says."""

    @property
    def otp(self) -> Union[Totp, Hotp]:
        """The authenticator. To store it, expose_secret() and keep its parameters beside it."""

    @property
    def issuer(self) -> Optional[str]: ...
    @property
    def account(self) -> str:
        """It may be empty."""

    @property
    def counter(self) -> Optional[int]:
        """The next counter of a Hotp; None for a Totp."""

    @property
    def warnings(
        self,
    ) -> list[
        Literal[
            "issuer_mismatch", "non_default_algorithm", "short_secret", "unknown_parameter", "app_may_ignore_period"
        ]
    ]:
        """What may not work in other apps, or was written carelessly."""

    @property
    def migration(self) -> Optional[MigrationEntry]:
        """Where the entry stood, if it comes from an export."""

    def __bool__(self) -> NoReturn: ...

def parse_otpauth(uri: str) -> Otpauth:
    """Reads an otpauth URI of at most 2400 bytes that another service wrote: lenient, with warnings, where one meaning is left.

    VerificationError: `otpauth_malformed`, `otpauth_parameter_duplicate`, `otpauth_secret_invalid`, `otpauth_parameter_invalid`,
    `otpauth_unsupported`, `input_too_large`, `input_malformed`.
    """

def parse_otpauth_migration(uri: str) -> list[Otpauth]:
    """Reads one QR code of what Google Authenticator exports, `otpauth-migration://...` of at most 4096 bytes. One entry that fails fails
    them all.

    VerificationError: `migration_malformed`, `otpauth_secret_invalid`, `otpauth_parameter_invalid`, `otpauth_unsupported`,
    `input_too_large`, `input_malformed`.
    """

@final
class Peppers:
    """Keys of 32 to 64 random bytes by id, kept outside the database. New records are made under the current one."""

    def __new__(cls, keys: Mapping[str, _Bytes], *, current: str) -> Peppers: ...

@final
class RecoverySet:
    """New recovery codes: show codes or text once; store record, and beside it used = 0."""

    @property
    def codes(self) -> list[str]: ...
    @property
    def record(self) -> str: ...
    @property
    def text(self) -> str:
        """The codes, one a line, for a file to save or print."""

    def __bool__(self) -> NoReturn: ...

def generate_recovery_codes(
    user_id: str, *, count: int = ..., format: Literal["full", "typeable"] = ..., peppers: Optional[Peppers] = ...
) -> RecoverySet:
    """A new set of 1 to 31 codes for a user, whose id has 1 to 255 bytes. Storing it in place of the old record voids the old codes.

    "full": 26 symbols, 120 random bits, verified in microseconds. "typeable": 16 symbols, 70 random bits, under PBKDF2 with 600 000 rounds:
    making and verifying each takes some tenths of a second of processor time, during which other threads run. Hashes of other
    systems' codes are not read.

    ConfigError: `user_id_invalid`, `argument_value_invalid`, `entropy_unavailable`.
    """

@final
class RecoveryVerified:
    @property
    def bit(self) -> int: ...
    @property
    def remaining(self) -> int: ...
    @property
    def low(self) -> bool:
        """At most three codes remain."""

    @property
    def needs_regeneration(self) -> bool:
        """The record was not made under the current pepper, or under fewer rounds than new ones."""

    @property
    def transition(self) -> Transition[int]:
        """Of used."""

    def commit(self, rows: int) -> Evidence: ...
    def __bool__(self) -> NoReturn: ...

def verify_recovery_code(
    code: str, *, user_id: str, record: str, used: int, peppers: Optional[Peppers] = ...
) -> RecoveryVerified:
    """Verifies a code against the stored record and the stored used, a bit for each code.

    VerificationError: `recovery_code_malformed` for a typing error, `recovery_code_rejected` for a wrong, used or unknown code,
    `input_malformed`. ConfigError: `record_corrupt`, `record_version_unknown`, `code_hash_unsupported`, `pepper_unknown`,
    `user_id_invalid`.
    """

def check_recovery_code(code: str, *, record: str) -> None:
    """Checks the form of a code against its record's format, and nothing else. What fails here is a typing error: end before the throttle
    is charged.

    VerificationError: `recovery_code_malformed`, `input_malformed`. ConfigError: `record_corrupt`, `record_version_unknown`,
    `code_hash_unsupported`.
    """

@final
class TemporaryAudit:
    """What is written down of a temporary code. Nothing in it is secret. Times are Unix seconds."""

    @property
    def event(self) -> Literal["issued", "verified", "revoked"]: ...
    @property
    def id(self) -> str:
        """Names the code: 16 random bytes, base64url."""

    @property
    def kind(self) -> _Kind: ...
    @property
    def issued_by(self) -> str: ...
    @property
    def not_before(self) -> int: ...
    @property
    def not_after(self) -> int:
        """The last second in which the code is good."""

    @property
    def max_uses(self) -> int: ...
    @property
    def uses(self) -> int:
        """How often it was used, the event itself included."""

    @property
    def revoked(self) -> bool: ...
    def __bool__(self) -> NoReturn: ...

@final
class TemporaryCode:
    """A new temporary code: show or send it once, store the transition."""

    @property
    def code(self) -> str:
        """Four groups of 4 symbols with hyphens, or digits."""

    @property
    def transition(self) -> Transition[str]:
        """From the previous record to the new one."""

    @property
    def expires_at(self) -> int:
        """The last second in which it is good, in Unix seconds."""

    @property
    def audit(self) -> TemporaryAudit: ...
    def __bool__(self) -> NoReturn: ...

def issue_temporary_code(
    user_id: str,
    *,
    kind: _Kind,
    issued_by: str,
    previous: Optional[str] = ...,
    lifetime: Optional[int] = ...,
    digits: int = ...,
    peppers: Optional[Peppers] = ...,
    now: Optional[_Time] = ...,
) -> TemporaryCode:
    """Issues a code for a user who is locked out. It is good once its transition is stored; then the code of the previous record is void.

    kind "admin": 16 symbols, good until it expires; "support": 16 symbols, good once; both live 3600 to 86400 seconds (3600 unless said
    otherwise) and take some tenths of a second of processor time, during which other threads run. "delivered", by SMS or mail: 6 to 8
    digits, good once, 60 to 600 seconds (600), only with peppers. user_id and issued_by: 1 to 255 bytes. previous: the user's stored
    record, if there is one; it remembers how many codes were issued within the hour.

    RejectedError: `temporary_code_limit` for the seventh code within an hour. ConfigError: `user_id_invalid`, `argument_value_invalid`,
    `digits_invalid`, `pepper_required`, `record_corrupt`, `record_version_unknown`, `code_hash_unsupported`, `time_invalid`,
    `entropy_unavailable`.
    """

@final
class TemporaryVerified:
    @property
    def kind(self) -> _Kind: ...
    @property
    def uses_left(self) -> int: ...
    @property
    def transition(self) -> Transition[str]:
        """From the record, as it was passed in, to the record with this use."""

    @property
    def audit(self) -> TemporaryAudit: ...
    def commit(self, rows: int, *, via: Optional[Literal["sms", "phone", "email"]] = ...) -> Evidence:
        """The evidence, given how many rows the compare-and-set changed: exactly one. via: how a delivered code was sent.

        ConfigError: `argument_value_invalid` for another way, or for a code that was not delivered.
        """

    def __bool__(self) -> NoReturn: ...

def verify_temporary_code(
    code: str, *, user_id: str, record: str, peppers: Optional[Peppers] = ..., now: Optional[_Time] = ...
) -> TemporaryVerified:
    """Verifies a code as a person typed it. An administrator's and support's takes some tenths of a second of processor time, during which
    other threads run.

    VerificationError: `temporary_code_malformed` for a typing error, `temporary_code_rejected` for a code that is wrong, used up, revoked,
    too early or too late, `input_malformed`. ConfigError: `record_corrupt`, `record_version_unknown`, `code_hash_unsupported`,
    `pepper_unknown`, `user_id_invalid`, `time_invalid`.
    """

def check_temporary_code(code: str, *, record: str) -> None:
    """Checks the form of a code against its record, and nothing else. What fails here is a typing error: end before the throttle is
    charged.

    VerificationError: `temporary_code_malformed`, `input_malformed`. ConfigError as verify_temporary_code, for the record.
    """

@final
class TemporaryRevoked:
    """A revocation, to be stored: a compare-and-set from prev to next."""

    @property
    def prev(self) -> str: ...
    @property
    def next(self) -> str: ...
    @property
    def audit(self) -> TemporaryAudit: ...
    def __bool__(self) -> NoReturn: ...

def revoke_temporary_code(record: str) -> TemporaryRevoked:
    """Revokes a code: it is void once the transition is stored. Keep the record: the limit of six codes an hour is in it.

    ConfigError: `record_corrupt`, `record_version_unknown`, `code_hash_unsupported`.
    """

def guess_odds(*, digits: int, window: int, attempts: int) -> float:
    """The odds of at least one right guess, 1 - (1 - window / 10**digits)**attempts: digits 1 to 10, of whose codes `window` (1 to 1000) are
    good at a time: past + future + 1 for TOTP, look_ahead + 1 for HOTP.

    ConfigError: `argument_value_invalid`.
    """

@final
class Throttle:
    """Limits guesses at one factor of one account. The state is one stored text, None at first.

    max_failures: 1 to 100, then the method is disabled. free_failures: fewer, and they cost no wait. delay, max_delay: seconds, the longest a
    day. digits and window say what is guarded (see guess_odds), budget how likely a guesser may be to get in before the end: "usual"
    1/1000, "strict" 1/10000.

    ConfigError: `argument_value_invalid`, `guess_budget_exceeded`.
    """

    def __new__(
        cls,
        *,
        max_failures: int = ...,
        free_failures: int = ...,
        delay: int = ...,
        max_delay: int = ...,
        digits: int = ...,
        window: int = ...,
        budget: Literal["usual", "strict"] = ...,
    ) -> Throttle: ...
    def charge(self, state: Optional[str], *, now: Optional[_Time] = ...) -> Transition[str]:
        """Counts an attempt as failed. Commit the transition before verifying; who loses that race charges again."""

    def succeed(self, state: Optional[str]) -> Transition[str]:
        """No failures any more: the attempt proved right."""

    def refund(self, state: Optional[str], error: MfaError) -> Transition[str]:
        """Gives a charge back where the error says nothing about a guess, such as a typing error."""

    def retry_at(self, state: Optional[str], *, now: Optional[_Time] = ...) -> Optional[int]:
        """The Unix second from which a charge is granted; None if it is now."""

def generate_user_handle() -> str:
    """A new random user handle, base64url."""

def related_origins_json(origins: Sequence[str]) -> str:
    """The document that the RP ID's domain serves at /.well-known/webauthn, as application/json, so that pages of the listed origins may
    use its passkeys. List them among the RelyingParty's origins too.

    ConfigError: `origin_invalid`.
    """

@final
class UnverifiedResponse:
    @property
    def credential_id(self) -> str: ...
    @property
    def user_handle(self) -> Optional[str]: ...
    @property
    def challenge(self) -> str: ...
    def __bool__(self) -> NoReturn: ...

def read_response(response: _Response) -> UnverifiedResponse:
    """Reads a response without verifying anything: enough to look a record up, and no more."""

@final
class CredentialRecord:
    """A stored credential. to_text() is what the host stores."""

    def __new__(
        cls,
        id: Union[str, _Bytes],
        *,
        public_key: Union[str, _Bytes],
        user_handle: Union[str, _Bytes],
        sign_count: int,
        transports: Optional[Sequence[str]] = ...,
        backup_eligible: Optional[bool] = ...,
        backed_up: Optional[bool] = ...,
        aaguid: Optional[Union[str, _Bytes]] = ...,
        uv_initialized: Optional[bool] = ...,
    ) -> CredentialRecord: ...
    @staticmethod
    def from_text(text: str) -> CredentialRecord:
        """Reads what to_text() gave, of every released version and in either form.

        ConfigError: `record_corrupt`, `record_version_unknown`.
        """

    def to_text(self) -> str:
        """What the host stores. Of a record that was read, the very text."""

    def to_json(self) -> str: ...
    def to_compact(self) -> str:
        """The same record in a text of about half the size."""

    def compact(self) -> CredentialRecord:
        """The same record, whose text is compact. Those that its transitions store are too."""

    def prepare(self) -> PreparedKey:
        """Prepares the key, in the time of about one verification and 2 KB: each verification with it then takes half the time, where the
        algorithm is ES256. Worth its while for a credential that signs in often.

        ConfigError: `record_corrupt`.
        """

    @property
    def id(self) -> str: ...
    @property
    def public_key(self) -> str: ...
    @property
    def algorithm(self) -> int: ...
    @property
    def user_handle(self) -> str: ...
    @property
    def sign_count(self) -> int: ...
    @property
    def transports(self) -> list[str]: ...
    @property
    def backup_eligible(self) -> Optional[bool]: ...
    @property
    def backed_up(self) -> Optional[bool]: ...
    @property
    def aaguid(self) -> Optional[str]:
        """The model, as it claimed it: proven is Attestation.proven_aaguid alone."""

    @property
    def uv_initialized(self) -> Optional[bool]:
        """Whether the user was ever verified with it; None if that was never kept."""

    @property
    def kind(
        self,
    ) -> Literal["security_key", "built_in_authenticator", "synced_passkey", "device_bound_passkey"]:
        """The kind of method, for the list of what a person has enrolled."""

    @property
    def hardware(self) -> bool:
        """Whether a trusted attestation and its metadata said, at registration, that hardware keeps the key."""

    @property
    def attestation_object(self) -> Optional[str]:
        """Base64url, of a relying party with keep_attestation=True."""

    @property
    def attestation_client_data_json(self) -> Optional[str]: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...

@final
class Ceremony:
    """A ceremony that was begun. Delete it by id before finishing it."""

    @property
    def options(self) -> dict[str, Any]: ...
    @property
    def options_json(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def expires_at(self) -> int: ...
    def __bool__(self) -> NoReturn: ...

@final
class Attestation:
    """What became of an attestation statement. None but a trusted one says anything about the authenticator's maker."""

    @property
    def format(self) -> str: ...
    @property
    def type(self) -> Literal["none", "self", "basic", "attca", "anonca", "compound", "unverified"]: ...
    @property
    def trust(self) -> Literal["not_requested", "untrusted", "trusted"]: ...
    @property
    def anchor(self) -> Optional[str]:
        """The SHA-256 hash of the anchor that vouches for it, in hexadecimal."""

    @property
    def proven_aaguid(self) -> Optional[str]:
        """The authenticator's model as a UUID, proven by a trusted statement that covers it."""

    @property
    def path(self) -> list[bytes]:
        """The certificates (DER) that came with the statement, the attestation certificate first."""

    @property
    def parts(self) -> list[Attestation]:
        """The statements in a compound one."""

    def __bool__(self) -> NoReturn: ...

class _CredProps(TypedDict):
    rk: bool

class _LargeBlob(TypedDict):
    supported: Optional[bool]
    blob: Optional[str]
    written: Optional[bool]

class _PrfResults(TypedDict):
    first: str
    second: Optional[str]

class _Prf(TypedDict):
    enabled: Optional[bool]
    results: Optional[_PrfResults]

class _RawExtensions(TypedDict):
    authenticator: Optional[str]
    client: Optional[dict[str, Any]]

class _AskedExtensions(TypedDict, total=False):
    credProps: _CredProps
    appid: bool
    appidExclude: bool
    largeBlob: _LargeBlob
    prf: _Prf
    credentialProtectionPolicy: Literal[
        "userVerificationOptional", "userVerificationOptionalWithCredentialIDList", "userVerificationRequired"
    ]
    hmacCreateSecret: bool
    minPinLength: int
    uvm: list[list[int]]

class _ExtensionOutputs(_AskedExtensions):
    """What came of the extensions that were asked for, with bytes in base64url; `raw` is everything that was sent, in CBOR (base64url)
    by the authenticator, in JSON by the client. The client's outputs (credProps, appid, appidExclude, largeBlob, prf) are signed by nobody.
    """

    raw: _RawExtensions

@final
class RegistrationVerified:
    @property
    def credential(self) -> CredentialRecord: ...
    @property
    def user_handle(self) -> str: ...
    @property
    def user_verified(self) -> bool: ...
    @property
    def flags(self) -> int: ...
    @property
    def attachment(self) -> Optional[str]:
        """As the client says: "platform", "cross-platform", or a name that is not known yet."""

    @property
    def attestation(self) -> Attestation: ...
    @property
    def extensions(self) -> _ExtensionOutputs: ...
    @property
    def transition(self) -> Transition[str]: ...
    def commit(self, rows: int) -> CredentialRecord:
        """The stored record. A registration is not a sign-in: this never returns Evidence."""

    def __bool__(self) -> NoReturn: ...

@final
class AuthenticationVerified:
    @property
    def credential_id(self) -> str: ...
    @property
    def user_handle(self) -> str: ...
    @property
    def user_verified(self) -> bool: ...
    @property
    def flags(self) -> int: ...
    @property
    def backup_eligible(self) -> bool: ...
    @property
    def backed_up(self) -> bool: ...
    @property
    def counter(self) -> int: ...
    @property
    def counter_regressed(self) -> bool: ...
    @property
    def attachment(self) -> Optional[str]: ...
    @property
    def extensions(self) -> _ExtensionOutputs: ...
    @property
    def transition(self) -> Transition[str]: ...
    @property
    def uv_transition(self) -> Optional[Transition[str]]:
        """The same transition, after which the record also says that the user was verified with this credential; None unless the user was
        verified now and the record does not say so already. Store it in place of transition only if another factor was proven too.
        """

    def commit(self, rows: int) -> Evidence: ...
    def __bool__(self) -> NoReturn: ...

@final
class Step:
    """What became of one step of WebAuthn Level 3 §7.1 or §7.2. For support staff; nothing here is a proof."""

    @property
    def number(self) -> str:
        """Such as "7.1-8"."""

    @property
    def title(self) -> str: ...
    @property
    def verdict(self) -> Literal["passed", "failed", "not_applicable", "caller", "not_reached"]: ...
    @property
    def code(self) -> Optional[str]:
        """Of a step that failed."""

    def __bool__(self) -> NoReturn: ...

class _StatusReport(TypedDict):
    status: str
    effectiveDate: Optional[str]

class _MetadataEntry(TypedDict):
    aaguid: Optional[str]
    description: Optional[str]
    isHardware: bool
    attestationTypes: list[str]
    keyProtection: list[str]
    attachmentHint: list[str]
    statusReports: list[_StatusReport]
    attestationRootCertificates: list[str]

@final
class Metadata:
    """A verified BLOB of the FIDO Metadata Service: what is known of authenticator models. mfakit fetches nothing."""

    @staticmethod
    def parse(
        blob: Union[str, _Bytes],
        *,
        roots: Sequence[_Certificate],
        signer: Optional[str] = ...,
        now: Optional[_Time] = ...,
        previous_number: Optional[int] = ...,
        allow_stale: bool = ...,
    ) -> Metadata:
        """Verifies a BLOB: its signature, the path to one of the roots (GlobalSign Root CA - R3 for FIDO's), its number and its age.
        signer is the host name that its signer's certificate must have, mds.fidoalliance.org unless said otherwise.

        VerificationError: `metadata_malformed`, `metadata_rollback`, `signature_invalid`, `signature_malformed`, `attestation_untrusted`,
        `input_malformed`, `input_too_large` and the `certificate_…` codes. ConfigError: `anchor_invalid`, `metadata_stale`.
        """

    @property
    def number(self) -> int:
        """To be stored, and passed as previous_number next time."""

    @property
    def next_update(self) -> str: ...
    @property
    def next_update_time(self) -> int: ...
    @property
    def entry_count(self) -> int: ...
    @property
    def skipped(self) -> int:
        """How many entries could not be read."""

    def find(self, aaguid: Union[str, _Bytes]) -> Optional[_MetadataEntry]:
        """The entry of a model, by its AAGUID: a UUID, base64url or 16 bytes. A new dictionary each time.

        ConfigError: `argument_value_invalid`.
        """

    def __bool__(self) -> NoReturn: ...

@final
class AttestationTrust:
    """Which authenticators' attestation is trusted. Immutable.

    anchors: certificates of attestation CAs. metadata: what FIDO says of models, roots and revocations. require: whether a registration
    without a trusted attestation is refused. android_key: whose word counts for an Android key, either list's or the trusted
    environment's alone. fido_switches and tolerances: departures from the specification, each by its name. also_reject: statuses of the
    metadata that refuse a model while they are its latest, besides the security notifications, such as "NOT_FIDO_CERTIFIED";
    danger_accept_statuses: security notifications that do not, such as "USER_KEY_PHYSICAL_COMPROMISE".

    ConfigError: `anchor_invalid`, `argument_value_invalid`.
    """

    def __new__(
        cls,
        *,
        anchors: Optional[Sequence[_Certificate]] = ...,
        metadata: Optional[Metadata] = ...,
        require: bool = ...,
        android_key: Literal["union", "tee_only"] = ...,
        fido_switches: Optional[
            Sequence[Literal["u2f_zero_aaguid", "tpm_known_vendor", "tpm_rs1", "no_root_in_x5c", "token_binding"]]
        ] = ...,
        tolerances: Optional[Sequence[Literal["ecdsa_null_parameters", "signature_unused_bits"]]] = ...,
        also_reject: Optional[Sequence[str]] = ...,
        danger_accept_statuses: Optional[Sequence[str]] = ...,
        danger_ignore_validity: bool = ...,
    ) -> AttestationTrust: ...

@final
class RelyingParty:
    """A relying party: immutable, safe to share between threads.

    algorithms are COSE numbers, [-8, -7, -257] unless said otherwise. attestation_formats are all but the deprecated android-safetynet
    unless said otherwise. With keep_attestation, records keep the attestation, to be verified again later.

    With a state_key (32 to 64 random bytes) the states of its ceremonies are sealed, and may be kept in a cookie. With an enumeration_key
    (as long) it has begin_decoy_authentication.

    es256 says by which implementation ES256 is verified: mfakit's own, or the Rust crate p256; the verdicts are the same. prepared_keys is
    how many keys of credentials that signed in lately are kept prepared in this process, each in 2 KB; at most 65 536. A sign-in whose
    key is there takes half the time.

    ConfigError: `rp_id_invalid`, `origin_invalid`, `argument_value_invalid`, `state_key_invalid`, `enumeration_key_invalid`.
    """

    def __new__(
        cls,
        id: str,
        *,
        name: str,
        origins: Sequence[str],
        user_verification: _UserVerification,
        cross_origin: Literal["deny", "allow_listed", "danger_any_top_origin"] = ...,
        top_origins: Optional[Sequence[str]] = ...,
        counter: Literal["reject", "report"] = ...,
        backup: Literal["strict", "allow_upgrade"] = ...,
        algorithms: Optional[Sequence[int]] = ...,
        resident_key: _ResidentKey = ...,
        attachment: Optional[_Attachment] = ...,
        hints: Optional[Sequence[_Hint]] = ...,
        attestation: Literal["none", "indirect", "direct", "enterprise"] = ...,
        attestation_formats: Optional[Sequence[_Format]] = ...,
        unknown_attestation: Literal["reject", "ignore"] = ...,
        trust: Optional[AttestationTrust] = ...,
        keep_attestation: bool = ...,
        unsolicited_extensions: Literal["ignore", "reject"] = ...,
        state_key: Optional[_Bytes] = ...,
        enumeration_key: Optional[_Bytes] = ...,
        es256: Literal["mfakit", "p256"] = ...,
        prepared_keys: int = ...,
        danger_allow_absent_user: bool = ...,
    ) -> RelyingParty: ...
    @property
    def id(self) -> str: ...
    def ceremony_id(self, state: str) -> str:
        """The id of a state's ceremony. A sealed state can come twice: before finishing, insert the id under a unique key, to be kept for
        the longest lifetime that you give. A state that the client changed raises ConfigError `state_malformed`: where it comes from a
        cookie, treat that as a ceremony that is not there.
        """

    def begin_registration(
        self,
        user_handle: Union[str, _Bytes],
        *,
        user_name: str,
        display_name: Optional[str] = ...,
        exclude: Optional[Sequence[Union[str, CredentialRecord]]] = ...,
        user_verification: Optional[_UserVerification] = ...,
        resident_key: Optional[_ResidentKey] = ...,
        attachment: Optional[_Attachment] = ...,
        hints: Optional[Sequence[_Hint]] = ...,
        mediation: Optional[Literal["conditional"]] = ...,
        extensions: Optional[_Extensions] = ...,
        lifetime: Optional[int] = ...,
        now: Optional[_Time] = ...,
    ) -> Ceremony:
        """extensions are {"credProps": True} unless said otherwise."""

    def finish_registration(
        self, response: _Response, *, state: str, now: Optional[_Time] = ...
    ) -> RegistrationVerified: ...
    def begin_authentication(
        self,
        user_handle: Union[str, _Bytes],
        *,
        allow: Sequence[Union[str, CredentialRecord]],
        user_verification: Optional[_UserVerification] = ...,
        hints: Optional[Sequence[_Hint]] = ...,
        extensions: Optional[_Extensions] = ...,
        lifetime: Optional[int] = ...,
        now: Optional[_Time] = ...,
    ) -> Ceremony: ...
    def begin_discoverable_authentication(
        self,
        *,
        user_verification: Optional[_UserVerification] = ...,
        mediation: Optional[Literal["conditional"]] = ...,
        hints: Optional[Sequence[_Hint]] = ...,
        extensions: Optional[_Extensions] = ...,
        lifetime: Optional[int] = ...,
        now: Optional[_Time] = ...,
    ) -> Ceremony: ...
    def begin_decoy_authentication(
        self,
        identifier: str,
        *,
        user_verification: Optional[_UserVerification] = ...,
        hints: Optional[Sequence[_Hint]] = ...,
        extensions: Optional[_Extensions] = ...,
        lifetime: Optional[int] = ...,
        now: Optional[_Time] = ...,
    ) -> Ceremony:
        """Begins an authentication that nobody can finish, for a user name that no account has: with credential ids that are derived from
        the name, and the same each time. identifier is what the person typed, in the form in which you would have looked it up.

        VerificationError: `input_malformed` if it is no text. ConfigError: `enumeration_key_invalid` without an enumeration_key.
        """

    def finish_authentication(
        self,
        response: _Response,
        *,
        state: str,
        record: Union[str, CredentialRecord],
        prepared: Optional[PreparedKey] = ...,
        now: Optional[_Time] = ...,
    ) -> AuthenticationVerified:
        """prepared is record.prepare(), where it was called before. ConfigError: `prepared_key_mismatch` with another record's."""

    def verify_registration(
        self,
        response: _Response,
        *,
        challenge: Union[str, _Bytes],
        user_handle: Union[str, _Bytes],
        user_verification: Optional[_UserVerification] = ...,
        mediation: Optional[Literal["conditional"]] = ...,
        extensions: Optional[_Extensions] = ...,
        now: Optional[_Time] = ...,
    ) -> RegistrationVerified: ...
    def verify_authentication(
        self,
        response: _Response,
        *,
        challenge: Union[str, _Bytes],
        user_handle: Union[str, _Bytes],
        record: Union[str, CredentialRecord],
        allow: Optional[Sequence[Union[str, CredentialRecord]]] = ...,
        user_verification: Optional[_UserVerification] = ...,
        extensions: Optional[_Extensions] = ...,
        prepared: Optional[PreparedKey] = ...,
    ) -> AuthenticationVerified: ...
    def verify_discoverable_authentication(
        self,
        response: _Response,
        *,
        challenge: Union[str, _Bytes],
        record: Union[str, CredentialRecord],
        user_verification: Optional[_UserVerification] = ...,
        extensions: Optional[_Extensions] = ...,
        prepared: Optional[PreparedKey] = ...,
    ) -> AuthenticationVerified: ...
    def explain_registration(
        self,
        response: _Response,
        *,
        challenge: Union[str, _Bytes],
        user_handle: Union[str, _Bytes],
        user_verification: Optional[_UserVerification] = ...,
        mediation: Optional[Literal["conditional"]] = ...,
        extensions: Optional[_Extensions] = ...,
        now: Optional[_Time] = ...,
    ) -> list[Step]:
        """The verdict of every step of §7.1. For support staff: whatever the response is, this raises ConfigError alone, and gives no proof.
        Do not show it to the person who registers.
        """

    def explain_authentication(
        self,
        response: _Response,
        *,
        challenge: Union[str, _Bytes],
        record: Union[str, CredentialRecord],
        user_handle: Optional[Union[str, _Bytes]] = ...,
        allow: Optional[Sequence[Union[str, CredentialRecord]]] = ...,
        user_verification: Optional[_UserVerification] = ...,
        extensions: Optional[_Extensions] = ...,
    ) -> list[Step]:
        """The verdict of every step of §7.2; without a user_handle, of a discoverable authentication."""

@final
class PreparedKey:
    """A stored credential's key, prepared: for this process alone, and refused with any record but one that has its very key. It has no
    bytes, and does not pickle.
    """

    @property
    def algorithm(self) -> int: ...
    def __reduce__(self) -> NoReturn: ...

class _AuthenticationItem(TypedDict):
    rp: RelyingParty
    response: _Response
    record: Union[str, CredentialRecord]

class _BatchItem(_AuthenticationItem, total=False):
    """One of a batch, for annotations: with a state as for finish_authentication, or with challenge and user_handle as for
    verify_authentication.
    """

    state: str
    challenge: Union[str, _Bytes]
    user_handle: Union[str, _Bytes]
    prepared: Optional[PreparedKey]
    now: Optional[_Time]

@final
class Outcome:
    """What became of one item of a batch. It says nothing until it is asked."""

    def verified(self) -> AuthenticationVerified:
        """The verified authentication, the same object each time. Raises this item's error."""

    def __bool__(self) -> NoReturn: ...

def verify_authentications(items: Sequence[_BatchItem]) -> list[Outcome]:
    """Verifies many authentications on all cores, while other Python threads run: an outcome for each, in their order.

    ConfigError: `argument_type_invalid` if items is no list (or tuple) of dictionaries. Whatever is wrong with one item is that item's
    error: a VerificationError for its response, a ConfigError for the rest.
    """

class Tier(IntEnum):
    """How strong a sign-in was, in order."""

    WEAK = 1
    STANDARD = 2
    PHISHING_RESISTANT = 3

@final
class Reason:
    """One line of an explanation."""

    @property
    def code(self) -> str:
        """Stable."""

    @property
    def subject(self) -> Optional[str]:
        """The kind of method, or the value, that it is about."""

    @property
    def tier(self) -> Optional[Tier]: ...
    @property
    def message(self) -> str:
        """One sentence."""

    def __bool__(self) -> NoReturn: ...

class _Factors(TypedDict):
    knowledge: int
    possession: int
    inherence: int
    # An authenticator verified its user and did not tell how.
    unspecified: int
    # How many different kinds there are for certain.
    kinds: int

@final
class Assessment:
    """What a session is worth: everything that was proven for it. Store to_json() beside the session."""

    @staticmethod
    def from_trusted_json(text: str) -> Assessment:
        """Reads a stored text. Whoever can write that text can claim any proof: it belongs where sessions are kept, never to a client.

        ConfigError: `record_corrupt`, `record_version_unknown`.
        """

    def to_json(self) -> str: ...
    @property
    def tier(self) -> Tier:
        """That of the strongest proof."""

    @property
    def amr(self) -> tuple[str, ...]:
        """RFC 8176."""

    @property
    def acr(self) -> Optional[Literal["phr", "phrh"]]:
        """OpenID EAP."""

    @property
    def methods(self) -> tuple[_MethodKind, ...]:
        """The kinds of method that were proven, in the order of the proofs."""

    @property
    def factors(self) -> _Factors:
        """How many factors there are of each kind. A new dictionary each time."""

    @property
    def recovery(self) -> bool:
        """Whether a code to get back in was used: the methods should be set up again."""

    def explain(self) -> list[Reason]:
        """Each proof and why it has its tier."""

    def meets(self, tier: _Tier, *, max_age: Optional[int] = ..., now: Optional[_Time] = ...) -> bool:
        """Whether the tier is reached; with max_age, by proofs of the last so many seconds."""

    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __bool__(self) -> NoReturn: ...

def assess(
    evidence: Union[Evidence, Iterable[Evidence]], *, previous: Optional[Assessment] = ..., now: Optional[_Time] = ...
) -> Assessment:
    """Judges what was proven for one user, on top of the session's assessment until now.

    ConfigError: `argument_value_invalid` for more than 16 different proofs, `time_invalid`, also for evidence of the future.
    """

@final
class AssuranceProfile:
    """Which claim of an identity provider stands for which tier: versioned data, chosen for each issuer.

    Built in: "salesforce-2026-05-05", "rfc8176", "openid-eap", "refeds", "nist-800-63".
    """

    @staticmethod
    def named(id: str) -> AssuranceProfile:
        """ConfigError: `argument_value_invalid` for another id."""

    @staticmethod
    def from_json(text: str) -> AssuranceProfile:
        """A profile of your own. ConfigError: `profile_invalid`."""

    @staticmethod
    def names() -> list[str]:
        """The ids of the built-in profiles."""

    @property
    def id(self) -> str: ...
    @property
    def version(self) -> str: ...
    def to_json(self) -> str: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...

def lint(profile: Union[str, AssuranceProfile]) -> list[Reason]:
    """What is odd about a profile. Nothing of it changes a verdict."""

def amr_description(value: str) -> Optional[str]:
    """What the IANA registry says of an amr value; None if it does not know it.

    VerificationError: `claims_malformed` if it is not text.
    """

@final
class Classification:
    """The tier of a sign-in through an identity provider, with the claims as they were sent."""

    @staticmethod
    def from_trusted_json(text: str, *, profile: Union[str, AssuranceProfile]) -> Classification:
        """Reads a stored text: the claims are classified anew under the profile of the same id and version.

        ConfigError: `record_corrupt`, `record_version_unknown`; `argument_value_invalid` for another profile.
        """

    def to_json(self) -> str: ...
    @property
    def tier(self) -> Tier:
        """Tier.WEAK where nothing was recognised."""

    @property
    def recognised(self) -> bool:
        """Whether the profile lists any of the values. Without it nothing is satisfied."""

    @property
    def unknown(self) -> tuple[str, ...]:
        """The values that the profile does not list."""

    @property
    def profile(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def amr(self) -> tuple[str, ...]: ...
    @property
    def acr(self) -> Optional[str]: ...
    @property
    def authn_context(self) -> tuple[str, ...]: ...
    @property
    def auth_time(self) -> Optional[int]: ...
    def explain(self) -> list[Reason]:
        """Each value, as "amr:value", "acr:value" or "authn_context:value", and what the profile makes of it."""

    def meets(self, tier: _Tier) -> bool: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __bool__(self) -> NoReturn: ...

def classify(
    profile: Union[str, AssuranceProfile],
    *,
    claims: Optional[Union[str, _Bytes, Mapping[str, Any]]] = ...,
    amr: Optional[Sequence[str]] = ...,
    acr: Optional[str] = ...,
    authn_context: Optional[Sequence[str]] = ...,
    auth_time: Optional[float] = ...,
    max_age: Optional[int] = ...,
    now: Optional[_Time] = ...,
) -> Classification:
    """Classifies claims that you have verified: no signature, issuer, audience or nonce is checked here.

    claims: the payload of an ID token, as JSON text or as the parsed dictionary; or the claims one by one. max_age: how many seconds ago
    the person may have signed in at the identity provider.

    VerificationError: `claims_malformed` for a claim of the wrong shape, such as text where a list belongs; `json_malformed`,
    `json_duplicate_member`, `input_too_large`; `auth_time_missing`, `auth_time_stale`, `auth_time_future`. ConfigError:
    `argument_value_invalid` for claims in both ways or an unknown profile, `time_invalid`.
    """

@final
class Requirement:
    """What one request demands. Make it anew at each request: rights change while a session lives. Immutable.

    max_age: how many seconds ago at most the tier was reached. exemption: "approved", if one was for this person. waiver: whether the
    person has a permission that waives until enforcement begins. enforced_from: when that is. client_can: the kinds of method that
    the person's client can perform, all unless said otherwise. acr_values: what to ask an identity provider for, the best first.

    ConfigError: `argument_value_invalid`, `time_invalid`.
    """

    def __new__(
        cls,
        tier: _Tier,
        *,
        max_age: Optional[int] = ...,
        exemption: Optional[Literal["approved"]] = ...,
        waiver: bool = ...,
        enforced_from: Optional[_Time] = ...,
        client_can: Optional[Sequence[_MethodKind]] = ...,
        acr_values: Optional[str] = ...,
    ) -> Requirement: ...
    @property
    def tier(self) -> Tier: ...
    @property
    def max_age(self) -> Optional[int]: ...
    @property
    def exempt(self) -> bool: ...
    @property
    def waiver(self) -> bool: ...
    @property
    def enforced_from(self) -> Optional[int]: ...
    @property
    def client_can(self) -> Optional[tuple[_MethodKind, ...]]: ...
    @property
    def acr_values(self) -> Optional[str]: ...
    @property
    def policy(self) -> Optional[str]:
        """The id of the policy profile that it came from."""

    @property
    def policy_version(self) -> Optional[str]: ...
    def applies(
        self, now: Optional[_Time] = ...
    ) -> Literal["yes", "channel_unaffected", "exempt", "waived", "not_yet_enforced"]:
        """Whether it applies, and if not, why."""

    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...

@final
class PolicyProfile:
    """A published enforcement as versioned data. Built in: "salesforce-2026-05-05"."""

    @staticmethod
    def named(id: str) -> PolicyProfile:
        """ConfigError: `argument_value_invalid` for another id."""

    @staticmethod
    def from_json(text: str) -> PolicyProfile:
        """A profile of your own. ConfigError: `profile_invalid`."""

    @staticmethod
    def names() -> list[str]:
        """The ids of the built-in profiles."""

    @property
    def id(self) -> str: ...
    @property
    def version(self) -> str: ...
    def to_json(self) -> str: ...
    def label(self, tier: _Tier) -> str:
        """What people call a tier."""

    @property
    def channels(self) -> dict[str, bool]:
        """The channels, and whether the policy covers each. A new dictionary each time."""

    @property
    def privileged_rights(self) -> tuple[str, ...]:
        """The rights of which any one makes a person privileged."""

    def requirement(
        self,
        *,
        rights: Sequence[str],
        channel: str = ...,
        environment: str = ...,
        waiver: bool = ...,
        exemption: Optional[Literal["approved"]] = ...,
        enforced_from: Optional[_Time] = ...,
        client_can: Optional[Sequence[_MethodKind]] = ...,
        max_age: Optional[int] = ...,
    ) -> Requirement:
        """What the policy demands of a person with these rights, all that they have, on this channel ("ui" unless said otherwise) of this
        environment ("production"). enforced_from: your own date of enforcement; else the first day of the published window.

        ConfigError: `argument_value_invalid` for a channel or environment that the profile does not name, and for a right that is nearly a
        listed one: in another case, with other spaces, by its name in an API.
        """

    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...

@final
class Decision:
    """What to do with a request."""

    @property
    def kind(self) -> Literal["allow", "step_up", "enroll", "block"]: ...
    @property
    def reason(self) -> str:
        """A stable code."""

    @property
    def need(self) -> Optional[Tier]:
        """The tier that is missing."""

    @property
    def options(self) -> tuple[_MethodKind, ...]:
        """The methods to offer, the best first."""

    @property
    def challenge(self) -> Optional[str]:
        """The WWW-Authenticate field that an API answers to a request that needs more (RFC 9470)."""

    def explain(self) -> list[Reason]:
        """The reason, then what each proof or claim is worth."""

    def or_raise(self) -> None:
        """Raises unless the request is let through: `step_up_required`, `enrollment_required`, `login_blocked`."""

    def __bool__(self) -> NoReturn: ...

def decide(
    standing: _Standing,
    *,
    requirement: Requirement,
    enrolled: Sequence[_MethodKind],
    now: Optional[_Time] = ...,
) -> Decision:
    """Decides about one request of a person who has enrolled these kinds of method here: all of them, a live temporary code among them.
    Whoever has none is asked to add one.

    ConfigError: `argument_value_invalid`, `time_invalid`.
    """

def eligible_methods(
    enrolled: Sequence[_MethodKind], *, requirement: Requirement, now: Optional[_Time] = ...
) -> list[_MethodKind]:
    """The methods that a requirement lets the person choose from, out of those that they have, the best first."""

def enrollable_methods(requirement: Requirement) -> list[_MethodKind]:
    """The methods that a person may add to satisfy a requirement, the phishing-resistant first."""

@final
class Removal:
    """Whether a method may be removed, or two-factor authentication turned off."""

    @property
    def allowed(self) -> bool: ...
    @property
    def reason(self) -> str:
        """A stable code."""

    @property
    def message(self) -> str:
        """One sentence."""

    def or_raise(self) -> None:
        """Raises unless it may: `method_required`; `step_up_required` for what must be proven before, and for a last method whose removal
        turns two-factor authentication off, which is can_disable's; ConfigError `argument_value_invalid` if the person has no such method.
        """

    def __bool__(self) -> NoReturn: ...

def can_remove(
    enrolled: Sequence[_MethodKind], *, remove: _MethodKind, requirement: Requirement, now: Optional[_Time] = ...
) -> Removal:
    """Whether a person who has enrolled these methods, one element each, may remove one of a kind."""

def can_disable(assessment: Assessment, *, requirement: Requirement, now: Optional[_Time] = ...) -> Removal:
    """Whether a person may turn two-factor authentication off: nothing demands it, the password was proven within five minutes, and a
    second factor in this session.
    """

def method_advice(
    enrolled: Sequence[_MethodKind],
) -> list[Literal["no_method", "no_backup", "no_recovery_codes", "not_phishing_resistant"]]:
    """What to recommend to a person who has enrolled these methods, one element each."""

def grandfathered(
    enrolled_at: Optional[_Time], *, enrolled_before: _Time, until: _Time, now: Optional[_Time] = ...
) -> bool:
    """Whether a method that nobody may add any more still serves a person who had it."""

@final
class Effect:
    """Something to carry out."""

    @property
    def kind(self) -> Literal["revoke_other_sessions", "rotate_api_key", "notify_by_email"]: ...
    @property
    def lifetime(self) -> Optional[int]:
        """How long a new API key lives, in seconds."""

    @property
    def template(self) -> Optional[_Event]:
        """Which message to send: the event's name."""

    def __bool__(self) -> NoReturn: ...

def effects(event: _Event) -> list[Effect]:
    """What an event entails, in the order in which to do it. ConfigError: `argument_value_invalid` for another event."""

def session_expires_at(kind: _SessionKind, *, created: _Time, last_active: Optional[_Time] = ...) -> int:
    """The moment at which a session is over, in Unix seconds: "web" after 24 hours without a request and 10 days in all, "cli" and
    "api_key" after 30 days.

    ConfigError: `argument_value_invalid` for another kind, `time_invalid`.
    """

def touch_session(kind: _SessionKind, *, created: _Time, last_active: _Time, now: Optional[_Time] = ...) -> int:
    """Counts a request as activity: the new moment at which the session is over. Store now as the last activity.

    VerificationError: `session_expired`.
    """

def audit_record(
    event: str,
    *,
    user: Optional[str] = ...,
    standing: Optional[_Standing] = ...,
    requirement: Optional[Requirement] = ...,
    decision: Optional[Decision] = ...,
    credential_id: Optional[Union[str, _Bytes]] = ...,
    now: Optional[_Time] = ...,
) -> str:
    """One line for the audit: flat JSON with stable members, null where nothing is known. Of a credential the hash of its id is written.

    ConfigError: `argument_value_invalid` for an event or user that is empty or longer than 255 bytes; `time_invalid`.
    """

@final
class DeviceRecord:
    """A device that may approve for one user. to_text() is what the host stores; nothing in it is secret."""

    @staticmethod
    def from_text(text: str) -> DeviceRecord:
        """ConfigError: `record_corrupt`, `record_version_unknown`. VerificationError: `algorithm_unsupported` for a key whose algorithm
        is not built in.
        """

    def to_text(self) -> str: ...
    @property
    def id(self) -> str:
        """16 random bytes as base64url."""

    @property
    def user_id(self) -> str: ...
    @property
    def audience(self) -> str: ...
    @property
    def algorithm(self) -> int: ...
    @property
    def public_key(self) -> str:
        """A COSE key as base64url."""

    @property
    def name(self) -> Optional[str]:
        """What the device calls itself. It chose that: show it as text, never as markup."""

    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...

@final
class DeviceEnrollment:
    """An enrolment that was begun. Store state under device_id until expires_at, show request as a QR code or a link, and when the answer
    comes delete the row and finish with what the delete returned.
    """

    @property
    def request(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def device_id(self) -> str: ...
    @property
    def expires_at(self) -> int:
        """The last second in which the device may answer, in Unix seconds."""

    def __bool__(self) -> NoReturn: ...

def begin_device_enrollment(
    user_id: str, *, audience: str, lifetime: Optional[int] = ..., now: Optional[_Time] = ...
) -> DeviceEnrollment:
    """Begins the enrolment of a device for a user who is signed in. audience: your own name for yourself, such as your domain. The device
    shows it, and signs for no other: never change it. lifetime: 60 to 3600 seconds, 600 unless said otherwise.

    ConfigError: `user_id_invalid`, `argument_value_invalid`, `time_invalid`, `entropy_unavailable`.
    """

@final
class DeviceVerified:
    """A device that has proven its key. It counts once its record is inserted."""

    @property
    def device(self) -> DeviceRecord: ...
    @property
    def transition(self) -> Transition[str]:
        """From nothing to the record: insert it under its unique id."""

    def commit(self, rows: int) -> DeviceRecord:
        """The stored record. An enrolment is not a sign-in: this never returns Evidence."""

    def __bool__(self) -> NoReturn: ...

def finish_device_enrollment(answer: str, *, state: str, now: Optional[_Time] = ...) -> DeviceVerified:
    """Verifies a device's answer to an enrolment.

    VerificationError: `approval_malformed`, `approval_expired`, `approval_audience_mismatch`, `approval_request_mismatch`,
    `approval_algorithm_mismatch`, `signature_malformed`, `signature_invalid`, `algorithm_unsupported`, the `cose_...` codes,
    `input_malformed`. ConfigError: `record_corrupt`, `record_version_unknown`, `time_invalid`.
    """

@final
class Approval:
    """An approval that was begun: store the transition, then send request to the devices and show number on the login screen."""

    @property
    def id(self) -> str:
        """Names the approval."""

    @property
    def request(self) -> str:
        """What the devices are sent. Nothing in it is secret."""

    @property
    def number(self) -> str:
        """The two digits for the login screen. Never send them to the device."""

    @property
    def transition(self) -> Transition[str]:
        """From the previous state to the pending one."""

    @property
    def expires_at(self) -> int:
        """The last second in which a device may answer, in Unix seconds."""

    def __bool__(self) -> NoReturn: ...

def begin_approval(
    user_id: str,
    *,
    audience: str,
    action: str,
    devices: Sequence[Union[str, DeviceRecord]],
    context: str = ...,
    previous: Optional[str] = ...,
    lifetime: Optional[int] = ...,
    now: Optional[_Time] = ...,
) -> Approval:
    """Begins an approval for a user who has given their password. One may be pending for a user: previous is the stored state until now.

    action: what is asked, such as "Sign in". context: what helps the person to tell their own sign-in from another's, such as browser and
    place. devices: 1 to 4 of the user's. lifetime: 60 to 600 seconds, 120 unless said otherwise.

    VerificationError: `approval_pending`. ConfigError: `user_id_invalid`, `argument_value_invalid`, `record_corrupt`,
    `record_version_unknown`, `time_invalid`, `entropy_unavailable`.
    """

@final
class ApprovalVerified:
    """An authentic answer, which need not be a yes. It counts once its transition is stored."""

    @property
    def decision(self) -> Literal["approved", "denied", "number_mismatch"]:
        """For a log. Whether the person may go on, commit tells."""

    @property
    def user_id(self) -> str:
        """Who answered: the user whom the approval was begun for. See that it is the one who signs in."""

    @property
    def approval_id(self) -> str:
        """Names the approval. The evidence is for the login that began it, and for no other."""

    @property
    def device_id(self) -> str: ...
    @property
    def transition(self) -> Transition[str]: ...
    def commit(self, rows: int) -> Evidence:
        """The evidence, given how many rows the compare-and-set changed: exactly one. VerificationError: `approval_denied`,
        `approval_number_mismatch`.
        """

    def __bool__(self) -> NoReturn: ...

def finish_approval(answer: str, *, state: str, now: Optional[_Time] = ...) -> ApprovalVerified:
    """Verifies a device's answer to the approval that is stored for a user. A denial and a wrong number are answers too: store the
    transition of either, then commit.

    VerificationError: `approval_malformed`, `approval_answered`, `approval_expired`, `approval_device_unknown`,
    `approval_audience_mismatch`, `approval_request_mismatch`, `approval_algorithm_mismatch`, `signature_malformed`,
    `signature_invalid`, `input_malformed`. ConfigError: `record_corrupt`, `record_version_unknown`, `time_invalid`.
    """

def read_approval(
    state: str, *, id: str, now: Optional[_Time] = ...
) -> Literal["pending", "approved", "denied", "number_mismatch", "cancelled", "expired"]:
    """How the approval with this id stands, for the login that began it and waits: id is Approval.id, kept in that login. It is expired if
    the user has begun another since, or the time is over. It opens no session: only evidence does.

    ConfigError: `argument_value_invalid` for an id that is none, `record_corrupt`, `record_version_unknown`, `time_invalid`.
    """

def cancel_approval(state: str) -> Transition[str]:
    """Ends a pending approval, because the person chose another way or left. VerificationError: `approval_answered`."""

@final
class UnverifiedAnswer:
    """What an answer says of itself, to look the state up by; nothing of it is verified."""

    @property
    def user_id(self) -> str: ...
    @property
    def device_id(self) -> str: ...
    @property
    def request_id(self) -> Optional[str]:
        """The approval that it names; None for the answer to an enrolment."""

    def __bool__(self) -> NoReturn: ...

def read_approval_answer(answer: str) -> UnverifiedAnswer:
    """Reads the answer to an approval or an enrolment. VerificationError: `approval_malformed`, `input_malformed`."""

@final
class DeviceEnrollmentRequest:
    """On the device: a request to enrol. Show audience, make a key, answer."""

    @property
    def audience(self) -> str: ...
    @property
    def user_id(self) -> str: ...
    @property
    def device_id(self) -> str: ...
    @property
    def expires_at(self) -> int: ...
    def device(self, public_key: Union[str, _Bytes], *, name: Optional[str] = ...) -> DeviceRecord:
        """The record of this device, whose key lives in hardware: a COSE key in its canonical encoding.

        VerificationError: the `cose_...` codes, `algorithm_unsupported`. ConfigError: `argument_value_invalid`.
        """

    def __bool__(self) -> NoReturn: ...

def read_device_enrollment(request: str) -> DeviceEnrollmentRequest:
    """On the device: reads a QR code or a link. VerificationError: `approval_malformed`, `input_malformed`."""

@final
class DeviceKey:
    """On the device: its private key for ES256, and whom it is for. Each enrolment has its own."""

    @staticmethod
    def from_text(text: str) -> DeviceKey:
        """ConfigError: `record_corrupt`, `record_version_unknown`."""

    def to_text(self) -> str:
        """The text to keep where the system keeps keys: it is a secret."""

    @property
    def record(self) -> DeviceRecord:
        """Whom the key is for, and its public half; without a name."""

def generate_device_key(request: DeviceEnrollmentRequest) -> DeviceKey:
    """On the device: a new key for the enrolment. ConfigError: `entropy_unavailable`."""

def sign_enrollment(
    request: DeviceEnrollmentRequest, *, device: DeviceKey, name: Optional[str] = ..., now: Optional[_Time] = ...
) -> str:
    """On the device: the answer to an enrolment.

    VerificationError: `approval_expired`; `approval_audience_mismatch`, `approval_request_mismatch` for the key of another enrolment.
    """

def enrollment_to_sign(
    request: DeviceEnrollmentRequest, *, device: Union[str, DeviceRecord], now: Optional[_Time] = ...
) -> bytes:
    """On the device: what a key in hardware must sign to answer an enrolment. Errors as sign_enrollment."""

@final
class ApprovalRequest:
    """On the device: a request to approve. Show audience, action and context, ask for the number on the login screen, then sign."""

    @property
    def id(self) -> str: ...
    @property
    def audience(self) -> str: ...
    @property
    def user_id(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def context(self) -> str:
        """May be empty."""

    @property
    def expires_at(self) -> int: ...
    def __bool__(self) -> NoReturn: ...

def read_approval_request(request: str) -> ApprovalRequest:
    """On the device: reads a request as it was pushed. VerificationError: `approval_malformed`, `input_malformed`."""

def sign_approval(
    request: ApprovalRequest,
    *,
    device: DeviceKey,
    decision: Literal["approve", "deny"],
    number: Optional[str] = ...,
    now: Optional[_Time] = ...,
) -> str:
    """On the device: the answer to an approval: "approve" with the two digits that the person typed, or "deny" without.

    VerificationError: `approval_expired`; `approval_audience_mismatch`, `approval_request_mismatch` for the key of another audience or
    user. ConfigError: `argument_value_invalid` for a number that is not two digits, or does not go with the decision.
    """

def approval_to_sign(
    request: ApprovalRequest,
    *,
    device: Union[str, DeviceRecord],
    decision: Literal["approve", "deny"],
    number: Optional[str] = ...,
    now: Optional[_Time] = ...,
) -> bytes:
    """On the device: what a key in hardware must sign to answer an approval. Errors as sign_approval."""

def approval_answer(to_sign: Union[str, _Bytes], *, signature: Union[str, _Bytes]) -> str:
    """On the device: the answer to an approval or an enrolment, of what was to be signed and a signature over it. Of ECDSA it may be in
    DER, or r and s one after the other.

    VerificationError: `signature_malformed`. ConfigError: `argument_value_invalid` for bytes that nothing here gave.
    """
