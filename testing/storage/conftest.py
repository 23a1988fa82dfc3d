"""One set of worker processes and one server of each kind for all tests."""

import contextlib
import os
import pathlib
import signal
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import stores  # noqa: E402
from cases import CASES  # noqa: E402
from race import Workers  # noqa: E402

# A run that is told to end stops its servers first.
signal.signal(signal.SIGTERM, signal.default_int_handler)

ROUNDS = 1000
# A race is the same in SQLite's other journal mode, MariaDB and Redis, where a run of minutes would show no more.
FEWER = dict.fromkeys(["sqlite-wal", "mariadb", "redis"], 250)

STORES = {
    "sqlite": lambda: stores.sqlite("DELETE"),
    "sqlite-wal": lambda: stores.sqlite("WAL"),
    "postgresql": stores.postgresql,
    "mariadb": stores.mariadb,
    "redis": stores.redis_server,
}


@pytest.fixture(scope="session")
def cases():
    return {name: case(ROUNDS) for name, case in CASES.items()}


@pytest.fixture(scope="session")
def workers(cases):
    started = Workers(cases)
    yield started
    started.close()


@pytest.fixture(scope="session", params=STORES)
def store(request, workers):
    """(client class, its arguments), running. The workers were forked before, so that they inherit no connection."""
    with STORES[request.param]() as running:
        yield running


@pytest.fixture
def rounds(request):
    """How many rounds a race has on this store; MFAKIT_ROUNDS says how many on every store."""
    asked = int(os.environ.get("MFAKIT_ROUNDS") or FEWER.get(request.node.callspec.params["store"], ROUNDS))
    return min(asked, ROUNDS)


@pytest.fixture
def client(store):
    kind, where = store
    with contextlib.closing(kind(**where)) as client:
        client.empty()
        yield client
