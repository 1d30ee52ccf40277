"""The batch: thousands of transfers decided and written as sets, in the caller's transaction.

    outcomes = transfer(transaction, [Transfer(id, debit="a", credit="b", amount=500, code=1)], now)

One look-up of each kind for the whole batch, one pass in memory, one write of each kind, and one
entry in the journal that commits to every transfer of it.
"""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from itertools import chain
from operator import itemgetter
from typing import Final

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.ledger import bulk, evidence, head
from hanse.mechanisms.ledger.columns import columns_of
from hanse.mechanisms.ledger.deciding import Decision
from hanse.mechanisms.ledger.head import Head
from hanse.mechanisms.ledger.tables import (
    ledger_accounts,
    ledger_entries,
    ledger_pendings,
    ledger_refusals,
    ledger_transfers,
)
from hanse.mechanisms.ledger.transfers import Outcome, Transfer
from hanse.mechanisms.ledger.working_set import (
    ACCOUNT_COLUMNS,
    CODES,
    DEBITS_PENDING,
    ENTRIES,
    ID,
    T_ASKED,
    T_CORRECTS,
    T_CREDIT,
    T_DEBIT,
    T_FLAGS,
    TRANSFER_COLUMNS,
    WorkingSet,
    fetched,
)

TRANSFERS_PER_BATCH_MAX: Final = 10_000
EXPIRIES_PER_PASS: Final = 10_000
ZONE: Final = timezone(timedelta(hours=8))
"""Whose days the ledger books: the league's."""
_DAY_OFFSET_MS: Final = 8 * 3_600_000
_COUNTERS: Final = ("debits_pending", "debits_posted", "credits_pending", "credits_posted")

_FLAGS_OF: Final = itemgetter(T_FLAGS)
_CORRECTED_BY: Final = itemgetter(T_CORRECTS)
_SHORT: Final = itemgetter(slice(T_ASKED))

BATCH_TOO_LARGE = ProblemKind(
    "ledger_batch_too_large",
    413,
    Text("一批转账过多", "Too many transfers in one batch"),
    Text("每批不超过 {most} 笔", "Send at most {most} in a batch"),
)
LEDGER_DAMAGED = ProblemKind(
    "ledger_damaged",
    500,
    Text("账本数据已损坏", "The stored ledger is damaged"),
    Text("请运行 hanse ledger audit", "Run hanse ledger audit"),
    detail=Text("第 {sequence} 笔无法释放", "Transfer {sequence} can't be released"),
)


def transfer(transaction: Transaction, batch: Sequence[Transfer], now: datetime) -> list[Outcome]:
    """Decide and book a batch; gives each transfer's outcome, in order.

    Pending transfers whose time is over by `now` are released first. Nothing raises for what a
    transfer lacks: its outcome says it, and is final for its id. An exception would undo that
    record. TypeError for an amount that is no integer or an id that is not bytes: a fault of the
    caller's program, before anything is done.
    """
    if len(batch) > TRANSFERS_PER_BATCH_MAX:
        raise BATCH_TOO_LARGE(most=TRANSFERS_PER_BATCH_MAX)
    columns = columns_of(batch)
    with _uncollected():
        held = head.lock(transaction)
        held.booked_at_ms = max(held.booked_at_ms, to_ms(now))
        _expire_due(transaction, held, now)
        working = fetched(transaction, columns, held)
        decision = _decision(working, held)
        outcomes = decision.decide(list(batch), columns)
        _write(transaction, decision, held, now)
    return outcomes


@contextmanager
def _uncollected() -> Iterator[None]:
    """Leave out the collections of garbage for the length of a batch: its rows are tuples without
    cycles, thousands at once, and looking through them again and again is a tenth of its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def expire(transaction: Transaction, now: datetime) -> int:
    """Release pending transfers whose time is over; gives how many. Any batch does it too."""
    held = head.lock(transaction)
    held.booked_at_ms = max(held.booked_at_ms, to_ms(now))
    return _expire_due(transaction, held, now)


def _decision(working: WorkingSet, held: Head) -> Decision:
    return Decision(working, held.sequence, held.booked_at_ms, _DAY_OFFSET_MS)


def _expire_due(transaction: Transaction, held: Head, now: datetime) -> int:
    """Release what is due, the earliest first, however much that is."""
    released, before = 0, 0
    while True:
        due = bulk.rows(
            transaction,
            "SELECT sequence FROM ledger_pendings WHERE state = 'open' AND expires_at_ms <= ? "
            "ORDER BY expires_at_ms, sequence LIMIT ?",
            (held.booked_at_ms, EXPIRIES_PER_PASS),
        )
        if not due:
            return released
        if due[0][0] == before:
            raise LEDGER_DAMAGED(sequence=before)
        before = due[0][0]
        working = WorkingSet()
        columns = ", ".join(TRANSFER_COLUMNS)
        order = [row[0] for row in due]
        working.add_transfers(
            bulk.select_in(transaction, columns, "ledger_transfers", "sequence", "bigint", order)
        )
        numbers = {
            one[place] for one in working.sequences.values() for place in (T_DEBIT, T_CREDIT)
        }
        working.add_accounts(
            bulk.select_in(
                transaction, ACCOUNT_COLUMNS, "ledger_accounts", "number", "bigint", numbers
            )
        )
        decision = _decision(working, held)
        for sequence in order:
            decision.expire(working.sequences[sequence])
        _write(transaction, decision, held, now)
        released += len(order)


def _write(transaction: Transaction, decision: Decision, held: Head, now: datetime) -> None:
    """Write what was decided, as sets; nothing where nothing was."""
    first = held.sequence + 1
    _write_log(transaction, decision)
    states = ("state", "resolved_by")
    bulk.insert(
        transaction, ledger_pendings, ("sequence", "state", "expires_at_ms"), decision.pendings
    )
    bulk.update(transaction, ledger_pendings, "sequence", states, decision.resolved)
    if decision.transfers:
        changed = [
            (*account[DEBITS_PENDING:CODES], number) for number, account in decision.touched.items()
        ]
        bulk.update(transaction, ledger_accounts, "number", _COUNTERS, changed)
    refusals = [(one, code, held.booked_at_ms) for one, code in decision.refused.items()]
    bulk.insert(transaction, ledger_refusals, ("id", "code", "refused_at_ms"), refusals)
    if not decision.transfers and not refusals:
        return
    held.sequence = decision.sequence
    used = [one[1] for one in decision.transfers if one[1] is not None]
    held.greatest_id = max([held.greatest_id, *used, *decision.refused])
    head.save(transaction, held)
    if decision.transfers:
        names = {number: account[ID] for number, account in decision.touched.items()}
        evidence.record(transaction, first, decision.transfers, names, held.booked_at_ms, now)


def _write_log(transaction: Transaction, decision: Decision) -> None:
    # Most have nothing in the last columns, and a column costs as much as a row.
    plain, rest = decision.transfers, []
    if any(map(_FLAGS_OF, plain)) or any(map(_CORRECTED_BY, plain)):
        rest = [one for one in plain if one[T_FLAGS] or one[T_CORRECTS] is not None]
        plain = [one for one in plain if not (one[T_FLAGS] or one[T_CORRECTS] is not None)]
    short = list(map(_SHORT, plain))
    bulk.insert(transaction, ledger_transfers, TRANSFER_COLUMNS[:T_ASKED], short, filled=True)
    bulk.insert(transaction, ledger_transfers, TRANSFER_COLUMNS, rest)
    # In the order of the key: each page of the table is visited once.
    entries = [decision.touched[number][ENTRIES] for number in sorted(decision.touched)]
    columns = ("account", "sequence", *_COUNTERS)
    bulk.insert_flat(transaction, ledger_entries, columns, list(chain.from_iterable(entries)))
