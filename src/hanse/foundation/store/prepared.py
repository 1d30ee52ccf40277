"""Statements compiled once: SQLAlchemy says what they mean, the driver runs them.

SQLAlchemy spends some 25 microseconds of processor time on each execution of a small statement, of
which the database takes three. A node runs the same few statements for every message, so they are
translated once for each connection: to the driver's text, the order of its parameters, and the
conversions of their types. What this does not cover, SQLAlchemy runs itself, with the same result.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import Connection, Dialect, Executable, Select, Table
from sqlalchemy.engine import IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.sql.compiler import SQLCompiler

Values = Mapping[str, Any]
Conversion = Callable[[Any], Any] | None

_HELD: Final = "hanse_prepared"
_EXPANDED: Final = "__[POSTCOMPILE_{name}]"


class Prepared:
    """One statement in the words of one driver."""

    def __init__(self, compiled: SQLCompiler, columns: Iterable[Any] = ()) -> None:
        self.text = str(compiled)
        dialect = compiled.dialect
        self._positions = compiled.positiontup
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        self._conversions: dict[str, Conversion] = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for name, bind in binds.items()
        }
        self._defaults = {
            name: bind.effective_value for name, bind in binds.items() if not bind.required
        }
        lists = [name for name, bind in binds.items() if bind.expanding]
        self._list = lists[0] if lists else None
        self._dialect = dialect
        self._columns = tuple(columns)
        self._metadata = SimpleResultMetaData([column.key for column in self._columns])
        self._results: list[tuple[int, Callable[[Any], Any]]] | None = None

    @property
    def required(self) -> frozenset[str]:
        """The parameters for which a value must be given."""
        return frozenset(self._conversions) - self._defaults.keys()

    @property
    def has_list(self) -> bool:
        """Whether one parameter is a list, whose length is part of the text."""
        return self._list is not None

    def takes(self, values: Values | None) -> bool:
        """Whether this text serves for these values: a list that is empty has one of its own."""
        if self._list is None:
            return True
        return bool((values or {}).get(self._list, self._defaults.get(self._list)))

    def call(self, values: Values | None) -> tuple[str, Any]:
        """The text and the arguments for the driver's cursor."""
        if self._list is None:
            return self.text, self.arguments(values or {})
        given: Values = {**self._defaults, **(values or {})}
        several = list(given[self._list])
        places = ", ".join("?" * len(several))
        text = self.text.replace(_EXPANDED.format(name=self._list), places)
        arguments: list[Any] = []
        for name in self._positions or ():
            conversion = self._conversions[name]
            found = several if name == self._list else [given[name]]
            arguments += found if conversion is None else map(conversion, found)
        return text, arguments

    def arguments(self, values: Values) -> Any:
        """One row of arguments, in the driver's form."""
        given = {**self._defaults, **values} if self._defaults else values
        conversions = self._conversions
        if self._positions is None:
            return {
                name: given[name] if conversion is None else conversion(given[name])
                for name, conversion in conversions.items()
            }
        return [
            given[name] if (conversion := conversions[name]) is None else conversion(given[name])
            for name in self._positions
        ]

    def result(self, found: list[Any], description: Any) -> IteratorResult[Any]:
        """What the driver fetched, as SQLAlchemy would have given it."""
        if self._results is None:
            self._results = self._result_conversions(description)
        if self._results and found:
            found = [self._converted(row) for row in found]
        return IteratorResult(self._metadata, iter(found))

    def _converted(self, row: Iterable[Any]) -> tuple[Any, ...]:
        values = list(row)
        for place, conversion in self._results or ():
            values[place] = conversion(values[place])
        return tuple(values)

    def _result_conversions(self, description: Any) -> list[tuple[int, Callable[[Any], Any]]]:
        made = []
        for place, column in enumerate(self._columns):
            impl = column.type.dialect_impl(self._dialect)
            conversion = impl.result_processor(self._dialect, description[place][1])
            if conversion is not None:
                made.append((place, conversion))
        return made


class PreparedStatements:
    """The statements that one connection has translated."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._statements: WeakKeyDictionary[Executable, Prepared | None] = WeakKeyDictionary()
        self._unprepared: WeakSet[Executable] = WeakSet()
        self._inserts: dict[tuple[Table, tuple[str, ...], Any], Prepared | None] = {}

    @classmethod
    def of(cls, connection: Connection) -> "PreparedStatements":
        """Those of a connection; they live as long as the connection to the database."""
        held: PreparedStatements | None = connection.info.get(_HELD)
        if held is None:
            held = connection.info[_HELD] = cls(connection.dialect)
        return held

    def query(self, statement: Executable, values: Values | None) -> Prepared | None:
        """A query that is seen again, translated. One that is made anew for each use never is."""
        if statement not in self._statements:
            self._statements[statement] = None
            return None
        found = self._statements[statement]
        if found is None and statement not in self._unprepared:
            found = self._translated(statement)
        return found if found is not None and found.takes(values) else None

    def _translated(self, statement: Executable) -> Prepared | None:
        if isinstance(statement, Select):
            compiled = statement.compile(dialect=self._dialect)
            if _is_plain(compiled, self._dialect):
                found = self._statements[statement] = Prepared(compiled, statement.selected_columns)
                return found
        self._unprepared.add(statement)
        return None

    def change(self, statement: Executable, values: Values) -> Prepared | None:
        """An update, insert or deletion whose parameters it names itself."""
        found = self._statements.get(statement)
        if found is None:
            compiled: Any = statement.compile(dialect=self._dialect)  # type: ignore[attr-defined]
            if not _is_plain(compiled, self._dialect):
                return None
            found = Prepared(compiled)
            if found.has_list or found.required != values.keys():
                return None
            self._statements[statement] = found
        return found

    def insert(self, table: Table, row: Values, returning: str | None = None) -> Prepared | None:
        """An insert of rows that have these columns."""
        key = (table, tuple(row), returning)
        if key not in self._inserts:
            if returning is None:
                self._inserts[key] = self._of_columns(table.insert().inline(), row)
            else:
                column = table.c[returning]
                statement = table.insert().inline().returning(column)
                self._inserts[key] = self._of_columns(statement, row, column)
        return self._inserts[key]

    def upsert(
        self, table: Table, row: Values, variant: object, make: Callable[[], Executable]
    ) -> Prepared | None:
        """What `make` makes for rows that have these columns; equal variants are made once."""
        key = (table, tuple(row), variant)
        if key not in self._inserts:
            self._inserts[key] = self._of_columns(make(), row)
        return self._inserts[key]

    def _of_columns(self, statement: Any, row: Values, *returned: Any) -> Prepared | None:
        compiled = statement.compile(dialect=self._dialect, column_keys=list(row))
        if (
            not _is_plain(compiled, self._dialect)
            or set(compiled.bind_names.values()) != row.keys()
        ):
            return None
        return Prepared(compiled, returned)


def _is_plain(compiled: Any, dialect: Dialect) -> bool:
    """Whether the text and its parameters are all that there is to the statement."""
    if compiled.insert_prefetch or compiled.update_prefetch or compiled.escaped_bind_names:
        return False
    binds = compiled.bind_names
    lists = [bind for bind in binds if bind.expanding]
    if len(lists) > (1 if dialect.name == "sqlite" else 0):
        return False
    return not any(bind.literal_execute or bind.callable for bind in binds)
