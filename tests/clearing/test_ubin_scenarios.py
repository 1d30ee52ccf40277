"""The 24 public scenarios of Project Ubin (Monetary Authority of Singapore), recomputed.

The published asserts are those of a solver of cycles, which ignores queues' order; so what is
compared here is the settled set: against every prefix choice, tried one by one, and against the
recomputed figures that stand beside each scenario.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from hanse.mechanisms.clearing.gridlock import fifo, is_feasible
from hanse.mechanisms.clearing.obligations import Obligation
from hanse.mechanisms.clearing.optimum import Objective, optimum
from tests.clearing.brute_force import feasible_prefixes

SCENARIOS = 24


@pytest.fixture
def scenarios(shared_data: Path) -> list[dict[str, Any]]:
    path = shared_data / "payments_netting" / "ubin_scenarios.json"
    if not path.is_file():
        pytest.skip(f"the scenarios are not on this machine: {path}")
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    assert len(found) == SCENARIOS
    return found


def queue(scenario: dict[str, Any]) -> tuple[list[Obligation], dict[str, int]]:
    """Payments as [payer, payee, amount]: in the source's createObligation the borrower pays."""
    payments = [Obligation(str(payer), str(payee), sum_) for payer, payee, sum_ in scenario["pay"]]
    limit = {str(number): amount for number, amount in enumerate(scenario["bal"], start=1)}
    return payments, limit


def balances(limit: dict[str, int], positions: dict[str, int]) -> list[int]:
    return [amount + positions.get(party, 0) for party, amount in limit.items()]


def test_fifo_settles_the_same_set_in_all_24(scenarios: list[dict[str, Any]]) -> None:
    for scenario in scenarios:
        payments, limit = queue(scenario)
        found = fifo(payments, limit)
        prefixes = feasible_prefixes(payments, limit)
        largest = max(prefixes, key=len)
        name = scenario["name"]
        assert set(found.settled) == largest, name
        assert all(chosen <= largest for chosen in prefixes), f"{name}: not the greatest"
        assert (found.count, found.value) == (scenario["fifo"], scenario["fifo_val"]), name
        assert balances(limit, found.positions) == scenario["fifo_bal"], name


@pytest.mark.parametrize(
    ("objective", "field"), [(Objective.VALUE, "maxval"), (Objective.COUNT, "maxcnt")]
)
def test_the_optimum_reaches_the_published_optimum_in_all_24(
    scenarios: list[dict[str, Any]], objective: Objective, field: str
) -> None:
    for scenario in scenarios:
        payments, limit = queue(scenario)
        found = optimum(payments, limit, objective=objective)
        name = scenario["name"]
        assert found.reached == scenario[field], name
        assert found.proved, name
        assert found.gap_ppm == 0, name
        assert is_feasible(payments, found.resolution.settled, limit), name


def test_passing_settles_more_than_the_queues_order_in_five(
    scenarios: list[dict[str, Any]],
) -> None:
    better = [
        scenario["name"]
        for scenario in scenarios
        for payments, limit in [queue(scenario)]
        if optimum(payments, limit).reached > fifo(payments, limit).value
    ]
    assert len(better) == SCENARIOS - 19
