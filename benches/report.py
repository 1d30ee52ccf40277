"""What a run says: its machine, its ratios, a table, and plots."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

CLOSED = ("closed_1", "closed_8", "closed_64")


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
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "python": platform.python_version(),
        "system": platform.platform(),
    }


def ratios(found: dict[str, Any]) -> dict[str, float]:
    """Ours beside the bound and the plain endpoint, all from the same run."""
    if not {"signatures", "plain_endpoint", "requests_sqlite"} <= found.keys():
        return {}
    ours, plain = found["requests_sqlite"], found["plain_endpoint"]
    bound = found["signatures"]["deliveries_per_second_one_core"]
    batch = ours["batch_1000"]["messages_per_second"]
    made = {f"{one}_to_bound": ours[one]["per_second"] / bound for one in CLOSED}
    made |= {
        f"{one}_to_plain_endpoint": ours[one]["per_second"] / plain[one]["per_second"]
        for one in CLOSED
    }
    made |= {f"batch_to_{one}_per_message": batch / ours[one]["per_second"] for one in CLOSED}
    made |= _ledger_ratios(found)
    return {name: round(value, 2) for name, value in made.items()}


def _ledger_ratios(found: dict[str, Any]) -> dict[str, float]:
    made = {}
    for store in ("ledger_sqlite", "ledger_postgresql"):
        if store in found:
            ours = found[store]["uniform_8000"]["per_second"]
            made[f"{store}_per_second"] = ours
            made[f"{store}_to_bound"] = ours / found[store]["bound_8000"]["per_second"]
    if {"ledger_postgresql", "ledger_hordak"} <= found.keys():
        bulk = found["ledger_hordak"]["bulk_create_1000"]["per_second"]
        made["ledger_to_hordak_bulk"] = made["ledger_postgresql_per_second"] / bulk
    return made


def rows(name: str, value: Any) -> list[str]:
    """A section's rows of the table, `| what | figures |`: one for each of its parts."""
    if not isinstance(value, dict):
        return [f"| {name} | {value} |"]
    plain = {key: one for key, one in value.items() if not isinstance(one, dict)}
    made = [f"| {name} | {', '.join(f'{k} {_number(v)}' for k, v in plain.items())} |"]
    parts = [(key, one) for key, one in value.items() if isinstance(one, dict)]
    below = [row for key, one in parts for row in rows(f"{name} {key}", one)]
    return (made if plain else []) + below


def _number(value: Any) -> str:
    if isinstance(value, int | float) and abs(value) >= 1_000:
        return f"{value:,.0f}"
    return str(value)


def plots(found: dict[str, Any], folder: Path) -> None:
    """Draw the rates, the latencies and the growth."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    for draw, name in ((_rates, "requests"), (_latencies, "latency"), (_growth, "growth")):
        figure, axes = plt.subplots(figsize=(8, 3.2))
        draw(axes, found)
        figure.tight_layout()
        figure.savefig(folder / f"{name}.png", dpi=120)
        plt.close(figure)


def _rates(axes: Any, found: dict[str, Any]) -> None:
    ours, plain = found["requests_sqlite"], found["plain_endpoint"]
    bars = {
        "bound: Ed25519 alone, one core": found["signatures"]["deliveries_per_second_one_core"],
        "Hanse, 1,000 a delivery": ours["batch_1000"]["messages_per_second"],
        "Hanse, 64 clients": ours["closed_64"]["per_second"],
        "plain endpoint, 64 clients": plain["closed_64"]["per_second"],
        "Hanse, 1 client": ours["closed_1"]["per_second"],
        "plain endpoint, 1 client": plain["closed_1"]["per_second"],
    }
    colours = ["#999999", "#1f5f8b", "#3d8bbd", "#c9a227", "#3d8bbd", "#c9a227"]
    axes.barh(list(bars), list(bars.values()), color=colours)
    axes.invert_yaxis()
    axes.set_xlabel("requests answered a second, durable, both ends on one machine")
    for index, value in enumerate(bars.values()):
        axes.text(value, index, f" {value:,.0f}", va="center")
    axes.margins(x=0.12)


def _latencies(axes: Any, found: dict[str, Any]) -> None:
    runs = {
        "Hanse, SQLite": found["requests_sqlite"],
        "Hanse, PostgreSQL": found["requests_postgresql"],
        "plain endpoint, SQLite": found["plain_endpoint"],
    }
    places = range(len(CLOSED))
    for index, (name, run) in enumerate(runs.items()):
        low = [run[one]["p50_ms"] for one in CLOSED]
        high = [run[one]["p99_ms"] - run[one]["p50_ms"] for one in CLOSED]
        at = [place + (index - 1) * 0.27 for place in places]
        bars = axes.bar(at, low, 0.25, label=name)
        axes.errorbar(at, low, [[0.0] * len(low), high], fmt="none", ecolor="#444", capsize=3)
        axes.bar_label(bars, fmt="%.0f", fontsize=7, label_type="center", color="white")
    axes.set_yscale("log")
    axes.set_xticks(list(places), [f"{one.rpartition('_')[2]} clients" for one in CLOSED])
    axes.set_ylabel("ms: bar p50, whisker p99")
    axes.legend(fontsize=8)


def _growth(axes: Any, found: dict[str, Any]) -> None:
    run = found["growth"]
    sizes = [int(size) for size in run if size.isdigit()]
    for name in ("p50_ms", "p99_ms"):
        axes.plot(sizes, [run[str(size)][name] for size in sizes], marker="o", label=name[:3])
    axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("rows in the asker's outbox, and as many in the asked city's inbox")
    axes.set_ylabel("ms at 8 clients")
    axes.legend(fontsize=8)
