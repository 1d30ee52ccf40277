"""What is applied for, and what the steps of a registration say."""

from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hanse.foundation.checked_fields import refused_field
from hanse.foundation.errors import ProblemKind
from hanse.foundation.identifiers import CitizenId, CreditCodeInRegister, UnifiedSocialCreditCode
from hanse.foundation.languages import Text, titled
from hanse.foundation.money import Fen
from hanse.foundation.regions import RegionCode
from hanse.foundation.working_days import Day
from hanse.services.market.registration.codes import SET_UP_MATTERS, EntityType, MatterKind

APPLICATION_INCONSISTENT = ProblemKind(
    "registration_application_inconsistent",
    422,
    Text("申请内容前后矛盾", "The application contradicts itself"),
    Text("请更正：{fault_zh}", "Correct this: {fault_en}"),
)

NAME_CHARS_MAX: Final = 64
"""As the subject of a case."""
SHAREHOLDERS_MAX: Final = 50
SCOPES_MAX: Final = 40
PAPERS_MAX: Final = 40
ADDRESS_CHARS_MAX: Final = 200
NOTE_CHARS_MAX: Final = 2_000

PersonName = Annotated[str, titled("姓名", "Name", min_length=1, max_length=100)]
EntityName = Annotated[str, titled("名称", "Name", min_length=2, max_length=NAME_CHARS_MAX)]
TradeName = Annotated[str, titled("字号", "Trade name", min_length=1, max_length=30)]
Industry = Annotated[
    str, titled("行业代码（GB/T 4754）", "Industry", pattern="^[A-T][0-9]{2,4}$", max_length=5)
]
Paper = Annotated[str, Field(pattern="^[a-z0-9_]{1,40}$", max_length=40)]
Papers = Annotated[tuple[Paper, ...], titled("材料", "Papers", max_length=PAPERS_MAX)]
Conditions = Annotated[tuple[Paper, ...], titled("条件", "Conditions", max_length=PAPERS_MAX)]
Digest = Annotated[str, titled("摘要", "Digest", pattern="^sha-256:[0-9a-f]{64}$", max_length=72)]


class Contract(BaseModel):
    """A message's data: nothing beside what is declared, and nothing changes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Person(Contract):
    """A natural person by name and number."""

    name: PersonName
    citizen_id: Annotated[CitizenId, titled("公民身份号码", "Citizen identity number")]


class Domicile(Contract):
    """The one domicile: its county or district, and the address."""

    region: Annotated[RegionCode, titled("区县代码", "County or district")]
    address: Annotated[
        str, titled("详细地址", "Address", min_length=1, max_length=ADDRESS_CHARS_MAX)
    ]


class Shareholder(Contract):
    """What somebody subscribes, and by when it is paid in: a person or an entity."""

    name: PersonName
    citizen_id: Annotated[CitizenId | None, titled("公民身份号码", "Citizen number")] = None
    uscc: Annotated[UnifiedSocialCreditCode | None, titled("统一社会信用代码", "Credit code")] = (
        None
    )
    amount: Annotated[Fen, titled("认缴额（分）", "Subscribed, in fen")]
    due_on: Annotated[Day, titled("认缴日期", "Paid in by")]

    @model_validator(mode="after")
    def _is_somebody(self) -> Self:
        if (self.citizen_id is None) == (self.uscc is None):
            raise _inconsistent(
                Text("股东须有且仅有一种证件号", "a shareholder has one number, of one kind")
            )
        return self


class Approval(Contract):
    """An approval by another authority that has to come first."""

    code: Paper
    approved_on: Annotated[Day, titled("批准日期", "Approved on")]
    valid_until: Annotated[Day | None, titled("有效期至", "Valid until")] = None
    confirmed_on: Annotated[Day | None, titled("重新确认日期", "Confirmed anew on")] = None


class Application(Contract):
    """An application as any window of the league takes it."""

    matter: Annotated[MatterKind, titled("事项", "Matter")]
    entity_type: Annotated[EntityType, titled("主体类型", "Type")]
    name: EntityName
    trade_name: TradeName
    industry: Industry
    scope: Annotated[
        tuple[Paper, ...], titled("经营范围代码", "Scope", min_length=1, max_length=SCOPES_MAX)
    ]
    domicile: Domicile
    capital: Annotated[Fen, titled("注册资本（分）", "Capital, in fen")]
    representative: Annotated[Person, titled("法定代表人", "Legal representative")]
    shareholders: Annotated[
        tuple[Shareholder, ...], titled("股东", "Shareholders", max_length=SHAREHOLDERS_MAX)
    ] = ()
    beneficial_owner: Annotated[Person | None, titled("受益所有人", "Beneficial owner")] = None
    liaison: Annotated[Person, titled("联络员", "Liaison")]
    foreign_invested: Annotated[bool, titled("外商投资", "Foreign-invested")] = False
    uscc: Annotated[CreditCodeInRegister | None, titled("统一社会信用代码", "Credit code")] = None
    parent: Annotated[
        CreditCodeInRegister | None, titled("隶属企业代码", "Parent's credit code")
    ] = None
    decided_on: Annotated[Day | None, titled("变更决议日期", "Decided on")] = None
    approvals: Annotated[
        tuple[Approval, ...], titled("前置审批", "Approvals that come first", max_length=20)
    ] = ()
    conditions_met: Conditions
    papers: Papers
    papers_digest: Digest

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        fault = _contradiction(self)
        if fault is not None:
            raise _inconsistent(fault)
        return self


def _inconsistent(fault: Text) -> Exception:
    return refused_field(APPLICATION_INCONSISTENT(fault_zh=fault.zh, fault_en=fault.en))


def _contradiction(found: Application) -> Text | None:
    is_new = found.matter in SET_UP_MATTERS
    if is_new != (found.uscc is None):
        return Text("新设不填代码，其他事项须填", "only a new entity has no code yet")
    if (found.matter is MatterKind.BRANCH) != (found.entity_type is EntityType.BRANCH):
        return Text("分支机构事项与类型不符", "a branch is set up as a branch")
    if (found.entity_type is EntityType.BRANCH) != (found.parent is not None):
        return Text("分支机构须填隶属企业，其他不填", "a branch alone names its parent")
    if found.trade_name not in found.name:
        return Text("名称须包含字号", "the name contains the trade name")
    if is_new != (found.decided_on is None):
        return Text("变更、迁移须填决议日期，新设不填", "a change names the day of its decision")
    if found.entity_type is EntityType.COMPANY and not found.shareholders:
        return Text("公司须有股东", "a company has shareholders")
    if found.shareholders and sum(one.amount for one in found.shareholders) != found.capital:
        return Text("认缴额合计须等于注册资本", "what is subscribed sums to the capital")
    return None


class Correction(Contract):
    """All that has to be corrected, told once (实施细则: one-time complete notice)."""

    papers: Papers = ()
    notes: Annotated[str, titled("补正内容", "What to correct", max_length=NOTE_CHARS_MAX)]


class LicenceGiven(Contract):
    """The licence's code, as the registration system has allotted it."""

    uscc: Annotated[UnifiedSocialCreditCode, titled("统一社会信用代码", "Credit code")]


class FileSent(Contract):
    """The old authority hands its file over: what it is, by its digest."""

    digest: Digest
    pages: Annotated[int, titled("页数", "Pages", ge=1, le=100_000)]


class DeregistrationNotice(Contract):
    """Why a simple deregistration is open to the entity: it has no debts, and all commit to it."""

    entity_type: Annotated[EntityType, titled("主体类型", "Type")]
    no_debts: Annotated[bool, titled("无债权债务", "No debts or claims")]
    all_commit: Annotated[bool, titled("全体投资人承诺", "All investors commit")]
    under_penalty: Annotated[
        bool, titled("被吊销或列入异常名录", "Revoked, or on the abnormal list")
    ]
    papers: Papers
    papers_digest: Digest
