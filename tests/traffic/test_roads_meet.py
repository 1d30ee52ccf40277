"""Whether two stretches share traffic, whatever the numbers under which they are given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hanse.services.safety.traffic.places import RoadSection
from hanse.services.safety.traffic.roads import (
    PIECES_MAX,
    CommonSection,
    RoadAlias,
    RoadTable,
    Stretch,
    stretch_of,
)
from hanse.services.safety.traffic.vocabulary import Direction

from .strategies import notice

UP, DOWN, BOTH = Direction.UP, Direction.DOWN, Direction.BOTH


def stretch(
    road: str, low: int | None = None, high: int | None = None, direction: Direction = BOTH
) -> Stretch:
    return Stretch(road, low, high, direction)


def common(
    alias: str, begin: int, end: int, road: str, road_begin: int, road_end: int
) -> RoadAlias:
    section = CommonSection(
        alias_from_m=begin, alias_to_m=end, road_from_m=road_begin, road_to_m=road_end
    )
    return RoadAlias(alias=alias, road=road, common=section)


NAMED = RoadTable(aliases=(RoadAlias(alias="成雅高速", road="G5"),))
SHARED = RoadTable(aliases=(common("G42", 1_000, 3_000, "G5", 50_000, 52_000),))
AGAINST = RoadTable(aliases=(common("G42", 1_000, 3_000, "G5", 52_000, 50_000),))
PLAIN = RoadTable()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (stretch("G5", 0, 10), stretch("G5", 5, 15), True),
        (stretch("G5", 0, 10), stretch("G5", 10, 20), False),
        (stretch("G5", 0, 10), stretch("G5", 11, 20), False),
        (stretch("G5", 0, 10), stretch("G5", 10, 10), True),
        (stretch("G5", 5, 5), stretch("G5", 5, 5), True),
        (stretch("G5", 0, 10), stretch("S4", 0, 10), False),
        (stretch("g 5", 0, 10), stretch("G5", 0, 10), True),
        (stretch("G5"), stretch("G5", 7, 8), True),
        (stretch("G5"), stretch("G5"), True),
        (stretch("G5", 0, 10, UP), stretch("G5", 0, 10, DOWN), False),
        (stretch("G5", 0, 10, UP), stretch("G5", 0, 10, UP), True),
        (stretch("G5", 0, 10, UP), stretch("G5", 0, 10, BOTH), True),
    ],
    ids=str,
)
def test_stretches_of_one_road(one: Stretch, other: Stretch, expected: bool) -> None:
    assert PLAIN.meet(one, other) is expected
    assert PLAIN.meet(other, one) is expected


def test_section_14_the_same_road_numbered_differently() -> None:
    assert NAMED.meet(stretch("成雅高速", 5, 10), stretch("G5", 6, 7))
    assert not PLAIN.meet(stretch("成雅高速", 5, 10), stretch("G5", 6, 7))
    assert not NAMED.meet(stretch("成雅高速", 5, 10), stretch("G5", 20, 30))


def test_a_common_section_has_two_measures() -> None:
    assert SHARED.meet(stretch("G42", 1_500, 1_600), stretch("G5", 50_550, 50_560))
    assert not SHARED.meet(stretch("G42", 1_500, 1_600), stretch("G5", 50_600, 50_700))
    assert not SHARED.meet(stretch("G42", 3_100, 3_200), stretch("G5"))
    assert SHARED.meet(stretch("G42"), stretch("G5", 51_000, 51_001))
    assert not SHARED.meet(stretch("G42"), stretch("G5", 53_000, 54_000))


def test_up_on_the_one_may_be_down_on_the_other() -> None:
    closed = stretch("G42", 1_000, 1_500, UP)
    assert AGAINST.meet(closed, stretch("G5", 51_800, 51_900, DOWN))
    assert not AGAINST.meet(closed, stretch("G5", 51_800, 51_900, UP))
    assert not AGAINST.meet(closed, stretch("G5", 50_000, 51_400, DOWN))
    assert SHARED.meet(closed, stretch("G5", 50_100, 50_200, UP))


def test_two_aliases_of_one_road_meet_on_it() -> None:
    table = RoadTable(aliases=(*SHARED.aliases, common("S9", 0, 2_000, "G5", 51_000, 53_000)))
    assert table.meet(stretch("G42", 2_500, 2_600), stretch("S9", 500, 600))
    assert not table.meet(stretch("G42", 1_000, 1_500), stretch("S9"))


def test_an_alias_of_an_alias_is_followed() -> None:
    table = RoadTable(aliases=(*SHARED.aliases, RoadAlias(alias="二环", road="G42")))
    assert table.meet(stretch("二环", 1_500, 1_600), stretch("G5", 50_550, 50_560))


def test_measures_of_different_length_are_rounded_outward() -> None:
    alias = common("S9", 0, 3, "G5", 0, 10)
    translated = alias.translate(stretch("S9", 1, 2))
    assert translated == stretch("G5", 3, 7)


def test_a_table_that_runs_in_a_circle_ends() -> None:
    circle = RoadTable(
        aliases=(
            RoadAlias(alias="A", road="B"),
            RoadAlias(alias="B", road="C"),
            RoadAlias(alias="C", road="A"),
        )
    )
    assert {piece.road for piece in circle.everywhere(stretch("A", 1, 2))} == {"A", "B", "C"}
    dense = RoadTable(
        aliases=tuple(
            RoadAlias(alias=f"R{one}", road=f"R{other}")
            for one in range(12)
            for other in range(12)
            if one != other
        )
    )
    assert len(dense.everywhere(stretch("R0"))) <= PIECES_MAX


@pytest.mark.parametrize(
    "wrong",
    [
        {"alias": "G5", "road": "g5"},
        {"alias": "S9", "road": "G5", "common": {"alias_from_m": 0}},
        {
            "alias": "S9",
            "road": "G5",
            "common": {"alias_from_m": 5, "alias_to_m": 5, "road_from_m": 0, "road_to_m": 1},
        },
        {
            "alias": "S9",
            "road": "G5",
            "common": {"alias_from_m": 0, "alias_to_m": 5, "road_from_m": 1, "road_to_m": 1},
        },
    ],
    ids=str,
)
def test_what_is_no_alias_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        RoadAlias.model_validate(wrong)


@given(st.integers(0, 3_000), st.integers(0, 3_000), st.integers(0, 3_000), st.integers(0, 3_000))
def test_meeting_is_symmetric_through_aliases(a: int, b: int, c: int, d: int) -> None:
    one = stretch("G42", min(a, b), max(a, b))
    other = stretch("G5", 49_000 + min(c, d), 49_000 + max(c, d))
    for table in (PLAIN, SHARED, AGAINST):
        assert table.meet(one, other) is table.meet(other, one)


def test_the_stretch_of_a_notice_and_of_a_section() -> None:
    assert stretch_of(notice()) == stretch("G5", 1_800_000, 1_806_500, UP)
    section = RoadSection(road="S4", from_stake_m=20, to_stake_m=10)
    assert stretch_of(section) == stretch("S4", 10, 20, DOWN)
    assert stretch_of(RoadSection(road="S4")) == stretch("S4")
