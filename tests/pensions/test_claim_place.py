"""RULES 1.5: where a pension is claimed, decided in months."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.services.social.pensions.claim_place import PENSION_NO_RELATION, place_of_claim, stays_of
from hanse.services.social.pensions.codes import ClaimRule, ClaimUnit
from hanse.services.social.pensions.months import duration, month_of
from hanse.services.social.pensions.parameters import DEFAULTS, ClaimPlaces
from hanse.services.social.pensions.records import Contribution
from tests.pensions.examples import CHENGDU, DEYANG, MIANYANG, ZIYANG, stay

PLACES = DEFAULTS.claim_places


def three_stays(chengdu_months: int) -> list[Contribution]:
    start = month_of(2006, 1)
    return [
        *stay(CHENGDU, start, chengdu_months),
        *stay(MIANYANG, start + chengdu_months, 80),
        *stay(DEYANG, start + chengdu_months + 80, 36),
    ]


def test_1_5_example_the_latest_earlier_place_with_ten_years_is_chengdu() -> None:
    found = place_of_claim(three_stays(124), ZIYANG, PLACES)
    assert (found.place, found.rule) == (CHENGDU, ClaimRule.EARLIER)
    assert found.months == {CHENGDU: 124, MIANYANG: 80, DEYANG: 36}
    assert found.explanation[0].zh == "510100：10年4个月"


def test_1_5_example_nine_years_and_eleven_months_fall_back_to_the_household() -> None:
    found = place_of_claim(three_stays(119), ZIYANG, PLACES)
    assert (found.place, found.rule) == (ZIYANG, ClaimRule.FALLBACK)


def test_22_1_vector_4_one_month_decides_between_chengdu_and_ziyang() -> None:
    assert place_of_claim(three_stays(120), ZIYANG, PLACES).place == CHENGDU
    assert place_of_claim(three_stays(119), ZIYANG, PLACES).place == ZIYANG


def test_1_5_rule_1_a_relation_at_the_household_is_claimed_there_however_short() -> None:
    rows = [*stay(CHENGDU, month_of(2000, 1), 200), *stay(ZIYANG, month_of(2016, 9), 1)]
    found = place_of_claim(rows, ZIYANG, PLACES)
    assert (found.place, found.rule) == (ZIYANG, ClaimRule.HOUSEHOLD)


def test_1_5_rule_2_ten_years_at_the_place_of_the_relation() -> None:
    found = place_of_claim(stay(CHENGDU, month_of(2010, 1), 120), ZIYANG, PLACES)
    assert (found.place, found.rule) == (CHENGDU, ClaimRule.CURRENT)


def test_1_5_rule_3_the_latest_of_two_earlier_places() -> None:
    rows = [
        *stay(CHENGDU, month_of(1998, 1), 130),
        *stay(MIANYANG, month_of(1998, 1) + 130, 121),
        *stay(DEYANG, month_of(1998, 1) + 251, 5),
    ]
    assert place_of_claim(rows, ZIYANG, PLACES).place == MIANYANG


def test_1_5_a_temporary_place_never_counts_but_its_months_do() -> None:
    rows = [
        *stay(DEYANG, month_of(2000, 1), 60),
        *stay(CHENGDU, month_of(2005, 1), 180, account="temporary"),
    ]
    found = place_of_claim(rows, ZIYANG, PLACES)
    assert (found.place, found.rule) == (ZIYANG, ClaimRule.FALLBACK)
    assert found.months == {DEYANG: 60}
    assert found.total_months == 240
    with pytest.raises(Exception, match=PENSION_NO_RELATION.code):
        place_of_claim(stay(CHENGDU, 24_000, 5, account="temporary"), ZIYANG, PLACES)


def test_1_5_months_decide_and_words_say_so() -> None:
    assert duration(119).zh == "9年11个月"
    assert duration(120).en == "10 years"
    assert duration(1).en == "1 month"
    assert duration(0).en == "0 months"


def test_places_may_be_provinces() -> None:
    places = ClaimPlaces(unit=ClaimUnit.PROVINCE)
    found = place_of_claim(three_stays(100), ZIYANG, places)
    assert (found.place, found.rule) == ("510000", ClaimRule.HOUSEHOLD)


@st.composite
def lives(draw: Any) -> list[Contribution]:
    month, rows = month_of(1998, 1), []
    for _ in range(draw(st.integers(1, 5))):
        count = draw(st.integers(1, 150))
        city = draw(st.sampled_from([CHENGDU, DEYANG, MIANYANG, ZIYANG]))
        kind = draw(st.sampled_from(["normal", "normal", "temporary"]))
        rows += stay(city, month, count, account=kind)
        month += count
    return rows


@given(lives(), st.sampled_from([CHENGDU, ZIYANG, "420100"]))
def test_the_place_of_claim_is_one_of_the_places_or_the_household(
    rows: list[Contribution], household: str
) -> None:
    stays = stays_of(rows, ClaimUnit.CITY)
    if not stays.order:
        return
    found = place_of_claim(rows, household, PLACES)
    assert found.place in {*stays.order, household}
    if found.rule in (ClaimRule.CURRENT, ClaimRule.EARLIER):
        assert found.months[found.place] >= 120
    if found.rule is ClaimRule.FALLBACK:
        assert all(months < 120 for months in found.months.values())


@given(lives())
def test_months_are_partitioned_among_normal_places_and_temporary_ones(
    rows: list[Contribution],
) -> None:
    stays = stays_of(rows, ClaimUnit.CITY)
    temporary = sum(len(one.months) for one in rows if one.account == "temporary")
    assert sum(stays.months.values()) + temporary == stays.total_months
    assert stays.total_months == sum(len(one.months) for one in rows)
