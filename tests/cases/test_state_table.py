"""Every action from every stage and set of flags by every role: allowed, or refused with a reason.

Method: the expectations follow from the rows of the table by themselves, without the judge; the
judge is asked for each of the combinations and must come to the same.
"""

import dataclasses
from itertools import combinations
from types import MappingProxyType
from typing import Any

import pytest
from pydantic import ValidationError

from hanse.foundation.working_days import Calendar
from hanse.mechanisms.cases import (
    Action,
    Actor,
    Allowed,
    Case,
    Move,
    Refusal,
    Seat,
    judge,
    possible,
)
from hanse.mechanisms.cases.case import UNOPENED, unopened
from hanse.mechanisms.cases.deadlines import begun, paused
from hanse.mechanisms.cases.judge import awaited
from hanse.mechanisms.cases.procedure import known
from hanse.mechanisms.cases.step import Document
from tests.cases.conftest import CALENDAR
from tests.cases.trial import MOVE
from tests.exchange.cities import START

CALENDAR_NOW = Calendar.from_values(CALENDAR)
ROLES = tuple(role.name for role in MOVE.roles)
FLAGS = tuple(flag.name for flag in MOVE.flags)
SEATS = {
    "applicant": Seat(city="510100"),
    "destination": Seat(city="510100", organisation="bureau"),
    "origin": Seat(city="510600", organisation="bureau"),
}
ALL = (MOVE.opening, *MOVE.actions)
STAGES = (UNOPENED, *(stage.name for stage in MOVE.stages))
DATA: dict[str, Any] = {"open": {"area": 1}, "correct": {"area": 1}, "approve": {"number": "1"}}


def case_at(stage: str, flags: frozenset[str]) -> Case:
    """A case at a stage, with deadlines that stand so that each action can do its work."""
    case = unopened(MOVE, "c-1", "licence", SEATS, START)
    if stage == UNOPENED:
        return case
    deadlines = {}
    for declared in MOVE.deadlines:
        term: Any = declared.term
        deadlines[declared.name] = begun(declared.name, term, START, CALENDAR_NOW)
    if stage == "returned":
        deadlines["accept"] = paused(deadlines["accept"], START, "why")
    return dataclasses.replace(
        case,
        stage=stage,
        status=known(MOVE.stage(stage)).status,
        number=1,
        flags=flags,
        deadlines=MappingProxyType(deadlines),
    )


def expected(action: Action, stage: str, flags: frozenset[str], role: str) -> str | None:
    """The refusal's code that the table means, None where it allows the action."""
    if role not in action.by:
        return "case_role_wrong"
    if role not in SEATS:
        return "case_not_your_seat"
    if action is MOVE.opening:
        return None if stage == UNOPENED else "case_action_not_allowed"
    if stage not in action.from_stages:
        return "case_action_not_allowed"
    if any((one.flag in flags) != one.is_set for one in action.when):
        return "case_condition_fails"
    return None


@pytest.mark.parametrize("action", ALL, ids=lambda action: action.name)
def test_the_judge_allows_what_the_table_says_and_nothing_else(action: Action) -> None:
    allowed = asked = 0
    for stage in STAGES:
        for size in range(len(FLAGS) + 1):
            for flags in map(frozenset, combinations(FLAGS, size)):
                case = case_at(stage, flags)
                for role in ROLES:
                    asked += 1
                    allowed += _check(action, case, role)
    assert asked == len(STAGES) * 2 ** len(FLAGS) * len(ROLES)
    assert 0 < allowed < asked


def _check(action: Action, case: Case, role: str) -> bool:
    seat = SEATS.get(role, Seat(city="510700"))
    actor = Actor(city=seat.city, organisation=seat.organisation or "bureau", role=role)
    move = Move(action.name, DATA.get(action.name, {}), "a reason")
    before = repr(case)
    verdict = judge(MOVE, case, actor, move, START, CALENDAR_NOW)
    code = expected(action, case.stage, case.flags, role)
    if isinstance(verdict, Refusal):
        assert verdict.problem.code == code, (case.stage, case.flags, role, verdict.problem)
        assert verdict.reason.zh
        assert verdict.next.en
    else:
        assert code is None, (case.stage, case.flags, role)
        assert verdict.action is action
    assert repr(case) == before
    if role in SEATS:
        shown = action in possible(MOVE, case, role)
        assert shown == isinstance(verdict, Allowed)
    return isinstance(verdict, Allowed)


def test_what_is_awaited_is_possible_and_expected() -> None:
    for stage in STAGES[1:]:
        for role, actions in awaited(MOVE, case_at(stage, frozenset())).items():
            assert set(actions) <= set(possible(MOVE, case_at(stage, frozenset()), role))
            assert all(action.is_expected for action in actions)


ACTOR = Actor(city="510100", organisation="bureau", role="destination")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"media_type": "application/zip"}, "case_document_wrong"),
        ({"size_bytes": 1_000_001}, "case_document_wrong"),
        ({"kind": "picture"}, "case_document_missing"),
    ],
)
def test_a_document_of_a_wrong_kind_type_or_size_is_refused(
    changes: dict[str, Any], code: str
) -> None:
    document = _document(**changes)
    case = case_at("received", frozenset())
    verdict = judge(MOVE, case, ACTOR, Move("accept", {}, None, (document,)), START, CALENDAR_NOW)
    assert isinstance(verdict, Refusal)
    assert verdict.problem.code == code


@pytest.mark.parametrize(
    "changes",
    [{"digest": "sha-256:x"}, {"size_bytes": 0}, {"name": ""}, {"media_type": "pdf"}],
)
def test_a_malformed_document_is_none(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        _document(**changes)


def _document(**changes: Any) -> Document:
    return Document.model_validate(
        {
            "digest": "sha-256:" + "0" * 64,
            "kind": "form",
            "name": "form.pdf",
            "media_type": "application/pdf",
            "size_bytes": 1000,
            **changes,
        }
    )


def test_a_procedure_that_contradicts_itself_is_not_declared() -> None:
    def declared(**changes: Any) -> None:
        dataclasses.replace(MOVE, **changes)

    lost = dataclasses.replace(MOVE.actions[0], to="nowhere")
    nobody = dataclasses.replace(MOVE.actions[0], by=())
    unknown_flag = dataclasses.replace(MOVE.actions[0], sets=("blue",))
    own_name = dataclasses.replace(MOVE.actions[0], name="overdue")
    rest = MOVE.actions[1:]
    for changes, words in (
        ({"name": "Move"}, "field.matter"),
        ({"keeper": "province"}, "no required role"),
        ({"actions": (lost, *rest)}, "stage nowhere"),
        ({"actions": (nobody, *rest)}, "is nobody's"),
        ({"actions": (unknown_flag, *rest)}, "flag blue"),
        ({"actions": (own_name, *rest)}, "takes that step itself"),
        ({"actions": (*MOVE.actions, rest[0])}, "declared twice"),
        ({"actions": MOVE.actions[:-3]}, "nothing leads"),
        ({"opening": dataclasses.replace(MOVE.opening, to=None)}, "the opening"),
        ({"migrates_from": {1: {}}}, "is not older"),
    ):
        with pytest.raises(ValueError, match=words):
            declared(**changes)
