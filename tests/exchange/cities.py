"""Cities without sockets: the real exchange, stores, keys and signatures, handed from hand to hand.

`Town` is one city with its own store. `carry` takes everything that one town's outbox holds for
another through a sealed delivery and back, and can lose the request or the answer on the way.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from hanse.foundation.identity import seeded_randomness
from hanse.foundation.keys import PrivateKey, generate
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.foundation.store.transaction import committing, reading
from hanse.mechanisms.exchange import outbox
from hanse.mechanisms.exchange.accesses import ACCESSES
from hanse.mechanisms.exchange.core import Exchange, Outgoing
from hanse.mechanisms.exchange.delivery import (
    Sealed,
    Signer,
    open_request,
    open_response,
    seal_request,
)
from hanse.mechanisms.exchange.desk import Desk, Question
from hanse.mechanisms.exchange.handover import Side, settle_delivery, take_delivery
from hanse.mechanisms.exchange.housekeeping import HOUSEKEEPING
from hanse.mechanisms.exchange.limits import ExchangeLimits
from hanse.mechanisms.exchange.message import Message
from hanse.mechanisms.exchange.operations import Registry, Service
from hanse.mechanisms.exchange.own_calls import OwnCall, call
from hanse.mechanisms.league import store as league_store
from hanse.mechanisms.league.agreements import Agreement
from hanse.mechanisms.league.charter import Charter
from hanse.mechanisms.league.documents import Signed, sign

START = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
AUTHORITY = "node.test"
NAMES = {
    "510100": Text("成都市", "Chengdu"),
    "510600": Text("德阳市", "Deyang"),
    "510700": Text("绵阳市", "Mianyang"),
}


@dataclass
class Clock:
    """A clock that only the test moves."""

    now: datetime = START

    def advance(self, **parts: float) -> None:
        self.now += timedelta(**parts)


@dataclass
class Town:
    """One city, its store and its exchange."""

    city: str
    key: PrivateKey
    engine: Engine
    clock: Clock
    exchange: Exchange
    out: list[Outgoing] = field(default_factory=list)
    settled: dict[str, bytes | None] = field(default_factory=dict)
    errors: list[Exception] = field(default_factory=list)

    @property
    def desk(self) -> Desk:
        return Desk(self.exchange)

    @property
    def signer(self) -> Signer:
        return Signer(self.city, "k1", self.key)

    def side(self, transaction: Transaction) -> Side:
        league = league_store.load(transaction, self.city)
        return Side(self.exchange, self.desk, self.signer, league)

    def ask(self, city: str, operation: str, data: Any, **options: Any) -> str:
        """Put a question; gives its id."""
        question = Question(
            city=city,
            operation=operation,
            data=data,
            organisation=options.pop("organisation", "bureau"),
            **options,
        )
        with committing(self.engine) as transaction:
            league = league_store.load(transaction, self.city)
            return self.desk.put_question(transaction, league, question, self.clock.now)

    def call(self, operation: str, data: Any, **options: Any) -> Message:
        """Call an operation as an own agency."""
        asked = OwnCall(operation, data, options.pop("organisation", "bureau"), **options)
        with committing(self.engine) as transaction:
            return call(self.side(transaction), transaction, asked, self.clock.now)

    def rows(self, statement: Any) -> Sequence[Any]:
        with reading(self.engine) as transaction:
            return transaction.rows(statement)

    def seal(self, peer: str, waiting: Sequence[Outgoing]) -> Sealed:
        with reading(self.engine) as transaction:
            version = league_store.load(transaction, self.city).version
        return seal_request(
            [one.line for one in waiting],
            self.signer,
            authority=AUTHORITY,
            charter_version=version,
            now=self.clock.now,
            nonce=self.exchange.randomness(16),
        )

    def take(self, sealed: Sealed) -> Sealed:
        """Verify, apply and answer a delivery, as the node's edge does."""
        assert sealed.parts is not None
        with reading(self.engine) as transaction:
            league = league_store.load(transaction, self.city)
        opened = open_request(sealed.parts, sealed.body, league, self.clock.now)
        with committing(self.engine) as transaction:
            return take_delivery(
                self.side(transaction), transaction, opened, sealed.parts, self.clock.now
            )

    def settle(self, waiting: Sequence[Outgoing], sealed: Sealed, answer: Sealed) -> list[Outgoing]:
        assert sealed.parts is not None
        with committing(self.engine) as transaction:
            side = self.side(transaction)
            opened = open_response(
                answer.headers, answer.body, sealed.parts, side.league, self.clock.now
            )
            return settle_delivery(side, transaction, waiting, sealed, opened, self.clock.now)

    def waiting(self, peer: str, *, events: bool | None = None) -> list[Outgoing]:
        kinds = (False, True) if events is None else (events,)
        with reading(self.engine) as transaction:
            return [
                one
                for kind in kinds
                for one in outbox.pending(transaction, peer, events=kind, limit=1000)[0]
            ]


def carry(
    sender: Town, receiver: Town, *, lose_request: bool = False, lose_answer: bool = False
) -> list[Outgoing]:
    """One round of what waits; gives what must go again."""
    waiting = sender.waiting(receiver.city)
    if not waiting:
        return []
    sealed = sender.seal(receiver.city, waiting)
    if lose_request:
        return waiting
    answer = receiver.take(sealed)
    if lose_answer:
        return waiting
    return sender.settle(waiting, sealed, answer)


def make_town(
    city: str,
    engine: Engine,
    clock: Clock,
    services: Sequence[Service],
    *,
    limits: ExchangeLimits | None = None,
    parameters: dict[str, Any] | None = None,
) -> Town:
    """A city with a fresh store; it is in no league yet."""
    randomness = seeded_randomness(f"town {city}")
    exchange = Exchange(
        city=city,
        registry=Registry.of((HOUSEKEEPING, ACCESSES, *services)),
        randomness=randomness,
        limits=limits or ExchangeLimits(),
        parameters=parameters or {},
        person_key=randomness(32),
    )
    town = Town(city, generate("ed25519", randomness), engine, clock, exchange)
    exchange.on_outgoing = town.out.append
    exchange.on_settled = town.settled.__setitem__
    exchange.on_error = lambda reference, operation, error: town.errors.append(error)
    return town


def found_league(
    towns: Sequence[Town], agreements: Sequence[Agreement], at: datetime, **changes: Any
) -> None:
    """Give every town the same charter and agreements, signed by all."""
    charter = Charter.model_validate(
        {
            "league": "trial",
            "version": 1,
            "title": {"zh": "试验联盟", "en": "A league for trials"},
            "issued_at": at,
            "valid_from": at,
            "valid_until": at + timedelta(days=3650),
            "threshold": len(towns) // 2 + 1,
            "witness_quorum": len(towns) - 1,
            "members": [_member(town, at) for town in towns],
            **changes,
        }
    )
    signed = signed_by(charter, towns)
    for town in towns:
        with committing(town.engine) as transaction:
            league_store.accept_charters(transaction, [signed.to_bytes()], charter.digest, at)
            for agreement in agreements:
                document = signed_by(agreement, towns).to_bytes()
                league_store.accept_agreement(transaction, document, at)


def _member(town: Town, at: datetime) -> dict[str, Any]:
    key = {
        "id": "k1",
        **town.key.public.as_dict(),
        "uses": ["exchange", "charter", "witness"],
        "valid_from": at,
    }
    return {
        "city": town.city,
        "name": NAMES[town.city].as_dict(),
        "address": f"https://{AUTHORITY}",
        "keys": [key],
    }


def signed_by(document: Any, towns: Sequence[Town]) -> Signed[Any]:
    signatures = tuple(sign(document, town.city, "k1", town.key) for town in towns)
    return Signed(document, signatures)


def agreement_between(
    towns: Sequence[Town], at: datetime, grants: Sequence[dict[str, Any]], **changes: Any
) -> Agreement:
    """An agreement of all towns with these grants; what a grant leaves out is everything."""
    numbers = itertools.count(1)
    whole = [
        {
            "id": f"g{next(numbers)}",
            "organisations": ["*"],
            "fields": ["*"],
            "legal_basis": {"zh": "试验", "en": "trial"},
            **grant,
        }
        for grant in grants
    ]
    values = {
        "id": "trial",
        "version": 1,
        "league": "trial",
        "title": {"zh": "试验协议", "en": "An agreement for trials"},
        "parties": [town.city for town in towns],
        "valid_from": at,
        "valid_until": at + timedelta(days=365),
        "grants": whole,
        **changes,
    }
    return Agreement.model_validate(values)
