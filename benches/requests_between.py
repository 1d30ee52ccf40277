"""Requests from one city to another: signed, authorised, answered, recorded, journaled, durable."""

import os
import tempfile
import time
from collections.abc import Awaitable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from benches.cities import Pair, pair
from benches.processes import cpu_seconds
from benches.timing import Measured, closed_loop, open_loop

BATCH = 1_000
CLOSED = ((1, 600), (8, 2_000), (64, 6_000))
"""How many clients, and how many requests they make together."""
OPEN_SECONDS = 6
BATCHES = 20
SHARE_ON_POSTGRESQL = 0.4
"""The second store is measured more briefly, so that a whole run stays short."""


async def requests(scale: float, store: str = "sqlite") -> dict[str, Any]:
    """Single requests in closed loops, then at half of what was reached, then in batches."""
    if store != "sqlite":
        scale *= SHARE_ON_POSTGRESQL
    with tempfile.TemporaryDirectory() as folder:
        async with pair(Path(folder), store) as both:
            await closed_loop(both.ask, 8, int(400 * scale))
            found: dict[str, Any] = {}
            for clients, most in CLOSED:
                count = int(most * scale)
                loop = closed_loop(both.ask, clients, count)
                found[f"closed_{clients}"] = await watched(both, loop, count)
            pace = found["closed_64"]["per_second"] / 2
            count = int(pace * OPEN_SECONDS * scale) + 1
            loop = open_loop(both.ask, pace, count)
            found["open_half"] = {"pace": pace} | await watched(both, loop, count)
            found["batch_1000"] = await batches(both, max(2, int(BATCHES * scale)))
            found["asked_node_mib"] = both.asked.memory_mib()
    return found


async def batches(both: Pair, count: int) -> dict[str, Any]:
    """Batches one after the other: a thousand questions in one commit go in one delivery."""
    await both.ask(BATCH)
    loop = closed_loop(partial(both.ask, BATCH), 1, count)
    began = time.perf_counter()
    found = await watched(both, loop, count * BATCH)
    del found["per_second"]
    rate = count * BATCH / (time.perf_counter() - began)
    return {"messages_per_second": round(rate, 1)} | found


async def watched(both: Pair, loop: Awaitable[Measured], messages: int) -> dict[str, Any]:
    """A round of calls with what it took: deliveries, and processor time on either side."""
    before, began = _spent(both), time.perf_counter()
    result = await loop
    seconds = time.perf_counter() - began
    deliveries, asker, asked = (now - then for now, then in zip(_spent(both), before, strict=True))
    return asdict(result) | {
        "messages_per_delivery": round(messages / deliveries, 1),
        "asker_cores": round(asker / seconds, 2),
        "asked_cores": round(asked / seconds, 2),
        "cpu_us_per_message": round((asker + asked) / messages * 1e6),
    }


def _spent(both: Pair) -> tuple[float, float, float]:
    return both.deliveries(), cpu_seconds(os.getpid()), both.asked.cpu_seconds()
