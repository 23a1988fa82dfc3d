"""Recovery codes, as a backend uses them, against a second implementation of their rules."""

import copy
import pickle
import re
import sqlite3

import pytest

import mfakit
from mfakit import (
    ConfigError,
    Evidence,
    MalformedError,
    Peppers,
    RejectedError,
    VerificationError,
    check_recovery_code,
    generate_recovery_codes,
    verify_recovery_code,
)
from reference import ALPHABET, b64, checked, recovery_tag, typeable_record, unb64, weighted_sum

KEY, NEW_KEY = b"k" * 32, b"n" * 64
OLD = Peppers({"2026-05": KEY}, current="2026-05")


def verify(code, made, *, user="alice", used=0, **options):
    return verify_recovery_code(code, user_id=user, record=made.record, used=used, **options)


def test_sign_in_with_a_code_and_sqlite():
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE recovery (user TEXT PRIMARY KEY, record TEXT, used INTEGER)")
    made = generate_recovery_codes("alice")
    db.execute("INSERT INTO recovery VALUES ('alice', ?, 0)", (made.record,))

    def sign_in(code):
        record, used = db.execute("SELECT record, used FROM recovery WHERE user = 'alice'").fetchone()
        verified = verify_recovery_code(code, user_id="alice", record=record, used=used)
        rows = db.execute(
            "UPDATE recovery SET used = ? WHERE user = 'alice' AND record = ? AND used = ?",
            (verified.transition.next, record, verified.transition.prev),
        ).rowcount
        return verified.commit(rows)

    evidence = sign_in(made.codes[3])
    assert isinstance(evidence, Evidence)
    assert (evidence.method, evidence.user_verified) == ("recovery_code", False)
    assert db.execute("SELECT used FROM recovery").fetchone() == (1 << 3,)
    with pytest.raises(RejectedError) as caught:
        sign_in(made.codes[3])
    assert (caught.value.code, caught.value.public_code) == ("recovery_code_rejected", "invalid")
    assert sign_in(made.codes[4]).method == "recovery_code"


@pytest.mark.parametrize(("count", "peppers", "key"), [(10, None, None), (1, None, None), (31, OLD, KEY)])
def test_a_set_is_what_the_rules_say(count, peppers, key):
    made = generate_recovery_codes("josé", count=count, peppers=peppers)
    assert made.text == "".join(code + "\n" for code in made.codes)
    assert len(made.codes) == len(set(made.codes)) == count
    empty, name, fields, set_id, tags = made.record.split("$")
    assert (empty, name, fields) == ("", "mfakit-rc", "v=1,f=full" if key is None else "v=1,f=full,k=2026-05")
    assert len(unb64(set_id)) == 16 and len(tags.split(".")) == count
    for slot, (code, tag) in enumerate(zip(made.codes, tags.split("."))):
        assert re.fullmatch(f"([{ALPHABET}]{{5}}-){{4}}[{ALPHABET}]{{6}}", code)
        symbols = code.replace("-", "")
        assert ALPHABET.index(symbols[0]) == slot and weighted_sum(symbols) == 0
        assert tag == b64(recovery_tag(symbols, "josé", unb64(set_id), key=key))


@pytest.mark.parametrize(("peppers", "key"), [(None, None), (OLD, KEY)])
def test_a_typeable_set_is_what_the_rules_say(peppers, key):
    made = generate_recovery_codes("josé", count=2, format="typeable", peppers=peppers)
    assert made.text == "".join(code + "\n" for code in made.codes)
    empty, name, fields, set_id, tags = made.record.split("$")
    storage = "v=1,f=typeable,h=pbkdf2-sha256,i=600000"
    assert (empty, name, fields) == ("", "mfakit-rc", storage if key is None else storage + ",k=2026-05")
    for slot, (code, tag) in enumerate(zip(made.codes, tags.split("."))):
        assert re.fullmatch(f"([{ALPHABET}]{{4}}-){{3}}[{ALPHABET}]{{4}}", code)
        symbols = code.replace("-", "")
        assert ALPHABET.index(symbols[0]) == slot and weighted_sum(symbols) == 0
        assert tag == b64(recovery_tag(symbols, "josé", unb64(set_id), key=key, rounds=600_000))
    verified = verify(made.codes[1].lower(), made, user="josé", peppers=peppers)
    assert (verified.bit, verified.remaining, verified.needs_regeneration) == (2, 1, False)
    assert verified.commit(1).method == "recovery_code"


TYPED = [checked("0SECRET0SECRET0"), checked("1SECRET0SECRET0"), checked("2SECRET0SECRET0")]
TYPEABLE = typeable_record(TYPED, "alice", b"0123456789abcdef", rounds=100_000)


def test_a_typeable_record_of_fewer_rounds_verifies_and_asks_for_a_new_set():
    def typed(code, record=TYPEABLE, user="alice", used=0):
        return verify_recovery_code(code, user_id=user, record=record, used=used)

    verified = typed(TYPED[1])
    assert (verified.bit, verified.remaining, verified.needs_regeneration) == (2, 2, True)
    assert typed("-".join(TYPED[2]).replace("0", "o")).bit == 4
    for call in (
        lambda: typed(TYPED[1], used=2),
        lambda: typed(TYPED[1], user="bob"),
        lambda: typed(checked("1SECRET0SECRET1")),
        lambda: typed(checked("3SECRET0SECRET0")),
    ):
        with pytest.raises(RejectedError) as caught:
            call()
        assert caught.value.code == "recovery_code_rejected"
    for record, code in (
        (TYPEABLE.replace("i=100000", "i=99999"), "record_corrupt"),
        (TYPEABLE.replace("i=100000", "i=2000001"), "record_corrupt"),
        (TYPEABLE.replace("pbkdf2-sha256", "scrypt"), "code_hash_unsupported"),
        (TYPEABLE.replace("h=pbkdf2-sha256,i=100000", "h=argon2id,m=19456,t=2,p=1"), "code_hash_unsupported"),
        (TYPEABLE.replace("v=1", "v=2"), "record_version_unknown"),
    ):
        for call in (lambda: typed(TYPED[1], record), lambda: check_recovery_code(TYPED[1], record=record)):
            with pytest.raises(ConfigError) as caught:
                call()
            assert caught.value.code == code


def test_the_form_of_a_code_is_checked_alone():
    full = generate_recovery_codes("alice", count=1)
    for right, other, record in ((full.codes[0], TYPED[0], full.record), (TYPED[0], full.codes[0], TYPEABLE)):
        # Well formed is all that is asked: the set has no such code.
        for code in (right, right.lower(), f" {right} ", checked("V" + "7" * (len(right.replace("-", "")) - 2))):
            assert check_recovery_code(code, record=record) is None
        for code in ("", right[:-1], right + "0", right[:-1] + ("0" if right[-1] != "0" else "1"), other):
            with pytest.raises(MalformedError) as caught:
                check_recovery_code(code, record=record)
            assert caught.value.code == "recovery_code_malformed"


def test_two_sets_have_nothing_in_common():
    first, second = generate_recovery_codes("alice"), generate_recovery_codes("alice")
    assert not set(first.codes) & set(second.codes)
    assert first.record.split("$")[3] != second.record.split("$")[3]
    with pytest.raises(RejectedError):
        verify(first.codes[0], second)


def test_what_a_right_code_tells():
    made = generate_recovery_codes("alice")
    used = 0
    for slot, code in enumerate(made.codes):
        verified = verify(code, made, used=used)
        assert verified.bit == 1 << slot
        assert verified.remaining == 9 - slot
        assert verified.low is (verified.remaining <= 3)
        assert verified.needs_regeneration is False
        assert (verified.transition.prev, verified.transition.next) == (used, used | 1 << slot)
        used = verified.transition.next
    for code in made.codes:
        with pytest.raises(RejectedError) as caught:
            verify(code, made, used=used)
        assert caught.value.code == "recovery_code_rejected"


def test_a_code_as_people_type_it():
    # One with both 0 and 1 in it: about every fourth.
    while True:
        made = generate_recovery_codes("alice", count=1)
        code = made.codes[0]
        if "0" in code[1:] and "1" in code:
            break
    plain = code.replace("-", "")
    for typed in (
        plain,
        plain.lower(),
        f"  {code} ",
        " ".join(plain),
        code.replace("-", "\u2013"),
        code.replace("-", "\u2011"),
        code.replace("-", "\u00a0"),
        code.replace("0", "O").replace("1", "l"),
        code.replace("0", "o").replace("1", "I"),
    ):
        assert verify(typed, made).bit == 1


def test_peppers_and_their_rotation():
    made = generate_recovery_codes("alice", peppers=OLD)
    both = Peppers({"2026-05": KEY, "2026-11": bytearray(NEW_KEY)}, current="2026-11")
    assert not verify(made.codes[0], made, peppers=OLD).needs_regeneration
    assert verify(made.codes[0], made, peppers=both).needs_regeneration
    without = generate_recovery_codes("alice")
    assert not verify(without.codes[0], without).needs_regeneration
    assert verify(without.codes[0], without, peppers=both).needs_regeneration
    renewed = generate_recovery_codes("alice", peppers=both)
    assert ",k=2026-11$" in renewed.record
    for peppers in (None, Peppers({"2026-11": NEW_KEY}, current="2026-11")):
        with pytest.raises(ConfigError) as caught:
            verify(made.codes[0], made, peppers=peppers)
        assert caught.value.code == "pepper_unknown"
    with pytest.raises(RejectedError):
        verify(made.codes[0], made, peppers=Peppers({"2026-05": NEW_KEY}, current="2026-05"))


def test_a_wrong_code_is_rejected_whatever_is_wrong_with_it():
    made, other = generate_recovery_codes("alice", count=3), generate_recovery_codes("alice", count=9)
    for call in (
        lambda: verify(made.codes[0], made, user="bob"),
        lambda: verify(made.codes[0], made, used=1),
        lambda: verify(other.codes[0], made),
        lambda: verify(other.codes[8], made),
    ):
        with pytest.raises(RejectedError) as caught:
            call()
        assert caught.value.code == "recovery_code_rejected"
        assert (caught.value.kind, caught.value.public_code) == ("rejected", "invalid")


def test_every_single_typing_error_is_told_apart():
    made = generate_recovery_codes("alice", count=1)
    symbols = made.codes[0].replace("-", "")
    typed = [symbols[:at] + wrong + symbols[at + 1 :] for at in range(26) for wrong in ALPHABET if wrong != symbols[at]]
    typed += [
        symbols[:at] + symbols[at + 1] + symbols[at] + symbols[at + 2 :]
        for at in range(25)
        if symbols[at] != symbols[at + 1]
    ]
    for code in typed:
        with pytest.raises(MalformedError) as caught:
            verify(code, made)
        assert caught.value.code == "recovery_code_malformed"


@pytest.mark.parametrize(
    "change",
    [
        lambda code: "",
        lambda code: code[:-1],
        lambda code: code + "0",
        lambda code: "U" + code[1:],
        lambda code: code + "\n",
        lambda code: code.replace("-", "_"),
        lambda code: code.replace("-", "\u2014"),
        lambda code: code + "\ud800",
        lambda code: code + " " * 99,
        lambda code: code + " " * 10**6,
        lambda code: "\U0001f511" * 26,
    ],
)
def test_what_is_no_code_is_malformed(change):
    made = generate_recovery_codes("alice")
    verify(made.codes[0] + " " * 98, made)
    with pytest.raises(MalformedError) as caught:
        verify(change(made.codes[0]), made)
    assert caught.value.code == "recovery_code_malformed"
    assert caught.value.public_code == "invalid"


@pytest.mark.parametrize("code", [None, 7, True, 1.5, b"00000", bytearray(26), [], {}, object(), float("nan")])
def test_whatever_the_client_sends_is_the_clients_mistake(code):
    with pytest.raises(VerificationError) as caught:
        verify(code, generate_recovery_codes("alice"))
    assert (caught.value.code, caught.value.kind) == ("input_malformed", "malformed")


MADE = generate_recovery_codes("alice", count=2, peppers=OLD)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: Peppers([("2026-05", KEY)], current="2026-05"), "argument_type_invalid"),
        (lambda: Peppers(None, current="2026-05"), "argument_type_invalid"),
        (lambda: Peppers({"2026-05": "k" * 32}, current="2026-05"), "argument_type_invalid"),
        (lambda: Peppers({5: KEY}, current="2026-05"), "argument_type_invalid"),
        (lambda: Peppers({"2026-05": KEY}, current=None), "argument_type_invalid"),
        (lambda: Peppers({"2026-05": KEY}, current="2026-11"), "pepper_invalid"),
        (lambda: Peppers({"2026-05": KEY[:31]}, current="2026-05"), "pepper_invalid"),
        (lambda: Peppers({"2026-05": KEY, "old": b"k" * 65}, current="2026-05"), "pepper_invalid"),
        (lambda: Peppers({"2026/05": KEY}, current="2026/05"), "pepper_invalid"),
        (lambda: Peppers({}, current=""), "pepper_invalid"),
        (lambda: generate_recovery_codes(""), "user_id_invalid"),
        (lambda: generate_recovery_codes("u" * 256), "user_id_invalid"),
        (lambda: generate_recovery_codes("é" * 128), "user_id_invalid"),
        (lambda: generate_recovery_codes(b"alice"), "argument_type_invalid"),
        (lambda: generate_recovery_codes("\ud800"), "argument_type_invalid"),
        (lambda: generate_recovery_codes("alice", count=0), "argument_value_invalid"),
        (lambda: generate_recovery_codes("alice", count=32), "argument_value_invalid"),
        (lambda: generate_recovery_codes("alice", count=2**64), "argument_value_invalid"),
        (lambda: generate_recovery_codes("alice", count=True), "argument_type_invalid"),
        (lambda: generate_recovery_codes("alice", count="10"), "argument_type_invalid"),
        (lambda: generate_recovery_codes("alice", format="bcrypt"), "argument_value_invalid"),
        (lambda: generate_recovery_codes("alice", format=None), "argument_type_invalid"),
        (lambda: generate_recovery_codes("alice", peppers={"2026-05": KEY}), "argument_type_invalid"),
        (lambda: verify(MADE.codes[0], MADE, user="", peppers=OLD), "user_id_invalid"),
        (lambda: verify(MADE.codes[0], MADE, user=1), "argument_type_invalid"),
        (lambda: verify(MADE.codes[0], MADE), "pepper_unknown"),
        (lambda: verify(MADE.codes[0], MADE, peppers="2026-05"), "argument_type_invalid"),
        (lambda: verify(MADE.codes[0], MADE, peppers=OLD, used=-1), "record_corrupt"),
        (lambda: verify(MADE.codes[0], MADE, peppers=OLD, used=4), "record_corrupt"),
        (lambda: verify(MADE.codes[0], MADE, peppers=OLD, used=2**31), "record_corrupt"),
        (lambda: verify(MADE.codes[0], MADE, peppers=OLD, used=10**400), "record_corrupt"),
        (lambda: verify(MADE.codes[0], MADE, peppers=OLD, used=None), "argument_type_invalid"),
        (lambda: verify(MADE.codes[0], MADE, peppers=OLD, used=False), "argument_type_invalid"),
        (lambda: verify(MADE.codes[0], MADE, peppers=OLD, used=0.0), "argument_type_invalid"),
        (lambda: stored(MADE.record.replace("v=1", "v=2")), "record_version_unknown"),
        (lambda: stored(MADE.record[:-1]), "record_corrupt"),
        (lambda: stored(""), "record_corrupt"),
        (lambda: stored(None), "argument_type_invalid"),
    ],
)
def test_the_hosts_mistakes_are_config_errors(call, code):
    with pytest.raises(ConfigError) as caught:
        call()
    assert (caught.value.code, caught.value.public_code) == (code, "server")


def stored(record):
    return verify_recovery_code(MADE.codes[0], user_id="alice", record=record, used=0, peppers=OLD)


def test_the_hosts_mistakes_are_found_before_the_code_is_looked_at():
    with pytest.raises(ConfigError) as caught:
        verify_recovery_code(None, user_id="alice", record=MADE.record, used="0")
    assert caught.value.code == "argument_type_invalid"


def test_arity_and_keywords_are_the_languages_own():
    for call in (
        lambda: Peppers({"2026-05": KEY}),
        lambda: generate_recovery_codes("alice", 10),
        lambda: generate_recovery_codes("alice", size=10),
        lambda: verify_recovery_code(MADE.codes[0], user_id="alice", record=MADE.record),
    ):
        with pytest.raises(TypeError):
            call()


def test_a_proof_is_committed_once_and_by_one_row():
    made = generate_recovery_codes("alice")
    for rows in (0, 2, -1):
        with pytest.raises(RejectedError) as caught:
            verify(made.codes[0], made).commit(rows)
        assert caught.value.code == "state_conflict"
    with pytest.raises(ConfigError):
        verify(made.codes[0], made).commit(True)
    verified = verify(made.codes[0], made)
    verified.commit(1)
    with pytest.raises(RejectedError):
        verified.commit(1)


def test_nothing_shows_a_secret_and_results_are_frozen():
    peppers = Peppers({"2026-05": b"0123456789abcdef0123456789abcdef"}, current="2026-05")
    made = generate_recovery_codes("alice", peppers=peppers)
    verified = verify(made.codes[0], made, peppers=peppers)
    for value in (peppers, made, verified):
        shown = repr(value) + str(value)
        assert shown.startswith(type(value).__name__ + "(")
        assert not any(code in shown or code.replace("-", "") in shown for code in made.codes)
        assert "0123456789abcdef" not in shown
    for value in (made, verified):
        with pytest.raises(ConfigError):
            bool(value)
        with pytest.raises(TypeError):
            type(value)()
        with pytest.raises(TypeError):
            pickle.dumps(value)
        for name in [name for name in dir(value) if not name.startswith("_")]:
            with pytest.raises(AttributeError):
                setattr(value, name, 1)
    with pytest.raises(TypeError):
        pickle.dumps(peppers)
    made.codes.clear()
    assert len(made.codes) == 10


def test_errors_keep_their_code_through_pickle():
    for call in (lambda: verify("", MADE, peppers=OLD), lambda: verify(MADE.codes[0], MADE, peppers=OLD, used=1)):
        with pytest.raises(mfakit.MfaError) as caught:
            call()
        for same in (pickle.loads(pickle.dumps(caught.value)), copy.deepcopy(caught.value)):
            assert (type(same), same.code) == (type(caught.value), caught.value.code)
