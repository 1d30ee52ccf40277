"""Months and payment runs: which month's money is paid when.

A month is one integer, twelve times its year plus its place in the year, so that months compare,
subtract and make ranges.
"""

import re
from calendar import monthrange
from datetime import date
from typing import Annotated, Any, Final

from pydantic import BeforeValidator

from hanse.foundation.languages import titled

MONTHS_A_YEAR: Final = 12
_WRITTEN: Final = re.compile(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])")


def month_at(day: date) -> int:
    """The month in which a day lies."""
    return day.year * MONTHS_A_YEAR + day.month - 1


def written(month: int) -> str:
    """A month as `2026-07`."""
    return f"{month // MONTHS_A_YEAR:04d}-{month % MONTHS_A_YEAR + 1:02d}"


def run_on(month: int, run_day: int) -> date:
    """The day on which a month is paid: that day of it, or its last where it lacks the day."""
    year, place = divmod(month, MONTHS_A_YEAR)
    return date(year, place + 1, min(run_day, monthrange(year, place + 1)[1]))


def first_run_after(day: date, run_day: int) -> int:
    """The month whose payment run is the first after a day."""
    month = month_at(day)
    return month if run_on(month, run_day) > day else month + 1


def _checked(value: Any) -> Any:
    if isinstance(value, str) and _WRITTEN.fullmatch(value):
        return value
    raise ValueError("a month is written YYYY-MM")


YearMonth = Annotated[
    str,
    BeforeValidator(_checked),
    titled("年月", "Month", pattern="^[0-9]{4}-[0-9]{2}$", max_length=7),
]
"""A month in a contract, written `YYYY-MM`; it exists."""


def read_month(text: str) -> int:
    """The month of a `YearMonth`."""
    return int(text[:4]) * MONTHS_A_YEAR + int(text[5:]) - 1
