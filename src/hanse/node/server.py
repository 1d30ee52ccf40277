"""A node behind its sockets: peers, agencies, operator and probes on one listener."""

import asyncio
import contextlib
import gc
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import uvicorn

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.core import INTERNAL_ERROR
from hanse.mechanisms.exchange.limits import MESSAGE_BYTES_MAX
from hanse.node import agency_api
from hanse.node.agency_bodies import AgencyBodies
from hanse.node.exchange_api import (
    ExchangeApi,
    Receive,
    Scope,
    Send,
    read_body,
    send_answer,
    send_json,
    send_problem,
)
from hanse.node.faces import Faces
from hanse.node.node import Node
from hanse.node.public_faces import PublicFaces
from hanse.node.status import is_ready

LISTEN_FAILED = ProblemKind(
    "listen_failed",
    500,
    Text("无法监听该地址", "The node can't listen at that address"),
    Text(
        "请释放 {place} 或修改 listen_host 与 listen_port:{reason}",
        "Free {place}, or change listen_host and listen_port: {reason}",
    ),
)
GRACE_SECONDS = 10
KEEP_ALIVE_SECONDS = 75
"""Longer than clients keep an idle connection, so that none is closed just when it is used."""
BACKLOG_CONNECTIONS = 2048
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Pages = Callable[[Node], App]
"""Makes the pages of a node. They stand above it, so whoever starts a node hands them in."""


def application(node: Node, pages: Pages | None = None) -> App:
    """The whole ASGI application of a node; `pages` gives what people see, where it has any."""
    agencies: App = LimitedBody(agency_api.build(node))
    if pages is not None:
        agencies = Apart(agencies, pages(node))
    inner = PublicFaces(node, Faces(node, AgencyBodies(node, agencies)))
    return LastResort(node, ExchangeApi(node, Probes(node, inner)))


class Apart:
    """The agencies' paths and all other paths, which are pages."""

    def __init__(self, agencies: App, pages: App) -> None:
        self._agencies = agencies
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, as ASGI hands it over."""
        path = scope.get("path", "")
        is_page = scope["type"] == "http" and path != "/api" and not path.startswith("/api/")
        await (self._pages if is_page else self._agencies)(scope, receive, send)


class LastResort:
    """Answers a failure that nobody declared, and logs where it was and never what it said."""

    def __init__(self, node: Node, other: App) -> None:
        self._node = node
        self._other = other

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, as ASGI hands it over."""
        begun = False

        async def sending(event: dict[str, Any]) -> None:
            nonlocal begun
            begun = True
            await send(event)

        try:
            await self._other(scope, receive, sending)
        except Exception as error:
            reference = self._node.note_error("http", error)
            if not begun:
                await send_problem(send, INTERNAL_ERROR(reference=reference))


class Probes:
    """Health, readiness and metrics: open, because they hold no data of anybody."""

    def __init__(self, node: Node, other: App) -> None:
        self._node = node
        self._other = other

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, as ASGI hands it over."""
        path = scope.get("path") if scope["type"] == "http" else None
        if path == "/healthz":
            await send_json(send, 200, {"status": "ok"})
        elif path == "/readyz":
            ready = is_ready(self._node)
            await send_json(send, 200 if ready else 503, {"ready": ready})
        elif path == "/metrics":
            for peer in self._node.couriers:
                self._node.metrics.pending.labels(peer).set(self._node.exchange.pending[peer])
            text = self._node.metrics.text()
            await send_answer(send, 200, text, {"content-type": "text/plain; version=0.0.4"})
        else:
            await self._other(scope, receive, send)


class LimitedBody:
    """Refuses a body that is larger than any message may be, before it is in memory."""

    def __init__(self, other: Any) -> None:
        self._other = other

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, as ASGI hands it over."""
        if scope["type"] != "http":
            await self._other(scope, receive, send)
            return
        try:
            body = await read_body(receive, MESSAGE_BYTES_MAX)
        except Problem as problem:
            await send_problem(send, problem)
            return
        events = [{"type": "http.request", "body": body, "more_body": False}]

        async def held() -> dict[str, Any]:
            return events.pop() if events else await receive()

        await self._other(scope, held, send)


class _Server(uvicorn.Server):
    """Uvicorn without its signal handlers: several nodes may live in one process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _bind(listener: socket.socket, host: str, port: int) -> None:
    try:
        listener.bind((host, port))
    except OSError as error:
        raise LISTEN_FAILED(place=f"{host}:{port}", reason=error.strerror) from None


def keep_what_is_loaded() -> None:
    """Take what the process holds now out of the sight of Python's garbage collector.

    For a process that serves, once its nodes have started: modules, declarations and models stay
    until it ends. A collection that looked at all of them would hold every commit up for a tenth
    of a second, again and again.
    """
    gc.collect()
    gc.freeze()


@contextlib.asynccontextmanager
async def serving(node: Node, pages: Pages | None = None) -> AsyncIterator[str]:
    """A started node that listens; gives its address. At the end it stops gracefully."""
    listener = socket.socket(socket.AF_INET6 if ":" in node.config.listen_host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        _bind(listener, node.config.listen_host, node.config.listen_port)
        await node.start()
    except BaseException:
        listener.close()
        raise
    config = node.config
    server = _Server(
        uvicorn.Config(
            application(node, pages),
            http="httptools",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            backlog=BACKLOG_CONNECTIONS,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            limit_concurrency=config.limits.requests_waiting_max,
            timeout_graceful_shutdown=GRACE_SECONDS,
            ssl_certfile=str(config.tls_certificate) if config.tls_certificate else None,
            ssl_keyfile=str(config.tls_key) if config.tls_key else None,
        )
    )
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:
            if task.done():
                task.result()
                raise RuntimeError("the listener ended before it began")
            await asyncio.sleep(0.005)
        scheme = "https" if config.tls_certificate else "http"
        host, port = listener.getsockname()[:2]
        yield f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
    finally:
        node.ready = False
        server.should_exit = True
        await task
        await node.stop()
        listener.close()
