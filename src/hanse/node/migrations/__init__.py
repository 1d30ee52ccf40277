"""The store's migrations, run by Alembic from inside the package on SQLite and PostgreSQL."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text

STORE_NOT_CURRENT = ProblemKind(
    "store_not_current",
    500,
    Text("数据库版本与程序不符", "The store's version does not fit the program"),
    Text(
        "数据库为 {found}，程序需要 {wanted}；请先备份，再运行 hanse migrate",
        "The store is at {found}, the program wants {wanted}; back it up, then run hanse migrate",
    ),
)


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """The revision that this program wants."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def current(engine: Engine) -> str:
    """The revision at which the store is; empty for a new one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def migrate(engine: Engine) -> tuple[str, str]:
    """Bring the store to the newest revision in one transaction; gives from where to where."""
    before = current(engine)
    with engine.begin() as connection:
        command.upgrade(_config(connection), "head")
    return before, newest()


def require_current(engine: Engine) -> None:
    """Refuse to work on a store of another revision."""
    found, wanted = current(engine), newest()
    if found != wanted:
        raise STORE_NOT_CURRENT(found=found or "-", wanted=wanted)
