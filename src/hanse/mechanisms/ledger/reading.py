"""Reads of the ledger: a balance at any time, statements in pages, transfers of a range."""

from datetime import date, datetime
from typing import Any, Final, NamedTuple

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.ledger import bulk, head
from hanse.mechanisms.ledger.accounts import (
    ZERO,
    AccountState,
    Balance,
    state,
    states_of_numbers,
)
from hanse.mechanisms.ledger.comparing import EPOCH_ORDINAL, day_number
from hanse.mechanisms.ledger.evidence import plain
from hanse.mechanisms.ledger.transfers import Flags
from hanse.mechanisms.ledger.working_set import TRANSFER_COLUMNS

PAGE_MAX: Final = 1_000
RANGE_MAX: Final = 10_000
PAGE_TOO_LARGE = ProblemKind(
    "ledger_page_too_large",
    422,
    Text("每页过多", "The page is too large"),
    Text("每页不超过 {most} 条", "Ask for at most {most} at a time"),
)
_POSTS_NOTHING: Final = int(Flags.PENDING | Flags.VOID | Flags.EXPIRED)
_COUNTERS: Final = "debits_pending, debits_posted, credits_pending, credits_posted"


class Booked(NamedTuple):
    """A transfer as it is in the log. Accounts are numbers, days count from 1970-01-01."""

    sequence: int
    id: bytes | None
    debit: int
    credit: int
    amount: int
    code: int
    flags: int
    effective_day: int
    booked_at_ms: int
    reference: str
    asked: int | None
    pending: int | None
    timeout_seconds: int | None
    corrects: int | None


class Line(NamedTuple):
    """One line of a statement: a transfer, and the account's balance after it."""

    transfer: Booked
    is_debit: bool
    balance: Balance


def balance_at(transaction: Transaction, account_id: str, at: datetime) -> Balance:
    """The balance after everything that was booked up to an instant: one look-up."""
    return balance_after(transaction, account_id, sequence_at(transaction, at))


def sequence_at(transaction: Transaction, at: datetime) -> int:
    """The sequence of the last transfer that was booked up to an instant; 0 before the first.

    Booked times never fall while sequences rise, so bisecting the key finds it.
    """
    low, high = 0, head.current(transaction).sequence
    limit = to_ms(at)
    while low < high:
        middle = (low + high + 1) // 2
        query = "SELECT booked_at_ms FROM ledger_transfers WHERE sequence = ?"
        if bulk.rows(transaction, query, (middle,))[0][0] <= limit:
            low = middle
        else:
            high = middle - 1
    return low


def balance_after(transaction: Transaction, account_id: str, sequence: int) -> Balance:
    """The balance after the transfer of that sequence, whoever's it was."""
    number = state(transaction, account_id).number
    found = bulk.rows(
        transaction,
        f"SELECT {_COUNTERS} FROM ledger_entries "  # noqa: S608
        "WHERE account = ? AND sequence <= ? ORDER BY sequence DESC LIMIT 1",
        (number, sequence),
    )
    return Balance(*found[0]) if found else ZERO


def effective_balance(transaction: Transaction, account_id: str, day: date) -> int:
    """Posted debits less posted credits by value date, up to and with a day, in minor units."""
    number = state(transaction, account_id).number
    found = bulk.rows(
        transaction,
        "SELECT coalesce(sum(CASE WHEN t.debit = ? THEN t.amount ELSE -t.amount END), 0) "
        "FROM ledger_entries e JOIN ledger_transfers t ON t.sequence = e.sequence "
        "WHERE e.account = ? AND t.effective_day <= ? AND t.flags & ? = 0",
        (number, number, day_number(day), _POSTS_NOTHING),
    )
    return int(found[0][0])


def statement(
    transaction: Transaction, account_id: str, after_sequence: int = 0, count: int = PAGE_MAX
) -> list[Line]:
    """The account's lines after a sequence, oldest first; ask again after the last one's."""
    if not 0 < count <= PAGE_MAX:
        raise PAGE_TOO_LARGE(most=PAGE_MAX)
    number = state(transaction, account_id).number
    columns = ", ".join(f"t.{name}" for name in TRANSFER_COLUMNS)
    found = bulk.rows(
        transaction,
        f"SELECT {columns}, e.debits_pending, e.debits_posted, e.credits_pending, "  # noqa: S608
        "e.credits_posted FROM ledger_entries e JOIN ledger_transfers t "
        "ON t.sequence = e.sequence WHERE e.account = ? AND e.sequence > ? "
        "ORDER BY e.sequence LIMIT ?",
        (number, after_sequence, count),
    )
    width = len(TRANSFER_COLUMNS)
    return [Line(_booked(row[:width]), row[2] == number, Balance(*row[width:])) for row in found]


def accounts(
    transaction: Transaction, book: str | None = None, after_number: int = 0, count: int = PAGE_MAX
) -> list[AccountState]:
    """Accounts in the order in which they were opened, of one book or all; ask again after the
    last one's number."""
    if not 0 < count <= PAGE_MAX:
        raise PAGE_TOO_LARGE(most=PAGE_MAX)
    condition, values = ("book = ? AND ", (book,)) if book is not None else ("", ())
    numbers = bulk.rows(
        transaction,
        f"SELECT number FROM ledger_accounts WHERE {condition}number > ? "  # noqa: S608
        "ORDER BY number LIMIT ?",
        (*values, after_number, count),
    )
    found = states_of_numbers(transaction, {row[0] for row in numbers})
    return sorted(found, key=lambda one: one.number)


def owed_under(transaction: Transaction, prefix: str, currency: str = "CNY") -> int:
    """What all accounts whose ids begin so owe on balance, in minor units; below zero a claim.

    As with a cap: credits that are pending count, debits that are pending do not.
    """
    after_all = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    [(owed,)] = bulk.rows(
        transaction,
        "SELECT coalesce(sum(credits_pending + credits_posted - debits_posted), 0) "
        "FROM ledger_accounts WHERE id >= ? AND id < ? AND currency = ?",
        (prefix, after_all, currency),
    )
    return int(owed)


def day_of(effective_day: int) -> date:
    """The date of a value date as it is stored."""
    return date.fromordinal(effective_day + EPOCH_ORDINAL)


def between(
    transaction: Transaction, after_sequence: int, up_to_sequence: int, count: int = RANGE_MAX
) -> list[Booked]:
    """Transfers of the range (after, up to], oldest first, at most `count`."""
    if not 0 < count <= RANGE_MAX:
        raise PAGE_TOO_LARGE(most=RANGE_MAX)
    columns = ", ".join(TRANSFER_COLUMNS)
    found = bulk.rows(
        transaction,
        f"SELECT {columns} FROM ledger_transfers "  # noqa: S608
        "WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?",
        (after_sequence, up_to_sequence, count),
    )
    return [_booked(row) for row in found]


def by_ids(transaction: Transaction, ids: list[bytes]) -> dict[bytes, Booked]:
    """Transfers by their clients' ids; unknown ones are left out."""
    if len(ids) > RANGE_MAX:
        raise PAGE_TOO_LARGE(most=RANGE_MAX)
    columns = ", ".join(TRANSFER_COLUMNS)
    found = bulk.select_in(transaction, columns, "ledger_transfers", "id", "bytea", ids)
    booked = [_booked(row) for row in found]
    return {one.id: one for one in booked if one.id is not None}


def open_pendings(transaction: Transaction, after_sequence: int, count: int) -> list[Booked]:
    """Pending transfers that nothing has resolved, oldest first."""
    if not 0 < count <= PAGE_MAX:
        raise PAGE_TOO_LARGE(most=PAGE_MAX)
    columns = ", ".join(f"t.{name}" for name in TRANSFER_COLUMNS)
    found = bulk.rows(
        transaction,
        f"SELECT {columns} FROM ledger_pendings p JOIN ledger_transfers t "  # noqa: S608
        "ON t.sequence = p.sequence WHERE p.state = 'open' AND p.sequence > ? "
        "ORDER BY p.sequence LIMIT ?",
        (after_sequence, count),
    )
    return [_booked(row) for row in found]


def _booked(row: Any) -> Booked:
    return Booked(*plain(row))
