"""The ledger in the simulation: money moves in every city while its node dies at commits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Final

from hanse.foundation.clock import to_ms
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms import ledger
from hanse.mechanisms.ledger import (
    Account,
    AccountCode,
    Chart,
    Flags,
    Side,
    Transfer,
    TransferCode,
    head,
)
from hanse.simulation.part import Part, require
from hanse.simulation.town import Town
from hanse.simulation.world import World

CHART: Final = Chart(
    "simulated",
    Text("仿真账簿", "Simulated book"),
    accounts=(AccountCode(1, Text("账户", "Account"), Side.CREDIT),),
    transfers=(TransferCode(1, Text("转账", "Transfer")),),
)
SOURCE: Final = Account("source", "simulated", 1)
PURSES: Final = tuple(Account(f"purse/{n}", "simulated", 1, net_debit_cap=0) for n in range(4))
ACCOUNTS: Final = (SOURCE, *PURSES)
SENT_KEPT: Final = 200
SKEW_SECONDS_MOST: Final = 400


@dataclass
class Reserved:
    """A pending transfer as the model remembers it."""

    debit: str
    credit: str
    amount: int
    ends_ms: int | None
    state: str = "open"


@dataclass
class Purses:
    """What one city's books must say: counters as debits and credits, pending and posted."""

    now_ms: int = 0
    counters: dict[str, list[int]] = field(
        default_factory=lambda: {one.id: [0, 0, 0, 0] for one in ACCOUNTS}
    )
    reserved: dict[bytes, Reserved] = field(default_factory=dict)
    told: dict[bytes, str] = field(default_factory=dict)
    """The outcome of every id; what was created is `exists` from then on."""
    sent: list[Transfer] = field(default_factory=list)

    def take(self, batch: Sequence[Transfer], now_ms: int) -> list[str]:
        """The outcomes that the ledger must give, in order. Where nothing was new and nothing
        due, nothing was written, and so the ledger's time has not moved either."""
        before, known = self.now_ms, len(self.told)
        released = self.expire(now_ms)
        outcomes = [self._one(one) for one in batch]
        if not released and len(self.told) == known:
            self.now_ms = before
        return outcomes

    def expire(self, now_ms: int) -> int:
        """Release what is due; gives how many."""
        self.now_ms = max(self.now_ms, now_ms)
        due = [
            one
            for one in self.reserved.values()
            if one.state == "open" and one.ends_ms is not None and one.ends_ms <= self.now_ms
        ]
        for one in due:
            self._release(one, "expired")
        return len(due)

    def _one(self, one: Transfer) -> str:
        if one.id in self.told:
            return self.told[one.id]
        code = self._resolve(one) if one.pending is not None else self._move(one)
        self.told[one.id] = "exists" if code == "created" else code
        return code

    def _move(self, one: Transfer) -> str:
        debit, credit, amount = self.counters[one.debit], self.counters[one.credit], one.amount or 0
        if one.debit != SOURCE.id and debit[0] + debit[1] + amount > debit[3]:
            return "exceeds_credits"
        if not one.flags & Flags.PENDING:
            debit[1] += amount
            credit[3] += amount
            return "created"
        debit[0] += amount
        credit[2] += amount
        ends = self.now_ms + one.timeout_seconds * 1_000 if one.timeout_seconds else None
        self.reserved[one.id] = Reserved(one.debit, one.credit, amount, ends)
        return "created"

    def _resolve(self, one: Transfer) -> str:
        held = self.reserved.get(one.pending or b"")
        if held is None:
            return "pending_unknown"
        if held.state != "open":
            return f"pending_{held.state}"
        posts = bool(one.flags & Flags.POST)
        self._release(held, "posted" if posts else "voided")
        if posts:
            self.counters[held.debit][1] += held.amount
            self.counters[held.credit][3] += held.amount
        return "created"

    def _release(self, held: Reserved, state: str) -> None:
        self.counters[held.debit][0] -= held.amount
        self.counters[held.credit][2] -= held.amount
        held.state = state


def book(world: World, rng: Random) -> str | None:
    """A city books a batch of new transfers."""
    town = rng.choice(world.towns)
    purses = _purses(world, town)
    return _send(world, town, [_some(rng, purses) for _ in range(rng.randrange(1, 6))])


def book_again(world: World, rng: Random) -> str | None:
    """A city sends transfers again that it has sent before: nothing may happen twice."""
    town = rng.choice(world.towns)
    sent = _purses(world, town).sent
    if not sent:
        return None
    return _send(world, town, rng.sample(sent, min(3, len(sent))))


def _send(world: World, town: Town, batch: list[Transfer]) -> str:
    now, purses = world.clock(town), _purses(world, town)
    _follow(world, town, purses)

    def work(transaction: Transaction) -> list[str]:
        ledger.open_accounts(transaction, ACCOUNTS, now)
        return [one.code for one in ledger.transfer(transaction, batch, now)]

    def then(found: list[str], _sent: object) -> None:
        expected = purses.take(batch, to_ms(now))
        require(found == expected, "a transfer's outcome", town.city, found, expected)
        purses.sent = [*purses.sent, *batch][-SENT_KEPT:]

    return f"{town.city} books {len(batch)}: {world.commit(town, work, then)}"


def _follow(world: World, town: Town, purses: Purses) -> None:
    """The ledger's time is one for all its books: what others booked may have made things due."""
    ledgers_ms = town.read(head.current).booked_at_ms
    latest_ms = to_ms(world.now) + SKEW_SECONDS_MOST * 1_000
    held = purses.now_ms <= ledgers_ms <= latest_ms or not purses.told
    require(held, "the ledger's time goes forward, with its city's clock", town.city, ledgers_ms)
    purses.expire(ledgers_ms)


def _some(rng: Random, purses: Purses) -> Transfer:
    new = rng.randbytes(16)
    if purses.reserved and rng.random() < 0.3:
        pending = rng.choice(list(purses.reserved)[-10:])
        return Transfer(new, flags=rng.choice([Flags.POST, Flags.VOID]), pending=pending)
    debit, credit = rng.sample([one.id for one in ACCOUNTS], 2)
    if rng.random() < 0.4:
        debit, credit = SOURCE.id, rng.choice(PURSES).id
    pending_too = rng.random() < 0.4
    return Transfer(
        new,
        debit,
        credit,
        rng.randrange(1, 200),
        1,
        flags=Flags.PENDING if pending_too else Flags.NONE,
        timeout_seconds=rng.choice([0, 30, 120]) if pending_too else 0,
    )


def _purses(world: World, town: Town) -> Purses:
    purses: Purses = world.ledgers.setdefault(town.city, Purses())
    return purses


def check(world: World, healed: bool) -> None:
    """Debits equal credits, every balance is the model's, and the log replays to the bit."""
    for town in world.towns:
        purses = _purses(world, town)
        found = town.read(ledger.audit)
        require(not found, "the ledger's log gives its balances", town.city, found)
        if not purses.told:
            continue
        _follow(world, town, purses)
        if healed:
            _expire_all(world, town, purses)
        held = {one.account.id: list(one.balance) for one in town.read(_states)}
        require(held == purses.counters, "the ledger's balances", town.city, held, purses.counters)
        sums = [sum(one[place] for one in held.values()) for place in range(4)]
        require(sums[:2] == sums[2:], "debits equal credits", town.city, sums)


def _expire_all(world: World, town: Town, purses: Purses) -> None:
    later = world.clock(town) + timedelta(hours=1)
    town.crash = None
    town.commit(lambda transaction: ledger.expire(transaction, later))
    purses.expire(to_ms(later))
    waits = [one for one in purses.reserved.values() if one.state == "open" and one.ends_ms]
    require(not waits, "what timed out is released", town.city, waits)


def _states(transaction: Transaction) -> list[ledger.AccountState]:
    return ledger.states(transaction, {one.id for one in ACCOUNTS})


LEDGER = Part(
    name="ledger",
    covers=("mechanisms.ledger",),
    load={},
    beside={"book": (8, book), "book_again": (3, book_again)},
    check=check,
)
