"""From what age and after how many years a pension is due: the rules of 2025 and 2030.

国务院关于渐进式延迟法定退休年龄的办法, articles 1 and 2: from 2025 on the ages of 60 and 55 rise by
one month for every four months of birth, to 63 and 58; the age of 50 by one for every two, to 55.
The minimum of 15 years (社会保险法, article 16) rises by six months a year from 2030, to 20.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from hanse.foundation.identifiers import Sex
from hanse.foundation.languages import Text
from hanse.services.social.pensions.codes import Track
from hanse.services.social.pensions.months import MONTHS_A_YEAR, duration, month_at, month_of


@dataclass(frozen=True)
class AgeRise:
    """How one group's pension age rises."""

    former_years: int
    first_born: int
    """The month of birth from which the age rises."""
    births_a_step: int
    """So many months of birth make one month of delay."""
    delay_max_months: int


RISES: Final[Mapping[Track, AgeRise]] = {
    Track.MAN_60: AgeRise(60, month_of(1965, 1), 4, 36),
    Track.WOMAN_55: AgeRise(55, month_of(1970, 1), 4, 36),
    Track.WOMAN_50: AgeRise(50, month_of(1975, 1), 2, 60),
}
MINIMUM_MONTHS: Final = 180
MINIMUM_MONTHS_LAST: Final = 240
MINIMUM_RISES_FROM: Final = 2030
MINIMUM_STEP_MONTHS: Final = 6


@dataclass(frozen=True)
class PensionAge:
    """The age in months, the month in which it is reached, and why."""

    months: int
    reached: int
    explanation: Text


def fits(track: Track, sex: Sex) -> bool:
    """Whether a track is one for a person of this sex."""
    return (track is Track.MAN_60) == (sex is Sex.MALE)


def delay_months(track: Track, born: date) -> int:
    """By how many months the former age is delayed for one born in this month."""
    rise = RISES[track]
    after = month_at(born) - rise.first_born
    if after < 0:
        return 0
    return min(after // rise.births_a_step + 1, rise.delay_max_months)


def pension_age(track: Track, born: date) -> PensionAge:
    """The pension age of one born on a day, and when it is reached."""
    rise, delay = RISES[track], delay_months(track, born)
    months = rise.former_years * MONTHS_A_YEAR + delay
    age, late = duration(months), duration(delay)
    words = Text(
        f"原{rise.former_years}周岁，延迟{late.zh}：{age.zh}",
        f"formerly {rise.former_years} years, delayed by {late.en}: {age.en}",
    )
    return PensionAge(months, month_at(born) + months, words)


def minimum_months(year: int) -> int:
    """The least months of contributions for a monthly pension, by the year of the claim."""
    if year < MINIMUM_RISES_FROM:
        return MINIMUM_MONTHS
    risen = MINIMUM_MONTHS + MINIMUM_STEP_MONTHS * (year - MINIMUM_RISES_FROM + 1)
    return min(risen, MINIMUM_MONTHS_LAST)
