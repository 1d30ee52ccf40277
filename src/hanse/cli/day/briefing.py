"""The day of the exchange of information: one template, every city's figures, compared by all."""

from functools import partial
from typing import Any

from hanse.cli.day.joint import OFFICE, seen, until
from hanse.cli.day.stage import CONCURRENT_CALLS_MAX, Stage, at_most
from hanse.foundation.languages import Text

SERVICE = "governance.briefing"
CALLS_PER_CITY = 4
WORDS = {"zh": "生成数据：季度经济指标", "en": "Generated: quarterly indicators"}
PERIODS = ("2025-Q3", "2026-Q3")
PARTS = ("primary", "secondary", "tertiary")


class BriefingPart:
    """`governance/briefing` in the day."""

    service = SERVICE
    title = Text("经济信息交流", "Exchange of economic information")

    def calls(self, stage: Stage) -> int:
        """About how many calls it makes, for the progress display."""
        return len(stage.zone.nodes) * CALLS_PER_CITY + 1

    async def play(self, stage: Stage) -> None:
        """Set a template, give every city's figures of two periods, correct one, compare."""
        cities = sorted(stage.zone.nodes)
        name = f"{cities[0]}-T1"
        await stage.own(SERVICE, cities[0], OFFICE, "briefing.set_template", _template(name))
        await at_most(
            CONCURRENT_CALLS_MAX, [partial(self._give, stage, city, name) for city in cities]
        )
        asked = {"template": name, "period": PERIODS[1], "code": "gdp"}
        for city in cities:
            await until(stage, f"{city}: every figure", partial(self._whole, stage, city, asked))
        views = [await seen(stage, city, "briefing.compare", asked) for city in cities]
        if any(one != views[0] for one in views):
            stage.failures.append("the cities compare different figures")
        stage.remember("gdp", [views[0]["total"], views[0]["total_growth"]])
        await self._work(stage, cities)

    async def _give(self, stage: Stage, city: str, name: str) -> None:
        async def asked_for() -> bool:
            found = await seen(stage, city, "briefing.templates", {})
            return name in [one["id"] for one in found.get("templates", [])]

        await until(stage, f"{city}: the template", asked_for)
        for period in PERIODS:
            figures = _figures(stage, city, period)
            filled = {"template": name, "period": period, "figures": figures}
            if period == PERIODS[1]:
                wrong = [{**figures[0], "figure": "1"}, *figures[1:]]
                await stage.own(
                    SERVICE,
                    city,
                    OFFICE,
                    "briefing.give",
                    {**filled, "figures": wrong},
                    refused="briefing_parts_do_not_add_up",
                )
                filled["arrangements"] = [_arrangement()]
            await stage.own(SERVICE, city, OFFICE, "briefing.give", filled)

    async def _whole(self, stage: Stage, city: str, asked: dict[str, Any]) -> bool:
        found = await seen(stage, city, "briefing.compare", asked)
        return found.get("total") is not None and found.get("total_growth") is not None

    async def _work(self, stage: Stage, cities: list[str]) -> None:
        """Every city sees what all have planned."""
        asked = {"first": "2026-12-01", "last": "2026-12-31"}
        for city in cities:
            found = await seen(stage, city, "briefing.work", asked)
            if [one["city"] for one in found["work"]] != cities:
                stage.failures.append(f"{city}: does not see every city's plan of work")


def _template(name: str) -> dict[str, Any]:
    common = {
        "title": WORDS,
        "unit": "yuan_100m",
        "prices": "current",
        "kind": "flow",
        "is_cumulative": True,
        "minimum": "0",
    }
    return {
        "id": name,
        "version": 1,
        "title": WORDS,
        "every": "quarter",
        "due_working_days": 15,
        "indicators": [
            {"code": "gdp", **common, "parts": list(PARTS)},
            *({"code": code, **common} for code in PARTS),
        ],
    }


def _figures(stage: Stage, city: str, period: str) -> list[dict[str, str]]:
    chance = stage.chance(f"figures {city} {period}")
    cents = [chance.randrange(1_000, 900_000) for _ in PARTS]
    values = dict(zip(("gdp", *PARTS), (sum(cents), *cents), strict=True))
    return [
        {"code": code, "figure": f"{value // 100}.{value % 100:02}"}
        for code, value in values.items()
    ]


def _arrangement() -> dict[str, Any]:
    return {
        "title": WORDS,
        "organisation": OFFICE,
        "begins_on": "2026-12-01",
        "ends_on": "2026-12-20",
        "seeks_partners": True,
    }
