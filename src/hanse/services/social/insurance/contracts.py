"""What hospitals and insurance agencies ask and tell each other when a bill is settled."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, model_validator

from hanse.foundation.identifiers import CitizenId
from hanse.foundation.languages import titled
from hanse.foundation.money import Fen, SignedFen
from hanse.foundation.regions import CityCode
from hanse.foundation.working_days import Day
from hanse.services.social.insurance.codes import (
    Alarm,
    BillState,
    CareKind,
    DifferenceKind,
    FilingKind,
    HospitalLevel,
    ItemClass,
    Scheme,
)
from hanse.services.social.insurance.lines import (
    LINES_MAX,
    UNIT_PRICE_FEN_MAX,
    Lines,
    Quantity,
)
from hanse.services.social.insurance.policies import BasisPoints, Policy

ITEMS_MAX: Final = 5_000
PAGE_MAX: Final = 1_000
CLAIMS_TRIED_MAX: Final = 10_000
BILLS_A_MONTH_MAX: Final = 100_000_000

Organisation = Annotated[str, titled("机构", "Organisation", min_length=1, max_length=128)]
Number = Annotated[
    str, titled("流水号", "Number", pattern=r"^[A-Za-z0-9._\-]{1,40}$", max_length=40)
]
Claim = Annotated[str, titled("结算编号", "Settlement", pattern="^[0-9a-f]{32}$")]
MonthText = Annotated[str, titled("月份", "Month", pattern="^[0-9]{4}-(0[1-9]|1[0-2])$")]
Person = Annotated[CitizenId, titled("居民身份号码", "Citizen id")]


class _Contract(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Enrolment(_Contract):
    """A person's insurance in this city, as its register has it."""

    person: Person
    scheme: Annotated[Scheme, titled("险种", "Scheme")]
    valid_from: Annotated[Day, titled("参保起始", "Insured from")]
    valid_to: Annotated[Day | None, titled("参保终止", "Insured until")] = None
    account_fen: Annotated[Fen, titled("个人账户余额（分）", "Personal account, fen")] = 0


class FilePlace(_Contract):
    """Filing for treatment in another city (备案)."""

    person: Person
    kind: Annotated[FilingKind, titled("备案类型", "Kind")]
    city: CityCode
    valid_from: Annotated[Day, titled("开始日期", "From")]
    valid_to: Annotated[Day | None, titled("截止日期", "Until")] = None


class Filed(_Contract):
    """A filing as it holds."""

    filing_id: Annotated[str, titled("备案编号", "Filing")]
    kind: Annotated[FilingKind, titled("备案类型", "Kind")]
    city: CityCode
    valid_from: Annotated[Day, titled("开始日期", "From")]
    valid_to: Annotated[Day | None, titled("截止日期", "Until")] = None


class CancelFiling(_Contract):
    """A filing that ends today."""

    filing_id: Annotated[str, titled("备案编号", "Filing", max_length=64)]


class OwnInsurance(_Contract):
    """A person asks for its own filings and settlements."""

    person: Person


class OwnSettlement(_Contract):
    """A bill of the person as it was settled: where, when, and who paid what."""

    claim: Claim
    treated_city: CityCode
    settled_on: Annotated[Day, titled("结算日期", "Settled on")]
    taken_back: Annotated[bool, titled("已冲正", "Taken back")] = False
    total_fen: Annotated[Fen, titled("总费用（分）", "Total, fen")]
    fund_fen: Annotated[Fen, titled("基金支付（分）", "The funds paid, fen")]
    account_fen: Annotated[Fen, titled("个人账户支付（分）", "Personal account, fen")]
    cash_fen: Annotated[Fen, titled("个人现金支付（分）", "Cash, fen")]


class OwnFiling(_Contract):
    """A place for which the person has filed."""

    kind: Annotated[FilingKind, titled("备案类型", "Kind")]
    city: CityCode
    valid_from: Annotated[Day, titled("开始日期", "From")]
    valid_to: Annotated[Day | None, titled("截止日期", "Until")] = None


class OwnInsuranceState(_Contract):
    """What this city, as the insuring one, holds of a person; the newest settlements first."""

    filings: Annotated[tuple[OwnFiling, ...], titled("异地就医备案", "Filings")]
    settlements: Annotated[tuple[OwnSettlement, ...], titled("结算", "Settlements")]


class SetPolicy(_Contract):
    """A policy of this city, to be in force from its day."""

    policy: Annotated[Policy, titled("政策", "Policy")]


class PolicySet(_Contract):
    """The policy is kept; its local defaults are named wherever it is used."""

    name: Annotated[str, titled("政策编号", "Policy")]
    local_defaults: Annotated[tuple[str, ...], titled("地方默认值", "Local defaults")]


class TryPolicy(_Contract):
    """A policy to be tried on the claims settled here between two days."""

    policy: Annotated[Policy, titled("政策", "Policy")]
    first_day: Annotated[Day, titled("起始日期", "First day")]
    last_day: Annotated[Day, titled("截止日期", "Last day")]


class PolicyTried(_Contract):
    """What would change, for how many, by how much."""

    claims: Annotated[int, titled("试算笔数", "Claims")]
    changed: Annotated[int, titled("变化笔数", "Claims that change")]
    fund_fen: Annotated[int, titled("基金增支（分）", "The funds pay more by, fen")]
    people_better: Annotated[int, titled("受益人数", "People better off")]
    people_worse: Annotated[int, titled("受损人数", "People worse off")]


class CatalogueItem(_Contract):
    """An item as the catalogue of this city pays it."""

    item: Annotated[str, titled("国家医保编码", "National item code", pattern="^[A-Z0-9]{1,40}$")]
    item_class: Annotated[ItemClass, titled("类别", "Class")]
    ceiling_fen: Annotated[
        int | None, titled("限价（分）", "Ceiling, fen", ge=0, le=UNIT_PRICE_FEN_MAX)
    ] = None
    self_share_bp: Annotated[BasisPoints, titled("先行自付（万分比）", "Borne first")] = 0

    @model_validator(mode="after")
    def _share_fits_class(self) -> Self:
        if self.item_class is not ItemClass.B and self.self_share_bp:
            raise ValueError("only class B has a share that is borne first")
        return self


class SetItems(_Contract):
    """Items of this city's catalogue; the newest word on each counts."""

    items: Annotated[
        tuple[CatalogueItem, ...], titled("目录", "Items", min_length=1, max_length=ITEMS_MAX)
    ]


class Kept(_Contract):
    """So many are kept."""

    kept: Annotated[int, titled("条数", "Kept")]


class BillLine(_Contract):
    """One line as a hospital bills it; its class is the catalogue's word, not the hospital's."""

    item: Annotated[str, titled("国家医保编码", "National item code", pattern="^[A-Z0-9]{1,40}$")]
    quantity: Quantity
    price_fen: Annotated[
        int, titled("单价（分）", "Unit price, fen", ge=0, le=UNIT_PRICE_FEN_MAX, strict=True)
    ]


class Bill(_Contract):
    """A hospital's bill of a patient who is insured in another city, or a trial of it."""

    insured_city: CityCode
    person: Person
    visit: Annotated[Number, titled("就诊流水号", "Visit")]
    number: Annotated[Number, titled("结算流水号", "Settlement number")]
    level: Annotated[HospitalLevel, titled("医院级别", "Level of the hospital")]
    care: Annotated[CareKind, titled("就医类别", "Kind of care")]
    admitted_on: Annotated[Day, titled("入院日期", "Admitted on")]
    discharged_on: Annotated[Day, titled("出院日期", "Discharged on")]
    emergency: Annotated[bool, titled("急诊标志", "Emergency")] = False
    injury: Annotated[bool, titled("外伤标志", "Injury")] = False
    third_party: Annotated[bool, titled("涉及第三方", "A third party is liable")] = False
    declaration_signed: Annotated[
        bool, titled("已签无第三方责任承诺书", "Declared: no third party is liable")
    ] = False
    lines: Annotated[
        tuple[BillLine, ...], titled("明细", "Lines", min_length=1, max_length=LINES_MAX)
    ]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.discharged_on < self.admitted_on:
            raise ValueError("discharged before admitted")
        return self


class SettleQuestion(_Contract):
    """The bill as the treating city's agency sends it on: each line split by its catalogue."""

    claim: Claim
    trial: Annotated[bool, titled("预结算", "A trial: nothing is kept")] = False
    person: Person
    organisation: Organisation
    level: Annotated[HospitalLevel, titled("医院级别", "Level of the hospital")]
    care: Annotated[CareKind, titled("就医类别", "Kind of care")]
    admitted_on: Annotated[Day, titled("入院日期", "Admitted on")]
    discharged_on: Annotated[Day, titled("出院日期", "Discharged on")]
    emergency: Annotated[bool, titled("急诊标志", "Emergency")] = False
    lines: Lines


class Settlement(_Contract):
    """Who pays what of the bill, and by which reckoning."""

    claim: Claim
    trial: Annotated[bool, titled("预结算", "A trial: nothing is kept")] = False
    scheme: Annotated[Scheme, titled("险种", "Scheme")]
    policy: Annotated[str, titled("政策", "Policy")]
    local_defaults: Annotated[tuple[str, ...], titled("地方默认值", "Local defaults")] = ()
    filing: Annotated[FilingKind | None, titled("备案类型", "Filing")] = None
    total_fen: Annotated[Fen, titled("总费用（分）", "Total, fen")]
    in_policy_fen: Annotated[Fen, titled("政策范围内（分）", "In policy, fen")]
    deductible_fen: Annotated[Fen, titled("起付标准（分）", "Deductible used, fen")]
    ratio_bp: Annotated[BasisPoints, titled("支付比例（万分比）", "Ratio")]
    fund_fen: Annotated[Fen, titled("统筹基金支付（分）", "Basic fund, fen")]
    serious_fen: Annotated[Fen, titled("大病保险支付（分）", "Serious illness, fen")]
    account_fen: Annotated[Fen, titled("个人账户支付（分）", "Personal account, fen")]
    cash_fen: Annotated[Fen, titled("个人现金支付（分）", "Cash, fen")]
    cap_reached: Annotated[bool, titled("已达年度限额", "The cap of the year is reached")] = False
    month: Annotated[MonthText | None, titled("清算月份", "Cleared in")] = None
    """The month of its line at both cities; none for a trial."""

    @property
    def owed_fen(self) -> int:
        """What the insuring city owes the treating one, in fen."""
        return self.fund_fen + self.serious_fen + self.account_fen


class ClaimState(_Contract):
    """How far a bill has come at the treating city."""

    claim: Claim
    state: Annotated[str, titled("状态", "State")]
    settlement: Annotated[Settlement | None, titled("结算结果", "Settlement")] = None
    problem: Annotated[dict[str, Any] | None, titled("拒绝原因", "Problem")] = None


class ClaimQuestion(_Contract):
    """A bill by its number at the hospital."""

    visit: Annotated[Number, titled("就诊流水号", "Visit")]
    number: Annotated[Number, titled("结算流水号", "Settlement number")]


class NoQuestion(_Contract):
    """Nothing needs to be said."""


class HospitalBill(_Contract):
    """A bill of the asking hospital and how far it has come."""

    claim: Claim
    insured_city: CityCode
    state: Annotated[BillState, titled("状态", "State")]
    changed_at: Annotated[datetime, titled("最近变动", "Changed at")]
    settlement: Annotated[Settlement | None, titled("结算结果", "Settlement")] = None
    problem: Annotated[dict[str, Any] | None, titled("拒绝原因", "Problem")] = None


class Bills(_Contract):
    """The bills of the asking hospital, those that changed last first."""

    bills: Annotated[tuple[HospitalBill, ...], titled("结算单", "Bills")]


class UndoQuestion(_Contract):
    """A settlement to be taken back, whether or not it has arrived."""

    claim: Claim
    person: Person


class Undone(_Contract):
    """It is taken back. Without a settlement it had not arrived, and never will."""

    claim: Claim
    settlement: Annotated[Settlement | None, titled("原结算", "What was taken back")] = None
    month: Annotated[MonthText | None, titled("冲正清算月份", "Its line is cleared in")] = None


class MonthQuestion(_Contract):
    """The settlements of a month that the two cities share, a page at a time."""

    month: MonthText
    after: Annotated[str, titled("翻页位置", "After", max_length=40)] = ""
    count: Annotated[int, titled("条数", "Count", ge=1, le=PAGE_MAX)] = PAGE_MAX


class SettledLine(_Contract):
    """One settlement or reversal of the month, without the person."""

    line: Annotated[str, titled("编号", "Line", max_length=40)]
    scheme: Annotated[Scheme, titled("险种", "Scheme")]
    total_fen: Annotated[int, titled("总费用（分）", "Total, fen")]
    owed_fen: Annotated[int, titled("应付（分）", "Owed, fen")]


class MonthLines(_Contract):
    """A page of the month's lines, as the insuring city holds them."""

    lines: Annotated[tuple[SettledLine, ...], titled("明细", "Lines", max_length=PAGE_MAX)]
    after: Annotated[str | None, titled("下一页", "Next page after")] = None


class Reconcile(_Contract):
    """Compare a month's settlements with an insuring city, line by line."""

    insured_city: CityCode
    month: MonthText


class NamedDifference(_Contract):
    """One difference between the two cities."""

    kind: Annotated[DifferenceKind, titled("差异", "Difference")]
    line: Annotated[str, titled("编号", "Line")]
    field: Annotated[str, titled("字段", "Field")] = ""
    insurer: Annotated[str, titled("参保地", "At the place of insurance")] = ""
    treater: Annotated[str, titled("就医地", "At the place of treatment")] = ""


class Reconciled(_Contract):
    """The month as both hold it, with every difference named."""

    month: MonthText
    insured_city: CityCode
    lines: Annotated[int, titled("笔数", "Lines")]
    owed_fen: Annotated[int, titled("应收（分）", "Owed to this city, fen")]
    differences: Annotated[
        tuple[NamedDifference, ...], titled("差异", "Differences", max_length=10_000)
    ]


class CloseMonth(_Contract):
    """The treating city's sum of a month."""

    month: MonthText
    lines: Annotated[int, titled("笔数", "Lines", ge=0, le=BILLS_A_MONTH_MAX)]
    owed_fen: Annotated[SignedFen, titled("应付（分）", "Owed, fen")]


class MonthClosed(_Contract):
    """The month is closed at both, or why it is not."""

    month: MonthText
    lines: Annotated[int, titled("笔数", "Lines")]
    owed_fen: Annotated[int, titled("应付（分）", "Owed, fen")]
    problem: Annotated[dict[str, Any] | None, titled("拒绝原因", "Problem")] = None


class Prepay(_Contract):
    """The quarter by which the prepayment to a city is set."""

    treated_city: CityCode
    quarter_fen: Annotated[
        tuple[Fen, Fen, Fen], titled("上年第四季度各月（分）", "Months of the last quarter, fen")
    ]


class Prepaid(_Contract):
    """Money paid in advance to the treating city."""

    insured_city: CityCode
    amount_fen: Annotated[Fen, titled("预付金（分）", "Prepayment, fen")]
    number: Annotated[str, titled("编号", "Number", max_length=64)]


class FundState(_Contract):
    """How much of a city's prepayment is drawn here."""

    insured_city: CityCode
    prepaid_fen: Annotated[int, titled("预付金（分）", "Prepaid, fen")]
    drawn_fen: Annotated[int, titled("已用未清算（分）", "Drawn and not cleared, fen")]
    alarm: Annotated[Alarm, titled("预警", "Alarm")]


class FundQuestion(_Contract):
    """The prepayment of one city here."""

    insured_city: CityCode


class PaperClaim(_Contract):
    """A bill that was paid in cash because it could not be settled at once."""

    organisation: Organisation
    treated_city: CityCode
    question: Annotated[SettleQuestion, titled("费用", "Bill")]
    received_on: Annotated[date, titled("收件日期", "Received on")]


class PaperClaimTaken(_Contract):
    """What is paid back, and by when it must be decided, with the reckoning."""

    settlement: Settlement
    due_on: Annotated[Day, titled("办结期限", "Decided by")]
    reckoning: Annotated[dict[str, Any], titled("期限计算", "Reckoning")]
