"""Every recipe of docs/storage.md, eight requests at a time."""

import pytest
from cases import CASES
from conftest import ROUNDS
from race import WORKERS


@pytest.mark.parametrize("case", CASES)
def test_a_proof_counts_once(case, cases, client, store, workers):
    cases[case].seed(client)
    winners = workers.race(case, ROUNDS, store)
    assert sum(count > 1 for count in winners) == 0, "double spends"
    assert sum(count == 0 for count in winners) == 0, "rounds that nobody won"
    assert cases[case].stored(client) == cases[case].expected()


@pytest.mark.parametrize("case", ["totp", "hotp", "credential", "ceremony_take", "recovery"])
def test_without_its_condition_it_counts_for_everyone(case, cases, client, store, workers):
    """The control: a harness that could not see a double spend would fail here."""
    cases[case].seed(client)
    winners = workers.race(case, 100, store, careless=True)
    assert winners == [WORKERS] * 100
