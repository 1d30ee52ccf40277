"""A small book for the tests, and a ledger in a store of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction, open_engine
from hanse.foundation.store.transaction import committing, reading
from hanse.mechanisms import ledger
from hanse.mechanisms.ledger import (
    Account,
    AccountCode,
    Chart,
    Finding,
    Outcome,
    Side,
    Transfer,
    TransferCode,
)
from hanse.node.migrations import migrate

START = datetime(2026, 11, 25, 1, tzinfo=UTC)
CHART = Chart(
    book="trial",
    title=Text("试验账簿", "A trial book"),
    accounts=(
        AccountCode(1, Text("资产", "Assets"), Side.DEBIT),
        AccountCode(2, Text("负债", "Liabilities"), Side.CREDIT),
    ),
    transfers=(TransferCode(1, Text("转账", "Transfer")), TransferCode(2, Text("费用", "Fee"))),
)
OTHER = Chart(
    book="trial.other",
    title=Text("另一账簿", "Another book"),
    accounts=(AccountCode(1, Text("资产", "Assets"), Side.DEBIT),),
    transfers=(TransferCode(1, Text("转账", "Transfer")),),
)
OPEN = (
    Account("free", "trial", 1),
    Account("wallet", "trial", 2, net_debit_cap=0),
    Account("capped", "trial", 2, net_debit_cap=1_000),
    Account("till", "trial", 1, net_credit_cap=0),
    Account("pool", "trial", 2, net_credit_cap=5_000),
    Account("foreign", "trial.other", 1),
)


def tid(number: int) -> bytes:
    """The id of that number; greater numbers are greater ids."""
    return number.to_bytes(16, "big")


@dataclass
class Ledger:
    """One ledger and its clock."""

    engine: Engine
    now: datetime = START
    numbers: int = field(default=0)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        with committing(self.engine) as transaction:
            yield transaction

    def transfer(self, *batch: Transfer) -> list[Outcome]:
        with committing(self.engine) as transaction:
            return ledger.transfer(transaction, list(batch), self.now)

    def codes(self, *batch: Transfer) -> list[str]:
        return [outcome.code for outcome in self.transfer(*batch)]

    def balance(self, account: str) -> tuple[int, ...]:
        with reading(self.engine) as transaction:
            return tuple(ledger.state(transaction, account).balance)

    def audit(self) -> list[Finding]:
        with reading(self.engine) as transaction:
            return ledger.audit(transaction)

    def all(self) -> tuple[tuple[int, ...], ...]:
        return tuple(self.balance(one.id) for one in OPEN)

    def later(self, **parts: float) -> None:
        self.now += timedelta(**parts)

    def next(self) -> bytes:
        self.numbers += 1
        return tid(self.numbers)


def new_ledger(fresh_store: Callable[[str], str], name: str = "ledger") -> Ledger:
    """A ledger with the accounts above."""
    engine = open_engine(fresh_store(name))
    migrate(engine)
    with committing(engine) as transaction:
        ledger.open_accounts(transaction, OPEN, START)
    return Ledger(engine)
