"""What is true of every notice, whoever sends it."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from hanse.foundation.languages import LANGUAGES
from hanse.foundation.worded import Worded
from hanse.services.safety.traffic import contracts, places, vocabulary
from hanse.services.safety.traffic.contracts import (
    DETOUR_POINTS_MAX,
    LIST_BYTES_MAX,
    NOTICES_PER_LIST_MAX,
    Description,
    ListedNotice,
    Notice,
    NoticeQuery,
    page,
)
from hanse.services.safety.traffic.places import Geometry, Point, RoadSection
from hanse.services.safety.traffic.vocabulary import Standing, VehicleType

from .strategies import CHENGDU, NOON, YAAN, notice, notices

POINTS = tuple(Point(longitude_e7=number, latitude_e7=0) for number in range(1_000))


@given(notices())
@settings(max_examples=60, deadline=None)
def test_a_notice_crosses_the_wire_unchanged(sent: Notice) -> None:
    assert Notice.model_validate_json(sent.model_dump_json()) == sent


def test_instants_are_carried_in_utc_to_the_millisecond() -> None:
    local = datetime(2026, 3, 2, 12, 0, 0, 123_456, tzinfo=timezone(timedelta(hours=8)))
    assert notice(start=local).start == datetime(2026, 3, 2, 4, 0, 0, 123_000, tzinfo=UTC)


def test_lists_without_order_have_one_form() -> None:
    sent = notice(
        affected_cities=(YAAN, CHENGDU, YAAN),
        affected_vehicles=(VehicleType.TRUCK, VehicleType.CAR, VehicleType.TRUCK),
    )
    assert sent.affected_cities == (CHENGDU, YAAN)
    assert sent.affected_vehicles == (VehicleType.CAR, VehicleType.TRUCK)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "510600-2026-17"},
        {"id": "510100-"},
        {"id": "510100-../x"},
        {"issuer": "5101", "id": "5101-1"},
        {"version": 0},
        {"road": ""},
        {"road": " G5"},
        {"road": "G5\n"},
        {"road": "G5\x00"},
        {"road": "x" * 65},
        {"from_stake_m": None},
        {"to_stake_m": None},
        {"from_stake_m": 2_000_000},
        {"from_stake_m": -1},
        {"start": datetime(2026, 3, 2, 12)},  # noqa: DTZ001
        {"start": datetime(1999, 12, 31, tzinfo=UTC)},
        {"start": datetime.max.replace(tzinfo=UTC)},
        {"start": datetime.min.replace(tzinfo=timezone(timedelta(hours=8)))},
        {"expected_end": NOON},
        {"status": "lifted"},
        {"lifted_at": NOON},
        {"measure": "speed_limit"},
        {"measure": "advisory", "speed_limit_kmh": 60},
        {"speed_limit_kmh": 4},
        {"speed_limit_kmh": 121},
        {"affected_cities": ("510100 ",)},
        {"affected_vehicles": ("tank",)},
        {"description": {}},
        {"description": {"zh": "\u200b\ud800"}},
        {"description": {"zh": "x" * 1_001}},
        {"geometry": {"points": (POINTS[0],)}},
        {"geometry": {"points": (*POINTS, POINTS[0])}},
        {"detour": ({"road": "S4", "from_stake_m": 1},)},
        {"detour": ({"road": "S4"},) * 51},
        {"unheard_of": 1},
    ],
    ids=str,
)
def test_what_no_notice_can_be_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        notice(**changes)


def test_a_detour_has_a_limit_of_points() -> None:
    drawn = RoadSection(road="S4", geometry=Geometry(points=POINTS))
    assert len(notice(detour=(drawn,) * (DETOUR_POINTS_MAX // 1_000)).detour) == 4
    with pytest.raises(ValidationError, match="points"):
        notice(detour=(drawn,) * (DETOUR_POINTS_MAX // 1_000 + 1))


def test_a_notice_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValidationError):
        notice().road = "S4"  # type: ignore[misc]


def test_a_query_names_the_road_of_its_stakes() -> None:
    assert NoticeQuery().section is None
    asked = NoticeQuery(road="S4", from_stake_m=20, to_stake_m=10)
    assert asked.section == RoadSection(road="S4", from_stake_m=20, to_stake_m=10)
    for wrong in ({"from_stake_m": 1, "to_stake_m": 2}, {"road": "S4", "from_stake_m": 1}):
        with pytest.raises(ValidationError):
            NoticeQuery.model_validate(wrong)


def test_every_field_has_a_title_in_both_languages() -> None:
    models = [
        *(getattr(contracts, name) for name in ("Notice", "NoticeReceipt", "NoticeQuery")),
        *(getattr(contracts, name) for name in ("NoticeList", "ListedNotice", "Consultation")),
        *(getattr(places, name) for name in ("Point", "Geometry", "RoadSection")),
        Description,
    ]
    for model in models:
        for name, found in model.model_json_schema()["properties"].items():
            title = found.get("x-title", {})
            assert all(title.get(language) for language in LANGUAGES), f"{model.__name__}.{name}"


def test_every_word_has_its_names() -> None:
    lists = [found for found in vars(vocabulary).values() if isinstance(found, type)]
    for words in lists:
        if issubclass(words, Worded):
            assert all(word.text.zh and word.text.en for word in words)


def test_a_page_holds_no_more_than_an_answer_may() -> None:
    small = [
        ListedNotice(notice=notice(id=f"510100-{n}"), standing=Standing.IN_FORCE)
        for n in range(101)
    ]
    first = page(small, NOON)
    assert len(first.notices) == NOTICES_PER_LIST_MAX
    assert first.next_after == "510100-99"
    assert page(small[100:], NOON).next_after is None
    drawn = RoadSection(road="S4", geometry=Geometry(points=POINTS))
    large = [
        ListedNotice(
            notice=notice(id=f"510100-{n}", detour=(drawn,) * 4), standing=Standing.IN_FORCE
        )
        for n in range(9)
    ]
    answer = page(large, NOON)
    assert 1 <= len(answer.notices) < 9
    assert len(answer.model_dump_json()) < LIST_BYTES_MAX + 10_000
    assert answer.next_after == answer.notices[-1].notice.id
