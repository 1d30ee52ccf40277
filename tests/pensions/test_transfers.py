"""Transfers between two cities: the case, the relation and the money, on both sides."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from hanse.foundation.errors import Problem
from hanse.foundation.identifiers import make_citizen_id
from hanse.foundation.store.transaction import committing
from hanse.mechanisms.exchange.tables import bodies
from hanse.services.social.pensions import chart
from hanse.services.social.pensions.tables import relations
from hanse.simulation.pension_people import miscounted
from tests.cases.play import fire, settle_all
from tests.exchange.cities import Town
from tests.pensions.examples import CHENGDU, DEYANG, MAN, MIANYANG, agency, person
from tests.pensions.relations import POOLS, done, make_towns, newly_insured, refused, relation
from tests.pensions.transfers import (
    accepted,
    act,
    application,
    audited,
    balance,
    consent,
    histories,
    mirrored,
    prepared,
    send,
    start,
    view,
)

Towns = tuple[Town, ...]


@pytest.fixture
def towns(fresh_store: Callable[[str], str]) -> Iterator[Towns]:
    for made in make_towns(fresh_store):
        yield made
        assert audited(made) == []
        assert all(town.errors == [] for town in made)


def move(case: str, role: str, action: str, **more: Any) -> dict[str, Any]:
    return {"case": case, "role": role, "action": action, **more}


def standing(town: Town, citizen_id: str = MAN) -> str:
    return str(done(town, "pension.relation", {"citizen_id": citizen_id})["standing"])


def test_1_2_a_transfer_moves_relation_and_funds_and_both_books_agree(towns: Towns) -> None:
    new, origin = towns
    case, letter = accepted(towns)
    assert standing(origin) == "moving"
    before = done(new, "pension.funds", {})
    sheet = send(towns, case, letter)
    assert mirrored(towns)
    assert balance(origin, chart.ACCOUNTS).debits_pending == sheet["account_total"]
    assert balance(new, chart.POOL).credits_pending == sheet["pool_total"]
    assert done(new, "pension.funds", {}) == before  # what is pending cannot be spent
    act(towns, 0, case, "destination", "receive", data={"funds_received": sheet["cash"]})
    assert mirrored(towns)
    funds = done(new, "pension.funds", {})
    assert funds["owed_by_peers"] == {DEYANG: sheet["total"]}
    assert done(origin, "pension.funds", {}) == {
        "accounts": 0,
        "pool": 0,
        "owed_by_peers": {CHENGDU: -sheet["total"]},
    }
    state = done(new, "pension.relation", {"citizen_id": MAN})
    assert (state["standing"], state["paid_months"]) == ("active", 63)
    assert standing(origin) == "moved"
    assert [view(town, case)["stage"] for town in towns] == ["merged", "merged"]
    one, other = histories(towns, case)
    assert one == other
    assert len(one) == 5


def test_1_7_where_the_province_pools_the_relation_moves_and_no_cash(
    fresh_store: Callable[[str], str],
) -> None:
    for towns in make_towns(fresh_store, POOLS):
        new, origin = towns
        case, letter = accepted(towns, mode="province_relation_only")
        before = done(origin, "pension.funds", {})
        sheet = send(towns, case, letter)
        assert sheet["cash"] == 0
        act(towns, 0, case, "destination", "receive", data={"funds_received": 0})
        assert done(origin, "pension.funds", {}) == before
        assert done(new, "pension.funds", {})["owed_by_peers"] == {}
        assert done(new, "pension.relation", {"citizen_id": MAN})["paid_months"] == 63
        assert standing(origin) == "moved"


def test_1_2_a_mismatch_is_returned_the_money_released_and_sent_again(towns: Towns) -> None:
    new, origin = towns
    case, letter = accepted(towns)
    others = make_citizen_id(DEYANG, date(1980, 6, 1), 105)
    done(origin, "pension.keep", relation(person=person(citizen_id=others)))
    sheet = done(origin, "pension.make_sheet", {"letter": letter})
    wrong = {**sheet, "pool": [dict(line) for line in sheet["pool"]]}
    wrong["pool"][0]["amount"] += 100
    for name in ("pool_total", "total", "cash"):
        wrong[name] += 100
    act(towns, 1, case, "origin", "send_sheet", data={**wrong, "number": "S-wrong"})
    paid = {"funds_received": wrong["cash"]}
    receive = move(case, "destination", "receive", data=paid)
    held = new.rows(select(relations))
    assert refused(new, "pension_transfer.act", receive) == "pension_sheet_differs"
    assert new.rows(select(relations)) == held
    found = {"findings": ["pool_differs"]}
    act(towns, 0, case, "destination", "return_sheet", data=found, reason="2019年统筹额不符")
    assert mirrored(towns)
    assert balance(new, chart.intercity(DEYANG)).debits_pending == 0
    assert balance(origin, chart.POOL).debits_pending == 0
    assert view(origin, case)["stage"] == "returned"
    again = send(towns, case, letter)
    act(towns, 0, case, "destination", "receive", data={"funds_received": again["cash"]})
    assert done(new, "pension.funds", {})["owed_by_peers"] == {DEYANG: again["total"]}
    assert mirrored(towns)


def test_what_the_origins_fund_does_not_hold_is_not_sent_and_not_received(towns: Towns) -> None:
    new, origin = towns
    case, letter = accepted(towns)
    wrong = miscounted(done(origin, "pension.make_sheet", {"letter": letter}), "S-wrong")
    act(towns, 1, case, "origin", "send_sheet", data=wrong)
    assert balance(origin, chart.POOL).debits_pending == 0
    (dispute,) = view(new, case)["disputes"]
    assert (dispute["city"], dispute["number"]) == (DEYANG, 3)
    told = {"sheet": "S-wrong", "amount": wrong["cash"]}
    forged = move(case, "treasury", "send_funds", data=told)
    assert refused(origin, "pension_transfer.act", forged) == "case_not_your_seat"
    receive = move(case, "destination", "receive", data={"funds_received": wrong["cash"]})
    assert refused(new, "pension_transfer.act", receive) == "case_condition_fails"
    found = {"findings": ["funds_differ"]}
    act(towns, 0, case, "destination", "return_sheet", data=found, reason="资金未到（生成）")
    assert mirrored(towns)
    sheet = send(towns, case, letter)
    act(towns, 0, case, "destination", "receive", data={"funds_received": sheet["cash"]})
    assert mirrored(towns)
    assert done(new, "pension.funds", {})["owed_by_peers"] == {DEYANG: sheet["total"]}


def test_a_relation_moves_to_one_place_only(
    fresh_store: Callable[[str], str],
) -> None:
    for towns in make_towns(fresh_store, None, (CHENGDU, DEYANG, MIANYANG)):
        _new, origin, third = towns
        case, letter = accepted(towns)
        certificate = done(origin, "pension.certificate", {
            "number": letter["certificate"], "citizen_id": MAN,
        })["certificate"]  # fmt: skip
        done(third, "pension.keep", newly_insured(MIANYANG))
        here = {"city": MIANYANG, "organisation": "social-insurance"}
        asked = application(certificate)
        seats = {**asked["seats"], "applicant": here, "destination": here, "supervisor": here}
        other = str(done(third, "pension_transfer.start", {**asked, "seats": seats})["case"])
        written = {**letter, "number": "L-2", "agency": agency(MIANYANG, 3)}
        settle_all(list(towns))
        step = move(other, "destination", "accept", data=written)
        done(third, "pension_transfer.act", step)
        settle_all(list(towns))
        (dispute,) = view(third, other)["disputes"]
        assert dispute["problem"]["code"] == "pension_relation_not_here"
        sheet = done(origin, "pension.make_sheet", {"letter": written})
        done(origin, "pension_transfer.act", move(other, "origin", "send_sheet", data=sheet))
        settle_all(list(towns))
        receive = move(other, "destination", "receive", data={"funds_received": sheet["cash"]})
        assert refused(third, "pension_transfer.act", receive) == "case_condition_fails"
        assert balance(origin, chart.intercity(MIANYANG)).credits_pending == 0
        sheet = send(towns, case, letter)
        act(towns, 0, case, "destination", "receive", data={"funds_received": sheet["cash"]})
        assert mirrored(towns)
        asked = {"letter": written}
        assert refused(origin, "pension.make_sheet", asked) == "pension_relation_not_here"


def test_what_has_moved_is_not_applied_for_again(towns: Towns) -> None:
    new, origin = towns
    case, letter = accepted(towns)
    sheet = send(towns, case, letter)
    act(towns, 0, case, "destination", "receive", data={"funds_received": sheet["cash"]})
    query = {"number": letter["certificate"], "citizen_id": MAN}
    certificate = done(origin, "pension.certificate", query)["certificate"]
    again = application(certificate)
    assert refused(new, "pension_transfer.start", again) == "pension_moved_already"


def test_money_that_did_not_arrive_in_full_is_not_taken(towns: Towns) -> None:
    new, _ = towns
    case, letter = accepted(towns)
    sheet = send(towns, case, letter)
    short = move(case, "destination", "receive", data={"funds_received": sheet["cash"] - 1})
    assert refused(new, "pension_transfer.act", short) == "pension_sheet_differs"
    assert view(new, case)["stage"] == "receiving"


UNPROVED = {"years": [2019, 2020, 2021], "paid_on": "2022-06-01"}
NOTICE = {
    "digest": "sha-256:" + "0" * 64,
    "kind": "unmovable_notice",
    "name": "notice.pdf",
    "media_type": "application/pdf",
    "size_bytes": 1_000,
}


def uploaded(towns: Towns) -> None:
    """The notice's bytes are at the origin, and have reached the new city, as bodies do."""
    for town in towns:
        with committing(town.engine) as transaction:
            transaction.insert(
                bodies,
                {
                    "digest": NOTICE["digest"],
                    "peer": DEYANG,
                    "size_bytes": NOTICE["size_bytes"],
                    "stored_at_ms": 0,
                },
            )


def test_1_2_what_cannot_move_is_told_first_and_the_rest_moves(towns: Towns) -> None:
    new, origin = towns
    case, letter = accepted(towns, back_payments=[UNPROVED])
    sheet = done(origin, "pension.make_sheet", {"letter": letter})
    assert [one["year"] for one in sheet["contributions"]] == [2022, 2023]
    sending = move(case, "origin", "send_sheet", data=sheet)
    assert refused(origin, "pension_transfer.act", sending) == "pension_partial_not_announced"
    told = {"left_behind": sheet["left_behind"], "told_on": "2026-09-06"}
    telling = move(
        case, "origin", "announce_unmovable", data=told, documents=[NOTICE], reason="生成的理由"
    )
    assert refused(origin, "pension_transfer.act", telling) == "case_document_not_here"
    uploaded(towns)
    act(towns, 1, **telling)
    held = done(origin, "pension.funds", {})
    sent = send(towns, case, letter)
    act(towns, 0, case, "destination", "receive", data={"funds_received": sent["cash"]})
    assert view(new, case)["flags"] == ["funds_sent", "partial"]
    left = done(origin, "pension.funds", {})
    assert left["accounts"] == sent["left_behind"][0]["account"]
    assert left["pool"] == held["pool"] - sent["pool_total"]
    assert done(new, "pension.relation", {"citizen_id": MAN})["paid_months"] == 24 + 3
    assert mirrored(towns)


def test_1_4_an_older_worker_from_another_province_gets_a_temporary_account(towns: Towns) -> None:
    new, origin = towns
    old = make_citizen_id("420100", date(1970, 1, 1), 11)
    certificate = prepared(towns, person=person(citizen_id=old, household_region="420100"))
    case = start(towns, certificate)
    accept = move(case, "destination", "accept", data=consent(towns, certificate))
    assert refused(new, "pension_transfer.act", accept) == "pension_destination_wrong"
    act(towns, 0, case, "destination", "open_temporary")
    assert view(origin, case)["stage"] == "temporary"
    assert standing(origin, old) == "active"
    assert done(new, "pension.issue_certificate", {"citizen_id": old})["account"] == "temporary"
    claim = {"citizen_id": old, "track": "man_60"}
    assert refused(new, "pension.claim", claim) == "pension_no_relation"


def test_1_4_a_temporary_account_is_collected_in_whole_at_the_original_place(
    towns: Towns,
) -> None:
    new, origin = towns
    old = make_citizen_id("420100", date(1970, 1, 1), 11)
    certificate = prepared(towns, person=person(citizen_id=old, household_region="420100"))
    act(towns, 0, start(towns, certificate), "destination", "open_temporary")
    held = done(new, "pension.funds", {})
    assert held["pool"] == 3 * 500_000 * 16 // 100  # the unit's 16 %, which is more than 12 %
    back = done(new, "pension.issue_certificate", {"citizen_id": old})
    home = {"city": DEYANG, "organisation": "social-insurance"}
    seats = {
        "applicant": home,
        "destination": home,
        "supervisor": home,
        "origin": {"city": CHENGDU, "organisation": "social-insurance"},
        "treasury": {"city": CHENGDU, "organisation": "node"},
    }
    asked = application(back)
    asked = {**asked, "seats": seats, "data": {**asked["data"], "insured_here_since": "2019-01"}}
    case = str(done(origin, "pension_transfer.start", asked)["case"])
    settle_all(list(towns))
    written = {**consent(towns, back), "origin": CHENGDU, "agency": agency(DEYANG, 2)}
    act(towns, 1, case, "destination", "accept", data=written)
    sheet = done(new, "pension.make_sheet", {"letter": written})
    act(towns, 0, case, "origin", "send_sheet", data=sheet)
    act(towns, 1, case, "destination", "receive", data={"funds_received": sheet["cash"]})
    assert mirrored(towns)
    assert done(new, "pension.funds", {})["pool"] == 0
    assert done(origin, "pension.relation", {"citizen_id": old})["paid_months"] == 63
    claim = {"citizen_id": old, "track": "man_60"}
    found = done(origin, "pension.claim", claim)
    assert (found["place"], found["months"]) == ("420100", 63)


def test_1_4_a_temporary_account_is_not_for_whoever_may_move(towns: Towns) -> None:
    new, _ = towns
    case = start(towns, prepared(towns))
    wrong = move(case, "destination", "open_temporary")
    assert refused(new, "pension_transfer.act", wrong) == "pension_destination_wrong"


@pytest.mark.parametrize(
    ("action", "stage"), [("cancel", "cancelled"), ("report_death", "ended_by_death")]
)
def test_1_9_7_what_ends_before_the_funds_leaves_the_relation_at_the_origin(
    towns: Towns, action: str, stage: str
) -> None:
    new, origin = towns
    case, _letter = accepted(towns)
    data = {"died_on": "2026-09-01"} if action == "report_death" else {}
    act(towns, 0, case, "destination", action, data=data, reason="生成的理由")
    assert [view(town, case)["stage"] for town in towns] == [stage, stage]
    assert standing(origin) == "active"
    assert balance(new, chart.intercity(DEYANG)).debits_posted == 0


def test_1_9_7_a_death_after_the_funds_were_sent_does_not_stop_them(towns: Towns) -> None:
    case, letter = accepted(towns)
    sheet = send(towns, case, letter)
    act(towns, 1, case, "origin", "note_death", data={"died_on": "2026-09-01"})
    act(towns, 0, case, "destination", "receive", data={"funds_received": sheet["cash"]})
    seen = view(towns[1], case)
    assert (seen["stage"], seen["flags"]) == ("merged", ["deceased", "funds_sent"])


def test_1_9_1_months_paid_at_both_places_count_once_and_the_rest_is_refunded(
    towns: Towns,
) -> None:
    from hanse.services.social.pensions.months import month_of
    from tests.pensions.examples import FIVE_YEARS, stay

    new, _origin = towns
    rows = (*FIVE_YEARS, *stay(DEYANG, month_of(2026, 1), 8))
    from hanse.services.social.pensions.operations import SERVICE
    from hanse.services.social.pensions.personal_account import account_years

    rates = {**SERVICE.parameters.interest.basis_points, 2025: 0}
    account = account_years(rows, rates, without_interest_from=2026)
    listed = [one.model_dump(mode="json") for one in account]
    certificate = prepared(
        towns,
        account=listed,
        contributions=[one.model_dump(mode="json") for one in rows],
    )
    case = start(towns, certificate)
    letter = consent(towns, certificate)
    act(towns, 0, case, "destination", "accept", data=letter)
    sheet = send(towns, case, letter)
    paid = {"funds_received": sheet["cash"]}
    receive = move(case, "destination", "receive", data=paid)
    assert refused(new, "pension_transfer.act", receive) == "pension_months_overlap"
    own = move(case, "destination", "receive", data={**paid, "keep": CHENGDU})
    assert refused(new, "pension_transfer.act", own) == "pension_months_overlap"
    act(towns, 0, case, "destination", "receive", data={**paid, "keep": DEYANG})
    state = done(new, "pension.relation", {"citizen_id": MAN})
    assert state["paid_months"] == 60 + 8 + 1  # July and August 2026 count once
    funds = done(new, "pension.funds", {})
    assert funds["accounts"] == state["account_balance"]


def test_a_rejection_gives_its_reason_and_changes_nothing_at_the_origin(towns: Towns) -> None:
    new, origin = towns
    case = start(towns, prepared(towns))
    without = move(case, "destination", "reject")
    assert refused(new, "pension_transfer.act", without) == "case_reason_missing"
    act(towns, 0, case, "destination", "reject", reason="参保信息不符（生成）")
    assert view(origin, case)["stage"] == "rejected"
    assert standing(origin) == "active"


def test_whoever_is_not_insured_and_paying_here_cannot_apply(towns: Towns) -> None:
    new, origin = towns
    done(origin, "pension.keep", relation())
    certificate = done(origin, "pension.issue_certificate", {"citizen_id": MAN})
    asked = application(certificate)
    assert refused(new, "pension_transfer.start", asked) == "pension_not_insured_here"
    assert done(new, "pension_transfer.list", {})["cases"] == []


def test_a_second_application_names_the_first(towns: Towns) -> None:
    new, _ = towns
    certificate = prepared(towns)
    case = start(towns, certificate)
    reply = new.call(
        "pension_transfer.start", application(certificate), organisation="social-insurance"
    )
    assert reply.data["code"] == "case_duplicate"
    assert case in str(reply.data)


def test_a_city_that_is_no_party_and_a_wrong_organisation_are_refused(
    fresh_store: Callable[[str], str],
) -> None:
    for towns in make_towns(fresh_store, None, (CHENGDU, DEYANG, MIANYANG)):
        new, origin, third = towns
        certificate = prepared(towns)
        case = start(towns, certificate)
        act_ = move(case, "destination", "reject", reason="x")
        assert refused(third, "pension_transfer.act", act_) == "case_unknown"
        reply = new.call("pension_transfer.act", act_, organisation="library")
        assert reply.data["code"] == "case_not_your_seat"
        assert refused(origin, "pension_transfer.act", act_) == "case_not_your_seat"
        wrong = application(certificate)
        seats = {**wrong["seats"], "applicant": {"city": MIANYANG}}
        asked = {**wrong, "seats": seats}
        assert refused(third, "pension_transfer.start", asked) == "pension_wrong_place"
        assert view(new, case)["number"] == 1


def test_1_2_what_is_late_goes_to_the_supervising_department_once(towns: Towns) -> None:
    new, _ = towns
    certificate = prepared(towns)
    case = start(towns, certificate)
    assert view(new, case)["deadlines"][0]["state"]["due"] == "2026-09-24"
    new.clock.advance(days=40)
    assert fire(new) >= 1
    settle_all(list(towns))
    assert fire(new) == 0
    seen = view(new, case)
    assert seen["flags"] == ["overdue"]
    assert seen["deadlines"][0]["state"]["standing"] == "overdue"


def test_the_person_sees_the_progress_in_words_with_the_reckoning(towns: Towns) -> None:
    _new, _origin = towns
    accepted(towns)
    for town in towns:
        (matter,) = done(town, "pension_transfer.progress", {"subject": MAN})["matters"]
        assert matter["stage_title"]["zh"] == "原参保地办理"
        assert any("工作日" in one["zh"] for one in matter["due"])


def test_1_9_4_a_relation_that_moves_gets_no_second_certificate(towns: Towns) -> None:
    _, origin = towns
    accepted(towns)
    asked = {"citizen_id": MAN}
    assert refused(origin, "pension.issue_certificate", asked) == "pension_relation_not_here"
    assert refused(origin, "pension.keep", relation()) == "pension_relation_not_here"


def test_an_integer_that_no_message_can_hold_is_refused(towns: Towns) -> None:
    new, _ = towns
    asked = application(prepared(towns))
    asked = {**asked, "data": {**asked["data"], "more": 2**70}}
    with pytest.raises(Problem, match="message_malformed"):
        new.call("pension_transfer.start", asked, organisation="social-insurance")
    assert done(new, "pension_transfer.list", {})["cases"] == []
