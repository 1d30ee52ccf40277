"""Filing (RULES 3.2, 3.6) and prepayment (RULES 3.4)."""

from datetime import date

import pytest

from hanse.foundation.errors import Problem
from hanse.services.social.insurance.codes import Alarm, FilingKind
from hanse.services.social.insurance.filing import Filing, filing_for, new_filing
from hanse.services.social.insurance.prepayment import (
    PrepaymentParameters,
    alarm,
    prepayment_fen,
    schedule,
    threshold_fen,
)
from tests.credit.examples import CALENDAR
from tests.insurance.claims import CHENGDU

DAY = date(2026, 3, 2)
DEFAULTS = PrepaymentParameters()


def filed(kind: FilingKind, city: str = "510600") -> Filing:
    return new_filing(kind, city, date(2026, 1, 1), None)


def test_rules_3_2_a_temporary_filing_holds_six_months_and_many_visits() -> None:
    made = filed(FilingKind.REFERRAL)
    assert made.valid_to == date(2026, 7, 1)
    assert made.covers("510600", date(2026, 7, 1))
    assert not made.covers("510600", date(2026, 7, 2))
    assert not made.covers("510600", date(2025, 12, 31))
    assert not made.covers("510700", DAY)


def test_rules_3_2_a_long_term_filing_holds_until_cancelled() -> None:
    assert filed(FilingKind.LONG_TERM).covers("510600", date(2036, 1, 1))


def test_rules_3_2_a_temporary_filing_that_is_too_short_is_refused() -> None:
    with pytest.raises(Problem) as refused:
        new_filing(FilingKind.REFERRAL, "510600", date(2026, 1, 1), date(2026, 6, 30))
    assert refused.value.code == "insurance_filing_too_short"


def test_rules_3_6_an_emergency_counts_as_filed() -> None:
    assert filing_for([], CHENGDU, "510600", DAY, emergency=True) is FilingKind.EMERGENCY


def test_without_filing_and_without_emergency_there_is_no_direct_settlement() -> None:
    with pytest.raises(Problem) as refused:
        filing_for([filed(FilingKind.REFERRAL, "510700")], CHENGDU, "510600", DAY, emergency=False)
    assert refused.value.code == "insurance_filing_missing"


def test_a_city_may_settle_without_filing_at_the_unreferred_rate() -> None:
    policy = CHENGDU.model_copy(update={"settles_without_filing": True})
    assert filing_for([], policy, "510600", DAY, emergency=False) is FilingKind.NO_REFERRAL


def test_at_the_place_of_insurance_no_filing_is_asked() -> None:
    assert filing_for([], CHENGDU, "510100", DAY, emergency=False) is None


def test_the_filing_that_reduces_least_counts() -> None:
    filings = [filed(FilingKind.NO_REFERRAL), filed(FilingKind.LONG_TERM)]
    assert filing_for(filings, CHENGDU, "510600", DAY, emergency=True) is FilingKind.LONG_TERM


def test_rules_3_4_prepayment_worked_example() -> None:
    quarter = (31_000_000_00, 29_500_000_00, 33_500_000_00)
    prepaid = prepayment_fen(quarter, DEFAULTS)
    assert prepaid == 62_666_666_67
    assert threshold_fen(prepaid, DEFAULTS.yellow_bp) == 43_866_666_67
    assert threshold_fen(prepaid, DEFAULTS.red_bp) == 56_400_000_00


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [(0, Alarm.NONE), (69, Alarm.NONE), (70, Alarm.YELLOW), (89, Alarm.YELLOW), (90, Alarm.RED)],
)
def test_rules_3_4_alarms_at_70_and_90_percent(drawn: int, expected: Alarm) -> None:
    assert alarm(drawn, 100, DEFAULTS) is expected


def test_anything_drawn_from_no_prepayment_is_red() -> None:
    assert alarm(1, 0, DEFAULTS) is Alarm.RED


def test_rules_3_4_notice_in_5_and_payment_in_10_working_days() -> None:
    found = schedule(date(2026, 1, 5), CALENDAR, DEFAULTS)
    assert (found.notice.due, found.payment.due) == (date(2026, 1, 12), date(2026, 1, 26))
    assert found.whole_adjustment_ends == date(2026, 2, 28)


@pytest.mark.parametrize("quarter", [(), (1, 2), (1, 2, 3, 4), (1, 2, -3)])
def test_a_quarter_has_three_months(quarter: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="quarter"):
        prepayment_fen(quarter, DEFAULTS)
