"""Messages from outside that are refused: each with its code, none with the value at fault."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from hanse.foundation.errors import KINDS, Problem
from hanse.foundation.iso20022 import FORMATS, read, write
from hanse.foundation.iso20022.problems import (
    FILE_BYTES_MAX,
    ISO_FILE_MALFORMED,
    ISO_FILE_TOO_LARGE,
    ISO_TOO_MANY,
)
from hanse.foundation.safe_xml import TAGS_MAX

from .schemas import xsd
from .strategies import PLAIN

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "bad_iso20022"
FILES = sorted(VECTORS.glob("*.xml"))
NEVER_SAID = ("生成的付款人", "6200000000000001", "80000", "MSG-1", "root:")


def refusal_of(document: bytes) -> str:
    """The refusal's code, or that parts were dropped, or nothing at all."""
    try:
        reading = read(document)
    except Problem as problem:
        return problem.code
    return "dropped" if reading.dropped else ""


def named(path: Path) -> str:
    return path.stem


def test_the_vectors_are_there() -> None:
    assert len(FILES) == 121
    codes = {path.stem.split("__")[0] for path in FILES}
    declared = {code.removeprefix("iso_") for code in KINDS if code.startswith("iso_")}
    made_here = {"file_too_large", "currency_mixed"}
    assert codes == declared - made_here


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_broken_message_is_refused_with_its_code(path: Path) -> None:
    with pytest.raises(Problem) as caught:
        read(path.read_bytes())
    problem = caught.value
    assert problem.code == "iso_" + path.stem.split("__")[0]
    assert not problem.kind.retry
    for value in NEVER_SAID:
        assert value not in str(problem.as_dict())


def test_a_file_above_the_limit_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(Problem) as caught:
        read(b" " * (FILE_BYTES_MAX + 1))
    assert caught.value.kind is ISO_FILE_TOO_LARGE


def test_a_file_of_nothing_but_tags_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(Problem) as caught:
        read(b"<a>" + b"<b/>" * TAGS_MAX + b"</a>")
    assert caught.value.kind is ISO_FILE_MALFORMED


def test_one_payment_above_the_limit_is_refused() -> None:
    document = write(PLAIN["pacs.008"])
    match = re.search(rb"<CdtTrfTxInf>.*?</CdtTrfTxInf>", document)
    assert match is not None
    short = re.sub(
        rb"<(Nm|Ustrd|UETR)>.*?</\1>|<Purp>.*?</Purp>|<RmtInf>.*?</RmtInf>", b"", match[0]
    )
    with pytest.raises(Problem) as caught:
        read(document.replace(match[0], short * 5_001))
    assert caught.value.kind is ISO_TOO_MANY


@pytest.mark.parametrize("kind", sorted(PLAIN))
@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_a_changed_byte_is_read_or_refused_and_never_breaks_the_reader(
    kind: str, data: st.DataObject
) -> None:
    document = write(PLAIN[kind])
    at = data.draw(st.integers(0, len(document) - 1))
    instead = data.draw(st.binary(max_size=3))
    code = refusal_of(document[:at] + instead + document[at + 1 :])
    assert code in ("", "dropped") or code.startswith("iso_")


@pytest.mark.parametrize("kind", ["pacs.008", "camt.053"])
@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_an_element_moved_or_doubled_is_never_read_where_the_schema_refuses_it(
    kind: str, data: st.DataObject
) -> None:
    """What the official schema refuses for its structure, ours refuses or names as dropped."""
    root = etree.fromstring(write(PLAIN[kind]))
    elements = [one for one in root.iter() if one is not root and one.getparent() is not root]
    moved = data.draw(st.sampled_from(elements))
    parent = moved.getparent()
    assert parent is not None
    copied = etree.fromstring(etree.tostring(moved))
    parent.insert(data.draw(st.integers(0, len(parent))), copied)
    if data.draw(st.booleans()):
        parent.remove(moved)
    if xsd(FORMATS[kind].written).validate(root):
        return
    code = refusal_of(etree.tostring(root))
    assert code.startswith(("iso_", "dropped"))
