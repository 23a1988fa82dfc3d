"""The databases: how a test starts one of its own, and how a program talks to it.

A server listens on a socket in a folder of its own and goes when the folder goes; nothing that the machine runs is
touched. Durability is switched off, since nothing here outlives the run.
"""

import contextlib
import functools
import glob
import os
import pwd
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time

import psycopg
import pymysql
import redis

import recipes

RECIPES = recipes.load()

# Slow machines take seconds to create a cluster; a server that takes this long has failed.
START_SECONDS = 60

# The states that live in a row: its key, its values.
TABLES = {
    "totp": ("user_id", ["last_step"]),
    "drift": ("user_id", ["last_step", "drift"]),
    "enrolment": ("user_id", ["secret", "pending"]),
    "hotp": ("user_id", ["counter"]),
    "credential": ("id", ["record"]),
    "recovery": ("user_id", ["record", "used"]),
    "temporary_code": ("user_id", ["record"]),
    "throttle": ("user_id", ["state"]),
    "approval": ("user_id", ["state"]),
}

# In SQL an authenticator is one row, whatever part of it a case looks at.
SQL_TABLES = {"drift": "totp", "enrolment": "totp"}

# The half of a WHERE that is the compare of the compare-and-set.
CONDITION = re.compile(r" AND (?:last_step|pending|counter|record|state)\b.*")


class SqlClient:
    """What is the same in every SQL database: a statement, its row count, or the row that it returns."""

    def __init__(self, recipe_set, db):
        self.db, self.cursor = db, db.cursor()
        self.statements = {name: self.translate(text) for name, text in RECIPES[recipe_set].items()}
        self.schema = RECIPES[recipe_set]["schema"]
        self.reads_first = "ceremony_read" in self.statements and "RETURNING" not in self.statements["ceremony_take"]
        self.careless = False

    def translate(self, statement):
        """Placeholders as the drivers of PostgreSQL and MySQL write them."""
        return re.sub(r":(\w+)", r"%(\1)s", statement)

    def run(self, name, **values):
        """The row count of a documented statement."""
        return self.count(self.statements[name], values)

    def take(self, name, **values):
        """The one value that a documented statement returns, or None."""
        row = self.query(self.statements[name], values)
        return row[0][0] if row else None

    def look(self, id):
        """A ceremony's state, where the recipe reads it before it deletes."""
        return self.take("ceremony_read", id=id) if self.reads_first else None

    def take_ceremony(self, id, looked):
        if not self.reads_first:
            return self.take("ceremony_take", id=id)
        rows = self.run("ceremony_take", id=id)
        return looked if rows == 1 or self.careless else None

    def be_careless(self):
        """Read, then write: the same statements without their conditions, and row counts that nobody looks at."""
        for name in ("totp", "totp_drift", "totp_enrol", "hotp", "credential", "recovery", "temporary", "approval", "throttle"):
            self.statements[name], cut = CONDITION.subn("", self.statements[name])
            assert cut == 1, name
        self.statements["ceremony_read"] = self.translate(RECIPES["mysql"]["ceremony_read"])
        self.statements["ceremony_take"] = self.translate(RECIPES["mysql"]["ceremony_take"])
        self.careless = self.reads_first = True

    def write(self, statement, **values):
        return self.count(self.translate(statement), values)

    def fill(self, table, rows):
        """What a program stores when an account or a factor is made."""
        names = ", ".join(rows[0])
        marks = ", ".join(f":{name}" for name in rows[0])
        self.cursor.execute("BEGIN")
        self.cursor.executemany(self.translate(f"INSERT INTO {SQL_TABLES.get(table, table)} ({names}) VALUES ({marks})"), rows)
        self.cursor.execute("COMMIT")

    def read(self, table, wanted):
        """The values of the wanted rows."""
        key, values = TABLES[table]
        marks = {f"k{n}": name for n, name in enumerate(wanted)}
        listed = ", ".join(f":{mark}" for mark in marks)
        columns, source = ", ".join([key, *values]), SQL_TABLES.get(table, table)
        select = f"SELECT {columns} FROM {source} WHERE {key} IN ({listed})"
        found = {row[0]: row[1:] for row in self.query(self.translate(select), marks)}
        return [found[name] for name in wanted]

    def query(self, statement, values):
        self.cursor.execute(statement, values)
        return self.cursor.fetchall()

    def count(self, statement, values):
        self.cursor.execute(statement, values)
        return self.cursor.rowcount

    def create(self):
        for statement in re.sub(r"^--.*$", "", self.schema, flags=re.MULTILINE).split(";"):
            if statement.strip():
                self.write(statement)

    def empty(self):
        for table in re.findall(r"CREATE TABLE (\w+)", self.schema):
            self.write(f"DELETE FROM {table}")

    def close(self):
        self.db.close()


class Sqlite(SqlClient):
    def __init__(self, path, journal):
        # Autocommit: each statement is a transaction.
        super().__init__("sqlite", sqlite3.connect(path, timeout=START_SECONDS, isolation_level=None))
        self.db.execute(f"PRAGMA journal_mode = {journal}")
        self.db.execute("PRAGMA synchronous = OFF")

    def translate(self, statement):
        return statement


class PostgreSql(SqlClient):
    def __init__(self, folder):
        super().__init__("postgresql", psycopg.connect(host=folder, user="test", dbname="postgres", autocommit=True))


class MariaDb(SqlClient):
    """MariaDB with the statements for MySQL, or with its own."""

    def __init__(self, folder, recipe_set="mysql", found_rows=True):
        # Without ssl_disabled the driver reads the system's certificates for each connection: 0.1 s of a core.
        where = {"unix_socket": f"{folder}/socket", "user": "root", "database": "test", "ssl_disabled": True}
        flag = pymysql.constants.CLIENT.FOUND_ROWS if found_rows else 0
        super().__init__(recipe_set, pymysql.connect(**where, autocommit=True, client_flag=flag))

    def count(self, statement, values):
        try:
            return super().count(statement, values)
        except pymysql.err.IntegrityError as error:
            if error.args[0] == pymysql.constants.ER.DUP_ENTRY:
                return 0
            raise


class Redis:
    def __init__(self, folder):
        self.recipes = dict(RECIPES["redis"])
        self.careless = False
        self.db = redis.Redis(
            unix_socket_path=f"{folder}/socket", decode_responses=True, single_connection_client=True
        )

    def run(self, name, **values):
        """1 or 0, as a row count: what a script returned, or whether SET answered OK."""
        return int(bool(self.take(name, **values)))

    def take(self, name, **values):
        return self.write(self.recipes[name], **values)

    def look(self, id):
        return self.write("GET ceremony:<id>", id=id) if self.careless else None

    def take_ceremony(self, id, looked):
        state = self.take("ceremony_take", id=id)
        return looked if self.careless else state

    def be_careless(self):
        self.recipes["compare_and_set"] = "redis.call('SET', KEYS[1], ARGV[2]) return 1"
        self.recipes["set_with_drift"] = "redis.call('HSET', KEYS[1], 'last_step', ARGV[2], 'drift', ARGV[3]) return 1"
        self.recipes["enrol"] = "redis.call('HSET', KEYS[1], 'secret', ARGV[1]) return 1"
        self.recipes["use_bit"] = "redis.call('HINCRBY', KEYS[1], 'used', ARGV[2]) return 1"
        self.careless = True

    def write(self, command, **values):
        texts = {name: "" if value is None else str(value) for name, value in values.items()}
        fill = functools.partial(re.sub, r"<(\w+)>", lambda match: {**self.recipes, **texts}[match[1]])
        return self.db.execute_command(*map(fill, command.split()))

    def fill(self, table, rows):
        key, values = TABLES[table]
        with self.db.pipeline(transaction=False) as pipeline:
            for row in rows:
                name = _redis_name(table, row[key])
                stored = {value: row[value] for value in values if row[value] is not None}
                if len(values) > 1 and stored:
                    pipeline.hset(name, mapping=stored)
                elif stored:
                    pipeline.set(name, stored[values[0]])
            pipeline.execute()

    def read(self, table, wanted):
        _, values = TABLES[table]
        names = [_redis_name(table, name) for name in wanted]
        if len(values) == 1:
            rows = [(value,) for value in self.db.mget(names)]
        else:
            with self.db.pipeline(transaction=False) as pipeline:
                for name in names:
                    pipeline.hmget(name, values)
                rows = pipeline.execute()
        return [tuple(map(_redis_value, values, row)) for row in rows]

    def create(self):
        """There are no tables."""

    def empty(self):
        self.db.flushall()

    def close(self):
        self.db.close()


def _redis_name(table, key):
    return f"{table}:{key}:totp" if table == "throttle" else f"{table}:{key}"


_REDIS_INTEGERS = ("last_step", "drift", "counter", "used")


def _redis_value(name, value):
    return int(value) if value is not None and name in _REDIS_INTEGERS else value


# ---------------------------------------------------------------- servers

# What Debian keeps off the PATH.
PLACES = ["/usr/sbin/{}", "/usr/lib/postgresql/*/bin/{}"]


def program(*names):
    """The first of these programs that this machine has, in its newest version."""
    for name in names:
        places = sorted((path for place in PLACES for path in glob.glob(place.format(name))), reverse=True)
        for path in filter(None, [shutil.which(name), *places]):
            return path
    raise FileNotFoundError(f"no {names[0]} on this machine: `./dev test-storage` installs it")


@contextlib.contextmanager
def folder():
    """A new folder of the server's own, with a short name: that of a socket has at most 107 bytes."""
    path = tempfile.mkdtemp(prefix="mfakit-")
    try:
        if UNPRIVILEGED:
            os.chown(path, UNPRIVILEGED["user"], UNPRIVILEGED["group"])
        yield path
    finally:
        shutil.rmtree(path)


# PostgreSQL and MariaDB refuse to run as root.
UNPRIVILEGED = {}
if os.getuid() == 0:
    _nobody = pwd.getpwnam("nobody")
    UNPRIVILEGED = {"user": _nobody.pw_uid, "group": _nobody.pw_gid, "extra_groups": []}


def call(path, *command):
    result = subprocess.run(command, cwd=path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **UNPRIVILEGED)
    assert result.returncode == 0, result.stdout.decode(errors="replace")


@contextlib.contextmanager
def server(path, command, ready, stop, executable=None):
    """Runs a server until the block ends; `ready` is tried until it does not fail."""
    with open(f"{path}/log", "wb+") as log:
        process = subprocess.Popen(command, executable=executable, cwd=path, stdout=log, stderr=log, **UNPRIVILEGED)
        try:
            deadline = time.monotonic() + START_SECONDS
            while True:
                try:
                    ready()
                    break
                except Exception as error:
                    if process.poll() is not None or time.monotonic() > deadline:
                        log.seek(0)
                        raise RuntimeError(log.read().decode(errors="replace")[-4000:]) from error
                    time.sleep(0.05)
            yield
        finally:
            process.send_signal(stop)
            process.wait()


def created(kind, **where):
    with contextlib.closing(kind(**where)) as client:
        client.create()
    return kind, where


@contextlib.contextmanager
def sqlite(journal):
    with folder() as path:
        yield created(Sqlite, path=f"{path}/database", journal=journal)


@contextlib.contextmanager
def postgresql():
    with folder() as path:
        initdb, postgres = program("initdb"), program("postgres")
        call(path, initdb, "-D", "data", "-U", "test", "--auth=trust", "--no-sync", "--locale=C", "--encoding=UTF8")
        settings = ["listen_addresses=", "fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off"]
        command = [postgres, "-D", "data", "-k", path, *(word for setting in settings for word in ("-c", setting))]
        with server(path, command, lambda: PostgreSql(path).close(), signal.SIGINT):
            yield created(PostgreSql, folder=path)


@contextlib.contextmanager
def mariadb():
    with folder() as path:
        call(path, "mkdir", "data")
        command = [program("mariadbd"), "--no-defaults", f"--datadir={path}/data", f"--socket={path}/socket"]
        # Without users and without a port: whoever may open the socket may do everything.
        command += ["--skip-grant-tables", "--skip-networking", "--innodb-flush-log-at-trx-commit=0"]

        def ready():
            with contextlib.closing(pymysql.connect(unix_socket=f"{path}/socket", user="root", ssl_disabled=True)) as db:
                db.cursor().execute("CREATE DATABASE IF NOT EXISTS test")

        with server(path, command, ready, signal.SIGTERM):
            yield created(MariaDb, folder=path)


@contextlib.contextmanager
def redis_server():
    with folder() as path:
        # Debian's redis-tools has the server without its service, under another name: it does what it is called.
        executable = program("redis-server", "redis-check-rdb")
        command = ["redis-server", "--port", "0", "--unixsocket", f"{path}/socket", "--save", ""]
        with server(path, command, lambda: Redis(path).db.ping(), signal.SIGTERM, executable):
            yield created(Redis, folder=path)
