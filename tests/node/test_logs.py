"""What is logged are ids, codes and places: never data, words of an error, keys or tokens."""

import json

import pytest
import structlog

from hanse.node import logs


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_only_listed_fields_reach_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(verbose=True)
    try:
        log = structlog.get_logger("test")
        log.info("taken", peer="510600", data={"person": "secret"}, token="secret", line=b"secret")
        try:
            raise ValueError("the value secret is wrong")
        except ValueError as error:
            log.error("failed", reference="r1", operation="x.y", exc_info=error)
        first, second = logged(capsys)
    finally:
        structlog.reset_defaults()
    assert (first["event"], first["peer"]) == ("taken", "510600")
    assert (second["error"], second["reference"]) == ("ValueError", "r1")
    assert second["where"]
    assert "secret" not in json.dumps([first, second])


def test_a_quiet_log_tells_only_what_needs_somebody(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    try:
        structlog.get_logger("test").info("taken")
        structlog.get_logger("test").warning("expiring", agreement="credit")
        (only,) = logged(capsys)
    finally:
        structlog.reset_defaults()
    assert only["event"] == "expiring"
