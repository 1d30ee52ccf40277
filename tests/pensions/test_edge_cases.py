"""RULES 1.9: months paid twice, back payments, pensions drawn twice."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.services.social.pensions import rules
from hanse.services.social.pensions.codes import Immovable
from hanse.services.social.pensions.months import month_of
from hanse.services.social.pensions.parameters import DEFAULTS
from hanse.services.social.pensions.records import BackPayment, Contribution
from tests.pensions.examples import CHENGDU, DEYANG, FIVE_YEARS, account_of, row


def payment(**changes: Any) -> BackPayment:
    values = {
        "years": (2019, 2020, 2021),
        "paid_on": "2022-06-01",
        "evidence": "court",
        "document_number": "D-1",
        "document_on": "2022-05-31",
        **changes,
    }
    return BackPayment.model_validate(values)


NONE = {"evidence": "none", "document_number": None, "document_on": None}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"document_on": "2022-06-01"}, Immovable.DOCUMENT_TOO_LATE),
        ({"document_on": "2022-07-01"}, Immovable.DOCUMENT_TOO_LATE),
        (NONE, Immovable.BACK_PAYMENT_UNPROVED),
        ({"evidence": "commitment"}, Immovable.BACK_PAYMENT_UNPROVED),
        ({"evidence": "commitment", "paid_on": "2016-11-27", "document_on": "2026-01-01"}, None),
        ({**NONE, "paid_on": "2016-11-27"}, Immovable.BACK_PAYMENT_UNPROVED),
        ({**NONE, "years": (2019, 2020)}, None),
    ],
)
def test_1_9_2_a_back_payment_of_three_years_needs_a_document_that_pre_dates_it(
    changes: dict[str, Any], reason: Immovable | None
) -> None:
    assert rules.why_immovable(payment(**changes), DEFAULTS) is reason


def test_1_2_what_cannot_move_is_split_off_and_the_rest_moves() -> None:
    account = account_of(FIVE_YEARS)
    split = rules.split_relation(FIVE_YEARS, account, [payment(**NONE)], DEFAULTS)
    assert split.is_partial
    assert [one.year for one in split.contributions] == [2022, 2023]
    (left,) = split.left_behind
    assert left.years == (2019, 2020, 2021)
    assert left.reason is Immovable.BACK_PAYMENT_UNPROVED
    assert split.account[-1].closing + left.account == account[-1].closing


def test_a_relation_without_unproved_payments_moves_whole() -> None:
    account = account_of(FIVE_YEARS)
    split = rules.split_relation(FIVE_YEARS, account, [payment()], DEFAULTS)
    assert not split.is_partial
    assert split.contributions == FIVE_YEARS
    assert split.account == account


def test_1_9_1_a_month_paid_at_two_places_counts_at_the_one_that_is_kept() -> None:
    here = row(2021, 1_200_000, tuple(range(1, 13)), city=DEYANG)
    there = row(2021, 400_000, (11, 12), city=CHENGDU)
    assert len(rules.overlapping_months([here, there])) == 2
    cleared = rules.clear_overlaps([here, there], keep=CHENGDU)
    assert cleared.contributions[0].months == tuple(range(1, 11))
    assert cleared.contributions[0].base == 1_000_000
    (refund,) = cleared.refunds
    assert (refund.city, len(refund.months), refund.amount) == (DEYANG, 2, 16_000)
    kept = rules.clear_overlaps([here, there], keep=DEYANG)
    assert kept.contributions == (here,)
    assert kept.refunds[0].amount == 32_000


def test_1_9_3_a_pension_drawn_twice_is_returned_from_2016_5_on_and_may_be_set_off() -> None:
    drawn = {month_of(2016, 11): 100, month_of(2016, 12): 100, month_of(2017, 1): 100}
    apart = rules.end_double_pension(500, drawn, DEFAULTS, set_off_agreed=False)
    assert (apart.refund, apart.to_return, apart.paid_out, apart.still_owed) == (500, 200, 500, 200)
    set_off = rules.end_double_pension(150, drawn, DEFAULTS, set_off_agreed=True)
    assert (set_off.set_off, set_off.paid_out, set_off.still_owed) == (150, 0, 50)


@st.composite
def overlapping(draw: Any) -> list[Contribution]:
    months = st.sets(st.integers(1, 12), min_size=1).map(lambda found: tuple(sorted(found)))
    return [
        row(2020, draw(st.integers(0, 10**7)), draw(months), city=draw(st.sampled_from(cities)))
        for cities in [[CHENGDU, DEYANG]] * draw(st.integers(1, 5))
    ]


@given(overlapping(), st.sampled_from([CHENGDU, DEYANG]))
def test_months_are_partitioned_between_what_counts_and_what_is_refunded(
    rows: list[Contribution], keep: str
) -> None:
    cleared = rules.clear_overlaps(rows, keep)
    every = [month for one in rows for month in one.month_numbers]
    counted = [month for one in cleared.contributions for month in one.month_numbers]
    refunded = [month for refund in cleared.refunds for month in refund.months]
    assert sorted(counted) == sorted(set(every))
    assert sorted(counted + refunded) == sorted(every)
    kept = {month for one in rows if one.city == keep for month in one.month_numbers}
    assert kept == {
        month for one in cleared.contributions if one.city == keep for month in one.month_numbers
    }


def test_1_4_age_counts_from_the_birthday_and_29_february_from_1_march() -> None:
    assert rules.age_on(date(1976, 2, 29), date(2026, 2, 28)) == 49
    assert rules.age_on(date(1976, 2, 29), date(2026, 3, 1)) == 50
