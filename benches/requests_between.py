"""Requests from one city to another: signed, authorised, answered, recorded, journaled, durable."""

import os
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benches.cities import Pair, pair
from benches.processes import cpu_seconds
from benches.timing import Measured, closed_loop, measured, open_loop

BATCH = 1_000
CLOSED = ((1, 600), (8, 2_000), (64, 6_000))
"""How many clients, and how many requests they make together."""
OPEN_SECONDS = 6


async def requests(scale: float, store: str = "sqlite") -> dict[str, Any]:
    """Single requests in closed loops, then at half of what was reached, then in batches."""
    with tempfile.TemporaryDirectory() as folder:
        async with pair(Path(folder), store) as both:
            await closed_loop(both.ask, 8, int(400 * scale))
            found: dict[str, Any] = {}
            for clients, count in CLOSED:
                loop = closed_loop(both.ask, clients, int(count * scale))
                found[f"closed_{clients}"] = await watched(both, loop, 1)
            pace = found["closed_64"]["per_second"] / 2
            loop = open_loop(both.ask, pace, int(pace * OPEN_SECONDS * scale) + 1)
            found["open_half"] = {"pace": pace} | await watched(both, loop, 1)
            found["batch_1000"] = await batches(both, int(20 * scale))
            found["asked_node_mib"] = both.asked.memory_mib()
    return found


async def batches(both: Pair, rounds: int) -> dict[str, Any]:
    """Batches one after the other: a thousand questions in one commit go in one delivery."""
    await both.ask(BATCH)

    async def run() -> Measured:
        seconds = []
        for _ in range(max(1, rounds)):
            began = time.perf_counter()
            await both.ask(BATCH)
            seconds.append(time.perf_counter() - began)
        return measured(seconds, sum(seconds))

    found = await watched(both, run(), BATCH)
    return {"messages_per_second": round(found.pop("per_second") * BATCH, 1)} | found


async def watched(both: Pair, loop: Any, messages_per_call: int) -> dict[str, Any]:
    """A round of calls with what it took: deliveries, and processor time on either side."""
    before = _spent(both)
    began = time.perf_counter()
    result: Measured = await loop
    seconds = time.perf_counter() - began
    deliveries, asker, asked = (now - then for now, then in zip(_spent(both), before, strict=True))
    messages = result.per_second * seconds * messages_per_call
    return asdict(result) | {
        "messages_per_delivery": round(messages / deliveries, 1) if deliveries else None,
        "asker_cores": round(asker / seconds, 2),
        "asked_cores": round(asked / seconds, 2),
        "cpu_us_per_message": round((asker + asked) / messages * 1e6),
    }


def _spent(both: Pair) -> tuple[float, float, float]:
    return both.deliveries(), cpu_seconds(os.getpid()), both.asked.cpu_seconds()
