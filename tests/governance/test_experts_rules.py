"""Who may be asked: interests while they last and some years after; what scores come to."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hanse.foundation.errors import Problem
from hanse.foundation.identifiers import make_uscc
from hanse.services.governance.experts import rules
from hanse.services.governance.experts.consultation import CONSULTATION
from hanse.services.governance.experts.contracts import Interest, Matter, Opinion, Profile
from tests.exchange.cities import START
from tests.governance.test_follow_up import allowed
from tests.registration.test_registration_rules import CALENDAR

WORDS = {"zh": "生成", "en": "Generated"}
FIRM = make_uscc(1_234, region="510100")
OTHER = make_uscc(4_321, region="510600")
TODAY = date(2026, 11, 25)


def interest(party: str = FIRM, **changes: Any) -> dict[str, Any]:
    return {"party": party, "tie": "employment", "since": "2020-01-01", **changes}


def profile(**changes: Any) -> dict[str, Any]:
    return {
        "id": "510600-E1",
        "version": 1,
        "name": "生成的专家",
        "position": WORDS,
        "specialities": ["environment", "law"],
        "office": "planning",
        "interests": [],
        **changes,
    }


def matter(**changes: Any) -> dict[str, Any]:
    return {
        "id": "510100-X1",
        "work": "consultation",
        "speciality": "environment",
        "title": WORDS,
        "question": WORDS,
        "concerned": [FIRM],
        "working_days": 20,
        **changes,
    }


CRITERIA = [
    {"code": "benefit", "title": WORDS, "weight": 60},
    {"code": "cost", "title": WORDS, "weight": 40},
]


def evaluation(**changes: Any) -> dict[str, Any]:
    return matter(id="510100-X2", work="evaluation", criteria=CRITERIA, **changes)


def code_of(check: Any, *arguments: Any) -> str | None:
    try:
        check(*arguments)
    except Problem as problem:
        return problem.code
    return None


def free(profile_: dict[str, Any], matter_: dict[str, Any], worked_on: Any = ()) -> str | None:
    return code_of(
        rules.check_free,
        Profile.model_validate(profile_),
        Matter.model_validate(matter_),
        worked_on,
        TODAY,
        rules.DEFAULTS,
    )


@pytest.mark.parametrize(
    ("declared", "concerned", "code"),
    [
        ([], FIRM, None),
        ([interest(OTHER)], FIRM, None),
        ([interest()], FIRM, "expert_conflict"),
        ([interest(since="2026-11-25")], FIRM, "expert_conflict"),
        ([interest(since="2026-11-26")], FIRM, None),
        ([interest(until="2023-11-25")], FIRM, "expert_conflict"),
        ([interest(until="2023-11-24")], FIRM, None),
        ([interest("510600/planning")], "510600/planning", "expert_conflict"),
        ([interest("510600/planning")], "510600", "expert_conflict"),
        ([interest("510600")], "510600/planning", "expert_conflict"),
        ([interest("510600/planning")], "510600/planning-2", None),
        ([interest("510600/planning")], "510100", None),
    ],
)
def test_an_interest_keeps_an_expert_away_while_it_lasts_and_three_years_after(
    declared: list[dict[str, Any]], concerned: str, code: str | None
) -> None:
    assert free(profile(interests=declared), matter(concerned=[concerned])) == code


def test_nobody_evaluates_what_they_worked_on() -> None:
    assert free(profile(), evaluation(evaluates="510100-X1"), {"510100-X1"}) == (
        "expert_reviews_own"
    )
    assert free(profile(), evaluation(evaluates="510100-X1"), {"510100-X3"}) is None
    assert free(profile(has_left=True), matter()) == "expert_has_left"


def test_an_interest_that_was_declared_is_ended_never_taken_out() -> None:
    held = Profile.model_validate(profile(interests=[interest(), interest(OTHER)]))
    for declared, code in (
        ([interest(), interest(OTHER)], None),
        ([interest(), interest(OTHER, until="2026-01-01")], None),
        ([interest(OTHER), interest()], None),
        ([interest()], "expert_interest_lost"),
        ([interest(), interest(OTHER, since="2021-01-01")], "expert_interest_lost"),
        ([interest(), interest(OTHER, tie="family")], "expert_interest_lost"),
    ):
        following = Profile.model_validate(profile(version=2, interests=declared))
        assert code_of(rules.check_profile, following, held) == code, declared
    skipped = Profile.model_validate(profile(version=3))
    assert code_of(rules.check_profile, skipped, held) == "expert_version_wrong"


@pytest.mark.parametrize(
    "values",
    [
        matter(concerned=[]),
        matter(concerned=["510100/"]),
        matter(concerned=["firm"]),
        matter(criteria=CRITERIA),
        matter(evaluates="510100-X9"),
        matter(work="evaluation"),
        evaluation(evaluates="510100-X2"),
        matter(work="evaluation", criteria=[{**CRITERIA[0], "weight": 99}]),
        matter(work="evaluation", criteria=[CRITERIA[1], {**CRITERIA[0], "code": "cost"}]),
    ],
)
def test_a_matter_that_cannot_be_is_no_matter(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Matter.model_validate(values)


@pytest.mark.parametrize(
    ("scores", "code"),
    [
        ({"benefit": 100, "cost": 0}, None),
        ({"benefit": 101, "cost": 0}, "expert_scores_wrong"),
        ({"benefit": -1, "cost": 0}, "expert_scores_wrong"),
        ({"benefit": 50}, "expert_scores_wrong"),
        ({"benefit": 50, "cost": 50, "more": 1}, "expert_scores_wrong"),
    ],
)
def test_an_evaluation_scores_each_criterion_and_nothing_else(
    scores: dict[str, int], code: str | None
) -> None:
    said = Opinion(text="生成", scores=scores)
    assert code_of(rules.check_opinion, said, Matter.model_validate(evaluation())) == code
    if code is None:
        assert code_of(rules.check_opinion, said, Matter.model_validate(matter())) == (
            "expert_scores_wrong"
        )


def test_scores_are_weighted_and_their_mean_is_rounded_half_up_once() -> None:
    criteria = Matter.model_validate(evaluation()).criteria
    scores = [
        rules.weighted(criteria, {"benefit": benefit, "cost": cost})
        for benefit, cost in ((80, 70), (75, 60), (91, 81))
    ]
    assert scores == [Decimal("76"), Decimal("69"), Decimal("87")]
    found = rules.result(scores, rules.DEFAULTS)
    assert (found.score, found.lowest, found.highest) == tuple(map(Decimal, ("77.3", "69", "87")))
    assert found.is_disputed is False
    assert rules.result([*scores, Decimal("56.99")], rules.DEFAULTS).is_disputed is True
    few = rules.result(scores[:2], rules.DEFAULTS)
    assert (few.score, few.experts, few.needed) == (None, 2, 3)


@given(st.lists(st.integers(0, 100), min_size=3, max_size=12))
def test_the_mean_lies_between_the_lowest_and_the_highest(scores: list[int]) -> None:
    found = rules.result([Decimal(one) for one in scores], rules.DEFAULTS)
    assert found.score is not None
    assert found.lowest is not None
    assert found.highest is not None
    assert found.lowest <= found.score <= found.highest


@given(
    st.dates(date(2000, 1, 1), date(2060, 1, 1)),
    st.integers(0, 3_000),
    st.dates(date(2000, 1, 1), date(2070, 1, 1)),
)
def test_to_end_an_interest_never_makes_it_last_longer(
    since: date, length: int, today: date
) -> None:
    running = Interest.model_validate(interest(since=since))
    ended = Interest.model_validate(interest(since=since, until=since + timedelta(days=length)))
    if rules.counts(ended, today, rules.DEFAULTS):
        assert rules.counts(running, today, rules.DEFAULTS)


def test_every_action_from_every_stage_is_in_the_table_or_refused() -> None:
    assert allowed(CONSULTATION, START, CALENDAR) == {
        ("asked", "host"): {"accept", "decline", "recuse"},
        ("asked", "asker"): {"withdraw"},
        ("working", "host"): {"deliver", "recuse"},
        ("working", "asker"): {"extend", "withdraw"},
        ("delivered", "host"): {"recuse"},
        ("delivered", "asker"): {"take", "send_back", "withdraw"},
    }
