"""The keeper's part: judge a move, number it, store it, and hand it to the other cities."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from hanse.foundation.errors import ProblemKind
from hanse.foundation.identity import base64url
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.cases import book, copies, deadlines, evidence, notices, papers
from hanse.mechanisms.cases.actor import Actor
from hanse.mechanisms.cases.case import Case, applied
from hanse.mechanisms.cases.family import Family
from hanse.mechanisms.cases.judge import Allowed, Move, judge, judge_migration
from hanse.mechanisms.cases.procedure import Procedure
from hanse.mechanisms.cases.step import (
    CLOCK_ROLE,
    MIGRATE,
    OVERDUE,
    Beginning,
    Step,
    digest_of,
    whole_ms,
)
from hanse.mechanisms.cases.tables import steps
from hanse.mechanisms.exchange.context import Context

SALT_BYTES = 16

CASE_KEEPER_ELSEWHERE = ProblemKind(
    "case_keeper_elsewhere",
    409,
    Text("本案由其他城市主办", "Another city keeps the case"),
    Text("请向主办城市{keeper}提出", "Propose it to its keeper, {keeper}"),
)
CASE_MOVED_ON = ProblemKind(
    "case_moved_on",
    409,
    Text("案件已有新的步骤", "The case has moved on"),
    Text("请查看第{number}步之后再办理", "Look at it as it stands after step {number}"),
)


def order(
    transaction: Transaction,
    family: Family,
    case: Case,
    actor: Actor,
    move: Move,
    context: Context,
    *,
    proposal: str | None = None,
) -> Case:
    """Number a move of `case` as its next step; raises the judge's refusal, changing nothing."""
    if case.keeper != context.city:
        raise CASE_KEEPER_ELSEWHERE(keeper=case.keeper)
    procedure = family.of(case.version)
    verdict = judge(
        procedure, case, actor, move, context.now, context.league.calendar, context.parameters
    )
    if not isinstance(verdict, Allowed):
        raise verdict.problem
    if case.number == 0:
        book.refuse_duplicate(transaction, procedure, case.subject, case.id)
    return _number(
        transaction, family, procedure, case, context,
        actor=actor,
        action=move.action,
        data=verdict.form.model_dump(mode="json"),
        reason=move.reason,
        documents=move.documents,
        deadlines=verdict.deadlines,
        proposal=proposal,
    )  # fmt: skip


def pass_deadline(
    transaction: Transaction, family: Family, case: Case, name: str, context: Context
) -> Case:
    """Number the step by which a deadline passes: time takes it, once."""
    procedure = family.of(case.version)
    state = deadlines.passed(case.deadlines[name])
    return _number(
        transaction, family, procedure, case, context,
        actor=Actor(city=context.city, organisation=context.city, role=CLOCK_ROLE),
        action=OVERDUE,
        data={"deadline": name},
        deadlines=(state,),
    )  # fmt: skip


def migrate(
    transaction: Transaction, family: Family, case: Case, version: int, reason: str,
    context: Context,
) -> Case:  # fmt: skip
    """Move a running case to another version by a step of its keeper, with the reason."""
    if case.keeper != context.city:
        raise CASE_KEEPER_ELSEWHERE(keeper=case.keeper)
    newer = family.of(version)
    actor = Actor(city=context.city, organisation=context.caller.organisation, role=newer.keeper)
    judge_migration(family.of(case.version), newer, case, actor)
    return _number(
        transaction, family, newer, case, context,
        actor=actor, action=MIGRATE, data={"version": version}, reason=reason,
    )  # fmt: skip


def numbered_before(
    transaction: Transaction, case_id: str, proposal: str
) -> tuple[int, str] | None:
    """The place of a proposal that was numbered already."""
    row = transaction.row(
        select(steps.c.number, steps.c.digest).where(
            steps.c.case_id == case_id, steps.c.proposal == proposal
        )
    )
    return None if row is None else (row.number, row.digest)


def _number(
    transaction: Transaction,
    family: Family,
    procedure: Procedure,
    case: Case,
    context: Context,
    **parts: Any,
) -> Case:
    """`procedure` is the version that the case has after the step."""
    first = case.number == 0
    step = Step(
        case=case.id,
        procedure=case.procedure,
        version=procedure.version,
        number=case.number + 1,
        previous=case.head,
        keeper=context.city,
        at=_at(case, context.now),
        begins=Beginning(subject=case.subject, seats=dict(case.seats)) if first else None,
        salt=base64url(context.randomness(SALT_BYTES)),
        **parts,
    )
    line = step.to_bytes()
    after = applied(procedure, case, step, digest_of(line))
    book.keep(transaction, procedure, after, step, line, context.city)
    evidence.record_step(transaction, after, step, context)
    copies.hand_to_all(transaction, family, after, context)
    papers.send(transaction, family, after, step, context)
    notices.note(transaction, procedure, after, step, context)
    effect_of(transaction, procedure, after, step, context)
    return after


def _at(case: Case, now: datetime) -> datetime:
    """A step is never before the one that it follows, though a clock may have been set back."""
    return max(whole_ms(now), case.changed_at) if case.number else whole_ms(now)


def effect_of(
    transaction: Transaction, procedure: Procedure, after: Case, step: Step, context: Context
) -> None:
    """What the service does when the step is recorded."""
    effect = None
    if step.action == OVERDUE and step.is_by_time:
        deadline = procedure.deadline(str(step.data["deadline"]))
        effect = None if deadline is None else deadline.effect
    elif (action := procedure.action(step.action)) is not None:
        effect = action.effect
    if effect is not None:
        effect(transaction, after, step, context)
