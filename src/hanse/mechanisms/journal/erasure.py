"""Erasure that keeps proofs: contents go when their term ends, commitments stay.

A message's line and its answer, an entry's details and its salt are set to nothing. What remains
are leaf hashes and commitments over salts that are gone too, so nothing can be guessed from them,
and every inclusion and consistency proof still holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, update

from hanse.foundation.clock import iso, to_ms
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.tables import messages_in, messages_out
from hanse.mechanisms.journal import log
from hanse.mechanisms.journal.entries import RETENTIONS, Retention
from hanse.mechanisms.journal.tables import journal_entries

SETTLED = ("done", "refused", "dead")


@dataclass(frozen=True)
class Erased:
    """How much was erased."""

    messages: int
    entries: int


def erase_messages(transaction: Transaction, before: datetime, reason: str, now: datetime) -> int:
    """Erase the contents of all settled messages before a time; gives how many there were.

    What still waits, or whose answer is owed, keeps its contents: it must be sent again as it is.
    """
    limit = to_ms(before)
    sent = transaction.execute(
        update(messages_out)
        .where(
            messages_out.c.created_at_ms < limit,
            messages_out.c.state.in_(SETTLED),
            or_(messages_out.c.line.is_not(None), messages_out.c.answer.is_not(None)),
        )
        .values(line=None, answer=None, problem=None)
    ).rowcount
    taken = transaction.execute(
        update(messages_in)
        .where(
            messages_in.c.received_at_ms < limit,
            messages_in.c.outcome != "owed",
            or_(messages_in.c.line.is_not(None), messages_in.c.answer.is_not(None)),
        )
        .values(line=None, answer=None)
    ).rowcount
    _note(transaction, "messages", before, sent + taken, reason, now)
    return int(sent + taken)


def erase_entries(
    transaction: Transaction,
    now: datetime,
    reason: str,
    retentions: Sequence[Retention] = tuple(RETENTIONS.values()),
) -> int:
    """Erase the details of entries whose class of retention has run out; gives how many."""
    due: list[Any] = [
        and_(
            journal_entries.c.retention == one.name,
            journal_entries.c.at_ms < to_ms(now - timedelta(days=one.days)),
        )
        for one in retentions
    ]
    count = transaction.execute(
        update(journal_entries)
        .where(or_(*due), journal_entries.c.details.is_not(None))
        .values(details=None, salt=None, person=None, deferred_until_ms=None)
    ).rowcount
    _note(transaction, "entries", now, count, reason, now)
    return int(count)


def _note(
    transaction: Transaction, what: str, before: datetime, count: int, reason: str, now: datetime
) -> None:
    if count:
        details = {"what": what, "before": iso(before), "count": count, "reason": reason}
        log.record(transaction, "body.erased", details, at=now)
