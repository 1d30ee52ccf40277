"""An item that a resolution charges a city with, from its assignment until its acceptance.

The convener's office keeps the case. The term is the resolution's, in working days of the league's
calendar; when it passes, every city's record says so once and the convener finds it in its queue.
"""

from typing import Annotated, Final

from hanse.foundation.languages import Text, titled
from hanse.foundation.working_days import TermUnit
from hanse.mechanisms.cases import (
    OPENING,
    Action,
    Deadline,
    DocumentKind,
    Flag,
    FormTerm,
    Procedure,
    Role,
    Stage,
    Status,
    SubjectKind,
)
from hanse.mechanisms.league.document_types import Digest, Prose, Words
from hanse.services.governance.conference.contracts import (
    WORKING_DAYS_MAX,
    Contract,
    DutyNumber,
    ResolutionId,
)
from hanse.services.governance.conference.purposes import CONFERENCE

REPORT_CHARS_MAX: Final = 4_000

Days = Annotated[int, titled("完成时限（工作日）", "Working days", ge=1, le=WORKING_DAYS_MAX)]
Account = Annotated[
    str, titled("落实情况", "What was done", min_length=1, max_length=REPORT_CHARS_MAX), Prose
]


class Assignment(Contract):
    """What is to be done, word for word as the resolution says."""

    resolution: ResolutionId
    digest: Annotated[Digest, titled("决议文本摘要", "Digest of the resolution")]
    number: DutyNumber
    task: Annotated[Words, titled("任务", "Task")]
    working_days: Days


class Report(Contract):
    """What the city in charge says it has done."""

    account: Account


class MoreTime(Contract):
    """How much longer it may take, or how long the work that is left may."""

    working_days: Days


FOLLOW_UP: Final = Procedure(
    name="conference.follow_up",
    version=1,
    title=Text("决议落实事项", "Item of a resolution"),
    purpose=CONFERENCE,
    subject=SubjectKind.THING,
    roles=(
        Role("office", Text("召集城市联席会议办公室", "The convener's joint office")),
        Role("responsible", Text("责任机构", "Organisation in charge")),
    ),
    keeper="office",
    stages=(
        Stage("assigned", Text("落实中", "Being carried out"), Status.IN_PROGRESS),
        Stage("reported", Text("已报告，待确认", "Reported, to be accepted"), Status.DECIDED),
        Stage("done", Text("已落实", "Done"), Status.COMPLETED),
        Stage("dropped", Text("已撤销", "Dropped"), Status.WITHDRAWN),
    ),
    flags=(Flag("late", Text("逾期", "Overdue")),),
    deadlines=(
        Deadline(
            "carry_out",
            Text("落实期限", "To be carried out"),
            FormTerm("working_days", TermUnit.WORKING_DAYS),
            actor="responsible",
            escalates_to="office",
            extension=FormTerm("working_days", TermUnit.WORKING_DAYS),
            sets=("late",),
        ),
    ),
    documents=(DocumentKind("proof", Text("证明材料", "Proof")),),
    opening=Action(
        OPENING,
        Text("交办", "Assign"),
        by=("office",),
        to="assigned",
        form=Assignment,
        starts=("carry_out",),
        notifies=("responsible",),
    ),
    actions=(
        Action(
            "report",
            Text("报告落实情况", "Report"),
            by=("responsible",),
            from_stages=("assigned",),
            to="reported",
            form=Report,
            ends=("carry_out",),
            notifies=("office",),
        ),
        Action(
            "accept",
            Text("确认落实", "Accept"),
            by=("office",),
            from_stages=("reported",),
            to="done",
            notifies=("responsible",),
        ),
        Action(
            "send_back",
            Text("退回继续落实", "Send back"),
            by=("office",),
            from_stages=("reported",),
            to="assigned",
            form=MoreTime,
            needs_reason=True,
            starts=("carry_out",),
            notifies=("responsible",),
        ),
        Action(
            "extend",
            Text("延长期限", "Extend"),
            by=("office",),
            from_stages=("assigned",),
            form=MoreTime,
            needs_reason=True,
            extends=("carry_out",),
            notifies=("responsible",),
            is_expected=False,
        ),
        Action(
            "drop",
            Text("撤销事项", "Drop"),
            by=("office",),
            from_stages=("assigned", "reported"),
            to="dropped",
            needs_reason=True,
            notifies=("responsible",),
            is_expected=False,
        ),
    ),
)
