"""The list of seriously unlawful and dishonest enterprises: SAMR Order 44.

[M] An entry leaves the list by itself after three years, or when a restriction that lasts longer
ends. Early removal may be asked for after one year, when every condition is met.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.working_days import Calendar, Reckoning, add_years
from hanse.services.market.credit.codes import Condition
from hanse.services.market.credit.contracts import ListEntry
from hanse.services.market.credit.parameters import CreditParameters
from hanse.services.market.credit.standing import Standing, refuse_unmet

LIST_REMOVAL_TOO_EARLY = ProblemKind(
    "credit_list_removal_too_early",
    409,
    Text("尚不能申请提前移出名单", "It is too early to ask for removal from the list"),
    Text("请于{earliest}起申请", "Apply from {earliest}"),
)
LIST_ENTRY_NOT_ACTIVE = ProblemKind(
    "credit_list_entry_not_active",
    409,
    Text("主体当日不在名单上", "The subject is not on the list on that day"),
    Text("无需申请移出", "There is nothing to remove"),
)


@dataclass(frozen=True)
class ListPeriods:
    """From when early removal may be asked for, and when the entry leaves by itself."""

    early_from: Reckoning[date]
    leaves: Reckoning[date]
    until: date
    """The later of three years and a longer restriction; on this day it is off the list."""


def list_periods(entry: ListEntry, parameters: CreditParameters) -> ListPeriods:
    """The two dates of an entry, counted from the day of listing."""
    leaves = add_years(entry.listed_on, parameters.serious_list_years)
    until = max(leaves.due, entry.restricted_until or leaves.due)
    early = add_years(entry.listed_on, parameters.serious_list_early_years)
    return ListPeriods(early, leaves, until)


def is_listed(entry: ListEntry, day: date, parameters: CreditParameters) -> bool:
    """Whether the entry stands on `day`."""
    if entry.removed_on is not None and day >= entry.removed_on:
        return False
    return entry.listed_on <= day < list_periods(entry, parameters).until


def on_serious_list(
    entries: Iterable[ListEntry],
    subjects: Collection[str],
    day: date,
    parameters: CreditParameters,
) -> bool:
    """Whether any of the codes, an enterprise and whom it succeeds, is on the list on `day`."""
    return any(entry.subject in subjects and is_listed(entry, day, parameters) for entry in entries)


def check_early_removal(
    entry: ListEntry, standing: Standing, on: date, parameters: CreditParameters
) -> None:
    """Passes where an application for early removal may be filed on `on`; else the refusal."""
    if not is_listed(entry, on, parameters):
        raise LIST_ENTRY_NOT_ACTIVE()
    earliest = list_periods(entry, parameters).early_from.due
    if on < earliest:
        raise LIST_REMOVAL_TOO_EARLY(earliest=earliest)
    refuse_unmet(conditions_of_removal(entry.restricted_until, standing, on))


def conditions_of_removal(
    restricted_until: date | None, standing: Standing, on: date
) -> dict[Condition, bool]:
    """Each condition of SAMR Order 44, and whether it is met."""
    return {
        Condition.DUTY_DONE: standing.duty_done,
        Condition.HARM_REMOVED: standing.harm_removed,
        Condition.NOT_SEVERELY_AGAIN: not standing.severely_punished_again,
        Condition.MEASURES_ENDED: restricted_until is None or restricted_until <= on,
    }


def removal_deadline(
    accepted_on: date, calendar: Calendar, parameters: CreditParameters
) -> Reckoning[date]:
    """By when early removal is decided, from the day of acceptance."""
    return calendar.add_working_days(accepted_on, parameters.serious_list_decide_working_days)
