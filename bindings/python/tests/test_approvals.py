"""Push approvals: a device's enrolment, an approval from the login screen to the evidence, and everything that is not one."""

import base64
import datetime
import json
import pickle
import sqlite3
import time

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

import mfakit
from mfakit import (
    ConfigError,
    DeviceKey,
    DeviceRecord,
    Evidence,
    MalformedError,
    MfaError,
    RejectedError,
    Tier,
    approval_answer,
    approval_to_sign,
    assess,
    begin_approval,
    begin_device_enrollment,
    cancel_approval,
    enrollment_to_sign,
    finish_approval,
    finish_device_enrollment,
    generate_device_key,
    read_approval,
    read_approval_answer,
    read_approval_request,
    read_device_enrollment,
    sign_approval,
    sign_enrollment,
)

NOON, AUDIENCE = 1_800_000_000, "example.com"


def refused(code, family, call, *arguments, **named):
    with pytest.raises(MfaError) as caught:
        call(*arguments, **named)
    assert (caught.value.code, type(caught.value)) == (code, family)


def enrolled(user="alice", audience=AUDIENCE, name="Phone"):
    """A device: its key, and its record."""
    begun = begin_device_enrollment(user, audience=audience, now=NOON)
    request = read_device_enrollment(begun.request)
    key = generate_device_key(request)
    answer = sign_enrollment(request, device=key, name=name, now=NOON)
    return key, finish_device_enrollment(answer, state=begun.state, now=NOON).commit(1)


KEY, DEVICE = enrolled()


def begin(**options):
    options = {"audience": AUDIENCE, "action": "Sign in", "context": "Firefox\nBerlin", "devices": [DEVICE], "now": NOON, **options}
    return begin_approval(options.pop("user", "alice"), **options)


def signed(approval, decision="approve", key=KEY, **options):
    if decision == "approve":
        options.setdefault("number", approval.number)
    return sign_approval(read_approval_request(approval.request), device=key, decision=decision, now=NOON, **options)


def another(number):
    return "00" if number != "00" else "01"


def finish(answer, approval, now=NOON):
    return finish_approval(answer, state=approval.transition.next, now=now)


# ---- a device


def test_a_device_is_enrolled():
    begun = begin_device_enrollment("alice", audience=AUDIENCE, now=NOON)
    request = read_device_enrollment(begun.request)
    assert (request.audience, request.user_id, request.device_id) == (AUDIENCE, "alice", begun.device_id)
    assert request.expires_at == begun.expires_at == NOON + 600
    key = generate_device_key(request)
    answer = sign_enrollment(request, device=key, name="Álices Telefon", now=NOON + 600)
    claimed = read_approval_answer(answer)
    assert (claimed.user_id, claimed.device_id, claimed.request_id) == ("alice", begun.device_id, None)
    verified = finish_device_enrollment(answer, state=begun.state, now=NOON + 600)
    record = verified.device
    assert (verified.transition.prev, verified.transition.next) == (None, record.to_text())
    assert (record.id, record.user_id, record.audience) == (begun.device_id, "alice", AUDIENCE)
    assert (record.algorithm, record.name) == (-7, "Álices Telefon")
    refused("state_conflict", RejectedError, verified.commit, 0)
    refused("state_conflict", RejectedError, verified.commit, 1)
    stored = finish_device_enrollment(answer, state=begun.state, now=NOON).commit(1)
    assert type(stored) is DeviceRecord and stored == record == DeviceRecord.from_text(record.to_text())
    assert stored != DEVICE and stored.public_key == key.record.public_key
    assert key.record.name is None and DeviceKey.from_text(key.to_text()).record == key.record


def test_the_key_may_live_in_hardware():
    private = ec.generate_private_key(ec.SECP256R1())
    numbers = private.public_key().public_numbers()
    x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
    public = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20" + x + b"\x22\x58\x20" + y

    def sign(data):
        return private.sign(data, ec.ECDSA(hashes.SHA256()))

    begun = begin_device_enrollment("alice", audience=AUDIENCE, now=NOON)
    request = read_device_enrollment(begun.request)
    record = request.device(public, name="Token")
    encoded = base64.urlsafe_b64encode(public).rstrip(b"=").decode()
    assert request.device(encoded, name="Token") == record and record.public_key == encoded
    to_sign = enrollment_to_sign(request, device=record, now=NOON)
    answer = approval_answer(to_sign, signature=sign(to_sign))
    stored = finish_device_enrollment(answer, state=begun.state, now=NOON).commit(1)
    assert stored == record

    approval = begin(devices=(stored.to_text(),))
    asked = read_approval_request(approval.request)
    to_sign = approval_to_sign(asked, device=stored.to_text(), decision="approve", number=approval.number, now=NOON)
    assert type(to_sign) is bytes
    der = sign(to_sign)
    r, s = decode_dss_signature(der)
    for signature in (der, r.to_bytes(32, "big") + s.to_bytes(32, "big"), bytearray(der), base64.urlsafe_b64encode(der).rstrip(b"=").decode()):
        answer = approval_answer(bytearray(to_sign), signature=signature)
        assert finish(answer, approval).decision == "approved"
    refused("signature_invalid", RejectedError, finish, approval_answer(to_sign, signature=sign(b"another")), approval)
    for data in (b"", b"x", to_sign[:-1], to_sign + b"\0", "=", "é"):
        refused("argument_value_invalid", ConfigError, approval_answer, data, signature=der)
    refused("signature_malformed", MalformedError, approval_answer, to_sign, signature=b"")
    refused("cose_key_malformed", MalformedError, request.device, b"\xa0")
    refused("argument_value_invalid", ConfigError, request.device, public, name="")


# ---- an approval


def test_a_person_approves_with_sqlite():
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE users (id TEXT PRIMARY KEY, approval TEXT)")
    db.execute("INSERT INTO users VALUES ('alice', NULL)")

    def store(transition):
        arguments = (transition.next, transition.prev)
        return db.execute("UPDATE users SET approval = ? WHERE id = 'alice' AND approval IS ?", arguments).rowcount

    def state():
        return db.execute("SELECT approval FROM users").fetchone()[0]

    approval = begin(previous=state())
    assert store(approval.transition) == 1 and approval.expires_at == NOON + 120
    assert len(approval.number) == 2 and approval.number.isdecimal()
    assert read_approval(state(), id=approval.id, now=NOON + 120) == "pending"
    assert read_approval(state(), id=approval.id, now=NOON + 121) == "expired"
    asked = read_approval_request(approval.request)
    assert (asked.id, asked.audience, asked.user_id) == (approval.id, AUDIENCE, "alice")
    assert (asked.action, asked.context, asked.expires_at) == ("Sign in", "Firefox\nBerlin", approval.expires_at)

    answer = sign_approval(asked, device=KEY, decision="approve", number=approval.number, now=NOON + 30)
    claimed = read_approval_answer(answer)
    assert (claimed.user_id, claimed.device_id, claimed.request_id) == ("alice", DEVICE.id, approval.id)
    verified = finish_approval(answer, state=state(), now=NOON + 31)
    assert (verified.decision, verified.device_id) == ("approved", DEVICE.id)
    assert (verified.user_id, verified.approval_id) == ("alice", approval.id)
    replay = finish_approval(answer, state=state(), now=NOON + 31)
    evidence = verified.commit(store(verified.transition))
    assert isinstance(evidence, Evidence)
    assert (evidence.method, evidence.kind, evidence.user_verified) == ("push_approval", "push_approval", False)
    session = assess([Evidence.password(at=NOON), evidence], now=NOON + 31)
    assert (session.tier, session.methods) == (Tier.STANDARD, ("password", "push_approval"))
    # It is told to the login that waits, for as long as that may wait, and to no other.
    assert read_approval(state(), id=approval.id, now=NOON + 120) == "approved"
    assert read_approval(state(), id=approval.id, now=NOON + 3600) == "expired"
    assert read_approval(state(), id=begin().id, now=NOON + 31) == "expired"
    # Whoever read the state before it was stored comes too late, and so does who reads it now.
    refused("state_conflict", RejectedError, lambda: replay.commit(store(replay.transition)))
    refused("approval_answered", RejectedError, finish_approval, answer, state=state(), now=NOON + 31)
    refused("approval_answered", RejectedError, cancel_approval, state())
    # The next one, over the old.
    again = begin(previous=state())
    assert store(again.transition) == 1 and read_approval(state(), id=again.id, now=NOON) == "pending"
    assert read_approval(state(), id=approval.id, now=NOON) == "expired"
    refused("approval_pending", RejectedError, begin, previous=state())
    assert begin(previous=state(), now=NOON + 121).transition.prev == state()


@pytest.mark.parametrize(
    ("decision", "right", "outcome", "code"),
    [("deny", None, "denied", "approval_denied"), ("approve", False, "number_mismatch", "approval_number_mismatch")],
)
def test_a_no_is_stored_before_it_is_told(decision, right, outcome, code):
    approval = begin()
    options = {} if right is None else {"number": another(approval.number)}
    answer = signed(approval, decision, **options)
    verified = finish(answer, approval)
    assert verified.decision == outcome
    assert read_approval(verified.transition.next, id=approval.id, now=NOON) == outcome
    refused("state_conflict", RejectedError, verified.commit, 0)
    refused(code, RejectedError, finish(answer, approval).commit, 1)
    refused("approval_answered", RejectedError, finish_approval, signed(approval), state=verified.transition.next, now=NOON)


def test_who_leaves_cancels():
    approval = begin()
    cancelled = cancel_approval(approval.transition.next)
    assert cancelled.prev == approval.transition.next
    assert read_approval(cancelled.next, id=approval.id, now=NOON) == "cancelled"
    refused("approval_answered", RejectedError, finish_approval, signed(approval), state=cancelled.next, now=NOON)


def test_the_request_does_not_know_the_number():
    numbers, requests = set(), set()
    for _ in range(40):
        approval = begin()
        id = base64.urlsafe_b64decode(approval.id + "==")
        request = base64.urlsafe_b64decode(approval.request + "=" * (-len(approval.request) % 4))
        numbers.add(approval.number)
        requests.add(request.replace(id, b""))
        assert approval.number not in repr(approval).replace(approval.id, "")
    # Whatever the number is, the request says the same.
    assert len(numbers) > 15 and len(requests) == 1


def test_an_answer_to_another_approval_is_none():
    approval, other = begin(), begin()
    stranger, strangers = enrolled()
    bobs, bob = enrolled("bob")
    refused("approval_request_mismatch", RejectedError, finish, signed(other), approval)
    refused("approval_device_unknown", RejectedError, finish, signed(approval, key=stranger), approval)
    refused("approval_request_mismatch", RejectedError, signed, approval, key=bobs)
    refused("approval_expired", RejectedError, finish, signed(approval), approval, now=NOON + 121)
    elsewhere, device = enrolled(audience="example.org")
    refused("approval_audience_mismatch", RejectedError, signed, approval, key=elsewhere)
    for devices in ([bob], [device], [], [DEVICE] * 5, [DEVICE, bob]):
        refused("argument_value_invalid", ConfigError, begin, devices=devices)
    both = begin(devices=[DEVICE, strangers])
    assert finish(signed(both, key=stranger), both).device_id == strangers.id
    answer = signed(approval)
    middle = len(answer) - 40
    changed = answer[:middle] + ("A" if answer[middle] != "A" else "B") + answer[middle + 1 :]
    refused("signature_invalid", RejectedError, finish, changed, approval)
    # An enrolment's answer is no approval, and the other way round.
    begun = begin_device_enrollment("alice", audience=AUDIENCE, now=NOON)
    request = read_device_enrollment(begun.request)
    enrolling = sign_enrollment(request, device=generate_device_key(request), now=NOON)
    refused("approval_malformed", MalformedError, finish, enrolling, approval)
    refused("approval_malformed", MalformedError, finish_device_enrollment, answer, state=begun.state, now=NOON)
    refused("approval_malformed", MalformedError, read_approval_request, begun.request)
    refused("approval_malformed", MalformedError, read_device_enrollment, approval.request)


def test_time_comes_in_every_form_and_from_the_clock():
    noon = datetime.datetime.fromtimestamp(NOON, datetime.timezone.utc)
    for now in (NOON, NOON + 0.9, noon):
        assert begin(now=now, lifetime=600).expires_at == NOON + 600
        assert begin_device_enrollment("alice", audience=AUDIENCE, lifetime=60, now=now).expires_at == NOON + 60
    begun = begin_device_enrollment("alice", audience=AUDIENCE)
    assert abs(begun.expires_at - time.time() - 600) < 60
    request = read_device_enrollment(begun.request)
    key = generate_device_key(request)
    device = finish_device_enrollment(sign_enrollment(request, device=key), state=begun.state).commit(1)
    approval = begin_approval("alice", audience=AUDIENCE, action="Sign in", devices=[device])
    asked = read_approval_request(approval.request)
    assert asked.context == ""
    answer = sign_approval(asked, device=key, decision="approve", number=approval.number)
    assert read_approval(approval.transition.next, id=approval.id) == "pending"
    assert finish_approval(answer, state=approval.transition.next).commit(1).method == "push_approval"


# ---- what the host and the device may pass

APPROVAL = begin()
REQUEST = read_approval_request(APPROVAL.request)
ENROLLMENT = begin_device_enrollment("alice", audience=AUDIENCE, now=NOON)
ENROLLING = read_device_enrollment(ENROLLMENT.request)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"user": ""}, "user_id_invalid"),
        ({"user": "u" * 256}, "user_id_invalid"),
        ({"audience": ""}, "argument_value_invalid"),
        ({"audience": "example.com\n"}, "argument_value_invalid"),
        ({"action": ""}, "argument_value_invalid"),
        ({"action": "a" * 256}, "argument_value_invalid"),
        ({"action": "Sign\u202ein"}, "argument_value_invalid"),
        ({"context": "x" * 1025}, "argument_value_invalid"),
        ({"context": "\0"}, "argument_value_invalid"),
        ({"context": "\n" * 9}, "argument_value_invalid"),
        ({"action": "\u3164"}, "argument_value_invalid"),
        ({"action": "Sign\u200bin"}, "argument_value_invalid"),
        ({"lifetime": 59}, "argument_value_invalid"),
        ({"lifetime": 601}, "argument_value_invalid"),
        ({"previous": ""}, "record_corrupt"),
        ({"previous": "x" * 10**6}, "record_corrupt"),
        ({"devices": [""]}, "record_corrupt"),
        ({"devices": [DEVICE.to_text() + "\0"]}, "record_corrupt"),
        ({"devices": [DEVICE.to_text().replace("v=1", "v=9")]}, "record_version_unknown"),
        ({"devices": DEVICE}, "argument_type_invalid"),
        ({"devices": DEVICE.to_text()}, "argument_type_invalid"),
        ({"devices": [KEY]}, "argument_type_invalid"),
        ({"devices": {DEVICE.to_text(): 1}}, "argument_type_invalid"),
        ({"context": None}, "argument_type_invalid"),
        ({"now": "noon"}, "time_invalid"),
    ],
)
def test_what_cannot_be_begun(options, code):
    refused(code, ConfigError, begin, **options)


def test_what_cannot_be_read():
    state, id = APPROVAL.transition.next, APPROVAL.id
    for wrong in ("", id[:-1], id + "A", "=" * 22, "x" * 10**6):
        refused("argument_value_invalid", ConfigError, read_approval, state, id=wrong)
    for wrong in (None, True, b"x" * 16, [id], "\ud800"):
        refused("argument_type_invalid", ConfigError, read_approval, state, id=wrong)
        refused("argument_type_invalid", ConfigError, read_approval, wrong, id=id)
        refused("argument_type_invalid", ConfigError, cancel_approval, wrong)
    with pytest.raises(TypeError):
        read_approval(state)


def test_what_cannot_be_signed():
    for decision, number in [("approve", None), ("deny", APPROVAL.number), ("approve", "7"), ("approve", "007"), ("approve", "４２"),
                             ("approve", ""), ("Approve", "42"), ("", None), ("approved", "42")]:  # fmt: skip
        refused("argument_value_invalid", ConfigError, sign_approval, REQUEST, device=KEY, decision=decision, number=number, now=NOON)
        refused("argument_value_invalid", ConfigError, approval_to_sign, REQUEST, device=DEVICE, decision=decision, number=number, now=NOON)
    for value in (None, True, 7, b"approve", []):
        refused("argument_type_invalid", ConfigError, sign_approval, REQUEST, device=KEY, decision=value, number="42")
    for value in (True, 42, b"42", ["42"], "\ud800"):
        refused("argument_type_invalid", ConfigError, sign_approval, REQUEST, device=KEY, decision="approve", number=value)
    for value in (None, True, APPROVAL.request, ENROLLING, {}, object(), APPROVAL):
        refused("argument_type_invalid", ConfigError, sign_approval, value, device=KEY, decision="deny")
        refused("argument_type_invalid", ConfigError, approval_to_sign, value, device=DEVICE, decision="deny")
    for value in (None, True, ENROLLMENT.request, ENROLLMENT, REQUEST, {}, object()):
        refused("argument_type_invalid", ConfigError, sign_enrollment, value, device=KEY)
        refused("argument_type_invalid", ConfigError, enrollment_to_sign, value, device=DEVICE)
        refused("argument_type_invalid", ConfigError, generate_device_key, value)
    for value in (None, True, KEY.to_text(), DEVICE, {}, object()):
        refused("argument_type_invalid", ConfigError, sign_approval, REQUEST, device=value, decision="deny")
        refused("argument_type_invalid", ConfigError, sign_enrollment, ENROLLING, device=value)
    for value in (None, True, KEY, b"x", {}, object()):
        refused("argument_type_invalid", ConfigError, approval_to_sign, REQUEST, device=value, decision="deny")
        refused("argument_type_invalid", ConfigError, enrollment_to_sign, ENROLLING, device=value)
    refused("approval_expired", RejectedError, sign_approval, REQUEST, device=KEY, decision="deny", now=NOON + 126)
    refused("approval_expired", RejectedError, sign_enrollment, ENROLLING, device=generate_device_key(ENROLLING), now=NOON + 606)
    refused("approval_request_mismatch", RejectedError, sign_enrollment, ENROLLING, device=KEY, now=NOON)


def test_secrets_stay_out_of_sight():
    # The state of an approval holds the number.
    transitions = [APPROVAL.transition, finish(signed(APPROVAL), APPROVAL).transition, cancel_approval(APPROVAL.transition.next)]
    assert {repr(transition) for transition in transitions} == {"Transition(***)"}
    key = generate_device_key(ENROLLING)
    text = key.to_text()
    assert repr(key) == str(key) == "DeviceKey(***)"
    assert DeviceKey.from_text(text).to_text() == text
    for wrong, code in [("", "record_corrupt"), (text[:-1], "record_corrupt"), (text + "\0", "record_corrupt"), (text.replace("v=1", "v=2"), "record_version_unknown")]:
        refused(code, ConfigError, DeviceKey.from_text, wrong)
        with pytest.raises(ConfigError) as caught:
            DeviceKey.from_text(wrong)
        assert text[20:40] not in str(caught.value)
    for value in (None, True, text.encode(), key, "\ud800"):
        refused("argument_type_invalid", ConfigError, DeviceKey.from_text, value)
    with pytest.raises(TypeError):
        DeviceKey()
    with pytest.raises(TypeError):
        pickle.dumps(key)
    with pytest.raises(TypeError):
        json.dumps(key)


def test_results_are_frozen_have_no_constructor_and_no_truth_value():
    begun = begin_device_enrollment("alice", audience=AUDIENCE, now=NOON)
    request = read_device_enrollment(begun.request)
    answer = sign_enrollment(request, device=generate_device_key(request), now=NOON)
    answered = signed(APPROVAL)
    results = [
        begun,
        request,
        finish_device_enrollment(answer, state=begun.state, now=NOON),
        APPROVAL,
        REQUEST,
        finish(answered, APPROVAL),
        read_approval_answer(answered),
    ]
    for value in results:
        with pytest.raises(ConfigError) as caught:
            bool(value)
        assert caught.value.code == "argument_type_invalid"
    for value in [*results, DEVICE, KEY]:
        assert type(value).__module__ == "mfakit"
        with pytest.raises(TypeError):
            type(value)()
        with pytest.raises(TypeError):
            pickle.dumps(value)
        for name in [name for name in dir(value) if not name.startswith("_")]:
            with pytest.raises(AttributeError):
                setattr(value, name, 1)
    assert repr(DEVICE) == f'DeviceRecord("{DEVICE.id}")'
    assert repr(results[5]) == 'ApprovalVerified(decision="approved")'
