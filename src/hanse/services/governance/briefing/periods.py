"""Reporting periods: months, quarters, years. Pure."""

from datetime import date, timedelta
from typing import Final

from hanse.services.governance.briefing.codes import Every

MONTHS: Final = {Every.MONTH: 1, Every.QUARTER: 3, Every.YEAR: 12}


def every_of(period: str) -> Every:
    """Whether a period is a month, a quarter or a year."""
    if len(period) == 4:
        return Every.YEAR
    return Every.QUARTER if period[5] == "Q" else Every.MONTH


def year_of(period: str) -> int:
    """The period's year."""
    return int(period[:4])


def last_day(period: str) -> date:
    """The period's last day."""
    every = every_of(period)
    if every is Every.YEAR:
        month = 12
    else:
        month = int(period[6:]) * 3 if every is Every.QUARTER else int(period[5:])
    following = date(year_of(period) + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def year_before(period: str) -> str:
    """The same period of the year before."""
    return f"{year_of(period) - 1:04}{period[4:]}"


def before_in_year(period: str) -> str | None:
    """The period before, where that is in the same year."""
    every = every_of(period)
    if every is Every.YEAR:
        return None
    number = int(period[6:] if every is Every.QUARTER else period[5:])
    if number == 1:
        return None
    mark = "Q" if every is Every.QUARTER else ""
    return f"{period[:4]}-{mark}{number - 1:0{1 if mark else 2}}"


def latest(count: int, until: str) -> list[str]:
    """The periods up to this one, the earliest first; none before 2000."""
    every = every_of(until)
    found = [until]
    per_year = 12 // MONTHS[every]
    mark, digits = ("Q", 1) if every is Every.QUARTER else ("", 2)
    while len(found) < count:
        before = before_in_year(found[-1])
        if before is None:
            year = year_of(found[-1]) - 1
            if year < 2000:
                break
            before = f"{year}" if every is Every.YEAR else f"{year}-{mark}{per_year:0{digits}}"
        found.append(before)
    return found[::-1]
