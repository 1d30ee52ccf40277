"""The shortest way: a batch in which every transfer is plain, new, and of known accounts.

What `plain` asks of each transfer is asked here of each column once, so that what is left for each
is its limits, its row and its entries. Where a transfer would be refused the loop stops before it,
and the ways for all others go on from there. A test runs all ways against each other.
"""

from itertools import repeat
from typing import TYPE_CHECKING

from hanse.foundation.money import AMOUNT_MAX
from hanse.mechanisms.ledger.accounts import COUNTER_MAX
from hanse.mechanisms.ledger.columns import Columns
from hanse.mechanisms.ledger.comparing import DAY_MS
from hanse.mechanisms.ledger.transfers import CREATED, ID_BYTES, Outcome
from hanse.mechanisms.ledger.working_set import REFERENCE

if TYPE_CHECKING:
    from hanse.mechanisms.ledger.deciding import Decision

_NEVER = (bytes(ID_BYTES), b"\xff" * ID_BYTES)
_NONE = {None}


def book_whole(decision: "Decision", batch: Columns, outcomes: list[Outcome]) -> int:
    """Book a batch from its start, where all of it is plain; gives how many were booked."""
    if not _is_plain(decision, batch):
        return 0
    accounts, day = decision.working.by_id, _day(decision)
    first = sequence = decision.sequence
    booked, add, limit = decision.booked_at_ms, decision.transfers.append, COUNTER_MAX
    for id_, debit, credit, amount, code, reference in zip(
        batch.ids, batch.debits, batch.credits, batch.amounts, batch.codes, batch.references,
        strict=True,
    ):  # fmt: skip
        d, c = accounts[debit], accounts[credit]
        # 12: book and currency, the same object for the same two; None where it is closed.
        if d is c or d[12] is not c[12] or d[12] is None or code not in d[11]:
            break
        # 7 to 10: the counters, debits first, pending first; 13 and 14: the caps.
        _, _, _, _, _, from_, _, d7, d8, d9, d10, _, _, room, _, entries = d
        debits = d7 + d8 + amount
        if debits > d10 + room or debits > limit:
            break
        _, _, _, _, _, to, _, c7, c8, c9, c10, _, _, _, room, others = c
        credits_ = c9 + c10 + amount
        if credits_ > c8 + room or credits_ > limit:
            break
        d[8] = d8 = d8 + amount
        c[10] = c10 = c10 + amount
        sequence += 1
        add((sequence, id_, from_, to, amount, code, 0, day, booked, reference,
             None, None, None, None))  # fmt: skip
        entries += (from_, sequence, d7, d8, d9, d10)
        others += (to, sequence, c7, c8, c9, c10)
    decision.sequence = sequence
    count = sequence - first
    outcomes += map(
        tuple.__new__, repeat(Outcome), zip(repeat(CREATED), range(first + 1, sequence + 1))
    )
    _note_touched(decision, batch, count)
    return count


def _is_plain(decision: "Decision", batch: Columns) -> bool:
    """Whether no transfer has more than `plain` books, and none is known, by columns."""
    if any(batch.flags) or any(batch.timeouts):
        return False
    if not set(batch.pendings) == set(batch.effectives) == set(batch.corrects) == _NONE:
        return False
    working, ids, amounts = decision.working, set(batch.ids), set(batch.amounts)
    if len(ids) < len(batch.ids) or set(map(len, ids)) != {ID_BYTES} or not ids.isdisjoint(_NEVER):
        return False
    if not (ids.isdisjoint(working.transfers) and ids.isdisjoint(working.refused)):
        return False
    if None in amounts or min(amounts) <= 0 or max(amounts) > AMOUNT_MAX:  # type: ignore[type-var, operator]
        return False
    if not working.by_id.keys() >= {*batch.debits, *batch.credits}:
        return False
    return all(map(REFERENCE.fullmatch, set(batch.references)))


def _day(decision: "Decision") -> int:
    return (decision.booked_at_ms + decision.day_offset_ms) // DAY_MS


def _note_touched(decision: "Decision", batch: Columns, count: int) -> None:
    """Note the accounts that changed. What was booked need not be known to the rest of the batch:
    no transfer of it has the id of another one, or names one."""
    by_id = decision.working.by_id
    for name in {*batch.debits[:count], *batch.credits[:count]}:
        account = by_id[name]
        decision.touched[account[5]] = account
