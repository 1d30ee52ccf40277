"""Cities' nodes without sockets, all in one thread: what benches and timelines run cases on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import Engine

from hanse.foundation.identity import Randomness, seeded_randomness
from hanse.foundation.keys import PrivateKey, generate
from hanse.foundation.store import Transaction, metadata
from hanse.foundation.store.transaction import reading
from hanse.mechanisms.exchange import outbox
from hanse.mechanisms.exchange.core import Exchange, Outgoing
from hanse.mechanisms.exchange.delivery import (
    Sealed,
    Signer,
    open_request,
    open_response,
    seal_request,
)
from hanse.mechanisms.exchange.desk import Desk
from hanse.mechanisms.exchange.due import run_due
from hanse.mechanisms.exchange.handover import Side, settle_delivery, take_delivery
from hanse.mechanisms.exchange.housekeeping import HOUSEKEEPING
from hanse.mechanisms.exchange.message import Message
from hanse.mechanisms.exchange.operations import Registry
from hanse.mechanisms.exchange.own_calls import OwnCall, call
from hanse.mechanisms.league import store as league_store
from hanse.mechanisms.league.agreements import Agreement
from hanse.mechanisms.league.view import LeagueView
from hanse.simulation import founding
from hanse.simulation.cases_matter import SERVICE

Result = TypeVar("Result")
BATCH_MAX = 40
START: Final = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
CITIES: Final = ("510100", "510600", "510900")
SEATS: Final = dict(zip(("desk", "giver", "watcher"), CITIES, strict=True))


@dataclass
class Host:
    """A city's store, and its node's memory."""

    city: str
    engine: Engine
    key: PrivateKey
    randomness: Randomness
    exchange: Exchange = field(init=False)
    league: LeagueView = field(init=False)

    def __post_init__(self) -> None:
        self._boot()

    def _boot(self) -> None:
        self.exchange = Exchange(
            city=self.city,
            registry=Registry.of((HOUSEKEEPING, SERVICE)),
            randomness=self.randomness,
        )
        self.exchange.on_error = _not_expected
        self.league = LeagueView.empty(self.city)

    def side(self, transaction: Transaction) -> Side:
        """This city's side of a delivery."""
        if league_store.revision(transaction) != self.league.revision:
            self.league = league_store.load(transaction, self.city)
        signer = Signer(self.city, "x1", self.key)
        return Side(self.exchange, Desk(self.exchange), signer, self.league)

    def commit(self, work: Callable[[Transaction], Result]) -> Result:
        """Do work in one transaction."""
        with self.engine.connect() as connection:
            transaction = Transaction(connection, self.randomness)
            begun = connection.begin()
            try:
                result = work(transaction)
                transaction.finish()
            except BaseException:
                begun.rollback()
                raise
            begun.commit()
        for call_ in transaction.after_commit:
            call_()
        return result

    def read(self, work: Callable[[Transaction], Result]) -> Result:
        """Look, without a lock."""
        with reading(self.engine) as transaction:
            return work(transaction)

    def call(self, operation: str, data: Any, now: datetime) -> Message:
        """A call of the city's own bureau."""
        asked = OwnCall(operation, data, "bureau")
        return self.commit(lambda tx: call(self.side(tx), tx, asked, now))

    def fire(self, now: datetime) -> int:
        """Do what the clock has made due."""
        return self.commit(
            lambda tx: run_due(self.exchange, Desk(self.exchange), tx, self.side(tx).league, now)
        )

    def waiting(self, peer: str) -> list[Outgoing]:
        """What waits for a peer."""
        return self.read(lambda tx: outbox.pending(tx, peer, events=False, limit=BATCH_MAX)[0])

    def seal(self, peer: str, waiting: list[Outgoing], now: datetime) -> Sealed:
        """A signed delivery."""
        side = self.read(self.side)
        return seal_request(
            [one.line for one in waiting],
            side.signer,
            authority=f"{peer}.simulated",
            charter_version=side.league.version,
            now=now,
            nonce=self.randomness(16),
        )

    def take(self, sealed: Sealed, now: datetime) -> Sealed:
        """Verify a delivery, apply it, and seal the answer."""
        parts = sealed.parts
        if parts is None:
            raise LookupError("a request is sealed with its parts")
        opened = open_request(parts, sealed.body, self.read(self.side).league, now)
        return self.commit(lambda tx: take_delivery(self.side(tx), tx, opened, parts, now))

    def settle(
        self, waiting: list[Outgoing], sealed: Sealed, answer: Sealed, now: datetime
    ) -> None:
        """Settle what a delivery's answer says."""
        parts = sealed.parts
        if parts is None:
            raise LookupError("a request is sealed with its parts")

        def work(transaction: Transaction) -> None:
            side = self.side(transaction)
            opened = open_response(answer.headers, answer.body, parts, side.league, now)
            settle_delivery(side, transaction, waiting, sealed, opened, now)

        self.commit(work)


def found_hosts(seed: int, open_store: Callable[[str], Engine]) -> list[Host]:
    """Three cities with a charter, a calendar, and an agreement on the matter."""
    keys: founding.Keys = {}
    hosts = []
    for city in CITIES:
        draw = seeded_randomness(f"simulated cases {seed} {city}")
        keys[city] = {name: generate("ed25519", draw) for name in ("v1", "x1")}
        engine = open_store(city)
        metadata.create_all(engine)
        hosts.append(Host(city, engine, keys[city]["x1"], draw))
    charter = founding.signed_by(
        founding.first_charter(keys, START), keys, *((city, "x1") for city in CITIES)
    )
    agreement = founding.signed_by(_agreement(), keys)

    def take(transaction: Transaction) -> None:
        league_store.accept_charters(transaction, [charter.to_bytes()], charter.digest, START)
        league_store.accept_agreement(transaction, agreement.to_bytes(), START)

    for host in hosts:
        host.commit(take)
    return hosts


def _agreement() -> Agreement:
    grant = {
        "id": "g1", "operations": ["matter.*"], "purposes": ["trial"], "organisations": ["*"],
        "fields": ["*"], "legal_basis": {"zh": "试验", "en": "trial"},
    }  # fmt: skip
    return Agreement.model_validate(
        {
            "id": "cases",
            "version": 1,
            "league": "simulated",
            "title": {"zh": "仿真协议", "en": "A simulated agreement"},
            "parties": list(CITIES),
            "valid_from": START,
            "valid_until": START + timedelta(days=730),
            "grants": [grant],
        }
    )


def _not_expected(reference: str, operation: str, error: Exception) -> None:
    raise error
