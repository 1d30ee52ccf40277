"""What any part's people do: ask another city, or call their own city's node."""

import json
from collections.abc import Callable
from typing import Any

from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.desk import Question
from hanse.mechanisms.exchange.own_calls import OwnCall, call
from hanse.simulation.model import Sent, outcome
from hanse.simulation.part import require
from hanse.simulation.terms import ANSWER, BUREAU, DENIED
from hanse.simulation.town import Town
from hanse.simulation.world import World

Note = Callable[[dict[str, Any], list[Sent]], None]
"""Notes in the model what an answered call did, given the answer's data and what it sent."""


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


RUN = ("done", "crashed-after", "crashed-before")


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
    asked, now = OwnCall(operation, data, BUREAU, purpose), world.clock(town)
    got: list[str] = []

    def work(transaction: Transaction) -> bytes:
        return call(town.side(transaction), transaction, asked, now).to_line()

    def then(line: bytes, sent: list[Sent]) -> None:
        reply = json.loads(line)
        got.append(outcome(reply))
        require(got[0] in wanted, "each call gets the outcome that it must", operation, got, wanted)
        world.saw(line)
        if got[0] in ("answer", "receipt"):
            note(reply["data"], sent)
        else:
            require(not sent, "a refusal sends nothing", operation, len(sent))

    became = world.commit(town, work, then)
    require(became in RUN, "an own call is taken", operation, became)
    return f"{town.city} calls {operation}: {became} {' '.join(got)}"
