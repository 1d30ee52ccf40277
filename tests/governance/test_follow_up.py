"""What a resolution charges a city with: assigned, reported, accepted, overdue in the open."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from hanse.mechanisms.cases import Actor, FormTerm, Move, Procedure, Refusal, Seat, judge
from hanse.mechanisms.cases.case import unopened
from hanse.services.governance.conference.follow_up import FOLLOW_UP
from tests.cases.play import fire
from tests.exchange.cities import START, Town
from tests.governance.test_resolutions import drafted, duty, sign_at
from tests.governance.towns import A, B, C, done, refused, settle
from tests.registration.test_registration_rules import CALENDAR


def adopted(towns: dict[str, Town]) -> str:
    made = drafted(towns, duties=[duty(), duty(2, C, working_days=20)])
    digest: str = made["digest"]
    assert refused(towns[A], "conference.assign", {"digest": digest}) == "resolution_not_adopted"
    for city in (A, B):
        sign_at(towns[city], made["document"])
    settle(towns)
    return digest


def assigned(towns: dict[str, Town]) -> list[str]:
    digest = adopted(towns)
    assert refused(towns[B], "conference.assign", {"digest": digest}) == (
        "resolution_not_ours_to_assign"
    )
    first = done(towns[A], "conference.assign", {"digest": digest})["duties"]
    assert done(towns[A], "conference.assign", {"digest": digest})["duties"] == first
    settle(towns)
    return [one["case"] for one in first]


def act(town: Town, case: str, role: str, action: str, organisation: str, **more: Any) -> Any:
    move = {"case": case, "role": role, "action": action, **more}
    return done(town, "follow_up.act", move, organisation)


def test_an_item_is_reported_by_its_city_and_accepted_by_the_office(towns: dict[str, Town]) -> None:
    case, _ = assigned(towns)
    seen = done(towns[B], "follow_up.view", {"case": case}, "planning")
    assert seen["stage"] == "assigned"
    act(towns[B], case, "responsible", "report", "planning", data={"account": "方案已提交"})
    settle(towns)
    act(towns[A], case, "office", "accept", "bureau")
    settle(towns)
    assert done(towns[B], "follow_up.view", {"case": case}, "planning")["status"] == "completed"


def test_the_term_is_the_resolutions_own(towns: dict[str, Town]) -> None:
    """10 working days after Wednesday 2026-11-25 is 12-09; 20 are 12-23."""
    found = [
        done(towns[A], "follow_up.view", {"case": case})["deadlines"][0] for case in assigned(towns)
    ]
    assert [one["state"]["due"] for one in found] == ["2026-12-09", "2026-12-23"]


def test_overdue_is_said_once_everywhere_and_stands_in_the_offices_queue(
    towns: dict[str, Town],
) -> None:
    case, _ = assigned(towns)
    for day in (14, 15, 15):
        towns[A].clock.now = START + timedelta(days=day)
        fire(towns[A])
        settle(towns)
    for city, organisation in ((A, "bureau"), (B, "planning")):
        seen = done(towns[city], "follow_up.view", {"case": case}, organisation)
        assert (seen["flags"], seen["number"]) == (["late"], 2)
    queue = done(towns[A], "follow_up.queue", {"role": "office"})
    assert case in str(queue)


def test_what_is_sent_back_has_a_new_term(towns: dict[str, Town]) -> None:
    case, _ = assigned(towns)
    act(towns[B], case, "responsible", "report", "planning", data={"account": "一半"})
    settle(towns)
    act(
        towns[A], case, "office", "send_back", "bureau",
        data={"working_days": 3}, reason="未完成",
    )  # fmt: skip
    settle(towns)
    seen = done(towns[B], "follow_up.view", {"case": case}, "planning")
    assert (seen["stage"], seen["deadlines"][0]["state"]["due"]) == ("assigned", "2026-11-30")


def test_others_cannot_report_or_accept(towns: dict[str, Town]) -> None:
    case, _ = assigned(towns)
    move = {"case": case, "role": "responsible", "action": "report", "data": {"account": "x"}}
    assert refused(towns[A], "follow_up.act", move) == "case_not_your_seat"
    wrong = {"case": case, "role": "responsible", "action": "accept"}
    assert refused(towns[B], "follow_up.act", wrong, "planning") == "case_role_wrong"
    early = {"case": case, "role": "office", "action": "accept"}
    assert refused(towns[A], "follow_up.act", early) == "case_action_not_allowed"


def test_a_term_that_no_form_says_does_not_declare() -> None:
    """A `FormTerm` names a field of every form that starts or extends its deadline."""
    (carry_out,) = FOLLOW_UP.deadlines
    assert isinstance(carry_out.term, FormTerm)
    values = {name: getattr(FOLLOW_UP, name) for name in FOLLOW_UP.__dataclass_fields__}
    term = FormTerm("no_such_field", carry_out.term.unit)
    changed = {name: getattr(carry_out, name) for name in carry_out.__dataclass_fields__}
    values["deadlines"] = (type(carry_out)(**{**changed, "term": term}),)
    with pytest.raises(ValueError, match="no field no_such_field"):
        Procedure(**values)


def test_every_action_from_every_stage_is_in_the_table_or_refused() -> None:
    assert allowed(FOLLOW_UP, START, CALENDAR) == {
        ("assigned", "office"): {"extend", "drop"},
        ("assigned", "responsible"): {"report"},
        ("reported", "office"): {"accept", "send_back", "drop"},
    }


def allowed(procedure: Procedure, now: datetime, calendar: Any) -> dict[Any, set[str]]:
    """By stage and role, the actions that the judge does not refuse for stage or role."""
    seats = {role.name: Seat(city=A, organisation="bureau") for role in procedure.roles}
    found: dict[Any, set[str]] = {}
    for stage in procedure.stages:
        for role in procedure.roles:
            for action in procedure.actions:
                case = replace(
                    unopened(procedure, "c", "s", seats, now),
                    stage=stage.name,
                    status=stage.status,
                    number=1,
                )
                actor = Actor(city=A, organisation="bureau", role=role.name)
                verdict = judge(procedure, case, actor, Move(action.name), now, calendar, None)
                code = verdict.problem.code if isinstance(verdict, Refusal) else None
                if code not in ("case_role_wrong", "case_action_not_allowed"):
                    found.setdefault((stage.name, role.name), set()).add(action.name)
    return found
