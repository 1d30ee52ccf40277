"""The day of public credit: decisions recorded, enterprises looked up everywhere, one repaired."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from hanse.cli.day.stage import CONCURRENT_CALLS_MAX, DAY_START, Stage, at_most
from hanse.foundation.identifiers import make_uscc
from hanse.foundation.languages import Text

SERVICE = "market.credit"
ENTERPRISES_PER_CITY = 20
QUESTIONS_PER_CITY = 25
REPAIR_CALLS = 5
REFUSED_QUESTIONS = 2
GENERATED = "生成数据，非真实企业 / generated, no real enterprise"
PENALTIES = (
    (["large_fine"], "general", 120),
    (["warning"], "minor", 40),
    (["confiscation", "large_fine"], "general", 200),
    (["licence_revoked"], "serious", 300),
)


@dataclass(frozen=True)
class Enterprise:
    """A generated enterprise: a code whose check characters are right, and nothing else."""

    code: str
    city: str


def enterprises_of(city: str, index: int) -> list[Enterprise]:
    """The generated enterprises of a city, the same for every seed."""
    first = 9_000_000 + index * ENTERPRISES_PER_CITY
    return [
        Enterprise(make_uscc(first + number, region=city), city)
        for number in range(ENTERPRISES_PER_CITY)
    ]


class CreditPart:
    """`market/credit` in the day."""

    service = SERVICE
    title = Text("公共信用信息共享", "Public credit records")

    def calls(self, stage: Stage) -> int:
        """About how many calls it makes, for the progress display."""
        cities = len(stage.zone.nodes)
        published = cities * ENTERPRISES_PER_CITY
        asked = cities * QUESTIONS_PER_CITY * (cities - 1)
        return published + asked + cities * (REPAIR_CALLS + REFUSED_QUESTIONS * (cities - 1))

    async def play(self, stage: Stage) -> None:
        """Publish, ask, be refused, repair, and see the repair honoured everywhere."""
        cities = sorted(stage.zone.nodes)
        known = {city: enterprises_of(city, index) for index, city in enumerate(cities)}
        published = await self._publish(stage, known)
        await self._ask(stage, known)
        await self._be_refused(stage, known)
        await asyncio.gather(*(self._repair(stage, city, published[city]) for city in cities))

    async def _publish(
        self, stage: Stage, known: dict[str, list[Enterprise]]
    ) -> dict[str, dict[str, Any]]:
        """One decision on every enterprise; gives each city's first record that can be repaired."""
        first: dict[str, dict[str, Any]] = {}

        async def one(city: str, number: int, enterprise: Enterprise) -> None:
            chance = stage.chance(f"penalty {city} {number}")
            kinds, severity, days_ago = PENALTIES[number % len(PENALTIES)]
            decided = (DAY_START - timedelta(days=days_ago + chance.randrange(20))).date()
            decision = {
                "subject": enterprise.code,
                "system": "credit_china",
                "kind": "penalty",
                "subject_region": city,
                "authority": make_uscc(8_000_000 + int(city) % 1_000, region=city),
                "authority_region": city,
                "decision_number": f"生成罚字[{decided.year}]{city}{number:03d}号",
                "decided_on": decided.isoformat(),
                "content": GENERATED,
                "penalties": kinds,
                "severity": severity,
                "duty": "done",
            }
            record = await stage.own(SERVICE, city, "credit-office", "credit.publish", decision)
            stage.remember(f"record {city} {number}", record.get("publish_until"))
            if number == 0:
                first[city] = record

        await at_most(
            CONCURRENT_CALLS_MAX,
            [
                partial(one, city, number, enterprise)
                for city, found in known.items()
                for number, enterprise in enumerate(found)
            ],
        )
        return first

    async def _ask(self, stage: Stage, known: dict[str, list[Enterprise]]) -> None:
        """The tendering centre of each city looks enterprises up in all other cities."""
        everyone = [one for found in known.values() for one in found]

        async def one(city: str, number: int) -> None:
            enterprise = stage.chance(f"question {city} {number}").choice(everyone)
            answers = await stage.others(
                SERVICE,
                city,
                "tendering",
                "credit.record",
                {"subject": enterprise.code},
                purpose="tendering",
            )
            found = sum(len(one["answer"]["records"]) for one in answers if "answer" in one)
            stage.remember(f"answers {city} {number}", found)

        await at_most(
            CONCURRENT_CALLS_MAX,
            [partial(one, city, n) for city in known for n in range(QUESTIONS_PER_CITY)],
        )

    async def _be_refused(self, stage: Stage, known: dict[str, list[Enterprise]]) -> None:
        """What no agreement covers is refused: another organisation, and another purpose."""
        for city, found in known.items():
            request = {"subject": found[0].code}
            for organisation, purpose, code in (
                ("traffic-police", "tendering", "organisation_not_granted"),
                ("tendering", "marketing", "purpose_not_granted"),
            ):
                await stage.others(
                    SERVICE,
                    city,
                    organisation,
                    "credit.record",
                    request,
                    purpose=purpose,
                    refused=code,
                )

    async def _repair(self, stage: Stage, city: str, record: dict[str, Any]) -> None:
        """Apply, accept, approve, synchronise; then no other city is shown the record any more."""
        reference = {name: record[name] for name in ("source_city", "record_id", "version")}
        state = await stage.own(
            SERVICE,
            city,
            "credit-office",
            "credit.apply_repair",
            {
                "application": {
                    "subject": record["subject"],
                    "record": reference,
                    "materials": [
                        {"material": "duty_proof", "digest": "0" * 64},
                        {"material": "commitment", "digest": "1" * 64},
                    ],
                },
                "duty_done": True,
                "harm_removed": True,
                "same_kind_again": False,
                "severely_again": False,
                "on_abnormal_list": False,
            },
        )
        stage.remember(f"repair {city}", state.get("due_on"))
        for action in ("accept", "approve", "sync"):
            await stage.own(
                SERVICE,
                city,
                "credit-office",
                "credit.decide_repair",
                {"application_id": state["application_id"], "action": action},
            )
        asker = next(one for one in stage.zone.nodes if one != city)
        answers = await stage.others(
            SERVICE,
            asker,
            "market-supervision",
            "credit.record",
            {"subject": record["subject"]},
            purpose="supervision",
            to=city,
        )
        shown = [one for one in answers if one["answer"]["records"]]
        if shown:
            stage.failures.append(f"{city}: a repaired record is still shown to {asker}")
