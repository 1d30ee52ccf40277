"""The whole league in one thread: cities, the network between them, clocks, and the history."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import bindparam, select

from hanse.foundation.errors import Problem
from hanse.foundation.identity import seeded_randomness
from hanse.foundation.keys import generate
from hanse.foundation.store import Transaction
from hanse.foundation.store.schema import metadata
from hanse.mechanisms.exchange.core import Outgoing
from hanse.mechanisms.exchange.delivery import Sealed
from hanse.mechanisms.exchange.operations import Reach
from hanse.mechanisms.exchange.tables import messages_out
from hanse.mechanisms.league import store as league_store
from hanse.simulation import founding
from hanse.simulation.model import Book, Sent
from hanse.simulation.part import Part, require
from hanse.simulation.stores import OpenStore, fresh, let_go
from hanse.simulation.terms import Term
from hanse.simulation.town import Crashed, Town

START = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
FAULTS = ("drop", "double", "reorder", "partition", "crash", "clock", "hostile")
_SENT: Any = (
    select(messages_out)
    .where(messages_out.c.number > bindparam("after"))
    .order_by(messages_out.c.number)
)


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
    parts: tuple[Part, ...]
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

    @property
    def agreements(self) -> list[str]:
        """The agreements that may be suspended: those that do not end by themselves."""
        terms = self.books[self.towns[0].city].terms.values()
        return sorted({one.agreement for one in terms if one.minutes is None})

    def clock(self, town: Town) -> datetime:
        """The time as that city's clock has it."""
        return self.now + timedelta(seconds=town.skew_seconds)

    def note(self, *event: object) -> None:
        """Put an event in the history."""
        line = json.dumps([str(one) for one in event], ensure_ascii=False)
        self.history.append(line)
        self.digest.update(line.encode() + b"\n")

    def saw(self, *lines: bytes) -> None:
        """Put bytes of messages, deliveries or journals in the digest of the history."""
        for line in lines:
            self.digest.update(len(line).to_bytes(8, "big") + line)

    def commit(
        self,
        town: Town,
        work: Callable[[Transaction], Any],
        then: Callable[[Any, list[Sent]], None],
    ) -> str:
        """Commit work; what it led to and the messages it sent are noted if they are durable.

        Gives what became of it: `done`, `crashed-before`, `crashed-after` or a refusal's code.
        """
        kept: list[tuple[Any, list[Sent]]] = []

        def keeping(transaction: Transaction) -> Any:
            result = work(transaction)
            kept.append((result, self._newly_sent(town, transaction)))
            return result

        became = "done"
        try:
            town.commit(keeping)
        except Crashed as crashed:
            if not crashed.durable:
                return "crashed-before"
            became = "crashed-after"
        except Problem as problem:
            return problem.code
        result, sent = kept[0]
        self._note_sent(town, sent)
        then(result, sent)
        return became

    def _newly_sent(self, town: Town, transaction: Transaction) -> list[Sent]:
        """The outbox rows that the model does not know yet, as the transaction leaves them."""
        book = self.books[town.city]
        rows = transaction.rows(_SENT, {"after": book.sent_number})
        return [
            Sent(
                message_id=row.message_id,
                peer=row.peer,
                kind=row.kind,
                operation=row.operation,
                sequence=row.sequence,
                line=bytes(row.line),
                number=row.number,
            )
            for row in rows
        ]

    def _note_sent(self, town: Town, sent: list[Sent]) -> None:
        book = self.books[town.city]
        for one in sent:
            require(one.message_id not in book.asked, "a message is sent once", one.message_id)
            book.asked[one.message_id] = one
            book.sent_number = one.number
            self.saw(one.line)

    def close(self) -> None:
        """Let go of the stores."""
        for town in self.towns:
            let_go(town.engine)


def found(
    seed: int,
    cities: int,
    faults: frozenset[str],
    open_store: OpenStore,
    parts: tuple[Part, ...],
) -> World:
    """A league of fresh cities, with its charter and agreements in every store."""
    names = list(founding.NAMES)[:cities]
    keys = _keys(seed, names)
    services = tuple(service for part in parts for service in part.services)
    terms = {operation: term for part in parts for operation, term in part.terms.items()}
    tables = [metadata, *(part.tables for part in parts if part.tables is not None)]
    towns = []
    for city in names:
        engine = fresh(open_store, city, tables)
        draw = seeded_randomness(f"simulated town {seed} {city}")
        towns.append(Town(city, engine, draw, dict(keys[city]), services))
    new = [(city, key) for city in names for key in ("x1",)]
    charter = founding.signed_by(founding.first_charter(keys, START), keys, *new)
    agreed = [founding.signed_by(one, keys) for one in founding.agreements(names, terms, START)]

    def take(transaction: Transaction) -> None:
        league_store.accept_charters(transaction, [charter.to_bytes()], charter.digest, START)
        for one in agreed:
            league_store.accept_agreement(transaction, one.to_bytes(), START)

    for town in towns:
        town.commit(take)
    return World(
        towns=towns,
        books={city: _book(city, terms, parts) for city in names},
        faults=faults,
        parts=parts,
        keys=keys,
        charter=charter,
        genesis=charter.digest,
        key_times=[{(city, "x1"): (START, None) for city in names}],
    )


def _keys(seed: int, names: list[str]) -> founding.Keys:
    keys: founding.Keys = {}
    for city in names:
        draw = seeded_randomness(f"simulated keys {seed} {city}")
        keys[city] = {name: generate("ed25519", draw) for name in ("v1", "x1")}
    return keys


def _book(city: str, terms: dict[str, Term], parts: tuple[Part, ...]) -> Book:
    return Book(
        city,
        START,
        terms,
        city_only=frozenset(
            declared.name
            for part in parts
            for service in part.services
            for declared in service.operations
            if declared.reach is Reach.CITY
        ),
        parts={part.name: part.state() for part in parts if part.state is not None},
    )


def two(world: World, rng: Random) -> tuple[Town, Town]:
    """Two different cities."""
    one, other = rng.sample(world.towns, 2)
    return one, other
