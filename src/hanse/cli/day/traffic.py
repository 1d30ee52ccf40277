"""The day of traffic control: notices published, acknowledged, extended and lifted."""

import asyncio
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from hanse.cli.day.stage import CONCURRENT_CALLS_MAX, Stage, at_most
from hanse.foundation.clock import iso, monotonic_seconds
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.services.safety.traffic.tables import versions

SERVICE = "safety.traffic"
NOTICES_PER_CITY = 6
QUERIES_PER_CITY = 6
ARRIVAL_SECONDS_MAX = 60.0
POLL_SECONDS = 0.05
POLICE = "traffic-police"
ROADS = ("G5", "G42", "G76", "G93", "G0512", "G0515")
"""Expressways of the Zone by number; where their stakes lie is generated."""


class TrafficPart:
    """`safety/traffic` in the day."""

    service = SERVICE
    title = Text("交通管制信息互通", "Traffic-control notices")

    def calls(self, stage: Stage) -> int:
        """About how many calls it makes, for the progress display."""
        cities = len(stage.zone.nodes)
        notices = cities * NOTICES_PER_CITY
        return notices + notices // 2 + notices * (cities - 1) + cities * QUERIES_PER_CITY + 1

    async def play(self, stage: Stage) -> None:
        """Publish, wait for every city to hold it, acknowledge, extend, lift, query, refuse."""
        cities = sorted(stage.zone.nodes)
        published = await at_most(
            CONCURRENT_CALLS_MAX,
            [
                partial(self._publish, stage, city, number)
                for city in cities
                for number in range(NOTICES_PER_CITY)
            ],
        )
        await self._arrived(stage, published)
        await at_most(
            CONCURRENT_CALLS_MAX,
            [
                partial(self._acknowledge, stage, city, notice)
                for notice in published
                for city in cities
                if city != notice["issuer"]
            ],
        )
        changed = await asyncio.gather(*(self._change(stage, notice) for notice in published[::2]))
        await self._arrived(stage, changed)
        await self._query(stage, cities)
        await self._be_refused(stage, published[0])
        await self._same_everywhere(stage, cities)

    async def _publish(self, stage: Stage, city: str, number: int) -> dict[str, Any]:
        notice = notice_of(stage, city, number)
        state = await stage.own(SERVICE, city, POLICE, "traffic.publish", notice)
        stage.remember(f"notice {notice['id']}", [notice["road"], state.get("cities_told")])
        if state.get("cities_told") != len(stage.zone.nodes) - 1:
            stage.failures.append(f"{city}: {notice['id']} went to {state.get('cities_told')}")
        return notice

    async def _arrived(self, stage: Stage, notices: list[dict[str, Any]]) -> None:
        """Wait until every city holds these versions; their streams carry them in order."""
        wanted = {(one["id"], one["version"]) for one in notices}
        ending = monotonic_seconds() + ARRIVAL_SECONDS_MAX
        for city, node in stage.zone.nodes.items():
            while True:
                held = await node.read(versions_held)
                if wanted <= held:
                    break
                if monotonic_seconds() > ending:
                    stage.failures.append(f"{city}: {len(wanted - held)} notices have not arrived")
                    return
                await asyncio.sleep(POLL_SECONDS)

    async def _acknowledge(self, stage: Stage, city: str, notice: dict[str, Any]) -> None:
        request = {"notice": notice["id"], "version": notice["version"]}
        await stage.own(SERVICE, city, POLICE, "traffic.acknowledge", request)

    async def _change(self, stage: Stage, notice: dict[str, Any]) -> dict[str, Any]:
        """Lift a notice: its next version, told to all."""
        now = iso(stage.now)
        lifted = notice | {
            "version": notice["version"] + 1,
            "status": "lifted",
            "updated_at": now,
            "lifted_at": now,
        }
        await stage.own(SERVICE, notice["issuer"], POLICE, "traffic.publish", lifted)
        return lifted

    async def _query(self, stage: Stage, cities: list[str]) -> None:
        """What is in force on a road, as each city's own node knows it."""
        for city in cities:
            for number in range(QUERIES_PER_CITY):
                road = stage.chance(f"query {city} {number}").choice(ROADS)
                found = await stage.own(SERVICE, city, POLICE, "traffic.in_force", {"road": road})
                stage.remember(f"in force {city} {number}", len(found.get("notices", [])))

    async def _be_refused(self, stage: Stage, notice: dict[str, Any]) -> None:
        """A version out of its order is refused, and so is another city's notice."""
        stale = notice | {"version": 1}
        await stage.own(
            SERVICE,
            notice["issuer"],
            POLICE,
            "traffic.publish",
            stale,
            refused="traffic_version_stale",
        )

    async def _same_everywhere(self, stage: Stage, cities: list[str]) -> None:
        held = [await stage.zone.nodes[city].read(versions_held) for city in cities]
        for city, found in zip(cities, held, strict=True):
            if found != held[0]:
                stage.failures.append(f"{city} holds other notices than {cities[0]}")


def versions_held(transaction: Transaction) -> set[tuple[str, int]]:
    """Every version of every notice that a city holds."""
    rows = transaction.rows(select(versions.c.notice, versions.c.version))
    return {(row.notice, row.version) for row in rows}


def notice_of(stage: Stage, city: str, number: int) -> dict[str, Any]:
    """A generated notice: an accident that closes a lane, with stakes of its own."""
    chance = stage.chance(f"notice {city} {number}")
    start: datetime = stage.now
    hours = chance.choice((2, 4, 14))
    from_stake = chance.randrange(0, 400) * 1_000
    others = sorted(chance.sample([one for one in stage.zone.nodes if one != city], 2))
    return {
        "id": f"{city}-D{number:03d}",
        "version": 1,
        "issuer": city,
        "kind": "accident",
        "road": chance.choice(ROADS),
        "from_stake_m": from_stake,
        "to_stake_m": from_stake + 1_000 * chance.randrange(1, 9),
        "direction": chance.choice(("up", "down", "both")),
        "issued_at": iso(start),
        "updated_at": iso(start),
        "start": iso(start),
        "expected_end": iso(start + timedelta(hours=hours)),
        "public_from": iso(start),
        "measure": "lane_closed",
        "affected_cities": [city, *others],
        "description": {
            "zh": "生成数据：事故占道",
            "en": "Generated: an accident occupies a lane",
        },
        "level": "local",
        "status": "issued",
    }
