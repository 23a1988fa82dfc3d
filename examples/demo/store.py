"""The demo's storage: SQLite, and the three habits that every mfakit store needs.

* A state changes only by compare-and-set: `UPDATE … SET s = next WHERE … AND s IS prev`, and the row count goes to
  `verified.commit(rows)`. Of two requests that verified the same proof, one finds its row changed and is refused.
* A ceremony is taken out of the store before it is finished, so that no response can be tried twice.
* A guess at a code or at a password is charged, and the charge committed, before it is looked at. Many guesses at once
  are then no more than as many one after the other.

A session holds what was proven as mfakit's Assessment, which only Evidence makes, and Evidence comes only from
`commit`: code that forgets the compare-and-set has nothing to open a session with.

The file holds the authenticator-app secrets in clear, as any TOTP verifier must be able to read them. A real site
encrypts that column under a key kept outside the database.
"""

import contextlib
import hashlib
import json
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
    password TEXT NOT NULL,                     -- the site's own first factor: scrypt, salted
    rights TEXT NOT NULL,                       -- a JSON list; what the policy's tier depends on
    waiver INTEGER NOT NULL DEFAULT 0,          -- the permission that once exempted
    exemption TEXT,                             -- why support approved one; NULL for everybody else
    totp_pending TEXT,                          -- shown as a QR code, not yet confirmed: signs nobody in
    totp_secret TEXT,                           -- the live one: it signs in until a pending one is confirmed
    totp_name TEXT,
    totp_added_at INTEGER,
    totp_last_step INTEGER,                     -- the newest step used; NULL before the first
    recovery_record TEXT,                       -- checks recovery codes and does not tell them
    recovery_total INTEGER,
    recovery_used INTEGER,                      -- a bit for each code that was used
    temporary_code TEXT,                        -- mfakit's text of the last one issued; NULL before the first
    disconnected INTEGER NOT NULL DEFAULT 0,    -- an administrator took the methods away, and none was added since
    temporary_until INTEGER NOT NULL DEFAULT 0, -- the last second in which it is good, as long as nobody revokes it
    approval TEXT,                              -- mfakit's text of the last approval that was asked for
    approval_id TEXT,                           -- which one it is: another one's outcome is none of this one's
    approval_request TEXT,                      -- what the devices are shown of it
    approval_session BLOB                       -- the session that waits for it
);
CREATE TABLE IF NOT EXISTS throttles (
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    method TEXT NOT NULL,                       -- each method has its own: success with one never resets another
    state TEXT NOT NULL,
    PRIMARY KEY (user_id, method)
);
CREATE TABLE IF NOT EXISTS credentials (        -- passkeys, built-in authenticators and security keys
    id TEXT PRIMARY KEY,                        -- unique across all users, as WebAuthn asks
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,                         -- mfakit's word for the method
    name TEXT NOT NULL,
    record TEXT NOT NULL,                       -- mfakit's text, replaced whole by compare-and-set
    created_at INTEGER NOT NULL,
    used_at INTEGER
);
CREATE TABLE IF NOT EXISTS devices (            -- that approve sign-ins
    id TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    record TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,            -- with which the device asks what waits for it; it approves nothing
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
CREATE TABLE IF NOT EXISTS sessions (
    token_hash BLOB PRIMARY KEY,                -- a stolen database gives nobody's cookie away
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('enrolling', 'started', 'web', 'cli', 'api_key')),
    assessment TEXT NOT NULL,                   -- what was proven, as mfakit's text; what it is enough for is asked anew
    created_at INTEGER NOT NULL,
    last_active INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ends_with_code INTEGER                      -- when the temporary code that opened it ends
);
CREATE TABLE IF NOT EXISTS outbox (             -- the mail that a real site would send
    at INTEGER NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    recipient TEXT NOT NULL,
    template TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS audit (              -- outlives the account
    at INTEGER NOT NULL,
    name TEXT NOT NULL,                         -- whose account it is about
    event TEXT NOT NULL,
    done_by TEXT NOT NULL,
    record TEXT NOT NULL                        -- mfakit's line
);
CREATE TABLE IF NOT EXISTS settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
"""

UNFINISHED_SECONDS = 15 * 60  # a session that waits for a second factor, or for a first method: long enough to find a phone

# Mistyping is human, so the first five wrong codes cost nothing; then each one doubles the wait, up to a quarter of an hour.
THROTTLE = mfakit.Throttle(free_failures=5, delay=15, max_delay=15 * 60)
SCHEMA_VERSION = 5


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

    def add_user(self, name, *, password, rights, now):
        """The new user's id, or None when the name is taken."""
        with self.transaction() as db:
            cursor = db.execute(
                """INSERT INTO users (name, name_key, handle, created_at, password, rights)
                   VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
                (name, name.casefold(), mfakit.generate_user_handle(), now, password, json.dumps(rights)),
            )
            return cursor.lastrowid if cursor.rowcount == 1 else None

    def user(self, user_id):
        return self._one("SELECT * FROM users WHERE id = ?", user_id)

    def user_by_name(self, name):
        return self._one("SELECT * FROM users WHERE name_key = ?", name.casefold())

    @staticmethod
    def change_password(db, user, password):
        """Nothing else: who resets a password has not become somebody else's second factor."""
        return db.execute(
            "UPDATE users SET password = ? WHERE id = ? AND password IS ?", (password, user["id"], user["password"])
        ).rowcount

    @staticmethod
    def change_standing(db, user_id, *, rights, waiver, exemption):
        db.execute(
            "UPDATE users SET rights = ?, waiver = ?, exemption = ? WHERE id = ?",
            (json.dumps(rights), waiver, exemption, user_id),
        )

    # Passkeys and security keys

    def credentials_of(self, user_id):
        return self._all("SELECT * FROM credentials WHERE user_id = ? ORDER BY created_at, rowid", user_id)

    def credential(self, credential_id):
        return self._one("SELECT * FROM credentials WHERE id = ?", credential_id)

    @staticmethod
    def insert_credential(db, user_id, credential_id, transition, *, kind, name, now):
        """Registration goes from absent to a record: the unique id is the comparison. Returns the row count."""
        return db.execute(
            """INSERT INTO credentials (id, user_id, kind, name, record, created_at)
               VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
            (credential_id, user_id, kind, name, transition.next, now),
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
    def confirm_totp(db, user_id, pending, transition, *, name, now):
        """Pending becomes live and the confirming step is burnt, in one statement; an app that it replaces ends here.

        A method that was switched off after too many guesses is on again: it is bound anew.
        """
        rows = db.execute(
            """UPDATE users SET totp_secret = totp_pending, totp_pending = NULL, totp_last_step = ?, totp_name = ?,
                   totp_added_at = ? WHERE id = ? AND totp_pending IS ?""",
            (transition.next, name, now, user_id, pending),
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

    @staticmethod
    def replace_recovery_codes(db, user_id, old, new, total):
        """A new set voids the old one, and its throttle begins anew. No row where another set was stored meanwhile."""
        db.execute("DELETE FROM throttles WHERE user_id = ? AND method = 'recovery_code'", (user_id,))
        return db.execute(
            """UPDATE users SET recovery_record = ?, recovery_total = ?, recovery_used = 0
               WHERE id = ? AND recovery_record IS ?""",
            (new, total, user_id, old),
        ).rowcount

    @staticmethod
    def use_recovery_code(db, user_id, record, bit):
        """One bit, set in one statement: of two requests with one code, one changes a row. Nor does a code of an old set."""
        return db.execute(
            """UPDATE users SET recovery_used = recovery_used | ?
               WHERE id = ? AND recovery_record IS ? AND recovery_used & ? = 0""",
            (bit, user_id, record, bit),
        ).rowcount

    # Approval devices

    def devices_of(self, user_id):
        return self._all("SELECT * FROM devices WHERE user_id = ? ORDER BY created_at, rowid", user_id)

    def device_by_token(self, token):
        return self._one("SELECT * FROM devices WHERE token_hash = ?", token_hash(token))

    @staticmethod
    def insert_device(db, user_id, device_id, transition, *, name, token_hash, now):
        """From absent to a record, as a passkey."""
        return db.execute(
            """INSERT INTO devices (id, user_id, name, record, token_hash, created_at)
               VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
            (device_id, user_id, name, transition.next, token_hash, now),
        ).rowcount

    @staticmethod
    def ask_approval(db, user_id, approval, *, session):
        prev, asked = approval.transition.prev, (approval.transition.next, approval.id, approval.request)
        return db.execute(
            """UPDATE users SET approval = ?, approval_id = ?, approval_request = ?, approval_session = ?
               WHERE id = ? AND approval IS ?""",
            (*asked, session["token_hash"], user_id, prev),
        ).rowcount

    @staticmethod
    def change_approval(db, user_id, transition):
        return db.execute(
            "UPDATE users SET approval = ? WHERE id = ? AND approval IS ?",
            (transition.next, user_id, transition.prev),
        ).rowcount

    @staticmethod
    def device_used(db, device_id, *, now):
        db.execute("UPDATE devices SET used_at = ? WHERE id = ?", (now, device_id))

    # Every method alike

    @staticmethod
    def rename_method(db, user_id, kind, method_id, name):
        if kind == "totp":
            statement = "UPDATE users SET totp_name = ? WHERE id = ? AND totp_secret IS NOT NULL"
            return db.execute(statement, (name, user_id)).rowcount
        statement = f"UPDATE {_METHOD_TABLES[kind]} SET name = ? WHERE user_id = ? AND id = ?"
        return db.execute(statement, (name, user_id, method_id)).rowcount

    @staticmethod
    def remove_method(db, user_id, kind, method_id):
        if kind == "totp":
            return db.execute(
                """UPDATE users SET totp_secret = NULL, totp_pending = NULL, totp_name = NULL, totp_last_step = NULL
                   WHERE id = ? AND totp_secret IS NOT NULL""",
                (user_id,),
            ).rowcount
        statement = f"DELETE FROM {_METHOD_TABLES[kind]} WHERE user_id = ? AND id = ?"
        return db.execute(statement, (user_id, method_id)).rowcount

    @staticmethod
    def connected(db, user_id):
        """A method was added: nobody has to come back in any more."""
        db.execute("UPDATE users SET disconnected = 0 WHERE id = ?", (user_id,))

    @staticmethod
    def remove_every_method(db, user_id, *, disconnected=False):
        """And what belongs to them. A temporary code stays: it is how a person whose methods are gone comes back in."""
        db.execute(
            """UPDATE users SET disconnected = ?, totp_secret = NULL, totp_pending = NULL, totp_name = NULL,
                   totp_last_step = NULL, recovery_record = NULL, recovery_total = NULL, recovery_used = NULL WHERE id = ?""",
            (disconnected, user_id),
        )
        db.execute("DELETE FROM credentials WHERE user_id = ?", (user_id,))
        db.execute("DELETE FROM devices WHERE user_id = ?", (user_id,))
        db.execute("DELETE FROM throttles WHERE user_id = ? AND method IN ('totp', 'recovery_code')", (user_id,))

    # Temporary codes

    @staticmethod
    def issue_temporary_code(db, user_id, transition, *, until):
        """The code that was issued before is void with this. No row where another one was stored meanwhile."""
        db.execute("DELETE FROM throttles WHERE user_id = ? AND method = 'temporary_code'", (user_id,))
        db.execute("UPDATE users SET temporary_until = ? WHERE id = ?", (until, user_id))
        return Store.change_temporary_code(db, user_id, transition)

    @staticmethod
    def revoke_temporary_code(db, user_id, revoked):
        """The code ends here, and the sessions that it opened. No row where it was used meanwhile."""
        db.execute("DELETE FROM sessions WHERE user_id = ? AND ends_with_code IS NOT NULL", (user_id,))
        db.execute("UPDATE users SET temporary_until = 0 WHERE id = ?", (user_id,))
        return Store.change_temporary_code(db, user_id, revoked)

    @staticmethod
    def change_temporary_code(db, user_id, transition):
        return db.execute(
            "UPDATE users SET temporary_code = ? WHERE id = ? AND temporary_code IS ?",
            (transition.next, user_id, transition.prev),
        ).rowcount

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

    def keep_ceremony(self, ceremony_id, kind, *, user_id, state, options, expires_at, now):
        with self.transaction() as db:
            db.execute("DELETE FROM ceremonies WHERE expires_at <= ?", (now,))
            db.execute(
                "INSERT INTO ceremonies (id, kind, user_id, state, options, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
                (ceremony_id, kind, user_id, state, options, expires_at),
            )

    def ceremony(self, ceremony_id, kind, *, user_id, now):
        """To look at, where nothing is decided by it."""
        statement = "SELECT * FROM ceremonies WHERE id = ? AND kind = ? AND user_id = ? AND expires_at > ?"
        return self._one(statement, ceremony_id, kind, user_id, now)

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

    @staticmethod
    def open_session(db, user_id, kind, assessment, *, now, expires_at, ends_with_code=None):
        """Returns the token, which is stored nowhere."""
        if not isinstance(assessment, mfakit.Assessment):
            raise TypeError("a session is opened by an Assessment, which only Evidence makes")
        token = secrets.token_urlsafe(32)
        db.execute(
            "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (token_hash(token), user_id, kind, assessment.to_json(), now, now, expires_at, ends_with_code),
        )
        return token

    def session(self, token, *, now):
        return self.session_by_hash(token_hash(token), now=now)

    def session_by_hash(self, token_hash, *, now):
        return self._one("SELECT * FROM sessions WHERE token_hash = ? AND expires_at > ?", token_hash, now)

    def touch_session(self, session, *, now, expires_at):
        """Somebody was active. Compared, so that a slow request does not take back what a later one extended."""
        with self.transaction() as db:
            db.execute(
                "UPDATE sessions SET last_active = ?, expires_at = ? WHERE token_hash = ? AND last_active < ?",
                (now, expires_at, session["token_hash"], now),
            )

    @staticmethod
    def change_session(db, token_hash, *, kind=None, assessment=None, expires_at=None):
        return db.execute(
            """UPDATE sessions SET kind = coalesce(?, kind), assessment = coalesce(?, assessment),
                   expires_at = coalesce(?, expires_at) WHERE token_hash = ?""",
            (kind, None if assessment is None else assessment.to_json(), expires_at, token_hash),
        ).rowcount

    @staticmethod
    def close_other_sessions(db, user_id, token_hash):
        """All but this one. An API key is no session that somebody sits at: it is rotated, not revoked."""
        db.execute(
            "DELETE FROM sessions WHERE user_id = ? AND token_hash IS NOT ? AND kind <> 'api_key'",
            (user_id, token_hash),
        )

    @staticmethod
    def remove_api_key(db, user_id):
        db.execute("DELETE FROM sessions WHERE user_id = ? AND kind = 'api_key'", (user_id,))

    def api_key_of(self, user_id):
        return self._one("SELECT * FROM sessions WHERE user_id = ? AND kind = 'api_key'", user_id)

    def close_session(self, token):
        with self.transaction() as db:
            db.execute("DELETE FROM sessions WHERE token_hash = ?", (token_hash(token),))

    def end_session(self, session):
        with self.transaction() as db:
            db.execute("DELETE FROM sessions WHERE token_hash = ?", (session["token_hash"],))

    # Mail, audit, settings

    @staticmethod
    def put_in_outbox(db, user, template, detail, *, now):
        recipient = user["name"] if "@" in user["name"] else f"{user['name']}@demo.example"
        db.execute("INSERT INTO outbox VALUES (?, ?, ?, ?, ?)", (now, user["id"], recipient, template, detail))

    def outbox_of(self, user_id):
        return self._all("SELECT * FROM outbox WHERE user_id = ? ORDER BY rowid DESC LIMIT 50", user_id)

    @staticmethod
    def write_down(db, name, event, record, *, by, now):
        db.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?)", (now, name, event, by, record))

    def audit(self, name=None):
        """The last of what happened, the newest first: to everybody, or to one account."""
        statement = "SELECT * FROM audit WHERE ? IS NULL OR name = ? ORDER BY rowid DESC LIMIT 200"
        return self._all(statement, name, name)

    def setting(self, name):
        row = self._one("SELECT value FROM settings WHERE name = ?", name)
        return row["value"] if row else None

    @staticmethod
    def set_once(db, name, value):
        """A setting that cannot be taken back. False where it was set already."""
        return db.execute("INSERT INTO settings VALUES (?, ?) ON CONFLICT DO NOTHING", (name, value)).rowcount == 1

    def _connect(self):
        # isolation_level=None: transactions are the ones written out here, none that the driver opens by itself.
        db = sqlite3.connect(self._path, timeout=10, isolation_level=None)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA foreign_keys = ON")
        return db

    def _one(self, statement, *arguments):
        with contextlib.closing(self._connect()) as db:
            return db.execute(statement, arguments).fetchone()

    def _all(self, statement, *arguments):
        with contextlib.closing(self._connect()) as db:
            return db.execute(statement, arguments).fetchall()


_METHOD_TABLES = {"passkey": "credentials", "device": "devices"}


def put_aside_other_versions(path):
    """A file that another version of the demo wrote is renamed, not read."""
    if not os.path.exists(path) or os.path.getsize(path) == 0:
        return
    with contextlib.closing(sqlite3.connect(path)) as db:
        version = db.execute("PRAGMA user_version").fetchone()[0]
    if version != SCHEMA_VERSION:
        os.replace(path, f"{path}.version-{version}")
        print(f"the database was another version's; it is kept as {path}.version-{version}", flush=True)


def token_hash(token):
    return hashlib.sha256(token.encode()).digest()
