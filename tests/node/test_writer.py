"""The writer: groups share a commit, each piece fails alone, and nothing stops it by itself."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Column, Engine, Integer, LargeBinary, MetaData, Table, func, select, text

from hanse.foundation.errors import Problem
from hanse.foundation.store import Transaction, open_engine
from hanse.foundation.store.transaction import reading
from hanse.node.writer import Writer
from tests.conftest import STORES

trial = MetaData()
notes = Table(
    "writer_notes",
    trial,
    Column("number", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
WAIT_SECONDS = 10


def only(store: str) -> pytest.MarkDecorator:
    """A test of what only that kind of store can suffer."""
    stores = [store] if store in STORES else []
    return pytest.mark.parametrize("fresh_store", stores, indirect=True)


@pytest.fixture
def engine(fresh_store: Callable[[str], str]) -> Iterator[Engine]:
    made = open_engine(fresh_store("writer"))
    trial.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def commits() -> list[int]:
    """How many pieces each commit held."""
    return []


@pytest.fixture
def writer(engine: Engine, commits: list[int]) -> Iterator[Writer]:
    made = Writer(engine, on_commit=lambda pieces, seconds: commits.append(pieces))
    made.start()
    yield made
    made.stop()


def note(number: int, size: int = 1) -> Callable[[Transaction], int]:
    def work(transaction: Transaction) -> int:
        transaction.insert(notes, {"number": number, "data": b"x" * size})
        return number

    return work


def noted(engine: Engine) -> list[int]:
    with reading(engine) as transaction:
        return [row.number for row in transaction.rows(select(notes.c.number).order_by("number"))]


def held(writer: Writer) -> Callable[[], None]:
    """Keeps the writer busy, so that what is submitted meanwhile forms one group."""
    begun, go = threading.Event(), threading.Event()

    def wait(transaction: Transaction) -> None:
        begun.set()
        go.wait(WAIT_SECONDS)

    writer.submit(wait)
    assert begun.wait(WAIT_SECONDS)
    return go.set


def done(*futures: Any) -> list[Any]:
    """Results or exceptions, each from a future of the writer."""
    return [one.exception(WAIT_SECONDS) or one.result(WAIT_SECONDS) for one in futures]


def test_what_waits_together_shares_a_commit(
    engine: Engine, writer: Writer, commits: list[int]
) -> None:
    release = held(writer)
    futures = [writer.submit(note(number)) for number in range(20)]
    release()
    assert done(*futures) == list(range(20))
    assert commits == [1, 20]
    assert noted(engine) == list(range(20))


def test_a_piece_that_fails_undoes_itself_alone(engine: Engine, writer: Writer) -> None:
    def broken(transaction: Transaction) -> None:
        note(2)(transaction)
        raise ValueError("a mistake")

    release = held(writer)
    futures = [writer.submit(note(1)), writer.submit(broken), writer.submit(note(1)),
               writer.submit(note(3))]  # fmt: skip
    release()
    first, failed, twice, last = done(*futures)
    assert (first, last) == (1, 3)
    assert isinstance(failed, ValueError)
    assert type(twice).__name__ == "IntegrityError"
    assert noted(engine) == [1, 3]


def test_who_hangs_up_does_not_stop_the_writer(engine: Engine, writer: Writer) -> None:
    """What was taken is done, though nobody waits for it any more."""

    async def hang_up() -> None:
        release = held(writer)
        waiting = asyncio.create_task(writer.run(note(1)))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        release()
        assert await asyncio.wait_for(writer.run(note(2)), WAIT_SECONDS) == 2

    asyncio.run(hang_up())
    assert noted(engine) == [1, 2]


@only("sqlite")
def test_a_full_disk_fails_the_group_and_keeps_nothing_of_it(
    engine: Engine, writer: Writer
) -> None:
    def fill(transaction: Transaction) -> None:
        pages = transaction.value(text("PRAGMA page_count"))
        transaction.connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
        note(2, size=1_000_000)(transaction)

    release = held(writer)
    futures = [writer.submit(note(1)), writer.submit(fill), writer.submit(note(3))]
    release()
    results = done(*futures)
    kept = noted(engine)
    for number, result in zip((1, 2, 3), results, strict=True):
        assert (number in kept) == (result == number), (kept, results)
    assert writer.submit(enlarge).exception(WAIT_SECONDS) is None
    assert done(writer.submit(note(4))) == [4]
    assert not writer.failed


def enlarge(transaction: Transaction) -> None:
    transaction.connection.exec_driver_sql("PRAGMA max_page_count=1000000")


@only("postgresql")
def test_a_store_that_was_cut_off_is_used_again_when_it_is_back(
    engine: Engine, writer: Writer
) -> None:
    backend = writer.submit(lambda tx: tx.value(select(func.pg_backend_pid()))).result(WAIT_SECONDS)
    with engine.connect() as other:
        other.execute(select(func.pg_terminate_backend(backend)))
        other.rollback()
    lost = writer.submit(note(1)).exception(WAIT_SECONDS)
    was_failed = writer.failed
    assert isinstance(lost, Problem)
    assert (lost.code, lost.kind.retry, was_failed) == ("store_failed", True, True)
    assert done(writer.submit(note(2))) == [2]
    assert not writer.failed
    assert noted(engine) == [2]


def test_what_was_taken_is_finished_and_no_more_is_taken(engine: Engine, writer: Writer) -> None:
    release = held(writer)
    futures = [writer.submit(note(number)) for number in range(600)]
    stopping = threading.Thread(target=writer.stop)
    stopping.start()
    release()
    stopping.join(WAIT_SECONDS)
    assert done(*futures) == list(range(600))
    assert len(noted(engine)) == 600
    with pytest.raises(Problem, match="node_busy"):
        writer.submit(note(601))


def test_a_full_queue_refuses_more_work(
    engine: Engine, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = held(writer)
    monkeypatch.setattr(writer._waiting, "maxsize", 2)
    futures = [writer.submit(note(1)), writer.submit(note(2))]
    with pytest.raises(Problem, match="node_busy"):
        writer.submit(note(3))
    release()
    assert done(*futures) == [1, 2]
    assert noted(engine) == [1, 2]
