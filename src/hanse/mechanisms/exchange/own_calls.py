"""Calls of a city's own agencies: recorded as messages from the city to itself.

They pass the same handlers and leave the same record as those of other cities, so a call that is
repeated with its key is answered from the record.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from hanse.foundation.identity import base64url
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.handover import Side
from hanse.mechanisms.exchange.inbox import Batch, Received, receive
from hanse.mechanisms.exchange.message import Kind, Message, commitment, read_line
from hanse.mechanisms.exchange.outbox import MESSAGE_ID_REUSED
from hanse.mechanisms.exchange.rates import GrantUse
from hanse.mechanisms.exchange.streams import StreamPositions
from hanse.mechanisms.exchange.tables import messages_in
from hanse.mechanisms.journal import log

_EARLIER = select(messages_in.c.line, messages_in.c.answer).where(
    messages_in.c.peer == bindparam("peer_"), messages_in.c.message_id == bindparam("id_")
)


@dataclass(frozen=True)
class OwnCall:
    """One call of an own agency."""

    operation: str
    data: Any
    organisation: str
    purpose: str | None = None
    message_id: str | None = None


def call(side: Side, transaction: Transaction, asked: OwnCall, now: datetime) -> Message:
    """Apply an own agency's call; gives the answer or the refusal."""
    city = side.exchange.city
    message = side.exchange.new_message(
        Kind.REQUEST,
        asked.operation,
        city,
        asked.data,
        organisation=asked.organisation,
        now=now,
        id=asked.message_id,
        purpose=asked.purpose,
    )
    if asked.message_id is not None:
        earlier = _earlier(transaction, message)
        if earlier is not None:
            return earlier
    line = message.to_line()
    batch = Batch(
        exchange=side.exchange,
        outlet=side.outlet,
        transaction=transaction,
        league=side.league,
        peer=city,
        now=now,
        positions=StreamPositions(city),
        use=GrantUse(city),
    )
    asked_commitment = commitment(line)
    (reply,) = receive(batch, [Received(message, line, asked_commitment)])
    _record(transaction, asked.organisation, message, asked_commitment, reply, now)
    return read_line(reply)


def record_own(transaction: Transaction, asked: Any, reply: bytes, now: datetime) -> None:
    """Journal the answer that this city owed to a call; `asked` is the call's row."""
    message = read_line(bytes(asked.line)) if asked.line is not None else None
    if message is not None:
        _record(transaction, asked.organisation, message, bytes(asked.commitment), reply, now)


def _record(
    transaction: Transaction,
    organisation: str,
    message: Message,
    asked_commitment: bytes,
    reply: bytes,
    now: datetime,
) -> None:
    details = {
        "organisation": organisation,
        "operation": message.operation,
        "message": message.id,
        "request": base64url(asked_commitment),
        "answer": base64url(commitment(reply)),
    }
    if message.purpose is not None:
        details["purpose"] = message.purpose
    log.record(transaction, "call.own", details, at=now)


def _earlier(transaction: Transaction, message: Message) -> Message | None:
    row = transaction.row(_EARLIER, {"peer_": message.recipient, "id_": message.id})
    if row is None:
        return None
    if row.line is None or row.answer is None:
        raise MESSAGE_ID_REUSED()
    asked = read_line(bytes(row.line))
    if (asked.operation, asked.data, asked.purpose) != (
        message.operation,
        message.data,
        message.purpose,
    ):
        raise MESSAGE_ID_REUSED()
    return read_line(bytes(row.answer))
