"""Handing numbered steps to the other cities of a case, until each of them has all.

The keeper knows how far each city has acknowledged. A city that answers with less than it was sent
(a message overtook another, or was lost for good) is sent the rest again; a city that disputes a
step, or that no agreement lets it reach, is asked again from time to time.
"""

import json
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select, update

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import Problem
from hanse.foundation.store import Transaction
from hanse.mechanisms.cases import book, evidence
from hanse.mechanisms.cases.case import Case
from hanse.mechanisms.cases.contracts import STEPS_PER_MESSAGE_MAX, Record
from hanse.mechanisms.cases.family import Family
from hanse.mechanisms.cases.step import STEP_BYTES_MAX
from hanse.mechanisms.cases.tables import copies
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.tables import messages_out

LINES_BYTES_MAX: Final = 4 * STEP_BYTES_MAX
RESEND_SECONDS: Final = 600
RESENT_PER_RUN_MAX: Final = 100


def hand_to_all(transaction: Transaction, family: Family, case: Case, context: Context) -> None:
    """Hand the step that was just numbered here to every other city with a seat.

    An opening that cannot be handed over is refused: the others would never hear of it. A later
    step stands, and is handed over when it can be.
    """
    for city in case.cities:
        if city != context.city:
            _note_target(transaction, case, city)
            hand(transaction, family, case.id, city, context, is_first=case.number == 1)


def begin_keeping(transaction: Transaction, case: Case, context: Context) -> None:
    """This city keeps the case from the next step on; all before it are the earlier keeper's."""
    rows = [
        {
            "case_id": case.id,
            "city": city,
            "procedure": case.procedure,
            "floor": case.number,
            "target": case.number,
            "acknowledged": case.number,
            "sent": case.number,
            "is_behind": False,
            "next_at_ms": 0,
        }
        for city in case.cities
        if city != context.city
    ]
    transaction.upsert(copies, rows, lambda new: {
        "floor": new.floor, "target": new.target, "acknowledged": new.acknowledged,
        "sent": new.sent, "is_behind": new.is_behind,
    })  # fmt: skip


def hand(
    transaction: Transaction,
    family: Family,
    case_id: str,
    city: str,
    context: Context,
    *,
    is_first: bool = False,
) -> None:
    """Send a city the steps that it has not been sent, in one message of limited size."""
    row = _row(transaction, case_id, city)
    after = max(row.sent, row.floor)
    if after >= row.target:
        return
    found = book.lines_of(
        transaction, case_id, after, min(STEPS_PER_MESSAGE_MAX, row.target - after)
    )
    lines: list[str] = []
    size = 0
    for _, _, line in found:
        size += len(line)
        if lines and size > LINES_BYTES_MAX:
            break
        lines.append(line.decode())
    try:
        message_id, problem = (
            context.outlet.ask(
                transaction,
                city,
                f"{family.matter}.record",
                Record(case=case_id, lines=tuple(lines)),
                context=context,
                purpose=family.purpose.code,
                organisation=context.city,
            ),
            None,
        )
    except Problem as refused:
        if is_first:
            raise
        message_id, problem = None, json.dumps(refused.as_dict(), ensure_ascii=False)
    sent = after if message_id is None else found[len(lines) - 1][0]
    _set(
        transaction, row,
        sent=sent, message_id=message_id, problem=problem or row.problem, is_behind=True,
        next_at_ms=to_ms(context.now + timedelta(seconds=RESEND_SECONDS)),
    )  # fmt: skip


def take_answer(
    transaction: Transaction, family: Family, answer: dict[str, Any], context: Context
) -> None:
    """A city says how far its history goes: send what it lacks, or note what it disputes."""
    row = _find(transaction, str(answer["case"]), context.caller.city)
    if row is None:
        return
    acknowledged = max(row.acknowledged, int(answer["number"]))
    disputed = answer.get("disputed") is not None
    evidence.settle_disputes(
        transaction, row.case_id, row.acknowledged, acknowledged, row.city, context
    )
    if disputed:
        number = int(answer["disputed"])
        digest = book.digest_at(transaction, row.case_id, number) or ""
        problem = answer.get("problem") or {}
        evidence.dispute(transaction, row.case_id, number, digest, row.city, problem, context)
    _set(
        transaction, row,
        acknowledged=acknowledged,
        is_behind=acknowledged < row.target,
        problem=json.dumps(answer.get("problem"), ensure_ascii=False) if disputed else None,
    )  # fmt: skip
    lacks = acknowledged < row.target
    if not lacks or disputed or context.message_id != row.message_id:
        return  # an older message's answer: the newest one decides
    _set(transaction, row, sent=max(acknowledged, row.floor))
    # A city that lacks steps of the earlier keeper gets them from that one: sent again at once,
    # the later ones would go to and fro until then. They are sent again in time.
    if int(answer["number"]) >= row.floor:
        hand(transaction, family, row.case_id, row.city, context)


def take_refusal(transaction: Transaction, problem: dict[str, Any], context: Context) -> None:
    """A city refused a message of steps for good: keep why; they are sent again in time."""
    transaction.execute(
        update(copies)
        .where(copies.c.message_id == context.message_id, copies.c.city == context.caller.city)
        .values(problem=json.dumps(problem, ensure_ascii=False), sent=copies.c.acknowledged)
    )


def resend(transaction: Transaction, family: Family, context: Context) -> int:
    """Hand over again what a city has not acknowledged and no message carries any more."""
    waiting = transaction.rows(
        select(copies)
        .where(
            copies.c.procedure == family.name,
            copies.c.is_behind,
            copies.c.next_at_ms <= to_ms(context.now),
        )
        .order_by(copies.c.next_at_ms)
        .limit(RESENT_PER_RUN_MAX)
    )
    for row in sorted(waiting, key=lambda one: (one.next_at_ms, one.case_id, one.city)):
        later = to_ms(context.now + timedelta(seconds=RESEND_SECONDS))
        if _is_on_its_way(transaction, row.message_id):
            _set(transaction, row, next_at_ms=later)
            continue
        _set(transaction, row, sent=max(row.acknowledged, row.floor), next_at_ms=later)
        hand(transaction, family, row.case_id, row.city, context)
    return len(waiting)


def _is_on_its_way(transaction: Transaction, message_id: str | None) -> bool:
    if message_id is None:
        return False
    state = transaction.value(
        select(messages_out.c.state).where(messages_out.c.message_id == message_id)
    )
    return state in ("pending", "owed")


def _note_target(transaction: Transaction, case: Case, city: str) -> None:
    row = {
        "case_id": case.id,
        "city": city,
        "procedure": case.procedure,
        "floor": 0,
        "target": case.number,
        "acknowledged": 0,
        "sent": 0,
        "is_behind": True,
        "next_at_ms": 0,
    }
    transaction.upsert(copies, row, lambda new: {"target": new.target, "is_behind": True})


def _row(transaction: Transaction, case_id: str, city: str) -> Any:
    row = _find(transaction, case_id, city)
    if row is None:
        raise LookupError(f"case {case_id} is not handed to {city}")
    return row


def _find(transaction: Transaction, case_id: str, city: str) -> Any:
    return transaction.row(select(copies).where(copies.c.case_id == case_id, copies.c.city == city))


def _set(transaction: Transaction, row: Any, **values: Any) -> None:
    transaction.execute(
        update(copies)
        .where(copies.c.case_id == row.case_id, copies.c.city == row.city)
        .values(**values)
    )
