"""How much of a group commit is the journal's: measured at the asking node."""

import tempfile
import time
from pathlib import Path
from typing import Any

from benches.cities import pair
from benches.timing import closed_loop
from hanse.foundation.store import Transaction
from hanse.mechanisms.journal import log
from hanse.node.writer import Writer


async def evidence_share(scale: float) -> dict[str, Any]:
    """The journal's share of the time from a group's first work to its commit."""
    spent = {"journal": 0.0, "commits": 0.0}
    integrate = log.integrate
    commit = Writer._commit

    def timed_integrate(transaction: Transaction) -> None:
        began = time.perf_counter()
        integrate(transaction)
        spent["journal"] += time.perf_counter() - began

    def timed_commit(self: Writer, *arguments: Any) -> None:
        began = time.perf_counter()
        commit(self, *arguments)
        spent["commits"] += time.perf_counter() - began

    log.integrate = timed_integrate
    Writer._commit = timed_commit  # type: ignore[method-assign, assignment]
    try:
        with tempfile.TemporaryDirectory() as folder:
            async with pair(Path(folder)) as both:
                await closed_loop(both.ask, 8, 50)
                spent.update(journal=0.0, commits=0.0)
                await closed_loop(both.ask, 64, int(1_500 * scale))
    finally:
        log.integrate = integrate
        Writer._commit = commit  # type: ignore[method-assign]
    return {"share_of_commit_time": round(spent["journal"] / spent["commits"], 3)}
