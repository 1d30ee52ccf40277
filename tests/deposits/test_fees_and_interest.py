"""RULES 10: fees by dated tables, and the interest of what is withdrawn early, to the fen."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.services.finance.deposits import fees, interest
from hanse.services.finance.deposits.codes import Kind
from hanse.services.finance.deposits.parameters import DEFAULTS, FEES_2014, FEES_2017

TODAY = date(2026, 11, 25)
ACROSS = {"same_bank": False}


def fee(kind: Kind, yuan: int, day: date = TODAY, *, same_bank: bool = False) -> int:
    return fees.ceiling(kind, yuan * 100, day, DEFAULTS, same_bank=same_bank)


def test_rules_10_example_transfer_of_80_000_costs_24_00() -> None:
    assert fee(Kind.TRANSFER, 80_000) == 2_400


def test_rules_10_example_transfer_of_200_000_is_capped_at_50_00() -> None:
    uncapped = Fraction(3, 10_000) * 200_000
    assert uncapped == 60
    assert fee(Kind.TRANSFER, 200_000) == 5_000


def test_rules_10_example_early_withdrawal_of_10_000_after_100_days_earns_1_39() -> None:
    assert interest.interest_fen(1_000_000, Fraction(5, 10_000), 100) == 139
    opened = date(2026, 8, 17)
    assert (TODAY - opened).days == 100
    assert interest.early_interest_fen(1_000_000, opened, TODAY, DEFAULTS) == 139


@pytest.mark.parametrize(
    ("yuan", "wanted"),
    [
        (1, 200),
        (2_000, 200),
        (2_001, 500),
        (5_000, 500),
        (5_001, 1_000),
        (10_000, 1_000),
        (10_001, 1_500),
        (50_000, 1_500),
        (50_001, 1_500),
        (166_666, 5_000),
        (166_667, 5_000),
        (1_000_000, 5_000),
    ],
)
def test_transfer_fee_at_every_step_of_the_2014_table(yuan: int, wanted: int) -> None:
    assert fee(Kind.TRANSFER, yuan) == wanted


def test_a_fee_by_rate_is_rounded_half_up_to_the_fen() -> None:
    assert fees.ceiling(Kind.TRANSFER, 5_000_100, TODAY, DEFAULTS, **ACROSS) == 1_500
    assert fees.ceiling(Kind.TRANSFER, 5_005_000, TODAY, DEFAULTS, **ACROSS) == 1_502
    assert fees.ceiling(Kind.DEPOSIT, 100, TODAY, DEFAULTS, **ACROSS) == 1
    assert fees.ceiling(Kind.DEPOSIT, 99, TODAY, DEFAULTS, **ACROSS) == 0


def test_cash_remittance_costs_half_a_percent_and_50_at_most() -> None:
    assert fee(Kind.DEPOSIT, 1_000) == 500
    assert fee(Kind.DEPOSIT, 10_000) == 5_000
    assert fee(Kind.DEPOSIT, 10_001) == 5_000


def test_the_same_bank_in_another_city_charges_no_withdrawal_from_2017_08_01_on() -> None:
    before, after = date(2017, 7, 31), date(2017, 8, 1)
    assert fee(Kind.WITHDRAW, 1_000, before, same_bank=True) == 500
    assert fee(Kind.WITHDRAW, 1_000, after, same_bank=True) == 0
    assert fee(Kind.WITHDRAW, 1_000, after) == 200


def test_the_table_is_that_of_the_day_of_the_event() -> None:
    assert fees.table_on(date(2016, 1, 1), DEFAULTS) is FEES_2014
    assert fees.table_on(TODAY, DEFAULTS) is FEES_2017
    assert fees.table_on(date(2000, 1, 1), DEFAULTS) is FEES_2014
    reordered = replace(DEFAULTS, fee_tables=(FEES_2017, FEES_2014))
    assert fees.table_on(date(2016, 1, 1), reordered) is FEES_2014


def test_an_adjustment_costs_nothing() -> None:
    assert fee(Kind.ADJUST_CREDIT, 80_000) == fee(Kind.ADJUST_DEBIT, 80_000) == 0


@given(st.integers(1, 10**12), st.integers(1, 10**9))
def test_a_fee_never_falls_as_the_amount_grows_and_never_passes_its_cap(
    amount: int, more: int
) -> None:
    for kind in (Kind.TRANSFER, Kind.DEPOSIT, Kind.WITHDRAW):
        low = fees.ceiling(kind, amount, TODAY, DEFAULTS, **ACROSS)
        high = fees.ceiling(kind, amount + more, TODAY, DEFAULTS, **ACROSS)
        assert 0 <= low <= high <= 5_000


def test_no_demand_rate_is_guessed() -> None:
    with pytest.raises(Problem, match="deposits_demand_rate_unknown"):
        interest.demand_rate(date(2025, 5, 19), DEFAULTS)
    rates = {date(2025, 5, 20): Fraction(1, 1_000), date(2026, 11, 25): Fraction(1, 500)}
    changed = replace(DEFAULTS, demand_rates=rates)
    assert interest.demand_rate(date(2026, 11, 24), changed) == Fraction(1, 1_000)
    assert interest.demand_rate(TODAY, changed) == Fraction(1, 500)
