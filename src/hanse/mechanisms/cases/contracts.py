"""What cities say to each other about a case, and what a desk says to its own node."""

from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict

from hanse.foundation.languages import Text, titled
from hanse.mechanisms.cases.actor import Seat
from hanse.mechanisms.cases.deadlines import DeadlineState
from hanse.mechanisms.cases.procedure import Status
from hanse.mechanisms.cases.step import (
    STEP_BYTES_MAX,
    CaseId,
    DigestName,
    Document,
    Documents,
    MaybeReason,
    Name,
    Reason,
    Seats,
    Subject,
)
from hanse.mechanisms.exchange.accesses import IdentityCheck

STEPS_PER_MESSAGE_MAX: Final = 50
PAGE_CASES_MAX: Final = 200
PAGE_STEPS_MAX: Final = 200
CURSOR_CHARS_MAX: Final = 200


class _Contract(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


DATA_FIELDS_MAX: Final = 100
"""How many fields a step carries; what each may hold is the procedure's form to say."""
Data = Annotated[dict[str, Any], titled("内容", "Data", max_length=DATA_FIELDS_MAX)]
Role = Annotated[Name, titled("角色", "Role")]
Number = Annotated[int, titled("步骤序号", "Number of the step", ge=0, le=10_000)]
MaybeNumber = Annotated[
    int | None, titled("所见步骤序号", "The step that was seen last", ge=0, le=10_000)
]
Proposal = Annotated[str, titled("提议编号", "Proposal", pattern="^[0-9a-f]{32}$", max_length=32)]


class Open(_Contract):
    """Another city asks the keeper to open a case."""

    proposal: Proposal
    case: CaseId
    subject: Subject
    seats: Seats
    role: Role
    data: Data = {}
    reason: MaybeReason = None
    documents: Documents = ()


class Propose(_Contract):
    """Another party's step, for the keeper to number."""

    proposal: Proposal
    case: CaseId
    role: Role
    action: Name
    data: Data = {}
    reason: MaybeReason = None
    documents: Documents = ()
    seen: MaybeNumber = None
    """Where given, the step is refused if the case has moved on since."""


class Numbered(_Contract):
    """The keeper's answer: the step has this place in the case."""

    case: CaseId
    number: Number
    digest: DigestName


class Record(_Contract):
    """Numbered steps, each as the exact line that the keeper wrote."""

    case: CaseId
    lines: Annotated[
        tuple[Annotated[str, titled("步骤", "Step", max_length=STEP_BYTES_MAX)], ...],
        titled("步骤", "Steps", min_length=1, max_length=STEPS_PER_MESSAGE_MAX),
    ]


class Have(_Contract):
    """How far a city's history of the case goes, and what it does not accept."""

    case: CaseId
    number: Number
    digest: DigestName
    disputed: Annotated[int | None, titled("有异议的步骤", "Step that it disputes")] = None
    problem: Annotated[dict[str, Any] | None, titled("异议", "Why")] = None


class Compare(_Contract):
    """A city asks for the digests of another's history."""

    case: CaseId
    after: Number = 0


class Digests(_Contract):
    """The digests of the steps after a number, in order."""

    case: CaseId
    after: Number
    digests: Annotated[tuple[DigestName, ...], titled("各步骤摘要", "Digests")]


class Paper(_Contract):
    """A document's bytes come with this message, as its body."""

    case: CaseId
    digest: DigestName


class Start(_Contract):
    """An own agency opens a case. A seat's organisation may stay open."""

    subject: Subject
    seats: Seats
    role: Role
    data: Data = {}
    reason: MaybeReason = None
    documents: Documents = ()


class Act(_Contract):
    """An own agency takes a step, in one of the roles that it has in the case."""

    case: CaseId
    role: Role
    action: Name
    data: Data = {}
    reason: MaybeReason = None
    documents: Documents = ()
    seen: MaybeNumber = None


class Migrate(_Contract):
    """The keeper moves a running case to another version of its procedure, and says why."""

    case: CaseId
    version: Annotated[int, titled("程序版本", "Version", ge=1, le=10_000)]
    reason: Reason


class Taken(_Contract):
    """The step stands with its number, or is proposed to the keeper."""

    case: CaseId
    number: Annotated[int | None, titled("步骤序号", "Number of the step")] = None
    digest: Annotated[str | None, titled("摘要", "Digest")] = None
    proposal: Annotated[str | None, titled("提议编号", "Proposal")] = None


class CaseQuestion(_Contract):
    """One case."""

    case: CaseId


class TimelineQuestion(_Contract):
    """The steps of a case after a number."""

    case: CaseId
    after: Number = 0


class ListQuestion(_Contract):
    """A page of cases, newest first."""

    is_open: Annotated[bool, titled("在办", "Open")] = True
    subject: Annotated[Subject | None, titled("事项对象", "About")] = None
    cursor: Annotated[
        str | None, titled("续查起点", "Continue after", max_length=CURSOR_CHARS_MAX)
    ] = None
    limit: Annotated[int, titled("条数", "At most", ge=1, le=PAGE_CASES_MAX)] = 50


class QueueQuestion(_Contract):
    """A page of what waits for the asking organisation, the most urgent first."""

    role: Annotated[Name | None, titled("角色", "Role")] = None
    cursor: Annotated[
        str | None, titled("续查起点", "Continue after", max_length=CURSOR_CHARS_MAX)
    ] = None
    limit: Annotated[int, titled("条数", "At most", ge=1, le=PAGE_CASES_MAX)] = 50


class SubjectQuestion(_Contract):
    """A person or enterprise asks how its matters stand."""

    subject: Subject


class OwnQuestion(_Contract):
    """A person asks how its own matters stand, through an agency that made sure of who asks."""

    subject: Subject
    identity: Annotated[IdentityCheck, titled("身份核验方式", "How identity was checked")]


class Choice(_Contract):
    """Something that may be done now."""

    role: Role
    action: Name
    title: Annotated[Text, titled("名称", "Title")]
    needs_reason: Annotated[bool, titled("须说明理由", "Whether a reason is needed")]
    documents: Annotated[tuple[str, ...], titled("材料", "Documents")]


class Barred(_Contract):
    """Something that a role of the asker has in the procedure and may not do now."""

    action: Name
    title: Annotated[Text, titled("名称", "Title")]
    reason: Annotated[Text, titled("原因", "Why not")]


class DeadlineView(_Contract):
    """A deadline, with the words that people see."""

    title: Annotated[Text, titled("名称", "Title")]
    actor: Annotated[Text, titled("责任方", "Who must act")]
    state: Annotated[DeadlineState, titled("期限状态", "Deadline")]


class ProposalView(_Contract):
    """A step of this city that the keeper has not numbered, or has refused."""

    proposal: Annotated[str, titled("提议编号", "Proposal")]
    role: Annotated[str, titled("角色", "Role")]
    action: Annotated[str, titled("步骤", "Action")]
    state: Annotated[str, titled("状态", "State")]
    problem: Annotated[dict[str, Any] | None, titled("原因", "Problem")] = None
    made_at: Annotated[datetime, titled("提议时间", "Proposed at")]


class DisputeView(_Contract):
    """A step that a city does not accept."""

    number: Annotated[int, titled("步骤序号", "Number of the step")]
    city: Annotated[str, titled("城市", "City")]
    digest: Annotated[str, titled("摘要", "Digest")]
    problem: Annotated[dict[str, Any], titled("原因", "Problem")]
    settled: Annotated[bool, titled("已消除", "Whether it is settled")]


class CaseView(_Contract):
    """A case as one of its parties sees it."""

    case: CaseId
    procedure: Annotated[str, titled("办理程序", "Procedure")]
    version: Annotated[int, titled("程序版本", "Version")]
    subject: Annotated[str, titled("事项对象", "Subject")]
    seats: Annotated[dict[str, Seat], titled("各方", "Seats")]
    keeper: Annotated[str, titled("主办城市", "Keeper")]
    stage: Annotated[str, titled("阶段", "Stage")]
    stage_title: Annotated[Text | None, titled("阶段名称", "Stage in words")]
    status: Annotated[Status | None, titled("状态", "Status")]
    flags: Annotated[tuple[str, ...], titled("标记", "Flags")] = ()
    number: Annotated[int, titled("步骤序号", "Number of the step")]
    head: Annotated[str | None, titled("末步摘要", "Digest of the last step")]
    opened_at: Annotated[datetime | None, titled("立案时间", "Opened at")]
    data: Annotated[dict[str, Any], titled("内容", "Data")] = {}
    documents: Annotated[tuple[Document, ...], titled("材料", "Documents")] = ()
    documents_here: Annotated[
        tuple[str, ...], titled("本市已存材料", "Documents that are here")
    ] = ()
    deadlines: Annotated[tuple[DeadlineView, ...], titled("期限", "Deadlines")] = ()
    choices: Annotated[tuple[Choice, ...], titled("可办理步骤", "What may be done")] = ()
    barred: Annotated[tuple[Barred, ...], titled("暂不可办理", "What may not be done now")] = ()
    proposals: Annotated[tuple[ProposalView, ...], titled("提议", "Proposals")] = ()
    disputes: Annotated[tuple[DisputeView, ...], titled("异议", "Disagreements")] = ()


class StepView(_Contract):
    """One step in words."""

    number: Annotated[int, titled("步骤序号", "Number of the step")]
    at: Annotated[datetime, titled("时间", "At")]
    title: Annotated[Text, titled("名称", "Title")]
    city: Annotated[str, titled("城市", "City")]
    organisation: Annotated[str, titled("机构", "Organisation")]
    role: Annotated[str, titled("角色", "Role")]
    reason: Annotated[str | None, titled("理由", "Reason")]
    digest: Annotated[str, titled("摘要", "Digest")]
    deadlines: Annotated[tuple[DeadlineState, ...], titled("期限", "Deadlines")] = ()


class Timeline(_Contract):
    """The steps of a case, and the number to continue after."""

    case: CaseId
    steps: Annotated[tuple[StepView, ...], titled("步骤", "Steps")]
    next_after: Annotated[int | None, titled("续查起点", "Continue after")] = None


class CaseLine(_Contract):
    """A case in a list."""

    case: CaseId
    subject: Annotated[str, titled("事项对象", "Subject")]
    keeper: Annotated[str, titled("主办城市", "Keeper")]
    stage: Annotated[str, titled("阶段", "Stage")]
    status: Annotated[Status, titled("状态", "Status")]
    opened_at: Annotated[datetime, titled("立案时间", "Opened at")]
    changed_at: Annotated[datetime, titled("变动时间", "Changed at")]


class CasePage(_Contract):
    """A page, and where the next begins."""

    cases: Annotated[tuple[CaseLine, ...], titled("案件", "Cases")]
    cursor: Annotated[str | None, titled("下页起点", "Where the next page begins")] = None


class Task(_Contract):
    """A case that waits for a role."""

    case: CaseId
    role: Annotated[str, titled("角色", "Role")]
    stage: Annotated[str, titled("阶段", "Stage")]
    stage_title: Annotated[Text, titled("阶段名称", "Stage in words")]
    status: Annotated[Status, titled("状态", "Status")]
    due_at: Annotated[datetime | None, titled("逾期时间", "Overdue at")]
    is_escalated: Annotated[bool, titled("已督办", "Whether it was escalated")]


class Queue(_Contract):
    """A page of tasks, and where the next begins."""

    tasks: Annotated[tuple[Task, ...], titled("待办", "Tasks")]
    cursor: Annotated[str | None, titled("下页起点", "Where the next page begins")] = None


class ProgressLine(_Contract):
    """One matter as the person or enterprise that it is about is told of it."""

    case: CaseId
    title: Annotated[Text, titled("名称", "Title")]
    status: Annotated[Status, titled("状态", "Status")]
    status_title: Annotated[Text, titled("状态名称", "Status in words")]
    stage_title: Annotated[Text, titled("阶段名称", "Stage in words")]
    waits_for: Annotated[tuple[Text, ...], titled("待办理方", "Who must act now")]
    """Who must act now, in words."""
    due: Annotated[tuple[Text, ...], titled("期限说明", "Deadlines in words")]
    """Each running deadline and how it was reckoned, in words."""


class Progress(_Contract):
    """How the matters of a person or enterprise stand."""

    matters: Annotated[tuple[ProgressLine, ...], titled("事项", "Matters")]
