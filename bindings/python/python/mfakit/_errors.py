"""The exceptions. Codes and messages come from the generated table; the native module raises by number only."""

from ._error_table import ERRORS


class MfaError(Exception):
    """The base of everything that mfakit raises. Catch VerificationError instead."""

    __module__ = "mfakit"

    def __init__(self, number):
        code, kind, message, spec, step, public_code = ERRORS[number]
        super().__init__(message)
        self.number = number
        self.code = code
        self.kind = kind
        self.spec = spec
        self.step = step
        self.public_code = public_code

    def __reduce__(self):
        return (type(self), (self.number,))

    def __repr__(self):
        return f"{type(self).__name__}({self.code!r})"


class VerificationError(MfaError):
    """What the client sent does not prove what it should. This is what a login catches."""

    __module__ = "mfakit"


class MalformedError(VerificationError):
    """The bytes are not what they claim to be."""

    __module__ = "mfakit"


class RejectedError(VerificationError):
    """Well formed, but the proof or the policy failed."""

    __module__ = "mfakit"


class UnsupportedError(VerificationError):
    """Valid as far as can be told, but this build does not support it."""

    __module__ = "mfakit"


class ConfigError(MfaError, ValueError):
    """The program's mistake, never the user's."""

    __module__ = "mfakit"


_CLASSES = {
    "malformed": MalformedError,
    "rejected": RejectedError,
    "unsupported": UnsupportedError,
    "config": ConfigError,
}


def _from_number(number):
    return _CLASSES[ERRORS[number][1]](number)
