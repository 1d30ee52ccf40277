"""What the sections share: percentiles, rounds of concurrent calls, processes and their memory."""

import asyncio
import math
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path


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


async def closed_loop(call: Callable[[], Awaitable[object]], clients: int, count: int) -> Measured:
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
    return _measured(seconds, time.perf_counter() - began)


async def open_loop(
    call: Callable[[], Awaitable[object]], per_second: float, count: int
) -> Measured:
    """Calls that begin at a fixed pace, whether or not earlier ones are answered."""
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
    return _measured(seconds, time.perf_counter() - began)


def _measured(seconds: list[float], total: float) -> Measured:
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


@dataclass
class Served:
    """A node in a process of its own."""

    process: subprocess.Popen[bytes]
    address: str
    started_seconds: float

    def memory_mib(self, field: str = "VmRSS") -> float:
        """Resident memory now, or its peak as `VmHWM`."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(one for one in text.splitlines() if one.startswith(field))
        return round(int(line.split()[1]) / 1024, 1)

    def stop(self) -> None:
        """End the process as an operator does."""
        self.process.terminate()
        self.process.wait(30)


def serve(config: Path, address: str) -> Served:
    """Start `hanse serve`; gives it once it is ready."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", "from hanse.cli import main; main()", "serve", "--config", config],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while True:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=1) as response:
                if response.status == 200:
                    return Served(process, address, time.perf_counter() - began)
        except (urllib.error.URLError, OSError):
            if process.poll() is not None or time.perf_counter() - began > 30:
                process.kill()
                raise RuntimeError("the node did not start") from None
        time.sleep(0.02)
