"""Every recipe of docs/storage.md, eight requests at a time."""

import pytest
from cases import CASES
from race import WORKERS


@pytest.mark.parametrize("case", CASES)
def test_a_proof_counts_once(case, cases, client, rounds, store, workers):
    case, name = cases[case], case
    case.seed(client, rounds)
    won = workers.race(name, rounds, store)
    assert sum(len(winners) > 1 and not case.is_right(winners) for winners in won) == 0, "double spends"
    assert sum(not case.is_right(winners) for winners in won) == 0, "rounds that nobody won"
    assert case.stored(client, rounds) == case.expected()[:rounds]


CONTROLS = ["totp", "totp_drift", "totp_enrol", "hotp", "credential", "ceremony_take", "recovery", "temporary", "approval"]


@pytest.mark.parametrize("case", CONTROLS)
def test_without_its_condition_it_counts_for_everyone(case, cases, client, store, workers):
    """The control: a harness that could not see a double spend would fail here."""
    cases[case].seed(client, 100)
    won = workers.race(case, 100, store, careless=True)
    assert [len(winners) for winners in won] == [WORKERS] * 100
