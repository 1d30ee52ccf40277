"""A body of 100 MB from one node to another: its time, and what memory it costs."""

import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from benches.cities import ASKED, ASKER, pair

BODY_BYTES = 100_000_000
PIECE_BYTES = 1_000_000


async def large_body(scale: float) -> dict[str, Any]:
    """Signed, hashed, synced to disk at the receiver; memory is the receiver's resident peak."""
    size = int(BODY_BYTES * min(1.0, scale))
    with tempfile.TemporaryDirectory() as folder:
        async with pair(Path(folder)) as both:
            await both.ask()
            before = both.asked.memory_mib("VmHWM")

            async def pieces() -> AsyncIterator[bytes]:
                for _ in range(0, size, PIECE_BYTES):
                    yield bytes(PIECE_BYTES)

            digest = await both.asker.bodies.store(None, ASKER, pieces())
            started = time.perf_counter()
            await both.asker.bodies.push(both.asked.address, ASKED, digest)
            seconds = time.perf_counter() - started
            peak = both.asked.memory_mib("VmHWM")
    return {
        "megabytes": size / 1e6,
        "seconds": round(seconds, 2),
        "megabytes_per_second": round(size / 1e6 / seconds, 1),
        "receiver_peak_mib": peak,
        "receiver_peak_grew_mib": round(peak - before, 1),
    }
