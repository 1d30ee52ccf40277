"""Who may be asked, what an evaluation comes to. Pure; no store, no clock.

The policy founds the advisory group and says what for. That an interest keeps an expert away is the
rule of every such group; for how long after its end, and how many experts an evaluation takes, is
local [P].
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.identifiers import check_uscc_form
from hanse.foundation.languages import Text
from hanse.foundation.working_days import add_years
from hanse.services.governance.experts.contracts import (
    SCORE_MAX,
    Criterion,
    Interest,
    Matter,
    Opinion,
    Profile,
    Result,
)

EXPERT_NOT_OURS = ProblemKind(
    "expert_not_ours",
    403,
    Text("仅推荐城市可变更专家信息", "Only the city that put an expert forward changes the entry"),
    Text("请由{city}办理", "Leave it to {city}"),
)
EXPERT_VERSION_WRONG = ProblemKind(
    "expert_version_wrong",
    409,
    Text("版本不符", "That is not the entry's next version"),
    Text("下一版本为{expected}", "The next version is {expected}"),
)
EXPERT_INTEREST_LOST = ProblemKind(
    "expert_interest_lost",
    422,
    Text("已申报的利益关系不得删除", "An interest that was declared can't be left out"),
    Text("可填写终止日期：{parties}", "Give the day on which it ended: {parties}"),
)
EXPERT_HAS_LEFT = ProblemKind(
    "expert_has_left",
    409,
    Text("专家已退出专家组", "The expert has left the group"),
    Text("请另请专家", "Ask another expert"),
)
EXPERT_CONFLICT = ProblemKind(
    "expert_conflict",
    409,
    Text("专家与事项相关方有利益关系", "The expert has an interest in a party concerned"),
    Text("请另请专家；冲突方：{parties}", "Ask another expert; the interest is in {parties}"),
)
EXPERT_REVIEWS_OWN = ProblemKind(
    "expert_reviews_own",
    409,
    Text("专家不得评估自己参与的事项", "An expert does not evaluate what they worked on"),
    Text("请另请专家；事项：{matter}", "Ask another expert; the matter is {matter}"),
)
EXPERT_SPECIALITY_WRONG = ProblemKind(
    "expert_speciality_wrong",
    422,
    Text("事项不属于专家的专业领域", "The matter is not in the expert's specialities"),
    Text("请另请专家", "Ask another expert"),
)
EXPERT_DAYS_TOO_LONG = ProblemKind(
    "expert_days_too_long",
    422,
    Text("完成时限超过委托要求", "That takes longer than was asked for"),
    Text("最多{days}个工作日", "It may take {days} working days"),
)
EXPERT_NOT_CONFIRMED = ProblemKind(
    "expert_not_confirmed",
    422,
    Text("须确认无其他利益关系", "The expert confirms that there is no other interest"),
    Text("如有，请先申报", "If there is one, declare it first"),
)
EXPERT_SCORES_WRONG = ProblemKind(
    "expert_scores_wrong",
    422,
    Text("评分与评估指标不符", "The scores are not those of the criteria"),
    Text("每项指标0至100分：{codes}", "From 0 to 100 for each: {codes}"),
)


@dataclass(frozen=True)
class ExpertParameters:
    """What a league may set otherwise; alike in all its cities."""

    cooling_years: int = 3
    """[P] for how long after its end an interest keeps an expert away."""
    evaluators_min: int = 3
    """[P] how many experts an evaluation takes."""
    spread_max: int = 30
    """[P] points between highest and lowest score above which the experts differ widely."""


DEFAULTS: Final = ExpertParameters()
POINT: Final = Decimal("0.1")


def city_of(name: str) -> str:
    """The city whose code an expert's or a matter's number begins with."""
    return name[:6]


def check_profile(profile: Profile, held: Profile | None) -> None:
    """The next version; parties are real codes; no interest is lost, only ended."""
    expected = 1 if held is None else held.version + 1
    if profile.version != expected:
        raise EXPERT_VERSION_WRONG(expected=expected)
    check_interests(profile, held)


def check_interests(profile: Profile, held: Profile | None) -> None:
    """Credit codes are of the right form; what was declared is declared still."""
    for one in profile.interests:
        if len(one.party) == 18:
            check_uscc_form(one.party)
    kept = [(one.party, one.tie, one.since) for one in profile.interests]
    lost = [
        one.party
        for one in (held.interests if held else ())
        if (one.party, one.tie, one.since) not in kept
    ]
    if lost:
        raise EXPERT_INTEREST_LOST(parties=", ".join(dict.fromkeys(lost)))


def counts(interest: Interest, today: date, parameters: ExpertParameters) -> bool:
    """Whether an interest keeps the expert away: while it lasts, and some years after its end."""
    if today < interest.since:
        return False
    if interest.until is None:
        return True
    return today <= add_years(interest.until, parameters.cooling_years).due


def touches(one: str, other: str) -> bool:
    """Whether two parties are the same, or one is an organisation of the city that is the other."""
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def conflicts(
    interests: Iterable[Interest],
    concerned: Sequence[str],
    today: date,
    parameters: ExpertParameters,
) -> tuple[str, ...]:
    """The parties concerned in which an interest counts today."""
    bound = [one.party for one in interests if counts(one, today, parameters)]
    return tuple(one for one in concerned if any(touches(one, party) for party in bound))


def check_free(
    profile: Profile,
    matter: Matter,
    worked_on: Iterable[str],
    today: date,
    parameters: ExpertParameters,
) -> None:
    """The expert may be asked, or go on: is in the group, has no interest, reviews no own work.

    `worked_on` are the matters on which the expert was engaged.
    """
    if profile.has_left:
        raise EXPERT_HAS_LEFT()
    against = conflicts(profile.interests, matter.concerned, today, parameters)
    if against:
        raise EXPERT_CONFLICT(parties=", ".join(against))
    if matter.evaluates is not None and matter.evaluates in worked_on:
        raise EXPERT_REVIEWS_OWN(matter=matter.evaluates)


def check_speciality(profile: Profile, matter: Matter) -> None:
    """The matter is in one of the expert's specialities."""
    if matter.speciality not in profile.specialities:
        raise EXPERT_SPECIALITY_WRONG()


def check_opinion(opinion: Opinion, matter: Matter) -> None:
    """A score from 0 to 100 for each criterion, and for nothing else."""
    codes = [one.code for one in matter.criteria]
    in_range = all(0 <= score <= SCORE_MAX for score in opinion.scores.values())
    if sorted(opinion.scores) != sorted(codes) or not in_range:
        raise EXPERT_SCORES_WRONG(codes=", ".join(codes) or "-")


def weighted(criteria: Sequence[Criterion], scores: Mapping[str, int]) -> Decimal:
    """One expert's score: exact to two places, because the weights are 100 together."""
    return Decimal(sum(one.weight * scores[one.code] for one in criteria)) / 100


def result(scores: Sequence[Decimal], parameters: ExpertParameters) -> Result:
    """The mean of the experts, half-up to one place; none before enough have been heard."""
    needed = parameters.evaluators_min
    if len(scores) < needed:
        return Result(experts=len(scores), needed=needed)
    mean = (sum(scores, Decimal(0)) / len(scores)).quantize(POINT, ROUND_HALF_UP)
    return Result(
        experts=len(scores),
        needed=needed,
        score=mean,
        lowest=min(scores),
        highest=max(scores),
        is_disputed=max(scores) - min(scores) > parameters.spread_max,
    )
