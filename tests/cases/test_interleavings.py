"""Whatever is lost, doubled and reordered between three cities: in the end all hold the same.

Method: hypothesis draws acts of each city, and deliveries that arrive, are lost on either way, come
twice, or come late; then the network heals, the clock's work runs, and the histories are compared.
"""

import contextlib
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from hanse.foundation.errors import Problem
from hanse.mechanisms.cases.judge import possible
from hanse.mechanisms.cases.tables import cases, copies, disputes, proposals
from hanse.mechanisms.exchange.delivery import Sealed
from hanse.mechanisms.exchange.message import Kind
from tests.cases.conftest import found
from tests.cases.play import application, fire, held, history, move, seats, settle_all
from tests.cases.trial import MOVE
from tests.exchange.cities import Town

CITIES = ("510100", "510600", "510700")
PAIRS = list(permutations(range(3), 2))
DATA: dict[str, Any] = {"correct": {"area": 1}, "approve": {"number": "1"}}
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("start"), st.integers(0, 2), st.integers(0, 2)),
        st.tuples(st.just("act"), st.integers(0, 2), st.integers(0, 63)),
        st.tuples(
            st.just("send"), st.integers(0, 5),
            st.sampled_from(("arrives", "request lost", "answer lost", "part", "backwards")),
        ),
        st.tuples(st.just("late"), st.integers(0, 7), st.just(0)),
        st.tuples(st.just("clock"), st.integers(0, 2), st.sampled_from((0, 11, 3000))),
    ),
    min_size=3,
    max_size=40,
)  # fmt: skip


@given(steps=STEPS)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_all_parties_hold_the_same_history(steps: list[tuple[str, int, Any]]) -> None:
    with TemporaryDirectory() as folder:
        towns = found(lambda name: f"sqlite:///{Path(folder) / name}.sqlite", CITIES)
        sent: list[tuple[Town, Sealed]] = []
        for kind, number, how in steps:
            towns[0].clock.advance(seconds=1)
            PLAY[kind](towns, number, how, sent)
        heal(towns)
        check(towns)
        for town in towns:
            assert town.errors == []
            town.engine.dispose()


def start(towns: list[Town], number: int, how: Any, sent: list[Any]) -> None:
    """A city opens a case for one of a few licences; a duplicate is refused."""
    town = towns[number]
    placed = seats(applicant=town.city, province={"city": "510700", "organisation": "bureau"})
    town.call("move.start", application(subject=f"licence-{how}", seats=placed))


def act(towns: list[Town], number: int, how: Any, sent: list[Any]) -> None:
    """A city takes one of the steps that it may take in its view, in one of its cases."""
    town = towns[number]
    known = [row.case_id for row in town.rows(select(cases.c.case_id).order_by("case_id"))]
    choices = [
        (case_id, role, action.name)
        for case_id in known
        for role in held(town, case_id).roles_of(town.city, "bureau")
        for action in possible(MOVE, held(town, case_id), role)
    ]
    if choices:
        case_id, role, name = choices[how % len(choices)]
        asked = move(case_id, role, name, reason="why", data=DATA.get(name, {}))
        reply = town.call("move.act", asked)
        assert reply.kind is Kind.ANSWER or reply.data["status"] == 409, reply.data


def send(towns: list[Town], number: int, how: Any, sent: list[Any]) -> None:
    """What waits between two cities goes, whole or in part, and something may be lost."""
    one, other = (towns[place] for place in PAIRS[number])
    waiting = one.waiting(other.city)
    if how == "part":
        waiting = waiting[1:] or waiting
    if how == "backwards":
        waiting = waiting[::-1]
    if not waiting:
        return
    sealed = one.seal(other.city, waiting)
    sent.append((other, sealed))
    if how != "request lost":
        answer = other.take(sealed)
        if how != "answer lost":
            one.settle(waiting, sealed, answer)


def late(towns: list[Town], number: int, how: Any, sent: list[Any]) -> None:
    """A delivery that was thought lost arrives, perhaps for a second time."""
    if sent:
        town, sealed = sent[number % len(sent)]
        with contextlib.suppress(Problem):
            town.take(sealed)


def clock(towns: list[Town], number: int, how: Any, sent: list[Any]) -> None:
    """Minutes pass, and a city does what is due."""
    towns[0].clock.advance(minutes=how)
    fire(towns[number])


PLAY = {"start": start, "act": act, "send": send, "late": late, "clock": clock}


def heal(towns: list[Town]) -> None:
    for _ in range(8):
        settle_all(towns)
        towns[0].clock.advance(minutes=11)
        if not sum([fire(town) for town in towns]):
            break
    settle_all(towns)


def check(towns: list[Town]) -> None:
    known = {row.case_id for town in towns for row in town.rows(select(cases.c.case_id))}
    for case_id in known:
        views = [held(town, case_id) for town in holders(towns, case_id)]
        assert len(views) == 3
        assert views[0] == views[1] == views[2]
        assert len({tuple(history(town, case_id)) for town in towns}) == 1
    for town in towns:
        assert town.rows(select(disputes)) == []
        assert town.rows(select(copies).where(copies.c.is_behind)) == []
        assert town.rows(select(proposals).where(proposals.c.state == "proposed")) == []
        open_subjects = [row.subject for row in town.rows(select(cases).where(cases.c.is_open))]
        assert len(open_subjects) == len(set(open_subjects))


def holders(towns: list[Town], case_id: str) -> Iterator[Town]:
    for town in towns:
        if town.rows(select(cases.c.case_id).where(cases.c.case_id == case_id)):
            yield town
