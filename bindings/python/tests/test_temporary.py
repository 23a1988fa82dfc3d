"""Temporary codes: an administrator's, support's, and those that are delivered, against a second implementation of their rules."""

import datetime
import pickle
import re
import sqlite3

import pytest

from mfakit import (
    ConfigError,
    Evidence,
    MalformedError,
    Peppers,
    RejectedError,
    TemporaryAudit,
    VerificationError,
    check_temporary_code,
    issue_temporary_code,
    revoke_temporary_code,
    verify_temporary_code,
)
from reference import ALPHABET, b64, checked, temporary_record, temporary_tag, unb64, weighted_sum

NOON = 1_800_000_000
KEY, NEW_KEY = b"k" * 32, b"n" * 64
PEPPERS = Peppers({"2026-05": KEY}, current="2026-05")
ID = b"0123456789abcdef"
CODE = checked("ZSECRET0SECRET1")


def stored(kind="support", code=CODE, user="alice", **options):
    """A record of a cheap hash, good for an hour from noon on."""
    options = {"not_before": NOON, "not_after": NOON + 3600, "rounds": None if kind == "delivered" else 100_000, **options}
    return temporary_record(code, kind, user, ID, **options)


def verify(code, record, *, user="alice", now=NOON, **options):
    return verify_temporary_code(code, user_id=user, record=record, now=now, **options)


def test_an_administrator_lets_somebody_in_with_sqlite():
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE users (id TEXT PRIMARY KEY, code TEXT)")
    db.execute("INSERT INTO users VALUES ('alice', NULL)")
    log = []

    def store(change, prev, next):
        log.append(change.audit)
        return db.execute("UPDATE users SET code = ? WHERE id = 'alice' AND code IS ?", (next, prev)).rowcount

    def now_stored():
        return db.execute("SELECT code FROM users WHERE id = 'alice'").fetchone()[0]

    def sign_in(code, now):
        verified = verify(code, now_stored(), now=now)
        transition = verified.transition
        return verified.uses_left, verified.commit(store(verified, transition.prev, transition.next))

    first = issue_temporary_code("alice", kind="admin", issued_by="rosa", now=NOON)
    assert store(first, first.transition.prev, first.transition.next) == 1
    for left in (999, 998):
        uses_left, evidence = sign_in(first.code, NOON + 1800)
        assert isinstance(evidence, Evidence)
        assert (uses_left, evidence.method, evidence.user_verified) == (left, "admin_code", False)

    # One live code a user: the next one voids it.
    second = issue_temporary_code("alice", kind="admin", issued_by="ole", previous=now_stored(), now=NOON + 1900)
    assert store(second, second.transition.prev, second.transition.next) == 1
    with pytest.raises(RejectedError) as caught:
        sign_in(first.code, NOON + 1901)
    assert (caught.value.code, caught.value.public_code) == ("temporary_code_rejected", "invalid")

    revoked = revoke_temporary_code(now_stored())
    assert store(revoked, revoked.prev, revoked.next) == 1
    with pytest.raises(RejectedError):
        sign_in(second.code, NOON + 1901)
    assert [(audit.event, audit.issued_by, audit.uses, audit.revoked) for audit in log] == [
        ("issued", "rosa", 0, False),
        ("verified", "rosa", 1, False),
        ("verified", "rosa", 2, False),
        ("issued", "ole", 0, False),
        ("revoked", "ole", 0, True),
    ]
    assert log[0].id == log[1].id != log[3].id == log[4].id


@pytest.mark.parametrize(("kind", "max_uses"), [("admin", 1000), ("support", 1)])
@pytest.mark.parametrize(("peppers", "key"), [(None, None), (PEPPERS, KEY)])
def test_a_code_of_symbols_is_what_the_rules_say(kind, max_uses, peppers, key):
    made = issue_temporary_code("josé", kind=kind, issued_by="Rósa, support", lifetime=86_400, peppers=peppers, now=NOON)
    assert re.fullmatch(f"Z[{ALPHABET}]{{3}}(-[{ALPHABET}]{{4}}){{3}}", made.code)
    symbols = made.code.replace("-", "")
    assert weighted_sum(symbols) == 0
    empty, name, fields, id, tag, numbers, issuer, times = made.transition.next.split("$")
    pepper = "" if key is None else ",k=2026-05"
    assert (empty, name, fields) == ("", "mfakit-tc", f"v=1,t={kind},h=pbkdf2-sha256,i=600000{pepper}")
    assert tag == b64(temporary_tag(symbols, kind, "josé", unb64(id), key=key, rounds=600_000))
    assert numbers == f"{NOON}.{NOON + 86_400}.{max_uses}.0.0"
    assert (unb64(issuer).decode(), times) == ("Rósa, support", str(NOON))
    assert (made.transition.prev, made.expires_at) == (None, NOON + 86_400)
    audit = made.audit
    assert (audit.event, audit.id, audit.kind, audit.issued_by) == ("issued", id, kind, "Rósa, support")
    assert (audit.not_before, audit.not_after) == (NOON, NOON + 86_400)
    assert (audit.max_uses, audit.uses, audit.revoked) == (max_uses, 0, False)
    verified = verify(made.code.lower(), made.transition.next, user="josé", peppers=peppers)
    assert (verified.kind, verified.uses_left) == (kind, max_uses - 1)
    assert verified.transition.next == made.transition.next.replace(f"{max_uses}.0.0", f"{max_uses}.1.0")
    assert verified.commit(1).method == f"{kind}_code"


@pytest.mark.parametrize("digits", [6, 7, 8])
def test_a_delivered_code_is_what_the_rules_say(digits):
    made = issue_temporary_code("alice", kind="delivered", issued_by="login", digits=digits, peppers=PEPPERS, now=NOON)
    assert re.fullmatch(f"[0-9]{{{digits}}}", made.code)
    _, _, fields, id, tag, numbers, _, _ = made.transition.next.split("$")
    assert fields == f"v=1,t=delivered,d={digits},k=2026-05"
    assert tag == b64(temporary_tag(made.code, "delivered", "alice", unb64(id), key=KEY))
    assert numbers == f"{NOON}.{NOON + 600}.1.0.0"
    verified = verify(f" {made.code[:3]}-{made.code[3:]} ", made.transition.next, peppers=PEPPERS)
    assert (verified.kind, verified.uses_left) == ("delivered", 0)
    assert verified.commit(1).method == "delivered_code"
    with pytest.raises(RejectedError):
        verify(made.code, verified.transition.next, peppers=PEPPERS)


def test_codes_differ():
    made = [issue_temporary_code("alice", kind="delivered", issued_by="login", digits=8, peppers=PEPPERS) for _ in range(50)]
    assert len({code.code for code in made}) > 45
    assert len({code.audit.id for code in made}) == 50


def test_records_that_another_implementation_wrote():
    assert verify("-".join(CODE).replace("0", "o"), stored()).uses_left == 0
    admin = stored("admin", uses=998, not_after=NOON + 86_400, key=KEY, key_id="2026-05")
    verified = verify(CODE, admin, peppers=PEPPERS)
    assert (verified.kind, verified.uses_left, verified.audit.uses) == ("admin", 1, 999)
    rotated = Peppers({"2026-05": KEY, "2026-11": NEW_KEY}, current="2026-11")
    delivered = stored("delivered", "1234567", key=KEY, key_id="2026-05", not_after=NOON + 600)
    assert verify("1234567", delivered, peppers=rotated).uses_left == 0
    with pytest.raises(ConfigError) as caught:
        verify("1234567", delivered)
    assert caught.value.code == "pepper_unknown"


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": checked("ZSECRET0SECRET2")},
        {"user": "bob"},
        {"record": stored(uses=1)},
        {"record": stored(revoked=1)},
        {"record": stored("admin", uses=1000)},
        {"now": NOON - 6},
        {"now": NOON + 3601},
        {"record": stored(user="bob")},
    ],
    ids=["code", "user", "used", "revoked", "used-up", "early", "late", "record"],
)
def test_whatever_is_wrong_with_a_code_it_is_rejected(wrong):
    verify(CODE, stored(), now=NOON - 5)
    verify(CODE, stored(), now=NOON + 3600)
    with pytest.raises(RejectedError) as caught:
        verify(**{"code": CODE, "record": stored(), **wrong})
    assert (caught.value.code, caught.value.public_code) == ("temporary_code_rejected", "invalid")


def test_every_single_typing_error_is_told_apart():
    record = stored()
    typed = [CODE[:at] + wrong + CODE[at + 1 :] for at in range(16) for wrong in ALPHABET if wrong != CODE[at]]
    typed += [CODE[:at] + CODE[at + 1] + CODE[at] + CODE[at + 2 :] for at in range(15) if CODE[at] != CODE[at + 1]]
    typed += ["", CODE[:-1], CODE + "0", "U" + CODE[1:], CODE + "\n", CODE + " " * 113]
    for code in typed:
        for call in (lambda: verify(code, record), lambda: check_temporary_code(code, record=record)):
            with pytest.raises(MalformedError) as caught:
                call()
            assert caught.value.code == "temporary_code_malformed"


def test_the_form_of_a_code_is_checked_alone():
    delivered = stored("delivered", "123456", key=KEY, key_id="2026-05")
    for record, right, other in ((stored(revoked=1), checked("ZZZZZZZZZZZZZZZ"), "123456"), (delivered, "654321", CODE)):
        assert check_temporary_code(right, record=record) is None
        for code in (other, right[:-1], right + "0"):
            with pytest.raises(MalformedError):
                check_temporary_code(code, record=record)


def test_six_codes_an_hour():
    def issue(previous, now):
        options = {"kind": "delivered", "issued_by": "login", "peppers": PEPPERS}
        return issue_temporary_code("alice", previous=previous, now=now, **options).transition

    record = None
    for number in range(6):
        transition = issue(record, NOON + number)
        assert transition.prev == record
        record = transition.next
    with pytest.raises(VerificationError) as caught:
        issue(record, NOON + 3599)
    assert (caught.value.code, caught.value.kind, caught.value.public_code) == ("temporary_code_limit", "rejected", "retry")
    # Revoking forgets nothing.
    with pytest.raises(RejectedError):
        issue(revoke_temporary_code(record).next, NOON + 3599)
    assert issue(record, NOON + 3600).next.split("$")[-1].split(".") == [str(NOON + n) for n in (1, 2, 3, 4, 5, 3600)]


def test_a_revocation_is_a_compare_and_set():
    record = stored()
    revoked = revoke_temporary_code(record)
    assert (revoked.prev, revoked.next) == (record, record.replace(".1.0.0$", ".1.0.1$"))
    assert (revoked.audit.event, revoked.audit.id, revoked.audit.revoked) == ("revoked", b64(ID), True)
    assert revoke_temporary_code(revoked.next).next == revoked.next


def test_time_comes_in_every_form_and_from_the_clock():
    noon = datetime.datetime.fromtimestamp(NOON, datetime.timezone.utc)
    for now in (NOON, NOON + 0.9, noon):
        assert verify(CODE, stored(), now=now).kind == "support"
        issued = issue_temporary_code("alice", kind="delivered", issued_by="login", lifetime=60, peppers=PEPPERS, now=now)
        assert issued.expires_at == NOON + 60
    issued = issue_temporary_code("alice", kind="delivered", issued_by="login", peppers=PEPPERS)
    verified = verify_temporary_code(issued.code, user_id="alice", record=issued.transition.next, peppers=PEPPERS)
    assert verified.uses_left == 0
    with pytest.raises(RejectedError):
        verify_temporary_code(CODE, user_id="alice", record=stored(not_before=0, not_after=3600))


def issue(**options):
    return issue_temporary_code(**{"user_id": "alice", "kind": "delivered", "issued_by": "login", "peppers": PEPPERS, **options})


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: issue(user_id=""), "user_id_invalid"),
        (lambda: issue(user_id="u" * 256), "user_id_invalid"),
        (lambda: issue(kind="mail"), "argument_value_invalid"),
        (lambda: issue(issued_by=""), "argument_value_invalid"),
        (lambda: issue(issued_by="é" * 128), "argument_value_invalid"),
        (lambda: issue(peppers=None), "pepper_required"),
        (lambda: issue(digits=5), "digits_invalid"),
        (lambda: issue(digits=9), "digits_invalid"),
        (lambda: issue(lifetime=59), "argument_value_invalid"),
        (lambda: issue(lifetime=601), "argument_value_invalid"),
        (lambda: issue(kind="admin", lifetime=3599), "argument_value_invalid"),
        (lambda: issue(kind="support", lifetime=86_401), "argument_value_invalid"),
        (lambda: issue(previous=""), "record_corrupt"),
        (lambda: issue(previous=stored().replace("v=1", "v=2")), "record_version_unknown"),
        (lambda: revoke_temporary_code(""), "record_corrupt"),
        (lambda: revoke_temporary_code(stored().replace("pbkdf2-sha256", "scrypt")), "code_hash_unsupported"),
        (lambda: verify(CODE, stored() + " "), "record_corrupt"),
        (lambda: verify(CODE, stored().replace("i=100000", "i=99999")), "record_corrupt"),
        (lambda: verify(CODE, stored().replace("i=100000", "i=2000001")), "record_corrupt"),
        (lambda: verify(CODE, stored().replace("v=1", "v=2")), "record_version_unknown"),
        (lambda: verify(CODE, stored().replace("pbkdf2-sha256", "scrypt")), "code_hash_unsupported"),
        (lambda: verify(CODE, stored(), user=""), "user_id_invalid"),
        (lambda: check_temporary_code(CODE, record="x"), "record_corrupt"),
    ],
)
def test_the_hosts_mistakes_are_config_errors(call, code):
    with pytest.raises(ConfigError) as caught:
        call()
    assert (caught.value.code, caught.value.public_code) == (code, "server")


def test_the_hosts_mistakes_are_found_before_the_code_is_looked_at():
    for call in (
        lambda: verify_temporary_code(None, user_id=1, record=stored()),
        lambda: check_temporary_code(None, record=1),
    ):
        with pytest.raises(ConfigError) as caught:
            call()
        assert caught.value.code == "argument_type_invalid"


def test_arity_and_keywords_are_the_languages_own():
    for call in (
        lambda: issue_temporary_code("alice", issued_by="rosa"),
        lambda: issue_temporary_code("alice", kind="admin"),
        lambda: issue_temporary_code("alice", "admin", "rosa"),
        lambda: verify_temporary_code(CODE, user_id="alice"),
        lambda: check_temporary_code(CODE, stored()),
    ):
        with pytest.raises(TypeError):
            call()


def test_a_proof_is_committed_once_and_by_one_row():
    record = stored("delivered", "123456", key=KEY, key_id="2026-05")
    for rows in (0, 2, -1):
        with pytest.raises(RejectedError) as caught:
            verify("123456", record, peppers=PEPPERS).commit(rows)
        assert caught.value.code == "state_conflict"
    verified = verify("123456", record, peppers=PEPPERS)
    with pytest.raises(ConfigError):
        verified.commit(True)
    verified.commit(1)
    with pytest.raises(RejectedError):
        verified.commit(1)


def test_nothing_shows_a_code_and_results_are_frozen():
    made = issue(digits=8, now=NOON)
    verified = verify(made.code, made.transition.next, peppers=PEPPERS)
    revoked = revoke_temporary_code(made.transition.next)
    for value in (made, verified, revoked, made.audit):
        shown = repr(value) + str(value)
        assert shown.startswith(type(value).__name__ + "(")
        assert made.code not in shown
        with pytest.raises(ConfigError):
            bool(value)
        with pytest.raises(TypeError):
            type(value)()
        with pytest.raises(TypeError):
            pickle.dumps(value)
        for name in [name for name in dir(value) if not name.startswith("_")]:
            with pytest.raises(AttributeError):
                setattr(value, name, 1)
    assert isinstance(verified.audit, TemporaryAudit)
