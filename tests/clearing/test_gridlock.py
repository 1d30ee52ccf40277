"""Gridlock against every choice tried one by one, and what must hold of any instance."""

import random
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.foundation.money import AMOUNT_MAX
from hanse.mechanisms.clearing.gridlock import fifo, is_feasible
from hanse.mechanisms.clearing.obligations import Obligation
from hanse.mechanisms.clearing.optimum import NODES_MAX, Objective, filled, optimum
from tests.clearing.brute_force import feasible_choices, feasible_prefixes, owed, value

PARTIES = ("A", "B", "C", "D", "E")


@st.composite
def instances(draw: st.DrawFn) -> tuple[list[Obligation], dict[str, int]]:
    """Queues of up to 40 payments among up to five parties with some liquidity."""
    parties = PARTIES[: draw(st.integers(2, 5))]
    limit = {party: draw(st.integers(0, 60)) for party in parties}
    pairs = st.permutations(parties).map(lambda order: (order[0], order[1]))
    payments = draw(
        st.lists(
            st.builds(lambda pair, sum_: owed(pair, sum_), pairs, st.integers(1, 90)),
            max_size=40,
        )
    )
    return payments, limit


def random_instance(seed: int) -> tuple[list[Obligation], dict[str, int]]:
    rng = random.Random(seed)
    parties = PARTIES[: rng.randint(2, 5)]
    limit = {party: rng.choice((0, 0, 1, 5, 12)) for party in parties}
    payments = [owed(rng.sample(parties, 2), rng.randint(1, 20)) for _ in range(rng.randint(1, 12))]
    return payments, limit


def test_fifo_is_the_one_greatest_feasible_prefix_choice_in_400_random_instances() -> None:
    for seed in range(400):
        payments, limit = random_instance(seed)
        prefixes = feasible_prefixes(payments, limit)
        settled = set(fifo(payments, limit).settled)
        assert settled in prefixes, seed
        assert all(chosen <= settled for chosen in prefixes), seed


@pytest.mark.parametrize("objective", list(Objective))
def test_the_optimum_equals_brute_force_in_150_random_instances(objective: Objective) -> None:
    shorter = 0
    for seed in range(150):
        payments, limit = random_instance(seed)
        choices = feasible_choices(payments, limit)
        best = max(
            value(payments, one) if objective is Objective.VALUE else len(one) for one in choices
        )
        found = optimum(payments, limit, objective=objective)
        assert found.reached == best, seed
        assert found.proved, seed
        shorter += fifo(payments, limit).count < found.resolution.count
    assert shorter > 10, "instances in which passing gains nothing test nothing"


@given(instances())
def test_positions_sum_to_zero_and_no_party_pays_more_than_it_has(
    instance: tuple[list[Obligation], dict[str, int]],
) -> None:
    payments, limit = instance
    for found in (fifo(payments, limit), optimum(payments, limit).resolution):
        assert sum(found.positions.values()) == 0
        assert all(limit[party] + net >= 0 for party, net in found.positions.items())
        assert sorted(found.settled + found.waiting) == list(range(len(payments)))
        assert found.value == sum(payments[place].amount for place in found.settled)


@given(instances())
def test_the_order_of_the_parties_is_irrelevant(
    instance: tuple[list[Obligation], dict[str, int]],
) -> None:
    payments, limit = instance
    turned = dict(reversed(limit.items()))
    names = dict(zip(limit, reversed(limit), strict=True))
    renamed = [Obligation(names[one.debtor], names[one.creditor], one.amount) for one in payments]
    there = {names[party]: amount for party, amount in limit.items()}
    expected = fifo(payments, limit).settled
    assert fifo(payments, turned).settled == expected
    assert fifo(renamed, there).settled == expected


@given(instances())
def test_only_the_order_within_one_payers_queue_matters(
    instance: tuple[list[Obligation], dict[str, int]],
) -> None:
    payments, limit = instance
    places = sorted(range(len(payments)), key=lambda place: (payments[place].debtor, place))
    settled = fifo([payments[place] for place in places], limit).settled
    assert {places[place] for place in settled} == set(fifo(payments, limit).settled)


@given(instances())
def test_the_optimum_is_never_worse_than_fifo_however_short_its_time(
    instance: tuple[list[Obligation], dict[str, int]],
) -> None:
    payments, limit = instance
    for objective in Objective:
        found = optimum(payments, limit, objective=objective, seconds_max=0.0, nodes_max=1)
        by_rule = fifo(payments, limit)
        reached = by_rule.value if objective is Objective.VALUE else by_rule.count
        assert reached <= found.reached <= found.bound
        assert is_feasible(payments, found.resolution.settled, limit)


@given(instances())
def test_more_liquidity_never_settles_less(
    instance: tuple[list[Obligation], dict[str, int]],
) -> None:
    payments, limit = instance
    more = {party: amount + 7 for party, amount in limit.items()}
    assert set(fifo(payments, limit).settled) <= set(fifo(payments, more).settled)


def test_gridlock_of_a_circle_settles_without_any_liquidity() -> None:
    circle = [Obligation("A", "B", 5), Obligation("B", "C", 5), Obligation("C", "A", 5)]
    found = fifo(circle, {})
    assert found.settled == (0, 1, 2)
    assert found.positions == {"A": 0, "B": 0, "C": 0}


def test_a_deadlock_settles_nothing() -> None:
    found = fifo([Obligation("A", "B", 5), Obligation("B", "A", 4)], {"A": 0, "B": 9})
    assert found.settled == (1,)
    assert fifo([Obligation("A", "B", 5)], {"A": 4, "B": 0}).settled == ()


def test_one_large_payment_blocks_its_payers_queue_and_passing_lifts_it() -> None:
    payments = [Obligation("A", "B", 100), Obligation("A", "B", 3), Obligation("A", "B", 4)]
    assert fifo(payments, {"A": 10}).settled == ()
    found = optimum(payments, {"A": 10})
    assert found.resolution.settled == (1, 2)
    assert (found.reached, found.bound, found.gap_ppm) == (7, 7, 0)


def test_a_party_without_a_limit_settles_all_it_owes() -> None:
    payments = [Obligation("A", "B", AMOUNT_MAX), Obligation("B", "C", 1)]
    assert fifo(payments, {"A": None, "B": None}).settled == (0, 1)
    assert optimum(payments, {"A": None}).resolution.settled == (0, 1)
    assert fifo(payments, {"A": AMOUNT_MAX - 1}).settled == ()


def test_amounts_beyond_what_a_double_holds_are_reckoned_in_integers() -> None:
    large = AMOUNT_MAX - 1
    payments = [Obligation("A", "B", large), Obligation("A", "B", AMOUNT_MAX)]
    payments += [Obligation("B", "C", AMOUNT_MAX)] * 20
    limit = {"A": 2 * AMOUNT_MAX - 2, "B": 0, "C": 0}
    found = optimum(payments, limit)
    assert is_feasible(payments, found.resolution.settled, limit)
    assert found.resolution.positions["A"] >= -limit["A"]
    assert not is_feasible(payments, (0, 1), limit), "one fen too much must be seen"


def test_filling_adds_whatever_fits_until_nothing_does() -> None:
    payments = [Obligation("A", "B", 5), Obligation("B", "C", 5), Obligation("A", "C", 1)]
    assert filled(payments, (), {"A": 5}).settled == (0, 1)


@pytest.mark.parametrize(
    ("payments", "code"),
    [
        ([Obligation("A", "B", 0)], "clearing_amount_wrong"),
        ([Obligation("A", "B", -1)], "clearing_amount_wrong"),
        ([Obligation("A", "B", AMOUNT_MAX + 1)], "clearing_amount_wrong"),
        ([Obligation("A", "B", True)], "clearing_amount_wrong"),
        ([Obligation("A", "A", 1)], "clearing_self_owed"),
        ([Obligation("A", "B", 1), Obligation("A", "B", 1, "EUR")], "clearing_currencies_mixed"),
    ],
)
def test_what_is_no_payment_is_refused(payments: list[Obligation], code: str) -> None:
    for resolve in (fifo, optimum):
        with pytest.raises(Problem) as refused:
            resolve(payments, {})
        assert refused.value.code == code


def test_the_solver_has_a_limit_of_its_work() -> None:
    rng = random.Random(7)
    parties = [f"P{number}" for number in range(6)]
    payments = [owed(rng.sample(parties, 2), rng.randint(10**6, 10**9)) for _ in range(120)]
    found = optimum(payments, dict.fromkeys(parties, 0), seconds_max=0.2, nodes_max=NODES_MAX)
    assert found.reached <= found.bound <= sum(one.amount for one in payments)
    assert 0 <= found.gap_ppm <= 1_000_000
    assert found.proved == (found.gap_ppm == 0)


def test_the_solver_writes_nothing_to_standard_output() -> None:
    program = (
        "from hanse.mechanisms.clearing.obligations import Obligation as O\n"
        "from hanse.mechanisms.clearing.optimum import optimum\n"
        "found = optimum([O('A', 'B', 100), O('A', 'B', 3)], {'A': 10})\n"
        "assert (found.reached, found.bound) == (3, 3)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert (ran.stdout, ran.stderr) == (b"", b"")
