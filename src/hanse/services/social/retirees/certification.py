"""When a certification ends, and where it stands on a day (RULES of the rolling twelve months).

The day of the evidence counts, not the day on which it was told of: who was seen in March and
found in April is certified until the next March.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from hanse.foundation.working_days import Reckoning, add_months, add_years
from hanse.services.social.retirees.codes import Scheme, Standing
from hanse.services.social.retirees.months import first_run_after
from hanse.services.social.retirees.parameters import RetireesParameters


@dataclass(frozen=True)
class Certified:
    """What the standing of a person's entitlement follows from.

    `arrears` says that months lie unpaid although the person is certified; `lost` that the loss
    was confirmed.
    """

    born: date
    last_evidence: date
    schemes: tuple[Scheme, ...]
    arrears: bool = False
    lost: bool = False


def due_on(
    scheme: Scheme, last_evidence: date, born: date, on: date, parameters: RetireesParameters
) -> Reckoning[date] | None:
    """The last day of a certification, or None for who is under age on the day asked about.

    Who comes of age is certified anew within a period that begins on that birthday.
    """
    adult = add_years(born, parameters.adult_years).due
    if on < adult:
        return None
    return add_months(max(last_evidence, adult), parameters.period_months[scheme])


def earliest_due(
    certified: Certified, on: date, parameters: RetireesParameters
) -> Reckoning[date] | None:
    """The due day that comes first among a person's benefits: one certification serves all."""
    found = [
        due
        for scheme in certified.schemes
        if (due := due_on(scheme, certified.last_evidence, certified.born, on, parameters))
    ]
    return min(found, key=lambda one: one.due, default=None)


def suspended_from(due: date, parameters: RetireesParameters) -> int:
    """The first month that is not paid where nothing is certified by the due day."""
    return first_run_after(due, parameters.payment_run_day)


def is_suspended(due: date | None, month: int, parameters: RetireesParameters) -> bool:
    """Whether a month's run leaves the person out."""
    return due is not None and month >= suspended_from(due, parameters)


def standing(certified: Certified, on: date, parameters: RetireesParameters) -> Standing:
    """Where a person's certification stands on a day; the due day itself is still in time."""
    if certified.lost:
        return Standing.TERMINATED
    reckoned = earliest_due(certified, on, parameters)
    if reckoned is not None and on > reckoned.due:
        # The last run up to today is the month before the first run after today.
        last_run = first_run_after(on, parameters.payment_run_day) - 1
        overdue = is_suspended(reckoned.due, last_run, parameters)
        return Standing.SUSPENDED if overdue else Standing.DUE
    if certified.arrears:
        return Standing.RESTORED
    if reckoned is None:
        return Standing.VALID
    soon = reckoned.due - timedelta(days=parameters.due_soon_days)
    return Standing.DUE_SOON if on >= soon else Standing.VALID


def schemes_of(schemes: Iterable[Scheme]) -> tuple[Scheme, ...]:
    """Each scheme once, in the declared order."""
    held = frozenset(schemes)
    return tuple(scheme for scheme in Scheme if scheme in held)
