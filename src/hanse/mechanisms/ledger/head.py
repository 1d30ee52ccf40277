"""The ledger's head: the lock under which all of a node's transfers get their order.

Sequences have no gaps, so two batches of one node can never be decided at once anyway: a batch
takes the head's row and keeps it until its transaction ends. On SQLite the edge's transaction is
the only writer already; on PostgreSQL the row's lock makes several processes take turns. What is
read after it, accounts and pending transfers, cannot change before the commit.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from hanse.foundation.store import Transaction
from hanse.mechanisms.ledger.tables import ledger_head
from hanse.mechanisms.ledger.transfers import ID_BYTES

HEAD_NAME: Final = "ledger"
_HEAD: Final = select(
    ledger_head.c.sequence, ledger_head.c.booked_at_ms, ledger_head.c.greatest_id
).where(ledger_head.c.name == HEAD_NAME)
_LOCKED: Final = _HEAD.with_for_update()
_FIRST: Final = {
    "name": HEAD_NAME,
    "sequence": 0,
    "booked_at_ms": 0,
    "greatest_id": bytes(ID_BYTES),
}


@dataclass(slots=True)
class Head:
    """Where the ledger stands."""

    sequence: int
    """Of the newest transfer; 0 in an empty ledger."""
    booked_at_ms: int
    """The ledger's time. It never goes back, though a machine's clock may."""
    greatest_id: bytes
    """The greatest id that any transfer or refusal has: what is greater is new without a look."""


def lock(transaction: Transaction) -> Head:
    """The head, ours until the transaction ends."""
    row = transaction.row(_LOCKED)
    if row is None:
        # Two processes may begin the first batch of a ledger: one row comes of it.
        transaction.upsert(ledger_head, _FIRST, lambda new: {"name": new.name})
        row = transaction.row(_LOCKED)
        assert row is not None  # noqa: S101 - it was just put there
    return Head(row.sequence, row.booked_at_ms, bytes(row.greatest_id))


def current(transaction: Transaction) -> Head:
    """The head as it is committed, without a lock."""
    row = transaction.row(_HEAD)
    if row is None:
        return Head(0, 0, bytes(ID_BYTES))
    return Head(row.sequence, row.booked_at_ms, bytes(row.greatest_id))


def save(transaction: Transaction, head: Head) -> None:
    """Store the head that `lock` gave, as the batch left it."""
    transaction.execute(
        ledger_head.update().where(ledger_head.c.name == HEAD_NAME),
        {
            "sequence": head.sequence,
            "booked_at_ms": head.booked_at_ms,
            "greatest_id": head.greatest_id,
        },
    )
