"""An agreement that ends soon is told before it ends, once for each mark."""

import pytest
from tests.league.leagues import CHENGDU, DEYANG, agreed, agreement, on_day, signed_by, stated

from hanse.mechanisms.league.agreement_records import AgreementRecord
from hanse.mechanisms.league.agreement_state import Course, warnings
from hanse.mechanisms.league.agreements import StatementKind

FIRST = agreement()
"""From day 0 until day 100."""


@pytest.mark.parametrize(
    ("day", "mark", "left"),
    [
        (39.9, None, None),
        (40, 60, 60),
        (40.5, 60, 60),
        (69.9, 60, 31),
        (70, 30, 30),
        (93, 7, 7),
        (99.99, 7, 1),
        (100, None, None),
        (500, None, None),
    ],
)
def test_the_nearest_mark_passed_is_told(day: float, mark: int | None, left: int | None) -> None:
    found = warnings([Course(agreed(FIRST))], on_day(day))
    assert [(one.days_before, one.days_left) for one in found] == ([(mark, left)] if mark else [])
    for one in found:
        assert (one.agreement, one.version, one.ends_at) == ("AGR-1", 1, on_day(100))
        assert str(left) in one.text.zh
        assert str(left) in one.text.en


def test_other_marks_in_any_order() -> None:
    course = Course(agreed(FIRST))
    for day, mark in ((49, 90), (51, 50), (96, 5)):
        (found,) = warnings([course], on_day(day), (5, 90, 50))
        assert found.days_before == mark
    assert warnings([course], on_day(99), ()) == ()


def test_a_draft_has_no_end_to_tell() -> None:
    assert warnings([Course(AgreementRecord((signed_by(FIRST, CHENGDU),)))], on_day(95)) == ()


def test_a_notice_is_told_by_its_own_date() -> None:
    notice = stated(DEYANG, (StatementKind.END, 20))
    (found,) = warnings([Course(agreed(FIRST, *notice))], on_day(14))
    assert (found.days_before, found.ends_at) == (7, on_day(20))


def test_a_suspended_agreement_is_told_too() -> None:
    suspended = stated(DEYANG, (StatementKind.SUSPEND, 20))
    assert warnings([Course(agreed(FIRST, *suspended))], on_day(95))


def test_a_renewed_agreement_is_told_by_its_new_end() -> None:
    second = agreement(
        version=2, supersedes=FIRST.digest, valid_from=on_day(90), valid_until=on_day(400)
    )
    record = AgreementRecord(tuple(signed_by(one, CHENGDU, DEYANG) for one in (FIRST, second)))
    assert warnings([Course(record)], on_day(85)) == ()
    (found,) = warnings([Course(record)], on_day(395))
    assert (found.version, found.ends_at) == (2, on_day(400))


def test_what_ends_first_stands_first() -> None:
    soon = agreement(id="AGR-9", valid_until=on_day(98))
    found = warnings([Course(agreed(FIRST)), Course(agreed(soon))], on_day(95))
    assert [one.agreement for one in found] == ["AGR-9", "AGR-1"]
