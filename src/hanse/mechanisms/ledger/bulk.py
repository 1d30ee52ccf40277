"""Many rows at once, past the ORM: the ledger's cost is what a row costs.

On SQLite one statement inserts a hundred rows, which takes little more than half of the time of a
hundred statements; on PostgreSQL rows go by COPY. Both use the transaction's own connection.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, Final

from sqlalchemy import Table

from hanse.foundation.store import Transaction

ROWS_PER_STATEMENT: Final = 100
KEYS_PER_STATEMENT: Final = 500
Rows = Sequence[tuple[Any, ...]]


def insert(
    transaction: Transaction,
    table: Table,
    columns: tuple[str, ...],
    rows: Rows,
    *,
    filled: bool = False,
) -> None:
    """Insert tuples in the order of `columns`; texts hold no tab, newline or backslash.

    `filled` says that no value is None, which makes a row's text cheaper.
    """
    if not rows:
        return
    if transaction.is_sqlite:
        _insert_sqlite(transaction, table, columns, rows)
        return
    copy_in = f"COPY {table.name} ({', '.join(columns)}) FROM STDIN"
    with driver(transaction).cursor() as cursor, cursor.copy(copy_in) as copy:
        for first in range(0, len(rows), KEYS_PER_STATEMENT):
            part = rows[first : first + KEYS_PER_STATEMENT]
            copy.write(_copy_text(part, filled=filled))


def insert_flat(
    transaction: Transaction, table: Table, columns: tuple[str, ...], values: list[int]
) -> None:
    """Insert rows of integers that are given as one list, row after row."""
    width, whole = len(columns), len(columns) * ROWS_PER_STATEMENT
    names = f"{table.name} ({', '.join(columns)})"
    connection = driver(transaction)
    if transaction.is_sqlite:
        one = f"({','.join('?' * width)})"
        end = len(values) // whole * whole
        for first, last, count in ((0, end, ROWS_PER_STATEMENT), (end, len(values), 1)):
            step = width * count
            connection.executemany(
                f"INSERT INTO {names} VALUES {','.join([one] * count)}",  # noqa: S608
                (values[at : at + step] for at in range(first, last, step)),
            )
        return
    template = "\t".join(["%d"] * width) + "\n"
    with connection.cursor() as cursor, cursor.copy(f"COPY {names} FROM STDIN") as copy:
        for at in range(0, len(values), whole):
            part = values[at : at + whole]
            copy.write(template * (len(part) // width) % tuple(part))


def select_in(
    transaction: Transaction, columns: str, table: str, key: str, kind: str, keys: Iterable[Any]
) -> Rows:
    """The rows whose `key` is one of the keys; `kind` is PostgreSQL's type of the key."""
    wanted = list(keys)
    if not wanted:
        return []
    connection = driver(transaction)
    if not transaction.is_sqlite:
        query = f"SELECT {columns} FROM {table} WHERE {key} = ANY(%s::{kind}[])"  # noqa: S608
        with connection.cursor() as cursor:
            found: Rows = cursor.execute(query, (wanted,)).fetchall()
            return found
    rows: list[tuple[Any, ...]] = []
    for first in range(0, len(wanted), KEYS_PER_STATEMENT):
        part = wanted[first : first + KEYS_PER_STATEMENT]
        # As many marks as a power of two: so few texts of the statement are ever prepared.
        marks = 1 << (len(part) - 1).bit_length()
        part += [None] * (marks - len(part))
        query = f"SELECT {columns} FROM {table} WHERE {key} IN (?{',?' * (marks - 1)})"  # noqa: S608
        rows += connection.execute(query, part)
    return rows


def update(
    transaction: Transaction, table: Table, key: str, columns: tuple[str, ...], rows: Rows
) -> None:
    """Set `columns` of rows: each tuple is the new values, and then the integer key."""
    if not rows:
        return
    if transaction.is_sqlite:
        values = ", ".join(f"{column} = ?" for column in columns)
        statement = f"UPDATE {table.name} SET {values} WHERE {key} = ?"  # noqa: S608
        driver(transaction).executemany(statement, rows)
        return
    types = [table.c[name].type.compile(transaction.connection.dialect) for name in (*columns, key)]
    arrays = ", ".join(f"%s::{kind.split('(')[0]}[]" for kind in types)
    values = ", ".join(f"{column} = v.{column}" for column in columns)
    statement = (
        f"UPDATE {table.name} AS t SET {values} "  # noqa: S608
        f"FROM unnest({arrays}) AS v({', '.join((*columns, key))}) WHERE t.{key} = v.{key}"
    )
    with driver(transaction).cursor() as cursor:
        cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])


def driver(transaction: Transaction) -> Any:
    """The driver's own connection, in the same database transaction."""
    return transaction.connection.connection.driver_connection


def _insert_sqlite(
    transaction: Transaction, table: Table, columns: tuple[str, ...], rows: Rows
) -> None:
    one = f"({','.join('?' * len(columns))})"
    into = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES "  # noqa: S608
    whole = len(rows) // ROWS_PER_STATEMENT * ROWS_PER_STATEMENT
    connection = driver(transaction)
    if whole:
        connection.executemany(
            into + ",".join([one] * ROWS_PER_STATEMENT),
            (
                tuple(chain.from_iterable(rows[first : first + ROWS_PER_STATEMENT]))
                for first in range(0, whole, ROWS_PER_STATEMENT)
            ),
        )
    if whole < len(rows):
        connection.executemany(into + one, rows[whole:])


def _copy_text(part: Rows, *, filled: bool) -> str:
    if not filled:
        return "".join(["\t".join(map(_copied, row)) + "\n" for row in part])
    template = "\t".join(["%s"] * len(part[0])) + "\n"
    binary = [place for place, value in enumerate(part[0]) if isinstance(value, bytes)]
    if not binary:
        return "".join([template % row for row in part])
    [at] = binary  # no table of the ledger has two in a row that is filled
    return "".join(
        [template % (*row[:at], "\\\\x" + row[at].hex(), *row[at + 1 :]) for row in part]
    )


def _copied(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    return str(value)


def rows(transaction: Transaction, query: str, values: tuple[Any, ...]) -> Rows:
    """The rows of a query whose places are written `?`."""
    if transaction.is_sqlite:
        found: Rows = driver(transaction).execute(query, values).fetchall()
        return found
    with driver(transaction).cursor() as cursor:
        answered: Rows = cursor.execute(query.replace("?", "%s"), values).fetchall()
        return answered


def run(transaction: Transaction, statement: str, values: tuple[Any, ...]) -> None:
    """Run a statement that gives no rows; its places are written `?`."""
    text = statement if transaction.is_sqlite else statement.replace("?", "%s")
    driver(transaction).execute(text, values)
