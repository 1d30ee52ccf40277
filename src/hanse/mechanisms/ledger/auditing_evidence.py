"""The audit's second half: the books against their evidence.

Whoever can write to the store can rewrite transfers, balances and roots together so that they agree
with each other. They can't make the journal agree, whose entries other cities have cosigned.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

import orjson

from hanse.foundation.identity import base64url
from hanse.foundation.merkle import root
from hanse.foundation.store import Transaction
from hanse.mechanisms.journal.entries import commitment, read_entry
from hanse.mechanisms.ledger import bulk, head
from hanse.mechanisms.ledger.evidence import leaves_of, names_of, plain
from hanse.mechanisms.ledger.working_set import TRANSFER_COLUMNS

ENTRIES_PER_PAGE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference between the log and what the ledger or its evidence holds."""

    what: str
    """`gap`, `head`, `entry`, `account`, `pending`, `sum`, `batch` or `journal`."""
    place: str
    """The sequence, or the account's number."""
    expected: str
    found: str


def batches(transaction: Transaction) -> Iterator[Finding]:
    """Every batch's root is that of its transfers, every transfer is in one batch, and the
    journal's entries say the same of each."""
    columns = ", ".join(TRANSFER_COLUMNS)
    expected_first = 1
    rows = bulk.rows(
        transaction,
        "SELECT first_sequence, last_sequence, root, secret FROM ledger_batches "
        "ORDER BY last_sequence",
        (),
    )
    for row, noted in zip_longest(rows, _journaled(transaction)):
        if row is None:
            yield Finding("journal", str(noted.get("last")), str(noted), "-")
            continue
        first, last, held, secret = row
        if first != expected_first:
            yield Finding("batch", str(last), str(expected_first), str(first))
        expected_first = last + 1
        stored: list[tuple[Any, ...]] = [
            plain(one)
            for one in bulk.rows(
                transaction,
                f"SELECT {columns} FROM ledger_transfers "  # noqa: S608
                "WHERE sequence BETWEEN ? AND ? ORDER BY sequence",
                (first, last),
            )
        ]
        reckoned = root(leaves_of(bytes(secret), stored, names_of(transaction, stored)))
        if reckoned != bytes(held):
            yield Finding("batch", str(last), reckoned.hex(), bytes(held).hex())
        said = {
            "count": last - first + 1,
            "first": first,
            "last": last,
            "root": base64url(bytes(held)),
        }
        if noted != {} and noted != said:  # erased details say nothing
            yield Finding("journal", str(last), str(noted), str(said))
    newest = head.current(transaction).sequence
    if newest != expected_first - 1:
        yield Finding("head", str(newest), str(expected_first - 1), str(newest))


def _journaled(transaction: Transaction) -> Iterator[dict[str, Any]]:
    """What the journal's entries `ledger.batch` commit to, in their order; {} once erased."""
    position = -1
    while True:
        rows = bulk.rows(
            transaction,
            "SELECT position, entry, details, salt FROM journal_entries "
            "WHERE kind = ? AND position > ? ORDER BY position LIMIT ?",
            ("ledger.batch", position, ENTRIES_PER_PAGE),
        )
        if not rows:
            return
        for _, entry, details, salt in rows:
            if details is None:
                yield {}
                continue
            opened = commitment(bytes(salt), bytes(details)) == read_entry(bytes(entry)).commitment
            yield orjson.loads(bytes(details)) if opened else {"opened": False}
        position = rows[-1][0]
