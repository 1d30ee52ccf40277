"""What cities ask and tell each other about public credit. The subject is always a code."""

from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, model_validator

from hanse.foundation.checked_fields import refused_field
from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.identifiers import (
    CreditCodeInRegister,
    UnifiedSocialCreditCode,
    check_uscc,
)
from hanse.foundation.languages import Text, titled
from hanse.foundation.regions import CityCode, RegionCode
from hanse.foundation.working_days import Day
from hanse.services.market.credit.codes import (
    CreditSystem,
    DutyStatus,
    Material,
    MeasureBasis,
    MeasureKind,
    ObjectionStatus,
    PenaltyKind,
    RecordKind,
    RecordStatus,
    RepairAction,
    RepairBasis,
    RepairStatus,
    Sector,
    Severity,
)

CREDIT_DECISION_INCONSISTENT = ProblemKind(
    "credit_decision_inconsistent",
    422,
    Text("信用信息内容前后矛盾", "The credit information contradicts itself"),
    Text("请更正：{fault_zh}", "Correct this: {fault_en}"),
)

RECORDS_MAX: Final = 200
NUMBER_LENGTH_MAX: Final = 100
TEXT_LENGTH_MAX: Final = 4_000
REASON_LENGTH_MAX: Final = 1_000
MATERIALS_MAX: Final = 20
VERSION_MAX: Final = 1_000_000


class _Contract(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _OfSubject(_Contract):
    """Names a subject by its code. A code that fails its check needs a registry's word for it."""

    subject: Annotated[
        CreditCodeInRegister, titled("信用主体（统一社会信用代码）", "Subject (credit code)")
    ]
    registry_confirmed: Annotated[
        bool, titled("已在登记机关核验代码", "The code was found in the register")
    ] = False

    @model_validator(mode="after")
    def _subject_is_sure(self) -> Self:
        try:
            check_uscc(self.subject, in_registry=self.registry_confirmed)
        except Problem as problem:
            raise refused_field(problem) from None
        return self


class Decision(_OfSubject):
    """What an authority decided about a subject: all that the rules need to know of it."""

    system: Annotated[CreditSystem, titled("公示系统", "System")]
    kind: Annotated[RecordKind, titled("信息类别", "Kind")]
    subject_region: Annotated[RegionCode, titled("主体登记地", "Where the subject is registered")]
    authority: Annotated[
        UnifiedSocialCreditCode, titled("认定单位（统一社会信用代码）", "Authority (credit code)")
    ]
    authority_region: Annotated[RegionCode, titled("认定单位所在地", "Where the authority is")]
    decision_number: Annotated[
        str, titled("决定书文号", "Decision number", min_length=1, max_length=NUMBER_LENGTH_MAX)
    ]
    decided_on: Annotated[Day, titled("决定日期", "Date of the decision")]
    content: Annotated[str, titled("决定内容", "Content", min_length=1, max_length=TEXT_LENGTH_MAX)]
    penalties: Annotated[
        tuple[PenaltyKind, ...], titled("处罚种类", "Kinds of penalty", max_length=14)
    ] = ()
    summary_procedure: Annotated[bool, titled("适用简易程序", "By summary procedure")] = False
    severity: Annotated[Severity | None, titled("失信程度", "Class")] = None
    sectors: Annotated[tuple[Sector, ...], titled("监管领域", "Fields", max_length=5)] = ()
    restricted_until: Annotated[Day | None, titled("限制期限届满日", "The restriction ends on")] = (
        None
    )
    publication_reason: Annotated[
        str | None,
        titled(
            "轻微信息确有必要公示的理由",
            "Why a minor one must be published",
            min_length=1,
            max_length=REASON_LENGTH_MAX,
        ),
    ] = None
    ends_on: Annotated[
        Day | None, titled("来源确定的终止日", "Ends on, where the source decides")
    ] = None
    duty: Annotated[DutyStatus, titled("义务履行状态", "Duty")] = DutyStatus.NONE

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        fault = _contradiction(self)
        if fault is not None:
            problem = CREDIT_DECISION_INCONSISTENT(fault_zh=fault.zh, fault_en=fault.en)
            raise refused_field(problem)
        return self


def _contradiction(decision: Decision) -> Text | None:
    is_penalty = decision.kind is RecordKind.PENALTY
    if is_penalty != bool(decision.penalties):
        return Text("行政处罚须列明处罚种类，其他信息不得列", "only a penalty names its kinds")
    if len(set(decision.penalties)) != len(decision.penalties):
        return Text("处罚种类重复", "a kind of penalty stands twice")
    if decision.kind is RecordKind.GOOD and decision.severity is not None:
        return Text("守信信息没有失信程度", "good credit has no class of dishonesty")
    for end in (decision.restricted_until, decision.ends_on):
        if end is not None and end <= decision.decided_on:
            return Text("期限届满不晚于决定日期", "a term does not end after the decision")
    return None


class RecordReference(_Contract):
    """One record of one city, in the version that is meant."""

    source_city: Annotated[CityCode, titled("来源城市", "Source city")]
    record_id: Annotated[
        str, titled("信用信息编号", "Record", pattern="^[0-9a-z-]{1,64}$", max_length=64)
    ]
    version: Annotated[int, titled("版本", "Version", ge=1, le=VERSION_MAX)]


class PublishRecord(Decision):
    """Asks the city's own node to record a decision and, where the rules say so, publish it."""


class CreditRecord(Decision):
    """A decision as its source city keeps it and tells it to the others."""

    source_city: Annotated[CityCode, titled("来源城市", "Source city")]
    record_id: Annotated[
        str, titled("信用信息编号", "Record", pattern="^[0-9a-z-]{1,64}$", max_length=64)
    ]
    version: Annotated[int, titled("版本", "Version", ge=1, le=VERSION_MAX)] = 1
    status: Annotated[RecordStatus, titled("信息状态", "Status")]
    rule_version: Annotated[str, titled("适用规则", "Rule set", min_length=1, max_length=64)]
    publish_from: Annotated[Day | None, titled("公示起始日", "Published from")] = None
    publish_until: Annotated[
        Day | None, titled("公示终止日（当日起不再公示）", "Published until (that day no more)")
    ] = None
    repair_status: Annotated[RepairStatus | None, titled("修复状态", "Repair")] = None
    objection: Annotated[ObjectionStatus, titled("异议状态", "Objection")] = ObjectionStatus.NONE

    @property
    def reference(self) -> RecordReference:
        """What names this version of the record."""
        return RecordReference(
            source_city=self.source_city, record_id=self.record_id, version=self.version
        )


class Correction(_Contract):
    """The whole decision as it should read; what identifies it may not differ."""

    record: Annotated[RecordReference, titled("被更正的信息", "Record")]
    corrected: Annotated[Decision, titled("更正后的内容", "As it should read")]
    reason: Annotated[str, titled("更正理由", "Reason", min_length=1, max_length=REASON_LENGTH_MAX)]


class Withdrawal(_Contract):
    """The decision was changed, annulled or found unlawful: its record is taken back."""

    record: Annotated[RecordReference, titled("被撤回的信息", "Record")]
    changed_on: Annotated[Day, titled("决定变更或撤销日期", "Date of the change")]
    reason: Annotated[str, titled("撤回理由", "Reason", min_length=1, max_length=REASON_LENGTH_MAX)]


class Objection(_Contract):
    """The subject disputes a record."""

    record: Annotated[RecordReference, titled("有异议的信息", "Record")]
    grounds: Annotated[str, titled("异议理由", "Grounds", min_length=1, max_length=TEXT_LENGTH_MAX)]


class ObjectionAnswer(_Contract):
    """The source answers an objection."""

    record: Annotated[RecordReference, titled("有异议的信息", "Record")]
    upheld: Annotated[bool, titled("异议成立", "Upheld")]
    reason: Annotated[str, titled("答复理由", "Reason", min_length=1, max_length=REASON_LENGTH_MAX)]


class RecordRequest(_OfSubject):
    """Asks what may be used about a subject."""

    at: Annotated[Day | None, titled("查询时点（不填为当日）", "On which day (today if none)")] = (
        None
    )


class RecordAnswer(_Contract):
    """What may be used about a subject on `as_of`, from the city that answers."""

    subject: Annotated[CreditCodeInRegister, titled("信用主体", "Subject")]
    as_of: Annotated[Day, titled("查询时点", "As of")]
    records: Annotated[
        tuple[CreditRecord, ...], titled("信用信息", "Records", max_length=RECORDS_MAX)
    ]
    serious_list: Annotated[bool, titled("列入严重失信名单", "On a serious list")]
    predecessors: Annotated[
        tuple[CreditCodeInRegister, ...],
        titled("承继的原主体", "Predecessors whose records it answers for", max_length=RECORDS_MAX),
    ] = ()
    complete: Annotated[bool, titled("已全部列出", "All records are here")] = True


class MaterialItem(_Contract):
    """One paper of an application, kept where it was handed in and named by its digest."""

    material: Annotated[Material, titled("材料种类", "Material")]
    digest: Annotated[
        str,
        titled("材料摘要（SHA-256）", "Digest (SHA-256)", pattern="^[0-9a-f]{64}$", max_length=64),
    ]


class RepairApplication(_OfSubject):
    """A subject asks for the repair of one record."""

    record: Annotated[RecordReference, titled("申请修复的信息", "Record")]
    basis: Annotated[RepairBasis, titled("修复依据", "Basis")] = RepairBasis.CORRECTED
    materials: Annotated[
        tuple[MaterialItem, ...], titled("申请材料", "Material", max_length=MATERIALS_MAX)
    ] = ()


class RepairDecision(_Contract):
    """A step of the authority or the site on an application for repair."""

    application_id: Annotated[
        str, titled("申请编号", "Application", pattern="^[0-9a-z-]{1,64}$", max_length=64)
    ]
    action: Annotated[RepairAction, titled("办理", "Action")]
    reason: Annotated[
        str | None, titled("理由", "Reason", min_length=1, max_length=REASON_LENGTH_MAX)
    ] = None
    missing: Annotated[
        tuple[Material, ...],
        titled("须补正的材料", "Material that is missing", max_length=MATERIALS_MAX),
    ] = ()


class ListEntry(_OfSubject):
    """A subject on the list of seriously unlawful and dishonest enterprises (SAMR Order 44)."""

    source_city: Annotated[CityCode, titled("来源城市", "Source city")]
    entry_id: Annotated[
        str, titled("列入编号", "Entry", pattern="^[0-9a-z-]{1,64}$", max_length=64)
    ]
    authority: Annotated[UnifiedSocialCreditCode, titled("列入决定机关", "Authority")]
    decision_number: Annotated[
        str, titled("列入决定文号", "Decision number", min_length=1, max_length=NUMBER_LENGTH_MAX)
    ]
    listed_on: Annotated[Day, titled("列入日期", "Listed on")]
    grounds: Annotated[str, titled("列入事由", "Grounds", min_length=1, max_length=TEXT_LENGTH_MAX)]
    restricted_until: Annotated[Day | None, titled("管理措施期限届满日", "The measures end on")] = (
        None
    )
    removed_on: Annotated[Day | None, titled("移出日期", "Removed on")] = None


class SuccessionLink(_Contract):
    """A registry's word that one enterprise answers for another's records."""

    predecessor: Annotated[CreditCodeInRegister, titled("原主体", "Predecessor")]
    successor: Annotated[CreditCodeInRegister, titled("承继主体", "Successor")]
    since: Annotated[Day, titled("承继日期", "Since")]


class DeclaredMeasure(_Contract):
    """A joint measure that the league has declared; no other may be imposed."""

    code: Annotated[str, titled("措施编码", "Measure", pattern="^[a-z0-9_-]{1,64}$", max_length=64)]
    title_zh: Annotated[str, titled("措施名称", "Name in Chinese", min_length=1, max_length=200)]
    title_en: Annotated[str, titled("英文名称", "Name in English", min_length=1, max_length=200)]
    kind: Annotated[MeasureKind, titled("措施类型", "Kind")]
    basis: Annotated[MeasureBasis, titled("依据类型", "Basis")]
    legal_basis: Annotated[
        str, titled("依据条款", "Clause", min_length=1, max_length=REASON_LENGTH_MAX)
    ]
    applies_to: Annotated[
        tuple[RecordKind, ...],
        titled("适用信息类别", "Kinds of record", min_length=1, max_length=5),
    ]
    severities: Annotated[
        tuple[Severity, ...],
        titled("适用失信程度（不填为全部）", "Classes (all if none)", max_length=3),
    ] = ()
    executing_cities: Annotated[
        tuple[CityCode, ...], titled("获授权实施城市", "Authorised cities", max_length=100)
    ]
    valid_from: Annotated[Day, titled("施行日期", "In force from")]
    valid_until: Annotated[Day | None, titled("失效日期", "In force until")] = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        rewards = self.kind is MeasureKind.INCENTIVE
        if any(rewards != (kind is RecordKind.GOOD) for kind in self.applies_to):
            fault = Text(
                "激励只适用于守信信息，惩戒不适用于守信信息",
                "an incentive is for good credit alone, a sanction never for it",
            )
            raise refused_field(CREDIT_DECISION_INCONSISTENT(fault_zh=fault.zh, fault_en=fault.en))
        return self
