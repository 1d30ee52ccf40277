"""The day of joint announcements: approved by all concerned, published, corrected, read."""

from functools import partial
from typing import Any

from hanse.cli.day.joint import OFFICE, seen, signed_at, until
from hanse.cli.day.stage import CONCURRENT_CALLS_MAX, Stage, at_most
from hanse.foundation.languages import Text
from hanse.services.governance.press.contracts import Announcement

SERVICE = "governance.press"
CALLS_PER_CITY = 7
WORDS = {"zh": "生成数据：联合公告", "en": "Generated: a joint announcement"}
NOTE = {"zh": "生成数据：更正日期", "en": "Generated: a date is corrected"}


class PressPart:
    """`governance/press` in the day."""

    service = SERVICE
    title = Text("联合公告", "Joint announcements")

    def calls(self, stage: Stage) -> int:
        """About how many calls it makes, for the progress display."""
        return len(stage.zone.nodes) * CALLS_PER_CITY

    async def play(self, stage: Stage) -> None:
        """Each city announces something with its neighbour and corrects it; all can read both."""
        cities = sorted(stage.zone.nodes)
        pairs = [
            (city, sorted({city, cities[(place + 1) % len(cities)]}))
            for place, city in enumerate(cities)
        ]
        await at_most(
            CONCURRENT_CALLS_MAX, [partial(self._announce, stage, *pair) for pair in pairs]
        )
        for city in cities:
            await until(stage, f"{city}: every correction", partial(self._all, stage, city))
        await self._same_feed(stage, cities)

    async def _announce(self, stage: Stage, drafter: str, concerned: list[str]) -> None:
        name = f"{drafter}-N1"
        draft = {
            "id": name,
            "concerned": concerned,
            "subject": "league",
            "title": WORDS,
            "text": [WORDS],
        }
        changed = {**draft, "version": 2, "change": "correction", "change_note": NOTE}
        await self._publish(stage, drafter, draft)
        await self._publish(stage, drafter, changed)
        await stage.own(
            SERVICE, drafter, OFFICE, "press.draft", changed, refused="press_version_wrong"
        )
        stage.remember(f"announcement {name}", concerned)

    async def _publish(self, stage: Stage, drafter: str, draft: dict[str, Any]) -> None:
        made = await stage.own(SERVICE, drafter, OFFICE, "press.draft", draft)
        digest, document = made["digest"], made["document"]
        version = draft.get("version", 1)
        for city in draft["concerned"]:
            await until(stage, f"{city}: a text to sign", partial(self._waits, stage, city, digest))
            sent = {"document": signed_at(stage, city, Announcement, document)}
            await stage.own(SERVICE, city, OFFICE, "press.approve", sent)
        for city in draft["concerned"]:
            await until(
                stage,
                f"{city}: {draft['id']} published",
                partial(self._published, stage, city, draft["id"], version),
            )

    async def _waits(self, stage: Stage, city: str, digest: str) -> bool:
        found = await seen(stage, city, "press.drafts", {})
        return digest in [one["digest"] for one in found.get("texts", [])]

    async def _published(self, stage: Stage, city: str, name: str, version: int) -> bool:
        found = await seen(stage, city, "press.announcement", {"id": name})
        return version in found.get("versions", [])

    async def _all(self, stage: Stage, city: str) -> bool:
        found = await seen(stage, city, "press.announcements", {})
        versions = [one["version"] for one in found.get("announcements", [])]
        return versions == [2] * len(stage.zone.nodes)

    async def _same_feed(self, stage: Stage, cities: list[str]) -> None:
        """Anybody reads the same entries at every node, without a token."""
        found = set()
        for city in cities:
            address = stage.zone.addresses[city]
            async with stage.session.get(f"{address}/public/press/atom.xml?lang=zh") as response:
                text = await response.text()
                if response.status != 200:
                    stage.failures.append(f"{city}: its feed answered {response.status}")
                found.add(text.replace(address, ""))
        if len(found) != 1 or next(iter(found)).count("<entry>") != len(cities):
            stage.failures.append("the cities' feeds differ")
