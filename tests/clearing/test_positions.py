"""Gross obligations into positions: sums, pairs, groups, currencies, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.foundation.money import AMOUNT_MAX
from hanse.mechanisms.clearing.bounds import Bound, availables
from hanse.mechanisms.clearing.obligations import Obligation, city_of
from hanse.mechanisms.clearing.positions import Matrix, Pair, matrices, matrix
from tests.clearing.brute_force import owed

BANKS = ("510100/a", "510100/b", "510600/a", "510700/a", "511100/z")


def obligations() -> st.SearchStrategy[list[Obligation]]:
    pairs = st.permutations(BANKS).map(lambda order: (order[0], order[1]))
    one = st.builds(lambda pair, sum_: owed(pair, sum_), pairs, st.integers(1, AMOUNT_MAX))
    return st.lists(one, max_size=60)


@given(obligations())
def test_positions_sum_to_zero_by_bank_and_by_city(owed: list[Obligation]) -> None:
    whole = matrix(owed)
    cities = whole.grouped(city_of)
    assert sum(whole.positions().values()) == 0
    assert sum(cities.positions().values()) == 0
    assert whole.value == sum(one.amount for one in owed)
    for city, net in cities.positions().items():
        of_city = [amount for bank, amount in whole.positions().items() if city_of(bank) == city]
        assert sum(of_city) == net


@given(obligations())
def test_bilateral_netting_leaves_positions_as_they_are(owed: list[Obligation]) -> None:
    whole = matrix(owed)
    left = whole.bilateral()
    assert not any(Pair(creditor, debtor) in left for debtor, creditor in left)
    positions = whole.positions()
    reckoned = Matrix(left).positions()
    assert {party: net for party, net in positions.items() if net} == {
        party: net for party, net in reckoned.items() if net
    }


@given(obligations())
def test_the_order_of_obligations_is_irrelevant(owed: list[Obligation]) -> None:
    mixed = sorted(owed, key=lambda one: (one.amount % 7, one.creditor))
    assert matrix(mixed).positions() == matrix(owed).positions()


def test_each_currency_is_by_itself() -> None:
    owed = [Obligation("A", "B", 5), Obligation("B", "A", 7, "EUR"), Obligation("A", "B", 1)]
    found = matrices(owed)
    assert found["CNY"].positions() == {"A": -6, "B": 6}
    assert found["EUR"].positions() == {"A": 7, "B": -7}
    with pytest.raises(Problem) as refused:
        matrix(owed)
    assert refused.value.code == "clearing_currencies_mixed"


def test_sums_beyond_63_bits_are_exact() -> None:
    owed = [Obligation("A", "B", AMOUNT_MAX)] * 20_000
    assert matrix(owed).positions() == {"A": -20_000 * AMOUNT_MAX, "B": 20_000 * AMOUNT_MAX}


def test_what_a_city_owes_itself_between_its_banks_is_not_between_cities() -> None:
    owed = [Obligation("510100/a", "510100/b", 9), Obligation("510100/a", "510600/a", 4)]
    assert matrix(owed).grouped(city_of).gross == {Pair("510100", "510600"): 4}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (Obligation("A", "B", 0), "clearing_amount_wrong"),
        (Obligation("A", "B", -3), "clearing_amount_wrong"),
        (Obligation("A", "B", 1.5), "clearing_amount_wrong"),  # type: ignore[arg-type]
        (Obligation("A", "A", 1), "clearing_self_owed"),
    ],
)
def test_what_is_no_obligation_is_refused_by_its_place(wrong: Obligation, code: str) -> None:
    with pytest.raises(Problem) as refused:
        matrix([Obligation("A", "B", 1), wrong])
    assert refused.value.code == code
    assert refused.value.values == {"place": 1}


def test_both_funds_and_cap_bound_a_party() -> None:
    found = availables(
        {"A": Bound(funds=5, cap=9), "B": Bound(funds=5), "C": Bound(cap=9), "D": Bound()}
    )
    assert found == {"A": 5, "B": 5, "C": 9, "D": None}
    with pytest.raises(Problem) as refused:
        availables({"A": Bound(cap=-1)})
    assert refused.value.code == "clearing_bound_negative"
