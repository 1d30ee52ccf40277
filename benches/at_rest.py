"""A node that does nothing: how soon it is ready, and how much memory it holds."""

import tempfile
import time
from pathlib import Path

from benches.cities import ASKED, two_cities
from benches.processes import serve_node
from hanse.node.config import load
from hanse.node.zone import init_zone

STARTS = 5
SETTLED_SECONDS = 1


def at_rest(scale: float) -> dict[str, float]:
    """From the command to the first 200 of `/readyz`; memory a second later."""
    seconds, mib = [], []
    with tempfile.TemporaryDirectory() as folder:
        init_zone(Path(folder), two_cities())
        place = Path(folder) / ASKED / "node.toml"
        for _ in range(max(1, int(STARTS * scale))):
            served = serve_node(place, f"http://127.0.0.1:{load(place).listen_port}")
            seconds.append(served.started_seconds)
            time.sleep(SETTLED_SECONDS)
            mib.append(served.memory_mib())
            served.stop()
    return {
        "starts": len(seconds),
        "ready_seconds_median": round(sorted(seconds)[len(seconds) // 2], 2),
        "ready_seconds_max": round(max(seconds), 2),
        "resident_mib": max(mib),
    }
