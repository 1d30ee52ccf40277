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
    Name,
    Reason,
    Seats,
    Subject,
)

STEPS_PER_MESSAGE_MAX: Final = 50
PAGE_CASES_MAX: Final = 200
PAGE_STEPS_MAX: Final = 200
CURSOR_CHARS_MAX: Final = 200


class _Contract(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Data = Annotated[dict[str, Any], titled("内容", "Data")]
Role = Annotated[Name, titled("角色", "Role")]
Number = Annotated[int, titled("步骤序号", "Number of the step", ge=0, le=10_000)]
Proposal = Annotated[str, titled("提议编号", "Proposal", pattern="^[0-9a-f]{32}$", max_length=32)]


class Open(_Contract):
    """Another city asks the keeper to open a case."""

    proposal: Proposal
    case: CaseId
    subject: Subject
    seats: Seats
    role: Role
    data: Data = {}
    reason: Reason | None = None
    documents: Documents = ()


class Propose(_Contract):
    """Another party's step, for the keeper to number."""

    proposal: Proposal
    case: CaseId
    role: Role
    action: Name
    data: Data = {}
    reason: Reason | None = None
    documents: Documents = ()
    seen: Number | None = None
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
    reason: Reason | None = None
    documents: Documents = ()


class Act(_Contract):
    """An own agency takes a step, in one of the roles that it has in the case."""

    case: CaseId
    role: Role
    action: Name
    data: Data = {}
    reason: Reason | None = None
    documents: Documents = ()
    seen: Number | None = None


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


class Choice(_Contract):
    """Something that may be done now."""

    role: Role
    action: Name
    title: Annotated[Text, titled("名称", "Title")]
    needs_reason: bool
    documents: tuple[str, ...]


class DeadlineView(_Contract):
    """A deadline, with the words that people see."""

    title: Annotated[Text, titled("名称", "Title")]
    actor: Annotated[Text, titled("责任方", "Who must act")]
    state: DeadlineState


class ProposalView(_Contract):
    """A step of this city that the keeper has not numbered, or has refused."""

    proposal: str
    role: str
    action: str
    state: Annotated[str, titled("状态", "State")]
    problem: dict[str, Any] | None = None
    made_at: datetime


class DisputeView(_Contract):
    """A step that a city does not accept."""

    number: int
    city: str
    digest: str
    problem: dict[str, Any]
    settled: bool


class CaseView(_Contract):
    """A case as one of its parties sees it."""

    case: CaseId
    procedure: str
    version: int
    subject: str
    seats: dict[str, Seat]
    keeper: str
    stage: str
    stage_title: Text | None
    status: Status | None
    flags: tuple[str, ...] = ()
    number: int
    head: str | None
    opened_at: datetime | None
    data: dict[str, Any] = {}
    documents: tuple[Document, ...] = ()
    documents_here: tuple[str, ...] = ()
    deadlines: tuple[DeadlineView, ...] = ()
    choices: tuple[Choice, ...] = ()
    proposals: tuple[ProposalView, ...] = ()
    disputes: tuple[DisputeView, ...] = ()


class StepView(_Contract):
    """One step in words."""

    number: int
    at: datetime
    title: Text
    city: str
    organisation: str
    role: str
    reason: str | None
    digest: str
    deadlines: tuple[DeadlineState, ...] = ()


class Timeline(_Contract):
    """The steps of a case, and the number to continue after."""

    case: CaseId
    steps: tuple[StepView, ...]
    next_after: int | None = None


class CaseLine(_Contract):
    """A case in a list."""

    case: CaseId
    subject: str
    keeper: str
    stage: str
    status: Status
    opened_at: datetime
    changed_at: datetime


class CasePage(_Contract):
    """A page, and where the next begins."""

    cases: tuple[CaseLine, ...]
    cursor: str | None = None


class Task(_Contract):
    """A case that waits for a role."""

    case: CaseId
    role: str
    stage: str
    stage_title: Text
    status: Status
    due_at: datetime | None
    is_escalated: bool


class Queue(_Contract):
    """A page of tasks, and where the next begins."""

    tasks: tuple[Task, ...]
    cursor: str | None = None


class ProgressLine(_Contract):
    """One matter as the person or enterprise that it is about is told of it."""

    case: CaseId
    title: Text
    status: Status
    status_title: Text
    stage_title: Text
    waits_for: tuple[Text, ...]
    """Who must act now, in words."""
    due: tuple[Text, ...]
    """Each running deadline and how it was reckoned, in words."""


class Progress(_Contract):
    """How the matters of a person or enterprise stand."""

    matters: tuple[ProgressLine, ...]
