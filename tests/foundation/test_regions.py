"""Codes of regions: which city and province a code belongs to."""

import pytest

from hanse.foundation.regions import (
    PROVINCE_PREFIXES,
    check_city,
    check_region,
    city_of,
    province_of,
    same_province,
)

FIRST_LEAGUE = (
    "510100",
    "510600",
    "510700",
    "510900",
    "511100",
    "511400",
    "511800",
    "512000",
)


@pytest.mark.parametrize("code", FIRST_LEAGUE)
def test_rules_0_5_codes_of_the_first_league_are_cities_of_one_province(code: str) -> None:
    assert check_city(code) == code
    assert city_of(code) == code
    assert province_of(code) == "510000"
    assert same_province(code, "510100")


def test_middle_digits_of_a_prefecture_end_at_70() -> None:
    assert city_of("517001") == "517000"
    assert city_of("517101") is None


def test_autonomous_prefectures_are_prefectures_too() -> None:
    assert check_city("513400") == "513400"
    assert check_city("533100") == "533100"


def test_a_county_belongs_to_its_city() -> None:
    assert city_of("510104") == "510100"
    assert check_region("510104") == "510104"


def test_a_province_and_a_county_that_it_governs_itself_have_no_city() -> None:
    assert city_of("510000") is None
    assert city_of("429004") is None


def test_other_provinces_are_other_provinces() -> None:
    assert not same_province("510100", "500100")


def test_there_are_34_provinces() -> None:
    assert len(PROVINCE_PREFIXES) == 34
