"""Every read of cases by a desk: list, queue, view, timeline, progress, export, through one filter.

An organisation sees the cases in which a seat of this city is its own, or names no organisation.
Pages go by key, without counts, and each is made by a number of queries that does not grow.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Select, and_, or_, select, union_all

from hanse.foundation.clock import from_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.cases import book, evidence, papers, proposals
from hanse.mechanisms.cases.case import Case
from hanse.mechanisms.cases.contracts import (
    PAGE_STEPS_MAX,
    Barred,
    CaseLine,
    CasePage,
    CaseView,
    Choice,
    DeadlineView,
    DisputeView,
    ListQuestion,
    Progress,
    ProgressLine,
    Queue,
    QueueQuestion,
    StepView,
    Task,
    Timeline,
    TimelineQuestion,
)
from hanse.mechanisms.cases.family import Family
from hanse.mechanisms.cases.judge import awaited, barred, possible
from hanse.mechanisms.cases.procedure import Procedure, Status, known
from hanse.mechanisms.cases.step import MIGRATE, OVERDUE, Step, read_step
from hanse.mechanisms.cases.tables import cases, disputes, seats, tasks
from hanse.mechanisms.cases.tables import proposals as proposals_table
from hanse.mechanisms.exchange.context import Context

DISPUTES_SHOWN_MAX: Final = 20
MATTERS_SHOWN_MAX: Final = 50
CURSOR_MALFORMED = ProblemKind(
    "case_cursor_malformed",
    400,
    Text("续查起点格式错误", "The page's cursor is malformed"),
    Text("请使用上一页给出的 cursor", "Use the cursor that the page before gave"),
)


def names_of(context: Context) -> tuple[str, str]:
    """The filter of every read: the seats that name the asking organisation, or none."""
    return ("", context.caller.organisation)


def visible(transaction: Transaction, family: Family, case_id: str, context: Context) -> Case:
    """The case, if the asking organisation may see it; else as if there were none."""
    row = transaction.row(
        select(cases).where(
            cases.c.case_id == case_id,
            cases.c.procedure == family.name,
            select(seats.c.role)
            .where(
                seats.c.case_id == cases.c.case_id,
                seats.c.organisation.in_(names_of(context)),
            )
            .exists(),
        )
    )
    if row is None:
        raise book.CASE_UNKNOWN()
    case = book.case_of(row)
    evidence.note_access(transaction, family.subject, case.subject, context)
    return case


def view(transaction: Transaction, family: Family, case_id: str, context: Context) -> CaseView:
    """A case whole, with what the asking organisation may do now."""
    if book.load(transaction, family.name, case_id) is None:
        return _view_of_proposal(transaction, family, case_id, context)
    case = visible(transaction, family, case_id, context)
    procedure = family.of(case.version)
    stage = known(procedure.stage(case.stage))
    own = case.roles_of(context.city, context.caller.organisation)
    return CaseView(
        case=case.id,
        procedure=case.procedure,
        version=case.version,
        subject=case.subject,
        seats=dict(case.seats),
        keeper=case.keeper,
        stage=case.stage,
        stage_title=stage.title,
        status=case.status,
        flags=tuple(sorted(case.flags)),
        number=case.number,
        head=case.head,
        opened_at=case.opened_at,
        data=dict(case.data),
        documents=case.documents,
        documents_here=papers.held(transaction, case.id) if case.documents else (),
        deadlines=_deadlines(procedure, case),
        choices=tuple(
            _choice(role, action) for role in own for action in possible(procedure, case, role)
        ),
        barred=tuple(
            Barred(action=action.name, title=action.title, reason=why)
            for action, why in barred(procedure, case, own)
        ),
        proposals=proposals.of_case(transaction, case.id),
        disputes=_disputes(transaction, case.id),
    )


def _view_of_proposal(
    transaction: Transaction, family: Family, case_id: str, context: Context
) -> CaseView:
    """A case that this city has asked another to open, before that city has."""
    found = transaction.value(
        select(proposals_table.c.proposal_id).where(
            proposals_table.c.case_id == case_id,
            proposals_table.c.procedure == family.name,
            proposals_table.c.organisation == context.caller.organisation,
        )
    )
    if found is None:
        raise book.CASE_UNKNOWN()
    return CaseView(
        case=case_id,
        procedure=family.name,
        version=family.newest.version,
        subject="",
        seats={},
        keeper="",
        stage="",
        stage_title=None,
        status=None,
        number=0,
        head=None,
        opened_at=None,
        proposals=proposals.of_case(transaction, case_id),
    )


def _deadlines(procedure: Procedure, case: Case) -> tuple[DeadlineView, ...]:
    found = []
    for declared in procedure.deadlines:
        state = case.deadlines.get(declared.name)
        if state is not None:
            actor = known(procedure.role(declared.actor))
            found.append(DeadlineView(title=declared.title, actor=actor.title, state=state))
    return tuple(found)


def _choice(role: str, action: Any) -> Choice:
    return Choice(
        role=role,
        action=action.name,
        title=action.title,
        needs_reason=action.needs_reason,
        documents=action.documents,
    )


def _disputes(transaction: Transaction, case_id: str) -> tuple[DisputeView, ...]:
    rows = transaction.rows(
        select(disputes)
        .where(disputes.c.case_id == case_id)
        .order_by(disputes.c.number.desc(), disputes.c.city)
        .limit(DISPUTES_SHOWN_MAX)
    )
    return tuple(
        DisputeView(
            number=row.number,
            city=row.city,
            digest=row.digest,
            problem=json.loads(row.problem),
            settled=row.settled_at_ms is not None,
        )
        for row in rows
    )


def timeline(
    transaction: Transaction, family: Family, request: TimelineQuestion, context: Context
) -> Timeline:
    """The steps of a case in words, with each deadline that they moved and how."""
    case = visible(transaction, family, request.case, context)
    found = book.lines_of(transaction, case.id, request.after, PAGE_STEPS_MAX)
    views = tuple(_step_view(family, read_step(line), digest) for _, digest, line in found)
    more = len(found) == PAGE_STEPS_MAX and found[-1][0] < case.number
    return Timeline(case=case.id, steps=views, next_after=found[-1][0] if more else None)


def _step_view(family: Family, step: Step, digest: str) -> StepView:
    return StepView(
        number=step.number,
        at=step.at,
        title=step_title(family.of(step.version), step),
        city=step.actor.city,
        organisation=step.actor.organisation,
        role=step.actor.role,
        reason=step.reason,
        digest=digest,
        deadlines=step.deadlines,
    )


def step_title(procedure: Procedure, step: Step) -> Text:
    """What a step did, in words."""
    if step.action == OVERDUE and step.is_by_time:
        declared = known(procedure.deadline(str(step.data["deadline"])))
        return Text(f"{declared.title.zh}已逾期", f"{declared.title.en} is overdue")
    if step.action == MIGRATE:
        return Text(
            f"转入程序第{step.version}版", f"Moved to version {step.version} of the procedure"
        )
    return known(procedure.action(step.action)).title


def list_cases(
    transaction: Transaction, family: Family, request: ListQuestion, context: Context
) -> CasePage:
    """A page of the cases that the organisation may see, newest first."""
    place = _cursor(request.cursor)
    after = [] if place is None else _after_seat(*place)
    parts: list[Select[Any]] = []
    for name in names_of(context):
        part = select(seats.c.case_id, seats.c.opened_at_ms).where(
            seats.c.procedure == family.name,
            seats.c.organisation == name,
            seats.c.is_open == request.is_open,
            *after,
        )
        if request.subject is not None:
            part = part.join(cases, cases.c.case_id == seats.c.case_id).where(
                cases.c.subject == request.subject
            )
        part = part.order_by(seats.c.opened_at_ms.desc(), seats.c.case_id.desc())
        parts.append(part.limit(2 * request.limit + 2))
    found = union_all(*(select(part.subquery()) for part in parts)).subquery()
    keys = (
        select(found.c.case_id, found.c.opened_at_ms)
        .distinct()
        .order_by(found.c.opened_at_ms.desc(), found.c.case_id.desc())
        .limit(request.limit + 1)
        .subquery()
    )
    rows = transaction.rows(
        select(cases)
        .join(keys, keys.c.case_id == cases.c.case_id)
        .order_by(keys.c.opened_at_ms.desc(), keys.c.case_id.desc())
    )
    page = rows[: request.limit]
    if request.subject is not None:
        evidence.note_access(transaction, family.subject, request.subject, context)
    else:
        for subject in dict.fromkeys(row.subject for row in page):
            evidence.note_access(transaction, family.subject, subject, context)
    last = page[-1] if len(rows) > request.limit else None
    return CasePage(
        cases=tuple(map(_case_line, page)),
        cursor=None if last is None else f"{last.opened_at_ms}/{last.case_id}",
    )


def _after_seat(opened_at_ms: int, case_id: str, *rest: str) -> list[Any]:
    """The bound alone first: by it the stores find the place in the index."""
    return [
        seats.c.opened_at_ms <= opened_at_ms,
        or_(seats.c.opened_at_ms < opened_at_ms, seats.c.case_id < case_id),
    ]


def _case_line(row: Any) -> CaseLine:
    return CaseLine(
        case=row.case_id,
        subject=row.subject,
        keeper=row.keeper,
        stage=row.stage,
        status=Status[row.status.upper()],
        opened_at=from_ms(row.opened_at_ms),
        changed_at=from_ms(row.changed_at_ms),
    )


def queue(
    transaction: Transaction, family: Family, request: QueueQuestion, context: Context
) -> Queue:
    """A page of what waits for the organisation, by the instant at which it is overdue."""
    place = _cursor(request.cursor)
    parts: list[Select[Any]] = []
    for name in names_of(context):
        part = select(tasks).where(tasks.c.procedure == family.name, tasks.c.organisation == name)
        if request.role is not None:
            part = part.where(tasks.c.role == request.role)
        if place is not None:
            part = part.where(_after_task(tasks.c, *place))
        order = (tasks.c.due_at_ms, tasks.c.case_id, tasks.c.role)
        parts.append(part.order_by(*order).limit(request.limit + 1))
    found = union_all(*(select(part.subquery()) for part in parts)).subquery()
    page = (
        select(found)
        .order_by(found.c.due_at_ms, found.c.case_id, found.c.role)
        .limit(request.limit + 1)
        .subquery()
    )
    rows = transaction.rows(
        select(page, cases.c.stage, cases.c.status, cases.c.version)
        .join(cases, cases.c.case_id == page.c.case_id)
        .order_by(page.c.due_at_ms, page.c.case_id, page.c.role)
    )
    shown = rows[: request.limit]
    last = shown[-1] if len(rows) > request.limit else None
    return Queue(
        tasks=tuple(_task(family, row) for row in shown),
        cursor=None if last is None else f"{last.due_at_ms}/{last.case_id}/{last.role}",
    )


def _after_task(columns: Any, due_at_ms: int, case_id: str, role: str = "") -> Any:
    return and_(
        columns.due_at_ms >= due_at_ms,
        or_(
            columns.due_at_ms > due_at_ms,
            columns.case_id > case_id,
            and_(columns.case_id == case_id, columns.role > role),
        ),
    )


def _task(family: Family, row: Any) -> Task:
    return Task(
        case=row.case_id,
        role=row.role,
        stage=row.stage,
        stage_title=known(family.of(row.version).stage(row.stage)).title,
        status=Status[row.status.upper()],
        due_at=None if row.due_at_ms == book.NO_DUE_MS else from_ms(row.due_at_ms),
        is_escalated=row.is_escalated,
    )


def progress(transaction: Transaction, family: Family, subject: str, context: Context) -> Progress:
    """How a person's or enterprise's matters stand, as it may be told: no form, no reason."""
    rows = transaction.rows(
        select(cases)
        .where(
            cases.c.procedure == family.name,
            cases.c.subject == subject,
            select(seats.c.role)
            .where(
                seats.c.case_id == cases.c.case_id,
                seats.c.organisation.in_(names_of(context)),
            )
            .exists(),
        )
        .order_by(cases.c.opened_at_ms.desc())
        .limit(MATTERS_SHOWN_MAX)
    )
    evidence.note_access(transaction, family.subject, subject, context)
    return Progress(matters=tuple(_matter(family, book.case_of(row)) for row in rows))


def own_progress(transaction: Transaction, family: Family, person: str) -> Progress:
    """How all matters of a person stand here: a person has a part in each, whoever has the seats.

    The access is journaled by the operation, which names the person.
    """
    rows = transaction.rows(
        select(cases)
        .where(cases.c.procedure == family.name, cases.c.subject == person)
        .order_by(cases.c.opened_at_ms.desc())
        .limit(MATTERS_SHOWN_MAX)
    )
    return Progress(matters=tuple(_matter(family, book.case_of(row)) for row in rows))


def _matter(family: Family, case: Case) -> ProgressLine:
    procedure = family.of(case.version)
    waits = awaited(procedure, case)
    due = [
        Text(
            f"{view.title.zh}（{view.actor.zh}）：{view.state.explanation.zh}",
            f"{view.title.en} ({view.actor.en}): {view.state.explanation.en}",
        )
        for view in _deadlines(procedure, case)
        if view.state.is_open
    ]
    return ProgressLine(
        case=case.id,
        title=procedure.title,
        status=case.status,
        status_title=case.status.text,
        stage_title=known(procedure.stage(case.stage)).title,
        waits_for=tuple(known(procedure.role(role)).title for role in waits),
        due=tuple(due),
    )


def _cursor(cursor: str | None) -> Any:
    if cursor is None:
        return None
    parts = cursor.split("/")
    if not (2 <= len(parts) <= 3 and parts[0].isascii() and parts[0].isdigit()):
        raise CURSOR_MALFORMED()
    instant = int(parts[0])
    if instant >= 2**63:
        raise CURSOR_MALFORMED()
    return (instant, *parts[1:])


def differences(
    transaction: Transaction, case_id: str, after: int, theirs: Sequence[str]
) -> int | None:
    """The first step of which another city's digest differs from ours; None where all agree."""
    ours = book.lines_of(transaction, case_id, after, len(theirs))
    for (number, digest, _), other in zip(ours, theirs, strict=False):
        if digest != other:
            return number
    return None
