"""The money of a transfer in the ledgers of both cities.

It is pending on both books when the sheet is sent, posted when the new agency has reconciled and
merged, voided when it is returned. Both cities derive the same ids from the case and the sheet, so
whatever arrives twice moves nothing twice, and the two inter-city accounts mirror each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hanse.foundation.store import Transaction
from hanse.mechanisms import ledger
from hanse.mechanisms.ledger import Account, Flags, Transfer
from hanse.services.social.pensions import chart


@dataclass(frozen=True)
class Consignment:
    """What one sending moves, in fen. A sheet that is sent again has another number."""

    case: str
    sheet: str
    peer: str
    account: int
    pool: int

    def id_of(self, part: str, step: str) -> bytes:
        """The ledger's id of one part of one step; both cities derive the same."""
        return ledger.derived_id("pension", self.case, self.sheet, part, step)

    @property
    def parts(self) -> tuple[tuple[str, int, str, int], ...]:
        """Name, amount, fund account and transfer code of each part that moves anything."""
        parts = (
            ("account", self.account, chart.ACCOUNTS, chart.ACCOUNT_MOVED),
            ("pool", self.pool, chart.POOL, chart.POOL_MOVED),
        )
        return tuple(part for part in parts if part[1])


def open_books(transaction: Transaction, now: datetime, peer: str | None = None) -> None:
    """Open the fund's accounts and the position with a peer, where they are not open yet.

    The two funds cannot be spent below what they hold.
    """
    accounts = [
        Account(chart.DEPOSIT, chart.BOOK, chart.DEPOSIT_CODE),
        Account(chart.ACCOUNTS, chart.BOOK, chart.ACCOUNTS_CODE, net_debit_cap=0),
        Account(chart.POOL, chart.BOOK, chart.POOL_CODE, net_debit_cap=0),
    ]
    if peer is not None:
        accounts.append(Account(chart.intercity(peer), chart.BOOK, chart.INTERCITY_CODE))
    ledger.open_accounts(transaction, accounts, now)


def dispatch(transaction: Transaction, consignment: Consignment, now: datetime) -> None:
    """The origin: reserve what moves; the funds count as spent, the peer's claim is pending."""
    open_books(transaction, now, consignment.peer)
    owed = chart.intercity(consignment.peer)
    _book(
        transaction,
        [
            Transfer(
                id=consignment.id_of(part, "send"),
                debit=fund,
                credit=owed,
                amount=amount,
                code=code,
                flags=Flags.PENDING,
                reference=_reference(consignment),
            )
            for part, amount, fund, code in consignment.parts
        ],
        now,
    )


def expect(transaction: Transaction, consignment: Consignment, now: datetime) -> None:
    """The new city: note what comes; nothing of it can be spent before it is posted."""
    open_books(transaction, now, consignment.peer)
    owed = chart.intercity(consignment.peer)
    _book(
        transaction,
        [
            Transfer(
                id=consignment.id_of(part, "send"),
                debit=owed,
                credit=fund,
                amount=amount,
                code=code,
                flags=Flags.PENDING,
                reference=_reference(consignment),
            )
            for part, amount, fund, code in consignment.parts
        ],
        now,
    )


def settle(transaction: Transaction, consignment: Consignment, now: datetime) -> None:
    """Either city: the relation is merged, what was pending is posted."""
    _resolve(transaction, consignment, "settle", Flags.POST, now)


def give_back(transaction: Transaction, consignment: Consignment, now: datetime) -> None:
    """Either city: the sheet was returned, what was pending is released; if anything was."""
    pending = [consignment.id_of(part, "send") for part, _, _, _ in consignment.parts]
    if not ledger.by_ids(transaction, pending):
        return
    _resolve(transaction, consignment, "return", Flags.VOID, now)


def collect(
    transaction: Transaction, relation: str, version: int, amounts: tuple[int, int], now: datetime
) -> None:
    """Book contributions that came in: (account, pool) in fen, for one version of a relation."""
    open_books(transaction, now)
    funds = (("account", chart.ACCOUNTS), ("pool", chart.POOL))
    _book(
        transaction,
        [
            Transfer(
                id=ledger.derived_id("pension-in", relation, str(version), part),
                debit=chart.DEPOSIT,
                credit=fund,
                amount=amount,
                code=chart.COLLECTED,
                reference=relation,
            )
            for (part, fund), amount in zip(funds, amounts, strict=True)
            if amount
        ],
        now,
    )


def refund(
    transaction: Transaction, relation: str, version: int, amount: int, now: datetime
) -> None:
    """Book what is refunded from the personal account for months that were paid twice, in fen."""
    if not amount:
        return
    one = Transfer(
        id=ledger.derived_id("pension-refund", relation, str(version)),
        debit=chart.ACCOUNTS,
        credit=chart.DEPOSIT,
        amount=amount,
        code=chart.REFUNDED,
        reference=relation,
    )
    _book(transaction, [one], now)


def position(transaction: Transaction, peer: str) -> int:
    """What the other city's fund owes this one, in fen, posted; below zero this one owes."""
    states = ledger.states(transaction, {chart.intercity(peer)})
    return states[0].on_its_side if states else 0


def _resolve(
    transaction: Transaction, consignment: Consignment, step: str, flag: Flags, now: datetime
) -> None:
    _book(
        transaction,
        [
            Transfer(
                id=consignment.id_of(part, step),
                flags=flag,
                pending=consignment.id_of(part, "send"),
                reference=_reference(consignment),
            )
            for part, _, _, _ in consignment.parts
        ],
        now,
    )


def _book(transaction: Transaction, transfers: Sequence[Transfer], now: datetime) -> None:
    """All or none: the parts of one step are linked."""
    if not transfers:
        return
    linked = [one._replace(flags=one.flags | Flags.LINKED) for one in transfers[:-1]]
    ledger.require(ledger.transfer(transaction, [*linked, transfers[-1]], now))


def _reference(consignment: Consignment) -> str:
    return consignment.case
