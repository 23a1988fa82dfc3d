from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, Literal, NoReturn, Optional, TypeVar, Union, final

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
    "Peppers",
    "RecoverySet",
    "RecoveryVerified",
    "RegistrationVerified",
    "RejectedError",
    "RelyingParty",
    "Throttle",
    "Totp",
    "TotpVerified",
    "Transition",
    "UnsupportedError",
    "UnverifiedResponse",
    "VerificationError",
    "generate_recovery_codes",
    "generate_secret",
    "generate_user_handle",
    "qr_svg",
    "read_response",
    "verify_recovery_code",
]

# Unix seconds, whole or fractional, or an aware datetime.
_Time = Union[int, float, datetime]
_Bytes = Union[bytes, bytearray]
_Response = Union[str, bytes, bytearray, Mapping[str, Any]]
_Hash = Literal["SHA1", "SHA256", "SHA512"]
_UserVerification = Literal["required", "preferred", "discouraged"]
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
    """A proof that was stored: what a session may be opened with."""

    @property
    def method(self) -> Literal["totp", "hotp", "recovery_code", "webauthn"]: ...
    @property
    def user_verified(self) -> bool: ...
    def __bool__(self) -> NoReturn: ...

def generate_secret(length: int = ...) -> str:
    """A new base32 secret of that many bytes (20 unless said otherwise)."""

def qr_svg(text: str) -> str:
    """A QR code of a text, as SVG."""

@final
class Totp:
    """A time-based authenticator (RFC 6238)."""

    def __new__(
        cls, secret: str, *, algorithm: _Hash = ..., digits: int = ..., period: int = ...
    ) -> Totp: ...
    @staticmethod
    def from_key(raw: _Bytes, *, algorithm: _Hash = ..., digits: int = ..., period: int = ...) -> Totp: ...
    @staticmethod
    def danger_legacy(secret: str, *, algorithm: _Hash = ..., digits: int = ..., period: int = ...) -> Totp:
        """For secrets of fewer than 16 bytes that another service issued."""

    def code_at(self, now: Optional[_Time] = ...) -> str: ...
    def confirm(self, code: str, *, now: Optional[_Time] = ...) -> TotpVerified:
        """Verifies the first code of an enrolment; its step is burnt by the transition."""

    def verify(
        self,
        code: str,
        *,
        last_step: Optional[int],
        now: Optional[_Time] = ...,
        past: int = ...,
        future: int = ...,
    ) -> TotpVerified:
        """Verifies a code; last_step is the stored step of the last accepted one, None before the first."""

    def uri(self, *, issuer: str, account: str) -> str: ...

@final
class TotpVerified:
    @property
    def step(self) -> int: ...
    @property
    def drift(self) -> int: ...
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
    def code_at(self, counter: int) -> str: ...
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
    user_id: str, *, count: int = ..., format: Literal["full"] = ..., peppers: Optional[Peppers] = ...
) -> RecoverySet:
    """A new set of 1 to 31 codes. Storing it in place of the old record voids the old codes."""

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
        """The record was not made under the current pepper."""

    @property
    def transition(self) -> Transition[int]:
        """Of used."""

    def commit(self, rows: int) -> Evidence: ...
    def __bool__(self) -> NoReturn: ...

def verify_recovery_code(
    code: str, *, user_id: str, record: str, used: int, peppers: Optional[Peppers] = ...
) -> RecoveryVerified:
    """Verifies a code against the stored record and the stored used, a bit for each code."""

@final
class Throttle:
    """Limits guesses at one factor of one account. The state is one stored text, None at first."""

    def __new__(
        cls, *, max_failures: int = ..., free_failures: int = ..., delay: int = ..., max_delay: int = ...
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
        transports: Sequence[str] = ...,
        backup_eligible: Optional[bool] = ...,
        backed_up: Optional[bool] = ...,
        aaguid: Optional[Union[str, _Bytes]] = ...,
    ) -> CredentialRecord: ...
    @staticmethod
    def from_text(text: str) -> CredentialRecord: ...
    def to_text(self) -> str: ...
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
    def aaguid(self) -> Optional[str]: ...
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
    @property
    def format(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def trust(self) -> str: ...
    def __bool__(self) -> NoReturn: ...

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
    def attestation(self) -> Attestation: ...
    @property
    def extensions(self) -> Optional[bytes]: ...
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
    def extensions(self) -> Optional[bytes]: ...
    @property
    def transition(self) -> Transition[str]: ...
    def commit(self, rows: int) -> Evidence: ...
    def __bool__(self) -> NoReturn: ...

@final
class RelyingParty:
    """A relying party: immutable, safe to share between threads.

    With a state_key (32 to 64 random bytes) the states of its ceremonies are sealed, and may be kept in a cookie.
    """

    def __new__(
        cls,
        id: str,
        *,
        name: str,
        origins: Sequence[str],
        user_verification: _UserVerification,
        cross_origin: Literal["deny", "allow_listed", "danger_any_top_origin"] = ...,
        top_origins: Sequence[str] = ...,
        counter: Literal["reject", "report"] = ...,
        backup: Literal["strict", "allow_upgrade"] = ...,
        algorithms: Optional[Sequence[int]] = ...,
        state_key: Optional[_Bytes] = ...,
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
        exclude: Sequence[Union[str, CredentialRecord]] = ...,
        user_verification: Optional[_UserVerification] = ...,
        mediation: Optional[Literal["conditional"]] = ...,
        lifetime: Optional[int] = ...,
        now: Optional[_Time] = ...,
    ) -> Ceremony: ...
    def finish_registration(
        self, response: _Response, *, state: str, now: Optional[_Time] = ...
    ) -> RegistrationVerified: ...
    def begin_authentication(
        self,
        user_handle: Union[str, _Bytes],
        *,
        allow: Sequence[Union[str, CredentialRecord]],
        user_verification: Optional[_UserVerification] = ...,
        lifetime: Optional[int] = ...,
        now: Optional[_Time] = ...,
    ) -> Ceremony: ...
    def begin_discoverable_authentication(
        self,
        *,
        user_verification: Optional[_UserVerification] = ...,
        mediation: Optional[Literal["conditional"]] = ...,
        lifetime: Optional[int] = ...,
        now: Optional[_Time] = ...,
    ) -> Ceremony: ...
    def finish_authentication(
        self,
        response: _Response,
        *,
        state: str,
        record: Union[str, CredentialRecord],
        now: Optional[_Time] = ...,
    ) -> AuthenticationVerified: ...
    def verify_registration(
        self,
        response: _Response,
        *,
        challenge: Union[str, _Bytes],
        user_handle: Union[str, _Bytes],
        user_verification: Optional[_UserVerification] = ...,
        mediation: Optional[Literal["conditional"]] = ...,
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
    ) -> AuthenticationVerified: ...
    def verify_discoverable_authentication(
        self,
        response: _Response,
        *,
        challenge: Union[str, _Bytes],
        record: Union[str, CredentialRecord],
        user_verification: Optional[_UserVerification] = ...,
    ) -> AuthenticationVerified: ...
