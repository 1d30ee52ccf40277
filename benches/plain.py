"""The plain endpoint of `benches.peer` under the same loops, asked by an aiohttp client."""

import os
import socket
import tempfile
import time
from dataclasses import asdict
from typing import Any

import aiohttp

from benches import peer
from benches.cities import SUBJECT
from benches.processes import Served, cpu_seconds, serve
from benches.timing import closed_loop

BODY = b'{"subject":"' + SUBJECT.encode() + b'"}'
CLOSED = ((1, 200), (8, 600), (64, 1_200))


async def plain(scale: float) -> dict[str, Any]:
    """Signed request, one row a commit, signed answer, at the same numbers of clients as ours."""
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        arguments = ["-m", "benches.peer", str(port), f"{folder}/peer.sqlite"]
        served = serve(arguments, f"http://127.0.0.1:{port}", "/docs")
        try:
            return await _driven(served, scale)
        finally:
            served.stop()


async def _driven(served: Served, scale: float) -> dict[str, Any]:
    url = f"{served.address}/answer"
    found: dict[str, Any] = {}
    connector = aiohttp.TCPConnector(limit=64)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def ask() -> None:
            headers = peer.signed_headers(url, BODY)
            async with session.post(url, data=BODY, headers=headers) as response:
                answer = await response.read()
                response.raise_for_status()
                peer.verify(peer.prepared(url, answer, dict(response.headers)))

        await closed_loop(ask, 8, int(100 * scale))
        for clients, count in CLOSED:
            before, began = _spent(served), time.perf_counter()
            result = await closed_loop(ask, clients, int(count * scale))
            seconds = time.perf_counter() - began
            asker, asked = (now - then for now, then in zip(_spent(served), before, strict=True))
            found[f"closed_{clients}"] = asdict(result) | {
                "asker_cores": round(asker / seconds, 2),
                "asked_cores": round(asked / seconds, 2),
            }
    return found


def _spent(served: Served) -> tuple[float, float]:
    return cpu_seconds(os.getpid()), served.cpu_seconds()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
