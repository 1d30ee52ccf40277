"""Questions of own agencies to other cities: put, awaited for a while, and looked up later."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import bindparam, select

from hanse.foundation.clock import monotonic_seconds
from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.identity import new_id
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.desk import CITY_UNKNOWN, Question
from hanse.mechanisms.exchange.message import Kind, read_line
from hanse.mechanisms.exchange.outbox import MESSAGE_NOT_FOUND
from hanse.mechanisms.exchange.tables import messages_in, messages_out
from hanse.node.gathering import Gathering, Put

if TYPE_CHECKING:
    from hanse.node.node import Node

ALL_CITIES = "all"
CITIES_PER_QUESTION_MAX = 64
TOO_MANY_CITIES = ProblemKind(
    "too_many_cities",
    400,
    Text("一次询问的城市过多", "Too many cities in one question"),
    Text("一次最多 {cities_max} 个城市", "Ask at most {cities_max} at a time"),
)


_STANDING = select(messages_out.c.state, messages_out.c.answer).where(
    messages_out.c.message_id == bindparam("id_")
)


class Questions:
    """What this node's agencies ask of other cities."""

    def __init__(self, node: "Node") -> None:
        self._node = node
        self._gathering = Gathering(node.writer, self._put_all)
        self._waiting: dict[str, list[asyncio.Future[bytes | None]]] = {}
        """Who waits for each message; two calls with one key wait for the same one."""

    def cities_named(self, to: str) -> list[str]:
        """The cities that a caller names: codes separated by commas, or `all` others."""
        own = self._node.config.city
        cities = self._node.league.cities
        if to.strip() == ALL_CITIES:
            return [city for city in cities if city != own]
        named = list(dict.fromkeys(part.strip() for part in to.split(",") if part.strip()))
        if len(named) > CITIES_PER_QUESTION_MAX:
            raise TOO_MANY_CITIES(cities_max=CITIES_PER_QUESTION_MAX)
        if not named or any(city not in cities for city in named):
            raise CITY_UNKNOWN(cities=", ".join(cities))
        return named

    async def ask_all(
        self, questions: Sequence[Question], wait_seconds: float
    ) -> list[dict[str, Any]]:
        """Put questions, wait for their answers, and say of each how far it has come."""
        asked = [
            one
            if one.message_id
            else replace(one, message_id=new_id(self._node.randomness), is_fresh=True)
            for one in questions
        ]
        started = monotonic_seconds()
        # Expected before they are put: an earlier call's answer may arrive with the commit.
        waiting = {one.message_id or "": self._expect(one.message_id or "") for one in asked}
        try:
            results = await self._gathering.put(asked)
            unanswered = [
                waiting[question.message_id or ""]
                for question, result in zip(asked, results, strict=True)
                if result is None
            ]
            if unanswered:
                await asyncio.wait(unanswered, timeout=wait_seconds)
        finally:
            for message_id, future in waiting.items():
                self._forget(message_id, future)
        answers = [
            self._result(question, result, waiting)
            for question, result in zip(asked, results, strict=True)
        ]
        for question, answer in zip(asked, answers, strict=True):
            if answer["state"] == "answered":
                seconds = monotonic_seconds() - started
                self._node.metrics.answers.labels(question.operation).observe(seconds)
        return answers

    async def own_answer(self, message_id: str, wait_seconds: float) -> bytes | None:
        """Wait for the answer that this city owes to a call of its own agency."""
        future = self._expect(message_id)
        try:
            line = await self._node.read(lambda tx: self._own_line(tx, message_id))
            if line is None:
                await asyncio.wait([future], timeout=wait_seconds)
                line = future.result() if future.done() else None
            return line
        finally:
            self._forget(message_id, future)

    def _own_line(self, transaction: Transaction, message_id: str) -> bytes | None:
        line = transaction.value(
            select(messages_in.c.answer).where(
                messages_in.c.peer == self._node.config.city,
                messages_in.c.message_id == message_id,
                messages_in.c.outcome == "answered",
            )
        )
        return bytes(line) if line is not None else None

    def _put_all(self, transaction: Transaction, questions: Sequence[Question]) -> list[Put]:
        """What became of each question. A refused one has written nothing."""
        node, now = self._node, self._node.clock()
        fresh = [one for one in questions if one.is_fresh]
        put = iter(node.desk.put_fresh(transaction, node.league, fresh, now))
        return [next(put) if one.is_fresh else self._put(transaction, one) for one in questions]

    def _put(self, transaction: Transaction, question: Question) -> Put:
        node = self._node
        try:  # all is checked before the one row is written, so there is nothing to undo
            node.desk.put_question(transaction, node.league, question, node.clock())
        except Problem as problem:
            return problem
        row = transaction.row(_STANDING, {"id_": question.message_id})
        settled = row is not None and row.state in ("done", "refused") and row.answer is not None
        return bytes(row.answer) if row is not None and settled else None

    def _expect(self, message_id: str) -> "asyncio.Future[bytes | None]":
        future: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(message_id, []).append(future)
        return future

    def _forget(self, message_id: str, future: "asyncio.Future[bytes | None]") -> None:
        self._waiting[message_id].remove(future)
        if not self._waiting[message_id]:
            del self._waiting[message_id]

    def settled(self, message_id: str, answer: bytes | None) -> None:
        """Called in the loop once a message of ours is settled."""
        for future in self._waiting.get(message_id, ()):
            if not future.done():
                future.set_result(answer)

    def _result(
        self,
        question: Question,
        result: Problem | bytes | None,
        waiting: dict[str, "asyncio.Future[bytes | None]"],
    ) -> dict[str, Any]:
        if isinstance(result, Problem):
            return {"city": question.city, "state": "refused", "problem": result.as_dict()}
        known: dict[str, Any] = {"city": question.city, "message_id": question.message_id}
        line = result
        future = waiting[question.message_id or ""]
        if line is None and future.done():
            line = future.result()
        return known | (described(line) if line is not None else {"state": "owed"})

    async def state(self, message_id: str, organisation: str) -> dict[str, Any]:
        """How far a question of that organisation has come."""
        row = await self._node.read(
            lambda tx: tx.row(
                select(messages_out).where(
                    messages_out.c.message_id == message_id,
                    messages_out.c.organisation == organisation,
                )
            )
        )
        if row is None:
            return await self._own_state(message_id, organisation)
        known: dict[str, Any] = {
            "city": row.peer,
            "message_id": row.message_id,
            "operation": row.operation,
            "attempts": row.attempts,
        }
        if row.state == "dead":
            return known | {"state": "dead", "problem": orjson.loads(row.problem or "null")}
        settled = row.state in ("done", "refused") and row.answer is not None
        return known | (described(bytes(row.answer)) if settled else {"state": "owed"})

    async def _own_state(self, message_id: str, organisation: str) -> dict[str, Any]:
        """How far a call of that organisation to its own city has come."""
        own = self._node.config.city
        row = await self._node.read(
            lambda tx: tx.row(
                select(messages_in).where(
                    messages_in.c.peer == own,
                    messages_in.c.message_id == message_id,
                    messages_in.c.organisation == organisation,
                )
            )
        )
        if row is None:
            raise MESSAGE_NOT_FOUND()
        known = {"city": own, "message_id": message_id, "operation": row.operation}
        owed = row.outcome == "owed" or row.answer is None
        return known | ({"state": "owed"} if owed else described(bytes(row.answer)))


def described(line: bytes) -> dict[str, Any]:
    """A reply as an agency sees it."""
    reply = read_line(line)
    if reply.kind is Kind.REFUSAL:
        return {"state": "refused", "problem": reply.data}
    if reply.kind is Kind.RECEIPT:
        return {"state": "owed"}
    return {"state": "answered", "answer": reply.data}
