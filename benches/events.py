"""One city tells seven others: all eight nodes in this one process, each with its own store."""

import asyncio
import itertools
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from benches.cities import ASKER, SUBJECT
from benches.timing import closed_loop
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.tables import streams_in
from hanse.node.zone import init_zone, read_league, running

TOPIC = "credit.listed"
WARMING_EVENTS = 10
SUBSCRIBED_SECONDS = 2
"""For the subscriptions, which the nodes ask of each other when they start."""


PUBLISHERS = ((1, 200), (16, 1_600))
"""How many agencies call at the same time, and how many events they publish together."""


async def events(scale: float) -> dict[str, Any]:
    """Events from the first call to the last arrival at the slowest of the seven.

    A publisher calls again when its event is durable here. What several publish at the same time
    shares commits and deliveries.
    """
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        init_zone(Path(folder), read_league())
        async with running(Path(folder)) as zone:
            node = zone.nodes[ASKER]
            others = [other for other in zone.nodes.values() if other is not node]
            await asyncio.sleep(SUBSCRIBED_SECONDS)
            operation = node.registry.operation("credit.list")
            numbers = itertools.count(1)

            async def publish() -> None:
                await node.call(operation, _entry(next(numbers)), "operations")

            await closed_loop(publish, 1, WARMING_EVENTS)
            last = WARMING_EVENTS
            for publishers, most in PUBLISHERS:
                count = max(20, int(most * scale))
                last += count
                started, spent = time.perf_counter(), time.process_time()
                await closed_loop(publish, publishers, count)
                called = time.perf_counter() - started
                for other in others:
                    while await other.read(_arrived) < last:
                        await asyncio.sleep(0.01)
                seconds = time.perf_counter() - started
                found[f"publishers_{publishers}"] = {
                    "events": count,
                    "events_per_second": round(count / seconds, 1),
                    "arrivals_per_second": round(len(others) * count / seconds, 1),
                    "last_arrival_after_last_call_ms": round((seconds - called) * 1000, 1),
                    "cpu_ms_per_event": round((time.process_time() - spent) / count * 1000, 2),
                }
    return {"cities_told": len(others), **found}


def _entry(number: int) -> dict[str, Any]:
    return {
        "subject": SUBJECT,
        "source_city": ASKER,
        "entry_id": f"e{number}",
        "authority": SUBJECT,
        "decision_number": f"{number}",
        "listed_on": "2026-11-25",
        "grounds": "bench",
    }


def _arrived(transaction: Transaction) -> int:
    last = select(func.coalesce(func.max(streams_in.c.sequence), 0)).where(
        streams_in.c.peer == ASKER, streams_in.c.topic == TOPIC
    )
    return int(transaction.value(last))
