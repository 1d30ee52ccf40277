"""Cities of every signature suite in one league: ask, answer, and cosign each other's journals."""

from pathlib import Path

from hanse.mechanisms.journal.notes import parse_note
from tests.node.running import make_zone, run_zone

SUITES = {
    "510100": "ml-dsa-44",
    "510600": "sm2-sm3",
    "510700": "ecdsa-p256-sha256",
    "510900": "ed25519",
}


def test_cities_of_all_suites_exchange_and_witness_each_other(tmp_path: Path) -> None:
    folder = make_zone(tmp_path / "zone", *SUITES, suites=SUITES)
    with run_zone(folder) as zone:
        for city in SUITES:
            answer = zone.post(city, "/api/league/league.ping", {}, to="all", wait_seconds=30)
            assert {one["state"] for one in answer.data["answers"]} == {"answered"}, city
        for city in SUITES:
            node = zone.zone.nodes[city]
            note = zone.run(node.witnessing.checkpoint_now())
            assert node.witnessing.last_problem is None, city
            assert len(parse_note(note.encode()).signatures) == len(SUITES)
