"""A case between cities: numbered by its keeper, proposed by others, the same everywhere."""

from typing import Any

import pytest
from sqlalchemy import select

from hanse.foundation.store.transaction import reading
from hanse.mechanisms.cases.tables import cases, disputes, proposals
from hanse.mechanisms.exchange.tables import messages_in
from hanse.mechanisms.journal.tables import journal_entries
from tests.cases.play import (
    acted,
    answered,
    application,
    held,
    history,
    move,
    opened,
    refused,
    seats,
    settle_all,
)
from tests.cases.trial import effects_of
from tests.exchange.cities import Town


def test_a_case_goes_its_whole_way_and_both_cities_hold_the_same(pair: list[Town]) -> None:
    keeper, origin = pair
    case = opened(keeper)
    settle_all(pair)
    acted(keeper, case, "destination", "accept")
    settle_all(pair)
    taken = acted(origin, case, "origin", "send_file")
    assert taken["number"] is None
    view = answered(origin, "view", {"case": case})
    assert [(one["action"], one["state"]) for one in view["proposals"]] == [
        ("send_file", "proposed")
    ]
    settle_all(pair)
    acted(keeper, case, "destination", "approve", data={"number": "1"})
    settle_all(pair)
    acted(origin, case, "origin", "complete")
    settle_all(pair)
    assert held(keeper, case) == held(origin, case)
    assert held(keeper, case).stage == "done"
    assert history(keeper, case) == history(origin, case)
    assert len(history(keeper, case)) == 5
    assert answered(origin, "view", {"case": case})["proposals"] == []
    for town in pair:
        with reading(town.engine) as transaction:
            done = effects_of(transaction, case)
        assert done == ["open", "accept", "send_file", "approve", "complete"]
        kinds = [row.kind for row in town.rows(select(journal_entries.c.kind))]
        assert kinds.count("case.step") == 5


def test_another_city_asks_the_keeper_to_open(pair: list[Town]) -> None:
    keeper, origin = pair
    taken = answered(origin, "start", application(seats=seats(applicant="510600")))
    assert taken["number"] is None
    view = answered(origin, "view", {"case": taken["case"]})
    assert view["proposals"][0]["state"] == "proposed"
    settle_all(pair)
    assert history(keeper, taken["case"]) == history(origin, taken["case"])
    assert held(origin, taken["case"]).stage == "received"


def test_a_refused_proposal_is_shown_with_its_reason_and_changes_nothing(
    pair: list[Town],
) -> None:
    keeper, origin = pair
    case = opened(keeper)
    acted(keeper, case, "destination", "accept")
    settle_all(pair)
    acted(origin, case, "origin", "send_file")
    acted(keeper, case, "destination", "reject", reason="no")
    before = history(keeper, case)
    settle_all(pair)
    assert history(keeper, case) == history(origin, case) == before
    (row,) = origin.rows(select(proposals))
    assert row.state == "refused"
    assert "case_action_not_allowed" in row.problem


def test_a_second_open_case_of_the_same_matter_is_refused_with_the_first_ones_number(
    pair: list[Town],
) -> None:
    keeper, origin = pair
    case = opened(keeper)
    reply = keeper.call("move.start", application())
    assert reply.data["code"] == "case_duplicate"
    assert reply.data["values"]["earlier"] == case
    settle_all(pair)
    assert refused(origin, "start", application(seats=seats(applicant="510600"))) == (
        "case_duplicate"
    )
    acted(keeper, case, "applicant", "withdraw")
    assert opened(keeper) != case


def test_a_keeper_refuses_a_duplicate_that_the_asking_city_cannot_see(pair: list[Town]) -> None:
    keeper, origin = pair
    case = opened(keeper)
    taken = answered(origin, "start", application(seats=seats(applicant="510600")))
    settle_all(pair)
    (row,) = origin.rows(select(proposals))
    assert row.state == "refused"
    assert case in row.problem
    assert [one.case_id for one in keeper.rows(select(cases))] == [case]
    assert taken["case"] != case


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"seats": {"applicant": {"city": "510100"}}}, "case_seat_empty"),
        ({"seats": seats(stranger={"city": "510100"})}, "case_seat_empty"),
        ({"data": {}}, "data_invalid"),
        ({"data": {"area": 10, "more": 1}}, "data_invalid"),
        ({"data": {"area": 6000}}, "trial_area_too_large"),
        ({"role": "origin"}, "case_role_wrong"),
        ({"role": "nobody"}, "case_role_wrong"),
        ({"seats": {}}, "data_invalid"),
        ({"subject": ""}, "data_invalid"),
    ],
)
def test_an_opening_that_is_wrong_is_refused_and_nothing_is_kept(
    pair: list[Town], changes: dict[str, Any], code: str
) -> None:
    keeper = pair[0]
    assert refused(keeper, "start", application(**changes)) == code
    assert keeper.rows(select(cases)) == []
    assert keeper.waiting("510600") == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"role": "origin", "action": "send_file"}, "case_not_your_seat"),
        ({"role": "origin", "action": "accept"}, "case_role_wrong"),
        ({"action": "approve", "data": {"number": "1"}}, "case_action_not_allowed"),
        ({"action": "fly"}, "case_action_unknown"),
        ({"action": "open"}, "case_role_wrong"),
        ({"action": "return"}, "case_reason_missing"),
        ({"action": "return", "reason": "  "}, "case_reason_missing"),
        ({"action": "accept", "data": {"x": 1}}, "data_invalid"),
        ({"action": "accept", "seen": 0}, "case_moved_on"),
        ({"action": "accept", "case": "no-such"}, "case_unknown"),
    ],
)
def test_a_wrong_step_is_refused_and_the_case_is_unchanged(
    pair: list[Town], changes: dict[str, Any], code: str
) -> None:
    keeper = pair[0]
    case = opened(keeper)
    before = held(keeper, case)
    asked = {"case": case, "role": "destination", "action": "accept", **changes}
    if asked["action"] == "open":
        asked["role"] = "origin"
    assert refused(keeper, "act", asked) == code
    assert held(keeper, case) == before


def test_an_organisation_without_a_seat_sees_and_does_nothing(pair: list[Town]) -> None:
    keeper = pair[0]
    case = opened(keeper, seats=seats() | {"applicant": {"city": "510100", "organisation": "x"}},
                  role="destination")  # fmt: skip
    stranger = {"organisation": "stranger"}
    assert refused(keeper, "view", {"case": case}, **stranger) == "case_unknown"
    assert refused(keeper, "timeline", {"case": case}, **stranger) == "case_unknown"
    assert answered(keeper, "list", {}, **stranger)["cases"] == []
    assert answered(keeper, "queue", {}, **stranger)["tasks"] == []
    assert answered(keeper, "progress", {"subject": "licence-1"}, **stranger)["matters"] == []
    asked = move(case, "destination", "accept")
    assert refused(keeper, "act", asked, **stranger) == "case_not_your_seat"


def test_without_an_agreement_no_case_is_opened(pair: list[Town]) -> None:
    keeper = pair[0]
    alone = seats() | {"origin": {"city": "510700", "organisation": "bureau"}}
    assert refused(keeper, "start", application(seats=alone)) == "city_unknown"
    assert keeper.rows(select(cases)) == []


def test_a_city_without_a_seat_is_told_nothing_and_takes_nothing(three: list[Town]) -> None:
    keeper, _, other = three
    case = opened(keeper)
    assert other.waiting("510100") == []
    assert keeper.waiting("510700") == []
    message = other.ask("510100", "move.compare", {"case": case}, purpose="licence-move")
    settle_all(three)
    (row,) = keeper.rows(select(messages_in).where(messages_in.c.message_id == message))
    assert row.outcome == "refused"
    assert b"case_unknown" in row.answer
    assert other.rows(select(disputes)) == []
