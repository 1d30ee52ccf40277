"""Another party's part: take the keeper's numbered steps, or say what it does not accept.

A step is taken only from the city that keeps the case at that place, only after the one that it
names, and only if the same judge allows it here. What is not accepted changes nothing: the city
says so to the keeper, and both journals name the step.
"""

from dataclasses import dataclass
from typing import Any

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.cases import book, copies, deadlines, evidence, notices, papers
from hanse.mechanisms.cases.case import Case, applied, unopened
from hanse.mechanisms.cases.contracts import Have, Record
from hanse.mechanisms.cases.family import Family
from hanse.mechanisms.cases.judge import Allowed, Move, judge, judge_migration
from hanse.mechanisms.cases.keeper import effect_of
from hanse.mechanisms.cases.procedure import Procedure
from hanse.mechanisms.cases.proposals import recorded
from hanse.mechanisms.cases.step import (
    FIRST_PREVIOUS,
    MIGRATE,
    OVERDUE,
    STEP_MALFORMED,
    Step,
    digest_of,
    read_step,
)
from hanse.mechanisms.exchange.context import Context

STEP_NOT_FROM_KEEPER = ProblemKind(
    "case_step_not_from_keeper",
    403,
    Text("步骤不是主办城市发出的", "The step does not come from the case's keeper"),
    Text("只有主办城市{keeper}可以编排步骤", "Only the keeper, {keeper}, numbers steps"),
)
STEP_PREVIOUS_WRONG = ProblemKind(
    "case_step_previous_wrong",
    409,
    Text("步骤未接续本市所存的上一步骤", "The step does not follow the last one held here"),
    Text("请比对双方第{number}步的摘要", "Compare both digests of step {number}"),
)
STEP_DIFFERS = ProblemKind(
    "case_step_differs",
    409,
    Text("同一序号的步骤内容不同", "Another step is held under this number"),
    Text("请比对双方第{number}步", "Compare both histories from step {number}"),
)
STEP_DEADLINE_DIFFERS = ProblemKind(
    "case_step_deadline_differs",
    409,
    Text("步骤所载期限与本市计算不一致", "The step's deadlines are not those reckoned here"),
    Text("请核对期限{names}", "Check the deadlines {names}"),
)
CASE_NOT_OURS = ProblemKind(
    "case_not_ours",
    403,
    Text("本市不是该案件的一方", "This city has no seat in the case"),
    Text("请核对各方城市", "Check the seats of the case"),
)


@dataclass
class _Taken:
    """How far the history goes, and what stopped it."""

    number: int
    digest: str
    disputed: int | None = None
    problem: dict[str, Any] | None = None


def record(transaction: Transaction, family: Family, request: Record, context: Context) -> Have:
    """Take steps in their order; gives how far this city's history goes."""
    case = book.load(transaction, family.name, request.case)
    if case is not None:
        evidence.note_access(transaction, family.subject, case.subject, context)
    taken = _Taken(*((0, FIRST_PREVIOUS) if case is None else (case.number, case.head)))
    for text in request.lines:
        line = text.encode()
        step = read_step(line)
        if step.case != request.case or step.procedure != family.name:
            raise STEP_MALFORMED()
        if step.number <= taken.number:
            _check_same(transaction, step, line, taken, context)
        elif step.number > taken.number + 1:
            break  # an earlier message is still on its way
        else:
            case = _take(transaction, family, case, step, line, taken, context)
        if taken.disputed is not None:
            break
    return Have(
        case=request.case,
        number=taken.number,
        digest=taken.digest,
        disputed=taken.disputed,
        problem=taken.problem,
    )


def _check_same(
    transaction: Transaction, step: Step, line: bytes, taken: _Taken, context: Context
) -> None:
    """What was taken before is the same, or the keeper tells different cities different things."""
    if book.digest_at(transaction, step.case, step.number) != digest_of(line):
        _dispute(transaction, step, line, STEP_DIFFERS(number=step.number), taken, context)


def _take(
    transaction: Transaction,
    family: Family,
    case: Case | None,
    step: Step,
    line: bytes,
    taken: _Taken,
    context: Context,
) -> Case | None:
    before = _before(family, case, step, context)
    if not context.caller.city == step.keeper == before.keeper:
        raise STEP_NOT_FROM_KEEPER(keeper=before.keeper)
    try:
        if step.previous != before.head:
            raise STEP_PREVIOUS_WRONG(number=before.number)
        procedure = _judged(family, before, step, context)
        with transaction.savepoint():
            after = _keep(transaction, family, procedure, before, step, line, context)
    except Problem as problem:
        _dispute(transaction, step, line, problem, taken, context)
        return case
    taken.number, taken.digest = after.number, after.head
    try:
        with transaction.savepoint():
            effect_of(transaction, procedure, after, step, context)
    except Problem as problem:  # the step stands: the keeper numbered it, and the judge agrees
        _dispute(transaction, step, line, problem, taken, context)
    return book.load(transaction, family.name, after.id)


def _before(family: Family, case: Case | None, step: Step, context: Context) -> Case:
    if case is not None:
        return case
    if step.begins is None:
        raise STEP_MALFORMED()
    before = unopened(
        family.of(step.version), step.case, step.begins.subject, step.begins.seats, step.at
    )
    if context.city not in before.cities:
        raise CASE_NOT_OURS()
    return before


def _judged(family: Family, before: Case, step: Step, context: Context) -> Procedure:
    """The version that the case has after the step; raises what this city does not accept."""
    procedure = family.of(step.version)
    if step.action == MIGRATE:
        judge_migration(family.of(before.version), procedure, before, step.actor)
        return procedure
    if step.version != before.version:
        raise STEP_MALFORMED()
    calendar = context.league.calendar
    if step.is_by_time:
        _check_overdue(procedure, before, step)
        return procedure
    move = Move(step.action, step.data, step.reason, step.documents)
    verdict = judge(procedure, before, step.actor, move, step.at, calendar, context.parameters)
    if not isinstance(verdict, Allowed):
        raise verdict.problem
    # Dates are the keeper's, by its calendar and parameters; where the calendar is the same
    # here, they must follow from what the step itself says.
    expected = {(one.name, one.standing) for one in verdict.deadlines}
    wrong = {one[0] for one in expected ^ {(one.name, one.standing) for one in step.deadlines}}
    wrong |= {one.name for one in step.deadlines if not deadlines.agrees(one, calendar)}
    if wrong:
        raise STEP_DEADLINE_DIFFERS(names=", ".join(sorted(wrong)))
    return procedure


def _check_overdue(procedure: Procedure, before: Case, step: Step) -> None:
    name = str(step.data.get("deadline"))
    state = before.deadlines.get(name)
    right = (
        step.action == OVERDUE
        and state is not None
        and procedure.deadline(name) is not None
        and state.standing == "running"
        and step.at >= state.passes_at
        and step.deadlines == (deadlines.passed(state),)
    )
    if not right:
        raise STEP_DEADLINE_DIFFERS(names=name)


def _keep(
    transaction: Transaction,
    family: Family,
    procedure: Procedure,
    before: Case,
    step: Step,
    line: bytes,
    context: Context,
) -> Case:
    after = applied(procedure, before, step, digest_of(line))
    book.keep(transaction, procedure, after, step, line, context.city)
    evidence.record_step(transaction, after, step, context)
    evidence.settle_disputes(
        transaction, after.id, before.number, after.number, context.city, context
    )
    if step.proposal is not None:
        recorded(transaction, step.proposal)
    if after.keeper == context.city:
        copies.begin_keeping(transaction, after, context)
    papers.send(transaction, family, after, step, context)
    notices.note(transaction, procedure, after, step, context)
    return after


def _dispute(
    transaction: Transaction,
    step: Step,
    line: bytes,
    problem: Problem,
    taken: _Taken,
    context: Context,
) -> None:
    taken.disputed, taken.problem = step.number, problem.as_dict()
    evidence.dispute(
        transaction, step.case, step.number, digest_of(line), context.city,
        problem.as_dict(), context,
    )  # fmt: skip
