"""The audit: replaying the log of transfers gives every counter and balance to the bit."""

from collections.abc import Iterator

from hanse.foundation.store import Transaction
from hanse.mechanisms.ledger import bulk
from hanse.mechanisms.ledger.accounts import ZERO
from hanse.mechanisms.ledger.auditing_evidence import Finding, batches
from hanse.mechanisms.ledger.reading import RANGE_MAX, Booked, between
from hanse.mechanisms.ledger.transfers import Flags


def audit(transaction: Transaction) -> list[Finding]:
    """Replay the whole log of what is committed, and hold it against the balances and the journal;
    gives every difference. An empty list: the books are right."""
    replay = _Replay(transaction)
    found = list(replay.run())
    found += _accounts(transaction, replay.counters)
    found += _pendings(transaction, replay.pendings)
    found += _sums(transaction)
    return found + list(batches(transaction))


class _Replay:
    """The log read once, oldest first."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self.counters: dict[int, list[int]] = {}
        self.pendings: dict[int, str] = {}
        self._amounts: dict[int, int] = {}

    def run(self) -> Iterator[Finding]:
        last = 0
        while True:
            page = between(self._transaction, last, last + RANGE_MAX * 1_000, RANGE_MAX)
            if not page:
                return
            entries = self._entries(page[0].sequence, page[-1].sequence)
            for one in page:
                if one.sequence != last + 1:
                    yield Finding("gap", str(one.sequence), str(last + 1), str(one.sequence))
                last = one.sequence
                self._apply(one)
                for account in (one.debit, one.credit):
                    expected = tuple(self.counters[account])
                    held = entries.get((account, one.sequence))
                    if held != expected:
                        yield Finding(
                            "entry", f"{account}@{one.sequence}", str(expected), str(held)
                        )

    def _entries(self, first: int, last: int) -> dict[tuple[int, int], tuple[int, ...]]:
        rows = bulk.rows(
            self._transaction,
            "SELECT account, sequence, debits_pending, debits_posted, credits_pending, "
            "credits_posted FROM ledger_entries WHERE sequence BETWEEN ? AND ?",
            (first, last),
        )
        return {(row[0], row[1]): tuple(row[2:]) for row in rows}

    def _apply(self, one: Booked) -> None:
        debit = self.counters.setdefault(one.debit, list(ZERO))
        credit = self.counters.setdefault(one.credit, list(ZERO))
        if one.flags & Flags.PENDING:
            debit[0] += one.amount
            credit[2] += one.amount
            self.pendings[one.sequence] = "open"
            self._amounts[one.sequence] = one.amount
        elif one.pending is not None:
            reserved = self._amounts.get(one.pending, 0)
            debit[0] -= reserved
            credit[2] -= reserved
            posted = one.amount if one.flags & Flags.POST else 0
            debit[1] += posted
            credit[3] += posted
            voided = "voided" if one.flags & Flags.VOID else "expired"
            self.pendings[one.pending] = "posted" if one.flags & Flags.POST else voided
        else:
            debit[1] += one.amount
            credit[3] += one.amount


def _accounts(transaction: Transaction, counters: dict[int, list[int]]) -> Iterator[Finding]:
    rows = bulk.rows(
        transaction,
        "SELECT number, debits_pending, debits_posted, credits_pending, credits_posted "
        "FROM ledger_accounts ORDER BY number",
        (),
    )
    for row in rows:
        expected = tuple(counters.get(row[0], ZERO))
        if tuple(row[1:]) != expected:
            yield Finding("account", str(row[0]), str(expected), str(tuple(row[1:])))


def _pendings(transaction: Transaction, states: dict[int, str]) -> Iterator[Finding]:
    rows = bulk.rows(transaction, "SELECT sequence, state FROM ledger_pendings", ())
    held = {row[0]: row[1] for row in rows}
    for sequence in sorted(held.keys() | states.keys()):
        if held.get(sequence) != states.get(sequence):
            yield Finding(
                "pending", str(sequence), str(states.get(sequence)), str(held.get(sequence))
            )


def _sums(transaction: Transaction) -> Iterator[Finding]:
    """Debits equal credits, posted and pending, in every book and currency (invariant 1)."""
    rows = bulk.rows(
        transaction,
        "SELECT book, currency, sum(debits_posted), sum(credits_posted), sum(debits_pending), "
        "sum(credits_pending) FROM ledger_accounts GROUP BY book, currency",
        (),
    )
    for book, currency, debits, credits_, debits_pending, credits_pending in rows:
        if (debits, debits_pending) != (credits_, credits_pending):
            yield Finding(
                "sum",
                f"{book} {currency}",
                f"{debits} {debits_pending}",
                f"{credits_} {credits_pending}",
            )
