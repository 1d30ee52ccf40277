"""The vectors of docs/protocol.md are what the code makes, and the code refuses the bad ones."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from hanse.foundation.errors import Problem
from hanse.foundation.http_signatures import RequestParts
from hanse.mechanisms.exchange.delivery import DELIVERY_PATH, open_request, open_response
from hanse.mechanisms.exchange.message import commitment, read_line
from hanse.mechanisms.league.agreement_records import accept_agreement, accept_statement
from hanse.mechanisms.league.agreements import read_agreement, read_statement
from hanse.mechanisms.league.charter import SignedCharter, read_charter
from hanse.mechanisms.league.charter_changes import accept
from hanse.mechanisms.league.view import LeagueView
from tests.protocol.vectors import FOLDER, files


def load(name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return value


def as_bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_the_vectors_are_current(path: Path) -> None:
    assert path.read_text("utf-8") == files()[path], "run python -m tests.protocol.vectors"


def first_charter() -> SignedCharter:
    found = load("documents")
    signed = read_charter(as_bytes(found["charter"]["signed"]))
    accept(None, signed, datetime.fromisoformat(found["at"]), signed.digest)
    return signed


def league() -> LeagueView:
    return LeagueView(city="510600", revision=1, charter=first_charter().document, records=())


def test_the_good_documents_are_accepted() -> None:
    found = load("documents")
    at = datetime.fromisoformat(found["at"])
    current = first_charter()
    following = read_charter(as_bytes(found["next_charter"]["signed"]))
    assert accept(current, following, at, None).version == 2
    agreed = read_agreement(as_bytes(found["agreement"]["signed"]))
    record = accept_agreement(None, agreed, current.document, at)
    assert record.agreed
    stated = read_statement(as_bytes(found["statement"]["signed"]))
    assert accept_statement(record, stated, current.document, at).statements
    for name in ("charter", "next_charter", "agreement", "statement"):
        read = {"charter": read_charter, "next_charter": read_charter}.get(name)
        document = (
            (read or (read_agreement if name == "agreement" else read_statement))(
                as_bytes(found[name]["signed"])
            )
        ).document
        assert document.canonical().decode() == found[name]["canonical"]
        assert document.digest == found[name]["digest"]


@pytest.mark.parametrize(
    "case", load("documents")["bad_after_charter"], ids=lambda one: one["code"]
)
def test_a_bad_charter_is_refused_by_its_code(case: dict[str, Any]) -> None:
    at = datetime.fromisoformat(load("documents")["at"])
    with pytest.raises(Problem) as refused:
        accept(first_charter(), read_charter(as_bytes(case["signed"])), at, None)
    assert refused.value.code == case["code"]


@pytest.mark.parametrize("case", load("messages")["good"], ids=lambda one: one["operation"])
def test_a_good_line_is_read_and_committed_to(case: dict[str, Any]) -> None:
    line = case["line"].encode()
    assert read_line(line).to_line() == line
    assert commitment(line).hex() == case["commitment"]


@pytest.mark.parametrize("case", load("messages")["bad"], ids=lambda one: one["why"])
def test_a_bad_line_is_refused_by_its_code(case: dict[str, Any]) -> None:
    with pytest.raises(Problem) as refused:
        read_line(case["line"].encode())
    assert refused.value.code == case["code"]


def request_parts(headers: dict[str, str]) -> RequestParts:
    return RequestParts("POST", load("delivery")["authority"], DELIVERY_PATH, headers)


def test_the_good_delivery_and_its_answer_verify() -> None:
    found = load("delivery")
    at = datetime.fromisoformat(found["at"])
    request = request_parts(found["request"]["headers"])
    opened = open_request(request, found["request"]["body"].encode(), league(), at)
    assert opened.city == "510100"
    assert opened.base.decode() == found["request"]["signature_base"]
    assert [leaf.hex() for leaf in opened.leaves] == found["request"]["leaves"]
    answer = found["response"]
    answered = open_response(answer["headers"], answer["body"].encode(), request, league(), at)
    assert answered.city == "510600"
    assert answered.base.decode() == answer["signature_base"]


@pytest.mark.parametrize("index", range(len(load("delivery")["bad_requests"])))
def test_a_bad_delivery_is_refused_by_its_code(index: int) -> None:
    found = load("delivery")
    case = found["bad_requests"][index]
    at = datetime.fromisoformat(found["at"])
    with pytest.raises(Problem) as refused:
        open_request(request_parts(case["headers"]), case["body"].encode(), league(), at)
    assert refused.value.code == case["code"]


def test_an_answer_of_another_request_is_refused() -> None:
    found = load("delivery")
    at = datetime.fromisoformat(found["at"])
    other = dict(found["request"]["headers"])
    other["signature"] = "hanse=:" + "A" * 86 + "==:"
    answer = found["response"]
    with pytest.raises(Problem) as refused:
        open_response(
            answer["headers"], answer["body"].encode(), request_parts(other), league(), at
        )
    assert refused.value.code == "signature_wrong"
