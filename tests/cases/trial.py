"""A small procedure for the tests: a move of a licence from one city to another.

The destination city keeps the case. Its desk accepts, returns, asks the origin for the file,
decides; the origin sends the file or objects; the applicant may correct or withdraw.
"""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Column, Integer, MetaData, String, Table, select

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.foundation.working_days import Term, TermUnit
from hanse.mechanisms.cases import (
    OPENING,
    Action,
    Case,
    Condition,
    Deadline,
    DocumentKind,
    Flag,
    Procedure,
    Role,
    Stage,
    Status,
    Step,
    SubjectKind,
    answer_handlers_of,
    due_of,
    operations_of,
    refusal_handlers_of,
)
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Purpose, Service

trial_metadata = MetaData()
effects = Table(
    "trial_effects",
    trial_metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("case_id", String(64), nullable=False),
    Column("action", String(40), nullable=False),
)
PURPOSE = Purpose("licence-move", Text("许可证迁移", "Moving a licence"))
TOO_LARGE = ProblemKind(
    "trial_area_too_large",
    422,
    Text("面积超限", "The area is too large"),
    Text("请减少", "Make it smaller"),
)


class Application(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    area: Annotated[int, titled("面积", "Area", ge=1, le=10_000)]


class Decision(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    number: Annotated[str, titled("文号", "Number", min_length=1, max_length=40)]


def area_rule(case: Case, form: Application, today: date) -> None:
    if form.area > 5_000:
        raise TOO_LARGE()


def note_effect(transaction: Transaction, case: Case, step: Step, context: Context) -> None:
    transaction.insert(effects, {"case_id": case.id, "action": step.action})


def effects_of(transaction: Transaction, case_id: str) -> list[str]:
    rows = transaction.rows(
        select(effects.c.action).where(effects.c.case_id == case_id).order_by(effects.c.number)
    )
    return [row.action for row in rows]


def title(name: str) -> Text:
    return Text(f"「{name}」", name)


def action(name: str, by: tuple[str, ...], stages: tuple[str, ...], **changes: Any) -> Action:
    return Action(name=name, title=title(name), by=by, from_stages=stages, **changes)


DESK, ORIGIN, APPLICANT = ("destination",), ("origin",), ("applicant",)
OPEN_STAGES = ("received", "returned", "accepted")


ACTIONS = (
    action("accept", DESK, ("received",), to="accepted", ends=("accept",),
           starts=("decide", "send"), notifies=("origin", "applicant"),
           effect=note_effect),
    action("return", DESK, ("received",), to="returned", needs_reason=True,
           pauses=("accept",), notifies=APPLICANT),
    action("correct", APPLICANT, ("returned",), to="received", form=Application,
           resumes=("accept",), rule=area_rule),
    action("send_file", ORIGIN, ("accepted",), sets=("file_sent",), ends=("send",),
           when=(Condition("file_sent", title("the file was sent"), is_set=False),),
           effect=note_effect),
    action("object", ORIGIN, ("accepted",), sets=("objected",), needs_reason=True,
           is_expected=False),
    action("settle", DESK, ("accepted",), clears=("objected",),
           when=(Condition("objected", title("nothing is objected")),)),
    action("suspend", DESK, ("accepted",), pauses=("decide",), needs_reason=True,
           is_expected=False),
    action("resume", DESK, ("accepted",), resumes=("decide",), is_expected=False),
    action("extend", DESK, ("accepted",), extends=("decide",), needs_reason=True,
           is_expected=False),
    action("approve", DESK, ("accepted",), to="approved", ends=("decide",), form=Decision,
           when=(Condition("file_sent", title("the file is not here")),
                 Condition("objected", title("an objection stands"), is_set=False)),
           notifies=("applicant", "origin"), effect=note_effect),
    action("reject", DESK, ("received", "accepted"), to="rejected", needs_reason=True,
           notifies=APPLICANT),
    action("complete", ORIGIN, ("approved",), to="done", effect=note_effect),
    action("withdraw", APPLICANT, OPEN_STAGES, to="withdrawn", is_expected=False),
    action("hand_over", DESK, ("accepted",), hands_keeping_to="origin",
           needs_reason=True, is_expected=False),
)  # fmt: skip


def procedure(version: int = 1, **changes: Any) -> Procedure:
    values: dict[str, Any] = {
        "name": "trial.move",
        "version": version,
        "title": Text("许可证迁移", "Move of a licence"),
        "purpose": PURPOSE,
        "subject": SubjectKind.THING,
        "roles": (
            Role("applicant", title("applicant")),
            Role("destination", title("destination")),
            Role("origin", title("origin")),
            Role("province", title("province"), is_required=False),
        ),
        "keeper": "destination",
        "stages": (
            Stage("received", title("received"), Status.SUBMITTED),
            Stage("returned", title("returned"), Status.RETURNED),
            Stage("accepted", title("accepted"), Status.IN_PROGRESS),
            Stage("approved", title("approved"), Status.DECIDED),
            Stage("done", title("done"), Status.COMPLETED),
            Stage("rejected", title("rejected"), Status.REFUSED),
            Stage("withdrawn", title("withdrawn"), Status.WITHDRAWN),
        ),
        "flags": (Flag("file_sent", title("file sent")), Flag("objected", title("objected"))),
        "documents": (DocumentKind("form", title("form"), bytes_max=1_000_000),),
        "deadlines": (
            Deadline("accept", title("accept"), Term(3, TermUnit.WORKING_DAYS), "destination",
                     "origin"),
            Deadline("decide", title("decide"), Term(20, TermUnit.WORKING_DAYS), "destination",
                     "origin", extension=Term(10, TermUnit.WORKING_DAYS), sets=("objected",)),
            Deadline("send", title("send"), Term(48, TermUnit.HOURS), "origin", "destination"),
        ),
        "opening": Action(
            OPENING, title("open"), by=("applicant", "destination"), to="received",
            form=Application, starts=("accept",), rule=area_rule,
            notifies=("destination", "origin"), effect=note_effect,
        ),
        "actions": ACTIONS,
        **changes,
    }  # fmt: skip
    return Procedure(**values)


MOVE = procedure()


def service(*versions: Procedure) -> Service:
    return Service(
        name="trial",
        title=Text("试验", "Trial"),
        operations=operations_of(*versions),
        answer_handlers=answer_handlers_of(*versions),
        refusal_handlers=refusal_handlers_of(*versions),
        due=(due_of(*versions),),
    )
