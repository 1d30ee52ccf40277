"""The serious list (SAMR Order 44): who is on it on a day, and when an entry leaves."""

from dataclasses import replace
from datetime import date

import pytest

from hanse.foundation.errors import Problem
from hanse.services.market.credit.parameters import DEFAULTS
from hanse.services.market.credit.serious_list import (
    check_early_removal,
    is_listed,
    list_periods,
    on_serious_list,
    removal_deadline,
)
from hanse.services.market.credit.standing import Standing
from tests.credit.examples import CALENDAR, CLEAN, ENTERPRISE, OTHER_ENTERPRISE, list_entry


def test_rules_11_1_serious_list_leaves_after_three_years_early_after_one() -> None:
    periods = list_periods(list_entry(), DEFAULTS)
    assert periods.early_from.due == date(2027, 5, 10)
    assert periods.leaves.due == date(2029, 5, 10)
    assert periods.until == date(2029, 5, 10)


def test_rules_11_1_early_removal_is_decided_in_15_working_days() -> None:
    assert removal_deadline(date(2026, 2, 9), CALENDAR, DEFAULTS).due == date(2026, 3, 6)


def test_a_longer_restriction_keeps_an_entry_on_the_list() -> None:
    entry = list_entry(restricted_until=date(2031, 5, 10))
    assert is_listed(entry, date(2031, 5, 9), DEFAULTS)
    assert not is_listed(entry, date(2031, 5, 10), DEFAULTS)


@pytest.mark.parametrize(
    ("day", "listed"),
    [
        (date(2026, 5, 9), False),
        (date(2026, 5, 10), True),
        (date(2029, 5, 9), True),
        (date(2029, 5, 10), False),
    ],
)
def test_an_entry_stands_from_its_listing_until_it_leaves(day: date, listed: bool) -> None:
    assert is_listed(list_entry(), day, DEFAULTS) is listed


def test_a_removed_entry_stands_no_more() -> None:
    entry = list_entry(removed_on=date(2027, 6, 1))
    assert is_listed(entry, date(2027, 5, 31), DEFAULTS)
    assert not is_listed(entry, date(2027, 6, 1), DEFAULTS)


def test_the_flag_follows_the_code_and_its_predecessors() -> None:
    day = date(2026, 6, 1)
    assert on_serious_list([list_entry()], {ENTERPRISE}, day, DEFAULTS)
    assert on_serious_list([list_entry()], {OTHER_ENTERPRISE, ENTERPRISE}, day, DEFAULTS)
    assert not on_serious_list([list_entry()], {OTHER_ENTERPRISE}, day, DEFAULTS)
    assert not on_serious_list([], {ENTERPRISE}, day, DEFAULTS)


def test_early_removal_with_every_condition_met() -> None:
    check_early_removal(list_entry(), CLEAN, date(2027, 5, 10), DEFAULTS)


def test_early_removal_before_a_year_is_refused() -> None:
    with pytest.raises(Problem) as refused:
        check_early_removal(list_entry(), CLEAN, date(2027, 5, 9), DEFAULTS)
    assert refused.value.code == "credit_list_removal_too_early"
    assert "2027-05-10" in refused.value.hint.zh


def test_removal_of_what_is_not_on_the_list_is_refused() -> None:
    for day in (date(2026, 5, 9), date(2029, 5, 10)):
        with pytest.raises(Problem) as refused:
            check_early_removal(list_entry(), CLEAN, day, DEFAULTS)
        assert refused.value.code == "credit_list_entry_not_active"


@pytest.mark.parametrize(
    ("standing", "named"),
    [
        (replace(CLEAN, duty_done=False), "已履行处罚决定规定的义务"),
        (replace(CLEAN, harm_removed=False), "已消除危害后果和不良影响"),
        (replace(CLEAN, severely_punished_again=True), "未再受较重行政处罚"),
    ],
)
def test_each_condition_of_early_removal_is_named_where_it_is_not_met(
    standing: Standing, named: str
) -> None:
    with pytest.raises(Problem) as refused:
        check_early_removal(list_entry(), standing, date(2027, 5, 10), DEFAULTS)
    assert refused.value.code == "credit_conditions_unmet"
    assert refused.value.hint.zh == f"尚需符合：{named}"


def test_measures_of_their_own_term_must_have_ended() -> None:
    entry = list_entry(restricted_until=date(2028, 1, 1))
    with pytest.raises(Problem) as refused:
        check_early_removal(entry, CLEAN, date(2027, 12, 31), DEFAULTS)
    assert "管理措施期限已届满" in refused.value.hint.zh
    check_early_removal(entry, CLEAN, date(2028, 1, 1), DEFAULTS)


def test_what_is_not_known_counts_against_the_subject() -> None:
    with pytest.raises(Problem) as refused:
        check_early_removal(list_entry(), Standing(), date(2027, 5, 10), DEFAULTS)
    assert refused.value.hint.zh.count("、") >= 2
