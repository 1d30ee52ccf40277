"""The published example feeds are read without loss of what a notice carries."""

import json
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from hanse.services.safety.traffic.contracts import Notice
from hanse.services.safety.traffic.formats import wzdx
from hanse.services.safety.traffic.formats.reading import Reading, UnreadReason
from hanse.services.safety.traffic.places import Geometry, RoadSection
from hanse.services.safety.traffic.vocabulary import (
    Direction,
    Measure,
    NoticeKind,
    NoticeStatus,
    VehicleType,
)

from .strategies import CHENGDU, DEYANG, MIANYANG
from .wzdx_schema import feed_validator

ISSUERS = {"1": CHENGDU, "2": DEYANG, "4440eb6d-96ee-4d6e-97ea-bbe12d2caf77": MIANYANG}
SCENARIOS = (
    "scenario1_simple_linestring",
    "scenario1_simple_multipoint",
    "scenario2_laneshift_linestring",
    "scenario3_shoulder_bidirectional_linestring",
    "scenario4_detour_linestring",
    "scenario5_recurring_linestring",
    "scenario6_multi_lane_closure_linestring",
    "scenario7_mobileoperation_linestring",
    "scenario8_local_access_only_bidirectional_linestring",
)
MEASURES = {
    "all-lanes-closed": Measure.CLOSED,
    "some-lanes-closed": Measure.LANE_CLOSED,
    "some-lanes-closed-merge-left": Measure.LANE_CLOSED,
}


@pytest.fixture
def folder(shared_data: Path) -> Path:
    return shared_data / "traffic_wzdx"


def example(folder: Path, scenario: str) -> tuple[dict[str, Any], Reading]:
    data = (folder / f"{scenario}_example.geojson").read_bytes()
    return json.loads(data), wzdx.read(data, ISSUERS, wzdx.MILE, language="en")


def e7(degrees: float) -> int:
    return int((Decimal(repr(degrees)) * 10**7).quantize(Decimal(1), ROUND_HALF_EVEN))


def metres(miles: float) -> int:
    return int((Decimal(repr(miles)) * Decimal("1609.344")).quantize(Decimal(1), ROUND_HALF_UP))


def drawn(geometry: Geometry | None) -> list[tuple[int, int]]:
    assert geometry is not None
    return [(point.longitude_e7, point.latitude_e7) for point in geometry.points]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_example_is_valid_and_every_work_zone_is_read(folder: Path, scenario: str) -> None:
    feed, reading = example(folder, scenario)
    feed_validator(folder).validate(feed)
    assert reading.unread == ()
    zones = [
        feature
        for feature in feed["features"]
        if feature["properties"]["core_details"]["event_type"] == "work-zone"
    ]
    assert len(reading.notices) == len(zones)
    for feature, notice in zip(zones, reading.notices, strict=True):
        assert_carries(feature, notice)


def assert_carries(feature: dict[str, Any], notice: Notice) -> None:
    """Member by member, straight from the JSON."""
    event = feature["properties"]
    core = event["core_details"]
    assert notice.issuer == ISSUERS[core["data_source_id"]]
    assert notice.local_id == feature["id"]
    assert notice.kind is NoticeKind.WORKS
    assert [notice.road, *notice.also_signed_as] == core["road_names"]
    assert notice.start.isoformat() == event["start_date"].replace("Z", "+00:00")
    assert notice.expected_end is not None
    assert notice.expected_end.isoformat() == event["end_date"].replace("Z", "+00:00")
    assert notice.issued_at.isoformat() == core["creation_date"].replace("Z", "+00:00")
    assert notice.updated_at.isoformat() == core["update_date"].replace("Z", "+00:00")
    assert notice.description is not None
    assert notice.description.en == core["description"]
    status = NoticeStatus.ACTIVE if event["is_start_date_verified"] else NoticeStatus.ISSUED
    assert notice.status is status
    assert drawn(notice.geometry) == [
        (e7(position[0]), e7(position[1])) for position in feature["geometry"]["coordinates"]
    ]
    assert_ends(event, notice)
    limit = event.get("reduced_speed_limit_kph")
    assert notice.speed_limit_kmh == (None if limit is None else int(limit))
    if event["vehicle_impact"] in MEASURES:
        assert notice.measure is MEASURES[event["vehicle_impact"]]
    elif {"type": "local-access-only"} in event.get("restrictions", []):
        assert notice.measure is Measure.RESTRICTED
        assert notice.affected_vehicles == (VehicleType.THROUGH_TRAFFIC,)
    else:
        assert notice.measure is (Measure.SPEED_LIMIT if limit else Measure.ADVISORY)


def assert_ends(event: dict[str, Any], notice: Notice) -> None:
    places = [event.get("beginning_cross_street"), event.get("ending_cross_street")]
    if "beginning_milepost" not in event:
        assert notice.from_stake_m is None
        assert notice.direction is Direction.BOTH
        assert [notice.from_place, notice.to_place] == places
        return
    stakes = [metres(event["beginning_milepost"]), metres(event["ending_milepost"])]
    rising = stakes[0] < stakes[1]
    assert notice.direction is (Direction.UP if rising else Direction.DOWN)
    assert [notice.from_stake_m, notice.to_stake_m] == sorted(stakes)
    assert [notice.from_place, notice.to_place] == (places if rising else places[::-1])


def test_the_detour_is_read_in_the_order_of_its_chain(folder: Path) -> None:
    feed, reading = example(folder, "scenario4_detour_linestring")
    (notice,) = reading.notices
    assert [(section.road, section.from_place, section.to_place) for section in notice.detour] == [
        ("F22", "I-35", "US 69"),
        ("US 69", "NE 126th Avenue", "IA 210"),
        ("IA 210", "US 69", "I-35"),
    ]
    for section, feature in zip(notice.detour, feed["features"][1:], strict=True):
        assert isinstance(section, RoadSection)
        assert drawn(section.geometry) == [
            (e7(position[0]), e7(position[1])) for position in feature["geometry"]["coordinates"]
        ]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_member_that_a_notice_lacks_is_named(folder: Path, scenario: str) -> None:
    feed, reading = example(folder, scenario)
    named = {dropped.part for dropped in reading.dropped}
    for feature in feed["features"]:
        event = feature["properties"]
        of_detour = "detour." if event["core_details"]["event_type"] == "detour" else ""
        for member in ("lanes", "types_of_work", "worker_presence", "work_zone_type"):
            assert member not in event or member in named
        if "name" in event["core_details"]:
            assert f"{of_detour}name" in named
        for link in event["core_details"].get("related_road_events", []):
            if not of_detour and link["type"] != "related-detour":
                assert f"related_road_events={link['type']}" in named
        for restriction in event.get("restrictions", []):
            carried = restriction["type"] == "local-access-only"
            assert carried or f"restrictions={restriction['type']}" in named


def test_a_table_of_compass_directions_tells_the_carriageway(folder: Path) -> None:
    data = (
        folder / "scenario8_local_access_only_bidirectional_linestring_example.geojson"
    ).read_bytes()
    upward = {"Beaver Avenue": "northbound"}
    north, south = wzdx.read(data, ISSUERS, upward=upward, language="en").notices
    assert (north.direction, south.direction) == (Direction.UP, Direction.DOWN)
    assert north.from_place == south.from_place == "Aurora Avenue"


def test_a_feed_of_devices_is_named_and_gives_no_notice(folder: Path) -> None:
    for name in ("arrow_board_ok", "camera_error"):
        reading = wzdx.read((folder / f"{name}_example.geojson").read_bytes(), ISSUERS)
        assert reading.notices == ()
        assert [one.reason for one in reading.unread] == [UnreadReason.MALFORMED]
        assert "event_type" in reading.unread[0].detail


def test_an_example_read_and_written_stays_what_it_was(folder: Path) -> None:
    for scenario in SCENARIOS:
        _, reading = example(folder, scenario)
        at = max(notice.issued_at for notice in reading.notices)
        feed = wzdx.write(reading.notices, CHENGDU, at)
        feed_validator(folder).validate(json.loads(feed.document))
        assert feed.left_out == ()
        assert wzdx.read(feed.document).notices == reading.notices
