"""The declared protocols of the fields, served under their prefixes to the city's own agencies."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.desk import Question
from hanse.mechanisms.exchange.faces import (
    ALL_CITIES,
    CALLS_MAX,
    Face,
    FaceAnswer,
    FaceCall,
    FaceRequest,
    Outcome,
    Refused,
)
from hanse.mechanisms.exchange.limits import MESSAGE_BYTES_MAX
from hanse.mechanisms.exchange.message import Kind
from hanse.node.exchange_api import Receive, Scope, Send, read_body, request_parts, send_answer
from hanse.node.tokens import TOKEN_WRONG, Agency

if TYPE_CHECKING:
    from hanse.node.node import Node
    from hanse.node.server import App

WAIT_SECONDS = 10.0
"""How long a face waits for other cities before it says that the answer is owed."""
TOO_MANY_CALLS = ProblemKind(
    "face_too_many_calls",
    413,
    Text("一次请求包含过多操作", "One request asks for too much"),
    Text("请分批发送，每批最多{calls_max}项", "Send it in parts of at most {calls_max}"),
)


class Faces:
    """Answers the prefixes that services declare; everything else goes to `other`."""

    def __init__(self, node: "Node", other: "App") -> None:
        self._node = node
        self._other = other
        self._faces = [face for service in node.registry.services for face in service.faces]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, as ASGI hands it over."""
        face = self._face(scope)
        if face is None:
            await self._other(scope, receive, send)
            return
        try:
            answer = await self._answered(face, scope, receive)
        except Problem as problem:
            answer = face.refuse(Refused.of(problem))
        headers = {"content-type": answer.media_type, **answer.headers}
        await send_answer(send, answer.status, answer.body, headers)

    def _face(self, scope: Scope) -> Face | None:
        path = scope.get("path", "") if scope["type"] == "http" else ""
        for face in self._faces:
            if path == face.prefix or path.startswith(face.prefix + "/"):
                return face
        return None

    async def _answered(self, face: Face, scope: Scope, receive: Receive) -> FaceAnswer:
        body = await read_body(receive, MESSAGE_BYTES_MAX)
        agency = await self._agency(scope)
        request = FaceRequest(
            method=scope["method"],
            path=scope["path"].removeprefix(face.prefix).strip("/"),
            query=tuple(
                parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
            ),
            headers=request_parts(scope).headers,
            body=body,
        )
        calls = face.read(request)
        if isinstance(calls, FaceAnswer):
            return calls
        calls = [one for call in calls for one in self._each_city(call)]
        if len(calls) > CALLS_MAX:
            raise TOO_MANY_CALLS(calls_max=CALLS_MAX)
        for call in calls:
            agency.require(call.operation)
        outcomes = await asyncio.gather(*(self._outcome(call, agency) for call in calls))
        return face.write(request, calls, outcomes)

    def _each_city(self, call: FaceCall) -> list[FaceCall]:
        if call.to != ALL_CITIES:
            return [call]
        return [replace(call, to=city) for city in self._node.questions.cities_named(ALL_CITIES)]

    async def _agency(self, scope: Scope) -> Agency:
        kind, _, token = request_parts(scope).headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise TOKEN_WRONG()
        return await self._node.agency(token)

    async def _outcome(self, call: FaceCall, agency: Agency) -> Outcome:
        try:
            if call.to is None or call.to == self._node.config.city:
                return await self._own(call, agency)
            return await self._of_city(call, call.to, agency)
        except Problem as problem:
            return Refused.of(problem)

    async def _own(self, call: FaceCall, agency: Agency) -> Outcome:
        operation = self._node.registry.operation(call.operation)
        reply = await self._node.call(
            operation, call.data, agency.organisation, purpose=call.purpose
        )
        return _outcome(reply.kind, reply.data)

    async def _of_city(self, call: FaceCall, city: str, agency: Agency) -> Outcome:
        question = Question(
            city=city,
            operation=call.operation,
            data=call.data,
            organisation=agency.organisation,
            purpose=call.purpose,
        )
        (said,) = await self._node.questions.ask_all([question], WAIT_SECONDS)
        if said["state"] == "answered":
            found: dict[str, Any] = said["answer"]
            return found
        return Refused(said["problem"]) if said["state"] == "refused" else None


def _outcome(kind: Kind, data: Any) -> Outcome:
    if kind is Kind.REFUSAL:
        return Refused(data)
    return data if kind is Kind.ANSWER else None
