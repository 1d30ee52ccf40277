"""What a city puts in its own outbox: questions to other cities, events, and answers it owed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from pydantic import BaseModel
from sqlalchemy import bindparam, select

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange import outbox, streams
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.core import Exchange, Outgoing, validated
from hanse.mechanisms.exchange.dispatch import PURPOSE_REQUIRED
from hanse.mechanisms.exchange.inbox import note_answered
from hanse.mechanisms.exchange.message import Kind, Message, read_line
from hanse.mechanisms.exchange.operations import OPERATION_UNKNOWN, Basis, Operation, Reach
from hanse.mechanisms.exchange.outbox import MESSAGE_ID_REUSED
from hanse.mechanisms.exchange.own_calls import record_own
from hanse.mechanisms.exchange.tables import messages_in, messages_out
from hanse.mechanisms.league.view import LeagueView

CITY_UNKNOWN = ProblemKind(
    "city_unknown",
    404,
    Text("该城市不是联盟成员", "That city is no member of the league"),
    Text("现有成员：{cities}", "The members are {cities}"),
)
CITY_IS_OWN = ProblemKind(
    "city_is_own",
    400,
    Text("不能向本市发起跨市请求", "A city does not ask itself over the exchange"),
    Text("请直接调用本市操作", "Call the operation at your own node"),
)
NOTHING_OWED = ProblemKind(
    "nothing_owed",
    409,
    Text("没有待答复的请求", "No answer is owed for that request"),
    Text("请核对请求编号", "Check the request's id"),
)


_ASKED = select(messages_out.c.line).where(messages_out.c.message_id == bindparam("id_"))


@dataclass(frozen=True)
class Question:
    """A request to another city, before it is a message."""

    city: str
    operation: str
    data: Any
    organisation: str
    purpose: str | None = None
    message_id: str | None = None
    """Given by a client that wants to repeat its call without asking twice."""
    body: str | None = None
    """Digest of a large body that goes to the other city first."""
    is_fresh: bool = False
    """Whether the id was drawn just now, so that no earlier question can have it."""


@dataclass(frozen=True)
class Desk:
    """The outlet of handlers, and of the agencies' REST."""

    exchange: Exchange

    def put_question(
        self, transaction: Transaction, league: LeagueView, question: Question, now: datetime
    ) -> str:
        """Check a question as its receiver will, and put it in the outbox; gives its id.

        The same id with the same question is the same question: nothing is put twice.
        """
        message = self._message(league, question, now)
        if question.message_id is not None and self._asked_before(transaction, message):
            return message.id
        outbox.put(self.exchange, transaction, message, now)
        return message.id

    def put_fresh(
        self,
        transaction: Transaction,
        league: LeagueView,
        questions: Sequence[Question],
        now: datetime,
    ) -> list[Problem | None]:
        """Put questions whose ids were drawn just now, with one statement for all of them.

        Gives the refusal of each, or None; what is refused writes nothing.
        """
        ready: list[outbox.Ready] = []
        refusals: list[Problem | None] = []
        for question in questions:
            try:
                message = self._message(league, question, now)
                ready.append(outbox.made_ready(self.exchange, transaction, message, now))
                refusals.append(None)
            except Problem as problem:
                refusals.append(problem)
        outbox.put_ready(self.exchange, transaction, ready)
        return refusals

    def _message(self, league: LeagueView, question: Question, now: datetime) -> Message:
        operation = self.exchange.registry.operation(question.operation)
        request = validated(operation.request, question.data)
        agreement = self._covered(league, operation, question, now)
        return self.exchange.new_message(
            Kind.REQUEST,
            operation.name,
            question.city,
            request.model_dump(mode="json"),
            organisation=question.organisation,
            now=now,
            id=question.message_id,
            purpose=question.purpose,
            agreement=agreement,
            body=question.body,
        )

    def _covered(
        self, league: LeagueView, operation: Operation, question: Question, now: datetime
    ) -> str | None:
        if operation.reach is Reach.CITY:
            raise OPERATION_UNKNOWN(operation=operation.name)
        if question.city == self.exchange.city:
            raise CITY_IS_OWN()
        if question.city not in league.cities:
            raise CITY_UNKNOWN(cities=", ".join(league.cities))
        league.require_in_force(now)
        if operation.basis is Basis.CHARTER:
            return None
        if question.purpose is None:
            raise PURPOSE_REQUIRED(purposes=", ".join(operation.purpose_codes))
        return league.authorise(
            provider=question.city,
            caller=self.exchange.city,
            organisation=question.organisation,
            operation=operation.name,
            purpose=question.purpose,
            at=now,
        ).agreement

    def uncovered(self, league: LeagueView, outgoing: Outgoing, now: datetime) -> Problem | None:
        """Why a waiting message may not be sent any more; None where it may.

        Asked before every delivery, so an agreement that ended meanwhile stops what was queued.
        """
        if outgoing.agreement is None or outgoing.purpose is None:
            return None
        asks = outgoing.kind is Kind.REQUEST
        try:
            league.authorise(
                provider=outgoing.peer if asks else self.exchange.city,
                caller=self.exchange.city if asks else outgoing.peer,
                organisation=None if outgoing.kind is Kind.EVENT else outgoing.organisation,
                operation=outgoing.operation,
                purpose=outgoing.purpose,
                agreement=outgoing.agreement,
                at=now,
            )
        except Problem as problem:
            return problem
        return None

    def _asked_before(self, transaction: Transaction, message: Any) -> bool:
        row = transaction.row(_ASKED, {"id_": message.id})
        if row is None:
            return False
        if row.line is None:
            return True
        asked = read_line(bytes(row.line))
        same = (
            asked.recipient,
            asked.operation,
            asked.sender,
            asked.purpose,
            asked.data,
            asked.body,
        )
        if same != (
            message.recipient,
            message.operation,
            message.sender,
            message.purpose,
            message.data,
            message.body,
        ):
            raise MESSAGE_ID_REUSED()
        return True

    def ask(
        self,
        transaction: Transaction,
        city: str,
        operation: str,
        request: BaseModel,
        *,
        context: Context,
        purpose: str | None,
        organisation: str | None = None,
        body: str | None = None,
    ) -> str:
        """A handler's question to another city, in the handler's own transaction."""
        question = Question(
            city=city,
            operation=operation,
            data=request.model_dump(mode="json"),
            organisation=organisation or self._own_organisation(context),
            purpose=purpose,
            body=body,
        )
        return self.put_question(transaction, context.league, question, context.now)

    def publish(
        self, transaction: Transaction, topic: str, data: BaseModel, *, context: Context
    ) -> int:
        """A handler's event for every subscribed city, in the handler's own transaction."""
        return streams.publish(
            self.exchange,
            transaction,
            context.league,
            topic,
            data.model_dump(mode="json"),
            organisation=self._own_organisation(context),
            now=context.now,
        )

    def answer(
        self,
        transaction: Transaction,
        asker: str,
        message_id: str,
        answer: BaseModel,
        *,
        context: Context,
    ) -> None:
        """Give the answer that this city owed, with only what is granted at this moment."""
        row = transaction.row(
            select(messages_in).where(
                messages_in.c.peer == asker,
                messages_in.c.message_id == message_id,
                messages_in.c.outcome == "owed",
            )
        )
        if row is None:
            raise NOTHING_OWED()
        visible = self._visible_now(context.league, row, context.now)
        message = self.exchange.new_message(
            Kind.ANSWER,
            row.operation,
            asker,
            visible(answer.model_dump(mode="json")),
            organisation=self._own_organisation(context),
            now=context.now,
            in_reply_to=message_id,
            purpose=row.purpose,
            agreement=row.agreement,
        )
        line = message.to_line()
        if asker == self.exchange.city:  # an own agency: whoever waits at its call is told
            record_own(transaction, row, line, context.now)
            transaction.after_commit.append(partial(self.exchange.on_settled, message_id, line))
        else:
            outbox.put(self.exchange, transaction, message, context.now, asker=row.organisation)
        note_answered(transaction, asker, message_id, line, context.now)

    def subscribe(
        self,
        transaction: Transaction,
        peer: str,
        topic: str,
        *,
        subscribed: bool,
        replay_after: int | None,
        now: datetime,
    ) -> tuple[int, int]:
        """Begin, end or replay a peer's stream; gives its sequence and how many are replayed."""
        declared = self.exchange.registry.topic(topic)
        sequence = streams.set_subscription(transaction, peer, declared.name, subscribed=subscribed)
        if replay_after is None:
            return sequence, 0
        replayed = streams.replay(
            self.exchange, transaction, peer, declared.name, replay_after, now
        )
        return sequence, replayed

    def _visible_now(
        self, league: LeagueView, row: Any, now: datetime
    ) -> Callable[[dict[str, Any]], dict[str, Any]]:
        operation = self.exchange.registry.operation(row.operation)
        if row.peer == self.exchange.city or operation.basis is Basis.CHARTER:
            return lambda data: data
        return league.authorise(
            provider=self.exchange.city,
            caller=row.peer,
            organisation=row.organisation,
            operation=row.operation,
            purpose=row.purpose,
            agreement=row.agreement,
            at=now,
        ).visible

    def _own_organisation(self, context: Context) -> str:
        return context.caller.organisation if context.is_own_agency else self.exchange.city
