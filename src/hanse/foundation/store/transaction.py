"""A transaction as handlers see it: they read, write and put savepoints, and never commit."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FunctionType
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, Executable, Row, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from hanse.foundation.identity import Randomness, system_randomness
from hanse.foundation.store.prepared import Prepared, PreparedStatements

Values = Mapping[str, Any]


class TransactionLost(BaseException):
    """The database gave the whole transaction up: its disk is full, or its connection is cut.

    SQLite rolls all of it back by itself and would commit what follows piece by piece. So this is
    no `Exception`: it passes every handler up to the edge, which fails the whole transaction.
    """


class Transaction:
    """One database transaction of one city. The edge made it, and only the edge commits it."""

    def __init__(self, connection: Connection, randomness: Randomness = system_randomness) -> None:
        self.randomness = randomness
        self.is_sqlite = connection.dialect.name == "sqlite"
        """Whether the store is SQLite, for the few statements that differ."""
        self._connection = connection
        self._prepared = PreparedStatements.of(connection)
        self._cursor: Any = None
        self._depth = 0
        self._placed = 0
        """How many of the `_depth` savepoints the database knows of."""
        self.after_commit: list[Callable[[], None]] = []
        self.before_commit: list[Callable[[Transaction], None]] = []
        """Last work of the transaction, each once: if it fails, nothing is committed."""
        self.journal: list[Any] = []
        """Evidence that waits for the end of the transaction, when it gets its positions."""
        self.counted: dict[str, int] = {}
        """What this transaction adds to a queue, by name, for limits that count it already."""

    @property
    def connection(self) -> Connection:
        """The connection itself, for what none of the methods does."""
        self._place_savepoints()
        return self._connection

    def execute(self, statement: Executable, values: Any = None) -> CursorResult[Any]:
        """Run one statement, or the same one for each of a sequence of values."""
        return self.connection.execute(statement, values)

    def rows(self, statement: Executable, values: Values | None = None) -> Sequence[Row[Any]]:
        """All rows of a query; the caller's statement carries its limit.

        A query that a module makes once, with parameters, costs a fraction of one made each time.
        """
        prepared = self._query(statement, values)
        if prepared is None:
            return self._connection.execute(statement, values).all()
        cursor = self._run(*prepared.call(values))
        return prepared.result(cursor.fetchall(), cursor.description).all()

    def row(self, statement: Executable, values: Values | None = None) -> Row[Any] | None:
        """The first row of a query, or None."""
        prepared = self._query(statement, values)
        if prepared is None:
            return self._connection.execute(statement, values).first()
        cursor = self._run(*prepared.call(values))
        return prepared.result(cursor.fetchall()[:1], cursor.description).first()

    def value(self, statement: Executable, values: Values | None = None) -> Any:
        """The first column of the first row, or None."""
        found = self.row(statement, values)
        return None if found is None else found[0]

    def change(self, statement: Executable, values: Values | Sequence[Values]) -> None:
        """Run an update, insert or deletion, once or for each of several values.

        For the statements of every message: it is made once, and names its parameters itself.
        """
        if not values:
            return
        first = values if isinstance(values, Mapping) else values[0]
        prepared = self._prepared.change(statement, first)
        if prepared is None:
            self.execute(statement, values)
        else:
            self._run_all(prepared, values)

    def insert(self, table: Table, rows: Values | Sequence[Values]) -> None:
        """Insert one row or many, of the same columns, in one call."""
        if not rows:
            return
        first = rows if isinstance(rows, Mapping) else rows[0]
        prepared = self._prepared.insert(table, first)
        if prepared is None:
            self.execute(table.insert(), rows)
        else:
            self._run_all(prepared, rows)

    def insert_returning(self, table: Table, row: Values, column: str) -> Any:
        """Insert one row and give back a column that the database filled."""
        prepared = self._prepared.insert(table, row, column)
        if prepared is None:
            return self.execute(table.insert().returning(table.c[column]), row).scalar_one()
        self._place_savepoints()
        cursor = self._run(*prepared.call(row))
        return prepared.result(cursor.fetchall(), cursor.description).scalar_one()

    def upsert(
        self, table: Table, rows: Values | Sequence[Values], set_: Callable[[Any], Values]
    ) -> None:
        """Insert, or where the primary key is taken apply `set_(excluded)` to the row there.

        A `set_` that refers to nothing of its surroundings is asked once for each connection.
        """
        if not rows:
            return

        def make() -> Executable:
            dialect: Any = sqlite if self.is_sqlite else postgresql
            statement = dialect.insert(table).inline()
            made: Executable = statement.on_conflict_do_update(
                index_elements=list(table.primary_key.columns), set_=set_(statement.excluded)
            )
            return made

        prepared = None
        if isinstance(set_, FunctionType) and not (set_.__closure__ or set_.__defaults__):
            first = rows if isinstance(rows, Mapping) else rows[0]
            prepared = self._prepared.upsert(table, first, set_.__code__, make)
        if prepared is None:
            self.execute(make(), rows)
        else:
            self._run_all(prepared, rows)

    def finish(self) -> None:
        """Do what must come last; the edge calls it right before its commit."""
        for work in self.before_commit:
            work(self)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What happens inside is undone if it raises, with its evidence and its later calls.

        The database is told of it when it is needed: SQLite before the first change inside it,
        PostgreSQL, where a failed query ends the whole transaction, before the first statement.
        """
        lists: tuple[list[Any], ...] = (self.after_commit, self.before_commit, self.journal)
        lengths = [len(waiting) for waiting in lists]
        counted = dict(self.counted)
        self._depth += 1
        depth = self._depth
        try:
            yield
            if self._placed >= depth:
                self._run(f"RELEASE SAVEPOINT s{depth}")
        except BaseException as error:
            self._undo(depth, error)
            for waiting, length in zip(lists, lengths, strict=True):
                del waiting[length:]
            self.counted = counted
            raise
        finally:
            self._depth = depth - 1
            self._placed = min(self._placed, self._depth)

    def _place_savepoints(self) -> None:
        while self._placed < self._depth:
            self._run(f"SAVEPOINT s{self._placed + 1}")
            self._placed += 1

    def _undo(self, depth: int, error: BaseException) -> None:
        if self._placed < depth:
            cursor = self._cursor
            if self.is_sqlite and cursor is not None and not cursor.connection.in_transaction:
                raise TransactionLost from error
            return
        try:
            self._run(f"ROLLBACK TO SAVEPOINT s{depth}")
            self._run(f"RELEASE SAVEPOINT s{depth}")
        except Exception:
            raise TransactionLost from error

    def _query(self, statement: Executable, values: Values | None) -> Prepared | None:
        if not self.is_sqlite or not statement.is_select:
            self._place_savepoints()
        return self._prepared.query(statement, values)

    def _run_all(self, prepared: Prepared, values: Values | Sequence[Values]) -> None:
        self._place_savepoints()
        if isinstance(values, Mapping):
            self._run(*prepared.call(values))
        elif len(values) == 1:
            self._run(*prepared.call(values[0]))
        else:
            self._run(prepared.text, [prepared.arguments(one) for one in values], several=True)

    def _run(self, text: str, arguments: Any = (), *, several: bool = False) -> Any:
        """Have the driver run a statement; its errors are those that SQLAlchemy raises."""
        cursor = self._cursor
        if cursor is None:
            if not self._connection.in_transaction():
                self._connection.begin()
            cursor = self._cursor = self._connection.connection.cursor()
        dialect = self._connection.dialect
        try:
            if several:
                cursor.executemany(text, arguments)
            else:
                cursor.execute(text, arguments)
        except dialect.loaded_dbapi.Error as error:
            lost = dialect.is_disconnect(error, self._connection.connection, cursor)
            if lost:
                self._connection.invalidate(error)
            raise DBAPIError.instance(
                text,
                None,
                error,
                dialect.loaded_dbapi.Error,
                hide_parameters=True,
                connection_invalidated=lost,
                dialect=dialect,
            ) from error
        return cursor


@contextmanager
def committing(engine: Engine) -> Iterator[Transaction]:
    """The edge's own: one transaction, committed at the end, then its calls after commit."""
    with engine.connect() as connection:
        transaction = Transaction(connection)
        with connection.begin():
            yield transaction
            transaction.finish()
    for call in transaction.after_commit:
        call()


@contextmanager
def reading(engine: Engine) -> Iterator[Transaction]:
    """A transaction that takes no write lock and is rolled back at its end."""
    with engine.connect().execution_options(hanse_read_only=True) as connection:
        yield Transaction(connection)
        connection.rollback()
