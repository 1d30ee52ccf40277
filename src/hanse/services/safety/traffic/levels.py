"""Response levels of an interruption of traffic (RULES 14, 公通字〔2008〕54号)."""

from datetime import datetime, timedelta
from typing import Final

from hanse.services.safety.traffic.contracts import Notice
from hanse.services.safety.traffic.parameters import DEFAULTS, TrafficParameters
from hanse.services.safety.traffic.vocabulary import Level, Measure, NoticeStatus

INTERRUPTING: Final = frozenset({Measure.CLOSED})
"""Measures that interrupt traffic in the sense of the levels."""


def level(
    interrupted: timedelta, provinces: int, cities: int, parameters: TrafficParameters = DEFAULTS
) -> Level:
    """The response level of an interruption that seriously affects so many provinces and cities.

    `provinces` and `cities` count the place of the interruption itself. RULES 14, after
    公通字〔2008〕54号: Chengdu-Ya'an blocked for 14 hours, three cities, is level IV, and level III
    from 24 hours.
    """
    if interrupted >= timedelta(hours=parameters.long_hours):
        if provinces >= 3:
            return Level.I
        if provinces >= 2:
            return Level.II
        if cities >= 3:
            return Level.III
    if interrupted >= timedelta(hours=parameters.short_hours) and cities >= 2:
        return Level.IV
    return Level.LOCAL


def interruption(notice: Notice, at: datetime) -> timedelta:
    """How long the notice interrupts traffic: as expected, or as it has lasted where that is more.

    Nothing, where its measure is not a closure.
    """
    if notice.measure not in INTERRUPTING:
        return timedelta(0)
    end = notice.lifted_at
    if end is None:
        end = max(at, notice.expected_end or at)
    return max(end - notice.start, timedelta(0))


def level_of(notice: Notice, at: datetime, parameters: TrafficParameters = DEFAULTS) -> Level:
    """The level that a notice has at `at`, by its interruption and the cities it affects.

    Provinces are told by the first two digits of the cities' codes (GB/T 2260).
    """
    cities = {notice.issuer, *notice.affected_cities}
    provinces = {city[:2] for city in cities}
    return level(interruption(notice, at), len(provinces), len(cities), parameters)


def relevel_due_at(notice: Notice, parameters: TrafficParameters = DEFAULTS) -> datetime | None:
    """The first instant from which the level is another than the declared one; None if never.

    A closure that lasts longer than was expected passes the thresholds by itself: its issuer must
    then publish a version with the new level.
    """
    if notice.status is NoticeStatus.LIFTED:
        return None
    thresholds = (0, parameters.short_hours, parameters.long_hours)
    for hours in thresholds:
        instant = notice.start + timedelta(hours=hours)
        if level_of(notice, instant, parameters) is not notice.level:
            return instant
    return None
