"""Policies are dated data with a validator; a policy can be tried on past claims."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from hanse.foundation.errors import Problem
from hanse.services.social.insurance.codes import Scheme
from hanse.services.social.insurance.default_policies import employee_policy, resident_policy
from hanse.services.social.insurance.lines import split
from hanse.services.social.insurance.policies import Policy, policy_on
from hanse.services.social.insurance.trial import PastClaim, try_policy
from tests.insurance.claims import CHENGDU, WORKED, stay


def changed(**values: Any) -> dict[str, Any]:
    return CHENGDU.model_dump(mode="json") | values


@pytest.mark.parametrize(
    "values",
    [
        {"effective_to": "2021-12-31"},
        {"deductible_fen": {"third": 80_000}},
        {"ratio_bp": {"third": 8_500, "second": 9_000, "first": 9_200, "community": 10_001}},
        {"ratio_bp": {"third": 0.85, "second": 9_000, "first": 9_200, "community": 9_500}},
        {"reduction_bp": {"long_term": 0, "referral": 1_001, "emergency": 0, "no_referral": 0}},
        {"reduction_bp": {"long_term": 0, "referral": 0, "emergency": 0, "no_referral": 2_001}},
        {"reduction_bp": {"long_term": 1, "referral": 0, "emergency": 0, "no_referral": 0}},
        {"reduction_bp": {"long_term": 0}},
        {"deductible_floor_fen": 16_001},
        {"age_bonus": [{"from_age": 60, "points_bp": 1}, {"from_age": 50, "points_bp": 2}]},
        {"serious_illness": {"bands": []}},
        {
            "serious_illness": {
                "bands": [{"over_fen": 2, "ratio_bp": 1}, {"over_fen": 2, "ratio_bp": 1}]
            }
        },
        {"sources": {"no_such_value": "[P]"}},
        {"cap_fen": -1},
        {"city": "chengdu"},
        {"version": 0},
        {"another": 1},
    ],
)
def test_a_policy_that_is_not_whole_is_refused(values: dict[str, Any]) -> None:
    Policy.model_validate(changed())
    with pytest.raises(ValidationError):
        Policy.model_validate(changed(**values))


def test_local_defaults_are_visible() -> None:
    assert "cap_fen" in CHENGDU.local_defaults
    assert "deductible_fen" not in CHENGDU.local_defaults
    assert "deductible_fen" in employee_policy("510600").local_defaults
    assert set(resident_policy("510600").local_defaults) == set(CHENGDU.sources)


def test_the_policy_of_the_day_is_chosen_by_its_dates_and_version() -> None:
    old = Policy.model_validate(changed(effective_to="2026-06-30"))
    new = Policy.model_validate(changed(version=2, effective_from="2026-07-01"))
    mended = Policy.model_validate(changed(version=3, effective_from="2026-07-01"))
    known = (old, mended, new)
    assert policy_on(known, "510100", Scheme.EMPLOYEE, date(2026, 6, 30)) is old
    assert policy_on(known, "510100", Scheme.EMPLOYEE, date(2026, 7, 1)) is mended
    for city, scheme, day in (
        ("510600", Scheme.EMPLOYEE, date(2026, 7, 1)),
        ("510100", Scheme.RESIDENT, date(2026, 7, 1)),
        ("510100", Scheme.EMPLOYEE, date(2021, 12, 31)),
    ):
        with pytest.raises(Problem) as refused:
            policy_on(known, city, scheme, day)
        assert refused.value.code == "insurance_policy_unknown"


def test_a_trial_says_what_changes_for_whom() -> None:
    new = Policy.model_validate(changed(version=2, deductible_step_fen=0))
    claims = [PastClaim(f"s{n}", f"p{n % 3}", split(WORKED), stay()) for n in range(5)]
    trial = try_policy(CHENGDU, new, claims)
    assert (trial.claims, [one.settlement for one in trial.changes]) == (5, ["s3", "s4"])
    assert [one.fund_after_fen - one.fund_before_fen for one in trial.changes] == [-8_500] * 2
    assert (trial.fund_fen, trial.people_better, trial.people_worse) == (-17_000, 0, 2)


def test_a_trial_of_the_same_policy_changes_nothing() -> None:
    claims = [PastClaim("s1", "p1", split(WORKED), stay())]
    assert try_policy(CHENGDU, CHENGDU, claims).changes == ()
