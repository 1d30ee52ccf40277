"""The log itself: entries take their places at the end of the transaction of their effect.

    log.record(transaction, "token.revoked", {...}, at=now)

Whoever causes something records it; all that one group of work recorded is integrated at once,
right before the commit. If that fails the commit fails, and nothing is answered. A transaction
holds the journal's lock from there to its end, so positions have no gaps, on either store.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select, text

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.merkle import (
    Frontier,
    NodeReader,
    leaf_hash,
    stored_consistency_path,
    stored_inclusion_path,
)
from hanse.foundation.store import Transaction
from hanse.mechanisms.journal.entries import KINDS, SALT_BYTES, Pending, new_entry
from hanse.mechanisms.journal.tables import journal_entries, journal_head, journal_nodes
from hanse.mechanisms.journal.tiles import (
    ENTRIES,
    TILE_HEIGHT,
    TILE_OUTSIDE,
    TILE_WIDTH,
    Tile,
    entry_bundle,
    node_reader,
    tile_width,
)

HEAD_NAME: Final = "journal"
_HEAD: Final = select(journal_head.c.frontier).where(journal_head.c.name == HEAD_NAME)
_LOCK: Final = 0x68616E7365
"""PostgreSQL's advisory lock of the journal: the letters `hanse`."""

JOURNAL_DAMAGED = ProblemKind(
    "journal_damaged",
    500,
    Text("存储的日志已损坏", "The stored journal is damaged"),
    Text("请停用节点并从备份恢复，再做审计", "Stop the node, restore it from a backup, audit it"),
    detail=Text("位置 {position} 处缺失或多余", "An entry is missing or surplus at {position}"),
)


def record(
    transaction: Transaction,
    kind: str,
    details: dict[str, Any],
    *,
    at: datetime,
    person: bytes | None = None,
    deferred_until_ms: int | None = None,
    delivery: int | None = None,
    salt: bytes | None = None,
) -> None:
    """Put an entry of a published kind into the journal with this transaction's commit.

    A `salt` is given only where another party must be able to recompute the commitment, and then
    holds a secret of at least 128 bits that the two share.
    """
    known = KINDS[kind]
    known.check(details)
    transaction.journal.append(
        Pending(known, at, details, person, deferred_until_ms, delivery, salt)
    )
    if integrate not in transaction.before_commit:
        transaction.before_commit.append(integrate)


def integrate(transaction: Transaction) -> None:
    """Give what was recorded its positions, and store it with the tree that it completes."""
    waiting: list[Pending] = transaction.journal
    if not waiting:
        return
    lock(transaction)
    frontier = head(transaction)
    rows, nodes = [], []
    for pending in waiting:
        salt = pending.salt or transaction.randomness(SALT_BYTES)
        entry, details = new_entry(pending, salt)
        leaf = leaf_hash(entry)
        rows.append(
            {
                "position": frontier.size,
                "kind": pending.kind.name,
                "at_ms": to_ms(pending.at),
                "retention": pending.kind.retention.name,
                "entry": entry,
                "details": details,
                "salt": salt,
                "leaf": leaf,
                "person": pending.person,
                "deferred_until_ms": pending.deferred_until_ms,
                "delivery": pending.delivery,
            }
        )
        nodes += [
            {"level": node.level // TILE_HEIGHT, "index": node.index, "hash": node.hash}
            for node in frontier.append(leaf)
            if node.level and node.level % TILE_HEIGHT == 0
        ]
    transaction.insert(journal_entries, rows)
    transaction.insert(journal_nodes, nodes)
    _store_head(transaction, frontier)
    waiting.clear()


def lock(transaction: Transaction) -> None:
    """Be the only one who appends until the transaction ends. SQLite has one writer anyway."""
    if not transaction.is_sqlite:
        transaction.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def head(transaction: Transaction) -> Frontier:
    """The stored head: the size of the journal, and the right edge of its tree."""
    stored = transaction.value(_HEAD)
    return Frontier() if stored is None else Frontier.parse(bytes(stored))


def size(transaction: Transaction) -> int:
    """How many entries the journal has."""
    return int(transaction.value(select(journal_head.c.size)) or 0)


def reader(transaction: Transaction, tree_size: int) -> NodeReader:
    """Reads the nodes of the tree of the first `tree_size` entries; each tile is read once."""
    held: dict[Tile, bytes] = {}

    def read(tile: Tile) -> bytes:
        if tile not in held:
            held[tile] = tile_bytes(transaction, tile, tree_size)
        return held[tile]

    return node_reader(read, tree_size)


def inclusion_path(transaction: Transaction, position: int, tree_size: int) -> list[bytes]:
    """The proof that the entry is in the tree of that size."""
    return stored_inclusion_path(reader(transaction, tree_size), position, tree_size)


def consistency_path(transaction: Transaction, old_size: int, tree_size: int) -> list[bytes]:
    """The proof that the tree extends its own earlier one."""
    return stored_consistency_path(reader(transaction, tree_size), old_size, tree_size)


def tile_bytes(transaction: Transaction, tile: Tile, tree_size: int) -> bytes:
    """A tile of the tree of that size, hashes or entries; TILE_OUTSIDE where it has none."""
    if tile.width > tile_width(tile.level, tile.index, tree_size):
        raise TILE_OUTSIDE()
    first = tile.index * TILE_WIDTH
    if tile.level == ENTRIES:
        return entry_bundle(_column(transaction, "entry", first, tile.width))
    if tile.level == 0:
        return b"".join(_column(transaction, "leaf", first, tile.width))
    found = transaction.rows(
        select(journal_nodes.c.hash)
        .where(
            journal_nodes.c.level == tile.level,
            journal_nodes.c.index >= first,
            journal_nodes.c.index < first + tile.width,
        )
        .order_by(journal_nodes.c.index)
    )
    if len(found) != tile.width:
        raise JOURNAL_DAMAGED(position=first << (TILE_HEIGHT * tile.level))
    return b"".join(bytes(row.hash) for row in found)


def rows_from(transaction: Transaction, first: int, count: int) -> Sequence[Any]:
    """Whole rows from a position on."""
    return transaction.rows(
        select(journal_entries)
        .where(journal_entries.c.position >= first, journal_entries.c.position < first + count)
        .order_by(journal_entries.c.position)
    )


def verify_stored(transaction: Transaction) -> int:
    """Compute the tree again from the stored entries; gives how many. Raises JOURNAL_DAMAGED.

    This shows a damaged store. That history was not rewritten, only witnesses can show.
    """
    stored = head(transaction)
    again = Frontier()
    while again.size < stored.size:
        rows = rows_from(transaction, again.size, TILE_WIDTH)
        for row in rows:
            leaf = leaf_hash(bytes(row.entry))
            if row.position != again.size or leaf != bytes(row.leaf):
                raise JOURNAL_DAMAGED(position=again.size)
            again.append(leaf)
        if not rows:
            raise JOURNAL_DAMAGED(position=again.size)
    surplus = transaction.value(select(func.max(journal_entries.c.position)))
    if again.root() != stored.root() or (surplus is not None and surplus >= stored.size):
        raise JOURNAL_DAMAGED(position=stored.size)
    return stored.size


def _column(transaction: Transaction, name: str, first: int, count: int) -> list[bytes]:
    found = transaction.rows(
        select(journal_entries.c[name])
        .where(journal_entries.c.position >= first, journal_entries.c.position < first + count)
        .order_by(journal_entries.c.position)
    )
    if len(found) != count:
        raise JOURNAL_DAMAGED(position=first + len(found))
    return [bytes(row[0]) for row in found]


def _store_head(transaction: Transaction, frontier: Frontier) -> None:
    transaction.upsert(
        journal_head,
        {"name": HEAD_NAME, "size": frontier.size, "frontier": frontier.serialise()},
        lambda new: {"size": new.size, "frontier": new.frontier},
    )
