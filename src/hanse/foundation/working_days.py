"""Terms and the days they end on, with the reason in words.

A calendar is versioned league data with an explicit horizon: past it there is an error, never a
guess. What each term means:

- working days: the start day is not counted; rest days of the State Council are skipped, and
  weekends on which work is made up count (practice of the administrative procedure laws);
- calendar days: the start day is not counted; a last day that rests moves to the next working day
  (Civil Code, article 203);
- hours: they run through nights and holidays;
- months and years: to the day of the same number, or the last of the month where it lacks that
  day (Civil Code, article 202). Publication periods end then, and are moved by no holiday.
"""

import calendar as months
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final, Generic, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    field_serializer,
    model_validator,
)

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled

CALENDAR_HORIZON_PASSED = ProblemKind(
    "calendar_horizon_passed",
    422,
    Text("工作日历未覆盖该日期", "The calendar of working days does not reach this day"),
    Text(
        "日历{version}只含{first_day}至{horizon}，请联盟更新日历后再办理{day}的期限",
        "Calendar {version} holds {first_day} to {horizon}: have the league extend it to {day}",
    ),
)
CALENDAR_INVALID = ProblemKind(
    "calendar_invalid",
    422,
    Text("工作日历数据有误", "The calendar of working days is not valid"),
    Text("请更正以下内容：{faults}", "Correct these: {faults}"),
)

TERM_COUNT_MAX: Final = 10_000
REST_DAYS_MAX: Final = 2_000
WORKING_WEEKENDS_MAX: Final = 500
CALENDAR_DAYS_MAX: Final = 20_000
RANGES_NAMED_MAX: Final = 12
"""Rest periods that an explanation names; the rest it counts."""

_SATURDAY: Final = 5
_ONE_DAY: Final = timedelta(days=1)

When = TypeVar("When", date, datetime)


class TermUnit(StrEnum):
    """What a term is counted in."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    HOURS = "hours"
    MONTHS = "months"
    YEARS = "years"


_UNIT_WORDS: Final = {
    TermUnit.WORKING_DAYS: Text("个工作日", "working day"),
    TermUnit.CALENDAR_DAYS: Text("日", "day"),
    TermUnit.HOURS: Text("小时", "hour"),
    TermUnit.MONTHS: Text("个月", "month"),
    TermUnit.YEARS: Text("年", "year"),
}


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time as the law states it: `20 working days`."""

    count: int
    unit: TermUnit

    def __post_init__(self) -> None:
        if not 1 <= self.count <= TERM_COUNT_MAX:
            raise ValueError(f"a term is of 1 to {TERM_COUNT_MAX} {self.unit}, not {self.count}")

    @property
    def text(self) -> Text:
        """The term in words."""
        words = _UNIT_WORDS[self.unit]
        plural = "" if self.count == 1 else "s"
        return Text(f"{self.count}{words.zh}", f"{self.count} {words.en}{plural}")


@dataclass(frozen=True, slots=True)
class Reckoning(Generic[When]):
    """When a term ends, and why: the form in which a deadline is stored and shown.

    `calendar_version` is None where no calendar was asked (hours, days, months, years).
    """

    start: When
    term: Term
    calendar_version: str | None
    due: When
    explanation: Text

    def as_dict(self) -> dict[str, Any]:
        """The reckoning as JSON can hold it; days and instants in ISO 8601."""
        return {
            "start": self.start.isoformat(),
            "term": {"count": self.term.count, "unit": self.term.unit.value},
            "calendar_version": self.calendar_version,
            "due": self.due.isoformat(),
            "explanation": self.explanation.as_dict(),
        }


def read_reckoning(stored: Mapping[str, Any]) -> Reckoning[date]:
    """A reckoning in days, months or years as `as_dict` gave it, unchanged: it is not made again.

    A deadline keeps the calendar that it was reckoned with. KeyError, TypeError or ValueError
    where `stored` is not what `as_dict` gives, or is of hours.
    """
    term = Term(stored["term"]["count"], TermUnit(stored["term"]["unit"]))
    if term.unit is TermUnit.HOURS:
        raise ValueError("a reckoning of hours is between instants, not days")
    return Reckoning(
        date.fromisoformat(stored["start"]),
        term,
        stored["calendar_version"],
        date.fromisoformat(stored["due"]),
        Text(**stored["explanation"]),
    )


def _iso_day(value: Any) -> Any:
    """Nothing but a day or `YYYY-MM-DD`: others would also be read as days."""
    if isinstance(value, str) and re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return date.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise ValueError("a day is written YYYY-MM-DD")


Day = Annotated[date, BeforeValidator(_iso_day)]
"""A calendar day, written `YYYY-MM-DD`."""


class Calendar(BaseModel):
    """Which days work, from `first_day` to `horizon`, both included."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, titled("日历名称", "Calendar", min_length=1, max_length=64)]
    version: Annotated[str, titled("日历版本", "Version", min_length=1, max_length=64)]
    source: Annotated[str, titled("依据", "Source", min_length=1, max_length=500)]
    first_day: Annotated[Day, titled("首日", "First day")]
    horizon: Annotated[Day, titled("末日", "Last day")]
    rest_days: Annotated[
        frozenset[Day], titled("节假日休息日", "Rest days", max_length=REST_DAYS_MAX)
    ]
    working_weekends: Annotated[
        frozenset[Day],
        titled("调休上班日", "Weekends that work", max_length=WORKING_WEEKENDS_MAX),
    ]

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if not self.first_day <= self.horizon:
            raise ValueError("the first day is after the horizon")
        if (self.horizon - self.first_day).days >= CALENDAR_DAYS_MAX:
            raise ValueError(f"a calendar holds at most {CALENDAR_DAYS_MAX} days")
        outside = [day for day in self.rest_days | self.working_weekends if not self.covers(day)]
        if outside:
            raise ValueError(f"{min(outside)} is not between the first day and the horizon")
        if both := self.rest_days & self.working_weekends:
            raise ValueError(f"{min(both)} cannot both rest and work")
        if weekdays := [day for day in self.working_weekends if day.weekday() < _SATURDAY]:
            raise ValueError(f"{min(weekdays)} is no Saturday or Sunday")
        return self

    @field_serializer("rest_days", "working_weekends")
    def _in_order(self, days: frozenset[date]) -> list[date]:
        return sorted(days)

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> "Calendar":
        """The calendar of a charter's values; raises `calendar_invalid`."""
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise CALENDAR_INVALID(faults=_faults(error)) from None

    @classmethod
    def from_json(cls, data: str | bytes) -> "Calendar":
        """The calendar of a JSON text; raises `calendar_invalid`."""
        try:
            return cls.model_validate_json(data)
        except ValidationError as error:
            raise CALENDAR_INVALID(faults=_faults(error)) from None

    @classmethod
    def from_toml(cls, text: str) -> "Calendar":
        """The calendar of a TOML text, such as `leagues/calendar_cn.toml`."""
        try:
            return cls.from_values(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise CALENDAR_INVALID(faults=str(error)) from None

    def as_values(self) -> dict[str, Any]:
        """The calendar as a charter carries it: text, and days in order as `YYYY-MM-DD`."""
        return self.model_dump(mode="json")

    def to_json(self) -> str:
        """The calendar as JSON, its days in order: the same calendar, the same text."""
        return self.model_dump_json()

    def covers(self, day: date) -> bool:
        """Whether the calendar knows `day`."""
        return self.first_day <= day <= self.horizon

    def is_working_day(self, day: date) -> bool:
        """Whether `day` works; raises `calendar_horizon_passed` for a day it does not know."""
        _only_a_day(day)
        if not self.covers(day):
            raise CALENDAR_HORIZON_PASSED(
                version=self.version, first_day=self.first_day, horizon=self.horizon, day=day
            )
        if day in self.working_weekends:
            return True
        return day not in self.rest_days and day.weekday() < _SATURDAY

    def add_working_days(self, start: date, count: int) -> Reckoning[date]:
        """The working day that is `count` working days after `start`, which is not counted.

        Raises `calendar_horizon_passed` where `start` or any day on the way is not known.
        """
        term = Term(count, TermUnit.WORKING_DAYS)
        self.is_working_day(start)
        day, left = start, count
        while left:
            day += _ONE_DAY
            left -= self.is_working_day(day)
        words = _joined(
            Text(
                f"自{_zh(start)}次日起算{term.text.zh}，至{_zh(day)}届满",
                f"{term.text.en} after {start}, that day not counted: until {day}",
            ),
            *self._what_moved(start, day),
        )
        return Reckoning(start, term, self.version, day, words)

    def add_calendar_days(self, start: date, count: int) -> Reckoning[date]:
        """The day `count` days after `start`; where it rests, the next working day.

        Raises `calendar_horizon_passed` where `start` or any day that is asked is not known.
        """
        term = Term(count, TermUnit.CALENDAR_DAYS)
        self.is_working_day(start)
        last = due = start + timedelta(days=count)
        while not self.is_working_day(due):
            due += _ONE_DAY
        words = _joined(
            Text(
                f"自{_zh(start)}次日起算{term.text.zh}，至{_zh(last)}",
                f"{term.text.en} after {start}, that day not counted: until {last}",
            ),
            *self._what_rolled(last, due),
        )
        return Reckoning(start, term, self.version, due, words)

    def _what_moved(self, start: date, due: date) -> list[Text]:
        """What the days after `start` up to `due` have that an ordinary week has not."""
        days = [start + timedelta(days=n) for n in range(1, (due - start).days + 1)]
        rest = [day for day in days if day in self.rest_days]
        made_up = [day for day in days if day in self.working_weekends]
        weekend = sum(1 for day in days if not self.is_working_day(day)) - len(rest)
        parts = []
        if rest:
            zh, en = _ranges(rest)
            parts.append(Text(f"不计节假日{zh}", f"holidays not counted: {en}"))
        if weekend:
            parts.append(Text(f"不计周末{weekend}天", f"weekend days not counted: {weekend}"))
        if made_up:
            zh, en = _ranges(made_up)
            parts.append(Text(f"计入调休上班的{zh}", f"weekends that work, counted: {en}"))
        return parts

    def _what_rolled(self, last: date, due: date) -> list[Text]:
        if due == last:
            return []
        return [
            Text(
                f"{_zh(last)}为休息日，顺延至{_zh(due)}",
                f"{last} is a rest day, so the term ends on the next working day, {due}",
            )
        ]


def add_days(start: date, count: int) -> Reckoning[date]:
    """The day `count` days after `start`, whether it rests or works: for what a machine does."""
    _only_a_day(start)
    term = Term(count, TermUnit.CALENDAR_DAYS)
    due = start + timedelta(days=count)
    words = Text(
        f"自{_zh(start)}次日起连续计算{term.text.zh}，至{_zh(due)}届满，休息日照计。",
        f"{term.text.en} after {start}, rest days included: until {due}.",
    )
    return Reckoning(start, term, None, due, words)


def add_hours(start: datetime, count: int) -> Reckoning[datetime]:
    """The instant `count` hours after `start`, through nights and holidays, in `start`'s zone."""
    if start.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    term = Term(count, TermUnit.HOURS)
    due = (start.astimezone(UTC) + timedelta(hours=count)).astimezone(start.tzinfo)
    begin, end = f"{start:%Y-%m-%d %H:%M %Z}", f"{due:%Y-%m-%d %H:%M %Z}"
    words = Text(
        f"自{begin}起连续计算{term.text.zh}，至{end}届满，夜间和休息日照计。",
        f"{term.text.en} from {begin}, nights and rest days included: until {end}.",
    )
    return Reckoning(start, term, None, due, words)


def add_months(start: date, count: int) -> Reckoning[date]:
    """The day of the same number `count` months later, or that month's last day."""
    return _corresponding_day(start, count, Term(count, TermUnit.MONTHS))


def add_years(start: date, count: int) -> Reckoning[date]:
    """The same day `count` years later; 28 February where 29 February is missing."""
    return _corresponding_day(start, 12 * count, Term(count, TermUnit.YEARS))


def _corresponding_day(start: date, month_count: int, term: Term) -> Reckoning[date]:
    _only_a_day(start)
    year, month = divmod(start.year * 12 + start.month - 1 + month_count, 12)
    last = months.monthrange(year, month + 1)[1]
    due = date(year, month + 1, min(start.day, last))
    words = Text(
        f"自{_zh(start)}起{term.text.zh}，至{_zh(due)}届满",
        f"{term.text.en} from {start}: until {due}",
    )
    if start.day > last:
        words = _joined(
            words,
            Text(
                "该月没有对应日，以月末日为准", "that month lacks the day, so its last day counts"
            ),
        )
    return Reckoning(start, term, None, due, words)


def _only_a_day(day: date) -> None:
    if isinstance(day, datetime):
        raise TypeError("a day is wanted, not an instant: take the local date first")


def _zh(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _joined(*parts: Text) -> Text:
    return Text(
        "；".join(part.zh for part in parts) + "。", "; ".join(part.en for part in parts) + "."
    )


def _ranges(days: Iterable[date]) -> tuple[str, str]:
    """Days in order as runs, in Chinese and English; past the limit only their number."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == _ONE_DAY:
            runs[-1].append(day)
        else:
            runs.append([day])
    named, more = runs[:RANGES_NAMED_MAX], len(runs) - RANGES_NAMED_MAX
    zh = "、".join(_zh(r[0]) if len(r) == 1 else f"{_zh(r[0])}至{_zh(r[-1])}" for r in named)
    en = ", ".join(f"{r[0]}" if len(r) == 1 else f"{r[0]} to {r[-1]}" for r in named)
    if more > 0:
        return f"{zh}等{len(runs)}段", f"{en} and {more} more"
    return zh, en


def _faults(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(
        f"{'.'.join(str(part) for part in one['loc']) or 'calendar'}: {one['msg']}"
        for one in found[:10]
    )
