"""Whether a result of another hospital is recognised, and when it may be repeated (RULES 4.2).

Recognised by rule: marked, its mark reaches here, the level fits, the item is listed, it is valid
and complete. What is recognised and enough for treatment is not repeated, except for a reason of
the closed list, which the doctor tells the patient and records.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.services.health.results.codes import (
    Choice,
    HospitalGrade,
    LevelRule,
    MarkScope,
    Obstacle,
    RepeatReason,
)
from hanse.services.health.results.parameters import ResultParameters

REPEAT_REASON_MISSING = ProblemKind(
    "result_repeat_reason_missing",
    422,
    Text(
        "可互认的结果复查须有法定情形", "A recognised result is repeated for a listed reason only"
    ),
    Text("请选择情形1至9，并告知患者", "Choose one of the reasons 1 to 9, and tell the patient"),
)
REPEAT_EXPLANATION_MISSING = ProblemKind(
    "result_repeat_explanation_missing",
    422,
    Text("其他情形须填写说明", "Another reason needs its words"),
    Text("请填写复查原因", "Write why it is repeated"),
)
RECOGNITION_NEEDS_NO_REASON = ProblemKind(
    "result_recognition_needs_no_reason",
    422,
    Text("认可结果时不填写复查情形", "A recognised result has no reason to repeat"),
    Text("请删除复查情形或改为复查", "Take the reason out, or record a repetition"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A hospital as recognition sees it."""

    organisation: str
    city: str
    grade: HospitalGrade
    consortium: str | None = None
    """The medical consortium (医联体, 医共体) it is in; inside one, all accept all."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A result as its index entry says it."""

    item: str
    group: str
    made_at: Place
    reported_on: date
    mark: MarkScope | None
    complete: bool
    """Readable image, or value with unit, reference range and method."""
    diagnosis_only: bool = False


def obstacles(
    result: Offered,
    here: Place,
    today: date,
    listed_items: frozenset[str],
    parameters: ResultParameters,
) -> tuple[Obstacle, ...]:
    """Everything that keeps a result from being recognised here; none: it is recognised."""
    found = []
    if result.diagnosis_only:
        found.append(Obstacle.NOT_A_RESULT)
    if result.mark is None:
        found.append(Obstacle.NOT_MARKED)
    elif not mark_reaches(result.mark, result.made_at.city, here.city, parameters):
        found.append(Obstacle.OUT_OF_SCOPE)
    if not level_fits(result.made_at, here, parameters):
        found.append(Obstacle.LEVEL)
    if result.item not in listed_items:
        found.append(Obstacle.ITEM_NOT_LISTED)
    valid_days = parameters.valid_days.get(result.group, 0)
    if not 0 <= (today - result.reported_on).days <= valid_days:
        found.append(Obstacle.EXPIRED)
    if not result.complete:
        found.append(Obstacle.INCOMPLETE)
    return tuple(found)


def mark_reaches(mark: MarkScope, made_in: str, here: str, parameters: ResultParameters) -> bool:
    """Whether a mark given in one city counts in another; a city's own ends at its border.

    Both cities are members of the league: the exchange admits no other.
    """
    if mark in (MarkScope.NATIONAL, MarkScope.LEAGUE):
        return True
    if mark is MarkScope.PROVINCE:
        return made_in[:2] == here[:2]
    return made_in == here


def level_fits(source: Place, target: Place, parameters: ResultParameters) -> bool:
    """Whether the target accepts the source by level."""
    if source.consortium is not None and source.consortium == target.consortium:
        return True
    if parameters.level_rule is LevelRule.SAME_OR_HIGHER:
        return source.grade.level >= target.grade.level > 0
    upper = HospitalGrade.TWO_A.rank
    source_upper, target_upper = source.grade.rank >= upper, target.grade.rank >= upper
    if source_upper or not target_upper:
        return True
    return parameters.third_accepts_below and target.grade.level == 3


def check_choice(
    choice: Choice, recognisable: bool, reason: RepeatReason | None, explanation: str | None
) -> None:
    """What the doctor records: a repetition of what is recognisable has its listed reason."""
    if choice is Choice.RECOGNISED:
        if reason is not None:
            raise RECOGNITION_NEEDS_NO_REASON()
        return
    if recognisable and reason is None:
        raise REPEAT_REASON_MISSING()
    if reason is RepeatReason.OTHER and not (explanation or "").strip():
        raise REPEAT_EXPLANATION_MISSING()


@dataclass(frozen=True, slots=True)
class Decided:
    """One recorded choice, for the figures."""

    recognisable: bool
    choice: Choice
    reason: RepeatReason | None
    fee_fen: int
    """The price of the item here: what the patient did not pay if it was recognised."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How recognition goes. `saved_fen` is the sum of fees of items that were not repeated."""

    recognisable: int
    recognised: int
    repeated_without_reason: int
    saved_fen: int


def figures(decided: Iterable[Decided]) -> Figures:
    """Recognition over many choices (RULES 4.3)."""
    recognisable = recognised = violations = saved = 0
    for one in decided:
        recognisable += one.recognisable
        if one.choice is Choice.RECOGNISED:
            recognised += one.recognisable
            saved += one.fee_fen
        elif one.recognisable and one.reason is None:
            violations += 1
    return Figures(recognisable, recognised, violations, saved)
