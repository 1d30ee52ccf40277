"""`python -m benches [quick] [section ...]`: measure, print, write docs/benchmarks."""

import inspect
import json
import os
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvloop

from benches import exchange, journal
from hanse.node import logs

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "benchmarks"
QUICK_SCALE = 0.1


def _plain(scale: float) -> dict[str, Any]:
    return exchange.plain_endpoint(scale)


SECTIONS: dict[str, Callable[[float], Any]] = {
    "signatures": lambda scale: exchange.bound(),
    "plain_endpoint": _plain,
    "requests_sqlite": lambda scale: exchange.single(scale),
    "requests_postgresql": lambda scale: exchange.single(scale, "postgresql"),
    "journal": journal.entries,
    "evidence_share": exchange.evidence_share,
    "events_one_to_seven": exchange.events,
    "large_body": exchange.large_body,
    "at_rest": lambda scale: exchange.at_rest(),
    "growth_of_inbox": exchange.growth,
    "journal_ten_million": journal.ten_million,
}
LONG = {"journal_ten_million"}
"""Sections that take many minutes, run only when they are named."""


def machine() -> dict[str, Any]:
    """What it ran on."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": names[0] if names else platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.platform(),
    }


def ratios(found: dict[str, Any]) -> dict[str, float]:
    """Ours beside the bound and the plain endpoint, from the same run."""
    if not {"signatures", "plain_endpoint", "requests_sqlite"} <= found.keys():
        return {}
    ours = found["requests_sqlite"]["closed_64"]["per_second"]
    batch = found["requests_sqlite"]["batch_1000"]["messages_per_second"]
    bound = found["signatures"]["requests_per_second_two_cores"]
    plain = max(one["per_second"] for one in found["plain_endpoint"].values())
    return {
        "single_of_the_signatures_bound": round(ours / bound, 3),
        "single_to_plain_endpoint": round(ours / plain, 2),
        "batch_to_single_per_message": round(batch / ours, 2),
    }


def run(names: list[str], scale: float) -> dict[str, Any]:
    """Run sections one after the other."""
    found: dict[str, Any] = {}
    for name in names:
        print(f"{name} ...", file=sys.stderr, flush=True)
        value = SECTIONS[name](scale)
        found[name] = uvloop.run(value) if inspect.iscoroutine(value) else value
        print(json.dumps({name: found[name]}, indent=1), flush=True)
    return found


def plot(found: dict[str, Any], path: Path) -> None:
    """Requests a second, ours beside the bound and the plain endpoint."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    bars = {
        "signatures alone\n(bound, 2 cores)": found["signatures"]["requests_per_second_two_cores"],
        "Hanse, 1,000 a delivery": found["requests_sqlite"]["batch_1000"]["messages_per_second"],
        "Hanse, single": found["requests_sqlite"]["closed_64"]["per_second"],
        "FastAPI +\nhttp-message-signatures": max(
            one["per_second"] for one in found["plain_endpoint"].values()
        ),
    }
    figure, axes = plt.subplots(figsize=(8, 3.2))
    axes.barh(list(bars), list(bars.values()), color=["#999", "#1f5f8b", "#3d8bbd", "#c9a227"])
    axes.invert_yaxis()
    axes.set_xlabel("requests answered a second, durable, one machine")
    for index, value in enumerate(bars.values()):
        axes.text(value, index, f" {value:,.0f}", va="center")
    figure.tight_layout()
    figure.savefig(path, dpi=120)


def main(arguments: list[str]) -> None:
    """Run what is named, or everything."""
    logs.configure()
    scale = QUICK_SCALE if "quick" in arguments else 1.0
    names = [one for one in arguments if one != "quick"] or [
        name for name in SECTIONS if name not in LONG
    ]
    found = run(names, scale)
    whole = {"machine": machine(), "ratios": ratios(found), **found}
    print(json.dumps({"machine": whole["machine"], "ratios": whole["ratios"]}, indent=1))
    if scale == 1.0 and set(SECTIONS) - LONG <= found.keys():
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / "results.json").write_text(json.dumps(whole, indent=1) + "\n", "utf-8")
        plot(found, FOLDER / "requests.png")


if __name__ == "__main__":
    main(sys.argv[1:])
