"""What a worker's arrival opens: the relation moves, or it stays and a temporary account opens.

国办发〔2009〕66号, article 5. Household place means the province-level unit. A man of 50 and a
woman of 40 who come to a place outside it keep their relation at the origin, unless an organisation
or personnel department at county level or above ordered the move. Inside a province that pools
there is no age limit: older people move as normal accounts (四川 2014).
"""

from dataclasses import dataclass
from datetime import date

from hanse.foundation.identifiers import Sex
from hanse.foundation.languages import Text
from hanse.foundation.regions import same_province
from hanse.services.social.pensions.codes import Destination, PoolingMode
from hanse.services.social.pensions.parameters import (
    AGE_LIMIT_MAN,
    AGE_LIMIT_WOMAN,
    PoolingSchedule,
)


@dataclass(frozen=True)
class Arrival:
    """The facts that decide what is opened."""

    sex: Sex
    born: date
    applied_on: date
    origin: str
    destination: str
    household_region: str
    by_order: bool = False
    """Moved by order of an organisation or personnel department, county level or above."""


@dataclass(frozen=True)
class DestinationFound:
    """What is opened, and by which rule."""

    destination: Destination
    reason: Text


def pooling_mode(schedule: PoolingSchedule, day: date) -> PoolingMode:
    """The mode that stands on `day`; before the first entry, the first."""
    found = schedule.entries[0].mode
    for entry in schedule.entries:
        if entry.effective_from <= day:
            found = entry.mode
    return found


def age_on(born: date, day: date) -> int:
    """Whole years of age: one more from the birthday on (29 February counts on 1 March)."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def age_limit(sex: Sex) -> int:
    """From which age a relation stays, away from the household's province."""
    return AGE_LIMIT_MAN if sex is Sex.MALE else AGE_LIMIT_WOMAN


def destination_of(arrival: Arrival, mode: PoolingMode) -> DestinationFound:
    """What the new place opens for a worker, and why."""
    if same_province(arrival.destination, arrival.household_region):
        return _normal(
            "返回户籍所在省份，不受年龄限制", "back in the household's province: no age limit"
        )
    if arrival.by_order:
        return _normal("组织人事部门批准调动，不受年龄限制", "moved by order: no age limit")
    pools = mode is PoolingMode.PROVINCE_RELATION_ONLY
    if pools and same_province(arrival.origin, arrival.destination):
        return _normal("省内流动，不受年龄限制", "inside one province that pools: no age limit")
    age, limit = age_on(arrival.born, arrival.applied_on), age_limit(arrival.sex)
    if age < limit:
        return _normal(f"年龄{age}周岁，未满{limit}周岁", f"aged {age}, under {limit}")
    return DestinationFound(
        Destination.TEMPORARY,
        Text(
            f"年满{limit}周岁且新参保地不在户籍所在省份，原关系保留",
            f"aged {age}, {limit} or more, away from the household's province: the relation stays",
        ),
    )


def _normal(zh: str, en: str) -> DestinationFound:
    return DestinationFound(Destination.NORMAL, Text(zh, en))
