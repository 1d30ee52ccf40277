"""The procedure's table: what each role may do at each stage, and when each step is due."""

from datetime import UTC, datetime
from typing import Any

import pytest

from hanse.foundation.languages import Text
from hanse.mechanisms.cases import Actor, Allowed, Case, Move, Refusal, Seat, judge, possible
from hanse.mechanisms.cases.case import applied, unopened
from hanse.mechanisms.cases.step import Beginning, Step
from hanse.services.social.pensions.parameters import DEFAULTS, TransferLimits
from hanse.services.social.pensions.procedure import PENSION_TRANSFER
from tests.pensions.examples import (
    CALENDAR,
    CHENGDU,
    DEYANG,
    MAN,
    ZIYANG,
    agency,
    letter,
    parameters,
    person,
    sheet_values,
)

START = datetime(2026, 2, 9, 2, 0, tzinfo=UTC)
SEATS = {
    "applicant": Seat(city=CHENGDU, organisation="resident-services"),
    "destination": Seat(city=CHENGDU, organisation="social-insurance"),
    "origin": Seat(city=DEYANG, organisation="social-insurance"),
    "treasury": Seat(city=DEYANG, organisation="node"),
    "supervisor": Seat(city=CHENGDU, organisation="human-resources"),
}
CERTIFICATE = {
    "number": "C-1",
    "person": person(),
    "agency": agency(DEYANG, 2),
    "account": "normal",
    "first_insured": "2019-01",
    "last_paid": "2023-12",
    "paid_months": 60,
    "account_balance": 100,
    "issued_on": "2026-02-01",
}
APPLICATION = {
    "certificate": CERTIFICATE,
    "household_region": ZIYANG,
    "insured_here_since": "2026-01",
}
LETTER = letter(written_on="2026-02-09").model_dump(mode="json")
SHEET = sheet_values(made_on="2026-02-09")
UNMOVABLE = {
    "left_behind": [{"years": [2018], "account": 5, "reason": "back_payment_unproved"}],
    "told_on": "2026-02-09",
}
FORMS: dict[str, dict[str, Any]] = {
    "open": APPLICATION,
    "accept": LETTER,
    "announce_unmovable": UNMOVABLE,
    "send_sheet": SHEET,
    "send_funds": {"sheet": "S-1", "amount": SHEET["cash"]},
    "receive": {"funds_received": SHEET["cash"]},
    "return_sheet": {"findings": ["pool_differs"]},
    "report_death": {"died_on": "2026-02-09"},
    "note_death": {"died_on": "2026-02-09"},
}
NOTICE = {
    "digest": "sha-256:" + "0" * 64,
    "kind": "unmovable_notice",
    "name": "告知书.pdf",
    "media_type": "application/pdf",
    "size_bytes": 1_000,
}


def actor(role: str) -> Actor:
    seat = SEATS[role]
    return Actor(city=seat.city, organisation=seat.organisation or "", role=role)


def move(action: str, **changes: Any) -> Move:
    values: dict[str, Any] = {"data": FORMS.get(action, {}), "reason": "生成的理由", **changes}
    if action == "announce_unmovable" and "documents" not in changes:
        from hanse.mechanisms.cases import Document

        values["documents"] = (Document.model_validate(NOTICE),)
    return Move(action, **values)


def judged(case: Case, role: str, one: Move, **changes: Any) -> Allowed | Refusal:
    now = changes.pop("now", START)
    return judge(
        PENSION_TRANSFER, case, actor(role), one, now, CALENDAR, changes.pop("under", DEFAULTS)
    )


def taken(case: Case, role: str, action: str, **changes: Any) -> Case:
    """The case after a step that must be allowed."""
    now = changes.pop("now", START)
    under = changes.pop("under", DEFAULTS)
    one = move(action, **changes)
    verdict = judged(case, role, one, now=now, under=under)
    assert isinstance(verdict, Allowed), verdict.problem.detail
    step = Step(
        case=case.id,
        procedure=case.procedure,
        version=1,
        number=case.number + 1,
        previous=case.head,
        keeper=CHENGDU,
        actor=actor(role),
        action=action,
        at=now,
        data=verdict.form.model_dump(mode="json"),
        documents=one.documents,
        deadlines=verdict.deadlines,
        begins=Beginning(subject=MAN, seats=SEATS) if case.number == 0 else None,
        salt="0" * 22,
    )
    return applied(PENSION_TRANSFER, case, step, "sha-256:" + f"{case.number + 1:064d}")


def fresh(**seats: Seat) -> Case:
    return unopened(PENSION_TRANSFER, "510100-1", MAN, {**SEATS, **seats}, START)


def at(stage: str) -> Case:
    """A case that stands at a stage, by the way that leads there."""
    ways = {
        "applied": (),
        "origin_processing": (("destination", "accept"),),
        "receiving": (
            ("destination", "accept"),
            ("origin", "send_sheet"),
            ("treasury", "send_funds"),
        ),
        "returned": (
            ("destination", "accept"),
            ("origin", "send_sheet"),
            ("treasury", "send_funds"),
            ("destination", "return_sheet"),
        ),
        "merged": (
            ("destination", "accept"),
            ("origin", "send_sheet"),
            ("treasury", "send_funds"),
            ("destination", "receive"),
        ),
        "temporary": (("destination", "open_temporary"),),
        "rejected": (("destination", "reject"),),
        "cancelled": (("applicant", "cancel"),),
        "ended_by_death": (("origin", "report_death"),),
    }
    case = taken(fresh(), "applicant", "open")
    for role, action in ways[stage]:
        case = taken(case, role, action)
    assert case.stage == stage
    return case


STAGES = [stage.name for stage in PENSION_TRANSFER.stages]
ROLES = [role.name for role in PENSION_TRANSFER.roles]
ACTIONS = [action.name for action in PENSION_TRANSFER.actions]


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_is_reached_and_every_role_may_do_only_what_the_table_says(stage: str) -> None:
    case = at(stage)
    for role in ROLES:
        allowed = {action.name for action in possible(PENSION_TRANSFER, case, role)}
        for name in ACTIONS:
            action = PENSION_TRANSFER.action(name)
            assert action is not None
            meets = all((one.flag in case.flags) == one.is_set for one in action.when)
            right = role in action.by and stage in action.from_stages and meets
            assert (name in allowed) == right
            values: dict[str, Any] = {}
            if name == "send_sheet" and stage == "returned":
                values["data"] = {**SHEET, "number": "S-2"}
            verdict = judged(case, role, move(name, **values))
            assert isinstance(verdict, Allowed) == right, (role, name)
            if not right:
                assert isinstance(verdict, Refusal)
                assert verdict.problem.code in {
                    "case_role_wrong", "case_action_not_allowed", "case_condition_fails",
                }  # fmt: skip
                assert isinstance(verdict.next, Text)


def test_1_2_example_each_step_is_due_after_fifteen_working_days() -> None:
    case = taken(fresh(), "applicant", "open")
    assert case.deadlines["review"].due == "2026-03-06"
    accepted = taken(
        case,
        "destination",
        "accept",
        data={**LETTER, "written_on": "2026-03-06"},
        now=datetime(2026, 3, 6, 2, tzinfo=UTC),
    )
    assert accepted.deadlines["origin"].due == "2026-03-27"
    assert accepted.deadlines["unmovable"].due == "2026-03-20"
    sent = taken(
        accepted,
        "origin",
        "send_sheet",
        data={**SHEET, "made_on": "2026-03-27"},
        now=datetime(2026, 3, 27, 2, tzinfo=UTC),
    )
    assert "receive" not in sent.deadlines  # relation and funds: the funds are not there yet
    early = judged(sent, "destination", move("receive"), now=datetime(2026, 3, 27, 2, tzinfo=UTC))
    assert isinstance(early, Refusal)
    assert early.problem.code == "case_condition_fails"
    sent = taken(sent, "treasury", "send_funds", now=datetime(2026, 3, 27, 2, tzinfo=UTC))
    assert sent.deadlines["receive"].due == "2026-04-20"
    assert "15个工作日" in sent.deadlines["receive"].explanation.zh
    assert not sent.deadlines["unmovable"].is_open


def test_1_2_the_compressed_profile_takes_fifteen_working_days_in_all() -> None:
    fast = parameters(limits=TransferLimits.model_validate({"profile": "compressed_15"}))
    case = taken(fresh(), "applicant", "open", under=fast)
    assert case.deadlines["review"].count == 5


def test_1_2_a_returned_sheet_gives_the_origin_its_time_again() -> None:
    case = at("returned")
    assert case.deadlines["origin"].is_open
    assert not case.deadlines["receive"].is_open
    again = taken(case, "origin", "send_sheet", data={**SHEET, "number": "S-2"})
    assert again.stage == "receiving"


def test_1_2_a_partial_transfer_is_announced_in_writing_before_the_sheet() -> None:
    case = at("origin_processing")
    partial = {**SHEET, "left_behind": UNMOVABLE["left_behind"]}
    verdict = judged(case, "origin", move("send_sheet", data=partial))
    assert isinstance(verdict, Refusal)
    assert verdict.problem.code == "pension_partial_not_announced"
    without_paper = judged(case, "origin", move("announce_unmovable", documents=()))
    assert isinstance(without_paper, Refusal)
    assert without_paper.problem.code == "case_document_missing"
    told = taken(case, "origin", "announce_unmovable")
    assert "partial" in told.flags
    assert not told.deadlines["unmovable"].is_open
    assert taken(told, "origin", "send_sheet", data=partial).stage == "receiving"
    whole = judged(told, "origin", move("send_sheet"))
    assert isinstance(whole, Refusal)
    assert whole.problem.code == "pension_partial_not_announced"


def test_1_9_7_after_a_death_what_was_sent_is_still_received() -> None:
    case = taken(at("receiving"), "applicant", "note_death")
    assert "deceased" in case.flags
    assert taken(case, "destination", "receive").stage == "merged"


def test_a_wrong_type_of_paper_and_one_too_large_are_refused() -> None:
    from hanse.mechanisms.cases import Document

    case = at("origin_processing")
    for change in ({"media_type": "text/html"}, {"size_bytes": 10**9}):
        paper = Document.model_validate({**NOTICE, **change})
        verdict = judged(case, "origin", move("announce_unmovable", documents=(paper,)))
        assert isinstance(verdict, Refusal)
        assert verdict.problem.code == "case_document_wrong"


OTHER = Seat(city="510700", organisation="social-insurance")


@pytest.mark.parametrize(
    ("seats", "changes", "code"),
    [
        ({}, {"certificate": {**CERTIFICATE, "draws_pension": True}}, "pension_drawn_already"),
        ({}, {"insured_here_since": "2026-03"}, "pension_not_insured_here"),
        ({"origin": OTHER}, {}, "pension_wrong_place"),
        ({"origin": SEATS["destination"]}, {}, "pension_wrong_place"),
        ({"destination": OTHER}, {}, "pension_wrong_place"),
        ({"treasury": Seat(city=DEYANG)}, {}, "pension_treasury_wrong"),
        (
            {},
            {"certificate": {**CERTIFICATE, "issued_on": "2026-02-10"}},
            "pension_document_date_wrong",
        ),
        (
            {},
            {"certificate": {**CERTIFICATE, "person": person(citizen_id="11010519491231002X")}},
            "pension_person_differs",
        ),
        ({}, {"certificate": {**CERTIFICATE, "issued_on": "2026-02-30"}}, "data_invalid"),
        ({}, {"household_region": "99"}, "data_invalid"),
        ({}, {"employer": "91350100M000100Y44"}, "data_invalid"),
    ],
)
def test_a_wrong_application_is_refused_with_its_code(
    seats: dict[str, Seat], changes: dict[str, Any], code: str
) -> None:
    case = fresh(**seats)
    verdict = judged(case, "applicant", move("open", data={**APPLICATION, **changes}))
    assert isinstance(verdict, Refusal)
    assert verdict.problem.code == code
    assert case.number == 0


@pytest.mark.parametrize(
    ("action", "stage", "changes", "code"),
    [
        ("accept", "applied", {"certificate": "C-2"}, "pension_letter_wrong"),
        ("accept", "applied", {"destination": "temporary"}, "pension_letter_wrong"),
        ("accept", "applied", {"origin": "510700"}, "pension_letter_wrong"),
        ("accept", "applied", {"citizen_id": "11010519491231002X"}, "pension_person_differs"),
        ("accept", "applied", {"written_on": "2026-02-10"}, "pension_document_date_wrong"),
        ("send_sheet", "origin_processing", {"letter": "L-2"}, "pension_sheet_wrong"),
        ("send_sheet", "origin_processing", {"destination": "510700"}, "pension_sheet_wrong"),
        ("send_sheet", "origin_processing", {"total": 1}, "data_invalid"),
        ("send_sheet", "returned", {}, "pension_sheet_number_used"),
        ("receive", "receiving", {"keep": "510700"}, "pension_wrong_place"),
        ("accept", "applied", {"mode": "national"}, "data_invalid"),
        ("return_sheet", "receiving", {"findings": []}, "data_invalid"),
        ("report_death", "applied", {"died_on": "2026-02-10"}, "pension_document_date_wrong"),
    ],
)
def test_a_wrong_document_is_refused_and_the_case_unchanged(
    action: str, stage: str, changes: dict[str, Any], code: str
) -> None:
    case = at(stage)
    before = (case.number, case.stage, case.flags, dict(case.data), dict(case.deadlines))
    by = PENSION_TRANSFER.action(action)
    assert by is not None
    verdict = judged(case, by.by[-1], move(action, data={**FORMS[action], **changes}))
    assert isinstance(verdict, Refusal)
    assert verdict.problem.code == code
    assert before == (case.number, case.stage, case.flags, dict(case.data), dict(case.deadlines))


@pytest.mark.parametrize("action", ["reject", "return_sheet", "cancel", "announce_unmovable"])
def test_what_burdens_somebody_needs_a_reason(action: str) -> None:
    one = PENSION_TRANSFER.action(action)
    assert one is not None
    verdict = judged(at(one.from_stages[0]), one.by[0], move(action, reason="  "))
    assert isinstance(verdict, Refusal)
    assert verdict.problem.code == "case_reason_missing"


def test_another_organisation_has_no_seat() -> None:
    case = at("applied")
    stranger = Actor(city="510700", organisation="social-insurance", role="destination")
    verdict = judge(PENSION_TRANSFER, case, stranger, move("accept"), START, CALENDAR, DEFAULTS)
    assert isinstance(verdict, Refusal)
    assert verdict.problem.code == "case_not_your_seat"
