"""The node: an object that owns its database, keys and workers. Nothing is global."""

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import structlog
from sqlalchemy import Engine

from hanse.foundation.clock import Clock, monotonic_seconds, wall_clock
from hanse.foundation.errors import Problem
from hanse.foundation.http_signatures import RequestParts
from hanse.foundation.identity import Randomness, new_id, system_randomness
from hanse.foundation.keys import Keystore
from hanse.foundation.store import Transaction, open_engine
from hanse.foundation.store.transaction import reading
from hanse.mechanisms.cases import families_of
from hanse.mechanisms.exchange.accesses import ACCESSES
from hanse.mechanisms.exchange.core import Exchange, Outgoing
from hanse.mechanisms.exchange.delivery import Sealed, Signer, open_request
from hanse.mechanisms.exchange.desk import Desk
from hanse.mechanisms.exchange.due import run_due
from hanse.mechanisms.exchange.handover import Side, take_delivery
from hanse.mechanisms.exchange.housekeeping import HOUSEKEEPING
from hanse.mechanisms.exchange.limits import ExchangeLimits
from hanse.mechanisms.exchange.message import Message
from hanse.mechanisms.exchange.operations import Operation, Registry, Service
from hanse.mechanisms.exchange.outbox import load_pending_counts, peers_with_pending
from hanse.mechanisms.exchange.own_calls import OwnCall, call
from hanse.mechanisms.league import store as league_store
from hanse.mechanisms.league.view import LeagueView
from hanse.node import tokens
from hanse.node.bodies import Bodies
from hanse.node.config import NodeConfig
from hanse.node.courier import Courier
from hanse.node.league_sync import LeagueSync
from hanse.node.metrics import Metrics
from hanse.node.migrations import require_current
from hanse.node.notices import Postman
from hanse.node.parameters import parameters_by_operation
from hanse.node.peer_client import PeerClient
from hanse.node.questions import Questions
from hanse.node.setup import PERSONS_KEY
from hanse.node.subscriptions import subscribe_to_granted
from hanse.node.witnessing import Witnessing
from hanse.node.writer import Writer

log = structlog.get_logger("hanse.node")
Result = TypeVar("Result")
DUE_SECONDS = 1.0
REFRESH_SECONDS = 1.0
AGENCY_SECONDS = 5.0
AGENCIES_KEPT_MAX = 10_000


class Node:
    """One city's running system."""

    def __init__(
        self,
        config: NodeConfig,
        services: Iterable[Service],
        *,
        clock: Clock = wall_clock,
        randomness: Randomness = system_randomness,
    ) -> None:
        self.config = config
        self.clock = clock
        self.randomness = randomness
        self.metrics = Metrics()
        self.registry = Registry.of((HOUSEKEEPING, ACCESSES, *_offered(config, services)))
        self.engine: Engine = open_engine(config.database_url)
        self.exchange = Exchange(
            city=config.city,
            registry=self.registry,
            randomness=randomness,
            limits=_exchange_limits(config),
            parameters=parameters_by_operation(self.registry, config.parameters),
            on_outgoing=self._on_outgoing,
            on_settled=self._on_settled,
            on_error=self._on_error,
        )
        self.desk = Desk(self.exchange)
        self.league = LeagueView.empty(config.city)
        self.writer = Writer(
            self.engine,
            before_group=self._refresh_in_group,
            on_commit=self.metrics.committed,
            randomness=randomness,
        )
        self.questions = Questions(self)
        self.bodies = Bodies(self)
        self.client = PeerClient(self)
        self.sync = LeagueSync(self)
        self.witnessing = Witnessing(self)
        self.couriers: dict[str, Courier] = {}
        self.ready = False
        self._agencies: dict[str, tuple[tokens.Agency, float]] = {}
        self._signer: Signer | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Open the keys and the store, and begin to work."""
        self._loop = asyncio.get_running_loop()
        keystore, passphrase = Keystore(self.config.keys_folder), self.config.passphrase()
        key = keystore.load(self.config.key_id, passphrase)
        self.exchange.person_key = keystore.load(PERSONS_KEY, passphrase).secret
        self._signer = Signer(self.config.city, self.config.key_id, key)
        require_current(self.engine)
        with reading(self.engine) as transaction:
            self.league = league_store.load(transaction, self.config.city)
            load_pending_counts(self.exchange, transaction)
        self._open_credential_keys()
        self.writer.start()
        await self.client.start()
        self._follow_members()
        self._subscribe()
        self._tasks.append(asyncio.create_task(self._refresh()))
        self._tasks.append(asyncio.create_task(self.sync.run()))
        self._tasks.append(asyncio.create_task(self.witnessing.run()))
        self._tasks.append(asyncio.create_task(self._do_due()))
        if families_of(self.registry.operations.values()):
            self._tasks.append(asyncio.create_task(self._postman().run()))
        self.ready = True
        log.info("node_started", city=self.config.city, version=self.league.version)

    async def stop(self) -> None:
        """Take nothing new, finish what was taken, close."""
        self.ready = False
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(courier.stop() for courier in self.couriers.values()))
        await self.sync.stop()
        await self.client.stop()
        await asyncio.to_thread(self.writer.stop)
        self.engine.dispose()
        log.info("node_stopped", city=self.config.city)

    def _postman(self) -> Postman:
        config = self.config
        return Postman(
            config.notices, config.notices_folder, self.read, self.writer.run, self.clock
        )

    @property
    def signer(self) -> Signer:
        """The key with which this node signs."""
        if self._signer is None:
            raise RuntimeError("the node has not been started")
        return self._signer

    @property
    def side(self) -> Side:
        """This city's side of any delivery, as the league stands now."""
        return Side(self.exchange, self.desk, self.signer, self.league)

    async def read(self, query: Callable[[Transaction], Result]) -> Result:
        """Run a query in a thread of its own; it sees what is committed."""

        def run() -> Result:
            with reading(self.engine) as transaction:
                return query(transaction)

        return await asyncio.to_thread(run)

    async def take_delivery(self, request: RequestParts, body: bytes) -> Sealed:
        """Verify a delivery of a peer, apply it, and give the signed answer."""
        started = monotonic_seconds()
        opened = open_request(request, body, self.league, self.clock())
        self.metrics.stage.labels("verify").observe(monotonic_seconds() - started)
        started = monotonic_seconds()
        sealed = await self.writer.run(
            lambda tx: take_delivery(self.side, tx, opened, request, self.clock())
        )
        self.metrics.stage.labels("write").observe(monotonic_seconds() - started)
        self.metrics.deliveries.labels("in", opened.city).inc()
        self.sync.peer_has(opened.city, opened.charter_version)
        return sealed

    async def deliver(self, peer: str, batch: Sequence[Outgoing]) -> Sequence[Outgoing]:
        """Carry messages to a peer and settle its answers; gives what must go again."""
        return await self.client.deliver(peer, batch)

    async def call(
        self,
        operation: Operation,
        data: Any,
        organisation: str,
        *,
        purpose: str | None = None,
        key: str | None = None,
    ) -> Message:
        """Apply an own agency's call; gives its answer or refusal."""
        asked = OwnCall(
            operation=operation.name,
            data=data,
            organisation=organisation,
            purpose=purpose,
            message_id=self.id_for_key(organisation, key, self.config.city),
        )
        reply = await self.writer.run(lambda tx: call(self.side, tx, asked, self.clock()))
        self.metrics.messages_in.labels(operation.name, str(reply.kind)).inc()
        return reply

    async def take_charters(self, documents: Sequence[bytes]) -> int:
        """Take charters that someone hands us, each following the one before, if they prove
        themselves; gives our version then."""
        return await self.writer.run(
            lambda tx: league_store.accept_charters(
                tx, documents, self.config.genesis_digest, self.clock()
            )
        )

    async def charters_after(self, version: int, count: int) -> list[bytes]:
        """Our charters after a version, oldest first."""
        return await self.read(lambda tx: league_store.charters_after(tx, version, count))

    async def agency(self, token: str) -> tokens.Agency:
        """The agency that holds a token; a token that is revoked ends within seconds."""
        known = self._agencies.get(tokens.digest(token))
        if known is not None and known[1] > monotonic_seconds():
            return known[0]
        if len(self._agencies) >= AGENCIES_KEPT_MAX:
            self._agencies.clear()
        agency = await self.read(lambda tx: tokens.look_up(tx, token, self.clock()))
        self._agencies[tokens.digest(token)] = (agency, monotonic_seconds() + AGENCY_SECONDS)
        return agency

    def id_for_key(self, organisation: str, key: str | None, city: str) -> str | None:
        """The message id that a client's idempotency key stands for."""
        if key is None:
            return None
        named = "\n".join((self.config.city, organisation, key, city))
        return hashlib.sha256(named.encode("utf-8")).hexdigest()[:32]

    def note_error(self, place: str, error: Exception) -> str:
        """Log an undeclared failure; gives the reference that its caller is told.

        A failure that passes here twice on its way out is logged once.
        """
        noted: str | None = getattr(error, "hanse_reference", None)
        if noted is not None:
            return noted
        reference = new_id(self.randomness)[:12]
        error.hanse_reference = reference  # type: ignore[attr-defined]
        self._on_error(reference, place, error)
        return reference

    # What the writer's thread tells the loop.

    def _on_outgoing(self, outgoing: Outgoing) -> None:
        self._in_loop(self._take_outgoing, outgoing)

    def _take_outgoing(self, outgoing: Outgoing) -> None:
        courier = self.couriers.get(outgoing.peer)
        if courier is not None:
            courier.take(outgoing)

    def _on_settled(self, message_id: str, answer: bytes | None) -> None:
        self._in_loop(self.questions.settled, message_id, answer)

    def _on_error(self, reference: str, operation: str, error: Exception) -> None:
        log.error("failed", reference=reference, operation=operation, exc_info=error)

    def _in_loop(self, call_: Callable[..., None], *arguments: Any) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call_, *arguments)

    def _refresh_in_group(self, transaction: Transaction) -> None:
        """See a change of charter or agreements before any work that follows its commit."""
        if league_store.revision(transaction) != self.league.revision:
            self.league = league_store.load(transaction, self.config.city)
            self._in_loop(self._league_changed)

    async def _refresh(self) -> None:
        """Also see changes that a command made while nothing else happened here."""
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            try:
                revision, waiting = await self.read(_outside_changes)
                if revision != self.league.revision:
                    await self.writer.run(lambda tx: None)
                for peer in waiting:
                    if peer in self.couriers:
                        self.couriers[peer].look_again()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                self.note_error("refresh", error)

    async def do_due_now(self) -> int:
        """Do once what the clock has made due; gives how much that was."""
        return await self.writer.run(
            lambda tx: run_due(self.exchange, self.desk, tx, self.league, self.clock())
        )

    async def _do_due(self) -> None:
        while any(service.due for service in self.registry.services):
            began = monotonic_seconds()
            try:
                done = await self.do_due_now()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                self.note_error("due", error)
                done = 0
            # Where there is more to do it waits as long as that took: half of the writer's time at
            # least is for what somebody waits for.
            took = monotonic_seconds() - began
            await asyncio.sleep(min(took, DUE_SECONDS) if done else DUE_SECONDS)

    def _league_changed(self) -> None:
        self._open_credential_keys()
        self._follow_members()
        self._subscribe()
        self.sync.changed()
        for courier in self.couriers.values():
            courier.wake()

    def _subscribe(self) -> None:
        """Put the subscriptions that the agreements grant; repeated, they ask nothing new."""
        self.writer.submit(lambda tx: subscribe_to_granted(self, tx))

    def _open_credential_keys(self) -> None:
        """Open the keys that the charter lists for credentials, those that are not open yet."""
        opened = {self.config.key_id: self.signer.key, **self.exchange.credential_keys}
        keystore, here = Keystore(self.config.keys_folder), self.config.city
        for key_id in self.league.issuing_keys(here, self.clock()):
            if key_id not in opened:
                try:
                    opened[key_id] = keystore.load(key_id, self.config.passphrase())
                except Problem as problem:
                    log.warning("credential_key_not_opened", code=problem.code)
        self.exchange.credential_keys = opened

    def _follow_members(self) -> None:
        for city in self.league.cities:
            if city != self.config.city and city not in self.couriers:
                courier = self.couriers[city] = Courier(self, city)
                courier.start()


def _outside_changes(transaction: Transaction) -> tuple[int, list[str]]:
    """What another process may have changed: the league's revision, and peers with mail."""
    return league_store.revision(transaction), peers_with_pending(transaction)


def _offered(config: NodeConfig, services: Iterable[Service]) -> list[Service]:
    if config.services is None:
        return list(services)
    return [service for service in services if service.name in config.services]


def _exchange_limits(config: NodeConfig) -> ExchangeLimits:
    limits = config.limits
    return ExchangeLimits(
        pending_per_peer_max=limits.pending_per_peer_max,
        deliveries_in_flight_max=limits.deliveries_in_flight_max,
        retry_seconds_min=limits.retry_seconds_min,
        retry_seconds_max=limits.retry_seconds_max,
        delivery_hours_max=limits.delivery_hours_max,
        body_bytes_max=limits.body_bytes_max,
    )
