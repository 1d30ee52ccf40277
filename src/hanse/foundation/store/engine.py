"""Engines: SQLite with write-ahead log and full synchronisation, or PostgreSQL.

A commit that has returned survives the loss of power on either: `synchronous=FULL` makes SQLite
sync its log at each commit, and PostgreSQL's `synchronous_commit` is left on.
"""

from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.pool import QueuePool, StaticPool

BUSY_TIMEOUT_MS = 30_000
SQLITE_CACHE_KIB = 16_384
CONNECTIONS_KEPT = 4
CONNECTIONS_MAX = 20


def open_engine(url: str) -> Engine:
    """An engine for `sqlite:///path` or `postgresql+psycopg://...`; nothing is connected yet.

    The values of a statement never stand in its error: they may be a person's, and errors are
    logged.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_size=CONNECTIONS_KEPT,
            pool_pre_ping=True,
            hide_parameters=True,
        )
    raise ValueError(f"a store is SQLite or PostgreSQL, not {parsed.get_backend_name()}")


def _sqlite(url: str) -> Engine:
    if ":memory:" in url or url == "sqlite://":  # there, the one connection is the database
        engine = create_engine(
            url,
            connect_args={"isolation_level": None, "check_same_thread": False},
            hide_parameters=True,
            poolclass=StaticPool,
        )
    else:
        engine = create_engine(
            url,
            connect_args={"isolation_level": None, "check_same_thread": False},
            hide_parameters=True,
            poolclass=QueuePool,
            pool_size=CONNECTIONS_KEPT,
            max_overflow=CONNECTIONS_MAX - CONNECTIONS_KEPT,
        )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            f"cache_size=-{SQLITE_CACHE_KIB}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # The driver would begin lazily and without a lock. A writer takes its lock at once, so
        # that it waits at the start instead of failing half-way; a reader takes none.
        read_only = connection.get_execution_options().get("hanse_read_only", False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine
