"""After the day: every city's journal, computed again from its entries and checked by its peers."""

from collections.abc import Iterator

from sqlalchemy import select

from hanse.foundation.errors import Problem
from hanse.foundation.merkle import stored_inclusion_path, verify_inclusion
from hanse.foundation.store import Transaction
from hanse.foundation.store.transaction import reading
from hanse.mechanisms.exchange.tables import deliveries
from hanse.mechanisms.journal import checkpointing, log
from hanse.mechanisms.journal.cosignatures import cosigned_by, open_checkpoint
from hanse.mechanisms.journal.entries import commitment, read_entry
from hanse.mechanisms.journal.notes import parse_note
from hanse.mechanisms.journal.parties import (
    log_keys,
    origin_of,
    valid_cosignatures,
    witness_keys,
)
from hanse.mechanisms.journal.tables import journal_entries
from hanse.node.node import Node


def whole(nodes: dict[str, Node]) -> Iterator[str | None]:
    """Each journal's tree is that of its entries, and every delivery has its entry in it."""
    for city, node in nodes.items():
        with reading(node.engine) as transaction:
            try:
                size = log.verify_stored(transaction)
            except Problem as problem:
                yield f"{city}: {problem.detail.en}"
                continue
            yield None
            yield from _deliveries(transaction, city, size)


def _deliveries(transaction: Transaction, city: str, size: int) -> Iterator[str | None]:
    root = log.head(transaction).root()
    node = log.reader(transaction, size)
    rows = transaction.rows(
        select(deliveries.c.number, journal_entries)
        .join_from(
            deliveries,
            journal_entries,
            journal_entries.c.delivery == deliveries.c.number,
            isouter=True,
        )
        .order_by(deliveries.c.number)
    )
    for row in rows:
        name = f"{city} delivery {row.number}"
        if row.position is None:
            yield f"{name}: not in the journal"
            continue
        path = stored_inclusion_path(node, row.position, size)
        if not verify_inclusion(bytes(row.leaf), row.position, size, path, root):
            yield f"{name}: not proven"
        elif read_entry(bytes(row.entry)).commitment != commitment(
            bytes(row.salt), bytes(row.details)
        ):
            yield f"{name}: its details are not those that were committed to"
        else:
            yield None


def cosigned(nodes: dict[str, Node]) -> Iterator[str | None]:
    """Each journal's newest checkpoint covers all its entries and is cosigned by the quorum."""
    for city, node in nodes.items():
        charter = node.league.charter
        with reading(node.engine) as transaction:
            frontier = log.head(transaction)
            published = checkpointing.published(transaction)
        if charter is None or published is None:
            yield f"{city}: no checkpoint"
            continue
        note = parse_note(published)
        try:
            head = open_checkpoint(note, origin_of(charter, city), log_keys(charter, city))
            times = cosigned_by(note, witness_keys(charter, city))
        except Problem as problem:
            yield f"{city}: {problem.detail.en}"
            continue
        count = len(valid_cosignatures(charter, city, times))
        if (head.size, head.root) != (frontier.size, frontier.root()):
            yield f"{city}: the checkpoint of {head.size} is not the journal of {frontier.size}"
        elif count < charter.witness_quorum:
            yield f"{city}: {count} cosigned, {charter.witness_quorum} are needed"
        else:
            yield None
