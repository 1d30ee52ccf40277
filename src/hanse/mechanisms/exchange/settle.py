"""What the answers of a peer do here: a message of ours is settled once, and its asker told."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import bindparam, select, update

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context, Outlet
from hanse.mechanisms.exchange.core import Exchange, Outgoing
from hanse.mechanisms.exchange.message import Kind, Message, Party, commitment, read_line
from hanse.mechanisms.exchange.streams import STREAM_GAP, replay
from hanse.mechanisms.exchange.tables import messages_out
from hanse.mechanisms.league.view import LeagueView

ANSWER_UNASKED = ProblemKind(
    "answer_unasked",
    409,
    Text("没有等待该答复的请求", "No request of ours waits for this answer"),
    Text("请核对 inreplyto 属性", "Check the attribute inreplyto"),
)
REPLY_MISMATCH = ProblemKind(
    "reply_mismatch",
    502,
    Text("对方的应答与报文不符", "The peer's reply does not fit the message"),
    Text("将自动重试", "The message will be sent again"),
    retry=True,
)

SETTLED = ("done", "refused")
_SEQUENCE = re.compile(r"[1-9][0-9]{0,17}")
_IDS: Any = bindparam("ids", expanding=True)
_STATES = select(messages_out.c.message_id, messages_out.c.state).where(
    messages_out.c.message_id.in_(_IDS)
)
_SETTLE = (
    update(messages_out)
    .where(
        messages_out.c.message_id == bindparam("id_"),
        messages_out.c.state != "done",
        messages_out.c.state != "refused",
    )
    .values(
        state=bindparam("state_"),
        answer=bindparam("answer_"),
        answer_commitment=bindparam("answer_commitment_"),
        problem=bindparam("problem_"),
        settled_at_ms=bindparam("settled_at_ms_"),
        attempts=messages_out.c.attempts + 1,
    )
)


def settle(
    exchange: Exchange,
    outlet: Outlet,
    transaction: Transaction,
    league: LeagueView,
    sent: Sequence[Outgoing],
    reply_lines: Sequence[bytes],
    now: datetime,
) -> list[Outgoing]:
    """Record the replies to a delivery; gives the messages that must be sent again.

    Where a peer misses earlier events of a stream (it may have been restored from a backup),
    they are queued again before the ones that it refused.
    """
    again: list[Outgoing] = []
    values: list[dict[str, Any]] = []
    gaps: dict[str, int] = {}
    states = _states(transaction, sent)
    for outgoing, line in zip(sent, reply_lines, strict=True):
        state = states.get(outgoing.message_id)
        if state in SETTLED:  # meanwhile, by a late answer or by another delivery
            continue
        reply = read_line(line)
        if not _fits(exchange, outgoing, reply):
            again.append(outgoing)
            continue
        if reply.kind is Kind.REFUSAL and _retryable(reply):
            again.append(outgoing)
            expected = _gap_expected(reply)
            if expected is not None and outgoing.kind is Kind.EVENT:
                gaps[outgoing.operation] = min(expected, gaps.get(outgoing.operation, expected))
            continue
        values.append(_settled(outgoing, reply, line, now))
        settled = None if values[-1]["state_"] == "owed" else line
        was_pending = state == "pending"
        transaction.after_commit.append(
            partial(_committed, exchange, outgoing, settled, was_pending=was_pending)
        )
        if outgoing.kind is Kind.REQUEST and reply.kind is not Kind.RECEIPT:
            _tell_asker(exchange, outlet, transaction, league, outgoing, reply, now)
    if values:
        transaction.change(_SETTLE, values)
    for topic, expected in gaps.items():
        try:
            replay(exchange, transaction, sent[0].peer, topic, expected - 1, now)
        except Problem as problem:  # erased here: that stream waits, what else came is settled
            exchange.on_error(sent[0].peer, topic, problem)
    return again


def _fits(exchange: Exchange, outgoing: Outgoing, reply: Message) -> bool:
    return (
        reply.in_reply_to == outgoing.message_id
        and reply.sender.city == outgoing.peer
        and reply.recipient == exchange.city
        and reply.kind in (Kind.ANSWER, Kind.REFUSAL, Kind.RECEIPT)
    )


def _retryable(reply: Message) -> bool:
    return isinstance(reply.data, dict) and reply.data.get("retry") is True


def _gap_expected(reply: Message) -> int | None:
    """The sequence from which a peer wants a stream, where that is why it refused an event."""
    if reply.kind is not Kind.REFUSAL or not isinstance(reply.data, dict):
        return None
    if reply.data.get("code") != STREAM_GAP.code:
        return None
    values = reply.data.get("values")
    expected = str(values.get("expected")) if isinstance(values, dict) else ""
    return int(expected) if _SEQUENCE.fullmatch(expected) else None


def _settled(outgoing: Outgoing, reply: Message, line: bytes, now: datetime) -> dict[str, Any]:
    owed = reply.kind is Kind.RECEIPT and outgoing.kind is Kind.REQUEST
    refused = reply.kind is Kind.REFUSAL
    return {
        "id_": outgoing.message_id,
        "state_": "owed" if owed else "refused" if refused else "done",
        "answer_": line,
        "answer_commitment_": commitment(line),
        "problem_": None,
        "settled_at_ms_": None if owed else to_ms(now),
    }


def _states(transaction: Transaction, sent: Sequence[Outgoing]) -> dict[str, str]:
    rows = transaction.rows(_STATES, {"ids": [one.message_id for one in sent]})
    return {row.message_id: row.state for row in rows}


def _committed(
    exchange: Exchange, outgoing: Outgoing, line: bytes | None, *, was_pending: bool = True
) -> None:
    """`line` is None where the peer has taken the request and owes its answer."""
    if was_pending:
        exchange.pending[outgoing.peer] -= 1
    if line is not None:
        exchange.on_settled(outgoing.message_id, line)


def _tell_asker(
    exchange: Exchange,
    outlet: Outlet,
    transaction: Transaction,
    league: LeagueView,
    outgoing: Outgoing,
    reply: Message,
    now: datetime,
) -> None:
    """Run what the asking side declared for answers, or for refusals, of this operation."""
    refused = reply.kind is Kind.REFUSAL
    registry = exchange.registry
    handlers = registry.refusal_handlers if refused else registry.answer_handlers
    handler = handlers.get(outgoing.operation)
    if handler is None:
        return
    context = Context(
        city=exchange.city,
        caller=Party(outgoing.peer, reply.sender.organisation),
        operation=outgoing.operation,
        message_id=outgoing.message_id,
        now=now,
        league=league,
        parameters=exchange.parameters.get(outgoing.operation),
        randomness=exchange.randomness,
        outlet=outlet,
        purpose=outgoing.purpose,
        agreement=outgoing.agreement,
        credential_keys=exchange.credential_keys,
    )
    try:
        with transaction.savepoint():
            handler(transaction, reply.data, context)
    except Exception as error:  # the answer is kept all the same: it can be read and used again
        exchange.on_error(outgoing.message_id, outgoing.operation, error)


def take_late_answer(
    exchange: Exchange,
    outlet: Outlet,
    transaction: Transaction,
    league: LeagueView,
    peer: str,
    message: Message,
    now: datetime,
) -> None:
    """Settle a request of ours whose answer its city owed."""
    row = transaction.row(
        select(messages_out).where(
            messages_out.c.message_id == (message.in_reply_to or ""),
            messages_out.c.peer == peer,
            messages_out.c.kind == str(Kind.REQUEST),
            messages_out.c.state.in_(("owed", "pending", "dead")),
        )
    )
    if row is None:
        raise ANSWER_UNASKED()
    line = message.to_line()
    outgoing = Outgoing(
        message_id=row.message_id,
        peer=peer,
        kind=Kind.REQUEST,
        operation=row.operation,
        line=b"",
        agreement=row.agreement,
        organisation=row.organisation,
        purpose=row.purpose,
        attempts=row.attempts,
        expires_at_ms=row.expires_at_ms,
        sequence=None,
    )
    transaction.change(_SETTLE, _settled(outgoing, message, line, now))
    if row.state == "pending":
        transaction.after_commit.append(partial(_committed, exchange, outgoing, line))
    else:
        transaction.after_commit.append(partial(exchange.on_settled, row.message_id, line))
    _tell_asker(exchange, outlet, transaction, league, outgoing, message, now)
