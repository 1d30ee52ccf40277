"""Charts: the declared codes of a book's accounts and transfers, each with its name.

A service declares its chart once, where it is imported, as it declares its problem kinds. A book
has one chart; an account or a transfer of another code is refused, so that a statement never
shows a number that nobody can read.

    DEPOSITS = Chart(
        book="deposits",
        title=Text("储蓄存款", "Savings deposits"),
        accounts=(AccountCode(2011, Text("活期储蓄存款", "Demand deposits"), Side.CREDIT), ...),
        transfers=(TransferCode(1, Text("存入", "Deposit")), ...),
    )
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text

BOOK_NAME: Final = re.compile(r"[a-z][a-z0-9._-]{0,31}")
CODE_MAX: Final = 65_535
CHARTS: Final[dict[str, "Chart"]] = {}
"""Every chart that was declared, by the name of its book."""

CHART_UNKNOWN = ProblemKind(
    "ledger_chart_unknown",
    422,
    Text("没有该账簿的科目表", "No chart is declared for the book"),
    Text("请先声明账簿 {book} 的科目表", "Declare the chart of {book} first"),
)


class Side(StrEnum):
    """The side on which an account of a code normally has its balance."""

    DEBIT = "debit"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class AccountCode:
    """One kind of account."""

    code: int
    title: Text
    side: Side


@dataclass(frozen=True, slots=True)
class TransferCode:
    """One kind of transfer."""

    code: int
    title: Text


@dataclass(frozen=True)
class Chart:
    """The codes of one book. ValueError for a malformed name or code, or one declared twice."""

    book: str
    title: Text
    accounts: tuple[AccountCode, ...]
    transfers: tuple[TransferCode, ...]
    account_codes: dict[int, AccountCode] = field(init=False, repr=False, compare=False)
    transfer_codes: dict[int, TransferCode] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not BOOK_NAME.fullmatch(self.book):
            raise ValueError(f"{self.book!r} is no name of a book")
        object.__setattr__(self, "account_codes", {one.code: one for one in self.accounts})
        object.__setattr__(self, "transfer_codes", {one.code: one for one in self.transfers})
        for codes, declared in (
            (self.account_codes, self.accounts),
            (self.transfer_codes, self.transfers),
        ):
            if len(codes) != len(declared) or not all(0 < code <= CODE_MAX for code in codes):
                raise ValueError(f"{self.book}: codes are 1 to {CODE_MAX}, each once")
        if CHARTS.setdefault(self.book, self) != self:
            raise ValueError(f"the chart of {self.book} is declared twice")


def chart_of(book: str) -> Chart:
    """The declared chart of a book, or CHART_UNKNOWN."""
    chart = CHARTS.get(book)
    if chart is None:
        raise CHART_UNKNOWN(book=book)
    return chart
