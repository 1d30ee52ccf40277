"""Pension transfers in the league's simulation: workers move, sheets are miscounted, money follows.

They move beside everything else that the cities do, under all of the network's faults. Once these
are over every transfer is brought to its end, and all books are compared.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any, Final

from hanse.foundation.store import Transaction
from hanse.mechanisms import ledger
from hanse.mechanisms.cases import Case
from hanse.mechanisms.clearing.books import cleared_account
from hanse.services.social.pensions import chart
from hanse.services.social.pensions.operations import SERVICE
from hanse.services.social.pensions.procedure import PENSION_TRANSFER
from hanse.simulation import pension_people as people
from hanse.simulation.acts import called
from hanse.simulation.case_work import Matter
from hanse.simulation.cases_part import OTHER_MATTERS
from hanse.simulation.model import Sent
from hanse.simulation.part import Part, require
from hanse.simulation.pension_checks import check_funds, check_relations
from hanse.simulation.terms import BUREAU
from hanse.simulation.town import Town
from hanse.simulation.world import World, two

AGREEMENT: Final = "pensions"
WORKERS_MAX: Final = 12
"""So many move out of each city in a run; no more, for each is looked at again and again."""
MISCOUNTED: Final = 0.3
REFUSALS: Final = frozenset(
    {
        "case_duplicate",
        "pension_relation_not_here",
        "pension_sheet_differs",
        "pension_sheet_number_used",
        "pension_moved_already",
    }
)
"""What a step may be refused for, when it comes twice or after another; all else is a fault."""
NEVER: Final = frozenset({"open_temporary", "announce_unmovable", "return_sheet", "send_funds"})
"""A sheet is returned where it was found wrong, and the node sends the money by itself."""


@dataclass
class Mover:
    """A worker of this city on the way to another one."""

    destination: str
    relation: dict[str, Any]
    prepared: int = 0
    certificate: dict[str, Any] = field(default_factory=dict)


@dataclass
class Movers:
    """Who leaves this city, by number; whether its fund holds others' money too."""

    leaving: dict[int, Mover] = field(default_factory=dict)
    founded: bool = False


def _movers(world: World, town: Town) -> Movers:
    found: Movers = world.books[town.city].parts["pensions"]
    return found


def move(world: World, rng: Random) -> str | None:
    """A worker prepares a move: rows at both cities, the certificate, the application."""
    town, other = two(world, rng)
    movers = _movers(world, town)
    if not movers.founded:
        return _found(world, town, movers)
    waits = [one for one in movers.leaving.values() if one.prepared < 4]
    if not waits:
        number = len(movers.leaving)
        if number >= WORKERS_MAX:
            return None
        worker = people.citizen(town.city, number)
        relation = people.leaving(rng, town.city, worker, other.city)
        movers.leaving[number] = Mover(other.city, relation)
        waits = [movers.leaving[number]]
    mover = rng.choice(waits)
    there = next(one for one in world.towns if one.city == mover.destination)
    return _prepare(world, town, there, mover)


def _found(world: World, town: Town, movers: Movers) -> str:
    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        movers.founded = True

    # A fund holds more than one worker's money.
    others = people.whole(town.city, people.citizen(town.city, 390), town.city)
    return called(world, town, "pension.keep", others, note=note).words


def _prepare(world: World, town: Town, there: Town, mover: Mover) -> str:
    worker = mover.relation["person"]["citizen_id"]

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        mover.prepared += 1
        if mover.prepared == 3:
            mover.certificate = answer

    if mover.prepared == 0:
        return called(world, town, "pension.keep", mover.relation, note=note).words
    if mover.prepared == 1:
        rows = people.arriving(there.city, worker, there.city)
        return called(world, there, "pension.keep", rows, note=note).words
    if mover.prepared == 2:
        asked = {"citizen_id": worker}
        return called(world, town, "pension.issue_certificate", asked, note=note).words
    asked = people.application(mover.certificate, there.city, (BUREAU, BUREAU))
    done = MATTER.call(world, there, "start", asked)
    if done.outcome in ("answer", "receipt"):
        mover.prepared += 1
    return done.words


def act(world: World, rng: Random) -> str | None:
    """An agency takes a step of a transfer; a wrong sheet is found, and returned."""
    for town in rng.sample(world.towns, len(world.towns)):
        if (words := MATTER.act(world, rng, town)) is not None:
            return words
    return None


def _data(world: World, town: Town, case: Case, action: str) -> dict[str, Any] | None:
    now = world.clock(town)
    today = f"{now + timedelta(hours=8):%Y-%m-%d}"
    if action == "accept":
        certificate = case.data["open"]["certificate"]
        return people.letter(certificate, town.city, f"L{case.id}", today, "city_66")
    if action == "send_sheet":
        made = called(world, town, "pension.make_sheet", {"letter": case.data["accept"]})
        if made.outcome is None:
            return None
        if _dice(case, action) < MISCOUNTED:
            return people.miscounted(made.data, made.data["number"])
        return made.data
    if action == "receive":
        return {"funds_received": case.data["send_sheet"]["cash"]}
    return {"died_on": today} if "death" in action else {}


def _dice(case: Case, action: str) -> float:
    """Chance that follows from the case and how far it is: no draw of the step's own is taken."""
    return Random(f"{case.id}/{case.number}/{action}").random()


def _return_it(
    world: World, town: Town, case: Case, role: str, action: str, outcome: str | None
) -> None:
    """What does not agree with the rules is returned with what differs."""
    if action == "receive" and outcome == "pension_sheet_differs":
        MATTER.step(world, town, case, role, "return_sheet", {"findings": ["pool_differs"]})


MATTER: Final = Matter(
    PENSION_TRANSFER,
    AGREEMENT,
    REFUSALS,
    data=_data,
    never=NEVER,
    expected=frozenset({"accept", "send_sheet", "receive"}),
    after=_return_it,
)
OTHER_MATTERS.append(MATTER)


def check(world: World, healed: bool) -> None:
    """No city is owed what the other does not owe, and at rest no relation and no fen is lost."""
    for town in world.towns:
        positions = town.read(lambda tx, one=town: _positions(tx, world, one))  # type: ignore[misc]
        require(sum(positions.values()) == 0, "the pensions' money adds up", town.city, positions)
    if healed:
        check_relations(world.towns)
        check_funds(world.towns)


def _positions(transaction: Transaction, world: World, town: Town) -> dict[str, int]:
    """The fund's accounts and its positions, each as debits less credits."""
    peers = [chart.intercity(one.city) for one in world.towns if one is not town]
    cleared = cleared_account(chart.BOOK, chart.AGENCY)
    names = {chart.DEPOSIT, chart.ACCOUNTS, chart.POOL, cleared, *peers}
    return {one.account.id: one.balance.net_debit for one in ledger.states(transaction, names)}


PENSIONS: Final = Part(
    name="pensions",
    covers=("services.social.pensions",),
    load={},
    beside={"pension_move": (6, move), "pension_act": (8, act)},
    check=check,
    services=(SERVICE,),
    terms=MATTER.terms,
    state=Movers,
)
