"""Certification where the retiree lives: asked by the city of payment, found by another."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from hanse.foundation.store.transaction import reading
from hanse.mechanisms.exchange.message import Kind
from hanse.services.social.retirees.tables import asked, assists
from tests.exchange.cities import Town, carry
from tests.retirees.towns import (
    HOME,
    NAME,
    PAYER,
    PERSON,
    approval,
    done,
    everything,
    evidence,
    exchange_all,
    refused,
    replies,
)

Towns = dict[str, Town]
ONE = {"citizen_id": PERSON}


def advance(towns: Towns, days: int) -> None:
    towns[PAYER].clock.advance(days=days)


def outcomes(town: Town) -> list[str | None]:
    return [row.outcome for row in town.rows(select(asked).order_by(asked.c.channel))]


def found(**changes: Any) -> dict[str, Any]:
    return {
        "result": "alive",
        "channel": "visit",
        "kind": "in_person",
        "evidence_on": "2027-08-02",
        "source": "生成的社区",
        "operator": "resident-services",
        "result_on": "2027-08-02",
        **changes,
    }


def try_until(towns: Towns, *channels: str) -> None:
    for channel in channels:
        done(towns[PAYER], "retirees.ask_assist", {**ONE, "channel": channel})
        exchange_all(towns)


def test_a_discharge_there_certifies_here_from_its_own_day(towns: Towns) -> None:
    payer, home = towns[PAYER], towns[HOME]
    done(payer, "retirees.approve", approval())
    advance(towns, 250)
    done(home, "retirees.note_evidence", evidence(on="2027-07-01"))
    advance(towns, 10)
    done(payer, "retirees.ask_assist", ONE)
    exchange_all(towns)
    (reply,) = replies(payer, "retirees.assist")
    assert reply.data["result"] == "alive"
    assert reply.data["result_on"] == "2027-08-12"
    state = done(payer, "retirees.state", ONE)
    assert state["last_evidence"] == "2027-07-01"
    assert state["due_on"] == "2028-07-01"
    assert state["standing"] == "restored"
    assert outcomes(payer) == ["alive"]


def test_an_answer_that_is_lost_certifies_once(towns: Towns) -> None:
    payer, home = towns[PAYER], towns[HOME]
    done(payer, "retirees.approve", approval())
    advance(towns, 100)
    done(home, "retirees.note_evidence", evidence(on="2027-02-01"))
    done(payer, "retirees.ask_assist", ONE)
    assert carry(payer, home, lose_answer=True)
    assert outcomes(payer) == [None]
    assert carry(payer, home) == []
    assert outcomes(payer) == ["alive"]
    assert len(home.rows(select(assists))) == 0


def test_a_purchase_there_certifies_nobody(towns: Towns) -> None:
    payer, home = towns[PAYER], towns[HOME]
    done(payer, "retirees.approve", approval())
    advance(towns, 30)
    done(home, "retirees.note_evidence", evidence(kind="insurance_purchase", on="2026-12-20"))
    try_until(towns, "comparison")
    assert outcomes(payer) == ["not_found"]
    state = done(payer, "retirees.state", ONE)
    assert state["last_evidence"] == "2026-11-25"
    assert state["next_channel"] == "self_service"


def test_evidence_of_another_name_is_not_taken_for_the_person(towns: Towns) -> None:
    payer, home = towns[PAYER], towns[HOME]
    done(payer, "retirees.approve", approval())
    advance(towns, 30)
    done(home, "retirees.note_evidence", evidence(name="生成的另一人", on="2026-12-20"))
    try_until(towns, "comparison")
    assert outcomes(payer) == ["not_found"]


def test_the_channels_are_asked_for_in_their_legal_order(towns: Towns) -> None:
    payer = towns[PAYER]
    done(payer, "retirees.approve", approval())
    visit = {**ONE, "channel": "visit"}
    assert refused(payer, "retirees.ask_assist", visit) == "retirees_channel_out_of_order"
    try_until(towns, "comparison", "self_service")
    assert refused(payer, "retirees.ask_assist", visit) == "retirees_channel_out_of_order"
    done(payer, "retirees.ask_assist", {**ONE, "channel": "delegated"})


def test_a_person_who_must_be_seen_is_owed_until_the_desk_has_found_out(towns: Towns) -> None:
    payer, home = towns[PAYER], towns[HOME]
    done(payer, "retirees.approve", approval())
    try_until(towns, "comparison", "self_service", "delegated")
    (waiting,) = done(home, "retirees.waiting", {})["waiting"]
    assert waiting["city"] == PAYER
    assert waiting["due_on"] == "2026-12-09"
    assert outcomes(payer) == ["not_found", None, "not_found"]
    advance(towns, 250)
    desk = {**ONE, "city": PAYER, "message_id": waiting["message_id"]}
    answer = found(channel="delegated")
    done(home, "retirees.answer_assist", {**desk, "found": answer})
    (owed,) = home.waiting(PAYER)
    with reading(home.engine) as transaction:
        league = home.side(transaction).league
    assert home.desk.uncovered(league, owed, home.clock.now) is None, "it is granted to the asker"
    exchange_all(towns)
    state = done(payer, "retirees.state", ONE)
    assert state["last_evidence"] == "2027-08-02"
    assert state["next_channel"] == "comparison", "a certification begins the channels anew"
    assert done(home, "retirees.waiting", {})["waiting"] == []
    again = {**desk, "found": answer}
    assert refused(home, "retirees.answer_assist", again) == "retirees_assist_unknown"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"channel": "delegated"}, "retirees_desk_channel_wrong"),
        ({"kind": "insurance_purchase"}, "retirees_evidence_channel_wrong"),
        ({"kind": "face", "face_score": 79}, "retirees_face_score_low"),
        ({"kind": "face"}, "retirees_face_score_low"),
        ({"evidence_on": "2026-11-25"}, "retirees_evidence_older"),
        ({"evidence_on": "2027-08-05", "result_on": "2027-08-06"}, "retirees_evidence_in_future"),
        ({"evidence_on": "2027-08-03"}, "data_invalid"),
        ({"kind": None}, "data_invalid"),
        ({"result": "not_found"}, "data_invalid"),
        ({"result": "deceased"}, "data_invalid"),
        ({"deaths": [{"source": "police", "died_on": "2027-08-01"}]}, "data_invalid"),
        ({"kind": "ghost"}, "data_invalid"),
    ],
    ids=range(12),
)
def test_a_desks_wrong_answer_is_refused_and_nothing_changed(
    towns: Towns, changes: dict[str, Any], code: str
) -> None:
    payer, home = towns[PAYER], towns[HOME]
    done(payer, "retirees.approve", approval())
    try_until(towns, "comparison", "self_service", "delegated")
    (first,) = done(home, "retirees.waiting", {})["waiting"]
    nothing = {"result": "not_found", "channel": "delegated", "operator": "x",
               "result_on": "2026-11-25"}  # fmt: skip
    desk = {**ONE, "city": PAYER, "message_id": first["message_id"]}
    done(home, "retirees.answer_assist", {**desk, "found": nothing})
    exchange_all(towns)
    try_until(towns, "visit")
    advance(towns, 250)
    (waiting,) = done(home, "retirees.waiting", {})["waiting"]
    desk = {**ONE, "city": PAYER, "message_id": waiting["message_id"]}
    wrong = {**desk, "found": found(**changes)}
    assert refused(home, "retirees.answer_assist", wrong) == code
    other = {**desk, "citizen_id": "11010519491231002X", "found": found()}
    assert refused(home, "retirees.answer_assist", other) == "retirees_assist_person_differs"
    done(home, "retirees.answer_assist", {**desk, "found": found()})


def test_a_death_registered_there_is_suspected_here_and_payment_goes_on(towns: Towns) -> None:
    payer, home = towns[PAYER], towns[HOME]
    done(payer, "retirees.approve", approval())
    done(payer, "retirees.fund", {"reference": "F1", "amount": 10_000_000})
    advance(towns, 60)
    done(home, "retirees.note_evidence", evidence(kind="death", on="2027-01-10"))
    try_until(towns, "comparison")
    (reply,) = replies(payer, "retirees.assist")
    assert reply.data["deaths"] == [{"source": "police", "died_on": "2027-01-10"}]
    state = done(payer, "retirees.state", ONE)
    assert state["suspected"] is True
    assert state["standing"] == "restored"
    paid = done(payer, "retirees.run", {"month": "2027-01"})
    assert [one["month"] for one in paid["payments"]] == ["2026-12", "2027-01"]


def test_who_lives_abroad_or_here_is_not_asked_about(towns: Towns) -> None:
    payer = towns[PAYER]
    done(payer, "retirees.approve", approval(residence=None))
    assert refused(payer, "retirees.ask_assist", ONE) == "retirees_residence_abroad"
    other = "11010519491231002X"
    benefit = approval()["benefit"] | {"benefit_id": "B2"}
    of_another = approval(citizen_id=other, residence=PAYER, benefit=benefit)
    done(payer, "retirees.approve", of_another)
    here = {"citizen_id": other}
    assert refused(payer, "retirees.ask_assist", here) == "retirees_residence_here"
    nobody = {"citizen_id": "440524188001010014"}
    assert refused(payer, "retirees.ask_assist", nobody) == "retirees_recipient_unknown"


def test_another_city_without_the_purpose_is_refused_and_the_refusal_is_kept(
    towns: Towns,
) -> None:
    payer, home = towns[PAYER], towns[HOME]
    done(payer, "retirees.approve", approval())
    done(payer, "retirees.ask_assist", ONE)
    before = everything(home)
    question = {
        "citizen_id": PERSON, "name": NAME, "schemes": ["employee_pension"],
        "last_evidence": date(2026, 1, 1).isoformat(), "channel": "comparison", "due_on": None,
    }  # fmt: skip
    reply = home.call("retirees.answer_assist", question)
    assert reply.kind is Kind.REFUSAL
    assert everything(home) == before


def test_the_same_evidence_again_is_noted_once_and_other_under_its_number_refused(
    towns: Towns,
) -> None:
    home = towns[HOME]
    done(home, "retirees.note_evidence", evidence())
    done(home, "retirees.note_evidence", evidence())
    other = evidence(kind="face", channel="self_service")
    assert refused(home, "retirees.note_evidence", other) == "retirees_evidence_known"
    later = evidence("E2", on="2026-11-26")
    assert refused(home, "retirees.note_evidence", later) == "retirees_evidence_in_future"
