"""Backups: those that there are, making one, and how to restore."""

import asyncio

from hanse.foundation.errors import Problem
from hanse.node import backups as node_backups
from hanse.web.page import GoTo, Result, Shown
from hanse.web.rates import Rate
from hanse.web.visit import Visit

MAKING = Rate("backup", 4, 60)


async def backups(visit: Visit) -> Result:
    """The backups in the node's own folder."""
    return await _page(visit, None)


async def make(visit: Visit) -> Result:
    """Make one now, while the node works."""
    visit.limit(MAKING)
    config, now = visit.node.config, visit.now
    try:
        await asyncio.to_thread(node_backups.make, config, config.backups_folder, now)
    except Problem as problem:
        return await _page(visit, problem)
    return GoTo("/operator/backup")


async def _page(visit: Visit, problem: Problem | None) -> Shown:
    folder = visit.node.config.backups_folder
    found = await asyncio.to_thread(node_backups.made, folder)
    values = {"backups": found, "folder": str(folder), "problem": problem}
    return Shown("operator/backup.html", values, 200 if problem is None else problem.kind.status)
