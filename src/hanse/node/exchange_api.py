"""The node's face to other cities: raw ASGI, because every message of the league passes here.

POST /hanse/v1/deliveries   a signed delivery; answers with a signed delivery
GET  /hanse/v1/charter?after=N   the charter's versions after N
POST /hanse/v1/charter      a charter's version; it proves itself by its signatures
PUT  /hanse/v1/bodies/D     a large body, streamed
and the journal and its witnessing, see `journal_api`
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import orjson

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.http_signatures import RequestParts
from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.delivery import DELIVERY_PATH, DELIVERY_TOO_LARGE
from hanse.mechanisms.exchange.limits import DELIVERY_BYTES_MAX, MESSAGES_PER_DELIVERY_MAX
from hanse.node import journal_api
from hanse.node.bodies import BODIES_PREFIX
from hanse.node.charter_wire import CHARTER_PATH, CHARTERS_AT_ONCE_MAX, read_charters

if TYPE_CHECKING:
    from hanse.node.node import Node

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

DISCARDED_BYTES_MAX = 16 * 1_048_576
_VERSION = re.compile(r"[0-9]{1,9}")

SENDER_LEFT = ProblemKind(
    "sender_left",
    400,
    Text("发送方中断了传输", "The sender hung up before the end"),
    Text("请重新发送", "Send it again"),
    retry=True,
)


class ExchangeApi:
    """Answers the paths of other cities; everything else goes to `other`."""

    def __init__(self, node: "Node", other: Callable[[Scope, Receive, Send], Awaitable[None]]):
        self._node = node
        self._other = other

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, as ASGI hands it over."""
        if scope["type"] != "http" or not scope["path"].startswith("/hanse/v1/"):
            await self._other(scope, receive, send)
            return
        try:
            await self._route(scope, receive, send)
        except Problem as problem:
            self._node.metrics.refused_deliveries.labels(problem.code).inc()
            await send_problem(send, problem)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path = scope["method"], scope["path"]
        if path == DELIVERY_PATH and method == "POST":
            body = await read_body(receive, DELIVERY_BYTES_MAX)
            sealed = await self._node.take_delivery(request_parts(scope), body)
            await send_answer(send, 200, sealed.body, sealed.headers)
        elif path == CHARTER_PATH and method == "GET":
            after = parse_qs(scope["query_string"].decode("ascii", "replace")).get("after", ["0"])
            number = int(after[0]) if _VERSION.fullmatch(after[0]) else 0
            documents = await self._node.charters_after(number, CHARTERS_AT_ONCE_MAX)
            await send_json(send, 200, {"charters": [orjson.loads(one) for one in documents]})
        elif path == CHARTER_PATH and method == "POST":
            documents = read_charters(await read_body(receive, DELIVERY_BYTES_MAX))
            version = await self._node.take_charters(documents)
            await send_json(send, 200, {"version": version})
        elif path.startswith(BODIES_PREFIX) and method == "PUT":
            await self._node.bodies.take(request_parts(scope), chunks_of(receive))
            await send_answer(send, 201, b"", {})
        elif path.startswith(journal_api.PREFIXES):
            body = await read_body(receive, journal_api.body_bytes_max(path))
            status, answer, headers = await journal_api.answer(self._node, method, path, body)
            await send_answer(send, status, answer, headers)
        else:
            await send_json(send, 404, {"code": "not_found", "status": 404})


def request_parts(scope: Scope) -> RequestParts:
    """The request as its signature sees it. A repeated field is joined, RFC 9421 section 2.1."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name = raw_name.decode("latin-1").lower()
        value = raw_value.decode("latin-1").strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    authority = headers.get("host", "").lower()
    return RequestParts(scope["method"], authority, scope["path"], headers)


async def read_body(receive: Receive, bytes_max: int) -> bytes:
    """The whole body, refused as soon as it grows beyond its limit."""
    chunks: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            return b""
        chunk = event.get("body", b"")
        size += len(chunk)
        if size > bytes_max:
            if event.get("more_body", False):
                await _discard(receive)
            raise DELIVERY_TOO_LARGE(messages_max=MESSAGES_PER_DELIVERY_MAX, bytes_max=bytes_max)
        chunks.append(chunk)
        if not event.get("more_body", False):
            return b"".join(chunks)


async def _discard(receive: Receive) -> None:
    """Let a sender that is a little over the limit finish: a connection that is closed while it
    still sends is reset, and the refusal is lost with it."""
    size = 0
    while size <= DISCARDED_BYTES_MAX:
        event = await receive()
        size += len(event.get("body", b""))
        if event["type"] == "http.disconnect" or not event.get("more_body", False):
            return


async def chunks_of(receive: Receive) -> AsyncIterator[bytes]:
    """A body as it comes in; ends with an error where the sender hangs up half-way."""
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise SENDER_LEFT()
        chunk = event.get("body", b"")
        if chunk:
            yield chunk
        if not event.get("more_body", False):
            return


async def send_problem(send: Send, problem: Problem) -> None:
    """A refusal as RFC 9457 has it. It is not signed, so no peer settles a message by it."""
    body = orjson.dumps(problem.as_dict())
    await send_answer(send, problem.kind.status, body, {"content-type": "application/problem+json"})


async def send_json(send: Send, status: int, value: Any) -> None:
    """A JSON answer."""
    await send_answer(send, status, orjson.dumps(value), {"content-type": "application/json"})


async def send_answer(send: Send, status: int, body: bytes, headers: dict[str, str]) -> None:
    """A whole answer."""
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    raw.append((b"content-length", str(len(body)).encode("ascii")))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
