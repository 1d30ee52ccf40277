"""The response level follows from duration, provinces and cities."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.services.safety.traffic.levels import interruption, level, level_of, relevel_due_at
from hanse.services.safety.traffic.parameters import TrafficParameters
from hanse.services.safety.traffic.vocabulary import Level, Measure, NoticeStatus

from .strategies import CHENGDU, CHONGQING, MEISHAN, NOON, YAAN, hours, notice

THREE = (CHENGDU, MEISHAN, YAAN)


def test_section_14_worked_example_chengdu_yaan_expressway() -> None:
    assert level(hours(14), provinces=1, cities=3) is Level.IV
    assert level(hours(24), provinces=1, cities=3) is Level.III


@pytest.mark.parametrize(
    ("interrupted", "provinces", "cities", "expected"),
    [
        (24, 3, 3, Level.I),
        (24, 4, 1, Level.I),
        (24, 2, 3, Level.II),
        (24, 2, 1, Level.II),
        (24, 1, 3, Level.III),
        (24, 1, 2, Level.IV),
        (24, 1, 1, Level.LOCAL),
        (23.99, 3, 3, Level.IV),
        (12, 1, 2, Level.IV),
        (12, 3, 1, Level.LOCAL),
        (11.99, 3, 9, Level.LOCAL),
        (0, 9, 9, Level.LOCAL),
    ],
)
def test_section_14_each_threshold(
    interrupted: float, provinces: int, cities: int, expected: Level
) -> None:
    assert level(hours(interrupted), provinces, cities) is expected


@given(st.integers(0, 100), st.integers(0, 100), st.integers(1, 5), st.integers(1, 9))
def test_a_longer_interruption_is_never_less_grave(
    one: int, more: int, provinces: int, cities: int
) -> None:
    order = list(Level)
    shorter = level(hours(one), provinces, cities)
    longer = level(hours(one + more), provinces, cities)
    assert order.index(longer) <= order.index(shorter)


def test_only_a_closure_interrupts() -> None:
    long = {"expected_end": NOON + hours(30), "affected_cities": THREE}
    assert level_of(notice(**long), NOON) is Level.III
    for measure in set(Measure) - {Measure.CLOSED, Measure.SPEED_LIMIT}:
        assert level_of(notice(**long, measure=measure), NOON) is Level.LOCAL


def test_provinces_are_told_by_the_cities_codes() -> None:
    long = notice(expected_end=NOON + hours(24), affected_cities=(CHONGQING,))
    assert level_of(long, NOON) is Level.II
    assert (
        level_of(notice(expected_end=NOON + hours(24), affected_cities=(YAAN,)), NOON) is Level.IV
    )


def test_an_interruption_lasts_as_expected_or_as_it_has_lasted() -> None:
    expected = notice(expected_end=NOON + hours(3))
    assert interruption(expected, NOON + hours(1)) == hours(3)
    assert interruption(expected, NOON + hours(5)) == hours(5)
    assert interruption(notice(expected_end=None), NOON + hours(5)) == hours(5)
    assert interruption(notice(expected_end=None), NOON - hours(5)) == timedelta(0)
    lifted = notice(status=NoticeStatus.LIFTED, lifted_at=NOON + hours(2))
    assert interruption(lifted, NOON + hours(99)) == hours(2)


def test_the_level_rises_when_a_closure_passes_a_threshold() -> None:
    open_ended = notice(expected_end=None, affected_cities=THREE)
    assert relevel_due_at(open_ended) == NOON + hours(12)
    assert relevel_due_at(open_ended.model_copy(update={"level": Level.IV})) == NOON
    planned = notice(expected_end=NOON + hours(14), affected_cities=THREE, level=Level.IV)
    assert relevel_due_at(planned) == NOON + hours(24)
    alone = notice(expected_end=None, affected_cities=(CHENGDU,))
    assert relevel_due_at(alone) is None
    lifted = notice(status=NoticeStatus.LIFTED, lifted_at=NOON, affected_cities=THREE)
    assert relevel_due_at(lifted) is None


def test_the_thresholds_are_parameters() -> None:
    strict = TrafficParameters(long_hours=10, short_hours=2)
    assert level(hours(10), 1, 3, strict) is Level.III
    assert level(hours(2), 1, 2, strict) is Level.IV
