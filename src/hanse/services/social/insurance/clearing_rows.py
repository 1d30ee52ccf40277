"""The month's clearing between cities: rows by insured city, treated city, scheme and month.

RULES 3.4 and 3.6: gross rows are kept, only the transfer is netted; a reversal after clearing makes
a negative row in the next month; late bills are taken for two months; a year is cleared at the
latest in the first quarter of the next.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.working_days import add_months
from hanse.services.social.insurance.codes import Scheme

LATE_MONTHS_MAX: Final = 2
"""[M] late bills are taken at most two months after their own."""
YEAR_CLOSES_MONTH: Final = 3
"""[V2] a year's bills are cleared by the end of the next year's first quarter."""

BILL_TOO_LATE = ProblemKind(
    "insurance_bill_too_late",
    409,
    Text("费用已超过清算期限", "The bill is too late for clearing"),
    Text("{month}的费用最迟在{last}清算，请走年度协商", "Bills of {month} are cleared by {last}"),
)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month of a day."""
        return cls(day.year, day.month)

    def later(self, months: int) -> "Month":
        """The month that many later."""
        shifted = add_months(date(self.year, self.number, 1), months).due if months else None
        return Month.of(shifted) if shifted else self

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


@dataclass(frozen=True, slots=True)
class Settled:
    """What clearing needs of one settlement or reversal; a reversal's amounts are negative."""

    settlement: str
    insured_city: str
    treated_city: str
    scheme: Scheme
    total_fen: int
    fund_fen: int
    """What the insuring city owes: basic fund and further layers."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the month's clearing table. Fen."""

    count: int = 0
    total_fen: int = 0
    fund_fen: int = 0
    deducted_fen: int = 0
    """Taken off by the audit of the insuring city; not owed."""

    @property
    def owed_fen(self) -> int:
        """What is owed for the row."""
        return self.fund_fen - self.deducted_fen


RowKey = tuple[str, str, Scheme]
"""Insured city, treated city, scheme."""


def rows(
    settled: Iterable[Settled], deductions: Mapping[str, int] | None = None
) -> dict[RowKey, Row]:
    """The rows of one month; `deductions` by settlement, in fen, none above what was paid."""
    taken = dict(deductions or {})
    sums: dict[RowKey, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for one in settled:
        deducted = taken.pop(one.settlement, 0)
        if not 0 <= deducted <= max(one.fund_fen, 0):
            raise ValueError("a deduction is within what the fund paid")
        row = sums[one.insured_city, one.treated_city, one.scheme]
        row[0] += 1 if one.fund_fen >= 0 and one.total_fen >= 0 else -1
        row[1] += one.total_fen
        row[2] += one.fund_fen
        row[3] += deducted
    if taken:
        raise ValueError(f"a deduction from {min(taken)}, which is not in the month")
    return {key: Row(*values) for key, values in sums.items()}


def net(gross: Mapping[RowKey, Row]) -> dict[tuple[str, str], int]:
    """What each city pays another after netting the pair, in fen; only positive amounts stand."""
    owed: dict[tuple[str, str], int] = defaultdict(int)
    for (insured, treated, _), row in gross.items():
        if insured != treated:
            owed[insured, treated] += row.owed_fen
    pairs = {tuple(sorted(pair)) for pair in owed}
    found: dict[tuple[str, str], int] = {}
    for first, second in sorted(pairs):
        amount = owed.get((first, second), 0) - owed.get((second, first), 0)
        if amount > 0:
            found[first, second] = amount
        elif amount < 0:
            found[second, first] = -amount
    return found


def clearing_month(bill: Month, arrives: Month) -> Month:
    """In which month a bill is cleared: its own, or a later one while it may still come."""
    last = bill.later(LATE_MONTHS_MAX)
    closing = Month(bill.year + 1, YEAR_CLOSES_MONTH)
    last = min(last, closing)
    if arrives > last:
        raise BILL_TOO_LATE(month=bill, last=last)
    return max(bill, arrives)


def reversal_month(cleared: Month | None, reversed_in: Month) -> Month:
    """Where a reversal counts: with its bill while that is open, else in the month after."""
    if cleared is None:
        return reversed_in
    return max(reversed_in, cleared.later(1))
