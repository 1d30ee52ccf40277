"""Questions that wait for the same commit are put together, and each is answered for itself."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import Column, Engine, MetaData, String, Table, select

from hanse.foundation.errors import Problem
from hanse.foundation.store import Transaction, open_engine
from hanse.foundation.store.transaction import reading
from hanse.mechanisms.exchange.desk import CITY_UNKNOWN, Question
from hanse.node import gathering
from hanse.node.gathering import Gathering, Put
from hanse.node.writer import Writer

trial = MetaData()
asked = Table("gathered_questions", trial, Column("message_id", String(40), primary_key=True))
WAIT_SECONDS = 10


class Desk:
    """Keeps the ids of questions; refuses `refused`, and breaks at `broken`."""

    def __init__(self) -> None:
        self.pieces: list[int] = []

    def put_all(self, transaction: Transaction, questions: Sequence[Question]) -> list[Put]:
        self.pieces.append(len(questions))
        found: list[Put] = []
        for one in questions:
            if one.city == "broken":
                raise ValueError("a mistake")
            if one.city == "refused":
                found.append(CITY_UNKNOWN(cities=""))
            else:
                transaction.insert(asked, {"message_id": one.message_id})
                found.append((one.message_id or "").encode())
        return found


def question(message_id: str, city: str = "510600") -> Question:
    return Question(city, "trial.ask", {}, "office", message_id=message_id)


@pytest.fixture
def engine(fresh_store: Callable[[str], str]) -> Iterator[Engine]:
    made = open_engine(fresh_store("gathering"))
    trial.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def writer(engine: Engine) -> Iterator[Writer]:
    made = Writer(engine)
    made.start()
    yield made
    made.stop()


def kept(engine: Engine) -> set[str]:
    with reading(engine) as transaction:
        return {row.message_id for row in transaction.rows(select(asked))}


def together(writer: Writer, desk: Desk, calls: Sequence[Sequence[Question]]) -> list[Any]:
    """What became of calls that were made while the writer was busy."""
    begun, go = threading.Event(), threading.Event()

    def hold(transaction: Transaction) -> None:
        begun.set()
        go.wait(WAIT_SECONDS)

    async def run() -> list[Any]:
        gathered = Gathering(writer, desk.put_all)
        writer.submit(hold)
        assert begun.wait(WAIT_SECONDS)
        waiting = [asyncio.create_task(gathered.put(call)) for call in calls]
        await asyncio.sleep(0)
        go.set()
        return await asyncio.gather(*waiting, return_exceptions=True)

    return asyncio.run(run())


def test_what_waits_together_is_put_together(engine: Engine, writer: Writer) -> None:
    desk = Desk()
    results = together(writer, desk, [[question("a")], [question("b"), question("c")]])
    assert results == [[b"a"], [b"b", b"c"]]
    assert desk.pieces == [3]
    assert kept(engine) == {"a", "b", "c"}


def test_a_refusal_is_its_own_questions_alone(engine: Engine, writer: Writer) -> None:
    calls = [[question("a"), question("x", "refused")], [question("b")]]
    (first, refused), (other,) = together(writer, Desk(), calls)
    assert (first, other) == (b"a", b"b")
    assert isinstance(refused, Problem)
    assert kept(engine) == {"a", "b"}


def test_a_call_that_fails_undoes_itself_alone(engine: Engine, writer: Writer) -> None:
    calls = [[question("a")], [question("b"), question("x", "broken")], [question("c")]]
    first, failed, last = together(writer, Desk(), calls)
    assert (first, last) == ([b"a"], [b"c"])
    assert isinstance(failed, ValueError)
    assert kept(engine) == {"a", "c"}


def test_who_hangs_up_takes_nothing_from_the_others(engine: Engine, writer: Writer) -> None:
    async def run() -> list[Put]:
        gathered = Gathering(writer, Desk().put_all)
        go = threading.Event()
        writer.submit(lambda transaction: go.wait(WAIT_SECONDS))
        leaving = asyncio.create_task(gathered.put([question("a")]))
        staying = asyncio.create_task(gathered.put([question("b")]))
        await asyncio.sleep(0)
        leaving.cancel()
        go.set()
        return await staying

    assert asyncio.run(run()) == [b"b"]
    assert kept(engine) == {"a", "b"}  # what was taken is done, though nobody waits for it


def test_a_piece_has_a_limit(
    engine: Engine, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "GATHERED_QUESTIONS_MAX", 3)
    desk = Desk()
    calls = [[question(f"{number}")] for number in range(8)]
    results = together(writer, desk, calls)
    assert results == [[f"{number}".encode()] for number in range(8)]
    assert desk.pieces == [3, 3, 2]


def test_a_node_that_takes_no_more_says_so_to_each(engine: Engine) -> None:
    writer = Writer(engine)
    writer.start()
    writer.stop()
    gathered = Gathering(writer, Desk().put_all)
    for _ in range(2):
        with pytest.raises(Problem, match="node_busy"):
            asyncio.run(gathered.put([question("a")]))
    assert kept(engine) == set()
