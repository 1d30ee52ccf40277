"""Documents come from outside: what is not exactly right is refused, and nothing else raises."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.league.leagues import (
    CHENGDU,
    DEYANG,
    UNHURRIED,
    agreement,
    founding,
    refused,
    signed_by,
    stated,
)

from hanse.foundation.errors import Problem
from hanse.mechanisms.league.agreements import StatementKind, read_agreement, read_statement
from hanse.mechanisms.league.charter import read_charter
from hanse.mechanisms.league.documents import DOCUMENT_BYTES_MAX, read_json

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "bad_documents.json"
CASES: list[dict[str, Any]] = json.loads(VECTORS.read_bytes())["cases"]
GOOD = signed_by(founding((CHENGDU, DEYANG)), CHENGDU, DEYANG).to_bytes()


def test_the_vectors_begin_with_documents_that_are_right() -> None:
    """Or the refusals would prove nothing."""
    assert [case["name"] for case in CASES if case["code"] is None] == [
        "good charter",
        "good agreement",
        "good statement",
    ]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_vector(case: dict[str, Any]) -> None:
    read: Any = {
        "charter": read_charter,
        "agreement": read_agreement,
        "statement": read_statement,
    }[case["kind"]]
    data = case["text"].encode()
    if case["code"] is None:
        assert read(data).to_bytes() == data
        return
    with refused(case["code"]):
        read(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "JSONDecodeError"),
        (b"\xff\xfe", "UnicodeDecodeError"),
        (b"\xef\xbb\xbf{}", "JSONDecodeError"),
        (b"[]", "the outermost value is an object"),
        (b"{}{}", "JSONDecodeError"),
        (b'{"a":1,"a":1}', "a name stands twice in one object"),
        (b'{"a":1,"\\u0061":1}', "a name stands twice in one object"),
        (b'{"a":null}', "null: leave a field without a value out"),
        (b'{"a":1.0}', "a number that is not whole"),
        (b'{"a":1e2}', "a number that is not whole"),
        (b'{"a":NaN}', "a number that is not whole"),
        (b'{"a":-Infinity}', "a number that is not whole"),
        (b'{"a":-0}', "minus zero"),
        (b'{"a":9007199254740992}', "IntegerDomainError"),
        (b'{"a":' + b"9" * 5000 + b"}", "a number beyond 2^53 - 1"),
        (b'{"a":"\\ud800"}', "CanonicalizationError"),
        (b'{"a":' + b"[" * 24 + b"]" * 24 + b"}", "more than 24 levels"),
        (b'{"a":' + b"[" * 400_000, "more than 24 levels"),
        (b'{"a":"\\' + b'"' * 900_000, "JSONDecodeError"),
        (b'{"a":"' + b'\\"' * 450_000, "JSONDecodeError"),
    ],
)
def test_broken_json_is_refused(data: bytes, reason: str) -> None:
    with refused("document_malformed", reason=reason):
        read_json(data)


def test_brackets_within_texts_are_no_levels() -> None:
    assert read_json(b'{"a":"' + b"[" * 100 + b'\\"{{"}') == {"a": "[" * 100 + '"{{'}


def test_json_as_deep_as_allowed_is_read() -> None:
    assert read_json(b'{"a":' + b"[" * 23 + b"]" * 23 + b"}")


def test_size_is_limited() -> None:
    room = DOCUMENT_BYTES_MAX - len(b'{"a":""}')
    assert read_json(b'{"a":"' + b"x" * room + b'"}')
    with refused("document_too_large"):
        read_json(b'{"a":"' + b"x" * (room + 1) + b'"}')


def test_names_from_outside_are_told_within_limits() -> None:
    raw = json.loads(GOOD)
    raw["document"]["x" * 5000] = 1
    with pytest.raises(Problem) as caught:
        read_charter(json.dumps(raw).encode())
    assert caught.value.code == "document_invalid"
    assert len(caught.value.values["fields"]) < 1000


def test_the_number_of_signatures_is_limited() -> None:
    raw = json.loads(GOOD)
    raw["signatures"] = [{**raw["signatures"][0], "key": f"k{number}"} for number in range(513)]
    with refused("document_malformed"):
        read_charter(json.dumps(raw).encode())
    raw["signatures"].pop()
    assert len(read_charter(json.dumps(raw).encode()).signatures) == 512


@UNHURRIED
@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(Problem):
        read_charter(data)


@UNHURRIED
@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_a_changed_byte_is_refused_or_changes_what_is_read(at: int, byte: int) -> None:
    data = GOOD[:at] + bytes([byte]) + GOOD[at + 1 :]
    try:
        read = read_charter(data)
    except Problem:
        return
    assert (read.to_bytes() == GOOD) == (data == GOOD)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@UNHURRIED
@given(st.data())
def test_a_replaced_value_is_refused_or_read_as_it_stands(data: st.DataObject) -> None:
    """No value is quietly turned into another: what is read is what was written."""
    raw = json.loads(GOOD)
    place = raw["document"] if data.draw(st.booleans()) else raw["document"]["members"][0]
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(JSON)
    written = json.dumps(raw).encode()
    try:
        read = read_charter(written)
    except Problem:
        return
    again = json.loads(read.to_bytes())
    assert json.dumps(again, sort_keys=True) == json.dumps(raw, sort_keys=True)


def test_statements_and_agreements_are_not_taken_for_each_other() -> None:
    agreed = signed_by(agreement(), CHENGDU).to_bytes()
    statement = stated(CHENGDU, (StatementKind.END, 3))[0].to_bytes()
    for read, data in (
        (read_statement, agreed),
        (read_agreement, statement),
        (read_charter, agreed),
    ):
        with refused("document_invalid"):
            read(data)
