"""RULES 1.4 and 1.7: the relation moves, or a temporary account opens; and the dated modes."""

from dataclasses import replace
from datetime import date

import pytest

from hanse.foundation.identifiers import Sex
from hanse.services.social.pensions import rules
from hanse.services.social.pensions.codes import Destination, PoolingMode
from hanse.services.social.pensions.parameters import (
    DEFAULTS,
    PoolingSchedule,
    TransferLimits,
)
from tests.pensions.examples import CALENDAR, CHENGDU, DEYANG

ABROAD = rules.Arrival(
    sex=Sex.MALE,
    born=date(1976, 11, 25),
    applied_on=date(2026, 11, 25),
    origin=DEYANG,
    destination=CHENGDU,
    household_region="420100",
)


def opened(arrival: rules.Arrival, mode: PoolingMode = PoolingMode.CITY_66) -> Destination:
    return rules.destination_of(arrival, mode).destination


@pytest.mark.parametrize(
    ("sex", "born", "destination"),
    [
        (Sex.MALE, date(1976, 11, 26), Destination.NORMAL),
        (Sex.MALE, date(1976, 11, 25), Destination.TEMPORARY),
        (Sex.FEMALE, date(1986, 11, 26), Destination.NORMAL),
        (Sex.FEMALE, date(1986, 11, 25), Destination.TEMPORARY),
    ],
)
def test_1_4_men_of_50_and_women_of_40_away_from_the_household_get_a_temporary_account(
    sex: Sex, born: date, destination: Destination
) -> None:
    assert opened(replace(ABROAD, sex=sex, born=born)) is destination


def test_1_4_the_household_place_is_its_province() -> None:
    assert opened(replace(ABROAD, household_region="511102")) is Destination.NORMAL


def test_1_4_a_move_by_order_has_no_age_limit() -> None:
    assert opened(replace(ABROAD, by_order=True)) is Destination.NORMAL


def test_1_7_inside_a_province_that_pools_older_people_move_as_normal_accounts() -> None:
    pools = PoolingMode.PROVINCE_RELATION_ONLY
    assert opened(ABROAD, pools) is Destination.NORMAL
    assert opened(replace(ABROAD, origin="420200"), pools) is Destination.TEMPORARY


def test_1_7_the_pooling_mode_goes_by_its_effective_date() -> None:
    schedule = PoolingSchedule.model_validate(
        {
            "entries": [
                {"effective_from": date(2010, 1, 1), "mode": "city_66"},
                {"effective_from": date(2027, 1, 1), "mode": "province_relation_only"},
            ]
        }
    )
    assert rules.pooling_mode(schedule, date(2026, 12, 31)) is PoolingMode.CITY_66
    assert rules.pooling_mode(schedule, date(2027, 1, 1)) is PoolingMode.PROVINCE_RELATION_ONLY
    assert rules.pooling_mode(DEFAULTS.pooling, date(2026, 11, 25)) is PoolingMode.CITY_66
    with pytest.raises(ValueError, match="order"):
        PoolingSchedule.model_validate({"entries": list(reversed(schedule.entries))})


def test_1_2_example_applied_on_2026_02_09_is_due_03_06_03_27_and_04_20() -> None:
    due = rules.latest_deadlines(date(2026, 2, 9), CALENDAR, DEFAULTS.limits)
    assert due.review.due == date(2026, 3, 6)
    assert due.origin.due == date(2026, 3, 27)
    assert due.receive.due == date(2026, 4, 20)
    assert "15个工作日" in due.review.explanation.zh


def test_1_2_the_national_profile_is_45_working_days_and_the_compressed_one_15() -> None:
    assert DEFAULTS.limits.terms.total == 45
    compressed = TransferLimits.model_validate({"profile": "compressed_15"})
    assert compressed.terms.total == 15
    due = rules.latest_deadlines(date(2026, 3, 2), CALENDAR, compressed)
    assert due.receive.due == date(2026, 3, 23)


def test_1_2_what_cannot_move_is_told_within_10_working_days_of_the_letter() -> None:
    found = rules.unmovable_notice_due(date(2026, 2, 9), CALENDAR, DEFAULTS.limits)
    assert found.due == date(2026, 2, 28)


def test_1_6_a_claim_is_decided_within_20_working_days() -> None:
    assert rules.claim_due(date(2026, 3, 2), CALENDAR, DEFAULTS.limits).due == date(2026, 3, 30)
