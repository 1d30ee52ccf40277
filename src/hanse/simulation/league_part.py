"""The league in the simulation: keys change, agreements are suspended, each city learns it late."""

from random import Random

from sqlalchemy import select

from hanse.foundation.keys import generate
from hanse.foundation.merkle import root
from hanse.foundation.store import Transaction
from hanse.mechanisms.journal import log
from hanse.mechanisms.journal.tables import journal_entries
from hanse.mechanisms.league import store as league_store
from hanse.simulation import founding
from hanse.simulation.model import Sent
from hanse.simulation.part import Part, require
from hanse.simulation.town import Town
from hanse.simulation.world import Told, World

RESUMED = 0.6
"""How often a change of an agreement's state is that a suspended one is resumed."""


def rotate(world: World, rng: Random) -> str | None:
    """A city's key for deliveries gives way to a new one, by the vote of all."""
    town = rng.choice(world.towns)
    version = world.charter.document.version
    if version > 8 or any(count < len(world.told) for count in world.heard_of.values()):
        return None
    if any(one.skew_seconds for one in world.towns):
        return None
    old, new = town.key_id, f"x{version + 1}"
    world.keys[town.city][new] = generate("ed25519", town.randomness)
    now = world.now.replace(microsecond=0)
    if now <= world.charter.document.issued_at:
        return None
    entry = founding.key_entry(new, world.keys[town.city][new], ["exchange"], now)
    charter = founding.signed_by(
        founding.rotated(world.charter, town.city, old, entry), world.keys, (town.city, new)
    )
    times = dict(world.key_times[-1])
    times[town.city, old] = (times[town.city, old][0], now)
    times[town.city, new] = (now, None)
    world.key_times.append(times)
    world.charter = charter

    def note(book: object) -> None:
        setattr(book, "charter", version + 1)  # noqa: B010 - a lambda can't assign

    world.told.append(Told("charter", charter.to_bytes(), note))
    town.keys[new] = world.keys[town.city][new]
    town.key_id = new
    return f"{town.city} changes its key to {new}"


def state(world: World, rng: Random) -> str | None:
    """A party suspends an agreement, or resumes it."""
    suspended = sorted(key for key, (_, _, kind) in world.statements.items() if kind == "suspend")
    if suspended and rng.random() < RESUMED:
        agreement, city = rng.choice(suspended)
    else:
        agreement, city = rng.choice(world.agreements), rng.choice(world.towns).city
    return _state(world, agreement, city)


def _state(world: World, agreement: str, city: str) -> str:
    sequence, digest, kind = world.statements.get((agreement, city), (0, "", "resume"))
    kind = "resume" if kind == "suspend" else "suspend"
    now = world.now.replace(microsecond=0)
    document = founding.statement(agreement, city, sequence + 1, digest or None, kind, now)
    signed = founding.signed_by(document, {city: world.keys[city]})
    world.statements[agreement, city] = (sequence + 1, signed.digest, kind)
    world.told.append(
        Told(
            "statement",
            signed.to_bytes(),
            lambda book: book.stated.append((agreement, city, kind, now)),
        )
    )
    return f"{city}: {kind} {agreement}"


def hear(world: World, rng: Random) -> str | None:
    """A city takes the next document of the league that it has not seen."""
    return _hear_next(world, rng.choice(world.towns))


def agree_again(world: World, rng: Random) -> None:
    """Every suspended agreement is resumed, and every city takes all that it has not seen.

    A peer's new key is of no use unheard.
    """
    for (agreement, city), (_, _, kind) in sorted(world.statements.items()):
        if kind == "suspend":
            _state(world, agreement, city)
    for town in world.towns:
        for _ in world.told[world.heard_of.get(town.city, 0) :]:
            _hear_next(world, town)


def _hear_next(world: World, town: Town) -> str | None:
    place = world.heard_of.get(town.city, 0)
    if place >= len(world.told):
        return None
    told, now, book = world.told[place], world.clock(town), world.books[town.city]

    def work(transaction: Transaction) -> None:
        if told.kind == "charter":
            league_store.accept_charters(transaction, [told.data], world.genesis, now)
        else:
            league_store.accept_statement(transaction, told.data, now)

    def then(_: None, sent: list[Sent]) -> None:
        told.note(book)
        world.heard_of[town.city] = place + 1

    return f"{town.city} takes a {told.kind}: {world.commit(town, work, then)}"


def check(world: World, healed: bool) -> None:
    """Each journal only grows, and its head is the root of its entries."""
    for town in world.towns:
        leaves, head = town.read(_journal)
        before = world.leaves.get(town.city, [])
        require(leaves[: len(before)] == before, "a journal only grows", town.city)
        require(head == (len(leaves), root(leaves)), "a journal's head fits it", town.city)
        world.leaves[town.city] = leaves
        world.saw(head[1])


def _journal(transaction: Transaction) -> tuple[list[bytes], tuple[int, bytes]]:
    rows = transaction.rows(select(journal_entries.c.leaf).order_by(journal_entries.c.position))
    frontier = log.head(transaction)
    return [bytes(row.leaf) for row in rows], (frontier.size, frontier.root())


LEAGUE = Part(
    name="league",
    covers=("mechanisms.league", "mechanisms.journal"),
    load={"rotate": (1, rotate), "state": (2, state), "hear": (12, hear)},
    check=check,
    calm=agree_again,
)
