"""What a pension relationship consists of: paid months, the yearly account, the pooled part.

These are the rows that the certificate and the information sheet carry; the rules reckon on them.
All amounts are fen.
"""

import itertools
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hanse.foundation.checked_fields import refused_field
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.foundation.money import Fen
from hanse.foundation.regions import CityCode
from hanse.foundation.working_days import Day
from hanse.services.social.pensions.codes import AccountKind, Evidence, Payer
from hanse.services.social.pensions.months import month_of

PENSION_ROWS_INCONSISTENT = ProblemKind(
    "pension_rows_inconsistent",
    422,
    Text("参保记录前后矛盾", "The rows of the relation contradict themselves"),
    Text("请更正：{fault_zh}", "Correct this: {fault_en}"),
)

FIRST_YEAR: Final = 1951
LAST_YEAR: Final = 2100
ROWS_MAX: Final = 240
YEARS_MAX: Final = 80
BASIS_POINTS_MAX: Final = 10_000
TEXT_LENGTH_MAX: Final = 1_000
DOCUMENT_LENGTH_MAX: Final = 100

Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR, strict=True)]
BasisPoints = Annotated[int, Field(ge=0, le=BASIS_POINTS_MAX, strict=True)]
MonthOfYear = Annotated[int, Field(ge=1, le=12, strict=True)]


class Contract(BaseModel):
    """What every contract of the service shares: frozen, and no field beyond the declared."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def inconsistent(zh: str, en: str) -> Exception:
    """The refusal of rows that contradict themselves, as pydantic reports it."""
    return refused_field(PENSION_ROWS_INCONSISTENT(fault_zh=zh, fault_en=en))


class Contribution(Contract):
    """Months of one year that were paid at one place under the same ratios."""

    city: Annotated[CityCode, titled("缴费地", "Where it was paid")]
    year: Annotated[Year, titled("年度", "Year")]
    months: Annotated[
        tuple[MonthOfYear, ...],
        titled("缴费月份", "Months of the year", min_length=1, max_length=12),
    ]
    base: Annotated[Fen, titled("缴费工资基数合计（分）", "Wage base of these months, fen")]
    unit_rate: Annotated[BasisPoints, titled("单位缴费比例（万分之）", "Unit's rate, bp")]
    individual_rate: Annotated[BasisPoints, titled("个人缴费比例（万分之）", "Own rate, bp")]
    booked: Annotated[Fen, titled("计入个人账户（分）", "Booked to the account, fen")]
    account: Annotated[AccountKind, titled("账户性质", "Kind of account")] = AccountKind.NORMAL
    payer: Annotated[Payer, titled("参保身份", "Insured as")] = Payer.EMPLOYED

    @model_validator(mode="after")
    def _months_in_order(self) -> Self:
        if any(late <= early for early, late in zip(self.months, self.months[1:], strict=False)):
            raise inconsistent(
                f"{self.year}年的月份须升序且不重复",
                f"the months of {self.year} are not in order, or one stands twice",
            )
        return self

    @property
    def month_numbers(self) -> tuple[int, ...]:
        """The months as integers that can be compared across years."""
        return tuple(month_of(self.year, month) for month in self.months)


class AccountYear(Contract):
    """One year of the personal account: what it began with, what came, what it ended with."""

    year: Annotated[Year, titled("年度", "Year")]
    opening: Annotated[Fen, titled("年初储存额（分）", "Opening balance, fen")]
    booked: Annotated[Fen, titled("当年记账额（分）", "Booked in the year, fen")]
    interest: Annotated[Fen, titled("当年利息（分）", "Interest of the year, fen")]
    closing: Annotated[Fen, titled("年末储存额（分）", "Closing balance, fen")]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.opening + self.booked + self.interest != self.closing:
            raise inconsistent(
                f"{self.year}年个人账户年末储存额不等于各项之和",
                f"the closing balance of {self.year} is not the sum of its parts",
            )
        return self


class PoolLine(Contract):
    """The pooled part that moves for one calendar year, rounded once."""

    year: Annotated[Year, titled("年度", "Year")]
    base: Annotated[Fen, titled("缴费工资基数合计（分）", "Wage base, fen")]
    amount: Annotated[Fen, titled("统筹基金转移额（分）", "Pooled amount, fen")]


class BackPayment(Contract):
    """Years that were paid for at once, later, and what shows that this was lawful."""

    years: Annotated[
        tuple[Year, ...], titled("补缴年度", "Years paid for", min_length=1, max_length=YEARS_MAX)
    ]
    paid_on: Annotated[Day, titled("补缴日期", "Paid on")]
    evidence: Annotated[Evidence, titled("依据文书", "Evidence")] = Evidence.NONE
    document_number: Annotated[
        str | None, titled("文书编号", "Its number", min_length=1, max_length=DOCUMENT_LENGTH_MAX)
    ] = None
    document_on: Annotated[Day | None, titled("文书日期", "Its date")] = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if len(set(self.years)) != len(self.years):
            raise inconsistent("补缴年度重复", "a year of a back payment stands twice")
        named = self.document_number is not None and self.document_on is not None
        if (self.evidence is not Evidence.NONE) != named:
            raise inconsistent(
                "补缴依据须有文书编号和日期",
                "evidence of a back payment has a number and a date, and nothing else has",
            )
        return self


def check_partition(contributions: tuple[Contribution, ...]) -> None:
    """Passes where no month was paid twice; else the refusal of inconsistent rows."""
    seen: set[int] = set()
    for row in contributions:
        if seen & set(row.month_numbers):
            raise inconsistent(
                f"{row.year}年有月份重复缴费", f"a month of {row.year} was paid for twice"
            )
        seen |= set(row.month_numbers)


def check_chain(account: tuple[AccountYear, ...]) -> None:
    """Passes where the account begins with nothing, and each year with what the last left."""
    if account and account[0].opening:
        raise inconsistent("个人账户首年年初须为零", "the account does not begin with nothing")
    for earlier, later in itertools.pairwise(account):
        if later.year != earlier.year + 1:
            raise inconsistent(
                "个人账户年度须连续", f"the account's year after {earlier.year} is missing"
            )
        if later.opening != earlier.closing:
            raise inconsistent(
                f"{later.year}年年初储存额不等于上年末",
                f"{later.year} does not open with what {earlier.year} closed with",
            )


def check_booked(contributions: tuple[Contribution, ...], account: tuple[AccountYear, ...]) -> None:
    """Passes where the account's years hold exactly what the rows booked."""
    booked: dict[int, int] = {}
    for row in contributions:
        booked[row.year] = booked.get(row.year, 0) + row.booked
    for year in account:
        if booked.pop(year.year, 0) != year.booked:
            raise inconsistent(
                f"{year.year}年记账额与缴费记录不符",
                f"what {year.year} booked is not what its rows say",
            )
    if any(booked.values()):
        missing = min(year for year, amount in booked.items() if amount)
        raise inconsistent(
            f"个人账户缺少{missing}年", f"the account lacks the year {missing}, which has rows"
        )
