"""The outbox: what this city sends is a durable row first, written with whatever caused it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import bindparam, func, select, update

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.core import Exchange, Outgoing
from hanse.mechanisms.exchange.message import Kind, Message, commitment
from hanse.mechanisms.exchange.tables import messages_out
from hanse.mechanisms.journal import log

OUTBOX_FULL = ProblemKind(
    "outbox_full",
    503,
    Text("发往该城市的队列已满", "The queue to that city is full"),
    Text(
        "{city} 有 {pending} 条报文待送达，请稍后重试",
        "{pending} messages wait for {city}; try again later",
    ),
    retry=True,
)
MESSAGE_ID_REUSED = ProblemKind(
    "message_id_reused",
    409,
    Text("报文编号已用于其他内容", "The message id was used with another content"),
    Text("请使用新的编号", "Use a new id for a new message"),
)
MESSAGE_NOT_FOUND = ProblemKind(
    "message_not_found",
    404,
    Text("没有该报文", "There is no such message"),
    Text("请核对编号", "Check the id"),
)
NOT_RESENDABLE = ProblemKind(
    "message_not_resendable",
    409,
    Text("该报文不能重发", "The message can't be sent again"),
    Text(
        "状态为“{state}”的报文无需重发；只有死信可以重发",
        "A message in state {state} needs no re-send; only dead letters do",
    ),
)


_IS_EVENT = messages_out.c.kind == str(Kind.EVENT)
_WAITING = {
    events: select(messages_out)
    .where(
        messages_out.c.peer == bindparam("peer_"),
        messages_out.c.state == "pending",
        messages_out.c.number > bindparam("after_"),
        _IS_EVENT if events else ~_IS_EVENT,
    )
    .order_by(messages_out.c.number)
    .limit(bindparam("limit_"))
    for events in (True, False)
}


@dataclass(frozen=True, slots=True)
class Ready:
    """A message that may be put: its row, and what the sender needs of it."""

    row: dict[str, Any]
    outgoing: Outgoing


def put(
    exchange: Exchange,
    transaction: Transaction,
    message: Message,
    now: datetime,
    *,
    asker: str | None = None,
) -> Outgoing:
    """Write a message to its row; it is handed to the sender after the commit.

    `asker` is, for an answer, the organisation that asked: the grant that covers the answer names
    that one, and is looked at again before each delivery.
    """
    ready = made_ready(exchange, transaction, message, now, organisation=asker)
    put_ready(exchange, transaction, [ready])
    return ready.outgoing


def put_ready(exchange: Exchange, transaction: Transaction, ready: Sequence[Ready]) -> None:
    """Write the rows of several messages with one statement."""
    transaction.insert(messages_out, [one.row for one in ready])
    transaction.after_commit += [partial(_committed, exchange, one.outgoing) for one in ready]


def made_ready(
    exchange: Exchange,
    transaction: Transaction,
    message: Message,
    now: datetime,
    *,
    organisation: str | None = None,
) -> Ready:
    """Check that a message may be put, and make its row. Raises OUTBOX_FULL, MESSAGE_TOO_LARGE.

    What this transaction was to put before counts against the limit, though it is not committed.
    """
    organisation = organisation or message.sender.organisation
    counted = f"outbox.{message.recipient}"
    added = transaction.counted.get(counted, 0)
    pending = exchange.pending[message.recipient] + added
    if pending >= exchange.limits.pending_per_peer_max:
        raise OUTBOX_FULL(city=message.recipient, pending=pending)
    line = message.to_line()
    transaction.counted[counted] = added + 1
    expires = to_ms(now + timedelta(hours=exchange.limits.delivery_hours_max))
    row = {
        "message_id": message.id,
        "peer": message.recipient,
        "kind": str(message.kind),
        "operation": message.operation,
        "organisation": organisation,
        "purpose": message.purpose,
        "agreement": message.agreement,
        "sequence": message.sequence,
        "body": message.body,
        "line": line,
        "commitment": commitment(line),
        "state": "pending",
        "attempts": 0,
        "created_at_ms": to_ms(now),
        "expires_at_ms": expires,
    }
    outgoing = Outgoing(
        message_id=message.id,
        peer=message.recipient,
        kind=message.kind,
        operation=message.operation,
        line=line,
        agreement=message.agreement,
        organisation=organisation,
        purpose=message.purpose,
        attempts=0,
        expires_at_ms=expires,
        sequence=message.sequence,
        body=message.body,
    )
    return Ready(row, outgoing)


def _committed(exchange: Exchange, outgoing: Outgoing) -> None:
    exchange.pending[outgoing.peer] += 1
    exchange.on_outgoing(outgoing)


def pending(
    transaction: Transaction, peer: str, *, events: bool, after: int = 0, limit: int
) -> tuple[list[Outgoing], int]:
    """Messages that still wait for a peer, oldest first, and the number to continue after."""
    rows = transaction.rows(_WAITING[events], {"peer_": peer, "after_": after, "limit_": limit})
    return [_outgoing(row) for row in rows], rows[-1].number if rows else after


def _outgoing(row: Any) -> Outgoing:
    return Outgoing(
        message_id=row.message_id,
        peer=row.peer,
        kind=Kind(row.kind),
        operation=row.operation,
        line=bytes(row.line),
        agreement=row.agreement,
        organisation=row.organisation,
        purpose=row.purpose,
        attempts=row.attempts,
        expires_at_ms=row.expires_at_ms,
        sequence=row.sequence,
        body=row.body,
    )


def peers_with_pending(transaction: Transaction) -> list[str]:
    """The peers for whom something waits."""
    rows = transaction.rows(
        select(messages_out.c.peer).where(messages_out.c.state == "pending").distinct()
    )
    return [row.peer for row in rows]


def load_pending_counts(exchange: Exchange, transaction: Transaction) -> None:
    """At start: how many messages wait for each peer."""
    exchange.pending.clear()
    rows = transaction.rows(
        select(messages_out.c.peer, func.count().label("waiting"))
        .where(messages_out.c.state == "pending")
        .group_by(messages_out.c.peer)
    )
    exchange.pending.update({row.peer: row.waiting for row in rows})


def failed(
    exchange: Exchange,
    transaction: Transaction,
    outgoing: Sequence[Outgoing],
    problem: Problem,
    now: datetime,
) -> list[Outgoing]:
    """Note a delivery that did not arrive; gives those whose time is over: dead letters now."""
    ids = [one.message_id for one in outgoing]
    transaction.execute(
        update(messages_out)
        .where(messages_out.c.message_id.in_(ids), messages_out.c.state == "pending")
        .values(attempts=messages_out.c.attempts + 1, problem=as_json(problem))
    )
    dead = [one for one in outgoing if one.expires_at_ms <= to_ms(now)]
    for one in dead:
        bury(exchange, transaction, one, problem, now)
    return dead


def bury(
    exchange: Exchange,
    transaction: Transaction,
    outgoing: Outgoing,
    problem: Problem,
    now: datetime,
) -> None:
    """Make a message a dead letter: kept, visible, and sent again only by an operator."""
    transaction.execute(
        update(messages_out)
        .where(messages_out.c.message_id == outgoing.message_id, messages_out.c.state == "pending")
        .values(state="dead", problem=as_json(problem), settled_at_ms=to_ms(now))
    )
    details = {
        "peer": outgoing.peer,
        "message": outgoing.message_id,
        "operation": outgoing.operation,
        "problem": problem.code,
    }
    log.record(transaction, "message.buried", details, at=now)
    transaction.after_commit.append(partial(_buried, exchange, outgoing))


def bury_all(
    exchange: Exchange,
    buried: Sequence[tuple[Outgoing, Problem]],
    now: datetime,
    transaction: Transaction,
) -> None:
    """Make several messages dead letters, each with its reason."""
    for outgoing, problem in buried:
        bury(exchange, transaction, outgoing, problem, now)


def _buried(exchange: Exchange, outgoing: Outgoing) -> None:
    exchange.pending[outgoing.peer] -= 1
    exchange.on_settled(outgoing.message_id, None)


def resend(exchange: Exchange, transaction: Transaction, message_id: str, now: datetime) -> None:
    """Put a dead letter back in the queue with the same bytes, for another full term."""
    row = transaction.row(select(messages_out).where(messages_out.c.message_id == message_id))
    if row is None:
        raise MESSAGE_NOT_FOUND()
    if row.state != "dead" or row.line is None:
        raise NOT_RESENDABLE(state=row.state)
    details = {"peer": row.peer, "message": message_id, "operation": row.operation}
    log.record(transaction, "message.resent", details, at=now)
    requeue(exchange, transaction, [row], now)


def requeue(
    exchange: Exchange, transaction: Transaction, rows: Sequence[Any], now: datetime
) -> None:
    """Make settled messages wait again, as they are, and hand them to the sender."""
    expires = to_ms(now + timedelta(hours=exchange.limits.delivery_hours_max))
    transaction.execute(
        update(messages_out)
        .where(messages_out.c.number.in_([row.number for row in rows]))
        .values(state="pending", attempts=0, expires_at_ms=expires, settled_at_ms=None)
    )
    for row in rows:
        again = replace(_outgoing(row), attempts=0, expires_at_ms=expires)
        transaction.after_commit.append(partial(_committed, exchange, again))


def as_json(problem: Problem) -> str:
    """A problem as it is kept beside a message."""
    return json.dumps(problem.as_dict(), ensure_ascii=False)
