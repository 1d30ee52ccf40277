"""The day itself: start the nodes, play every service's part, let all settle, check."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import func, select

from hanse.cli.day import invariants, report
from hanse.cli.day.credit import CreditPart
from hanse.cli.day.stage import Part, Stage
from hanse.cli.day.traffic import TrafficPart
from hanse.cli.output import err, language
from hanse.foundation.clock import monotonic_seconds
from hanse.mechanisms.exchange.tables import messages_out
from hanse.node.node import Node
from hanse.node.zone import Zone, running

PARTS: tuple[Part, ...] = (TrafficPart(), CreditPart())
SETTLE_SECONDS_MAX = 60.0
POLL_SECONDS = 0.05


async def play_day(folder: Path, seed: int, *, show_progress: bool) -> dict[str, Any]:
    """Run the day on the zone in a folder; gives its summary."""
    started = monotonic_seconds()
    async with running(folder) as zone:
        await settled(zone)
        stage = await _play(zone, seed, show_progress)
        await settled(zone)
        checked = await asyncio.to_thread(invariants.check_all, zone.nodes)
    titles = {part.service: part.title for part in PARTS}
    return report.summary(stage, checked, monotonic_seconds() - started, titles)


async def _play(zone: Zone, seed: int, show_progress: bool) -> Stage:
    speaks = language()
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        disable=not show_progress,
    )
    connector = aiohttp.TCPConnector(limit=0)
    with progress:
        async with aiohttp.ClientSession(connector=connector) as session:
            tasks: dict[str, Any] = {}
            stage = Stage(zone, session, seed, lambda service: progress.advance(tasks[service]))
            for part in PARTS:
                title = part.title.in_language(speaks)
                tasks[part.service] = progress.add_task(title, total=part.calls(stage))
            await asyncio.gather(*(part.play(stage) for part in PARTS))
    return stage


async def settled(zone: Zone) -> None:
    """Wait until nothing waits to be delivered anywhere, or give up: the checks will say."""
    ending = monotonic_seconds() + SETTLE_SECONDS_MAX
    while monotonic_seconds() < ending:
        waiting = [await _waiting(node) for node in zone.nodes.values()]
        if not any(waiting):
            return
        await asyncio.sleep(POLL_SECONDS)


async def _waiting(node: Node) -> int:
    count = await node.read(
        lambda tx: tx.value(
            select(func.count())
            .select_from(messages_out)
            .where(messages_out.c.state.in_(("pending", "owed")))
        )
    )
    return int(count)
