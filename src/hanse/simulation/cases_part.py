"""Cases in the simulation: three parties, deadlines, hand-overs, one history for all."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from random import Random
from typing import Any

from sqlalchemy import func, select

from hanse.foundation.store import Transaction
from hanse.mechanisms.cases.step import read_step
from hanse.mechanisms.cases.tables import cases, copies, disputes, proposals, steps
from hanse.mechanisms.exchange.tables import messages_out
from hanse.mechanisms.journal.tables import journal_entries
from hanse.simulation.acts import fire
from hanse.simulation.case_work import Acknowledged, Matter, acknowledged
from hanse.simulation.cases_matter import MATTER, SERVICE
from hanse.simulation.exchange_part import ROUND, heal
from hanse.simulation.part import Part, Violation, require
from hanse.simulation.terms import BUREAU
from hanse.simulation.town import Town
from hanse.simulation.world import World

ROUNDS_MAX = 60
_BEGINS = {"open": "take", "work": "give"}
"""The deadline of the simulated matter that an action starts."""
TRIAL = Matter(MATTER, "cases")
Histories = dict[str, list[tuple[str, bytes]]]
"""By case: each step's digest and line, in order."""


def start(world: World, rng: Random) -> str:
    """An agency opens a case in which two or three cities have a seat."""
    town = rng.choice(world.towns)
    sitting = rng.sample(world.towns, min(3, len(world.towns)))
    roles = dict(zip(("desk", "giver", "watcher"), (*sitting, sitting[0]), strict=False))
    role = next((name for name, one in roles.items() if one is town), "desk")
    seats = {name: {"city": one.city, "organisation": BUREAU} for name, one in roles.items()}
    subject = f"s{rng.getrandbits(64):x}"
    data = {"subject": subject, "seats": seats, "role": role, "data": {"amount": 1}}
    return TRIAL.call(world, roles[role], "start", data).words


def act(world: World, rng: Random) -> str | None:
    """An agency takes a step of a case."""
    return TRIAL.act(world, rng, rng.choice(world.towns))


def finish(world: World, rng: Random) -> None:
    """Every agency does what waits for it, until all cases of every procedure are closed."""
    matters = (TRIAL, *OTHER_MATTERS)
    for _ in range(ROUNDS_MAX):
        heal(world, rng)
        busy = sum(matter.finish(world) for matter in matters)
        heal(world, rng)
        world.now += ROUND
        busy += sum(fire(world, town)[1] for town in world.towns)
        if not busy:
            return
    raise Violation("every case comes to its end")


OTHER_MATTERS: list[Matter] = []
"""The procedures of the services that have joined; each part adds its own."""


def check(world: World, healed: bool) -> None:
    """No acknowledged step is lost, and no two cities hold different steps of a case."""
    held = {town.city: town.read(_heads) for town in world.towns}
    for town in world.towns:
        for (case, number), digest in acknowledged(world.books[town.city]).steps.items():
            require(
                held[town.city].get((case, number)) == digest, "no step is lost", town.city, case
            )
    for one, other in combinations(held.values(), 2):
        for key in one.keys() & other.keys():
            same = one[key] == other[key]
            require(same, "all parties hold the same history", *key)
    if healed:
        whole = {town.city: town.read(_histories) for town in world.towns}
        for town in world.towns:
            _check_at_rest(world, town, whole)


def _heads(transaction: Transaction) -> dict[tuple[str, int], str]:
    rows = transaction.rows(select(steps.c.case_id, steps.c.number, steps.c.digest))
    return {(row.case_id, row.number): row.digest for row in rows}


def _histories(transaction: Transaction) -> Histories:
    found: Histories = {}
    query = select(steps.c.case_id, steps.c.digest, steps.c.line)
    for row in transaction.rows(query.order_by(steps.c.case_id, steps.c.number)):
        found.setdefault(row.case_id, []).append((row.digest, bytes(row.line)))
    return found


def _check_at_rest(world: World, town: Town, whole: dict[str, Histories]) -> None:
    mine = whole[town.city]
    for name, left in town.read(lambda tx: dict(_left(tx))).items():
        require(not left, name, town.city, left)
    for case, history in mine.items():
        begins = read_step(history[0][1]).begins
        require(begins is not None, "a case begins", case)
        for seat in begins.seats.values() if begins is not None else ():
            there = whole[seat.city].get(case, [])
            require(there == history, "every party holds every step", case, town.city, seat.city)
        if read_step(history[0][1]).procedure == MATTER.name:
            _check_deadlines(case, history)
    journaled = town.read(_journaled)
    require(journaled == sum(map(len, mine.values())), "a step is journaled once", journaled)


def _left(transaction: Transaction) -> Iterator[tuple[str, Sequence[Any]]]:
    """What may not be left at rest, under the rule that says so."""
    undelivered = (
        select(proposals.c.case_id, proposals.c.action)
        .join(messages_out, messages_out.c.message_id == proposals.c.message_id)
        .where(proposals.c.state == "proposed", messages_out.c.state != "dead")
    )
    yield (
        "every case comes to its end",
        transaction.rows(select(cases.c.case_id, cases.c.stage).where(cases.c.is_open)),
    )
    yield "nobody differs", transaction.rows(select(disputes))
    yield (
        "every step is acknowledged",
        transaction.rows(select(copies.c.case_id, copies.c.city).where(copies.c.is_behind)),
    )
    yield (
        "every proposal is numbered, refused or seen to be undelivered",
        transaction.rows(undelivered),
    )


def _journaled(transaction: Transaction) -> int:
    query = select(func.count()).where(journal_entries.c.kind == "case.step")
    return int(transaction.value(query))


def _check_deadlines(case: str, history: list[tuple[str, bytes]]) -> None:
    """A deadline passes at most as often as it was begun, and each step has its number."""
    passed: Counter[Any] = Counter()
    begun: Counter[Any] = Counter()
    for number, (_, line) in enumerate(history, 1):
        step = read_step(line)
        require(step.number == number, "no step is missing", case, step.number)
        if step.is_by_time:
            passed[step.data["deadline"]] += 1
        begun[_BEGINS.get(step.action)] += 1
    for name, times in passed.items():
        known = MATTER.deadline(name) is not None
        require(times <= (begun[name] if known else 1), "a deadline passes once", case, name)


CASES = Part(
    name="cases",
    covers=("mechanisms.cases",),
    load={},
    beside={
        "start": (3, start),
        "act": (20, act),
    },
    check=check,
    services=(SERVICE,),
    terms=TRIAL.terms,
    state=Acknowledged,
    calm=finish,
)
