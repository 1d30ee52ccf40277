"""RULES 1.3: T = A + P, line by line."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.money import Money
from hanse.services.social.pensions.personal_account import (
    PENSION_INTEREST_UNKNOWN,
    account_years,
    booked_for,
    split_account,
    year_interest,
)
from hanse.services.social.pensions.records import AccountYear, Contribution
from hanse.services.social.pensions.transfer_amount import (
    pool_basis_points,
    pool_lines,
    transfer_amount,
)
from tests.pensions.examples import FIVE_YEARS, WHOLE_YEAR, row


def test_1_3_example_1_bases_of_336000_give_a_pool_of_40320_and_75530_44_in_all() -> None:
    account = AccountYear(year=2023, opening=0, booked=3_521_044, interest=0, closing=3_521_044)
    found = transfer_amount(FIVE_YEARS, [account])
    assert sum(line.base for line in found.pool) == 33_600_000
    assert str(Money(found.pool_total)) == "40320.00"
    assert str(Money(found.total)) == "75530.44"
    assert found.explanation[-1].en.endswith("= 75530.44 yuan")


def test_1_3_example_2_a_part_year_counts_its_actual_months() -> None:
    rows = [
        row(2021, 12 * 520_000),
        row(2022, 12 * 560_000),
        row(2023, 5 * 600_000, (1, 2, 3, 4, 5)),
    ]
    lines = pool_lines(rows)
    assert sum(line.base for line in lines) == 15_960_000
    assert sum(line.amount for line in lines) == 1_915_200


def test_22_1_vector_4_336000_at_12_percent_is_40320() -> None:
    assert sum(line.amount for line in pool_lines(FIVE_YEARS)) == 4_032_000


def test_1_3_months_before_1998_have_no_pooled_part() -> None:
    assert [line.year for line in pool_lines([row(1997, 1_000), row(1998, 1_000)])] == [1998]


@pytest.mark.parametrize(
    ("year", "individual", "booked"),
    [(1997, 400, 4_000), (1998, 400, 11_000), (2005, 800, 11_000), (2006, 800, 8_000)],
)
def test_1_3_booked_11_percent_to_2005_and_8_percent_since(
    year: int, individual: int, booked: int
) -> None:
    assert booked_for(row(year, 100_000, individual_rate=individual)) == booked


@pytest.mark.parametrize(
    ("account", "payer", "unit_rate", "ratio"),
    [
        ("normal", "employed", 1_600, 1_200),
        ("normal", "employed", 800, 1_200),
        ("temporary", "employed", 1_600, 1_600),
        ("temporary", "employed", 800, 1_200),
        ("temporary", "flexible", 2_000, 1_200),
        ("normal", "flexible", 2_000, 1_200),
    ],
)
def test_1_3_the_pooled_ratio_is_12_percent_or_a_temporary_accounts_higher_rate(
    account: str, payer: str, unit_rate: int, ratio: int
) -> None:
    one = row(2019, 100, account=account, payer=payer, unit_rate=unit_rate)
    assert pool_basis_points(one) == ratio


def test_1_3_no_interest_on_the_year_of_transfer() -> None:
    rows = (row(2023, 6_000_000), row(2024, 1_000_000, (1, 2)))
    account = account_years(rows, {2023: 397}, without_interest_from=2024)
    assert account[0].interest > 0
    assert account[1].interest == 0
    assert account[1].closing == account[0].closing + 80_000


def test_1_9_interest_of_a_year_is_one_rounded_line() -> None:
    # 100 000.00 for a year at 3.97 %, and a December booking that earns nothing.
    december = row(2023, 600_000, (12,))
    assert year_interest(10_000_000, [december], 397) == 397_000
    january = row(2023, 600_000, (1,))
    assert year_interest(0, [january], 397) == round(48_000 * 11 / 12 * 0.0397)


def test_1_9_an_unknown_interest_rate_is_refused_and_not_guessed() -> None:
    with pytest.raises(Exception, match=PENSION_INTEREST_UNKNOWN.code):
        account_years([row(2010, 100)], {2016: 831}, without_interest_from=2024)


MONTH_SETS = st.sets(st.sampled_from(WHOLE_YEAR), min_size=1).map(lambda s: tuple(sorted(s)))


@st.composite
def relations(draw: Any) -> list[Contribution]:
    """One row a year, over some years since 1998."""
    years = sorted(draw(st.sets(st.integers(1995, 2023), min_size=1, max_size=12)))
    return [
        row(year, draw(st.integers(0, 50_000_000)), draw(MONTH_SETS), unit_rate=rate, account=kind)
        for year in years
        for rate in (draw(st.integers(0, 2_500)),)
        for kind in (draw(st.sampled_from(["normal", "temporary"])),)
    ]


@given(relations(), st.data())
def test_the_total_does_not_change_when_years_are_recorded_in_pieces(
    rows: list[Contribution], data: Any
) -> None:
    pieces = []
    for one in rows:
        if len(one.months) == 1:
            pieces.append(one)
            continue
        cut = data.draw(st.integers(1, len(one.months) - 1))
        base = data.draw(st.integers(0, one.base))
        pieces.append(one.model_copy(update={"months": one.months[:cut], "base": base}))
        pieces.append(one.model_copy(update={"months": one.months[cut:], "base": one.base - base}))
    assert pool_lines(pieces) == pool_lines(rows)


@given(relations())
def test_the_total_is_the_sum_of_rounded_lines_within_half_a_fen_each(
    rows: list[Contribution],
) -> None:
    lines = pool_lines(rows)
    exact = sum(one.base * pool_basis_points(one) for one in rows if one.year >= 1998) / 10_000
    total = transfer_amount(rows, []).pool_total
    assert total == sum(line.amount for line in lines)
    assert abs(total - exact) <= len(lines) / 2 + 0.01


@given(relations(), st.integers(1, 1_000_000))
def test_a_higher_wage_base_never_moves_less(rows: list[Contribution], more: int) -> None:
    raised = [rows[0].model_copy(update={"base": rows[0].base + more}), *rows[1:]]
    assert transfer_amount(raised, []).total >= transfer_amount(rows, []).total


@given(
    st.lists(st.tuples(st.integers(0, 1_000_000), st.integers(0, 100_000)), min_size=1, max_size=9),
    st.data(),
)
def test_a_split_account_sums_to_the_whole_to_the_fen(
    years: list[tuple[int, int]], data: Any
) -> None:
    account, opening = [], 0
    for number, (booked, interest) in enumerate(years):
        closing = opening + booked + interest
        account.append(
            AccountYear(
                year=2010 + number,
                opening=opening,
                booked=booked,
                interest=interest,
                closing=closing,
            )
        )
        opening = closing
    moved = {one.year: one.booked if data.draw(st.booleans()) else 0 for one in account}
    moving, stays = split_account(account, moved)
    closing = moving[-1].closing if moving else 0
    assert closing + stays == account[-1].closing
    assert stays >= 0
    if all(moved[one.year] == one.booked for one in account) and account[0].booked:
        assert moving == tuple(account)
