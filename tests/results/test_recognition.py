"""Recognition of results between hospitals: RULES 4.2, 4.3 and the worked example."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from hanse.foundation.errors import Problem
from hanse.services.health.results.codes import (
    Choice,
    HospitalGrade,
    LevelRule,
    MarkScope,
    Obstacle,
    RepeatReason,
)
from hanse.services.health.results.parameters import DEFAULTS, ResultParameters
from hanse.services.health.results.rules import (
    Decided,
    Figures,
    Offered,
    Place,
    check_choice,
    figures,
    level_fits,
    mark_reaches,
    obstacles,
)

TODAY = date(2026, 3, 12)
LISTED = frozenset({"US-ABDOMEN"})
MEISHAN = Place("meishan-hospital", "511400", HospitalGrade.TWO_A)
CHENGDU = Place("chengdu-hospital", "510100", HospitalGrade.THREE_A)
ULTRASOUND = Offered(
    "US-ABDOMEN", "US", MEISHAN, TODAY - timedelta(days=3), MarkScope.PROVINCE, complete=True
)
SAME_LEVEL = ResultParameters(level_rule=LevelRule.SAME_OR_HIGHER)


def found(
    result: Offered, here: Place = CHENGDU, parameters: ResultParameters = DEFAULTS
) -> tuple[Obstacle, ...]:
    return obstacles(result, here, TODAY, LISTED, parameters)


def test_rules_4_3_worked_example_ultrasound_from_meishan() -> None:
    assert found(ULTRASOUND, parameters=SAME_LEVEL) == (Obstacle.LEVEL,)
    assert found(ULTRASOUND) == ()
    check_choice(Choice.REPEATED, True, RepeatReason.EMERGENCY, None)
    assert RepeatReason.EMERGENCY.value == "4"


@pytest.mark.parametrize(
    ("changed", "obstacle"),
    [
        (replace(ULTRASOUND, mark=None), Obstacle.NOT_MARKED),
        (replace(ULTRASOUND, mark=MarkScope.CITY), Obstacle.OUT_OF_SCOPE),
        (replace(ULTRASOUND, item="US-HEART"), Obstacle.ITEM_NOT_LISTED),
        (replace(ULTRASOUND, reported_on=TODAY - timedelta(days=15)), Obstacle.EXPIRED),
        (replace(ULTRASOUND, reported_on=TODAY + timedelta(days=1)), Obstacle.EXPIRED),
        (replace(ULTRASOUND, group="ZZ"), Obstacle.EXPIRED),
        (replace(ULTRASOUND, complete=False), Obstacle.INCOMPLETE),
        (replace(ULTRASOUND, diagnosis_only=True), Obstacle.NOT_A_RESULT),
    ],
)
def test_rules_4_2_each_condition_keeps_a_result_out(changed: Offered, obstacle: Obstacle) -> None:
    assert found(changed) == (obstacle,)


def test_all_obstacles_are_named_at_once() -> None:
    worst = Offered(
        "X", "ZZ", replace(MEISHAN, grade=HospitalGrade.ONE), TODAY, None, complete=False
    )
    assert set(found(worst)) == {
        Obstacle.NOT_MARKED,
        Obstacle.LEVEL,
        Obstacle.ITEM_NOT_LISTED,
        Obstacle.INCOMPLETE,
    }


@pytest.mark.parametrize(
    ("mark", "made_in", "reaches"),
    [
        (MarkScope.NATIONAL, "500100", True),
        (MarkScope.LEAGUE, "500100", True),
        (MarkScope.PROVINCE, "500100", False),
        (MarkScope.PROVINCE, "511400", True),
        (MarkScope.CITY, "511400", False),
        (MarkScope.CITY, "510100", True),
    ],
)
def test_rules_4_2_a_mark_reaches_as_far_as_its_quality_control(
    mark: MarkScope, made_in: str, reaches: bool
) -> None:
    assert mark_reaches(mark, made_in, "510100", DEFAULTS) is reaches


@pytest.mark.parametrize("source", HospitalGrade)
@pytest.mark.parametrize("target", HospitalGrade)
def test_rules_4_2_two_tiers_divide_below_2a(source: HospitalGrade, target: HospitalGrade) -> None:
    fits = level_fits(replace(MEISHAN, grade=source), replace(CHENGDU, grade=target), DEFAULTS)
    upper = {"2a", "3c", "3b", "3a"}
    assert fits is (source in upper or target not in upper)


@pytest.mark.parametrize(
    ("source", "target", "fits"),
    [
        (HospitalGrade.THREE_C, HospitalGrade.THREE_A, True),
        (HospitalGrade.TWO_A, HospitalGrade.THREE_C, False),
        (HospitalGrade.THREE_A, HospitalGrade.ONE, True),
        (HospitalGrade.UNGRADED, HospitalGrade.UNGRADED, False),
    ],
)
def test_rules_4_2_same_level_and_the_lower_accepts_the_higher(
    source: HospitalGrade, target: HospitalGrade, fits: bool
) -> None:
    made = replace(MEISHAN, grade=source)
    assert level_fits(made, replace(CHENGDU, grade=target), SAME_LEVEL) is fits


def test_rules_4_2_inside_a_consortium_all_accept_all() -> None:
    low = replace(MEISHAN, grade=HospitalGrade.ONE, consortium="west")
    assert level_fits(low, replace(CHENGDU, consortium="west"), SAME_LEVEL)
    assert not level_fits(low, replace(CHENGDU, consortium="east"), SAME_LEVEL)


def test_rules_4_2_a_third_level_hospital_may_accept_below_where_so_decided() -> None:
    low = replace(MEISHAN, grade=HospitalGrade.TWO_B)
    may = ResultParameters(third_accepts_below=True)
    assert level_fits(low, CHENGDU, may)
    assert not level_fits(low, replace(CHENGDU, grade=HospitalGrade.TWO_A), may)


def test_the_order_of_grades_is_from_low_to_high() -> None:
    assert [one.level for one in HospitalGrade] == [0, 1, 2, 2, 2, 3, 3, 3]
    assert [one.rank for one in HospitalGrade] == list(range(8))


@pytest.mark.parametrize(
    ("choice", "recognisable", "reason", "words", "code"),
    [
        (Choice.REPEATED, True, None, None, "result_repeat_reason_missing"),
        (Choice.REPEATED, True, RepeatReason.OTHER, " ", "result_repeat_explanation_missing"),
        (
            Choice.RECOGNISED,
            True,
            RepeatReason.MAJOR,
            None,
            "result_recognition_needs_no_reason",
        ),
        (Choice.REPEATED, True, RepeatReason.OTHER, "写明", None),
        (Choice.REPEATED, False, None, None, None),
        (Choice.RECOGNISED, False, None, None, None),
    ],
)
def test_rules_4_3_a_repetition_of_a_recognised_result_has_its_reason(
    choice: Choice,
    recognisable: bool,
    reason: RepeatReason | None,
    words: str | None,
    code: str | None,
) -> None:
    if code is None:
        check_choice(choice, recognisable, reason, words)
        return
    with pytest.raises(Problem) as refused:
        check_choice(choice, recognisable, reason, words)
    assert refused.value.code == code


def test_rules_4_3_figures_of_recognition() -> None:
    decided = [
        Decided(True, Choice.RECOGNISED, None, 12_000),
        Decided(True, Choice.REPEATED, RepeatReason.EMERGENCY, 8_000),
        Decided(True, Choice.REPEATED, None, 8_000),
        Decided(False, Choice.RECOGNISED, None, 3_000),
        Decided(False, Choice.REPEATED, None, 1_000),
    ]
    assert figures(decided) == Figures(3, 1, 1, 15_000)
