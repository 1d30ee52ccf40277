"""DATEX II: what goes out is valid by the schema and comes back as it was."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from hanse.services.safety.traffic.contracts import Notice
from hanse.services.safety.traffic.formats import datex2

from .strategies import CHENGDU, NOON, notices


@pytest.fixture(scope="session")
def schema(shared_data: Path) -> etree.XMLSchema:
    """The XSDs of DATEX II 3.1, first shown to refuse the published broken messages."""
    folder = shared_data / "traffic_datex2"
    found = etree.XMLSchema(etree.parse(folder / "DATEXII_3_MessageContainer.xsd"))
    for name in (
        "GetSituations_Datex3_invalid_subdivisionCode.xml",
        "GetTravelTimeData_Datex3_invalid.xml",
    ):
        assert not found.validate(etree.parse(folder / name)), name
    return found


@given(st.lists(notices(), max_size=3, unique_by=lambda one: one.id))
@settings(max_examples=150, deadline=None)
def test_every_notice_comes_back_whole(sent: list[Notice]) -> None:
    reading = datex2.read(datex2.write(sent, CHENGDU, NOON))
    assert list(reading.notices) == sent
    assert reading.unread == ()
    assert reading.dropped == ()


@given(sent=st.lists(notices(), max_size=2, unique_by=lambda one: one.id))
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_message_is_valid_by_the_schema(schema: etree.XMLSchema, sent: list[Notice]) -> None:
    schema.assertValid(etree.fromstring(datex2.write(sent, CHENGDU, NOON)))
