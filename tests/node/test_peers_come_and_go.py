"""Peers that are down, come back or move: what waits is kept, and nobody else waits for it."""

import json
import shutil
import socket
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from hanse.foundation.identifiers import make_uscc
from hanse.node.config import load
from tests.node.places import Places, configured, impatient, places
from tests.node.running import Running, make_zone, send, until
from tests.node.test_lifecycle import CITIES, ask, hanse

SUBJECT = make_uscc(1_000_007, region="510600")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A zone that has never run; each test takes its own copy."""
    folder = make_zone(tmp_path_factory.mktemp("prepared") / "zone", *CITIES)
    impatient(folder)
    return folder


@pytest.fixture
def cities(prepared: Path, tmp_path: Path) -> Iterator[Places]:
    copy = tmp_path / "zone"
    shutil.copytree(prepared, copy)
    for city in CITIES:
        configured(copy, city, lambda text: text.replace(str(prepared), str(copy)))
    with places(copy) as found:
        yield found


def peer_status(zone: Running, city: str, peer: str) -> dict[str, Any]:
    status = zone.get(city, "/api/operator/status").data
    found: dict[str, Any] = next(one for one in status["peers"] if one["city"] == peer)
    return found


def waiting(zone: Running, city: str) -> int:
    peers = zone.get(city, "/api/operator/status").data["peers"]
    return sum(one["pending"] + one["owed"] for one in peers)


def message(zone: Running, city: str, message_id: str) -> dict[str, Any]:
    found: dict[str, Any] = zone.get(city, f"/api/messages/{message_id}", "tendering").data
    return found


def test_a_question_to_a_peer_that_is_down_is_answered_when_it_comes_up(cities: Places) -> None:
    cities.start("510100", "510700")
    zone = cities.running()
    owed = ask(zone, "510100", "510600", wait=0.3)
    assert owed["state"] == "owed"
    assert ask(zone, "510100", "510700")["state"] == "answered"
    down = until(lambda: (now := peer_status(zone, "510100", "510600"))["failures"] > 2 and now)
    assert down["last_problem"]["code"] == "peer_unreachable"
    assert down["pending"] >= 1
    cities.start("510600")
    settled = until(
        lambda: (now := message(zone, "510100", owed["message_id"]))["state"] == "answered" and now
    )
    assert settled["answer"]["records"] == []
    up = until(
        lambda: (now := peer_status(zone, "510100", "510600"))["last_problem"] is None and now
    )
    assert (up["failures"], up["dead"]) == (0, 0)


def test_each_who_waits_for_the_same_question_hears_its_answer(cities: Places) -> None:
    """Two calls with one key are one question: the impatient caller does not deafen the other."""
    cities.start("510100")
    zone = cities.running()
    answers: dict[float, Any] = {}

    def wait(seconds: float) -> None:
        answers[seconds] = zone.post(
            "510100", "/api/league/league.ping", {}, to="510600", key="once", wait_seconds=seconds
        ).data["answers"][0]

    patient = threading.Thread(target=wait, args=(25.0,))
    patient.start()
    wait(0.2)
    assert answers[0.2]["state"] == "owed"
    cities.start("510600")
    patient.join(15)
    assert answers[25.0]["state"] == "answered"
    assert answers[25.0]["message_id"] == answers[0.2]["message_id"]


def test_a_member_that_was_down_learns_of_a_new_charter_without_being_asked(
    cities: Places, tmp_path: Path
) -> None:
    cities.start(*CITIES)
    until(lambda: not any(waiting(cities.running(), city) for city in CITIES))
    cities.stop("510700")
    change = tmp_path / "change.json"
    config = cities.folder / "510100" / "node.toml"
    hanse("charter", "propose", "extend", "2040-01-01", "-o", change, config=config)
    for city in ("510100", "510600"):
        hanse("charter", "sign", change, config=cities.folder / city / "node.toml")
    hanse("charter", "apply", change, config=config)
    nodes = cities.zone.nodes
    until(lambda: nodes["510100"].league.version == nodes["510600"].league.version == 2)
    cities.start("510700")
    until(lambda: nodes["510700"].league.version == 2)
    assert ask(cities.running(), "510700", "510600")["state"] == "answered"


def test_a_city_that_moves_is_found_at_its_new_address(cities: Places, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    cities.start("510100", "510700")
    change = tmp_path / "change.json"
    config = cities.folder / "510100" / "node.toml"
    hanse(
        "charter", "propose", "address", "510600", f"http://127.0.0.1:{port}", "-o", change,
        config=config,
    )  # fmt: skip
    for city in ("510100", "510600"):
        hanse("charter", "sign", change, config=cities.folder / city / "node.toml")
    hanse("charter", "apply", change, config=config)
    old = load(cities.folder / "510600" / "node.toml").listen_port
    configured(cities.folder, "510600", lambda text: text.replace(str(old), str(port)))
    cities.start("510600")
    zone = cities.running()
    for city in ("510100", "510700"):
        until(partial(is_answered, zone, city, "510600"))
        assert ask(zone, "510600", city)["state"] == "answered"
    assert {node.league.version for node in cities.zone.nodes.values()} == {2}


def test_a_body_that_cannot_go_holds_up_its_own_message_alone(cities: Places) -> None:
    configured(
        cities.folder,
        "510600",
        lambda text: text.replace("[limits]", "[limits]\nbody_bytes_max=999999"),
    )
    cities.start("510100", "510600")
    zone = cities.running()
    bodies = []
    for data in (b"larger than the peer takes" * 200_000, b"lost here"):
        token = zone.zone.tokens["510100"]["operations"]
        put = send(
            "PUT", f"{zone.zone.addresses['510100']}/api/bodies", data,
            {"Authorization": f"Bearer {token}"},
        )  # fmt: skip
        bodies.append(put.data["body"])
    zone.zone.nodes["510100"].bodies.path(bodies[1]).rename(cities.folder / "elsewhere")
    stuck = []
    for body in bodies:
        path = zone.zone.nodes["510100"].bodies.path(body)
        was_lost = not path.exists()
        if was_lost:
            path.touch()
        (one,) = zone.post(
            "510100", "/api/league/league.ping", {}, to="510600", body=body, wait_seconds=0
        ).data["answers"]
        if was_lost:
            path.unlink()
        stuck.append(one["message_id"])
    for _ in range(5):
        assert ask(zone, "510100", "510600", wait=5)["state"] == "answered"
    too_large, lost = (zone.get("510100", f"/api/messages/{one}").data for one in stuck)
    assert (too_large["state"], lost["state"]) == ("dead", "dead")
    assert too_large["problem"]["values"] == {"status": "413", "code": "body_too_large"}
    assert lost["problem"]["code"] == "body_missing"
    assert peer_status(zone, "510100", "510600")["dead"] == 2
    (cities.folder / "elsewhere").rename(zone.zone.nodes["510100"].bodies.path(bodies[1]))
    cities.stop("510600")
    configured(cities.folder, "510600", lambda text: text.replace("body_bytes_max=999999", ""))
    cities.start("510600")
    for message_id in stuck:
        resend = f"/api/operator/outbox/{message_id}/resend"
        assert zone.post("510100", resend, None).data["state"] == "pending"
        until(partial(has_answer, zone, message_id))


def test_a_stopping_node_finishes_what_it_has_taken_and_loses_nothing(cities: Places) -> None:
    cities.start("510100")
    zone = cities.running()
    statuses: dict[int, tuple[int, Any]] = {}

    def publish(number: int) -> None:
        try:
            answer = zone.post("510100", "/api/credit.publish", decision(number), key=f"d{number}")
            statuses[number] = (answer.status, answer.data)
        except OSError as error:
            statuses[number] = (0, type(error).__name__)

    threads = [threading.Thread(target=publish, args=(number,)) for number in range(60)]
    for thread in threads[:40]:
        thread.start()
    stopping = threading.Thread(target=cities.stop, args=("510100",))
    stopping.start()
    for thread in threads[40:]:
        thread.start()
    for thread in (*threads, stopping):
        thread.join(30)
    assert len(statuses) == 60
    assert {status for status, _ in statuses.values()} <= {0, 200, 503}
    cities.start("510100")
    for number, (status, answer) in statuses.items():
        again = zone.post("510100", "/api/credit.publish", decision(number), key=f"d{number}")
        assert again.status == 200
        assert status != 200 or again.data == answer


def decision(number: int) -> dict[str, Any]:
    return {
        "subject": SUBJECT,
        "system": "credit_china",
        "kind": "penalty",
        "subject_region": "510600",
        "authority": make_uscc(1_000_008, region="510600"),
        "authority_region": "510600",
        "decision_number": f"试〔2026〕{number}号",
        "decided_on": "2026-11-02",
        "content": "试验数据",
        "penalties": ["large_fine"],
        "severity": "general",
    }


DRAFT = """
id = "trial-credit"
version = 1
league = "{league}"
title = {{ zh = "试验协议", en = "A trial agreement" }}
parties = ["510100", "510600", "510700"]
valid_from = "2026-01-01T00:00:00Z"
valid_until = "2036-01-01T00:00:00Z"

[[grants]]
id = "g1"
operations = ["credit.record"]
purposes = ["financing"]
organisations = ["510100/tendering"]
fields = ["subject"]
legal_basis = {{ zh = "试验", en = "trial" }}
"""


def test_an_agreement_that_every_city_signs_comes_into_force_everywhere(
    cities: Places, tmp_path: Path
) -> None:
    cities.start(*CITIES)
    zone = cities.running()
    draft, document = tmp_path / "draft.toml", tmp_path / "agreement.json"
    league = zone.zone.nodes["510100"].league.charter
    assert league is not None
    draft.write_text(DRAFT.format(league=league.league), "utf-8")
    hanse("agreement", "draft", draft, "-o", document)
    asked = {"to": "510600", "purpose": "financing", "organisation": "tendering"}
    path = "/api/league/credit.record"

    def granted() -> dict[str, Any]:
        answer = zone.post("510100", path, {"subject": SUBJECT}, wait_seconds=5, **asked)
        found: dict[str, Any] = answer.data["answers"][0]
        return found

    assert granted()["problem"]["code"] == "purpose_not_granted"
    for city in CITIES:
        said = hanse("agreement", "sign", document, config=cities.folder / city / "node.toml")
        assert ("in_force" in said) == (city == CITIES[-1]), said
    answer = until(lambda: (now := granted())["state"] == "answered" and now)
    assert answer["answer"] == {"subject": SUBJECT}
    for city in CITIES:
        until(partial(is_in_force, zone, city))
    listed = json.loads(
        hanse("agreement", "list", "--json", config=cities.folder / "510700" / "node.toml")
    )
    assert {one["id"]: one["missing"] for one in listed}["trial-credit"] == []


def is_in_force(zone: Running, city: str) -> bool:
    agreements = zone.get(city, "/api/operator/status").data["agreements"]
    return any((one["id"], one["status"]) == ("trial-credit", "in_force") for one in agreements)


def is_answered(zone: Running, city: str, other: str) -> bool:
    return bool(ask(zone, city, other, wait=0.5)["state"] == "answered")


def has_answer(zone: Running, message_id: str) -> bool:
    found = zone.get("510100", f"/api/messages/{message_id}").data
    return bool(found["state"] == "answered")
