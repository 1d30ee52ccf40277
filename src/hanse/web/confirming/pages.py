"""Four eyes: what waits for confirmation, and one act with its two buttons."""

from typing import Any, Final

from hanse.foundation.clock import from_ms
from hanse.foundation.errors import Problem
from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.parts import Mark, Tone
from hanse.node.people import acts
from hanse.node.people.acts import ACT_UNKNOWN, STATE_WORDS, State
from hanse.web.acts import CALL, Act, NotDone
from hanse.web.page import (
    JOINT_OFFICE,
    OFFICERS,
    OPERATORS,
    GoTo,
    Page,
    Result,
    Section,
    Shown,
)
from hanse.web.visit import Visit

TONES: Final = {State.WAITING: Tone.CAUTION, State.DONE: Tone.GOOD, State.FAILED: Tone.BAD}


async def waiting(visit: Visit) -> Result:
    """What waits in this organisation, and what became of the rest."""
    here = visit.who.organisation
    open_ = await visit.read(lambda tx: acts.page(tx, here, waiting=True))
    over = await visit.read(lambda tx: acts.page(tx, here, waiting=False))
    values = {
        "waiting": [_row(visit, one) for one in open_ if _may(visit, one)],
        "over": [_row(visit, one) for one in over if _may(visit, one)],
    }
    return Shown("confirming/acts.html", values)


async def act(visit: Visit) -> Result:
    """One act: what it would do, who proposed it, and whether the visitor may confirm it."""
    return await _shown(visit, None)


async def decide(visit: Visit) -> Result:
    """Confirm or refuse. What is confirmed is done at once, and what came of it is kept."""
    held, declared = await _held(visit)
    confirms, now, number = visit.form.get("do") == "confirm", visit.now, held.number
    try:
        await visit.node.writer.run(
            lambda tx: acts.decide(tx, number, visit.who, now, confirms=confirms)
        )
    except Problem as problem:
        return await _shown(visit, problem)
    if confirms:
        state, outcome = await _done(visit, declared, held)
        await visit.node.writer.run(lambda tx: acts.finish(tx, number, state, outcome.as_dict()))
    return GoTo(f"/acts/{number}")


async def _done(visit: Visit, declared: Act, held: Any) -> tuple[State, Text]:
    try:
        return State.DONE, await declared.perform(visit, held.data, held.number)
    except NotDone as refused:
        return State.FAILED, refused.words
    except Problem as problem:
        return State.FAILED, problem.detail


async def _held(visit: Visit) -> tuple[Any, Act]:
    """The act and its declaration; who has no right to it does not learn that it is there."""
    number, here = visit.path["number"], visit.who.organisation
    held = await visit.read(lambda tx: acts.find(tx, number, here))
    if not _may(visit, held):
        raise ACT_UNKNOWN()
    return held, visit.acts[held.act]


def _may(visit: Visit, held: Any) -> bool:
    declared = visit.acts.get(held.act)
    return declared is not None and declared.may(visit.who, held.data)


async def _shown(visit: Visit, problem: Problem | None) -> Shown:
    held, declared = await _held(visit)
    values = {
        "act": _row(visit, held),
        "blocks": declared.describe(visit, held.data),
        "is_own": held.proposed_by == visit.who.account,
        "is_open": held.state == State.WAITING and from_ms(held.expires_at_ms) > visit.now,
        "problem": problem,
    }
    return Shown("confirming/act.html", values, 200 if problem is None else problem.kind.status)


def _row(visit: Visit, held: Any) -> dict[str, Any]:
    state = State(held.state)
    return {
        "number": held.number,
        "title": visit.acts[held.act].title,
        "by": held.proposed_name,
        "at": from_ms(held.proposed_at_ms),
        "until": from_ms(held.expires_at_ms),
        "decided_by": held.decided_name,
        "state": Mark(STATE_WORDS[state], TONES.get(state, Tone.PLAIN)),
        "outcome": held.outcome,
    }


CONFIRMING: Final = Section(
    name="confirming",
    title=Text("复核", "Confirmation"),
    package="hanse.web.confirming",
    acts=(CALL,),
    pages=(
        Page(
            "acts",
            "/acts",
            Text("待复核", "To confirm"),
            waiting,
            access=OFFICERS | JOINT_OFFICE | OPERATORS,
            in_menu=True,
        ),
        Page(
            "act",
            "/acts/{number}",
            Text("复核事项", "Act to confirm"),
            act,
            submit=decide,
            access=OFFICERS | JOINT_OFFICE | OPERATORS,
            proved=True,
            under="acts",
            example={"number": "none"},
        ),
    ),
)
