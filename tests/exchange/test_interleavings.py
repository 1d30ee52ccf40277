"""Whatever the network loses, doubles and reorders: each request is answered once, both agree.

Method: hypothesis draws a list of steps for two cities; afterwards the network heals, and the
records of both sides and the effects are compared with what was asked.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from hanse.foundation.errors import Problem
from hanse.foundation.store import metadata, open_engine
from hanse.foundation.store.transaction import reading
from hanse.mechanisms.exchange.delivery import Sealed
from hanse.mechanisms.exchange.tables import messages_in, messages_out
from tests.exchange.cities import START, Clock, Town, agreement_between, found_league, make_town
from tests.exchange.conftest import GRANTS
from tests.exchange.trial import TRIAL, trial_metadata, value_of

ROUNDS_MAX = 20
STEPS = st.lists(
    st.one_of(
        st.just(("ask",)),
        st.tuples(st.just("send"), st.sampled_from(("arrives", "lost", "answer lost", "twice"))),
        st.tuples(st.just("late"), st.integers(0, 5)),
        st.just(("restart",)),
    ),
    max_size=25,
)


def towns(folder: Path) -> Iterator[Town]:
    clock = Clock()
    for city in ("510100", "510600"):
        engine = open_engine(f"sqlite:///{folder / city}.sqlite")
        metadata.create_all(engine)
        trial_metadata.create_all(engine)
        yield make_town(city, engine, clock, [TRIAL])


@given(steps=STEPS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_every_request_is_answered_once_and_both_sides_agree(
    steps: list[tuple[object, ...]],
) -> None:
    with TemporaryDirectory() as folder:
        asker, asked = towns(Path(folder))
        found_league([asker, asked], [agreement_between([asker, asked], START, GRANTS)], START)
        count = play(asker, asked, steps)
        heal(asker, asked)
        with reading(asked.engine) as transaction:
            assert value_of(transaction, "a") == count
        sent = {row.message_id: row for row in asker.rows(select(messages_out))}
        taken = {row.message_id: row for row in asked.rows(select(messages_in))}
        assert len(sent) == count
        assert sent.keys() == taken.keys()
        for message_id, row in sent.items():
            assert row.state == "done"
            assert row.commitment == taken[message_id].commitment
            assert row.answer == taken[message_id].answer
        for town in (asker, asked):
            town.engine.dispose()


def play(asker: Town, asked: Town, steps: list[tuple[object, ...]]) -> int:
    """Do the steps; gives how many requests were put."""
    count = 0
    on_the_way: list[Sealed] = []
    for step in steps:
        asker.clock.advance(seconds=1)
        if step[0] == "ask":
            asker.ask("510600", "trial.add", {"name": "a"}, purpose="trial")
            count += 1
        elif step[0] == "send":
            waiting = asker.waiting("510600")
            if not waiting:
                continue
            sealed = asker.seal("510600", waiting)
            on_the_way.append(sealed)
            if step[1] == "lost":
                continue
            answer = asked.take(sealed)
            if step[1] == "twice":
                take_replay(asked, sealed)
            if step[1] != "answer lost":
                asker.settle(waiting, sealed, answer)
        elif step[0] == "late" and on_the_way:
            sealed_late = on_the_way[int(str(step[1])) % len(on_the_way)]
            take_late(asked, sealed_late)
        elif step[0] == "restart":
            asker.exchange.pending.clear()
            asker.out.clear()
    return count


def take_replay(asked: Town, sealed: Sealed) -> None:
    with pytest.raises(Problem, match="delivery_replayed"):
        asked.take(sealed)


def take_late(asked: Town, sealed: Sealed) -> None:
    """A delivery that was thought lost: taken now, unless it had arrived."""
    with contextlib.suppress(Problem):
        asked.take(sealed)


def heal(asker: Town, asked: Town) -> None:
    for _ in range(ROUNDS_MAX):
        waiting = asker.waiting("510600")
        if not waiting:
            return
        sealed = asker.seal("510600", waiting)
        asker.settle(waiting, sealed, asked.take(sealed))
    raise AssertionError("it does not settle")
