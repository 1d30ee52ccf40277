"""Terms: what counts, what moves the last day, and what a calendar cannot know."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import hanse
from hanse.foundation.errors import Problem
from hanse.foundation.working_days import (
    RANGES_NAMED_MAX,
    TERM_COUNT_MAX,
    Calendar,
    Reckoning,
    Term,
    TermUnit,
    add_days,
    add_hours,
    add_months,
    add_years,
    read_reckoning,
)

CHINA = Calendar.from_toml(
    (Path(hanse.__file__).parent / "leagues" / "calendar_cn.toml").read_text("utf-8")
)
DAYS = [CHINA.first_day + timedelta(n) for n in range((CHINA.horizon - CHINA.first_day).days + 1)]
known_days = st.sampled_from(DAYS)


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        (date(2026, 2, 9), 15, date(2026, 3, 6)),
        (date(2026, 4, 30), 3, date(2026, 5, 8)),
        (date(2026, 4, 30), 5, date(2026, 5, 11)),
    ],
)
def test_rules_0_3_working_day_vectors(start: date, count: int, due: date) -> None:
    reckoning = CHINA.add_working_days(start, count)
    assert reckoning.due == due
    assert reckoning.start == start
    assert reckoning.term == Term(count, TermUnit.WORKING_DAYS)
    assert reckoning.calendar_version == CHINA.version


def test_rules_12_registration_filed_before_the_may_holiday() -> None:
    assert CHINA.add_working_days(date(2026, 4, 30), 3).due == date(2026, 5, 8)
    assert CHINA.add_working_days(date(2026, 4, 30), 6).due == date(2026, 5, 12)


def test_explanation_names_the_days_that_moved_the_term() -> None:
    words = CHINA.add_working_days(date(2026, 4, 30), 5).explanation
    assert words.zh == (
        "自2026年4月30日次日起算5个工作日，至2026年5月11日届满；"
        "不计节假日2026年5月1日至2026年5月5日；不计周末1天；计入调休上班的2026年5月9日。"
    )
    assert words.en == (
        "5 working days after 2026-04-30, that day not counted: until 2026-05-11; "
        "holidays not counted: 2026-05-01 to 2026-05-05; weekend days not counted: 1; "
        "weekends that work, counted: 2026-05-09."
    )


def test_explanation_of_a_plain_week_names_nothing_else() -> None:
    words = CHINA.add_working_days(date(2026, 3, 9), 1).explanation
    assert words.en == "1 working day after 2026-03-09, that day not counted: until 2026-03-10."


def test_explanation_of_a_long_term_is_bounded() -> None:
    reckoning = CHINA.add_working_days(date(2024, 1, 1), 700)
    holidays = reckoning.explanation.en.split("; ")[1]
    assert holidays.count("-10-01") == 2, "the third National Day is among those only counted"
    assert holidays.count(",") == RANGES_NAMED_MAX - 1
    assert holidays.endswith(" and 7 more")
    assert "等19段" in reckoning.explanation.zh


@given(known_days, st.integers(1, 40))
def test_working_days_between_start_and_due_are_the_count(start: date, count: int) -> None:
    after = [day for day in DAYS if day > start and CHINA.is_working_day(day)]
    if len(after) < count:
        with pytest.raises(Problem):
            CHINA.add_working_days(start, count)
        return
    due = CHINA.add_working_days(start, count).due
    between = [day for day in DAYS if start < day <= due and CHINA.is_working_day(day)]
    assert len(between) == count
    assert between[-1] == due


@given(known_days, st.integers(1, 20), st.integers(1, 20))
def test_working_days_add_up(start: date, one: int, other: int) -> None:
    assume(start < date(2026, 9, 1))
    together = CHINA.add_working_days(start, one + other).due
    first = CHINA.add_working_days(start, one).due
    assert CHINA.add_working_days(first, other).due == together


def test_civil_code_203_last_day_that_rests_moves_to_the_next_working_day() -> None:
    moved = CHINA.add_calendar_days(date(2026, 4, 30), 3)
    assert moved.due == date(2026, 5, 6)
    assert "顺延至2026年5月6日" in moved.explanation.zh
    assert "2026-05-03 is a rest day" in moved.explanation.en
    unmoved = CHINA.add_calendar_days(date(2026, 4, 30), 9)
    assert unmoved.due == date(2026, 5, 9), "a Saturday on which work is made up"
    assert "顺延" not in unmoved.explanation.zh


@given(known_days, st.integers(1, 60))
def test_calendar_days_end_on_the_first_working_day_not_before_them(
    start: date, count: int
) -> None:
    from_last = [
        day for day in DAYS if day >= start + timedelta(count) and CHINA.is_working_day(day)
    ]
    if not from_last:
        with pytest.raises(Problem):
            CHINA.add_calendar_days(start, count)
        return
    assert CHINA.add_calendar_days(start, count).due == from_last[0]


def test_plain_days_move_for_no_holiday() -> None:
    reckoning = add_days(date(2026, 4, 30), 1)
    assert reckoning.due == date(2026, 5, 1)
    assert reckoning.calendar_version is None


def test_rules_0_3_hours_run_through_nights_and_holidays() -> None:
    china = timezone(timedelta(hours=8))
    start = datetime(2026, 4, 30, 22, 30, tzinfo=china)
    reckoning = add_hours(start, 24)
    assert reckoning.due == datetime(2026, 5, 1, 22, 30, tzinfo=china)
    assert reckoning.due.utcoffset() == timedelta(hours=8)
    assert "2026-05-01 22:30 UTC+08:00" in reckoning.explanation.zh


def test_hours_are_true_hours_where_a_zone_changes_its_clock() -> None:
    start = datetime(1986, 5, 3, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    due = add_hours(start, 24).due
    assert due.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=24)
    assert due.hour == 13, "China kept summer time from 4 May 1986"


def test_civil_code_202_months_end_on_the_corresponding_day() -> None:
    assert add_months(date(2026, 5, 10), 3).due == date(2026, 8, 10)
    assert add_months(date(2026, 11, 30), 2).due == date(2027, 1, 30)
    assert add_years(date(2026, 5, 10), 1).due == date(2027, 5, 10)


def test_civil_code_202_a_missing_day_is_the_last_of_the_month() -> None:
    assert add_months(date(2026, 1, 31), 1).due == date(2026, 2, 28)
    assert add_months(date(2024, 1, 31), 1).due == date(2024, 2, 29)
    leap = add_years(date(2024, 2, 29), 3)
    assert leap.due == date(2027, 2, 28)
    assert "月末日" in leap.explanation.zh


@given(known_days, st.integers(1, 120))
def test_months_keep_the_day_or_take_the_last(start: date, count: int) -> None:
    due = add_months(start, count).due
    assert (due.year - start.year) * 12 + due.month - start.month == count
    assert due.day == start.day or (due + timedelta(1)).day == 1


@given(known_days, st.integers(1, 50))
def test_years_are_twelve_months(start: date, count: int) -> None:
    assert add_years(start, count).due == add_months(start, 12 * count).due


@pytest.mark.parametrize("day", [date(2023, 12, 31), date(2027, 1, 1), date(2027, 6, 1)])
def test_a_day_the_calendar_does_not_know_is_an_error_and_no_guess(day: date) -> None:
    asked: tuple[Callable[[], object], ...] = (
        lambda: CHINA.is_working_day(day),
        lambda: CHINA.add_working_days(day, 1),
        lambda: CHINA.add_calendar_days(day, 1),
    )
    for ask in asked:
        with pytest.raises(Problem) as refused:
            ask()
        assert refused.value.code == "calendar_horizon_passed"
        assert str(CHINA.horizon) in refused.value.hint.zh


def test_a_term_that_runs_past_the_horizon_is_an_error_and_no_guess() -> None:
    assert CHINA.add_working_days(date(2026, 12, 30), 1).due == date(2026, 12, 31)
    for add in (CHINA.add_working_days, CHINA.add_calendar_days):
        with pytest.raises(Problem) as refused:
            add(date(2026, 12, 30), 2)
        assert refused.value.code == "calendar_horizon_passed"
        assert "2027-01-01" in refused.value.hint.en


@pytest.mark.parametrize("count", [0, -1, TERM_COUNT_MAX + 1])
def test_a_term_has_a_length_within_its_limit(count: int) -> None:
    for add in (CHINA.add_working_days, CHINA.add_calendar_days, add_days, add_months, add_years):
        with pytest.raises(ValueError, match="a term is of 1 to"):
            add(date(2026, 3, 2), count)
    with pytest.raises(ValueError, match="a term is of 1 to"):
        add_hours(datetime(2026, 3, 2, tzinfo=UTC), count)


def test_an_instant_is_no_day_and_needs_its_zone() -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    for add in (CHINA.add_working_days, CHINA.add_calendar_days, add_days, add_months, add_years):
        with pytest.raises(TypeError, match="not an instant"):
            add(noon, 1)
    with pytest.raises(ValueError, match="time zone"):
        add_hours(noon.replace(tzinfo=None), 1)


def test_a_reckoning_is_stored_whole() -> None:
    reckoning: Reckoning[date] = CHINA.add_working_days(date(2026, 4, 30), 3)
    assert reckoning.as_dict() == {
        "start": "2026-04-30",
        "term": {"count": 3, "unit": "working_days"},
        "calendar_version": "2024-2026.1",
        "due": "2026-05-08",
        "explanation": reckoning.explanation.as_dict(),
    }


def test_a_stored_reckoning_is_read_as_it_was_made() -> None:
    for reckoning in (
        CHINA.add_working_days(date(2026, 4, 30), 3),
        CHINA.add_calendar_days(date(2026, 4, 30), 3),
        add_days(date(2026, 4, 30), 3),
        add_months(date(2026, 1, 31), 1),
        add_years(date(2024, 2, 29), 1),
    ):
        assert read_reckoning(json.loads(json.dumps(reckoning.as_dict()))) == reckoning


def test_a_reckoning_of_hours_is_not_read_as_days() -> None:
    stored = add_hours(datetime(2026, 4, 30, tzinfo=UTC), 24).as_dict()
    with pytest.raises(ValueError, match="hours"):
        read_reckoning(stored)


@pytest.mark.parametrize(
    "change",
    [
        {"start": "2026-04-31"},
        {"due": None},
        {"term": {"count": 3, "unit": "fortnights"}},
        {"term": {"count": 0, "unit": "years"}},
        {"explanation": {"zh": "三日"}},
    ],
)
def test_a_broken_reckoning_is_not_read(change: dict[str, Any]) -> None:
    stored = CHINA.add_working_days(date(2026, 4, 30), 3).as_dict()
    with pytest.raises((TypeError, ValueError)):
        read_reckoning({**stored, **change})
