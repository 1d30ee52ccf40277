"""The three documents of a transfer: the certificate, the letter of consent, the sheet.

参保缴费凭证, 同意接收函 (联系函) and 转移接续信息表, with the fields that their forms have. A
document that contradicts itself does not parse; whether it agrees with the rules and with the
money is `reconcile`'s to say.
"""

from typing import Annotated, Final, Self

from pydantic import model_validator

from hanse.foundation.identifiers import CitizenId, UnifiedSocialCreditCode
from hanse.foundation.languages import titled
from hanse.foundation.money import Fen
from hanse.foundation.regions import CityCode, RegionCode
from hanse.foundation.working_days import Day
from hanse.services.social.pensions.codes import (
    AccountKind,
    Destination,
    Household,
    Immovable,
    PoolingMode,
)
from hanse.services.social.pensions.months import YearMonth
from hanse.services.social.pensions.records import (
    ROWS_MAX,
    TEXT_LENGTH_MAX,
    YEARS_MAX,
    AccountYear,
    BackPayment,
    Contract,
    Contribution,
    PoolLine,
    Year,
    check_booked,
    check_chain,
    check_partition,
    inconsistent,
)

NAME_LENGTH_MAX: Final = 50
NUMBER_LENGTH_MAX: Final = 64
DEEMED_MONTHS_MAX: Final = 600
BACK_PAYMENTS_MAX: Final = 20

DocumentNumber = Annotated[
    str, titled("文书编号", "Number", pattern="^[0-9A-Za-z-]{1,64}$", max_length=NUMBER_LENGTH_MAX)
]


class Person(Contract):
    """Whose relation it is. The social-security number is the citizen identity number (社会保险法
    §58); where the household is registered is told by the registry, never by that number."""

    name: Annotated[str, titled("姓名", "Name", min_length=1, max_length=NAME_LENGTH_MAX)]
    citizen_id: Annotated[CitizenId, titled("公民身份号码", "Citizen identity number")]
    household_region: Annotated[RegionCode, titled("户籍地", "Household registered in")]
    household: Annotated[Household, titled("户籍性质", "Kind of household")]


class Agency(Contract):
    """A social insurance agency."""

    city: Annotated[CityCode, titled("所在城市", "City")]
    code: Annotated[UnifiedSocialCreditCode, titled("经办机构代码", "Agency's credit code")]
    name: Annotated[str, titled("经办机构名称", "Agency", min_length=1, max_length=100)]


class FundAccount(Contract):
    """Where the receiving agency takes the money."""

    bank: Annotated[str, titled("开户银行", "Bank", min_length=1, max_length=100)]
    holder: Annotated[str, titled("户名", "Holder", min_length=1, max_length=100)]
    number: Annotated[str, titled("账号", "Account number", pattern="^[0-9]{8,32}$", max_length=32)]


class Certificate(Contract):
    """参保缴费凭证: what the origin gives a worker who leaves; an application names it."""

    number: Annotated[DocumentNumber, titled("凭证编号", "Certificate number")]
    person: Annotated[Person, titled("参保人员", "Insured person")]
    agency: Annotated[Agency, titled("出具机构", "Issued by")]
    account: Annotated[AccountKind, titled("账户性质", "Kind of account")]
    first_insured: Annotated[YearMonth, titled("首次参保年月", "First insured")]
    last_paid: Annotated[YearMonth, titled("最后缴费年月", "Last paid")]
    paid_months: Annotated[int, titled("实际缴费月数", "Months paid", ge=0, le=1_200)]
    deemed_months: Annotated[
        int, titled("视同缴费月数", "Deemed months", ge=0, le=DEEMED_MONTHS_MAX)
    ] = 0
    account_balance: Annotated[Fen, titled("个人账户储存额（分）", "Account balance, fen")]
    draws_pension: Annotated[bool, titled("已领取养老待遇", "Draws a pension already")] = False
    arrears: Annotated[bool, titled("单位存在欠费", "The employer owes arrears")] = False
    issued_on: Annotated[Day, titled("出具日期", "Issued on")]

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if self.last_paid < self.first_insured:
            raise inconsistent(
                "最后缴费年月早于首次参保年月", "the last month paid is before the first insured"
            )
        if self.issued_on.isoformat()[:7] < self.last_paid:
            raise inconsistent(
                "出具日期早于最后缴费年月", "it was issued before the last month that it counts"
            )
        return self


class Letter(Contract):
    """同意接收函 (联系函): the new place takes the relation, and says where to and how."""

    number: Annotated[DocumentNumber, titled("联系函编号", "Letter number")]
    certificate: Annotated[DocumentNumber, titled("凭证编号", "Certificate number")]
    citizen_id: Annotated[CitizenId, titled("公民身份号码", "Citizen identity number")]
    origin: Annotated[CityCode, titled("原参保地", "Origin")]
    agency: Annotated[Agency, titled("接收机构", "Receiving agency")]
    funds_to: Annotated[FundAccount, titled("收款账户", "Where the money goes")]
    destination: Annotated[Destination, titled("接续方式", "What is opened")]
    mode: Annotated[PoolingMode, titled("统筹模式", "Pooling mode")]
    written_on: Annotated[Day, titled("发函日期", "Written on")]

    @model_validator(mode="after")
    def _is_between_cities(self) -> Self:
        if self.origin == self.agency.city:
            raise inconsistent(
                "原参保地与接收地为同一城市", "the origin and the receiving city are one"
            )
        return self


class LeftBehind(Contract):
    """Years of the relation that stay at the origin, why, and their part of the account.

    The sheet's rows, account and totals are of what moves; nothing of this is in them.
    """

    years: Annotated[tuple[Year, ...], titled("年度", "Years", min_length=1, max_length=YEARS_MAX)]
    account: Annotated[Fen, titled("留存个人账户（分）", "Account's part that stays, fen")]
    reason: Annotated[Immovable, titled("原因", "Reason")]
    words: Annotated[
        str | None, titled("说明", "In words", min_length=1, max_length=TEXT_LENGTH_MAX)
    ] = None


class InformationSheet(Contract):
    """转移接续信息表: the relation, year by year, and the funds that go with it."""

    number: Annotated[DocumentNumber, titled("信息表编号", "Sheet number")]
    letter: Annotated[DocumentNumber, titled("联系函编号", "Letter number")]
    person: Annotated[Person, titled("参保人员", "Insured person")]
    origin: Annotated[Agency, titled("转出机构", "Origin agency")]
    destination: Annotated[CityCode, titled("转入地", "Destination")]
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
    pool: Annotated[tuple[PoolLine, ...], titled("统筹基金", "Pooled part", max_length=YEARS_MAX)]
    back_payments: Annotated[
        tuple[BackPayment, ...],
        titled("一次性补缴", "One-off back payments", max_length=BACK_PAYMENTS_MAX),
    ] = ()
    left_behind: Annotated[
        tuple[LeftBehind, ...], titled("不予转移部分", "What stays", max_length=BACK_PAYMENTS_MAX)
    ] = ()
    mode: Annotated[PoolingMode, titled("统筹模式", "Pooling mode")]
    account_total: Annotated[Fen, titled("个人账户转移额（分）", "A: account, fen")]
    pool_total: Annotated[Fen, titled("统筹基金转移额（分）", "P: pooled part, fen")]
    total: Annotated[Fen, titled("转移总额（分）", "T: in all, fen")]
    cash: Annotated[Fen, titled("划转资金（分）", "Money that is sent, fen")]
    made_on: Annotated[Day, titled("制表日期", "Made on")]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        check_partition(self.contributions)
        check_chain(self.account)
        check_booked(self.contributions, self.account)
        self._check_totals()
        if self.origin.city == self.destination:
            raise inconsistent("转出地与转入地为同一城市", "the origin is the destination")
        return self

    def _check_totals(self) -> None:
        """Each total is the sum of its rows; cash is the total, or nothing where no cash moves."""
        if self.account[-1].closing != self.account_total:
            raise inconsistent(
                "个人账户转移额不等于末年储存额", "A is not the last closing balance"
            )
        pool_years = [line.year for line in self.pool]
        if pool_years != sorted(set(pool_years)):
            raise inconsistent("统筹基金年度须升序且不重复", "a year of the pool stands twice")
        if sum(line.amount for line in self.pool) != self.pool_total:
            raise inconsistent("统筹基金合计不等于各年之和", "P is not the sum of its lines")
        if self.account_total + self.pool_total != self.total:
            raise inconsistent("转移总额不等于两项之和", "T is not A + P")
        moves = self.mode is PoolingMode.CITY_66
        if self.cash != (self.total if moves else 0):
            raise inconsistent(
                "划转资金与统筹模式不符", "the money sent is not what the pooling mode moves"
            )
