"""A city's side in its own store: cuts, the lines of a cut, and what is carried over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import literal, select, update

from hanse.foundation.clock import to_ms
from hanse.foundation.store import Transaction
from hanse.mechanisms.ledger import head
from hanse.services.finance.clearing.codes import Stage
from hanse.services.finance.clearing.contracts import ClaimLine, PairClaim
from hanse.services.finance.clearing.tables import carried, cuts, lines, pairs


def cut_row(transaction: Transaction, cycle: str) -> Any:
    """This city's cut of a cycle, if it has made it."""
    return transaction.row(select(cuts).where(cuts.c.cycle == cycle))


def numbered(transaction: Transaction, number: int) -> Any:
    """A cut by its number."""
    return transaction.row(select(cuts).where(cuts.c.number == number))


def newest(transaction: Transaction, count: int) -> list[Any]:
    """The newest cuts, newest first."""
    return list(transaction.rows(select(cuts).order_by(cuts.c.number.desc()).limit(count)))


def cut(transaction: Transaction, cycle: str, house: str, currency: str, now: datetime) -> Any:
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
        "currency": currency,
        "stage": str(Stage.TRANSFERS),
        "at_sequence": 0 if last is None else last.up_to_sequence,
        "at_account": 0,
    }
    transaction.insert(cuts, row)
    return cut_row(transaction, cycle)


def stand_aside(
    transaction: Transaction, cycle: str, house: str, version: int, currency: str, now: datetime
) -> None:
    """A cycle was settled before this city heard of it: its cut takes nothing, then or later."""
    last = transaction.row(select(cuts).order_by(cuts.c.number.desc()).limit(1))
    up_to = 0 if last is None else last.up_to_sequence
    row = {
        "cycle": cycle,
        "number": 1 if last is None else last.number + 1,
        "house": house,
        "after_sequence": up_to,
        "up_to_sequence": up_to,
        "cut_at_ms": to_ms(now),
        "currency": currency,
        "stage": str(Stage.DONE),
        "at_sequence": up_to,
        "at_account": 0,
        "settled_version": version,
    }
    transaction.insert(cuts, row)


def pairs_of(transaction: Transaction, cut_number: int) -> list[Any]:
    """What the lines of a cut come to, by pair of parties, in the order of their names."""
    which = select(pairs).where(pairs.c.cut == cut_number)
    return sorted(transaction.rows(which), key=lambda row: (row.own, row.other))


def claims(transaction: Transaction, cut_number: int) -> tuple[PairClaim, ...]:
    """This city's side of a cycle, as it submits it."""
    return tuple(
        PairClaim(
            own=row.own,
            other=row.other,
            amount_fen=row.amount_fen,
            lines=row.lines,
            digest=row.digest,
        )
        for row in pairs_of(transaction, cut_number)
    )


def pair(transaction: Transaction, cycle: str, own: str, other: str) -> Any:
    """What a pair's lines of a cycle come to; None where there are none."""
    return transaction.row(
        select(pairs)
        .join(cuts, cuts.c.number == pairs.c.cut)
        .where(cuts.c.cycle == cycle, pairs.c.own == own, pairs.c.other == other)
    )


def page(
    transaction: Transaction, cycle: str, own: str, other: str, after: str, count: int
) -> list[ClaimLine]:
    """Lines of a pair by reference; one more than asked where there are more."""
    of = pair(transaction, cycle, own, other)
    if of is None:
        return []
    past = lines.c.reference > after if after else literal(True)
    rows = transaction.rows(
        select(lines.c.reference, lines.c.amount_fen)
        .where(lines.c.cut == of.cut, lines.c.account == of.account, lines.c.amount_fen != 0, past)
        .order_by(lines.c.reference)
        .limit(count + 1)
    )
    return [ClaimLine(reference=row.reference, amount_fen=row.amount_fen) for row in rows]


def all_lines(transaction: Transaction, cycle: str, own: str, other: str) -> dict[str, int]:
    """Every line of a pair by reference."""
    of = pair(transaction, cycle, own, other)
    if of is None:
        return {}
    which = (lines.c.cut == of.cut) & (lines.c.account == of.account) & (lines.c.amount_fen != 0)
    rows = transaction.rows(select(lines.c.reference, lines.c.amount_fen).where(which))
    return {row.reference: row.amount_fen for row in rows}


def sum_without(transaction: Transaction, of: Any, excluded: Sequence[str]) -> int:
    """The sum of a pair's lines without those references."""
    left_out = sum(row.amount_fen for row in _named(transaction, of, excluded))
    return int(of.amount_fen - left_out)


def _named(transaction: Transaction, of: Any, references: Sequence[str]) -> list[Any]:
    if not references:
        return []
    return list(
        transaction.rows(
            select(lines.c.reference, lines.c.amount_fen).where(
                lines.c.cut == of.cut,
                lines.c.account == of.account,
                lines.c.reference.in_(references),
            )
        )
    )


def carry(transaction: Transaction, cycle: str, of: Any, references: Sequence[str] | None) -> None:
    """Carry lines of a pair into a later cycle: those references, or all of them."""
    if references is None:
        which = (pairs.c.cut == of.cut) & (pairs.c.account == of.account)
        transaction.execute(update(pairs).where(which).values(carry=True))
        return
    rows = [
        {
            "cycle": cycle,
            "account": of.account_id,
            "reference": row.reference,
            "amount_fen": row.amount_fen,
        }
        for row in _named(transaction, of, references)
    ]
    if rows:
        transaction.insert(carried, rows)


def note_result(transaction: Transaction, cycle: str, result: str) -> None:
    """Keep the house's newest result."""
    transaction.execute(update(cuts).where(cuts.c.cycle == cycle).values(result=result))


def note_settled(transaction: Transaction, cycle: str, version: int) -> None:
    """Note that a version was settled and booked."""
    transaction.execute(update(cuts).where(cuts.c.cycle == cycle).values(settled_version=version))
