"""A notice moves through its statuses and versions in order, and by its issuer only."""

from itertools import pairwise, product

import pytest

from hanse.services.safety.traffic.rules import (
    ALLOWED,
    EXTENSION_UNDECLARED,
    FIXED_FIELD,
    LIFTED_IN_FUTURE,
    NOT_LATER,
    NOT_THE_ISSUER,
    TRANSITION_REFUSED,
    VERSION_GAP,
    VERSION_STALE,
    check_issuer,
    check_transition,
    check_update,
    check_version,
)
from hanse.services.safety.traffic.vocabulary import Direction, NoticeKind, NoticeStatus

from .refusals import refused
from .strategies import CHENGDU, DEYANG, NOON, hours, notice

STATUSES = [None, *NoticeStatus]
HELD = notice(status=NoticeStatus.ACTIVE, version=2)
LATER = NOON + hours(1)


def test_section_14_the_life_of_a_notice() -> None:
    life = [None, *NoticeStatus]
    for held, offered in pairwise(life):
        check_transition(held, offered or NoticeStatus.ISSUED)


@pytest.mark.parametrize(("held", "offered"), list(product(STATUSES, NoticeStatus)))
def test_what_the_table_does_not_allow_is_refused_with_what_it_allows(
    held: NoticeStatus | None, offered: NoticeStatus
) -> None:
    if offered in ALLOWED[held]:
        check_transition(held, offered)
        return
    problem = refused(TRANSITION_REFUSED, check_transition, held, offered)
    for status in ALLOWED[held]:
        assert status.text.zh in problem.hint.zh
        assert status.text.en in problem.hint.en


def test_nothing_follows_a_lifted_notice() -> None:
    problem = refused(
        TRANSITION_REFUSED, check_transition, NoticeStatus.LIFTED, NoticeStatus.ACTIVE
    )
    assert "none" in problem.hint.en


def test_the_first_version_is_one_and_each_next_is_one_more() -> None:
    check_version(None, 1)
    check_version(7, 8)


def test_a_version_already_held_is_stale() -> None:
    for offered in (1, 6, 7):
        assert not refused(VERSION_STALE, check_version, 7, offered).kind.retry


def test_a_missing_version_is_a_gap_that_may_be_repeated_later() -> None:
    for held, offered in ((None, 2), (7, 9)):
        assert refused(VERSION_GAP, check_version, held, offered).kind.retry


def test_only_the_issuer_changes_a_notice() -> None:
    check_issuer(HELD, CHENGDU)
    refused(NOT_THE_ISSUER, check_issuer, HELD, DEYANG)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "510100-2026-18"},
        {"kind": NoticeKind.WEATHER},
        {"road": "S4"},
        {"issued_at": LATER},
        {"start": LATER},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_a_notice_is_about_is_fixed(changes: dict[str, object]) -> None:
    problem = refused(
        FIXED_FIELD,
        check_update,
        HELD,
        notice(**{"version": 3, "status": "active"} | changes),
        LATER,
    )
    assert problem.values["field"] in changes


def test_the_start_may_move_until_the_notice_is_active() -> None:
    issued = notice()
    check_update(issued, notice(version=2, start=NOON + hours(1)), NOON)


def test_section_and_direction_may_be_corrected() -> None:
    check_update(
        HELD,
        notice(version=3, status="active", to_stake_m=1_807_000, direction=Direction.BOTH),
        LATER,
    )


def test_an_extension_ends_later() -> None:
    check_update(HELD, notice(version=3, status="extended", expected_end=NOON + hours(5)), LATER)
    check_update(HELD, notice(version=3, status="extended", expected_end=None), LATER)
    for end in (NOON + hours(3), NOON + hours(2)):
        offered = notice(version=3, status="extended", expected_end=end)
        refused(NOT_LATER, check_update, HELD, offered, LATER)
    endless = notice(status="active", version=2, expected_end=None)
    refused(NOT_LATER, check_update, endless, notice(version=3, status="extended"), LATER)


def test_a_later_end_is_declared_as_an_extension() -> None:
    for end in (NOON + hours(4), None):
        offered = notice(version=3, status="active", expected_end=end)
        refused(EXTENSION_UNDECLARED, check_update, HELD, offered, LATER)
    check_update(HELD, notice(version=3, status="active", expected_end=NOON + hours(2)), LATER)


def test_an_extended_notice_may_be_amended_and_extended_again() -> None:
    held = notice(status="extended", version=3, expected_end=NOON + hours(5))
    for end in (NOON + hours(5), NOON + hours(6)):
        check_update(held, notice(status="extended", version=4, expected_end=end), LATER)


def test_a_notice_is_lifted_with_the_time_at_which_it_was_over() -> None:
    check_update(HELD, notice(version=3, status="lifted", lifted_at=LATER), LATER)
    offered = notice(version=3, status="lifted", lifted_at=NOON + hours(2))
    refused(LIFTED_IN_FUTURE, check_update, HELD, offered, LATER)


def test_a_lifting_is_never_held_up_by_what_else_may_be_wrong() -> None:
    offered = notice(
        version=3, status="lifted", lifted_at=LATER, level="I", other_measures_insufficient=False
    )
    check_update(HELD, offered, LATER)
