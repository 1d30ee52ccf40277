"""The node's HTTP client towards its peers: deliveries, charters and bodies, all verified."""

import ipaddress
import re
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
import orjson

from hanse.foundation.clock import monotonic_seconds
from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.exchange import outbox
from hanse.mechanisms.exchange.core import Outgoing
from hanse.mechanisms.exchange.delivery import (
    DELIVERY_PATH,
    KEY_UNKNOWN,
    NONCE_BYTES,
    open_response,
    seal_request,
)
from hanse.mechanisms.exchange.handover import settle_delivery
from hanse.mechanisms.exchange.limits import DELIVERY_BYTES_MAX
from hanse.node.bodies import can_never_go
from hanse.node.charter_wire import CHARTER_PATH, charters_in
from hanse.node.peer_problems import PEER_REFUSED, PEER_UNREACHABLE
from hanse.node.tls import client_tls

if TYPE_CHECKING:
    from hanse.node.node import Node

ADDRESS_NOT_CONFIDENTIAL = ProblemKind(
    "address_not_confidential",
    502,
    Text("对方地址未使用加密传输", "The peer's address has no transport encryption"),
    Text(
        "请在章程中改用 https 地址；仅限测试时可设 allow_plain_http",
        "Change the address in the charter to https; allow_plain_http is for trials only",
    ),
)
CONNECTIONS_PER_PEER_MAX = 16
PROBLEM_BYTES_MAX = 65_536
_VERSION = re.compile(r"[0-9]{1,9}")
STALLED_SECONDS_MAX = 60.0


class PeerClient:
    """What goes out of this node over HTTP."""

    def __init__(self, node: "Node") -> None:
        self._node = node
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Open the connection pool."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit_per_host=CONNECTIONS_PER_PEER_MAX, ssl=client_tls(self._node.config)
            ),
            timeout=aiohttp.ClientTimeout(total=self._node.config.limits.request_seconds_max),
            auto_decompress=False,
        )

    async def stop(self) -> None:
        """Close the connection pool."""
        if self._session is not None:
            await self._session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The open pool."""
        if self._session is None:
            raise RuntimeError("the node has not been started")
        return self._session

    def address(self, peer: str) -> str:
        """Where the charter says that the peer's node is; refused if it can be overheard."""
        address = self._node.league.address(peer)
        parsed = urlsplit(address)
        confidential = parsed.scheme == "https" or _is_this_machine(parsed.hostname or "")
        if not confidential and not self._node.config.allow_plain_http:
            raise ADDRESS_NOT_CONFIDENTIAL()
        return address

    async def deliver(self, peer: str, batch: Sequence[Outgoing]) -> Sequence[Outgoing]:
        """Carry messages to a peer and settle its answers; gives what must go again."""
        node = self._node
        node.league.require_in_force(node.clock())
        covered = await self._still_covered(batch)
        if not covered:
            return []
        address = self.address(peer)
        covered = await self._bodies_first(address, peer, covered)
        if not covered:
            return []
        started = monotonic_seconds()
        sealed = seal_request(
            [one.line for one in covered],
            node.signer,
            authority=urlsplit(address).netloc,
            charter_version=node.league.version,
            now=node.clock(),
            nonce=node.randomness(NONCE_BYTES),
        )
        node.metrics.stage.labels("sign").observe(monotonic_seconds() - started)
        started = monotonic_seconds()
        status, headers, body = await self._post(
            address + DELIVERY_PATH, sealed.body, sealed.headers
        )
        node.metrics.stage.labels("network").observe(monotonic_seconds() - started)
        if status != 200:
            raise await self._refused(peer, status, body)
        assert sealed.parts is not None  # noqa: S101 - a sealed request carries its parts
        opened = open_response(headers, body, sealed.parts, node.league, node.clock())
        again = await node.writer.run(
            lambda tx: settle_delivery(node.side, tx, covered, sealed, opened, node.clock())
        )
        node.bodies.settled(peer, covered)
        node.metrics.deliveries.labels("out", peer).inc()
        node.sync.peer_has(peer, opened.charter_version)
        return again

    async def _still_covered(self, batch: Sequence[Outgoing]) -> list[Outgoing]:
        """Leave out, and bury, what no agreement covers any more: a retry asks again."""
        node = self._node
        now = node.clock()
        covered: list[Outgoing] = []
        uncovered: list[tuple[Outgoing, Problem]] = []
        for one in batch:
            problem = node.desk.uncovered(node.league, one, now)
            if problem is None:
                covered.append(one)
            else:
                uncovered.append((one, problem))
        if uncovered:
            await node.writer.run(partial(outbox.bury_all, node.exchange, uncovered, now))
        return covered

    async def _bodies_first(
        self, address: str, peer: str, batch: Sequence[Outgoing]
    ) -> list[Outgoing]:
        """Push the bodies that the messages name. A message whose body can't go is buried, so
        that it holds up itself alone."""
        node = self._node
        ready: list[Outgoing] = []
        bodiless: list[tuple[Outgoing, Problem]] = []
        for one in batch:
            try:
                if one.body is not None:
                    await node.bodies.push(address, peer, one.body)
                ready.append(one)
            except Problem as problem:
                if not can_never_go(problem):
                    raise
                bodiless.append((one, problem))
        if bodiless:
            await node.writer.run(partial(outbox.bury_all, node.exchange, bodiless, node.clock()))
        return ready

    async def _post(
        self, url: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        try:
            async with self.session.post(url, data=body, headers=headers) as response:
                answer = await _read(response)
                fields = {name.lower(): value for name, value in response.headers.items()}
                return response.status, fields, answer
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise PEER_UNREACHABLE(reason=type(error).__name__) from error

    async def send(self, peer: str, path: str, body: bytes) -> tuple[int, bytes]:
        """Post plain text to a path of a peer's node; gives its status and answer."""
        headers = {"content-type": "text/plain; charset=utf-8"}
        status, _, answer = await self._post(self.address(peer) + path, body, headers)
        return status, answer

    async def fetch(self, url: str) -> tuple[int, bytes]:
        """Get what is at an address; gives its status and answer."""
        try:
            async with self.session.get(url) as response:
                return response.status, await _read(response)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise PEER_UNREACHABLE(reason=type(error).__name__) from error

    async def put(self, url: str, chunks: AsyncIterator[bytes], headers: dict[str, str]) -> None:
        """Stream a body to a peer; it takes as long as it takes while bytes flow.

        Not a byte goes before the peer says that it takes the body (RFC 9110 section 10.1.1).
        """
        timeout = aiohttp.ClientTimeout(total=None, sock_read=STALLED_SECONDS_MAX)
        try:
            async with self.session.put(
                url, data=chunks, headers=headers, timeout=timeout, expect100=True
            ) as response:
                body = await _read(response)
                if response.status != 201:
                    code = str(_problem_of(body).get("code", "unknown"))[:64]
                    raise PEER_REFUSED(status=response.status, code=code)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise PEER_UNREACHABLE(reason=type(error).__name__) from error

    async def _refused(self, peer: str, status: int, body: bytes) -> Problem:
        """A refusal of the whole delivery; one about our key may only mean an old charter."""
        problem = _problem_of(body)
        code = str(problem.get("code", "unknown"))[:64]
        if code == KEY_UNKNOWN.code:
            values = problem.get("values")
            version = str(values.get("charter_version")) if isinstance(values, dict) else ""
            if _VERSION.fullmatch(version):
                self._node.sync.peer_has(peer, int(version))
        return PEER_REFUSED(status=status, code=code)

    async def fetch_charters(self, peer: str, after: int) -> list[bytes]:
        """A peer's charters after a version, oldest first; not verified here."""
        url = f"{self.address(peer)}{CHARTER_PATH}?after={after}"
        try:
            async with self.session.get(url) as response:
                value = orjson.loads(await _read(response))
        except (aiohttp.ClientError, TimeoutError, OSError, orjson.JSONDecodeError) as error:
            raise PEER_UNREACHABLE(reason=type(error).__name__) from error
        return charters_in(value)

    async def send_charters(self, peer: str, documents: Sequence[bytes]) -> None:
        """Hand charters to a peer."""
        body = orjson.dumps({"charters": [orjson.loads(one) for one in documents]})
        status, _, answer = await self._post(
            self.address(peer) + CHARTER_PATH, body, {"content-type": "application/json"}
        )
        if status != 200:
            raise PEER_REFUSED(status=status, code=str(_problem_of(answer).get("code", "unknown")))


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The answer's body, given up as soon as it is larger than any answer may be."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_chunked(65_536):
        size += len(chunk)
        if size > DELIVERY_BYTES_MAX:
            raise PEER_UNREACHABLE(reason="answer too large")
        chunks.append(chunk)
    return b"".join(chunks)


def _problem_of(body: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(body[:PROBLEM_BYTES_MAX])
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
