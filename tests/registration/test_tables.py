"""The tables of both procedures: every action from every stage by every role, allowed or not."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from hanse.mechanisms.cases import Actor, Allowed, Move, Procedure, Seat, judge
from hanse.mechanisms.cases.case import unopened
from hanse.services.market.registration.deregistration import DEREGISTRATION
from hanse.services.market.registration.procedure import APPLICATION
from tests.registration.test_registration_rules import CALENDAR
from tests.registration.windows import AUTHORITY, CODE, DIGEST, FORMER, NAME, WINDOW, application

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
CITIES = {"window": WINDOW, "former": FORMER, "objector": FORMER}
FORMS: dict[str, dict[str, Any]] = {
    "request_correction": {"papers": [], "notes": "x"},
    "correct": application(),
    "license": {"uscc": CODE},
    "send_file": {"digest": DIGEST, "pages": 1},
}
NOTICE = {
    "entity_type": "company",
    "no_debts": True,
    "all_commit": True,
    "under_penalty": False,
    "papers": ["application", "commitment"],
    "papers_digest": DIGEST,
}


def combinations() -> list[Any]:
    return [
        pytest.param(
            procedure,
            stage.name,
            role.name,
            action.name,
            id=f"{action.name}-{stage.name}-{role.name}",
        )
        for procedure in (APPLICATION, DEREGISTRATION)
        for stage, role, action in itertools.product(
            procedure.stages, procedure.roles, procedure.actions
        )
    ]


@pytest.mark.parametrize(("procedure", "stage", "role", "action"), combinations())
def test_what_the_table_does_not_allow_is_refused_with_a_reason(
    procedure: Procedure, stage: str, role: str, action: str
) -> None:
    seats = {
        one.name: Seat(city=CITIES.get(one.name, AUTHORITY), organisation=one.name)
        for one in procedure.roles
        if one.name != "former"
    }
    declared = procedure.stage(stage)
    assert declared is not None
    case = replace(
        unopened(procedure, "c-1", NAME if procedure is APPLICATION else CODE, seats, NOW),
        stage=stage,
        status=declared.status,
        number=3,
        data={"open": application() if procedure is APPLICATION else NOTICE},
    )
    row = procedure.action(action)
    assert row is not None
    actor = Actor(city=CITIES.get(role, AUTHORITY), organisation=role, role=role)
    move = Move(action, FORMS.get(action, {}), "a reason", ())
    verdict = judge(procedure, case, actor, move, NOW, CALENDAR, None)
    table_says = stage in row.from_stages and role in row.by and role in seats
    if not table_says:
        assert not isinstance(verdict, Allowed), "what the table does not say is refused"
        assert verdict.problem.detail.zh
        assert verdict.problem.hint.en
    elif isinstance(verdict, Allowed):
        assert not any(one.is_set for one in row.when), "a flag that must be set was not set"
