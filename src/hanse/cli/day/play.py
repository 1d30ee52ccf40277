"""The day itself: start the nodes, play every service's part, let all settle, check."""

import asyncio
import shutil
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import func, select

from hanse.cli.day import invariants, report
from hanse.cli.day.briefing import BriefingPart
from hanse.cli.day.clearing import ClearingPart
from hanse.cli.day.conference import ConferencePart
from hanse.cli.day.credit import CreditPart
from hanse.cli.day.deposits import DepositsPart
from hanse.cli.day.experts import ExpertsPart
from hanse.cli.day.forum import ForumPart
from hanse.cli.day.insurance import InsurancePart
from hanse.cli.day.pensions import PensionsPart
from hanse.cli.day.press import PressPart
from hanse.cli.day.registration import RegistrationPart
from hanse.cli.day.results import ResultsPart
from hanse.cli.day.retirees import RetireesPart
from hanse.cli.day.stage import DAY_START, Part, Stage
from hanse.cli.day.taskforces import TaskforcesPart
from hanse.cli.day.traffic import TrafficPart
from hanse.cli.output import err, language
from hanse.foundation.clock import Clock, iso, monotonic_seconds
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.tables import messages_out
from hanse.node.node import Node
from hanse.node.zone import League, Zone, init_zone, read_league, running

FOLDER_IN_USE = ProblemKind(
    "folder_in_use",
    409,
    Text("目录中有其他文件", "The folder holds other files"),
    Text("请换一个目录；{folder} 不会被清空", "Choose another one; {folder} is not emptied"),
)
MARK = ".hanse-day"
"""Says that the folder is a day's, and holds the instant at which the day ended."""
DAY_NOT_PLAYED = ProblemKind(
    "day_not_played",
    404,
    Text("目录中没有已完成的工作日", "No day was played to its end in the folder"),
    Text("请先运行 hanse day {folder}", "Run hanse day {folder} first"),
)
PARTS: tuple[Part, ...] = (
    TrafficPart(),
    CreditPart(),
    InsurancePart(),
    ResultsPart(),
    DepositsPart(),
    PensionsPart(),
    RetireesPart(),
    RegistrationPart(),
    ConferencePart(),
    PressPart(),
    ForumPart(),
    TaskforcesPart(),
    BriefingPart(),
    ExpertsPart(),
)
CLOSING: tuple[Part, ...] = (ClearingPart(),)
"""What comes after all others: it clears what they owe."""
SETTLE_SECONDS_MAX = 60.0
POLL_SECONDS = 0.05


async def play_day(
    folder: Path, seed: int, *, show_progress: bool, league: League | None = None
) -> dict[str, Any]:
    """Make a fresh zone in the folder and run the day on it; gives its summary."""
    started = monotonic_seconds()
    fresh = fresh_folder(folder)
    init_zone(fresh, league or read_league())
    clock = day_clock()
    async with running(fresh, clock=clock) as zone:
        await settled(zone)
        stage = await _play(zone, seed, clock, show_progress)
        await settled(zone)
        await asyncio.gather(*(one.witnessing.checkpoint_now() for one in zone.nodes.values()))
        checked = await asyncio.to_thread(invariants.check_all, zone.nodes)
        (fresh / MARK).write_text(iso(clock()), "utf-8")
    titles = {part.service: part.title for part in (*PARTS, *CLOSING)}
    return report.summary(stage, checked, monotonic_seconds() - started, titles)


def day_clock() -> Clock:
    """A clock that begins at the day's fixed morning and runs at its natural speed."""
    started = monotonic_seconds()
    return lambda: DAY_START + timedelta(seconds=monotonic_seconds() - started)


def after_the_day(folder: Path) -> tuple[Path, Clock]:
    """Where the zone of a day is that was played, and a clock that goes on from its end."""
    place = folder / "day"
    try:
        ended = datetime.fromisoformat((place / MARK).read_text("utf-8"))
    except (OSError, ValueError):
        raise DAY_NOT_PLAYED(folder=folder) from None
    started = monotonic_seconds()
    return place, lambda: ended + timedelta(seconds=monotonic_seconds() - started)


def fresh_folder(folder: Path) -> Path:
    """Where the day's zone is made. The zone of an earlier day there is removed, nothing else."""
    place = folder / "day"
    if (place / MARK).exists():
        shutil.rmtree(place)
    if place.exists() and any(place.iterdir()):
        raise FOLDER_IN_USE(folder=place)
    place.mkdir(parents=True, exist_ok=True)
    (place / MARK).touch()
    return place


async def _play(zone: Zone, seed: int, clock: Clock, show_progress: bool) -> Stage:
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
            stage = Stage(
                zone, session, seed, lambda service: progress.advance(tasks[service]), clock
            )
            for part in (*PARTS, *CLOSING):
                title = part.title.in_language(speaks)
                tasks[part.service] = progress.add_task(title, total=part.calls(stage))
            await asyncio.gather(*(_part(part, stage, progress, tasks) for part in PARTS))
            await settled(zone)
            for part in CLOSING:
                await _part(part, stage, progress, tasks)
    return stage


async def _part(part: Part, stage: Stage, progress: Progress, tasks: Mapping[str, Any]) -> None:
    """Play a part to its end. How many calls it makes was an estimate; now it is known."""
    await part.play(stage)
    task = tasks[part.service]
    made = next(one.completed for one in progress.tasks if one.id == task)
    progress.update(task, total=made)


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
