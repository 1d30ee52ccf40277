"""Evidence of the ledger: one journal entry a batch, which commits to each transfer of it.

A transfer's leaf is the RFC 9162 leaf hash of its salt and its line, so one transfer can be proved
alone and says nothing of its neighbours. The salts follow from one secret of the batch.
"""

import hashlib
import hmac
from collections.abc import Sequence
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
from hanse.mechanisms.ledger.working_set import TRANSFER_COLUMNS, Stored

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


def line_of(stored: Stored) -> str:
    """A transfer as its leaf has it: its columns in order, joined by `|`, empty where there is
    nothing; the id in hexadecimal, accounts by number, times in milliseconds."""
    return "|".join(
        ["" if v is None else v.hex() if isinstance(v, bytes) else str(v) for v in stored]
    )


def salt_of(secret: bytes, sequence: int) -> bytes:
    """The salt of one transfer."""
    return hmac.digest(secret, sequence.to_bytes(8, "big"), hashlib.sha256)[:SALT_BYTES]


def leaves_of(secret: bytes, transfers: Sequence[Stored]) -> list[bytes]:
    """The leaf hash of each transfer."""
    sha256, digest = hashlib.sha256, hmac.digest
    return [
        sha256(
            b"\0"
            + digest(secret, one[0].to_bytes(8, "big"), sha256)[:SALT_BYTES]
            + line_of(one).encode()
        ).digest()
        for one in transfers
    ]


def record(
    transaction: Transaction,
    first: int,
    transfers: Sequence[Stored],
    booked_at_ms: int,
    now: datetime,
) -> None:
    """Keep the batch's root, and put it into the journal."""
    secret = transaction.randomness(SECRET_BYTES)
    batch_root = root(leaves_of(secret, transfers))
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
    leaves = leaves_of(bytes(secret), stored)
    index = sequence - first
    return TransferProof(
        line=line_of(stored[index]),
        salt=salt_of(bytes(secret), sequence),
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
