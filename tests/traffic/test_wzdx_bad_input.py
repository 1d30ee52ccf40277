"""WZDx from outside: what is broken is refused or named, and costs the rest of the feed nothing."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.services.safety.traffic.formats import wzdx
from hanse.services.safety.traffic.formats.reading import (
    FILE_BYTES_MAX,
    FILE_MALFORMED,
    FILE_TOO_LARGE,
    Reading,
    UnreadReason,
)
from hanse.services.safety.traffic.formats.wzdx_read import FEATURES_MAX
from hanse.services.safety.traffic.vocabulary import Measure, VehicleType

from .refusals import refused
from .test_wzdx_round_trip import LINE, feed_of, road_works

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "bad_wzdx"
UNREAD = {
    "detour_unrelated": UnreadReason.DETOUR_UNRELATED,
    "event_type_party": UnreadReason.RECORD_UNKNOWN,
    "event_type_restriction": UnreadReason.RECORD_UNKNOWN,
    "member_measure_contradicts": UnreadReason.CONTRADICTION,
    "member_speed_contradicts": UnreadReason.CONTRADICTION,
    "member_status_active_contradicts": UnreadReason.CONTRADICTION,
    "member_without_public_time": UnreadReason.CONTRADICTION,
    "source_unknown": UnreadReason.ISSUER_UNKNOWN,
}
"""Why each feature is unread; those not named here are malformed."""


def vectors(kind: str) -> list[Path]:
    return sorted(path for path in VECTORS.iterdir() if path.name.split("_")[0] == kind)


def named(path: Path) -> str:
    return path.stem


def foreign(*detour: str) -> dict[str, Any]:
    """A feed of one work zone without our member, with detours over these roads."""
    drawn = tuple({"road": road, "geometry": LINE} for road in detour)
    feed = feed_of(road_works(detour=drawn))
    feed["features"][0]["properties"].pop("hanse_notice")
    return feed


def read(feed: dict[str, Any]) -> Reading:
    return wzdx.read(json.dumps(feed).encode())


def parts(reading: Reading) -> list[str]:
    return [dropped.part for dropped in reading.dropped]


def test_the_vectors_are_there() -> None:
    assert len(vectors("malformed")) == 16
    assert len(vectors("unread")) == 43
    assert len(list(VECTORS.iterdir())) == 59


@pytest.mark.parametrize("path", vectors("malformed"), ids=named)
def test_a_file_that_is_no_feed_is_refused_whole(path: Path) -> None:
    refused(FILE_MALFORMED, wzdx.read, path.read_bytes())


@pytest.mark.parametrize("path", vectors("unread"), ids=named)
def test_a_feature_that_breaks_the_rules_is_named_and_is_no_notice(path: Path) -> None:
    reading = wzdx.read(path.read_bytes())
    assert reading.notices == ()
    (missed,) = reading.unread
    assert missed.reason is UNREAD.get(path.stem.removeprefix("unread_"), UnreadReason.MALFORMED)
    assert missed.id in missed.text.en


def test_a_file_above_the_limits_is_refused() -> None:
    refused(FILE_TOO_LARGE, wzdx.read, b" " * (FILE_BYTES_MAX + 1))
    feed = foreign()
    feed["features"] = [None] * (FEATURES_MAX + 1)
    refused(FILE_MALFORMED, wzdx.read, json.dumps(feed).encode())


def test_one_bad_feature_does_not_cost_the_others() -> None:
    feed = foreign()
    feed["features"] = [{"id": "broken"}, 17, *feed["features"]]
    reading = read(feed)
    assert len(reading.notices) == 1
    assert [one.id for one in reading.unread] == ["broken", "features[1]"]


def test_the_same_event_twice_is_read_once_and_named() -> None:
    feed = foreign("S4")
    feed["features"] += copy.deepcopy(feed["features"])
    reading = read(feed)
    assert len(reading.notices) == 1
    assert [one.reason for one in reading.unread] == [UnreadReason.DUPLICATE] * 2


def test_the_older_header_of_a_feed_is_read() -> None:
    feed = foreign()
    feed["road_event_feed_info"] = feed.pop("feed_info")
    assert len(read(feed).notices) == 1


def test_times_that_are_missing_are_the_feeds_own() -> None:
    feed = foreign()
    core = feed["features"][0]["properties"]["core_details"]
    del core["creation_date"], core["update_date"]
    feed["feed_info"]["update_date"] = "2026-03-01T00:00:00Z"
    (found,) = read(feed).notices
    assert found.issued_at == found.updated_at == found.public_from
    assert found.issued_at.isoformat() == "2026-03-01T00:00:00+00:00"


def test_a_detour_that_cannot_be_read_whole_is_left_out_and_named() -> None:
    feed = foreign("S4", "S9")
    feed["features"][2]["properties"]["core_details"]["road_names"] = ["S9\u0007"]
    reading = read(feed)
    assert reading.notices[0].detour == ()
    assert any(part.startswith("detour: road") for part in parts(reading))


def test_a_chain_of_detours_that_runs_in_a_circle_ends() -> None:
    feed = foreign("S4", "S9", "S11")
    first, last = feed["features"][1], feed["features"][3]
    last["properties"]["core_details"]["related_road_events"].append(
        {"type": "next-in-sequence", "id": first["id"]}
    )
    assert [section.road for section in read(feed).notices[0].detour] == ["S4", "S9", "S11"]


def test_the_chain_tells_the_order_not_the_file() -> None:
    feed = foreign("S4", "S9", "S11")
    feed["features"] = feed["features"][::-1]
    assert [section.road for section in read(feed).notices[0].detour] == ["S4", "S9", "S11"]


def test_a_detour_of_another_time_is_named() -> None:
    feed = foreign("S4")
    feed["features"][1]["properties"]["start_date"] = "2026-03-02T05:00:00Z"
    assert "detour.start_date" in parts(read(feed))


def test_restrictions_beside_closed_lanes_are_named_not_mixed_up() -> None:
    feed = foreign()
    properties = feed["features"][0]["properties"]
    properties["restrictions"] = [{"type": "no-trucks"}, {"type": "hov-2"}]
    reading = read(feed)
    assert reading.notices[0].measure is Measure.LANE_CLOSED
    assert reading.notices[0].affected_vehicles == ()
    assert {"restrictions=no-trucks", "restrictions=hov-2"} <= set(parts(reading))
    properties["vehicle_impact"] = "all-lanes-open"
    reading = read(feed)
    assert reading.notices[0].measure is Measure.RESTRICTED
    assert reading.notices[0].affected_vehicles == (VehicleType.TRUCK,)
    assert "restrictions=hov-2" in parts(reading)


def test_one_milepost_alone_is_no_section() -> None:
    feed = foreign()
    del feed["features"][0]["properties"]["ending_milepost"]
    reading = read(feed)
    assert reading.notices[0].from_stake_m is None
    assert "milepost" in parts(reading)


def test_heights_are_named() -> None:
    feed = foreign()
    feed["features"][0]["geometry"]["coordinates"] = [[104.0, 30.0, 500.0], [104.1, 30.0, 500.0]]
    assert "geometry.height" in parts(read(feed))


def test_what_our_member_does_not_know_is_named() -> None:
    feed = feed_of(road_works())
    feed["features"][0]["properties"]["hanse_notice"]["news"] = 1
    reading = read(feed)
    assert reading.notices == (road_works(),)
    assert parts(reading) == ["extension news"]


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_spoiled_member_is_refused_or_named_and_never_crashes(data: st.DataObject) -> None:
    """Any one value of a good feed replaced by any other JSON value."""
    feed = feed_of(road_works(direction="both", detour=({"road": "S4", "geometry": LINE},)))
    node: Any = feed
    while True:
        key = data.draw(
            st.sampled_from(sorted(node) if isinstance(node, dict) else list(range(len(node))))
        )
        if not isinstance(node[key], dict | list) or not node[key] or data.draw(st.booleans()):
            break
        node = node[key]
    node[key] = data.draw(
        st.sampled_from(
            [None, True, -1, 1e300, 10**18, "", "x" * 300, [], {}, [[]], "\ud7ff\u0000"]
        )
    )
    try:
        count = len(read(feed).notices)
    except Problem as problem:
        if problem.kind is not FILE_MALFORMED:
            raise
        count = 0
    assert count <= 1
