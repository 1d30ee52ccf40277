"""One simulated city: what is on its disk, what is in its memory, and its crashes at a commit."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import Engine

from hanse.foundation.identity import Randomness
from hanse.foundation.keys import PrivateKey
from hanse.foundation.store import Transaction
from hanse.foundation.store.transaction import reading
from hanse.mechanisms.exchange import outbox
from hanse.mechanisms.exchange.accesses import ACCESSES
from hanse.mechanisms.exchange.core import Exchange
from hanse.mechanisms.exchange.delivery import Signer
from hanse.mechanisms.exchange.desk import Desk
from hanse.mechanisms.exchange.handover import Side
from hanse.mechanisms.exchange.housekeeping import HOUSEKEEPING
from hanse.mechanisms.exchange.operations import Registry, Service
from hanse.mechanisms.league import store as league_store
from hanse.mechanisms.league.view import LeagueView

Result = TypeVar("Result")


class Crashed(Exception):  # noqa: N818 - the process died: nothing here is an error
    """The process died at a commit; `durable` says whether the commit had been synced."""

    def __init__(self, *, durable: bool) -> None:
        super().__init__("crashed")
        self.durable = durable


@dataclass
class Town:
    """A city's node. `exchange`, `league` and `in_flight` are memory and die with the process."""

    city: str
    engine: Engine
    randomness: Randomness
    keys: dict[str, PrivateKey]
    services: tuple[Service, ...]
    key_id: str = "x1"
    skew_seconds: int = 0
    epoch: int = 0
    crash: str | None = None
    """`before` or `after`: where the next commit dies."""
    in_flight: set[str] = field(default_factory=set)
    exchange: Exchange = field(init=False)
    league: LeagueView = field(init=False)

    def __post_init__(self) -> None:
        self._boot()

    def _boot(self) -> None:
        self.exchange = Exchange(
            city=self.city,
            registry=Registry.of((HOUSEKEEPING, ACCESSES, *self.services)),
            randomness=self.randomness,
            parameters={
                name: service.parameters
                for service in self.services
                for name in (
                    service.name,
                    *(one.name for one in service.operations),
                    *(one.name for one in service.topics),
                )
            },
            person_key=self.city.encode().ljust(32, b"."),
        )
        self.exchange.on_error = _not_expected
        self.league = LeagueView.empty(self.city)
        self.in_flight = set()

    def restart(self) -> None:
        """Lose the memory; read what the disk holds."""
        self.epoch += 1
        self.crash = None
        self._boot()
        with reading(self.engine) as transaction:
            outbox.load_pending_counts(self.exchange, transaction)

    @property
    def signer(self) -> Signer:
        """The city's key for deliveries at present."""
        return Signer(self.city, self.key_id, self.keys[self.key_id])

    def view(self, transaction: Transaction) -> LeagueView:
        """The league as the store holds it, read again only where its revision changed."""
        if league_store.revision(transaction) != self.league.revision:
            self.league = league_store.load(transaction, self.city)
        return self.league

    def side(self, transaction: Transaction) -> Side:
        """This city's side of a delivery."""
        return Side(self.exchange, Desk(self.exchange), self.signer, self.view(transaction))

    def commit(self, work: Callable[[Transaction], Result]) -> Result:
        """Do work in one transaction. Raises Crashed where the process is to die at its commit."""
        planned, self.crash = self.crash, None
        with self.engine.connect() as connection:
            transaction = Transaction(connection, self.randomness)
            begun = connection.begin()
            try:
                result = work(transaction)
                transaction.finish()
            except BaseException:
                begun.rollback()
                raise
            if planned == "before":
                begun.rollback()
                self.restart()
                raise Crashed(durable=False)
            begun.commit()
        if planned == "after":
            self.restart()
            raise Crashed(durable=True)
        for call in transaction.after_commit:
            call()
        return result

    def read(self, work: Callable[[Transaction], Result]) -> Result:
        """Look, without a lock."""
        with reading(self.engine) as transaction:
            return work(transaction)


def _not_expected(reference: str, operation: str, error: Exception) -> None:
    raise error
