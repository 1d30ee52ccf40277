"""Months as the unit of insurance: contribution time is counted in them and in nothing else.

A month is one integer, twelve times its year plus its place in the year, so that months compare,
subtract and make sets. 119 months are not ten years.
"""

import re
from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Final

from pydantic import BeforeValidator

from hanse.foundation.languages import Text, titled

MONTHS_A_YEAR: Final = 12
TEN_YEARS_MONTHS: Final = 120
_WRITTEN: Final = re.compile(r"(1[89]|2[01])[0-9]{2}-(0[1-9]|1[0-2])")


def month_of(year: int, month: int) -> int:
    """The month of a year, 1 to 12, as one integer."""
    if not 1 <= month <= MONTHS_A_YEAR:
        raise ValueError(f"a year has months 1 to 12, not {month}")
    return year * MONTHS_A_YEAR + month - 1


def month_at(day: date) -> int:
    """The month in which a day lies."""
    return month_of(day.year, day.month)


def year_of(month: int) -> int:
    """The year of a month."""
    return month // MONTHS_A_YEAR


def written(month: int) -> str:
    """A month as `2019-05`."""
    return f"{year_of(month):04d}-{month % MONTHS_A_YEAR + 1:02d}"


def years(months: int) -> Fraction:
    """A number of months in years, exactly: 270 months are 45/2."""
    return Fraction(months, MONTHS_A_YEAR)


def duration(months: int) -> Text:
    """A number of months in words: 10年4个月, 10 years 4 months."""
    whole, rest = divmod(months, MONTHS_A_YEAR)
    zh = (f"{whole}年" if whole else "") + (f"{rest}个月" if rest or not whole else "")
    parts = [_counted(whole, "year")] if whole else []
    if rest or not whole:
        parts.append(_counted(rest, "month"))
    return Text(zh, " ".join(parts))


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _checked_month(value: Any) -> Any:
    if isinstance(value, str) and _WRITTEN.fullmatch(value):
        return value
    raise ValueError("a month is written YYYY-MM")


YearMonth = Annotated[
    str,
    BeforeValidator(_checked_month),
    titled("年月", "Month", pattern="^[0-9]{4}-[0-9]{2}$", max_length=7),
]
"""A month in a contract, written `YYYY-MM`; it exists."""


def read_month(text: str) -> int:
    """The month of a `YearMonth`."""
    return month_of(int(text[:4]), int(text[5:]))
