"""The day of the forum: the rotation, a swap that both agree to, a call, papers, a programme."""

from datetime import timedelta
from functools import partial
from typing import Any

from hanse.cli.day.joint import OFFICE, seen, until
from hanse.cli.day.stage import CONCURRENT_CALLS_MAX, DAY_START, Stage, at_most
from hanse.foundation.clock import iso
from hanse.foundation.languages import Text

SERVICE = "governance.forum"
CALLS_PER_CITY = 4
WORDS = {"zh": "生成数据：论坛", "en": "Generated: the forum"}
STARTS = DAY_START + timedelta(days=30)


class ForumPart:
    """`governance/forum` in the day."""

    service = SERVICE
    title = Text("建设发展论坛", "Construction and development forum")

    def calls(self, stage: Stage) -> int:
        """About how many calls it makes, for the progress display."""
        return len(stage.zone.nodes) * CALLS_PER_CITY + 6

    async def play(self, stage: Stage) -> None:
        """Swap the first two turns, publish the first edition, decide on papers of all cities."""
        cities = sorted(stage.zone.nodes)
        if len(cities) < 2:
            return
        first, host = await self._hosts(stage, cities[0])
        await self._swap(stage, first, host)
        for city in cities:
            await until(stage, f"{city}: the swap", partial(self._first_host_is, stage, city, host))
        edition = _edition(stage, host)
        await self._own(stage, first, "forum.publish", edition, refused="forum_not_host")
        await self._own(stage, host, "forum.publish", edition)
        await at_most(
            CONCURRENT_CALLS_MAX, [partial(self._submit, stage, city, host) for city in cities]
        )
        programme = {**edition, "version": 2, "sessions": _sessions(cities)}
        await self._own(stage, host, "forum.publish", programme)
        for city in cities:
            await until(stage, f"{city}: the programme", partial(self._knows, stage, city, 2))
        await self._same_calendar(stage, cities)
        stage.remember("forum", [first, host, len(cities)])

    async def _hosts(self, stage: Stage, city: str) -> list[str]:
        found = await seen(stage, city, "forum.rotation", {"count": 2})
        return [one["host"] for one in found["turns"]]

    async def _swap(self, stage: Stage, first: str, other: str) -> None:
        offer = {"edition": 1, "other": 2}
        asked = await self._own(stage, first, "forum.offer_swap", offer)

        async def waits() -> bool:
            found = await seen(stage, other, "forum.offers", {})
            return asked["message_id"] in [one["message_id"] for one in found.get("offers", [])]

        await until(stage, f"{other}: an offer of {first}", waits)
        agreed = {"city": first, "message_id": asked["message_id"], "accepted": True}
        await self._own(stage, other, "forum.answer_swap", agreed)

    async def _first_host_is(self, stage: Stage, city: str, host: str) -> bool:
        return (await self._hosts(stage, city))[0] == host

    async def _knows(self, stage: Stage, city: str, version: int) -> bool:
        found = await seen(stage, city, "forum.view", {"edition": 1})
        return bool(found.get("edition", {}).get("version", 0) >= version)

    async def _submit(self, stage: Stage, city: str, host: str) -> None:
        await until(stage, f"{city}: the call", partial(self._knows, stage, city, 1))
        name = f"{city}-P1"
        paper = {
            "id": name,
            "edition": 1,
            "topic": "roads",
            "title": WORDS,
            "organisation": OFFICE,
            "abstract": "生成数据：摘要",
        }
        await self._own(stage, city, "forum.submit", paper)

        async def stands(where: str, state: str) -> bool:
            found = await seen(stage, where, "forum.papers", {"edition": 1, "state": state})
            return name in [one["paper"]["id"] for one in found.get("papers", [])]

        await until(stage, f"{host}: the paper {name}", partial(stands, host, "waiting"))
        await self._own(stage, host, "forum.decide", {"id": name, "accepted": True})
        await until(stage, f"{city}: its paper's decision", partial(stands, city, "accepted"))

    async def _same_calendar(self, stage: Stage, cities: list[str]) -> None:
        """Anybody is given the same calendar at every node, without a token."""
        found = set()
        for city in cities:
            url = f"{stage.zone.addresses[city]}/public/forum/calendar.ics?lang=zh"
            async with stage.session.get(url) as response:
                found.add(await response.read())
        if len(found) != 1 or next(iter(found)).count(b"BEGIN:VEVENT") != 2:
            stage.failures.append("the cities' calendars of the forum differ")

    async def _own(
        self,
        stage: Stage,
        city: str,
        operation: str,
        data: dict[str, Any],
        *,
        refused: str | None = None,
    ) -> Any:
        return await stage.own(SERVICE, city, OFFICE, operation, data, refused=refused)


def _edition(stage: Stage, host: str) -> dict[str, Any]:
    return {
        "number": 1,
        "version": 1,
        "host": host,
        "title": WORDS,
        "theme": WORDS,
        "place": WORDS,
        "starts_at": iso(STARTS),
        "ends_at": iso(STARTS + timedelta(days=2)),
        "call": {
            "opens_at": iso(DAY_START - timedelta(days=1)),
            "closes_at": iso(DAY_START + timedelta(days=10)),
            "topics": [{"code": "roads", "title": WORDS}],
        },
    }


def _sessions(cities: list[str]) -> list[dict[str, Any]]:
    return [
        {
            "number": 1,
            "title": WORDS,
            "room": WORDS,
            "starts_at": iso(STARTS),
            "ends_at": iso(STARTS + timedelta(hours=3)),
            "papers": [f"{city}-P1" for city in cities],
        }
    ]
