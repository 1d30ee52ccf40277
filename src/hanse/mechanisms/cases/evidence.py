"""What the journal says of a case: each step's digest, and who does not accept one."""

import json
from typing import Any

from sqlalchemy import select, update

from hanse.foundation.clock import to_ms
from hanse.foundation.store import Transaction
from hanse.mechanisms.cases.case import Case
from hanse.mechanisms.cases.procedure import SubjectKind
from hanse.mechanisms.cases.step import Step
from hanse.mechanisms.cases.tables import disputes
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.journal import log
from hanse.mechanisms.journal.access import Access, record_access


def record_step(transaction: Transaction, case: Case, step: Step, context: Context) -> None:
    """The step's place and digest, never its contents; the same in every city's journal."""
    details = {
        "case": case.id,
        "procedure": case.procedure,
        "number": step.number,
        "digest": case.head,
        "keeper": step.keeper,
    }
    log.record(transaction, "case.step", details, at=context.now)


def dispute(
    transaction: Transaction,
    case_id: str,
    number: int,
    digest: str,
    city: str,
    problem: dict[str, Any],
    context: Context,
) -> None:
    """Note that a city does not accept a step, once for each city and step."""
    known = transaction.row(
        select(disputes.c.digest, disputes.c.settled_at_ms).where(
            disputes.c.case_id == case_id,
            disputes.c.number == number,
            disputes.c.city == city,
        )
    )
    if known is not None and known.settled_at_ms is None and known.digest == digest:
        return
    row = {
        "case_id": case_id,
        "number": number,
        "city": city,
        "digest": digest,
        "problem": json.dumps(problem, ensure_ascii=False),
        "noted_at_ms": to_ms(context.now),
        "settled_at_ms": None,
    }
    transaction.upsert(disputes, row, lambda new: {
        "digest": new.digest, "problem": new.problem, "noted_at_ms": new.noted_at_ms,
        "settled_at_ms": None,
    })  # fmt: skip
    details = {
        "case": case_id,
        "number": number,
        "digest": digest,
        "city": city,
        "problem": str(problem.get("code", "")),
    }
    log.record(transaction, "case.disputed", details, at=context.now)


def settle_disputes(
    transaction: Transaction, case_id: str, after: int, up_to: int, city: str, context: Context
) -> None:
    """The city has now accepted the steps after one number up to another."""
    transaction.execute(
        update(disputes)
        .where(
            disputes.c.case_id == case_id,
            disputes.c.city == city,
            disputes.c.number > after,
            disputes.c.number <= up_to,
            disputes.c.settled_at_ms.is_(None),
        )
        .values(settled_at_ms=to_ms(context.now))
    )


def note_access(
    transaction: Transaction,
    kind: SubjectKind,
    subject: str,
    context: Context,
    outcome: str = "answered",
) -> None:
    """Journal that somebody saw or changed a person's case. Enterprises are no persons."""
    if kind is not SubjectKind.PERSON or not context.person_key:
        return
    access = Access(
        city=context.caller.city,
        organisation=context.caller.organisation,
        operation=context.operation,
        message_id=context.message_id,
        outcome=outcome,
        purpose=context.purpose,
        agreement=context.agreement,
    )
    record_access(transaction, context.person_key, subject, access, context.now)
