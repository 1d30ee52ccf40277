"""Whether a transfer that comes again is the one that has its id, and the first field if not."""

from datetime import date
from typing import Final

from hanse.mechanisms.ledger.refusals import DIFFERS
from hanse.mechanisms.ledger.transfers import EXISTS, Flags, Transfer
from hanse.mechanisms.ledger.working_set import (
    ID,
    T_AMOUNT,
    T_ASKED,
    T_BOOKED,
    T_CODE,
    T_CORRECTS,
    T_CREDIT,
    T_DEBIT,
    T_EFFECTIVE,
    T_FLAGS,
    T_PENDING,
    T_REFERENCE,
    T_SEQUENCE,
    T_TIMEOUT,
    Stored,
    WorkingSet,
)

EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
DAY_MS: Final = 86_400_000
RESOLVES: Final = int(Flags.POST | Flags.VOID)
BALANCES: Final = int(Flags.BALANCING_DEBIT | Flags.BALANCING_CREDIT)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - EPOCH_ORDINAL


def compared(asked: Transfer, stored: Stored, working: WorkingSet, day_offset_ms: int) -> str:
    """`exists`, or the code of the first field that differs, in the order of EXISTING_FIELDS."""
    if asked.flags != stored[T_FLAGS]:
        return DIFFERS["flags"]
    pending = working.transfers.get(asked.pending) if asked.pending is not None else None
    if not _names(asked.pending, pending, stored[T_PENDING]):
        return DIFFERS["pending"]
    if asked.timeout_seconds != (stored[T_TIMEOUT] or 0):
        return DIFFERS["timeout"]
    resolves = asked.flags & RESOLVES
    for name, place, given in (
        ("debit", T_DEBIT, asked.debit),
        ("credit", T_CREDIT, asked.credit),
    ):
        same = working.by_number[stored[place]][ID] == given
        if not same and not (resolves and not given):
            return DIFFERS[name]
    if _amount_differs(asked, stored, pending):
        return DIFFERS["amount"]
    if asked.code != stored[T_CODE] and not (resolves and not asked.code):
        return DIFFERS["code"]
    booked_day = (stored[T_BOOKED] + day_offset_ms) // DAY_MS
    effective = booked_day if asked.effective is None else day_number(asked.effective)
    if effective != stored[T_EFFECTIVE]:
        return DIFFERS["effective"]
    if asked.reference != stored[T_REFERENCE]:
        return DIFFERS["reference"]
    corrected = working.transfers.get(asked.corrects) if asked.corrects is not None else None
    if not _names(asked.corrects, corrected, stored[T_CORRECTS]):
        return DIFFERS["corrects"]
    return EXISTS


def _names(asked: bytes | None, found: Stored | None, sequence: int | None) -> bool:
    # By sequence, which is stored: whether the id that is asked for is the one that was.
    if asked is None or found is None:
        return asked is None and sequence is None
    return bool(found[T_SEQUENCE] == sequence)


def _amount_differs(asked: Transfer, stored: Stored, pending: Stored | None) -> bool:
    held = stored[T_AMOUNT] if stored[T_ASKED] is None else stored[T_ASKED]
    if asked.amount is not None:
        return bool(asked.amount != held)
    if asked.flags & BALANCES:
        return bool(held != 0)
    return pending is None or bool(held != pending[T_AMOUNT])
