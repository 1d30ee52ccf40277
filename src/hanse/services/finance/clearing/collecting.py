"""Collecting the lines of a cut in bounded pieces, so that no other work of the node waits for it.

A piece reads so many transfers of the cut's range, or so many lines, in one transaction. Where it
has come to stands in the cut's row and commits with it: a node that is killed goes on from there,
and each transfer and each carried line is taken once. The range is fixed before the first piece,
so transfers that are booked meanwhile are the next cycle's.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import delete, func, select, update

from hanse.foundation.store import Transaction
from hanse.mechanisms.clearing.books import PREFIX, REFERENCE_PREFIX, parties_of
from hanse.mechanisms.ledger import bulk, states_of_numbers
from hanse.services.finance.clearing.codes import Stage
from hanse.services.finance.clearing.matching import LINES_PER_DIGEST, extended, view_of
from hanse.services.finance.clearing.tables import carried, cuts, lines, pairs

ROWS_PER_PIECE: Final = 1_000
"""Transfers or lines in one transaction. A few milliseconds of the store's one writer."""
ROWS_PER_STEP: Final = 50
"""What beginning with another pair costs, as rows."""
_INTO: Final = "INSERT INTO clearing_lines (cut, account, reference, amount_fen) "
_ADDED: Final = (
    " ON CONFLICT (cut, account, reference) "
    "DO UPDATE SET amount_fen = clearing_lines.amount_fen + excluded.amount_fen"
)
_SIDE: Final = (
    "SELECT a.number AS number, t.reference AS reference, {sign}t.amount AS amount "
    "FROM ledger_transfers t JOIN ledger_accounts a ON a.number = t.{column} "
    "WHERE t.sequence > ? AND t.sequence <= ? "
    "AND t.flags & 2 = 0 AND t.flags & 8 = 0 AND t.flags & 64 = 0 "
    "AND substr(a.id, 1, ?) = ? AND a.currency = ? AND substr(t.reference, 1, ?) <> ?"
)
"""Transfers that moved money, neither a reservation nor its release, and not clearing's own."""
_MOVED: Final = " UNION ALL ".join(
    _SIDE.format(sign=sign, column=column) for sign, column in (("", "debit"), ("-", "credit"))
)
_TRANSFERS: Final = (
    f"{_INTO}SELECT CAST(? AS integer), number, reference, sum(amount) "  # noqa: S608
    f"FROM ({_MOVED}) AS moved WHERE true GROUP BY number, reference{_ADDED}"
)
_WHOLE_PAIR: Final = (
    f"{_INTO}SELECT CAST(? AS integer), account, reference, amount_fen FROM clearing_lines "  # noqa: S608
    "WHERE cut = ? AND account = ? AND reference > ? AND reference <= ? "
    f"AND amount_fen <> 0{_ADDED}"
)
_ONE_LINE: Final = (
    f"{_INTO}SELECT CAST(? AS integer), number, ?, CAST(? AS bigint) "  # noqa: S608
    f"FROM ledger_accounts WHERE id = ?{_ADDED}"
)


def under_way(transaction: Transaction) -> Any:
    """The oldest cut that is not collected, ours until the transaction ends; None where there is
    none, or where another process is at it."""
    return transaction.row(
        select(cuts)
        .where(cuts.c.stage != str(Stage.DONE))
        .order_by(cuts.c.number)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def piece(transaction: Transaction, number: int, city: str) -> bool:
    """Go on with a cut for about `ROWS_PER_PIECE`; whether it is collected."""
    left = ROWS_PER_PIECE
    while True:
        at = transaction.row(select(cuts).where(cuts.c.number == number))
        assert at is not None  # noqa: S101 - the caller holds it
        if at.stage == Stage.DONE:
            return True
        if left <= 0:
            return False
        left -= _STAGES[at.stage](transaction, at, city, left)


def _move(transaction: Transaction, at: Any, **values: Any) -> None:
    transaction.execute(update(cuts).where(cuts.c.number == at.number).values(**values))


def _transfers(transaction: Transaction, at: Any, _city: str, left: int) -> int:
    """Net debits of inter-city accounts, by account and reference."""
    up_to = min(at.at_sequence + left, at.up_to_sequence)
    span = (at.at_sequence, up_to)
    prefix, own = (len(PREFIX), PREFIX), (len(REFERENCE_PREFIX), REFERENCE_PREFIX)
    side = (*span, *prefix, at.currency, *own)
    bulk.run(transaction, _TRANSFERS, (at.number, *side, *side))
    stage = Stage.PAIRS if up_to == at.up_to_sequence else Stage.TRANSFERS
    _move(transaction, at, at_sequence=up_to, stage=str(stage))
    return int(up_to - at.at_sequence)


def _pairs(transaction: Transaction, at: Any, _city: str, left: int) -> int:
    """The lines of pairs that earlier cycles carried whole. A pair is begun, then gone on with."""
    begun = pairs.c.carry & (pairs.c.taken_by == at.number)
    waits = pairs.c.carry & pairs.c.taken_by.is_(None)
    order = (pairs.c.cut, pairs.c.account)
    of = transaction.row(select(pairs).where(begun).limit(1))
    if of is None:
        of = transaction.row(select(pairs).where(waits).order_by(*order).limit(1))
    if of is None:
        _move(transaction, at, stage=str(Stage.CARRIED), at_reference=None)
        return 0
    which = (lines.c.cut == of.cut) & (lines.c.account == of.account)
    after = at.at_reference
    past = which & (lines.c.reference > after) if after is not None else which
    found = transaction.rows(
        select(lines.c.reference).where(past).order_by(lines.c.reference).limit(left)
    )
    rest = len(found) == left
    this = (pairs.c.cut == of.cut) & (pairs.c.account == of.account)
    transaction.execute(update(pairs).where(this).values(carry=rest, taken_by=at.number))
    last = found[-1].reference if found else None
    if last is not None:
        query = _WHOLE_PAIR if after is not None else _WHOLE_PAIR.replace("reference > ?", "? = ''")
        values = (at.number, of.cut, of.account, after or "", last)
        bulk.run(transaction, query, values)
    _move(transaction, at, at_reference=last if rest else None)
    return len(found) + ROWS_PER_STEP


def _carried(transaction: Transaction, at: Any, _city: str, left: int) -> int:
    """Single lines that earlier cycles carried."""
    found = transaction.rows(select(carried).where(carried.c.taken_by.is_(None)).limit(left))
    if not found:
        _move(transaction, at, stage=str(Stage.SUMMING), at_account=0, at_reference=None)
        return 0
    for row in found:
        values = (at.number, row.reference, row.amount_fen, row.account)
        bulk.run(transaction, _ONE_LINE, values)
        this = (
            (carried.c.cycle == row.cycle)
            & (carried.c.account == row.account)
            & (carried.c.reference == row.reference)
        )
        transaction.execute(update(carried).where(this).values(taken_by=at.cycle))
    return len(found)


def _summing(transaction: Transaction, at: Any, city: str, left: int) -> int:
    """A page of an account's lines into what they come to and their digest."""
    account = at.at_account
    if at.at_reference is None:
        account = _next_account(transaction, at)
        if account is None:
            _move(transaction, at, stage=str(Stage.DONE))
            return 0
        _begin_pair(transaction, at, account, city)
    this = (pairs.c.cut == at.number) & (pairs.c.account == account)
    of = transaction.row(select(pairs).where(this))
    assert of is not None  # noqa: S101 - begun before its first page
    which = (lines.c.cut == at.number) & (lines.c.account == account) & (lines.c.amount_fen != 0)
    if at.at_reference is not None:
        which &= lines.c.reference > at.at_reference
    page = transaction.rows(
        select(lines.c.reference, lines.c.amount_fen)
        .where(which)
        .order_by(lines.c.reference)
        .limit(LINES_PER_DIGEST)
    )
    if page:
        shown = [(row.reference, view_of(of.own, of.other, row.amount_fen)) for row in page]
        transaction.execute(
            update(pairs)
            .where(this)
            .values(
                amount_fen=of.amount_fen + sum(row.amount_fen for row in page),
                lines=of.lines + len(page),
                digest=extended(of.digest, shown),
            )
        )
    elif not of.lines:  # what was booked was booked back: nothing is owed
        transaction.execute(delete(pairs).where(this))
    full = len(page) == LINES_PER_DIGEST
    _move(transaction, at, at_account=account, at_reference=page[-1].reference if full else None)
    return len(page) + ROWS_PER_STEP


def _next_account(transaction: Transaction, at: Any) -> int | None:
    which = (lines.c.cut == at.number) & (lines.c.account > at.at_account)
    found = transaction.value(select(func.min(lines.c.account)).where(which))
    return None if found is None else int(found)


def _begin_pair(transaction: Transaction, at: Any, account: int, city: str) -> None:
    [held] = states_of_numbers(transaction, {account})
    own, other = parties_of(held.account.id, city)
    row = {
        "cut": at.number,
        "account": account,
        "account_id": held.account.id,
        "own": own,
        "other": other,
        "amount_fen": 0,
        "lines": 0,
        "digest": "",
        "carry": False,
    }
    transaction.insert(pairs, row)


_STAGES: Final[Mapping[str, Callable[[Transaction, Any, str, int], int]]] = {
    Stage.TRANSFERS: _transfers,
    Stage.PAIRS: _pairs,
    Stage.CARRIED: _carried,
    Stage.SUMMING: _summing,
}
