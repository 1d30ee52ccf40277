"""A zone that changes: nodes go and come, keys and addresses change, agreements are suspended."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hanse.foundation.identifiers import make_uscc
from hanse.mechanisms.exchange.tables import messages_out, streams_in
from tests.node.running import Running, make_zone, run_zone, until

SUBJECT = make_uscc(1_000_003, region="510600")
CITIES = ("510100", "510600", "510700")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A zone that has never run; each test takes its own copy."""
    return make_zone(tmp_path_factory.mktemp("prepared") / "zone", *CITIES)


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "zone"
    shutil.copytree(prepared, copy)
    for path in copy.glob("*/node.toml"):
        text = path.read_text("utf-8")
        path.write_text(text.replace(str(prepared), str(copy)), "utf-8")
    return copy


def hanse(*arguments: str | Path, config: Path | None = None) -> str:
    """Run the command as an operator does."""
    command = [sys.executable, "-c", "from hanse.cli import main; main()", *map(str, arguments)]
    if config is not None:
        command += ["--config", str(config)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, env=_environment(), check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _environment() -> dict[str, str]:
    import os

    return {**os.environ, "HANSE_LANGUAGE": "en", "COLUMNS": "200"}


def ask(zone: Running, city: str, other: str, wait: float = 20.0) -> dict[str, Any]:
    answer = zone.post(
        city, "/api/league/credit.record", {"subject": SUBJECT}, organisation="tendering",
        to=other, purpose="tendering", wait_seconds=wait,
    )  # fmt: skip
    found: dict[str, Any] = answer.data["answers"][0]
    return found


def stop_node(zone: Running, city: str) -> None:
    """Stop one node's work as a crash does: its couriers and writer end; its socket stays deaf."""
    zone.run(zone.zone.nodes[city].stop())


def test_what_was_pending_is_delivered_after_a_restart(folder: Path) -> None:
    with run_zone(folder) as zone:
        stop_node(zone, "510600")
        owed = ask(zone, "510100", "510600", wait=0.2)
        assert owed["state"] == "owed"
        path = f"/api/messages/{owed['message_id']}"
        assert zone.get("510100", path, "tendering").data["state"] == "owed"
    with run_zone(folder) as zone:
        found = until(
            lambda: (
                (now := zone.get("510100", path, "tendering").data)["state"] == "answered" and now
            )
        )
        assert found["answer"]["records"] == []


def test_every_city_subscribes_to_what_it_is_granted(folder: Path) -> None:
    with run_zone(folder) as zone:
        notice_path = "/api/operator/status"
        assert zone.get("510100", notice_path).status == 200

        def pending() -> int:
            counts = [
                zone.run(
                    node.read(
                        lambda tx: tx.rows(
                            select(messages_out.c.state).where(messages_out.c.state == "pending")
                        )
                    )
                )
                for node in zone.zone.nodes.values()
            ]
            return sum(len(rows) for rows in counts)

        until(lambda: pending() == 0)
        entry = {
            "subject": SUBJECT,
            "source_city": "510600",
            "entry_id": "e1",
            "authority": make_uscc(1_000_004, region="510600"),
            "decision_number": "试列〔2026〕1号",
            "listed_on": "2026-11-02",
            "grounds": "试验数据",
        }
        told = zone.post("510600", "/api/credit.list", entry)
        assert told.data == {"cities_told": 2}
        for city in ("510100", "510700"):
            node = zone.zone.nodes[city]

            def heard(node: Any = node) -> Any:
                return zone.run(
                    node.read(
                        lambda tx: tx.value(
                            select(streams_in.c.sequence).where(streams_in.c.peer == "510600")
                        )
                    )
                )

            assert until(heard) == 1


def test_a_suspended_agreement_stops_traffic_at_both_ends(folder: Path) -> None:
    reason = ("--reason-zh", "复核", "--reason-en", "review")
    with run_zone(folder) as zone:
        assert ask(zone, "510100", "510600")["state"] == "answered"
        config = folder / "510600" / "node.toml"
        assert "suspended" in hanse("agreement", "suspend", "credit", *reason, config=config)

        def refused() -> bool:
            answers = [ask(zone, "510100", "510600"), ask(zone, "510600", "510100")]
            return all(
                one["state"] == "refused" and one["problem"]["code"] == "agreement_suspended"
                for one in answers
            )

        until(refused)
        listed = json.loads(hanse("agreement", "list", "--json", config=config))
        assert {one["id"]: one["status"] for one in listed}["credit"] == "suspended"
        hanse("agreement", "resume", "credit", *reason, config=config)
        until(lambda: ask(zone, "510100", "510600")["state"] == "answered")


def test_a_rotated_key_spreads_and_signs(folder: Path, tmp_path: Path) -> None:
    config = folder / "510600" / "node.toml"
    key, change = tmp_path / "k2.json", tmp_path / "change.json"
    with run_zone(folder) as zone:
        hanse("charter", "new-key", "k2", "-o", key, config=config)
        hanse("charter", "propose", "key", "510600", key, "--replaces", "k1",
              "--overlap-until", "2027-01-01", "-o", change, config=config)  # fmt: skip
        hanse("charter", "sign", change, "--key", "k2", config=config)
        refused = subprocess.run(
            [sys.executable, "-c", "from hanse.cli import main; main()", "charter", "apply",
             str(change), "--config", str(config)],
            capture_output=True, text=True, timeout=60, env=_environment(), check=False,
        )  # fmt: skip
        assert refused.returncode == 1
        assert "charter_below_threshold" in refused.stderr
        for city in ("510100", "510700"):
            hanse("charter", "sign", change, config=folder / city / "node.toml")
        hanse("charter", "apply", change, config=config)
        until(lambda: {node.league.version for node in zone.zone.nodes.values()} == {2})
    text = config.read_text("utf-8").replace('key_id = "k1"', 'key_id = "k2"')
    config.write_text(text, "utf-8")
    with run_zone(folder) as zone:
        assert zone.zone.nodes["510600"].signer.name == "510600/k2"
        assert ask(zone, "510600", "510100")["state"] == "answered"
        assert ask(zone, "510100", "510600")["state"] == "answered"


def test_the_journal_is_cosigned_by_the_quorum(folder: Path) -> None:
    with run_zone(folder) as zone:
        assert ask(zone, "510100", "510600")["state"] == "answered"
        for city in CITIES:
            zone.run(zone.zone.nodes[city].witnessing.checkpoint_now())
        status = zone.get("510100", "/api/operator/status").data
        assert status["journal"]
