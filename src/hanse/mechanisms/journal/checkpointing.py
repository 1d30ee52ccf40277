"""Our own checkpoints: stored before anyone sees them, and never of a smaller journal than before.

Two checkpoints that contradict each other are proof against their log for ever. So what was once
signed is kept, the same size is never signed twice, and a journal that came back smaller than its
newest checkpoint (an old backup) signs nothing more until an operator has looked at it.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select, update

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.journal import log
from hanse.mechanisms.journal.checkpoints import Checkpoint, parse_checkpoint
from hanse.mechanisms.journal.cosignatures import sign_checkpoint
from hanse.mechanisms.journal.notes import Note, parse_note
from hanse.mechanisms.journal.tables import journal_checkpoints
from hanse.mechanisms.journal.verifier_keys import Signer

EARLIER_KEPT: Final = timedelta(days=1)
"""How long a checkpoint is kept that later ones overtook before its quorum was met."""

JOURNAL_ROLLED_BACK = ProblemKind(
    "journal_rolled_back",
    500,
    Text("日志短于已签署的检查点", "The journal is behind a checkpoint that it signed"),
    Text(
        "可能恢复了旧备份：请停用节点，恢复最新数据，并告知见证城市",
        "An old backup may have been restored: stop the node, restore the newest data, and tell "
        "the witnesses",
    ),
    detail=Text(
        "现有 {size} 条，已签署 {signed} 条", "It has {size} entries, {signed} were signed"
    ),
)


def checkpoint(transaction: Transaction, origin: str, key: Signer, now: datetime) -> Note:
    """The signed head of the journal; that of an unchanged journal is not signed again.

    It may be published once this transaction has been committed. Raises JOURNAL_ROLLED_BACK.
    """
    log.lock(transaction)
    frontier = log.head(transaction)
    newest = newest_row(transaction)
    if newest is not None and newest.size > frontier.size:
        raise JOURNAL_ROLLED_BACK(size=frontier.size, signed=newest.size)
    made = Checkpoint(origin, frontier.size, frontier.root())
    if newest is not None and newest.size == frontier.size:
        note = parse_note(bytes(newest.note))
        if parse_checkpoint(note.text) != made:
            raise JOURNAL_ROLLED_BACK(size=frontier.size, signed=newest.size)
        return note
    note = sign_checkpoint(made, key, int(now.timestamp()))
    transaction.insert(
        journal_checkpoints,
        {"size": frontier.size, "note": note.encode(), "at_ms": to_ms(now)},
    )
    return note


def keep_cosigned(transaction: Transaction, size: int, note: Note, now: datetime) -> None:
    """Store a checkpoint's note with the cosignatures of a quorum, for the proofs to come.

    Earlier ones are dropped after a day, cosigned or not: this one covers all that they did.
    """
    transaction.execute(
        update(journal_checkpoints)
        .where(journal_checkpoints.c.size == size)
        .values(cosigned=note.encode())
    )
    transaction.execute(
        delete(journal_checkpoints).where(
            journal_checkpoints.c.size < size,
            journal_checkpoints.c.at_ms < to_ms(now - EARLIER_KEPT),
        )
    )


def newest_row(transaction: Transaction) -> Any:
    """The row of the newest checkpoint, or None."""
    return transaction.row(
        select(journal_checkpoints).order_by(journal_checkpoints.c.size.desc()).limit(1)
    )


def published(transaction: Transaction) -> bytes | None:
    """The newest note that a quorum cosigned; before the first of these, the newest at all."""
    note = transaction.value(
        select(journal_checkpoints.c.cosigned)
        .where(journal_checkpoints.c.cosigned.is_not(None))
        .order_by(journal_checkpoints.c.size.desc())
        .limit(1)
    )
    if note is not None:
        return bytes(note)
    newest = newest_row(transaction)
    return None if newest is None else bytes(newest.note)


def covering(transaction: Transaction, position: int) -> bytes | None:
    """The first cosigned note whose tree holds the entry, or None while none does."""
    note = transaction.value(
        select(journal_checkpoints.c.cosigned)
        .where(
            journal_checkpoints.c.size > position,
            journal_checkpoints.c.cosigned.is_not(None),
        )
        .order_by(journal_checkpoints.c.size)
        .limit(1)
    )
    return None if note is None else bytes(note)
