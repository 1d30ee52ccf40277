"""The migrated store is the declared one, and a store of another revision is refused."""

from collections.abc import Callable

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from hanse.foundation.errors import Problem
from hanse.foundation.store import open_engine
from hanse.node.migrations import current, migrate, newest, require_current
from hanse.node.schema import metadata


def test_the_migrated_schema_is_the_declared_one(fresh_store: Callable[[str], str]) -> None:
    engine = open_engine(fresh_store("migrated"))
    assert migrate(engine) == ("", newest())
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    assert differences == []
    assert migrate(engine) == (newest(), newest())
    require_current(engine)
    engine.dispose()


def test_a_store_of_another_revision_is_refused(fresh_store: Callable[[str], str]) -> None:
    engine = open_engine(fresh_store("old"))
    with pytest.raises(Problem, match="store_not_current"):
        require_current(engine)
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'future'"))
    with pytest.raises(Problem, match="store_not_current"):
        require_current(engine)
    assert current(engine) == "future"
    engine.dispose()
