"""What cities and agencies ask and tell each other about retirees."""

from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, model_validator

from hanse.foundation.checked_fields import refused_field
from hanse.foundation.errors import ProblemKind
from hanse.foundation.identifiers import CitizenId
from hanse.foundation.languages import Text, titled
from hanse.foundation.money import Fen
from hanse.foundation.regions import CityCode
from hanse.foundation.working_days import Day
from hanse.services.social.retirees.codes import (
    Channel,
    DeathSource,
    EvidenceKind,
    LossKind,
    Reporter,
    Result,
    Scheme,
    Standing,
)
from hanse.services.social.retirees.months import YearMonth

ASSIST_RESULT_INCONSISTENT = ProblemKind(
    "retirees_assist_result_inconsistent",
    422,
    Text("协查结果前后矛盾", "The result contradicts itself"),
    Text("请更正：{fault_zh}", "Correct this: {fault_en}"),
)

BENEFITS_MAX: Final = 8
NAME_LENGTH_MAX: Final = 100
SOURCE_LENGTH_MAX: Final = 200
REASON_LENGTH_MAX: Final = 1_000
PAPERS_MAX: Final = 40

Identifier = Annotated[str, titled("编号", "Id", pattern="^[0-9A-Za-z-]{1,64}$", max_length=64)]
Name = Annotated[str, titled("姓名", "Name", min_length=1, max_length=NAME_LENGTH_MAX)]
Reason = Annotated[str, titled("理由", "Reason", min_length=1, max_length=REASON_LENGTH_MAX)]
Source = Annotated[str, titled("来源", "Source", min_length=1, max_length=SOURCE_LENGTH_MAX)]
Codes = Annotated[
    tuple[Annotated[str, titled("代码", "Code", pattern="^[a-z0-9_]{1,40}$", max_length=40)], ...],
    titled("代码", "Codes", max_length=PAPERS_MAX),
]


class Contract(BaseModel):
    """A message's data: nothing beside what is declared, and nothing changes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OfPerson(Contract):
    """Names a person by the citizen identity number."""

    citizen_id: Annotated[CitizenId, titled("公民身份号码", "Citizen identity number")]


class Benefit(Contract):
    """One benefit that a person is paid every month."""

    benefit_id: Identifier
    scheme: Annotated[Scheme, titled("待遇类别", "Scheme")]
    since: Annotated[YearMonth, titled("起发年月", "First month")]
    monthly: Annotated[Fen, titled("月标准（分）", "Amount a month, in fen")]


class Approval(OfPerson):
    """An approval of a benefit under the uniform measures, as the agency decided it."""

    name: Name
    residence: Annotated[CityCode | None, titled("居住城市（境外为空）", "City of residence")]
    benefit: Benefit
    conditions_met: Annotated[Codes, titled("已符合的条件", "Conditions that are met")]
    papers: Annotated[Codes, titled("已收材料", "Papers received")]
    identified_on: Annotated[Day, titled("当面核验日期", "Seen in person on")]


class Recipient(OfPerson):
    """A person with the benefits that this city pays, and how the entitlement stands."""

    name: Name
    residence: Annotated[CityCode | None, titled("居住城市（境外为空）", "City of residence")] = (
        None
    )
    benefits: Annotated[
        tuple[Benefit, ...], titled("待遇", "Benefits", min_length=1, max_length=BENEFITS_MAX)
    ]
    last_evidence: Annotated[Day, titled("最近认证证据日期", "Day of the last evidence")]
    last_kind: Annotated[EvidenceKind, titled("证据种类", "Kind of evidence")]
    last_channel: Annotated[Channel, titled("认证方式", "Channel")]
    tried: Annotated[tuple[Channel, ...], titled("本期已用方式", "Channels tried")] = ()
    suspected: Annotated[bool, titled("疑似丧失资格，核查中", "Loss is suspected")] = False
    lost: Annotated[LossKind | None, titled("丧失资格原因", "Why it was lost")] = None
    lost_on: Annotated[Day | None, titled("丧失资格日期", "Lost on")] = None
    credential_id: Annotated[str | None, titled("电子凭证编号", "Credential")] = None


class EntitlementState(OfPerson):
    """How a person's entitlement stands today, and why, in words."""

    standing: Annotated[Standing, titled("状态", "Standing")]
    last_evidence: Annotated[Day, titled("最近认证证据日期", "Day of the last evidence")]
    due_on: Annotated[Day | None, titled("下次认证截止日", "Due on")]
    suspended_from: Annotated[
        YearMonth | None, titled("逾期将自该月起暂停", "Not paid from, if not certified")
    ]
    missed: Annotated[tuple[YearMonth, ...], titled("未发月份", "Months not paid")]
    next_channel: Annotated[Channel | None, titled("下一认证方式", "Next channel")]
    suspected: Annotated[bool, titled("核查中", "Loss is suspected")]
    lost_on: Annotated[Day | None, titled("丧失资格日期", "Lost on")]
    reckoning: Annotated[dict[str, Any] | None, titled("期限计算", "Reckoning")]


class Evidence(OfPerson):
    """A piece of evidence that a hospital, a desk or an app of this city gives its node."""

    evidence_id: Identifier
    name: Name
    kind: Annotated[EvidenceKind, titled("证据种类", "Kind")]
    channel: Annotated[Channel, titled("认证方式", "Channel")]
    on: Annotated[Day, titled("证据日期", "Day")]
    source: Source
    face_score: Annotated[int | None, titled("人脸得分", "Face score of 100", ge=0, le=100)] = None


class AssistRequest(OfPerson):
    """The city of payment asks the city of residence whether the person is alive."""

    name: Name
    schemes: Annotated[
        tuple[Scheme, ...], titled("待遇类别", "Schemes", min_length=1, max_length=4)
    ]
    last_evidence: Annotated[Day, titled("最近认证证据日期", "Day of the last evidence")]
    due_on: Annotated[Day | None, titled("截止日", "Due on")]
    channel: Annotated[Channel, titled("请求的方式", "Channel asked for")]


class DeathWord(Contract):
    """One authority's word on when the person died."""

    source: Annotated[DeathSource, titled("来源部门", "Authority")]
    died_on: Annotated[Day, titled("死亡日期", "Died on")]


class AssistResult(Contract):
    """What the city of residence found. The evidence's own day counts, not the answer's."""

    result: Annotated[Result, titled("结果", "Result")]
    channel: Annotated[Channel, titled("方式", "Channel")]
    kind: Annotated[EvidenceKind | None, titled("证据种类", "Kind of evidence")] = None
    evidence_on: Annotated[Day | None, titled("证据日期", "Day of the evidence")] = None
    source: Annotated[Source | None, titled("证据来源", "Source")] = None
    face_score: Annotated[int | None, titled("人脸得分", "Face score of 100", ge=0, le=100)] = None
    deaths: Annotated[
        tuple[DeathWord, ...], titled("死亡记录", "Records of death", max_length=3)
    ] = ()
    operator: Annotated[str, titled("经办机构", "Organisation", min_length=1, max_length=100)]
    result_on: Annotated[Day, titled("结果日期", "Day of the result")]

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        fault = _contradiction(self)
        if fault is not None:
            raise refused_field(ASSIST_RESULT_INCONSISTENT(fault_zh=fault.zh, fault_en=fault.en))
        return self


def _contradiction(found: AssistResult) -> Text | None:
    alive = found.result is Result.ALIVE
    seen = None not in (found.kind, found.evidence_on, found.source)
    if alive != seen:
        return Text("健在须有证据种类、日期和来源，其他结果不得有", "only ALIVE names evidence")
    if (found.result is Result.DECEASED) != bool(found.deaths):
        return Text("死亡须有部门记录，其他结果不得有", "only DECEASED names records of death")
    if len({one.source for one in found.deaths}) != len(found.deaths):
        return Text("同一部门出现两次", "an authority stands twice")
    if found.evidence_on is not None and found.evidence_on > found.result_on:
        return Text("证据日期晚于结果日期", "the evidence is dated after the result")
    return None


class DeskResult(OfPerson):
    """A desk's finding about a request that waits: who asked, and what was found."""

    city: Annotated[CityCode, titled("请求城市", "City that asked")]
    message_id: Identifier
    found: Annotated[AssistResult, titled("结果", "Result")]


class AskAssist(OfPerson):
    """An agency has its node ask the city of residence, by the channel that comes next."""

    channel: Annotated[Channel, titled("方式", "Channel")] = Channel.COMPARISON


class LossReport(OfPerson):
    """Family or employer tell of a loss; it is investigated, and payment goes on until then."""

    reporter: Annotated[Reporter, titled("报告人", "Reporter")]
    kind: Annotated[LossKind, titled("原因", "Kind")]
    lost_on: Annotated[Day, titled("丧失资格日期", "Lost on")]


class LossDecision(OfPerson):
    """What the investigation found. `decided_on_day` and `reason` where sources contradict."""

    kind: Annotated[LossKind, titled("原因", "Kind")]
    deaths: Annotated[
        tuple[DeathWord, ...], titled("死亡记录", "Records of death", max_length=3)
    ] = ()
    found_on: Annotated[Day | None, titled("核查确定的日期", "Day that was found")] = None
    decided_on_day: Annotated[Day | None, titled("人工采用的日期", "Day decided by hand")] = None
    reason: Annotated[Reason | None, titled("人工核实理由", "Reason")] = None
