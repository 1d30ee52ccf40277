"""Access to a person's data: journaled by keyed digest, shown to that person, provable.

The digest is HMAC-SHA-256 with a key that only this city has and that is not in its store, so
nobody who reads the store or the journal can try all identifiers. What the law defers stays hidden
until its day, and is then shown like everything else.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import or_, select

from hanse.foundation.clock import iso, to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.identity import base64url, from_base64url
from hanse.foundation.languages import Text
from hanse.foundation.merkle import leaf_hash, verify_inclusion
from hanse.foundation.store import Transaction
from hanse.mechanisms.journal import checkpointing, log
from hanse.mechanisms.journal.checkpoints import parse_checkpoint
from hanse.mechanisms.journal.cosignatures import cosigned_by, open_checkpoint
from hanse.mechanisms.journal.entries import commitment, read_entry
from hanse.mechanisms.journal.notes import parse_note
from hanse.mechanisms.journal.parties import log_keys, origin_of, valid_cosignatures, witness_keys
from hanse.mechanisms.journal.tables import journal_entries
from hanse.mechanisms.league.charter import Charter

KIND: Final = "access.personal"
PERSON_KEY_BYTES: Final = 32
LINES_PER_PAGE_MAX: Final = 200
_LABEL: Final = b"hanse person v1\n"

ACCESS_UNPROVEN = ProblemKind(
    "access_unproven",
    422,
    Text("该访问记录不能由日志证明", "The journal does not prove this line"),
    Text("请勿采信，并向该城市查询", "Do not rely on it, and ask that city"),
)


@dataclass(frozen=True)
class Deferral:
    """Until when the person is not told, and the law that says so."""

    until: datetime
    legal_basis: str


@dataclass(frozen=True)
class Access:
    """One access as it is journaled."""

    city: str
    organisation: str
    operation: str
    message_id: str
    outcome: str
    purpose: str | None = None
    agreement: str | None = None
    identity: str | None = None
    deferral: Deferral | None = None


def person_digest(key: bytes, person: str) -> bytes:
    """The keyed digest that stands for a person in this city's journal alone."""
    if len(key) != PERSON_KEY_BYTES:
        raise ValueError("the key of persons' digests has 32 bytes")
    return hmac.new(key, _LABEL + person.encode(), hashlib.sha256).digest()


def record_access(
    transaction: Transaction, key: bytes, person: str, access: Access, now: datetime
) -> None:
    """Put an access, granted or refused, into the journal with this transaction's commit."""
    digest = person_digest(key, person)
    details: dict[str, Any] = {
        "person": base64url(digest),
        "city": access.city,
        "organisation": access.organisation,
        "operation": access.operation,
        "message": access.message_id,
        "outcome": access.outcome,
    }
    for name, value in (
        ("purpose", access.purpose),
        ("agreement", access.agreement),
        ("identity", access.identity),
    ):
        if value is not None:
            details[name] = value
    deferral = access.deferral
    if deferral is not None:
        details["deferred_until"] = iso(deferral.until)
        details["deferral_basis"] = deferral.legal_basis
    log.record(
        transaction,
        KIND,
        details,
        at=now,
        person=digest,
        deferred_until_ms=None if deferral is None else to_ms(deferral.until),
    )


@dataclass(frozen=True)
class Line:
    """One access as its person sees it, with what proves it against the page's checkpoint."""

    position: int
    entry: str
    details: str
    salt: str
    path: tuple[str, ...]
    """Empty while no quorum has cosigned a tree that holds it."""


@dataclass(frozen=True)
class Page:
    """Lines in the journal's order. `next_after` tells that there are more."""

    lines: tuple[Line, ...]
    checkpoint: str | None
    next_after: int | None


def accesses_of(
    transaction: Transaction, key: bytes, person: str, now: datetime, after: int = -1
) -> Page:
    """The accesses to a person's data that may be told by now, after a position."""
    rows = transaction.rows(
        select(journal_entries)
        .where(
            journal_entries.c.person == person_digest(key, person),
            journal_entries.c.position > after,
            journal_entries.c.details.is_not(None),
            or_(
                journal_entries.c.deferred_until_ms.is_(None),
                journal_entries.c.deferred_until_ms <= to_ms(now),
            ),
        )
        .order_by(journal_entries.c.position)
        .limit(LINES_PER_PAGE_MAX + 1)
    )
    note = checkpointing.published(transaction)
    size = 0 if note is None else parse_checkpoint(parse_note(note).text).size
    shown = rows[:LINES_PER_PAGE_MAX]
    more = len(rows) > LINES_PER_PAGE_MAX
    return Page(
        lines=tuple(_line(transaction, row, size) for row in shown),
        checkpoint=None if note is None else note.decode(),
        next_after=shown[-1].position if more else None,
    )


def _line(transaction: Transaction, row: Any, size: int) -> Line:
    path = log.inclusion_path(transaction, row.position, size) if row.position < size else []
    return Line(
        position=row.position,
        entry=bytes(row.entry).decode(),
        details=bytes(row.details).decode(),
        salt=base64url(bytes(row.salt)),
        path=tuple(base64url(one) for one in path),
    )


def verify_line(
    charter: Charter,
    city: str,
    note: str,
    *,
    position: int,
    entry: str,
    details: str,
    salt: str,
    path: Sequence[str],
) -> dict[str, Any]:
    """The details of a line that a city gave, proven by its cosigned journal.

    Raises ACCESS_UNPROVEN, and what an unsound note is refused with.
    """
    try:
        opened = commitment(from_base64url(salt), details.encode())
        hashes = [from_base64url(one) for one in path]
    except ValueError:
        raise ACCESS_UNPROVEN() from None
    read = read_entry(entry.encode())
    parsed = parse_note(note.encode())
    checkpoint = open_checkpoint(parsed, origin_of(charter, city), log_keys(charter, city))
    times = cosigned_by(parsed, witness_keys(charter, city))
    witnesses = valid_cosignatures(charter, city, times)
    included = verify_inclusion(
        leaf_hash(entry.encode()), position, checkpoint.size, hashes, checkpoint.root
    )
    if (
        read.kind != KIND
        or read.commitment != opened
        or not included
        or len(witnesses) < charter.witness_quorum
    ):
        raise ACCESS_UNPROVEN()
    value: dict[str, Any] = orjson.loads(details)
    return value
