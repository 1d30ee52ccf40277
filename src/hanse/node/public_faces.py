"""What services publish for everybody, served under their prefixes without a token; reads alone."""

import hashlib
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.faces import FaceAnswer, FaceRequest, PublicFace, Publisher
from hanse.node.exchange_api import Receive, Scope, Send, request_parts, send_problem

if TYPE_CHECKING:
    from hanse.node.node import Node
    from hanse.node.server import App

PUBLIC_IS_READ_ONLY = ProblemKind(
    "public_is_read_only",
    405,
    Text("公开信息只能读取", "What is public can only be read"),
    Text("请使用 GET 或 HEAD", "Use GET or HEAD"),
)
CACHE_SECONDS: Final = 60
"""For how long a reader may show what it has fetched without asking again."""


class PublicFaces:
    """Answers the prefixes that services declare public; everything else goes to `other`."""

    def __init__(self, node: "Node", other: "App") -> None:
        self._node = node
        self._other = other
        self._faces = [face for one in node.registry.services for face in one.public_faces]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, as ASGI hands it over."""
        face = self._face(scope)
        if face is None:
            await self._other(scope, receive, send)
            return
        try:
            answer = await self._answered(face, scope)
        except Problem as problem:
            await send_problem(send, problem)
            return
        await _send(send, answer, scope)

    def _face(self, scope: Scope) -> PublicFace | None:
        path = scope.get("path", "") if scope["type"] == "http" else ""
        for face in self._faces:
            if path.startswith(face.prefix + "/"):
                return face
        return None

    async def _answered(self, face: PublicFace, scope: Scope) -> FaceAnswer:
        if scope["method"] not in ("GET", "HEAD"):
            raise PUBLIC_IS_READ_ONLY()
        query = scope.get("query_string", b"").decode("latin-1")
        request = FaceRequest(
            method=scope["method"],
            path=scope["path"].removeprefix(face.prefix).strip("/"),
            query=tuple(parse_qsl(query, keep_blank_values=True)),
            headers=request_parts(scope).headers,
            body=b"",
        )
        publisher = Publisher(self._node.config.city, self._node.league, self._node.clock())
        return await self._node.read(lambda tx: face.answer(tx, request, publisher))


async def _send(send: Send, answer: FaceAnswer, scope: Scope) -> None:
    tag = '"' + hashlib.sha256(answer.body).hexdigest()[:32] + '"'
    headers = {
        "content-type": answer.media_type,
        "cache-control": f"public, max-age={CACHE_SECONDS}",
        "etag": tag,
        "x-content-type-options": "nosniff",
        **answer.headers,
    }
    asked = request_parts(scope).headers.get("if-none-match", "")
    known = headers["etag"] in [one.strip().removeprefix("W/") for one in asked.split(",")]
    status = 304 if known else answer.status
    if not known:
        headers["content-length"] = str(len(answer.body))
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    body = b"" if known or scope["method"] == "HEAD" else answer.body
    await send({"type": "http.response.body", "body": body})
