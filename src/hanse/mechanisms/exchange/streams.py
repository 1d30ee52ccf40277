"""Streams of events: one for each publisher, topic and receiver, numbered from 1 without gaps.

An event is written once for each subscribed city, with only the fields granted to that city. Its
receiver takes it in order, and may ask for a replay from any position that is still kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.core import Exchange
from hanse.mechanisms.exchange.message import Kind, Message
from hanse.mechanisms.exchange.outbox import Ready, made_ready, put_ready, requeue
from hanse.mechanisms.exchange.tables import messages_out, streams_in, streams_out
from hanse.mechanisms.league.view import LeagueView

STREAM_GAP = ProblemKind(
    "stream_gap",
    409,
    Text("事件序号不连续", "The stream has a gap"),
    Text("请从序号 {expected} 起发送", "Send from sequence {expected}"),
    retry=True,
)
STREAM_POSITION_TAKEN = ProblemKind(
    "stream_position_taken",
    409,
    Text("该事件序号已用于其他事件", "That place in the stream holds another event"),
    Text("下一个序号为 {expected}", "The next sequence is {expected}"),
)
REPLAY_TOO_OLD = ProblemKind(
    "replay_too_old",
    410,
    Text("所要求的历史事件已不再保存", "The events asked for are no longer kept"),
    Text("可从序号 {first} 起重放", "A replay can start at sequence {first}"),
)

REPLAY_EVENTS_MAX = 10_000

_TAKEN = select(streams_in.c.sequence).where(
    streams_in.c.peer == bindparam("peer_"), streams_in.c.topic == bindparam("topic_")
)
_SUBSCRIBERS = (
    select(streams_out.c.peer, streams_out.c.sequence)
    .where(streams_out.c.topic == bindparam("topic_"), streams_out.c.subscribed)
    .order_by(streams_out.c.peer)
)
_ADVANCE = (
    update(streams_out)
    .where(streams_out.c.peer == bindparam("peer_"), streams_out.c.topic == bindparam("topic_"))
    .values(sequence=bindparam("sequence_"))
)


@dataclass
class StreamPositions:
    """Where each stream from one peer stands, read once for a delivery and written once."""

    peer: str
    sequences: dict[str, int] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)

    def expect(self, transaction: Transaction, message: Message) -> None:
        """Refuse an event that is not the next one of its stream."""
        expected = self._last(transaction, message.operation) + 1
        sequence = message.sequence or 0
        if sequence > expected:
            raise STREAM_GAP(expected=expected)
        if sequence < expected:
            raise STREAM_POSITION_TAKEN(expected=expected)

    def taken(self, message: Message) -> None:
        """The event is recorded: its stream stands at it."""
        self.sequences[message.operation] = message.sequence or 0
        self.changed.add(message.operation)

    def save(self, transaction: Transaction) -> None:
        """Write what has moved."""
        transaction.upsert(
            streams_in,
            [
                {"peer": self.peer, "topic": topic, "sequence": self.sequences[topic]}
                for topic in sorted(self.changed)
            ],
            lambda new: {"sequence": new.sequence},
        )

    def _last(self, transaction: Transaction, topic: str) -> int:
        if topic not in self.sequences:
            found = transaction.value(_TAKEN, {"peer_": self.peer, "topic_": topic})
            self.sequences[topic] = found or 0
        return self.sequences[topic]


def subscribers(transaction: Transaction, topic: str) -> Sequence[Any]:
    """The cities that subscribe to a topic of this one, with where their streams stand."""
    return transaction.rows(_SUBSCRIBERS, {"topic_": topic})


def publish(
    exchange: Exchange,
    transaction: Transaction,
    league: LeagueView,
    topic: str,
    data: Any,
    *,
    organisation: str,
    now: datetime,
) -> int:
    """Write the event for each subscriber whom an agreement grants it; gives their number."""
    declared = exchange.registry.topic(topic)
    ready: list[Ready] = []
    advanced: list[dict[str, Any]] = []
    for peer, sequence in subscribers(transaction, topic):
        authorisation = league.find(
            provider=exchange.city,
            caller=peer,
            organisation=None,
            operation=topic,
            purpose=declared.purpose.code,
            at=now,
        )
        if authorisation is None:
            continue
        message = exchange.new_message(
            Kind.EVENT,
            topic,
            peer,
            authorisation.visible(data),
            organisation=organisation,
            now=now,
            purpose=declared.purpose.code,
            agreement=authorisation.agreement,
            sequence=sequence + 1,
        )
        ready.append(made_ready(exchange, transaction, message, now))
        advanced.append({"peer_": peer, "topic_": topic, "sequence_": sequence + 1})
    put_ready(exchange, transaction, ready)
    transaction.change(_ADVANCE, advanced)
    return len(ready)


def set_subscription(transaction: Transaction, peer: str, topic: str, *, subscribed: bool) -> int:
    """Begin or end a peer's subscription; gives the sequence after which its events follow."""
    transaction.upsert(
        streams_out,
        {"peer": peer, "topic": topic, "subscribed": subscribed, "sequence": 0},
        lambda new: {"subscribed": new.subscribed},
    )
    found = transaction.value(
        select(streams_out.c.sequence).where(
            streams_out.c.peer == peer, streams_out.c.topic == topic
        )
    )
    return int(found)


def replay(
    exchange: Exchange,
    transaction: Transaction,
    peer: str,
    topic: str,
    after: int,
    now: datetime,
) -> int:
    """Send a peer its events after a position again, byte for byte; gives how many.

    At most `REPLAY_EVENTS_MAX` at a time: the peer asks again from where they end.
    """
    rows = transaction.rows(
        select(messages_out)
        .where(
            messages_out.c.peer == peer,
            messages_out.c.operation == topic,
            messages_out.c.sequence > after,
        )
        .order_by(messages_out.c.sequence)
        .limit(REPLAY_EVENTS_MAX)
    )
    if rows and (rows[0].sequence != after + 1 or any(row.line is None for row in rows)):
        kept = [row.sequence for row in rows if row.line is not None]
        raise REPLAY_TOO_OLD(first=kept[0] if kept else rows[-1].sequence + 1)
    settled = [row for row in rows if row.state != "pending"]
    requeue(exchange, transaction, settled, now)
    return len(settled)
