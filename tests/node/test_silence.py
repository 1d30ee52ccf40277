"""A running node's log of everything that goes wrong: no token, no person, no word of an error."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from hanse.foundation.identifiers import make_uscc
from hanse.node import logs
from tests.node.places import Places, impatient, places
from tests.node.running import make_zone, send, until
from tests.node.test_deliveries import deliver, ping, sealed

SECRET = "秘密的内容"
SUBJECT = make_uscc(1_000_011, region="510600")


@pytest.fixture
def errors(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is logged from here on, all that there is."""
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    monkeypatch.setattr(logging, "lastResort", logging.lastResort)
    logs.configure(verbose=True)
    yield written
    structlog.reset_defaults()


@pytest.fixture
def cities(errors: io.StringIO, tmp_path: Path) -> Iterator[Places]:
    """Two cities that log all they can."""
    folder = make_zone(tmp_path / "zone", "510100", "510600")
    impatient(folder)
    with places(folder) as found:
        yield found


def fail(*_given: Any, **_named: Any) -> Any:
    raise ValueError(SECRET)


def test_what_goes_wrong_is_logged_without_anything_secret(
    cities: Places,
    errors: io.StringIO,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cities.start("510100")
    zone = cities.running()
    asked = {"to": "510600", "purpose": "tendering", "organisation": "tendering"}
    path = "/api/league/credit.record"
    zone.post("510100", path, {"subject": SUBJECT}, wait_seconds=0.3, **asked)
    cities.start("510600")
    until(lambda: zone.is_alive("510600"))
    address = zone.zone.addresses["510100"]
    wrong = {"Authorization": f"Bearer {SECRET.encode().hex()}", "Content-Type": "application/json"}
    assert send("POST", f"{address}/api/league.ping", b"{}", wrong).status == 401
    assert zone.post("510100", "/api/credit.record", {"subject": SECRET}).status == 422
    assert deliver(zone, sealed(zone, [ping(data={"x": SECRET})])).status == 200
    assert deliver(zone, sealed(zone, [ping()]), SECRET.encode()).status == 400
    for name in ("call", "take_delivery", "charters_after"):
        monkeypatch.setattr(cities.zone.nodes["510600"], name, fail)
    failures = [
        zone.post("510600", "/api/league.ping", {}),
        deliver(zone, sealed(zone, [ping()])),
        send("GET", zone.zone.addresses["510600"] + "/hanse/v1/charter"),
    ]
    for answer in failures:
        assert (answer.status, answer.data["code"]) == (500, "internal_error")
        assert SECRET not in answer.body.decode()
    cities.stop("510100", "510600")
    text = errors.getvalue()
    tokens = [token for city in cities.zone.tokens.values() for token in city.values()]
    for hidden in (SECRET, SECRET.encode().hex(), SUBJECT, *tokens):
        assert hidden not in text + caplog.text
    lines = [json.loads(line) for line in text.splitlines()]
    events = {line["event"] for line in lines}
    assert {"node_started", "delivery_failed", "failed", "node_stopped"} <= events
    references = [line["reference"] for line in lines if line["event"] == "failed"]
    assert {one.data["values"]["reference"] for one in failures} <= set(references)
    assert len(references) == len(set(references))


def test_what_a_library_logs_is_told_without_its_words(
    errors: io.StringIO,
) -> None:
    handler = logging.lastResort
    assert handler is not None
    try:
        fail()
    except ValueError as error:
        given = (type(error), error, error.__traceback__)
        handler.handle(
            logging.LogRecord("a.library", logging.ERROR, "x.py", 1, SECRET, None, given, "work")
        )
    handler.handle(logging.LogRecord("a.library", logging.ERROR, "x.py", 1, SECRET, None, None))
    first, second = (json.loads(line) for line in errors.getvalue().splitlines())
    assert (first["event"], first["error"]) == ("library", "ValueError")
    assert (second["event"], second["where"]) == ("library", "a.library:None")
    assert SECRET not in json.dumps([first, second], ensure_ascii=False)
