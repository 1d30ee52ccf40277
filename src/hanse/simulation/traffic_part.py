"""Traffic notices in the simulation: published, changed and lifted, heard in order, acknowledged.

Officers also try what the rules forbid: a version out of turn, another city's notice, a status
that may not follow. Agencies of other cities send acknowledgements that are not theirs to give.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from sqlalchemy import select

from hanse.foundation.clock import iso
from hanse.foundation.store import Transaction
from hanse.services.safety.traffic.operations import SERVICE
from hanse.services.safety.traffic.tables import notices, receipts, versions
from hanse.simulation.acts import called, put_question
from hanse.simulation.exchange_part import check_told, told_now
from hanse.simulation.model import Book, Sent
from hanse.simulation.part import Part, require
from hanse.simulation.terms import ANSWER, DENIED, RECEIPT, Taken, Term
from hanse.simulation.town import Town
from hanse.simulation.world import World, two

AGREEMENT: Final = "traffic"
PURPOSE: Final = "traffic-safety"
OPEN_MAX: Final = 4
"""So many notices of one city are open; the next one that it publishes lifts one."""
ROADS: Final = ("G5", "G42")
TELEPHONE_AFTER: Final = timedelta(minutes=10)
FOLLOWS: Final = {
    "issued": ("issued", "active", "lifted"),
    "active": ("active", "extended", "lifted"),
    "extended": ("extended", "lifted"),
    "lifted": (),
}
"""What may follow what, read from the service's page and not from its code."""
Notice = dict[str, Any]


@dataclass
class Roads:
    """What one city's book of notices must say."""

    held: dict[str, Notice] = field(default_factory=dict)
    """The newest version of each notice."""
    kept: set[tuple[str, int]] = field(default_factory=set)
    changed: dict[str, datetime] = field(default_factory=dict)
    receipts: dict[tuple[str, str], int] = field(default_factory=dict)
    """By notice and city: the newest version that it has taken note of."""

    def keep(self, notice: Notice, at: datetime) -> None:
        """A version becomes the newest one."""
        self.held[notice["id"]] = notice
        self.kept.add((notice["id"], notice["version"]))
        self.changed[notice["id"]] = at

    def open_of(self, city: str) -> list[str]:
        """The notices of a city that are not lifted."""
        return sorted(
            key for key, one in self.held.items()
            if one["issuer"] == city and one["status"] != "lifted"
        )  # fmt: skip

    def on(self, road: str, at: datetime) -> list[tuple[str, int]]:
        """What is in force on a road."""
        return sorted(
            (key, one["version"])
            for key, one in self.held.items()
            if one["road"] == road
            and datetime.fromisoformat(one["start"]) <= at
            and one["status"] != "lifted"
            and one["status"] != "lifted"
        )


def _roads(book: Book) -> Roads:
    found: Roads = book.parts["traffic"]
    return found


def publish(world: World, rng: Random) -> str:
    """A city publishes a notice, or a further version of one that is open."""
    town = rng.choice(world.towns)
    roads, now = _roads(world.books[town.city]), world.clock(town)
    open_ = roads.open_of(town.city)
    if not open_ or (len(open_) < OPEN_MAX and rng.random() < 0.4):
        return _publish(world, town, _first(rng, town.city, now), ANSWER)
    held = roads.held[rng.choice(open_)]
    wanted_status = rng.choice(("issued", "active", "extended", "lifted"))
    if len(open_) >= OPEN_MAX:
        wanted_status = "lifted"
    return _publish(world, town, _next(held, wanted_status, now), _allowed(held, wanted_status))


def _allowed(held: Notice, status: str) -> frozenset[str]:
    if status in FOLLOWS[held["status"]]:
        return ANSWER
    return frozenset({"traffic_transition_refused"})


def misuse(world: World, rng: Random) -> str | None:
    """An officer publishes what the order of versions or the issuer's right forbids."""
    town, other = two(world, rng)
    roads, now = _roads(world.books[town.city]), world.clock(town)
    trick = rng.choice(("first-is-2", "again", "gap", "foreign", "fixed"))
    if trick == "first-is-2":
        notice = _first(rng, town.city, now) | {"version": 2}
        return _publish(world, town, notice, frozenset({"traffic_version_gap"}))
    open_ = roads.open_of(other.city if trick == "foreign" else town.city)
    if not open_:
        return None
    notice = _next(roads.held[rng.choice(open_)], "lifted", now)
    refusal = {
        "again": "traffic_version_stale",
        "gap": "traffic_version_gap",
        "foreign": "traffic_not_the_issuer",
        "fixed": "traffic_field_fixed",
    }[trick]
    if trick in ("again", "gap"):
        notice["version"] += -1 if trick == "again" else 1
    elif trick == "fixed":
        notice["road"] = "G999"
    return _publish(world, town, notice, frozenset({refusal}))


def _publish(world: World, town: Town, notice: Notice, wanted: frozenset[str]) -> str:
    told, now = told_now(world, town, "traffic.notice"), world.clock(town)

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        require(answer["cities_told"] == told, "every city is told of a notice", told, answer)
        check_told(world, town, "traffic.notice", sent, told)
        _roads(world.books[town.city]).keep(notice, now)

    return called(world, town, "traffic.publish", notice, wanted=wanted, note=note).words


def _first(rng: Random, city: str, now: datetime) -> Notice:
    stake = rng.randrange(400) * 1_000
    return {
        "id": f"{city}-{rng.getrandbits(48):012x}",
        "version": 1,
        "issuer": city,
        "kind": "accident",
        "road": rng.choice(ROADS),
        "from_stake_m": stake,
        "to_stake_m": stake + 1_000,
        "direction": "both",
        "issued_at": iso(now),
        "updated_at": iso(now),
        "start": iso(now),
        "expected_end": iso(now + timedelta(hours=2)),
        "public_from": iso(now),
        "measure": "lane_closed",
        "level": "local",
        "status": "issued",
    }


def _next(held: Notice, status: str, now: datetime) -> Notice:
    notice = held | {
        "version": held["version"] + 1,
        "status": status,
        "updated_at": iso(now),
    }
    if status == "extended":
        end = datetime.fromisoformat(held["expected_end"]) + timedelta(hours=1)
        notice["expected_end"] = iso(end)
    if status == "lifted":
        notice["lifted_at"] = iso(now)
    return notice


def acknowledge(world: World, rng: Random) -> str | None:
    """A duty officer takes note of a notice, or of a version that has not arrived."""
    town = rng.choice(world.towns)
    book = world.books[town.city]
    held = _roads(book).held
    if not held:
        return None
    notice = held[rng.choice(list(held)[-8:])]
    ahead = rng.random() < 0.1
    asked = {"notice": notice["id"], "version": notice["version"] + ahead}
    foreign = notice["issuer"] != town.city
    wanted = ANSWER
    if ahead:
        wanted = frozenset({"notice_version_not_held"})
    elif foreign and not book.may_ask("traffic.receipt", PURPOSE, world.clock(town)):
        wanted = DENIED

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        told = [(one.peer, one.operation) for one in sent]
        due = [(notice["issuer"], "traffic.receipt")] if foreign else []
        require(told == due, "an acknowledgement goes to the issuer alone", told, due)

    return called(world, town, "traffic.acknowledge", asked, wanted=wanted, note=note).words


def who(world: World, rng: Random) -> str | None:
    """An issuer asks who has taken note of a notice."""
    town = rng.choice(world.towns)
    roads, now = _roads(world.books[town.city]), world.clock(town)
    own = [key for key, one in roads.held.items() if one["issuer"] == town.city]
    if not own:
        return None
    notice = roads.held[rng.choice(own[-8:])]
    others = sorted(one.city for one in world.towns if one is not town)

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        done = [
            city for city in others
            if roads.receipts.get((notice["id"], city), 0) >= notice["version"]
        ]  # fmt: skip
        missing = [city for city in others if city not in done]
        late = now >= roads.changed[notice["id"]] + TELEPHONE_AFTER
        found = (
            [one["city"] for one in answer["acknowledged"]],
            list(answer["missing"]),
            list(answer["telephone"]),
        )
        wanted = (done, missing, missing if late else [])
        require(found == wanted, "who has taken note is known", notice["id"], found, wanted)

    asked = {"notice": notice["id"]}
    return called(world, town, "traffic.acknowledgements", asked, note=note).words


def ask(world: World, rng: Random) -> str:
    """An agency asks another city what is in force, or forges an acknowledgement."""
    town, other = two(world, rng)
    if rng.random() < 0.5:
        road = rng.choice(ROADS)
        return put_question(world, town, other.city, "traffic.in_force", {"road": road}, PURPOSE)
    held = list(_roads(world.books[town.city]).held.values())[-8:]
    none: Notice = {"id": f"{other.city}-none", "version": 1}
    notice = rng.choice(held) if held else none
    forged = {
        "notice": notice["id"],
        "version": rng.choice((1, notice["version"], notice["version"] + 5)),
        "city": rng.choice((town.city, other.city)),
        "acknowledged_at": iso(world.clock(town)),
    }
    return put_question(world, town, other.city, "traffic.receipt", forged, PURPOSE)


def _wanted_notice(book: Book, taken: Taken) -> frozenset[str]:
    notice = taken.data
    if notice["issuer"] != taken.peer:
        return frozenset({"traffic_not_the_issuer"})
    held = _roads(book).held.get(notice["id"])
    if held is not None and notice["version"] <= held["version"]:
        return frozenset({"traffic_version_stale"})
    return RECEIPT


def _heard(book: Book, taken: Taken, got: str, answer: dict[str, Any]) -> None:
    _roads(book).keep(taken.data, taken.at)


def _wanted_receipt(book: Book, taken: Taken) -> frozenset[str]:
    asked = taken.data
    held = _roads(book).held.get(asked["notice"])
    if asked["city"] != taken.peer:
        return frozenset({"receipt_of_another"})
    if held is None:
        return frozenset({"notice_unknown"})
    if held["issuer"] != book.city:
        return frozenset({"traffic_not_the_issuer"})
    if asked["version"] > held["version"]:
        return frozenset({"notice_version_not_held"})
    return ANSWER


def _receipted(book: Book, taken: Taken, got: str, answer: dict[str, Any]) -> None:
    key = (taken.data["notice"], taken.peer)
    known = _roads(book).receipts
    known[key] = max(known.get(key, 0), taken.data["version"])


def _asked(book: Book, taken: Taken, got: str, answer: dict[str, Any]) -> None:
    found = [(one["notice"]["id"], one["notice"]["version"]) for one in answer["notices"]]
    wanted = _roads(book).on(taken.data["road"], taken.at)
    require(found == wanted, "what is in force is told", book.city, found, wanted)


def _answers(book: Book, taken: Taken) -> frozenset[str]:
    return ANSWER


def check(world: World, healed: bool) -> None:
    """Each city holds the versions that it published or heard, and each acknowledgement."""
    for town in world.towns:
        roads = _roads(world.books[town.city])
        newest, lifted, noted = town.read(_held)
        wanted = {key: one["version"] for key, one in roads.held.items()}
        require(newest == wanted, "each city holds the newest version", town.city)
        shut = {key for key, one in roads.held.items() if one["status"] == "lifted"}
        require(lifted == shut, "a notice is over when it is lifted", town.city)
        require(noted == roads.receipts, "an acknowledgement is kept", town.city)
        if healed:
            kept = town.read(_versions)
            require(kept == roads.kept, "every version is kept", town.city)
            _check_told(world, town)


def _check_told(world: World, town: Town) -> None:
    for sent in world.books[town.city].asked.values():
        if sent.operation != "traffic.notice" or sent.state != "done":
            continue
        there, notice = _roads(world.books[sent.peer]), sent.data
        key = (notice["id"], notice["version"])
        require(key in there.kept, "a notice that was told is held", sent.peer, key)


def _held(transaction: Transaction) -> tuple[dict[str, int], set[str], dict[Any, int]]:
    rows = transaction.rows(select(notices.c.notice, notices.c.version, notices.c.lifted))
    noted = transaction.rows(select(receipts.c.notice, receipts.c.city, receipts.c.version))
    return (
        {row.notice: row.version for row in rows},
        {row.notice for row in rows if row.lifted},
        {(row.notice, row.city): row.version for row in noted},
    )


def _versions(transaction: Transaction) -> set[tuple[str, int]]:
    rows = transaction.rows(select(versions.c.notice, versions.c.version))
    return {(row.notice, row.version) for row in rows}


def _term(
    wanted: Callable[[Book, Taken], frozenset[str]],
    taken: Callable[[Book, Taken, str, dict[str, Any]], None],
    *,
    is_event: bool = False,
) -> Term:
    return Term(AGREEMENT, PURPOSE, wanted, taken=taken, is_event=is_event)


TRAFFIC = Part(
    name="traffic",
    covers=("services.safety.traffic",),
    load={},
    beside={
        "traffic_publish": (4, publish),
        "traffic_misuse": (1, misuse),
        "traffic_acknowledge": (4, acknowledge),
        "traffic_who": (1, who),
        "traffic_ask": (3, ask),
    },
    check=check,
    services=(SERVICE,),
    terms={
        "traffic.notice": _term(_wanted_notice, _heard, is_event=True),
        "traffic.receipt": _term(_wanted_receipt, _receipted),
        "traffic.in_force": _term(_answers, _asked),
    },
    state=Roads,
)
