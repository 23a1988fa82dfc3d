"""Requirements, decisions, and a person's methods."""

import datetime
import itertools
import json
import pickle

import pytest

import mfakit
from mfakit import (
    ConfigError,
    Evidence,
    MfaError,
    PolicyProfile,
    RejectedError,
    Requirement,
    Tier,
    Totp,
    assess,
    can_disable,
    can_remove,
    classify,
    decide,
    effects,
    eligible_methods,
    enrollable_methods,
    grandfathered,
    method_advice,
)

NOON, DAY = 1_800_000_000, 86_400
POLICY = PolicyProfile.named("salesforce-2026-05-05")
STANDARD, RESISTANT = Requirement(Tier.STANDARD), Requirement(Tier.PHISHING_RESISTANT)
KINDS = [
    "security_key", "built_in_authenticator", "synced_passkey", "device_bound_passkey", "push_approval", "totp", "hotp", "admin_code",
    "support_code", "recovery_code", "sms", "phone", "email", "delivered_code", "password",
]  # fmt: skip


def refused(code, family, call, *arguments, **named):
    with pytest.raises(MfaError) as caught:
        call(*arguments, **named)
    assert (caught.value.code, type(caught.value)) == (code, family)


def totp(now=NOON):
    authenticator = Totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    return authenticator.verify(authenticator.code_at(now), last_step=None, now=now).commit(1)


def signed_in(*more, now=NOON):
    return assess([Evidence.password(at=now), *more], now=now)


class Raising:
    def __iter__(self):
        raise RuntimeError("mine")

    __len__ = __getitem__ = __bool__ = __str__ = __int__ = __index__ = __float__ = __iter__

    def __getattr__(self, name):
        raise RuntimeError("mine")


class EndlessList(list):
    """A list that says of itself that it never ends; what it holds is looked at."""

    def __iter__(self):
        return itertools.repeat("totp")

    def __len__(self):
        raise RuntimeError("mine")


# ---- requirements


def test_a_requirement_says_what_it_demands():
    required = Requirement(
        "standard", max_age=300, exemption="approved", waiver=True, enforced_from=NOON + 0.5, client_can=["totp", "sms"], acr_values="phr phrh"
    )  # fmt: skip
    assert (required.tier, required.max_age, required.exempt, required.waiver) == (Tier.STANDARD, 300, True, True)
    assert (required.enforced_from, required.client_can, required.acr_values) == (NOON, ("totp", "sms"), "phr phrh")
    assert (required.policy, required.policy_version) == (None, None)
    bare = Requirement(2)
    assert bare == STANDARD == Requirement(Tier.STANDARD, exemption=None, client_can=None) != RESISTANT
    assert (bare.max_age, bare.exempt, bare.waiver, bare.enforced_from, bare.client_can, bare.acr_values) == (
        None, False, False, None, None, None
    )  # fmt: skip
    assert type(bare.tier) is Tier and repr(bare) == 'Requirement("standard")'
    for name in [name for name in dir(bare) if not name.startswith("_")]:
        with pytest.raises(AttributeError):
            setattr(bare, name, 1)


def test_when_a_requirement_applies():
    tomorrow = datetime.datetime.fromtimestamp(NOON + DAY, datetime.timezone.utc)
    assert STANDARD.applies() == "yes"
    assert Requirement(2, exemption="approved").applies(NOON) == "exempt"
    assert Requirement(2, enforced_from=tomorrow).applies(NOON) == "not_yet_enforced"
    assert Requirement(2, enforced_from=tomorrow).applies(now=NOON + DAY) == "yes"
    assert Requirement(2, enforced_from=tomorrow, waiver=True).applies(NOON) == "waived"
    assert Requirement(2, enforced_from=tomorrow, waiver=True).applies(tomorrow) == "yes"
    assert POLICY.requirement(rights=[], channel="api").applies() == "channel_unaffected"
    refused("time_invalid", ConfigError, STANDARD.applies, "noon")


NOT_A_TIER = [None, True, False, 2.0, b"standard", [], {}, object(), Tier, "\ud800", Raising()]
NO_TIER = [0, 4, -1, 255, 256, 2**64, -(10**400), "Standard", "", "2", "standard\0", "x" * 10**6]
# Lists of kinds, wherever they are passed.
NOT_KINDS = [None, "totp", b"totp", True, 7, {"totp": 1}, {"totp"}, iter(["totp"]), object(), Raising(), [None], [1], [b"totp"], [["totp"]],
             ["\ud800"], [Raising()]]  # fmt: skip
NO_KINDS = [["Totp"], [""], ["webauthn"], ["totp\0"], ["x" * 10**6]]


def test_what_is_no_requirement():
    for call in (Requirement, POLICY.label):
        for value in NOT_A_TIER:
            refused("argument_type_invalid", ConfigError, call, value)
        for value in NO_TIER:
            refused("argument_value_invalid", ConfigError, call, value)
    for name, code, values in [
        ("max_age", "argument_type_invalid", [True, "300", 300.0, [], object()]),
        ("max_age", "argument_value_invalid", [-1, 2**64]),
        ("exemption", "argument_type_invalid", [True, 1, b"approved", [], "\ud800"]),
        ("exemption", "argument_value_invalid", ["", "Approved", "yes"]),
        ("waiver", "argument_type_invalid", [None, 0, 1, "yes", []]),
        ("enforced_from", "time_invalid", [True, "noon", -1, 1.8e12, float("nan"), datetime.datetime(2027, 1, 15), []]),
        ("client_can", "argument_type_invalid", NOT_KINDS[1:]),
        ("client_can", "argument_value_invalid", NO_KINDS),
    ]:
        for value in values:
            refused(code, ConfigError, Requirement, 2, **{name: value})
            refused(code, ConfigError, POLICY.requirement, rights=[], **{name: value})
    for value in ("a\nb", "a\"b", "é"):
        refused("argument_value_invalid", ConfigError, Requirement, 2, acr_values=value)
    for value in (True, 7, b"phr", ["phr"]):
        refused("argument_type_invalid", ConfigError, Requirement, 2, acr_values=value)
    for call in (lambda: Requirement(), lambda: Requirement(2, 300), lambda: Requirement(2, channel="ui")):
        with pytest.raises(TypeError):
            call()


# ---- policies


def test_the_published_policy():
    assert PolicyProfile.names() == [POLICY.id] == ["salesforce-2026-05-05"]
    assert POLICY.version == json.loads(POLICY.to_json())["version"]
    assert PolicyProfile.from_json(POLICY.to_json()) == POLICY
    assert POLICY.label(Tier.PHISHING_RESISTANT).startswith("Phishing-Resistant MFA")
    assert {name for name, covered in POLICY.channels.items() if covered} == {"ui", "sso", "oauth_web_server", "oauth_hybrid"}
    assert "api" in POLICY.channels and type(POLICY.privileged_rights) is tuple
    POLICY.channels["ui"] = False
    assert POLICY.channels["ui"] is True
    for right in POLICY.privileged_rights:
        assert POLICY.requirement(rights=["Read", right]).tier == Tier.PHISHING_RESISTANT
    user = POLICY.requirement(rights=())
    assert user == POLICY.requirement(rights=[], channel="ui", environment="production")
    assert (user.tier, user.policy, user.policy_version) == (Tier.STANDARD, POLICY.id, POLICY.version)
    assert POLICY.requirement(rights=[], environment="sandbox").enforced_from < user.enforced_from
    own = POLICY.requirement(rights=[], enforced_from=NOON, max_age=60, client_can=("totp",), waiver=True, exemption="approved")
    assert (own.enforced_from, own.max_age, own.client_can, own.waiver, own.exempt) == (NOON, 60, ("totp",), True, True)


def test_what_is_no_policy():
    published = json.loads(POLICY.to_json())
    for wrong in ("", "{}", "[]", json.dumps({**published, "surplus": 1}), json.dumps({**published, "version": None})):
        refused("profile_invalid", ConfigError, PolicyProfile.from_json, wrong)
    for value in ("", "rfc8176", "Salesforce-2026-05-05"):
        refused("argument_value_invalid", ConfigError, PolicyProfile.named, value)
    for call in (PolicyProfile.from_json, PolicyProfile.named):
        for value in (None, True, 7, b"x", {}, "\ud800", Raising()):
            refused("argument_type_invalid", ConfigError, call, value)
    for value in (None, "Modify All Data", b"x", True, 7, {}, {"x"}, [None], [7], Raising()):
        refused("argument_type_invalid", ConfigError, POLICY.requirement, rights=value)
    for value in (["modify all data"], [" Modify All Data"], ["ModifyAllData"], ["Read", "PermissionsAuthorApex"]):
        refused("argument_value_invalid", ConfigError, POLICY.requirement, rights=value)
    for name in ("channel", "environment"):
        for value in ("", "UI", "Production", "ui\0", "x" * 10**6):
            refused("argument_value_invalid", ConfigError, POLICY.requirement, rights=[], **{name: value})
        for value in (None, True, 7, b"ui", ["ui"]):
            refused("argument_type_invalid", ConfigError, POLICY.requirement, rights=[], **{name: value})
    # Nobody is ordinary by having been forgotten.
    for call in (PolicyProfile, POLICY.requirement):
        with pytest.raises(TypeError):
            call()


# ---- decisions


def test_the_four_kinds_of_decision():
    for standing, required, enrolled, kind, reason, code in [
        (signed_in(totp()), STANDARD, ["totp"], "allow", "satisfied", None),
        (signed_in(totp()), RESISTANT, ["totp", "security_key"], "step_up", "tier_too_low", "step_up_required"),
        (signed_in(totp()), RESISTANT, ["totp"], "enroll", "no_suitable_method", "enrollment_required"),
        (signed_in(), RESISTANT, ["totp"], "step_up", "prove_before_enrolling", "step_up_required"),
        (signed_in(), STANDARD, [], "enroll", "no_suitable_method", "enrollment_required"),
        (signed_in(), Requirement(2, client_can=[]), ["totp"], "block", "client_cannot_perform", "login_blocked"),
        (signed_in(), Requirement(3, exemption="approved"), (), "allow", "exempt", None),
        (signed_in(), Requirement(1), ["totp"], "step_up", "second_factor_on", "step_up_required"),
        (assess([], now=NOON), Requirement(2, exemption="approved"), ["totp"], "block", "nothing_proven", "login_blocked"),
        (classify("rfc8176", amr=["hwk", "pin"]), STANDARD, ["totp"], "allow", "satisfied", None),
        (classify("rfc8176", amr=["nonsense"]), STANDARD, ["totp"], "step_up", "not_recognised", "step_up_required"),
    ]:
        decision = decide(standing, requirement=required, enrolled=enrolled, now=NOON)
        assert (decision.kind, decision.reason) == (kind, reason)
        assert decision.explain()[0].code == reason and len(decision.explain()) == 1 + len(standing.explain())
        assert (decision.challenge is None) == (kind != "step_up")
        assert (decision.need is None) == (kind in ("allow", "block"))
        if code is None:
            assert decision.or_raise() is None and decision.options == ()
        else:
            refused(code, RejectedError, decision.or_raise)


def test_the_methods_on_offer_are_the_best_first():
    decision = decide(signed_in(), requirement=STANDARD, enrolled=["hotp", "sms", "totp", "security_key"], now=NOON)
    assert decision.options == ("security_key", "totp", "hotp")
    decision = decide(signed_in(), requirement=RESISTANT, enrolled=(), now=NOON)
    assert (decision.kind, decision.need) == ("enroll", Tier.PHISHING_RESISTANT)
    assert decision.options == ("security_key", "built_in_authenticator", "synced_passkey")
    with pytest.raises(TypeError):
        decide(signed_in(), requirement=RESISTANT)


def test_what_cannot_be_decided_upon():
    session = signed_in()
    for value in [None, True, 3, "standard", {}, [], session.to_json(), [session], Evidence.password(at=NOON), mfakit.Assessment, Raising()]:
        refused("argument_type_invalid", ConfigError, decide, value, requirement=STANDARD, enrolled=[])
    for value in [None, True, 3, "standard", Tier.STANDARD, {}, POLICY, Requirement, Raising()]:
        refused("argument_type_invalid", ConfigError, decide, session, requirement=value, enrolled=[])
        refused("argument_type_invalid", ConfigError, eligible_methods, [], requirement=value)
        refused("argument_type_invalid", ConfigError, enrollable_methods, value)
        refused("argument_type_invalid", ConfigError, can_remove, [], remove="totp", requirement=value)
        refused("argument_type_invalid", ConfigError, can_disable, session, requirement=value)
    for code, values in [("argument_type_invalid", NOT_KINDS), ("argument_value_invalid", NO_KINDS)]:
        for value in values:
            refused(code, ConfigError, decide, session, requirement=STANDARD, enrolled=value)
            refused(code, ConfigError, eligible_methods, value, requirement=STANDARD)
            refused(code, ConfigError, can_remove, value, remove="totp", requirement=STANDARD)
            refused(code, ConfigError, method_advice, value)
    for call in (
        lambda now: decide(session, requirement=STANDARD, enrolled=[], now=now),
        lambda now: eligible_methods([], requirement=STANDARD, now=now),
        lambda now: can_remove(["totp"], remove="totp", requirement=STANDARD, now=now),
        lambda now: can_disable(session, requirement=STANDARD, now=now),
    ):
        for value in (True, "now", -1, 1.8e12, float("nan"), [], Raising()):
            refused("time_invalid", ConfigError, call, value)


def test_a_list_is_what_it_holds():
    assert eligible_methods(EndlessList(["sms", "totp"]), requirement=STANDARD) == ["totp"]

    class Kind(str):
        def __str__(self):
            raise RuntimeError("mine")

        __len__ = __iter__ = __hash__ = __eq__ = __str__

    assert eligible_methods([Kind("totp")], requirement=STANDARD) == ["totp"]


# ---- methods


def test_which_methods_there_are():
    assert eligible_methods(KINDS[::-1], requirement=STANDARD) == KINDS[:10]
    assert eligible_methods(tuple(KINDS), requirement=RESISTANT) == KINDS[:4]
    assert eligible_methods(KINDS, requirement=Requirement(2, client_can=["sms", "totp"])) == ["totp"]
    assert eligible_methods([], requirement=STANDARD, now=NOON) == []
    assert enrollable_methods(STANDARD) == ["security_key", "built_in_authenticator", "synced_passkey", "push_approval", "totp"]
    assert enrollable_methods(Requirement(3, client_can=["totp", "synced_passkey"])) == ["synced_passkey"]
    assert method_advice([]) == ["no_method"]
    assert method_advice(("totp",)) == ["no_backup", "no_recovery_codes", "not_phishing_resistant"]
    assert method_advice(["totp", "security_key", "recovery_code"]) == []


def test_the_last_method_stays():
    for enrolled, remove, required, allowed, reason, code in [
        (["totp", "recovery_code"], "totp", STANDARD, False, "last_method", "method_required"),
        (["totp", "totp"], "totp", STANDARD, True, "enough_left", None),
        (("security_key", "totp"), "security_key", RESISTANT, False, "no_suitable_method_left", "method_required"),
        (["totp", "hotp"], "totp", Requirement(2, exemption="approved"), True, "not_enforced", None),
        (["totp"], "totp", Requirement(2, exemption="approved"), False, "turns_off", "step_up_required"),
        (["totp"], "hotp", STANDARD, False, "not_enrolled", "argument_value_invalid"),
    ]:
        removal = can_remove(enrolled, remove=remove, requirement=required, now=NOON)
        assert (removal.allowed, removal.reason) == (allowed, reason) and removal.message.endswith(".")
        if code is None:
            assert removal.or_raise() is None
        else:
            refused(code, ConfigError if code.startswith("argument") else RejectedError, removal.or_raise)
    for value in (None, True, 7, b"totp", ["totp"], "\ud800"):
        refused("argument_type_invalid", ConfigError, can_remove, ["totp"], remove=value, requirement=STANDARD)
    for value in ("", "Totp", "webauthn"):
        refused("argument_value_invalid", ConfigError, can_remove, ["totp"], remove=value, requirement=STANDARD)


def test_turning_it_off_takes_a_fresh_password_and_the_second_factor():
    off, session = Requirement(2, exemption="approved"), signed_in(totp())
    assert can_disable(session, requirement=off, now=NOON + 300).allowed
    for standing, now, reason in [(session, NOON + 301, "password_needed"), (signed_in(), NOON, "second_factor_needed")]:
        removal = can_disable(standing, requirement=off, now=now)
        assert (removal.allowed, removal.reason) == (False, reason)
        refused("step_up_required", RejectedError, removal.or_raise)
    demanded = can_disable(signed_in(), requirement=STANDARD, now=NOON)
    assert demanded.reason == "enforced"
    refused("method_required", RejectedError, demanded.or_raise)
    for value in (None, True, "{}", classify("rfc8176"), [signed_in()], Raising()):
        refused("argument_type_invalid", ConfigError, can_disable, value, requirement=off)


def test_methods_that_are_on_their_way_out():
    dates = {"enrolled_before": NOON, "until": NOON + DAY}
    assert grandfathered(NOON - 1, **dates, now=NOON + DAY - 1) is True
    assert grandfathered(NOON, **dates, now=NOON) is False
    assert grandfathered(NOON - 1, **dates, now=NOON + DAY) is False
    assert grandfathered(None, **dates, now=NOON) is False
    assert grandfathered(1, enrolled_before=2, until=3) is False
    for value in (True, "noon", -1, 1.8e12, [], object()):
        refused("time_invalid", ConfigError, grandfathered, value, **dates)
        refused("time_invalid", ConfigError, grandfathered, 1, enrolled_before=value, until=NOON)
        refused("time_invalid", ConfigError, grandfathered, 1, enrolled_before=NOON, until=value)
        refused("time_invalid", ConfigError, grandfathered, 1, **dates, now=value)
    refused("argument_type_invalid", ConfigError, grandfathered, 1, enrolled_before=None, until=NOON)
    refused("argument_type_invalid", ConfigError, grandfathered, 1, enrolled_before=NOON, until=None)


def test_what_an_event_entails():
    entailed = effects("mfa_enabled")
    assert [effect.kind for effect in entailed] == ["revoke_other_sessions", "rotate_api_key", "notify_by_email"]
    assert [effect.lifetime for effect in entailed] == [None, 30 * DAY, None]
    assert [effect.template for effect in entailed] == [None, None, "mfa_enabled"]
    assert [effect.kind for effect in effects("recovery_code_used")][-1] == "notify_by_email"
    assert repr(entailed[1]) == 'Effect(kind="rotate_api_key")'
    for value in ("", "MFA_enabled", "x" * 10**6):
        refused("argument_value_invalid", ConfigError, effects, value)
    for value in (None, True, 7, b"mfa_enabled", [], "\ud800", Raising()):
        refused("argument_type_invalid", ConfigError, effects, value)


# ---- results


def test_results_are_frozen_have_no_constructor_and_no_truth_value():
    decision = decide(signed_in(), requirement=STANDARD, enrolled=["totp"], now=NOON)
    removal = can_remove(["totp"], remove="totp", requirement=STANDARD)
    for value in (decision, decision.explain()[0], removal, effects("mfa_enabled")[0]):
        with pytest.raises(ConfigError) as caught:
            bool(value)
        assert caught.value.code == "argument_type_invalid"
        with pytest.raises(TypeError):
            type(value)()
        with pytest.raises(TypeError):
            pickle.dumps(value)
        for name in [name for name in dir(value) if not name.startswith("_")]:
            with pytest.raises(AttributeError):
                setattr(value, name, 1)
    assert repr(decision) == 'Decision(kind="step_up", reason="tier_too_low")'
    assert repr(decision.explain()[0]) == 'Reason(code="tier_too_low", subject=None)'
    assert repr(removal) == 'Removal(allowed=False, reason="last_method")'
    assert repr(POLICY).startswith('PolicyProfile(id="salesforce-2026-05-05", version=')
