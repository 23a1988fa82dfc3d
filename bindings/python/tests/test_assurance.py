"""From a proof to an assessment, and from an identity provider's claims to a tier."""

import copy
import datetime
import itertools
import json
import pickle
import time

import pytest

import mfakit
from mfakit import (
    Assessment,
    AssuranceProfile,
    Classification,
    ConfigError,
    CredentialRecord,
    Evidence,
    Hotp,
    MalformedError,
    MfaError,
    Peppers,
    PolicyProfile,
    RejectedError,
    RelyingParty,
    Requirement,
    Tier,
    Totp,
    amr_description,
    assess,
    classify,
    decide,
    lint,
)
from mfakit.testing import SoftAuthenticator

NOON, ORIGIN = 1_800_000_000, "https://example.org"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
PEPPERS = Peppers({"p": b"k" * 32}, current="p")


def totp(now=NOON):
    authenticator = Totp(SECRET)
    return authenticator.verify(authenticator.code_at(now), last_step=None, now=now).commit(1)


def password(at=NOON):
    return Evidence.password(at=at)


def delivered(now=NOON):
    issued = mfakit.issue_temporary_code("alice", kind="delivered", issued_by="login", peppers=PEPPERS, now=now)
    return mfakit.verify_temporary_code(
        issued.code, user_id="alice", record=issued.transition.next, peppers=PEPPERS, now=now
    )


def recovery():
    made = mfakit.generate_recovery_codes("alice", count=1)
    return mfakit.verify_recovery_code(made.codes[0], user_id="alice", record=made.record, used=0).commit(1)


class Passkey:
    """A passkey that is registered, and its signs-in."""

    def __init__(self, uv="required", **knobs):
        self.rp = RelyingParty("example.org", name="E", origins=[ORIGIN], user_verification=uv)
        self.authenticator = SoftAuthenticator(ORIGIN, **knobs)
        begun = self.rp.begin_registration(mfakit.generate_user_handle(), user_name="alice", now=NOON)
        answer = self.authenticator.create(begun.options)
        self.record = self.rp.finish_registration(answer, state=begun.state, now=NOON).commit(1)

    def sign_in(self, now=NOON):
        begun = self.rp.begin_authentication(self.record.user_handle, allow=[self.record], now=now)
        answer = self.authenticator.get(begun.options)
        return self.rp.finish_authentication(answer, state=begun.state, record=self.record, now=now).commit(1)


def refused(code, family, call, *arguments, **named):
    with pytest.raises(MfaError) as caught:
        call(*arguments, **named)
    assert (caught.value.code, type(caught.value)) == (code, family)


# ---- a sign-in, from the password to the way back in


def test_a_person_signs_in_steps_up_and_gets_back_in():
    policy, enrolled = PolicyProfile.named("salesforce-2026-05-05"), ["totp", "synced_passkey", "recovery_code"]
    user = policy.requirement(rights=["Read"], channel="ui", enforced_from=NOON)
    administrator = policy.requirement(rights=["Modify All Data"], enforced_from=NOON, max_age=900)

    # The password alone: the code of the app is asked for.
    session = assess([password()], now=NOON)
    assert (session.tier, session.methods, session.amr) == (Tier.WEAK, ("password",), ("pwd",))
    decision = decide(session, requirement=user, enrolled=enrolled, now=NOON)
    assert (decision.kind, decision.reason, decision.need) == ("step_up", "tier_too_low", Tier.STANDARD)
    with pytest.raises(RejectedError) as caught:
        decision.or_raise()
    assert caught.value.code == "step_up_required"

    # And the code: a user is in, an administrator is not.
    session = assess([totp(NOON + 20)], previous=session, now=NOON + 20)
    assert (session.tier, session.methods, session.acr) == (Tier.STANDARD, ("password", "totp"), None)
    assert session.amr == ("pwd", "otp", "mfa") and session.factors["kinds"] == 2
    assert decide(session, requirement=user, enrolled=enrolled, now=NOON + 20).or_raise() is None
    decision = decide(session, requirement=administrator, enrolled=enrolled, now=NOON + 20)
    assert (decision.kind, decision.options) == ("step_up", ("synced_passkey",))
    assert decision.challenge.startswith('Bearer error="insufficient_user_authentication"')

    # Stored, read at the next request, and stepped up with a passkey.
    stored = session.to_json()
    session = Assessment.from_trusted_json(stored)
    assert session.to_json() == stored
    session = assess(Passkey(backup_eligible=True).sign_in(NOON + 60), previous=session, now=NOON + 60)
    assert (session.tier, session.acr) == (Tier.PHISHING_RESISTANT, "phr")
    assert session.methods == ("password", "totp", "synced_passkey")
    assert session.meets(Tier.PHISHING_RESISTANT) and not session.recovery
    decision = decide(session, requirement=administrator, enrolled=enrolled, now=NOON + 60)
    assert (decision.kind, decision.reason) == ("allow", "satisfied")

    # A quarter of an hour later the passkey is asked for again.
    decision = decide(session, requirement=administrator, enrolled=enrolled, now=NOON + 60 + 901)
    assert (decision.kind, decision.reason) == ("step_up", "too_old")
    assert 'max_age="900"' in decision.challenge

    # The phone is gone: a recovery code is standard, and says so.
    session = assess([password(NOON + 5000), recovery()], now=NOON + 5000)
    assert (session.tier, session.recovery) == (Tier.STANDARD, True)
    assert decide(session, requirement=user, enrolled=enrolled, now=NOON + 5000).kind == "allow"
    assert decide(session, requirement=administrator, enrolled=enrolled, now=NOON + 5000).kind == "step_up"

    # A code by SMS is weak.
    evidence = delivered(NOON + 6000).commit(1, via="sms")
    session = assess([password(NOON + 6000), evidence], now=NOON + 6000)
    assert (session.tier, session.methods, session.recovery) == (Tier.WEAK, ("password", "sms"), False)
    assert session.amr == ("pwd", "sms", "mfa")
    assert decide(session, requirement=user, enrolled=enrolled, now=NOON + 6000).kind == "step_up"


# ---- evidence


def test_what_each_method_is_worth():
    hotp = Hotp(SECRET).verify(Hotp(SECRET).code_at(0), counter=0).commit(1)
    issued = mfakit.issue_temporary_code("alice", kind="support", issued_by="rosa", now=NOON)
    support = mfakit.verify_temporary_code(issued.code, user_id="alice", record=issued.transition.next, now=NOON).commit(1)
    for evidence, method, kind, tier, flagged in [
        (password(), "password", "password", Tier.WEAK, False),
        (totp(), "totp", "totp", Tier.STANDARD, False),
        (hotp, "hotp", "hotp", Tier.STANDARD, False),
        (recovery(), "recovery_code", "recovery_code", Tier.STANDARD, True),
        (support, "support_code", "support_code", Tier.STANDARD, True),
        (delivered().commit(1), "delivered_code", "delivered_code", Tier.WEAK, False),
        (delivered().commit(1, via=None), "delivered_code", "delivered_code", Tier.WEAK, False),
        (delivered().commit(1, via="sms"), "delivered_code", "sms", Tier.WEAK, False),
        (delivered().commit(1, via="phone"), "delivered_code", "phone", Tier.WEAK, False),
        (delivered().commit(1, via="email"), "delivered_code", "email", Tier.WEAK, False),
        (Passkey().sign_in(), "webauthn", "built_in_authenticator", Tier.PHISHING_RESISTANT, False),
        (Passkey(backup_eligible=True).sign_in(), "webauthn", "synced_passkey", Tier.PHISHING_RESISTANT, False),
    ]:  # fmt: skip
        assert (evidence.method, evidence.kind) == (method, kind)
        assessed = assess(evidence, now=NOON)
        assert (assessed.methods, assessed.tier, assessed.recovery) == ((kind,), tier, flagged), kind
        assert type(assessed.tier) is Tier


def test_the_kind_of_a_credential():
    for knobs, kind in [
        ({"backup_eligible": True}, "synced_passkey"),
        ({"transports": ["internal"]}, "built_in_authenticator"),
        ({"transports": ["usb", "nfc"]}, "security_key"),
        ({"transports": []}, "device_bound_passkey"),
    ]:
        record = Passkey(**knobs).record
        assert (record.kind, record.hardware) == (kind, False)
    hardware = CredentialRecord.from_text(record.to_text()[:-1] + ',"hardware":true}')
    assert hardware.hardware is True and hardware != record
    for name in ("kind", "hardware"):
        with pytest.raises(AttributeError):
            setattr(record, name, None)


def test_a_passkey_without_verification_needs_something_that_is_known():
    touched = Passkey("preferred", user_verified=False).sign_in()
    assert not touched.user_verified
    assert assess(touched, now=NOON).tier == Tier.WEAK
    assert assess([touched, totp()], now=NOON).tier == Tier.STANDARD
    together = assess([touched, password()], now=NOON)
    assert (together.tier, together.factors["kinds"]) == (Tier.PHISHING_RESISTANT, 2)
    codes = [reason.code for reason in together.explain()]
    assert codes == ["webauthn_with_other_factor", "password"]


def test_a_delivered_code_says_how_it_came():
    for via in ("totp", "sMs", "", "delivered_code", "password"):
        refused("argument_value_invalid", ConfigError, delivered().commit, 1, via=via)
    for via in (True, 1, b"sms", ["sms"], "sm\ud800"):
        refused("argument_type_invalid", ConfigError, delivered().commit, 1, via=via)
    refused("state_conflict", RejectedError, delivered().commit, 0, via="sms")
    issued = mfakit.issue_temporary_code("alice", kind="support", issued_by="rosa", now=NOON)
    verified = mfakit.verify_temporary_code(issued.code, user_id="alice", record=issued.transition.next, now=NOON)
    refused("argument_value_invalid", ConfigError, verified.commit, 1, via="sms")


def test_a_password_is_the_callers_word():
    aware = datetime.datetime.fromtimestamp(NOON, datetime.timezone.utc)
    for at in (NOON, NOON + 0.5, aware):
        assert json.loads(assess(Evidence.password(at=at), now=NOON).to_json())["methods"][0]["at"] == NOON
    before = int(time.time())
    at = json.loads(assess(Evidence.password()).to_json())["methods"][0]["at"]
    assert before <= at <= time.time()
    assert repr(Evidence.password()) == 'Evidence(method="password", user_verified=False)'
    with pytest.raises(TypeError):
        Evidence.password(NOON)


# ---- assess


def test_evidence_may_come_in_any_iterable_and_more_than_once():
    first, second = password(), totp()
    both = assess([first, second], now=NOON)
    assert assess((first, second), now=NOON) == both
    assert assess(iter([first, second]), now=NOON) == both
    assert assess((e for e in (first, second)), now=NOON) == both
    assert assess({first: 1, second: 2}, now=NOON) == both
    assert assess([first, second, first, first], now=NOON) == both
    assert assess(second, previous=assess(first, now=NOON), now=NOON) == both
    assert assess([], previous=both, now=NOON + 1) == both
    assert assess([], now=NOON).methods == () and not assess([], now=NOON).meets(Tier.WEAK)


class Raising:
    def __init__(self, error=RuntimeError):
        self.error = error

    def __iter__(self):
        raise self.error

    __len__ = __getitem__ = __bool__ = __iter__

    def __getattr__(self, name):
        raise self.error


class RaisingLater(Raising):
    def __iter__(self):
        yield password()
        raise self.error


class EndlessList(list):
    def __iter__(self):
        return itertools.repeat(password())


def test_what_is_no_evidence():
    for value in [None, True, 7, "password", b"totp", {"method": "totp"}, [None], ["totp"], [totp(), "totp"], [[totp()]],
                  [assess([], now=NOON)], Evidence, object(), Raising(), [Raising()], RaisingLater(), range(3),
                  itertools.repeat(None), Totp(SECRET).verify(Totp(SECRET).code_at(NOON), last_step=None, now=NOON)]:  # fmt: skip
        refused("argument_type_invalid", ConfigError, assess, value, now=NOON)
    # Something that never ends.
    refused("argument_value_invalid", ConfigError, assess, itertools.repeat(password()), now=NOON)
    refused("argument_value_invalid", ConfigError, assess, EndlessList(), now=NOON)
    refused("argument_value_invalid", ConfigError, assess, [password()] * 1025, now=NOON)
    assert assess([password()] * 1024, now=NOON).methods == ("password",)
    for value in ["", "{}", True, 7, [], totp(), Assessment, Raising()]:
        refused("argument_type_invalid", ConfigError, assess, [], previous=value, now=NOON)
    with pytest.raises(KeyboardInterrupt):
        assess(Raising(KeyboardInterrupt), now=NOON)


def test_evidence_of_the_future_is_refused():
    refused("time_invalid", ConfigError, assess, password(NOON + 6), now=NOON)
    assert assess(password(NOON + 5), now=NOON).tier == Tier.WEAK


def test_an_assessment_is_stored_beside_the_session():
    session = assess([password(), totp(), Passkey().sign_in()], now=NOON)
    text = session.to_json()
    stored = json.loads(text)
    assert stored["v"] == 1 and stored["tier"] == "phishing_resistant" and stored["acr"] == "phr"
    # What is for people and queries is computed anew.
    read = Assessment.from_trusted_json(json.dumps({**stored, "tier": "weak", "amr": [], "acr": None}))
    assert read == session and read.tier == Tier.PHISHING_RESISTANT and read.to_json() == text
    assert read != assess(password(), now=NOON) and read != text
    for wrong, code in [
        ("", "record_corrupt"),
        ("[]", "record_corrupt"),
        (text[:-1], "record_corrupt"),
        (text + "x" * 20_000, "record_corrupt"),
        (text.replace('"v":1', '"v":2'), "record_version_unknown"),
        (text.replace("totp", "fob"), "record_corrupt"),
        (text.replace('"kind":"totp"', '"kind":"totp","userVerified":true'), "record_corrupt"),
    ]:
        assert wrong != text
        refused(code, ConfigError, Assessment.from_trusted_json, wrong)
    for value in (None, text.encode(), stored, 7, "\ud800"):
        refused("argument_type_invalid", ConfigError, Assessment.from_trusted_json, value)


def test_recency_is_asked_for():
    session = assess(totp(NOON + 100), previous=assess(password(), now=NOON), now=NOON + 100)
    assert session.meets("standard", max_age=300, now=NOON + 400)
    assert not session.meets("standard", max_age=300, now=NOON + 401)
    assert session.meets(1, max_age=300, now=NOON + 400) and session.meets(Tier.STANDARD)
    assert not session.meets(3)
    for tier in (True, 0, 4, -1, 2**64, "Standard", "", "standard\0"):
        code = "argument_type_invalid" if tier is True else "argument_value_invalid"
        refused(code, ConfigError, session.meets, tier)
    for tier in (None, 2.0, b"standard", [], "\ud800", object()):
        refused("argument_type_invalid", ConfigError, session.meets, tier)
    refused("argument_value_invalid", ConfigError, session.meets, 2, max_age=-1)
    refused("time_invalid", ConfigError, session.meets, 2, max_age=1, now=-1)


def test_tiers_are_ordered_numbers():
    assert Tier.WEAK < Tier.STANDARD < Tier.PHISHING_RESISTANT
    assert [tier.value for tier in Tier] == [1, 2, 3] and Tier(2) is Tier.STANDARD
    for tier in Tier:
        assert pickle.loads(pickle.dumps(tier)) is tier and copy.deepcopy(tier) is tier
    assert Tier.__module__ == "mfakit"


# ---- classify


OKTA = {"iss": "https://okta.example", "sub": "alice", "amr": ["pwd", "mfa", "swk"], "auth_time": NOON - 60}


def test_the_claims_of_a_verified_id_token():
    text = json.dumps(OKTA)
    read = classify("salesforce-2026-05-05", claims=OKTA, now=NOON)
    for claims in (text, text.encode(), bytearray(text.encode())):
        assert classify("salesforce-2026-05-05", claims=claims, now=NOON) == read
    profile = AssuranceProfile.named("salesforce-2026-05-05")
    assert classify(profile, amr=("pwd", "mfa", "swk"), auth_time=NOON - 60, now=NOON) == read
    assert (read.tier, read.recognised, read.auth_time) == (Tier.PHISHING_RESISTANT, True, NOON - 60)
    assert (read.amr, read.acr, read.authn_context) == (("pwd", "mfa", "swk"), None, ())
    assert "mfa" in read.unknown
    assert (read.profile, read.version) == (profile.id, profile.version)
    assert read.meets(Tier.PHISHING_RESISTANT) and read.meets("weak")
    assert decide(read, requirement=Requirement(3), enrolled=[], now=NOON).kind == "allow"
    subjects = {reason.subject: (reason.code, reason.tier) for reason in read.explain()}
    assert subjects["amr:swk"] == ("exact", Tier.PHISHING_RESISTANT) and subjects["amr:mfa"] == ("unknown", None)


def test_saml_contexts_and_acr():
    context = "urn:oasis:names:tc:SAML:2.0:ac:classes:X509"
    read = classify("salesforce-2026-05-05", authn_context=[context], auth_time=float(NOON), now=NOON)
    assert (read.tier, read.authn_context, read.auth_time) == (Tier.PHISHING_RESISTANT, (context,), NOON)
    assert classify("openid-eap", acr="phr").tier == Tier.PHISHING_RESISTANT
    assert classify("openid-eap", claims={"acr": "phr"}).acr == "phr"


def test_nothing_known_satisfies_nothing():
    for claims in ({}, {"claims": {}}, {"amr": []}, {"amr": ["", "0", "MFA"]}, {"amr": None, "acr": None}, {"claims": None}):
        read = classify("salesforce-2026-05-05", **claims)
        assert (read.tier, read.recognised) == (Tier.WEAK, False)
        assert not read.meets(Tier.WEAK)
        assert decide(read, requirement=Requirement(Tier.WEAK), enrolled=[]).kind != "allow"


# Whatever is wrong with a claim is the identity provider's, never the program's.
NOT_A_LIST = ["hwk", "", True, 7, 0.5, {}, {"hwk"}, b"hwk", [None], [7], [True], [["hwk"]], [b"hwk"], ["\ud800"], ["hwk"] * 65,
              ["x" * 257], iter(["hwk"]), object(), Raising(), [Raising()]]  # fmt: skip
NOT_A_CLAIM = [True, 7, 0.5, {}, ["phr"], b"phr", "\udc00", "x" * 257, "x" * 10**6, object(), Raising()]
NOT_A_CLAIMS_TIME = [True, "1800000000", b"1", [], {}, -1, -0.5, float("nan"), float("inf"), 10**400, 1.8e12, object(), Raising(),
                     datetime.datetime(2027, 1, 15, tzinfo=datetime.timezone.utc)]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "values"),
    [("amr", NOT_A_LIST), ("authn_context", NOT_A_LIST), ("acr", NOT_A_CLAIM), ("auth_time", NOT_A_CLAIMS_TIME)],
)
def test_a_claim_of_the_wrong_shape(name, values):
    for value in values:
        refused("claims_malformed", MalformedError, classify, "rfc8176", now=NOON, **{name: value})
        try:
            text = json.dumps({name: value})
        except (TypeError, RuntimeError):
            continue
        # A token has no SAML context: there it is another issuer's own claim. One that is too long is refused unread.
        if name != "authn_context" and len(text) < 64 * 1024:
            refused("claims_malformed", MalformedError, classify, "rfc8176", claims={name: value}, now=NOON)


class RaisingDict(dict):
    def items(self):
        raise RuntimeError("mine")


class RaisingText(str):
    def __len__(self):
        raise RuntimeError("mine")

    __iter__ = __str__ = __len__


def test_claims_of_the_wrong_shape():
    nested = {}
    nested["amr"] = nested
    for value in [True, 7, 0.5, [], ["hwk"], [OKTA], object(), Raising(), RaisingDict(amr=["hwk"]), RaisingText("{}"), "\ud800",
                  {"amr": {1, 2}}, {"amr": [float("nan")]}, {"auth_time": float("inf")}, {("amr",): 1}, {"x": b"y"}, {"x": Raising()},
                  nested, {"amr": ["\ud800"]}, {"sub": "\ud800"}, "[]", "null", '"amr"', "7", {"amr": None}, '{"amr": null}']:  # fmt: skip
        refused("claims_malformed", MalformedError, classify, "rfc8176", claims=value, now=NOON)
    for value, code in [
        ("", "json_malformed"),
        ("{", "json_malformed"),
        (b"\xff", "json_malformed"),
        ('{"amr": ["\\ud800"]}', "json_malformed"),
        ('{"amr": [NaN]}', "json_malformed"),
        ('{"amr": [], "amr": ["hwk"]}', "json_duplicate_member"),
        (" " * (64 * 1024) + "{}", "input_too_large"),
        (b" " * (64 * 1024) + b"{}", "input_too_large"),
        ({"sub": "x" * (64 * 1024)}, "input_too_large"),
    ]:
        refused(code, MalformedError, classify, "rfc8176", claims=value, now=NOON)
    with pytest.raises(KeyboardInterrupt):
        classify("rfc8176", claims={"x": list(range(3)), "y": InterruptingDict(a=1)}, now=NOON)


class InterruptingDict(dict):
    def items(self):
        raise KeyboardInterrupt


def test_claims_come_one_way():
    for named in ({"amr": []}, {"acr": "phr"}, {"authn_context": ["x"]}, {"auth_time": NOON}, {"amr": "hwk"}):
        refused("argument_value_invalid", ConfigError, classify, "rfc8176", claims={}, **named)
    assert classify("rfc8176", claims={}, amr=None, acr=None, authn_context=None, auth_time=None).amr == ()


def test_an_age_may_be_demanded():
    def age(**claims):
        return classify("rfc8176", amr=["hwk"], max_age=300, now=NOON, **claims)

    assert age(auth_time=NOON - 300).auth_time == NOON - 300
    refused("auth_time_missing", RejectedError, age)
    refused("auth_time_stale", RejectedError, age, auth_time=NOON - 301)
    refused("auth_time_future", RejectedError, age, auth_time=NOON + 6)
    refused("argument_type_invalid", ConfigError, classify, "rfc8176", max_age="300")
    refused("argument_value_invalid", ConfigError, classify, "rfc8176", max_age=-1)
    refused("time_invalid", ConfigError, classify, "rfc8176", now="now")


def test_a_classification_is_stored_beside_the_session():
    read = classify("salesforce-2026-05-05", claims=OKTA, now=NOON)
    text = read.to_json()
    assert Classification.from_trusted_json(text, profile="salesforce-2026-05-05") == read
    again = Classification.from_trusted_json(text, profile=AssuranceProfile.named("salesforce-2026-05-05"))
    assert again.to_json() == text and again != classify("salesforce-2026-05-05")
    refused("argument_value_invalid", ConfigError, Classification.from_trusted_json, text, profile="rfc8176")
    refused("record_corrupt", ConfigError, Classification.from_trusted_json, text[1:], profile="rfc8176")
    refused("record_version_unknown", ConfigError, Classification.from_trusted_json, text.replace('"v":1', '"v":9'), profile="rfc8176")
    for value in (None, {}, text.encode(), 7):
        refused("argument_type_invalid", ConfigError, Classification.from_trusted_json, value, profile="rfc8176")


# ---- profiles


def test_profiles_are_data():
    assert AssuranceProfile.names() == ["salesforce-2026-05-05", "rfc8176", "openid-eap", "refeds", "nist-800-63"]
    for name in AssuranceProfile.names():
        profile = AssuranceProfile.named(name)
        assert profile.id == name and json.loads(profile.to_json())["version"] == profile.version
        assert AssuranceProfile.from_json(profile.to_json()) == profile
        assert [reason.code for reason in lint(profile)] == [reason.code for reason in lint(name)]
    assert AssuranceProfile.named("refeds") != AssuranceProfile.named("rfc8176")
    published = json.loads(AssuranceProfile.named("salesforce-2026-05-05").to_json())
    own = AssuranceProfile.from_json(json.dumps({**published, "id": "ours"}))
    assert classify(own, amr=["hwk"]).profile == "ours"
    for wrong in ("", "{}", "[]", "\0", json.dumps({**published, "surplus": 1}), json.dumps({**published, "id": 7})):
        refused("profile_invalid", ConfigError, AssuranceProfile.from_json, wrong)
    for call in (AssuranceProfile.from_json, AssuranceProfile.named, lint, classify):
        for value in (None, True, 7, b"rfc8176", [], {}, PolicyProfile.named("salesforce-2026-05-05"), "\ud800", Raising()):
            refused("argument_type_invalid", ConfigError, call, value)
    for call in (AssuranceProfile.named, lint, classify):
        for value in ("", "RFC8176", "rfc8176\0", "x" * 10**6):
            refused("argument_value_invalid", ConfigError, call, value)


def test_lint_names_the_traps():
    pin = [reason for reason in lint("salesforce-2026-05-05") if reason.subject == "pin"]
    assert [reason.code for reason in pin] == ["not_phishing_resistant"]
    assert pin[0].tier is None and pin[0].message.endswith(".")
    assert repr(pin[0]) == 'Reason(code="not_phishing_resistant", subject="pin")'


def test_what_the_registry_says():
    assert amr_description("otp") and amr_description("hwk")
    for value in ("OTP", "", "otp ", "x" * 10**6, "é"):
        assert amr_description(value) is None
    for value in (None, True, 7, b"otp", ["otp"], "\ud800", object(), Raising()):
        refused("claims_malformed", MalformedError, amr_description, value)


# ---- results


def test_results_are_frozen_have_no_constructor_and_no_truth_value():
    session, read = assess([password(), totp()], now=NOON), classify("rfc8176", amr=["hwk"])
    for value in (password(), session, read, session.explain()[0], read.explain()[0]):
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
        assert type(value).__module__ == "mfakit"
    assert repr(session) == 'Assessment(tier="standard", methods=["password", "totp"])'
    assert repr(read) == 'Classification(tier="weak", recognised=True, profile="rfc8176")'
    assert repr(AssuranceProfile.named("refeds")).startswith('AssuranceProfile(id="refeds", version="')
    session.factors["kinds"] = 9
    assert session.factors == {"knowledge": 1, "possession": 1, "inherence": 0, "unspecified": 0, "kinds": 2}
