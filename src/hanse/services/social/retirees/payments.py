"""Which months are paid in a run, which are owed, and which were paid too much."""

from collections.abc import Collection
from datetime import date

from hanse.services.social.retirees.certification import is_suspended
from hanse.services.social.retirees.parameters import RetireesParameters


def months_to_pay(
    since: int,
    run: int,
    paid: Collection[int],
    due: date | None,
    lost_in: int | None,
    parameters: RetireesParameters,
) -> tuple[int, ...]:
    """The months that the run of month `run` pays for one benefit: arrears first, the month last.

    `since` is the first month of entitlement and `due` the day on which the certification ends.
    A run that the person is suspended from pays nothing; the next one after a certification pays
    what was missed. After a loss in month `lost_in` that month is the last, and what had been held
    back until then is paid all the same.
    """
    if lost_in is None and is_suspended(due, run, parameters):
        return ()
    last = run if lost_in is None else min(run, lost_in)
    return tuple(month for month in range(since, last + 1) if month not in paid)


def missed_months(
    since: int, run: int, paid: Collection[int], lost_in: int | None = None
) -> tuple[int, ...]:
    """The months before the coming run that were not paid."""
    last = run - 1 if lost_in is None else min(run - 1, lost_in)
    return tuple(month for month in range(since, last + 1) if month not in paid)


def overpaid_months(paid: Collection[int], lost_in: int) -> tuple[int, ...]:
    """The months that were paid after the month of the loss: these are claimed back."""
    return tuple(sorted(month for month in paid if month > lost_in))
