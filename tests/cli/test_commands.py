"""The command line: every command explains itself in both languages and refuses plainly."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from hanse.cli.main import PARTS, hanse
from hanse.foundation.keys import Keystore
from hanse.node.config import load
from tests.node.running import make_zone, run_zone

CHINESE = re.compile("[\u4e00-\u9fff]")
ENGLISH = re.compile("[A-Za-z]{2}")


def every_command() -> Iterator[tuple[str, click.Command]]:
    def walk(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
        yield name, command
        if isinstance(command, click.Group):
            context = click.Context(command)
            for child in command.list_commands(context):
                found = command.get_command(context, child)
                assert found is not None
                yield from walk(f"{name} {child}", found)

    yield from walk("hanse", hanse)


COMMANDS = dict(every_command())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_explained_in_chinese_and_english(name: str) -> None:
    text = COMMANDS[name].help or ""
    assert CHINESE.search(text), name
    assert ENGLISH.search(text), name


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_with_words_has_them_in_both_languages(name: str) -> None:
    for option in COMMANDS[name].params:
        text = getattr(option, "help", None)
        if text and text not in ("JSON", "Show the version and exit."):
            in_name = option.name or ""
            one_language = in_name.endswith(("_zh", "_en"))
            assert one_language or (CHINESE.search(text) and ENGLISH.search(text)), text


def test_the_readme_names_every_part() -> None:
    documents = Path(__file__).resolve().parents[2]
    text = (documents / "README.md").read_text() + (documents / "docs/operation.md").read_text()
    text += "".join(path.read_text() for path in (documents / "docs").glob("*.md"))
    missing = [part for part in PARTS if f"hanse {part}" not in text]
    assert missing == []


def run(
    *arguments: str, language: str = "en", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    import os

    return subprocess.run(
        [sys.executable, "-c", "from hanse.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
        env={**os.environ, "HANSE_LANGUAGE": language, "COLUMNS": "120", **(env or {})},
    )


@pytest.mark.parametrize(
    ("language", "words"), [("en", "run `hanse init` first"), ("zh", "节点配置有误")]
)
def test_a_refusal_says_what_to_do_next_and_exits_with_one(
    language: str, words: str, tmp_path: Path
) -> None:
    done = run("serve", "--config", str(tmp_path / "none.toml"), language=language)
    assert done.returncode == 1
    assert words in " ".join(done.stderr.split())
    assert "config_invalid" in done.stderr
    assert "Traceback" not in done.stderr


def test_init_makes_a_node_whose_key_needs_its_passphrase(tmp_path: Path) -> None:
    folder = tmp_path / "node"
    address = "https://hanse.deyang.example"
    arguments = ("init", str(folder), "--city", "510600", "--address", address)
    passphrase = {"HANSE_KEY_PASSPHRASE": "a long passphrase"}
    assert run(*arguments, env=passphrase).returncode == 0
    member = json.loads((folder / "member.json").read_text())
    assert (member["city"], member["address"]) == ("510600", address)
    assert not (folder / "passphrase").exists()
    assert b"a long passphrase" not in (folder / "keys" / "k1.json").read_bytes()
    config = load(folder / "node.toml")
    Keystore(config.keys_folder).load("k1", "a long passphrase")
    again = run(*arguments, env=passphrase)
    assert again.returncode == 1
    assert "folder_not_empty" in again.stderr
    unready = run("migrate", "--config", str(folder / "node.toml"))
    assert unready.returncode == 0


def test_call_describes_and_calls_an_operation(tmp_path: Path) -> None:
    described = CliRunner().invoke(
        hanse, ["call", "--describe", "--token", "x", "all", "credit.record"], env={"LANG": "en"}
    )
    folder = make_zone(tmp_path / "zone", "510100", "510600")
    with run_zone(folder) as zone:
        options = {
            "HANSE_CONFIG": str(folder / "510100" / "node.toml"),
            "HANSE_TOKEN": zone.zone.tokens["510100"]["operations"],
        }
        done = run("call", "all", "league.ping", env=options)
        assert done.returncode == 0, done.stderr
        (answer,) = json.loads(done.stdout)["answers"]
        assert (answer["city"], answer["answer"]["charter_version"]) == ("510600", 1)
        home = run("call", "home", "traffic.in_force", "road=G5", env=options)
        assert json.loads(home.stdout)["notices"] == []
        refused = run("call", "510600", "credit.record", "subject=1", env=options)
        assert refused.returncode == 1
        assert "data_invalid" in refused.stderr
        status = run("status", env=options)
        assert "510600" in status.stdout
        listed = run("outbox", "list", "--state", "done", env=options)
        assert "league.ping" in listed.stdout
    silent = run("status", env=options)
    assert "node_silent" in silent.stderr
    assert described.exit_code == 0, described.output


@pytest.mark.timeout(600)
def test_the_same_seed_gives_the_same_day(tmp_path: Path) -> None:
    from tests.cli.days import small_day

    first = small_day(tmp_path / "a", seed=7)
    again = small_day(tmp_path / "b", seed=7)
    other = small_day(tmp_path / "c", seed=8)
    for found in (first, again, other):
        assert found["clean"], json.dumps(found, ensure_ascii=False, indent=1)
    assert first["digest"] == again["digest"] != other["digest"]
    shutil.rmtree(tmp_path)
