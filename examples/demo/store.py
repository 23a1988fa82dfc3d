"""The demo's storage: SQLite, and the three habits that every mfakit store needs.

* A state changes only by compare-and-set: `UPDATE … SET s = next WHERE … AND s IS prev`, and the row count goes to
  `verified.commit(rows)`. Of two requests that verified the same proof, one finds its row changed and is refused.
* A ceremony is taken out of the store before it is finished, so that no response can be tried twice.
* A guess at a code is charged, and the charge committed, before the code is looked at. Many guesses at once are then no
  more than as many one after the other.

`open_session` takes mfakit's Evidence and nothing else, and Evidence comes only from `commit`: code that forgets the
compare-and-set has nothing to open a session with.

The file holds the authenticator-app secrets in clear, as any TOTP verifier must be able to read them. A real site
encrypts that column under a key kept outside the database.
"""

import contextlib
import hashlib
import os
import secrets
import sqlite3

import mfakit

SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,              -- the name, case folded: Alice and alice are one person
    handle TEXT NOT NULL UNIQUE,                -- what authenticators store; random, never the name
    created_at INTEGER NOT NULL,
    totp_pending TEXT,                          -- shown as a QR code, not yet confirmed: signs nobody in
    totp_secret TEXT,                           -- the live one: it signs in until a pending one is confirmed
    totp_last_step INTEGER,                     -- the newest step used; NULL before the first
    recovery_record TEXT,                       -- checks recovery codes and does not tell them
    recovery_total INTEGER,
    recovery_used INTEGER,                      -- a bit for each code that was used
    temporary_code TEXT                         -- mfakit's text of the last one issued; NULL before the first
);
CREATE TABLE IF NOT EXISTS throttles (
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    method TEXT NOT NULL,                       -- each method has its own: success with one never resets another
    state TEXT NOT NULL,
    PRIMARY KEY (user_id, method)
);
CREATE TABLE IF NOT EXISTS credentials (
    id TEXT PRIMARY KEY,                        -- unique across all users, as WebAuthn asks
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    record TEXT NOT NULL,                       -- mfakit's text, replaced whole by compare-and-set
    created_at INTEGER NOT NULL,
    used_at INTEGER
);
CREATE TABLE IF NOT EXISTS ceremonies (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    user_id INTEGER REFERENCES users(id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    options TEXT NOT NULL,                      -- only so that this demo's page can check again; a real site drops it
    expires_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS audit (             -- outlives the account
    at INTEGER NOT NULL,
    name TEXT NOT NULL,                         -- whose code it is
    event TEXT NOT NULL,                        -- issued, verified or revoked
    done_by TEXT NOT NULL,
    code_id TEXT NOT NULL,                      -- names the temporary code and tells nothing of it
    issued_by TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS sessions (
    token_hash BLOB PRIMARY KEY,                -- a stolen database gives nobody's cookie away
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('enrolling', 'signed_in')),
    method TEXT,
    user_verified INTEGER,
    opened_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
"""

ENROLLING_SECONDS = 15 * 60  # long enough to find a phone
SIGNED_IN_SECONDS = 12 * 3600  # a working day

# Mistyping is human, so the first five wrong codes cost nothing; then each one doubles the wait, up to a quarter of an hour.
THROTTLE = mfakit.Throttle(free_failures=5, delay=15, max_delay=15 * 60)
SCHEMA_VERSION = 4


class Store:
    def __init__(self, path):
        self._path = path
        put_aside_other_versions(path)
        # Created by us, so that nobody else on the machine can read the secrets in it.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        with contextlib.closing(self._connect()) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(SCHEMA)
            db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    @contextlib.contextmanager
    def transaction(self):
        """One write transaction: committed at the end, rolled back by any exception (state_conflict included)."""
        with contextlib.closing(self._connect()) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    # People

    def add_user(self, name, *, now):
        """The new user's id, or None when the name is taken."""
        key = name.casefold()
        with self.transaction() as db:
            # A sign-up that was given up before any method was added does not hold its name for ever.
            db.execute(
                """DELETE FROM users WHERE name_key = ? AND created_at < ? AND totp_secret IS NULL
                   AND temporary_code IS NULL AND NOT EXISTS (SELECT 1 FROM credentials WHERE user_id = users.id)""",
                (key, now - ENROLLING_SECONDS),
            )
            cursor = db.execute(
                "INSERT INTO users (name, name_key, handle, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (name, key, mfakit.generate_user_handle(), now),
            )
            return cursor.lastrowid if cursor.rowcount == 1 else None

    def user(self, user_id):
        return self._one("SELECT * FROM users WHERE id = ?", user_id)

    def user_by_name(self, name):
        return self._one("SELECT * FROM users WHERE name_key = ?", name.casefold())

    # Passkeys

    def credentials_of(self, user_id):
        with contextlib.closing(self._connect()) as db:
            statement = "SELECT * FROM credentials WHERE user_id = ? ORDER BY created_at, id"
            return db.execute(statement, (user_id,)).fetchall()

    def credential(self, credential_id):
        return self._one("SELECT * FROM credentials WHERE id = ?", credential_id)

    @staticmethod
    def insert_credential(db, credential_id, user_id, transition, *, now):
        """Registration goes from absent to a record: the unique id is the comparison. Returns the row count."""
        return db.execute(
            "INSERT INTO credentials (id, user_id, record, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (credential_id, user_id, transition.next, now),
        ).rowcount

    @staticmethod
    def update_credential(db, credential_id, transition, *, now):
        return db.execute(
            "UPDATE credentials SET record = ?, used_at = ? WHERE id = ? AND record IS ?",
            (transition.next, now, credential_id, transition.prev),
        ).rowcount

    # The authenticator app

    def offer_totp(self, user_id, secret):
        with self.transaction() as db:
            db.execute("UPDATE users SET totp_pending = ? WHERE id = ?", (secret, user_id))

    @staticmethod
    def confirm_totp(db, user_id, pending, transition):
        """Pending becomes live and the confirming step is burnt, in one statement; an app that it replaces ends here.

        A method that was switched off after too many guesses is on again: it is bound anew.
        """
        rows = db.execute(
            """UPDATE users SET totp_secret = totp_pending, totp_pending = NULL, totp_last_step = ?
               WHERE id = ? AND totp_pending IS ?""",
            (transition.next, user_id, pending),
        ).rowcount
        db.execute("DELETE FROM throttles WHERE user_id = ? AND method = 'totp'", (user_id,))
        return rows

    @staticmethod
    def update_totp(db, user_id, secret, transition):
        return db.execute(
            "UPDATE users SET totp_last_step = ? WHERE id = ? AND totp_secret IS ? AND totp_last_step IS ?",
            (transition.next, user_id, secret, transition.prev),
        ).rowcount

    # Recovery codes

    def replace_recovery_codes(self, user_id, old, new, total):
        """A new set voids the old one, and its throttle begins anew. False where another new set was stored meanwhile."""
        with self.transaction() as db:
            replaced = db.execute(
                """UPDATE users SET recovery_record = ?, recovery_total = ?, recovery_used = 0
                   WHERE id = ? AND recovery_record IS ?""",
                (new, total, user_id, old),
            ).rowcount
            if replaced == 1:
                db.execute("DELETE FROM throttles WHERE user_id = ? AND method = 'recovery_code'", (user_id,))
            return replaced == 1

    @staticmethod
    def use_recovery_code(db, user_id, record, bit):
        """One bit, set in one statement: of two requests with one code, one changes a row. Nor does a code of an old set."""
        return db.execute(
            """UPDATE users SET recovery_used = recovery_used | ?
               WHERE id = ? AND recovery_record IS ? AND recovery_used & ? = 0""",
            (bit, user_id, record, bit),
        ).rowcount

    # Temporary codes

    def issue_temporary_code(self, user, code, *, by, now):
        """The code that was issued before is void with this. False where another one was stored meanwhile."""
        with self.transaction() as db:
            stored = self.change_temporary_code(db, user["id"], code.transition) == 1
            if stored:
                db.execute("DELETE FROM throttles WHERE user_id = ? AND method = 'temporary_code'", (user["id"],))
                self.write_down(db, user, code.audit, by=by, now=now)
            return stored

    def revoke_temporary_code(self, user, revoked, *, by, now):
        """The code ends here, and the sessions that it opened. False where it was used meanwhile."""
        with self.transaction() as db:
            stored = self.change_temporary_code(db, user["id"], revoked) == 1
            if stored:
                db.execute("DELETE FROM sessions WHERE user_id = ? AND method = 'admin_code'", (user["id"],))
                self.write_down(db, user, revoked.audit, by=by, now=now)
            return stored

    @staticmethod
    def change_temporary_code(db, user_id, transition):
        return db.execute(
            "UPDATE users SET temporary_code = ? WHERE id = ? AND temporary_code IS ?",
            (transition.next, user_id, transition.prev),
        ).rowcount

    @staticmethod
    def write_down(db, user, audit, *, by, now):
        """mfakit's value says what happened to which code; whose code it is and who did it, the site knows."""
        db.execute(
            "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?)",
            (now, user["name"], audit.event, by, audit.id, audit.issued_by),
        )

    def audit(self):
        """The last of what happened to temporary codes, the newest first."""
        with contextlib.closing(self._connect()) as db:
            return db.execute("SELECT * FROM audit ORDER BY rowid DESC LIMIT 20").fetchall()

    # Guesses

    def charge(self, user_id, method, *, now):
        """Counts a guess as failed before it is looked at, and returns 0; or returns the seconds to wait.

        Raises throttle_disabled once the last guess is spent.
        """
        with self.transaction() as db:
            retry_at = THROTTLE.retry_at(self._throttle(db, user_id, method), now=now)
            if retry_at is not None:
                return retry_at - now
            self._change_throttle(db, user_id, method, lambda state: THROTTLE.charge(state, now=now))
            return 0

    def guess_was_right(self, db, user_id, method):
        self._change_throttle(db, user_id, method, THROTTLE.succeed)

    @staticmethod
    def _throttle(db, user_id, method):
        row = db.execute("SELECT state FROM throttles WHERE user_id = ? AND method = ?", (user_id, method)).fetchone()
        return row["state"] if row else None

    def _change_throttle(self, db, user_id, method, change):
        # BEGIN IMMEDIATE holds the write lock since before the read; a store without one compares and sets, and a guess
        # whose charge changed no row is not looked at. See docs/storage.md.
        transition = change(self._throttle(db, user_id, method))
        db.execute(
            "INSERT INTO throttles VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state",
            (user_id, method, transition.next),
        )

    # Ceremonies

    def keep_ceremony(self, ceremony, kind, *, user_id, now):
        with self.transaction() as db:
            db.execute("DELETE FROM ceremonies WHERE expires_at <= ?", (now,))
            db.execute(
                "INSERT INTO ceremonies (id, kind, user_id, state, options, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
                (ceremony.id, kind, user_id, ceremony.state, ceremony.options_json, ceremony.expires_at),
            )

    def take_ceremony(self, ceremony_id, kind):
        """Removes the ceremony and returns it, or None when there is none: used, expired or never begun.

        `DELETE … RETURNING` says the same in one statement; the SQLite of older Pythons does not have it (before 3.35).
        """
        with self.transaction() as db:
            row = db.execute("SELECT * FROM ceremonies WHERE id = ? AND kind = ?", (ceremony_id, kind)).fetchone()
            if row is None:
                return None
            deleted = db.execute("DELETE FROM ceremonies WHERE id = ?", (ceremony_id,)).rowcount
            return row if deleted == 1 else None

    # Sessions

    def open_enrolling_session(self, user_id, *, now):
        """What sign-up gives: enough to add a first method, and nothing else."""
        with self.transaction() as db:
            expires_at = now + ENROLLING_SECONDS
            return self._new_session(db, user_id, "enrolling", None, None, now=now, expires_at=expires_at)

    def open_session(self, db, user_id, evidence, *, now, until=None):
        if not isinstance(evidence, mfakit.Evidence):
            raise TypeError("a session is opened by Evidence, which only a committed proof gives")
        proof = (evidence.method, evidence.user_verified)
        expires_at = min(now + SIGNED_IN_SECONDS, until or now + SIGNED_IN_SECONDS)
        return self._new_session(db, user_id, "signed_in", *proof, now=now, expires_at=expires_at)

    def session(self, token, *, now):
        return self._one("SELECT * FROM sessions WHERE token_hash = ? AND expires_at > ?", _hash(token), now)

    @staticmethod
    def close_other_sessions(db, session):
        db.execute(
            "DELETE FROM sessions WHERE user_id = ? AND token_hash <> ?", (session["user_id"], session["token_hash"])
        )

    def close_session(self, token):
        with self.transaction() as db:
            db.execute("DELETE FROM sessions WHERE token_hash = ?", (_hash(token),))

    @staticmethod
    def _new_session(db, user_id, kind, method, user_verified, *, now, expires_at):
        token = secrets.token_urlsafe(32)
        db.execute(
            """INSERT INTO sessions (token_hash, user_id, kind, method, user_verified, opened_at, expires_at)
               VALUES (?, ?, ?, ?, ?, ?, ?)""",
            (_hash(token), user_id, kind, method, user_verified, now, expires_at),
        )
        return token

    def _connect(self):
        # isolation_level=None: transactions are the ones written out here, none that the driver opens by itself.
        db = sqlite3.connect(self._path, timeout=10, isolation_level=None)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA foreign_keys = ON")
        return db

    def _one(self, statement, *arguments):
        with contextlib.closing(self._connect()) as db:
            return db.execute(statement, arguments).fetchone()


def put_aside_other_versions(path):
    """A file that another version of the demo wrote is renamed, not read."""
    if not os.path.exists(path) or os.path.getsize(path) == 0:
        return
    with contextlib.closing(sqlite3.connect(path)) as db:
        version = db.execute("PRAGMA user_version").fetchone()[0]
    if version != SCHEMA_VERSION:
        os.replace(path, f"{path}.version-{version}")
        print(f"the database was another version's; it is kept as {path}.version-{version}", flush=True)


def _hash(token):
    return hashlib.sha256(token.encode()).digest()
