"""Taken at one city's window, decided by another: the procedure from application to licence."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from hanse.foundation.identifiers import make_uscc
from hanse.services.market.registration.tables import entities, held_names, told_entities
from tests.cases.play import settle_all
from tests.exchange.cities import Town
from tests.registration.windows import (
    AUTHORITY,
    CODE,
    FORMER,
    NAME,
    REPRESENTATIVE,
    SEATS,
    WINDOW,
    act,
    application,
    call,
    change,
    done,
    due,
    flags,
    let_time_pass,
    licensed,
    opened,
    refused,
    request,
    stage,
    step,
)

Towns = dict[str, Town]
START_AT = "registration_application.start"
ACT = "registration_application.act"


def test_a_window_takes_it_the_authority_decides_and_all_cities_are_told(towns: Towns) -> None:
    case = opened(towns)
    assert stage(towns[AUTHORITY], case) == "submitted"
    view = done(towns[WINDOW], "registration_application.view", {"case": case})
    assert view["stage"] == "submitted", "the window's record is the receipt"
    act(towns, AUTHORITY, case, "authority", "approve")
    act(towns, AUTHORITY, case, "authority", "license", data={"uscc": CODE})
    assert {stage(towns[city], case) for city in (WINDOW, AUTHORITY)} == {"licensed"}
    (row,) = towns[AUTHORITY].rows(select(entities))
    assert (row.uscc, row.status) == (CODE, "registered")
    assert towns[WINDOW].rows(select(entities)) == []
    for city in (WINDOW, FORMER):
        (told,) = towns[city].rows(select(told_entities))
        assert (told.uscc, told.status) == (CODE, "registered")
        found = done(towns[city], "registration.known", {"uscc": CODE})
        assert found == {"uscc": CODE, "name": NAME, "status": "registered"}
    assert towns[AUTHORITY].rows(select(held_names)) == [], "the register holds the name now"
    assert all(town.errors == [] for town in towns.values())


@pytest.mark.parametrize("start", [datetime(2026, 4, 30, 1, 0, tzinfo=UTC)], indirect=True)
def test_section_12_decided_within_three_working_days_or_six(towns: Towns) -> None:
    """[X] filed 2026-04-30: 05-08; extended: 05-12."""
    case = opened(towns)
    assert due(towns[WINDOW], case) == "2026-05-08"
    act(towns, AUTHORITY, case, "head", "extend", organisation="head", reason="情形复杂")
    assert due(towns[WINDOW], case) == "2026-05-12"
    again = step(case, "head", "extend", reason="再次")
    assert refused(towns[AUTHORITY], ACT, again, "head") == "case_condition_fails"


def test_what_is_not_decided_in_time_goes_to_the_head_once(towns: Towns) -> None:
    case = opened(towns)
    towns[AUTHORITY].clock.now = datetime(2026, 11, 30, 16, 30, tzinfo=UTC)
    let_time_pass(towns)
    assert "overdue" in flags(towns[WINDOW], case)
    let_time_pass(towns)
    queue = done(towns[AUTHORITY], "registration_application.queue", {}, "head")
    assert len(queue["tasks"]) == 1
    act(towns, AUTHORITY, case, "authority", "approve")
    assert "overdue" not in flags(towns[WINDOW], case)


def test_what_to_correct_is_told_once_and_completely_and_the_term_waits(towns: Towns) -> None:
    case = opened(towns)
    told = {"papers": ["articles"], "notes": "章程缺页"}
    act(towns, AUTHORITY, case, "authority", "request_correction", data=told, reason="一次告知")
    towns[AUTHORITY].clock.advance(days=5)
    corrected = application(capital=90_000_000, shareholders=[
        {"name": "生成的股东", "citizen_id": REPRESENTATIVE, "amount": 90_000_000,
         "due_on": "2030-12-31"}])  # fmt: skip
    act(towns, WINDOW, case, "window", "correct", data=corrected)
    assert due(towns[WINDOW], case) == "2026-12-03", "the pause of three working days moved it"
    again = step(case, "authority", "request_correction", data=told, reason="再次")
    assert refused(towns[AUTHORITY], ACT, again) == "case_condition_fails"
    act(towns, AUTHORITY, case, "authority", "approve")
    act(towns, AUTHORITY, case, "authority", "license", data={"uscc": CODE})
    (row,) = towns[AUTHORITY].rows(select(entities))
    assert '"capital":90000000' in row.document


def test_a_correction_is_of_the_same_application(towns: Towns) -> None:
    case = opened(towns)
    told = {"papers": [], "notes": "名称"}
    act(towns, AUTHORITY, case, "authority", "request_correction", data=told, reason="x")
    other = application(name="德阳生成明远贸易有限公司")
    found = refused(towns[WINDOW], ACT, step(case, "window", "correct", data=other))
    assert found == "registration_subject_differs"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"domicile": {"region": "510703", "address": "x"}}, "registration_wrong_authority"),
        ({"conditions_met": ["name_free"]}, "registration_conditions_not_met"),
        ({"papers": ["application", "identity"]}, "registration_papers_missing"),
        (
            {"papers": ["application", "identity", "domicile_proof", "articles", "photo"]},
            "registration_papers_not_allowed",
        ),
        (
            {"approvals": [{"code": "fire_safety", "approved_on": "2026-08-26"}]},
            "registration_approval_stale",
        ),
        ({"name": "另一名称明远有限公司"}, "registration_subject_differs"),
        ({"capital": 99}, "data_invalid"),
        ({"shareholders": []}, "data_invalid"),
        ({"trade_name": "远明"}, "data_invalid"),
        ({"uscc": CODE}, "data_invalid"),
        ({"entity_type": "branch"}, "data_invalid"),
        ({"parent": CODE}, "data_invalid"),
        ({"decided_on": "2026-11-01"}, "data_invalid"),
        ({"industry": "51"}, "data_invalid"),
        ({"domicile": {"region": "990603", "address": "x"}}, "data_invalid"),
        ({"representative": {"name": "x", "citizen_id": "110105194912310020"}},
         "data_invalid"),
        ({"more": 1}, "data_invalid"),
    ],
    ids=range(17),
)  # fmt: skip
def test_an_application_outside_the_uniform_conditions_is_refused_everywhere(
    towns: Towns, changes: dict[str, Any], code: str
) -> None:
    asked = {**request(application()), "data": application(**changes)}
    for city in (WINDOW, AUTHORITY):
        seats = {**SEATS, "window": {"city": city, "organisation": "bureau"}}
        assert refused(towns[city], START_AT, {**asked, "seats": seats}) == code


def test_an_approval_of_ninety_days_or_confirmed_anew_is_taken(towns: Towns) -> None:
    fresh = [
        {"code": "fire_safety", "approved_on": "2026-08-27"},
        {"code": "food", "approved_on": "2025-01-01", "confirmed_on": "2026-11-20"},
        {"code": "health", "approved_on": "2025-01-01", "valid_until": "2026-11-25"},
    ]
    assert opened(towns, application(approvals=fresh))


def test_two_windows_cannot_file_the_same_name(towns: Towns) -> None:
    opened(towns)
    seats = {**SEATS, "window": {"city": AUTHORITY, "organisation": "bureau"}}
    second = application(name="德阳生成明远百货有限公司")
    asked = request(second, seats=seats)
    assert refused(towns[AUTHORITY], START_AT, asked) == "registration_name_held"
    other = application(name="德阳生成明远餐饮有限公司", industry="H6210")
    assert done(towns[AUTHORITY], START_AT, request(other, seats=seats))


def test_a_window_holds_a_name_for_ten_minutes(towns: Towns) -> None:
    """[P] section 12: lock 10 minutes."""
    window, authority, other = towns[WINDOW], towns[AUTHORITY], towns[FORMER]
    name = {"trade_name": "明远", "industry": "F51"}
    window.ask(AUTHORITY, "registration.reserve_name", name, purpose="business-registration")
    settle_all([window, authority])
    held = refused(authority, "registration.reserve_name", name)
    assert held == "registration_name_held"
    case = opened(towns)
    assert stage(authority, case) == "submitted", "the window that held it files"
    act(towns, WINDOW, case, "window", "withdraw", reason="撤回")
    assert authority.rows(select(held_names)) == []
    done(authority, "registration.reserve_name", name)
    authority.clock.advance(minutes=9, seconds=59)
    other.ask(AUTHORITY, "registration.reserve_name", name, purpose="business-registration")
    settle_all([other, authority])
    authority.clock.advance(seconds=1)
    assert opened(towns), "ten minutes later it is free"


def test_a_registered_name_is_taken_in_its_industry_and_free_in_another(towns: Towns) -> None:
    licensed(towns)
    again = application(name="德阳生成明远有限公司")
    seats = {**SEATS, "window": {"city": AUTHORITY, "organisation": "bureau"}}
    asked = request(again, seats=seats)
    assert refused(towns[AUTHORITY], START_AT, asked) == "registration_name_taken"


def test_a_person_who_is_barred_anywhere_is_not_registered(towns: Towns) -> None:
    ban = {"ban_id": "B1", "citizen_id": REPRESENTATIVE, "kind": "licence_revoked",
           "since": "2025-01-01"}  # fmt: skip
    done(towns[FORMER], "registration.note_ban", ban)
    case = opened(towns)
    found = refused(towns[AUTHORITY], ACT, step(case, "authority", "approve"))
    assert found == "registration_banned_elsewhere"
    act(towns, AUTHORITY, case, "authority", "refuse", reason="法定代表人受限")
    assert towns[AUTHORITY].rows(select(held_names)) == []


def test_a_person_who_is_barred_here_is_refused_at_once(towns: Towns) -> None:
    ban = {"ban_id": "B1", "citizen_id": REPRESENTATIVE, "kind": "due_debt", "since": "2025-01-01"}
    assert done(towns[AUTHORITY], "registration.note_ban", ban)["kinds"] == ["due_debt"]
    seats = {**SEATS, "window": {"city": AUTHORITY, "organisation": "bureau"}}
    asked = request(application(), seats=seats)
    assert refused(towns[AUTHORITY], START_AT, asked) == "registration_representative_banned"
    other = {**ban, "since": "2024-01-01"}
    assert refused(towns[AUTHORITY], "registration.note_ban", other) == "registration_ban_known"
    lifted = {**ban, "lifted_on": "2026-11-25"}
    assert done(towns[AUTHORITY], "registration.note_ban", lifted)["kinds"] == []
    assert done(towns[AUTHORITY], START_AT, asked)


def test_nobody_is_approved_before_every_city_has_answered(towns: Towns) -> None:
    seats = {**SEATS, "window": {"city": AUTHORITY, "organisation": "bureau"}}
    asked = request(application(), seats=seats)
    case = done(towns[AUTHORITY], START_AT, asked)["case"]
    reply = call(towns[AUTHORITY], ACT, step(case, "authority", "approve"))
    assert reply.data["code"] == "registration_checks_not_complete"
    assert reply.data["values"]["cities"] == f"{WINDOW}, {FORMER}"
    settle_all(list(towns.values()))
    act(towns, AUTHORITY, case, "authority", "approve")


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (make_uscc(1, region=WINDOW), "registration_code_of_another_city"),
        (CODE[:-1] + ("0" if CODE[-1] != "0" else "1"), "data_invalid"),
    ],
)
def test_a_licence_has_a_code_of_its_own_authority(towns: Towns, code: str, problem: str) -> None:
    case = opened(towns)
    act(towns, AUTHORITY, case, "authority", "approve")
    given = step(case, "authority", "license", data={"uscc": code})
    assert refused(towns[AUTHORITY], ACT, given) == problem


def test_a_code_is_given_once(towns: Towns) -> None:
    licensed(towns)
    second = application(name="德阳生成新明有限公司", trade_name="新明")
    case = opened(towns, second)
    act(towns, AUTHORITY, case, "authority", "approve")
    given = step(case, "authority", "license", data={"uscc": CODE})
    assert refused(towns[AUTHORITY], ACT, given) == "registration_code_taken"


@pytest.mark.parametrize(
    ("city", "role", "action", "organisation"),
    [
        (WINDOW, "window", "approve", "bureau"),
        (WINDOW, "authority", "approve", "bureau"),
        (AUTHORITY, "authority", "license", "bureau"),
        (AUTHORITY, "authority", "extend", "bureau"),
        (AUTHORITY, "authority", "approve", "head"),
        (FORMER, "authority", "approve", "bureau"),
    ],
)
def test_a_step_by_the_wrong_role_or_out_of_turn_changes_nothing(
    towns: Towns, city: str, role: str, action: str, organisation: str
) -> None:
    case = opened(towns)
    move = step(case, role, action, reason="x", data={})
    assert refused(towns[city], ACT, move, organisation).startswith("case_")


def test_a_change_keeps_its_code_and_a_late_one_is_noted(towns: Towns) -> None:
    licensed(towns)
    late = {**change(), "decided_on": "2026-10-10"}
    case = opened(towns, late)
    assert "late" in flags(towns[WINDOW], case)
    act(towns, AUTHORITY, case, "authority", "approve")
    other = step(case, "authority", "license", data={"uscc": make_uscc(5, region=AUTHORITY)})
    assert refused(towns[AUTHORITY], ACT, other) == "registration_code_differs"
    act(towns, AUTHORITY, case, "authority", "license", data={"uscc": CODE})
    (row,) = towns[AUTHORITY].rows(select(entities))
    assert row.uscc == CODE


def test_a_change_of_who_is_not_registered_here_is_refused(towns: Towns) -> None:
    seats = {**SEATS, "window": {"city": AUTHORITY, "organisation": "bureau"}}
    asked = request(change(), seats=seats)
    assert refused(towns[AUTHORITY], START_AT, asked) == "registration_entity_unknown"
    future = request({**change(), "decided_on": "2026-11-26"}, seats=seats)
    assert refused(towns[AUTHORITY], START_AT, future) == "registration_change_in_future"
