"""Moving in from another city, simple deregistration with its times, licences, and the schema."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from hanse.foundation.credentials import Request, jws, present
from hanse.foundation.identity import seeded_randomness
from hanse.foundation.keys import generate
from hanse.foundation.store.transaction import committing
from hanse.mechanisms.exchange.message import read_line
from hanse.mechanisms.exchange.tables import bodies, messages_out
from hanse.services.market.registration.tables import entities, told_entities
from tests.cases.play import settle_all
from tests.exchange.cities import Town
from tests.registration.windows import (
    AUTHORITY,
    CODE,
    DIGEST,
    FORMER,
    WINDOW,
    act,
    application,
    done,
    due,
    let_time_pass,
    licensed,
    moving_in,
    opened,
    refused,
    request,
    stage,
    step,
)

Towns = dict[str, Town]
ACT = "registration_application.act"
MATTER = "simple_deregistration"
NEW = FORMER
"""The city that an entity of the authority's city moves to."""
MOVING_SEATS = {
    "window": {"city": WINDOW, "organisation": "bureau"},
    "authority": {"city": NEW, "organisation": "bureau"},
    "head": {"city": NEW, "organisation": "head"},
    "former": {"city": AUTHORITY, "organisation": "bureau"},
}
PAPER = {
    "digest": DIGEST,
    "kind": "registration_file",
    "name": "file.pdf",
    "media_type": "application/pdf",
    "size_bytes": 1_000,
}
FILE = {"digest": DIGEST, "pages": 40}
ENDING_SEATS = {
    "window": {"city": WINDOW, "organisation": "bureau"},
    "authority": {"city": AUTHORITY, "organisation": "bureau"},
    "timekeeper": {"city": AUTHORITY, "organisation": "node"},
    "objector": {"city": FORMER, "organisation": "tax"},
}
MAY_DAY = datetime(2026, 5, 1, 1, 0, tzinfo=UTC)
HOLDER = generate("ecdsa-p256-sha256", seeded_randomness("a generated company"))


def upload(towns: Towns) -> None:
    """The file's bytes are at the old authority, and have reached the others, as bodies do."""
    for town in towns.values():
        with committing(town.engine) as transaction:
            row = {"digest": DIGEST, "peer": AUTHORITY, "size_bytes": 1_000, "stored_at_ms": 0}
            transaction.insert(bodies, row)


def moving(towns: Towns) -> str:
    licensed(towns)
    return opened(towns, moving_in(), seats=MOVING_SEATS)


def status(town: Town) -> str | None:
    rows = town.rows(select(entities.c.status).where(entities.c.uscc == CODE))
    return rows[0].status if rows else None


def test_who_moves_applies_at_the_new_authority_first_and_its_file_follows(towns: Towns) -> None:
    case = moving(towns)
    assert status(towns[AUTHORITY]) == "registered", "nothing ends before the new one has decided"
    found = refused(towns[NEW], ACT, step(case, "authority", "approve"))
    assert found == "registration_file_not_sent"
    early = step(case, "former", "send_file", data=FILE, documents=[PAPER])
    assert refused(towns[AUTHORITY], ACT, early).startswith("case_")
    act(towns, NEW, case, "authority", "request_file")
    assert due(towns[WINDOW], case, "file") == "2027-02-25", "three months"
    upload(towns)
    act(towns, AUTHORITY, case, "former", "send_file", data=FILE, documents=[PAPER])
    act(towns, NEW, case, "authority", "approve")
    act(towns, NEW, case, "authority", "license", data={"uscc": CODE})
    assert status(towns[NEW]) == "registered"
    assert status(towns[AUTHORITY]) == "moved_out"
    told = {row.city: row.status for row in towns[WINDOW].rows(select(told_entities))}
    assert told[NEW] == "registered"


def test_the_old_authority_keeps_a_file_only_for_a_reason(towns: Towns) -> None:
    case = moving(towns)
    act(towns, NEW, case, "authority", "request_file")
    silent = step(case, "former", "keep_file")
    assert refused(towns[AUTHORITY], ACT, silent) == "case_reason_missing"
    act(towns, AUTHORITY, case, "former", "keep_file", reason="股权冻结")
    assert stage(towns[WINDOW], case) == "correction"
    act(towns, WINDOW, case, "window", "correct", data=moving_in())
    act(towns, NEW, case, "authority", "request_file")
    upload(towns)
    act(towns, AUTHORITY, case, "former", "send_file", data=FILE, documents=[PAPER])
    act(towns, NEW, case, "authority", "approve")


def test_a_file_comes_with_its_document(towns: Towns) -> None:
    case = moving(towns)
    act(towns, NEW, case, "authority", "request_file")
    bare = step(case, "former", "send_file", data=FILE)
    assert refused(towns[AUTHORITY], ACT, bare).startswith("case_document")
    absent = step(case, "former", "send_file", data=FILE, documents=[PAPER])
    assert refused(towns[AUTHORITY], ACT, absent) == "case_document_not_here"


def test_only_moving_in_has_an_authority_that_is_left(towns: Towns) -> None:
    start = "registration_application.start"
    with_former = request(application(), seats={**MOVING_SEATS, "authority": {
        "city": AUTHORITY, "organisation": "bureau"}})  # fmt: skip
    assert refused(towns[WINDOW], start, with_former) == "registration_former_missing"
    without = {key: one for key, one in MOVING_SEATS.items() if key != "former"}
    asked = request(moving_in(), seats=without)
    assert refused(towns[WINDOW], start, asked) == "registration_former_missing"
    case = opened(towns)
    ask = step(case, "authority", "request_file")
    assert refused(towns[AUTHORITY], ACT, ask) == "registration_former_missing"


def notice(**changes: Any) -> dict[str, Any]:
    data = {
        "entity_type": "company",
        "no_debts": True,
        "all_commit": True,
        "under_penalty": False,
        "papers": ["application", "commitment"],
        "papers_digest": DIGEST,
        **changes,
    }
    return {"subject": CODE, "seats": ENDING_SEATS, "role": "window", "data": data}


def ending(towns: Towns, **changes: Any) -> str:
    licensed(towns)
    taken = done(towns[WINDOW], f"{MATTER}.start", notice(**changes))
    settle_all(list(towns.values()))
    return str(taken["case"])


def at(towns: Towns, day: str) -> None:
    """Early on a day in Sichuan, once every node has seen what the clock made due."""
    towns[WINDOW].clock.now = datetime.fromisoformat(day).replace(hour=1, tzinfo=UTC)
    let_time_pass(towns)


@pytest.mark.parametrize("start", [MAY_DAY], indirect=True)
def test_section_12_worked_example_of_simple_deregistration(towns: Towns) -> None:
    """[X] notice 2026-05-01: objections until 05-21, applied for until 06-10."""
    case = ending(towns)
    act(towns, AUTHORITY, case, "authority", "announce", matter=MATTER)
    assert due(towns[WINDOW], case, "objection", MATTER) == "2026-05-21"
    early = step(case, "window", "apply")
    assert refused(towns[WINDOW], f"{MATTER}.act", early).startswith("case_")
    at(towns, "2026-05-21")
    assert stage(towns[WINDOW], case, MATTER) == "announced", "the last day is still open"
    at(towns, "2026-05-22")
    for city in (WINDOW, AUTHORITY, FORMER):
        assert stage(towns[city], case, MATTER) == "may_apply"
    late = step(case, "objector", "object", reason="欠税")
    assert refused(towns[FORMER], f"{MATTER}.act", late, "tax").startswith("case_")
    assert due(towns[WINDOW], case, "apply", MATTER) == "2026-06-10"
    act(towns, WINDOW, case, "window", "apply", matter=MATTER)
    act(towns, AUTHORITY, case, "authority", "deregister", matter=MATTER)
    assert status(towns[AUTHORITY]) == "deregistered"
    told = {row.city: row.status for row in towns[WINDOW].rows(select(told_entities))}
    assert told == {AUTHORITY: "deregistered"}


@pytest.mark.parametrize("start", [MAY_DAY], indirect=True)
def test_who_does_not_apply_in_time_begins_again(towns: Towns) -> None:
    case = ending(towns)
    act(towns, AUTHORITY, case, "authority", "announce", matter=MATTER)
    at(towns, "2026-05-22")
    at(towns, "2026-06-10")
    assert stage(towns[WINDOW], case, MATTER) == "may_apply"
    at(towns, "2026-06-11")
    assert stage(towns[WINDOW], case, MATTER) == "lapsed"
    assert status(towns[AUTHORITY]) == "registered"
    again = done(towns[WINDOW], f"{MATTER}.start", notice())
    assert again["case"] != case


@pytest.mark.parametrize("start", [MAY_DAY], indirect=True)
def test_a_node_that_was_down_lengthens_no_term(towns: Towns) -> None:
    case = ending(towns)
    act(towns, AUTHORITY, case, "authority", "announce", matter=MATTER)
    at(towns, "2026-06-05")
    assert stage(towns[WINDOW], case, MATTER) == "may_apply"
    towns[WINDOW].clock.now = datetime(2026, 6, 11, 1, 0, tzinfo=UTC)
    taken = done(towns[WINDOW], f"{MATTER}.act", step(case, "window", "apply"))
    settle_all(list(towns.values()))
    assert stage(towns[WINDOW], case, MATTER) == "may_apply"
    view = done(towns[WINDOW], f"{MATTER}.view", {"case": case})
    (proposal,) = [one for one in view["proposals"] if one["proposal"] == taken["proposal"]]
    assert proposal["problem"]["code"] == "registration_applied_late"


def test_an_objection_ends_it_with_its_reason(towns: Towns) -> None:
    case = ending(towns)
    act(towns, AUTHORITY, case, "authority", "announce", matter=MATTER)
    silent = step(case, "objector", "object")
    assert refused(towns[FORMER], f"{MATTER}.act", silent, "tax") == "case_reason_missing"
    act(towns, FORMER, case, "objector", "object", matter=MATTER, organisation="tax", reason="欠税")
    assert stage(towns[AUTHORITY], case, MATTER) == "objected"
    assert status(towns[AUTHORITY]) == "registered"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"no_debts": False}, "registration_simple_not_open"),
        ({"all_commit": False}, "registration_simple_not_open"),
        ({"under_penalty": True}, "registration_simple_not_open"),
        ({"papers": ["application"]}, "registration_papers_missing"),
        ({"papers": ["application", "commitment", "photo"]}, "registration_papers_not_allowed"),
        ({"entity_type": "ghost"}, "data_invalid"),
    ],
    ids=range(6),
)
def test_simple_deregistration_is_for_who_has_no_debts(
    towns: Towns, changes: dict[str, Any], code: str
) -> None:
    licensed(towns)
    assert refused(towns[WINDOW], f"{MATTER}.start", notice(**changes)) == code


def test_who_is_not_registered_here_is_not_deregistered(towns: Towns) -> None:
    own = {**notice(), "seats": {**ENDING_SEATS, "window": ENDING_SEATS["authority"]}}
    assert refused(towns[AUTHORITY], f"{MATTER}.start", own) == "registration_entity_unknown"
    licensed(towns)
    wrong = {**own, "seats": {**own["seats"], "timekeeper": ENDING_SEATS["window"]}}
    assert refused(towns[AUTHORITY], f"{MATTER}.start", wrong) == "registration_timekeeper_wrong"


def test_a_self_employed_household_has_no_notice_but_ten_days(towns: Towns) -> None:
    case = ending(towns, entity_type="self_employed")
    loud = step(case, "authority", "announce")
    assert refused(towns[AUTHORITY], f"{MATTER}.act", loud) == "registration_notice_wrong_kind"
    act(towns, AUTHORITY, case, "authority", "circulate", matter=MATTER)
    assert due(towns[WINDOW], case, "departments", MATTER) == "2026-12-07"
    at(towns, "2026-12-07")
    assert stage(towns[WINDOW], case, MATTER) == "circulated"
    at(towns, "2026-12-08")
    assert stage(towns[WINDOW], case, MATTER) == "applied"
    act(towns, AUTHORITY, case, "authority", "deregister", matter=MATTER)
    assert status(towns[AUTHORITY]) == "deregistered"


def test_a_company_is_not_circulated(towns: Towns) -> None:
    case = ending(towns)
    quiet = step(case, "authority", "circulate")
    assert refused(towns[AUTHORITY], f"{MATTER}.act", quiet) == "registration_notice_wrong_kind"


def licence_of(towns: Towns) -> str:
    asked = {"uscc": CODE, "holder": jws.to_jwk(HOLDER.public)}
    return str(done(towns[AUTHORITY], "registration.licence", asked)["credential"])


def fetch(towns: Towns) -> None:
    done(towns[WINDOW], "registration.fetch_status_list", {"city": AUTHORITY})
    settle_all(list(towns.values()))


def shown(towns: Towns, credential: str, *names: str) -> dict[str, Any]:
    asked = Request(f"urn:hanse:{WINDOW}", "nonce-of-a-window")
    at_ = towns[WINDOW].clock.now
    text = present(credential, names, request=asked, key=HOLDER, at=at_)
    return {"presentation": text, "nonce": asked.nonce}


def test_any_city_checks_an_electronic_licence_without_asking(towns: Towns) -> None:
    licensed(towns)
    credential = licence_of(towns)
    missing = refused(towns[WINDOW], "registration.check_licence", shown(towns, credential))
    assert missing == "credential_status_missing"
    fetch(towns)
    found = done(towns[WINDOW], "registration.check_licence", shown(towns, credential))
    assert (found["city"], found["uscc"], found["representative"]) == (AUTHORITY, CODE, None)
    named = shown(towns, credential, "representative")
    found = done(towns[WINDOW], "registration.check_licence", named)
    assert found["representative"] == "生成的代表"
    assert towns[WINDOW].waiting(AUTHORITY) == []


def test_a_licence_ends_with_the_entity_and_a_new_one_revokes_the_old(towns: Towns) -> None:
    case = ending(towns, entity_type="self_employed")
    first = licence_of(towns)
    second = licence_of(towns)
    fetch(towns)
    check = "registration.check_licence"
    assert refused(towns[WINDOW], check, shown(towns, first)) == "credential_revoked"
    assert done(towns[WINDOW], check, shown(towns, second))
    act(towns, AUTHORITY, case, "authority", "circulate", matter=MATTER)
    at(towns, "2026-12-08")
    act(towns, AUTHORITY, case, "authority", "deregister", matter=MATTER)
    fetch(towns)
    assert refused(towns[WINDOW], check, shown(towns, second)) == "credential_revoked"
    gone = refused(towns[AUTHORITY], "registration.licence", {"uscc": CODE})
    assert gone == "registration_entity_not_registered"


def test_a_suspension_is_filed_within_three_years_in_all(towns: Towns) -> None:
    licensed(towns)
    wanted = {"since": "2027-01-01", "until": "2027-12-31"}
    earlier = [{"since": "2023-01-01", "until": "2025-06-01"}]
    authority = towns[AUTHORITY]
    filing = {"uscc": CODE, "wanted": wanted, "earlier": earlier}
    assert refused(authority, "registration.suspend", filing) == (
        "registration_suspension_too_long"
    )
    found = done(authority, "registration.suspend", {"uscc": CODE, "wanted": wanted})
    assert found == {"status": "suspended", "resumed_at_latest": "2030-01-01"}
    unknown = {"uscc": CODE, "wanted": wanted}
    assert refused(towns[WINDOW], "registration.suspend", unknown) == "registration_entity_unknown"


def test_two_cities_cannot_differ_in_their_conditions_unseen(towns: Towns) -> None:
    window = towns[WINDOW]
    own = done(window, "registration.schema", {})
    changed = {**own["book"], "matters": [dict(one) for one in own["book"]["matters"]]}
    changed["matters"][0]["decide_working_days"] = 5
    for book in (own["book"], changed):
        window.ask(AUTHORITY, "registration.compare", {"book": book}, purpose="uniform-conditions")
    settle_all(list(towns.values()))
    rows = window.rows(
        select(messages_out)
        .where(messages_out.c.operation == "registration.compare")
        .order_by(messages_out.c.number)
    )
    same, other = (read_line(row.answer).data for row in rows)
    assert (same["same"], same["digest"]) == (True, own["digest"])
    assert (other["same"], other["differences"]) == (
        False,
        ["matters.set_up.decide_working_days: 3 / 5"],
    )


def test_another_city_looks_an_entity_up(towns: Towns) -> None:
    licensed(towns)
    window = towns[WINDOW]
    for code in (CODE, "91350100M000100Y43"):
        window.ask(
            AUTHORITY, "registration.entity", {"uscc": code}, purpose="business-registration"
        )
    settle_all(list(towns.values()))
    rows = window.rows(
        select(messages_out)
        .where(messages_out.c.operation == "registration.entity")
        .order_by(messages_out.c.number)
    )
    found, unknown = (read_line(row.answer).data for row in rows)
    assert found["status"] == "registered"
    assert unknown["code"] == "registration_entity_unknown"
