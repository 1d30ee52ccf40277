"""Being a witness: the decision on another city's checkpoint, stored before it is cosigned.

The caller runs `consider` in its writer, and signs what it accepted after that commit. Cosigning
is not journaled: two witnesses of each other would have something new to cosign for ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, select

from hanse.foundation.clock import from_ms, iso, to_ms
from hanse.foundation.errors import Problem
from hanse.foundation.identity import base64url
from hanse.foundation.store import Transaction
from hanse.mechanisms.journal import log
from hanse.mechanisms.journal.checkpoints import Checkpoint, parse_checkpoint
from hanse.mechanisms.journal.cosignatures import open_checkpoint
from hanse.mechanisms.journal.notes import parse_note
from hanse.mechanisms.journal.parties import city_of, log_keys
from hanse.mechanisms.journal.tables import (
    witness_alarms,
    witnessed_checkpoints,
    witnessed_logs,
)
from hanse.mechanisms.journal.witness_protocol import (
    AddCheckpoint,
    Decision,
    KnownLog,
    decide,
)
from hanse.mechanisms.league.charter import Charter

CHECKPOINTS_PER_LOG_MAX: Final = 100_000
"""Of one log, the newest that a witness remembers; with one a second, more than a day."""
PRUNE_EVERY: Final = 1_000
ALARMS_PER_LOG_MAX: Final = 100


@dataclass(frozen=True)
class Considered:
    """A decision, and the time that the cosignature must carry where it accepted."""

    decision: Decision
    at_seconds: int


def consider(
    transaction: Transaction, charter: Charter, own: str, request: AddCheckpoint, now: datetime
) -> Considered:
    """Decide on a request, and store what is accepted; a proven fork is kept as an alarm."""
    origin = request.checkpoint.origin
    city = city_of(charter, origin)
    known, last = None, 0
    if city is not None and city != own:
        known, last = _known(transaction, charter, city, origin, now)
    decision = decide(request, known)
    at_seconds = max(int(now.timestamp()), last)
    if decision.accepted is not None:
        _store(transaction, decision.accepted, request, at_seconds)
    elif known is not None:
        _look_for_fork(transaction, request, known, now)
    return Considered(decision, at_seconds)


def latest(transaction: Transaction, origin: str) -> Any:
    """The row of the largest checkpoint of a log that we cosigned, or None."""
    return transaction.row(select(witnessed_logs).where(witnessed_logs.c.origin == origin))


def remembered(transaction: Transaction, origin: str) -> Sequence[Any]:
    """Every checkpoint of a log that we cosigned and remember, by size."""
    return transaction.rows(
        select(witnessed_checkpoints)
        .where(witnessed_checkpoints.c.origin == origin)
        .order_by(witnessed_checkpoints.c.size)
        .limit(CHECKPOINTS_PER_LOG_MAX + PRUNE_EVERY)
    )


def alarms(transaction: Transaction) -> list[dict[str, Any]]:
    """Every fork that was shown to us, with both notes: they are the proof."""
    rows = transaction.rows(select(witness_alarms).order_by(witness_alarms.c.at_ms).limit(1_000))
    return [
        {
            "origin": row.origin,
            "size": row.size,
            "at": iso(from_ms(row.at_ms)),
            "held": bytes(row.held).decode(),
            "shown": bytes(row.shown).decode(),
        }
        for row in rows
    ]


def _known(
    transaction: Transaction, charter: Charter, city: str, origin: str, now: datetime
) -> tuple[KnownLog, int]:
    keys = log_keys(charter, city, now)
    row = transaction.row(
        select(witnessed_logs).where(witnessed_logs.c.origin == origin).with_for_update()
    )
    if row is None:
        return KnownLog(origin, keys), 0
    return KnownLog(origin, keys, row.size, bytes(row.root)), row.at_seconds


def _store(
    transaction: Transaction, accepted: Checkpoint, request: AddCheckpoint, at_seconds: int
) -> None:
    note = request.note.encode()
    values = {
        "origin": accepted.origin,
        "size": accepted.size,
        "root": accepted.root,
        "note": note,
        "at_seconds": at_seconds,
    }
    transaction.upsert(
        witnessed_logs,
        values,
        lambda new: {
            "size": new.size,
            "root": new.root,
            "note": new.note,
            "at_seconds": new.at_seconds,
        },
    )
    transaction.upsert(
        witnessed_checkpoints,
        {name: value for name, value in values.items() if name != "root"},
        lambda new: {"size": new.size},
    )
    _prune(transaction, accepted.origin, accepted.size)


def _prune(transaction: Transaction, origin: str, size: int) -> None:
    """Forget the oldest of too many; looked at now and then, where the size says so."""
    if size % PRUNE_EVERY:
        return
    kept = (
        select(witnessed_checkpoints.c.size)
        .where(witnessed_checkpoints.c.origin == origin)
        .order_by(witnessed_checkpoints.c.size.desc())
        .offset(CHECKPOINTS_PER_LOG_MAX)
        .limit(1)
    )
    oldest = transaction.value(kept)
    if oldest is not None:
        transaction.execute(
            delete(witnessed_checkpoints).where(
                witnessed_checkpoints.c.origin == origin, witnessed_checkpoints.c.size <= oldest
            )
        )


def _look_for_fork(
    transaction: Transaction, request: AddCheckpoint, known: KnownLog, now: datetime
) -> None:
    """Whether the log itself signed another root for a size that we cosigned.

    A checkpoint of any size that we remember is compared: a fork is a fork however the request
    was made. That a proof does not verify accuses nobody, since anyone can send a wrong one.
    """
    try:
        shown = open_checkpoint(request.note, known.origin, known.keys)
    except Problem:
        return
    held = transaction.value(
        select(witnessed_checkpoints.c.note).where(
            witnessed_checkpoints.c.origin == known.origin,
            witnessed_checkpoints.c.size == shown.size,
        )
    )
    if held is None:
        return
    before = parse_checkpoint(parse_note(bytes(held)).text)
    if before.root != shown.root:
        _raise_alarm(transaction, before, shown, bytes(held), request.note.encode(), now)


def _raise_alarm(
    transaction: Transaction,
    before: Checkpoint,
    shown: Checkpoint,
    held_note: bytes,
    shown_note: bytes,
    now: datetime,
) -> None:
    of_log = witness_alarms.c.origin == before.origin
    known = transaction.value(
        select(func.count())
        .select_from(witness_alarms)
        .where(of_log, witness_alarms.c.size == shown.size, witness_alarms.c.root == shown.root)
    )
    count = transaction.value(select(func.count()).select_from(witness_alarms).where(of_log))
    if known or count >= ALARMS_PER_LOG_MAX:
        return
    transaction.insert(
        witness_alarms,
        {
            "origin": shown.origin,
            "size": shown.size,
            "root": shown.root,
            "held": held_note,
            "shown": shown_note,
            "at_ms": to_ms(now),
        },
    )
    log.record(
        transaction,
        "witness.alarm",
        {
            "origin": shown.origin,
            "size": shown.size,
            "held": base64url(before.root),
            "shown": base64url(shown.root),
        },
        at=now,
    )
