"""WZDx: what goes out is valid by the schemas and comes back as it was; the rest is named."""

import copy
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from hanse.services.safety.traffic.contracts import Notice
from hanse.services.safety.traffic.formats import wzdx
from hanse.services.safety.traffic.formats.wzdx import LeftOutReason
from hanse.services.safety.traffic.vocabulary import Direction, Measure, NoticeKind

from .strategies import (
    CHENGDU,
    DEYANG,
    NOON,
    geometries,
    hours,
    instants,
    notice,
    notices,
    sections,
)
from .wzdx_schema import feed_validator

LATE = NOON.replace(year=2099, month=12)
LINE = {
    "points": [
        {"longitude_e7": 1_040_657_000, "latitude_e7": 306_595_001},
        {"longitude_e7": 1_040_657_123, "latitude_e7": -1},
    ]
}
works = notices(
    kind=st.just(NoticeKind.WORKS),
    geometry=geometries,
    public_from=instants,
    section=st.one_of(sections(), sections(geometry=geometries)),
    ends=st.just(True),
)
Mutation = Callable[[dict[str, Any]], object]


def road_works(**changes: Any) -> Notice:
    fields = {"kind": "works", "measure": "lane_closed", "geometry": LINE}
    return notice(**fields | changes)


def feed_of(*sent: Notice, **named: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(wzdx.write(sent, CHENGDU, NOON, **named).document)
    return loaded


def core(feed: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = feed["features"][0]["properties"]["core_details"]
    return found


@pytest.fixture(scope="session")
def validator(shared_data: Path) -> Draft7Validator:
    """The validator, first shown to refuse what is broken in a feed that is otherwise good."""
    found = feed_validator(shared_data / "traffic_wzdx")
    good = feed_of(road_works(detour=({"road": "S4", "geometry": LINE},)))
    found.validate(good)
    mutations: list[Mutation] = [
        lambda feed: core(feed).update(event_type="party"),
        lambda feed: core(feed).update(event_type="restriction"),
        lambda feed: core(feed).update(creation_date="yesterday"),
        lambda feed: core(feed).update(road_names=[]),
        lambda feed: core(feed).update(direction="up"),
        lambda feed: feed["features"][0]["properties"].pop("vehicle_impact"),
        lambda feed: feed["features"][0]["properties"].update(end_date="2026-02-30T25:00:00Z"),
        lambda feed: feed["features"][0]["geometry"].update(type="Point"),
        lambda feed: feed["features"][0]["geometry"].update(coordinates=[["104", "30"]] * 2),
        lambda feed: feed["features"][1]["properties"].pop("end_date"),
        lambda feed: feed["feed_info"].pop("data_sources"),
        lambda feed: feed["feed_info"].update(version="v4"),
        lambda feed: feed.pop("feed_info"),
    ]
    for mutation in mutations:
        broken = copy.deepcopy(good)
        mutation(broken)
        assert not found.is_valid(broken)
    return found


@given(st.lists(works, max_size=3, unique_by=lambda one: one.id))
@settings(max_examples=100, deadline=None)
def test_every_notice_comes_back_whole(sent: list[Notice]) -> None:
    feed = wzdx.write(sent, CHENGDU, LATE)
    missing = {entry.notice for entry in feed.left_out}
    reading = wzdx.read(feed.document)
    assert list(reading.notices) == [one for one in sent if one.id not in missing]
    assert reading.unread == ()
    assert reading.dropped == ()


@given(sent=st.lists(works, max_size=2, unique_by=lambda one: one.id))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_feed_is_valid_by_the_schemas(validator: Draft7Validator, sent: list[Notice]) -> None:
    validator.validate(json.loads(wzdx.write(sent, CHENGDU, LATE).document))


def test_a_feed_without_notices_is_valid(validator: Draft7Validator) -> None:
    validator.validate(feed_of())


def test_both_directions_are_two_events_in_the_order_of_travel() -> None:
    feed = feed_of(road_works(direction="both", from_place="A", to_place="B"))
    up, down = feed["features"]
    assert [up["id"], down["id"]] == ["510100-2026-17:up", "510100-2026-17:down"]
    assert up["geometry"]["coordinates"] == down["geometry"]["coordinates"][::-1]
    assert up["geometry"]["coordinates"][0] == [104.0657, 30.6595001]
    ends = [
        (one["properties"]["beginning_milepost"], one["properties"]["beginning_cross_street"])
        for one in (up, down)
    ]
    assert ends == [(1800.0, "A"), (1806.5, "B")]


def test_one_of_the_two_events_is_enough_to_read_the_notice() -> None:
    sent = road_works(direction="both", from_place="A", to_place="B")
    for kept in (0, 1):
        feed = feed_of(sent)
        feed["features"] = [feed["features"][kept]]
        reading = wzdx.read(json.dumps(feed).encode())
        assert reading.notices == (sent,)


@pytest.mark.parametrize(
    ("direction", "expected"),
    [("up", ["northbound"]), ("down", ["southbound"]), ("both", ["northbound", "southbound"])],
)
def test_the_leagues_table_gives_the_compass(direction: str, expected: list[str]) -> None:
    feed = feed_of(road_works(direction=direction), upward={"g5": "northbound"})
    found = [one["properties"]["core_details"]["direction"] for one in feed["features"]]
    assert found == expected
    assert core(feed_of(road_works(direction=direction)))["direction"] == "unknown"


def test_a_road_closed_to_some_is_open_to_the_others() -> None:
    feed = feed_of(road_works(measure="closed", affected_vehicles=("truck", "car")))
    properties = feed["features"][0]["properties"]
    assert properties["vehicle_impact"] == "all-lanes-open"
    assert properties["restrictions"] == [{"type": "no-trucks"}]
    assert (
        feed_of(road_works(measure="closed"))["features"][0]["properties"]["vehicle_impact"]
        == "all-lanes-closed"
    )


def test_a_detour_with_geometry_is_a_chain_of_events() -> None:
    sent = road_works(
        detour=tuple({"road": road, "geometry": LINE} for road in ("S4", "S9", "S11"))
    )
    zone, *detours = feed_of(sent)["features"]
    related = zone["properties"]["core_details"]["related_road_events"]
    assert related == [{"type": "related-detour", "id": detours[0]["id"]}]
    kinds = [
        [event["type"] for event in one["properties"]["core_details"]["related_road_events"]]
        for one in detours
    ]
    assert kinds == [
        ["related-work-zone", "next-in-sequence"],
        ["related-work-zone", "first-in-sequence", "next-in-sequence"],
        ["related-work-zone", "first-in-sequence"],
    ]


def test_a_detour_partly_without_geometry_travels_in_our_member() -> None:
    sent = road_works(detour=({"road": "S4", "geometry": LINE}, {"road": "S9"}))
    feed = feed_of(sent)
    assert len(feed["features"]) == 1
    assert wzdx.read(json.dumps(feed).encode()).notices == (sent,)


def test_cities_are_named_where_a_name_is_known() -> None:
    sent = [road_works(), road_works(issuer=DEYANG)]
    sources = feed_of(*sent, organisations={CHENGDU: "成都市公安局交通管理局"})["feed_info"][
        "data_sources"
    ]
    assert [one["organization_name"] for one in sources] == ["成都市公安局交通管理局", DEYANG]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kind": "accident"}, LeftOutReason.NOT_WORKS),
        ({"kind": "event"}, LeftOutReason.NOT_WORKS),
        ({"geometry": None}, LeftOutReason.NO_GEOMETRY),
        ({"expected_end": None}, LeftOutReason.NO_END),
        ({"public_from": None}, LeftOutReason.NOT_PUBLIC),
        ({"public_from": NOON + timedelta(seconds=1)}, LeftOutReason.NOT_PUBLIC),
        ({"status": "lifted", "lifted_at": NOON}, LeftOutReason.WITHDRAWN),
    ],
)
def test_what_a_public_feed_of_works_cannot_hold_is_left_out_by_name(
    changes: dict[str, Any], reason: LeftOutReason
) -> None:
    sent = road_works(**changes)
    feed = wzdx.write([sent], CHENGDU, NOON)
    assert [(entry.notice, entry.reason) for entry in feed.left_out] == [(sent.id, reason)]
    assert json.loads(feed.document)["features"] == []


def test_a_lifted_notice_is_verified_to_have_ended_when_it_was_lifted() -> None:
    sent = road_works(status="lifted", lifted_at=NOON + hours(2))
    properties = feed_of(sent)["features"][0]["properties"]
    assert properties["end_date"] == "2026-03-02T06:00:00.000Z"
    assert properties["is_end_date_verified"] is True


def test_every_measure_and_direction_has_a_word() -> None:
    for measure in Measure:
        limit = 60 if measure is Measure.SPEED_LIMIT else None
        for direction in Direction:
            sent = road_works(measure=measure, direction=direction, speed_limit_kmh=limit)
            reading = wzdx.read(wzdx.write([sent], CHENGDU, NOON).document)
            assert reading.notices == (sent,)
