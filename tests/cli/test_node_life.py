"""The life of a small league at the command line: made, served, asked, stopped, and refused."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hanse.foundation.identifiers import make_uscc
from tests.cli.test_commands import run

LEAGUE = """
league = "trial"
title = { zh = "试验联盟", en = "A league for trials" }
province = "51"
founded = "2026-11-01T00:00:00+08:00"
threshold = 2
witness_quorum = 1
charter_years = 10
calendar = "calendar_cn.toml"

[[cities]]
code = "510100"
name = { zh = "成都市", en = "Chengdu" }

[[cities]]
code = "510600"
name = { zh = "德阳市", en = "Deyang" }
"""
COMMAND = [sys.executable, "-c", "from hanse.cli import main; main()"]


@dataclass
class Served:
    """A league that runs in a process of its own."""

    folder: Path
    process: "subprocess.Popen[str]"

    @property
    def tokens(self) -> Any:
        return json.loads((self.folder / "tokens.json").read_text("utf-8"))

    def run(self, *arguments: str, city: str = "510100") -> "subprocess.CompletedProcess[str]":
        return run(
            *arguments,
            env={
                "HANSE_CONFIG": str(self.folder / city / "node.toml"),
                "HANSE_TOKEN": self.tokens[city]["operations"],
            },
        )

    def json(self, *arguments: str, city: str = "510100") -> Any:
        done = self.run(*arguments, city=city)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Two cities made and served by the commands alone."""
    place = tmp_path_factory.mktemp("served")
    (place / "trial.toml").write_text(LEAGUE, "utf-8")
    made = run("zone", "init", str(place / "zone"), "--league", str(place / "trial.toml"))
    assert made.returncode == 0, made.stderr
    process = subprocess.Popen(
        [*COMMAND, "zone", "serve", str(place / "zone")], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, env={**os.environ, "HANSE_LANGUAGE": "en"},
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        if "Ctrl-C" in line:
            break
    yield Served(place / "zone", process)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 0


def test_the_status_tells_how_the_node_stands(served: Served) -> None:
    found = served.json("status", "--json")
    assert (found["city"], found["ready"], found["charter_version"]) == ("510100", True, 1)
    assert [one["city"] for one in found["peers"]] == ["510600"]


def test_the_charter_is_shown_with_its_members(served: Served) -> None:
    found = served.json("charter", "show", "--json")
    assert [one["city"] for one in found["document"]["members"]] == ["510100", "510600"]
    in_words = served.run("charter", "show").stdout
    assert "Chengdu" in in_words
    assert "version 1" in in_words


def test_the_agreements_and_the_outbox_are_listed(served: Served) -> None:
    assert served.json("agreement", "list", "--json") == []
    assert served.json("outbox", "list", "--state", "dead", "--json") == {"messages": []}
    refused = served.run("agreement", "show", "none")
    assert (refused.returncode, "agreement_not_held" in refused.stderr) == (1, True)
    refused = served.run("outbox", "resend", "none")
    assert (refused.returncode, "message_not_found" in refused.stderr) == (1, True)


def test_a_token_is_issued_used_and_revoked(served: Served) -> None:
    token = served.run(
        "token", "issue", "--organisation", "library", "--allow", "league.ping"
    ).stdout.strip()
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    called = served.json("call", "--token", token, "home", "league.ping")
    assert called["charter_version"] == 1
    refused = served.run("status", "--token", token)
    assert (refused.returncode, "token_not_allowed" in refused.stderr) == (1, True)
    ended = served.run("token", "revoke", "--organisation", "library")
    assert "1" in ended.stdout
    assert token not in (served.folder / "510100" / "hanse.sqlite").read_bytes().decode("latin-1")


def test_a_call_to_all_says_what_each_city_answered(served: Served) -> None:
    found = served.json("call", "all", "league.ping", "--key", "k1")
    again = served.json("call", "all", "league.ping", "--key", "k1")
    assert found == again
    unknown = served.run("call", "519900", "league.ping")
    assert (unknown.returncode, "city_unknown" in unknown.stderr) == (1, True)
    ungranted = served.run("call", "510600", "credit.record", "--purpose", "tendering",
                           f"subject={make_uscc(1_000_009, region='510600')}")  # fmt: skip
    assert ungranted.returncode == 2
    (answer,) = json.loads(ungranted.stdout)["answers"]
    assert (answer["state"], answer["problem"]["code"]) == ("refused", "no_agreement")


def test_a_store_that_is_current_is_left_as_it_is(served: Served) -> None:
    done = served.run("migrate")
    assert re.search(r"(\d+) -> \1", done.stdout), done.stdout


def test_a_second_node_does_not_take_the_place_of_the_first(served: Served) -> None:
    again = run("zone", "init", str(served.folder))
    assert (again.returncode, "folder_not_empty" in again.stderr) == (1, True)
    busy = served.run("serve")
    assert busy.returncode == 1
    assert "listen_failed" in busy.stderr
    assert served.json("status", "--json")["ready"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--city", "1", "--address", "https://x.example"), "config_invalid"),
        (("--city", "510100", "--address", "x.example"), "config_invalid"),
        (("--city", "510100", "--address", "https://x.example/path"), "config_invalid"),
        (
            ("--city", "510100", "--address", "https://x.example", "--database", "mysql://x"),
            "config_invalid",
        ),
        (
            ("--city", "510100", "--address", "https://x.example", "--listen", "127.0.0.1:99999"),
            "config_invalid",
        ),
    ],
)
def test_an_init_that_is_refused_leaves_nothing(
    tmp_path: Path, arguments: tuple[str, ...], code: str
) -> None:
    done = run("init", str(tmp_path / "node"), *arguments)
    assert (done.returncode, code in done.stderr) == (1, True)
    assert not (tmp_path / "node").exists()


@pytest.mark.parametrize("text", [None, "x = ", 'league = "trial"'])
def test_a_league_file_that_is_none_is_refused(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "league.toml"
    if text is not None:
        file.write_text(text, "utf-8")
    done = run("zone", "init", str(tmp_path / "zone"), "--league", str(file))
    assert (done.returncode, "league_file_invalid" in done.stderr) == (1, True)
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "zone").exists()


def test_a_file_that_cannot_be_written_is_named(served: Served) -> None:
    done = served.run("charter", "export", "-o", str(served.folder / "none" / "charter.json"))
    assert (done.returncode, "file_failed" in done.stderr) == (1, True)
    assert "charter.json" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_with_other_files_is_not_emptied_for_a_day(tmp_path: Path) -> None:
    kept = tmp_path / "day" / "kept.txt"
    kept.parent.mkdir()
    kept.write_text("kept", "utf-8")
    done = run("day", str(tmp_path), "--json")
    assert (done.returncode, "folder_in_use" in done.stderr) == (1, True)
    assert kept.read_text("utf-8") == "kept"


def test_a_store_of_no_revision_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    node = tmp_path / "node"
    made = run("init", str(node), "--city", "510100", "--address", "https://x.example")
    assert made.returncode == 0, made.stderr
    (node / "hanse.sqlite").unlink()
    for arguments in (
        ("token", "issue", "--organisation", "a", "--allow", "*"),
        ("token", "revoke", "--organisation", "a"),
        ("charter", "show"),
        ("agreement", "list"),
    ):
        done = run(*arguments, env={"HANSE_CONFIG": str(node / "node.toml")})
        assert (done.returncode, "store_not_current" in done.stderr) == (1, True), arguments
