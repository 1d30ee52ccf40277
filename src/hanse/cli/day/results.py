"""The day of recognised results: handed in, found elsewhere, fetched, judged, not repeated."""

import json
from datetime import date, timedelta
from functools import partial
from typing import Any

from hanse.cli.day.stage import CONCURRENT_CALLS_MAX, DAY_START, Stage, at_most
from hanse.foundation.identifiers import make_citizen_id
from hanse.foundation.languages import Text
from hanse.services.health.results.formats.fhir_index import CITIZEN_ID_SYSTEM, MARK_SYSTEM
from hanse.services.health.results.parameters import USUAL_ITEMS

SERVICE = "health.results"
PATIENTS_PER_CITY = 16
HOSPITAL = "hospital"
FEE_FEN = 2_500


class ResultsPart:
    """`health/results` in the day."""

    service = SERVICE
    title = Text("检查检验结果互认", "Mutual recognition of results")

    def calls(self, stage: Stage) -> int:
        """About how many calls it makes, for the progress display."""
        return len(stage.zone.nodes) * (1 + 5 * PATIENTS_PER_CITY)

    async def play(self, stage: Stage) -> None:
        """Each city's hospital hands results in; each looks its patients up in the next city."""
        cities = sorted(stage.zone.nodes)
        for step in (self._register, self._hand_in):
            await at_most(CONCURRENT_CALLS_MAX, [partial(step, stage, one) for one in cities])
        await at_most(
            CONCURRENT_CALLS_MAX,
            [
                partial(self._use, stage, city, cities[(place + 1) % len(cities)], number)
                for place, city in enumerate(cities)
                for number in range(PATIENTS_PER_CITY)
            ],
        )

    async def _register(self, stage: Stage, city: str) -> None:
        grade = stage.chance(f"grade {city}").choice(["3a", "3b", "2a"])
        known = {"organisation": HOSPITAL, "grade": grade, "quality_passed": list(USUAL_ITEMS)}
        await stage.own(SERVICE, city, "health-commission", "results.hospital", known)

    async def _hand_in(self, stage: Stage, city: str) -> None:
        for number in range(PATIENTS_PER_CITY):
            person = _person(city, number)
            kept = {
                "resources": [
                    json.dumps(one)
                    for one in (_patient(person, number), _result(stage, city, number))
                ],
                "ids": [f"p{number}", f"r{number}"],
            }
            await stage.own(SERVICE, city, HOSPITAL, "results.store", kept)

    async def _use(self, stage: Stage, holder: str, city: str, number: int) -> None:
        """The hospital of `city` treats a patient whose result the other city holds."""
        person = _person(holder, number)
        asked = partial(stage.others, SERVICE, city, HOSPITAL, purpose="treatment", to=holder)
        (indexed,) = await asked("results.index", {"person": person})
        (entry,) = indexed["answer"]["entries"]
        (fetched,) = await asked(
            "results.fetch", {"person": person, "type": entry["type"], "id": entry["id"]}
        )
        if json.loads(fetched["answer"]["text"])["id"] != f"r{number}":
            stage.failures.append(f"{city}: {holder} gave another result")
        judged = await stage.own(SERVICE, city, HOSPITAL, "results.judge", {"entries": [entry]})
        recognised = judged["judgements"][0]["recognised"]
        decision: dict[str, Any] = {
            "visit": f"D{number}",
            "entry": entry,
            "choice": "recognised" if recognised else "repeated",
            "fee_fen": FEE_FEN,
        }
        if number == 0:  # the condition changed: repeated for a listed reason, the patient was told
            decision |= {"choice": "repeated", "reason": "1", "patient_told": True}
        await stage.own(SERVICE, city, HOSPITAL, "results.decide", decision)
        stage.remember(f"result {holder} {number}", [recognised, decision["choice"]])


def _person(city: str, number: int) -> str:
    """A citizen id whose check character is right, and nothing else: nobody's."""
    return make_citizen_id(city, date(1960 + number, 6, 1), 800 + number)


def _patient(person: str, number: int) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": f"p{number}",
        "identifier": [{"system": CITIZEN_ID_SYSTEM, "value": person}],
        "name": [{"text": "生成患者 / generated"}],
    }


def _result(stage: Stage, city: str, number: int) -> dict[str, Any]:
    chance = stage.chance(f"result {city} {number}")
    made = (DAY_START - timedelta(days=chance.choice([1, 2, 3, 5, 20]))).date()
    return {
        "resourceType": "Observation",
        "id": f"r{number}",
        "meta": {"tag": [{"system": MARK_SYSTEM, "code": "league"}]},
        "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": USUAL_ITEMS[number % 6]}]},
        "subject": {"reference": f"Patient/p{number}"},
        "effectiveDateTime": made.isoformat(),
        "valueQuantity": {"value": chance.randrange(40, 90) / 10, "unit": "mmol/l"},
        "referenceRange": [{"low": {"value": 3.9}, "high": {"value": 6.1}}],
    }
