"""The calendar as league data: what it says, what it refuses, and two outside calendars."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from importlib import resources
from typing import Any

import chinese_calendar
import holidays
import pytest

from hanse.foundation.errors import Problem
from hanse.foundation.working_days import Calendar

TOML = (resources.files("hanse.leagues") / "calendar_cn.toml").read_text("utf-8")
CHINA = Calendar.from_toml(TOML)
GOOD: dict[str, Any] = {
    "name": "test",
    "version": "1",
    "source": "a notice",
    "first_day": "2026-01-01",
    "horizon": "2026-01-31",
    "rest_days": ["2026-01-01", "2026-01-02"],
    "working_weekends": ["2026-01-04"],
}


def days_of_the_calendar() -> list[date]:
    count = (CHINA.horizon - CHINA.first_day).days + 1
    return [CHINA.first_day + timedelta(n) for n in range(count)]


def test_the_calendar_covers_three_whole_years() -> None:
    assert (CHINA.first_day, CHINA.horizon) == (date(2024, 1, 1), date(2026, 12, 31))
    assert len(days_of_the_calendar()) == 366 + 365 + 365


def test_chinesecalendar_agrees_on_every_day() -> None:
    differing = [
        day
        for day in days_of_the_calendar()
        if chinese_calendar.is_workday(day) != CHINA.is_working_day(day)
    ]
    assert differing == []


def test_holidays_agrees_on_every_day() -> None:
    china = holidays.country_holidays("CN", years=range(2024, 2027))
    differing = [
        day
        for day in days_of_the_calendar()
        if china.is_working_day(day) != CHINA.is_working_day(day)
    ]
    assert differing == []


def test_rules_0_3_days_of_2026() -> None:
    rest = [
        (date(2026, 1, 1), 3),
        (date(2026, 2, 15), 9),
        (date(2026, 4, 4), 3),
        (date(2026, 5, 1), 5),
        (date(2026, 6, 19), 3),
        (date(2026, 9, 25), 3),
        (date(2026, 10, 1), 7),
    ]
    expected = {first + timedelta(n) for first, count in rest for n in range(count)}
    assert {day for day in CHINA.rest_days if day.year == 2026} == expected
    made_up = {(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)}
    assert {(d.month, d.day) for d in CHINA.working_weekends if d.year == 2026} == made_up


def test_every_make_up_day_is_paid_by_a_weekday_of_rest() -> None:
    """The notices move rest days, they give none away: as many weekends work as weekdays rest
    beyond the statutory days (11 a year, 13 from 2025)."""
    for year, statutory_weekdays_and_observed in ((2024, 11), (2025, 13), (2026, 13)):
        resting_weekdays = [d for d in CHINA.rest_days if d.year == year and d.weekday() < 5]
        made_up = [d for d in CHINA.working_weekends if d.year == year]
        assert len(resting_weekdays) - len(made_up) == statutory_weekdays_and_observed


def test_json_and_values_give_the_same_calendar_and_the_same_text() -> None:
    assert Calendar.from_json(CHINA.to_json()) == CHINA
    assert Calendar.from_values(CHINA.as_values()) == CHINA
    assert Calendar.from_json(CHINA.to_json()).to_json() == CHINA.to_json()
    values = CHINA.as_values()
    assert values["rest_days"] == sorted(values["rest_days"])
    assert json.loads(CHINA.to_json()) == values


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"horizon": "2025-12-31"}, "the first day is after the horizon"),
        ({"horizon": "2099-12-31"}, "a calendar holds at most"),
        ({"rest_days": ["2026-02-01"]}, "2026-02-01 is not between"),
        ({"working_weekends": ["2025-12-28"]}, "2025-12-28 is not between"),
        ({"working_weekends": ["2026-01-05"]}, "2026-01-05 is no Saturday or Sunday"),
        (
            {"rest_days": ["2026-01-03"], "working_weekends": ["2026-01-03"]},
            "2026-01-03 cannot both rest and work",
        ),
        ({"first_day": "2026-02-30"}, "first_day"),
        ({"first_day": "20260101"}, "first_day"),
        ({"first_day": "2026-W01-1"}, "first_day"),
        ({"first_day": "2026-01-01T00:00:00"}, "first_day"),
        ({"first_day": 1767225600}, "first_day"),
        ({"rest_days": [20454]}, "rest_days"),
        ({"rest_days": "2026-01-01"}, "rest_days"),
        ({"rest_days": None}, "rest_days"),
        ({"name": ""}, "name"),
        ({"source": ""}, "source"),
        ({"version": "v" * 65}, "version"),
        ({"holidays": []}, "holidays"),
    ],
)
def test_a_broken_calendar_is_refused_and_the_fault_named(
    change: dict[str, Any], said: str
) -> None:
    assert Calendar.from_values(GOOD)
    ways: tuple[Callable[[], Calendar], ...] = (
        lambda: Calendar.from_values({**GOOD, **change}),
        lambda: Calendar.from_json(json.dumps({**GOOD, **change})),
    )
    for read in ways:
        with pytest.raises(Problem) as refused:
            read()
        assert refused.value.code == "calendar_invalid"
        assert said in refused.value.hint.en


def test_a_calendar_lacking_a_part_is_refused() -> None:
    for part in GOOD:
        values = {name: value for name, value in GOOD.items() if name != part}
        with pytest.raises(Problem) as refused:
            Calendar.from_values(values)
        assert part in refused.value.hint.en


@pytest.mark.parametrize("text", ["", "[", "null", "[]", '{"name": 1}', "\x00"])
def test_what_is_no_calendar_is_refused(text: str) -> None:
    for read in (Calendar.from_json, Calendar.from_toml):
        with pytest.raises(Problem) as refused:
            read(text)
        assert refused.value.code == "calendar_invalid"


def test_a_toml_instant_is_no_day() -> None:
    with pytest.raises(Problem) as refused:
        Calendar.from_toml(
            TOML.replace("first_day = 2024-01-01", "first_day = 2024-01-01T00:00:00")
        )
    assert "first_day" in refused.value.hint.en


def test_too_many_days_are_refused() -> None:
    days = [str(date(2000, 1, 1) + timedelta(n)) for n in range(2_001)]
    with pytest.raises(Problem) as refused:
        Calendar.from_values({**GOOD, "first_day": "2000-01-01", "rest_days": days})
    assert "rest_days" in refused.value.hint.en
