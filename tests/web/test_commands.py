"""`hanse account` and `hanse backup`, as an operator types them."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hanse.cli.main import hanse
from hanse.foundation.errors import Problem
from hanse.foundation.store import open_engine
from hanse.foundation.store.transaction import reading
from hanse.node.config import load
from hanse.node.people import accounts, passwords
from tests.node.running import make_zone
from tests.web.conftest import HOME, OTHER

PASSWORD = "nine slow white barges"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_zone(tmp_path_factory.mktemp("typed"), HOME, OTHER)
    return folder / HOME / "node.toml"


def typed(*words: str | Path) -> Result:
    return CliRunner().invoke(hanse, [str(word) for word in words])


def made(config: Path, login: str, *more: str) -> Result:
    plain = ("--name", "Li", "--kind", "officer", "--organisation", "credit-office")
    secret = ("--password", PASSWORD)
    return typed("account", "add", "--config", config, login, *plain, *secret, *more)


def test_an_account_is_made_allowed_listed_and_closed(config: Path) -> None:
    assert made(config, "li", "--allow", "credit.*").exit_code == 0
    assert typed("account", "allow", "--config", config, "li", "--allow", "*").exit_code == 0
    assert typed("account", "close", "--config", config, "li").exit_code == 0
    assert "li ✗" in typed("account", "list", "--config", config).output
    with reading(open_engine(load(config).database_url)) as transaction:
        held = accounts.find(transaction, "li")
    assert (held.allows, held.closed) == (["*"], True)
    assert passwords.matches(held.password, PASSWORD)
    assert not passwords.matches(held.password, PASSWORD + " ")


def test_a_login_that_is_taken_and_a_weak_password_are_refused(config: Path) -> None:
    made(config, "wang")
    again = made(config, "wang")
    assert isinstance(again.exception, Problem)
    assert again.exception.code == "account_exists"
    weak = made(config, "zhao", "--password", "zhao zhao zhao")
    assert isinstance(weak.exception, Problem)
    assert weak.exception.code == "password_too_weak"
    unknown = typed("account", "close", "--config", config, "zhao")
    assert isinstance(unknown.exception, Problem)
    assert unknown.exception.code == "account_unknown"


def test_a_backup_is_made_listed_checked_and_restored(config: Path, tmp_path: Path) -> None:
    assert typed("backup", "make", "--config", config).exit_code == 0
    (place,) = (config.parent / "backups").iterdir()
    assert place.name in typed("backup", "list", "--config", config).output
    assert typed("backup", "check", place).exit_code == 0
    assert typed("backup", "restore", place, tmp_path / "again").exit_code == 0
    assert load(tmp_path / "again" / "node.toml").city == HOME
