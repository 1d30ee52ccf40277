"""Recognised results in the simulation: handed in, found elsewhere, fetched, judged, decided on.

Hospitals also ask for another person's result, hand in a new version, change their grade, and
repeat what is recognised without a reason.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from sqlalchemy import select

from hanse.foundation.identifiers import make_citizen_id
from hanse.foundation.store import Transaction
from hanse.services.health.results.formats.fhir_index import CITIZEN_ID_SYSTEM, MARK_SYSTEM
from hanse.services.health.results.operations import SERVICE
from hanse.services.health.results.tables import decisions, resources
from hanse.simulation.acts import called, put_question
from hanse.simulation.model import Book, Sent
from hanse.simulation.part import Part, require
from hanse.simulation.terms import ANSWER, Taken, Term
from hanse.simulation.world import World, two

AGREEMENT: Final = "results"
TREATMENT: Final = "treatment"
SUPERVISION: Final = "health-supervision"
PASSED, NOT_PASSED = "15074-8", "718-7"
"""Two listed items: the quality of one passed its assessment here, that of the other did not."""
UPPER, LOWER = "3a", "2b"
VALID_DAYS: Final = 7
RESULTS_MAX: Final = 30
PEOPLE: Final = 4
ALL_DAYS: Final = {"first_day": "2026-01-01", "last_day": "2027-12-31"}
VALUE: Final = {"value": 5.1, "unit": "mmol/l"}
Figures = tuple[int, int, int, int]


@dataclass
class Held:
    """One result of this city, in its newest version."""

    person: str
    item: str
    made_on: str
    mark: str
    version: int = 1


@dataclass
class Results:
    """What one city holds of results, and what its hospital decided."""

    grade: str | None = None
    held: dict[str, Held] = field(default_factory=dict)
    offered: list[dict[str, Any]] = field(default_factory=list)
    """What other cities' indexes showed: offered results that a doctor may use."""
    decided: list[tuple[str, str, bool, str, int]] = field(default_factory=list)
    """Item, city, recognisable, choice and fee."""

    def index(self, person: str) -> list[tuple[str, str, str, str | None]]:
        """What is told of a person, newest first: id, item, day, mark."""
        own = [(key, one) for key, one in self.held.items() if one.person == person]
        own.sort(key=lambda pair: (-date.fromisoformat(pair[1].made_on).toordinal(), pair[0]))
        return [
            (key, one.item, one.made_on, one.mark if self.grade and one.item == PASSED else None)
            for key, one in own
        ]

    def figures(self) -> dict[tuple[str, str], Figures]:
        """By item and city: recognisable, recognised among them, repeated, and fen saved."""
        found: dict[tuple[str, str], Counter[str]] = {}
        for item, city, recognisable, choice, fee in self.decided:
            row = found.setdefault((item, city), Counter())
            row["recognisable"] += recognisable
            row["recognised"] += recognisable and choice == "recognised"
            row["repeated"] += choice == "repeated"
            row["saved"] += fee if choice == "recognised" else 0
        names = ("recognisable", "recognised", "repeated", "saved")
        return {
            key: (row[names[0]], row[names[1]], row[names[2]], row[names[3]])
            for key, row in found.items()
        }


def _results(book: Book) -> Results:
    found: Results = book.parts["results"]
    return found


def _person(city: str, number: int) -> str:
    return make_citizen_id(city, date(1970 + number, 6, 1), 800 + number)


def _recognised(known: Results, entry: dict[str, Any], now: datetime) -> bool:
    """By the rule as its page has it: the mark, the level, the day."""
    age = (now + timedelta(hours=8)).date() - date.fromisoformat(entry["reported_on"])
    level = entry["grade"] == UPPER or known.grade == LOWER
    return entry.get("mark") == "league" and level and 0 <= age.days <= VALID_DAYS


def register(world: World, rng: Random) -> str:
    """A hospital's grade is registered, or changes."""
    town, grade = rng.choice(world.towns), rng.choice((UPPER, LOWER))
    known = _results(world.books[town.city])

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        known.grade = grade

    data = {"organisation": "bureau", "grade": grade, "quality_passed": [PASSED]}
    return called(world, town, "results.hospital", data, note=note).words


def hand_in(world: World, rng: Random) -> str:
    """A hospital hands in a result with its patient, or its next version."""
    town = rng.choice(world.towns)
    known, number = _results(world.books[town.city]), rng.randrange(PEOPLE)
    key = f"r{rng.getrandbits(40):010x}"
    if known.held and (len(known.held) >= RESULTS_MAX or rng.random() < 0.3):
        key = rng.choice(sorted(known.held))
    days = rng.choice((1, 3, 40))
    made = (world.clock(town) + timedelta(hours=8) - timedelta(days=days)).date().isoformat()
    one = Held(
        _person(town.city, number), rng.choice((PASSED, PASSED, NOT_PASSED)), made,
        rng.choice(("league", "league", "city")),
        known.held[key].version + 1 if key in known.held else 1,
    )  # fmt: skip
    data = {
        "resources": [
            json.dumps(_patient(one, number)),
            json.dumps(_observation(one, number, key)),
        ],
        "ids": [f"p{number}", key],
    }
    fits = rng.random() < 0.9
    if not fits:
        data["ids"] = data["ids"][:1]

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        kept = answer["resources"][1]
        require(kept["version"] == one.version, "a version follows the one before", kept["version"])
        value = json.loads(kept["text"])["valueQuantity"]
        require(value == VALUE, "a result is kept as it was sent", kept["text"])
        known.held[key] = one

    wanted = ANSWER if fits else frozenset({"result_ids_do_not_fit"})
    return called(world, town, "results.store", data, wanted=wanted, note=note).words


def _patient(one: Held, number: int) -> dict[str, Any]:
    identifier = [{"system": CITIZEN_ID_SYSTEM, "value": one.person}]
    return {"resourceType": "Patient", "id": f"p{number}", "identifier": identifier}


def _observation(one: Held, number: int, key: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": key,
        "meta": {"tag": [{"system": MARK_SYSTEM, "code": one.mark}]},
        "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": one.item}]},
        "subject": {"reference": f"Patient/p{number}"},
        "effectiveDateTime": one.made_on,
        "valueQuantity": VALUE,
        "referenceRange": [{"low": {"value": 3.9}, "high": {"value": 6.1}}],
    }


def ask(world: World, rng: Random) -> str | None:
    """A doctor looks for results in another city, or fetches one: the patient's or another's."""
    town, other = two(world, rng)
    there, person = _results(world.books[other.city]), _person(other.city, rng.randrange(PEOPLE))
    if rng.random() < 0.6 or not there.held:
        operation, data = "results.index", {"person": person}
    else:
        key = rng.choice(sorted(there.held))
        person = there.held[key].person if rng.random() < 0.7 else person
        operation, data = "results.fetch", {"person": person, "type": "Observation", "id": key}
    return put_question(world, town, other.city, operation, data, TREATMENT)


def decide(world: World, rng: Random) -> str | None:
    """A doctor recognises an offered result, or repeats it with or without a reason."""
    town = rng.choice(world.towns)
    known, now = _results(world.books[town.city]), world.clock(town)
    if known.grade is None or not known.offered:
        return None
    entry = rng.choice(known.offered[-6:])
    recognisable = _recognised(known, entry, now)
    choice, reason, told = rng.choice(("recognised", "repeated")), rng.choice((None, "1")), True
    if choice == "repeated":
        told = rng.random() < 0.7
    wanted = ANSWER
    if choice == "recognised" and reason is not None:
        wanted = frozenset({"result_recognition_needs_no_reason"})
    elif choice == "repeated" and recognisable and reason is None:
        wanted = frozenset({"result_repeat_reason_missing"})
    elif choice == "repeated" and recognisable and not told:
        wanted = frozenset({"result_patient_not_told"})
    fee = rng.randrange(1, 100) * 100

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        found = answer["recognised_by_rule"]
        require(found == recognisable, "recognition follows its rule", entry, known.grade)
        known.decided.append((entry["item"], entry["holder_city"], recognisable, choice, fee))

    data = {"visit": "v", "entry": entry, "choice": choice, "fee_fen": fee, "patient_told": told}
    if reason is not None:
        data["reason"] = reason
    return called(world, town, "results.decide", data, wanted=wanted, note=note).words


def count(world: World, rng: Random) -> str:
    """A health authority asks another city for its figures."""
    town, other = two(world, rng)
    return put_question(world, town, other.city, "results.figures", ALL_DAYS, SUPERVISION)


def _answers(book: Book, taken: Taken) -> frozenset[str]:
    return ANSWER


def _indexed(book: Book, taken: Taken, got: str, answer: dict[str, Any]) -> None:
    known = _results(book)
    found = [
        (one["id"], one["item"], one["reported_on"], one.get("mark")) for one in answer["entries"]
    ]
    wanted = known.index(taken.data["person"])
    require(found == wanted, "a person's results are found, and no other's", found, wanted)
    grades = {one["grade"] for one in answer["entries"]}
    require(grades <= {known.grade or "ungraded"}, "a result has its hospital's grade", grades)


def _offered(book: Book, sent: Sent, answer: dict[str, Any]) -> None:
    _results(book).offered.extend(answer["entries"])


def _wanted_fetch(book: Book, taken: Taken) -> frozenset[str]:
    one = _results(book).held.get(taken.data["id"])
    is_hers = one is not None and one.person == taken.data["person"]
    return ANSWER if is_hers else frozenset({"result_unknown"})


def _fetched(book: Book, taken: Taken, got: str, answer: dict[str, Any]) -> None:
    one = _results(book).held[taken.data["id"]]
    require(answer["version"] == one.version, "the newest version is fetched", answer["version"])


def _counted(book: Book, taken: Taken, got: str, answer: dict[str, Any]) -> None:
    names = ("recognisable", "recognised", "repeated", "saved_fen")
    found = {
        (one["item"], one["holder_city"]): tuple(one[name] for name in names)
        for one in answer["rows"]
    }
    wanted = _results(book).figures()
    require(found == wanted, "the figures are what was decided", found, wanted)


def check(world: World, healed: bool) -> None:
    """Each result in its newest version, each decision once."""
    for town in world.towns:
        known = _results(world.books[town.city])
        held, decided = town.read(_held)
        wanted = {key: (one.version, one.person, one.item) for key, one in known.held.items()}
        require(held == wanted, "a result is kept in its newest version", town.city)
        stands = Counter((item, city, choice, fee) for item, city, _, choice, fee in known.decided)
        require(decided == stands, "a decision is kept once", town.city)


def _held(transaction: Transaction) -> tuple[dict[str, Any], Counter[Any]]:
    current = transaction.rows(
        select(resources).where(resources.c.type == "Observation", resources.c.is_current)
    )
    kept = transaction.rows(
        select(decisions.c.item, decisions.c.holder_city, decisions.c.choice, decisions.c.fee_fen)
    )
    return (
        {row.resource_id: (row.version, row.person, row.item) for row in current},
        Counter(tuple(row) for row in kept),
    )


RESULTS = Part(
    name="results",
    covers=("services.health.results",),
    load={},
    beside={
        "results_register": (1, register),
        "results_hand_in": (3, hand_in),
        "results_ask": (6, ask),
        "results_decide": (5, decide),
        "results_count": (1, count),
    },
    check=check,
    services=(SERVICE,),
    terms={
        "results.index": Term(AGREEMENT, TREATMENT, _answers, taken=_indexed, told=_offered),
        "results.fetch": Term(AGREEMENT, TREATMENT, _wanted_fetch, taken=_fetched),
        "results.figures": Term(AGREEMENT, SUPERVISION, _answers, taken=_counted),
    },
    state=Results,
)
