"""Two pages to try things on: what an identity provider's claims are worth, and what the policy decides of whom.

NOTHING HERE SIGNS ANYBODY IN. And no signature is checked: a real site verifies the ID token or the SAML response with
the library of its protocol first, and passes mfakit the claims of what was verified.
"""

import json
from datetime import datetime, timezone
from http import HTTPStatus

import mfakit

import policy
from common import Refusal, one_of, some_of

ASSURANCE_PROFILES = ("salesforce-2026-05-05", "rfc8176", "openid-eap", "refeds", "nist-800-63")
CHANNELS = tuple(policy.PROFILE.channels)
ENVIRONMENTS = ("production", "sandbox")
METHODS = (
    "security_key",
    "built_in_authenticator",
    "synced_passkey",
    "device_bound_passkey",
    "totp",
    "push_approval",
    "recovery_code",
    "sms",
    "email",
)
NO_SECURITY_KEYS = ("totp", "hotp", "push_approval", "recovery_code", "admin_code", "support_code")


def single_sign_on(site, body, session):
    """Claims in, decision out: the tier that the profile sees in them, and whether it is enough for this person."""
    now = site.now()
    profile = mfakit.AssuranceProfile.named(one_of(body, "profile", ASSURANCE_PROFILES))
    rights = some_of(body, "rights", policy.RIGHTS)
    enrolled = some_of(body, "enrolled", METHODS)
    kind, pasted = one_of(body, "kind", ("oidc", "saml")), body.get("claims")
    if not isinstance(pasted, str):
        raise Refusal(HTTPStatus.BAD_REQUEST, "request_malformed", "Paste the claims as text.")
    try:
        if kind == "oidc":
            classification = mfakit.classify(profile, claims=pasted, max_age=max_age(body), now=now)
        else:
            values = [line.strip() for line in pasted.splitlines() if line.strip()]
            classification = mfakit.classify(profile, authn_context=values, now=now)
    except mfakit.VerificationError as error:
        return {"refused": {"code": error.code, "kind": error.kind, "message": str(error)}}
    requirement = policy.PROFILE.requirement(rights=rights, channel="sso", enforced_from=policy.ALWAYS)
    decision = mfakit.decide(classification, requirement=requirement, enrolled=enrolled, now=now)
    return {
        "tier": policy.tier(classification.tier),
        "recognised": classification.recognised,
        "unknown": list(classification.unknown),
        "profile": f"{classification.profile}, version {classification.version}",
        "explain": policy.reasons(classification.explain()),
        "lint": policy.reasons(mfakit.lint(profile)),
        "required": policy.tier(requirement.tier),
        "decision": policy.decision(decision),
        "audit": mfakit.audit_record(
            event="sso_simulated", decision=decision, standing=classification, requirement=requirement, now=now
        ),
    }


def max_age(body):
    value = body.get("maxAge")
    if value is None or (type(value) is int and 0 <= value <= 10**8):
        return value
    raise Refusal(HTTPStatus.BAD_REQUEST, "request_malformed", "The age is a number of seconds.")


def decide(site, body, session):
    """A person who typed the password, or who proved what this session proved: what would the policy say?"""
    now = site.now()
    exemption = body.get("exemption")
    requirement = policy.PROFILE.requirement(
        rights=some_of(body, "rights", policy.RIGHTS),
        channel=one_of(body, "channel", CHANNELS),
        environment=one_of(body, "environment", ENVIRONMENTS),
        waiver=body.get("waiver") is True,
        exemption="approved" if exemption is True else None,
        enforced_from=day(body, "enforcedFrom"),
        client_can=NO_SECURITY_KEYS if body.get("client") == "no_security_keys" else None,
    )
    enrolled = some_of(body, "enrolled", METHODS)
    assessment = mfakit.assess([mfakit.Evidence.password(at=now)], now=now)
    if body.get("proven") == "session" and session is not None:
        assessment = policy.standing(site, session).assessment
    at = day(body, "date") or now
    decision = mfakit.decide(assessment, requirement=requirement, enrolled=enrolled, now=at)
    return {
        "proven": policy.tier(assessment.tier),
        "required": policy.tier(requirement.tier),
        "decision": policy.decision(decision),
        "eligible": mfakit.eligible_methods(enrolled, requirement=requirement, now=at),
        "enrollable": mfakit.enrollable_methods(requirement=requirement),
        "audit": mfakit.audit_record(
            event="policy_tried", decision=decision, standing=assessment, requirement=requirement, now=at
        ),
    }


def day(body, member):
    """The first second of a day, in UTC."""
    value = body.get(member)
    if value in (None, ""):
        return None
    try:
        first = int(datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=timezone.utc).timestamp())
    except (TypeError, ValueError):
        first = -1
    if not policy.ALWAYS <= first <= policy.NEVER:
        raise Refusal(HTTPStatus.BAD_REQUEST, "request_malformed", "That is no day.")
    return first
