"""Notices: what a step means for a seat of this city, written once, delivered by the node.

Each has a key against duplicates: the case, the step and the role. They wait as rows; the node's
outlets deliver all that wait for one organisation together, and try again until it succeeds.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update

from hanse.foundation.clock import from_ms, to_ms
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.cases.case import Case
from hanse.mechanisms.cases.judge import awaited
from hanse.mechanisms.cases.procedure import Procedure
from hanse.mechanisms.cases.step import MIGRATE, OVERDUE, Step
from hanse.mechanisms.cases.tables import notices
from hanse.mechanisms.exchange.context import Context

NOTICES_PER_DIGEST_MAX: Final = 100
ATTEMPTS_MAX: Final = 12
RETRY_SECONDS_MIN: Final = 30
RETRY_SECONDS_MAX: Final = 21_600


@dataclass(frozen=True)
class Notice:
    """One line of a digest."""

    id: str
    case: str
    role: str
    words: Text
    made_at: datetime


@dataclass(frozen=True)
class Digest:
    """All that waits for one organisation; the empty name is the city's own desk."""

    organisation: str
    notices: tuple[Notice, ...]


def note(
    transaction: Transaction, procedure: Procedure, case: Case, step: Step, context: Context
) -> None:
    """Write the notices that a step means for this city's seats: never its contents."""
    roles, title = _told(procedure, step)
    expects = awaited(procedure, case)
    stage = procedure.stage(case.stage)
    place = stage.title if stage is not None else procedure.title
    rows = []
    for role in roles:
        seat = case.seats.get(role)
        if seat is None or seat.city != context.city:
            continue
        words = Text(
            f"{procedure.title.zh}案件{case.id}：{title.zh}；现处于“{place.zh}”",
            f"{procedure.title.en}, case {case.id}: {title.en}; it stands at {place.en}",
        )
        if role in expects:
            names = [action.title for action in expects[role]]
            words = Text(
                f"{words.zh}，待贵方办理：{'、'.join(one.zh for one in names)}。",
                f"{words.en}, and waits for you: {', '.join(one.en for one in names)}.",
            )
        rows.append(
            {
                "notice_id": f"{case.id}/{step.number}/{role}",
                "procedure": case.procedure,
                "case_id": case.id,
                "organisation": seat.organisation or "",
                "role": role,
                "words": json.dumps(words.as_dict(), ensure_ascii=False),
                "state": "waiting",
                "attempts": 0,
                "made_at_ms": to_ms(context.now),
                "next_at_ms": to_ms(context.now),
            }
        )
    transaction.upsert(notices, rows, lambda new: {"words": new.words})


def _told(procedure: Procedure, step: Step) -> tuple[tuple[str, ...], Text]:
    if step.action == OVERDUE and step.is_by_time:
        deadline = procedure.deadline(str(step.data["deadline"]))
        if deadline is None:
            return (), procedure.title
        title = Text(f"{deadline.title.zh}已逾期", f"{deadline.title.en} is overdue")
        return tuple(dict.fromkeys((deadline.actor, deadline.escalates_to))), title
    if step.action == MIGRATE:
        return (), procedure.title
    action = procedure.action(step.action)
    return ((), procedure.title) if action is None else (action.notifies, action.title)


def waiting(transaction: Transaction, now: datetime, limit: int) -> list[Digest]:
    """Digests that are due for delivery, one for each organisation."""
    rows = transaction.rows(
        select(notices)
        .where(notices.c.state == "waiting", notices.c.next_at_ms <= to_ms(now))
        .order_by(notices.c.next_at_ms, notices.c.notice_id)
        .limit(limit)
    )
    grouped: dict[str, list[Any]] = {}
    for row in rows:
        held = grouped.setdefault(row.organisation, [])
        if len(held) < NOTICES_PER_DIGEST_MAX:
            held.append(row)
    return [Digest(name, tuple(map(_notice, held))) for name, held in grouped.items()]


def _notice(row: Any) -> Notice:
    words = Text(**json.loads(row.words))
    return Notice(row.notice_id, row.case_id, row.role, words, from_ms(row.made_at_ms))


def delivered(transaction: Transaction, ids: Sequence[str]) -> None:
    """They have reached their outlet."""
    transaction.execute(
        update(notices).where(notices.c.notice_id.in_(ids)).values(state="sent", problem=None)
    )


def not_delivered(
    transaction: Transaction, ids: Sequence[str], problem: str, now: datetime
) -> None:
    """The outlet failed: later again, each time twice as late; past the limit they are dead."""
    rows = transaction.rows(
        select(notices.c.notice_id, notices.c.attempts).where(notices.c.notice_id.in_(ids))
    )
    for row in rows:
        attempts = row.attempts + 1
        seconds = min(RETRY_SECONDS_MIN * 2**row.attempts, RETRY_SECONDS_MAX)
        transaction.execute(
            update(notices)
            .where(notices.c.notice_id == row.notice_id)
            .values(
                attempts=attempts,
                state="dead" if attempts >= ATTEMPTS_MAX else "waiting",
                problem=problem[:500],
                next_at_ms=to_ms(now + timedelta(seconds=seconds)),
            )
        )
