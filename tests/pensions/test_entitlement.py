"""RULES 1.6: age, minimum years, index and the pension itself."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.identifiers import Sex
from hanse.services.social.pensions import rules
from hanse.services.social.pensions.codes import Track
from hanse.services.social.pensions.entitlement import (
    PENSION_AVERAGE_WAGE_UNKNOWN,
    PENSION_DIVISOR_UNKNOWN,
)
from hanse.services.social.pensions.months import written
from hanse.services.social.pensions.parameters import DEFAULTS
from tests.pensions.examples import row

ROWS = [row(year, yuan * 100) for year, yuan in ((2021, 66_000), (2022, 72_000), (2023, 78_000))]
PLACE_A = {2021: 8_600_000, 2022: 9_000_000, 2023: 9_300_000}
PLACE_B = {2021: 7_200_000, 2022: 7_600_000, 2023: 7_900_000}


@pytest.mark.parametrize(("wages", "index"), [(PLACE_A, "0.8021"), (PLACE_B, "0.9505")])
def test_1_6_example_the_index_uses_the_claim_places_average_wages(
    wages: dict[int, int], index: str
) -> None:
    found = rules.average_index(rules.year_indices(ROWS, wages, DEFAULTS))
    assert f"{float(found):.4f}" == index


def test_1_6_example_basic_1626_91_and_account_690_65_make_2317_56() -> None:
    basic = rules.basic_pension(781_700, Fraction(85, 100), 270)
    account = rules.account_pension(9_600_000, 60, DEFAULTS.divisors.months)
    assert (basic, account, basic + account) == (162_691, 69_065, 231_756)


def test_1_6_the_reckoning_names_each_step_and_sums_rounded_lines() -> None:
    indices = rules.year_indices(ROWS, PLACE_A, DEFAULTS)
    facts = rules.ClaimFacts(indices=indices, months=240, wage=781_700, balance=9_600_000, age=60)
    found = rules.entitlement(facts, DEFAULTS)
    assert found.total == found.basic + found.account
    assert found.account == 69_065
    assert found.explanation[0].en == "index of 2021: 0.7674"
    assert found.explanation[-1].zh.endswith("元")
    assert "0.8021" in found.explanation[4].en


def test_1_6_a_years_index_is_held_between_0_6_and_3() -> None:
    rows = [row(2021, 100), row(2022, 90_000_000), row(2023, 9_300_000)]
    found = rules.year_indices(rows, PLACE_A, DEFAULTS)
    assert [one.counted for one in found] == [Fraction(3, 5), Fraction(3), Fraction(1)]


def test_1_6_a_part_year_is_compared_with_its_share_of_the_average() -> None:
    (found,) = rules.year_indices([row(2021, 4_300_000, (1, 2, 3, 4, 5, 6))], PLACE_A, DEFAULTS)
    assert found.index == 1


def test_1_6_the_average_index_weighs_years_by_their_months() -> None:
    rows = [row(2021, 8_600_000), row(2022, 3 * 2 * 750_000, (1, 2, 3))]
    found = rules.average_index(rules.year_indices(rows, PLACE_A, DEFAULTS))
    assert found == Fraction(12 * 1 + 3 * 2, 15)


def test_1_6_a_missing_average_wage_or_divisor_is_refused_and_not_guessed() -> None:
    with pytest.raises(Exception, match=PENSION_AVERAGE_WAGE_UNKNOWN.code):
        rules.year_indices(ROWS, {2021: 8_600_000}, DEFAULTS)
    with pytest.raises(Exception, match=PENSION_DIVISOR_UNKNOWN.code):
        rules.account_pension(100, 39, DEFAULTS.divisors.months)


@pytest.mark.parametrize(
    ("year", "months"),
    [(2024, 180), (2029, 180), (2030, 186), (2031, 192), (2039, 240), (2050, 240)],
)
def test_1_6_minimum_years_rise_from_2030_by_six_months_a_year(year: int, months: int) -> None:
    assert rules.minimum_months(year) == months


@pytest.mark.parametrize(
    ("track", "born", "delay"),
    [
        (Track.MAN_60, date(1964, 12, 31), 0),
        (Track.MAN_60, date(1965, 1, 1), 1),
        (Track.MAN_60, date(1965, 5, 1), 2),
        (Track.MAN_60, date(1970, 6, 15), 17),
        (Track.MAN_60, date(1990, 1, 1), 36),
        (Track.WOMAN_55, date(1970, 1, 1), 1),
        (Track.WOMAN_50, date(1976, 3, 1), 8),
        (Track.WOMAN_50, date(1990, 1, 1), 60),
    ],
)
def test_1_6_pension_ages_of_the_reform_of_2025(track: Track, born: date, delay: int) -> None:
    assert rules.delay_months(track, born) == delay


def test_1_6_a_man_born_in_june_1970_draws_at_61_years_and_5_months() -> None:
    found = rules.pension_age(Track.MAN_60, date(1970, 6, 15))
    assert divmod(found.months, 12) == (61, 5)
    assert written(found.reached) == "2031-11"
    assert found.explanation.zh == "原60周岁，延迟1年5个月：61年5个月"


def test_1_6_a_track_belongs_to_one_sex() -> None:
    assert rules.fits(Track.MAN_60, Sex.MALE)
    assert not rules.fits(Track.MAN_60, Sex.FEMALE)
    assert rules.fits(Track.WOMAN_50, Sex.FEMALE)


@given(st.sampled_from(list(Track)), st.dates(date(1950, 1, 1), date(2005, 1, 1)))
def test_who_is_born_later_never_draws_at_a_lower_age(track: Track, born: date) -> None:
    later = born + timedelta(days=40)
    assert rules.pension_age(track, later).months >= rules.pension_age(track, born).months


@given(
    st.integers(0, 3_000_000),
    st.integers(60, 300),
    st.integers(1, 600),
    st.integers(0, 10**8),
    st.integers(40, 69),
)
def test_more_years_wages_index_or_balance_never_give_less(
    wage: int, index: int, months: int, balance: int, age: int
) -> None:
    at = Fraction(index, 100)
    basic = rules.basic_pension(wage, at, months)
    assert rules.basic_pension(wage, at, months + 1) >= basic
    assert rules.basic_pension(wage + 1, at, months) >= basic
    assert rules.basic_pension(wage, at + Fraction(1, 100), months) >= basic
    table = DEFAULTS.divisors.months
    account = rules.account_pension(balance, age, table)
    assert rules.account_pension(balance + 1, age, table) >= account
    assert rules.account_pension(balance, age + 1, table) >= account
