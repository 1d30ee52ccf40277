"""A whole delivery on either side, in one transaction: messages, answers and their evidence.

Nothing here does I/O beyond the transaction, so a simulated network runs the same code.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from hanse.foundation.errors import ProblemKind
from hanse.foundation.http_signatures import RequestParts
from hanse.foundation.languages import Text
from hanse.foundation.merkle import root
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Outlet
from hanse.mechanisms.exchange.core import Exchange, Outgoing
from hanse.mechanisms.exchange.delivery import (
    NONCE_BYTES,
    Opened,
    Sealed,
    Signer,
    seal_response,
)
from hanse.mechanisms.exchange.dispatch import refusal
from hanse.mechanisms.exchange.inbox import Batch, Received, receive
from hanse.mechanisms.exchange.limits import DELIVERY_BYTES_MAX
from hanse.mechanisms.exchange.message import read_line
from hanse.mechanisms.exchange.rates import GrantUse
from hanse.mechanisms.exchange.settle import REPLY_MISMATCH, settle
from hanse.mechanisms.exchange.streams import StreamPositions
from hanse.mechanisms.exchange.tables import deliveries
from hanse.mechanisms.journal import log
from hanse.mechanisms.journal.delivery_entries import Exchanged
from hanse.mechanisms.league.view import LeagueView

DELIVERY_REPLAYED = ProblemKind(
    "delivery_replayed",
    409,
    Text("该投递已经收到过", "This delivery was received before"),
    Text("重发时请重新签名", "Sign again to send the same messages again"),
)
REPLY_DEFERRED = ProblemKind(
    "reply_deferred",
    503,
    Text("答复过大，已分批", "The answers are too large for one delivery"),
    Text("请再次投递该报文以取得答复", "Deliver the message again to get its answer"),
    retry=True,
)


_SEEN = select(deliveries.c.number).where(
    deliveries.c.direction == "in",
    deliveries.c.peer == bindparam("peer_"),
    deliveries.c.nonce == bindparam("nonce_"),
)


@dataclass(frozen=True)
class Side:
    """One city's side of a delivery."""

    exchange: Exchange
    outlet: Outlet
    signer: Signer
    league: LeagueView


def take_delivery(
    side: Side, transaction: Transaction, opened: Opened, request: RequestParts, now: datetime
) -> Sealed:
    """Apply a verified delivery and seal its answer; all of it commits together or not at all."""
    side.league.require_in_force(now)
    _refuse_replay(transaction, opened)
    received = [
        Received(read_line(line), line, leaf)
        for line, leaf in zip(opened.lines, opened.leaves, strict=True)
    ]
    batch = Batch(
        exchange=side.exchange,
        outlet=side.outlet,
        transaction=transaction,
        league=side.league,
        peer=opened.city,
        now=now,
        positions=StreamPositions(opened.city),
        use=GrantUse(opened.city),
    )
    replies = _within_limit(side, received, receive(batch, received), now)
    sealed = seal_response(
        replies,
        side.signer,
        request,
        charter_version=side.league.version,
        now=now,
        nonce=side.exchange.randomness(NONCE_BYTES),
    )
    _record(transaction, "in", opened.city, opened.created, opened, sealed, now)
    return sealed


def settle_delivery(
    side: Side,
    transaction: Transaction,
    sent: Sequence[Outgoing],
    sealed: Sealed,
    opened: Opened,
    now: datetime,
) -> list[Outgoing]:
    """Record a verified answer to our delivery; gives the messages that must be sent again."""
    if len(opened.lines) != len(sent) or opened.city != sent[0].peer:
        raise REPLY_MISMATCH()
    again = settle(side.exchange, side.outlet, transaction, side.league, sent, opened.lines, now)
    _record(transaction, "out", opened.city, int(now.timestamp()), sealed, opened, now)
    return again


def _refuse_replay(transaction: Transaction, opened: Opened) -> None:
    if transaction.value(_SEEN, {"peer_": opened.city, "nonce_": opened.nonce}) is not None:
        raise DELIVERY_REPLAYED()


def _within_limit(
    side: Side, received: Sequence[Received], replies: list[bytes], now: datetime
) -> list[bytes]:
    """Replies beyond one delivery's bytes are given when they are asked for again."""
    size = sum(len(line) + 1 for line in replies)
    kept = list(replies)
    for index in reversed(range(1, len(replies))):
        if size <= DELIVERY_BYTES_MAX:
            break
        deferred = refusal(side.exchange, received[index].message, REPLY_DEFERRED(), now).to_line()
        if len(deferred) < len(replies[index]):
            kept[index] = deferred
            size -= len(replies[index]) - len(deferred)
    return kept


def _record(
    transaction: Transaction,
    direction: str,
    peer: str,
    created: int,
    request: Opened | Sealed,
    response: Opened | Sealed,
    now: datetime,
) -> None:
    """Keep what both signed, and its evidence: one entry proves every message of the delivery."""
    number = transaction.insert_returning(
        deliveries,
        {
            "direction": direction,
            "peer": peer,
            "nonce": request.nonce,
            "created_at_ms": created * 1000,
            "request_leaves": b"".join(request.leaves),
            "request_base": request.base,
            "request_signature": request.signature,
            "request_key": request.key_name,
            "response_leaves": b"".join(response.leaves),
            "response_base": response.base,
            "response_signature": response.signature,
            "response_key": response.key_name,
        },
        "number",
    )
    shared = Exchanged(
        nonce=request.nonce,
        request_root=root(request.leaves),
        request_base=request.base,
        request_signature=request.signature,
        response_root=root(response.leaves),
        response_base=response.base,
        response_signature=response.signature,
    )
    log.record(
        transaction,
        "delivery.received" if direction == "in" else "delivery.sent",
        shared.details(peer),
        at=now,
        delivery=number,
        salt=shared.salt(),
    )
