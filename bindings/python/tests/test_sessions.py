"""How long sessions live, and what is written down."""

import datetime
import hashlib
import json
import time

import pytest

import mfakit
from mfakit import ConfigError, Evidence, MfaError, PolicyProfile, RejectedError, Requirement, assess, audit_record, classify
from mfakit import decide, session_expires_at, touch_session

NOON, HOUR, DAY = 1_800_000_000, 3600, 86_400


def refused(code, family, call, *arguments, **named):
    with pytest.raises(MfaError) as caught:
        call(*arguments, **named)
    assert (caught.value.code, type(caught.value)) == (code, family)


def test_a_session_ends_by_idleness_and_by_age():
    assert session_expires_at("web", created=NOON) == NOON + DAY
    assert session_expires_at("web", created=NOON, last_active=NOON + HOUR) == NOON + DAY + HOUR
    assert session_expires_at("web", created=NOON, last_active=NOON + 9 * DAY + 12 * HOUR) == NOON + 10 * DAY
    for kind in ("cli", "api_key"):
        assert session_expires_at(kind, created=NOON, last_active=NOON + 29 * DAY) == NOON + 30 * DAY


def test_activity_keeps_a_session_alive_until_it_is_over():
    assert touch_session("web", created=NOON, last_active=NOON, now=NOON + DAY - 1) == NOON + 2 * DAY - 1
    refused("session_expired", RejectedError, touch_session, "web", created=NOON, last_active=NOON, now=NOON + DAY)
    late = {"created": NOON, "last_active": NOON + 10 * DAY - 10}
    assert touch_session("web", **late, now=NOON + 10 * DAY - 1) == NOON + 10 * DAY
    refused("session_expired", RejectedError, touch_session, "web", **late, now=NOON + 10 * DAY)
    assert touch_session("cli", created=NOON, last_active=NOON, now=NOON + 30 * DAY - 1) == NOON + 30 * DAY
    refused("session_expired", RejectedError, touch_session, "cli", created=NOON, last_active=NOON, now=NOON + 30 * DAY)


def test_times_come_in_every_form_and_from_the_clock():
    noon = datetime.datetime.fromtimestamp(NOON, datetime.timezone.utc)
    for at in (NOON, NOON + 0.9, noon):
        assert session_expires_at("web", created=at, last_active=at) == NOON + DAY
    now = int(time.time())
    assert touch_session("web", created=now, last_active=now) - now - DAY in range(60)
    refused("session_expired", RejectedError, touch_session, "web", created=0, last_active=0)


def test_what_is_no_session():
    for kind in ("", "Web", "web\0", "x" * 10**6):
        refused("argument_value_invalid", ConfigError, session_expires_at, kind, created=NOON)
        refused("argument_value_invalid", ConfigError, touch_session, kind, created=NOON, last_active=NOON, now=NOON)
    for kind in (None, True, 7, b"web", [], "\ud800"):
        refused("argument_type_invalid", ConfigError, session_expires_at, kind, created=NOON)
    refused("argument_type_invalid", ConfigError, session_expires_at, "web", created=None)
    refused("argument_type_invalid", ConfigError, touch_session, "web", created=NOON, last_active=None)
    refused("argument_value_invalid", ConfigError, session_expires_at, "web", created=NOON, last_active=NOON - 10)
    for missing in ({}, {"created": NOON}, {"last_active": NOON}):
        with pytest.raises(TypeError):
            touch_session("web", **missing)


# ---- the audit


def test_a_record_says_what_was_shown_demanded_and_decided():
    session = assess(Evidence.password(at=NOON), now=NOON)
    required = PolicyProfile.named("salesforce-2026-05-05").requirement(rights=["Modify All Data"], enforced_from=NOON)
    decided = decide(session, requirement=required, enrolled=["security_key"], now=NOON)
    named = {"user": "rosa", "standing": session, "requirement": required, "decision": decided, "credential_id": "AAEC"}
    line = audit_record("sign_in", **named, now=NOON)
    assert "\n" not in line
    record = json.loads(line)
    assert list(record)[:4] == ["v", "at", "event", "user"]
    wanted = {
        "v": 1, "at": NOON, "event": "sign_in", "user": "rosa", "decision": "step_up", "reason": "tier_too_low",
        "need": "phishing_resistant", "tier": "weak", "twoLevel": "weak", "recognised": True, "methods": ["password"],
        "recovery": False, "amr": ["pwd"], "acr": None, "profile": None, "policy": "salesforce-2026-05-05",
        "required": "phishing_resistant", "exempt": False, "waiver": False,
        "credentialIdHash": hashlib.sha256(bytes([0, 1, 2])).hexdigest(),
    }  # fmt: skip
    assert {name: record[name] for name in wanted} == wanted
    named["credential_id"] = bytes([0, 1, 2])
    assert audit_record("sign_in", **named, now=NOON) == line


def test_a_record_of_claims_keeps_them_as_they_were_sent():
    read = classify("salesforce-2026-05-05", claims={"amr": ["swk", "\u2028\"<b>"], "auth_time": NOON}, now=NOON)
    line = audit_record("sso", standing=read, now=NOON)
    assert line.isascii() or "\u2028" not in line
    record = json.loads(line)
    assert record["amr"] == ["swk", "\u2028\"<b>"] and record["unknown"] == ["\u2028\"<b>"]
    assert (record["profile"], record["authTime"], record["methods"]) == ("salesforce-2026-05-05", NOON, None)


def test_every_member_is_always_there():
    bare = json.loads(audit_record("sign_out", now=NOON))
    full = json.loads(audit_record("sign_in", standing=classify("rfc8176"), requirement=Requirement(1), now=NOON))
    assert list(bare) == list(full)
    assert {name for name, value in bare.items() if value is not None} == {"v", "at", "event"}
    assert abs(json.loads(audit_record("sign_out"))["at"] - time.time()) < 60


def test_what_cannot_be_written_down():
    session, read = assess([], now=NOON), classify("rfc8176")
    decided = decide(session, requirement=Requirement(1), enrolled=[])
    for event in ("", "x" * 256, "é" * 128):
        refused("argument_value_invalid", ConfigError, audit_record, event)
        refused("argument_value_invalid", ConfigError, audit_record, "e", user=event)
    for value in (True, 7, b"e", [], {}, "\ud800", object()):
        refused("argument_type_invalid", ConfigError, audit_record, value)
        refused("argument_type_invalid", ConfigError, audit_record, "e", user=value)
    refused("argument_type_invalid", ConfigError, audit_record, None)
    for credential in ("=", "é", "A"):
        refused("argument_value_invalid", ConfigError, audit_record, "e", credential_id=credential)
    for name, wrong in [
        ("standing", [session.to_json(), {}, True, decided, mfakit.Assessment]),
        ("requirement", ["standard", 2, {}, session, Requirement]),
        ("decision", ["allow", True, {}, read, session]),
        ("credential_id", [True, 7, [], memoryview(b"x")]),
    ]:
        for value in wrong:
            refused("argument_type_invalid", ConfigError, audit_record, "e", **{name: value})
    for value in (-1, True, "now", 1.8e12):
        refused("time_invalid", ConfigError, audit_record, "e", now=value)
