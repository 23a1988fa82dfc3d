"""Slow hashes are computed, and megabytes of metadata read, without the interpreter's lock: other threads run meanwhile."""

import threading
import time

import pytest

from attested import MDS, NOON, Authority, blob, entry
from mfakit import Metadata, generate_recovery_codes, issue_temporary_code, verify_recovery_code, verify_temporary_code
from reference import checked, temporary_record, typeable_record

# As many rounds as a record may have: a call of some tenths of a second.
ROUNDS = 2_000_000
TYPED, SUPPORT = checked("0SECRET0SECRET0"), checked("ZSECRET0SECRET1")


def generate():
    return lambda: generate_recovery_codes("alice", count=3, format="typeable")


def verify():
    record = typeable_record([TYPED], "alice", bytes(16), rounds=ROUNDS)
    return lambda: verify_recovery_code(TYPED, user_id="alice", record=record, used=0)


def issue():
    return lambda: issue_temporary_code("alice", kind="admin", issued_by="rosa")


def admit():
    record = temporary_record(SUPPORT, "support", "alice", bytes(16), not_before=0, not_after=10**11, rounds=ROUNDS)
    return lambda: verify_temporary_code(SUPPORT, user_id="alice", record=record)


def ticks_while(call):
    """How often another thread ran meanwhile."""
    begun, ended, results = threading.Event(), threading.Event(), []

    def work():
        begun.set()
        results.append(call())
        ended.set()

    thread = threading.Thread(target=work)
    thread.start()
    begun.wait()
    ticks = 0
    while not ended.is_set():
        time.sleep(0.001)
        ticks += 1
    thread.join()
    assert len(results) == 1
    return ticks


# Under a lock that is held there would be a tick before the call and one after it.
@pytest.mark.parametrize("prepare", [generate, verify, issue, admit])
def test_other_threads_run_while_a_slow_hash_is_computed(prepare):
    assert ticks_while(prepare()) > 10


def test_other_threads_run_while_metadata_is_read():
    signer = Authority(host=MDS)
    # About as large as FIDO's: a call of some tenths of a second.
    made = blob(signer, [entry(signer)] * 5000)
    assert ticks_while(lambda: Metadata.parse(made, roots=[signer.root_der], now=NOON)) > 10
