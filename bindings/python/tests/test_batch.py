"""Prepared keys, batches of authentications, and the choice of an implementation."""

import copy
import gc
import json
import pickle
import threading
import weakref

import pytest

import mfakit
from mfakit import ConfigError, CredentialRecord, Evidence, MfaError, RelyingParty, VerificationError, verify_authentications
from mfakit.testing import SoftAuthenticator

ORIGIN = "https://example.org"
NOON = 1_800_000_000


def relying_party(**more):
    return RelyingParty("example.org", name="Example", origins=[ORIGIN], user_verification="required", **more)


class Person:
    """Somebody with a passkey, and a sign-in of theirs that nobody has finished yet."""

    def __init__(self, rp, **knobs):
        self.rp, self.passkey, self.user = rp, SoftAuthenticator(ORIGIN, counter=1, **knobs), mfakit.generate_user_handle()
        ceremony = rp.begin_registration(self.user, user_name="alice", now=NOON)
        response = self.passkey.create(ceremony.options)
        self.record = rp.finish_registration(response, state=ceremony.state, now=NOON).commit(1)
        self.ceremony = rp.begin_authentication(self.user, allow=[self.record], now=NOON)
        self.response = self.passkey.get(self.ceremony.options)

    def item(self, **more):
        return {"rp": self.rp, "response": self.response, "record": self.record, "state": self.ceremony.state, "now": NOON, **more}

    def challenge(self):
        return mfakit.read_response(self.response).challenge


@pytest.fixture
def rp():
    return relying_party()


@pytest.fixture
def alice(rp):
    return Person(rp)


def code_of(call, *arguments, **named):
    with pytest.raises(MfaError) as caught:
        call(*arguments, **named)
    return caught.value.code


def test_a_prepared_key_gives_the_same_verdicts(rp, alice):
    prepared = alice.record.prepare()
    assert prepared.algorithm == -7
    plain = dict(state=alice.ceremony.state, record=alice.record, now=NOON)
    for more in ({}, {"prepared": prepared}, {"prepared": None}):
        verified = rp.finish_authentication(alice.response, **plain, **more)
        assert verified.user_handle == alice.user
        assert isinstance(verified.commit(1), Evidence)
    asked = dict(challenge=alice.challenge(), record=alice.record.to_text(), prepared=prepared)
    assert rp.verify_authentication(alice.response, user_handle=alice.user, **asked).counter == 2
    assert rp.verify_discoverable_authentication(alice.response, **asked).counter == 2
    forged = json.loads(json.dumps(alice.response))
    other = Person(rp).response["response"]["signature"]
    forged["response"]["signature"] = other
    for more in ({}, {"prepared": prepared}):
        assert code_of(rp.finish_authentication, forged, **plain, **more) == "signature_invalid"


@pytest.mark.parametrize("algorithm", [-7, -8])
def test_a_prepared_key_of_another_record_is_refused(rp, alice, algorithm):
    prepared = Person(rp, algorithm=algorithm).record.prepare()
    assert prepared.algorithm == algorithm
    named = dict(record=alice.record, prepared=prepared)
    for call in (
        lambda response: rp.finish_authentication(response, state=alice.ceremony.state, now=NOON, **named),
        lambda response: rp.verify_authentication(response, challenge=alice.challenge(), user_handle=alice.user, **named),
        lambda response: rp.verify_discoverable_authentication(response, challenge=alice.challenge(), **named),
    ):
        # Whatever the client sent: the mistake is the host's.
        for response in (alice.response, b"{}"):
            with pytest.raises(ConfigError) as caught:
                call(response)
            assert caught.value.code == "prepared_key_mismatch"
    for wrong in ("key", 7, alice.record, object()):
        refused = code_of(rp.finish_authentication, alice.response, state="", record=alice.record, prepared=wrong)
        assert refused == "argument_type_invalid"


def test_other_algorithms_are_prepared_too(rp):
    bob = Person(rp, algorithm=-8)
    outcome = verify_authentications([bob.item(prepared=bob.record.prepare())])[0]
    assert outcome.verified().user_handle == bob.user


def test_a_prepared_key_has_no_form_outside_of_the_process(alice):
    prepared = alice.record.prepare()
    assert repr(prepared) == str(prepared) == "PreparedKey(algorithm=-7)"
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError):
            pickle.dumps(prepared, protocol)
    for form in (copy.copy, copy.deepcopy, bytes, memoryview, json.dumps, vars):
        with pytest.raises(TypeError):
            form(prepared)
    with pytest.raises(TypeError):
        type(prepared)()
    assert prepared == prepared and prepared != alice.record.prepare()
    assert len({prepared, alice.record.prepare()}) == 2
    damaged = json.loads(alice.record.to_text())
    damaged["publicKey"] = damaged["publicKey"][:-4] + "AAAA"
    assert code_of(CredentialRecord.from_text(json.dumps(damaged)).prepare) == "record_corrupt"


@pytest.mark.parametrize("more", [{"es256": "mfakit"}, {"es256": "p256"}, {"prepared_keys": 1}, {"prepared_keys": 10, "es256": "p256"}])
def test_every_implementation_gives_the_same_verdicts(more):
    rp = relying_party(**more)
    people = [Person(rp) for _ in range(3)]
    # The second time from the cache, where there is one.
    for person in people + people + people:
        verified = rp.finish_authentication(person.response, state=person.ceremony.state, record=person.record, now=NOON)
        assert verified.user_handle == person.user
        tampered = json.loads(json.dumps(person.response))
        tampered["response"]["signature"] = people[0 if person is not people[0] else 1].response["response"]["signature"]
        for prepared in (None, person.record.prepare()):
            named = dict(state=person.ceremony.state, record=person.record, prepared=prepared, now=NOON)
            assert code_of(rp.finish_authentication, tampered, **named) == "signature_invalid"


def test_an_unknown_implementation_is_a_mistake():
    for wrong in ({"es256": "ring"}, {"es256": "P256"}, {"prepared_keys": 65_537}, {"prepared_keys": -1}):
        assert code_of(relying_party, **wrong) == "argument_value_invalid"
    for wrong in ({"es256": None}, {"es256": 256}, {"prepared_keys": True}, {"prepared_keys": "1"}):
        assert code_of(relying_party, **wrong) == "argument_type_invalid"


def test_a_batch_gives_what_single_calls_give(rp):
    others = RelyingParty("example.com", name="Other", origins=["https://example.com"], user_verification="required")
    people = [Person(rp, algorithm=-8 if index % 5 == 4 else -7) for index in range(60)]
    items = [
        [
            person.item(),
            person.item(record=person.record.to_text(), response=json.dumps(person.response)),
            person.item(prepared=person.record.prepare(), response=json.dumps(person.response).encode()),
            person.item(rp=others),
            person.item(record=people[0].record),
            person.item(now=NOON + 3600),
        ][index % 6]
        for index, person in enumerate(people)
    ]
    expected = {0: None, 1: None, 2: None, 3: "state_kind_mismatch", 4: "credential_owner_mismatch", 5: "ceremony_expired"}
    outcomes = verify_authentications(tuple(items))
    assert len(outcomes) == len(items)
    for index, (person, outcome) in enumerate(zip(people, outcomes)):
        wrong = expected[index % 6]
        if wrong is None:
            verified = outcome.verified()
            assert (verified.user_handle, verified.transition.prev) == (person.user, person.record.to_text())
        else:
            assert code_of(outcome.verified) == wrong, index
    assert verify_authentications([]) == []


def test_a_batch_takes_challenges_too(rp, alice):
    item = {name: alice.item()[name] for name in ("rp", "response", "record")}
    good = {**item, "challenge": alice.challenge(), "user_handle": alice.user}
    bad = {**good, "challenge": mfakit.generate_user_handle()}
    first, second = verify_authentications([good, bad])
    assert first.verified().user_handle == alice.user
    assert code_of(second.verified) == "challenge_mismatch"


def test_what_is_wrong_with_one_item_is_that_items(rp, alice):
    class Hostile:
        def __getattr__(self, name):
            raise RuntimeError(name)

    for wrong in (None, 7, b"", "{}", [], "x" * 100_000, {"id": Hostile()}, Hostile(), "\ud800"):
        first, second, third = verify_authentications([alice.item(), alice.item(response=wrong), alice.item()])
        assert first.verified().user_handle == third.verified().user_handle == alice.user
        with pytest.raises(VerificationError):
            second.verified()
    without = alice.item()
    del without["rp"]
    for wrong, code in (
        (alice.item(record="{}"), "record_corrupt"),
        (alice.item(record=None), "argument_type_invalid"),
        (alice.item(rp="example.org"), "argument_type_invalid"),
        (alice.item(state="x"), "state_malformed"),
        (alice.item(state=None), "argument_type_invalid"),
        (alice.item(challenge=alice.challenge(), user_handle=alice.user), "argument_type_invalid"),
        (alice.item(state=None, challenge="AA", user_handle=alice.user), "challenge_too_short"),
        (alice.item(state=None, challenge=alice.challenge()), "argument_type_invalid"),
        (alice.item(now="noon"), "time_invalid"),
        (alice.item(prepared=7), "argument_type_invalid"),
        (alice.item(prepared=Person(rp).record.prepare()), "prepared_key_mismatch"),
        (alice.item(recrd=alice.record), "argument_value_invalid"),
        ({**alice.item(), 7: 7}, "argument_value_invalid"),
        (without, "argument_type_invalid"),
        ({}, "argument_type_invalid"),
    ):
        # With a response that is wrong too, the host's mistake is the one that is named.
        for item in (wrong, {**wrong, "response": b"["}) if wrong else (wrong,):
            first, second = verify_authentications([item, alice.item()])
            with pytest.raises(ConfigError) as caught:
                first.verified()
            assert caught.value.code == code, item
            assert second.verified().user_handle == alice.user


def test_a_list_of_another_shape_is_refused_at_once(alice):
    for wrong in (None, 7, "items", {}, alice.item(), [None], [alice.item(), 7], [[alice.item()]], iter([alice.item()]), [alice.rp]):
        assert code_of(verify_authentications, wrong) == "argument_type_invalid"
    with pytest.raises(TypeError):
        verify_authentications()


def test_an_interrupt_is_the_batchs(alice):
    class Interrupts(str):
        pass

    class Response(dict):
        def items(self):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify_authentications([alice.item(response=Response(alice.response))])


def test_an_outcome_has_no_truth_value_and_holds_one_proof(alice):
    good, bad = verify_authentications([alice.item(), alice.item(response=b"{}")])
    for outcome in (good, bad):
        with pytest.raises(ConfigError):
            bool(outcome)
        assert repr(outcome) == "Outcome()"
        assert [name for name in dir(outcome) if not name.startswith("_")] == ["verified"]
        for form in (pickle.dumps, copy.copy, type(outcome)):
            with pytest.raises(TypeError):
                form(outcome)
    assert good.verified() is good.verified()
    assert good.verified().commit(1).method == "webauthn"
    assert code_of(good.verified().commit, 1) == "state_conflict"
    for _ in range(2):
        assert code_of(bad.verified) == "response_malformed"


def test_what_a_batch_holds_is_let_go(alice):
    class Watched(dict):
        pass

    item = Watched(alice.item(prepared=alice.record.prepare()))
    watch = weakref.ref(item)
    outcomes = verify_authentications([item])
    del item
    gc.collect()
    assert watch() is None and outcomes[0].verified().user_handle == alice.user


def test_other_threads_run_while_a_batch_is_verified(alice):
    begun, ended, ticks = threading.Event(), threading.Event(), [0]

    def count():
        begun.set()
        while not ended.wait(0.001):
            ticks[0] += 1

    other = threading.Thread(target=count)
    other.start()
    begun.wait()
    items = [alice.item(response=json.dumps(alice.response))] * 3000
    outcomes = verify_authentications(items)
    ended.set()
    other.join()
    assert len(outcomes) == 3000 and outcomes[-1].verified().user_handle == alice.user
    assert ticks[0] > 5


def test_threads_share_what_is_prepared():
    rp = relying_party(prepared_keys=2)
    people, failures = [Person(rp) for _ in range(4)], []
    prepared = [person.record.prepare() for person in people]

    def work(index):
        for turn in range(60):
            person = people[(index + turn) % 4]
            named = dict(state=person.ceremony.state, record=person.record, now=NOON)
            if turn % 2:
                named["prepared"] = prepared[(index + turn) % 4]
            try:
                assert rp.finish_authentication(person.response, **named).user_handle == person.user
            except Exception as failed:
                failures.append(failed)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
