"""Requests that nobody means: refused by code on both stores, and the next one is answered."""

import itertools
import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from sqlalchemy import create_engine, text

from tests.conftest import STORES
from tests.node.running import Answer, Running, make_zone, run_zone, send

CITIES = ("510100", "510600")
NUMBERS = itertools.count(1)


@pytest.fixture(scope="module", params=STORES)
def zone(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """Two cities, once on SQLite and once on PostgreSQL."""
    databases = None
    if request.param == "postgresql":
        host = request.getfixturevalue("postgres_server")
        databases = {city: database(host) for city in CITIES}
    folder = make_zone(tmp_path_factory.mktemp("zone"), *CITIES, databases=databases)
    with run_zone(folder) as found:
        yield found


def database(host: str) -> str:
    name = f"hostile_{next(NUMBERS)}"
    admin = create_engine(
        f"postgresql+psycopg://postgres@/postgres?host={host}", isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return f"postgresql+psycopg://postgres@/{name}?host={host}"


def call(zone: Running, path: str, body: bytes, **headers: str) -> Answer:
    token = zone.zone.tokens["510100"]["operations"]
    fields = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **headers}
    return send("POST", zone.zone.addresses["510100"] + path, body, fields)


def refused(answer: Answer) -> Any:
    assert 400 <= answer.status < 500, (answer.status, answer.body[:300])
    assert answer.data["code"]
    assert answer.data["texts"]["hint"]["en"]
    assert len(answer.body) < 20_000
    return answer.data["code"]


NASTY = {
    "NUL": "a\u0000b",
    "a lone surrogate": "\ud800",
    "a control character": "\u0007",
    "a very long name": "x" * 300_000,
    "a direction mark": "\u202e",
}


@pytest.mark.parametrize("name", NASTY)
def test_a_field_with_a_nasty_name_is_refused(zone: Running, name: str) -> None:
    body = json.dumps({NASTY[name]: 1}).encode()
    for path in ("/api/league.ping", "/api/league/league.ping?to=510600"):
        assert refused(call(zone, path, body)) == "data_invalid"
    assert zone.is_alive("510600")


@pytest.mark.parametrize("name", NASTY)
def test_a_nasty_text_in_any_operation_is_no_server_error(zone: Running, name: str) -> None:
    schema = send("GET", zone.zone.addresses["510100"] + "/api/openapi.json").data
    for path, methods in schema["paths"].items():
        if "post" not in methods or not path.startswith("/api/") or "{" in path:
            continue
        found = methods["post"].get("requestBody")
        reference = found["content"]["application/json"]["schema"] if found else {}
        body = json.dumps(filled(schema, reference, NASTY[name])).encode()
        query = "?to=510600&wait_seconds=5&purpose=tendering" if "/league/" in path else ""
        answer = call(zone, path + query, body)
        assert answer.status < 500, (path, answer.body[:500])
    assert zone.is_alive("510600")


def filled(schema: Any, of: Any, value: str) -> Any:
    """A request with that text wherever its form has a text without a pattern."""
    if "$ref" in of:
        of = schema["components"]["schemas"][of["$ref"].rsplit("/", 1)[-1]]
    for choice in of.get("anyOf", of.get("oneOf", ())):
        if choice.get("type") != "null":
            return filled(schema, choice, value)
    if "enum" in of or "const" in of:
        return of.get("const", of.get("enum", [None])[0])
    kind = of.get("type")
    if kind == "object":
        fields = of.get("properties", {})
        return {name: filled(schema, form, value) for name, form in fields.items()}
    if kind == "array":
        return [filled(schema, of.get("items", {}), value)]
    if kind in ("integer", "number"):
        return of.get("minimum", 1)
    if kind == "boolean":
        return False
    return {"date": "2026-11-02", "date-time": "2026-11-02T08:00:00Z"}.get(
        of.get("format", ""), value
    )


@pytest.mark.parametrize(
    "path",
    [
        "/api/league.ping?purpose=%00",
        "/api/league.ping?purpose=%F0%9F%92%A3%00",
        "/api/league/league.ping?to=510600&purpose=%00",
        "/api/league/league.ping?to=%00",
        "/api/league/league.ping?to=" + ",".join(map(str, range(510_000, 510_070))),
        "/api/league/league.ping?to=510600&wait_seconds=nan",
        "/api/league/league.ping?to=510600&wait_seconds=inf",
        "/api/league/league.ping?to=510600&wait_seconds=-1",
        "/api/league/league.ping?to=510600&wait_seconds=1e308",
        "/api/league/league.ping",
        "/api/operator/outbox/%00/resend",
        "/api/operator/outbox/" + "x" * 5_000 + "/resend",
        "/api/no.such",
        "/api/" + quote("联盟"),
    ],
)
def test_a_query_that_cannot_be_meant_is_refused(zone: Running, path: str) -> None:
    refused(call(zone, path, b"{}"))
    assert zone.is_alive("510600")


@pytest.mark.parametrize(
    "path",
    [
        "/api/messages/%00",
        "/api/messages/" + "x" * 5_000,
        "/api/operator/outbox?peer=%00",
        "/api/operator/outbox?state=%00",
        "/api/operator/outbox?before=99999999999999999999999",
        "/api/operator/outbox?before=-1",
        "/api/operator/outbox?before=" + "9" * 5_000,
    ],
)
def test_a_look_up_that_cannot_be_meant_is_refused(zone: Running, path: str) -> None:
    refused(zone.get("510100", path))


@pytest.mark.parametrize("key", ["", " ", "x" * 65, "a b", "\u00e4"])
def test_a_key_that_cannot_be_meant_is_refused(zone: Running, key: str) -> None:
    answer = call(zone, "/api/league.ping", b"{}", **{"Idempotency-Key": key})
    assert refused(answer) == "data_invalid"


@pytest.mark.parametrize(
    "token", ["", "\u00ff", "x" * 10_000, "null", "*"], ids=lambda token: token[:5]
)
def test_a_token_that_cannot_be_meant_is_refused(zone: Running, token: str) -> None:
    url = zone.zone.addresses["510100"] + "/api/league.ping"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answer = send("POST", url, b"{}", headers)
    assert (answer.status, answer.data["code"]) == (401, "token_wrong")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"\xff\xfe", 422),
        (b"null", 422),
        (b"[]", 422),
        (b'{"a": ' * 2_000 + b"1" + b"}" * 2_000, 422),
        (b'{"a": 1e999}', 422),
        (b'{"a": ' + b"9" * 5_000 + b"}", 422),
        (b'{"a": NaN}', 422),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_body_that_is_no_object_of_the_form_is_refused(
    zone: Running, body: bytes, status: int
) -> None:
    answer = call(zone, "/api/league.ping", body)
    assert refused(answer)
    assert answer.status in (status, 400)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/hanse/v1/charter?after=99999999999999999999", None, 200),
        ("GET", "/hanse/v1/charter?after=" + "9" * 5_000, None, 200),
        ("GET", "/hanse/v1/charter?after=-1", None, 200),
        ("GET", "/hanse/v1/charter?after=%FF", None, 200),
        ("POST", "/hanse/v1/charter", b"", 400),
        ("POST", "/hanse/v1/charter", b"null", 400),
        ("POST", "/hanse/v1/charter", b'{"charters": {}}', 400),
        ("POST", "/hanse/v1/charter", b'{"charters": []}', 400),
        ("POST", "/hanse/v1/charter", b'{"charters": [null]}', 400),
        ("POST", "/hanse/v1/charter", b'{"charters": [{}]}', 400),
        ("POST", "/hanse/v1/charter", b'{"charters": [' + b"[" * 500 + b"]" * 500 + b"]}", 400),
        ("POST", "/hanse/v1/charter", b"[" * 100_000 + b"]" * 100_000, 400),
        ("POST", "/hanse/v1/charter", b"x" * 9_000_000, 413),
        ("POST", "/hanse/v1/deliveries", b"", 400),
        ("POST", "/hanse/v1/deliveries", b"no line's end", 400),
        ("POST", "/hanse/v1/deliveries", b"\n", 400),
        ("POST", "/hanse/v1/deliveries", b"\x00" * 100 + b"\n", 401),
        ("POST", "/hanse/v1/deliveries", b"x" * 9_000_000, 413),
        ("GET", "/hanse/v1/deliveries", None, 404),
        ("PUT", "/hanse/v1/deliveries", b"", 404),
        ("GET", "/hanse/v1/bodies/sha-256:" + "0" * 64, None, 404),
        ("POST", "/hanse/v1/no-such", b"", 404),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_comes_to_the_cities_door_is_answered_by_its_status(
    zone: Running, method: str, path: str, body: bytes | None, status: int
) -> None:
    address = zone.zone.addresses["510600"]
    try:
        answer = send(method, address + path, body, {"Content-Type": "application/json"})
    except OSError:  # refused before all of it was sent
        assert status == 413
    else:
        assert answer.status == status, answer.body[:300]
    assert zone.is_alive("510600")


@pytest.mark.parametrize(
    "field",
    [
        ("signature-input", "hanse=()"),
        ("signature-input", "hanse=(" + '"x" ' * 5_000 + ")"),
        ("signature-input", "hanse=();created=" + "9" * 400),
        ("signature", "hanse=:" + "A" * 10_000 + ":"),
        ("signature", "\u00ff"),
        ("hanse-root", "::"),
        ("content-digest", "sha-256=:AA==:"),
        ("content-digest", "md5=:AA==:"),
    ],
    ids=lambda field: f"{field[0]} {field[1][:20]}",
)
def test_a_field_of_the_signature_that_cannot_be_meant_is_refused(
    zone: Running, field: tuple[str, str]
) -> None:
    headers = {
        "content-type": "application/x-ndjson",
        "signature-input": 'hanse=("@method");created=1;keyid="510100/k1";nonce="n";'
        'tag="hanse-delivery"',
        "signature": "hanse=:AAAA:",
        field[0]: field[1],
    }
    address = zone.zone.addresses["510600"]
    answer = send("POST", address + "/hanse/v1/deliveries", b"{}\n", headers)
    assert answer.status in (400, 401), answer.body[:300]
    assert answer.data["code"]


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00\x01\x02\x03\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /hanse/v1/deliveries HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /hanse/v1/deliveries HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nshort",
        b"POST /api/league.ping HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /healthz HTTP/1.1\r\n" + b"X: y\r\n" * 5_000 + b"\r\n",
        b"\x16\x03\x01\x02\x00",
    ],
    ids=lambda raw: repr(raw[:25]),
)
def test_what_is_no_http_ends_its_own_connection_alone(zone: Running, raw: bytes) -> None:
    place = urlsplit(zone.zone.addresses["510600"])
    with socket.create_connection((place.hostname, place.port), timeout=5) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(4_096)
    assert not answer or answer.startswith(b"HTTP/1.1 ")
    assert not answer.startswith(b"HTTP/1.1 5")
    assert zone.is_alive("510600")
