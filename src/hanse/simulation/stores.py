"""The simulated cities' stores: fresh for each run, though memory's are made once and emptied."""

from collections.abc import Callable, Sequence
from sqlite3 import Connection

from sqlalchemy import Engine, MetaData

from hanse.foundation.store import open_engine

OpenStore = Callable[[str], Engine]
_KEPT: dict[str, tuple[Engine, bytes]] = {}
"""By city: a store in memory, and what it is when its tables are empty."""


def memory_store(city: str) -> Engine:
    """A store of one connection, in memory."""
    return open_engine("sqlite://")


def fresh(open_store: OpenStore, city: str, tables: Sequence[MetaData]) -> Engine:
    """A city's store with empty tables.

    One in memory is kept for the next run: most of a short run's time went into making tables and
    compiling statements anew.
    """
    if open_store is memory_store and city in _KEPT:
        engine, empty = _KEPT[city]
        with engine.connect() as connection:
            _raw(connection.connection.dbapi_connection).deserialize(empty)
        return engine
    engine = open_store(city)
    for one in tables:
        one.create_all(engine)
    if open_store is memory_store:
        with engine.connect() as connection:
            empty = _raw(connection.connection.dbapi_connection).serialize()
        _KEPT[city] = (engine, empty)
    return engine


def let_go(engine: Engine) -> None:
    """Close a store that no later run needs."""
    if not any(engine is kept for kept, _ in _KEPT.values()):
        engine.dispose()


def _raw(connection: object) -> Connection:
    if not isinstance(connection, Connection):
        raise TypeError("a store in memory is SQLite's")
    return connection
