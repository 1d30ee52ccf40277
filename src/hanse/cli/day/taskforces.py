"""The day of the special groups: one for each field, planned, reported on, measured."""

from datetime import timedelta
from functools import partial
from typing import Any

from hanse.cli.day.joint import OFFICE, seen, until
from hanse.cli.day.stage import CONCURRENT_CALLS_MAX, DAY_START, Stage, at_most
from hanse.foundation.languages import Text
from hanse.services.governance.taskforces.contracts import Field

SERVICE = "governance.taskforces"
CALLS_PER_CITY = 7
WORDS = {"zh": "生成数据：专题工作", "en": "Generated: a special group's work"}
TODAY = DAY_START.date()


class TaskforcesPart:
    """`governance/taskforces` in the day."""

    service = SERVICE
    title = Text("专题工作组", "Special groups")

    def calls(self, stage: Stage) -> int:
        """About how many calls it makes, for the progress display."""
        return len(stage.zone.nodes) * CALLS_PER_CITY

    async def play(self, stage: Stage) -> None:
        """Each city leads a group with its neighbour; all see the same groups in the end."""
        cities = sorted(stage.zone.nodes)
        fields = list(Field)
        await at_most(
            CONCURRENT_CALLS_MAX,
            [
                partial(
                    self._work,
                    stage,
                    city,
                    cities[(place + 1) % len(cities)],
                    fields[place % len(fields)],
                )
                for place, city in enumerate(cities)
            ],
        )
        for city in cities:
            await until(stage, f"{city}: all groups' figures", partial(self._all, stage, city))
        views = [await self._views(stage, city, cities) for city in cities]
        if any(one != views[0] for one in views):
            stage.failures.append("the cities see the special groups differently")

    async def _work(self, stage: Stage, leader: str, partner: str, field: Field) -> None:
        name = f"{leader}-G1"
        group = {
            "id": name,
            "version": 1,
            "field": field.value,
            "title": WORDS,
            "mayor": {"zh": "生成的牵头市长", "en": "A generated mayor in charge"},
            "members": sorted({leader, partner}),
            "office": OFFICE,
        }
        await self._own(stage, leader, "taskforces.set_up", group)
        await self._own(stage, leader, "taskforces.plan_work", _plan(name, leader, partner))

        async def planned() -> bool:
            found = await seen(stage, partner, "taskforces.view", {"group": name})
            return bool(found.get("milestones"))

        async def reported() -> bool:
            found = await seen(stage, leader, "taskforces.view", {"group": name})
            return bool(found["milestones"][0]["standing"] == "done")

        await until(stage, f"{partner}: the plan of {name}", planned)
        done = {"group": name, "account": "生成数据：已完成", "is_done": True}
        if leader != partner:
            early = {**done, "milestone": 2}
            await self._own(
                stage, leader, "taskforces.report", early, refused="taskforce_milestone_blocked"
            )
        await self._own(stage, partner, "taskforces.report", {**done, "milestone": 1})
        await until(stage, f"{leader}: a report on {name}", reported)
        await self._own(stage, leader, "taskforces.report", {**done, "milestone": 2})
        for city in sorted({leader, partner}):
            figure = stage.chance(f"figure {name} {city}").randrange(100, 900)
            given = {
                "group": name,
                "indicator": "works",
                "period": f"{TODAY:%Y-%m}",
                "figure": str(figure),
            }
            await self._own(stage, city, "taskforces.give_figure", given)
            stage.remember(f"figure {name} {city}", figure)

    async def _all(self, stage: Stage, city: str) -> bool:
        for other in sorted(stage.zone.nodes):
            asked = {"group": f"{other}-G1", "indicator": "works"}
            found = await seen(stage, city, "taskforces.indicator", asked)
            points = found.get("points", [])
            if not points or points[0].get("together") is None:
                return False
        groups = (await seen(stage, city, "taskforces.groups", {}))["groups"]
        return all(one["milestones"] == {"done": 2} for one in groups)

    async def _views(self, stage: Stage, city: str, cities: list[str]) -> list[Any]:
        found: list[Any] = [await seen(stage, city, "taskforces.groups", {})]
        for other in cities:
            asked = {"group": f"{other}-G1", "indicator": "works"}
            found.append(await seen(stage, city, "taskforces.indicator", asked))
        return found

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


def _plan(group: str, leader: str, partner: str) -> dict[str, Any]:
    milestones = [
        {
            "number": number,
            "title": WORDS,
            "city": city,
            "organisation": OFFICE,
            "due_on": (TODAY + timedelta(days=30 * number)).isoformat(),
            "after": [1] if number == 2 else [],
        }
        for number, city in ((1, partner), (2, leader))
    ]
    works = {
        "code": "works",
        "title": WORDS,
        "unit": {"zh": "项", "en": "works"},
        "aggregate": "sum",
        "base": "0",
        "target": "2000",
    }
    return {
        "group": group,
        "version": 1,
        "begins_on": TODAY.isoformat(),
        "ends_on": (TODAY + timedelta(days=365)).isoformat(),
        "milestones": milestones,
        "indicators": [works],
    }
