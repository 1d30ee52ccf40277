"""What a city may publish: planned things beforehand, control on grounds, the public told first."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hanse.services.safety.traffic.parameters import TrafficParameters
from hanse.services.safety.traffic.rules import (
    CHINESE_MISSING,
    CONTROL_GROUND_MISSING,
    CONTROL_MEASURE,
    CONTROL_MEASURES,
    DETOUR_MISSING,
    LEVEL_WRONG,
    NOT_ANNOUNCED,
    NOT_CONSULTED,
    PUBLIC_NOT_TOLD,
    TRANSITION_REFUSED,
    VERSION_GAP,
    announcement_due,
    check_publication,
    check_update,
)
from hanse.services.safety.traffic.vocabulary import Measure, NoticeKind

from .refusals import refused
from .strategies import CHENGDU, CHONGQING, MEISHAN, NOON, YAAN, hours, notice

WEEK = NOON + timedelta(days=7)


def works(**changes: Any) -> Any:
    fields = {
        "kind": "works",
        "measure": "lane_closed",
        "start": WEEK,
        "expected_end": WEEK + hours(8),
        "other_measures_insufficient": False,
    }
    return notice(**fields | changes)


def test_an_accident_is_published_at_once() -> None:
    check_publication(notice(), NOON + hours(1))


def test_a_notice_begins_as_issued_with_version_one() -> None:
    refused(TRANSITION_REFUSED, check_publication, notice(status="active"), NOON)
    refused(VERSION_GAP, check_publication, notice(version=2), NOON)


def test_the_level_is_the_one_of_the_rule() -> None:
    grave = {"expected_end": NOON + hours(14), "affected_cities": (CHENGDU, MEISHAN, YAAN)}
    check_publication(notice(**grave, level="IV"), NOON)
    for level in ("I", "II", "III", "local"):
        problem = refused(LEVEL_WRONG, check_publication, notice(**grave, level=level), NOON)
        assert "Level IV" in problem.hint.en


def test_an_update_carries_the_level_that_the_closure_has_reached() -> None:
    held = notice(status="active", version=2, affected_cities=(CHENGDU, YAAN))
    offered = notice(status="active", version=3, affected_cities=(CHENGDU, YAAN))
    check_update(held, offered, NOON + hours(11))
    refused(LEVEL_WRONG, check_update, held, offered, NOON + hours(12))


def test_details_have_chinese() -> None:
    check_publication(notice(description={"zh": "追尾"}), NOON)
    refused(CHINESE_MISSING, check_publication, notice(description={"en": "Pile-up"}), NOON)


def test_a_diversion_says_where_to() -> None:
    refused(DETOUR_MISSING, check_publication, notice(measure="diversion"), NOON)
    check_publication(notice(measure="diversion", detour=({"road": "S4"},)), NOON)


@pytest.mark.parametrize("kind", ["works", "event"])
def test_planned_restrictions_are_announced_beforehand(kind: str) -> None:
    planned = works(kind=kind)
    check_publication(planned, WEEK - hours(24))
    problem = refused(NOT_ANNOUNCED, check_publication, planned, WEEK - hours(23.9))
    assert problem.values["latest"] == "2026-03-08T04:00:00.000Z"
    late = works(kind=kind, public_from=WEEK - hours(2))
    refused(NOT_ANNOUNCED, check_publication, late, NOON)
    backdated = works(kind=kind, public_from=NOON)
    refused(NOT_ANNOUNCED, check_publication, backdated, WEEK - hours(1))
    patient = TrafficParameters(planned_lead_hours=1)
    check_publication(planned, WEEK - hours(1), patient)


def test_a_closure_for_works_is_announced_five_days_before() -> None:
    closed = works(measure="closed")
    last_moment = datetime(2026, 3, 4, 15, 59, 59, 999_000, tzinfo=UTC)
    assert announcement_due(closed) == last_moment
    check_publication(closed, last_moment)
    refused(NOT_ANNOUNCED, check_publication, closed, last_moment + timedelta(milliseconds=1))
    assert announcement_due(works(kind="event", measure="closed")) == WEEK - hours(24)


def test_long_works_on_half_the_road_count_as_a_closure() -> None:
    half = {"measure": "contraflow", "from_stake_m": 0, "to_stake_m": 2_000}
    month = {"expected_end": WEEK + timedelta(days=30, hours=1)}
    five_days = announcement_due(works(measure="closed"))
    assert announcement_due(works(**half, **month)) == five_days
    assert announcement_due(works(**half, expected_end=None)) == five_days
    assert announcement_due(works(**half | {"to_stake_m": 1_999}, **month)) == WEEK - hours(24)
    whole = WEEK + timedelta(days=30)
    assert announcement_due(works(**half, expected_end=whole)) == WEEK - hours(24)
    unknown = {"from_stake_m": None, "to_stake_m": None}
    assert announcement_due(works(**half | unknown, **month)) == five_days


def test_an_emergency_advice_and_the_unforeseen_are_not_announced_beforehand() -> None:
    for unplanned in (
        works(emergency=True, measure="closed"),
        works(measure="advisory"),
        notice(kind="weather"),
    ):
        assert announcement_due(unplanned) is None


def test_planned_works_cannot_be_moved_forward_or_made_harsher_without_announcement() -> None:
    held = works()
    earlier = works(version=2, start=NOON + hours(24), expected_end=NOON + hours(30))
    check_update(held, earlier, NOON)
    refused(NOT_ANNOUNCED, check_update, held, earlier, NOON + hours(1))
    closed = works(version=2, measure="closed")
    check_update(held, closed, NOON)
    refused(NOT_ANNOUNCED, check_update, held, closed, WEEK - hours(30))
    refused(
        NOT_ANNOUNCED, check_update, works(measure="advisory"), works(version=2), WEEK - hours(1)
    )
    milder = works(version=2, measure="lane_closed")
    check_update(works(measure="closed"), milder, WEEK - hours(1))
    check_update(held, works(version=2, status="active"), WEEK)


@pytest.mark.parametrize("measure", sorted(set(Measure) - CONTROL_MEASURES))
def test_lesser_measures_are_no_traffic_control(measure: Measure) -> None:
    control = notice(
        kind="control",
        measure=measure,
        control_ground="severe_weather",
        speed_limit_kmh=60 if measure is Measure.SPEED_LIMIT else None,
    )
    problem = refused(CONTROL_MEASURE, check_publication, control, NOON)
    assert Measure.CLOSED.text.zh in problem.hint.zh


@pytest.mark.parametrize("measure", sorted(CONTROL_MEASURES))
def test_control_states_its_ground_and_that_nothing_less_would_do(measure: Measure) -> None:
    fields: dict[str, Any] = {"kind": "control", "measure": measure, "detour": ({"road": "S4"},)}
    check_publication(notice(**fields, control_ground="natural_disaster"), NOON)
    refused(CONTROL_GROUND_MISSING, check_publication, notice(**fields), NOON)
    undeclared = notice(
        **fields, control_ground="natural_disaster", other_measures_insufficient=False
    )
    refused(CONTROL_GROUND_MISSING, check_publication, undeclared, NOON)


@pytest.mark.parametrize("kind", [NoticeKind.ACCIDENT, NoticeKind.WEATHER])
def test_accident_and_weather_are_grounds_but_a_closure_is_the_last_resort(
    kind: NoticeKind,
) -> None:
    check_publication(notice(kind=kind), NOON)
    closed = notice(kind=kind, other_measures_insufficient=False)
    refused(CONTROL_GROUND_MISSING, check_publication, closed, NOON)
    lane = notice(kind=kind, measure="lane_closed", other_measures_insufficient=False)
    check_publication(lane, NOON)


@pytest.mark.parametrize("measure", ["closed", "entry_closed"])
def test_section_14_a_provincial_entry_is_closed_after_consultation(measure: str) -> None:
    entry: dict[str, Any] = {"provincial_entry": True, "measure": measure}

    def heard(basis: str, at: datetime) -> dict[str, Any]:
        return {"consultation": {"basis": basis, "neighbour": CHONGQING, "at": at}}

    refused(NOT_CONSULTED, check_publication, notice(**entry), NOON)
    check_publication(notice(**entry, **heard("agreed", NOON)), NOON)
    after = notice(**entry, **heard("agreed", NOON + hours(1)))
    refused(NOT_CONSULTED, check_publication, after, NOON + hours(1))
    told = heard("told_in_emergency", NOON + hours(1))
    check_publication(notice(**entry, **told, emergency=True), NOON + hours(1))
    refused(NOT_CONSULTED, check_publication, notice(**entry, **told), NOON + hours(1))
    refused(NOT_CONSULTED, check_publication, notice(**entry, emergency=True), NOON)
    check_publication(notice(provincial_entry=True, measure="lane_closed"), NOON)


def test_section_14_the_public_is_told_first() -> None:
    refused(PUBLIC_NOT_TOLD, check_publication, notice(public_from=None), NOON)
    late = notice(public_from=NOON + hours(2))
    refused(PUBLIC_NOT_TOLD, check_publication, late, NOON + hours(1))
    check_publication(late, NOON + hours(2))
    check_publication(notice(public_from=None, measure="advisory"), NOON)
