"""Passkeys, as a backend uses them."""

import base64
import json
import re
import sqlite3
import threading

import pytest

import mfakit
from mfakit import ConfigError, CredentialRecord, Evidence, RejectedError, RelyingParty, VerificationError
from mfakit.testing import SoftAuthenticator

ORIGIN = "https://example.org"
NOON = 1_800_000_000


@pytest.fixture
def rp():
    return RelyingParty("example.org", name="Example", origins=[ORIGIN], user_verification="required")


@pytest.fixture
def registered(rp):
    authenticator = SoftAuthenticator(ORIGIN, counter=1)
    user = mfakit.generate_user_handle()
    ceremony = rp.begin_registration(user, user_name="alice", now=NOON)
    verified = rp.finish_registration(authenticator.create(ceremony.options), state=ceremony.state, now=NOON + 10)
    return authenticator, user, verified.commit(1)


def test_register_and_sign_in_with_sqlite(rp):
    db = sqlite3.connect(":memory:")
    db.executescript(
        "CREATE TABLE ceremonies (id TEXT PRIMARY KEY, state TEXT, expires_at INTEGER);"
        "CREATE TABLE credentials (id TEXT PRIMARY KEY, user TEXT, record TEXT);"
    )
    authenticator, user = SoftAuthenticator(ORIGIN), mfakit.generate_user_handle()

    def keep(ceremony):
        db.execute("INSERT INTO ceremonies VALUES (?, ?, ?)", (ceremony.id, ceremony.state, ceremony.expires_at))
        return ceremony.id

    def consume(name):
        with db:
            row = db.execute("SELECT state FROM ceremonies WHERE id = ?", (name,)).fetchone()
            if row is None or db.execute("DELETE FROM ceremonies WHERE id = ?", (name,)).rowcount != 1:
                return None
            return row[0]

    ceremony = rp.begin_registration(user, user_name="alice@example.com", display_name="Alice")
    assert ceremony.options["pubKeyCredParams"] == [{"type": "public-key", "alg": alg} for alg in (-8, -7, -257)]
    assert json.loads(ceremony.options_json) == ceremony.options
    name = keep(ceremony)
    verified = rp.finish_registration(authenticator.create(ceremony.options), state=consume(name))
    rows = db.execute(
        "INSERT INTO credentials VALUES (?, ?, ?)",
        (verified.credential.id, verified.user_handle, verified.transition.next),
    ).rowcount
    record = verified.commit(rows)
    assert isinstance(record, CredentialRecord) and record.user_handle == user
    assert verified.attestation.format == "none"

    ceremony = rp.begin_authentication(user, allow=[record])
    name = keep(ceremony)
    answer = json.dumps(authenticator.get(ceremony.options))
    claimed = mfakit.read_response(answer)
    (stored,) = db.execute("SELECT record FROM credentials WHERE id = ?", (claimed.credential_id,)).fetchone()
    signed_in = rp.finish_authentication(answer, state=consume(name), record=stored)
    assert signed_in.transition.prev == stored
    rows = db.execute(
        "UPDATE credentials SET record = ? WHERE id = ? AND record = ?",
        (signed_in.transition.next, signed_in.credential_id, signed_in.transition.prev),
    ).rowcount
    evidence = signed_in.commit(rows)
    assert isinstance(evidence, Evidence) and evidence.method == "webauthn" and evidence.user_verified
    # The ceremony is gone: the same answer has nothing to be finished with.
    assert consume(name) is None


def test_a_passkey_names_its_user(rp, registered):
    authenticator, user, record = registered
    ceremony = rp.begin_discoverable_authentication(now=NOON)
    answer = authenticator.get(ceremony.options)
    assert mfakit.read_response(answer).user_handle == user
    assert rp.finish_authentication(answer, state=ceremony.state, record=record, now=NOON).user_handle == user
    answer["response"]["userHandle"] = ""
    with pytest.raises(RejectedError) as caught:
        rp.finish_authentication(answer, state=ceremony.state, record=record, now=NOON)
    assert caught.value.code == "user_handle_missing"


def test_every_way_of_giving_a_response(rp, registered):
    authenticator, _, record = registered
    ceremony = rp.begin_discoverable_authentication(now=NOON)
    text = json.dumps(authenticator.get(ceremony.options))
    for response in (text, text.encode(), bytearray(text.encode()), json.loads(text)):
        rp.finish_authentication(response, state=ceremony.state, record=record, now=NOON)


def test_refusals_have_their_codes(rp, registered):
    authenticator, user, record = registered
    ceremony = rp.begin_authentication(user, allow=[record], now=NOON)
    good = authenticator.get(ceremony.options)
    other = rp.begin_authentication(user, allow=[record], now=NOON)
    stranger = mfakit.generate_user_handle()

    def finish(response=good, state=ceremony.state, record=record, now=NOON):
        return rp.finish_authentication(response, state=state, record=record, now=now)

    authenticator.wrong_origin = "https://example.org.evil.example"
    phished = authenticator.get(ceremony.options)
    tampered = json.loads(json.dumps(good))
    tampered["response"]["signature"] = good["response"]["signature"][:-4] + "AAAA"
    foreign = CredentialRecord(
        record.id, public_key=record.public_key, user_handle=stranger, sign_count=0, backup_eligible=False
    )
    finish()
    for code, call in [
        ("challenge_mismatch", lambda: finish(state=other.state)),
        ("origin_mismatch", lambda: finish(response=phished)),
        ("signature_invalid", lambda: finish(response=tampered)),
        ("credential_owner_mismatch", lambda: finish(record=foreign)),
        ("ceremony_expired", lambda: finish(now=NOON + 301)),
    ]:
        with pytest.raises(VerificationError) as caught:
            call()
        assert caught.value.code == code
    finish(now=NOON + 300)
    signed_in = finish()
    with pytest.raises(VerificationError) as caught:
        finish(record=signed_in.transition.next)
    assert caught.value.code == "counter_regressed"
    assert caught.value.step == "7.2-22"


@pytest.mark.parametrize("response", [None, 7, True, 1.5, [], object(), {"a": object()}, {"a": float("nan")}, "\ud800", "x" * 10**6])
def test_whatever_the_client_sends_is_the_clients_mistake(rp, registered, response):
    _, user, record = registered
    ceremony = rp.begin_registration(user, user_name="alice")
    login = rp.begin_discoverable_authentication()
    challenge = b"0123456789abcdef"
    for call in (
        lambda: mfakit.read_response(response),
        lambda: rp.finish_registration(response, state=ceremony.state),
        lambda: rp.finish_authentication(response, state=login.state, record=record),
        lambda: rp.verify_registration(response, challenge=challenge, user_handle=user),
        lambda: rp.verify_authentication(response, challenge=challenge, user_handle=user, record=record),
        lambda: rp.verify_discoverable_authentication(response, challenge=challenge, record=record),
    ):
        with pytest.raises(VerificationError) as caught:
            call()
        assert caught.value.kind == "malformed"


def test_a_hostile_object_cannot_raise_its_own_exception(rp, registered):
    class Hostile(dict):
        def items(self):
            raise RuntimeError("mine")

    nested = {}
    for _ in range(10_000):
        nested = {"a": nested}
    cyclic = {}
    cyclic["a"] = cyclic
    for response in (Hostile(a=1), nested, cyclic):
        with pytest.raises(VerificationError):
            mfakit.read_response(response)


def test_the_hosts_mistakes_are_config_errors(rp, registered):
    authenticator, user, record = registered
    ceremony = rp.begin_discoverable_authentication(now=NOON)
    good = authenticator.get(ceremony.options)
    registration = rp.begin_registration(user, user_name="alice", now=NOON)

    def make(**changed):
        arguments = {"name": "Example", "origins": [ORIGIN], "user_verification": "required", **changed}
        return RelyingParty("example.org", **arguments)

    def finish(state=ceremony.state, record=record):
        return rp.finish_authentication(good, state=state, record=record, now=NOON)

    cases = [
        (lambda: RelyingParty("https://example.org", name="E", origins=[ORIGIN], user_verification="required"), "rp_id_invalid"),
        (lambda: make(origins=[ORIGIN + "/"]), "origin_invalid"),
        (lambda: make(origins=ORIGIN), "argument_type_invalid"),
        (lambda: make(origins=[]), "origin_invalid"),
        (lambda: make(user_verification="yes"), "argument_value_invalid"),
        (lambda: make(algorithms=[-65535]), "argument_value_invalid"),
        (lambda: make(counter=None), "argument_type_invalid"),
        (lambda: make(danger_allow_absent_user=1), "argument_type_invalid"),
        (lambda: finish(state="{}"), "state_malformed"),
        (lambda: finish(state=registration.state), "state_kind_mismatch"),
        (lambda: finish(state=None), "argument_type_invalid"),
        (lambda: finish(record="{}"), "record_corrupt"),
        (lambda: finish(record=record.to_text().replace('"v":2', '"v":9')), "record_version_unknown"),
        (lambda: rp.begin_registration("!", user_name="a"), "user_handle_invalid"),
        (lambda: rp.begin_registration(b"x" * 65, user_name="a"), "user_handle_invalid"),
        (lambda: rp.begin_authentication(user, allow=[]), "argument_value_invalid"),
        (lambda: rp.begin_authentication(mfakit.generate_user_handle(), allow=[record]), "argument_value_invalid"),
        (lambda: rp.verify_discoverable_authentication(good, challenge=b"short", record=record), "challenge_too_short"),
    ]
    for call, code in cases:
        with pytest.raises(ConfigError) as caught:
            call()
        assert caught.value.code == code
    with pytest.raises(TypeError):
        RelyingParty("example.org", name="Example", origins=[ORIGIN])


def test_what_registers_can_log_in(rp, registered):
    """An oversized key, a state that was changed: nothing gets in that cannot be read again."""
    authenticator, user, record = registered
    ceremony = rp.begin_authentication(user, allow=[record], now=NOON)
    answer = authenticator.get(ceremony.options)
    state = json.loads(ceremony.state)
    for changed in ({**state, "allow": None}, {**state, "allow": []}, {**state, "user": ""}, {**state, "kind": "discoverable"}):
        with pytest.raises(ConfigError) as caught:
            rp.finish_authentication(answer, state=json.dumps(changed), record=record, now=NOON)
        assert caught.value.code == "state_malformed"
    with pytest.raises(ConfigError) as caught:
        rp.verify_authentication(answer, challenge=b"0" * 16, user_handle=user, record=record, allow=["{corrupt"])
    assert caught.value.code == "record_corrupt"


def test_presence_can_be_waived_for_assertions_only():
    rp = RelyingParty(
        "example.org", name="E", origins=[ORIGIN], user_verification="preferred", danger_allow_absent_user=True
    )
    authenticator, user = SoftAuthenticator(ORIGIN), mfakit.generate_user_handle()
    ceremony = rp.begin_registration(user, user_name="alice")
    authenticator.user_present = False
    with pytest.raises(RejectedError) as caught:
        rp.finish_registration(authenticator.create(ceremony.options), state=ceremony.state)
    assert caught.value.code == "user_not_present"
    authenticator.user_present = True
    record = rp.finish_registration(authenticator.create(ceremony.options), state=ceremony.state).commit(1)
    login = rp.begin_authentication(user, allow=[record])
    authenticator.user_present = False
    assert not rp.finish_authentication(authenticator.get(login.options), state=login.state, record=record).flags & 1


def test_one_relying_party_serves_many_threads(rp, registered):
    authenticator, _, record = registered
    ceremony = rp.begin_discoverable_authentication(now=NOON)
    good = json.dumps(authenticator.get(ceremony.options))
    done = []

    def work():
        for _ in range(20):
            rp.finish_authentication(good, state=ceremony.state, record=record, now=NOON)
            done.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 80


def test_a_sealed_state_may_be_kept_in_a_cookie():
    def sealing(key):
        return RelyingParty("example.org", name="E", origins=[ORIGIN], user_verification="required", state_key=key)

    rp, passkey, user = sealing(bytearray(b"k" * 32)), SoftAuthenticator(ORIGIN), mfakit.generate_user_handle()
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE spent (ceremony TEXT PRIMARY KEY, expires_at INTEGER)")

    def spend(state):
        name = rp.ceremony_id(state)
        return db.execute("INSERT OR IGNORE INTO spent VALUES (?, 0)", (name,)).rowcount

    ceremony = rp.begin_registration(user, user_name="alice")
    assert re.fullmatch(r"\$mfakit-st\$v=1,k=[\w-]+\$[\w-]+\$[\w-]{43}", ceremony.state)
    assert rp.ceremony_id(ceremony.state) == ceremony.id
    assert spend(ceremony.state) == 1
    record = rp.finish_registration(passkey.create(ceremony.options), state=ceremony.state).commit(1)
    assert spend(ceremony.state) == 0

    ceremony = rp.begin_authentication(user, allow=[record])
    answer = passkey.get(ceremony.options)
    content = base64.urlsafe_b64decode(ceremony.state.split("$")[3] + "==").decode()
    assert record.id not in content and user not in content and ceremony.options["challenge"] in content
    assert rp.finish_authentication(answer, state=ceremony.state, record=record).user_handle == user

    unsealing = RelyingParty("example.org", name="E", origins=[ORIGIN], user_verification="required")
    _, _, fields, sealed, tag = ceremony.state.split("$")
    changed = base64.urlsafe_b64encode(content.replace(ceremony.options["challenge"], "A" * 43).encode()).decode().rstrip("=")
    for other, state in [
        (rp, content),
        (rp, unsealing.begin_authentication(user, allow=[record]).state),
        (rp, f"$mfakit-st${fields}${changed}${tag}"),
        (rp, f"$mfakit-st${fields}${sealed}$" + "A" * 43),
        (rp, ceremony.state + "$"),
        (rp, ""),
        (sealing(b"o" * 32), ceremony.state),
        (unsealing, ceremony.state),
    ]:
        for call in (
            lambda: other.finish_authentication(answer, state=state, record=record),
            lambda: other.ceremony_id(state),
        ):
            with pytest.raises(ConfigError) as caught:
                call()
            assert caught.value.code == "state_malformed"
    for key, code in ((b"k" * 31, "state_key_invalid"), (b"k" * 65, "state_key_invalid"), ("k" * 32, "argument_type_invalid")):
        with pytest.raises(ConfigError) as caught:
            sealing(key)
        assert caught.value.code == code
    with pytest.raises(ConfigError):
        rp.ceremony_id(None)
    assert "k" * 8 not in repr(rp)
