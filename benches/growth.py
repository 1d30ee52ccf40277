"""The same question at nodes that already hold many messages, in and out."""

import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert

from benches.cities import ASKED, ASKER, serving_pair, two_cities
from benches.timing import closed_loop
from hanse.foundation.clock import to_ms
from hanse.foundation.store import open_engine
from hanse.mechanisms.exchange.tables import messages_in, messages_out
from hanse.node.config import load
from hanse.node.zone import init_zone

SIZES = (10_000, 100_000, 1_000_000)
THIRD_CITY = "510700"
LINE_BYTES = 400
CHUNK_ROWS = 10_000
AT_MS = to_ms(datetime(2026, 11, 1, tzinfo=UTC))
CLIENTS = 8


async def growth(scale: float) -> dict[str, Any]:
    """Both nodes start with that many settled rows in the inbox and as many in the outbox."""
    found: dict[str, Any] = {}
    for rows in SIZES:
        if rows >= SIZES[-1] * scale and scale < 1:
            continue
        with tempfile.TemporaryDirectory() as folder:
            init_zone(Path(folder), two_cities())
            for city in (ASKER, ASKED):
                fill(Path(folder) / city, rows)
            async with serving_pair(Path(folder)) as both:
                await closed_loop(both.ask, CLIENTS, int(200 * scale))
                measured = await closed_loop(both.ask, CLIENTS, int(1_500 * scale))
                ready = round(both.asked.started_seconds, 2)
        found[str(rows)] = asdict(measured) | {"ready_seconds": ready}
    return found


def fill(folder: Path, rows: int) -> None:
    """Put settled messages in the inbox and the outbox of a node that isn't running."""
    engine = open_engine(load(folder / "node.toml").database_url)
    tables: tuple[tuple[Table, Callable[[int], dict[str, Any]]], ...] = (
        (messages_in, _in),
        (messages_out, _out),
    )
    with engine.begin() as connection:
        for table, row in tables:
            for first in range(0, rows, CHUNK_ROWS):
                numbers = range(first, min(first + CHUNK_ROWS, rows))
                connection.execute(insert(table), [row(number) for number in numbers])
    engine.dispose()


def _both(number: int) -> dict[str, Any]:
    # Scattered, as the random ids of real messages are: they spread over the whole index.
    scattered = number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128
    return {
        "peer": THIRD_CITY,
        "message_id": f"{scattered:032x}",
        "kind": "request",
        "operation": "credit.record",
        "organisation": "tendering",
        "line": bytes(LINE_BYTES),
        "commitment": bytes(32),
        "answer": bytes(LINE_BYTES),
        "answer_commitment": bytes(32),
    }


def _in(number: int) -> dict[str, Any]:
    return _both(number) | {"outcome": "answered", "received_at_ms": AT_MS}


def _out(number: int) -> dict[str, Any]:
    return _both(number) | {
        "state": "done",
        "attempts": 1,
        "created_at_ms": AT_MS,
        "expires_at_ms": AT_MS,
        "settled_at_ms": AT_MS,
    }
