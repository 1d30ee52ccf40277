"""The day of the experts: every city enters some, one city has a plan evaluated by others'."""

from functools import partial
from typing import Any

from hanse.cli.day.joint import OFFICE, seen, until
from hanse.cli.day.stage import CONCURRENT_CALLS_MAX, Stage, at_most
from hanse.foundation.languages import Text

SERVICE = "governance.experts"
CALLS_PER_CITY = 7
WORDS = {"zh": "生成数据：规划评估", "en": "Generated: a plan is evaluated"}
CRITERIA = (("benefit", 60), ("cost", 40))


class ExpertsPart:
    """`governance/experts` in the day."""

    service = SERVICE
    title = Text("专家咨询", "Expert consultation")

    def calls(self, stage: Stage) -> int:
        """About how many calls it makes, for the progress display."""
        return len(stage.zone.nodes) * CALLS_PER_CITY

    async def play(self, stage: Stage) -> None:
        """Enter experts, be refused one with an interest, have the others score, add up."""
        cities = sorted(stage.zone.nodes)
        asker = cities[0]
        await at_most(
            CONCURRENT_CALLS_MAX, [partial(self._enter, stage, city, asker) for city in cities]
        )
        for city in cities:
            await until(
                stage, f"{city}: the whole roster", partial(self._knows, stage, city, len(cities))
            )
        matter = _matter(asker)
        await at_most(
            CONCURRENT_CALLS_MAX,
            [partial(self._evaluate, stage, asker, city, matter) for city in cities],
        )
        found = await seen(stage, asker, "experts.matter", {"matter": matter["id"]})
        result = found["result"]
        if result["experts"] != len(cities) or (
            len(cities) >= result["needed"] and result.get("score") is None
        ):
            stage.failures.append(f"{asker}: not every expert's score is in the result")
        stage.remember("evaluation", [result["experts"], result.get("score")])

    async def _enter(self, stage: Stage, city: str, asker: str) -> None:
        """Two experts of each city: one free, one bound to the office that has a plan evaluated."""
        bound = {"party": f"{asker}/{OFFICE}", "tie": "contract", "since": "2026-01-01"}
        for number, interests in ((1, []), (2, [bound])):
            expert = {
                "id": f"{city}-E{number}",
                "version": 1,
                "name": f"生成的专家{number}",
                "position": WORDS,
                "specialities": ["planning"],
                "office": OFFICE,
                "interests": interests,
            }
            await stage.own(SERVICE, city, OFFICE, "experts.enter", expert)

    async def _knows(self, stage: Stage, city: str, count: int) -> bool:
        found = await seen(stage, city, "experts.roster", {})
        return len(found.get("experts", [])) == 2 * count

    async def _evaluate(self, stage: Stage, asker: str, city: str, matter: dict[str, Any]) -> None:
        asked = {"matter": matter, "expert": f"{city}-E2"}
        await stage.own(SERVICE, asker, OFFICE, "experts.ask", asked, refused="expert_conflict")
        asked = {"matter": matter, "expert": f"{city}-E1"}
        started = await stage.own(SERVICE, asker, OFFICE, "experts.ask", asked)
        case = str(started["case"])

        async def stands(where: str, stage_name: str) -> bool:
            found = await seen(stage, where, "consultation.view", {"case": case})
            return bool(found.get("stage") == stage_name)

        await until(stage, f"{city}: a matter of {asker}", partial(stands, city, "asked"))
        told = {"working_days": 10, "no_other_interest": True}
        await self._act(stage, city, case, "host", "accept", data=told)
        chance = stage.chance(f"expert {city}")
        scores = {code: chance.randrange(60, 100) for code, _ in CRITERIA}
        opinion = {"text": "生成数据：评估意见", "scores": scores}
        await self._act(stage, city, case, "host", "deliver", data=opinion)
        await until(stage, f"{asker}: an opinion of {city}", partial(stands, asker, "delivered"))
        await self._act(stage, asker, case, "asker", "take")
        await until(stage, f"{asker}: {city}'s opinion taken", partial(stands, asker, "taken"))

    async def _act(
        self, stage: Stage, city: str, case: str, role: str, action: str, **more: Any
    ) -> None:
        move = {"case": case, "role": role, "action": action, **more}
        await stage.own(SERVICE, city, OFFICE, "consultation.act", move)


def _matter(asker: str) -> dict[str, Any]:
    return {
        "id": f"{asker}-X1",
        "work": "evaluation",
        "speciality": "planning",
        "title": WORDS,
        "question": WORDS,
        "concerned": [f"{asker}/{OFFICE}"],
        "working_days": 20,
        "criteria": [{"code": code, "title": WORDS, "weight": weight} for code, weight in CRITERIA],
    }
