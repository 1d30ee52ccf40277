"""A city's side in its own store: cuts, the lines of a cut, and what is carried over."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update

from hanse.foundation.clock import to_ms
from hanse.foundation.store import Transaction
from hanse.mechanisms.clearing.books import PREFIX, REFERENCE_PREFIX, parties_of
from hanse.mechanisms.ledger import bulk, head
from hanse.services.finance.clearing.contracts import ClaimLine
from hanse.services.finance.clearing.tables import carried, cuts, lines


def cut_row(transaction: Transaction, cycle: str) -> Any:
    """This city's cut of a cycle, if it has made it."""
    return transaction.row(select(cuts).where(cuts.c.cycle == cycle))


def newest(transaction: Transaction, count: int) -> list[Any]:
    """The newest cuts, newest first."""
    return list(transaction.rows(select(cuts).order_by(cuts.c.number.desc()).limit(count)))


def cut(transaction: Transaction, cycle: str, house: str, now: datetime) -> Any:
    """Store the cut: every transfer up to here that no earlier cut has belongs to the cycle.

    Nothing is stopped by it: the next transfer simply has a later sequence. The ledger's head is
    locked until the commit, so no transfer with an earlier sequence can still be under way.
    """
    up_to = head.lock(transaction).sequence
    last = transaction.row(select(cuts).order_by(cuts.c.number.desc()).limit(1))
    row = {
        "cycle": cycle,
        "number": 1 if last is None else last.number + 1,
        "house": house,
        "after_sequence": 0 if last is None else last.up_to_sequence,
        "up_to_sequence": up_to,
        "cut_at_ms": to_ms(now),
    }
    transaction.insert(cuts, row)
    return cut_row(transaction, cycle)


def collect(transaction: Transaction, made: Any, city: str) -> None:
    """Keep the lines of a cut, summed by account and reference, with what was carried into it."""
    found: dict[tuple[str, str], int] = {}
    for account, reference, amount in _moved(transaction, made):
        found[account, reference] = found.get((account, reference), 0) + int(amount)
    open_ = carried.c.taken_by.is_(None)
    for row in transaction.rows(select(carried).where(open_)):
        key = (row.account, row.reference)
        found[key] = found.get(key, 0) + row.amount_fen
    transaction.execute(update(carried).where(open_).values(taken_by=made.cycle))
    rows = []
    for (account, reference), amount in found.items():
        if amount:
            own, other = parties_of(account, city)
            rows.append((made.cycle, own, other, reference, account, amount))
    columns = ("cycle", "own", "other", "reference", "account", "amount_fen")
    bulk.insert(transaction, lines, columns, rows)


_SIDE = (
    "SELECT a.id AS id, t.reference AS reference, {sign}t.amount AS amount "
    "FROM ledger_transfers t JOIN ledger_accounts a ON a.number = t.{column} "
    "WHERE t.sequence > ? AND t.sequence <= ? "
    "AND t.flags & 2 = 0 AND t.flags & 8 = 0 AND t.flags & 64 = 0 "
    "AND a.id >= ? AND a.id < ? AND NOT (t.reference >= ? AND t.reference < ?)"
)
"""Transfers that moved money, neither a reservation nor its release, and not clearing's own."""
_BOTH = " UNION ALL ".join(
    _SIDE.format(sign=sign, column=column) for sign, column in (("", "debit"), ("-", "credit"))
)
_SUMS = f"SELECT id, reference, sum(amount) FROM ({_BOTH}) AS moved GROUP BY id, reference"  # noqa: S608


def _moved(transaction: Transaction, made: Any) -> Any:
    """Net debits of inter-city accounts by account and reference, in the range of the cut."""
    span = (made.after_sequence, made.up_to_sequence)
    one_side = (*span, *_range(PREFIX), *_range(REFERENCE_PREFIX))
    return bulk.rows(transaction, _SUMS, one_side + one_side)


def _range(prefix: str) -> tuple[str, str]:
    """The least text with a prefix, and the least one after all of them."""
    return prefix, prefix[:-1] + chr(ord(prefix[-1]) + 1)


def lines_by_pair(transaction: Transaction, cycle: str) -> dict[tuple[str, str], dict[str, int]]:
    """The lines of a cycle by (own party, other party) and reference."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for row in transaction.rows(select(lines).where(lines.c.cycle == cycle)):
        found.setdefault((row.own, row.other), {})[row.reference] = row.amount_fen
    return found


def pairs(transaction: Transaction, cycle: str) -> list[tuple[str, str]]:
    """The pairs (own party, other party) of which a cycle has lines here, in order."""
    which = select(lines.c.own, lines.c.other).where(lines.c.cycle == cycle).distinct()
    found = transaction.rows(which.order_by(lines.c.own, lines.c.other))
    return [(row.own, row.other) for row in found]


def page(
    transaction: Transaction, cycle: str, own: str, other: str, after: str, count: int
) -> list[ClaimLine]:
    """Lines of a pair by reference; one more than asked where there are more."""
    rows = transaction.rows(
        select(lines.c.reference, lines.c.amount_fen)
        .where(
            lines.c.cycle == cycle,
            lines.c.own == own,
            lines.c.other == other,
            lines.c.reference > after,
        )
        .order_by(lines.c.reference)
        .limit(count + 1)
    )
    return [ClaimLine(reference=row.reference, amount_fen=row.amount_fen) for row in rows]


def settled_by_account(
    transaction: Transaction, cycle: str, own: str, other: str, excluded: set[str]
) -> dict[str, int]:
    """By account: the sum of the lines of a pair that settle."""
    sums: dict[str, int] = {}
    rows = transaction.rows(
        select(lines.c.account, lines.c.reference, lines.c.amount_fen).where(
            lines.c.cycle == cycle, lines.c.own == own, lines.c.other == other
        )
    )
    for row in rows:
        if row.reference not in excluded:
            sums[row.account] = sums.get(row.account, 0) + row.amount_fen
    return sums


def carry(
    transaction: Transaction, cycle: str, own: str, other: str, references: set[str] | None
) -> None:
    """Carry lines of a pair into the next cycle: those references, or all of them."""
    which = [lines.c.cycle == cycle, lines.c.own == own, lines.c.other == other]
    if references is not None:
        which.append(or_(*(lines.c.reference == one for one in sorted(references))))
    rows = transaction.rows(
        select(lines.c.cycle, lines.c.account, lines.c.reference, lines.c.amount_fen).where(*which)
    )
    transaction.insert(
        carried,
        [
            {
                "cycle": row.cycle,
                "account": row.account,
                "reference": row.reference,
                "amount_fen": row.amount_fen,
            }
            for row in rows
        ],
    )


def note_result(transaction: Transaction, cycle: str, result: str) -> None:
    """Keep the house's newest result."""
    transaction.execute(update(cuts).where(cuts.c.cycle == cycle).values(result=result))


def note_settled(transaction: Transaction, cycle: str, version: int) -> None:
    """Note that a version was settled and booked."""
    transaction.execute(update(cuts).where(cuts.c.cycle == cycle).values(settled_version=version))


def count_lines(transaction: Transaction, cycle: str) -> int:
    """How many lines a cycle has here."""
    found = transaction.value(select(func.count()).select_from(lines).where(lines.c.cycle == cycle))
    return int(found or 0)
