"""What docs/storage.md says beside its statements."""

import contextlib
import functools
import re
import threading

import psycopg
import pymysql
import pytest
import recipes
import stores
from cases import CASES, NEW_SECRET, NOON, PEPPERS, SECRET, recipes_of

import mfakit


def test_every_recipe_of_every_store_is_in_the_table_and_is_raced():
    table = recipes.DOCUMENT.read_text(encoding="utf-8").partition("| state |")[2].partition("\n\n")[0]
    named = set(re.findall(r"`(\w+)`", "\n".join(line.split("|")[1] for line in table.splitlines()[2:])))
    assert named == set().union(*map(recipes_of, CASES)) | {"ceremony_put"}
    for store, found in stores.RECIPES.items():
        scripts = {"schema", "ceremony_read", "compare_and_set", "set_with_drift", "enrol", "use_bit", "renew"}
        assert found.keys() - scripts == named, store


def test_two_codes_of_a_set_used_at_once_both_count_and_a_new_set_ends_the_old(client):
    old, new = (mfakit.generate_recovery_codes("alice", count=3) for _ in range(2))
    client.fill("recovery", [{"user_id": "alice", "record": old.record, "used": 0}])
    one, two, three = (mfakit.verify_recovery_code(code, user_id="alice", record=old.record, used=0) for code in old.codes)

    def use(verified):
        return client.run("recovery", user_id="alice", record=old.record, bit=verified.bit)

    assert (use(one), use(two), use(one)) == (1, 1, 0)
    assert client.read("recovery", ["alice"]) == [(old.record, one.bit | two.bit)]
    assert client.run("recovery_renew", user_id="alice", prev=old.record, next=new.record) == 1
    assert use(three) == 0
    assert client.read("recovery", ["alice"]) == [(new.record, 0)]


def test_the_old_authenticator_signs_in_until_the_new_one_is_confirmed(client):
    old, new = mfakit.Totp(SECRET), mfakit.PendingTotp(NEW_SECRET)
    codes = mfakit.Totp(new.expose_secret())
    client.fill("enrolment", [{"user_id": "alice", "secret": SECRET, "pending": None}])
    assert client.run("totp_pending", user_id="alice", pending=new.expose_secret()) == 1

    def sign_in(at):
        """With the code of what is stored, as a program does: the row count."""
        ((secret, _),), ((last_step,),) = client.read("enrolment", ["alice"]), client.read("totp", ["alice"])
        code = (old if secret == SECRET else codes).code_at(at)
        change = mfakit.Totp(secret).verify(code, last_step=last_step, now=at).transition
        return client.run("totp", user_id="alice", prev=change.prev, next=change.next)

    assert (sign_in(NOON), sign_in(NOON + 60)) == (1, 1)
    assert client.read("enrolment", ["alice"]) == [(SECRET, NEW_SECRET)]
    first = codes.code_at(NOON + 120)
    step = new.confirm(first, now=NOON + 120).transition.next
    confirm = [client.run("totp_enrol", user_id="alice", pending=NEW_SECRET, next=step) for _ in range(2)]
    assert confirm == [1, 0]
    assert client.read("enrolment", ["alice"]) == [(NEW_SECRET, None)]
    assert client.read("totp", ["alice"]) == [(step,)]
    # The code that confirmed is burnt, the old authenticator's are wrong, and the new one's next is right.
    for code, error in [(first, "otp_replayed"), (old.code_at(NOON + 180), "otp_rejected")]:
        with pytest.raises(mfakit.RejectedError) as refused:
            codes.verify(code, last_step=step, now=NOON + 120)
        assert refused.value.code == error
    assert sign_in(NOON + 180) == 1


@pytest.fixture(scope="session")
def admin_code():
    """An administrator's code and its records after no use, one and two: slow to make, the same for every store."""
    given = {"user_id": "alice", "now": NOON}
    issued = mfakit.issue_temporary_code("alice", kind="admin", issued_by="rosa", now=NOON)
    records = [issued.transition.next]
    for _ in range(2):
        records.append(mfakit.verify_temporary_code(issued.code, record=records[-1], **given).transition.next)
    return records


def test_parallel_uses_of_an_administrators_code_are_all_counted(client, admin_code):
    unused, once, twice = admin_code
    client.fill("temporary_code", [{"user_id": "alice", "record": None}])

    def store(prev, next):
        return client.run("temporary", user_id="alice", prev=prev, next=next)

    assert store(None, unused) == 1
    # Two requests have read `unused`: whoever lost reads again, and both uses are in the record.
    assert (store(unused, once), store(unused, once), store(once, twice)) == (1, 0, 1)
    assert ".1000.2.0$" in twice and client.read("temporary_code", ["alice"]) == [(twice,)]


def test_a_lost_revocation_is_made_again(client):
    issued = mfakit.issue_temporary_code("alice", kind="delivered", issued_by="login", peppers=PEPPERS, now=NOON)
    record = issued.transition.next
    client.fill("temporary_code", [{"user_id": "alice", "record": record}])

    def revoke(seen):
        change = mfakit.revoke_temporary_code(seen)
        return client.run("temporary", user_id="alice", prev=change.prev, next=change.next)

    given = {"user_id": "alice", "peppers": PEPPERS, "now": NOON}
    used = mfakit.verify_temporary_code(issued.code, record=record, **given).transition
    assert client.run("temporary", user_id="alice", prev=used.prev, next=used.next) == 1
    assert revoke(record) == 0
    ((seen,),) = client.read("temporary_code", ["alice"])
    assert revoke(seen) == 1
    ((revoked,),) = client.read("temporary_code", ["alice"])
    with pytest.raises(mfakit.RejectedError):
        mfakit.verify_temporary_code(issued.code, record=revoked, **given)


def test_values_are_compared_byte_for_byte(client):
    names = ["Ab", "aB", "A" * 1364]
    assert [client.run("credential_add", id=name, user_id="alice", next="Record") for name in names] == [1, 1, 1]
    assert [client.run("credential", id="Ab", prev=prev, next="new") for prev in ("record", "Record")] == [0, 1]
    assert client.read("credential", names) == [("new",), ("Record",), ("Record",)]


def test_an_update_that_changes_nothing_is_one_row(client):
    client.run("credential_add", id="synced", user_id="alice", next="record")
    assert client.run("credential", id="synced", prev="record", next="record") == 1


def test_a_ceremony_and_its_name_are_there_once(client):
    assert client.run("ceremony_put", id="one", state='{"v": 1}', expires_at=4_000_000_000) == 1
    looked = client.look("one")
    assert client.take_ceremony("one", looked) == '{"v": 1}'
    assert client.take_ceremony("one", looked) is None
    assert client.take_ceremony("another", client.look("another")) is None
    spend = [client.run("ceremony_spend", id=name, forget_at=4_000_000_000) for name in ("one", "one", "two")]
    assert spend == [1, 0, 1]


# ---------------------------------------------------------------- the throttle

GUESSES = 64


@pytest.mark.parametrize("careless, verified", [(False, 5), (True, GUESSES)], ids=["as documented", "without its condition"])
def test_parallel_guesses_against_one_account(careless, verified, client, store):
    """Of 64 at once, as many reach the verification as there are free failures; without the condition, all of them do."""
    client.fill("throttle", [{"user_id": "alice", "method": "totp", "state": None}])
    throttle, totp = mfakit.Throttle(free_failures=5), mfakit.Totp(mfakit.generate_secret())
    wrong = f"{(int(totp.code_at(NOON)) + 1) % 1_000_000:06}"
    everyone_has_read = threading.Barrier(GUESSES)
    outcomes = []

    def guess():
        with contextlib.closing(store[0](**store[1])) as mine:
            if careless:
                mine.be_careless()
            ((state,),) = mine.read("throttle", ["alice"])
            everyone_has_read.wait(60)
            outcomes.append(attempt(mine, state))

    def attempt(mine, state):
        # Nobody loses more races than there are guesses.
        for _ in range(GUESSES):
            try:
                change = throttle.charge(state, now=NOON)
            except mfakit.RejectedError as error:
                return error.code
            if mine.run("throttle", user_id="alice", method="totp", prev=change.prev, next=change.next) == 1:
                break
            ((state,),) = mine.read("throttle", ["alice"])
        else:
            return "never charged"
        try:
            return totp.verify(wrong, last_step=None, now=NOON, past=0, future=0)
        except mfakit.RejectedError as error:
            return error.code

    guesses = [threading.Thread(target=guess) for _ in range(GUESSES)]
    for thread in guesses:
        thread.start()
    for thread in guesses:
        thread.join()
    counts = {code: outcomes.count(code) for code in set(outcomes)}
    expected = {"otp_rejected": verified, "throttle_wait": GUESSES - verified}
    assert counts == {code: count for code, count in expected.items() if count}


# ---------------------------------------------------------------- isolation


def race_in_transactions(begin, connect):
    """Two transactions read, then both write: the row count of the second, which waits for the first to commit, or its error."""
    with contextlib.closing(connect()) as first, contextlib.closing(connect()) as second:
        first.empty()
        first.fill("totp", [{"user_id": "alice", "last_step": 1}])
        for client in (first, second):
            client.cursor.execute(begin)
            assert client.read("totp", ["alice"]) == [(1,)]
        assert first.run("totp", user_id="alice", prev=1, next=2) == 1
        answer = []

        def write():
            try:
                answer.append(second.run("totp", user_id="alice", prev=1, next=2))
            except Exception as error:
                answer.append(error)

        waiting = threading.Thread(target=write)
        waiting.start()
        waiting.join(0.2)
        assert not answer, "the second writer did not wait"
        first.cursor.execute("COMMIT")
        waiting.join()
        second.cursor.execute("ROLLBACK")
        return answer[0]


@pytest.fixture(scope="module")
def postgresql():
    with stores.postgresql() as (kind, where):
        yield functools.partial(kind, **where)


@pytest.fixture(scope="module")
def mariadb():
    with stores.mariadb() as (kind, where):
        yield functools.partial(kind, **where)


def test_isolation_of_postgresql(postgresql):
    assert race_in_transactions("BEGIN ISOLATION LEVEL READ COMMITTED", postgresql) == 0
    for level in ("REPEATABLE READ", "SERIALIZABLE"):
        error = race_in_transactions(f"BEGIN ISOLATION LEVEL {level}", postgresql)
        assert isinstance(error, psycopg.errors.SerializationFailure) and error.sqlstate == "40001"


def test_isolation_of_mariadb(mariadb):
    def at(level, snapshot):
        def connect():
            client = mariadb()
            client.cursor.execute(f"SET SESSION TRANSACTION ISOLATION LEVEL {level}")
            client.cursor.execute(f"SET SESSION innodb_snapshot_isolation = {snapshot}")
            return client

        return connect

    assert race_in_transactions("BEGIN", at("READ COMMITTED", "OFF")) == 0
    assert race_in_transactions("BEGIN", at("REPEATABLE READ", "OFF")) == 0
    error = race_in_transactions("BEGIN", at("REPEATABLE READ", "ON"))
    assert isinstance(error, pymysql.err.MySQLError) and error.args[0] == 1020


# ---------------------------------------------------------------- single databases


def test_mysql_counts_changed_rows_without_found_rows(mariadb):
    for found_rows in (False, True):
        with contextlib.closing(mariadb(found_rows=found_rows)) as client:
            client.empty()
            client.run("credential_add", id="synced", user_id="alice", next="record")
            assert client.run("credential", id="synced", prev="record", next="record") == found_rows


def test_mariadb_takes_a_ceremony_in_one_statement(mariadb, cases, workers):
    where = {"recipe_set": "mariadb"}
    with contextlib.closing(mariadb(**where)) as client:
        assert not client.reads_first
        client.empty()
        cases["ceremony_take"].seed(client, 250)
        won = workers.race("ceremony_take", 250, (mariadb, where))
        assert [len(winners) for winners in won] == [1] * 250


def test_a_sqlite_transaction_that_begins_as_a_reader_may_not_write():
    with stores.sqlite("WAL") as (kind, where):
        with contextlib.closing(kind(**where)) as first, contextlib.closing(kind(**where)) as second:
            first.empty()
            first.fill("totp", [{"user_id": "alice", "last_step": 1}])
            second.cursor.execute("BEGIN")
            assert second.read("totp", ["alice"]) == [(1,)]
            assert first.run("totp", user_id="alice", prev=1, next=2) == 1
            with pytest.raises(stores.sqlite3.OperationalError, match="locked"):
                second.run("totp", user_id="alice", prev=1, next=2)
            second.cursor.execute("ROLLBACK")
            second.cursor.execute("BEGIN IMMEDIATE")
            assert second.run("totp", user_id="alice", prev=1, next=2) == 0
