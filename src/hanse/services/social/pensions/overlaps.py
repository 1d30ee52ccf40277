"""Months that were paid twice, and pensions that were drawn twice.

One relation is kept for a month ([M] 2016/5); what the individual paid for it elsewhere is
refunded. Who drew two pensions keeps one: the rest of the other account is refunded, what was drawn
twice after 2016/5 took effect is returned, and may be set off against the refund ([V2] Fujian on
2019/94).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from hanse.foundation.money import rounded_half_up
from hanse.services.social.pensions.months import month_at
from hanse.services.social.pensions.parameters import BASIS_POINTS, PensionParameters
from hanse.services.social.pensions.records import Contribution


@dataclass(frozen=True)
class Refund:
    """Months that count elsewhere, and what the individual paid for them, in fen."""

    city: str
    months: tuple[int, ...]
    amount: int


@dataclass(frozen=True)
class Cleared:
    """Rows in which no month stands twice, and what is refunded for the others."""

    contributions: tuple[Contribution, ...]
    refunds: tuple[Refund, ...]


def overlapping_months(contributions: Iterable[Contribution]) -> frozenset[int]:
    """The months that stand in more than one row."""
    seen: set[int] = set()
    twice: set[int] = set()
    for row in contributions:
        twice |= seen & set(row.month_numbers)
        seen |= set(row.month_numbers)
    return frozenset(twice)


def clear_overlaps(contributions: Sequence[Contribution], keep: str) -> Cleared:
    """Each month once: at the place that worker and agency agreed to `keep`, else the later row.

    A row that loses months keeps the wage base of the others in proportion, rounded once; what the
    individual paid for a lost month is refunded.
    """
    holder: dict[int, int] = {}
    for number, row in enumerate(contributions):
        for month in row.month_numbers:
            before = holder.get(month)
            if before is None or row.city == keep or contributions[before].city != keep:
                holder[month] = number
    kept, refunds = [], []
    for number, row in enumerate(contributions):
        lost = tuple(month for month in row.month_numbers if holder[month] != number)
        if lost:
            share = Fraction(row.base * row.individual_rate * len(lost), len(row.months))
            refunds.append(Refund(row.city, lost, rounded_half_up(share / BASIS_POINTS)))
        if len(lost) < len(row.months):
            kept.append(_without(row, lost))
    return Cleared(tuple(kept), tuple(refunds))


def _without(row: Contribution, lost: tuple[int, ...]) -> Contribution:
    if not lost:
        return row
    months = tuple(
        month
        for month, number in zip(row.months, row.month_numbers, strict=True)
        if number not in lost
    )
    share = Fraction(len(months), len(row.months))
    return row.model_copy(
        update={
            "months": months,
            "base": rounded_half_up(row.base * share),
            "booked": rounded_half_up(row.booked * share),
        }
    )


@dataclass(frozen=True)
class DoublePension:
    """What becomes of the pension that is given up, in fen."""

    refund: int
    """The rest of its account, before anything is set off."""
    to_return: int
    """What was drawn twice after the rule took effect."""
    set_off: int

    @property
    def paid_out(self) -> int:
        """What the person receives."""
        return self.refund - self.set_off

    @property
    def still_owed(self) -> int:
        """What the person still has to return."""
        return self.to_return - self.set_off


def end_double_pension(
    account_rest: int,
    drawn: Mapping[int, int],
    parameters: PensionParameters,
    *,
    set_off_agreed: bool,
) -> DoublePension:
    """Give one of two pensions up. `drawn`: fen of the given-up pension by month drawn twice."""
    since = _first_month(parameters.back_payment_documents_from)
    to_return = sum(amount for month, amount in drawn.items() if month >= since)
    set_off = min(account_rest, to_return) if set_off_agreed else 0
    return DoublePension(account_rest, to_return, set_off)


def _first_month(day: date) -> int:
    """The first whole month after a day's own; the day's month itself where it is the first."""
    return month_at(day) + (day.day > 1)
