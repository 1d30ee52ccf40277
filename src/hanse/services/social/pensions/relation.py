"""A pension relation as its city keeps it, and how an arriving one is merged with what is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import model_validator

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.foundation.working_days import Day
from hanse.services.social.pensions.contracts import (
    BACK_PAYMENTS_MAX,
    DEEMED_MONTHS_MAX,
    Agency,
    InformationSheet,
    Person,
)
from hanse.services.social.pensions.months import YearMonth
from hanse.services.social.pensions.overlaps import clear_overlaps, overlapping_months
from hanse.services.social.pensions.personal_account import split_account
from hanse.services.social.pensions.records import (
    ROWS_MAX,
    YEARS_MAX,
    AccountYear,
    BackPayment,
    Contract,
    Contribution,
    check_booked,
    check_chain,
    check_partition,
)

PENSION_MONTHS_OVERLAP = ProblemKind(
    "pension_months_overlap",
    409,
    Text("两地有重复缴费月份", "Months were paid for at both places"),
    Text(
        "共{count}个月：与本人商定后保留原参保地的，请注明；保留本地的，请退回信息表",
        "{count} months: agree with the person, then name the origin as kept, or return the sheet",
    ),
)


class Relation(Contract):
    """Whose relation it is, what was paid and what the account holds."""

    person: Annotated[Person, titled("参保人员", "Insured person")]
    agency: Annotated[Agency, titled("经办机构", "Agency")]
    first_insured: Annotated[YearMonth, titled("首次参保年月", "First insured")]
    work_started: Annotated[Day | None, titled("参加工作时间", "Began to work on")] = None
    deemed_months: Annotated[
        int, titled("视同缴费月数", "Deemed months", ge=0, le=DEEMED_MONTHS_MAX)
    ] = 0
    contributions: Annotated[
        tuple[Contribution, ...], titled("缴费记录", "Rows", min_length=1, max_length=ROWS_MAX)
    ]
    account: Annotated[
        tuple[AccountYear, ...], titled("个人账户", "Account", min_length=1, max_length=YEARS_MAX)
    ]
    back_payments: Annotated[
        tuple[BackPayment, ...],
        titled("一次性补缴", "One-off back payments", max_length=BACK_PAYMENTS_MAX),
    ] = ()
    draws_pension: Annotated[bool, titled("已领取养老待遇", "Draws a pension already")] = False
    arrears: Annotated[bool, titled("单位存在欠费", "The employer owes arrears")] = False

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        check_partition(self.contributions)
        check_chain(self.account)
        check_booked(self.contributions, self.account)
        return self

    def paid_here(self, city: str) -> bool:
        """Whether any month was paid at that city."""
        return any(row.city == city for row in self.contributions)


@dataclass(frozen=True)
class Merged:
    """The relation after an arrival, and what the person is refunded for months paid twice."""

    relation: Relation
    refund: int


def merged(held: Relation, sheet: InformationSheet, keep: str | None) -> Merged:
    """What the new city keeps once a sheet has arrived.

    Months paid at both places count once. `keep` names the city whose months count; None, or the
    new city itself, refuses with `pension_months_overlap`, for only the origin can cut its own.
    """
    twice = overlapping_months((*held.contributions, *sheet.contributions))
    own, account, refund = held.contributions, held.account, 0
    if twice:
        if keep != sheet.origin.city:
            raise PENSION_MONTHS_OVERLAP(count=len(twice))
        own, account, refund = _without(held, sheet)
    rows = sorted((*own, *sheet.contributions), key=lambda row: row.month_numbers)
    relation = held.model_copy(
        update={
            "first_insured": min(held.first_insured, sheet.first_insured),
            "work_started": sheet.work_started or held.work_started,
            "deemed_months": held.deemed_months + sheet.deemed_months,
            "contributions": tuple(rows),
            "account": joined(account, sheet.account),
            "back_payments": (*held.back_payments, *sheet.back_payments),
        }
    )
    return Merged(Relation.model_validate(relation.model_dump()), refund)


def _without(
    held: Relation, sheet: InformationSheet
) -> tuple[tuple[Contribution, ...], tuple[AccountYear, ...], int]:
    """The own rows and account without the months that count elsewhere, and the refund in fen."""
    rows = (*held.contributions, *sheet.contributions)
    cleared = clear_overlaps(rows, keep=sheet.origin.city)
    arrived = set(sheet.contributions)
    own = tuple(row for row in cleared.contributions if row not in arrived)
    booked: dict[int, int] = {}
    for row in own:
        booked[row.year] = booked.get(row.year, 0) + row.booked
    account, refund = split_account(held.account, booked)
    return own, account, refund


def joined(one: Sequence[AccountYear], other: Sequence[AccountYear]) -> tuple[AccountYear, ...]:
    """Two accounts as one, year by year; a year that one lacks carries its balance unchanged."""
    every = [*one, *other]
    if not every:
        return ()
    found, opening = [], 0
    for year in range(min(row.year for row in every), max(row.year for row in every) + 1):
        rows = [row for row in every if row.year == year]
        booked = sum(row.booked for row in rows)
        interest = sum(row.interest for row in rows)
        closing = opening + booked + interest
        found.append(
            AccountYear(
                year=year, opening=opening, booked=booked, interest=interest, closing=closing
            )
        )
        opening = closing
    return tuple(found)
