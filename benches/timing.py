"""What the sections share: percentiles, and rounds of concurrent calls."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

Call = Callable[[], Awaitable[object]]


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass(frozen=True)
class Measured:
    """A round of calls: how many a second, and how long one took."""

    per_second: float
    p50_ms: float
    p99_ms: float


async def closed_loop(call: Call, clients: int, count: int) -> Measured:
    """So many clients, each calling again as soon as it is answered."""
    seconds: list[float] = []
    left = count

    async def client() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            started = time.perf_counter()
            await call()
            seconds.append(time.perf_counter() - started)

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return measured(seconds, time.perf_counter() - began)


async def open_loop(call: Call, per_second: float, count: int) -> Measured:
    """Calls that begin at a fixed pace, whether or not earlier ones are answered.

    A call's time counts from when it was due, so that a stall is charged to every call it held up.
    """
    seconds: list[float] = []

    async def one(due: float) -> None:
        await call()
        seconds.append(time.perf_counter() - due)

    began = time.perf_counter()
    tasks = []
    for index in range(count):
        due = began + index / per_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(one(due)))
    await asyncio.gather(*tasks)
    return measured(seconds, time.perf_counter() - began)


def measured(seconds: list[float], total: float) -> Measured:
    """What a round of calls comes to."""
    return Measured(
        per_second=round(len(seconds) / total, 1),
        p50_ms=round(percentile(seconds, 0.5) * 1000, 2),
        p99_ms=round(percentile(seconds, 0.99) * 1000, 2),
    )


def rate(work: Callable[[], object], seconds: float = 0.5) -> float:
    """How often a second the work is done, on one core."""
    count = 0
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        for _ in range(20):
            work()
        count += 20
    return count / (time.perf_counter() - began)
