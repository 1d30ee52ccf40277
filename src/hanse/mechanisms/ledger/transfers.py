"""What a client asks of the ledger: transfers, and what became of each."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from enum import IntFlag
from typing import Final, NamedTuple

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import Problem
from hanse.foundation.identity import Randomness
from hanse.mechanisms.ledger.refusals import LINKED_REFUSED, REFUSALS

ID_BYTES: Final = 16
TIMEOUT_SECONDS_MAX: Final = 366 * 86_400
REFERENCE_CHARS_MAX: Final = 64


class Flags(IntFlag):
    """How a transfer acts. Without any it moves its amount at once."""

    NONE = 0
    LINKED = 1
    """It and the next one of the batch happen both or neither; a group ends without the flag."""
    PENDING = 2
    """It reserves its amount until it is posted, voided, or timed out."""
    POST = 4
    """It moves what the pending transfer reserved, or part of it; the rest is released."""
    VOID = 8
    """It releases what the pending transfer reserved."""
    BALANCING_DEBIT = 16
    """Its amount is an upper limit: what the debit account's own limit leaves is moved."""
    BALANCING_CREDIT = 32
    """The same for the credit account's limit."""
    EXPIRED = 64
    """Written by the ledger alone: a pending transfer's time ran out."""


class Transfer(NamedTuple):
    """One transfer as a client asks for it. Its id is the client's, and is used only once.

    Of a POST or VOID, `debit`, `credit`, `code` and `amount` may stay empty: they are then the
    pending transfer's own.
    """

    id: bytes
    """16 bytes, neither all 0x00 nor all 0xff: `fresh_id`, or `derived_id` from what is known."""
    debit: str = ""
    """Id of the account that is debited."""
    credit: str = ""
    """Id of the account that is credited."""
    amount: int | None = None
    """Minor units, 1 to `AMOUNT_MAX`. None only for POST, VOID and balancing: all there is."""
    code: int = 0
    """Transfer code of the book's chart."""
    flags: int = 0
    pending: bytes | None = None
    """Id of the pending transfer that a POST or VOID resolves."""
    timeout_seconds: int = 0
    """Of a PENDING one: after this it is released by itself; 0 is never."""
    effective: date | None = None
    """The value date; None is the day of booking in the ledger's zone."""
    reference: str = ""
    """The client's own: letters, digits and `._:/@+#-`, at most 64, never personal data."""
    corrects: bytes | None = None
    """Id of an earlier transfer that this one corrects: nothing booked is ever changed."""


class Outcome(NamedTuple):
    """What became of one transfer."""

    code: str
    """`created`, `exists`, or the code of the refusal without its prefix `ledger_`."""
    sequence: int
    """The transfer's place in the log; 0 where it was refused."""

    @property
    def ok(self) -> bool:
        """Whether the transfer is in the ledger as asked."""
        return self.code in (CREATED, EXISTS)

    def problem(self) -> Problem:
        """The refusal to raise. What raises it undoes the batch, and its record, with the rest."""
        return REFUSALS[self.code]()


CREATED: Final = "created"
EXISTS: Final = "exists"


def require(outcomes: Iterable[Outcome]) -> None:
    """Raise the first refusal, where a handler takes all or nothing.

    Of a linked group that is the one that broke it: the others were refused for its sake.
    """
    refused = [one for one in outcomes if not one.ok]
    for outcome in (*(one for one in refused if one.code != LINKED_REFUSED), *refused):
        raise outcome.problem()


def fresh_id(now: datetime, randomness: Randomness) -> bytes:
    """A new id that sorts by its time in milliseconds: ids that grow are checked fastest."""
    return to_ms(now).to_bytes(6, "big") + randomness(ID_BYTES - 6)


def derived_id(*parts: str) -> bytes:
    """The id that follows from what the client knows, such as (bank, day, serial number)."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode()
        digest.update(len(data).to_bytes(4, "big") + data)
    return digest.digest()[:ID_BYTES]
