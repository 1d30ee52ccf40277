"""The charters of `bad_charters.json`, which any implementation of the league can run."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.league.leagues import refused

from hanse.mechanisms.league.charter import Charter, SignedCharter, read_charter
from hanse.mechanisms.league.charter_changes import accept

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "bad_charters.json"
FILE: dict[str, Any] = json.loads(VECTORS.read_bytes())
CASES: list[dict[str, Any]] = FILE["cases"]


def held(case: dict[str, Any]) -> SignedCharter | None:
    name = case["current"]
    return None if name is None else read_charter(FILE["held"][name].encode())


def proposed(case: dict[str, Any]) -> Charter:
    signed = read_charter(case["proposed"].encode())
    return accept(held(case), signed, datetime.fromisoformat(case["at"]), case["genesis"])


def test_the_vectors_begin_with_charters_that_are_accepted() -> None:
    """Or the refusals would prove nothing."""
    assert [case["code"] for case in CASES[:5]] == [None] * 5
    assert all(case["code"] for case in CASES[5:])


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_vector(case: dict[str, Any]) -> None:
    if case["code"] is None:
        document = json.loads(case["proposed"])["document"]
        assert proposed(case).as_dict() == document
        return
    with refused(case["code"]):
        proposed(case)
