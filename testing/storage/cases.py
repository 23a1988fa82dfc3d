"""What is raced: for every documented statement a proof that counts once, presented by everyone at the same time.

A case prepares its rounds, seeds a store with them, and in each round reads what a request would read and then tries to
win. `read` and `attempt` are what a program does in a request, with the real package; the harness only puts everybody's
`read` before anybody's `attempt`.
"""

import json
import multiprocessing

import mfakit
from mfakit.testing import SoftAuthenticator

ORIGIN = "https://example.org"
NOON = 1_800_000_000
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
NEW_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PEPPERS = mfakit.Peppers({"2026-05": bytes(range(32))}, current="2026-05")


def relying_party(**more):
    return mfakit.RelyingParty("example.org", name="Example", origins=[ORIGIN], user_verification="required", **more)


def passkey_of(seed, **more):
    # Ed25519: of the algorithms the one that takes the least of the run's time.
    return SoftAuthenticator(ORIGIN, algorithm=-8, seed=seed, **more)


def committed(verified, rows):
    """Whether the proof counts; any error but the lost race is a failure of the test."""
    try:
        verified.commit(rows)
    except mfakit.RejectedError as error:
        assert error.code == "state_conflict"
        return False
    return True


def half():
    """0 or 1: half of the workers do one thing, half the other."""
    return int(multiprocessing.current_process().name) % 2


class Case:
    """The material of all rounds is made once, by `prepare`; a subclass says what its rows are and what a request does.

    What `attempt` returns is true where it won; where winning is one of two things, it says which.
    """

    table = None
    # The documented statements, where they are not called as the case is.
    recipes = ()

    def __init__(self, rounds):
        self.rounds = self.prepare(rounds)

    def seed(self, client, count):
        client.fill(self.table, [self.row(number, round) for number, round in enumerate(self.rounds[:count])])

    def name(self, number):
        return f"user-{number}"

    def read(self, client, numbers):
        return client.read(self.table, [self.name(number) for number in numbers])

    def stored(self, client, count):
        return self.read(client, range(count))

    def is_right(self, won):
        """Whether a round may end so, by what each of its winners won."""
        return len(won) == 1


class TotpCase(Case):
    table = "totp"
    totp = mfakit.Totp(SECRET)

    def prepare(self, rounds):
        times = [NOON + 300 * number for number in range(rounds)]
        return [(self.totp.code_at(now), now) for now in times]

    def row(self, number, round):
        # Every other user has never used a code.
        return {"user_id": self.name(number), "last_step": None if number % 2 else round[1] // 30 - 5}

    def attempt(self, client, number, seen):
        code, now = self.rounds[number]
        verified = self.totp.verify(code, last_step=seen[0], now=now)
        change = verified.transition
        return committed(verified, client.run("totp", user_id=self.name(number), prev=change.prev, next=change.next))

    def expected(self):
        return [(now // 30,) for _, now in self.rounds]


class TotpDriftCase(Case):
    """An authenticator whose clock runs ahead, and by one step more each time."""

    table = "drift"
    totp = mfakit.Totp(SECRET)
    recipes = ("totp_drift",)

    def prepare(self, rounds):
        # Its codes are from after the window, but for the drift that is stored; it stays within ten steps.
        times = [(NOON + 300 * number, 1 + number % 8) for number in range(rounds)]
        return [(self.totp.code_at(now + 30 * (ahead + 1)), now, ahead) for now, ahead in times]

    def row(self, number, round):
        return {"user_id": self.name(number), "last_step": round[1] // 30 - 5, "drift": round[2]}

    def attempt(self, client, number, seen):
        code, now, _ = self.rounds[number]
        last_step, drift = seen
        verified = self.totp.verify(code, last_step=last_step, now=now, drift=drift)
        change, values = verified.transition, {"user_id": self.name(number), "drift": verified.drift}
        return committed(verified, client.run("totp_drift", prev=change.prev, next=change.next, **values))

    def expected(self):
        return [(now // 30 + ahead + 1, ahead + 1) for _, now, ahead in self.rounds]


class TotpEnrolCase(Case):
    """A new authenticator in place of the old one: everyone confirms it with the same code."""

    table = "enrolment"
    recipes = ("totp_pending", "totp_enrol")

    def prepare(self, rounds):
        new = mfakit.Totp(NEW_SECRET)
        return [(new.code_at(NOON + 300 * number), NOON + 300 * number) for number in range(rounds)]

    def row(self, number, round):
        # Every other user enrols for the first time.
        return {"user_id": self.name(number), "secret": None if number % 2 else SECRET, "pending": None}

    def seed(self, client, count):
        super().seed(client, count)
        for number in range(count):
            assert client.run("totp_pending", user_id=self.name(number), pending=NEW_SECRET) == 1

    def attempt(self, client, number, seen):
        return self.confirm(client, number, seen[1])

    def confirm(self, client, number, pending):
        code, now = self.rounds[number]
        verified = mfakit.PendingTotp(pending).confirm(code, now=now)
        values = {"user_id": self.name(number), "pending": pending, "next": verified.transition.next}
        return committed(verified, client.run("totp_enrol", **values))

    def expected(self):
        return [(NEW_SECRET, None)] * len(self.rounds)


class TotpReplaceCase(TotpEnrolCase):
    """Half of the requests confirm the new authenticator while the other half sign in with the old one."""

    recipes = ("totp", *TotpEnrolCase.recipes)

    def prepare(self, rounds):
        old = mfakit.Totp(SECRET)
        self.old = [old.code_at(NOON + 300 * number - 30) for number in range(rounds)]
        return super().prepare(rounds)

    def row(self, number, round):
        return {"user_id": self.name(number), "secret": SECRET, "pending": None}

    def attempt(self, client, number, seen):
        secret, pending = seen
        if half():
            return "confirmed" if self.confirm(client, number, pending) else None
        # NULL at first: the last step was read with the secret, before anyone wrote.
        verified = mfakit.Totp(secret).verify(self.old[number], last_step=None, now=self.rounds[number][1])
        change = verified.transition
        rows = client.run("totp", user_id=self.name(number), prev=change.prev, next=change.next)
        return "signed in" if committed(verified, rows) else None

    def is_right(self, won):
        # The old one until the new one confirms, and no longer.
        return won.count("confirmed") == 1 and won.count("signed in") <= 1


class HotpCase(Case):
    table = "hotp"
    hotp = mfakit.Hotp(SECRET)

    def prepare(self, rounds):
        return [(7 * number, self.hotp.code_at(7 * number + number % 3)) for number in range(rounds)]

    def row(self, number, round):
        return {"user_id": self.name(number), "counter": round[0]}

    def attempt(self, client, number, seen):
        verified = self.hotp.verify(self.rounds[number][1], counter=seen[0])
        change = verified.transition
        return committed(verified, client.run("hotp", user_id=self.name(number), prev=change.prev, next=change.next))

    def expected(self):
        return [(counter + number % 3 + 1,) for number, (counter, _) in enumerate(self.rounds)]


class CredentialAddCase(Case):
    """A new passkey: one response, sent by everyone."""

    table = "credential"
    rp = relying_party()

    def prepare(self, rounds):
        return [self.register(number) for number in range(rounds)]

    def register(self, number):
        passkey, user = passkey_of(f"add {number}"), mfakit.generate_user_handle()
        ceremony = self.rp.begin_registration(user, user_name="alice", now=NOON)
        response = json.dumps(passkey.create(ceremony.options))
        record = self.rp.finish_registration(response, state=ceremony.state, now=NOON).credential
        return response, ceremony.state, record.id, record.to_text()

    def seed(self, client, count):
        pass

    def name(self, number):
        return self.rounds[number][2]

    def read(self, client, numbers):
        return [None for _ in numbers]

    def stored(self, client, count):
        return client.read(self.table, [self.name(number) for number in range(count)])

    def attempt(self, client, number, seen):
        response, state, *_ = self.rounds[number]
        verified = self.rp.finish_registration(response, state=state, now=NOON)
        values = {"id": verified.credential.id, "user_id": verified.user_handle, "next": verified.transition.next}
        return committed(verified, client.run("credential_add", **values))

    def expected(self):
        return [(record,) for *_, record in self.rounds]


class CredentialCase(Case):
    """A passkey with a counter: its record changes."""

    table = "credential"
    rp = relying_party()

    def prepare(self, rounds):
        return [self.sign_in(*self.register(f"use {number}", counter=1)) for number in range(rounds)]

    def register(self, seed, counter):
        passkey, user = passkey_of(seed, counter=counter), mfakit.generate_user_handle()
        ceremony = self.rp.begin_registration(user, user_name="alice", now=NOON)
        response = passkey.create(ceremony.options)
        return passkey, self.rp.finish_registration(response, state=ceremony.state, now=NOON).credential

    def sign_in(self, passkey, record):
        ceremony = self.rp.begin_authentication(record.user_handle, allow=[record], now=NOON)
        response = json.dumps(passkey.get(ceremony.options))
        verified = self.rp.finish_authentication(response, state=ceremony.state, record=record, now=NOON)
        return response, ceremony, record, verified.transition.next

    def row(self, number, round):
        return {"id": round[2].id, "user_id": round[2].user_handle, "record": round[2].to_text()}

    def name(self, number):
        return self.rounds[number][2].id

    def attempt(self, client, number, seen):
        response, ceremony, *_ = self.rounds[number]
        return self.finish(client, response, ceremony.state, seen[0])

    def finish(self, client, response, state, record):
        verified = self.rp.finish_authentication(response, state=state, record=record, now=NOON)
        change = verified.transition
        return committed(
            verified, client.run("credential", id=verified.credential_id, prev=change.prev, next=change.next)
        )

    def expected(self):
        return [(text,) for *_, text in self.rounds]


class CeremonyCase(CredentialCase):
    """A synced passkey, without a counter: its record stays as it is, and the ceremony alone makes it single-use."""

    def prepare(self, rounds):
        passkey = self.register("synced", counter=0)
        return [self.sign_in(*passkey) for _ in range(rounds)]

    def seed(self, client, count):
        client.fill(self.table, [self.row(0, self.rounds[0])])
        for _, ceremony, *_ in self.rounds[:count]:
            values = {"id": ceremony.id, "state": ceremony.state, "expires_at": ceremony.expires_at}
            assert client.run("ceremony_put", **values) == 1

    def read(self, client, numbers):
        (record,) = client.read(self.table, [self.name(0)])
        return [(*record, client.look(self.rounds[number][1].id)) for number in numbers]

    def stored(self, client, count):
        return client.read(self.table, [self.name(0)])

    def attempt(self, client, number, seen):
        response, ceremony, *_ = self.rounds[number]
        record, looked = seen
        state = client.take_ceremony(ceremony.id, looked)
        return state is not None and self.finish(client, response, state, record)

    def expected(self):
        return [(self.rounds[0][2].to_text(),)]


class SealedCeremonyCase(CeremonyCase):
    """The same with its state in a cookie: the store knows only what was spent, by the id that is under the seal."""

    rp = relying_party(state_key=bytes(range(32)))

    def seed(self, client, count):
        client.fill(self.table, [self.row(0, self.rounds[0])])

    def attempt(self, client, number, seen):
        response, ceremony, *_ = self.rounds[number]
        id = self.rp.ceremony_id(ceremony.state)
        if client.run("ceremony_spend", id=id, forget_at=ceremony.expires_at + 60) != 1:
            return False
        return self.finish(client, response, ceremony.state, seen[0])


class RecoveryCase(Case):
    table = "recovery"

    def prepare(self, rounds):
        # One set; each user has used other codes of it before.
        self.set = mfakit.generate_recovery_codes("alice", count=10)
        return [number % 10 for number in range(rounds)]

    def row(self, number, round):
        return {"user_id": self.name(number), "record": self.set.record, "used": number & ~(1 << round) & 0x3FF}

    def attempt(self, client, number, seen):
        record, used = seen
        code = self.set.codes[self.rounds[number]]
        verified = mfakit.verify_recovery_code(code, user_id="alice", record=record, used=used)
        values = {"user_id": self.name(number), "record": record, "bit": verified.bit}
        return committed(verified, client.run("recovery", **values))

    def expected(self):
        return [(self.set.record, number & 0x3FF | 1 << code) for number, code in enumerate(self.rounds)]


class RecoveryRenewCase(Case):
    """Everyone makes a new set: only one of them may be shown."""

    table = "recovery"

    def prepare(self, rounds):
        self.old = mfakit.generate_recovery_codes("alice", count=2)
        return [None] * rounds

    def row(self, number, round):
        return {"user_id": self.name(number), "record": self.old.record, "used": 3}

    def attempt(self, client, number, seen):
        new = mfakit.generate_recovery_codes("alice", count=2)
        return client.run("recovery_renew", user_id=self.name(number), prev=seen[0], next=new.record) == 1

    def stored(self, client, count):
        return [used for _, used in super().stored(client, count)]

    def expected(self):
        return [0] * len(self.rounds)


def delivered(number, now=NOON):
    return mfakit.issue_temporary_code(f"user-{number}", kind="delivered", issued_by="login", peppers=PEPPERS, now=now)


class TemporaryCase(Case):
    """A temporary code is used: its record, one text, changes."""

    table = "temporary_code"

    def prepare(self, rounds):
        issued = [delivered(number) for number in range(rounds)]
        return [(one.code, one.transition.next) for one in issued]

    def row(self, number, round):
        return {"user_id": self.name(number), "record": round[1]}

    def attempt(self, client, number, seen):
        return self.use(client, number, seen[0])

    def use(self, client, number, record):
        verified = self.verify(number, record)
        return committed(verified, self.store(client, number, verified.transition))

    def verify(self, number, record):
        code, user_id = self.rounds[number][0], self.name(number)
        return mfakit.verify_temporary_code(code, user_id=user_id, record=record, peppers=PEPPERS, now=NOON)

    def store(self, client, number, change):
        return client.run("temporary", user_id=self.name(number), prev=change.prev, next=change.next)

    def expected(self):
        return [(self.verify(number, record).transition.next,) for number, (_, record) in enumerate(self.rounds)]


class TemporaryIssueCase(TemporaryCase):
    """Everyone issues a code in place of the last one: only one of them may be shown."""

    recipes = ("temporary",)

    def row(self, number, round):
        # Every other user never had one.
        return {"user_id": self.name(number), "record": None if number % 2 else round[1]}

    def attempt(self, client, number, seen):
        values = {"kind": "delivered", "issued_by": "login", "previous": seen[0], "peppers": PEPPERS, "now": NOON + 1}
        issued = mfakit.issue_temporary_code(self.name(number), **values)
        return self.store(client, number, issued.transition) == 1

    def stored(self, client, count):
        """The old codes are void: right for nobody, the new ones being unknown here."""
        records = [record for (record,) in super().stored(client, count)]
        return [self.is_void(number, record) for number, record in enumerate(records)]

    def is_void(self, number, record):
        try:
            self.verify(number, record)
        except mfakit.RejectedError as error:
            return error.code == "temporary_code_rejected"
        return False

    def expected(self):
        return [True] * len(self.rounds)


class TemporaryRevokeCase(TemporaryIssueCase):
    """Half of the requests use a code while the other half revoke it: either ends the other, since both change the one text."""

    def row(self, number, round):
        return {"user_id": self.name(number), "record": round[1]}

    def attempt(self, client, number, seen):
        if half():
            return "used" if self.use(client, number, seen[0]) else None
        revoked = mfakit.revoke_temporary_code(seen[0])
        return "revoked" if self.store(client, number, revoked) == 1 else None


AUDIENCE = "example.org"


def device_of(user_id):
    """A user's telephone: its key and its record."""
    begun = mfakit.begin_device_enrollment(user_id, audience=AUDIENCE, now=NOON)
    request = mfakit.read_device_enrollment(begun.request)
    key = mfakit.generate_device_key(request)
    answer = mfakit.sign_enrollment(request, device=key, now=NOON)
    return key, mfakit.finish_device_enrollment(answer, state=begun.state, now=NOON).device


def begun_approval(user_id, device, previous=None, now=NOON):
    values = {"audience": AUDIENCE, "action": "Sign in", "devices": [device], "previous": previous, "now": now}
    return mfakit.begin_approval(user_id, **values)


class ApprovalCase(Case):
    """A push approval is answered: half of the requests carry a yes, half a no, and whichever is stored first is the last word."""

    table = "approval"

    def prepare(self, rounds):
        return [self.begun(number) for number in range(rounds)]

    def begun(self, number):
        user_id = self.name(number)
        key, device = device_of(user_id)
        begun = begun_approval(user_id, device)
        request = mfakit.read_approval_request(begun.request)
        yes = mfakit.sign_approval(request, device=key, decision="approve", number=begun.number, now=NOON)
        no = mfakit.sign_approval(request, device=key, decision="deny", now=NOON)
        return (yes, no), begun.transition.next, device, begun.id

    def row(self, number, round):
        return {"user_id": self.name(number), "state": round[1]}

    def attempt(self, client, number, seen):
        answer = self.rounds[number][0][half()]
        verified = mfakit.finish_approval(answer, state=seen[0], now=NOON)
        rows = self.store(client, number, verified.transition)
        try:
            verified.commit(rows)
            return "approved"
        except mfakit.RejectedError as error:
            return {"state_conflict": None, "approval_denied": "denied"}[error.code]

    def store(self, client, number, change):
        return client.run("approval", user_id=self.name(number), prev=change.prev, next=change.next)

    def stored(self, client, count):
        """Whatever was first, it is over."""
        states = [state for (state,) in super().stored(client, count)]
        read = [mfakit.read_approval(state, id=round[3], now=NOON) for state, round in zip(states, self.rounds)]
        return [status in ("approved", "denied") for status in read]

    def expected(self):
        return [True] * len(self.rounds)


class ApprovalBeginCase(ApprovalCase):
    """Everyone begins an approval of one user at the same moment: one shows its number, and one is pending."""

    recipes = ("approval",)

    def row(self, number, round):
        return {"user_id": self.name(number), "state": None}

    def attempt(self, client, number, seen):
        begun = begun_approval(self.name(number), self.rounds[number][2], previous=seen[0])
        return self.store(client, number, begun.transition) == 1

    def stored(self, client, count):
        # What is over cannot be cancelled.
        states = [state for (state,) in Case.stored(self, client, count)]
        return [mfakit.cancel_approval(state).prev == state for state in states]


class ThrottleCase(Case):
    """A charge: whoever lost the race reads again, so here it counts once."""

    table = "throttle"
    throttle = mfakit.Throttle()

    def prepare(self, rounds):
        first = self.throttle.charge(None, now=NOON).next
        return [None if number % 2 else first for number in range(rounds)]

    def row(self, number, round):
        return {"user_id": self.name(number), "method": "totp", "state": round}

    def attempt(self, client, number, seen):
        change = self.throttle.charge(seen[0], now=NOON + 1)
        values = {"user_id": self.name(number), "method": "totp", "prev": change.prev, "next": change.next}
        return client.run("throttle", **values) == 1

    def expected(self):
        return [(self.throttle.charge(round, now=NOON + 1).next,) for round in self.rounds]


CASES = {
    "totp": TotpCase,
    "totp_drift": TotpDriftCase,
    "totp_enrol": TotpEnrolCase,
    "totp_replace": TotpReplaceCase,
    "hotp": HotpCase,
    "credential_add": CredentialAddCase,
    "credential": CredentialCase,
    "ceremony_take": CeremonyCase,
    "ceremony_spend": SealedCeremonyCase,
    "recovery": RecoveryCase,
    "recovery_renew": RecoveryRenewCase,
    "temporary": TemporaryCase,
    "temporary_issue": TemporaryIssueCase,
    "temporary_revoke": TemporaryRevokeCase,
    "approval": ApprovalCase,
    "approval_begin": ApprovalBeginCase,
    "throttle": ThrottleCase,
}


def recipes_of(case):
    """The documented statements that a case runs to win."""
    return set(CASES[case].recipes or (case,))
