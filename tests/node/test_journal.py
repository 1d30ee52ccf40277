"""The journal of running nodes: served, cosigned, proven, audited, and asked by residents."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hanse.foundation.identifiers import make_citizen_id
from hanse.foundation.merkle import root
from hanse.mechanisms.journal.checkpoints import parse_checkpoint
from hanse.mechanisms.journal.notes import parse_note
from hanse.mechanisms.journal.tiles import Tile, parse_hash_tile, tiles_of
from tests.node.running import Running, send

PREFIX = "/hanse/v1/journal/"
PERSON = make_citizen_id("510600", date(1960, 5, 17), 21)


def hanse(
    zone: Running, city: str, *arguments: str, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "HANSE_CONFIG": str(zone.folder / city / "node.toml"),
        "HANSE_TOKEN": zone.zone.tokens[city]["resident-services"],
        "HANSE_LANGUAGE": "en",
        "COLUMNS": "200",
    }
    return subprocess.run(
        [sys.executable, "-c", "from hanse.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        input=stdin,
        timeout=60,
        check=False,
        env=environment,
    )


def checkpointed(zone: Running) -> None:
    for city in zone.zone.nodes:
        zone.run(zone.zone.nodes[city].witnessing.checkpoint_now())


def ping(zone: Running) -> str:
    answer = zone.post(
        "510100", "/api/league/league.ping", {}, to="510600", wait_seconds=20,
        organisation="resident-services",
    )  # fmt: skip
    return str(answer.data["answers"][0]["message_id"])


def test_the_tiles_that_are_served_make_the_root_of_the_checkpoint(zone: Running) -> None:
    ping(zone)
    checkpointed(zone)
    address = zone.zone.addresses["510100"] + PREFIX
    note = parse_note(send("GET", address + "checkpoint").body)
    checkpoint = parse_checkpoint(note.text)
    assert len(note.signatures) == 3
    leaves: list[bytes] = []
    for tile in tiles_of(checkpoint.size):
        answer = send("GET", address + tile.path)
        assert answer.status == 200, tile.path
        if tile.level == 0:
            leaves += parse_hash_tile(tile, answer.body)
    assert len(leaves) == checkpoint.size
    assert root(leaves) == checkpoint.root


@pytest.mark.parametrize(
    "path", ["tile/0/x999/999", "tile/9/000", "tile/0/../checkpoint", "tile/entries/x001/000", "x"]
)
def test_what_is_not_in_the_tree_is_not_served(zone: Running, path: str) -> None:
    assert send("GET", zone.zone.addresses["510100"] + PREFIX + path).status in (400, 404)
    assert Tile(0, 0, 1).path == "tile/0/000.p/1"


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"old 0\n\nnonsense\n", 400), (b"old x\n\n", 400), (b"\xff" * 100, 400)],
)
def test_a_witness_refuses_what_is_no_request(zone: Running, body: bytes, status: int) -> None:
    url = zone.zone.addresses["510100"] + "/hanse/v1/witness/add-checkpoint"
    assert send("POST", url, body).status == status
    assert zone.is_alive("510100")


def test_a_witness_refuses_a_log_that_it_does_not_know(zone: Running) -> None:
    note = (
        "elsewhere/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n"
        "\u2014 elsewhere/log AAAAAAAA" + "A" * 84 + "\n"
    )
    url = zone.zone.addresses["510100"] + "/hanse/v1/witness/add-checkpoint"
    assert send("POST", url, b"old 0\n\n" + note.encode()).status in (403, 404)


def test_a_message_is_proven_and_verified_offline(zone: Running, tmp_path: Path) -> None:
    message_id = ping(zone)
    checkpointed(zone)
    file, charter = tmp_path / "evidence.json", tmp_path / "charter.json"
    for city in ("510100", "510600"):
        made = hanse(zone, city, "journal", "prove", message_id, "-o", str(file))
        assert made.returncode == 0, made.stderr
        assert hanse(zone, city, "charter", "export", "-o", str(charter)).returncode == 0
        good = hanse(zone, city, "journal", "verify", str(file), "--charter", str(charter))
        assert good.returncode == 0, good.stderr
        assert "cosigned by 2 cities" in good.stdout
        broken = json.loads(file.read_text())
        broken["journal"]["position"] += 1
        file.write_text(json.dumps(broken))
        bad = hanse(zone, city, "journal", "verify", str(file), "--charter", str(charter))
        assert (bad.returncode, "evidence_not_in_journal" in bad.stderr) == (1, True)


def test_another_citys_journal_is_audited_and_found_sound(zone: Running, tmp_path: Path) -> None:
    ping(zone)
    checkpointed(zone)
    copied = hanse(zone, "510100", "journal", "copy", "510600", str(tmp_path / "copy"))
    assert copied.returncode == 0, copied.stderr
    ping(zone)
    checkpointed(zone)
    audited = hanse(
        zone, "510100", "journal", "audit", "510600", "--copy", str(tmp_path / "copy"), "--json"
    )
    assert audited.returncode == 0, audited.stdout + audited.stderr
    assert json.loads(audited.stdout)["found"] == []


def test_a_copy_whose_entries_were_changed_is_named(zone: Running, tmp_path: Path) -> None:
    ping(zone)
    checkpointed(zone)
    folder = tmp_path / "copy"
    assert hanse(zone, "510100", "journal", "copy", "510600", str(folder)).returncode == 0
    bundle = next(path for path in (folder / "tile" / "entries").rglob("*") if path.is_file())
    data = bytearray(bundle.read_bytes())
    at = data.index(b'"kind":"') + 9
    data[at] ^= 1
    bundle.write_bytes(bytes(data))
    audited = hanse(zone, "510100", "journal", "audit", "510600", str(folder), "--json")
    assert audited.returncode == 1
    assert "changed" in {one["what"] for one in json.loads(audited.stdout)["found"]}


def test_a_resident_learns_from_all_cities_who_asked(zone: Running) -> None:
    first = hanse(
        zone,
        "510100",
        "journal",
        "accesses",
        "--identity",
        "id_card",
        "--json",
        stdin=PERSON + "\n",
    )
    assert first.returncode == 0, first.stderr
    checkpointed(zone)
    again = hanse(
        zone, "510100", "journal", "accesses", "--identity", "face", "--json", stdin=PERSON + "\n"
    )
    found: dict[str, Any] = json.loads(again.stdout)
    assert found["silent"] == []
    told = [(one["held_by"], one["city"], one["identity"]) for one in found["lines"]]
    assert {one for one in told if one[2] == "id_card"} == {
        (city, "510100", "id_card") for city in zone.zone.nodes
    }
    assert all(one["proven"] for one in found["lines"] if one["identity"] == "id_card")
    assert PERSON not in again.stdout
