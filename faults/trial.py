"""One trial: a day of the league on real processes under faults, then everything is checked.

What must come out is what comes out of an undisturbed day of the same seed: the same outcomes,
every call answered once, both sides' books equal, every journal whole and cosigned.
"""

import asyncio
import json
import shutil
import socket
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import func, select

from faults.chaos import Chaos
from faults.cities import HOST, City, mount_disk, put_behind_proxy, unmount_disk
from faults.patient import PatientStage
from hanse.cli.day import invariants
from hanse.cli.day.play import CLOSING, PARTS, settled
from hanse.cli.day.stage import DAY_START, Part
from hanse.foundation.clock import monotonic_seconds, shifted, wall_clock
from hanse.foundation.merkle import stored_root
from hanse.foundation.store.transaction import reading
from hanse.mechanisms.exchange.tables import streams_out
from hanse.mechanisms.journal import log
from hanse.mechanisms.journal.checkpoints import parse_checkpoint
from hanse.mechanisms.journal.notes import parse_note
from hanse.mechanisms.journal.tables import journal_checkpoints
from hanse.node.config import load
from hanse.node.node import Node
from hanse.node.zone import TOKENS_NAME, League, Zone, init_zone, running
from hanse.services import ALL

KEEP_SECONDS = 2.0
"""How often the journals' heads are copied during the day."""
FULL_DISKS_MAX = 2
QUIET_SECONDS_MAX = 120


@dataclass(frozen=True)
class Plan:
    """What to try."""

    league: League
    seed: int
    parts: Sequence[Part] = PARTS
    chaos: bool = True
    seconds_max: float = 0.0
    """Faults end after so long, the day goes on; 0: they last as long as the day."""


async def trial(plan: Plan) -> dict[str, Any]:
    """Play it in a folder of its own; gives what was done and what was found."""
    folder = Path(tempfile.mkdtemp(prefix="hanse-faults-"))
    small = [folder / code for code in plan.league.cities[:FULL_DISKS_MAX]]
    mounted = [one for one in small if plan.chaos and mount_disk(one)]
    try:
        init_zone(folder, plan.league)
        return await _played(plan, folder, {one.name for one in mounted})
    finally:
        for one in mounted:
            unmount_disk(one)
        shutil.rmtree(folder, ignore_errors=True)


async def _played(plan: Plan, folder: Path, small_disks: set[str]) -> dict[str, Any]:
    offset = (DAY_START - wall_clock()).total_seconds()
    began = monotonic_seconds()
    cities = [
        City(
            code,
            folder / code,
            put_behind_proxy(folder / code, _free_port()),
            folder / f"{code}.log",
            offset,
            own_disk=code in small_disks,
        )
        for code in plan.league.cities
    ]
    chaos = Chaos(cities, plan.seed)
    heads: dict[str, dict[int, bytes]] = {city.code: {} for city in cities}
    try:
        for city in cities:
            await city.proxy.start()
            city.start()
        await _all_ready(cities)
        stage = await _day(plan, folder, cities, chaos, heads, offset)
        seconds = monotonic_seconds() - began
        for city in cities:
            await asyncio.to_thread(city.end)
        found = await _checked(folder, heads, offset)
    finally:
        chaos.stopping = True
        for city in cities:
            await asyncio.to_thread(city.end)
            await city.proxy.stop()
    return {
        "seed": plan.seed,
        "cities": len(cities),
        "seconds": round(seconds, 1),
        "calls": stage.calls,
        "tries": stage.tries,
        "starts": sum(city.starts for city in cities),
        "faults": dict(sorted(chaos.done.items())),
        "disks_of_their_own": len(small_disks),
        "digest": stage.digest,
        "unexpected": stage.failures,
        **found,
    }


async def _day(
    plan: Plan,
    folder: Path,
    cities: list[City],
    chaos: Chaos,
    heads: dict[str, dict[int, bytes]],
    offset: float,
) -> PatientStage:
    """Play the parts while faults happen; then wait until nothing waits any more."""
    readers = {city.code: Node(load(city.folder / "node.toml"), ALL) for city in cities}
    zone = Zone(
        readers,
        {city.code: f"http://{HOST}:{city.proxy.port}" for city in cities},
        _tokens(folder),
    )
    background = [asyncio.create_task(_keep_heads(readers, heads))]
    if plan.chaos:
        background.append(asyncio.create_task(chaos.run()))
        if plan.seconds_max:
            background.append(asyncio.create_task(_stop_later(chaos, plan.seconds_max)))
    try:
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        async with aiohttp.ClientSession(connector=connector) as session:
            stage = PatientStage(
                zone,
                session,
                plan.seed,
                lambda service: None,
                shifted(offset),
            )
            await _subscribed(zone)
            await asyncio.gather(*(part.play(stage) for part in plan.parts))
            await settled(zone)
            for part in CLOSING:
                await part.play(stage)
        chaos.stopping = True
        if plan.chaos:
            await background[1]
        if background[0].done():
            background[0].result()
        await _all_ready(cities)
        await settled(zone)
        return stage
    finally:
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        for reader in readers.values():
            reader.engine.dispose()


async def _subscribed(zone: Zone) -> None:
    """Wait until every city's streams reach every other one: before, it rightly hears nothing."""
    wanted = len(zone.nodes) - 1
    ending = monotonic_seconds() + QUIET_SECONDS_MAX
    while monotonic_seconds() < ending:
        heard = [
            await node.read(
                lambda tx: tx.rows(
                    select(streams_out.c.topic, func.count().label("peers"))
                    .where(streams_out.c.subscribed)
                    .group_by(streams_out.c.topic)
                )
            )
            for node in zone.nodes.values()
        ]
        if all(rows and all(row.peers == wanted for row in rows) for rows in heard):
            return
        await asyncio.sleep(0.1)
    raise RuntimeError("the cities did not subscribe to each other")


async def _stop_later(chaos: Chaos, seconds: float) -> None:
    await asyncio.sleep(seconds)
    chaos.stopping = True


async def _keep_heads(readers: dict[str, Node], heads: dict[str, dict[int, bytes]]) -> None:
    """Copy what each city has published of its journal: it may never take any of it back."""
    while True:
        for code, node in readers.items():
            rows = await node.read(
                lambda tx: tx.rows(
                    select(journal_checkpoints.c.note)
                    .order_by(journal_checkpoints.c.size.desc())
                    .limit(1)
                )
            )
            for row in rows:
                head = parse_checkpoint(parse_note(bytes(row.note)).text)
                heads[code][head.size] = head.root
        await asyncio.sleep(KEEP_SECONDS)


async def _checked(
    folder: Path, heads: dict[str, dict[int, bytes]], offset: float
) -> dict[str, Any]:
    """Start every node once more, all in this process, and check what must always hold."""
    async with running(folder, clock=shifted(offset)) as zone:
        await settled(zone)
        await asyncio.gather(*(one.witnessing.checkpoint_now() for one in zone.nodes.values()))
        checked = await asyncio.to_thread(invariants.check_all, zone.nodes)
        kept = await asyncio.to_thread(_heads_hold, zone.nodes, heads)
    return {
        "heads_kept": sum(map(len, heads.values())),
        "heads_lost": kept,
        "invariants": [
            {
                "title": one.title.as_dict(),
                "holds": one.holds,
                "looked_at": one.looked_at,
                "findings": one.findings[:5],
            }
            for one in checked
        ],
    }


def _heads_hold(nodes: dict[str, Node], heads: dict[str, dict[int, bytes]]) -> list[str]:
    """Which copied heads are not heads of the journal that stands now: none may be."""
    lost = []
    for code, copies in heads.items():
        with reading(nodes[code].engine) as transaction:
            size = log.head(transaction).size
            reader = log.reader(transaction, size)
            for then, root in copies.items():
                if then > size or stored_root(reader, then) != root:
                    lost.append(f"{code}@{then}")
    return lost


async def _all_ready(cities: Sequence[City]) -> None:
    ending = monotonic_seconds() + QUIET_SECONDS_MAX
    while monotonic_seconds() < ending:
        ready = await asyncio.gather(*(asyncio.to_thread(city.ready) for city in cities))
        if all(ready):
            return
        await asyncio.sleep(0.1)
    raise RuntimeError("not every city became ready")


def _tokens(folder: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((folder / TOKENS_NAME).read_text("utf-8"))
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def clean(found: dict[str, Any]) -> bool:
    """Whether nothing was lost, nothing done twice, and everything verifies."""
    holds = all(one["holds"] for one in found["invariants"])
    same = found["digest"] == found.get("digest_of_a_calm_day", found["digest"])
    return holds and same and not found["unexpected"] and not found["heads_lost"]
