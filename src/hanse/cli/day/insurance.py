"""The day of medical insurance: bills settled between all cities, taken back, reconciled."""

import random
from datetime import date, timedelta
from functools import partial
from typing import Any

from hanse.cli.day.stage import CONCURRENT_CALLS_MAX, DAY_START, Stage, at_most
from hanse.foundation.identifiers import make_citizen_id
from hanse.foundation.languages import Text
from hanse.node.zone import SAMPLE_PERSON
from hanse.services.social.insurance.codes import Scheme
from hanse.services.social.insurance.insurer_book import default_policy

SERVICE = "social.insurance"
PEOPLE_PER_CITY = 12
BILLS_PER_CITY = 28
REVERSALS_PER_CITY = 2
REFUSED_PER_CITY = 2
REPEATED_EVERY = 4
AGENCY, HOSPITAL = "medical-insurance", "hospital"
MONTH = DAY_START.strftime("%Y-%m")
ITEMS: list[dict[str, Any]] = [
    {"item": "D001", "item_class": "A"},
    {"item": "D002", "item_class": "B", "self_share_bp": 1_000},
    {"item": "D003", "item_class": "B", "self_share_bp": 2_000, "ceiling_fen": 50_000},
    {"item": "D004", "item_class": "C"},
]
LEVELS = ("third", "second", "first", "community")
FILINGS = ("long_term", "referral", "no_referral")


class InsurancePart:
    """`social/insurance` in the day."""

    service = SERVICE
    title = Text("异地就医直接结算", "Medical insurance settled elsewhere")

    def calls(self, stage: Stage) -> int:
        """About how many calls it makes, for the progress display."""
        cities = len(stage.zone.nodes)
        bills = BILLS_PER_CITY + BILLS_PER_CITY // REPEATED_EVERY
        each = 2 + 2 * PEOPLE_PER_CITY + bills + REVERSALS_PER_CITY + REFUSED_PER_CITY
        return cities * each + cities * (cities - 1) + 3

    async def play(self, stage: Stage) -> None:
        """Enrol and file, settle, repeat, take back, be refused, and reconcile every pair."""
        cities = sorted(stage.zone.nodes)
        await at_most(CONCURRENT_CALLS_MAX, [partial(self._prepare, stage, one) for one in cities])
        people = {
            (city, number): person
            for city in cities
            for number, person in enumerate(generated_people(city))
        }
        await at_most(
            CONCURRENT_CALLS_MAX,
            [
                partial(self._enrol, stage, cities, city, number, person)
                for (city, number), person in people.items()
            ],
        )
        await at_most(
            CONCURRENT_CALLS_MAX,
            [
                partial(self._settle, stage, cities, people, city, number)
                for city in cities
                for number in range(BILLS_PER_CITY)
            ],
        )
        await at_most(
            CONCURRENT_CALLS_MAX,
            [
                partial(self._unusual, stage, cities, people, city, number)
                for city in cities
                for number in range(max(REVERSALS_PER_CITY, REFUSED_PER_CITY))
            ],
        )
        await self._resident(stage, cities)
        await at_most(
            CONCURRENT_CALLS_MAX,
            [
                partial(self._reconcile, stage, city, other)
                for city in cities
                for other in cities
                if city != other
            ],
        )

    async def _resident(self, stage: Stage, cities: list[str]) -> None:
        """The resident of the demonstration is treated in the second city and insured here."""
        if len(cities) < 2:
            return
        home, away = cities[:2]
        enrolled = {
            "person": SAMPLE_PERSON, "scheme": "310", "valid_from": "2020-01-01",
            "account_fen": 200_000,
        }  # fmt: skip
        await stage.own(SERVICE, home, AGENCY, "insurance.enrol", enrolled)
        filed = {
            "person": SAMPLE_PERSON, "kind": "long_term", "city": away, "valid_from": "2026-06-01"
        }  # fmt: skip
        await stage.own(SERVICE, home, AGENCY, "insurance.file", filed)
        bill = _bill(stage.chance("bill of the resident"), home, SAMPLE_PERSON, "R1")
        await stage.own(SERVICE, away, HOSPITAL, "insurance.claim", bill)

    async def _prepare(self, stage: Stage, city: str) -> None:
        """A catalogue, and a policy of the city's own that differs from its neighbours'."""
        chance = stage.chance(f"policy {city}")
        await stage.own(SERVICE, city, AGENCY, "insurance.set_items", {"items": ITEMS})
        policy = default_policy(city, Scheme.EMPLOYEE).model_dump(mode="json")
        policy |= {"version": 2, "effective_from": "2026-01-01"}
        policy["ratio_bp"]["third"] = chance.choice([8_000, 8_500, 9_000])
        policy["reduction_bp"]["referral"] = chance.choice([0, 500, 1_000])
        await stage.own(SERVICE, city, AGENCY, "insurance.set_policy", {"policy": policy})

    async def _enrol(
        self, stage: Stage, cities: list[str], city: str, number: int, person: str
    ) -> None:
        chance = stage.chance(f"person {city} {number}")
        enrolled = {
            "person": person,
            "scheme": chance.choice(["310", "310", "390"]),
            "valid_from": "2020-01-01",
            "account_fen": chance.choice([0, 50_000, 200_000]),
        }
        await stage.own(SERVICE, city, AGENCY, "insurance.enrol", enrolled)
        filed = {
            "person": person,
            "kind": FILINGS[number % len(FILINGS)],
            "city": _treated_in(cities, city, number),
            "valid_from": "2026-06-01",
        }
        await stage.own(SERVICE, city, AGENCY, "insurance.file", filed)

    async def _settle(
        self,
        stage: Stage,
        cities: list[str],
        people: dict[tuple[str, int], str],
        city: str,
        number: int,
    ) -> None:
        """A hospital's bill of somebody who is insured elsewhere; every fourth is sent twice."""
        chance = stage.chance(f"bill {city} {number}")
        filed = [key for key in people if _treated_in(cities, key[0], key[1]) == city]
        insured_city, which = filed[number % len(filed)]
        bill = _bill(chance, insured_city, people[insured_city, which], f"{number}")
        found = await stage.own(SERVICE, city, HOSPITAL, "insurance.claim", bill)
        if found.get("state") != "settled":
            stage.failures.append(f"{city}: bill {number} is {found.get('state', found)}")
            return
        settlement = found["settlement"]
        paid = [settlement[f"{part}_fen"] for part in ("fund", "serious", "account", "cash")]
        if sum(paid) != settlement["total_fen"]:
            stage.failures.append(f"{city}: bill {number} does not sum to its total")
        # Who of a person's bills comes first decides the deductible, so only the total is fixed.
        stage.remember(f"bill {city} {number}", settlement["total_fen"])
        if number % REPEATED_EVERY == 0:
            again = await stage.own(SERVICE, city, HOSPITAL, "insurance.claim", bill)
            if again.get("settlement") != settlement:
                stage.failures.append(f"{city}: bill {number} was settled twice")

    async def _unusual(
        self,
        stage: Stage,
        cities: list[str],
        people: dict[tuple[str, int], str],
        city: str,
        number: int,
    ) -> None:
        """A settlement that is taken back, and a patient who has not filed."""
        reversed_ = {"visit": f"V{number}", "number": f"{number}"}
        undone = await stage.own(SERVICE, city, HOSPITAL, "insurance.reverse", reversed_)
        if undone.get("state") != "undone":
            stage.failures.append(f"{city}: bill {number} was not taken back: {undone}")
        chance = stage.chance(f"unfiled {city} {number}")
        unfiled = [key for key in people if key[0] != city and _treated_in(cities, *key) != city]
        if not unfiled:
            return
        insured_city, which = unfiled[number % len(unfiled)]
        bill = _bill(chance, insured_city, people[insured_city, which], f"U{number}")
        refused = await stage.own(SERVICE, city, HOSPITAL, "insurance.claim", bill)
        code = (refused.get("problem") or {}).get("code")
        if code != "insurance_filing_missing":
            stage.failures.append(f"{city}: an unfiled patient was not refused: {refused}")

    async def _reconcile(self, stage: Stage, city: str, other: str) -> None:
        """The month with an insuring city, line by line."""
        asked = {"insured_city": other, "month": MONTH}
        found = await stage.own(SERVICE, city, AGENCY, "insurance.reconcile", asked)
        if found.get("differences") != []:
            stage.failures.append(f"{city}: the month with {other} differs: {found}")


def generated_people(city: str) -> list[str]:
    """Citizen ids whose check character is right, and nothing else: nobody's."""
    return [
        make_citizen_id(city, date(1950 + 3 * number, 1, 1), 900 + number % 90)
        for number in range(PEOPLE_PER_CITY)
    ]


def _treated_in(cities: list[str], city: str, number: int) -> str:
    others = [one for one in cities if one != city]
    return others[number % len(others)]


def _bill(chance: random.Random, insured_city: str, person: str, number: str) -> dict[str, Any]:
    discharged = (DAY_START - timedelta(days=chance.randrange(1, 10))).date()
    return {
        "insured_city": insured_city,
        "person": person,
        "visit": f"V{number}",
        "number": number,
        "level": chance.choice(LEVELS),
        "care": chance.choice(["inpatient", "inpatient", "chronic"]),
        "admitted_on": (discharged - timedelta(days=chance.randrange(1, 15))).isoformat(),
        "discharged_on": discharged.isoformat(),
        "lines": [
            {
                "item": one["item"],
                "quantity": str(chance.randrange(1, 6)),
                "price_fen": chance.randrange(1_000, 400_000),
            }
            for one in ITEMS
        ],
    }
