"""Statements that are translated once mean what SQLAlchemy means, on either store."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Engine,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    event,
    func,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError
from tests.conftest import STORES

from hanse.foundation.store import Transaction, open_engine
from hanse.foundation.store.transaction import TransactionLost, committing, reading

trial = MetaData()
things = Table(
    "prepared_things",
    trial,
    Column("name", String(40), primary_key=True),
    Column("data", LargeBinary),
    Column("kept", Boolean, nullable=False),
    Column("day", Date),
    Column("held", BigInteger, nullable=False),
)
_IDS: Any = bindparam("names", expanding=True)
NAMED = select(things).where(things.c.name.in_(_IDS)).order_by(things.c.name)
LARGER = (
    select(things.c.name, things.c.data, things.c.day)
    .where(things.c.held > bindparam("count_"), things.c.kept == bindparam("kept_"))
    .order_by(things.c.name)
    .limit(bindparam("limit_"))
)
HOW_MANY = select(func.count()).select_from(things)
ADD = (
    update(things)
    .where(things.c.name == bindparam("name_"), things.c.name != "fixed")
    .values(held=things.c.held + bindparam("more_"), data=bindparam("data_"))
)


@pytest.fixture
def engine(fresh_store: Callable[[str], str]) -> Iterator[Engine]:
    made = open_engine(fresh_store("prepared"))
    trial.create_all(made)
    yield made
    made.dispose()


def thing(name: str, **others: Any) -> dict[str, Any]:
    values = {"data": b"\x00\xff", "kept": True, "day": date(2026, 11, 25), "held": 1}
    return {"name": name} | values | others


def names(transaction: Transaction) -> list[str]:
    return [row.name for row in transaction.rows(select(things.c.name).order_by(things.c.name))]


def test_a_query_gives_the_same_rows_the_first_time_and_ever_after(engine: Engine) -> None:
    with committing(engine) as transaction:
        transaction.insert(things, [thing("a"), thing("b", day=None, data=None, kept=False)])
        transaction.insert(things, thing("c", held=2**62))
        values = {"count_": 0, "kept_": True, "limit_": 10}
        found = [transaction.rows(LARGER, values) for _ in range(3)]
        assert found[0] == found[1] == found[2]
        assert found[2][0] == ("a", b"\x00\xff", date(2026, 11, 25))
        assert found[2][0].day == date(2026, 11, 25)
        for _ in range(2):
            assert transaction.row(LARGER, values | {"limit_": 1}) == found[0][0]
        assert [transaction.value(HOW_MANY) for _ in range(3)] == [3, 3, 3]


def test_a_list_may_have_any_length_each_time(engine: Engine) -> None:
    with committing(engine) as transaction:
        transaction.insert(things, [thing(name) for name in "abc"])
        for wanted in ("a", "abc", "", "bc", "xyz", "", "c"):
            rows = transaction.rows(NAMED, {"names": list(wanted)})
            assert [row.name for row in rows] == [one for one in wanted if one in "abc"]


def test_nothing_found_is_none(engine: Engine) -> None:
    with committing(engine) as transaction:
        for _ in range(3):
            assert transaction.row(LARGER, {"count_": 0, "kept_": True, "limit_": 1}) is None
            assert transaction.value(select(things.c.name)) is None


def test_a_change_runs_for_one_and_for_many(engine: Engine) -> None:
    with committing(engine) as transaction:
        transaction.insert(things, [thing(name) for name in ("a", "b", "fixed")])
        transaction.change(ADD, {"name_": "a", "more_": 1, "data_": b"1"})
        several = [{"name_": name, "more_": 10, "data_": None} for name in ("a", "b", "fixed")]
        transaction.change(ADD, several)
        transaction.change(ADD, [])
        rows = transaction.rows(NAMED, {"names": ["a", "b", "fixed"]})
        assert [(row.name, row.held, row.data) for row in rows] == [
            ("a", 12, None),
            ("b", 11, None),
            ("fixed", 1, b"\x00\xff"),
        ]


def test_an_upsert_inserts_and_then_applies_what_it_says(engine: Engine) -> None:
    with committing(engine) as transaction:
        for count in (1, 2, 3):
            transaction.upsert(things, thing("a", held=count), lambda new: {"held": new.held})
        assert transaction.value(select(things.c.held)) == 3


def test_an_upsert_that_looks_around_itself_is_not_kept(engine: Engine) -> None:
    with committing(engine) as transaction:
        transaction.insert(things, thing("a"))
        for count in (2, 3):

            def by_default(new: Any, to: int = count) -> dict[str, Any]:
                return {"held": to}

            transaction.upsert(things, thing("a"), by_default)
            assert transaction.value(select(things.c.held)) == count
            wanted = count * 10
            transaction.upsert(things, thing("a"), lambda new: {"held": wanted})  # noqa: B023
            assert transaction.value(select(things.c.held)) == wanted


def test_what_the_driver_refuses_is_raised_as_sqlalchemy_raises_it(engine: Engine) -> None:
    with committing(engine) as transaction:
        transaction.insert(things, thing("a", data=b"secret"))
        with pytest.raises(IntegrityError) as refused, transaction.savepoint():
            transaction.insert(things, thing("a", data=b"secret"))
        assert "secret" not in str(refused.value)
        assert names(transaction) == ["a"]


def test_a_failed_query_ends_only_its_savepoint(engine: Engine) -> None:
    with committing(engine) as transaction:
        transaction.insert(things, thing("a"))
        with pytest.raises(Exception, match="no_such"), transaction.savepoint():
            transaction.rows(text("SELECT no_such FROM prepared_things"))
        transaction.insert(things, thing("b"))
    with reading(engine) as transaction:
        assert names(transaction) == ["a", "b"]


def test_a_text_that_changes_is_undone_with_its_savepoint(engine: Engine) -> None:
    with committing(engine) as transaction:
        transaction.insert(things, thing("a"))
        delete = "DELETE FROM prepared_things"
        changes: tuple[Callable[[], Any], ...] = (
            lambda: transaction.value(text(f"{delete} RETURNING name")),
            lambda: transaction.connection.exec_driver_sql(delete),
        )
        for change in changes:
            with pytest.raises(_FailedError):
                _fail_after(transaction, change)
        assert names(transaction) == ["a"]


Step = tuple[str, "tuple[Step, ...]"]
STEPS: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from(["write", "read", "fail"]).map(lambda what: (what, ())),
    lambda steps: st.tuples(st.just("inside"), st.lists(steps, max_size=4).map(tuple)),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(STEPS, max_size=6))
def test_savepoints_undo_exactly_what_failed_inside_them(steps: list[Any]) -> None:
    """Against a model: whatever is nested how, what is kept is what no failure surrounded."""
    engine = create_engine("sqlite://", connect_args={"isolation_level": None})
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    trial.create_all(engine)
    kept: list[str] = []
    with committing(engine) as transaction:
        _play(transaction, steps, kept)
    with reading(engine) as transaction:
        assert names(transaction) == sorted(kept)
    engine.dispose()


class _FailedError(Exception):
    pass


def _fail_after(transaction: Transaction, work: Callable[[], Any]) -> None:
    with transaction.savepoint():
        work()
        raise _FailedError


def _play(transaction: Transaction, steps: Any, kept: list[str], place: str = "n") -> None:
    for number, (what, inside) in enumerate(steps):
        here = f"{place}{number}"
        if what == "write":
            transaction.insert(things, thing(here))
            kept.append(here)
        elif what == "read":
            assert transaction.value(HOW_MANY) == len(kept)
        elif what == "fail" and place != "n":
            raise _FailedError
        elif what == "inside":
            before = len(kept)
            try:
                with transaction.savepoint():
                    _play(transaction, inside, kept, here)
            except _FailedError:
                del kept[before:]


@pytest.mark.skipif("sqlite" not in STORES, reason="only SQLite rolls back by itself")
def test_a_transaction_that_sqlite_gave_up_is_lost_at_a_failed_read_too() -> None:
    engine = create_engine("sqlite://", connect_args={"isolation_level": None})
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    trial.create_all(engine)
    with engine.connect() as connection:
        connection.begin()
        transaction = Transaction(connection)
        transaction.insert(things, thing("a"))
        with pytest.raises(TransactionLost):  # it rolls back by itself where reading fails
            _fail_after(transaction, lambda: connection.exec_driver_sql("ROLLBACK"))
    engine.dispose()
