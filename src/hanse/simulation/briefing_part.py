"""Returns of economic figures in the simulation: given, corrected, heard by all, put side by side.

Desks also give what the rules forbid: sums that are not those of their parts, a period that is not
over. Another city than its keeper tries to change the template.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any, Final

from sqlalchemy import select

from hanse.foundation.store import Transaction
from hanse.services.governance.briefing.operations import SERVICE
from hanse.services.governance.briefing.tables import figures, returns, templates
from hanse.simulation.acts import called
from hanse.simulation.exchange_part import check_told, told_now
from hanse.simulation.model import Book, Sent
from hanse.simulation.part import Part, require
from hanse.simulation.terms import ANSWER, RECEIPT, Taken, Term
from hanse.simulation.town import Town
from hanse.simulation.world import World, two

AGREEMENT: Final = "briefing"
PURPOSE: Final = "information-exchange"
PERIODS: Final = ("2025-Q3", "2026-Q2", "2026-Q3")
NOT_OVER: Final = "2026-Q4"
WORDS: Final = {"zh": "仿真", "en": "Simulated"}
Key = tuple[str, str]
"""A city and a period."""


@dataclass
class Figures:
    """What one city's book must say."""

    templates: set[int] = field(default_factory=set)
    """The versions of the template that it holds."""
    held: dict[Key, tuple[int, int, dict[str, str]]] = field(default_factory=dict)
    """By city and period: the newest version, the template's under which, and its figures."""

    @property
    def template(self) -> int:
        """The newest version of the template, 0 where none has come."""
        return max(self.templates, default=0)


def _figures(book: Book) -> Figures:
    found: Figures = book.parts["briefing"]
    return found


def _name(world: World) -> str:
    return f"{world.towns[0].city}-T1"


def set_template(world: World, rng: Random) -> str:
    """The keeping city publishes the next version; now and then another city tries to."""
    town, wanted = world.towns[0], ANSWER
    if rng.random() < 0.2:
        _, town = two(world, rng)
        wanted = ANSWER if town is world.towns[0] else frozenset({"briefing_not_keeper"})
    version = _figures(world.books[world.towns[0].city]).template + 1
    common = {"title": WORDS, "unit": "yuan_10k", "prices": "current", "kind": "flow"}
    template = {
        "id": _name(world),
        "version": version,
        "title": WORDS,
        "every": "quarter",
        "due_working_days": 15,
        "indicators": [
            {"code": "gdp", **common, "decimals": 0, "parts": ["a", "b"]},
            {"code": "a", **common, "decimals": 0},
            {"code": "b", **common, "decimals": 0},
        ],
    }
    told = told_now(world, town, "briefing.template")

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        check_told(world, town, "briefing.template", sent, told)
        _figures(world.books[town.city]).templates.add(version)

    return called(world, town, "briefing.set_template", template, wanted=wanted, note=note).words


def give(world: World, rng: Random) -> str:
    """A city gives a period's figures, corrects them, or gives what is refused."""
    town = rng.choice(world.towns)
    book = _figures(world.books[town.city])
    period, parts = rng.choice(PERIODS), [rng.randrange(1_000) for _ in range(2)]
    given = {"gdp": sum(parts), "a": parts[0], "b": parts[1]}
    trick = rng.choice(("sum", "early", None, None, None, None))
    wanted = ANSWER
    if trick == "sum":
        given["gdp"] += 10
        wanted = frozenset({"briefing_parts_do_not_add_up"})
    if trick == "early":
        period, wanted = NOT_OVER, frozenset({"briefing_period_wrong"})
    if book.template == 0:
        wanted = frozenset({"briefing_template_unknown"})
    filled = {
        "template": _name(world),
        "period": period,
        "figures": [{"code": code, "figure": str(value)} for code, value in given.items()],
    }
    key = (town.city, period)
    version = book.held.get(key, (0, 0, {}))[0] + 1
    told = told_now(world, town, "briefing.returned")

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        require(answer["version"] == version, "a correction is the next version", key, answer)
        check_told(world, town, "briefing.returned", sent, told)
        values = {code: str(value) for code, value in given.items()}
        book.held[key] = version, book.template, values

    return called(world, town, "briefing.give", filled, wanted=wanted, note=note).words


def compare(world: World, rng: Random) -> str | None:
    """An office puts the cities side by side, as far as it has heard of them."""
    town = rng.choice(world.towns)
    book = _figures(world.books[town.city])
    if book.template == 0:
        return None
    period = rng.choice(PERIODS)

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        known = {
            city: Decimal(given["gdp"])
            for (city, when), (_, template, given) in book.held.items()
            if when == period and template in book.templates
        }
        found = {
            one["city"]: Decimal(one["figure"])
            for one in answer["cities"]
            if one.get("figure") is not None
        }
        require(found == known, "what is compared was given", town.city, period, found, known)
        whole = len(known) == len(answer["cities"])
        total = sum(known.values()) if whole else None
        told = None if answer.get("total") is None else Decimal(answer["total"])
        require(told == total, "a total is that of all cities", town.city, period, told, total)

    asked = {"template": _name(world), "period": period, "code": "gdp"}
    return called(world, town, "briefing.compare", asked, note=note).words


def _wanted_template(book: Book, taken: Taken) -> frozenset[str]:
    if taken.data["id"][:6] != taken.peer:
        return frozenset({"briefing_not_keeper"})
    if taken.data["version"] <= _figures(book).template:
        return frozenset({"briefing_version_wrong"})
    return RECEIPT


def _template_heard(book: Book, taken: Taken, got: str, answer: dict[str, Any]) -> None:
    _figures(book).templates.add(taken.data["version"])


def _wanted_return(book: Book, taken: Taken) -> frozenset[str]:
    held = _figures(book).held.get((taken.peer, taken.data["period"]), (0, 0, {}))
    if taken.data["version"] <= held[0]:
        return frozenset({"briefing_version_wrong"})
    return RECEIPT


def _return_heard(book: Book, taken: Taken, got: str, answer: dict[str, Any]) -> None:
    given = {one["code"]: one["figure"] for one in taken.data["figures"]}
    data = taken.data
    _figures(book).held[taken.peer, data["period"]] = (
        data["version"],
        data["template_version"],
        given,
    )


def check(world: World, healed: bool) -> None:
    """Each city holds the newest return that it gave or heard, its figures and no others."""
    for town in world.towns:
        book = _figures(world.books[town.city])
        template, newest, numbers = town.read(_held)
        require(template == book.template, "each city holds the newest template", town.city)
        wanted = {key: version for key, (version, _, _) in book.held.items()}
        require(newest == wanted, "each city holds the newest return", town.city, newest, wanted)
        given = {
            (*key, code): figure
            for key, (_, _, values) in book.held.items()
            for code, figure in values.items()
        }
        require(numbers == given, "figures are those of the newest return", town.city)
        if healed:
            _check_told(world, town)


def _check_told(world: World, town: Town) -> None:
    for sent in world.books[town.city].asked.values():
        if sent.operation == "briefing.returned" and sent.state == "done":
            held = _figures(world.books[sent.peer]).held
            version = held.get((town.city, sent.data["period"]), (0, 0, {}))[0]
            require(version >= sent.data["version"], "a return that was told is held", sent.peer)


def _held(transaction: Transaction) -> tuple[int, dict[Key, int], dict[tuple[str, ...], str]]:
    newest = transaction.value(
        select(templates.c.version).where(templates.c.is_newest == 1).limit(1)
    )
    given = transaction.rows(
        select(returns.c.city, returns.c.period, returns.c.version).where(returns.c.is_newest == 1)
    )
    numbers = transaction.rows(
        select(figures.c.city, figures.c.period, figures.c.code, figures.c.figure)
    )
    return (
        int(newest or 0),
        {(row.city, row.period): row.version for row in given},
        {(row.city, row.period, row.code): row.figure for row in numbers},
    )


BRIEFING = Part(
    name="briefing",
    covers=("services.governance.briefing",),
    load={},
    beside={
        "briefing_template": (2, set_template),
        "briefing_give": (8, give),
        "briefing_compare": (4, compare),
    },
    check=check,
    services=(SERVICE,),
    terms={
        "briefing.template": Term(
            AGREEMENT, PURPOSE, _wanted_template, taken=_template_heard, is_event=True
        ),
        "briefing.returned": Term(
            AGREEMENT, PURPOSE, _wanted_return, taken=_return_heard, is_event=True
        ),
    },
    state=Figures,
)
