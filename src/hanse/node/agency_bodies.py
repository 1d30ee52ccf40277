"""Large bodies for the city's own agencies: streamed in and out, never whole in memory.

    PUT /api/bodies            stores a body; answers {"body": "sha-256:<hex>"}
    GET /api/bodies/<digest>   gives a body that this city stored or was sent

A question names a body with `?body=<digest>`; the node hands it to the other city first.
"""

import asyncio
from typing import TYPE_CHECKING, Final

from hanse.foundation.errors import Problem
from hanse.node.bodies import BODY_MISSING, CHUNK_BYTES
from hanse.node.exchange_api import (
    Receive,
    Scope,
    Send,
    chunks_of,
    request_parts,
    send_json,
    send_problem,
)
from hanse.node.tokens import TOKEN_WRONG

if TYPE_CHECKING:
    from hanse.node.node import Node
    from hanse.node.server import App

PATH: Final = "/api/bodies"
PERMISSION: Final = "bodies"


class AgencyBodies:
    """Answers the two paths above; everything else goes to `other`."""

    def __init__(self, node: "Node", other: "App") -> None:
        self._node = node
        self._other = other

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, as ASGI hands it over."""
        path = scope.get("path", "") if scope["type"] == "http" else ""
        is_put = path == PATH and scope["method"] == "PUT"
        is_get = path.startswith(PATH + "/") and scope["method"] == "GET"
        if not is_put and not is_get:
            await self._other(scope, receive, send)
            return
        try:
            await self._require(scope)
            if is_put:
                chunks = chunks_of(receive)
                digest = await self._node.bodies.store(None, self._node.config.city, chunks)
                await send_json(send, 201, {"body": digest})
            else:
                await self._give(path.removeprefix(PATH + "/"), send)
        except Problem as problem:
            await send_problem(send, problem)

    async def _require(self, scope: Scope) -> None:
        kind, _, token = request_parts(scope).headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise TOKEN_WRONG()
        agency = await self._node.agency(token)
        agency.require(PERMISSION)

    async def _give(self, digest: str, send: Send) -> None:
        path = self._node.bodies.path(digest)
        if not path.is_file():
            raise BODY_MISSING()
        headers = [
            (b"content-type", b"application/octet-stream"),
            (b"content-length", str(path.stat().st_size).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        with path.open("rb") as file:
            while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
