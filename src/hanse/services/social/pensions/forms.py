"""What each step of a transfer says, beside its documents: the forms of the procedure."""

from typing import Annotated, Self

from pydantic import model_validator

from hanse.foundation.identifiers import UnifiedSocialCreditCode
from hanse.foundation.languages import titled
from hanse.foundation.money import Fen
from hanse.foundation.regions import CityCode, RegionCode
from hanse.foundation.working_days import Day
from hanse.services.social.pensions.codes import Finding
from hanse.services.social.pensions.contracts import (
    BACK_PAYMENTS_MAX,
    Certificate,
    DocumentNumber,
    LeftBehind,
)
from hanse.services.social.pensions.months import YearMonth
from hanse.services.social.pensions.records import Contract, inconsistent


class Application(Contract):
    """转移接续申请: the worker, or the new employer, at the new place, insured and paying there."""

    certificate: Annotated[Certificate, titled("参保缴费凭证", "Certificate")]
    household_region: Annotated[RegionCode, titled("户籍地", "Household registered in")]
    insured_here_since: Annotated[YearMonth, titled("在本地参保年月", "Insured here since")]
    employer: Annotated[
        UnifiedSocialCreditCode | None, titled("新参保单位", "New employer, if any")
    ] = None
    order_number: Annotated[
        DocumentNumber | None, titled("调动批准文号", "Number of the order to move, if any")
    ] = None


class Unmovable(Contract):
    """不予转移告知书: what the worker was told in writing cannot move, and when."""

    left_behind: Annotated[
        tuple[LeftBehind, ...],
        titled("不予转移部分", "What stays", min_length=1, max_length=BACK_PAYMENTS_MAX),
    ]
    told_on: Annotated[Day, titled("告知日期", "Told on")]


class FundsSent(Contract):
    """资金划转: the origin's own books hold the money of this sheet as sent."""

    sheet: Annotated[DocumentNumber, titled("信息表编号", "Sheet number")]
    amount: Annotated[Fen, titled("划转金额（分）", "Money that was sent, fen")]


class Receipt(Contract):
    """接收确认: the money that arrived, and whose months count where both places were paid."""

    funds_received: Annotated[Fen, titled("到账金额（分）", "Money that arrived, fen")]
    keep: Annotated[CityCode | None, titled("重复月份保留地", "Where doubly paid months count")] = (
        None
    )


class Return(Contract):
    """退回: why the sheet cannot be taken as it is."""

    findings: Annotated[
        tuple[Finding, ...], titled("不符之处", "What differs", min_length=1, max_length=8)
    ]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.findings)) != len(self.findings):
            raise inconsistent("不符之处重复", "a difference is named twice")
        return self


class Death(Contract):
    """The person died while the transfer was under way."""

    died_on: Annotated[Day, titled("死亡日期", "Died on")]
