"""The month's clearing (RULES 3.4, 3.6) and reconciliation by line."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.services.social.insurance.clearing_rows import (
    Month,
    Row,
    Settled,
    clearing_month,
    net,
    reversal_month,
    rows,
)
from hanse.services.social.insurance.codes import DifferenceKind, Scheme
from hanse.services.social.insurance.reconciliation import differences

CITIES = ("510100", "510600", "510700")
MARCH = Month(2026, 3)


def settled(name: str, insured: str, treated: str, fund: int, total: int | None = None) -> Settled:
    return Settled(name, insured, treated, Scheme.EMPLOYEE, total or fund + 100, fund)


some = st.lists(
    st.tuples(st.sampled_from(CITIES), st.sampled_from(CITIES), st.integers(0, 10**9)), max_size=30
).map(lambda drawn: [settled(f"s{n}", *one) for n, one in enumerate(drawn)])


@given(some)
def test_rows_keep_the_gross_and_netting_keeps_each_citys_balance(month: list[Settled]) -> None:
    gross, paid = rows(month), net(rows(month))
    assert sum(row.count for row in gross.values()) == len(month)
    for city in CITIES:
        owed = sum(one.fund_fen for one in month if one.insured_city == city)
        earned = sum(one.fund_fen for one in month if one.treated_city == city)
        pays = sum(amount for (payer, _), amount in paid.items() if payer == city)
        gets = sum(amount for (_, payee), amount in paid.items() if payee == city)
        assert pays - gets == owed - earned
    for payer, payee in paid:
        assert (payee, payer) not in paid


def test_a_deduction_is_not_owed() -> None:
    gross = rows([settled("s1", "510100", "510600", 500)], {"s1": 200})
    assert gross == {("510100", "510600", Scheme.EMPLOYEE): Row(1, 600, 500, 200)}
    assert net(gross) == {("510100", "510600"): 300}


@pytest.mark.parametrize("deductions", [{"s1": 501}, {"s1": -1}, {"s2": 1}])
def test_a_deduction_beyond_its_settlement_is_refused(deductions: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="deduction"):
        rows([settled("s1", "510100", "510600", 500)], deductions)


def test_a_reversal_in_the_same_month_leaves_nothing() -> None:
    month = [
        settled("s1", "510100", "510600", 500, 600),
        settled("r1", "510100", "510600", -500, -600),
    ]
    assert set(rows(month).values()) == {Row(0, 0, 0, 0)}
    assert net(rows(month)) == {}


def test_rules_3_6_a_reversal_after_clearing_is_a_row_of_the_next_month() -> None:
    assert reversal_month(None, MARCH) == MARCH
    assert reversal_month(MARCH, MARCH) == Month(2026, 4)
    assert reversal_month(MARCH, Month(2026, 6)) == Month(2026, 6)
    assert reversal_month(Month(2025, 12), Month(2025, 12)) == Month(2026, 1)


def test_rules_3_4_late_bills_are_taken_for_two_months() -> None:
    assert clearing_month(MARCH, MARCH) == MARCH
    assert clearing_month(MARCH, Month(2026, 5)) == Month(2026, 5)
    with pytest.raises(Problem) as refused:
        clearing_month(MARCH, Month(2026, 6))
    assert refused.value.code == "insurance_bill_too_late"


def test_rules_3_4_a_year_is_cleared_in_the_next_first_quarter() -> None:
    assert clearing_month(Month(2025, 12), Month(2026, 2)) == Month(2026, 2)
    assert max(Month(2025, 12).later(2), Month(2026, 1)) <= Month(2026, 3)


def test_months_are_read_from_days_and_shift_over_years() -> None:
    assert Month.of(date(2026, 12, 31)).later(1) == Month(2027, 1)
    assert str(Month(2026, 3)) == "2026-03"


def test_each_planted_difference_is_found_and_named() -> None:
    ours = [settled(f"s{n}", "510100", "510600", 100 + n) for n in range(50)]
    theirs = list(ours)
    theirs[3] = settled("s3", "510100", "510600", 999, ours[3].total_fen)
    del theirs[10]
    theirs.append(settled("s99", "510100", "510600", 1))
    theirs.append(theirs[0])
    found = {(one.kind, one.settlement, one.field) for one in differences(ours, theirs)}
    assert found == {
        (DifferenceKind.FIELD_DIFFERS, "s3", "fund_fen"),
        (DifferenceKind.MISSING_AT_TREATER, "s10", ""),
        (DifferenceKind.MISSING_AT_INSURER, "s99", ""),
        (DifferenceKind.DOUBLED, "s0", "treater"),
    }


@given(some)
def test_equal_lists_have_no_difference(month: list[Settled]) -> None:
    assert list(differences(month, reversed(month))) == []
