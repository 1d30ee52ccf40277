"""No detour leads into another notice's closure, directly, along a chain or in a circle."""

from typing import Any

import pytest

from hanse.services.safety.traffic.contracts import Notice
from hanse.services.safety.traffic.detours import (
    DETOUR_INTO_CLOSURE,
    ROAD_IS_DETOUR,
    check_detour,
    detour_conflicts,
    share_time,
    share_vehicles,
)
from hanse.services.safety.traffic.places import RoadSection
from hanse.services.safety.traffic.roads import RoadAlias, RoadTable
from hanse.services.safety.traffic.vocabulary import VehicleType

from .refusals import refused
from .strategies import DEYANG, MEISHAN, NOON, YAAN, hours, notice

ROADS = RoadTable()


def via(road: str, begin: int | None = None, end: int | None = None) -> RoadSection:
    return RoadSection(road=road, from_stake_m=begin, to_stake_m=end)


def closed(issuer: str, road: str, *detour: RoadSection, **changes: Any) -> Notice:
    """A closure of the whole of a road in both directions."""
    fields: dict[str, Any] = {
        "issuer": issuer,
        "road": road,
        "from_stake_m": None,
        "to_stake_m": None,
        "direction": "both",
        "detour": detour,
    }
    return notice(**fields | changes)


A = closed("510100", "G5", via("S4", 0, 30_000))
B = closed(DEYANG, "S4")
C = closed(MEISHAN, "S9")


def test_a_detour_over_free_roads_is_allowed() -> None:
    assert check_detour(A, [C], ROADS, NOON) == ()


def test_section_14_a_sends_traffic_into_the_closure_of_b() -> None:
    problem = refused(DETOUR_INTO_CLOSURE, check_detour, A, [C, B], ROADS, NOON)
    assert problem.values["offending"] == B.id
    assert B.id in problem.hint.zh
    assert "S4 K0+000-K30+000" in problem.hint.en


def test_a_detour_beside_the_closed_stretch_is_allowed() -> None:
    elsewhere = closed(DEYANG, "S4", from_stake_m=30_000, to_stake_m=40_000)
    assert check_detour(A, [elsewhere], ROADS, NOON) == ()
    overlapping = closed(DEYANG, "S4", from_stake_m=29_999, to_stake_m=40_000)
    refused(DETOUR_INTO_CLOSURE, check_detour, A, [overlapping], ROADS, NOON)


def test_the_other_carriageway_is_free() -> None:
    down_only = closed(DEYANG, "S4", from_stake_m=0, to_stake_m=9_000, direction="down")
    one_way = closed("510100", "G5", via("S4", 0, 30_000), direction="up")
    assert check_detour(one_way, [down_only], ROADS, NOON) == ()
    # A detour for both directions is driven both ways.
    refused(DETOUR_INTO_CLOSURE, check_detour, A, [down_only], ROADS, NOON)


def test_a_detour_into_its_own_closure_is_refused() -> None:
    own = closed("510100", "G5", via("S4", 0, 10), via("G5", 0, 10))
    problem = refused(DETOUR_INTO_CLOSURE, check_detour, own, [], ROADS, NOON)
    assert problem.values["chain"].chain == (own.id, own.id)
    assert problem.values["chain"].cycle


def test_a_chain_is_told_to_its_end() -> None:
    b = closed(DEYANG, "S4", via("S9", 0, 10))
    (conflict,) = detour_conflicts(A, [b, C], ROADS, NOON)
    assert conflict.chain == (A.id, b.id, C.id)
    assert conflict.offending == b.id
    assert not conflict.cycle


def test_a_circle_across_notices_is_told_as_such() -> None:
    b = closed(DEYANG, "S4", via("S9", 0, 10))
    c = closed(MEISHAN, "S9", via("S11", 0, 10), via("G5", 0, 10))
    found = detour_conflicts(A, [b, c], ROADS, NOON)
    assert [(one.chain, one.cycle) for one in found] == [
        ((A.id, b.id, c.id, A.id), True),
        ((c.id, A.id, b.id, c.id), True),
    ]
    problem = refused(DETOUR_INTO_CLOSURE, check_detour, A, [b, c], ROADS, NOON)
    assert " → ".join((A.id, b.id, c.id, A.id)) in problem.hint.zh


def test_a_circle_among_the_others_does_not_catch_the_walk() -> None:
    b = closed(DEYANG, "S4", via("S9", 0, 10))
    c = closed(MEISHAN, "S9", via("S4", 0, 10))
    (conflict,) = detour_conflicts(A, [b, c], ROADS, NOON)
    assert conflict.chain == (A.id, b.id, c.id)


def test_the_same_road_under_another_number_is_recognised() -> None:
    table = RoadTable(aliases=(RoadAlias(alias="成宜高速", road="S4"),))
    named = closed("510100", "G5", via("成宜高速", 0, 30_000))
    assert check_detour(named, [B], ROADS, NOON) == ()
    refused(DETOUR_INTO_CLOSURE, check_detour, named, [B], table, NOON)


def test_an_older_version_of_the_notice_itself_is_left_out() -> None:
    older = closed("510100", "S4", version=1)
    newer = closed("510100", "G5", via("S4", 0, 10), version=2)
    assert check_detour(newer, [older], ROADS, NOON) == ()


def test_a_lifted_closure_is_open() -> None:
    lifted = closed(DEYANG, "S4", status="lifted", lifted_at=NOON)
    assert check_detour(A, [lifted], ROADS, NOON) == ()


def test_closures_at_other_times_are_open() -> None:
    before = closed(DEYANG, "S4", start=NOON - hours(9), expected_end=NOON)
    after = closed(DEYANG, "S4", start=NOON + hours(3), expected_end=NOON + hours(9))
    assert check_detour(A, [before, after], ROADS, NOON - hours(1)) == ()


def test_a_closure_past_its_expected_end_still_counts() -> None:
    overdue = closed(DEYANG, "S4", start=NOON - hours(9), expected_end=NOON - hours(1))
    assert share_time(A, overdue, NOON)
    refused(DETOUR_INTO_CLOSURE, check_detour, A, [overdue], ROADS, NOON)
    endless = closed(DEYANG, "S4", start=NOON - hours(9), expected_end=None)
    refused(DETOUR_INTO_CLOSURE, check_detour, A, [endless], ROADS, NOON)


@pytest.mark.parametrize("measure", ["restricted", "diversion"])
def test_other_measures_that_keep_traffic_off_count_as_closures(measure: str) -> None:
    barred = closed(DEYANG, "S4", via("S11"), measure=measure)
    refused(DETOUR_INTO_CLOSURE, check_detour, A, [barred], ROADS, NOON)


@pytest.mark.parametrize("measure", ["lane_closed", "contraflow", "intermittent", "advisory"])
def test_measures_that_let_traffic_pass_are_no_closures(measure: str) -> None:
    assert check_detour(A, [closed(DEYANG, "S4", measure=measure)], ROADS, NOON) == ()


def test_a_closed_entry_bars_only_those_who_enter_there() -> None:
    entry = {"measure": "entry_closed", "from_stake_m": 0, "to_stake_m": 0}
    refused(DETOUR_INTO_CLOSURE, check_detour, A, [closed(DEYANG, "S4", **entry)], ROADS, NOON)
    passing = entry | {"from_stake_m": 10_000, "to_stake_m": 10_000}
    assert check_detour(A, [closed(DEYANG, "S4", **passing)], ROADS, NOON) == ()


def test_whom_the_measures_concern_must_overlap() -> None:
    trucks = closed("510100", "G5", via("S4", 0, 10), affected_vehicles=("truck",))
    for barred, meets in (("hazardous_goods", True), ("through_traffic", True), ("car", False)):
        other = closed(DEYANG, "S4", affected_vehicles=(barred,))
        assert bool(detour_conflicts(trucks, [other], ROADS, NOON)) is meets
    everybody = closed(DEYANG, "S4")
    assert detour_conflicts(trucks, [everybody], ROADS, NOON)
    assert share_vehicles((), (VehicleType.CAR,))
    assert not share_vehicles((VehicleType.CAR, VehicleType.BUS), (VehicleType.TRUCK,))


@pytest.mark.parametrize("kind", ["works", "event"])
def test_planned_closures_of_a_road_in_use_as_a_detour_are_refused(kind: str) -> None:
    planned = closed(YAAN, "S4", kind=kind)
    problem = refused(ROAD_IS_DETOUR, check_detour, planned, [A], ROADS, NOON)
    assert problem.values["offending"] == A.id
    urgent = closed(YAAN, "S4", kind=kind, emergency=True)
    assert check_detour(urgent, [A], ROADS, NOON)[0].chain == (A.id, urgent.id)


def test_an_accident_on_a_detour_is_published_and_tells_whose_detour_it_breaks() -> None:
    (conflict,) = check_detour(B, [A, C], ROADS, NOON)
    assert conflict.chain == (A.id, B.id)
    assert conflict.section == A.detour[0]
