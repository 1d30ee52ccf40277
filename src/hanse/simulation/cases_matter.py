"""The procedure whose cases the simulation runs: three cities, a deadline of hours, a hand-over."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict

from hanse.foundation.languages import Text, titled
from hanse.foundation.working_days import Term, TermUnit
from hanse.mechanisms.cases import (
    OPENING,
    Action,
    Condition,
    Deadline,
    Flag,
    Procedure,
    Role,
    Stage,
    Status,
    SubjectKind,
    answer_handlers_of,
    due_of,
    operations_of,
    refusal_handlers_of,
)
from hanse.mechanisms.exchange.operations import Purpose, Service

PURPOSE: Final = Purpose("trial", Text("试验", "A trial"))


class Amount(BaseModel):
    """The form of the opening."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    amount: Annotated[int, titled("数额", "Amount", ge=0, le=100)]


def _title(zh: str, en: str) -> Text:
    return Text(zh, en)


MATTER: Final = Procedure(
    name="simulated.matter",
    version=1,
    title=_title("仿真事项", "A simulated matter"),
    purpose=PURPOSE,
    subject=SubjectKind.THING,
    roles=(
        Role("desk", _title("主办", "Desk")),
        Role("giver", _title("提供方", "Giver")),
        Role("watcher", _title("知情方", "Watcher")),
    ),
    keeper="desk",
    stages=(
        Stage("received", _title("已收到", "Received"), Status.SUBMITTED),
        Stage("working", _title("办理中", "Working"), Status.IN_PROGRESS),
        Stage("done", _title("已办结", "Done"), Status.COMPLETED),
        Stage("ended", _title("已终止", "Ended"), Status.WITHDRAWN),
    ),
    flags=(Flag("given", _title("已提供", "Given")), Flag("late", _title("逾期", "Late"))),
    deadlines=(
        Deadline(
            "give",
            _title("提供", "To give"),
            Term(2, TermUnit.HOURS),
            "giver",
            "desk",
            sets=("late",),
        ),
        Deadline(
            "take", _title("受理", "To take"), Term(3, TermUnit.WORKING_DAYS), "desk", "giver"
        ),
    ),
    opening=Action(
        OPENING,
        _title("提出", "Open"),
        by=("desk", "giver", "watcher"),
        to="received",
        form=Amount,
        starts=("take",),
        notifies=("desk",),
    ),
    actions=(
        Action(
            "work",
            _title("受理", "Take up"),
            by=("desk",),
            from_stages=("received",),
            to="working",
            ends=("take",),
            starts=("give",),
            notifies=("giver",),
        ),
        Action(
            "give",
            _title("提供", "Give"),
            by=("giver",),
            from_stages=("working",),
            when=(Condition("given", _title("已提供", "it was given"), is_set=False),),
            sets=("given",),
            ends=("give",),
        ),
        Action(
            "wait",
            _title("中止", "Wait"),
            by=("desk",),
            from_stages=("working",),
            pauses=("give",),
            is_expected=False,
        ),
        Action(
            "go_on",
            _title("恢复", "Go on"),
            by=("desk",),
            from_stages=("working",),
            resumes=("give",),
            is_expected=False,
        ),
        Action(
            "hand_over",
            _title("移交主办", "Hand over"),
            by=("desk",),
            from_stages=("working",),
            hands_keeping_to="watcher",
            is_expected=False,
        ),
        Action(
            "finish",
            _title("办结", "Finish"),
            by=("desk",),
            from_stages=("working",),
            to="done",
            when=(Condition("given", _title("尚未提供", "it was not given")),),
        ),
        Action(
            "end",
            _title("终止", "End"),
            by=("watcher",),
            from_stages=("received",),
            to="ended",
            is_expected=False,
        ),
    ),
)
SERVICE: Final = Service(
    name="simulated.matters",
    title=_title("仿真案件", "Simulated cases"),
    operations=operations_of(MATTER),
    answer_handlers=answer_handlers_of(MATTER),
    refusal_handlers=refusal_handlers_of(MATTER),
    due=(due_of(MATTER),),
)
