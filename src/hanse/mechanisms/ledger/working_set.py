"""What a batch names, fetched in a few set queries before the first transfer is decided.

Accounts are lists that deciding changes in place; a linked group that fails takes its changes back.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hanse.foundation.store import Transaction
from hanse.mechanisms.ledger import bulk
from hanse.mechanisms.ledger.accounts import COUNTER_MAX
from hanse.mechanisms.ledger.chart import chart_of
from hanse.mechanisms.ledger.columns import Columns
from hanse.mechanisms.ledger.head import Head
from hanse.mechanisms.ledger.transfers import REFERENCE_CHARS_MAX

# The places in an account's list.
ID: Final = 0
BOOK: Final = 1
CURRENCY: Final = 2
DEBIT_CAP: Final = 3
CREDIT_CAP: Final = 4
NUMBER: Final = 5
CLOSED: Final = 6
DEBITS_PENDING: Final = 7
DEBITS_POSTED: Final = 8
CREDITS_PENDING: Final = 9
CREDITS_POSTED: Final = 10
CODES: Final = 11
"""The transfer codes of its book's chart."""
PARTITION: Final = 12
"""Its book and currency, one object for one pair; None where the account is closed."""
DEBIT_ROOM: Final = 13
"""The net debit cap as a number that always compares: beyond every counter where there is none."""
CREDIT_ROOM: Final = 14
ENTRIES: Final = 15
"""What is to be written of its balances after each transfer: the rows' values, one after the other.

A flat list of integers: with a tuple for each, Python's collector of garbage would take a third
of the whole time of a batch.
"""
NO_CAP: Final = 2 * COUNTER_MAX
REFERENCE: Final = re.compile(rf"[A-Za-z0-9._:/@+#-]{{0,{REFERENCE_CHARS_MAX}}}")

ACCOUNT_COLUMNS: Final = (
    "id, book, currency, net_debit_cap, net_credit_cap, number, closed, "
    "debits_pending, debits_posted, credits_pending, credits_posted"
)
TRANSFER_COLUMNS: Final = (
    "sequence",
    "id",
    "debit",
    "credit",
    "amount",
    "code",
    "flags",
    "effective_day",
    "booked_at_ms",
    "reference",
    "asked",
    "pending",
    "timeout_seconds",
    "corrects",
)
# The places in a stored transfer.
T_SEQUENCE: Final = 0
T_ID: Final = 1
T_DEBIT: Final = 2
T_CREDIT: Final = 3
T_AMOUNT: Final = 4
T_CODE: Final = 5
T_FLAGS: Final = 6
T_EFFECTIVE: Final = 7
T_BOOKED: Final = 8
T_REFERENCE: Final = 9
T_ASKED: Final = 10
T_PENDING: Final = 11
T_TIMEOUT: Final = 12
T_CORRECTS: Final = 13

Account = list[Any]
Stored = tuple[Any, ...]


@dataclass(slots=True)
class WorkingSet:
    """The part of the ledger that a batch may touch."""

    by_id: dict[str, Account] = field(default_factory=dict)
    by_number: dict[int, Account] = field(default_factory=dict)
    transfers: dict[bytes, Stored] = field(default_factory=dict)
    """Stored transfers that the batch repeats, resolves or corrects."""
    sequences: dict[int, Stored] = field(default_factory=dict)
    states: dict[int, str] = field(default_factory=dict)
    """Of pending transfers by sequence: open, posted, voided, expired."""
    refused: dict[bytes, str] = field(default_factory=dict)
    pairs: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def add_accounts(self, rows: Sequence[Sequence[Any]]) -> None:
        """Keep accounts by id and number."""
        for row in rows:
            if row[NUMBER] not in self.by_number:
                pair = (row[BOOK], row[CURRENCY])
                account = [
                    *row,
                    chart_of(row[BOOK]).transfer_codes,
                    None if row[CLOSED] else self.pairs.setdefault(pair, pair),
                    NO_CAP if row[DEBIT_CAP] is None else row[DEBIT_CAP],
                    NO_CAP if row[CREDIT_CAP] is None else row[CREDIT_CAP],
                    [],
                ]
                self.by_id[row[ID]] = self.by_number[row[NUMBER]] = account

    def add_transfers(self, rows: Sequence[Sequence[Any]]) -> None:
        """Keep stored transfers by id and sequence."""
        for row in rows:
            stored: Stored = tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
            self.sequences[int(stored[T_SEQUENCE])] = stored
            if stored[T_ID] is not None:
                self.transfers[stored[T_ID]] = stored


def fetched(transaction: Transaction, batch: Columns, head: Head) -> WorkingSet:
    """Everything that deciding the batch may ask for."""
    found = WorkingSet()
    greatest = head.greatest_id
    ids: set[bytes] = set()
    if batch.ids and min(batch.ids) <= greatest:  # else all of them are new
        ids = {one for one in batch.ids if one <= greatest}
    named = {one for one in {*batch.pendings, *batch.corrects} if one is not None}
    columns = ", ".join(TRANSFER_COLUMNS)
    found.add_transfers(
        bulk.select_in(transaction, columns, "ledger_transfers", "id", "bytea", ids | named)
    )
    resolved = [
        one[T_PENDING]
        for one in found.sequences.values()
        if one[T_PENDING] is not None and one[T_PENDING] not in found.sequences
    ]
    found.add_transfers(
        bulk.select_in(transaction, columns, "ledger_transfers", "sequence", "bigint", resolved)
    )
    refused = bulk.select_in(transaction, "id, code", "ledger_refusals", "id", "bytea", ids)
    found.refused.update((bytes(row[0]), row[1]) for row in refused)
    states = bulk.select_in(
        transaction, "sequence, state", "ledger_pendings", "sequence", "bigint", found.sequences
    )
    found.states.update((row[0], row[1]) for row in states)
    fetch_accounts(transaction, found, {*batch.debits, *batch.credits} - {""})
    numbers = {one[place] for one in found.sequences.values() for place in (T_DEBIT, T_CREDIT)}
    rows = bulk.select_in(
        transaction,
        ACCOUNT_COLUMNS,
        "ledger_accounts",
        "number",
        "bigint",
        numbers - found.by_number.keys(),
    )
    found.add_accounts(rows)
    return found


def fetch_accounts(transaction: Transaction, found: WorkingSet, ids: set[str]) -> None:
    """Add accounts by their ids."""
    found.add_accounts(
        bulk.select_in(transaction, ACCOUNT_COLUMNS, "ledger_accounts", "id", "text", ids)
    )
