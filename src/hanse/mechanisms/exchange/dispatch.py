"""One message, applied: authorised, validated, handled, and answered with only what is granted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.identity import new_id
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context, Outlet
from hanse.mechanisms.exchange.core import INTERNAL_ERROR, Exchange, validated
from hanse.mechanisms.exchange.message import MESSAGE_MALFORMED, Kind, Message
from hanse.mechanisms.exchange.operations import Basis, Operation, Reach
from hanse.mechanisms.exchange.rates import GrantUse
from hanse.mechanisms.journal.access import Access, record_access
from hanse.mechanisms.league.allowances import Authorisation
from hanse.mechanisms.league.view import LeagueView

NOT_FOR_OTHER_CITIES = ProblemKind(
    "operation_not_for_other_cities",
    403,
    Text("该操作仅限本市机构使用", "This operation is for the city's own agencies"),
    Text("请通过贵市节点办理", "Use your own city's node"),
)
PURPOSE_REQUIRED = ProblemKind(
    "purpose_required",
    400,
    Text("须说明用途", "A purpose is required"),
    Text("可用的用途：{purposes}", "Name one of the declared purposes: {purposes}"),
)
MESSAGE_EXPIRED = ProblemKind(
    "message_expired",
    410,
    Text("报文已过有效期", "The message has expired"),
    Text("请重新发起请求", "Ask again with a new message"),
)


@dataclass(frozen=True)
class Reply:
    """What a message led to. A reply that is not `recorded` may be asked for again."""

    message: Message
    outcome: str
    recorded: bool = True
    line: bytes = b""
    """The message's bytes, where they were made already."""

    def to_line(self) -> bytes:
        """The message's bytes."""
        return self.line or self.message.to_line()


class Owed(Exception):  # noqa: N818 - not an error: the handler says that its answer comes later
    """Raised by a handler that has taken a request and will answer it later."""


def answer_request(
    exchange: Exchange,
    outlet: Outlet,
    transaction: Transaction,
    league: LeagueView,
    use: GrantUse,
    message: Message,
    now: datetime,
) -> Reply:
    """Handle one request of another city or of an own agency; never raises for a refusal.

    Where the operation concerns a person, the access or the refused attempt is journaled.
    """
    reply = _handle(exchange, outlet, transaction, league, use, message, now)
    operation = exchange.registry.operations.get(message.operation)
    if operation is not None and operation.person is not None:
        _journal_access(exchange, transaction, operation, message, reply, now)
    return reply


def _handle(
    exchange: Exchange,
    outlet: Outlet,
    transaction: Transaction,
    league: LeagueView,
    use: GrantUse,
    message: Message,
    now: datetime,
) -> Reply:
    try:
        _refuse_expired(message, now)
        operation = exchange.registry.operation(message.operation)
        authorisation = authorise(exchange, transaction, league, use, operation, message, now)
        request = validated(operation.request, message.data)
        context = context_of(exchange, outlet, league, message, now)
        with transaction.savepoint():
            answer = _answer_or_owed(operation, transaction, request, context)
            if answer is None:
                owed = reply_to(exchange, message, Kind.RECEIPT, {"state": "owed"}, now)
                return Reply(owed, "owed")
            data = answer.model_dump(mode="json")
            if authorisation is not None:
                data = authorisation.visible(data)
            reply = reply_to(exchange, message, Kind.ANSWER, data, now)
            # An answer that no message can hold is a refusal, and undoes what the handler did.
            return Reply(reply, "answered", line=reply.to_line())
    except Problem as problem:
        return refusal(exchange, message, problem, now)
    except Exception as error:
        return unexpected(exchange, message, error, now)


def _refuse_expired(message: Message, now: datetime) -> None:
    if message.expires_at is None:
        return
    try:
        ends = datetime.fromisoformat(message.expires_at)
    except ValueError:
        raise MESSAGE_MALFORMED(attribute="expiresat") from None
    if ends.tzinfo is None:
        raise MESSAGE_MALFORMED(attribute="expiresat")
    if ends <= now:
        raise MESSAGE_EXPIRED()


def _answer_or_owed(
    operation: Operation, transaction: Transaction, request: Any, context: Context
) -> Any:
    """The handler's answer, or None where it owes it: what it wrote stays, unlike at a refusal."""
    try:
        return operation.handler(transaction, request, context)
    except Owed:
        return None


def _journal_access(
    exchange: Exchange,
    transaction: Transaction,
    operation: Operation,
    message: Message,
    reply: Reply,
    now: datetime,
) -> None:
    try:
        request = validated(operation.request, message.data)
    except Problem:
        return  # nobody is named in a form that could be told to anybody
    person = operation.person(request) if operation.person is not None else ""
    refused = reply.message.kind is Kind.REFUSAL
    access = Access(
        city=message.sender.city,
        organisation=message.sender.organisation,
        operation=operation.name,
        message_id=message.id,
        outcome=str(reply.message.data["code"]) if refused else reply.outcome,
        purpose=message.purpose,
        agreement=message.agreement,
        identity=getattr(request, "identity", None),
        deferral=operation.deferral(request, now) if operation.deferral is not None else None,
    )
    record_access(transaction, exchange.person_key, person, access, now)


def authorise(
    exchange: Exchange,
    transaction: Transaction,
    league: LeagueView,
    use: GrantUse,
    operation: Operation,
    message: Message,
    now: datetime,
) -> Authorisation | None:
    """What covers the request; None where the whole answer may be given. Raises the refusal."""
    if message.sender.city == exchange.city:
        return None
    if operation.reach is Reach.CITY:
        raise NOT_FOR_OTHER_CITIES()
    if operation.basis is Basis.CHARTER:
        return None
    if message.purpose is None:
        raise PURPOSE_REQUIRED(purposes=", ".join(operation.purpose_codes))
    authorisation = league.authorise(
        provider=exchange.city,
        caller=message.sender.city,
        organisation=message.sender.organisation,
        operation=operation.name,
        purpose=message.purpose,
        agreement=message.agreement,
        at=now,
    )
    use.count(transaction, authorisation, now)
    return authorisation


def context_of(
    exchange: Exchange, outlet: Outlet, league: LeagueView, message: Message, now: datetime
) -> Context:
    """The circumstances in which a message's handler runs."""
    return Context(
        city=exchange.city,
        caller=message.sender,
        operation=message.operation,
        message_id=message.id,
        now=now,
        league=league,
        parameters=exchange.parameters.get(message.operation),
        randomness=exchange.randomness,
        outlet=outlet,
        purpose=message.purpose,
        agreement=message.agreement,
        sequence=message.sequence,
        body=message.body,
        person_key=exchange.person_key,
        credential_keys=exchange.credential_keys,
    )


def reply_to(exchange: Exchange, message: Message, kind: Kind, data: Any, now: datetime) -> Message:
    """The message that answers another one."""
    return exchange.new_message(
        kind,
        message.operation,
        message.sender.city,
        data,
        organisation=exchange.city,
        now=now,
        in_reply_to=message.id,
        agreement=message.agreement,
    )


def refusal(exchange: Exchange, message: Message, problem: Problem, now: datetime) -> Reply:
    """The negative answer; recorded for ever unless the same message may succeed later."""
    reply = reply_to(exchange, message, Kind.REFUSAL, problem.as_dict(), now)
    return Reply(reply, "refused", recorded=not problem.kind.retry)


def unexpected(exchange: Exchange, message: Message, error: Exception, now: datetime) -> Reply:
    """An error of ours: nothing changed, the details go to the log and never to the peer."""
    reference = new_id(exchange.randomness)[:12]
    exchange.on_error(reference, message.operation, error)
    return refusal(exchange, message, INTERNAL_ERROR(reference=reference), now)
