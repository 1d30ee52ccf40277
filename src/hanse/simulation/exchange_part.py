"""The exchange in the simulation: people ask, the network carries or fails, hosts die."""

import json
from datetime import timedelta
from itertools import permutations
from random import Random
from typing import Any

from sqlalchemy import select

from hanse.foundation.errors import Problem
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange import outbox
from hanse.mechanisms.exchange.delivery import open_request, open_response, seal_request
from hanse.mechanisms.exchange.handover import settle_delivery, take_delivery
from hanse.mechanisms.exchange.streams import set_subscription
from hanse.mechanisms.exchange.tables import messages_in, messages_out
from hanse.simulation import model
from hanse.simulation.acts import fire, own_call, put_question
from hanse.simulation.counting import COUNTING, counting_metadata, effects
from hanse.simulation.counting_terms import TERMS
from hanse.simulation.model import Sent
from hanse.simulation.part import Part, Violation, require
from hanse.simulation.terms import ANSWER, DENIED
from hanse.simulation.town import Town
from hanse.simulation.world import Packet, World, two

ROUNDS_MAX = 400
SENT_WHEN_CALM = 12
JUMPS_MINUTES = (11, 130)
JUMPED_SHARE = 0.15
ROUND = timedelta(minutes=11)
"""Between two looks of a node at what is due, once all is calm."""
ASKED = ("simulated.add", "simulated.later", "simulated.brief")


def ask(world: World, rng: Random) -> str | None:
    """An agency asks another city."""
    town, other = two(world, rng)
    operation, data = rng.choice(ASKED), {"amount": rng.randrange(101)}
    return put_question(world, town, other.city, operation, data, "trial")


def subscribe_all(world: World) -> None:
    """Every city hears every other one, on every topic that a part agreed on."""
    for town in world.towns:
        topics = [name for name, term in world.books[town.city].terms.items() if term.is_event]
        for other in world.towns:
            if other is not town:
                town.commit(
                    lambda t, peer=other.city, named=topics: [  # type: ignore[misc]
                        set_subscription(t, peer, topic, subscribed=True) for topic in named
                    ]
                )


def say(world: World, rng: Random) -> str | None:
    """An agency publishes an event."""
    town = rng.choice(world.towns)
    told = told_now(world, town, "simulated.said")

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        require(answer.get("amount") == told, "an event goes to all who subscribe", told)
        check_told(world, town, "simulated.said", sent, told)

    return own_call(world, town, "simulated.say", {"amount": rng.randrange(100)}, note=note)


def told_now(world: World, town: Town, topic: str) -> int:
    """How many cities an event published now goes to."""
    book = world.books[town.city]
    covered = book.in_force(book.terms[topic].agreement, world.clock(town))
    return len(world.towns) - 1 if covered else 0


def check_told(world: World, town: Town, topic: str, sent: list[Sent], told: int) -> None:
    """Each event is a row for each subscriber, and says only what is granted."""
    events = [one for one in sent if one.operation == topic]
    require(len(events) == told, "each event is a row for each subscriber", len(events), told)
    for one in events:
        model.only_granted(world.books[town.city].terms[topic], one.data)


def give(world: World, rng: Random) -> str | None:
    """An agency gives an answer that its city owes."""
    town = rng.choice(world.towns)
    book = world.books[town.city]
    owed = sorted(
        key for key in book.owed if b'"hanse.request.simulated.later"' in book.replies[key][0]
    )
    if not owed:
        return None
    peer, message_id = rng.choice(owed)
    covered = book.in_force("b", world.clock(town))

    def note(answer: dict[str, Any], sent: list[Sent]) -> None:
        note_owed_answer(book, peer, message_id, sent)

    given = {"city": peer, "message_id": message_id}
    wanted = ANSWER if covered else DENIED
    return own_call(world, town, "simulated.give", given, wanted=wanted, note=note)


def note_owed_answer(book: model.Book, peer: str, message_id: str, sent: list[Sent]) -> None:
    """An answer that was owed is a row, says what is granted, and is the answer for ever."""
    require(len(sent) == 1, "an owed answer is a row", len(sent))
    model.only_granted(book.terms[sent[0].operation], sent[0].data)
    raw, _ = book.replies[peer, message_id]
    book.replies[peer, message_id] = (raw, sent[0].line)
    book.owed.discard((peer, message_id))


def transmit(world: World, rng: Random) -> str | None:
    """A city's courier signs what waits and sends it."""
    town, other = two(world, rng)
    events, count = rng.random() < 0.4, rng.randrange(1, 7)
    return send(world, town, other, events=events, count=count)


def send(world: World, town: Town, other: Town, *, events: bool, count: int) -> str | None:
    """The oldest of what waits for a peer sets out; None where nothing does."""
    now = world.clock(town)
    found = town.read(lambda t: outbox.pending(t, other.city, events=events, limit=2 * count)[0])
    if events and any(one.message_id in town.in_flight for one in found):
        return None  # events of a stream go one delivery at a time
    waiting = [one for one in found if one.message_id not in town.in_flight][:count]
    if not waiting:
        return None
    view = town.read(town.view)
    desk = town.read(lambda t: town.side(t).outlet)
    refused = [
        (one, problem)
        for one in waiting
        if (problem := desk.uncovered(view, one, now)) is not None  # type: ignore[attr-defined]
    ]
    book = world.books[town.city]
    for one in waiting:
        covered = one.agreement is None or book.in_force(one.agreement, now)
        stopped = any(one is other_ for other_, _ in refused)
        require(covered != stopped, "what ended is not sent", one.operation, covered)
    if refused:

        def bury(transaction: Transaction) -> None:
            outbox.bury_all(town.exchange, refused, now, transaction)

        def dead(_: None, sent: list[Sent]) -> None:
            for one, _problem in refused:
                book.asked[one.message_id].state = "dead"

        return f"{town.city} buries {len(refused)}: {world.commit(town, bury, dead)}"
    sealed = seal_request(
        [one.line for one in waiting],
        town.signer,
        authority=f"{other.city}.simulated",
        charter_version=view.version,
        now=now,
        nonce=town.randomness(16),
    )
    town.in_flight.update(one.message_id for one in waiting)
    world.saw(sealed.body, *header_bytes(sealed))
    world.network.append(Packet(town, other, sealed, waiting, town.epoch))
    return f"{town.city} sends {other.city} {len(waiting)}"


def header_bytes(sealed: Any) -> list[bytes]:
    """A delivery's header fields, as they are put in the digest."""
    return [f"{name}: {value}".encode() for name, value in sorted(sealed.headers.items())]


def arrive(world: World, rng: Random) -> str | None:
    """Something on the network arrives, is lost, or arrives and stays to arrive again."""
    if not world.network:
        return None
    place = rng.randrange(len(world.network)) if "reorder" in world.faults else 0
    packet = world.network.pop(place)
    lost, doubled = rng.random(), rng.random()
    parted = frozenset((packet.sender.city, packet.receiver.city)) in world.parted
    if parted or ("drop" in world.faults and lost < 0.1):
        _abandon(world, packet)
        return f"lost between {packet.sender.city} and {packet.receiver.city}"
    if packet.answer is not None:
        return _settle(world, packet)
    if "double" in world.faults and doubled < 0.15:
        world.network.append(Packet(packet.sender, packet.receiver, packet.sealed, [], -1))
    return _take(world, packet)


def _abandon(world: World, packet: Packet) -> None:
    if packet.epoch == packet.sender.epoch:
        packet.sender.in_flight.difference_update(one.message_id for one in packet.waiting)


def deliver(world: World, packet: Packet) -> str:
    """The receiver's edge: verify, apply, answer. The model says what must come of it."""
    return _take(world, packet)


def _take(world: World, packet: Packet) -> str:
    town, sealed = packet.receiver, packet.sealed
    assert sealed.parts is not None  # noqa: S101 - a request is sealed with its parts
    parts, now, book = sealed.parts, world.clock(town), world.books[town.city]
    wanted = _wanted_delivery(world, packet, now)
    peer = sealed.key_name.partition("/")[0]
    lines = sealed.body[:-1].split(b"\n")
    try:
        opened = open_request(parts, sealed.body, town.read(town.view), now)
    except Problem as problem:
        require(
            problem.code in wanted, "a delivery is refused for its reason", problem.code, wanted
        )
        _abandon(world, packet)
        return f"{town.city} refuses a delivery of {peer}: {problem.code}"

    def work(transaction: Transaction) -> Any:
        return take_delivery(town.side(transaction), transaction, opened, parts, now)

    def then(answer: Any, sent: list[Sent]) -> None:
        require("taken" in wanted, "a bad delivery changes nothing", wanted)
        model.take(book, peer, lines, answer.body[:-1].split(b"\n"), now)
        book.nonces.add((peer, sealed.nonce))
        world.saw(answer.body, *header_bytes(answer))
        packet.answer = answer
        if packet.waiting:
            world.sealed_before.append((packet.sender, town, sealed))

    became = world.commit(town, work, then)
    if became == "done":
        world.network.append(packet)
        return f"{town.city} takes {len(lines)} of {peer}"
    _abandon(world, packet)
    if not became.startswith("crashed"):
        require(became in wanted, "a delivery is refused for its reason", became, wanted)
    return f"{town.city} does not take a delivery of {peer}: {became}"


def _wanted_delivery(world: World, packet: Packet, now: Any) -> tuple[str, ...]:
    town, sealed = packet.receiver, packet.sealed
    book = world.books[town.city]
    city, _, key_id = sealed.key_name.partition("/")
    if packet.epoch == -2:
        return ("digest_mismatch", "signature_wrong")
    created = _created(sealed)
    if abs(created - now.timestamp()) > model.SKEW_SECONDS_MAX:
        return ("clock_skewed",)
    times = world.key_times[book.charter - 1].get((city, key_id))
    if (
        times is None
        or created < times[0].timestamp()
        or (times[1] is not None and created >= times[1].timestamp())
    ):
        return ("key_unknown",)
    if (city, sealed.nonce) in book.nonces:
        return ("delivery_replayed",)
    return ("taken",)


def _created(sealed: Any) -> int:
    field = sealed.headers["signature-input"]
    return int(field.split("created=")[1].split(";")[0])


def _settle(world: World, packet: Packet) -> str:
    town, answer, sealed = packet.sender, packet.answer, packet.sealed
    if packet.epoch != town.epoch or not packet.waiting:
        return f"an answer finds nobody at {town.city}"
    assert answer is not None and sealed.parts is not None  # noqa: S101, PT018 - it was taken
    parts, now, waiting = sealed.parts, world.clock(town), packet.waiting
    lines = answer.body[:-1].split(b"\n")

    def work(transaction: Transaction) -> Any:
        side = town.side(transaction)
        opened = open_response(answer.headers, answer.body, parts, side.league, now)
        return settle_delivery(side, transaction, waiting, sealed, opened, now)

    def then(again: Any, sent: list[Sent]) -> None:
        book = world.books[town.city]
        wanted = []
        for one, line in zip(waiting, lines, strict=True):
            reply = json.loads(line)
            require(reply["inreplyto"] == one.message_id, "each answer is for its message")
            model.settle(book, one.peer, one.message_id, reply)
            if str(reply["type"]).startswith("hanse.refusal") and reply["data"].get("retry"):
                wanted.append(one.message_id)
        model.replay(book, waiting[0].peer, [json.loads(line) for line in lines])
        require([one.message_id for one in again] == wanted, "only what may succeed goes again")

    became = world.commit(town, work, then)
    _abandon(world, packet)
    return f"{town.city} settles {len(waiting)}: {became}"


def due(world: World, rng: Random) -> str:
    """A node does what its clock has made due; sometimes all time jumps before it."""
    if "clock" in world.faults and rng.random() < JUMPED_SHARE:
        world.now += timedelta(minutes=rng.choice(JUMPS_MINUTES))
    return fire(world, rng.choice(world.towns))[0]


def crash(world: World, rng: Random) -> str | None:
    """The next commit of a city dies, before or after its sync."""
    town = rng.choice(world.towns)
    town.crash = rng.choice(("before", "after"))
    return f"{town.city} will crash {town.crash} its next commit"


def part_cities(world: World, rng: Random) -> str | None:
    """Two cities can't reach each other, or can again."""
    one, other = two(world, rng)
    pair = frozenset((one.city, other.city))
    world.parted ^= {pair}
    return f"{one.city} and {other.city} {'part' if pair in world.parted else 'meet'}"


def skew(world: World, rng: Random) -> str | None:
    """A city's clock is set wrong, or right; sometimes all time jumps."""
    town = rng.choice(world.towns)
    town.skew_seconds = rng.choice((0, 0, 0, 0, -120, 150, -400, 400))
    return f"the clock of {town.city} is off by {town.skew_seconds} s"


def check(world: World, healed: bool) -> None:
    """Every row, effect and counter is what the model says."""
    for town in world.towns:
        town.read(lambda t, one=town: _check_town(world, one, t, healed))  # type: ignore[misc]


def _check_town(world: World, town: Town, transaction: Transaction, healed: bool) -> None:
    book = world.books[town.city]
    counted: dict[tuple[str, str, str], int] = {}
    heard: dict[str, list[str]] = {}
    for row in transaction.rows(select(effects).order_by(effects.c.number)):
        key = (row.kind, row.peer, row.message_id)
        require(key not in counted, "nothing is done twice", town.city, key)
        counted[key] = row.amount
        if row.kind == "heard":
            heard.setdefault(row.peer, []).append(row.message_id)
    require(
        counted == book.effects,
        "what was done is what was answered",
        town.city,
        sorted(set(counted.items()) ^ set(book.effects.items())),
    )
    require(heard == book.heard, "events are heard in their order", town.city)
    rows = transaction.rows(
        select(messages_out.c.message_id, messages_out.c.state, messages_out.c.peer)
    )
    states = {row.message_id: row.state for row in rows}
    wanted = {key: one.state for key, one in book.asked.items()}
    require(
        states == wanted,
        "nothing accepted is lost",
        town.city,
        sorted(set(states.items()) ^ set(wanted.items())),
    )
    for peer in sorted({row.peer for row in rows}):
        waiting = sum(1 for row in rows if row.peer == peer and row.state == "pending")
        require(
            town.exchange.pending[peer] == waiting,
            "the queue is counted right",
            town.city,
            town.exchange.pending[peer],
            waiting,
        )
    _check_inbox(town, book, transaction)
    if healed:
        _check_healed(world, town)


def _check_inbox(town: Town, book: model.Book, transaction: Transaction) -> None:
    rows = transaction.rows(select(messages_in).where(messages_in.c.peer != town.city))
    held = {(row.peer, row.message_id): (bytes(row.line), bytes(row.answer)) for row in rows}
    require(
        held == book.replies,
        "every answer that was given is kept",
        town.city,
        len(held),
        len(book.replies),
    )
    owed = {(row.peer, row.message_id) for row in rows if row.outcome == "owed"}
    require(owed == book.owed, "what is owed is visible", town.city, len(owed), len(book.owed))


def _check_healed(world: World, town: Town) -> None:
    book = world.books[town.city]
    for message_id, one in book.asked.items():
        require(one.state != "pending", "what can be delivered is delivered", one.operation)
        there = world.books[one.peer]
        if one.kind == "request" and one.state == "owed":
            require(
                (town.city, message_id) in there.owed
                or any(
                    sent.kind == "answer"
                    and sent.state in ("dead", "refused")
                    and json.loads(sent.line)["inreplyto"] == message_id
                    for sent in there.asked.values()
                ),
                "what is not answered is still owed",
                message_id,
            )
        if one.state == "done":
            require((town.city, message_id) in there.replies, "an answer has a record there")


def calm(world: World) -> None:
    """No more faults."""
    world.parted.clear()
    world.faults = frozenset()
    for town in world.towns:
        town.crash, town.skew_seconds = None, 0


def last_words(world: World, rng: Random) -> None:
    """Operators send dead letters again, and each city publishes once more: a subscriber that
    misses earlier events sees the gap."""
    for town in world.towns:
        resend_dead(world, town)
        data = {"amount": rng.randrange(100)}
        own_call(world, town, "simulated.say", data)


def resend_dead(world: World, town: Town) -> str | None:
    """An operator puts every dead letter of a city back in the queue."""
    book, now = world.books[town.city], world.clock(town)
    dead = [one for one in book.asked.values() if one.state == "dead"]
    if not dead:
        return None

    def work(transaction: Transaction) -> None:
        for one in dead:
            outbox.resend(town.exchange, transaction, one.message_id, now)

    def then(_: None, sent: list[Sent]) -> None:
        for one in dead:
            one.state = "pending"

    return f"{town.city} sends {len(dead)} again: {world.commit(town, work, then)}"


def heal(world: World, rng: Random) -> None:
    """Everything that can be delivered is."""
    pairs = list(permutations(world.towns, 2))
    for _ in range(ROUNDS_MAX):
        if not any(
            one.state == "pending" for book in world.books.values() for one in book.asked.values()
        ):
            return
        world.now += timedelta(seconds=20)
        for one, other in pairs:
            for events in (False, True):
                send(world, one, other, events=events, count=SENT_WHEN_CALM)
        while world.network:
            arrive(world, rng)
    raise Violation("the league comes to rest after healing")


EXCHANGE = Part(
    name="exchange",
    covers=("mechanisms.exchange",),
    load={
        "ask": (16, ask),
        "say": (5, say),
        "give": (5, give),
        "transmit": (32, transmit),
        "arrive": (44, arrive),
        "crash": (2, crash),
        "part_cities": (1, part_cities),
        "skew": (1, skew),
    },
    beside={"due": (10, due), "carry": (50, transmit), "come": (70, arrive)},
    check=check,
    faults={"crash": "crash", "part_cities": "partition", "skew": "clock"},
    services=(COUNTING,),
    tables=counting_metadata,
    terms=TERMS,
    calm=last_words,
)
