"""Stakes are parsed and printed in metres from the road's zero."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.services.safety.traffic.places import (
    STAKE_MALFORMED,
    STAKE_METRES_MAX,
    RoadSection,
    format_stake,
    parse_stake,
    road_key,
)
from hanse.services.safety.traffic.vocabulary import Direction

from .refusals import refused


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("K12+300", 12_300),
        ("k12+300", 12_300),
        (" K12+300 ", 12_300),
        ("Ｋ１２＋３００", 12_300),
        ("K12", 12_000),
        ("K0+000", 0),
        ("K0+5", 5),
        ("K1806+500", 1_806_500),
        ("K19999+999", STAKE_METRES_MAX),
    ],
)
def test_a_stake_is_metres_from_zero(text: str, metres: int) -> None:
    assert parse_stake(text) == metres


@pytest.mark.parametrize(
    "text",
    ["", "K", "12+300", "K12+1050", "K-1+000", "K12+", "K12.3", "K20000", "ZK12+300", "K12+30٣"],
)
def test_what_is_no_stake_is_refused(text: str) -> None:
    refused(STAKE_MALFORMED, parse_stake, text)


@given(st.integers(0, STAKE_METRES_MAX))
def test_a_printed_stake_reads_back(metres: int) -> None:
    assert parse_stake(format_stake(metres)) == metres


def test_there_is_no_stake_below_zero_or_beyond_the_longest_road() -> None:
    for metres in (-1, STAKE_METRES_MAX + 1):
        with pytest.raises(ValueError, match="no stake"):
            format_stake(metres)


def test_width_case_and_blanks_do_not_tell_roads_apart() -> None:
    assert road_key("g５") == road_key("G 5") == road_key("G5")
    assert road_key("G5") != road_key("G50")


def test_a_section_travels_from_its_first_stake_to_its_second() -> None:
    assert RoadSection(road="S4", from_stake_m=10, to_stake_m=20).direction is Direction.UP
    assert RoadSection(road="S4", from_stake_m=20, to_stake_m=10).direction is Direction.DOWN
    assert RoadSection(road="S4", from_stake_m=20, to_stake_m=20).direction is Direction.BOTH
    assert RoadSection(road="S4").direction is Direction.BOTH
    assert str(RoadSection(road="S4", from_stake_m=20_300, to_stake_m=10)) == "S4 K20+300-K0+010"
    assert str(RoadSection(road="S4")) == "S4"
