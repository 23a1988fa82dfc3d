from collections.abc import Mapping, Sequence
from typing import Any, Literal, Optional, Union

__all__ = ["SoftAuthenticator", "SoftAuthenticatorError"]

# What Ceremony.options or Ceremony.options_json holds.
_Options = Union[Mapping[str, Any], str]

class SoftAuthenticatorError(Exception):
    """What a browser refuses before there is any response; name is that of its DOMException."""

    name: str
    def __init__(self, name: str, message: str) -> None: ...

class SoftAuthenticator:
    """A browser with an authenticator in it, for tests. It holds private keys in the clear."""

    origin: str
    algorithm: Literal[-7, -8]
    attestation: Literal["none", "packed"]
    user_verified: bool
    user_present: bool
    backup_eligible: bool
    backed_up: bool
    counter: int
    aaguid: Union[bytes, str]
    transports: Sequence[str]
    wrong_origin: Optional[str]
    cross_origin: bool
    top_origin: Optional[str]
    discoverable: bool
    seed: Union[bytes, str, None]
    def __init__(
        self,
        origin: str,
        *,
        algorithm: Literal[-7, -8] = ...,
        attestation: Literal["none", "packed"] = ...,
        user_verified: bool = ...,
        user_present: bool = ...,
        backup_eligible: bool = ...,
        backed_up: bool = ...,
        counter: int = ...,
        aaguid: Union[bytes, str] = ...,
        transports: Sequence[str] = ...,
        wrong_origin: Optional[str] = ...,
        cross_origin: bool = ...,
        top_origin: Optional[str] = ...,
        discoverable: bool = ...,
        seed: Union[bytes, str, None] = ...,
    ) -> None: ...
    def create(self, options: _Options) -> dict[str, Any]:
        """Answers the options of a registration with a RegistrationResponseJSON, and keeps the new credential."""

    def get(self, options: _Options) -> dict[str, Any]:
        """Answers the options of a sign-in with an AuthenticationResponseJSON."""
