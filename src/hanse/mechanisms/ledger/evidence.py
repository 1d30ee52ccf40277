"""Evidence of the ledger: one journal entry a batch, which commits to each transfer of it.

A transfer's leaf is the RFC 9162 leaf hash of its salt and its line, so one transfer can be proved
alone and says nothing of its neighbours. The salts follow from one secret of the batch.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.identity import base64url
from hanse.foundation.languages import Text
from hanse.foundation.merkle import inclusion_path, leaf_hash, root, verify_inclusion
from hanse.foundation.store import Transaction
from hanse.mechanisms.journal import log
from hanse.mechanisms.ledger import bulk
from hanse.mechanisms.ledger.tables import ledger_batches
from hanse.mechanisms.ledger.working_set import (
    T_CREDIT,
    T_DEBIT,
    T_ID,
    TRANSFER_COLUMNS,
    Stored,
)

SECRET_BYTES: Final = 32
SALT_BYTES: Final = 16
TRANSFER_UNKNOWN = ProblemKind(
    "ledger_transfer_unknown",
    404,
    Text("没有该转账", "There is no such transfer"),
    Text("请核对转账编号", "Check the transfer's id"),
)


@dataclass(frozen=True, slots=True)
class TransferProof:
    """That a transfer is in a batch whose root stands in the journal's entry `ledger.batch`."""

    line: str
    salt: bytes
    index: int
    size: int
    path: tuple[bytes, ...]
    root: bytes
    first_sequence: int
    last_sequence: int

    def holds(self) -> bool:
        """Whether the line and the path lead to the root."""
        leaf = leaf_hash(self.salt + self.line.encode())
        return verify_inclusion(leaf, self.index, self.size, self.path, self.root)


def lines_of(transfers: Sequence[Stored], names: Mapping[int, str]) -> list[str]:
    """Transfers as their leaves have them: the columns of the log in order, joined by `|`, empty
    where there is nothing; ids in hexadecimal, accounts by their ids, times in milliseconds."""
    lines = []
    same, middle = None, ""
    for one in transfers:
        if one[6] or one[13] is not None:
            parts = list(one)
            parts[T_DEBIT], parts[T_CREDIT] = names[one[T_DEBIT]], names[one[T_CREDIT]]
            parts[T_ID] = "" if one[T_ID] is None else one[T_ID].hex()
            lines.append("|".join(["" if part is None else str(part) for part in parts]))
            continue
        sequence, id_, debit, credit, amount, code, flags, day, booked, reference = one[:10]
        if (code, day, booked) != same:  # most of a batch have the same
            same, middle = (code, day, booked), f"|{code}|{flags}|{day}|{booked}|"
        lines.append(
            f"{sequence}|{id_.hex()}|{names[debit]}|{names[credit]}|{amount}{middle}{reference}||||"
        )
    return lines


def salts_of(secret: bytes, count: int) -> bytes:
    """The salts of a batch, one after the other: who knows one can't tell another."""
    return hashlib.shake_256(secret).digest(SALT_BYTES * count)


def leaves_of(secret: bytes, transfers: Sequence[Stored], names: Mapping[int, str]) -> list[bytes]:
    """The leaf hash of each transfer: that of its salt and its line."""
    salts, sha256 = salts_of(secret, len(transfers)), hashlib.sha256
    starts = range(0, len(salts), SALT_BYTES)
    return [
        sha256(b"\0" + salts[at : at + SALT_BYTES] + line.encode()).digest()
        for at, line in zip(starts, lines_of(transfers, names), strict=True)
    ]


def names_of(transaction: Transaction, transfers: Sequence[Stored]) -> dict[int, str]:
    """The ids of the transfers' accounts, by their numbers."""
    numbers = {one[T_DEBIT] for one in transfers} | {one[T_CREDIT] for one in transfers}
    return dict(
        bulk.select_in(transaction, "number, id", "ledger_accounts", "number", "bigint", numbers)
    )


def record(
    transaction: Transaction,
    first: int,
    transfers: Sequence[Stored],
    names: Mapping[int, str],
    booked_at_ms: int,
    now: datetime,
) -> None:
    """Keep the batch's root, and put it into the journal."""
    secret = transaction.randomness(SECRET_BYTES)
    batch_root = root(leaves_of(secret, transfers, names))
    last = first + len(transfers) - 1
    transaction.insert(
        ledger_batches,
        {
            "last_sequence": last,
            "first_sequence": first,
            "root": batch_root,
            "secret": secret,
            "booked_at_ms": booked_at_ms,
        },
    )
    details = {
        "first": first,
        "last": last,
        "count": len(transfers),
        "root": base64url(batch_root),
    }
    log.record(transaction, "ledger.batch", details, at=now)


def prove(transaction: Transaction, transfer_id: bytes) -> TransferProof:
    """The proof of one transfer by its id."""
    columns = ", ".join(TRANSFER_COLUMNS)
    found = bulk.rows(
        transaction,
        "SELECT sequence FROM ledger_transfers WHERE id = ?",
        (transfer_id,),
    )
    if not found:
        raise TRANSFER_UNKNOWN()
    sequence = found[0][0]
    batch = bulk.rows(
        transaction,
        "SELECT first_sequence, last_sequence, root, secret FROM ledger_batches "
        "WHERE last_sequence >= ? ORDER BY last_sequence LIMIT 1",
        (sequence,),
    )
    first, last, held_root, secret = batch[0]
    stored = [
        plain(row)
        for row in bulk.rows(
            transaction,
            f"SELECT {columns} FROM ledger_transfers "  # noqa: S608
            "WHERE sequence BETWEEN ? AND ? ORDER BY sequence",
            (first, last),
        )
    ]
    names = names_of(transaction, stored)
    leaves = leaves_of(bytes(secret), stored, names)
    index = sequence - first
    start = index * SALT_BYTES
    return TransferProof(
        line=lines_of(stored[index : index + 1], names)[0],
        salt=salts_of(bytes(secret), len(stored))[start : start + SALT_BYTES],
        index=index,
        size=len(leaves),
        path=tuple(inclusion_path(leaves, index)),
        root=bytes(held_root),
        first_sequence=first,
        last_sequence=last,
    )


def plain(row: Sequence[Any]) -> Stored:
    """A stored row with its bytes as bytes, whatever the driver gave."""
    return tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
