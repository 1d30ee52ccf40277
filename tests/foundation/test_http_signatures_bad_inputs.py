"""Every broken signature is refused with its own code, in both languages."""

import json
from pathlib import Path
from typing import Any

import pytest

from hanse.foundation.errors import Problem
from hanse.foundation.http_signatures import (
    RequestParts,
    Signed,
    read_signature,
    signature_base,
)

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "bad_signatures.json"
CASES: list[dict[str, Any]] = json.loads(VECTORS.read_bytes())["cases"]


def read_everything(signature_input: str | None, signature: str | None) -> tuple[Signed, bytes]:
    """What a receiver does before it looks for the key."""
    headers = {"content-type": "application/json"}
    if signature_input is not None:
        headers["signature-input"] = signature_input
    if signature is not None:
        headers["signature"] = signature
    signed = read_signature(headers, "hanse")
    base = signature_base(signed, RequestParts("POST", "example.com", "/foo", headers))
    assert (signed.created, signed.keyid, signed.nonce, signed.tag) == (1, "k", "n", "t")
    return signed, base


def test_the_reader_accepts_what_is_right() -> None:
    """Or the refusals below would prove nothing."""
    parameters = ';created=1;keyid="k";nonce="n";tag="t"'
    for components in ('"@method" "content-type"', '"signature";key="hanse"', "", '  "@path"  '):
        signed, base = read_everything(f"hanse=({components}){parameters}", "hanse=:AAAA:")
        assert signed.signature == bytes(3)
        assert base.endswith(f'"@signature-params": ({components}){parameters}'.encode())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_bad_signature_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(Problem) as refused:
        read_everything(case["signature_input"], case["signature"])
    assert refused.value.code == case["code"]
    assert refused.value.kind.status in (400, 401)
    assert "{" not in refused.value.hint.zh + refused.value.detail.en


def test_names_in_the_file_are_different() -> None:
    assert len({case["name"] for case in CASES}) == len(CASES) > 60


@pytest.mark.parametrize("field", ["signature_input", "signature"])
def test_oversized_field_is_refused(field: str) -> None:
    values = {"signature_input": "hanse=()", "signature": "hanse=:AAAA:"}
    values[field] += f', filler="{"x" * 40_000}"'
    with pytest.raises(Problem) as refused:
        read_everything(**values)
    assert refused.value.code == "signature_malformed"


@pytest.mark.parametrize(
    "signature_input",
    [
        "hanse=(" + " ".join(f'"x-{number}"' for number in range(65)) + ")",
        "hanse=()" + "".join(f";p{number}" for number in range(33)),
        "hanse=()," + ",".join(f"l{number}=()" for number in range(64)),
    ],
    ids=["components", "parameters", "labels"],
)
def test_too_many_of_anything_is_refused(signature_input: str) -> None:
    with pytest.raises(Problem) as refused:
        read_everything(signature_input, "hanse=:AAAA:")
    assert refused.value.code == "signature_malformed"
    assert "too many" in refused.value.values["reason"]


def test_long_component_does_not_fill_the_refusal() -> None:
    with pytest.raises(Problem) as refused:
        read_everything(f'hanse=("{"x" * 20_000}")', "hanse=:AAAA:")
    assert refused.value.code == "signature_component_unsupported"
    assert len(refused.value.detail.en) < 200


@pytest.mark.parametrize("broken", ["a\nb", "a\r\nb: c", "a\rb", "成都", "a\u2028b"])
@pytest.mark.parametrize("place", ["method", "authority", "path", "query", "field"])
def test_value_that_is_not_one_line_of_ascii_is_refused(broken: str, place: str) -> None:
    """A line break in a value could pose as another covered component."""
    values = dict.fromkeys(("method", "authority", "path", "query", "field"), "x")
    values[place] = broken
    headers = {
        "x-field": values["field"],
        "signature-input": 'hanse=("@method" "@authority" "@path" "@query" "x-field")',
        "signature": "hanse=:AAAA:",
    }
    parts = RequestParts(
        values["method"], values["authority"], values["path"], headers, values["query"]
    )
    with pytest.raises(Problem) as refused:
        signature_base(read_signature(headers, "hanse"), parts)
    assert refused.value.code == "signature_malformed"
