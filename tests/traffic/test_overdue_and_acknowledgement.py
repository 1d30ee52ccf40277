"""An overdue notice stays in force and is flagged; who does not acknowledge is telephoned."""

from datetime import datetime, timedelta

from hypothesis import given, settings

from hanse.services.safety.traffic.contracts import Notice, NoticeReceipt
from hanse.services.safety.traffic.parameters import TrafficParameters
from hanse.services.safety.traffic.vocabulary import Standing
from hanse.services.safety.traffic.watch import (
    acknowledgement_due_at,
    escalations,
    in_force,
    standing,
    unacknowledged,
)

from .strategies import CHENGDU, DEYANG, MEISHAN, NOON, YAAN, hours, instants, notice, notices

CITIES = (CHENGDU, DEYANG, MEISHAN, YAAN)
TEN_MINUTES = timedelta(minutes=10)


def receipt(city: str, version: int, number: str = "510100-2026-17") -> NoticeReceipt:
    return NoticeReceipt(notice=number, version=version, city=city, acknowledged_at=NOON)


def test_section_14_an_end_that_passes_without_lifting_is_overdue_to_be_confirmed() -> None:
    published = notice()
    assert standing(published, NOON - hours(0.1)) is Standing.UPCOMING
    assert standing(published, NOON) is Standing.IN_FORCE
    assert standing(published, NOON + hours(2.9)) is Standing.IN_FORCE
    assert standing(published, NOON + hours(3)) is Standing.OVERDUE_CONFIRM
    assert standing(notice(expected_end=None), NOON + hours(999)) is Standing.IN_FORCE


def test_an_overdue_notice_is_still_in_force() -> None:
    assert in_force(notice(), NOON + hours(99))
    assert not in_force(notice(), NOON - hours(1))


def test_a_lifted_notice_was_in_force_until_it_was_lifted() -> None:
    lifted = notice(status="lifted", lifted_at=NOON + hours(2))
    assert in_force(lifted, NOON + hours(1))
    assert standing(lifted, NOON + hours(2)) is Standing.LIFTED
    withdrawn = notice(status="lifted", lifted_at=NOON - hours(1))
    assert not in_force(withdrawn, NOON)


@given(notices(), instants, instants)
@settings(max_examples=60, deadline=None)
def test_a_notice_ends_by_lifting_only(one: Notice, first: datetime, second: datetime) -> None:
    early, late = sorted([first, second])
    if in_force(one, early) and one.lifted_at is None:
        assert in_force(one, late)


def test_section_14_who_has_not_acknowledged_in_ten_minutes_is_telephoned() -> None:
    sent = notice(version=2)
    receipts = [receipt(DEYANG, 2), receipt(MEISHAN, 1), receipt(YAAN, 2, "510100-other")]
    due = NOON + TEN_MINUTES
    assert acknowledgement_due_at(NOON) == due
    assert escalations(sent, NOON, CITIES, receipts, due - timedelta(seconds=1)) == ()
    found = escalations(sent, NOON, CITIES, receipts, due)
    assert [(one.city, one.version, one.due_at) for one in found] == [
        (MEISHAN, 2, due),
        (YAAN, 2, due),
    ]


def test_a_receipt_for_a_later_version_covers_the_earlier_ones() -> None:
    assert unacknowledged(notice(version=2), (DEYANG,), [receipt(DEYANG, 3)]) == ()
    assert unacknowledged(notice(version=2), (DEYANG,), [receipt(DEYANG, 1)]) == (DEYANG,)


def test_the_issuer_owes_itself_no_acknowledgement() -> None:
    assert unacknowledged(notice(), (CHENGDU,), []) == ()


def test_the_time_to_acknowledge_is_a_parameter() -> None:
    patient = TrafficParameters(acknowledgement_minutes=30)
    assert escalations(notice(), NOON, CITIES, [], NOON + TEN_MINUTES, patient) == ()
