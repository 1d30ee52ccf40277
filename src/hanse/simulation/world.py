"""The whole league in one thread: cities, the network between them, clocks, and the history."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Engine, select

from hanse.foundation.errors import Problem
from hanse.foundation.identity import seeded_randomness
from hanse.foundation.keys import generate
from hanse.foundation.store import Transaction
from hanse.foundation.store.schema import metadata
from hanse.mechanisms.exchange.core import Outgoing
from hanse.mechanisms.exchange.delivery import Sealed
from hanse.mechanisms.exchange.tables import messages_out
from hanse.mechanisms.league import store as league_store
from hanse.simulation import founding
from hanse.simulation.counting import counting_metadata
from hanse.simulation.model import Book
from hanse.simulation.town import Crashed, Town

START = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
FAULTS = ("drop", "double", "reorder", "partition", "crash", "clock", "hostile")
OpenStore = Callable[[str], Engine]


@dataclass
class Packet:
    """A delivery on its way, or the answer to one."""

    sender: Town
    receiver: Town
    sealed: Sealed
    waiting: list[Outgoing]
    epoch: int
    answer: Sealed | None = None
    abandoned: bool = False
    taken: bool = False


@dataclass
class Told:
    """A document of the league that each city takes in its own time."""

    kind: str
    data: bytes
    note: Callable[[Book], None]


@dataclass
class World:
    """Everything that a step may touch. A step draws only from the randomness it is given."""

    towns: list[Town]
    books: dict[str, Book]
    faults: frozenset[str]
    keys: founding.Keys
    charter: Any
    genesis: str
    key_times: list[dict[tuple[str, str], tuple[datetime, datetime | None]]]
    now: datetime = START
    network: list[Packet] = field(default_factory=list)
    parted: set[frozenset[str]] = field(default_factory=set)
    told: list[Told] = field(default_factory=list)
    heard_of: dict[str, int] = field(default_factory=dict)
    statements: dict[tuple[str, str], tuple[int, str, str]] = field(default_factory=dict)
    sealed_before: list[tuple[Town, Town, Sealed]] = field(default_factory=list)
    leaves: dict[str, list[bytes]] = field(default_factory=dict)
    ledgers: dict[str, Any] = field(default_factory=dict)
    """What each city's ledger must say, kept by its part."""
    history: list[str] = field(default_factory=list)
    digest: Any = field(default_factory=hashlib.sha256)

    def clock(self, town: Town) -> datetime:
        """The time as that city's clock has it."""
        return self.now + timedelta(seconds=town.skew_seconds)

    def note(self, *event: object) -> None:
        """Put an event in the history."""
        line = json.dumps([str(one) for one in event], ensure_ascii=False)
        self.history.append(line)
        self.digest.update(line.encode() + b"\n")

    def commit(
        self, town: Town, work: Callable[[Transaction], Any], then: Callable[[Any], None]
    ) -> str:
        """Commit work that is noted by `then` if it is durable; gives what became of it."""
        kept: list[Any] = []

        def keeping(transaction: Transaction) -> Any:
            kept.append(work(transaction))
            return kept[0]

        try:
            town.commit(keeping)
        except Crashed as crashed:
            if crashed.durable:
                then(kept[0])
                return "crashed-after"
            return "crashed-before"
        except Problem as problem:
            return problem.code
        then(kept[0])
        return "done"

    def note_sent(self, town: Town, transaction: Transaction) -> list[dict[str, Any]]:
        """The outbox rows that the model does not know yet, as the transaction leaves them."""
        known = self.books[town.city].asked
        rows = transaction.rows(
            select(messages_out).order_by(messages_out.c.number.desc()).limit(8)
        )
        return [
            {
                "id": row.message_id,
                "peer": row.peer,
                "kind": row.kind,
                "operation": row.operation,
                "state": "pending",
                "told": False,
                "sequence": row.sequence,
                "line": bytes(row.line),
            }
            for row in reversed(rows)
            if row.message_id not in known
        ]

    def close(self) -> None:
        """Let go of the stores."""
        for town in self.towns:
            town.engine.dispose()


def found(seed: int, cities: int, faults: frozenset[str], open_store: OpenStore) -> World:
    """A league of fresh cities, with its charter and agreements in every store."""
    names = list(founding.NAMES)[:cities]
    keys: founding.Keys = {}
    for city in names:
        draw = seeded_randomness(f"simulated keys {seed} {city}")
        keys[city] = {name: generate("ed25519", draw) for name in ("v1", "x1")}
    towns = []
    for city in names:
        engine = open_store(city)
        metadata.create_all(engine)
        counting_metadata.create_all(engine)
        draw = seeded_randomness(f"simulated town {seed} {city}")
        towns.append(Town(city, engine, draw, dict(keys[city])))
    new = [(city, key) for city in names for key in ("x1",)]
    charter = founding.signed_by(founding.first_charter(keys, START), keys, *new)
    agreed = [founding.signed_by(one, keys) for one in founding.agreements(names, START)]

    def take(transaction: Transaction) -> None:
        league_store.accept_charters(transaction, [charter.to_bytes()], charter.digest, START)
        for one in agreed:
            league_store.accept_agreement(transaction, one.to_bytes(), START)

    for town in towns:
        town.commit(take)
    return World(
        towns=towns,
        books={city: Book(city, START) for city in names},
        faults=faults,
        keys=keys,
        charter=charter,
        genesis=charter.digest,
        key_times=[{(city, "x1"): (START, None) for city in names}],
    )


def two(world: World, rng: Random) -> tuple[Town, Town]:
    """Two different cities."""
    one, other = rng.sample(world.towns, 2)
    return one, other
