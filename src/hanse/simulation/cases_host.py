"""A city's node for the simulation of cases: its disk, its memory, and its death at a commit."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Engine

from hanse.foundation.identity import Randomness
from hanse.foundation.keys import PrivateKey
from hanse.foundation.store import Transaction
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
from hanse.mechanisms.league.view import LeagueView
from hanse.simulation.cases_matter import SERVICE

Result = TypeVar("Result")
BATCH_MAX = 40


class Died(Exception):  # noqa: N818 - the process died: nothing here is an error
    """The process died at a commit."""


@dataclass
class Host:
    """`exchange` and `league` are memory: they die with the process, the store does not."""

    city: str
    engine: Engine
    key: PrivateKey
    randomness: Randomness
    dies: str | None = None
    """`before` or `after`: where the next commit dies."""
    deaths: int = 0
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

    def _restart(self) -> None:
        self.deaths += 1
        self._boot()
        with reading(self.engine) as transaction:
            outbox.load_pending_counts(self.exchange, transaction)

    def side(self, transaction: Transaction) -> Side:
        """This city's side of a delivery."""
        if league_store.revision(transaction) != self.league.revision:
            self.league = league_store.load(transaction, self.city)
        signer = Signer(self.city, "x1", self.key)
        return Side(self.exchange, Desk(self.exchange), signer, self.league)

    def commit(self, work: Callable[[Transaction], Result]) -> Result:
        """Do work in one transaction; Died where the process is to die at its commit."""
        dies, self.dies = self.dies, None
        with self.engine.connect() as connection:
            transaction = Transaction(connection, self.randomness)
            begun = connection.begin()
            try:
                result = work(transaction)
                transaction.finish()
            except BaseException:
                begun.rollback()
                raise
            if dies == "before":
                begun.rollback()
            else:
                begun.commit()
        if dies is not None:
            self._restart()
            raise Died
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


def _not_expected(reference: str, operation: str, error: Exception) -> None:
    raise error
