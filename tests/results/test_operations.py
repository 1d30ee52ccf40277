"""Judging offered results and recording what was done with them, at running nodes."""

from datetime import timedelta
from typing import Any

import pytest

from hanse.foundation.clock import wall_clock
from tests.node.running import Answer, Running
from tests.results.conftest import CHENGDU, MEISHAN, PERSON, fhir, glucose, patient

TODAY = wall_clock().date()


@pytest.fixture(scope="module")
def offered(cities: Running) -> dict[str, Any]:
    """What Meishan offers Chengdu of a person: one fresh measurement."""
    day = (TODAY - timedelta(days=3)).isoformat()
    for content in (patient("j1"), glucose("j1", day, of="j1")):
        path = f"/{content['resourceType']}/{content['id']}"
        assert fhir(cities, MEISHAN, "PUT", path, content).status in (200, 201)
    answer = cities.post(
        CHENGDU, "/api/league/results.index", {"person": PERSON}, organisation="hospital",
        to=MEISHAN, purpose="treatment", wait_seconds=20,
    )  # fmt: skip
    (entry,) = answer.data["answers"][0]["answer"]["entries"]
    found: dict[str, Any] = entry
    return found


def post(cities: Running, operation: str, data: Any, organisation: str = "hospital") -> Answer:
    return cities.post(CHENGDU, f"/api/{operation}", data, organisation=organisation)


def decision(entry: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {"visit": "v1", "entry": entry, "choice": "recognised", "fee_fen": 1_500} | values


def test_an_offered_result_says_who_holds_it_and_nothing_of_its_value(
    offered: dict[str, Any],
) -> None:
    assert (offered["holder_city"], offered["organisation"]) == (MEISHAN, "hospital")
    assert (offered["grade"], offered["mark"], offered["complete"]) == ("2a", "province", True)
    assert not [name for name in offered if "value" in name]


def test_a_result_is_judged_with_every_obstacle(cities: Running, offered: dict[str, Any]) -> None:
    old = offered | {"reported_on": (TODAY - timedelta(days=60)).isoformat(), "mark": None}
    answer = post(cities, "results.judge", {"entries": [offered, old]})
    first, second = answer.data["judgements"]
    assert (first["recognised"], first["obstacles"]) == (True, [])
    assert (second["recognised"], set(second["obstacles"])) == (False, {"not_marked", "expired"})


def test_a_mark_without_a_passed_assessment_counts_for_nothing(
    cities: Running, offered: dict[str, Any]
) -> None:
    known = {"organisation": "hospital", "grade": "2a", "quality_passed": []}
    assert cities.post(MEISHAN, "/api/results.hospital", known).status == 200
    answer = cities.post(
        CHENGDU, "/api/league/results.index", {"person": PERSON}, organisation="hospital",
        to=MEISHAN, purpose="treatment", wait_seconds=20,
    )  # fmt: skip
    (entry,) = answer.data["answers"][0]["answer"]["entries"]
    assert entry["mark"] is None
    known["quality_passed"] = [offered["item"]]
    assert cities.post(MEISHAN, "/api/results.hospital", known).status == 200


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"choice": "repeated"}, "result_repeat_reason_missing"),
        ({"choice": "repeated", "reason": "4"}, "result_patient_not_told"),
        (
            {"choice": "repeated", "reason": "6", "patient_told": True},
            "result_repeat_explanation_missing",
        ),
        ({"reason": "4"}, "result_recognition_needs_no_reason"),
        ({"choice": "repeated", "reason": "10"}, "data_invalid"),
        ({"fee_fen": -1}, "data_invalid"),
        ({"choice": "ignored"}, "data_invalid"),
    ],
)
def test_a_decision_that_breaks_the_rules_is_refused_and_not_counted(
    cities: Running, offered: dict[str, Any], values: dict[str, Any], code: str
) -> None:
    before = figures(cities)
    answer = post(cities, "results.decide", decision(offered, **values))
    assert answer.data["code"] == code
    assert figures(cities) == before


def figures(cities: Running) -> list[dict[str, Any]]:
    days = {"first_day": TODAY.isoformat(), "last_day": (TODAY + timedelta(days=1)).isoformat()}
    answer = post(cities, "results.figures", days, organisation="operations")
    rows: list[dict[str, Any]] = answer.data["rows"]
    return rows


def test_what_was_recognised_and_saved_is_counted_by_item_and_city(
    cities: Running, offered: dict[str, Any]
) -> None:
    assert post(cities, "results.decide", decision(offered)).status == 200
    repeated = decision(offered, choice="repeated", reason="4", patient_told=True)
    assert post(cities, "results.decide", repeated).data["recognised_by_rule"] is True
    (row,) = figures(cities)
    assert row == {
        "item": "15074-8",
        "holder_city": MEISHAN,
        "recognisable": 2,
        "recognised": 1,
        "repeated": 1,
        "saved_fen": 1_500,
    }


def test_a_hospital_without_a_registered_grade_is_refused(
    cities: Running, offered: dict[str, Any]
) -> None:
    answer = post(cities, "results.judge", {"entries": [offered]}, organisation="operations")
    assert (answer.status, answer.data["code"]) == (409, "result_hospital_unknown")
