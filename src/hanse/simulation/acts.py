"""What any part's people do: ask another city, or call their own city's node."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.desk import Desk, Question
from hanse.mechanisms.exchange.due import run_due
from hanse.mechanisms.exchange.own_calls import OwnCall, call
from hanse.simulation.model import Sent, outcome
from hanse.simulation.part import require
from hanse.simulation.terms import ANSWER, BUREAU, DENIED
from hanse.simulation.town import Town
from hanse.simulation.world import World

Note = Callable[[dict[str, Any], list[Sent]], None]
"""Notes in the model what an answered call did, given the answer's data and what it sent."""
RUN = ("done", "crashed-after", "crashed-before")


@dataclass
class Called:
    """What became of a call: in words, its outcome where it was durable, and the answer's data."""

    words: str = ""
    outcome: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


def put_question(
    world: World, town: Town, peer: str, operation: str, data: dict[str, Any], purpose: str
) -> str:
    """An agency asks another city; what is granted is asked, nothing else. Gives it in words."""
    question = Question(
        city=peer, operation=operation, data=data, organisation=BUREAU, purpose=purpose
    )
    now = world.clock(town)
    covered = world.books[town.city].may_ask(operation, purpose, now)

    def work(transaction: Transaction) -> None:
        view = town.view(transaction)
        town.side(transaction).outlet.put_question(transaction, view, question, now)  # type: ignore[attr-defined]

    def then(_: None, sent: list[Sent]) -> None:
        require(len(sent) == 1, "an accepted request is a row", len(sent))

    became = world.commit(town, work, then)
    if covered:
        require(became in RUN, "what is granted is asked", operation, became)
    elif not became.startswith("crashed"):
        require(became in DENIED, "nothing is asked without an agreement", became)
    return f"{town.city} asks {peer} {operation}: {became}"


def own_call(
    world: World,
    town: Town,
    operation: str,
    data: dict[str, Any],
    *,
    wanted: frozenset[str] = ANSWER,
    note: Note = lambda answer, sent: None,
    purpose: str | None = None,
) -> str:
    """An agency calls its own node; it must get one of `wanted`. A refusal may send nothing."""
    return called(world, town, operation, data, wanted=wanted, note=note, purpose=purpose).words


def called(
    world: World,
    town: Town,
    operation: str,
    data: dict[str, Any],
    *,
    wanted: frozenset[str] = ANSWER,
    note: Note = lambda answer, sent: None,
    purpose: str | None = None,
    who: str = BUREAU,
) -> Called:
    """As `own_call`; gives also what was answered."""
    asked, now = OwnCall(operation, data, who, purpose), world.clock(town)
    found = Called()

    def work(transaction: Transaction) -> bytes:
        return call(town.side(transaction), transaction, asked, now).to_line()

    def then(line: bytes, sent: list[Sent]) -> None:
        reply = json.loads(line)
        got = found.outcome = outcome(reply)
        require(got in wanted, "each call gets the outcome that it must", operation, got, wanted)
        world.saw(line)
        if got in ("answer", "receipt"):
            found.data = reply["data"]
            note(reply["data"], sent)
        else:
            require(not sent, "a refusal sends nothing", operation, len(sent))

    became = world.commit(town, work, then)
    require(became in RUN, "an own call is taken", operation, became)
    found.words = f"{town.city} calls {operation}: {became} {found.outcome or ''}"
    return found


def fire(world: World, town: Town) -> tuple[str, int]:
    """A city's node does what its clock has made due; gives it in words, and how much it was."""
    now = world.clock(town)
    done: list[int] = []

    def work(transaction: Transaction) -> int:
        desk = Desk(town.exchange)
        return run_due(town.exchange, desk, transaction, town.view(transaction), now)

    def then(count: int, sent: list[Sent]) -> None:
        done.append(count)

    became = world.commit(town, work, then)
    require(became in RUN, "what is due is done", became)
    return f"{town.city} does what is due: {became} {sum(done)}", sum(done)
