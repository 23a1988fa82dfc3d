"""The tiers, which the native module gives back by their numbers."""

from enum import IntEnum


class Tier(IntEnum):
    """How strong a sign-in was, in order."""

    __module__ = "mfakit"

    WEAK = 1
    STANDARD = 2
    PHISHING_RESISTANT = 3
