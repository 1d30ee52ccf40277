"""Where an agreement stands: the fold of its versions and statements, at any instant."""

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.league.leagues import (
    CHENGDU,
    DEYANG,
    MIANYANG,
    UNHURRIED,
    agreed,
    agreement,
    on_day,
    signed_by,
    stated,
)

from hanse.mechanisms.league.agreement_records import AgreementRecord
from hanse.mechanisms.league.agreement_state import (
    OVER,
    STATUS_TITLES,
    Course,
    Status,
    state_at,
)
from hanse.mechanisms.league.agreements import SignedStatement, StatementKind
from hanse.mechanisms.league.documents import Signed

SUSPEND, RESUME, END = StatementKind
FIRST = agreement(valid_from=on_day(10), valid_until=on_day(100))
TINY = timedelta(milliseconds=1)


def course_of(*statements: SignedStatement) -> Course:
    return Course(agreed(FIRST, *statements))


def statuses(course: Course, *days: float) -> list[Status]:
    return [course.state(on_day(day)).status for day in days]


def test_every_status_has_a_title() -> None:
    assert {*STATUS_TITLES} == {*Status}


def test_drafted_then_awaiting_signatures() -> None:
    for signers, status, missing in (
        ((), Status.DRAFTED, (CHENGDU, DEYANG)),
        ((DEYANG,), Status.AWAITING_SIGNATURES, (CHENGDU,)),
    ):
        record = AgreementRecord((signed_by(FIRST, *signers),))
        for day in (0, 50, 500):
            state = state_at(record, on_day(day))
            assert (state.status, state.missing_signatures) == (status, missing)
            assert (state.since, state.expires_in, state.changes_at) == (None, None, None)


def test_in_force_between_its_dates() -> None:
    course = course_of()
    assert course.state(on_day(10) - TINY).status is Status.AGREED_NOT_YET_IN_FORCE
    assert course.state(on_day(10)).status is Status.IN_FORCE
    assert course.state(on_day(100) - TINY).status is Status.IN_FORCE
    assert course.state(on_day(100)).status is Status.EXPIRED


def test_a_state_says_since_when_until_when_and_what_comes() -> None:
    before, during, after = (course_of().state(on_day(day)) for day in (4, 40, 140))
    assert (before.since, before.changes_at) == (None, on_day(10))
    assert before.expires_in == timedelta(days=96)
    assert (during.since, during.changes_at) == (on_day(10), on_day(100))
    assert during.expires_in == timedelta(days=60)
    assert (after.since, after.changes_at, after.expires_in) == (on_day(100), None, None)
    assert during.agreement is FIRST
    assert during.missing_signatures == ()


def test_suspended_until_the_same_party_resumes() -> None:
    course = course_of(*stated(CHENGDU, (SUSPEND, 20), (RESUME, 30), (SUSPEND, 40)))
    assert statuses(course, 19.9, 20, 29.9, 30, 40, 99) == [
        Status.IN_FORCE,
        Status.SUSPENDED,
        Status.SUSPENDED,
        Status.IN_FORCE,
        Status.SUSPENDED,
        Status.SUSPENDED,
    ]
    assert course.state(on_day(25)).by == (CHENGDU,)
    assert course.state(on_day(25)).expires_in == timedelta(days=75)
    assert course.state(on_day(35)).since == on_day(30)
    assert statuses(course, 100) == [Status.EXPIRED]


def test_each_party_s_suspension_is_its_own() -> None:
    """One resumes, the other's still holds; `since` counts from the first of the two."""
    course = course_of(
        *stated(CHENGDU, (SUSPEND, 20), (RESUME, 40)), *stated(DEYANG, (SUSPEND, 30), (RESUME, 50))
    )
    by = [course.state(on_day(day)).by for day in (20, 30, 40, 50)]
    assert by == [(CHENGDU,), (CHENGDU, DEYANG), (DEYANG,), ()]
    assert statuses(course, 45, 50) == [Status.SUSPENDED, Status.IN_FORCE]
    assert course.state(on_day(45)).since == on_day(20)
    assert course.state(on_day(25)).changes_at == on_day(30)


def test_a_suspension_before_the_begin_holds_at_the_begin() -> None:
    course = course_of(*stated(CHENGDU, (SUSPEND, 5)))
    assert statuses(course, 6, 10) == [Status.AGREED_NOT_YET_IN_FORCE, Status.SUSPENDED]


def test_a_notice_ends_the_agreement_at_its_date() -> None:
    course = course_of(*stated(DEYANG, (END, 60)))
    assert course.state(on_day(50)).status is Status.IN_FORCE
    assert course.state(on_day(50)).expires_in == timedelta(days=10)
    ended = course.state(on_day(60))
    assert (ended.status, ended.by, ended.since) == (Status.ENDED, (DEYANG,), on_day(60))
    assert statuses(course, 100, 1000) == [Status.ENDED, Status.ENDED]


def test_the_earliest_notice_counts() -> None:
    course = course_of(*stated(DEYANG, (END, 60)), *stated(CHENGDU, (END, 50)))
    assert course.state(on_day(70)).by == (CHENGDU,)
    both = course_of(*stated(DEYANG, (END, 50)), *stated(CHENGDU, (END, 50)))
    assert both.state(on_day(70)).by == (CHENGDU, DEYANG)


def test_a_suspended_agreement_ends_and_is_never_resumed_after() -> None:
    course = course_of(*stated(CHENGDU, (SUSPEND, 20), (END, 30), (RESUME, 40)))
    assert statuses(course, 25, 30, 40) == [Status.SUSPENDED, Status.ENDED, Status.ENDED]


def test_ended_before_it_began() -> None:
    course = course_of(*stated(CHENGDU, (END, 5)))
    assert statuses(course, 4, 5, 10) == [
        Status.AGREED_NOT_YET_IN_FORCE,
        Status.ENDED,
        Status.ENDED,
    ]


SECOND = agreement(
    version=2, supersedes=FIRST.digest, valid_from=on_day(50), valid_until=on_day(300)
)


def amended(*statements: SignedStatement, signers: tuple[str, ...] = (CHENGDU, DEYANG)) -> Course:
    versions = (signed_by(FIRST, CHENGDU, DEYANG), signed_by(SECOND, *signers))
    return Course(AgreementRecord(versions, statements))


def test_the_highest_agreed_version_that_has_begun_counts() -> None:
    course = amended()
    versions = [course.state(on_day(day)).agreement.version for day in (0, 10, 49, 50, 299, 400)]
    assert versions == [1, 1, 1, 2, 2, 2]
    assert statuses(course, 10, 49, 50, 299, 300) == [Status.IN_FORCE] * 4 + [Status.EXPIRED]
    state = course.state(on_day(60))
    assert (state.since, state.expires_in) == (on_day(10), timedelta(days=240))


def test_a_version_that_not_all_have_signed_counts_for_nothing() -> None:
    course = amended(signers=(CHENGDU,))
    assert [course.state(on_day(day)).agreement.version for day in (49, 60)] == [1, 1]
    assert statuses(course, 60, 100) == [Status.IN_FORCE, Status.EXPIRED]


def test_a_superseded_version_never_comes_back() -> None:
    short = agreement(
        version=2, supersedes=FIRST.digest, valid_from=on_day(20), valid_until=on_day(30)
    )
    record = AgreementRecord(tuple(signed_by(one, CHENGDU, DEYANG) for one in (FIRST, short)))
    assert statuses(Course(record), 19, 20, 30, 50) == [
        Status.IN_FORCE,
        Status.IN_FORCE,
        Status.EXPIRED,
        Status.EXPIRED,
    ]


def test_a_version_agreed_after_the_expiry_of_the_one_before_revives_the_agreement() -> None:
    late = SECOND.model_copy(update={"valid_from": on_day(150)})
    record = AgreementRecord(tuple(signed_by(one, CHENGDU, DEYANG) for one in (FIRST, late)))
    assert statuses(Course(record), 99, 100, 149, 150) == [
        Status.IN_FORCE,
        Status.EXPIRED,
        Status.EXPIRED,
        Status.IN_FORCE,
    ]


def test_an_amendment_does_not_undo_a_suspension_or_a_notice() -> None:
    suspended = amended(*stated(CHENGDU, (SUSPEND, 20)))
    assert statuses(suspended, 49, 50) == [Status.SUSPENDED, Status.SUSPENDED]
    ended = amended(*stated(CHENGDU, (END, 40)))
    assert statuses(ended, 39, 40, 50, 200) == [Status.IN_FORCE] + [Status.ENDED] * 3
    assert ended.state(on_day(200)).agreement is FIRST


def test_a_party_that_was_dropped_has_no_word_on_the_version_without_it() -> None:
    first = agreement((CHENGDU, DEYANG, MIANYANG), valid_until=on_day(100))
    second = agreement(version=2, supersedes=first.digest, valid_from=on_day(50))
    versions = tuple(signed_by(one, CHENGDU, DEYANG, MIANYANG) for one in (first, second))
    suspended = Course(AgreementRecord(versions, tuple(stated(MIANYANG, (SUSPEND, 20)))))
    assert statuses(suspended, 20, 49, 50) == [Status.SUSPENDED, Status.SUSPENDED, Status.IN_FORCE]
    late = Course(AgreementRecord(versions, tuple(stated(MIANYANG, (END, 60)))))
    assert statuses(late, 70) == [Status.IN_FORCE]
    early = Course(AgreementRecord(versions, tuple(stated(MIANYANG, (END, 40)))))
    assert statuses(early, 70) == [Status.ENDED]


DAYS = st.integers(0, 120)


@st.composite
def chains(draw: st.DrawFn, city: str) -> list[SignedStatement]:
    """A chain as a city may give it: suspensions and resumptions in turn, one notice anywhere."""
    pauses = sorted(draw(st.lists(DAYS, max_size=5)))
    kinds = [((SUSPEND, RESUME)[place % 2], day) for place, day in enumerate(pauses)]
    if draw(st.booleans()):
        kinds.insert(draw(st.integers(0, len(kinds))), (END, draw(DAYS)))
    return stated(city, *kinds)


STATEMENTS = st.tuples(chains(CHENGDU), chains(DEYANG)).map(lambda both: [*both[0], *both[1]])


@UNHURRIED
@given(STATEMENTS, st.randoms(use_true_random=False))
def test_the_fold_does_not_depend_on_the_order_of_statements(
    statements: list[SignedStatement], shuffler: random.Random
) -> None:
    """Nor on one of them standing there twice."""
    shuffled = [*statements, *statements[:2]]
    shuffler.shuffle(shuffled)
    one, other = course_of(*statements), course_of(*shuffled)
    assert one.periods == other.periods
    assert one.record == other.record


@UNHURRIED
@given(STATEMENTS)
def test_nothing_follows_an_end(statements: list[SignedStatement]) -> None:
    course = course_of(*statements)
    ended = [place for place, one in enumerate(course.periods) if one.status is Status.ENDED]
    assert ended in ([], [len(course.periods) - 1])
    notices = [one.document.effective_at for one in statements if one.document.kind is END]
    if notices:
        assert course.state(min(notices)).status is Status.ENDED
        assert course.state(min(notices) - TINY).status is not Status.ENDED


@UNHURRIED
@given(STATEMENTS, DAYS)
def test_the_fold_agrees_with_the_plain_reading(
    statements: list[SignedStatement], day: int
) -> None:
    """Told once more from the words alone: the last word in effect of each party."""
    at = on_day(day)
    words = [one.document for one in statements if one.document.effective_at <= at]
    pauses = [one for one in words if one.kind is not END]
    last = {one.city: one.kind for one in sorted(pauses, key=lambda each: each.sequence)}
    if any(one.kind is END for one in words):
        expected = Status.ENDED
    elif day < 10:
        expected = Status.AGREED_NOT_YET_IN_FORCE
    elif day >= 100:
        expected = Status.EXPIRED
    else:
        expected = Status.SUSPENDED if SUSPEND in last.values() else Status.IN_FORCE
    assert course_of(*statements).state(at).status is expected


@UNHURRIED
@given(STATEMENTS, DAYS)
def test_a_state_holds_until_it_says_that_it_may_change(
    statements: list[SignedStatement], day: int
) -> None:
    course = course_of(*statements)
    state = course.state(on_day(day))
    until = state.changes_at or on_day(1000)
    for at in (on_day(day), on_day(day) + (until - on_day(day)) / 2, until - TINY):
        again = course.state(at)
        assert (again.status, again.by, again.since) == (state.status, state.by, state.since)
    if state.changes_at is not None:
        after = course.state(state.changes_at)
        assert (after.status, after.by) != (state.status, state.by)


@UNHURRIED
@given(STATEMENTS, DAYS)
def test_it_ends_when_it_says_that_it_will(statements: list[SignedStatement], day: int) -> None:
    course = course_of(*statements)
    state = course.state(on_day(day))
    if state.expires_in is None:
        assert state.status in OVER
    else:
        assert course.state(on_day(day) + state.expires_in).status in OVER
        assert course.state(on_day(day) + state.expires_in - TINY).status not in OVER


@pytest.mark.parametrize("signers", [(), (CHENGDU,)])
def test_an_unsigned_agreement_has_one_period(signers: tuple[str, ...]) -> None:
    course = Course(AgreementRecord((Signed(FIRST, signed_by(FIRST, *signers).signatures),)))
    assert len(course.periods) == 1
    assert list(course.in_force(FIRST)) == []
    assert course.ends_after(on_day(0)) is None
