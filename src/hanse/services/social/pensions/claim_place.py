"""Where a pension is claimed: 国办发〔2009〕66号, article 6, decided in months.

    1. the relation is at the household's place              -> there
    2. it is elsewhere, with ten years paid at that place    -> there
    3. fewer than ten years there    -> the latest earlier place with ten years
    4. no place reaches ten years    -> the household's place

A temporary account never makes a place; its months add to the total only ([M] 2016/5).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.regions import city_of, province_of
from hanse.services.social.pensions.codes import AccountKind, ClaimRule, ClaimUnit
from hanse.services.social.pensions.months import duration, written
from hanse.services.social.pensions.parameters import ClaimPlaces
from hanse.services.social.pensions.records import Contribution

PENSION_NO_RELATION = ProblemKind(
    "pension_no_relation",
    409,
    Text("没有基本养老保险关系", "There is no pension relation"),
    Text(
        "临时账户不作为待遇领取地的依据，请核对参保记录",
        "A temporary account makes no place of claim: check the rows",
    ),
)


@dataclass(frozen=True)
class PlaceOfClaim:
    """The place, the rule that found it, the months at each place, and the reckoning in words."""

    place: str
    rule: ClaimRule
    months: dict[str, int]
    total_months: int
    explanation: tuple[Text, ...]


@dataclass(frozen=True)
class Stays:
    """The months at each place, and the places in the order of their last month."""

    months: dict[str, int]
    order: tuple[str, ...]
    total_months: int


def unit_of(region: str, unit: ClaimUnit) -> str:
    """The code of the place that a region belongs to; a province's own county is its own place."""
    if unit is ClaimUnit.PROVINCE:
        return province_of(region)
    return city_of(region) or region


def stays_of(contributions: Iterable[Contribution], unit: ClaimUnit) -> Stays:
    """Months by place of normal accounts; each month counts once however often it was paid."""
    paid: dict[str, set[int]] = {}
    every: set[int] = set()
    for row in contributions:
        every.update(row.month_numbers)
        if row.account is AccountKind.NORMAL:
            paid.setdefault(unit_of(row.city, unit), set()).update(row.month_numbers)
    order = sorted(paid, key=lambda place: (max(paid[place]), place))
    return Stays({place: len(paid[place]) for place in order}, tuple(order), len(every))


def place_of_claim(
    contributions: Iterable[Contribution],
    household_region: str,
    places: ClaimPlaces,
) -> PlaceOfClaim:
    """The place of claim. The relation is where the latest normal month was paid.

    Raises `pension_no_relation` where no normal account was ever paid into.
    """
    rows = tuple(contributions)
    stays = stays_of(rows, places.unit)
    if not stays.order:
        raise PENSION_NO_RELATION()
    household = unit_of(household_region, places.unit)
    place, rule = _chosen(stays, household, places.months_min)
    words = [_stay_in_words(stays, one) for one in stays.order]
    words.append(
        Text(
            f"{rule.text.zh}：待遇领取地为{place}",
            f"{rule.text.en}: the pension is claimed at {place}",
        )
    )
    return PlaceOfClaim(place, rule, dict(stays.months), stays.total_months, tuple(words))


def _chosen(stays: Stays, household: str, months_min: int) -> tuple[str, ClaimRule]:
    current = stays.order[-1]
    if current == household:
        return household, ClaimRule.HOUSEHOLD
    if stays.months[current] >= months_min:
        return current, ClaimRule.CURRENT
    for earlier in reversed(stays.order[:-1]):
        if stays.months[earlier] >= months_min:
            return earlier, ClaimRule.EARLIER
    return household, ClaimRule.FALLBACK


def _stay_in_words(stays: Stays, place: str) -> Text:
    words = duration(stays.months[place])
    return Text(f"{place}：{words.zh}", f"{place}: {words.en}")


def last_month(contributions: Iterable[Contribution]) -> str:
    """The latest month paid, as `2019-05`; ValueError where none was."""
    return written(max(month for row in contributions for month in row.month_numbers))
