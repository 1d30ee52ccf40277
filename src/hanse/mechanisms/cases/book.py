"""Where cases rest: a row of state that is made of the steps, and the rows that reads go by."""

from types import MappingProxyType
from typing import Any, Final

from pydantic import BaseModel, ConfigDict
from sqlalchemy import delete, insert, select, update

from hanse.foundation.clock import from_ms, to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.cases.actor import Seat
from hanse.mechanisms.cases.case import Case
from hanse.mechanisms.cases.deadlines import DeadlineState
from hanse.mechanisms.cases.judge import awaited
from hanse.mechanisms.cases.procedure import Procedure, Status
from hanse.mechanisms.cases.step import Document, Step
from hanse.mechanisms.cases.tables import cases, due, seats, steps, tasks

NO_DUE_MS: Final = 2**62
CASE_UNKNOWN = ProblemKind(
    "case_unknown",
    404,
    Text("没有该案件", "There is no such case"),
    Text("请核对案件编号", "Check the case's number"),
)
CASE_EXISTS = ProblemKind(
    "case_exists",
    409,
    Text("该案件编号已被使用", "The number of the case is taken"),
    Text("请重新提交", "Submit it again"),
)
CASE_DUPLICATE = ProblemKind(
    "case_duplicate",
    409,
    Text("已有同一事项在办", "The same matter is open already"),
    Text("请查询案件{earlier}，勿重复申请", "See case {earlier}; do not apply again"),
)


class _State(BaseModel):
    """What of a case has no column of its own."""

    model_config = ConfigDict(frozen=True)

    seats: dict[str, Seat]
    flags: tuple[str, ...]
    deadlines: dict[str, DeadlineState]
    data: dict[str, Any]
    documents: tuple[Document, ...]
    escalated: tuple[str, ...]


def load(transaction: Transaction, procedure: str, case_id: str) -> Case | None:
    """The case as its last step left it; None where this city does not have it."""
    row = transaction.row(
        select(cases).where(cases.c.case_id == case_id, cases.c.procedure == procedure)
    )
    return None if row is None else case_of(row)


def need(transaction: Transaction, procedure: str, case_id: str) -> Case:
    """The case; raises `case_unknown`."""
    case = load(transaction, procedure, case_id)
    if case is None:
        raise CASE_UNKNOWN()
    return case


def case_of(row: Any) -> Case:
    """The case of its row."""
    state = _State.model_validate_json(row.document)
    return Case(
        id=row.case_id,
        procedure=row.procedure,
        version=row.version,
        subject=row.subject,
        seats=MappingProxyType(state.seats),
        keeper=row.keeper,
        stage=row.stage,
        status=Status[row.status.upper()],
        opened_at=from_ms(row.opened_at_ms),
        changed_at=from_ms(row.changed_at_ms),
        number=row.number,
        head=row.head,
        flags=frozenset(state.flags),
        deadlines=MappingProxyType(state.deadlines),
        data=MappingProxyType(state.data),
        documents=state.documents,
        escalated=state.escalated,
    )


def keep(
    transaction: Transaction,
    procedure: Procedure,
    case: Case,
    step: Step,
    line: bytes,
    own_city: str,
) -> None:
    """Store a step and the case that it made, with the rows of queues and running deadlines."""
    transaction.insert(
        steps,
        {
            "case_id": case.id,
            "number": step.number,
            "digest": case.head,
            "line": line,
            "proposal": step.proposal,
            "at_ms": to_ms(step.at),
        },
    )
    values = _columns(case)
    if step.number == 1:
        transaction.execute(insert(cases).values(case_id=case.id, **values))
        _keep_seats(transaction, case, own_city)
    else:
        transaction.execute(update(cases).where(cases.c.case_id == case.id).values(**values))
        transaction.execute(
            update(seats)
            .where(seats.c.case_id == case.id, seats.c.is_open != case.is_open)
            .values(is_open=case.is_open)
        )
    _keep_tasks(transaction, procedure, case, own_city, is_new=step.number == 1)
    _keep_due(transaction, case, own_city, is_new=step.number == 1)


def _columns(case: Case) -> dict[str, Any]:
    state = _State(
        seats=dict(case.seats),
        flags=tuple(sorted(case.flags)),
        deadlines=dict(case.deadlines),
        data=dict(case.data),
        documents=case.documents,
        escalated=case.escalated,
    )
    return {
        "procedure": case.procedure,
        "version": case.version,
        "subject": case.subject,
        "keeper": case.keeper,
        "stage": case.stage,
        "status": str(case.status),
        "is_open": case.is_open,
        "number": case.number,
        "head": case.head,
        "opened_at_ms": to_ms(case.opened_at),
        "changed_at_ms": to_ms(case.changed_at),
        "document": state.model_dump_json(),
    }


def _keep_seats(transaction: Transaction, case: Case, own_city: str) -> None:
    rows = [
        {
            "case_id": case.id,
            "role": role,
            "procedure": case.procedure,
            "organisation": seat.organisation or "",
            "is_open": case.is_open,
            "opened_at_ms": to_ms(case.opened_at),
        }
        for role, seat in case.seats.items()
        if seat.city == own_city
    ]
    transaction.insert(seats, rows)


def _keep_tasks(
    transaction: Transaction, procedure: Procedure, case: Case, own_city: str, *, is_new: bool
) -> None:
    if not is_new:
        transaction.execute(delete(tasks).where(tasks.c.case_id == case.id))
    waits = set(awaited(procedure, case)) | set(case.escalated)
    rows = [
        {
            "case_id": case.id,
            "role": role,
            "procedure": case.procedure,
            "organisation": case.seats[role].organisation or "",
            "due_at_ms": _due_at_ms(procedure, case, role),
            "is_escalated": role in case.escalated,
        }
        for role in sorted(waits)
        if role in case.seats and case.seats[role].city == own_city
    ]
    transaction.insert(tasks, rows)


def _due_at_ms(procedure: Procedure, case: Case, role: str) -> int:
    """When the earliest open deadline of a role, or of one that it was called to, passes."""
    instants = [
        state.passes_at_ms
        for declared in procedure.deadlines
        if (state := case.deadlines.get(declared.name)) is not None
        and (
            (declared.actor == role and state.standing in ("running", "overdue"))
            or (declared.escalates_to == role and state.standing == "overdue")
        )
    ]
    return min(instants, default=NO_DUE_MS)


def _keep_due(transaction: Transaction, case: Case, own_city: str, *, is_new: bool) -> None:
    """A deadline fires at the keeper alone, so that it fires once."""
    if not is_new:
        transaction.execute(delete(due).where(due.c.case_id == case.id))
    if case.keeper != own_city or not case.is_open:
        return
    rows = [
        {
            "case_id": case.id,
            "name": name,
            "procedure": case.procedure,
            "passes_at_ms": state.passes_at_ms,
        }
        for name, state in case.deadlines.items()
        if state.standing == "running"
    ]
    transaction.insert(due, rows)


def refuse_duplicate(
    transaction: Transaction, procedure: Procedure, subject: str, case_id: str
) -> None:
    """Raise `case_duplicate`, naming the open case, where the subject has one."""
    if not procedure.one_open_per_subject:
        return
    earlier = transaction.value(
        select(cases.c.case_id)
        .where(
            cases.c.procedure == procedure.name,
            cases.c.subject == subject,
            cases.c.is_open,
            cases.c.case_id != case_id,
        )
        .limit(1)
    )
    if earlier is not None:
        raise CASE_DUPLICATE(earlier=earlier)


def lines_of(
    transaction: Transaction, case_id: str, after: int, limit: int
) -> list[tuple[int, str, bytes]]:
    """Number, digest and bytes of steps, in order."""
    rows = transaction.rows(
        select(steps.c.number, steps.c.digest, steps.c.line)
        .where(steps.c.case_id == case_id, steps.c.number > after)
        .order_by(steps.c.number)
        .limit(limit)
    )
    return [(row.number, row.digest, bytes(row.line)) for row in rows]


def digest_at(transaction: Transaction, case_id: str, number: int) -> str | None:
    """The digest of a step as this city holds it."""
    found = transaction.value(
        select(steps.c.digest).where(steps.c.case_id == case_id, steps.c.number == number)
    )
    return None if found is None else str(found)
