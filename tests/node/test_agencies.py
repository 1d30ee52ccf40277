"""The agencies' REST of a running node: tokens, answers, repeats, waiting, the operator's page."""

from datetime import timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from hanse.foundation.clock import wall_clock
from hanse.foundation.identifiers import make_uscc
from hanse.foundation.identity import system_randomness
from hanse.node import tokens
from hanse.node.zone import read_league
from tests.node.running import Running, send, until

SUBJECT = make_uscc(1_000_001, region="510600")
ASKED = "/api/league/credit.record"


def decision(number: int) -> dict[str, Any]:
    return {
        "subject": SUBJECT,
        "system": "credit_china",
        "kind": "penalty",
        "subject_region": "510600",
        "authority": make_uscc(1_000_002, region="510600"),
        "authority_region": "510600",
        "decision_number": f"试〔2026〕{number}号",
        "decided_on": (wall_clock() - timedelta(days=10)).date().isoformat(),
        "content": "试验数据",
        "penalties": ["large_fine"],
        "severity": "general",
    }


def test_a_question_is_answered_by_the_other_cities(zone: Running) -> None:
    published = zone.post("510600", "/api/credit.publish", decision(1))
    assert published.status == 200, published.data
    answer = zone.post(
        "510100", ASKED, {"subject": SUBJECT}, organisation="tendering", to="all",
        purpose="tendering", wait_seconds=20,
    )  # fmt: skip
    assert answer.status == 200
    by_city = {one["city"]: one for one in answer.data["answers"]}
    assert by_city.keys() == {"510600", "510700"}
    assert [one["decision_number"] for one in by_city["510600"]["answer"]["records"]]
    assert by_city["510700"]["answer"]["records"] == []


def test_a_call_without_a_valid_token_is_refused(zone: Running) -> None:
    url = zone.zone.addresses["510100"] + "/api/league.ping"
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic YTpi"}):
        answer = send("POST", url, b"{}", {"Content-Type": "application/json", **headers})
        assert (answer.status, answer.data["code"]) == (401, "token_wrong")
        assert answer.data["texts"]["hint"]["zh"]


def test_an_expired_token_is_refused(zone: Running) -> None:
    node = zone.zone.nodes["510100"]
    now = wall_clock()
    token = zone.run(
        node.writer.run(
            lambda tx: tokens.issue(
                tx, "old", ["*"], now=now, expires=now, randomness=system_randomness
            )
        )
    )
    url = zone.zone.addresses["510100"] + "/api/league.ping"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    assert send("POST", url, b"{}", headers).data["code"] == "token_wrong"


def test_a_token_opens_only_what_it_allows(zone: Running) -> None:
    node = zone.zone.nodes["510100"]
    now = wall_clock()
    token = zone.run(
        node.writer.run(
            lambda tx: tokens.issue(
                tx,
                "narrow",
                ["league.ping"],
                now=now,
                expires=now + timedelta(days=1),
                randomness=system_randomness,
            )
        )
    )
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    address = zone.zone.addresses["510100"]
    assert send("POST", f"{address}/api/league.ping", b"{}", headers).status == 200
    query = b'{"road": "G5"}'
    refused = send("POST", f"{address}/api/traffic.in_force", query, headers)
    assert (refused.status, refused.data["code"]) == (403, "token_not_allowed")
    operator = send("GET", f"{address}/api/operator/status", headers=headers)
    assert operator.status == 403


def test_the_same_key_with_the_same_call_is_done_once(zone: Running) -> None:
    first = zone.post("510600", "/api/credit.publish", decision(2), key="publish-2")
    again = zone.post("510600", "/api/credit.publish", decision(2), key="publish-2")
    assert first.data == again.data
    other = zone.post("510600", "/api/credit.publish", decision(3), key="publish-2")
    assert (other.status, other.data["code"]) == (409, "message_id_reused")


def test_a_question_that_does_not_wait_is_looked_up_later(zone: Running) -> None:
    answer = zone.post(
        "510100", ASKED, {"subject": SUBJECT}, organisation="tendering", to="510700",
        purpose="tendering", wait_seconds=0,
    )  # fmt: skip
    (one,) = answer.data["answers"]
    assert (answer.status, one["state"]) == (202, "owed")
    path = f"/api/messages/{one['message_id']}"
    settled = until(
        lambda: (
            (found := zone.get("510100", path, "tendering").data)["state"] == "answered" and found
        )
    )
    assert settled["answer"]["subject"] == SUBJECT
    assert zone.get("510100", path, "traffic-police").status == 404


@pytest.mark.parametrize(
    ("organisation", "purpose", "code"),
    [
        ("tendering", "marketing", "purpose_not_granted"),
        ("traffic-police", "tendering", "organisation_not_granted"),
    ],
)
def test_what_is_not_granted_is_refused_before_it_leaves(
    zone: Running, organisation: str, purpose: str, code: str
) -> None:
    answer = zone.post(
        "510100", ASKED, {"subject": SUBJECT}, organisation=organisation, to="510600",
        purpose=purpose,
    )  # fmt: skip
    (one,) = answer.data["answers"]
    assert (one["state"], one["problem"]["code"]) == ("refused", code)
    assert "message_id" not in one


def test_an_unknown_city_is_refused(zone: Running) -> None:
    answer = zone.post("510100", ASKED, {"subject": SUBJECT}, to="999999", purpose="tendering")
    assert (answer.status, answer.data["code"]) == (404, "city_unknown")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 422),
        (b"[" * 100_000 + b"]" * 100_000, 400),
        (b'{"subject": 1}', 422),
        (b'{"subject": "\\ud800"}', 422),
        (b'{"subject": "' + b"9" * 2_000_000 + b'"}', 413),
    ],
)
def test_a_body_that_is_no_request_is_refused_and_the_node_lives(
    zone: Running, body: bytes, status: int
) -> None:
    token = zone.zone.tokens["510100"]["operations"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    url = f"{zone.zone.addresses['510100']}/api/credit.record"
    answer = send("POST", url, body, headers)
    assert answer.status == status
    assert answer.data["code"]
    assert zone.is_alive("510100")


def test_the_probes_and_metrics_of_a_healthy_node(zone: Running) -> None:
    address = zone.zone.addresses["510100"]
    assert send("GET", f"{address}/healthz").status == 200
    assert send("GET", f"{address}/readyz").data == {"ready": True}
    text = send("GET", f"{address}/metrics").body.decode()
    names = {family.name for family in text_string_to_metric_families(text)}
    assert {"hanse_deliveries", "hanse_commit_seconds", "hanse_pending_messages"} <= names


def test_the_operator_sees_the_peers_and_the_agreements(zone: Running) -> None:
    status = zone.get("510100", "/api/operator/status").data
    assert {one["city"] for one in status["peers"]} == {"510600", "510700"}
    signed = {one["id"] for one in read_league().values["agreements"]}
    assert {one["id"]: one["status"] for one in status["agreements"]} == dict.fromkeys(
        signed, "in_force"
    )
    assert zone.get("510100", "/api/operator/status", "tendering").status == 403
    listed = zone.get("510100", "/api/operator/outbox?state=done").data["messages"]
    assert listed
    assert all("line" not in one for one in listed)


def test_a_message_that_is_no_dead_letter_is_not_sent_again(zone: Running) -> None:
    listed = zone.get("510100", "/api/operator/outbox?state=done").data["messages"]
    path = f"/api/operator/outbox/{listed[0]['message_id']}/resend"
    answer = zone.post("510100", path, None)
    assert (answer.status, answer.data["code"]) == (409, "message_not_resendable")
    answer = zone.post("510100", "/api/operator/outbox/none/resend", None)
    assert answer.status == 404
