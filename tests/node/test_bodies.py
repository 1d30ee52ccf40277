"""Large bodies: put by an agency, handed to the other city before the question, fetched there."""

import hashlib
import tracemalloc
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from hanse.foundation.clock import wall_clock
from hanse.foundation.identity import system_randomness
from hanse.mechanisms.exchange.bodies import seal_body_request
from hanse.mechanisms.exchange.message import Kind, read_line
from tests.node.running import Answer, Running, send
from tests.node.test_deliveries import deliver, ping, sealed, signer

SIZE = 24_000_000
MEMORY_MAX = 8_000_000


def put(zone: Running, city: str, data: bytes, organisation: str = "operations") -> Answer:
    headers = {"Authorization": f"Bearer {zone.zone.tokens[city][organisation]}"}
    return send("PUT", f"{zone.zone.addresses[city]}/api/bodies", data, headers)


def files(zone: Running, city: str) -> set[str]:
    folder = zone.zone.nodes[city].config.bodies_folder
    return {path.name for path in Path(folder).glob("*")}


def put_to_peer(zone: Running, digest: str, data: bytes, *, by: str = "510100") -> Answer:
    """A transfer between cities, as it goes over the wire."""
    address = zone.zone.addresses["510600"]
    path = f"/hanse/v1/bodies/{digest}"
    headers = seal_body_request(
        signer(zone, by),
        authority=urlsplit(address).netloc,
        path=path,
        digest=digest,
        charter_version=1,
        now=wall_clock(),
        nonce=system_randomness(16),
    )
    return send("PUT", address + path, data, headers)


def digest_of(data: bytes) -> str:
    return f"sha-256:{hashlib.sha256(data).hexdigest()}"


def test_a_body_goes_with_its_question_and_is_fetched_at_the_other_city(zone: Running) -> None:
    data = system_randomness(1_000) * (SIZE // 1_000)
    tracemalloc.start()
    stored = put(zone, "510100", data)
    digest = stored.data["body"]
    assert (stored.status, digest) == (201, digest_of(data))
    answer = zone.post(
        "510100", "/api/league/league.ping", {}, to="510600", body=digest, wait_seconds=20
    )
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.data["answers"][0]["state"] == "answered"
    assert peak < MEMORY_MAX
    token = zone.zone.tokens["510600"]["operations"]
    url = f"{zone.zone.addresses['510600']}/api/bodies/{digest}"
    fetched = send("GET", url, headers={"Authorization": f"Bearer {token}"})
    assert fetched.body == data
    assert send("GET", url).status == 401


def test_a_question_with_an_unknown_body_does_not_leave(zone: Running) -> None:
    answer = zone.post(
        "510100", "/api/league/league.ping", {}, to="510600", body=digest_of(b"unknown")
    )
    assert (answer.status, answer.data["code"]) == (404, "body_missing")


def test_a_message_whose_body_has_not_come_is_asked_for_again(zone: Running) -> None:
    data = b"a body that comes late"
    line = ping(body=digest_of(data))
    early = read_line(deliver(zone, sealed(zone, [line])).body.splitlines()[0])
    assert (early.kind, early.data["code"], early.data["retry"]) == (
        Kind.REFUSAL,
        "body_not_here",
        True,
    )
    assert put_to_peer(zone, digest_of(data), data).status == 201
    late = read_line(deliver(zone, sealed(zone, [line])).body.splitlines()[0])
    assert late.kind is Kind.ANSWER


def test_a_body_that_is_not_its_digest_is_refused_and_leaves_nothing(zone: Running) -> None:
    before = files(zone, "510600")
    answer = put_to_peer(zone, digest_of(b"one"), b"another")
    assert (answer.status, answer.data["code"]) == (400, "body_digest_wrong")
    assert files(zone, "510600") == before


@pytest.mark.parametrize("name", ["sha-256:00", "..%2f..%2fetc", "md5:" + "0" * 64])
def test_a_body_has_no_other_name_than_its_digest(zone: Running, name: str) -> None:
    answer = send("PUT", f"{zone.zone.addresses['510600']}/hanse/v1/bodies/{name}", b"x")
    assert (answer.status, answer.data["code"]) == (400, "body_name_wrong")


def test_a_stranger_stores_nothing(zone: Running) -> None:
    before = files(zone, "510600")
    digest = digest_of(b"x")
    address = zone.zone.addresses["510600"]
    answer = send("PUT", f"{address}/hanse/v1/bodies/{digest}", b"x")
    assert (answer.status, answer.data["code"]) == (401, "signature_missing")
    assert send("PUT", f"{address}/api/bodies", b"x").status == 401
    assert files(zone, "510600") == before
