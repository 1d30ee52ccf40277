"""A transaction as handlers see it: they read, write and put savepoints, and never commit."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, Executable, Row, Table
from sqlalchemy.dialects import postgresql, sqlite

from hanse.foundation.identity import Randomness, system_randomness

Values = Mapping[str, Any]


class TransactionLost(BaseException):
    """The database gave the whole transaction up: its disk is full, or its connection is cut.

    SQLite rolls all of it back by itself and would commit what follows piece by piece. So this is
    no `Exception`: it passes every handler up to the edge, which fails the whole transaction.
    """


class Transaction:
    """One database transaction of one city. The edge made it, and only the edge commits it."""

    def __init__(self, connection: Connection, randomness: Randomness = system_randomness) -> None:
        self.connection = connection
        self.randomness = randomness
        self._depth = 0
        self.after_commit: list[Callable[[], None]] = []
        self.before_commit: list[Callable[[Transaction], None]] = []
        """Last work of the transaction, each once: if it fails, nothing is committed."""
        self.journal: list[Any] = []
        """Evidence that waits for the end of the transaction, when it gets its positions."""

    @property
    def is_sqlite(self) -> bool:
        """Whether the store is SQLite, for the few statements that differ."""
        return self.connection.dialect.name == "sqlite"

    def execute(self, statement: Executable, values: Any = None) -> CursorResult[Any]:
        """Run one statement, or the same one for each of a sequence of values."""
        return self.connection.execute(statement, values)

    def rows(self, statement: Executable, values: Values | None = None) -> Sequence[Row[Any]]:
        """All rows of a query; the caller's statement carries its limit."""
        return self.connection.execute(statement, values).all()

    def row(self, statement: Executable, values: Values | None = None) -> Row[Any] | None:
        """The first row of a query, or None."""
        return self.connection.execute(statement, values).first()

    def value(self, statement: Executable, values: Values | None = None) -> Any:
        """The first column of the first row, or None."""
        return self.connection.execute(statement, values).scalar()

    def insert(self, table: Table, rows: Values | Sequence[Values]) -> None:
        """Insert one row or many in one call."""
        if rows:
            self.connection.execute(table.insert(), rows)

    def insert_returning(self, table: Table, row: Values, column: str) -> Any:
        """Insert one row and give back a column that the database filled."""
        return self.connection.execute(table.insert().returning(table.c[column]), row).scalar_one()

    def upsert(
        self, table: Table, rows: Values | Sequence[Values], set_: Callable[[Any], Values]
    ) -> None:
        """Insert, or where the primary key is taken apply `set_(excluded)` to the row there."""
        if not rows:
            return
        dialect: Any = sqlite if self.is_sqlite else postgresql
        statement = dialect.insert(table)
        statement = statement.on_conflict_do_update(
            index_elements=list(table.primary_key.columns), set_=set_(statement.excluded)
        )
        self.connection.execute(statement, rows)

    def finish(self) -> None:
        """Do what must come last; the edge calls it right before its commit."""
        for work in self.before_commit:
            work(self)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What happens inside is undone if it raises, with its evidence and its later calls."""
        lists: tuple[list[Any], ...] = (self.after_commit, self.before_commit, self.journal)
        lengths = [len(waiting) for waiting in lists]
        self._depth += 1
        name = f"s{self._depth}"
        # Sent as plain statements: SQLAlchemy's nested transactions cost several times as much,
        # and each message of a delivery has a savepoint of its own.
        self.connection.exec_driver_sql(f"SAVEPOINT {name}")
        try:
            yield
            self.connection.exec_driver_sql(f"RELEASE SAVEPOINT {name}")
        except BaseException as error:
            self._undo(name, error)
            for waiting, length in zip(lists, lengths, strict=True):
                del waiting[length:]
            raise
        finally:
            self._depth -= 1

    def _undo(self, savepoint: str, error: BaseException) -> None:
        try:
            self.connection.exec_driver_sql(f"ROLLBACK TO SAVEPOINT {savepoint}")
            self.connection.exec_driver_sql(f"RELEASE SAVEPOINT {savepoint}")
        except Exception:
            raise TransactionLost from error


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
