"""DATEX II from outside: nothing that it asks for is done, nothing in it is passed over."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from hanse.foundation.errors import ProblemKind
from hanse.foundation.safe_xml import parse_xml
from hanse.services.safety.traffic.formats import datex2
from hanse.services.safety.traffic.formats.datex2_read import (
    RECORDS_PER_SITUATION_MAX,
    SITUATIONS_MAX,
)
from hanse.services.safety.traffic.formats.reading import (
    FILE_BYTES_MAX,
    FILE_HAS_DTD,
    FILE_MALFORMED,
    FILE_TOO_LARGE,
    XML_REFUSALS,
    UnreadReason,
)

from .refusals import refused
from .strategies import CHENGDU, NOON, notice

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "bad_datex2"
REFUSED: dict[str, ProblemKind] = {"doctype": FILE_HAS_DTD, "malformed": FILE_MALFORMED}
UNREAD = {
    "exercise": UnreadReason.EXERCISE,
    "ground_invented": UnreadReason.MALFORMED,
    "kind_contradicted": UnreadReason.CONTRADICTION,
    "record_of_foreign_namespace": UnreadReason.RECORD_UNKNOWN,
    "record_without_type": UnreadReason.RECORD_UNKNOWN,
    "source_unknown": UnreadReason.ISSUER_UNKNOWN,
    "status_contradicted": UnreadReason.CONTRADICTION,
    "status_invented": UnreadReason.CONTRADICTION,
    "suspended": UnreadReason.RECORD_UNKNOWN,
    "without_information_status": UnreadReason.EXERCISE,
}
"""Why each situation is unread; those not named here are malformed."""

RICH = datex2.write(
    [
        notice(
            measure="lane_closed",
            speed_limit_kmh=60,
            affected_vehicles=("truck", "oversize", "through_traffic"),
            description={"zh": "施工", "en": "Works"},
            detour=({"road": "S4", "from_stake_m": 9_000, "to_stake_m": 10},),
            geometry={"points": ({"longitude_e7": 1, "latitude_e7": 2},) * 2},
            consultation={"basis": "agreed", "neighbour": "500000", "at": NOON},
        )
    ],
    CHENGDU,
    NOON,
)
GOOD = datex2.write([notice(description={"zh": "追尾事故"})], CHENGDU, NOON)


def vectors(*kinds: str) -> list[Path]:
    return sorted(path for path in VECTORS.iterdir() if path.name.split("_")[0] in kinds)


def named(path: Path) -> str:
    return path.stem


def test_the_vectors_are_there() -> None:
    assert len(vectors("doctype")) == 6
    assert len(vectors("malformed")) == 11
    assert len(vectors("unread")) == 34
    assert len(list(VECTORS.iterdir())) == 51


@pytest.mark.parametrize("path", vectors("doctype", "malformed"), ids=named)
def test_a_file_that_cannot_be_trusted_is_refused_whole(path: Path) -> None:
    refused(REFUSED[path.name.split("_")[0]], datex2.read, path.read_bytes())


@pytest.mark.parametrize("path", vectors("unread"), ids=named)
def test_a_situation_that_breaks_the_rules_is_named_and_is_no_notice(path: Path) -> None:
    reading = datex2.read(path.read_bytes())
    assert reading.notices == ()
    reason = UNREAD.get(path.stem.removeprefix("unread_"), UnreadReason.MALFORMED)
    assert reading.unread[-1].reason is reason
    assert reading.unread[-1].id.startswith("510100-")
    assert reading.unread[-1].text.zh.startswith(reading.unread[-1].id)


def test_the_second_fence_stops_a_dtd_that_the_first_would_miss(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bomb = (VECTORS / "doctype_external_entity.xml").read_bytes()
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    parsed = etree.fromstring(bomb, parser)
    assert "root:" not in etree.tostring(parsed, encoding="unicode")
    monkeypatch.setattr(etree, "fromstring", lambda *_: parsed)
    refused(FILE_HAS_DTD, lambda: parse_xml(b"<a/>", XML_REFUSALS, bytes_max=9, expected="XML"))


def test_a_file_above_the_limit_is_refused_before_it_is_parsed() -> None:
    refused(FILE_TOO_LARGE, datex2.read, b"<" * (FILE_BYTES_MAX + 1))
    refused(FILE_MALFORMED, datex2.read, b"<" * FILE_BYTES_MAX)


def test_situations_and_records_have_a_limit() -> None:
    situation = GOOD[GOOD.index(b"<sit:situation ") : GOOD.index(b"</con:payload>")]
    crowd = GOOD.replace(situation, b"<sit:situation/>" * (SITUATIONS_MAX + 1))
    refused(FILE_MALFORMED, datex2.read, crowd)
    record = situation[situation.index(b"<sit:situationRecord ") :]
    record = record[: record.index(b"</sit:situationRecord>") + len(b"</sit:situationRecord>")]
    reading = datex2.read(GOOD.replace(record, record * RECORDS_PER_SITUATION_MAX))
    assert [one.reason for one in reading.unread] == [UnreadReason.MALFORMED]


def test_the_same_situation_twice_is_read_once_and_named() -> None:
    start, end = GOOD.index(b"<sit:situation "), GOOD.index(b"</con:payload>")
    reading = datex2.read(GOOD[:end] + GOOD[start:end] + GOOD[end:])
    assert len(reading.notices) == 1
    assert [one.reason for one in reading.unread] == [UnreadReason.DUPLICATE]


def test_one_bad_situation_does_not_cost_the_others() -> None:
    sent = [notice(id="510100-1"), notice(id="510100-2"), notice(id="510100-3")]
    text = datex2.write(sent, CHENGDU, NOON).replace(b'id="510100-2_cause" version="1"', b'id="x"')
    reading = datex2.read(text)
    assert [one.id for one in reading.notices] == ["510100-1", "510100-3"]
    assert [one.id for one in reading.unread] == ["510100-2"]


def test_comments_and_instructions_say_nothing() -> None:
    noisy = GOOD.replace("追尾事故".encode(), "追尾<!-- x --><?php exit ?>事故".encode())
    assert datex2.read(noisy).notices == datex2.read(GOOD).notices


def test_every_broken_byte_is_refused_or_named_and_never_crashes() -> None:
    """A walk over the file: one tag's name spoiled at a time."""
    text = GOOD.decode()
    for place in [index for index, sign in enumerate(text) if sign == "<"][1::3]:
        spoiled = text[: place + 1] + "x" + text[place + 1 :]
        refused(FILE_MALFORMED, datex2.read, spoiled.encode())


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_spoiled_value_is_named_and_never_crashes(data: st.DataObject) -> None:
    """Any one text or attribute of a good message replaced by something else."""
    root = etree.fromstring(RICH)
    element = data.draw(st.sampled_from(list(root.iter())))
    value = data.draw(
        st.sampled_from(
            ["", " ", "-1", "1e99", "NaN", "x" * 3_000, "_extended", "sit:Accident", "\u0661"]
        )
    )
    if element.attrib and data.draw(st.booleans()):
        element.set(data.draw(st.sampled_from([str(name) for name in element.attrib])), value)
    elif len(element) and data.draw(st.booleans()):
        del element[data.draw(st.integers(0, len(element) - 1))]
    else:
        element.text = value
    assert len(datex2.read(etree.tostring(root)).notices) <= 1


def test_a_writer_is_not_given_the_same_number_twice() -> None:
    with pytest.raises(ValueError, match="twice"):
        datex2.write([notice(), notice(version=2)], CHENGDU, NOON)
