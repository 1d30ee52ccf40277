"""A cycle of a million references closes at two real nodes, while the house's ledger goes on.

Both books are filled beforehand. Then the house cuts; each node collects, submits, checks and books
in its own process; and all the while single transfers come to the house's node at a fixed pace,
each a durable commit. The same pace with nothing closing is the bound.
"""

import asyncio
import itertools
import json
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import aiohttp

from benches.cities import ASKED, ASKER, Pair, databases, serving_pair, two_cities
from benches.timing import Measured, measured
from hanse.foundation.store import open_engine
from hanse.foundation.store.transaction import committing, reading
from hanse.mechanisms import ledger
from hanse.mechanisms.clearing.books import intercity_account
from hanse.mechanisms.ledger import Account, Transfer
from hanse.node.config import load
from hanse.node.zone import TOKENS_NAME, init_zone
from hanse.services.finance.deposits import chart

REFERENCES: Final = {"sqlite": 1_000_000, "postgresql": 200_000}
"""On PostgreSQL fewer, so that a whole run does not take twice as long."""
BANKS: Final = 5
PACE: Final = 50.0
"""Transfers a second, each a commit of its own: far below what the store can do."""
ALONE_SECONDS: Final = 20
BATCH: Final = 8_000
FUNDS_FEN: Final = 10**13
CYCLE: Final = "bench-1"
CENTRE: Final = "clearing-centre"
COUNTER: Final = chart.cash("bank0")
VAULT: Final = chart.vault("bank0")
WAIT_SECONDS_MAX: Final = 900
AT = datetime(2026, 11, 25, tzinfo=UTC)
Line = tuple[int, int, int, int]
"""Number, bank at the house's city, bank at the other one, and what the second owes the first."""


async def closing(scale: float, store: str = "sqlite") -> dict[str, Any]:
    """How long the closing takes, and what a transfer waits beside it and without it."""
    count = int(REFERENCES[store] * scale)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL's server may run as another user
        init_zone(folder, two_cities(), databases=databases(folder, store))
        net = sum(amount for *_, amount in _lines(count))
        for city in (ASKER, ASKED):
            _fill(folder / city, city, count)
        async with serving_pair(folder) as both:
            alone = await _beside(both, asyncio.sleep(ALONE_SECONDS * scale))
            stages: dict[str, float] = {}
            beside = await _beside(both, _close(both, folder, net, stages))
            _check(both, alone.moved + beside.moved)
    return {
        "references": count,
        "pairs": BANKS * BANKS,
        **stages,
        "transfers_per_second_beside": PACE,
        "alone": asdict(alone.times),
        "closing": asdict(beside.times),
    }


def _lines(count: int) -> Iterator[Line]:
    chance = random.Random(20_261_125)
    for number in range(count):
        ours, theirs = chance.randrange(BANKS), chance.randrange(BANKS)
        amount = chance.randrange(1, 100_000)
        yield number, ours, theirs, amount if chance.getrandbits(1) else -amount


def _account(city: str, ours: int, theirs: int) -> str:
    """A bank's account of another city's bank: `ours` is a bank of the house's city."""
    if city == ASKER:
        return intercity_account(f"bank{ours}", ASKED, f"bank{theirs}")
    return intercity_account(f"bank{theirs}", ASKER, f"bank{ours}")


def _fees(city: str, ours: int, theirs: int) -> str:
    return chart.fees(f"bank{ours if city == ASKER else theirs}")


def _accounts(city: str) -> list[Account]:
    found: dict[str, Account] = {}
    for ours, theirs in itertools.product(range(BANKS), repeat=2):
        for name, code in (
            (_account(city, ours, theirs), chart.INTERCITY),
            (_fees(city, ours, theirs), chart.FEES),
        ):
            found[name] = Account(name, chart.BOOK, code)
    for name, code in ((COUNTER, chart.CASH), (VAULT, chart.VAULT)):
        found[name] = Account(name, chart.BOOK, code)
    return list(found.values())


def _transfer(city: str, line: Line) -> Transfer:
    """A line as a city books it: a claim debits its account of the other bank."""
    number, ours, theirs, amount = line
    claim = amount > 0 if city == ASKER else amount < 0
    pair = _account(city, ours, theirs), _fees(city, ours, theirs)
    debit, credit = pair if claim else pair[::-1]
    identity = (number + 1).to_bytes(16, "big")
    return Transfer(
        identity, debit, credit, abs(amount), chart.PAYMENT, reference=f"bench/{number}"
    )


def _fill(folder: Path, city: str, count: int) -> None:
    engine = open_engine(load(folder / "node.toml").database_url)
    with committing(engine) as transaction:
        ledger.open_accounts(transaction, _accounts(city), AT)
    lines = _lines(count)
    while part := [_transfer(city, line) for line in itertools.islice(lines, BATCH)]:
        with committing(engine) as transaction:
            ledger.require(ledger.transfer(transaction, part, AT))
    engine.dispose()


class _Beside:
    """Transfers at a fixed pace, and how long each took from when it was due."""

    def __init__(self, both: Pair) -> None:
        self._both = both
        self._seconds: list[float] = []
        self.moved = 0
        self.times = Measured(0, 0, 0)

    async def run(self, until: "asyncio.Task[None]", numbers: Iterator[int]) -> None:
        began, tasks = time.perf_counter(), []
        for index in itertools.count():
            due = began + index / PACE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            if until.done():
                break
            tasks.append(asyncio.create_task(self._one(due, next(numbers))))
        await asyncio.gather(*tasks)
        self.times = measured(self._seconds, time.perf_counter() - began)
        self.moved = len(tasks)
        await until

    async def _one(self, due: float, number: int) -> None:
        one = Transfer(number.to_bytes(16, "big"), COUNTER, VAULT, 1, chart.CASH_MOVED)
        clock = self._both.asker.clock
        await self._both.asker.writer.run(
            lambda tx: ledger.require(ledger.transfer(tx, [one], clock()))
        )
        self._seconds.append(time.perf_counter() - due)


_NUMBERS = itertools.count(10**12)


async def _beside(both: Pair, work: Awaitable[None]) -> _Beside:
    found = _Beside(both)
    await found.run(asyncio.ensure_future(work), _NUMBERS)
    return found


async def _close(both: Pair, folder: Path, net: int, stages: dict[str, float]) -> None:
    """Fund, cut, and wait until both cities have booked what settled."""
    operation = both.asker.registry.operation

    async def call(name: str, data: dict[str, Any]) -> dict[str, Any]:
        reply = await both.asker.call(operation(name), data, CENTRE)
        found: dict[str, Any] = reply.data
        return found

    for city in (ASKER, ASKED):
        await call("clearing.fund", {"city": city, "amount_fen": FUNDS_FEN, "number": city})
    tokens = json.loads((folder / TOKENS_NAME).read_text("utf-8"))
    headers = {"Authorization": f"Bearer {tokens[ASKED][CENTRE]}"}
    asked = {"cycle": CYCLE}
    began = time.perf_counter()
    await call("clearing.open", asked)
    stages["cut_seconds"] = round(time.perf_counter() - began, 3)
    async with aiohttp.ClientSession(both.asked.address, headers=headers) as session:

        async def theirs() -> dict[str, Any]:
            async with session.post("/api/clearing.cycle", json=asked) as answer:
                found: dict[str, Any] = await answer.json()
                return found

        def own() -> Any:
            return call("clearing.cycle", asked)

        for look, stage in (
            (own, "house_settled_seconds"),
            (theirs, "both_booked_seconds"),
        ):
            found = await _settled(look, began)
            stages[stage] = round(time.perf_counter() - began, 2)
    positions = {one["party"]: one["net_fen"] for one in found["result"]["cities"]}
    if positions != {ASKER: net, ASKED: -net} or found["result"]["differences"]:
        raise RuntimeError(f"not the positions that were booked: {positions}, {net}")


async def _settled(look: Callable[[], Awaitable[dict[str, Any]]], began: float) -> dict[str, Any]:
    while True:
        found = await look()
        if found.get("state") == "settled":
            return found
        if time.perf_counter() - began > WAIT_SECONDS_MAX:
            raise RuntimeError(f"the cycle is {found}")
        await asyncio.sleep(0.25)


def _check(both: Pair, moved: int) -> None:
    """Each transfer that came beside the closing was booked once, and nothing else was lost."""
    with reading(both.asker.engine) as transaction:
        held = ledger.state(transaction, COUNTER).balance.net_debit
        left = [
            one.account.id
            for one in ledger.states(transaction, {one.id for one in _accounts(ASKER)})
            if one.account.code == chart.INTERCITY and one.balance.net_debit
        ]
    if held != moved or left:
        raise RuntimeError(f"{held} moved of {moved}; not settled: {left}")
