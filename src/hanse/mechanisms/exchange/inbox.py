"""The inbox: a delivery's messages are applied, answered and recorded in one transaction.

What arrives twice is answered from the record and changes nothing twice; the same id with another
content is refused, for ever. Events of a stream are taken in order without gaps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, select, update

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange import dispatch
from hanse.mechanisms.exchange.bodies import require_body
from hanse.mechanisms.exchange.context import Outlet
from hanse.mechanisms.exchange.core import Exchange, validated
from hanse.mechanisms.exchange.dispatch import Reply, refusal, reply_to
from hanse.mechanisms.exchange.message import Kind, Message, commitment
from hanse.mechanisms.exchange.outbox import MESSAGE_ID_REUSED
from hanse.mechanisms.exchange.rates import GrantUse
from hanse.mechanisms.exchange.settle import take_late_answer
from hanse.mechanisms.exchange.streams import StreamPositions
from hanse.mechanisms.exchange.tables import messages_in
from hanse.mechanisms.league.view import LeagueView

WRONG_RECIPIENT = ProblemKind(
    "wrong_recipient",
    421,
    Text("报文不是发给本市的", "The message is for another city"),
    Text("请核对收件城市与地址", "Check the recipient and its address in the charter"),
)
SENDER_MISMATCH = ProblemKind(
    "sender_mismatch",
    403,
    Text("签名城市与报文来源不一致", "The signer is not the message's source"),
    Text("城市只能以自己的名义发送", "A city speaks only for itself"),
)
ANSWER_ERASED = ProblemKind(
    "answer_erased",
    410,
    Text("答复内容已到期删除", "The answer's contents were erased when their term ended"),
    Text(
        "请求已办理过一次；如需再次办理，请使用新的编号",
        "It was done once; to ask anew, use a new id",
    ),
)
KIND_UNEXPECTED = ProblemKind(
    "kind_unexpected",
    400,
    Text("此处不接受该类报文", "A message of this kind has no place here"),
    Text("只投递请求、事件和延迟答复", "Deliver requests, events and late answers only"),
)


_IDS: Final[Any] = bindparam("ids", expanding=True)
_KNOWN: Final = select(
    messages_in.c.message_id, messages_in.c.commitment, messages_in.c.answer
).where(messages_in.c.peer == bindparam("peer_"), messages_in.c.message_id.in_(_IDS))


@dataclass(frozen=True)
class Received:
    """A message as it arrived, with its exact bytes."""

    message: Message
    line: bytes
    commitment: bytes


@dataclass
class Batch:
    """The circumstances in which one delivery's messages are taken."""

    exchange: Exchange
    outlet: Outlet
    transaction: Transaction
    league: LeagueView
    peer: str
    now: datetime
    positions: StreamPositions
    use: GrantUse


def receive(batch: Batch, received: Sequence[Received]) -> list[bytes]:
    """Apply messages in their order; gives one reply line for each, from now or from the record."""
    known = _known(batch.transaction, batch.peer, received)
    rows: list[dict[str, Any]] = []
    replies: list[bytes] = []
    for one in received:
        earlier = known.get(one.message.id)
        if earlier is not None:
            replies.append(_again(batch, one, earlier))
            continue
        reply = _take(batch, one.message)
        line = reply.to_line()
        replies.append(line)
        if reply.recorded:
            rows.append(_row(batch, one, reply, line))
            known[one.message.id] = (one.commitment, line)
    batch.transaction.insert(messages_in, rows)
    batch.positions.save(batch.transaction)
    batch.use.save(batch.transaction)
    return replies


def _known(
    transaction: Transaction, peer: str, received: Sequence[Received]
) -> dict[str, tuple[bytes, bytes | None]]:
    ids = [one.message.id for one in received]
    rows = transaction.rows(_KNOWN, {"peer_": peer, "ids": ids})
    return {row.message_id: (bytes(row.commitment), row.answer) for row in rows}


def _again(batch: Batch, one: Received, earlier: tuple[bytes, bytes | None]) -> bytes:
    recorded_commitment, answer = earlier
    if recorded_commitment == one.commitment and answer is not None:
        return answer
    problem = MESSAGE_ID_REUSED() if recorded_commitment != one.commitment else ANSWER_ERASED()
    return refusal(batch.exchange, one.message, problem, batch.now).message.to_line()


def _take(batch: Batch, message: Message) -> Reply:
    if message.recipient != batch.exchange.city:
        return refusal(batch.exchange, message, WRONG_RECIPIENT(), batch.now)
    if message.sender.city != batch.peer:
        return refusal(batch.exchange, message, SENDER_MISMATCH(), batch.now)
    try:
        require_body(batch.transaction, message.body, batch.peer)
    except Problem as problem:
        return refusal(batch.exchange, message, problem, batch.now)
    if message.kind is Kind.REQUEST:
        return dispatch.answer_request(
            batch.exchange,
            batch.outlet,
            batch.transaction,
            batch.league,
            batch.use,
            message,
            batch.now,
        )
    if message.kind is Kind.EVENT:
        return _take_event(batch, message)
    if message.kind in (Kind.ANSWER, Kind.REFUSAL):
        return _take_answer(batch, message)
    return refusal(batch.exchange, message, KIND_UNEXPECTED(), batch.now)


def _take_event(batch: Batch, message: Message) -> Reply:
    """An event in its order. What its handler refuses is recorded, and the stream goes on."""
    try:
        batch.positions.expect(batch.transaction, message)
    except Problem as gap:
        return refusal(batch.exchange, message, gap, batch.now)
    try:
        topic = batch.exchange.registry.topic(message.operation)
        batch.league.authorise(
            provider=batch.peer,
            caller=batch.exchange.city,
            organisation=None,
            operation=topic.name,
            purpose=message.purpose or "",
            agreement=message.agreement,
            at=batch.now,
        )
        data = validated(topic.data, message.data)
        context = dispatch.context_of(
            batch.exchange, batch.outlet, batch.league, message, batch.now
        )
        with batch.transaction.savepoint():
            topic.handler(batch.transaction, data, context)
    except Problem as problem:
        reply = refusal(batch.exchange, message, problem, batch.now)
    except Exception as error:
        reply = dispatch.unexpected(batch.exchange, message, error, batch.now)
    else:
        receipt = reply_to(batch.exchange, message, Kind.RECEIPT, {"state": "received"}, batch.now)
        reply = Reply(receipt, "received")
    if reply.recorded:
        batch.positions.taken(message)
    return reply


def _take_answer(batch: Batch, message: Message) -> Reply:
    """An answer that a peer owed us and now gives."""
    try:
        with batch.transaction.savepoint():
            take_late_answer(
                batch.exchange,
                batch.outlet,
                batch.transaction,
                batch.league,
                batch.peer,
                message,
                batch.now,
            )
    except Problem as problem:
        return refusal(batch.exchange, message, problem, batch.now)
    except Exception as error:
        return dispatch.unexpected(batch.exchange, message, error, batch.now)
    receipt = reply_to(batch.exchange, message, Kind.RECEIPT, {"state": "received"}, batch.now)
    return Reply(receipt, "received")


def _row(batch: Batch, one: Received, reply: Reply, line: bytes) -> dict[str, Any]:
    message = one.message
    return {
        "peer": batch.peer,
        "message_id": message.id,
        "kind": str(message.kind),
        "operation": message.operation,
        "organisation": message.sender.organisation,
        "purpose": message.purpose,
        "agreement": message.agreement,
        "sequence": message.sequence,
        "line": one.line,
        "commitment": one.commitment,
        "outcome": reply.outcome,
        "answer": line,
        "answer_commitment": commitment(line),
        "received_at_ms": to_ms(batch.now),
        "answered_at_ms": None if reply.outcome == "owed" else to_ms(batch.now),
    }


def note_answered(
    transaction: Transaction, peer: str, message_id: str, line: bytes, now: datetime
) -> None:
    """Put the answer that was owed to a request into its record."""
    transaction.execute(
        update(messages_in)
        .where(messages_in.c.peer == peer, messages_in.c.message_id == message_id)
        .values(
            outcome="answered",
            answer=line,
            answer_commitment=commitment(line),
            answered_at_ms=to_ms(now),
        )
    )
