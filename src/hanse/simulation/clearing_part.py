"""Clearing in the simulation: what the services owe between the cities is netted, under faults.

The obligations are the real ones: bills, pensions and banks' serials. Funds are short at times,
cities are silent, agreements are suspended in the middle of a cycle; cities that are not the house
cut, and ask for lines. At the end a last cycle must leave nothing owed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from sqlalchemy import select

from hanse.foundation.store import Transaction
from hanse.mechanisms import ledger
from hanse.mechanisms.ledger import Flags
from hanse.services.finance.clearing import chart
from hanse.services.finance.clearing.operations import SERVICE
from hanse.services.finance.clearing.tables import carried, cuts, cycles, pairs
from hanse.simulation.acts import called, fire, put_question
from hanse.simulation.exchange_part import ROUND, check_told, heal, told_now
from hanse.simulation.founding import HOUSE
from hanse.simulation.model import Book, Sent
from hanse.simulation.part import Part, require
from hanse.simulation.terms import ANSWER, RECEIPT, Taken, Term
from hanse.simulation.town import Town
from hanse.simulation.world import World

AGREEMENT: Final = "clearing"
PURPOSE: Final = "clearing"
ROUNDS_MAX: Final = 30
ENOUGH_FEN: Final = 10**9
ACCOUNTS_MAX: Final = 1_000
NOT_THE_HOUSE: Final = frozenset({"clearing_not_the_house"})
OWN: Final = "clearing/"
"""How the references of what clearing itself books begin."""


@dataclass
class Clearing:
    """At the house: the cycles that it cut, and what each city has paid in."""

    cycles: list[str] = field(default_factory=list)
    funds: dict[str, int] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)


def _clearing(book: Book) -> Clearing:
    found: Clearing = book.parts["clearing"]
    return found


def _house(world: World) -> Town:
    return next(one for one in world.towns if one.city == HOUSE)


def cut(world: World, rng: Random) -> str:
    """The house cuts a cycle; or a city does that is not the house."""
    town = _house(world) if rng.random() < 0.9 else rng.choice(world.towns)
    return _cut(world, town, f"c{rng.getrandbits(40):010x}")


def _cut(world: World, town: Town, name: str) -> str:
    known, told = _clearing(world.books[town.city]), told_now(world, town, "clearing.cut")
    wanted = ANSWER | {"clearing_cycle_open"} if town.city == HOUSE else NOT_THE_HOUSE

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        check_told(world, town, "clearing.cut", sent, told)
        known.cycles.append(name)

    return called(world, town, "clearing.open", {"cycle": name}, wanted=wanted, note=note).words


def fund(world: World, rng: Random) -> str:
    """A city pays funds in at the house: sometimes too little, sometimes the same order twice."""
    city = rng.choice(world.towns).city
    number = f"f{rng.getrandbits(40):010x}"
    known = _clearing(world.books[HOUSE])
    if known.numbers and rng.random() < 0.2:
        city, _, number = rng.choice(sorted(known.numbers)).partition("/")
    return _fund(world, city, number, 50_000)


def _fund(world: World, city: str, number: str, fen: int) -> str:
    known = _clearing(world.books[HOUSE])

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        if f"{city}/{number}" not in known.numbers:
            known.numbers.add(f"{city}/{number}")
            known.funds[city] = known.funds.get(city, 0) + fen

    data = {"city": city, "amount_fen": fen, "number": number}
    return called(world, _house(world), "clearing.fund", data, note=note).words


def interfere(world: World, rng: Random) -> str | None:
    """A city asks another for its lines as only the house may, or speaks of a cycle of its own."""
    town, other = rng.sample(world.towns, 2)
    known = _clearing(world.books[HOUSE]).cycles
    cycle = known[-1] if known and rng.random() < 0.7 else "none"
    if rng.random() < 0.5:
        data: dict[str, Any] = {
            "cycle": cycle, "own": f"{other.city}/x", "other": f"{town.city}/x",
        }  # fmt: skip
        return put_question(world, town, other.city, "clearing.lines", data, PURPOSE)
    if cycle != "none" and other.city == HOUSE:
        return None  # it would be its word, which the house must take
    data = {"cycle": cycle, "version": 1, "accepted": False, "reason": "none"}
    return put_question(world, town, other.city, "clearing.acknowledge", data, PURPOSE)


def _wanted_at_house(book: Book, taken: Taken) -> frozenset[str]:
    if taken.data["cycle"] in _clearing(book).cycles:
        return ANSWER
    return frozenset({"clearing_cycle_unknown"}) if book.city == HOUSE else NOT_THE_HOUSE


def _wanted_by_house(outcomes: frozenset[str]) -> Callable[[Book, Taken], frozenset[str]]:
    def wanted(book: Book, taken: Taken) -> frozenset[str]:
        return outcomes if taken.peer == HOUSE else NOT_THE_HOUSE

    return wanted


def _reckoned(book: Book, taken: Taken, got: str, answer: dict[str, Any]) -> None:
    nets = [one["net_fen"] for one in taken.data["cities"]]
    require(sum(nets) == 0, "positions sum to zero", taken.data["cycle"], nets)


def finish(world: World, rng: Random) -> None:
    """The last cycle is ended, the funds are enough, and one more takes what is left."""
    for town in world.towns:
        _fund(world, town.city, "enough", ENOUGH_FEN)
    _until_settled(world, rng)
    _cut(world, _house(world), "last")
    _until_settled(world, rng)


def _until_settled(world: World, rng: Random) -> None:
    for _ in range(ROUNDS_MAX):
        heal(world, rng)
        waits = _house(world).read(
            lambda tx: tx.rows(select(cycles.c.cycle).where(cycles.c.state != "settled"))
        )
        if not waits and not sum(fire(world, town)[1] for town in world.towns):
            return
        world.now += ROUND
        for town in world.towns:
            fire(world, town)
    require(False, "a cycle comes to its end", [tuple(row) for row in waits])


def check(world: World, healed: bool) -> None:
    """Funds are what was paid in and netted; each transfer is in the range of one cut."""
    house = _house(world)
    known = _clearing(world.books[HOUSE])
    funds = house.read(lambda tx: _funds(tx, world))
    paid_in = sum(known.funds.values())
    require(sum(funds.values()) == paid_in, "the house keeps every fen", funds, paid_in)
    require(min(funds.values(), default=0) >= 0, "no city's funds are below nothing", funds)
    for town in world.towns:
        made = town.read(lambda tx: tx.rows(select(cuts).order_by(cuts.c.number)))
        after = 0
        for one in made:
            follows = one.after_sequence == after <= one.up_to_sequence
            require(follows, "each transfer is in one cut", town.city, one.cycle)
            after = one.up_to_sequence
        if healed:
            town.read(lambda tx, one=town, up_to=after: _check_owed(tx, one, up_to))  # type: ignore[misc]


def _funds(transaction: Transaction, world: World) -> dict[str, int]:
    names = {chart.funds(one.city).id: one.city for one in world.towns}
    states = ledger.states(transaction, set(names))
    return {names[one.account.id]: one.on_its_side for one in states}


def _check_owed(transaction: Transaction, town: Town, cut_up_to: int) -> None:
    """What an account between cities holds is what is still to be cleared, once; and that is
    what came after the last cut, for the last cycle took all before it."""
    found = _intercity(transaction)
    numbers = {one.number: one.account.id for one in found}
    to_clear = dict.fromkeys(numbers.values(), 0)
    for one in ledger.between(transaction, cut_up_to, 2**62):
        if one.flags & (Flags.PENDING | Flags.VOID) or one.reference.startswith(OWN):
            continue
        for number, fen in ((one.debit, one.amount), (one.credit, -one.amount)):
            if number in numbers:
                to_clear[numbers[number]] += fen
    later = dict(to_clear)
    unsettled = select(cuts.c.number).where(cuts.c.settled_version.is_(None))
    waits = (pairs.c.carry & pairs.c.taken_by.is_(None)) | (
        ~pairs.c.carry & pairs.c.cut.in_(unsettled)
    )
    for row in transaction.rows(select(pairs.c.account_id, pairs.c.amount_fen).where(waits)):
        to_clear[row.account_id] += row.amount_fen
    for row in transaction.rows(select(carried).where(carried.c.taken_by.is_(None))):
        to_clear[row.account] += row.amount_fen
    held = {one.account.id: one.balance.net_debit for one in found}
    require(held == to_clear, "each transfer is cleared once", town.city, held, to_clear)
    require(held == later, "the last cycle leaves nothing owed", town.city, held, later)


def _intercity(transaction: Transaction) -> list[ledger.AccountState]:
    every = ledger.accounts(transaction, count=ACCOUNTS_MAX)
    return [one for one in every if one.account.id.startswith("intercity/")]


CLEARING: Final = Part(
    name="clearing",
    covers=("mechanisms.clearing", "services.finance.clearing"),
    load={},
    beside={
        "clearing_cut": (2, cut),
        "clearing_fund": (2, fund),
        "clearing_interfere": (1, interfere),
    },
    check=check,
    services=(SERVICE,),
    terms={
        "clearing.submit": Term(AGREEMENT, PURPOSE, _wanted_at_house),
        "clearing.acknowledge": Term(AGREEMENT, PURPOSE, _wanted_at_house),
        "clearing.lines": Term(AGREEMENT, PURPOSE, _wanted_by_house(ANSWER)),
        "clearing.cut": Term(AGREEMENT, PURPOSE, _wanted_by_house(RECEIPT), is_event=True),
        "clearing.result": Term(
            AGREEMENT, PURPOSE, _wanted_by_house(RECEIPT), taken=_reckoned, is_event=True
        ),
        "clearing.settled": Term(AGREEMENT, PURPOSE, _wanted_by_house(RECEIPT), is_event=True),
    },
    state=Clearing,
    calm=finish,
)
